"""Prediction sets: how probable an answer must be, to hold the human code as often as asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mestring_nlp.errors import MestringError

Array = npt.NDArray[np.float64]
KINDS = ("without_question", "with_question")


@dataclass(frozen=True)
class Conformal:
    """Split conformal prediction, by kind of segment.

    Attributes
    ----------
    scores : dict of str to ndarray
        For each of `KINDS`, the probabilities that people's codes (and "no code") got out of sample,
        in ascending order.

    References
    ----------
    M. Sadinle, J. Lei, L. Wasserman (2019). Least ambiguous set-valued classifiers with bounded
    error levels. Journal of the American Statistical Association 114(525), 223-234.
    """

    scores: dict[str, Array]

    def threshold(self, level: float, has_question: npt.NDArray[np.bool_]) -> Array:
        """Return the probability from which an answer is in the prediction set.

        Parameters
        ----------
        level : float
            Share of human codes that the sets shall hold, between 0 and 1, such as 0.9.
        has_question : ndarray of bool, shape (n,)

        Returns
        -------
        ndarray of shape (n,)
            In [0, 1].

        Raises
        ------
        MestringError
            `level` does not lie between 0 and 1.
        """
        check_level(level)
        found: dict[str, float] = {}
        for name, scores in self.scores.items():
            rank = int((len(scores) + 1) * (1 - level))
            found[name] = float(scores[rank - 1]) if rank else 0.0
        without, with_ = (found[name] for name in KINDS)
        return np.where(has_question, with_, without)

    def to_arrays(self) -> dict[str, npt.NDArray[np.float32]]:
        """Return the fitted state as arrays, for saving."""
        return {f"conformal/{name}": found.astype(np.float32) for name, found in self.scores.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.float32]]) -> Conformal:
        """Restore what `to_arrays` returned."""
        return cls({name: arrays[f"conformal/{name}"].astype(np.float64) for name in KINDS})


def check_level(level: float) -> None:
    """Raise unless prediction sets can be asked to hold such a share of human codes.

    Raises
    ------
    MestringError
    """
    if not 0 < level < 1:
        raise MestringError(f"level is {level}, must lie between 0 and 1", hint="Such as 0.9.")
