from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import spoken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mestring_nlp as mn
from mestring_nlp.readers import spreadsheet
from mestring_nlp.readers.decoding import decode
from mestring_nlp.readers.formats import read_content
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.speaker_table import lines_of_tables
from mestring_nlp.readers.spreadsheet import is_delimited_transcript, read_delimited

DATA = Path(__file__).parent / "data"


def shipped(name: str) -> str:
    return decode((DATA / name).read_bytes(), place=name)


def book(*sheets: list[list[Any]], **formats: str) -> bytes:
    """A workbook with these rows; formats by cell, such as ``B2="h:mm"``, on the last sheet."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for rows in sheets:
        sheet = made.create_sheet()
        for row in rows:
            sheet.append(row)
    for cell, form in formats.items():
        sheet[cell].number_format = form
    return saved(made)


def saved(made: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def read_workbook(data: bytes, *, place: str) -> list[Line]:
    return read_content(data, suffix=".xlsx", place=place)


def changed(data: bytes, pattern: bytes, replacement: bytes) -> bytes:
    """A workbook in which the XML of its first sheet is changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content, count = re.subn(pattern, lambda _: replacement, content)
                assert count
            new.writestr(name, content)
    return buffer.getvalue()


def refused(data: bytes | str) -> str:
    with pytest.raises(mn.MestringError) as caught:
        if isinstance(data, str):
            read_delimited(data, place="intervju.csv")
        else:
            read_workbook(data, place="intervju.xlsx")
    assert caught.value.place.startswith("intervju.")
    return str(caught.value)


# ------------------------------------------------------------------ CSV and TSV


def test_nvivo() -> None:
    text = shipped("nvivo.txt")
    assert is_delimited_transcript(text)
    assert spoken(read_delimited(text, place="nvivo.txt")) == [
        Line("Intervjuer", "Hva tenker du på når jeg sier «mestring»?", 0, 15.3),
        Line("Informant", 'Da tenker jeg på Åse, som kom til oss i vår. "Jeg tør ikke", sa hun.', 15.3, 62.8),
        Line("Intervjuer", "Og så?", 62.8, 64.1),
        Line("Informant", "Nå tør hun.", 64.1, 3609.4),
        Line("Informant", "Det er det.", 3609.4, 3612),
    ]  # fmt: skip


def test_excel_with_semicolons() -> None:
    text = shipped("excel_semikolon.csv").replace("\r\n", "\n").removeprefix("\ufeff")
    assert is_delimited_transcript(text)
    assert spoken(read_delimited(text, place="x")) == [
        Line("Åshild", "Hvordan går det;\negentlig?", 0, 4.5),
        Line("Bjørn", 'Jo, det går. Vi sier "heia".', 4.5),
        Line("Bjørn", "Og så ler vi."),
    ]


def test_whisperx() -> None:
    text = shipped("whisperx.csv")
    assert is_delimited_transcript(text)
    assert spoken(read_delimited(text, place="x")) == [
        Line("SPEAKER_00", "Hei, og takk for at du kom.", 0.031, 4.12),
        Line("SPEAKER_01", "Takk for det. Jeg er litt nervøs.", 4.5, 9.98),
        Line("SPEAKER_01", "Det går fint.", 10.2, 11),
    ]


@pytest.mark.parametrize("name", ["nvivo.txt", "excel_semikolon.csv"])
def test_tables_become_transcripts(name: str) -> None:
    transcript = mn.read_transcript(DATA / name)
    assert [turn.speaker for turn in transcript.turns[:2]] in (
        ["Intervjuer", "Informant"],
        ["Åshild", "Bjørn"],
    )
    assert transcript.turns[0].role == "interviewer"


@pytest.mark.parametrize(
    "headings",
    [
        "Taler;Tekst", "HVEM;INNHOLD", "Navn;Utsagn", "speaker;text", "Speaker Name;Content", "Deltaker;Transkripsjon",
        "Informant/intervjuer;Tekst (ordrett)", "participant;utterance", "Kven;Innhald", "rolle;replikk", "Hvem snakker?;Tekst:",
    ],
)  # fmt: skip
def test_headings(headings: str) -> None:
    table = f"{headings};ID\nKari;Hei på deg;1\n"
    assert is_delimited_transcript(table)
    assert spoken(read_delimited(table, place="x")) == [Line("Kari", "Hei på deg")]


def test_a_transcript_with_the_codes_of_a_person_beside_it_is_one() -> None:
    table = "Taler;Tekst;Kode\nI;Ja;Styrker\n"
    assert is_delimited_transcript(table)
    assert spoken(read_delimited(table, place="x")) == [Line("I", "Ja")]


