"""The audit trail of a review: who decided what, when, and what the model had said."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mestring_nlp.review.events import CODES, DECISION, IMPORT, NO_CODE, Decision, Event
from mestring_nlp.text import csv_bytes

if TYPE_CHECKING:
    from mestring_nlp.review.store import Store

VERDICTS = ("accepted", "changed", "rejected", "blind", "own")


@dataclass(frozen=True)
class Entry:
    """One line of the trail.

    Attributes
    ----------
    event, step : int
    time, coder, by, act, target : str
        See `Event`.
    transcript : str
    start, end : int or None
    before, after : str
        A decision's codes divided by ``;``, or its status; a memo's text.
    verdict : str
        One of `VERDICTS`: the suggestion was taken as it was; with other codes; not at all; it was
        hidden; or there was none. Empty where nothing was decided.
    suggested : str
        The codes that the model suggested, or its decision.
    probability : float or None
    model, library, data_hash : str
        The model, the version that made it, and the hash of what it learned from.
    hidden : bool
        Whether the coder did not see the suggestion.
    note : str
    undoes : int or None
        The step that was undone.
    """

    event: int
    step: int
    time: str
    coder: str
    by: str
    act: str
    target: str
    transcript: str
    start: int | None
    end: int | None
    before: str = field(repr=False)
    after: str = field(repr=False)
    verdict: str = ""
    suggested: str = ""
    probability: float | None = None
    model: str = ""
    library: str = ""
    data_hash: str = ""
    hidden: bool = False
    note: str = field(default="", repr=False)
    undoes: int | None = None


def trail(store: Store) -> Iterator[Entry]:
    """Yield every event of a review, in order of time, with what the model had said."""
    models = {row["name"]: row for row in store.rows("SELECT * FROM models")}
    places = {
        row[0]: tuple(row[1:]) for row in store.rows("SELECT id, number, start, end FROM passages")
    }
    for event in store.events():
        number, start, end = places.get(event.on_passage, (None, None, None))
        said = json.loads(event.suggested) if event.suggested else {}
        model = models.get(said.get("model"))
        name = store.names[number] if number is not None else event.target
        yield Entry(
            *(event.id, event.step, event.time, event.coder, event.by, event.act, event.target),
            *(name, start, end, _shown(event, event.before), _shown(event, event.after)),
            verdict(event),
            ";".join(said.get("codes", ())) or said.get("decision", ""),
            said.get("p"),
            said.get("model", ""),
            model["library"] if model else "",
            model["data_hash"] if model else "",
            bool(said.get("hidden")),
            event.note,
            event.undoes,
        )


def verdict(event: Event) -> str:
    """Return what became of the suggestion in an event; see `Entry`."""
    if event.target != DECISION or event.undoes is not None or event.act == IMPORT:
        return ""
    after = Decision.from_json(event.after)
    if after.status not in (CODES, NO_CODE):
        return ""
    said = json.loads(event.suggested) if event.suggested else {"decision": "abstained"}
    if said["decision"] == "abstained":
        return "own"
    if said.get("hidden"):
        return "blind"
    if set(said["codes"]) == set(after.codes):
        return "accepted"
    return "changed" if said["codes"] and after.codes else "rejected"


def _shown(event: Event, text: str) -> str:
    if event.target != DECISION:
        return text
    decision = Decision.from_json(text)
    return ";".join(decision.codes) or decision.status


def trail_csv(store: Store) -> bytes:
    """Return the trail as CSV, one row an event."""
    fields = list(Entry.__dataclass_fields__)
    rows = ([getattr(entry, name) for name in fields] for entry in trail(store))
    return csv_bytes([fields, *rows])


def summary(store: Store) -> list[tuple[str, str, str, str, Counter[str]]]:
    """Return for each coder and model how many suggestions were accepted, changed and rejected.

    Of a passage that was decided several times the last decision counts.

    Returns
    -------
    list of (str, str, str, str, Counter)
        Coder, model, library, data hash, and counts by verdict.
    """
    last: dict[tuple[str, str, int | None, int | None], Entry] = {}
    for entry in trail(store):
        key = (entry.coder, entry.transcript, entry.start, entry.end)
        if entry.verdict:
            last[key] = entry
        elif entry.start is not None and entry.act != "memo":
            last.pop(key, None)
    counts: dict[tuple[str, str, str, str], Counter[str]] = {}
    for entry in last.values():
        group = (entry.coder, entry.model, entry.library, entry.data_hash)
        counts.setdefault(group, Counter())[entry.verdict] += 1
    return [(*group, count) for group, count in counts.items()]
