"""One process at a time in a review's folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from mestring_nlp.errors import MestringError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK = "review.lock"


class FolderLock:
    """A lock that the system gives back when the process ends, however it ends.

    Parameters
    ----------
    folder : pathlib.Path

    Raises
    ------
    MestringError
        Another process has it, or the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        file = folder / LOCK
        try:
            self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise MestringError(
                f"the folder cannot be written ({error.strerror})",
                place=str(folder),
                hint="A review is written as you decide: choose a folder of your own with --out.",
            ) from error
        try:
            if sys.platform == "win32":
                msvcrt.locking(self._descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise MestringError(
                "the review is open in another process",
                place=str(folder),
                hint="Use the page that is open already, or end that process first.",
            ) from error

    def release(self) -> None:
        """Return the folder to others."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
