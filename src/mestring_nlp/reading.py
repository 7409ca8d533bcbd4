"""Read interviews without coding them, and report what reading found and doubts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mestring_nlp.batch import FailedInterview, Labels, Paths, find_interviews
from mestring_nlp.encoding import Progress, no_progress
from mestring_nlp.errors import MestringError
from mestring_nlp.files import refuse_existing, write_file
from mestring_nlp.readers import Unread
from mestring_nlp.text import counted
from mestring_nlp.transcript import INFORMANT, Note, Transcript

_MOST_DOUBTS = 3
_MOST_UNREAD = 5
_QUOTED = 60


@dataclass(frozen=True)
class ReadingReport:
    """What reading files and folders found.

    Attributes
    ----------
    transcripts : tuple of Transcript
        The interviews that could be read, in order; each has its notes.
    failed : tuple of FailedInterview
        Those that could not.
    unread : tuple of Unread
        Files of the folders that are not read.
    files : mapping of str to pathlib.Path
        The file of each interview, by the interview's name.
    inputs : tuple of pathlib.Path
        The files, and the folders in which they were found.
    warnings : tuple of str
        What is not read of a REFI-QDA project.
    """

    transcripts: tuple[Transcript, ...]
    failed: tuple[FailedInterview, ...]
    unread: tuple[Unread, ...]
    files: Mapping[str, Path]
    inputs: tuple[Path, ...]
    warnings: tuple[str, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether a person should look at anything."""
        return bool(
            self.failed
            or self.warnings
            or any(file.doubtful for file in self.unread)
            or any(doubts_of(transcript) for transcript in self.transcripts)
        )


def read_all(
    paths: Paths,
    *,
    informant: Labels = None,
    interviewer: Labels = None,
    all_informant: bool = False,
    columns: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> ReadingReport:
    """Read all interviews in files and folders, and report what was found.

    Parameters
    ----------
    paths : path, or iterable of paths
        Transcripts, and folders that are searched for them; or one REFI-QDA project (``.qdpx``).
    informant, interviewer, all_informant, columns
        See `read_transcript`; they hold for every file.
    progress : callable, optional
        Called with the interviews' names; see `mestring_nlp.encoding`.

    Returns
    -------
    ReadingReport

    Raises
    ------
    MestringError
        A path does not exist, or there is no transcript. What is wrong with one file is in the report.
    """
    batch = find_interviews(
        paths,
        informant=informant,
        interviewer=interviewer,
        all_informant=all_informant,
        columns=columns,
    )
    transcripts: list[Transcript] = []
    failed: list[FailedInterview] = []
    for name in progress(list(batch.readers), "Reading"):
        try:
            transcripts.append(batch.readers[name]())
        except MestringError as error:
            failed.append(FailedInterview(name, error))
    warnings = tuple(batch.project.warnings) if batch.project else ()
    return ReadingReport(
        tuple(transcripts), tuple(failed), batch.unread, batch.files, batch.inputs, warnings
    )


def write_texts(report: ReadingReport, folder: Path, *, force: bool = False) -> list[Path]:
    """Write the canonical text of each interview, in which positions of codings count.

    Parameters
    ----------
    report : ReadingReport
    folder : pathlib.Path
        Outside the folders that were read, or the texts would be read as interviews next time.
    force : bool, default False
        Whether texts that exist are replaced.

    Returns
    -------
    list of pathlib.Path
        The files: ``NAME.txt``, in UTF-8.

    Raises
    ------
    MestringError
        A file exists or cannot be written, or the folder is among those that were read.
    """
    out = folder.resolve()
    for path in report.inputs:
        if path.is_dir() and path.resolve() in (out, *out.parents):
            raise MestringError(
                f"it lies inside {path}, and its texts would be read as interviews next time",
                place=str(folder),
                hint="Choose another place with --out.",
            )
    texts = {folder / f"{transcript.name}.txt": transcript.text for transcript in report.transcripts}
    refuse_existing(texts, force=force, keep=report.inputs)
    for path, text in texts.items():
        write_file(path, text.encode(), force=force)
    return list(texts)


def doubts_of(transcript: Transcript) -> list[str]:
    """Return what a person should look at in a transcript, a line each, with its place."""
    return [_line(note) for note in transcript.doubts]


def _line(note: Note) -> str:
    said = " ".join(note.text.split())
    quoted = f" ({said[:_QUOTED]}{' …' if len(said) > _QUOTED else ''})" if said else ""
    what = note.message.rstrip(".") or f"taken for {note.kind}, and no talk"
    return f"{note.place}: {what}{quoted}." if note.place else f"{what}{quoted}."


def few_doubts(transcript: Transcript, file: Path) -> Iterator[str]:
    """Yield the first doubts about a transcript, each after its name, and where the others stand.

    Where nothing but who asks told who is who, that comes first, even if it is clear.
    """
    doubts = doubts_of(transcript)
    if transcript.roles_guessed and not any(note.kind == "role" for note in transcript.doubts):
        informants = ", ".join(who.label for who in transcript.speakers if who.role == INFORMANT)
        guess = f"took {informants} for the informant, as the one who asks least"
        doubts.insert(0, f"{guess}; name another with --informant.")
    yield from (f"{transcript.name}: {doubt}" for doubt in doubts[:_MOST_DOUBTS])
    if more := doubts[_MOST_DOUBTS:]:
        yield f"{transcript.name}: and {len(more)} more: mestring read {file}"


def few_unread(unread: Sequence[Unread], inputs: Iterable[Path]) -> Iterator[str]:
    """Yield the first files that are not read, doubtful ones before others, and where the rest stand."""
    listed = sorted(unread, key=lambda file: not file.doubtful)
    yield from map(str, listed[:_MOST_UNREAD])
    if more := listed[_MOST_UNREAD:]:
        folders = " ".join(str(path) for path in inputs if path.is_dir())
        yield f"{counted(len(more), 'more file')} not read: mestring read {folders}"
