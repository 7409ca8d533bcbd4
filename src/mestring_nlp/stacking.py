"""The views' scores, combined into one distribution over answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.conformal import KINDS
from mestring_nlp.context import CONTEXT, Rows

Array = npt.NDArray[np.float64]

NEIGHBOURS = ("before", "after")
"""The distributions of the segments just before and after, as views."""
IN_SEQUENCE = "_in_sequence"

_USUAL_WEIGHT = 2.0
_USUAL_PULL, _PULL = 0.5, 30.0  # toward what is usual; toward a base


@dataclass(frozen=True)
class Stack:
    """A multinomial logistic regression on the scores of views, shared by all answers.

    Weights and intercepts depend on the passage's length, and on whether it begins its answer: of a
    short answer the question tells more, of what comes later in an answer less, and more short answers
    have no code.

    Attributes
    ----------
    views : tuple of str
    weights : ndarray of shape (n_views, 3)
        Of each view's score, and of its score times the other columns of `Rows.context`.
    intercepts : ndarray of shape (n_codes + 1, 3)
        Of each code and of no code, likewise.
    """

    views: tuple[str, ...]
    weights: Array
    intercepts: Array

    @classmethod
    def fit(
        cls,
        scores: Mapping[str, Array],
        views: Sequence[str],
        targets: Array,
        context: Array,
        weight: Array,
        prior: Stack | None = None,
    ) -> Stack:
        """Learn the weights from out-of-sample scores, so that the people's codes become probable.

        A passage with several codes counts by the sum of their probabilities: the most probable
        answer is right when it is any of them.

        Parameters
        ----------
        scores : mapping of str to ndarray of shape (n, n_codes + 1)
            Each view's, of which 0 tells nothing.
        views : sequence of str
        targets : ndarray of shape (n, n_codes + 1)
        context : ndarray of shape (n, 3)
            See `Rows.context`.
        weight : ndarray of shape (n,)
            How much each passage counts; 1 on average.
        prior : Stack, optional
            Toward whose weights these are drawn; without one, lightly toward usual ones, so that a few
            passages that are easily told apart do not make the model sure of everything.
        """
        from scipy.optimize import minimize

        inputs = np.stack([scores[view] for view in views])
        inputs = np.concatenate([inputs * column[:, None] for column in context.T])
        width = len(inputs)
        start = np.zeros(width + context.shape[1] * targets.shape[1])
        start[: len(views)] = _USUAL_WEIGHT
        centre = prior.to_array() if prior else start
        pull = _PULL if prior else _USUAL_PULL
        with np.errstate(divide="ignore"):
            said = np.log(targets)

        def loss(point: Array) -> tuple[float, Array]:
            intercepts = point[width:].reshape(context.shape[1], -1)
            logits = np.tensordot(point[:width], inputs, 1) + context @ intercepts
            every = _log_sum_exp(logits)
            right = _log_sum_exp(logits + said)
            error = (np.exp(logits - every) - np.exp(logits + said - right)) * weight[:, None]
            away = point - centre
            slope = np.concatenate([(inputs * error).sum(axis=(1, 2)), (context.T @ error).ravel()])
            return float((weight * (every - right)[:, 0]).sum() + pull * (away**2).sum() / 2), (
                slope + pull * away
            )

        found = minimize(loss, centre, jac=True, method="L-BFGS-B")
        return cls.from_array(views, found.x)

    @classmethod
    def from_array(cls, views: Sequence[str], array: Array) -> Stack:
        """Restore what `to_array` returned."""
        columns = len(CONTEXT)
        width = columns * len(views)
        weights, intercepts = array[:width], array[width:]
        return cls(tuple(views), weights.reshape(columns, -1).T, intercepts.reshape(columns, -1).T)

    def to_array(self) -> Array:
        """Return weights and intercepts as one array."""
        return np.concatenate([self.weights.T.ravel(), self.intercepts.T.ravel()])

    def weights_at(self, context: Array) -> Array:
        """Return each view's weight for each passage, of shape (n_views, n)."""
        # Column by column: a matrix product would round by how many passages there are.
        return np.asarray(sum(w[:, None] * c for w, c in zip(self.weights.T, context.T, strict=True)))

    def intercepts_at(self, context: Array) -> Array:
        """Return each passage's intercepts, of shape (n, n_codes + 1)."""
        columns = zip(self.intercepts.T, context.T, strict=True)
        return np.asarray(sum(intercept * column[:, None] for intercept, column in columns))

    def logits(self, scores: Mapping[str, Array], context: Array) -> Array:
        """Return each answer's logit, of shape (n, n_codes + 1); see `distribution`."""
        weighted = [
            weight[:, None] * scores[view]
            for view, weight in zip(self.views, self.weights_at(context), strict=True)
        ]
        return np.asarray(sum(weighted) + self.intercepts_at(context))