def test_the_heading_that_says_more_is_preferred() -> None:
    table = "Navn,Informant,Taler,Innhold,Tekst,Tid,Start\nA,B,Kari,om hei,Hei,1,2\n"
    assert spoken(read_delimited(table, place="x")) == [Line("Kari", "Hei", 2)]


@pytest.mark.parametrize(
    "text",
    [
        "transcript,start,end,code,coder,note\na,0,9,styrker,kari,\n",
        "transcript,turn,speaker,start,end,question,text,codes,abstained,plausible\na,2,I,0,9,Hva?,Ja,,true,\n",
        "Tur;Taler;Tekst;Forslag;Din kode\n1;I;Ja;Styrker;\n",
        "start\tend\ttext\n0\t1200\tHei på deg\n",
        "P: Hva tenker du om tekst, taler og tid?\nI: Jo, tekst, taler.\n",
        "Navn, tekst og tid\nI: Jo.\n",
        "Åpent svar\nI: Først taler, tekst\ntaler, tekst\n",
        'Taler;"Tekst\nI;ja\n',
        "",
        "\n\n",
    ],
)
def test_what_is_no_transcript(text: str) -> None:
    assert not is_delimited_transcript(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Taler;Kommentar\nI;Ja\n", r"line 1: no column is named as the words; .*'Taler', 'Kommentar'.*tekst"),
        ("transcript,start,end,code\na,0,9,styrker\n", "line 1: a table of codes"),
        ("Tur;Taler;Tekst;Forslag\n1;I;Ja;Styrker\n", "line 1: a table of codes"),
        ("Taler;Tekst\nI;Ja, det\nvar greit\n", "line 3: the row has 1 cell\\(s\\), and the headings are 2"),
        ("Taler,Tekst\nI,Ja, vel\n", "line 2: the row has 3 cell\\(s\\), and the headings are 2"),
        ('Taler,Tekst\nI,Ja\nI,"Jo\nI,nei\n', "line 3: the row cannot be read"),
        ("Taler,Tekst,Tid\nI,Ja,1. mars\n", "line 2: '1. mars' is no time"),
        ("Taler,Tekst,Tid\nI,Ja,01.03.2026 10:15\n", r"line 2: '01.03.2026 10:15' is no time"),
        ("Taler,Tekst,Tid\nI,Ja,-3\n", "'-3' is no time"),
        ("Taler,Tekst,Tid\nI,Ja," + "1" * 80 + "\n", "is no time"),
        ("Taler,Tekst\n", "no row below the headings"),
        ("Taler,Tekst\nI,\n", "no row below the headings"),
        ("\n \n", "the table is empty"),
        ("Taler,Tekst\n" + "I,Ja\n" * 200_000, "more than 200,000 rows"),
        ("a" * 200_000 + ",Tekst", "cannot be read"),
    ],
)  # fmt: skip
def test_broken_tables(text: str, says: str) -> None:
    assert re.search(says, refused(text))


def test_lines_are_counted_as_in_the_file() -> None:
    table = 'Taler,Tekst\n\nI,"over\ntre\nlinjer"\n\nI,Ja,og,mer\n'
    assert "intervju.csv, line 7:" in refused(table)


@pytest.mark.parametrize(
    ("time", "start", "end"),
    [
        ("0:12:30", 750, None), ("12:30", 750, None), ("1:6", 66, None), ("125:30.5", 7530.5, None),
        ("12,5", 12.5, None), ("75", 75, None), ("0:00.0 - 0:15.3", 0, 15.3), ("0:01:00–0:02:00", 60, 120),
        ("00:00:01,250 --> 00:00:02,000", 1.25, 2), ("1:00 til 2:00", 60, 120), ("1:00/2:00", 60, 120),
        ("0.0 - 15.3", 0, 15.3), ("[00:00:07]", 7, None), ("#00:01:02#", 62, None), ("", None, None), ("?", None, None),
    ],
)  # fmt: skip
def test_times(time: str, start: float | None, end: float | None) -> None:
    table = f'Tid;Taler;Tekst\n"{time}";I;Ja\n'
    assert read_delimited(table, place="x") == [Line("I", "Ja", start, end)]


