"""Counts of a machine's codes, adjusted for its measured errors, with intervals that include them.

A machine that misses a third of a code, or gives it where it does not belong, miscounts; and a
difference in such counts may be its own. How far off its counts are is measured on interviews that people
coded and that it had not seen, each left out in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.stats import t as student

from mestring_nlp.analysis.material import CodedTalk, Floats, Ints, Material, rows_of

if TYPE_CHECKING:
    from pandas import DataFrame

    from mestring_nlp.prediction import Prediction
    from mestring_nlp.validation import OutOfSample

FEWEST = 10
"""Passages with a code, by people, below which the machine's errors on it are not known."""

TOO_RARE = f"færre enn {FEWEST} avsnitt med koden hos mennesker"
"""What is said of a code below that."""

FEWEST_INTERVIEWS = 3
"""Interviews that people coded, below which there is no interval."""

_LEAST_DIFFERENCE = 0.05

COLUMNS = (
    "coder", "case", "code", "name", "passages", "counted", "adjusted", "low", "high", "estimator",
    "found_rate", "false_rate", "measured_on", "note",
)  # fmt: skip

ALL = "alle"
"""The row of all cases together."""


class Rates(NamedTuple):
    """How a machine's scores of a code relate to people's codings.

    Attributes
    ----------
    found : ndarray of shape (codes,)
        Mean score of passages to which people gave the code; of decisions, the true positive rate.
    false : ndarray of shape (codes,)
        Mean score of those to which they did not; the false positive rate.
    """

    found: Floats
    false: Floats


class Scores(NamedTuple):
    """A machine's scores of passages, of shape (n, codes): what it decided, 0 or 1, and how probable."""

    decided: Floats
    probable: Floats


def scores_of(prediction: Prediction) -> Scores:
    """Return a model's scores of each code."""
    return Scores(prediction.codes.astype(np.float64), prediction.probabilities[:, :-1])


