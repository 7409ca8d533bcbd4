"""Addresses: streets with or without number, postcode and town, in figures or in spoken numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mestring_nlp.privacy.identifiers import Identifier
from mestring_nlp.privacy.lexicon import is_listed, is_word, lexicon
from mestring_nlp.privacy.number_words import number_of
from mestring_nlp.privacy.tokens import Token
from mestring_nlp.privacy.vocabulary import (
    COMMON_STREETS,
    DETERMINERS,
    FARM,
    LOCATIVE,
    STREET,
    SURE_STREET,
)

_LONGEST = 4
_HOUSE = re.compile(
    r"\s\d{1,3}(?:\s?[A-Ha-h])?(?!\w|\.\d|,\d| ?(?:prosent|år|stykker|kroner|saker|mil|km))"
)
_POST = re.compile(r",?\s+(?:N-)?\d{4}\s+")
_POSTCODE = re.compile(r"(?<![\w.,/-])\d{4}(?=[ \xa0])")
_LONGEST_ADDRESS = 9


def find_addresses(text: str, tokens: Sequence[Token]) -> Iterator[Identifier]:
    """Yield streets, with number, postcode and town where these follow, and postcodes with their town."""
    for at, token in enumerate(tokens):
        if token.text.isdecimal() and len(token.text) == 4:
            end = _town(text, tokens, token.end + 1)
            if end and _POSTCODE.match(text, token.start) and not _is_year(tokens, at):
                yield _found(text, token.start, end, 0.9, "adresse")
            continue
        found = _street(text, tokens, at)
        if found:
            yield found


def _street(text: str, tokens: Sequence[Token], at: int) -> Identifier | None:
    token = tokens[at]
    low = token.low.removesuffix("s") if not token.low.endswith("vegs") else token.low
    whole = next((form for form in (token.low, low) if SURE_STREET.fullmatch(form) or STREET.fullmatch(form)
                  or (STREET.search(form) and STREET.search(form).end() == len(form))), "")  # type: ignore[union-attr]  # fmt: skip
    house = _HOUSE.match(text, token.end)
    if not whole or whole in COMMON_STREETS:
        return None
    alone = STREET.fullmatch(whole) is not None  # "Karl Johans gate": its name stands before
    first = at
    if alone:
        while first and tokens[first].joined and tokens[first - 1].capital and first > at - 3:
            first -= 1
        if first == at or (tokens[first].first and tokens[first].low in DETERMINERS):
            return None
        if (
            not house
            and not tokens[at - 1].low.endswith("s")
            and token.low not in ("allé", "alléen", "terrasse")
        ):
            return None
    elif token.capital and first and tokens[first].joined and tokens[first - 1].capital:
        first -= tokens[first - 1].low in FARM
    start = tokens[first].start
    if alone and not house and not tokens[at - 1].low.endswith("s"):
        return _found(text, start, token.end, 0.8, "gate")
    if house:
        if not (token.capital or alone or not token.cased):
            return None
        if not token.capital and not alone and not SURE_STREET.fullmatch(whole):
            return None
        end = house.end()
        if post := _POST.match(text, end):
            end = _town(text, tokens, post.end()) or end
        return _found(text, start, end, 0.95, "adresse")
    known = token.capital and token.cased and SURE_STREET.fullmatch(whole)
    if known and (not token.first or not is_word(whole)):
        post = re.compile(r",\s+\d{4}\s+").match(text, token.end)
        end = (_town(text, tokens, post.end()) if post else 0) or token.start + len(whole)
        return _found(text, start, end, 0.85, "gate")
    if not token.cased and not is_listed(whole) and (spoken := _spoken_house(text, tokens, at)):
        return _found(text, start, spoken, 0.85, "adresse")
    lower = (
        not token.cased
        and SURE_STREET.fullmatch(whole)
        and not is_listed(whole)
        and whole not in COMMON_STREETS
    )
    if lower and at and tokens[at - 1].low in LOCATIVE:
        return _found(text, start, token.end, 0.75, "gate")
    return None


def _spoken_house(text: str, tokens: Sequence[Token], at: int) -> int:
    """Return where an address in spoken numbers ends: *storgata førtien b ni tusen og åtte tromsø*; 0 where none is."""
    if not SURE_STREET.fullmatch(tokens[at].low):
        return 0
    last, numbers = at, 0
    while last + 1 < len(tokens) and tokens[last + 1].joined and last - at < _LONGEST_ADDRESS:
        low = tokens[last + 1].low
        number = number_of(low) is not None
        if not (
            number
            or (numbers and (low in ("og", "tusen", "hundre") or (len(low) == 1 and low in "abcdefgh")))
        ):
            break
        numbers += number
        last += 1
    while last > at and tokens[last].low == "og":
        last -= 1
    if not numbers:
        return 0
    town = (
        _town(text, tokens, tokens[last + 1].start)
        if last + 1 < len(tokens) and tokens[last + 1].joined
        else 0
    )
    return town or tokens[last].end


def _town(text: str, tokens: Sequence[Token], start: int) -> int:
    """Return where the name of a town that begins at a position ends; 0 where there is none."""
    places = lexicon().places
    at = next((i for i, token in enumerate(tokens) if token.start == start), -1)
    if at < 0:
        return 0
    for length in range(_LONGEST, 0, -1):
        part = tokens[at : at + length]
        if len(part) == length and text[start : part[-1].end].lower() in places:
            return part[-1].end
    return tokens[at].end if tokens[at].capital else 0


def _is_year(tokens: Sequence[Token], at: int) -> bool:
    year = 1850 <= int(tokens[at].text) <= 2050
    return (
        year
        and bool(at)
        and tokens[at - 1].low in ("i", "siden", "fra", "sidan", "og", "til", "år", "før", "etter")
    )


def _found(text: str, start: int, end: int, confidence: float, subkind: str) -> Identifier:
    return Identifier(start, end, "place", text[start:end], confidence, subkind)
