"""Two coders side by side: read what each coded, and cut the text into units that both judged.

Coders seldom mark the same spans. Units are therefore made from both: every border of either
coder cuts, so that within a unit each coder says one thing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.tables import read_table
from mestring_nlp.text import legal
from mestring_nlp.transcript import Transcript

UNITS = ("passage", "word")
_WORD = re.compile(r"\w+")
_LONGEST_POSITION = 12

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
    texts : dict of str to str
        Whole transcripts by name, where the file holds them.
    """

    coder: str
    spans: tuple[CodedSpan, ...]
    overlapped: int = 0
    texts: dict[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def by_transcript(self) -> dict[str, list[CodedSpan]]:
        """The spans of each transcript."""
        found: dict[str, list[CodedSpan]] = {}
        for span in self.spans:
            found.setdefault(span.transcript, []).append(span)
        return found


@dataclass(frozen=True)
class Unit:
    """A stretch of text within which each of two coders says one thing.

    Attributes
    ----------
    transcript : str
    start, end : int
    a, b : frozenset of str
        Each coder's codes.
    text : str
        Empty where the codings do not carry it.
    weight : int
        1 for a passage; the number of words for the unit "word".
    """

    transcript: str
    start: int
    end: int
    a: frozenset[str]
    b: frozenset[str]
    text: str
    weight: int = 1


def read_codings(file: str | Path, coder: str | None = None) -> Codings:
    """Read one coder's codings from a table or a REFI-QDA project.

    Parameters
    ----------
    file : str or pathlib.Path
        CSV with ``transcript,start,end`` and either ``code`` and ``coder`` (a row for each
        code, an empty code for "no code fits"), or ``codes`` joined with ``;`` as
        `mestring suggest` writes them; a column ``text`` is taken along. Or a ``.qdpx``.
    coder : str, optional
        Which coder, where the file holds several.

    Returns
    -------
    Codings

    Raises
    ------
    MestringError
        The file is broken, a span is impossible, nothing was coded, or several coders coded and
        none was named.
    """
    path = Path(file)
    whole: dict[str, str] = {}
    if path.suffix.casefold() == ".qdpx":
        found, whole = _from_project(path)
    else:
        found = _from_table(path)
    coders = list(dict.fromkeys(name for name, _ in found))
    if not coders:
        raise MestringError("nothing was coded", place=str(path))
    if coder is None and len(coders) > 1:
        raise MestringError(
            f"{len(coders)} coders coded ({', '.join(coders)})",
            place=str(path),
            hint="Name one as FILE:CODER.",
        )
    if coder is not None and coder not in coders:
        raise MestringError(
            f"no coder is called {coder!r}",
            place=str(path),
            hint=f"The coders are: {', '.join(coders)}.",
        )
    chosen = coder or coders[0]
    codes: dict[Span, set[str]] = {}
    texts: dict[Span, str] = {}
    for name, given in found:
        if name == chosen:
            span = (given.transcript, given.start, given.end)
            codes.setdefault(span, set()).update(given.codes)
            texts[span] = given.text
    pieces = cut_overlaps(codes)
    said = (whole[name][start:end] for name, start, end in pieces) if whole else _words_of(pieces, texts)
    return Codings(
        chosen,
        tuple(
            CodedSpan(*span, frozenset(given), words)
            for (span, given), words in zip(pieces.items(), said, strict=True)
        ),
        sum(pieces.get(span) != frozenset(given) for span, given in codes.items()),
        whole,
    )


def _from_table(path: Path) -> list[tuple[str, CodedSpan]]:
    """Each row's coder and coded span."""
    rows = read_table(path, ("transcript", "start", "end"))
    suggested = bool(rows) and "codes" in rows[0][1]
    if rows and not suggested and "code" not in rows[0][1]:
        raise MestringError(
            "the column 'code' is missing",
            place=f"{path}, row 1",
            hint="Give codings (transcript,start,end,code,coder) or a table of suggestions.",
        )
    found = []
    for place, row in rows:
        start, end = row["start"], row["end"]
        decimal = all(side.isdecimal() and len(side) <= _LONGEST_POSITION for side in (start, end))
        if not decimal or int(start) >= int(end):
            raise MestringError(f"{start[:40]!r} to {end[:40]!r} is no span", place=place)
        codes = row["codes"].split(";") if suggested else [row["code"]]
        given = frozenset(code.strip() for code in codes if code.strip())
        span = CodedSpan(row["transcript"], int(start), int(end), given, row.get("text", ""))
        found.append((row.get("coder") or legal(path.stem), span))
    return found


def _from_project(path: Path) -> tuple[list[tuple[str, CodedSpan]], dict[str, str]]:
    """Each coding of a project, and the texts: long spans over one another are not to be copied."""
    from mestring_nlp.refi import read_project

    project = read_project(path)
    texts = {source.name: source.text for source in project.sources}
    found = [
        (
            coding.coder,
            CodedSpan(
                coding.transcript,
                coding.start,
                coding.end,
                frozenset({coding.code} - {""}),
            ),
        )
        for coding in project.codings
    ]
    return found, texts


def cut_overlaps(codes: Mapping[Span, Collection[str]]) -> dict[Span, frozenset[str]]:
    """Cut one coder's spans at every border within them, so that none overlap.

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
    borders: dict[tuple[str, int], tuple[list[Span], list[Span]]] = {}
    for span in codes:
        name, start, end = span
        borders.setdefault((name, start), ([], []))[0].append(span)
        borders.setdefault((name, end), ([], []))[1].append(span)
    cut: dict[Span, frozenset[str]] = {}
    over = 0
    given: Counter[str] = Counter()
    for (name, start), (_, end) in pairwise(sorted(borders)):
        begun, ended = borders[name, start]
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
    """The words of each piece, from the span that it is or lies in; pieces come in order."""
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


def common_units(
    a: Codings,
    b: Codings,
    *,
    unit: str = "passage",
    transcripts: dict[str, Transcript] | None = None,
) -> list[Unit]:
    """Cut the text that either coder judged into units.

    Parameters
    ----------
    a, b : Codings
    unit : {"passage", "word"}, default "passage"
        Whether each stretch counts once, or by its words.
    transcripts : dict of str to Transcript, optional
        The texts, where the codings do not carry them.

    Returns
    -------
    list of Unit
        In order; where one coder left text out that the other judged, that coder's set is empty.

    Raises
    ------
    MestringError
        The coders coded no transcript in common or different texts, or words cannot be counted.
    """
    if unit not in UNITS:
        raise MestringError(f"unknown unit {unit!r}", hint=f"Known: {', '.join(UNITS)}.")
    mine, other = (coder.by_transcript.keys() for coder in (a, b))
    if not mine & other:
        raise MestringError(
            f"{a.coder!r} and {b.coder!r} coded no transcript in common",
            hint=f"The first coded {', '.join(sorted(mine))}; the second {', '.join(sorted(other))}.",
        )
    units: list[Unit] = []
    by_transcript = [coder.by_transcript for coder in (a, b)]
    for name in sorted(mine & other):
        sides = [side[name] for side in by_transcript]
        text = _whole(name, a, b, transcripts or {})
        _check_texts(sides, name, text)
        borders = sorted({border for side in sides for s in side for border in (s.start, s.end)})
        for start, end in pairwise(borders):
            inside = [_over(side, start, end) for side in sides]
            if inside == [None, None]:
                continue
            words = _text_of(start, end, inside, text)
            if words is not None and not _WORD.search(words):
                continue
            if unit == "word" and words is None:
                raise MestringError(
                    "words cannot be counted without the text",
                    place=f"{name}, {start}-{end}",
                    hint="Give the transcripts with --transcripts FOLDER.",
                )
            first, second = (s.codes if s else frozenset() for s in inside)
            weight = len(_WORD.findall(words or "")) if unit == "word" else 1
            units.append(Unit(name, start, end, first, second, (words or "").strip(), weight))
    return units


def _over(side: Sequence[CodedSpan], start: int, end: int) -> CodedSpan | None:
    """The span that a stretch lies in, among spans in order that do not overlap."""
    at = bisect_right(side, start, key=lambda span: span.start) - 1
    return side[at] if at >= 0 and end <= side[at].end else None


def _whole(name: str, a: Codings, b: Codings, transcripts: Mapping[str, Transcript]) -> str | None:
    """A transcript's whole text, from the user or from the codings' files."""
    texts = [side.texts[name] for side in (a, b) if name in side.texts]
    if name in transcripts:
        return transcripts[name].text
    if len(set(texts)) > 1:
        raise MestringError(
            "the coders' projects have different texts",
            place=name,
            hint="Code the same version of the transcript.",
        )
    return texts[0] if texts else None


def _check_texts(sides: Sequence[Sequence[CodedSpan]], name: str, text: str | None) -> None:
    """Raise where the coders, or a coder and the transcript, have different words at one place."""
    known: dict[tuple[int, int], str] = {}
    for side in sides:
        for s in side:
            if text is not None and s.end > len(text):
                raise MestringError(
                    f"the span {s.start}-{s.end} lies outside the transcript of {len(text)} characters",
                    place=name,
                    hint="Were the codings made on another version of the text?",
                )
            if not s.text:
                continue
            whole = text[s.start : s.end] if text is not None else s.text
            expected = known.setdefault((s.start, s.end), whole)
            if _bare(expected) != _bare(s.text):
                raise MestringError(
                    f"the coders have different texts at {s.start}-{s.end}: "
                    f"{expected[:40]!r} and {s.text[:40]!r}",
                    place=name,
                    hint="Code the same version of the transcript.",
                )


def _bare(text: str) -> str:
    """A text without the apostrophe that guards spreadsheets, and without spaces."""
    return "".join(text.removeprefix("'").split())


def _text_of(start: int, end: int, inside: Iterable[CodedSpan | None], text: str | None) -> str | None:
    if text is not None:
        return text[start:end]
    for s in inside:
        if s is not None and len(s.text) == s.end - s.start:
            return s.text[start - s.start : end - s.start]
    return None


def indicator(
    units: Sequence[Unit], codes: Sequence[str]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Give both coders' codes as matrices of shape (total weight, n_codes)."""
    weights = [unit.weight for unit in units]
    first, second = (
        np.repeat(
            np.array([[code in side for code in codes] for side in found], dtype=bool), weights, axis=0
        )
        for found in ([unit.a for unit in units], [unit.b for unit in units])
    )
    return first, second
