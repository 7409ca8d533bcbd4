"""Which coded passages an assistant is asked about, so that few tell what it is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.prediction import Prediction

_FLOOR = 0.25
"""How likely a passage of which the small model is sure is to be taken, against the least sure one."""


def worth(prediction: Prediction) -> npt.NDArray[np.float64]:
    """Return how much an answer about each passage would tell: most where the small model is unsure.

    Where it is sure, no answer that the weight could learn from would change the outcome.

    Returns
    -------
    ndarray of shape (n,)
        In [0.25, 1.25].
    """
    return np.asarray(_FLOOR + 1 - np.clip(prediction.probabilities.max(axis=1), 0, 1))


def sample(
    worths: npt.NDArray[Any], size: int, seed: int = 0
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Draw rows with probabilities in proportion to their worth, spread evenly over their order.

    Systematic sampling: rows that follow each other, such as those of one interview, are drawn in
    proportion to what they are worth together.

    Parameters
    ----------
    worths : ndarray of shape (n,)
        Above 0.
    size : int
        How many; all if there are fewer.
    seed : int

    Returns
    -------
    rows : ndarray of int
        Ascending.
    weights : ndarray of shape (len(rows),)
        One over the probability of each to be drawn: weighted by it, what is learned from the sample
        holds for all passages.

    References
    ----------
    W. G. Madow (1949). On the theory of systematic sampling, II. Annals of Mathematical Statistics 20.
    D. G. Horvitz, D. J. Thompson (1952). A generalization of sampling without replacement from a finite
    universe. JASA 47(260).

    Examples
    --------
    >>> rows, weights = sample(np.ones(10), 5)
    >>> len(rows), weights.tolist()
    (5, [2.0, 2.0, 2.0, 2.0, 2.0])
    """
    n = len(worths)
    if size >= n or size <= 0:
        return np.arange(n), np.ones(n)
    drawn = np.asarray(worths, dtype=np.float64)
    chance = np.zeros(n)
    sure = np.zeros(n, dtype=bool)
    while True:
        rest = ~sure
        chance[rest] = (size - sure.sum()) * drawn[rest] / drawn[rest].sum()
        chance[sure] = 1.0
        if (chance <= 1).all():
            break
        sure |= chance >= 1
    steps = np.cumsum(chance) - np.random.default_rng(seed).uniform()
    taken = np.floor(steps) > np.floor(np.concatenate([[steps[0] - chance[0]], steps[:-1]]))
    rows = np.flatnonzero(taken)
    return rows, 1 / chance[rows]
