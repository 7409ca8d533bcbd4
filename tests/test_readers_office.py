"""Office files: where their words are found, and what stands beside the talk is noted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from odf import opendocument, style, text
from test_readers_documents import packed, run, saved, word, word_of, writer_of

import mestring_nlp as mn
from mestring_nlp.readers.symbols import UNKNOWN, letter_of

TALK = ("P: Hvordan går det?", "I: Jo, det går bra.")


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def said(data: bytes, name: str = "x.docx") -> list[str]:
    return [turn.text for turn in mn.read_transcript(data, name=name).turns]


def notes(data: bytes, name: str = "x.docx") -> list[tuple[str, str, str]]:
    found = mn.read_transcript(data, name=name).notes
    return [(note.kind, note.place, note.text) for note in found if note.kind not in ("label", "role")]


WORDS = [line[3:] for line in TALK]


def renamed(data: bytes, name: Callable[[str], str]) -> bytes:
    return packed({name(part): content for part, content in parts_of(data).items()})


@pytest.mark.parametrize(
    "change",
    [
        lambda name: name.replace("/", "\\"),
        lambda name: name.upper() if name.startswith("word/doc") else name,
    ],
)
def test_names_of_parts_may_be_written_otherwise(change: Callable[[str], str]) -> None:
    assert said(renamed(word(*TALK), change)) == WORDS


@pytest.mark.parametrize(
    "target", ["word/document2.xml", "/word/document2.xml", "./word//document2.xml"]
)
@pytest.mark.parametrize("strict", [False, True])
def test_the_relation_names_the_main_part(target: str, strict: bool) -> None:
    parts = parts_of(word(*TALK))
    parts["word/document2.xml"] = parts.pop("word/document.xml")
    rels = parts["_rels/.rels"].replace(b"word/document.xml", target.encode())
    if strict:
        rels = rels.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006",
            b"http://purl.oclc.org/ooxml/officeDocument",
        )
    assert said(packed(parts | {"_rels/.rels": rels})) == WORDS


def test_without_relations_the_content_types_name_the_main_part() -> None:
    parts = parts_of(word(*TALK))
    parts["deler/hoved.xml"] = parts.pop("word/document.xml")
    del parts["_rels/.rels"]
    types = parts["[Content_Types].xml"].replace(b"/word/document.xml", b"/deler/hoved.xml")
    assert said(packed(parts | {"[Content_Types].xml": types})) == WORDS


def test_documents_with_macros_and_templates_are_read() -> None:
    parts = parts_of(word(*TALK))
    for kind in (
        b"ms-word.document.macroEnabled.main+xml",
        b"ms-word.template.macroEnabledTemplate.main+xml",
    ):
        types = parts["[Content_Types].xml"].replace(
            b"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", kind
        )
        data = packed(parts | {"[Content_Types].xml": types, "word/vbaProject.bin": b"\x00"})
        assert said(data, "x.docm") == WORDS


def test_pictures_that_are_missing_or_broken_cost_nothing() -> None:
    picture = '<w:p><w:r><w:drawing><a:blip xmlns:a="urn:a" xmlns:r="urn:r" r:embed="rId99"/></w:drawing></w:r></w:p>'
    body = "".join(f"<w:p>{run(line)}</w:p>" for line in TALK)
    parts = parts_of(word_of(picture + body))
    related = parts["word/_rels/document.xml.rels"]
    for target in (b"NULL", b"media/image1.png", b"../media/nei.png", b"file:///C:/bilde.png"):
        link = (
            b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="'
            + target + b'"/></Relationships>'
        )  # fmt: skip
        data = packed(
            parts | {"word/_rels/document.xml.rels": related.replace(b"</Relationships>", link)}
        )
        assert said(data) == WORDS
    whole = packed(parts | {"word/media/image1.png": b"bilde" * 9}, zipfile.ZIP_STORED)
    assert said(whole.replace(b"bildebilde", b"bildeBILDE")) == WORDS
    with pytest.raises(mn.MestringError, match="broken"):
        said(packed(parts, zipfile.ZIP_STORED).replace(b"Hvordan", b"Hvorfor", 1))


def test_word_notes_what_stands_beside_the_talk() -> None:
    document = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "Prosjekt Mestring"
    section.footer.paragraphs[0].text = "Fortrolig"
    document.add_paragraph(TALK[0])
    answer = document.add_paragraph(TALK[1])
    document.add_comment(answer.runs, text="Viktig!\nSe intervju 2.", author="Kari")
    data = saved(document)
    assert said(data) == WORDS
    assert sorted(notes(data)) == [
        ("comment", "comment 1", "Viktig!\nSe intervju 2."),
        ("footer", "footer 1", "Fortrolig"),
        ("header", "header 1", "Prosjekt Mestring"),
    ]
    assert not mn.read_transcript(data, name="x.docx").doubts


def test_word_footnotes_are_noted() -> None:
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    parts = parts_of(word(*TALK))
    note = "<w:footnote w:id='{}'><w:p>{}</w:p></w:footnote>"
    words = (
        note.format(-1, "<w:r><w:separator/></w:r>")
        + note.format(1, run("Peker på tavla."))
        + note.format(2, run("Ler."))
    )
    parts["word/fotnoter.xml"] = f"<w:footnotes {namespace}>{words}</w:footnotes>".encode()
    link = (
        b'<Relationship Id="rId98" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" '
        b'Target="fotnoter.xml"/></Relationships>'
    )
    parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(
        b"</Relationships>", link
    )
    assert notes(packed(parts)) == [
        ("footnote", "footnote 1", "Peker på tavla."), ("footnote", "footnote 2", "Ler."),
    ]  # fmt: skip
    broken = packed(parts | {"word/fotnoter.xml": b"<w:footnotes>"})
    assert said(broken) == WORDS
    (doubt,) = mn.read_transcript(broken, name="x.docx").doubts
    assert doubt.place == "word/fotnoter.xml" and "cannot be read" in doubt.message


BOX = "<w:txbxContent><w:p>{}</w:p></w:txbxContent>"


@pytest.mark.parametrize(
    ("xml", "answer", "noted"),
    [
        (f"{run('ja')}<w:del><w:r><w:delText>og</w:delText></w:r></w:del><w:del><w:r><w:delText>nei</w:delText></w:r></w:del>", "ja", [("deleted", "og nei")]),
        (f"{run('ja')}<w:moveFrom>{run('flyttet')}</w:moveFrom>", "ja", [("deleted", "flyttet")]),
        (f"{run('ja')}<w:r><w:pict>{BOX.format(run('i boks'))}</w:pict></w:r>", "ja", [("text box", "i boks")]),
        (f"{run('ja')}<mc:AlternateContent><mc:Choice><w:drawing>{BOX.format(run('ny'))}</w:drawing></mc:Choice></mc:AlternateContent>", "ja", [("text box", "ny")]),
        (f"{run('ja')}<mc:AlternateContent><mc:Choice><w:drawing>{BOX.format(run('boks'))}</w:drawing></mc:Choice><mc:Fallback><w:pict>{BOX.format(run('boks'))}</w:pict></mc:Fallback></mc:AlternateContent>", "ja", [("text box", "boks")]),
        ("<w:r><w:ruby><w:rt><w:r><w:t>over</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>ja</w:t></w:r></w:rubyBase></w:ruby></w:r>", "ja", [("small print", "over")]),
        (f"{run('ja ')}<w:fldSimple w:instr=' PAGE '>{run('12')}</w:fldSimple>", "ja", [("page", "12")]),
        (f"{run('se ')}<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> NUM</w:instrText></w:r><w:r><w:instrText>PAGES </w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>{run('40')}<w:r><w:fldChar w:fldCharType='end'/></w:r>{run('sider')}", "se sider", [("page", "40")]),
        (f"{run('se ')}<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> PAGEREF x </w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>{run('side 4')}<w:r><w:fldChar w:fldCharType='end'/></w:r>", "se side 4", []),
        (f"{run('ja')}<w:r><w:sym w:font='Wingdings' w:char='F04A'/></w:r>", "ja☺", []),
        (f"<w:r><w:sym w:font='Symbol' w:char='F061'/></w:r>{run(' er ')}<w:r><w:sym w:font='Arial' w:char='00E5'/></w:r>", "α er å", []),
    ],
)  # fmt: skip
def test_word_markup_beside_the_talk(xml: str, answer: str, noted: list[tuple[str, str]]) -> None:
    data = word_of(f"<w:p>{run('P: Hva?')}</w:p><w:p>{run('I: ')}{xml}</w:p>")
    assert said(data)[1] == answer
    assert [(kind, words) for kind, _, words in notes(data)] == noted
    assert {place for _, place, _ in notes(data)} <= {"paragraph 2"}


def test_text_boxes_are_doubtful() -> None:
    box = f"<w:p><w:r><w:pict>{BOX.format(run('P: Og her?'))}</w:pict></w:r></w:p>"
    data = word_of(box + "".join(f"<w:p>{run(line)}</w:p>" for line in TALK))
    (doubt,) = mn.read_transcript(data, name="x.docx").doubts
    assert doubt.text == "P: Og her?" and doubt.kind == "text box"


def test_signs_without_a_letter() -> None:
    assert (
        letter_of("F04A", "Wingdings 3")
        == letter_of("xyz", "Arial")
        == letter_of("F0FF", "Arial")
        == UNKNOWN
    )
    assert letter_of("2192", "Cambria") == letter_of("F0E0", "wingdings") == "→"


def test_word_says_where_another_document_is_embedded() -> None:
    chunk = '<w:altChunk xmlns:r="urn:r" r:id="rId7"/>'
    body = "".join(f"<w:p>{run(line)}</w:p>" for line in TALK)
    found = mn.read_transcript(word_of(body + chunk), name="x.docx")
    assert [turn.text for turn in found.turns] == WORDS
    (doubt,) = found.doubts
    assert doubt.place == "paragraph 3" and "embedded" in doubt.message
    with pytest.raises(mn.MestringError, match="altChunk"):
        said(word_of(chunk + "<w:p/>"))


@pytest.mark.parametrize(
    "text",
    [
        "<html>\n<body>\n<p>\nP: Hva?\n</p><p>\nI: Det.\n</p></body></html>",
        '<?xml version="1.0"?>\n<office:document>\nP: Hva?\nI: Det.\n</office:document>',
        "MIME-Version: 1.0\nContent-Type: text/html\n\nP: Hva?\nI: Det.",
    ],
)
@pytest.mark.parametrize("name", ["x.doc", "x.txt", "x.fodt"])
def test_markup_is_no_plain_text(text: str, name: str) -> None:
    with pytest.raises(mn.MestringError, match=r"HTML.*save it as \.docx"):
        mn.read_transcript(text.encode(), name=name)


# ------------------------------------------------------------------ OpenDocument


@pytest.mark.parametrize(
    ("xml", "answer", "noted"),
    [
        ("ja<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Ler.</text:p></text:note-body></text:note> da", "ja da", [("footnote", "Ler.")]),
        ("ja<office:annotation><dc:creator>Kari</dc:creator><dc:date>2024-03-04</dc:date><text:p>Viktig</text:p><text:p>og sant</text:p></office:annotation>.", "ja.", [("comment", "Viktig\nog sant")]),
        ("ja<draw:frame><draw:text-box><text:p>i boks</text:p></draw:text-box></draw:frame>", "ja", [("text box", "i boks")]),
        ("ja<draw:frame><draw:image/><svg:desc xmlns:svg='urn:svg'>et bilde</svg:desc></draw:frame>", "ja", []),
        ("side <text:page-number>4</text:page-number> her", "side her", [("page", "4")]),
        ("ja <text:date>4. mars</text:date>", "ja 4. mars", []),
    ],
)  # fmt: skip
def test_odt_markup_beside_the_talk(xml: str, answer: str, noted: list[tuple[str, str]]) -> None:
    data = writer_of(f"<text:p>P: Hva?</text:p><text:p>I: {xml}</text:p>")
    assert [" ".join(words.split()) for words in said(data, "x.odt")][1] == answer
    assert [(kind, words) for kind, _, words in notes(data, "x.odt")] == noted
    assert {place for _, place, _ in notes(data, "x.odt")} <= {"paragraph 2"}


def test_odt_notes_deletions_headers_and_footers() -> None:
    deleted = (
        "<text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>Kari"
        "</dc:creator></office:change-info><text:p>strøket</text:p></text:deletion></text:changed-region>"
        "</text:tracked-changes>"
    )
    talk = "".join(f"<text:p>{line}</text:p>" for line in TALK)
    assert notes(writer_of(deleted + talk), "x.odt") == [("deleted", "paragraph 1", "strøket")]
    document = opendocument.OpenDocumentText()
    layout = style.PageLayout(name="side")
    document.automaticstyles.addElement(layout)
    page = style.MasterPage(name="Standard", pagelayoutname=layout)
    for element, words in ((style.Header(), "Prosjekt Mestring"), (style.Footer(), "Fortrolig")):
        element.addElement(text.P(text=words))
        page.addElement(element)
    document.masterstyles.addElement(page)
    for line in TALK:
        document.text.addElement(text.P(text=line))
    data = saved(document)
    assert notes(data, "x.odt") == [
        ("header", "header 1", "Prosjekt Mestring"),
        ("footer", "footer 2", "Fortrolig"),
    ]
    broken = packed(parts_of(data) | {"styles.xml": b"<a>"})
    assert said(broken, "x.odt") == WORDS
    assert [note.place for note in mn.read_transcript(broken, name="x.odt").doubts] == ["styles.xml"]
