"""The parts of a REFI-QDA project, in our terms."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from mestring_nlp.codebook import Codebook
from mestring_nlp.errors import MestringError
from mestring_nlp.readers import transcript_from
from mestring_nlp.readers.speakers import Named
from mestring_nlp.refi.codes import Entry
from mestring_nlp.refi.positions import STANDARD, Counting, PositionMap
from mestring_nlp.transcript import Coding, Memo, Transcript


@dataclass(frozen=True)
class Source:
    """A text of a project.

    Attributes
    ----------
    guid : str
        Lower case, without braces.
    name : str
        Unique in the project, and a valid file name.
    title : str
        The name in the project.
    positions : PositionMap
        Converts the project's positions to those in `text`, and back.
    values : dict of str to str
        The source's own values of variables, by the variable's name.
    holder : str
        The GUID of the PDF or recording that the text belongs to; of a text by itself, its own.
    times : tuple of (int, float)
        Positions in `text` of which the project tells the seconds from the start of the recording.
    """

    guid: str
    name: str
    title: str
    positions: PositionMap = field(repr=False)
    values: dict[str, str] = field(default_factory=dict)
    holder: str = ""
    times: tuple[tuple[int, float], ...] = ()

    @property
    def text(self) -> str:
        """The canonical text."""
        return self.positions.text

    def transcript(self, named: Named) -> Transcript:
        """Return the text with its turns; a turn at which a time is told bears it.

        Parameters
        ----------
        named : Named
            Whom the user named as informants and interviewers.

        Raises
        ------
        MestringError
            Nobody is named in the text, or it cannot be told who is the informant.
        """
        return spoken(self.text, self.name, self.times, named)

    @cached_property
    def as_coded(self) -> tuple[Transcript, bool]:
        """The text as training data reads it, and whether it names speakers."""
        try:
            return self.transcript(Named()), True
        except MestringError:
            return self.transcript(Named(all_informant=True)), False


def spoken(text: str, name: str, times: Sequence[tuple[int, float]], named: Named) -> Transcript:
    """Return a source's text with its turns; see `Source.transcript`."""
    found = transcript_from(text, name=name, place=name, named=named)
    places = [place for place, _ in times]
    turns, last = [], 0
    for turn in found.turns:
        # The time may stand before the label, or before the first word.
        at = bisect_right(places, turn.start) - 1
        told = at >= 0 and places[at] >= last and turn.time is None
        turns.append(replace(turn, time=times[at][1]) if told else turn)
        last = turn.end
    return replace(found, turns=tuple(turns)) if times else found


@dataclass(frozen=True)
class Case:
    """A unit of analysis, such as a person or an office.

    Attributes
    ----------
    name : str
    sources : tuple of str
        Names of the sources that belong to it, whole or in part.
    values : dict of str to str
        Variables by name.
    """

    name: str
    sources: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Project:
    """The parts of a project that we use; the rest stays in its bytes.

    Attributes
    ----------
    name, origin : str
        Its name, and the program that wrote it.
    place : str
        The file, for errors.
    sources : tuple of Source
        Those with text.
    codebook : Codebook
        Codes that passages can have, or do have.
    codings : tuple of Coding
        With positions in the canonical text, names of sources and ids of codes.
    entries : dict of str to Entry
        The codebook's codes as the project has them, by our id.
    users : tuple of str
        The names of its coders.
    cases : tuple of Case
    variables : tuple of str
        Names, in order.
    abstentions : tuple of Coding
        The passages that a model left to a person, or a person left open: selections without a code.
    memos : tuple of Memo
        What people wrote about texts, codes, and passages without a code; codings have notes.
    counting : Counting
        How its positions are counted.
    warnings : tuple of str
        What was left out, or assumed.
    data : bytes
        The whole file.
    member : str
        The name of the XML file in it.
    """

    name: str
    origin: str
    place: str
    sources: tuple[Source, ...]
    codebook: Codebook
    codings: tuple[Coding, ...]
    entries: dict[str, Entry] = field(repr=False)
    users: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    variables: tuple[str, ...] = ()
    abstentions: tuple[Coding, ...] = ()
    memos: tuple[Memo, ...] = ()
    counting: Counting = STANDARD
    warnings: tuple[str, ...] = ()
    data: bytes = field(default=b"", repr=False)
    member: str = "project.qde"

    def require_texts(self) -> None:
        """Raise unless the project has a text that can be read; the message says why not.

        Raises
        ------
        MestringError
        """
        if not self.sources:
            raise MestringError(
                "the project holds no text that can be read",
                place=self.place,
                hint="; ".join(self.warnings) or "Put the transcripts into it as plain text.",
            )
