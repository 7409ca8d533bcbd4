from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

import mestring_nlp as mn
from mestring_nlp.codebook import Code, Exclusion
from mestring_nlp.readers import transcript_from
from mestring_nlp.readers.formats import read_content
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.speakers import Named
from mestring_nlp.suggestion import Reason
from mestring_nlp.transcript import Segment
from mestring_nlp.writers.office import tint
from mestring_nlp.writers.word import word_document
from mestring_nlp.writers.workbook import workbook

CODER = "mestring-nlp 9.9"
BOOK = mn.Codebook(
    "Trivsel",
    "1.2.0",
    (
        Code("trygghet", "Trygghet", "Å være trygg.", colour="#228833", includes=("Å tørre", "Å spørre")),
        Code("laering", "Læring", "Å lære.", colour="#4477AA", excludes=(Exclusion("Å tørre", "trygghet"), Exclusion("Kaffe"))),
    ),
    rules=("Korte svar har kode.",),
)  # fmt: skip
CUES = [
    Line("Intervjuer", "Hva er bra her?", 1.5),
    Line("Informant", "Folk tør å spørre.", 4),
    Line("Informant", "Vi lærer av dem."),
    Line("Informant", "Jeg liker kaffe."),
    Line("Informant", "Tja."),
    Line("Intervjuer", "Takk!", 3700),
]


def transcript_of(cues: list[Line] = CUES, name: str = "åse") -> mn.Transcript:
    return transcript_from(cues, name=name, place=name, named=Named())


def suggested(
    transcript: mn.Transcript,
    text: str,
    trygghet: float,
    laering: float,
    none: float,
    codes: str = "",
    **more: Any,
) -> mn.Suggestion:
    """A suggestion for the passage with this text."""
    start = transcript.text.index(text)
    turn = transcript.turn_at(start)
    speaker = transcript.turns[turn].speaker
    segment = Segment(transcript.name, turn + 1, speaker, start, start + len(text), text, "Hva?")
    given = {"trygghet": trygghet, "laering": laering}
    abstained = more.pop("abstained", False)
    return mn.Suggestion(segment, tuple(codes.split()), given, none, abstained, **more)


@pytest.fixture
def case() -> mn.CodedInterview:
    """A passage with a code, one with two, one with none, one left to people; and one not judged."""
    t = transcript_of([*CUES[:5], Line("Informant", "Og så videre."), CUES[5]])
    why = Reason("trygghet", 1.0, 0.5, 0.1, (("tør", 0.9), ("spørre", 0.4)), "Å tørre", ())
    given_ = [
        suggested(t, "Folk tør å spørre.", 0.875, 0.2, 0.05, "trygghet", reason=why),
        suggested(t, "Vi lærer av dem.", 0.41, 0.63, 0.0, "laering trygghet"),
        suggested(t, "Jeg liker kaffe.", 0.01, 0.02, 0.96),
        suggested(t, "Tja.", 0.3, 0.1, 0.33, abstained=True, prediction_set=("", "trygghet")),
    ]
    return mn.CodedInterview(t, given_)


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def values(sheet: Any, row: int) -> list[Any]:
    return [cell.value for cell in sheet[row]]


# ------------------------------------------------------------------ pieces and colours


def test_pieces_make_up_every_turn(interview: mn.CodedInterview, case: mn.CodedInterview) -> None:
    for coded in (interview, case):
        found = list(coded.pieces())
        for number, turn in enumerate(coded.transcript.turns, start=1):
            assert "".join(piece.text for piece in found if piece.number == number) == turn.text
        assert [piece.suggestion for piece in found if piece.suggestion] == coded.suggestions


def test_counts(case: mn.CodedInterview) -> None:
    counts = case.counts
    assert (counts.passages, counts.coded, counts.without_code, counts.abstained) == (4, 2, 1, 1)
    assert counts.codes == {"trygghet": 2, "laering": 1}
    assert "Vi lærer" not in repr(case) and "2 of 4" in repr(case)


