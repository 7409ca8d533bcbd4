"""PDF with a text layer: lines put together to paragraphs, headers and page numbers taken out."""

from __future__ import annotations

import io
import logging
import re
import time
from dataclasses import replace
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.clocks import seconds
from mestring_nlp.readers.heads import like_a_name
from mestring_nlp.readers.line_numbers import without_line_numbers
from mestring_nlp.readers.lines import Line, refuse_long
from mestring_nlp.readers.pages import label_of, talk_and_furniture
from mestring_nlp.readers.timestamps import timed

_PAGES = 2_000
_SECONDS = 120.0
_THE_ORIGINAL = "Use the document that the PDF was made from, or save its text as .txt."

_TIMED = re.compile(r"\W?\d{1,2}:\d{2}")
_HEAD = re.compile(r"(?P<name>[^\W\d_][^:]{0,60}?)\s+(?P<time>\d{1,2}:\d{2}(?::\d{2})?)")
_HEAD_APART = re.compile(_HEAD.pattern.replace(r"\s+", r"\s{2}"))
_SCAN = 0.3
_NARROWEST = 40
_JUSTIFIED = re.compile(r"(?<! ) {2}(?! )")
_BROKEN_WORD = re.compile(r"[^\W\d_][-\u00ad\u2010]$")
_ALSO = ("og", "eller", "samt", "men", "til")

# Its remarks on odd files are for those who ask for them.
logging.getLogger("pypdf").addHandler(logging.NullHandler())


def read_pdf(data: bytes, *, place: str) -> list[Line]:
    """Read the text layer of a PDF: a paragraph a line where the layout tells.

    Numbers of pages and lines, and lines that come back at the tops and bottoms of pages, are noted, and
    are no talk. A page that is a picture without text is an error; so are more than 2,000 pages, and two
    minutes of work.
    """
    pages = [
        [
            Line(None, _JUSTIFIED.sub(" ", line.strip()), place=f"page {number}")
            for line in page.strip().split("\n")
        ]
        for number, page in enumerate(_pages(data, place=place), start=1)
        if page.strip()
    ]
    pages, numbers = without_line_numbers(pages)
    talk, furniture = talk_and_furniture(pages)
    lines = _joined(_with_heads(talk))
    if not any(any(map(str.isalpha, line.text)) for line in lines):
        raise MestringError("the PDF holds no text", place=place, hint=_THE_ORIGINAL)
    filled = [number for number, line in enumerate(lines) if line.text]
    return [*numbers, *furniture, *timed(lines[filled[0] : filled[-1] + 1])]


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

    pieces = _Pieces()
    page.extract_text(visitor_operand_before=look, visitor_text=pieces.add)
    text = "".join(pieces.found)
    if time.monotonic() > until:
        raise _too_much(place)
    if not text.strip() and max(pictures, default=0.0) > _SCAN * frame:
        raise MestringError(
            "the page is a picture without text", place=place,
            hint="Run text recognition (OCR) on the PDF first, or use the original document.",
        )  # fmt: skip
    return text


class _Pieces:
    """Text as pypdf hands it out, with a space where it goes back on a line, as to a line's number."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._at = (0.0, 0.0)

    def add(self, text: str, matrix: list[float], within: list[float], *_: object) -> None:
        """Add the next piece, and where it begins."""
        if not text:
            return
        x, y = (within[4] * matrix[i] + within[5] * matrix[i + 2] + matrix[i + 4] for i in (0, 1))
        if text[0].isspace() or not self.found or self.found[-1][-1].isspace():
            pass
        elif x < self._at[0] and abs(y - self._at[1]) < 1:
            self.found.append(" ")
        self.found.append(text)
        self._at = x, y


def _too_much(place: str) -> MestringError:
    return MestringError("the PDF is too large to be an interview", place=place, hint=_THE_ORIGINAL)


def _with_heads(lines: list[Line]) -> list[Line]:
    """Put two spaces between name and time in lines that are heads, as Otter and Teams write them.

    Heads are those lines whose times never go back. What a PDF tells of the gap is uncertain.
    """
    found = {
        i: match
        for i, line in enumerate(lines)
        if (match := _HEAD.fullmatch(line.text)) and like_a_name(match["name"])
    }
    times = [seconds(match["time"]) for match in found.values()]
    if len(times) < 2 or sorted(times) != times:
        return lines
    return [
        replace(line, text=f"{found[i]['name']}  {found[i]['time']}") if i in found else line
        for i, line in enumerate(lines)
    ]


def _joined(lines: list[Line]) -> list[Line]:
    """Join lines that were broken for want of room, and the words broken at their ends."""
    lengths = sorted(len(line.text) for line in lines if line.text) or [0]
    width = max(0.85 * lengths[int(0.9 * (len(lengths) - 1))], _NARROWEST)
    joined: list[tuple[str, list[str]]] = []
    last = ""
    for line in lines:
        first = line.text.split(" ", 1)[0]
        opens = label_of(line.text) or _TIMED.match(line.text) or _HEAD_APART.fullmatch(line.text)
        stands = opens or _HEAD_APART.fullmatch(last)
        if not line.text or not last or stands or len(last) + 1 + len(first) <= width:
            joined.append((line.place, []))
        elif not _BROKEN_WORD.search(last) or first.strip(".,") in _ALSO:
            joined[-1][1].append(" ")
        elif first[0].islower():
            joined[-1][1][-1] = last[:-1]
        joined[-1][1].append(line.text)
        last = line.text
    return [Line(None, "".join(pieces), place=at) for at, pieces in joined]