@pytest.mark.parametrize(
    ("table", "times"),
    [
        # As Whisper's and whisper.cpp's tables have them.
        ("start\tend\ttext\n0\t2100\tHva gjør du?\n2100\t4900\tJeg leser en bok.\n", [0, 2.1]),
        ("start,end,speaker,text\n0,1840,0,Hva gjør du?\n1840,61000,1,Jeg leser.\n", [0, 1.84]),
        ("Start;Taler;Tekst\n1500;Ann;Hva gjør du om dagen?\n4200;Bo;Leser.\n9000;Ann;Ja vel, ja.\n", [1.5, 4.2, 9]),
        ("start;speaker;text\n1500.0;A;Hva gjør du om dagen?\n4200.0;B;Leser.\n", [1.5, 4.2]),
        ("start_ms;speaker;text\n100;A;Hva?\n200;B;Det.\n", [0.1, 0.2]),
        ("Start (ms);Slutt (ms);Taler;Tekst\n0;900;A;Hva?\n900;1800;B;Det.\n", [0, 0.9]),
        ("start;speaker;text\n1500 - 2000;A;Hva gjør du om dagen?\n4200 - 4900;B;Leser.\n", [1500, 4200]),
        # Seconds: of an interview, of passages minutes apart, with a fraction, and few.
        ("start;speaker;text\n0;A;Hva gjør du om dagen?\n4;B;Leser.\n3600;A;Takk skal du ha.\n", [0, 4, 3600]),
        ("start;speaker;text\n600;A;Vi lærte det på jobben, alle sammen, den våren.\n1200;B;Det var da det snudde for oss.\n2400;A;Ja, nå går det fint her.\n", [600, 1200, 2400]),
        ("start;speaker;text\n1500.5;A;Hva gjør du?\n4200.0;B;Leser.\n", [1500.5, 4200]),
        ("start;speaker;text\n75;A;Hva?\n980;B;Det.\n", [75, 980]),
        ("start;speaker;text\n00:10:00;A;Hva?\n4200;B;Det.\n", [600, 4200]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("made", ["text", "workbook", "document"])
def test_milliseconds_are_told_from_seconds(table: str, times: list[float], made: str) -> None:
    sign = "\t" if "\t" in table else "," if "," in table.split("\n")[0] else ";"
    rows = list(csv.reader(io.StringIO(table), delimiter=sign))
    if made == "workbook":
        cells = [[float(x) if re.fullmatch(r"[\d.]+", x) else x for x in row] for row in rows]
        lines = read_workbook(book(cells), place="x")
    elif made == "document":
        lines = lines_of_tables([rows]) or read_delimited(table, place="x")
    else:
        lines = read_delimited(table, place="x")
    if made != "document" or " - " not in table:
        assert [line.start for line in spoken(lines)] == times


def test_what_is_no_talk_in_a_table_is_noted() -> None:
    table = (
        "Prosjekt: Åpne dører;;;\n;;;\nNr;Taler;Tekst;Notat\n1;A;Hva?;ler\n2;B;Det.;\n3;;Ja;ser bort\n"
    )
    lines = read_delimited(table, place="x")
    assert [(line.kind, line.text) for line in lines if line.kind] == [
        ("header", "Prosjekt: Åpne dører"),
        ("column", "1\n2\n3"),
        ("column", "ler\nser bort"),
        ("label", ""),
    ]
    assert [line.place for line in lines if line.kind == "column"] == ["column 'Nr'", "column 'Notat'"]
    assert all(line.place for line in lines)
    rows = [["Møte 3"], ["Taler", "Tekst", "Notat"], ["A", "Hva?", "ler"], ["B", "Det.", ""]]
    found = lines_of_tables([rows, [["Vedlegg", "budsjett"]]])
    assert [(line.kind, line.text, line.doubtful) for line in found if line.kind] == [
        ("header", "Møte 3", False),
        ("column", "ler", False),
        ("table", "Vedlegg\tbudsjett", True),
    ]


def test_numbers_and_dates_in_other_columns_are_noted_too() -> None:
    rows = [
        ["#", "Taler", "Tekst", "Dato", "Tid", "Slutt"],
        ["1", "A", "Hva?", "12.03.2024", "0:01", "0:03"],
        ["2", "B", "Det.", "–", "0:04 (ca.)", ""],
        ["3", "B", "", "2024", "0:06", ""],
    ]
    found = lines_of_tables([rows])
    assert [(line.text, line.start, line.end) for line in spoken(found)] == [
        ("Hva?", 1, 3),
        ("Det.", None, None),
    ]
    noted = [line.text.split("\t") for line in found if line.kind == "column"]
    assert noted == [["1", "12.03.2024"], ["2", "–", "0:04 (ca.)"], ["3", "2024", "0:06"]]
    found = read_delimited("Taler;Tekst;Alder\nA;Hva?;34\nB;Det.;\n", place="x")
    assert [(line.place, line.text) for line in found if line.kind] == [("column 'Alder'", "34")]


def test_between_tabs_quotation_marks_may_be_words() -> None:
    table = 'Taler\tTekst\nI\t"Ja," sa hun.\nI\tOg "nei".\n'
    assert [cue.text for cue in read_delimited(table, place="x")] == ['"Ja," sa hun.', 'Og "nei".']
    quoted = 'Taler\tTekst\nI\t"Ja,\tsa ""hun""."\n'
    assert [cue.text for cue in read_delimited(quoted, place="x")] == ['Ja,\tsa "hun".']


def test_headings_that_come_back_are_no_talk() -> None:
    table = "Taler,Tekst\nI,Ja\nTaler,Tekst\nI,Nei\n"
    assert [cue.text for cue in read_delimited(table, place="x")] == ["Ja", "Nei"]


def test_without_speakers_the_words_are_read() -> None:
    assert spoken(read_delimited("Nr,Tekst\n1,Ja\n", place="x")) == [Line("", "Ja")]
    assert not is_delimited_transcript("Nr,Tekst\n1,Ja\n")


# ------------------------------------------------------------------ columns that the user names

SURVEY = [
    ["Prosjekt: Åpne dører", None, None, None],
    ["Når", "Hvem sa det?", "Sitat (ordrett)", "Tekst"],
    ["0:03", "Kari", "Hva er det?", "om hva"],
    ["0:09", "Ola", "Det er å få det til.", "om det"],
]
COLUMNS = {"speaker": "hvem sa det", "text": "Sitat (ordrett)", "time": "Når"}


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt", ".xlsx"])
def test_named_columns(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"intervju{suffix}"
    rows = SURVEY if suffix == ".xlsx" else SURVEY[1:]
    sign = ";" if suffix == ".csv" else "\t"
    lines = "".join(sign.join(map(str, row)) + "\n" for row in rows)
    file.write_bytes(book(rows) if suffix == ".xlsx" else lines.encode())
    assert mn.find_transcripts([tmp_path], columns=COLUMNS) == [file]
    transcript = mn.read_transcript(file, columns=COLUMNS)
    assert [(t.speaker, t.text, t.time) for t in transcript.turns] == [
        ("Kari", "Hva er det?", 3),
        ("Ola", "Det er å få det til.", 9),
    ]


def test_named_columns_that_a_table_has_not(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Hvem sa det;Utsagn\nKari;Hei?\nOla;Hei.\n", encoding="utf-8")
    assert mn.read_transcript(file, columns={"speaker": "Hvem sa det"}).turns[0].speaker == "Kari"
    with pytest.raises(
        mn.MestringError, match=r"no row has 'Hvem' and one that .*'Hvem sa det', 'Utsagn'"
    ):
        mn.read_transcript(file, columns={"speaker": "Hvem"})
    with pytest.raises(
        mn.MestringError, match=r"taler=Hvem names no column.*speaker, text, time and end"
    ):
        mn.read_transcript(file, columns={"taler": "Hvem"})


def test_named_columns_may_stand_in_a_table_of_codes() -> None:
    table = "Tur;Taler;Tekst;Forslag\n1;I;Ja;Styrker\n"
    assert spoken(read_delimited(table, place="x", columns={"text": "Tekst"})) == [Line("I", "Ja")]


# ------------------------------------------------------------------ XLSX


def test_a_workbook(tmp_path: Path) -> None:
    data = book(
        [["Prosjekt", "Åpne dører"], ["Dato", dt.datetime(2026, 3, 1)]],
        [
            ["Intervju 4 – Bjørk"],
            [],
            ["Nr", "Hvem", "Tidspunkt", "Slutt", "Innhold", "Notat"],
            [
                1,
                "Intervjuer",
                dt.time(0, 0, 2),
                dt.timedelta(seconds=4.5),
                "Hva får deg til å smile?",
                3,
            ],
            [2, "Informant", "0:04,5", None, "At de ringer når de står fast.", None],
            [3, None, None, None, 42, None],
            [4, "Intervjuer", None, None, None, "ler"],
        ],
    )
    assert spoken(read_workbook(data, place="x")) == [
        Line("Intervjuer", "Hva får deg til å smile?", 2, 4.5),
        Line("Informant", "At de ringer når de står fast.", 4.5),
        Line("Informant", "42"),
    ]
    file = tmp_path / "bjørk.xlsx"
    file.write_bytes(data)
    transcript = mn.read_transcript(file)
    assert [(turn.speaker, turn.time) for turn in transcript.turns] == [
        ("Intervjuer", 2),
        ("Informant", 4.5),
    ]


TABLE = ["Taler", "Tekst", "Tid"]


@pytest.mark.parametrize(
    ("value", "shown_as", "start"),
    [
        (dt.time(0, 12, 30), "h:mm:ss", 750),
        (dt.time(0, 12, 30), "mm:ss", 750),
        (dt.time(0, 12, 30, 500_000), "mm:ss.0", 750.5),
        # Typed as 12:30 and 75:30, which Excel takes for hours and minutes.
        (dt.time(12, 30), "h:mm", 750),
        (dt.timedelta(hours=75, minutes=30), "[h]:mm", 4530),
        (dt.timedelta(hours=1, seconds=2.25), "[h]:mm:ss", 3602.25),
        (dt.timedelta(hours=25, seconds=2), "[h]:mm:ss", 90_002),
        (1.0416666667, "h:mm:ss", 90_000),
        (12.5, "General", 12.5),
        (750, "0", 750),
        (0.008680555555555556, "General", 750),
        ("0:12:30", "@", 750),
        ("–", "@", None),
    ],
)
def test_times_of_excel(value: Any, shown_as: str, start: float | None) -> None:
    data = book([TABLE, ["I", "Ja", value]], C2=shown_as)
    assert read_workbook(data, place="x") == [Line("I", "Ja", start)]


def test_numbers_are_days_only_if_all_of_them_are_below_one() -> None:
    rows = [TABLE, ["I", "Ja", 0.25], ["I", "Nei", 1.5]]
    assert [cue.start for cue in read_workbook(book(rows), place="x")] == [0.25, 1.5]
    rows[2][2] = 0.5
    assert [cue.start for cue in read_workbook(book(rows), place="x")] == [21_600, 43_200]


def test_merged_cells_give_their_speaker_to_all_rows() -> None:
    made = openpyxl.Workbook()
    said = (["Kari", "Ja?"], [None, "Jo"], ["Ola", "Nei"], [None, None], [None, "Vel"], [None, "Hm"])
    for row in (["Taler", "Tekst"], *said):
        made.active.append(row)
    made.active.merge_cells("A2:A3")
    made.active.merge_cells("A4:A6")
    lines = read_workbook(saved(made), place="x")
    assert [cue.speaker for cue in spoken(lines)] == ["Kari", "Kari", "Ola", "Ola", "Ola"]
    (doubt,) = (line for line in lines if line.doubtful)
    assert doubt.place.endswith("row 7")  # the only one that no merged cell covers


def test_a_name_without_words_is_a_speaker_s_or_a_heading() -> None:
    rows = "Taler;Tekst\nKari;Hva?\nDel 2: Ledelse;\nOla;\nOla;Alt.\n"
    lines = read_delimited(rows, place="x")
    assert [(line.speaker, line.text) for line in spoken(lines)] == [("Kari", "Hva?"), ("Ola", "Alt.")]
    assert [(line.kind, line.text) for line in lines if line.kind] == [("heading", "Del 2: Ledelse")]
    below = read_delimited("Taler;Tekst\nKari;\n;Hva?\nOla;\n;Alt.\n", place="x")
    assert [(line.speaker, line.text) for line in spoken(below)] == [("Kari", "Hva?"), ("Ola", "Alt.")]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("=B1", "cell B2 holds a formula whose result was not saved"),
        ("#REF!", "cell B2 holds Excel's error #REF!"),
        (dt.datetime(2026, 2, 1), "cell B2 holds the date 2026-02-01"),
    ],
)
def test_cells_that_cannot_be_words(value: Any, says: str) -> None:
    message = refused(book([TABLE, ["I", value, None]]))
    assert says in message and "sheet 'Sheet', row 2" in message
    # The same in a column that nobody needs.
    data = book([["Taler", "Notat", "Tekst"], ["I", value, "Ja"]])
    assert read_workbook(data, place="x") == [Line("I", "Ja")]


def test_formulas_give_their_results() -> None:
    data = book([TABLE, ["I", "=A1", None], ["I", "Jo", None]])
    result = changed(data, rb"<f>A1</f><v ?/?>(</v>)?", b"<f>A1</f><v>42</v>")
    assert [cue.text for cue in read_workbook(result, place="x")] == ["42", "Jo"]
    empty = changed(data, rb'<c r="B2"[^>]*>.*?</c>', b'<c r="B2" t="str"><f>A9</f><v></v></c>')
    assert [cue.text for cue in read_workbook(empty, place="x")] == ["Jo"]


def test_a_time_that_is_none_names_sheet_and_row() -> None:
    assert "sheet 'Sheet', row 3: 'før lunsj 1' is no time" in refused(
        book([TABLE, ["I", "Ja", "0:01"], ["I", "Jo", "før lunsj 1"]])
    )
    assert "the cell C2 holds the date 2026-03-01 10:15" in refused(
        book([TABLE, ["I", "Ja", dt.datetime(2026, 3, 1, 10, 15)]])
    )
    assert "'-4' is no time" in refused(book([TABLE, ["I", "Ja", -4]]))


def test_a_wrong_dimension_hides_nothing() -> None:
    data = book([TABLE, ["I", "Ja", None], ["I", "Jo", None]])
    for stated in (b"A1", b"A1:XFD1048576"):
        lying = changed(data, rb'<dimension ref="[^"]*"', b'<dimension ref="' + stated + b'"')
        assert [cue.text for cue in read_workbook(lying, place="x")] == ["Ja", "Jo"]


def test_empty_rows_end_a_sheet() -> None:
    rows = "".join(f'<row r="{n}" s="1"><c r="A{n}" s="0"/></row>' for n in range(3, 100_000))
    last = '<row r="100000"><c r="B100000" t="inlineStr"><is><t>Langt nede</t></is></c></row>'
    data = book([TABLE, ["I", "Ja", None]])
    filled = changed(data, rb"</sheetData>", f"{rows}{last}</sheetData>".encode())
    assert read_workbook(filled, place="x") == [Line("I", "Ja")]
    far = changed(data, rb"</sheetData>", b'<row r="99999999999"><c/></row></sheetData>')
    assert read_workbook(far, place="x") == [Line("I", "Ja")]
    near = book([TABLE, ["I", "Ja", None], *[[]] * 900, ["I", "Jo", None]])
    assert [cue.text for cue in read_workbook(near, place="x")] == ["Ja", "Jo"]


SPREADSHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHARED = f"""<sst {SPREADSHEET}><si><t>Taler</t></si><si><t>Tekst</t></si><si><t>Tid</t></si>
<si><t xml:space="preserve"> Kari </t></si><si><r><t>Hei, </t></r><r><rPr><b/></rPr><t>Ås&amp;co</t></r>
<rPh sb="0" eb="1"><t>SMÅTT</t></rPh></si><si><t/></si><si><t>to_x000D_\nlinjer</t></si></sst>"""
CELLS = """<row r="1"><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c></row>
<row r="3"><c r="A3" t="s"><v>3</v></c><c r="B3" t="s"><v>4</v></c><c r="C3" s="1"><v>0.5</v></c></row>
<row><c r="B4" t="s"><v>6</v></c><c t="d"><v>00:00:07.5</v></c></row>
<row r="5.0"><c r="A5" t="s"><v>5</v></c><c t="b"><v>1</v></c><c t="str"><f>A1</f><v>0:09</v></c></row>
<row r="2"><c r="B2" t="inlineStr"><is><t>for sent</t></is></c></row>"""


def shared_book(cells: str = CELLS, shared: str = SHARED, **book: str) -> bytes:
    """A workbook as Excel writes it: cells point to texts that they share."""
    buffer = io.BytesIO()
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    styles = '<numFmts><numFmt numFmtId="170" formatCode="[h]:mm"/></numFmts>'
    styles += '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>'
    styles += '<dxfs><dxf><numFmt numFmtId="170" formatCode="0.0"/></dxf></dxfs>'
    given = " ".join(f'{name}="{value}"' for name, value in book.items())
    parts = {
        "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{office}/officeDocument" Target="xl/b.xml"/></Relationships>',
        "xl/b.xml": f'<workbook {SPREADSHEET} xmlns:r="{office}"><workbookPr {given}/><sheets>'
        '<sheet name="Ark" sheetId="1" r:id="s"/><sheet name="Igjen" sheetId="2" r:id="s"/></sheets></workbook>',
        "xl/_rels/b.xml.rels": "<Relationships>"
        f'<Relationship Id="s" Type="{office}/worksheet" Target="/xl/ark.xml"/>'
        f'<Relationship Id="t" Type="{office}/sharedStrings" Target="texts.xml"/>'
        f'<Relationship Id="f" Type="{office}/styles" Target="../xl/styles.xml"/></Relationships>',
        "xl/ark.xml": f"<worksheet {SPREADSHEET}><sheetData>{cells}</sheetData></worksheet>",
        "xl/texts.xml": shared,
        "xl/styles.xml": f"<styleSheet {SPREADSHEET}>{styles}</styleSheet>",
    }  # fmt: skip
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return buffer.getvalue()


def test_a_workbook_as_excel_writes_it() -> None:
    assert spoken(read_workbook(shared_book(), place="x")) == [
        Line("Kari", "Hei, Ås&co", 720),
        Line("Kari", "to\nlinjer", 7.5),
        Line("Kari", "True", 9),
    ]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ('<row r="1"><c t="s"><v>7</v></c></row>', "list index out of range"),
        ('<row r="1"><c t="s"><v>x</v></c></row>', "invalid literal"),
        (f'<row r="{"9" * 500}"><c/></row>', "infinity"),
        ('<row r="1"><c r="ABCD1"/></row>', "'ABCD1' is no cell"),
        ('<row r="1"><c t="d"><v>i dag</v></c></row>', "Invalid datetime"),
        ('<row r="1"><c s="1"><v>ett</v></c></row>', "could not convert"),
    ],
)
def test_cells_that_cannot_be_read(cells: str, says: str) -> None:
    message = refused(shared_book(cells))
    assert (
        "sheet 'Ark'" in message and "cannot be read as an Excel workbook" in message and says in message
    )


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 400, "-1e999", "1e400"])
@pytest.mark.parametrize("style", [0, 1])
def test_enormous_numbers(number: str, style: int) -> None:
    heading = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in TABLE)
    cell = f'<c r="{{}}2" s="{style}"><v>{number}</v></c>'
    for column in "BC":
        other = {"B": "C", "C": "B"}[column]
        row = f'{cell.format(column)}<c r="{other}2" t="str"><v>0:01</v></c>'
        data = shared_book(f'<row r="1">{heading}</row><row r="2">{row}</row>')
        try:
            assert read_workbook(data, place="x")
        except mn.MestringError as error:
            assert error.place.startswith("x")


