"""Learn what an assistant's answers are worth, from coded passages that it was asked about.

The weights are drawn to 0, where the assistant changes nothing, and are kept only if people's codes in
interviews that were left out become more probable by them beyond chance. So a useless assistant costs
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp

from mestring_nlp.assistant.answers import Answer
from mestring_nlp.assistant.weighing import (
    BOUNDS,
    TERMS,
    Weighing,
    inputs_of,
    joined,
    parted,
    quantile,
)
from mestring_nlp.prediction import Prediction, suggested
from mestring_nlp.stacking import distribution

Array = npt.NDArray[np.float64]

FEWEST = 40
"""Answers below which nothing is learned of their worth."""
ENOUGH = 300
"""Answers from which a threshold of one's own is learned."""
_OF_A_HAND = 50
"""Answers of an interview from which its own level is kept, not only that of all."""

PULLS = (1.0, 3.0, 10.0, 30.0)
_OWN_PULL = 10.0  # the small model is calibrated already
_SURE = 2.0  # standard errors by which left-out passages must become more probable


def fit(
    prediction: Prediction,
    targets: npt.NDArray[Any],
    answers: Sequence[Answer],
    groups: Sequence[str],
    *,
    assistant: str,
    prompt: str,
    weights: npt.NDArray[Any] | None = None,
    level: float = 0.9,
) -> tuple[Weighing, Prediction]:
    """Learn what answers are worth.

    Parameters
    ----------
    prediction : Prediction
        The small model's, by models that had not seen the passages.
    targets : ndarray of bool, shape (n, n_codes)
        People's codes.
    answers : sequence of Answer
    groups : sequence of str
        The interview of each passage: what is left out together.
    assistant, prompt : str
        The assistant's name and the prompt's version.
    weights : ndarray of shape (n,), optional
        How much each passage counts; see `mestring_nlp.assistant.sampling.sample`.
    level : float, default 0.9
        Share of people's codes that the prediction sets of what is returned shall hold.

    Returns
    -------
    Weighing
    Prediction
        What the assistant and the model say together of each passage, by weights that were learned from
        the other interviews; how strongly they are drawn to 0 was chosen by all, see `together`.
    """
    n = len(prediction)
    counts = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    given = np.array([i for i, answer in enumerate(answers) if answer.given], dtype=np.int64)
    answered = [answer for answer in answers if answer.given]
    gold = np.hstack([targets > 0, ~(targets > 0).any(axis=1, keepdims=True)])
    place, place_error = _placed(answered, len(prediction.classes))
    base = replace(
        Weighing.nothing(assistant, prompt),
        asked=n,
        answered=len(given),
        kappa=_kappa(gold[given], answered, prediction.classes, counts[given]),
        place=place,
        place_error=place_error,
    )
    hands = _hands([groups[i] for i in given.tolist()])
    if len(given) < FEWEST or len(set(hands)) < 2 or not gold[given, :-1].any():
        return base, prediction
    share, beside = parted(prediction.probabilities[given])
    task = _Task(
        inputs_of(share, answered, prediction.classes),
        np.log(share),
        gold[given],
        counts[given] / counts[given].mean(),
    )
    of = np.asarray(hands)
    folds = [(np.flatnonzero(of != hand), np.flatnonzero(of == hand)) for hand in dict.fromkeys(hands)]
    tried = {pull: task.left_out(folds, pull) for pull in PULLS}
    losses = {pull: task.loss(logits) for pull, logits in tried.items()}
    pull = min(losses, key=lambda one: float((task.counts * losses[one]).sum()))
    gain, error = _gain(task.counts * (task.loss(task.own) - losses[pull]), folds)
    learned = replace(base, gain=gain, error=error)
    if gain <= _SURE * error:
        return learned, prediction
    pooled = joined(distribution(tried[pull]), beside)
    threshold = _threshold(pooled, gold[given], task.counts) if len(given) >= ENOUGH else 0.0
    learned = replace(
        learned,
        weights=dict(zip(TERMS, task.solve(np.arange(len(given)), pull).round(6).tolist(), strict=True)),
        threshold=threshold,
        hands=_by_hand(pooled, gold[given], task.counts, hands),
    )
    found = prediction.probabilities.copy()
    found[given] = pooled
    both = replace(prediction, probabilities=found)
    return learned, _decided(both, given, gold[given], task.counts, hands, threshold, level)


