"""Files that are broken, enormous or made to do harm: each is an error that says so, soon and in little memory."""

from __future__ import annotations

import csv
import io
import os
import time
import tracemalloc
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from odf import opendocument, text

import mestring_nlp as mn
from mestring_nlp.readers import SUFFIXES
from mestring_nlp.readers.decoding import canonical


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def refused(file: Path, **options: bool) -> str:
    with pytest.raises(mn.MestringError) as caught:
        mn.read_transcript(file, **options)
    assert caught.value.place.startswith(str(file)) and caught.value.hint
    return str(caught.value)


def word() -> bytes:
    document = docx.Document()
    document.add_paragraph("P: Hva?")
    document.add_paragraph("I: Det.")
    return saved(document)


def writer() -> bytes:
    document = opendocument.OpenDocumentText()
    for line in ("P: Hva?", "I: Det."):
        document.text.addElement(text.P(text=line))
    return saved(document)


def book() -> bytes:
    made = openpyxl.Workbook()
    for row in (["Taler", "Tekst"], ["P", "Hva?"], ["I", "Det."]):
        made.active.append(row)
    return saved(made)


def saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def repacked(data: bytes, changed: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name, content in ({name: old.read(name) for name in old.namelist()} | changed).items():
            new.writestr(name, content)
    return buffer.getvalue()


OFFICE = {".docx": word, ".odt": writer, ".xlsx": book}


# ------------------------------------------------------------------ what fuzzing found


@pytest.mark.parametrize(
    ("name", "data"),
    [
        # `scripts/fuzz_readers.py` found that each of these ended in a traceback, or in an empty transcript.
        ("no-cue.vtt", b"WEBVTT\n\nNOTE ingen ord\n"),
        ("no-cue.srt", b"1\n2\n"),
        ("marked-section.html", b"<p>P: Hva?</p><![00:><<!--p><a ndi"),
        ("unknown-section.html", b"<p>I: ja<![CDATAttt[ x"),
        ("only-marks.txt", b"#00:01:20-5#\n[00:00:01]\n"),
        ("only-page-numbers.txt", b"12\n\n13\nSide 3 av 4\n"),
        ("labels-alone.txt", b"P:\nI:\nP:\n"),
        (
            "number-in-a-cue.vtt",
            b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v I>" + b"uten tegn " * 40 + b"\n\n"
            b"00:02.000 --> 00:03.000\n<v I>12\n\n00:04.000 --> 00:05.000\n<v P>hva\n",
        ),
    ],
)
@pytest.mark.parametrize("all_informant", [False, True])
def test_crashers(tmp_path: Path, name: str, data: bytes, all_informant: bool) -> None:
    file = written(tmp_path / name, data)
    try:
        transcript = mn.read_transcript(file, all_informant=all_informant)
    except mn.MestringError as error:
        assert error.place.startswith(str(file))
        return
    assert transcript.turns
    assert all(transcript.text[t.start : t.end] == t.text != "" for t in transcript.turns)
    assert canonical(transcript.text) == transcript.text
    assert transcript.hash


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.rtf", rb"{\rtf1\ansi P: Hva?\par I: Jo\u1?\u0? \'01da.\par}"),
        ("a.html", b'<p><a name="ts_1_2_S00">P: Hva?</a></p><p>I: Jo&#1; &#27;da.</p>'),
        ("a.json", b'{"segments": [{"text": "Hva?", "speaker": "P"}, {"text": "Jo\\u0001 \\u001bda.", "speaker": "I"}]}'),
    ],
)  # fmt: skip
def test_control_characters_stay_out_of_the_words(tmp_path: Path, name: str, data: bytes) -> None:
    transcript = mn.read_transcript(written(tmp_path / name, data))
    assert transcript.turns[-1].text == "Jo da."


