"""A project as a folder of training data."""

from __future__ import annotations

import csv
import io
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from mestring_nlp.errors import MestringError
from mestring_nlp.readers import VERBATIM, transcript_from
from mestring_nlp.readers.speakers import Named
from mestring_nlp.refi.project import Case, Project, Source
from mestring_nlp.text import cell
from mestring_nlp.transcript import INFORMANT, Coding, Transcript

_CODINGS = ("transcript", "start", "end", "code", "coder", "note")


def uncoded_turns(project: Project) -> list[Coding]:
    """Give the informants' turns that a coder left without code, as read and without code.

    A project holds only what was coded. Where a coder coded something in a text, and nothing in one of
    its turns, the coder will mostly have read that turn; from these turns alone can a model learn what
    bears no code. They are wrong where a coder is not done.

    Parameters
    ----------
    project : Project

    Returns
    -------
    list of Coding
        Each with an empty code, in the project's order.
    """
    spans: dict[str, dict[str, list[tuple[int, int]]]] = {}
    for coding in project.codings:
        of_coder = spans.setdefault(coding.transcript, {})
        of_coder.setdefault(coding.coder, []).append((coding.start, coding.end))
    found = []
    for source in project.sources:
        turns = [turn for turn in _spoken(source)[0].turns if turn.role == INFORMANT]
        for coder, coded in spans.get(source.name, {}).items():
            coded.sort()
            furthest = list(accumulate((end for _, end in coded), max))
            for turn in turns:
                before = bisect_left(coded, (turn.end,))
                if not before or furthest[before - 1] <= turn.start:
                    found.append(Coding(source.name, turn.start, turn.end, "", coder))
    return found


def import_project(project: Project, *, uncoded: bool = False) -> dict[str, bytes]:
    """Give a project as the files of a folder that `mestring_nlp.load_training_data` reads.

    Parameters
    ----------
    project : Project
    uncoded : bool, default False
        Whether what coders passed over counts as read and without code; see `uncoded_turns`.

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
    judged = [*project.codings, *(uncoded_turns(project) if uncoded else ())]
    rows = [(c.transcript, c.start, c.end, c.code, cell(c.coder), cell(c.note)) for c in judged]
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
    return [source.name for source in project.sources if not _spoken(source)[1]]


def _spoken(source: Source) -> tuple[Transcript, bool]:
    """A source as training data reads it, and whether it tells who speaks."""
    text, name = source.text, source.name
    try:
        return transcript_from(text, name=name, place=name, named=Named()), True
    except MestringError:
        return transcript_from(text, name=name, place=name, named=Named(all_informant=True)), False


def _variables(project: Project) -> bytes:
    """A row for each text and case it belongs to; cases without a text come last."""
    rows = []
    belongs: dict[str, list[Case]] = {}
    for case in project.cases:
        for name in dict.fromkeys(case.sources):
            belongs.setdefault(name, []).append(case)
    for source in project.sources:
        for case in belongs.get(source.name, [Case("")]):
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
