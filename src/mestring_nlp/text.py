"""Texts as a terminal, XML and a reader take them."""

from __future__ import annotations

import re

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    r"""Return a text with control characters escaped.

    Names of files and speakers may hold what moves a terminal's cursor, turns the direction of
    writing, or is no character at all.

    Examples
    --------
    >>> print(printable("a\nb\x1b[2J"))
    a\nb\x1b[2J
    """
    return _UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def legal(text: str) -> str:
    """Return a text with U+FFFD in place of characters that no XML may hold."""
    return _ILLEGAL.sub("\ufffd", text)


def counted(number: int, noun: str) -> str:
    """Return how many there are.

    Examples
    --------
    >>> counted(1, "interview"), counted(2, "code")
    ('1 interview', '2 codes')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
