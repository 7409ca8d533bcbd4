"""From probabilities to suggestions: which codes, no code, or abstention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mestring_nlp.transcript import Segment


@dataclass(frozen=True)
class Neighbour:
    """A coded passage that lies near.

    Attributes
    ----------
    text : str
    codes : tuple of str
    group : str
        Its interview, or its part of the statements.
    likeness : float
        Cosine of the centred embeddings, in [-1, 1].
    """

    text: str
    codes: tuple[str, ...]
    group: str
    likeness: float


@dataclass(frozen=True)
class Reason:
    """Why an answer is the most probable one.

    Attributes
    ----------
    code : str
        The answer; empty for no code.
    passage, question, neighbours : float
        What each adds to the log-odds of the answer; negative where it speaks against. Neighbours
        are the passages just before and after.
    words : tuple of (str, float)
        The passage's words that speak most for it, each with what it adds to the log-odds.
    line : str
        The line of the code's entry in the codebook that lies nearest; empty for no code.
    nearest : tuple of Neighbour
        The nearest passages that people coded, whatever their code; empty when the model was
        saved without its passages.
    """

    code: str
    passage: float
    question: float
    neighbours: float
    words: tuple[tuple[str, float], ...]
    line: str
    nearest: tuple[Neighbour, ...]


@dataclass(frozen=True)
class Suggestion:
    """What the model proposes for one segment.

    Attributes
    ----------
    segment : Segment
    codes : tuple of str
        The codes suggested, most probable first; empty for "no code" and for abstention.
    probabilities : dict of str to float
        Every code's calibrated probability, in codebook order, each in [0, 1].
    no_code : float
        Calibrated probability that the segment carries no code.
    abstained : bool
        Whether nothing was probable enough, not even "no code": a person must decide.
    plausible : tuple of str
        The set that holds the human code with the level asked for, most probable first; ``""``
        stands for no code.
    reason : Reason or None
        Why the most probable answer is so; see `mestring_nlp.reasons`.
    """

    segment: Segment
    codes: tuple[str, ...]
    probabilities: dict[str, float]
    no_code: float
    abstained: bool
    plausible: tuple[str, ...] = ()
    reason: Reason | None = None


def decide(
    probabilities: npt.NDArray[np.float64],
    no_code: npt.NDArray[np.float64],
    threshold: float | npt.NDArray[np.float64],
) -> tuple[list[list[int]], npt.NDArray[np.bool_]]:
    """Decide, for each row, on codes, on no code, or to abstain.

    A code is suggested when its probability reaches the threshold and "no code" is not more
    probable than it. No code is the answer when "no code" reaches the threshold first.
    Otherwise the model abstains.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_codes)
    no_code : ndarray of shape (n,)
    threshold : float or ndarray of shape (n,)
        One for all rows, or one for each.

    Returns
    -------
    codes : list of lists of int
        Columns suggested, most probable first.
    abstained : ndarray of bool, shape (n,)

    Examples
    --------
    >>> P = np.array([[0.7, 0.5, 0.1], [0.2, 0.1, 0.1], [0.1, 0.1, 0.1]])
    >>> codes, abstained = decide(P, np.array([0.1, 0.8, 0.2]), threshold=0.4)
    >>> codes, abstained.tolist()
    ([[0, 1], [], []], [False, False, True])
    """
    bar = np.broadcast_to(threshold, no_code.shape)
    chosen = (probabilities >= bar[:, None]) & (probabilities >= no_code[:, None])
    order = np.argsort(-probabilities, axis=1, kind="stable")
    codes = [[int(j) for j in order[i] if chosen[i, j]] for i in range(len(probabilities))]
    abstained = ~chosen.any(axis=1) & (no_code < bar)
    return codes, abstained


def plausible(
    with_none: npt.NDArray[np.float64], floor: float | npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Give the answers of each row that reach the floor; the most probable one always does.

    Parameters
    ----------
    with_none : ndarray of shape (n, n_codes + 1)
    floor : float or ndarray of shape (n,)
        See `mestring_nlp.SegmentClassifier.floor`.

    Returns
    -------
    ndarray of bool, shape (n, n_codes + 1)
    """
    reached = with_none >= np.broadcast_to(floor, len(with_none))[:, None]
    return np.asarray(reached | (with_none == with_none.max(axis=1, keepdims=True)))


def suggestions(
    segments: Sequence[Segment],
    with_none: npt.NDArray[np.float64],
    codes: Sequence[str],
    threshold: float,
    floor: npt.NDArray[np.float64],
    reasons: Sequence[Reason | None],
) -> list[Suggestion]:
    """Put segments, their probabilities (last column: no code) and the reasons together."""
    probabilities, no_code = with_none[:, :-1], with_none[:, -1]
    chosen, abstained = decide(probabilities, no_code, threshold)
    inside = plausible(with_none, floor)
    order = np.argsort(-with_none, axis=1, kind="stable")
    answers = [*codes, ""]
    return [
        Suggestion(
            segment,
            tuple(codes[j] for j in chosen[i]),
            {code: float(p) for code, p in zip(codes, probabilities[i], strict=True)},
            float(no_code[i]),
            bool(abstained[i]),
            tuple(answers[j] for j in order[i] if inside[i, j]),
            reasons[i],
        )
        for i, segment in enumerate(segments)
    ]
