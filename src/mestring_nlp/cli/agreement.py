"""``mestring agreement``: how well two coders agree."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mestring_nlp.cli.options import codebook_of
from mestring_nlp.cli.terminal import present, say, show


class Format(StrEnum):
    """What a report of agreement can be; see `mestring_nlp.writers.comparison.FORMATS`."""

    MD = "md"
    CSV = "csv"
    JSON = "json"
    HTML = "html"


class CountedUnit(StrEnum):
    """What counts once; see `mestring_nlp.units.UNITS`."""

    PASSAGE = "passage"
    WORD = "word"


def agreement(
    first: Annotated[
        str,
        typer.Argument(
            metavar="CODINGS_A",
            help="Codings, suggestions, a workbook with people's codes, or a project; FILE:CODER for one "
            "of several, or to name the coder of a workbook.",
        ),
    ],
    second: Annotated[str, typer.Argument(metavar="CODINGS_B", help="The other coder's.")],
    form: Annotated[
        Format | None,
        typer.Option(
            "--format", help="Left out: tables on a terminal, md where piped, or as --out ends."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; standard output if left out.")] = None,
    unit: Annotated[CountedUnit, typer.Option(help="What counts once.")] = CountedUnit.PASSAGE,
    codebook: Annotated[
        Path | None,
        typer.Option(help="Names and order of the codes; the data's own or the bundled if left out."),
    ] = None,
    transcripts: Annotated[
        Path | None, typer.Option(help="Folder of the transcripts, to show and count their words.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Compare two coders: a table by code with intervals, the confusion, and what they differ on."""
    from mestring_nlp.codings import read_coded_file
    from mestring_nlp.comparison import compare
    from mestring_nlp.files import refuse_existing, write_file
    from mestring_nlp.readers import VERBATIM, find_transcripts
    from mestring_nlp.readers.sums import check_sums
    from mestring_nlp.training_data import read_named
    from mestring_nlp.units import common_units
    from mestring_nlp.writers.comparison import FORMATS, report

    inputs = [_named(value) for value in (first, second)]
    if out is not None:
        refuse_existing([out], force=force, keep=[file for file, _ in inputs])
    book = codebook_of(codebook) if codebook is not None else None
    files = [read_coded_file(file) for file, _ in inputs]
    for file, _ in inputs:
        check_sums(file.parent / VERBATIM)
    texts = {}
    if transcripts is not None:
        common = files[0].transcripts & files[1].transcripts
        texts = read_named(find_transcripts([transcripts]), common)
    # A table without a codebook may call codes by the names that the other's has.
    either = next(filter(None, (found.book for found in files)), None)
    a, b = (
        found.of(coder, transcripts=texts, codebook=book or found.book or either)
        for found, (_, coder) in zip(files, inputs, strict=True)
    )
    b = b.spelled_as(a)
    for note in dict.fromkeys((*a.notes, *b.notes)):
        say(f"Note: {note}.", err=True)
    comparison = compare(common_units(a, b, unit=unit, transcripts=texts), a, b, unit=unit)
    if out is not None:
        ending = out.suffix.casefold().removeprefix(".")
        chosen = form or (ending if ending in FORMATS else Format.MD)
        write_file(out, FORMATS[chosen](comparison).encode(), force=force)
        say(f"Wrote {out}")
    elif form is not None:
        show(FORMATS[form](comparison))
    else:
        present(report(comparison))


def _named(value: str) -> tuple[Path, str | None]:
    """Return what FILE or FILE:CODER names."""
    if Path(value).exists() or ":" not in value:
        return Path(value), None
    # Coders have colons in their names too, such as language models: the file is what is there.
    ends = [at for at, sign in enumerate(value) if sign == ":"]
    end = next((at for at in ends if Path(value[:at]).is_file()), ends[-1])
    return Path(value[:end]), value[end + 1 :]
