"""Look into what is to be written for anything that the key hides."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterator

from mestring_nlp.errors import MestringError
from mestring_nlp.privacy.key import Key
from mestring_nlp.privacy.lexicon import is_word, lexicon

_SHORTEST = 3
_HINT = "Take it out of the file, or save the file as plain text."
_HINTS = {"xl/workbook.xml": "Rename the sheet, or save the file as plain text."}


def refuse_leaks(name: str, data: bytes, key: Key, kept: Collection[str], *, place: str) -> None:
    """Raise where a file, a member of it or a name holds a form that the key hides.

    Forms that are also ordinary words (*Dag*, *Berg*) or that people decided to keep are passed over, as are
    ages and dates, which are no secret by themselves.

    Parameters
    ----------
    name : str
        The file's.
    data : bytes
    key : Key
    kept : collection of str
        Forms that stay somewhere.
    place : str
        The original file, for errors.
    """
    hidden = _hidden(key, kept)
    if not hidden:
        return
    pattern = re.compile(
        rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(hidden, key=len, reverse=True)))})(?:s)?(?!\w)"
    )
    for part, text in _parts(name, data):
        found = pattern.search(text)
        if found:
            raise MestringError(
                f"{found.group()!r} would still stand in {part}",
                place=place,
                hint=f"Nothing was written of it. {_HINTS.get(part, _HINT)}",
            )


def _hidden(key: Key, kept: Collection[str]) -> set[str]:
    hidden: set[str] = set()
    for entity in key.entities:
        if entity.kind in ("age", "date"):
            continue
        for form in entity.forms:
            low = form.casefold()
            single = len(form.split()) == 1 and entity.kind in ("person", "place", "unit")
            if form in kept or len(form) < _SHORTEST or (single and _is_common(low)):
                continue
            hidden.add(form)
    return hidden


def _is_common(low: str) -> bool:
    return is_word(low) or lexicon().name_grade(low) == 2


def _parts(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    yield "its name", re.sub(r"[_\-.]", " ", name)
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                yield f"the name of {member.filename}", re.sub(r"[_\-./]", " ", member.filename)
                yield member.filename, _without_tags(archive.read(member).decode("utf-8", "ignore"))
    else:
        yield name, data.decode("utf-8", "ignore")


def _without_tags(xml: str) -> str:
    """Return a member's text, with attributes, and words that runs divide joined."""
    joined = (
        re.sub(r"</w:t>.{0,2000}?<w:t(?: [^>]*)?>", "", xml, flags=re.DOTALL) if "<w:t" in xml else ""
    )
    return xml + "\n" + joined
