"""Archives of at most 5 MB that would fill the memory or take hours, at the limits of what is read.

Run by itself, this measures them all: ``python tests/hostile_files.py [WORD]`` names memory and seconds.
"""

from __future__ import annotations

import importlib
import io
import re
import subprocess
import sys
import tempfile
import time
import uuid
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

SMALL = 5_000_000
"""Bytes that each of the files has at most."""

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

CASES: dict[str, Callable[[], bytes]] = {}


def case(make: Callable[[], bytes]) -> Callable[[], bytes]:
    CASES[make.__name__] = make
    return make


def zipped(members: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def related(**parts: str) -> str:
    """Relations, by the last word of their kind."""
    listed = "".join(
        f'<Relationship Id="{kind}" Type="{OFFICE}/{kind.rstrip("0123456789")}" Target="{part}"/>'
        for kind, part in parts.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def typed(**parts: str) -> str:
    """What the parts of an Office file are, by name; python-docx and openpyxl go by it."""
    kind = "application/vnd.openxmlformats-officedocument"
    listed = "".join(
        f'<Override PartName="/{part}" ContentType="{kind}.{what}+xml"/>' for part, what in parts.items()
    )
    return f'<Types xmlns="{PACKAGE}/content-types">{listed}</Types>'


# ------------------------------------------------------------------ Word


def docx(body: str, *, part: str = "word/document.xml", **more: str | bytes) -> bytes:
    xml = f"<w:document {WORD}><w:body>{body}</w:body></w:document>"
    types = typed(**{part: "wordprocessingml.document.main"})
    return zipped(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": related(officeDocument=part),
            part: xml,
            **more,
        }
    )


def paragraph(words: str) -> str:
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc>{paragraph(words)}</w:tc>' for words in cells)}</w:tr>"


@case
def docx_of_empty_paragraphs() -> bytes:
    return docx("<w:p/>" * 980_000)


@case
def docx_of_too_many_elements_in_an_odd_part() -> bytes:
    return docx("<w:p/>" * 7_000_000, part="word/other.bin")


@case
def docx_of_turns() -> bytes:
    return docx((paragraph("P: Hva?") + paragraph("I: Det.")) * 124_000)


@case
def docx_of_one_long_word() -> bytes:
    return docx(paragraph("P: Hva?") + paragraph("I: " + "😀" * 4_900_000))


@case
def docx_of_too_much_text() -> bytes:
    return docx(paragraph("I: ja" + "😀" + "a" * 49_000_000))


@case
def docx_of_a_wide_table() -> bytes:
    return docx(f"<w:tbl>{row(*'a' * 50)}{row('I') * 190_000}</w:tbl>")


@case
def docx_of_a_table_of_talk() -> bytes:
    rows = row("Kari", "Hva?") + row("Ola", "Det.")
    return docx(f"<w:tbl>{row('Taler', 'Tekst')}{rows * 55_000}</w:tbl>")


@case
def docx_of_many_tables() -> bytes:
    return docx(f"<w:tbl>{row('Kari', 'Hva? ja, det')}</w:tbl>" * 90_000)


@case
def docx_of_tables_in_tables() -> bytes:
    deep = "<w:tbl><w:tr><w:tc>" * 80 + paragraph("I: ja") + "</w:tc></w:tr></w:tbl>" * 80
    return docx(deep * 4_000)


@case
def docx_of_attributes() -> bytes:
    tag = "<w:p" + "".join(f' a{n:x}=""' for n in range(98_000)) + "/>"
    return docx(tag * 10)


@case
def docx_nested_deeply() -> bytes:
    return docx("<w:sdt>" * 100_000 + "</w:sdt>" * 100_000)


@case
def docx_of_pictures() -> bytes:
    return docx(paragraph("I: ja"), **{f"word/media/{n}.png": bytes(166_000_000) for n in range(3)})


@case
def docx_of_many_members() -> bytes:
    return docx(paragraph("I: ja"), **{str(n): b"" for n in range(9_990)})


@case
def docx_of_far_too_many_members() -> bytes:
    return docx(paragraph("I: ja"), **{f"{n:x}": b"" for n in range(44_000)})


@case
def docx_of_relations() -> bytes:
    many = "<Relationship/>" * 900_000
    return docx(paragraph("I: ja"), **{"_rels/.rels": f"<Relationships>{many}</Relationships>"})


@case
def docx_of_comments() -> bytes:
    return docx("<!--" + "a" * 49_000_000 + "-->")


# ------------------------------------------------------------------ OpenDocument


def odt(text: str, **more: str | bytes) -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table")
    )
    body = f"<office:body><office:text>{text}</office:text></office:body>"
    return zipped(
        {"content.xml": f"<office:document-content {spaces}>{body}</office:document-content>", **more}
    )


