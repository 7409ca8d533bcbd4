from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge

from mestring_nlp import ridge


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    rng = np.random.default_rng(3)
    return rng.normal(size=(40, 6)), rng.normal(size=(40, 3)), rng.normal(size=(9, 6))


def test_linear_is_ridge_regression_on_centred_targets(data) -> None:  # type: ignore[no-untyped-def]
    X, Y, new = data
    ours = ridge.fit(X, Y, 2.0)[0]
    theirs = Ridge(2.0, fit_intercept=False).fit(X, Y - Y.mean(axis=0))
    np.testing.assert_allclose(ours.scores(new), theirs.predict(new) + Y.mean(axis=0), atol=1e-9)


def test_quadratic_is_kernel_ridge_of_degree_two(data) -> None:  # type: ignore[no-untyped-def]
    X, Y, new = data
    ours = ridge.fit(X, Y, 0.5, quadratic=True)[0]
    theirs = KernelRidge(alpha=0.5, kernel="poly", degree=2, gamma=1, coef0=1)
    theirs.fit(X, Y - Y.mean(axis=0))
    np.testing.assert_allclose(ours.scores(new), theirs.predict(new) + Y.mean(axis=0), atol=1e-9)
    again = ridge.Quadratic.from_arrays(ours.to_arrays())
    np.testing.assert_allclose(again.scores(new), ours.scores(new), atol=1e-4)


def test_sparse_rows_give_the_same_as_dense_ones(data) -> None:  # type: ignore[no-untyped-def]
    X, Y, new = data
    X = np.where(X > 0.8, X, 0)
    dense = ridge.fit(X, Y, 1.0)[0].scores(new)
    table = sparse.csr_matrix(X)
    thin = ridge.fit(table, Y, 1.0)[0].scores(sparse.csr_matrix(new))
    np.testing.assert_allclose(thin, dense, atol=1e-9)


@pytest.mark.parametrize("quadratic", [False, True])
def test_left_out_is_what_learning_again_without_them_gives(data, quadratic: bool) -> None:  # type: ignore[no-untyped-def]
    X, Y, _ = data
    Y = Y - Y.mean(axis=0)
    partitions = [[np.array([3, 8, 11]), np.arange(20, 31)], [np.array([11, 3, 25])]]
    _, found = ridge.fit(X, Y, 0.7, quadratic=quadratic, partitions=partitions)
    for left_out, blocks in zip(found, partitions, strict=True):
        for block in blocks:
            others = np.setdiff1d(np.arange(len(X)), block)
            kernel = {"kernel": "poly", "degree": 2, "gamma": 1} if quadratic else {"kernel": "linear"}
            again = KernelRidge(alpha=0.7, **kernel).fit(X[others], Y[others])
            np.testing.assert_allclose(left_out[block], again.predict(X[block]), atol=1e-9)
        np.testing.assert_allclose(left_out[[0, 1, 2]], 0, atol=1e-12)
