from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pytest
from conftest import STUDY
from hypothesis import given
from hypothesis import strategies as st

import mestring_nlp as mn
from mestring_nlp.readers.decoding import canonical

INTERVIEW = """\
Intervju 7, påbegynt kl. 09:15
P: intervjuer
M: medintervjuer
I: informant
P: Hei. Hvordan går det?
I: Jo, det går bra. Vi begynte kl. 17:30 og var ferdige
NB: det sto på tavla, men ingen så det.
  Og så gikk vi hjem.

M: Så fint!
I: Ja.
12
Æ e ikkje sikker – «kanskje» … (latter) 🙂
"""


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def roles(transcript: mn.Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, turn.role) for turn in transcript.turns]


def test_turns_roles_and_offsets(tmp_path: Path) -> None:
    transcript = mn.read_transcript(write(tmp_path / "sju.txt", INTERVIEW))
    assert transcript.name == "sju"
    assert transcript.title == "Intervju 7, påbegynt kl. 09:15"
    assert roles(transcript) == [
        ("P", "interviewer"), ("I", "informant"), ("M", "interviewer"), ("I", "informant"),
    ]  # fmt: skip
    assert transcript.turns[1].text.endswith("Og så gikk vi hjem.")
    assert "NB: det sto" in transcript.turns[1].text and "17:30" in transcript.turns[1].text
    assert transcript.turns[3].text == "Ja.\n12\nÆ e ikkje sikker – «kanskje» … (latter) 🙂"
    for turn in transcript.turns:
        assert transcript.text[turn.start : turn.end] == turn.text
    assert not transcript.roles_guessed


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_encoding_gives_the_same_text(tmp_path: Path, encoding: str, newline: str) -> None:
    text = INTERVIEW.replace("🙂", "å").replace("\n", newline)
    transcript = mn.read_transcript(write(tmp_path / "a.txt", text, encoding))
    plain = mn.read_transcript(write(tmp_path / "b.txt", INTERVIEW.replace("🙂", "å")))
    assert transcript.text == plain.text
    assert transcript.hash == plain.hash


