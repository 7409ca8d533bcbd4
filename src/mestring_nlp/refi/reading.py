"""Reading a REFI-QDA project: lenient in form, strict where a coding could land on the wrong words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mestring_nlp.codebook import Codebook
from mestring_nlp.errors import MestringError
from mestring_nlp.readers import LONGEST, read_bytes
from mestring_nlp.readers.archives import open_archive
from mestring_nlp.readers.decoding import canonical, check_characters
from mestring_nlp.refi.codes import Entry, codes_of, entries
from mestring_nlp.refi.markup import child, children, guid_of, local, one_line, parse, text_of, within
from mestring_nlp.refi.members import AGAIN, INTERNAL, Members
from mestring_nlp.refi.naming import file_names, unique
from mestring_nlp.refi.positions import PositionMap, counting_of
from mestring_nlp.refi.project import Case, Project, Source
from mestring_nlp.transcript import Coding

NOBODY = "ukjent"
"""The coder of codings that name none."""

_OTHERS = ("PictureSource", "PDFSource", "AudioSource", "VideoSource")
_KIND = {
    "PictureSource": "a picture",
    "PDFSource": "a PDF",
    "AudioSource": "a recording",
    "VideoSource": "a video",
}
_MANY_INSIDE = 0.25
_MOST_CODES = 20_000
_MOST_CHARACTERS = 20_000_000
_CHANGED = 8
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class _Selected:
    """A passage that someone selected: its element, and its place as the project counts it."""

    guid: str
    element: Any
    start: int
    end: int


@dataclass(frozen=True)
class _Found:
    """A source before it is known how its positions are counted."""

    guid: str
    title: str
    raw: str
    element: Any
    selected: tuple[_Selected, ...]


def read_project(path: str | Path) -> Project:
    """Read a REFI-QDA project (``.qdpx``).

    Parameters
    ----------
    path : str or pathlib.Path

    Returns
    -------
    Project
        Sources that hold no text, such as pictures, PDF files and recordings, are told of in its
        ``warnings``; so is a text that is kept as DOCX alone. They stay in the project.

    Raises
    ------
    MestringError
        The file is no whole project, a text is missing, or a coding points to a code or a place that
        is not there; the message names the GUID.
    """
    file = Path(path)
    return project_from(read_bytes(file), place=str(file), name=file.stem)


def project_from(data: bytes, *, place: str, name: str = "") -> Project:
    """Give the project that an archive's bytes hold; see `read_project`."""
    archive = open_archive(data, place=place)
    members = Members(archive)
    member = members.project_xml()
    root = parse(archive.read(member), place=f"{place}, {member}")
    if local(root) != "Project":
        raise MestringError(
            f"the root is <{local(root)}>, where a project has <Project>",
            place=f"{place}, {member}",
            hint=AGAIN,
        )
    return _Reader(root, members, place, member).project(data, name)


