"""Captions that roll: each shows again what the one before showed, and a few words more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from mestring_nlp.readers.cues import Cue

_PAUSE = 1.0
"""Seconds between two cues from which on the second shows nothing of the first."""

_MOST_LINES = 10
_SURE = 3
_OFTEN = 5


class _Shown(NamedTuple):
    """A cue's words with their speakers, and where its last lines begin."""

    words: list[tuple[str, str]]
    begins: list[int]


def shown_before(
    cues: Sequence[Cue], said: Sequence[Sequence[tuple[str, str]]]
) -> tuple[list[int], int]:
    """Return how many words each cue repeats of the one before, and how often captions roll.

    Somebody may well say a thing twice. So nothing is a repetition unless captions roll in the file: at
    least one cue in five shows the last lines of the one before and more words behind them, and at least
    three cues do, or what they repeat is longer than two words.
    """
    repeats = [0] * len(cues)
    filled = [number for number, lines in enumerate(said) if lines]
    shown = {number: _shown(said[number]) for number in filled}
    rolls = []
    for before, after in pairwise(filled):
        end = cues[before].end
        if end is None or cues[after].start - end > _PAUSE:
            continue
        repeats[after] = _repeated(shown[before], shown[after])
        if 0 < repeats[after] < len(shown[after].words):
            rolls.append(repeats[after])
    sure = len(rolls) >= _SURE or max(rolls, default=0) >= _SURE
    if not sure or _OFTEN * len(rolls) < len(filled) - 1:
        return [0] * len(cues), 0
    return repeats, len(rolls)


def _shown(lines: Sequence[tuple[str, str]]) -> _Shown:
    words = [[(who, word) for word in line.split()] for who, line in lines]
    begins = list(accumulate((len(line) for line in words[:-1]), initial=0))
    return _Shown([pair for line in words for pair in line], [0, *begins[1:][-_MOST_LINES:]])


def _repeated(before: _Shown, after: _Shown) -> int:
    """Return how many of the first words are the last lines of the cue before."""
    return next(_overlaps(before, after), 0)


def _overlaps(before: _Shown, after: _Shown) -> Iterator[int]:
    for begin in before.begins:
        tail = before.words[begin:]
        head = after.words[: len(tail)]
        if len(head) == len(tail) and all(
            word == again and who in (speaker, "")
            for (speaker, word), (who, again) in zip(tail, head, strict=True)
        ):
            yield len(tail)
