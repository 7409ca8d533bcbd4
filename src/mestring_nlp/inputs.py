"""What a classifier may be given, checked and put into rows before anything is learned from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.errors import MestringError
from mestring_nlp.transcript import LoneQuestion, Segment

Array = npt.NDArray[np.float64]
FEWEST = 4
"""Coded passages that can be learned from."""


def segments(
    X: Any, questions: Sequence[str | None] | None = None, sequences: Sequence[str] | None = None
) -> list[Segment]:
    """Return segments of whatever holds passages.

    Parameters
    ----------
    X : sequence of Segment or of str, or DataFrame
        A DataFrame has the column ``text``, and may have ``question`` and ``sequence``.
    questions : sequence of str, optional
        The question that each passage answers; empty or None where there is none.
    sequences : sequence of str, optional
        The interview that each passage is part of; empty for one that stands alone.

    Raises
    ------
    MestringError
        Something is no text, or lengths differ.
    """
    if isinstance(X, str):
        raise MestringError("passages must be a list of texts, not one text", hint="Give it as [text].")
    if hasattr(X, "columns"):
        if "text" not in X.columns:
            raise MestringError(
                f"the table has no column 'text', only {', '.join(map(str, X.columns))}",
                hint="Rename the column that holds the passages.",
            )
        questions = X["question"] if questions is None and "question" in X.columns else questions
        sequences = X["sequence"] if sequences is None and "sequence" in X.columns else sequences
        X = X["text"]
    rows = [_segment(number, value) for number, value in enumerate(X)]
    if questions is not None:
        asked = column(questions, "questions", len(rows))
        rows = [replace(row, question=_text(q)) for row, q in zip(rows, asked, strict=True)]
    if sequences is not None:
        names = [_text(name) for name in column(sequences, "sequences", len(rows))]
        rows = [
            replace(row, transcript=name or row.transcript, turn=int(bool(name)))
            for row, name in zip(rows, names, strict=True)
        ]
    return rows


def _segment(number: int, value: Any) -> Segment:
    if isinstance(value, Segment):
        return value
    if not isinstance(value, str):
        raise MestringError(f"passage {number} is {type(value).__name__}, not a text")
    return Segment.alone(str(value))


def _text(value: Any) -> str:
    """A cell's text; empty for None and for pandas' NaN."""
    return str(value) if isinstance(value, str) else ""


def column(values: Iterable[Any], name: str, n: int) -> list[Any]:
    """Return a column of data as a list.

    Raises
    ------
    MestringError
        It does not have a value for each of the n passages.
    """
    given = [] if isinstance(values, str) else list(values)
    if len(given) != n:
        raise MestringError(f"{n} passages but {len(given)} {name}")
    return given


def targets(
    y: Any,
    rows: Sequence[Segment],
    lone_questions: Sequence[LoneQuestion],
    codes: Sequence[str] | None,
) -> tuple[tuple[str, ...], Array, Array]:
    """Return the codes, and indicator columns of passages and lone questions, last "no code".

    Parameters
    ----------
    y : sequence of collections of str, array of shape (n, n_codes), or None
        None for the codes that the segments carry. Of a sequence of strings, each is a code, and an
        empty one is none.
    rows : sequence of Segment
    lone_questions : sequence of LoneQuestion
    codes : sequence of str, optional
        All that occur, sorted, when left out.

    Raises
    ------
    MestringError
        Lengths differ, a code is unknown, or there are fewer than four passages or no code.
    """
    n = len(rows)
    if n < FEWEST:
        raise MestringError(
            f"{n} coded passages are too few to learn from, at least {FEWEST} are needed"
        )
    if y is None:
        if any(row.codes is None for row in rows):
            raise MestringError("nobody coded some of the segments", hint="Give the codes as y.")
        y = [row.codes for row in rows]
    elif hasattr(y, "columns"):
        codes, y = codes or [str(name) for name in y.columns], y.to_numpy()
    if isinstance(y, np.ndarray) and y.ndim == 2:
        sets = _of_matrix(y, codes, n)
    else:
        labels = column(y, "sets of codes", n)
        sets = [{x} - {""} if isinstance(x, str) else set(x) for x in labels]
    lone = [set(question.codes) for question in lone_questions]
    used = set().union(*sets, *lone)
    if strange := next((code for code in used if not isinstance(code, str)), None):
        raise MestringError(f"the code {strange!r} is {type(strange).__name__}, not a text")
    codes = tuple(codes) if codes is not None else tuple(sorted(used))
    if used - set(codes):
        raise MestringError(
            f"unknown code {min(used - set(codes))!r}", hint=f"The codes are: {', '.join(codes)}."
        )
    if not set().union(*sets):
        raise MestringError("no passage carries a code, so there is nothing to learn")
    return codes, _indicator(sets, codes), _indicator(lone, codes)


def _of_matrix(y: npt.NDArray[Any], codes: Sequence[str] | None, n: int) -> list[set[str]]:
    if len(y) != n:
        raise MestringError(f"{n} passages but {len(y)} rows of codes")
    if codes is None or y.shape[1] != len(codes):
        raise MestringError(
            f"an indicator matrix of {y.shape[1]} columns needs as many codes, not "
            f"{None if codes is None else len(codes)}",
            hint="Give SegmentClassifier(codes=...).",
        )
    if not np.isin(y, (0, 1)).all():
        raise MestringError("an indicator matrix holds 0 and 1 only")
    return [{codes[int(j)] for j in np.flatnonzero(row)} for row in y]


def _indicator(sets: Sequence[set[str]], codes: Sequence[str]) -> Array:
    rows = [[float(code in labels) for code in codes] + [float(not labels)] for labels in sets]
    return np.array(rows).reshape(len(sets), len(codes) + 1)
