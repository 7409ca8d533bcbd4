"""Which passages are left out together when calibration is learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold, KFold

from mestring_nlp.transcript import Segment

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FEWEST_SEQUENCES = 3
"""Interviews from which the weight of neighbours, and calibration, are learned."""


class OutOfSampleScores(NamedTuple):
    """Scores of the passages from which calibration is learned, by models that had not seen them.

    `scores` is by models of all other interviews; `apart` by a model that had seen no interview, where
    there are enough passages outside interviews to learn from, else the same.
    """

    scores: dict[str, Floats]
    apart: dict[str, Floats]
    targets: Floats
    has_question: npt.NDArray[np.bool_]
    sequences: list[str] | None
    starts: list[int]


def calibration_folds(
    segments: Sequence[Segment], groups: Sequence[str], folds: int
) -> tuple[Rows, list[str] | None, list[list[Rows]]]:
    """Return the rows to calibrate on, and how to leave them out.

    Parameters
    ----------
    segments : sequence of Segment
    groups : sequence of str
        What is left out together; interviews, where all of them are of one group.
    folds : int

    Returns
    -------
    rows : ndarray of int
        Passages of interviews, where there are three; else all.
    sequences : list of str or None
        Their sequence ids; None where there are too few interviews.
    partitions : list of lists of ndarray
        Blocks of rows to leave out together, one group in one block only; and, where the passages
        outside interviews suffice to learn from, all interviews as one block.
    """
    names = [segment.sequence for segment in segments]
    if len(set(names) - {""}) < FEWEST_SEQUENCES:
        every = np.arange(len(segments))
        return every, None, [_blocks(every, groups, folds)]
    inside = np.flatnonzero([bool(name) for name in names])
    apart = groups if len({groups[i] for i in inside.tolist()}) >= 2 else names
    partitions = [_blocks(inside, apart, folds)]
    if len(segments) >= 2 * len(inside):
        partitions.append([inside])
    return inside, [names[i] for i in inside], partitions


def _blocks(rows: Rows, groups: Sequence[str], folds: int) -> list[Rows]:
    """Return whole groups where there are two, else stretches."""
    own = np.asarray(groups)[rows]
    if len(set(own)) >= 2:
        split = GroupKFold(min(folds, len(set(own)))).split(rows, groups=own)
    else:
        split = KFold(min(folds, len(rows))).split(rows)
    return [rows[test] for _, test in split]
