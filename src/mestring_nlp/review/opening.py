"""Create and open a review's folder: its transcripts as they were, its codebook as it is."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path

from mestring_nlp._version import __version__
from mestring_nlp.code_names import CodeNames
from mestring_nlp.codebook import Codebook, load_codebook, parse_codebook
from mestring_nlp.errors import MestringError
from mestring_nlp.files import write_file
from mestring_nlp.readers import VERBATIM
from mestring_nlp.readers.decoding import canonical, decode
from mestring_nlp.readers.sums import SUMS, sums
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.review import database
from mestring_nlp.review.codings_file import CODINGS, FIELDS
from mestring_nlp.review.database import DATABASE
from mestring_nlp.review.lock import LOCK
from mestring_nlp.review.salvage import salvage
from mestring_nlp.review.store import KeptFile, Store
from mestring_nlp.segmentation import segment
from mestring_nlp.transcript import MACHINE, Transcript

CODEBOOK = "codebook.yaml"
PROJECT = "project.qdpx"
BEGUN = "begun"
"""The key of the latest event when all that the project holds had been read."""
_LONGEST_NAME = 80


def is_review(folder: Path) -> bool:
    """Return whether a folder holds a review."""
    return (folder / DATABASE).is_file()


def check_database(folder: Path) -> None:
    """Raise where a folder holds what a review keeps beside its database, and no database."""
    table = folder / CODINGS
    kept = (folder / LOCK).is_file()
    if not kept and table.is_file() and (folder / VERBATIM).is_dir():
        with table.open("rb") as file:
            kept = file.readline().strip() == ",".join(FIELDS).encode()
    if kept and not (folder / DATABASE).exists():
        raise MestringError(
            f"the database of the review, {DATABASE}, is missing",
            place=str(folder),
            hint=f"Copy it back; or begin in a new folder with `mestring review {folder / VERBATIM} "
            f"--codings {table} --out NEW`.",
        )


def checked_coder(coder: str) -> str:
    """Return a coder's name without white space around it, or raise if it cannot be one."""
    name = " ".join(coder.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise MestringError(
            f"{coder[:40]!r} cannot be a coder's name", hint="Give one such as --coder kari."
        )
    if name.startswith(MACHINE) or name == MACHINE.strip():
        raise MestringError(f"{name!r} is a model's name", hint="Give a person's, such as --coder kari.")
    return name


def new_store(folder: Path, codebook: Codebook) -> Store:
    """Create the database and the codebook of a review."""
    path = folder / DATABASE
    store = Store(path, database.create(path))
    with store.transaction():
        store.set("library", __version__)
        store.set("codebook", codebook.to_yaml())
    if not (folder / CODEBOOK).exists():
        write_file(folder / CODEBOOK, codebook.to_yaml().encode())
    return store


def opened_store(folder: Path) -> tuple[Store, list[str]]:
    """Return the database of a review, and what had to be done to it.

    Raises
    ------
    MestringError
        There is no review, it is of another version, or it is damaged beyond help.
    """
    path = folder / DATABASE
    check_database(folder)
    if not path.is_file():
        raise MestringError(
            "this is no folder of a review",
            place=str(folder),
            hint="Begin one with `mestring review TRANSCRIPTS --out FOLDER`.",
        )
    if not path.stat().st_size:
        raise MestringError(
            "the database of the review is empty or damaged",
            place=str(path),
            hint="Copy it back; or begin in a new folder with what codings.csv beside it holds: "
            f"`mestring review {folder / VERBATIM} --codings {folder / CODINGS} --out NEW`.",
        )
    notes: list[str] = []
    connection = _sound(path)
    if connection is None:
        notes.append(salvage(path))
        connection = database.connect(path)
    database.check_version(connection, path)
    return Store(path, connection), notes


def _sound(path: Path) -> sqlite3.Connection | None:
    """Return the connection to a database that can be read to its end, or None."""
    try:
        connection = database.connect(path)
    except MestringError as error:
        if isinstance(error.__cause__, sqlite3.DatabaseError) and not isinstance(
            error.__cause__, sqlite3.OperationalError
        ):
            return None
        raise
    if database.is_sound(connection):
        return connection
    connection.close()
    return None


def current_codebook(folder: Path, store: Store) -> tuple[Codebook, dict[str, str], list[str]]:
    """Return the codebook as it is, the names of codes that it no longer has, and what to say of these.

    The file in the folder may be edited: what was coded with a code that is gone keeps it.
    """
    kept = parse_codebook(store.get("codebook"), place=str(folder / DATABASE))
    file = folder / CODEBOOK
    book = load_codebook(file) if file.is_file() else kept
    before = {code.id: code.name for code in kept} | _gone(store)
    gone = {code: name for code, name in before.items() if code not in book.ids}
    if book.hash != kept.hash or gone != _gone(store):
        with store.transaction():
            store.set("codebook", book.to_yaml())
            store.set("gone", "\n".join(f"{code}\t{name}" for code, name in gone.items()))
    used = {
        code
        for code in gone
        if store.rows("SELECT 1 FROM decisions WHERE codes LIKE ? LIMIT 1", [f'%"{code}"%'])
    }
    notes = [
        f"the codebook no longer has {code!r} ({gone[code]}), used in the coding: passages keep it"
        for code in sorted(used)
    ]
    return book, gone, notes


def _gone(store: Store) -> dict[str, str]:
    lines = store.get("gone").splitlines()
    return {code: name for code, _, name in (line.partition("\t") for line in lines)}


def with_codes(book: Codebook, other: Codebook | None, used: Iterable[str]) -> Codebook:
    """Return a codebook with those codes of another that were used and that it lacks by any name."""
    if other is None:
        return book
    given = set(used)
    meant = same_codes(other, book)
    lacking = [code for code in other if code.id in given and meant[code.id] not in book.ids]
    bare = [replace(code, excludes=()) for code in lacking]
    return replace(book, codes=(*book.codes, *bare)) if lacking else book


def same_codes(other: Codebook, book: Codebook) -> dict[str, str]:
    """Return what the codes of another codebook are called in ours, by id or name; else as there."""
    names = CodeNames(book)
    return {
        code.id: names.find(code.name, place=other.title)
        or names.find(code.id, place=other.title)
        or code.id
        for code in other
    }


def add_transcripts(
    folder: Path, store: Store, transcripts: Iterable[Transcript], files: Mapping[str, Path]
) -> list[str]:
    """Add transcripts that a review lacks, cut into passages, and return their names.

    Raises
    ------
    MestringError
        One that it has reads otherwise now; the message names the first line that differs.
    """
    added = []
    for transcript in transcripts:
        file = files.get(transcript.name)
        if transcript.name in store.names:
            _check_same(store.transcript(transcript.name), transcript.text, str(file or transcript.name))
            continue
        spans = [(s.turn, s.start, s.end) for s in segment(transcript)]
        kept = KeptFile(str(file.resolve()), _hash(read_bytes(file))) if file else KeptFile()
        copy = folder / VERBATIM / f"{transcript.name}.txt"
        if not copy.exists():
            write_file(copy, transcript.text.encode())
        with store.transaction():
            store.add_transcript(transcript, kept)
            store.add_passages(transcript.name, spans, base=True)
        added.append(transcript.name)
    if added:
        _write_sums(folder, store)
    return added


def _write_sums(folder: Path, store: Store) -> None:
    """Write beside the copies of the transcripts what their texts are, for other commands to check."""
    kept = store.rows("SELECT name, hash FROM transcripts ORDER BY number")
    content = sums({f"{row['name']}.txt": row["hash"] for row in kept})
    write_file(folder / VERBATIM / SUMS, content, force=True)


def check_copies(folder: Path, store: Store) -> None:
    """Raise where the copy of a transcript in the folder is not the text that was coded."""
    for name in store.names:
        copy = folder / VERBATIM / f"{name}.txt"
        transcript = store.transcript(name)
        if not copy.exists():
            write_file(copy, transcript.text.encode())
            continue
        data = read_bytes(copy)
        if _hash(data) != transcript.hash:
            _check_same(transcript, canonical(decode(data, place=str(copy))), str(copy))
    if store.names and not (folder / VERBATIM / SUMS).exists():
        _write_sums(folder, store)


def changed_sources(store: Store) -> dict[str, Path]:
    """Return the files of transcripts whose bytes have changed since they were read."""
    found = {}
    for name, file in store.files().items():
        path = Path(file.path)
        if file.path and path.is_file() and _hash(read_bytes(path)) != file.hash:
            found[name] = path
    return found


def _check_same(kept: Transcript, text: str, place: str) -> None:
    """Raise unless a text is the one that was coded."""
    if text == kept.text:
        return
    ours, theirs = kept.text.split("\n"), text.split("\n")
    ends = max(len(ours), len(theirs)) - 1
    line = next(
        (
            number
            for number in count()
            if number >= ends or number >= min(len(ours), len(theirs)) or ours[number] != theirs[number]
        ),
        0,
    )
    was, now = (lines[line][:60] if line < len(lines) else "" for lines in (ours, theirs))
    raise MestringError(
        f"the text has changed since it was coded: {was!r} reads {now!r} now",
        place=f"{place}, line {line + 1} of its text",
        hint="Positions hold for one text only: restore it, or begin another review of the new one.",
    )


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
