"""Tests and intervals over interviews: permutations of groups, and a bootstrap by weights.

The interview is the unit throughout. Passages of one interview share a speaker and a topic; to take each
for an observation of its own would make chance look like a finding.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, rankdata

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MOST_EXACT = 20_000
"""Up to so many ways to divide the interviews, all are tried."""

_DRAWN = 9_999
_ALMOST = 1e-9


class Contrast(NamedTuple):
    """Two groups of interviews compared, one value a measure.

    Attributes
    ----------
    difference : ndarray of shape (m,)
        Mean of the first group less that of the second.
    low, high : ndarray of shape (m,)
        The interval of the difference; ``nan`` where so few interviews cannot exclude any value.
    p : ndarray of shape (m,)
        Two-sided: twice the smaller tail, at most 1.
    exact : bool
        Whether all ways to divide the interviews were tried.
    """

    difference: Floats
    low: Floats
    high: Floats
    p: Floats
    exact: bool


def cliffs_delta(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Compute Cliff's delta: how much more often a value of `a` exceeds one of `b` than the reverse.

    Parameters
    ----------
    a, b : sequence of float
        One value an interview.

    Returns
    -------
    float
        In [-1, 1]; 0 where neither group tends to be higher, 1 where all of `a` exceed all of `b`;
        ``nan`` for an empty group.

    References
    ----------
    N. Cliff (1993). Dominance statistics: ordinal analyses to answer ordinal questions. Psychological
    Bulletin 114, 494-509.

    Examples
    --------
    >>> round(cliffs_delta([1, 2, 3], [0, 1, 2]), 4)
    0.5556
    """
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if not x.size or not y.size:
        return float("nan")
    return float(np.sign(x[:, None] - y[None, :]).mean())


def compare_groups(X: Floats, first: Bools, *, level: float = 0.95, seed: int = 0) -> Contrast:
    """Compare the means of two groups of interviews by permuting which interview is in which.

    The interval holds the shifts that the same test does not reject, so that it leaves out 0 where p is
    below 1 - level, also for groups of unequal size: its limits are order statistics of the differences
    between equally many interviews of either group, and it needs no bootstrap.

    Parameters
    ----------
    X : ndarray of shape (n, m)
        One row an interview, one column a measure.
    first : ndarray of bool, shape (n,)
        Which interviews are in the first group.
    level : float, default 0.95
    seed : int
        Of the permutations that are drawn where there are too many to try all.

    Returns
    -------
    Contrast

    References
    ----------
    R. A. Fisher (1935). The design of experiments, section 21. The limits: J. S. Maritz (1995).
    Distribution-free statistical methods, 2nd ed., ch. 3. Drawn permutations count the observed one:
    B. Phipson, G. K. Smyth (2010). Permutation p-values should never be zero. SAGMB 9, 39.
    """
    n, size = len(first), int(first.sum())
    others = n - size
    observed = X[first].mean(axis=0) - X[~first].mean(axis=0)
    exact = comb(n, size) <= MOST_EXACT
    groups = _divisions(first, exact, seed)
    out, into = first & ~groups, ~first & groups
    swapped = out.sum(axis=1)
    moved = swapped > 0
    # What leaves the first group less what comes into it, and what the difference then is.
    exchanged = out.astype(float) @ X - into.astype(float) @ X
    permuted = observed - (1 / size + 1 / others) * exchanged
    equal = _ALMOST * np.abs(X).max(axis=0)
    tails = [(side >= -equal).mean(axis=0) for side in (permuted - observed, observed - permuted)]
    p = np.minimum(1.0, 2 * np.minimum(*tails))
    shifts = np.sort(exchanged[moved] / swapped[moved, None], axis=0)
    rank = int((len(shifts) + 1) * (1 - level) / 2)
    if rank < 1:
        unknown = np.full(X.shape[1], np.nan)
        return Contrast(observed, unknown, unknown, p, exact)
    return Contrast(observed, shifts[rank - 1], shifts[-rank], p, exact)


def _divisions(first: Bools, exact: bool, seed: int) -> Bools:
    """Return ways to divide interviews into groups of the same sizes, the observed one among them."""
    n, size = len(first), int(first.sum())
    if exact:
        groups = np.zeros((comb(n, size), n), dtype=bool)
        for row, chosen in enumerate(combinations(range(n), size)):
            groups[row, list(chosen)] = True
        return groups
    rng = np.random.default_rng(seed)
    drawn = rng.permuted(np.broadcast_to(first, (_DRAWN, n)), axis=1)
    return np.vstack([first, drawn])


