"""Convert a project to a folder of training data."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate

from mestring_nlp.coded_file import codings_csv
from mestring_nlp.errors import MestringError
from mestring_nlp.readers import VERBATIM
from mestring_nlp.refi.project import Case, Project
from mestring_nlp.text import csv_bytes
from mestring_nlp.transcript import INFORMANT, MACHINE, Coding, Transcript


def uncoded_turns(project: Project) -> list[Coding]:
    """Return the informants' turns in which a coder set no code, as codings without a code.

    A project holds only what was coded. A coder who coded something in a text will mostly have read its
    other turns too, and from these alone a model can learn what has no code. They mislead where a coder
    is not done.

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
        if coding.coder.startswith(MACHINE):
            continue  # a model has said of each passage what it thinks
        of_coder = spans.setdefault(coding.transcript, {})
        of_coder.setdefault(coding.coder, []).append((coding.start, coding.end))
    found = []
    for source in project.sources:
        turns = [turn for turn in source.as_coded[0].turns if turn.role == INFORMANT]
        for coder, coded in spans.get(source.name, {}).items():
            coded.sort()
            furthest = list(accumulate((end for _, end in coded), max))
            for turn in turns:
                before = bisect_left(coded, (turn.end,))
                if not before or furthest[before - 1] <= turn.start:
                    found.append(Coding(source.name, turn.start, turn.end, "", coder))
    return found


def import_project(project: Project, *, uncoded: bool = False) -> dict[str, bytes]:
    """Return the files of a folder that `mestring_nlp.load_training_data` reads.

    Parameters
    ----------
    project : Project
    uncoded : bool, default False
        Whether turns that a coder left uncoded count as read and without a code; see `uncoded_turns`.

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
    project.require_texts()
    if not project.codebook.codes:
        raise MestringError(
            "the project has no codes", place=project.place, hint="Add a codebook to it first."
        )
    codings = [*project.codings, *(uncoded_turns(project) if uncoded else ())]
    files = {
        "codebook.yaml": project.codebook.to_yaml().encode(),
        "codings.csv": codings_csv(codings),
    }
    if project.variables or project.cases:
        files["variables.csv"] = _variables(project)
    for source in project.sources:
        files[f"{VERBATIM}/{source.name}.txt"] = source.text.encode()
    return files


def without_speakers(project: Project) -> list[str]:
    """Return the names of texts without speakers, which are read as the informant's throughout."""
    return [source.name for source in project.sources if not source.as_coded[1]]


def transcripts_of(project: Project) -> list[Transcript]:
    """Return the project's texts as training data reads them."""
    return [source.as_coded[0] for source in project.sources]


def _variables(project: Project) -> bytes:
    """Return a table with a row for each text and case it belongs to; cases without a text are last."""
    rows: list[tuple[str, ...]] = [("transcript", "case", *project.variables)]
    belongs: dict[str, list[Case]] = {}
    for case in project.cases:
        for name in dict.fromkeys(case.sources):
            belongs.setdefault(name, []).append(case)
    for source in project.sources:
        for case in belongs.get(source.name, [Case("")]):
            values = {**case.values, **source.values}
            given = (values.get(name, "") for name in project.variables)
            rows.append((source.name, case.name, *given))
    for case in project.cases:
        if not case.sources:
            given = (case.values.get(name, "") for name in project.variables)
            rows.append(("", case.name, *given))
    return csv_bytes(rows)
