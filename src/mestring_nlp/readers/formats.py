"""Which format a file has: its content tells, and only where that is silent its suffix."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import SIGNS, open_archive
from mestring_nlp.readers.decoding import Decoded, decode_with_name
from mestring_nlp.readers.heads import old_teams
from mestring_nlp.readers.line_numbers import without_numbers
from mestring_nlp.readers.lines import Line, lines_of, refuse_long
from mestring_nlp.readers.pages import text_and_furniture
from mestring_nlp.readers.rich_text import is_rtf, read_rtf
from mestring_nlp.readers.speaker_table import lines_between_tabs
from mestring_nlp.readers.timestamps import timed
from mestring_nlp.regular_files import read_bytes

SUFFIXES = (
    ".txt", ".text", ".md", ".docx", ".odt", ".rtf", ".pdf",
    ".vtt", ".srt", ".json", ".html", ".htm", ".csv", ".tsv", ".xlsx",
)  # fmt: skip
"""Suffixes of the files that a folder of transcripts is searched for."""

_MARKUP = re.compile(
    r"\s*(?:<\?xml|<!doctype|<html\b|<[a-z]+:[a-z]*document\b|mime-version:)", re.IGNORECASE
)
_SRT = re.compile(r"\s*+(?:\d+[ \t]*\n)?[ \t]*\d{1,2}:\d{2}(?::\d{2})?(?:[.,:]\d{1,9})?[ \t]*-->")
_SBV_TIME = r"((?:\d{1,2}:){2}\d{2}\.\d{1,3})"
_SBV = re.compile(rf"\s*+{_SBV_TIME},{_SBV_TIME}[ \t]*\n")
_SBV_TIMES = re.compile(rf"^{_SBV_TIME},{_SBV_TIME}[ \t]*$", re.MULTILINE)
MIXED = (".csv", ".tsv", ".json", ".html", ".htm", ".xlsx")
"""Suffixes of files that may be something else than a transcript: a folder's are looked into first."""

_LARGEST_TEXT = 20_000_000
"""Characters that a text file has at most; speech recognition writes many for each that is said."""

_TOO_LONG = f"more than {_LARGEST_TEXT:,} characters"


class Reading(NamedTuple):
    """The lines of a file, the format and encoding found, and what is uncertain about the encoding."""

    lines: list[Line]
    format: str
    doubt: str = ""


def read_content(
    data: bytes, *, suffix: str, place: str, columns: Mapping[str, str] | None = None
) -> list[Line]:
    """Return the lines of a file; see `read_file_content`."""
    return read_file_content(data, suffix=suffix, place=place, columns=columns).lines


def read_file_content(
    data: bytes, *, suffix: str, place: str, columns: Mapping[str, str] | None = None
) -> Reading:
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
    Reading

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

        return Reading(read_pdf(data, place=place), "PDF")
    if is_rtf(data, suffix):
        return Reading(read_rtf(data, place=place), "rich text (RTF)")
    decoded = _decoded(data, place)
    found = read_text(decoded.text, suffix=suffix, place=place, columns=columns)
    return Reading(found.lines, f"{found.format}, {decoded.encoding}", decoded.doubt)


def _decoded(data: bytes, place: str) -> Decoded:
    """Return the text of a file that is not too long to be looked into."""
    # A character takes one byte to four; and JSON, once read, many times its room.
    decoded = decode_with_name(data, place=place) if len(data) <= 4 * _LARGEST_TEXT else None
    if decoded is None or len(decoded.text) > _LARGEST_TEXT:
        raise MestringError(_TOO_LONG, place=place, hint="Divide it by interviews.")
    return decoded


def _from_archive(data: bytes, place: str, columns: Mapping[str, str]) -> Reading:
    archive = open_archive(data, place=place)
    part = archive.main_part()
    if part and part.root == "document":
        from mestring_nlp.readers.word import read_docx

        return Reading(read_docx(archive, part, place=place), "Word document")
    if part and part.root == "workbook":
        from mestring_nlp.readers.spreadsheet import read_workbook

        return Reading(
            read_workbook(archive, part, place=place, columns=columns), "Excel workbook (XLSX)"
        )
    if "content.xml" in archive.names:
        from mestring_nlp.readers.opendocument import read_odt

        return Reading(read_odt(archive, place=place), "OpenDocument text (ODT)")
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


