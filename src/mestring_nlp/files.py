"""Write files and folders completely or not at all: under a temporary name first, then renamed.

The temporary file (``.mestring-unfinished-...``) is locked while its process lives, so that the next run
can recognise and remove what a killed one left.
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

_PREFIX = UNFINISHED = ".mestring-unfinished-"
_AT_CWD, _EXCHANGE = -100, 2  # of Linux's renameat2; the flag is the same in macOS's renamex_np
_ELSEWHERE = "Choose another place with --out."

_log = logging.getLogger("mestring_nlp")
_unfinished: set[Path] = set()


def refuse_existing(paths: Iterable[Path], *, force: bool, keep: Iterable[Path] = ()) -> None:
    """Raise unless every path is free, or a file that may be replaced.

    What a killed run left unfinished in the same folders is removed first, with a warning in the log.

    Parameters
    ----------
    paths : iterable of pathlib.Path
    force : bool
        Whether regular files are replaced.
    keep : iterable of pathlib.Path
        The inputs: they are never replaced, nor is anything directly inside them.

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
                "it is one of the inputs or inside one, and is not replaced",
                place=str(path),
                hint=_ELSEWHERE,
            )
        if not force:
            raise MestringError(
                "it exists already and is not overwritten",
                place=str(path),
                hint="Choose another place with --out, or give --force to replace it.",
            )
        if not os.path.isfile(path):  # noqa: PTH113  (Path.is_file raises where permission is denied)
            raise MestringError(
                "this is not a regular file, and is not replaced", place=str(path), hint=_ELSEWHERE
            )


def write_file(path: Path, data: bytes, *, force: bool = False, private: bool = True) -> None:
    """Write a file completely or not at all.

    Parameters
    ----------
    path : pathlib.Path
        Its folder is created if missing; a link is followed.
    data : bytes
    force : bool, default False
        Whether an existing file is replaced.
    private : bool, default True
        Whether only the user may read it, as befits interviews.

    Raises
    ------
    MestringError
        The file exists and `force` is false, or it cannot be written.
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
        The files that it may hold and still be replaced.
    force : bool
        Whether a folder that is not empty may be replaced.
    mark : str, optional
        A file that such a folder must hold, as proof that it is of the kind to be written.

    Raises
    ------
    MestringError
        The folder is not empty and `force` is false, it holds other files, or cannot be replaced.
    """
    folder = Path(os.path.realpath(folder))
    _sweep(folder.parent)
    recover(folder)
    _remove(_old(folder))
    try:
        if os.path.ismount(folder):
            problem = "this is a mount point, which cannot be replaced"
        elif not os.path.lexists(folder) or (folder.is_dir() and not any(folder.iterdir())):
            return
        elif not force:
            refuse_existing([folder], force=force)
            return
        elif not folder.is_dir():
            problem = "this is not a folder, and is not replaced"
        elif other := next((name for name in _names(folder) if name not in known), ""):
            problem = f"the folder holds {other!r}, which would be lost, and is not replaced"
        elif mark and not (folder / mark).is_file():
            problem = f"the folder lacks {mark}, and is not replaced"
        else:
            return
    except OSError as error:
        problem = f"the folder cannot be read ({error.strerror})"
    raise MestringError(problem, place=str(folder), hint=_ELSEWHERE)


def write_folder(
    folder: Path,
    contents: Mapping[str, bytes],
    *,
    force: bool = False,
    known: Collection[str] = (),
    mark: str = "",
) -> None:
    """Write a folder of files that only the user may read, completely or not at all.

    Parameters
    ----------
    folder : pathlib.Path
        A link is followed.
    contents : mapping of str to bytes
        Files by name, which may contain ``/``.
    force : bool, default False
        Whether a folder that holds files of these names and no others is replaced. It is exchanged in
        one step where the system can; else see `recover`.
    known : collection of str
        Further names that such a folder may hold.
    mark : str, optional
        See `check_folder`.

    Raises
    ------
    MestringError
        As `check_folder` raises, or the folder cannot be written.
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
    """Restore a folder that a killed run was replacing, where that takes two steps.

    Parameters
    ----------
    folder : pathlib.Path
        Left alone if it exists.
    """
    with suppress(OSError, ValueError):  # ValueError: a name that no system allows
        if not os.path.lexists(folder) and _old(folder).is_dir():
            os.replace(_old(folder), folder)
            _log.warning("%s: restored as it was before a run that was killed", folder)


def abandon() -> None:
    """Remove everything that is being written, as the process is about to end."""
    for path in list(_unfinished):
        _remove(path)


@contextmanager
def _beside(path: Path, *, private: bool) -> Iterator[Path]:
    """Yield a free name in a path's folder; remove what has that name in the end."""
    beside = path.parent / f"{_PREFIX}{secrets.token_hex(8)}"
    _unfinished.add(beside)
    try:
        path.parent.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)
        yield beside
    except OSError as error:
        raise MestringError(
            f"cannot be written ({error.strerror})",
            place=str(path),
            hint=f"What was there is unchanged. {_ELSEWHERE[:-1]}, or check free space and permissions.",
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
            break  # which has no descriptors of folders
        with suppress(FileNotFoundError):
            descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o600)
        # Another run may have removed it as abandoned before it was locked.
        if descriptor >= 0 and sys.platform != "win32" and not _locks(descriptor, path):
            os.close(descriptor)
            descriptor = -1
    try:
        yield descriptor
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _locks(descriptor: int, path: Path) -> bool:
    """Lock an open file or folder; return whether it still has its name."""
    with suppress(OSError):  # some network drives have no locks
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _sweep(folder: Path) -> None:
    """Remove what killed runs left unfinished in a folder."""
    for path in sorted(folder.glob(f"{_PREFIX}{'[0-9a-f]' * 16}")):
        with suppress(OSError):
            if path not in _unfinished and _remove_abandoned(path):
                _log.warning("%s: removed; a run that was killed left it unfinished", path)


def _remove_abandoned(path: Path) -> bool:
    """Remove a file or folder that is the user's and not locked; return whether it was."""
    found = path.lstat()
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        return False
    if sys.platform == "win32":
        _remove(path)  # fails for an open file there
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
    """Exchange two folders in one step; return False where the system cannot."""
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
    """Return where the old folder is kept while the new one replaces it in two steps."""
    return folder.parent / f"{_PREFIX}old-{folder.name}"


def _write(descriptor: int, data: bytes) -> None:
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    """Flush a folder's new names to the disk, where the system allows it."""
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


def _names(folder: Path) -> Iterator[str]:
    """Yield the files below a folder, and the empty folders."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir() or not any(path.iterdir()):
            yield path.relative_to(folder).as_posix()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
