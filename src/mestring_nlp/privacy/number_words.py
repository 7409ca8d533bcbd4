"""Read number words, bokmål, nynorsk and spoken, as digits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

_UNITS: dict[str, int] = {
    "null": 0, "en": 1, "én": 1, "ein": 1, "ett": 1, "eitt": 1, "to": 2, "tre": 3, "fire": 4, "fem": 5,
    "seks": 6, "sju": 7, "syv": 7, "åtte": 8, "ni": 9, "fir": 4, "fira": 4, "fæm": 5, "fæmm": 5,
    "femm": 5, "sæks": 6, "søks": 6, "sjau": 7, "sjøv": 7, "åtta": 8, "åttå": 8, "otte": 8, "ått": 8,
}  # fmt: skip
_TEENS: dict[str, int] = {
    "ti": 10, "elleve": 11, "tolv": 12, "tretten": 13, "fjorten": 14, "femten": 15, "seksten": 16,
    "sytten": 17, "atten": 18, "nitten": 19, "ellev": 11, "ælleve": 11, "ellve": 11, "tøllv": 12, "tøll": 12,
    "trettan": 13, "trætten": 13, "fjortan": 14, "femtan": 15, "fæmten": 15, "sekstan": 16,
    "sæksten": 16, "søtten": 17, "søttan": 17, "syttan": 17, "attan": 18, "nittan": 19, "netten": 19,
}  # fmt: skip
_TENS: dict[str, int] = {
    "tjue": 20, "tyve": 20, "tretti": 30, "tredve": 30, "førti": 40, "femti": 50, "seksti": 60,
    "sytti": 70, "åtti": 80, "nitti": 90, "tjuge": 20, "tju": 20, "tjua": 20, "tredive": 30,
    "trætti": 30, "førr": 40, "førrti": 40, "fæmti": 50, "femmti": 50, "sæksti": 60,
    "søksti": 60, "søtti": 70,
}  # fmt: skip
_ORDINALS: dict[str, int] = {
    "første": 1, "fyrste": 1, "andre": 2, "annen": 2, "tredje": 3, "fjerde": 4, "femte": 5, "sjette": 6,
    "sjuende": 7, "syvende": 7, "sjuande": 7, "åttende": 8, "åttande": 8, "niende": 9, "niande": 9,
    "tiende": 10, "tiande": 10, "ellevte": 11, "tolvte": 12, "trettende": 13, "trettande": 13,
    "fjortende": 14, "fjortande": 14, "femtende": 15, "femtande": 15, "sekstende": 16, "sekstande": 16,
    "syttende": 17, "syttande": 17, "attende": 18, "attande": 18, "nittende": 19, "nittande": 19,
    "tjuende": 20, "tjuande": 20, "tyvende": 20, "trettiende": 30, "trettiande": 30, "tredevte": 30,
    "færste": 1, "føste": 1, "tredde": 3, "treie": 3, "fjere": 4, "fjæra": 4, "femta": 5,
    "sjuenda": 7, "sjuanne": 7, "sjuene": 7, "åttenda": 8, "åttanne": 8, "nienda": 9, "tienda": 10, "elevte": 11,
    "ellefte": 11, "tolte": 12, "trettenda": 13, "fjortenda": 14, "femtenda": 15, "sekstenda": 16,
    "syttenda": 17, "attenda": 18, "nittenda": 19, "tjuenda": 20, "trettienda": 30,
    "tredevde": 30, "trettiane": 30,
}  # fmt: skip
_OLD = re.compile(
    r"(en|ein|to|tre|fire|fem|seks|sju|syv|åtte|ni)(?:og|å)"
    r"(tyve|tjue|tredve|tredive|tretti|førti|førr|femti|seksti|sytti|åtti|nitti)"
)
_OLD_ORDINAL = re.compile(
    r"(en|ein|to|tre|fire|fem|seks|sju|syv|åtte|ni)(?:og|å)(tyvende|tjuende|tredevte|trettiende)"
)


@cache
def number_of(word: str) -> int | None:
    """Return the number from 0 to 99 that one word says; None where it says none.

    Examples
    --------
    >>> number_of("tjueseks"), number_of("femogtyve"), number_of("fire"), number_of("mye")
    (26, 25, 4, None)
    """
    for table in (_UNITS, _TEENS, _TENS):
        if word in table:
            return table[word]
    if old := _OLD.fullmatch(word):
        return _TENS[old[2]] + _UNITS[old[1]]
    for tens, value in _TENS.items():
        rest = word.removeprefix(tens)
        if rest != word and _UNITS.get(rest):
            return value + _UNITS[rest]
    return None


def ordinal_of(word: str) -> int | None:
    """Return the day of a month that an ordinal says; None where it says none.

    Examples
    --------
    >>> ordinal_of("fjerde"), ordinal_of("tjueførste"), ordinal_of("dag")
    (4, 21, None)
    """
    if word in _ORDINALS:
        return _ORDINALS[word]
    if old := _OLD_ORDINAL.fullmatch(word):
        return _ORDINALS[old[2]] + _UNITS[old[1]]
    for tens in ("tjue", "tretti", "tjuge", "tju", "tredve"):
        rest = word.removeprefix(tens)
        if rest != word and 0 < _ORDINALS.get(rest, 0) < 10:
            return _TENS[tens] + _ORDINALS[rest]
    return None


def digits_of(words: Sequence[str], parted: Sequence[bool]) -> set[str]:
    """Return the strings of digits that number words may spell out.

    Parameters
    ----------
    words : sequence of str
        In lower case; each says a number from 0 to 99, or is digits already.
    parted : sequence of bool
        Whether a comma or the like stands before each word.

    Returns
    -------
    set of str
        *nitti åtte* may be 98 or 908; after a comma it is 90 and 8.

    Examples
    --------
    >>> sorted(digits_of(["nitti", "åtte", "null"], [False, False, False]))
    ['9080', '980']
    """
    readings = {""}
    at = 0
    values = [word if word.isdecimal() else number_of(word) for word in words]
    joined: set[str] = set()
    for at, value in enumerate(values):
        if value is None:
            return set()
        text = value if isinstance(value, str) else str(value)
        after = {before + text for before in readings} | joined
        joined = set()
        next_one = values[at + 1] if at + 1 < len(values) else None
        tens = isinstance(value, int) and value in _TENS.values()
        if tens and isinstance(next_one, int) and 0 < next_one < 10 and not parted[at + 1]:
            joined = {f"{before}{int(value) + next_one}" for before in readings}
        readings = after
    return readings
