"""Ridge regression of many targets at once: on sparse n-grams, and on an embedding and its products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

Array = npt.NDArray[np.float64]


@dataclass
class Linear:
    """Scores linear in the features.

    Attributes
    ----------
    coefficients : ndarray of shape (n_features, n_targets)
    intercept : ndarray of shape (n_targets,)
    """

    coefficients: Array
    intercept: Array

    def scores(self, features: Any) -> Array:
        """Return each row's scores, an array of shape (n, n_targets)."""
        return np.asarray(features @ self.coefficients) + self.intercept

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the fitted state as arrays, for saving."""
        return {"coefficients": self.coefficients.astype(np.float32), "intercept": self.intercept}

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> Linear:
        """Restore what `to_arrays` returned."""
        return cls(arrays["coefficients"].astype(np.float64), arrays["intercept"])


@dataclass
class Quadratic:
    """Scores quadratic in the features: linear in them and in their products by two.

    Attributes
    ----------
    products : ndarray of shape (n_targets, n_features, n_features)
        Symmetric.
    coefficients : ndarray of shape (n_features, n_targets)
    constant, intercept : ndarray of shape (n_targets,)
        What is added to every row; of that, the targets' means.
    """

    products: Array
    coefficients: Array
    constant: Array
    intercept: Array

    def scores(self, features: Array) -> Array:
        """Return each row's scores, an array of shape (n, n_targets)."""
        pairs = [((features @ product) * features).sum(axis=1) for product in self.products]
        return np.stack(pairs, axis=1) + features @ self.coefficients + self.constant

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the fitted state as arrays, for saving; of the products, one triangle."""
        above = np.triu_indices(self.products.shape[1])
        return {
            "products": self.products[:, *above].astype(np.float32),
            "coefficients": self.coefficients.astype(np.float32),
            "constant": self.constant,
            "intercept": self.intercept,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> Quadratic:
        """Restore what `to_arrays` returned."""
        coefficients = arrays["coefficients"].astype(np.float64)
        width, targets = coefficients.shape
        products = np.zeros((targets, width, width))
        above = np.triu_indices(width)
        products[:, *above] = arrays["products"]
        products[:, *above[::-1]] = arrays["products"]
        return cls(products, coefficients, arrays["constant"], arrays["intercept"])


def from_arrays(
    arrays: Mapping[str, npt.NDArray[Any]], prefix: str, *, quadratic: bool
) -> Linear | Quadratic:
    """Restore a regression from those of the arrays whose names begin with a prefix."""
    own = {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}
    return Quadratic.from_arrays(own) if quadratic else Linear.from_arrays(own)


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
        return (1 + inner) ** 2 if quadratic else inner
    # n-grams that stand in many rows are multiplied as a dense block: three times as fast.
    often = features.getnnz(axis=0) > features.shape[0] / 16
    dense = features[:, often].toarray()
    seldom = features[:, ~often]
    return np.asarray(dense @ dense.T + (seldom @ seldom.T).toarray(), dtype=np.float64)


def fit(
    features: Any,
    targets: Array,
    alpha: float,
    *,
    quadratic: bool = False,
    partitions: Sequence[Sequence[npt.NDArray[np.int64]]] = (),
) -> tuple[Linear | Quadratic, list[Array]]:
    """Fit a ridge regression, and compute its out-of-sample scores in closed form.

    Parameters
    ----------
    features : ndarray or sparse matrix of shape (n, n_features)
    targets : ndarray of shape (n, n_targets)
        Centred before fitting.
    alpha : float
        The penalty.
    quadratic : bool, default False
        Whether products of two features count as features too.
    partitions : sequence of sequences of ndarray of int
        Each holds blocks of rows to be left out together, no row in two blocks of one partition.

    Returns
    -------
    Linear or Quadratic
        Learned from all rows.
    list of ndarray of shape (n, n_targets)
        For each partition, the scores of each block's rows by a regression of all rows but the block's,
        the targets centred as before; the targets' means for rows of no block. It costs little more
        than the fit: with G = (K + alpha I)⁻¹ the errors of a block B are G_BB⁻¹ (G y)_B.

    References
    ----------
    S. An, W. Liu, S. Venkatesh (2007). Fast cross-validation algorithms for least squares support vector
    machine and kernel ridge regression. Pattern Recognition 40(8), 2154-2162.
    """
    mean = targets.mean(axis=0)
    centred = targets - mean
    penalised = gram(features, quadratic=quadratic)
    penalised.flat[:: len(penalised) + 1] += alpha
    lower = linalg.cholesky(penalised, lower=True, overwrite_a=True, check_finite=False)
    weights = linalg.cho_solve((lower, True), centred, check_finite=False)
    rows = np.unique([row for blocks in partitions for block in blocks for row in block]).astype(int)
    place = np.zeros(len(targets), dtype=int)
    place[rows] = np.arange(len(rows))
    columns = np.zeros((len(targets), len(rows)))
    columns[rows, place[rows]] = 1
    root = linalg.solve_triangular(lower, columns, lower=True, overwrite_b=True, check_finite=False)
    left_out = [np.tile(mean, (len(targets), 1)) for _ in partitions]
    for scores, blocks in zip(left_out, partitions, strict=True):
        for block in blocks:
            own = root[:, place[block]]
            scores[block] += centred[block]
            scores[block] -= linalg.solve(own.T @ own, weights[block], assume_a="pos")
    linear = np.asarray(features.T @ weights)
    if not quadratic:
        return Linear(linear, mean), left_out
    products = np.stack([features.T @ (features * column[:, None]) for column in weights.T])
    return Quadratic(products, 2 * linear, weights.sum(axis=0) + mean, mean), left_out
