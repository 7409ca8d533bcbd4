"""Where each position of a text lies after some spans of it were replaced, and back."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


class Edit(NamedTuple):
    """A span of a text, and what stands there afterwards."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Alignment:
    """Replaced spans of one text, in order and without overlap.

    Attributes
    ----------
    edits : tuple of Edit
        Spans of the text before; none is empty.
    """

    edits: tuple[Edit, ...]

    @classmethod
    def of(cls, edits: Iterable[Edit]) -> Alignment:
        """Return the alignment of edits in any order.

        Raises
        ------
        ValueError
            Two overlap, or one is empty.
        """
        listed = tuple(sorted(edits))
        last = 0
        for edit in listed:
            if edit.start < last or edit.start >= edit.end:
                raise ValueError(f"the edit {edit.start}-{edit.end} is empty or overlaps another")
            last = edit.end
        return cls(listed)

    def applied(self, text: str) -> str:
        """Return a text with its spans replaced."""
        pieces: list[str] = []
        last = 0
        for start, end, new in self.edits:
            pieces += [text[last:start], new]
            last = end
        pieces.append(text[last:])
        return "".join(pieces)

    @cached_property
    def _starts(self) -> list[int]:
        return [edit.start for edit in self.edits]

    @cached_property
    def _ends(self) -> list[int]:
        return [edit.end for edit in self.edits]

    @cached_property
    def new_spans(self) -> list[tuple[int, int]]:
        """The spans of the replacements, in the text afterwards."""
        spans: list[tuple[int, int]] = []
        shift = 0
        for start, end, new in self.edits:
            spans.append((start + shift, start + shift + len(new)))
            shift += len(new) - (end - start)
        return spans

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span lies afterwards; one that cuts a replaced span takes all of it.

        Examples
        --------
        >>> moved = Alignment.of([Edit(0, 4, "[Person 1]")])
        >>> moved.span(5, 8), moved.span(2, 8)
        ((11, 14), (0, 14))
        """
        if start == end:
            place = self._position(start, late=False)
            return place, place
        return self._position(start, late=False), self._position(end, late=True)

    def _position(self, at: int, *, late: bool) -> int:
        """Return where a boundary lies afterwards; within a replaced span, at its end or its start."""
        # The first edit that does not end before the boundary.
        index = (bisect_left if late else bisect_right)(self._ends, at)
        shift = self.new_spans[index - 1][1] - self._ends[index - 1] if index else 0
        if index < len(self.edits) and self._starts[index] < at:
            new = self.new_spans[index]
            return new[1] if late else new[0]
        return at + shift

    def inverse(self, text: str) -> Alignment:
        """Return the alignment that leads back; `text` is the text before."""
        return Alignment(
            tuple(
                Edit(new_start, new_end, text[start:end])
                for (start, end, _), (new_start, new_end) in zip(self.edits, self.new_spans, strict=True)
            )
        )
