"""What names, places and words there are: lists of free facts, see ``data/README.md``."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files

COMMON_WORD = 2
"""The grade of a name that is a common word, such as *Liv* or *Dag*."""

RARE_WORD = 1
"""The grade of a name that is a rare word, very short or very rare."""

_PLACE_KINDS = {"k": "kommune", "f": "fylke", "b": "tettsted", "y": "by", "s": "sted"}
_HASHES = 7
_SHORTEST_PART = 3
_LONGEST_WORD = 40


@dataclass(frozen=True)
class Lexicon:
    """The lists, by lower-case form.

    Attributes
    ----------
    given, surnames : dict of str to int
        Names with their grade: 0 for nothing but a name, `RARE_WORD` or `COMMON_WORD`.
    places : dict of str to (str, int)
        Places with their kind (``kommune``, ``fylke``, ``by``, ``tettsted`` or ``sted``) and grade.
    words : bytes
        A Bloom filter of the forms of ordinary words, in lower case; see `is_word`.
    """

    given: dict[str, int]
    surnames: dict[str, int]
    places: dict[str, tuple[str, int]]
    words: bytes = field(repr=False)

    def name_grade(self, low: str) -> int | None:
        """Return the lowest grade that a form has as a given name or a surname; None where neither."""
        grades = [g for g in (self.given.get(low), self.surnames.get(low)) if g is not None]
        return min(grades) if grades else None


@cache
def lexicon() -> Lexicon:
    """Return the lists that the package holds, read once."""
    places: dict[str, tuple[str, int]] = {}
    for line in _lines("places.txt"):
        name, kind, grade = line.split("\t")
        places[name.lower()] = (_PLACE_KINDS[kind], int(grade))
    return Lexicon(
        _graded("given_names.txt"),
        _graded("surnames.txt"),
        places,
        (files(__package__) / "data" / "words.bin").read_bytes(),
    )


@cache
def genders() -> dict[str, str]:
    """Return ``"f"`` or ``"m"`` of the given names that only women or only men bear."""
    told = (line.partition(" ") for line in _lines("given_names.txt"))
    return {form.lower(): mark[0] for form, _, mark in told if mark[:1] in ("f", "m")}


@lru_cache(maxsize=100_000)
def is_word(low: str) -> bool:
    """Return whether a lower-case form is an ordinary word of bokmål, or made of two.

    One form in a thousand that is none passes too: the words are kept as a Bloom filter.

    Examples
    --------
    >>> is_word("kontoret"), is_word("dagsturen"), is_word("thangarajah")
    (True, True, False)
    """
    if is_listed(low):
        return True
    if "-" in low:
        return all(map(is_word, filter(None, low.split("-"))))
    return len(low) <= _LONGEST_WORD and any(
        is_listed(low[at:])
        and (is_listed(low[:at]) or (low[at - 1] == "s" and at > 4 and is_listed(low[: at - 1])))
        for at in range(_SHORTEST_PART, len(low) - _SHORTEST_PART + 1)
    )


@lru_cache(maxsize=100_000)
def is_listed(low: str) -> bool:
    """Return whether a form is among the words kept, compounds of two left out."""
    bits = lexicon().words
    digest = blake2b(low.encode(), digest_size=16).digest()
    first, step = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:], "big") | 1
    size = 8 * len(bits)
    places = ((first + i * step) % size for i in range(_HASHES))
    return all(bits[place >> 3] >> (place & 7) & 1 for place in places)


def _graded(name: str) -> dict[str, int]:
    graded: dict[str, int] = {}
    for line in _lines(name):
        form, _, told = line.partition(" ")
        graded[form.lower()] = int(told.strip("fm") or 0)
    return graded


def _lines(name: str) -> list[str]:
    text = (files(__package__) / "data" / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