def read_text(text: str, *, suffix: str, place: str, columns: Mapping[str, str]) -> Reading:
    """Read a decoded text in the format that it has; see `read_file_content`."""
    from mestring_nlp.readers import asr, noscribe, spreadsheet

    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if asr.is_asr_json(text) or suffix == ".json":
        return Reading(asr.read_asr_json(text, place=place), "ASR output (JSON)")
    refuse_long(len(text), place=place)
    if lines := old_teams(text, place=place):
        return Reading(lines, "text (Teams)")
    if text.startswith("WEBVTT") or _SRT.match(text):
        return _subtitles(text, place)
    if _SBV.match(text):  # YouTube's, which is SRT but for the sign between two times
        return _subtitles(_SBV_TIMES.sub(r"\1 --> \2", text), place)._replace(format="SBV")
    if noscribe.is_page_of_talk(text) or suffix in (".html", ".htm"):
        return Reading(noscribe.read_page_of_talk(text, place=place), "page (HTML)")
    if spreadsheet.is_delimited_transcript(text, columns) or suffix in (".csv", ".tsv"):
        lines = spreadsheet.read_delimited(text, place=place, columns=columns)
        return Reading(lines, "table (CSV or TSV)")
    if suffix in (".vtt", ".srt"):
        return _subtitles(text, place)
    if _MARKUP.match(text):
        raise MestringError(
            "this is a page (HTML) or a document in XML, not plain text",
            place=place,
            hint="Open it in the program that made it, or in Word, and save it as .docx or plain text.",
        )
    if lines := lines_between_tabs(text):
        return Reading(lines, "table (between tabs)")
    lines, numbers = without_numbers(lines_of(text, place=place))
    talk, furniture = text_and_furniture(lines)
    return Reading([*numbers, *furniture, *timed(talk)], "text")


def _subtitles(text: str, place: str) -> Reading:
    from mestring_nlp.readers.subtitles import read_subtitles

    name = "WebVTT" if text.startswith("WEBVTT") else "SRT"
    return Reading(read_subtitles(text, place=place), name)


def why_no_talk(
    data: bytes, *, suffix: str, place: str, columns: Mapping[str, str]
) -> MestringError | None:
    """Return why a file's bytes, if a table, a page or JSON, hold no talk; None where they may.

    Whatever is too large may, so that reading it says so.
    """
    from mestring_nlp.readers import asr, noscribe, spreadsheet

    if suffix not in MIXED:
        return None
    try:
        if suffix == ".xlsx":
            read_content(data, suffix=suffix, place=place, columns=columns)
            return None
        text = _decoded(data, place).text
    except MestringError as error:
        return None if error.problem == _TOO_LONG else error
    if suffix == ".json":
        return None if asr.is_asr_json(text) else MestringError("JSON without segments of talk")
    if suffix in (".html", ".htm"):
        return (
            None if noscribe.is_page_of_talk(text) else MestringError("a page without noScribe's times")
        )
    if spreadsheet.is_delimited_transcript(text, columns):
        return None
    return MestringError(
        "a table without a column for who speaks and one for the words",
        hint="Name them: --column speaker=HEADING --column text=HEADING.",
    )


def looks_like_transcript(file: Path, columns: Mapping[str, str] | None = None) -> bool:
    """Return whether a file in a folder is worth reading: tables, pages and JSON may hold no talk.

    One that cannot be opened or is too large is, so that reading it says what is wrong.
    """
    suffix = file.suffix.casefold()
    if suffix not in MIXED:
        return True
    try:
        data = read_bytes(file)
    except MestringError:
        return True
    return why_no_talk(data, suffix=suffix, place=str(file), columns=columns or {}) is None
