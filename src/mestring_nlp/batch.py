"""Suggest codes for many files at once; a broken file costs only itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mestring_nlp.errors import MestringError
from mestring_nlp.model import Model
from mestring_nlp.readers import read_bytes, transcript_from
from mestring_nlp.readers.formats import content_of
from mestring_nlp.readers.speakers import Named
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.transcript import Transcript

if TYPE_CHECKING:
    from mestring_nlp.refi import Project


@dataclass(frozen=True)
class Outcome:
    """What became of one interview: a transcript with suggestions, or an error.

    Attributes
    ----------
    name : str
        The transcript's.
    transcript : Transcript or None
        None when the file could not be used.
    suggestions : list of Suggestion
    error : MestringError or None
    """

    name: str
    transcript: Transcript | None = None
    suggestions: list[Suggestion] = field(default_factory=list)
    error: MestringError | None = None


def transcript_names(files: Sequence[Path]) -> list[str]:
    """Name each file's transcript: its stem, with the folder's name first where stems meet.

    Raises
    ------
    MestringError
        Two files would still have the same name.
    """
    stems = Counter(file.stem.casefold() for file in files)
    names = [
        file.stem if stems[file.stem.casefold()] == 1 else f"{file.absolute().parent.name}-{file.stem}"
        for file in files
    ]
    for name, count in Counter(name.casefold() for name in names).items():
        if count > 1:
            raise MestringError(
                f"{count} files would be called {name!r}",
                hint="Give one of them another name, or run them apart.",
            )
    return names


def suggest_files(
    files: Sequence[Path],
    model: Model,
    *,
    unit: str = "passage",
    pipeline: str = "nb",
    informant: str | Sequence[str] | None = None,
    interviewer: str | Sequence[str] | None = None,
    all_informant: bool = False,
    jobs: int = 1,
    level: float = 0.9,
) -> Iterator[Outcome]:
    """Read and code each file, in order.

    Parameters
    ----------
    files : sequence of pathlib.Path
    model : Model
    unit, pipeline : str
        See `mestring_nlp.segment`.
    informant, interviewer, all_informant
        See `mestring_nlp.read_transcript`.
    level : float, default 0.9
        See `Model.suggest`.
    jobs : int, default 1
        How many files at the same time, -1 for one a core. The work goes through joblib, so
        that a backend chosen with ``joblib.parallel_config`` (Dask, Ray ...) serves it.

    Yields
    ------
    Outcome
        One a file, in the order of the files.

    Raises
    ------
    MestringError
        An option is wrong for all files; what is wrong with one file is in its outcome.
    """
    named = Named.of(informant, interviewer, all_informant)
    readers = {
        name: partial(_read, file, name, named)
        for name, file in zip(transcript_names(files), files, strict=True)
    }
    yield from _suggest_all(readers, model, unit, pipeline, level, jobs)


def suggest_project(
    project: Project,
    model: Model,
    *,
    unit: str = "passage",
    pipeline: str = "nb",
    informant: str | Sequence[str] | None = None,
    interviewer: str | Sequence[str] | None = None,
    all_informant: bool = False,
    jobs: int = 1,
    level: float = 0.9,
) -> Iterator[Outcome]:
    """Code each text source of a REFI-QDA project, in order; see `suggest_files`.

    Yields
    ------
    Outcome
        One a source, named by the source's GUID; its transcript bears the source's name.
    """
    named = Named.of(informant, interviewer, all_informant)
    readers = {
        source.guid: partial(
            transcript_from, source.text, name=source.name, place=source.name, named=named
        )
        for source in project.sources
    }
    yield from _suggest_all(readers, model, unit, pipeline, level, jobs)


def _read(file: Path, name: str, named: Named) -> Transcript:
    content = content_of(read_bytes(file), suffix=file.suffix.casefold(), place=str(file))
    return transcript_from(content, name=name, place=str(file), named=named)


def _suggest_all(
    readers: dict[str, Callable[[], Transcript]],
    model: Model,
    unit: str,
    pipeline: str,
    level: float,
    jobs: int,
) -> Iterator[Outcome]:
    from joblib import Parallel, delayed

    work = (
        delayed(_suggest)(name, read, model, unit, pipeline, level) for name, read in readers.items()
    )
    yield from Parallel(n_jobs=jobs, return_as="generator")(work)


def _suggest(
    name: str, read: Callable[[], Transcript], model: Model, unit: str, pipeline: str, level: float
) -> Outcome:
    try:
        transcript = read()
        found = model.suggest(transcript, unit, pipeline=pipeline, level=level)
        return Outcome(name, transcript, found)
    except MestringError as error:
        return Outcome(name, error=error)
