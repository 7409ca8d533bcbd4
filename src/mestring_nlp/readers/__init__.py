"""Transcripts from files. One module a format; `read_transcript` picks by content, then by suffix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.assembler import transcript_from
from mestring_nlp.readers.columns import checked_columns
from mestring_nlp.readers.decoding import canonical, decode
from mestring_nlp.readers.finding import Found, Unread, find_transcripts, look_for_transcripts
from mestring_nlp.readers.formats import SUFFIXES, read_file_content, read_text
from mestring_nlp.readers.lines import LONGEST, refuse_long
from mestring_nlp.readers.sources import Given, name_of, source_of
from mestring_nlp.readers.speakers import Named
from mestring_nlp.readers.sums import check_sum
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.transcript import Note, Transcript

VERBATIM = "verbatim"
"""The subfolder of training data for texts that were coded as they stand; see `read_verbatim`."""

__all__ = [
    "LONGEST",
    "SUFFIXES",
    "VERBATIM",
    "Found",
    "Unread",
    "find_transcripts",
    "look_for_transcripts",
    "name_of",
    "read_bytes",
    "read_transcript",
    "read_verbatim",
    "transcript_from",
]


def read_transcript(
    path: Given | None = None,
    *,
    text: str | None = None,
    name: str | None = None,
    informant: str | Sequence[str] | None = None,
    interviewer: str | Sequence[str] | None = None,
    all_informant: bool = False,
    columns: Mapping[str, str] | None = None,
) -> Transcript:
    r"""Read an interview.

    Parameters
    ----------
    path : str or pathlib.Path, bytes or file object
        Path, content or open file (binary or text) of an interview: plain text or Markdown, DOCX, ODT,
        RTF or PDF, in which each turn begins a line with the speaker's label and a colon, or as Teams,
        Word, f4 and noScribe lay it out; WebVTT, SRT, the JSON of Whisper and similar programs,
        noScribe's HTML; a table (CSV, TSV, XLSX) with a column for the speaker and one for the words.
        The content tells which, before the suffix.
    text : str, optional
        The interview itself, in place of a file.
    name : str, optional
        The transcript's name, when it is not to be the file's. That of a file (``"ola.csv"``) gives a
        suffix to bytes.
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
        Its ``roles_guessed`` tells whether only the talk told who is who; its ``notes`` what was taken
        out of the talk, and what is in doubt.

    Raises
    ------
    MestringError
        No such file, an unknown or broken one, no speakers, or it cannot be told who is the informant;
        or what is given is none of these.

    Examples
    --------
    >>> interview = read_transcript(text="P: Hva er bra her?\nI: Folk tør å spørre.")
    >>> [(turn.role, turn.text) for turn in interview.turns]
    [('interviewer', 'Hva er bra her?'), ('informant', 'Folk tør å spørre.')]
    """
    headings = checked_columns(columns or {})
    content, name, suffix, place = source_of(path, text=text, name=name)
    if isinstance(content, str):
        found = read_text(content, suffix=suffix, place=place, columns=headings)
    else:
        found = read_file_content(content, suffix=suffix, place=place, columns=headings)
    named = Named.of(informant, interviewer, all_informant)
    transcript = transcript_from(found.lines, name=name, place=place, named=named)
    doubts = [Note("encoding", message=found.doubt, doubtful=True)] if found.doubt else []
    return replace(transcript, format=found.format, notes=(*doubts, *transcript.notes))


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
        No such file, or no text, or too much; or it is not the text whose hash lies beside it.
    """
    file = Path(path)
    text = canonical(decode(read_bytes(file), place=str(file)))
    refuse_long(len(text), place=str(file))
    check_sum(file, text)
    try:
        return transcript_from(text, name=name_of(file), place=str(file), named=Named())
    except MestringError:
        everybody = Named(all_informant=True)
        return transcript_from(text, name=name_of(file), place=str(file), named=everybody)
