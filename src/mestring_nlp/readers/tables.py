"""CSV as spreadsheets, R and pandas write it: rows with their places."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.decoding import composed, decode
from mestring_nlp.regular_files import read_bytes

_SEPARATOR = re.compile(r'\A\s*"?sep=(.)"?[ \t;,]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_QUOTE = "Put quotes around text that holds the separator, and close every quote."

MISSING = frozenset(
    {"NA", "N/A", "n/a", "#N/A", "#I/T", "<NA>", "nan", "NaN", "-nan", "None", "null", "NULL", "NaT"}
)
"""What R, pandas, SQL and spreadsheets write for a value that is not there."""


def read_table(file: Path, columns: tuple[str, ...]) -> list[tuple[str, dict[str, str]]]:
    """Read a CSV file: each row with its place, checked to have the columns.

    Comma, semicolon or tab may separate, as the row of headings or a line ``sep=;`` above it tells; the
    encoding is found as for transcripts. Rows without a filled cell are left out, but counted, so that
    a row has the number that a spreadsheet shows.

    Parameters
    ----------
    file : pathlib.Path
    columns : tuple of str
        Headings that must be there.

    Returns
    -------
    list of (str, dict of str to str)
        The cells by heading, in the form of `heading`.

    Raises
    ------
    MestringError
        The file cannot be read, a column is missing or occurs twice, or a row's quotes or width are
        broken.
    """
    names, rows = list[str](), []
    for place, cells in table_rows(file):
        if not names:
            names = headings(cells, columns, place=place)
            continue
        if len(cells) < len(names) or any(cells[len(names) :]):
            raise MestringError(f"the row has not {len(names)} cells", place=place, hint=_QUOTE)
        rows.append((place, {n: cell for n, cell in zip(names, cells, strict=False) if n}))
    if not names:
        headings([], columns, place=f"{file}, row 1")
    return rows


def table_rows(file: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the rows of a CSV file that have a filled cell, each with its place; see `read_table`."""
    text = decode(read_bytes(file), place=str(file)).removeprefix("\ufeff")
    told = _SEPARATOR.match(text)
    text = text[told.end() :] if told else text
    head = next((line for line in text.splitlines() if line.strip(" \t;,")), "")
    delimiter = told[1] if told else max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield f"{file}, row {number}", cells
    except csv.Error as error:
        raise MestringError(
            f"the row cannot be read ({error})", place=f"{file}, row {number + 1}", hint=_QUOTE
        ) from error


def headings(cells: Collection[str], columns: Collection[str], *, place: str) -> list[str]:
    """Return the headings of a table; raise where one is missing or occurs twice."""
    names = [heading(cell) for cell in cells]
    missing = [column for column in columns if column not in names]
    if missing:
        raise MestringError(
            f"the column {missing[0]!r} is missing",
            place=place,
            hint=f"The first row must name the columns {','.join(columns)}.",
        )
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    if twice:
        raise MestringError(
            f"the column {twice[0]!r} occurs twice", place=place, hint="Rename or delete one of them."
        )
    return names


def heading(cell: str) -> str:
    """Return a heading in the form in which headings are compared: without regard to case."""
    return " ".join(composed(cell).casefold().split())


def given(cells: Mapping[str, str], column: str) -> str:
    """Return a cell, empty where the column is not there, or holds one of `MISSING`."""
    value = cells.get(column, "")
    return "" if value in MISSING else value
