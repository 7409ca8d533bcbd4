"""Reading that comes to an end: regular files alone, and of these no more than is asked for."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from mestring_nlp.errors import MestringError

LARGEST = 200_000_000
"""Bytes that a file has at most, unless who reads it says otherwise."""


def read_bytes(file: Path, *, largest: int = LARGEST, hint: str = "") -> bytes:
    """Read a whole file that is a regular one and not too large.

    Parameters
    ----------
    file : pathlib.Path
    largest : int, default LARGEST
        Bytes that it has at most.
    hint : str, optional
        What the reader of an error can do; about files in general when left out.

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
            data = b""
            if regular and status.st_size <= largest:
                data = opened.read(status.st_size + 1)
            # Files of /proc state no size, and others may grow; room is taken for all that is asked for.
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
            f"{size:,} bytes are more than are read of such a file ({largest:,})",
            place=str(file),
            hint=hint or "A recording must be transcribed first; a document may hold large pictures.",
        )
    return data


def _at_once(path: str, flags: int) -> int:
    """Open a file without waiting for somebody to write to it, should it be a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
