"""What all tests share: the network is refused, commands run in this process, and models are loaded or fitted once."""

from __future__ import annotations

import csv
import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

# Before numpy: on matrices as small as these, two threads wait for each other.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import pytest
from hypothesis import settings

import mestring_nlp as mn
from mestring_nlp import __main__ as entry_point
from mestring_nlp.readers.lines import Line

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "intervju_eksempel.txt"
STUDY = ROOT.parent / "shared" / "study"

STRACE = ("strace", "-f", "--seccomp-bpf")
"""Stops a process at the calls that are asked for, and at no others."""

needs_strace = pytest.mark.skipif(
    shutil.which("strace") is None
    or subprocess.run([*STRACE, "-o", os.devnull, "true"], capture_output=True).returncode != 0,
    reason="strace is not there, is older than 5.3, or may not trace",
)

os.environ["HF_HUB_OFFLINE"] = "1"
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what is imported by now, and stays: it takes a fifth of the tests' time."""
    gc.collect()
    gc.freeze()


def spoken(lines: list[Line]) -> list[Line]:
    """What a reader takes for talk, without what it notes."""
    return [line for line in lines if not line.kind]


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


class Ran(NamedTuple):
    """A command that has ended."""

    status: int
    stdout: str
    stderr: str


Mestring = Callable[..., Ran]
"""Runs ``mestring`` with these arguments and holds that it ends with ``status``, 0 if left out."""


@pytest.fixture
def mestring(
    model: mn.Model,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Mestring:
    """Run commands through the entry point but in this process, in `tmp_path`, the bundled model loaded once.

    That the same holds in a process of its own is shown for every command in `test_cli.py`.
    """
    from mestring_nlp import model as module

    load = module.load_model

    def load_once(*given: Any, **named: Any) -> mn.Model:
        return model if not named and given in ((), (None,)) else load(*given, **named)

    def run(*arguments: object, status: int = 0) -> Ran:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            patch.chdir(tmp_path)
            patch.setenv("COLUMNS", "120")
            patch.setenv("PYTHONWARNINGS", os.environ.get("PYTHONWARNINGS", ""))
            patch.setattr(sys, "argv", ["mestring", *map(str, arguments)])
            patch.setattr(signal, "signal", lambda *_: None)  # Ctrl-C remains pytest's
            patch.setattr(module, "load_model", load_once)
            with pytest.raises(SystemExit) as end:
                entry_point.main()
        ran = Ran(int(end.value.code or 0), *capsys.readouterr())
        assert ran.status == status, ran.stdout + ran.stderr
        return ran

    return run


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


@pytest.fixture(scope="session")
def coded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that no test changes: two tiny interviews, three codes, one coder."""
    folder = tmp_path_factory.mktemp("data") / "coded"
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


@pytest.fixture
def coded(coded_once: Path, tmp_path: Path) -> Path:
    """The same data folder, of a test's own."""
    return Path(shutil.copytree(coded_once, tmp_path / "coded"))


@pytest.fixture
def four(coded: Path) -> Path:
    """The tiny data with each interview once more under another name, by two coders."""
    lines = (coded / "codings.csv").read_text("utf-8").splitlines()
    for name, copy in (("en", "tre"), ("to", "fire")):
        (coded / f"{copy}.txt").write_bytes((coded / f"{name}.txt").read_bytes())
        lines += [
            line.replace(f"{name},", f"{copy},", 1) for line in lines if line.startswith(f"{name},")
        ]
    lines += [line.replace("kari", "ola") for line in lines[1:]] + [
        line.replace("kari", "adjudicated") for line in lines[1:]
    ]
    (coded / "codings.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return coded


@pytest.fixture(scope="session")
def trained(coded_once: Path) -> mn.Model:
    """A model of the tiny interviews, fitted once."""
    return mn.train(coded_once)


@pytest.fixture(scope="session")
def saved_once(trained: mn.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "model"
    trained.save(folder)
    return folder


@pytest.fixture
def saved(saved_once: Path, tmp_path: Path) -> Path:
    """The folder of that model, of a test's own."""
    return Path(shutil.copytree(saved_once, tmp_path / "model"))
