"""What an assistant's answers are worth, learned from coded passages that it was asked about.

Its ranks are laid on the small model's distribution by log-linear pooling: a multinomial logistic
regression whose one input is the logarithm of that distribution and whose others are the ranks. The
weights are drawn to 0, where the assistant changes nothing, and are kept only if passages of interviews
that were left out become more probable by them beyond chance. So a useless assistant costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp

from mestring_nlp.assistant.answers import Answer
from mestring_nlp.json_values import Number, check_kind
from mestring_nlp.prediction import Prediction, suggested
from mestring_nlp.stacking import distribution

Array = npt.NDArray[np.float64]

TERMS = ("first", "second", "third", "none", "some", "own")
"""What has a weight: the code ranked first, second, third; "no code" where it is answered, and, against
it, where a code is; and how much more, or less, than 1 the small model counts."""

FEWEST = 40
"""Answers below which nothing is learned of their worth."""
ENOUGH = 300
"""Answers from which a threshold of one's own is learned."""
_OF_A_HAND = 50
"""Answers of an interview from which its own level is kept, not only that of all."""

PULLS = (1.0, 3.0, 10.0, 30.0)
_BOUNDS = ((0, 8), (0, 8), (0, 8), (0, 8), (0, 8), (-0.9, 1.0))
_OWN_PULL = 10.0  # the small model is calibrated already
_SURE = 2.0  # standard errors by which left-out passages must become more probable
_LEAST = 1e-9

UNTESTED = {"first": 3.0, "second": 1.5, "third": 0.7, "none": 2.0, "some": 0.5, "own": 0.0}
"""Weights where nothing was coded yet, and nothing can be learned: an assumption."""


