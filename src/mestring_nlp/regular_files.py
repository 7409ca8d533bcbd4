"""Read regular files only, and only up to a size, so that reading always ends."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

from mestring_nlp.errors import MestringError

LARGEST = 200_000_000
"""The most bytes that a file may have, unless the caller sets another limit."""

_DEEPEST = 100


def as_spelled(path: Path) -> Path:
    """Return a path as it is spelled on the disk, if it is there but for composed letters.

    A Mac writes *å* in names as two characters, and keyboards as one; other systems tell them apart.
    """
    if str(path).isascii() or len(path.parts) > _DEEPEST or os.path.lexists(path):
        return path
    folder = as_spelled(path.parent)
    name = unicodedata.normalize("NFC", path.name)
    try:
        entries = sorted(entry.name for entry in folder.iterdir())
    except (OSError, ValueError):
        return path
    return next((folder / x for x in entries if unicodedata.normalize("NFC", x) == name), path)


def read_bytes(file: Path, *, largest: int = LARGEST, hint: str = "") -> bytes:
    """Read a regular file that is not too large.

    Parameters
    ----------
    file : pathlib.Path
    largest : int, default LARGEST
        The most bytes that it may have.
    hint : str, optional
        The hint of every error. Default is one for files in general.

    Returns
    -------
    bytes

    Raises
    ------
    MestringError
        A folder, a device or a pipe, or a file that is missing, cannot be read or is too large.
    """
    try:
        with open(as_spelled(file), "rb", opener=_open_at_once) as opened:
            # The path may lead elsewhere by now; the open file does not change.
            status = os.fstat(opened.fileno())
            regular = stat.S_ISREG(status.st_mode)
            data = b""
            if regular and status.st_size <= largest:
                data = opened.read(status.st_size + 1)
            # Files in /proc report no size, and others may grow. Memory is taken for the size requested.
            if len(data) > status.st_size:
                data += opened.read(largest + 1 - len(data))
    except IsADirectoryError as error:
        raise MestringError(
            "this is a folder", place=str(file), hint=hint or "Give one file, or use find_transcripts."
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise MestringError(
            f"the file cannot be read ({reason})", place=str(file), hint=hint or "Check the path."
        ) from error
    if not regular:
        raise MestringError(
            "this is a device or a pipe, which may have no end",
            place=str(file),
            hint=hint or "Save what it gives to a file first.",
        )
    size = max(status.st_size, len(data))
    if size > largest:
        raise MestringError(
            f"the file has {size:,} bytes, more than are read of such a file ({largest:,})",
            place=str(file),
            hint=hint or "A recording must be transcribed first; a document may hold large pictures.",
        )
    return data


def _open_at_once(path: str, flags: int) -> int:
    """Open a file; if it is a pipe, without waiting for a writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
