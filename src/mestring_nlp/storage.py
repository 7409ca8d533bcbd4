"""A saved model as a folder: JSON, YAML and arrays, nothing in it that could run.

``manifest.json`` describes the folder and holds the SHA-256 of every other file; a file that does
not match is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp import codebook
from mestring_nlp.errors import MestringError
from mestring_nlp.files import check_folder, recover, write_folder
from mestring_nlp.json_values import Kind, Number, check_kind, parse_json, shown
from mestring_nlp.layout import TRAIN_AGAIN
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.transcript import LoneQuestion, Segment

FORMAT = 8
MANIFEST = "manifest.json"
ARRAYS, CODEBOOK = "arrays.npz", "codebook.yaml"
PASSAGES, VECTORS = "passages.jsonl", "vectors.npz"
ASSISTANT = "assistant.json"
"""What a language model's answers are worth beside the model, where that was learned."""
FILES = (ARRAYS, CODEBOOK, PASSAGES, VECTORS, ASSISTANT)
LARGEST = {MANIFEST: 1_000_000, ASSISTANT: 20_000_000, CODEBOOK: codebook.LARGEST, PASSAGES: 100_000_000}
"""Bytes that a file has at most, and arrays unpacked; of the others, `LARGEST_ARRAYS`."""
LARGEST_ARRAYS = 500_000_000
MOST_ARRAYS, MOST_NGRAMS = 1_000, 1_000_000

_COUNT = Number(int, 0, 1e9)
_PENALTY = Number(float, 1e-9, 1e9)
PARAMETERS: dict[Any, Any] = {
    **dict.fromkeys(("alpha_embedding", "alpha_ngrams"), _PENALTY),
    "ngrams": Number(int, 1, MOST_NGRAMS),
    "folds": Number(int, 2, 1_000_000),
}
"""The classifier's parameters that are saved."""
KINDS: dict[Any, Any] = {
    "format": Number(int, FORMAT, FORMAT),
    "library": str,
    "codes": [str],
    "encoder": {"name": str, "fingerprint": str},
    "codebook_hash": str,
    "data_hash": str,
    "training": {
        **dict.fromkeys(("passages", "lone_questions", "groups", "without_code"), _COUNT),
        "per_code": {str: _COUNT},
        "parameters": PARAMETERS,
        "base": str,
        "base_strength": Number(float, 0, 1e9),
    },
    "files": {str: str},
}
"""What stands in ``manifest.json``."""

_WHERE = Number(int, 0, 1e9)
PASSAGE: dict[Any, Any] = {
    "transcript": str, "turn": _WHERE, "start": _WHERE, "end": _WHERE,
    "question": str, "text": str, "codes": [str],
}  # fmt: skip
"""What stands in a line of ``passages.jsonl``: a segment, its speaker left out."""
QUESTION: Kind = {"collection": str, "question": str, "codes": [str]}
"""What stands in a line of ``passages.jsonl`` that is a lone question."""


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

    @property
    def fingerprint(self) -> str:
        """Seven hexadecimal digits that differ where data, codebook, encoder or parameters do."""
        told = {name: value for name, value in asdict(self).items() if name not in ("format", "files")}
        return sha256(json.dumps(told, sort_keys=True).encode())[:7]


def write(folder: Path, manifest: Manifest, contents: dict[str, bytes], *, force: bool) -> None:
    """Write a model's files and its manifest, whole or not at all.

    Raises
    ------
    MestringError
        The folder exists and `force` is false, or cannot be written.
    """
    described = asdict(replace(manifest, files={name: sha256(data) for name, data in contents.items()}))
    text = json.dumps(described, ensure_ascii=False, indent=2) + "\n"
    write_folder(folder, contents | {MANIFEST: text.encode()}, force=force, known=FILES, mark=MANIFEST)


def check(folder: Path, *, force: bool) -> None:
    """Raise unless a model may be written to a folder, before it is trained.

    Raises
    ------
    MestringError
        As `write`.
    """
    check_folder(folder, {MANIFEST, *FILES}, force=force, mark=MANIFEST)


def read(folder: Path) -> tuple[Manifest, dict[str, bytes]]:
    """Read a model's manifest and its files, each checked by its hash.

    Raises
    ------
    MestringError
        No model there, damaged, or of another format.
    """
    recover(folder)
    manifest = _read_manifest(folder / MANIFEST)
    return manifest, {name: _read_checked(folder / name, sha) for name, sha in manifest.files.items()}


