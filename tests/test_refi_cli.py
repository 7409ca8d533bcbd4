"""The exchange as a user runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import EXAMPLE, ROOT, Mestring
from refi_files import SHAPES, WORDS, archive, check_valid, guid, project, read, simple, source, words_of

import mestring_nlp as mn

Run = Callable[..., str]


@pytest.fixture
def run(mestring: Mestring) -> Run:
    """Run a command; return all that it says."""

    def both(*arguments: object, status: int = 0) -> str:
        _, stdout, stderr = mestring(*arguments, status=status)
        return stdout + stderr

    return both


def test_suggestions_as_a_project_and_against_the_codings(run: Run, tmp_path: Path) -> None:
    assert "Wrote ut/suggestions.qdpx" in run(
        "suggest", EXAMPLE, "--format", "qdpx,codings", "--out", "ut"
    )
    run("suggest", EXAMPLE, "--out", "alene.qdpx")
    data = (tmp_path / "ut" / "suggestions.qdpx").read_bytes()
    check_valid(data)
    check_valid((tmp_path / "alene.qdpx").read_bytes())
    report = run("agreement", "ut/suggestions.qdpx", "ut/codings.csv")
    # The project's own text tells that nothing lies between neighbours that the table joined.
    assert "| all codes, where either coded |" in report and report.count(" 1.00 | – |") >= 2
    assert "words" in run("agreement", "alene.qdpx", "ut/codings.csv", "--unit", "word")


def test_suggestions_for_a_project(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mitt.qdpx").write_bytes(SHAPES["nvivo"]())
    output = run("suggest", "mitt.qdpx", "--out", "nytt.qdpx")
    assert "Intervju 1" in output and "Wrote nytt.qdpx" in output
    assert (tmp_path / "mitt.qdpx").read_bytes() == SHAPES["nvivo"]()
    found = read((tmp_path / "nytt.qdpx").read_bytes())
    assert words_of(found) >= WORDS and len(found.users) == 3
    assert run("agreement", "nytt.qdpx:Kari", "nytt.qdpx:Ola").startswith("# Agreement: Kari and Ola")
    assert "not replaced" in run("suggest", "mitt.qdpx", "--out", "mitt.qdpx", "--force", status=1)


def test_a_project_becomes_training_data_that_trains(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mitt.qdpx").write_bytes(SHAPES["atlas"]())
    output = run("import", "mitt.qdpx", "--out", "data")
    assert "1 text, 3 codes, 5 codings by Kari, Ola" in output.replace("Ola, Kari", "Kari, Ola")
    assert "recording" in output and "guard it" in output and "--uncoded" in output
    assert "--uncoded" not in run("import", "mitt.qdpx", "--out", "alt", "--uncoded")
    assert mn.load_training_data(tmp_path / "data").coders in (("Kari", "Ola"), ("Ola", "Kari"))
    lost = run("import", "mitt.qdpx", "--out", "data", "--force", status=1)
    assert "data: " in lost and "would be lost" in lost and "another place" in lost
    (tmp_path / "stille.qdpx").write_bytes(simple("Ingen sier hvem som snakker."))
    assert "en: it names no speakers" in run("import", "stille.qdpx", "--out", "stille")


def test_codebooks(run: Run, tmp_path: Path, codebook: mn.Codebook) -> None:
    assert "10 codes. Wrote k.qdc" in run("codebook", "--out", "k.qdc")
    run("codebook", "k.qdc", "--out", "k.yaml")
    run("import", "k.qdc", "--out", "i.yaml")
    run("codebook", "k.qdc", "--out", "k.csv")
    for name in ("k.yaml", "i.yaml"):
        assert mn.load_codebook(tmp_path / name).codes == codebook.codes
    assert "Mestringstro" in run("codebook", "k.csv")
    assert "10 codes, in order" in run("codebook", "--check", "k.qdc")


@pytest.mark.parametrize("suffix", ["qdc", "csv"])
def test_commands_read_a_codebook_of_another_program(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    book = f"bok.{suffix}"
    run("codebook", "--out", book)
    rows = "transcript,start,end,code\nen,1,5,mestringstro\n"
    for name in ("kari.csv", "ola.csv"):
        (tmp_path / name).write_text(rows, "utf-8")
    assert "| Mestringstro | 1 | 1 |" in run("agreement", "kari.csv", "ola.csv", "--codebook", book)
    run("quote", ROOT / "training_data", "--codebook", book, "--out", "sitater", "--per-code", "1")
    passed: list[mn.Codebook] = []

    def load(data: Path, *, codebook: mn.Codebook) -> None:
        passed.append(codebook)
        raise mn.MestringError("enough")

    monkeypatch.setattr("mestring_nlp.training_data.load_training_data", load)
    assert "enough" in run("train", "data", "--out", "m", "--codebook", book, status=1)
    assert len(passed) == 1 and len(passed[0]) == 10
    with pytest.raises(mn.MestringError, match=f"mestring codebook {book} --out codebook.yaml"):
        mn.load_codebook(tmp_path / book)


def test_emoji_and_texts_without_speakers_are_told_of(run: Run, tmp_path: Path) -> None:
    (tmp_path / "fjes.txt").write_text("P: Hva måler dere?\nI: Vi har målekort 😀 og tall.\n", "utf-8")
    assert "fjes: 1 characters such as 😀" in " ".join(
        run("suggest", "fjes.txt", "--out", "f.qdpx").split()
    )
    body = f"<Sources>{source('en')}{source('to')}</Sources>"
    texts = {"en": "Vi har målekort og tall.", "to": "P: Hva?\nI: Vi har målekort."}
    files = {f"sources/{guid(name)}.txt": text.encode() for name, text in texts.items()}
    (tmp_path / "p.qdpx").write_bytes(archive(project(body), files))
    assert "--all-informant" in run("suggest", "p.qdpx", "--out", "q.qdpx", status=1)
    found = read((tmp_path / "q.qdpx").read_bytes())
    assert {c.transcript for c in found.codings} <= {"to"} and len(found.sources) == 2
    run("suggest", "p.qdpx", "--out", "r.qdpx", "--all-informant")


def test_other_files_are_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("I: Ja", "utf-8")
    assert "REFI-QDA" in run("import", "p.txt", "--out", "ut", status=1)
    (tmp_path / "p.qdpx").write_bytes(b"PK\x03\x04")
    assert "p.qdpx" in run("suggest", "p.qdpx", "--out", "q.qdpx", status=1)
