"""CSV as spreadsheets write it: rows with their places."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.decoding import decode
from mestring_nlp.regular_files import read_bytes

_QUOTE = "Put quotes around text that holds the separator, and close every quote."


def read_table(file: Path, columns: tuple[str, ...]) -> list[tuple[str, dict[str, str]]]:
    """Read a CSV file: each row with its place, checked to have the columns.

    Comma or semicolon may separate; the encoding is found as for transcripts.

    Raises
    ------
    MestringError
        The file cannot be read, a column is missing, or a row's quotes or width are broken.
    """
    text = decode(read_bytes(file), place=str(file))
    head = text.split("\n", 1)[0]
    reader = csv.DictReader(
        io.StringIO(text.removeprefix("\ufeff"), newline=""),
        delimiter=";" if head.count(";") > head.count(",") else ",",
        strict=True,
    )
    number = 1
    rows = []
    try:
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise MestringError(
                f"the column {missing[0]!r} is missing",
                place=f"{file}, row 1",
                hint=f"The first row must name the columns {','.join(columns)}.",
            )
        for row in reader:
            number += 1
            if None in row or None in row.values():
                raise MestringError(
                    f"the row has not {len(reader.fieldnames or ())} cells",
                    place=f"{file}, row {number}",
                    hint=_QUOTE,
                )
            rows.append((f"{file}, row {number}", {key: value.strip() for key, value in row.items()}))
    except csv.Error as error:
        raise MestringError(
            f"the row cannot be read ({error})", place=f"{file}, row {number + 1}", hint=_QUOTE
        ) from error
    return rows
