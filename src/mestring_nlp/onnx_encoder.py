"""An encoder stored as an ONNX graph; the bundled one runs on onnxruntime alone, without torch."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.errors import MestringError
from mestring_nlp.json_values import Kind, Number, check_kind, parse_json
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.resources import bundled

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
Span = tuple[int, int]
BUNDLED = "bundled"

DESCRIPTION, GRAPH, TOKENIZER = "encoder.json", "model.onnx", "tokenizer.json"
LARGEST = {DESCRIPTION: 1_000_000, GRAPH: 2_000_000_000, TOKENIZER: 100_000_000}
"""Bytes that a file of an encoder has at most; a graph of more than 2 GB is none that ONNX allows."""

DESCRIBED: Kind = {
    "dimension": Number(int, 1, 100_000),
    "max_length": Number(int, 1, 100_000),
    "prefix": str,
    "pad_id": Number(int, 0, 2**31),
    ...: None,  # the rest is for people
}
"""What must stand in ``encoder.json``."""

_INSTALL = "Install mestring-nlp again, or run `make models` in a checkout."


class OnnxEncoder:
    """An encoder stored as ONNX graph, tokenizer and a JSON description.

    Parameters
    ----------
    folder : pathlib.Path
        Holds ``model.onnx``, ``tokenizer.json`` and ``encoder.json``.
    name : str, optional
        How models name this encoder; the folder's path when left out.
    threads : int, optional
        Texts encoded at the same time; as many as there are cores when left out.
    """

    def __init__(self, folder: Path, *, name: str | None = None, threads: int | None = None) -> None:
        self.folder = folder
        self.name = name or str(folder)
        self.threads = threads

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over graph, tokenizer and description."""
        digest = hashlib.sha256()
        for name in (DESCRIPTION, GRAPH, TOKENIZER):
            digest.update(self._read(name))
        return digest.hexdigest()

    @cached_property
    def description(self) -> dict[str, Any]:
        """What ``encoder.json`` says: dimension, maximum length, prefix."""
        data = self._read(DESCRIPTION)
        try:
            values: dict[str, Any] = parse_json(data.decode("utf-8"))
            check_kind(values, DESCRIBED)
        except ValueError as error:
            raise self._damaged(DESCRIPTION, error) from error
        return values

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        data, longest = self._read(TOKENIZER), self.description["max_length"]
        try:
            tokenizer = Tokenizer.from_buffer(data)
            tokenizer.enable_truncation(longest)
        except Exception as error:  # tokenizers raises nothing more precise
            raise self._damaged(TOKENIZER, error) from error
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(
            str(self._file("model.onnx")), options, providers=["CPUExecutionProvider"]
        )

    def __getstate__(self) -> dict[str, Any]:
        """Return what is needed to load again in another process; sessions cannot travel."""
        return {"folder": self.folder, "name": self.name, "threads": self.threads}

    def _file(self, name: str) -> Path:
        file = self.folder / name
        if not os.path.isfile(file):  # noqa: PTH113  (of what is closed to us, Path.is_file raises)
            raise MestringError(f"the encoder lacks {name}", place=str(self.folder), hint=_INSTALL)
        return file

    def _read(self, name: str) -> bytes:
        return read_bytes(self._file(name), largest=LARGEST[name], hint=_INSTALL)

    def _damaged(self, name: str, error: Exception) -> MestringError:
        return MestringError(
            f"the file is damaged ({reason_of(error)})", place=str(self.folder / name), hint=_INSTALL
        )

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Encode texts, equal ones once.

        Each is run by itself, on a core of its own: int8 scales span a whole batch, so that a
        text's vector would otherwise depend on its company.
        """
        if not texts:
            return np.zeros((0, self.description["dimension"]), dtype=np.float32)
        unique = list(dict.fromkeys(texts))
        prefix = self.description["prefix"]
        _ = self._tokenizer, self._ready  # loaded here, not in several threads at once
        with ThreadPoolExecutor(self.threads or _share_of_cores()) as pool:
            found = list(pool.map(lambda text: self.run(*self.tokenize([prefix + text]))[0], unique))
        vectors = dict(zip(unique, found, strict=True))
        return np.stack([vectors[text] for text in texts])

    def states(self, texts: Sequence[str]) -> list[tuple[list[Span], FloatArray]]:
        """Return the pieces of each text, and what half of the layers make of each in its context.

        Returns
        -------
        list of (list of (int, int), float32 array of shape (pieces, dimension))
            Where each piece stands in its text, and its state. Pieces beyond the maximum length are
            left out; one without letters of its own has an empty span.
        """
        _ = self._tokenizer, self._ready  # loaded here, not in several threads at once
        with ThreadPoolExecutor(self.threads or _share_of_cores()) as pool:
            return list(pool.map(self._states, texts))

    def _states(self, text: str) -> tuple[list[Span], FloatArray]:
        prefix = self.description["prefix"]
        found = self._tokenizer.encode(prefix + text)
        ids = np.array([found.ids], dtype=np.int64)
        spans = [
            (max(start - len(prefix), 0), max(end - len(prefix), 0)) for start, end in found.offsets
        ]
        return spans, self._computed("states", ids, np.ones_like(ids), (1, ids.size))[0]

    def tokenize(self, texts: Sequence[str]) -> tuple[IntArray, IntArray]:
        """Return token ids and mask, each of shape (n, longest), padded on the right."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        longest = max(map(len, tokens), default=0)
        ids = np.full((len(tokens), longest), self.description["pad_id"], dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, found in enumerate(tokens):
            ids[row, : len(found)] = found
            mask[row, : len(found)] = 1
        return ids, mask

    def run(self, ids: IntArray, mask: IntArray) -> FloatArray:
        """Compute the vectors of one batch of token ids."""
        return self._computed("embedding", ids, mask, (len(ids),))

    def _computed(
        self, output: str, ids: IntArray, mask: IntArray, shape: tuple[int, ...]
    ) -> FloatArray:
        inputs = {"input_ids": ids, "attention_mask": mask}
        session, shape = self._ready, (*shape, self.description["dimension"])
        try:
            vectors = np.asarray(session.run([output], inputs)[0], dtype=np.float32)
            if vectors.shape != shape or not np.isfinite(vectors).all():
                raise ValueError(f"it gives {vectors.shape} numbers, must give {shape} finite ones")
        except Exception as error:  # onnxruntime raises a kind of its own for each thing wrong
            raise self._damaged(GRAPH, error) from error
        return vectors

    @property
    def _ready(self) -> Any:
        try:
            return self._session
        except MestringError:
            raise
        except Exception as error:  # as in `run`
            raise self._damaged(GRAPH, error) from error


@cache
def bundled_encoder(threads: int | None = None) -> OnnxEncoder:
    """Return the bundled encoder, which everything in this process shares.

    Parameters
    ----------
    threads : int, optional
        Texts that it takes at the same time; all cores when left out.
    """
    return OnnxEncoder(bundled("models", "encoder"), name=BUNDLED, threads=threads)


def reason_of(error: Exception) -> str:
    """Return the first line of what another library says."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _share_of_cores() -> int:
    """Cores for this process; joblib gives its workers their share in OMP_NUM_THREADS."""
    return int(os.environ.get("OMP_NUM_THREADS", "0") or 0) or os.cpu_count() or 1
