"""What a key or a button of the page does, and which passage is in focus then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.review.events import CODES
from mestring_nlp.review.negotiation import NEGOTIATED
from mestring_nlp.review.passages import Passage
from mestring_nlp.review.review import Review
from mestring_nlp.review.views import Page, bulk_mark
from mestring_nlp.review.words import Words

QUEUE = "queue"


@dataclass(frozen=True)
class Asked:
    """What the page asks for: an act, on a passage, under a filter.

    Attributes
    ----------
    act : str
        One of `ACTS`.
    passage : int
    only : str
        The filter.
    values : mapping of str to object
        What the act needs beside these, as it came.
    """

    act: str
    passage: int
    only: str
    values: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a value that must be a text, or raise."""
        value = self.values.get(name, "")
        if not isinstance(value, str):
            raise MestringError(f"{name} is {value!r:.40}, not a text")
        return value

    def number(self, name: str) -> float:
        """Return a value that must be a number, or raise."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 2**53:
            raise MestringError(f"{name} is {value!r:.40}, not a number")
        return value


def page_for(review: Review, words: Words, passage: int | None, only: str, said: str = "") -> Page:
    """Return the page with a passage in focus; without one, with the first that the filter shows."""
    focus = still(review, passage) if passage is not None else None
    if focus is None:
        focus = _next_to_learn(review, 0) if only == QUEUE else review.first(only)
    if focus is None and only != "all":
        said = said or words("filter_empty")
    return Page(review, words, focus, only, said)


def _next_to_learn(review: Review, here: int) -> Passage | None:
    """Return the first of the queue that was not passed since the queue began."""
    if here and here not in review.passed:
        review.passed.append(here)
    found = next(iter(review.queue(1, review.passed)), None)
    if found is None:
        review.passed.clear()  # from the front again, if asked again
    return found


def _along_queue(review: Review, here: int, by: int) -> Passage | None:
    """Return the next passage of the queue, or the one before; first those that were gone back over."""
    seen = review.passed
    at = seen.index(here) if here in seen else len(seen)
    ahead = seen[at + 1 :] if by > 0 else seen[:at][::-1]
    back = (review.store.passages(review.coder, "p.id = :id", {"id": one}) for one in ahead)
    found = next(filter(None, back), None)
    if found:
        return found[0]
    return _next_to_learn(review, here) if by > 0 else None


def _step(review: Review, words: Words, asked: Asked, by: int, *, done: bool = False) -> Page:
    """Return the page with the next passage that the filter shows, or the same at the end.

    What was `done` to the passage that is left is told as what the one before is by now.
    """
    if asked.only == QUEUE:
        found = _along_queue(review, asked.passage, by)
    else:
        found = review.step(asked.passage, by, asked.only)
    here = review.passage(asked.passage)
    if found is None:
        told = _at_end(review, words, asked.only, by)
    elif asked.only != QUEUE and found.transcript != here.transcript:
        told = words("other_interview", name=found.transcript)
    else:
        told = ""
    said = _state(review, words, here, "said_before" if found else "said") if done else ""
    said = " ".join(filter(None, [said, told]))
    return Page(review, words, found or here, asked.only, said)


def _at_end(review: Review, words: Words, only: str, by: int) -> str:
    """Return what to say where a filter shows no more: what is left to decide, if anything is."""
    if by < 0:
        return words("at_start")
    if only not in ("all", "undecided", QUEUE):
        return words("at_end")
    left = review.undecided
    return words("at_end_left", left=words.counted(left, "passage")) if left else words("all_decided")


def _accept(review: Review, words: Words, asked: Asked) -> Page:
    focus = review.passage(asked.passage)
    if focus.decided:
        return _step(review, words, asked, 1)
    if review.blind:
        return Page(review, words, focus, asked.only, words("hidden_accept"))
    if focus.suggestion is None or focus.suggestion.answer is None:
        return Page(review, words, focus, asked.only, words("nothing_to_accept"))
    if asked.text("shown") != focus.suggestion.mark:
        return Page(review, words, focus, asked.only, words("suggestion_changed"))
    review.accept(focus.id)
    return _step(review, words, asked, 1, done=True)


def _state(review: Review, words: Words, passage: Passage, phrase: str = "said") -> str:
    return words(phrase, what=Page(review, words, passage).state(passage))


def _code(review: Review, words: Words, asked: Asked) -> Page:
    """Add a code to a passage, or take it away if it is there; the first takes the place of none."""
    focus, code = review.passage(asked.passage), asked.text("code")
    given = focus.decision.codes if focus.decision.status == CODES else ()
    kept = [one for one in given if one != code]
    codes = kept if code in given else [*given, code]
    new = review.decide(focus.id, codes) if codes else review.clear(focus.id)
    return Page(review, words, new, asked.only, _state(review, words, new))


def _none(review: Review, words: Words, asked: Asked) -> Page:
    review.decide(asked.passage, act="none")
    return _step(review, words, asked, 1, done=True)


def _unsure(review: Review, words: Words, asked: Asked) -> Page:
    review.decide(asked.passage, unsure=True, act="unsure")
    return _step(review, words, asked, 1, done=True)


def _clear(review: Review, words: Words, asked: Asked) -> Page:
    new = review.clear(asked.passage)
    return Page(review, words, new, asked.only, _state(review, words, new))


def _undo(review: Review, words: Words, asked: Asked) -> Page:
    undone = review.undo()
    changed = [event.on_passage for event in undone]
    focus = still(review, *filter(None, changed), asked.passage)
    said = "undone" if undone else "nothing_to_undo"
    if any(event.act == NEGOTIATED for event in undone):
        said = "undone_settling"
    return Page(review, words, focus, asked.only, words(said))


def still(review: Review, *passages: int) -> Passage | None:
    """Return the first of some passages that there is; else the one where it lay."""
    for passage in passages:
        found = review.store.passages(review.coder, "p.id = :id", {"id": passage})
        if found:
            return found[0]
    for passage in passages:
        rows = review.store.rows("SELECT number, start FROM passages WHERE id = ?", [passage])
        if rows:
            return review.store.at(review.coder, rows[0][0], rows[0][1])
    return review.first()


def _merge(review: Review, words: Words, asked: Asked) -> Page:
    new = review.merge(asked.passage)
    return Page(review, words, new, asked.only, _state(review, words, new))


def _split(review: Review, words: Words, asked: Asked) -> Page:
    new = review.split(asked.passage, int(asked.number("position")))
    return Page(review, words, new, asked.only, _state(review, words, new))


def _mark(review: Review, words: Words, asked: Asked) -> Page:
    name = review.passage(asked.passage).transcript
    new = review.mark(name, int(asked.number("start")), int(asked.number("end")))
    if code := asked.text("code"):
        new = review.decide(new.id, [code])
    return Page(review, words, new, asked.only, _state(review, words, new))


def _memo(review: Review, words: Words, asked: Asked) -> Page:
    review.memo(asked.text("target"), asked.text("text").strip())
    return _shown(review, words, asked, words("saved"))


def _accept_above(review: Review, words: Words, asked: Asked) -> Page:
    probability = asked.number("probability")
    if asked.text("shown") != bulk_mark(review.acceptable(probability)):
        said = words("bulk_changed")
    else:
        said = words("bulk_done", n=review.accept_above(probability))
    return Page(review, words, still(review, asked.passage), asked.only, said)


def _shown(review: Review, words: Words, asked: Asked, said: str = "") -> Page:
    """Return the page with the passage that is in focus, or where it lay."""
    return page_for(review, words, asked.passage or None, asked.only, said)


def _filter(review: Review, words: Words, asked: Asked) -> Page:
    review.passed.clear()
    return page_for(review, words, None, asked.only)


def _interview(review: Review, words: Words, asked: Asked) -> Page:
    """Show an interview at its first undecided passage, or at its first."""
    name = asked.text("name")
    if name not in review.store.names:
        raise MestringError(f"there is no interview {name!r}")
    focus = review.first("undecided", name) or review.first("all", name)
    return Page(review, words, focus, "all")


def _queue(review: Review, words: Words, asked: Asked) -> Page:
    focus = _next_to_learn(review, asked.passage)
    said = "" if focus else _at_end(review, words, QUEUE, 1)
    return Page(review, words, focus or still(review, asked.passage), asked.only, said)


ACTS: dict[str, Callable[[Review, Words, Asked], Page]] = {
    "accept": _accept,
    "code": _code,
    "none": _none,
    "unsure": _unsure,
    "clear": _clear,
    "next": lambda review, words, asked: _step(review, words, asked, 1),
    "previous": lambda review, words, asked: _step(review, words, asked, -1),
    "undo": _undo,
    "merge": _merge,
    "split": _split,
    "mark": _mark,
    "memo": _memo,
    "accept_above": _accept_above,
    "show": _shown,
    "filter": _filter,
    "interview": _interview,
    "queue": _queue,
}
"""What the page can ask for, by name."""


def act(review: Review, words: Words, asked: Asked) -> Page:
    """Apply what the page asks for, and return what it shows then.

    Raises
    ------
    MestringError
        There is no such act or passage, or it cannot be done.
    """
    if asked.act not in ACTS:
        raise MestringError(f"unknown act {asked.act!r:.40}", hint=f"Known: {', '.join(ACTS)}.")
    return ACTS[asked.act](review, words, asked)
