"""Tell whose the rows of a table are: only the column that names interviews or cases can say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from mestring_nlp.forgetting.informant import Informant, is_bare, name_in, shown
from mestring_nlp.readers.columns import HEADING_ROWS, identifying, rank
from mestring_nlp.text import counted

_DECIDES = "transcript"
_SPEAKERS_AND_WORDS = 3
_FEWEST_NAMES = 2
_MOST_SHOWN = 3
_LONGEST_SHOWN = 20


@dataclass
class Seen:
    """What of a file is an informant's and what only names them, as the user is shown it beforehand.

    Attributes
    ----------
    gone : dict of str to list of str
        What is removed, by what it is: rows, sheets, sources.
    emptied : int
        Rows of others in which cells are emptied.
    named : list of str
        What stays and names the informant, or may be theirs.
    """

    gone: dict[str, list[str]] = field(default_factory=dict)
    emptied: int = 0
    named: list[str] = field(default_factory=list)

    def remove(self, kind: str, what: str) -> None:
        """Keep what is removed, to be shown."""
        self.gone.setdefault(kind, []).append(what)

    @property
    def removed(self) -> str:
        """What is removed, as a phrase."""
        told = [_some(kind, whats) for kind, whats in self.gone.items()]
        if self.emptied:
            told.append(f"cells of theirs in {counted(self.emptied, 'row')} of others")
        return ", ".join(told) or "what is theirs"

    @property
    def left(self) -> str:
        """What only names the informant, as a phrase."""
        return _some("place", self.named)


def _some(kind: str, whats: Sequence[str]) -> str:
    more = " | …" if len(whats) > _MOST_SHOWN else ""
    return f"{counted(len(whats), kind)}: {' | '.join(whats[:_MOST_SHOWN])}{more}"


class Grid:
    """Which rows and cells of a table are an informant's.

    The column headed ``transcript`` says whose a row is; or another that is headed as naming interviews
    or cases, unless more of the project's names stand in one that is not. Without such a heading it is
    the first column with text, where most of its cells are names of the project's, several different
    ones, and no column has as many. Otherwise no row is theirs by a name. Where the headings name
    several interviews, and no such column has names below, theirs is the column of that heading.

    Parameters
    ----------
    rows : sequence of sequence
        From the first of the table, with the headings.
    who : Informant
    """

    def __init__(self, rows: Sequence[Sequence[Any]], who: Informant) -> None:
        self._rows, self._who = rows, who
        self._known = {who.name, *who.others}
        self._names = [[self._name(cell) for cell in row] for row in rows]
        self._head = -1
        self.column = self._deciding()
        self._top, self._columns = self._matrix()
        self._below = self._without_name()
        self._theirs = [self._cells_of(at) for at in range(len(rows))]

    @property
    def all_theirs(self) -> bool:
        """Whether a column ``transcript`` names the informant in every row, and nobody else."""
        if self.column is None or self._head < 0:
            return False
        if _key(self._rows[self._head][self.column]) != _DECIDES:
            return False
        named = [
            self._at(row, self.column)
            for row in self._rows[self._head + 1 :]
            if shown(self._at(row, self.column))
        ]
        return bool(named) and all(map(self._who.is_called, named))

    @property
    def names_others(self) -> bool:
        """Whether the column that says whose a row is names another interview of the project's."""
        return self.column is not None and any(
            self._at(names, self.column) in self._who.others for names in self._names[self._head + 1 :]
        )

    def theirs(self, at: int) -> frozenset[int]:
        """Return the places of the cells in a row that are the informant's."""
        return self._theirs[at]

    def names(self, at: int) -> bool:
        """Return whether what stays of a row names the informant, or may be theirs."""
        left = set(range(self.width(at))) - self.theirs(at)
        return at in self._below or any(self._is_named(at, column) for column in left)

    def width(self, at: int) -> int:
        """Return how many cells a row has."""
        return len(self._rows[at])

    def shown(self, at: int) -> str:
        """Return the first cells of a row, without the informant's words."""
        cells = [" ".join(shown(cell).split()) for cell in self._rows[at] if not self._who.says(cell)]
        cut = [
            cell if len(cell) <= _LONGEST_SHOWN else f"{cell[: _LONGEST_SHOWN - 1]}…"
            for cell in cells
            if cell
        ]
        return "; ".join(cut[:_MOST_SHOWN])

    def _cells_of(self, at: int) -> frozenset[int]:
        row = self._rows[at]
        if self._is_theirs(at):
            return frozenset(range(len(row)))
        said = frozenset(i for i, cell in enumerate(row) if self._who.says(cell))
        return said | {i for i in self._columns if at >= self._top and shown(self._at(row, i))}

    def _name(self, cell: Any) -> tuple[str, ...]:
        name = name_in(cell)
        return name if name in self._known else ()

    def _is_theirs(self, at: int) -> bool:
        return (
            self.column is not None
            and at > self._head
            and self._at(self._names[at], self.column) == self._who.name
        )

    def _is_named(self, at: int, column: int) -> bool:
        who, cell = self._who, self._rows[at][column]
        if column == self.column and at > self._head and who.may_be_in(shown(cell)):
            return True
        called = self._names[at][column] == who.name or (
            isinstance(cell, dict | list) and any(map(who.is_called, _leaves(cell)))
        )
        if who.is_bare:  # in a table that says whose its rows are, it is an age or a grade
            return called and self.column is None
        return called or who.is_mentioned(shown(cell))

    def _deciding(self) -> int | None:
        """Return the column that says whose a row is, and remember where its headings are."""
        for at in self._tops():
            cells = [cell if isinstance(cell, str) else "" for cell in self._rows[at]]
            if headed := identifying(cells):
                self._head = at
                return self._agreed(headed)
            if (reached := rank(cells, {})) == _SPEAKERS_AND_WORDS:
                return None  # turns: whose the interview is, is not who speaks
            if reached:
                break
        return self._first()

    def _tops(self) -> Iterator[int]:
        """Yield the rows that may be the headings: those above, titles and groups, fill fewer cells."""
        most = 0
        for at, row in enumerate(self._rows[:HEADING_ROWS]):
            filled = sum(bool(shown(cell)) for cell in row)
            if filled > most:
                most = filled
                yield at

    def _agreed(self, headed: Sequence[int]) -> int | None:
        """Return which column so headed decides; none where the names say otherwise."""
        if _key(self._rows[self._head][headed[0]]) == _DECIDES:
            return headed[0]
        found = self._found(bare=True)
        best = max(headed, key=lambda column: len(found.get(column, ())))
        telling = self._found(bare=False)
        most = max(map(len, telling.values()), default=0)
        return best if len(telling.get(best, ())) == most else None

    def _first(self) -> int | None:
        """Return the first column with text, if it holds names as no other does."""
        width = max(map(len, self._rows), default=0)
        for column in range(width):
            cells = [name_in(row[column]) for row in self._rows if column < len(row)]
            filled = [cell for cell in cells if cell]
            if 2 * sum(all(map(str.isdigit, cell)) for cell in filled) >= len(filled):
                continue
            named = [cell for cell in filled if cell in self._known and not is_bare(cell)]
            found = self._found(bare=False)
            rivals = [len(names) for place, names in found.items() if place != column]
            enough = max(_FEWEST_NAMES, 1 + max(rivals, default=0))
            return column if len(set(named)) >= enough and 2 * len(named) > len(filled) else None
        return None

    def _found(self, *, bare: bool) -> dict[int, set[tuple[str, ...]]]:
        """Return the project's names in each column, with or without numbers and letters alone."""
        found: dict[int, set[tuple[str, ...]]] = {}
        for names in self._names[self._head + 1 :]:
            for column, name in enumerate(names):
                if name and (bare or not is_bare(name)):
                    found.setdefault(column, set()).add(name)
        return found

    def _matrix(self) -> tuple[int, frozenset[int]]:
        """Return the row of headings that name interviews, and the informant's columns."""
        for at in self._tops():
            named = {i: name for i, name in enumerate(self._names[at]) if name and not is_bare(name)}
            own = frozenset(i for i, name in named.items() if name == self._who.name)
            if own and len(set(named.values())) > 1:
                below = (self._at(names, i) for names in self._names[at + 1 :] for i in named)
                if not any(below):
                    return at, own
        return 0, frozenset()

    def _without_name(self) -> frozenset[int]:
        """Return rows below one of theirs that name nobody: a name may be written once for several."""
        found = set()
        theirs = False
        for at in range(self._head + 1, len(self._rows)) if self.column is not None else ():
            row = self._rows[at]
            if shown(self._at(row, self.column)):
                theirs = self._is_theirs(at)
            elif theirs and any(map(shown, row)):
                found.add(at)
        return frozenset(found)

    @staticmethod
    def _at(row: Sequence[Any], column: int | None) -> Any:
        return row[column] if column is not None and column < len(row) else None


def _key(heading: Any) -> str:
    return shown(heading).casefold()


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
