"""OpenDocument texts (.odt): the body's text in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import Archive, Event
from mestring_nlp.readers.asides import Asides
from mestring_nlp.readers.flow import Mark, blocks_of, lines_of_blocks
from mestring_nlp.readers.lines import Line

_KINDS = {
    "deletion": "deleted",
    "annotation": "comment",
    "note": "footnote",
    "ruby-text": "small print",
    "forms": "text box",
    **dict.fromkeys(
        ("frame", "g", "custom-shape", "rect", "ellipse", "line", "path", "control"), "text box"
    ),
    "page-number": "page",
    "page-count": "page",
}
"""Elements whose words are noted, and as what."""

_SILENT = frozenset(
    {
        "note-citation", "change-info", "creator", "date", "creator-initials", "date-string",  # who
        "title", "desc", "sender-initials",  # what a picture shows
    }
)  # fmt: skip
"""Elements within these whose text is none of the document's."""

_BESIDE = {f"{name}{which}": name for name in ("header", "footer") for which in ("", "-left", "-first")}
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

    Tracked deletions, comments, headers, footers, notes and text boxes are noted.
    """
    if "encrypted-package" in archive.names or (
        "META-INF/manifest.xml" in archive.names
        and any(name == "encryption-data" for _, name, _ in archive.events("META-INF/manifest.xml"))
    ):
        raise MestringError(
            "the document is locked by a password", place=place, hint="Save it without a password."
        )
    asides = Asides(place)
    tokens = asides.following(_tokens(archive.events("content.xml"), asides, place))
    talk = lines_of_blocks(blocks_of(tokens, place=place), place=place)
    if archive.has("styles.xml"):
        try:
            for number, (kind, words) in enumerate(_beside(archive.events("styles.xml")), start=1):
                asides.add(kind, words, f"{kind} {number}")
        except MestringError as error:
            asides.unread("styles.xml", error)
    return [*asides.lines, *talk]


def _tokens(events: Iterable[Event], asides: Asides, place: str) -> Iterator[str | Mark]:
    path: list[str] = []
    left_out = silent = 0
    found = body = inside = words = False
    pieces: list[str] = []
    aside: list[str] = []
    for kind, name, attributes in events:
        if kind == "text":
            if left_out and not silent:
                aside.append(name)
            elif words:
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
            if not body or silent:
                continue
            if left_out:
                silent = len(path) if name in _SILENT else 0
                aside.append(" " if name in ("s", "tab", "line-break") else "")
            elif name in _KINDS:
                left_out, aside = len(path), []
            elif name in _STARTS:
                yield _STARTS[name]
            elif name == "s":
                yield " " * _count(attributes)
            elif name in _SIGNS:
                yield _SIGNS[name]
            else:
                words = inside = inside or name in _PARAGRAPHS
            continue
        silent = 0 if silent == len(path) else silent
        if left_out:
            aside.append("\n" if name in _PARAGRAPHS else "")
            if left_out == len(path):
                left_out = 0
                asides.add(_KINDS[name], "".join(aside))
                words = inside
        elif body:
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


def _beside(events: Iterable[Event]) -> Iterator[tuple[str, str]]:
    """Yield the kind and the words of each header and footer."""
    path: list[str] = []
    begins = 0
    pieces: list[str] = []
    for kind, name, _ in events:
        if kind == "text":
            pieces += [name] if begins else []
        elif kind == "start":
            path.append(name)
            if not begins and name in _BESIDE and "master-styles" in path:
                begins, pieces = len(path), []
        else:
            pieces += ["\n"] if name in _PARAGRAPHS else []
            if begins == len(path):
                begins = 0
                yield _BESIDE[name], "".join(pieces)
            path.pop()


def _count(attributes: Mapping[str, str]) -> int:
    """Return how many spaces stand there: ``text:c`` says so."""
    given = (value for name, value in attributes.items() if name.rpartition(":")[2] == "c")
    count = next(given, "1")
    return min(int(count), _MOST_SPACES) if re.fullmatch(r"[0-9]{1,9}", count) else 1
