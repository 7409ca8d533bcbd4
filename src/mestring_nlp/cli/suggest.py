"""``mestring suggest``: codes for new interviews."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mestring_nlp.cli.terminal import progress_bar
from mestring_nlp.errors import MestringError
from mestring_nlp.text import printable
from mestring_nlp.transcript import INFORMANT

if TYPE_CHECKING:
    from rich.console import Console

    from mestring_nlp.batch import Outcome
    from mestring_nlp.codebook import Codebook

PROJECT = ".qdpx"


def suggest(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE-OR-FOLDER...",
            help="Transcripts, or folders that hold them; or one REFI-QDA project (.qdpx).",
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            help="Folder for the results; a name that ends in .qdpx for a REFI-QDA project alone; `-` "
            "for JSON Lines on standard output."
        ),
    ] = "suggestions",
    formats: Annotated[
        str,
        typer.Option(
            "--format", help="Any of csv, jsonl, html, docx, xlsx, codings, qdpx, with commas."
        ),
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
        list[str] | None,
        typer.Option(help="An informant's speaker label, where it cannot be told; may be repeated."),
    ] = None,
    interviewer: Annotated[
        list[str] | None, typer.Option(help="An interviewer's speaker label; may be repeated.")
    ] = None,
    all_informant: Annotated[
        bool, typer.Option("--all-informant", help="Every word is the informant's; no labels needed.")
    ] = False,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT=HEADING",
            help="A table's column: WHAT is speaker, text, time or end; may be repeated.",
        ),
    ] = None,
    level: Annotated[
        float,
        typer.Option(help="How often the human code shall lie in the prediction sets, 0 to 1."),
    ] = 0.9,
    jobs: Annotated[int, typer.Option(help="Files at the same time; -1 for one a core.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Replace results that exist.")] = False,
) -> None:
    """Suggest codes for every passage of the informants, without sending anything anywhere."""
    from rich.console import Console

    from mestring_nlp.batch import file_readers, project_readers, suggest_all, transcript_names
    from mestring_nlp.conformal import check_level
    from mestring_nlp.model import load_model
    from mestring_nlp.output import Output, Plan
    from mestring_nlp.readers import find_transcripts
    from mestring_nlp.readers.columns import checked_columns
    from mestring_nlp.readers.speakers import Named
    from mestring_nlp.segmentation import check_options
    from mestring_nlp.writers import json_lines

    named = Named.of(informant, interviewer, all_informant)
    project, files = None, []
    if len(paths) == 1 and paths[0].suffix.casefold() == PROJECT:
        from mestring_nlp.refi import read_project

        project = read_project(paths[0])
        readers = project_readers(project, named)
        names = [source.name for source in project.sources]
    else:
        columns = checked_columns(dict(_divided(given) for given in column or ()))
        files = find_transcripts(paths, columns=columns)
        readers, names = file_readers(files, named, columns), transcript_names(files)
    plan = None if out == "-" else Plan.of(out, formats, force=force)
    if plan is not None:
        plan.check(names, keep=[*paths, *files])
    check_options(unit, pipeline)
    coder = load_model(model)
    if encoder is not None:
        coder = coder.with_encoder(encoder)
    check_level(level)

    output = None if plan is None else Output(plan, coder, level, project)
    lines: list[_Line] = []
    failed: list[MestringError] = []
    run = suggest_all(readers, coder, unit=unit, pipeline=pipeline, jobs=jobs, level=level)
    for outcome in progress_bar(run, "Coding", len(readers)):
        if outcome.transcript is None:
            assert outcome.error is not None
            failed.append(outcome.error)
            continue
        if output is not None:
            try:
                output.add(outcome.name, outcome.transcript, outcome.suggestions)
            except MestringError as problem:
                failed.append(problem)
                continue
        else:
            sys.stdout.buffer.write(json_lines(outcome.suggestions))
            sys.stdout.buffer.flush()
        lines.append(_Line.of(outcome))
    if output is not None and lines:
        output.close()
    console = Console(stderr=output is None, soft_wrap=True)
    _report(console, lines, coder.codebook)
    for warning in (*(project.warnings if project else ()), *(output.notes if output else ())):
        console.print(f"[yellow]{_shown(warning)}[/]", highlight=False)
    for path in output.written if output else ():
        console.print(f"Wrote {_shown(str(path))}", highlight=False)
    for error in failed:
        console.print(f"[red]Failed:[/] {_shown(str(error))}", highlight=False)
    if failed:
        if lines:
            console.print(f"{len(failed)} of {len(readers)} interviews failed; {len(lines)} done.")
        raise typer.Exit(1)


def _shown(text: str) -> str:
    """A text with nothing in it that a terminal or rich's markup would obey."""
    from rich.markup import escape

    return escape(printable(text))


def _divided(column: str) -> tuple[str, str]:
    """Divide ``speaker=Hvem``; without the sign, what it names is empty, which is an error."""
    what, _, heading = column.partition("=")
    return what.strip().casefold(), heading.strip()


@dataclass(frozen=True)
class _Line:
    """What the report says of one interview."""

    name: str
    passages: int
    coded: int
    unsure: int
    often: Counter[str]
    guessed_informant: str

    @classmethod
    def of(cls, outcome: Outcome) -> _Line:
        transcript, given = outcome.transcript, outcome.suggestions
        assert transcript is not None
        informants = (turn.speaker for turn in transcript.turns if turn.role == INFORMANT)
        return cls(
            transcript.name,
            len(given),
            sum(bool(s.codes) for s in given),
            sum(s.abstained for s in given),
            Counter(code for s in given for code in s.codes),
            next(informants) if transcript.roles_guessed else "",
        )


def _report(console: Console, lines: Sequence[_Line], codebook: Codebook) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Interview")
    for heading in ("Passages", "Coded", "No code", "Unsure"):
        table.add_column(heading, justify="right")
    table.add_column("Most often suggested")
    for line in lines:
        table.add_row(
            _shown(line.name),
            str(line.passages),
            str(line.coded),
            str(line.passages - line.coded - line.unsure),
            str(line.unsure),
            ", ".join(f"{codebook[code].name} ({count})" for code, count in line.often.most_common(3)),
        )
    if lines:
        console.print(table)
    for line in lines:
        if line.guessed_informant:
            console.print(
                f"[yellow]{_shown(line.name)}: took {_shown(line.guessed_informant)} for the "
                "informant, as the one who asks least; name another with --informant.[/]"
            )
