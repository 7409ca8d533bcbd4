"""How well coders agree: published measures, as pure functions over arrays.

One rule for what is undefined: where chance leaves no room to differ, because everybody used one
and the same code throughout, a chance-corrected measure is ``nan``; a report then says why. An
empty sample is an error.

Codes of a unit are a single label, or, with several codes allowed, a row of an indicator matrix
of shape (n_units, n_codes), or a frozenset.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.errors import MestringError

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Labels = Sequence[Hashable] | npt.NDArray[Any]


def _paired(a: Labels, b: Labels) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int]:
    """Give two coders' labels as numbers, and how many labels there are."""
    if len(a) != len(b):
        raise MestringError(f"one coder has {len(a)} units, the other {len(b)}")
    if not len(a):
        raise MestringError("no units, so there is no agreement to measure")
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.dtype == b.dtype != object:
        labels, found = np.unique(np.concatenate([a, b]), return_inverse=True)
        return found[: len(a)], found[len(a) :], len(labels)
    numbers: dict[Hashable, int] = {}
    coded = [[numbers.setdefault(label, len(numbers)) for label in side] for side in (a, b)]
    return np.array(coded[0]), np.array(coded[1]), len(numbers)


def _corrected(observed: float, expected: float) -> float:
    """Agreement beyond chance: ``(observed - expected) / (1 - expected)``."""
    return float("nan") if expected >= 1 else float((observed - expected) / (1 - expected))


def percent_agreement(a: Labels, b: Labels) -> float:
    """Share of units to which two coders gave the same label.

    Parameters
    ----------
    a, b : sequence of hashable
        Each coder's label of the same units.

    Returns
    -------
    float
        In [0, 1].

    Examples
    --------
    >>> percent_agreement(["x", "x", "y", "y"], ["x", "y", "y", "y"])
    0.75
    """
    x, y, _ = _paired(a, b)
    return float((x == y).mean())


def cohen_kappa(a: Labels, b: Labels) -> float:
    """Cohen's kappa: ``(p_o - p_e) / (1 - p_e)``, chance from each coder's own shares.

    Parameters
    ----------
    a, b : sequence of hashable
        Each coder's label of the same units.

    Returns
    -------
    float
        In [-1, 1]; ``nan`` when both used one and the same label throughout.

    References
    ----------
    J. Cohen (1960). A coefficient of agreement for nominal scales. Educational and Psychological
    Measurement 20, 37-46. The example's proportions are those of its table 1.

    Examples
    --------
    >>> table = {(1, 1): 88, (1, 2): 14, (1, 3): 18, (2, 1): 10, (2, 2): 40, (2, 3): 10,
    ...          (3, 1): 2, (3, 2): 6, (3, 3): 12}
    >>> pairs = [pair for pair, count in table.items() for _ in range(count)]
    >>> round(cohen_kappa(*zip(*pairs)), 3)
    0.492
    """
    x, y, n = _paired(a, b)
    shares_x, shares_y = np.bincount(x, minlength=n) / len(x), np.bincount(y, minlength=n) / len(y)
    return _corrected(float((x == y).mean()), float(shares_x @ shares_y))


def gwet_ac1(a: Labels, b: Labels) -> float:
    """Gwet's AC1: chance as ``sum of s (1 - s) / (q - 1)``, s the coders' mean share of each label.

    Parameters
    ----------
    a, b : sequence of hashable
        Each coder's label of the same units; the q labels are those that occur.

    Returns
    -------
    float
        In [-1, 1]; ``nan`` when only one label occurs.

    References
    ----------
    K. L. Gwet (2008). Computing inter-rater reliability and its variance in the presence of high
    agreement. British Journal of Mathematical and Statistical Psychology 61, 29-48.

    Examples
    --------
    >>> a, b = [1] * 118 + [1] * 5 + [0] * 2, [1] * 118 + [0] * 5 + [1] * 2
    >>> round(gwet_ac1(a, b), 3), round(cohen_kappa(a, b), 3)  # much agreement, one label rare
    (0.941, -0.023)
    """
    x, y, n = _paired(a, b)
    if n < 2:
        return float("nan")
    shares = (np.bincount(x, minlength=n) + np.bincount(y, minlength=n)) / (2 * len(x))
    return _corrected(float((x == y).mean()), float((shares * (1 - shares)).sum() / (n - 1)))


