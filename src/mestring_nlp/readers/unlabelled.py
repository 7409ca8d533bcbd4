"""Lines without a label that may be somebody else's: answers and questions whose label was forgotten."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mestring_nlp.readers.asking import asks
from mestring_nlp.readers.lines import Line
from mestring_nlp.transcript import Note

_SHORT = 20
_ENDED = re.compile(r"[.?!…:][\"'»”)\]*_]*$")
_BEGINS = re.compile(r"[\"'«“(\[*_–—-]*\s*[^\W_a-zæøåäö]")
_QUESTION = re.compile(r"\?[\"'»”)\]*_]*$")

ASKS = (
    "A question without a label stands between two turns of {0!r}, and is taken for words of the first. "
    "If somebody else asks, begin it with a label."
)
ANSWERS = (
    "After a question of {0!r}, a line without a label is taken for more words of {0!r}, but may be an "
    "answer. If somebody else speaks there, begin it with a label."
)
WITHIN = (
    "A question and a line behind it, both without a label, are taken for words of {0!r}. If others "
    "speak there, begin them with labels."
)
STANDS = (
    "A line without a label stands between two turns of {0!r}, and is taken for words of the first. "
    "If somebody else speaks there, begin it with a label."
)
TWICE = "Two turns of {0!r} follow on each other, and the first asks: does somebody else answer?"


@dataclass
class _Found:
    """What stands out in the turns so far, as message and label with each of the places."""

    places: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    labelled: Counter[str] = field(default_factory=Counter)
    asking: Counter[str] = field(default_factory=Counter)
    twice: int = 0

    def note(self, message: str, label: str, place: str) -> None:
        """Add a place to a message on a label."""
        if place:
            self.places.setdefault((message, label), []).append(place)


@dataclass
class _Turn:
    """A turn so far: its last line, and the first of its lines without a label of each kind."""

    label: str
    last: str
    lines: int = 0
    answer: str = ""
    asked: str = ""
    asked_alone: bool = False
    within: str = ""
    alone: str = ""

    def add(self, text: str, place: str) -> None:
        """Add a line without a label."""
        begins = bool(_ENDED.search(self.last) and _BEGINS.match(text))
        short = len(text.split()) <= _SHORT
        if begins and _QUESTION.search(self.last) and not self.answer:
            self.answer = place
        if begins and self.asked_alone and not self.within:
            self.within = self.asked
        self.asked = place if _QUESTION.search(text) else ""
        self.asked_alone = bool(self.asked) and begins and short and asks(text)
        self.alone = self.alone or (place if begins and short else "")
        self.last = text
        self.lines += 1


def unlabelled(lines: Iterable[tuple[str | None, str, str]], *, cues: bool = False) -> list[Note]:
    """Return doubts about lines that may be somebody else's, one for each kind and label.

    Parameters
    ----------
    lines : iterable of (str or None, str, str)
        Each line's label, empty where it has none; its words; and its place. None for a label ends the
        turn.
    cues : bool
        Whether the lines are pieces of a recording, of which many go on with the one above.

    Returns
    -------
    list of Note
    """
    found = _Found()
    turn: _Turn | None = None
    for label, text, place in lines:
        text = text.strip()
        if label:
            if turn:
                _between(found, turn, label, text, place, cues=cues)
            turn = _Turn(label, text)
            found.labelled[label.casefold()] += 1
            found.asking[label.casefold()] += bool(_QUESTION.search(text))
        elif label is None:
            turn = None
        elif turn and text and not turn.last:
            turn.last = text
            found.asking[turn.label.casefold()] += bool(_QUESTION.search(text))
        elif turn and text:
            turn.add(text, place)
    if turn:
        found.note(WITHIN, turn.label, turn.within)
        found.note(ANSWERS, turn.label, "" if turn.within else turn.answer)
    return _reported(found, last=turn)


def _between(found: _Found, turn: _Turn, label: str, text: str, place: str, *, cues: bool) -> None:
    """Note what stands between a turn's label and the next one's."""
    if label.casefold() != turn.label.casefold():
        found.note(WITHIN, turn.label, turn.within)
    elif not turn.lines:
        found.twice += 1
        if not cues and _QUESTION.search(turn.last) and text and not _QUESTION.search(text):
            found.note(TWICE, turn.label, place)
    elif turn.asked:
        found.note(ASKS, turn.label, turn.asked)
    elif turn.answer:
        found.note(ANSWERS, turn.label, turn.answer)
    elif not cues:
        found.note(STANDS, turn.label, turn.alone)


def _reported(found: _Found, *, last: _Turn | None) -> list[Note]:
    """Return the doubts without those that are ordinary in this text.

    Who mostly asks may ask in a paragraph, and go on; where most turns follow on one of the same label,
    each piece has a label.
    """
    if len(found.labelled) < 2:
        return []
    chatty = 2 * found.twice >= found.labelled.total()
    asker = {key for key, count in found.asking.items() if 2 * count >= found.labelled[key]}
    if last and last.answer and last.label.casefold() not in asker:
        places = found.places.get((ANSWERS, last.label), [])
        if places and places[-1] == last.answer:
            places.pop()
    return [
        noted(message.format(label), where)
        for (message, label), where in found.places.items()
        if where
        and not (message is TWICE and chatty)
        and not (message is WITHIN and label.casefold() in asker)
    ]


def noted(message: str, places: Sequence[str]) -> Note:
    """Return the doubt about labels of one kind, at the first of their places."""
    more = len(places) - 1
    often = f" The same {more:,} more time{'s' * (more > 1)}, the last at {places[-1]}." if more else ""
    return Note("label", places[0], message=message + often, doubtful=True)


def doubt_of_rows(lines: Sequence[Line], blank: Sequence[int]) -> list[Line]:
    """Return the doubt on a table's rows, `blank` among its lines, in which nobody is named as speaker.

    It stands at the first that may answer a question, where there is one.
    """
    if not blank:
        return []
    said = [number for number in range(blank[-1] + 1) if not lines[number].kind]
    asking = {number for number in said if _QUESTION.search(lines[number].text.strip())}
    before = dict(zip(said[1:], said, strict=False))
    answers = [at for at in blank if before.get(at) in asking and at not in asking]
    more = f", and {len(blank) - 1:,} more," * (len(blank) > 1)
    message = (
        f"this row{more} tells no speaker; its words are taken for those of the row above"
        + ", which asks: they may be an answer" * bool(answers)
    )
    place = lines[(answers or blank)[0]].place
    return [Line("", "", place=place, kind="label", doubtful=True, message=message)]
