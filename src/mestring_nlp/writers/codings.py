"""Write suggestions as one more coder's codings, in the form in which people's codings are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.text import csv_bytes

_FIELDS = ("transcript", "start", "end", "code", "coder", "note", "decision")


def codings_table(interviews: Iterable[CodedInterview], coder: str) -> bytes:
    """Return the suggested codes as ``codings.csv``.

    Consecutive passages of a turn with the same codes are joined to one span. A passage that the
    machine left to a person has a row of its own, without a code, whose decision says so.

    Parameters
    ----------
    interviews : iterable of CodedInterview
        The header is written even if there are none.
    coder : str
        Who the codings are by, such as ``"mestring-nlp 0.1.0"``.

    Returns
    -------
    bytes
        CSV in UTF-8 with the columns ``transcript,start,end,code,coder,note,decision``: one row for
        each span and code. Where ``code`` is empty, ``decision`` is ``no_code`` or ``abstained``, else
        ``codes``; the note holds the lowest probability joined.
    """
    suggestions = (suggestion for interview in interviews for suggestion in interview.suggestions)
    return csv_bytes([_FIELDS, *_rows(suggestions, coder)])


def assistant_codings_table(interviews: Iterable[CodedInterview], coder: str) -> bytes:
    """Return what a language model answered, as the codings of a coder of its own.

    Parameters
    ----------
    interviews : iterable of CodedInterview
    coder : str
        Its name as a coder.

    Returns
    -------
    bytes
        As `codings_table`; the code that it ranked first is its coding, and its sentence the note. A
        passage about which it gave no answer is one that it left to a person.
    """
    given = (suggestion for interview in interviews for suggestion in interview.suggestions)
    return csv_bytes([_FIELDS, *(_answered(suggestion, coder) for suggestion in given)])


def _answered(suggestion: Suggestion, coder: str) -> tuple[Any, ...]:
    segment, reason = suggestion.segment, suggestion.reason
    place = segment.transcript, segment.start, segment.end
    if reason is None or not reason.assistant:
        return *place, "", coder, "", "abstained"
    code = next(iter(reason.assistant_codes), "")
    return *place, code, coder, reason.assistant_reason, "codes" if code else "no_code"


def _rows(suggestions: Iterable[Suggestion], coder: str) -> Iterator[tuple[Any, ...]]:
    same = groupby(
        suggestions,
        lambda s: (s.segment.transcript, s.segment.turn, frozenset(s.codes), s.decision),
    )
    for (transcript, _, _, decision), joined in same:
        passages = list(joined)
        if decision == "abstained":
            for left in passages:
                yield transcript, left.segment.start, left.segment.end, "", coder, "", decision
            continue
        start, end = passages[0].segment.start, passages[-1].segment.end
        for code in passages[0].codes or ("",):
            least = min(s.probabilities[code] if code else s.no_code for s in passages)
            yield transcript, start, end, code, coder, f"p {least:.2f}", decision
