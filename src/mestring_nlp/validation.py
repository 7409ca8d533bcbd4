"""Out-of-sample predictions: interviews coded by a model that has not seen them.

The split is by interview, always: passages of one interview share a speaker, a topic and an
interviewer, so that a model tested on passages of an interview that it learned from looks
better than it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mestring_nlp.agreement import cohen_kappa
from mestring_nlp.classifier import SegmentClassifier
from mestring_nlp.codebook import Codebook
from mestring_nlp.conformal import check_level
from mestring_nlp.encoding import CachedEncoder, Encoder, Progress, load_encoder, no_progress
from mestring_nlp.errors import MestringError
from mestring_nlp.inputs import FEWEST
from mestring_nlp.model import Model
from mestring_nlp.prediction import Prediction
from mestring_nlp.text import counted
from mestring_nlp.training import check_base, fit
from mestring_nlp.training_data import TrainingData
from mestring_nlp.transcript import Segment

FEWEST_INTERVIEWS = 3


@dataclass(frozen=True)
class OutOfSample:
    """Segments with their gold codes, and what a model that had not seen them predicts.

    Attributes
    ----------
    segments : tuple of Segment
        With the codes that people gave.
    prediction : Prediction
    level : float
        Share of gold codes that the prediction sets shall hold.
    model : str
        The saved model that coded all of them; empty where each interview was coded by a model of
        the others.
    codebook : Codebook, optional
        Names of the codes, for reports.
    """

    segments: tuple[Segment, ...]
    prediction: Prediction
    level: float = 0.9
    model: str = ""
    codebook: Codebook | None = field(default=None, repr=False)

    @property
    def classes(self) -> tuple[str, ...]:
        """The codes."""
        return self.prediction.classes

    @property
    def groups(self) -> list[str]:
        """The interview, or collection, of each segment."""
        return [segment.transcript for segment in self.segments]

    @cached_property
    def gold(self) -> npt.NDArray[np.bool_]:
        """Gold codes as an indicator matrix, of shape (n, len(classes))."""
        given = [segment.codes or () for segment in self.segments]
        rows = [[code in codes for code in self.classes] for codes in given]
        return np.array(rows, dtype=bool).reshape(len(given), len(self.classes))

    def of(self, groups: Collection[str]) -> OutOfSample:
        """Return the part of some interviews or collections."""
        chosen = {groups} if isinstance(groups, str) else set(groups)
        rows = [i for i, segment in enumerate(self.segments) if segment.transcript in chosen]
        segments = tuple(self.segments[i] for i in rows)
        return replace(self, segments=segments, prediction=self.prediction[rows])


def leave_out(
    data: TrainingData,
    folds: Iterable[Collection[str]],
    encoder: Encoder,
    *,
    coder: str | None = None,
    base: Model | None = None,
    progress: Progress = no_progress,
) -> Iterator[tuple[Model, list[Segment]]]:
    """Train one model a fold on all that is not in it.

    Parameters
    ----------
    data : TrainingData
    folds : iterable of collections of str
        Interviews, or collections of statements, to leave out together.
    encoder : Encoder
    coder : str, optional
        Whose codings are learned; see `TrainingData.gold`.
    base : Model, optional
        See `mestring_nlp.train`.
    progress : callable, optional
        Called with the folds.

    Yields
    ------
    model : Model
    segments : list of Segment
        Those of the fold, with their gold codes.
    """
    rows = [*data.segments(coder), *data.statements]
    for left_out in progress(list(folds), "Leaving out each interview"):
        fold = {left_out} if isinstance(left_out, str) else set(left_out)
        yield (
            fit(
                [row for row in rows if row.transcript not in fold],
                data.codebook,
                encoder,
                lone_questions=[q for q in data.lone_questions if q.collection not in fold],
                base=base,
            ),
            [row for row in rows if row.transcript in fold],
        )


def cross_validate(
    data: TrainingData,
    *,
    coder: str | None = None,
    encoder: str | Path | None = None,
    base: Model | None = None,
    level: float = 0.9,
    progress: Progress = no_progress,
) -> OutOfSample:
    """Code each interview with a model of the others and of all statements.

    Without a base, all models come from one factorisation; see `SegmentClassifier.cross_predict`.

    Parameters
    ----------
    data : TrainingData
    coder : str, optional
        Whose codings are gold; see `TrainingData.gold`.
    encoder : str or pathlib.Path, optional
        See `mestring_nlp.load_encoder`.
    base : Model, optional
        On top of which each model is trained; see `mestring_nlp.train`.
    level : float, default 0.9
        Share of gold codes that the prediction sets shall hold.
    progress : callable, optional
        Called with the batches of texts and with the interviews; see
        `mestring_nlp.encoding.Progress`.

    Returns
    -------
    OutOfSample

    Raises
    ------
    MestringError
        Fewer than three coded interviews.
    """
    check_level(level)
    passages = data.segments(coder)
    interviews = _interviews(passages, "to leave one out")
    rows = [*passages, *data.statements]
    cached = cached_encoder(data, base.encoder if base else encoder, coder=coder, progress=progress)
    if base is not None:
        check_base(base, data.codebook, rows)
        folds = [[name] for name in interviews]
        parts = [
            (test, model.predict(test, level=level))
            for model, test in leave_out(data, folds, cached, coder=coder, base=base, progress=progress)
        ]
    else:
        classifier = SegmentClassifier(data.codebook.ids, encoder=cached)
        found = classifier.cross_predict(
            rows,
            groups=[row.transcript for row in rows],
            lone_questions=data.lone_questions,
            definitions=data.codebook.examples,
            left_out=[[name] for name in interviews],
            level=level,
            progress=progress,
        )
        parts = [([rows[i] for i in part.rows], part.prediction) for part in found]
    return OutOfSample(
        tuple(segment for test, _ in parts for segment in test),
        Prediction.concatenate([prediction for _, prediction in parts]),
        level,
        codebook=data.codebook,
    )


def apply_model(
    model: Model, data: TrainingData, *, coder: str | None = None, level: float = 0.9
) -> OutOfSample:
    """Code the data's interviews with a saved model.

    Parameters
    ----------
    model : Model
    data : TrainingData
    coder : str, optional
        Whose codings are gold; see `TrainingData.gold`.
    level : float, default 0.9
        Share of gold codes that the prediction sets shall hold.

    Returns
    -------
    OutOfSample

    Raises
    ------
    MestringError
        The model learned from these very passages, has other codes than the data, or there are no
        coded interviews.
    """
    segments = data.segments(coder)
    if not segments:
        raise MestringError("no coded interviews", hint="Code some, or leave --model out.")
    if set(data.codebook.ids) != set(model.codes):
        raise MestringError(
            f"the model's codes ({', '.join(model.codes)}) are not the data's "
            f"({', '.join(data.codebook.ids)})"
        )
    if seen := model.seen_of(segments):
        raise MestringError(
            f"the model learned from {seen} of these {len(segments)} passages, so that it would be "
            "tested on what it knows",
            hint="Use --cross-validate, or a model trained on other interviews.",
        )
    prediction = model.predict(segments, level=level)
    return OutOfSample(tuple(segments), prediction, level, model.name, model.codebook)


def learning_curve(
    data: TrainingData,
    *,
    coder: str | None = None,
    encoder: str | Path | None = None,
    progress: Progress = no_progress,
) -> tuple[tuple[int, float, float, float], ...]:
    """Compute agreement against the number of coded interviews: is it worth coding more?

    Up to four interviews are left out in turn, and a model learns from 1, 2, 4 ... of the others;
    the statements are not used. The parameters are those of `cross_validate`.

    Returns
    -------
    tuple of (interviews, mean, least, most)
        Cohen's kappa of the top-1 prediction over the interviews left out.

    Raises
    ------
    MestringError
        Fewer than three coded interviews.
    """
    segments = data.segments(coder)
    interviews = _interviews(segments, "for a learning curve")
    cached = cached_encoder(data, encoder, coder=coder, progress=progress)
    sizes = [2**k for k in range(10) if 2**k < len(interviews) - 1] + [len(interviews) - 1]
    points = []
    for size in progress(sizes, "Learning curve"):
        kappas = []
        for left_out in interviews[:4]:
            start = interviews.index(left_out) + 1
            others = (interviews[start:] + interviews[: start - 1])[:size]
            rows = [s for s in segments if s.transcript in others]
            if len(rows) < FEWEST or not any(row.codes for row in rows):
                continue  # nothing to learn from
            model = fit(rows, data.codebook, cached)
            test = [s for s in segments if s.transcript == left_out]
            top1 = model.predict(test).top1
            kappas.append(cohen_kappa(main_codes(top1, test), top1))
        defined = [kappa for kappa in kappas if not np.isnan(kappa)] or [float("nan")]
        points.append((size, float(np.mean(defined)), min(defined), max(defined)))
    return tuple(points)


def cached_encoder(
    data: TrainingData,
    encoder: str | Path | Encoder | None = None,
    *,
    coder: str | None = None,
    progress: Progress = no_progress,
) -> CachedEncoder:
    """Return an encoder with all texts of the data in its cache, so that many models share them."""
    if encoder is None or isinstance(encoder, str | Path):
        encoder = load_encoder(encoder)
    cached = CachedEncoder(encoder, progress=progress)
    cached.encode(data.texts(coder))
    cached.progress = no_progress
    return cached


def main_codes(top1: Sequence[str], segments: Sequence[Segment]) -> list[str]:
    """Return one gold code a segment: the top-1 prediction where it is among them, else the first."""
    given = [segment.codes or ("",) for segment in segments]
    return [guess if guess in gold else gold[0] for guess, gold in zip(top1, given, strict=True)]


def _interviews(segments: Sequence[Segment], purpose: str) -> list[str]:
    interviews = list(dict.fromkeys(segment.transcript for segment in segments))
    if len(interviews) < FEWEST_INTERVIEWS:
        raise MestringError(
            f"{counted(len(interviews), 'coded interview')}: too few {purpose}",
            hint=f"Code at least {FEWEST_INTERVIEWS}, or give --model one that has not seen them.",
        )
    return interviews
