"""OpenDocument texts (.odt): the body's text in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import open_archive
from mestring_nlp.readers.cues import Cue
from mestring_nlp.readers.flow import Mark, assemble, content_of

_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_LEFT_OUT = frozenset(
    {
        "tracked-changes", "annotation", "note", "ruby-text", "forms",
        "frame", "g", "custom-shape", "rect", "ellipse", "line", "path", "control",  # drawings
    }
)  # fmt: skip
_PARAGRAPHS = ("p", "h")
_SIGNS = {"tab": "\t", "line-break": "\n"}
_STARTS = {
    "table": Mark.TABLE,
    "table-row": Mark.ROW,
    "table-cell": Mark.CELL,
    "covered-table-cell": Mark.CELL,
}
_ENDS = {"table": Mark.TABLE_END, "table-cell": Mark.CELL_END, "covered-table-cell": Mark.CELL_END}
_MOST_SPACES = 100


def read_odt(data: bytes, *, place: str) -> str | list[Cue]:
    """Read the transcript in an OpenDocument text.

    Tracked deletions, comments, headers, footers, notes, text boxes and pictures are left out.

    Parameters
    ----------
    data : bytes
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
        The file is no whole OpenDocument text, is locked by a password, or holds no text.
    """
    from lxml import etree

    archive = open_archive(data, place=place)
    if "encrypted-package" in archive.names or (
        "META-INF/manifest.xml" in archive.names
        and b"encryption-data" in archive.read("META-INF/manifest.xml")
    ):
        raise MestringError(
            "the document is locked by a password", place=place, hint="Save it without a password."
        )
    xml = archive.read_xml("content.xml")
    member = f"{place}, content.xml"
    try:
        root = etree.fromstring(
            xml, etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True)
        )
    except etree.XMLSyntaxError as error:
        raise MestringError(
            f"the XML is malformed ({error.msg})", place=f"{member}, line {error.lineno}",
            hint="Open it in the program that made it and save it again.",
        ) from error  # fmt: skip
    body = root.find(f"./{{{_OFFICE}}}body/{{{_OFFICE}}}text")
    if body is None:
        raise MestringError(
            "the document is no OpenDocument text", place=member, hint="Save it as .odt or .docx."
        )
    return content_of(assemble(_tokens(body)), place=place)


def _tokens(body: Any) -> Iterator[str | Mark]:
    from lxml import etree

    inside = False
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        name = element.tag.rpartition("}")[2]
        if event == "end":
            if name in _PARAGRAPHS:
                inside = False
                yield Mark.PARAGRAPH_END
            elif name in _ENDS:
                yield _ENDS[name]
            if inside:
                yield _collapsed(element.tail)
        elif name in _LEFT_OUT:
            walk.skip_subtree()
        else:
            inside = inside or name in _PARAGRAPHS
            if name in _STARTS:
                yield _STARTS[name]
            elif name == "s":
                yield " " * _count(element)
            elif name in _SIGNS:
                yield _SIGNS[name]
            elif inside:
                yield _collapsed(element.text)


def _collapsed(text: str | None) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text or "")


def _count(spaces: Any) -> int:
    count = spaces.get(f"{{{_TEXT}}}c", "1")
    return min(int(count), _MOST_SPACES) if re.fullmatch(r"[0-9]{1,9}", count) else 1
