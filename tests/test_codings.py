"""Tables of codings and of suggestions, and projects: read, and refused, in one way."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import EXAMPLE
from hypothesis import given
from hypothesis import strategies as st
from refi_files import SHAPES

import mestring_nlp as mn
from mestring_nlp.code_names import plain
from mestring_nlp.codings import cut_overlaps, read_coded_file, read_codings
from mestring_nlp.text import cell
from mestring_nlp.writers import codings_table, csv_table

HEAD = "transcript,start,end,code,coder\n"
TEXT = "P: Hva gjør dere?\nI: Vi tar en prat hver uke.\n"
SAID = (TEXT.index("Vi"), len(TEXT) - 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "en.txt").write_text(TEXT, "utf-8")
    return tmp_path


def write(folder: Path, text: str) -> Path:
    file = folder / "codings.csv"
    file.write_text(text, "utf-8")
    return file


def cells(*rows: tuple[object, ...]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("transcript,start\nen,1\n", "row 1: the column 'end' is missing"),
        ("transcript,start,end\nen,1,2\n", "row 1: the column 'code' is missing"),
        (HEAD + "en,5,5,,k\n", "row 2: the span 5-5 does not end after its start"),
        (HEAD + "en,9,5,,k\n", "row 2: the span 9-5 does not end after its start"),
        (HEAD + "en,a,5,,k\n", "row 2: start is 'a', not a position"),
        (HEAD + "en,0,5.5,,k\n", "row 2: end is '5.5', not a position"),
        (HEAD + "en,-1,5,,k\n", "row 2: start is '-1', not a position"),
        (HEAD + "en,0," + "9" * 5000 + ",,k\n", "row 2: end is '9{40}', not a position"),
        (HEAD + "en,0,5,,k\nen,6,9,,\n", "row 3: the coder has no name. Fill in the column, or delete"),
        (HEAD + ",0,5,,k\n", "row 2: the transcript has no name"),
        (HEAD + 'en,0,5,,k\nen,6,9,",k\nen,9,12,,k\n', "row 3: the row cannot be read"),
        (HEAD + "en,0,5," + "x" * 140_000 + ",k\n", "row 2: the row cannot be read .*limit"),
        (HEAD + "en,0,5,\n", "row 2: the row has not 5 cells"),
        ("transcript,start,end,codes,decision\nen,0,5,,kanskje\n", "row 2: decision is 'kanskje'"),
        (HEAD + "en,0,999,,k\n", "row 2: the span 0-999 lies outside en, which has 46 characters"),
        (
            HEAD.replace("coder", "text") + "en,0,7,,Hva var\n",
            "row 2: the words at 0-7 are 'Hva var' here and 'P: Hva ' in en",
        ),
    ],
)
def test_a_bad_row_is_named_whoever_reads_it(folder: Path, text: str, says: str) -> None:
    file = write(folder, text)
    en = mn.read_transcript(folder / "en.txt")
    with pytest.raises(mn.MestringError, match=says):
        read_codings(file, transcripts={"en": en})
    with pytest.raises(mn.MestringError, match=says):
        mn.load_training_data(folder)


def test_codes_are_held_against_a_codebook_where_there_is_one(folder: Path) -> None:
    file = write(folder, HEAD + f"en,{SAID[0]},{SAID[1]},ukjent,k\n")
    assert read_codings(file).spans[0].codes == {"ukjent"}
    with pytest.raises(
        mn.MestringError, match=r"row 2: unknown code 'ukjent'\. The codes are: ledelse,"
    ):
        mn.load_training_data(folder)


def test_one_coder_is_chosen(folder: Path) -> None:
    file = write(folder, HEAD + "en,0,5,x,kari\nen,6,9,y,ola\n")
    assert read_codings(file, "ola").spans[0].codes == {"y"}
    with pytest.raises(mn.MestringError, match=r"2 coders coded \(kari, ola\)\. Name one"):
        read_codings(file)
    with pytest.raises(mn.MestringError, match=r"no coder is called 'per'\. The coders are: kari, ola"):
        read_codings(file, "per")
    with pytest.raises(mn.MestringError, match="nothing was coded"):
        read_codings(write(folder, HEAD))


def test_a_table_without_a_coder_is_its_files(folder: Path) -> None:
    start, end = SAID
    file = write(folder, f"transcript,start,end,code\nen,{start},{end},dialogen\n")
    assert read_codings(file).coder == "codings"
    assert mn.load_training_data(folder).coders == ("codings",)


def test_several_codes_in_a_cell_are_several_codings(folder: Path) -> None:
    start, end = SAID
    write(folder, f'transcript;start;end;codes;coder\nen;{start};{end};"styrker; dialogen";k\n')
    assert [c.code for c in mn.load_training_data(folder).codings] == ["dialogen", "styrker"]


def test_suggestions_are_read_as_codings(
    interview: mn.CodedInterview, model: mn.Model, tmp_path: Path
) -> None:
    file, suggestions = tmp_path / "suggestions.csv", interview.suggestions
    file.write_bytes(csv_table([interview], model.codes))
    machine = read_codings(file)
    left = [s for s in suggestions if s.abstained]
    assert machine.coder == "suggestions" and machine.abstained == len(left)
    given = [s for s in suggestions if not s.abstained]
    assert [set(s.codes) for s in machine.spans] == [set(s.codes) for s in given]
    assert [s.text for s in machine.spans] == [s.segment.text for s in given]


def test_a_spreadsheets_truth_of_an_earlier_version(folder: Path) -> None:
    file = write(
        folder,
        "transcript,start,end,codes,abstained\n"
        "en,0,5,,SANN\nen,5,9,styrker,TRUE\nen,9,12,,USANN\nen,12,15,dialogen,\n",
    )
    assert [set(span.codes) for span in read_codings(file).spans] == [{"styrker"}, set(), {"dialogen"}]
    with pytest.raises(mn.MestringError, match="row 2: abstained is 'kanskje'"):
        read_coded_file(write(folder, "transcript,start,end,codes,abstained\nen,0,5,,kanskje\n"))


def test_a_persons_code_for_an_abstention(folder: Path) -> None:
    file = write(
        folder,
        "transcript,start,end,codes,decision\n"
        "en,0,5,,abstained\nen,5,9,styrker,abstained\nen,9,12,,no_code\nen,12,15,dialogen,\n",
    )
    found = read_codings(file)
    assert [set(span.codes) for span in found.spans] == [{"styrker"}, set(), {"dialogen"}]
    assert found.abstained == 1


@given(st.text("=-@'+ ab|", min_size=1, max_size=6).map(str.strip).filter(bool))
def test_cells_guarded_for_spreadsheets_are_read_back(name: str) -> None:
    assert plain(cell(name)) in (name, name.removeprefix("'"))
    assert name.startswith("'") or plain(cell(name)) == name


def test_a_transcript_named_like_a_formula(tmp_path: Path, interview: mn.CodedInterview) -> None:
    odd = [replace(s, segment=replace(s.segment, transcript="-intervju")) for s in interview.suggestions]
    (tmp_path / "codings.csv").write_bytes(
        codings_table([replace(interview, suggestions=odd)], "@modell")
    )
    found = read_codings(tmp_path / "codings.csv")
    assert found.coder == "@modell" and {s.transcript for s in found.spans} == {"-intervju"}


def test_a_project_brings_its_codebook_and_texts(tmp_path: Path) -> None:
    (tmp_path / "p.qdpx").write_bytes(SHAPES["nvivo"]())
    found = read_coded_file(tmp_path / "p.qdpx")
    assert found.codebook is not None and {c.code for c in found.codings} - {""} <= {*found.codebook.ids}
    kari = read_codings(tmp_path / "p.qdpx", "Kari")
    assert kari.codebook == found.codebook and all(s.text for s in kari.spans)


def test_a_data_folder_brings_its_codebook(folder: Path, codebook: mn.Codebook) -> None:
    own = mn.Codebook("Eget", "1", (mn.Code("ledelse", "Å lede", "Å lede folk."),))
    (folder / "codebook.yaml").write_text(own.to_yaml(), "utf-8")
    (folder / "codings").mkdir()
    for file in (folder / "codings.csv", folder / "codings" / "kari.csv"):
        file.write_text(HEAD + "en,0,5,ledelse,k\n", "utf-8")
        found = read_codings(file)
        assert found.codebook == own
        assert read_codings(file, codebook=codebook).codebook == codebook


# ------------------------------------------------------------------ as spreadsheets, R and pandas write them


def read(folder: Path, text: str | bytes, **more: object) -> list[tuple[int, int, set[str]]]:
    file = folder / "tabell.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [(s.start, s.end, set(s.codes)) for s in read_codings(file, **more).spans]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "TRANSCRIPT,Start,eND, Code ,CODER\nen,0,5,Ledelse,k\n",
        "\ufefftranscript;start;end;code;coder\r\nen;0;5;ledelse;k\r\n",
        "sep=;\r\ntranscript;start;end;code;coder\r\nen;0;5;LEDELSE;k\r\n",
        '"sep=;"\ntranscript;start;end;code;coder\nen;0;5; leadership ;k\n',
        "sep=\t\ntranscript\tstart\tend\tcode\tcoder\nen\t0\t5\tledelse\tk\n",
        "transcript\tstart\tend\tcode\tcoder\nen\t0\t5\tledelse\tk\n",
        ";;;;\ntranscript;start;end;code;coder\n;;;;\nen;0;5;ledelse;k\n;;;;\n;;;;\n",
        "transcript,start,end,code,coder,,\nen,0,5,ledelse,k,,\n,,,,,,\n",
        "transcript,start,end,code,coder\nen,0.0,5.0,ledelse,k\n",
        "transcript;start;end;code;coder\nen;0,0;5,00;ledelse;k\n",
        "transcript,start,end,code,coder\nen,0e+00,5E0,ledelse,k\n",
        ',"transcript","start","end","code","coder"\n1,"en",0,5,"Ledelse",k\n',
        "transcript,start,end,code,coder\nen,0,5,ledelse;NA,k\n",
        "transcript,start,end,codes,coder\nen,0,5,ledelse; LEDELSE;,k\n",
    ],
)
def test_one_table_in_many_spellings(folder: Path, text: str) -> None:
    assert read(folder, text) == [(0, 5, {"ledelse"})]
    assert read(folder, text.encode("utf-16")) == [(0, 5, {"ledelse"})]


def test_positions_that_r_writes_as_powers(folder: Path) -> None:
    assert read(folder, HEAD + "en,1e+05,1.5e5,ledelse,k\n") == [(100_000, 150_000, {"ledelse"})]
    for value in ("1.25e+01", "1,000", "1.000", "1e400", "1e-1", "NA", "nan", "²", "1_0", "+1"):
        text = HEAD.replace(",", ";") + f"en;0;{value};ledelse;k\n"
        with pytest.raises(mn.MestringError, match=r"row 2: end is .* not a position"):
            read(folder, text)


def test_a_transcript_named_with_its_suffix_is_told_how_to_be_named(folder: Path) -> None:
    write(folder, HEAD + "en.txt,3,9,ledelse,k\n")
    with pytest.raises(
        mn.MestringError, match=r"'en.txt', which is not there.*without its suffix: en\."
    ):
        mn.load_training_data(folder)


def test_a_coder_who_contradicts_themselves_is_told_of(folder: Path) -> None:
    twice = "en,3,9,ledelse,k\nen,3,9,,k\n"
    file = write(folder, f"{HEAD}{twice}en,9,12,,k\nen,3,9,,l\n")
    (note,) = read_coded_file(file).notes
    assert "codings.csv, row 3: k says that no code fits en 3-9, and gives it a code" in note
    assert mn.load_training_data(folder).notes == (note,)


@pytest.mark.parametrize("value", ["NA", "nan", "NaN", "None", "NULL", "<NA>", "#N/A", "#I/T"])
def test_a_missing_code_is_no_code_and_said(folder: Path, value: str) -> None:
    text = HEAD + f"en,0,5,{value},k\nen,6,9,Ledelse,k\nen,9,12,{value},k\n"
    assert read(folder, text) == [(0, 5, set()), (6, 9, {"ledelse"}), (9, 12, set())]
    (note,) = read_codings(folder / "tabell.csv").notes
    assert f"2 cells of codes in {folder / 'tabell.csv'} said" in note and "read as no code" in note
    write(folder, text)
    assert mn.load_training_data(folder).notes == (note.replace("tabell.csv", "codings.csv"),)


def test_a_code_that_is_called_na_is_a_code(folder: Path) -> None:
    book = mn.Codebook("b", "1", (mn.Code("na", "NA", "Næringsavdelingen."), mn.Code("b", "None", "B.")))
    text = HEAD + "en,0,5,NA,k\nen,6,9,None,k\nen,9,12,nan,k\n"
    assert read(folder, text, codebook=book) == [(0, 5, {"na"}), (6, 9, {"b"}), (9, 12, set())]


def test_missing_values_in_other_columns(folder: Path) -> None:
    head = HEAD.replace("coder", "coder,text,note,decision")
    file = write(folder, head + "en,3,9,ledelse,k,NA,NA,NA\n")
    (row,) = read_coded_file(file).rows
    assert (row.span.text, row.note) == ("", "")
    write(folder, head + "en,3,9,ledelse,NA,,,\n")
    with pytest.raises(
        mn.MestringError, match=r"row 2: the coder is 'NA', as R .*If these are initials"
    ):
        read_coded_file(file)
    write(folder, head + "NA,3,9,ledelse,k,,,\n")
    with pytest.raises(mn.MestringError, match="row 2: the transcript is 'NA'"):
        read_coded_file(file)
    write(folder, head + "en,3,9,NA,k,,,abstained\n")
    assert read_codings(file).abstained == 1


def test_names_of_codes_as_pages_show_them(folder: Path) -> None:
    import unicodedata

    start, end = SAID
    names = (
        "MÅLSETTINGER",
        unicodedata.normalize("NFD", "Målsettinger"),
        "maalsettinger",
        "Målsettinger ",
    )
    write(folder, HEAD + "".join(f"en,{start},{end},{n},k{i}\n" for i, n in enumerate(names)))
    assert {c.code for c in mn.load_training_data(folder).codings} == {"maalsettinger"}
    assert read(folder, HEAD + "en,0,5,Ingen kode,k\nen,5,6,none,k\n") == [(0, 5, set()), (5, 6, set())]
    with pytest.raises(mn.MestringError, match="says that no code fits, and gives a code"):
        read(folder, HEAD + "en,0,5,Ingen kode;Ledelse,k\n")


def test_names_that_several_codes_have(folder: Path) -> None:
    book = mn.Codebook(
        "b", "1", (mn.Code("ro", "Uro", "A."), mn.Code("uro", "Ro", "B."), mn.Code("c", "RO", "C."))
    )
    given_ = {"ro": "ro", "uro": "uro", "Ro": "uro", "Uro": "ro", "RO": "c"}
    for written, meant in given_.items():
        assert read(folder, HEAD + f"en,0,5,{written},k\n", codebook=book) == [(0, 5, {meant})]
    with pytest.raises(mn.MestringError, match=r"row 2: 'rO' names 3 codes \(c, ro, uro\)\. Write the"):
        read(folder, HEAD + "en,0,5,rO,k\n", codebook=book)


def test_codes_that_no_codebook_has_are_one_whatever_their_case(folder: Path) -> None:
    assert read(folder, HEAD + "en,0,5,Trust,k\nen,6,9,trust ; TRUST,k\n") == [
        (0, 5, {"Trust"}),
        (6, 9, {"Trust"}),
    ]
    one = read_codings(folder / "tabell.csv")
    read(folder, HEAD + "en,0,5,TRUST,o\n")
    assert {*read_codings(folder / "tabell.csv").spelled_as(one).spans[0].codes} == {"Trust"}


def test_names_of_transcripts_meet_composed(folder: Path) -> None:
    import unicodedata

    nfd = unicodedata.normalize("NFD", "Åse")
    (folder / f"{nfd}.txt").write_text(TEXT, "utf-8")
    start, end = SAID
    write(folder, HEAD + f"Åse,{start},{end},styrker,k\n{nfd},0,5,styrker,k\n")
    assert list(mn.load_training_data(folder).transcripts) == ["Åse"]


def test_columns_that_occur_twice(folder: Path) -> None:
    with pytest.raises(mn.MestringError, match="row 1: the column 'code' occurs twice"):
        read(folder, "transcript,start,end,Code,code\nen,0,5,a,b\n")


def test_rows_are_counted_as_a_spreadsheet_does(folder: Path) -> None:
    text = "sep=;\n" + HEAD.replace(",", ";") + '\n;;;;\nen;0;5;"a\nb";k\nen;0;x;a;k\n'
    with pytest.raises(mn.MestringError, match="row 5: end is 'x'"):
        read(folder, text)


# ------------------------------------------------------------------ machines


def machine_and_people(folder: Path, interview: mn.CodedInterview, people: str = "") -> mn.Model:
    model = mn.load_model()
    (folder / "codings").mkdir()
    table = codings_table([interview], model.name)
    (folder / "codings" / "maskin.csv").write_bytes(table)
    if people:
        (folder / "codings" / "kari.csv").write_text(HEAD + people, "utf-8")
    name = interview.name
    (folder / f"{name}.txt").write_bytes((EXAMPLE).read_bytes())
    return model


def test_a_model_does_not_learn_from_a_model(folder: Path, interview: mn.CodedInterview) -> None:
    s = interview.suggestions[0].segment
    row = f"{s.transcript},{s.start},{s.end},styrker,kari\n"
    model = machine_and_people(folder, interview, row)
    data = mn.load_training_data(folder)
    assert data.people == ("kari",) and model.name in data.coders
    assert [segment.codes for segment in data.segments()] == [("styrker",)]
    (said,) = data.left_out()
    assert f"by the model {model.name!r} left out" in said and "--coder" in said
    assert data.left_out(model.name) == [] and len(data.segments(model.name)) > 1


def test_models_alone_are_nothing_to_learn_from(
    folder: Path, interview: mn.CodedInterview, model: mn.Model
) -> None:
    machine_and_people(folder, interview)
    with pytest.raises(mn.MestringError, match=r"only models coded .* and a model learns from people"):
        mn.load_training_data(folder).segments()
    (folder / "codings" / "maskin.csv").write_bytes(csv_table([interview], model.codes))
    data = mn.load_training_data(folder)
    assert data.machines == {"maskin"} and data.people == ()
    with pytest.raises(mn.MestringError, match="only models coded"):
        data.segments()


def test_both_tables_of_a_machine_say_what_it_left_to_people(
    folder: Path, interview: mn.CodedInterview, model: mn.Model
) -> None:
    some = [replace(s, abstained=i % 2 == 0, codes=() if i % 2 == 0 else s.codes)
            for i, s in enumerate(interview.suggestions)]  # fmt: skip
    file = folder / "m.csv"
    counts = []
    made = [replace(interview, suggestions=some)]
    for table in (csv_table(made, model.codes), codings_table(made, "m")):
        file.write_bytes(table)
        found = read_codings(file)
        counts.append(found.abstained)
        left = {span[1:] for span in found.left}
        assert left == {(s.segment.start, s.segment.end) for s in some if s.abstained}
        assert not left & {(s.start, s.end) for s in found.spans}
    assert counts == [sum(s.abstained for s in some)] * 2


spans = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 12), st.integers(1, 8), st.sampled_from("xyz")),
    max_size=8,
)


@given(spans)
def test_cut_spans_say_the_same_at_every_place(found: list[tuple[str, int, int, str]]) -> None:
    codes: dict[tuple[str, int, int], set[str]] = {}
    for name, start, length, code in found:
        codes.setdefault((name, start, start + length), set()).add(code)
    cut = cut_overlaps(codes)

    def at(name: str, position: int, given: Mapping[tuple[str, int, int], Collection[str]]) -> set[str]:
        over = [c for (n, start, end), c in given.items() if n == name and start <= position < end]
        return set().union(*over)

    for name in "ab":
        for position in range(21):
            assert at(name, position, cut) == at(name, position, codes)
            assert sum(n == name and s <= position < e for n, s, e in cut) <= 1
    assert cut_overlaps(cut) == cut
