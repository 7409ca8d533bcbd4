"""What users load: a codebook, a classifier and an encoder that belong together.

How a model lies on disk is the matter of `mestring_nlp.storage`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mestring_nlp import layout, storage
from mestring_nlp._version import __version__
from mestring_nlp.codebook import Codebook, parse_codebook
from mestring_nlp.encoding import Encoder, RememberingEncoder, Watch, load_encoder, unwatched
from mestring_nlp.errors import MestringError
from mestring_nlp.resources import bundled
from mestring_nlp.segmentation import segment
from mestring_nlp.storage import Manifest
from mestring_nlp.suggestion import Suggestion, suggestions
from mestring_nlp.training_data import Examples, TrainingData
from mestring_nlp.transcript import Segment, Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mestring_nlp.classifier import SegmentClassifier
    from mestring_nlp.reasons import Explainer


MACHINE = "mestring-nlp "
"""What the name of every model begins with, as a coder."""


@dataclass
class Model:
    """A trained coder.

    Attributes
    ----------
    codebook : Codebook
    classifier : SegmentClassifier
    encoder : Encoder
    manifest : Manifest
    passages : Examples or None
        What it learned from; None when the model was saved without.
    vectors : ndarray of shape (len(passages), dimension) or None
        The passages' centred embeddings, for reasons.
    """

    codebook: Codebook
    classifier: SegmentClassifier
    encoder: Encoder
    manifest: Manifest
    passages: Examples | None
    vectors: npt.NDArray[np.float16] | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes' ids, in codebook order."""
        return self.codebook.ids

    @property
    def name(self) -> str:
        """The name under which the model codes, beside people."""
        return f"{MACHINE}{self.manifest.library}"

    def predict_proba(
        self, texts: Sequence[str], questions: Sequence[str | None] | None = None
    ) -> npt.NDArray[np.float64]:
        """Give each text's calibrated probability of every code.

        Parameters
        ----------
        texts : sequence of str
        questions : sequence of str, optional
            The question that each text answers; empty or None where there is none.

        Returns
        -------
        ndarray of shape (n, len(codes))
            In [0, 1].
        """
        return self.classifier.predict_proba(texts, questions)

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
            How often the human code shall lie among a suggestion's `plausible` answers.

        Returns
        -------
        list of Suggestion
            In the transcript's order.
        """
        return self.suggest_segments(segment(transcript, unit, pipeline=pipeline), level)

    def suggest_segments(self, segments: Sequence[Segment], level: float = 0.9) -> list[Suggestion]:
        """Suggest codes for segments cut elsewhere; see `suggest`."""
        texts = [item.text for item in segments]
        questions = [item.question for item in segments]
        floor = self.classifier.floor(level, questions)
        found = self.classifier.decompose(texts, questions, [item.transcript for item in segments])
        reasons = self._explainer.reasons(texts, found)
        bar = self.classifier.threshold_
        return suggestions(segments, found.probabilities, self.codes, bar, floor, reasons)

    def remembering(self) -> RememberingEncoder:
        """Give the encoder, with the vectors of the model's passages known already."""
        if self.passages is None or self.vectors is None:
            return RememberingEncoder(self.encoder)
        raw = self.vectors * np.float32(self.classifier.features_.scale) + self.classifier.features_.mean
        known = zip(self.passages.texts, raw.astype(np.float32), strict=True)
        return RememberingEncoder(self.encoder, dict(known))

    @cached_property
    def _explainer(self) -> Explainer:
        from mestring_nlp.reasons import Explainer

        return Explainer(self.classifier, self.codebook, self.encoder, self.passages, self.vectors)

    def with_encoder(self, name: str | Path) -> Model:
        """Learn again from the same passages with another encoder.

        Raises
        ------
        MestringError
            The model was saved without its passages, or the encoder cannot be loaded.
        """
        if self.passages is None:
            raise MestringError(
                "the model was saved without its passages, so no other encoder can learn them",
                hint="Train with `mestring train DATA --encoder NAME --out DIR`.",
            )
        return fit(
            self.passages,
            self.codebook,
            load_encoder(name),
            self.manifest.data_hash,
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
        if passages and self.passages is not None:
            contents[storage.PASSAGES] = storage.lines(self.passages)
            if self.vectors is not None:
                contents[storage.VECTORS] = storage.pack({"vectors": self.vectors})
        storage.write(Path(folder), self.manifest, contents, force=force)


def fit(
    examples: Examples,
    codebook: Codebook,
    encoder: Encoder | None = None,
    data_hash: str = "",
) -> Model:
    """Train a model on coded passages; see `train` for a data folder.

    Calibration is learned from the passages of whole interviews, if there are three or more.
    """
    from mestring_nlp.classifier import SegmentClassifier

    encoder = encoder or load_encoder()
    classifier = SegmentClassifier(codebook.ids, encoder=encoder).fit(
        examples.texts,
        examples.codes,
        examples.questions,
        examples.groups,
        examples.runs,
    )
    parameters = {
        key: value
        for key, value in classifier.get_params(deep=False).items()
        if key not in ("codes", "encoder", "views")
    }
    passages = examples.passages
    manifest = Manifest(
        format=storage.FORMAT,
        library=__version__,
        codes=list(codebook.ids),
        encoder={"name": encoder.name, "fingerprint": encoder.fingerprint},
        codebook_hash=codebook.hash,
        data_hash=data_hash,
        training={
            "passages": len(passages),
            "lone_questions": len(examples) - len(passages),
            "groups": len(set(passages.groups)),
            "without_code": sum(not codes for codes in passages.codes),
            "per_code": {code: sum(code in codes for codes in passages.codes) for code in codebook.ids},
            "parameters": parameters,
        },
    )
    return Model(codebook, classifier, encoder, manifest, examples, classifier.vectors_)


def train(
    data: TrainingData,
    *,
    encoder: str | Path | None = None,
    coder: str | None = None,
    base: Model | None = None,
    watch: Watch = unwatched,
) -> Model:
    """Train a model on a data folder's coded passages.

    Parameters
    ----------
    data : TrainingData
    encoder : str or pathlib.Path, optional
        See `mestring_nlp.encoding.load_encoder`.
    coder : str, optional
        Whose codings to learn; see `TrainingData.gold`.
    base : Model, optional
        A model with the same codes, whose passages are learned along with the data's.
    watch : callable, optional
        Sees the batches of texts go by.

    Returns
    -------
    Model

    Raises
    ------
    MestringError
        No passage was coded; or `base` has other codes or was saved without its passages.
    """
    examples, digest = data.examples(coder), data.hash
    remembering = RememberingEncoder(load_encoder(encoder))
    if base is not None:
        examples, digest = _on_base(base, data, examples)
        if encoder is None:
            remembering = base.remembering()
    remembering.watch = watch
    model = fit(examples, data.codebook, remembering, digest)
    remembering.watch = unwatched
    return model


def _on_base(base: Model, data: TrainingData, examples: Examples) -> tuple[Examples, str]:
    """The data's passages and, after them, those of the base that are others."""
    if set(base.codes) != set(data.codebook.ids):
        raise MestringError(
            f"the base's codes ({', '.join(base.codes)}) are not the data's "
            f"({', '.join(data.codebook.ids)})",
            hint="A codebook of its own needs a model of its own: leave --base out.",
        )
    if base.passages is None:
        raise MestringError("the base was saved without its passages, so they cannot be learned again")
    known = set(examples.passages.texts)
    others = base.passages.where([text not in known for text in base.passages.texts])
    return examples + others, storage.sha256(f"{data.hash} on {base.manifest.data_hash}".encode())


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
    passages, vectors = None, None
    if storage.PASSAGES in contents:
        file = str(folder / storage.PASSAGES)
        passages = storage.examples_of(contents[storage.PASSAGES], codebook.ids, place=file)
    if passages is not None and storage.VECTORS in contents:
        found, file = unpacked(storage.VECTORS), str(folder / storage.VECTORS)
        sizes = {"passages": len(passages), "dimension": len(classifier.features_.mean)}
        layout.check(found, layout.VECTORS, sizes, place=file)
        vectors = found["vectors"]
    return Model(codebook, classifier, encoder, manifest, passages, vectors)
