"""``mestring codebook``: print, check or convert a codebook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mestring_nlp.cli.options import codebook_of
from mestring_nlp.cli.terminal import say
from mestring_nlp.text import counted


def codebook(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="A codebook: YAML, REFI-QDA (.qdc) or Taguette's CSV; the bundled one if left out.",
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only report whether the codebook is valid.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write it to a file instead: .yaml, .qdc for QDA programs, or .csv for Taguette."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Print, check or convert a codebook; an error names the line."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from mestring_nlp.files import refuse_existing, write_file

    book = codebook_of(file)
    if out is not None:
        from mestring_nlp.refi import codebook_as

        refuse_existing([out], force=force, keep=[file] if file is not None else [])
        write_file(out, codebook_as(book, out.suffix.casefold()), force=force, private=False)
        say(f"{counted(len(book), 'code')}. Wrote {out}")
        return
    if check:
        say(f"{book.title} {book.version}: {counted(len(book), 'code')}, in order.")
        return
    console = Console(highlight=False)
    console.print(Text(f"{book.title}, {book.version}", style="bold"))
    for line in book.rules:
        console.print(Padding(Text(f"Regel: {line}"), (0, 2)))
    for code in book:
        console.print()
        english = f" ({code.name_en})" if code.name_en else ""
        console.print(
            Text.assemble(("■ ", code.colour), (code.name, "bold"), f"{english}  ", (code.id, "cyan"))
        )
        console.print(Padding(code.definition, (0, 2)))
        for line in code.includes:
            console.print(Padding(Text(f"+ {line}"), (0, 2)))
        for exclusion in code.excludes:
            target = f" → {exclusion.code}" if exclusion.code else ""
            console.print(Padding(Text(f"− {exclusion.text}{target}"), (0, 2)))
        if code.indicators:
            console.print(Padding(Text(f"Ord: {', '.join(code.indicators)}", style="dim"), (0, 2)))
        if code.sources:
            console.print(Padding(Text(f"Kilder: {'; '.join(code.sources)}", style="dim"), (0, 2)))
