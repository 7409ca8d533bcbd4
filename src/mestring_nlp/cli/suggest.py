"""``mestring suggest``: codes for new interviews."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mestring_nlp.cli import assistant
from mestring_nlp.cli.options import (
    AllInformant,
    Column,
    Informant,
    Interviewer,
    Interviews,
    codebook_of,
    columns_of,
)
from mestring_nlp.cli.terminal import progress_bar
from mestring_nlp.text import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from mestring_nlp.assistant.assistant import Assistant
    from mestring_nlp.model import Model
    from mestring_nlp.output import Report


def suggest(
    paths: Interviews,
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
    informant: Informant = None,
    interviewer: Interviewer = None,
    all_informant: AllInformant = False,
    column: Column = None,
    level: Annotated[
        float,
        typer.Option(help="How often the human code shall lie in the prediction sets, 0 to 1."),
    ] = 0.9,
    assistant_url: assistant.Url = None,
    assistant_model: assistant.Name = None,
    assistant_anywhere: assistant.Anywhere = False,
    assistant_prompt: assistant.Template = None,
    assistant_timeout: assistant.Timeout = assistant.SECONDS,
    jobs: assistant.Jobs = 1,
    codebook: Annotated[
        Path | None,
        typer.Option(help="With an assistant: a codebook of your own with which nothing was coded yet."),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace results that exist, and ask an assistant again."),
    ] = False,
) -> None:
    """Suggest codes for every passage of the informants, without sending anything anywhere."""
    from rich.console import Console

    from mestring_nlp.output import answers_beside, write_suggestions

    to_stdout = out == "-"
    second = assistant.assistant_at(
        assistant_url,
        assistant_model,
        anywhere=assistant_anywhere,
        prompt=assistant_prompt,
        timeout=assistant_timeout,
        jobs=jobs,
        answers=None if to_stdout else answers_beside(out),
        again=force,
    )
    report = write_suggestions(
        paths,
        sys.stdout.buffer if to_stdout else out,
        formats,
        _chosen(model, codebook, second),
        encoder=encoder,
        force=force,
        unit=unit,
        pipeline=pipeline,
        level=level,
        informant=informant,
        interviewer=interviewer,
        all_informant=all_informant,
        columns=columns_of(column),
        progress=progress_bar,
    )
    _show(report, Console(stderr=to_stdout, soft_wrap=True))
    if report.failed:
        raise typer.Exit(1)


def _chosen(model: Path | None, codebook: Path | None, second: Assistant | None) -> Model | Path | None:
    """Return the model that suggests: with an assistant beside it, or the definitions of a new codebook."""
    from mestring_nlp.errors import MestringError

    if codebook is not None and (model is not None or second is None):
        raise MestringError(
            "--codebook is for a codebook with which nothing was coded yet, and an assistant",
            hint="Give --assistant and no --model; a model that was trained has its codebook in it.",
        )
    if second is None:
        return model
    from mestring_nlp.assistant.second import AssistedModel, defined
    from mestring_nlp.model import load_model

    if codebook is not None:
        return AssistedModel.of(defined(codebook_of(codebook)), second, untested=True)
    return AssistedModel.of(load_model(model), second)


def _show(report: Report, console: Console) -> None:
    if report.counts:
        console.print(_table(report))
    for note in report.notes:
        console.print(f"[yellow]{_escaped(note)}[/]", highlight=False)
    for path in report.written:
        console.print(f"Wrote {_escaped(str(path))}", highlight=False)
    if report.index:
        shown = f"[link={report.index.resolve().as_uri()}]{_escaped(str(report.index))}[/link]"
        console.print(f"Open {shown}: all interviews, and a search in them.", highlight=False)
    for failure in report.failed:
        console.print(f"[red]Failed:[/] {_escaped(str(failure.error))}", highlight=False)
    if report.failed and report.counts:
        done, failed = len(report.counts), len(report.failed)
        console.print(f"{failed} of {done + failed} interviews failed; {done} done.")


def _table(report: Report) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Interview")
    for heading in ("Passages", "Coded", "No code", "Abstained"):
        table.add_column(heading, justify="right")
    table.add_column("Most often suggested")
    for name, counts in report.counts.items():
        table.add_row(
            _escaped(name),
            *map(str, (counts.passages, counts.coded, counts.without_code, counts.abstained)),
            ", ".join(
                f"{report.codebook[code].name} ({count})" for code, count in counts.codes.most_common(3)
            ),
        )
    return table


def _escaped(text: str) -> str:
    """Return a text without control characters or markup that a terminal or rich would obey."""
    from rich.markup import escape

    return escape(printable(text))