@case
def odt_of_empty_paragraphs() -> bytes:
    return odt("<text:p/>" * 999_000)


@case
def odt_of_spaces() -> bytes:
    return odt("<text:p>I: ja" + '<text:s text:c="999999999"/>' * 490_000 + "</text:p>")


@case
def odt_of_repeated_cells() -> bytes:
    cell = '<table:table-cell table:number-columns-repeated="999999999"><text:p>a</text:p></table:table-cell>'
    rows = f'<table:table-row table:number-rows-repeated="999999999">{cell}</table:table-row>'
    return odt(f"<table:table>{rows * 190_000}</table:table>")


@case
def odt_of_spans() -> bytes:
    return odt("<text:p>I: " + ("<text:span>a " * 240 + "</text:span>" * 240) * 4_000 + "</text:p>")


@case
def odt_of_one_long_word() -> bytes:
    return odt("<text:p>P: Hva?</text:p><text:p>I: " + "😀" * 4_900_000 + "</text:p>")


@case
def odt_nested_deeply() -> bytes:
    return odt("<text:section>" * 100_000 + "</text:section>" * 100_000)


@case
def odt_with_a_long_manifest() -> bytes:
    return odt("<text:p>I: ja</text:p>", **{"META-INF/manifest.xml": "<m>" + "<a/>" * 990_000 + "</m>"})


# ------------------------------------------------------------------ Excel


def xlsx(
    sheet: str,
    *,
    shared: str = "",
    styles: str = "",
    sheets: str = '<sheet name="Ark" r:id="worksheet"/>',
    behind: str = "",
    **more: str | bytes,
) -> bytes:
    return zipped(
        {
            "[Content_Types].xml": typed(
                **{
                    "b.bin": "spreadsheetml.sheet.main",
                    "s.bin": "spreadsheetml.worksheet",
                    "t.bin": "spreadsheetml.sharedStrings",
                }
            ),
            "_rels/.rels": related(officeDocument="b.bin"),
            "b.bin": f'<workbook {SHEET} xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>',
            "_rels/b.bin.rels": related(
                worksheet="s.bin", sharedStrings="t.bin", styles="xl/styles.xml"
            ),
            "s.bin": f"<worksheet {SHEET}><sheetData>{sheet}</sheetData>{behind}</worksheet>",
            "t.bin": f"<sst {SHEET}>{shared}</sst>",
            "xl/styles.xml": f"<styleSheet {SHEET}><cellXfs>{styles}</cellXfs></styleSheet>",
            **more,
        }
    )


def said(words: str) -> str:
    return f'<c t="inlineStr"><is><t>{words}</t></is></c>'


HEADING = f"<row>{said('Taler')}{said('Tekst')}</row>"


@case
def xlsx_of_shared_texts() -> bytes:
    return xlsx(HEADING, shared="<si><t>a</t></si>" * 490_000)


@case
def xlsx_of_too_many_elements_in_an_odd_part() -> bytes:
    return xlsx(HEADING, shared="<si/>" * 8_000_000)


@case
def xlsx_of_one_text_many_times() -> bytes:
    rows = '<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>'
    return xlsx(HEADING + rows * 100_000, shared=f"<si><t> {'a b ' * 4_000_000}</t></si>")


@case
def xlsx_of_talk() -> bytes:
    rows = f"<row>{said('Kari')}{said('Hva?')}</row><row>{said('Ola')}{said('Det.')}</row>"
    return xlsx(HEADING + rows * 52_000)


@case
def xlsx_of_shared_talk() -> bytes:
    rows = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c t="s"><v>2</v></c><c t="s"><v>3</v></c></row>'
    texts = "".join(f"<si><t>{words}</t></si>" for words in ("Kari", "Hva?", "Ola", "Det."))
    return xlsx(HEADING + rows * 70_000, shared=texts)


@case
def xlsx_of_errors() -> bytes:
    broken = "<c t='e'><v>#A</v></c>" * 90
    return xlsx(HEADING + f"<row>{said('I')}{said('ja')}{broken}</row>" * 3_500)


@case
def xlsx_of_styles() -> bytes:
    return xlsx(HEADING, styles='<xf numFmtId="14"/>' * 490_000)


@case
def xlsx_of_many_sheets_of_one_part() -> bytes:
    return xlsx("<row/>" * 900_000, sheets='<sheet name="Ark" r:id="worksheet"/>' * 30_000)


