"""Which columns of a table hold who speaks, what is said, and when: by known headings, or the user's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from mestring_nlp.errors import MestringError


@dataclass(frozen=True)
class Clock:
    """A time of a workbook: its seconds, and how its cell shows it."""

    seconds: float
    shown: str

    def __str__(self) -> str:
        return self.shown


Cell = str | float | Clock | MestringError
"""A cell as it is shown, a number, a time, or what is wrong with it for the one who needs it."""

Row = tuple[str, Sequence[Cell]]
"""A row's place, and its cells."""

NAMES = {
    "speaker": (
        "taler", "talar", "speaker", "speakername", "speakerlabel", "speakerid",
        "hvem", "kven", "hvemsnakker", "kvensnakkar",
        "hvemsier", "who", "vem", "rolle", "role", "navn", "namn", "name", "person", "deltaker",
        "deltakar", "participant",
        "informant", "respondent", "intervjuer", "interviewer",
    ),
    "text": (
        "tekst", "text", "transkripsjon", "transkript", "transcription", "transcript", "utsagn",
        "utsegn", "ytring", "replikk", "utterance", "innhold", "innhald", "content",
        "replik", "yttrande", "hvasies", "hva", "kva", "hvad", "vad", "what", "said",
    ),
    "start": (
        "start", "starttid", "starttime", "fra", "frå", "from", "begin", "timespan", "tidsrom",
        "tidskode", "timecode", "tidsstempel", "timestamp", "tid", "time", "tidspunkt",
    ),
    "end": ("slutt", "sluttid", "end", "endtime", "stop", "stopp", "til"),
}  # fmt: skip
"""Headings in small letters that stand close, the one preferred first."""

CASES = ("case", "kasus", "informant", "deltaker", "participant")
"""Headings, in small letters, of the column that names cases."""

_WHOSE = ("transcript", "intervju", "interview", "fil", "file", *CASES)

BY_NAME: Mapping[str, str] = {}
"""No heading given by the user: columns are found by the names that are known."""

_SLOWEST = 100
"""Seconds for each word from which on whole numbers among times are milliseconds."""

_FASTEST = 100
"""Words a second that nobody says: of passages out of an interview, some minutes apart, a number is a
second."""

_LEAST = 1_000
_UNIT = re.compile(r"[\s_]+(?:ms|msec|msek|millis|milliseconds|s|sec|sek|seconds)$", re.IGNORECASE)
_SAYS_THOUSANDTHS = re.compile(r"(?:[\s_(\[]|^)m(?:s|sec|sek|illis\w*)\b", re.IGNORECASE)
_SAYS_SECONDS = re.compile(r"[\s_(\[]s(?:ec|ek|econds|ekunder)?\b", re.IGNORECASE)

Timed = tuple[float, float | None, int]
"""What a row's times are, as numbers, and how many words it has."""

_CODED = {
    "code",
    "codes",
    "coder",
    "abstained",
    "plausible",
    "decision",
    "predictionset",
    "forslag",
    "dinkode",
}
_LONGEST_HEADING = 60
_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")
_MOST_COLUMNS = 100

HEADING_ROWS = 20
"""How many rows from the top may be the headings."""


