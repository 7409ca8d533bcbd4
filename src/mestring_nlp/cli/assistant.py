"""What the commands share that take a language model's second opinion."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mestring_nlp.cli.terminal import progress_bar, say
from mestring_nlp.errors import MestringError

if TYPE_CHECKING:
    from mestring_nlp.assistant.address import Address
    from mestring_nlp.assistant.assistant import Assistant

Url = Annotated[
    str | None,
    typer.Option(
        "--assistant",
        metavar="URL",
        help="A language model on this machine, asked about each passage too: the address of any server "
        "with an OpenAI-compatible API, such as http://127.0.0.1:11434/v1.",
    ),
]
Name = Annotated[
    str | None,
    typer.Option("--assistant-model", metavar="NAME", help="The model's name, as the server calls it."),
]
Anywhere = Annotated[
    bool,
    typer.Option(
        "--assistant-anywhere",
        help="The server may be another machine: passages then leave this one, after a question.",
    ),
]
Template = Annotated[
    Path | None,
    typer.Option("--assistant-prompt", metavar="FILE", help="A prompt of your own, in place of ours."),
]
Timeout = Annotated[
    float,
    typer.Option("--assistant-timeout", metavar="SECONDS", help="How long one question may take."),
]
Sample = Annotated[
    int,
    typer.Option(
        "--assistant-sample", min=0, help="How many coded passages it is asked about; 0 for all."
    ),
]
Jobs = Annotated[int, typer.Option("--jobs", help="Questions to the assistant at a time.")]

SECONDS = 120.0
SAMPLE = 300


def assistant_at(
    url: str | None,
    name: str | None,
    *,
    anywhere: bool,
    prompt: Path | None,
    timeout: float,
    jobs: int,
    answers: Path | None,
    again: bool = False,
) -> Assistant | None:
    """Return the assistant that the options name, asked for leave if it is elsewhere; None without one.

    Raises
    ------
    MestringError
        An option is missing or cannot be used, or leave was not given.
    """
    if url is None:
        if name is not None or anywhere or prompt is not None:
            raise MestringError("an assistant's options without --assistant", hint="Give its address.")
        return None
    if name is None:
        raise MestringError(
            "which model is to be asked?", hint="Name it as the server does: --assistant-model NAME."
        )
    from mestring_nlp.assistant.assistant import Assistant

    found = Assistant.at(
        url,
        name,
        anywhere=anywhere,
        prompt=prompt,
        timeout=timeout,
        jobs=jobs,
        answers=answers,
        again=again,
        progress=progress_bar,
        say=lambda line: say(line, err=True),
    )
    if not found.client.address.local:
        ask_leave(found.client.address)
    if answers is None:
        say("Note: no folder is named, so that what the assistant answers is not kept.", err=True)
    found.check()
    return found


def ask_leave(address: Address) -> None:
    """Raise unless the user types the host's name, having been told what leaves this machine.

    Raises
    ------
    MestringError
        They may not, or nobody can be asked.
    """
    if not sys.stdin.isatty():
        raise MestringError(
            "nobody can be asked whether interviews may leave this machine",
            place=address.url,
            hint="Give --assistant-anywhere on a terminal, or an address of this machine.",
        )
    for line in (
        f"{address.host} ({', '.join(address.numbers)}) is not this machine. To it would be sent, unencrypted "
        "unless the address begins with https:",
        "- the words of every passage that it is asked about, with names and all that stands in them,",
        "- the question that each answers, and the passages before and after,",
        "- up to six coded passages of other interviews with each, as examples, and their codes,",
        "- the codebook.",
        "Interviews are personal data: ask who is responsible for them, and what the informants were told.",
    ):
        say(line, err=True)
    typed = typer.prompt(
        "To send all this, type the host's name", default="", show_default=False, err=True
    )
    if typed.strip() != address.host:
        raise MestringError("nothing was sent: the name that was typed is not the host's")
