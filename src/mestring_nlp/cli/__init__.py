"""The command line: one module a command, each a thin layer over the library."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from mestring_nlp._version import __version__
from mestring_nlp.cli.agreement import agreement
from mestring_nlp.cli.codebook import codebook
from mestring_nlp.cli.evaluate import evaluate
from mestring_nlp.cli.import_ import import_
from mestring_nlp.cli.suggest import suggest
from mestring_nlp.cli.train import train
from mestring_nlp.errors import MestringError

app = typer.Typer(
    name="mestring",
    help="Suggest codes for passages of interviews, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(suggest)
app.command()(train)
app.command()(agreement)
app.command()(evaluate)
app.command("import")(import_)
app.command()(codebook)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mestring-nlp {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; an error that the user can mend is one message, not a traceback."""
    try:
        app()
    except MestringError as error:
        print(f"mestring: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output has had enough; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
