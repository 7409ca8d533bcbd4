"""The database of a review: its tables, how it is opened, and what is said when it fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mestring_nlp.errors import MestringError

DATABASE = "review.sqlite"
VERSION = 1
"""The layout of the tables, in the database's ``user_version``."""

TABLES = {
    "meta": "key TEXT PRIMARY KEY, value TEXT NOT NULL",
    "transcripts": (
        "name TEXT PRIMARY KEY, number INTEGER NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, "
        "hash TEXT NOT NULL, turns TEXT NOT NULL, source TEXT NOT NULL, source_hash TEXT NOT NULL"
    ),
    "passages": (
        "id INTEGER PRIMARY KEY, number INTEGER NOT NULL, turn INTEGER NOT NULL, "
        "start INTEGER NOT NULL, end INTEGER NOT NULL, base INTEGER NOT NULL"
    ),
    "models": (
        "name TEXT PRIMARY KEY, library TEXT NOT NULL, data_hash TEXT NOT NULL, time TEXT NOT NULL"
    ),
    "suggestions": (
        "passage INTEGER PRIMARY KEY, model TEXT NOT NULL, decision TEXT NOT NULL, codes TEXT NOT NULL, "
        "probabilities TEXT NOT NULL, no_code REAL NOT NULL, prediction_set TEXT NOT NULL, "
        "reason TEXT NOT NULL, confidence REAL NOT NULL, uncertainty REAL NOT NULL, top TEXT NOT NULL, "
        "changed INTEGER NOT NULL DEFAULT 0"
    ),
    "events": (
        "id INTEGER PRIMARY KEY AUTOINCREMENT, step INTEGER NOT NULL, time TEXT NOT NULL, "
        "coder TEXT NOT NULL, made_by TEXT NOT NULL, act TEXT NOT NULL, target TEXT NOT NULL, "
        "passage INTEGER, before TEXT NOT NULL, after TEXT NOT NULL, note TEXT NOT NULL, "
        "suggested TEXT NOT NULL, undoes INTEGER"
    ),
    "decisions": (
        "coder TEXT NOT NULL, passage INTEGER NOT NULL, status TEXT NOT NULL, codes TEXT NOT NULL, "
        "note TEXT NOT NULL, PRIMARY KEY (passage, coder)"
    ),
    "memos": (
        "coder TEXT NOT NULL, target TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (coder, target)"
    ),
}
"""The columns of each table. Decisions and memos follow from the events and are kept for speed."""

_INDICES = (
    "CREATE INDEX IF NOT EXISTS places ON passages (number, start)",
    "CREATE INDEX IF NOT EXISTS steps ON events (step)",
    "CREATE INDEX IF NOT EXISTS undone ON events (undoes)",
)


class NotWrittenError(MestringError):
    """What was done could not be kept, or its table could not be written."""


def create(path: Path) -> sqlite3.Connection:
    """Create the tables in a new file, and return its connection."""
    connection = connect(path)
    with failures(path):
        for name, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {name} ({columns})")
        for index in _INDICES:
            connection.execute(index)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """Open a file so that what was committed outlives the process and the power."""
    with failures(path):
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            connection.row_factory = sqlite3.Row
            path.chmod(0o600)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
    return connection


def check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Raise unless the tables are laid out as this version lays them out."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found != VERSION:
        raise MestringError(
            f"the review has layout {found}, and this version reads layout {VERSION}",
            place=str(path),
            hint="Open it with the version of mestring-nlp that made it.",
        )


def is_sound(connection: sqlite3.Connection) -> bool:
    """Return whether the whole file can be read as a database."""
    try:
        return [row[0] for row in connection.execute("PRAGMA quick_check(1)")] == ["ok"]
    except sqlite3.DatabaseError:
        return False


@contextmanager
def failures(path: Path) -> Iterator[None]:
    """Raise what the database cannot do as an error that says what to do about it."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        said = str(error)
        hint = "Check free space and permissions; what was decided before is kept."
        if "full" in said:
            hint = "Free space on the disk, and decide again; what was decided before is kept."
        elif "malformed" in said or "not a database" in said:
            hint = "Close the review and open it again: what can be saved is saved then."
        raise NotWrittenError(
            f"the review cannot be written ({said})", place=str(path), hint=hint
        ) from error


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Apply all that follows, or nothing of it."""
    with failures(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if connection.in_transaction:  # a full disk may have rolled it back already
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
