"""A project as a folder of training data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.plain_text import read_plain_text
from mestring_nlp.readers.speakers import Named
from mestring_nlp.refi.project import Case, Project
from mestring_nlp.training_data import VERBATIM
from mestring_nlp.transcript import Coding
from mestring_nlp.writers.table import cell

_CODINGS = ("transcript", "start", "end", "code", "coder", "note")


def codings_from_project(project: Project) -> list[Coding]:
    """Give a project's codings: names of its sources, ids of its codes, places in canonical text.

    Parameters
    ----------
    project : Project

    Returns
    -------
    list of Coding
        In the project's order, each once. The exchange cannot say "read, and no code fits".
    """
    return list(project.codings)


def import_project(project: Project) -> dict[str, bytes]:
    """Give a project as the files of a folder that `mestring_nlp.load_training_data` reads.

    Parameters
    ----------
    project : Project

    Returns
    -------
    dict of str to bytes
        ``codebook.yaml``, ``codings.csv``, a text for each source under ``verbatim/``, and
        ``variables.csv`` where the project has variables or cases: a row for each text and case.

    Raises
    ------
    MestringError
        The project has no text, or no code.
    """
    if not project.sources:
        raise MestringError(
            "the project holds no text that can be read",
            place=project.place,
            hint="; ".join(project.warnings) or "Put the transcripts into it as plain text.",
        )
    if not project.codebook.codes:
        raise MestringError(
            "the project has no codes", place=project.place, hint="Give it a codebook first."
        )
    rows = [(c.transcript, c.start, c.end, c.code, cell(c.coder), cell(c.note)) for c in project.codings]
    files = {
        "codebook.yaml": project.codebook.to_yaml().encode(),
        "codings.csv": _table(_CODINGS, rows),
    }
    if project.variables or project.cases:
        files["variables.csv"] = _variables(project)
    for source in project.sources:
        files[f"{VERBATIM}/{source.name}.txt"] = source.text.encode()
    return files


def without_speakers(project: Project) -> list[str]:
    """Name the texts that do not tell who speaks, and are read as the informant's alone."""
    found = []
    for source in project.sources:
        try:
            read_plain_text(source.text, name=source.name, place=source.name, named=Named())
        except MestringError:
            found.append(source.name)
    return found


def _variables(project: Project) -> bytes:
    """A row for each text and case it belongs to; cases without a text come last."""
    rows = []
    for source in project.sources:
        belongs = [case for case in project.cases if source.name in case.sources]
        for case in belongs or [Case("")]:
            values = {**case.values, **source.values}
            given = [cell(values.get(name, "")) for name in project.variables]
            rows.append((source.name, cell(case.name), *given))
    for case in project.cases:
        if not case.sources:
            given = [cell(case.values.get(name, "")) for name in project.variables]
            rows.append(("", cell(case.name), *given))
    return _table(("transcript", "case", *map(cell, project.variables)), rows)


def _table(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([heading, *rows])
    return buffer.getvalue().encode()
