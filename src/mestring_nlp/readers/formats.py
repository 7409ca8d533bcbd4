"""Which format a file has: its content tells, and only where that is silent its suffix."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import SIGNS, open_archive
from mestring_nlp.readers.decoding import decode
from mestring_nlp.readers.lines import Line, lines_of, refuse_long
from mestring_nlp.readers.pages import text_and_furniture
from mestring_nlp.readers.rich_text import is_rtf, read_rtf
from mestring_nlp.readers.timestamps import timed
from mestring_nlp.regular_files import read_bytes

SUFFIXES = (
    ".txt", ".text", ".md", ".docx", ".odt", ".rtf", ".pdf",
    ".vtt", ".srt", ".json", ".html", ".htm", ".csv", ".tsv", ".xlsx",
)  # fmt: skip
"""Suffixes of the files that a folder of transcripts is searched for."""

_SRT = re.compile(r"\s*+(?:\d+[ \t]*\n)?[ \t]*\d{1,2}:\d{2}(?::\d{2})?[.,]\d{1,3}[ \t]*-->")
_MIXED = (".csv", ".tsv", ".json", ".html", ".htm", ".xlsx")

_LARGEST_TEXT = 20_000_000
"""Characters that a text file has at most; speech recognition writes many for each that is said."""

_TOO_LONG = f"more than {_LARGEST_TEXT:,} characters"


def read_content(
    data: bytes, *, suffix: str, place: str, columns: Mapping[str, str] | None = None
) -> list[Line]:
    """Read a file's bytes in the format that they have.

    Parameters
    ----------
    data : bytes
    suffix : str
        The file's, in lower case, such as ``".csv"``.
    place : str
        The file's name, for errors.
    columns : mapping of str to str, optional
        Headings of a table, by what they hold; see `mestring_nlp.readers.columns.checked_columns`.

    Returns
    -------
    list of Line

    Raises
    ------
    MestringError
        The file is broken, or of a kind that holds no transcript.
    """
    columns = columns or {}
    if data.startswith(SIGNS) or suffix in (".docx", ".odt", ".xlsx"):
        return _from_archive(data, place, columns)
    if data.startswith(b"%PDF-") or suffix == ".pdf":
        from mestring_nlp.readers.pdf import read_pdf

        return read_pdf(data, place=place)
    if is_rtf(data, suffix):
        return read_rtf(data, place=place)
    return read_text(_decoded(data, place), suffix=suffix, place=place, columns=columns)


def _decoded(data: bytes, place: str) -> str:
    """Return the text of a file that is not too long to be looked into."""
    # A character takes one byte to four; and JSON, once read, many times its room.
    text = decode(data, place=place) if len(data) <= 4 * _LARGEST_TEXT else None
    if text is None or len(text) > _LARGEST_TEXT:
        raise MestringError(_TOO_LONG, place=place, hint="Divide it by interviews.")
    return text


def _from_archive(data: bytes, place: str, columns: Mapping[str, str]) -> list[Line]:
    archive = open_archive(data, place=place)
    part = archive.main_part()
    if part and part.root == "document":
        from mestring_nlp.readers.word import read_docx

        return read_docx(archive, part, place=place)
    if part and part.root == "workbook":
        from mestring_nlp.readers.spreadsheet import read_workbook

        return read_workbook(archive, part, place=place, columns=columns)
    if "content.xml" in archive.names:
        from mestring_nlp.readers.opendocument import read_odt

        return read_odt(archive, place=place)
    if any(name.casefold().endswith(".qde") for name in archive.names):
        raise MestringError(
            "a REFI-QDA project, not a transcript",
            place=place,
            hint="Give it alone: `mestring suggest PROJECT.qdpx --out NEW.qdpx`, or "
            "`mestring import PROJECT.qdpx --out DATA`.",
        )
    raise MestringError(
        "an archive that is neither a DOCX, an ODT nor an XLSX file",
        place=place,
        hint="Unpack it, and give the transcripts in it.",
    )


def read_text(text: str, *, suffix: str, place: str, columns: Mapping[str, str]) -> list[Line]:
    """Read a decoded text in the format that it has; see `read_content`."""
    from mestring_nlp.readers import asr, noscribe, spreadsheet, subtitles

    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if asr.is_asr_json(text) or suffix == ".json":
        return asr.read_asr_json(text, place=place)
    refuse_long(len(text), place=place)
    if text.startswith("WEBVTT") or _SRT.match(text):
        return subtitles.read_subtitles(text, place=place)
    if noscribe.is_page_of_talk(text) or suffix in (".html", ".htm"):
        return noscribe.read_page_of_talk(text, place=place)
    if spreadsheet.is_delimited_transcript(text, columns) or suffix in (".csv", ".tsv"):
        return spreadsheet.read_delimited(text, place=place, columns=columns)
    if suffix in (".vtt", ".srt"):
        return subtitles.read_subtitles(text, place=place)
    talk, furniture = text_and_furniture(lines_of(text, place=place))
    return [*furniture, *timed(talk)]


def looks_like_transcript(file: Path, columns: Mapping[str, str] | None = None) -> bool:
    """Return whether a file in a folder is worth reading: tables, pages and JSON may hold no talk.

    One that cannot be opened or is too large is, so that reading it says what is wrong.
    """
    suffix, place = file.suffix.casefold(), str(file)
    if suffix not in _MIXED:
        return True
    from mestring_nlp.readers import asr, noscribe, spreadsheet

    try:
        data = read_bytes(file)
    except MestringError:
        return True
    try:
        if suffix == ".xlsx":
            return bool(read_content(data, suffix=suffix, place=place, columns=columns))
        text = _decoded(data, place)
    except MestringError as error:
        return error.problem == _TOO_LONG
    if suffix == ".json":
        return asr.is_asr_json(text)
    if suffix in (".html", ".htm"):
        return noscribe.is_page_of_talk(text)
    return spreadsheet.is_delimited_transcript(text, columns or {})