@pytest.mark.parametrize("date1904", ["0", "1", "true"])
def test_dates_are_named_as_excel_shows_them(date1904: str) -> None:
    cells = '<row r="1"><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row r="2"><c/><c r="B2" s="1"><v>46000</v></c></row>'
    year = 2025 if date1904 == "0" else 2029
    assert f"the cell B2 holds the date {year}-12-" in refused(shared_book(cells, date1904=date1904))


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "_MOST_ROWS", 20)
    assert "more than 20 rows" in refused(book([TABLE, *[["I", "Ja", None]] * 20]))


def test_the_sheet_with_speakers_and_words_is_chosen() -> None:
    codes = [["Taler", "Tekst", "Forslag"], ["I", "Ja", "Styrker"]]
    words = [["Tekst"], ["Bare ord"]]
    talk = [["Taler", "Tekst"], ["I", "Jo"]]
    other = [["Taler", "Tekst"], ["I", "Nei"]]
    lines = read_workbook(book(codes, words, talk, other), place="x")
    assert [line for line in lines if not line.kind] == [Line("I", "Jo")]
    assert [(line.kind, line.text, line.doubtful) for line in lines if line.kind] == [
        ("sheet", "Taler\tTekst\tForslag\nI\tJa\tStyrker", False),
        ("sheet", "Tekst\nBare ord", True),
        ("sheet", "Taler\tTekst\nI\tNei", True),
    ]
    assert [line.text for line in read_workbook(book(codes, words), place="x") if not line.kind] == [
        "Bare ord"
    ]
    assert "a table of codes" in refused(book(codes))
    assert re.search("no column is named as the words.*'Sum'", refused(book([["Sum"], [3]])))
    assert "the table is empty" in refused(book([]))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no whole ZIP archive"),
        (b"PK\x03\x04 avkuttet", "no whole ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old Office document"),
        (changed(book([TABLE]), rb"^", b"<!DOCTYPE x [<!ENTITY a 'b'>]>"), "DOCTYPE"),
        (changed(book([TABLE]), rb"</sheetData>", b""), "malformed"),
        (changed(book([TABLE]), rb'r="A1"', b'r="?"'), "cannot be read as an Excel workbook"),
    ],
)
def test_broken_workbooks(data: bytes, says: str) -> None:
    assert says in refused(data)


