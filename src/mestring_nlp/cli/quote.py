"""``mestring quote``: coded passages as quotations for print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mestring_nlp.cli.options import codebook_of
from mestring_nlp.cli.terminal import say
from mestring_nlp.errors import MestringError
from mestring_nlp.text import counted


def quote(
    codings: Annotated[
        Path,
        typer.Argument(
            metavar="CODINGS",
            help="A folder of training data or of a review; a table of codings, a workbook with people's "
            "codes, or a project (.qdpx).",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the quotations.")] = Path("quotations"),
    formats: Annotated[
        str, typer.Option("--format", help="Any of docx, md, html, with commas.")
    ] = "docx,md,html",
    coder: Annotated[
        str | None, typer.Option(help="Whose codings; needed where several people coded.")
    ] = None,
    code: Annotated[
        list[str] | None,
        typer.Option(help="Id or name of a code to quote; may be repeated. All if left out."),
    ] = None,
    per_code: Annotated[
        int | None,
        typer.Option(
            min=1, help="At most so many quotations of a code, from as many informants as possible."
        ),
    ] = None,
    least_words: Annotated[int, typer.Option(min=1, help="Leave out those with fewer words.")] = 1,
    most_words: Annotated[
        int | None,
        typer.Option(min=1, help="Cut longer ones at sentences, around the words of the code."),
    ] = None,
    transcripts: Annotated[
        Path | None, typer.Option(help="Folder of the transcripts, if they lie elsewhere.")
    ] = None,
    codebook: Annotated[
        Path | None, typer.Option(help="Codebook; the data's own or the bundled if left out.")
    ] = None,
    sources: Annotated[
        Path | None,
        typer.Option(help="Table with the columns transcript and source: what to call each informant."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> None:
    """Write quotations for print of coded passages: fillers and false starts out, no word changed."""
    from mestring_nlp.files import refuse_existing, write_file
    from mestring_nlp.quoting import quote as quotations_of
    from mestring_nlp.quoting import read_coded_passages
    from mestring_nlp.readers.tables import read_table
    from mestring_nlp.writers.quotations import FORMATS

    chosen = list(dict.fromkeys(part.strip().casefold() for part in formats.split(",")))
    if unknown := [name for name in chosen if name not in FORMATS]:
        raise MestringError(f"unknown format {unknown[0]!r}", hint=f"Known: {', '.join(FORMATS)}.")
    files = [out / FORMATS[name][0] for name in chosen]
    refuse_existing(files, force=force, keep=[codings])
    named = {}
    if sources is not None:
        named = {
            row["transcript"]: row["source"] for _, row in read_table(sources, ("transcript", "source"))
        }
    book = codebook_of(codebook) if codebook is not None else None
    coded = read_coded_passages(codings, coder=coder, transcripts=transcripts, codebook=book)
    for note in coded.notes:
        say(f"Note: {note}.", err=True)
    if unknown := [name for name in named if name not in coded.transcripts]:
        say(f"Note: {sources} names {unknown[0]!r}, which is no transcript of these codings.", err=True)
    found = quotations_of(
        coded,
        codes=code,
        per_code=per_code,
        least_words=least_words,
        most_words=most_words,
        sources=named,
    )
    if not found:
        raise MestringError(
            "no quotation is left", place=str(codings), hint="Ask for other codes, or fewer words."
        )
    for name, file in zip(chosen, files, strict=True):
        write_file(file, FORMATS[name][1](found, coded.codebook), force=force)
    removed = sum(len(quotation.removed) for quotation in found)
    codes = len({quotation.codes for quotation in found})
    said = f"{counted(len(found), 'quotation')} of {counted(codes, 'code')}"
    say(f"{said}; {counted(removed, 'piece')} taken out of them.")
    for file in files:
        say(f"Wrote {file}")
    say(
        "They are what the informants said: read them for what may tell who speaks before you print them."
    )
