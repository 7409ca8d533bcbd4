"""Two coders side by side: read what each coded, and cut the text into units that both judged.

Coders seldom mark the same spans. Units are therefore made from both: every border of either
coder cuts, so that within a unit each coder says one thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.tables import read_table
from mestring_nlp.transcript import Transcript

UNITS = ("passage", "word")
_WORD = re.compile(r"\w+")


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
    """All that one coder coded, in the order of the text; spans do not overlap."""

    coder: str
    spans: tuple[CodedSpan, ...]


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
    """Read one coder's codings from a table.

    Parameters
    ----------
    file : str or pathlib.Path
        CSV with ``transcript,start,end`` and either ``code`` and ``coder`` (a row for each
        code, an empty code for "no code fits"), or ``codes`` joined with ``;`` as
        `mestring suggest` writes them. A column ``text`` is taken along.
    coder : str, optional
        Which coder, where the file holds several.

    Returns
    -------
    Codings

    Raises
    ------
    MestringError
        The table lacks a column, a span is impossible or overlaps another, nothing was coded,
        or several coders coded and none was named.
    """
    path = Path(file)
    rows = read_table(path, ("transcript", "start", "end"))
    if not rows:
        raise MestringError("nothing was coded", place=str(path))
    suggested = "codes" in rows[0][1]
    if not suggested and "code" not in rows[0][1]:
        raise MestringError(
            "the column 'code' is missing",
            place=f"{path}, row 1",
            hint="Give codings (transcript,start,end,code,coder) or a table of suggestions.",
        )
    coders = list(dict.fromkeys(row.get("coder") or path.stem for _, row in rows))
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
    found: dict[tuple[str, int, int], set[str]] = {}
    texts: dict[tuple[str, int, int], str] = {}
    for place, row in rows:
        if (row.get("coder") or path.stem) != chosen:
            continue
        if not (
            row["start"].isdecimal() and row["end"].isdecimal() and int(row["start"]) < int(row["end"])
        ):
            raise MestringError(f"{row['start']!r} to {row['end']!r} is no span", place=place)
        span = (row["transcript"], int(row["start"]), int(row["end"]))
        codes = row["codes"].split(";") if suggested else [row["code"]]
        found.setdefault(span, set()).update(code.strip() for code in codes if code.strip())
        texts[span] = row.get("text", "")
    spans = tuple(
        CodedSpan(*span, frozenset(codes), texts[span]) for span, codes in sorted(found.items())
    )
    refuse_overlaps(chosen, found, place=str(path))
    return Codings(chosen, spans)


def refuse_overlaps(coder: str, spans: Iterable[tuple[str, int, int]], *, place: str) -> None:
    """Raise where one coder's spans overlap without being the same: no unit would be clear.

    Parameters
    ----------
    coder : str
    spans : iterable of (transcript, start, end)
        Each once, in any order.
    place : str
        The file or folder, for the error.
    """
    for left, right in pairwise(sorted(spans)):
        if left[0] == right[0] and right[1] < left[2]:
            raise MestringError(
                f"{coder!r} coded {left[1]}-{left[2]} and {right[1]}-{right[2]}, which overlap",
                place=f"{place}, {left[0]}",
                hint="Two codes on the same passage must have the same start and end.",
            )


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
    mine, other = ({s.transcript for s in coder.spans} for coder in (a, b))
    if not mine & other:
        raise MestringError(
            f"{a.coder!r} and {b.coder!r} coded no transcript in common",
            hint=f"The first coded {', '.join(sorted(mine))}; the second {', '.join(sorted(other))}.",
        )
    units: list[Unit] = []
    for name in sorted(mine & other):
        sides = [[s for s in coder.spans if s.transcript == name] for coder in (a, b)]
        text = transcripts[name].text if transcripts and name in transcripts else None
        _check_texts(sides, name, text)
        borders = sorted({border for side in sides for s in side for border in (s.start, s.end)})
        for start, end in pairwise(borders):
            inside = [
                next((s for s in side if s.start <= start and end <= s.end), None) for side in sides
            ]
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