def pabak(a: Labels, b: Labels, labels: int = 2) -> float:
    """Prevalence-adjusted bias-adjusted kappa: ``(q p_o - 1) / (q - 1)`` for q labels.

    Parameters
    ----------
    a, b : sequence of hashable
    labels : int, default 2
        How many labels the coders could choose from.

    Returns
    -------
    float
        In [-1, 1]; for two labels ``2 p_o - 1``.

    References
    ----------
    T. Byrt, J. Bishop, J. B. Carlin (1993). Bias, prevalence and kappa. Journal of Clinical
    Epidemiology 46, 423-429.

    Examples
    --------
    >>> pabak([1, 1, 0, 0], [1, 0, 0, 0])
    0.5
    """
    return (labels * percent_agreement(a, b) - 1) / (labels - 1)


def prevalence_index(a: Bools, b: Bools) -> float:
    """Difference between agreed presence and agreed absence of a code, in [-1, 1].

    Byrt, Bishop and Carlin (1993); far from 0, kappa is low even where coders agree.

    Examples
    --------
    >>> prevalence_index(np.array([1, 1, 1, 0], bool), np.array([1, 1, 0, 0], bool))
    0.25
    """
    x, y = _both(a, b)
    return float((x & y).mean() - (~x & ~y).mean())


def bias_index(a: Bools, b: Bools) -> float:
    """How much more often the first coder used a code than the second, in [-1, 1].

    Byrt, Bishop and Carlin (1993).

    Examples
    --------
    >>> bias_index(np.array([1, 1, 1, 0], bool), np.array([1, 1, 0, 0], bool))
    0.25
    """
    x, y = _both(a, b)
    return float(x.mean() - y.mean())


def _both(a: Bools, b: Bools) -> tuple[Bools, Bools]:
    x, y = np.asarray(a, dtype=bool), np.asarray(b, dtype=bool)
    if x.shape != y.shape:
        raise MestringError(f"one coder's codes have shape {x.shape}, the other's {y.shape}")
    if not x.size:
        raise MestringError("no units, so there is no agreement to measure")
    return x, y


