"""The files of a run of suggestions: each format written as interviews are done, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mestring_nlp.errors import MestringError
from mestring_nlp.files import refuse_existing, write_file
from mestring_nlp.model import MACHINE, Model
from mestring_nlp.readers.tables import read_table
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.transcript import Transcript

if TYPE_CHECKING:
    from mestring_nlp.refi import Project

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


@dataclass(frozen=True)
class Plan:
    """Where the results of a run go.

    Attributes
    ----------
    folder : pathlib.Path
    formats : tuple of str
        Of `FORMATS`.
    project_file : str
        What a REFI-QDA project would be called.
    force : bool
        Whether results that exist are replaced.
    """

    folder: Path
    formats: tuple[str, ...]
    project_file: str = FOR_ALL["qdpx"]
    force: bool = False

    @classmethod
    def of(cls, out: str, formats: str, *, force: bool = False) -> Plan:
        """Read what the user asked for: a folder and formats joined with commas, or a project.

        Raises
        ------
        MestringError
            A format is unknown, or there is none.
        """
        path = Path(out)
        if path.suffix.casefold() == ".qdpx":
            return cls(path.parent, ("qdpx",), path.name, force)
        chosen = tuple(dict.fromkeys(x.strip().casefold() for x in formats.split(",") if x.strip()))
        for name in chosen:
            if name not in FORMATS:
                raise MestringError(f"unknown format {name!r}", hint=f"Known: {', '.join(FORMATS)}.")
        if not chosen:
            raise MestringError("no format given", hint=f"Known: {', '.join(FORMATS)}.")
        return cls(path, chosen, force=force)

    def path(self, form: str, name: str = "") -> Path:
        """Give the file of a format, for the interview of that name or for all."""
        if form in FOR_EACH:
            return self.folder / f"{name}{FOR_EACH[form]}"
        return self.folder / (self.project_file if form == "qdpx" else FOR_ALL[form])

    def check(self, names: Sequence[str], *, keep: Sequence[Path] = ()) -> None:
        """Raise if a file that would be written exists and may not be replaced.

        Raises
        ------
        MestringError
        """
        paths = [
            self.path(form, name)
            for form in self.formats
            for name in (names if form in FOR_EACH else [""])
        ]
        for path in paths:
            if path.name == FOR_ALL["codings"] and self.force and _people_coded(path):
                raise MestringError(
                    "it holds codings by people, and is not replaced",
                    place=str(path),
                    hint="Choose another place with --out.",
                )
        refuse_existing(paths, force=self.force, keep=keep)


def _people_coded(file: Path) -> bool:
    """Whether a table of codings is there, and the machine is not its only coder."""
    if not file.is_file():
        return False
    try:
        return any(not row["coder"].startswith(MACHINE) for _, row in read_table(file, ("coder",)))
    except MestringError:
        return True


@dataclass
class Output:
    """Writes each interview's own files at once, and those for all at the end.

    Until then only what the shared files need is kept: rows as bytes, and whole interviews where the
    format wants them.

    Attributes
    ----------
    plan : Plan
    model : Model
    level : float
        The level at which the suggestions' prediction_set answers were made.
    project : Project or None
        The REFI-QDA project that the interviews come from: a new one is then a copy of it, with the
        suggestions added.
    written : list of pathlib.Path
    notes : list of str
        What the user should know of them.
    """

    plan: Plan
    model: Model
    level: float
    project: Project | None = None
    written: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _interviews: dict[str, tuple[Transcript, Sequence[Suggestion]]] = field(default_factory=dict)
    _rows: dict[str, list[bytes]] = field(default_factory=dict)

    def add(self, key: str, transcript: Transcript, suggestions: Sequence[Suggestion]) -> None:
        """Take one interview, and write the files that are its own."""
        from mestring_nlp import writers

        model, first = self.model, not self._rows
        rows: dict[str, Callable[[], bytes]] = {
            "csv": lambda: writers.csv_table(suggestions, model.codes, header=first),
            "jsonl": lambda: writers.json_lines(suggestions),
            "codings": lambda: writers.codings_table(suggestions, model.name, header=first),
        }
        own: dict[str, Callable[[], bytes]] = {
            "html": lambda: writers.page(transcript, suggestions, model.codebook, self.level).encode(),
            "docx": lambda: writers.word_document(transcript, suggestions, model.codebook, model.name),
        }
        for form in self.plan.formats:
            if form in own:
                self._write(self.plan.path(form, transcript.name), own[form]())
        for form in self.plan.formats:
            if form in rows:
                self._rows.setdefault(form, []).append(rows[form]())
        if {"xlsx", "qdpx"} & set(self.plan.formats):
            self._interviews[key] = (transcript, suggestions)

    def close(self) -> None:
        """Write the files for all interviews."""
        from mestring_nlp import writers

        for form in self.plan.formats:
            if form in self._rows:
                self._write(self.plan.path(form), b"".join(self._rows[form]))
        codebook, coder = self.model.codebook, self.model.name
        if "xlsx" in self.plan.formats:
            book = writers.workbook(self._interviews.values(), codebook, coder)
            self._write(self.plan.path("xlsx"), book)
        if "qdpx" in self.plan.formats:
            from mestring_nlp import refi

            path = self.plan.path("qdpx")
            if self.project is None:
                made = refi.write_project(self._interviews.values(), codebook, coder, name=path.stem)
                self.notes += refi.shifted_by_utf16(t for t, _ in self._interviews.values())
            else:
                found = {guid: given for guid, (_, given) in self._interviews.items()}
                made = refi.add_suggestions(self.project, found, codebook, coder)
            self._write(path, made)

    def _write(self, path: Path, data: bytes) -> None:
        write_file(path, data, force=self.plan.force)
        self.written.append(path)
