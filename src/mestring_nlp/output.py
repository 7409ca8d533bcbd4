"""Write suggestions to files: each format as interviews are coded, whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from mestring_nlp import writers
from mestring_nlp.assistant.answers import FILE as ANSWERS
from mestring_nlp.batch import Batch, FailedInterview, Labels, Paths, find_interviews, suggest_batch
from mestring_nlp.codebook import Codebook
from mestring_nlp.coded_interview import CodedInterview, Counts
from mestring_nlp.conformal import check_level
from mestring_nlp.encoding import Progress, no_progress
from mestring_nlp.errors import MestringError
from mestring_nlp.files import refuse_existing, write_file
from mestring_nlp.model import Model
from mestring_nlp.output_formats import FORMATS, Format, Scope
from mestring_nlp.privacy.warning import identifiers_at_a_glance, warning
from mestring_nlp.readers.tables import read_table
from mestring_nlp.reading import few_doubts, few_unread
from mestring_nlp.segmentation import check_options
from mestring_nlp.transcript import MACHINE
from mestring_nlp.workers import SharedModel

if TYPE_CHECKING:
    from mestring_nlp.refi import Project


@dataclass(frozen=True)
class Plan:
    """Where the results of a run go.

    Attributes
    ----------
    folder : pathlib.Path
    formats : tuple of Format
    force : bool
        Whether existing results are replaced.
    project_file : str
        The name of a REFI-QDA project.
    """

    folder: Path
    formats: tuple[Format, ...]
    force: bool = False
    project_file: str = FORMATS["qdpx"].file

    @classmethod
    def of(cls, out: str | Path, formats: str | Iterable[str], *, force: bool = False) -> Plan:
        """Return the plan for a folder and formats, or for the file of a REFI-QDA project.

        Raises
        ------
        MestringError
            A format is unknown, or there is none.
        """
        path = Path(out)
        if path.suffix.casefold() == ".qdpx":
            return cls(path.parent, (FORMATS["qdpx"],), force, path.name)
        given = formats.split(",") if isinstance(formats, str) else formats
        names = list(dict.fromkeys(name.strip().casefold() for name in given if name.strip()))
        known = f"Known: {', '.join(FORMATS)}."
        if not names:
            raise MestringError("no format given", hint=known)
        for name in names:
            if name not in FORMATS:
                raise MestringError(f"unknown format {name!r}", hint=known)
        return cls(path, tuple(FORMATS[name] for name in names), force)

    def path(self, form: Format, name: str = "") -> Path:
        """Return the file of a format, for the interview of that name or for all."""
        if form.scope is Scope.EACH:
            return self.folder / f"{name}{form.file}"
        return self.folder / (self.project_file if form.name == "qdpx" else form.file)

    def index(self, names: Sequence[str]) -> Path | None:
        """Return the page that lists the interviews, where several get pages."""
        if len(names) < 2 or FORMATS["html"] not in self.formats:
            return None
        taken = {name.casefold() for name in names}
        free = (f"index-{number}" if number > 1 else "index" for number in count(1))
        return self.folder / f"{next(name for name in free if name not in taken)}.html"

    def check(self, names: Sequence[str], *, keep: Sequence[Path] = ()) -> None:
        """Raise if a file that would be written exists and may not be replaced.

        Raises
        ------
        MestringError
        """
        paths = {
            self.path(form, name): form
            for form in self.formats
            for name in (names if form.scope is Scope.EACH else [""])
        }
        for path, form in paths.items():
            if form.name == "codings" and self.force and _people_coded(path):
                raise MestringError(
                    "it holds codings by people, and is not replaced",
                    place=str(path),
                    hint="Choose another place with --out.",
                )
        index = self.index(names)
        refuse_existing([*paths, *([index] if index else [])], force=self.force, keep=keep)


def _people_coded(file: Path) -> bool:
    """Return whether a table of codings exists of which the machine is not the only coder."""
    if not file.is_file():
        return False
    try:
        return any(not row["coder"].startswith(MACHINE) for _, row in read_table(file, ("coder",)))
    except MestringError:
        return True


@dataclass
class FileOutput:
    """Writes an interview's own files at once, and those of all interviews at the end.

    Until then it keeps only what these need: rows as bytes, the passages' texts and codes for the index,
    and interviews for `Scope.ALL`.

    Attributes
    ----------
    plan : Plan
    model : Model
    level : float
        The level of the suggestions' prediction sets.
    project : Project or None
        The REFI-QDA project that the interviews come from: a project that is written is then a copy
        of it, with the suggestions added.
    index : pathlib.Path or None
        The page that lists the interviews; see `Plan.index`.
    written : list of pathlib.Path
    notes : list of str
        What the user should know about the files.
    assistant : str
        The language model that was asked too; empty without one.
    """

    plan: Plan
    model: Model
    level: float
    project: Project | None = None
    index: Path | None = None
    written: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    assistant: str = ""
    _rows: dict[str, bytearray] = field(default_factory=dict)
    _interviews: list[CodedInterview] = field(default_factory=list)
    _listed: list[writers.ListedInterview] = field(default_factory=list)

    def add(self, interview: CodedInterview) -> None:
        """Add an interview, and write the files that are its own."""
        for form in self._formats(Scope.EACH):
            self._write(self.plan.path(form, interview.name), form.write([interview], self))
        for form in self._formats(Scope.ROWS):
            header = form.write([], self)
            rows = self._rows.setdefault(form.name, bytearray(header))
            rows += form.write([interview], self).removeprefix(header)
        if self._formats(Scope.ALL):
            self._interviews.append(interview)
        if self.index:
            file = self.plan.path(FORMATS["html"], interview.name).name
            self._listed.append(writers.listed(interview, self.model.codebook, file))

    def close(self) -> None:
        """Write the files of all interviews."""
        for form in self._formats(Scope.ROWS):
            self._write(self.plan.path(form), bytes(self._rows[form.name]))
        for form in self._formats(Scope.ALL):
            self._write(self.plan.path(form), form.write(self._interviews, self))
        if self.index:
            self._write(self.index, writers.index_page(self._listed, self.model.codebook).encode())

    def _formats(self, scope: Scope) -> list[Format]:
        return [form for form in self.plan.formats if form.scope is scope]

    def _write(self, path: Path, data: bytes) -> None:
        write_file(path, data, force=self.plan.force)
        self.written.append(path)


@dataclass
class StreamOutput:
    """Writes JSON Lines to an open file, each interview's as it is added."""

    stream: BinaryIO
    index: None = None
    written: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    def add(self, interview: CodedInterview) -> None:
        """Write an interview's rows."""
        self.stream.write(writers.json_lines([interview]))
        self.stream.flush()

    def close(self) -> None:
        """Close nothing: the file is the caller's."""