# ------------------------------------------------------------------ properties

LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="\ufeff")
WORDS = st.text(LETTERS | st.sampled_from('\n\t";,=+-@#'), min_size=1, max_size=60).map(str.strip)
SPEAKER = st.text(LETTERS, max_size=20).map(lambda name: " ".join(name.split()).rstrip(": "))
TIME = st.none() | st.integers(0, 36_000_000).map(lambda ms: ms / 1000)
CUES = st.lists(st.builds(Line, SPEAKER, WORDS.filter(bool), TIME, TIME), min_size=1, max_size=8)


def clock(seconds: float | None, sign: str) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 1000:02}{sign}{rest % 1000:03}"


def spoken_on(cues: list[Line]) -> list[Line]:
    """What is read back: without a speaker, the one before goes on."""
    speaker = ""
    read = []
    for cue in cues:
        speaker = cue.speaker or speaker
        read.append(Line(speaker, cue.text, cue.start, cue.end))
    return read


@given(CUES, st.sampled_from("\t;,"), st.sampled_from(".,"), st.sampled_from(["\n", "\r\n"]))
def test_delimited_and_back(cues: list[Line], delimiter: str, sign: str, newline: str) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=newline)
    writer.writerow(["Start", "Slutt", "Taler", "Tekst"])
    for cue in cues:
        writer.writerow([clock(cue.start, sign), clock(cue.end, sign), cue.speaker, cue.text])
    assert is_delimited_transcript(buffer.getvalue())
    assert spoken(read_delimited(buffer.getvalue(), place="x")) == spoken_on(cues)


