"""Files whose texts are replaced while their form stays: one module a format."""

from __future__ import annotations

from mestring_nlp.privacy.documents.fields import Fielded
from mestring_nlp.readers.archives import SIGNS

__all__ = ["AS_TEXT", "Fielded", "open_fields"]

AS_TEXT = (".pdf", ".rtf", ".html", ".htm")
"""Formats whose form cannot be kept: they become plain text."""


def open_fields(data: bytes, suffix: str, *, place: str) -> Fielded:
    """Return the texts of a file, and what writes it again with some of their spans replaced.

    Parameters
    ----------
    data : bytes
    suffix : str
        In lower case.
    place : str
        The file's name, for errors.

    Raises
    ------
    MestringError
        The file is broken, or of a format whose form cannot be kept.
    """
    from mestring_nlp.privacy.documents import json_file, office, plain, project

    if suffix == ".qdpx":
        return project.open_project(data, place=place)
    if data.startswith(SIGNS) or suffix in (".docx", ".odt", ".xlsx"):
        return office.open_office(data, place=place)
    if suffix == ".json":
        return json_file.open_json(data, place=place)
    return plain.open_plain(data, place=place)
