"""The proper name in a workplace's name: where it ends, and what can be part of it."""

from __future__ import annotations

from collections.abc import Sequence

from mestring_nlp.privacy.lexicon import is_word, lexicon
from mestring_nlp.privacy.tokens import Token
from mestring_nlp.privacy.vocabulary import ACTS, DETERMINERS, LOCATIVE, NO_NAMES, NO_PARTS, TOGETHER

SIDES = frozenset(
    [
        "nord",
        "sør",
        "øst",
        "vest",
        "sentrum",
        "nordre",
        "søndre",
        "østre",
        "vestre",
        "øvre",
        "nedre",
        "austre",
        "indre",
        "ytre",
    ]
)


def name_end(tokens: Sequence[Token], at: int, taken: set[int], *, cased: bool) -> int:
    """Return the last token of a proper name that begins at a token; 0 where none does."""
    if at >= len(tokens) or not tokens[at].joined or at in taken:
        return 0
    places = lexicon().places
    for length in (4, 3, 2):
        part = tokens[at : at + length]
        if len(part) == length and all(one.joined for one in part) and (
            " ".join(one.low for one in part) in places and (part[0].capital or not cased)
        ):  # fmt: skip
            return at + length - 1
    last = at if is_part(tokens[at], cased=cased) else 0
    if not cased and tokens[at].low in SIDES and at + 1 < len(tokens) and tokens[at + 1].joined:
        last = at + 1 if is_part(tokens[at + 1], cased=False) else 0
    while (
        last
        and last + 1 < len(tokens)
        and tokens[last + 1].joined
        and last + 1 not in taken
        and last - at < 3
    ):
        following = tokens[last + 1]
        if (cased and following.capital and not following.first and following.low not in NO_NAMES) or (
            following.low in SIDES
        ):
            last += 1
        else:
            break
    return last


def is_part(token: Token, *, cased: bool) -> bool:
    """Return whether a word can be part of a proper name, in a line with capitals or without."""
    low = token.low
    if cased and token.capital and not token.first and low in SIDES:
        return True
    if (
        low in NO_NAMES
        or token.text.isdecimal()
        or low in NO_PARTS
        or low in LOCATIVE
        or low in DETERMINERS
    ):
        return False
    if cased:
        return token.capital
    place = lexicon().places.get(low)
    if place is not None:
        return place[1] < 2
    return not is_word(low) and lexicon().given.get(low) is None and len(low) > 3


def loose_end(tokens: Sequence[Token], at: int) -> int:
    """Return a token behind a chain's name if it can be the name of a branch: *scandic havet*; else 0."""
    if at >= len(tokens) or not tokens[at].joined:
        return 0
    low = tokens[at].low
    plain = any(low in words for words in (NO_PARTS, TOGETHER, ACTS, LOCATIVE, DETERMINERS, NO_NAMES))
    return 0 if plain or lexicon().given.get(low) == 0 else at
