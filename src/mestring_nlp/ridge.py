"""Ridge regression of many targets at once: on sparse n-grams, and on an embedding and its products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from mestring_nlp.regression import Linear, Quadratic

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


class Block(NamedTuple):
    """Rows that are left out together, and those of them whose scores are wanted."""

    left_out: Rows
    scored: Rows


def gram(features: Any, *, quadratic: bool = False) -> Array:
    """Compute the inner products of all rows with each other.

    Parameters
    ----------
    features : ndarray or sparse matrix of shape (n, n_features)
    quadratic : bool, default False
        Whether of the rows extended by all products of two features: the kernel (1 + x·y)².

    Returns
    -------
    ndarray of shape (n, n)
    """
    if not sparse.issparse(features):
        inner = np.asarray(features @ features.T, dtype=np.float64)
        if quadratic:
            inner += 1
            np.square(inner, out=inner)
        return inner
    # n-grams that stand in many rows are multiplied as a dense block: three times as fast.
    often = features.getnnz(axis=0) > features.shape[0] / 16
    dense = features[:, often].toarray()
    seldom = features[:, ~often]
    inner = np.asarray(dense @ dense.T, dtype=np.float64)
    inner += (seldom @ seldom.T).toarray()
    return inner


class Problem:
    """A ridge regression to be solved, for any penalty.

    Parameters
    ----------
    features : ndarray or sparse matrix of shape (n, n_features)
    targets : ndarray of shape (n, n_targets)
        Centred before fitting, unless there is a prior.
    quadratic : bool, default False
        Whether products of two features count as features too.
    prior : Linear or Quadratic, optional
        A regression learned elsewhere: coefficients are drawn toward its, in place of toward zero.
    """

    def __init__(
        self,
        features: Any,
        targets: Array,
        *,
        quadratic: bool = False,
        prior: Linear | Quadratic | None = None,
    ) -> None:
        self.features, self.targets = features, targets
        self.quadratic, self.prior = quadratic, prior
        mean = targets.mean(axis=0)
        self.known = np.tile(mean, (len(targets), 1)) if prior is None else prior.scores(features)
        self.gram = gram(features, quadratic=quadratic)

    def solve(
        self, alpha: float, partitions: Sequence[Sequence[Block]] = (), *, once: bool = False
    ) -> tuple[Array, list[Array]]:
        """Return the weights of the rows, and out-of-sample scores in closed form.

        Parameters
        ----------
        alpha : float
            The penalty.
        partitions : sequence of sequences of Block
            Each holds blocks of rows to leave out, no row scored by two blocks of one partition.
        once : bool, default False
            Whether the inner products may be overwritten, to save memory.

        Returns
        -------
        ndarray of shape (n, n_targets)
        list of ndarray of shape (n, n_targets)
            For each partition, the scores of each block's rows by a regression of all rows but the
            block's, centred on their own means; where no block scores a row, all targets' means, or
            what the prior says. It costs little more than the fit: with G = (K + alpha I)⁻¹ the
            errors of a block B are G_BB⁻¹ (G y)_B.

        References
        ----------
        S. An, W. Liu, S. Venkatesh (2007). Fast cross-validation algorithms for least squares support
        vector machine and kernel ridge regression. Pattern Recognition 40(8), 2154-2162.
        """
        penalised = self.gram if once else self.gram.copy()
        penalised.flat[:: len(penalised) + 1] += alpha
        # The transpose of a symmetric matrix is laid out as LAPACK wants it: nothing is copied.
        lower = linalg.cholesky(penalised.T, lower=True, overwrite_a=True, check_finite=False)
        errors = np.column_stack([self.targets - self.known, np.ones(len(self.targets))])
        solved = linalg.cho_solve((lower, True), errors, check_finite=False)
        weights, of_mean = solved[:, :-1], solved[:, -1:]
        left_out = [self.known.copy() for _ in partitions]
        if not partitions:
            return weights, left_out
        inverse, _ = linalg.lapack.dpotri(lower, lower=1, overwrite_c=1)  # its lower triangle
        missed: dict[bytes, Array] = {}  # folds share blocks
        for scores, blocks in zip(left_out, partitions, strict=True):
            for block, scored in blocks:
                rows = np.sort(block)
                key = rows.tobytes()
                if key not in missed:
                    factor = linalg.cholesky(inverse[np.ix_(rows, rows)], lower=True, check_finite=False)
                    own = weights[rows] + of_mean[rows] * self._moved(rows)
                    missed[key] = linalg.cho_solve((factor, True), own, check_finite=False)
                wanted = np.isin(rows, scored)
                scores[rows[wanted]] = (self.targets[rows] - missed[key])[wanted]
        return weights, left_out

    def _moved(self, rows: Rows) -> Array:
        """Return how far the targets' means move when rows are left out; a prior does not move."""
        n, left_out = len(self.targets), len(rows)
        if self.prior is not None or left_out == n:
            return np.zeros(self.targets.shape[1])
        total = self.targets.sum(axis=0)
        return np.asarray(total / n - (total - self.targets[rows].sum(axis=0)) / (n - left_out))

    def regression(self, weights: Array) -> Linear | Quadratic:
        """Return the regression of all rows, by what `solve` returned."""
        mean = self.targets.mean(axis=0)
        linear = np.asarray(self.features.T @ weights)
        found: Linear | Quadratic = Linear(linear, mean)
        if self.quadratic:
            products = [self.features.T @ (self.features * column[:, None]) for column in weights.T]
            found = Quadratic(np.stack(products), 2 * linear, weights.sum(axis=0) + mean, mean)
        return found if self.prior is None else _corrected(self.prior, found)


def _corrected(prior: Linear | Quadratic, found: Linear | Quadratic) -> Linear | Quadratic:
    """Return the regression whose scores are the prior's and what was found beside it."""
    if isinstance(prior, Quadratic) and isinstance(found, Quadratic):
        return Quadratic(
            prior.products + found.products,
            prior.coefficients + found.coefficients,
            prior.constant + found.constant - found.intercept,
            prior.intercept,
        )
    return Linear(prior.coefficients + found.coefficients, prior.intercept)
