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
        assert all(x.code in IDS and x.code != code.id for x in code.excludes)


def test_codebook_round_trip(codebook: mn.Codebook) -> None:
    again = parse_codebook(codebook.to_yaml())
    assert again == codebook
    assert again.hash == codebook.hash
    assert again.history == codebook.history
    assert again.rules == codebook.rules and len(codebook.rules) >= 5


def test_hash_follows_what_coding_rests_on() -> None:
    book = parse_codebook(SMALL)
    assert parse_codebook(SMALL + "history: [noe]\n").hash == book.hash
    assert parse_codebook(SMALL.replace("Den første", "Den aller første")).hash != book.hash
    assert parse_codebook(SMALL + "rules: [Korte svar har kode.]\n").hash != book.hash


def test_a_codebook_without_rules_keeps_the_hash_that_models_know() -> None:
    # Models and reviews made before there were rules have it.
    assert parse_codebook(SMALL).hash.startswith("b9d36ba7c576")


def test_codes_by_id() -> None:
    book = parse_codebook(SMALL)
    assert book["b"] is book.codes[1]
    assert "b" in book and book.codes[1] in book and "c" not in book
    with pytest.raises(mn.MestringError, match=r"no code 'c'.*a, b"):
        book["c"]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("    name: Alfa\n", "", 4, "name"),
        ("    name: Alfa\n", "    name: Alfa\n    farge: rød\n", 6, "farge"),
        ("id: b", "id: a", 9, "'a' is used twice"),
        ("id: b", "id: Bå", 9, "'Bå' cannot be an id"),
        ("code: b", "code: z", 8, "'z', which is no code"),
        ("#112233", "rød", 12, "'rød' is not a colour"),
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


@pytest.mark.parametrize(
    "yaml",
    [
        "? [a]\n: b\n",
        "? {a: b}\n: c\n",
        "~: a\n",
        "<<: &x {title: a}\n",
        "title: !!python/object/apply:os.getpid []\n",
        "title: !!python/name:os.system ''\n",
        "title: !mitt x\n",
        "!!set {title, version, codes}\n",
        "title: &a [*a]\n",
        "title: &a {*a : *a}\n",
        "title: *ukjent\n",
        "&a [*a]\n",
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "a:\n" + "".join(" " * k + "a:\n" for k in range(1, 900)),
        '"\\U00110000": a\n',
        '"\\UFFFFFFFF": a\n',
        "%YAML 1." + "9" * 5000 + "\n---\na: b\n",
        "a: b\n---\nc: d\n",
        "a: \0\n",
    ],
)
def test_yaml_that_is_no_codebook(yaml: str) -> None:
    with pytest.raises(mn.MestringError) as caught:
        parse_codebook(yaml, place="min.yaml")
    assert caught.value.place.startswith("min.yaml") and caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Alfa", '"\\0"', "no text may hold"),
        ("Alfa", '"A\\ud800"', "no text may hold"),
        ("Alfa", '"A\\uFFFF"', "no text may hold"),
        ("Alfa", '""', "name must be a text"),
        ("Alfa", "!!binary aGVp", "name must be a text"),
        ("  - id: b", "  - <<: {id: b}", "unknown field '<<'"),
        ("title:", "? [title]\n: x\ntitle:", "where the name of a field belongs"),
        ("id: b", "id: " + "b" * 100 + "Å", "cannot be an id"),
    ],
)
def test_values_that_are_no_text(old: str, new: str, says: str) -> None:
    with pytest.raises(mn.MestringError, match=says) as caught:
        parse_codebook(SMALL.replace(old, new, 1), place="min.yaml")
    assert caught.value.place.startswith("min.yaml, line ") and caught.value.hint


def test_aliases_stand_for_what_they_name() -> None:
    book = parse_codebook(
        SMALL.replace("Alfa", "&x Alfa").replace("Beta", "*x").replace('"2"', "2026-01-01")
    )
    assert [code.name for code in book] == ["Alfa", "Alfa"] and book.version == "2026-01-01"


def test_aliases_that_fill_the_memory() -> None:
    yaml = SMALL + f"history:\n  - &x {'ord ' * 10_000}\n" + "  - *x\n" * 40_000
    with pytest.raises(mn.MestringError, match="aliases stand for too much"):
        parse_codebook(yaml)


def test_a_codebook_without_end(tmp_path: Path) -> None:
    (tmp_path / "stor.yaml").write_bytes(b"# " + b"x" * 50_000_000)
    (tmp_path / "null.yaml").symlink_to("/dev/zero")
    for name in ("stor.yaml", "null.yaml", "", "mangler.yaml"):
        with pytest.raises(mn.MestringError) as caught:
            mn.load_codebook(tmp_path / name)
        assert caught.value.place.startswith(str(tmp_path)) and caught.value.hint


def test_a_long_codebook_is_read(tmp_path: Path) -> None:
    code = "  - {{id: k{0}, name: Kode {0}, definition: Den som er nummer {0}.}}\n"
    text = "title: a\nversion: 1\ncodes:\n" + "".join(code.format(k) for k in range(2000))
    (tmp_path / "lang.yaml").write_text(text, encoding="utf-8")
    assert len(mn.load_codebook(tmp_path / "lang.yaml")) == 2000
