"""The parts of a REFI-QDA project, in our terms."""

from __future__ import annotations

from dataclasses import dataclass, field

from mestring_nlp.codebook import Codebook
from mestring_nlp.refi.codes import Entry
from mestring_nlp.refi.positions import STANDARD, Counting, PositionMap
from mestring_nlp.transcript import Coding


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
    """

    guid: str
    name: str
    title: str
    positions: PositionMap = field(repr=False)
    values: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The canonical text."""
        return self.positions.text


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
    counting: Counting = STANDARD
    warnings: tuple[str, ...] = ()
    data: bytes = field(default=b"", repr=False)
    member: str = "project.qde"
