"""Whether time grows as the text does: every reader and step, on texts made to be hard, at n, 2n and 4n.

    python benchmarks/scaling.py
    python benchmarks/scaling.py --least 0.3 --only segment    # larger inputs, some cases

Each case starts where it takes a measurable time and doubles twice, or more often while it grows too fast, up to
what a transcript may hold. Process time without waiting, smallest of a few runs. Prints a table; a factor above
2.3 for twice the input, taken over two doublings, is marked.
Writes `benchmarks/results/scaling.json`.
"""

from __future__ import annotations

import argparse
import gc
import io
import itertools
import json
import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

import mestring_nlp as mn
from mestring_nlp import codings as sides
from mestring_nlp import refi, writers
from mestring_nlp.codebook import load_codebook
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.codings import CodedSpan, Codings
from mestring_nlp.comparison import compare
from mestring_nlp.readers import LONGEST, transcript_from
from mestring_nlp.readers.formats import read_content
from mestring_nlp.readers.speakers import Named
from mestring_nlp.refi.codes import Entry, codes_of
from mestring_nlp.refi.naming import unique
from mestring_nlp.refi.positions import PositionMap
from mestring_nlp.suggestion import Reason, Suggestion
from mestring_nlp.training_data import TrainingData
from mestring_nlp.transcript import INFORMANT, INTERVIEWER, Coding, Segment, Transcript, Turn
from mestring_nlp.units import common_units

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "scaling.json"
MOST = 2.3
"""How many times longer twice the input may take."""
CEILING = 20.0
"""Seconds after which a case is not doubled again."""

Work = Callable[[], object]
Case = tuple[str, int, int, Callable[[int], Work]]
"""A name, where n begins, the most that it may be, and what makes the work for an n."""

FILLS = {
    "words": "ord ",
    "sentences": "Vi har mål for det. Og det er bra, men ikke alt. ",
    "lines": "og så var det\n",
    "letters": "a",
    "dotted letters": "a.",
    "hyphened letters": "a-",
    "slashed letters": "a/b?",
    "spaces": " ",
    "tabs": "\t",
    "empty lines": "\n",
    "spaced lines": " \n \t\n",
    "no-break spaces": "\u00a0",
    "brackets": "(",
    "closing brackets": ")",
    "square brackets": "[",
    "braces": "{",
    "escaped braces": "{\\",
    "dots": ".",
    "dots and spaces": ". ",
    "ellipses": "… ",
    "questions": "?",
    "questions and brackets": "( ? ",
    "commas": ", ",
    "semicolons": "; ",
    "dashes": "– ",
    "quotes": '"',
    "guillemets": "«",
    "hash and hyphen": "#-",
    "stars": "**",
    "voice tags": "<v a ",
    "dotted voice tags": "<v.a",
    "angle brackets": "<a",
    "references": "&#",
    "digits": "1",
    "numbers": "1 ",
    "lines of numbers": "1\n",
    "page numbers": "side 3\n",
    "clocks": "0:0:0:0",
    "clock lines": "00:00:03 a\n",
    "marks of time": "[00:00:01] ",
    "hash marks of time": "#00:00:01-0# ",
    "arrows": "0:0:0.1 --> 0:0:0.1\n",
    "labels": "a: ",
    "labelled lines": "Kari: ja\n",
    "pipes": "|",
    "urls": "www.a.no/",
    "addresses": "a@b.no",
    "smileys": ":-) ",
    "abbreviations": "f.eks. kl. ",
    "joining phrases": "ja, nei, ",
    "emoji": "😀",
    "joined emoji": "👩\u200d👧",
    "composed letters": "e\u0301",
    "piled marks": "\u0301",
    "unordered marks": "\u0301\u0323",
    "jamo": "\u1100\u1161\u11a8",
    "soft hyphens": "a\u00ad",
}


