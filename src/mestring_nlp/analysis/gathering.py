"""Gather what findings are made from: a folder that people coded, a review, a QDA project, or bare interviews."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from mestring_nlp.analysis.material import CodedTalk, Material, words_in
from mestring_nlp.analysis.tables import read_columns
from mestring_nlp.analysis.variables import Variables, project_variables, variables_of
from mestring_nlp.batch import PROJECT, find_interviews
from mestring_nlp.encoding import Progress, no_progress
from mestring_nlp.errors import MestringError
from mestring_nlp.model import Model, load_model
from mestring_nlp.readers import name_of
from mestring_nlp.readers.decoding import composed
from mestring_nlp.segmentation import segment
from mestring_nlp.training_data import TrainingData, holds_codings, load_training_data
from mestring_nlp.transcript import INFORMANT, Coding, Segment, Transcript
from mestring_nlp.validation import OutOfSample, apply_model, cross_validate

if TYPE_CHECKING:
    from mestring_nlp.prediction import Prediction
    from mestring_nlp.refi import Project

VARIABLES = "variables.csv"
"""The table that `mestring import` writes beside the codings of a project with variables."""

_READ = 0.9
"""Below this share of the informants' words, a coder did not read an interview in full."""

Source = TrainingData | str | Path


def gather(
    data: Source,
    *,
    coder: str | Sequence[str] | None = None,
    model: Model | str | Path | None = None,
    variables: str | Path | None = None,
    measured_on: Source | None = None,
    progress: Progress = no_progress,
) -> Material:
    """Read interviews, codings and variables; see `mestring_nlp.findings`.

    Raises
    ------
    MestringError
        Nothing was coded and no model is given, a coder or a column is unknown, or a file is broken.
    """
    coded, found, notes, review = _read(data, model is not None)
    wanted = [coder] if isinstance(coder, str) else list(coder or ())
    transcripts = dict(coded.transcripts)
    if not transcripts:
        raise MestringError(
            "there is no interview", place=str(data), hint="Give interviews, not statements alone."
        )
    if variables is not None:
        found = variables_of(read_columns(Path(variables)), list(transcripts))
    found = found or variables_of(None, list(transcripts))
    notes += [*coded.notes, *found.notes]
    named: list[str | None] = [*wanted] if wanted else [None] if coded.people else []
    people = [_of_person(coded, name, found.case_of) for name in named]
    for talk in people:
        notes += _unread(talk, transcripts)
    measured, machine, about = None, [], {}
    if model is not None:
        loaded = model if isinstance(model, Model) else load_model(model)
        coded = coded if coded.codings else replace(coded, codebook=loaded.codebook)
        _check_codes(loaded, coded)
        judged = people[0].segments if people else ()
        passages = [*judged, *_uncoded(transcripts, {s.transcript for s in judged})]
        measured, said = _measured(coded, loaded, wanted[0] if wanted else None, bool(people), progress)
        notes += said
        prediction = _predicted(loaded, passages, measured)
        machine = [_of_machine(loaded, passages, prediction, found.case_of)]
        if measured is None and measured_on is not None:
            other = (
                measured_on if isinstance(measured_on, TrainingData) else _read(measured_on, False)[0]
            )
            measured, said = _measured(other, loaded, None, True, progress)
            notes += said
        if measured is None:
            notes.append(
                "Maskinens feil er ikke målt på disse intervjuene, for ingen har kodet noen av dem. "
                "Tallene fra maskinen har derfor ikke noe intervall. Kod et utvalg selv, eller oppgi "
                "kodede intervjuer med --measured-on."
            )
        about = _about(loaded)
    if not people and not machine:
        raise MestringError(
            "nobody coded these interviews",
            place=str(data),
            hint="Give --model to let a model code them, such as --model bundled.",
        )
    return Material(
        coded.codebook,
        transcripts,
        (*people, *machine),
        found.case_of,
        found.table,
        tuple(dict.fromkeys(notes)),
        measured,
        about,
        coded.hash,
        review,
        coded.coders,
    )