@case
def xlsx_of_many_sheets() -> bytes:
    parts = {
        f"s/{n}.bin": f"<worksheet><sheetData>{HEADING}</sheetData></worksheet>" for n in range(9_900)
    }
    names = {f"worksheet{n}": f"s/{n}.bin" for n in range(9_900)}
    listed = "".join(f'<sheet name="{n}" r:id="worksheet{n}"/>' for n in range(9_900))
    return xlsx("", sheets=listed, **parts, **{"_rels/b.bin.rels": related(**names)})


@case
def xlsx_of_far_cells() -> bytes:
    return xlsx(
        HEADING + "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(2, 190_000))
    )


@case
def xlsx_of_merged_cells() -> bytes:
    merged = '<mergeCell ref="A1:XFD1048576"/>' * 490_000
    return xlsx(
        HEADING + f"<row>{said('I')}{said('ja')}</row>", behind=f"<mergeCells>{merged}</mergeCells>"
    )


@case
def xlsx_of_one_wide_row() -> bytes:
    return xlsx(f"<row>{'<c><v>1</v></c>' * 499_000}</row>")


# ------------------------------------------------------------------ QDA projects


def guid(name: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, str(name)))


def qdpx(
    sources: str = "",
    *,
    codes: str = "",
    users: str = "",
    cases: str = "",
    notes: str = "",
    **files: str | bytes,
) -> bytes:
    book = f"<CodeBook><Codes><Code guid='{guid('k')}' name='Kode' isCodable='true'/>{codes}</Codes></CodeBook>"
    named = {"Users": users, "Cases": cases, "Sources": sources, "Notes": notes}
    listed = "".join(f"<{name}>{items}</{name}>" for name, items in named.items())
    return zipped({"project.qde": f"<Project name='p'>{book}{listed}</Project>", **files})


def source(
    inside: str = "", text: str = "P: Hva?\nI: Folk er trygge her.\n", name: object = "en"
) -> str:
    said = f"<PlainTextContent>{text}</PlainTextContent>"
    return f"<TextSource guid='{guid(name)}' name='{name}'>{said}{inside}</TextSource>"


CODING = f"<Coding><CodeRef targetGUID='{guid('k')}'/>{{}}</Coding>"


def selection(inside: str) -> str:
    return f"<PlainTextSelection startPosition='11' endPosition='15'>{inside}</PlainTextSelection>"


@case
def qdpx_of_notes_on_one_file() -> bytes:
    notes = "<Note plainTextPath='internal://n.txt'/>" * 490_000
    return qdpx(source(), notes=notes, **{"sources/n.txt": "a b " * 1_200_000})


@case
def qdpx_of_a_note_on_many_codings() -> bytes:
    note = f"<Note guid='n'><PlainTextContent>{'a b ' * 2_000_000}</PlainTextContent></Note>"
    return qdpx(source(selection(CODING.format("<NoteRef targetGUID='n'/>") * 150_000)), notes=note)


@case
def qdpx_of_a_description_on_many_codings() -> bytes:
    about = f"<Description>{'a b ' * 2_000_000}</Description>"
    return qdpx(source(selection(about + CODING.format("") * 240_000)))


@case
def qdpx_of_sources_of_one_file() -> bytes:
    listed = "".join(
        f"<TextSource guid='{n}' plainTextPath='internal://t.txt'/>" for n in range(200_000)
    )
    return qdpx(listed, **{"sources/t.txt": "a b " * 1_200_000})


@case
def qdpx_of_many_long_sources() -> bytes:
    listed = "".join(f"<TextSource guid='{n}' plainTextPath='internal://{n}.txt'/>" for n in range(90))
    return qdpx(listed, **{f"sources/{n}.txt": "I: a\u00a0b\r\n" * 600_000 for n in range(90)})


@case
def qdpx_of_one_long_source() -> bytes:
    listed = source(selection(CODING.format(""))).replace("<PlainTextContent>", "<Nothing>")
    listed = listed.replace("</PlainTextContent>", "</Nothing>").replace(
        "<TextSource ", "<TextSource plainTextPath='internal://t.txt' "
    )
    return qdpx(listed, **{"sources/t.txt": "\ufeffP: Hva?\r\nI: a\u00a0b" + "e\u0301😀\r\n" * 900_000})


