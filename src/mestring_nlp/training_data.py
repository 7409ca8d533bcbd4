"""Interviews that people have coded: read, checked, and laid out for learning.

A data folder holds transcripts (in the folder or below it), codings in ``codings.csv`` and in the
tables and workbooks of ``codings/``, with the columns ``transcript,start,end,code,coder`` and
optionally ``note``, optionally single passages in ``statements.csv`` or ``statements/*.csv``, and
optionally its own ``codebook.yaml``. An empty ``code`` says: read, and no code fits. Workbooks of
suggestions in which people wrote their own codes may lie in the folder too. Texts in the subfolder
``verbatim``, as `mestring import` writes them, are taken as they stand, and as the informant's alone
where they name no speakers.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass, field
from functools import cached_property
from pathlib import Path

from mestring_nlp.code_names import CodeNames, check_code
from mestring_nlp.codebook import Codebook, load_codebook
from mestring_nlp.coded_tables import has_codes_of_people
from mestring_nlp.codings import read_coded_file
from mestring_nlp.errors import MestringError
from mestring_nlp.readers import SUFFIXES, VERBATIM, name_of, read_transcript, read_verbatim
from mestring_nlp.readers.decoding import canonical, composed
from mestring_nlp.readers.formats import looks_like_transcript
from mestring_nlp.readers.tables import given, read_table
from mestring_nlp.spans import cut_overlaps
from mestring_nlp.text import counted
from mestring_nlp.transcript import MACHINE, Coding, LoneQuestion, Segment, Transcript

ADJUDICATED = "adjudicated"

_WORD = re.compile(r"\w")
_TABLES = (".csv", ".tsv", ".xlsx")
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
    machines : frozenset of str
        The coders that are models; they are learned from only where asked for by name.
    notes : tuple of str
        What the user should know of how the data was read.
    """

    codebook: Codebook
    transcripts: dict[str, Transcript]
    codings: tuple[Coding, ...] = field(repr=False)
    statements: tuple[Segment, ...] = field(default=(), repr=False)
    lone_questions: tuple[LoneQuestion, ...] = field(default=(), repr=False)
    machines: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """The coders that are no models, in order of appearance."""
        return tuple(coder for coder in self.coders if not self._is_machine(coder))

    def _is_machine(self, coder: str) -> bool:
        return coder in self.machines or coder.startswith(MACHINE)

    def left_out(self, coder: str | None = None) -> list[str]:
        """Return what of the codings is not learned from, and why, a sentence each.

        Parameters
        ----------
        coder : str, optional
            Whose codings are asked for.
        """
        count = Counter(c.coder for c in self.codings if self._is_machine(c.coder) and c.coder != coder)
        return [
            f"{counted(number, 'coding')} by the model {name!r} left out: models learn from people "
            f"(with --coder {name!r} it would be learned from)"
            for name, number in count.items()
        ]

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
        """Return the coder to learn from: the one asked for, ``adjudicated``, or the only person."""
        present = [c for c in self._coders_of.get(transcript, ()) if not self._is_machine(c)]
        if coder is not None:
            return coder
        if ADJUDICATED in present or len(present) == 1:
            return ADJUDICATED if ADJUDICATED in present else present[0]
        raise MestringError(
            f"{len(present)} coders coded it ({', '.join(present)})",
            place=transcript,
            hint=f"Name one with --coder, or resolve their differences as coder {ADJUDICATED!r}.",
        )

    def texts(self, coder: str | None = None) -> list[str]:
        """Return every text that a model encodes, each once, sorted.

        Passages alone, and together with the question that they answer; and lone questions.

        Parameters
        ----------
        coder : str, optional
            Whose passages; see `gold`.
        """
        rows = [*self.segments(coder), *self.statements]
        asked = (question.text for question in self.lone_questions)
        return sorted({*(row.text for row in rows), *(row.joint for row in rows), *asked} - {""})

    def segments(self, coder: str | None = None) -> list[Segment]:
        """Return the coded passages of the interviews, in the order of the talk.

        Parameters
        ----------
        coder : str, optional
            Whose codings to take; see `gold`.

        Raises
        ------
        MestringError
            That coder coded nothing, or several people coded and none was named, or models alone.
        """
        units: dict[str, dict[str, list[Segment]]] = {}
        found: list[Segment] = []
        for name, coders in self._coders_of.items():
            if coder is None and all(map(self._is_machine, coders)):
                continue
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
        if not found and self.codings and not self.people:
            raise MestringError(
                f"only models coded ({', '.join(self.coders)}), and a model learns from people",
                hint="Add people's codings; or name one with --coder, if you went through its codings.",
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
            hint="Put people's codings into codings.csv: transcript,start,end,code,coder; or a workbook "
            "of suggestions with codes in its column 'Din kode' into the folder.",
        )
    files = [read_coded_file(file).resolved(codebook) for file in tables]
    transcripts = _transcripts(root, {name for file in files for name in file.transcripts})
    ids = dict.fromkeys(codebook.ids)
    for file in files:
        file.check(transcripts, ids)
    codings = tuple(coding for file in files for coding in file.codings)
    names = CodeNames(codebook)
    statements = [
        _statement(place, row, names, ids)
        for file in statement_tables
        for place, row in read_table(file, _STATEMENT_COLUMNS)
    ]
    return TrainingData(
        codebook,
        transcripts,
        codings,
        tuple(s for s in statements if isinstance(s, Segment)),
        tuple(s for s in statements if isinstance(s, LoneQuestion)),
        frozenset(coder for file in files for coder in file.machines),
        tuple(note for file in files for note in file.notes),
    )


