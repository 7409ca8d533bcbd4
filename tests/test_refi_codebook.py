from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrefiqda.reficodebook import RefiCodebook
from refi_files import BOOK, CODEBOOK_XSD, guid

import mestring_nlp as mn
from mestring_nlp.codebook import Code, Exclusion, parse_codebook
from mestring_nlp.refi import codebook_as, read_codebook
from mestring_nlp.refi.codes import code_id


def again(book: mn.Codebook, suffix: str, folder: Path) -> mn.Codebook:
    file = folder / f"bok{suffix}"
    file.write_bytes(codebook_as(book, suffix))
    return mn.load_codebook(file) if suffix == ".yaml" else read_codebook(file)


def test_a_codebook_survives_every_form(codebook: mn.Codebook, tmp_path: Path) -> None:
    for book in (codebook, BOOK):
        assert again(book, ".yaml", tmp_path).codes == book.codes
        assert again(book, ".qdc", tmp_path).codes == book.codes
        grey = tuple(replace(code, colour="#888888") for code in book)  # CSV has no colours
        assert again(book, ".csv", tmp_path).codes == grey


LINE = st.text(st.sampled_from("aåØ é😀-:;,.&<>\"'=1"), min_size=1, max_size=12).map(
    lambda text: " ".join(f"x{text}".split())
)
LINES = st.lists(LINE, max_size=3).map(tuple)


@st.composite
def books(draw: st.DrawFn) -> mn.Codebook:
    ids = draw(
        st.lists(
            st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True), min_size=1, max_size=4, unique=True
        )
    )
    names = draw(st.lists(LINE, min_size=len(ids), max_size=len(ids), unique_by=str.casefold))
    exclusions = st.lists(st.builds(Exclusion, LINE, st.sampled_from(["", *ids])), max_size=3).map(tuple)
    made = []
    for own, name in zip(ids, names, strict=True):
        kind, colour = (
            draw(st.sampled_from(["concept", "factor"])),
            draw(st.sampled_from(["#123abc", "#888888"])),
        )
        made.append(
            Code(own, name, draw(LINE), draw(st.one_of(st.just(""), LINE)), kind, colour, draw(LINES), draw(exclusions), draw(LINES), draw(LINES))
        )  # fmt: skip
    return mn.Codebook("Bok", "1", tuple(made))


@given(books())
def test_codebooks_of_any_words_survive(
    tmp_path_factory: pytest.TempPathFactory, book: mn.Codebook
) -> None:
    folder = tmp_path_factory.mktemp("bok")
    assert again(book, ".qdc", folder).codes == book.codes
    assert again(book, ".csv", folder).codes == tuple(replace(code, colour="#888888") for code in book)
    CODEBOOK_XSD.validate(io.BytesIO(codebook_as(book, ".qdc")))


@given(
    st.tuples(LINE, LINE, st.sampled_from(["nb", "nn", "x--y"])),
    st.lists(LINE | st.just("a --> b <!-- {c} \u2028"), max_size=3),
    LINES,
)
def test_title_version_history_and_rules_survive_in_a_qdc(
    tmp_path_factory: pytest.TempPathFactory,
    said: tuple[str, str, str],
    history: list[str],
    rules: tuple[str, ...],
) -> None:
    title, version, language = said
    kept = tuple(" ".join(line.split()) for line in history)
    book = replace(BOOK, title=title, version=version, language=language, history=kept, rules=rules)
    read = again(book, ".qdc", tmp_path_factory.mktemp("bok"))
    assert read == book and read.history == kept and read.hash == book.hash
    CODEBOOK_XSD.validate(io.BytesIO(codebook_as(book, ".qdc")))
    assert parse_codebook(read.to_yaml()) == book


@pytest.mark.parametrize(
    "kept",
    [b'{"title": 1}', b"{}", b"{", b'{"title": "", "version": "1", "language": "nb", "history": []}'],
)
def test_a_comment_that_is_not_ours_is_passed_over(tmp_path: Path, kept: bytes) -> None:
    xml = codebook_as(BOOK, ".qdc")
    start, end = xml.index(b"<!--"), xml.index(b"-->")
    (tmp_path / "bok.qdc").write_bytes(xml[:start] + b"<!-- mestring-nlp " + kept + b" " + xml[end:])
    assert read_codebook(tmp_path / "bok.qdc").title == "bok"


def test_a_comment_written_before_there_were_rules_is_read(tmp_path: Path) -> None:
    # And one without rules is written as before, so that an older installation reads it.
    xml = codebook_as(replace(BOOK, title="Eldre", history=("1: Først.",)), ".qdc")
    assert b"rules" not in xml
    (tmp_path / "bok.qdc").write_bytes(xml)
    read = read_codebook(tmp_path / "bok.qdc")
    assert (read.title, read.history, read.rules) == ("Eldre", ("1: Først.",), ())


def test_an_empty_rule_is_none(tmp_path: Path) -> None:
    xml = codebook_as(replace(BOOK, rules=("Ja har kode.", "x")), ".qdc").replace(b'"x"', b'" "')
    (tmp_path / "bok.qdc").write_bytes(xml)
    read = read_codebook(tmp_path / "bok.qdc")
    assert read.rules == ("Ja har kode.",) and parse_codebook(read.to_yaml()) == read


def test_what_we_write_is_valid_and_another_reader_agrees(codebook: mn.Codebook, tmp_path: Path) -> None:
    for book in (codebook, BOOK):
        data = codebook_as(book, ".qdc")
        CODEBOOK_XSD.validate(io.BytesIO(data))
        (tmp_path / "bok.qdc").write_bytes(data)
        listed = RefiCodebook.load(tmp_path / "bok.qdc").codes.code
        assert [code.name for code in listed] == [code.name for code in book]
        assert [code.color for code in listed] == [code.colour for code in book]
        definitions = [(code.description or code.name).split("\n")[0] for code in listed]
        assert definitions == [code.definition for code in book]
        assert data == codebook_as(book, ".qdc")


