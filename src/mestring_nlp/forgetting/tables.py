"""Take an informant out of tables, JSON Lines and workbooks; the rest stays as it is."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.forgetting.traces import Traces, normal

_MOST_SHEETS_KEPT = 1
_SHORTEST_NAME = 4
_DECIDES = "transcript"


class NothingLeftError(MestringError):
    """A file in which everything is the informant's, so that it is removed."""


class Informant:
    """Whose rows and words are taken out.

    Parameters
    ----------
    name : str
        As the transcript is called.
    traces : Traces
    others : iterable of str, optional
        What the other transcripts are called.
    """

    def __init__(self, name: str, traces: Traces, others: Iterable[str] = ()) -> None:
        self.name, self.traces = normal(name), traces
        self.others = {normal(other) for other in others} - {self.name}
        parts = (f"0*{part}" if part.isdigit() else re.escape(part) for part in self.name)
        joined = r"[\W_]*".join(parts)
        self._pattern = re.compile(rf"(?<![^\W_]){joined}(?![^\W_])", re.IGNORECASE)

    def is_called(self, value: Any) -> bool:
        """Return whether a value is the informant's name."""
        return isinstance(value, str) and len(value) < 200 and normal(value) == self.name

    def is_mentioned(self, text: str) -> bool:
        """Return whether a text has the informant's name; never for a name that many words are like."""
        if len(self.name) == 1 and len(self.name[0]) < _SHORTEST_NAME:
            return False
        return self._pattern.search(unicodedata.normalize("NFC", text)) is not None

    def says(self, value: Any) -> bool:
        """Return whether a value holds the informant's words."""
        return isinstance(value, str) and self.traces.found_in(value)


class _Grid:
    """Which cells of a table are an informant's, told row by row from the first.

    A column headed ``transcript`` alone says whose a row is, so that a coder of that name keeps theirs.
    Where the first row of several cells names several interviews it is a heading, and the column below
    is theirs.
    """

    def __init__(self, who: Informant) -> None:
        self._who = who
        self._columns: frozenset[int] = frozenset()
        self._decides: int | None = None
        self._begun = False

    def theirs(self, row: Sequence[Any]) -> frozenset[int]:
        """Return the places of the cells in a row that are the informant's."""
        named = frozenset(i for i, cell in enumerate(row) if self._who.is_called(cell))
        if not self._begun:
            self._begun = sum(cell not in (None, "") for cell in row) > 1  # below a title
            heads = [str(cell).strip().casefold() for cell in row]
            self._decides = heads.index(_DECIDES) if _DECIDES in heads else None
            if named and any(isinstance(cell, str) and normal(cell) in self._who.others for cell in row):
                self._columns = named
                return named
        if self._decides is not None:
            named &= {self._decides}
        if named:
            return frozenset(range(len(row)))
        said = frozenset(i for i, cell in enumerate(row) if self._who.says(cell))
        return said | {i for i in self._columns if i < len(row) and row[i] not in (None, "")}


def without_rows(data: bytes, who: Informant) -> bytes:
    """Return a table without an informant's rows, and without their words in the rows of others.

    In a matrix with a column for each interview, theirs is emptied. Rows that stay are the same bytes.

    Raises
    ------
    MestringError
        It cannot be read as a table.
    """
    encoding = _encoding(data)
    text = data.decode(encoding)
    lines = list(io.StringIO(text, newline=""))
    at = 1 if lines and lines[0].casefold().startswith("sep=") else 0
    head = lines[at] if len(lines) > at else ""
    sign = max(",;\t", key=head.count)
    reader = csv.reader(lines[at:], delimiter=sign)
    kept = lines[:at]
    before = 0
    grid = _Grid(who)
    try:
        for row in reader:
            raw = "".join(lines[at + before : at + reader.line_num])
            before = reader.line_num
            theirs = grid.theirs([cell.removeprefix("\ufeff") for cell in row])
            if row and len(theirs) == len(row):
                continue
            if theirs:
                buffer = io.StringIO(newline="")
                end = "\r\n" if raw.endswith("\r\n") else "\n"
                written = csv.writer(buffer, delimiter=sign, lineterminator=end)
                written.writerow(["" if i in theirs else cell for i, cell in enumerate(row)])
                raw = buffer.getvalue()
            kept.append(raw)
    except csv.Error as error:
        raise MestringError(f"the table cannot be read ({error})") from error
    return "".join(kept).encode(encoding)


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"  # every byte comes back as it was
    return "utf-8"


