"""Read the texts of a project, the passages selected in them, and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.readers import LONGEST
from mestring_nlp.readers.decoding import canonical, check_characters
from mestring_nlp.refi.markup import (
    EXPORT_AGAIN,
    child,
    children,
    guid_of,
    local,
    one_line,
    text_of,
    within,
)
from mestring_nlp.refi.members import INTERNAL, Members

_WITHOUT_TEXT = {
    "PictureSource": "a picture",
    "PDFSource": "a PDF",
    "AudioSource": "a recording",
    "VideoSource": "a video",
}
_MAX_CHARACTERS = 20_000_000
_MAX_PER_CHANGE = 8
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Selection:
    """A selected passage: its element, and its positions as the project counts them."""

    guid: str
    element: Any
    start: int
    end: int


@dataclass(frozen=True)
class RawSource:
    """A source with text, before it is known how the project counts positions."""

    guid: str
    title: str
    raw: str
    element: Any
    selections: tuple[Selection, ...]


class Report:
    """Collects warnings about a project, makes its errors, and limits how much of it is kept."""

    def __init__(self, place: str) -> None:
        self.place, self.characters = place, 0
        self.warnings: list[str] = []

    def error(self, problem: str, hint: str = EXPORT_AGAIN) -> MestringError:
        """Return an error at this project's place."""
        return MestringError(problem, place=self.place, hint=hint)

    def count(self, characters: int) -> None:
        """Raise if texts and notes, each counted as often as it is referred to, are too long."""
        self.characters += characters
        if self.characters > _MAX_CHARACTERS:
            raise self.error(
                f"texts, and the notes on codings, have more than {_MAX_CHARACTERS:,} characters "
                f"(a line end of two, or a letter with a loose accent, counts as {2 + _MAX_PER_CHANGE})",
                "Divide the project.",
            )


def read_sources(root: Any, members: Members, report: Report) -> list[RawSource]:
    """Read the sources with text from a ``Project`` element, in order; warn of those left out."""
    found: list[RawSource] = []
    seen: dict[str, str] = {}
    for item in within(root, "Sources"):
        guid = guid_of(item.get("guid"))
        title = one_line(item.get("name")) or guid or "uten navn"
        if not guid or guid in seen:
            problem = f"and {seen[guid]!r} have the same GUID {guid}" if guid else "has no GUID"
            raise report.error(f"the source {title!r} {problem}")
        seen[guid] = title
        if local(item) in _WITHOUT_TEXT:
            codings = sum(local(below) == "Coding" for below in item.iter())
            lost = f", nor are its {codings} codings" if codings else ""
            report.warnings.append(
                f"{title} is {_WITHOUT_TEXT[local(item)]} and is not read{lost}; export it as text to "
                "use it"
            )
        elif local(item) == "TextSource":
            raw = _raw_text(item, title, members, report)
            if raw is None:
                continue
            # Where the canonical text differs, the position of each character is kept.
            report.count(len(raw) + _MAX_PER_CHANGE * (len(raw) - len(canonical(raw))))
            if not raw.strip("\ufeff \t\r\n"):
                report.warnings.append(f"{title}: the text is empty, and is left out")
                continue
            selections = tuple(_selections(item, title, report))
            found.append(RawSource(guid, title, raw, item, selections))
    return found


def _raw_text(item: Any, title: str, members: Members, report: Report) -> str | None:
    """Return a source's text as the program has it, or None where the archive has no plain text."""
    inline = child(item, "PlainTextContent")
    path = (item.get("plainTextPath") or "").strip()
    if inline is not None and (text_of(inline) or not path):
        text = text_of(inline)
        check_characters(text, place=f"{report.place}, {title}")
    elif path.casefold().startswith(INTERNAL):
        text = members.text(path, what=f"the source {title!r}")
    else:
        where = f"lies outside the project ({path})" if path else "is there as a document alone"
        if not path and not item.get("richTextPath"):
            where = "is missing"
        report.warnings.append(
            f"{title}: the text {where}, and is not read; put it into the project as plain text"
        )
        return None
    if len(text) > LONGEST:
        raise report.error(
            f"the source {title!r} has {len(text):,} characters, more than {LONGEST:,}",
            "Give each interview a source of its own.",
        )
    return text


def _selections(item: Any, title: str, report: Report) -> Iterator[Selection]:
    for selection in children(item, "PlainTextSelection"):
        guid = guid_of(selection.get("guid"))
        positions = []
        for attribute in ("startPosition", "endPosition"):
            value = (selection.get(attribute) or "").strip()
            if not value.isdecimal() or len(value) > 12:
                raise report.error(
                    f"{attribute} of the selection {guid} in {title!r} is {value!r}, not a position"
                )
            positions.append(int(value))
        start, end = positions
        if start > end:
            raise report.error(
                f"the selection {guid} in {title!r} ends at {end}, before its start {start}"
            )
        yield Selection(guid, selection, start, end)
    whole = sum(1 for _ in children(item, "Coding"))
    if whole:
        report.warnings.append(
            f"{title}: {whole} codings of the whole text are left out; only passages are read"
        )


def read_notes(root: Any, members: Members, report: Report) -> dict[str, str]:
    """Read the texts of a project's notes, by GUID."""
    notes: dict[str, str] = {}
    cleaned: dict[str, str] = {}
    for item in within(root, "Notes", "Note"):
        text, path = text_of(child(item, "PlainTextContent")), item.get("plainTextPath") or ""
        if not text and path.strip().casefold().startswith(INTERNAL):
            if members.find(path) is None:
                report.warnings.append(f"the note {item.get('name')!r} is missing ({path})")
            else:
                text = members.text(path, what=f"the note {item.get('name')!r}")
        text = text or text_of(child(item, "Description")) or item.get("name") or ""
        # Many notes may refer to one file, whose text is then kept once.
        if text not in cleaned:
            report.count(len(text))
            cleaned[text] = clean_note(text)
        notes[guid_of(item.get("guid"))] = cleaned[text]
    return notes


def clean_note(text: str) -> str:
    """Return a note with line feeds as line ends, and without control characters or outer space."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\ufeff \t\n")
