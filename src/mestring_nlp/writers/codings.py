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
