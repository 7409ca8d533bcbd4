"""Writing that is whole or not at all: write beside, then rename.

What is written beside bears a name of its own (``.mestring-unfinished-...``) and is locked while its
process lives, so that the next run knows what a killed one left, and removes it.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from mestring_nlp.errors import MestringError

if sys.platform != "win32":
    import fcntl

_PREFIX = ".mestring-unfinished-"
_AT_CWD, _EXCHANGE = -100, 2  # of Linux's renameat2; the flag is the same in macOS's renamex_np
_ELSEWHERE = "Choose another place with --out."

_log = logging.getLogger("mestring_nlp")
_unfinished: set[Path] = set()


def refuse_existing(paths: Iterable[Path], *, force: bool, keep: Iterable[Path] = ()) -> None:
    """Raise unless every path is free, or a file that may be replaced.

    What a killed run left unfinished beside them is removed first, and told in the log.

    Parameters
    ----------
    paths : iterable of pathlib.Path
    force : bool
        Whether regular files are replaced.
    keep : iterable of pathlib.Path
        What the results are made from: it is not replaced, nor what lies in it, even so.

    Raises
    ------
    MestringError
        A path exists and may not be replaced.
    """
    listed = list(paths)
    for folder in dict.fromkeys(path.parent for path in listed):
        _sweep(folder)
    kept = {path.resolve() for path in keep}
    for path in listed:
        if not os.path.lexists(path):
            continue
        if kept & {path.resolve(), path.resolve().parent}:
            raise MestringError(
                "it lies among what the results are made from, and is not replaced",
                place=str(path),
                hint=_ELSEWHERE,
            )
        if not force:
            raise MestringError(
                "it exists already and is not overwritten",
                place=str(path),
                hint="Choose another place with --out, or give --force to replace it.",
            )
        if not os.path.isfile(path):  # noqa: PTH113  (of what is closed to us, Path.is_file raises)
            raise MestringError(
                "this is no regular file, and is not replaced", place=str(path), hint=_ELSEWHERE
            )


def write_file(path: Path, data: bytes, *, force: bool = False, private: bool = True) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : pathlib.Path
        Its folder is made if it is missing; a link is followed.
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
    path = Path(os.path.realpath(path))
    with _beside(path, private=private) as beside, _created(beside) as descriptor:
        _write(descriptor, data)
        beside.chmod((0o600 if private else 0o666) & ~_umask())
        os.replace(beside, path)
        _sync(path.parent)


def check_folder(folder: Path, known: Collection[str], *, force: bool, mark: str = "") -> None:
    """Raise unless `write_folder` may write a folder.

    Parameters
    ----------
    folder : pathlib.Path
    known : collection of str
        The files that it may hold, to be replaced.
    force : bool
        Whether a folder that is not empty is replaced at all.
    mark : str, optional
        A file that it must hold then, to be of the kind that is replaced.

    Raises
    ------
    MestringError
    """
    folder = Path(os.path.realpath(folder))
    _sweep(folder.parent)
    recover(folder)
    _remove(_old(folder))
    found = _names(folder)
    if os.path.ismount(folder):
        problem = "this is a mount point, whose place nothing can take"
    elif not os.path.lexists(folder) or (folder.is_dir() and not found):
        return
    elif not force:
        refuse_existing([folder], force=force)
        return
    elif not folder.is_dir():
        problem = "this is no folder, and is not replaced"
    elif strangers := sorted(found - {*known}):
        problem = f"the folder holds something else too, {strangers[0]!r}, and is not replaced"
    elif mark not in {"", *found}:
        problem = f"the folder lacks {mark}, so that it is none to replace"
    else:
        return
    raise MestringError(problem, place=str(folder), hint=_ELSEWHERE)


def write_folder(
    folder: Path,
    contents: Mapping[str, bytes],
    *,
    force: bool = False,
    known: Collection[str] = (),
    mark: str = "",
) -> None:
    """Write a folder of files, whole or not at all, that the user alone may read.

    Parameters
    ----------
    folder : pathlib.Path
        A link is followed.
    contents : mapping of str to bytes
        Files by name, which may hold ``/``.
    force : bool, default False
        Whether a folder is replaced that holds files of these names and no others. Old and new change
        places in one step where the system can; else see `recover`.
    known : collection of str
        Further names that such a folder may hold.
    mark : str, optional
        See `check_folder`.

    Raises
    ------
    MestringError
        The folder is not empty and `force` is false, it holds other files, or the disk is full or
        closed to us.
    """
    folder = Path(os.path.realpath(folder))
    check_folder(folder, {*contents, *known}, force=force, mark=mark)
    with _beside(folder, private=True) as beside, _created(beside, folder=True):
        for name, data in contents.items():
            (beside / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _created(beside / name) as descriptor:
                _write(descriptor, data)
        for inside in {beside, *(path.parent for path in beside.rglob("*"))}:
            _sync(inside)
        if not folder.is_dir():
            os.replace(beside, folder)
        elif not _exchange(beside, folder):
            try:
                os.replace(folder, _old(folder))
                os.replace(beside, folder)
            finally:
                recover(folder)
            _remove(_old(folder))
        _sync(folder.parent)


def recover(folder: Path) -> None:
    """Put back a folder that a run was replacing when it was killed, where that takes two steps.

    Parameters
    ----------
    folder : pathlib.Path
        If it is there, nothing is done.
    """
    with suppress(OSError, ValueError):  # of names that no system takes
        if not os.path.lexists(folder) and _old(folder).is_dir():
            os.replace(_old(folder), folder)
            _log.warning("%s: put back as it was before a run that was killed", folder)


def abandon() -> None:
    """Remove all that is being written: the process is about to end."""
    for path in list(_unfinished):
        _remove(path)


@contextmanager
def _beside(path: Path, *, private: bool) -> Iterator[Path]:
    """Give a free name beside a path; what bears it in the end is removed."""
    beside = path.parent / f"{_PREFIX}{secrets.token_hex(8)}"
    _unfinished.add(beside)
    try:
        path.parent.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)
        yield beside
    except OSError as error:
        raise MestringError(
            f"cannot be written ({error.strerror})",
            place=str(path),
            hint=f"What was there is as it was. {_ELSEWHERE[:-1]}, or see to the free space and your "
            "right to write there.",
        ) from error
    finally:
        _remove(beside)
        _unfinished.discard(beside)


@contextmanager
def _created(path: Path, *, folder: bool = False) -> Iterator[int]:
    """Create a file or folder, locked, so that another run can tell that it is being written."""
    descriptor = -1
    while descriptor < 0:
        if folder:
            path.mkdir(mode=0o700)
        flags = os.O_RDONLY if folder else os.O_WRONLY | os.O_CREAT | os.O_EXCL
        if folder and sys.platform == "win32":
            break  # which knows no descriptors of folders
        with suppress(FileNotFoundError):
            descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)
        # Another run may have taken it for abandoned before it was locked.
        if descriptor >= 0 and sys.platform != "win32" and not _locks(descriptor, path):
            os.close(descriptor)
            descriptor = -1
    try:
        yield descriptor
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _locks(descriptor: int, path: Path) -> bool:
    """Lock what was opened; tell whether it still bears its name."""
    with suppress(OSError):  # some network drives know no locks
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _sweep(folder: Path) -> None:
    """Remove what runs that were killed left unfinished in a folder."""
    for path in sorted(folder.glob(f"{_PREFIX}{'[0-9a-f]' * 16}")):
        with suppress(OSError):
            if path not in _unfinished and _remove_abandoned(path):
                _log.warning("%s: removed; a run that was killed left it unfinished", path)


def _remove_abandoned(path: Path) -> bool:
    """Remove what nobody has locked, and is ours; tell whether that was so."""
    found = path.lstat()
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        return False
    if sys.platform == "win32":
        _remove(path)  # what is open there cannot be removed
        return not os.path.lexists(path)
    if found.st_uid != os.getuid():
        return False
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(path)
    finally:
        os.close(descriptor)
    return not os.path.lexists(path)


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


def _old(folder: Path) -> Path:
    """Where the old folder lies while the new one takes its place in two steps."""
    return folder.parent / f"{_PREFIX}old-{folder.name}"


def _write(descriptor: int, data: bytes) -> None:
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


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
    """The files below a folder, and its folders that hold none."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir() or not any(path.iterdir())
    }


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
