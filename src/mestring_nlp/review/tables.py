"""The pages beside the interview: agreement and negotiation, the audit trail, and what is exported."""

from __future__ import annotations

import json
import math
from collections import Counter, deque
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from mestring_nlp.comparison import FEWEST_INTERVIEWS
from mestring_nlp.errors import MestringError
from mestring_nlp.review import negotiation, trail
from mestring_nlp.review.events import DECISION, GONE, NO_CODE, UNDECIDED, UNSURE
from mestring_nlp.review.exports import EXPORTS, OTHERS, word
from mestring_nlp.review.review import Review
from mestring_nlp.review.views import Page
from mestring_nlp.review.words import Words
from mestring_nlp.training_data import ADJUDICATED
from mestring_nlp.wording import comma

_SHOWN = 500
_STATES = {
    **{status: status for status in (UNDECIDED, NO_CODE, UNSURE)},
    GONE: "no_longer",
    "abstained": "machine_unsure",
}
"""What a trail says in place of codes, and the words for it."""

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def agreement_page(review: Review, words: Words, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page of agreement shows of two coders, the first two if none are named."""
    page = Page(review, words, None)
    shown: dict[str, Any] = {"page": page, "rows": [], "differences": [], "open": "", "basis": []}
    if review.hidden:
        return shown | {"coders": [], "problem": closed(review, words)}
    coders = negotiation.coders_to_compare(review)
    people = [coder for coder in coders if coder != ADJUDICATED]
    first, second = [*people, "", ""][:2]
    a, b = asked.get("a", first), asked.get("b", second)
    shown |= {"coders": coders, "a": a, "b": b, "problem": ""}
    if a == b or not {a, b} <= set(coders):
        return shown | {"problem": words("too_few")}
    shown["settled_by"] = {
        name: negotiation.settled_between(review, name) for name in review.store.names
    }
    shown["settles"] = negotiation.theirs(review, a, b)
    shown["differences"] = negotiation.differences(review, a, b)
    shown["open"] = left_open(review, words, shown["differences"], shown["settles"])
    try:
        comparison = negotiation.compared(review, a, b)
    except MestringError:  # too little for figures, though there may be differences
        return shown | {"problem": words("too_few")}

    def figure(value: float) -> str:
        text = "–" if math.isnan(value) else f"{value:.2f}"
        return comma(text) if words.language == "nb" else text

    rows = [
        (
            page.name(row.code) if row.code else words("all_codes"),
            row.a,
            row.b,
            figure(row.kappa),
            "–" if math.isnan(row.low) else f"{figure(row.low)} – {figure(row.high)}",
            figure(row.ac1),
        )
        for row in (comparison.pooled, *comparison.rows)
    ]
    passages = words.counted(comparison.units, "passage")
    interviews = words.counted(comparison.interviews, "interview")
    basis = [words("basis", passages=passages, interviews=interviews)]
    if comparison.interviews < FEWEST_INTERVIEWS:
        basis.append(words("few_interviews"))
    return shown | {"rows": rows, "basis": basis}


def closed(review: Review, words: Words) -> str:
    """Return why a blind coder does not see yet what others decided."""
    return words("blind_closed", left=words.counted(review.hidden, "passage"))


def left_open(
    review: Review, words: Words, differences: list[negotiation.Difference], names: Collection[str]
) -> str:
    """Return which of some interviews have differences that are not settled; empty if none has."""
    count = Counter(d.transcript for d in differences if d.decided is None and d.transcript in names)
    listed = ", ".join(f"{name} ({words.counted(n, 'difference')})" for name, n in sorted(count.items()))
    return words("left_open", names=listed) if listed else ""


def settle(review: Review, words: Words, values: Mapping[str, Any]) -> str:
    """Decide a difference as the page asks, or leave it open, and return which others are left open."""
    if review.hidden:
        raise MestringError(closed(review, words))
    texts = {name: values.get(name) for name in ("a", "b", "transcript", "reason")}
    codes, start, end = values.get("codes"), values.get("start"), values.get("end")
    if (
        not all(isinstance(text, str) for text in texts.values())
        or not isinstance(codes, list)
        or not all(isinstance(code, str) for code in codes)
        or not (isinstance(start, int) and isinstance(end, int))
    ):
        raise MestringError("the difference is not told in full")
    a, b, name, reason = (str(texts[key]) for key in ("a", "b", "transcript", "reason"))
    withdrawn = values.get("withdraw") is True
    if not withdrawn and bool(codes) == (values.get("none") is True):
        raise MestringError(words("choose_none" if codes else "choose_code"))
    if not withdrawn and not reason.strip():
        raise MestringError(words("reason_missing"))
    try:
        if withdrawn:
            negotiation.withdraw(review, a, b, name, start, end)
        else:
            negotiation.settle(review, a, b, name, start, end, codes, reason)
    except negotiation.NoDifferenceError as error:
        raise MestringError(words("difference_gone")) from error
    return left_open(
        review, words, negotiation.differences(review, a, b), negotiation.theirs(review, a, b)
    )


def trail_page(review: Review, words: Words) -> dict[str, Any]:
    """Return what the page of the audit trail shows: counts, and the latest events."""
    page = Page(review, words, None)
    shown: dict[str, Any] = {"page": page, "problem": "", "verdicts": trail.VERDICTS}
    if review.hidden:
        return shown | {"problem": closed(review, words)}
    latest = reversed(deque(trail.trail(review.store), _SHOWN))
    lines = [
        {
            "when": f"{datetime.fromisoformat(entry.time).astimezone():%Y-%m-%d %H:%M:%S}",
            "by": entry.by if entry.coder in (entry.by, ADJUDICATED) else f"{entry.by} ({entry.coder})",
            "place": _place(page, entry),
            "what": words.get(f"act_{entry.act}", entry.act),
            "before": _said(page, entry, entry.before),
            "after": _said(page, entry, entry.after),
            "suggested": _names(page, entry.suggested),
            "probability": entry.probability,
            "verdict": words(f"verdict_{entry.verdict}") if entry.verdict else "",
            "note": entry.note,
        }
        for entry in latest
    ]
    return shown | {"summary": trail.summary(review.store), "entries": lines, "at_most": _SHOWN}


def _place(page: Page, entry: trail.Entry) -> str:
    """Return what an event is about, in words."""
    if entry.start is not None:
        return f"{entry.transcript} {entry.start}–{entry.end}"
    kind, _, name = entry.transcript.partition(":")
    return f"{page.words('code')}: {page.name(name)}" if kind == "code" else name


def _said(page: Page, entry: trail.Entry, text: str) -> str:
    """Return the state before or after an event in words; a memo's text, or a pair, as it is."""
    if entry.target != DECISION:
        return " – ".join(json.loads(text)) if entry.act == negotiation.NEGOTIATED and text else text
    return _names(page, text)


def _names(page: Page, text: str) -> str:
    """Return codes, or what stands in their place, by the names that the pages give them."""
    if text in _STATES:
        return page.words(_STATES[text])
    return ", ".join(page.name(code) for code in text.split(";")) if text else ""


def export(review: Review, words: Words, name: str) -> tuple[bytes, str]:
    """Return a file of the review by name, and its type.

    Raises
    ------
    MestringError
        There is no such file, or it would show a blind coder what others decided.
    """
    if name in OTHERS and review.hidden:
        raise MestringError(closed(review, words))
    if name in EXPORTS:
        make, kind = EXPORTS[name]
        return make(review), kind
    interview = name.removesuffix(".docx")
    if name.endswith(".docx") and interview in review.store.names:
        return word(review, interview), _WORD
    raise MestringError(f"there is no file {name!r}", hint=f"There are: {', '.join(EXPORTS)}.")
