"""What users load: a codebook, a classifier and an encoder that belong together.

A saved model is a folder of JSON, YAML and arrays, described by `Manifest`; nothing in it can run
code. Every file is checked by its SHA-256, and the encoder by its fingerprint.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mestring_nlp._version import __version__
from mestring_nlp.codebook import Codebook, parse_codebook
from mestring_nlp.encoding import Encoder, RememberingEncoder, load_encoder
from mestring_nlp.errors import MestringError
from mestring_nlp.files import write_folder
from mestring_nlp.resources import bundled
from mestring_nlp.segmentation import segment
from mestring_nlp.suggestion import Suggestion, suggestions
from mestring_nlp.training_data import Examples, TrainingData
from mestring_nlp.transcript import Segment, Transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mestring_nlp.classifier import SegmentClassifier
    from mestring_nlp.reasons import Explainer

FORMAT = 3
_MANIFEST = "manifest.json"
_ARRAYS, _CODEBOOK, _PASSAGES, _VECTORS = (
    "arrays.npz", "codebook.yaml", "passages.jsonl", "vectors.npz",
)  # fmt: skip
_FILES = (_ARRAYS, _CODEBOOK, _PASSAGES, _VECTORS)


@dataclass(frozen=True)
class Manifest:
    """What a saved model says of itself, as ``manifest.json``.

    Attributes
    ----------
    format : int
        Layout of the folder.
    library : str
        The version of mestring-nlp that trained it.
    codes : list of str
    encoder : dict
        ``name`` and ``fingerprint``.
    codebook_hash, data_hash : str
    training : dict
        Counts of the data, and the classifier's parameters.
    agreement : dict
        Measured agreement with people, with the data that it was measured on.
    files : dict
        SHA-256 of every other file, by name.
    """

    format: int
    library: str
    codes: list[str]
    encoder: dict[str, str]
    codebook_hash: str
    data_hash: str
    training: dict[str, Any]
    agreement: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


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
        return f"mestring-nlp {self.manifest.library}"

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
        floor = self.classifier.floor(level)
        texts = [item.text for item in segments]
        questions = [item.question for item in segments]
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
            _ARRAYS: _pack(self.classifier.to_arrays()),
            _CODEBOOK: self.codebook.to_yaml().encode(),
        }
        if passages and self.passages is not None:
            contents[_PASSAGES] = _lines(self.passages)
            if self.vectors is not None:
                contents[_VECTORS] = _pack({"vectors": self.vectors})
        described = asdict(self.manifest)
        described["files"] = {name: _sha(data) for name, data in contents.items()}
        contents[_MANIFEST] = (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()
        write_folder(Path(folder), contents, force=force)


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
        format=FORMAT,
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

    Returns
    -------
    Model

    Raises
    ------
    MestringError
        No passage was coded; or `base` has other codes or was saved without its passages.
    """
    examples = data.examples(coder)
    if base is None:
        return fit(examples, data.codebook, load_encoder(encoder), data.hash)
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
    chosen = base.remembering() if encoder is None else load_encoder(encoder)
    digest = _sha(f"{data.hash} on {base.manifest.data_hash}".encode())
    return fit(examples + others, data.codebook, chosen, digest)


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
    manifest = _read_manifest(folder)
    contents = {name: _read_checked(folder / name, manifest.files[name]) for name in manifest.files}
    codebook = parse_codebook(contents[_CODEBOOK].decode("utf-8"), place=str(folder / _CODEBOOK))
    if codebook.hash != manifest.codebook_hash or list(codebook.ids) != manifest.codes:
        raise MestringError("the codebook is not the one the model was trained with", place=str(folder))
    encoder = load_encoder(manifest.encoder["name"])
    if encoder.fingerprint != manifest.encoder["fingerprint"]:
        raise MestringError(
            f"the encoder {encoder.name!r} has changed since the model was trained",
            place=str(folder),
            hint="Train the model again with `mestring train`.",
        )
    from mestring_nlp.classifier import SegmentClassifier

    classifier = SegmentClassifier(
        codebook.ids, encoder=encoder, **manifest.training["parameters"]
    ).from_arrays(codebook.ids, _unpack(contents[_ARRAYS], place=str(folder / _ARRAYS)))
    passages = _examples(contents[_PASSAGES]) if _PASSAGES in contents else None
    vectors = None
    if passages is not None and _VECTORS in contents:
        vectors = _unpack(contents[_VECTORS], place=str(folder / _VECTORS)).get("vectors")
        if vectors is None or len(vectors) != len(passages):
            raise MestringError("the vectors are not the passages'", place=str(folder / _VECTORS))
    return Model(codebook, classifier, encoder, manifest, passages, vectors)


