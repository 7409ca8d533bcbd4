from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge

from mestring_nlp import ridge
from mestring_nlp.regression import Quadratic


def fit(X, Y, alpha, *, quadratic=False, partitions=(), prior=None):  # type: ignore[no-untyped-def]
    problem = ridge.Problem(X, Y, quadratic=quadratic, prior=prior)
    weights, left_out = problem.solve(alpha, partitions)
    return problem.regression(weights), left_out


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    rng = np.random.default_rng(3)
    return rng.normal(size=(40, 6)), rng.normal(size=(40, 3)), rng.normal(size=(9, 6))


def test_linear_is_ridge_regression_on_centred_targets(data) -> None:  # type: ignore[no-untyped-def]
    X, Y, new = data
    ours = fit(X, Y, 2.0)[0]
    theirs = Ridge(2.0, fit_intercept=False).fit(X, Y - Y.mean(axis=0))
    np.testing.assert_allclose(ours.scores(new), theirs.predict(new) + Y.mean(axis=0), atol=1e-9)


def test_quadratic_is_kernel_ridge_of_degree_two(data) -> None:  # type: ignore[no-untyped-def]
    X, Y, new = data
    ours = fit(X, Y, 0.5, quadratic=True)[0]
    theirs = KernelRidge(alpha=0.5, kernel="poly", degree=2, gamma=1, coef0=1)
    theirs.fit(X, Y - Y.mean(axis=0))
    np.testing.assert_allclose(ours.scores(new), theirs.predict(new) + Y.mean(axis=0), atol=1e-9)
    again = Quadratic.from_arrays(ours.to_arrays())
    np.testing.assert_allclose(again.scores(new), ours.scores(new), atol=1e-4)


def test_sparse_rows_give_the_same_as_dense_ones(data) -> None:  # type: ignore[no-untyped-def]
    X, Y, new = data
    X = np.where(X > 0.8, X, 0)
    dense = fit(X, Y, 1.0)[0].scores(new)
    table = sparse.csr_matrix(X)
    thin = fit(table, Y, 1.0)[0].scores(sparse.csr_matrix(new))
    np.testing.assert_allclose(thin, dense, atol=1e-9)


@pytest.mark.parametrize("quadratic", [False, True])
@pytest.mark.parametrize("with_prior", [False, True])
def test_left_out_is_what_learning_again_without_them_gives(
    data,  # type: ignore[no-untyped-def]
    quadratic: bool,
    with_prior: bool,
) -> None:
    X, Y, other = data
    prior = fit(other, Y[:9], 3.0, quadratic=quadratic)[0] if with_prior else None
    known = prior.scores(X) if prior else np.zeros_like(Y)
    parts = [[np.array([3, 8, 11]), np.arange(20, 31)], [np.array([11, 3, 25])]]
    partitions = [[ridge.Block(block, block[:2]) for block in blocks] for blocks in parts]
    _, found = fit(X, Y, 0.7, quadratic=quadratic, partitions=partitions, prior=prior)
    for left_out, blocks in zip(found, parts, strict=True):
        for block in blocks:
            rest = np.setdiff1d(np.arange(len(X)), block)
            kernel = {"kernel": "poly", "degree": 2, "gamma": 1} if quadratic else {"kernel": "linear"}
            around = known if prior else np.tile(Y[rest].mean(axis=0), (len(X), 1))
            again = KernelRidge(alpha=0.7, **kernel).fit(X[rest], Y[rest] - around[rest])
            expected = again.predict(X[block[:2]]) + around[block[:2]]
            np.testing.assert_allclose(left_out[block[:2]], expected, atol=1e-9)
        others = known if prior else np.tile(Y.mean(axis=0), (len(X), 1))
        np.testing.assert_allclose(left_out[[0, 1, 2]], others[[0, 1, 2]], atol=1e-12)


@pytest.mark.parametrize("quadratic", [False, True])
def test_a_prior_is_kept_where_nothing_contradicts_it(data, quadratic: bool) -> None:  # type: ignore[no-untyped-def]
    X, Y, new = data
    prior = fit(X, Y, 0.7, quadratic=quadratic)[0]
    for alpha, said in ((0.1, prior.scores(new)), (1e9, Y[:9])):
        again = fit(new, said, alpha, quadratic=quadratic, prior=prior)[0]
        np.testing.assert_allclose(again.scores(X), prior.scores(X), atol=1e-5)
    near = fit(new, Y[:9], 1e-6, quadratic=True, prior=fit(X, Y, 0.7, quadratic=True)[0])[0]
    np.testing.assert_allclose(near.scores(new), Y[:9], atol=1e-3)
