from __future__ import annotations

import io
import re
import struct
import tracemalloc
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import docx
import pypdf
import pytest
from conftest import spoken
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib import rc_context
from matplotlib.figure import Figure
from odf import office, opendocument, style, table, text

import mestring_nlp as mn
from mestring_nlp import MestringError
from mestring_nlp.readers import opendocument as odt_reader
from mestring_nlp.readers import pdf as pdf_reader
from mestring_nlp.readers import rich_text as rtf_reader
from mestring_nlp.readers.archives import open_archive, refuse_entities
from mestring_nlp.readers.clocks import seconds, span
from mestring_nlp.readers.formats import read_content
from mestring_nlp.readers.heads import lines_below_heads
from mestring_nlp.readers.lines import Line, lines_of
from mestring_nlp.readers.margins import column_of_talk
from mestring_nlp.readers.speaker_table import lines_of_tables
from mestring_nlp.readers.timestamps import timed

Reader = Callable[..., str | list[Line]]

LINES = [
    "Intervju 4",
    "P: Hvordan gikk det på møtet?",
    "I: Jo, vi sto på – «blåveis» og sånn.",
    "",
    "P: Åssen da?",
]
TALK = "\n".join(LINES)


# ------------------------------------------------------------------ reading them


def shown(lines: list[Line]) -> str | list[Line]:
    """The text of lines of talk without speakers; others as they are."""
    assert all(line.place for line in lines)
    lines = [line for line in lines if not line.kind]
    if any(line.speaker is not None for line in lines):
        return lines
    return "\n".join(line.text for line in lines)


def read_docx(data: bytes, *, place: str) -> str | list[Line]:
    return shown(read_content(data, suffix=".docx", place=place))


def read_odt(data: bytes, *, place: str) -> str | list[Line]:
    return shown(odt_reader.read_odt(open_archive(data, place=place), place=place))


def read_rtf(data: bytes, *, place: str) -> str | list[Line]:
    return shown(rtf_reader.read_rtf(data, place=place))


def read_pdf(data: bytes, *, place: str) -> str | list[Line]:
    return shown(pdf_reader.read_pdf(data, place=place))


def with_times(text: str) -> str | list[Line]:
    return shown(timed(lines_of(text, place="x")))


def below_heads(text: str) -> list[Line]:
    return [line for line in lines_below_heads(lines_of(text, place="x")) if not line.kind]


# ------------------------------------------------------------------ making documents


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP of `members`: the same bytes at any hour, since workers must collect the same parameters."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return buffer.getvalue()


