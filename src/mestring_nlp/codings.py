"""What people and machines coded: tables and QDA projects, read and checked in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from mestring_nlp.codebook import Codebook, load_codebook
from mestring_nlp.errors import MestringError
from mestring_nlp.readers.decoding import composed
from mestring_nlp.readers.tables import read_table
from mestring_nlp.text import cell, legal
from mestring_nlp.transcript import Coding, Transcript

_LONGEST_POSITION = 12
_VERSION = "Were the codings made on another version of the text?"
_DECISIONS = ("codes", "no_code", "abstained")
"""As we write them, and as a Norwegian spreadsheet does when it saves the table."""

Span = tuple[str, int, int]
"""Transcript, start and end."""


@dataclass(frozen=True)
class CodedSpan:
    """A span and the set of codes that one coder gave it; empty for "read, no code fits"."""

    transcript: str
    start: int
    end: int
    codes: frozenset[str]
    text: str = ""


@dataclass(frozen=True)
class Codings:
    """All that one coder coded, in the order of the text.

    Attributes
    ----------
    coder : str
    spans : tuple of CodedSpan
        They do not overlap.
    overlapped : int
        How many spans overlapped and were cut; see `cut_overlaps`.
    abstained : int
        How many passages the coder, a machine, left to a person; they are not among the spans.
    place : str
        The file that they come from.
    codebook : Codebook or None
        The one that came with the file, or was given.
    texts : dict of str to str
        Whole transcripts by name, where the file holds them.
    """

    coder: str
    spans: tuple[CodedSpan, ...]
    overlapped: int = 0
    abstained: int = 0
    place: str = ""
    codebook: Codebook | None = field(default=None, repr=False)
    texts: dict[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def by_transcript(self) -> dict[str, list[CodedSpan]]:
        """The spans of each transcript."""
        found: dict[str, list[CodedSpan]] = {}
        for span in self.spans:
            found.setdefault(span.transcript, []).append(span)
        return found


@dataclass(frozen=True)
class CodedRow:
    """A span as a file has it: what it was given, by whom, and where in the file that stands."""

    place: str
    coder: str
    span: CodedSpan
    note: str = ""


@dataclass(frozen=True)
class CodedFile:
    """All that a file holds, whoever coded it; see `Codings` for what is said of each coder."""

    place: str
    rows: tuple[CodedRow, ...]
    abstained: Counter[str] = field(default_factory=Counter)
    codebook: Codebook | None = field(default=None, repr=False)
    texts: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def transcripts(self) -> set[str]:
        """The names of the transcripts that were coded."""
        return {row.span.transcript for row in self.rows}

    @property
    def codings(self) -> tuple[Coding, ...]:
        """Each code of each row, an empty one where the coder gave none."""
        return tuple(
            Coding(row.span.transcript, row.span.start, row.span.end, code, row.coder, row.note)
            for row in self.rows
            for code in sorted(row.span.codes) or ("",)
        )

    def check(self, transcripts: Mapping[str, Transcript], codes: Collection[str] | None = None) -> None:
        """Raise where a row has a code that is unknown, or does not fit its transcript.

        Parameters
        ----------
        transcripts : mapping of str to Transcript
            By name; rows of others are not held against a text.
        codes : collection of str, optional
            The codes that a row may have; any if left out.
        """
        for row in self.rows:
            span = row.span
            if span.transcript in transcripts:
                check_span(span, transcripts[span.transcript].text, place=row.place)
            if codes is not None:
                for code in sorted(span.codes):
                    check_code(code, codes, place=row.place)

    def of(
        self,
        coder: str | None = None,
        *,
        transcripts: Mapping[str, Transcript] | None = None,
        codebook: Codebook | None = None,
    ) -> Codings:
        """Return what one coder coded, overlaps cut; see `read_codings`.

        Raises
        ------
        MestringError
            Nothing was coded, no coder has that name, or several coded and none was named.
        """
        self.check(transcripts or {})
        coders = list(dict.fromkeys(row.coder for row in self.rows))
        if not coders:
            raise MestringError("nothing was coded", place=self.place)
        if coder is None and len(coders) > 1:
            raise MestringError(
                f"{len(coders)} coders coded ({', '.join(coders)})",
                place=self.place,
                hint="Name one as FILE:CODER.",
            )
        if coder is not None and coder not in coders:
            raise MestringError(
                f"no coder is called {coder!r}",
                place=self.place,
                hint=f"The coders are: {', '.join(coders)}.",
            )
        chosen = coder or coders[0]
        codes: dict[Span, set[str]] = {}
        words: dict[Span, str] = {}
        for row in self.rows:
            if row.coder == chosen:
                span = (row.span.transcript, row.span.start, row.span.end)
                codes.setdefault(span, set()).update(row.span.codes)
                words[span] = row.span.text
        pieces = cut_overlaps(codes)
        whole = (self.texts[name][start:end] for name, start, end in pieces)
        said = zip(pieces.items(), whole if self.texts else _words_of(pieces, words), strict=True)
        return Codings(
            chosen,
            tuple(CodedSpan(*span, given, text) for (span, given), text in said),
            sum(pieces.get(span) != frozenset(given) for span, given in codes.items()),
            self.abstained[chosen],
            self.place,
            codebook or self.codebook or _codebook_beside(Path(self.place)),
            self.texts,
        )


def read_codings(
    file: str | Path,
    coder: str | None = None,
    *,
    transcripts: Mapping[str, Transcript] | None = None,
    codebook: Codebook | None = None,
) -> Codings:
    """Read one coder's codings from a table or a REFI-QDA project.

    Parameters
    ----------
    file : str or pathlib.Path
        See `read_coded_file`.
    coder : str, optional
        Which coder, where the file holds several.
    transcripts : mapping of str to Transcript, optional
        By name, to hold the spans against; see `CodedFile.check`.
    codebook : Codebook, optional
        In place of the project's own, or of the ``codebook.yaml`` beside a table.

    Returns
    -------
    Codings

    Raises
    ------
    MestringError
        The file is broken, a span is impossible, nothing was coded, or several coders coded and
        none was named.
    """
    return read_coded_file(file).of(coder, transcripts=transcripts, codebook=codebook)


def read_coded_file(file: str | Path) -> CodedFile:
    """Read a table of codings, a table of suggestions, or a REFI-QDA project.

    Parameters
    ----------
    file : str or pathlib.Path
        CSV with ``transcript,start,end`` and ``code`` (a row for each code, an empty one for "no code
        fits") or ``codes`` (joined with ``;``, as `mestring suggest` writes them). The column ``coder``
        says who coded; without it the file's name does. The columns ``text`` and ``note`` are taken
        along; rows without a code whose ``decision`` is ``abstained`` are counted and left out. Or a
        ``.qdpx``.

    Raises
    ------
    MestringError
        The file cannot be read, or a row has no transcript, no span or no coder; the message names it.
    """
    path = Path(file)
    return _from_project(path) if path.suffix.casefold() == ".qdpx" else _from_table(path)


def _from_table(path: Path) -> CodedFile:
    table = read_table(path, ("transcript", "start", "end"))
    if table and not {"code", "codes"} & table[0][1].keys():
        raise MestringError(
            "the column 'code' is missing",
            place=f"{path}, row 1",
            hint="Give codings (transcript,start,end,code,coder) or a table of suggestions.",
        )
    rows, abstained = [], Counter[str]()
    for place, cells in table:
        coder = _plain(cells.get("coder", legal(path.stem)))
        if not coder:
            raise MestringError(
                "the coder has no name",
                place=place,
                hint="Fill in the column, or delete it: then the file's name is the coder's.",
            )
        if not cells["transcript"]:
            raise MestringError("the transcript has no name", place=place)
        start, end = (_position(cells, column, place) for column in ("start", "end"))
        if start >= end:
            raise MestringError(f"the span {start}-{end} does not end after its start", place=place)
        codes = cells["codes"] if "codes" in cells else cells["code"]
        given = frozenset(filter(None, (_plain(code.strip()) for code in codes.split(";"))))
        decision = cells.get("decision", "")
        if decision not in (*_DECISIONS, ""):
            known = f"It is one of {', '.join(_DECISIONS)}, or empty."
            raise MestringError(f"decision is {decision[:40]!r}", place=place, hint=known)
        if decision == "abstained" and not given:
            abstained[coder] += 1
            continue
        name, text, note = (_plain(cells.get(column, "")) for column in ("transcript", "text", "note"))
        rows.append(CodedRow(place, coder, CodedSpan(name, start, end, given, text), note))
    return CodedFile(str(path), tuple(rows), abstained)


def _position(cells: Mapping[str, str], column: str, place: str) -> int:
    value = cells[column]
    if not value.isdecimal() or len(value) > _LONGEST_POSITION:
        raise MestringError(
            f"{column} is {value[:40]!r}, not a position",
            place=place,
            hint="A position is a whole number: how many characters of the text come before it.",
        )
    return int(value)


def _plain(value: str) -> str:
    """Return a cell without the apostrophe that keeps spreadsheets from taking it for a formula."""
    bare = value.removeprefix("'")
    return bare if cell(bare) == value else value


def _from_project(path: Path) -> CodedFile:
    """Read a project; spans carry no words, as long ones that overlap would be copied."""
    from mestring_nlp.refi import read_project

    project = read_project(path)
    rows = tuple(
        CodedRow(
            f"{path}, {c.transcript}",
            c.coder,
            CodedSpan(c.transcript, c.start, c.end, frozenset({c.code} - {""})),
            c.note,
        )
        for c in project.codings
    )
    texts = {source.name: source.text for source in project.sources}
    return CodedFile(str(path), rows, codebook=project.codebook, texts=texts)


def _codebook_beside(table: Path) -> Codebook | None:
    """Read the codebook of the data folder that a table of codings lies in, if it has one."""
    folder = table.parent.parent if table.parent.name == "codings" else table.parent
    file = folder / "codebook.yaml"
    return load_codebook(file) if file.is_file() else None


def check_span(span: CodedSpan, text: str, *, place: str) -> None:
    """Raise unless a span lies in a text, and has its words where it has any."""
    where = f"{span.start}-{span.end}"
    if span.end > len(text):
        raise MestringError(
            f"the span {where} lies outside {span.transcript}, which has {len(text):,} characters",
            place=place,
            hint=_VERSION,
        )
    there = text[span.start : span.end]
    if span.text and not same_words(span.text, there):
        raise MestringError(
            f"the words at {where} are {span.text[:40]!r} here and {there[:40]!r} in {span.transcript}",
            place=place,
            hint=_VERSION,
        )


def check_code(code: str, codes: Collection[str], *, place: str) -> None:
    """Raise unless a code is one of the codebook's."""
    if code not in codes:
        raise MestringError(
            f"unknown code {code!r}", place=place, hint=f"The codes are: {', '.join(codes)}."
        )


def same_words(a: str, b: str) -> bool:
    """Return whether texts are equal but for white space, composed letters and a cell's apostrophe."""
    one, other = ("".join(composed(text).removeprefix("'").split()) for text in (a, b))
    return one == other


def cut_overlaps(codes: Mapping[Span, Collection[str]]) -> dict[Span, frozenset[str]]:
    """Cut one coder's spans at every boundary within them, so that none overlap.

    A piece has the codes of all spans that cover it. Programs let people code a line within a passage
    that bears another code; a unit must say one thing.

    Parameters
    ----------
    codes : mapping of (transcript, start, end) to collection of str

    Returns
    -------
    dict of (transcript, start, end) to frozenset of str
        In order; spans that overlap no other are as they were.

    Examples
    --------
    >>> cut = cut_overlaps({("a", 0, 9): {"mestring"}, ("a", 4, 9): {"styrker"}})
    >>> [(start, end, sorted(given)) for (_, start, end), given in cut.items()]
    [(0, 4, ['mestring']), (4, 9, ['mestring', 'styrker'])]
    """
    boundaries: dict[tuple[str, int], tuple[list[Span], list[Span]]] = {}
    for span in codes:
        name, start, end = span
        boundaries.setdefault((name, start), ([], []))[0].append(span)
        boundaries.setdefault((name, end), ([], []))[1].append(span)
    cut: dict[Span, frozenset[str]] = {}
    over = 0
    given: Counter[str] = Counter()
    for (name, start), (_, end) in pairwise(sorted(boundaries)):
        begun, ended = boundaries[name, start]
        over += len(begun) - len(ended)
        for span in ended:
            given.subtract(codes[span])
        for span in begun:
            given.update(codes[span])
        if over:
            given = +given
            cut[name, start, end] = frozenset(given)
    return cut


def _words_of(pieces: Iterable[Span], texts: Mapping[Span, str]) -> Iterator[str]:
    """Yield the words of each piece, from the span that it is or lies in; pieces come in order."""
    whole = [span for span, text in sorted(texts.items()) if len(text) == span[2] - span[1]]
    at = 0
    around: Span = ("", 0, 0)
    for piece in pieces:
        name, start, end = piece
        while at < len(whole) and whole[at][:2] <= (name, start):
            around = max(around, whole[at], key=lambda span: (span[0], span[2]))
            at += 1
        inside = around[0] == name and end <= around[2]
        found = texts[around][start - around[1] : end - around[1]] if inside else ""
        yield texts.get(piece, found)
