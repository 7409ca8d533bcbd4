"""What users load: a codebook, a classifier and an encoder that belong together.

How a model lies on disk is the matter of `mestring_nlp.storage`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mestring_nlp import layout, storage
from mestring_nlp._version import __version__
from mestring_nlp.codebook import Codebook, parse_codebook
from mestring_nlp.encoding import BUNDLED, CachedEncoder, Encoder, Progress, load_encoder, no_progress
from mestring_nlp.errors import MestringError
from mestring_nlp.json_values import parse_json
from mestring_nlp.resources import bundled
from mestring_nlp.segmentation import segment
from mestring_nlp.storage import Manifest
from mestring_nlp.suggestion import Suggestion, suggestions
from mestring_nlp.training_data import TrainingData, load_training_data
from mestring_nlp.transcript import MACHINE, LoneQuestion, Segment, Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mestring_nlp.assistant.weighing import Weighing
    from mestring_nlp.classifier import SegmentClassifier
    from mestring_nlp.features import Features
    from mestring_nlp.prediction import Prediction
    from mestring_nlp.reasons import Explainer


FEWEST_PASSAGES, FEWEST_OF_A_CODE = 100, 5
"""Below these a model without a base has learned too little to rely on."""
_LONG = 8
_MOST_SEEN = 0.05


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
    lines : ndarray of shape (n, dimension)
        Those of the codebook's lines, in order.
    weighing : Weighing or None
        What a language model's answers are worth beside it, where that was learned.
    """

    codebook: Codebook
    classifier: SegmentClassifier
    encoder: Encoder
    manifest: Manifest
    segments: list[Segment] | None = None
    lone_questions: list[LoneQuestion] = field(default_factory=list)
    vectors: npt.NDArray[np.float16] | None = None
    lines: npt.NDArray[np.float16] | None = None
    weighing: Weighing | None = None

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

    def seen_of(self, segments: Sequence[Segment]) -> int:
        """Return how many passages of more than eight words it has learned from; 0 if next to none.

        Short answers are the same in many interviews.
        """
        learned = {segment.text for segment in self.segments or ()}
        seen = sum(s.text in learned for s in segments if len(s.text.split()) > _LONG)
        return seen if seen > _MOST_SEEN * len(segments) else 0

    @property
    def shortage(self) -> str:
        """What the model has learned too little from, as a sentence; empty where there is enough."""
        training = self.manifest.training
        if training["base"]:
            if training["passages"] >= FEWEST_PASSAGES:
                return ""
            return (
                f"been corrected by {training['passages']} passages only: it is still much like its "
                "base, and leans to the codes that they happen to hold"
            )
        rare = [code for code, count in training["per_code"].items() if count < FEWEST_OF_A_CODE]
        few = [
            f"{training['passages']} passages" if training["passages"] < FEWEST_PASSAGES else "",
            f"fewer than {FEWEST_OF_A_CODE} of {_some(rare)}" if rare else "",
        ]
        if not any(few):
            return ""
        return (
            f"learned from {' and '.join(filter(None, few))}: too little to rely on. Code more, or "
            "train with --base bundled, if the codes are those of the bundled codebook"
        )

    @cached_property
    def _explainer(self) -> Explainer:
        from mestring_nlp.reasons import Explainer

        lines = lines_of(self.codebook, self.classifier.features_) if self.lines is None else self.lines
        return Explainer(self.classifier, self.codebook, lines, self.segments or (), self.vectors)

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
        vectors = self.vectors if storage.PASSAGES in contents else None
        if vectors is None:
            vectors = np.zeros((0, len(self.classifier.features_.mean)), dtype=np.float16)
        if self.lines is not None:
            arrays = {"vectors": vectors, "lines": self.lines}
            contents[storage.VECTORS] = storage.pack(arrays)
        if self.weighing is not None:
            contents[storage.ASSISTANT] = json.dumps(self.weighing.to_json()).encode()
        storage.write(Path(folder), self.manifest, contents, force=force)


