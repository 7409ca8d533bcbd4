"""Agreement of two coders, or of many, corrected for chance; and precision and recall.

Where one and the same label was used throughout, chance leaves no room to differ: a chance-corrected
coefficient is then ``nan``. An empty sample is an error.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.errors import MestringError

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Labels = Sequence[Hashable] | npt.NDArray[Any]

FEW_EXAMPLES = 10
"""A figure that rests on fewer examples of a code says little."""


def _paired(a: Labels, b: Labels) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int]:
    """Return two coders' labels as numbers, and how many labels occur."""
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
    """Compute agreement beyond chance: ``(observed - expected) / (1 - expected)``."""
    return float("nan") if expected >= 1 else float((observed - expected) / (1 - expected))


def percent_agreement(a: Labels, b: Labels) -> float:
    """Compute the share of units to which two coders gave the same label.

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
    """Compute Cohen's kappa, ``(p_o - p_e) / (1 - p_e)``, chance from each coder's own shares.

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
    """Compute Gwet's AC1: chance is ``sum of s (1 - s) / (q - 1)``, s the mean share of each label.

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


def brennan_prediger(a: Labels, b: Labels, labels: int) -> float:
    """Compute Brennan and Prediger's kappa: ``(q p_o - 1) / (q - 1)`` for q labels.

    Parameters
    ----------
    a, b : sequence of hashable
        Each coder's label of the same units.
    labels : int
        How many labels the coders could choose from, two or more.

    Returns
    -------
    float
        In [-1, 1].

    References
    ----------
    R. L. Brennan, D. J. Prediger (1981). Coefficient kappa: some uses, misuses, and alternatives.
    Educational and Psychological Measurement 41, 687-699.

    Examples
    --------
    >>> brennan_prediger(["x", "x", "y", "z"], ["x", "y", "y", "z"], 3)
    0.625
    """
    x, y, occurring = _paired(a, b)
    if labels < max(2, occurring):
        raise MestringError(
            f"{labels} to choose from, but {occurring} labels occur",
            hint="Say how many labels the coders could choose from, two or more.",
        )
    return float((labels * (x == y).mean() - 1) / (labels - 1))


def pabak(a: Labels, b: Labels) -> float:
    """Compute the prevalence-adjusted bias-adjusted kappa of two labels: ``2 p_o - 1``.

    For more labels, see `brennan_prediger`, of which this is the case of two.

    Parameters
    ----------
    a, b : sequence of hashable
        Each coder's label of the same units.

    Returns
    -------
    float
        In [-1, 1].

    References
    ----------
    T. Byrt, J. Bishop, J. B. Carlin (1993). Bias, prevalence and kappa. Journal of Clinical
    Epidemiology 46, 423-429.

    Examples
    --------
    >>> pabak([1, 1, 0, 0], [1, 0, 0, 0])
    0.5
    """
    return brennan_prediger(a, b, 2)


def prevalence_index(a: Bools, b: Bools) -> float:
    """Compute the difference between agreed presence and agreed absence of a code, in [-1, 1].

    Byrt, Bishop and Carlin (1993); far from 0, kappa is low even where coders agree.

    Examples
    --------
    >>> prevalence_index(np.array([1, 1, 1, 0], bool), np.array([1, 1, 0, 0], bool))
    0.25
    """
    x, y = same_shape(a, b)
    return float((x & y).mean() - (~x & ~y).mean())


def bias_index(a: Bools, b: Bools) -> float:
    """Compute how much more often the first coder used a code than the second, in [-1, 1].

    Byrt, Bishop and Carlin (1993).

    Examples
    --------
    >>> bias_index(np.array([1, 1, 1, 0], bool), np.array([1, 1, 0, 0], bool))
    0.25
    """
    x, y = same_shape(a, b)
    return float(x.mean() - y.mean())


def same_shape(a: Bools, b: Bools) -> tuple[Bools, Bools]:
    """Return two coders' indicators as boolean arrays; raise unless they have one shape."""
    x, y = np.asarray(a, dtype=bool), np.asarray(b, dtype=bool)
    if x.shape != y.shape:
        raise MestringError(f"one coder's codes have shape {x.shape}, the other's {y.shape}")
    if not x.size:
        raise MestringError("no units, so there is no agreement to measure")
    return x, y


def kappa_of_tables(counts: npt.ArrayLike) -> Floats:
    """Compute Cohen's kappa of many two-by-two tables at once.

    Parameters
    ----------
    counts : array of shape (n_tables, 4)
        Units with the code by both coders, by the first only, by the second only, by neither.

    Returns
    -------
    ndarray of shape (n_tables,)
        As `cohen_kappa` of each.

    Examples
    --------
    >>> kappa_of_tables([[20, 5, 10, 15], [50, 0, 0, 0]]).round(3)
    array([0.4, nan])
    """
    table = np.asarray(counts, dtype=np.float64)
    both, first, second, neither = (table / table.sum(axis=1, keepdims=True)).T
    expected = (both + first) * (both + second) + (second + neither) * (first + neither)
    room = np.where(expected < 1, 1 - expected, np.nan)
    return np.asarray((both + neither - expected) / room)


def fleiss_kappa(counts: npt.ArrayLike) -> float:
    """Compute Fleiss' kappa for any number of coders.

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


@dataclass(frozen=True)
class PrecisionRecall:
    """Precision, recall and F1, each in [0, 1], and how many units have the code in the gold codings."""

    precision: float
    recall: float
    f1: float
    support: int


def precision_recall(gold: Bools, suggested: Bools) -> PrecisionRecall:
    """Compute precision and recall of a code, or of all codes together (micro), against gold codings.

    Nothing suggested gives precision 0, nothing to find gives recall 0.

    Examples
    --------
    >>> precision_recall(np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool))
    PrecisionRecall(precision=0.5, recall=0.5, f1=0.5, support=2)
    """
    x, y = same_shape(gold, suggested)
    hits = float((x & y).sum())
    return PrecisionRecall(
        float(hits / y.sum()) if y.any() else 0.0,
        float(hits / x.sum()) if x.any() else 0.0,
        float(2 * hits / (x.sum() + y.sum())) if (x | y).any() else 0.0,
        int(x.sum()),
    )
