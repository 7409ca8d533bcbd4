"""Texts of PDFs and recordings in projects, and the paths by which programs name texts."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from refi_files import (
    PROJECT_XSD,
    archive,
    between,
    codes,
    guid,
    members,
    pdf,
    point,
    project,
    read,
    recording,
    selection,
    simple,
    source,
    users,
    words_of,
    xml_of,
)
from typer.testing import CliRunner

import mestring_nlp as mn
from mestring_nlp.cli import app
from mestring_nlp.codebook import Code
from mestring_nlp.codings import read_codings
from mestring_nlp.files import write_folder
from mestring_nlp.readers.speakers import Named
from mestring_nlp.refi import Project, add_suggestions, import_project
from mestring_nlp.transcript import Segment

TALK = "P: Hva er bra?\nI: Folk er trygge her.\nP: Og du?\nI: Jeg lærer 😀 av dem.\n"
SAFE = TALK.index("Folk"), TALK.index("trygge") + 6
MINE = TALK.index("Jeg"), TALK.index("dem.") + 4


def holding(sources: str, text: bytes = TALK.encode(), more: str = "", **files: bytes) -> bytes:
    body = users("Kari", "Ola") + codes("Trygghet", "Læring") + more + f"<Sources>{sources}</Sources>"
    return archive(project(body), {"sources/t.txt": text, **files})


# ------------------------------------------------------------------ paths

G = guid("en")


@pytest.mark.parametrize(
    ("path", "member"),
    [
        (f"{G}.txt", f"sources/{G}.txt"),
        (f"{G}.txt", f"{G}.txt"),
        (f"sources/{G}.txt", f"sources/{G}.txt"),
        (f"Sources/{G.lower()}.txt", f"Sources/{G}.txt"),
        (f"./sources/{G}.txt", f"sources/{G}.txt"),
        (rf"sources\{G}.txt", f"sources/{G}.txt"),
        (f"relative:///{G}.txt", f"sources/{G}.txt"),
        (f"relative://sources/{G}.txt", f"sources/{G}.txt"),
        (f"relative:/{G}.txt", f"sources/{G}.txt"),
        (f"internal:/{G}.txt", f"sources/{G}.txt"),
        (f"internal:{G}.txt", f"sources/{G}.txt"),
        (f"INTERNAL://{G}.TXT", f"sources/{G}.txt"),
        (f"internal://{G}", f"sources/{G}.txt"),
        (f" internal://{G}.txt ", f"sources/{G}.txt"),
        (f"absolute:///C:/Users/kari/{G}.txt", f"sources/{G}.txt"),
        ("internal://Intervju%201%20%C3%A5.txt", "sources/Intervju 1 å.txt"),
        ("internal://Intervju 1 å.txt", "sources/Intervju 1 a\u030a.txt"),
        ("sources/a/en.txt", "sources/a/en.txt"),
        ("internal://a/en.txt", "Prosjekt/sources/a/en.txt"),
        ("internal:///borte.txt", f"sources/{G}.txt"),
        ("absolute://D:/borte.txt", f"sources/{G}.txt"),
        ("", f"sources/{G.lower()}.txt"),
    ],
)
def test_texts_are_found_however_they_are_named(path: str, member: str) -> None:
    inside = source("en", selection(*SAFE, ("Trygghet", "Kari")), plainTextPath=path)
    xml = project(users("Kari") + codes("Trygghet") + f"<Sources>{inside}</Sources>")
    other = {"sources/b/en.txt": b"P: Noe annet.", member: TALK.encode()}
    lost = "borte" in path and not path.startswith("absolute")
    if lost:
        with pytest.raises(mn.MestringError, match=r"the archive lacks 'internal:///borte.txt'"):
            read(archive(xml, other))
        return
    found = read(archive(xml, other))
    assert words_of(found) == {("Kari", "Trygghet", "Folk er trygge")}
    assert bool(found.warnings) == ("borte" in path or not path)


@pytest.mark.parametrize(
    "path", ["relative:///ute.txt", "absolute:///home/kari/ute.txt", r"C:\tekster\ute.txt", "/ute.txt"]
)
def test_a_text_outside_the_project_is_told_of(path: str) -> None:
    xml = project(f"<Sources>{source('en', plainTextPath=path)}{source('to')}</Sources>")
    found = read(archive(xml, {f"sources/{guid('to')}.txt": b"P: Hva?"}))
    assert [s.name for s in found.sources] == ["to"]
    assert found.warnings == (
        f"en: the text lies outside the project ({path}), and is not read; put it into the project as "
        "plain text",
    )


@pytest.mark.parametrize("path", ["internal://mappe/tekst.txt", "relative:///ute/tekst.txt"])
def test_a_text_that_another_source_names_is_not_taken_for_a_lost_one(path: str) -> None:
    lost = source("en", selection(*SAFE, ("Trygghet", "Kari")), plainTextPath=path)
    listed = lost + source("to", plainTextPath="internal://tekst.txt")
    xml = project(users("Kari") + codes("Trygghet") + f"<Sources>{listed}</Sources>")
    data = archive(xml, {"sources/tekst.txt": TALK.encode()})
    if path.startswith("internal"):
        with pytest.raises(mn.MestringError, match=r"the archive lacks 'internal://mappe/tekst.txt'"):
            read(data)
        return
    found = read(data)
    assert [there.name for there in found.sources] == ["to"] and not found.codings
    assert "en: the text lies outside the project" in found.warnings[0]


def test_two_sources_with_one_text_are_told_of() -> None:
    listed = source("en", plainTextPath="internal://t.txt") + source("to", plainTextPath="sources/t.txt")
    assert read(holding(listed)).warnings[0] == "to and en have the same text: sources/t.txt"


def test_what_macos_adds_is_no_part_of_the_project() -> None:
    data = simple(TALK, selection(*SAFE, ("Trygghet", "Kari")))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members(data).items():
            file.writestr(f"Prosjekt/{name}", content)
            folder, _, last = name.rpartition("/")
            file.writestr(f"__MACOSX/Prosjekt/{folder}/._{last}".replace("//", "/"), b"\x00\x05Mac OS X")
        file.writestr("Prosjekt/._project.qde", b"\x00\x05")
        file.writestr("Prosjekt/.DS_Store", b"\x00")
    found = read(buffer.getvalue())
    assert words_of(found) == {("Kari", "Trygghet", "Folk er trygge")} and not found.warnings


def test_a_rich_text_that_is_plain_is_read() -> None:
    inside = source("en", plainTextPath="", richTextPath="internal://t.txt")
    assert [s.text for s in read(holding(inside)).sources] == [TALK]


def test_rich_text_in_place_of_plain_is_told_of() -> None:
    found = read(
        holding(source("en", plainTextPath="internal://t.txt"), rb"{\rtf1 I: Hva?\par K: Alt.\par}")
    )
    assert not found.sources and "en: the text is there as rich text alone" in found.warnings[0]


def test_a_text_in_the_xml_that_its_file_contradicts_is_told_of() -> None:
    inside = source("en", "<PlainTextContent>I: Ja.</PlainTextContent>", plainTextPath="t.txt")
    warning = read(holding(inside)).warnings[0]
    assert "en: the text in the project and the file t.txt differ; the former is read" in warning
    same = source("en", f"<PlainTextContent>{TALK}</PlainTextContent>", plainTextPath="t.txt")
    assert not [w for w in read(holding(same)).warnings if "differ" in w]


# ------------------------------------------------------------------ PDFs and recordings


@pytest.mark.parametrize("text_guid", ["", guid("brev")])
def test_the_text_of_a_pdf_is_read_with_its_codings(text_guid: str) -> None:
    data = holding(pdf(selection(*SAFE, ("Trygghet", "Kari")), text_guid=text_guid))
    found = read(data)
    assert words_of(found) == {("Kari", "Trygghet", "Folk er trygge")}
    assert [(s.title, s.text, s.holder) for s in found.sources] == [("brev", TALK, guid("brev").lower())]
    assert found.warnings == (
        "brev: 1 codings of areas on its pages are left out; only those of its text are read",
    )
    PROJECT_XSD.validate(io.BytesIO(xml_of(data)))


POINTS = (
    point(0, 0)
    + point(SAFE[0] - 3, 2.5)
    + point(SAFE[0], None)
    + point(SAFE[1], None)
    + point(MINE[0], 8.25)
    + point(MINE[1], 12)
)


@pytest.mark.parametrize("kind", ["Audio", "Video"])
def test_the_transcript_of_a_recording_is_read_with_codings_and_times(kind: str) -> None:
    made = between(*SAFE, "Trygghet", "Kari") + between(*MINE, "Læring", "Ola")
    data = holding(recording(kind, "internal://t.txt", POINTS, made))
    found = read(data)
    assert words_of(found) == {
        ("Kari", "Trygghet", "Folk er trygge"),
        ("Ola", "Læring", "Jeg lærer 😀 av dem."),
    }
    (there,) = found.sources
    assert there.title == "opptak"
    assert [turn.time for turn in there.transcript(Named()).turns] == [0, 2.5, None, 8.25]
    assert "1 codings of stretches of the" in found.warnings[0] and len(found.warnings) == 1
    PROJECT_XSD.validate(io.BytesIO(xml_of(data)))


def test_points_as_utf_16_with_crlf_and_a_mark() -> None:
    raw = TALK.replace("\n", "\r\n")

    def at(place: int) -> int:
        before = TALK[:place].replace("\n", "\r\n")
        return len(before.encode("utf-16-le")) // 2

    ends = [at(place) for place in MINE]
    points = point(ends[0], 8) + point(ends[1], 9)
    inside = recording("Audio", "internal://t.txt", points, between(*ends, "Læring", "Ola"))
    found = read(holding(inside, b"\xef\xbb\xbf" + raw.encode()))
    assert words_of(found) == {("Ola", "Læring", "Jeg lærer 😀 av dem.")}
    assert found.sources[0].times == ((MINE[0], 8.0), (MINE[1], 9.0))


def test_passages_without_a_place_are_told_of() -> None:
    made = between(*SAFE, "Trygghet", "Kari") + between(40, 30, "Læring", "Ola")
    points = POINTS.replace(f"guid='{guid(f'punkt {SAFE[1]}')}'", f"guid='{guid('annen')}'")
    found = read(holding(recording("Audio", "t.txt", points + point(40, 1) + point(30, 2), made)))
    assert found.codings == ()
    assert any("opptak: 2 codings have no place in the text" in warning for warning in found.warnings)


def test_two_transcripts_of_a_recording_have_names_of_their_own() -> None:
    one = recording("Audio", "t.txt")
    extra = f"<Transcript guid='{guid('b')}' name='engelsk'><PlainTextContent>I: Yes.</PlainTextContent></Transcript>"
    found = read(holding(one.replace("</Transcript>", f"</Transcript>{extra}")))
    assert [s.title for s in found.sources] == ["opptak – tekst", "opptak – engelsk"]


def test_cases_and_variables_of_a_recording_are_those_of_its_text() -> None:
    value = f"<VariableValue><VariableRef targetGUID='{guid('Enhet')}'/><TextValue>NAV</TextValue></VariableValue>"
    more = (
        f"<Variables><Variable guid='{guid('Enhet')}' name='Enhet' typeOfVariable='Text'/></Variables>"
    )
    more += f"<Cases><Case guid='{guid('Kari B')}' name='Kari B'><SourceRef targetGUID='{guid('opptak')}'/></Case></Cases>"
    inside = recording("Audio", "t.txt").replace("</AudioSource>", f"{value}</AudioSource>")
    files = import_project(read(holding(inside, more=more)))
    assert files["variables.csv"].decode() == "transcript,case,Enhet\nopptak,Kari B,NAV\n"


def test_a_recording_becomes_training_data(tmp_path: Path) -> None:
    made = between(*SAFE, "Trygghet", "Kari")
    write_folder(
        tmp_path / "d", import_project(read(holding(recording("Audio", "t.txt", POINTS, made))))
    )
    (segment,) = mn.load_training_data(tmp_path / "d").segments()
    assert (segment.text, segment.question) == ("Folk er trygge", "Hva er bra?")


# ------------------------------------------------------------------ suggestions for them

BOOK = mn.Codebook("b", "1", (Code("trygghet", "Trygghet", "T."), Code("laering", "Læring", "L.")))


def with_suggestions(found: Project) -> bytes:
    (there,) = found.sources
    made = []
    for span, given in ((SAFE, ("trygghet",)), (MINE, ())):
        segment = Segment(there.name, 2, "I", *span, there.text[slice(*span)], "Hva?")
        made.append(mn.Suggestion(segment, given, dict.fromkeys(BOOK.ids, 0.4), 0.2, not given))
    spoken = there.transcript(Named(all_informant=True))
    return add_suggestions(found, [mn.CodedInterview(spoken, made)], BOOK, "mestring-nlp 9")


@pytest.mark.parametrize(
    "inside",
    [
        pdf(selection(*MINE, ("Læring", "Ola"))),
        pdf(text_guid=guid("brev")),
        recording("Audio", "t.txt", POINTS, between(*MINE, "Læring", "Ola")),
        recording("Video", "t.txt"),
        recording("Video", "t.txt").replace("></Transcript>", "/>"),
    ],
    ids=["pdf", "pdf of one guid", "recording", "video without points", "empty element"],
)
def test_suggestions_stand_in_the_text_of_a_pdf_or_a_recording(inside: str) -> None:
    found = read(holding(inside))
    data = with_suggestions(found)
    PROJECT_XSD.validate(io.BytesIO(xml_of(data)))
    again = read(data)
    assert words_of(again) == words_of(found) | {("mestring-nlp 9", "Trygghet", "Folk er trygge")}
    (left,) = again.abstentions
    assert (left.coder, left.start, left.end) == ("mestring-nlp 9", *MINE)
    assert members(data).keys() == members(found.data).keys()


def test_new_points_lie_between_the_times_around_them() -> None:
    found = read(holding(recording("Audio", "t.txt", point(0, 0) + point(len(TALK), 60))))
    again = read(with_suggestions(found)).sources[0].times
    assert [place for place, _ in again] == sorted([0, *SAFE, *MINE, len(TALK)])
    assert [seconds for _, seconds in again] == sorted(seconds for _, seconds in again)
    assert dict(again)[SAFE[0]] == pytest.approx(60 * SAFE[0] / len(TALK), abs=0.001)


# ------------------------------------------------------------------ as a user meets it


def run(*arguments: Any, status: int = 0) -> str:
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == status, result.output
    return f"{result.output}{result.exception or ''}"


@pytest.mark.parametrize("command", ["suggest", "import"])
def test_a_project_without_a_text_says_why(tmp_path: Path, command: str) -> None:
    silent = recording("Audio", "").replace("plainTextPath=''", "")
    (tmp_path / "p.qdpx").write_bytes(holding(silent))
    said = run(command, tmp_path / "p.qdpx", "--out", tmp_path / "ut", status=1)
    assert "the project holds no text that can be read" in said
    assert "opptak is a recording and is not read, nor are its 1 codings" in said
    assert not (tmp_path / "ut").exists()


def test_agreement_tells_what_of_a_project_is_not_read(tmp_path: Path) -> None:
    inside = source(
        "en",
        selection(*SAFE, ("Trygghet", "Kari"), key="a"),
        selection(*SAFE, ("Trygghet", "Ola"), key="b"),
        plainTextPath="t.txt",
    )
    (tmp_path / "p.qdpx").write_bytes(
        holding(inside + recording("Audio", "").replace("plainTextPath=''", ""))
    )
    said = run("agreement", f"{tmp_path / 'p.qdpx'}:Kari", f"{tmp_path / 'p.qdpx'}:Ola")
    assert said.count("opptak is a recording and is not read") == 1


def test_what_a_model_left_to_a_person_in_a_project_is_not_compared(tmp_path: Path) -> None:
    inside = source(
        "en",
        selection(*SAFE, ("Trygghet", "Ola")),
        selection(*MINE, ("Læring", "Ola")),
        plainTextPath="t.txt",
    )
    (tmp_path / "p.qdpx").write_bytes(with_suggestions(read(holding(inside))))
    machine = read_codings(tmp_path / "p.qdpx", "mestring-nlp 9")
    assert machine.left == (("en", *MINE),) and machine.abstained == 1
    said = run("agreement", f"{tmp_path / 'p.qdpx'}:Ola", f"{tmp_path / 'p.qdpx'}:mestring-nlp 9")
    assert "1 common passages" in said and "left 1 passage to a person: not compared" in said
    assert "is a model" in run("import", tmp_path / "p.qdpx", "--out", tmp_path / "d", "--uncoded")
    assert mn.load_training_data(tmp_path / "d").people == ("Ola",)