def repacked(data: bytes, changed: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return packed({name: archive.read(name) for name in archive.namelist()} | changed)


def member(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def word(*paragraphs: str, rows: list[list[str]] | None = None) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        grid = document.add_table(len(rows), len(rows[0]))
        for row, cells in zip(grid.rows, rows, strict=True):
            for cell, words in zip(row.cells, cells, strict=True):
                cell.text = words
    return saved(document)


def word_of(xml: str) -> bytes:
    """A Word document with this body."""
    document = docx.Document()
    body = document.element.body
    for child in list(body):
        body.remove(child)
    wrapped = parse_xml(
        f'<w:body {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">{xml}</w:body>'
    )
    for child in list(wrapped):
        body.append(child)
    return saved(document)


def writer(*paragraphs: str, rows: list[list[str]] | None = None) -> bytes:
    document = opendocument.OpenDocumentText()
    for paragraph in paragraphs:
        document.text.addElement(text.P(text=paragraph))
    if rows:
        grid = table.Table()
        for cells in rows:
            row = table.TableRow()
            for words in cells:
                cell = table.TableCell()
                for line in words.split("\n"):
                    cell.addElement(text.P(text=line))
                row.addElement(cell)
            grid.addElement(row)
        document.text.addElement(grid)
    return saved(document)


def writer_of(xml: str) -> bytes:
    """An OpenDocument text with this body."""
    content = member(writer("HER"), "content.xml").decode()
    namespaces = (
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    wrapped = f"<text:section{namespaces}>{xml}</text:section>"
    return repacked(
        writer("x"), {"content.xml": re.sub(r"<text:p>HER</text:p>", wrapped, content).encode()}
    )


def rtf(*paragraphs: str) -> bytes:
    def escaped(words: str) -> str:
        halves = [
            struct.unpack("<h", words.encode("utf-16-le")[i : i + 2])[0]
            for i in range(0, 2 * len(words.encode("utf-16-le")) // 2, 2)
        ]
        return "".join(chr(half) if 0 < half < 128 else f"\\u{half}?" for half in halves)

    body = "\\par\n".join(escaped(paragraph) for paragraph in paragraphs)
    return f"{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0\\fswiss\\fcharset0 Arial;}}}}\\f0 {body}\\par}}".encode(
        "ascii"
    )


def pdf(*pages: list[str], picture: int | None = None) -> bytes:
    """A PDF of one font with these lines; the page with this index holds a picture alone."""
    streams = []
    for number, lines in enumerate(pages):
        shown = b"".join(b"(" + in_pdf(line) + b") Tj T*\n" for line in lines)
        drawn = b"BT /F1 11 Tf 14 TL 72 770 Td\n" + shown + b"ET"
        streams.append(b"q 595 0 0 842 0 0 cm /Im1 Do Q" if number == picture else drawn)
    return pdf_of_streams(streams)


def pdf_of(*pages: list[tuple[int, int, str]]) -> bytes:
    """A PDF of one font whose pages hold words, each at its place, in the order in which they are drawn."""
    return pdf_of_streams(
        b"".join(
            b"BT /F1 11 Tf 1 0 0 1 %d %d Tm (%s) Tj ET\n" % (x, y, in_pdf(words)) for x, y, words in page
        )
        for page in pages
    )


def in_pdf(words: str) -> bytes:
    return words.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def pdf_of_streams(streams: Iterable[bytes]) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    image = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\x80\nendstream"
    objects.append(image)
    kids = []
    for stream in streams:
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> /XObject << /Im1 4 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out = b"%PDF-1.4\n"
    places = []
    for number, thing in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, thing)
    table_at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table_at,
    )


READERS = [
    pytest.param(read_docx, word, id="docx"),
    pytest.param(read_odt, writer, id="odt"),
    pytest.param(read_rtf, rtf, id="rtf"),
    pytest.param(read_pdf, lambda *lines: pdf(list(lines)), id="pdf"),
]


# ------------------------------------------------------------------ all readers


@pytest.mark.parametrize(("read", "make"), READERS)
def test_paragraphs_become_lines(read: Reader, make: Callable[..., bytes]) -> None:
    found = read(make(*LINES), place="intervju")
    assert isinstance(found, str)
    assert [line for line in found.split("\n") if line] == [line for line in LINES if line]


@pytest.mark.parametrize(("read", "make"), READERS[:3])
def test_decomposed_letters_and_characters_beyond_the_basic_plane_come_through(
    read: Reader, make: Callable[..., bytes]
) -> None:
    words = "I: " + unicodedata.normalize("NFD", "Få på åtte, ja") + " 🙂 ŋ"
    assert read(make(words), place="x") == words


@pytest.mark.parametrize(("read", "make"), READERS)
def test_cues_of_word_come_from_every_format(read: Reader, make: Callable[..., bytes]) -> None:
    lines = [
        "Lydfil",
        "samtale.mp3",
        "00:00:03 Kari Åsen",
        "Hvordan går det?",
        "00:01:10 Speaker 2",
        "Jo, fint.",
    ]
    assert read(make(*lines), place="x") == [
        Line("Kari Åsen", "Hvordan går det?", 3),
        Line("Speaker 2", "Jo, fint.", 70),
    ]


@pytest.mark.parametrize(("read", "make"), READERS)
def test_a_document_without_text_is_an_error(read: Reader, make: Callable[..., bytes]) -> None:
    with pytest.raises(MestringError, match=r"tom\.x: .* no text"):
        read(make(""), place="tom.x")


@pytest.mark.parametrize(("read", "make"), READERS)
def test_a_document_cut_off_or_of_another_kind_is_an_error(
    read: Reader, make: Callable[..., bytes]
) -> None:
    data = make(*LINES)
    for broken in (
        b"",
        data[:20],
        data[: len(data) // 2],
        b"P: Hva?\nI: Det.\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    ):
        try:
            read(broken, place="fil")
        except MestringError as error:
            assert error.place.startswith("fil")
            assert error.hint
        else:
            # Rich text and PDF that are cut off still hold what came before.
            assert read in (read_rtf, read_pdf) and broken.startswith((b"{\\rtf", b"%PDF"))


# ------------------------------------------------------------------ archives


def test_an_archive_gives_its_members() -> None:
    archive = open_archive(packed({"a.xml": b"<a/>", "mappe/å.txt": "æøå".encode()}), place="x.zip")
    assert archive.names == ("a.xml", "mappe/å.txt")
    assert archive.read("mappe/å.txt").decode() == "æøå"
    assert list(archive.events("a.xml")) == [("start", "a", {}), ("end", "a", {})]
    with pytest.raises(MestringError, match=r"x\.zip, mappe/å\.txt: 0 MB"):
        archive.read("mappe/å.txt", largest=5)
    with pytest.raises(MestringError, match=r"x\.zip: .*'b\.xml'"):
        archive.read("b.xml")


@pytest.mark.parametrize(
    "name", ["../ut.txt", "a/../../ut.txt", "/etc/x", "C:\\x", "a\\..\\..\\b", ".."]
)
def test_members_stay_in_the_archive(name: str) -> None:
    with pytest.raises(MestringError, match="points outside"):
        open_archive(packed({name: b"x"}), place="x.zip")


def test_names_that_only_look_odd_are_read() -> None:
    assert open_archive(packed({"a..b/c...txt": b"x"}), place="x.zip").names == ("a..b/c...txt",)


def test_two_members_of_one_name() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.xml", b"<a/>")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.xml", b"<b/>")
    with pytest.raises(MestringError, match=r"x\.zip, a\.xml: two members"):
        open_archive(buffer.getvalue(), place="x.zip")


def patched(
    data: bytes, *, flags: int | None = None, size: int | None = None, crc: int | None = None
) -> bytes:
    """The archive, its directory's first entry changed."""
    changed = bytearray(data)
    at = data.index(b"PK\x01\x02")
    if flags is not None:
        struct.pack_into("<H", changed, at + 8, flags)
    if crc is not None:
        struct.pack_into("<I", changed, at + 16, crc)
    if size is not None:
        struct.pack_into("<I", changed, at + 24, size)
    return bytes(changed)


def test_a_member_that_states_less_than_it_holds_is_stopped() -> None:
    bomb = packed({"a.xml": bytes(100_000_000)})
    # The checksum is right for as much as is stated, so that only reading on shows the rest.
    bomb = patched(bomb, size=10, crc=zlib.crc32(bytes(10)))
    tracemalloc.start()
    try:
        with pytest.raises(MestringError, match=r"x\.zip, a\.xml: .*10 bytes"):
            open_archive(bomb, place="x.zip")
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (patched(packed({"a": b"abc"}), size=2), "2 bytes"),
        (patched(packed({"a": b"abc"}), size=4), "4 bytes"),
        (patched(packed({"a": b"abc"}), size=300_000_000), "300 MB"),
        (patched(packed({"a": b"abc"}), crc=7), "CRC"),
        (patched(packed({"a": b"abc"}), flags=1), "encrypted"),
        (packed({"a": b"abc" * 99}, zipfile.ZIP_LZMA), "method 14"),
        (packed({str(n): b"" for n in range(10_001)}, zipfile.ZIP_STORED), "10001 members"),
        (packed({"a": b"abc"})[:-30], "no whole ZIP"),
        (b"", "no whole ZIP"),
        (b"P: Hva?\nI: Det.\n", "no whole ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"\.doc.*save as \.docx"),
    ],
)  # fmt: skip
def test_bad_archives(data: bytes, says: str) -> None:
    with pytest.raises(MestringError, match=says):
        open_archive(data, place="x.zip")


def test_an_archive_that_is_too_large_in_all() -> None:
    data = bytearray(packed(dict.fromkeys("abc", b"abc")))
    at = -1
    for _ in "abc":
        at = data.index(b"PK\x01\x02", at + 1)
        struct.pack_into("<I", data, at + 24, 190_000_000)
    with pytest.raises(MestringError, match="500 MB"):
        open_archive(bytes(data), place="x.zip")


LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
@pytest.mark.parametrize("xml", [LAUGHS, OUTSIDE, "<!DOCTYPE a><a/>"])
def test_document_types_are_refused_in_every_encoding(xml: str, encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    document = f'<?xml version="1.0" encoding="{declared}"?>\n{xml}'.encode(encoding)
    with pytest.raises(MestringError, match=r"x\.docx, a\.xml, line 2: .*DOCTYPE"):
        refuse_entities(document, place="x.docx, a.xml")


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (b"<a>\n<b></a>", "line 2: .*malformed"),
        (b"<a>&navn;</a>", "malformed"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "malformed"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "malformed"),
        (b"", "malformed"),
        (b"<a>" + bytes(51_000_000), "51 MB"),
    ],
)
def test_bad_xml(xml: bytes, says: str) -> None:
    with pytest.raises(MestringError, match=says):
        refuse_entities(xml, place="x")


def test_good_xml_passes() -> None:
    for encoding in ("utf-8", "utf-16", "cp1252"):
        refuse_entities(
            f'<?xml version="1.0" encoding="{encoding}"?><a>&lt;ål&#229;</a>'.encode(encoding), place="x"
        )


@pytest.mark.parametrize(
    ("read", "data", "name"),
    [
        (read_docx, word(*LINES), "word/document.xml"),
        (read_docx, word(*LINES), "_rels/.rels"),
        (read_odt, writer(*LINES), "content.xml"),
    ],
)
@pytest.mark.parametrize("laughs", [LAUGHS, OUTSIDE])
def test_documents_with_entities_are_refused(read: Reader, data: bytes, name: str, laughs: str) -> None:
    with pytest.raises(MestringError, match=f"x, {re.escape(name)}, line 1: .*DOCTYPE"):
        read(repacked(data, {name: laughs.encode()}), place="x")


# ------------------------------------------------------------------ Word


@pytest.mark.parametrize(
    "name",
    ["[Content_Types].xml", "word/styles.xml", "word/_rels/document.xml.rels", "docProps/core.xml"],
)
@pytest.mark.parametrize("content", [LAUGHS.encode(), b"<a>", b"<a>" * 100_000, b"\x00", None])
def test_parts_that_hold_no_words_are_not_looked_into(name: str, content: bytes | None) -> None:
    data = word(*LINES)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {part: archive.read(part) for part in archive.namelist() if part != name}
    without = packed(parts | ({} if content is None else {name: content}))
    assert read_docx(without, place="x") == read_docx(data, place="x")


def test_the_relation_tells_which_part_holds_the_words() -> None:
    data = word(*LINES)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    body = parts.pop("word/document.xml")
    moved = parts["_rels/.rels"].replace(b"word/document.xml", b"./annet//hoved.bin")
    elsewhere = packed(
        parts | {"annet/hoved.bin": body, "_rels/.rels": moved, "word/document.xml": b"<w:document/>"}
    )
    assert read_docx(elsewhere, place="x") == read_docx(data, place="x")
    laughs = packed(parts | {"annet/hoved.bin": LAUGHS.encode(), "_rels/.rels": moved})
    with pytest.raises(MestringError, match=r"x, annet/hoved\.bin, line 1: .*DOCTYPE"):
        read_docx(laughs, place="x")


def test_word_reads_what_shows_and_leaves_out_the_rest() -> None:
    document = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "TOPPTEKST"
    section.footer.paragraphs[0].text = "BUNNTEKST"
    document.add_heading("Intervju på Ås")
    paragraph = document.add_paragraph("P: Hva")
    document.add_comment(paragraph.runs, text="KOMMENTAR", author="Kari")
    paragraph.add_run("\tså?\nEn linje til.")
    document.add_page_break()
    assert read_docx(saved(document), place="x") == "Intervju på Ås\nP: Hva\tså?\nEn linje til.\n"


def run(words: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (f"<w:p>{run('I: ')}<w:ins>{run('satt inn')}</w:ins></w:p>", "I: satt inn"),
        (f"<w:p>{run('I: ja')}<w:del><w:r><w:delText>STRØKET</w:delText></w:r></w:del></w:p>", "I: ja"),
        (f"<w:p><w:moveFrom>{run('FLYTTET')}</w:moveFrom>{run('I: ')}<w:moveTo>{run('hit')}</w:moveTo></w:p>", "I: hit"),
        (f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('I: halv')}</w:p><w:p>{run('veis')}</w:p>", "I: halvveis"),
        (f"<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent><w:p>{run('I: felt')}</w:p></w:sdtContent></w:sdt>", "I: felt"),
        (f"<w:p><w:sdt><w:sdtContent>{run('I: i')}</w:sdtContent></w:sdt><w:smartTag>{run(' Ås')}</w:smartTag></w:p>", "I: i Ås"),
        (f"<w:p>{run('I: se ')}<w:hyperlink>{run('lenka')}</w:hyperlink></w:p>", "I: se lenka"),
        (f"<w:p>{run('I: ')}<w:r><w:pict><w:txbxContent><w:p>{run('BOKS')}</w:p></w:txbxContent></w:pict></w:r>{run('ja')}</w:p>", "I: ja"),
        (f"<w:p><mc:AlternateContent><mc:Choice>{run('VALG')}</mc:Choice><mc:Fallback>{run('I: 🙂')}</mc:Fallback></mc:AlternateContent></w:p>", "I: 🙂"),
        (f"<w:p><w:r><w:instrText>FELT</w:instrText></w:r>{run('I: a')}<w:r><w:noBreakHyphen/><w:t>b</w:t><w:cr/><w:t>c</w:t></w:r></w:p>", "I: a-b\nc"),
        (f"<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>{run('I:')}{run(' ')}{run('ja')}</w:p>", "I: ja"),
        (f"<w:p>{run('I: ja')}</w:p><w:p/><w:p>{run('P: nei')}</w:p>", "I: ja\n\nP: nei"),
        (f"<w:tbl><w:tr><w:tc><w:p>{run('I: ute')}</w:p><w:tbl><w:tr><w:tc><w:p>{run('inne')}</w:p></w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>", "I: ute\ninne\n"),
    ],
)  # fmt: skip
def test_word_markup(xml: str, expected: str) -> None:
    assert read_docx(word_of(xml), place="x") == expected


