"""Suggestions as a Word document: the conversation, the suggested codes as comments in the margin."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mestring_nlp.codebook import Code, Codebook
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.transcript import INFORMANT, Transcript
from mestring_nlp.writers.workbook import SOFT, legal, pieces, tint, undated

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.run import Run

_SHADE = 0.2


def word_document(
    transcript: Transcript, suggestions: Sequence[Suggestion], codebook: Codebook, coder: str
) -> bytes:
    """Give one interview as DOCX, in Norwegian, each suggestion a comment on its passage.

    The body is the transcript alone, a paragraph a turn, so that the document can be read as a
    transcript again; what else there is to say stands in a comment on the title and at the foot of
    every page. A passage that gets no code has no comment.

    Parameters
    ----------
    transcript : Transcript
    suggestions : sequence of Suggestion
        Of this transcript, in its order.
    codebook : Codebook
        The one that the suggestions use.
    coder : str
        Who suggests, such as ``"mestring-nlp 0.1.0"``: the comments' author.

    Returns
    -------
    bytes
        The same for the same input; neither document nor comments bear a date.
    """
    import docx

    document = docx.Document()
    author = legal(coder)
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", author)).upper()
    codes = {code.id: code for code in codebook}
    title = legal(" ".join((transcript.title or transcript.name).split())) or "Intervju"
    _set_up(document, author, title)
    heading = document.add_heading(title, 0)
    document.add_comment(heading.runs, _summary(transcript, suggestions), author, initials)
    current = 0
    for number, turn, text, suggestion in pieces(transcript, suggestions):
        if number != current:
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{legal(turn.speaker)}: ").bold = True
            current = number
        run = paragraph.add_run(legal(text))
        if turn.role != INFORMANT:
            _dim(run)
        if suggestion and suggestion.codes:
            _shade(run, codes[suggestion.codes[0]].colour)
        if suggestion and (suggestion.codes or suggestion.abstained):
            document.add_comment(run, legal(_remark(suggestion, codes)), author, initials)
    for comment in document.comments:
        comment._comment_elm.date = None  # python-docx gives no way to leave the time out
    buffer = io.BytesIO()
    document.save(buffer)
    return undated(buffer.getvalue())


def _set_up(document: Document, author: str, title: str) -> None:
    """Say whose document it is, that it is Norwegian, and who decides."""
    from docx.oxml.ns import qn

    properties = document.core_properties
    properties.author = properties.last_modified_by = author[:255]
    properties.title = title[:255]
    properties.comments = ""
    properties.language = "nb-NO"
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "nb-NO")
    document.sections[0].footer.paragraphs[0].text = (
        f"Kodeforslag fra {author}. Maskinen foreslår, du avgjør. Dokumentet inneholder intervjuet og "
        "er en personopplysning: lagre det like trygt som intervjuet."
    )


def _summary(transcript: Transcript, suggestions: Sequence[Suggestion]) -> str:
    coded = sum(bool(s.codes) for s in suggestions)
    unsure = sum(s.abstained for s in suggestions)
    lines = [
        f"Kodeforslag for {len(suggestions)} avsnitt: {coded} med kode, "
        f"{len(suggestions) - coded - unsure} uten kode, {unsure} der maskinen er usikker. Forslagene "
        "er laget av en maskin som har lært av kodede avsnitt. Du avgjør."
    ]
    if transcript.roles_guessed:
        lines.append(
            "Hvem som er informant, er gjettet ut fra hvem som spør. Kontroller at det stemmer."
        )
    return "\n".join(lines)


def _remark(suggestion: Suggestion, codes: dict[str, Code]) -> str:
    """What the comment on a passage says, a line a thought."""
    percent = {**suggestion.probabilities, "": suggestion.no_code}
    answers = ", ".join(
        f"{codes[code].name if code else 'Ingen kode'} {100 * percent[code]:.0f} %"
        for code in (suggestion.plausible if suggestion.abstained else suggestion.codes)
    )
    lines = [f"Usikker: {answers}. Vurder selv." if suggestion.abstained else answers]
    if reason := suggestion.reason:
        if reason.words:
            words = ", ".join(word for word, _ in reason.words)
            why = codes[reason.code].name if reason.code else "ingen kode"
            lines.append(f"Hvorfor {why}? Ord som talte for: {words}.")
        if reason.line:
            lines.append(f"Nærmest i kodeboken: {reason.line}")
    return "\n".join(lines)


def _shade(run: Run, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", tint(colour, _SHADE))):
        shading.set(qn(f"w:{name}"), value)
    run._r.get_or_add_rPr().append(shading)


def _dim(run: Run) -> None:
    from docx.shared import RGBColor

    run.font.color.rgb = RGBColor.from_string(SOFT)
