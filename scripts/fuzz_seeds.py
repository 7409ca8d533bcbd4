"""What the fuzzing of the readers begins with: small files as the real libraries make them."""

# ruff: noqa: E501
from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from typing import Any

TALK = (
    "P: Hva får dere til, og hvordan går det på Ås? 🙂",
    "I: Jo, vi begynte kl. 17:30 – «sånn» og da … (latter)",
    "P: Åssen da?",
    "I: Æ e ikkje sikker.",
)
ROWS = [["Tid", "Taler", "Tekst"], ["0:03", "Kari", "Hva nå?"], ["0:09", "Åse", "Vi går, og så ser vi."]]


def _saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def texts() -> list[str]:
    return [
        "Intervju 7\nP: intervjuer\nI: informant\n" + "\n".join(TALK) + "\n12\n",
        "**Kari:** Hva?\n**Ola:** Det.\n\n**Kari:** Nå?\n",
        "Møte\n12. mars 2024\n47m 12s\n\nKari Nordmann startet transkripsjonen\n\nKari Nordmann   0:03\nHva?\n\n"
        "Bråten, Åse (Gjest)   1:05\nJo.\n",
        "0:0:3.450 --> 0:0:5.120\nKari Nordmann\nHva?\n0:0:5.500 --> 0:1:0.0\nÅse Bråten\nJo,\nfint.\n",
        "Lydfil\nsamtale.mp3\nTranskripsjon\n00:00:03 Kari Åsen\nHva?\n00:01:10 Speaker 2\nJo.\n",
        "P: Hva? #00:01:20-5#\nI: Jo, 17:30. #00:01:45-0#\nOg så. #00:02:00-1#\n",
        "S00: [00:01:20] Hva?\n\nS01: [00:01:25] Jo //S00: mhm// [00:02:25] så.\n",
    ]


def docx() -> list[bytes]:
    import docx as word

    document = word.Document()
    for line in TALK:
        document.add_paragraph(line)
    table = document.add_table(len(ROWS), 3)
    for row, cells in zip(table.rows, ROWS, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    document.add_comment(document.paragraphs[0].runs, text="Merknad", author="Kari")
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    body = "".join(
        f"<w:p><w:pPr><w:rPr><w:b/></w:rPr></w:pPr><w:r><w:t>{line}</w:t><w:br/><w:tab/></w:r>"
        "<w:del><w:r><w:delText>nei</w:delText></w:r></w:del><w:ins><w:r><w:t> ja</w:t></w:r></w:ins></w:p>"
        for line in TALK
    )
    cells = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:p><w:r><w:t>{c}</w:t></w:r></w:p></w:tc>" for c in row) + "</w:tr>"
        for row in ROWS
    )
    small = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{rels}"><Relationship Id="r1" Type="{kind}" '
        'Target="word/document.xml"/></Relationships>',
    }
    return [_saved(document)] + [
        packed(
            {name: xml.encode() for name, xml in small.items()}
            | {
                "word/document.xml": f'<w:document xmlns:w="{w}"><w:body>{b}</w:body></w:document>'.encode()
            }
        )
        for b in (body, f"<w:tbl>{cells}</w:tbl>")
    ]


def odt() -> list[bytes]:
    from odf import opendocument, table, text

    made = []
    for rows in ([], ROWS):
        document = opendocument.OpenDocumentText()
        for line in TALK if not rows else ():
            paragraph = text.P(text=line)
            paragraph.addElement(text.S(c=3))
            paragraph.addElement(text.LineBreak())
            document.text.addElement(paragraph)
        grid = table.Table()
        for cells in rows:
            row = table.TableRow()
            for words in cells:
                cell = table.TableCell()
                cell.addElement(text.P(text=words))
                row.addElement(cell)
            grid.addElement(row)
        if rows:
            document.text.addElement(grid)
        made.append(_saved(document))
        content = unpacked(made[-1])["content.xml"]
        made.append(
            packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content})
        )
    return made


def xlsx() -> list[bytes]:
    import datetime

    import openpyxl

    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.append([datetime.time(0, 0, 5), "Kari", "=A1"])
    book.active.append([3.5, None, "Å jo."])
    book.active.merge_cells("B2:B3")
    whole = _saved(book)
    members = unpacked(whole)
    kept = ("[Content_Types].xml", "_rels/.rels", "xl/", "docProps")
    return [whole, packed({k: v for k, v in members.items() if k.startswith(kept) and "theme" not in k})]


