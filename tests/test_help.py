"""The help of every command: ``-h`` as well as ``--help``, and an example that the command accepts."""

from __future__ import annotations

import shlex

import pytest
import typer
from typer.testing import CliRunner

from mestring_nlp.cli import app

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_short_and_long_help_are_the_same(name: str) -> None:
    short, long = (CliRunner().invoke(app, [*name.split(), option]) for option in ("-h", "--help"))
    assert short.exit_code == long.exit_code == 0
    assert short.output == long.output


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example_that_the_command_accepts(name: str) -> None:
    help_ = " ".join(CliRunner().invoke(app, [name, "--help"]).output.split())
    example = COMMANDS[name].epilog
    assert example in help_
    program, command, *arguments = shlex.split(example.removeprefix("Example: "))
    assert (program, command) == ("mestring", name)
    COMMANDS[name].make_context(name, arguments)