def test_word_that_is_another_office_file() -> None:
    data = repacked(word("x"), {"word/document.xml": b"<workbook/>"})
    with pytest.raises(MestringError, match=r"x\.docx: the table is empty"):
        read_docx(data, place="x.docx")
    with pytest.raises(MestringError, match=r"x\.docx: .* neither a DOCX, an ODT nor an XLSX"):
        read_docx(packed({"a.txt": b"x"}), place="x.docx")


def test_word_nested_too_deeply() -> None:
    deep = f"<w:body {nsdecls('w')}>" + "<w:sdt>" * 5_000 + "</w:sdt>" * 5_000 + "</w:body>"
    data = repacked(
        word("x"), {"word/document.xml": f"<w:document {nsdecls('w')}>{deep}</w:document>".encode()}
    )
    with pytest.raises(MestringError, match="depth"):
        read_docx(data, place="x")


# ------------------------------------------------------------------ OpenDocument


def test_odt_reads_what_shows_and_leaves_out_the_rest() -> None:
    document = opendocument.OpenDocumentText()
    layout = style.PageLayout(name="side")
    document.automaticstyles.addElement(layout)
    page = style.MasterPage(name="Standard", pagelayoutname=layout)
    header = style.Header()
    header.addElement(text.P(text="TOPPTEKST"))
    page.addElement(header)
    document.masterstyles.addElement(page)
    document.text.addElement(text.H(outlinelevel=1, text="Intervju på Ås"))
    paragraph = text.P(text="P: ")
    paragraph.addElement(text.Span(text="Hva"))
    paragraph.addElement(text.Tab())
    paragraph.addText("så?")
    paragraph.addElement(text.LineBreak())
    paragraph.addText("Ett")
    paragraph.addElement(text.S(c=3))
    paragraph.addText("ord.")
    note = office.Annotation()
    note.addElement(text.P(text="KOMMENTAR"))
    paragraph.addElement(note)
    paragraph.addText(" Og et til.")
    document.text.addElement(paragraph)
    points = text.List()
    point = text.ListItem()
    point.addElement(text.P(text="I: Et punkt"))
    points.addElement(point)
    document.text.addElement(points)
    assert (
        read_odt(saved(document), place="x")
        == "Intervju på Ås\nP: Hva\tså?\nEtt   ord. Og et til.\nI: Et punkt"
    )


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<text:tracked-changes><text:changed-region><text:deletion><text:p>STRØKET</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>I: j<text:change/>a</text:p>", "I: ja"),
        ("<text:p>I: ja<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>FOTNOTE</text:p></text:note-body></text:note> da</text:p>", "I: ja da"),
        ("<text:p>I: ja<draw:frame><draw:text-box><text:p>BOKS</text:p></draw:text-box></draw:frame></text:p>", "I: ja"),
        ("<text:p>\n   I:\n   ja   da<!-- merknad --> så\n</text:p>", "I: ja da så"),
        ("<text:p>I: en<text:s/>to<text:s text:c='x'/>tre<text:s text:c='999999999'/>fire</text:p>", "I: en to tre" + " " * 100 + "fire"),
        ("<text:p>I: <text:a>len<text:span>ka</text:span></text:a> <text:bookmark/>her</text:p>", "I: lenka her"),
    ],
)  # fmt: skip
def test_odt_markup(xml: str, expected: str) -> None:
    assert read_odt(writer_of(xml), place="x") == expected


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (repacked(writer("x"), {"META-INF/manifest.xml": b"<m><encryption-data/></m>"}), "password"),
        (packed({"encrypted-package": b"x"}), "password"),
        (packed({"a": b"x"}), r"content\.xml"),
        (repacked(writer("x"), {"content.xml": b"<a/>"}), "no OpenDocument text"),
        (saved(opendocument.OpenDocumentSpreadsheet()), "no OpenDocument text"),
        (
            repacked(writer("x"), {"content.xml": b"<a>" * 3_000 + b"</a>" * 3_000}),
            r"content\.xml, line 1",
        ),
    ],
)
def test_bad_odt(data: bytes, says: str) -> None:
    with pytest.raises(MestringError, match=says):
        read_odt(data, place="x.odt")


