"""Write quotations for a results chapter: Markdown, Word and a page, in Norwegian."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from mestring_nlp._version import __version__
from mestring_nlp.codebook import Codebook
from mestring_nlp.quotation import Quotation
from mestring_nlp.text import legal
from mestring_nlp.wording import named

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

TITLE = "Sitater etter kode"
CONVENTION = (
    "Ingen ord er lagt til eller endret. Fyllord, latter, pauser, lyttesignaler og ord som er sagt "
    "to ganger på rad, er tatt ut uten merke. Tegnet ... står der en påbegynt setning er tatt ut, og "
    "[...] der hele setninger, et spørsmål eller noe som ikke kunne høres, er tatt ut. Tankestrek står "
    "der utskriften hadde prikker fordi informanten brøt av. Stor forbokstav er satt der ordet som "
    "begynte setningen, er tatt ut. Dialekten er beholdt."
)
GUARD = (
    "Sitatene er det informantene har sagt. Les gjennom dem før de trykkes: en historie, en tittel "
    "eller en dialekt kan røpe hvem som snakker."
)
REASONS = {
    "filler": "fyllord",
    "mark": "merknad i utskriften",
    "pause": "pause",
    "probe": "lyttesignal",
    "question": "spørsmål fra intervjueren",
    "other": "sagt av en annen",
    "unheard": "uhørbart",
    "repetition": "gjentakelse",
    "stutter": "avbrutt ord",
    "false start": "påbegynt setning",
    "length": "avkortet",
    "cut": "kuttet i utskriften",
}
"""What pages call the reasons of `mestring_nlp.quotation.Removed`."""

_MARKDOWN = re.compile(r"([\\`*_{}<>#|~]|(?<=\])[(\[:])")


class Piece(NamedTuple):
    """A part of a passage: kept, or removed for a reason in Norwegian."""

    text: str
    reason: str = ""


def pieces(quotation: Quotation) -> list[Piece]:
    """Return a passage in parts that joined are the passage, white space in runs of one."""
    found: list[Piece] = []
    position, text = 0, quotation.original
    for removed in quotation.removed:
        found.append(Piece(text[position : removed.start]))
        found.append(Piece(removed.text, REASONS[removed.reason]))
        position = removed.end
    found.append(Piece(text[position:]))
    return [Piece(re.sub(r"\s+", " ", piece.text), piece.reason) for piece in found if piece.text]


def _by_code(quotations: Sequence[Quotation]) -> list[tuple[str, list[Quotation]]]:
    return [
        (code, list(of)) for code, of in groupby(quotations, lambda q: q.codes[0] if q.codes else "")
    ]


def _place(quotation: Quotation) -> str:
    """Return where a passage stands, so that it can be found again."""
    segment = quotation.segment
    return f"{segment.transcript}, {segment.start}–{segment.end}" if segment else ""


def markdown(quotations: Sequence[Quotation], codebook: Codebook) -> str:
    """Return the quotations as Markdown, below each the passage, what was taken out struck through."""
    lines = [f"# {TITLE}", "", _escaped(CONVENTION), "", _escaped(GUARD), ""]
    for code, found in _by_code(quotations):
        lines += [f"## {_escaped(named(code, codebook))}", ""]
        for quotation in found:
            lines += [f"> {_escaped(quotation.text)}", ">", f"> – {_escaped(quotation.source)}", ""]
            if quotation.removed:
                lines += [f"Slik det ble sagt: {_struck(quotation)}", ""]
            lines += [f"*{_escaped(_place(quotation))}*", ""]
    return "\n".join(lines)


def _struck(quotation: Quotation) -> str:
    """Return a passage in Markdown, what was taken out struck through, its reason behind it."""
    return "".join(
        f"~~{_escaped(piece.text)}~~ *({piece.reason})*" if piece.reason else _escaped(piece.text)
        for piece in pieces(quotation)
    ).strip()


def _escaped(text: str) -> str:
    r"""Return a text that Markdown takes for text, on one line."""
    bare = _MARKDOWN.sub(r"\\\1", re.sub(r"\s+", " ", text))
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", re.sub(r"^([-+])", r"\\\1", bare))


def page(quotations: Sequence[Quotation], codebook: Codebook) -> str:
    """Return the quotations as a self-contained page, each beside the passage that it is of."""
    from mestring_nlp.writers.page import environment

    codes = {code.id: code for code in codebook}
    return (
        environment()
        .get_template("quotations.html.j2")
        .render(
            title=TITLE,
            script_hash="none",
            version=__version__,
            convention=CONVENTION,
            guard=GUARD,
            groups=[
                (
                    code,
                    named(code, codebook),
                    codes.get(code),
                    [(q, pieces(q), _place(q)) for q in found],
                )
                for code, found in _by_code(quotations)
            ],
        )
    )


def word(quotations: Sequence[Quotation], codebook: Codebook) -> bytes:
    """Return the quotations as DOCX: block quotations, and the passages beneath in grey, struck through.

    Returns
    -------
    bytes
        The same for the same input; the document bears no date.
    """
    import docx

    from mestring_nlp.writers.office import bytes_of, sign

    document = docx.Document()
    sign(document, TITLE, GUARD)
    _set_up(document)
    document.add_heading(TITLE, 0)
    document.add_paragraph(CONVENTION)
    document.add_paragraph(GUARD)
    for code, found in _by_code(quotations):
        document.add_heading(legal(named(code, codebook)), 1)
        for quotation in found:
            paragraph = document.add_paragraph(legal(quotation.text), style="Quote")
            paragraph.paragraph_format.keep_with_next = True
            paragraph.paragraph_format.space_after = 0
            source = document.add_paragraph(f"– {legal(quotation.source)}", style="Quote")
            source.runs[0].italic = False
            source.paragraph_format.keep_with_next = True
            _said(document.add_paragraph(), quotation)
    return bytes_of(document)


def _set_up(document: Document) -> None:
    from docx.shared import Cm, RGBColor

    style = document.styles["Quote"]
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.paragraph_format.left_indent = style.paragraph_format.right_indent = Cm(1)


def _said(paragraph: Paragraph, quotation: Quotation) -> None:
    """Add the passage as it was said, small and grey, what was taken out struck through."""
    from docx.shared import Cm, Pt, RGBColor

    from mestring_nlp.writers.office import SOFT

    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Cm(1)
    parts = [*pieces(quotation), Piece(f" ({_place(quotation)})")] if quotation.removed else []
    for piece in parts or [Piece(_place(quotation))]:
        run = paragraph.add_run(legal(piece.text))
        run.font.size, run.font.color.rgb = Pt(8.5), RGBColor.from_string(SOFT)
        run.font.strike = bool(piece.reason) or None
        if piece.reason:
            note = paragraph.add_run(f" [{piece.reason}]")
            note.font.size, note.font.italic = Pt(7), True
            note.font.color.rgb = RGBColor.from_string(SOFT)


FORMATS: dict[str, tuple[str, Callable[[Sequence[Quotation], Codebook], bytes]]] = {
    "md": ("sitater.md", lambda found, book: markdown(found, book).encode()),
    "docx": ("sitater.docx", word),
    "html": ("sitater.html", lambda found, book: page(found, book).encode()),
}
"""The file and the writer of each format."""
