"""``mestring pseudonymise`` and ``mestring restore``: names out of interviews, and back with the key."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mestring_nlp.cli.options import Informant, Interviewer
from mestring_nlp.cli.terminal import progress_bar, say

if TYPE_CHECKING:
    from mestring_nlp.privacy.files import Pseudonymised

_ASKED = "ask"
_MOST = 12
KeyFile = Annotated[
    Path, typer.Option(help="The key's file, outside --out; an existing key grows.", metavar="KEYFILE")
]
Passphrase = Annotated[
    str | None,
    typer.Option(
        help="Protects the key; `ask` asks for it, and left out, MESTRING_PASSPHRASE is taken where it is set."
    ),
]


def pseudonymise(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE-OR-FOLDER...",
            help="Transcripts, folders of them, or REFI-QDA projects (.qdpx).",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the pseudonymised copies.")],
    key: KeyFile,
    passphrase: Passphrase = None,
    decisions: Annotated[
        Path | None,
        typer.Option(help="The table of finds with your decisions; left out, the one beside the key."),
    ] = None,
    codings: Annotated[
        Path | None, typer.Option(help="A table of codings of the originals, which moves along.")
    ] = None,
    style: Annotated[str, typer.Option(help="labels ([Person 3]) or names (invented ones).")] = "labels",
    ner: Annotated[
        str | None,
        typer.Option(help="An installed spaCy pipeline, or a model's folder, that finds more names."),
    ] = None,
    informant: Informant = None,
    interviewer: Interviewer = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what an earlier run wrote.")] = False,
) -> None:
    """Replace names, places and numbers in interviews, and keep the key to them elsewhere."""
    from mestring_nlp.privacy.files import pseudonymise_files

    done = pseudonymise_files(
        paths,
        out,
        key,
        passphrase=_passphrase(passphrase, new=not key.exists()),
        decisions=decisions,
        codings=codings,
        style=style,
        ner=ner,
        force=force,
        informant=informant,
        interviewer=interviewer,
        progress=progress_bar,
    )
    _show(done)
    if done.failed:
        raise typer.Exit(1)


def restore(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE-OR-FOLDER...", help="Pseudonymised files, or folders.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the restored files.")],
    key: Annotated[Path, typer.Option(help="The key's file.", metavar="KEYFILE")],
    passphrase: Passphrase = None,
    codings: Annotated[
        Path | None,
        typer.Option(help="A table of codings of the pseudonymised texts, which moves back."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> None:
    """Put back what `mestring pseudonymise` replaced, with the key."""
    from mestring_nlp.privacy.restoring import restore_files

    written, failed, notes = restore_files(
        paths, out, key, passphrase=_passphrase(passphrase), codings=codings, force=force
    )
    for note in notes:
        say(note)
    for path in written:
        say(f"Wrote {path}")
    for failure in failed:
        say(f"Failed: {failure.error}")
    if failed:
        raise typer.Exit(1)


def _passphrase(given: str | None, *, new: bool = False) -> str | None:
    """Return the passphrase, asked for twice where it is a new key's."""
    if given == _ASKED:
        return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True))
    return given or os.environ.get("MESTRING_PASSPHRASE") or None


def _show(done: Pseudonymised) -> None:
    replaced = ", ".join(f"{kind} {number}" for kind, number in done.found.items())
    say(f"Replaced: {replaced or 'nothing'}.")
    hints = sum(not one.placeholder and not one.decision for one in done.shown)
    if hints:
        say(f"{hints} hints of what may identify by telling were left for you to judge.")
    for doubt in done.doubts[:_MOST]:
        say(f"In doubt, {doubt.document}: {doubt.message}")
    if len(done.doubts) > _MOST:
        say(f"... and {len(done.doubts) - _MOST} more doubts: see the table of finds.")
    for note in done.notes:
        say(note)
    for path in done.written:
        say(f"Wrote {path}")
    say(
        "With the key kept, these data are pseudonymised (avidentifisert), not anonymous. Read through the "
        "finds and the interviews before you share them."
    )
    for failure in done.failed:
        say(f"Failed: {failure.error}", err=True)
