"""Interviews coded by a model that has not seen them.

The split is by interview, always: passages of one interview share a speaker, a topic and an
interviewer, so that a model tested on passages of an interview that it learned from looks
better than it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mestring_nlp.agreement import cohen_kappa
from mestring_nlp.encoding import RememberingEncoder, Watch, load_encoder, unwatched
from mestring_nlp.errors import MestringError
from mestring_nlp.model import Model, fit
from mestring_nlp.suggestion import decide
from mestring_nlp.text import counted
from mestring_nlp.training_data import Examples, TrainingData

Floats = npt.NDArray[np.float64]
FEWEST_INTERVIEWS = 3


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
    model : str
        The saved model that coded all of them; empty where each interview was coded by a model of
        the others.
    """

    codes: tuple[str, ...]
    examples: Examples
    with_none: Floats
    threshold: Floats
    floor: Floats
    level: float
    model: str = ""

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
    watch: Watch = unwatched,
) -> Judged:
    """Code each interview with a model of the others and of all statements.

    Parameters
    ----------
    data : TrainingData
    coder : str, optional
        Whose codings are gold; see `TrainingData.gold`.
    encoder : str or pathlib.Path, optional
        See `mestring_nlp.encoding.load_encoder`.
    level : float, default 0.9
        How often the promised sets shall hold the human code.
    watch : callable, optional
        Sees the batches of texts and the interviews go by.

    Returns
    -------
    Judged

    Raises
    ------
    MestringError
        Fewer than three coded interviews.
    """
    examples = data.examples(coder)
    interviews = [name for name in dict.fromkeys(examples.groups) if name in data.transcripts]
    if len(interviews) < FEWEST_INTERVIEWS:
        raise MestringError(
            f"{counted(len(interviews), 'coded interview')}: too few to leave one out",
            hint=f"Code at least {FEWEST_INTERVIEWS}, or give --model one that has not seen them.",
        )
    remembering = _knowing(examples, encoder, watch)
    table = np.zeros((len(examples), len(data.codebook) + 1))
    threshold, floor = np.zeros(len(examples)), np.zeros(len(examples))
    for interview in watch(interviews, "Leaving out each interview"):
        inside = [group == interview for group in examples.groups]
        model = fit(examples.where([not x for x in inside]), data.codebook, remembering)
        test = examples.where(inside)
        table[inside] = model.classifier.predict_with_none(test.texts, test.questions, test.runs)
        threshold[inside] = model.classifier.threshold_
        floor[inside] = model.classifier.floor(level, test.questions)
    rows = [group in data.transcripts for group in examples.groups]
    bars = (threshold[rows], floor[rows], level)
    return Judged(data.codebook.ids, examples.where(rows), table[rows], *bars)


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
    floor = model.classifier.floor(level, examples.questions)
    return Judged(model.codes, examples, table, threshold, floor, level, model.name)


def _knowing(examples: Examples, encoder: str | Path | None, watch: Watch) -> RememberingEncoder:
    """An encoder that has seen all texts, so that each is encoded once for all models."""
    remembering = RememberingEncoder(load_encoder(encoder), watch=watch)
    remembering.encode([text for text in (*examples.texts, *examples.questions) if text])
    return remembering


def learning_curve(
    data: TrainingData,
    *,
    coder: str | None = None,
    encoder: str | Path | None = None,
    watch: Watch = unwatched,
) -> tuple[tuple[int, float, float, float], ...]:
    """Agreement against the number of coded interviews: is it worth coding more?

    Up to four interviews are left out in turn, and a model learns from 1, 2, 4 ... of the others;
    the statements are not used. The parameters are those of `cross_validate`.

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
        raise MestringError(
            f"{counted(len(interviews), 'coded interview')}: too few for a learning curve"
        )
    remembering = _knowing(examples, encoder, watch)
    sizes = [2**k for k in range(10) if 2**k < len(interviews) - 1] + [len(interviews) - 1]
    points = []
    for size in watch(sizes, "Learning curve"):
        kappas = []
        for left_out in interviews[:4]:
            start = interviews.index(left_out) + 1
            others = (interviews[start:] + interviews[: start - 1])[:size]
            model = fit(
                examples.where([g in others for g in examples.groups]), data.codebook, remembering
            )
            test = examples.where([g == left_out for g in examples.groups])
            table = model.classifier.predict_with_none(test.texts, test.questions, test.runs)
            answers = likeliest(table, data.codebook.ids)
            kappas.append(cohen_kappa(main_codes(answers, test.codes), answers))
        points.append((size, float(np.nanmean(kappas)), min(kappas), max(kappas)))
    return tuple(points)


def likeliest(with_none: Floats, codes: Sequence[str]) -> list[str]:
    """Give each row's most probable answer: a code, or "" for no code, whose column is last."""
    answers = [*codes, ""]
    return [answers[j] for j in with_none.argmax(axis=1)]


def main_codes(answers: Sequence[str], gold: Sequence[Sequence[str]]) -> list[str]:
    """Give each passage one gold code: the likeliest where it is among them, else the first."""
    return [
        guess if guess in (found or ("",)) else next(iter(found), "")
        for guess, found in zip(answers, gold, strict=True)
    ]
