"""Suggest codes for many interviews; a broken file costs only itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.conformal import check_level
from mestring_nlp.errors import MestringError, RunEnded
from mestring_nlp.model import Model
from mestring_nlp.readers import (
    Unread,
    look_for_transcripts,
    name_of,
    read_transcript,
)
from mestring_nlp.readers.columns import checked_columns
from mestring_nlp.readers.speakers import Named
from mestring_nlp.segmentation import check_options
from mestring_nlp.text import legal
from mestring_nlp.transcript import Transcript
from mestring_nlp.workers import SharedModel, parallel_map

if TYPE_CHECKING:
    from mestring_nlp.refi import Project

PROJECT = ".qdpx"

Paths = str | Path | Iterable[str | Path]
Labels = str | Sequence[str] | None


@dataclass(frozen=True)
class FailedInterview:
    """An interview that could not be coded.

    Attributes
    ----------
    name : str
    error : MestringError
    """

    name: str
    error: MestringError


@dataclass(frozen=True)
class Batch:
    """Interviews that were found and are not read yet.

    Attributes
    ----------
    readers : mapping of str to callable
        What reads each transcript, or raises a `MestringError`, by the transcript's name.
    inputs : tuple of pathlib.Path
        The files, and the folders in which they were found.
    files : mapping of str to pathlib.Path
        The file of each transcript, by the transcript's name.
    unread : tuple of Unread
        Files of the folders that are not read.
    project : Project or None
        The REFI-QDA project whose texts they are.
    """

    readers: Mapping[str, Callable[[], Transcript]]
    inputs: tuple[Path, ...]
    files: Mapping[str, Path]
    unread: tuple[Unread, ...] = ()
    project: Project | None = None


def find_interviews(
    paths: Paths,
    *,
    informant: Labels = None,
    interviewer: Labels = None,
    all_informant: bool = False,
    columns: Mapping[str, str] | None = None,
) -> Batch:
    """Find the interviews that files, folders or one REFI-QDA project hold; see `suggest_all`."""
    listed = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    if len(listed) == 1 and listed[0].suffix.casefold() == PROJECT:
        return _find_in_project(listed[0], Named.of(informant, interviewer, all_informant))
    headings = checked_columns(columns or {})
    files, unread = look_for_transcripts(listed, columns=headings)
    read = partial(
        _read,
        informant=informant,
        interviewer=interviewer,
        all_informant=all_informant,
        columns=columns,
    )
    named = dict(zip(transcript_names(files), files, strict=True))
    readers = {name: partial(read, file, name) for name, file in named.items()}
    return Batch(readers, (*listed, *files), named, tuple(unread))


def _find_in_project(path: Path, named: Named) -> Batch:
    from mestring_nlp.refi import read_project
    from mestring_nlp.refi.project import spoken

    project = read_project(path)
    project.require_texts()
    readers = {
        source.name: partial(spoken, source.text, source.name, source.times, named)
        for source in project.sources
    }
    return Batch(readers, (path,), dict.fromkeys(readers, path), project=project)


def _read(
    file: Path,
    name: str,
    *,
    informant: Labels,
    interviewer: Labels,
    all_informant: bool,
    columns: Mapping[str, str] | None,
) -> Transcript:
    transcript = read_transcript(
        file,
        informant=informant,
        interviewer=interviewer,
        all_informant=all_informant,
        columns=columns,
    )
    return replace(transcript, name=name)


def transcript_names(files: Sequence[Path]) -> list[str]:
    """Return a name for each transcript: its file's stem, made longer where stems are equal.

    Then the folder's name stands before the stem; else the suffix behind it; else a number.
    """
    names = [name_of(file) for file in files]
    for longer in (_with_folder, _with_suffix):
        equal: dict[str, list[int]] = defaultdict(list)
        for at, name in enumerate(names):
            equal[name.casefold()].append(at)
        for same in equal.values():
            apart = [longer(names[at], files[at]) for at in same]
            if len({name.casefold() for name in apart}) == len(same) > 1:
                for at, name in zip(same, apart, strict=True):
                    names[at] = name
    taken: set[str] = set()
    for at, name in enumerate(names):
        free = (f"{name}-{number}" if number > 1 else name for number in count(1))
        names[at] = next(name for name in free if name.casefold() not in taken)
        taken.add(names[at].casefold())
    return names


def _with_folder(name: str, file: Path) -> str:
    return f"{legal(file.absolute().parent.name)}-{name}"


def _with_suffix(name: str, file: Path) -> str:
    return f"{name}-{legal(file.suffix[1:])}"


def suggest_all(
    paths: Paths,
    model: Model | str | Path | None = None,
    *,
    unit: str = "passage",
    pipeline: str = "nb",
    level: float = 0.9,
    informant: Labels = None,
    interviewer: Labels = None,
    all_informant: bool = False,
    columns: Mapping[str, str] | None = None,
) -> Iterator[CodedInterview | FailedInterview]:
    """Suggest codes for all interviews in files and folders.

    Parameters
    ----------
    paths : path, or iterable of paths
        Transcripts, and folders that are searched for them; or one REFI-QDA project (``.qdpx``).
    model : Model, str or pathlib.Path, optional
        A model, or the folder of a saved one; the bundled model when left out.
    unit, pipeline : str
        See `segment`.
    level : float, default 0.9
        The level of the prediction sets; see `Model.suggest`.
    informant, interviewer, all_informant, columns
        See `read_transcript`; they hold for every file.

    Yields
    ------
    CodedInterview or FailedInterview
        One for each interview, in order, as soon as it and those before it are done.

    Raises
    ------
    MestringError
        Before any interview is read: a path does not exist, there is no transcript, or an option or
        the model cannot be used. An error of one interview is in its `FailedInterview`.

    Notes
    -----
    One process uses all cores: most of the time is spent in the encoder, which has a thread for each.
    To use more machines, call it inside ``joblib.parallel_config("dask")`` or another backend of
    joblib's. Give the model's folder then: each worker loads it once, while a model object is sent
    with every interview.

    Examples
    --------
    >>> import mestring_nlp as mn
    >>> for interview in mn.suggest_all("examples"):
    ...     if isinstance(interview, mn.CodedInterview):
    ...         print(interview.name, interview.counts.passages)
    ...     else:
    ...         print(interview.error)
    intervju_eksempel 24
    """
    batch = find_interviews(
        paths,
        informant=informant,
        interviewer=interviewer,
        all_informant=all_informant,
        columns=columns,
    )
    check_options(unit, pipeline)
    check_level(level)
    shared = SharedModel.of(model)
    return suggest_batch(batch, shared, unit=unit, pipeline=pipeline, level=level)


def suggest_batch(
    batch: Batch,
    shared: SharedModel,
    *,
    unit: str,
    pipeline: str,
    level: float,
) -> Iterator[CodedInterview | FailedInterview]:
    """Suggest codes for interviews that were found; see `suggest_all`."""
    code = partial(_suggest, shared=shared, unit=unit, pipeline=pipeline, level=level)
    return parallel_map(code, batch.readers.items())


def _suggest(
    name: str,
    read: Callable[[], Transcript],
    *,
    shared: SharedModel,
    unit: str,
    pipeline: str,
    level: float,
) -> CodedInterview | FailedInterview:
    try:
        transcript = read()
        suggestions = shared.model.suggest(transcript, unit, pipeline=pipeline, level=level)
        return CodedInterview(transcript, suggestions)
    except RunEnded:
        raise
    except MestringError as error:
        return FailedInterview(name, error)
