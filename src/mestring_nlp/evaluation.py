"""How well the machine codes interviews that it has not seen, beside how well people agree.

The predictions come from `mestring_nlp.validation`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp import agreement
from mestring_nlp.codebook import Codebook
from mestring_nlp.human_comparison import HumanComparison, Pair, compared
from mestring_nlp.metrics import Metric, metric, metric_names, pooled_kappa
from mestring_nlp.text import counted
from mestring_nlp.training_data import TrainingData
from mestring_nlp.validation import OutOfSample, main_codes

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
BINS = 10


@dataclass(frozen=True)
class Beside:
    """One of those that are measured side by side.

    Attributes
    ----------
    name : {"model", "assistant", "both"}
    metrics : dict of str to Metric
        By the names of `metric_names`.
    with_people : float
        Mean kappa with each person; ``nan`` where nobody else coded.
    calibrated : bool
        Whether it says how probable its answers are.
    """

    name: str
    metrics: dict[str, Metric]
    with_people: float
    calibrated: bool = True


@dataclass(frozen=True)
class SideBySide:
    """The small model, a language model, both, and people on the same passages.

    Attributes
    ----------
    assistant, prompt : str
        The language model's name, and the version of what it was asked.
    passages, asked, answered : int
        All coded passages; those that it was asked about, each as likely as any other; and those that
        it answered about, which are compared.
    rows : tuple of Beside
    people : float
        Mean kappa between every two people; ``nan`` where only one person coded.
    weights : dict of str to float
        What its answers weigh in all; see `mestring_nlp.assistant.weighing.TERMS`.
    place, place_error : float
        Where its first codes stood in the list it was shown, 0 to 1, .5 without a leaning; and the
        standard error of that.
    """

    assistant: str
    prompt: str
    passages: int
    asked: int
    answered: int
    rows: tuple[Beside, ...]
    people: float
    weights: dict[str, float]
    place: float
    place_error: float


@dataclass(frozen=True)
class Evaluation:
    """Everything a report shows.

    Attributes
    ----------
    model : str
        See `mestring_nlp.validation.OutOfSample`.
    passages, interviews : int
    codes : tuple of str
    metrics : dict of str to Metric
        By the names of `metric_names`. ``kappa`` is pooled over codes, ``kappa.top1`` of the top-1
        prediction, ``ece.top1`` the calibration error of its probability, ``f1`` macro, ``alpha`` with
        MASI distances; ``prediction_set.coverage`` is the empirical coverage.
    pairs : tuple of Pair
        Every two people, and the machine with each person.
    human : HumanComparison
    reliability : tuple of (mean probability, share with the code, count)
    risk_coverage : tuple of (coverage, risk)
        Risk-coverage curve: share of wrong top-1 predictions among the most certain passages.
    codebook : Codebook or None
        Names of the codes.
    confusion : dict of (str, str) to int
        Gold code against the top-1 prediction.
    learning : tuple
        See `mestring_nlp.validation.learning_curve`; empty unless asked for.
    beside : SideBySide or None
        The model beside a language model, where one was asked.
    """

    model: str
    passages: int
    interviews: int
    codes: tuple[str, ...]
    metrics: dict[str, Metric]
    pairs: tuple[Pair, ...]
    human: HumanComparison
    reliability: tuple[tuple[float, float, int], ...]
    risk_coverage: tuple[tuple[float, float], ...]
    codebook: Codebook | None = None
    confusion: dict[tuple[str, str], int] = field(default_factory=dict)
    learning: tuple[tuple[int, float, float, float], ...] = ()
    beside: SideBySide | None = None


def evaluate(found: OutOfSample, data: TrainingData | None = None, *, repeats: int = 400) -> Evaluation:
    """Compute agreement, calibration, prediction sets and abstention.

    Parameters
    ----------
    found : OutOfSample
        From `cross_validate` or `apply_model`.
    data : TrainingData, optional
        Whose other coders are set beside the machine.
    repeats : int, default 400
        Bootstrap samples of each interval; without any there are no intervals.

    Returns
    -------
    Evaluation
        Intervals at 95 %, by a cluster bootstrap over interviews.

    References
    ----------
    Y. Geifman, R. El-Yaniv (2017). Selective classification for deep neural networks. NeurIPS 30.
    (Risk-coverage curve.)
    """
    metric_names(found.classes)  # raises where two would be one
    groups, gold, p = found.groups, found.gold, found.prediction
    codes, probabilities = p.codes, p.probabilities[:, :-1]
    top1 = p.top1
    main = main_codes(top1, found.segments)
    hits = np.take_along_axis(gold, np.argsort(-probabilities, axis=1, kind="stable"), axis=1)
    coded = np.asarray(gold.any(axis=1))
    given = [frozenset(segment.codes or ()) for segment in found.segments]
    sets = list(zip(given, map(frozenset, p.labels), strict=True))

    def over(statistic: Callable[[Rows], float], cost: int = 1) -> Metric:
        return metric(statistic, groups, repeats // cost)

    def share(flags: Bools, among: Bools) -> Metric:
        return over(
            lambda rows: float(flags[rows][among[rows]].mean()) if among[rows].any() else math.nan
        )

    metrics = {
        "kappa": pooled_kappa(gold, codes, groups, repeats),
        "kappa.top1": over(lambda r: agreement.cohen_kappa([main[i] for i in r], [top1[i] for i in r])),
        "alpha": over(lambda r: agreement.krippendorff_alpha([sets[i] for i in r], "masi"), cost=4),
        "f1": over(lambda r: _macro_f1(gold[r], codes[r])),
        "f1.micro": over(lambda r: agreement.precision_recall(gold[r], codes[r]).f1),
        "top1": share(hits[:, 0], coded),
        "top3": share(np.asarray(hits[:, :3].any(axis=1)), coded),
        "ece": Metric(expected_calibration_error(probabilities, gold)),
        "ece.top1": Metric(
            expected_calibration_error(
                p.probabilities.max(axis=1),
                np.array([guess == said for guess, said in zip(top1, main, strict=True)]),
            )
        ),
        "brier": Metric(float(((probabilities - gold) ** 2).mean())),
        "labels_per_passage": Metric(_mean(codes.sum(axis=1)[~p.abstained])),
        "hit_rate": share(np.asarray((gold & codes).any(axis=1)), coded),
        "abstained": share(p.abstained, np.ones(len(groups), dtype=bool)),
        "no_code.auc": Metric(_auc(p.probabilities[:, -1], ~coded)),
    }
    for j, code in enumerate(p.classes):
        metrics |= _of_code(code, gold[:, j], codes[:, j], groups, repeats)
    metrics |= _prediction_sets(found, over)
    return Evaluation(
        found.model,
        len(groups),
        len(set(groups)),
        p.classes,
        metrics,
        *compared(found, data, repeats=repeats),
        reliability(probabilities, gold),
        _risk_coverage(p.probabilities, np.array(main) != np.array(top1)),
        found.codebook,
        dict(Counter(zip(main, top1, strict=True))),
    )


def _prediction_sets(found: OutOfSample, over: Callable[..., Metric]) -> dict[str, Metric]:
    """Empirical coverage, in all and of each answer, and size of the prediction sets."""
    inside = found.prediction.prediction_set
    said = np.column_stack([found.gold, ~found.gold.any(axis=1)])

    def coverage(rows: Rows) -> float:
        return _mean(inside[rows][said[rows]])

    metrics = {
        "prediction_set.level": Metric(found.level),
        "prediction_set.coverage": over(coverage),
        "prediction_set.size": Metric(float(inside.sum(axis=1).mean())),
    }
    for j, code in enumerate([*found.classes, "no_code"]):
        of_code = inside[said[:, j], j]
        name = f"prediction_set.coverage.{code}"
        metrics[name] = Metric(_mean(of_code), note=_few(len(of_code)))
    return metrics


def _few(examples: int) -> str:
    if examples >= agreement.FEW_EXAMPLES:
        return ""
    return f"only {counted(examples, 'example')}" if examples else "no example"


def _mean(values: npt.NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else math.nan


def _auc(score: Floats, truth: Bools) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(truth, score)) if 0 < truth.sum() < len(truth) else math.nan


def _macro_f1(gold: Bools, suggested: Bools) -> float:
    columns = [j for j in range(gold.shape[1]) if gold[:, j].any()]
    scores = [agreement.precision_recall(gold[:, j], suggested[:, j]).f1 for j in columns]
    return float(np.mean(scores)) if scores else math.nan


def _of_code(
    code: str, gold: Bools, suggested: Bools, groups: Sequence[str], repeats: int
) -> dict[str, Metric]:
    found = agreement.precision_recall(gold, suggested)
    note = _few(found.support)
    kappa = pooled_kappa(gold, suggested, groups, repeats, note)
    if math.isnan(kappa.value):
        kappa = Metric(kappa.value, note="undefined: neither ever used the code")
    return {
        f"kappa.{code}": kappa,
        f"f1.{code}": Metric(found.f1 if found.support else math.nan, note=note),
        f"precision.{code}": Metric(found.precision if suggested.any() else math.nan, note=note),
        f"recall.{code}": Metric(found.recall if found.support else math.nan, note=note),
    }


def expected_calibration_error(probabilities: Floats, gold: npt.NDArray[np.bool_]) -> float:
    """Compute the mean gap of probability and share, over ten equal bins weighted by size.

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
    """Return, for each filled bin, mean probability, share of passages with the code, and count."""
    p, x = probabilities.ravel(), gold.ravel()
    where = np.minimum((p * BINS).astype(int), BINS - 1)
    return tuple(
        (float(p[where == k].mean()), float(x[where == k].mean()), int((where == k).sum()))
        for k in range(BINS)
        if (where == k).any()
    )


def _risk_coverage(probabilities: Floats, wrong: Bools) -> tuple[tuple[float, float], ...]:
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    risk = np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)
    steps = np.unique(np.ceil(np.linspace(0.1, 1, 10) * len(order)).astype(int))
    return tuple((float(n / len(order)), float(risk[n - 1])) for n in steps)