@settings(max_examples=40, deadline=None)
@given(CUES, st.sampled_from(["text", "time", "days", "seconds"]))
def test_workbook_and_back(cues: list[Line], times: str) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(["Start", "Slutt", "Taler", "Tekst"])
    written = []
    for row, cue in enumerate(cues, start=2):
        start, end = cue.start, cue.end
        if times == "seconds":  # bare seconds are told from days by one that is above 1
            start = (start or 0) + 2
        for column, seconds in ((1, start), (2, end)):
            if seconds is None:
                continue
            value: Any = {
                "text": clock(seconds, ","),
                "time": dt.timedelta(seconds=seconds),
                "days": seconds / 86_400,
                "seconds": seconds,
            }[times]
            sheet.cell(row, column, value)
        for column, text in ((3, cue.speaker), (4, cue.text)):
            sheet.cell(row, column, text).data_type = "s"
        written.append(Line(cue.speaker, cue.text, start, end))
    assert spoken(read_workbook(saved(made), place="x")) == [
        Line(
            cue.speaker,
            cue.text,
            None if cue.start is None else pytest.approx(cue.start, abs=0.001),
            None if cue.end is None else pytest.approx(cue.end, abs=0.001),
        )
        for cue in spoken_on(written)
    ]


@given(st.text(st.characters(exclude_categories=("Cs",)) | st.sampled_from('\t;,"\n:')))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_text_gives_cues_or_an_error(text: str) -> None:
    is_delimited_transcript(text)
    for table in (text, f"Tid;Taler;Tekst\n{text}"):
        try:
            assert read_delimited(table, place="x")
        except mn.MestringError as error:
            assert error.place.startswith("x")


