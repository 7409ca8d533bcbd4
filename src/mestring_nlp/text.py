"""Convert texts to what a terminal, a spreadsheet, XML or a reader can take."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_FORMULA = frozenset("=+-@|%")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    r"""Return a text with control characters escaped.

    Names of files and speakers may hold sequences that move a terminal's cursor, marks that change the
    direction of writing, or lone surrogates.

    Examples
    --------
    >>> print(printable("a\nb\x1b[2J"))
    a\nb\x1b[2J
    """
    return _UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def cell(value: Any) -> Any:
    r"""Return a value as a cell that no spreadsheet takes for a formula.

    Some spreadsheets ignore leading white space and invisible characters, and read full-width signs as
    ASCII.

    Examples
    --------
    >>> cell("\uff1d1+1"), cell(" -2"), cell("Ja - nei")
    ("'\uff1d1+1", "' -2", 'Ja - nei')
    """
    if not isinstance(value, str):
        return value
    first = next((c for c in value if unicodedata.category(c)[0] not in "ZCM"), "")
    opens = value[:1] in "\t\r\n" and bool(value)
    return f"'{value}" if opens or unicodedata.normalize("NFKC", first) in _FORMULA else value


def csv_bytes(rows: Iterable[Iterable[Any]]) -> bytes:
    """Return rows as CSV in UTF-8, with every value as a `cell`."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(map(cell, row) for row in rows)
    return buffer.getvalue().encode()


def legal(text: str) -> str:
    """Return a text with U+FFFD in place of characters that no XML may hold."""
    return _ILLEGAL.sub("\ufffd", text)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "interview"), counted(2, "code")
    ('1 interview', '2 codes')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
