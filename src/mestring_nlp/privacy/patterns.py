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
from mestring_nlp.privacy.lexicon import is_listed
from mestring_nlp.privacy.tokens import words_of

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?![\w-])")
_SIGN_AT = r"(?:\s?@\s?|\s?[\[({<]\s?(?:at|a|krøllalfa|alfakrøll|snabel-?a)\s?[\])}>]\s?|\s(?:krøll-?alfa|alfa-?krøll|snabel-?a)\s)"
_SIGN_DOT = (
    r"(?:\s?\.\s?|\s?[\[({<]\s?(?:dot|punktum|prikk|punkt)\s?[\])}>]\s?|\s(?:dot|punktum|prikk|dått)\s)"
)
_HIDDEN_EMAIL = re.compile(
    rf"(?<![\w.+-])[\w+-]+(?:(?:\.|{_SIGN_DOT}|_)[\w+-]+){{0,3}}?{_SIGN_AT}[\w-]+(?:{_SIGN_DOT}[\w-]+){{0,4}}"
    rf"{_SIGN_DOT}(?:no|com|org|net|eu|se|dk|info|example|test)(?![\w-])",
    re.IGNORECASE,
)
_TOLD_EMAIL = re.compile(
    r"(?:mail|e-?post|adress)\w*\W+(?:\w+\W+){0,4}?(?P<mail>[\w+-]+(?:\.[\w+-]+)* at [\w-]+(?:\.[\w-]+)*\.(?:no|com|org|net|eu))(?![\w-])",
    re.IGNORECASE,
)
_URL = re.compile(
    r"(?<![\w@.-])(?:https?://[^\s<>\"«»]+|www\.[\w-]+(?:\.[\w-]+)+(?:/[^\s<>\"«»]*)?"
    r"|(?:[\w-]+\.)+(?:no|com|org|net|eu|se|dk|info|io|example|test|local|uk|fi|nl|pl|app|gov"
    r"|edu|biz|shop|online|site|tv|blog|dev|cloud)(?:/[^\s<>\"«»]*)?"
    r"|(?:[\w-]+\.)+[a-z]{2,6}/[\w/?=&%#~.+-]{2,})(?![\w@])",
    re.IGNORECASE,
)
_LONG = re.compile(r"(?<![\d,.])(?<!\d[ .-])\d(?:[ .\-\xa0]?\d){8,10}(?![\d]|[,.]\d| \d)")
_PHONE = re.compile(
    r"(?<![\d\w])(?:\(?(?:\+|00)\s?(?P<land>47|46|45|358|44|49|48|370)\)?[ \xa0-]?)?"
    r"(?P<number>\d(?:[ \xa0.\-]?\d){7})(?![\d]|[ \xa0.]\d|[,.]\d)"
)
_PHONE_WORD = re.compile(
    r"tlf|telefon|mobil|(?<![a-zæøå])(?:nummer|nummeret|nr)\b|\bring(?:e|er|te|t)?\b|\bnå(?:s|es|r|dd)?\b (?:på|meg|han|ho|hun)|\bnås\b"
    r"|sms|sentralbord|vakt|whatsapp|signal|viber|vipps"
)
_OTHER_NUMBER = re.compile(
    r"(?:saks?|ordre|faktura|kunde|medlems|ansatt|bilags?|polise|referanse|ref|journal|arkiv|serie|vare|artikkel|avtale"
    r"|kontrakts?|prosjekt|vedtaks|bestillings|løpe|brukar|bruker|billett|pakke|sporings?|kvitterings?|sendings?|isbn|søknads)"
    r"-?\s?(?:nummer|nummeret|nr|id|kode)?\.?\s?(?:er|var|:|på)?\s*$"
)
_TWO_YEARS = re.compile(
    r"(?:19|20)\d\d[ \xa0.-]?(?:(?:19|20)\d\d|(?:0[1-9]|1[0-2])[ .-]?(?:0[1-9]|[12]\d|3[01]))"
)
_ABROAD = re.compile(r"(?<![\d\w])(?:\+|00)(?:\d[ \xa0\-]?){9,14}\d(?!\d)")
_MONTH = (
    r"(?:januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember|septembe|oktobe"
    r"|novembe|desembe|janua|februa|(?:jan|febr?|apr|jun|aug|sept?|okt|nov|des)\b\.?|mar\.|jul\.)"
)
_DAY, _NUMBER = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:(?:18|19|20)\d\d|\d\d)"
_DATES = (
    re.compile(rf"(?<![\d.,/]){_DAY}\.\s?{_NUMBER}\.\s?{_YEAR}(?![\d]|[.,]\d)"),
    re.compile(rf"(?<![\d.,/-]){_DAY}\s?/\s?{_NUMBER}\s?[-/ –.]\s?(?:(?:19|20)\d\d|\d\d)(?![\d%]|\s?(?:kroner|kr\b|prosent))"),
    re.compile(rf"(?<![\d.,/-]){_DAY}\s?[-–]\s?{_NUMBER}\s?[-–]\s?{_YEAR}(?![\d-])"),
    re.compile(r"(?<![\d-])(?:18|19|20)\d\d([-./])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(rf"(?<![\d.,])(?:[Dd]en )?(?:{_DAY}\.?\s?(?:-|–|og|til|eller)\s?)?{_DAY}\.?(?:(?<=\.)\si)?\s?{_MONTH}"
               r"(?:\si(?=\s(?:18|19|20)\d\d))?(?:\s(?:18|19|20)\d\d|\s?['’´`-]\s?\d\d|\s(?:ifjor|i (?:for)?fjor|i år)|\s\d\d(?=[.,;:!?)]?(?:\s*$|\s*\n|[.,;:!?)])))?(?![\w])", re.IGNORECASE),
    re.compile(rf"(?<![\d.,])(?:[Dd]en )?{_DAY}\. i {_NUMBER}\.(?:\s?{_YEAR})?(?!\w)"),
)  # fmt: skip
_BORN = re.compile(
    r"(?:\bfød[td]e?|\bf\.|\bf|fødselsdato\w*|fødselsdag\w*|bursdag\w*)(?: (?:er|e|var|va|den))?:? *(?:den )?$",
    re.IGNORECASE,
)
_BORN_DATE = re.compile(rf"(?<!\d){_DAY}[ ./]?{_NUMBER}[ ./]?{_YEAR}(?![\d\w]|[ .]\d)")
_SLASH = re.compile(rf"(?<![\d.,:/§-]){_DAY}/{_NUMBER}(?![\d/%]|[-.,]\d)")
_A_PART = re.compile(r"(?:[12]/[2-9]|3/[45]|4/5|24/7)")
_PART_AFTER = re.compile(
    r"\s*(?:av\b|stilling|time|liter|dl\b|kopp|år\b|del|parte?n?|stillinger|uke|måned|månad|poeng|prosent|tomm)",
    re.IGNORECASE,
)
_SHORT_DATE = re.compile(rf"(?<![\d.,:/]){_DAY}\.{_NUMBER}\.?(?![\d]|[.,:]\d)")
_SURE_SHORT = re.compile(
    r"(?:innen|\bden|dato|født|fødd|\bf\.|frist(?:en)?(?: er| var|:)?|(?:man|tirs|ons|tors|fre|lør|søn|mån|tys|laur|sun)dag)\s*$",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?:\bkl\.?|\bklokk[ae]n?|\bklokken|\btid|\bversjon|\bv\.?|§|\bpunkt|\bkap\.?|\bsak)\s*$",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(
    r"\s*(?:prosent|%|kroner|kr\b|meter|timer|km|mill|milliarder|grader|poeng|liter|kg)", re.IGNORECASE
)
_DAY_WORDS = re.compile(
    r"(?:innen|\bden|dato|født|fødd|\bf\.|\bfra|\bfrå|\btil|frist(?:en)?(?: er| var|:)?|mandag|tirsdag|onsdag|torsdag|fredag|lørdag"
    r"|søndag|måndag|tysdag|laurdag|sundag|\bper|\bpr\.|siden|sidan|møte[t]?|\bog|–|-)\s*$",
    re.IGNORECASE,
)
_HOLIDAY = re.compile(
    r"(?:den )?(?:17\.?\s?mai|1\.?\s?mai|24\.?\s?des\w*\.?|31\.?\s?des\w*\.?)(?: i (?:fjor|år))?",
    re.IGNORECASE,
)
_CAR = re.compile(r"(?<![\w-])[A-ZÆØÅ]{2}[ \xa0-]?\d{2}[ \xa0]?\d{3}(?![\w-])")
_CAR_LOW = re.compile(r"(?<![\w-])[a-z]{2} ?\d{5}(?![\w-])")
_BOAT = re.compile(r"(?<![\w-])(?:[A-ZÆØÅ]{1,2}-\d{1,4}-[A-ZÆØÅ]{1,2})(?![\w-])")
_OTHER_PLATE = re.compile(
    r"(?<![\w-])(?:[A-ZÆØÅ]{1,3}[ -]?\d{3,6}|[A-ZÆØÅ]{3} ?\d{2}[A-ZÆØÅ]|[A-ZÆØÅ]-\d{2,6})(?![\w-])"
)
_LETTERS = re.compile(r"(?<![\w-])[a-zæøåA-ZÆØÅ] [a-zæøåA-ZÆØÅ] ?\d(?: ?\d){4}(?![\w-])")
CAR_WORD = re.compile(
    r"\w*bil(?:en|er|ene|nøkkel\w*|nummer\w*)?\b|skilt|\breg\.?\s?(?:nr|n)|registrer|parkert|parkere|drosje|taxi|løyve\w*"
    r"|traktor|henger|trailer|lastebil|\bbuss|motorsykkel|moped|volvo|toyota|\bford\b|tesla|volkswagen|passat|\bgolf\b"
    r"|mazda|nissan|skoda|audi|opel|saab|peugeot|kassebil|kjøretøy|bobil|minibuss|pickup|snøscooter|kjenneteikn|kjennemerke",
    re.IGNORECASE,
)
_NO_CAR = frozenset(
    ["kl", "nr", "kr", "ca", "sa", "so", "og", "på", "av", "vi", "de", "er", "har", "en", "to"]
)
_USER = re.compile(
    r"(?<![\w@/.-])@?(?:[a-zæøå]+(?:[._-][a-zæøå]+)*\d{2,}[a-zæøå]*|[a-zæøåA-ZÆØÅ.]+\d*_[\wæøåÆØÅ]*[a-zæøå0-9]"
    r"|@[a-zæøåA-ZÆØÅ][\w.]{2,})(?![\w@]|\.\w)"
)
_USER_WORD = re.compile(
    r"(?:bruk[ae]rna[mv]n\w*|innlogging\w*|profil\w*|kallenavn|nick|ident\w*|logga? (?:meg|seg|inn)|kalte seg"
    r"|kalla seg|kaller seg|signatur\w*)\W+(?:\w+\W+){0,6}$",
    re.IGNORECASE,
)
_TOLD_NAME = re.compile(
    r"(?:(?:bruk[ae]rna[mv]n|nick|nicket|snapnavn|gamertag|kallenavn på nett|instagramna[mv]n)(?:et)?"
    r"(?: (?:mitt|hans|hennes|hennar|ditt|vårt|deres))?(?: (?:der|på \w+))? (?:er|var|e|va)|under (?:brukernavnet|nicket|brukernamnet))"
    r" (?P<name>[\wæøå]{3,}(?: (?:understrek|underscore|bindestrek|strek|punktum|prikk) \w+)*(?: (?:\d+|[a-zæøå]*(?:ti|tjue)[a-zæøå]*))?)",
    re.IGNORECASE,
)
_STATES = words_of(
    "feil glemt borte det bare ikke ikkje sperra sperret låst stengt endra slik sånn alltid også veldig det samme som"
    " jo nå vel noe ein den ganske fortsatt langt enkelt kort unikt gammelt nytt umulig lett vanskelig opptatt"
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
    for match in _HIDDEN_EMAIL.finditer(text):
        if re.search(r"[@\[({<]|\.\S", match.group()):
            yield _found(*match.span(), "email", text, 0.95)
    for match in _TOLD_EMAIL.finditer(text):
        yield _found(*match.span("mail"), "email", text, 0.85)
    for match in _URL.finditer(text):
        words = match.group().rstrip(".,;:!?)")
        yield _found(match.start(), match.start() + len(words), "url", text, 0.97)
    yield from _long_numbers(text)
    yield from _dates(text)
    yield from _phones(text)
    yield from _cars(text)
    yield from _users(text)
    yield from _told_names(text)


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
        before = context.before.lower()
        told = _PHONE_WORD.search(before)
        if _OTHER_NUMBER.search(before) or (not told and _TWO_YEARS.fullmatch(match["number"])):
            continue
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
            birth = _BORN.search(_around(text, match).before)
            if _HOLIDAY.fullmatch(match.group().strip()) and not birth:
                continue
            yield _found(*match.span(), "date", text, 0.95, "fødselsdato" if birth else "dato")
    for match in _BORN_DATE.finditer(text):
        if _BORN.search(_around(text, match).before):
            yield _found(*match.span(), "date", text, 0.9, "fødselsdato")
    for match in _SLASH.finditer(text):
        context = _around(text, match)
        told = _DAY_WORDS.search(context.before) is not None
        if (
            _CLOCK.search(context.before)
            or _PART_AFTER.match(context.after)
            or match.group() in ("17/5", "24/7")
        ):
            continue
        if _A_PART.fullmatch(match.group()):
            told = told and re.search(r"(?:^|\W)(?:og|–|-|til)\s*$", context.before) is None
        elif int(match.group().split("/")[0]) > 12:
            told = True
        if told:
            yield _found(*match.span(), "date", text, 0.8, "dato")
    for match in _SHORT_DATE.finditer(text):
        context = _around(text, match)
        end = match.end() - match.group().endswith(".")
        if _CLOCK.search(context.before) or _UNIT_AFTER.match(context.after):
            continue
        padded = re.match(r"\d\d\.(?:0\d|1[0-2])", match.group()) is not None
        if (_DAY_WORDS if padded else _SURE_SHORT).search(context.before):
            yield _found(match.start(), end, "date", text, 0.8, "dato")


def _cars(text: str) -> Iterator[Identifier]:
    yield from _matches(_CAR, text, "other", 0.9, "bil")
    for match in _CAR_LOW.finditer(text):
        near = _around(text, match).before.lower()
        if match.group()[:2] not in _NO_CAR and (
            CAR_WORD.search(near) or not is_listed(match.group()[:2])
        ):
            yield _found(*match.span(), "other", text, 0.85, "bil")
    yield from _matches(_BOAT, text, "other", 0.85, "båt")
    for pattern in (_OTHER_PLATE, _LETTERS):
        for match in pattern.finditer(text):
            if CAR_WORD.search(_around(text, match).before):
                yield _found(*match.span(), "other", text, 0.8, "bil")


def _users(text: str) -> Iterator[Identifier]:
    for match in _USER.finditer(text):
        if not re.match(r"(?:uke|punkt|nr|kl|side|rom|kap|paragraf|covid|versjon)\d", match.group()):
            yield _found(*match.span(), "other", text, 0.85, "brukernavn")
    for match in _USER_TOKEN.finditer(text):
        if _USER_WORD.search(text[max(0, match.start() - _NEAR) : match.start()]):
            yield _found(*match.span(), "other", text, 0.8, "brukernavn")


def _told_names(text: str) -> Iterator[Identifier]:
    """Yield what somebody says to be called on the net, though it be a word: *brukernavnet mitt er solstråle*."""
    for match in _TOLD_NAME.finditer(text):
        name = match["name"]
        if name.lower() not in _STATES and not re.fullmatch(
            r".*(?:ert|[^n]et|te|ne)|ikk?j?e", name.lower()
        ):
            yield _found(*match.span("name"), "other", text, 0.75, "brukernavn")


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