def adjusted(share: Floats, rates: Rates) -> Floats:
    """Compute the share of passages with a code behind the share that a machine finds.

    Parameters
    ----------
    share : ndarray of shape (..., codes)
        Mean score over passages.
    rates : Rates

    Returns
    -------
    ndarray
        (share - false) / (found - false), cut to [0, 1]; ``nan`` where the scores do not tell.

    References
    ----------
    G. Forman (2008). Quantifying counts and costs via classification. Data Mining and Knowledge
    Discovery 17, 164-206 (adjusted classify and count).

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


class Errors:
    """A machine's scores of passages that people coded, summed by interview.

    Parameters
    ----------
    scores : Scores
        Of passages that the machine had not seen.
    gold : ndarray of bool, shape (n, codes)
    groups : sequence of str
        Each passage's interview.

    Attributes
    ----------
    names : list of str
        The interviews.
    sizes : ndarray of shape (interviews,)
        Their passages.
    """

    def __init__(self, scores: Scores, gold: Any, groups: list[str]) -> None:
        numbers: dict[str, int] = {}
        of = np.array([numbers.setdefault(group, len(numbers)) for group in groups], np.int64)
        self.names = list(numbers)
        rows = rows_of(of, len(numbers)) if numbers else []
        self.sizes = np.array([len(own) for own in rows], dtype=np.float64)
        parts = [gold, ~gold, *(part * side for part in scores for side in (gold, ~gold))]
        # With the code, without; what was decided of either; how probable either was.
        self._sums = np.array([[part[own].sum(axis=0) for part in parts] for own in rows])

    @property
    def true(self) -> Floats:
        """How many passages people gave each code, of shape (interviews, codes)."""
        return np.asarray(self._sums[:, 0])

    @property
    def with_code(self) -> Ints:
        """How many passages of all interviews people gave each code."""
        return np.asarray(self.true.sum(axis=0), dtype=np.int64)

    @property
    def probable(self) -> Floats:
        """The sums of the probabilities, of shape (interviews, codes)."""
        return np.asarray(self._sums[:, 4] + self._sums[:, 5])

    @property
    def decided(self) -> Floats:
        """How many passages the machine gave each code, of shape (interviews, codes)."""
        return np.asarray(self._sums[:, 2] + self._sums[:, 3])

    def rates(self, kind: str = "decided", without: int | None = None) -> Rates:
        """Return the rates of decisions or of probabilities, over all interviews or all but one."""
        total = self._sums.sum(axis=0) - (self._sums[without] if without is not None else 0)
        first = 2 if kind == "decided" else 4
        with np.errstate(divide="ignore", invalid="ignore"):
            return Rates(total[first] / total[0], total[first + 1] / total[1])

    def estimate(
        self, estimator: str, decided: Floats, probable: Floats, without: int | None = None
    ) -> Floats:
        """Estimate the share of passages with each code from mean scores; see `ESTIMATORS`."""
        return ESTIMATORS[estimator](self, decided, probable, without)

    def residuals(self, estimator: str) -> Floats:
        """Return true less estimated counts of each interview, by what is measured on the others."""
        found = []
        for at, size in enumerate(self.sizes):
            shares = self.decided[at] / size, self.probable[at] / size
            found.append(self.true[at] - size * self.estimate(estimator, *shares, without=at))
        return np.array(found)

    def best(self) -> str:
        """Return the estimator with the least mean absolute error over interviews left out in turn."""
        if len(self.names) < FEWEST_INTERVIEWS:
            return PROBABLE
        error = {name: np.abs(self.residuals(name)).mean() for name in ESTIMATORS}
        return min(error, key=lambda name: np.inf if np.isnan(error[name]) else error[name])


Estimator = Callable[[Errors, Floats, Floats, "int | None"], Floats]
PROBABLE, ADJUSTED, SCALED = "probability average", "adjusted count", "scaled probability average"
ESTIMATORS: dict[str, Estimator] = {
    PROBABLE: lambda errors, decided, probable, without: probable,
    ADJUSTED: lambda errors, decided, probable, without: adjusted(
        decided, errors.rates("decided", without)
    ),
    SCALED: lambda errors, decided, probable, without: adjusted(
        probable, errors.rates("probable", without)
    ),
}
"""Ways to estimate a share, by name: the mean of calibrated probabilities, and its scaled form (A. Bella et
al. 2010, Quantification via probability estimators, ICDM, 737-742), and adjusted classify and count
(Forman 2008)."""


def count_interval(
    estimate: Floats, size: float, residuals: Floats, sizes: Floats, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Compute an interval of counts from how far off they were on interviews left out.

    Parameters
    ----------
    estimate : ndarray of shape (codes,)
        Counts.
    size : float
        The passages that they were estimated on.
    residuals : ndarray of shape (interviews, codes)
        True less estimated counts; see `Errors.residuals`.
    sizes : ndarray of shape (interviews,)
        The passages of each interview.
    level : float, default 0.95

    Returns
    -------
    low, high : ndarray of shape (codes,)
        Within 0 and `size`; ``nan`` with fewer than three interviews. The variance is that of an
        interview's residual, which grows with the number of passages, and beside it the square of the
        mean residual a passage and the variance of that mean, which grow with their square; limits are
        Student's.
    """
    n = len(sizes)
    if n < FEWEST_INTERVIEWS:
        unknown = np.full(len(estimate), np.nan)
        return unknown, unknown
    scattered = residuals.var(axis=0, ddof=1) * size / sizes.mean()
    rate = residuals / sizes[:, None]
    systematic = size**2 * (rate.mean(axis=0) ** 2 + rate.var(axis=0, ddof=1) / n)
    half = student.ppf((1 + level) / 2, n - 1) * np.sqrt(scattered + systematic)
    return np.clip(estimate - half, 0, size), np.clip(estimate + half, 0, size)


