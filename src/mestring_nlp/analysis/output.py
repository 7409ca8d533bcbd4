"""Write findings to a folder: page, workbook, framework matrix for Word, a CSV file a table, draft codes, account of methods."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mestring_nlp.analysis.framework_word import framework_document
from mestring_nlp.analysis.page import page
from mestring_nlp.analysis.reporting import methods
from mestring_nlp.analysis.themes import draft_codes
from mestring_nlp.analysis.workbook import SHEETS, workbook
from mestring_nlp.files import check_folder, write_folder
from mestring_nlp.text import csv_bytes

if TYPE_CHECKING:
    from pandas import DataFrame

    from mestring_nlp.analysis.findings import Findings

PAGE, WORKBOOK, METHODS, DRAFTS = "index.html", "findings.xlsx", "methods.md", "draft_codes.yaml"
MATRIX = "framework_matrix.docx"

FILES = (PAGE, WORKBOOK, MATRIX, METHODS, DRAFTS, *(f"{name}.csv" for name in SHEETS))
"""All that a folder of findings may hold."""


def check(out: Path, *, force: bool) -> None:
    """Raise unless findings can be written to a folder; see `Findings.write`."""
    check_folder(out, FILES, force=force, mark=PAGE)


def write(found: Findings, out: Path, *, force: bool = False) -> list[Path]:
    """Write findings; see `Findings.write`."""
    check(out, force=force)
    tables = found.tables
    contents = {
        PAGE: page(found).encode(),
        WORKBOOK: workbook(found),
        MATRIX: framework_document(found),
        METHODS: methods(found).encode(),
        **{f"{name}.csv": csv_table(table) for name, table in tables.items() if len(table)},
    }
    if len(found.themes):
        contents[DRAFTS] = draft_codes(found.themes).encode()
    write_folder(out, contents, force=force, known=FILES, mark=PAGE)
    return [out / name for name in contents]


def csv_table(table: DataFrame) -> bytes:
    """Return a table as CSV in UTF-8; a figure that is unknown is an empty cell."""
    rows = (map(_plain, row) for row in table.itertuples(index=False))
    return csv_bytes([list(table.columns), *rows])


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return "" if math.isnan(value) else round(value, 6)
    return value
