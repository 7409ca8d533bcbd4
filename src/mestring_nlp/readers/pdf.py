"""PDF with a text layer: lines put together to paragraphs, headers and page numbers taken out."""

from __future__ import annotations

import io
import logging
import math
import re
import time
from collections import Counter
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.lines import Line, refuse_long
from mestring_nlp.readers.timestamps import timed

_PAGES = 2_000
_SECONDS = 120.0
_THE_ORIGINAL = "Use the document that the PDF was made from, or save its text as .txt."

_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:side|s\.|page)\s*)?\d{1,4}(?:\s*(?:av|of|/)\s*\d{1,4})?\W*", re.IGNORECASE
)
_LABEL = re.compile(r"\W{0,3}(?:\d[\d:.,-]{0,15}\W{1,3})?([^\W\d_](?:[^:]{0,38}[^:\s])?)\s*:(?!\d)")
_TIMED = re.compile(r"\W?\d{1,2}:\d{2}|.*\s{2}\d{1,2}:\d{2}(?::\d{2})?$")
_EDGE = 2
_SCAN = 0.3
_NARROWEST = 40
_JUSTIFIED = re.compile(r"(?<! ) {2}(?! )")
_BROKEN_WORD = re.compile(r"[^\W\d_][-\u00ad\u2010]$")
_ALSO = ("og", "eller", "samt", "men", "til")

# Its remarks on odd files are for those who ask for them.
logging.getLogger("pypdf").addHandler(logging.NullHandler())


def read_pdf(data: bytes, *, place: str) -> list[Line]:
    """Read the text layer of a PDF: a paragraph a line where the layout tells.

    Page numbers, and lines that come back at the tops and bottoms of pages, are left out. A page that is
    a picture without text is an error; so are more than 2,000 pages, and two minutes of work.
    """
    pages = [
        [
            Line(None, _JUSTIFIED.sub(" ", line.strip()), place=f"page {number}")
            for line in page.strip().split("\n")
        ]
        for number, page in enumerate(_pages(data, place=place), start=1)
        if page.strip()
    ]
    lines = _joined(_without_edges(pages))
    if not any(any(map(str.isalpha, line.text)) for line in lines):
        raise MestringError("the PDF holds no text", place=place, hint=_THE_ORIGINAL)
    filled = [number for number, line in enumerate(lines) if line.text]
    return timed(lines[filled[0] : filled[-1] + 1])


def _pages(data: bytes, *, place: str) -> list[str]:
    """Return the text of each page."""
    import pypdf

    until = time.monotonic() + _SECONDS
    pages: list[str] = []
    known: dict[Any, str] = {}
    length = lines = 0
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise MestringError("the PDF is locked by a password", place=place, hint="Save it without.")
        count = len(reader.pages)
        if count > _PAGES:
            raise MestringError(
                f"the PDF has {count} pages, more than {_PAGES}", place=place, hint="Divide it."
            )
        for number, page in enumerate(reader.pages, start=1):
            at, key = f"{place}, page {number}", page.indirect_reference
            if key not in known:  # a small file may show one page thousands of times
                known[key] = _text(page, until=until, place=at)
            pages.append(known[key])
            length += len(known[key])
            lines += known[key].count("\n")
            refuse_long(length, lines=lines, place=at)
    except MestringError:
        raise
    except Exception as error:  # pypdf raises many things on broken files, RecursionError among them
        raise MestringError(
            f"this cannot be read as a PDF ({error})",
            place=f"{place}, page {len(pages) + 1}" if pages else place,
            hint=_THE_ORIGINAL,
        ) from error
    return pages


def _text(page: Any, *, until: float, place: str) -> str:
    """Return the text of a page, which may be empty; raise if it is a picture without text."""
    pictures = []
    frame = abs(float(page.mediabox.width) * float(page.mediabox.height))

    def look(operator: bytes, operands: object, matrix: list[float], *_: object) -> None:
        if time.monotonic() > until:
            raise _too_much(place)
        if operator in (b"Do", b"INLINE IMAGE"):
            pictures.append(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))

    text = str(page.extract_text(visitor_operand_before=look))
    if time.monotonic() > until:
        raise _too_much(place)
    if not text.strip() and max(pictures, default=0.0) > _SCAN * frame:
        raise MestringError(
            "the page is a picture without text", place=place,
            hint="Run text recognition (OCR) on the PDF first, or use the original document.",
        )  # fmt: skip
    return text


def _too_much(place: str) -> MestringError:
    return MestringError("the PDF is too large to be an interview", place=place, hint=_THE_ORIGINAL)


def _without_edges(pages: list[list[Line]]) -> list[Line]:
    """Return all lines, without page numbers and lines that come back at pages' tops and bottoms."""
    edges = [_edges(page) for page in pages]
    inner = Counter(_label(line.text) for page in pages for line in page[_EDGE:-_EDGE])
    back = Counter(
        form for page, at in zip(pages, edges, strict=True) for form in {_form(page[i].text) for i in at}
    )
    needed = max(2, math.ceil(0.4 * len(pages)))
    return [
        line
        for page, at in zip(pages, edges, strict=True)
        for number, line in enumerate(page)
        if number not in at
        or not (
            _PAGE_NUMBER.fullmatch(line.text)
            # What a speaker says is no header, though it is "Mhm." at the top of every page.
            or (
                back[_form(line.text)] >= needed and not (_label(line.text) and inner[_label(line.text)])
            )
        )
    ]


def _edges(page: list[Line]) -> set[int]:
    filled = [number for number, line in enumerate(page) if line.text]
    return {*filled[:_EDGE], *filled[-_EDGE:]}


def _form(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split())).casefold()


def _label(line: str) -> str:
    match = _LABEL.match(line)
    return match[1].casefold() if match and len(match[1].split()) <= 4 else ""


def _joined(lines: list[Line]) -> list[Line]:
    """Join lines that were broken for want of room, and the words broken at their ends."""
    lengths = sorted(len(line.text) for line in lines if line.text) or [0]
    width = max(0.85 * lengths[int(0.9 * (len(lengths) - 1))], _NARROWEST)
    joined: list[tuple[str, list[str]]] = []
    last = ""
    for line in lines:
        first = line.text.split(" ", 1)[0]
        opens = _label(line.text) or _TIMED.match(line.text)
        if not line.text or not last or opens or len(last) + 1 + len(first) <= width:
            joined.append((line.place, []))
        elif not _BROKEN_WORD.search(last) or first.strip(".,") in _ALSO:
            joined[-1][1].append(" ")
        elif first[0].islower():
            joined[-1][1][-1] = last[:-1]
        joined[-1][1].append(line.text)
        last = line.text
    return [Line(None, "".join(pieces), place=at) for at, pieces in joined]
