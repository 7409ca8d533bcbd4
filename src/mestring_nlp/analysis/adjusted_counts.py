"""Counts of a machine's codes, adjusted for its measured errors, with intervals that include them.

A machine that misses a third of a code, or gives it where it does not belong, miscounts; and a
difference in such counts may be its own. How often it does so is measured on passages that people coded
and that it had not seen, and the count that most likely lies behind the machine's is estimated from that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.stats import norm

from mestring_nlp.analysis.material import CodedTalk, Floats, Ints, Material, rows_of
from mestring_nlp.text import counted

if TYPE_CHECKING:
    from pandas import DataFrame

    from mestring_nlp.validation import OutOfSample

FEWEST = 10
"""Passages with a code, by people, below which the machine's errors on it are not known."""

_REPEATS = 1_000
_LEAST_DIFFERENCE = 0.05
_GRID = 400

COLUMNS = (
    "coder", "case", "code", "name", "passages", "counted", "adjusted", "low", "high",
    "found_rate", "false_rate", "measured_on", "note",
)  # fmt: skip

ALL = "alle"
"""The row of all cases together."""


class Rates(NamedTuple):
    """How a machine's scores of a code relate to people's codings.

    Attributes
    ----------
    found : ndarray of shape (..., codes)
        Mean score of passages to which people gave the code; of decisions, the true positive rate.
    false : ndarray of shape (..., codes)
        Mean score of those to which they did not; the false positive rate.
    """

    found: Floats
    false: Floats


def adjusted(share: Floats, rates: Rates) -> Floats:
    """Compute the share of passages with a code behind the share that a machine finds.

    Parameters
    ----------
    share : ndarray of shape (..., codes)
        Mean score over passages: the share that has the code by decision, or the mean probability.
    rates : Rates

    Returns
    -------
    ndarray
        (share - false) / (found - false), cut to [0, 1]; ``nan`` where the scores do not tell.

    References
    ----------
    G. Forman (2008). Quantifying counts and costs via classification. Data Mining and Knowledge
    Discovery 17, 164-206 (adjusted classify and count). With probabilities: A. Bella et al. (2010).
    Quantification via probability estimators. ICDM 2010, 737-742 (scaled probability average).

    Examples
    --------
    A machine finds 80 % of a code and gives it to 10 % of the rest. It counts 24 of 100: 20 there are.

    >>> rates = Rates(np.array([0.8]), np.array([0.1]))
    >>> adjusted(np.array([0.24]), rates).round(2).tolist()
    [0.2]
    """
    width = rates.found - rates.false
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.clip((share - rates.false) / width, 0, 1)
    return np.asarray(np.where(width >= _LEAST_DIFFERENCE, found, np.nan))