def fill(unit: str, n: int) -> str:
    return (unit * (n // len(unit) + 1))[:n]


# ------------------------------------------------------------------- files of each format

TALK = "I: Hva gjør dere da?\nP: Vi jobber.\nI: Er det så?\nP: "


def zipped(members: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
APP = "application/vnd.openxmlformats-officedocument"


def office(main: str, kind: str, members: dict[str, str]) -> bytes:
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/{main}" ContentType="{APP}.{kind}.main+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="{main}"/></Relationships>',
            **members,
        }
    )


def docx(body: str) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
    return office("word/document.xml", "wordprocessingml.document", {"word/document.xml": xml})


def paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def cells(texts: list[str]) -> str:
    return f"<w:tr>{''.join(f'<w:tc>{paragraph(text)}</w:tc>' for text in texts)}</w:tr>"


def odt(text: str) -> bytes:
    office_space = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    text_space = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    body = "".join(f"<t:p>{escape(line)}</t:p>" for line in text.split("\n"))
    xml = f'<o:document-content xmlns:o="{office_space}" xmlns:t="{text_space}"><o:body><o:text>{body}</o:text></o:body></o:document-content>'
    return zipped({"content.xml": xml})


def xlsx(rows: list[list[str]]) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    lines = "".join(
        "<row>"
        + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row)
        + "</row>"
        for row in rows
    )
    return office(
        "xl/workbook.xml",
        "spreadsheetml.sheet",
        {
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{OFFICE}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELS}"><Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>',
        },
    )


