"""``mestring forget``: remove an informant who has withdrawn their consent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mestring_nlp.cli.terminal import say
from mestring_nlp.errors import MestringError
from mestring_nlp.text import counted

if TYPE_CHECKING:
    from mestring_nlp.forgetting import Plan

_ACTS = {
    "remake": "Remove, to be made again",
    "rewrite": "Write again without them",
    "train": "Train again without them",
    "drop": "Remove the model",
    "project": "Write again without them",
    "review": "Take them out of the review",
    "key": "Take them out of the key",
    "delete": "Remove",
}

_NAMED = "Left, and named in or perhaps theirs: look yourself"


def forget(
    informant: Annotated[
        str,
        typer.Argument(metavar="INFORMANT", help="The name of the transcript, as the codings name it."),
    ],
    project: Annotated[Path, typer.Option(help="The folder that holds the whole project.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it. Left out: list what would be done, and change nothing.")
    ] = False,
    key: Annotated[
        Path | None, typer.Option(help="The key of pseudonyms, where it lies outside the project.")
    ] = None,
    whole_interview: Annotated[
        bool,
        typer.Option(
            "--whole-interview",
            help="Remove an interview with all its informants, and all interviews of this name.",
        ),
    ] = False,
    delete_others: Annotated[
        bool,
        typer.Option(
            "--delete-others",
            help="Also remove the files that mestring did not make and that hold words of theirs.",
        ),
    ] = False,
    leave_others: Annotated[
        bool,
        typer.Option(
            "--leave-others", help="Leave those files as they are; no later run can find them again."
        ),
    ] = False,
    proof: Annotated[
        Path | None, typer.Option(help="File for the proof; in the project's folder if left out.")
    ] = None,
) -> None:
    """Remove an informant from a project: transcript, codings, decisions, outputs and models."""
    from mestring_nlp.files import refuse_existing
    from mestring_nlp.forgetting import forget as carry_out
    from mestring_nlp.forgetting import plan_forgetting
    from mestring_nlp.forgetting.run import UNREACHED, finish_stopped

    if proof is not None:
        refuse_existing([proof], force=False)
    try:
        plan = plan_forgetting(informant, project, key=key)
    except MestringError:
        if not yes or not project.is_dir() or (path := finish_stopped(informant, project)) is None:
            raise
        say(f"An earlier run had done it all. The proof is {path}")
        return
    _list(plan, delete_others=delete_others)
    say("What no run can reach, and you must see to yourself:")
    for line in UNREACHED:
        say(f"  - {line}")
    if not yes:
        say("Nothing has been changed. Do it with --yes; it cannot be undone.")
        return
    say("")
    done = carry_out(
        plan,
        whole_interview=whole_interview,
        delete_others=delete_others,
        leave_others=leave_others,
        proof=proof,
        progress=lambda step: say(f"Done: {step.path}"),
    )
    say(f"{counted(len(done.done), 'step')} done. The proof is {done.proof}")
    _list_files(_NAMED, {path: why for path, why in plan.mentions.items() if path.exists()})
    if done.left:
        for path, why in done.left.items():
            say(f"Words of theirs are left in {path}: {why}", err=True)
        say("Take them out by hand: no later run can find them.", err=True)
        raise typer.Exit(1)
    if plan.unheard:
        say(
            "What they said was not known: only their name was looked for. Look through the rest yourself."
        )
    else:
        say("No sentence of theirs is found in the folder any more.")


def _list(plan: Plan, *, delete_others: bool) -> None:
    """Write what is done with each file."""
    for act, heading in _ACTS.items():
        steps = [step for step in plan.steps if step.act == act]
        if steps:
            say(f"{heading}:")
        for step in steps:
            say(f"  {step.path} ({step.why})")
    told = (
        (
            "Remove, though mestring did not make them"
            if delete_others
            else "Decide on, with --delete-others or --leave-others, or take the words out",
            plan.by_hand,
        ),
        ("Not looked into", plan.unread),
        (_NAMED, plan.mentions),
    )
    for heading, paths in told:
        _list_files(heading, paths)
    if plan.unheard:
        say(
            f"Note: no transcript of {plan.informant} can be read here, so that only this name is looked for, "
            "and no sentence. Put the transcript in the folder first, or look yourself."
        )
    if plan.apart:
        say(
            f"Note: {len(plan.apart)} different interviews have this name: {', '.join(map(str, plan.apart))}."
        )
    if plan.others:
        say(
            f"Note: {counted(len(plan.others), 'informant')} speak in this interview: {', '.join(plan.others)}."
        )


def _list_files(heading: str, paths: Mapping[Path, str]) -> None:
    if paths:
        say(f"{heading}:")
    for path, why in paths.items():
        say(f"  {path}{f' ({why})' if why else ''}")
