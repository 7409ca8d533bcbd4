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

from mestring_nlp import inputs, layout, storage
from mestring_nlp.codebook import Codebook, parse_codebook
from mestring_nlp.encoding import Encoder, load_encoder
from mestring_nlp.errors import MestringError
from mestring_nlp.json_values import parse_json
from mestring_nlp.onnx_encoder import BUNDLED
from mestring_nlp.resources import bundled
from mestring_nlp.segmentation import segment
from mestring_nlp.storage import Manifest
from mestring_nlp.suggestion import Suggestion, suggestions
from mestring_nlp.transcript import MACHINE, LoneQuestion, Segment, Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mestring_nlp.assistant.weighing import Weighing
    from mestring_nlp.features import Features
    from mestring_nlp.prediction import Prediction
    from mestring_nlp.predictor import Predictor
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
    predictor : Predictor
        What the classifier has learned.
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
    predictor: Predictor
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
        return self.predictor.classify(inputs.segments(passages, questions), level)

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
        return self.predict(passages, questions).probabilities[:, :-1]

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
        found = self.predictor.decompose(segments, level)
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
                f"been corrected by {training['passages']} passages only: it is still much like its base"
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

        lines = lines_of(self.codebook, self.predictor.features) if self.lines is None else self.lines
        return Explainer(self.predictor, self.codebook, lines, self.segments or (), self.vectors)

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
            storage.ARRAYS: storage.pack(self.predictor.to_arrays()),
            storage.CODEBOOK: self.codebook.to_yaml().encode(),
        }
        if passages and self.segments is not None:
            contents[storage.PASSAGES] = storage.lines(self.segments, self.lone_questions)
        vectors = self.vectors if storage.PASSAGES in contents else None
        if vectors is None:
            vectors = np.zeros((0, len(self.predictor.features.mean)), dtype=np.float16)
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
    return features.embedding(lines).astype(np.float16)


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
    from mestring_nlp.predictor import Predictor

    def unpacked(name: str) -> dict[str, npt.NDArray[Any]]:
        return storage.unpack(contents[name], place=str(folder / name))

    predictor = Predictor.from_arrays(
        encoder,
        codebook.ids,
        unpacked(storage.ARRAYS),
        most_ngrams=manifest.training["parameters"]["ngrams"],
        place=str(folder / storage.ARRAYS),
    )
    model = Model(codebook, predictor, encoder, manifest)
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
            "dimension": len(predictor.features.mean),
        }
        layout.check(found, layout.VECTORS, sizes, place=file)
        model.lines = found["lines"]
        model.vectors = found["vectors"] if model.segments is not None else None
    return model
