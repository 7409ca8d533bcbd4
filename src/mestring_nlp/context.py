"""What the combination of views must know of segments, beside their scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mestring_nlp.transcript import Segment

Array = npt.NDArray[np.float64]

CONTEXT = ("always", "relative_length", "later_in_answer")
"""What the weights of scores depend on: a column each in `Rows.context`."""
_USUAL_WORDS = 30


def relative_length(texts: Sequence[str]) -> Array:
    """Return how long passages are: the logarithm of their words over 30, in [-2.5, 1].

    Examples
    --------
    >>> relative_length(["Ja.", "ord " * 30]).tolist()
    [-2.5, 0.0]
    """
    words = np.array([max(1, len(text.split())) for text in texts], dtype=np.float64)
    return np.clip(np.log(words / _USUAL_WORDS), -2.5, 1.0)


def later_in_answer(segments: Sequence[Segment]) -> npt.NDArray[np.bool_]:
    """Return which segments come after another of the same turn: the question is farther away.

    Examples
    --------
    >>> answer = [Segment("a", 1, "I", start, start + 3, "Ja.") for start in (0, 4)]
    >>> later_in_answer([*answer, Segment.alone("Nei.")]).tolist()
    [False, True, False]
    """
    first: dict[tuple[str, int], int] = {}
    turns = [(segment.sequence, segment.turn) for segment in segments]
    for turn, segment in zip(turns, segments, strict=True):
        first[turn] = min(segment.start, first.get(turn, segment.start))
    return np.array(
        [
            bool(segment.sequence) and segment.start > first[turn]
            for turn, segment in zip(turns, segments, strict=True)
        ],
        dtype=bool,
    )


@dataclass(frozen=True)
class Rows:
    """What stacks must know of segments, beside their scores.

    Attributes
    ----------
    has_question : ndarray of bool, shape (n,)
    context : ndarray of shape (n, 3)
        What weights depend on; see `CONTEXT`.
    sequences : list of str
        See `mestring_nlp.stacking.neighbours`.
    starts : list of int
        See `mestring_nlp.stacking.neighbours`.
    """

    has_question: npt.NDArray[np.bool_]
    context: Array
    sequences: list[str]
    starts: list[int]

    @classmethod
    def of(cls, segments: Sequence[Segment]) -> Rows:
        """Return those of segments."""
        return cls(
            np.array([bool(segment.question) for segment in segments], dtype=bool),
            np.column_stack(
                [
                    np.ones(len(segments)),
                    relative_length([segment.text for segment in segments]),
                    later_in_answer(segments),
                ]
            ),
            [segment.sequence for segment in segments],
            [segment.start for segment in segments],
        )

    def __len__(self) -> int:
        return len(self.sequences)

    def take(self, rows: npt.NDArray[np.int64]) -> Rows:
        """Return some of the segments."""
        return Rows(
            self.has_question[rows],
            self.context[rows],
            [self.sequences[i] for i in rows],
            [self.starts[i] for i in rows],
        )

    @property
    def inside(self) -> npt.NDArray[np.bool_]:
        """Which are part of a sequence."""
        return np.array([bool(name) for name in self.sequences], dtype=bool)
