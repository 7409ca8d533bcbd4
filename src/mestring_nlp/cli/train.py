"""``mestring train``: a model from coded passages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mestring_nlp.cli import assistant
from mestring_nlp.cli.options import codebook_of
from mestring_nlp.cli.terminal import progress_bar, say
from mestring_nlp.text import counted


def train(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Folder of coded interviews.")],
    out: Annotated[Path, typer.Option(help="Folder to write the model to.")],
    codebook: Annotated[
        Path | None, typer.Option(help="A codebook, in place of the data's own or the bundled one.")
    ] = None,
    encoder: Annotated[
        str | None, typer.Option(help="A folder or hub name of a sentence-transformers model.")
    ] = None,
    coder: Annotated[
        str | None, typer.Option(help="Whose codings to learn, where several coded.")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            help="`bundled`, or the folder of a model with the same codes, that these passages correct."
        ),
    ] = None,
    passages: Annotated[
        bool,
        typer.Option(help="Keep the passages in the model; needed to change its encoder later."),
    ] = True,
    assistant_url: assistant.Url = None,
    assistant_model: assistant.Name = None,
    assistant_anywhere: assistant.Anywhere = False,
    assistant_prompt: assistant.Template = None,
    assistant_timeout: assistant.Timeout = assistant.SECONDS,
    assistant_sample: assistant.Sample = assistant.SAMPLE,
    jobs: assistant.Jobs = 1,
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace a model that exists, and ask an assistant again."),
    ] = False,
) -> None:
    """Train a model on interviews that people have coded, and save it."""
    from mestring_nlp import storage
    from mestring_nlp.assistant.answers import FILE
    from mestring_nlp.assistant.assistant import said_of
    from mestring_nlp.model import load_model
    from mestring_nlp.training import train as train_model
    from mestring_nlp.training_data import load_training_data

    storage.check(out, force=force)
    second = assistant.assistant_at(
        assistant_url,
        assistant_model,
        anywhere=assistant_anywhere,
        prompt=assistant_prompt,
        timeout=assistant_timeout,
        jobs=jobs,
        answers=out.with_name(f"{out.name}_{FILE}"),
        again=force,
    )
    given = codebook_of(codebook) if codebook is not None else None
    coded = load_training_data(data, codebook=given)
    for note in (*coded.notes, *coded.left_out(coder)):
        say(f"Note: {note}.", err=True)
    below = None if base is None else load_model(base)
    model = train_model(coded, encoder=encoder, coder=coder, base=below, progress=progress_bar)
    learned = []
    if second is not None:
        from mestring_nlp.assistant.learning import told, weighed

        model, _ = weighed(
            model,
            coded,
            second,
            coder=coder,
            encoder=encoder,
            base=below,
            size=assistant_sample,
            examples=passages,
            progress=progress_bar,
        )
        learned = [*told(model.weighing), *filter(None, [said_of(second.unanswered)])]  # type: ignore[arg-type]
    model.save(out, passages=passages, force=force)
    training = model.manifest.training
    say(
        f"Learned from {counted(training['passages'], 'passage')} of {counted(training['groups'], 'source')}, "
        f"{training['without_code']} of them without a code."
    )
    for code, count in training["per_code"].items():
        say(f"  {code:<16}{count:>6}")
    if below is not None:
        say(
            f"It corrects {below.name}: of strengths from 0.3 to 30, {training['base_strength']:g} holds on to "
            "it as your passages, left out in turn, are best coded (more: it is kept more)."
        )
    for line in learned:
        say(line)
    if model.shortage:
        say(f"Note: the model has {model.shortage}.", err=True)
    say(f"Wrote {out}")
    if passages and out.is_dir():
        say("The model holds the passages it learned from: guard it as you guard the interviews.")