def rtf() -> list[bytes]:
    lines = "\\par\n".join(
        "".join(
            c
            if ord(c) < 128
            else "".join(f"\\u{h}?" for h in struct.unpack("<" + "h" * (len(u) // 2), u))
            for c in line
            for u in [c.encode("utf-16-le")]
        )
        for line in TALK
    )
    head = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fcharset204 Arial;}}"
    return [
        f"{head}\\f0 {lines}\\par}}".encode(),
        (head + r"{\header TOPP\par}\f1 P: p\'e5 \uc1\u229?{\deleted nei}\par "
         r'I: {\field{\*\fldinst{HYPERLINK "http://x.invalid"}}{\fldrslt{\ul lenka}}}{\pict\bin3 abc}\par}').encode(),
        (head + r"\trowd\intbl Kari\cell Hva?\cell\row\trowd\intbl Ola\cell Det, ja.\cell\row}").encode(),
    ]  # fmt: skip


def pdf() -> list[bytes]:
    import pypdf
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    made = pypdf.PdfWriter()
    for _ in range(2):
        page = made.add_blank_page(595, 842)
        font = DictionaryObject(
            {NameObject(f"/{k}"): NameObject(f"/{v}") for k, v in
             {"Type": "Font", "Subtype": "Type1", "BaseFont": "Helvetica", "Encoding": "WinAnsiEncoding"}.items()}
        )  # fmt: skip
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        words = "".join(f"({line}) Tj T*\n" for line in TALK).encode("cp1252", "ignore")
        stream.set_data(b"BT /F1 11 Tf 14 TL 72 770 Td\n" + words + b"[(I:) -250 (Ja)] TJ ET")
        page[NameObject("/Contents")] = made._add_object(stream)
    buffer = io.BytesIO()
    made.write(buffer)
    packed_streams = io.BytesIO()
    for page in made.pages:
        page.compress_content_streams()
    made.write(packed_streams)
    return [buffer.getvalue(), packed_streams.getvalue()]


def vtt() -> list[bytes]:
    return [
        b"WEBVTT\n\n0f7c-1/12-0\n00:00:03.450 --> 00:00:05.120\n<v Nordmann, Kari>Hva\ner det?</v>\n\n"
        b"00:00:06.000 --> 00:00:09.000 align:start\n<v Ola>Det, ja.</v>\n",
        b"WEBVTT noScribe\n\nNOTE\nOm x --\n\nSTYLE\n::cue { color: red }\n\n1\n00:03.000 --> 00:05.000\n"
        b"[SPEAKER_00]: Hva?\n\n2\n00:05.000 --> 00:07.000\nS01: <i>Jo</i> &amp; <00:06.000>da\n",
        b"WEBVTT samtale\n\n1\n00:00:00.120 --> 00:00:04.000\n<v S00>S00: [00:00:00] Hva (..)?\n\n"
        b"2\n00:00:04.000 --> 00:00:07.000\n<v S01>Jo &lt;ler&gt;\n",
    ]


def srt() -> list[bytes]:
    return [
        b"1\n00:00:03,450 --> 00:00:05,120\n[SPEAKER_00]: Hva?\n\n2\n00:00:05,500 --> 00:00:07,000\nKari: Jo\n",
        "\ufeff1\r\n00:00:03,450 --> 00:00:05,120\r\n<i>Hva nå</i>\r\nOla: Æ {\\an8}\r\n2\r\n"
        "00:00:06,000 --> 00:00:07,000\r\nHva nå igjen\r\n".encode(),
    ]


def recognised() -> list[bytes]:
    word = {"word": " Ja", "start": 0.1, "end": 0.5, "speaker": "SPEAKER_01"}
    segment = {"start": 0, "end": 2.5, "text": " Hva?", "speaker": "SPEAKER_00", "words": [word]}
    other = segment | {"words": [word, word | {"speaker": "SPEAKER_00"}], "speaker": None}
    found: list[Any] = [
        {"text": "Hva?", "segments": [segment, other], "language": "no"},
        [segment, {"start": 3, "end": 4, "text": "Jo\ud83d\ude42"}],
        {
            "chunks": [
                {"timestamp": [0.0, 2.5], "text": "hva nå"},
                {"timestamp": [2.5, None], "text": "jo"},
            ]
        },
        {"transcription": [{"offsets": {"from": 0, "to": 2500}, "text": "Hva?", "speaker": "0"}]},
    ]
    return [json.dumps(content).encode() for content in found]


def html() -> list[bytes]:
    return [
        b'<!DOCTYPE html><html><head><style>p{}</style><title>x</title></head><body><p>Transcribed</p><p>'
        b'<a name="ts_3000_5000_S00">S00: [00:00:03] Hva?</a></p><p><a name="ts_5000_9000_S01">S01: Jo (..) '
        b"&aring; //S00: mhm//</a></p></body></html>",
        b"<p>Kari: Hva?</p><div>Ola: Det<br>var</div>",
    ]  # fmt: skip


def csv() -> list[bytes]:
    return [
        sign.join(cell.join('""') if ";" in cell else cell for cell in row).encode() + b"\n" + rest
        for sign, row, rest in (
            (";", ROWS[0], 'sep=;\n0:03;Kari;"Hva; nå?"\n;;"Jo\nda"\n'.encode()),
            (
                ",",
                ["", "start", "end", "text", "speaker"],
                b'0,0.03,4.12,"Hei, du",SPEAKER_00\n1,4.5,5,Jo,\n',
            ),
            (
                "\t",
                ["Timespan", "Content", "Speaker"],
                b'0:00.0 - 0:15.3\tHva?\tKari\n0:15,3\t"Ja", sa\tOla\n',
            ),
        )
    ]


CODES = (
    '<CodeBook xmlns="urn:QDA-XML:project:1.0"><Codes><Code guid="c1" name="Trygghet" isCodable="true" color="#228833">'
    "<Description>Å være trygg.\n\nHører til:\n- Å tørre\nSlag: begrep</Description>"
    '<Code guid="c2" name="Læring" isCodable="true"/></Code></Codes></CodeBook>'
)


def qdpx() -> list[bytes]:
    talk = "\n".join(TALK)
    selection = (
        '<PlainTextSelection guid="s{0}" startPosition="3" endPosition="{1}"><Coding guid="k{0}" creatingUser="u1">'
        '<CodeRef targetGUID="c1"/></Coding><NoteRef targetGUID="n1"/></PlainTextSelection>'
    )
    project = (
        '<?xml version="1.0" encoding="UTF-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="NVivo">'
        f'<Users><User guid="u1" name="Kari"/></Users>{CODES}'
        '<Variables><Variable guid="v1" name="Enhet" typeOfVariable="Text"/></Variables><Cases><Case guid="a1" name="Én">'
        '<VariableValue><VariableRef targetGUID="v1"/><TextValue>NAV</TextValue></VariableValue>'
        '<SourceRef targetGUID="t1"/><SelectionRef targetGUID="s2"/></Case></Cases><Sources>'
        f'<TextSource guid="t1" name="Intervju"><PlainTextContent>{talk}</PlainTextContent>{selection.format(1, 20)}</TextSource>'
        f'<TextSource guid="t2" name="To" plainTextPath="internal://t2.txt">{selection.format(2, 40)}</TextSource>'
        '<PictureSource guid="t3" name="Bilde"/></Sources><Notes><Note guid="n1" name="m" plainTextPath="internal://n1.txt"/>'
        "</Notes></Project>"
    )
    text = "\ufeff" + talk.replace("\n", "\r\n")
    members = {
        "project.qde": project.encode(),
        "sources/t2.txt": text.encode(),
        "sources/n1.txt": b"Merk",
    }
    return [packed(members)]


WORDS = {
    ".txt": ["P:", "I:", "#00:01:20-5#", "[00:01:20]", "   0:03", " --> ", "17:30", "Kari:", "**", "=", "12/13"],
    ".rtf": ["\\par", "\\'e5", "\\u229?", "\\bin", "\\pict", "{\\*", "\\uc2", "\\fonttbl", "\\fcharset", "\\deleted", "\\ansicpg"],
    ".pdf": ["obj", "endobj", "stream", "/Kids", "/Count", "/Filter", "/FlateDecode", "/Prev", "/ToUnicode", "BT", "ET", "Tj", "cm", "Tf", "/Type", "1 0 R", "/LZWDecode", "/ObjStm", "beginbfchar", "beginbfrange"],
    ".vtt": ["WEBVTT", " --> ", "<v ", "</v>", "NOTE", "STYLE", "REGION", "00:00:03.450", "&lt;", "<00:01.0>", "[A]:"],
    ".json": ["segments", "chunks", "transcription", "offsets", "timestamp", "NaN", "1e999", "\\ud800", "speaker", "null", "words"],
    ".html": ["<p>", "</p>", '<a name=\\"ts_1_2_S0\\">', "<br>", "<![CDATA[", "<!--", "&#0;", "&#xd800;", "S00:", "<style>"],
    ".qdc": ["<Code ", "guid=", "name=", "isCodable=", "<Description>", "</Code>", "Id: ", "- ", "&#10;", "<Codes/>"],
    ".csv": ["Taler", "Tekst", "Tid", "sep=;", "Slutt", "code", "0:03", "speaker", "text", "=A1"],
}  # fmt: skip
WORDS[".srt"] = WORDS[".vtt"]

SEEDS: dict[str, Callable[[], list[bytes]]] = {
    ".txt": lambda: [text.encode() for text in texts()] + [texts()[0].encode("utf-16")],
    ".docx": docx, ".odt": odt, ".rtf": rtf, ".pdf": pdf, ".vtt": vtt, ".srt": srt, ".json": recognised,
    ".html": html, ".csv": csv, ".xlsx": xlsx, ".qdpx": qdpx, ".qdc": lambda: [CODES.encode()],
}  # fmt: skip
ARCHIVES = (".docx", ".odt", ".xlsx", ".qdpx")
