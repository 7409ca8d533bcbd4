"""Restore files that were pseudonymised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from mestring_nlp.batch import FailedInterview, Paths
from mestring_nlp.errors import MestringError
from mestring_nlp.files import refuse_existing, write_file
from mestring_nlp.privacy.alignment import Edit
from mestring_nlp.privacy.coded import MovedCodings, read_to_move
from mestring_nlp.privacy.documents import open_fields
from mestring_nlp.privacy.files import CODINGS, REPORT, check_places, free_name
from mestring_nlp.privacy.key import Key, digest_of, read_key
from mestring_nlp.privacy.replacing import PLACEHOLDER
from mestring_nlp.readers import read_bytes


def restore_files(
    paths: Paths,
    out: str | Path,
    key: str | Path,
    *,
    passphrase: str | None = None,
    codings: str | Path | None = None,
    force: bool = False,
) -> tuple[list[Path], list[FailedInterview], list[str]]:
    """Write files with everything put back that `pseudonymise_files` replaced.

    Parameters
    ----------
    paths : path, or iterable of paths
        Pseudonymised files, or folders of them.
    out : str or pathlib.Path
        A folder for the originals' texts, under the originals' names.
    key : str or pathlib.Path
    passphrase : str, optional
    codings : str or pathlib.Path, optional
        A table of codings of the pseudonymised texts, whose positions move back.
    force : bool, default False

    Returns
    -------
    written : list of pathlib.Path
    failed : list of FailedInterview
    notes : list of str
        Files that had changed, in which the fullest form stands for each placeholder.

    Raises
    ------
    MestringError
        The key cannot be read, the folder may not be replaced, or no file could be restored.
    """
    held = read_key(Path(key), passphrase)
    folder = Path(out)
    listed = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    files = list(_files(listed))
    check_places(folder, Path(key), [*listed, *files])
    contents: dict[str, bytes] = {}
    failed: list[FailedInterview] = []
    notes: list[str] = []
    moving = read_to_move(Path(codings)) if codings is not None else None
    for path in files:
        try:
            name, data, exact = _restored(path, held, moving)
        except MestringError as error:
            failed.append(FailedInterview(path.stem, error))
            continue
        if not exact:
            notes.append(f"{path}: it has changed since; each placeholder became the fullest form known")
        contents[free_name(name, contents)] = data
    if not contents:
        raise failed[0].error if failed else MestringError("there is no file to restore")
    if moving is not None:
        contents[CODINGS] = moving.table_back(held)
    targets = [folder / name for name in contents]
    refuse_existing(targets, force=force, keep=[*listed, *files])
    for target, data in zip(targets, contents.values(), strict=True):
        write_file(target, data, force=force)
    return targets, failed, notes


def _files(listed: Iterable[Path]) -> Iterator[Path]:
    for path in listed:
        if path.is_dir():
            yield from (
                one
                for one in sorted(path.iterdir())
                if one.is_file() and one.name not in (REPORT, CODINGS) and not one.name.startswith(".")
            )
        else:
            yield path


def _restored(path: Path, key: Key, moving: MovedCodings | None) -> tuple[str, bytes, bool]:
    fields = open_fields(read_bytes(path), path.suffix.casefold(), place=str(path))
    text = fields.text
    document = key.document(digest_of(text), path.stem)
    if document is not None:
        edits = [Edit(*one) for one in document.replaced]
        original = Path(document.original_name)
        name = (
            original.name
            if original.suffix.casefold() == path.suffix.casefold()
            else f"{original.stem}{path.suffix}"
        )
        if moving is not None and moving.has(path.stem):
            moving.move_back(document, path)
        return name, fields.written(edits, place=str(path)), True
    known = next((one for one in reversed(key.documents) if one.name == path.stem), None)
    by_label = {f"[{one.label}]": one.forms[0] for one in key.entities if one.forms}
    found = list(PLACEHOLDER.finditer(text))
    unknown = sorted({match.group() for match in found} - set(by_label))
    if unknown or (known is None and not found):
        what = f"the key does not know {unknown[0]}" if unknown else "the key does not know this file"
        raise MestringError(what, place=str(path), hint="Give the key with which it was pseudonymised.")
    edits = [Edit(*match.span(), by_label[match.group()]) for match in found]
    name = Path(known.original_name).stem + path.suffix if known else path.name
    return name, fields.written(edits, place=str(path)), False
