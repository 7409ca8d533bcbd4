"""The flow of a document: its paragraphs and tables, in order, and what they tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import Enum

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.lines import LONGEST, Line, refuse_long
from mestring_nlp.readers.margins import beside_talk, column_of_talk
from mestring_nlp.readers.speaker_table import Table, lines_of_tables
from mestring_nlp.readers.timestamps import timed

Block = str | Table
"""A paragraph, or a table."""


_LONGEST_HEAD = 50


class Mark(Enum):
    """What a document's walker meets besides text."""

    PARAGRAPH_END = 0
    TABLE = 1
    TABLE_END = 2
    ROW = 3
    CELL = 4
    CELL_END = 5


def blocks_of(tokens: Iterable[str | Mark], *, place: str) -> list[Block]:
    """Join text and marks; a table within a cell becomes paragraphs of that cell."""
    blocks: list[Block] = []
    rows: Table = []
    cell: list[str] | None = None
    pieces: list[str] = []
    depth = length = 0
    for token in tokens:
        if isinstance(token, str):
            pieces.append(token)
            length += len(token)
            if length > LONGEST:
                refuse_long(length, place=place)
        elif token is Mark.PARAGRAPH_END:
            paragraph = "".join(pieces).strip()
            pieces = []
            if cell is None:
                blocks.append(paragraph)
            else:
                cell.append(paragraph)
        elif token is Mark.TABLE:
            depth += 1
            rows = [] if depth == 1 else rows
        elif token is Mark.TABLE_END:
            depth -= 1
            if depth == 0:
                blocks.append(rows)
        elif depth == 1 and token is Mark.ROW:
            rows.append([])
        elif depth == 1 and token is Mark.CELL:
            cell = []
        elif depth == 1 and rows:
            rows[-1].append("\n".join(cell or ()))
            cell = None
    if pieces:
        blocks.append("".join(pieces).strip())
    return blocks


def lines_of_blocks(blocks: Sequence[Block], *, place: str) -> list[Line]:
    """Return a document's lines: a paragraph each, and the cells of a row side by side.

    Tables that tell who speaks stand for the whole, if more is said in them than is written beside
    them; what that is, is noted then.
    """
    refuse_long(
        0, lines=sum(1 if isinstance(x, list) else x.count("\n") + 1 for x in blocks), place=place
    )
    tables: list[Table] = []
    lines: list[Line] = []
    margins: list[Line] = []
    for number, block in enumerate(blocks, start=1):
        if isinstance(block, str):
            lines += _parts(block, f"paragraph {number - len(tables)}")
        else:
            tables.append(block)
            column = column_of_talk(block)
            for row, cells in enumerate(block or [[]], start=1):
                at = f"table {len(tables)}, row {row}"
                talk, rest = (cells, []) if column is None else beside_talk(cells, column)
                lines += _parts("\t".join(talk), at)
                if rest:
                    margins.append(Line("", "\t".join(rest), None, None, at, "column"))
    if not _words(lines):
        raise MestringError(
            "the document holds no text",
            place=place,
            hint="Text in pictures, text boxes, headers and comments is not read.",
        )
    characters = sum(len(line.text) + 1 for line in lines) - 1
    refuse_long(characters, lines=len(lines), place=place)
    told = lines_of_tables(tables)
    beside = [line for line in lines if line.place.startswith("paragraph") and line.text.strip()]
    others = [*beside, *(line for line in told if line.kind == "table")]
    if _words(line for line in told if not line.kind) > _words(others):
        return [*_noted(beside), *told]
    for number, line in enumerate(margins):
        if any(map(str.isalpha, line.text)):
            message = "this stands beside the talk, and is not read as talk"
            margins[number] = replace(line, doubtful=True, message=message)
            break
    return [*margins, *timed(lines)]


def _words(lines: Iterable[Line]) -> int:
    return sum(len(line.text.split()) for line in lines)


def _noted(beside: Sequence[Line]) -> Iterator[Line]:
    """Yield the paragraphs beside tables that stand for the whole, to be noted."""
    words = _words(beside)
    message = f"{words} words beside the tables of talk are not read" if words > _LONGEST_HEAD else ""
    for number, line in enumerate(beside):
        doubt = message if number == 0 else ""
        yield replace(line, speaker="", kind="header", doubtful=bool(doubt), message=doubt)


def _parts(text: str, at: str) -> Iterator[Line]:
    """Yield the lines of a paragraph or row, which all stand at its place."""
    return (Line(None, part, place=at) for part in text.split("\n"))
