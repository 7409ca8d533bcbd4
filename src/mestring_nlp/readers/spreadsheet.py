"""Transcripts in tables: CSV, TSV and XLSX with a row that names the columns."""

from __future__ import annotations

import contextlib
import csv
import io
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import Archive, Part
from mestring_nlp.readers.clocks import seconds
from mestring_nlp.readers.columns import (
    BY_NAME,
    HEADING_ROWS,
    Cell,
    Clock,
    Row,
    Timed,
    fit,
    heading_of,
    rank,
    unit_of,
)
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.rows import TalkRow, lines_of_rows

_DELIMITERS = "\t;,"
_HEAD = 1 << 16
_MOST_ROWS = 200_000

_DAY = 86_400
_LONGEST_TIME = 60
_TIME = r"((?:(?:\d{1,3}:)?\d{1,3}:)?\d{1,9}(?:[.,]\d{1,9})?)"
_NO_NUMBER = -1.0
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?")
_SPAN = re.compile(rf"{_TIME}(?:\s*(?:-+>?|–|—|/|til|to)\s*{_TIME})?")


def is_delimited_transcript(text: str, columns: Mapping[str, str] = BY_NAME) -> bool:
    """Return whether a text's first row names columns of speakers and of words, and none of codes."""
    below = re.sub(r"\Asep=.\n", "", text[:_HEAD])  # a line for Excel alone
    heads = (_head(below, sign) for sign in _DELIMITERS)
    return any(rank(cells, columns) == 3 for head in heads for _, cells in head[:1])


def read_delimited(text: str, *, place: str, columns: Mapping[str, str] = BY_NAME) -> list[Line]:
    """Read CSV or TSV: a line for each row with words; comma, semicolon or tab may separate.

    A row without a speaker continues the one above; where no column tells who speaks, the speakers are
    empty. `columns` are the user's headings, see `mestring_nlp.readers.columns.checked_columns`; those
    left out are found by known headings. Quotation marks, widths or times that are broken are errors;
    so are a table of codes, and more than 200,000 rows.
    """
    heads = {delimiter: _head(text, delimiter) for delimiter in _DELIMITERS}
    delimiter = max(
        heads, key=lambda sign: (fit(heads[sign], columns), sum(len(row) for _, row in heads[sign]))
    )
    try:
        rows = list(_split(text, delimiter, place))
    except MestringError:
        if delimiter != "\t":
            raise
        # Between tabs, quotation marks are often the talk's own.
        rows = list(_split(text, delimiter, place, csv.QUOTE_NONE))
    heading, found = heading_of(rows, place, columns)
    width = len(rows[heading][1])
    needed = 1 + max(found["text"], found.get("speaker", 0))
    for at, cells in rows[heading + 1 :]:
        if len(cells) < needed or any(cells[width:]):
            raise MestringError(
                f"the row has {len(cells)} cell(s), and the headings are {width}",
                place=at,
                hint="Put quotation marks around words that hold the separator or a line break.",
            )
    return _lines(rows, heading, found, place)


def read_workbook(
    archive: Archive, part: Part, *, place: str, columns: Mapping[str, str] = BY_NAME
) -> list[Line]:
    """Read XLSX as `read_delimited` does: the first sheet that names columns of speakers and of words.

    Times are read as they are shown, so that 12:30 is twelve minutes and a half; bare numbers are
    seconds, or days where all are below one. A thousand empty rows end a sheet. One of Excel's errors, a
    date, or a formula without its result is an error in a cell that is needed.
    """
    from mestring_nlp.readers.workbook import Sheet, sheets_of

    rows: list[Row] = []
    chosen: Sheet | None = None
    others: list[tuple[Sheet, list[Row]]] = []
    for sheet in sheets_of(archive, part, place=place):
        head = list(islice(sheet, HEADING_ROWS))
        others.append((sheet, head))
        if fit(head, columns) > fit(rows, columns):
            rows, chosen = head, sheet
    rows += islice(chosen or (), _MOST_ROWS)
    if len(rows) > _MOST_ROWS:
        raise _too_many(rows[-1][0])
    heading, found = heading_of(rows, place, columns)
    if chosen and "speaker" in found:
        rows = chosen.filled_down(rows, found["speaker"])
    lines = _lines(rows, heading, found, place)
    for sheet, head in others:
        if sheet is not chosen:
            lines += _not_read([*head, *islice(sheet, _MOST_ROWS)], place, fit(head, columns) > 1)
    return lines


def _not_read(rows: Sequence[Row], place: str, talk: bool) -> Iterator[Line]:
    """Yield what stands in a sheet that is not read; doubtful where it names a column of words, too."""
    words = "\n".join(text for _, cells in rows if (text := "\t".join(_shown(cells))))
    if words:
        at = rows[0][0].removeprefix(f"{place}, ").rpartition(", row ")[0]
        message = (
            "this sheet is not read; save it as a workbook of its own"
            if talk
            else "this sheet is not read"
        )
        yield Line("", words, place=at, kind="sheet", doubtful=talk, message=message)


