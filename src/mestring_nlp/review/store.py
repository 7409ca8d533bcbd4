"""The store of a review: passages, suggestions, events and what follows from these, in one SQLite file.

Nothing here knows what a decision means; see `mestring_nlp.review.review`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.review import database
from mestring_nlp.review.events import (
    DECISION,
    GONE,
    IMPORT,
    UNDECIDED,
    UNDO,
    Change,
    Decision,
    Event,
    replay,
)
from mestring_nlp.review.passages import Passage, kept_suggestion, kept_transcript, turns_text
from mestring_nlp.transcript import Transcript

_PASSAGE = (
    "SELECT p.id, p.number, p.turn, p.start, p.end, d.status, d.codes AS decided, d.note, "
    "s.model, s.decision, s.codes, s.probabilities, s.no_code, s.prediction_set, s.reason, "
    "s.confidence, s.changed, m.text AS memo "
    "FROM passages p LEFT JOIN decisions d ON d.passage = p.id AND d.coder = :coder "
    "LEFT JOIN suggestions s ON s.passage = p.id "
    "LEFT JOIN memos m ON m.coder = :coder AND m.target = 'passage:' || p.id "
)
_PRESENT = f"(p.base = 1 OR d.status IS NOT NULL) AND coalesce(d.status, '{UNDECIDED}') <> '{GONE}'"

FILTERS = {
    "all": "1",
    "undecided": f"coalesce(d.status, '{UNDECIDED}') = '{UNDECIDED}'",
    "unsure": f"(d.status = 'unsure' OR coalesce(d.status, '{UNDECIDED}') = '{UNDECIDED}' "
    "AND s.decision = 'abstained')",
    "disagreement": "d.status IN ('codes', 'no_code') AND s.passage IS NOT NULL AND (s.decision = "
    "'abstained' OR NOT same_codes(d.codes, s.codes))",
    "changed": f"s.changed = 1 AND coalesce(d.status, '{UNDECIDED}') = '{UNDECIDED}'",
    "memo": "m.text IS NOT NULL AND m.text <> ''",
}
"""Which passages are asked for, as SQL. Beside these, ``code:ID`` asks for those with a code."""

_BLIND = {**FILTERS, "unsure": "d.status = 'unsure'", "changed": "0"}


@dataclass(frozen=True)
class KeptFile:
    """Where a transcript was read from, and the SHA-256 of that file's bytes; empty if unknown."""

    path: str = ""
    hash: str = ""


