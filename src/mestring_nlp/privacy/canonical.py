"""How a file's canonical text, in which codings count, changed with the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count

from mestring_nlp.errors import MestringError
from mestring_nlp.privacy.alignment import Alignment, Edit
from mestring_nlp.privacy.documents import Fielded
from mestring_nlp.readers import read_transcript

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def canonical_alignment(
    fields: Fielded, edits: Sequence[Edit], text: str, suffix: str, *, place: str
) -> tuple[Alignment, str]:
    """Return the alignment of a file's canonical text, and that text afterwards.

    The file is written once more with a made-up word in place of each identifier, read as any transcript,
    and the words are looked up. The result is proved: both texts must come out exactly.

    Parameters
    ----------
    fields : Fielded
    edits : sequence of Edit
        Of ``fields.text``.
    text : str
        The canonical text before.
    suffix, place : str
        Of the file.

    Raises
    ------
    MestringError
        The places cannot be told exactly.
    """
    marks = _marks(fields.text, edits)
    was = {mark: original for (original, _), mark in marks.items()}
    becomes = {mark: new for (_, new), mark in marks.items()}
    marked_edits = [Edit(s, e, marks[fields.text[s:e], new]) for s, e, new in edits]
    marked = read_transcript(fields.written(marked_edits), name=f"x{suffix}").text
    hidden = read_transcript(fields.written(edits), name=f"x{suffix}").text
    found: list[Edit] = []
    pieces: list[str] = []
    length = last = 0
    pattern = re.compile("|".join(map(re.escape, was)) or r"(?!)")
    for match in pattern.finditer(marked):
        between = marked[last : match.start()]
        original = _as_read(was[match.group()])
        length += len(between)
        pieces += [between, original]
        found.append(Edit(length, length + len(original), becomes[match.group()]))
        length += len(original)
        last = match.end()
    pieces.append(marked[last:])
    moved = Alignment.of(found)
    if "".join(pieces) != text or moved.applied(text) != hidden:
        raise MestringError(
            "where its words stand afterwards cannot be told exactly, so codings of it cannot be moved",
            place=place,
            hint="Save the text of `mestring read --out` as .txt, and pseudonymise that with its codings.",
        )
    return moved, hidden


def _marks(text: str, edits: Sequence[Edit]) -> dict[tuple[str, str], str]:
    """Return a made-up word for each pair of an identifier and what replaces it."""
    stem = next(f"Q{_word(number)}x" for number in count(1) if f"Q{_word(number)}x" not in text)
    pairs = dict.fromkeys((text[start:end], new) for start, end, new in edits)
    return {pair: f"{stem}{_word(number).ljust(4, 'y')}z" for number, pair in enumerate(pairs)}


def _word(number: int) -> str:
    letters = ""
    while True:
        number, rest = divmod(number, len(_LETTERS) - 4)
        letters = _LETTERS[rest] + letters
        if not number:
            return letters


def _as_read(words: str) -> str:
    from mestring_nlp.readers.decoding import canonical

    return canonical(words)
