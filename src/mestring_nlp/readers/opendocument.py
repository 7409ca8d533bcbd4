"""OpenDocument texts (.odt): the body's text in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import Archive, Event
from mestring_nlp.readers.flow import Mark, blocks_of, lines_of_blocks
from mestring_nlp.readers.lines import Line

_LEFT_OUT = frozenset(
    {
        "tracked-changes", "annotation", "note", "ruby-text", "forms",
        "frame", "g", "custom-shape", "rect", "ellipse", "line", "path", "control",  # drawings
    }
)  # fmt: skip
_PARAGRAPHS = ("p", "h")
_SIGNS = {"tab": "\t", "line-break": "\n"}
_BLANKS = re.compile(r"[ \t\r\n]+")
_BODY = ["document-content", "body", "text"]
_STARTS = {
    "table": Mark.TABLE,
    "table-row": Mark.ROW,
    "table-cell": Mark.CELL,
    "covered-table-cell": Mark.CELL,
}
_ENDS = {"table": Mark.TABLE_END, "table-cell": Mark.CELL_END, "covered-table-cell": Mark.CELL_END}
_MOST_SPACES = 100


def read_odt(archive: Archive, *, place: str) -> list[Line]:
    """Read an OpenDocument text.

    Tracked deletions, comments, headers, footers, notes, text boxes and pictures are left out.
    """
    if "encrypted-package" in archive.names or (
        "META-INF/manifest.xml" in archive.names
        and any(name == "encryption-data" for _, name, _ in archive.events("META-INF/manifest.xml"))
    ):
        raise MestringError(
            "the document is locked by a password", place=place, hint="Save it without a password."
        )
    blocks = blocks_of(_tokens(archive.events("content.xml"), place), place=place)
    return lines_of_blocks(blocks, place=place)


def _tokens(events: Iterable[Event], place: str) -> Iterator[str | Mark]:
    path: list[str] = []
    left_out = 0
    found = body = inside = words = False
    pieces: list[str] = []
    for kind, name, attributes in events:
        if kind == "text":
            if words:
                pieces.append(name)
            continue
        if pieces:
            yield _BLANKS.sub(" ", "".join(pieces))
            pieces = []
        if kind == "start":
            path.append(name)
            body = path == _BODY if len(path) == len(_BODY) else body
            found = found or body
            words = False
            if left_out or not body:
                continue
            if name in _LEFT_OUT:
                left_out = len(path)
            elif name in _STARTS:
                yield _STARTS[name]
            elif name == "s":
                yield " " * _count(attributes)
            elif name in _SIGNS:
                yield _SIGNS[name]
            else:
                words = inside = inside or name in _PARAGRAPHS
            continue
        left_out = 0 if left_out == len(path) else left_out
        if body and not left_out:
            if name in _PARAGRAPHS:
                inside = False
                yield Mark.PARAGRAPH_END
            elif name in _ENDS:
                yield _ENDS[name]
            words = inside
        path.pop()
    if not found:
        raise MestringError(
            "the document is no OpenDocument text",
            place=f"{place}, content.xml",
            hint="Save it as .odt or .docx.",
        )


def _count(attributes: Mapping[str, str]) -> int:
    """Return how many spaces stand there: ``text:c`` says so."""
    given = (value for name, value in attributes.items() if name.rpartition(":")[2] == "c")
    count = next(given, "1")
    return min(int(count), _MOST_SPACES) if re.fullmatch(r"[0-9]{1,9}", count) else 1
