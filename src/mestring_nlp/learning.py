"""What each view learns from coded passages, and what it says of those left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mestring_nlp import ridge
from mestring_nlp.calibration import LeftOut
from mestring_nlp.context import Rows
from mestring_nlp.encoding import Progress, no_progress
from mestring_nlp.features import VIEWS, Features
from mestring_nlp.folds import Fold
from mestring_nlp.ngrams import SparseRows
from mestring_nlp.regression import Linear, Quadratic
from mestring_nlp.ridge import Block
from mestring_nlp.stacking import Stacks, distribution
from mestring_nlp.transcript import LoneQuestion, Segment

Array = npt.NDArray[np.float64]
Tables = list[dict[str, Array]]
Regressions = dict[str, Linear | Quadratic]

STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)
"""How strongly coefficients may be drawn toward a base's, in multiples of the penalties."""


@dataclass(frozen=True)
class Examples:
    """What is learned from, with codes as rows of targets.

    Beside the passages, that calibration is learned from as well: lone questions, and what the
    codebook says of its codes.
    """

    codes: tuple[str, ...]
    segments: list[Segment]
    targets: Array
    lone: list[LoneQuestion]
    lone_targets: Array
    definitions: list[str]
    definition_targets: Array
    hands: list[str]

    def beside(self, field: str) -> tuple[list[str], Array]:
        """Return the texts, and their targets, that a view of some field learns beside passages."""
        lone = [question.text for question in self.lone]
        if field == "text":
            return self.definitions, self.definition_targets
        if field == "question":
            return lone, self.lone_targets
        return self.definitions + lone, np.vstack([self.definition_targets, self.lone_targets])

    @property
    def rows(self) -> Rows:
        """What stacks must know of the passages."""
        return Rows.of(self.segments)


@dataclass(frozen=True)
class Learner:
    """Learns a ridge regression for each view.

    Attributes
    ----------
    penalties : dict of str to float
        For each view.
    features : Features
        Fitted.
    base : dict of str to Linear or Quadratic, optional
        Regressions toward which these are drawn.
    progress : callable, optional
        Called with the views; see `mestring_nlp.encoding.Progress`.
    """

    penalties: Mapping[str, float]
    features: Features
    base: Regressions | None = None
    progress: Progress = no_progress

    def learn(
        self, given: Examples, folds: Sequence[Fold], strength: float = 1.0
    ) -> tuple[Regressions, Tables]:
        """Return each view's regression, and its scores of what the folds' partitions leave out.

        Parameters
        ----------
        given : Examples
        folds : sequence of Fold
        strength : float
            Multiplies the penalties.

        Returns
        -------
        dict of str to Linear or Quadratic
        list of dict of str to ndarray of shape (n, n_codes + 1)
            One for each of the folds' partitions, three a fold. A score of 0 tells nothing.
        """
        partitions = [blocks for one in folds for blocks in one.partitions]
        tables: Tables = [{} for _ in partitions]
        views: Regressions = {}
        for name in self.progress(list(self.penalties), "Learning"):
            task = self._task(name, given)
            blocks = [task.taught_of(part) for part in partitions]
            weights, found = task.problem.solve(self.penalties[name] * strength, blocks, once=True)
            views[name] = task.problem.regression(weights)
            for table, scores in zip(tables, found, strict=True):
                table[name] = task.spread(scores - views[name].intercept)
        return views, tables

    def strength(self, given: Examples, every: Fold, stacks: Stacks) -> float:
        """Return how strongly to hold on to the base: what makes passages left out most probable.

        Parameters
        ----------
        given : Examples
        every : Fold
            Of all passages.
        stacks : Stacks
            The base's.
        """
        tables: Tables = [{} for _ in STRENGTHS]
        for name, penalty in self.penalties.items():
            task = self._task(name, given)
            blocks = [task.taught_of(every.within)]
            for table, strength in zip(tables, STRENGTHS, strict=True):
                _, (scores,) = task.problem.solve(penalty * strength, blocks)
                table[name] = task.spread(scores - (self.base or {})[name].intercept)
        found = [distribution(stacks.combine(table, given.rows)[0]) for table in tables]
        right = [(q * (given.targets > 0)).sum(axis=1) for q in found]
        return STRENGTHS[int(np.argmax([np.log(q).mean() for q in right]))]

    def _task(self, name: str, given: Examples) -> _Task:
        view = VIEWS[name]
        texts = [view.read(segment) for segment in given.segments]
        extra, extra_targets = given.beside(view.field)
        taught = np.array([bool(text) or view.field != "question" for text in texts], dtype=bool)
        if not taught.any() and not extra:
            taught[:] = True
        used = [text for text, known in zip(texts, taught, strict=True) if known]
        features = self.features.view(name, [*used, *extra])
        problem = ridge.Problem(
            features.to_scipy() if isinstance(features, SparseRows) else features,
            np.vstack([given.targets[taught], extra_targets]),
            quadratic=view.degree == 2,
            prior=self.base[name] if self.base else None,
        )
        return _Task(problem, taught)


class _Task(NamedTuple):
    """A view's regression, and which passages it learns from; lone questions come after them."""

    problem: ridge.Problem
    taught: npt.NDArray[np.bool_]

    def taught_of(self, blocks: Sequence[Block]) -> list[Block]:
        """Return blocks as rows of the regression, without those of which nothing is scored."""
        place = np.cumsum(self.taught) - 1
        found = [Block(*(place[rows[self.taught[rows]]] for rows in block)) for block in blocks]
        return [block for block in found if len(block.scored)]

    def spread(self, scores: Array) -> Array:
        """Return a table of all passages; 0 for those that the view does not see."""
        table = np.zeros((len(self.taught), scores.shape[1]))
        table[self.taught] = scores[: self.taught.sum()]
        return table


def left_out_of(given: Examples, one: Fold, tables: Tables) -> LeftOut:
    """Return what a fold's calibration is learned from, by the three tables of the fold."""
    others = np.setdiff1d(np.arange(len(given.segments)), one.test)
    return LeftOut(tables[1], tables[2], given.targets, given.rows, given.hands).take(others)
