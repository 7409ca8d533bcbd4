"""The sheets of a workbook (.xlsx), each walked through row by row."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import Archive, Event, Part
from mestring_nlp.readers.columns import Cell, Clock, Row

_MOST_EMPTY = 1_000
_MOST_COLUMNS = 100
_MOST_CHARACTERS = 20_000_000
_LONGEST_NAME = 255
_DAY = 86_400
_DAYS_OF_TALK = 30
_REFERENCE = re.compile(r"([A-Za-z]{1,3})[0-9]{1,7}")
_MERGED = re.compile(r"([A-Za-z]{1,3}([0-9]{1,7})):[A-Za-z]{1,3}([0-9]{1,7})")
_WHOLE = re.compile(r"[+-]?[0-9]{1,300}")


@dataclass(frozen=True)
class _Book:
    """What the cells of all sheets refer to."""

    texts: list[str]  # which cells share, by number
    formats: list[str]  # in which numbers are shown, by the number of a cell's style
    from_1904: bool  # whether days are counted from 1904 on


@dataclass
class _Found:
    """A cell as it stands in the file."""

    reference: str
    kind: str
    style: int
    formula: bool = False
    pieces: list[str] = field(default_factory=list)


class _Merged(NamedTuple):
    """Cells merged into one, which stands in the first row and column."""

    column: int
    first: int
    last: int


class Sheet:
    """Iterates over a sheet's rows that are not empty, and knows its merged cells once they are read."""

    def __init__(self, rows: Iterator[Row], merged: list[_Merged]) -> None:
        self._rows, self._merged = rows, merged

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def filled_down(self, rows: Iterable[Row], column: int) -> list[Row]:
        """Return rows in which a merged cell of a column, counted from 0, stands in each it covers."""
        merged = sorted(cells for cells in self._merged if cells.column == column + 1)
        firsts = [cells.first for cells in merged]
        found = []
        above: Cell = ""
        for at, cells in rows:
            number = int(at.rpartition(" ")[2])
            if column < len(cells) and cells[column] != "":
                above = cells[column]
            elif (place := bisect_left(firsts, number)) and number <= merged[place - 1].last:
                cells = [*cells[:column], above, *cells[column + 1 :]]
            found.append((at, cells))
        return found


def sheets_of(
    archive: Archive, part: Part, *, place: str, most_columns: int = _MOST_COLUMNS
) -> Iterator[Sheet]:
    """Yield the sheets of a workbook, in order: the rows of each that are not empty.

    Of the archive's members only those are looked into that hold words or tell how numbers are shown,
    each once. A row has a hundred cells at most, or as many as asked for, and a thousand empty rows end
    a sheet.
    """
    try:
        related = archive.relations(part.name)
        kinds = {leads.kind: leads.part for leads in related.values()}
        names = set(archive.names)
        listed, from_1904 = _listed(part.events)
        texts = _texts(archive.events(kinds["sharedStrings"]), place) if "sharedStrings" in kinds else []
        formats = _formats(archive.events(kinds["styles"])) if kinds.get("styles") in names else []
    except MestringError:
        raise
    except (ValueError, OverflowError, LookupError) as error:
        raise _unreadable(error, place) from error
    book = _Book(texts, formats, from_1904)
    for title, key in listed:
        if key in related and related[key].kind != "chartsheet" and related[key].part in names:
            # Several sheets may name one part, which would be read again and again.
            names.discard(related[key].part)
            walk = archive.events(related[key].part)
            merged: list[_Merged] = []
            rows = _rows(book, walk, f"{place}, sheet {title!r}", most_columns, merged)
            yield Sheet(rows, merged)


def _listed(events: Iterable[Event]) -> tuple[list[tuple[str, str]], bool]:
    """Return the sheets' titles and the ids of their relations; and whether days count from 1904 on."""
    listed, from_1904 = [], False
    for kind, name, given in events:
        if kind == "start" and name == "sheet":
            key = next((value for prefixed, value in given.items() if prefixed.endswith(":id")), "")
            listed.append((given.get("name", "")[:_LONGEST_NAME], key))
        elif kind == "start" and name == "workbookPr":
            from_1904 = given.get("date1904") in ("1", "true")
    return listed, from_1904


def _texts(events: Iterable[Event], place: str) -> list[str]:
    """Return the texts that cells share, without the small print above words."""
    texts: list[str] = []
    pieces: list[str] = []
    path: list[str] = []
    length = 0
    for kind, name, _ in events:
        if kind == "start":
            path.append(name)
        elif kind == "end":
            path.pop()
            if name == "si":
                texts.append(_words("".join(pieces).replace("x005F_", "")))
                pieces = []
        elif path[-1] == "t" and "rPh" not in path:
            pieces.append(name)
            length = _counted(length, name, place)
    return texts


