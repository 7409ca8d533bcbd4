"""From coded passages to a model: alone, or on top of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from mestring_nlp import storage
from mestring_nlp._version import __version__
from mestring_nlp.classifier import SegmentClassifier
from mestring_nlp.codebook import Codebook
from mestring_nlp.encoding import CachedEncoder, Encoder, Progress, load_encoder, no_progress
from mestring_nlp.errors import MestringError
from mestring_nlp.model import FEWEST_OF_A_CODE, Model, lines_of
from mestring_nlp.storage import Manifest
from mestring_nlp.training_data import TrainingData, load_training_data
from mestring_nlp.transcript import LoneQuestion, Segment


def fit(
    segments: Sequence[Segment],
    codebook: Codebook,
    encoder: Encoder | None = None,
    *,
    lone_questions: Sequence[LoneQuestion] = (),
    data_hash: str = "",
    base: Model | None = None,
    progress: Progress = no_progress,
) -> Model:
    """Train a model on coded segments; see `train` for a data folder.

    Calibration is learned from the segments of whole interviews, if there are three or more. With a
    base, some of its own passages are learned again; see `rehearsed`.
    """
    encoder = encoder or (base.encoder if base else load_encoder())
    classifier = SegmentClassifier(codebook.ids, encoder=encoder)
    again = rehearsed(segments, base) if base else []
    classifier.fit(
        [*segments, *again],
        lone_questions=lone_questions,
        definitions=None if base else codebook.examples,
        base=base.predictor if base else None,
        progress=progress,
    )
    parameters = classifier.get_params(deep=False)
    given = [segment.codes or () for segment in segments]
    manifest = Manifest(
        format=storage.FORMAT,
        library=__version__,
        codes=list(codebook.ids),
        encoder={"name": encoder.name, "fingerprint": encoder.fingerprint},
        codebook_hash=codebook.hash,
        data_hash=storage.sha256(f"{data_hash} on {base.manifest.data_hash}".encode())
        if base
        else data_hash,
        training={
            "passages": len(segments),
            "lone_questions": len(lone_questions),
            "groups": len({segment.transcript for segment in segments}),
            "without_code": sum(not codes for codes in given),
            "per_code": {code: sum(code in codes for codes in given) for code in codebook.ids},
            "parameters": {name: parameters[name] for name in storage.PARAMETERS},
            "base": base.manifest.fingerprint if base else "",
            "base_strength": classifier.strength_,
        },
    )
    predictor = classifier.predictor_
    model = Model(codebook, predictor, encoder, manifest, list(segments), list(lone_questions))
    model.vectors = classifier.vectors_[: len(segments)]
    model.lines = lines_of(codebook, predictor.features)
    if base is not None and base.segments is not None and base.vectors is not None:
        model.segments = [*segments, *base.segments]
        model.vectors = np.concatenate([model.vectors, base.vectors])
        model.lone_questions = [*lone_questions, *base.lone_questions]
    return model


def rehearsed(segments: Sequence[Segment], base: Model) -> list[Segment]:
    """Return passages of a base's for the answers of which the segments hold fewer than five.

    Corrections that hold one code or two, as of somebody who goes through a code at a time, would else
    make these the most probable everywhere. Each stands alone: its neighbours are not there.
    """
    counts = Counter(answer for segment in segments for answer in segment.codes or ("",))
    own = base.segments or []
    found = []
    for at in np.random.default_rng(0).permutation(len(own)):
        answers = own[at].codes or ("",)
        if any(counts[answer] < FEWEST_OF_A_CODE for answer in answers):
            found.append(replace(own[at], turn=0))
            counts.update(answers)
    return found


def train(
    data: TrainingData | str | Path,
    *,
    encoder: str | Path | None = None,
    coder: str | None = None,
    base: Model | None = None,
    progress: Progress = no_progress,
) -> Model:
    """Train a model on a data folder's coded passages.

    Parameters
    ----------
    data : TrainingData, str or pathlib.Path
        What `load_training_data` returned, or the folder that it reads.
    encoder : str or pathlib.Path, optional
        See `load_encoder`. With a base, the base is trained again with it.
    coder : str, optional
        Whose codings to learn; see `TrainingData.gold`.
    base : Model, optional
        A model with the same codes, that has not seen these passages. What it knows is kept, so far as
        the data do not contradict it; nothing of its own is read or encoded again.
    progress : callable, optional
        Called with the batches of texts; see `mestring_nlp.encoding.Progress`.

    Returns
    -------
    Model

    Raises
    ------
    MestringError
        No passage was coded; or `base` has other codes or has learned from these passages.
    """
    if not isinstance(data, TrainingData):
        data = load_training_data(data)
    segments = [*data.segments(coder), *data.statements]
    if base is not None:
        check_base(base, data.codebook, segments)
        base = with_encoder(base, encoder) if encoder is not None else base
    cached = CachedEncoder(base.encoder if base else load_encoder(encoder), progress=progress)
    cached.encode(data.texts(coder))
    cached.progress = no_progress
    return fit(
        segments,
        data.codebook,
        cached,
        lone_questions=data.lone_questions,
        data_hash=data.hash,
        base=base,
        progress=progress,
    )


def with_encoder(model: Model, name: str | Path) -> Model:
    """Train a model again on the same passages with another encoder.

    Parameters
    ----------
    model : Model
    name : str or pathlib.Path
        See `load_encoder`.

    Raises
    ------
    MestringError
        The model was saved without its passages, or the encoder cannot be loaded.
    """
    if model.segments is None:
        raise MestringError(
            "the model was saved without its passages, so no other encoder can learn them",
            hint="Train with `mestring train DATA --encoder NAME --out DIR`.",
        )
    return fit(
        model.segments,
        model.codebook,
        load_encoder(name),
        lone_questions=model.lone_questions,
        data_hash=model.manifest.data_hash,
    )


class SeenError(MestringError):
    """A base has learned already from what it was to be corrected with."""


def check_base(base: Model, codebook: Codebook, segments: Sequence[Segment]) -> None:
    """Raise unless a model can be learned on top of another.

    Raises
    ------
    MestringError
        The base has other codes.
    SeenError
        It has learned from some of the segments.
    """
    if base.codes != codebook.ids:
        raise MestringError(
            f"the base's codes ({', '.join(base.codes)}) are not the data's ({', '.join(codebook.ids)})",
            hint="A codebook of its own needs a model of its own: leave --base out.",
        )
    if seen := base.seen_of(segments):
        raise SeenError(
            f"the base has learned from {seen} of these {len(segments)} passages already",
            hint="Take the base that the older model was trained on, such as --base bundled.",
        )
