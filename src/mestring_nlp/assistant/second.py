"""A trained model and an assistant together: suggestions of both, with what each of them said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np

from mestring_nlp.assistant.answers import Answer
from mestring_nlp.assistant.assistant import Assistant, said_of
from mestring_nlp.assistant.learning import Examples
from mestring_nlp.assistant.nearest import CodedPassages
from mestring_nlp.assistant.weighing import Weighing, joined, parted
from mestring_nlp.codebook import Codebook
from mestring_nlp.encoding import Encoder
from mestring_nlp.errors import MestringError
from mestring_nlp.model import Model
from mestring_nlp.prediction import Decomposition, Prediction
from mestring_nlp.suggestion import ASSISTANT, Suggestion, suggestions
from mestring_nlp.transcript import Segment

DEFINED = "kodebok"
"""The collection of which a codebook's own lines are passages."""
_TEMPERED = 0.5


@dataclass(repr=False)
class AssistedModel(Model):
    """A model whose suggestions an assistant's answers are laid on, by what they proved to be worth.

    Attributes
    ----------
    assistant : Assistant
    untested : bool
        Whether nothing was coded with its codebook: then assumed weights hold, and all is marked.
    answers : dict
        What was answered about each passage, by transcript, start, end and text.
    """

    assistant: Assistant = field(kw_only=True)
    untested: bool = False
    answers: dict[tuple[str, int, int, str], Answer] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Model, assistant: Assistant, *, untested: bool = False) -> AssistedModel:
        """Return a model with an assistant beside it.

        Raises
        ------
        MestringError
            The model learned what another assistant, or another prompt, is worth.
        """
        check_same(model.weighing, assistant)
        given = {one.name: getattr(model, one.name) for one in fields(Model)}
        if untested:
            given["weighing"] = Weighing.untested(assistant.name, assistant.version)
        return cls(**given, assistant=assistant, untested=untested)

    @property
    def name(self) -> str:
        """The name under which both together code."""
        return f"{super().name} + {self.assistant.name}"

    @property
    def shortage(self) -> str:
        """See `Model.shortage`."""
        return "" if self.untested else super().shortage

    @property
    def notes(self) -> list[str]:
        """What the user should know of the assistant's part, a sentence each."""
        said = [said_of(self.assistant.unanswered)]
        if self.untested:
            said.append(
                "Untested: nobody has coded with this codebook yet. The suggestions rest on its "
                f"definitions and on {self.assistant.name} alone, with assumed weights. "
                "Code some interviews, and train."
            )
        elif self.weighing is None:
            said.append(
                f"What {self.assistant.name} answers is shown and weighs nothing: the model has not "
                "learned what it is worth. Train with `mestring train DATA --assistant ...`."
            )
        elif not self.weighing.counts:
            said.append(
                f"What {self.assistant.name} answers is shown and weighs nothing: of the "
                f"{self.weighing.asked} coded passages that it was asked about, those left out were "
                "coded no better with it."
            )
        return [one for one in said if one]

    def suggest_segments(self, segments: Sequence[Segment], level: float = 0.9) -> list[Suggestion]:
        """Suggest codes for segments, each of which is asked about; see `Model.suggest`.

        Raises
        ------
        MestringError
            The assistant cannot be reached, or no longer; what it answered until then is kept.
        """
        found = self.predictor.decompose(segments, level)
        if self.untested:
            found = replace(found, prediction=flattened(found.prediction))
        given = self._asked(segments, found)
        weighing = self.weighing or Weighing.nothing(self.assistant.name, self.assistant.version)
        prediction, shift = weighing.apply(found.prediction, given, level)
        contributions = {**found.contributions, ASSISTANT: shift}
        both = replace(found, prediction=prediction, contributions=contributions)
        reasons = [
            replace(
                reason,
                assistant=self.assistant.name,
                assistant_codes=answer.codes,
                assistant_reason=answer.reason,
            )
            if answer.given
            else reason
            for reason, answer in zip(self._explainer.reasons(segments, both), given, strict=True)
        ]
        made = suggestions(segments, prediction, reasons)
        return [replace(one, untested=True) for one in made] if self.untested else made

    def after(self, model: Model, *, weighed: bool = True) -> AssistedModel:
        """Return another model with this assistant beside it; nothing is asked anew.

        Parameters
        ----------
        model : Model
        weighed : bool, default True
            Whether its answers are worth beside that one what they are beside this one.
        """
        given = replace(model, weighing=self.weighing if weighed else None)
        other = AssistedModel.of(given, self.assistant)
        other.answers = self.answers
        return other

    def _asked(self, segments: Sequence[Segment], found: Decomposition) -> list[Answer]:
        missing = [i for i, segment in enumerate(segments) if _place(segment) not in self.answers]
        if missing:
            asks = self.assistant.questions(
                [segments[i] for i in missing],
                self.codebook,
                self._coded,
                np.asarray(found.features["embedding"])[missing],
                segments,
            )
            name = segments[missing[0]].transcript
            self.assistant.say(f"{name}: {self.assistant.cost(asks)}.")
            given = self.assistant.ask(asks, self.codebook, f"Asking about {name}")
            for i, answer in zip(missing, given, strict=True):
                self.answers[_place(segments[i])] = answer
        return [self.answers[_place(segment)] for segment in segments]

    @cached_property
    def _coded(self) -> CodedPassages:
        # A codebook's own lines stand in the prompt already.
        return Examples.of_model(self, shown=not self.untested).coded