def fleiss_kappa(counts: npt.ArrayLike) -> float:
    """Fleiss' kappa for any number of coders.

    Parameters
    ----------
    counts : array of shape (n_units, n_labels)
        How many coders gave each unit each label; the same number of coders for every unit.

    Returns
    -------
    float
        At most 1; ``nan`` when only one label occurs.

    References
    ----------
    J. L. Fleiss (1971). Measuring nominal scale agreement among many raters. Psychological
    Bulletin 76, 378-382.

    Examples
    --------
    >>> table = [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0],
    ...          [2, 2, 8, 1, 1], [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2],
    ...          [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]]
    >>> round(fleiss_kappa(table), 3)
    0.21
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or not table.size:
        raise MestringError("no units, so there is no agreement to measure")
    coders = table.sum(axis=1)
    if coders.min() != coders.max() or coders[0] < 2:
        raise MestringError(
            f"units have {coders.min():.0f} to {coders.max():.0f} labels",
            hint="Fleiss' kappa needs the same number of coders, two or more, for every unit; "
            "Krippendorff's alpha takes gaps.",
        )
    n = coders[0]
    observed = float(((table**2).sum(axis=1) - n).mean() / (n * (n - 1)))
    return _corrected(observed, float(((table.sum(axis=0) / table.sum()) ** 2).sum()))


def nominal_distance(a: Hashable, b: Hashable) -> float:
    """Give 0 for equal labels, 1 for others."""
    return float(a != b)


def jaccard_distance(a: frozenset[Any], b: frozenset[Any]) -> float:
    """Give ``1 - |a & b| / |a | b|``; two empty sets are equal.

    Examples
    --------
    >>> round(jaccard_distance(frozenset("ab"), frozenset("bc")), 4)
    0.6667
    """
    return 1 - len(a & b) / len(a | b) if a | b else 0.0


def masi_distance(a: frozenset[Any], b: frozenset[Any]) -> float:
    """Give ``1 - J M``: Jaccard times 1 for equal, 2/3 nested, 1/3 overlapping, 0 disjoint sets.

    References
    ----------
    R. Passonneau (2006). Measuring agreement on set-valued items (MASI) for semantic and
    pragmatic annotation. LREC 2006.

    Examples
    --------
    >>> round(masi_distance(frozenset("ab"), frozenset("abc")), 4)  # nested: 1 - 2/3 * 2/3
    0.5556
    """
    if a == b:
        return 0.0
    weight = 2 / 3 if a <= b or b <= a else 1 / 3 if a & b else 0
    return 1 - (1 - jaccard_distance(a, b)) * weight


DISTANCES: dict[str, Callable[[Any, Any], float]] = {
    "nominal": nominal_distance,
    "jaccard": jaccard_distance,
    "masi": masi_distance,
}


def krippendorff_alpha(units: Sequence[Sequence[Any]], distance: str = "nominal") -> float:
    """Krippendorff's alpha: ``1 - D_o / D_e`` for any number of coders, with gaps.

    Parameters
    ----------
    units : sequence of sequences
        For each unit the values that the coders gave it, None where a coder gave none; labels
        for the nominal distance, frozensets of codes for the others.
    distance : {"nominal", "jaccard", "masi"}

    Returns
    -------
    float
        At most 1; ``nan`` when only one value occurs in units that two coders coded.

    References
    ----------
    K. Krippendorff (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.
    The example is its section C.

    Examples
    --------
    >>> a = [None, None, None, None, None, 3, 4, 1, 2, 1, 1, 3, 3, None, 3]
    >>> b = [1, None, 2, 1, 3, 3, 4, 3, None, None, None, None, None, None, None]
    >>> c = [None, None, 2, 1, 3, 4, 4, None, 2, 1, 1, 3, 3, None, 4]
    >>> round(krippendorff_alpha(list(zip(a, b, c))), 3)
    0.691
    """
    if distance not in DISTANCES:
        raise MestringError(f"unknown distance {distance!r}", hint=f"Known: {', '.join(DISTANCES)}.")
    values: dict[Any, int] = {}
    units_alike: Counter[tuple[int, ...]] = Counter()
    for unit in units:
        given = [v for v in unit if v is not None]
        if len(given) > 1:
            units_alike[tuple(sorted(values.setdefault(v, len(values)) for v in given))] += 1
    if not units_alike:
        raise MestringError("no unit was coded by two coders, so there is no agreement to measure")
    coincidences = np.zeros((len(values), len(values)))
    for numbers, times in units_alike.items():
        counts = np.bincount(numbers, minlength=len(values))
        coincidences += times * (np.outer(counts, counts) - np.diag(counts)) / (len(numbers) - 1)
    delta = np.array([[DISTANCES[distance](v, w) for w in values] for v in values])
    shares = coincidences.sum(axis=1)
    observed = (coincidences * delta).sum()
    expected = (np.outer(shares, shares) * delta).sum() / (shares.sum() - 1)
    return float("nan") if expected == 0 else float(1 - observed / expected)


def unitizing_alpha(
    a: Sequence[tuple[int, int, Hashable]],
    b: Sequence[tuple[int, int, Hashable]],
    length: int,
    *,
    gaps: bool = True,
) -> float:
    """Krippendorff's alpha over a continuum that two coders cut differently.

    Every point of the continuum is a unit, so that where coders place a border counts as much
    as which code they give.

    Parameters
    ----------
    a, b : sequence of (start, end, label)
        Each coder's spans, half-open; those of one coder do not overlap.
    length : int
        Length of the continuum.
    gaps : bool, default True
        Whether points that a coder left uncoded count, as a label of their own; without them,
        agreement is over what both coded.

    Returns
    -------
    float
        At most 1; ``nan`` when only one label occurs.

    References
    ----------
    K. Krippendorff, Y. Mathet, S. Bouvry, A. Widlöcher (2016). On the reliability of unitizing
    textual continua: further developments. Quality & Quantity 50, 2347-2364: the family of
    alphas whose coincidences are lengths of intersections.

    Examples
    --------
    >>> unitizing_alpha([(0, 10, "x"), (10, 20, "y")], [(0, 10, "x"), (10, 20, "y")], 20)
    1.0
    >>> round(unitizing_alpha([(0, 10, "x"), (10, 20, "y")], [(0, 12, "x"), (12, 20, "y")], 20), 3)
    0.803
    """
    if length < 1:
        raise MestringError("the continuum is empty, so there is no agreement to measure")
    lines = []
    for spans in (a, b):
        line: list[Hashable] = [None] * length
        for start, end, label in spans:
            if not 0 <= start < end <= length:
                raise MestringError(f"the span {start} to {end} lies outside 0 to {length}")
            if any(point is not None for point in line[start:end]):
                raise MestringError(f"the span {start} to {end} overlaps another of its coder")
            line[start:end] = [("code", label)] * (end - start)
        lines.append(line)
    points = [((x or "gap"), (y or "gap")) for x, y in zip(*lines, strict=True)]
    if not gaps:
        points = [(x, y) for x, y in points if x != "gap" and y != "gap"]
    return krippendorff_alpha(points)


@dataclass(frozen=True)
class PrecisionRecall:
    """Precision, recall and F1, each in [0, 1], and how often the code is in the gold codings."""

    precision: float
    recall: float
    f1: float
    support: int


def precision_recall(gold: Bools, suggested: Bools) -> PrecisionRecall:
    """Compare a code's suggestions, or all codes' together (micro), with gold codings.

    Nothing suggested gives precision 0, nothing to find gives recall 0.

    Examples
    --------
    >>> precision_recall(np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool))
    PrecisionRecall(precision=0.5, recall=0.5, f1=0.5, support=2)
    """
    x, y = _both(gold, suggested)
    hits = float((x & y).sum())
    return PrecisionRecall(
        float(hits / y.sum()) if y.any() else 0.0,
        float(hits / x.sum()) if x.any() else 0.0,
        float(2 * hits / (x.sum() + y.sum())) if (x | y).any() else 0.0,
        int(x.sum()),
    )


def bootstrap_interval(
    statistic: Callable[[npt.NDArray[np.int64]], float],
    groups: Labels,
    *,
    level: float = 0.95,
    repeats: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile interval of a statistic, by drawing whole interviews with replacement.

    Passages of one interview are not independent, so that passages are never drawn alone.

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
    rows: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        rows.setdefault(group, []).append(row)
    members = [np.array(found) for found in rows.values()]
    if len(members) < 2:
        return float("nan"), float("nan")
    draws = np.random.default_rng(seed).integers(len(members), size=(repeats, len(members)))
    values = np.array([statistic(np.concatenate([members[j] for j in draw])) for draw in draws])
    values = values[~np.isnan(values)]
    if len(values) < repeats / 2:
        return float("nan"), float("nan")
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
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
    """Chance of seeing such a kappa in a sample though the whole data's kappa is below a threshold.

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
    return float((_table_kappa(counts) >= kappa).mean())


def _code_sets(rng: np.random.Generator, base_rate: float, kappa: Floats) -> Floats:
    """Shares of (both, first only, second only, neither) that have a base rate and these kappas.

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


def _table_kappa(counts: npt.NDArray[Any]) -> Floats:
    """Cohen's kappa of each two-by-two table; 0 where it is undefined, as the simulation needs."""
    both, first, second, neither = (counts / counts.sum(axis=1, keepdims=True)).T
    expected = (both + first) * (both + second) + (second + neither) * (first + neither)
    room = np.where(expected < 1, 1 - expected, 1.0)
    return np.asarray(np.where(expected < 1, (both + neither - expected) / room, 0.0))
