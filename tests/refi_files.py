"""REFI-QDA files for the tests, in the shapes that programs give them; see data/refi.md."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xmlschema

from mestring_nlp.codebook import Code, Codebook, Exclusion
from mestring_nlp.refi.project import Project
from mestring_nlp.refi.reading import project_from

DATA = Path(__file__).parent / "data" / "refi"
PROJECT_XSD = xmlschema.XMLSchema(DATA / "Project.xsd")
CODEBOOK_XSD = xmlschema.XMLSchema(DATA / "Codebook.xsd")
SPACE = 'xmlns="urn:QDA-XML:project:1.0"'


BOOK = Codebook(
    "Trivsel",
    "2.0",
    (
        Code("trygghet", "Trygghet", "Å være trygg.", "Safety", "concept", "#228833", ("Å tørre", "Å spørre")),
        Code("laering", "Læring", "Å lære.", colour="#4477AA", excludes=(Exclusion("Å tørre", "trygghet"), Exclusion("Kaffe"))),
        Code("k3", "Én & <to>", "Én & <to>", indicators=("=1+1", "- strek"), sources=("Åsen, K. (2020); «Bok»",)),
        Code("naken", "Naken", "Naken"),
    ),
)  # fmt: skip


def guid(name: object) -> str:
    """A GUID for a name, as Windows programs write it."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, str(name))).upper()


