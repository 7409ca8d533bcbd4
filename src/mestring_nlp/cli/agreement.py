"""``mestring agreement``: how well two coders agree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mestring_nlp.cli.terminal import say, show
from mestring_nlp.errors import MestringError


def agreement(
    first: Annotated[
        str,
        typer.Argument(
            metavar="CODINGS_A", help="Codings or suggestions; FILE:CODER for one of several."
        ),
    ],
    second: Annotated[str, typer.Argument(metavar="CODINGS_B", help="The other coder's.")],
    form: Annotated[str, typer.Option("--format", help="md, csv, json or html.")] = "md",
    out: Annotated[Path | None, typer.Option(help="File to write; standard output if left out.")] = None,
    unit: Annotated[str, typer.Option(help="What counts once: passage or word.")] = "passage",
    transcripts: Annotated[
        Path | None, typer.Option(help="Folder of the transcripts, to show and count their words.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Compare two coders: a table by code with intervals, the confusion, and what they differ on."""
    from mestring_nlp.codebook import load_codebook
    from mestring_nlp.codings import read_codings
    from mestring_nlp.comparison import compare
    from mestring_nlp.files import refuse_existing, write_file
    from mestring_nlp.readers import find_transcripts, name_of, read_transcript
    from mestring_nlp.units import common_units
    from mestring_nlp.writers.comparison import FORMATS

    if form not in FORMATS:
        raise MestringError(f"unknown format {form!r}", hint=f"Known: {', '.join(FORMATS)}.")
    inputs = [_named(value) for value in (first, second)]
    if out is not None:
        refuse_existing([out], force=force, keep=[file for file, _ in inputs])
    a, b = (read_codings(*given) for given in inputs)
    texts = None
    if transcripts is not None:
        texts = {name_of(file): read_transcript(file) for file in find_transcripts([transcripts])}
    units = common_units(a, b, unit=unit, transcripts=texts)
    comparison = compare(units, a, b, unit=unit, codes=load_codebook().ids)
    report = FORMATS[form](comparison)
    if out is None:
        show(report)
    else:
        write_file(out, report.encode(), force=force)
        say(f"Wrote {out}")


def _named(value: str) -> tuple[Path, str | None]:
    """FILE or FILE:CODER."""
    file, separator, coder = value.rpartition(":")
    return (Path(file), coder) if separator and not Path(value).exists() else (Path(value), None)
