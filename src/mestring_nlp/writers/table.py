"""Write suggestions as rows: CSV for spreadsheets, JSON Lines for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.text import csv_bytes

NO_CODE = "no_code"
"""How rows name the answer "no code", where an id would stand for a code."""

_FIELDS = (
    "transcript", "turn", "speaker", "start", "end", "question", "text", "decision", "codes",
    "prediction_set",
)  # fmt: skip


ASKED_FIELDS = ("assistant", "assistant_codes", "assistant_reason", "assistant_weight", "untested")
"""Columns that there are only where a language model was asked too."""


def rows(interviews: Iterable[CodedInterview]) -> Iterator[dict[str, Any]]:
    """Yield one flat row for each passage.

    Parameters
    ----------
    interviews : iterable of CodedInterview

    Yields
    ------
    dict
        ``transcript, turn, speaker, start, end, question, text, decision, codes,
        prediction_set``, ``p_<code>`` for every code and ``p_no_code``. Turns count from 1;
        ``start`` and ``end`` are code points of the canonical text. ``decision`` is ``codes``,
        ``no_code`` or ``abstained``. ``codes`` and ``prediction_set`` are lists, most probable
        first; in the latter ``no_code`` stands for no code. Where a language model was asked,
        `ASKED_FIELDS` too: its name, the codes that it ranked, its sentence, and what its answer added
        to the log-odds of the most probable answer; none for a passage about which it gave no answer.
    """
    for interview in interviews:
        for suggestion in interview.suggestions:
            segment = suggestion.segment
            yield {
                "transcript": segment.transcript,
                "turn": segment.turn,
                "speaker": segment.speaker,
                "start": segment.start,
                "end": segment.end,
                "question": segment.question,
                "text": segment.text,
                "decision": suggestion.decision,
                "codes": list(suggestion.codes),
                "prediction_set": [code or NO_CODE for code in suggestion.prediction_set],
                **{f"p_{code}": round(p, 4) for code, p in suggestion.probabilities.items()},
                f"p_{NO_CODE}": round(suggestion.no_code, 4),
                **_asked(suggestion),
            }


def _asked(suggestion: Suggestion) -> dict[str, Any]:
    """Return what a language model said of a passage; nothing where none was asked."""
    reason = suggestion.reason
    if reason is None or not reason.assistant:
        return {}
    return {
        "assistant": reason.assistant,
        "assistant_codes": list(reason.assistant_codes) or [NO_CODE],
        "assistant_reason": reason.assistant_reason,
        "assistant_weight": round(reason.assistant_weight, 4),
        "untested": suggestion.untested,
    }


def csv_table(
    interviews: Iterable[CodedInterview], codes: Sequence[str], *, asked: bool = False
) -> bytes:
    """Return the rows as CSV in UTF-8, lists joined with ``;``.

    A cell that a spreadsheet would take for a formula gets an apostrophe in front.

    Parameters
    ----------
    interviews : iterable of CodedInterview
        The header is written even if there are none.
    codes : sequence of str
        The model's codes, for the columns.
    asked : bool, default False
        Whether a language model was asked too: then `ASKED_FIELDS` are columns.
    """
    fields = [*_FIELDS, *(f"p_{code}" for code in codes), f"p_{NO_CODE}"]
    fields += ASKED_FIELDS if asked else ()
    table = ([_joined(row.get(field, "")) for field in fields] for row in rows(interviews))
    return csv_bytes([fields, *table])


def _joined(value: Any) -> Any:
    return ";".join(value) if isinstance(value, list) else value


def json_lines(interviews: Iterable[CodedInterview]) -> bytes:
    """Return the rows as JSON Lines in UTF-8; texts are exactly as in the transcript."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows(interviews))
    return "".join(lines).encode()
