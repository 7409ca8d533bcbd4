"""Whose rows and words are taken out: an informant, told by name and by words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mestring_nlp.forgetting.traces import Traces, normal
from mestring_nlp.readers import SUFFIXES

_SHORTEST_NAME = 4
_LONGEST_NAME = 200


class Informant:
    """Whose rows and words are taken out.

    Parameters
    ----------
    name : str
        As the transcript is called.
    traces : Traces
    others : iterable of str, optional
        What the other transcripts are called.
    """

    def __init__(self, name: str, traces: Traces, others: Iterable[str] = ()) -> None:
        self.name, self.traces = normal(name), traces
        self.others = {normal(other) for other in others} - {self.name}
        parts = (f"0*{part}" if part.isdigit() else re.escape(part) for part in self.name)
        joined = r"[\W_]*".join(parts)
        self._pattern = re.compile(rf"(?<![^\W_]){joined}(?![^\W_])", re.IGNORECASE)

    @property
    def is_bare(self) -> bool:
        """Whether the name is a number or a letter alone, which an age or a group may be too."""
        return is_bare(self.name)

    def is_called(self, value: Any) -> bool:
        """Return whether a value is the informant's name, or that of a transcript's file called so."""
        return name_in(value) == self.name

    def is_mentioned(self, text: str) -> bool:
        """Return whether a text has the informant's name; never for a name that many words are like."""
        if len(self.name) == 1 and len(self.name[0]) < _SHORTEST_NAME:
            return False
        return self.may_be_in(text)

    def may_be_in(self, text: str) -> bool:
        """Return whether a text has the informant's name, or a word or a number that is like it."""
        return self._pattern.search(unicodedata.normalize("NFC", text)) is not None

    def says(self, value: Any) -> bool:
        """Return whether a value holds the informant's words."""
        return isinstance(value, str) and self.traces.found_in(value)


def is_bare(name: tuple[str, ...]) -> bool:
    """Return whether a name, as names are compared, is a number or a letter alone."""
    return len(name) == 1 and (name[0].isdigit() or len(name[0]) == 1)


def name_in(value: Any) -> tuple[str, ...]:
    """Return a cell as names are compared, without a transcript's suffix; empty where it is no name."""
    text = shown(value)
    return normal(without_suffix(text)) if len(text) < _LONGEST_NAME else ()


def shown(value: Any) -> str:
    """Return a cell as it is shown: a whole number without decimals, an empty one as no text."""
    if value is None:
        return ""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value).strip()


def without_suffix(informant: str) -> str:
    """Return a transcript's name where that of its file was given."""
    suffix = informant.rpartition(".")[2]
    return Path(informant).stem if f".{suffix.casefold()}" in SUFFIXES else informant
