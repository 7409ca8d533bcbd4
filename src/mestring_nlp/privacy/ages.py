"""Exact ages of people: *hun er tjueseks*, *han fylte 67*, *sønnen på to måneder*."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mestring_nlp.privacy.identifiers import Identifier
from mestring_nlp.privacy.lexicon import lexicon
from mestring_nlp.privacy.number_words import number_of
from mestring_nlp.privacy.tokens import Token
from mestring_nlp.privacy.vocabulary import DETERMINERS, HE_SHE, TITLES

_BE = frozenset(
    [
        "er",
        "e",
        "va",
        "var",
        "være",
        "vore",
        "ble",
        "blei",
        "vart",
        "blir",
        "bli",
        "fylte",
        "fyller",
        "fylt",
        "fylla",
        "rundet",
        "runda",
        "passert",
    ]
)
_FULL = frozenset(["fylte", "fyller", "fylt", "fylla", "rundet", "runda"])
_WHO = HE_SHE | TITLES | frozenset(["jeg", "eg", "æ", "e'", "i", "ej", "mora", "faren", "som"])
_SOFT = frozenset(
    [
        "bare",
        "berre",
        "nesten",
        "snart",
        "knapt",
        "omtrent",
        "rundt",
        "cirka",
        "ca",
        "nettopp",
        "akkurat",
        "nå",
        "no",
        "vel",
        "sikkert",
        "da",
        "då",
        "jo",
        "først",
        "kanskje",
        "over",
        "godt",
        "jeg",
        "eg",
        "æ",
        "han",
        "hun",
        "ho",
        "hon",
        "n",
        "altså",
    ]
)
_ENDS = frozenset(
    [
        "og",
        "men",
        "midt",
        "da",
        "då",
        "når",
        "for",
        "så",
        "som",
        "nå",
        "no",
        "i",
        "den",
        "det",
        "hu",
        "han",
        "hun",
        "ho",
        "ved",
        "den",
        "dette",
    ]
)
_KIN = (
    "bror",
    "broren",
    "søster",
    "søsteren",
    "søstera",
    "sønnen",
    "sønn",
    "dattera",
    "datteren",
    "datter",
)
_ONE = frozenset(["en", "ei", "ein"])
_NO_PEOPLE = frozenset(
    [
        "avtale",
        "kontrakt",
        "periode",
        "dom",
        "plan",
        "straff",
        "ramme",
        "frist",
        "pause",
        "karantene",
        "permisjon",
        "leieavtale",
    ]
)
_YEARS = frozenset(["år", "år'", "års", "åra"])
_OTHER_TIMES = frozenset(["måneder", "månader", "måned", "uker", "veker", "dager", "dagar"])
_HALF = re.compile(r" og e(?:t|n|it|in) hal[vt]+ (?:år|måned)", re.IGNORECASE)
_OLDEST = 112
_AFTER_YEARS = frozenset(
    ["yngre", "eldre", "siden", "sidan", "etter", "senere", "seinere", "tidligere", "før", "sia", "til"]
)


def find_ages(text: str, tokens: Sequence[Token]) -> Iterator[Identifier]:
    """Yield exact ages: a number that somebody is, turns or has."""
    for at, token in enumerate(tokens):
        value = (
            int(token.text) if token.text.isdecimal() and len(token.text) <= 3 else number_of(token.low)
        )
        if value is None or not 0 <= value <= _OLDEST:
            continue
        last = at
        if at + 1 < len(tokens) and tokens[at + 1].joined:
            follows = tokens[at + 1].low
            if follows in _YEARS or follows in _OTHER_TIMES:
                last = at + 1
            elif _HALF.match(text, token.end):
                last = at + 4
            elif number_of(follows) is not None:
                continue
        if at and number_of(tokens[at - 1].low) is not None and token.joined:
            continue
        confidence = _confidence(text, tokens, at, last, value)
        if confidence:
            start, end = token.start, tokens[last].end
            yield Identifier(start, end, "age", text[start:end], confidence, "alder")
    for match in re.finditer(r"(?<!\w)(\w+|\d{1,2})[- ]?åring(?:en)?(?!\w)", text):
        stem = match.group(1).rstrip("-").lower()
        if number_of(stem) is not None or stem.isdecimal():
            yield Identifier(*match.span(), "age", match.group(), 0.75, "alder")


def _confidence(text: str, tokens: Sequence[Token], at: int, last: int, value: int) -> float:
    """Return how sure it is that a number is an age; 0 where it is not."""
    token, has_unit = tokens[at], last > at
    back = at - 1
    while back >= 0 and tokens[back].low in _SOFT and back > at - 4:
        back -= 1
    be = back >= 0 and tokens[back].low in _BE
    before = text[tokens[at - 1].end : token.start] if at else ""
    after = text[tokens[last].end : tokens[last].end + 12]
    ends = not after.strip() or after.lstrip(" ")[:1] in '.,;:!?)»"–-\n' or _next(tokens, last) in _ENDS
    if re.match(r"[.,:]\d|\s?(?:%|kr\b|prosent)", after) or re.search(
        r"[\d§.,:/-]$", text[: token.start]
    ):
        return 0.0
    old = _next(tokens, last) in ("gammel", "gamal", "gammal", "gamle", "gamalt", "gammelt")
    if has_unit and old and tokens[last].low in _YEARS:
        return 0.95
    bracketed = before.endswith("(") and after.startswith(")") and at > 0 and tokens[at - 1].capital
    if bracketed and not has_unit and 0 < value < _OLDEST and len(token.text) < 3:
        return 0.75
    who = back >= 0 and _about_person(text, tokens, back)
    if has_unit and tokens[last].low in _YEARS:
        if _next(tokens, last) in _AFTER_YEARS:
            return 0.0
        if be and who:
            return 0.9
        aged = (
            at > 2
            and tokens[at - 1].low == "på"
            and (tokens[at - 2].low in TITLES or tokens[at - 2].capital or tokens[at - 3].low in _ONE)
            and tokens[at - 2].low not in _NO_PEOPLE
        )
        kin = at > 0 and tokens[at - 1].low.endswith(_KIN) and ends
        aged = aged or kin or (before.endswith("(") and after.startswith(")") and tokens[at - 1].capital)
        apposition = "," in before and ends and value > 2 and at and (_is_person(tokens, at - 1))
        return 0.75 if aged or apposition else 0.0
    if (
        has_unit
        and "," in before
        and ends
        and at
        and tokens[at - 1].capital
        and not tokens[at - 1].first
    ):
        return 0.7
    if has_unit:
        subject = tokens[back - 1] if be and back else None
        named = subject is not None and (
            subject.low in TITLES or (subject.capital and not subject.first)
        )
        return 0.7 if named and not tokens[last].low.startswith("dag") else 0.0
    if (
        token.first
        and token.capital
        and _next(tokens, at) in ("er", "e", "var", "va")
        and (at + 2 < len(tokens) and tokens[at + 2].low in HE_SHE | {"jeg", "eg", "æ"})
    ):
        return 0.85
    if at and tokens[at - 1].low in _FULL and ends:
        return 0.9
    if be and who and ends and value >= 3 and not token.capital:
        return 0.85
    return 0.0


def _about_person(text: str, tokens: Sequence[Token], verb: int) -> bool:
    """Return whether the subject of a form of *være* is one person, before it or after it."""
    if verb + 1 < len(tokens) and tokens[verb + 1].low in _WHO - {"som"} | {"jeg", "eg", "æ"}:
        return True
    for back in range(verb - 1, max(-1, verb - 5), -1):
        token = tokens[back]
        between = text[token.end : tokens[back + 1].start]
        if any(sign in between for sign in ".!?:;"):
            return False
        if token.low in _WHO or (token.capital and not token.first) or token.low.endswith(("'n", "´n")):
            return True
        if token.low in (
            "vi",
            "me",
            "det",
            "dei",
            "de",
            "dere",
            "klokka",
            "klokken",
            "snittet",
            "den",
            "dette",
        ):
            return False
        if token.capital and token.first and back == verb - 1:
            return lexicon().name_grade(token.low) is not None and token.low not in DETERMINERS
    return tokens[verb].low in _FULL


def _is_person(tokens: Sequence[Token], at: int) -> bool:
    return tokens[at].low in TITLES or (tokens[at].capital and not tokens[at].first)


def _next(tokens: Sequence[Token], at: int) -> str:
    return tokens[at + 1].low if at + 1 < len(tokens) else ""
