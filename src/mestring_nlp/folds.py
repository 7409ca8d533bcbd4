"""Which passages are left out together: to learn calibration from, and to measure on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mestring_nlp.ridge import Block
from mestring_nlp.transcript import Segment

Rows = npt.NDArray[np.int64]

FEWEST_SEQUENCES = 3
"""Interviews from which the weight of neighbours is learned."""
_PARTS = 4
"""New talk is less like what was learned from than one interview among many is like the others."""


class Fold(NamedTuple):
    """Rows that a model does not see, and what the others' calibration is learned from.

    Attributes
    ----------
    test : ndarray of int
        Left out; none, where a model of all is learned.
    within : list of Block
        Each hand among the others is left out in turn, beside `test`.
    apart : list of Block
        A quarter of the others' interviews is left out at a time, in order; hands that have no
        interview, by themselves.
    """

    test: Rows
    within: list[Block]
    apart: list[Block]

    @property
    def partitions(self) -> list[list[Block]]:
        """What to leave out: for the test, for calibration, and for prediction sets."""
        return [[Block(self.test, self.test)] if len(self.test) else [], self.within, self.apart]


def hands_of(segments: Sequence[Segment], groups: Sequence[str], folds: int) -> list[str]:
    """Return what is left out together with each passage: its group; of a single group, its stretch.

    Groups are interviews and collections; where all interviews are of one group, interviews.
    """
    names = [segment.sequence for segment in segments]
    inside = {group for group, name in zip(groups, names, strict=True) if name}
    if len(inside) == 1 < len({name for name in names if name}):
        groups = [name or group for group, name in zip(groups, names, strict=True)]
    if len(set(groups)) >= 2:
        return list(groups)
    stretches = np.array_split(np.arange(len(segments)), min(folds, len(segments)))
    return [str(number) for number, stretch in enumerate(stretches) for _ in stretch]


def fold(segments: Sequence[Segment], hands: Sequence[str], left_out: Collection[str] = ()) -> Fold:
    """Return how to leave out some hands, and each of the others in turn.

    Parameters
    ----------
    segments : sequence of Segment
    hands : sequence of str
        See `hands_of`.
    left_out : collection of str
        The hands to test on.
    """
    of = np.asarray(hands)
    talks = np.array([bool(segment.sequence) for segment in segments])
    test = np.flatnonzero(np.isin(of, list(left_out)))
    others = [np.flatnonzero(of == hand) for hand in dict.fromkeys(hands) if hand not in left_out]
    interviews = [own for own in others if talks[own].any()]
    parts = [part for part in np.array_split(np.arange(len(interviews)), _PARTS) if len(part)]
    quarters = [np.concatenate([interviews[i] for i in part]) for part in parts]
    elsewhere = [own for own in others if not talks[own].any()]

    def blocks(scored: Sequence[Rows]) -> list[Block]:
        return [Block(np.concatenate([own, test]), own) for own in scored]

    return Fold(test, blocks(others), blocks([*elsewhere, *quarters]))