def _formats(events: Iterable[Event]) -> list[str]:
    """Return how numbers are shown, by the number of the style."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    known = dict(BUILTIN_FORMATS)
    styles = []
    path: list[str] = []
    for kind, name, given in events:
        if kind == "start":
            if (*path[-1:], name) == ("numFmts", "numFmt"):
                known[int(given["numFmtId"])] = given.get("formatCode", "")[:_LONGEST_NAME]
            elif (*path[-1:], name) == ("cellXfs", "xf"):
                styles.append(int(given.get("numFmtId") or 0))
            path.append(name)
        elif kind == "end":
            path.pop()
    return [known.get(style, "General") for style in styles]


def _rows(
    book: _Book, events: Iterable[Event], place: str, most_columns: int, merged: list[_Merged]
) -> Iterator[Row]:
    last = empty = length = 0
    number = column = 0
    cells: dict[int, Cell] = {}
    cell: _Found | None = None
    path: list[str] = []
    try:
        for kind, name, given in events:
            if kind == "text":
                if cell is not None and (path[-1] == "v" or (path[-1] == "t" and "rPh" not in path)):
                    cell.pieces.append(name)
                    length = _counted(length, name, place)
            elif kind == "start":
                path.append(name)
                if name == "row":
                    number = int(float(given["r"])) if "r" in given else number + 1
                    column, cells = 0, {}
                elif name == "c":
                    reference = given.get("r", "")
                    column = _column(reference) if reference else column + 1
                    style = int(given.get("s") or 0)
                    cell = _Found(reference, given.get("t", "n"), style)
                elif name == "f" and cell is not None:
                    cell.formula = True
                elif name == "mergeCell" and (match := _MERGED.fullmatch(given.get("ref", ""))):
                    merged.append(_Merged(_column(match[1]), int(match[2]), int(match[3])))
            else:
                path.pop()
                if name == "c" and cell is not None:
                    if column <= most_columns:
                        read = _cell(cell, book, f"{place}, row {number}")
                        cells[column] = read
                        length = _counted(length, read if isinstance(read, str) else "", place)
                    cell = None
                elif name == "row" and number > last:
                    empty += number - (last or number - 1) - 1
                    if empty > _MOST_EMPTY:
                        return
                    last = number
                    said = [given for given, read in cells.items() if read != ""]
                    empty = 0 if said else empty + 1
                    if said:
                        row = [cells.get(at, "") for at in range(1, max(said) + 1)]
                        yield f"{place}, row {number}", row
                elif name == "mergeCells":
                    return
    except MestringError:
        raise
    except (ValueError, OverflowError, IndexError) as error:
        raise _unreadable(error, place) from error


def _column(reference: str) -> int:
    """Return the column of a cell such as ``B2``: 2."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(f"{reference[:40]!r} is no cell")
    column = 0
    for letter in match[1].upper():
        column = 26 * column + ord(letter) - ord("A") + 1
    return column


def _cell(cell: _Found, book: _Book, at: str) -> Cell:
    """Return what a cell shows."""
    value = "".join(cell.pieces)
    problem = ""
    if cell.kind == "n" and value:
        shown_as = book.formats[cell.style] if cell.style < len(book.formats) else "General"
        number = int(value) if _WHOLE.fullmatch(value) else float(value)
        if not _is_date(shown_as):
            return number
        if 0 <= number < _DAYS_OF_TALK:
            return _clock(number, shown_as)
        problem = f"the date {_date(number, book)}"
    elif cell.kind == "n" and cell.formula:
        problem = "a formula whose result was not saved"
    elif cell.kind == "d" and value:
        from openpyxl.utils.datetime import from_ISO8601, to_excel

        moment = from_ISO8601(value)
        days = to_excel(moment, _epoch(book))
        if 0 <= days < _DAYS_OF_TALK:
            return _clock(days, "h:mm:ss")
        problem = f"the date {moment}"
    elif cell.kind == "e" and value:
        problem = f"Excel's error {value[:40]}"
    elif cell.kind == "s" and value:
        return book.texts[int(value)]
    elif cell.kind == "b" and value:
        return str(bool(int(value)))
    else:
        return _words(value)
    return MestringError(
        f"the cell {cell.reference} holds {problem}",
        place=at,
        hint="Type it anew, in a cell formatted as text, and save.",
    )


@cache
def _is_date(shown_as: str) -> bool:
    from openpyxl.styles.numbers import is_date_format

    return bool(is_date_format(shown_as))


def _date(days: float, book: _Book) -> str:
    from openpyxl.utils.datetime import from_excel

    try:
        return str(from_excel(days, _epoch(book)))
    except (ValueError, OverflowError):
        return str(days)


def _epoch(book: _Book) -> datetime.datetime:
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

    epoch: datetime.datetime = MAC_EPOCH if book.from_1904 else WINDOWS_EPOCH
    return epoch


def _clock(days: float, shown_as: str) -> Clock:
    """Return a time as its cell shows it: without seconds only if the format has hours and no seconds.

    Such a cell, typed as 12:30, means twelve minutes and a half, though Excel takes it for hours.
    """
    if "h" in shown_as.casefold() and "s" not in shown_as.casefold():
        minutes = round(days * _DAY / 60)
        return Clock(minutes, f"{minutes // 60}:{minutes % 60:02}")
    thousandths = round(days * _DAY * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    shown = f"{minutes // 60}:{minutes % 60:02}:{rest / 1000:06.3f}".removesuffix(".000")
    return Clock(thousandths / 1000, shown)


def _words(value: str) -> str:
    return value.replace("_x000D_", "").strip()


def _counted(length: int, words: str, place: str) -> int:
    """Return the characters so far; raise where they are too many."""
    if length + len(words) > _MOST_CHARACTERS:
        raise MestringError(
            f"more than {_MOST_CHARACTERS:,} characters", place=place, hint="Divide the table."
        )
    return length + len(words)


def _unreadable(error: Exception, place: str) -> MestringError:
    return MestringError(
        f"this cannot be read as an Excel workbook ({error})",
        place=place,
        hint="Open it in Excel and save it as .xlsx.",
    )
