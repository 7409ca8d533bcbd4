"""Read a REFI-QDA project: tolerant of its form, strict where a coding could land on the wrong words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mestring_nlp.codebook import Codebook
from mestring_nlp.readers import read_bytes
from mestring_nlp.readers.archives import open_archive
from mestring_nlp.refi.codes import Entry, codes_of, entries
from mestring_nlp.refi.markup import (
    child,
    children,
    guid_of,
    local,
    one_line,
    parse,
    target_of,
    text_of,
    within,
)
from mestring_nlp.refi.members import Members
from mestring_nlp.refi.naming import file_names, unique
from mestring_nlp.refi.positions import Counting, PositionMap, counting_of
from mestring_nlp.refi.project import Case, Project, Source
from mestring_nlp.refi.sources import RawSource, Report, clean_note, read_notes, read_sources
from mestring_nlp.transcript import MACHINE, Coding, Memo
from mestring_nlp.wording import DOUBTFUL

UNKNOWN_CODER = "ukjent"
"""The coder of codings that name none."""

_MAX_INSIDE_WORDS = 0.25
_MAX_CODES = 20_000


def read_project(path: str | Path) -> Project:
    """Read a REFI-QDA project (``.qdpx``).

    Parameters
    ----------
    path : str or pathlib.Path

    Returns
    -------
    Project
        Its ``warnings`` name the sources without text, such as pictures and recordings without a
        transcript, and texts that are stored as DOCX only. These stay in the project's bytes.

    Raises
    ------
    MestringError
        The file is not a complete project, a text is missing, or a coding refers to a code or a
        position that does not exist; the message names the GUID.
    """
    file = Path(path)
    return project_from(read_bytes(file), place=str(file), name=file.stem)


def project_from(data: bytes, *, place: str, name: str = "") -> Project:
    """Return the project in an archive's bytes; see `read_project`."""
    archive = open_archive(data, place=place, pictures=True)
    members = Members(archive)
    member = members.project_xml()
    report = Report(f"{place}, {member}")
    root = parse(archive.read(member), place=report.place)
    if local(root) != "Project":
        raise report.error(f"the root is <{local(root)}>, where a project has <Project>")
    origin = root.get("origin") or ""
    title = one_line(root.get("name")) or name or "Prosjekt"
    users = _unique_names(within(root, "Users", "User"))
    notes = read_notes(root, members, report)
    # NVivo lists cases among the codes too, and codes texts with them, under the same GUID.
    coded_cases: dict[str, list[str]] = {
        guid_of(case.get("guid")): [] for case in within(root, "Cases", "Case")
    }
    kept = _entries(root, coded_cases, report)
    codes = codes_of(kept)
    found = read_sources(root, members, report)
    names = file_names([text.title for text in found])
    counting = _counting(found, origin, report)
    variables = _unique_names(within(root, "Variables", "Variable"))
    sources = []
    for text, own in zip(found, names, strict=True):
        positions = PositionMap(text.raw, counting)
        values = _values(text.element, variables)
        holder = guid_of(text.element.get("guid"))
        times = tuple((positions.to_text(at, at)[0], seconds) for at, seconds in text.times)
        sources.append(Source(text.guid, own, text.title, positions, values, holder, times))
    ids = {guid_of(entry.guid): code.id for entry, code in zip(kept, codes, strict=True)}
    reader = _CodingReader(ids, users, notes, coded_cases, report)
    codings = [
        coding
        for text, source in zip(found, sources, strict=True)
        for coding in reader.codings(text, source)
    ]
    for item in root.iter("{*}Code"):
        reader.remember(item, code=ids.get(guid_of(item.get("guid")), ""))
    return Project(
        name=title,
        origin=origin,
        place=place,
        sources=tuple(sources),
        codebook=Codebook(title=title, version="1", codes=codes),
        codings=tuple(dict.fromkeys(codings)),
        entries={code.id: entry for entry, code in zip(kept, codes, strict=True)},
        users=tuple(users.values()),
        cases=_cases(root, found, sources, variables, coded_cases),
        variables=tuple(variables.values()),
        abstentions=tuple(dict.fromkeys(reader.abstentions)),
        memos=tuple(dict.fromkeys(reader.memos)),
        counting=counting,
        warnings=tuple(report.warnings),
        data=data,
        member=member,
    )