# ------------------------------------------------------------------ tables

ROWS = [
    ["Kari", "Hvordan har dere det på jobben nå for tiden?"],
    ["Åse", "Jo takk, vi har det fint."],
    ["Kari", "Ikke slitne etter i går klokka 17:30?"],
]
CUES = [Line(*row) for row in ROWS]


@pytest.mark.parametrize("make", [word, writer])
def test_tables_with_a_speaker_column_become_cues(make: Callable[..., bytes]) -> None:
    read = read_docx if make is word else read_odt
    assert spoken(read(make("Intervju 4", rows=ROWS), place="x")) == CUES
    named = [
        ["Tid", "Innhold", "Taler"],
        ["0:00,0 - 0:04,5", ROWS[0][1], "Kari"],
        ["0:04,5 - 0:07,0", ROWS[1][1] + "\nAndre avsnitt.", "Åse:"],
    ]
    assert read(make(rows=named), place="x") == [
        Line("Kari", ROWS[0][1], 0, 4.5),
        Line("Åse", ROWS[1][1] + "\nAndre avsnitt.", 4.5, 7),
    ]


MARGIN = [
    ["Utskrift", "Koder"],
    ["I: Hva er bra her?", "Tema: trivsel"],
    ["K: Folk er greie.\nOg lønna.", "fin i artikkelen"],
    ["I: Hvor mange er dere?", ""],
    ["K: 8", "sjekk tallet"],
]