class Store:
    """A review's database.

    Parameters
    ----------
    path : pathlib.Path
        An open review's file.
    connection : sqlite3.Connection
        See `database.connect`.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self._db = path, connection
        connection.create_function("same_codes", 2, _same_codes, deterministic=True)
        self._transcripts: dict[str, Transcript] = {}
        self._names: list[str] = []

    def close(self) -> None:
        """Close the database, its log merged into the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Apply all that follows, or nothing of it."""
        with database.transaction(self._db, self.path):
            yield

    def rows(self, sql: str, values: Any = ()) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with database.failures(self.path):
            return self._db.execute(sql, values).fetchall()

    def write(self, sql: str, rows: Iterable[Any]) -> None:
        """Apply a statement to each of several rows."""
        self._db.executemany(sql, rows)

    def get(self, key: str, default: str = "") -> str:
        """Return what is kept under a key."""
        found = self.rows("SELECT value FROM meta WHERE key = ?", [key])
        return str(found[0][0]) if found else default

    def set(self, key: str, value: str) -> None:
        """Replace what is kept under a key."""
        self.write("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(key, value)])

    @property
    def names(self) -> list[str]:
        """The transcripts' names, in order."""
        if not self._names:
            found = self.rows("SELECT name FROM transcripts ORDER BY number")
            self._names = [row[0] for row in found]
        return self._names

    def transcript(self, name: str) -> Transcript:
        """Return a transcript by name."""
        if name not in self._transcripts:
            (row,) = self.rows("SELECT * FROM transcripts WHERE name = ?", [name])
            self._transcripts[name] = kept_transcript(dict(row))
        return self._transcripts[name]

    def files(self) -> dict[str, KeptFile]:
        """Return where each transcript was read from."""
        rows = self.rows("SELECT name, source, source_hash FROM transcripts ORDER BY number")
        return {row["name"]: KeptFile(row["source"], row["source_hash"]) for row in rows}

    def add_transcript(self, transcript: Transcript, file: KeptFile) -> None:
        """Add a transcript behind the others."""
        number = len(self.names)
        values = (transcript.name, number, transcript.title, transcript.text, transcript.hash)
        row = (*values, turns_text(transcript), file.path, file.hash)
        self.write("INSERT INTO transcripts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [row])
        self._names = []

    def add_passages(self, name: str, spans: Sequence[tuple[int, int, int]], *, base: bool) -> list[int]:
        """Add passages, each with turn, start and end, and return their ids.

        Those of the base are there for every coder; others only for the coder who made them.
        """
        number, ids = self.names.index(name), []
        sql = "INSERT INTO passages (number, turn, start, end, base) VALUES (?, ?, ?, ?, ?)"
        for turn, start, end in spans:
            made = self._db.execute(sql, (number, turn, start, end, int(base)))
            ids.append(int(made.lastrowid or 0))
        return ids

    def put_suggestions(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add suggestions, or replace those that there are, marking what changed."""
        if not rows:
            return
        names = list(rows[0])
        self.write(
            f"INSERT INTO suggestions ({', '.join(names)}) VALUES ({', '.join(f':{n}' for n in names)}) "
            "ON CONFLICT (passage) DO UPDATE SET changed = (suggestions.decision <> "
            "excluded.decision OR NOT same_codes(suggestions.codes, excluded.codes)), "
            + ", ".join(f"{name} = excluded.{name}" for name in names[1:]),
            rows,
        )

    def copy_suggestion(self, source: int, passage: int) -> None:
        """Add for a passage what was suggested for the one that it is cut from."""
        columns = [c.split()[0] for c in database.TABLES["suggestions"].split(", ")][1:]
        listed = ", ".join(columns)
        self.write(
            f"INSERT OR REPLACE INTO suggestions (passage, {listed}) "
            f"SELECT ?, {listed} FROM suggestions WHERE passage = ?",
            [(passage, source)],
        )

    def passages(
        self,
        coder: str,
        where: str = "1",
        values: Mapping[str, Any] | None = None,
        *,
        order: str = "p.number, p.start",
        limit: int = -1,
    ) -> list[Passage]:
        """Return passages as a coder sees them.

        Parameters
        ----------
        coder : str
        where : str, optional
            A condition on ``p`` (passages), ``d`` (decisions), ``s`` (suggestions), ``m`` (memos).
        values : mapping, optional
            The condition's values.
        order : str, optional
        limit : int, optional
            How many at most.

        Returns
        -------
        list of Passage
        """
        sql = f"{_PASSAGE} WHERE {_PRESENT} AND ({where}) ORDER BY {order} LIMIT :limit"
        rows = self.rows(sql, {"coder": coder, "limit": limit, **(values or {})})
        return [self._passage(row) for row in rows]

    def _passage(self, row: sqlite3.Row) -> Passage:
        name = self.names[row["number"]]
        status = row["status"]
        codes = tuple(json.loads(row["decided"])) if status else ()
        return Passage(
            row["id"],
            name,
            row["turn"],
            row["start"],
            row["end"],
            self.transcript(name).text[row["start"] : row["end"]],
            Decision(status, codes, row["note"]) if status else Decision(),
            kept_suggestion(dict(row)) if row["model"] is not None else None,
            row["memo"] or "",
        )

    def near(self, coder: str, passage: Passage, before: int, after: int) -> list[Passage]:
        """Return a passage with some before and some after it in its interview."""
        values = {"number": self.names.index(passage.transcript), "start": passage.start}
        earlier = self.passages(
            coder, "p.number = :number AND p.start < :start", values, order="p.start DESC", limit=before
        )
        here = self.passages(
            coder, "p.number = :number AND p.start >= :start", values, order="p.start", limit=after + 1
        )
        return [*reversed(earlier), *here]

    def at(self, coder: str, number: int, position: int) -> Passage | None:
        """Return the passage at a position of an interview, or the next after it."""
        values = {"number": number, "position": position}
        where = "p.number = :number AND p.end > :position"
        found = self.passages(coder, where, values, order="p.start", limit=1)
        return found[0] if found else None

    def touching(self, coder: str, name: str, start: int, end: int) -> list[Passage]:
        """Return a coder's passages that a span overlaps."""
        where = "p.number = :number AND p.start < :end AND p.end > :start"
        values = {"number": self.names.index(name), "start": start, "end": end}
        return self.passages(coder, where, values)

    def count_before(self, coder: str, number: int, start: int) -> int:
        """Return how many passages of an interview come before a position."""
        sql = (
            "SELECT count(*) FROM passages p LEFT JOIN decisions d ON d.passage = p.id AND d.coder = ? "
            f"WHERE p.number = ? AND p.start < ? AND {_PRESENT}"
        )
        return int(self.rows(sql, (coder, number, start))[0][0])

    def decision(self, coder: str, passage: int) -> Decision:
        """Return what a coder said of a passage."""
        sql = "SELECT status, codes, note FROM decisions WHERE passage = ? AND coder = ?"
        found = self.rows(sql, (passage, coder))
        return (
            Decision(found[0][0], tuple(json.loads(found[0][1])), found[0][2]) if found else Decision()
        )

    def memo(self, coder: str, target: str) -> str:
        """Return a coder's memo; empty where there is none."""
        found = self.rows("SELECT text FROM memos WHERE coder = ? AND target = ?", (coder, target))
        return str(found[0][0]) if found else ""

    def memos(self, coder: str) -> dict[str, str]:
        """Return a coder's memos by target."""
        sql = "SELECT target, text FROM memos WHERE coder = ? AND text <> '' ORDER BY target"
        return {row[0]: row[1] for row in self.rows(sql, [coder])}

    @property
    def coders(self) -> list[str]:
        """Who decided anything, in order of appearance."""
        sql = "SELECT coder FROM events WHERE target = ? GROUP BY coder ORDER BY min(id)"
        return [row[0] for row in self.rows(sql, [DECISION])]

    def add_events(
        self,
        changes: Sequence[Change],
        *,
        coder: str,
        by: str,
        act: str,
        note: str = "",
        undoes: int | None = None,
    ) -> int:
        """Add the events of one step within a transaction, apply them, and return the step's number."""
        (last,) = self.rows("SELECT coalesce(max(step), 0) FROM events")
        step = int(last[0]) + 1
        time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.write(
            "INSERT INTO events (step, time, coder, made_by, act, target, passage, before, after, note, "
            "suggested, undoes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *(step, time, coder, by, act, c.target, c.passage, c.before, c.after, note),
                    *(c.suggested, undoes),
                )
                for c in changes
            ],
        )
        for change in changes:
            self.apply(coder, change)
        return step

    def apply(self, coder: str, change: Change) -> None:
        """Apply a change to the coder's state, without its event."""
        self._apply(coder, change.target, change.passage, change.after)

    def _apply(self, coder: str, target: str, passage: int | None, after: str) -> None:
        if target == DECISION:
            new = Decision.from_json(after)
            row = (coder, passage, new.status, json.dumps(list(new.codes)), new.note)
            self.write("INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?, ?)", [row])
        else:
            self.write("INSERT OR REPLACE INTO memos VALUES (?, ?, ?)", [(coder, target, after)])

    def rebuild(self) -> None:
        """Replace decisions and memos by what the events say."""
        state = replay(self.events())
        self.write("DELETE FROM decisions", [()])
        self.write("DELETE FROM memos", [()])
        for (coder, passage), decision in state.decisions.items():
            self._apply(coder, DECISION, passage, decision.to_json())
        for (coder, target), text in state.memos.items():
            self._apply(coder, target, None, text)

    def events(self, where: str = "1", values: Any = ()) -> list[Event]:
        """Return events in order of time, all if no condition is given."""
        return [
            Event(*row) for row in self.rows(f"SELECT * FROM events WHERE {where} ORDER BY id", values)
        ]

    def last_event(self) -> int:
        """Return the number of the latest event."""
        return int(self.rows("SELECT coalesce(max(id), 0) FROM events")[0][0])

    def last_decided(self, coder: str) -> int | None:
        """Return the passage that a coder decided on last."""
        found = self.rows(
            "SELECT passage FROM events WHERE coder = ? AND passage IS NOT NULL "
            "ORDER BY id DESC LIMIT 1",
            [coder],
        )
        return int(found[0][0]) if found else None

    def undoable(self, by: str, coder: str = "") -> int | None:
        """Return somebody's latest step that is neither undone nor an undoing nor an import.

        Parameters
        ----------
        by : str
            Who did it. What another has changed since for the same coder is left to that one.
        coder : str, optional
            Whose codings changed; anybody's if left out.
        """
        found = self.rows(
            "SELECT step FROM events e WHERE made_by = :by AND :coder IN ('', coder) "
            "AND act NOT IN (:undo, :import) AND NOT EXISTS (SELECT 1 FROM events u WHERE u.undoes = "
            "e.step) AND (coder = made_by OR NOT EXISTS (SELECT 1 FROM events l WHERE l.id > e.id AND "
            "l.coder = e.coder AND l.made_by <> e.made_by)) ORDER BY id DESC LIMIT 1",
            {"by": by, "coder": coder, "undo": UNDO, "import": IMPORT},
        )
        return int(found[0][0]) if found else None

    def worth(self, coder: str, confident: float, limit: int) -> list[sqlite3.Row]:
        """Return passages that a coder may look at next, those of which the model is least sure first.

        Parameters
        ----------
        coder : str
        confident : float
            How sure the model must be to contradict a decision; zero to leave decisions alone.
        limit : int

        Returns
        -------
        list of Row
            ``id``, ``number`` of the interview, ``top`` answer, ``worth``, whether it is ``decided``.
        """
        return self.rows(
            "SELECT p.id, p.number, coalesce(s.top, '') AS top, "
            "coalesce(CASE WHEN d.status IN ('codes', 'no_code') THEN s.confidence "
            "ELSE s.uncertainty END, 0.0) AS worth, "
            "coalesce(d.status IN ('codes', 'no_code'), 0) AS decided "
            "FROM passages p LEFT JOIN suggestions s ON s.passage = p.id "
            "LEFT JOIN decisions d ON d.passage = p.id AND d.coder = :coder "
            "WHERE (p.base = 1 OR d.status IS NOT NULL) AND "
            f"(coalesce(d.status, '{UNDECIDED}') = '{UNDECIDED}' OR d.status IN ('codes', 'no_code') "
            "AND :confident > 0 AND s.confidence >= :confident AND NOT same_codes(d.codes, s.codes)) "
            "ORDER BY worth DESC, p.id LIMIT :limit",
            {"coder": coder, "confident": confident, "limit": limit},
        )

    def progress(self, coder: str, number: int) -> dict[str, int]:
        """Return how many of an interview's passages have each status."""
        rows = self.rows(
            f"SELECT coalesce(d.status, '{UNDECIDED}'), count(*) FROM passages p LEFT JOIN decisions d "
            f"ON d.passage = p.id AND d.coder = ? WHERE p.number = ? AND {_PRESENT} GROUP BY 1",
            (coder, number),
        )
        return {row[0]: row[1] for row in rows}


def _same_codes(one: str, other: str) -> bool:
    return one == other or set(json.loads(one)) == set(json.loads(other))


def filter_of(only: str, blind: bool = False) -> tuple[str, dict[str, object]]:
    """Return a filter's condition in SQL and its values; blind ones do not look at suggestions.

    Raises
    ------
    MestringError
        There is no such filter.
    """
    kind, _, code = only.partition(":")
    if kind == "code" and code:
        given = "coalesce(d.status, '') IN ('codes', 'no_code', 'unsure')"
        codes = "d.codes" if blind else f"(CASE WHEN {given} THEN d.codes ELSE s.codes END)"
        return f"{codes} LIKE :code", {"code": f'%"{code}"%'}
    if only not in FILTERS:
        raise MestringError(
            f"unknown filter {only!r}", hint=f"Known: {', '.join(FILTERS)}, and code:ID."
        )
    return (_BLIND if blind else FILTERS)[only], {}