def test_decomposed_letters_are_composed(tmp_path: Path) -> None:
    text = unicodedata.normalize("NFD", "P: Hvorfor så?\nI: Få på åtte, ja.\n")
    transcript = mn.read_transcript(write(tmp_path / "nfd.txt", text))
    assert transcript.turns[1].text == "Få på åtte, ja."


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=80))
def test_canonical_is_idempotent(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    assert "\r" not in once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Intervjuer: Hva nå?\nInformant 3: Ja, da.\n", [("Intervjuer", "interviewer"), ("Informant 3", "informant")]),
        ("Kari: Hva nå?\nOla: Ja.\nKari: Og så?\nOla: Nei.\n", [("Kari", "interviewer"), ("Ola", "informant")] * 2),
        ("A: intervjuer\nB: informant\nA: Hva?\nB: Det.\n", [("A", "interviewer"), ("B", "informant")]),
        ("A = intervjuer\nB = informant\nA: Hva?\nB: Det.\n", [("A", "interviewer"), ("B", "informant")]),
        ("[00:01:02] P: Hva?\n[00:01:09] I: Det.\n", [("P", "interviewer"), ("I", "informant")]),
        ("P:Hva?\nI:Det.\n", [("P", "interviewer"), ("I", "informant")]),
        ("**P:** Hva?\n**I:** Det.\n", [("P", "interviewer"), ("I", "informant")]),
        ("Hanne: Hva?\nOdd: Og?\nInformant: Det.\n", [("Hanne", "interviewer"), ("Odd", "interviewer"), ("Informant", "informant")]),
        ("I1: Hva?\nI2: Det.\nI1: Hvor?\nI2: Der.\n", [("I1", "interviewer"), ("I2", "informant")] * 2),
    ],
)  # fmt: skip
def test_labels(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    assert roles(mn.read_transcript(write(tmp_path / "x.txt", text))) == expected


def test_times_are_kept(tmp_path: Path) -> None:
    transcript = mn.read_transcript(
        write(tmp_path / "x.txt", "[00:01:02] P: Hva?\n[00:01:09.5] I: Det.\n12:30 P: Når?\n")
    )
    assert [turn.time for turn in transcript.turns] == [62, 69.5, 750]


def test_informant_can_be_named(tmp_path: Path) -> None:
    file = write(tmp_path / "x.txt", "Kari: Hva?\nOla: Ja?\nKari: Det?\nOla: Så?\n")
    assert roles(mn.read_transcript(file, informant="ola"))[1] == ("Ola", "informant")
    with pytest.raises(mn.MestringError, match=r"'Per'.*Kari, Ola"):
        mn.read_transcript(file, informant="Per")


def test_all_informant_takes_paragraphs(tmp_path: Path) -> None:
    file = write(tmp_path / "x.txt", "Første avsnitt\ngår over to linjer.\n\nAndre avsnitt.\n")
    transcript = mn.read_transcript(file, all_informant=True)
    assert [turn.text for turn in transcript.turns] == [
        "Første avsnitt\ngår over to linjer.",
        "Andre avsnitt.",
    ]
    assert {turn.role for turn in transcript.turns} == {"informant"}


def test_question_is_what_was_asked_since_the_informant_spoke(tmp_path: Path) -> None:
    text = "P: Hvordan følger du dem opp i hverdagen?\nI: Jo.\nM: Ja.\nI: Jeg går runden.\nP: Mhm.\nM: Hver eneste dag, da?\nI: Nei.\n"
    transcript = mn.read_transcript(write(tmp_path / "x.txt", text))
    assert transcript.question_for(1) == "Hvordan følger du dem opp i hverdagen?"
    assert transcript.question_for(3) == "Hvordan følger du dem opp i hverdagen? Ja."
    assert transcript.question_for(6) == "Mhm. Hver eneste dag, da?"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"PK\x03\x04\x00\x00\x08\x00\x08\x00data\x00", "no whole ZIP"),
        ("P: Hva?\nI: PÃ¥ mÃ¥ndag.\n".encode(), "encoded twice"),
        (b"Bare en tekst uten hvem som snakker.\n", "no speaker labels"),
        (b"P: Hva?\nM: Hvor?\n", "informant"),
        (b"\xff\xfeP\x00:\x00 \x00\x00\xd8", "utf-16"),
    ],
)
def test_bad_file(tmp_path: Path, data: bytes, says: str) -> None:
    file = tmp_path / "feil.txt"
    file.write_bytes(data)
    with pytest.raises(mn.MestringError) as caught:
        mn.read_transcript(file)
    assert says in str(caught.value)
    assert "feil.txt" in str(caught.value)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(mn.MestringError, match="cannot be read"):
        mn.read_transcript(tmp_path / "nei.txt")
    with pytest.raises(mn.MestringError, match="folder"):
        mn.read_transcript(tmp_path)
    with pytest.raises(mn.MestringError, match="no such file"):
        mn.find_transcripts([tmp_path / "nei.txt"])
    with pytest.raises(mn.MestringError, match="holds no transcript"):
        mn.find_transcripts([tmp_path])


def test_find_transcripts_lists_each_once(tmp_path: Path) -> None:
    (tmp_path / "under").mkdir()
    files = [write(tmp_path / name, INTERVIEW) for name in ("b.txt", "a.txt", "under/c.TXT")]
    write(tmp_path / ".skjult.txt", INTERVIEW)
    write(tmp_path / "bilde.png", INTERVIEW)
    found = mn.find_transcripts([tmp_path, files[0]])
    assert sorted(found) == sorted(files)


@pytest.mark.skipif(not STUDY.is_dir(), reason="the real interview is not at hand")
def test_real_interview() -> None:
    transcript = mn.read_transcript(STUDY / "intervju1.txt")
    assert len(transcript.turns) == 94
    answers = [turn for turn in transcript.turns if turn.role == "informant"]
    assert len(answers) == 42
    assert all(transcript.text[turn.start : turn.end] == turn.text for turn in transcript.turns)
    with (STUDY / "intervju1_codes.csv").open(encoding="utf-8") as file:
        coded = list(csv.DictReader(file))
    for row, turn in zip(coded, answers, strict=True):
        assert " ".join(turn.text.split()).startswith(" ".join(row["starts_with"].split()))