def _read_manifest(file: Path) -> Manifest:
    try:
        data = read_bytes(file, largest=LARGEST[MANIFEST], hint=TRAIN_AGAIN)
    except MestringError as error:
        if not isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
            raise
        raise MestringError(
            "no model here: manifest.json is missing",
            place=str(file.parent),
            hint="Give the folder that `mestring train DATA --out FOLDER` wrote.",
        ) from error
    try:
        values = parse_json(data.decode("utf-8-sig"))
        if isinstance(values, dict) and values.get("format", FORMAT) != FORMAT:
            raise MestringError(
                f"the model has format {shown(values['format'])}, this version reads {FORMAT}",
                place=str(file),
                hint="Train it again: mestring train DATA --out FOLDER --force.",
            )
        check_kind(values, KINDS)
        if not {ARRAYS, CODEBOOK} <= values["files"].keys() <= {*FILES}:
            raise ValueError("it names files that no model has, or lacks one")
    except MestringError:
        raise
    except ValueError as error:
        raise MestringError(
            f"the manifest is damaged ({error})", place=str(file), hint=TRAIN_AGAIN
        ) from error
    return Manifest(**values)


def _read_checked(file: Path, sha: str) -> bytes:
    data = read_bytes(file, largest=LARGEST.get(file.name, LARGEST_ARRAYS), hint=TRAIN_AGAIN)
    if sha256(data) != sha:
        raise MestringError(
            "the file is damaged or was changed: its hash is not the manifest's",
            place=str(file),
            hint=TRAIN_AGAIN,
        )
    return data


def sha256(data: bytes) -> str:
    """Return the SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def pack(arrays: dict[str, npt.NDArray[Any]]) -> bytes:
    """Return arrays as an .npz, the same bytes each time; strings as UTF-8 lines."""
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


def unpack(data: bytes, *, place: str, hint: str = TRAIN_AGAIN) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays that `pack` wrote.

    Parameters
    ----------
    data : bytes
    place : str
        The file, for errors.
    hint : str, optional
        What the user can do about one that is damaged.

    Raises
    ------
    MestringError
        `data` is no such archive, or unpacks to more than `LARGEST_ARRAYS`.
    """
    try:
        return _unpacked(data)
    except Exception as error:  # zipfile, zlib and numpy raise whatever garbage makes them raise
        reason = str(error)[:200] or type(error).__name__
        raise MestringError(f"the arrays cannot be read ({reason})", place=place, hint=hint) from error


def _unpacked(data: bytes) -> dict[str, npt.NDArray[Any]]:
    arrays: dict[str, npt.NDArray[Any]] = {}
    if data.count(b"PK\x01\x02") > MOST_ARRAYS:  # each begins an entry of the directory
        raise ValueError(f"there are more than {MOST_ARRAYS}")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > LARGEST_ARRAYS:
            raise ValueError(f"they unpack to more than {LARGEST_ARRAYS:,} bytes")
        for member in members:
            name = member.filename.removesuffix(".npy")
            if name in arrays:
                raise ValueError(f"two arrays are called {name[:60]!r}")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError(f"{name[:60]!r} is packed by method {member.compress_type}")
            with archive.open(member) as file:  # which ends at the stated size, whatever is packed
                arrays[name] = np.lib.format.read_array(file, allow_pickle=False)
            if name.endswith("/vocabulary"):
                arrays[name] = _lines_of(arrays[name])
    return arrays


def _lines_of(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if array.dtype != np.uint8 or array.ndim != 1:
        raise ValueError(f"text is stored as {array.dtype} of {array.ndim} dimensions")
    if np.count_nonzero(array == ord("\n")) >= MOST_NGRAMS:
        raise ValueError(f"there are more than {MOST_NGRAMS:,} n-grams")
    return np.array(array.tobytes().decode("utf-8").split("\n"), dtype=object)


def lines(segments: Sequence[Segment], lone_questions: Sequence[LoneQuestion]) -> bytes:
    """Return training passages and lone questions as JSON Lines; speakers are left out."""
    rows: list[dict[str, Any]] = [
        {key: value for key, value in asdict(segment).items() if key in PASSAGE} for segment in segments
    ]
    rows += [{"collection": q.collection, "question": q.text, "codes": q.codes} for q in lone_questions]
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def read_lines(
    data: bytes, known: Collection[str], *, place: str
) -> tuple[list[Segment], list[LoneQuestion]]:
    """Read what `lines` wrote.

    Parameters
    ----------
    data : bytes
    known : collection of str
        The codes of the codebook.
    place : str
        The file, for errors.

    Raises
    ------
    MestringError
        A line is no passage and no lone question; the message names it.
    """
    segments: list[Segment] = []
    questions: list[LoneQuestion] = []
    for number, line in enumerate(io.BytesIO(data), start=1):
        try:
            if line == b"\n":
                continue
            row = parse_json(line.decode("utf-8"))
            alone = isinstance(row, dict) and "text" not in row
            check_kind(row, QUESTION if alone else PASSAGE)
            if strangers := set(row["codes"]).difference(known):
                raise ValueError(f"{shown(min(strangers))} is no code of the codebook")
            codes = tuple(row["codes"])
            if alone:
                questions.append(LoneQuestion(row["question"], codes, row["collection"]))
            else:
                segments.append(Segment(speaker="", **row | {"codes": codes}))
        except ValueError as error:
            raise MestringError(
                f"line {number} is no passage ({error})", place=place, hint=TRAIN_AGAIN
            ) from error
    return segments, questions
