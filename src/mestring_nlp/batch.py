"""Suggest codes for many files at once; a broken file costs only itself."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from mestring_nlp.errors import MestringError
from mestring_nlp.model import Model
from mestring_nlp.readers import name_of, read_bytes, transcript_from
from mestring_nlp.readers.formats import read_content
from mestring_nlp.readers.speakers import Named
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.text import legal
from mestring_nlp.transcript import Transcript

if TYPE_CHECKING:
    from mestring_nlp.refi import Project


Reader = Callable[[], Transcript]
"""Gives a transcript, or raises a `MestringError`."""


@dataclass(frozen=True)
class Outcome:
    """What became of one interview: a transcript with suggestions, or an error.

    Attributes
    ----------
    name : str
        What it was asked for by.
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
    stems = [name_of(file) for file in files]
    often = Counter(stem.casefold() for stem in stems)
    names = [
        stem if often[stem.casefold()] == 1 else f"{legal(file.absolute().parent.name)}-{stem}"
        for stem, file in zip(stems, files, strict=True)
    ]
    for name, count in Counter(name.casefold() for name in names).items():
        if count > 1:
            raise MestringError(
                f"{count} files would be called {name!r}",
                hint="Give one of them another name, or run them apart.",
            )
    return names


def file_readers(
    files: Sequence[Path], named: Named, columns: Mapping[str, str] | None = None
) -> dict[str, Reader]:
    """Give for each file, by its transcript's name, what reads it; see `transcript_names`."""
    return {
        name: partial(_read, file, name, named, columns)
        for name, file in zip(transcript_names(files), files, strict=True)
    }


def project_readers(project: Project, named: Named) -> dict[str, Reader]:
    """Give for each text source of a REFI-QDA project, by its GUID, what finds its turns."""
    return {
        source.guid: partial(
            transcript_from, source.text, name=source.name, place=source.name, named=named
        )
        for source in project.sources
    }


def suggest_all(
    readers: Mapping[str, Reader],
    model: Model,
    *,
    unit: str = "passage",
    pipeline: str = "nb",
    jobs: int = 1,
    level: float = 0.9,
) -> Iterator[Outcome]:
    """Read and code many interviews, in order.

    Parameters
    ----------
    readers : mapping of str to callable
        What gives each transcript; see `file_readers` and `project_readers`.
    model : Model
    unit, pipeline : str
        See `mestring_nlp.segment`.
    jobs : int, default 1
        How many interviews at the same time, -1 for one a core. The work goes through joblib, so
        that a backend chosen with ``joblib.parallel_config`` (Dask, Ray ...) serves it.
    level : float, default 0.9
        See `Model.suggest`.

    Yields
    ------
    Outcome
        One an interview, in the order of the readers.

    Raises
    ------
    MestringError
        An option is wrong for all; what is wrong with one interview is in its outcome.
    """
    from joblib import Parallel, cpu_count, delayed

    if jobs != -1 and jobs < 1:
        raise MestringError(f"jobs is {jobs}, must be 1 or more, or -1 for one a core")
    jobs = max(1, min(cpu_count() if jobs == -1 else jobs, len(readers)))
    work = (
        delayed(_suggest)(name, read, model, unit, pipeline, level, os.getpid())
        for name, read in readers.items()
    )
    # Interviews do not go into files of shared memory, which a killed run would leave.
    parallel = Parallel(n_jobs=jobs, return_as="generator", max_nbytes=None)
    with _interrupts_held():
        outcomes = parallel(work)
    with closing(outcomes):
        yield from outcomes


@cache
def _end_with(run: int) -> None:
    """End this worker when the run that it works for is gone: joblib's would wait for it for ever."""

    def watch() -> None:
        while os.getppid() == run:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start workers that leave Ctrl-C to this process: they inherit which signals are held."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _read(file: Path, name: str, named: Named, columns: Mapping[str, str] | None) -> Transcript:
    content = read_content(
        read_bytes(file), suffix=file.suffix.casefold(), place=str(file), columns=columns
    )
    return transcript_from(content, name=name, place=str(file), named=named)


def _suggest(
    name: str, read: Reader, model: Model, unit: str, pipeline: str, level: float, run: int
) -> Outcome:
    if os.getppid() == run:
        _end_with(run)
    try:
        transcript = read()
        found = model.suggest(transcript, unit, pipeline=pipeline, level=level)
        return Outcome(name, transcript, found)
    except MestringError as error:
        return Outcome(name, error=error)
