"""``mestring import``: convert a QDA project to a folder of training data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mestring_nlp.cli.terminal import say
from mestring_nlp.errors import MestringError
from mestring_nlp.text import counted


def import_(
    project: Annotated[
        Path, typer.Argument(metavar="PROJECT", help="A REFI-QDA project (.qdpx) or codebook (.qdc).")
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
    force: Annotated[bool, typer.Option("--force", help="Replace a codebook that exists.")] = False,
) -> None:
    """Extract interviews, people's codings and the codebook from a project, to train and evaluate on."""
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
    say("The folder holds what the informants said: guard it as you guard the interviews.")
