"""Names that no two things share, and that a file can bear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_LONGEST = 120


def unique(names: Sequence[str]) -> list[str]:
    """Give each name, with a number where an earlier one is the same but for case.

    Examples
    --------
    >>> unique(["Kari", "kari", "Ola"])
    ['Kari', 'kari (2)', 'Ola']
    """
    taken: set[str] = set()
    made = []
    # Names that stand alone keep theirs: "a", "a", "a (2)" must not give "a (2)" twice.
    whole = {_folded(name) for name in names}
    for name in names:
        free, number = name, 2
        while _folded(free) in taken or (free != name and _folded(free) in whole):
            free = f"{name} ({number})"
            number += 1
        taken.add(_folded(free))
        made.append(free)
    return made


def file_names(titles: Sequence[str]) -> list[str]:
    """Give for each title a name that every system allows for a file, and no other has."""
    return unique([_file_name(title) for title in titles])


def _file_name(title: str) -> str:
    name = _FORBIDDEN.sub("-", unicodedata.normalize("NFC", title))
    # A leading = or + would make a formula of it in a spreadsheet, a leading dot a hidden file.
    name = re.sub(r"^[\s.=+@-]+", "", name)
    name = name.encode()[:_LONGEST].decode(errors="ignore").rstrip(" .")
    return f"_{name}" if _RESERVED.match(name) else name or "Intervju"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
