"""Suggestions as rows: CSV for spreadsheets, JSON Lines for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mestring_nlp.suggestion import Suggestion
from mestring_nlp.text import cell

_FIELDS = (
    "transcript", "turn", "speaker", "start", "end", "question", "text", "codes", "abstained",
    "prediction_set",
)  # fmt: skip


def rows(suggestions: Iterable[Suggestion]) -> Iterator[dict[str, Any]]:
    """Give one flat row a passage.

    Parameters
    ----------
    suggestions : iterable of Suggestion

    Yields
    ------
    dict
        ``transcript, turn, speaker, start, end, question, text, codes, abstained,
        prediction_set`` and ``p_<code>`` for every code, ``p_none`` for no code. Turns count from 1;
        ``start`` and ``end`` are code points of the canonical text; codes are joined with ``;``,
        most probable first, and so are the prediction_set ones, where ``none`` stands for no code.
    """
    for suggestion in suggestions:
        segment = suggestion.segment
        yield {
            "transcript": segment.transcript,
            "turn": segment.turn,
            "speaker": segment.speaker,
            "start": segment.start,
            "end": segment.end,
            "question": segment.question,
            "text": segment.text,
            "codes": ";".join(suggestion.codes),
            "abstained": suggestion.abstained,
            "prediction_set": ";".join(code or "none" for code in suggestion.prediction_set),
            **{f"p_{code}": round(p, 4) for code, p in suggestion.probabilities.items()},
            "p_none": round(suggestion.no_code, 4),
        }


def csv_table(suggestions: Iterable[Suggestion], codes: Sequence[str], *, header: bool = True) -> bytes:
    """Give the rows as CSV in UTF-8.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front.

    Parameters
    ----------
    suggestions : iterable of Suggestion
    codes : sequence of str
        The model's codes, for the columns.
    header : bool, default True
        Whether the first row names the columns.
    """
    buffer = io.StringIO(newline="")
    fields = [*_FIELDS, *(f"p_{code}" for code in codes), "p_none"]
    writer = csv.DictWriter(buffer, fields, lineterminator="\n")
    if header:
        writer.writeheader()
    for row in rows(suggestions):
        row["abstained"] = "true" if row["abstained"] else "false"
        writer.writerow({key: cell(value) for key, value in row.items()})
    return buffer.getvalue().encode()


def json_lines(suggestions: Iterable[Suggestion]) -> bytes:
    """Give the rows as JSON Lines in UTF-8; texts stand exactly as in the transcript."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows(suggestions))
    return "".join(lines).encode()
