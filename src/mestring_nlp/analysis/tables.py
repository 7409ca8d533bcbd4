"""Read tables that researchers bring: variables of cases, and surveys, from CSV and XLSX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.readers import SUFFIXES
from mestring_nlp.readers.archives import SIGNS, open_archive
from mestring_nlp.readers.decoding import composed
from mestring_nlp.readers.tables import MISSING, table_rows
from mestring_nlp.regular_files import read_bytes

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?")
_MOST_COLUMNS = 2_000

NO_ANSWER = frozenset(
    {
        *("vet ikke", "veit ikkje", "ikke relevant", "ikke aktuelt", "ønsker ikke å svare", "ubesvart"),
        *("ukjent", "ikke oppgitt", "mangler", "-", "–", "?", "98", "99", "998", "999"),
    }
)
"""What stands where a number should, in small letters, when there is none; 99 and its like by convention."""


@dataclass(frozen=True)
class Table:
    """A table as it stands: texts by column.

    Attributes
    ----------
    place : str
        The file.
    columns : dict of str to list of str
        By heading, no two alike; missing values are empty.
    """

    place: str
    columns: dict[str, list[str]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), []))


def read_columns(file: Path) -> Table:
    """Read a CSV file (comma, semicolon or tab) or the first sheet of a workbook.

    Parameters
    ----------
    file : pathlib.Path

    Returns
    -------
    Table
        Headings that are empty or occur twice get a number.

    Raises
    ------
    MestringError
        The file cannot be read, or has no row below its headings.
    """
    data = read_bytes(file)
    is_book = data.startswith(SIGNS) or file.suffix.casefold() in (".xlsx", ".xlsm")
    rows = list(_book_rows(data, str(file)) if is_book else (cells for _, cells in table_rows(file)))
    if len(rows) < 2:
        raise MestringError(
            "the table has no row below its headings",
            place=str(file),
            hint="The first row must name the columns.",
        )
    head, *body = rows
    width = max(map(len, rows))
    names = _unique([*head, *[""] * (width - len(head))])
    columns = {
        name: [_value(row[at]) if at < len(row) else "" for row in body] for at, name in enumerate(names)
    }
    return Table(str(file), {name: found for name, found in columns.items() if any(found)})


def _book_rows(data: bytes, place: str) -> Iterator[list[str]]:
    from mestring_nlp.readers.workbook import sheets_of

    archive = open_archive(data, place=place)
    part = archive.main_part()
    if part is None or part.root != "workbook":
        raise MestringError("this is no workbook", place=place, hint="Give a table as .csv or .xlsx.")
    for sheet in sheets_of(archive, part, place=place, most_columns=_MOST_COLUMNS):
        rows = [
            ["" if isinstance(cell, MestringError) else _shown(cell) for cell in cells]
            for _, cells in sheet
        ]
        if rows:
            yield from rows
            return


def _shown(cell: object) -> str:
    return f"{cell:g}" if isinstance(cell, float) and cell == round(cell) else str(cell).strip()


def _value(cell: str) -> str:
    return "" if cell in MISSING else composed(cell)


def _unique(headings: list[str]) -> list[str]:
    taken: set[str] = set()
    names = []
    for number, heading in enumerate(headings, start=1):
        base = " ".join(composed(heading).split()) or f"Kolonne {number}"
        tries = (f"{base} ({more})" if more > 1 else base for more in count(1))
        names.append(next(name for name in tries if name not in taken))
        taken.add(names[-1])
    return names


def number(text: str) -> float | None:
    """Return the number that a cell shows, with a decimal comma or point; None where it shows none.

    Examples
    --------
    >>> number("8,5"), number("1 200"), number("-"), number("")
    (8.5, 1200.0, None, None)
    """
    if not _NUMBER.fullmatch(text):
        return None
    return float(re.sub(r"[ \u00a0\u202f]", "", text).replace(",", "."))


def folded(name: str) -> str:
    """Return a name as names are compared: composed, without case, and without a transcript's suffix."""
    base, dot, suffix = name.strip().rpartition(".")
    bare = base if dot and f".{suffix.casefold()}" in SUFFIXES else name.strip()
    return composed(bare).casefold()
