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
from mestring_nlp.refi.members import Members, is_outside


@dataclass(frozen=True)
class _Kind:
    """A kind of source: what it is, what its text is called, and what can be coded beside that text."""

    what: str
    text: str
    beside: str


_KINDS = {
    "PictureSource": _Kind("a picture", "", ""),
    "PDFSource": _Kind("a PDF", "Representation", "areas on its pages"),
    "AudioSource": _Kind("a recording", "Transcript", "stretches of the recording"),
    "VideoSource": _Kind("a video", "Transcript", "stretches of the video"),
}
_LONGEST_POSITION = 12
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
    """A source with text, before it is known how the project counts positions.

    Attributes
    ----------
    guid : str
        That of the element that holds the text.
    title, raw : str
    element : lxml.etree._Element
        The whole source: a recording or a PDF, where the text is a part of one.
    selections : tuple of Selection
    times : tuple of (int, float)
        Positions of which the project tells the seconds from the start of the recording.
    """

    guid: str
    title: str
    raw: str
    element: Any
    selections: tuple[Selection, ...]
    times: tuple[tuple[int, float], ...] = ()


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
    """Read the sources with text from a ``Project`` element, in order; warn of what is left out.

    A PDF has its text as representation, a recording as transcripts.
    """
    found: list[RawSource] = []
    seen: dict[str, str] = {}
    texts: set[str] = set()
    members.reserve(root)
    read_for: dict[str, str] = {}
    for item in within(root, "Sources"):
        guid = guid_of(item.get("guid"))
        title = one_line(item.get("name")) or guid or "uten navn"
        if not guid or guid in seen:
            problem = f"and {seen[guid]!r} have the same GUID {guid}" if guid else "has no GUID"
            raise report.error(f"the source {title!r} {problem}")
        seen[guid] = title
        kind = _KINDS.get(local(item))
        if local(item) == "TextSource":
            holders = [item]
        else:
            held = children(item, kind.text) if kind else ()
            holders = [x for x in held if child(x, "PlainTextContent") is not None or _path(x)]
        read = []
        for holder in holders:
            own = guid_of(holder.get("guid")) or guid
            name = title if len(holders) == 1 else f"{title} – {one_line(holder.get('name')) or own}"
            raw = _raw_text(holder, name, members, report)
            if raw is None:
                continue
            # Where the canonical text differs, the position of each character is kept.
            report.count(len(raw) + _MAX_PER_CHANGE * (len(raw) - len(canonical(raw))))
            if not raw.strip("\ufeff \t\r\n"):
                report.warnings.append(f"{name}: the text is empty, and is left out")
                continue
            if own in texts:
                raise report.error(f"the text of {name!r} has a GUID that another has: {own}")
            texts.add(own)
            path = _path(holder)
            member = members.find(path) if path and child(holder, "PlainTextContent") is None else None
            if member is not None and read_for.setdefault(member, name) != name:
                report.warnings.append(f"{name} and {read_for[member]} have the same text: {member}")
            times, selections = _placed(holder, name, report)
            found.append(RawSource(own, name, raw, item, selections, times))
            read.append(holder)
        if kind is not None:
            _warn_of_media(item, title, kind, read, report)
    return found


def _warn_of_media(item: Any, title: str, kind: _Kind, read: list[Any], report: Report) -> None:
    """Tell what of a picture, PDF or recording is not read."""
    codings = sum(local(below) == "Coding" for below in item.iter())
    codings -= sum(local(below) == "Coding" for text in read for below in text.iter())
    if read and codings:
        report.warnings.append(
            f"{title}: {codings} codings of {kind.beside} are left out; only those of its text are read"
        )
    elif not read:
        lost = f", nor are its {codings} codings" if codings else ""
        report.warnings.append(
            f"{title} is {kind.what} and is not read{lost}; export it as text to use it"
        )


def _path(item: Any) -> str:
    """Return the path of a text; programs without a plain text of their own name one as rich text."""
    plain, rich = ((item.get(name) or "").strip() for name in ("plainTextPath", "richTextPath"))
    return plain or (rich if rich.casefold().endswith((".txt", ".md")) else "")