def distribution(logits: Array) -> Array:
    """Return the probabilities of which the logits are the logarithms, but for a constant a row."""
    return np.asarray(np.exp(logits - _log_sum_exp(logits)))


def _log_sum_exp(logits: Array) -> Array:
    most = logits.max(axis=1, keepdims=True)
    return np.asarray(most + np.log(np.exp(logits - most).sum(axis=1, keepdims=True)))


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
        How often each answer is given; they sum to 1.
    """

    by_kind: dict[str, Stack]
    rates: Array

    @property
    def knows_neighbours(self) -> bool:
        """Whether the weight of neighbours was learned."""
        return KINDS[0] + IN_SEQUENCE in self.by_kind

    @classmethod
    def fit(
        cls,
        scores: Mapping[str, Array],
        targets: Array,
        rows: Rows,
        weight: Array,
        views: Mapping[str, Sequence[str]],
        *,
        in_sequence: bool,
        prior: Stacks | None = None,
    ) -> tuple[Stacks, Array]:
        """Learn from out-of-sample scores.

        Parameters
        ----------
        scores : mapping of str to ndarray of shape (n, n_codes + 1)
            Each view's, of which 0 tells nothing.
        targets : ndarray of shape (n, n_codes + 1)
        rows : Rows
        weight : ndarray of shape (n,)
            How much each passage counts.
        views : mapping of str to sequence of str
            The views of each kind.
        in_sequence : bool
            Whether to learn the weight of neighbours.
        prior : Stacks, optional
            Toward which these are drawn.

        Returns
        -------
        Stacks
        ndarray of shape (n, n_codes + 1)
            The segments' distributions.
        """
        shares = targets / targets.sum(axis=1, keepdims=True)
        rates = prior.rates if prior else np.average(shares, axis=0, weights=weight)
        stacks: dict[str, Stack] = {}
        alone, asked = np.ones(len(rows), dtype=bool), rows.has_question
        near: dict[str, dict[str, Array]] = {}
        for suffix in ("", IN_SEQUENCE) if in_sequence else ("",):
            own = rows.inside if suffix else alone
            for kind, having in zip(KINDS, (alone, asked), strict=True):
                inputs = dict(scores) | (near[kind] if suffix else {})
                chosen = [*views[kind], *(NEIGHBOURS if suffix else ())]
                taught = own & having if (own & having).any() else own
                stacks[kind + suffix] = Stack.fit(
                    {view: inputs[view][taught] for view in chosen},
                    chosen,
                    targets[taught],
                    rows.context[taught],
                    weight[taught] / weight[taught].mean(),
                    prior.by_kind[kind + suffix] if prior else None,
                )
            if in_sequence and not suffix:
                without, with_ = (
                    distribution(stacks[kind].logits(scores, rows.context)) for kind in KINDS
                )
                for kind, found in zip(
                    KINDS, (without, np.where(asked[:, None], with_, without)), strict=True
                ):
                    near[kind] = neighbours(found, rows.sequences, rates, rows.starts)
        learned = cls(stacks, rates)
        return learned, distribution(learned.combine(scores, rows)[0])

    def combine(
        self, scores: Mapping[str, Array], rows: Rows
    ) -> tuple[Array, dict[str, Array], dict[str, Array]]:
        """Return the logits, and what they consist of.

        Returns
        -------
        logits : ndarray of shape (n, n_codes + 1)
        scores : dict of str to ndarray of shape (n, n_codes + 1)
            Those given, and the neighbours'.
        weights : dict of str to ndarray of shape (n,)
            What each score was multiplied by.
        """
        inputs = dict(scores)
        kinds = np.where(rows.has_question, KINDS[1], KINDS[0]).astype(object)
        logits = self._logits(inputs, kinds, rows.context)
        inside = rows.inside
        if inside.any() and self.knows_neighbours:
            inputs |= neighbours(distribution(logits), rows.sequences, self.rates, rows.starts)
            kinds[inside] += IN_SEQUENCE
            logits = self._logits(inputs, kinds, rows.context)
        weights = {view: np.zeros(len(kinds)) for view in inputs}
        for kind, stack in self.by_kind.items():
            own = kinds == kind
            for view, weight in zip(stack.views, stack.weights_at(rows.context[own]), strict=True):
                if view in weights:
                    weights[view][own] = weight
        return logits, inputs, weights

    def _logits(self, scores: Mapping[str, Array], kinds: npt.NDArray[Any], context: Array) -> Array:
        logits = np.zeros((len(kinds), len(self.rates)))
        for kind, stack in self.by_kind.items():
            own = np.flatnonzero(kinds == kind)
            if len(own):
                given = {view: scores[view][own] for view in stack.views}
                logits[own] = stack.logits(given, context[own])
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
