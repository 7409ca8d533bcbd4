"""What identifies somebody in a text: a span, its kind, and how sure the finding is."""

from __future__ import annotations

from dataclasses import dataclass, field

KINDS = (
    "person", "place", "unit", "phone", "email", "id_number", "date", "age", "url", "other",
)  # fmt: skip
"""The kinds of identifiers, direct ones and indirect ones."""

REPLACED_FROM = 0.5
"""The confidence from which a find is replaced where nobody decided otherwise."""


@dataclass(frozen=True, order=True)
class Identifier:
    """A span of a text that may tell who somebody is.

    Attributes
    ----------
    start, end : int
        The span in the text, in code points, half-open. A genitive's *s* is not part of it.
    kind : str
        One of `KINDS`.
    text : str
        The text at the span; not part of the `repr`, so that no log shows it unasked.
    confidence : float
        How sure the rules are that it identifies somebody, from 0 to 1. Below `REPLACED_FROM` it is shown
        to a person, and not replaced unless that person says so.
    subkind : str
        What is known beyond the kind, such as ``"kommune"`` of a place or ``"skole"`` of a unit; may be
        empty.
    """

    start: int
    end: int
    kind: str
    text: str = field(repr=False)
    confidence: float
    subkind: str = ""