def rank_correlation(X: Floats, scale: Floats, *, level: float = 0.95, seed: int = 0) -> Contrast:
    """Compute Spearman's correlation of each measure with a scale, over interviews.

    Parameters
    ----------
    X : ndarray of shape (n, m)
    scale : ndarray of shape (n,)
        Such as years of experience.
    level, seed
        As for `compare_groups`.

    Returns
    -------
    Contrast
        ``difference`` is the correlation, in [-1, 1], ``nan`` for a measure that does not vary; its
        interval is a bootstrap over interviews, ``p`` from 9,999 permutations of the scale.

    References
    ----------
    C. Spearman (1904). The proof and measurement of association between two things. American Journal of
    Psychology 15, 72-101.
    """
    rng = np.random.default_rng(seed)
    n = len(scale)
    ranks, of_scale = rankdata(X, axis=0), rankdata(scale)
    observed = _correlations(ranks, of_scale[None, :])[0]
    shuffled = rng.permuted(np.broadcast_to(of_scale, (_DRAWN, n)), axis=1)
    reached = np.abs(_correlations(ranks, shuffled)) >= np.abs(observed) - _ALMOST
    p = (1 + reached.sum(axis=0)) / (1 + _DRAWN)
    draws = rng.integers(n, size=(2_000, n))
    values = np.concatenate(
        [_drawn_correlations(X[rows], scale[rows]) for rows in np.array_split(draws, 20)]
    )
    low, high = _quantiles(values, np.array([(1 - level) / 2, (1 + level) / 2])[:, None])
    return Contrast(observed, low, high, np.where(np.isnan(observed), np.nan, p), False)


def _drawn_correlations(X: Floats, scale: Floats) -> Floats:
    """Return Spearman's correlations in draws: of shapes (draws, n, m) and (draws, n)."""
    x, y = rankdata(X, axis=1), rankdata(scale, axis=1)[:, :, None]
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    length = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(length > 0, (x * y).sum(axis=1) / length, np.nan))


def _correlations(ranks: Floats, scales: Floats) -> Floats:
    """Return Pearson's correlations of each column of ranks with each row of scales."""
    x, y = ranks - ranks.mean(axis=0), scales - scales.mean(axis=1, keepdims=True)
    length = np.sqrt((y**2).sum(axis=1))[:, None] * np.sqrt((x**2).sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(length > 0, (y @ x) / length, np.nan))


def holm(p: npt.ArrayLike) -> Floats:
    """Return p-values corrected for how many tests were made, by Holm's step-down method.

    Parameters
    ----------
    p : sequence of float
        ``nan`` for a test that was not made.

    Returns
    -------
    ndarray

    References
    ----------
    S. Holm (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of
    Statistics 6, 65-70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    given = np.asarray(p, dtype=np.float64)
    made = np.flatnonzero(~np.isnan(given))
    order = made[np.argsort(given[made], kind="stable")]
    corrected = np.full(len(given), np.nan)
    steps = given[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(order) else []
    return corrected


def interval(
    statistic: Callable[[Floats], Floats],
    n: int,
    *,
    level: float = 0.95,
    repeats: int = 2_000,
    seed: int = 0,
) -> tuple[Floats, Floats]:
    """Compute bias-corrected and accelerated (BCa) bootstrap intervals over interviews.

    Parameters
    ----------
    statistic : callable
        From weights of shape (draws, n), how often each interview was drawn, to values of shape
        (draws, m).
    n : int
        Interviews.
    level : float, default 0.95
    repeats, seed : int

    Returns
    -------
    low, high : ndarray of shape (m,)
        ``nan`` with fewer than three interviews, or where most draws are undefined.

    References
    ----------
    B. Efron (1987). Better bootstrap confidence intervals. Journal of the American Statistical
    Association 82, 171-185.
    """
    observed = statistic(np.ones((1, n)))[0]
    low, high = np.full(len(observed), np.nan), np.full(len(observed), np.nan)
    known = np.flatnonzero(~np.isnan(observed))
    if n < 3 or not len(known):
        return low, high
    rng = np.random.default_rng(seed)
    drawn = statistic(rng.multinomial(n, np.full(n, 1 / n), size=repeats).astype(float))[:, known]
    without = statistic(np.ones((n, n)) - np.eye(n))[:, known]
    left = np.maximum((~np.isnan(without)).sum(axis=0), 1)
    moved = np.nan_to_num(np.nansum(without, axis=0) / left - without)
    spread = (moved**2).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        skew = np.where(spread > 0, (moved**3).sum(axis=0) / (6 * spread**1.5), 0.0)
    below = (drawn < observed[known]).sum(axis=0) + (drawn == observed[known]).sum(axis=0) / 2
    share = below / np.maximum((~np.isnan(drawn)).sum(axis=0), 1)
    bias = norm.ppf(np.clip(share, 1 / (repeats + 1), repeats / (repeats + 1)))
    tails = norm.ppf([(1 - level) / 2, (1 + level) / 2])[:, None]
    corrected = norm.cdf(bias + (bias + tails) / (1 - skew * (bias + tails)))
    low[known], high[known] = _quantiles(drawn, corrected)
    return low, high


def _quantiles(drawn: Floats, at: Floats) -> Floats:
    """Return two quantiles of each column, ``nan`` where most draws are undefined."""
    m = drawn.shape[1]
    found = np.full((2, m), np.nan)
    at = np.broadcast_to(at, (2, m))
    for column in range(m):
        values = drawn[:, column]
        values = values[~np.isnan(values)]
        if len(values) and len(values) >= len(drawn) / 2:
            found[:, column] = np.quantile(values, at[:, column])
    return found