def archive(
    xml: str | bytes, texts: Mapping[str, bytes] | None = None, member: str = "project.qde"
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in {member: xml, **(texts or {})}.items():
            file.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def xml_of(data: bytes) -> bytes:
    return next(content for name, content in members(data).items() if name.endswith(".qde"))


def read(data: bytes, place: str = "prøve.qdpx") -> Project:
    return project_from(data, place=place, name="prøve")


def check_valid(data: bytes) -> None:
    """Hold a project that we wrote against the schema, and against what most readers need."""
    inside = members(data)
    PROJECT_XSD.validate(io.BytesIO(inside["project.qde"]))
    xml = inside["project.qde"].decode()
    assert not xml.startswith("\ufeff") and "\r" not in xml
    assert "<Sets" not in xml
    for name, text in inside.items():
        assert name == "project.qde" or name.startswith("sources/")
        assert name.endswith(".qde") or (not text.startswith(b"\xef\xbb\xbf") and b"\r" not in text)


def words_of(project: Project) -> set[tuple[str, str, str]]:
    """Each coding as its coder, its code and the words that bear it."""
    texts = {source.name: source.text for source in project.sources}
    return {
        (c.coder, project.codebook[c.code].name, texts[c.transcript][c.start : c.end])
        for c in project.codings
    }


def project(body: str, **attributes: str) -> str:
    given = "".join(
        f" {key}={quoteattr(value)}" for key, value in {"name": "Prøve", **attributes}.items()
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n<Project {SPACE}{given}>\n{body}\n</Project>'


def users(*names: str) -> str:
    return (
        "<Users>" + "".join(f"<User guid='{guid(n)}' name={quoteattr(n)} />" for n in names) + "</Users>"
    )


def codes(*names: str) -> str:
    listed = "".join(f"<Code guid='{guid(n)}' name={quoteattr(n)} isCodable='true'/>" for n in names)
    return f"<CodeBook><Codes>{listed}</Codes></CodeBook>"


def selection(start: int, end: int, *codings: tuple[str, str], note: str = "", **more: Any) -> str:
    """A selection with codings (code, coder); the GUID is the place's."""
    key = more.get("key", f"{start}-{end}")
    said = f"<Description>{escape(note)}</Description>" if note else ""
    made = "".join(
        f"<Coding guid='{guid(f'{key} {code} {coder}')}' creatingUser='{guid(coder)}'>"
        f"<CodeRef targetGUID='{guid(code)}'/></Coding>"
        for code, coder in codings
    )
    return (
        f"<PlainTextSelection guid='{guid(key)}' startPosition='{start}' endPosition='{end}'>"
        f"{said}{made}</PlainTextSelection>"
    )


def source(name: str, *inside: str, **attributes: str) -> str:
    given = {
        "guid": guid(name),
        "name": name,
        "plainTextPath": f"internal://{guid(name)}.txt",
        **attributes,
    }
    shown = " ".join(f"{key}={quoteattr(value)}" for key, value in given.items() if value)
    return f"<TextSource {shown}>{''.join(inside)}</TextSource>"


def simple(
    text: str = "P: Hva er bra?\nI: Folk er trygge her.\n", *inside: str, name: str = "en"
) -> bytes:
    """One text, two coders, two codes."""
    body = (
        users("Kari", "Ola")
        + codes("Trygghet", "Læring")
        + f"<Sources>{source(name, *inside)}</Sources>"
    )
    return archive(project(body), {f"sources/{guid(name)}.txt": text.encode()})


# ------------------------------------------------------------------ shapes of programs

TALK = (
    "P: Hva er bra her? 😀 Si det du vil.\r\n"
    "I: Folk er trygge, og vi lærer av hverandre.\r\n"
    "P: Og du?\r\n"
    "I: Jeg får det til. 👍🏽 Det kjennes godt å mestre jobben.\r\n"
)
WORDS = {
    ("Kari", "Trygghet", "Folk er trygge"),
    ("Kari", "Læring", "vi lærer av hverandre"),
    ("Ola", "Trygghet", "Folk er trygge, og vi lærer av hverandre."),
    ("Ola", "Mestring", "Jeg får det til."),
    ("Kari", "Mestring", "Det kjennes godt å mestre jobben"),
}


def _selections(place: Any, *, text: str = TALK) -> str:
    """The codings of WORDS, each place as the program counts it."""
    made = ""
    for coder, code, words in sorted(WORDS):
        start = text.index(words)
        made += selection(
            place(text[:start]), place(text[: start + len(words)]), (code, coder), key=f"{coder} {words}"
        )
    return made


def utf16(before: str) -> int:
    return len(before.encode("utf-16-le")) // 2


def nvivo() -> bytes:
    """Byte order mark, CRLF, UTF-16 units, `Sources/`, cases among the codes, notes in files."""
    cases = (
        f"<Cases><Case guid='{guid('Informant 1')}' name='Informant 1'><VariableValue>"
        f"<VariableRef targetGUID='{guid('Enhet')}'/><TextValue>NAV-kontor</TextValue></VariableValue>"
        f"<SourceRef targetGUID='{guid('Intervju 1')}'/></Case></Cases>"
    )
    book = codes("Trygghet", "Læring", "Mestring").replace(
        "</Codes>", f"<Code guid='{guid('Informant 1')}' name='Informant 1' isCodable='true'/></Codes>"
    )
    whole = selection(0, utf16(TALK), ("Informant 1", "Kari"), key="case")
    note = f"<NoteRef targetGUID='{guid('notat')}'/>"
    body = (
        users("Kari", "Ola")
        + book
        + f"<Variables><Variable guid='{guid('Enhet')}' name='Enhet' typeOfVariable='Text'/></Variables>"
        + cases
        + "<Sources>"
        + source(
            "Intervju 1", _selections(utf16), whole, note, richTextPath=f"internal://{guid('rik')}.docx"
        )
        + "</Sources>"
        + f"<Notes><Note guid='{guid('notat')}' name='Notat' plainTextPath='internal://{guid('notat')}.txt'/></Notes>"
        + f"<Sets><Set guid='{guid('sett')}' name='Alle'><MemberSource targetGUID='{guid('Intervju 1')}'/></Set></Sets>"
    )
    files = {
        f"Sources/{guid('Intervju 1')}.txt": b"\xef\xbb\xbf" + TALK.encode(),
        f"Sources/{guid('rik')}.docx": b"PK not opened",
        f"Sources/{guid('notat')}.txt": b"\xef\xbb\xbf" + "Husk ø".encode(),
    }
    xml = "\ufeff" + project(body, origin="NVivo 12", creatingUserGUID=guid("Kari")).replace(
        "\n", "\r\n"
    )
    return archive(xml.encode(), files, member="Min øvelse.qde")


def maxqda() -> bytes:
    """Code points, LF, variables in the source, colours, names on selections, document groups."""
    text = TALK.replace("\r\n", "\n")
    values = (
        f"<VariableValue><VariableRef targetGUID='{guid('Enhet')}'/><TextValue>Kontaktsenter</TextValue></VariableValue>"
        f"<VariableValue><VariableRef targetGUID='{guid('År')}'/><IntegerValue>7</IntegerValue></VariableValue>"
    )
    book = codes("Trygghet", "Læring", "Mestring").replace(
        "isCodable='true'", "isCodable='true' color='#ff0000'"
    )
    body = (
        users("Kari", "Ola")
        + book
        + f"<Variables><Variable guid='{guid('Enhet')}' name='Enhet' typeOfVariable='Text'><Description /></Variable>"
        + f"<Variable guid='{guid('År')}' name='År' typeOfVariable='Integer'/></Variables>"
        + f"<Sources>{source('Intervju 1', _selections(len, text=text), values)}</Sources>"
        + f"<Sets><Set guid='{guid('gruppe')}' name='Gruppe 1'><MemberSource targetGUID='{guid('Intervju 1')}'/></Set></Sets>"
    )
    return archive(
        project(body, origin="MAXQDA 2022"), {f"sources/{guid('Intervju 1')}.txt": text.encode()}
    )


def atlas() -> bytes:
    """CRLF in the file that counts as one; quotations without a code; a recording without a name."""

    def place(before: str) -> int:
        return len(before.replace("\r\n", "\n"))

    free = selection(0, place("P: Hva er bra her?"), note="En kommentar", key="fri")
    audio = f"<AudioSource guid='{guid('lyd')}' name='' path='relative:///lyd.mp3'><Transcript guid='{guid('t')}' name='Opptak'/></AudioSource>"
    body = users("Kari", "Ola") + codes("Trygghet", "Læring", "Mestring")
    body += f"<Sources>{source('Intervju 1', free, _selections(place))}{audio}</Sources>"
    return archive(
        project(body, origin="ATLAS.ti 22"), {f"sources/{guid('Intervju 1')}.txt": TALK.encode()}
    )


def qualcoder() -> bytes:
    """Byte order mark, LF; the text's file has a GUID of its own; empty descriptions; categories."""
    text = TALK.replace("\r\n", "\n")
    listed = "".join(
        f"<Code guid='{guid(n)}' name='{n}' isCodable='true' color='#aabbcc'><Description /></Code>\n"
        for n in ("Trygghet", "Læring", "Mestring")
    )
    book = (
        f"<CodeBook>\n<Codes>\n<Code guid='{guid('kategori')}' name='Faktorer' isCodable='false'>\n{listed}</Code>\n"
        "</Codes>\n</CodeBook>"
    )
    note = (
        f"<Notes><Note guid='{guid('merknad')}' creatingUser='{guid('Ola')}'><PlainTextContent>Merknad</PlainTextContent>"
        f"<PlainTextSelection guid='{guid('sted')}' startPosition='3' endPosition='6' /></Note></Notes><Description />"
    )
    inside = source(
        "Intervju 1",
        "<Description />",
        _selections(len, text=text),
        f"<NoteRef targetGUID='{guid('merknad')}'/>",
        plainTextPath=f"internal://{guid('ren tekst')}.txt",
    )
    body = users("Kari", "Ola") + book + f"<Sources>{inside}</Sources>" + note
    files = {f"sources/{guid('ren tekst')}.txt": b"\xef\xbb\xbf" + text.encode()}
    return archive(project(body, origin="QualCoder 3.5"), files)


def qualcoder_for_maxqda() -> bytes:
    """The same with the line ends that QualCoder offers for MAXQDA: the positions stay those of LF."""
    text = TALK.replace("\r\n", "\n")
    inside = source("Intervju 1", _selections(len, text=text))
    body = (
        users("Kari", "Ola") + codes("Trygghet", "Læring", "Mestring") + f"<Sources>{inside}</Sources>"
    )
    files = {f"sources/{guid('Intervju 1')}.txt": b"\xef\xbb\xbf" + TALK.encode()}
    return archive(project(body, origin="QualCoder 3.5"), files)


SHAPES = {
    "nvivo": nvivo,
    "maxqda": maxqda,
    "atlas": atlas,
    "qualcoder": qualcoder,
    "qualcoder for maxqda": qualcoder_for_maxqda,
}


# ------------------------------------------------------------------ texts of recordings and PDFs


def recording(
    kind: str = "Audio",
    path: str = "internal://t.txt",
    points: str = "",
    *inside: str,
    own: str = "opptak",
) -> str:
    """A recording with one transcript, and a stretch that is coded in the sound itself."""
    sound = (
        f"<{kind}Selection guid='{guid('lyd')}' begin='0' end='9000'><Coding guid='{guid('i lyden')}'>"
        f"<CodeRef targetGUID='{guid('Trygghet')}'/></Coding></{kind}Selection>"
    )
    return (
        f"<{kind}Source guid='{guid(own)}' name='{own}' path='relative:///{own}.mp3'>"
        f"<Transcript guid='{guid(own + ' tekst')}' name='tekst' plainTextPath='{path}'>"
        f"{points}{''.join(inside)}</Transcript>{sound}</{kind}Source>"
    )


def point(position: int, seconds: float | None) -> str:
    """A place in a transcript, and its time in milliseconds where it has one."""
    time = "" if seconds is None else f" timeStamp='{round(1000 * seconds)}'"
    return f"<SyncPoint guid='{guid(f'punkt {position}')}' position='{position}'{time}/>"


def between(start: int, end: int, code: str, coder: str) -> str:
    """A passage between two points of a transcript."""
    return (
        f"<TranscriptSelection guid='{guid(f'{start}-{end}')}' name='' "
        f"fromSyncPoint='{guid(f'punkt {start}')}' toSyncPoint='{guid(f'punkt {end}')}'>"
        f"<Coding guid='{guid(f'{start} {code} {coder}')}' creatingUser='{guid(coder)}'>"
        f"<CodeRef targetGUID='{guid(code)}'/></Coding></TranscriptSelection>"
    )


def pdf(*inside: str, own: str = "brev", text_guid: str = "") -> str:
    """A PDF with its text, and an area of a page that is coded."""
    area = (
        f"<PDFSelection guid='{guid('område')}' page='1' firstX='0' firstY='0' secondX='9' secondY='9'>"
        f"<Coding guid='{guid('i området')}'><CodeRef targetGUID='{guid('Trygghet')}'/></Coding></PDFSelection>"
    )
    return (
        f"<PDFSource guid='{guid(own)}' name='{own}' path='internal://{own}.pdf'>{area}"
        f"<Representation guid='{text_guid or guid(own + ' tekst')}' plainTextPath='internal://t.txt'>"
        f"{''.join(inside)}</Representation></PDFSource>"
    )
