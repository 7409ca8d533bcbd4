"""Suggest codes for many files at once; a broken file costs only itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.model import Model
from mestring_nlp.readers import read_transcript
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.transcript import Transcript


@dataclass(frozen=True)
class Outcome:
    """What became of one file: a transcript with suggestions, or an error.

    Attributes
    ----------
    file : pathlib.Path
    transcript : Transcript or None
        None when the file could not be used.
    suggestions : list of Suggestion
    error : MestringError or None
    """

    file: Path
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
    informant: str | None = None,
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
    informant, all_informant
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
    from joblib import Parallel, delayed

    names = transcript_names(files)
    work = (
        delayed(_suggest)(file, name, model, unit, pipeline, informant, all_informant, level)
        for file, name in zip(files, names, strict=True)
    )
    yield from Parallel(n_jobs=jobs, return_as="generator")(work)


def _suggest(
    file: Path,
    name: str,
    model: Model,
    unit: str,
    pipeline: str,
    informant: str | None,
    all_informant: bool,
    level: float,
) -> Outcome:
    try:
        transcript = read_transcript(file, informant=informant, all_informant=all_informant)
        transcript = replace(transcript, name=name)
        return Outcome(file, transcript, model.suggest(transcript, unit, pipeline=pipeline, level=level))
    except MestringError as error:
        return Outcome(file, error=error)
