"""The views' scores, combined into calibrated probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from mestring_nlp.conformal import KINDS
from mestring_nlp.prediction import suggested

Array = npt.NDArray[np.float64]

NEIGHBOURS = ("before", "after")
"""The probabilities of the segments just before and after, as views."""
IN_SEQUENCE = "_in_sequence"


@dataclass(frozen=True)
class Stack:
    """A logistic regression on the scores of views, shared by all answers.

    Attributes
    ----------
    views : tuple of str
    weights : ndarray of shape (n_views,)
    intercepts : ndarray of shape (n_codes + 1,)
        One a code, and one for no code.
    """

    views: tuple[str, ...]
    weights: Array
    intercepts: Array

    @classmethod
    def fit(cls, scores: Mapping[str, Array], views: Sequence[str], targets: Array) -> Stack:
        """Learn the weights from out-of-sample scores, each of shape (n, n_codes + 1)."""
        n, width = targets.shape
        columns = [scores[view].reshape(-1, 1) for view in views]
        inputs = np.hstack([*columns, np.tile(np.eye(width), (n, 1))])
        logistic = LogisticRegression(C=10.0, fit_intercept=False, max_iter=2000)
        return cls.from_array(views, logistic.fit(inputs, targets.ravel()).coef_[0])

    @classmethod
    def from_array(cls, views: Sequence[str], array: Array) -> Stack:
        """Restore what `to_array` returned."""
        return cls(tuple(views), array[: len(views)], array[len(views) :])

    def to_array(self) -> Array:
        """Return weights and intercepts as one array."""
        return np.concatenate([self.weights, self.intercepts])

    def logits(self, scores: Mapping[str, Array]) -> Array:
        """Return log-odds of shape (n, n_codes + 1)."""
        weighted = [w * scores[view] for view, w in zip(self.views, self.weights, strict=True)]
        return np.asarray(sum(weighted) + self.intercepts)


def neighbours(
    probabilities: Array, sequences: Sequence[str], rates: Array, starts: Sequence[int] = ()
) -> dict[str, Array]:
    """Return how much more probable each answer is next door than it is in general.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_codes + 1)
    sequences : sequence of str
        Sequence id of each segment; empty for one that stands alone. Segments that follow each other
        in one sequence are neighbours, whatever stands between them.
    rates : ndarray of shape (n_codes + 1,)
    starts : sequence of int, optional
        Where in the talk each begins; those that begin at one place are in the order given, as are all
        without `starts`.

    Returns
    -------
    dict of str to ndarray of shape (n, n_codes + 1)
        ``"before"`` and ``"after"``, 0 where there is no neighbour.

    Examples
    --------
    >>> P = np.array([[0.9], [0.1], [0.5]])
    >>> neighbours(P, ["a", "a", "b"], np.array([0.2]))["before"].ravel().round(1).tolist()
    [0.0, 0.7, 0.0]
    """
    excess = probabilities - rates
    before, after = np.zeros_like(excess), np.zeros_like(excess)
    last: dict[str, int] = {}
    order = range(len(sequences))
    for row in sorted(order, key=starts.__getitem__) if starts else order:
        name = sequences[row]
        if name and name in last:
            before[row], after[last[name]] = excess[last[name]], excess[row]
        last[name] = row
    return {"before": before, "after": after}


@dataclass(frozen=True)
class Stacks:
    """A stack for each kind of segment.

    Attributes
    ----------
    by_kind : dict of str to Stack
        For each of `mestring_nlp.conformal.KINDS`; and, where there were interviews to learn from, for
        segments of each kind that are part of a sequence, such as ``"with_question_in_sequence"``.
    rates : ndarray of shape (n_codes + 1,)
        Base rate of each answer.
    """

    by_kind: dict[str, Stack]
    rates: Array

    @classmethod
    def fit(
        cls,
        scores: Mapping[str, Array],
        targets: Array,
        has_question: npt.NDArray[np.bool_],
        sequences: Sequence[str] | None,
        views: Mapping[str, Sequence[str]],
        starts: Sequence[int] = (),
    ) -> tuple[Stacks, Array]:
        """Learn from out-of-sample scores.

        Parameters
        ----------
        scores : mapping of str to ndarray of shape (n, n_codes + 1)
            Each view's.
        targets : ndarray of shape (n, n_codes + 1)
        has_question : ndarray of bool, shape (n,)
        sequences : sequence of str or None
            See `neighbours`; None learns nothing of them.
        views : mapping of str to sequence of str
            The views of each kind.
        starts : sequence of int, optional
            See `neighbours`.

        Returns
        -------
        Stacks
        ndarray of shape (n, n_codes + 1)
            The segments' probabilities.
        """
        rates = targets.mean(axis=0)
        stacks: dict[str, Stack] = {}
        every = np.ones(len(targets), dtype=bool)
        found: dict[str, Array] = {}
        for suffix in ("", IN_SEQUENCE) if sequences is not None else ("",):
            for kind, rows in zip(KINDS, (every, has_question), strict=True):
                inputs, chosen = dict(scores), list(views[kind])
                if suffix and sequences is not None:
                    inputs |= neighbours(found[kind], sequences, rates, starts)
                    chosen += NEIGHBOURS
                rows = rows if rows.any() else every
                given = {view: inputs[view][rows] for view in chosen}
                stack = stacks[kind + suffix] = Stack.fit(given, chosen, targets[rows])
                found[kind + suffix] = np.where(
                    rows[:, None],
                    expit(stack.logits(inputs)),
                    found.get(f"{KINDS[0]}{suffix}", rates),
                )
        without, with_ = (found[kind + suffix] for kind in KINDS)
        return cls(stacks, rates), np.where(has_question[:, None], with_, without)

    def combine(
        self,
        scores: Mapping[str, Array],
        has_question: npt.NDArray[np.bool_],
        sequences: Sequence[str],
        starts: Sequence[int] = (),
    ) -> tuple[Array, dict[str, Array], dict[str, Array]]:
        """Return the log-odds, and what they consist of; `sequences` and `starts` as for `neighbours`.

        Returns
        -------
        logits : ndarray of shape (n, n_codes + 1)
        scores : dict of str to ndarray of shape (n, n_codes + 1)
            Those given, and the neighbours'.
        weights : dict of str to ndarray of shape (n,)
            What each score was multiplied by.
        """
        inputs = dict(scores)
        kinds = np.where(has_question, KINDS[1], KINDS[0]).astype(object)
        logits = self._logits(inputs, kinds)
        inside = np.array([bool(name) for name in sequences], dtype=bool)
        if inside.any() and KINDS[0] + IN_SEQUENCE in self.by_kind:
            inputs |= neighbours(expit(logits), sequences, self.rates, starts)
            kinds[inside] += IN_SEQUENCE
            logits = self._logits(inputs, kinds)
        weights = {view: np.zeros(len(kinds)) for view in inputs}
        for kind, stack in self.by_kind.items():
            for view, weight in zip(stack.views, stack.weights, strict=True):
                if view in weights:
                    weights[view][kinds == kind] = weight
        return logits, inputs, weights

    def _logits(self, scores: Mapping[str, Array], kinds: npt.NDArray[Any]) -> Array:
        logits = np.zeros((len(kinds), len(self.rates)))
        for kind, stack in self.by_kind.items():
            rows = np.flatnonzero(kinds == kind)
            if len(rows):
                logits[rows] = stack.logits({view: scores[view][rows] for view in stack.views})
        return logits

    def to_arrays(self) -> dict[str, Array]:
        """Return the fitted state as arrays, for saving."""
        return {"rates": self.rates} | {f"stack/{k}": s.to_array() for k, s in self.by_kind.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array], views: Mapping[str, Sequence[str]]) -> Stacks:
        """Restore what `to_arrays` returned."""
        stacks = {}
        for kind, chosen in views.items():
            stacks[kind] = Stack.from_array(chosen, arrays[f"stack/{kind}"])
            name = kind + IN_SEQUENCE
            if f"stack/{name}" in arrays:
                stacks[name] = Stack.from_array([*chosen, *NEIGHBOURS], arrays[f"stack/{name}"])
        return cls(stacks, arrays["rates"])


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
