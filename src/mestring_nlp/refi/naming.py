"""Make names that no two things share, and that every system allows for a file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mestring_nlp.readers.decoding import composed
from mestring_nlp.text import cell

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_LONGEST = 120


def unique(names: Sequence[str]) -> list[str]:
    """Return the names, with a number added where an earlier one differs only in case or not at all.

    Examples
    --------
    >>> unique(["Kari", "kari", "Ola"])
    ['Kari', 'kari (2)', 'Ola']
    """
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    made = []
    # A numbered name must not be one that was given: "a", "a", "a (2)" must not give "a (2)" twice.
    whole = {_folded(name) for name in names}
    for name in names:
        free, alike = name, _folded(name)
        while _folded(free) in taken or (free != name and _folded(free) in whole):
            numbers[alike] = numbers.get(alike, 1) + 1
            free = f"{name} ({numbers[alike]})"
        taken.add(_folded(free))
        made.append(free)
    return made


def file_names(titles: Sequence[str]) -> list[str]:
    """Return a file name for each title that every system allows, no two alike."""
    return unique([_file_name(title) for title in titles])


def _file_name(title: str) -> str:
    name = _FORBIDDEN.sub("-", composed(title))
    # A leading = or + would make it a formula in a spreadsheet, a leading dot a hidden file.
    name = re.sub(r"^[\s.=+@-]+", "", name)
    name = name.encode()[:_LONGEST].decode(errors="ignore").rstrip(" .")
    while name and cell(name) != name:
        name = name[1:]
    return f"_{name}" if _RESERVED.match(name) else name or "Intervju"


def _folded(name: str) -> str:
    return composed(name).casefold()
