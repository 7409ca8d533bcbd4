"""Take an informant out of a REFI-QDA project; everybody else's sources and codings stay."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.forgetting.tables import Informant
from mestring_nlp.refi.markup import local, parse

_PATHS = ("plainTextPath", "richTextPath", "path", "currentPath")
_SCHEME = re.compile(r"^[a-z]+:/*", re.IGNORECASE)


def without_source(data: bytes, who: Informant) -> bytes:
    """Return a project without an informant's sources, and all that points to them.

    Sources go that bear the informant's name or hold their words, with their selections, codings, notes
    and files; cases go that have no other source.

    Raises
    ------
    MestringError
        It is no project.
    """
    from lxml import etree

    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        member = next(name for name in archive.namelist() if name.casefold().endswith(".qde"))
        root = parse(archive.read(member), place=member)
    except (zipfile.BadZipFile, StopIteration, OSError, RuntimeError) as error:
        raise MestringError(f"the project cannot be read ({type(error).__name__})") from error
    said = {
        _plain(name): who.traces.found_in_bytes(archive.read(name))
        for name in archive.namelist()
        if name != member
    }
    gone = [e for e in root.iter() if local(e).endswith("Source") and _is_theirs(e, who, said)]
    files: set[str] = set()
    guids: set[str] = set()
    for source in gone:
        guids |= {e.get("guid", "").casefold() for e in source.iter()} - {""}
        files |= _files_of(source)
        noted = {e.get("targetGUID", "").casefold() for e in source.iter() if local(e) == "NoteRef"}
        gone_notes = [
            e for e in root.iter() if local(e) == "Note" and e.get("guid", "").casefold() in noted
        ]
        for note in gone_notes:
            guids.add(note.get("guid", "").casefold())
            files |= _files_of(note)
            _remove(note)
        _remove(source)
    for note in [e for e in root.iter() if local(e) == "Note"]:
        if any(map(who.says, note.itertext())) or any(said.get(file) for file in _files_of(note)):
            guids.add(note.get("guid", "").casefold())
            files |= _files_of(note)
            _remove(note)
    for element in list(root.iter()):
        if element.get("targetGUID", "").casefold() in guids:
            parent = element.getparent()
            _remove(element)
            if parent is not None and local(parent) == "Case" and not _has_source(parent):
                _remove(parent)
    for case in [e for e in root.iter() if local(e) == "Case" and who.is_called(e.get("name"))]:
        _remove(case)
    for element in root.iter():
        if local(element) == "Description" and who.says("".join(element.itertext())):
            element.text = None
    xml = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return _packed(archive, member, xml, files)


def _packed(archive: zipfile.ZipFile, member: str, xml: bytes, files: set[str]) -> bytes:
    buffer = io.BytesIO()
    with archive, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for info in archive.infolist():
            plain = _plain(info.filename)
            if info.filename != member and (plain in files or plain.rpartition("/")[2] in files):
                continue
            content = xml if info.filename == member else archive.read(info)
            made.writestr(zipfile.ZipInfo(info.filename, info.date_time), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _is_theirs(source: Any, who: Informant, said: dict[str, bool]) -> bool:
    if who.is_called(source.get("name")) or any(map(who.says, source.itertext())):
        return True
    return any(found for name, found in said.items() if name.rpartition("/")[2] in _files_of(source))


def _files_of(element: Any) -> set[str]:
    """Return the names of the files that an element and those within it bring along."""
    paths = (e.get(name) for e in element.iter() for name in _PATHS)
    return {_plain(_SCHEME.sub("", path)).rpartition("/")[2] for path in paths if path}


def _has_source(case: Any) -> bool:
    return any(local(e) in ("SourceRef", "SelectionRef") for e in case)


def _plain(name: str) -> str:
    return name.replace("\\", "/").casefold()


def _remove(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
