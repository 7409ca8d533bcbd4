"""Add suggestions to a copy of a researcher's own project, and leave all else as it is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from xml.parsers.expat import ParserCreate

from mestring_nlp.codebook import Code, Codebook
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.errors import MestringError
from mestring_nlp.refi.codes import code_element, code_guid, folded, unique_names
from mestring_nlp.refi.machine import Machine
from mestring_nlp.refi.markup import DATE, element, guid_of, new_guid
from mestring_nlp.refi.naming import unique
from mestring_nlp.refi.outline import Additions, Node, Outline
from mestring_nlp.refi.project import Project, Source
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.wording import summary

_ZIP64 = 1
_UTF8 = 0x800


def add_suggestions(
    project: Project,
    interviews: Iterable[CodedInterview],
    codebook: Codebook,
    coder: str,
    *,
    date: str = DATE,
    make: Callable[..., Machine] = Machine,
) -> bytes:
    """Return a copy of a project with suggestions added, under a user for the machine.

    Nothing is changed: additions are inserted into the bytes of the XML, and every other file of the
    archive stays as it was. If the project has a user of that name, from an earlier run, the new one
    gets a number, so that both can be compared.

    Parameters
    ----------
    project : Project
    interviews : iterable of CodedInterview
        Each bears the name of the project's source that it was made from.
    codebook : Codebook
        The one that the suggestions use. Codes are matched to the project's by name, or else by id;
        those without a match are added to the project's codebook.
    coder : str
        The coder's name, such as ``"mestring-nlp 0.1.0"``.
    date : str, optional
        The date of all additions, as ``2026-05-17T12:00:00Z``.
    make : callable, optional
        What writes the codings; a kind of `Machine`.

    Returns
    -------
    bytes
        A ``.qdpx``, the same for the same input. Positions are counted as the project counts them.

    Raises
    ------
    MestringError
        The project has no source of an interview's name, or a suggestion was made for another text.
    """
    interviews = list(interviews)
    sources = {source.name: source for source in project.sources}
    for interview in interviews:
        if interview.name not in sources:
            raise MestringError(
                f"the project has no text called {interview.name!r}",
                place=project.place,
                hint=f"Its texts are: {', '.join(source.name for source in project.sources)}.",
            )
        for suggestion in interview.suggestions:
            _check_words(suggestion, sources[interview.name], project.place)
    with zipfile.ZipFile(io.BytesIO(project.data)) as archive:
        xml = archive.read(project.member)
    additions = _additions(xml, project, interviews, codebook, coder, date, make)
    changed = additions.applied()
    ParserCreate().Parse(changed, True)  # what we wrote must be well-formed
    return _copy(project.data, project.member, changed)


def _check_words(suggestion: Suggestion, source: Source, place: str) -> None:
    """Raise unless the source has a suggestion's text at its span."""
    segment = suggestion.segment
    there = source.text[segment.start : segment.end]
    if not there or there != segment.text:
        raise MestringError(
            f"the text at {segment.start}-{segment.end} is {there[:40]!r}, and the suggestion is for "
            f"{segment.text[:40]!r}",
            place=f"{place}, {source.name}",
            hint="Make the suggestions for the project's own text.",
        )


def _additions(
    xml: bytes,
    project: Project,
    interviews: Sequence[CodedInterview],
    codebook: Codebook,
    coder: str,
    date: str,
    make: Callable[..., Machine] = Machine,
) -> Additions:
    """Return the additions to the project's XML."""
    outline = Outline.of(xml)
    added = Additions(xml, outline)
    root, prefix, taken = outline.root, outline.prefix, set(outline.guids)
    name = unique([*project.users, coder])[-1]
    refs, new, names = _codes(project, codebook, outline, taken)
    user = new_guid("user", name, taken=taken)
    codes = {code.id: code for code in codebook}
    machine = make(name, user, codes, refs, taken, date, prefix)

    _into(added, root, "Users", [machine.user()], after=())
    notes: list[str] = []
    lacking, nodes = [], _code_nodes(root)
    for code in codebook:
        note, ref = machine.code_note(code.id)
        notes += filter(None, [note])
        node = nodes.get(guid_of(refs[code.id]))
        if code in new:
            made = code_element(code, names, refs[code.id], prefix=outline.prefix, notes=ref)
            lacking.append(made)
        elif ref and node is not None:
            added.insert(node, node.after("Description", "NoteRef"), ref)
    book = root.child("CodeBook")
    if lacking and (book is None or book.child("Codes") is None):
        lacking = [element(f"{prefix}Codes", {}, *lacking)]
        _into(added, root, "CodeBook", lacking, after=("Users",))
    elif lacking and book is not None:
        _into(added, book, "Codes", lacking, after=())
    texts = dict(_texts(root))
    sources = {source.name: source for source in project.sources}
    for interview in interviews:
        source, given = sources[interview.name], interview.suggestions
        node = texts[source.guid]
        note, ref = machine.note(source.guid, source.title, summary(interview), given)
        notes += filter(None, [note])
        before: tuple[str, ...] = ("Description", "PlainTextContent")
        if node.name == "Transcript":
            times = [(_place(source, at), seconds) for at, seconds in source.times]
            points, passages = machine.transcript_selections(
                source.guid, given, source.positions.from_text, times
            )
            before += ("SyncPoint",)
            for point in points:
                added.insert(node, node.after(*before), point)
            before += ("TranscriptSelection",)
        else:
            passages = list(machine.selections(source.guid, given, source.positions.from_text))
            before += ("PlainTextSelection",)
        for passage in passages:
            added.insert(node, node.after(*before), passage)
        if ref:
            added.insert(node, node.after(*before, "Coding", "NoteRef"), ref)
    if notes:
        after = ("Users", "CodeBook", "Variables", "Cases", "Sources")
        _into(added, root, "Notes", notes, after=after)
    return added