@dataclass(frozen=True)
class Weighing:
    """What an assistant is worth beside a model.

    Attributes
    ----------
    assistant, prompt : str
        The assistant's name, and the version of the prompt: of any other it says nothing.
    weights : dict of str to float
        For each of `TERMS`; all 0 where the answers proved to be worth nothing.
    threshold : float
        Probability from which a code is suggested where there is an answer; 0 for the model's own.
    hands : tuple of tuple of (float, float)
        For each interview, or for all as one: the probabilities that people's codes got where they were
        left out, ascending, and how much each counts. From these come the prediction sets.
    asked, answered : int
        Coded passages.
    kappa : float
        Cohen's kappa of its first code with people; ``nan`` where undefined.
    gain, error : float
        By how much left-out codes became more probable, in nats a passage, and the standard error.
    place : float
        Where its first codes stood in the list that it was shown, on average: 0 first, 1 last; 0.5
        without a leaning. ``nan`` where it named none.
    place_error : float
        The standard error of `place` without a leaning.
    """

    assistant: str
    prompt: str
    weights: dict[str, float]
    threshold: float = 0.0
    hands: tuple[tuple[tuple[float, float], ...], ...] = ()
    asked: int = 0
    answered: int = 0
    kappa: float = float("nan")
    gain: float = 0.0
    error: float = 0.0
    place: float = float("nan")
    place_error: float = float("nan")

    @property
    def counts(self) -> bool:
        """Whether the answers change anything."""
        return any(self.weights.values())

    @classmethod
    def nothing(cls, assistant: str, prompt: str) -> Weighing:
        """Return a weighing in which answers change nothing."""
        return cls(assistant, prompt, dict.fromkeys(TERMS, 0.0))

    @classmethod
    def untested(cls, assistant: str, prompt: str) -> Weighing:
        """Return the weights that are assumed where nobody has coded yet."""
        return cls(assistant, prompt, dict(UNTESTED))

    def apply(
        self, prediction: Prediction, answers: Sequence[Answer], level: float = 0.9
    ) -> tuple[Prediction, Array]:
        """Return predictions with answers laid on; one without an answer stays exactly.

        Parameters
        ----------
        prediction : Prediction
        answers : sequence of Answer
        level : float, default 0.9
            Share of human codes that the prediction sets shall hold.

        Returns
        -------
        Prediction
        ndarray of shape (n, n_codes + 1)
            What the answers added to the logits.
        """
        theta = np.array([self.weights[term] for term in TERMS])
        given = np.array([answer.given for answer in answers], dtype=bool)
        share, beside = parted(prediction.probabilities)
        planes = _planes(share, answers, prediction.classes)
        shift = np.tensordot(theta, planes, 1)
        if not self.counts or not given.any():
            return prediction, np.zeros_like(share)
        shift[~given] = 0
        pooled = joined(distribution(np.log(share) + shift), beside)
        found = np.where(given[:, None], pooled, prediction.probabilities)
        threshold = np.where(given & (self.threshold > 0), self.threshold, prediction.threshold)
        conformal = prediction.conformal_threshold
        if self.hands:
            conformal = np.where(given, self.conformal_threshold(level), conformal)
        return replace(
            prediction, probabilities=found, threshold=threshold, conformal_threshold=conformal
        ), shift

    def conformal_threshold(self, level: float) -> float:
        """Return the probability from which an answer is in the prediction set.

        As in `mestring_nlp.conformal.Conformal`, the level is kept in each interview that has enough
        answers.
        """
        return min((_quantile(hand, level) for hand in self.hands), default=0.0)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values, undefined figures as null."""
        values = asdict(self)
        values["hands"] = [[list(pair) for pair in hand] for hand in self.hands]
        return {k: None if isinstance(v, float) and np.isnan(v) else v for k, v in values.items()}

    @classmethod
    def from_json(cls, values: Any) -> Weighing:
        """Restore what `to_json` returned.

        Raises
        ------
        ValueError
            A value is missing, unknown or out of range.
        """
        if not isinstance(values, dict):
            raise ValueError("it is no object")
        undefined = [key for key in _UNDEFINED if values.get(key, 0) is None]
        check_kind({**values, **dict.fromkeys(undefined, 0.0)}, _KINDS)
        hands = values["hands"]
        if any(len(pair) != 2 for hand in hands for pair in hand) or any(not hand for hand in hands):
            raise ValueError("a hand is not of pairs of numbers")
        if any([p for p, _ in hand] != sorted(p for p, _ in hand) for hand in hands):
            raise ValueError("a hand is not in order")
        if any(
            not low <= values["weights"][term] <= high
            for term, (low, high) in zip(TERMS, _BOUNDS, strict=True)
        ):
            raise ValueError("a weight is out of its range")
        if values["threshold"] and not 0.001 <= values["threshold"] <= 0.999:
            raise ValueError("the threshold is out of its range")
        return cls(
            **{
                **values,
                **dict.fromkeys(undefined, float("nan")),
                "hands": tuple(tuple((float(p), float(w)) for p, w in hand) for hand in hands),
            }
        )


_UNDEFINED = ("kappa", "place", "place_error")
_KINDS: Any = {
    "assistant": str,
    "prompt": str,
    "weights": dict.fromkeys(TERMS, Number(float, -8, 8)),
    "threshold": Number(float, 0, 1),
    "hands": [[[Number(float, 0, 1e9)]]],
    **dict.fromkeys(("asked", "answered"), Number(int, 0, 1e9)),
    "kappa": Number(float, -1, 1),
    "gain": Number(float, -1e6, 1e6),
    **dict.fromkeys(("error", "place_error"), Number(float, 0, 1e6)),
    "place": Number(float, 0, 1),
}


def parted(probabilities: Array) -> tuple[Array, Array]:
    """Split probabilities into a distribution over the main answer and what comes beside it.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_codes + 1)
        See `mestring_nlp.prediction.Prediction`: that of no code and that of any code sum to 1 at most.

    Returns
    -------
    share : ndarray of shape (n, n_codes + 1)
        Rows sum to 1.
    beside : ndarray of shape (n, n_codes)
        The probability of each code where another answer is the main one, in [0, 1].

    Examples
    --------
    >>> P = np.array([[0.7, 0.2, 0.2], [0.1, 0.1, 0.8]])
    >>> bool(np.allclose(joined(*parted(P)), P))
    True
    """
    none = np.clip(probabilities[:, -1:], _LEAST, 1 - _LEAST)
    codes = np.clip(probabilities[:, :-1], _LEAST, 1)
    top = np.arange(codes.shape[1]) == codes.argmax(axis=1)[:, None]
    most = np.clip(codes.max(axis=1, keepdims=True), None, 1 - none)
    others = np.where(top, 0, codes).sum(axis=1, keepdims=True)
    # What codes have beyond 1 in all, they have beside the most probable one.
    scaled = codes * np.minimum(1, np.clip(1 - none - most, 0, None) / np.maximum(others, _LEAST))
    share = np.hstack([np.where(top, most, np.maximum(scaled, _LEAST)), none])
    share = share / share.sum(axis=1, keepdims=True)
    left = np.clip(1 - share[:, -1:] - share[:, :-1], _LEAST, 1)
    beside = np.clip((codes - share[:, :-1]) / left, 0, 1)
    return share, np.where(top, 0, beside)


def joined(share: Array, beside: Array) -> Array:
    """Return the probabilities that `parted` parts."""
    left = np.clip(1 - share[:, -1:] - share[:, :-1], 0, 1)
    codes = share[:, :-1] + left * beside
    return np.hstack([np.clip(codes, 0, 1), share[:, -1:]])


def fit(
    prediction: Prediction,
    targets: npt.NDArray[Any],
    answers: Sequence[Answer],
    groups: Sequence[str],
    *,
    assistant: str,
    prompt: str,
    weights: npt.NDArray[Any] | None = None,
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

    Returns
    -------
    Weighing
    Prediction
        What the assistant and the model say together of each passage, by weights that were learned from
        the other interviews.
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
        _planes(share, answered, prediction.classes),
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
    return learned, _decided(both, given, gold[given], task.counts, hands, threshold)


def _decided(
    both: Prediction,
    given: npt.NDArray[np.int64],
    gold: npt.NDArray[np.bool_],
    counts: Array,
    hands: Sequence[str],
    threshold: float,
) -> Prediction:
    """Return left-out predictions with what is decided on them, an interview by the others' sets."""
    pooled = both.probabilities[given]
    conformal, of = both.conformal_threshold.copy(), np.asarray(hands)
    level = 0.9
    for hand in dict.fromkeys(hands):
        others = of != hand
        kept = _by_hand(pooled[others], gold[others], counts[others], of[others].tolist())
        conformal[given[~others]] = min(_quantile(one, level) for one in kept)
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
        found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=_BOUNDS)
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


