"""ZIP archives and the XML in them: checked before they are read, and read piece by piece."""

from __future__ import annotations

import copy
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple
from xml.parsers import expat

from mestring_nlp.errors import MestringError

_MEMBERS = 10_000
_DIRECTORY = 10 * _MEMBERS
_MEMBER_BYTES = 200_000_000
_ALL_BYTES = 500_000_000
_XML_BYTES = 50_000_000
_XML_NODES = 1_000_000
_XML_DEPTH = 256
_TAG_BYTES = 1_000_000
_CHUNK = 1 << 16
_OUTSIDE = re.compile(r"^(?:/|[A-Za-z]:)|(?:^|/)\.\.(?:/|$)")
_SAVE_AGAIN = "Open it in the program that made it and save it again."
_USUAL_PARTS = ("word/document.xml", "xl/workbook.xml")
_CONTENT_TYPES = "[Content_Types].xml"
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|emf|wmf|tiff?|bmp|svg|wdp)$", re.IGNORECASE)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

SIGNS = (b"PK\x03\x04", _OLD_OFFICE)
"""How a file begins that `open_archive` opens, or refuses with a word on what it is."""

Event = tuple[str, str, dict[str, str]]
"""What `events` meets: ``"start"`` or ``"end"``, an element's name without prefix, and at its start its
attributes as they are written; or ``"text"`` and a text, or a piece of it."""


class _BrokenMemberError(MestringError):
    """A member that cannot be unpacked."""


@dataclass
class _Spent:
    """The elements and attributes met so far."""

    nodes: int = 0


class Relation(NamedTuple):
    """How one part of an Office file names another: the last word of its type, and the member."""

    kind: str
    part: str


class Part(NamedTuple):
    """The part of an Office file that holds its content: member, root element, all events once."""

    name: str
    root: str
    events: Iterator[Event]


@dataclass
class Archive:
    """A ZIP archive that `open_archive` found sound: the names of its members, folders among them."""

    names: tuple[str, ...]
    place: str
    _zip: zipfile.ZipFile = field(repr=False)
    _alike: dict[str, str] = field(default_factory=dict, repr=False)
    _walked: dict[str, int] = field(default_factory=dict, repr=False)
    _spent: _Spent = field(default_factory=_Spent, repr=False)

    def __post_init__(self) -> None:
        for name in self.names:
            self._alike.setdefault(_plain(name), name)

    def has(self, name: str) -> bool:
        """Return whether there is such a member; case and the direction of slashes do not count."""
        return _plain(name) in self._alike

    def read(self, name: str, *, largest: int = _MEMBER_BYTES) -> bytes:
        """Return a member's content.

        Raises
        ------
        MestringError
            It is missing, or has more than `largest` bytes.
        """
        found = name if name in self.names else self._alike.get(_plain(name))
        if found is None:
            raise MestringError(
                f"the archive has no member {name!r}, so it is another kind of file",
                place=self.place,
                hint="Check the suffix. " + _SAVE_AGAIN,
            )
        size = self._zip.getinfo(found).file_size
        if size > largest:
            raise _too_large(size, largest, f"{self.place}, {name}")
        return self._zip.read(found)

    def events(self, name: str) -> Iterator[Event]:
        """Iterate over a member that is XML; the limits of `events` hold for all members together."""
        xml = self.read(name, largest=_XML_BYTES)
        self._walked[name] = len(xml)
        if sum(self._walked.values()) > _XML_BYTES:
            raise _too_large(sum(self._walked.values()), _XML_BYTES, self.place)
        return events(xml, place=f"{self.place}, {name}", spent=self._spent)

    def main_part(self) -> Part | None:
        """Find the part of an Office file that holds its content; a relation names it."""
        related = [part for kind, part in self.relations("").values() if kind == "officeDocument"]
        for name in chain(related, _USUAL_PARTS, self._main_parts_by_type()):
            if self.has(name):
                walk = self.events(name)
                first = next(walk)
                return Part(name, first[1], chain([first], walk))
        return None

    def _main_parts_by_type(self) -> Iterator[str]:
        """Yield the parts that the list of content types calls main; looked into only if need be."""
        if self.has(_CONTENT_TYPES):
            for kind, element, given in self.events(_CONTENT_TYPES):
                if (
                    kind == "start"
                    and element == "Override"
                    and "main+xml" in given.get("ContentType", "")
                ):
                    yield given.get("PartName", "")

    def relations(self, part: str) -> dict[str, Relation]:
        """Return the relations of an Office file's part, or with ``""`` of the whole, by their ids."""
        folder, name = posixpath.split(part)
        described = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(described):
            return {}
        found = {}
        for kind, element, given in self.events(described):
            if kind == "start" and element == "Relationship" and given.get("TargetMode") != "External":
                path = posixpath.join("/", folder, given.get("Target", ""))
                leads = Relation(
                    given.get("Type", "").rpartition("/")[2], posixpath.normpath(path).lstrip("/")
                )
                found[given.get("Id", "")] = leads
        return found