@pytest.mark.parametrize("make", [word, writer])
def test_remarks_beside_the_talk_are_nobodys_words(make: Callable[..., bytes]) -> None:
    name = "x.docx" if make is word else "x.odt"
    read = mn.read_transcript(make("Intervju 4", rows=MARGIN), name=name)
    assert [(turn.speaker, turn.text) for turn in read.turns] == [
        ("I", "Hva er bra her?"),
        ("K", "Folk er greie.\nOg lønna."),
        ("I", "Hvor mange er dere?"),
        ("K", "8"),
    ]
    beside = [note for note in read.notes if note.kind == "column"]
    assert [note.text for note in beside] == [row[1] for row in MARGIN if row[1]]
    assert [note.doubtful for note in beside] == [True, False, False, False]


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        ([["NB", "0:01", "I: Hva?"], ["", "0:04", "K: Alt."]], 2),
        ([["I: Hva?\nK: Alt.\nI: Og?", "trivsel"]], 0),
        ([["I: Hva?", "I: What?"], ["K: Alt.", "K: All."]], None),  # a translation
        ([["I:", "Hva er bra?"], ["K:", "Alt."]], None),  # labels apart from their words
        ([["I: Hva?"], ["K: Alt."]], None),
        ([["Dato: 3. mai", "Sted: Ås"], ["Tid: to", "Hvem: Ola"]], None),
        ([], None),
        ([[]], None),
    ],
)
def test_the_column_of_talk(rows: list[list[str]], column: int | None) -> None:
    assert column_of_talk(rows) == column


@pytest.mark.parametrize("make", [word, writer])
def test_other_tables_stay_text(make: Callable[..., bytes]) -> None:
    read = read_docx if make is word else read_odt
    assert (
        read(make("Om intervjuet", rows=[["Dato", "12. mars"], ["Sted", "Ås"]]), place="x")
        == "Om intervjuet\nDato\t12. mars\nSted\tÅs"
    )
    whole = [["P: Hvordan går det?\nI: Jo, fint."]]
    assert read(make(rows=whole), place="x") == "P: Hvordan går det?\nI: Jo, fint."
    # A small table of cues does not push the interview itself aside.
    lines = [f"I: Dette er linje {n} av et intervju som står utenfor tabellen." for n in range(9)]
    assert isinstance(read(make(*lines, rows=ROWS), place="x"), str)


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ([[["Speaker", "Time", "Text"], ["Ola", "00:01:20.500", "Hei."]]], [Line("Ola", "Hei.", 80.5)]),
        ([[["#", "Hvem", "Utsagn"], ["1", "P", "Hva?"], ["2", "", "Og så?"], ["3", "I", ""]]], [Line("P", "Hva?"), Line("P", "Og så?")]),
        ([[["Møte 3"], ["Navn:", "Tekst:"], ["P", "Hva?"], ["Navn:", "Tekst:"], ["I", "Det."]]], [Line("P", "Hva?"), Line("I", "Det.")]),
        ([[["Taler", "Tekst"], ["P", "Hva?"]], [["I", "Det."]], [["a", "b", "c"]]], [Line("P", "Hva?"), Line("I", "Det.")]),
        ([[["0:01", *ROWS[0]], ["0:09", *ROWS[1]], ["klokka 12", *ROWS[2]]]], [Line(*ROWS[0], 1), Line(*ROWS[1], 9), Line(*ROWS[2])]),
        ([[row[::-1] for row in ROWS]], CUES),
        ([[["Dato", "12. mars i fjor, om våren"], ["Sted", "Ås kulturhus, store sal"]]], []),
        ([[["En", "to"], ["En", "tre"]]], []),
        ([[]], []), ([[[]]], []), ([[[""]]], []), ([], []),
    ],
)  # fmt: skip
def test_columns_of_tables(tables: list[list[list[str]]], expected: list[Line]) -> None:
    assert spoken(lines_of_tables(tables)) == expected


cells = st.text(alphabet="Pp:0- å\n1", max_size=8)


@given(st.lists(st.lists(st.lists(cells, max_size=4), max_size=6), max_size=3))
def test_lines_of_tables_have_words_that_stand_in_the_table(tables: list[list[list[str]]]) -> None:
    written = {cell.strip() for table in tables for row in table for cell in row}
    assert all(cue.text and cue.text in written for cue in spoken(lines_of_tables(tables)))


# ------------------------------------------------------------------ times