def _planes(share: Array, answers: Sequence[Answer], classes: Sequence[str]) -> Array:
    """Return the inputs of `TERMS`, of shape (terms, n, n_codes + 1); all 0 where there is no answer."""
    planes = np.zeros((len(TERMS), *share.shape))
    column = {code: j for j, code in enumerate(classes)}
    for row, answer in enumerate(answers):
        if not answer.given:
            continue
        for rank, code in enumerate(answer.codes):
            planes[rank, row, column[code]] = 1
        if answer.codes:
            planes[4, row, -1] = -1
        else:
            planes[3, row, -1] = 1
        planes[5, row] = np.log(share[row])
    return planes


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


def _quantile(pairs: Sequence[tuple[float, float]], level: float) -> float:
    """Return a probability that a share of `level` of the scores reaches, and a standard error more.

    One more score is counted below. The standard error is of the share among so many scores: what is
    new is an interview of its own; the level shall not be kept by luck.

    References
    ----------
    R. J. Tibshirani et al. (2019). Conformal prediction under covariate shift. NeurIPS 32. (Weights.)
    """
    counts = np.array([count for _, count in pairs])
    number = counts.sum() ** 2 / (counts**2).sum()
    below = (np.cumsum(counts) + counts.max()) / (counts.sum() + counts.max())
    reached = np.flatnonzero(below <= 1 - level - np.sqrt(level * (1 - level) / number) + 1e-12)
    return pairs[int(reached[-1])][0] if len(reached) else 0.0


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
    return float(((share * hit).sum() - chance) / (1 - chance)) if chance < 1 else float("nan")
