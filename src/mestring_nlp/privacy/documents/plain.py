"""Plain text in all its uses: text and Markdown, subtitles, tables."""

from __future__ import annotations

from collections.abc import Sequence

from mestring_nlp.privacy.alignment import Alignment
from mestring_nlp.privacy.documents.fields import Edits, Fielded
from mestring_nlp.readers.decoding import decode


def open_plain(data: bytes, *, place: str) -> Fielded:
    """Return a text file, which is written in UTF-8 whatever its encoding was.

    Raises
    ------
    MestringError
        It is no text.
    """
    text = decode(data, place=place)

    def write(edits: Sequence[Edits]) -> bytes:
        return Alignment.of(edits[0]).applied(text).encode()

    return Fielded((text,), write)
