"""Lines without a label that may be somebody else's: answers and questions whose label was forgotten."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mestring_nlp.readers.asking import asks
from mestring_nlp.transcript import Note

_SHORT = 20
_RARE = 8
_ENDED = re.compile(r"[.?!…:][\"'»”)\]*_]*$")
_BEGINS = re.compile(r"[\"'«“(\[*_–—-]*\s*[^\W_a-zæøåäö]")
_QUESTION = re.compile(r"\?[\"'»”)\]*_]*$")

_CLOSING = re.compile(
    r"\W*(?:(?:ja|ok|okei|okay|nei|men|da|så|nå|then|well|so|jo|godt|flott|fint|bra|great)\b[,. ]*)*"
    r"(?:(?:tusen |mange |hjertelig |sier vi |vi sier |jeg sier )?takk\b|tack\b|tak\b|thanks?\b|ha det\b"
    r"|hej ?då\b|good ?bye\b|er vi (?:ferdig|i mål|færdige|klara)|(?:stopper|avslutter|slår) (?:jeg|vi)"
    r"|we(?:'re| are) done\b|that's (?:all|it)\b|(?:det )?var (?:det|alt)\b)",
    re.IGNORECASE,
)
_OF_ONESELF = re.compile(
    r"[\"'«“–—-]*\s*(?:jeg|eg|æ|jag|vi|me|ja|jo|nei|nej|mm|mhm|tja|joda|neida|for (?:meg|oss|mig|os)"
    r"|hos oss|i|we|yes|yeah|no|my|our|det (?:er|går|blir|var)|min|mitt|vår)\b",
    re.IGNORECASE,
)

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
TOLD = (
    "After a question of {0!r}, a line without a label is taken for more words of {0!r}, but may be an "
    "answer of somebody who does not speak next. If it is, begin it with a label."
)
CALLED = (
    "A question without a label stands between turns of two who mostly answer, and is taken for words "
    "of {0!r}. If somebody else asks, begin it with a label."
)
CLOSES = (
    "The last lines have no label, and are taken for words of {0!r}. If somebody else says them, begin "
    "them with a label."
)
TWICE = "Two turns of {0!r} follow on each other, and the first asks: does somebody else answer?"


@dataclass
class _Found:
    """What stands out in the turns so far.

    `places` are by message and label; `told` and `called` depend on who asks, which only the whole text
    tells: lines behind questions that somebody else may have answered, with whether they sound so, and
    questions behind answers, with who speaks next.
    """

    places: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    told: list[tuple[str, str, bool]] = field(default_factory=list)
    called: list[tuple[str, str, str]] = field(default_factory=list)
    labelled: Counter[str] = field(default_factory=Counter)
    asking: Counter[str] = field(default_factory=Counter)
    twice: int = 0
    longer: int = 0

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
    told: str = ""
    of_oneself: bool = False
    asked: str = ""
    asked_alone: bool = False
    within: str = ""
    alone: str = ""
    closing: str = ""

    def add(self, text: str, place: str) -> None:
        """Add a line without a label."""
        begins = bool(_ENDED.search(self.last) and _BEGINS.match(text))
        short = len(text.split()) <= _SHORT
        if begins and _QUESTION.search(self.last) and not self.answer:
            self.answer = place
        if begins and not self.told and asks(self.last) and not asks(text):
            self.told, self.of_oneself = place, _OF_ONESELF.match(text) is not None
        if begins and self.asked_alone and not self.within:
            self.within = self.asked
        self.asked = place if _QUESTION.search(text) else ""
        self.asked_alone = bool(self.asked) and begins and short and asks(text)
        if begins and short:
            self.alone = self.alone or place
            self.closing = self.closing or (place if _CLOSING.match(text) else "")
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
    if len(found.labelled) < 2:
        return []
    # Who mostly asks may ask in a paragraph, and go on.
    few = 1 if len(found.labelled) > 2 else 0
    askers = {
        key for key, count in found.asking.items() if 2 * count >= found.labelled[key] and count > few
    }
    if turn:
        _at_end(found, turn, asker=turn.label.casefold() in askers, cues=cues)
    return _reported(found, askers)


def _between(found: _Found, turn: _Turn, label: str, text: str, place: str, *, cues: bool) -> None:
    """Note what stands between a turn's label and the next one's."""
    found.longer += bool(turn.alone)
    if label.casefold() != turn.label.casefold():
        found.note(WITHIN, turn.label, turn.within)
        if turn.told and not turn.within and not asks(turn.last):
            found.told.append((turn.label, turn.told, turn.of_oneself))
        if turn.asked and not turn.within:
            found.called.append((turn.label, label, turn.asked))
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


def _at_end(found: _Found, turn: _Turn, *, asker: bool, cues: bool) -> None:
    """Note what stands below the last label: an answer, or words of thanks of who asked."""
    found.note(WITHIN, turn.label, turn.within)
    if asker:
        found.note(ANSWERS, turn.label, "" if turn.within else turn.answer)
    elif not cues:
        worded = any(map(str.isalpha, turn.last))
        rare = worded and _RARE * found.longer <= found.labelled.total()
        found.note(CLOSES, turn.label, turn.closing or (turn.alone if rare else ""))


def _reported(found: _Found, askers: set[str]) -> list[Note]:
    """Return the doubts without those that are ordinary in this text.

    Where most turns follow on one of the same label, each piece has a label.
    """
    many = len(found.labelled) > 2
    for label, place, of_oneself in found.told:
        if label.casefold() in askers and (many or of_oneself):
            found.note(TOLD, label, place)
    for label, after, place in found.called:
        if many and not askers & {label.casefold(), after.casefold()}:
            found.note(CALLED, label, place)
    chatty = 2 * found.twice >= found.labelled.total()
    return [
        noted(message.format(label), where)
        for (message, label), where in found.places.items()
        if not (message is TWICE and chatty) and not (message is WITHIN and label.casefold() in askers)
    ]


def noted(message: str, places: Sequence[str]) -> Note:
    """Return the doubt about labels of one kind, at the first of their places."""
    more = len(places) - 1
    often = f" The same {more:,} more time{'s' * (more > 1)}, the last at {places[-1]}." if more else ""
    return Note("label", places[0], message=message + often, doubtful=True)


def ends_with_question(text: str) -> bool:
    """Return whether a question mark ends a text."""
    return _QUESTION.search(text.strip()) is not None
