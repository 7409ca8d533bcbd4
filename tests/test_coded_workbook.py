"""What people write under "Din kode" becomes codings, whatever program saved the workbook."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

import mestring_nlp as mn
from mestring_nlp.cli import app
from mestring_nlp.codebook import Code, Exclusion, codebook_of_rows, rows_of
from mestring_nlp.codings import read_coded_file, read_codings
from mestring_nlp.transcript import Segment
from mestring_nlp.writers.workbook import workbook

TALK = (
    "P: Hva er bra her?\n"
    "I: Folk er trygge, og vi lærer av hverandre.\n"
    "P: Og du?\n"
    "I:  Jeg får det til. 😀\n"
    "I: Kaffe, takk.\n"
    "P: Fint.\n"
    "I: Målene er tydelige.\n"
)
CODES = {"Folk": "Læring; trygghet", "Jeg": "  LÆRING ", "Kaffe": "Ingen kode"}
MEANT = {"Folk": {"laering", "trygghet"}, "Jeg": {"laering"}, "Kaffe": set[str]()}
BOOK = mn.Codebook(
    "Trivsel: på jobb, {nå}",
    "2.1",
    (
        Code("trygghet", "Trygghet", "Å være trygg: «ja».", "Safety", "concept", "#228833", ("Å tørre",)),
        Code("laering", "Læring", "Å lære.", excludes=(Exclusion("Å tørre", "trygghet"), Exclusion("Kaffe"))),
        Code("maal", "Mål; resultat", "Å ha mål.", indicators=("=1+1", "😀")),
    ),
    rules=("Korte svar: «ja» har kode.", "=1+1"),
)  # fmt: skip


def interview(name: str = "Åse 1") -> mn.Transcript:
    return mn.read_transcript(text=TALK, name=name)


def suggested(transcript: mn.Transcript) -> list[mn.Suggestion]:
    found = []
    for number, turn in enumerate(transcript.turns, start=1):
        if turn.role == "informant":
            segment = Segment(
                transcript.name, number, turn.speaker, turn.start, turn.end, turn.text, "Hva?"
            )
            given = dict.fromkeys(BOOK.ids, 0.3)
            codes = ("trygghet",) if "trygge" in turn.text else ()
            found.append(mn.Suggestion(segment, codes, given, 0.1, "Mål" in turn.text))
    return found


def written(
    folder: Path,
    codes: dict[str, str] = CODES,
    change: Callable[[Any], None] = lambda book: None,
    file: str = "kari.xlsx",
) -> Path:
    """A workbook in which a person wrote codes beside the passages that begin with these words."""
    t = interview()
    book = openpyxl.load_workbook(
        io.BytesIO(workbook([mn.CodedInterview(t, suggested(t))], BOOK, "mestring-nlp 9"))
    )
    sheet = book["Åse 1"]
    headings = [cell.value for cell in sheet[1]]
    text, own = headings.index("Tekst"), headings.index("Din kode")
    for row in sheet.iter_rows(min_row=2):
        for words, code in codes.items():
            if row[text].value.startswith(words):
                row[own].value = code
    change(book)
    book.save(folder / file)
    return folder / file


def meaning(file: Path) -> dict[str, set[str]]:
    t = interview()
    spans = read_codings(file, transcripts={t.name: t}).spans
    return {t.text[s.start : s.end].split(",")[0].split()[0]: set(s.codes) for s in spans}


def test_what_a_person_wrote_is_read_and_nothing_else(tmp_path: Path) -> None:
    file = written(tmp_path)
    assert meaning(file) == MEANT
    found = read_codings(file)
    assert found.coder == "kari" and not found.complete and found.abstained == 0
    assert {s.transcript for s in found.spans} == {"Åse 1"}
    assert [s.text for s in found.spans] == [interview().text[s.start : s.end] for s in found.spans]
    assert read_codings(file, "Kari Nordmann").coder == "Kari Nordmann"
    assert "3 of 7 rows have a person's code" in found.notes[0]


def test_the_codebook_comes_along(tmp_path: Path) -> None:
    assert read_coded_file(written(tmp_path)).codebook == BOOK

    def rename(book: Any) -> None:
        book["Kodebok"]["A2"].value = "Å være trygg"

    renamed = written(tmp_path, {"Folk": "å være TRYGG"}, rename)
    assert meaning(renamed) == {"Folk": {"trygghet"}}
    head, *rows = rows_of(BOOK)
    assert codebook_of_rows(head, [("", row) for row in rows], place="x") == BOOK


def test_rules_longer_than_a_cell_do_not_hide_the_codes(tmp_path: Path) -> None:
    long = replace(BOOK, rules=("😀" * 400 + " x",) * 45)
    (tmp_path / "bok.xlsx").write_bytes(workbook([], long, "mestring-nlp 9"))
    sheet = openpyxl.load_workbook(tmp_path / "bok.xlsx")["Kodebok"]
    head, *rows = [sheet.cell(row, 6 if row == 1 else 5).value for row in range(1, len(BOOK) + 2)]
    assert codebook_of_rows(head, [("", row) for row in rows], place="x") == replace(BOOK, rules=())
    assert [sheet.cell(row, 2).value for row in (7, 51)] == [long.rules[0]] * 2


def test_a_name_with_a_semicolon_and_lines_in_a_cell(tmp_path: Path) -> None:
    file = written(tmp_path, {"Folk": "mål; resultat", "Jeg": "Læring\nSafety"})
    assert meaning(file) == {"Folk": {"maal"}, "Jeg": {"laering", "trygghet"}}


def test_codes_beside_an_interviewers_words_are_read_too(tmp_path: Path) -> None:
    assert meaning(written(tmp_path, {"Fint": "trygghet"})) == {"Fint.": {"trygghet"}}


def sort(book: Any) -> None:
    """Turn the rows upside down, as a sort does."""
    sheet = book["Åse 1"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for number, row in enumerate(reversed(rows), start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value


def above(book: Any) -> None:
    book["Åse 1"].insert_rows(1, 2)
    book["Åse 1"]["A1"].value = "Kodet i mai"


def column_between(book: Any) -> None:
    book["Åse 1"].insert_cols(3)
    book["Åse 1"]["C1"].value = "Min merknad"


@pytest.mark.parametrize("change", [sort, above, column_between])
def test_people_rearrange_the_workbook(tmp_path: Path, change: Callable[[Any], None]) -> None:
    assert meaning(written(tmp_path, change=change)) == MEANT


def test_many_codes_do_not_hide_the_positions(tmp_path: Path) -> None:
    many = mn.Codebook("m", "1", tuple(Code(f"k{i}", f"Kode {i}", "Noe.") for i in range(150)))
    t = interview()
    book = openpyxl.load_workbook(
        io.BytesIO(workbook([mn.CodedInterview(t, [])], many, "mestring-nlp 9"))
    )
    book["Åse 1"]["E2"].value = "Kode 149"
    assert book["Åse 1"]["E1"].value == "Din kode"
    book.save(tmp_path / "m.xlsx")
    (span,) = read_codings(tmp_path / "m.xlsx").spans
    assert span.codes == {"k149"} and span.text == "Hva er bra her?"


def test_hidden_columns_are_hidden_and_sorted_along(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(tmp_path))["Åse 1"]
    headings = [cell.value for cell in sheet[1]]
    assert headings[-3:] == ["transcript", "start", "end"]
    letters = [sheet.cell(1, len(headings) - i).column_letter for i in range(3)]
    assert all(sheet.column_dimensions[letter].hidden for letter in letters)
    assert sheet.auto_filter.ref.split(":")[1].startswith(letters[0])


def take_out(book: Any) -> None:
    book["Åse 1"].delete_cols(len(list(book["Åse 1"][1])) - 2, 3)


@pytest.mark.parametrize(
    ("codes", "change", "says"),
    [
        ({"Folk": "Trygt"}, None, r"sheet 'Åse 1', row 3: unknown code 'Trygt'\. The codes are: trygghet"),
        ({"Folk": "Usikker – vurder selv"}, None, "row 3: 'Usikker – vurder selv' is no code. Choose"),
        ({"Folk": "Ingen kode; Læring"}, None, "row 3: 'Ingen kode; Læring' says that no code fits, and"),
        ({"Folk": "Læring"}, take_out, r"row 3: 1 rows have a code under 'Din kode', and no positions"),
        ({}, take_out, "no sheet has the columns transcript, start, end and code"),
        ({}, None, "nothing was coded.*0 of 7 rows"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(
    tmp_path: Path, codes: dict[str, str], change: Any, says: str
) -> None:
    file = written(tmp_path, codes, change or (lambda book: None))
    with pytest.raises(mn.MestringError, match=says):
        found = read_coded_file(file)
        found.resolved(None).check({}, BOOK.ids)
        found.of()


def test_words_of_another_version_are_refused(tmp_path: Path) -> None:
    def edit(book: Any) -> None:
        book["Åse 1"]["C3"].value = "Noe annet"

    other = mn.read_transcript(text=TALK, name="Åse 1")
    file = written(tmp_path, {"Folk": "Læring"}, edit)
    with pytest.raises(mn.MestringError, match=r"row 3: the words at .* are 'Noe annet' here"):
        read_codings(file, transcripts={"Åse 1": other})


def test_a_table_of_codings_may_be_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Transcript", "START", "End", "Code", "Coder"])
    book.active.append(["en", 0, 5.0, "Læring", "k"])
    book.active.append([])
    book.active.append(["en", 6, 9, None, "k"])
    book.save(tmp_path / "k.xlsx")
    found = read_codings(tmp_path / "k.xlsx", codebook=BOOK)
    assert [(s.start, s.end, set(s.codes)) for s in found.spans] == [(0, 5, {"laering"}), (6, 9, set())]


# ------------------------------------------------------------------ as commands read it


def data(folder: Path) -> Path:
    (folder / "data").mkdir()
    (folder / "data" / "Åse 1.txt").write_text(TALK, "utf-8")
    (folder / "data" / "codebook.yaml").write_text(BOOK.to_yaml(), "utf-8")
    return folder / "data"


@pytest.mark.parametrize("place", ["", "codings"])
def test_a_data_folder_takes_the_workbook(tmp_path: Path, place: str) -> None:
    folder = data(tmp_path)
    (folder / place).mkdir(exist_ok=True)
    written(folder / place)
    found = mn.load_training_data(folder)
    assert found.coders == ("kari",) and found.people == ("kari",)
    said = {s.text.split()[0].strip(","): s.codes for s in found.segments()}
    assert said == {"Folk": ("trygghet", "laering"), "Jeg": ("laering",), "Kaffe": ()}
    assert any("3 of 7 rows" in note for note in found.notes)


def test_a_workbook_without_a_persons_codes_is_no_data(tmp_path: Path) -> None:
    folder = data(tmp_path)
    written(folder, {})
    with pytest.raises(mn.MestringError, match=r"neither codings\.csv nor statements.csv"):
        mn.load_training_data(folder)


def run(*arguments: object, status: int = 0) -> str:
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == status, result.output
    return result.output if status != 1 else str(result.exception)


def test_agreement_and_import_take_the_workbook(tmp_path: Path) -> None:
    folder = data(tmp_path)
    written(tmp_path, file="forslag.xlsx")
    start = interview().text.index
    rows = f"Åse 1,{start('Folk')},{start('hverandre.') + 10},Læring,ola\n"
    (tmp_path / "ola.csv").write_text("transcript,start,end,code,coder\n" + rows, "utf-8")
    report = run("agreement", f"{tmp_path / 'forslag.xlsx'}:kari", tmp_path / "ola.csv")
    assert "# Agreement: kari and ola" in report and "| Læring | 1 | 1 |" in report
    assert "ola has no row for 2 of the passages that the other judged" in report
    out = tmp_path / "ut"
    said = run(
        *("import", tmp_path / "forslag.xlsx", "--out", out, "--coder", "kari"),
        *("--transcripts", folder),
    )
    assert "4 codings by kari in 1 transcript" in said and "3 of 7 rows" in said
    found = mn.load_training_data(out)
    assert found.codebook == BOOK and found.coders == ("kari",)
    assert {s.codes for s in found.segments()} == {("trygghet", "laering"), ("laering",), ()}
    says = run("import", tmp_path / "forslag.xlsx", "--out", tmp_path / "x", "--uncoded", status=1)
    assert "--uncoded is for projects" in says
    (folder / "Åse 1.txt").unlink()
    says = run(
        "import", tmp_path / "forslag.xlsx", "--out", tmp_path / "x", "--transcripts", folder, status=1
    )
    assert "codings name the transcript 'Åse 1', which is not there" in says


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not there")
def test_libreoffice_saves_it_as_it_was(tmp_path: Path) -> None:
    file = written(tmp_path)
    (tmp_path / "ut").mkdir()
    command = [
        "soffice",
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path / "ut"),
        str(file),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    assert meaning(tmp_path / "ut" / "kari.xlsx") == MEANT
