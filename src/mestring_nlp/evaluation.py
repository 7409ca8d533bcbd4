"""How well the machine codes interviews that it has not seen, beside how well people agree.

The codes come from `mestring_nlp.judging`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp import agreement
from mestring_nlp.judging import Judged, likeliest, main_codes
from mestring_nlp.suggestion import plausible
from mestring_nlp.training_data import ADJUDICATED, TrainingData

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
BINS = 10
MACHINE = "machine"
"""The machine's name among the coders."""


OF_ALL = (
    "kappa", "kappa.likeliest", "alpha", "f1", "f1.micro", "top1", "top3", "ece", "brier", "set_size",
    "set_coverage", "abstained", "none.auc", "promise.level", "promise.coverage", "promise.size",
)  # fmt: skip
OF_A_CODE = ("kappa", "f1", "precision", "recall", "promise.coverage")


def metric_names(codes: Sequence[str]) -> list[str]:
    """Give the names of an evaluation's figures: of all codes, and such as ``f1.styrker`` of one."""
    of_codes = [f"{name}.{code}" for name in OF_A_CODE for code in codes]
    return [*OF_ALL, *of_codes, "promise.coverage.none"]


@dataclass(frozen=True)
class Metric:
    """A figure with its interval, ``nan`` where undefined, and a caveat."""

    value: float
    low: float = float("nan")
    high: float = float("nan")
    note: str = ""


@dataclass(frozen=True)
class Pair:
    """Two coders on the same passages: pooled kappa over all codes, with its interval."""

    a: str
    b: str
    passages: int
    kappa: Metric


@dataclass(frozen=True)
class Verdict:
    """Whether the machine lies within the human range.

    Attributes
    ----------
    machine : float
        Its lowest kappa with a person.
    people : float
        The lower bound of the agreement between people; ``nan`` where only one person coded.
    """

    machine: float
    people: float

    @property
    def within(self) -> bool | None:
        """Whether the machine reaches the lower bound; None where there is none."""
        return None if math.isnan(self.people) else self.machine >= self.people

    def __str__(self) -> str:
        if self.within is None:
            return "Only one person coded these interviews: there is no human agreement to compare with."
        return (
            f"The machine lies {'within' if self.within else 'below'} the human range: its lowest kappa "
            f"with a person is {self.machine:.2f}, the lower bound of the agreement between people "
            f"{self.people:.2f}."
        )


@dataclass(frozen=True)
class Evaluation:
    """Everything a report shows.

    Attributes
    ----------
    model : str
        See `mestring_nlp.judging.Judged`.
    passages, interviews : int
    codes : tuple of str
    metrics : dict of str to Metric
        By the names of `metric_names`. ``kappa`` is pooled over codes, ``f1`` macro, ``alpha``
        with MASI distances; ``promise`` is of the promised sets.
    pairs : tuple of Pair
        Every two people, and the machine with each person.
    verdict : Verdict
    reliability : tuple of (mean probability, share with the code, count)
    accuracy_by_coverage : tuple of (coverage, accuracy)
        The most certain passages first.
    confusion : dict of (str, str) to int
        Gold code against the most probable one.
    learning : tuple
        See `learning_curve`; empty unless asked for.
    """

    model: str
    passages: int
    interviews: int
    codes: tuple[str, ...]
    metrics: dict[str, Metric]
    pairs: tuple[Pair, ...]
    verdict: Verdict
    reliability: tuple[tuple[float, float, int], ...]
    accuracy_by_coverage: tuple[tuple[float, float], ...]
    confusion: dict[tuple[str, str], int] = field(default_factory=dict)
    learning: tuple[tuple[int, float, float, float], ...] = ()


