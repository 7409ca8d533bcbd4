"""Dates in words: *tredje mars nittenåttito*, *den femtende i femte*, *nyttårsaften 2011*."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mestring_nlp.privacy.identifiers import Identifier
from mestring_nlp.privacy.number_words import digits_of, number_of, ordinal_of
from mestring_nlp.privacy.tokens import Token, words_of

MONTHS = frozenset(
    [
        "januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober",
        "november", "desember", "janua", "februa", "feber", "apri", "septembe", "oktobe", "novembe",
        "desembe", "sept", "okt", "nov", "des", "januari", "februari", "mæi", "juuni",
    ]
)  # fmt: skip
_FEASTS = frozenset({(17, "mai"), (1, "mai"), (24, "desember"), (31, "desember")})
_FEAST = re.compile(
    r"(?:nyttårsaft(?:en|a)|julaft(?:en|a|an)|julekvelden|sankthans(?:aften|aftan|kvelden)?|st\.? ?hans(?:aften)?"
    r"|jonsok(?:aftan|kvelden)?|kvinnedagen|nasjonaldagen|påskeaften|skjærtorsdag|langfredag|pinseaften"
    r"|(?:første|fyrste|andre|tredje|1\.|2\.|3\.) (?:nytt|jule|påske|pinse)\w*dag|første nyttårsdag|nyttårsdag(?:en)?"
    r"|(?:første|fyrste|andre|tredje|fjerde|1\.|2\.|3\.|4\.) (?:søndag|sundag) i advent"
    r"|(?:syttende|17\.) mai|(?:første|1\.) mai)",
    re.IGNORECASE,
)
_LAST_DAY = re.compile(r"(?:den )?siste (?:dagen i )?(\w+)", re.IGNORECASE)
_YEAR = re.compile(
    r"(?:nitten|atten|tjue|totusen)(?:hundreog|hundreå|hundre|og)?([a-zæøå]*)|(?:18|19|20)\d\d"
)
_BORN = frozenset(["født", "fødd", "fødde", "fødselsdag", "fødselsdagen", "bursdag", "bursdagen", "fødselsdato",
                   "geburtsdag", "geburtsdagen", "fødselsdatoen", "f", "fødselsdagsdato", "bosdag"])  # fmt: skip
_AGO = frozenset(["fjor", "fjord", "forfjor", "år"])
_PLAIN_ENDS = words_of(
    """
    og men da då når for så som jeg eg æ han hun ho vi me det den var va er e å at på ved klokka kl i der her eller
    ble blei kom gikk fikk kvart hvert hver kvar altså ja nei til fra frå
    """
)


def find_spoken_dates(text: str, tokens: Sequence[Token]) -> Iterator[Identifier]:
    """Yield dates whose day is said in words, and feasts whose year is told."""
    at = 0
    while at < len(tokens):
        last = (
            _named_month(text, tokens, at)
            or _numbered_month(text, tokens, at)
            or _digits(text, tokens, at)
            or _day_alone(text, tokens, at)
        )
        if last:
            first = at - (at > 0 and tokens[at].joined and tokens[at - 1].low == "den")
            yield _date(text, tokens[first].start, tokens[last - 1].end)
            at = last
        else:
            at += 1
    for match in _FEAST.finditer(text):
        yield from _with_year(text, tokens, match.start(), match.end())
    for match in _LAST_DAY.finditer(text):
        if match[1].lower() in MONTHS:
            yield from _with_year(text, tokens, match.start(), match.end())


def year_after(tokens: Sequence[Token], at: int) -> int:
    """Return the end of a year from a token, *i* before it allowed; the token itself where none is said.

    Reads *nittenåttito*, *nitten åtti to*, *to tusen og tjue*, *tjue tjueto*, *i syttifire*, *1982* and *i fjor*.
    """
    start = at + (_joined(tokens, at) in ("i", "anno"))
    low = _joined(tokens, start)
    if start > at and low in _AGO:
        return start + 1
    if low == "ifjor":
        return start + 1
    if re.fullmatch(r"(?:18|19|20)\d\d", low):
        return start + 1
    match = _YEAR.fullmatch(low)
    if low in ("to", "totusen") and (low == "totusen" or _joined(tokens, start + 1) == "tusen"):
        end = start + 1 + (low == "to")
        return _more(tokens, end)
    if match and (not match[1] or number_of(match[1]) is not None):
        return _more(tokens, start + 1) if not match[1] or _is_round(low) else start + 1
    value = number_of(low)
    if value is not None and value >= 10:
        end = start + 1
        if value >= 20 and value % 10 == 0 and 0 < (number_of(_joined(tokens, end)) or 0) < 10:
            end += 1
        follows = _joined(tokens, end)
        return end if start > at or not follows or follows in _PLAIN_ENDS else at
    return at


def _is_round(low: str) -> bool:
    return low.endswith("ti") or low in ("nitten", "tjue", "atten")


def _more(tokens: Sequence[Token], at: int) -> int:
    """Return the end of what follows *nitten* or *to tusen* in a year: *hundre og åtti to*."""
    end = at
    for _ in range(4):
        low = _joined(tokens, end)
        linked = low in ("og", "å") and number_of(_joined(tokens, end + 1)) is not None
        if not (low == "hundre" or linked or (number_of(low) or 0) > 1):
            break
        end += 1
    return end


def _named_month(text: str, tokens: Sequence[Token], at: int) -> int | None:
    """Return the end of *tredje mars nittenåttito* from a token."""
    read = _day(tokens, at)
    if read is None:
        return None
    day, end = read
    month = _joined(tokens, end)
    if month == "i" and _joined(tokens, end + 1) in MONTHS and day > 4:
        end, month = end + 1, _joined(tokens, end + 1)
    if month not in MONTHS:
        return None
    end += 1
    with_year = year_after(tokens, end)
    if with_year == end and (day, month) in _FEASTS and not _is_birth(text, tokens, at):
        return None
    short = re.match(r"\s?[-'’´`]\s?\d\d(?!\d)", text[tokens[end - 1].end :])
    if with_year == end and short and end < len(tokens):
        return end + 1
    return with_year


def _numbered_month(text: str, tokens: Sequence[Token], at: int) -> int | None:
    """Return the end of *femtende i femte (nittenåttito)* from a token; it needs *den*, a year or a birth."""
    read = _day(tokens, at)
    if read is None:
        return None
    day, end = read
    linked = _joined(tokens, end) == "i"
    month = ordinal_of(_joined(tokens, end + linked))
    if month is None or not 1 <= month <= 12 or day > 31:
        return None
    end += linked + 1
    with_year = year_after(tokens, end)
    plain = not _joined(tokens, end) or _joined(tokens, end) in _PLAIN_ENDS
    if _is_birth(text, tokens, at) or (with_year > end and (linked or with_year - end > 0)):
        return with_year
    article = at > 0 and tokens[at].joined and tokens[at - 1].low == "den"
    return end if article and plain and (linked or day > 2) else None


def _digits(text: str, tokens: Sequence[Token], at: int) -> int | None:
    """Return the end of a birth date said as digits: *født null tre null fem syttien*."""
    if number_of(tokens[at].low) is None or not _is_birth(text, tokens, at):
        return None
    end = at
    while end < len(tokens) and number_of(tokens[end].low) is not None and end - at < 8:
        end += 1
    for last in range(end, at + 2, -1):
        readings = digits_of([token.low for token in tokens[at:last]], [False] * (last - at))
        if any(len(d) in (6, 8) and 0 < int(d[:2]) <= 31 and 0 < int(d[2:4]) <= 12 for d in readings):
            return last
    return None


def _day_alone(text: str, tokens: Sequence[Token], at: int) -> int | None:
    """Return the end of *den tjuetredje*: nothing else is counted so far without a noun after it."""
    read = _day(tokens, at)
    if read is None or read[0] < 13 or at == 0:
        return None
    day, end = read
    before = tokens[at - 1].low if tokens[at].joined else ""
    after = text[tokens[end - 1].end :][:2].strip()
    alone = not _joined(tokens, end) and after[:1] in ("", ".", ",", ";", ":", "?", "!", ")", "»")
    if not alone and _joined(tokens, end) not in _PLAIN_ENDS | {"altså", "i", "denne"}:
        return None
    feared = day == 13 and at > 1 and tokens[at - 2].low == "fredag"
    return end if (before == "den" and not feared) or (day > 20 and before != "det") else None


def _day(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """Return the day of a month that ordinals say from a token, and their end."""
    low = tokens[at].low
    tens = {"tjue": 20, "tretti": 30, "tjuge": 20}.get(low)
    unit = ordinal_of(_joined(tokens, at + 1)) if tens else None
    if tens and unit and unit < 10:
        return tens + unit, at + 2
    day = ordinal_of(low)
    return (day, at + 1) if day is not None and day <= 31 else None


def _is_birth(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Return whether a word for birth stands close before a token."""
    for back in range(at - 1, max(-1, at - 5), -1):
        if (
            re.search(r"[.!?;]", text[tokens[back].end : tokens[back + 1].start])
            and tokens[back].low != "f"
        ):
            return False
        if tokens[back].low in _BORN:
            return True
    return False


def _with_year(text: str, tokens: Sequence[Token], start: int, end: int) -> Iterator[Identifier]:
    """Yield a day with a name of its own where its year is told: without, it comes every year."""
    from bisect import bisect_left

    at = bisect_left(tokens, end, key=lambda token: token.start)
    last = year_after(tokens, at)
    if last > at and not (last == at + 2 and tokens[last - 1].low in _AGO):
        yield _date(text, start, tokens[last - 1].end)


def _date(text: str, start: int, end: int) -> Identifier:
    return Identifier(start, end, "date", text[start:end], 0.9, "dato")


def _joined(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].low if at < len(tokens) and tokens[at].joined else ""
