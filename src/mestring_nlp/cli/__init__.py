"""The command line: one module a command, each a thin layer over the library."""

from __future__ import annotations

from typing import Annotated

import typer

from mestring_nlp._version import __version__
from mestring_nlp.cli.agreement import agreement
from mestring_nlp.cli.codebook import codebook
from mestring_nlp.cli.evaluate import evaluate
from mestring_nlp.cli.import_ import import_
from mestring_nlp.cli.suggest import suggest
from mestring_nlp.cli.train import train

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
