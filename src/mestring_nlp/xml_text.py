"""Texts that go into XML: of Office files and of QDA projects."""

from __future__ import annotations

import re

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """Put the sign for an unreadable character in place of those that no XML may hold."""
    return _ILLEGAL.sub("\ufffd", text)
