"""ZIP archives and the XML in them, checked before a library opens them."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from mestring_nlp.errors import MestringError

_MEMBERS = 10_000
_MEMBER_BYTES = 200_000_000
_ALL_BYTES = 500_000_000
_XML_BYTES = 50_000_000
_XML_NODES = 2_000_000
_CHUNK = 1 << 16
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OUTSIDE = re.compile(r"^(?:/|[A-Za-z]:)|(?:^|/)\.\.(?:/|$)")
_SAVE_AGAIN = "Open it in the program that made it and save it again."


@dataclass(frozen=True)
class Archive:
    """A ZIP archive that `open_archive` found sound.

    Attributes
    ----------
    names : tuple of str
        Its members, folders among them.
    place : str
        The file's name, for errors.
    """

    names: tuple[str, ...]
    place: str
    _zip: zipfile.ZipFile = field(repr=False)

    def read(self, name: str) -> bytes:
        """Give a member's content; a missing one is a `MestringError`."""
        try:
            return self._zip.read(name)
        except KeyError as error:
            raise MestringError(
                f"the archive has no member {name!r}, so it is another kind of file",
                place=self.place,
                hint="Check the suffix. " + _SAVE_AGAIN,
            ) from error

    def read_xml(self, name: str) -> bytes:
        """Give a member's content after `refuse_entities` has looked at it."""
        xml = self.read(name)
        refuse_entities(xml, place=f"{self.place}, {name}")
        return xml

    def check_xml(self) -> None:
        """Look at all the XML in the archive, as `refuse_entities` does, before a library parses it.

        Raises
        ------
        MestringError
            As `refuse_entities`; and the elements and attributes of all are too many for memory.
        """
        nodes = 0
        for name in self.names:
            if name.casefold().endswith((".xml", ".rels")):
                nodes += refuse_entities(self.read(name), place=f"{self.place}, {name}")
                if nodes > _XML_NODES:
                    raise _too_many_nodes(self.place)


def open_archive(data: bytes, *, place: str) -> Archive:
    """Open a ZIP archive that is whole, of a sane size and keeps to itself.

    Every member is read through once, in small pieces, so that afterwards this archive, and any
    library that opens the same bytes, can read members at their stated sizes.

    Parameters
    ----------
    data : bytes
        The whole file.
    place : str
        The file's name, for errors.

    Returns
    -------
    Archive

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
        raise MestringError(
            f"the archive has {len(members)} members, more than {_MEMBERS}",
            place=place,
            hint=_SAVE_AGAIN,
        )
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
        _check_content(archive, member, place=f"{place}, {member.filename}")
    return Archive(tuple(archive.namelist()), place, archive)


def refuse_entities(xml: bytes, *, place: str) -> int:
    """Raise unless XML is well-formed, of a sane size, and declares no document type, hence no entities.

    Parameters
    ----------
    xml : bytes
        A whole XML document in any encoding that its declaration may name.
    place : str
        File and member, for errors.

    Returns
    -------
    int
        How many elements and attributes it has.

    Raises
    ------
    MestringError
        A DOCTYPE, malformed XML (the place gets its line), an encoding that cannot be read, or
        more than 50 MB or two million elements and attributes.
    """
    if len(xml) > _XML_BYTES:
        raise MestringError(
            f"the XML has {len(xml) // 10**6} MB, more than {_XML_BYTES // 10**6}",
            place=place,
            hint="Divide the document.",
        )

    def refuse(*_: object) -> None:
        raise MestringError(
            "the XML declares a document type (DOCTYPE), which could hold harmful entities",
            place=f"{place}, line {parser.CurrentLineNumber}",
            hint="Office programs write none. " + _SAVE_AGAIN,
        )

    nodes = 0

    def count(_: str, attributes: dict[str, str]) -> None:
        nonlocal nodes
        nodes += 1 + len(attributes)
        # In memory an empty element takes forty times the room that it has in the file.
        if nodes > _XML_NODES:
            raise _too_many_nodes(f"{place}, line {parser.CurrentLineNumber}")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = count
    try:
        parser.Parse(xml, True)
    except MestringError:
        raise
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise MestringError(
            f"the XML is malformed ({error})",
            place=f"{place}, line {parser.ErrorLineNumber}",
            hint=_SAVE_AGAIN,
        ) from error
    return nodes


def _too_many_nodes(place: str) -> MestringError:
    return MestringError(
        f"the XML has more than {_XML_NODES:,} elements and attributes",
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
        raise MestringError(f"the member is broken ({error})", place=place, hint=_SAVE_AGAIN) from error
    if size != member.file_size:
        raise MestringError(
            f"the member does not unpack to the {member.file_size} bytes that it states",
            place=place,
            hint="The file is damaged, or made to fill the memory. " + _SAVE_AGAIN,
        )
