"""The documents say what is so: commands and options exist, and the Python in them runs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from conftest import ROOT

import mestring_nlp as mn
from mestring_nlp.cli import app
from mestring_nlp.gates import parse_limits

DOCUMENTS = [
    ROOT / "README.md",
    *(
        ROOT / "docs" / f"{name}.md"
        for name in (
            *("kom-i-gang", "gjennomgang", "funn", "personvern", "samtykke", "sitater"),
            *("assistant", "ci", "encoders", "formats", "safety", "scale"),
        )
    ),
]


def commands() -> dict[str, set[str]]:
    group = typer.main.get_command(app)
    return {
        name: {
            option
            for parameter in command.params
            for option in (*parameter.opts, *parameter.secondary_opts)
        }
        for name, command in group.commands.items()  # type: ignore[attr-defined]
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documented_commands_exist(document: Path) -> None:
    known = commands()
    used = re.findall(
        r"^ {4}mestring (.*?)(?:\s+#.*|\s+\|.*)?$", document.read_text("utf-8"), re.MULTILINE
    )
    assert used
    for line in used:
        name, *words = line.split()
        assert name in known
        for word in words:
            assert not word.startswith("--") or word in known[name], line


@pytest.mark.parametrize("document", [*DOCUMENTS, ROOT / ".ci" / "run"], ids=lambda path: path.name)
def test_documented_gates_are_gates(document: Path) -> None:
    limits = re.findall(r"--fail-under (\S+=\S+)", document.read_text("utf-8"))
    assert len(parse_limits(limits, mn.load_codebook().ids)) == len(limits)


def test_every_command_is_documented() -> None:
    readme = DOCUMENTS[0].read_text("utf-8")
    for name in commands():
        assert f"mestring {name}" in readme


def readme_example() -> str:
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENTS[0].read_text("utf-8"), re.DOTALL)
    return str(code)


@pytest.mark.parametrize("passages", [True, False])
def test_the_readmes_python_runs(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    model: mn.Model,
    passages: bool,
) -> None:
    monkeypatch.chdir(ROOT)
    bare = replace(model, segments=None, vectors=None)
    monkeypatch.setattr(mn, "load_model", lambda: model if passages else bare)
    values: dict[str, object] = {}
    exec(readme_example(), values)
    assert values["P"].shape == (1, 10)  # type: ignore[attr-defined]
    assert "ledelse" in capsys.readouterr().out


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8")):
        assert (document.parent / target).exists(), target


def test_figures_are_the_measured_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import figures  # type: ignore[import-not-found]

    for file, name, make in figures.SECTIONS:
        text = file.read_text("utf-8")
        assert figures.filled(text, name, make()) == text, file