def _unique_names(items: Iterable[Any]) -> dict[str, str]:
    """Return the names of users or variables by GUID, no two alike."""
    listed = [(guid_of(item.get("guid")), item) for item in items]
    names = [one_line(x.get("name")) or one_line(x.get("id")) or guid for guid, x in listed]
    return dict(zip((guid for guid, _ in listed), unique(names), strict=True))


def _entries(root: Any, cases: Collection[str], report: Report) -> list[Entry]:
    """Return the project's codes without cases, and without headings that no coding uses."""
    book = child(root, "CodeBook")
    listed = entries(None if book is None else child(book, "Codes"), place=report.place)
    if len(listed) > _MAX_CODES:
        raise report.error(f"{len(listed):,} codes are more than {_MAX_CODES:,}", "Divide the project.")
    used = {
        guid_of(ref.get("targetGUID"))
        for ref in root.iter("{*}CodeRef")
        if local(ref.getparent()) == "Coding"
    }
    return [
        entry
        for entry in listed
        if (entry.codable or guid_of(entry.guid) in used) and guid_of(entry.guid) not in cases
    ]


def _counting(found: Sequence[RawSource], origin: str, report: Report) -> Counting:
    """Return how the project counts positions; warn where its passages leave that in doubt."""
    spans = [(text.raw, [(s.start, s.end) for s in text.selections]) for text in found]
    counting, inside, boundaries = counting_of(spans, origin=origin)
    if inside > _MAX_INSIDE_WORDS * boundaries:
        report.warnings.append(
            f"{inside} of {boundaries} boundaries of coded passages lie within a word: check that the "
            f"passages are the right ones (positions were counted as {counting})"
        )
    if not boundaries and any("\r\n" in text.raw or max(text.raw) > "\uffff" for text in found):
        report.warnings.append(f"no coded passage shows how positions are counted; assumed: {counting}")
    return counting


