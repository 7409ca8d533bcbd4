"""Transcripts in spreadsheets: CSV, TSV and XLSX with a column for the speaker and one for the words."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterator
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import open_archive
from mestring_nlp.readers.cues import Cue
from mestring_nlp.readers.speaker_table import Table, cues_of_tables, has_headings

_MOST_ROWS = 200_000
_MOST_EMPTY = 1_000
_LONGEST_CELL = 1_000_000
_SAMPLE = 65_536
_HINT = (
    "Name the columns in the first row, such as speaker (or taler), text (or tekst) and, if there is "
    "one, start (or tid)."
)


def is_delimited_transcript(text: str) -> bool:
    """Whether a text's first row names a column of speakers and one of words, and none of codes."""
    try:
        rows = _rows(text[:_SAMPLE].rsplit("\n", 1)[0], place="")
        return has_headings(next(rows, []))
    except MestringError:
        return False


def read_delimited(text: str, *, place: str) -> list[Cue]:
    """Read the cues in a CSV or TSV file; comma, semicolon or tab may separate.

    Parameters
    ----------
    text : str
    place : str
        The file's name, for errors.

    Returns
    -------
    list of Cue
        See `mestring_nlp.readers.speaker_table.cues_of_tables`.

    Raises
    ------
    MestringError
        No column tells who speaks or what is said; a quoted cell is not closed; too many rows.
    """
    return _cues(list(_rows(text, place)), place)


def read_workbook(data: bytes, *, place: str) -> list[Cue]:
    """Read the cues in the first sheet of an XLSX file that has speakers and words.

    Parameters
    ----------
    data : bytes
    place : str
        The file's name, for errors.

    Returns
    -------
    list of Cue

    Raises
    ------
    MestringError
        The file is broken, no sheet is a transcript, or one has too many rows.
    """
    import openpyxl

    archive = open_archive(data, place=place)
    for name in archive.names:
        if name.casefold().endswith((".xml", ".rels")):
            archive.read_xml(name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [(sheet.title, list(_cells(sheet, place))) for sheet in book.worksheets]
    except MestringError:
        raise
    except Exception as error:  # openpyxl raises whatever a missing or odd part makes it raise
        raise MestringError(
            f"this cannot be read as an Excel workbook ({error})",
            place=place,
            hint="Open it in Excel and save it as .xlsx.",
        ) from error
    for _, rows in sheets:
        if cues := cues_of_tables([rows]):
            return cues
    first = next((f"{place}, sheet {title}" for title, rows in sheets if rows), place)
    return _cues(next((rows for _, rows in sheets if rows), []), first)


def _rows(text: str, place: str) -> Iterator[list[str]]:
    head = text.split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True
    )
    csv.field_size_limit(_LONGEST_CELL)
    try:
        for number, row in enumerate(reader):
            if number > _MOST_ROWS:
                raise MestringError(f"more than {_MOST_ROWS:,} rows", place=place, hint="Divide the file.")
            yield row
    except csv.Error as error:
        raise MestringError(
            f"the table cannot be read ({error})",
            place=f"{place}, line {reader.line_num}",
            hint="Close every quotation mark, and double those inside a cell.",
        ) from error


def _cells(sheet: Any, place: str) -> Iterator[list[str]]:
    empty = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        if number > _MOST_ROWS:
            raise MestringError(
                f"more than {_MOST_ROWS:,} rows", place=f"{place}, sheet {sheet.title}",
                hint="Divide the file.",
            )  # fmt: skip
        cells = [_text(value) for value in row]
        empty = 0 if any(cells) else empty + 1
        if empty > _MOST_EMPTY:
            return
        if any(cells):
            yield cells


def _text(value: Any) -> str:
    """A cell as text: times as h:mm:ss, errors and nothing as nothing."""
    if value is None or (isinstance(value, str) and value.startswith("#") and value.endswith(("!", "A", "?"))):
        return ""
    if isinstance(value, datetime.datetime):
        value = value.time()
    if isinstance(value, datetime.timedelta):
        seconds = value.total_seconds()
        return f"{int(seconds // 3600)}:{int(seconds // 60 % 60):02}:{seconds % 60:06.3f}"
    if isinstance(value, datetime.time):
        return value.isoformat(timespec="milliseconds")
    return str(value)


def _cues(rows: Table, place: str) -> list[Cue]:
    cues = cues_of_tables([rows])
    if not cues:
        named = ", ".join(repr(cell) for cell in (rows[0] if rows else ()) if cell.strip())[:200]
        raise MestringError(
            f"no column tells who speaks, or none what is said; the first row is {named or 'empty'}",
            place=place,
            hint=_HINT,
        )
    return cues