TEAMS = """\
Møtetranskripsjon
12. mars 2024, 09:03
47m 12s

Kari Nordmann startet transkripsjonen

Kari Nordmann   0:03
Hvordan var det på Ås, da?
Vi så deg jo der.

Bråten, Åse (Gjest)   1:05
Vi begynte klokka
17:30 og var ferdige 18:00.
Kari Nordmann   1:02:07
Ja vel.
Kari Nordmann stoppet transkripsjonen
"""


def test_teams() -> None:
    assert below_heads(TEAMS) == [
        Line("Kari Nordmann", "Hvordan var det på Ås, da?\nVi så deg jo der.", 3),
        Line("Bråten, Åse (Gjest)", "Vi begynte klokka\n17:30 og var ferdige 18:00.", 65),
        Line("Kari Nordmann", "Ja vel.", 3727),
    ]
    english = TEAMS.replace("startet transkripsjonen", "started transcription").replace(
        "stoppet transkripsjonen", "stopped transcription"
    )
    assert below_heads(english) == below_heads(TEAMS)
    # Some programs lose the line break behind the time.
    assert below_heads(re.sub(r"(   [\d:]+)\n", r"\1", TEAMS)) == below_heads(TEAMS)


def test_teams_in_word() -> None:
    document = docx.Document()
    document.add_paragraph("Møtetranskripsjon")
    for head, words in (("Kari Nordmann", "Hvordan går det?"), ("Ola Å. Berg", "Det går bra.")):
        paragraph = document.add_paragraph()
        paragraph.add_run().add_break()
        paragraph.add_run(head).bold = True
        paragraph.add_run("   0:03")
        paragraph.add_run().add_break()
        paragraph.add_run(words)
    assert read_docx(saved(document), place="x") == [
        Line("Kari Nordmann", "Hvordan går det?", 3),
        Line("Ola Å. Berg", "Det går bra.", 3),
    ]


def test_teams_until_2023() -> None:
    lines = "0:0:3.450 --> 0:0:5.120\nKari Nordmann\nHvordan går det?\n0:0:5.500 --> 0:1:0.0\nÅse Bråten\nJo,\nfint.\n"
    assert below_heads(lines) == [
        Line("Kari Nordmann", "Hvordan går det?", 3.45, 5.12),
        Line("Åse Bråten", "Jo,\nfint.", 5.5, 60),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        "P: Når begynte dere?\nI: Vi begynte\n17:30 Da var alle der\n18:45 Da gikk vi\n",
        "I: Vi begynte  17:30\nog så var det  18:30\nP: Ja vel.\n",
        "I: Vi møttes mandag 17:30\nI: og tirsdag 18:30\n",
        "00:00:03 ja det var fint\n00:00:09 og så gikk vi\n",
        "[00:01:02] P: Hva?\n[00:01:09] I: Det.\n",
        "09:00:00 Lunsj\n10:00:00 Møte\n11:00:00 Hjem\n",
        "Kari Nordmann   0:03\nHei.",
        TALK,
        "",
    ],
)  # fmt: skip
def test_times_in_talk_are_no_cues(lines: str) -> None:
    assert not below_heads(lines)
    assert with_times(lines) == lines


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # f4: the time at which a paragraph ends
        (
            "P: Hva? #00:01:20-5#\nI: Jo, vi begynte 17:30. #00:01:45-0#\nOg så\nvidere. #00:02:00-1#\nP: Ja.",
            "P: Hva?\n[00:01:20.5] I: Jo, vi begynte 17:30.\nOg så\nvidere.\nP: Ja.",
        ),
        # f5: the time at which it begins
        ("#00:01:20-5# P: Hva?\n#00:01:45-0# I: Det.", "[00:01:20.5] P: Hva?\n[00:01:45.0] I: Det."),
        ("P: Hva?\n#00:01:20-5#\nI: Det.  #00:01:45-0#", "P: Hva?\n[00:01:20.5] I: Det."),
        ("I: Det #00:01:20-5# var #00:01:25# fint.", "I: Det var fint."),
        # noScribe
        ("S00: [00:01:20] Hva?\n\nS01: [00:01:25] Jo //S00: mhm// [00:02:25] så.", "[00:01:20] S00: Hva?\n\n[00:01:25] S01: Jo //S00: mhm// så."),
        ("[00:01:20] S00: Hva?", "[00:01:20] S00: Hva?"),
        ("Kari [00:01:20]: Hva?", "[00:01:20] Kari : Hva?"),
        ("[00:01:20] uten taler", "uten taler"),
        ("I: (uforståelig 00:01:20) [uhørlig] kl. [17:30] #7", "I: (uforståelig 00:01:20) [uhørlig] kl. [17:30] #7"),
    ],
)  # fmt: skip
def test_marks_of_time(lines: str, expected: str) -> None:
    assert with_times(lines) == expected
    assert with_times(expected) == expected


@given(
    st.lists(
        st.sampled_from(["I: ", "P: ", "#00:01:20-5#", "[00:00:03]", " ", "\n", "ja", "17:30", "å:"])
    ).map("".join)
)
def test_marks_leave_every_word_in_place(lines: str) -> None:
    found = with_times(lines)
    if isinstance(found, str):
        unmarked = [re.sub(r"#[\d:-]+#|\[[\d:.]+\]", " ", words).split() for words in (lines, found)]
        assert unmarked[0] == unmarked[1]
        assert with_times(found) == found


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("0:03", 3), ("1:02:03", 3723), ("00:01:20-5", 80.5), ("00:01:20.250", 80.25), ("00:01:20,5", 80.5), ("65:10", 3910)],
)  # fmt: skip
def test_seconds(clock: str, expected: float) -> None:
    assert seconds(clock) == expected
    assert span(clock) == (expected, None)


def test_spans() -> None:
    assert span("[0:00.0 - 0:12.8]") == (0, 12.8)
    assert span("00:00:00-00:00:05") == (0, 5)
    assert span("00:01:20-5 – 00:01:25-0") == (80.5, 85)
    assert span("klokka 17:30") is None
    assert span("") is None


