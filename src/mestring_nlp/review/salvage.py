"""Save what can be read of a damaged database: row by row, from both ends of each table."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.review import database
from mestring_nlp.review.store import Store
from mestring_nlp.text import counted

_NEEDED = ("meta", "transcripts", "passages")
_DERIVED = ("decisions", "memos")
_NEAR = 2_000
_LAST = 2**50


def salvage(path: Path) -> str:
    """Replace a damaged database by a new one with all that can be read of it.

    Parameters
    ----------
    path : pathlib.Path
        The damaged one is kept beside it.

    Returns
    -------
    str
        What was saved, and where the damaged file lies.

    Raises
    ------
    MestringError
        Not even the transcripts can be read. The file is as it was.
    """
    new = path.with_name(f".{path.name}.salvaged")
    for file in _family(new):
        file.unlink(missing_ok=True)
    made = database.create(new)
    saved: dict[str, int] = {}
    try:
        old = sqlite3.connect(f"file:{path}?mode=rw", uri=True)
        try:
            with database.transaction(made, new):
                for table in database.TABLES:
                    if table not in _DERIVED:
                        saved[table] = _copy(old, made, table)
                if not all(saved[table] for table in _NEEDED):
                    raise MestringError(
                        "the review's database is damaged, and its transcripts cannot be read",
                        place=str(path),
                        hint="Restore the folder from a copy. codings.csv beside it holds the decisions "
                        "until the damage, and `mestring review TRANSCRIPTS --codings` takes them up.",
                    )
                Store(new, made).rebuild()
        finally:
            old.close()
    except BaseException:
        made.close()
        for file in _family(new):
            file.unlink(missing_ok=True)
        raise
    made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    made.close()
    kept = path.with_name(f"{path.name}.damaged-{datetime.now():%Y%m%d-%H%M%S}")
    for file in _family(path):
        if file.exists():
            os.replace(file, file.with_name(file.name.replace(path.name, kept.name, 1)))
    os.replace(new, path)
    for file in _family(new):
        file.unlink(missing_ok=True)
    return (
        f"the database was damaged: {counted(saved['events'], 'event')}, "
        f"{counted(saved['passages'], 'passage')} and {counted(saved['suggestions'], 'suggestion')} "
        f"could be read and are saved; the damaged file is kept as {kept.name}"
    )


def _family(path: Path) -> list[Path]:
    """Return a database's file and those of its log."""
    return [path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm"))]


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> int:
    """Copy the rows of a table that can be read, and return how many."""
    names = [row[1] for row in new.execute(f"PRAGMA table_info({table})")]
    marks = ", ".join("?" * len(names))
    count = 0
    for row in _rows(old, table, names):
        try:
            new.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)
            count += 1
        except sqlite3.Error:
            continue  # what was read breaks a rule of the table: it is damaged too
    return count


def _rows(db: sqlite3.Connection, table: str, names: list[str]) -> Iterator[tuple[object, ...]]:
    """Yield rows from the first on; past each one that cannot be read, from the next that can."""
    sql = f"SELECT rowid, {', '.join(names)} FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT 1"
    at, failed = -1, 0
    while at < _LAST:
        try:
            found = db.execute(sql, [at]).fetchone()
        except sqlite3.DatabaseError:
            # A page holds some hundred rows at most: one by one past it, then in leaps to the end.
            failed += 1
            at += 1 if failed < _NEAR else 2 ** min(failed - _NEAR, 50)
            continue
        if found is None:
            return
        at, failed = found[0], 0
        yield found[1:]
