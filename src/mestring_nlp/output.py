"""The files of a run of suggestions: each format written as interviews are done, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.files import refuse_existing, write_file
from mestring_nlp.model import Model
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.transcript import Transcript

FOR_ALL = {
    "csv": "suggestions.csv",
    "jsonl": "suggestions.jsonl",
    "codings": "codings.csv",
    "xlsx": "suggestions.xlsx",
    "qdpx": "suggestions.qdpx",
}
"""Formats with one file for all interviews, and its name."""

FOR_EACH = {"html": ".html", "docx": ".docx"}
"""Formats with a file for each interview, and its suffix."""

FORMATS = (*FOR_ALL, *FOR_EACH)

Interview = tuple[Transcript, Sequence[Suggestion]]


def chosen_formats(value: str) -> tuple[str, ...]:
    """Read a list of formats joined with commas.

    Raises
    ------
    MestringError
        One is unknown, or there is none.
    """
    chosen = tuple(dict.fromkeys(x.strip().casefold() for x in value.split(",") if x.strip()))
    for name in chosen:
        if name not in FORMATS:
            raise MestringError(f"unknown format {name!r}", hint=f"Known: {', '.join(FORMATS)}.")
    if not chosen:
        raise MestringError("no format given", hint=f"Known: {', '.join(FORMATS)}.")
    return chosen


def output_paths(folder: Path, formats: Sequence[str], names: Sequence[str]) -> list[Path]:
    """List the files that a run will write."""
    shared = [folder / FOR_ALL[form] for form in formats if form in FOR_ALL]
    return shared + [
        folder / f"{name}{FOR_EACH[form]}" for form in formats if form in FOR_EACH for name in names
    ]


@dataclass
class Output:
    """Writes each interview's own files at once, and those for all at the end.

    Only what the shared files need is kept until then: rows as bytes, and whole interviews where the
    format wants them.
    """

    folder: Path
    formats: Sequence[str]
    model: Model
    level: float
    force: bool = False
    written: list[Path] = field(default_factory=list)
    _interviews: list[Interview] = field(default_factory=list)
    _rows: dict[str, list[bytes]] = field(default_factory=dict)

    def add(self, transcript: Transcript, suggestions: Sequence[Suggestion]) -> None:
        """Take one interview, and write the files that are its own."""
        from mestring_nlp.writers import codings_table, csv_table, json_lines, page, word_document

        model, first = self.model, not self.written and not self._rows
        rows: dict[str, Callable[[], bytes]] = {
            "csv": lambda: csv_table(suggestions, model.codes, header=first),
            "jsonl": lambda: json_lines(suggestions),
            "codings": lambda: codings_table(suggestions, model.name, header=first),
        }
        own: dict[str, Callable[[], bytes]] = {
            "html": lambda: page(transcript, suggestions, model.codebook, self.level).encode(),
            "docx": lambda: word_document(transcript, suggestions, model.codebook, model.name),
        }
        for form in self.formats:
            if form in rows:
                self._rows.setdefault(form, []).append(rows[form]())
            elif form in own:
                self._write(f"{transcript.name}{FOR_EACH[form]}", own[form]())
        if {"xlsx", "qdpx"} & set(self.formats):
            self._interviews.append((transcript, suggestions))

    def close(self) -> None:
        """Write the files for all interviews."""
        from mestring_nlp.refi import write_project
        from mestring_nlp.writers import workbook

        for form, name in FOR_ALL.items():
            if form in self._rows:
                self._write(name, b"".join(self._rows[form]))
        arguments = (self._interviews, self.model.codebook, self.model.name)
        if "xlsx" in self.formats:
            self._write(FOR_ALL["xlsx"], workbook(*arguments))
        if "qdpx" in self.formats:
            self._write(FOR_ALL["qdpx"], write_project(*arguments, name=self.folder.name))

    def _write(self, name: str, data: bytes) -> None:
        write_file(self.folder / name, data, force=self.force)
        self.written.append(self.folder / name)
