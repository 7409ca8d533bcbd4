"""Write suggestions as one more coder's codings, in the form in which people's codings are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from itertools import groupby

from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.text import cell

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
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_FIELDS)
    suggestions = (suggestion for interview in interviews for suggestion in interview.suggestions)
    same = groupby(
        suggestions,
        lambda s: (s.segment.transcript, s.segment.turn, frozenset(s.codes), s.abstained),
    )
    for (transcript, _, _, abstained), joined in same:
        passages = list(joined)
        if abstained:
            for left in passages:
                span = (left.segment.start, left.segment.end)
                writer.writerow([cell(transcript), *span, "", cell(coder), "", "abstained"])
            continue
        start, end = passages[0].segment.start, passages[-1].segment.end
        for code in passages[0].codes or ("",):
            least = min(s.probabilities[code] if code else s.no_code for s in passages)
            said = (cell(code), cell(coder), f"p {least:.2f}", "codes" if code else "no_code")
            writer.writerow([cell(transcript), start, end, *said])
    return buffer.getvalue().encode()