@given(st.binary(min_size=3, max_size=3), st.floats(0, 1), st.floats(0, 1))
def test_tint(colour: bytes, a: float, b: float) -> None:
    def light(share: float) -> list[int]:
        return list(bytes.fromhex(tint(f"#{colour.hex()}", share)))

    assert light(0) == [255, 255, 255] and light(1) == list(colour)
    low, high = sorted((a, b))
    assert all(less >= more for less, more in zip(light(low), light(high), strict=True))


def test_black_words_are_readable_on_half_of_any_colour() -> None:
    darkest = int(tint("#000000", 0.5)[:2], 16) / 255
    luminance = ((darkest + 0.055) / 1.055) ** 2.4
    assert (luminance + 0.05) / 0.05 > 4.5


# ------------------------------------------------------------------ workbook


def test_a_sheet_has_every_turn_and_every_passage(case: Any) -> None:
    sheet = opened(workbook([case], BOOK, CODER))["åse"]
    headings = "Tur Taler Tid Tekst Forslag Din_kode Trygghet Læring Ingen_kode".replace("_", " ")
    assert values(sheet, 1)[:9] == re.split(r" (?!kode)", headings)
    assert [values(sheet, row)[:2] + values(sheet, row)[3:9] for row in range(2, 9)] == [
        [1, "Intervjuer", "Hva er bra her?", None, None, None, None, None],
        [2, "Informant", "Folk tør å spørre.", "Trygghet", None, 0.875, 0.2, 0.05],
        [2, "Informant", "Vi lærer av dem.", "Læring; Trygghet", None, 0.41, 0.63, 0],
        [2, "Informant", "Jeg liker kaffe.", "Ingen kode", None, 0.01, 0.02, 0.96],
        [2, "Informant", "Tja.", "Usikker – vurder selv", None, 0.3, 0.1, 0.33],
        [2, "Informant", "Og så videre.", None, None, None, None, None],
        [3, "Intervjuer", "Takk!", None, None, None, None, None],
    ]
    assert sheet.max_row == 8
    assert [str(sheet.cell(row, 3).value) for row in (2, 3, 8)] == [
        "0:00:01.500000",
        "0:00:04",
        "1:01:40",
    ]
    assert sheet["G3"].number_format == "0 %" and sheet["C3"].number_format == "[h]:mm:ss"


def test_probabilities_are_coloured_and_interviewers_are_dimmed(case: Any) -> None:
    sheet = opened(workbook([case], BOOK, CODER))["åse"]
    assert sheet["G3"].fill.fgColor.rgb[2:] == tint("#228833", 0.44)
    assert sheet["H4"].fill.fgColor.rgb[2:] == tint("#4477AA", 0.315)
    assert sheet["G5"].fill.fgColor.rgb[2:] == tint("#228833", 0.005)
    assert sheet["I5"].fill.fgColor.rgb[2:] == tint("#8a94a3", 0.48)
    assert sheet["G2"].fill.fill_type is None
    assert sheet["G1"].fill.fgColor.rgb[2:] == tint("#228833", 0.5)
    said = {row: sheet.cell(row, 4).font.color for row in (2, 3)}
    assert said[2].rgb[2:] == "5D6878" and (said[3] is None or said[3].rgb != said[2].rgb)


