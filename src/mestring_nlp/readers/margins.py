"""Tables with talk in one column, each turn with its label, and somebody's remarks beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mestring_nlp.readers.clocks import span
from mestring_nlp.readers.pages import label_of

_FEWEST_LABELS = 2
_WORD = re.compile(r"\w")


def column_of_talk(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the one column in which turns begin with labels, where another holds other words.

    None where there is no such column, where another has as many labels or the same ones, or where a
    label stands alone and its words in the next column.

    Examples
    --------
    >>> column_of_talk([["I: Hva er bra?", "trivsel"], ["K: Alt.", ""]])
    0
    """
    columns = [
        [row[column] for row in rows if column < len(row) and row[column].strip()]
        for column in range(max(map(len, rows), default=0))
    ]
    labels = [[pair for cell in cells for pair in _labels(cell)] for cells in columns]
    column = max(range(len(columns)), key=lambda i: len(labels[i]), default=0)
    found = labels[column] if columns else []
    others = [pair for i, pairs in enumerate(labels) if i != column for pair in pairs]
    # The same labels side by side are a translation, or another version.
    parallel = {label for label, _ in found} & {label for label, _ in others}
    if parallel or 2 * len(others) > len(found) or len(found) < _FEWEST_LABELS:
        return None
    cells = columns[column]
    begins = [cell for cell in cells if _labels(cell)]
    talks = all(_WORD.search(words) for _, words in found) or any("\n" in cell for cell in begins)
    beside = any(cell.strip() for i, row in enumerate(columns) if i != column for cell in row)
    return column if talks and beside and 2 * len(begins) >= len(cells) else None


def beside_talk(row: Sequence[str], column: int) -> tuple[list[str], list[str]]:
    """Return the cells of a row that belong to the talk, times among them, and the others."""
    talk = [cell for i, cell in enumerate(row) if i == column or span(cell.strip()) is not None]
    rest = [cell for i, cell in enumerate(row) if i != column and span(cell.strip()) is None]
    return talk, [cell for cell in rest if cell.strip()]


def _labels(cell: str) -> list[tuple[str, str]]:
    """Return each label that begins a line of a cell, and what follows on it."""
    lines = (line.strip() for line in cell.split("\n"))
    return [(label, line.partition(":")[2]) for line in lines if (label := label_of(line))]
