"""Two coders side by side: the text cut into units within which each coder says one thing.

Coders seldom mark the same spans. Units are therefore made from both: every boundary of either
coder cuts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mestring_nlp.coded_file import Codings
from mestring_nlp.errors import MestringError
from mestring_nlp.spans import CodedSpan, check_span, same_words
from mestring_nlp.transcript import Transcript

UNITS = ("passage", "word")
_WORD = re.compile(r"\w+")


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


class Unjudged(NamedTuple):
    """A stretch that one coder judged and the other, ``"a"`` or ``"b"``, did not.

    That one had no row for it, or abstained.
    """

    transcript: str
    start: int
    end: int
    coder: str
    abstained: bool


def common_units(
    a: Codings,
    b: Codings,
    *,
    unit: str = "passage",
    transcripts: Mapping[str, Transcript] | None = None,
) -> list[Unit]:
    """Cut the text that both coders judged into units.

    Parameters
    ----------
    a, b : Codings
    unit : {"passage", "word"}, default "passage"
        Whether each stretch counts once, or by its words.
    transcripts : mapping of str to Transcript, optional
        The texts, where the codings do not carry them.

    Returns
    -------
    list of Unit
        In order. A stretch for which a coder has no row is left out, and so is one that a machine left
        to a person; of a coder who read whole transcripts it has no code (see `Codings.complete`).

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
    return [found for found in _stretches(a, b, unit, transcripts or {}) if isinstance(found, Unit)]


def unjudged(a: Codings, b: Codings) -> list[Unjudged]:
    """Return the stretches that one coder judged and the other did not, in order."""
    return [found for found in _stretches(a, b, "passage", {}) if isinstance(found, Unjudged)]


def _stretches(
    a: Codings, b: Codings, unit: str, transcripts: Mapping[str, Transcript]
) -> Iterator[Unit | Unjudged]:
    """Yield each stretch of the transcripts that both coded and that either judged."""
    by_transcript = [coder.by_transcript for coder in (a, b)]
    abstained = [coder.left_by_transcript for coder in (a, b)]
    for name in sorted(by_transcript[0].keys() & by_transcript[1].keys()):
        sides = [side[name] for side in by_transcript]
        left = [side.get(name, []) for side in abstained]
        text = _whole(name, a, b, transcripts)
        _check_texts(sides, name, text)
        cuts = [*sides, *left]
        boundaries = sorted({at for side in cuts for s in side for at in (s.start, s.end)})
        for start, end in pairwise(boundaries):
            inside = [_over(side, start, end) for side in sides]
            if inside == [None, None]:
                continue
            words = _text_of(start, end, inside, text)
            if words is not None and not _WORD.search(words):
                continue
            if None in inside:
                side = inside.index(None)
                is_left = _over(left[side], start, end) is not None
                if is_left or not (a, b)[side].complete:
                    yield Unjudged(name, start, end, "ab"[side], is_left)
                    continue
            if unit == "word" and words is None:
                raise MestringError(
                    "words cannot be counted without the text",
                    place=f"{name}, {start}-{end}",
                    hint="Give the transcripts with --transcripts FOLDER.",
                )
            first, second = (s.codes if s else frozenset[str]() for s in inside)
            weight = len(_WORD.findall(words or "")) if unit == "word" else 1
            yield Unit(name, start, end, first, second, (words or "").strip(), weight)


def _over(side: Sequence[CodedSpan], start: int, end: int) -> CodedSpan | None:
    """Return the span that a stretch lies in, among spans in order that do not overlap."""
    at = bisect_right(side, start, key=lambda span: span.start) - 1
    return side[at] if at >= 0 and end <= side[at].end else None


def _whole(name: str, a: Codings, b: Codings, transcripts: Mapping[str, Transcript]) -> str | None:
    """Return a transcript's whole text, from the user or from the codings' files."""
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
    for s in (s for side in sides for s in side):
        if text is not None:
            check_span(s, text, place=name)
        elif s.text and not same_words(expected := known.setdefault((s.start, s.end), s.text), s.text):
            raise MestringError(
                f"the coders have different texts at {s.start}-{s.end}: "
                f"{expected[:40]!r} and {s.text[:40]!r}",
                place=name,
                hint="Code the same version of the transcript.",
            )


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
    """Return both coders' codes as matrices of shape (total weight, n_codes)."""
    weights = [unit.weight for unit in units]
    first, second = (
        np.repeat(
            np.array([[code in side for code in codes] for side in found], dtype=bool), weights, axis=0
        )
        for found in ([unit.a for unit in units], [unit.b for unit in units])
    )
    return first, second
