"""Interviews that people have coded: read, checked, and laid out for learning.

A data folder holds transcripts (in the folder or below it), codings in ``codings.csv`` or
``codings/*.csv`` with the columns ``transcript,start,end,code,coder`` and optionally ``note``,
optionally single passages in ``statements.csv`` or ``statements/*.csv``, and optionally its own
``codebook.yaml``. An empty ``code`` says: read, and no code fits. Texts in the subfolder ``verbatim``,
as `mestring import` writes them, are taken as they stand, and as the informant's alone where they name
no speakers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass, field
from functools import cached_property
from pathlib import Path

from mestring_nlp.codebook import Codebook, load_codebook
from mestring_nlp.codings import check_code, cut_overlaps, read_coded_file
from mestring_nlp.errors import MestringError
from mestring_nlp.readers import SUFFIXES, VERBATIM, name_of, read_transcript, read_verbatim
from mestring_nlp.readers.decoding import canonical
from mestring_nlp.readers.formats import looks_like_transcript
from mestring_nlp.readers.tables import read_table
from mestring_nlp.transcript import Coding, LoneQuestion, Segment, Transcript

ADJUDICATED = "adjudicated"

_WORD = re.compile(r"\w")
_STATEMENT_COLUMNS = ("id", "part", "question", "text", "codes")


@dataclass(frozen=True)
class TrainingData:
    """Transcripts, people's codings of them, and single statements, under one codebook.

    Attributes
    ----------
    codebook : Codebook
    transcripts : dict of str to Transcript
        By name.
    codings : tuple of Coding
    statements : tuple of Segment
        Coded passages outside any interview; a collection of them is left out together.
    lone_questions : tuple of LoneQuestion
    """

    codebook: Codebook
    transcripts: dict[str, Transcript]
    codings: tuple[Coding, ...] = field(repr=False)
    statements: tuple[Segment, ...] = field(default=(), repr=False)
    lone_questions: tuple[LoneQuestion, ...] = field(default=(), repr=False)

    @property
    def coders(self) -> tuple[str, ...]:
        """The coders, in order of appearance."""
        return tuple(dict.fromkeys(coding.coder for coding in self.codings))

    @property
    def hash(self) -> str:
        """SHA-256 over texts, codings, statements and lone questions, as hexadecimal."""
        digest = hashlib.sha256()
        for name in sorted(self.transcripts):
            digest.update(f"{name}\0{self.transcripts[name].hash}\n".encode())
        records: tuple[Coding | Segment | LoneQuestion, ...]
        records = (*self.codings, *self.statements, *self.lone_questions)
        for record in records:
            digest.update(repr(astuple(record)).encode())
        return digest.hexdigest()

    @cached_property
    def _coders_of(self) -> dict[str, dict[str, None]]:
        """Who coded each transcript, in order of appearance."""
        found: dict[str, dict[str, None]] = {}
        for coding in self.codings:
            found.setdefault(coding.transcript, {})[coding.coder] = None
        return found

    def units(self, coder: str) -> dict[tuple[str, int, int], tuple[str, ...]]:
        """Return the spans that a coder judged, each with its codes in codebook order.

        Spans that overlap are cut; see `mestring_nlp.codings.cut_overlaps`. Pieces without a word
        are left out.
        """
        found: dict[tuple[str, int, int], set[str]] = {}
        for coding in self.codings:
            if coding.coder == coder:
                span = (coding.transcript, coding.start, coding.end)
                found.setdefault(span, set()).update({coding.code} - {""})
        ids = self.codebook.ids
        return {
            span: tuple(code for code in ids if code in codes)
            for span, codes in cut_overlaps(found).items()
            if span in found or _WORD.search(self.transcripts[span[0]].text, span[1], span[2])
        }

    def gold(self, transcript: str, coder: str | None = None) -> str:
        """Return the coder to learn from: the one asked for, ``adjudicated``, or the only one."""
        present = list(self._coders_of.get(transcript, ()))
        if coder is not None:
            return coder
        if ADJUDICATED in present or len(present) == 1:
            return ADJUDICATED if ADJUDICATED in present else present[0]
        raise MestringError(
            f"{len(present)} coders coded it ({', '.join(present)})",
            place=transcript,
            hint=f"Name one with --coder, or resolve their differences as coder {ADJUDICATED!r}.",
        )

    def segments(self, coder: str | None = None) -> list[Segment]:
        """Return the coded passages of the interviews, in the order of the talk.

        Parameters
        ----------
        coder : str, optional
            Whose codings to take; see `gold`.

        Raises
        ------
        MestringError
            That coder coded nothing, or several coders coded and none was named.
        """
        units: dict[str, dict[str, list[Segment]]] = {}
        found: list[Segment] = []
        for name in self._coders_of:
            gold = self.gold(name, coder)
            if gold not in units:
                units[gold] = {}
                for span, codes in self.units(gold).items():
                    units[gold].setdefault(span[0], []).append(self._segment(*span, codes))
            found += units[gold].get(name, ())
        if coder is not None and not found:
            raise MestringError(
                f"no coded passages by {coder!r}",
                hint=f"The coders are: {', '.join(self.coders) or 'none'}.",
            )
        return found

    def _segment(self, name: str, start: int, end: int, codes: tuple[str, ...]) -> Segment:
        transcript = self.transcripts[name]
        turn = transcript.turn_at(start)
        return Segment(
            name,
            max(turn + 1, 1),
            transcript.turns[turn].speaker if turn >= 0 else "",
            start,
            end,
            transcript.text[start:end],
            transcript.question_for(turn) if turn >= 0 else "",
            codes,
        )


def load_training_data(folder: str | Path, *, codebook: Codebook | None = None) -> TrainingData:
    """Read and check a data folder.

    Parameters
    ----------
    folder : str or pathlib.Path
    codebook : Codebook, optional
        In place of the folder's own, or else of the bundled one.

    Returns
    -------
    TrainingData

    Raises
    ------
    MestringError
        Something is missing or wrong; the message names the file and the row.
    """
    root = Path(folder)
    if not root.is_dir():
        raise MestringError("no such folder", place=str(root), hint="Give a folder of training data.")
    own = root / "codebook.yaml"
    codebook = codebook or load_codebook(own if own.is_file() else None)
    tables = _tables(root, "codings")
    statement_tables = _tables(root, "statements")
    if not tables and not statement_tables:
        raise MestringError(
            "neither codings.csv nor statements.csv",
            place=str(root),
            hint="Put people's codings into codings.csv: transcript,start,end,code,coder.",
        )
    files = [read_coded_file(file) for file in tables]
    transcripts = _transcripts(root, {name for file in files for name in file.transcripts})
    ids = dict.fromkeys(codebook.ids)
    for file in files:
        file.check(transcripts, ids)
    codings = tuple(coding for file in files for coding in file.codings)
    statements = [
        _statement(place, row, ids)
        for file in statement_tables
        for place, row in read_table(file, _STATEMENT_COLUMNS)
    ]
    return TrainingData(
        codebook,
        transcripts,
        codings,
        tuple(s for s in statements if isinstance(s, Segment)),
        tuple(s for s in statements if isinstance(s, LoneQuestion)),
    )


def _tables(root: Path, name: str) -> list[Path]:
    single = root / f"{name}.csv"
    return [single] if single.is_file() else sorted((root / name).glob("*.csv"))


def _transcripts(root: Path, names: set[str]) -> dict[str, Transcript]:
    """Read the transcripts that codings name; raise where one is missing."""
    files = (file for file in sorted(root.rglob("*")) if file.suffix.casefold() in SUFFIXES)
    found = read_named(files, names)
    if missing := sorted(names - found.keys()):
        raise MestringError(
            f"codings name the transcript {missing[0]!r}, which is not there",
            place=str(root),
            hint=f"Expected a file such as {missing[0]}.txt in the folder or below it.",
        )
    return found


def read_named(files: Iterable[Path], names: Collection[str]) -> dict[str, Transcript]:
    """Read the transcripts that have given names, those that `mestring import` wrote as they stand.

    Parameters
    ----------
    files : iterable of pathlib.Path
        Any files; those of other names, and tables and pages without talk, are passed over.
    names : collection of str

    Returns
    -------
    dict of str to Transcript
        By name; names without a file are left out.

    Raises
    ------
    MestringError
        Two files bear one name, or a transcript cannot be read.
    """
    chosen: dict[str, Path] = {}
    for file in files:
        name = name_of(file)
        if name not in names or not file.is_file() or not looks_like_transcript(file):
            continue
        if name in chosen:
            raise MestringError(
                f"{chosen[name]} and {file} are both called {name!r}",
                hint="Keep the one that was coded: positions hold for one text only.",
            )
        chosen[name] = file
    return {
        name: read_verbatim(file) if file.parent.name == VERBATIM else read_transcript(file)
        for name, file in sorted(chosen.items())
    }


def _statement(place: str, row: dict[str, str], ids: Collection[str]) -> Segment | LoneQuestion:
    given = {code.strip() for code in row["codes"].split(";")} - {""}
    for code in sorted(given):
        check_code(code, ids, place=place)
    codes = tuple(code for code in ids if code in given)
    text, question = canonical(row["text"]), canonical(row["question"])
    if text:
        return Segment.alone(text, question, codes, collection=row["part"])
    if not question:
        raise MestringError("the statement has neither text nor question", place=place)
    return LoneQuestion(question, codes, row["part"])