@dataclass(frozen=True)
class Report:
    """What a run did.

    Attributes
    ----------
    counts : dict of str to Counts
        By the name of each coded interview, in order.
    failed : list of FailedInterview
    written : list of pathlib.Path
    notes : list of str
        What the user should know: what reading doubts, files that were not read, what was left out of
        a project, and the like.
    codebook : Codebook
        The model's.
    index : pathlib.Path or None
        The page that lists the interviews and searches their passages, where several have pages.
    """

    counts: dict[str, Counts]
    failed: list[FailedInterview]
    written: list[Path]
    notes: list[str]
    codebook: Codebook
    index: Path | None = None


def answers_beside(out: str | Path) -> Path:
    """Return the file in which an assistant's answers are kept, for results in a folder or a project."""
    path = Path(out)
    if path.suffix.casefold() == ".qdpx":
        return path.with_name(f"{path.stem}_{ANSWERS}")
    return path / ANSWERS


def write_suggestions(
    paths: Paths,
    out: str | Path | BinaryIO = "suggestions",
    formats: str | Iterable[str] = ("csv", "jsonl", "html"),
    model: Model | str | Path | None = None,
    *,
    encoder: str | Path | None = None,
    force: bool = False,
    unit: str = "passage",
    pipeline: str = "nb",
    level: float = 0.9,
    informant: Labels = None,
    interviewer: Labels = None,
    all_informant: bool = False,
    columns: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> Report:
    """Suggest codes for all interviews in files and folders, and write the results.

    Parameters
    ----------
    paths, model, unit, pipeline, level, informant, interviewer, all_informant, columns
        See `suggest_all`. With one REFI-QDA project as input, a project that is written is a copy of
        it with the suggestions added.
    out : str, pathlib.Path or binary file, default "suggestions"
        A folder for the results; or the path of a REFI-QDA project (``.qdpx``), which is then all
        that is written; or a file that is open for writing, for JSON Lines as interviews are coded.
    formats : str or iterable of str, default ("csv", "jsonl", "html")
        Names of `FORMATS`, as a string with commas between.
    encoder : str or pathlib.Path, optional
        See `mestring_nlp.training.with_encoder`.
    force : bool, default False
        Whether existing results are replaced.
    progress : callable, optional
        Called with the interviews' names; see `mestring_nlp.encoding`.

    Returns
    -------
    Report

    Raises
    ------
    MestringError
        As `suggest_all`; or a result exists, or the files of all interviews cannot be written. What is
        wrong with one interview is in the report.
    """
    batch = find_interviews(
        paths,
        informant=informant,
        interviewer=interviewer,
        all_informant=all_informant,
        columns=columns,
    )
    output_for = _prepared(out, formats, batch, _assistant_of(model), level=level, force=force)
    check_options(unit, pipeline)
    check_level(level)
    shared = SharedModel.of(model)
    held = bool(_assistant_of(shared.model))
    if encoder is not None:
        from mestring_nlp.training import with_encoder

        other = with_encoder(shared.model, encoder)
        beside = getattr(shared.model, "after", None)
        shared = SharedModel(beside(other, weighed=False) if beside else other)
    results = suggest_batch(batch, shared, unit=unit, pipeline=pipeline, level=level)
    output = output_for(shared.model)
    if held:
        # What an assistant is asked may take hours, and may end early: until all is asked nothing is
        # written, so that the same command goes on where it ended.
        results = iter(list(results))
    counts: dict[str, Counts] = {}
    failed: list[FailedInterview] = []
    doubts = list(few_unread(batch.unread, batch.inputs))
    personal: dict[str, Counter[str]] = {}
    steps = list(batch.readers) if held else progress(list(batch.readers), "Coding")
    for name, result in zip(steps, results, strict=True):
        if isinstance(result, FailedInterview):
            failed.append(result)
            continue
        try:
            output.add(result)
        except MestringError as error:
            failed.append(FailedInterview(name, error))
            continue
        counts[name] = result.counts
        personal[name] = identifiers_at_a_glance(result.transcript)
        doubts += few_doubts(result.transcript, batch.files[name])
    if counts:
        output.close()
    project_notes = batch.project.warnings if batch.project else ()
    short = shared.model.shortage
    if told := warning(personal.items(), [paths] if isinstance(paths, str | Path) else list(paths)):
        doubts.append(told)
    notes = [*doubts, *project_notes, *output.notes, *([f"The model has {short}."] if short else [])]
    notes += getattr(shared.model, "notes", [])
    index = output.index if counts else None
    return Report(counts, failed, list(output.written), notes, shared.model.codebook, index)


def _prepared(
    out: str | Path | BinaryIO,
    formats: str | Iterable[str],
    batch: Batch,
    assistant: str,
    *,
    level: float,
    force: bool,
) -> Callable[[Model], FileOutput | StreamOutput]:
    """Check where the results go, before a model is loaded, and return what makes the output."""
    if not isinstance(out, str | Path):
        return lambda _: StreamOutput(out)
    plan = Plan.of(out, formats, force=force)
    if assistant and plan.project_file == FORMATS["qdpx"].file:
        own = FORMATS["assistant"]
        plan = replace(plan, formats=(*(one for one in plan.formats if one is not own), own))
    elif not assistant and FORMATS["assistant"] in plan.formats:
        raise MestringError("no assistant was asked", hint="Give --assistant, or leave the format out.")
    names = list(batch.readers)
    plan.check(names, keep=batch.inputs)
    return partial(
        FileOutput,
        plan,
        level=level,
        project=batch.project,
        index=plan.index(names),
        assistant=assistant,
    )


def _assistant_of(model: object) -> str:
    """Return the name of the assistant beside a model; empty without one."""
    found = getattr(model, "assistant", None)
    return str(found.name) if found is not None else ""
