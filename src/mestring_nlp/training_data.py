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
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mestring_nlp.codebook import Codebook, load_codebook
from mestring_nlp.codings import cut_overlaps
from mestring_nlp.errors import MestringError
from mestring_nlp.readers import SUFFIXES, VERBATIM, name_of, read_transcript, read_verbatim
from mestring_nlp.readers.decoding import canonical
from mestring_nlp.readers.formats import looks_like_transcript
from mestring_nlp.readers.tables import read_table
from mestring_nlp.transcript import Coding, Transcript

ADJUDICATED = "adjudicated"

_WORD = re.compile(r"\w")
_CODING_COLUMNS = ("transcript", "start", "end", "code", "coder")
_STATEMENT_COLUMNS = ("id", "part", "question", "text", "codes")


@dataclass(frozen=True)
class Statement:
    """A single coded passage outside any interview, or a lone question with what it invites.

    Attributes
    ----------
    id : str
    part : str
        Who composed or collected it; passages of one part are left out together.
    question : str
        The question that it answers; empty when there is none.
    text : str
        Empty for a lone question: it teaches what is asked, and is no passage.
    codes : tuple of str
        Empty for no code.
    """

    id: str
    part: str
    question: str
    text: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Examples:
    """Coded passages as columns of equal length, in the form that a classifier learns from.

    Attributes
    ----------
    texts, questions, groups : tuple of str
        The passages; what each answers; the interview, or part of the statements, of each.
    codes : tuple of tuple of str
    single : tuple of bool
        Whether each is a single statement, outside any interview.

    A text that is empty stands for a lone question; see `Statement`.
    """

    texts: tuple[str, ...]
    questions: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    groups: tuple[str, ...]
    single: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def passages(self) -> Examples:
        """The passages, without the lone questions."""
        return self.where([bool(text) for text in self.texts])

    @property
    def runs(self) -> tuple[str, ...]:
        """The interview of each passage; empty for a single statement."""
        return tuple("" if s else group for s, group in zip(self.single, self.groups, strict=True))

    def where(self, keep: list[bool]) -> Examples:
        """Give the examples at which `keep` is true."""
        rows = [index for index, kept in enumerate(keep) if kept]
        return Examples(
            tuple(self.texts[i] for i in rows),
            tuple(self.questions[i] for i in rows),
            tuple(self.codes[i] for i in rows),
            tuple(self.groups[i] for i in rows),
            tuple(self.single[i] for i in rows),
        )

    def __add__(self, other: Examples) -> Examples:
        """Give both, one after the other."""
        return Examples(
            self.texts + other.texts,
            self.questions + other.questions,
            self.codes + other.codes,
            self.groups + other.groups,
            self.single + other.single,
        )


