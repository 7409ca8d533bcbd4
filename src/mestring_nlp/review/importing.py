"""Take codings that were made elsewhere into a review, each coder's under their own name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from mestring_nlp.coded_file import CodedFile
from mestring_nlp.errors import MestringError
from mestring_nlp.review.events import CODES, GONE, IMPORT, NO_CODE, UNSURE, Change, Decision
from mestring_nlp.review.opening import same_codes
from mestring_nlp.review.partition import Piece, cut_out, within_turns
from mestring_nlp.spans import CodedSpan, Span, check_span, cut_overlaps
from mestring_nlp.text import counted

if TYPE_CHECKING:
    from mestring_nlp.review.review import Review


def read_codings(review: Review, file: CodedFile) -> list[str]:
    """Add the codings of a file's people for the review's transcripts; see `Review.read_codings`.

    A coder who is in the review already keeps what is there. Models are left out: the review has their
    suggestions. Spans are cut where turns end. Notes on codings become memos on passages.

    Parameters
    ----------
    review : Review
    file : CodedFile

    Returns
    -------
    list of str
        The coders added.

    Raises
    ------
    MestringError
        A row does not fit its transcript, or none is of the review's transcripts.
    """
    found = file.resolved(review.codebook)
    if found.book is not None:
        meant = same_codes(found.book, review.codebook)
        found = replace(
            found,
            rows=tuple(
                replace(
                    row, span=replace(row.span, codes=frozenset(meant.get(c, c) for c in row.span.codes))
                )
                for row in found.rows
            ),
        )
    machines = found.machines
    known = {name: review.store.transcript(name) for name in review.store.names}
    found.check(known, (*review.codebook.ids, *review.gone))
    rows = [row for row in found.rows if row.span.transcript in known]
    left = {
        coder: [span for span in spans if span[0] in known]
        for coder, spans in found.left.items()
        if coder not in machines
    }
    if not rows and not any(left.values()):
        raise MestringError(
            "none of its transcripts are in the review",
            place=file.place,
            hint=f"The review has: {', '.join(review.store.names)}.",
        )
    present, added = review.store.coders, []
    people = [row.coder for row in rows if row.coder not in machines]
    for coder in dict.fromkeys([*people, *(coder for coder, spans in left.items() if spans)]):
        if coder in present:
            review.notes.append(
                f"{coder!r} has coded here already; codings of that name were not read again"
            )
            continue
        codes: dict[Span, set[str]] = {}
        notes: dict[Span, dict[str, None]] = {}
        for row in rows:
            if row.coder == coder:
                check_span(row.span, known[row.span.transcript].text, place=row.place)
                span = (row.span.transcript, row.span.start, row.span.end)
                codes.setdefault(span, set()).update(row.span.codes)
                if row.note.strip():
                    notes.setdefault(span, {})[row.note.strip()] = None
        pieces = cut_overlaps(codes)
        unsure = dict.fromkeys(left.get(coder, ()), ())
        for name, start, end in unsure:
            check_span(CodedSpan(name, start, end, frozenset()), known[name].text, place=found.place)
        # What is coded too, on some line, is not left open.
        doubtful = [
            span
            for span in cut_overlaps(unsure)
            if not any(span[0] == o[0] and span[1] < o[2] and o[1] < span[2] for o in pieces)
        ]
        _add(review, coder, pieces, notes, doubtful)
        said = f", and {counted(len(doubtful), 'passage')} left unsure," if doubtful else ""
        review.notes.append(
            f"{counted(len(pieces), 'coding')}{said} by {coder!r} read from {file.place}"
        )
        added.append(coder)
    return added


def _add(
    review: Review,
    coder: str,
    spans: Mapping[Span, frozenset[str]],
    notes: Mapping[Span, Iterable[str]],
    unsure: Iterable[Span] = (),
) -> None:
    store, order = review.store, (*review.codebook.ids, *review.gone)
    numbers = set()
    with store.transaction():
        changes: list[Change] = []
        decisions = dict.fromkeys(unsure, Decision(UNSURE))
        for span, given in spans.items():
            codes = tuple(code for code in order if code in given)
            decisions[span] = Decision(CODES, codes) if codes else Decision(NO_CODE)
        for (name, start, end), decision in decisions.items():
            transcript, number = store.transcript(name), store.names.index(name)
            numbers.add(number)
            for begin, stop in within_turns(transcript, start, end):
                changes += place_decision(review, coder, name, begin, stop, decision)
        memos: dict[str, list[str]] = {}
        for (name, start, _), texts in notes.items():
            passage = store.at(coder, store.names.index(name), start)
            if passage is not None:
                memos.setdefault(f"passage:{passage.id}", []).extend(texts)
        for target, listed in memos.items():
            changes.append(Change(None, "", "\n".join(dict.fromkeys(listed)), target))
        if changes:
            store.add_events(changes, coder=coder, by=coder, act=IMPORT)
    review.touch(numbers)


def place_decision(
    review: Review, coder: str, name: str, start: int, end: int, decision: Decision
) -> list[Change]:
    """Return the changes that decide on a span, within a transaction; passages are cut where it ends.

    The state is brought up to date at once, so that the next span sees it.
    """
    store = review.store
    touched = store.passages(
        coder,
        "p.number = :number AND p.start < :end AND p.end > :start",
        {"number": store.names.index(name), "start": start, "end": end},
    )
    piece, left = cut_out(store.transcript(name), touched, start, end)
    same = next((p for p in touched if (p.start, p.end) == (piece.start, piece.end)), None)
    if same is not None:
        changes = [Change.decision(same.id, same.decision, decision)]
    else:
        whole = Piece(piece.turn, piece.start, piece.end, decision, piece.source)
        pieces = [whole, *left]
        ids = store.add_passages(name, [(p.turn, p.start, p.end) for p in pieces], base=False)
        changes = [Change.decision(p.id, p.decision, Decision(GONE)) for p in touched]
        for made, new in zip(ids, pieces, strict=True):
            if new.source is not None:
                store.copy_suggestion(new.source, made)
            changes.append(Change.decision(made, Decision(GONE), new.decision))
    for change in changes:
        store.apply(coder, change)
    return changes
