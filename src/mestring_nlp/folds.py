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


class Fold(NamedTuple):
    """Rows that a model does not see, and what the others' calibration is learned from.

    Attributes
    ----------
    test : ndarray of int
        Left out; none, where a model of all is learned.
    within : list of Block
        Each hand among the others is left out in turn, beside `test`.
    apart : list of Block
        All passages of interviews among the others are left out at once, where there is enough
        beside them to learn from; hands by themselves, otherwise and elsewhere.
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
    test = np.flatnonzero(np.isin(of, list(left_out)))
    others = [np.flatnonzero(of == hand) for hand in dict.fromkeys(hands) if hand not in left_out]
    within = [Block(np.concatenate([own, test]), own) for own in others]
    tested = set(test.tolist())
    inside = np.array(
        [i for i, s in enumerate(segments) if s.sequence and i not in tested], dtype=np.int64
    )
    apart = within
    if len(inside) and len(segments) - len(test) >= 2 * len(inside):
        elsewhere = [block for block in within if not np.isin(block.scored, inside).any()]
        apart = [*elsewhere, Block(np.concatenate([inside, test]), inside)]
    return Fold(test, within, apart)
