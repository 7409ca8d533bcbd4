"""The nouns of an interview: transcript, turn, segment, coding.

Every position is a span ``[start, end)`` of Unicode code points in the transcript's canonical
text: LF line ends, NFC, no byte order mark, soft hyphens taken out, ligatures as letters.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

INTERVIEWER = "interviewer"
INFORMANT = "informant"

MACHINE = "mestring-nlp "
"""What the name of every model begins with, as a coder."""


def coder_of(assistant: str) -> str:
    """Return the name under which a language model's own answers stand beside people's codings.

    It begins as every model's does, so that nobody takes it for a person.
    """
    return f"{MACHINE}assistant:{assistant}"


_LONGEST_QUESTION = 60
_SHORTEST_QUESTION = 4
_MOST_CHARACTERS = 5_000
_SENTENCE_END = re.compile(r"(?<=[.?!…])\s+")


@dataclass(frozen=True)
class Turn:
    """What one speaker says until another begins.

    Attributes
    ----------
    speaker : str
        The label in the transcript, such as ``"I"`` or ``"Kari"``.
    role : {"interviewer", "informant"}
    start, end : int
        Span in the transcript's text, label and surrounding white space left out.
    text : str
        The transcript's text at that span.
    time : float or None
        Seconds from the start of the recording, where the transcript tells.
    """

    speaker: str
    role: str
    start: int
    end: int
    text: str = field(repr=False)
    time: float | None = None


@dataclass(frozen=True)
class Note:
    """What reading took for something else than talk, or is in doubt about.

    Attributes
    ----------
    kind : str
        What the words were taken for, such as ``"title"``, ``"legend"``, ``"header"``, ``"time"``,
        ``"page"`` or ``"repeated"``; or what is in doubt, such as ``"label"`` or ``"role"``.
    place : str
        Where they stand in the file, such as ``"line 7"``; empty for the whole file.
    text : str
        The words that are in no turn; empty for a doubt about words that are.
    message : str
        What the user should know, as a sentence; empty where `kind` says it all.
    doubtful : bool
        Whether a person should look at it.
    """

    kind: str
    place: str = ""
    text: str = field(default="", repr=False)
    message: str = ""
    doubtful: bool = False


class Speaker(NamedTuple):
    """A speaker of a transcript: label, role, how much was said, and why the role was given."""

    label: str
    role: str
    turns: int
    words: int
    reason: str


@dataclass(frozen=True)
class Transcript:
    """An interview as text and turns.

    Attributes
    ----------
    name : str
        Identifier: the file's name without its suffix.
    text : str
        The canonical text.
    turns : tuple of Turn
        In order, not overlapping.
    title : str
        The line above the first turn, if any.
    roles_guessed : bool
        Whether nothing in the transcript told who is who, so that the roles rest on who asks.
    format : str
        The format and encoding found, such as ``"WebVTT, UTF-8"``.
    role_reasons : dict of str to str
        Why each speaker, by casefolded label, has its role.
    notes : tuple of Note
        What is in no turn, and what is in doubt. Every word of the file is in one turn, in a label or
        in a note.
    """

    name: str
    text: str = field(repr=False)
    turns: tuple[Turn, ...] = field(repr=False)
    title: str = field(default="", repr=False)
    roles_guessed: bool = field(default=False, compare=False)
    format: str = field(default="", compare=False)
    role_reasons: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    notes: tuple[Note, ...] = field(default=(), compare=False, repr=False)

    @property
    def doubts(self) -> tuple[Note, ...]:
        """The notes at which a person should look."""
        return tuple(note for note in self.notes if note.doubtful)

    @property
    def speakers(self) -> tuple[Speaker, ...]:
        """The speakers, in order of appearance."""
        found: dict[str, list[Turn]] = {}
        for turn in self.turns:
            found.setdefault(turn.speaker.casefold(), []).append(turn)
        return tuple(
            Speaker(
                turns[0].speaker,
                turns[0].role,
                len(turns),
                sum(len(turn.text.split()) for turn in turns),
                self.role_reasons.get(label, ""),
            )
            for label, turns in found.items()
        )

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical text, as hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def turn_at(self, position: int) -> int:
        """Return the index of the turn that holds a position of the text, or -1."""
        index = bisect_right(self.turns, position, key=lambda turn: turn.start) - 1
        return index if index >= 0 and position < self.turns[index].end else -1

    @cached_property
    def _asked_before(self) -> list[int]:
        """For each turn, and the end, the index of the last interviewer's turn before it, or -1."""
        found = [-1]
        for index, turn in enumerate(self.turns):
            found.append(index if turn.role == INTERVIEWER else found[-1])
        return found

    @cached_property
    def _questions(self) -> dict[int, str]:
        """The questions found so far, by the interviewer's turn with which they end."""
        return {}

    def question_for(self, index: int) -> str:
        """Return the question that a turn answers.

        It is what interviewers said since the informant last spoke; where that is a mere
        "Ja." or "Mhm", what they said before it comes first. A long introduction is cut to
        its last sentences, about sixty words, and to 5,000 characters in any case.

        Parameters
        ----------
        index : int
            Index of the informant's turn.

        Returns
        -------
        str
            The question; empty when no interviewer spoke before.
        """
        last = self._asked_before[index]
        if last not in self._questions:
            self._questions[last] = self._question_to(last)
        return self._questions[last]

    def _question_to(self, last: int) -> str:
        """The question that ends with an interviewer's turn."""
        asked: list[str] = []
        index, words, length = last, 0, 0
        while index >= 0:
            said = self.turns[index].text.split()
            asked.append(" ".join(said))
            words += len(said)
            length += len(asked[-1])
            before = self._asked_before[index]
            answered = before < index - 1 and words >= _SHORTEST_QUESTION
            if answered or length > _MOST_CHARACTERS:
                break
            index = before
        sentences = _SENTENCE_END.split(" ".join(reversed(asked)))
        kept: list[str] = []
        while sentences and (
            not kept or len(" ".join([sentences[-1], *kept]).split()) <= _LONGEST_QUESTION
        ):
            kept.insert(0, sentences.pop())
        question = " ".join(kept)
        if len(question) <= _MOST_CHARACTERS:
            return question
        return question[-_MOST_CHARACTERS:].partition(" ")[2]