def evaluate(judged: Judged, data: TrainingData | None = None) -> Evaluation:
    """Measure agreement, calibration, sets and abstention.

    Parameters
    ----------
    judged : Judged
    data : TrainingData, optional
        Whose other coders are set beside the machine.

    Returns
    -------
    Evaluation
        Intervals at 95 %, by drawing whole interviews.
    """
    groups = judged.examples.groups
    gold, suggested = judged.gold, judged.suggested
    answers = likeliest(judged.with_none, judged.codes)
    main = main_codes(answers, judged.examples.codes)
    ranked = np.argsort(-judged.with_none[:, :-1], axis=1, kind="stable")
    hits = np.take_along_axis(gold, ranked, axis=1)
    coded = np.asarray(gold.any(axis=1))
    given = map(frozenset, judged.examples.codes)
    sets = list(zip(given, _sets(suggested, judged.codes), strict=True))

    def over(statistic: Any, repeats: int = 400) -> Metric:
        every = np.arange(len(groups))
        low, high = agreement.bootstrap_interval(statistic, groups, repeats=repeats)
        return Metric(float(statistic(every)), low, high)

    def share(flags: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_]) -> Metric:
        return over(
            lambda rows: float(flags[rows][among[rows]].mean()) if among[rows].any() else math.nan
        )

    metrics = {
        "kappa": over(lambda r: agreement.cohen_kappa(gold[r].ravel(), suggested[r].ravel())),
        "kappa.likeliest": over(
            lambda r: agreement.cohen_kappa([main[i] for i in r], [answers[i] for i in r])
        ),
        "alpha": over(lambda r: agreement.krippendorff_alpha([sets[i] for i in r], "masi"), repeats=100),
        "f1": over(lambda r: _macro_f1(gold[r], suggested[r])),
        "f1.micro": over(lambda r: agreement.precision_recall(gold[r], suggested[r]).f1),
        "top1": share(hits[:, 0], coded),
        "top3": share(np.asarray(hits[:, :3].any(axis=1)), coded),
        "ece": Metric(expected_calibration_error(judged.with_none[:, :-1], gold)),
        "brier": Metric(float(((judged.with_none[:, :-1] - gold) ** 2).mean())),
        "set_size": Metric(_mean(suggested.sum(axis=1)[~judged.abstained])),
        "set_coverage": share(np.asarray((gold & suggested).any(axis=1)), coded),
        "abstained": share(judged.abstained, np.ones(len(groups), dtype=bool)),
        "none.auc": Metric(_auc(judged.with_none[:, -1], ~coded)),
    }
    for j, code in enumerate(judged.codes):
        metrics |= _of_code(code, gold[:, j], suggested[:, j], groups)
    metrics |= _promise(judged)
    people = _pairs(judged, data) if data is not None else ()
    return Evaluation(
        judged.model,
        len(groups),
        len(set(groups)),
        judged.codes,
        metrics,
        people,
        _verdict(people),
        reliability(judged.with_none[:, :-1], gold),
        _accuracy_by_coverage(judged.with_none, np.array(main) == np.array(answers)),
        dict(Counter(zip(main, answers, strict=True))),
    )


def _promise(judged: Judged) -> dict[str, Metric]:
    """How often the promised sets hold what people said, and how large they are."""
    inside = plausible(judged.with_none, judged.floor)
    truth = np.column_stack([judged.gold, ~judged.gold.any(axis=1)])
    groups = judged.examples.groups

    def coverage(rows: Rows) -> float:
        said = truth[rows]
        return float(inside[rows][said].mean()) if said.any() else math.nan

    every = np.arange(len(groups))
    low, high = agreement.bootstrap_interval(coverage, groups, repeats=400)
    found = {
        "promise.level": Metric(judged.level),
        "promise.coverage": Metric(coverage(every), low, high),
        "promise.size": Metric(float(inside.sum(axis=1).mean())),
    }
    for j, code in enumerate([*judged.codes, "none"]):
        said = truth[:, j]
        value = float(inside[said, j].mean()) if said.any() else math.nan
        found[f"promise.coverage.{code}"] = Metric(value, note="" if said.any() else "no example")
    return found


def _mean(values: npt.NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else math.nan


def _auc(score: Floats, truth: npt.NDArray[np.bool_]) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(truth, score)) if 0 < truth.sum() < len(truth) else math.nan


def _sets(table: npt.NDArray[np.bool_], codes: Sequence[str]) -> list[frozenset[str]]:
    return [frozenset(code for code, x in zip(codes, row, strict=True) if x) for row in table]


def _macro_f1(gold: npt.NDArray[np.bool_], suggested: npt.NDArray[np.bool_]) -> float:
    columns = [j for j in range(gold.shape[1]) if gold[:, j].any()]
    scores = [agreement.precision_recall(gold[:, j], suggested[:, j]).f1 for j in columns]
    return float(np.mean(scores)) if scores else math.nan