def _plain(name: str) -> str:
    """Return a member's name in the form in which names are compared."""
    return name.replace("\\", "/").casefold().removeprefix("./").lstrip("/")


def open_archive(data: bytes, *, place: str, pictures: bool = False) -> Archive:
    """Open a ZIP archive that is whole, of a sane size and keeps to itself.

    Every member is read through once, in small pieces, so that afterwards this archive, and any
    library that opens the same bytes, can read members at their stated sizes. Pictures that are
    broken are passed over, unless `pictures` are asked for.

    Raises
    ------
    MestringError
        No ZIP archive, or a broken one; more than 10,000 members, 200 MB in a member or 500 MB in
        all; a member that unpacks to another size than stated, has a name that points outside the
        archive or a name that another has, or is encrypted or packed by an unusual method.
    """
    if data.startswith(_OLD_OFFICE):
        raise MestringError(
            "this is an old Office document (.doc, .xls) or one with a password",
            place=place,
            hint="Open it and save as .docx (a table as .xlsx), without a password.",
        )
    # Each entry of the directory bears this mark; zipfile keeps half a kilobyte for each.
    if data.count(b"PK\x01\x02") > _DIRECTORY:
        raise _too_many_members(f"more than {_DIRECTORY}", place)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # zipfile raises whatever garbage in the directory makes it raise
        raise MestringError(
            f"this is no whole ZIP archive, as .docx, .odt, .xlsx and .qdpx are ({error})",
            place=place,
            hint="Perhaps the file was cut off, or bears the wrong suffix. " + _SAVE_AGAIN,
        ) from error
    members = archive.infolist()
    if len(members) > _MEMBERS:
        raise _too_many_members(str(len(members)), place)
    names: set[str] = set()
    total = 0
    for member in members:
        _check_header(member, names, place=f"{place}, {member.filename}")
        names.add(member.filename)
        total += member.file_size
        if total > _ALL_BYTES:
            raise MestringError(
                f"the archive unpacks to more than {_ALL_BYTES // 10**6} MB",
                place=place,
                hint="Take out pictures or recordings, or save the text alone.",
            )
    for member in members:
        try:
            _check_content(archive, member, place=f"{place}, {member.filename}")
        except _BrokenMemberError:
            if pictures or not _PICTURE.search(member.filename):
                raise
            names.discard(member.filename)
    return Archive(tuple(name for name in archive.namelist() if name in names), place, archive)


