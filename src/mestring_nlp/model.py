"""What users load: a codebook, a classifier and an encoder that belong together.

How a model lies on disk is the matter of `mestring_nlp.storage`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mestring_nlp import layout, storage
from mestring_nlp._version import __version__
from mestring_nlp.codebook import Codebook, parse_codebook
from mestring_nlp.encoding import CachedEncoder, Encoder, Progress, load_encoder, no_progress
from mestring_nlp.errors import MestringError
from mestring_nlp.resources import bundled
from mestring_nlp.segmentation import segment
from mestring_nlp.storage import Manifest
from mestring_nlp.suggestion import Suggestion, suggestions
from mestring_nlp.training_data import TrainingData, load_training_data
from mestring_nlp.transcript import MACHINE, LoneQuestion, Segment, Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mestring_nlp.classifier import SegmentClassifier
    from mestring_nlp.prediction import Prediction
    from mestring_nlp.reasons import Explainer


@dataclass(repr=False)
class Model:
    """A trained coder.

    Attributes
    ----------
    codebook : Codebook
    classifier : SegmentClassifier
    encoder : Encoder
    manifest : Manifest
    segments : list of Segment or None
        The passages that it learned from, with their codes; None when it was saved without.
    lone_questions : list of LoneQuestion
        Questions that it learned from.
    vectors : ndarray of shape (len(segments), dimension) or None
        The segments' centred embeddings, for reasons.
    """

    codebook: Codebook
    classifier: SegmentClassifier
    encoder: Encoder
    manifest: Manifest
    segments: list[Segment] | None = None
    lone_questions: list[LoneQuestion] = field(default_factory=list)
    vectors: npt.NDArray[np.float16] | None = None

    def __repr__(self) -> str:
        return f"<Model {self.name!r}: {len(self.codes)} codes, encoder {self.encoder.name!r}>"

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes' ids, in codebook order."""
        return self.codebook.ids

    @property
    def name(self) -> str:
        """The name under which the model codes beside people; two models differ in it."""
        return f"{MACHINE}{self.manifest.library} ({self.manifest.fingerprint})"

    def predict(
        self,
        passages: Sequence[Segment] | Sequence[str],
        questions: Sequence[str | None] | None = None,
        *,
        level: float = 0.9,
    ) -> Prediction:
        """Predict codes, no code or abstention, with probabilities and prediction sets.

        Parameters
        ----------
        passages : sequence of Segment or of str
            Texts stand alone; segments that follow each other in one interview are neighbours.
        questions : sequence of str, optional
            The question that each passage answers; empty or None where there is none. Segments
            have their own.
        level : float, default 0.9
            Share of human codes that the prediction sets shall hold.

        Returns
        -------
        Prediction
            ``.labels`` are the suggested codes of each passage.
        """
        return self.classifier.classify(passages, questions=questions, level=level)

    def predict_proba(
        self,
        passages: Sequence[Segment] | Sequence[str],
        questions: Sequence[str | None] | None = None,
    ) -> npt.NDArray[np.float64]:
        """Return each passage's calibrated probability of every code.

        Parameters
        ----------
        passages, questions
            As for `predict`.

        Returns
        -------
        ndarray of shape (n, len(codes))
            In [0, 1].
        """
        return self.classifier.predict_proba(passages, questions=questions)

    def suggest(
        self,
        transcript: Transcript,
        unit: str = "passage",
        *,
        pipeline: str = "nb",
        level: float = 0.9,
    ) -> list[Suggestion]:
        """Suggest codes for every segment of an interview.

        Parameters
        ----------
        transcript : Transcript
        unit, pipeline : str
            See `mestring_nlp.segment`.
        level : float, default 0.9
            Share of human codes that the prediction sets shall hold.

        Returns
        -------
        list of Suggestion
            In the transcript's order.

        Raises
        ------
        MestringError
            `transcript` is something else, or an option is wrong.
        """
        return self.suggest_segments(segment(transcript, unit, pipeline=pipeline), level)

    def suggest_segments(self, segments: Sequence[Segment], level: float = 0.9) -> list[Suggestion]:
        """Suggest codes for segments cut elsewhere; see `suggest`."""
        found = self.classifier.decompose(segments, level=level)
        reasons = self._explainer.reasons(segments, found)
        return suggestions(segments, found.prediction, reasons)

    def cached_encoder(self) -> CachedEncoder:
        """Return the encoder, with the vectors of the training passages in its cache."""
        if self.segments is None or self.vectors is None:
            return CachedEncoder(self.encoder)
        raw = self.vectors * np.float32(self.classifier.features_.scale) + self.classifier.features_.mean
        texts = (segment.text for segment in self.segments)
        return CachedEncoder(self.encoder, dict(zip(texts, raw.astype(np.float32), strict=True)))

    @cached_property
    def _explainer(self) -> Explainer:
        from mestring_nlp.reasons import Explainer

        return Explainer(self.classifier, self.codebook, self.encoder, self.segments or (), self.vectors)

    def with_encoder(self, name: str | Path) -> Model:
        """Train again on the same passages with another encoder.

        Raises
        ------
        MestringError
            The model was saved without its passages, or the encoder cannot be loaded.
        """
        if self.segments is None:
            raise MestringError(
                "the model was saved without its passages, so no other encoder can learn them",
                hint="Train with `mestring train DATA --encoder NAME --out DIR`.",
            )
        return fit(
            self.segments,
            self.codebook,
            load_encoder(name),
            lone_questions=self.lone_questions,
            data_hash=self.manifest.data_hash,
        )

    def save(self, folder: str | Path, *, passages: bool = True, force: bool = False) -> None:
        """Write the model, whole or not at all.

        Parameters
        ----------
        folder : str or pathlib.Path
        passages : bool, default True
            Whether the passages it learned from are kept in it; they are needed to change the
            encoder. Passages of interviews are personal data.
        force : bool, default False
            Whether an existing folder is replaced.

        Raises
        ------
        MestringError
            The folder exists and `force` is false, or cannot be written.
        """
        contents = {
            storage.ARRAYS: storage.pack(self.classifier.to_arrays()),
            storage.CODEBOOK: self.codebook.to_yaml().encode(),
        }
        if passages and self.segments is not None:
            contents[storage.PASSAGES] = storage.lines(self.segments, self.lone_questions)
            if self.vectors is not None:
                contents[storage.VECTORS] = storage.pack({"vectors": self.vectors})
        storage.write(Path(folder), self.manifest, contents, force=force)