def without_lines(data: bytes, who: Informant) -> bytes:
    """Return JSON Lines without an informant's, and without their words in the lines of others.

    Raises
    ------
    MestringError
        A line is no JSON.
    """
    kept = []
    for line in data.splitlines(keepends=True):
        if not line.strip():
            kept.append(line)
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise MestringError(f"a line is no JSON ({error})") from error
        values = row.values() if isinstance(row, dict) else ()
        if any(map(who.is_called, values)):
            continue
        cleaned = _blanked(row, who)
        kept.append(line if cleaned == row else json.dumps(cleaned, ensure_ascii=False).encode() + b"\n")
    return b"".join(kept)


def _blanked(value: Any, who: Informant) -> Any:
    """Return a value with empty strings in place of those that hold the informant's words."""
    if isinstance(value, dict):
        return {key: _blanked(item, who) for key, item in value.items()}
    if isinstance(value, list):
        return [_blanked(item, who) for item in value]
    return "" if who.says(value) else value


def without_sheets(data: bytes, who: Informant) -> bytes:
    """Return a workbook without an informant's sheets and rows, and their words in the rows of others.

    Rows are emptied, not moved, so that nothing else changes its place. Where nothing is theirs, the
    bytes come back: saving a workbook again may cost it a chart.

    Raises
    ------
    MestringError
        It cannot be read, or nothing would be left.
    """
    from openpyxl import load_workbook

    from mestring_nlp.writers.office import undated

    try:
        book = load_workbook(io.BytesIO(data))
    except Exception as error:  # openpyxl raises whatever a broken workbook makes it raise
        raise MestringError(f"the workbook cannot be read ({type(error).__name__})") from error
    changed = False
    for sheet in list(book.worksheets):
        if _is_theirs(sheet, who):
            if len(book.worksheets) == _MOST_SHEETS_KEPT:
                raise NothingLeftError("the workbook holds nothing else")
            book.remove(sheet)
            changed = True
            continue
        grid = _Grid(who)
        for row in sheet.iter_rows():
            theirs = grid.theirs([cell.value for cell in row])
            for place, cell in enumerate(row):
                if cell.comment is not None and (place in theirs or who.says(cell.comment.text)):
                    cell.comment = None
                    changed = True
                if place in theirs and not _is_merged(cell):
                    cell.value = None
                    cell.hyperlink = None
                    changed = True
    if not changed:
        return data
    buffer = io.BytesIO()
    book.save(buffer)
    return undated(buffer.getvalue())


def _is_merged(cell: Any) -> bool:
    return type(cell).__name__ == "MergedCell"


def _is_theirs(sheet: Any, who: Informant) -> bool:
    """Return whether a sheet is one interview's: called so, or all its rows name this transcript."""
    if who.is_called(sheet.title):
        return True
    named = list(_named_in(sheet))
    return bool(named) and all(map(who.is_called, named))


def _named_in(sheet: Any) -> Iterator[str]:
    """Yield what stands in the column ``transcript`` of a sheet."""
    column = None
    for row in sheet.iter_rows(values_only=True):
        if column is None:
            heads = [str(value).strip().casefold() if value is not None else "" for value in row]
            column = heads.index("transcript") if "transcript" in heads else None
        elif column < len(row) and row[column]:
            yield str(row[column])