def test_the_sheet_is_made_for_work(case: Any) -> None:
    made = opened(workbook([case], BOOK, CODER))
    sheet = made["åse"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:L8"  # a sort moves the hidden columns along
    assert sheet["D3"].alignment.wrap_text and sheet.column_dimensions["D"].width == 80
    (validation,) = sheet.data_validations.dataValidation
    assert validation.type == "list" and str(validation.sqref) == "F2:F8"
    name, first, last = re.fullmatch(r"(\w+)!\$A\$(\d+):\$A\$(\d+)", validation.formula1).groups()
    offered = [made[name].cell(row, 1).value for row in range(int(first), int(last) + 1)]
    assert offered == ["Trygghet", "Læring", "Ingen kode"]


def test_without_times_there_is_no_column_of_times() -> None:
    t = transcript_of([replace(cue, start=None) for cue in CUES])
    sheet = opened(workbook([mn.CodedInterview(t, [])], BOOK, CODER))["åse"]
    assert values(sheet, 1)[:3] == ["Tur", "Taler", "Tekst"]


def test_overview_and_codebook(case: Any) -> None:
    guessed = replace(transcript_of(name="bø"), roles_guessed=True)
    made = opened(workbook([case, mn.CodedInterview(guessed, [])], BOOK, CODER))
    assert made.sheetnames == ["Oversikt", "åse", "bø", "Kodebok"]
    sheet = made["Oversikt"]
    assert CODER in sheet["A1"].value and "Trivsel, versjon 1.2.0" in sheet["A1"].value
    assert sheet["A2"].value.endswith("Du avgjør.")
    assert sheet.freeze_panes == "A6"
    assert values(sheet, 5) == [
        "Intervju", "Avsnitt", "Med kode", "Uten kode", "Usikker", "Trygghet", "Læring", "Merknad",
    ]  # fmt: skip
    assert values(sheet, 6) == ["åse", 4, 2, 1, 1, 2, 1, None]
    assert values(sheet, 7)[:-1] == ["bø", 0, 0, 0, 0, 0, 0]
    assert "gjettet" in values(sheet, 7)[-1]
    assert [sheet.cell(row, 1).hyperlink.location for row in (6, 7)] == ["'åse'!A1", "'bø'!A1"]
    codes = made["Kodebok"]
    assert [values(codes, row)[:4] for row in (1, 2, 3)] == [
        ["Kode", "Definisjon", "Hører til", "Hører ikke til"],
        ["Trygghet", "Å være trygg.", "Å tørre\nÅ spørre", None],
        ["Læring", "Å lære.", None, "Å tørre → Trygghet\nKaffe"],
    ]
    assert values(codes, 6)[:2] == ["Regel", "Korte svar har kode."]


@pytest.mark.parametrize("text", ["=1+1", "+47", "-2", "@SUM(A1)", "=HYPERLINK(A1)", "#REF!", "1/2"])
def test_no_words_are_a_formula(text: str) -> None:
    t = transcript_of([Line(text, "Hva gjør du?"), Line("Informant", text)])
    data = workbook([mn.CodedInterview(t, [suggested(t, text, 0.5, 0.4, 0.1)])], BOOK, text)
    made = opened(data)
    for cell in ("B2", "C3"):
        assert made["åse"][cell].value == text
        assert made["åse"][cell].data_type == "s"
        assert bool(made["åse"][cell].quotePrefix) == text.startswith(("=", "+", "-", "@"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not any(
            re.search(rb"<f[ >]", archive.read(n)) for n in archive.namelist() if "sheet" in n
        )


def test_what_excel_cannot_hold() -> None:
    said = "a\x00b\ufffe\ud800c\x1b"
    t = mn.Transcript("x", f"I: {said}", (mn.Turn(f"I{said}", "informant", 3, 10, said),), title=said)
    sheet = opened(workbook([mn.CodedInterview(t, [])], BOOK, CODER))["x"]
    assert sheet["C2"].value == "a\ufffdb\ufffd\ufffdc\ufffd"
    # Excel counts in units of 16 bits: a smile is two.
    for sign, most in (("å", 32_767), ("😀", 16_383)):
        for length in (most, most + 1):
            t = mn.Transcript("x", sign * length, (mn.Turn("I", "informant", 0, length, sign * length),))
            read = opened(workbook([mn.CodedInterview(t, [])], BOOK, CODER))["x"]["C2"].value
            assert len(read.encode("utf-16-le")) <= 2 * 32_767
            assert read == sign * length if length == most else read.endswith(f"{sign} … (kuttet her)")


NAMES = st.lists(st.text(max_size=40) | st.sampled_from(["Oversikt", "kodebok", "a/b", "A:B", "'", "x" * 31, "X" * 32, "😀" * 20]), max_size=6)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(NAMES)
def test_names_of_sheets(names: list[str]) -> None:
    turn = mn.Turn("I", "informant", 3, 5, "Ja")
    found = opened(
        workbook([mn.CodedInterview(mn.Transcript(n, "I: Ja", (turn,)), []) for n in names], BOOK, CODER)
    )
    assert len(found.sheetnames) == len(names) + 2
    assert found.sheetnames[0] == "Oversikt" and found.sheetnames[-1] == "Kodebok"
    assert len({name.casefold() for name in found.sheetnames}) == len(found.sheetnames)
    for name in found.sheetnames:
        assert 0 < len(name.encode("utf-16-le")) <= 62
        assert not re.search(r"[\[\]:*?/\\\x00-\x1f]", name) and name.strip("'") == name
    for row, name in enumerate(found.sheetnames[1:-1], start=6):
        target = found["Oversikt"].cell(row, 1).hyperlink.location
        assert target == "'" + name.replace("'", "''") + "'!A1"


def test_a_workbook_of_suggestions_is_no_transcript(case: Any) -> None:
    with pytest.raises(mn.MestringError, match="a table of codes"):
        read_content(workbook([case], BOOK, CODER), suffix=".xlsx", place="x")


def test_no_interviews_still_give_a_workbook() -> None:
    assert opened(workbook([], BOOK, CODER)).sheetnames == ["Oversikt", "Kodebok"]


# ------------------------------------------------------------------ Word


def commented(document: Any) -> dict[int, str]:
    """The words that lie within the range of each comment."""
    ranges: dict[int, str] = {}
    inside: set[int] = set()
    for element in document.element.body.iter():
        if element.tag == qn("w:commentRangeStart"):
            inside.add(int(element.get(qn("w:id"))))
        elif element.tag == qn("w:commentRangeEnd"):
            inside.discard(int(element.get(qn("w:id"))))
        elif element.tag in (qn("w:t"), qn("w:br")):
            for number in inside:
                words = "\n" if element.tag == qn("w:br") else element.text
                ranges[number] = ranges.get(number, "") + words
    return ranges


def fills(run: Any) -> list[str]:
    return [shade.get(qn("w:fill")) for shade in run._r.iter(qn("w:shd"))]


def test_comments_stand_on_their_passages(case: Any) -> None:
    document = docx.Document(io.BytesIO(word_document(case, BOOK, CODER)))
    ranges = commented(document)
    remarks = [(ranges[c.comment_id], c.text.split("\n")) for c in document.comments]
    assert remarks == [
        (
            "åse",
            [
                "Kodeforslag for 4 avsnitt: 2 med kode, 1 uten kode, 1 der maskinen er usikker. "
                "Forslagene er laget av en maskin som har lært av kodede avsnitt. Du avgjør."
            ],
        ),
        (
            "Folk tør å spørre.",
            [
                "Trygghet 88 %",
                "Hvorfor Trygghet? Ord som talte for: tør, spørre.",
                "Nærmest i kodeboken: Å tørre",
            ],
        ),
        ("Vi lærer av dem.", ["Læring 63 %, Trygghet 41 %"]),
        ("Tja.", ["Usikker: Ingen kode 33 %, Trygghet 30 %. Vurder selv."]),
    ]
    assert {(c.author, c.initials, c.timestamp) for c in document.comments} == {(CODER, "MN", None)}


def test_a_paragraph_a_turn_and_a_colour_a_code(case: Any) -> None:
    document = docx.Document(io.BytesIO(word_document(case, BOOK, CODER)))
    title, *turns = document.paragraphs
    assert title.text == "åse" and title.style.name == "Title"
    assert [paragraph.text for paragraph in turns] == [
        f"{turn.speaker}: {turn.text}" for turn in case.transcript.turns
    ]
    assert all(p.runs[0].bold and p.runs[0].text.endswith(": ") for p in turns)
    colours = {run.text: fills(run) for run in turns[1].runs if run.text.strip()}
    assert colours == {
        "Informant: ": [],
        "Folk tør å spørre.": [tint("#228833", 0.2)],
        "Vi lærer av dem.": [tint("#4477AA", 0.2)],
        "Jeg liker kaffe.": [],
        "Tja.": [],
        " Og så videre.": [],
    }
    assert str(turns[0].runs[1].font.color.rgb) == "5D6878"
    foot = document.sections[0].footer.paragraphs[0].text
    assert CODER in foot and "Maskinen foreslår, du avgjør." in foot
    assert document.core_properties.author == CODER
    assert document.core_properties.language == "nb-NO"


def test_the_document_is_a_transcript_again(
    tmp_path: Path, interview: mn.CodedInterview, codebook: mn.Codebook
) -> None:
    file = tmp_path / "igjen.docx"
    file.write_bytes(word_document(interview, codebook, CODER))
    example = interview.transcript
    again = mn.read_transcript(file)
    assert [(t.speaker, t.role, t.text) for t in again.turns] == [
        (t.speaker, t.role, t.text) for t in example.turns
    ]
    assert again.title == example.title
    document = docx.Document(str(file))
    ranges = commented(document)
    assert [ranges[c.comment_id] for c in list(document.comments)[1:]] == [
        s.segment.text for s in interview.suggestions if s.codes or s.abstained
    ]


def test_guessed_roles_are_told(case: Any) -> None:
    transcript = replace(case.transcript, roles_guessed=True)
    document = docx.Document(io.BytesIO(word_document(mn.CodedInterview(transcript, []), BOOK, CODER)))
    (comment,) = document.comments
    assert comment.text.split("\n")[1].startswith("Hvem som er informant, er gjettet")


def test_what_word_cannot_hold() -> None:
    said = "Jo\x00, det\ufffe går\nbra\ud800\t😀 <b>&"
    t = mn.Transcript(
        "x", said, (mn.Turn("I\x01", "informant", 0, len(said), said),), title="\x02" * 300
    )
    s = suggested(t, said, 0.9, 0.1, 0.0, "trygghet")
    document = docx.Document(
        io.BytesIO(word_document(mn.CodedInterview(t, [s]), BOOK, "x" * 300 + "\x03"))
    )
    assert document.paragraphs[1].text == "I\ufffd: Jo\ufffd, det\ufffd går\nbra\ufffd\t😀 <b>&"
    assert document.core_properties.author == "x" * 255


# ------------------------------------------------------------------ both


def test_the_same_input_gives_the_same_bytes_without_a_date(case: Any) -> None:
    for made in (lambda: workbook([case], BOOK, CODER), lambda: word_document(case, BOOK, CODER)):
        data = made()
        assert data == made()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            assert {m.date_time for m in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert b"dcterms" not in re.sub(
                rb'xmlns:\w+="[^"]*"', b"", archive.read("docProps/core.xml")
            )


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=5), st.text(max_size=10))
def test_any_words_can_be_written(texts: list[str], speaker: str) -> None:
    text, turns = "", []
    for said in texts:
        turns.append(mn.Turn(speaker, "informant", len(text), len(text) + len(said), said))
        text += said
    t = mn.Transcript("x", text, tuple(turns))
    sheet = opened(workbook([mn.CodedInterview(t, [])], BOOK, CODER))["x"]
    assert sheet.max_row == 1 + sum(bool(said.strip()) for said in texts)
    document = docx.Document(io.BytesIO(word_document(mn.CodedInterview(t, []), BOOK, CODER)))
    assert len(document.paragraphs) == 1 + sum(bool(said) for said in texts)
