"""Word documents (.docx): the body's text in order, as it would read with all changes accepted."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import open_archive
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


def read_docx(data: bytes, *, place: str) -> str | list[Cue]:
    """Read the transcript in a Word document.

    Tracked insertions are read, tracked deletions are not; comments, headers, footers, notes, text boxes
    and pictures are left out.

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
        The file is no whole Word document, is locked by a password, or holds no text.
    """
    import docx

    archive = open_archive(data, place=place)
    archive.check_xml()
    try:
        body = docx.Document(io.BytesIO(data)).element.body
    except Exception as error:  # python-docx raises whatever a missing or odd part makes it raise
        raise MestringError(
            f"this cannot be read as a Word document ({error})",
            place=place,
            hint="Open it in Word and save it as a Word document (.docx), not as Strict Open XML.",
        ) from error
    if body is None:
        raise MestringError("the Word document has no body", place=place, hint="Save it again in Word.")
    return content_of(assemble(_tokens(body)), place=place)


def _tokens(body: Any) -> Iterator[str | Mark]:
    from lxml import etree

    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        name = element.tag.rpartition("}")[2]
        if event == "end":
            if name == "p" and not _runs_on(element):
                yield Mark.PARAGRAPH_END
            elif name in _ENDS:
                yield _ENDS[name]
        elif name in _LEFT_OUT:
            walk.skip_subtree()
        elif name == "t":
            yield element.text or ""
        elif name in _SIGNS:
            yield _SIGNS[name]
        elif name in _STARTS:
            yield _STARTS[name]


def _runs_on(paragraph: Any) -> bool:
    """Whether a tracked change deletes the paragraph's end, so that the next one continues it."""
    layout = getattr(paragraph, "pPr", None)
    return layout is not None and any(
        layout.find(f"./{{*}}rPr/{{*}}{change}") is not None for change in ("del", "moveFrom")
    )
