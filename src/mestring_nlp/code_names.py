"""Which code a cell means: ids, and names as pages show them, in any case."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from mestring_nlp.codebook import NO_CODE, Codebook
from mestring_nlp.errors import MestringError
from mestring_nlp.readers.decoding import composed
from mestring_nlp.readers.tables import MISSING
from mestring_nlp.text import cell

_BETWEEN = re.compile(r"[;\r\n]")
_NONE = (NO_CODE.casefold(), "no code", "no_code", "none", "ingen")
"""What a person types for "read, no code fits", beside an empty cell."""


class Read(NamedTuple):
    """What a cell holds: codes in its order, and the value that was taken for none, if any."""

    codes: tuple[str, ...]
    missing: str = ""
    no_code: bool = False


class CodeNames:
    """The codes of a codebook by all that people call them.

    An exact id comes before an exact name, and both before what differs from them in case alone.

    Parameters
    ----------
    codebook : Codebook, optional
        Without one, every code is unknown.
    """

    def __init__(self, codebook: Codebook | None = None) -> None:
        codes = tuple(codebook or ())
        self._ids = {code.id for code in codes}
        self._exact: dict[str, set[str]] = {}
        self._folded: dict[str, set[str]] = {}
        self._spelled: dict[str, str] = {}
        for code in codes:
            for name in filter(None, (code.id, code.name, code.name_en)):
                self._exact.setdefault(composed(name), set()).add(code.id)
                self._folded.setdefault(folded(name), set()).add(code.id)

    def find(self, name: str, *, place: str) -> str:
        """Return the id of the code that a name means; empty where the codebook has none.

        Raises
        ------
        MestringError
            Several codes bear the name.
        """
        bare = composed(" ".join(name.split()))
        if bare in self._ids:
            return bare
        for found in (self._exact.get(bare), self._folded.get(folded(bare))):
            if found and len(found) > 1:
                raise MestringError(
                    f"{name!r} names {len(found)} codes ({', '.join(sorted(found))})",
                    place=place,
                    hint="Write the code's id.",
                )
            if found:
                return next(iter(found))
        return ""

    def read(self, value: str, *, place: str) -> Read:
        """Return what a cell of codes means; codes are divided by semicolons or line breaks.

        A name that the codebook lacks stays as it is, in the spelling in which it was met first.

        Raises
        ------
        MestringError
            A name is not unique, or the cell says that no code fits, and gives one.
        """
        whole = self.find(plain(value.strip()), place=place) if _BETWEEN.search(value) else ""
        parts = [whole] if whole else [plain(part.strip()) for part in _BETWEEN.split(value)]
        codes: dict[str, None] = {}
        missing, none = "", ""
        for part in filter(None, parts):
            known = self.find(part, place=place)
            if known:
                codes[known] = None
            elif part in MISSING:
                missing = part
            elif folded(part) in _NONE:
                none = part
            else:
                spelled = composed(" ".join(part.split()))
                codes[self._spelled.setdefault(folded(part), spelled)] = None
        if none and codes:
            raise MestringError(
                f"{value[:80]!r} says that no code fits, and gives a code",
                place=place,
                hint="Write the one or the other.",
            )
        return Read(tuple(codes), missing, bool(none))


def check_code(code: str, codes: Collection[str], *, place: str) -> None:
    """Raise unless a code is one of the codebook's."""
    if code not in codes:
        raise MestringError(
            f"unknown code {code!r}",
            place=place,
            hint=f"The codes are: {', '.join(codes)}. Add it to them, or code the passage anew.",
        )


def folded(name: str) -> str:
    """Return a name in the form in which names are compared: composed, without regard to case."""
    return composed(composed(" ".join(name.split())).casefold())


def plain(value: str) -> str:
    """Return a cell without the apostrophe that keeps spreadsheets from taking it for a formula."""
    bare = value.removeprefix("'")
    return bare if cell(bare) == value else value
