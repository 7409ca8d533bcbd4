"""Exchange with QDA programs through REFI-QDA: projects (``.qdpx``) and codebooks (``.qdc``)."""

from mestring_nlp.refi.adding import add_suggestions
from mestring_nlp.refi.codebooks import codebook_as, read_codebook
from mestring_nlp.refi.importing import (
    import_project,
    transcripts_of,
    uncoded_turns,
    without_speakers,
)
from mestring_nlp.refi.project import Case, Project, Source
from mestring_nlp.refi.reading import read_project
from mestring_nlp.refi.writing import shifted_by_utf16, write_project

__all__ = [
    "Case",
    "Project",
    "Source",
    "add_suggestions",
    "codebook_as",
    "import_project",
    "read_codebook",
    "read_project",
    "shifted_by_utf16",
    "transcripts_of",
    "uncoded_turns",
    "without_speakers",
    "write_project",
]
