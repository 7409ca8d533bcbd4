"""Convert codes of other programs to ours, and ours to theirs.

REFI-QDA has a name, a colour and a description for a code, and nothing more. All else in our codebook
is written to the description under headings, and read from there again.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mestring_nlp.codebook import CODE_ID, Code, Exclusion
from mestring_nlp.errors import MestringError
from mestring_nlp.readers.decoding import composed
from mestring_nlp.refi import markup
from mestring_nlp.refi.markup import (
    EXPORT_AGAIN,
    child,
    children,
    element,
    escaped,
    guid_of,
    one_line,
    text_of,
)

_KINDS = {"begrep": "concept", "faktor": "factor"}
_LISTS = {
    "Hører til:": "includes",
    "Hører ikke til:": "excludes",
    "Ord:": "indicators",
    "Kilder:": "sources",
}
_LINES = {"Engelsk navn:": "name_en", "Slag:": "kind", "Id:": "id"}

_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ß": "ss"})
_ARROW = " → "
_LONGEST_ID = 1_000


@dataclass(frozen=True)
class Entry:
    """A code as another program has it.

    Attributes
    ----------
    name, description, colour : str
    guid : str
        As written there; empty in a table.
    codable : bool
        Whether passages can be coded with it; false for a heading.
    parents : tuple of str
        The names of the codes above it.
    """

    name: str
    description: str = ""
    colour: str = ""
    guid: str = ""
    codable: bool = True
    parents: tuple[str, ...] = ()


def entries(codes: Any | None, *, place: str) -> list[Entry]:
    """Return the codes of a ``Codes`` element, each before those below it.

    Raises
    ------
    MestringError
        A code has no GUID, or two have the same.
    """
    found: list[Entry] = []
    seen: dict[str, str] = {}
    waiting: list[tuple[Any, tuple[str, ...]]] = (
        [(item, ()) for item in reversed(list(children(codes, "Code")))] if codes is not None else []
    )
    while waiting:
        item, parents = waiting.pop()
        name = one_line(item.get("name")) or "(uten navn)"
        guid = guid_of(item.get("guid"))
        if not guid or guid in seen:
            problem = f"and {seen[guid]!r} have the same GUID {guid}" if guid else "has no GUID"
            raise MestringError(f"the code {name!r} {problem}", place=place, hint=EXPORT_AGAIN)
        seen[guid] = name
        found.append(
            Entry(
                name,
                text_of(child(item, "Description")),
                item.get("color") or "",
                item.get("guid"),
                (item.get("isCodable") or "true").strip().casefold() not in ("false", "0"),
                parents,
            )
        )
        waiting += [(below, (*parents, name)) for below in reversed(list(children(item, "Code")))]
    return found


def codes_of(listed: Sequence[Entry]) -> tuple[Code, ...]:
    """Convert codes of another program to ours, in order, each with an id of its own."""
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    read = [_described(entry) for entry in listed]
    declared = Counter(fields.get("id", "") for fields in read)
    ids = []
    for fields in read:
        own = str(fields.pop("id", ""))
        # An id that two codes declare was copied along with a description, and is ignored.
        ids.append(own if own and declared[own] == 1 else "")
        taken.add(ids[-1])
    ids = [own or _new_id(entry, taken, numbers) for own, entry in zip(ids, listed, strict=True)]
    names = Counter(entry.name for entry in listed)
    by_name = {e.name: own for e, own in zip(listed, ids, strict=True) if names[e.name] == 1}
    return tuple(
        Code(
            id=own,
            name=entry.name,
            colour=_colour(entry.colour),
            **{**fields, "excludes": tuple(_exclusion(x, by_name) for x in fields.get("excludes", ()))},
        )
        for own, entry, fields in zip(ids, listed, read, strict=True)
    )


def description(code: Code, names: dict[str, str]) -> str:
    """Return all that a codebook says of a code, in Norwegian, in the form that `codes_of` reads.

    Parameters
    ----------
    code : Code
    names : dict of str to str
        The codes' names by their ids.
    """
    lines = [code.definition]
    excludes = [f"{x.text}{_ARROW}{names[x.code]}" if x.code else x.text for x in code.excludes]
    for heading, field in _LISTS.items():
        if items := excludes if field == "excludes" else getattr(code, field):
            lines += ["", heading, *(f"- {item}" for item in items)]
    kind = next(word for word, kind in _KINDS.items() if kind == code.kind)
    last = [f"Engelsk navn: {code.name_en}"] if code.name_en else []
    last += [f"Slag: {kind}"] if code.kind != Code.kind else []
    last += [f"Id: {code.id}"] if code.id != code_id(code.name) else []
    if last:
        lines += ["", *last]
    return "" if lines == [code.name] else "\n".join(lines)


def unique_names(codes: Iterable[Code]) -> dict[str, str]:
    """Return a name for each code's id, no two alike: programs merge codes with the same name."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for code in codes:
        name, number = code.name, 1
        while folded(name) in taken:
            name = f"{code.name} ({code.id})" if number == 1 else f"{code.name} ({code.id} {number})"
            number += 1
        taken.add(folded(name))
        names[code.id] = name
    return names


