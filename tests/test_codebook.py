from __future__ import annotations

from pathlib import Path

import pytest

import mestring_nlp as mn
from mestring_nlp.codebook import parse_codebook

IDS = (
    "ledelse", "mestring", "maalsettinger", "myndiggjoering", "aa_lykkes", "mestringstro",
    "forventninger", "dialogen", "styrker", "kompetanse",
)  # fmt: skip

SMALL = """\
title: Liten kodebok
version: "2"
codes:
  - id: a
    name: Alfa
    definition: Den første.
    excludes:
      - {text: Noe annet, code: b}
  - id: b
    name: Beta
    definition: Den andre.
    colour: "#112233"
"""


def test_bundled_codebook_is_whole(codebook: mn.Codebook) -> None:
    assert codebook.ids == IDS
    assert [code.kind for code in codebook] == ["concept"] * 2 + ["factor"] * 8
    assert len({code.colour for code in codebook}) == len(codebook)
    for code in codebook:
        assert code.name and code.name_en and code.definition and code.sources
        assert len(code.includes) >= 3
        assert all(border.code in IDS and border.code != code.id for border in code.excludes)


def test_codebook_round_trip(codebook: mn.Codebook) -> None:
    again = parse_codebook(codebook.to_yaml())
    assert again == codebook
    assert again.hash == codebook.hash
    assert again.history == codebook.history


def test_hash_follows_what_coding_rests_on() -> None:
    book = parse_codebook(SMALL)
    assert parse_codebook(SMALL + "history: [noe]\n").hash == book.hash
    assert parse_codebook(SMALL.replace("Den første", "Den aller første")).hash != book.hash


def test_unknown_code_names_the_choices() -> None:
    with pytest.raises(mn.MestringError, match=r"no code 'c'.*a, b"):
        parse_codebook(SMALL)["c"]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("    name: Alfa\n", "", 4, "name"),
        ("    name: Alfa\n", "    name: Alfa\n    farge: rød\n", 6, "farge"),
        ("id: b", "id: a", 9, "'a' is used twice"),
        ("id: b", "id: Bå", 9, "'Bå' cannot be an id"),
        ("code: b", "code: z", 8, "'z', which is no code"),
        ("#112233", "rød", 12, "'rød' is no colour"),
        ("definition: Den andre.", "definition: [1, 2]", 11, "definition"),
        ("definition: Den andre.", "definition: Den: andre.", 11, ""),
        ("    name: Beta", "   name: Beta", 10, ""),
        ("    colour:", "    kind: faktor\n    colour:", 12, "'faktor'"),
    ],
)
def test_error_names_line_and_value(old: str, new: str, line: int, says: str) -> None:
    with pytest.raises(mn.MestringError) as caught:
        parse_codebook(SMALL.replace(old, new, 1), place="min.yaml")
    assert f"min.yaml, line {line}" in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "bare tekst", "- en\n- liste\n", "title: x\nversion: 1\ncodes: []\n"]
)
def test_no_codebook(text: str) -> None:
    with pytest.raises(mn.MestringError):
        parse_codebook(text)


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(mn.MestringError, match="cannot be read"):
        mn.load_codebook(tmp_path / "nei.yaml")
    (tmp_path / "latin.yaml").write_bytes("title: Målbok".encode("cp1252"))
    with pytest.raises(mn.MestringError, match="not UTF-8"):
        mn.load_codebook(tmp_path / "latin.yaml")
