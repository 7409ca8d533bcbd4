"""Passages and transcripts as a review keeps them, and what a model said of them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from textwrap import shorten
from typing import Any

from mestring_nlp.review.events import CODES, NO_CODE, UNDECIDED, UNDECIDED_YET, UNSURE, Decision
from mestring_nlp.suggestion import Neighbour, Reason, Suggestion
from mestring_nlp.transcript import Segment, Transcript, Turn

_NEAREST = 2
_QUOTED = 220


@dataclass(frozen=True)
class KeptSuggestion:
    """What a model suggested for a passage.

    Attributes
    ----------
    model : str
        The model's name, as a coder.
    decision : {"codes", "no_code", "abstained"}
    codes : tuple of str
    probabilities : dict of str to float
    no_code : float
    prediction_set : tuple of str
    reason : Reason or None
    confidence : float
        The probability of what is suggested; of several codes, the lowest. Zero after an abstention.
    changed : bool
        Whether the model said something else before it learned.
    """

    model: str
    decision: str
    codes: tuple[str, ...]
    probabilities: Mapping[str, float]
    no_code: float
    prediction_set: tuple[str, ...] = ()
    reason: Reason | None = field(default=None, repr=False)
    confidence: float = 0.0
    changed: bool = False

    @property
    def answer(self) -> Decision | None:
        """What a coder decides who accepts it; None after an abstention."""
        if self.decision == "abstained":
            return None
        return Decision(CODES, self.codes) if self.codes else Decision(NO_CODE)

    @property
    def top(self) -> tuple[tuple[str, float], ...]:
        """The answers from the most to the least probable; ``""`` is no code."""
        every = [*self.probabilities.items(), ("", self.no_code)]
        return tuple(sorted(every, key=lambda item: -item[1]))

    @property
    def mark(self) -> str:
        """What tells this suggestion from another for the same passage: of the model and its answer."""
        return hashlib.sha256(self.snapshot().encode()).hexdigest()[:16]

    def snapshot(self) -> str:
        """Return the suggestion in short, as events keep it."""
        return json.dumps(
            {
                "model": self.model,
                "decision": self.decision,
                "codes": list(self.codes),
                "p": round(self.confidence, 4),
            },
            ensure_ascii=False,
        )


@dataclass(frozen=True)
class Passage:
    """A passage of a transcript as one coder sees it.

    Attributes
    ----------
    id : int
    transcript : str
    turn : int
        From 1.
    start, end : int
    text : str
    decision : Decision
    suggestion : KeptSuggestion or None
    memo : str
    """

    id: int
    transcript: str
    turn: int
    start: int
    end: int
    text: str = field(repr=False)
    decision: Decision = UNDECIDED_YET
    suggestion: KeptSuggestion | None = field(default=None, repr=False)
    memo: str = field(default="", repr=False)

    @property
    def decided(self) -> bool:
        """Whether the coder has said anything of it, be it that it is doubtful."""
        return self.decision.status != UNDECIDED

    @property
    def unsure(self) -> bool:
        """Whether the coder is unsure, or has not decided what the machine is unsure of."""
        said = self.suggestion
        return self.decision.status == UNSURE or (
            not self.decided and said is not None and said.decision == "abstained"
        )

    @property
    def differs(self) -> bool:
        """Whether the coder decided otherwise than the machine suggested."""
        if self.suggestion is None or self.decision.status not in (CODES, NO_CODE):
            return False
        return self.suggestion.decision == "abstained" or set(self.suggestion.codes) != set(
            self.decision.codes
        )

    def segment(self, transcript: Transcript) -> Segment:
        """Return the passage as a model takes it."""
        turn = transcript.turns[self.turn - 1]
        question = transcript.question_for(self.turn - 1)
        return Segment(
            self.transcript, self.turn, turn.speaker, self.start, self.end, self.text, question
        )


def suggestion_row(passage: int, suggestion: Suggestion, model: str) -> dict[str, Any]:
    """Return a suggestion as the columns of its table."""
    p, none = suggestion.probabilities, suggestion.no_code
    ranked = sorted([*p.items(), ("", none)], key=lambda item: -item[1])
    if suggestion.abstained:
        confidence = 0.0
    else:
        confidence = min((p[code] for code in suggestion.codes), default=none)
    return {
        "passage": passage,
        "model": model,
        "decision": suggestion.decision,
        "codes": json.dumps(list(suggestion.codes)),
        "probabilities": json.dumps({code: round(value, 4) for code, value in p.items()}),
        "no_code": none,
        "prediction_set": json.dumps(list(suggestion.prediction_set)),
        "reason": _reason_text(suggestion.reason),
        "confidence": confidence,
        "uncertainty": uncertainty([value for _, value in ranked]),
        "top": ranked[0][0],
    }


def uncertainty(probabilities: list[float]) -> float:
    """Compute the entropy of answers over the greatest possible.

    Parameters
    ----------
    probabilities : list of float
        Of every code and of no code; they need not sum to 1.

    Returns
    -------
    float
        In [0, 1].

    Examples
    --------
    >>> uncertainty([0.5, 0.5]), uncertainty([1.0, 0.0])
    (1.0, 0.0)
    """
    total = sum(probabilities)
    if total <= 0 or len(probabilities) < 2:
        return 0.0
    shares = [p / total for p in probabilities if p > 0]
    return abs(-sum(share * math.log(share) for share in shares) / math.log(len(probabilities)))


def kept_suggestion(row: Mapping[str, Any]) -> KeptSuggestion:
    """Return what a row of the table of suggestions says."""
    return KeptSuggestion(
        row["model"],
        row["decision"],
        tuple(json.loads(row["codes"])),
        json.loads(row["probabilities"]),
        row["no_code"],
        tuple(json.loads(row["prediction_set"])),
        _reason(row["reason"]),
        row["confidence"],
        bool(row["changed"]),
    )


def _reason_text(reason: Reason | None) -> str:
    if reason is None:
        return ""
    content = asdict(reason)
    content["nearest"] = [
        {**near, "text": shorten(near["text"], _QUOTED, placeholder=" …")}
        for near in content["nearest"][:_NEAREST]
    ]
    return json.dumps(content, ensure_ascii=False)


def _reason(text: str) -> Reason | None:
    if not text:
        return None
    content = json.loads(text)
    content["words"] = tuple((word, weight) for word, weight in content["words"])
    content["nearest"] = tuple(
        Neighbour(**{**near, "codes": tuple(near["codes"])}) for near in content["nearest"]
    )
    content["assistant_codes"] = tuple(content.get("assistant_codes", ()))
    return Reason(**content)


def turns_text(transcript: Transcript) -> str:
    """Return a transcript's turns as JSON, without their words."""
    return json.dumps(
        [[turn.speaker, turn.role, turn.start, turn.end, turn.time] for turn in transcript.turns],
        ensure_ascii=False,
    )


def kept_transcript(row: Mapping[str, Any]) -> Transcript:
    """Return the transcript that a row of the table of transcripts holds."""
    text = row["text"]
    turns = tuple(
        Turn(speaker, role, start, end, text[start:end], time)
        for speaker, role, start, end, time in json.loads(row["turns"])
    )
    return Transcript(row["name"], text, turns, row["title"])
