"""``mestring evaluate``: agreement on interviews that the model has not seen, as a gate in CI."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mestring_nlp.cli import assistant
from mestring_nlp.cli.terminal import present, progress_bar, say, show
from mestring_nlp.errors import MestringError

if TYPE_CHECKING:
    from mestring_nlp.assistant.assistant import Assistant
    from mestring_nlp.evaluation import SideBySide
    from mestring_nlp.model import Model
    from mestring_nlp.training_data import TrainingData
    from mestring_nlp.validation import OutOfSample


@contextmanager
def errors_are_status_two() -> Iterator[None]:
    """Exit with status 2 for an error, so that CI tells it from a gate that falls (1)."""
    try:
        yield
    except MestringError as error:
        print(f"mestring: {error}", file=sys.stderr)
        raise typer.Exit(2) from error


@errors_are_status_two()
def evaluate(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Folder of coded interviews.")],
    model: Annotated[
        Path | None, typer.Option(help="A saved model, that has not seen these interviews.")
    ] = None,
    cross_validate: Annotated[
        bool,
        typer.Option("--cross-validate", help="Train on all interviews but one, in turn (the default)."),
    ] = False,
    split: Annotated[
        str, typer.Option(help="What is left out together; only `interview` is sound.")
    ] = "interview",
    coder: Annotated[
        str | None, typer.Option(help="Whose codings are taken as correct, where several coded.")
    ] = None,
    encoder: Annotated[
        str | None, typer.Option(help="For cross-validation: a sentence-transformers model.")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(help="For cross-validation: train on top of `bundled` or a model, as train does."),
    ] = None,
    level: Annotated[
        float, typer.Option(help="Share of human codes that the prediction sets shall hold, 0 to 1.")
    ] = 0.9,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(help="A gate such as kappa=0.60 or f1.styrker=0.5; may be repeated."),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="metrics.json of an earlier run, as gates.")
    ] = None,
    tolerance: Annotated[float, typer.Option(help="How far below the baseline is still fine.")] = 0.02,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="Any of md, json, junit, html, joined with commas; left out: md, or tables on a terminal.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the reports; standard output if left out.")
    ] = None,
    learning_curve: Annotated[
        bool, typer.Option("--learning-curve", help="Also measure with 1, 2, 4 ... coded interviews.")
    ] = False,
    assistant_url: assistant.Url = None,
    assistant_model: assistant.Name = None,
    assistant_anywhere: assistant.Anywhere = False,
    assistant_prompt: assistant.Template = None,
    assistant_timeout: assistant.Timeout = assistant.SECONDS,
    assistant_sample: assistant.Sample = assistant.SAMPLE,
    jobs: assistant.Jobs = 1,
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace reports that exist, and ask an assistant again."),
    ] = False,
) -> None:
    """Measure agreement with people; status 0 when every gate holds, 1 when one falls, 2 for an error."""
    from mestring_nlp import validation
    from mestring_nlp.assistant.answers import FILE
    from mestring_nlp.evaluation import evaluate as measure
    from mestring_nlp.files import refuse_existing, write_file
    from mestring_nlp.gates import baseline_limits, gates, parse_limits
    from mestring_nlp.model import load_model
    from mestring_nlp.training_data import load_training_data
    from mestring_nlp.writers.evaluation import FILES, FORMATS
    from mestring_nlp.writers.evaluation import report as as_report

    forms = [name.strip() for name in (form or "md").split(",")]
    for name in forms:
        if name not in FORMATS:
            raise MestringError(f"unknown format {name!r}", hint=f"Known: {', '.join(FORMATS)}.")
    if out is None and len(forms) > 1:
        raise MestringError("several formats need a folder", hint="Give --out FOLDER.")
    if split != "interview":
        raise MestringError(
            f"a split by {split!r} is refused: passages of one interview share speaker, topic and "
            "interviewer, so that the figures would be too good",
            hint="Leave --split out; one interview is left out at a time.",
        )
    if model is not None and cross_validate:
        raise MestringError("--model and --cross-validate exclude each other")
    if base is not None and (model is not None or encoder is not None):
        raise MestringError("--base excludes --model and --encoder")
    if out is not None:
        refuse_existing([out / FILES[name] for name in forms], force=force)
    second = assistant.assistant_at(
        assistant_url,
        assistant_model,
        anywhere=assistant_anywhere,
        prompt=assistant_prompt,
        timeout=assistant_timeout,
        jobs=jobs,
        answers=None if out is None else out / FILE,
        again=force,
    )
    coded = load_training_data(data)
    for note in (*coded.notes, *coded.left_out(coder)):
        say(f"Note: {note}.", err=True)
    limits = parse_limits(fail_under or [], coded.codebook.ids)
    limits += baseline_limits(baseline, tolerance) if baseline is not None else []
    saved = None if model is None else load_model(model)
    if saved is not None:
        found = validation.apply_model(saved, coded, coder=coder, level=level)
    else:
        found = validation.cross_validate(
            coded,
            coder=coder,
            encoder=encoder,
            base=None if base is None else load_model(base),
            level=level,
            progress=progress_bar,
        )
    report = measure(found, coded)
    if second is not None:
        beside = _beside(second, found, coded, saved, encoder, coder=coder, size=assistant_sample)
        report = replace(report, beside=beside)
    if learning_curve:
        report = replace(
            report,
            learning=validation.learning_curve(
                coded, coder=coder, encoder=encoder, progress=progress_bar
            ),
        )
    held = gates(limits, report.metrics)
    if form is None and out is None:
        present(as_report(report, held))
        forms = []
    for name in forms:
        text = FORMATS[name](report, held)
        if out is None:
            show(text)
        else:
            write_file(out / FILES[name], text.encode(), force=force, private=False)
            say(f"Wrote {out / FILES[name]}")
    fallen = [gate for gate in held if not gate.holds]
    for gate in fallen:
        print(f"mestring: gate falls: {gate}", file=sys.stderr)
    if fallen:
        raise typer.Exit(1)


def _beside(
    second: Assistant,
    found: OutOfSample,
    coded: TrainingData,
    saved: Model | None,
    encoder: str | None,
    *,
    coder: str | None,
    size: int,
) -> SideBySide:
    """Ask about coded passages, and return what was answered beside what the model says."""
    from mestring_nlp.assistant.assistant import said_of
    from mestring_nlp.assistant.beside import side_by_side
    from mestring_nlp.assistant.learning import Examples, ask_sample
    from mestring_nlp.assistant.second import check_same
    from mestring_nlp.validation import cached_encoder

    weighing = None if saved is None else saved.weighing
    check_same(weighing, second)
    if saved is not None:
        source = Examples.of_model(saved)
    else:
        cached = cached_encoder(coded, encoder, coder=coder)
        source = Examples.of_data([*found.segments, *coded.statements], cached)
    asked = ask_sample(second, found, coded.codebook, source, size=size, evenly=True)
    if failed := said_of(second.unanswered):
        say(f"Note: {failed}", err=True)
    return side_by_side(asked, coded, second, weighing=weighing)