def pdf(pages: list[str], *, shared: int = 0) -> bytes:
    """A page for each text, a line a text line; or the first page so many times."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    kids = []
    for page in pages:
        lines = (
            page.encode("cp1252", "replace")
            .replace(b"\\", b"\\\\")
            .replace(b"(", b"\\(")
            .replace(b")", b"\\)")
        )
        shown = b"".join(b"(%s) Tj T*\n" % line for line in lines.split(b"\n"))
        stream = b"BT /F 10 Tf 12 TL 50 800 Td\n" + shown + b"ET"
        kids.append(b"%d 0 R" % (len(objects) + 1))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 850]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>"
            % (len(objects) + 2)
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    kids = kids[:1] * shared or kids
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    out = b"%PDF-1.4\n"
    places = []
    parts = [out]
    at = len(out)
    for number, content in enumerate(objects, start=1):
        places.append(at)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
        at += len(parts[-1])
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    parts += [b"%010d 00000 n \n" % place for place in places]
    parts.append(b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, at))
    return b"".join(parts)


def vtt(text: str) -> bytes:
    head = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Kari>Hva gjør dere?</v>\n\n00:01.000 --> 00:02.000\n<v Ola>"
    return f"{head}{text}".encode()


def rolling(unit: str, n: int) -> bytes:
    """Subtitles, a cue for each time the unit comes."""
    cues = (
        f"{i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}.000 --> {i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}.900\n<v {'Kari' if i % 7 else 'Ola'}>{unit}\n\n"
        for i in range(n)
    )
    return ("WEBVTT\n\n" + "".join(cues)).encode()


def segments(texts: list[str]) -> bytes:
    found = [
        {"start": i, "end": i + 1, "speaker": f"S{i % 2}", "text": text} for i, text in enumerate(texts)
    ]
    return json.dumps({"segments": found}).encode()


def one_speaker(texts: list[str]) -> bytes:
    found = [
        {"start": i, "end": i + 1, "speaker": "Kari" if i else "Intervjuer", "text": text}
        for i, text in enumerate(texts)
    ]
    return json.dumps({"segments": found}).encode()


def csv_of(text: str) -> bytes:
    parts = [text[at : at + 100_000].replace('"', '""') for at in range(0, len(text), 100_000)]
    return ("taler;tekst\nI;Hva?\n" + "".join(f'P;"{part}"\n' for part in parts)).encode()


FORMATS: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "txt": (".txt", lambda text: f"{TALK}{text}\n".encode()),
    "txt, at the top": (".txt", lambda text: f"{text}\nI: Hva gjør dere?\nP: Vi jobber.\n".encode()),
    "txt, in a legend": (".txt", lambda text: f"P: a{text}b\n{TALK}ja\n".encode()),
    "vtt": (".vtt", vtt),
    "html": (
        ".html",
        lambda text: (
            f'<p><a name="ts_0_1_S">S00: Hva?</a></p><p><a name="ts_1_2_S">S01: {text}</a></p>'.encode()
        ),
    ),
    "rtf": (
        ".rtf",
        lambda text: (
            "{\\rtf1 I: Hva?\\par P: " + text.encode("ascii", "replace").decode() + "\\par}"
        ).encode(),
    ),
    "json": (".json", lambda text: segments(["Hva?", text])),
    "csv": (".csv", csv_of),
    "docx": (".docx", lambda text: docx("".join(map(paragraph, (TALK + text).split("\n"))))),
    "odt": (".odt", lambda text: odt(TALK + text)),
    "pdf": (
        ".pdf",
        lambda text: pdf(
            [TALK + page for page in (text[at : at + 4000] for at in range(0, len(text), 4000))]
        ),
    ),
}
SOME = {
    "words",
    "sentences",
    "lines",
    "letters",
    "spaces",
    "tabs",
    "empty lines",
    "brackets",
    "dots",
    "digits",
    "lines of numbers",
    "labelled lines",
    "emoji",
    "unordered marks",
}
"""What comes through XML and the like is read on as plain text is: some fills suffice."""

TAGS = {
    "braces",
    "escaped braces",
    "voice tags",
    "dotted voice tags",
    "angle brackets",
    "references",
    "square brackets",
}
CHOSEN = {
    "txt": set(FILLS),
    "txt, at the top": {name for name, unit in FILLS.items() if not any(map(str.isalpha, unit))},
    "txt, in a legend": {name for name, unit in FILLS.items() if not any(map(str.isalpha, unit))},
    "vtt": set(FILLS),
    "html": SOME | TAGS,
    "rtf": SOME | TAGS,
}


def read(data: bytes, suffix: str) -> Work:
    def work() -> object:
        try:
            content = read_content(data, suffix=suffix, place="p")
            return transcript_from(content, name="p", place="p", named=Named())
        except mn.MestringError as error:
            return error

    return work


def reading() -> Iterator[Case]:
    for form, (suffix, made) in FORMATS.items():
        for name, unit in FILLS.items():
            if name in CHOSEN.get(form, SOME):
                yield (
                    f"read {form}: {name}",
                    2_000,
                    LONGEST - 200,
                    lambda n, u=unit, s=suffix, m=made: read(m(fill(u, n)), s),
                )
    for form, suffix, made in (
        ("txt: one-word turns", ".txt", lambda n: "".join(f"{'IP'[i % 2]}: ja\n" for i in range(n)).encode()),
        ("txt: speakers", ".txt", lambda n: "".join(f"A{chr(97 + i % 26)}{i}: ja\n" * 2 for i in range(n)).encode()),
        ("txt: legend lines", ".txt", lambda n: ("P: intervjuer\n" * n + TALK).encode()),
        ("vtt: cues", ".vtt", lambda n: rolling("Vi har mål for det vi gjør", n)),
        ("vtt: rolling cues", ".vtt", lambda n: rolling("ja vi har det", n)),
        ("vtt: a long reference", ".vtt", lambda n: vtt("&#" + "1" * n + ";")),
        ("html: paragraphs", ".html", lambda n: ('<p><a name="ts_0_1_S">S00: Hva?</a></p>' * n).encode()),
        ("html: nested", ".html", lambda n: ('<p><a name="ts_0_1_S">S00: Hva?</a></p>' + "<div>" * n).encode()),
        ("html: attributes", ".html", lambda n: ('<p><a name="ts_0_1_S">S00: Hva?</a></p>' + "<p a" * n).encode()),
        ("rtf: rows", ".rtf", lambda n: ("{\\rtf1 " + "\\trowd I\\cell Hva?\\cell\\row " * n + "}").encode()),
        ("rtf: groups", ".rtf", lambda n: ("{\\rtf1 I: Hva?\\par P: " + "{\\b ja}" * n + "}").encode()),
        ("rtf: open groups", ".rtf", lambda n: ("{\\rtf1 I: Hva?\\par P: " + "{\\b " * n + "}").encode()),
        ("rtf: fonts", ".rtf", lambda n: ("{\\rtf1{\\fonttbl" + "{\\f1\\fcharset0 Arial;}" * n + "}I: Hva?\\par P: ja}").encode()),
        ("rtf: links", ".rtf", lambda n: ("{\\rtf1 I: Hva?\\par P: " + "{\\field{\\*\\fldinst{HYPERLINK " * n + "}").encode()),
        ("rtf: hex", ".rtf", lambda n: ("{\\rtf1 I: Hva?\\par P: " + "\\'e5" * n + "}").encode()),
        ("json: segments", ".json", lambda n: segments(["Hva gjør dere da?"] * n)),
        ("json: one speaker's", ".json", lambda n: one_speaker(["og så gjorde vi det"] * n)),
        ("json: numbers", ".json", lambda n: one_speaker(["ja vi har det " * 70] + ["1"] * n)),
        ("csv: rows", ".csv", lambda n: ("taler;tekst\n" + "I;Hva?\nP;Ja, det er det.\n" * n).encode()),
        ("csv: wide", ".csv", lambda n: ("taler;tekst" + ";a" * n + "\nI;Hva?\n").encode()),
        ("xlsx: rows", ".xlsx", lambda n: xlsx([["taler", "tekst"], *[["I", "Hva?"], ["P", "Ja."]] * n])),
        ("xlsx: wide", ".xlsx", lambda n: xlsx([["taler", "tekst"], ["I", "Hva?"] * n])),
        ("docx: paragraphs", ".docx", lambda n: docx((paragraph("I: Hva?") + paragraph("P: Ja.")) * n)),
        ("docx: runs", ".docx", lambda n: docx(paragraph("I: Hva?") + f"<w:p>{'<w:r><w:t>P: ja</w:t><w:tab/></w:r>' * n}</w:p>")),
        ("docx: rows", ".docx", lambda n: docx(f"<w:tbl>{(cells(['I', 'Hva gjør dere?']) + cells(['P', 'Ja, det er det.'])) * n}</w:tbl>")),
        ("docx: tables", ".docx", lambda n: docx(f"<w:tbl>{cells(['I', 'Hva gjør dere?']) + cells(['P', 'Ja, det er det.'])}</w:tbl>" * n)),
        ("docx: wide", ".docx", lambda n: docx(f"<w:tbl>{cells(['I', 'Hva?'] * n)}</w:tbl>")),
        ("pdf: shared page", ".pdf", lambda n: pdf([TALK + "ja " * 300], shared=min(n, 2_000))),
        ("pdf: a long page", ".pdf", lambda n: pdf([TALK + "ja vi har det\n" * n])),
    ):  # fmt: skip
        most = (
            2_000
            if "shared" in form
            else 90_000
            if "xlsx: rows" in form or "csv: rows" in form
            else 400_000
        )
        yield f"read {form}", 50, most, lambda n, s=suffix, m=made: read(m(n), s)


# ------------------------------------------------------------------- transcripts and suggestions


def conversation(said: list[tuple[str, str]]) -> Transcript:
    """A transcript with these turns: a role and words each."""
    turns, at = [], 0
    for role, words in said:
        turns.append(Turn(role[:1], role, at + 3, at + 3 + len(words), words))
        at += len(words) + 4
    text = "".join(f"{turn.speaker}: {turn.text}\n" for turn in turns)
    return Transcript("p", text, tuple(turns))


BOOK = load_codebook()
CODES = BOOK.ids
P, I = INTERVIEWER, INFORMANT  # noqa: E741


def suggested(transcript: Transcript, spans: list[tuple[int, int, int]]) -> list[Suggestion]:
    """A suggestion for each (turn, start, end)."""
    probabilities = dict.fromkeys(CODES, 0.05)
    reason = Reason(CODES[0], 1.0, 0.5, 0.1, (("mål", 0.5), ("målekort", 0.2)), "en linje", ())
    return [
        Suggestion(
            Segment("p", number, "i", start, end, transcript.text[start:end], "Hva?"),
            (CODES[i % len(CODES)],) if i % 5 else (),
            probabilities,
            0.2,
            i % 5 == 1,
            (CODES[0],),
            reason,
        )
        for i, (number, start, end) in enumerate(spans)
    ]


def of_turns(n: int) -> CodedInterview:
    transcript = conversation([(I if i % 2 else P, "Vi har mål for det.") for i in range(n)])
    spans = [(i, t.start, t.end) for i, t in enumerate(transcript.turns, start=1) if t.role == I]
    return CodedInterview(transcript, suggested(transcript, spans))


def of_one_turn(n: int) -> CodedInterview:
    transcript = conversation([(P, "Hva?"), (I, "Vi har mål. " * n)])
    start = transcript.turns[1].start
    spans = [(2, start + 12 * i, start + 12 * i + 11) for i in range(n)]
    return CodedInterview(transcript, suggested(transcript, spans))


def cutting() -> Iterator[Case]:
    for name, unit in FILLS.items():
        for step, work in (
            ("segment", lambda t: lambda: mn.segment(t)),
            ("segment to sentences", lambda t: lambda: mn.segment(t, "sentence")),
        ):
            if step == "segment" or name in SOME:
                yield (
                    f"{step}: {name}",
                    500,
                    LONGEST - 200,
                    lambda n, u=unit, w=work: w(conversation([(P, "Hva?"), (I, fill(u, n))])),
                )
        yield (
            f"positions: {name}",
            20_000,
            LONGEST,
            lambda n, u=unit: lambda: PositionMap("a\u0301" + fill(u, n)).trace,
        )
    for name, said in (
        ("one-word turns", lambda n: [(P if i % 2 else I, "ja") for i in range(n)]),
        ("all the informant's", lambda n: [(I, "Ja.")] * n),
        (
            "interviewers first",
            lambda n: [(P, "Hm."), *[(P, "Ja.")] * (n // 2), *[(I, "Ja.")] * (n // 2)],
        ),
        ("a long question", lambda n: [(P, "hva " * n), *[(I, "Ja.")] * (n // 10)]),
        ("short questions", lambda n: [(P if i % 10 == 0 else I, "Ja.") for i in range(n)]),
    ):
        yield (
            f"segment to turns: {name}",
            500,
            400_000,
            lambda n, s=said: (lambda t: lambda: mn.segment(t, "turn"))(conversation(s(n))),
        )
    yield (
        "turn_at: every turn",
        500,
        400_000,
        lambda n: (lambda t: lambda: [t.turn_at(x.start) for x in t.turns])(of_turns(n).transcript),
    )


def writing() -> Iterator[Case]:
    for name, made in (("turns", of_turns), ("passages of a turn", of_one_turn)):
        for step, most, write in (
            ("page", 60_000, lambda i: writers.page(i, BOOK)),
            ("docx", 60_000, lambda i: writers.word_document(i, BOOK, "m")),
            ("xlsx", 60_000, lambda i: writers.workbook([i], BOOK, "m")),
            ("csv", 60_000, lambda i: writers.csv_table([i], CODES)),
            ("codings.csv", 60_000, lambda i: writers.codings_table([i], "m")),
            ("qdpx", 60_000, lambda i: refi.write_project([i], BOOK, "m")),
        ):
            yield (
                f"write {step}: {name}",
                100,
                most,
                lambda n, m=made, w=write: (lambda i: lambda: w(i))(m(n)),
            )
    for name, unit in FILLS.items():
        if name in SOME:
            for step, write in (
                ("page", lambda i: writers.page(i, BOOK)),
                ("docx", lambda i: writers.word_document(i, BOOK, "m")),
                ("qdpx", lambda i: refi.write_project([i], BOOK, "m")),
            ):
                yield (
                    f"write {step}: {name}",
                    20_000,
                    LONGEST - 200,
                    lambda n, u=unit, w=write: (
                        lambda t: (
                            lambda: w(
                                CodedInterview(t, suggested(t, [(2, t.turns[1].start, t.turns[1].end)]))
                            )
                        )
                    )(conversation([(P, "Hva?"), (I, fill(u, n))])),
                )
    yield (
        "write xlsx: interviews of one name",
        20,
        2_000,
        lambda n: lambda: writers.workbook([of_turns(2)] * n, BOOK, "m"),
    )


# ------------------------------------------------------------------- projects and codings

SPACE = "urn:QDA-XML:project:1.0"
LETTERS = [chr(97 + i) for i in range(26)]


def guid(kind: str, i: int) -> str:
    return f"{kind}-{i:012}"


def project(
    *,
    sources: list[str],
    spans: Callable[[int], list[tuple[int, int]]],
    users: list[str],
    codes: list[tuple[str, str]] = [("mål", "")],  # noqa: B006
    cases: int = 0,
    notes: int = 0,
    whole: int = 0,
) -> refi.Project:
    """A project: its texts, the spans coded in each, and names for everything."""
    number = itertools.count()
    xml = [f'<Project xmlns="{SPACE}" name="p" origin="o"><Users>']
    xml += [f'<User guid="{guid("u", i)}" name="{escape(name)}"/>' for i, name in enumerate(users)]
    xml.append("</Users><CodeBook><Codes>")
    xml += [
        f'<Code guid="{guid("c", i)}" name="{escape(name)}" isCodable="true"><Description>{escape(about)}</Description></Code>'
        for i, (name, about) in enumerate(codes)
    ]
    xml.append("</Codes></CodeBook>")
    if cases:
        xml.append("<Cases>")
        xml += [
            f'<Case guid="{guid("k", i)}" name="sak"><SourceRef targetGUID="{guid("s", i % len(sources))}"/></Case>'
            for i in range(cases)
        ]
        xml.append("</Cases>")
    xml.append("<Sources>")
    for i, text in enumerate(sources):
        xml.append(
            f'<TextSource guid="{guid("s", i)}" name="intervju"><PlainTextContent>{escape(text)}</PlainTextContent>'
        )
        for k, (start, end) in enumerate(spans(i)):
            at = next(number)
            note = f'<NoteRef targetGUID="{guid("n", at % notes)}"/>' if notes else ""
            xml.append(
                f'<PlainTextSelection guid="{guid("x", at)}" startPosition="{start}" endPosition="{end}">'
                f'<Coding guid="{guid("y", at)}" creatingUser="{guid("u", k % len(users))}">'
                f'<CodeRef targetGUID="{guid("c", k % len(codes))}"/>{note}</Coding></PlainTextSelection>'
            )
        xml.append("</TextSource>")
    xml.append("</Sources>")
    if notes:
        xml.append("<Notes>")
        xml += [
            f'<Note guid="{guid("n", i)}" name="n"><PlainTextContent>merk</PlainTextContent></Note>'
            for i in range(notes)
        ]
        xml.append("</Notes>")
    xml.append("</Project>")
    data = zipped({"project.qde": "".join(xml)})
    from mestring_nlp.refi.reading import project_from

    return project_from(data, place="p")


def turns_text(n: int) -> str:
    return "".join(f"{'IP'[i % 2]}: Vi har mål for det.\n" for i in range(n))


def turn_spans(n: int) -> Callable[[int], list[tuple[int, int]]]:
    return lambda _: [(23 * i + 3, 23 * i + 22) for i in range(n)]


def no_spans(_: int) -> list[tuple[int, int]]:
    return []


PROJECTS: dict[str, tuple[int, Callable[[int], refi.Project]]] = {
    "codings": (100_000, lambda n: project(sources=[turns_text(n)], spans=turn_spans(n), users=["Kari"])),
    "coders": (20_000, lambda n: project(sources=[turns_text(20)], spans=lambda _: [(3, 10)] * n, users=["Kari"] * n)),
    "coders of turns": (400, lambda n: project(sources=[turns_text(n)], spans=turn_spans(n), users=["Kari"] * 10)),
    "sources": (20_000, lambda n: project(sources=[turns_text(4)] * n, spans=turn_spans(4), users=["Kari"])),
    "cases": (20_000, lambda n: project(sources=[turns_text(4)] * n, spans=turn_spans(4), users=["Kari"], cases=n)),
    "notes": (50_000, lambda n: project(sources=[turns_text(n)], spans=turn_spans(n), users=["Kari"], notes=n)),
    "codes of one name": (50_000, lambda n: project(sources=[turns_text(4)], spans=no_spans, users=["Kari"], codes=[("mål", "")] * n)),
    "a code's description": (500_000, lambda n: project(sources=[turns_text(4)], spans=no_spans, users=["Kari"], codes=[("mål", "Om mål.\nHører til:\n- a\n" + "b\n" * n)])),
    "emoji": (200_000, lambda n: project(sources=["😀 " * n + "\r\n" + turns_text(4)], spans=lambda _: [(2, 3)] * 100, users=["Kari"])),
}  # fmt: skip


def projects() -> Iterator[Case]:
    for name, (most, made) in PROJECTS.items():
        yield f"read qdpx: {name}", 50, most, lambda n, m=made: lambda: m(n)

        def imported(n: int, made: Callable[[int], refi.Project] = made) -> Work:
            found = made(n)
            return lambda: refi.import_project(found, uncoded=True)

        yield f"import qdpx: {name}", 50, most, imported

    def added(n: int) -> Work:
        found = project(sources=[turns_text(n)], spans=turn_spans(n), users=["Kari"])
        text = found.sources[0].text
        transcript = transcript_from(text, name="p", place="p", named=Named())
        given = suggested(
            transcript, [(i, t.start, t.end) for i, t in enumerate(transcript.turns, start=1)]
        )
        interview = CodedInterview(replace(transcript, name=found.sources[0].name), given)
        return lambda: refi.add_suggestions(found, [interview], BOOK, "m")

    yield "add to qdpx: passages", 50, 50_000, added

    def added_sources(n: int) -> Work:
        found = project(sources=[turns_text(2)] * n, spans=turn_spans(2), users=["Kari"])
        texts = [Transcript(source.name, source.text, ()) for source in found.sources]
        given = [CodedInterview(text, suggested(text, [(1, 3, 22)])) for text in texts]
        return lambda: refi.add_suggestions(found, given, BOOK, "m")

    yield "add to qdpx: sources", 50, 10_000, added_sources
    yield "names: equal", 500, 400_000, lambda n: lambda: unique(["Kari"] * n)
    yield (
        "names: equal, and numbered",
        500,
        200_000,
        lambda n: lambda: unique(["Kari"] * n + [f"Kari ({i})" for i in range(n)]),
    )
    yield "codes: of one name", 500, 100_000, lambda n: lambda: codes_of([Entry("mål")] * n)
    yield (
        "codes: below others",
        500,
        100_000,
        lambda n: lambda: codes_of([Entry("a", parents=("b" * n,))] * (n // 10)),
    )


def coded(
    coder: str, spans: list[tuple[int, int]], names: Callable[[int], str] = lambda _: "p", codes: int = 3
) -> Codings:
    return Codings(
        coder,
        tuple(
            CodedSpan(names(i), a, b, frozenset({LETTERS[i % codes]})) for i, (a, b) in enumerate(spans)
        ),
    )


def written(rows: list[str]) -> Path:
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False, encoding="utf-8") as file:
        file.write("transcript,start,end,code,coder,text\n" + "".join(rows))
    MADE.append(Path(file.name))
    return Path(file.name)


MADE: list[Path] = []


def comparing() -> Iterator[Case]:
    for name, spans in (
        ("apart", lambda n: [(10 * i, 10 * i + 9) for i in range(n)]),
        ("chained", lambda n: [(10 * i, 10 * i + 15) for i in range(n)]),
        ("nested", lambda n: [(i, 4 * n - i) for i in range(n)]),
        ("over one another", lambda n: [(0, i + 1) for i in range(n)]),
    ):
        yield (
            f"cut overlaps: {name}",
            500,
            200_000,
            lambda n, s=spans: (lambda found: lambda: sides.cut_overlaps(found))(
                {("p", a, b): {LETTERS[a % 3]} for a, b in s(n)}
            ),
        )
        yield (
            f"read codings: {name}",
            200,
            50_000,
            lambda n, s=spans: (lambda file: lambda: sides.read_codings(file))(
                written([f"p,{a},{b},{LETTERS[a % 3]},k,{'x' * min(b - a, 20)}\n" for a, b in s(n)])
            ),
        )

    def common(n: int) -> Work:
        pair = (
            coded("a", [(10 * i, 10 * i + 9) for i in range(n)]),
            coded("b", [(10 * i + 3, 10 * i + 10) for i in range(n)]),
        )
        return lambda: common_units(*pair)

    def common_of_many(n: int) -> Work:
        pair = [coded(x, [(0, 9)] * n, names=lambda i: f"p{i}") for x in "ab"]
        return lambda: common_units(*pair)

    def compared(n: int) -> Work:
        pair = [coded(x, [(0, 9), (10, 15)] * n, names=lambda i: f"p{i // 2}") for x in "ab"]
        units = common_units(*pair)
        return lambda: compare(units, *pair)

    yield "common units: of a transcript", 500, 200_000, common
    yield "common units: of many", 500, 100_000, common_of_many
    yield "compare: many transcripts", 20, 400, compared

    def learned(transcripts: int, each: int) -> TrainingData:
        found = {f"p{i}": of_turns(2 * each).transcript for i in range(transcripts)}
        codings = [
            Coding(name, turn.start, turn.end, CODES[0], "k")
            for name, transcript in found.items()
            for turn in transcript.turns
            if turn.role == INFORMANT
        ]
        return TrainingData(BOOK, found, tuple(codings))

    yield (
        "examples: transcripts",
        50,
        50_000,
        lambda n: (lambda data: lambda: data.segments())(learned(n, 3)),
    )
    yield (
        "examples: turns",
        500,
        200_000,
        lambda n: (lambda data: lambda: data.segments())(learned(1, n)),
    )


# ------------------------------------------------------------------- measuring


def seconds(work: Work) -> float:
    gc.collect()
    gc.disable()
    start = time.process_time()
    work()
    took = time.process_time() - start
    gc.enable()
    return took


def measured(case: Case, least: float) -> dict[str, object]:
    """Times at n, 2n and 4n, from the n at which the case takes the least time that is measured."""
    name, n, most, make = case
    took = seconds(make(n))
    while took < least and 8 * n <= most:
        n = min(n * max(2, int(least / max(took, 0.0005))), most // 4)
        took = seconds(make(n))
    sizes, times = [n], [took]
    while len(sizes) < 3 and 2 * sizes[-1] <= most and times[-1] < CEILING / 4:
        sizes.append(2 * sizes[-1])
        times.append(seconds(make(sizes[-1])))
    for _ in range(2):
        if growth(times) <= MOST or sum(times) > CEILING:
            break
        # Chance only ever adds time.
        times = [min(before, seconds(make(size))) for before, size in zip(times, sizes, strict=True)]
    # What outgrows a cache of the processor is slower once, and then grows evenly again.
    while growth(times) > MOST and 2 * sizes[-1] <= most and times[-1] < CEILING / 4:
        sizes = [*sizes[1:], 2 * sizes[-1]]
        times = [*times[1:], seconds(make(sizes[-1]))]
        times = [min(before, seconds(make(size))) for before, size in zip(times, sizes, strict=True)]
    return {
        "case": name,
        "n": sizes,
        "seconds": [round(x, 4) for x in times],
        "growth": round(growth(times), 2),
    }


def growth(times: list[float]) -> float:
    """The factor for twice the input, from the smallest to the largest; 0 where the times are too short to tell."""
    return (
        (times[-1] / times[0]) ** (1 / (len(times) - 1)) if len(times) > 1 and times[-1] > 0.02 else 0.0
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--least", type=float, default=0.02, help="seconds that the smallest n takes at least"
    )
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument(
        "--all", action="store_true", help="print every case, not the slowest of each step"
    )
    arguments = parser.parse_args()
    mn.segment(conversation([(P, "Hva?"), (I, "Ja. Nei.")]))  # loads spaCy
    gc.collect()
    gc.freeze()  # what is loaded once need not be looked through before each run
    groups = (reading, cutting, writing, projects, comparing)
    cases = [case for cases in groups for case in cases() if arguments.only in case[0]]
    begun = time.perf_counter()
    rows = []
    for case in cases:
        row = measured(case, arguments.least)
        rows.append(row)
        if arguments.all or float(str(row["growth"])) > MOST:
            print(shown(row), flush=True)
    for path in MADE:
        path.unlink()
    steps: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        steps.setdefault(str(row["case"]).partition(":")[0], []).append(row)
    print("\n| step | cases | largest growth for twice the input | where |\n|---|---|---|---|")
    for step, found in steps.items():
        worst = max(found, key=lambda row: float(str(row["growth"])))
        print(f"| {step} | {len(found)} | {mark(worst)} | {str(worst['case']).partition(': ')[2]} |")
    print(
        f"\n{len(rows)} cases, {sum(float(str(r['growth'])) > MOST for r in rows)} above {MOST}, in {time.perf_counter() - begun:.0f} s"
    )
    if not arguments.only:
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        head = f'"most": {MOST}, "cores": {os.cpu_count()}'
        RESULT.write_text(f'{{{head}, "cases": [\n{lines}\n]}}\n', encoding="utf-8")
        print(f"Wrote {RESULT}")


def mark(row: dict[str, object]) -> str:
    return f"**{row['growth']}**" if float(str(row["growth"])) > MOST else str(row["growth"])


def shown(row: dict[str, object]) -> str:
    sizes, times = row["n"], row["seconds"]
    return f"| {row['case']} | {' '.join(map(str, sizes))} | {' '.join(map(str, times))} | {mark(row)} |"  # type: ignore[call-overload]


if __name__ == "__main__":
    main()
