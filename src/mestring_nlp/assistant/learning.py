"""Learn what an assistant is worth beside a model, from a sample of coded passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.assistant.answers import Answer
from mestring_nlp.assistant.assistant import Assistant
from mestring_nlp.assistant.fitting import fit
from mestring_nlp.assistant.nearest import CodedPassages
from mestring_nlp.assistant.sampling import sample, worth
from mestring_nlp.assistant.weighing import Weighing
from mestring_nlp.codebook import Codebook
from mestring_nlp.encoding import Encoder, Progress, no_progress
from mestring_nlp.model import Model
from mestring_nlp.prediction import Prediction
from mestring_nlp.training_data import TrainingData
from mestring_nlp.transcript import Segment
from mestring_nlp.validation import (
    FEWEST_INTERVIEWS,
    OutOfSample,
    apply_model,
    cross_validate,
)

SAMPLE = 300
"""Coded passages that an assistant is asked about, if there are more."""


@dataclass(frozen=True)
class Asked:
    """Coded passages that an assistant was asked about.

    Attributes
    ----------
    found : OutOfSample
        These passages, and what the small model says of them, which had not seen them.
    answers : tuple of Answer
    weights : ndarray of shape (n,)
        How many passages of the data each stands for.
    of : int
        How many passages they were taken from.
    """

    found: OutOfSample
    answers: tuple[Answer, ...]
    weights: npt.NDArray[np.float64]
    of: int

    @property
    def unanswered(self) -> int:
        """How many got no answer."""
        return sum(not answer.given for answer in self.answers)

    def weigh(self, assistant: Assistant) -> tuple[Weighing, Prediction]:
        """Learn what the answers are worth; see `mestring_nlp.assistant.fitting.fit`."""
        return fit(
            self.found.prediction,
            self.found.gold,
            self.answers,
            self.found.groups,
            assistant=assistant.name,
            prompt=assistant.version,
            weights=self.weights,
            level=self.found.level,
        )


@dataclass(frozen=True)
class Examples:
    """Where examples come from, and how a text is laid beside them.

    Attributes
    ----------
    coded : CodedPassages
    vectors : callable
        Returns the embeddings of texts, of shape (n, dimension).
    """

    coded: CodedPassages
    vectors: Callable[[Sequence[str]], npt.NDArray[Any]]

    @classmethod
    def of_model(cls, model: Model, *, shown: bool = True) -> Examples:
        """Return what a model shows when it suggests: nothing, if it keeps no passages."""
        own = int(model.manifest.training["passages"])
        coded = CodedPassages.of(model.segments, model.vectors, own) if shown else CodedPassages()
        return cls(coded, model.predictor.features.embedding)

    @classmethod
    def of_data(cls, segments: Sequence[Segment], encoder: Encoder) -> Examples:
        """Return coded passages by themselves, all of them the researcher's own."""
        every = np.asarray(encoder.encode([segment.text for segment in segments]), dtype=np.float64)
        mean = every.mean(axis=0)
        coded = CodedPassages.of(list(segments), every - mean, len(segments))
        return cls(coded, lambda texts: np.asarray(encoder.encode(texts)) - mean)


def ask_sample(
    assistant: Assistant,
    found: OutOfSample,
    codebook: Codebook,
    examples: Examples,
    *,
    size: int = SAMPLE,
    evenly: bool = False,
) -> Asked:
    """Return what is answered about some coded passages; examples are never of the same interview.

    Parameters
    ----------
    assistant : Assistant
    found : OutOfSample
        Coded passages, of which a sample is taken.
    codebook : Codebook
    examples : Examples
    size : int, default SAMPLE
        How many are asked about; 0 for all.
    evenly : bool, default False
        Whether each passage is as likely to be asked about as any other, to measure on; otherwise
        those that would tell most of what answers are worth are likelier.
    """
    p = found.prediction
    rows, weights = sample(np.ones(len(p)) if evenly else worth(p), size)
    chosen = replace(found, segments=tuple(found.segments[i] for i in rows), prediction=p[rows])
    vectors = examples.vectors([segment.text for segment in chosen.segments])
    asks = assistant.questions(chosen.segments, codebook, examples.coded, vectors, found.segments)
    assistant.say(f"Of {len(p):,} coded passages, {assistant.cost(asks)}.")
    answers = assistant.ask(asks, codebook, "Asking about coded passages")
    return Asked(chosen, tuple(answers), weights, len(p))


