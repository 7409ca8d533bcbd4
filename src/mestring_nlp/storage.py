"""A saved model as a folder: JSON, YAML and arrays, nothing in it that could run.

``manifest.json`` describes the folder and holds the SHA-256 of every other file; a file that does
not match is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.errors import MestringError
from mestring_nlp.files import write_folder
from mestring_nlp.training_data import Examples

FORMAT = 4
MANIFEST = "manifest.json"
ARRAYS, CODEBOOK = "arrays.npz", "codebook.yaml"
PASSAGES, VECTORS = "passages.jsonl", "vectors.npz"
FILES = (ARRAYS, CODEBOOK, PASSAGES, VECTORS)
PARAMETERS = {"alpha_meaning", "alpha_question", "alpha_ngrams", "ngrams", "folds"}


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
    files: dict[str, str] = field(default_factory=dict)


def write(folder: Path, manifest: Manifest, contents: dict[str, bytes], *, force: bool) -> None:
    """Write a model's files and its manifest, whole or not at all.

    Raises
    ------
    MestringError
        The folder exists and `force` is false, or cannot be written.
    """
    described = asdict(replace(manifest, files={name: sha256(data) for name, data in contents.items()}))
    text = json.dumps(described, ensure_ascii=False, indent=2) + "\n"
    write_folder(folder, contents | {MANIFEST: text.encode()}, force=force, known=FILES)


def read(folder: Path) -> tuple[Manifest, dict[str, bytes]]:
    """Give a model's manifest and its files, each checked by its hash.

    Raises
    ------
    MestringError
        No model there, damaged, or of another format.
    """
    manifest = _read_manifest(folder / MANIFEST)
    return manifest, {name: _read_checked(folder / name, sha) for name, sha in manifest.files.items()}


def _read_manifest(file: Path) -> Manifest:
    if not file.is_file():
        raise MestringError(
            "no model here: manifest.json is missing",
            place=str(file.parent),
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
        names = {*manifest.files.keys()}
        parameters = {*manifest.training["parameters"].keys()}
        numbers = all(isinstance(x, int | float) for x in manifest.training["parameters"].values())
        texts = [manifest.encoder["name"], manifest.encoder["fingerprint"], *manifest.codes]
        if not all(isinstance(text, str) for text in texts) or not numbers:
            raise TypeError("a name or a number is of another kind")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MestringError(f"the manifest is damaged ({error})", place=str(file)) from error
    if not {ARRAYS, CODEBOOK} <= names <= {*FILES} or parameters != PARAMETERS:
        raise MestringError("the manifest names files or parameters that no model has", place=str(file))
    return manifest


def _read_checked(file: Path, sha: str) -> bytes:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise MestringError(f"cannot be read ({error.strerror})", place=str(file)) from error
    if sha256(data) != sha:
        raise MestringError(
            "the file is damaged or was changed: its hash is not the manifest's",
            place=str(file),
            hint="Copy the model again, or train it again.",
        )
    return data


def sha256(data: bytes) -> str:
    """Give the SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def pack(arrays: dict[str, npt.NDArray[Any]]) -> bytes:
    """Give an .npz of the arrays, the same bytes each time; strings as UTF-8 lines."""
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


def unpack(data: bytes, *, place: str) -> dict[str, npt.NDArray[Any]]:
    """Give the arrays that `pack` wrote.

    Raises
    ------
    MestringError
        `data` is no such archive.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        for name in arrays:
            if name.endswith("/vocabulary"):
                arrays[name] = np.array(arrays[name].tobytes().decode("utf-8").split("\n"))
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise MestringError(f"the arrays cannot be read ({error})", place=place) from error
    return arrays


def lines(examples: Examples) -> bytes:
    """Give passages as JSON Lines."""
    columns = (examples.groups, examples.single, examples.questions, examples.texts, examples.codes)
    return "".join(
        json.dumps(
            {"group": group, "single": single, "question": question, "text": text, "codes": codes},
            ensure_ascii=False,
        )
        + "\n"
        for group, single, question, text, codes in zip(*columns, strict=True)
    ).encode()


def examples_of(data: bytes, *, place: str) -> Examples:
    """Give the passages that `lines` wrote.

    Raises
    ------
    MestringError
        A line is no such passage; the message names it.
    """
    passages = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            if line:
                row = json.loads(line)
                text, question, codes, group = row["text"], row["question"], row["codes"], row["group"]
                if not all(isinstance(value, str) for value in (text, question, group, *codes)):
                    raise TypeError("a text is of another kind")
                passages.append((text, question, tuple(codes), group, bool(row["single"])))
        except (KeyError, TypeError, ValueError) as error:
            raise MestringError(f"line {number} is no passage ({error})", place=place) from error
    return Examples(*zip(*passages, strict=True)) if passages else Examples((), (), (), (), ())
