"""``mestring suggest``: codes for new interviews."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mestring_nlp.errors import MestringError
from mestring_nlp.transcript import INFORMANT

if TYPE_CHECKING:
    from rich.console import Console

    from mestring_nlp.batch import Outcome
    from mestring_nlp.codebook import Codebook

FORMATS = ("csv", "jsonl", "html", "codings")


def suggest(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE-OR-FOLDER...", help="Transcripts, or folders that hold them."),
    ],
    out: Annotated[
        str, typer.Option(help="Folder for the results; `-` writes JSON Lines to standard output.")
    ] = "suggestions",
    formats: Annotated[
        str, typer.Option("--format", help="Any of csv, jsonl, html and codings, joined with commas.")
    ] = "csv,jsonl,html",
    model: Annotated[
        Path | None, typer.Option(help="Folder of a trained model; the bundled one if left out.")
    ] = None,
    encoder: Annotated[
        str | None,
        typer.Option(
            help="A folder or hub name of a sentence-transformers model; the model's passages are "
            "learned again with it. Only a hub name that you give reaches the hub."
        ),
    ] = None,
    unit: Annotated[str, typer.Option(help="What to code: turn, passage or sentence.")] = "passage",
    pipeline: Annotated[
        str, typer.Option(help="Rules nb or nn, or an installed spaCy pipeline, for sentences.")
    ] = "nb",
    informant: Annotated[
        str | None, typer.Option(help="The informant's speaker label, where it cannot be told.")
    ] = None,
    all_informant: Annotated[
        bool, typer.Option("--all-informant", help="Every word is the informant's; no labels needed.")
    ] = False,
    level: Annotated[
        float,
        typer.Option(help="How often the human code shall lie among the plausible ones, 0 to 1."),
    ] = 0.9,
    jobs: Annotated[int, typer.Option(help="Files at the same time; -1 for one a core.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Replace results that exist.")] = False,
) -> None:
    """Suggest codes for every passage of the informants, without sending anything anywhere."""
    from rich.console import Console

    from mestring_nlp.batch import suggest_files, transcript_names
    from mestring_nlp.files import refuse_existing, write_file
    from mestring_nlp.readers import find_transcripts

    chosen = _formats(formats)
    files = find_transcripts(paths)
    folder = None if out == "-" else Path(out)
    if folder is not None:
        refuse_existing(_outputs(folder, chosen, transcript_names(files)), force=force)

    from mestring_nlp.model import load_model
    from mestring_nlp.segmentation import check_options
    from mestring_nlp.writers import codings_table, csv_table, json_lines, page

    check_options(unit, pipeline)
    coder = load_model(model)
    if encoder is not None:
        coder = coder.with_encoder(encoder)
    coder.classifier.floor(level)  # an impossible level is an error before any work
    outcomes = _watched(
        suggest_files(
            files,
            coder,
            unit=unit,
            pipeline=pipeline,
            informant=informant,
            all_informant=all_informant,
            jobs=jobs,
            level=level,
        ),
        len(files),
    )
    suggestions = [suggestion for outcome in outcomes for suggestion in outcome.suggestions]
    done = [outcome for outcome in outcomes if outcome.error is None]
    written: list[Path] = []
    if folder is None:
        sys.stdout.buffer.write(json_lines(suggestions))
        sys.stdout.buffer.flush()
    elif done:
        contents: dict[Path, bytes] = {}
        if "csv" in chosen:
            contents[folder / "suggestions.csv"] = csv_table(suggestions, coder.codes)
        if "jsonl" in chosen:
            contents[folder / "suggestions.jsonl"] = json_lines(suggestions)
        if "codings" in chosen:
            contents[folder / "codings.csv"] = codings_table(suggestions, coder.name)
        if "html" in chosen:
            for outcome in done:
                assert outcome.transcript is not None
                html = page(outcome.transcript, outcome.suggestions, coder.codebook, level)
                contents[folder / f"{outcome.transcript.name}.html"] = html.encode()
        for path, data in contents.items():
            write_file(path, data, force=force)
        written = list(contents)
    _report(Console(stderr=folder is None, soft_wrap=True), outcomes, coder.codebook, written)
    if len(done) < len(outcomes):
        raise typer.Exit(1)


def _formats(value: str) -> list[str]:
    chosen = [name.strip().casefold() for name in value.split(",") if name.strip()]
    for name in chosen:
        if name not in FORMATS:
            raise MestringError(f"unknown format {name!r}", hint=f"Known: {', '.join(FORMATS)}.")
    if not chosen:
        raise MestringError("no format given", hint=f"Known: {', '.join(FORMATS)}.")
    return chosen


def _outputs(folder: Path, formats: Sequence[str], names: Sequence[str]) -> list[Path]:
    tables = [folder / f"suggestions.{name}" for name in ("csv", "jsonl") if name in formats]
    tables += [folder / "codings.csv"] if "codings" in formats else []
    return tables + [folder / f"{name}.html" for name in names if "html" in formats]


def _watched(outcomes: Iterable[Outcome], total: int) -> list[Outcome]:
    """Collect the outcomes, with a progress bar when a person watches."""
    if not sys.stderr.isatty():
        return list(outcomes)
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return list(track(outcomes, "Coding", total=total, console=console, transient=True))


def _report(
    console: Console, outcomes: Sequence[Outcome], codebook: Codebook, written: Sequence[Path]
) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Interview")
    for heading in ("Passages", "Coded", "No code", "Unsure"):
        table.add_column(heading, justify="right")
    table.add_column("Most often suggested")
    for outcome in outcomes:
        if outcome.transcript is None:
            continue
        given = outcome.suggestions
        coded = sum(bool(s.codes) for s in given)
        unsure = sum(s.abstained for s in given)
        often = Counter(code for s in given for code in s.codes).most_common(3)
        table.add_row(
            escape(outcome.transcript.name),
            str(len(given)),
            str(coded),
            str(len(given) - coded - unsure),
            str(unsure),
            ", ".join(f"{codebook[code].name} ({count})" for code, count in often),
        )
    if table.row_count:
        console.print(table)
    for outcome in outcomes:
        if outcome.transcript is not None and outcome.transcript.roles_guessed:
            turns = outcome.transcript.turns
            informant = next(turn.speaker for turn in turns if turn.role == INFORMANT)
            console.print(
                f"[yellow]{escape(outcome.transcript.name)}: took {escape(informant)} for the "
                "informant, as the one who asks least; name another with --informant.[/]"
            )
    for path in written:
        console.print(f"Wrote {escape(str(path))}", highlight=False)
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    for outcome in failed:
        console.print(f"[red]Failed:[/] {escape(str(outcome.error))}", highlight=False)
    if failed:
        console.print(f"{len(failed)} of {len(outcomes)} files failed; the others are done.")