@dataclass(frozen=True)
class TrainingData:
    """Transcripts, people's codings of them, and single statements, under one codebook."""

    codebook: Codebook
    transcripts: dict[str, Transcript]
    codings: tuple[Coding, ...]
    statements: tuple[Statement, ...] = ()

    @property
    def coders(self) -> tuple[str, ...]:
        """The coders, in order of appearance."""
        return tuple(dict.fromkeys(coding.coder for coding in self.codings))

    @property
    def hash(self) -> str:
        """SHA-256 over texts, codings and statements, as hexadecimal."""
        digest = hashlib.sha256()
        for name in sorted(self.transcripts):
            digest.update(f"{name}\0{self.transcripts[name].hash}\n".encode())
        for record in (*self.codings, *self.statements):
            digest.update(repr(record).encode())
        return digest.hexdigest()

    @cached_property
    def _coders_of(self) -> dict[str, dict[str, None]]:
        """Who coded each transcript, in order of appearance."""
        found: dict[str, dict[str, None]] = {}
        for coding in self.codings:
            found.setdefault(coding.transcript, {})[coding.coder] = None
        return found

    def units(self, coder: str) -> dict[tuple[str, int, int], tuple[str, ...]]:
        """Give the spans that a coder judged, each with its codes in codebook order.

        Spans that overlap are cut; see `mestring_nlp.codings.cut_overlaps`. Pieces without a word
        fall away.
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
        """Name the coder to learn from: the one asked for, ``adjudicated``, or the only one."""
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

    def examples(self, coder: str | None = None, *, statements: bool = True) -> Examples:
        """Lay out the coded passages for learning.

        Parameters
        ----------
        coder : str, optional
            Whose codings to take; see `gold`.
        statements : bool, default True
            Whether the single statements come along.

        Raises
        ------
        MestringError
            No passage was coded, or several coders coded and none was named.
        """
        rows: list[tuple[str, str, tuple[str, ...], str, bool]] = []
        judged: dict[str, dict[str, list[tuple[int, int, tuple[str, ...]]]]] = {}
        for name in self._coders_of:
            transcript = self.transcripts[name]
            gold = self.gold(name, coder)
            if gold not in judged:
                judged[gold] = {}
                for (where, start, end), codes in self.units(gold).items():
                    judged[gold].setdefault(where, []).append((start, end, codes))
            for start, end, codes in judged[gold].get(name, ()):
                turn = transcript.turn_at(start)
                question = transcript.question_for(turn) if turn >= 0 else ""
                rows.append((transcript.text[start:end], question, codes, name, False))
        if statements:
            rows += [(s.text, s.question, s.codes, s.part, True) for s in self.statements]
        if not rows:
            raise MestringError(
                "no coded passages" + (f" by {coder!r}" if coder else ""),
                hint=f"The coders are: {', '.join(self.coders) or 'none'}.",
            )
        texts, questions, codes_, groups, single = zip(*rows, strict=True)
        return Examples(texts, questions, codes_, groups, single)


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
            hint=f"Put people's codings into codings.csv with the columns {','.join(_CODING_COLUMNS)}.",
        )
    rows = [(place, row) for file in tables for place, row in read_table(file, _CODING_COLUMNS)]
    transcripts = _transcripts(root, {row["transcript"] for _, row in rows})
    ids = dict.fromkeys(codebook.ids)
    codings = tuple(_coding(place, row, transcripts, ids) for place, row in rows)
    statements = tuple(
        _statement(place, row, ids)
        for file in statement_tables
        for place, row in read_table(file, _STATEMENT_COLUMNS)
    )
    return TrainingData(codebook, transcripts, codings, statements)


def _tables(root: Path, name: str) -> list[Path]:
    single = root / f"{name}.csv"
    return [single] if single.is_file() else sorted((root / name).glob("*.csv"))


def _transcripts(root: Path, names: set[str]) -> dict[str, Transcript]:
    files: dict[str, list[Path]] = {}
    for file in sorted(root.rglob("*")):
        if name_of(file) in names and file.suffix.casefold() in SUFFIXES and file.is_file():
            files.setdefault(name_of(file), []).append(file)
    chosen = {}
    for name in sorted(names):
        found = [file for file in files.get(name, ()) if looks_like_transcript(file)]
        if not found:
            raise MestringError(
                f"codings name the transcript {name!r}, which is not there",
                place=str(root),
                hint=f"Expected a file such as {name}.txt in the folder or below it.",
            )
        if len(found) > 1:
            raise MestringError(
                f"{' and '.join(map(str, found))} are both called {name!r}",
                place=str(root),
                hint="Keep the one that was coded: positions hold for one text only.",
            )
        chosen[name] = found[0]
    return {
        name: read_verbatim(file) if file.parent == root / VERBATIM else read_transcript(file)
        for name, file in chosen.items()
    }


def _coding(
    place: str, row: dict[str, str], transcripts: dict[str, Transcript], ids: Collection[str]
) -> Coding:
    spans = []
    for column in ("start", "end"):
        if not row[column].isdecimal():
            raise MestringError(f"{column} is {row[column]!r}, not a whole number", place=place)
        spans.append(int(row[column]))
    start, end = spans
    length = len(transcripts[row["transcript"]].text)
    if not start < end <= length:
        raise MestringError(
            f"the span {start}-{end} does not lie in {row['transcript']}, a text of {length} characters",
            place=place,
        )
    if not row["coder"]:
        raise MestringError("the coder has no name", place=place)
    _check_codes([row["code"]] if row["code"] else [], ids, place)
    return Coding(row["transcript"], start, end, row["code"], row["coder"], row.get("note", ""))


def _statement(place: str, row: dict[str, str], ids: Collection[str]) -> Statement:
    codes = tuple(code.strip() for code in row["codes"].split(";") if code.strip())
    _check_codes(codes, ids, place)
    text, question = canonical(row["text"]), canonical(row["question"])
    if not text and not question:
        raise MestringError("the statement has neither text nor question", place=place)
    return Statement(row["id"], row["part"], question, text, codes)


def _check_codes(codes: Collection[str], ids: Collection[str], place: str) -> None:
    for code in codes:
        if code not in ids:
            raise MestringError(
                f"unknown code {code!r}", place=place, hint=f"The codes are: {', '.join(ids)}."
            )
