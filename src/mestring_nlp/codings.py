"""What people and machines coded: tables, workbooks and QDA projects, read and checked in one place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mestring_nlp.codebook import Codebook
from mestring_nlp.coded_file import CodedFile, CodedRow, Codings
from mestring_nlp.coded_tables import read_coded_table
from mestring_nlp.spans import CodedSpan, Span, cut_overlaps
from mestring_nlp.transcript import MACHINE, Transcript

__all__ = [
    "CodedFile",
    "CodedRow",
    "CodedSpan",
    "Codings",
    "cut_overlaps",
    "read_coded_file",
    "read_codings",
]


def read_codings(
    file: str | Path,
    coder: str | None = None,
    *,
    transcripts: Mapping[str, Transcript] | None = None,
    codebook: Codebook | None = None,
) -> Codings:
    """Read one coder's codings from a table or a REFI-QDA project.

    Parameters
    ----------
    file : str or pathlib.Path
        See `read_coded_file`.
    coder : str, optional
        Which coder, where the file holds several; the coder's name, where the file tells none.
    transcripts : mapping of str to Transcript, optional
        By name, to hold the spans against; see `CodedFile.check`.
    codebook : Codebook, optional
        In place of the file's own, or of the ``codebook.yaml`` beside a table.

    Returns
    -------
    Codings

    Raises
    ------
    MestringError
        The file is broken, a span is impossible, nothing was coded, or several coders coded and
        none was named.
    """
    return read_coded_file(file).of(coder, transcripts=transcripts, codebook=codebook)


def read_coded_file(file: str | Path) -> CodedFile:
    """Read a table of codings or of suggestions, a workbook with people's codes, or a REFI-QDA project.

    Parameters
    ----------
    file : str or pathlib.Path
        CSV or XLSX with ``transcript,start,end`` and ``code`` or ``codes``: ids or names of codes,
        several divided by ``;``, nothing for "no code fits". The column ``coder`` says who coded;
        without it the file's name does. The columns ``text`` and ``note`` are taken along; rows without
        a code whose ``decision`` is ``abstained`` are counted and left out. In a workbook of
        suggestions what people wrote under "Din kode" is read, and rows without it are not. Or a
        ``.qdpx``.

    Returns
    -------
    CodedFile
        Its codes are as they stand until `CodedFile.resolved` or `CodedFile.of` reads them.

    Raises
    ------
    MestringError
        The file cannot be read, or a row has no transcript, no span or no coder; the message names it.
    """
    path = Path(file)
    return _from_project(path) if path.suffix.casefold() == ".qdpx" else read_coded_table(path)


def _from_project(path: Path) -> CodedFile:
    """Read a project; spans carry no words, as long ones that overlap would be copied."""
    from mestring_nlp.refi import read_project

    project = read_project(path)
    rows = tuple(
        CodedRow(
            f"{path}, {c.transcript}",
            c.coder,
            CodedSpan(c.transcript, c.start, c.end, frozenset({c.code} - {""})),
            c.note,
        )
        for c in project.codings
    )
    left: dict[str, list[Span]] = {}
    for passage in project.abstentions:
        left.setdefault(passage.coder, []).append((passage.transcript, passage.start, passage.end))
    return CodedFile(
        str(path),
        rows,
        left,
        project.codebook,
        {source.name: source.text for source in project.sources},
        complete=True,
        notes=tuple(f"{path}: {warning}" for warning in project.warnings),
        machines=frozenset(name for name in project.users if name.startswith(MACHINE)),
        memos=project.memos,
    )