def together(
    prediction: Prediction,
    targets: npt.NDArray[Any],
    answers: Sequence[Answer],
    groups: Sequence[str],
    *,
    level: float = 0.9,
) -> Prediction:
    """Return what assistant and model say together, to be measured.

    All that is learned, the weights, how strongly they are drawn to 0, whether they are kept, threshold
    and sets, is learned for each interview from the others alone. The parameters are those of `fit`.
    """
    of = np.asarray(_hands(groups))
    parts, order = [], []
    for hand in dict.fromkeys(of.tolist()):
        others, test = np.flatnonzero(of != hand), np.flatnonzero(of == hand)
        weighing, _ = fit(
            prediction[others],
            targets[others],
            [answers[i] for i in others.tolist()],
            [groups[i] for i in others.tolist()],
            assistant="",
            prompt="",
            level=level,
        )
        both, _ = weighing.apply(prediction[test], [answers[i] for i in test.tolist()], level)
        parts.append(both)
        order.append(test)
    return Prediction.concatenate(parts)[np.argsort(np.concatenate(order))]


def _decided(
    both: Prediction,
    given: npt.NDArray[np.int64],
    gold: npt.NDArray[np.bool_],
    counts: Array,
    hands: Sequence[str],
    threshold: float,
    level: float,
) -> Prediction:
    """Return left-out predictions with what is decided on them, an interview by the others' sets."""
    pooled = both.probabilities[given]
    conformal, of = both.conformal_threshold.copy(), np.asarray(hands)
    for hand in dict.fromkeys(hands):
        others = of != hand
        kept = _by_hand(pooled[others], gold[others], counts[others], of[others].tolist())
        conformal[given[~others]] = min(quantile(one, level) for one in kept)
    thresholds = both.threshold.copy()
    if threshold:
        thresholds[given] = threshold
    return replace(both, threshold=thresholds, conformal_threshold=conformal)


@dataclass(frozen=True)
class _Task:
    """A regression on planes of shape (terms, n, answers), beside the small model's logits."""

    planes: Array
    own: Array
    gold: npt.NDArray[np.bool_]
    counts: Array

    def solve(self, rows: npt.NDArray[np.int64], pull: float, start: Array | None = None) -> Array:
        """Return the weights that make people's codes most probable, drawn to 0."""
        planes, own, counts = self.planes[:, rows], self.own[rows], self.counts[rows]
        said = np.where(self.gold[rows], 0.0, -np.inf)
        drawn = np.full(len(TERMS), pull)
        drawn[-1] *= _OWN_PULL

        def loss(theta: Array) -> tuple[float, Array]:
            logits = own + np.tensordot(theta, planes, 1)
            every = logsumexp(logits, axis=1, keepdims=True)
            right = logsumexp(logits + said, axis=1, keepdims=True)
            error = (np.exp(logits - every) - np.exp(logits + said - right)) * counts[:, None]
            slope = (planes * error).sum(axis=(1, 2)) + drawn * theta
            value = (counts * (every - right)[:, 0]).sum() + (drawn * theta**2).sum() / 2
            return float(value), slope

        first = np.zeros(len(TERMS)) if start is None else start
        found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=BOUNDS)
        return np.asarray(found.x)

    def left_out(
        self, folds: Sequence[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]], pull: float
    ) -> Array:
        """Return the logits of each fold's passages, by the weights of the others."""
        logits = self.own.copy()
        every = self.solve(np.arange(len(logits)), pull)  # from where the others' are near
        for others, test in folds:
            logits[test] += np.tensordot(self.solve(others, pull, every), self.planes[:, test], 1)
        return logits

    def loss(self, logits: Array) -> Array:
        """Return each passage's negative log-likelihood."""
        said = np.where(self.gold, 0.0, -np.inf)
        return np.asarray(logsumexp(logits, axis=1) - logsumexp(logits + said, axis=1))


