"""``mestring import``: convert a QDA project, or a table of codings, to a folder of training data."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from mestring_nlp.cli.terminal import say
from mestring_nlp.errors import MestringError
from mestring_nlp.text import counted
from mestring_nlp.transcript import MACHINE

_GUARD = "The folder holds what the informants said: guard it as you guard the interviews."


def import_(
    project: Annotated[
        Path,
        typer.Argument(
            metavar="PROJECT",
            help="A REFI-QDA project (.qdpx) or codebook (.qdc); or a workbook of suggestions with people's "
            "codes (.xlsx), or a table of codings (.csv).",
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="Folder for the training data; a file (.yaml) for a codebook.")
    ],
    uncoded: Annotated[
        bool,
        typer.Option(
            "--uncoded",
            help="If the coders are done: take the informants' turns in which a coder set no code as "
            "read and without a code, so that a model learns what has none.",
        ),
    ] = False,
    transcripts: Annotated[
        Path | None,
        typer.Option(help="Of a table or workbook: the folder of the transcripts; its own if left out."),
    ] = None,
    coder: Annotated[
        str | None,
        typer.Option(help="Of a table or workbook: who coded; the file's name if nothing tells."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a codebook that exists.")] = False,
) -> None:
    """Extract interviews, people's codings and the codebook, to train and evaluate on."""
    from mestring_nlp.files import check_folder, refuse_existing, write_file, write_folder
    from mestring_nlp.reading import few_doubts
    from mestring_nlp.refi import (
        import_project,
        read_codebook,
        read_project,
        transcripts_of,
        without_speakers,
    )

    suffix = project.suffix.casefold()
    if suffix == ".qdc":
        refuse_existing([out], force=force, keep=[project])
        codebook = read_codebook(project)
        write_file(out, codebook.to_yaml().encode(), force=force, private=False)
        say(f"{counted(len(codebook), 'code')}. Wrote {out}")
        return
    if suffix in (".xlsx", ".csv", ".tsv"):
        _import_codings(project, out, transcripts, coder, uncoded=uncoded)
        return
    if transcripts is not None or coder is not None:
        raise MestringError(
            "--transcripts and --coder are for tables and workbooks",
            place=str(project),
            hint="A project holds its texts and names its coders; leave them out.",
        )
    if suffix != ".qdpx":
        raise MestringError(
            f"{suffix or 'no suffix'} is not the suffix of a QDA project",
            place=str(project),
            hint="Export the project as REFI-QDA (.qdpx) from your program.",
        )
    # No file in a folder is replaced, even with --force: someone may have edited it since.
    check_folder(out, (), force=True)
    found = read_project(project)
    write_folder(out, import_project(found, uncoded=uncoded))
    silent = [
        f"{name}: it names no speakers, and all of it is read as the informant's words"
        for name in without_speakers(found)
    ]
    doubts = [doubt for transcript in transcripts_of(found) for doubt in few_doubts(transcript, project)]
    for warning in (*found.warnings, *silent, *doubts):
        say(f"Note: {warning}", err=True)
    _tell_of_models({c.coder for c in found.codings if c.coder.startswith(MACHINE)})
    coders = ", ".join(dict.fromkeys(coding.coder for coding in found.codings))
    say(
        f"{counted(len(found.sources), 'text')}, {counted(len(found.codebook), 'code')}, "
        f"{counted(len(found.codings), 'coding')} by {coders or 'nobody'}. Wrote {out}"
    )
    if not uncoded:
        say(
            "It has no passages without a code, and a model trained on it will code everything; "
            "if the coders are done, import again with --uncoded."
        )
    say(_GUARD)


def _import_codings(
    file: Path, out: Path, transcripts: Path | None, coder: str | None, *, uncoded: bool
) -> None:
    from mestring_nlp.coded_folder import import_codings
    from mestring_nlp.files import check_folder, write_folder

    if uncoded:
        raise MestringError(
            "--uncoded is for projects",
            place=str(file),
            hint="In a table, an empty code says that no code fits; in a workbook, Ingen kode does.",
        )
    check_folder(out, (), force=True)
    found, files = import_codings(file, transcripts, coder)
    write_folder(out, files)
    for note in found.notes:
        say(f"Note: {note}.", err=True)
    _tell_of_models(found.machines)
    say(
        f"{counted(len(found.codings), 'coding')} by {', '.join(found.coders)} in "
        f"{counted(len(found.transcripts), 'transcript')}. Wrote {out}"
    )
    say(_GUARD)


def _tell_of_models(machines: Collection[str]) -> None:
    for name in sorted(machines):
        say(f"Note: {name} is a model; `mestring train` leaves its codings out unless asked.", err=True)
