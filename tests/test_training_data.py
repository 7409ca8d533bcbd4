from __future__ import annotations

import csv
from pathlib import Path

import pytest

import mestring_nlp as mn


def rewrite(file: Path, *rows: tuple[object, ...]) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows)


HEAD = ("transcript", "start", "end", "code", "coder")


def test_segments_come_with_question_and_interview(coded: Path) -> None:
    data = mn.load_training_data(coded)
    segments = data.segments()
    assert len(segments) == 16 and data.coders == ("kari",)
    assert segments[0].text == "For meg er ledelse å legge til rette for de andre."
    assert segments[0].question == "Hva er ledelse for deg?"
    assert segments[0].codes == ("ledelse",) and segments[6].codes == ()
    assert {segment.transcript for segment in segments} == {"en", "to"}


def test_statements_come_along(coded: Path) -> None:
    (coded / "statements").mkdir()
    rewrite(
        coded / "statements" / "del.csv",
        ("id", "part", "question", "text", "codes"),
        ("s1", "del", "Hva da?", "Da tar vi en prat.", "dialogen; ledelse"),
        ("s2", "del", "Har dere kurs?", "", "kompetanse"),
    )
    data = mn.load_training_data(coded)
    (statement,) = data.statements
    assert (statement.codes, statement.transcript) == (("ledelse", "dialogen"), "del")
    assert statement.sequence == "" and data.segments()[0].sequence == "en"
    assert data.lone_questions == (mn.LoneQuestion("Har dere kurs?", ("kompetanse",), "del"),)


def test_several_coders_must_be_chosen_from(coded: Path) -> None:
    with (coded / "codings.csv").open("a", encoding="utf-8") as file:
        file.write("en,27,77,mestring,ola\n")
    data = mn.load_training_data(coded)
    with pytest.raises(mn.MestringError, match=r"2 coders coded it \(kari, ola\)"):
        data.segments()
    assert [segment.codes for segment in data.segments("ola")] == [("mestring",)]
    with (coded / "codings.csv").open("a", encoding="utf-8") as file:
        file.write("en,27,77,styrker,adjudicated\n")
    segments = mn.load_training_data(coded).segments()
    assert ("styrker",) in [segment.codes for segment in segments]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("en", 27, 77, "ledlse", "k"), "unknown code 'ledlse'"),
        (("en", 27, 99999, "ledelse", "k"), "99999"),
        (("en", 77, 27, "ledelse", "k"), "77"),
        (("en", "x", 27, "ledelse", "k"), "'x'"),
        (("tre", 27, 77, "ledelse", "k"), "tre"),
        (("en", 27, 77, "ledelse", ""), "coder"),
    ],
)
def test_wrong_row_is_named(coded: Path, row: tuple[object, ...], says: str) -> None:
    rewrite(coded / "codings.csv", HEAD, ("en", 27, 77, "ledelse", "k"), row)
    with pytest.raises(mn.MestringError) as caught:
        mn.load_training_data(coded)
    assert says in str(caught.value)
    assert "row 3" in str(caught.value) or "tre" in str(caught.value)


def test_overlapping_codings_are_cut(coded: Path) -> None:
    rewrite(
        coded / "codings.csv", HEAD, ("en", 27, 77, "ledelse", "k"), ("en", 34, 77, "kompetanse", "k")
    )
    data = mn.load_training_data(coded)
    assert data.units("k") == {
        ("en", 27, 34): ("ledelse",),
        ("en", 34, 77): ("ledelse", "kompetanse"),
    }


def test_two_files_of_one_name_are_an_error(coded: Path) -> None:
    (coded / "en.md").write_text((coded / "en.txt").read_text("utf-8"), "utf-8")
    with pytest.raises(mn.MestringError, match=r"en\.md and .*en\.txt"):
        mn.load_training_data(coded)


def test_missing_column_folder_and_codings(coded: Path, tmp_path: Path) -> None:
    rewrite(coded / "codings.csv", HEAD[1:])
    with pytest.raises(mn.MestringError, match="column 'transcript' is missing"):
        mn.load_training_data(coded)
    with pytest.raises(mn.MestringError, match="no such folder"):
        mn.load_training_data(tmp_path / "nei")
    (tmp_path / "tom").mkdir()
    with pytest.raises(mn.MestringError, match=r"neither codings.csv nor statements.csv"):
        mn.load_training_data(tmp_path / "tom")


def test_semicolons_and_windows_encoding(coded: Path) -> None:
    text = (coded / "codings.csv").read_text(encoding="utf-8").replace(",", ";").replace("kari", "Åse")
    (coded / "codings.csv").write_bytes(text.encode("cp1252"))
    assert mn.load_training_data(coded).coders == ("Åse",)
