"""Suggestions as one more coder's codings, in the form in which people's codings are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from itertools import groupby

from mestring_nlp.suggestion import Suggestion
from mestring_nlp.text import cell

_FIELDS = ("transcript", "start", "end", "code", "coder", "note")


def codings_table(suggestions: Iterable[Suggestion], coder: str, *, header: bool = True) -> bytes:
    """Give the suggested codes as ``codings.csv``.

    Neighbouring passages of a turn with the same codes become one span. A passage that the machine
    left to a person is not coded.

    Parameters
    ----------
    suggestions : iterable of Suggestion
    coder : str
        The name that the codings bear.
    header : bool, default True
        Whether the first row names the columns.

    Returns
    -------
    bytes
        CSV in UTF-8 with the columns ``transcript,start,end,code,coder,note``: one row a span and
        code, an empty code for "no code fits"; the note holds the lowest probability joined.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    if header:
        writer.writerow(_FIELDS)
    runs = groupby(
        suggestions,
        lambda s: (s.segment.transcript, s.segment.turn, frozenset(s.codes), s.abstained),
    )
    for (transcript, _, _, abstained), run in runs:
        passages = list(run)
        if abstained:
            continue
        start, end = passages[0].segment.start, passages[-1].segment.end
        for code in passages[0].codes or ("",):
            least = min(s.probabilities[code] if code else s.no_code for s in passages)
            writer.writerow([cell(transcript), start, end, cell(code), cell(coder), f"p {least:.2f}"])
    return buffer.getvalue().encode()