def events(xml: bytes, *, place: str, spent: _Spent | None = None) -> Iterator[Event]:
    """Iterate over XML without keeping it: as much memory as an element needs, not the document.

    `spent` is what was met before, and counts too.

    Raises
    ------
    MestringError
        A document type, hence perhaps entities; malformed XML, or an encoding that cannot be read (the
        place gets its line); more than 50 MB, a million elements and attributes, a depth of 256, or
        a megabyte between ``<`` and ``>``.
    """
    if len(xml) > _XML_BYTES:
        raise _too_large(len(xml), _XML_BYTES, place)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    met: list[Event] = []
    path: list[str] = []
    spent = spent or _Spent()
    nothing: dict[str, str] = {}

    def at() -> str:
        return f"{place}, line {parser.CurrentLineNumber}"

    def refuse(*_: object) -> None:
        raise MestringError(
            "the XML declares a document type (DOCTYPE), which could hold harmful entities",
            place=at(),
            hint="Office programs write none. " + _SAVE_AGAIN,
        )

    def begin(name: str, attributes: dict[str, str]) -> None:
        spent.nodes += 1 + len(attributes)
        path.append(name.rpartition(":")[2])
        if spent.nodes > _XML_NODES:
            raise MestringError(
                f"the XML has more than {_XML_NODES:,} elements and attributes",
                place=at(),
                hint="Divide the document, or save its text alone.",
            )
        if len(path) > _XML_DEPTH:
            raise MestringError(
                f"elements of the XML are nested to a depth of more than {_XML_DEPTH}",
                place=at(),
                hint=_SAVE_AGAIN,
            )
        met.append(("start", path[-1], attributes))

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: met.append(("end", path.pop(), nothing))
    parser.CharacterDataHandler = lambda text: met.append(("text", text, nothing))
    try:
        for start in range(0, len(xml) + 1, _CHUNK):
            parser.Parse(xml[start : start + _CHUNK], start + _CHUNK > len(xml))
            # A tag is kept until it ends, and its attributes take fifty times their room.
            if start + _CHUNK - parser.CurrentByteIndex > _TAG_BYTES:
                raise MestringError(
                    f"a tag of the XML has more than {_TAG_BYTES:,} bytes", place=at(), hint=_SAVE_AGAIN
                )
            yield from met
            met.clear()
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, MestringError):
            raise
        raise MestringError(
            f"the XML is malformed ({error})",
            place=f"{place}, line {parser.ErrorLineNumber}",
            hint=_SAVE_AGAIN,
        ) from error


def refuse_entities(xml: bytes, *, place: str) -> None:
    """Raise where `events` does, before a library parses XML."""
    for _ in events(xml, place=place):
        pass


def _too_many_members(number: str, place: str) -> MestringError:
    return MestringError(
        f"the archive has {number} members, where {_MEMBERS} are allowed", place=place, hint=_SAVE_AGAIN
    )


def _too_large(size: int, largest: int, place: str) -> MestringError:
    return MestringError(
        f"{size // 10**6} MB are more than are read here ({largest // 10**6})",
        place=place,
        hint="Divide the document, or save its text alone.",
    )


def _check_header(member: zipfile.ZipInfo, names: set[str], *, place: str) -> None:
    """Raise on what a member's entry in the directory tells."""
    problem = ""
    if _OUTSIDE.search(member.filename.replace("\\", "/")):
        problem = "the member's name points outside the archive"
    elif member.filename in names:
        problem = "two members have this name"
    elif member.flag_bits & 0x1:
        problem = "the member is encrypted"
    elif member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        problem = f"the member is packed by method {member.compress_type}, which is not read"
    elif member.file_size > _MEMBER_BYTES:
        problem = f"the member has {member.file_size // 10**6} MB, more than {_MEMBER_BYTES // 10**6}"
    if problem:
        raise MestringError(problem, place=place, hint=_SAVE_AGAIN)


def _check_content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, place: str) -> None:
    """Read a member through, beyond its stated size if it goes there, and compare."""
    # zipfile stops at the stated size, and so does not see that a member holds more; yet reading
    # such a member at one go unpacks it all. A probe that states the most allowed sees it.
    probe = copy.copy(member)
    probe.file_size = _MEMBER_BYTES + 1
    size = 0
    try:
        with archive.open(probe) as file:
            while size <= member.file_size and (chunk := file.read(_CHUNK)):
                size += len(chunk)
    except Exception as error:  # zipfile and zlib raise many things on broken members
        raise _BrokenMemberError(
            f"the member is broken ({error})", place=place, hint=_SAVE_AGAIN
        ) from error
    if size != member.file_size:
        raise MestringError(
            f"the member does not unpack to the {member.file_size} bytes that it states",
            place=place,
            hint="The file is damaged, or made to fill the memory. " + _SAVE_AGAIN,
        )
