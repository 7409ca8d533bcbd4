"""Exact ages of people: *hun er tjueseks*, *han fylte 67*, *sønnen på to måneder*, *en sekstiåring*."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mestring_nlp.privacy.age_words import (
    AFTER_YEARS,
    BE,
    BECOME,
    FOLLOWING,
    FULL,
    GROUPS,
    I_WORDS,
    NO_COUNT_BEFORE,
    OLD,
    PASSED,
    SMALL_UNITS,
    SOFT,
    YEARS,
    half_after,
    is_person_noun,
    is_thing,
    lasts,
    said_at,
)
from mestring_nlp.privacy.identifiers import Identifier
from mestring_nlp.privacy.lexicon import lexicon
from mestring_nlp.privacy.number_words import number_of, ordinal_of
from mestring_nlp.privacy.spoken_dates import MONTHS
from mestring_nlp.privacy.tokens import Token
from mestring_nlp.privacy.vocabulary import DETERMINERS, HE_SHE

_IN_ONE_WORD = re.compile(
    r"(?<!\w)(?:(\w+?|\d{1,3})[- ]?(?:åring(?:en|a)?|årsdag(?:en)?)"
    r"|(\w+?|\d{1,3})[- ]?årige?(?= (?:gutt|gut|jente|mann|kvinne|dame|sønn|datter|dotter|son|pike|kar|bror|søster|elev)))(?!\w)",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?:gam+[ae]l\w*|alder(?:en)?)\b[^.!?\n]{0,40}\?[\s–«\"-]*(?:\w+:\s*)?(?:(?:jeg|eg|æ|e|er|ja|jo|eh|ehm|nå|no|vel)\W+){0,4}$",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?:\balder(?:en)?(?: (?:er|var|på|av))?:? |\bi e[nit]+ alder(?:en)? av |\bmed si(?:ne|n|na) |\b(?:kvinne|mann|gutt|jente|kv\.|m\.),? )$",
    re.IGNORECASE,
)
_NO_PERSON_BEFORE = frozenset(
    ["vi", "me", "det", "dei", "de", "dere", "dokker", "klokka", "klokken", "snittet", "den", "dette",
     "du", "man", "folk", "alle", "noen", "mange", "nokon", "temperaturen", "gradestokken"]
)  # fmt: skip
_POSSESSIVE = frozenset(
    ["min", "mi", "mine", "hans", "hennes", "hennar", "vår", "sin", "si", "deres", "mitt", "vårt"]
)
_SELF = frozenset(["seg", "sæ", "meg", "mæ"])
_FAR = 7


@dataclass(frozen=True)
class _Said:
    """A number in a text that may be an age: its tokens, its end, and what is told with it."""

    at: int
    last: int
    end: int
    value: int
    unit: str
    half: bool


def find_ages(text: str, tokens: Sequence[Token]) -> Iterator[Identifier]:
    """Yield exact ages: a number that somebody is, turns or has."""
    at, before_end = 0, -1
    while at < len(tokens):
        said = _said(text, tokens, at)
        if said is None:
            at += 1
            continue
        start = tokens[at].start
        confidence = 0.0
        if not _is_part(text, tokens, said):
            confidence = _confidence(text, tokens, said)
            # «seks og åtte år», «fem, sju og ni»: the second age stands as the first does.
            listed = before_end >= 0 and text[before_end:start].strip(" ,") in ("", "og", "år og", "å")
            if not confidence and listed and (said.unit in YEARS or _ends(text, tokens, said)):
                confidence = 0.7
        if confidence:
            end = _with_old(tokens, said)
            yield Identifier(start, end, "age", text[start:end], confidence, "alder")
            before_end = said.end
        at = said.last + 1
    for match in _IN_ONE_WORD.finditer(text):
        stem = (match.group(1) or match.group(2)).rstrip("-").lower()
        if number_of(stem) is not None or stem.isdecimal():
            yield Identifier(*match.span(), "age", match.group(), 0.75, "alder")


def _with_old(tokens: Sequence[Token], said: _Said) -> int:
    """Return where an age ends: *fire år gammel* is all of it."""
    follows = tokens[said.last + 1] if said.last + 1 < len(tokens) else None
    return follows.end if said.unit and follows and follows.joined and follows.low in OLD else said.end


def _said(text: str, tokens: Sequence[Token], at: int) -> _Said | None:
    """Return the number that begins with a token, with its half and its unit."""
    token = tokens[at]
    if token.low in ("halvannet", "halvanna", "halvtanna", "halvtannet", "halvanner"):
        read: tuple[int, int] | None = (1, at + 1)
    else:
        read = said_at(tokens, at)
    if read is None:
        return None
    value, after = read
    end = half_after(text, tokens[after - 1].end)
    half = end > tokens[after - 1].end or token.low.startswith("halv")
    last = after - 1
    while last + 1 < len(tokens) and tokens[last + 1].end <= end:
        last += 1
    unit = tokens[last].low if half and tokens[last].low in YEARS | SMALL_UNITS else ""
    follows = tokens[last + 1] if last + 1 < len(tokens) else None
    beside = follows is not None and text[tokens[last].end : follows.start] in (" ", "\xa0", "")
    if not unit and follows is not None and beside and follows.low in YEARS | SMALL_UNITS:
        last, unit, end = last + 1, follows.low, follows.end
    if not unit and last + 2 < len(tokens) and tokens[last + 1].low in ("og", "å"):
        # «på eitt og fire år»: what is said of the last goes for the first.
        other = said_at(tokens, last + 2)
        if other and other[1] < len(tokens) and tokens[other[1]].low in YEARS:
            unit = tokens[other[1]].low
    elif unit in YEARS and last + 3 < len(tokens) and tokens[last + 1].low in ("og", "å"):
        more = said_at(tokens, last + 2)
        if more and more[1] < len(tokens) and tokens[more[1]].low in SMALL_UNITS:
            last = more[1]
            end = tokens[last].end
    if (
        not unit
        and last + 1 < len(tokens)
        and tokens[last + 1].joined
        and tokens[last + 1].low == "blank"
    ):
        last, end = last + 1, tokens[last + 1].end
    return _Said(at, last, end, value, unit, half)


def _is_part(text: str, tokens: Sequence[Token], said: _Said) -> bool:
    """Return whether a number is part of a longer one, of a price, of a share or of a clock time."""
    token = tokens[said.at]
    if said.at and token.joined and not said.unit and number_of(tokens[said.at - 1].low) is not None:
        return True
    follows = tokens[said.last + 1] if said.last + 1 < len(tokens) else None
    if follows and follows.joined and not said.unit and number_of(follows.low) is not None:
        return True
    return bool(
        re.match(r"[.,:]\d|\s?(?:%|kr\b|prosent)|[-/]", text[said.end : said.end + 10])
        or re.search(r"[\d§.,:/-]$", text[: token.start])
    )


def _confidence(text: str, tokens: Sequence[Token], said: _Said) -> float:
    """Return how sure it is that a number is an age; 0 where it is not."""
    at, value = said.at, said.value
    years, months = said.unit in YEARS, said.unit in SMALL_UNITS
    following = _next(tokens, said.last)
    if following in OLD and said.unit:
        return 0.0 if _of_a_thing(text, tokens, said) else 0.95
    around = text[max(0, tokens[at].start - 90) : tokens[at].start]
    if _ASKED.search(around) and (years or _ends(text, tokens, said)):
        return 0.85
    told = _TOLD.search(around)
    if told and value > 2 and (years or _ends(text, tokens, said)):
        gone = years and (following in AFTER_YEARS or lasts(text[said.end : said.end + 20]))
        return 0.0 if gone else 0.8
    if beside := _beside_a_person(text, tokens, said):
        return beside
    if following in AFTER_YEARS - {"at", "på", "som", "med", "her", "der"} and (years or months):
        return 0.0
    return _by_a_verb(text, tokens, said)


def _beside_a_person(text: str, tokens: Sequence[Token], said: _Said) -> float:
    """Return how sure an age is that stands by a person: *Kari (58)*, *mora, 81 år*, *en mann på 54*."""
    at, value, unit = said.at, said.value, said.unit
    if not at:
        return 0.0
    left = tokens[at - 1]
    before = text[left.end : tokens[at].start]
    after = text[said.end : said.end + 12]
    ends = _ends(text, tokens, said)
    person = _is_person(tokens, at - 1)
    bracketed = before.endswith("(") and after.startswith((")", ",", ";")) and value > 0
    if bracketed and (person or left.capital) and (unit or after.startswith(")") or value > 12):
        return 0.75
    if "," in before and ends and (unit or re.match(r"\s?[,).]", after)):
        if (person or (unit and left.capital)) and (unit or value > 14) and value > 0:
            return 0.72
        named = any(tokens[i].capital and not tokens[i].first for i in range(max(0, at - 5), at))
        if unit and named and left.joined and "," in after + "," and not is_thing(left.low):
            return 0.6 if after.startswith(" og ") else 0.0
    if tokens[said.last].low in SMALL_UNITS and unit in YEARS and left.low in ("bare", "berre", "bærre"):
        return 0.65
    if unit in YEARS and not before.strip() and is_person_noun(left.low) and ends:
        return 0.75
    if left.low not in ("på", "om") or at < 2 or left.low == "om":
        return 0.0
    if tokens[at - 2].low in _POSSESSIVE and at > 2 and is_person_noun(tokens[at - 3].low):
        return 0.75 if unit or (value >= 3 and ends) else 0.0
    far = tokens[at - 2].low
    one = far in ("en", "ei", "ein", "én", "éin")
    if far in HE_SHE or _is_person(tokens, at - 2) or is_person_noun(far):
        least = 3 if far in HE_SHE or is_person_noun(far) else 13
        if tokens[at - 2].capital and not is_person_noun(far) and lexicon().name_grade(far) is None:
            least = OLD_ENOUGH
        return 0.75 if unit or (value >= least and ends) else 0.0
    if one and unit and not is_thing(_next(tokens, said.last)):
        return 0.7
    determined = at > 2 and tokens[at - 3].low in ("en", "ei", "ein", "én", "den", "min", "mi")
    return 0.7 if unit in YEARS and determined and not is_thing(far) else 0.0


OLD_ENOUGH = 18
"""The lowest number after *på* that is an age where what stands before it may be no person."""


def _by_a_verb(text: str, tokens: Sequence[Token], said: _Said) -> float:
    """Return how sure an age is that somebody is, was, becomes or turns."""
    at, value, unit = said.at, said.value, said.unit
    back = at - 1
    while back >= 0 and tokens[back].low in SOFT and tokens[back].low not in BE and back > at - 6:
        back -= 1
    low = tokens[back].low if back >= 0 else ""
    if back >= 0 and re.search(r"[.!?:;]", text[tokens[back].end : tokens[at].start]):
        low = ""
    ends = _ends(text, tokens, said)
    after = text[said.end : said.end + 20]
    if unit in YEARS and (_next(tokens, said.last) in AFTER_YEARS or lasts(after)):
        turned = low in FULL | PASSED | BECOME and _next(tokens, said.last) not in ("eldre", "yngre")
        if not turned or lasts(after):
            return 0.0
    if _leads(text, tokens, said):
        return 0.85
    subject = _subject(text, tokens, back) if low else ""
    if low in FULL and (ends or unit in YEARS):
        general = subject == "group" or (back and tokens[back - 1].low in ("ved", "etter", "før", "til"))
        return 0.0 if general else 0.9
    if low in BE | PASSED or (low in _SELF and tokens[back - 1].low.startswith("nærm")):
        if subject == "person":
            direct = back == at - 1 or value > 9
            if unit in SMALL_UNITS:
                near = back - 1 - (tokens[back - 1].low in ("bare", "berre", "bærre"))
                strong = near >= 0 and (tokens[near].low in HE_SHE | {"som"} or _is_person(tokens, near))
                spent = _next(tokens, said.last) in AFTER_YEARS or lasts(after)
                return 0.7 if strong and ends and not spent and not unit.startswith("dag") else 0.0
            if not unit and value < 10 and lasts(after):
                return 0.0
            if unit in YEARS or (ends and (value >= 3 or said.half or (value == 2 and direct))):
                return 0.9 if unit in YEARS else 0.85
        elif (
            not subject
            and value > 9
            and ends
            and any(tokens[i].low in ("bare", "berre", "bærre") for i in range(back, at))
        ):
            return 0.7
    return 0.0


def _leads(text: str, tokens: Sequence[Token], said: _Said) -> bool:
    """Return whether an age stands before its verb: *femtiåtte er han*, *nitten år var jeg da*."""
    at, last = said.at, said.last
    if _next(tokens, last) not in BE or said.value < 3:
        return False
    if at and (
        tokens[at - 1].low in NO_COUNT_BEFORE or (is_thing(tokens[at - 1].low) and tokens[at].joined)
    ):
        return False
    who = tokens[last + 2].low if last + 2 < len(tokens) else ""
    return who in HE_SHE | I_WORDS - {"i", "e"}


def _subject(text: str, tokens: Sequence[Token], verb: int) -> str:
    """Return ``"person"`` or ``"group"`` for the subject of a verb, before it or after it; else ``""``."""
    if verb + 1 < len(tokens) and tokens[verb + 1].low in HE_SHE | I_WORDS:
        return "person"
    if tokens[verb].low in _SELF and verb:
        verb -= 1
    for back in range(verb - 1, max(-1, verb - 1 - _FAR), -1):
        token = tokens[back]
        between = text[token.end : tokens[back + 1].start]
        if any(sign in between for sign in ".!?:;"):
            return ""
        if token.low == "som":
            return "group" if back and tokens[back - 1].low in GROUPS - {"en", "ein"} else "person"
        if token.low in HE_SHE or (token.low in I_WORDS and token.low != "i"):
            return "person"
        if (
            token.low in ("i", "e")
            and back == verb - 1
            and (token.first or not token.capital)
            and tokens[verb].low in ("va", "e", "blei", "vart")
        ):
            return "person"
        if is_person_noun(token.low) or token.low.endswith(("'n", "´n")):
            return "person"
        if token.low in ("eine", "andre", "ene", "eldste", "yngste", "minste"):
            return "person"
        if token.low in _NO_PERSON_BEFORE or (token.low in GROUPS and back == verb - 1):
            return "group" if token.low in GROUPS else "thing"
        if token.capital and not token.first:
            return "person"
        grade = lexicon().name_grade(token.low)
        named = token.capital if token.cased else grade == 0
        if back == verb - 1 and named and grade is not None and token.low not in DETERMINERS:
            return "person"
        if back == verb - 1 and not token.cased and token.low in lexicon().given and grade == 1:
            return "person"
        told_with = back and tokens[back - 1].low in ("på", "i", "fra", "frå", "av", "ved", "hos")
        if is_thing(token.low) and back == verb - 1 and not told_with:
            return "thing"
    return ""


def _of_a_thing(text: str, tokens: Sequence[Token], said: _Said) -> bool:
    """Return whether *ti år gammel* tells of a thing: *en ti år gammel bil*, *bilen er ti år gammel*."""
    far = said.last + 2
    if far < len(tokens) and tokens[far].joined and is_thing(tokens[far].low):
        return True
    if _next(tokens, said.last).endswith("lt") and not (
        far < len(tokens) and is_person_noun(tokens[far].low)
    ):
        return True
    for back in range(said.at - 1, max(-1, said.at - 6), -1):
        if re.search(r"[.!?:;]", text[tokens[back].end : tokens[back + 1].start]):
            return False
        low = tokens[back].low
        if low in HE_SHE or low in I_WORDS - {"i", "e", "æ"} or is_person_noun(low):
            return False
        if is_thing(low) or low in ("den", "det", "dette"):
            return tokens[said.at - 1].low not in ("en", "ei", "ein", "den", "vår")
    return False


def _ends(text: str, tokens: Sequence[Token], said: _Said) -> bool:
    """Return whether no noun stands after a number, which would make it a count."""
    after = text[said.end : said.end + 12]
    if not after.strip() or after.lstrip(" \xa0")[:1] in '.,;:!?…)»"”–-\n\r':
        return True
    following = _next(tokens, said.last)
    if following in FOLLOWING or following in OLD or following == "blank":
        return True
    if ordinal_of(following) and said.last + 2 < len(tokens) and tokens[said.last + 2].low in MONTHS:
        return True
    far = said.last + 2
    pronoun = (
        far < len(tokens) and tokens[far].joined and tokens[far].low in HE_SHE | I_WORDS - {"i", "e"}
    )
    return pronoun and following.endswith(("te", "de", "a", "et", "kk", "dde", "r"))


def _is_person(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    return is_person_noun(token.low) or (token.capital and not token.first) or (
        token.capital and lexicon().name_grade(token.low) is not None
    )  # fmt: skip


def _next(tokens: Sequence[Token], at: int) -> str:
    return tokens[at + 1].low if at + 1 < len(tokens) else ""