def _place(source: Source, position: int) -> int:
    """Return a position in a source's text, or its end, as the project counts."""
    if position == len(source.text):
        return source.positions.length
    return source.positions.from_text(position, position + 1)[0]


def _codes(
    project: Project, codebook: Codebook, outline: Outline, taken: set[str]
) -> tuple[dict[str, str], list[Code], dict[str, str]]:
    """Return the GUIDs of our codes in the project, those that it lacks, and names for these."""
    usable = {own: entry for own, entry in project.entries.items() if entry.codable}
    by_name = {folded(entry.name): entry for entry in reversed(usable.values())}
    refs: dict[str, str] = {}
    lacking = []
    for code in codebook:
        entry = by_name.get(folded(code.name)) or usable.get(code.id)
        if entry is None:
            lacking.append(code)
            refs[code.id] = _free(code_guid(codebook.title, code), taken)
        else:
            refs[code.id] = entry.guid
    # A heading cannot be coded with, even of the same name; programs expect each name once.
    names = unique_names(codebook)
    present = list(outline.code_names)
    free = unique([*present, *(names[code.id] for code in lacking)])[len(present) :]
    names |= {code.id: name for code, name in zip(lacking, free, strict=True)}
    return refs, lacking, names


def _code_nodes(root: Node) -> dict[str, Node]:
    """Return the elements of codes that lie within the outline, by GUID."""
    book = root.child("CodeBook")
    waiting = list(book.children) if book else []
    found = {}
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if node.name == "Code":
            found[node.guid] = node
    return found


def _free(guid: str, taken: set[str]) -> str:
    if guid in taken:
        return new_guid(guid, taken=taken)
    taken.add(guid)
    return guid


def _into(
    added: Additions, parent: Node, name: str, items: Sequence[str], *, after: tuple[str, ...]
) -> None:
    """Insert items at the end of a child, which is made if missing, in the schema's order."""
    node = parent.child(name)
    if node is None:
        wrapped = element(f"{added.outline.prefix}{name}", {}, *items)
        added.insert(parent, parent.after(*after), wrapped)
    else:
        for item in items:
            added.insert(node, node.inside_end, item)


def _texts(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield the elements that hold a text, with their GUIDs, or else that of the source around them."""
    sources = root.child("Sources")
    for node in sources.children if sources else ():
        if node.name == "TextSource":
            yield node.guid, node
        for below in node.children:
            if below.name in ("Representation", "Transcript"):
                yield below.guid or node.guid, below


def _copy(data: bytes, name: str, content: bytes) -> bytes:
    """Return an archive with new content for one member; all others keep content and attributes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        new.comment = old.comment
        for member in old.infolist():
            same = _Member(member.filename, member.date_time)
            same.copy_attributes(member)
            new.writestr(same, content if member.filename == name else old.read(member))
    return buffer.getvalue()


class _Member(zipfile.ZipInfo):
    """A member of an archive whose name keeps its bytes."""

    def copy_attributes(self, member: zipfile.ZipInfo) -> None:
        """Copy all attributes that do not follow from the content."""
        self.compress_type, self.comment = member.compress_type, member.comment
        self.create_system, self.create_version = member.create_system, member.create_version
        self.external_attr, self.internal_attr = member.external_attr, member.internal_attr
        self.extra = _without_zip64(member.extra)
        self.old_name = not member.flag_bits & _UTF8

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 (zipfile's name)
        # Without the flag for UTF-8, zipfile read the bytes as code page 437, and would now write UTF-8.
        if self.old_name:
            return self.filename.encode("cp437"), self.flag_bits & ~_UTF8
        return self.filename.encode(), self.flag_bits | _UTF8


def _without_zip64(extra: bytes) -> bytes:
    """Return a member's extra fields without the one that zipfile writes itself."""
    kept, position = b"", 0
    while position + 4 <= len(extra):
        kind = int.from_bytes(extra[position : position + 2], "little")
        end = position + 4 + int.from_bytes(extra[position + 2 : position + 4], "little")
        kept += extra[position:end] if kind != _ZIP64 else b""
        position = end
    return kept