@dataclass(frozen=True)
class Segment:
    """A passage of an informant, with the question that it answers: the unit of coding.

    Its text is not part of its `repr`, so that no log or notebook shows an interview unasked.

    Attributes
    ----------
    transcript : str
        Name of the transcript; of a passage outside any interview, the collection it belongs to.
        Segments with one name are left out together in cross-validation.
    turn : int
        Number of the turn, from 1 over all turns; 0 for a passage outside any interview.
    speaker : str
    start, end : int
        Span in the transcript's text.
    text : str
        The transcript's text at that span.
    question : str
        See `Transcript.question_for`; empty where there is none.
    codes : tuple of str or None
        The codes that people gave, in codebook order; empty for "no code fits", None where nobody
        coded it.
    """

    transcript: str
    turn: int
    speaker: str
    start: int
    end: int
    text: str = field(repr=False)
    question: str = field(default="", repr=False)
    codes: tuple[str, ...] | None = None

    @property
    def sequence(self) -> str:
        """Sequence id: the interview whose talk it is part of; empty outside any interview."""
        return self.transcript if self.turn else ""

    @property
    def joint(self) -> str:
        """Question and passage read as one text; the passage alone where there is no question."""
        return f"{self.question} {self.text}".strip()

    @classmethod
    def alone(
        cls,
        text: str,
        question: str = "",
        codes: tuple[str, ...] | None = None,
        *,
        collection: str = "",
    ) -> Segment:
        """Return a passage outside any interview."""
        return cls(collection, 0, "", 0, len(text), text, question, codes)


@dataclass(frozen=True)
class LoneQuestion:
    """A question without its answer, with the codes that an answer would carry.

    Attributes
    ----------
    text : str
    codes : tuple of str
    collection : str
        Left out in cross-validation together with the segments of that name.
    """

    text: str = field(repr=False)
    codes: tuple[str, ...]
    collection: str = ""


@dataclass(frozen=True)
class Memo:
    """What somebody wrote about an interview, a passage of it, or a code.

    Attributes
    ----------
    coder, text : str
    transcript : str
        Name of the transcript; empty for a memo on a code.
    start, end : int
        Of the passage; both 0 for a memo on the whole interview.
    code : str
        The code's id; empty for a memo on a text.
    """

    coder: str
    text: str = field(repr=False)
    transcript: str = ""
    start: int = 0
    end: int = 0
    code: str = ""


@dataclass(frozen=True)
class Coding:
    """A coder's judgement of a span: one code, or none.

    Attributes
    ----------
    transcript : str
        Name of the transcript.
    start, end : int
        Span in the transcript's text.
    code : str
        A code's id; empty when the coder read the span and gave it no code.
    coder : str
        Who judged: a person or a model.
    note : str
        The coder's reason, if any.
    """

    transcript: str
    start: int
    end: int
    code: str
    coder: str
    note: str = ""
