"""How well the machine codes interviews that it has not seen, beside how well people agree.

Evaluation splits by interview, always: passages of one interview share a speaker, a topic and an
interviewer, so that a model tested on passages of an interview that it learned from looks
better than it is.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp import agreement
from mestring_nlp.encoding import RememberingEncoder, load_encoder
from mestring_nlp.errors import MestringError
from mestring_nlp.model import Model, fit
from mestring_nlp.suggestion import decide, plausible
from mestring_nlp.training_data import ADJUDICATED, Examples, TrainingData

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
FEWEST_INTERVIEWS = 3
BINS = 10


@dataclass(frozen=True)
class Judged:
    """What the machine says of passages whose codes are known.

    Attributes
    ----------
    codes : tuple of str
    examples : Examples
        The passages, their gold codes and their interviews.
    with_none : ndarray of shape (n, len(codes) + 1)
        Probabilities; the last column is "no code".
    threshold : ndarray of shape (n,)
        From which a code is suggested.
    floor : ndarray of shape (n,)
        From which an answer is in the promised set.
    level : float
        How often that set shall hold the human code.
    how : str
        How it came about, for the report.
    """

    codes: tuple[str, ...]
    examples: Examples
    with_none: Floats
    threshold: Floats
    floor: Floats
    level: float
    how: str

    @property
    def gold(self) -> npt.NDArray[np.bool_]:
        """Gold codes as an indicator matrix."""
        return np.array([[code in found for code in self.codes] for found in self.examples.codes])

    @cached_property
    def _decision(self) -> tuple[list[list[int]], npt.NDArray[np.bool_]]:
        return decide(self.with_none[:, :-1], self.with_none[:, -1], self.threshold)

    @cached_property
    def suggested(self) -> npt.NDArray[np.bool_]:
        """Suggested codes as an indicator matrix."""
        table = np.zeros((len(self.examples), len(self.codes)), dtype=bool)
        for row, chosen in zip(table, self._decision[0], strict=True):
            row[chosen] = True
        return table

    @property
    def abstained(self) -> npt.NDArray[np.bool_]:
        """Whether the machine left the passage to a person."""
        return self._decision[1]


def cross_validate(
    data: TrainingData,
    *,
    coder: str | None = None,
    encoder: str | Path | None = None,
    level: float = 0.9,
) -> Judged:
    """Code each interview with a model of the others and of all statements.

    Raises
    ------
    MestringError
        Fewer than three coded interviews.
    """
    examples = data.examples(coder)
    interviews = [name for name in dict.fromkeys(examples.groups) if name in data.transcripts]
    if len(interviews) < FEWEST_INTERVIEWS:
        raise MestringError(
            f"{len(interviews)} coded interview(s) are too few to leave one out",
            hint=f"Code at least {FEWEST_INTERVIEWS}, or give --model one that has not seen them.",
        )
    remembering = RememberingEncoder(load_encoder(encoder))
    table = np.zeros((len(examples), len(data.codebook) + 1))
    threshold, floor = np.zeros(len(examples)), np.zeros(len(examples))
    for interview in interviews:
        inside = [group == interview for group in examples.groups]
        model = fit(examples.where([not x for x in inside]), data.codebook, remembering)
        test = examples.where(inside)
        table[inside] = model.classifier.predict_with_none(test.texts, test.questions, test.runs)
        threshold[inside] = model.classifier.threshold_
        floor[inside] = model.classifier.floor(level)
    rows = [group in data.transcripts for group in examples.groups]
    how = f"each of {len(interviews)} interviews coded by a model of the others"
    bars = (threshold[rows], floor[rows], level)
    return Judged(data.codebook.ids, examples.where(rows), table[rows], *bars, how)


def apply_model(
    model: Model, data: TrainingData, *, coder: str | None = None, level: float = 0.9
) -> Judged:
    """Code the data's interviews with a saved model.

    Raises
    ------
    MestringError
        The model learned from these very passages, or has other codes than the data.
    """
    examples = data.examples(coder, statements=False)
    if set(data.codebook.ids) != set(model.codes):
        raise MestringError(
            f"the model's codes ({', '.join(model.codes)}) are not the data's "
            f"({', '.join(data.codebook.ids)})"
        )
    seen = set(model.passages.texts) if model.passages is not None else set()
    known = sum(text in seen for text in examples.texts if len(text.split()) > 8)
    if known > 0.05 * len(examples):
        raise MestringError(
            f"the model learned from {known} of these {len(examples)} passages, so that it would be "
            "tested on what it knows",
            hint="Use --cross-validate, or a model trained on other interviews.",
        )
    table = model.classifier.predict_with_none(examples.texts, examples.questions, examples.runs)
    threshold = np.full(len(examples), model.classifier.threshold_)
    floor = np.full(len(examples), model.classifier.floor(level))
    how = f"coded by the model {model.name}"
    return Judged(model.codes, examples, table, threshold, floor, level, how)


def learning_curve(
    data: TrainingData, *, coder: str | None = None, encoder: str | Path | None = None
) -> tuple[tuple[int, float, float, float], ...]:
    """Agreement against the number of coded interviews: is it worth coding more?

    Up to four interviews are left out in turn, and a model learns from 1, 2, 4 ... of the others;
    the statements are not used.

    Returns
    -------
    tuple of (interviews, mean, least, most)
        Cohen's kappa of the most probable answer over the interviews left out.

    Raises
    ------
    MestringError
        Fewer than three coded interviews.
    """
    examples = data.examples(coder, statements=False)
    interviews = list(dict.fromkeys(examples.groups))
    if len(interviews) < FEWEST_INTERVIEWS:
        raise MestringError(f"{len(interviews)} coded interview(s) are too few for a learning curve")
    remembering = RememberingEncoder(load_encoder(encoder))
    sizes = [2**k for k in range(10) if 2**k < len(interviews) - 1] + [len(interviews) - 1]
    points = []
    for size in sizes:
        kappas = []
        for left_out in interviews[:4]:
            start = interviews.index(left_out) + 1
            others = (interviews[start:] + interviews[: start - 1])[:size]
            model = fit(
                examples.where([g in others for g in examples.groups]), data.codebook, remembering
            )
            test = examples.where([g == left_out for g in examples.groups])
            table = model.classifier.predict_with_none(test.texts, test.questions, test.runs)
            likeliest = [[*data.codebook.ids, ""][j] for j in table.argmax(axis=1)]
            kappas.append(agreement.cohen_kappa(main_codes(likeliest, test.codes), likeliest))
        points.append((size, float(np.nanmean(kappas)), min(kappas), max(kappas)))
    return tuple(points)


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
class Evaluation:
    """Everything a report shows.

    Attributes
    ----------
    how : str
    passages, interviews : int
    codes : tuple of str
    metrics : dict of str to Metric
        ``kappa`` (pooled over codes), ``kappa.<code>``, ``kappa.likeliest``, ``f1`` (macro),
        ``f1.micro``, ``f1.<code>``, ``precision.<code>``, ``recall.<code>``, ``top1``, ``top3``,
        ``alpha`` (MASI), ``ece``, ``brier``, ``set_size``, ``set_coverage``, ``abstained``,
        ``none.auc``; and of the promised sets ``promise.level``, ``promise.coverage`` (of people's
        codes, and of "no code"), ``promise.coverage.<code>``, ``promise.size``.
    pairs : tuple of Pair
        Every two people, and the machine with each person.
    verdict : str
        Whether the machine lies within the human range.
    reliability : tuple of (mean probability, share with the code, count)
    accuracy_by_coverage : tuple of (coverage, accuracy)
        The most certain passages first.
    confusion : dict of (str, str) to int
        Gold code against the most probable one.
    learning : tuple
        See `learning_curve`; empty unless asked for.
    """

    how: str
    passages: int
    interviews: int
    codes: tuple[str, ...]
    metrics: dict[str, Metric]
    pairs: tuple[Pair, ...]
    verdict: str
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
    answers = [*judged.codes, ""]
    likeliest = [answers[j] for j in judged.with_none.argmax(axis=1)]
    main = main_codes(likeliest, judged.examples.codes)
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
            lambda r: agreement.cohen_kappa([main[i] for i in r], [likeliest[i] for i in r])
        ),
        "alpha": over(lambda r: agreement.krippendorff_alpha([sets[i] for i in r], "masi"), repeats=100),
        "f1": over(lambda r: _macro_f1(gold[r], suggested[r])),
        "f1.micro": over(lambda r: agreement.precision_recall(gold[r], suggested[r]).f1),
        "top1": share(hits[:, 0], coded),
        "top3": share(np.asarray(hits[:, :3].any(axis=1)), coded),
        "ece": Metric(expected_calibration_error(judged.with_none[:, :-1], gold)),
        "brier": Metric(float(((judged.with_none[:, :-1] - gold) ** 2).mean())),
        "set_size": Metric(float(suggested.sum(axis=1)[~judged.abstained].mean())),
        "set_coverage": share(np.asarray((gold & suggested).any(axis=1)), coded),
        "abstained": share(judged.abstained, np.ones(len(groups), dtype=bool)),
        "none.auc": Metric(_auc(judged.with_none[:, -1], ~coded)),
    }
    for j, code in enumerate(judged.codes):
        metrics |= _of_code(code, gold[:, j], suggested[:, j], groups)
    metrics |= _promise(judged)
    people = _pairs(judged, data) if data is not None else ()
    return Evaluation(
        judged.how,
        len(groups),
        len(set(groups)),
        judged.codes,
        metrics,
        people,
        _verdict(people),
        reliability(judged.with_none[:, :-1], gold),
        _accuracy_by_coverage(judged.with_none, np.array(main) == np.array(likeliest)),
        dict(Counter(zip(main, likeliest, strict=True))),
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


def _auc(score: Floats, truth: npt.NDArray[np.bool_]) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(truth, score)) if 0 < truth.sum() < len(truth) else math.nan


def main_codes(likeliest: Sequence[str], gold: Sequence[Sequence[str]]) -> list[str]:
    """Give each passage one gold code: the likeliest where it is among them, else the first."""
    return [
        guess if guess in (found or ("",)) else next(iter(found), "")
        for guess, found in zip(likeliest, gold, strict=True)
    ]


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
    tables["machine"] = judged.suggested[[row for _, row in kept]]
    groups = [key[0] for key, _ in kept]
    pairs = []
    for a, b in combinations(tables, 2):
        x, y = tables[a], tables[b]

        def kappa(r: Rows, x: Any = x, y: Any = y) -> float:
            return agreement.cohen_kappa(x[r].ravel(), y[r].ravel())

        low, high = agreement.bootstrap_interval(kappa, groups, repeats=400)
        pairs.append(Pair(a, b, len(kept), Metric(kappa(np.arange(len(kept))), low, high)))
    return tuple(pairs)


def _verdict(pairs: Sequence[Pair]) -> str:
    human = [pair.kappa for pair in pairs if pair.b != "machine"]
    machine = [pair.kappa.value for pair in pairs if pair.b == "machine"]
    if not human:
        return "Only one person coded these interviews: there is no human agreement to compare with."
    lowest = min(metric.low if not math.isnan(metric.low) else metric.value for metric in human)
    inside = min(machine) >= lowest
    return (
        f"The machine lies {'within' if inside else 'below'} the human range: its lowest kappa with "
        f"a person is {min(machine):.2f}, the lower bound of the agreement between people {lowest:.2f}."
    )


# -- gates ----------------------------------------------------------------------------------------

LOWER_IS_BETTER = ("ece", "brier", "abstained", "set_size", "promise.size")


@dataclass(frozen=True)
class Gate:
    """A bar that a figure must reach, and whether it does."""

    metric: str
    bar: float
    value: float

    @property
    def holds(self) -> bool:
        """Whether the figure is on the right side; one that is undefined is not."""
        if self.metric in LOWER_IS_BETTER:
            return self.value <= self.bar
        return self.value >= self.bar

    def __str__(self) -> str:
        sign = "at most" if self.metric in LOWER_IS_BETTER else "at least"
        return f"{self.metric} is {self.value:.4f}, must be {sign} {self.bar:.4f}"


def parse_gates(values: Sequence[str], evaluation: Evaluation) -> list[Gate]:
    """Read gates such as ``kappa=0.60``.

    Raises
    ------
    MestringError
        Not ``metric=number``, or no such metric.
    """
    gates = []
    for value in values:
        name, _, bar = value.partition("=")
        if name not in evaluation.metrics:
            raise MestringError(
                f"no metric is called {name!r}", hint=f"Known: {', '.join(evaluation.metrics)}."
            )
        try:
            gates.append(Gate(name, float(bar), evaluation.metrics[name].value))
        except ValueError as error:
            raise MestringError(f"{value!r} is no gate", hint="Write it as kappa=0.60.") from error
    return gates


def baseline_gates(file: str | Path, tolerance: float, evaluation: Evaluation) -> list[Gate]:
    """Make a gate of each agreement figure in an earlier report's JSON, less a tolerance.

    Raises
    ------
    MestringError
        The file cannot be read or is no report.
    """
    try:
        metrics: Mapping[str, Any] = json.loads(Path(file).read_text("utf-8"))["metrics"]
        values = {name: float(m["value"]) for name, m in metrics.items() if m["value"] is not None}
    except OSError as error:
        raise MestringError(f"cannot be read ({error.strerror})", place=str(file)) from error
    except (KeyError, TypeError, ValueError) as error:
        raise MestringError(
            "this is no report of mestring evaluate",
            place=str(file),
            hint="Give the metrics.json of an earlier run with --format json.",
        ) from error
    gates = []
    for name in ("kappa", "kappa.likeliest", "alpha", "f1", "top1", "top3", "ece", "brier"):
        if name in values:
            slack = tolerance if name in LOWER_IS_BETTER else -tolerance
            gates.append(Gate(name, values[name] + slack, evaluation.metrics[name].value))
    return gates
