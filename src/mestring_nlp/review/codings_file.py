"""``codings.csv`` of a review: what people decided, in the form that every command reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.files import write_file
from mestring_nlp.review.database import NotWrittenError
from mestring_nlp.review.events import GONE, UNDECIDED, UNSURE
from mestring_nlp.review.passages import Passage
from mestring_nlp.review.store import Store
from mestring_nlp.text import csv_bytes
from mestring_nlp.training_data import ADJUDICATED
from mestring_nlp.transcript import Coding

CODINGS = "codings.csv"
Standing = Callable[[str], Sequence[Passage] | None]
"""Returns what stands for the coder `ADJUDICATED` in an interview; None: what is kept as theirs."""

FIELDS = ("transcript", "start", "end", "code", "coder", "note", "decision")
_ROWS = (
    "SELECT p.number, p.start, p.end, d.coder, d.status, d.codes, d.note, m.text AS memo "
    "FROM passages p JOIN decisions d ON d.passage = p.id "
    "LEFT JOIN memos m ON m.coder = d.coder AND m.target = 'passage:' || p.id "
    f"WHERE d.status NOT IN ('{UNDECIDED}', '{GONE}') "
)


class CodingsFile:
    """Keeps ``codings.csv`` beside a review's database as the database is.

    An interview's rows are made again when something in it is decided, the others' kept, so that a
    decision costs no more in a review of many interviews.

    Parameters
    ----------
    store : Store
    path : pathlib.Path
    standing : callable
        See `Standing`.
    """

    def __init__(self, store: Store, path: Path, standing: Standing) -> None:
        self._store, self._path, self._standing = store, path, standing
        self._blocks: dict[int, bytes] = {}
        self._stale = set(range(len(store.names)))
        self._unwritten = True

    def touch(self, numbers: Iterable[int]) -> None:
        """Read the rows of some interviews again before the next writing."""
        self._stale.update(numbers)
        self._unwritten = True

    def write(self) -> None:
        """Write the table, whole or not at all, unless nothing has changed."""
        if not self._unwritten:
            return
        for number in sorted(self._stale):
            rows = list(_table_rows(self._store, number, self._standing))
            self._blocks[number] = csv_bytes(rows) if rows else b""
        self._stale.clear()
        blocks = (self._blocks.get(number, b"") for number in range(len(self._store.names)))
        try:
            write_file(self._path, b"".join([csv_bytes([FIELDS]), *blocks]), force=True)
        except MestringError as error:
            raise NotWrittenError(
                error.problem,
                place=error.place,
                hint="The decision is kept in the database; the table follows when it can be written.",
            ) from error
        self._unwritten = False


def _table_rows(store: Store, number: int, standing: Standing) -> Iterator[tuple[Any, ...]]:
    name = store.names[number]
    stands = standing(name)
    found = store.rows(f"{_ROWS} AND p.number = ? ORDER BY d.coder, p.start", [number])
    for row in found:
        if stands is not None and row["coder"] == ADJUDICATED:
            continue
        note = row["note"] or row["memo"] or ""
        decision = "abstained" if row["status"] == UNSURE else row["status"]
        for code in json.loads(row["codes"]) or ("",):
            yield name, row["start"], row["end"], code, row["coder"], note, decision
    for p in stands or ():
        for code in p.decision.codes or ("",):
            note = p.decision.note or p.memo
            yield name, p.start, p.end, code, ADJUDICATED, note, p.decision.status


def codings_of(
    store: Store,
    coder: str | None = None,
    name: str = "",
    standing: Standing = lambda name: None,
) -> list[Coding]:
    """Return what people decided as codings; what they are unsure of is no coding.

    Parameters
    ----------
    store : Store
    coder : str, optional
        Whose; everybody's if left out.
    name : str, optional
        The interview; all if left out.
    standing : callable, optional
        See `Standing`.
    """
    names = [name] if name else store.names
    return [
        Coding(*row[:6])
        for one in names
        for row in sorted(
            _table_rows(store, store.names.index(one), standing), key=lambda r: (r[1], r[4], r[2])
        )
        if row[6] != "abstained" and coder in (None, row[4])
    ]
