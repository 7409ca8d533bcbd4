"""Two coders' differences, the worst first, and what they agree on in the end.

The result is a third coder, `ADJUDICATED`, whom training data prefers; both coders' own codings stay.
Kept is only what was settled, and between whom; what the two agree on follows from what they say now.
An interview is settled between two coders: whoever settled a difference in it first, until all that was
settled in it is withdrawn.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from mestring_nlp.agreement import masi_distance
from mestring_nlp.code_names import check_code
from mestring_nlp.coded_file import Codings
from mestring_nlp.comparison import Comparison, compare
from mestring_nlp.errors import MestringError
from mestring_nlp.review.codings_file import Standing, codings_of
from mestring_nlp.review.events import CODES, NO_CODE, Change, Decision
from mestring_nlp.review.importing import place_decision
from mestring_nlp.review.partition import within_turns
from mestring_nlp.review.passages import Passage
from mestring_nlp.spans import CodedSpan, Span
from mestring_nlp.training_data import ADJUDICATED
from mestring_nlp.transcript import MACHINE, Transcript
from mestring_nlp.units import Unit, common_units

if TYPE_CHECKING:
    from mestring_nlp.review.folder import ReviewFolder
    from mestring_nlp.review.review import Review

NEGOTIATED = "negotiate"
_PAIR = "pair:"
"""The target, with an interview's name, of the events that say between whom it is settled."""


class NoDifferenceError(MestringError):
    """What is to be settled is no difference of two coders, or is no longer theirs to settle."""


@dataclass(frozen=True)
class Difference:
    """A stretch of text to which two coders gave different codes.

    Attributes
    ----------
    transcript : str
    start, end : int
    text : str
    a, b : tuple of str
        Each coder's codes, in codebook order; empty for no code.
    decided : Decision or None
        What they decided, if they have.
    """

    transcript: str
    start: int
    end: int
    text: str = field(repr=False)
    a: tuple[str, ...]
    b: tuple[str, ...]
    decided: Decision | None = None


def coder_codings(review: ReviewFolder, coder: str, name: str = "") -> Codings:
    """Return what a coder of the review decided, or a model suggested, to be compared.

    Parameters
    ----------
    review : Review
    coder : str
        A person, or a name that begins as models' do for the suggestions of the passages that the
        review's coder has.
    name : str, optional
        The interview; all if left out.

    Returns
    -------
    Codings
    """
    found: dict[Span, set[str]] = {}
    left: list[Span] = []
    if coder.startswith(MACHINE):
        number = review.store.names.index(name) if name else None
        where = "s.passage IS NOT NULL AND (:number IS NULL OR p.number = :number)"
        for passage in review.store.passages(review.coder, where, {"number": number}):
            span = (passage.transcript, passage.start, passage.end)
            said = passage.suggestion
            if said is None or (review.blind and not passage.decided):
                continue
            if said.decision == "abstained":
                left.append(span)
            else:
                found[span] = set(said.codes)
    else:
        for coding in codings_of(review.store, coder, name, _standing(review, coder)):
            span = (coding.transcript, coding.start, coding.end)
            found.setdefault(span, set()).update({coding.code} - {""})
    spans = tuple(
        CodedSpan(*span, frozenset(codes), review.store.transcript(span[0]).text[span[1] : span[2]])
        for span, codes in sorted(found.items())
    )
    return Codings(coder, spans, place=str(review.folder), codebook=review.codebook, left=tuple(left))


def coders_to_compare(review: Review) -> list[str]:
    """Return who can be compared: the people who decided, and the model that suggested most."""
    models = Counter(
        {
            row[0]: row[1]
            for row in review.store.rows("SELECT model, count(*) FROM suggestions GROUP BY 1")
        }
    )
    return [*review.store.coders, *(name for name, _ in models.most_common(1))]


def _standing(review: ReviewFolder, coder: str) -> Standing:
    """Return what stands for both coders; of any other coder, nothing does."""
    return partial(adjudicated, review) if coder == ADJUDICATED else lambda name: None


