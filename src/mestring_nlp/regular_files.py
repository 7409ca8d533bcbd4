"""Reading that comes to an end: regular files alone, and of these no more than is asked for."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from mestring_nlp.errors import MestringError

LARGEST = 200_000_000
"""Bytes that a file has at most, unless who reads it says otherwise."""


def read_bytes(file: Path, *, largest: int = LARGEST) -> bytes:
    """Read a whole file that is a regular one and not too large.

    Parameters
    ----------
    file : pathlib.Path
    largest : int, default LARGEST
        Bytes that it has at most.

    Returns
    -------
    bytes

    Raises
    ------
    MestringError
        A folder, a device or a pipe, a missing or closed file, or one beyond `largest`.
    """
    try:
        with open(file, "rb", opener=_at_once) as opened:
            # The path may lead elsewhere by now; what is open does not.
            status = os.fstat(opened.fileno())
            regular = stat.S_ISREG(status.st_mode)
            # Files of /proc state no size, and others may grow.
            data = opened.read(largest + 1) if regular and status.st_size <= largest else b""
    except IsADirectoryError as error:
        raise MestringError(
            "this is a folder", place=str(file), hint="Give one file, or use find_transcripts."
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise MestringError(
            f"the file cannot be read ({reason})", place=str(file), hint="Check the path."
        ) from error
    if not regular:
        raise MestringError(
            "this is a device or a pipe, which may have no end",
            place=str(file),
            hint="Save what it gives to a file first.",
        )
    size = max(status.st_size, len(data))
    if size > largest:
        raise MestringError(
            f"{size:,} bytes are more than are read of such a file ({largest:,})",
            place=str(file),
            hint="A recording must be transcribed first; a document may hold large pictures.",
        )
    return data


def _at_once(path: str, flags: int) -> int:
    """Open a file without waiting for somebody to write to it, should it be a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
