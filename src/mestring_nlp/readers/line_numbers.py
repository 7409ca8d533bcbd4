"""Line numbers in a page's margin, wherever the PDF draws them: before, behind or between lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from mestring_nlp.readers.lines import Line

_ALONE = re.compile(r"\s*(\d{1,5})\s*")
_SIDES = (
    re.compile(r"\s*(?P<number>\d{1,5})(?:[.:)]?\s+|(?=[^\W\d_]))(?P<words>\S.*)"),
    re.compile(r"(?P<words>.*\S)\s+(?P<number>\d{1,5})\s*"),
)
_STEPS = (1, 2, 5, 10)
_FEWEST = 5
_SHARE = 0.8


class _Margin(NamedTuple):
    """How lines are numbered: how numbers stand in extracted text, and in which steps."""

    side: re.Pattern[str]
    step: int


def without_line_numbers(pages: Sequence[list[Line]]) -> tuple[list[list[Line]], list[Line]]:
    """Return pages without line numbers, and these as notes, one a page.

    Line numbers count on from line to line, or in steps, over nearly all lines of at least one page.
    """
    margin = next((found for page in pages if (found := _margin(page))), None)
    if margin is None:
        return list(pages), []
    cleaned: list[list[Line]] = []
    notes: list[Line] = []
    last = 0
    for page in pages:
        chain = _chain(page, margin)
        begins = [number for _, number in chain[:1]]
        # The last page may have few lines: its numbers go on, or begin anew.
        if not _covers(page, chain, margin, fewest=1) or (
            len(chain) < _FEWEST and begins[0] not in (last + margin.step, margin.step, 1)
        ):
            cleaned.append(page)
            continue
        last = chain[-1][1]
        numbered = dict(chain)
        words = [_words(line, margin) if i in numbered else line for i, line in enumerate(page)]
        cleaned.append([line for line in words if line is not None])
        numbers = " ".join(str(number) for _, number in chain)
        notes.append(Line(None, numbers, place=page[0].place, kind="line number"))
    return cleaned, notes


def without_numbers(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Return a plain text's lines without numbers before nearly each of them, and the note on these."""
    begun = sum(line.text.lstrip()[:1].isdecimal() for line in lines)
    if begun < _FEWEST or 2 * begun < sum(bool(line.text.strip()) for line in lines):
        return lines, []
    (cleaned,), notes = without_line_numbers([lines])
    return cleaned, notes


def _margin(page: Sequence[Line]) -> _Margin | None:
    """Return how the lines of a page are numbered, if they are."""
    options = [_Margin(side, step) for step in _STEPS for side in _SIDES]
    return next((x for x in options if _covers(page, _chain(page, x), x, fewest=_FEWEST)), None)


def _covers(
    page: Sequence[Line], chain: Sequence[tuple[int, int]], margin: _Margin, *, fewest: int
) -> bool:
    """Return whether numbers are enough to number the lines of a page that have words."""
    worded = sum(1 for line in page if line.text.strip() and not _ALONE.fullmatch(line.text))
    return len(chain) >= fewest and len(chain) >= _SHARE * (worded // margin.step)


def _chain(page: Sequence[Line], margin: _Margin) -> list[tuple[int, int]]:
    """Return the longest row of numbers on a page that go on by the step, with their lines."""
    found = list(_numbers(page, margin.side))
    before: list[int | None] = []
    lengths: list[int] = []
    ending: dict[int, int] = {}
    for index, (_, number) in enumerate(found):
        earlier = ending.get(number - margin.step)
        before.append(earlier)
        lengths.append(1 if earlier is None else lengths[earlier] + 1)
        if number not in ending or lengths[ending[number]] <= lengths[index]:
            ending[number] = index
    at = max(range(len(found)), key=lengths.__getitem__, default=None)
    chain = []
    while at is not None:
        chain.append(found[at])
        at = before[at]
    return chain[::-1]


def _numbers(page: Sequence[Line], side: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield the lines that may bear a line number, and that number."""
    for i, line in enumerate(page):
        alone = _ALONE.fullmatch(line.text)
        beside = None if alone else side.fullmatch(line.text)
        if alone or beside:
            yield i, int(alone[1] if alone else beside["number"] if beside else 0)


def _words(line: Line, margin: _Margin) -> Line | None:
    """Return a line without its number; None where it is nothing but a number."""
    if _ALONE.fullmatch(line.text):
        return None
    match = margin.side.fullmatch(line.text)
    return replace(line, text=match["words"]) if match else line
