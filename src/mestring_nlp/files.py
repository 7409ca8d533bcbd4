"""Writing that is whole or not at all: write beside, then rename."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from mestring_nlp.errors import MestringError


def refuse_existing(paths: Iterable[Path], *, force: bool) -> None:
    """Raise unless every path is free or may be replaced.

    Raises
    ------
    MestringError
        A path exists and `force` is false.
    """
    for path in paths:
        if not force and os.path.lexists(path):
            raise MestringError(
                "it exists already and is not overwritten",
                place=str(path),
                hint="Choose another place with --out, or give --force to replace it.",
            )


def write_file(path: Path, data: bytes, *, force: bool = False) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : pathlib.Path
        Its folder is made if it is missing.
    data : bytes
    force : bool, default False
        Whether an existing file is replaced.

    Raises
    ------
    MestringError
        The file exists and `force` is false, or the disk is full or closed to us.
    """
    refuse_existing([path], force=force)
    beside = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, 0o666 & ~_umask())
        os.replace(beside, path)
    except OSError as error:
        if beside:
            Path(beside).unlink(missing_ok=True)
        raise MestringError(
            f"cannot be written ({error.strerror})",
            place=str(path),
            hint="Nothing was changed. Check the free space and your right to write there.",
        ) from error


def write_folder(
    folder: Path, contents: Mapping[str, bytes], *, force: bool = False, known: Collection[str] = ()
) -> None:
    """Write a folder of files whole or not at all; see `write_file`.

    Parameters
    ----------
    folder : pathlib.Path
    contents : mapping of str to bytes
        Files by name, which may hold ``/``.
    force : bool, default False
        Whether a folder is replaced that holds files of these names and no others.
    known : collection of str
        Further names that such a folder may hold.

    Raises
    ------
    MestringError
        The folder is not empty and `force` is false, it holds other files, or the disk is full or
        closed to us.
    """
    refuse_existing([folder] if not _is_empty(folder) else [], force=force)
    strangers = sorted(_names(folder) - {*contents, *known})
    if strangers:
        raise MestringError(
            f"the folder holds something else too, {strangers[0]!r}, and is not replaced",
            place=str(folder),
            hint="Choose another place with --out, or move that file.",
        )
    beside, old = None, None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        for name, data in contents.items():
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).write_bytes(data)
        beside.chmod(0o777 & ~_umask())
        if folder.is_dir():
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
            os.replace(folder, old)
        os.replace(beside, folder)
    except OSError as error:
        if beside:
            shutil.rmtree(beside, ignore_errors=True)
        if old and not folder.exists():
            os.replace(old, folder)
        raise MestringError(
            f"cannot be written ({error.strerror})",
            place=str(folder),
            hint="Nothing was changed. Check the free space and your right to write there.",
        ) from error
    if old:
        shutil.rmtree(old, ignore_errors=True)


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
