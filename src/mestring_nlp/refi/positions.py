"""Convert positions in a QDA program's text to positions in the canonical text, and back.

Programs count differently: Unicode code points or UTF-16 units, CR LF as two or as one, a byte order
mark or not. `counting_of` infers which a project used; `PositionMap` converts.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, product

from mestring_nlp.readers.decoding import LIGATURES, LINE_END, NO_BREAK, PILED, TAKEN_OUT, composed

BOM = "\ufeff"
_WIDTHS = b"\1" + b"\2" * 255
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
# Nothing below U+0300 joins what precedes it, or changes by itself.
_CLUSTER = re.compile(".[\u0300-\U0010ffff]+|[\u0300-\U0010ffff]", re.DOTALL)

_CLEAN, _FAIR, _INSIDE_WORD, _OUTSIDE = 2, 1, 0, -4


@dataclass(frozen=True)
class Counting:
    """How a program counts the characters of a text.

    Attributes
    ----------
    utf16 : bool
        Whether a character beyond U+FFFF counts as two.
    crlf_as_one : bool
        Whether CR LF counts as one.
    bom : bool
        Whether a byte order mark counts.
    """

    utf16: bool = False
    crlf_as_one: bool = False
    bom: bool = False

    def __str__(self) -> str:
        units = "UTF-16 units" if self.utf16 else "code points"
        line_end = "line ends (CR LF) as one" if self.crlf_as_one else "line ends (CR LF) as two"
        return f"{units}, {line_end}, the byte order mark {'too' if self.bom else 'not'}"

    def places(self, raw: str) -> Sequence[int]:
        """Return the position before each character and after the last: ``len(raw) + 1`` of them."""
        marked = raw.startswith(BOM) and not self.bom
        wide = self.utf16 and _ASTRAL.search(raw) is not None
        joined = self.crlf_as_one and "\r\n" in raw
        if not (marked or wide or joined):
            return range(len(raw) + 1)
        # The plane of each character, and from that its width: 1 in the first, 2 beyond.
        planes = raw.encode("utf-32-le", "surrogatepass")[2::4] if wide else bytes(len(raw))
        widths = bytearray(planes.translate(_WIDTHS))
        if joined:
            for match in re.finditer("\r\n", raw):
                widths[match.start()] = 0
        if marked:
            widths[0] = 0
        return array("I", accumulate(widths, initial=0))


STANDARD = Counting()
"""As in the standard's own examples, and in what we write."""


@dataclass(frozen=True)
class Trace:
    """A changed text, with the place that each of its characters had before.

    Attributes
    ----------
    text : str
    starts, ends : sequence of int
        For each character, the span of the earlier text that became it.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, raw: str) -> Trace:
        """Return a text's canonical form, traced; see `mestring_nlp.readers.decoding.canonical`."""
        unchanged = cls(raw, range(len(raw)), range(1, len(raw) + 1))
        spaced = unchanged._with(LINE_END, "\n")._with(TAKEN_OUT, "")._with(NO_BREAK, " ")
        for ligature, letters in LIGATURES.items():
            spaced = spaced._with(re.compile(ligature), letters)
        return spaced._composed()

    def _with(self, pattern: re.Pattern[str], replacement: str) -> Trace:
        """Replace every match; all characters of the replacement have the place of the match."""
        if not pattern.search(self.text):
            return self
        pieces: list[str] = []
        starts, ends = array("I"), array("I")
        last = 0
        for match in pattern.finditer(self.text):
            kept = slice(last, match.start())
            pieces += [self.text[kept], replacement]
            starts.extend(self.starts[kept])
            ends.extend(self.ends[kept])
            starts.extend([self.starts[match.start()]] * len(replacement))
            ends.extend([self.ends[match.end() - 1]] * len(replacement))
            last = match.end()
        pieces.append(self.text[last:])
        starts.extend(self.starts[last:])
        ends.extend(self.ends[last:])
        return Trace("".join(pieces), starts, ends)

    def _composed(self) -> Trace:
        """Compose letters and accents (NFC); a composed letter has the place of all its parts."""
        if unicodedata.is_normalized("NFC", self.text):
            return self
        pieces: list[str] = []
        starts, ends = array("I"), array("I")
        last = 0
        for start, end in _clusters(self.text):
            before = self.text[start:end]
            after = composed(before)
            if after != before:
                pieces += [self.text[last:start], after]
                starts.extend(self.starts[last:start])
                ends.extend(self.ends[last:start])
                starts.extend([self.starts[start]] * len(after))
                ends.extend([self.ends[end - 1]] * len(after))
                last = end
        pieces.append(self.text[last:])
        starts.extend(self.starts[last:])
        ends.extend(self.ends[last:])
        return Trace("".join(pieces), starts, ends)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield the pieces of a text to which `composed` can be applied one by one."""
    last = 0
    for pile in PILED.finditer(text):
        yield from _letters(text, last, pile.start())
        yield pile.span()
        last = pile.end()
    yield from _letters(text, last, len(text))


def _letters(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the pieces of a part of a text to which NFC can be applied one by one."""
    for match in _CLUSTER.finditer(text, first, last):
        start = match.start()
        for position in range(start + 1, match.end()):
            character = text[position]
            if unicodedata.combining(character) == 0:
                before = text[start:position]
                apart = (unicodedata.normalize("NFC", part) for part in (before, character))
                if unicodedata.normalize("NFC", before + character) == "".join(apart):
                    yield start, position
                    start = position
        yield start, match.end()