def left_out(
    data: TrainingData,
    *,
    coder: str | None = None,
    encoder: str | None = None,
    base: Model | None = None,
    progress: Progress = no_progress,
) -> OutOfSample:
    """Return coded passages, and what models that had not seen them say.

    Of one or two interviews, that is the base.

    Raises
    ------
    MestringError
        There are fewer than three coded interviews, and no base.
    """
    interviews = {segment.transcript for segment in data.segments(coder)}
    if len(interviews) < FEWEST_INTERVIEWS and base is not None:
        return apply_model(base, data, coder=coder)
    return cross_validate(data, coder=coder, encoder=encoder, base=base, progress=progress)


def weighed(
    model: Model,
    data: TrainingData,
    assistant: Assistant,
    *,
    coder: str | None = None,
    encoder: str | None = None,
    base: Model | None = None,
    size: int = SAMPLE,
    examples: bool = True,
    progress: Progress = no_progress,
) -> tuple[Model, Asked]:
    """Return a model that has learned what an assistant is worth beside it.

    Parameters
    ----------
    model : Model
        Trained on the data.
    data : TrainingData
    assistant : Assistant
    coder, encoder, base, progress
        As the model was trained; see `mestring_nlp.train`.
    size : int, default SAMPLE
        How many coded passages the assistant is asked about; 0 for all.
    examples : bool, default True
        Whether coded passages are shown to it, as they will be if the model keeps its passages.

    Returns
    -------
    Model
        The same, with `Model.weighing`.
    Asked
        What it was asked, and answered.

    Raises
    ------
    MestringError
        There are fewer than three coded interviews, and no base; or the assistant cannot be reached:
        what it answered until then is kept.
    """
    assistant.check()
    found = left_out(data, coder=coder, encoder=encoder, base=base, progress=progress)
    source = Examples.of_model(model, shown=examples)
    asked = ask_sample(assistant, found, data.codebook, source, size=size)
    weighing, _ = asked.weigh(assistant)
    return replace(model, weighing=weighing), asked


def told(weighing: Weighing) -> list[str]:
    """Return what was learned of an assistant, a sentence each."""
    if weighing.answered == 0:
        return [f"{weighing.assistant} gave no answer: it weighs nothing."]
    alone = f"{weighing.assistant} answered about {weighing.answered} of {weighing.asked} coded passages"
    if not np.isnan(weighing.kappa):
        alone += f", and agrees with people at kappa {weighing.kappa:.2f}"
    gain = f"by {weighing.gain:.3f} in the logarithm (standard error {weighing.error:.3f})"
    worth_it = f"people's codes of interviews left out become more probable, {gain}: it is weighed in."
    worthless = (
        f"people's codes of interviews left out become no more probable beyond chance, {gain}: "
        "it weighs nothing."
    )
    few = "too few to learn what they are worth: it weighs nothing."
    outcome = worth_it if weighing.counts else worthless if weighing.error else few
    lines = [f"{alone}; {outcome}"]
    if not np.isnan(weighing.place):
        off = abs(weighing.place - 0.5) / weighing.place_error
        leaning = "more than chance puts them off" if off > 2 else "no leaning beyond chance"
        lines.append(
            f"Its first codes stood at {weighing.place:.2f} of the list shown (0 first, 1 last; .50 "
            f"without a leaning, standard error {weighing.place_error:.2f}): {leaning}."
        )
    return lines
