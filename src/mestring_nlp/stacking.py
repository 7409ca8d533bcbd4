"""What the views say, weighed into calibrated probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

Array = npt.NDArray[np.float64]

NEIGHBOURS = ("before", "after")
"""What is said of a passage by the codes of those around it, as views."""


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
        """Learn the weights from scores of passages that were left out, each (n, n_codes + 1)."""
        n, width = targets.shape
        columns = [scores[view].reshape(-1, 1) for view in views]
        inputs = np.hstack([*columns, np.tile(np.eye(width), (n, 1))])
        logistic = LogisticRegression(C=10.0, fit_intercept=False, max_iter=2000)
        return cls.from_array(views, logistic.fit(inputs, targets.ravel()).coef_[0])

    @classmethod
    def from_array(cls, views: Sequence[str], array: Array) -> Stack:
        """Take up what `to_array` gave."""
        return cls(tuple(views), array[: len(views)], array[len(views) :])

    def to_array(self) -> Array:
        """Give weights and intercepts as one array."""
        return np.concatenate([self.weights, self.intercepts])

    def logits(self, scores: Mapping[str, Array]) -> Array:
        """Give log-odds of shape (n, n_codes + 1)."""
        weighed = [w * scores[view] for view, w in zip(self.views, self.weights, strict=True)]
        return np.asarray(sum(weighed) + self.intercepts)


def probability(logits: Array) -> Array:
    """Give the probabilities of log-odds."""
    with np.errstate(over="ignore"):  # odds beyond all numbers are a probability of 0
        return np.asarray(1 / (1 + np.exp(-logits)))


def neighbours(probabilities: Array, runs: Sequence[str], rates: Array) -> dict[str, Array]:
    """Give how much more probable each answer is next door than it is in general.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_codes + 1)
        In the order of the talk.
    runs : sequence of str
        The interview that each passage is part of; empty for a passage that stands alone. Passages that
        follow each other in one interview are neighbours.
    rates : ndarray of shape (n_codes + 1,)

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
    names = np.asarray(runs, dtype=object)
    together = (names[1:] == names[:-1]) & (names[1:] != "")
    excess = probabilities - rates
    before, after = np.zeros_like(excess), np.zeros_like(excess)
    before[1:][together] = excess[:-1][together]
    after[:-1][together] = excess[1:][together]
    return {"before": before, "after": after}


@dataclass(frozen=True)
class Stacks:
    """How views are weighed for each kind of passage.

    Attributes
    ----------
    by_kind : dict of str to Stack
        For a passage with a question (``"asked"``) and without (``"unasked"``); where it has neighbours,
        ``"asked_in_run"`` and ``"unasked_in_run"``, if there were interviews to learn them from.
    rates : ndarray of shape (n_codes + 1,)
        How often each answer was given.
    """

    by_kind: dict[str, Stack]
    rates: Array

    @classmethod
    def fit(
        cls,
        scores: Mapping[str, Array],
        targets: Array,
        has_question: npt.NDArray[np.bool_],
        runs: Sequence[str] | None,
        views: Mapping[str, Sequence[str]],
    ) -> tuple[Stacks, Array]:
        """Learn from passages that were left out.

        Parameters
        ----------
        scores : mapping of str to ndarray of shape (n, n_codes + 1)
            What each view said of them.
        targets : ndarray of shape (n, n_codes + 1)
        has_question : ndarray of bool, shape (n,)
        runs : sequence of str or None
            See `neighbours`; None learns nothing of them.
        views : mapping of str to sequence of str
            The views to weigh for ``"asked"`` and ``"unasked"``.

        Returns
        -------
        Stacks
        ndarray of shape (n, n_codes + 1)
            The passages' probabilities.
        """
        rates = targets.mean(axis=0)
        stacks: dict[str, Stack] = {}
        every = np.ones(len(targets), dtype=bool)
        found: dict[str, Array] = {}
        for suffix in ("", "_in_run") if runs is not None else ("",):
            for kind, rows in (("unasked", every), ("asked", has_question)):
                seen, chosen = dict(scores), list(views[kind])
                if suffix and runs is not None:
                    seen |= neighbours(found[kind], runs, rates)
                    chosen += NEIGHBOURS
                rows = rows if rows.any() else every
                given = {view: seen[view][rows] for view in chosen}
                stack = stacks[kind + suffix] = Stack.fit(given, chosen, targets[rows])
                found[kind + suffix] = np.where(
                    rows[:, None],
                    probability(stack.logits(seen)),
                    found.get(f"unasked{suffix}", rates),
                )
        best = np.where(has_question[:, None], found["asked" + suffix], found["unasked" + suffix])
        return cls(stacks, rates), best

    def weigh(
        self,
        scores: Mapping[str, Array],
        has_question: npt.NDArray[np.bool_],
        runs: Sequence[str] | None = None,
    ) -> tuple[Array, dict[str, Array], dict[str, npt.NDArray[np.float64]]]:
        """Put the views' scores together.

        Returns
        -------
        logits : ndarray of shape (n, n_codes + 1)
        scores : dict of str to ndarray of shape (n, n_codes + 1)
            Those given, and what the neighbours say.
        weights : dict of str to ndarray of shape (n,)
            What each score was multiplied by.
        """
        seen = dict(scores)
        kinds = np.where(has_question, "asked", "unasked").astype(object)
        logits = self._logits(seen, kinds)
        if runs is not None and "asked_in_run" in self.by_kind:
            seen |= neighbours(probability(logits), runs, self.rates)
            kinds[np.array([bool(run) for run in runs], dtype=bool)] += "_in_run"
            logits = self._logits(seen, kinds)
        weights = {view: np.zeros(len(kinds)) for view in seen}
        for kind, stack in self.by_kind.items():
            for view, weight in zip(stack.views, stack.weights, strict=True):
                if view in weights:
                    weights[view][kinds == kind] = weight
        return logits, seen, weights

    def _logits(self, scores: Mapping[str, Array], kinds: npt.NDArray[Any]) -> Array:
        logits = np.zeros((len(kinds), len(self.rates)))
        for kind, stack in self.by_kind.items():
            rows = np.flatnonzero(kinds == kind)
            if len(rows):
                logits[rows] = stack.logits({view: scores[view][rows] for view in stack.views})
        return logits

    def to_arrays(self) -> dict[str, Array]:
        """Give what was learned as arrays, for saving."""
        return {"rates": self.rates} | {f"stack/{k}": s.to_array() for k, s in self.by_kind.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array], views: Mapping[str, Sequence[str]]) -> Stacks:
        """Take up what `to_arrays` gave."""
        stacks = {}
        for kind, chosen in views.items():
            stacks[kind] = Stack.from_array(chosen, arrays[f"stack/{kind}"])
            if f"stack/{kind}_in_run" in arrays:
                among = [*chosen, *NEIGHBOURS]
                stacks[f"{kind}_in_run"] = Stack.from_array(among, arrays[f"stack/{kind}_in_run"])
        return cls(stacks, arrays["rates"])


def best_threshold(probabilities: Array, targets: Array) -> float:
    """Give the threshold, in steps of .01 from .05 to .9, of the highest micro F1."""
    steps = np.round(np.arange(0.05, 0.91, 0.01), 2)
    chosen = probabilities[None] >= steps[:, None, None]
    hits = (chosen & (targets > 0)[None]).sum(axis=(1, 2))
    f1 = 2 * hits / (chosen.sum(axis=(1, 2)) + targets.sum())
    return float(steps[int(np.argmax(f1))])
