"""Two coders compared: the table of agreement, the confusion, and what to talk about."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from mestring_nlp import agreement
from mestring_nlp.codings import Codings
from mestring_nlp.errors import MestringError
from mestring_nlp.units import Unit, indicator

FEWEST_INTERVIEWS = 3
"""Fewer say little about others; intervals are drawn over interviews."""

NO_CODE = "–"


@dataclass(frozen=True)
class Row:
    """Agreement on one code, or on all together.

    Attributes
    ----------
    code : str
        Empty for all codes, pooled.
    a, b : int
        How often each coder gave it.
    kappa, low, high : float
        Cohen's kappa with its interval; ``nan`` where undefined.
    agreement, ac1, pabak, f1 : float
        Percent agreement, Gwet's AC1, PABAK, and F1 with the first coder as gold.
    prevalence, bias : float
        See `mestring_nlp.agreement`.
    rho : float
        Shaffer's rho: the chance of such a kappa in a sample though that of the whole data is below
        .65. For one code and passages; else ``nan``, as words are not drawn one by one.
    note : str
        Why a figure is missing, or must be read with care.
    """

    code: str
    a: int
    b: int
    kappa: float
    low: float
    high: float
    agreement: float
    ac1: float
    pabak: float
    f1: float
    prevalence: float
    bias: float
    rho: float
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    """Two coders over common units.

    Attributes
    ----------
    a, b : str
        The coders' names.
    unit : {"passage", "word"}
    units, coded : int
        How many units either judged, and how many either gave a code.
    interviews : int
    pooled, pooled_coded : Row
        All codes together, over all units, and over those that either coded.
    rows : tuple of Row
        One a code, over all units.
    alpha_masi, alpha_jaccard : float
        Krippendorff's alpha over sets of codes.
    unitizing_alpha : float
        Agreement on where codes begin and end, over the continuum that either judged; the mean of
        the codes' alphas, weighted by how much text carries them.
    confusion : dict of (str, str) to int
        How often the first coder's code stood where the second gave another.
    differences : tuple of Unit
        Units with different codes, worst first.
    overlapped : tuple of (str, int)
        How many spans of a coder overlapped, where any did; they were cut at each border, and a
        piece has the codes of all spans over it.
    alone : tuple of (str, tuple of str)
        Transcripts that a coder coded and the other did not; they are left out.
    """

    a: str
    b: str
    unit: str
    units: int
    coded: int
    interviews: int
    pooled: Row
    pooled_coded: Row
    rows: tuple[Row, ...]
    alpha_masi: float
    alpha_jaccard: float
    unitizing_alpha: float
    confusion: dict[tuple[str, str], int]
    differences: tuple[Unit, ...]
    overlapped: tuple[tuple[str, int], ...]
    alone: tuple[tuple[str, tuple[str, ...]], ...]


def compare(
    units: Sequence[Unit],
    a: Codings,
    b: Codings,
    *,
    unit: str = "passage",
    codes: Sequence[str] = (),
) -> Comparison:
    """Compare two coders over common units.

    Parameters
    ----------
    units : sequence of Unit
        From `mestring_nlp.codings.common_units`.
    a, b : Codings
        Whom they come from.
    unit : str
        What the units are, for the report.
    codes : sequence of str, optional
        Codes in the order of the report; others that occur follow, sorted.

    Raises
    ------
    MestringError
        No units, or a coder gave no code at all.
    """
    if not units:
        raise MestringError("no units, so there is no agreement to measure")
    used = {code for item in units for code in item.a | item.b}
    codes = [*(code for code in codes if code in used), *sorted(used - {*codes})]
    for side, coder in (("a", a.coder), ("b", b.coder)):
        if not any(getattr(item, side) for item in units):
            raise MestringError(
                f"{coder!r} gave no code to any of the {len(units)} common units",
                hint="Agreement needs codes by both.",
            )
    first, second = indicator(units, codes)
    groups = [item.transcript for item in units for _ in range(item.weight)]
    either = np.asarray(first.any(axis=1) | second.any(axis=1))
    alone = [
        (one.coder, tuple(sorted(one.by_transcript.keys() - two.by_transcript.keys())))
        for one, two in ((a, b), (b, a))
    ]
    rows = [_row(code, first[:, [j]], second[:, [j]], groups, unit) for j, code in enumerate(codes)]
    sets = [(item.a, item.b) for item in units for _ in range(item.weight)]
    confusion: Counter[tuple[str, str]] = Counter()
    for left, right in sets:
        for code in left - right or ({NO_CODE} if right - left else ()):
            for other in right - left or {NO_CODE}:
                confusion[code, other] += 1
    differing = sorted(
        (item for item in units if item.a != item.b),
        key=lambda item: (-agreement.masi_distance(item.a, item.b), item.transcript, item.start),
    )
    return Comparison(
        a.coder,
        b.coder,
        unit,
        len(sets),
        int(either.sum()),
        len(set(groups)),
        _row("", first, second, groups, unit),
        _row("", first[either], second[either], list(compress(groups, either)), unit),
        tuple(rows),
        agreement.krippendorff_alpha(sets, "masi"),
        agreement.krippendorff_alpha(sets, "jaccard"),
        _unitizing(a, b, codes),
        dict(confusion.most_common()),
        tuple(differing),
        tuple((one.coder, one.overlapped) for one in (a, b) if one.overlapped),
        tuple((coder, names) for coder, names in alone if names),
    )


def _row(
    code: str, a: npt.NDArray[np.bool_], b: npt.NDArray[np.bool_], groups: Sequence[str], unit: str
) -> Row:
    def kappa(rows: npt.NDArray[np.int64]) -> float:
        return agreement.cohen_kappa(a[rows].ravel(), b[rows].ravel())

    x, y = a.ravel(), b.ravel()
    value = agreement.cohen_kappa(x, y)
    low, high = agreement.bootstrap_interval(kappa, groups, repeats=400)
    base_rate = float(x.mean() + y.mean()) / 2
    sampled = code and unit == "passage" and 0 < base_rate < 1 and len(x) > 1
    note = ""
    if math.isnan(value):
        note = "kappa undefined: everybody coded everything alike"
    elif code and min(x.sum(), y.sum()) < 2:
        note = "fewer than two examples by one coder"
    return Row(
        code,
        int(x.sum()),
        int(y.sum()),
        value,
        low,
        high,
        agreement.percent_agreement(x, y),
        agreement.gwet_ac1(x, y),
        agreement.pabak(x, y),
        agreement.precision_recall(x, y).f1,
        agreement.prevalence_index(x, y),
        agreement.bias_index(x, y),
        agreement.shaffer_rho(value, len(x), base_rate) if sampled else math.nan,
        note,
    )


def _unitizing(a: Codings, b: Codings, codes: Sequence[str]) -> float:
    """Mean over codes and transcripts of the unitizing alpha, weighted by length coded."""
    total, weight = 0.0, 0.0
    for name in a.by_transcript.keys() & b.by_transcript.keys():
        sides = [coder.by_transcript[name] for coder in (a, b)]
        start = min(s.start for side in sides for s in side)
        end = max(s.end for side in sides for s in side)
        for code in codes:
            spans = [
                [(s.start - start, s.end - start, code) for s in side if code in s.codes]
                for side in sides
            ]
            length = sum(stop - begin for side in spans for begin, stop, _ in side)
            if not length:
                continue
            value = agreement.unitizing_alpha(spans[0], spans[1], end - start)
            if not math.isnan(value):
                total, weight = total + length * value, weight + length
    return total / weight if weight else float("nan")