def unit_of(rows: Sequence[Timed], heading: str = "") -> float:
    """Return what a number among times stands for, in seconds: milliseconds are told from seconds.

    A heading such as ``start (ms)`` says so. Else whole numbers in thousands are milliseconds where, as
    seconds, they would leave more than a hundred for each of the words, and where, as milliseconds, they
    leave time enough to speak.
    """
    if _SAYS_THOUSANDTHS.search(heading):
        return 0.001
    numbers = [time for start, end, _ in rows for time in (start, end) if time is not None]
    if _SAYS_SECONDS.search(heading) or not numbers or max(numbers) < _LEAST:
        return 1
    if any(number != number // 1 for number in numbers):
        return 1
    span = max(numbers) - min(numbers) or max(numbers)
    if sum(words for *_, words in rows) * _SLOWEST >= span:
        return 1
    starts = [start for start, *_ in rows[1:]]
    too_fast = sum(
        0 < (until - start) * _FASTEST < words * 1000
        for (start, end, words), after in zip_longest(rows, starts)
        if (until := after if end is None else end) is not None
    )
    return 1 if 4 * too_fast > len(rows) else 0.001


def checked_columns(columns: Mapping[str, str]) -> dict[str, str]:
    """Return the user's headings by what they hold: speaker, text, start (or time) and end.

    Raises
    ------
    MestringError
        One holds something else.
    """
    found = {"start" if what == "time" else what: heading for what, heading in columns.items()}
    for what, heading in found.items():
        if what not in NAMES or not _key(heading):
            raise MestringError(
                f"{what}={heading} names no column of a transcript",
                hint="Give any of speaker, text, time and end, each with a heading of the table.",
            )
    return found


def columns_of(cells: Sequence[Cell], given: Mapping[str, str] = BY_NAME) -> dict[str, int]:
    """Return which columns a row names; none unless it has every heading that the user gave."""
    named = _named(cells)
    keys = {what: _key(heading) for what, heading in given.items()}
    if not named.keys() >= set(keys.values()):
        return {}
    known = {
        what: named[name]
        for what, names in NAMES.items()
        for name in reversed(names)  # the one preferred comes last and stays
        if name in named
    }
    return known | {what: named[key] for what, key in keys.items()}


def identifying(cells: Sequence[object]) -> list[int]:
    """Return the columns headed as naming the interview or the case, the one preferred first."""
    keys = [_key(_BRACKETS.sub("", cell)) if isinstance(cell, str) else "" for cell in cells]
    return [column for name in _WHOSE for column, key in enumerate(keys) if key == name]


def rank(cells: Sequence[Cell], given: Mapping[str, str]) -> int:
    """Return what a row names: 3 speakers and words, 2 words, 1 codes, 0 neither."""
    if not given and _named(cells).keys() & _CODED:
        return 1
    columns = columns_of(cells, given)
    return 0 if "text" not in columns else 2 + ("speaker" in columns)


def fit(rows: Sequence[Row], given: Mapping[str, str]) -> int:
    """Return the best rank among the rows that may be headings."""
    return max((rank(cells, given) for _, cells in rows[:HEADING_ROWS]), default=-1)


def heading_of(rows: Sequence[Row], place: str, given: Mapping[str, str]) -> tuple[int, dict[str, int]]:
    """Return the number of the row that names the columns, and the columns."""
    if not rows:
        raise MestringError("the table is empty", place=place, hint="Is this the right table?")
    number = max(range(len(rows[:HEADING_ROWS])), key=lambda number: rank(rows[number][1], given))
    at, cells = rows[number]
    reached = rank(cells, given)
    if reached < 2:
        shown = ", ".join(repr(str(cell)) for cell in cells if isinstance(cell, str | Clock) and cell)[
            :300
        ]
        problem = "a table of codes, not a transcript" if reached else "no column is named as the words"
        if given:
            known = "" if "text" in given else " and one that is known for the words"
            problem = f"no row has {' and '.join(map(repr, given.values()))}{known}"
        raise MestringError(
            f"{problem}; the columns are {shown or 'without names'}",
            place=at,
            hint="A transcript has a row with the names tekst (or text, innhold, utsagn, content), "
            "taler (or speaker, hvem, navn) and, if times are known, start (or tid) and slutt, and none "
            "for codes. Other names can be given: --column text=HEADING --column speaker=HEADING.",
        )
    return number, columns_of(cells, given)


def _named(cells: Sequence[Cell]) -> dict[str, int]:
    """Return the first column of each heading; `Informant/intervjuer` is two, and the whole."""
    named: dict[str, int] = {}
    for column, cell in enumerate(cells[:_MOST_COLUMNS]):
        if isinstance(cell, str) and len(cell) <= _LONGEST_HEADING:
            for part in (cell, _UNIT.sub("", cell), *_BRACKETS.sub("", cell).split("/")):
                named.setdefault(_key(part), column)
    return named


def _key(heading: str) -> str:
    return re.sub(r"[\s_:?-]", "", heading).casefold()
