"""The formats of suggestions, by name: which files each has, and what writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from mestring_nlp import writers
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.transcript import coder_of

if TYPE_CHECKING:
    from mestring_nlp.output import FileOutput

Interviews = Sequence[CodedInterview]
Writer = Callable[[Interviews, "FileOutput"], bytes]


class Scope(Enum):
    """What one file of a format holds."""

    EACH = "one interview"
    ROWS = "rows of all interviews, appended as each is coded"
    ALL = "all interviews, written at the end"


@dataclass(frozen=True)
class Format:
    """A format of results.

    Attributes
    ----------
    name : str
    file : str
        The file's name; for `Scope.EACH` the suffix that follows the interview's name.
    scope : Scope
    write : callable
        Returns the file's bytes; for `Scope.ROWS` the header alone if there is no interview.
    """

    name: str
    file: str
    scope: Scope
    write: Writer


FORMATS: dict[str, Format] = {}
"""The formats by name."""


def _format(name: str, file: str, scope: Scope) -> Callable[[Writer], Writer]:
    """Register a writer as a format."""

    def register(write: Writer) -> Writer:
        FORMATS[name] = Format(name, file, scope, write)
        return write

    return register


@_format("csv", "suggestions.csv", Scope.ROWS)
def _csv(interviews: Interviews, output: FileOutput) -> bytes:
    return writers.csv_table(interviews, output.model.codes, asked=bool(output.assistant))


@_format("jsonl", "suggestions.jsonl", Scope.ROWS)
def _jsonl(interviews: Interviews, output: FileOutput) -> bytes:
    return writers.json_lines(interviews)


@_format("html", ".html", Scope.EACH)
def _html(interviews: Interviews, output: FileOutput) -> bytes:
    index = output.index.name if output.index else ""
    return writers.page(interviews[0], output.model.codebook, output.level, index).encode()


@_format("docx", ".docx", Scope.EACH)
def _docx(interviews: Interviews, output: FileOutput) -> bytes:
    return writers.word_document(interviews[0], output.model.codebook, output.model.name)


@_format("xlsx", "suggestions.xlsx", Scope.ALL)
def _xlsx(interviews: Interviews, output: FileOutput) -> bytes:
    return writers.workbook(interviews, output.model.codebook, output.model.name)


@_format("codings", "codings.csv", Scope.ROWS)
def _codings(interviews: Interviews, output: FileOutput) -> bytes:
    return writers.codings_table(interviews, output.model.name)


@_format("assistant", "assistant_codings.csv", Scope.ROWS)
def _assistant(interviews: Interviews, output: FileOutput) -> bytes:
    return writers.assistant_codings_table(interviews, coder_of(output.assistant))


@_format("qdpx", "suggestions.qdpx", Scope.ALL)
def _qdpx(interviews: Interviews, output: FileOutput) -> bytes:
    from mestring_nlp import refi

    codebook, coder = output.model.codebook, output.model.name
    if output.project is not None:
        return refi.add_suggestions(output.project, interviews, codebook, coder)
    output.notes += refi.shifted_by_utf16(interview.transcript for interview in interviews)
    name = output.plan.path(FORMATS["qdpx"]).stem
    return refi.write_project(interviews, codebook, coder, name=name)
