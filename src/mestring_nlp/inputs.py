"""What a classifier may be given, checked before anything is learned from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.errors import MestringError

Array = npt.NDArray[np.float64]


def texts(values: Sequence[str]) -> list[str]:
    """Give the passages as a list, and refuse what is no text."""
    if isinstance(values, str):
        raise MestringError("passages must be a list of texts, not one text")
    given = list(values)
    for index, text in enumerate(given):
        if not isinstance(text, str):
            raise MestringError(f"passage {index} is {type(text).__name__}, not a text")
    return [str(text) for text in given]


def questions(values: Sequence[str | None] | None, n: int) -> list[str]:
    """Give each passage's question, empty where there is none."""
    if values is None:
        return [""] * n
    if isinstance(values, str) or len(values) != n:
        raise MestringError(f"{n} passages but {len(values)} questions")
    return [question or "" for question in values]


def targets(y: Any, codes: Sequence[str] | None, n: int) -> tuple[tuple[str, ...], Array]:
    """Give the codes, and their indicator columns, last that of "no code".

    Parameters
    ----------
    y : sequence of collections of str, or array of shape (n, n_codes)
    codes : sequence of str, optional
        All that occur, sorted, when left out.
    n : int
        How many passages there are.

    Raises
    ------
    MestringError
        Lengths differ, a code is unknown, or there are fewer than four passages or no code.
    """
    if len(y) != n:
        raise MestringError(f"{n} passages but {len(y)} sets of codes")
    if n < 4:
        raise MestringError(f"{n} coded passages are too few to learn from, at least 4 are needed")
    if isinstance(y, np.ndarray) and y.ndim == 2:
        if codes is None or y.shape[1] != len(codes):
            given = None if codes is None else len(codes)
            raise MestringError(
                f"an indicator matrix of {y.shape[1]} columns needs as many codes, not {given}",
                hint="Give SegmentClassifier(codes=...).",
            )
        sets: list[set[str]] = [{codes[int(j)] for j in np.flatnonzero(row)} for row in y]
    else:
        sets = [{labels} if isinstance(labels, str) else set(labels) for labels in y]
    used = set().union(*sets)
    codes = tuple(codes) if codes is not None else tuple(sorted(used))
    if used - set(codes):
        raise MestringError(
            f"unknown code {min(used - set(codes))!r}", hint=f"The codes are: {', '.join(codes)}."
        )
    if not used:
        raise MestringError("no passage carries a code, so there is nothing to learn")
    columns = [[float(code in labels) for code in codes] + [float(not labels)] for labels in sets]
    return codes, np.array(columns)
