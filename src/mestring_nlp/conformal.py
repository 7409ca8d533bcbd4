"""Prediction sets: how probable an answer must be, to hold the human code as often as asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.errors import MestringError

Array = npt.NDArray[np.float64]
KINDS = ("without_question", "with_question")


@dataclass(frozen=True)
class Conformal:
    """Split conformal prediction, by kind of segment and by hand.

    New interviews are another hand than those learned from, and may be harder than most. So the level
    shall be kept not on average but by hand: of the interviews and collections that were left out, in a
    share as large as the level itself (nine of ten, at 0.9); of few, in all.

    Attributes
    ----------
    scores : dict of str to tuple of ndarray
        For each of `KINDS`, one array a hand: the probabilities that people's codes (and "no code") got
        out of sample, in ascending order.

    References
    ----------
    M. Sadinle, J. Lei, L. Wasserman (2019). Least ambiguous set-valued classifiers with bounded
    error levels. Journal of the American Statistical Association 114(525), 223-234.
    V. Vovk, D. Lindsay, I. Nouretdinov, A. Gammerman (2003). Mondrian confidence machine.
    """

    scores: dict[str, tuple[Array, ...]]

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
        without, with_ = (_of_hands(self.scores[kind], level) for kind in KINDS)
        return np.where(has_question, with_, without)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the fitted state as arrays, for saving."""
        arrays: dict[str, npt.NDArray[Any]] = {}
        for kind, hands in self.scores.items():
            arrays[f"conformal/{kind}"] = np.concatenate(hands).astype(np.float32)
            arrays[f"conformal/{kind}_hands"] = np.repeat(
                np.arange(len(hands)), [len(hand) for hand in hands]
            ).astype(np.int32)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Conformal:
        """Restore what `to_arrays` returned."""
        return cls(
            {
                kind: by_hand(
                    arrays[f"conformal/{kind}"].astype(np.float64),
                    arrays[f"conformal/{kind}_hands"].tolist(),
                )
                for kind in KINDS
            }
        )


def by_hand(scores: Array, hands: Sequence[str]) -> tuple[Array, ...]:
    """Return the scores of each hand, in ascending order."""
    of = np.asarray(hands)
    return tuple(np.sort(scores[of == hand]) for hand in dict.fromkeys(hands))


def _of_hands(hands: Sequence[Array], level: float) -> float:
    """Return the threshold of hands with enough scores for the level, else of all as one.

    It is the one that a share of hands as large as the level keeps to; of few hands, the least.
    """
    found = [threshold for hand in hands if (threshold := _threshold(hand, level)) is not None]
    if not found:
        return _threshold(np.sort(np.concatenate(hands)), level) or 0.0
    kept = _threshold(np.sort(found), level)
    return min(found) if kept is None else kept


def _threshold(scores: Array, level: float) -> float | None:
    rank = int(round((len(scores) + 1) * (1 - level), 9))  # 10 * (1 - 0.9) falls short of 1
    return float(scores[rank - 1]) if rank else None


def check_level(level: float) -> None:
    """Raise unless prediction sets can be asked to hold such a share of human codes.

    Raises
    ------
    MestringError
    """
    if not 0 < level < 1:
        raise MestringError(f"level is {level}, must lie between 0 and 1", hint="Such as 0.9.")
