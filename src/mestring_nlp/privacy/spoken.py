"""Identifiers as people say them: digits in words, *krøllalfa*, *punktum no*, *fjerde august*."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from mestring_nlp.privacy.checksums import is_account, is_national_identity, is_organisation
from mestring_nlp.privacy.identifiers import Identifier
from mestring_nlp.privacy.number_words import digits_of, number_of
from mestring_nlp.privacy.patterns import CAR_WORD
from mestring_nlp.privacy.spoken_addresses import find_spoken_addresses
from mestring_nlp.privacy.spoken_dates import find_spoken_dates
from mestring_nlp.privacy.tokens import Token

_FILLERS = frozenset(
    {"og", "så", "er", "det", "eh", "ehm", "altså", "da", "kommer", "deretter", "etterpå"}
)
_MOST_FILLERS = 5
_FEWEST_SPOKEN = 4


def find_spoken(text: str, tokens: Sequence[Token]) -> Iterator[Identifier]:
    """Yield spoken addresses, numbers and dates."""
    yield from find_spoken_addresses(text, tokens)
    yield from _numbers(text, [part for token in tokens for part in _divided(token)])
    yield from find_spoken_dates(text, tokens)


def _divided(token: Token) -> list[Token]:
    """Return the number words of *fire-en-tre* one by one; any other word as it is."""
    words = token.text.split("-")
    if len(words) == 1 or any(number_of(word.lower()) is None for word in words):
        return [token]
    start, parts = token.start, []
    for number, word in enumerate(words):
        joined = token.joined and not number
        end = start + len(word)
        parts.append(replace(token, start=start, end=end, text=word, low=word.lower(), joined=joined))
        start = end + 1
    return parts


def _numbers(text: str, tokens: Sequence[Token]) -> Iterator[Identifier]:
    at = 0
    while at < len(tokens):
        end = _run(text, tokens, at)
        if end - at >= 2 and (in_breaths := _interrupted(text, tokens, at, end)):
            yield in_breaths[0]
            at = in_breaths[1]
            continue
        if end - at >= _FEWEST_SPOKEN and any(not token.text.isdecimal() for token in tokens[at:end]):
            found = _read(text, tokens, at, end)
            if found:
                yield found
        elif end - at >= 3 and (found := _car(text, tokens, at, end)):
            yield found
        at = max(end, at + 1)


def _interrupted(
    text: str, tokens: Sequence[Token], first: int, end: int
) -> tuple[Identifier, int] | None:
    """Return eleven digits said in two breaths: *null en null to åttifem, og så er det en tre ...*."""
    at = end
    while at < len(tokens) and at - end < _MOST_FILLERS and tokens[at].low in _FILLERS:
        at += 1
    last = _run(text, tokens, at)
    if at == end or last - at < 2:
        return None
    words = [*tokens[first:end], *tokens[at:last]]
    readings = digits_of([token.low for token in words], [True] * len(words))
    readings |= digits_of([token.low for token in words], [False] * len(words))
    near = text[max(0, tokens[first].start - 80) : tokens[first].start].lower()
    told = re.search(r"nummer|fødsels|personn|konto|d-n", near)
    if told and any(len(digits) == 11 for digits in readings):
        return _span(text, tokens, first, last, "id_number", 0.85, "fødselsnummer"), last
    return None


def _car(text: str, tokens: Sequence[Token], first: int, last: int) -> Identifier | None:
    """Return a registration: two letters before number words that say five digits."""
    letters = tokens[first - 1] if first else None
    before = text[max(0, tokens[first].start - 80) : tokens[first].start].lower()
    if (
        letters is None
        or not (len(letters.low) == 2 or _two_letters(tokens, first))
        or not tokens[first].joined
        or not CAR_WORD.search(before)
    ):
        return None
    readings = digits_of([token.low for token in tokens[first:last]], [False] * (last - first))
    if any(len(digits) == 5 for digits in readings):
        begin = first - 1 - (len(letters.low) == 1)
        return _span(text, tokens, begin, last, "other", 0.85, "bil")
    return None


def _two_letters(tokens: Sequence[Token], at: int) -> bool:
    """Return whether two letters said one by one stand before a token."""
    return at > 1 and all(len(tokens[i].low) == 1 and tokens[i].low.isalpha() for i in (at - 2, at - 1))


def _is_count(tokens: Sequence[Token]) -> bool:
    """Return whether number words go up or down by one step, as in *tjue, tretti, førti, femti*, or tell years."""
    values = [number_of(token.low) for token in tokens]
    steps = {b - a for a, b in pairwise(values) if a is not None and b is not None}
    years = len(values) == 4 and values[0] in (19, 20) and values[2] in (19, 20)
    return (len(steps) == 1 and steps != {0}) or years


def _run(text: str, tokens: Sequence[Token], at: int) -> int:
    """Return the end of a run of number words with nothing but spaces and commas between."""
    end = at
    while end < len(tokens):
        token = tokens[end]
        if number_of(token.low) is None and not (token.text.isdecimal() and len(token.text) <= 3):
            break
        if end > at and text[tokens[end - 1].end : token.start].strip(" ,.–-\xa0"):
            break
        end += 1
    return end


def _read(text: str, tokens: Sequence[Token], first: int, last: int) -> Identifier | None:
    """Return what a run of number words says, or what its longest part does."""
    before = text[max(0, tokens[first].start - 80) : tokens[first].start].lower()
    for start in range(first, min(first + 2, last - _FEWEST_SPOKEN + 1)):
        run = tokens[start:last]
        parted = [False] + [bool(text[a.end : b.start].strip()) for a, b in pairwise(run)]
        readings = digits_of([token.low for token in run], parted)
        for digits in sorted(readings, key=lambda d: not (is_national_identity(d) or is_account(d))):
            if len(digits) == 11:
                sure = is_national_identity(digits) or is_account(digits)
                return _span(
                    text, tokens, start, last, "id_number", 0.97 if sure else 0.85, "fødselsnummer"
                )
            if len(digits) == 9 and (is_organisation(digits) or "org" in before):
                return _span(text, tokens, start, last, "id_number", 0.9, "organisasjonsnummer")
        told = re.search(r"telefon|mobil|tlf|nummer|\bring", before)
        counted = _is_count(run) and not told
        if not counted and any(len(d) == 8 and d[0] in "23456789" for d in readings):
            return _span(text, tokens, start, last, "phone", 0.9)
        letters = tokens[start - 1] if start else None
        one_by_one = _two_letters(tokens, start)
        spelled = letters and (len(letters.low) == 2 or one_by_one) and tokens[start].joined
        if spelled and any(len(digits) == 5 for digits in readings) and CAR_WORD.search(before):
            return _span(text, tokens, start - 1 - one_by_one, last, "other", 0.85, "bil")
    return None


def _span(
    text: str,
    tokens: Sequence[Token],
    first: int,
    last: int,
    kind: str,
    confidence: float,
    subkind: str = "",
) -> Identifier:
    start, end = tokens[first].start, tokens[last - 1].end
    return Identifier(start, end, kind, text[start:end], confidence, subkind)