@dataclass
class _CodingReader:
    """Reads codings and memos, with ids of codes, names of users, texts and authors of notes by GUID.

    Users that the project does not list are added, and to cases the names of sources coded with them.
    """

    ids: dict[str, str]
    users: dict[str, str]
    notes: dict[str, tuple[str, str]]
    coded_cases: dict[str, list[str]]
    report: Report
    abstentions: list[Coding] = field(default_factory=list)
    memos: list[Memo] = field(default_factory=list)

    def codings(self, text: RawSource, source: Source) -> Iterator[Coding]:
        """Yield the codings of a source's passages, with positions in its canonical text."""
        empty = 0
        held = [*children(text.element, "Representation", "Transcript")]
        for holder in (text.element, *(one for one in held if guid_of(one.get("guid")) == text.guid)):
            self.remember(holder, source.name)
        for selection in text.selections:
            if selection.end > source.positions.length:
                raise self.report.error(
                    f"the selection {selection.guid} ends at {selection.end}, and {text.title!r} has "
                    f"{source.positions.length} characters",
                )
            start, end = source.positions.to_text(selection.start, selection.end)
            made = list(children(selection.element, "Coding"))
            if start == end:
                empty += bool(made)
                continue
            by = self.users.get(guid_of(selection.element.get("creatingUser")), "")
            if not made and by.startswith(MACHINE):
                self.abstentions.append(Coding(source.name, start, end, "", by))
            description = clean_note(text_of(child(selection.element, "Description")))
            on_selection = [description, *self._notes_on(selection.element)]
            if not made and not by.startswith(MACHINE):
                self._uncoded(selection.element, source.name, start, end, description)
            for coding in made:
                notes = [*self._notes_on(coding), *on_selection]
                self.report.count(sum(map(len, notes)))
                guid = target_of(coding, "CodeRef")
                if guid in self.coded_cases:
                    self.coded_cases[guid].append(source.name)
                    continue
                if guid not in self.ids:
                    own = guid_of(coding.get("guid"))
                    raise self.report.error(
                        f"the coding {own} in {text.title!r} has the code {guid!r}, which no code has "
                        "as GUID"
                    )
                coder = self._coder(coding, selection.element)
                note = "\n".join(filter(None, notes))
                yield Coding(source.name, start, end, self.ids[guid], coder, note)
        if empty:
            self.report.warnings.append(
                f"{text.title}: {empty} coded passages hold no text, and are left out"
            )

    def _coder(self, *elements: Any) -> str:
        """Return the user that the first of some elements to name one names."""
        for item in elements:
            for attribute in ("creatingUser", "modifyingUser"):
                guid = guid_of(item.get(attribute))
                if guid:
                    if guid not in self.users:
                        self.report.warnings.append(
                            f"codings name a user {guid} whom the project does not list"
                        )
                        self.users[guid] = guid
                    return self.users[guid]
        return UNKNOWN_CODER

    def _uncoded(self, item: Any, name: str, start: int, end: int, description: str) -> None:
        """Keep what a person says of a passage without a code: that it is open, or a memo."""
        first, _, rest = description.partition("\n")
        if first == DOUBTFUL:
            description = rest.strip()
            self.abstentions.append(Coding(name, start, end, "", self._coder(item)))
        if description:
            self.report.count(len(description))
            self.memos.append(Memo(self._coder(item), description, name, start, end))
        self.remember(item, name, start, end)

    def remember(self, item: Any, name: str = "", start: int = 0, end: int = 0, code: str = "") -> None:
        """Add the notes by people that an element refers to, as memos on a text or a code."""
        for ref in children(item, "NoteRef") if name or code else ():
            text, author = self.notes.get(guid_of(ref.get("targetGUID")), ("", ""))
            coder = self.users.get(author, UNKNOWN_CODER)
            if text and not coder.startswith(MACHINE):
                self.report.count(len(text))
                self.memos.append(Memo(coder, text, name, start, end, code))

    def _notes_on(self, item: Any) -> list[str]:
        """Return the texts of the notes that an element refers to."""
        refs = (guid_of(ref.get("targetGUID")) for ref in children(item, "NoteRef"))
        return [self.notes[guid][0] for guid in refs if guid in self.notes]


def _values(item: Any, variables: dict[str, str]) -> dict[str, str]:
    """Return an element's values by the variable's name."""
    values = {}
    for value in children(item, "VariableValue"):
        name = variables.get(target_of(value, "VariableRef"))
        given = [text_of(x) for x in value if local(x).endswith("Value")]
        if name and given:
            values[name] = one_line(given[0])
    return values


def _cases(
    root: Any,
    found: Sequence[RawSource],
    sources: Sequence[Source],
    variables: dict[str, str],
    coded_cases: dict[str, list[str]],
) -> tuple[Case, ...]:
    """Return the cases, with the sources that they refer to or that are coded with them."""
    names: dict[str, list[str]] = {}
    for source in sources:
        for guid in dict.fromkeys((source.guid, source.holder)):
            names.setdefault(guid, []).append(source.name)
    holders = {
        selection.guid: [source.name]
        for text, source in zip(found, sources, strict=True)
        for selection in text.selections
    }
    items = list(within(root, "Cases", "Case"))
    titles = unique([one_line(item.get("name")) or guid_of(item.get("guid")) for item in items])
    cases = []
    for item, title in zip(items, titles, strict=True):
        named: list[str] = []
        for kind, known in (("SourceRef", names), ("SelectionRef", holders)):
            for ref in children(item, kind):
                named += known.get(guid_of(ref.get("targetGUID")), ())
        # Of cases with the same GUID, the first gets the sources that are coded with it.
        named += coded_cases.pop(guid_of(item.get("guid")), ())
        belong = tuple(dict.fromkeys(named))
        cases.append(Case(title, belong, _values(item, variables)))
    return tuple(cases)