def test_names_that_come_twice_get_their_id(tmp_path: Path) -> None:
    book = mn.Codebook(
        "b", "1", (Code("a", "Ro", "Én."), Code("b", "ro", "To."), Code("c", "Ro (c)", "Tre."))
    )
    listed = again(book, ".qdc", tmp_path)
    assert [code.name for code in listed] == ["Ro", "ro (b)", "Ro (c)"] and listed.ids == book.ids


def test_taguette_takes_our_csv() -> None:
    """Its importer wants exactly one of tag, name and path, and reads description; commas divide."""
    rows = list(csv.reader(io.StringIO(codebook_as(BOOK, ".csv").decode("utf-8"))))
    header = [cell.lower() for cell in rows[0]]
    assert sum(name in header for name in ("tag", "name", "path")) == 1 and "description" in header
    assert all(len(row) == len(header) and row[0].strip() for row in rows[1:])
    assert [row[0] for row in rows[1:]] == ["Trygghet", "Læring", "Én & <to>", "Naken"]


def test_taguettes_csv_is_read(tmp_path: Path) -> None:
    (tmp_path / "tags.csv").write_text(
        'tag,description,number of highlights\nå lære,"Å lære,\nog bli bedre",3\ninteressant,,0\n',
        "utf-8",
    )
    book = read_codebook(tmp_path / "tags.csv")
    assert [(c.id, c.name, c.definition) for c in book] == [
        ("aa_laere", "å lære", "Å lære, og bli bedre"),
        ("interessant", "interessant", "interessant"),
    ]
    (tmp_path / "tre.csv").write_text("name,description,parent\nA,,\nro,,A\nB,,\nro,,B\n", "utf-8")
    assert read_codebook(tmp_path / "tre.csv").ids == ("a", "ro", "b", "b_ro")


def test_taguettes_qdc_is_read(tmp_path: Path) -> None:
    """As Taguette writes it: upper-case GUIDs, an empty Sets, no descriptions."""
    listed = "".join(
        f'<Code guid="{guid(n)}" name="{n}" isCodable="true"></Code>' for n in ("trygg", "å.lære")
    )
    xml = (
        '<?xml version="1.0" encoding="utf-8"?>\n<CodeBook xmlns="urn:QDA-XML:codebook:1.0" '
        f'origin="Taguette 1.4.1"><Codes>{listed}</Codes><Sets></Sets></CodeBook>'
    )
    (tmp_path / "tags.qdc").write_text(xml, "utf-8")
    book = read_codebook(tmp_path / "tags.qdc")
    assert [(c.id, c.name) for c in book] == [("trygg", "trygg"), ("aa_laere", "å.lære")]
    assert book.title == "tags" and parse_codebook(book.to_yaml()) == book


def test_others_descriptions_become_definitions(tmp_path: Path) -> None:
    deep = "<Description>Om\r\n  dette.\n\nId: noe</Description>" + (
        f"<Code guid='{guid(2)}' name='Under' isCodable='1' color='#f0a'><Description>Id: x</Description></Code>"
        f"<Code guid='{guid(3)}' name='under' isCodable='true' color='red'/>"
    )
    xml = (
        "\ufeff<CodeBook xmlns='urn:QDA-XML:codebook:1.0'><Codes>"
        f"<Code guid='{guid(1)}' name=' Over  alt ' isCodable='true'>{deep}</Code></Codes></CodeBook>"
    )
    (tmp_path / "b.qdc").write_text(xml, "utf-8")
    book = read_codebook(tmp_path / "b.qdc")
    assert [(c.id, c.name, c.definition, c.colour) for c in book] == [
        ("noe", "Over alt", "Om dette.", "#888888"),
        ("under", "Under", "Id: x", "#ff00aa"),
        ("over_alt_under", "under", "under", "#888888"),
    ]


def test_ids() -> None:
    names = ["Ærlig", "Øve på å våge", "99 %", "!!!", "日本", "é\u0301", "Straße"]
    assert [code_id(name) for name in names] == [
        "aerlig", "oeve_paa_aa_vaage", "kode_99", "kode", "kode", "e", "strasse",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.qdc", "<Kodebok/>", "Kodebok"),
        ("a.qdc", "<CodeBook><Codes/></CodeBook>", "no codes"),
        ("a.qdc", "<CodeBook>", "line 1"),
        ("a.qdc", "<CodeBook><Codes><Code name='Ro'/></Codes></CodeBook>", "'Ro' has no GUID"),
        ("a.qdc", "<CodeBook><Codes><Code guid='{A}' name='Ro'/><Code guid='a' name='Uro'/></Codes></CodeBook>", "'Ro' have the same GUID a"),
        ("a.qdc", "<!DOCTYPE x [<!ENTITY e 'e'>]><CodeBook/>", "DOCTYPE"),
        ("a.csv", "farge\nrød\n", "0 of the columns"),
        ("a.csv", "name,tag\na,b\n", "2 of the columns"),
        ("a.csv", "name,description\n,b\n", "row 2: the code has no name"),
        ("a.csv", "name\nRo\nRo\n", "row 3"),
        ("a.csv", "name,description\n", "no codes"),
        ("a.txt", "Ro", r"\.txt"),
    ],
)  # fmt: skip
def test_a_broken_codebook_is_told_of(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(mn.MestringError, match=says) as caught:
        read_codebook(tmp_path / name)
    assert name in str(caught.value)


def test_unknown_form() -> None:
    with pytest.raises(mn.MestringError, match=r"\.qdc"):
        codebook_as(BOOK, ".docx")