# ------------------------------------------------------------------ too much


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_two_gigabytes_are_refused_at_once(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"stor{suffix}"
    with file.open("wb") as sparse:
        sparse.truncate(2_000_000_000)
    tracemalloc.start()
    begun = time.process_time()
    try:
        assert "2,000,000,000 bytes" in refused(file)
        # In a folder as well: what cannot be looked into is listed, so that reading it tells why.
        assert mn.find_transcripts([tmp_path]) == [file]
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.txt", b"P: Hva?\nI: " + b"ja " * 1_700_000, "5,100,011 characters are more than one transcript may have"),
        ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nI: " + b"ja " * 1_700_000, "more than one transcript may have"),
        ("a.rtf", b"{\\rtf1 P: Hva?\\par I: " + b"ja " * 1_700_000 + b"}", "more than one transcript may have"),
        # ASR output has many characters for each that is said.
        ("a.json", b'{"segments": [{"text": "ja", "speaker": "I", "tokens": [' + b"1," * 3_000_000 + b"1]}]}", ""),
        ("b.json", b'{"segments": [' + b" " * 20_000_001, "more than 20,000,000 characters"),
        ("b.txt", b"P: Hva?\nI: " + b"ja " * 27_000_000, "more than 20,000,000 characters"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_more_than_an_interview(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    file = written(tmp_path / name, data)
    assert mn.find_transcripts([tmp_path]) == [file]
    if says:
        assert says in refused(file)
    else:
        assert mn.read_transcript(file).turns[0].text == "ja"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_what_may_have_no_end_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert "a device or a pipe" in refused(tmp_path / "a.txt")
    assert "a device or a pipe" in refused(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("suffix", "member", "filling"),
    [
        (".docx", "word/document.xml", b"<w:p/>"),
        (".odt", "content.xml", b"<text:p/>"),
        (".xlsx", "xl/worksheets/sheet1.xml", b"<cols/>"),
    ],
)
def test_xml_that_would_fill_the_memory(
    tmp_path: Path, suffix: str, member: str, filling: bytes
) -> None:
    data = OFFICE[suffix]()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read(member)
    for opening in (b"<w:body>", b"<office:text>", b"<sheetData>"):
        xml = xml.replace(opening, opening + filling * 2_000_000)
    file = written(tmp_path / f"bombe{suffix}", repacked(data, {member: xml}))
    assert file.stat().st_size < 200_000
    message = refused(file)
    assert "1,000,000 elements and attributes" in message and member in message


def test_xml_is_counted_over_all_members_that_are_read(tmp_path: Path) -> None:
    filled = b"<a>" + b"<b/>" * 600_000 + b"</a>"
    more = {"xl/styles.xml": filled, "xl/worksheets/sheet1.xml": filled}
    assert "1,000,000 elements and attributes" in refused(
        written(tmp_path / "a.xlsx", repacked(book(), more))
    )


def test_attributes_count_too(tmp_path: Path) -> None:
    tag = b"<a " + b" ".join(b'a%d=""' % n for n in range(90_000)) + b"/>"
    xml = b"<w:document>" + tag * 12 + b"</w:document>"
    message = refused(written(tmp_path / "a.docx", repacked(word(), {"word/document.xml": xml})))
    assert "1,000,000 elements and attributes" in message
    xml = xml.replace(b"/>", b"", 1)
    message = refused(written(tmp_path / "b.docx", repacked(word(), {"word/document.xml": xml})))
    assert "malformed" in message
    xml = b"<a " + b" ".join(b'a%d=""' % n for n in range(2_000_000)) + b"/>"
    message = refused(written(tmp_path / "c.docx", repacked(word(), {"word/document.xml": xml})))
    assert "a tag of the XML has more than 1,000,000 bytes" in message


def test_an_archive_in_which_everything_unpacks_to_zeros(tmp_path: Path) -> None:
    bomb = repacked(word(), {f"word/media/{n}.png": bytes(150_000_000) for n in range(4)})
    assert "500 MB" in refused(written(tmp_path / "a.docx", bomb))


def test_a_hundred_thousand_speakers(tmp_path: Path) -> None:
    table = "Taler;Tekst\n" + "".join(f"N{n};Ja, det er {n}\n" for n in range(100_000))
    begun = time.process_time()
    message = refused(written(tmp_path / "a.csv", table.encode()))
    assert "it cannot be told whether" in message
    with pytest.raises(mn.MestringError, match="and 99980 more"):
        mn.read_transcript(tmp_path / "a.csv", informant="Kari")
    assert time.process_time() - begun < 20


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        # One cue, one table, one paragraph that goes on and on: time shall grow as the length does.
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nI: ja\n|noe\n"),
        ("a.html", '<p><a name="ts_1_2_S">I: ja</a></p><p>P: ja?</p>|<!--'),
        ("b.html", '<p><a name="ts_1_2_S">I: ja</a></p><p>P: ja?</p>|<a '),
        ("a.csv", 'Taler;Tekst\nI;ja\n|"'),
        ("a.txt", "P: Hva?\nI: Det.\n|[00:00:01] "),
        ("b.txt", "P: Hva?\nI: Det.\n|Kari   0:03\n"),
    ],
)
def test_time_grows_with_the_length(tmp_path: Path, name: str, unit: str) -> None:
    head, repeated = unit.split("|")
    begun = time.process_time()
    file = written(tmp_path / name, (head + repeated * (1_000_000 // len(repeated))).encode())
    try:
        mn.read_transcript(file)
    except mn.MestringError as error:
        assert error.place.startswith(str(file))
    assert time.process_time() - begun < 10


def test_a_table_with_one_wide_row(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(2_000, 1)
    cell = table.rows[0].cells[0]._tc
    for _ in range(2_000):
        cell.addnext(
            docx.oxml.parse_xml(
                f"<w:tc {docx.oxml.ns.nsdecls('w')}><w:p><w:r><w:t>a b</w:t></w:r></w:p></w:tc>"
            )
        )
    begun = time.process_time()
    assert "no speaker labels" in refused(written(tmp_path / "a.docx", saved(document)))
    assert time.process_time() - begun < 10


# ------------------------------------------------------------------ not what the name says


@pytest.mark.parametrize("suffix", OFFICE)
@pytest.mark.parametrize(
    "data",
    [
        b"P: Hva?\nI: Det.\n",
        b"{\\rtf1 P: Hva?\\par I: Det.}",
        b"%PDF-1.4\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"PK\x05\x06" + bytes(18),
    ],
    ids=["text", "rtf", "pdf", "old office", "empty archive"],
)
def test_an_office_file_that_is_none(tmp_path: Path, suffix: str, data: bytes) -> None:
    refused(written(tmp_path / f"a{suffix}", data))


def test_an_archive_of_something_else(tmp_path: Path) -> None:
    data = repacked(word(), {})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        styles = archive.read("word/styles.xml")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("word/styles.xml", styles)
    assert "neither a DOCX, an ODT nor an XLSX" in refused(
        written(tmp_path / "a.docx", buffer.getvalue())
    )


@pytest.mark.parametrize("suffix", OFFICE)
def test_every_truncation_of_an_archive_is_an_error(tmp_path: Path, suffix: str) -> None:
    data = OFFICE[suffix]()
    for length in {*range(0, len(data), max(1, len(data) // 40)), len(data) - 1, len(data) - 22}:
        refused(written(tmp_path / f"a{suffix}", data[:length]))


@pytest.mark.parametrize("suffix", OFFICE)
@pytest.mark.parametrize("name", ["../../ut.xml", "/etc/ut.xml", "C:\\ut.xml"])
def test_members_that_point_outside(tmp_path: Path, suffix: str, name: str) -> None:
    file = written(tmp_path / f"a{suffix}", repacked(OFFICE[suffix](), {name: b"<a/>"}))
    assert "points outside the archive" in refused(file)
    assert {path.name for path in tmp_path.iterdir()} == {file.name}


@pytest.mark.parametrize("suffix", OFFICE)
def test_entities_are_refused(tmp_path: Path, suffix: str) -> None:
    member = {".docx": "word/document.xml", ".odt": "content.xml", ".xlsx": "xl/workbook.xml"}[suffix]
    laughs = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;</a>'
    message = refused(written(tmp_path / f"a{suffix}", repacked(OFFICE[suffix](), {member: laughs})))
    assert "DOCTYPE" in message and member in message


def test_a_pdf_that_is_a_text(tmp_path: Path) -> None:
    assert "cannot be read as a PDF" in refused(written(tmp_path / "a.pdf", b"P: Hva?\nI: Det.\n"))


# ------------------------------------------------------------------ formulas


def test_formulas_in_a_table_are_words_and_nothing_else(tmp_path: Path) -> None:
    said = ['=HYPERLINK("http://x.invalid";"Ja")', "+47 er landet", "@SUM(1)", "-", "=1+1"]
    buffer = io.StringIO()
    rows = csv.writer(buffer, delimiter=";")
    rows.writerow(["Taler", "Tekst"])
    for words in said:
        rows.writerows([["P", "Hva?"], ["I", words]])
    transcript = mn.read_transcript(written(tmp_path / "a.csv", buffer.getvalue().encode()))
    assert [turn.text for turn in transcript.turns if turn.role == "informant"] == said
