"""``mestring import``: a QDA project as a folder of training data."""

from __future__ import annotations

import os
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
            help="Take the informants' turns in which a coder set no code as read and without code, if "
            "the coders are done; from them a model learns what bears none.",
        ),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a codebook that exists.")] = False,
) -> None:
    """Take interviews, people's codings and the codebook out of a project, to train and evaluate on."""
    from mestring_nlp.files import refuse_existing, write_file, write_folder
    from mestring_nlp.refi import import_project, read_codebook, read_project, without_speakers

    suffix = project.suffix.casefold()
    if suffix == ".qdc":
        refuse_existing([out], force=force, keep=[project])
        codebook = read_codebook(project)
        write_file(out, codebook.to_yaml().encode(), force=force, private=False)
        say(f"{counted(len(codebook), 'code')}. Wrote {out}")
        return
    if suffix != ".qdpx":
        raise MestringError(
            f"{suffix or 'no suffix'} is no QDA project", place=str(project),
            hint="Export the project as REFI-QDA (.qdpx) from your program.",
        )  # fmt: skip
    if os.path.lexists(out) and (not out.is_dir() or any(out.iterdir())):
        raise MestringError(
            "it exists already, is not empty, and is not overwritten",
            place=str(out),
            hint="Choose another place with --out.",
        )
    found = read_project(project)
    write_folder(out, import_project(found, uncoded=uncoded))
    silent = [
        f"{name}: it does not tell who speaks, and all of it is read as the informant's words"
        for name in without_speakers(found)
    ]
    for warning in (*found.warnings, *silent):
        say(f"Note: {warning}", err=True)
    coders = ", ".join(dict.fromkeys(coding.coder for coding in found.codings))
    say(
        f"{counted(len(found.sources), 'text')}, {counted(len(found.codebook), 'code')}, "
        f"{counted(len(found.codings), 'coding')} by {coders or 'nobody'}. Wrote {out}"
    )
    if not uncoded:
        say(
            "It tells nothing of passages without a code, and a model trained on it will code everything; "
            "if the coders are done, import again with --uncoded."
        )
    say("The folder holds what the informants said: guard it as you guard the interviews.")
