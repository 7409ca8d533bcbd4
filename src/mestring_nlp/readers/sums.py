"""Hashes beside texts that were coded as they stand, so that one that has changed since is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.decoding import canonical, decode
from mestring_nlp.regular_files import read_bytes

SUMS = ".sha256sums"
"""The file, hidden, as ``sha256sum`` writes it; a text's hash is that of its canonical form."""


def sums(texts: Mapping[str, str]) -> bytes:
    """Return the file's content for texts' hashes by the names of their files."""
    return "".join(f"{value}  {name}\n" for name, value in texts.items()).encode()


def check_sum(file: Path, text: str) -> None:
    """Raise where a text is not the one whose hash lies beside its file.

    Raises
    ------
    MestringError
        It has changed; the message names the file.
    """
    kept = _kept(file.parent).get(file.name)
    if kept is not None and kept != hashlib.sha256(text.encode()).hexdigest():
        raise MestringError(
            "the text has changed since it was coded",
            place=str(file),
            hint="Positions hold for one text only: restore it. `mestring review` on the folder of its "
            "review names the line.",
        )


def check_sums(folder: Path) -> None:
    """Raise where a text of a folder is not the one whose hash lies there; see `check_sum`."""
    for name in _kept(folder):
        file = folder / name
        if file.parent == folder and file.is_file():
            check_sum(file, canonical(decode(read_bytes(file), place=str(file))))


def _kept(folder: Path) -> dict[str, str]:
    """Return the hashes of a folder's texts; none where there is no such file."""
    file = folder / SUMS
    if not file.is_file():
        return {}
    lines = read_bytes(file).decode("utf-8", "replace").splitlines()
    return {name: value for value, _, name in (line.partition("  ") for line in lines) if name}