def fit(
    segments: Sequence[Segment],
    codebook: Codebook,
    encoder: Encoder | None = None,
    *,
    lone_questions: Sequence[LoneQuestion] = (),
    data_hash: str = "",
) -> Model:
    """Train a model on coded segments; see `train` for a data folder.

    Calibration is learned from the segments of whole interviews, if there are three or more.
    """
    from mestring_nlp.classifier import SegmentClassifier

    encoder = encoder or load_encoder()
    classifier = SegmentClassifier(codebook.ids, encoder=encoder)
    classifier.fit(segments, lone_questions=lone_questions)
    parameters = classifier.get_params(deep=False)
    given = [segment.codes or () for segment in segments]
    manifest = Manifest(
        format=storage.FORMAT,
        library=__version__,
        codes=list(codebook.ids),
        encoder={"name": encoder.name, "fingerprint": encoder.fingerprint},
        codebook_hash=codebook.hash,
        data_hash=data_hash,
        training={
            "passages": len(segments),
            "lone_questions": len(lone_questions),
            "groups": len({segment.transcript for segment in segments}),
            "without_code": sum(not codes for codes in given),
            "per_code": {code: sum(code in codes for codes in given) for code in codebook.ids},
            "parameters": {name: parameters[name] for name in storage.PARAMETERS},
        },
    )
    return Model(
        codebook,
        classifier,
        encoder,
        manifest,
        list(segments),
        list(lone_questions),
        classifier.vectors_,
    )


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
        See `load_encoder`.
    coder : str, optional
        Whose codings to learn; see `TrainingData.gold`.
    base : Model, optional
        A model with the same codes, whose passages are learned along with the data's.
    progress : callable, optional
        Called with the batches of texts; see `mestring_nlp.encoding.Progress`.

    Returns
    -------
    Model

    Raises
    ------
    MestringError
        No passage was coded; or `base` has other codes or was saved without its passages.
    """
    if not isinstance(data, TrainingData):
        data = load_training_data(data)
    segments = [*data.segments(coder), *data.statements]
    questions, digest = [*data.lone_questions], data.hash
    cached = CachedEncoder(load_encoder(encoder))
    if base is not None:
        others, digest = _others_of(base, data, segments)
        segments, questions = segments + others, questions + base.lone_questions
        if encoder is None:
            cached = base.cached_encoder()
    cached.progress = progress
    model = fit(segments, data.codebook, cached, lone_questions=questions, data_hash=digest)
    cached.progress = no_progress
    return model


def _others_of(
    base: Model, data: TrainingData, segments: Sequence[Segment]
) -> tuple[list[Segment], str]:
    """Return those passages of the base that the data does not have, and a hash of both."""
    if set(base.codes) != set(data.codebook.ids):
        raise MestringError(
            f"the base's codes ({', '.join(base.codes)}) are not the data's "
            f"({', '.join(data.codebook.ids)})",
            hint="A codebook of its own needs a model of its own: leave --base out.",
        )
    if base.segments is None:
        raise MestringError("the base was saved without its passages, so they cannot be learned again")
    known = {segment.text for segment in segments}
    others = [segment for segment in base.segments if segment.text not in known]
    return others, storage.sha256(f"{data.hash} on {base.manifest.data_hash}".encode())


def load_model(path: str | Path | None = None) -> Model:
    """Load a saved model; nothing in it is executed.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The model's folder; the bundled model when left out.

    Returns
    -------
    Model

    Raises
    ------
    MestringError
        No model there, damaged, of another format, or made with another encoder.
    """
    folder = Path(path) if path is not None else bundled("models", "classifier")
    manifest, contents = storage.read(folder)
    codebook = parse_codebook(contents[storage.CODEBOOK], place=str(folder / storage.CODEBOOK))
    if codebook.hash != manifest.codebook_hash or list(codebook.ids) != manifest.codes:
        raise MestringError(
            "the codebook is not the one the model was trained with",
            place=str(folder),
            hint=layout.TRAIN_AGAIN,
        )
    try:
        encoder = load_encoder(manifest.encoder["name"], fetch=False)
        fingerprint = encoder.fingerprint
    except MestringError as error:
        place = error.place or str(folder / storage.MANIFEST)
        raise MestringError(error.problem, place=place, hint=error.hint) from error
    if fingerprint != manifest.encoder["fingerprint"]:
        raise MestringError(
            f"the encoder {encoder.name!r} has changed since the model was trained",
            place=str(folder),
            hint="Train the model again with `mestring train`.",
        )
    from mestring_nlp.classifier import SegmentClassifier

    def unpacked(name: str) -> dict[str, npt.NDArray[Any]]:
        return storage.unpack(contents[name], place=str(folder / name))

    classifier = SegmentClassifier(codebook.ids, encoder=encoder, **manifest.training["parameters"])
    arrays, file = unpacked(storage.ARRAYS), str(folder / storage.ARRAYS)
    classifier.from_arrays(codebook.ids, arrays, place=file)
    model = Model(codebook, classifier, encoder, manifest)
    if storage.PASSAGES in contents:
        file = str(folder / storage.PASSAGES)
        model.segments, model.lone_questions = storage.read_lines(
            contents[storage.PASSAGES], codebook.ids, place=file
        )
    if model.segments is not None and storage.VECTORS in contents:
        found, file = unpacked(storage.VECTORS), str(folder / storage.VECTORS)
        sizes = {"passages": len(model.segments), "dimension": len(classifier.features_.mean)}
        layout.check(found, layout.VECTORS, sizes, place=file)
        model.vectors = found["vectors"]
    return model
