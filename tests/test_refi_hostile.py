"""Projects that are broken, or made to do harm: each an error that names place and value."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile

import pytest
from refi_files import archive, codes, guid, project, read, selection, simple, source, users, xml_of

import mestring_nlp as mn

TEXT = "P: Hva er bra?\nI: Folk er trygge her.\n"
FILE = {f"sources/{guid('en')}.txt": TEXT.encode()}


def built(sources: str, book: str = codes("Trygghet"), **files: bytes) -> bytes:
    return archive(project(users("Kari") + book + f"<Sources>{sources}</Sources>"), FILE | files)


def refused(data: bytes, *says: str) -> None:
    with pytest.raises(mn.MestringError) as caught:
        read(data)
    for part in ("prøve.qdpx", *says):
        assert part in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        (selection(3, 400, ("Trygghet", "Kari")), (guid("3-400").lower(), "400", "38 characters", "'en'")),
        (selection(9, 3, ("Trygghet", "Kari")), (guid("9-3").lower(), "3", "9")),
        (selection(3, 6, ("Ukjent", "Kari")), (guid("Ukjent").lower(), guid("3-6 Ukjent Kari").lower())),
        (selection(3, 6, ("Trygghet", "Kari")).replace(f"<CodeRef targetGUID='{guid('Trygghet')}'/>", ""), ("''",)),
        (selection(3, 6).replace("'3'", "'-3'"), ("'-3'",)),
        (selection(3, 6).replace("'3'", "'3.5'"), ("'3.5'",)),
        (selection(3, 6).replace("'3'", "'²'"), ("'²'",)),
        (selection(3, 6).replace("'3'", f"'{'9' * 5000}'"), ("startPosition",)),
        (selection(3, 6).replace(" endPosition='6'", ""), ("endPosition", "''")),
    ],
)  # fmt: skip
def test_passages_that_are_not_there(inside: str, says: tuple[str, ...]) -> None:
    refused(built(source("en", inside)), *says)


def test_two_of_one_guid() -> None:
    other = source("to", guid=f"{{{guid('en').lower()}}}")
    refused(built(source("en") + other), "'to' and 'en'", guid("en").lower())
    twice = codes("Ro", "Ro")
    refused(built(source("en"), twice), "'Ro' and 'Ro'", guid("Ro").lower())
    refused(built(source("en", guid="")), "'en' has no GUID")
    refused(built(source("en"), codes("Ro").replace(guid("Ro"), "")), "'Ro' has no GUID")


def test_a_text_that_is_missing_or_none() -> None:
    for path in (
        "internal://borte.txt",
        "internal://../../../etc/passwd",
        "internal://%2e%2e/hemmelig.txt",
    ):
        refused(built(source("en", plainTextPath=path)), path, "'en'")
    data = archive(
        project(f"<Sources>{source('en')}</Sources>"), {f"sources/{guid('en')}.txt": b"\0\1\2"}
    )
    refused(data, f"{guid('en')}.txt")
    inline = f"<TextSource guid='{guid('i')}' name='i'><PlainTextContent>I: J\u007fa</PlainTextContent></TextSource>"
    refused(built(inline), "control character")


def test_no_project() -> None:
    refused(archive("<x/>", member="les.txt"), "no .qde file")
    refused(archive(project(""), {"b.qde": b"<x/>"}, "a.qde"), "2 .qde files")
    refused(archive("<CodeBook/>"), "<CodeBook>")
    refused(b"PK\x03\x04 ikke noe", "ZIP")
    refused(simple()[:-40], "ZIP")
    whole = simple()
    middle = len(whole) // 2
    refused(whole[: middle - 8] + bytes(8) + whole[middle:], "broken")


ENTITY = "<!DOCTYPE P [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Project name='&x;'/>"
LAUGHS = "<!DOCTYPE P [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><Project name='&b;'/>"


@pytest.mark.parametrize(
    "xml", [ENTITY, LAUGHS, "<!DOCTYPE Project SYSTEM 'http://example.org/x.dtd'><Project/>"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(xml: str, encoding: str) -> None:
    refused(
        archive(f'<?xml version="1.0" encoding="{encoding}"?>{xml}'.encode(encoding)),
        "DOCTYPE",
        "project.qde",
    )


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        ("<Project>", "line 1"),
        ("<Project name='a' name='b'/>", "line 1"),
        (b"\xff\xfe\x00", "project.qde"),
        (b"<Project name='\xe5'/>", "malformed"),
        ("<Project>" + "<Code>" * 5000 + "</Code>" * 5000 + "</Project>", "depth of more than 256"),
    ],
)
def test_xml_that_cannot_be_read(xml: str | bytes, says: str) -> None:
    refused(archive(xml), says)


def test_nested_codes_do_not_overflow() -> None:
    deep = "".join(f"<Code guid='{guid(i)}' name='k{i}' isCodable='true'>" for i in range(200))
    book = f"<CodeBook><Codes>{deep}{'</Code>' * 200}</Codes></CodeBook>"
    assert len(read(built(source("en"), book)).codebook) == 200


def test_too_many_codes() -> None:
    refused(built(source("en"), codes(*map(str, range(20_001)))), "20,001 codes are more than 20,000")


def test_cases_of_one_guid_and_a_file_that_many_name_are_read_once() -> None:
    one = guid("sak")
    inside = selection(3, 6, ("sak", "Kari"))
    cases = f"<Cases><Case guid='{one}' name='A'/><Case guid='{one}' name='B'/></Cases>"
    notes = "".join(f"<Note guid='{n}' plainTextPath='internal://n.txt'/>" for n in "ab")
    ref = "<NoteRef targetGUID='b'/>"
    coded = selection(15, 20, ("Trygghet", "Kari")).replace("</Coding>", f"{ref}</Coding>")
    found = built(
        source("en", inside, coded),
        codes("Trygghet") + cases + f"<Notes>{notes}</Notes>",
        **{"sources/n.txt": b"Sagt"},
    )
    project_ = read(found)
    assert [case.sources for case in project_.cases] == [("en",), ()]
    assert [coding.note for coding in project_.codings] == ["Sagt"]


def test_members_that_do_harm() -> None:
    xml = xml_of(simple()).decode()
    refused(archive(xml, {"../ute.txt": b"x"}), "outside the archive")
    refused(archive(xml, {"/etc/passwd": b"x"}), "outside the archive")
    buffer = io.BytesIO(simple())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(buffer, "a") as file:
            file.writestr("project.qde", "<Project name='en annen'/>")
    refused(buffer.getvalue(), "two members")
    locked = bytearray(simple())
    place = locked.index(b"PK\x01\x02") + 8
    locked[place] |= 1
    refused(bytes(locked), "encrypted")


def test_bombs() -> None:
    bomb = bytearray(archive(xml_of(simple()), {"sources/stor.txt": b"a" * 3_000_000}))
    place = bomb.rindex(b"PK\x01\x02")
    bomb[place + 24 : place + 28] = struct.pack("<I", 100)
    refused(bytes(bomb), "stor.txt")
    long = "<Project name='" + "a" * 60_000_000 + "'/>"
    refused(archive(long), "60 MB")


def test_many_coding_errors_name_the_first_and_stay_quick() -> None:
    inside = "".join(selection(i % 30, i % 30 + 3, ("Trygghet", "Kari"), key=i) for i in range(3000))
    found = read(built(source("en", inside)))
    assert len(found.codings) == 30