class _Reader:
    """Takes a project apart; it keeps what several parts need."""

    def __init__(self, root: Any, members: Members, place: str, member: str) -> None:
        self.root, self.members, self.place, self.member = root, members, place, member
        self.warnings: list[str] = []
        self.users: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        # NVivo lists cases among the codes too, and codes texts with them, under the same GUID.
        self.case_texts: dict[str, list[str]] = {
            guid_of(case.get("guid")): [] for case in within(root, "Cases", "Case")
        }
        self.notes: dict[str, str] = {}
        self.length = 0

    def count(self, length: int) -> None:
        """Raise where texts and notes, each as often as it is named, are too many."""
        self.length += length
        if self.length > _MOST_CHARACTERS:
            raise self.fail(
                f"texts, and the notes on codings, have more than {_MOST_CHARACTERS:,} characters "
                f"(a line end of two, or a letter with a loose accent, counts as {2 + _CHANGED})",
                "Divide the project.",
            )

    def fail(self, problem: str, hint: str = AGAIN) -> MestringError:
        return MestringError(problem, place=f"{self.place}, {self.member}", hint=hint)

    def project(self, data: bytes, name: str) -> Project:
        origin = self.root.get("origin") or ""
        title = one_line(self.root.get("name")) or name or "Prosjekt"
        users = list(within(self.root, "Users", "User"))
        self.users = self._named_users(users)
        self.notes = self._notes()
        book, kept = self._codebook(title)
        found = self._texts()
        names = file_names([text.title for text in found])
        spans = [(text.raw, [(s.start, s.end) for s in text.selected]) for text in found]
        counting, inside, borders = counting_of(spans, origin=origin)
        if inside > _MANY_INSIDE * borders:
            self.warnings.append(
                f"{inside} of {borders} borders of coded passages lie within a word: look whether the "
                f"passages are the right ones (positions were counted as {counting})"
            )
        doubtful = any("\r\n" in text.raw or max(text.raw) > "\uffff" for text in found)
        if not borders and doubtful:
            self.warnings.append(f"no coded passage shows how positions are counted; taken: {counting}")
        variables = self._variables()
        sources = tuple(
            Source(
                text.guid,
                own,
                text.title,
                PositionMap(text.raw, counting),
                self._values(text.element, variables),
            )
            for text, own in zip(found, names, strict=True)
        )
        codings = [
            coding
            for text, source in zip(found, sources, strict=True)
            for coding in self._codings(text, source)
        ]
        return Project(
            name=title,
            origin=origin,
            place=self.place,
            sources=sources,
            codebook=book,
            codings=tuple(dict.fromkeys(codings)),
            entries=kept,
            users=tuple(self.users.values()),
            cases=self._cases(found, sources, variables),
            variables=tuple(variables.values()),
            counting=counting,
            warnings=tuple(self.warnings),
            data=data,
            member=self.member,
        )

    # -------------------------------------------------------------- users, notes, codes

    def _named_users(self, users: Sequence[Any]) -> dict[str, str]:
        guids = [guid_of(user.get("guid")) for user in users]
        names = [
            one_line(u.get("name")) or one_line(u.get("id")) or guid_of(u.get("guid")) for u in users
        ]
        return dict(zip(guids, unique(names), strict=True))

    def _coder(self, *elements: Any) -> str:
        """Who made an element: what it says itself, or the one around it."""
        for item in elements:
            for attribute in ("creatingUser", "modifyingUser"):
                guid = guid_of(item.get(attribute))
                if guid:
                    if guid not in self.users:
                        self.warnings.append(
                            f"codings name a user {guid} whom the project does not list"
                        )
                        self.users[guid] = guid
                    return self.users[guid]
        return NOBODY

    def _notes(self) -> dict[str, str]:
        notes: dict[str, str] = {}
        plain: dict[str, str] = {}
        for note in within(self.root, "Notes", "Note"):
            text, path = text_of(child(note, "PlainTextContent")), note.get("plainTextPath") or ""
            if not text and path.strip().casefold().startswith(INTERNAL):
                if self.members.find(path) is None:
                    self.warnings.append(f"the note {note.get('name')!r} is missing ({path})")
                else:
                    text = self.members.text(path, what=f"the note {note.get('name')!r}")
            said = text or text_of(child(note, "Description")) or note.get("name") or ""
            # Many notes may name one file, whose text is then kept once.
            if said not in plain:
                self.count(len(said))
                plain[said] = _plain(said)
            notes[guid_of(note.get("guid"))] = plain[said]
        return notes

    def _codebook(self, title: str) -> tuple[Codebook, dict[str, Entry]]:
        book = child(self.root, "CodeBook")
        listed = entries(
            None if book is None else child(book, "Codes"), place=f"{self.place}, {self.member}"
        )
        if len(listed) > _MOST_CODES:
            raise self.fail(
                f"{len(listed):,} codes are more than {_MOST_CODES:,}", "Divide the project."
            )
        used = {
            guid_of(ref.get("targetGUID"))
            for ref in self.root.iter("{*}CodeRef")
            if local(ref.getparent()) == "Coding"
        }
        # Codes that only hold others are headings; a model shall not learn them.
        kept = [
            entry
            for entry in listed
            if (entry.codable or guid_of(entry.guid) in used)
            and guid_of(entry.guid) not in self.case_texts
        ]
        codes = codes_of(kept)
        self.ids = {guid_of(entry.guid): code.id for entry, code in zip(kept, codes, strict=True)}
        by_id = {code.id: entry for entry, code in zip(kept, codes, strict=True)}
        return Codebook(title=title, version="1", codes=codes), by_id

    # -------------------------------------------------------------- texts and passages

    def _texts(self) -> list[_Found]:
        found: list[_Found] = []
        seen: dict[str, str] = {}
        for item in within(self.root, "Sources"):
            title = one_line(item.get("name")) or guid_of(item.get("guid")) or "uten navn"
            guid = guid_of(item.get("guid"))
            if not guid or guid in seen:
                problem = f"and {seen[guid]!r} have the same GUID {guid}" if guid else "has no GUID"
                raise self.fail(f"the source {title!r} {problem}")
            seen[guid] = title
            if local(item) in _OTHERS:
                self._warn_of_other(item, title)
            elif local(item) == "TextSource":
                raw = self._raw(item, title)
                if raw is None:
                    continue
                # Where canonical text differs, positions are followed one by one.
                self.count(len(raw) + _CHANGED * (len(raw) - len(canonical(raw))))
                if not raw.strip("\ufeff \t\r\n"):
                    self.warnings.append(f"{title}: the text is empty, and is left out")
                    continue
                found.append(_Found(guid, title, raw, item, tuple(self._selected(item, title, raw))))
        return found

    def _warn_of_other(self, item: Any, title: str) -> None:
        codings = sum(local(below) == "Coding" for below in item.iter())
        lost = f", nor are its {codings} codings" if codings else ""
        self.warnings.append(
            f"{title} is {_KIND[local(item)]} and is not read{lost}; export it as text to use it"
        )

    def _raw(self, item: Any, title: str) -> str | None:
        """A source's text as the program has it; None where the archive does not hold it as text."""
        inline = child(item, "PlainTextContent")
        path = (item.get("plainTextPath") or "").strip()
        if inline is not None and (text_of(inline) or not path):
            text = text_of(inline)
            check_characters(text, place=f"{self.place}, {self.member}, {title}")
        elif path.casefold().startswith(INTERNAL):
            text = self.members.text(path, what=f"the source {title!r}")
        else:
            where = f"lies outside the project ({path})" if path else "is there as a document alone"
            if not path and not item.get("richTextPath"):
                where = "is missing"
            self.warnings.append(
                f"{title}: the text {where}, and is not read; put it into the project as plain text"
            )
            return None
        if len(text) > LONGEST:
            raise self.fail(
                f"the source {title!r} has {len(text):,} characters, more than {LONGEST:,}",
                "Give each interview a source of its own.",
            )
        return text

    def _selected(self, item: Any, title: str, raw: str) -> list[_Selected]:
        found = []
        for selection in children(item, "PlainTextSelection"):
            guid = guid_of(selection.get("guid"))
            place = []
            for attribute in ("startPosition", "endPosition"):
                value = (selection.get(attribute) or "").strip()
                if not value.isdecimal() or len(value) > 12:
                    raise self.fail(
                        f"{attribute} of the selection {guid} in {title!r} is {value!r}, no place"
                    )
                place.append(int(value))
            if place[0] > place[1]:
                raise self.fail(
                    f"the selection {guid} in {title!r} ends at {place[1]}, before its start {place[0]}"
                )
            found.append(_Selected(guid, selection, *place))
        whole = sum(1 for _ in children(item, "Coding"))
        if whole:
            self.warnings.append(
                f"{title}: {whole} codings of the whole text are left out; only passages are read"
            )
        return found

    def _codings(self, text: _Found, source: Source) -> list[Coding]:
        found = []
        empty = 0
        for selection in text.selected:
            if selection.end > source.positions.length:
                raise self.fail(
                    f"the selection {selection.guid} ends at {selection.end}, and {text.title!r} has "
                    f"{source.positions.length} characters",
                )
            start, end = source.positions.to_text(selection.start, selection.end)
            made = list(children(selection.element, "Coding"))
            if start == end:
                empty += bool(made)
                continue
            about = [
                _plain(text_of(child(selection.element, "Description"))),
                *self._said(selection.element),
            ]
            for coding in made:
                notes = [*self._said(coding), *about]
                self.count(sum(map(len, notes)))
                note = "\n".join(filter(None, notes))
                if (guid := self._ref(coding)) in self.case_texts:
                    self.case_texts[guid].append(source.name)
                    continue
                coder = self._coder(coding, selection.element)
                found.append(
                    Coding(source.name, start, end, self._code(coding, text.title), coder, note)
                )
        if empty:
            self.warnings.append(f"{text.title}: {empty} coded passages hold no text, and are left out")
        return found

    def _said(self, item: Any) -> list[str]:
        """What the notes say that an element refers to."""
        return [self.notes.get(guid_of(ref.get("targetGUID")), "") for ref in children(item, "NoteRef")]

    def _ref(self, coding: Any) -> str:
        """The GUID of the code that a coding gives."""
        ref = child(coding, "CodeRef")
        return guid_of(None if ref is None else ref.get("targetGUID"))

    def _code(self, coding: Any, title: str) -> str:
        guid = self._ref(coding)
        if guid not in self.ids:
            own = guid_of(coding.get("guid"))
            raise self.fail(
                f"the coding {own} in {title!r} has the code {guid!r}, which no code has as GUID"
            )
        return self.ids[guid]

    # -------------------------------------------------------------- variables and cases

    def _variables(self) -> dict[str, str]:
        listed = list(within(self.root, "Variables", "Variable"))
        guids = [guid_of(item.get("guid")) for item in listed]
        names = [one_line(item.get("name")) or guid for item, guid in zip(listed, guids, strict=True)]
        return dict(zip(guids, unique(names), strict=True))

    def _values(self, item: Any, variables: dict[str, str]) -> dict[str, str]:
        values = {}
        for value in children(item, "VariableValue"):
            ref = child(value, "VariableRef")
            name = variables.get(guid_of(None if ref is None else ref.get("targetGUID")))
            given = [text_of(x) for x in value if local(x).endswith("Value")]
            if name and given:
                values[name] = one_line(given[0])
        return values

    def _cases(
        self, found: Sequence[_Found], sources: Sequence[Source], variables: dict[str, str]
    ) -> tuple[Case, ...]:
        names = {source.guid: source.name for source in sources}
        holders = {selection.guid: names[text.guid] for text in found for selection in text.selected}
        cases = []
        for item in within(self.root, "Cases", "Case"):
            whole = [names.get(guid_of(x.get("targetGUID"))) for x in children(item, "SourceRef")]
            parts = [holders.get(guid_of(x.get("targetGUID"))) for x in children(item, "SelectionRef")]
            guid = guid_of(item.get("guid"))
            # Of cases with one GUID, the first has the texts.
            named = (*whole, *parts, *self.case_texts.pop(guid, ()))
            belong = tuple(dict.fromkeys(name for name in named if name))
            title = one_line(item.get("name")) or guid
            cases.append(Case(title, belong, self._values(item, variables)))
        return tuple(
            replace(case, name=name)
            for case, name in zip(cases, unique([case.name for case in cases]), strict=True)
        )


def _plain(text: str) -> str:
    """A note with its line ends as ours, and without marks at its ends."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\ufeff \t\n")