def _split(text: str, delimiter: str, place: str, quoting: Any = csv.QUOTE_MINIMAL) -> Iterator[Row]:
    """Yield the rows that are not blank; a row's place is the line where it begins."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True, quoting=quoting)
    line = 1
    try:
        for number, row in enumerate(reader):
            if number == _MOST_ROWS:
                raise _too_many(place)
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield f"{place}, line {line}", cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise MestringError(
            f"the row cannot be read ({error})",
            place=f"{place}, line {line}",
            hint="Close every quotation mark that opens a cell, and double those inside it.",
        ) from error


def _head(text: str, delimiter: str) -> list[Row]:
    """Return the first rows, as far as they can be read."""
    rows = []
    with contextlib.suppress(MestringError):
        for row in islice(_split(text[:_HEAD], delimiter, ""), HEADING_ROWS):
            rows.append(row)
    return rows


def _lines(rows: Sequence[Row], heading: int, columns: dict[str, int], place: str) -> list[Line]:
    """Return the lines of a table; what stands above its headings and in other columns is noted."""
    headings = rows[heading][1]
    body = [row for row in rows[heading + 1 :] if row[1] != headings]

    def cell(cells: Sequence[Cell], what: str) -> Cell:
        column = columns.get(what, len(cells))
        found = cells[column] if column < len(cells) else ""
        if isinstance(found, MestringError):
            raise found
        return found

    notes = [
        Line("", text, place=at.removeprefix(f"{place}, "), kind="header")
        for at, cells in rows[:heading]
        if (text := "\t".join(_shown(cells))) and not text.startswith("sep=")
    ]
    unit = _unit(body, headings, columns)
    if unit < 1:
        at, message = rows[heading][0].removeprefix(f"{place}, "), "the times are read as milliseconds"
        notes.append(Line("", "", place=at, kind="time", message=message))
    talk: list[TalkRow] = []
    for at, cells in body:
        speaker, words = str(cell(cells, "speaker")), str(cell(cells, "text"))
        start, end = _times(cell(cells, "start"), unit, at) if words else (None, None)
        if "end" in columns and words:
            end = _times(cell(cells, "end"), unit, at)[0]
        talk.append(TalkRow(at.removeprefix(f"{place}, "), speaker, words, start, end))
    lines = lines_of_rows(talk)
    if not any(row.words for row in talk):
        raise MestringError(
            "no row below the headings has words", place=place, hint="Is this the right table?"
        )
    return [*notes, *_other_columns(body, headings, {*columns.values()}), *lines]


def _other_columns(
    body: Sequence[Row], headings: Sequence[Cell], read: Collection[int]
) -> Iterator[Line]:
    """Yield what stands in the columns that are not read, be it words or numbers."""
    found: dict[int, list[str]] = {}
    for _, row in body:
        for column, cell in enumerate(row):
            if column not in read and (text := "".join(_shown([cell]))):
                found.setdefault(column, []).append(text)
    for column, cells in sorted(found.items()):
        heading = str(headings[column])[:_LONGEST_TIME] if column < len(headings) else ""
        name = f"column {heading!r}" if heading else f"column {column + 1}"
        yield Line("", "\n".join(cells), place=name, kind="column", message="this column is not read")


def _shown(cells: Sequence[Cell]) -> list[str]:
    return [text for cell in cells if not isinstance(cell, MestringError) if (text := str(cell))]


def _unit(body: Sequence[Row], headings: Sequence[Cell], columns: Mapping[str, int]) -> float:
    """Return what one stands for in the columns of times, in seconds: a day, one or a thousandth."""
    of_times = [columns[what] for what in ("start", "end") if what in columns]
    found = [cells[column] for _, cells in body for column in of_times if column < len(cells)]
    numbers = [time for time in found if isinstance(time, int | float)]
    if numbers and max(numbers) < 1:
        return _DAY
    heading = " ".join(str(headings[column]) for column in of_times)
    rows: list[Timed] = []
    for _, cells in body:
        sides = [_bare(cells[column]) if column < len(cells) else None for column in of_times]
        if any(side == _NO_NUMBER for side in sides):
            return 1
        if sides and sides[0] is not None:
            words = len(str(cells[columns["text"]]).split()) if columns["text"] < len(cells) else 0
            rows.append((sides[0], sides[1] if len(sides) > 1 else None, words))
    return unit_of(rows, heading)


def _bare(cell: Cell) -> float | None:
    """Return the number in a cell of times: None where it tells nothing, `_NO_NUMBER` for a clock."""
    if isinstance(cell, int | float):
        return cell if math.isfinite(cell) and cell >= 0 else None
    if isinstance(cell, str):
        if _NUMBER.fullmatch(cell):
            return float(cell.replace(",", "."))
        return _NO_NUMBER if any(map(str.isdecimal, cell)) else None
    return _NO_NUMBER


def _times(cell: Cell, unit: float, at: str) -> tuple[float | None, float | None]:
    """Return start and end, in seconds; a cell without a digit tells nothing."""
    if isinstance(cell, Clock):
        return cell.seconds, None
    if isinstance(cell, int | float) and math.isfinite(cell) and cell >= 0:
        return round(cell * unit, 3), None
    shown = str(cell)
    if not any(map(str.isdecimal, shown)):
        return None, None
    match = _SPAN.fullmatch(shown.strip("[]()# ")) if len(shown) <= _LONGEST_TIME else None
    if match is None:
        raise MestringError(
            f"{shown[:_LONGEST_TIME]!r} is no time",
            place=at,
            hint="Write times from the start of the recording as 0:12:30, or in seconds; or give "
            "the column another name.",
        )
    scale = min(unit, 1)  # a text is no day
    start, end = (seconds(clock) * scale if clock else None for clock in match.groups())
    return None if start is None else round(start, 3), None if end is None else round(end, 3)


def _too_many(place: str) -> MestringError:
    return MestringError(f"more than {_MOST_ROWS:,} rows", place=place, hint="Divide the table.")