# ------------------------------------------------------------------ rich text


def test_rtf_escapes_and_what_is_left_out() -> None:
    data = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fnil\fcharset204 Arial;}}{\colortbl;\red0\green0\blue0;}"
        rb"{\header TOPPTEKST\par}{\footer BUNNTEKST\par}{\info{\title TITTEL}}"
        rb"\f0 P: Hva gj\'f8r du p\'e5 jobb?\line Ja?\par"
        rb"{\b I:} Bl\u229\'e5b\u230?r \endash  \u171\'abs\u229?nn\u187\'bb{\*\annotation KOMMENTAR}{\footnote FOTNOTE}."
        b'{\\field{\\*\\fldinst{HYPERLINK "http://x.invalid"}}{\\fldrslt{\\ul lenka}}} r\xe5tt\\par}'
    )
    assert read_rtf(data, place="x") == "P: Hva gjør du på jobb?\nJa?\nI: Blåbær – «sånn».lenka rått"


def test_rtf_tracked_deletions_are_left_out() -> None:
    data = rb"{\rtf1\ansi I: ja{\f0\deleted\revauthdel1 STR\'d8KET} da{\revised\revauth1 , sann}.\par P: nei\par}"
    assert read_rtf(data, place="x") == "I: ja da, sann.\nP: nei"


def test_rtf_of_f4() -> None:
    assert (
        read_rtf(rtf("P: Hva? #00:01:20-5#", "I: På Ås. #00:01:45-0#"), place="x")
        == "P: Hva?\n[00:01:20.5] I: På Ås."
    )


def test_rtf_tables_with_a_speaker_column_become_cues() -> None:
    # As Word writes rows: the layout stands before the cells, and once more behind them.
    row = (
        r"\trowd\cellx900\cellx9000\pard\intbl %s\cell %s\cell\pard\intbl{\trowd\cellx900\cellx9000\row}"
    )
    rows = "".join(row % (speaker, words.replace("å", r"\'e5")) for speaker, words in ROWS)
    data = rb"{\rtf1\ansi Intervju 4\par" + rows.replace("Å", r"\'c5").encode("ascii") + rb"\pard\par}"
    assert spoken(read_rtf(data, place="x")) == CUES
    assert read_rtf(
        rb"{\rtf1 P: Ja?\par\trowd Dato\cell I g\'e5r\cell\row\pard I: Ja \\cell.\par}", place="x"
    ) == ("P: Ja?\nDato\tI går\nI: Ja \\cell.")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"P: Hva?", "no rich text"),
        (b"{\\rtf1 " + bytes(20_000_001), "20 MB"),
        (rb"{\rtf1\pict\bin I: ja}", "no text"),
        (b"{\\rtf1{\\fonttbl" + b"\\f1\\fcharset0" * 20_000 + b"}", "no text"),
        (b"{\\rtf1{\\fonttbl\\f1\\fcharset0 " + b"A " * 400 + b"}", "no text"),
        (b"{\\rtf1 I: ja " + b"{" * 20_000, "depth"),
    ],
)
def test_bad_rtf(data: bytes, says: str) -> None:
    with pytest.raises(MestringError, match=says):
        read_rtf(data, place="x.rtf")


@pytest.mark.parametrize(
    "line", [b"{\\field{\\*\\fldinst{HYPERLINK \"a\" ", b"\\f1 ", b"{\\fonttbl ", b"{", b"\\'e5", b"\\pict\\bin0 "]
)  # fmt: skip
def test_rtf_takes_time_in_proportion_to_its_length(line: bytes) -> None:
    # Each of these once took minutes, or could: the test is that it ends.
    try:
        read_rtf(b"{\\rtf1 I: ja " + line * 30_000, place="x")
    except MestringError:
        return


# ------------------------------------------------------------------ PDF

WRAPPED = [
    "P: Hvordan vil du si at samarbeidet mellom avdelingene har utviklet seg",
    "i løpet av de siste årene?",
    "I: Jo, det er et godt spørsmål. Først var det nokså tungt, med mange mis-",
    "forståelser, særlig mellom barne-",
    "og ungdomsavdelingen og oss.",
    "I: Men så ble det bedre, og nå er det slik at alle vet hva de skal gjøre,",
    "Ås: der var vi for eksempel, og det gikk så bra at vi dro til Nord-Norge",
    "P: Ja.",
]


def test_pdf_joins_lines_that_were_broken_for_want_of_room() -> None:
    assert read_pdf(pdf(WRAPPED), place="x") == (
        "P: Hvordan vil du si at samarbeidet mellom avdelingene har utviklet seg i løpet av de siste årene?\n"
        "I: Jo, det er et godt spørsmål. Først var det nokså tungt, med mange misforståelser, særlig mellom barne-\n"
        "og ungdomsavdelingen og oss.\n"
        "I: Men så ble det bedre, og nå er det slik at alle vet hva de skal gjøre,\n"
        "Ås: der var vi for eksempel, og det gikk så bra at vi dro til Nord-Norge\n"
        "P: Ja."
    )


def test_pdf_hyphens() -> None:
    lines = ["P: Hva?", "I: Jo, vi snakket lenge om dette, alle som hadde vært med i Nord-", "Norge og på Vestlandet, og særlig de som jobber i barne-, skole-", "og ungdomstjenesten i kommunen, de var nemlig veldig opp-", "tatt av det.", "P: Ja."]  # fmt: skip
    assert read_pdf(pdf(lines), place="x") == (
        "P: Hva?\nI: Jo, vi snakket lenge om dette, alle som hadde vært med i Nord-Norge og på Vestlandet, "
        "og særlig de som jobber i barne-, skole- og ungdomstjenesten i kommunen, de var nemlig veldig opptatt av det.\nP: Ja."
    )


