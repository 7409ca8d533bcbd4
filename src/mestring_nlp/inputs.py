"""What a classifier may be given, checked and put into rows before anything is learned from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    if isinstance(X, str | Mapping) or not hasattr(X, "__iter__"):
        raise MestringError(
            f"passages must be a list of texts or segments, not {type(X).__name__}",
            hint="Give a text as [text], a transcript as segment(transcript).",
        )
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
        texts = [_text(question, "question") for question in asked]
        rows = [replace(row, question=text) for row, text in zip(rows, texts, strict=True)]
    if sequences is not None:
        names = [_text(name, "sequence") for name in column(sequences, "sequences", len(rows))]
        rows = [
            replace(row, transcript=name or row.transcript, turn=int(bool(name)), start=0)
            for row, name in zip(rows, names, strict=True)
        ]
    return rows


def _segment(number: int, value: Any) -> Segment:
    if isinstance(value, Segment):
        return value
    if not isinstance(value, str):
        raise MestringError(f"passage {number} is {type(value).__name__}, not a text")
    return Segment.alone(str(value))


def _text(value: Any, what: str) -> str:
    """A cell's text; empty for None, for pandas' missing values and for white space."""
    if isinstance(value, str):
        return str(value) if value.strip() else ""
    if value is None or str(value) in ("nan", "<NA>", "NaT"):
        return ""
    raise MestringError(f"the {what} {value!r} is {type(value).__name__}, not a text")


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
    y
        See `code_sets`.
    rows : sequence of Segment
    lone_questions : sequence of LoneQuestion
    codes : sequence of str, optional
        All that occur, sorted, when left out.

    Raises
    ------
    MestringError
        Lengths differ, a code is unknown, or there are fewer than four passages or no code.
    """
    if len(rows) < FEWEST:
        raise MestringError(
            f"{len(rows)} coded passages are too few to learn from, at least {FEWEST} are needed"
        )
    lone = [_codes(question.codes, "a lone question") for question in lone_questions]
    codes, sets = code_sets(y, rows, codes, set().union(*lone))
    if not set().union(*sets):
        raise MestringError("no passage carries a code, so there is nothing to learn")
    return codes, indicator(sets, codes), indicator(lone, codes)


def code_sets(
    y: Any, rows: Sequence[Segment], codes: Sequence[str] | None, others: Collection[str] = ()
) -> tuple[tuple[str, ...], list[set[str]]]:
    """Return the codes, and which of them each passage carries.

    Parameters
    ----------
    y : sequence of collections of str, array or sparse matrix of shape (n, n_codes), or None
        None for the codes that the segments carry. Of a sequence of strings, each is a code, and an
        empty one is none. The columns of a DataFrame are taken by name, where they have names.
    rows : sequence of Segment
    codes : sequence of str, optional
        All that occur, sorted, when left out.
    others : collection of str
        Codes that occur elsewhere.

    Raises
    ------
    MestringError
        Lengths differ, or a code is unknown, empty or given twice.
    """
    n, columns = len(rows), codes
    if y is None:
        if any(row.codes is None for row in rows):
            raise MestringError("nobody coded some of the segments", hint="Give the codes as y.")
        y = [row.codes for row in rows]
    elif hasattr(y, "columns"):
        if codes is None or any(isinstance(name, str) for name in y.columns):
            columns = [str(name) for name in y.columns]
        codes, y = columns if codes is None else codes, y.to_numpy()
    elif hasattr(y, "toarray"):
        y = y.toarray()
    if isinstance(y, np.ndarray) and y.ndim == 2:
        sets = _of_matrix(y, columns, n)
    else:
        labels = enumerate(column(y, "sets of codes", n))
        sets = [_codes(given, f"passage {number}") for number, given in labels]
    used = set(others).union(*sets)
    codes = tuple(map(str, codes)) if codes is not None else tuple(sorted(used))
    if not all(codes) or len(set(codes)) < len(codes):
        raise MestringError(f"a code is empty or given twice: {', '.join(map(repr, codes))}")
    if used - set(codes):
        raise MestringError(
            f"unknown code {min(used - set(codes))!r}", hint=f"The codes are: {', '.join(codes)}."
        )
    return codes, sets


def _codes(given: Any, whose: str) -> set[str]:
    """The codes of one passage: a code, or a collection of them; an empty code is none."""
    if not isinstance(given, Iterable):
        raise MestringError(
            f"the codes of {whose} are {given!r}, not a collection of texts",
            hint="Give () where no code fits; a 0/1 matrix as an array.",
        )
    found = {given} if isinstance(given, str) else set(given)
    for code in found:
        if not isinstance(code, str):
            raise MestringError(
                f"the code {code!r} is {type(code).__name__}, not a text",
                hint="Give a 0/1 matrix as an array.",
            )
    return {str(code) for code in found} - {""}


def _of_matrix(y: npt.NDArray[Any], codes: Sequence[str] | None, n: int) -> list[set[str]]:
    if len(y) != n:
        raise MestringError(f"{n} passages but {len(y)} rows of codes")
    if codes is None or y.shape[1] != len(codes):
        raise MestringError(
            f"an indicator matrix of {y.shape[1]} columns needs as many codes, not "
            f"{None if codes is None else len(codes)}",
            hint="Give SegmentClassifier(codes=...).",
        )
    if y.dtype.kind not in "biufO" or not np.isin(y, (0, 1)).all():
        raise MestringError("an indicator matrix holds 0 and 1 only")
    return [{codes[int(j)] for j in np.flatnonzero(row)} for row in y]


def indicator(sets: Sequence[set[str]], codes: Sequence[str]) -> Array:
    """Return sets of codes as 0/1 columns, last "no code"."""
    rows = [[float(code in labels) for code in codes] + [float(not labels)] for labels in sets]
    return np.array(rows).reshape(len(sets), len(codes) + 1)
