"""What a file of codings holds, whoever coded it, and what one of its coders coded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from mestring_nlp.code_names import CodeNames, check_code, folded
from mestring_nlp.codebook import Codebook, load_codebook
from mestring_nlp.errors import MestringError
from mestring_nlp.spans import CodedSpan, Span, check_span, cut_overlaps, words_of
from mestring_nlp.text import counted, csv_bytes
from mestring_nlp.transcript import MACHINE, Coding, Memo, Transcript


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
    place : str
        The file that they come from.
    codebook : Codebook or None
        The one that came with the file, or was given.
    texts : dict of str to str
        Whole transcripts by name, where the file holds them.
    left : tuple of Span
        The passages that the coder, a machine, left to a person; they are not among the spans.
    complete : bool
        Whether a transcript that the coder coded was read in full, so that what has no span has no
        code: so in a project, which cannot hold passages without a code. In a table, what has no row
        was not read.
    notes : tuple of str
        What the user should know of how the file was read.
    """

    coder: str
    spans: tuple[CodedSpan, ...]
    overlapped: int = 0
    place: str = ""
    codebook: Codebook | None = field(default=None, repr=False)
    texts: dict[str, str] = field(default_factory=dict, repr=False)
    left: tuple[Span, ...] = field(default=(), repr=False)
    complete: bool = False
    notes: tuple[str, ...] = ()

    @property
    def abstained(self) -> int:
        """How many passages were left to a person."""
        return len(self.left)

    @cached_property
    def by_transcript(self) -> dict[str, list[CodedSpan]]:
        """The spans of each transcript."""
        found: dict[str, list[CodedSpan]] = {}
        for span in self.spans:
            found.setdefault(span.transcript, []).append(span)
        return found

    @cached_property
    def left_by_transcript(self) -> dict[str, list[CodedSpan]]:
        """The passages of each transcript that were left to a person."""
        found: dict[str, list[CodedSpan]] = {}
        for span in cut_overlaps(dict.fromkeys(self.left, ())):
            found.setdefault(span[0], []).append(CodedSpan(*span, frozenset()))
        return found

    def spelled_as(self, other: Codings) -> Codings:
        """Return the same with each code as another coder spells it, where only case differs."""
        known = {folded(code): code for span in other.spans for code in span.codes}
        spans = tuple(
            replace(span, codes=frozenset(known.get(folded(code), code) for code in span.codes))
            for span in self.spans
        )
        return replace(self, spans=spans)


@dataclass(frozen=True)
class CodedRow:
    """A span as a file has it: what it was given, by whom, and where in the file that stands.

    Attributes
    ----------
    place : str
    coder : str
    span : CodedSpan
    note : str
    cell : str
        What stands for the codes in a table, until `CodedFile.resolved` reads it.
    """

    place: str
    coder: str
    span: CodedSpan
    note: str = ""
    cell: str = ""


