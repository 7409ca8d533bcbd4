"""Tables of codings and of suggestions, and projects: read, and refused, in one way."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refi_files import SHAPES

import mestring_nlp as mn
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
        (HEAD + "en,0,5.0,,k\n", "row 2: end is '5.0', not a position"),
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
    from mestring_nlp.codings import _plain

    assert _plain(cell(name)) in (name, name.removeprefix("'"))
    assert name.startswith("'") or _plain(cell(name)) == name


def test_a_transcript_named_like_a_formula(tmp_path: Path, interview: mn.CodedInterview) -> None:
    from dataclasses import replace

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
