"""Identifiers that have a form of their own: numbers, addresses on the net, dates, cars, user names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mestring_nlp.privacy.checksums import (
    has_birth_date,
    is_account,
    is_national_identity,
    is_organisation,
)
from mestring_nlp.privacy.identifiers import Identifier

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?![\w-])")
_URL = re.compile(
    r"(?<![\w@.])(?:https?://[^\s<>\"«»]+|www\.[\w-]+(?:\.[\w-]+)+(?:/[^\s<>\"«»]*)?"
    r"|(?:[\w-]+\.)+(?:no|com|org|net|eu|se|dk|info|io|example|test|local)(?:/[^\s<>\"«»]*)?)(?![\w@])",
    re.IGNORECASE,
)
_LONG = re.compile(r"(?<![\d,.])(?<!\d[ .-])\d(?:[ .\-\xa0]?\d){8,10}(?![\d]|[,.]\d| \d)")
_PHONE = re.compile(
    r"(?<![\d\w])(?:\(?(?:\+|00)\s?(?P<land>47|46|45|358|44|49|48|370)\)?[ \xa0-]?)?"
    r"(?P<number>\d(?:[ \xa0.\-]?\d){7})(?![\d]|[ \xa0.]\d|[,.]\d)"
)
_ABROAD = re.compile(r"(?<![\d\w])(?:\+|00)(?:\d[ \xa0\-]?){9,14}\d(?!\d)")
_MONTH = (
    r"(?:januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember"
    r"|jan\.|feb\.|apr\.|aug\.|sept?\.|okt\.|nov\.|des\.)"
)
_DATES = (
    re.compile(r"(?<![\d.,/])(?:0?[1-9]|[12]\d|3[01])\.\s?(?:0?[1-9]|1[0-2])\.\s?(?:(?:18|19|20)\d\d|\d\d)(?![\d]|[.,]\d)"),
    re.compile(r"(?<![\d.,/])(?:0?[1-9]|[12]\d|3[01])\s?[/-]\s?(?:0?[1-9]|1[0-2])\s?[-/ ]\s?(?:(?:19|20)\d\d|\d\d)(?!\d)"),
    re.compile(r"(?<![\d-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(rf"(?<![\d.,])(?:0?[1-9]|[12]\d|3[01])\.?\s?{_MONTH}(?:\s(?:18|19|20)\d\d|\s['’]\d\d)?(?![\w])", re.IGNORECASE),
)  # fmt: skip
_SHORT_DATE = re.compile(r"(?<![\d.,:/])(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.?(?![\d]|[.,:]\d)")
_CLOCK = re.compile(
    r"(?:\bkl\.?|\bklokk[ae]n?|\bklokken|\btid|\bversjon|\bv\.?|§|\bpunkt|\bkap\.?|\bsak)\s*$",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(
    r"\s*(?:prosent|%|kroner|kr\b|meter|timer|km|mill|milliarder|grader|poeng|liter|kg)", re.IGNORECASE
)
_DAY_WORDS = re.compile(
    r"(?:innen|den|dato|født|f\.|fra|til|frist(?:en)?|mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag"
    r"|måndag|tysdag|laurdag|sundag|per|pr\.|og|–|-)\s*$",
    re.IGNORECASE,
)
_HOLIDAY = re.compile(r"(?:17\.?\s?mai|1\.?\s?mai|24\.?\s?desember|31\.?\s?desember)", re.IGNORECASE)
_CAR = re.compile(r"(?<![\w-])[A-ZÆØÅ]{2}[ \xa0-]?\d{2}[ \xa0]?\d{3}(?![\w-])")
_CAR_LOW = re.compile(r"(?<![\w-])[a-z]{2} ?\d{5}(?![\w-])")
_NO_CAR = frozenset(
    ["kl", "nr", "kr", "ca", "sa", "so", "og", "på", "av", "vi", "de", "er", "har", "en", "to"]
)
_USER = re.compile(
    r"(?<![\w@/.])@?(?:[a-zæøå]+(?:[._-][a-zæøå]+)*\d{2,}[a-zæøå]*|[a-zæøåA-ZÆØÅ.]+\d*_[\wæøåÆØÅ]*[a-zæøå0-9]"
    r"|@[a-zæøåA-ZÆØÅ][\w.]{2,})(?![\w@]|\.\w)"
)
_USER_WORD = re.compile(
    r"(?:bruk[ae]rna[mv]n\w*|innlogging\w*|profil\w*|kallenavn|nick|ident\w*|logga? (?:meg|seg|inn)|kalte seg"
    r"|kalla seg|kaller seg|signatur\w*)\W+(?:\w+\W+){0,6}$",
    re.IGNORECASE,
)
_USER_TOKEN = re.compile(r"[A-Za-zÆØÅæøå]{1,12}[._]?\d{2,6}(?!\w)|[A-Z]\d{6}(?!\w)")
_NEAR = 70


class _Context(NamedTuple):
    before: str
    after: str


def find_patterns(text: str) -> Iterator[Identifier]:
    """Yield what has a form of its own, longer and surer forms first.

    Spans of what is yielded may overlap those of later ones; the caller keeps the first.
    """
    yield from _matches(_EMAIL, text, "email", 0.99)
    for match in _URL.finditer(text):
        words = match.group().rstrip(".,;:!?)")
        yield _found(match.start(), match.start() + len(words), "url", text, 0.97)
    yield from _long_numbers(text)
    yield from _dates(text)
    yield from _phones(text)
    yield from _cars(text)
    yield from _users(text)


def _long_numbers(text: str) -> Iterator[Identifier]:
    for match in _LONG.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        before = text[max(0, match.start() - _NEAR) : match.start()].lower()
        after_plus = before.endswith("+") or re.search(r"(?:\+|00)\d{2}\)?\s?$", before)
        if len(digits) == 11 and not after_plus:
            if is_national_identity(digits):
                yield _found(*match.span(), "id_number", text, 0.99, "fødselsnummer")
            elif is_account(digits):
                yield _found(*match.span(), "id_number", text, 0.99, "kontonummer")
            else:
                # A digit misheard or mistyped makes it no less personal.
                kind = "fødselsnummer" if has_birth_date(digits) else "nummer"
                yield _found(*match.span(), "id_number", text, 0.8, kind)
        elif len(digits) == 9 and not after_plus:
            told = re.search(r"\borg|foretak|firma|bedrift", before) is not None
            if is_organisation(digits):
                yield _found(*match.span(), "id_number", text, 0.99, "organisasjonsnummer")
            elif told:
                yield _found(*match.span(), "id_number", text, 0.8, "organisasjonsnummer")


def _phones(text: str) -> Iterator[Identifier]:
    for match in _PHONE.finditer(text):
        context = _around(text, match)
        digits = re.sub(r"\D", "", match["number"])
        told = re.search(
            r"tlf|telefon|mobil|nummer|ring|\bnå(?:s|r)?\b|sms|sentralbord", context.before.lower()
        )
        money = re.match(r"\s*(?:kroner|kr\b|mill|,-|personer|stykker|saker)", context.after)
        plain = re.fullmatch(r"[2-9]\d(?:[ \xa0.]\d\d){3}|[489]\d\d[ \xa0.]\d\d[ \xa0.]\d{3}|[2-9]\d{7}"
                             r"|[48]\d\d \d\d \d\d \d|\d{4}[ -]\d{4}|\d{3}[ -]\d{3}[ -]\d\d", match["number"])  # fmt: skip
        if (
            money
            or re.search(r"(?:kr|kroner)\.?\s*$", context.before)
            or (digits[0] in "01" and not match["land"])
        ):
            continue
        start = match.start()
        if match["land"] or told or plain:
            yield _found(start, match.end(), "phone", text, 0.97 if match["land"] or told else 0.9)
    yield from _matches(_ABROAD, text, "phone", 0.9)


def _dates(text: str) -> Iterator[Identifier]:
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if _HOLIDAY.fullmatch(match.group().strip()):
                continue
            birth = re.search(r"(?:født|fødd|\bf\.)\s*(?:den\s*)?$", _around(text, match).before)
            yield _found(*match.span(), "date", text, 0.95, "fødselsdato" if birth else "dato")
    for match in _SHORT_DATE.finditer(text):
        context = _around(text, match)
        end = match.end() - match.group().endswith(".")
        if _CLOCK.search(context.before) or _UNIT_AFTER.match(context.after):
            continue
        if _DAY_WORDS.search(context.before):
            yield _found(match.start(), end, "date", text, 0.8, "dato")


def _cars(text: str) -> Iterator[Identifier]:
    yield from _matches(_CAR, text, "other", 0.9, "bil")
    for match in _CAR_LOW.finditer(text):
        near = _around(text, match).before.lower()
        if match.group()[:2] not in _NO_CAR and re.search(r"\bbil|skilt|regnr|registrer|parkert", near):
            yield _found(*match.span(), "other", text, 0.85, "bil")


def _users(text: str) -> Iterator[Identifier]:
    for match in _USER.finditer(text):
        if not re.match(r"(?:uke|punkt|nr|kl|side|rom|kap|paragraf|covid|versjon)\d", match.group()):
            yield _found(*match.span(), "other", text, 0.85, "brukernavn")
    for match in _USER_TOKEN.finditer(text):
        if _USER_WORD.search(text[max(0, match.start() - _NEAR) : match.start()]):
            yield _found(*match.span(), "other", text, 0.8, "brukernavn")


def _matches(
    pattern: re.Pattern[str], text: str, kind: str, confidence: float, subkind: str = ""
) -> Iterator[Identifier]:
    for match in pattern.finditer(text):
        yield _found(*match.span(), kind, text, confidence, subkind)


def _found(
    start: int, end: int, kind: str, text: str, confidence: float, subkind: str = ""
) -> Identifier:
    return Identifier(start, end, kind, text[start:end], confidence, subkind)


def _around(text: str, match: re.Match[str]) -> _Context:
    return _Context(
        text[max(0, match.start() - _NEAR) : match.start()], text[match.end() : match.end() + 20]
    )
