"""Transcripts from files. One module a format; `read_transcript` picks by content, then by suffix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.columns import checked_columns
from mestring_nlp.readers.cues import LONGEST, Cue, refuse_long, transcript_of_cues, without_controls
from mestring_nlp.readers.decoding import canonical, decode
from mestring_nlp.readers.formats import looks_like_transcript, read_content
from mestring_nlp.readers.plain_text import read_plain_text
from mestring_nlp.readers.speakers import Named
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.text import legal
from mestring_nlp.transcript import Transcript

SUFFIXES = (
    ".txt", ".text", ".md", ".docx", ".odt", ".rtf", ".pdf",
    ".vtt", ".srt", ".json", ".html", ".htm", ".csv", ".tsv", ".xlsx",
)  # fmt: skip
"""Suffixes of the files that a folder of transcripts is searched for."""

VERBATIM = "verbatim"
"""The subfolder of training data for texts that were coded as they stand; see `read_verbatim`."""

__all__ = [
    "LONGEST",
    "SUFFIXES",
    "VERBATIM",
    "find_transcripts",
    "name_of",
    "read_bytes",
    "read_transcript",
    "read_verbatim",
    "transcript_from",
]


def read_transcript(
    path: str | Path,
    *,
    informant: str | Sequence[str] | None = None,
    interviewer: str | Sequence[str] | None = None,
    all_informant: bool = False,
    columns: Mapping[str, str] | None = None,
) -> Transcript:
    """Read an interview from a file.

    Parameters
    ----------
    path : str or pathlib.Path
        Plain text or Markdown, DOCX, ODT, RTF or PDF, in which each turn begins a line with the
        speaker's label and a colon, or as Teams, Word, f4 and noScribe lay it out; WebVTT, SRT, the
        JSON of Whisper and its kin, noScribe's HTML; a table (CSV, TSV, XLSX) with a column for the
        speaker and one for the words. The content tells which, before the suffix.
    informant : str or sequence of str, optional
        Labels of informants; everybody else is then an interviewer.
    interviewer : str or sequence of str, optional
        Labels of interviewers; everybody else is then an informant, unless the file says otherwise.
    all_informant : bool, default False
        Take every word as the informant's; no speakers are needed.
    columns : mapping of str to str, optional
        Headings of a table that are not known by themselves, by what they hold: ``speaker``,
        ``text``, ``time`` and ``end``, such as ``{"speaker": "Hvem sa det"}``.

    Returns
    -------
    Transcript
        Its ``roles_guessed`` tells whether only the talk told who is who.

    Raises
    ------
    MestringError
        No such file, an unknown or broken one, no speakers, or it cannot be told who is the informant.
    """
    file = Path(path)
    headings = checked_columns(columns or {})
    content = read_content(
        read_bytes(file), suffix=file.suffix.casefold(), place=str(file), columns=headings
    )
    named = Named.of(informant, interviewer, all_informant)
    return transcript_from(content, name=name_of(file), place=str(file), named=named)


def name_of(file: Path) -> str:
    """Return the name of a file's transcript: its stem, in characters that every output can hold."""
    return legal(file.stem)


def read_verbatim(path: str | Path) -> Transcript:
    """Read a text file as it stands: no line is moved, whatever format it looks like.

    Codings of such a text hold for its every character. Where it does not tell who speaks, all of it is
    taken for the informant's.

    Parameters
    ----------
    path : str or pathlib.Path

    Returns
    -------
    Transcript

    Raises
    ------
    MestringError
        No such file, or no text, or too much.
    """
    file = Path(path)
    text = canonical(decode(read_bytes(file), place=str(file)))
    refuse_long(len(text), place=str(file))
    try:
        return read_plain_text(text, name=name_of(file), place=str(file), named=Named())
    except MestringError:
        return read_plain_text(
            text, name=name_of(file), place=str(file), named=Named(all_informant=True)
        )


def transcript_from(content: str | Sequence[Cue], *, name: str, place: str, named: Named) -> Transcript:
    """Give the transcript that a text, or cues, hold; see `read_transcript`."""
    length = len(content) if isinstance(content, str) else sum(len(cue.text) for cue in content)
    refuse_long(length, place=place)
    if isinstance(content, str):
        return read_plain_text(canonical(without_controls(content)), name=name, place=place, named=named)
    return transcript_of_cues(content, name=name, place=place, named=named)


def find_transcripts(paths: list[Path], *, columns: Mapping[str, str] | None = None) -> list[Path]:
    """List the transcripts that files and folders name, in a stable order, each once.

    Parameters
    ----------
    paths : list of pathlib.Path
        Files are taken as they are; folders are searched for the suffixes in `SUFFIXES`, hidden
        files left out, and tables, pages and JSON that hold no talk.
    columns : mapping of str to str, optional
        See `read_transcript`.

    Raises
    ------
    MestringError
        A path does not exist, or a folder holds no transcript.
    """
    headings = checked_columns(columns or {})
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(
                file
                for file in path.rglob("*")
                if file.suffix.casefold() in SUFFIXES
                and file.is_file()
                and not any(part.startswith((".", "~$")) for part in file.relative_to(path).parts)
                and looks_like_transcript(file, headings)
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
