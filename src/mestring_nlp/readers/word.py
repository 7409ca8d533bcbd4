"""Word documents (.docx): the body's text in order, as it would read with all changes accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import Archive, Event, open_archive
from mestring_nlp.readers.cues import Cue
from mestring_nlp.readers.flow import Mark, assemble, content_of

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


def read_docx(data: bytes | Archive, *, place: str) -> str | list[Cue]:
    """Read the transcript in a Word document.

    Tracked insertions are read, tracked deletions are not; comments, headers, footers, notes, text boxes
    and pictures are left out. Of the file's parts only the text is looked into.

    Parameters
    ----------
    data : bytes or Archive
        The whole file.
    place : str
        The file's name, for errors.

    Returns
    -------
    str or list of Cue
        See `mestring_nlp.readers.flow.content_of`.

    Raises
    ------
    MestringError
        The file is no whole Word document, is locked by a password, or holds no text.
    """
    archive = open_archive(data, place=place)
    part, root = archive.main_part()
    if root != "document":
        found = f"it holds a {root}" if root else "no part is one"
        raise MestringError(
            f"this cannot be read as a Word document ({found})",
            place=place,
            hint="Open it in Word and save it as a Word document (.docx).",
        )
    return content_of(assemble(_tokens(archive.events(part)), place=place), place=place)


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
