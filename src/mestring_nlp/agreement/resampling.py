"""What agreement in a sample says of the whole: bootstrap intervals, and Shaffer's rho."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np
import numpy.typing as npt

from mestring_nlp.agreement.coefficients import Bools, Floats, Labels, kappa_of_tables, same_shape
from mestring_nlp.errors import MestringError

Rows = npt.NDArray[np.int64]


def bootstrap_interval(
    statistic: Callable[[Rows], float],
    groups: Labels,
    *,
    level: float = 0.95,
    repeats: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Compute a percentile interval of any statistic by a cluster bootstrap over interviews.

    Passages of one interview are not independent: whole interviews are drawn with replacement,
    never passages. For pooled kappa, `kappa_interval` gives the same at a fraction of the time.

    Parameters
    ----------
    statistic : callable
        From row indices, an interview's rows repeated as often as it was drawn, to a number;
        draws in which it is undefined (``nan``) are left out.
    groups : sequence of hashable
        The interview of each row.
    level : float, default 0.95
    repeats, seed : int

    Returns
    -------
    low, high : float
        ``nan`` with fewer than two interviews, or where most draws are undefined.

    References
    ----------
    C. A. Field, A. H. Welsh (2007). Bootstrapping clustered data. Journal of the Royal
    Statistical Society B 69, 369-390.
    """
    members = _members(groups)
    draws = _draws(len(members), repeats, seed)
    return _percentiles([statistic(np.concatenate([members[j] for j in draw])) for draw in draws], level)


def kappa_interval(
    a: Bools,
    b: Bools,
    groups: Labels,
    *,
    level: float = 0.95,
    repeats: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Compute the interval of Cohen's kappa of present and absent codes, by the same bootstrap.

    Parameters
    ----------
    a, b : array of shape (n_units,) or (n_units, n_codes)
        Whether each coder gave the code; several codes are pooled.
    groups : sequence of hashable
        The interview of each unit.
    level, repeats, seed
        As for `bootstrap_interval`.

    Returns
    -------
    low, high : float
        As `bootstrap_interval` of `cohen_kappa`: each interview is counted once into a two-by-two
        table, and a draw adds up tables.
    """
    x, y = same_shape(a, b)
    cells = np.stack([x & y, x & ~y, ~x & y, ~x & ~y], axis=-1).reshape(len(x), -1, 4).sum(axis=1)
    tables = np.array([cells[rows].sum(axis=0) for rows in _members(groups)])
    draws = _draws(len(tables), repeats, seed)
    totals = np.array([tables[draw].sum(axis=0) for draw in draws]).reshape(-1, 4)
    return _percentiles(kappa_of_tables(totals), level)


def _members(groups: Labels) -> list[Rows]:
    """Return the rows of each interview."""
    rows: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        rows.setdefault(group, []).append(row)
    return [np.array(found) for found in rows.values()]


def _draws(interviews: int, repeats: int, seed: int) -> Rows:
    """Draw interviews with replacement; a single one tells nothing of others, and is not drawn."""
    size = (repeats if interviews > 1 else 0, interviews)
    return np.random.default_rng(seed).integers(interviews, size=size)


def _percentiles(values: npt.ArrayLike, level: float) -> tuple[float, float]:
    drawn = np.asarray(values, dtype=np.float64)
    defined = drawn[~np.isnan(drawn)]
    if not len(defined) or len(defined) < len(drawn) / 2:
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def shaffer_rho(
    kappa: float,
    units: int,
    base_rate: float,
    *,
    threshold: float = 0.65,
    inflation: float = 0.0,
    repeats: int = 800,
    seed: int = 0,
) -> float:
    """Compute the chance of such a kappa in a sample though the whole data's is below a threshold.

    Code sets with a kappa between .4 and the threshold are simulated, a sample is drawn from each,
    and rho is the share of samples whose kappa reaches the one observed.

    Parameters
    ----------
    kappa : float
        Observed in the sample.
    units : int
        Units in the sample.
    base_rate : float
        Share of units with the code in the whole data, in (0, 1).
    threshold : float, default 0.65
    inflation : float, default 0
        The least share of units with the code that the sample was drawn to have.
    repeats, seed : int

    Returns
    -------
    float
        In [0, 1]; below .05 the whole data's kappa may be taken to reach the threshold. ``nan`` for
        a kappa that is undefined.

    References
    ----------
    B. R. Eagan, B. Rogers, R. Serlin, A. R. Ruis, G. Arastoopour Irgens, D. W. Shaffer (2017). Can
    we rely on IRR? Testing the assumptions of inter-rater reliability. CSCL 2017.
    """
    if not 0 < base_rate < 1 or units < 2:
        raise MestringError(f"a base rate of {base_rate} in {units} units cannot be simulated")
    if np.isnan(kappa):
        return float("nan")
    rng = np.random.default_rng(seed)
    shares = _code_sets(rng, base_rate, rng.uniform(0.4, threshold, repeats))
    least = min(units, int(np.ceil(inflation * units)))
    with_code = shares * [1, 1, 0, 0] / shares[:, :2].sum(axis=1, keepdims=True)
    counts = rng.multinomial(least, with_code) + rng.multinomial(units - least, shares)
    # The simulation takes 0 where a sample's kappa is undefined.
    return float((np.nan_to_num(kappa_of_tables(counts)) >= kappa).mean())


def _code_sets(rng: np.random.Generator, base_rate: float, kappa: Floats) -> Floats:
    """Return shares of (both, first only, second only, neither) with a base rate and these kappas.

    The second coder's precision is drawn, and the recall follows from kappa.
    """
    shares = np.full((len(kappa), 4), -1.0)
    while (impossible := (shares < 0).any(axis=1)).any():
        k = kappa[impossible]
        precision = rng.uniform(max(0.6, base_rate), 1, len(k))
        recall = k / (2 * (1 - base_rate / precision) - k * (1 - 2 * base_rate) / precision)
        both = base_rate * recall
        second = both / precision
        found = [both, base_rate - both, second - both, 1 - base_rate - second + both]
        shares[impossible] = np.stack(found, axis=1)
    return shares
