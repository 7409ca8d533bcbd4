"""Take an informant out of a REFI-QDA project; everybody else's sources and codings stay."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from mestring_nlp.forgetting.grid import Seen
from mestring_nlp.forgetting.informant import Informant
from mestring_nlp.readers.archives import open_archive
from mestring_nlp.refi.markup import local, parse
from mestring_nlp.refi.members import Members

_PATHS = ("plainTextPath", "richTextPath", "path", "currentPath")
_TEXTS = ("TextSource", "Transcript", "Representation", "Note")


def without_source(data: bytes, who: Informant, seen: Seen | None = None) -> bytes:
    """Return a project without an informant's sources, and all that points to them.

    Sources go that bear the informant's name or hold their words, with their selections, codings, notes
    and files; cases go that have no other source. A file that another source or note names too stays.
    Where nothing is theirs, the bytes come back.

    Parameters
    ----------
    data : bytes
    who : Informant
    seen : Seen, optional
        Learns which sources and cases are removed, and what else is named so.

    Raises
    ------
    MestringError
        It is no project.
    """
    from lxml import etree

    seen = Seen() if seen is None else seen
    archive = open_archive(data, place="the project", pictures=True)
    members = Members(archive)
    member = members.project_xml()
    root = parse(archive.read(member), place=member)
    members.reserve(root)
    before = etree.tostring(root)
    said = {
        name
        for name in archive.names
        if name != member and not name.endswith("/") and who.traces.found_in_bytes(archive.read(name))
    }
    gone = [
        e
        for e in root.iter()
        if local(e).endswith("Source")
        and (
            who.is_called(e.get("name"))
            or any(map(who.says, e.itertext()))
            or said & _files_of(e, members)
        )
    ]
    files: set[str] = set()
    guids: set[str] = set()
    for source in gone:
        seen.remove("source", source.get("name") or "without a name")
        guids |= {e.get("guid", "").casefold() for e in source.iter()} - {""}
        files |= _files_of(source, members)
        noted = {e.get("targetGUID", "").casefold() for e in source.iter() if local(e) == "NoteRef"}
        gone_notes = [
            e for e in root.iter() if local(e) == "Note" and e.get("guid", "").casefold() in noted
        ]
        for note in gone_notes:
            guids.add(note.get("guid", "").casefold())
            files |= _files_of(note, members)
            _remove(note)
        _remove(source)
    for note in [e for e in root.iter() if local(e) == "Note"]:
        if any(map(who.says, note.itertext())) or said & _files_of(note, members):
            guids.add(note.get("guid", "").casefold())
            files |= _files_of(note, members)
            _remove(note)
    for element in list(root.iter()):
        if element.get("targetGUID", "").casefold() in guids:
            parent = element.getparent()
            _remove(element)
            if parent is not None and local(parent) == "Case" and not _has_source(parent):
                _remove(parent)
    for case in [e for e in root.iter() if local(e) == "Case" and who.is_called(e.get("name"))]:
        seen.remove("case", case.get("name"))
        _remove(case)
    for element in root.iter():
        if local(element) == "Description" and who.says("".join(element.itertext())):
            element.text = None
    seen.named += [
        f"{local(e)} {e.get('name')}"
        for e in root.iter()
        if who.is_called(e.get("name")) or who.is_mentioned(e.get("name") or "")
    ]
    if etree.tostring(root) == before:
        return data
    files -= _files_of(root, members)
    return _packed(data, member, etree.tostring(root, encoding="UTF-8", xml_declaration=True), files)


def _packed(data: bytes, member: str, xml: bytes, files: set[str]) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as archive,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for info in archive.infolist():
            if info.filename in files:
                continue
            content = xml if info.filename == member else archive.read(info)
            made.writestr(zipfile.ZipInfo(info.filename, info.date_time), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _files_of(element: Any, members: Members) -> set[str]:
    """Return the members that an element and those within it bring along."""
    named = [e.get(name) or "" for e in element.iter() for name in _PATHS]
    # A text without a path lies under its own name.
    named += [f"{e.get('guid')}.txt" for e in element.iter() if local(e) in _TEXTS and e.get("guid")]
    return {found for path in named if path and (found := members.find(path)) is not None}


def _has_source(case: Any) -> bool:
    return any(local(e) in ("SourceRef", "SelectionRef") for e in case)


def _remove(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
