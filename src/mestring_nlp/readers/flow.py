"""The flow of a document: its paragraphs and tables, in order, and what they tell."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.cues import LONGEST, Cue, refuse_long
from mestring_nlp.readers.speaker_table import Table, cues_of_tables
from mestring_nlp.readers.timestamps import talk_of_lines

Block = str | Table
"""A paragraph, or a table."""


class Mark(Enum):
    """What a document's walker meets besides text."""

    PARAGRAPH_END = 0
    TABLE = 1
    TABLE_END = 2
    ROW = 3
    CELL = 4
    CELL_END = 5


def assemble(tokens: Iterable[str | Mark], *, place: str) -> list[Block]:
    """Put text and marks together; a table within a cell becomes paragraphs of that cell.

    Raises
    ------
    MestringError
        There is too much text.
    """
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


def content_of(blocks: list[Block], *, place: str) -> str | list[Cue]:
    """Give a document's transcript as cues or text.

    Parameters
    ----------
    blocks : list of Block
    place : str
        The file's name, for errors.

    Returns
    -------
    str or list of Cue
        The cues of its tables, if these hold more than half of all that is written; else what
        `talk_of_lines` makes of the text, a paragraph a line and the cells of a row side by side.

    Raises
    ------
    MestringError
        The document holds no text, or too much.
    """
    text = "\n".join(
        block if isinstance(block, str) else "\n".join("\t".join(row) for row in block)
        for block in blocks
    )
    if not text.strip():
        raise MestringError(
            "the document holds no text",
            place=place,
            hint="Text in pictures, text boxes, headers and comments is not read.",
        )
    refuse_long(len(text), place=place)
    cues = cues_of_tables([block for block in blocks if not isinstance(block, str)])
    if 2 * sum(len(cue.text.split()) for cue in cues) > len(text.split()):
        return cues
    return talk_of_lines(text)