def _read(
    data: Source, bare: bool
) -> tuple[TrainingData, Variables | None, list[str], tuple[object, ...]]:
    """Return interviews with their codings, variables that came with them, notes, and a review's verdicts."""
    if isinstance(data, TrainingData):
        return data, None, [], ()
    path = Path(data)
    if path.suffix.casefold() == PROJECT:
        from mestring_nlp.refi import read_project

        project = read_project(path)
        project.require_texts()
        notes = [f"Prosjektet: {warning}." for warning in project.warnings]
        return _of_project(project), project_variables(project), notes, ()
    if path.is_dir() and holds_codings(path):
        coded = load_training_data(path)
        notes = []
        if bare:
            others, notes = _others(path, coded)
            coded = replace(coded, transcripts={**coded.transcripts, **others})
        table = path / VARIABLES
        own = variables_of(read_columns(table), list(coded.transcripts)) if table.is_file() else None
        return coded, own, notes, _verdicts(path)
    if not bare:
        hint = "Give a folder with codings.csv, a review, a .qdpx, or --model to let a model code."
        if not path.exists():
            raise MestringError("no such file or folder", place=str(path), hint=hint)
        raise MestringError("nobody coded these interviews", place=str(path), hint=hint)
    transcripts, notes = _all_read(find_interviews(path).readers)
    from mestring_nlp.codebook import load_codebook

    return TrainingData(load_codebook(), transcripts, ()), None, notes, ()


def _others(folder: Path, coded: TrainingData) -> tuple[dict[str, Transcript], list[str]]:
    """Return the interviews of a folder that nobody coded, and what to say of them."""
    try:
        batch = find_interviews(folder)
    except MestringError:
        return {}, []
    new = {
        name: read
        for name, read in batch.readers.items()
        if composed(name_of(batch.files[name])) not in coded.transcripts
    }
    found, notes = _all_read(new)
    if found:
        notes.append(f"Ikke kodet av mennesker, og kodet av maskinen alene: {_listed(list(found))}.")
    return found, notes


def _all_read(
    readers: Mapping[str, Callable[[], Transcript]],
) -> tuple[dict[str, Transcript], list[str]]:
    """Return the interviews that can be read, and a note on each that cannot."""
    found, notes = {}, []
    for name, read in readers.items():
        try:
            found[name] = read()
        except MestringError as error:
            notes.append(f"Kunne ikke leses, og er holdt utenfor: {name} ({error.problem}).")
    return found, notes


def _verdicts(folder: Path) -> tuple[object, ...]:
    """Return what people did with the suggestions in a review's folder; nothing where it is none."""
    from mestring_nlp.review import opening, trail

    if not opening.is_review(folder):
        return ()
    store, _ = opening.opened_store(folder)
    try:
        return tuple(trail.summary(store))
    finally:
        store.close()


def _of_project(project: Project) -> TrainingData:
    """Return a project as coded interviews: what a coder left uncoded of a text counts as read."""
    transcripts = {source.name: source.as_coded[0] for source in project.sources}
    codings = list(project.codings)
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for coding in codings:
        spans.setdefault((coding.coder, coding.transcript), []).append((coding.start, coding.end))
    for (coder, name), coded in spans.items():
        for start, end in _gaps(transcripts[name], sorted(coded)):
            codings.append(Coding(name, start, end, "", coder))
    machines = frozenset(c.coder for c in project.abstentions)
    return TrainingData(project.codebook, transcripts, tuple(codings), machines=machines)