def holds_codings(folder: Path) -> bool:
    """Return whether a folder has a table of codings, or a workbook with people's codes."""
    return bool(_tables(folder, "codings"))


def _tables(root: Path, name: str) -> list[Path]:
    """Return the tables of a name, and the workbooks in which people wrote their codes."""
    suffixes = _TABLES if name == "codings" else (".csv",)
    found = [root / f"{name}{suffix}" for suffix in suffixes]
    found += sorted(file for file in (root / name).glob("*") if file.suffix.casefold() in suffixes)
    if name == "codings":
        books = sorted(file for file in root.glob("*") if file.suffix.casefold() == ".xlsx")
        found += [book for book in books if book not in found and _is_coded(book)]
    return [file for file in found if file.is_file() and not file.name.startswith((".", "~$"))]


def _is_coded(book: Path) -> bool:
    return book.is_file() and not book.name.startswith((".", "~$")) and has_codes_of_people(book)


def _transcripts(root: Path, names: set[str]) -> dict[str, Transcript]:
    """Read the transcripts that codings name; raise where one is missing."""
    return {name: read_coded(file) for name, file in transcripts_of(root, names).items()}


def transcripts_of(root: Path, names: Collection[str]) -> dict[str, Path]:
    """Return the files in a folder, or below it, of the transcripts that codings name.

    Raises
    ------
    MestringError
        One is missing, or two files bear one name.
    """
    files = [file for file in sorted(root.rglob("*")) if file.suffix.casefold() in SUFFIXES]
    found = _by_name(files, names)
    if missing := sorted(set(names) - found.keys()):
        hint = f"Expected a file such as {missing[0]}.txt in the folder or below it."
        if same := next((file for file in files if composed(file.name) == missing[0]), None):
            hint = f"Write the name without its suffix: {name_of(same)}."
        raise MestringError(
            f"codings name the transcript {missing[0]!r}, which is not there",
            place=str(root),
            hint=hint,
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
    return {name: read_coded(file) for name, file in _by_name(files, names).items()}


def _by_name(files: Iterable[Path], names: Collection[str]) -> dict[str, Path]:
    chosen: dict[str, Path] = {}
    for file in files:
        name = composed(name_of(file))
        if name not in names or not file.is_file() or not looks_like_transcript(file):
            continue
        if name in chosen:
            raise MestringError(
                f"{chosen[name]} and {file} are both called {name!r}",
                hint="Keep the one that was coded: positions hold for one text only.",
            )
        chosen[name] = file
    return dict(sorted(chosen.items()))


def read_coded(file: Path) -> Transcript:
    """Read a transcript that was coded; texts that `mestring import` wrote are taken as they stand."""
    return read_verbatim(file) if file.parent.name == VERBATIM else read_transcript(file)


def _statement(
    place: str, row: dict[str, str], names: CodeNames, ids: Collection[str]
) -> Segment | LoneQuestion:
    read = names.read(row["codes"], place=place).codes
    for code in read:
        check_code(code, ids, place=place)
    codes = tuple(code for code in ids if code in read)
    text, question = canonical(given(row, "text")), canonical(given(row, "question"))
    if text:
        return Segment.alone(text, question, codes, collection=row["part"])
    if not question:
        raise MestringError("the statement has neither text nor question", place=place)
    return LoneQuestion(question, codes, row["part"])
