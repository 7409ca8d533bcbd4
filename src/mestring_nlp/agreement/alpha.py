"""Krippendorff's alpha: over labels, over sets of codes, and over text that coders cut differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from mestring_nlp.errors import MestringError


def nominal_distance(a: Hashable, b: Hashable) -> float:
    """Return 0 for equal labels, 1 for others."""
    return float(a != b)


def jaccard_distance(a: frozenset[Any], b: frozenset[Any]) -> float:
    """Compute ``1 - |a & b| / |a | b|``; two empty sets are equal.

    Examples
    --------
    >>> round(jaccard_distance(frozenset("ab"), frozenset("bc")), 4)
    0.6667
    """
    return 1 - len(a & b) / len(a | b) if a | b else 0.0


def masi_distance(a: frozenset[Any], b: frozenset[Any]) -> float:
    """Compute ``1 - J M``: J is Jaccard's index; M is 1 for equal, 2/3 nested, 1/3 overlapping, else 0.

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


def krippendorff_alpha(
    units: Sequence[Sequence[Any]], distance: str = "nominal", *, weights: Sequence[int] | None = None
) -> float:
    """Compute Krippendorff's alpha, ``1 - D_o / D_e``, for any number of coders, with gaps.

    Parameters
    ----------
    units : sequence of sequences
        For each unit the values that the coders gave it, None where a coder gave none; labels
        for the nominal distance, frozensets of codes for the others.
    distance : {"nominal", "jaccard", "masi"}
    weights : sequence of int, optional
        How many units each stands for, such as its number of words; 1 if left out.

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
    for unit, weight in zip(units, weights or [1] * len(units), strict=True):
        given = [v for v in unit if v is not None]
        if len(given) > 1:
            units_alike[tuple(sorted(values.setdefault(v, len(values)) for v in given))] += weight
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
    """Compute Krippendorff's alpha over a continuum that two coders cut differently.

    Every point of the continuum is a unit, so that where coders place a boundary counts as much
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
    cuts = sorted({0, length, *(cut for span in (*a, *b) for cut in span[:2])})
    at = {cut: index for index, cut in enumerate(cuts)}
    lines = []
    for spans in (a, b):
        line: list[Hashable] = ["gap"] * (len(cuts) - 1)
        covered = 0
        for start, end, label in sorted(spans, key=lambda span: span[:2]):
            if not 0 <= start < end <= length:
                raise MestringError(f"the span {start} to {end} lies outside 0 to {length}")
            if start < covered:
                raise MestringError(f"the span {start} to {end} overlaps another of its coder")
            line[at[start] : at[end]] = [("code", label)] * (at[end] - at[start])
            covered = end
        lines.append(line)
    pieces = [
        (pair, stop - start)
        for *pair, (start, stop) in zip(*lines, pairwise(cuts), strict=True)
        if gaps or "gap" not in pair
    ]
    return krippendorff_alpha([pair for pair, _ in pieces], weights=[size for _, size in pieces])
