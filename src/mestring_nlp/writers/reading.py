"""What reading found: a report of tables, or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import groupby, islice

from mestring_nlp.own_files import GENERATOR
from mestring_nlp.reading import ReadingReport, doubts_of
from mestring_nlp.text import counted
from mestring_nlp.transcript import Transcript
from mestring_nlp.writers import tables
from mestring_nlp.writers.plain import json_text
from mestring_nlp.writers.tables import Block, Heading, Item, Table

_MOST_OF_A_KIND = 12
_QUOTED = 70


def report(found: ReadingReport) -> list[Block]:
    """Return what was read as a report: the interviews one by one, then files that are not read.

    Parameters
    ----------
    found : ReadingReport

    Returns
    -------
    list of Block
        `mestring_nlp.writers.tables` makes it Markdown, or draws it on a terminal.
    """
    total = len(found.transcripts) + len(found.failed)
    doubtful = sum(bool(doubts_of(transcript)) for transcript in found.transcripts)
    blocks: list[Block] = [
        Heading("What was read", level=1),
        f"{len(found.transcripts)} of {counted(total, 'interview')} read, {doubtful} with something "
        f"doubtful; {counted(len(found.unread), 'file')} not read.",
    ]
    for transcript in found.transcripts:
        blocks += _interview(transcript, str(found.files[transcript.name]))
    if found.failed:
        blocks.append(Heading("Failed"))
        blocks += (Item(f"{failure.name}: {failure.error}") for failure in found.failed)
    if found.warnings:
        blocks.append(Heading("Left out of the project"))
        blocks += map(Item, found.warnings)
    if found.unread:
        rows = tuple((str(other.file), other.reason, other.hint) for other in found.unread)
        blocks += [Heading("Not read"), Table(("file", "what it is", "what to do"), rows, 3)]
    return blocks


def _interview(transcript: Transcript, file: str) -> Iterator[Block]:
    words = sum(speaker.words for speaker in transcript.speakers)
    yield Heading(transcript.name)
    yield (
        f"{file}: {transcript.format or 'text of a project'}; {counted(len(transcript.turns), 'turn')}, "
        f"{counted(words, 'word')}."
    )
    speakers = tuple(
        (speaker.label, speaker.role, speaker.reason, str(speaker.turns), str(speaker.words))
        for speaker in transcript.speakers
    )
    yield Table(("speaker", "role", "why", "turns", "words"), speakers, text_columns=3)
    doubts = doubts_of(transcript)
    if doubts:
        yield "Doubtful:"
        yield from map(Item, doubts)
    if rows := tuple(_left_out(transcript)):
        yield "Not in any turn:"
        yield Table(("taken for", "place", "words"), rows, text_columns=3)


def _left_out(transcript: Transcript) -> Iterator[tuple[str, str, str]]:
    """Yield kind, place and words of what is in no turn; of many of one kind, the first."""
    if transcript.title and not any(note.kind == "title" for note in transcript.notes):
        yield "title", "", _quoted(transcript.title)
    notes = [note for note in transcript.notes if note.text.strip()]
    kinds = list(dict.fromkeys(note.kind for note in notes))
    notes.sort(key=lambda note: kinds.index(note.kind))
    for kind, group in groupby(notes, lambda note: note.kind):
        yield from ((kind, note.place, _quoted(note.text)) for note in islice(group, _MOST_OF_A_KIND))
        if more := list(group):
            words = sum(len(note.text.split()) for note in more)
            yield kind, f"{more[0].place} to {more[-1].place}", f"{len(more)} more, {words} words"


def _quoted(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= _QUOTED else f"{said[:_QUOTED]} … ({len(said.split())} words)"


def as_json(found: ReadingReport) -> str:
    """Return all of it as JSON, every note with its words."""
    return json_text(
        {
            "made_by": GENERATOR,
            "doubtful": found.doubtful,
            "interviews": [
                {
                    "name": transcript.name,
                    "file": str(found.files[transcript.name]),
                    "format": transcript.format,
                    "title": transcript.title,
                    "roles_guessed": transcript.roles_guessed,
                    "speakers": [speaker._asdict() for speaker in transcript.speakers],
                    "doubts": doubts_of(transcript),
                    "notes": [asdict(note) for note in transcript.notes],
                }
                for transcript in found.transcripts
            ],
            "failed": [{"name": failure.name, "error": str(failure.error)} for failure in found.failed],
            "warnings": list(found.warnings),
            "not_read": [asdict(other) | {"file": str(other.file)} for other in found.unread],
        }
    )


FORMATS: dict[str, Callable[[ReadingReport], str]] = {
    "md": lambda found: tables.markdown(report(found)),
    "json": as_json,
}
