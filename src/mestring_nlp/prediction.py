"""From probabilities to decisions: the one place where it is decided what is suggested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Prediction:
    """Calibrated probabilities of segments, and what is decided on them.

    A code is suggested when its probability reaches the threshold and "no code" is not more
    probable than it. "No code" is decided when no code is suggested and its own probability reaches
    the threshold. Otherwise the model abstains.

    Attributes
    ----------
    classes : tuple of str
        The codes, in order.
    probabilities : ndarray of shape (n, len(classes) + 1)
        In [0, 1]; the last column is "no code".
    threshold : ndarray of shape (n,)
        Probability from which a code is suggested.
    conformal_threshold : ndarray of shape (n,)
        Probability from which an answer is in the prediction set.

    Examples
    --------
    >>> P = np.array([[0.7, 0.5, 0.1], [0.2, 0.1, 0.8], [0.1, 0.3, 0.2]])
    >>> found = Prediction(("a", "b"), P, np.full(3, 0.4), np.full(3, 0.15))
    >>> found.labels, found.abstained.tolist()
    ([('a', 'b'), (), ()], [False, False, True])
    >>> found.prediction_set.astype(int).tolist()
    [[1, 1, 0], [1, 0, 1], [0, 1, 1]]
    """

    classes: tuple[str, ...]
    probabilities: Floats
    threshold: Floats
    conformal_threshold: Floats

    def __len__(self) -> int:
        return len(self.probabilities)

    def __getitem__(self, rows: Any) -> Prediction:
        """Return the prediction for some rows, by slice, mask or indices, or for one."""
        rows = [rows] if isinstance(rows, int | np.integer) else rows
        return Prediction(
            self.classes,
            self.probabilities[rows],
            self.threshold[rows],
            self.conformal_threshold[rows],
        )

    @classmethod
    def concatenate(cls, parts: Sequence[Prediction]) -> Prediction:
        """Return predictions of the same classes as one, in order."""
        fields = ("probabilities", "threshold", "conformal_threshold")
        return cls(parts[0].classes, *(np.concatenate([getattr(p, f) for p in parts]) for f in fields))

    @cached_property
    def codes(self) -> Bools:
        """Which codes are suggested: bool of shape (n, len(classes))."""
        return suggested(self.probabilities, self.threshold)

    @cached_property
    def no_code(self) -> Bools:
        """Where "no code" is decided: bool of shape (n,)."""
        return np.asarray(~self.codes.any(axis=1) & (self.probabilities[:, -1] >= self.threshold))

    @cached_property
    def abstained(self) -> Bools:
        """Where a person must decide: bool of shape (n,)."""
        return ~self.codes.any(axis=1) & ~self.no_code

    @cached_property
    def prediction_set(self) -> Bools:
        """Which answers are in the prediction set: bool of shape (n, len(classes) + 1).

        The most probable answer always is, so that no set is empty; and the one after it, where the
        model abstains: what a person must decide has two answers at least.
        """
        rank = np.argsort(self.ranking, axis=1)
        least = 1 + self.abstained[:, None]
        return np.asarray((self.probabilities >= self.conformal_threshold[:, None]) | (rank < least))

    @cached_property
    def ranking(self) -> npt.NDArray[np.int64]:
        """Columns from the most to the least probable: int of shape (n, len(classes) + 1)."""
        return np.argsort(-self.probabilities, axis=1, kind="stable")

    @property
    def top1(self) -> list[str]:
        """The most probable answer of each row; ``""`` is no code."""
        answers = [*self.classes, ""]
        return [answers[j] for j in self.probabilities.argmax(axis=1)]

    @property
    def labels(self) -> list[tuple[str, ...]]:
        """The suggested codes of each row, most probable first."""
        return self._named(self.codes)

    @property
    def set_labels(self) -> list[tuple[str, ...]]:
        """The answers in each row's prediction set, most probable first; ``""`` is no code."""
        return self._named(self.prediction_set)

    def _named(self, table: Bools) -> list[tuple[str, ...]]:
        answers, width = [*self.classes, ""], table.shape[1]
        return [
            tuple(answers[j] for j in order if j < width and inside[j])
            for inside, order in zip(table, self.ranking, strict=True)
        ]


@dataclass(frozen=True, eq=False)
class Decomposition:
    """A prediction, and what its probabilities consist of.

    Attributes
    ----------
    prediction : Prediction
    contributions : dict of str to ndarray of shape (n, n_codes + 1)
        What each view, and the passages before and after, add to the log-odds, against a passage
        of which nothing is known.
    weights : dict of str to ndarray of shape (n,)
        The weight of each view's score.
    features : dict of str to matrix
        Each view's features; "embedding" is the centred embedding.
    """

    prediction: Prediction
    contributions: dict[str, Floats]
    weights: dict[str, Floats]
    features: dict[str, Any]


def suggested(probabilities: Floats, threshold: Floats | float) -> Bools:
    """Return which codes are suggested; see `Prediction`.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_codes + 1)
        The last column is "no code".
    threshold : float or ndarray of shape (n,)

    Returns
    -------
    ndarray of bool, shape (n, n_codes)
    """
    needed = np.maximum(probabilities[:, -1], threshold)
    return np.asarray(probabilities[:, :-1] >= needed[:, None])
