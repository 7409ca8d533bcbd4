"""The command line: one module per command, each a thin layer over the library."""

from __future__ import annotations

from typing import Annotated

import typer

from mestring_nlp._version import __version__
from mestring_nlp.cli.agreement import agreement
from mestring_nlp.cli.codebook import codebook
from mestring_nlp.cli.evaluate import evaluate
from mestring_nlp.cli.findings import findings
from mestring_nlp.cli.forget import forget
from mestring_nlp.cli.import_ import import_
from mestring_nlp.cli.pseudonymise import pseudonymise, restore
from mestring_nlp.cli.quote import quote
from mestring_nlp.cli.read import read
from mestring_nlp.cli.review import review
from mestring_nlp.cli.suggest import suggest
from mestring_nlp.cli.train import train

app = typer.Typer(
    name="mestring",
    help="Suggest codes for passages of interviews, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command, example in (
    (read, "read interviews/ --strict"),
    (pseudonymise, "pseudonymise interviews/ --out hidden --key ../key.json"),
    (restore, "restore hidden/ --out originals --key ../key.json"),
    (suggest, "suggest interviews/ --out suggestions --format csv,html"),
    (review, "review interviews/ --out my_review --coder kari"),
    (train, "train coded/ --base bundled --out my_model"),
    (agreement, "agreement kari.csv ola.csv --transcripts interviews/"),
    (evaluate, "evaluate coded/ --fail-under kappa=0.60"),
    (quote, "quote coded/ --per-code 5 --most-words 60"),
    (forget, "forget informant_3 --project my_study"),
    (findings, "findings coded/ --variables informants.csv --out findings"),
    (import_, "import project.qdpx --out coded"),
    (codebook, "codebook my_codebook.yaml --check"),
):
    app.command(example.split()[0], epilog=f"Example: mestring {example}")(command)


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
