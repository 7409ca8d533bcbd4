"""Tables in which a column tells who speaks: which columns, and the lines in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mestring_nlp.readers.clocks import span
from mestring_nlp.readers.columns import Timed, columns_of, unit_of
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.rows import TalkRow, lines_of_rows

Table = list[list[str]]
"""Rows of cells; a row may be shorter than others."""

_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?")
_LONGEST_LABEL = 40
_MOST_COLUMNS = 50
_FEWEST_ROWS, _FEWEST_COLUMNS = 3, 3


@dataclass(frozen=True)
class _Columns:
    """Where speaker, words and time stand; a table of the same width has them there too.

    `names` are the headings of the times.
    """

    width: int
    speaker: int
    text: int
    time: int | None
    end: int | None = None
    names: str = ""


def lines_of_tables(tables: Sequence[Table]) -> list[Line]:
    """Return the lines of all tables in which a column tells who speaks.

    The columns are known by their headings (Norwegian or English, in any order) or, without
    headings, by one column of short labels that come back and one of longer text. A table of the same
    width as one before it has the same columns. A row without a speaker continues the speaker above.
    What stands in other rows, columns and tables is noted. No table of this kind, no lines.
    """
    lines: list[Line] = []
    columns = None
    for table, all_rows in enumerate(tables, start=1):
        place = f"table {table}"
        stripped = ([cell.strip() for cell in row] for row in all_rows)
        numbered = {number: row for number, row in enumerate(stripped, start=1) if any(row)}
        found = _by_headings(numbered)
        rows = list(numbered.values())
        width = _width(rows)
        if found:
            columns, heading = found
            names = numbered[heading]
            lines += _noted({n: row for n, row in numbered.items() if n < heading}, place, "header")
            numbered = {n: row for n, row in numbered.items() if n > heading and row != names}
        elif columns is None or width != columns.width:
            columns = _by_content(rows) or columns
        if columns and _width(numbered.values()) == columns.width:
            lines += _lines(numbered, columns, place)
        else:
            lines += _noted(numbered, place, "table")
    return lines if any(not line.kind for line in lines) else []


def lines_between_tabs(text: str) -> list[Line]:
    """Return the lines of a text that is a table without headings: ELAN's tiers, times and words.

    All lines have as many tabs, two at least; a column of times tells such a table from a list.
    """
    rows = [line.split("\t") for line in text.split("\n") if line.strip()] if "\t" in text else []
    if len(rows) < _FEWEST_ROWS or len({len(row) for row in rows}) > 1 or len(rows[0]) < _FEWEST_COLUMNS:
        return []
    stripped = [[cell.strip() for cell in row] for row in rows]
    columns = _by_content(stripped)
    if columns is None or columns.time is None:
        return []
    numbers = (n for n, line in enumerate(text.split("\n"), start=1) if line.strip())
    return _lines(dict(zip(numbers, stripped, strict=True)), columns, "line")


def _noted(rows: Mapping[int, list[str]], place: str, kind: str) -> Iterator[Line]:
    """Yield rows that are no talk; those of a table without speakers are doubtful."""
    for number, row in rows.items():
        words = "\t".join(cell for cell in row if cell)
        message = "no column of this table tells who speaks; it is not read" if kind == "table" else ""
        yield Line("", words, None, None, f"{place}, row {number}", kind, bool(message), message)


def _width(rows: Iterable[list[str]]) -> int:
    return max(map(len, rows), default=0)


def _cell(row: list[str], column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""


def _lines(rows: Mapping[int, list[str]], columns: _Columns, place: str) -> list[Line]:
    talk: list[TalkRow] = []
    others: list[Line] = []
    unit = _unit(rows, columns)
    for number, row in rows.items():
        at = f"line {number}" if place == "line" else f"{place}, row {number}"
        start, end = _times(_cell(row, columns.time), unit)
        end = _times(_cell(row, columns.end), unit)[0] or end
        talk.append(TalkRow(at, _cell(row, columns.speaker), _cell(row, columns.text), start, end))
        if words := "\t".join(_others(row, columns)):
            message = "this stands in columns that are not read"
            others.append(Line("", words, None, None, at, "column", message=message))
    return [*lines_of_rows(talk), *others]


def _others(row: list[str], columns: _Columns) -> Iterator[str]:
    """Yield the cells of a row that are neither its turn nor its speaker, nor a turn's time."""
    timed = (columns.time, columns.end) if _cell(row, columns.text) else ()
    for column, cell in enumerate(row):
        is_time = column in timed and _times(cell, 1)[0] is not None
        if cell and not is_time and column not in (columns.speaker, columns.text):
            yield cell


def _unit(rows: Mapping[int, list[str]], columns: _Columns) -> float:
    """Return what a number in the columns of times stands for, in seconds."""
    timed: list[Timed] = []
    for row in rows.values():
        start, end = _cell(row, columns.time), _cell(row, columns.end)
        if not all(_NUMBER.fullmatch(cell) for cell in (start, end) if cell):
            return 1
        if start:
            words = len(_cell(row, columns.text).split())
            timed.append((_number(start), _number(end) if end else None, words))
    return unit_of(timed, columns.names)


def _number(cell: str) -> float:
    return float(cell.replace(",", "."))


def _times(cell: str, unit: float) -> tuple[float | None, float | None]:
    """Return start and end in seconds of a clock, a span of clocks, or a number."""
    if _NUMBER.fullmatch(cell):
        return round(_number(cell) * unit, 3), None
    return span(cell) or (None, None)


def _by_headings(rows: Mapping[int, list[str]]) -> tuple[_Columns, int] | None:
    """Return the columns by name, and the number of the row that names them."""
    for number, row in rows.items():
        named = columns_of(row)
        if "speaker" in named and "text" in named:
            columns = (named["speaker"], named["text"], named.get("start"), named.get("end"))
            names = " ".join(_cell(row, column) for column in columns[2:])
            return _Columns(_width(rows.values()), *columns, names), number
    return None


def _by_content(rows: Table) -> _Columns | None:
    """Return the columns by what stands in them."""
    if _width(rows) > _MOST_COLUMNS:
        return None
    columns = [[_cell(row, column) for row in rows] for column in range(_width(rows))]
    time = next((i for i, cells in enumerate(columns) if rows and _are_times(cells)), None)
    lengths = [sum(map(len, cells)) if i != time else -1 for i, cells in enumerate(columns)]
    text = max(range(len(columns)), key=lengths.__getitem__, default=0)
    for speaker, cells in enumerate(columns):
        if speaker not in (text, time) and _are_labels(cells) and 2 * lengths[speaker] < lengths[text]:
            return _Columns(len(columns), speaker, text, time)
    return None


def _are_times(cells: list[str]) -> bool:
    return 2 * sum(span(cell) is not None for cell in cells if cell) > len(cells)


def _are_labels(cells: list[str]) -> bool:
    labels = [cell for cell in cells if cell]
    return (
        len({label.rstrip(": ").casefold() for label in labels}) < len(labels)
        and 2 * len(labels) >= len(cells)
        and all(
            len(label) <= _LONGEST_LABEL and "\n" not in label and any(map(str.isalpha, label))
            for label in labels
        )
    )