WHOLE = book([TABLE, ["Kari", "Hei, «du»", dt.time(0, 0, 5)], ["Ola", "=A1", 3.5]])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(WHOLE)), st.integers(0, 40))
def test_any_bytes_give_cues_or_an_error(noise: bytes, at: int, over: int) -> None:
    for data in (noise, WHOLE[:at] + noise + WHOLE[at + over :]):
        try:
            assert read_workbook(data, place="x")
        except mn.MestringError as error:
            assert error.place.startswith("x")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_sheet_gives_cues_or_an_error(data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    found = [match.span() for match in re.finditer(rb'(?<=")[^"<>]*(?=")|(?<=>)[^<>]+(?=<)', sheet)]
    start, end = data.draw(st.sampled_from(found))
    value = data.draw(
        st.sampled_from([b"", b"0", b"-1", b"1e999", b"s", b"e", b"d", b"str", b"b", b"99999999999"])
    )
    with_value = sheet[:start] + value + sheet[end:]
    try:
        assert read_workbook(changed(WHOLE, rb"(?s)^.*$", with_value), place="x")
    except mn.MestringError as error:
        assert error.place.startswith("x")


@pytest.mark.parametrize(
    ("rows", "number", "message"),
    [
        (["Kari;Hva?", ";Alt.", "Kari;Og så?", "Ola;Nei."], 3, "they may be an answer"),
        (["Kari;Hva?", "Ola;Alt.", ";Og mer.", "Kari;Og?", ";Nei."], 6, "and 1 more, tells no speaker"),
        (["Kari;Hva?", "Ola;Alt.", ";Og mer.", "Kari;Og?", "Ola;Nei."], 4, "those of the row above"),
        (["Kari;Hva?", ";Alt, altså?", "Ola;Nei."], 3, "those of the row above"),
    ],
)
def test_rows_without_a_speaker_are_a_doubt(rows: list[str], number: int, message: str) -> None:
    (doubt,) = (
        line for line in read_delimited("\n".join(["Taler;Tekst", *rows]), place="x") if line.kind
    )
    assert doubt.doubtful and doubt.place == f"line {number}" and message in doubt.message
    cells = [["Taler", "Tekst"], *(row.split(";") for row in rows)]
    (doubt,) = (line for line in lines_of_tables([cells]) if line.kind)
    assert doubt.doubtful and doubt.place == f"table 1, row {number}" and message in doubt.message


def test_rows_that_all_have_a_speaker_are_none() -> None:
    text = "Taler;Tekst\nKari;Hva?\n;\nOla;Alt.\nKari;\n"
    assert not [line for line in read_delimited(text, place="x") if line.doubtful]
