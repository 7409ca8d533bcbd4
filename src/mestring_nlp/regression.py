"""What a ridge regression has learned, applied: scores of rows of features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Coefficients = npt.NDArray[np.float64 | np.float32]
"""In 32 bits once they have been saved, which saves memory; what is computed with them has 64."""


@dataclass
class Linear:
    """Scores linear in the features.

    Attributes
    ----------
    coefficients : ndarray of shape (n_features, n_targets)
    intercept : ndarray of shape (n_targets,)
    """

    coefficients: Coefficients
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
        return cls(arrays["coefficients"], arrays["intercept"])


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

    products: Coefficients
    coefficients: Coefficients
    constant: Array
    intercept: Array

    def scores(self, features: Any) -> Array:
        """Return each row's scores, an array of shape (n, n_targets)."""
        pairs = [((features @ product) * features).sum(axis=1) for product in self.products]
        return np.asarray(np.stack(pairs, axis=1) + features @ self.coefficients + self.constant)

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
        coefficients = arrays["coefficients"]
        width, targets = coefficients.shape
        products = np.zeros((targets, width, width), dtype=np.float32)
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
