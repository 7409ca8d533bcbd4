"""From bytes to canonical text: encodings, line ends, normal form."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.encodings import NAMES, doubt_about, guess, mostly_utf8, twice_encoded

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_TWICE_ENCODED = re.compile("|".join(sorted(map(re.escape, twice_encoded()))))
LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
"""What becomes a line feed in canonical text."""

TAKEN_OUT = re.compile("[\ufeff\u00ad\u200b]")
"""What canonical text leaves out: byte order marks, soft hyphens, zero-width spaces."""

NO_BREAK = re.compile("[\u00a0\u202f]")
"""What becomes a space in canonical text."""

LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
"""Letters drawn as one, as in PDF, and what they become in canonical text."""

PILED = re.compile(r"(.?[^\w\s\x00-\u02ff]{100,})", re.DOTALL)
"""A hundred marks or more and what they stand on: see `composed`."""

_LIGATURE = re.compile(f"[{''.join(LIGATURES)}]")
_SAVE_AS_UTF8 = "Open it in the program that made it and save it as UTF-8 text."
_SHOWN = 12


class Decoded(NamedTuple):
    """A decoded text, the name of its encoding, and what is uncertain about it, if anything."""

    text: str
    encoding: str
    doubt: str = ""


def decode(data: bytes, *, place: str) -> str:
    """Return the text of a file; see `decode_with_name`."""
    return decode_with_name(data, place=place).text


def decode_with_name(data: bytes, *, place: str) -> Decoded:
    """Decode a text file: UTF-8, UTF-16, UTF-32, Windows-1252, Mac Roman or DOS.

    A file without a byte order mark that is no UTF-8 is in the encoding of one byte a letter that makes
    words of it (see `mestring_nlp.readers.encodings`); where none does, it is refused.

    Parameters
    ----------
    data : bytes
        The whole file.
    place : str
        The file's name, for errors.

    Returns
    -------
    Decoded
        The text as it stands in the file; the encoding as users know it, such as ``"Windows-1252"``; and
        a sentence about what may be wrong, empty where nothing may.

    Raises
    ------
    MestringError
        The file is empty, binary, damaged, or in an encoding that cannot be told.
    """
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise MestringError("the file is empty", place=place)
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    encoding = encoding or _of_nulls(data) or "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        found = guess(data) if encoding == "utf-8" else None
        if found is None:
            raise _undecodable(data, error, place) from error
        encoding, text = found, data.decode(found)
    check_characters(text, place=place)
    return Decoded(text, NAMES[encoding], doubt_about(text, encoding))


def check_characters(text: str, *, place: str) -> None:
    """Raise where a text holds control characters, or letters that were encoded twice.

    Raises
    ------
    MestringError
    """
    control = _CONTROL.search(text)
    if control:
        raise MestringError(
            f"character {control.start()} is the control character {control.group()!r}, "
            "so this is no text file",
            place=place,
            hint="Export the transcript as plain text.",
        )
    broken = _TWICE_ENCODED.search(text)
    if broken:
        raise MestringError(
            f"{broken.group()!r} at character {broken.start()} shows that letters such as æ, ø and å "
            "were encoded twice",
            place=place,
            hint=_SAVE_AS_UTF8,
        )


def _of_nulls(data: bytes) -> str | None:
    """Return which kind of UTF-16 the places of null bytes tell, or None."""
    head = data[:4096]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(data) > 1 and head[offset::2].count(0) > 0.7 * len(head[offset::2]):
            return encoding
    return None


def _undecodable(data: bytes, error: UnicodeDecodeError, place: str) -> MestringError:
    """Return the error about a byte that is no part of a letter: which, in which line, amid what."""
    at, last = error.start, error.reason == "unexpected end of data"
    if not error.encoding.startswith("utf-8"):
        return MestringError(
            f"byte {at} cannot be read as {error.encoding}", place=place, hint=_SAVE_AS_UTF8
        )
    utf8 = mostly_utf8(data)
    at += len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    begin = max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at)) + 1
    line = len(data[:begin].replace(b"\r\n", b"\n").splitlines()) + 1
    around = data[max(begin, at - _SHOWN) : at] + b"?" + data[at + 1 : at + 1 + _SHOWN]
    shown = around.decode("utf-8" if utf8 else "ascii", "ignore").splitlines()[0].strip("\ufeff ")
    if last:
        problem, hint = "begins a letter, and the file ends there", "Get the whole file again."
    elif utf8:
        problem, hint = "is no part of a letter in UTF-8", "Mend this letter by hand."
    else:
        problem = "is no letter in UTF-8, and in no other encoding known here do the bytes make words"
        hint = _SAVE_AS_UTF8
    return MestringError(
        f"byte {at} (0x{data[at]:02X}, where ? stands in {shown!r}) {problem}",
        place=f"{place}, line {line}",
        hint=hint,
    )


def canonical(text: str) -> str:
    """Return the canonical form of a text, in which every position is counted.

    LF line ends, NFC (see `composed`), no byte order mark; soft hyphens and zero-width spaces are taken
    out, no-break spaces become spaces, ligatures the letters that they are drawn of.
    `mestring_nlp.refi.positions` takes the same steps, and remembers where each character was.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Applying the function again changes nothing.
    """
    text = LINE_END.sub("\n", text)
    text = TAKEN_OUT.sub("", text)
    text = NO_BREAK.sub(" ", text)
    text = _LIGATURE.sub(lambda found: LIGATURES[found.group()], text)
    return composed(text)


def composed(text: str) -> str:
    """Join letters and accents (NFC), except under a hundred marks or more.

    To put those in order takes time by the square of their number, and they are no writing.
    """
    if unicodedata.is_normalized("NFC", text):
        return text
    return "".join(
        part if PILED.fullmatch(part) else unicodedata.normalize("NFC", part)
        for part in PILED.split(text)
    )
