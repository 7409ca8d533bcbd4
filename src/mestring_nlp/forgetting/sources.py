"""The transcripts of a project, wherever it holds them: files, reviews and QDA projects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.forgetting.informant import is_bare
from mestring_nlp.forgetting.models import is_model, read_model
from mestring_nlp.forgetting.reviews import transcripts_in
from mestring_nlp.forgetting.traces import normal
from mestring_nlp.own_files import is_own
from mestring_nlp.readers import SUFFIXES
from mestring_nlp.readers.formats import looks_like_transcript
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.review.database import DATABASE
from mestring_nlp.training_data import read_coded
from mestring_nlp.transcript import INFORMANT, Transcript


@dataclass(frozen=True, eq=False)
class KeptText:
    """A transcript that a project holds somewhere.

    Attributes
    ----------
    path : pathlib.Path
        The file that holds it.
    name : str
    text : str
    said : tuple of str
        The informants' turns; all of it where nobody is told.
    informants : tuple of str
        Their labels.
    """

    path: Path
    name: str
    text: str = field(repr=False)
    said: tuple[str, ...] = field(repr=False)
    informants: tuple[str, ...] = ()

    @classmethod
    def of(cls, path: Path, transcript: Transcript) -> KeptText:
        """Return what a file holds as a transcript."""
        turns = [turn for turn in transcript.turns if turn.role == INFORMANT]
        labels = tuple(dict.fromkeys(turn.speaker for turn in turns))
        said = tuple(turn.text for turn in turns) or (transcript.text,)
        return cls(path, transcript.name, transcript.text, said, labels)


def texts_of_project(root: Path) -> tuple[list[KeptText], dict[Path, str]]:
    """Return the transcripts of a project's folder, and which databases could not be read, and why."""
    found: list[KeptText] = []
    unread: dict[Path, str] = {}
    for path, inner, names in os.walk(root):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        folder = Path(path)
        if is_model(folder):
            found += _of_model(folder)
            continue
        for name in sorted(names):
            file = folder / name
            if name.startswith((".", "~$")) or file.is_symlink() or not file.is_file():
                continue
            try:
                found += _of_file(file)
            except MestringError as error:
                if name == DATABASE:
                    unread[file] = error.problem
    return found, unread


def refuse_bare(informant: str, root: Path, names: Iterable[str]) -> None:
    """Raise for a number or a letter alone that nothing is called: it may be anybody's age or group."""
    name = normal(informant)
    if not is_bare(name) or name in map(normal, names):
        return
    if any(normal(file.stem) == name for file in root.rglob("*")):
        return
    raise MestringError(
        f"{informant!r} alone tells no informant: no transcript is called so",
        place=str(root),
        hint=f"Give the whole name of the transcript. {listed(names)}",
    )


def listed(names: Iterable[str]) -> str:
    """Return what a project's transcripts are called, as a sentence."""
    return f"Its transcripts are: {', '.join(sorted(names)[:20]) or 'none'}."


def _of_file(file: Path) -> Iterator[KeptText]:
    suffix = file.suffix.casefold()
    if file.name == DATABASE:
        for transcript in transcripts_in(file.parent).values():
            yield KeptText.of(file, transcript)
    elif suffix == ".qdpx":
        yield from _of_project(file)
    elif suffix in SUFFIXES and not is_own(read_bytes(file), suffix) and looks_like_transcript(file):
        yield KeptText.of(file, read_coded(file))


def _of_project(file: Path) -> Iterator[KeptText]:
    from mestring_nlp.refi import read_project

    for source in read_project(file).sources:
        transcript, _ = source.as_coded
        for name in dict.fromkeys((source.name, source.title)):
            kept = KeptText.of(file, transcript)
            yield KeptText(file, name, kept.text, kept.said, kept.informants)


def _of_model(folder: Path) -> Iterator[KeptText]:
    """Yield the passages of a model by interview: all that is left where the transcripts are gone."""
    try:
        model = read_model(folder)
    except MestringError:
        return
    by_name: dict[str, list[str]] = {}
    for segment in model.segments or ():
        if segment.turn:
            by_name.setdefault(segment.transcript, []).append(segment.text)
    for name, texts in by_name.items():
        yield KeptText(folder, name, "\n".join(texts), tuple(texts))
