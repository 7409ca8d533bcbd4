"""Helpers for workbooks and Word documents: colours, who wrote them, and bytes without a date."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from mestring_nlp._version import __version__
from mestring_nlp.own_files import MARK

if TYPE_CHECKING:
    from docx.document import Document

SOFT = "5D6878"
"""The colour of what interviewers say."""

_DATES = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")


def tint(colour: str, share: float) -> str:
    """Return a colour mixed with white.

    Parameters
    ----------
    colour : str
        ``#rrggbb``.
    share : float
        The colour's share, in [0, 1].

    Returns
    -------
    str
        ``RRGGBB``.
    """
    channels = bytes.fromhex(colour.removeprefix("#"))
    return bytes(round(255 - (255 - channel) * share) for channel in channels).hex().upper()


def undated(office: bytes) -> bytes:
    """Return an Office file without its time of writing, so that the same content is the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office)) as dated, zipfile.ZipFile(buffer, "w") as archive:
        for name in dated.namelist():
            content = dated.read(name)
            if name == "docProps/core.xml":
                content = _DATES.sub(b"", content)
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def sign(document: Document, title: str, footer: str, *, author: str = "") -> None:
    """Write author, title, language, footer and the mark that it is ours into a Word document.

    Parameters
    ----------
    document : docx.document.Document
    title, footer : str
    author : str, optional
        This library and its version when left out.
    """
    from docx.oxml.ns import qn

    properties = document.core_properties
    properties.author = properties.last_modified_by = (author or f"mestring-nlp {__version__}")[:255]
    properties.title, properties.comments, properties.keywords = title[:255], "", MARK
    properties.language = "nb-NO"
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "nb-NO")
    document.sections[0].footer.paragraphs[0].text = footer


def bytes_of(document: Document) -> bytes:
    """Return a Word document as bytes, the same for the same content."""
    buffer = io.BytesIO()
    document.save(buffer)
    return undated(buffer.getvalue())