def _of_code(
    code: str, gold: npt.NDArray[np.bool_], suggested: npt.NDArray[np.bool_], groups: Sequence[str]
) -> dict[str, Metric]:
    found = agreement.precision_recall(gold, suggested)
    note = "no example" if not found.support else "a single example" if found.support == 1 else ""
    low, high = agreement.bootstrap_interval(
        lambda r: agreement.cohen_kappa(gold[r], suggested[r]), groups, repeats=400
    )
    value = agreement.cohen_kappa(gold, suggested)
    if math.isnan(value):
        note = "undefined: neither ever used the code"
    return {
        f"kappa.{code}": Metric(value, low, high, note),
        f"f1.{code}": Metric(found.f1 if found.support else math.nan, note=note),
        f"precision.{code}": Metric(found.precision, note=note),
        f"recall.{code}": Metric(found.recall if found.support else math.nan, note=note),
    }


def expected_calibration_error(probabilities: Floats, gold: npt.NDArray[np.bool_]) -> float:
    """Mean distance between probability and share, over ten bins of equal width, weighted by size.

    References
    ----------
    M. P. Naeini, G. F. Cooper, M. Hauskrecht (2015). Obtaining well calibrated probabilities using
    Bayesian binning. AAAI 2015.
    """
    bins = reliability(probabilities, gold)
    total = sum(count for _, _, count in bins)
    return sum(count * abs(mean - share) for mean, share, count in bins) / total


def reliability(
    probabilities: Floats, gold: npt.NDArray[np.bool_]
) -> tuple[tuple[float, float, int], ...]:
    """For each filled bin: mean probability, share of passages with the code, and count."""
    p, x = probabilities.ravel(), gold.ravel()
    where = np.minimum((p * BINS).astype(int), BINS - 1)
    return tuple(
        (float(p[where == k].mean()), float(x[where == k].mean()), int((where == k).sum()))
        for k in range(BINS)
        if (where == k).any()
    )


def _accuracy_by_coverage(
    with_none: Floats, correct: npt.NDArray[np.bool_]
) -> tuple[tuple[float, float], ...]:
    order = np.argsort(-with_none.max(axis=1), kind="stable")
    running = np.cumsum(correct[order]) / np.arange(1, len(order) + 1)
    steps = np.unique(np.ceil(np.linspace(0.1, 1, 10) * len(order)).astype(int))
    return tuple((float(n / len(order)), float(running[n - 1])) for n in steps)


def _pairs(judged: Judged, data: TrainingData) -> tuple[Pair, ...]:
    """Every two people, and the machine with each, over passages that all coded."""
    people = [coder for coder in data.coders if coder != ADJUDICATED]
    examples = judged.examples
    spans = [(name, data.transcripts[name].text) for name in dict.fromkeys(examples.groups)]
    units = {coder: data.units(coder) for coder in people}
    keys = sorted({key for coder in people for key in units[coder]})
    texts = dict(spans)
    keys = [k for k in keys if k[0] in texts and all(k in units[coder] for coder in people)]
    place = {(g, t): i for i, (g, t) in enumerate(zip(examples.groups, examples.texts, strict=True))}
    rows = [(key, place.get((key[0], texts[key[0]][key[1] : key[2]]))) for key in keys]
    kept = [(key, row) for key, row in rows if row is not None]
    if not people or not kept:
        return ()
    tables = {
        coder: np.array([[c in units[coder][key] for c in judged.codes] for key, _ in kept])
        for coder in people
    }
    tables[MACHINE] = judged.suggested[[row for _, row in kept]]
    groups = [key[0] for key, _ in kept]
    pairs = []
    for a, b in combinations(tables, 2):
        x, y = tables[a], tables[b]

        def kappa(r: Rows, x: Any = x, y: Any = y) -> float:
            return agreement.cohen_kappa(x[r].ravel(), y[r].ravel())

        low, high = agreement.bootstrap_interval(kappa, groups, repeats=400)
        pairs.append(Pair(a, b, len(kept), Metric(kappa(np.arange(len(kept))), low, high)))
    return tuple(pairs)


def _verdict(pairs: Sequence[Pair]) -> Verdict:
    human = [pair.kappa for pair in pairs if pair.b != MACHINE]
    machine = [pair.kappa.value for pair in pairs if pair.b == MACHINE]
    bounds = [metric.value if math.isnan(metric.low) else metric.low for metric in human]
    return Verdict(min(machine, default=math.nan), min(bounds, default=math.nan))
