"""``mestring findings``: from coded interviews to tables, drawings and an account of methods."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mestring_nlp.cli.terminal import progress_bar, say
from mestring_nlp.text import counted


def findings(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            help="Folder of coded interviews or of a review, a REFI-QDA project (.qdpx), or with --model "
            "interviews that nobody coded.",
        ),
    ],
    coder: Annotated[
        list[str] | None,
        typer.Option(help="Whose codings; may be repeated, to lay several side by side."),
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="A model that codes too: `bundled` or the folder of your own.")
    ] = None,
    variables: Annotated[
        Path | None,
        typer.Option(
            help="Table of the informants (CSV or XLSX): name of the interview, unit type, ..."
        ),
    ] = None,
    survey: Annotated[
        Path | None, typer.Option(help="Answers to a survey (CSV or XLSX), one row an answer.")
    ] = None,
    survey_codes: Annotated[
        Path | None, typer.Option(help="Table with two columns: statement and code.")
    ] = None,
    survey_group: Annotated[
        str | None, typer.Option(help="The survey's column that divides answers into groups.")
    ] = None,
    measured_on: Annotated[
        Path | None,
        typer.Option(help="Coded interviews to measure the model's errors on, if DATA has none."),
    ] = None,
    near: Annotated[int, typer.Option(min=1, help="How many passages apart is near.")] = 3,
    base_size: Annotated[int, typer.Option(min=1, help="Saturation: interviews in the base.")] = 4,
    run_length: Annotated[int, typer.Option(min=1, help="Saturation: interviews in a run.")] = 2,
    threshold: Annotated[float, typer.Option(help="Saturation: share of new codes, 0 to 1.")] = 0.05,
    out: Annotated[Path, typer.Option(help="Folder for the findings.")] = Path("findings"),
    force: Annotated[bool, typer.Option("--force", help="Replace findings that exist.")] = False,
) -> None:
    """Count codes by case and group, what occurs together, core categories, saturation and themes."""
    from mestring_nlp.analysis.findings import findings as find
    from mestring_nlp.analysis.output import PAGE, check

    check(out, force=force)
    found = find(
        data,
        coder=coder,
        model=model,
        variables=variables,
        survey=survey,
        survey_codes=survey_codes,
        survey_group=survey_group,
        measured_on=measured_on,
        near=near,
        base_size=base_size,
        run_length=run_length,
        threshold=threshold,
        progress=progress_bar,
    )
    written = found.write(out, force=force)
    m = found.material
    say(f"{counted(len(m.cases), 'case')}, coded by {', '.join(talk.coder for talk in m.coders)}.")
    for note in found.notes:
        say(f"Note: {note}", err=True)
    say(f"Wrote {counted(len(written), 'file')} to {out}")
    say(f"Open {out / PAGE}. It holds what the informants said: guard it as you guard the interviews.")