def _raw_text(item: Any, title: str, members: Members, report: Report) -> str | None:
    """Return a source's text as the program has it, or None where the archive has no plain text."""
    inline = child(item, "PlainTextContent")
    path, own = _path(item), f"{guid_of(item.get('guid'))}.txt"
    if inline is not None and (text_of(inline) or not path):
        text = text_of(inline)
        check_characters(text, place=f"{report.place}, {title}")
        if path and members.find(path) is not None:
            other = members.text(path, what=f"the source {title!r}")
            if canonical(other) != canonical(text):
                report.warnings.append(
                    f"{title}: the text in the project and the file {path} differ; the former is read"
                )
    elif path and (members.find(path) is not None or not is_outside(path)):
        text = members.text(path, what=f"the source {title!r}")
    elif members.find(own) is not None:
        report.warnings.append(
            f"{title}: {path or 'no plain text'} is named as its text; sources/{own} is read"
        )
        text = members.text(own, what=f"the source {title!r}")
    else:
        where = f"lies outside the project ({path})" if path else "is there as a document alone"
        if not path and not item.get("richTextPath"):
            where = "is missing"
        report.warnings.append(
            f"{title}: the text {where}, and is not read; put it into the project as plain text"
        )
        return None
    if text.lstrip("\ufeff").startswith("{\\rtf"):
        report.warnings.append(
            f"{title}: the text is there as rich text alone ({path or own}), and is not read; "
            "put it into the project as plain text"
        )
        return None
    if len(text) > LONGEST:
        raise report.error(
            f"the source {title!r} has {len(text):,} characters, more than {LONGEST:,}",
            "Give each interview a source of its own.",
        )
    return text


def _placed(
    item: Any, title: str, report: Report
) -> tuple[tuple[tuple[int, float], ...], tuple[Selection, ...]]:
    """Return the times of a text, and its selected passages."""
    if local(item) == "Transcript":
        return _synchronised(item, title, report)
    return (), tuple(_selections(item, title, report))


def _selections(item: Any, title: str, report: Report) -> Iterator[Selection]:
    for selection in children(item, "PlainTextSelection"):
        guid = guid_of(selection.get("guid"))
        what = f"of the selection {guid} in {title!r}"
        start = _position(selection, "startPosition", what, report)
        end = _position(selection, "endPosition", what, report)
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


def _position(item: Any, attribute: str, what: str, report: Report) -> int:
    value = (item.get(attribute) or "").strip()
    if not value.isdecimal() or len(value) > _LONGEST_POSITION:
        raise report.error(f"{attribute} {what} is {value[:40]!r}, not a position")
    return int(value)


def _synchronised(
    item: Any, title: str, report: Report
) -> tuple[tuple[tuple[int, float], ...], tuple[Selection, ...]]:
    """Return the times and passages of a transcript, whose places and times are points with a GUID."""
    places: dict[str, int] = {}
    times = []
    for point in children(item, "SyncPoint"):
        guid = guid_of(point.get("guid"))
        if not (point.get("position") or "").strip():
            continue  # a time alone
        places[guid] = _position(point, "position", f"of the point {guid} in {title!r}", report)
        if (point.get("timeStamp") or "").strip():
            milliseconds = _position(point, "timeStamp", f"of the point {guid} in {title!r}", report)
            times.append((places[guid], milliseconds / 1000))
    selections, lost = [], 0
    for selection in children(item, "TranscriptSelection"):
        guid = guid_of(selection.get("guid"))
        ends = [places.get(guid_of(selection.get(name))) for name in ("fromSyncPoint", "toSyncPoint")]
        start, end = ends
        if start is None or end is None or start > end:
            lost += sum(1 for _ in children(selection, "Coding"))
        else:
            selections.append(Selection(guid, selection, start, end))
    if lost:
        report.warnings.append(
            f"{title}: {lost} codings have no place in the text (their points are missing or out of "
            "order), and are left out"
        )
    selections += _selections(item, title, report)
    return tuple(sorted(times)), tuple(selections)


def read_notes(root: Any, members: Members, report: Report) -> dict[str, tuple[str, str]]:
    """Read the texts of a project's notes, each with its author's GUID, by their own."""
    notes: dict[str, tuple[str, str]] = {}
    cleaned: dict[str, str] = {}
    for item in within(root, "Notes", "Note"):
        text, path = text_of(child(item, "PlainTextContent")), item.get("plainTextPath") or ""
        if not text and path.strip():
            if members.find(path) is None:
                report.warnings.append(f"the note {item.get('name')!r} is missing ({path})")
            else:
                text = members.text(path, what=f"the note {item.get('name')!r}")
        text = text or text_of(child(item, "Description")) or item.get("name") or ""
        # Many notes may refer to one file, whose text is then kept once.
        if text not in cleaned:
            report.count(len(text))
            cleaned[text] = clean_note(text)
        notes[guid_of(item.get("guid"))] = cleaned[text], guid_of(item.get("creatingUser"))
    return notes


def clean_note(text: str) -> str:
    """Return a note with line feeds as line ends, and without control characters or outer space."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\ufeff \t\n")
