"""``mestring read``: what reading finds in interviews, before any coding."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mestring_nlp.cli.options import (
    AllInformant,
    Column,
    Informant,
    Interviewer,
    Interviews,
    columns_of,
)
from mestring_nlp.cli.terminal import present, progress_bar, say, show


class Format(StrEnum):
    """What a report of reading can be; see `mestring_nlp.writers.reading.FORMATS`."""

    MD = "md"
    JSON = "json"


def read(
    paths: Interviews,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="Left out: tables on a terminal, md where piped."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the texts as read, in which positions of codings count; outside the inputs."
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with status 1 if anything is doubtful.")
    ] = False,
    informant: Informant = None,
    interviewer: Interviewer = None,
    all_informant: AllInformant = False,
    column: Column = None,
    force: Annotated[bool, typer.Option("--force", help="Replace texts that exist.")] = False,
) -> None:
    """Show how interviews are read: formats, who speaks, what is left out and where, what is doubtful."""
    from mestring_nlp.reading import read_all, write_texts
    from mestring_nlp.writers.reading import FORMATS, report

    found = read_all(
        paths,
        informant=informant,
        interviewer=interviewer,
        all_informant=all_informant,
        columns=columns_of(column),
        progress=progress_bar,
    )
    written = write_texts(found, out, force=force) if out is not None else []
    if form is None:
        present(report(found))
    else:
        show(FORMATS[form](found))
    for path in written:
        say(f"Wrote {path}", err=True)
    if found.failed or (strict and found.doubtful):
        raise typer.Exit(1)
