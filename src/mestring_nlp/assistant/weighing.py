"""What an assistant's answers are worth, and how they are laid on a model's predictions.

By log-linear pooling: a multinomial logistic regression whose one input is the logarithm of the small
model's distribution and whose others are the assistant's ranks. At weights of 0 it changes nothing.
`mestring_nlp.assistant.fitting` learns them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.assistant.answers import Answer
from mestring_nlp.json_values import Number, check_kind
from mestring_nlp.prediction import Prediction
from mestring_nlp.stacking import distribution

Array = npt.NDArray[np.float64]

TERMS = ("first", "second", "third", "none", "some", "own")
"""What has a weight: the code ranked first, second, third; "no code" where it is answered, and, against
it, where a code is; and how much more, or less, than 1 the small model counts."""

BOUNDS = ((0, 8), (0, 8), (0, 8), (0, 8), (0, 8), (-0.9, 1.0))
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
        planes = inputs_of(share, answers, prediction.classes)
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
        return min((quantile(hand, level) for hand in self.hands), default=0.0)

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
            for term, (low, high) in zip(TERMS, BOUNDS, strict=True)
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


def inputs_of(share: Array, answers: Sequence[Answer], classes: Sequence[str]) -> Array:
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


def quantile(pairs: Sequence[tuple[float, float]], level: float) -> float:
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
