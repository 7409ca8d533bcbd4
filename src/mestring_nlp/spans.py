"""Coded spans of a transcript: checked against the text, and cut where they overlap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.decoding import composed

Span = tuple[str, int, int]
"""Transcript, start and end."""

_VERSION = "Were the codings made on another version of the text?"


@dataclass(frozen=True)
class CodedSpan:
    """A span and the set of codes that one coder gave it; empty for "read, no code fits"."""

    transcript: str
    start: int
    end: int
    codes: frozenset[str]
    text: str = ""


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


def words_of(pieces: Iterable[Span], texts: Mapping[Span, str]) -> Iterator[str]:
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
