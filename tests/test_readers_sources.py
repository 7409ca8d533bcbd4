"""What `read_transcript` takes, and the lines with their places that each format gives."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

import mestring_nlp as mn
from mestring_nlp.readers import archives
from mestring_nlp.readers.formats import read_content
from mestring_nlp.readers.lines import MOST_LINES, Line, lines_of

TALK = "Intervju 7\nP: Hva sto på tavla?\nI: Æ e ikkje sikker.\n"
WORDS = ["Hva sto på tavla?", "Æ e ikkje sikker."]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sju.txt"
    path.write_text(TALK, encoding="utf-8")
    return path


# ------------------------------------------------------------------ what is given


def test_a_path_bytes_open_files_and_a_text_give_the_same(file: Path) -> None:
    expected = mn.read_transcript(file)
    assert [turn.text for turn in expected.turns] == WORDS
    with file.open("rb") as binary, file.open(encoding="utf-8") as text:
        for source in (str(file), binary, text):
            assert mn.read_transcript(source) == expected
    data = TALK.encode()
    for content in (data, bytearray(data), memoryview(data), io.BytesIO(data), io.StringIO(TALK)):
        assert mn.read_transcript(content, name="sju") == expected
    assert mn.read_transcript(data, name="sju.txt") == expected
    assert mn.read_transcript(text=TALK, name="sju") == expected
    assert mn.read_transcript(text=TALK.replace("\n", "\r\n"), name="sju") == expected


@pytest.mark.parametrize("name", ["sju.docx", "sju", None])
def test_bytes_of_a_document_need_no_suffix(name: str | None) -> None:
    document = docx.Document()
    for line in TALK.split("\n"):
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    found = mn.read_transcript(buffer.getvalue(), name=name)
    assert [turn.text for turn in found.turns] == WORDS
    assert found.name == ("sju" if name else "transcript")


def test_a_name_gives_a_suffix_to_bytes_and_a_name_to_a_file(file: Path) -> None:
    table = b"Nr,Tekst\n1,Ja\n"
    (turn,) = mn.read_transcript(table, name="a.csv", all_informant=True).turns
    assert turn.text == "Ja"
    (turn,) = mn.read_transcript(table, all_informant=True).turns
    assert turn.text == "Nr,Tekst\n1,Ja"
    assert mn.read_transcript(file, name="Intervju 3.2").name == "Intervju 3.2"
    assert mn.read_transcript(file, name="ola.csv").name == "ola"


def test_a_text_is_read_in_every_format_of_text() -> None:
    subtitles = "WEBVTT\n\n00:03.450 --> 00:05.000\n<v P>Hva?\n\n00:06.000 --> 00:07.000\n<v I>Det.\n"
    found = mn.read_transcript(text=subtitles)
    assert [(turn.speaker, turn.time) for turn in found.turns] == [("P", 3.45), ("I", 6)]


@pytest.mark.parametrize(
    ("given", "options", "says"),
    [
        (TALK, {}, r"a text, not the path of a file.*read_transcript\(text="),
        ("P: Hva sto på tavla? I: " + "Ja. " * 100, {}, r"a text, not the path of a file"),
        (None, {}, r"nothing where a transcript is expected.*path, bytes"),
        (7, {}, r"an object of type int where.*find_transcripts"),
        (["a.txt", "b.txt"], {}, r"an object of type list where.*one by one"),
        (TALK.encode(), {"text": TALK}, r"a file and a text at once"),
        (None, {"text": TALK.encode()}, r"text is of type bytes, must be str"),
        (None, {"text": " \n"}, r"the text is empty"),
        (None, {"text": "P: Hva\x00?\nI: Det.\n"}, r"text: .*control character"),
        (None, {"text": str(Path(__file__))}, r"is a file, not a text.*read_transcript\(path\)"),
        (b"", {}, r"transcript: the file is empty"),
        (io.StringIO(), {"name": "a.txt"}, r"a\.txt: the file is empty"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told(given: Any, options: dict[str, Any], says: str) -> None:
    with pytest.raises(mn.MestringError, match=says) as caught:
        mn.read_transcript(given, **options)
    # An interview is personal: no error repeats it.
    assert "tavla" not in str(caught.value)


def test_open_files_that_cannot_be_read(file: Path) -> None:
    with file.open("rb") as closed:
        pass
    with pytest.raises(mn.MestringError, match=r"sju\.txt: this cannot be read .*open\(path, 'rb'\)"):
        mn.read_transcript(closed)
    with (file.parent / "ny.txt").open("wb") as for_writing, pytest.raises(mn.MestringError, match="ny"):
        mn.read_transcript(for_writing)  # type: ignore[arg-type]
    with (
        file.open(encoding="ascii") as text,
        pytest.raises(mn.MestringError, match=r"sju\.txt: this cannot be read as ascii.*encoding"),
    ):
        mn.read_transcript(text)


# ------------------------------------------------------------------ lines


def book() -> bytes:
    made = openpyxl.Workbook()
    for row in (["Møte"], ["Taler", "Tekst"], ["P", "Hva?"], [], ["I", "Det."]):
        made.active.append(row)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def word() -> bytes:
    document = docx.Document()
    document.add_paragraph("Møte")
    document.add_paragraph("P: Hva?\nnå?")
    table = document.add_table(2, 2)
    table.rows[1].cells[0].text = "Ås"
    document.add_paragraph("I: Det.")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


SEGMENTS = [{"text": "Hva?", "speaker": "P"}, {"text": "Det.", "speaker": "I"}]


@pytest.mark.parametrize(
    ("data", "suffix", "places"),
    [
        (b"P: Hva?\n\nI: Det.", ".txt", ["line 1", "line 2", "line 3"]),
        (b"P: Hva? #00:00:03-0#\n#00:00:04-0#\nI: Det.", ".txt", ["line 1", "line 3"]),
        ("Møte\n\nKari   0:03\nHva?\nÅse   0:09\nDet.\n".encode(), ".txt", ["line 1", "line 3", "line 5"]),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v P>Hva?</v>\n<v I>Det.", ".vtt", ["line 3", "line 3"]),
        (json.dumps(SEGMENTS).encode(), ".json", ["segment 1", "segment 2"]),
        (b"<h1>S</h1><p>P: Hva?</p><p></p><p>I: Det.</p>", ".html", ["paragraph 1", "paragraph 2", "paragraph 3"]),
        (b"Taler;Tekst\nP;Hva?\n\nI;Det.\n", ".csv", ["line 2", "line 4"]),
        (book(), ".xlsx", ["sheet 'Sheet', row 1", "sheet 'Sheet', row 3", "sheet 'Sheet', row 5"]),
        (word(), ".docx", ["paragraph 1", "paragraph 2", "paragraph 2", "table 1, row 1", "table 1, row 2", "paragraph 3"]),
        (rb"{\rtf1 P: Hva?\par I: Det.\par}", ".rtf", ["paragraph 1", "paragraph 2"]),
    ],
)  # fmt: skip
def test_every_line_has_its_place(data: bytes, suffix: str, places: list[str]) -> None:
    lines = read_content(data, suffix=suffix, place="x")
    assert [line.place for line in lines] == places
    assert len({line.speaker is None for line in lines}) == 1


def test_a_mark_is_a_number_and_stays_in_the_text() -> None:
    lines = read_content(b"#00:01:20-5# P: Hva?\nS01: [00:01:25] Jo.", suffix=".txt", place="x")
    assert lines == [Line(None, "[00:01:20.5] P: Hva?", 80.5), Line(None, "[00:01:25] S01: Jo.", 85)]


def test_a_text_of_too_many_lines() -> None:
    with pytest.raises(mn.MestringError, match="1,000,001 lines are more than one transcript may have"):
        lines_of("\n" * (MOST_LINES + 1), place="x")


@pytest.mark.parametrize(("suffix", "make"), [(".docx", word), (".xlsx", book)])
def test_members_of_an_archive_are_read_once(
    monkeypatch: pytest.MonkeyPatch, suffix: str, make: Any
) -> None:
    opened = Counter[str]()
    real_open, real_read = archives.open_archive, zipfile.ZipFile.read

    def counted(archive: zipfile.ZipFile, name: str, pwd: bytes | None = None) -> bytes:
        opened[name] += 1
        return real_read(archive, name, pwd)

    data = make()
    monkeypatch.setattr(zipfile.ZipFile, "read", counted)
    monkeypatch.setattr(
        "mestring_nlp.readers.formats.open_archive",
        lambda data, place: opened.update(["archive"]) or real_open(data, place=place),
    )
    assert read_content(data, suffix=suffix, place="x")
    assert set(opened.values()) == {1}
