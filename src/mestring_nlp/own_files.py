"""Recognise the files that this library wrote, so that none is taken for an interview.

What is written from now on bears a mark that other programs keep when they save the file: a keyword in
the properties of an Office document, the generator of a page. Tables have no room for one, and are known
by their columns, wherever these stand now. Files of earlier versions are known by author or title.
"""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import suppress

from mestring_nlp._version import __version__

MARK = "mestring-nlp suggestions"
"""The keyword of Office documents."""

GENERATOR = f"mestring-nlp {__version__}"
"""The generator of pages, and what JSON says it was made by."""

_PROPERTIES = ("docProps/core.xml", "meta.xml", "project.qde")
_LARGEST_PROPERTIES = 100_000
_MOST_MEMBERS = 10_000
_HEAD = 4096

_OFFICE = re.compile(
    rf"<(?:\w+:)?keywords?\b[^>]*>[^<]*{MARK}|<(?:\w+:)?(?:initial-)?creator\b[^>]*>mestring-nlp \d"
    r'|<Project\b[^>]*\borigin="mestring-nlp \d'
)
_PAGE = re.compile(
    r"""<meta\s+name="generator"\s+content="mestring-nlp|<title>(?:[^<]* – kodeforslag"""
    r"""|Maskinens samsvar med mennesker|Samsvar: [^<]* og [^<]*)</title>""",
    re.IGNORECASE,
)
_JSON = re.compile(rb'"made_by":\s*"mestring-nlp|"codebook":\s*\{\s*"title":')
_REPORT = re.compile(
    r"# (?:Agreement: .+ and .+|Agreement of the machine with people|What was read|Sitater etter kode|"
    r"Metode og rapportering)\s"
)
_TABLES = (
    {"transcript", "turn", "speaker", "start", "end", "text", "codes"},
    {"transcript", "start", "end", "code", "coder"},
    {"code", "name", "kappa", "ac1", "pabak"},
    {"transcript", "case"},
    {"coder", "code", "name"},
    {"coder", "case"},
    {"coder", "run_first", "new_codes"},
    {"coder", "theme", "places"},
    {"coder", "relation", "observed"},
    {"transcript", "speaker", "turns", "share"},
    {"statement", "group", "talk_share"},
)


def is_own(data: bytes, suffix: str) -> bool:
    """Return whether this library wrote a file, be it saved again by another program.

    Parameters
    ----------
    data : bytes
    suffix : str
        In lower case, such as ``".docx"``.
    """
    if suffix in (".docx", ".odt", ".xlsx", ".qdpx"):
        return _OFFICE.search(_properties(data)) is not None
    head = data[:_HEAD].decode("utf-8-sig", "replace")
    if suffix in (".csv", ".tsv"):
        return any(columns <= _columns(head) for columns in _TABLES)
    if suffix in (".html", ".htm"):
        return _PAGE.search(head) is not None
    if suffix == ".json":
        return _JSON.search(data) is not None
    return suffix == ".md" and _REPORT.match(head) is not None


def _properties(data: bytes) -> str:
    """Return the properties of a document, or the head of a project; empty where there are none."""
    # What is odd is left to the reader, which says what is wrong.
    if data.count(b"PK\x01\x02") > _MOST_MEMBERS:
        return ""
    with suppress(Exception), zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in _PROPERTIES:
            if name in archive.namelist():
                with archive.open(name) as member:
                    return member.read(_LARGEST_PROPERTIES).decode("utf-8", "replace")
    return ""


def _columns(head: str) -> set[str]:
    """Return what the first row names, whichever sign stands between."""
    row = re.sub(r"\Asep=.\r?\n", "", head).partition("\n")[0]
    return {name.strip(" \t\r\"'").casefold() for name in re.split("[;,\t]", row)}
