"""What reading reports: of one interview, of a folder's other files, and of our own results among them."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import docx
import openpyxl
import pytest
from conftest import EXAMPLE, ROOT
from typer.testing import CliRunner

import mestring_nlp as mn
from mestring_nlp.batch import transcript_names
from mestring_nlp.cli import app
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.own_files import is_own
from mestring_nlp.readers import look_for_transcripts
from mestring_nlp.reading import doubts_of, few_doubts, few_unread, read_all, write_texts
from mestring_nlp.transcript import Note, Turn
from mestring_nlp.writers.page import page
from mestring_nlp.writers.reading import as_json, report
from mestring_nlp.writers.tables import markdown
from mestring_nlp.writers.word import word_document
from mestring_nlp.writers.workbook import workbook

SAID = "P: Hva er ledelse for deg?\nI: Det er å se folk og å være der når det trengs.\n"
SRT = (
    "1\n00:00:01,000 --> 00:00:02,000\n{}Hva er ledelse for deg?\n\n"
    "2\n00:00:03,000 --> 00:00:04,000\n{}Det er å se folk og å være der når det trengs.\n"
)
SPOKEN = SRT.format("[SPEAKER_00]: ", "[SPEAKER_01]: ")
UNSPOKEN = SRT.format("", "")


def folder_of(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def run(*arguments: object, status: int = 0) -> str:
    result = CliRunner().invoke(app, [*map(str, arguments)])
    assert result.exit_code == status, (result.output, result.exception)
    return result.output


# ------------------------------------------------------------------ formats


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.txt", SAID.encode(), "text, UTF-8"),
        ("a.txt", SAID.encode("utf-16"), "text, UTF-16"),
        ("a.txt", SAID.encode("cp1252"), "text, Windows-1252"),
        ("a.vtt", ("WEBVTT\n\n" + SPOKEN.replace(",", ".")).encode(), "WebVTT, UTF-8"),
        ("a.txt", SPOKEN.encode(), "SRT, UTF-8"),
        ("a.csv", b"Taler;Tekst\nP;Hva?\nI;Det.\n", "table (CSV or TSV), UTF-8"),
        (
            "a.json",
            json.dumps([{"start": 0, "text": "Hva?", "speaker": "P"}, {"start": 1, "text": "Det.", "speaker": "I"}]).encode(),
            "ASR output (JSON), UTF-8",
        ),
        ("a.rtf", b"{\\rtf1\\ansi P: Hva?\\par I: Det.\\par}", "rich text (RTF)"),
    ],
)  # fmt: skip
def test_the_format_and_encoding_found(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert mn.read_transcript(tmp_path / name).format == says


def test_the_format_of_a_text_in_memory() -> None:
    assert mn.read_transcript(text=SAID).format == "text"


# ------------------------------------------------------------------ files that are not read


def test_files_that_are_not_read_are_named_with_the_next_step(tmp_path: Path) -> None:
    folder_of(
        tmp_path,
        {
            "kari.txt": SAID,
            "ola.doc": b"\xd0\xcf",
            "per.docm": b"PK",
            "eva.pages": b"PK",
            "liv.pages/preview.pdf": b"%PDF-",
            "liv.pages/index.zip": b"PK",
            "nn.fodt": "<office/>",
            "lyd/kari.mp3": b"ID3",
            "notat": SAID,
            ".skjult.txt": SAID,
            "~$kari.docx": b"",
            "prosjekt.qdpx": b"PK",
            "tall.csv": "navn;poeng\nKari;3\n",
            "ord.csv": "tekst;poeng\nHei;3\n",
            "kuttet.xlsx": b"PK\x03\x04 kuttet",
            "tom.json": "{}",
            "side.html": "<html><p>Hei",
            "kodebok.yaml": "title: x",
        },
    )
    found = look_for_transcripts([tmp_path])
    assert [file.name for file in found.files] == ["kari.txt"]
    unread = {other.file.relative_to(tmp_path).as_posix(): other for other in found.unread}
    hints = {
        "ola.doc": ".docx", "per.docm": ".docx", "eva.pages": ".docx", "liv.pages": ".docx",
        "nn.fodt": ".odt", "lyd/kari.mp3": "Transcribe", "notat": "by itself",
        "prosjekt.qdpx": "suggest PROJECT.qdpx", "tall.csv": "--column", "ord.csv": "--column",
        "kuttet.xlsx": "", "tom.json": "", "side.html": "", "kodebok.yaml": "",
    }  # fmt: skip
    assert unread.keys() == hints.keys()
    assert all(hint in unread[name].hint for name, hint in hints.items())
    certain = {"lyd/kari.mp3", "kodebok.yaml"}
    assert {name for name, other in unread.items() if not other.doubtful} == certain


def test_a_folder_without_transcripts_says_what_comes_closest(tmp_path: Path) -> None:
    folder_of(tmp_path, {"lyd.mp3": b"ID3", "kari.doc": b"\xd0\xcf"})
    with pytest.raises(mn.MestringError, match=r"holds no transcript.*kari\.doc.*save it as \.docx"):
        look_for_transcripts([tmp_path])


# ------------------------------------------------------------------ our own results


@pytest.fixture
def results(
    tmp_path: Path, example: mn.Transcript, suggestions: list[mn.Suggestion], model: mn.Model
) -> Path:
    """A folder with an interview, and what a first run left beside it."""
    shutil.copy(EXAMPLE, tmp_path)
    mn.write_suggestions(tmp_path, tmp_path / "ut", "csv,jsonl,html,docx,xlsx,codings,qdpx", model)
    return tmp_path


def test_a_second_run_reads_no_result_of_the_first(results: Path) -> None:
    for columns in (None, {"speaker": "speaker", "text": "text"}, {"text": "Tekst", "speaker": "Taler"}):
        found = look_for_transcripts([results], columns=columns)
        assert [file.name for file in found.files] == [EXAMPLE.name]
        assert len(found.unread) == 7
        assert not any(other.doubtful for other in found.unread)


def test_a_result_given_by_itself_is_read(results: Path, example: mn.Transcript) -> None:
    word = results / "ut" / f"{example.name}.docx"
    assert look_for_transcripts([word]).files == [word]
    assert [turn.text for turn in mn.read_transcript(word).turns] == [t.text for t in example.turns]


def test_marks_survive_other_programs(
    example: mn.Transcript, suggestions: list[mn.Suggestion], model: mn.Model
) -> None:
    interview = CodedInterview(example, suggestions)
    document = docx.Document(io.BytesIO(word_document(interview, model.codebook, model.name)))
    document.core_properties.author = document.core_properties.last_modified_by = "Kari"
    book = openpyxl.load_workbook(io.BytesIO(workbook([interview], model.codebook, model.name)))
    book.properties.creator = "Kari"
    for made, suffix in ((document, ".docx"), (book, ".xlsx")):
        buffer = io.BytesIO()
        made.save(buffer)
        assert is_own(buffer.getvalue(), suffix)
    html = page(interview, model.codebook)
    assert is_own(html.replace("– kodeforslag", "").encode(), ".html")
    assert is_own("Transcript;Start;End;Code;Coder\r\na;1;2;x;k".encode("utf-8-sig"), ".csv")


def test_results_of_earlier_versions_are_known() -> None:
    document = docx.Document()
    document.core_properties.author = "mestring-nlp 0.1.0 (abc123)"
    book = openpyxl.Workbook()
    book.properties.creator = "mestring-nlp 0.2.0 (abc123)"
    for made, suffix in ((document, ".docx"), (book, ".xlsx")):
        buffer = io.BytesIO()
        made.save(buffer)
        assert is_own(buffer.getvalue(), suffix)
    assert is_own("<html><title>Åse – kodeforslag</title>".encode(), ".html")
    assert is_own(b"<html><title>Samsvar: kari og ola</title>", ".html")
    assert is_own(b'{"codebook": {"title": "x", "version": "1"}}', ".json")


def test_what_mentions_us_is_not_ours() -> None:
    document = docx.Document()
    document.core_properties.title = "Erfaringer med mestring-nlp"
    document.core_properties.author = "Mestring Nordmann"
    document.add_paragraph(SAID)
    buffer = io.BytesIO()
    document.save(buffer)
    assert not is_own(buffer.getvalue(), ".docx")
    assert not is_own(b"PK\x03\x04", ".docx") and not is_own(b"", ".odt")
    assert not is_own(b"<p>mestring-nlp", ".html")
    assert not is_own(b"Taler;Tekst;Tid\n", ".csv")


# ------------------------------------------------------------------ files of one name


def test_of_files_of_one_name_the_richest_is_read(tmp_path: Path) -> None:
    bare = "Hva er ledelse for deg?\nDet er å se folk og å være der når det trengs.\n"
    whisper = {
        "a.txt": bare,
        "a.srt": UNSPOKEN,
        "a.vtt": "WEBVTT\n\n" + UNSPOKEN.replace(",0", ".0"),
        "a.tsv": "start\tend\ttext\n0\t2000\tHva er ledelse for deg?\n",
        "b.txt": SAID,
    }
    folder_of(tmp_path, whisper | {"a.json": json.dumps({"segments": [
        {"start": 1, "end": 2, "text": "Hva er ledelse for deg?", "speaker": "A"},
        {"start": 3, "end": 4, "text": "Det er å se folk og å være der når det trengs.", "speaker": "B"},
    ]})})  # fmt: skip
    found = look_for_transcripts([tmp_path])
    assert [file.name for file in found.files] == ["a.json", "b.txt"]
    said = {other.file.name: other.reason for other in found.unread}
    assert said["a.txt"] == "a.json holds the same talk, and tells who speaks and when"
    assert said["a.srt"] == said["a.vtt"] == "a.json holds the same talk, and tells who speaks"
    (tmp_path / "a.json").unlink()
    assert [file.name for file in look_for_transcripts([tmp_path]).files] == ["a.srt", "b.txt"]


def test_speakers_count_though_it_cannot_be_told_who_is_who(tmp_path: Path) -> None:
    folder_of(
        tmp_path,
        {"a.txt": "Kari: Vi går.\nOla: Vi ser.\nKari: Vi står.\nOla: Vi sier.\n",
         "a.srt": "1\n00:00:01,000 --> 00:00:02,000\nVi går. Vi ser. Vi står. Vi sier.\n"},
    )  # fmt: skip
    assert [file.name for file in look_for_transcripts([tmp_path]).files] == ["a.txt"]


def test_files_of_one_name_with_other_words_are_both_read(tmp_path: Path) -> None:
    other = "P: Hvordan har høsten vært her hos dere?\nI: Travel, med mange nye barn i gruppa.\n"
    folder_of(tmp_path, {"a.txt": SAID, "a.md": other, "tom.txt": b"", "tom.srt": b""})
    found = read_all(tmp_path)
    assert {transcript.name for transcript in found.transcripts} == {"a-md", "a-txt"}
    assert {failure.name for failure in found.failed} == {"tom-srt", "tom-txt"}


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["x/a.txt", "x/b.txt"], ["a", "b"]),
        (["x/a.txt", "y/a.txt"], ["x-a", "y-a"]),
        (["x/a.txt", "x/a.docx"], ["a-txt", "a-docx"]),
        (["x/A.txt", "x/a.txt"], ["A", "a-2"]),
        (["x/y/a.txt", "z/y/a.txt"], ["a", "a-2"]),
        (["x/a.txt", "x/a.srt", "y/a.txt", "b.txt"], ["a", "a-2", "a-3", "b"]),
        (["x/a.txt", "x/a.md", "x/a-md.txt"], ["a-txt", "a-md", "a-md-2"]),
    ],
)
def test_every_transcript_has_a_name_of_its_own(files: list[str], names: list[str]) -> None:
    assert transcript_names([Path(file) for file in files]) == names


# ------------------------------------------------------------------ the report


NOTES = (
    Note("title", "line 1", "Intervju med Åse"),
    Note("label", "line 7", "", "`Merk` comes once, and may be a speaker", True),
    Note("header", "line 2", "Dato: 3. mai", doubtful=True),
    *(Note("time", f"line {n}", f"00:0{n % 6}") for n in range(10, 40)),
)


def transcript_with(notes: tuple[Note, ...], *, guessed: bool = False) -> mn.Transcript:
    turns = (
        Turn("P", "interviewer", 3, 7, "Hva?", 1.0),
        Turn("I", "informant", 11, 20, "Det er så", 2.0),
    )
    return mn.Transcript(
        "åse", "P: Hva?\nI: Det er så\n", turns, roles_guessed=guessed, format="text, UTF-8",
        role_reasons={"p": "asks 1 of 1 turns"}, notes=notes,
    )  # fmt: skip


def test_doubts_are_lines_with_their_place() -> None:
    assert doubts_of(transcript_with(NOTES)) == [
        "line 7: `Merk` comes once, and may be a speaker.",
        "line 2: taken for header, and no talk (Dato: 3. mai).",
    ]
    assert doubts_of(transcript_with((), guessed=True)) == []  # --strict stays usable
    (guess,) = few_doubts(transcript_with((), guessed=True), Path("å.txt"))
    assert guess.startswith("åse: took I for the informant")
    role = Note("role", "", "", "I is taken for the informant", True)
    assert doubts_of(transcript_with((role,), guessed=True)) == ["I is taken for the informant."]
    assert len(list(few_doubts(transcript_with((role,), guessed=True), Path("å.txt")))) == 1


def test_a_few_doubts_and_where_the_others_stand(tmp_path: Path) -> None:
    many = tuple(Note("label", f"line {n}", "", "once", True) for n in range(9))
    lines = list(few_doubts(transcript_with(many), Path("inn/åse.txt")))
    assert lines[0] == "åse: line 0: once." and len(lines) == 4
    assert lines[-1] == "åse: and 6 more: mestring read inn/åse.txt"
    folder_of(tmp_path, {"a.txt": SAID, **{f"{n}.mp3": b"" for n in range(9)}, "z.doc": b""})
    lines = list(few_unread(look_for_transcripts([tmp_path]).unread, [tmp_path]))
    assert "z.doc is not read: an old Word document" in lines[0]
    assert lines[-1] == f"5 more files not read: mestring read {tmp_path}" and len(lines) == 6


def test_the_report_has_speakers_notes_and_doubts(tmp_path: Path) -> None:
    found = read_all(folder_of(tmp_path, {"åse.txt": SAID, "x.doc": b"", "y.txt": b""}))
    found = mn.ReadingReport(
        (transcript_with(NOTES),), found.failed, found.unread, found.files, found.inputs
    )
    text = markdown(report(found))
    assert "1 of 2 interviews read, 1 with something doubtful; 1 file not read." in text
    assert "| P | interviewer | asks 1 of 1 turns | 1 | 1 |" in text
    assert "- line 7: `Merk` comes once" in text and "| header | line 2 | Dato: 3. mai |" in text
    assert "| time | line 22 to line 39 | 18 more, 18 words |" in text
    assert "y.txt: the file is empty" in text and "save it as .docx" in text
    content = json.loads(as_json(found))
    (interview,) = content["interviews"]
    assert content["doubtful"] and len(interview["notes"]) == len(NOTES)
    assert interview["speakers"][1] == {
        "label": "I", "role": "informant", "turns": 1, "words": 3, "reason": ""
    }  # fmt: skip
    assert is_own(as_json(found).encode(), ".json") and is_own(text.encode(), ".md")


def test_the_texts_are_written_outside_what_was_read(tmp_path: Path) -> None:
    inside = folder_of(tmp_path / "inn", {"a.txt": SAID, "b.srt": SPOKEN})
    found = read_all(inside)
    files = write_texts(found, tmp_path / "ut")
    assert [mn.read_transcript(file).turns[1].text for file in files] == [
        "Det er å se folk og å være der når det trengs."
    ] * 2
    assert files[0].read_text("utf-8") == found.transcripts[0].text
    for folder in (inside, inside / "ut"):
        with pytest.raises(mn.MestringError, match="read as interviews next time"):
            write_texts(found, folder)
    with pytest.raises(mn.MestringError, match="exists already"):
        write_texts(found, tmp_path / "ut")


# ------------------------------------------------------------------ the command line


def test_mestring_read(tmp_path: Path) -> None:
    folder_of(tmp_path / "inn", {"a.txt": SAID})
    assert "| I | informant |" in run("read", tmp_path / "inn", "--strict")
    assert json.loads(run("read", tmp_path / "inn", "--format", "json"))["doubtful"] is False
    (tmp_path / "inn" / "b.doc").write_bytes(b"")
    run("read", tmp_path / "inn")
    assert "an old Word document" in run("read", tmp_path / "inn", "--strict", status=1)
    (tmp_path / "inn" / "b.doc").rename(tmp_path / "inn" / "b.txt")
    assert "the file is empty" in run("read", tmp_path / "inn", status=1)
    (tmp_path / "inn" / "b.txt").unlink()
    run("read", tmp_path / "inn" / "a.txt", "--informant", "P", "--out", tmp_path / "ut")
    assert (tmp_path / "ut" / "a.txt").read_text("utf-8") == SAID


def test_suggest_says_what_was_not_read(tmp_path: Path) -> None:
    folder_of(tmp_path / "inn", {"a.txt": SAID, "b.doc": b""})
    shown = run("suggest", tmp_path / "inn", "--out", tmp_path / "ut", "--format", "csv")
    assert "b.doc is not read: an old Word document. Open it and save it as .docx." in " ".join(
        shown.split()
    )


def test_import_says_what_is_doubtful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    from fuzz_seeds import SEEDS  # type: ignore[import-not-found]

    (tmp_path / "p.qdpx").write_bytes(SEEDS[".qdpx"]()[0])
    doubt = (Note("label", "line 3", "", "`Merk` comes once", True),)
    monkeypatch.setattr("mestring_nlp.refi.transcripts_of", lambda _: [transcript_with(doubt)])
    shown = run("import", tmp_path / "p.qdpx", "--out", tmp_path / "data")
    assert "Note: åse: line 3: `Merk` comes once." in shown
    assert "Bilde" in run("read", tmp_path / "p.qdpx")