@dataclass(frozen=True)
class PositionMap:
    """Converts spans between a program's text and its canonical form.

    Attributes
    ----------
    raw : str
        The text as the program has it; a byte order mark is its first character.
    counting : Counting
        How the program counts in it.
    """

    raw: str
    counting: Counting = STANDARD

    @cached_property
    def trace(self) -> Trace:
        """The canonical text, and where its characters are in `raw`."""
        return Trace.of(self.raw)

    @property
    def text(self) -> str:
        """The canonical text."""
        return self.trace.text

    @property
    def length(self) -> int:
        """The text's length as the program counts."""
        return self._places[-1]

    @cached_property
    def _places(self) -> Sequence[int]:
        return self.counting.places(self.raw)

    def to_text(self, start: int, end: int) -> tuple[int, int]:
        """Convert a program's span to the canonical one.

        It is empty where the canonical text has nothing of it, such as of a soft hyphen.
        """
        first, last = _in_raw(self._places, start, end)
        found = bisect_right(self.trace.ends, first), bisect_left(self.trace.starts, last)
        return found if found[0] < found[1] else (found[0], found[0])

    def from_text(self, start: int, end: int) -> tuple[int, int]:
        """Convert a canonical span, which must not be empty, to the program's.

        A boundary between characters that come from one becomes the boundary around them.
        """
        first, last = self.trace.starts[start], self.trace.ends[end - 1]
        return self._places[first], self._places[last]


def counting_of(
    texts: Iterable[tuple[str, Sequence[tuple[int, int]]]], *, origin: str = ""
) -> tuple[Counting, int, int]:
    """Return how a program counted, inferred from passages that begin and end between words.

    Parameters
    ----------
    texts : iterable of (str, sequence of (int, int))
        Each text with the spans that were selected in it.
    origin : str
        The program's name, which decides where the spans do not.

    Returns
    -------
    counting : Counting
    inside : int
        How many boundaries lie within a word nevertheless.
    boundaries : int
        How many boundaries there are.
    """
    given = [(raw, spans) for raw, spans in texts if spans]
    every = "".join(raw for raw, _ in given)
    name = origin.casefold()
    # As reported of real exports from NVivo on Windows and from ATLAS.ti; see tests/data/refi.md.
    usual = Counting(utf16="nvivo" in name, crlf_as_one="atlas" in name)
    options = product(
        (usual.bom, *([not usual.bom] if BOM in every else [])),
        (usual.crlf_as_one, *([not usual.crlf_as_one] if "\r\n" in every else [])),
        (usual.utf16, *([not usual.utf16] if _ASTRAL.search(every) else [])),
    )
    best, most, inside = usual, None, 0
    for bom, crlf_as_one, utf16 in options:
        counting = Counting(utf16, crlf_as_one, bom)
        fits = [fit for raw, spans in given for fit in _fits(raw, spans, counting)]
        if most is None or sum(fits) > most:
            best, most, inside = counting, sum(fits), sum(fit == _INSIDE_WORD for fit in fits)
    return best, inside, 2 * sum(len(spans) for _, spans in given)


def _fits(raw: str, spans: Sequence[tuple[int, int]], counting: Counting) -> Iterator[int]:
    """Yield how well each boundary of some spans fits a text, under a way of counting."""
    places = counting.places(raw)
    for start, end in spans:
        if not 0 <= start <= end <= places[-1]:
            yield _OUTSIDE
            continue
        first, last = _in_raw(places, start, end)
        yield _fit(raw[first - 1 : first] or " ", raw[first : first + 1] or " ")
        yield _fit(raw[last : last + 1] or " ", raw[last - 1 : last] or " ")


def _fit(outside: str, inside: str) -> int:
    """Return how likely a passage's boundary is between two characters."""
    if outside.isalnum() and inside.isalnum():
        return _INSIDE_WORD
    return _FAIR if outside.isalnum() or inside.isspace() else _CLEAN


def _in_raw(places: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """Return a span in characters; a boundary within a character becomes the one around it."""
    return bisect_right(places, start) - 1, bisect_left(places, end)
