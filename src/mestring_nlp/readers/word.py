"""Word documents (.docx): the body's text in order, as it would read with all changes accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mestring_nlp.readers.archives import Event
from mestring_nlp.readers.flow import Mark, blocks_of, lines_of_blocks
from mestring_nlp.readers.lines import Line

_LEFT_OUT = frozenset(
    {
        "pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sectPr",  # how, not what
        "del", "moveFrom",  # tracked changes
        "drawing", "pict", "object", "Choice",  # pictures and text boxes; a Choice has a Fallback
        "instrText", "rt",  # field codes, small print above words
    }
)  # fmt: skip
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_STARTS = {"tbl": Mark.TABLE, "tr": Mark.ROW, "tc": Mark.CELL}
_ENDS = {"tbl": Mark.TABLE_END, "tc": Mark.CELL_END}


def read_docx(document: Iterable[Event], *, place: str) -> list[Line]:
    """Read the body of a Word document, the part of its archive that `Archive.main_part` found.

    Tracked insertions are read, tracked deletions are not; comments, headers, footers, notes, text boxes
    and pictures are left out.
    """
    return lines_of_blocks(blocks_of(_tokens(document), place=place), place=place)


def _tokens(events: Iterable[Event]) -> Iterator[str | Mark]:
    path: list[str] = []
    left_out = 0
    body = words = runs_on = False
    for kind, name, _ in events:
        if kind == "text":
            if words:
                yield name
        elif kind == "start":
            path.append(name)
            body = path == ["document", "body"] if len(path) == 2 else body
            words = body and not left_out and name == "t"
            if left_out:
                # A tracked change deletes the paragraph's end: the next one continues it.
                if name in ("del", "moveFrom") and path[left_out - 2 : -1] == ["p", "pPr", "rPr"]:
                    runs_on = True
            elif body and name in _LEFT_OUT:
                left_out = len(path)
            elif body and name in _SIGNS:
                yield _SIGNS[name]
            elif body and name in _STARTS:
                yield _STARTS[name]
        else:
            words = False
            if left_out:
                left_out = 0 if left_out == len(path) else left_out
            elif body and name == "p":
                if not runs_on:
                    yield Mark.PARAGRAPH_END
                runs_on = False
            elif body and name in _ENDS:
                yield _ENDS[name]
            path.pop()
