"""The texts of a file as one, and edits of that one given back to each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from mestring_nlp.errors import MestringError
from mestring_nlp.privacy.alignment import Edit

Edits = Sequence[Edit]


@dataclass(frozen=True)
class Fielded:
    """A file as its texts, such as its paragraphs.

    Attributes
    ----------
    texts : tuple of str
    write : callable
        Takes the edits of each text, and returns the file with these done and its metadata cleaned.
    notes : tuple of str
        What the user should know: what was taken out besides.
    interviews : tuple of str
        For each text, the interview that it belongs to, where a file holds several; those of one follow
        each other. Empty where the file is one interview.
    """

    texts: tuple[str, ...]
    write: Callable[[Sequence[Edits]], bytes]
    notes: tuple[str, ...] = ()
    interviews: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All texts, a line feed between them."""
        return "\n".join(self.texts)

    def parts(self, name: str) -> Iterator[tuple[str, int, int]]:
        """Yield the name of each interview and its span in `text`; `name` is that of the only one."""
        if not self.interviews:
            yield name, 0, len(self.text)
            return
        start = 0
        for interview, group in groupby(
            zip(self.interviews, self.texts, strict=True), lambda one: one[0]
        ):
            length = sum(len(text) + 1 for _, text in group)
            yield interview, start, start + length - 1
            start += length

    def divided(self, edits: Edits, *, place: str = "") -> list[list[Edit]]:
        """Return edits of `text` as edits of each of the texts.

        Raises
        ------
        MestringError
            One goes beyond the end of a text.
        """
        starts = list(accumulate((len(one) + 1 for one in self.texts), initial=0))[:-1]
        each: list[list[Edit]] = [[] for _ in self.texts]
        for start, end, new in edits:
            at = bisect_right(starts, start) - 1
            if end > starts[at] + len(self.texts[at]):
                raise MestringError(
                    f"the find at {start}-{end} goes beyond a paragraph",
                    place=place,
                    hint="Report this.",
                )
            each[at].append(Edit(start - starts[at], end - starts[at], new))
        return each

    def written(self, edits: Edits, *, place: str = "") -> bytes:
        """Return the file with some spans of `text` replaced."""
        return self.write(self.divided(edits, place=place))
