"""``mestring review``: decide on suggestions in the browser."""

from __future__ import annotations

import getpass
import signal
import sys
import webbrowser
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from mestring_nlp.cli import assistant
from mestring_nlp.cli.options import (
    AllInformant,
    Column,
    Informant,
    Interviewer,
    Reading,
    columns_of,
)
from mestring_nlp.cli.terminal import progress_bar, say
from mestring_nlp.errors import MestringError
from mestring_nlp.text import counted

if TYPE_CHECKING:
    from mestring_nlp.assistant.assistant import Assistant
    from mestring_nlp.model import Model
    from mestring_nlp.review import Review


class Language(StrEnum):
    """The language of the page; see `mestring_nlp.review.words.LANGUAGES`."""

    NB = "nb"
    EN = "en"


def review(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER-OR-FILES...",
            help="Transcripts, folders that hold them, or one REFI-QDA project (.qdpx), to begin a review "
            "or go on with it; or the folder of a review.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the review.")] = Path("review"),
    coder: Annotated[
        str | None,
        typer.Option(help="Who decides; your user name, or who opened the review last, if left out."),
    ] = None,
    codings: Annotated[
        Path | None,
        typer.Option(help="Codings that people made elsewhere: a table, a workbook or a project."),
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="Folder of a trained model; the bundled one if left out.")
    ] = None,
    blind: Annotated[
        bool | None,
        typer.Option(
            "--blind/--no-blind",
            help="Hide suggestions until a passage is decided; as the coder had it last if left out.",
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on this machine; a free one if left out.")
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in your browser.")
    ] = True,
    language: Annotated[Language, typer.Option(help="Language of the page.")] = Language.NB,
    informant: Informant = None,
    interviewer: Interviewer = None,
    all_informant: AllInformant = False,
    column: Column = None,
    assistant_url: assistant.Url = None,
    assistant_model: assistant.Name = None,
    assistant_anywhere: assistant.Anywhere = False,
    assistant_prompt: assistant.Template = None,
    assistant_timeout: assistant.Timeout = assistant.SECONDS,
    jobs: assistant.Jobs = 1,
) -> None:
    """Decide on suggestions passage by passage, on a page that this machine serves to itself alone."""
    from mestring_nlp.assistant.answers import FILE
    from mestring_nlp.encoding import no_progress
    from mestring_nlp.review.codings_file import CODINGS
    from mestring_nlp.review.guard import Keys
    from mestring_nlp.review.learning import MODEL
    from mestring_nlp.review.opening import check_database, is_review
    from mestring_nlp.review.server import Site, listening, serve
    from mestring_nlp.review.words import Words

    for folder in (*paths, out):
        check_database(folder)
    reading = Reading(
        informant=informant,
        interviewer=interviewer,
        all_informant=all_informant,
        columns=columns_of(column),
    )
    if len(paths) == 1 and is_review(paths[0]):
        opened = _reopened(paths[0], coder, reading)
    else:
        opened = _begun(paths, out, coder, model, reading)
    with opened:
        if blind is not None:
            opened.hide(blind)
        if codings is not None:
            from mestring_nlp.codings import read_coded_file

            opened.read_codings(read_coded_file(codings).by(codings.stem))
        second = assistant.assistant_at(
            assistant_url,
            assistant_model,
            anywhere=assistant_anywhere,
            prompt=assistant_prompt,
            timeout=assistant_timeout,
            jobs=jobs,
            answers=opened.folder / FILE,
        )
        load = _loader(model, second)
        if opened.lacks_suggestions:
            learned = opened.folder / MODEL
            used = beside(_model(learned), second) if model is None and learned.is_dir() else load()
            opened.suggest(used, no_progress if second else progress_bar)
            for line in getattr(used, "notes", []):
                say(f"Note: {line}", err=True)
        for note in opened.notes:
            say(f"Note: {note}.", err=True)
        door = listening(port)
        keys = Keys(
            door.getsockname()[1],
            on_used=lambda address: say(f"For another browser, once: {address}"),
        )
        site = Site(opened, keys, Words(language), base=load)

        def ready(end: Callable[[], None]) -> None:
            for name in ("SIGINT", "SIGTERM", "SIGHUP"):
                if (number := getattr(signal, name, None)) is not None:
                    signal.signal(number, lambda *_: end())
            say(f"The review lies in {opened.folder}; {opened.coder!r} decides. End it with Ctrl-C.")
            say(f"Open this address, once: {keys.address}")
            sys.stdout.flush()
            if browser:
                # A browser of the terminal would keep the server waiting.
                Thread(target=webbrowser.open, args=[keys.address], daemon=True).start()

        serve(site, door, on_ready=ready)
        site.ended = True
    say(f"The review has ended. {opened.folder / CODINGS} holds what was decided.")


def _begun(
    paths: list[Path], out: Path, coder: str | None, model: Path | None, reading: Reading
) -> Review:
    """Return the review of transcripts, new or gone on with."""
    from mestring_nlp.batch import find_interviews
    from mestring_nlp.codings import read_coded_file
    from mestring_nlp.reading import few_doubts, few_unread
    from mestring_nlp.review import Review
    from mestring_nlp.review.opening import is_review, with_codes

    batch = find_interviews(paths, **reading)
    transcripts = [read() for read in batch.readers.values()]
    notes = [*few_unread(batch.unread, batch.inputs)]
    for transcript in transcripts:
        notes += few_doubts(transcript, batch.files[transcript.name])
    for note in notes:
        say(note, err=True)
    begins = not is_review(out)
    project = batch.project
    codebook = None
    if begins:
        book = _model(model).codebook
        used = {c.code for c in project.codings} | {m.code for m in project.memos} if project else set()
        codebook = with_codes(book, project.codebook if project else None, used)
    made = Review.create(
        out,
        transcripts,
        coder=coder or _user(),
        codebook=codebook,
        files={} if project else batch.files,
        project=project.data if project else b"",
    )
    if project and begins:
        made.read_project(read_coded_file(paths[0]))
    say(f"{counted(len(made.store.names), 'interview')} in {out}.")
    return made


def _reopened(folder: Path, coder: str | None, reading: Reading) -> Review:
    """Return a review by its folder, its transcripts held against their files where these changed."""
    from dataclasses import replace

    from mestring_nlp.readers import read_transcript
    from mestring_nlp.review import Review
    from mestring_nlp.review.opening import changed_sources

    opened = Review.open(folder, coder=coder, remember=False)
    try:
        for name, file in changed_sources(opened.store).items():
            read = read_transcript(file, **reading)
            opened.add([replace(read, name=name)], {name: file})
        opened.add([])  # nothing is refused: the coder is who opened it last
    except BaseException:
        opened.close()
        raise
    return opened


def _loader(model: Path | None, second: Assistant | None) -> Callable[[], Model]:
    """Return what loads the model on first use: the one given, or the bundled one."""
    from mestring_nlp.review.learning import keeping

    return cache(lambda: beside(keeping(_model(model)), second))


def beside(model: Model, second: Assistant | None) -> Model:
    """Return a model with an assistant beside it, if there is one."""
    if second is None:
        return model
    from mestring_nlp.assistant.second import AssistedModel

    return AssistedModel.of(model, second)


def _model(model: Path | None) -> Model:
    from mestring_nlp.model import load_model

    return load_model(model) if model is not None else load_model()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise MestringError("nobody is named", hint="Say who decides with --coder NAME.") from error
