"""Writing that is whole or not at all: write beside, then rename.

What is written beside bears a name of its own (``.mestring-...``) and is locked while its process
lives, so that the next run knows what a killed one left, and removes it.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from mestring_nlp.errors import MestringError

if sys.platform != "win32":
    import fcntl

_PREFIX = ".mestring-"
_AT_CWD, _EXCHANGE = -100, 2  # of Linux's renameat2; the flag is the same in macOS's renamex_np

_log = logging.getLogger("mestring_nlp")
_unfinished: set[Path] = set()


def refuse_existing(paths: Iterable[Path], *, force: bool) -> None:
    """Raise unless every path is free or may be replaced.

    What a killed run left there is mended or removed first, and told in the log.

    Raises
    ------
    MestringError
        A path exists and `force` is false.
    """
    listed = list(paths)
    for folder in dict.fromkeys(path.parent for path in listed):
        _sweep(folder)
    for path in listed:
        recover(path)
        if not force and os.path.lexists(path):
            raise MestringError(
                "it exists already and is not overwritten",
                place=str(path),
                hint="Choose another place with --out, or give --force to replace it.",
            )


def write_file(path: Path, data: bytes, *, force: bool = False, private: bool = True) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : pathlib.Path
        Its folder is made if it is missing.
    data : bytes
    force : bool, default False
        Whether an existing file is replaced.
    private : bool, default True
        Whether the user alone may read it, as what holds interviews.

    Raises
    ------
    MestringError
        The file exists and `force` is false, or the disk is full or closed to us.
    """
    refuse_existing([path], force=force)
    with _beside(path, private=private) as beside:
        beside.touch(mode=0o600)
        with _locked(beside):
            _write(beside, data)
            beside.chmod((0o600 if private else 0o666) & ~_umask())
            os.replace(beside, path)
        _sync(path.parent)


def write_folder(
    folder: Path, contents: Mapping[str, bytes], *, force: bool = False, known: Collection[str] = ()
) -> None:
    """Write a folder of files, whole or not at all, that the user alone may read.

    Parameters
    ----------
    folder : pathlib.Path
    contents : mapping of str to bytes
        Files by name, which may hold ``/``.
    force : bool, default False
        Whether a folder is replaced that holds files of these names and no others. Old and new change
        places in one step where the system can; else see `recover`.
    known : collection of str
        Further names that such a folder may hold.

    Raises
    ------
    MestringError
        The folder is not empty and `force` is false, it holds other files, or the disk is full or
        closed to us.
    """
    refuse_existing([folder], force=force or _is_empty(folder))
    strangers = sorted(_names(folder) - {*contents, *known})
    if strangers:
        raise MestringError(
            f"the folder holds something else too, {strangers[0]!r}, and is not replaced",
            place=str(folder),
            hint="Choose another place with --out, or move that file.",
        )
    with _beside(folder, private=True) as beside:
        beside.mkdir(mode=0o700)
        with _locked(beside):
            for name, data in contents.items():
                (beside / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _write(beside / name, data)
            for inside in {beside, *(path.parent for path in beside.rglob("*"))}:
                _sync(inside)
            if not folder.is_dir():
                os.replace(beside, folder)
            elif not _exchange(beside, folder):
                os.replace(folder, _kept(folder))
                os.replace(beside, folder)
        _sync(folder.parent)


def recover(folder: Path) -> None:
    """Put back a folder that a run was replacing when it was killed, where that takes two steps.

    Parameters
    ----------
    folder : pathlib.Path
        If it is there, what remains of the old one is removed.
    """
    kept = _kept(folder)
    if not os.path.lexists(kept):
        return
    if os.path.lexists(folder):
        _remove(kept)
    else:
        with suppress(OSError):
            os.replace(kept, folder)
            _log.warning("%s: put back as it was before a run that was killed", folder)


def abandon() -> None:
    """Remove all that is being written: the process is about to end."""
    for path in list(_unfinished):
        _remove(path)


@contextmanager
def _beside(path: Path, *, private: bool) -> Iterator[Path]:
    """Give a free name beside a path; what bears it in the end is removed."""
    beside = path.parent / f"{_PREFIX}{secrets.token_hex(4)}"
    _unfinished.add(beside)
    try:
        path.parent.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)
        yield beside
    except OSError as error:
        raise MestringError(
            f"cannot be written ({error.strerror})",
            place=str(path),
            hint="What was there is as it was. Check the free space and your right to write there.",
        ) from error
    finally:
        recover(path)
        _remove(beside)
        _unfinished.discard(beside)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Lock a file or folder, so that another run can tell that it is being written."""
    if sys.platform == "win32":  # where what is open cannot be removed
        yield
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network drives know no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Remove what runs that were killed left unfinished in a folder."""
    for path in sorted(folder.glob(f"{_PREFIX}{'[0-9a-f]' * 8}")):
        if _abandoned(path):
            _remove(path)
            if not os.path.lexists(path):
                _log.warning("%s: removed; a run that was killed left it unfinished", path)


def _abandoned(path: Path) -> bool:
    if sys.platform == "win32":
        return True
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the system cannot."""
    import ctypes

    a, b = os.fsencode(one), os.fsencode(other)
    with suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        if sys.platform == "linux":
            return bool(library.renameat2(_AT_CWD, a, _AT_CWD, b, _EXCHANGE) == 0)
        if sys.platform == "darwin":
            return bool(library.renamex_np(a, b, _EXCHANGE) == 0)
    return False


def _kept(folder: Path) -> Path:
    """Where the old folder lies while the new one takes its place in two steps."""
    return folder.parent / f"{_PREFIX}old-{folder.name}"


def _write(path: Path, data: bytes) -> None:
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """See to it that a folder's new names are on the disk; some systems do not let us."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _names(folder: Path) -> set[str]:
    """The files below a folder, or the one that lies in its place."""
    if not folder.is_dir():
        return {folder.name} if os.path.lexists(folder) else set()
    files = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return {path.relative_to(folder).as_posix() for path in files}


def _is_empty(folder: Path) -> bool:
    return not os.path.lexists(folder) or (folder.is_dir() and not any(folder.iterdir()))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