def check_same(weighing: Weighing | None, assistant: Assistant) -> None:
    """Raise if a model learned the worth of another assistant, or of another prompt.

    Raises
    ------
    MestringError
    """
    if weighing is None:
        return
    if weighing.assistant != assistant.name:
        raise MestringError(
            f"the model learned what {weighing.assistant!r} is worth, and nothing of {assistant.name!r}",
            hint=f"Give --assistant-model {weighing.assistant}, or train again with --assistant.",
        )
    if weighing.prompt != assistant.version:
        raise MestringError(
            f"the model learned what {weighing.assistant!r} is worth when asked with the prompt "
            f"{weighing.prompt}, not with {assistant.version}",
            hint="Give that prompt with --assistant-prompt, or train again with --assistant.",
        )


def defined(codebook: Codebook, encoder: Encoder | None = None) -> Model:
    """Return a model of nothing but what a codebook says of its codes, for where nothing was coded yet.

    Raises
    ------
    MestringError
        The codebook says too little.
    """
    lines = [
        Segment.alone(line, codes=(code,), collection=DEFINED)
        for code, said in codebook.examples.items()
        for line in said
    ]
    from mestring_nlp.training import fit

    try:
        return fit(lines, codebook, encoder)
    except MestringError as error:
        raise MestringError(
            f"the codebook says too little to begin with ({error.problem})",
            hint="Write for each code what belongs to it: `includes` and `indicators`.",
        ) from error


def flattened(prediction: Prediction) -> Prediction:
    """Return predictions of a model that learned from definitions alone, as unsure as it should be.

    Definitions tell codes from each other, not from talk: nothing was seen that has no code, so that its
    probability is what chance gives, and the others are drawn together.
    """
    share, beside = parted(prediction.probabilities)
    answers = share.shape[1]
    codes = share[:, :-1] ** _TEMPERED
    codes *= (1 - 1 / answers) / codes.sum(axis=1, keepdims=True)
    drawn = np.hstack([codes, np.full((len(share), 1), 1 / answers)])
    n = len(share)
    return replace(
        prediction,
        probabilities=joined(drawn, np.zeros_like(beside)),
        threshold=np.full(n, 0.5),
        conformal_threshold=np.full(n, 1 / (2 * answers)),
    )


def _place(segment: Segment) -> tuple[str, int, int, str]:
    return segment.transcript, segment.start, segment.end, segment.text