def _some(names: Sequence[str]) -> str:
    """Return names, no more than three of them."""
    more = f" and {len(names) - 3} more codes" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def read_weighing(data: bytes, place: str) -> Weighing:
    """Read what an assistant's answers are worth beside a model.

    Raises
    ------
    MestringError
        The file is damaged.
    """
    from mestring_nlp.assistant.weighing import Weighing

    try:
        return Weighing.from_json(parse_json(data.decode("utf-8")))
    except ValueError as error:
        raise MestringError(
            f"it does not say what an assistant is worth ({error})", place=place, hint=layout.TRAIN_AGAIN
        ) from error


def lines_of(codebook: Codebook, features: Features) -> npt.NDArray[np.float16]:
    """Return the centred embeddings of a codebook's lines, in order."""
    lines = [line for found in codebook.lines.values() for line in found]
    return features.view("embedding", lines).astype(np.float16)  # type: ignore[no-any-return]


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

    Calibration is learned from the segments of whole interviews, if there are three or more.
    """
    from mestring_nlp.classifier import SegmentClassifier

    encoder = encoder or (base.encoder if base else load_encoder())
    classifier = SegmentClassifier(codebook.ids, encoder=encoder)
    classifier.fit(
        segments,
        lone_questions=lone_questions,
        definitions=None if base else codebook.examples,
        base=base.classifier if base else None,
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
    model = Model(codebook, classifier, encoder, manifest, list(segments), list(lone_questions))
    model.vectors, model.lines = classifier.vectors_, lines_of(codebook, classifier.features_)
    if base is not None and base.segments is not None and base.vectors is not None:
        model.segments = [*segments, *base.segments]
        model.vectors = np.concatenate([classifier.vectors_, base.vectors])
        model.lone_questions = [*lone_questions, *base.lone_questions]
    return model


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
        base = base.with_encoder(encoder) if encoder is not None else base
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


def check_base(base: Model, codebook: Codebook, segments: Sequence[Segment]) -> None:
    """Raise unless a model can be learned on top of another.

    Raises
    ------
    MestringError
        The base has other codes, or has learned from some of the segments.
    """
    if base.codes != codebook.ids:
        raise MestringError(
            f"the base's codes ({', '.join(base.codes)}) are not the data's ({', '.join(codebook.ids)})",
            hint="A codebook of its own needs a model of its own: leave --base out.",
        )
    if seen := base.seen_of(segments):
        raise MestringError(
            f"the base has learned from {seen} of these {len(segments)} passages already",
            hint="Take the base that the older model was trained on, such as --base bundled.",
        )


def load_model(path: str | Path | None = None) -> Model:
    """Load a saved model; nothing in it is executed.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The model's folder; the bundled model when left out, or when it is ``"bundled"``.

    Returns
    -------
    Model

    Raises
    ------
    MestringError
        No model there, damaged, of another format, or made with another encoder.
    """
    folder = bundled("models", "classifier") if path in (None, BUNDLED) else Path(str(path))
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
    if storage.ASSISTANT in contents:
        model.weighing = read_weighing(contents[storage.ASSISTANT], str(folder / storage.ASSISTANT))
    if storage.PASSAGES in contents:
        file = str(folder / storage.PASSAGES)
        model.segments, model.lone_questions = storage.read_lines(
            contents[storage.PASSAGES], codebook.ids, place=file
        )
    if storage.VECTORS in contents:
        found, file = unpacked(storage.VECTORS), str(folder / storage.VECTORS)
        sizes = {
            "passages": len(model.segments or ()),
            "lines": sum(map(len, codebook.lines.values())),
            "dimension": len(classifier.features_.mean),
        }
        layout.check(found, layout.VECTORS, sizes, place=file)
        model.lines = found["lines"]
        model.vectors = found["vectors"] if model.segments is not None else None
    return model
