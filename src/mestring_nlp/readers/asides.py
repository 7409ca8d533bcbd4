"""What stands beside the talk in a document: headers, notes, comments, text boxes, what was deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.flow import Mark
from mestring_nlp.readers.lines import LONGEST, Line, refuse_long

_DOUBTFUL = {
    "text box": "text boxes are not read as talk",
    "diagram": "text in diagrams is not read as talk",
    "behind": "this stands behind the end of the document, and is not read",
}


class Asides:
    """Collects words that are in the document, and are not read as talk.

    Attributes
    ----------
    lines : list of Line
        A line for each place and kind, words in order.
    paragraph : str
        Where in the talk the document's walker is.
    """

    def __init__(self, place: str) -> None:
        self.lines: list[Line] = []
        self._file = place
        self._paragraphs, self._tables, self._depth = 1, 0, 0
        self._length = 0

    @property
    def paragraph(self) -> str:
        """Return the place of the walker, as `mestring_nlp.readers.flow` counts it."""
        return f"table {self._tables}" if self._depth else f"paragraph {self._paragraphs}"

    def following(self, tokens: Iterable[str | Mark]) -> Iterator[str | Mark]:
        """Iterate over a walker's tokens, and keep count of where it is."""
        for token in tokens:
            if token is Mark.TABLE:
                self._depth += 1
                self._tables += self._depth == 1
            elif token is Mark.TABLE_END:
                self._depth -= 1
            elif token is Mark.PARAGRAPH_END and not self._depth:
                self._paragraphs += 1
            yield token

    def count_paragraph(self) -> None:
        """Count a paragraph, where the walker gives no tokens."""
        self._paragraphs += 1

    def add(self, kind: str, words: str, place: str = "") -> None:
        """Add words of a kind, at a place or where the walker is; nothing where there are none."""
        text = "\n".join(" ".join(line.split()) for line in words.split("\n") if line.strip())
        if not text:
            return
        self._length += len(text)
        if self._length > LONGEST:
            refuse_long(self._length, place=self._file)
        message = _DOUBTFUL.get(kind, "")
        place = place or self.paragraph
        before = self.lines[-1] if self.lines else None
        # Programs divide what was deleted at once into many pieces.
        if kind == "deleted" and before and (before.kind, before.place) == (kind, place):
            text = f"{self.lines.pop().text} {text}"
        self.lines.append(
            Line(None, text, place=place, kind=kind, doubtful=bool(message), message=message)
        )

    def cut(self) -> None:
        """Add that the document ends before its end."""
        message = "the document is not complete; perhaps it was cut off, or a part of it is broken"
        self.lines.append(Line(None, "", place="the end", kind="unread", doubtful=True, message=message))

    def embed(self) -> None:
        """Add that a document in another format is embedded here."""
        message = "a document is embedded here, and is not read; open this one in Word and save it again"
        self.lines.append(
            Line(None, "", place=self.paragraph, kind="unread", doubtful=True, message=message)
        )

    def unread(self, part: str, error: MestringError) -> None:
        """Add that a part of the document cannot be read, and why."""
        message = f"this part of the file cannot be read ({error.problem}), and may hold words"
        self.lines.append(Line(None, "", place=part, kind="unread", doubtful=True, message=message))