def code_element(
    code: Code, names: dict[str, str], guid: str, *, prefix: str = "", notes: str = ""
) -> str:
    """Return a code as XML, with references to notes on it."""
    about = description(code, names)
    return element(
        f"{prefix}Code",
        {"guid": guid, "name": names[code.id], "isCodable": "true", "color": code.colour},
        element(f"{prefix}Description", {}, escaped(about)) if about else "",
        notes,
    )


def code_guid(title: str, code: Code) -> str:
    """Return a code's GUID, the same in every file that we write with a codebook of this title."""
    return markup.new_guid("code", title, code.id)


def folded(name: str) -> str:
    """Return a name in the form in which names are compared: composed, without regard to case."""
    return composed(composed(one_line(name)).casefold())


def code_id(name: str) -> str:
    """Return an id made from a name.

    Examples
    --------
    >>> code_id("Opplevelse av å lykkes"), code_id("2. ledd")
    ('opplevelse_av_aa_lykkes', 'kode_2_ledd')
    """
    letters = folded(name[:_LONGEST_ID]).translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    return made if made[:1].isalpha() else f"kode_{made}".strip("_")


def _new_id(entry: Entry, taken: set[str], numbers: dict[str, int]) -> str:
    """Return an unused id: from the name, from the names above it too, or with a number."""
    made = code_id(entry.name)
    if made in taken and entry.parents:
        made = code_id(" ".join(part[:_LONGEST_ID] for part in (*entry.parents, entry.name)))
    base = made
    while made in taken:
        numbers[base] = numbers.get(base, 1) + 1
        made = f"{base}_{numbers[base]}"
    taken.add(made)
    return made


def _described(entry: Entry) -> dict[str, Any]:
    """Return the fields of a code that a description holds."""
    definition: list[str] = []
    fields: dict[str, Any] = {}
    lists: dict[str, list[list[str]]] = {}
    current = ""
    for line in entry.description.splitlines():
        bare = one_line(line)
        key, _, value = bare.partition(": ")
        if definition and bare in _LISTS:
            current = _LISTS[bare]
        elif definition and f"{key}:" in _LINES and _valid(_LINES[f"{key}:"], value):
            current = ""
            fields[_LINES[f"{key}:"]] = _KINDS.get(value, value) if key == "Slag" else value
        elif current and bare.startswith("- "):
            lists.setdefault(current, []).append([bare[2:]])
        elif current and bare:
            lists.setdefault(current, [[]])[-1].append(bare)
        elif bare:
            definition.append(bare)
    fields["definition"] = " ".join(definition) or entry.name
    return fields | {name: tuple(map(" ".join, items)) for name, items in lists.items()}


def _valid(field: str, value: str) -> bool:
    if field == "id":
        return CODE_ID.fullmatch(value) is not None
    return value in _KINDS if field == "kind" else bool(value)


def _exclusion(text: str, by_name: dict[str, str]) -> Exclusion:
    """Return an exclusion, with the code that it belongs to if the text names one."""
    excluded, arrow, name = text.rpartition(_ARROW)
    return Exclusion(excluded, by_name[name]) if arrow and name in by_name else Exclusion(text)


def _colour(value: str) -> str:
    if not _COLOUR.fullmatch(value.strip()):
        return Code.colour
    digits = value.strip()[1:]
    return f"#{digits if len(digits) == 6 else ''.join(2 * digit for digit in digits)}"
