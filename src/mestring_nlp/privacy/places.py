"""Places: municipalities, towns, districts, farms, and what a preposition makes probable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mestring_nlp.privacy.identifiers import Identifier
from mestring_nlp.privacy.lexicon import COMMON_WORD, is_listed, is_word, lexicon
from mestring_nlp.privacy.tokens import Token
from mestring_nlp.privacy.vocabulary import (
    AREAS,
    FARM,
    HE_SHE,
    LOCATIVE,
    MOVING,
    NAMING,
    NO_NAMES,
    PLACE_LIKE,
    TITLES,
    TOWARDS,
    TOWNS,
    VERBS_OF_PEOPLE,
)

_SURE_PLACE = re.compile(
    r".{2,}(?:øya|vågen|fjorden|vika|heia|lia|myra|myren|vik|nes|bukt|botn|sund|fjord|vær|hamn|dalen)"
)
_LONGEST = 4
_ORIGIN = frozenset(
    [
        "er",
        "var",
        "han",
        "hun",
        "ho",
        "år",
        "og",
        "opprinnelig",
        "opphavleg",
        "født",
        "fødd",
        "oppvokst",
        "flytta",
        "kom",
    ]
)
_SIDES = frozenset(
    [
        "søndre",
        "nordre",
        "øvre",
        "nedre",
        "vestre",
        "østre",
        "søre",
        "nørdre",
        "mellom",
        "store",
        "lille",
    ]
)
_STOPS = frozenset(
    [
        "stasjon",
        "stasjonen",
        "brygge",
        "kai",
        "torg",
        "sentrum",
        "flyplass",
        "lufthavn",
        "bru",
        "bro",
        "tunnel",
        "havn",
        "kommune",
        "fylkeskommune",
        "fylke",
    ]
)


def find_places(text: str, tokens: Sequence[Token], taken: set[int]) -> Iterator[Identifier]:
    """Yield the names of places, known ones and those that a preposition makes probable.

    Parameters
    ----------
    text : str
    tokens : sequence of Token
    taken : set of int
        The tokens of finds made before.
    """
    at = 0
    while at < len(tokens):
        found = None if at in taken else _place(text, tokens, at, taken)
        if found:
            yield found[0]
            at += found[1]
        else:
            at += 1


def _place(
    text: str, tokens: Sequence[Token], at: int, taken: set[int]
) -> tuple[Identifier, int] | None:
    known = lexicon().places
    for length in range(_LONGEST, 0, -1):
        part = tokens[at : at + length]
        if len(part) < length or any(
            at + i in taken or (i and not one.joined) for i, one in enumerate(part)
        ):
            continue
        start, end = part[0].start, part[-1].end
        phrase = text[start:end].lower()
        low = phrase if phrase in known else phrase.removesuffix("s")
        if phrase != low and not part[0].capital and is_word(phrase):
            continue
        if low in known:
            kind, grade = known[low]
            end = start + len(low)
            if phrase != low and length == 1 and lexicon().name_grade(phrase) is not None:
                continue
            sure = 0.95 if length > 1 else _confidence(tokens, at, low, kind, grade)
            if length > 1 and part[0].cased and not part[0].capital:
                sure = 0.0
            after = at + length
            if sure and after < len(tokens) and tokens[after].joined and tokens[after].low in _STOPS:
                return _found(
                    text,
                    start,
                    tokens[after].end,
                    0.95,
                    "kommune" if tokens[after].low == "kommune" else kind,
                ), length + 1
            if sure:
                return _found(text, start, end, sure, kind), length
    return _unknown(text, tokens, at, taken)


def _confidence(tokens: Sequence[Token], at: int, low: str, kind: str, grade: int) -> float:
    """Return how sure it is that a known name of a place means it here."""
    token = tokens[at]
    before = tokens[at - 1].low if at else ""
    name = lexicon().name_grade(low)
    given = lexicon().given.get(low)
    where = before in LOCATIVE and not token.first
    after = tokens[at + 1] if at + 1 < len(tokens) and tokens[at + 1].joined else None
    if low in NO_NAMES:
        return 0.0
    if not token.cased:
        if at and token.joined and name is not None and lexicon().given.get(before) == 0:
            return 0.0
        if grade == COMMON_WORD or (token.capital and is_word(low)):
            return 0.0
        if where:
            return 0.9 if grade == 0 else 0.75
        if name is not None or grade:
            return (
                0.7 if before in TOWARDS and given is None and grade == 0 and name is not None else 0.0
            )
        return 0.85
    if not token.capital:
        return 0.0
    if (
        after
        and after.capital
        and not after.first
        and lexicon().surnames.get(after.low) is not None
        and given is not None
    ):
        return 0.0
    if (
        at
        and token.joined
        and tokens[at - 1].capital
        and lexicon().given.get(tokens[at - 1].low) is not None
        and not where
    ):
        return 0.0
    if where:
        return 0.95
    follows = tokens[at + 1].low if after else ""
    if token.first and follows in VERBS_OF_PEOPLE:
        return 0.0
    if grade == COMMON_WORD and kind != "kommune":
        return 0.0
    if low in TOWNS and not token.first and before not in HE_SHE | NAMING | TITLES:
        return 0.8
    if name is not None:
        towards = (
            before in TOWARDS and given is None and kind in ("kommune", "fylke") and not token.first
        )
        return 0.75 if towards else 0.0
    if token.first:
        return 0.9 if grade == 0 and not is_word(low) else 0.0
    return 0.92 if grade < COMMON_WORD or kind == "kommune" else 0.8


def _unknown(
    text: str, tokens: Sequence[Token], at: int, taken: set[int]
) -> tuple[Identifier, int] | None:
    """Return a capitalised word that no list holds, where a preposition says that it is a place."""
    token = tokens[at]
    if not token.cased:
        before = tokens[at - 1].low if at and token.joined else ""
        like = PLACE_LIKE.fullmatch(token.low) is not None
        if (
            like
            and before in ("i", "på", "fra", "frå", "til", "ved")
            and not (is_listed(token.low) if _SURE_PLACE.fullmatch(token.low) else is_word(token.low))
            and len(token.low) > 4
        ):
            return (
                (_found(text, token.start, token.end, 0.65, "sted"), 1)
                if token.low not in NO_NAMES
                else None
            )
        return None
    if not token.capital or token.text.isupper() or {token.low, token.low.removesuffix("s")} & NO_NAMES:
        return None
    after = at + 1
    if (
        token.low in FARM
        and after < len(tokens)
        and tokens[after].joined
        and tokens[after].capital
        and after not in taken
        and (not token.first or tokens[after].low not in NO_NAMES)
        and not tokens[after].low.endswith("sen")
    ):
        return _found(text, token.start, tokens[after].end, 0.85, "gård"), 2
    sided = after < len(tokens) and tokens[after].joined and tokens[after].low in _SIDES
    if (
        sided
        and not tokens[after].capital
        and not token.first
        and tokens[after].low not in ("mellom", "store", "lille")
    ):
        return _found(text, token.start, tokens[after].end, 0.85, "gård"), 2
    if after < len(tokens) and tokens[after].joined and tokens[after].low in _STOPS and not token.first:
        return _found(text, token.start, tokens[after].end, 0.85, "sted"), 2
    if token.first or not at:
        return None
    before = tokens[at - 1].low
    if "-" in token.text and not token.text.rpartition("-")[2][:1].isupper():
        return None
    name = lexicon().name_grade(token.low.removesuffix("s"))
    like = PLACE_LIKE.fullmatch(token.low) is not None
    moved = before in ("til", "te", "mot", "fra", "frå") and any(
        tokens[i].low in (MOVING | _ORIGIN if before in ("fra", "frå") else MOVING)
        for i in range(max(0, at - 4), at - 1)
    )
    from_place = at > 1 and tokens[at - 2].capital and (
        tokens[at - 2].low in lexicon().places or PLACE_LIKE.fullmatch(tokens[at - 2].low) is not None
    )  # fmt: skip
    of_place = lexicon().given.get(token.low) is None and not token.low.endswith("sen") and (
        (moved and (before in ("fra", "frå") or like or token.low in lexicon().places))
        or (from_place and before in ("til", "te"))
    )  # fmt: skip
    if before in HE_SHE or (
        name is not None
        and not of_place
        and not (like and before in ("i", "på", "ved") and lexicon().given.get(token.low) is None)
    ):
        return None
    end = token.end
    length = 1
    if after < len(tokens) and tokens[after].joined and tokens[after].capital and after not in taken:
        return None  # two capitals: a person or a unit
    if before in (
        "i",
        "på",
        "fra",
        "frå",
        "ifra",
        "ved",
        "utenfor",
        "oppi",
        "nedi",
        "uti",
        "inni",
        "nær",
    ):
        return _found(text, token.start, end, 0.8 if like else 0.6, "sted"), length
    if moved or before in AREAS:
        return _found(text, token.start, end, 0.65 if like or moved else 0.55, "sted"), length
    if like and before in TOWARDS | LOCATIVE:
        return _found(text, token.start, end, 0.65, "sted"), length
    return None


def _found(text: str, start: int, end: int, confidence: float, subkind: str) -> Identifier:
    return Identifier(start, end, "place", text[start:end], confidence, subkind)
