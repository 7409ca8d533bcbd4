"""From bytes to canonical text: encodings, line ends, normal form, leftovers of page layout."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

from mestring_nlp.errors import MestringError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_TWICE_ENCODED = re.compile(r"Ã[¥¦¸\u0085\u0086\u0098…†˜]")
LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
"""What becomes a line feed in canonical text."""

TAKEN_OUT = re.compile("[\ufeff\u00ad\u200b]")
"""What canonical text leaves out: byte order marks, soft hyphens, zero-width spaces."""

NO_BREAK = re.compile("[\u00a0\u202f]")
"""What becomes a space in canonical text."""

PAGE = re.compile(
    r"^[ \t]*(?:(?:side|s\.)[ \t]*\d{1,4}(?:[ \t]*(?:av|/)[ \t]*\d{1,4})?"
    r"|\d{1,4}[ \t]*/[ \t]*\d{1,4}|[-–—][ \t]*\d{1,4}[ \t]*[-–—]|\d{1,4})[ \t]*(?:\n|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
PILED = re.compile(r"(.?[^\w\s\x00-\u02ff]{100,})", re.DOTALL)
"""A hundred marks or more and what they stand on: see `composed`."""

_NAMES = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16", "cp1252": "Windows-1252",
}  # fmt: skip
_SAVE_AS_UTF8 = "Open it in the program that made it and save it as UTF-8 text."


class Decoded(NamedTuple):
    """A decoded text, the name of its encoding, and what is uncertain about it, if anything."""

    text: str
    encoding: str
    doubt: str = ""


def decode(data: bytes, *, place: str) -> str:
    """Return the text of a file; see `decode_with_name`."""
    return decode_with_name(data, place=place).text


def decode_with_name(data: bytes, *, place: str) -> Decoded:
    """Decode a text file: UTF-8, UTF-16 or Windows-1252, with or without a byte order mark.

    Parameters
    ----------
    data : bytes
        The whole file.
    place : str
        The file's name, for errors.

    Returns
    -------
    Decoded
        The text as it stands in the file.

    Raises
    ------
    MestringError
        The file is empty, binary, or in an encoding that cannot be right.
    """
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise MestringError("the file is empty", place=place)
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if encoding is None:
        encoding = _guess(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise MestringError(
            f"byte {error.start} cannot be read as {encoding}", place=place, hint=_SAVE_AS_UTF8
        ) from error
    check_characters(text, place=place)
    return Decoded(text, _NAMES[encoding])


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
            f"{broken.group()!r} at character {broken.start()} shows that æ, ø and å were encoded twice",
            place=place,
            hint=_SAVE_AS_UTF8,
        )


def _guess(data: bytes) -> str:
    head = data[:4096]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(data) > 1 and head[offset::2].count(0) > 0.7 * len(head[offset::2]):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def canonical(text: str) -> str:
    """Return the canonical form of a text, in which every position is counted.

    LF line ends, NFC (see `composed`), no byte order mark; soft hyphens, zero-width spaces and lines
    that hold a page number alone are taken out, no-break spaces become spaces.
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
    return PAGE.sub("", composed(text))


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
