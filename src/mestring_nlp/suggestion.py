"""What is suggested for a segment, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mestring_nlp.prediction import Prediction
from mestring_nlp.transcript import Segment

ASSISTANT = "assistant"
"""Under which name a decomposition has what a language model's answers contributed."""

DECISIONS = ("codes", "no_code", "abstained")
"""What a model can decide for a segment, as tables name it."""


@dataclass(frozen=True)
class Neighbour:
    """A coded passage with a similar embedding.

    Attributes
    ----------
    text : str
    codes : tuple of str
    transcript : str
        Its interview; empty for a single passage.
    similarity : float
        Cosine of the centred embeddings, in [-1, 1].
    """

    text: str = field(repr=False)
    codes: tuple[str, ...]
    transcript: str
    similarity: float


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
    joint : float
        What passage and question add when they are read as one text.
    assistant : str
        The name of the language model that was asked too; empty where none was, or it gave no answer.
    assistant_codes : tuple of str
        The codes that it ranked, the best first; none where it said that no code fits.
    assistant_reason : str
        Its sentence on why.
    assistant_weight : float
        What its answer adds to the log-odds; 0 where it is shown only.
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
    joint: float = 0.0
    assistant: str = ""
    assistant_codes: tuple[str, ...] = ()
    assistant_reason: str = field(default="", repr=False)
    assistant_weight: float = 0.0


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
    prediction_set : tuple of str
        The answers that hold the human code at the level asked for, most probable first; ``""``
        stands for no code. See `Prediction.conformal_threshold`.
    reason : Reason or None
        Why the most probable answer is so; see `mestring_nlp.reasons`.
    untested : bool
        Whether nobody has coded with this codebook yet, so that nothing tells how good the suggestion
        is.
    """

    segment: Segment
    codes: tuple[str, ...]
    probabilities: dict[str, float]
    no_code: float
    abstained: bool
    prediction_set: tuple[str, ...] = ()
    reason: Reason | None = None
    untested: bool = False

    @property
    def decision(self) -> str:
        """What was decided: ``"codes"``, ``"no_code"`` or ``"abstained"``; see `DECISIONS`."""
        if self.abstained:
            return "abstained"
        return "codes" if self.codes else "no_code"


def suggestions(
    segments: Sequence[Segment], found: Prediction, reasons: Sequence[Reason | None]
) -> list[Suggestion]:
    """Return a suggestion for each segment, from its prediction and its reason."""
    columns = zip(
        segments,
        found.labels,
        found.probabilities.tolist(),
        found.abstained.tolist(),
        found.set_labels,
        reasons,
        strict=True,
    )
    return [
        Suggestion(
            segment,
            codes,
            dict(zip(found.classes, probabilities, strict=False)),
            probabilities[-1],
            abstained,
            prediction_set,
            reason,
        )
        for segment, codes, probabilities, abstained, prediction_set, reason in columns
    ]
