"""REFI-QDA projects: every text and name is replaced, and coded passages keep their words."""

from __future__ import annotations

import io
import re
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mestring_nlp.privacy.alignment import Alignment
from mestring_nlp.privacy.documents.fields import Edits, Fielded
from mestring_nlp.readers.archives import open_archive
from mestring_nlp.refi.markup import child, guid_of, local, parse
from mestring_nlp.refi.members import Members
from mestring_nlp.refi.positions import Counting
from mestring_nlp.refi.project import Project
from mestring_nlp.refi.reading import project_from

_TEXTS = frozenset({"Description", "PlainTextContent", "TextValue", "MemoText"})
_NAMED = frozenset(
    [
        "Project",
        "TextSource",
        "PDFSource",
        "PictureSource",
        "AudioSource",
        "VideoSource",
        "Representation",
        "Transcript",
        "Case",
        "Note",
        "Set",
        "Link",
        "Graph",
        "PlainTextSelection",
        "PDFSelection",
        "TranscriptSelection",
        "AudioSelection",
        "VideoSelection",
    ]
)
_MEDIA = frozenset({"PictureSource", "AudioSource", "VideoSource"})
_PATHS = ("basePath",)
_SOURCES = frozenset({"TextSource", "PDFSource", *_MEDIA})


@dataclass(frozen=True)
class _Text:
    """A text of a project: where it stands and, of a source, what its positions count."""

    interview: str
    words: str
    element: Any
    where: str  # "content", "member", "text" or "name"
    member: str = ""
    counting: Counting | None = None


def open_project(data: bytes, *, place: str) -> Fielded:
    """Return a project's texts, descriptions and names.

    Users become *Koder 1*; recordings, pictures, PDF files and formatted copies of texts are taken out when
    it is written, as they show or sound who somebody is.

    Raises
    ------
    MestringError
        It is no project, or a broken one.
    """
    return _fielded(project_from(data, place=place, name="project"), data, place)


def _fielded(project: Project, data: bytes, place: str) -> Fielded:
    from lxml import etree

    archive = open_archive(data, place=place)
    members = Members(archive)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        contents = {info.filename: opened.read(info) for info in opened.infolist() if not info.is_dir()}

    def parsed() -> tuple[Any, list[_Text]]:
        root = parse(contents[project.member], place=place)
        return root, sorted(_texts(root, project, members), key=lambda one: one.interview)

    _, first = parsed()
    dropped = _others(members, {one.member for one in first} | {project.member})

    def write(edits: Sequence[Edits]) -> bytes:
        root, texts = parsed()
        made = {name: content for name, content in contents.items() if name not in dropped}
        for one, given in zip(texts, edits, strict=True):
            moved = Alignment.of(given)
            words = moved.applied(one.words)
            if one.where == "member":
                made[one.member] = words.encode()
            elif one.where == "name":
                one.element.set("name", words)
            else:
                one.element.text = words
            if one.counting is not None:
                holder = one.element if one.where == "member" else one.element.getparent()
                _move(holder, moved, one.words, words, one.counting)
        _clean(root)
        made[project.member] = etree.tostring(
            root, xml_declaration=True, encoding="utf-8", standalone=True
        )
        return _zipped(made)

    notes = (
        (f"{len(dropped)} files of recordings, pictures, PDF or formatted text were taken out",)
        if dropped
        else ()
    )
    return Fielded(
        tuple(one.words for one in first), write, notes, tuple(one.interview for one in first)
    )


def _texts(root: Any, project: Project, members: Members) -> Iterator[_Text]:
    """Yield the texts of sources, then every description and name."""
    sources = {source.guid: source for source in project.sources}
    done: set[Any] = set()
    for holder in root.iter():
        if local(holder) not in ("TextSource", "Representation", "Transcript"):
            continue
        source = sources.get(guid_of(holder.get("guid"))) or sources.get(
            guid_of(holder.getparent().get("guid"))
        )
        if source is None:
            continue
        content = child(holder, "PlainTextContent")
        raw = source.positions.raw
        if content is not None and (content.text or ""):
            done.add(content)
            yield _Text(source.name, raw, content, "content", counting=source.positions.counting)
        elif holder.get("plainTextPath"):
            member = _member(holder.get("plainTextPath"), members)
            yield _Text(source.name, raw, holder, "member", member, source.positions.counting)
    names = {source.guid: source.name for source in project.sources}
    names |= {source.holder: source.name for source in project.sources if source.holder}
    for element in root.iter():
        name = local(element)
        if (
            name in _TEXTS
            and element not in done
            and (element.text or "").strip()
            and not _of_code(element)
        ):
            yield _Text(_interview(element, names), element.text, element, "text")
        if name in _NAMED and element.get("name"):
            yield _Text(_interview(element, names), element.get("name"), element, "name")


def _of_code(element: Any) -> bool:
    return any(local(one) == "CodeBook" for one in element.iterancestors())


def _interview(element: Any, names: dict[str, str]) -> str:
    for one in (element, *element.iterancestors()):
        holds = local(one) in _SOURCES or local(one) in ("Representation", "Transcript")
        if holds and (found := names.get(guid_of(one.get("guid")))):
            return found
    return ""


def _member(path: str, members: Members) -> str:
    name = re.sub(r"^\s*[a-z]+:/*", "", path, flags=re.IGNORECASE).rpartition("/")[2]
    return next((m for m in members.archive.names if m.rpartition("/")[2] == name), name)


def _others(members: Members, kept: set[str]) -> set[str]:
    """Return the members that are neither the project nor a plain text of it."""
    return {name for name in members.archive.names if name not in kept and not name.endswith("/")}


def _move(holder: Any, moved: Alignment, old: str, new: str, counting: Counting) -> None:
    """Move the positions of what is selected in a text."""
    before, after = counting.places(old), counting.places(new)
    for element in holder.iter():
        name = local(element)
        if name not in ("PlainTextSelection", "SyncPoint", "TranscriptSelection"):
            continue
        if name == "SyncPoint" and element.get("position"):
            at = bisect_right(before, int(element.get("position"))) - 1
            element.set("position", str(after[moved.span(at, at)[0]]))
        elif element.get("startPosition") and element.get("endPosition"):
            first = bisect_right(before, int(element.get("startPosition"))) - 1
            last = bisect_left(before, int(element.get("endPosition")))
            start, end = moved.span(first, last)
            element.set("startPosition", str(after[start]))
            element.set("endPosition", str(after[end]))


def _clean(root: Any) -> None:
    """Take out users' names, absolute paths, and what points to members that are gone."""
    for number, user in enumerate((one for one in root.iter() if local(one) == "User"), start=1):
        for attribute in ("name", "id"):
            if user.get(attribute) and not str(user.get("name")).startswith("mestring-nlp "):
                user.set(attribute, f"Koder {number}" if attribute == "name" else f"K{number}")
    for element in root.iter():
        for attribute in ("richTextPath", *_PATHS):
            if element.get(attribute):
                del element.attrib[attribute]
        if local(element) in ("PDFSource", *_MEDIA):
            for attribute in ("path", "currentPath"):
                if element.get(attribute):
                    element.set(attribute, "internal://tatt-ut")


def _zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()
