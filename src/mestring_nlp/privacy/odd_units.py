"""Units that only the words around them tell: where one works, a common word with a capital, a ship."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mestring_nlp.privacy.lexicon import is_listed, is_word, lexicon
from mestring_nlp.privacy.tokens import Token
from mestring_nlp.privacy.trades import AFLOAT, WORKING
from mestring_nlp.privacy.vocabulary import NO_NAMES, PLACE_LIKE, STREET

Span = tuple[int, int, float, str]
"""First token, last token, confidence and subkind."""

_CALLING = frozenset(["kalte", "kaller", "kalla", "kallar", "kalt"])
_FARM = frozenset(["østre", "vestre", "nordre", "søndre", "øvre", "nedre", "austre", "indre", "ytre"])


def working_unit(tokens: Sequence[Token], at: int, taken: set[int]) -> Span | None:
    """Return an unknown capitalised word that somebody works *hos* or *på*: *jobba på Vestbase*."""
    token = tokens[at]
    if not (token.cased and token.capital and not token.first and token.joined) or at < 2:
        return None
    before = tokens[at - 1].low
    if token.low in NO_NAMES or token.low in lexicon().places or is_listed(token.low):
        return None
    grade = lexicon().name_grade(token.low)
    near = {one.low for one in tokens[max(0, at - 5) : at - 1]}
    if " ".join(one.low for one in tokens[at : at + 2]) in lexicon().places:
        return None
    if before not in ("i", "på", "for", "hos", "ved") or not near & WORKING:
        return None
    if grade is not None or lexicon().name_grade(token.low.removesuffix("s")) is not None:
        return None
    if before in ("i", "på") and re.fullmatch(
        r".*(?:øy|øya|nes|neset|vik|vika|fjord|fjorden|dal|dalen|bygda|land|sund|sundet|ås|åsen|heim|vær|vatn|vågen|berg|bu|botn|eid|eidet|bukt|hamn|havn|haug|haugen|moen|mo|set|strand|sjøen|stad|lia|rud|voll|landet|by|elv|foss|myra|marka|hella|løkka|bakken)",
        token.low,
    ):
        return None
    last = at
    while last + 1 < len(tokens) and tokens[last + 1].joined and tokens[last + 1].capital and (
        last + 1 not in taken and not tokens[last + 1].first and last - at < 2
    ):  # fmt: skip
        last += 1
    if last > at and before == "for":
        return None
    return at, last, 0.65, "bedrift"


def placed_unit(tokens: Sequence[Token], at: int, taken: set[int]) -> Span | None:
    """Return an unknown capitalised word with a known place behind it: *Eurosko Namsos*."""
    token = tokens[at]
    if not (token.cased and token.capital and not token.first and token.joined) or at + 1 >= len(tokens):
        return None
    place = tokens[at + 1]
    low = token.low.removesuffix("s")
    lists = lexicon()
    unknown = (
        lists.name_grade(token.low) is None and lists.name_grade(low) is None and low not in lists.places
    )
    if (
        not unknown
        or token.low in NO_NAMES
        or token.low in _FARM
        or PLACE_LIKE.fullmatch(token.low)
        or at + 1 in taken
    ):
        return None
    if (
        not (place.joined and place.capital and place.low in lists.places)
        or lists.name_grade(place.low) == 0
    ):
        return None
    if lists.places[place.low][1] == 2 or tokens[at - 1].capital or lists.given.get(place.low) == 0:
        return None
    return at, at + 1, 0.7, "bedrift"


def odd_unit(text: str, tokens: Sequence[Token], at: int) -> Span | None:
    """Return a common word with a capital where one is (*en unge i Maurtua*), or a ship in quotation marks."""
    token = tokens[at]
    if not token.capital or not token.cased or token.low in NO_NAMES or not at:
        return None
    quoted = text[token.start - 1 : token.start] == "«"
    if quoted:
        near = {one.low for one in tokens[max(0, at - 8) : at]}
        last = at + (at + 1 < len(tokens) and tokens[at + 1].joined and tokens[at + 1].capital)
        closed = text[tokens[last].end : tokens[last].end + 1] == "»"
        return (at, last, 0.7, "fartøy") if closed and near & AFLOAT else None
    called = at > 1 and tokens[at - 1].low == "oss" and tokens[at - 2].low in _CALLING
    if called and not token.first:
        return at, at, 0.7, "avdeling"
    if token.first or not token.joined or tokens[at - 1].low not in ("i", "på") or token.text.isupper():
        return None
    alone = at + 1 >= len(tokens) or not (tokens[at + 1].joined and tokens[at + 1].capital)
    common = (
        is_word(token.low)
        and not is_listed(token.low)
        and len(token.low) > 4
        and token.low not in lexicon().places
        and lexicon().name_grade(token.low) is None
        and not PLACE_LIKE.fullmatch(token.low)
        and not STREET.search(token.low)
        and "-" not in token.low
        and re.fullmatch(r".+(?:en|et|a|ene|ane|nt|r)", token.low)
        and not re.fullmatch(r".+(?:landet|hjem)", token.low)
    )
    return (at, at, 0.6, "avdeling") if alone and common else None