def _gaps(transcript: Transcript, coded: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Yield the stretches of the informants' turns that no span covers, where they have words."""
    for turn in transcript.turns:
        if turn.role != INFORMANT:
            continue
        inside = [
            (max(a, turn.start), min(b, turn.end)) for a, b in coded if a < turn.end > turn.start < b
        ]
        edges = [(turn.start, turn.start), *inside, (turn.end, turn.end)]
        reached = turn.start
        for (_, end), (start, _) in pairwise(edges):
            reached = max(reached, end)
            if reached < start and words_in(text := transcript.text[reached:start]):
                first = reached + len(text) - len(text.lstrip())
                yield first, first + len(text.strip())


def _of_person(coded: TrainingData, coder: str | None, case_of: Mapping[str, str]) -> CodedTalk:
    segments = coded.segments(coder)
    golds = {name: coded.gold(name, coder) for name in dict.fromkeys(s.transcript for s in segments)}
    order = {name: at for at, name in enumerate(coded.transcripts)}
    spans = {
        (c.transcript, c.start, c.end, c.code)
        for c in coded.codings
        if c.code and golds.get(c.transcript) == c.coder
    }
    return CodedTalk(
        " og ".join(dict.fromkeys(golds.values())),
        coded.codebook.ids,
        tuple(sorted(segments, key=lambda s: (order[s.transcript], s.start))),
        case_of,
        tuple(sorted(spans)),
    )


def _of_machine(
    model: Model, passages: Sequence[Segment], prediction: Prediction, case_of: Mapping[str, str]
) -> CodedTalk:
    segments = tuple(
        replace(passage, codes=tuple(code for code in model.codes if code in given))
        for passage, given in zip(passages, prediction.labels, strict=True)
    )
    return CodedTalk(
        model.name,
        model.codes,
        segments,
        case_of,
        tuple((s.transcript, s.start, s.end, code) for s in segments for code in s.codes or ()),
        frozenset(
            (s.transcript, s.start, s.end)
            for s, unsure in zip(segments, prediction.abstained, strict=True)
            if unsure
        ),
        prediction,
    )


def _uncoded(transcripts: Mapping[str, Transcript], coded: set[str]) -> list[Segment]:
    """Return the passages of interviews that no person coded."""
    return [s for name, one in transcripts.items() if name not in coded for s in segment(one)]


def _measured(
    coded: TrainingData, model: Model, coder: str | None, people: bool, progress: Progress
) -> tuple[OutOfSample | None, list[str]]:
    """Return people's passages as models code them that had not seen them, and what to say of it."""
    if not people:
        return None, []
    if seen := model.seen_of(coded.segments(coder)):
        return cross_validate(coded, coder=coder, progress=progress), [
            f"Modellen har lært av {seen} av disse avsnittene. Maskinens koder i hvert kodet intervju "
            "kommer derfor fra en modell som er trent på de andre intervjuene."
        ]
    return apply_model(model, coded, coder=coder), []


def _predicted(model: Model, passages: Sequence[Segment], measured: OutOfSample | None) -> Prediction:
    """Return predictions of passages: those measured out of sample as they are, the others anew."""
    from mestring_nlp.prediction import Prediction

    rows = (
        {(s.transcript, s.start, s.end): i for i, s in enumerate(measured.segments)} if measured else {}
    )
    known = [rows.get((s.transcript, s.start, s.end), -1) for s in passages]
    new = [passage for passage, row in zip(passages, known, strict=True) if row < 0]
    if measured is None or len(new) == len(passages):
        return model.predict(passages)
    parts = [measured.prediction, *([model.predict(new)] if new else [])]
    order, fresh = [], len(measured.segments)
    for row in known:
        order.append(row if row >= 0 else fresh)
        fresh += row < 0
    return Prediction.concatenate(parts)[order]


def _unread(talk: CodedTalk, transcripts: Mapping[str, Transcript]) -> list[str]:
    """Return which interviews a coder did not read, or only in part."""
    read: dict[str, int] = {}
    for s in talk.segments:
        read[s.transcript] = read.get(s.transcript, 0) + words_in(s.text)
    notes = []
    if missing := [name for name in transcripts if name not in read]:
        notes.append(
            f"{talk.coder} har ikke kodet {_listed(missing)}: holdt utenfor i tallene for {talk.coder}."
        )
    for name, words in read.items():
        turns = transcripts[name].turns
        said = sum(words_in(turn.text) for turn in turns if turn.role == INFORMANT)
        if words < _READ * said:
            notes.append(
                f"{talk.coder} har kodet {round(100 * words / said)} % av ordene til informanten i {name}: "
                "andelene gjelder den delen."
            )
    overlapping = len(
        {span[:3] for span in talk.spans} - {(s.transcript, s.start, s.end) for s in talk.segments}
    )
    if overlapping:
        notes.append(
            f"{overlapping} av utdragene til {talk.coder} overlapper. Antall avsnitt teller dem slik de er "
            "merket; der koder møtes, er de delt ved hver grense."
        )
    return notes


def _check_codes(model: Model, coded: TrainingData) -> None:
    if coded.codings and set(model.codes) != set(coded.codebook.ids):
        raise MestringError(
            f"the model's codes ({', '.join(model.codes)}) are not the data's "
            f"({', '.join(coded.codebook.ids)})",
            hint="Train a model on your own codings, or leave --model out.",
        )


def _about(model: Model) -> dict[str, object]:
    manifest = model.manifest
    return {
        "name": model.name,
        "library": manifest.library,
        "fingerprint": manifest.fingerprint,
        "encoder": manifest.encoder["name"],
        "data_hash": manifest.data_hash,
        "codebook_hash": manifest.codebook_hash,
        "passages": manifest.training["passages"],
        "groups": manifest.training["groups"],
    }


def _listed(names: Sequence[str], most: int = 5) -> str:
    more = f" og {len(names) - most} til" if len(names) > most else ""
    return ", ".join(names[:most]) + more
