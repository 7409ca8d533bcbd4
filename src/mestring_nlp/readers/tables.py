"""CSV as spreadsheets write it: rows with their places."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.decoding import decode


def read_table(file: Path, columns: tuple[str, ...]) -> list[tuple[str, dict[str, str]]]:
    """Read a CSV file: each row with its place, checked to have the columns.

    Comma or semicolon may separate; the encoding is found as for transcripts.
    """
    try:
        text = decode(file.read_bytes(), place=str(file))
    except OSError as error:
        raise MestringError(f"cannot be read ({error.strerror})", place=str(file)) from error
    head = text.split("\n", 1)[0]
    reader = csv.DictReader(
        io.StringIO(text.removeprefix("\ufeff"), newline=""),
        delimiter=";" if head.count(";") > head.count(",") else ",",
    )
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise MestringError(
            f"the column {missing[0]!r} is missing",
            place=f"{file}, row 1",
            hint=f"The first row must name the columns {','.join(columns)}.",
        )
    rows = []
    for number, row in enumerate(reader, start=2):
        place = f"{file}, row {number}"
        if None in row or None in row.values():
            raise MestringError(
                f"the row has not {len(reader.fieldnames or ())} cells", place=place,
                hint="Put quotes around text that holds the separator.",
            )  # fmt: skip
        rows.append((place, {key: value.strip() for key, value in row.items()}))
    return rows
