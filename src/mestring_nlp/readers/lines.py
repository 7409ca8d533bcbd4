"""Lines: what the reader of every format makes of a file, and what `assembler` makes a transcript of.

A reader takes a file's content, and as `place` its name for errors. It returns `Line`s in the order of
the talk, all of them with a speaker (if only an empty one) or all without. It raises a `MestringError`
where the file is broken or locked, or holds no text or too much.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mestring_nlp.errors import MestringError

LONGEST = 5_000_000
"""Characters that a transcript has at most: some hundred hours of talk."""

MOST_LINES = 1_000_000
"""Lines that a transcript has at most; more would fill the memory, and are no interview."""


class NoSpeakersError(MestringError):
    """Nothing in a transcript tells who speaks."""


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a file's text, in the order of the file, with what the format tells of it.

    Attributes
    ----------
    speaker : str or None
        The label or name as it stands in the file; empty where the file leaves it open. None where
        the format has no field for it, so that the text itself may begin with a label.
    text : str
        The words; tags and markup taken out. A text whose speaker is told may hold line breaks.
    start, end : float or None
        Seconds from the start of the recording, where the file tells.
    place : str
        Where it stands in the file, such as ``"line 7"`` or ``"page 3"``.
    kind : str
        Empty for talk; else what the reader takes the text for (see `mestring_nlp.transcript.Note`):
        it is left out of the talk, and noted. A reader drops no word.
    doubtful : bool
        Whether a person should look at what the reader did with it.
    message : str
        What the user should know, where there is something.
    """

    speaker: str | None
    text: str
    start: float | None = None
    end: float | None = None
    place: str = field(default="", compare=False)
    kind: str = ""
    doubtful: bool = False
    message: str = ""


def lines_of(text: str, *, place: str) -> list[Line]:
    """Return a text as lines without speakers; joined by line feeds, they are the text."""
    refuse_long(len(text), lines=text.count("\n"), place=place)
    lines = enumerate(text.split("\n"), start=1)
    return [Line(None, line, place=f"line {number}") for number, line in lines]


def refuse_long(characters: int, *, lines: int = 0, place: str) -> None:
    """Raise if a transcript has more characters than `LONGEST`, or lines than `MOST_LINES`."""
    for count, most, what in ((characters, LONGEST, "characters"), (lines, MOST_LINES, "lines")):
        if count > most:
            raise MestringError(
                f"{count:,} {what} are more than one transcript may have ({most:,})",
                place=place,
                hint="Give each interview a file of its own.",
            )


def without_controls(text: str) -> str:
    """Return a text without control characters; half a character, as of a cut emoji, becomes U+FFFD.

    A text file that holds control characters is refused, but PDF, rich text, HTML and JSON may name
    them amid good words, and neither XML nor a terminal should meet them later.
    """
    return _HALF.sub("\ufffd", _CONTROL.sub("", text))
