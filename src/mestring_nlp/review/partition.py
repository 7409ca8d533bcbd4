"""A coder's passages as a partition of the text: merged, cut, and cut out, never overlapping."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mestring_nlp.errors import MestringError
from mestring_nlp.review.events import CODES, UNDECIDED, Decision
from mestring_nlp.review.passages import Passage
from mestring_nlp.transcript import Transcript

_WORD = re.compile(r"\w")
_WITHIN = re.compile(r"\w\w")


@dataclass(frozen=True)
class Piece:
    """A passage to be made.

    Attributes
    ----------
    turn, start, end : int
    decision : Decision
        What is taken over from the passage it is cut from.
    source : int or None
        That passage.
    """

    turn: int
    start: int
    end: int
    decision: Decision
    source: int | None


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without the white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def merged(first: Passage, second: Passage) -> Piece:
    """Return one passage for two of the same turn, with the codes of both.

    Where one of them is decided, that holds for both; two answers without codes that differ are open.
    """
    if first.transcript != second.transcript or first.turn != second.turn:
        raise MestringError(
            "passages of two turns cannot be merged", hint="Give both the same code; exports keep both."
        )
    one, other = first.decision, second.decision
    codes = dict.fromkeys(one.codes + other.codes)
    if codes:
        decision = Decision(CODES, tuple(codes))
    elif one.status == other.status or other.status == UNDECIDED:
        decision = one
    else:
        decision = other if one.status == UNDECIDED else Decision()
    longest = max(first, second, key=lambda passage: passage.end - passage.start)
    return Piece(first.turn, first.start, max(first.end, second.end), decision, longest.id)


def cut(passage: Passage, position: int) -> list[Piece]:
    """Return two passages for one, cut before the word at a position; both keep its decision."""
    text, start = passage.text, passage.start
    while 0 < position - start < len(text) and _WITHIN.match(text, position - start - 1):
        position -= 1
    one = trimmed(text, 0, position - start)
    other = trimmed(text, position - start, passage.end - start)
    if not (start < position < passage.end) or one[0] == one[1] or other[0] == other[1]:
        raise MestringError(
            f"position {position} does not lie within the words of {start}-{passage.end}",
            place=passage.transcript,
            hint="Put the cursor between two words of the passage.",
        )
    return [
        Piece(passage.turn, start + begin, start + end, passage.decision, passage.id)
        for begin, end in (one, other)
    ]


def cut_out(
    transcript: Transcript, touched: Sequence[Passage], start: int, end: int
) -> tuple[Piece, list[Piece]]:
    """Return a passage for a span of one turn, and what it leaves of the passages that it touches.

    Parameters
    ----------
    transcript : Transcript
    touched : sequence of Passage
        Those that overlap the span.
    start, end : int

    Returns
    -------
    Piece
        The new passage; undecided unless one passage covered it.
    list of Piece
        What is left of the others, with their decisions.
    """
    start, end = trimmed(transcript.text, max(start, 0), min(end, len(transcript.text)))
    turn = transcript.turn_at(start)
    if start >= end or turn < 0 or end > transcript.turns[turn].end:
        raise MestringError(
            f"the span {start}-{end} is not within one turn",
            place=transcript.name,
            hint="Mark words that one speaker says without a break.",
        )
    left: list[Piece] = []
    for passage in touched:
        for begin, stop in ((passage.start, start), (end, passage.end)):
            begin, stop = trimmed(transcript.text, begin, stop)
            if _WORD.search(transcript.text, begin, stop):
                left.append(Piece(passage.turn, begin, stop, passage.decision, passage.id))
    over = max(touched, key=lambda p: min(p.end, end) - max(p.start, start), default=None)
    whole = over is not None and over.start <= start and end <= over.end
    decision = over.decision if over is not None and whole else Decision()
    return Piece(turn + 1, start, end, decision, over.id if over else None), left


def within_turns(transcript: Transcript, start: int, end: int) -> list[tuple[int, int]]:
    """Return a span cut where turns end; interviewers' words only where there are no others."""
    pieces = []
    for turn in transcript.turns:
        begin, stop = trimmed(transcript.text, max(start, turn.start), min(end, turn.end))
        if begin < stop:
            pieces.append((turn.role, begin, stop))
    answered = [piece for piece in pieces if piece[0] == "informant"]
    return [(begin, stop) for _, begin, stop in answered or pieces]
