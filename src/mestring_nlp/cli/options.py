"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

if TYPE_CHECKING:
    from mestring_nlp.codebook import Codebook

Interviews = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE-OR-FOLDER...",
        help="Transcripts, or folders that hold them; or one REFI-QDA project (.qdpx).",
    ),
]
Informant = Annotated[
    list[str] | None,
    typer.Option(help="An informant's speaker label, where it cannot be told; may be repeated."),
]
Interviewer = Annotated[
    list[str] | None, typer.Option(help="An interviewer's speaker label; may be repeated.")
]
AllInformant = Annotated[
    bool, typer.Option("--all-informant", help="Every word is the informant's; no labels needed.")
]
Column = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WHAT=HEADING",
        help="A table's column: WHAT is speaker, text, time or end; may be repeated.",
    ),
]


class Reading(TypedDict):
    """How transcripts are read, as the options above say."""

    informant: list[str] | None
    interviewer: list[str] | None
    all_informant: bool
    columns: dict[str, str]


def codebook_of(file: Path | None) -> Codebook:
    """Return the codebook in a file, YAML or as QDA programs write it; the bundled one without a file."""
    from mestring_nlp.codebook import OF_OTHERS, load_codebook

    if file is None or file.suffix.casefold() not in OF_OTHERS:
        return load_codebook(file)
    from mestring_nlp.refi import read_codebook

    return read_codebook(file)


def columns_of(given: Iterable[str] | None) -> dict[str, str]:
    """Return the parts of ``speaker=Hvem``; without the sign the heading is empty, which is an error."""
    parts = (one.partition("=") for one in given or ())
    return {what.strip().casefold(): heading.strip() for what, _, heading in parts}
