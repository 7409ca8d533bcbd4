"""Lay out a table of codings, or a workbook with people's codes, as a folder of training data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mestring_nlp.codebook import load_codebook
from mestring_nlp.coded_file import CodedFile, codings_csv
from mestring_nlp.codings import read_coded_file
from mestring_nlp.errors import MestringError
from mestring_nlp.readers import VERBATIM, read_bytes
from mestring_nlp.training_data import read_coded, transcripts_of


def import_codings(
    file: Path, transcripts: Path | None = None, coder: str | None = None
) -> tuple[CodedFile, dict[str, bytes]]:
    """Return what a table or a workbook holds, and the files of a folder of training data.

    Parameters
    ----------
    file : pathlib.Path
        See `mestring_nlp.codings.read_coded_file`.
    transcripts : pathlib.Path, optional
        The folder of the transcripts; that of the file if left out.
    coder : str, optional
        The coder's name, where the file tells none; else whose codings to take.

    Returns
    -------
    CodedFile
        With ids of codes.
    dict of str to bytes
        ``codings.csv``, the transcripts as they are, and ``codebook.yaml`` where there is one in the
        workbook, or beside the table.

    Raises
    ------
    MestringError
        Nothing was coded, a transcript is missing, or a row does not fit its transcript or the codebook.
    """
    found = read_coded_file(file)
    if coder is not None:
        found = found.by(coder)
        found = replace(found, rows=tuple(row for row in found.rows if row.coder == coder))
    if not found.rows:
        raise MestringError(
            "nothing was coded" if coder is None else f"nothing was coded by {coder!r}",
            place=str(file),
            hint=" ".join(found.notes),
        )
    own = found.book
    codebook = own or load_codebook()
    found = found.resolved(codebook)
    files = transcripts_of(transcripts or file.parent, found.transcripts)
    found.check({name: read_coded(path) for name, path in files.items()}, codebook.ids)
    made = {"codings.csv": codings_csv(found.codings)}
    if own is not None:
        made["codebook.yaml"] = own.to_yaml().encode()
    for path in files.values():
        folder = VERBATIM if path.parent.name == VERBATIM else "transcripts"
        made[f"{folder}/{path.name}"] = read_bytes(path)
    return found, made
