"""Train again, without an informant, what learned from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mestring_nlp import storage
from mestring_nlp.codebook import parse_codebook
from mestring_nlp.encoding import load_encoder
from mestring_nlp.errors import MestringError
from mestring_nlp.forgetting.informant import Informant
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.transcript import LoneQuestion, Segment

if TYPE_CHECKING:
    from mestring_nlp.model import Model

CLEAN, LEARNED, UNKNOWN = "clean", "learned", "unknown"


@dataclass(frozen=True)
class KeptModel:
    """A model in a project's folder, as far as its folder tells.

    Attributes
    ----------
    folder : pathlib.Path
    manifest : storage.Manifest
    segments, lone_questions : list
        What it learned from itself, without what its base had learned from; None where they were not
        kept.
    """

    folder: Path
    manifest: storage.Manifest
    segments: list[Segment] | None
    lone_questions: list[LoneQuestion]

    @property
    def base(self) -> str:
        """The fingerprint of the model that it corrects; empty without one."""
        return str(self.manifest.training["base"])


def is_model(folder: Path) -> bool:
    """Return whether a folder holds a saved model."""
    return (folder / storage.MANIFEST).is_file() and (folder / storage.ARRAYS).is_file()


def read_model(folder: Path) -> KeptModel:
    """Read what a model learned from.

    Raises
    ------
    MestringError
        The model is damaged, or of another format.
    """
    manifest, contents = storage.read(folder)
    segments: list[Segment] | None = None
    questions: list[LoneQuestion] = []
    if storage.PASSAGES in contents:
        place = str(folder / storage.PASSAGES)
        segments, questions = storage.read_lines(contents[storage.PASSAGES], manifest.codes, place=place)
        segments = segments[: manifest.training["passages"]]
        questions = questions[: manifest.training["lone_questions"]]
    return KeptModel(folder, manifest, segments, questions)


def bundled_fingerprint() -> str:
    """Return the fingerprint of the model that ships with the package."""
    from mestring_nlp.resources import bundled

    return storage.read(bundled("models", "classifier"))[0].fingerprint


def learned_from(model: KeptModel, who: Informant, known: Mapping[str, KeptModel], bundled: str) -> str:
    """Return whether a model learned from an informant, by itself or through its base.

    Returns
    -------
    {"clean", "learned", "unknown"}
        Unknown where the passages were not kept, of it or of its base.
    """
    if model.manifest.fingerprint == bundled:
        return CLEAN
    model = known.get(model.manifest.fingerprint, model)
    if model.segments is None:
        return UNKNOWN
    if any(_is_of(segment, who) for segment in model.segments):
        return LEARNED
    if not model.base or model.base == bundled:
        return CLEAN
    base = known.get(model.base)
    return learned_from(base, who, known, bundled) if base is not None else UNKNOWN


def _is_of(segment: Segment, who: Informant) -> bool:
    return who.is_called(segment.transcript) or who.says(segment.text)


def trained_without(
    model: KeptModel, who: Informant, known: Mapping[str, KeptModel], bundled: str
) -> Model:
    """Return a model trained anew on what is not the informant's, on a base that is trained anew too.

    Raises
    ------
    MestringError
        Its passages or its base are not there, or too few passages are left.
    """
    from mestring_nlp.model import load_model
    from mestring_nlp.training import fit

    model = known.get(model.manifest.fingerprint, model)
    if model.segments is None:
        raise MestringError("it was saved without its passages")
    base = None
    if model.base == bundled:
        base = load_model()
    elif model.base:
        if model.base not in known:
            raise MestringError("its base is not in the project")
        under = known[model.base]
        state = learned_from(under, who, known, bundled)
        base = (
            load_model(under.folder) if state == CLEAN else trained_without(under, who, known, bundled)
        )
    kept = [segment for segment in model.segments if not _is_of(segment, who)]
    questions = [q for q in model.lone_questions if not who.is_called(q.collection)]
    codebook = parse_codebook(
        read_bytes(model.folder / storage.CODEBOOK), place=str(model.folder / storage.CODEBOOK)
    )
    return fit(
        [replace(segment) for segment in kept],
        codebook,
        load_encoder(model.manifest.encoder["name"], fetch=False),
        lone_questions=questions,
        data_hash=storage.sha256(storage.lines(kept, questions)),
        base=base,
    )
