"""Take an informant out of tables, JSON Lines and workbooks; the rest stays as it is."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.forgetting.grid import Grid, Seen
from mestring_nlp.forgetting.informant import Informant, shown

__all__ = ["Informant", "NothingLeftError", "without_lines", "without_rows", "without_sheets"]

_MOST_SHEETS_KEPT = 1
_SIGNS = ",;\t"


class NothingLeftError(MestringError):
    """A file in which everything is the informant's, so that it is removed."""


def without_rows(data: bytes, who: Informant, seen: Seen | None = None) -> bytes:
    """Return a table without an informant's rows, and without their words in the rows of others.

    In a matrix with a column for each interview, theirs is emptied. Rows that stay are the same bytes.

    Parameters
    ----------
    data : bytes
    who : Informant
    seen : Seen, optional
        Learns what is removed, and which rows of others name the informant.

    Raises
    ------
    MestringError
        It cannot be read as a table.
    """
    seen = Seen() if seen is None else seen
    encoding = _encoding(data)
    lines = list(io.StringIO(data.decode(encoding), newline=""))
    at = 1 if lines and lines[0].casefold().startswith("sep=") else 0
    head = next((line for line in lines[at:] if any(sign in line for sign in _SIGNS)), "")
    sign = max(_SIGNS, key=head.count)
    reader = csv.reader(lines[at:], delimiter=sign)
    rows, raws, before = list[list[str]](), list[str](), 0
    try:
        for row in reader:
            raws.append("".join(lines[at + before : at + reader.line_num]))
            rows.append([cell.removeprefix("\ufeff") for cell in row])
            before = reader.line_num
    except csv.Error as error:
        raise MestringError(f"the table cannot be read ({error})") from error
    grid = Grid(rows, who)
    kept = lines[:at]
    for number, (row, raw) in enumerate(zip(rows, raws, strict=True)):
        theirs = grid.theirs(number)
        if _is_removed(grid, number, seen):
            continue
        if theirs:
            buffer = io.StringIO(newline="")
            end = "\r\n" if raw.endswith("\r\n") else "\n"
            written = csv.writer(buffer, delimiter=sign, lineterminator=end)
            written.writerow(["" if i in theirs else cell for i, cell in enumerate(row)])
            raw = buffer.getvalue()
        kept.append(raw)
    return "".join(kept).encode(encoding)


def _is_removed(grid: Grid, number: int, seen: Seen) -> bool:
    """Return whether all of a row is theirs, and note what becomes of it."""
    theirs, width = grid.theirs(number), grid.width(number)
    if width and len(theirs) == width:
        seen.remove("row", grid.shown(number))
        return True
    seen.emptied += bool(theirs)
    if grid.names(number):
        seen.named.append(grid.shown(number))
    return False


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"  # every byte comes back as it was
    return "utf-8"


def without_lines(data: bytes, who: Informant, seen: Seen | None = None) -> bytes:
    """Return JSON Lines without an informant's, and without their words in the lines of others.

    The keys are the headings of a table.

    Parameters
    ----------
    data : bytes
    who : Informant
    seen : Seen, optional
        Learns what is removed, and which lines of others name the informant.

    Raises
    ------
    MestringError
        A line is no JSON.
    """
    seen = Seen() if seen is None else seen
    lines = data.splitlines(keepends=True)
    try:
        values = [json.loads(line) if line.strip() else None for line in lines]
    except ValueError as error:
        raise MestringError(f"a line is no JSON ({error})") from error
    keys = list(dict.fromkeys(key for value in values if isinstance(value, dict) for key in value))
    beside = [None] * len(keys)  # what has no keys stands in a column of its own
    rows = [[v.get(key) for key in keys] if isinstance(v, dict) else [*beside, v] for v in values]
    grid = Grid([keys, *rows], who)
    kept = []
    for number, (line, value) in enumerate(zip(lines, values, strict=True), start=1):
        if value is None:
            kept.append(line)
            continue
        if _is_removed(grid, number, seen):
            continue
        if isinstance(value, dict):
            cells = grid.theirs(number)
            made = {k: "" if keys.index(k) in cells else _blanked(v, who) for k, v in value.items()}
        else:
            made = _blanked(value, who)
        kept.append(line if made == value else json.dumps(made, ensure_ascii=False).encode() + b"\n")
    return b"".join(kept)


def _blanked(value: Any, who: Informant) -> Any:
    """Return a value with empty strings in place of those that hold the informant's words."""
    if isinstance(value, dict):
        return {key: _blanked(item, who) for key, item in value.items()}
    if isinstance(value, list):
        return [_blanked(item, who) for item in value]
    return "" if who.says(value) else value


def without_sheets(data: bytes, who: Informant, seen: Seen | None = None) -> bytes:
    """Return a workbook without an informant's sheets and rows, and their words in the rows of others.

    Rows are emptied, not moved, so that nothing else changes its place. Where nothing is theirs, the
    bytes come back: saving a workbook again may cost it a chart.

    Parameters
    ----------
    data : bytes
    who : Informant
    seen : Seen, optional
        Learns what is removed, and which sheets and rows of others name the informant.

    Raises
    ------
    MestringError
        It cannot be read, or nothing would be left.
    """
    from openpyxl import load_workbook

    from mestring_nlp.writers.office import undated

    seen = Seen() if seen is None else seen
    try:
        book = load_workbook(io.BytesIO(data))
    except Exception as error:  # openpyxl raises whatever a broken workbook makes it raise
        raise MestringError(f"the workbook cannot be read ({type(error).__name__})") from error
    changed = False
    for sheet in list(book.worksheets):
        grid = Grid([[cell.value for cell in row] for row in sheet.iter_rows()], who)
        if _is_theirs(sheet.title, grid, who):
            if len(book.worksheets) == _MOST_SHEETS_KEPT:
                raise NothingLeftError("the workbook holds nothing else")
            book.remove(sheet)
            seen.remove("sheet", sheet.title)
            changed = True
            continue
        if who.is_called(sheet.title) or who.is_mentioned(sheet.title):
            seen.named.append(f"the sheet {sheet.title}")
        for number, row in enumerate(sheet.iter_rows()):
            changed |= _emptied(row, grid.theirs(number), who, seen)
            _is_removed(grid, number, seen)
    if not changed:
        return data
    buffer = io.BytesIO()
    book.save(buffer)
    return undated(buffer.getvalue())


def _emptied(row: Any, theirs: frozenset[int], who: Informant, seen: Seen) -> bool:
    """Empty the cells that are theirs, and return whether anything was changed."""
    changed = False
    for place, cell in enumerate(row):
        if cell.comment is not None:
            if place in theirs or who.says(cell.comment.text):
                cell.comment = None
                changed = True
            elif who.is_mentioned(cell.comment.text):
                seen.named.append(f"the comment on {cell.coordinate}")
        if place in theirs and not _is_merged(cell):
            changed |= bool(shown(cell.value))
            cell.value = None
            cell.hyperlink = None
    return changed


def _is_merged(cell: Any) -> bool:
    return type(cell).__name__ == "MergedCell"


def _is_theirs(title: str, grid: Grid, who: Informant) -> bool:
    """Return whether a sheet is one interview's: called so, or all its rows name this transcript.

    A sheet with rows of others is theirs, whatever it is called; so may be one called by a number.
    """
    called = who.is_called(title) and not who.is_bare and not grid.names_others
    return called or grid.all_theirs
