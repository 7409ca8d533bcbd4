"""Take codings that were made elsewhere into a review, each coder's under their own name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mestring_nlp.coded_file import CodedFile
from mestring_nlp.errors import MestringError
from mestring_nlp.review.events import CODES, GONE, IMPORT, NO_CODE, UNSURE, Change, Decision
from mestring_nlp.review.opening import same_codes
from mestring_nlp.review.partition import Piece, cut_out, within_turns
from mestring_nlp.spans import CodedSpan, Span, check_span, cut_overlaps
from mestring_nlp.text import counted
from mestring_nlp.transcript import Memo

if TYPE_CHECKING:
    from mestring_nlp.review.review import Review

_TOLD = 5
"""So many places of codings that differ are named."""


def read_codings(review: Review, file: CodedFile) -> list[str]:
    """Add the codings of a file's people for the review's transcripts; see `Review.read_codings`.

    What a coder has decided here stays; where the file says otherwise, the notes of the review tell.
    Models are left out. Spans are cut where turns end. Notes on codings become
    memos on passages.

    Parameters
    ----------
    review : Review
    file : CodedFile

    Returns
    -------
    list of str
        The coders of whom anything was added.

    Raises
    ------
    MestringError
        A row does not fit its transcript, or none is of the review's transcripts.
    """
    found = file.resolved(review.codebook)
    meant = same_codes(found.book, review.codebook) if found.book is not None else {}
    rows = [
        replace(row, span=replace(row.span, codes=frozenset(meant.get(c, c) for c in row.span.codes)))
        for row in found.rows
    ]
    known = {name: review.store.transcript(name) for name in review.store.names}
    order = (*review.codebook.ids, *review.gone)
    replace(found, rows=tuple(rows)).check(known, order)
    told: dict[str, _Told] = {}
    for row in rows:
        if row.span.transcript in known:
            span = (row.span.transcript, row.span.start, row.span.end)
            of = told.setdefault(row.coder, _Told())
            of.codes.setdefault(span, set()).update(row.span.codes)
            of.memos.append(Memo(row.coder, row.note.strip(), *span))
    for coder, spans in found.left.items():
        for span in spans:
            if span[0] in known:
                check_span(CodedSpan(*span, frozenset()), known[span[0]].text, place=found.place)
                told.setdefault(coder, _Told()).unsure.append(span)
    for memo in found.memos:
        code = meant.get(memo.code, memo.code)
        if memo.transcript in known or code in order:
            told.setdefault(memo.coder, _Told()).memos.append(replace(memo, code=code))
    people = {coder: of for coder, of in told.items() if coder not in found.machines}
    if not people:
        raise MestringError(
            "none of its transcripts are in the review",
            place=file.place,
            hint=f"The review has: {', '.join(review.store.names)}.",
        )
    added = [_add(review, coder, of, file.place) for coder, of in people.items()]
    return [coder for coder, any_of in zip(people, added, strict=True) if any_of]


@dataclass
class _Told:
    """What a file tells of one coder."""

    codes: dict[Span, set[str]] = field(default_factory=dict)
    unsure: list[Span] = field(default_factory=list)
    memos: list[Memo] = field(default_factory=list)

    def decisions(self, order: Sequence[str]) -> dict[Span, Decision]:
        """Return what the coder decided, by span; what is coded too, on some line, is not left open."""
        pieces = cut_overlaps(self.codes)
        decisions = {
            span: Decision(UNSURE)
            for span in cut_overlaps(dict.fromkeys(self.unsure, ()))
            if not any(span[0] == o[0] and span[1] < o[2] and o[1] < span[2] for o in pieces)
        }
        for span, given in pieces.items():
            codes = tuple(code for code in order if code in given)
            decisions[span] = Decision(CODES, codes) if codes else Decision(NO_CODE)
        return decisions


def _add(review: Review, coder: str, told: _Told, place: str) -> bool:
    """Add what a file tells of a coder as one step, note it, and return whether anything was new."""
    store, order = review.store, (*review.codebook.ids, *review.gone)
    counts: Counter[str] = Counter()
    differ: list[str] = []
    changes: list[Change] = []
    with store.transaction():
        for (name, start, end), decision in told.decisions(order).items():
            for begin, stop in within_turns(store.transcript(name), start, end):
                made, differs = _undecided_parts(review, coder, name, begin, stop, decision)
                changes += made
                counts[decision.status] += bool(made)
                differ += [f"{name} {begin}-{stop}"] if differs else []
        memos = _memo_changes(review, coder, told.memos)
        if changes or memos:
            store.add_events([*changes, *memos], coder=coder, by=coder, act=IMPORT)
    review.touch(range(len(store.names)))
    said = [
        counted(counts[CODES] + counts[NO_CODE], "coding"),
        *([f"{counted(counts[UNSURE], 'passage')} left unsure"] if counts[UNSURE] else []),
        *([counted(len(memos), "memo")] if memos else []),
    ]
    review.notes.append(f"{', '.join(said)} by {coder!r} read from {place}")
    if differ:
        more = " ..." if len(differ) > _TOLD else ""
        review.notes.append(
            f"{counted(len(differ), 'coding')} by {coder!r} differ there from what is decided here, "
            f"which stays ({', '.join(differ[:_TOLD])}{more})"
        )
    return bool(changes or memos)


def _undecided_parts(
    review: Review, coder: str, name: str, start: int, end: int, decision: Decision
) -> tuple[list[Change], bool]:
    """Return the changes that decide on what is undecided of a span, and whether the rest differs."""
    touched = review.store.touching(coder, name, start, end)
    decided = [p for p in touched if p.decided]
    if not decided:
        return place_decision(review, coder, name, start, end, decision), False
    changes: list[Change] = []
    for p in touched:
        if not p.decided:
            begin, stop = max(start, p.start), min(end, p.end)
            changes += place_decision(review, coder, name, begin, stop, decision)
    same = (decision.status, set(decision.codes))
    return changes, any((p.decision.status, set(p.decision.codes)) != same for p in decided)


def _memo_changes(review: Review, coder: str, memos: Iterable[Memo]) -> list[Change]:
    """Return the changes that add memos to those that the coder has."""
    texts: dict[str, list[str]] = {}
    for memo in memos:
        target = f"code:{memo.code}" if memo.code else f"interview:{memo.transcript}"
        if memo.end:
            number = review.store.names.index(memo.transcript)
            passage = review.store.at(coder, number, memo.start)
            target = f"passage:{passage.id}" if passage else target
        if memo.text:
            texts.setdefault(target, []).append(memo.text)
    changes = []
    for target, listed in texts.items():
        before = review.store.memo(coder, target)
        new = [text for text in dict.fromkeys(listed) if text not in before]
        if new:
            changes.append(Change(None, before, "\n".join(filter(None, [before, *new])), target))
    return changes


def place_decision(
    review: Review, coder: str, name: str, start: int, end: int, decision: Decision
) -> list[Change]:
    """Return the changes that decide on a span, within a transaction; passages are cut where it ends.

    The state is brought up to date at once, so that the next span sees it.
    """
    store = review.store
    touched = store.touching(coder, name, start, end)
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