def compared(review: Review, a: str, b: str) -> Comparison:
    """Compare two coders of a review; see `mestring_nlp.comparison.compare`."""
    one, other = coder_codings(review, a), coder_codings(review, b)
    return compare(_units(review, one, other), one, other)


def _units(review: ReviewFolder, one: Codings, other: Codings) -> list[Unit]:
    names = {span.transcript for span in one.spans} & {span.transcript for span in other.spans}
    return common_units(one, other, transcripts={name: review.store.transcript(name) for name in names})


def differences(review: Review, a: str, b: str) -> list[Difference]:
    """Return two coders' differences, the worst first, with what was decided on each.

    Parameters
    ----------
    review : Review
    a, b : str
        See `coder_codings`.

    Returns
    -------
    list of Difference
        In the order in which `mestring_nlp.comparison` lists them.
    """
    order = [*review.codebook.ids, *review.gone]
    settled = {name: _settled(review, name) for name in review.store.names}
    differing = [
        unit
        for unit in _units(review, coder_codings(review, a), coder_codings(review, b))
        if unit.a != unit.b
    ]
    differing.sort(key=lambda unit: (-masi_distance(unit.a, unit.b), unit.transcript, unit.start))
    return [
        Difference(
            unit.transcript,
            unit.start,
            unit.end,
            review.store.transcript(unit.transcript).text[unit.start : unit.end],
            tuple(code for code in order if code in unit.a),
            tuple(code for code in order if code in unit.b),
            _decided(
                review.store.transcript(unit.transcript), settled[unit.transcript], unit.start, unit.end
            ),
        )
        for unit in differing
    ]


def settle(
    review: Review,
    a: str,
    b: str,
    name: str,
    start: int,
    end: int,
    codes: Iterable[str],
    reason: str,
) -> None:
    """Decide a difference, as the coder `ADJUDICATED`.

    Parameters
    ----------
    review : Review
    a, b : str
        Whose difference it is.
    name : str
        The interview.
    start, end : int
    codes : iterable of str
        None for no code.
    reason : str
        A line, without which nothing is decided.

    Raises
    ------
    MestringError
        The reason is missing, or a code is unknown.
    NoDifferenceError
        The two coders have no such difference, or the interview is settled between two others.
    """
    order = [*review.codebook.ids, *review.gone]
    given = set(codes)
    for code in sorted(given):
        check_code(code, order, place=name)
    if not reason.strip():
        raise MestringError("the reason is missing", place=name, hint="Write a line on why.")
    with review.lock:
        _check_difference(review, a, b, name, start, end)
        chosen = tuple(code for code in order if code in given)
        decision = Decision(CODES if chosen else NO_CODE, chosen, " ".join(reason.split()))
        _keep(review, name, start, end, decision, (a, b))


def withdraw(review: Review, a: str, b: str, name: str, start: int, end: int) -> None:
    """Return a difference that was settled to being open; see `settle`."""
    with review.lock:
        _check_difference(review, a, b, name, start, end)
        _keep(review, name, start, end, Decision(), (a, b))


def _check_difference(review: Review, a: str, b: str, name: str, start: int, end: int) -> None:
    if name not in review.store.names:
        raise NoDifferenceError(f"there is no interview {name!r}")
    if a == b or not {a, b} <= set(coders_to_compare(review)) - {ADJUDICATED}:
        raise NoDifferenceError(f"{a!r:.40} and {b!r:.40} are no two coders of the review")
    if name not in theirs(review, a, b):
        raise NoDifferenceError(
            f"it is settled between {' and '.join(map(repr, settled_between(review, name)))}",
            place=name,
            hint="Withdraw what they settled in it, or settle their differences.",
        )
    if (name, start, end) not in {(d.transcript, d.start, d.end) for d in differences(review, a, b)}:
        raise NoDifferenceError(
            f"{start!s:.20}-{end!s:.20} is no difference between {a!r} and {b!r}",
            place=name,
            hint="Load the page again: it lists the differences as they are now.",
        )


