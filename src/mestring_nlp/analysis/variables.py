"""Variables of cases: who the informants are, from a table beside the interviews or a QDA project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mestring_nlp.analysis.tables import NO_ANSWER, Table, folded, number
from mestring_nlp.errors import MestringError
from mestring_nlp.readers.columns import CASES

if TYPE_CHECKING:
    from pandas import DataFrame, Series

    from mestring_nlp.refi import Project

GROUPS, SCALE, CONSTANT, IDENTIFIER = "groups", "scale", "constant", "identifier"

_MOST_GROUPS = 6


@dataclass(frozen=True)
class Variables:
    """Variables of cases, and which case each transcript belongs to.

    Attributes
    ----------
    table : DataFrame
        One row a case, one column a variable; texts, empty where missing.
    case_of : dict of str to str
    notes : tuple of str
        What did not fit, in Norwegian.
    """

    table: DataFrame
    case_of: dict[str, str]
    notes: tuple[str, ...] = ()


def variables_of(table: Table | None, transcripts: Sequence[str]) -> Variables:
    """Return the variables in a table, matched to transcripts by the column that names them.

    Parameters
    ----------
    table : Table or None
    transcripts : sequence of str
        Names.

    Returns
    -------
    Variables
        Its notes name rows of unknown cases, and cases without a row.

    Raises
    ------
    MestringError
        No column names transcripts.
    """
    if table is None:
        return _collected({name: (name, {}) for name in transcripts}, [], ())
    known = {folded(name): name for name in transcripts}
    fits = {
        heading: sum(folded(cell) in known for cell in cells) for heading, cells in table.columns.items()
    }
    key = max(fits, key=lambda heading: fits[heading])
    if not fits[key]:
        shown = ", ".join(repr(name) for name in list(transcripts)[:3])
        raise MestringError(
            "no column holds the names of the interviews",
            place=table.place,
            hint=f"Add a column `transcript` with names such as {shown}.",
        )
    case = next((h for h in table.columns if h.casefold() in CASES and h != key), None)
    names = [name for name in table.columns if name not in (key, case)]
    rows: dict[str, tuple[str, dict[str, str]]] = {}
    unknown, twice = [], []
    for at, cell in enumerate(table.columns[key]):
        values = {name: table.columns[name][at] for name in names}
        found = known.get(folded(cell))
        if found is None:
            unknown.append(cell or f"(rad {at + 2})")
        elif found in rows and rows[found][1] != values:
            twice.append(found)
        else:
            rows[found] = (table.columns[case][at] if case else "") or found, values
    notes = []
    if unknown:
        notes.append(
            f"Variabeltabellen har {_rows(len(unknown))} for ukjente intervjuer, som er holdt utenfor: "
            f"{_some(unknown)}."
        )
    if twice:
        notes.append(
            f"Variabeltabellen har flere ulike rader for {_some(list(dict.fromkeys(twice)))}: bare den "
            "første gjelder."
        )
    if missing := [name for name in transcripts if name not in rows]:
        notes.append(f"Uten rad i variabeltabellen, og derfor utenfor hver gruppe: {_some(missing)}.")
    every = {name: rows.get(name, (name, {})) for name in transcripts}
    return _collected(every, names, notes)


def project_variables(project: Project) -> Variables:
    """Return the variables of a QDA project's cases and sources.

    A source that belongs to exactly one case, and shares no word with others of several, is part of it.
    """
    belongs: dict[str, list[int]] = {}
    for at, case in enumerate(project.cases):
        for name in case.sources:
            belongs.setdefault(name, []).append(at)
    rows: dict[str, tuple[str, dict[str, str]]] = {}
    several = []
    for source in project.sources:
        numbers = belongs.get(source.name, [])
        if len(numbers) > 1:
            several.append(source.name)
        own = project.cases[numbers[0]] if len(numbers) == 1 else None
        values = {**(own.values if own else {}), **source.values}
        rows[source.name] = (own.name if own else source.name, values)
    notes = (
        [
            f"Hører til flere kasus i prosjektet, og har derfor ingen av dem sine variabler: "
            f"{_some(several)}."
        ]
        if several
        else []
    )
    return _collected(rows, project.variables, notes)


def kind_of(values: Series) -> str:
    """Return what a variable is: groups, a scale, the same throughout, or another value for each case.

    Numbers with more than two values are a scale, also where "vet ikke" or the like stands among them;
    other values are groups, unless there are more than six, or every case has its own.
    """
    given = [value for value in values if value]
    different = set(given)
    if len(different) < 2:
        return CONSTANT
    words = {value for value in different if number(value) is None}
    if len(different - words) > 2 and all(word.casefold() in NO_ANSWER for word in words):
        return SCALE
    if len(different) > _MOST_GROUPS or (len(different) == len(given) > 2):
        return IDENTIFIER
    return GROUPS


def doubts(variable: str, values: Series) -> list[str]:
    """Return what the reader must know of how a variable was taken, a sentence each, in Norwegian."""
    kind = kind_of(values)
    counts = Counter(value for value in values if value)
    words = [value for value in counts if number(value) is None]
    if kind == CONSTANT:
        return [f"«{variable}» har samme verdi overalt, eller ingen: ingenting å sammenligne."]
    if kind == IDENTIFIER:
        return [f"«{variable}» er ikke sammenlignet: {_why_not(counts, words)}"]
    said = []
    if missing := [c for c, v in values.items() if not v or (kind == SCALE and v in words)]:
        said.append(f"Uten verdi for «{variable}», og utenfor sammenligningen: {_some(missing)}.")
    if kind == SCALE and len(counts) <= _MOST_GROUPS:
        said.append(
            f"«{variable}» har bare tall ({', '.join(sorted(set(counts) - set(words)))}) og er lest som en skala. Er "
            "tallene navn på grupper, skriv navnene i stedet."
        )
    if kind == GROUPS:
        spelt: dict[str, list[str]] = {}
        for value in counts:
            spelt.setdefault(value.casefold(), []).append(value)
        said += [
            f"«{variable}»: {' og '.join(f'«{one}»' for one in alike)} er lest som ulike grupper. Skriv dem likt hvis de "
            "er den samme."
            for alike in spelt.values()
            if len(alike) > 1
        ]
        said += [
            f"«{variable}»: gruppen «{group}» har ett intervju. Det kan ikke sies noe om gruppen."
            for group, count in counts.items()
            if count == 1
        ]
    return said


def _why_not(counts: Mapping[str, int], words: Sequence[str]) -> str:
    """Return why a variable is neither groups nor a scale."""
    if len(counts) > 2 * len(words):
        return f"{_some([f'«{word}»' for word in words])} er ikke tall. Skriv tall, eller la cellen stå tom."
    if len(counts) == sum(counts.values()):
        return "hvert intervju har sin egen verdi."
    return f"den har {len(counts)} ulike verdier. Slå dem sammen til høyst {_MOST_GROUPS} grupper."


def _collected(
    rows: Mapping[str, tuple[str, Mapping[str, str]]], names: Sequence[str], notes: Sequence[str]
) -> Variables:
    """Return a row for each case; a value on which a case's transcripts differ is left empty, and said."""
    from pandas import DataFrame

    said = list(notes)
    cases: dict[str, dict[str, str]] = {}
    for case, values in rows.values():
        own = cases.setdefault(case, {})
        for name in names:
            given = values.get(name, "")
            if name in own and own[name] != given and own[name] and given:
                said.append(
                    f"Intervjuene til {case} har ulike verdier av «{name}»: verdien er holdt utenfor."
                )
                own[name] = ""
            elif given or name not in own:
                own[name] = given
    table = DataFrame.from_dict(
        {case: [own.get(name, "") for name in names] for case, own in cases.items()},
        orient="index",
        columns=list(names),
        dtype=object,
    )
    table.index.name = "case"
    return Variables(table, {name: case for name, (case, _) in rows.items()}, tuple(said))


def _rows(count: int) -> str:
    return "én rad" if count == 1 else f"{count} rader"


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" og {len(names) - most} til" if len(names) > most else ""
    return ", ".join(names[:most]) + more