def errors_of(measured: OutOfSample) -> Errors:
    """Return a machine's errors on the passages that people coded."""
    return Errors(scores_of(measured.prediction), measured.gold, measured.groups)


def adjusted_counts(material: Material, *, level: float = 0.95) -> DataFrame:
    """Estimate how many passages have each code, from a machine's codes and its measured errors.

    Parameters
    ----------
    material : Material
    level : float, default 0.95

    Returns
    -------
    DataFrame
        For each machine a row for each case and code, and for all cases together. ``counted`` are the
        machine's passages; ``adjusted`` is the estimate by the ``estimator`` (see `ESTIMATORS`) that was
        least wrong on the interviews that people coded, each left out in turn; ``low`` and ``high`` by
        how wrong it was on these (`count_interval`). An interview that people coded too is estimated by
        what is measured on the others. ``found_rate`` is the share of people's passages with the code
        that the machine finds, ``false_rate`` of those without it to which it gives the code. ``measured_on`` is the number of
        interviews by which they are measured. ``note`` says why a figure is missing. No row for people's codings.
    """
    from pandas import DataFrame

    rows: list[dict[str, Any]] = []
    errors = errors_of(material.measured) if material.measured is not None else None
    for talk in material.coders:
        if talk.is_machine:
            rows += _rows(talk, material, errors, level)
    return DataFrame(rows, columns=list(COLUMNS))


def _rows(
    talk: CodedTalk, material: Material, errors: Errors | None, level: float
) -> list[dict[str, Any]]:
    assert talk.prediction is not None
    decided, probable = (talk.by_case(part) for part in scores_of(talk.prediction))
    sizes = talk.by_case(np.ones(len(talk.segments)))
    nothing = np.full(len(talk.codes), np.nan)
    name = errors.best() if errors else ""
    residuals = errors.residuals(name) if errors else nothing
    rates = errors.rates() if errors else Rates(nothing, nothing)
    own = _own_interviews(talk, material, errors)
    rows = []
    every = [
        *zip(talk.cases, sizes, decided, probable, own, strict=True),
        (ALL, sizes.sum(), decided.sum(axis=0), probable.sum(axis=0), None),
    ]
    for case, size, given, likely, without in every:
        estimate, low, high = nothing, nothing, nothing
        if errors:
            shares = given / max(size, 1), likely / max(size, 1)
            estimate = size * errors.estimate(name, *shares, without=without)
            low, high = count_interval(estimate, size, residuals, errors.sizes, level)
        for at, code in enumerate(talk.codes):
            enough = errors is not None and errors.with_code[at] >= FEWEST
            rows.append(
                {
                    "coder": talk.coder,
                    "case": case,
                    "code": code,
                    "name": material.names[code],
                    "passages": int(size),
                    "counted": int(given[at]),
                    "adjusted": estimate[at] if enough else np.nan,
                    "low": low[at] if enough else np.nan,
                    "high": high[at] if enough else np.nan,
                    "estimator": name,
                    "found_rate": rates.found[at],
                    "false_rate": rates.false[at],
                    "measured_on": len(errors.names) if errors else 0,
                    "note": _note(errors, enough, bool(np.isnan(low[at]))),
                }
            )
    return rows


def _own_interviews(talk: CodedTalk, material: Material, errors: Errors | None) -> list[int | None]:
    """Return for each case the interview, among those measured, that it is; None where it is none."""
    found: dict[str, int] = {}
    for at, name in enumerate(errors.names if errors else ()):
        if name in material.case_of:
            found.setdefault(material.case_of[name], at)
    return [found.get(case) for case in talk.cases]


def _note(errors: Errors | None, enough: bool, unknown: bool) -> str:
    if errors is None:
        return "maskinens feil er ikke målt"
    if not enough:
        return TOO_RARE
    return f"målt på færre enn {FEWEST_INTERVIEWS} intervjuer: ikke noe intervall" if unknown else ""
