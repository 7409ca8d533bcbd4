"""What people did in a review, step by step, and the state that follows from it.

Nothing is taken out of the list of events: undoing adds events too. The state at any time is what the
events up to then left behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

DECISION = "decision"
"""The target of events that decide on a passage; else it names what a memo is on."""

UNDECIDED, CODES, NO_CODE, UNSURE, GONE = "undecided", "codes", "no_code", "unsure", "gone"
STATUSES = (UNDECIDED, CODES, NO_CODE, UNSURE, GONE)
"""What a passage is to a coder. ``"gone"``: the coder merged it into another, or cut it."""

IMPORT, UNDO = "import", "undo"


@dataclass(frozen=True)
class Decision:
    """What a coder says of a passage.

    Attributes
    ----------
    status : str
        One of `STATUSES`.
    codes : tuple of str
        In codebook order; empty unless the status is ``"codes"``.
    note : str
        The reason, where one was given.
    """

    status: str = UNDECIDED
    codes: tuple[str, ...] = ()
    note: str = field(default="", repr=False)

    def to_json(self) -> str:
        """Return the decision as the text of an event."""
        content: dict[str, Any] = {"status": self.status}
        if self.codes:
            content["codes"] = list(self.codes)
        if self.note:
            content["note"] = self.note
        return json.dumps(content, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Decision:
        """Return the decision that an event holds."""
        content = json.loads(text)
        return cls(content["status"], tuple(content.get("codes", ())), content.get("note", ""))


UNDECIDED_YET = Decision()


@dataclass(frozen=True)
class Event:
    """One change of one thing by one coder.

    Attributes
    ----------
    id : int
        From 1, in order of time.
    step : int
        The events of one step were done, and are undone, together.
    time : str
        In UTC, as ``2026-05-17T12:00:00.123Z``.
    coder : str
        Whose codings or memos changed.
    by : str
        Who did it: the coder, or whoever wrote down what several agreed on.
    act : str
        What was done, such as ``"accept"``, ``"code"``, ``"merge"``, ``"memo"`` or ``"undo"``.
    target : str
        ``"decision"``; or what a memo is on, such as ``"passage:7"``, ``"code:ledelse"`` or
        ``"interview:en"``.
    passage : int or None
    before, after : str
        The state as JSON; a memo's text as it is.
    note : str
        The reason, where one was given.
    suggested : str
        What the model said when it was decided, as JSON; empty where it said nothing.
    undoes : int or None
        The step that this undoes.
    """

    id: int
    step: int
    time: str
    coder: str
    by: str
    act: str
    target: str
    passage: int | None
    before: str = field(repr=False)
    after: str = field(repr=False)
    note: str = field(default="", repr=False)
    suggested: str = field(default="", repr=False)
    undoes: int | None = None

    @property
    def on_passage(self) -> int | None:
        """The passage that was decided on, or that a memo is on."""
        kind, _, number = self.target.partition(":")
        return int(number) if kind == "passage" else self.passage

    def reversed(self) -> Change:
        """Return the change back."""
        return Change(self.passage, self.after, self.before, self.target)


@dataclass(frozen=True)
class Change:
    """What an event is to change.

    Attributes
    ----------
    passage : int or None
    before, after : str
    target : str
    suggested : str
    """

    passage: int | None
    before: str
    after: str
    target: str = DECISION
    suggested: str = ""

    @classmethod
    def decision(cls, passage: int, before: Decision, after: Decision, suggested: str = "") -> Change:
        """Return the change of one decision to another."""
        return cls(passage, before.to_json(), after.to_json(), suggested=suggested)


@dataclass
class State:
    """What coders have decided and noted.

    Attributes
    ----------
    decisions : dict of (str, int) to Decision
        By coder and passage.
    memos : dict of (str, str) to str
        By coder and target.
    """

    decisions: dict[tuple[str, int], Decision] = field(default_factory=dict)
    memos: dict[tuple[str, str], str] = field(default_factory=dict)


def replay(events: Iterable[Event]) -> State:
    """Return the state that events leave behind, in their order.

    Examples
    --------
    >>> coded = Decision(CODES, ("ledelse",))
    >>> event = Event(1, 1, "", "kari", "kari", "code", DECISION, 7, "{}", coded.to_json())
    >>> replay([event]).decisions
    {('kari', 7): Decision(status='codes', codes=('ledelse',))}
    """
    state = State()
    for event in events:
        if event.target == DECISION and event.passage is not None:
            state.decisions[event.coder, event.passage] = Decision.from_json(event.after)
        else:
            state.memos[event.coder, event.target] = event.after
    return state
