"""From the views' scores to calibrated probabilities: learned on passages left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.conformal import KINDS, Conformal, by_hand
from mestring_nlp.context import Rows
from mestring_nlp.prediction import suggested
from mestring_nlp.stacking import Stacks, distribution

Array = npt.NDArray[np.float64]

ENOUGH = 300
"""Passages from which a threshold of one's own is learned, where there is a base."""
FEW = 100
"""Passages below which more than a probability of one half is asked for."""
_LEAST = 1e-12


@dataclass(frozen=True)
class LeftOut:
    """Passages, and scores by models that had not seen them.

    Attributes
    ----------
    scores : dict of str to ndarray of shape (n, n_codes + 1)
        Each view's, by a model of all other interviews and collections.
    apart : dict of str to ndarray of shape (n, n_codes + 1)
        The same; of passages of interviews by a model that had seen three quarters of the interviews.
    targets : ndarray of shape (n, n_codes + 1)
    rows : Rows
    hands : list of str
        The interview or collection of each passage.
    """

    scores: dict[str, Array]
    apart: dict[str, Array]
    targets: Array
    rows: Rows
    hands: list[str]

    def take(self, rows: npt.NDArray[np.int64]) -> LeftOut:
        """Return some of the passages."""
        return LeftOut(
            {view: table[rows] for view, table in self.scores.items()},
            {view: table[rows] for view, table in self.apart.items()},
            self.targets[rows],
            self.rows.take(rows),
            [self.hands[i] for i in rows],
        )


@dataclass(frozen=True)
class Calibration:
    """What turns scores into probabilities and decisions.

    Attributes
    ----------
    stacks : Stacks
        From scores to one distribution over answers; see `mestring_nlp.stacking`.
    also : ndarray of shape (2,)
        A code that is not the main one is given too with the odds ``exp(also[0] + also[1] log q)``,
        where q is its share of the distribution.
    threshold : float
        Probability from which a code is suggested; the best micro F1 out of sample.
    conformal : Conformal
        From which prediction sets are made.
    """

    stacks: Stacks
    also: Array
    threshold: float
    conformal: Conformal

    @classmethod
    def fit(
        cls,
        given: LeftOut,
        views: Mapping[str, Sequence[str]],
        *,
        in_sequence: bool,
        prior: Calibration | None = None,
    ) -> Calibration:
        """Learn from passages left out, each interview and collection counting alike.

        Parameters
        ----------
        given : LeftOut
        views : mapping of str to sequence of str
            The views of each of `mestring_nlp.conformal.KINDS`.
        in_sequence : bool
            Whether to learn the weight of neighbours.
        prior : Calibration, optional
            Of a base model: what is learned here is drawn toward it.
        """
        sizes = {hand: given.hands.count(hand) for hand in dict.fromkeys(given.hands)}
        weight = np.array([1 / sizes[hand] for hand in given.hands])
        weight /= weight.mean()
        stacks, found = Stacks.fit(
            given.scores,
            given.targets,
            given.rows,
            weight,
            views,
            in_sequence=in_sequence,
            prior=prior.stacks if prior else None,
        )
        also = prior.also if prior else _also(found, given.targets, weight)
        learned = cls(stacks, also, 0.5, prior.conformal if prior else Conformal({}))
        if prior and len(weight) < ENOUGH:
            threshold = prior.threshold
        else:
            threshold = best_threshold(learned.probabilities(found), given.targets)
            threshold = max(threshold, 0.5) if len(weight) < FEW else threshold
        return replace(learned, threshold=threshold, conformal=learned._conformal(given))

    def _conformal(self, given: LeftOut) -> Conformal:
        """Return the scores of each kind; passages count as without a question, too."""
        reached = {}
        asked = given.rows.has_question
        for kind, having in zip(KINDS, (np.zeros_like(asked), asked), strict=True):
            rows = having if having.any() else np.ones_like(asked)
            logits, _, _ = self.stacks.combine(given.apart, replace(given.rows, has_question=having))
            found = self.probabilities(distribution(logits))
            own = rows[:, None] & (given.targets > 0)
            hands = [given.hands[i] for i in np.nonzero(own)[0]]
            reached[kind] = (*self.conformal.scores.get(kind, ()), *by_hand(found[own], hands))
        return Conformal(reached)

    def probabilities(self, found: Array) -> Array:
        """Return each answer's probability; that of no code and that of any code sum to 1 at most.

        Parameters
        ----------
        found : ndarray of shape (n, n_codes + 1)
            Distributions over the main answer.

        Returns
        -------
        ndarray of shape (n, n_codes + 1)
            The last column, no code, as it is. A code is the main one, or is given beside another.
        """
        q = np.clip(found, _LEAST, 1)
        odds = self.also[0] + self.also[1] * np.log(q[:, :-1])
        beside = (1 + np.tanh(odds / 2)) / 2  # the logistic function, without overflow
        codes = q[:, :-1] + np.clip(1 - q[:, -1:] - q[:, :-1], 0, 1) * beside
        return np.hstack([np.clip(codes, 0, 1), found[:, -1:]])

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the fitted state as arrays, for saving."""
        return {
            "threshold": np.array(self.threshold),
            "also": self.also,
            **self.conformal.to_arrays(),
            **self.stacks.to_arrays(),
        }

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, npt.NDArray[Any]], views: Mapping[str, Sequence[str]]
    ) -> Calibration:
        """Restore what `to_arrays` returned."""
        return cls(
            Stacks.from_arrays(arrays, views),
            arrays["also"],
            float(arrays["threshold"]),
            Conformal.from_arrays(arrays),
        )


def _also(found: Array, targets: Array, weight: Array) -> Array:
    """Learn when a code is given beside another, from passages that have one."""
    from sklearn.linear_model import LogisticRegression

    coded = np.flatnonzero(targets[:, :-1].any(axis=1))
    said, q = targets[coded, :-1], np.clip(found[coded, :-1], _LEAST, 1)
    main = np.where(said > 0, q, -1).argmax(axis=1)
    other = np.ones_like(said, dtype=bool)
    other[np.arange(len(coded)), main] = False
    given, features = said[other], np.log(q[other])[:, None]
    share = (given.sum() + 0.5) / (len(given) + 1)
    always = np.array([np.log(share / (1 - share)), 0.0])
    if not 0 < given.sum() < len(given):
        return always
    each = np.repeat(weight[coded], other.shape[1] - 1)
    regression = LogisticRegression(C=10.0).fit(features, given, sample_weight=each)
    slope = float(regression.coef_[0, 0])
    if slope <= 0:  # a code would be the likelier, the less it is the main one
        return always
    return np.array([float(regression.intercept_[0]), slope])


def best_threshold(probabilities: Array, targets: Array) -> float:
    """Return the threshold, in steps of .01 from .05 to .9, of the highest micro F1.

    Parameters
    ----------
    probabilities, targets : ndarray of shape (n, n_codes + 1)
        Out-of-sample probabilities, and 0/1 for what people said.
    """
    steps = np.round(np.arange(0.05, 0.91, 0.01), 2)
    gold = targets[:, :-1] > 0
    f1 = []
    for step in steps:
        chosen = suggested(probabilities, float(step))
        f1.append(2 * (chosen & gold).sum() / (chosen.sum() + gold.sum()))
    return float(steps[int(np.argmax(f1))])