@dataclass(frozen=True)
class CodedFile:
    """All that a file holds, whoever coded it; see `Codings` for what is said of each coder.

    Attributes
    ----------
    place : str
    rows : tuple of CodedRow
    left : dict of str to list of Span
        By coder, the passages that were left to a person.
    codebook : Codebook or None
    texts : dict of str to str
    complete : bool
    notes : tuple of str
    names_coders : bool
        Whether the file itself says who coded; otherwise its name does, or the user.
    machines : frozenset of str
        The coders that are models.
    memos : tuple of Memo
        What people wrote beside their codings.
    """

    place: str
    rows: tuple[CodedRow, ...]
    left: dict[str, list[Span]] = field(default_factory=dict)
    codebook: Codebook | None = field(default=None, repr=False)
    texts: dict[str, str] = field(default_factory=dict, repr=False)
    complete: bool = False
    notes: tuple[str, ...] = ()
    names_coders: bool = True
    machines: frozenset[str] = frozenset()
    memos: tuple[Memo, ...] = ()

    @property
    def book(self) -> Codebook | None:
        """The file's own codebook, or the ``codebook.yaml`` of the folder of a table."""
        return self.codebook or _codebook_beside(Path(self.place))

    @property
    def transcripts(self) -> set[str]:
        """The names of the transcripts that were coded."""
        return {row.span.transcript for row in self.rows}

    @property
    def coders(self) -> tuple[str, ...]:
        """The coders, in order of appearance, those who left everything to a person last."""
        return tuple(dict.fromkeys([*(row.coder for row in self.rows), *self.left]))

    @property
    def codings(self) -> tuple[Coding, ...]:
        """Each code of each row, an empty one where the coder gave none."""
        return tuple(
            Coding(row.span.transcript, row.span.start, row.span.end, code, row.coder, row.note)
            for row in self.rows
            for code in sorted(row.span.codes) or ("",)
        )

    def resolved(self, codebook: Codebook | None) -> CodedFile:
        """Return the same with the ids of codes in place of what the cells call them.

        Names that the file's own codebook has are read by that one first. A name that is unknown stays.

        Raises
        ------
        MestringError
            A name means several codes, or a cell contradicts itself.
        """
        given = CodeNames(codebook)
        own = given if self.codebook is None else CodeNames(self.codebook)
        missing: Counter[str] = Counter()
        rows = []
        for row in self.rows:
            codes = set(row.span.codes)
            if row.cell:
                first = own.read(row.cell, place=row.place)
                read = [given.read(code, place=row.place) for code in first.codes]
                codes = {code for found in read for code in found.codes}
                missing.update(filter(None, {first.missing, *(found.missing for found in read)}))
            rows.append(replace(row, span=replace(row.span, codes=frozenset(codes)), cell=""))
        notes = tuple(
            f"{counted(count, 'cell')} of codes in {self.place} said {value!r}: read as no code"
            for value, count in missing.items()
        )
        return replace(self, rows=tuple(rows), notes=(*self.notes, *notes))

    def by(self, coder: str) -> CodedFile:
        """Return the same with a name for the coder, where the file names none."""
        if self.names_coders:
            return self
        return replace(
            self,
            rows=tuple(replace(row, coder=coder) for row in self.rows),
            left={coder: [span for spans in self.left.values() for span in spans]} if self.left else {},
            machines=frozenset({coder} if coder.startswith(MACHINE) else ()),
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
        """Return what one coder coded, overlaps cut; see `mestring_nlp.codings.read_codings`.

        Raises
        ------
        MestringError
            Nothing was coded, no coder has that name, or several coded and none was named.
        """
        self.check(transcripts or {})
        if coder is not None:
            self = self.by(coder)
        chosen = self._chosen(coder)
        book = codebook or self.book
        found = self.resolved(book or load_codebook())
        codes: dict[Span, set[str]] = {}
        words: dict[Span, str] = {}
        for row in found.rows:
            if row.coder == chosen:
                span = (row.span.transcript, row.span.start, row.span.end)
                codes.setdefault(span, set()).update(row.span.codes)
                words[span] = row.span.text
        pieces = cut_overlaps(codes)
        whole = (self.texts[name][start:end] for name, start, end in pieces)
        said = zip(pieces.items(), whole if self.texts else words_of(pieces, words), strict=True)
        return Codings(
            chosen,
            tuple(CodedSpan(*span, given, text) for (span, given), text in said),
            sum(pieces.get(span) != frozenset(given) for span, given in codes.items()),
            self.place,
            book,
            self.texts,
            tuple(self.left.get(chosen, ())),
            self.complete,
            found.notes,
        )

    def _chosen(self, coder: str | None) -> str:
        """Return the coder that is meant."""
        coders = self.coders
        if not coders:
            raise MestringError("nothing was coded", place=self.place, hint=" ".join(self.notes))
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
        return coder or coders[0]


def codings_csv(codings: Iterable[Coding]) -> bytes:
    """Return codings as the table that a folder of training data holds."""
    fields = ("transcript", "start", "end", "code", "coder", "note")
    return csv_bytes([fields, *([getattr(coding, name) for name in fields] for coding in codings)])


def _codebook_beside(table: Path) -> Codebook | None:
    """Read the codebook of the data folder that a table of codings lies in, if it has one."""
    folder = table.parent.parent if table.parent.name == "codings" else table.parent
    file = folder / "codebook.yaml"
    return load_codebook(file) if file.is_file() else None
