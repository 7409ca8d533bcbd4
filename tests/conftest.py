"""What all tests share: no test reaches a network, and one small set of coded interviews."""

from __future__ import annotations

import csv
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import mestring_nlp as mn

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "intervju_eksempel.txt"
STUDY = ROOT.parent / "shared" / "study"

needs_strace = pytest.mark.skipif(
    shutil.which("strace") is None
    or subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True).returncode != 0,
    reason="strace is not there, or may not trace",
)

os.environ["HF_HUB_OFFLINE"] = "1"
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            raise AssertionError(f"a test tried to reach {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="session")
def codebook() -> mn.Codebook:
    return mn.load_codebook()


@pytest.fixture(scope="session")
def model() -> mn.Model:
    return mn.load_model()


@pytest.fixture(scope="session")
def example() -> mn.Transcript:
    return mn.read_transcript(EXAMPLE)


@pytest.fixture(scope="session")
def suggestions(model: mn.Model, example: mn.Transcript) -> list[mn.Suggestion]:
    return model.suggest(example)


@pytest.fixture(scope="session")
def interview(example: mn.Transcript, suggestions: list[mn.Suggestion]) -> mn.CodedInterview:
    return mn.CodedInterview(example, suggestions)


_INTERVIEWS = {
    "en": [
        ("Hva er ledelse for deg?", "For meg er ledelse å legge til rette for de andre.", "ledelse"),
        ("Hvordan er du som leder?", "Jeg er nok en tydelig leder som vil være trygg.", "ledelse"),
        ("Hvilke mål har dere?", "Vi har målekort og tall for svartid hver uke.", "maalsettinger"),
        ("Når dere målene?", "Resultatene går vi gjennom på fredager, tall for tall.", "maalsettinger"),
        ("Hvordan lærer de?", "De sitter medlytt hos hverandre og har fagmøte.", "kompetanse"),
        ("Er det kurs?", "Vi har kurs og opplæring for alle nye, med fadder.", "kompetanse"),
        ("Hvor lenge har du vært her?", "Jeg har vært her i fem år nå i mars.", ""),
        ("Vil du ha kaffe?", "Ja takk, og litt melk i kaffen, hvis dere har.", ""),
    ],
    "to": [
        ("Hva legger du i å lede?", "Å lede er å legge til rette og å være tydelig.", "ledelse"),
        ("Hva slags leder er du?", "Som leder er jeg uformell og tilgjengelig.", "ledelse"),
        ("Hva måler dere?", "Det er tall på alt, svartid og målekort og resultater.", "maalsettinger"),
        ("Hva gjør tallene?", "Målene gjør noe med folk når tallene henger på veggen.", "maalsettinger"),
        ("Hvordan er opplæringen?", "Nye får opplæring og kurs, og de har medlytt.", "kompetanse"),
        ("Lærer de av hverandre?", "De lærer av kolleger på fagmøtet og på kurs.", "kompetanse"),
        ("Hvor mange er dere?", "Vi er sytten her i avdelingen nå.", ""),
        ("Hører du oss?", "Ja, jeg hører dere fint på denne linjen.", ""),
    ],
}


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    """A data folder: two tiny interviews, three codes, one coder."""
    folder = tmp_path / "coded"
    folder.mkdir()
    rows = []
    for name, answers in _INTERVIEWS.items():
        text = ""
        for question, answer, code in answers:
            text += f"P: {question}\nI: "
            rows.append((name, len(text), len(text) + len(answer), code, "kari"))
            text += f"{answer}\n"
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with (folder / "codings.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("transcript", "start", "end", "code", "coder"), *rows])
    return folder
