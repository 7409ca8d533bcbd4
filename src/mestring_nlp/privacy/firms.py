"""Firms: by an ampersand, as branches of a chain, or by capitalised common words in their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mestring_nlp.privacy.identifiers import Identifier
from mestring_nlp.privacy.lexicon import is_word, lexicon
from mestring_nlp.privacy.tokens import Token
from mestring_nlp.privacy.vocabulary import (
    CHAINS,
    FARM,
    NO_NAMES,
    STREET,
    SURE_STREET,
)

_FARTHEST = 4


def find_firms(text: str, tokens: Sequence[Token], taken: set[int]) -> Iterator[Identifier]:
    """Yield firms with an ampersand: *Haugen & Sønn Rør*."""
    for match in re.finditer(
        r"(?<!\w)[A-ZÆØÅ]\w+(?: [A-ZÆØÅ]\w+)? & [A-ZÆØÅ]\w+(?: [A-ZÆØÅ]\w+)*", text
    ):
        yield Identifier(*match.span(), "unit", match.group(), 0.9, "bedrift")
    for at, token in enumerate(tokens):
        if (
            token.low in CHAINS
            and at + 1 < len(tokens)
            and tokens[at + 1].joined
            and not {at, at + 1} & taken
        ):
            place = (
                tokens[at + 1].low in lexicon().places
                and lexicon().given.get(tokens[at + 1].low) is None
            )
            if (place and token.capital == tokens[at + 1].capital) or (
                token.capital and not token.first and tokens[at + 1].capital
            ):
                yield _found(text, token, tokens[at + 1], 0.85)
        elif token.capital and token.cased and at not in taken:
            last = _words_for_work(tokens, at, taken)
            if last:
                yield _found(text, token, tokens[last], 0.8)


def _words_for_work(tokens: Sequence[Token], at: int, taken: set[int]) -> int:
    """Return the last token of a name with capitalised common words in it: *Borg Renovasjon*; else 0."""
    if at and tokens[at].joined and tokens[at - 1].capital and not tokens[at - 1].first:
        return 0
    first = tokens[at]
    if " ".join(one.low for one in tokens[at : at + 2]) in lexicon().places:
        return 0
    if first.low in FARM or (
        any(
            one.capital and STREET.search(one.low) and SURE_STREET.fullmatch(one.low)
            for one in tokens[at : at + 2]
        )
        and not (at + 2 < len(tokens) and tokens[at + 2].low == "og")
    ):
        return 0
    if first.first and (
        (is_word(first.low) and first.low not in lexicon().places) or first.low in NO_NAMES
    ):
        return 0
    last, common = at, False
    while (
        last + 1 < len(tokens)
        and last - at < _FARTHEST
        and tokens[last + 1].joined
        and last + 1 not in taken
    ):
        following = tokens[last + 1]
        if following.capital and not following.first:
            last += 1
            common = common or (
                is_word(following.low)
                and lexicon().name_grade(following.low) is None
                and following.low not in NO_NAMES
                and len(following.low) > 3
            )
        elif common and following.low == "og" and last + 2 < len(tokens) and tokens[last + 2].joined and (
            tokens[last + 2].capital and lexicon().name_grade(tokens[last + 2].low) is None
        ):  # fmt: skip
            last += 2
        else:
            break
    surname = (
        lexicon().given.get(first.low) is not None and last == at + 1 and lexicon().given[first.low] < 2
    )
    return last if common and not surname and first.low not in NO_NAMES else 0


def _found(text: str, first: Token, last: Token, confidence: float) -> Identifier:
    words = text[first.start : last.end]
    return Identifier(first.start, last.end, "unit", words, confidence, "bedrift")