@case
def qdpx_of_long_sources() -> bytes:
    sources = "".join(
        f"<TextSource guid='{n}' plainTextPath='internal://{n}.txt'>{selection(CODING.format(''))}</TextSource>"
        for n in range(4)
    )
    text = "\ufeffP: Hva?\r\nI: a\u00a0b" + "e\u0301\U0001f642\r\n" * 240_000
    return qdpx(sources, **{f"sources/{n}.txt": text + "\U0001f642" * 100_000 for n in range(4)})


@case
def qdpx_of_codings() -> bytes:
    return qdpx(source("".join(selection(CODING.format("")) for _ in range(150_000))))


@case
def qdpx_of_codes() -> bytes:
    return qdpx(source(), codes="".join(f"<Code guid='{n}' name='Kode {n}'/>" for n in range(320_000)))


@case
def qdpx_of_codes_of_one_name() -> bytes:
    return qdpx(source(), codes="".join(f"<Code guid='{n}' name='Kode'/>" for n in range(320_000)))


@case
def qdpx_of_users_of_one_name() -> bytes:
    return qdpx(source(), users="".join(f"<User guid='{n}' name='Kari'/>" for n in range(320_000)))


@case
def qdpx_of_cases_of_one_guid() -> bytes:
    coding = f"<Coding><CodeRef targetGUID='{guid('c')}'/></Coding>"
    sources = "".join(source(selection(coding), name=n) for n in range(40_000))
    return qdpx(sources, cases=f"<Case guid='{guid('c')}'/>" * 200_000)


@case
def qdpx_of_empty_elements() -> bytes:
    return qdpx(source("<a/>" * 990_000))


@case
def qdpx_of_shallow_elements() -> bytes:
    return qdpx(source(), notes="<Note/>" * 990_000)


@case
def qdpx_of_guids() -> bytes:
    return qdpx(source("".join(f"<a guid='{n:x}'/>" for n in range(490_000))))


@case
def qdpx_nested_deeply() -> bytes:
    return qdpx(source(), codes="<Code>" * 100_000 + "</Code>" * 100_000)


@case
def qdpx_with_a_long_recording() -> bytes:
    return qdpx(source(), **{f"sources/{n}.m4a": bytes(166_000_000) for n in range(3)})


# ------------------------------------------------------------------ reading them


def read(name: str, file: Path) -> str:
    """Read a file as the library does, and say what came of it."""
    import mestring_nlp as mn

    try:
        if name.startswith("qdpx"):
            from mestring_nlp.refi.adding import add_suggestions
            from mestring_nlp.refi.reading import read_project

            project = read_project(file)
            add_suggestions(project, [], mn.load_codebook(), "mestring-nlp")
            return f"{len(project.sources)} sources, {len(project.codings)} codings"
        return f"{len(mn.read_transcript(file).turns)} turns"
    except mn.MestringError as error:
        return f"refused: {error.problem}"


def measured(name: str, file: Path) -> tuple[float, float, str]:
    """Read a file in a process of its own: megabytes beyond those it began with, seconds of its own, and the outcome."""
    code = f"import hostile_files; hostile_files.measure({name!r}, {str(file)!r})"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parent
    )
    if found.returncode:
        return float("inf"), float("inf"), found.stderr[-2_000:]
    memory, seconds, outcome = found.stdout.split("\t", 2)
    return float(memory), float(seconds), outcome.strip()


def measure(name: str, file: str) -> None:
    # What is loaded is not the file's doing.
    for module in (
        "docx",
        "lxml.etree",
        "openpyxl",
        "mestring_nlp.readers.workbook",
        "mestring_nlp.refi.adding",
    ):
        with suppress(ModuleNotFoundError):
            importlib.import_module(module)
    base = memory("VmRSS")
    begun = time.process_time()
    outcome = read(name, Path(file))
    seconds = time.process_time() - begun
    print(f"{memory('VmHWM') - base:.0f}\t{seconds:.1f}\t{outcome}")


def memory(what: str) -> float:
    """Megabytes of this process, now (``VmRSS``) or at most (``VmHWM``)."""
    found = re.search(rf"^{what}:\s*(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) / 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, make in CASES.items():
            if any(word in name for word in sys.argv[1:]) or len(sys.argv) == 1:
                file = Path(folder, f"{name}.{name.partition('_')[0]}")
                file.write_bytes(make())
                memory, seconds, outcome = measured(name, file)
                size = file.stat().st_size
                print(
                    f"| {name} | {size / 1000:.0f} kB | {memory:.0f} MB | {seconds:.1f} s | {outcome[:160]} |",
                    flush=True,
                )
                assert size <= SMALL, size


if __name__ == "__main__":
    main()