def _hands(groups: Sequence[str]) -> list[str]:
    """Return what is left out together: interviews; of one or two, stretches of passages."""
    if len(set(groups)) >= 3:
        return list(groups)
    return [str(5 * row // max(1, len(groups))) for row in range(len(groups))]


def _gain(gains: Array, folds: Sequence[tuple[Any, npt.NDArray[np.int64]]]) -> tuple[float, float]:
    """Return the mean gain, and the larger of its standard errors over passages and over interviews."""
    n = len(gains)
    mean = float(gains.mean())
    alone = float(gains.std(ddof=1) / np.sqrt(n))
    sums = np.array([(gains[test] - mean).sum() for _, test in folds])
    clustered = float(np.sqrt((sums**2).sum() * len(folds) / max(1, len(folds) - 1)) / n)
    return mean, max(alone, clustered)


def _by_hand(
    probabilities: Array, gold: npt.NDArray[np.bool_], counts: Array, hands: Sequence[str]
) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Return people's codes' probabilities: of each interview with enough answers, and of all as one."""
    of = np.asarray(hands)
    kept: list[tuple[tuple[float, float], ...]] = []
    for rows in (np.ones(len(of), dtype=bool), *(of == hand for hand in dict.fromkeys(hands))):
        if kept and rows.sum() < _OF_A_HAND:
            continue
        i, j = np.nonzero(gold & rows[:, None])
        pairs = sorted(
            zip(probabilities[i, j].round(6).tolist(), counts[i].round(6).tolist(), strict=True)
        )
        kept.append(tuple(pairs))
    return tuple(kept)


def _threshold(probabilities: Array, gold: npt.NDArray[np.bool_], counts: Array) -> float:
    """Return `mestring_nlp.calibration.best_threshold`, each passage counting as it is weighted."""
    steps = np.round(np.arange(0.05, 0.91, 0.01), 2)
    right, f1 = gold[:, :-1], []
    for step in steps:
        chosen = suggested(probabilities, float(step))
        both = (counts[:, None] * (chosen & right)).sum()
        f1.append(2 * both / (counts[:, None] * (chosen.astype(int) + right)).sum())
    return float(steps[int(np.argmax(f1))])


def _placed(answers: Sequence[Answer], codes: int) -> tuple[float, float]:
    """Return where the first codes stood, and the standard error of that without a leaning.

    Without one, each of the places 0, 1 / (codes - 1), ..., 1 is as likely as any other.
    """
    places = [answer.place for answer in answers if answer.codes and answer.place >= 0]
    if not places or codes < 2:
        return float("nan"), float("nan")
    variance = (codes + 1) / (12 * (codes - 1))
    return float(np.mean(places)), float(np.sqrt(variance / len(places)))


def _kappa(
    gold: npt.NDArray[np.bool_], answers: Sequence[Answer], classes: Sequence[str], counts: Array
) -> float:
    """Return Cohen's kappa of first codes with people's, each passage counting as it is weighted."""
    if not answers:
        return float("nan")
    column: Mapping[str, int] = {code: j for j, code in enumerate([*classes, ""])}
    first = np.array([column[answer.codes[0] if answer.codes else ""] for answer in answers])
    hit = gold[np.arange(len(first)), first]
    main = np.where(hit, first, gold.argmax(axis=1))
    share = counts / counts.sum()
    width = len(column)
    a, b = (np.bincount(one, weights=share, minlength=width) for one in (first, main))
    chance = float(a @ b)
    if chance >= 1:
        return float("nan")
    return float(np.clip(((share * hit).sum() - chance) / (1 - chance), -1, 1))
