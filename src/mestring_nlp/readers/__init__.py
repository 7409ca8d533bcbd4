"""Transcripts from files. One module a format; `read_transcript` picks."""

from __future__ import annotations

from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.decoding import canonical, decode
from mestring_nlp.readers.plain_text import read_plain_text
from mestring_nlp.transcript import Transcript

SUFFIXES = (".txt", ".md", ".text")
"""Suffixes of the files that a folder of transcripts is searched for."""


def read_transcript(
    path: str | Path, *, informant: str | None = None, all_informant: bool = False
) -> Transcript:
    """Read an interview from a file.

    Parameters
    ----------
    path : str or pathlib.Path
        A text file in UTF-8, UTF-16 or Windows-1252, each turn on a line that begins with the
        speaker's label and a colon.
    informant : str, optional
        Label of the informant; everybody else is then an interviewer.
    all_informant : bool, default False
        Take the whole text as the informant's, a paragraph a turn.

    Returns
    -------
    Transcript
        Its ``roles_guessed`` tells whether only the questions told who is who.

    Raises
    ------
    MestringError
        No such file, not text, no speaker labels, or nobody who could be the informant.
    """
    file = Path(path)
    if file.is_dir():
        raise MestringError(
            "this is a folder", place=str(file), hint="Give one file, or use find_transcripts."
        )
    try:
        data = file.read_bytes()
    except OSError as error:
        raise MestringError(
            f"the file cannot be read ({error.strerror})", place=str(file), hint="Check the path."
        ) from error
    return read_plain_text(
        canonical(decode(data, place=str(file))),
        name=file.stem,
        place=str(file),
        informant=informant,
        all_informant=all_informant,
    )


def find_transcripts(paths: list[Path]) -> list[Path]:
    """List the transcripts that files and folders name, in a stable order, each once.

    Parameters
    ----------
    paths : list of pathlib.Path
        Files are taken as they are; folders are searched for the suffixes in `SUFFIXES`,
        hidden files left out.

    Raises
    ------
    MestringError
        A path does not exist, or a folder holds no transcript.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(
                file
                for file in path.rglob("*")
                if file.suffix.casefold() in SUFFIXES
                and file.is_file()
                and not any(part.startswith(".") for part in file.relative_to(path).parts)
            )
            if not inside:
                raise MestringError(
                    "the folder holds no transcript",
                    place=str(path),
                    hint=f"Transcripts end in {', '.join(SUFFIXES)}.",
                )
            found |= dict.fromkeys(inside)
        elif path.exists():
            found[path] = None
        else:
            raise MestringError("no such file or folder", place=str(path), hint="Check the path.")
    return list(found)