def _read_manifest(folder: Path) -> Manifest:
    file = folder / _MANIFEST
    if not file.is_file():
        raise MestringError(
            "no model here: manifest.json is missing",
            place=str(folder),
            hint="Give the folder that `mestring train DATA --out FOLDER` wrote.",
        )
    try:
        values = json.loads(file.read_bytes())
        if values["format"] != FORMAT:
            raise MestringError(
                f"the model has format {values['format']!r}, this version reads {FORMAT}",
                place=str(file),
                hint="Install the version of mestring-nlp that made it, or train it again.",
            )
        manifest = Manifest(**values)
        names = set(manifest.files)
        parameters = manifest.training["parameters"]
    except (KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise MestringError(f"the manifest is damaged ({error})", place=str(file)) from error
    known = {"alpha_meaning", "alpha_question", "alpha_ngrams", "ngrams", "folds"}
    if not {_ARRAYS, _CODEBOOK} <= names <= set(_FILES) or set(parameters) != known:
        raise MestringError("the manifest names files or parameters that no model has", place=str(file))
    return manifest


def _read_checked(file: Path, sha: str) -> bytes:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise MestringError(f"cannot be read ({error.strerror})", place=str(file)) from error
    if _sha(data) != sha:
        raise MestringError(
            "the file is damaged or was changed: its hash is not the manifest's",
            place=str(file),
            hint="Copy the model again, or train it again.",
        )
    return data


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _pack(arrays: dict[str, npt.NDArray[Any]]) -> bytes:
    """An .npz of the arrays, the same bytes each time; strings as UTF-8 lines."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in sorted(arrays.items()):
            if array.dtype.kind == "U":
                array = np.frombuffer("\n".join(array.tolist()).encode(), dtype=np.uint8)
            member = io.BytesIO()
            np.save(member, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), member.getvalue(),
                             zipfile.ZIP_DEFLATED)  # fmt: skip
    return buffer.getvalue()


def _unpack(data: bytes, *, place: str) -> dict[str, npt.NDArray[Any]]:
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise MestringError(f"the arrays cannot be read ({error})", place=place) from error
    for name in arrays:
        if name.endswith("/vocabulary"):
            arrays[name] = np.array(arrays[name].tobytes().decode("utf-8").split("\n"))
    return arrays


def _lines(examples: Examples) -> bytes:
    columns = (examples.groups, examples.single, examples.questions, examples.texts, examples.codes)
    return "".join(
        json.dumps(
            {"group": group, "single": single, "question": question, "text": text, "codes": codes},
            ensure_ascii=False,
        )
        + "\n"
        for group, single, question, text, codes in zip(*columns, strict=True)
    ).encode()


def _examples(data: bytes) -> Examples:
    rows = [json.loads(line) for line in data.decode("utf-8").split("\n") if line]
    return Examples(
        tuple(row["text"] for row in rows),
        tuple(row["question"] for row in rows),
        tuple(tuple(row["codes"]) for row in rows),
        tuple(row["group"] for row in rows),
        tuple(bool(row["single"]) for row in rows),
    )