def _keep(
    review: Review, name: str, start: int, end: int, decision: Decision, pair: tuple[str, str]
) -> None:
    """Write what a difference is settled as, and between whom, as one step of the review's coder."""
    store, transcript = review.store, review.store.transcript(name)
    changes: list[Change] = []
    with store.transaction():
        for begin, stop in within_turns(transcript, start, end):
            changes += place_decision(review, ADJUDICATED, name, begin, stop, decision)
        said = json.dumps(pair, ensure_ascii=False) if _settled(review, name) else ""
        if said != (before := store.memo(ADJUDICATED, _PAIR + name)):
            changes.append(Change(None, before, said, _PAIR + name))
        store.add_events(changes, coder=ADJUDICATED, by=review.coder, act=NEGOTIATED, note=decision.note)
    review.touch(range(len(store.names)))


def settled_between(review: ReviewFolder, name: str) -> tuple[str, ...]:
    """Return the two coders whose differences in an interview were settled; empty where none was."""
    kept = review.store.memo(ADJUDICATED, _PAIR + name)
    return tuple(json.loads(kept)) if kept else ()


def theirs(review: ReviewFolder, a: str, b: str) -> set[str]:
    """Return the interviews that two coders may settle: those that no two others do."""
    if ADJUDICATED in (a, b):
        return set()
    return {name for name in review.store.names if {*settled_between(review, name)} <= {a, b}}


def adjudicated(review: ReviewFolder, name: str) -> list[Passage] | None:
    """Return what stands for both coders in an interview: what they agree on now, and what was settled.

    Parameters
    ----------
    review : Review
    name : str
        Where nothing was settled, the coders are those between whom most interviews were.

    Returns
    -------
    list of Passage or None
        Empty while a difference is left open; None where nothing was negotiated, so that what a coder
        called `ADJUDICATED` decided, if anything, stands as it is.
    """
    settled_by = settled_between(review, name)
    pair = settled_by or _usual_pair(review)
    if not pair:
        return None
    one, other = (coder_codings(review, coder, name) for coder in pair)
    if not one.spans or not other.spans:
        return [] if settled_by else None
    units, order = _units(review, one, other), [*review.codebook.ids, *review.gone]
    settled = _settled(review, name)
    transcript = review.store.transcript(name)
    found: list[tuple[int, int, Decision, str]] = []
    for unit in units:
        if unit.a == unit.b:
            codes = tuple(code for code in order if code in unit.a)
            decision = Decision(CODES, codes) if codes else Decision(NO_CODE)
            for start, end in within_turns(transcript, unit.start, unit.end):
                found.append((start, end, decision, ""))
        elif _decided(transcript, settled, unit.start, unit.end) is None:
            return []
    agreed = list(found)
    for passage in settled.values():  # where they agree by now, that stands
        if not any(start < passage.end and passage.start < end for start, end, *_ in agreed):
            found.append((passage.start, passage.end, passage.decision, passage.memo))
    return [
        Passage(
            0, name, transcript.turn_at(start) + 1, start, end, transcript.text[start:end], d, None, memo
        )
        for start, end, d, memo in sorted(found, key=lambda item: item[:2])
    ]


def _usual_pair(review: ReviewFolder) -> tuple[str, ...]:
    """Return the two coders between whom most interviews were settled, of several the first by name."""
    kept = review.store.rows(
        "SELECT text FROM memos WHERE coder = ? AND target LIKE ? AND text <> ''",
        [ADJUDICATED, f"{_PAIR}%"],
    )
    pairs = Counter(tuple(sorted(json.loads(row[0]))) for row in kept)
    return min(pairs, key=lambda pair: (-pairs[pair], pair), default=())


def _settled(review: ReviewFolder, name: str) -> dict[tuple[int, int], Passage]:
    """Return what was settled in an interview, by place."""
    found = review.store.passages(
        ADJUDICATED,
        "p.number = :number AND d.status IN ('codes', 'no_code')",
        {"number": review.store.names.index(name)},
    )
    return {(passage.start, passage.end): passage for passage in found}


def _decided(
    transcript: Transcript, settled: Mapping[tuple[int, int], Passage], start: int, end: int
) -> Decision | None:
    """Return what a difference was settled as; None if any of its turns was not."""
    pieces = [settled.get(place) for place in within_turns(transcript, start, end)]
    return pieces[0].decision if pieces and pieces[0] is not None and all(pieces) else None
