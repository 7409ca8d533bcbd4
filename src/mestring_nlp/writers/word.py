"""Write an interview as a Word document, the suggested codes as comments in the margin."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from mestring_nlp.codebook import Codebook
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.text import legal
from mestring_nlp.transcript import INFORMANT
from mestring_nlp.wording import guarded_like_interviews, remark, summary
from mestring_nlp.writers.office import SOFT, bytes_of, sign, tint

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.run import Run

_SHADE = 0.2


def word_document(
    interview: CodedInterview,
    codebook: Codebook,
    coder: str,
    *,
    says: Callable[[Suggestion], str] | None = None,
    about: str = "",
    footer: str = "",
) -> bytes:
    """Return one interview as DOCX, in Norwegian, each suggestion a comment on its passage.

    The body is the transcript alone, one paragraph for each turn, so that the document can be read
    as a transcript again; the summary is a comment on the title, the coder is named in the footer. A
    passage without a code has no comment.

    Parameters
    ----------
    interview : CodedInterview
    codebook : Codebook
        The one that the suggestions use.
    coder : str
        The comments' author, such as ``"mestring-nlp 0.1.0"``.
    says : callable, optional
        Returns the comment on a passage, none if it is empty; the suggestion and its reason if left out.
    about, footer : str, optional
        The comment on the title, and the footer, in place of those of a machine's suggestions.

    Returns
    -------
    bytes
        The same for the same input; neither document nor comments bear a date.
    """
    import docx
    from docx.oxml import OxmlElement
    from docx.text.paragraph import Paragraph

    transcript, document = interview.transcript, docx.Document()
    body_end = document.element.body.sectPr
    author = legal(coder)
    codes = {code.id: code for code in codebook}
    title = legal(" ".join((transcript.title or transcript.name).split())) or "Intervju"
    guard = footer or guarded_like_interviews("Dokumentet", author)
    sign(document, title, guard, author=author)
    heading = document.add_heading(title, 0)
    remarks = _Remarks(document, author)
    remarks.add(heading.runs[0], legal(about) or summary(interview))
    current = 0
    for number, turn, text, suggestion in interview.pieces():
        if number != current:
            # `add_paragraph` looks for the body's end among all paragraphs.
            paragraph = Paragraph(OxmlElement("w:p"), document._body)
            body_end.addprevious(paragraph._p)
            paragraph.add_run(f"{legal(turn.speaker)}: ").bold = True
            current = number
        run = paragraph.add_run(legal(text))
        if turn.role != INFORMANT:
            _dim(run)
        if suggestion and suggestion.codes:
            _shade(run, codes[suggestion.codes[0]].colour)
        if suggestion and says is not None:
            if said := says(suggestion):
                remarks.add(run, legal(said))
        elif suggestion and (suggestion.codes or suggestion.abstained):
            remarks.add(run, legal(remark(suggestion, codes)))
    return bytes_of(document)


class _Remarks:
    """Comments without a date, added in constant time: `Document.add_comment` searches for a free id."""

    def __init__(self, document: Document, author: str) -> None:
        from docx.comments import Comments
        from docx.oxml import OxmlElement

        part = document.part._comments_part
        self._all, self._draft = part.element, Comments(OxmlElement("w:comments"), part)
        self._numbers, self._author = count(), author
        self._initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", author)).upper()

    def add(self, run: Run, text: str) -> None:
        """Add a comment on a run."""
        comment = self._draft.add_comment(text, self._author, self._initials)._comment_elm
        comment.id, comment.date = next(self._numbers), None
        self._all.append(comment)
        run.mark_comment_range(run, comment.id)


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