def test_pdf_justified_lines_lose_their_double_spaces() -> None:
    assert read_pdf(pdf(["P:  Hva  var  det?", "I:  Det."]), place="x") == "P: Hva var det?\nI: Det."


def test_pdf_headers_and_page_numbers_are_left_out() -> None:
    pages = [
        [
            "Prosjekt Mestring",
            *(f"P: Spørsmål nummer {10 * n + i}?" for i in range(4)),
            "I: Mhm.",
            f"Side {n} av 4",
            "Fortrolig – intervju 4",
        ]
        for n in range(1, 5)
    ]
    found = read_pdf(pdf(*pages), place="x")
    assert isinstance(found, str)
    assert found.split("\n") == [line for page in pages for line in page[1:-2]]


def test_pdf_turns_go_on_over_pages() -> None:
    first = ["Intervju 4", *WRAPPED[:3], "1"]
    second = ["Intervju 4", "forståelser, sa Kari.", "P: Ja.", "2"]
    found = read_pdf(pdf(first, second), place="x")
    assert found == "\n".join(
        [" ".join(WRAPPED[:2]), WRAPPED[2][:-1] + "forståelser, sa Kari.", "P: Ja."]
    )


@pytest.mark.parametrize("fonts", [3, 42], ids=["type 3", "TrueType"])
def test_pdf_with_fonts_of_its_own(fonts: int) -> None:
    """As word processors make them: part of a font in the file, and a table from its glyphs to letters."""
    figure = Figure(figsize=(8.27, 11.69))
    lines = [
        "Intervju 4",
        "P: Hvordan gikk det på Ås?",
        "I: Jo, vi sto der lenge – «blåveis» – og så på at alle sammen fikk finne seg",
        "til rette i stua.",
        "P: Og så?",
        "1",
    ]
    for number, line in enumerate(lines):
        figure.text(0.1, 0.9 - 0.03 * number, line, fontsize=11)
    buffer = io.BytesIO()
    with rc_context({"pdf.fonttype": fonts}):
        figure.savefig(buffer, format="pdf")
    assert read_pdf(buffer.getvalue(), place="x") == "\n".join(
        [lines[0], lines[1], f"{lines[2]} {lines[3]}", lines[4]]
    )


def test_pdf_pictures() -> None:
    with pytest.raises(MestringError, match=r"x\.pdf, page 2: the page is a picture.*OCR"):
        read_pdf(pdf(LINES, [], LINES, picture=1), place="x.pdf")
    assert read_pdf(pdf(["P: Hva?"], [], ["I: Det."]), place="x") == "P: Hva?\nI: Det."


def test_pdf_with_a_password() -> None:
    for password, opens in (("hemmelig", False), ("", True)):
        made = pypdf.PdfWriter(io.BytesIO(pdf(LINES)))
        made.encrypt(password, owner_password="eier", algorithm="RC4-128")
        buffer = io.BytesIO()
        made.write(buffer)
        if opens:
            assert "blåveis" in read_pdf(buffer.getvalue(), place="x")
        else:
            with pytest.raises(MestringError, match=r"x\.pdf: .*password"):
                read_pdf(buffer.getvalue(), place="x.pdf")


def test_pdf_of_too_many_pages_or_too_much_in_one() -> None:
    with pytest.raises(MestringError, match="2001 pages"):
        read_pdf(pdf(*[["x"]] * 2_001), place="x")
    flate = zlib.compress(b"BT " + b"q " * 10_000_000)
    stream = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(flate), flate)
    bomb = re.sub(
        rb"<< /Length \d+ >>\nstream\nBT.*?endstream", lambda _: stream, pdf(LINES), flags=re.DOTALL
    )
    with pytest.raises(MestringError, match=r"page 1|cannot be read"):
        read_pdf(bomb, place="x")


# ------------------------------------------------------------------ anything at all

SAMPLES: list[tuple[Reader, bytes, str | None]] = [
    (read_docx, word(*LINES, rows=ROWS), "word/document.xml"),
    (read_docx, word(*LINES), "[Content_Types].xml"),
    (read_docx, word(*LINES), "word/_rels/document.xml.rels"),
    (read_docx, word(*LINES), None),
    (read_odt, writer(*LINES, rows=ROWS), "content.xml"),
    (read_odt, writer(*LINES), None),
    (read_rtf, rtf(*LINES), None),
    (read_pdf, pdf(LINES, LINES), None),
]


@pytest.mark.parametrize(("read", "data", "name"), SAMPLES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=st.data())
def test_mutated_bytes_give_talk_or_our_error(
    read: Reader, data: bytes, name: str | None, drawn: st.DataObject
) -> None:
    changed = bytearray(member(data, name) if name else data)
    for _ in range(drawn.draw(st.integers(1, 6))):
        at = drawn.draw(st.integers(0, max(len(changed) - 1, 0)))
        length = drawn.draw(st.sampled_from([0, 1, 1, 2, 30]))
        changed[at : at + length] = drawn.draw(
            st.one_of(st.binary(max_size=3), st.just(bytes(changed[at : at + 40])))
        )
    broken = repacked(data, {name: bytes(changed)}) if name else bytes(changed)
    try:
        found = read(broken, place="fil")
    except MestringError as error:
        assert error.place.startswith("fil")
        return
    assert found
    assert isinstance(found, str) or all(isinstance(cue, Line) and cue.text for cue in found)


@pytest.mark.parametrize("read", [read_docx, read_odt, read_rtf, read_pdf])
@settings(deadline=None)
@given(data=st.binary(max_size=200))
def test_random_bytes_are_our_error(read: Reader, data: bytes) -> None:
    with pytest.raises(MestringError):
        read(data, place="fil")