class Confusion:
    """A machine's scores of passages that people coded, summed by interview.

    Parameters
    ----------
    scores : ndarray of shape (n, codes)
        Of passages that the machine had not seen.
    gold : ndarray of bool, shape (n, codes)
    groups : sequence of str
        Each passage's interview.
    """

    def __init__(self, scores: Any, gold: Any, groups: list[str]) -> None:
        numbers: dict[str, int] = {}
        of = np.array([numbers.setdefault(group, len(numbers)) for group in groups], np.int64)
        parts = [gold, scores * gold, ~gold, scores * ~gold]
        rows = rows_of(of, len(numbers)) if numbers else []
        self.sums = np.array([[part[own].sum(axis=0) for part in parts] for own in rows])
        self.interviews = len(numbers)
        self.names = list(numbers)

    @property
    def with_code(self) -> Ints:
        """How many passages people gave each code."""
        return np.asarray(self.sums[:, 0].sum(axis=0), dtype=np.int64)

    @property
    def smoothed(self) -> Rates:
        """The rates with half a passage added on either side, so that none is certain."""
        total = self.sums.sum(axis=0)
        return Rates((total[1] + 0.5) / (total[0] + 1), (total[3] + 0.5) / (total[2] + 1))

    def rates(self, weights: Floats | None = None) -> Rates:
        """Return the rates over all interviews, or over weighted ones: (draws, codes)."""
        given = np.ones(self.interviews) if weights is None else weights
        total = np.tensordot(given, self.sums, axes=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return Rates(total[..., 1, :] / total[..., 0, :], total[..., 3, :] / total[..., 2, :])


def scores_of(prediction: Any) -> Floats:
    """Return what is averaged: each code's decision, 0 or 1, of shape (n, codes)."""
    return np.asarray(prediction.codes, dtype=np.float64)


def adjusted_counts(material: Material, *, level: float = 0.95, seed: int = 0) -> DataFrame:
    """Estimate how many passages have each code, from a machine's codes and its measured errors.

    Parameters
    ----------
    material : Material
    level : float, default 0.95
    seed : int, default 0

    Returns
    -------
    DataFrame
        For each machine a row for each case and code, and for all cases together. ``counted`` are the
        machine's passages, ``adjusted`` the estimate; ``low`` and ``high`` hold both what is not known
        of the error rates (a bootstrap over the interviews that people coded) and that errors fall by
        chance on these passages; see `score_interval`. ``found_rate`` and ``false_rate`` are the measured
        rates. ``note`` says why a figure is missing. No row for people's codings.
    """
    from pandas import DataFrame

    rows: list[dict[str, Any]] = []
    for talk in material.coders:
        if talk.prediction is not None:
            rows += _rows(talk, material, level, seed)
    return DataFrame(rows, columns=list(COLUMNS))


def confusion_of(measured: OutOfSample) -> Confusion:
    """Return a machine's errors on the passages that people coded."""
    return Confusion(scores_of(measured.prediction), measured.gold, measured.groups)


def _rows(talk: CodedTalk, material: Material, level: float, seed: int) -> list[dict[str, Any]]:
    scores = scores_of(talk.prediction)
    sizes = talk.by_case(np.ones(len(scores)))
    given = talk.by_case(scores)
    sizes, given = np.append(sizes, sizes.sum()), np.vstack([given, given.sum(axis=0)])
    k = len(talk.codes)
    nothing = np.full((len(sizes), k), np.nan)
    estimate, low, high = nothing, nothing, nothing
    confusion = confusion_of(material.measured) if material.measured else None
    rates = confusion.rates() if confusion else Rates(nothing[0], nothing[0])
    if confusion:
        estimate = adjusted(given / np.maximum(sizes, 1)[:, None], rates) * sizes[:, None]
        drawn = _draws(confusion, seed)
        limits = [
            score_interval(row, size, confusion.smoothed, drawn, level)
            for row, size in zip(given, sizes, strict=True)
        ]
        low, high = (np.array(side) for side in zip(*limits, strict=True))
    rows = []
    for case, size, row in zip([*talk.cases, ALL], sizes, range(len(sizes)), strict=True):
        for at, code in enumerate(talk.codes):
            enough = confusion is not None and confusion.with_code[at] >= FEWEST
            if confusion is None:
                note = "maskinens feil er ikke målt"
            elif not enough:
                note = f"færre enn {FEWEST} avsnitt med koden hos mennesker"
            else:
                note = "maskinen skiller ikke koden ut" if np.isnan(estimate[row, at]) else ""
            rows.append(
                {
                    "coder": talk.coder,
                    "case": case,
                    "code": code,
                    "name": material.names[code],
                    "passages": int(size),
                    "counted": int(given[row, at]),
                    "adjusted": estimate[row, at] if enough else np.nan,
                    "low": low[row, at] if enough else np.nan,
                    "high": high[row, at] if enough else np.nan,
                    "found_rate": rates.found[at],
                    "false_rate": rates.false[at],
                    "measured_on": counted(confusion.interviews, "interview") if confusion else "",
                    "note": note,
                }
            )
    return rows


def score_interval(
    seen: Floats, size: float, rates: Rates, drawn: Rates, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Compute which true counts would make what the machine counted no surprise.

    Parameters
    ----------
    seen : ndarray of shape (codes,)
        Passages that the machine gave each code.
    size : float
        Passages in all.
    rates, drawn : Rates
        The measured ones, of shape (codes,), and those of interviews drawn again, of shape
        (draws, codes), whose covariance tells how well they are known.
    level : float, default 0.95

    Returns
    -------
    low, high : ndarray of shape (codes,)
        The least and the largest count t with (seen - mean)^2 <= z^2 variance, where mean and variance
        are those of what the machine would count of t passages with the code and the others without.

    References
    ----------
    E. B. Wilson (1927). Probable inference, the law of succession, and statistical inference. Journal of
    the American Statistical Association 22, 209-212.
    """
    there = np.linspace(0, size, min(int(size), _GRID) + 1)[:, None]
    others = size - there
    found, false = rates
    known = [np.nan_to_num(part - np.nanmean(part, axis=0)) for part in drawn]
    spread = [(known[i] * known[j]).mean(axis=0) for i, j in ((0, 0), (1, 1), (0, 1))]
    variance = (
        there * found * (1 - found)
        + others * false * (1 - false)
        + there**2 * spread[0]
        + others**2 * spread[1]
        + 2 * there * others * spread[2]
    )
    away = np.maximum(np.abs(seen - there * found - others * false) - 0.5, 0)
    z = norm.ppf((1 + level) / 2)
    inside = away**2 <= z**2 * variance
    some = inside.any(axis=0)
    low = there[inside.argmax(axis=0), 0]
    high = there[len(there) - 1 - inside[::-1].argmax(axis=0), 0]
    return np.where(some, low, np.nan), np.where(some, high, np.nan)


def _draws(confusion: Confusion, seed: int) -> Rates:
    """Return the rates of interviews drawn again."""
    n = confusion.interviews
    rng = np.random.default_rng(seed)
    return confusion.rates(rng.multinomial(n, np.full(n, 1 / n), size=_REPEATS).astype(float))
