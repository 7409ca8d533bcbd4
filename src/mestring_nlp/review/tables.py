"""The pages beside the interview: agreement and negotiation, the audit trail, and what is exported."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any

from mestring_nlp.comparison import FEWEST_INTERVIEWS
from mestring_nlp.errors import MestringError
from mestring_nlp.review import negotiation, trail
from mestring_nlp.review.exports import EXPORTS, word
from mestring_nlp.review.review import Review
from mestring_nlp.review.views import Page
from mestring_nlp.review.words import Words
from mestring_nlp.training_data import ADJUDICATED
from mestring_nlp.wording import comma

_SHOWN = 500
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def agreement_page(review: Review, words: Words, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page of agreement shows of two coders, the first two if none are named."""
    coders = negotiation.coders_to_compare(review)
    people = [coder for coder in coders if coder != ADJUDICATED]
    first, second = [*people, "", ""][:2]
    a, b = asked.get("a", first), asked.get("b", second)
    page = Page(review, words, None)
    shown: dict[str, Any] = {"page": page, "coders": coders, "a": a, "b": b, "problem": ""}
    shown |= {
        "rows": [],
        "differences": [],
        "open": "",
        "basis": [],
        "settles": ADJUDICATED not in (a, b),
    }
    if a == b or not {a, b} <= set(coders):
        return shown | {"problem": words("too_few")}
    shown["differences"] = negotiation.differences(review, a, b)
    shown["open"] = left_open(review, words, shown["differences"])
    try:
        comparison = negotiation.compared(review, a, b)
    except MestringError as error:  # too little for figures, though there may be differences
        return shown | {"problem": f"{words('too_few')} ({error.problem})"}

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


def left_open(review: Review, words: Words, differences: list[negotiation.Difference]) -> str:
    """Return which interviews have differences that are not settled; empty if none has."""
    count = Counter(
        d.transcript for d in differences if d.decided is None and not review.standing(d.transcript)
    )
    listed = ", ".join(f"{name} ({words.counted(n, 'difference')})" for name, n in sorted(count.items()))
    return words("left_open", names=listed) if listed else ""


def settle(review: Review, words: Words, values: Mapping[str, Any]) -> str:
    """Decide a difference as the page asks, and return which interviews have others left."""
    texts = {name: values.get(name) for name in ("a", "b", "transcript", "reason")}
    codes, start, end = values.get("codes"), values.get("start"), values.get("end")
    if (
        not all(isinstance(text, str) for text in texts.values())
        or not isinstance(codes, list)
        or not all(isinstance(code, str) for code in codes)
        or not (isinstance(start, int) and isinstance(end, int))
    ):
        raise MestringError("the difference is not told in full")
    if bool(codes) == (values.get("none") is True):
        raise MestringError(words("choose_none" if codes else "choose_code"))
    a, b, name, reason = (str(texts[key]) for key in ("a", "b", "transcript", "reason"))
    negotiation.settle(review, a, b, name, start, end, codes, reason)
    return left_open(review, words, negotiation.differences(review, a, b))


def trail_page(review: Review, words: Words) -> dict[str, Any]:
    """Return what the page of the audit trail shows: counts, and the latest events."""
    latest = deque(trail.trail(review.store), _SHOWN)
    verdicts = {"accepted": "accepted", "changed": "altered", "rejected": "rejected", "own": "own"}
    return {
        "page": Page(review, words, None),
        "summary": trail.summary(review.store),
        "entries": list(reversed(latest)),
        "verdicts": {key: words(name) for key, name in verdicts.items()} | {"": ""},
    }


def export(review: Review, name: str) -> tuple[bytes, str]:
    """Return a file of the review by name, and its type.

    Raises
    ------
    MestringError
        There is no such file.
    """
    if name in EXPORTS:
        make, kind = EXPORTS[name]
        return make(review), kind
    interview = name.removesuffix(".docx")
    if name.endswith(".docx") and interview in review.store.names:
        return word(review, interview), _WORD
    raise MestringError(f"there is no file {name!r}", hint=f"There are: {', '.join(EXPORTS)}.")
