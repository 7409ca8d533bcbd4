"""Two coders' differences, the worst first, and what they agree on in the end.

The result is a third coder, `ADJUDICATED`, whom training data prefers; both coders' own codings stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mestring_nlp.agreement import masi_distance
from mestring_nlp.code_names import check_code
from mestring_nlp.coded_file import Codings
from mestring_nlp.comparison import Comparison, compare
from mestring_nlp.errors import MestringError
from mestring_nlp.review.codings_file import codings_of
from mestring_nlp.review.events import CODES, NO_CODE, Change, Decision
from mestring_nlp.review.importing import place_decision
from mestring_nlp.review.partition import within_turns
from mestring_nlp.spans import CodedSpan, Span
from mestring_nlp.training_data import ADJUDICATED
from mestring_nlp.transcript import MACHINE
from mestring_nlp.units import Unit, common_units

if TYPE_CHECKING:
    from mestring_nlp.review.review import Review

NEGOTIATED, AGREED = "negotiate", "agreed"


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


def coder_codings(review: Review, coder: str) -> Codings:
    """Return what a coder of the review decided, or a model suggested, to be compared.

    Parameters
    ----------
    review : Review
    coder : str
        A person, or a name that begins as models' do for the suggestions of the passages that the
        review's coder has.

    Returns
    -------
    Codings
    """
    found: dict[Span, set[str]] = {}
    left: list[Span] = []
    if coder.startswith(MACHINE):
        for passage in review.store.passages(review.coder, "s.passage IS NOT NULL"):
            span = (passage.transcript, passage.start, passage.end)
            said = passage.suggestion
            if said is None or (review.blind and not passage.decided):
                continue
            if said.decision == "abstained":
                left.append(span)
            else:
                found[span] = set(said.codes)
    else:
        for coding in codings_of(review.store, coder):
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


def compared(review: Review, a: str, b: str) -> Comparison:
    """Compare two coders of a review; see `mestring_nlp.comparison.compare`."""
    one, other = coder_codings(review, a), coder_codings(review, b)
    return compare(_units(review, one, other), one, other)


def _units(review: Review, one: Codings, other: Codings) -> list[Unit]:
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
    decided = {}
    for passage in review.store.passages(ADJUDICATED, "d.status IN ('codes', 'no_code')"):
        decided[passage.transcript, passage.start, passage.end] = passage.decision
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
            decided.get((unit.transcript, unit.start, unit.end)),
        )
        for unit in differing
    ]


def settle(review: Review, name: str, start: int, end: int, codes: Iterable[str], reason: str) -> None:
    """Decide a difference, as the coder `ADJUDICATED`.

    Parameters
    ----------
    review : Review
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
        The reason is missing, or a code or the interview is unknown.
    """
    order = [*review.codebook.ids, *review.gone]
    given = set(codes)
    for code in sorted(given):
        check_code(code, order, place=name)
    if not reason.strip():
        raise MestringError("the reason is missing", place=name, hint="Write a line on why.")
    if name not in review.store.names:
        raise MestringError(f"there is no interview {name!r}")
    chosen = tuple(code for code in order if code in given)
    decision = Decision(CODES if chosen else NO_CODE, chosen, " ".join(reason.split()))
    _decide(review, [(name, start, end, decision)], NEGOTIATED, decision.note)


def adopt(review: Review, a: str, b: str) -> int:
    """Copy what two coders agree on to the coder `ADJUDICATED`, and return how many passages."""
    one, other = coder_codings(review, a), coder_codings(review, b)
    order = [*review.codebook.ids, *review.gone]
    present = {
        (passage.transcript, passage.start, passage.end)
        for passage in review.store.passages(ADJUDICATED, "d.status IN ('codes', 'no_code')")
    }
    agreed = []
    for unit in _units(review, one, other):
        if unit.a == unit.b and (unit.transcript, unit.start, unit.end) not in present:
            codes = tuple(code for code in order if code in unit.a)
            decision = Decision(CODES, codes) if codes else Decision(NO_CODE)
            agreed.append((unit.transcript, unit.start, unit.end, decision))
    _decide(review, agreed, AGREED, f"{a} = {b}")
    return len(agreed)


def _decide(review: Review, spans: list[tuple[str, int, int, Decision]], act: str, note: str) -> None:
    changes: list[Change] = []
    with review.lock, review.store.transaction():
        for name, start, end, decision in spans:
            transcript = review.store.transcript(name)
            for begin, stop in within_turns(transcript, start, end):
                changes += place_decision(review, ADJUDICATED, name, begin, stop, decision)
        if changes:
            review.store.add_events(changes, coder=ADJUDICATED, by=review.coder, act=act, note=note)
    review.touch({review.store.names.index(name) for name, *_ in spans})
