"""What a transcript is read from: a path, bytes, an open file or a text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any, NamedTuple

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.decoding import check_characters, composed
from mestring_nlp.readers.formats import SUFFIXES
from mestring_nlp.regular_files import LARGEST, read_bytes
from mestring_nlp.text import legal

Given = str | os.PathLike[str] | bytes | IO[bytes] | IO[str]

_LONGEST_PATH = 255
_CHUNK = 1 << 20


class Source(NamedTuple):
    """What is to be read: content, the transcript's name, the suffix if known, a place for errors."""

    content: bytes | str
    name: str
    suffix: str
    place: str


def source_of(given: Given | None, *, text: str | None = None, name: str | None = None) -> Source:
    """Return what `mestring_nlp.read_transcript` is given, read from the disk where it is a path.

    Raises
    ------
    MestringError
        It is none of these, or both a file and a text; or it cannot be read.
    """
    if text is not None:
        if given is not None:
            raise MestringError("a file and a text at once", hint="Give the one or the other.")
        return _named(name, _checked(text))
    if isinstance(given, bytes | bytearray | memoryview):
        return _named(name, bytes(given))
    if callable(getattr(given, "read", None)):
        return _from_open(given, name)
    if not isinstance(given, str | os.PathLike):
        what = "nothing" if given is None else f"an object of type {type(given).__name__}"
        raise MestringError(
            f"{what} where a transcript is expected",
            hint="Give a path, bytes or a file that is open for reading; or read_transcript(text=...). "
            "Several files are read one by one; find_transcripts lists those of a folder.",
        )
    is_text = isinstance(given, str) and ("\n" in given or len(given) > _LONGEST_PATH)
    if is_text and not _exists(given):
        raise MestringError(
            "this is a text, not the path of a file",
            hint="An interview itself is given as read_transcript(text=...).",
        )
    file = Path(given)
    called = _named(name, b"").name if name else name_of(file)
    return Source(read_bytes(file), called, file.suffix.casefold(), str(file))


def name_of(file: Path) -> str:
    """Return the name of a file's transcript: its stem in NFC, in characters that every output holds."""
    return legal(composed(file.stem))


def _named(name: str | None, content: bytes | str) -> Source:
    """Return content under its own name, or that of its file."""
    file = Path(name or "transcript")
    suffix = file.suffix.casefold()
    if suffix in SUFFIXES:
        return Source(content, name_of(file), suffix, str(file))
    return Source(content, legal(composed(str(file))), "", str(file))


def _exists(path: str | os.PathLike[str]) -> bool:
    return os.path.exists(path)  # noqa: PTH110 (Path.exists raises on what is too long for a path)


def _checked(text: str) -> str:
    """Return a text that may be an interview; raise where it is none."""
    if not isinstance(text, str):
        raise MestringError(
            f"text is of type {type(text).__name__}, must be str",
            hint="Bytes and open files are given as read_transcript(file).",
        )
    if not text.strip():
        raise MestringError("the text is empty", hint="Give the interview's words.")
    if "\n" not in text and len(text) <= _LONGEST_PATH and _exists(text):
        raise MestringError(
            f"{text!r} is a file, not a text", hint="A path is given as read_transcript(path)."
        )
    check_characters(text, place="text")
    return text


def _from_open(file: Any, name: str | None) -> Source:
    """Read an open file, of no more than any file may have."""
    called = getattr(file, "name", None)
    if not name and isinstance(called, str) and not called.startswith("<"):
        name = Path(called).name
    place = name or "the open file"
    pieces = []
    length = 0
    try:
        while length <= LARGEST and (piece := file.read(_CHUNK)):
            pieces.append(piece)
            length += len(piece)
    except UnicodeDecodeError as error:
        raise MestringError(
            f"this cannot be read as {error.encoding}",
            place=place,
            hint="Give its path, or open it as open(path, 'rb'): its encoding is then found.",
        ) from error
    except (OSError, ValueError, TypeError) as error:
        raise MestringError(
            f"this cannot be read ({error})", place=place, hint="Use open(path, 'rb')."
        ) from error
    if length > LARGEST:
        raise MestringError(
            f"more than is read of such a file ({LARGEST:,} bytes)",
            place=place,
            hint="A recording must be transcribed first; a document may hold large pictures.",
        )
    text = bool(pieces) and isinstance(pieces[0], str)
    return _named(name, _checked("".join(pieces)) if text else b"".join(pieces))
