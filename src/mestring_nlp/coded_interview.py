"""A coded interview, from which every output is made: a transcript and its suggestions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from mestring_nlp.suggestion import Suggestion
from mestring_nlp.transcript import Transcript, Turn


@dataclass(frozen=True)
class Counts:
    """How many passages of an interview got codes, no code, or an abstention.

    Attributes
    ----------
    passages : int
    coded : int
        With at least one code.
    without_code : int
        For which "no code" was suggested.
    abstained : int
    codes : Counter of str
        How often each code was suggested.
    """

    passages: int
    coded: int
    without_code: int
    abstained: int
    codes: Counter[str]


class Piece(NamedTuple):
    """A part of a turn: a passage with its suggestion, or text that is in no passage.

    Attributes
    ----------
    number : int
        The turn's, from 1.
    turn : Turn
    text : str
        The pieces of a turn joined are its text.
    suggestion : Suggestion or None
    """

    number: int
    turn: Turn
    text: str
    suggestion: Suggestion | None


@dataclass(frozen=True, repr=False)
class CodedInterview:
    """An interview with the suggestions for its passages.

    Attributes
    ----------
    transcript : Transcript
    suggestions : sequence of Suggestion
        Of this transcript, in its order.
    """

    transcript: Transcript
    suggestions: Sequence[Suggestion]

    def __repr__(self) -> str:
        counts = self.counts
        return f"<CodedInterview {self.name!r}: {counts.coded} of {counts.passages} passages coded>"

    @property
    def name(self) -> str:
        """The transcript's name."""
        return self.transcript.name

    @cached_property
    def counts(self) -> Counts:
        """Passages with codes, without code and abstained, and how often each code was suggested."""
        coded = sum(bool(suggestion.codes) for suggestion in self.suggestions)
        abstained = sum(suggestion.abstained for suggestion in self.suggestions)
        return Counts(
            passages=len(self.suggestions),
            coded=coded,
            without_code=len(self.suggestions) - coded - abstained,
            abstained=abstained,
            codes=Counter(code for suggestion in self.suggestions for code in suggestion.codes),
        )

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces of every turn, in order."""
        of_turn = defaultdict(list)
        for suggestion in self.suggestions:
            of_turn[suggestion.segment.turn].append(suggestion)
        text = self.transcript.text
        for number, turn in enumerate(self.transcript.turns, start=1):
            position = turn.start
            for suggestion in of_turn[number]:
                segment = suggestion.segment
                if position < segment.start:
                    yield Piece(number, turn, text[position : segment.start], None)
                yield Piece(number, turn, segment.text, suggestion)
                position = segment.end
            if position < turn.end:
                yield Piece(number, turn, text[position : turn.end], None)
