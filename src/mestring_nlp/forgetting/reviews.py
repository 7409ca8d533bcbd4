"""Take an informant out of a review's database, so that nothing of them is left in its free pages."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from mestring_nlp.forgetting.informant import Informant
from mestring_nlp.review import database
from mestring_nlp.review.store import Store
from mestring_nlp.transcript import Transcript


def transcripts_in(folder: Path) -> dict[str, Transcript]:
    """Return a review's transcripts by name.

    Raises
    ------
    MestringError
        The database cannot be read, or is of another version.
    """
    path = folder / database.DATABASE
    with database.failures(path):
        connection = database.connect(path)
        try:
            database.check_version(connection, path)
            store = Store(path, connection)
            return {name: store.transcript(name) for name in store.names}
        finally:
            connection.close()


def forget_in_review(folder: Path, who: Informant) -> None:
    """Remove an informant's transcript, passages, suggestions, events, decisions and memos.

    Words of theirs in what remains, such as the reason of a suggestion or a memo, are emptied. All of it
    is one transaction; then the file is written anew and its log cut, so that no page keeps a word.

    Raises
    ------
    MestringError
        The database cannot be written; then nothing is removed.
    """
    path = folder / database.DATABASE
    with database.failures(path):
        connection = database.connect(path)
        try:
            database.check_version(connection, path)
            connection.execute("PRAGMA secure_delete = ON")
            with database.transaction(connection, path):
                for name, number in connection.execute(
                    "SELECT name, number FROM transcripts"
                ).fetchall():
                    if who.is_called(name):
                        _remove(connection, name, number)
                _renumber(connection)
                _blank(connection, who)
            compact(connection)
        finally:
            connection.close()


def compact(connection: sqlite3.Connection) -> None:
    """Write a database anew without its free pages, and cut its log."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def compact_review(folder: Path) -> None:
    """Write the database of a review anew, which a run that was killed may not have come to."""
    path = folder / database.DATABASE
    with database.failures(path):
        connection = database.connect(path)
        try:
            compact(connection)
        finally:
            connection.close()


def _remove(connection: sqlite3.Connection, name: str, number: int) -> None:
    passages = "SELECT id FROM passages WHERE number = ?"
    targets = [f"passage:{row[0]}" for row in connection.execute(passages, [number])]
    for target in (*targets, f"interview:{name}"):
        connection.execute("DELETE FROM memos WHERE target = ?", [target])
        connection.execute("DELETE FROM events WHERE target = ?", [target])
    for table in ("events", "decisions", "suggestions"):
        connection.execute(f"DELETE FROM {table} WHERE passage IN ({passages})", [number])
    connection.execute("DELETE FROM passages WHERE number = ?", [number])
    connection.execute("DELETE FROM transcripts WHERE name = ?", [name])


def _renumber(connection: sqlite3.Connection) -> None:
    """Number the interviews from 0 without a gap: a review counts on it."""
    rows = connection.execute("SELECT name, number FROM transcripts ORDER BY number").fetchall()
    for number, (name, old) in enumerate(rows):
        if number != old:
            connection.execute("UPDATE passages SET number = ? WHERE number = ?", (number, old))
            connection.execute("UPDATE transcripts SET number = ? WHERE name = ?", (number, name))


def _blank(connection: sqlite3.Connection, who: Informant) -> None:
    """Empty what quotes the informant in the rows of others."""
    for key, reason in connection.execute("SELECT passage, reason FROM suggestions").fetchall():
        if not reason:
            continue
        content = json.loads(reason)
        nearest = [
            near
            for near in content.get("nearest", [])
            if not (who.says(near["text"]) or who.is_called(near["transcript"]))
        ]
        if len(nearest) != len(content.get("nearest", [])):
            said = json.dumps({**content, "nearest": nearest}, ensure_ascii=False)
            connection.execute("UPDATE suggestions SET reason = ? WHERE passage = ?", (said, key))
    for table, columns, key in (
        ("memos", ("text",), "rowid"),
        ("decisions", ("note",), "rowid"),
        ("events", ("before", "after", "note"), "id"),
    ):
        for column in columns:
            for row, value in connection.execute(f"SELECT {key}, {column} FROM {table}").fetchall():
                if who.says(value):
                    new = _without_note(value) if column in ("before", "after") else ""
                    connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (new, row))


def _without_note(value: str) -> str:
    """Return an event's decision without its note; a memo's text is emptied."""
    try:
        content = json.loads(value)
    except ValueError:
        return ""
    if not isinstance(content, dict) or "status" not in content:
        return ""
    content.pop("note", None)
    return json.dumps(content, ensure_ascii=False)
