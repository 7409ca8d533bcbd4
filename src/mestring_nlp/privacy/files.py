"""Pseudonymise files and folders into a folder of their own, and restore them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from mestring_nlp.batch import PROJECT, FailedInterview, Labels, Paths, transcript_names
from mestring_nlp.encoding import Progress, no_progress
from mestring_nlp.errors import MestringError
from mestring_nlp.files import check_folder, write_file, write_folder
from mestring_nlp.privacy.alignment import Alignment, Edit
from mestring_nlp.privacy.canonical import canonical_alignment
from mestring_nlp.privacy.coded import MovedCodings, read_to_move
from mestring_nlp.privacy.decisions import Decisions, decisions_csv, read_decisions
from mestring_nlp.privacy.documents import AS_TEXT, Fielded, open_fields
from mestring_nlp.privacy.key import Document, Key, digest_of, read_key, write_key
from mestring_nlp.privacy.leaks import refuse_leaks
from mestring_nlp.privacy.ner import load_ner
from mestring_nlp.privacy.pseudonymising import hidden_name, speakers_of
from mestring_nlp.privacy.register import Doubt
from mestring_nlp.privacy.replacing import PLACEHOLDER, Pseudonymiser, Shown, Speaking
from mestring_nlp.readers import look_for_transcripts, read_bytes, read_transcript
from mestring_nlp.transcript import Transcript

REPORT = "les_meg.txt"
CODINGS = "codings.csv"
_ELSEWHERE = "Keep the key in another folder, best on another medium."


@dataclass(frozen=True)
class Pseudonymised:
    """What a run did.

    Attributes
    ----------
    written : tuple of pathlib.Path
        The files in the folder, the table, the page and the key.
    found : dict of str to int
        How many finds of each kind were replaced.
    shown : tuple of Shown
    doubts : tuple of Doubt
    failed : tuple of FailedInterview
    notes : tuple of str
    """

    written: tuple[Path, ...]
    found: Mapping[str, int]
    shown: tuple[Shown, ...] = field(repr=False)
    doubts: tuple[Doubt, ...] = field(repr=False)
    failed: tuple[FailedInterview, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class _File:
    """A file on its way."""

    path: Path
    name: str
    suffix: str
    fields: Fielded
    transcript: Transcript | None
    notes: list[str]


def pseudonymise_files(
    paths: Paths,
    out: str | Path,
    key: str | Path,
    *,
    passphrase: str | None = None,
    decisions: str | Path | None = None,
    codings: str | Path | None = None,
    style: str = "labels",
    ner: str | None = None,
    force: bool = False,
    informant: Labels = None,
    interviewer: Labels = None,
    progress: Progress = no_progress,
) -> Pseudonymised:
    """Write pseudonymised copies of files into a folder, and the key elsewhere.

    Parameters
    ----------
    paths : path, or iterable of paths
        Transcripts, folders that are searched for them, REFI-QDA projects.
    out : str or pathlib.Path
        The folder; it is written whole or not at all.
    key : str or pathlib.Path
        The key's file, outside `out`. An existing key grows, so that people keep their placeholders. Beside
        it, the table and the page of finds are written, as they hold what was replaced.
    passphrase : str, optional
    decisions : str or pathlib.Path, optional
        The table with people's decisions; the one beside the key where it exists.
    codings : str or pathlib.Path, optional
        A table of codings of the originals, whose positions move along into ``codings.csv``.
    style : {"labels", "names"}, default "labels"
    ner : str, optional
        An installed model that finds more; see `mestring_nlp.privacy.ner`.
    force : bool, default False
        Whether files that an earlier run wrote into `out` are replaced.
    informant, interviewer
        See `read_transcript`.
    progress : callable, optional

    Returns
    -------
    Pseudonymised

    Raises
    ------
    MestringError
        Before anything is written: a path does not exist, the key lies inside `out` or cannot be read, the
        folder may not be replaced, every file failed, or the codings do not fit.
    """
    folder, key_file = Path(out), Path(key)
    listed = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    projects = [path for path in listed if path.suffix.casefold() == PROJECT]
    others = [path for path in listed if path not in projects]
    found, unread = look_for_transcripts(others) if others else ([], [])
    files = [*found, *projects]
    for path in projects:
        read_bytes(path)
    check_places(folder, key_file, [*listed, *files])
    held = read_key(key_file, passphrase) if os.path.lexists(key_file) else Key()
    table = beside(key_file, "funn.csv")
    page = beside(key_file, "funn.html")
    if decisions is None and table.is_file():
        decisions = table
    given = read_decisions(Path(decisions)) if decisions is not None else Decisions()
    at_work = Pseudonymiser(held, given, style, load_ner(ner) if ner else None)
    opened, failed = _open(files, held, informant, interviewer, progress)
    for one in opened:
        at_work.meet(speakers_of(one.transcript) if one.transcript else [], one.name)
        for interview, start, end in one.fields.parts(one.name):
            text = one.fields.text[start:end]
            at_work.meet(_speakers_in(one, text), interview or one.name)
            at_work.learn(text)
    moving = read_to_move(Path(codings)) if codings is not None else None
    contents: dict[str, bytes] = {}
    sources: dict[str, _File] = {}
    notes = [str(file) for file in unread]
    for one in progress(opened, "Replacing"):
        try:
            name, data = _written(one, at_work, contents, moving)
        except MestringError as error:
            failed.append(FailedInterview(one.name, error))
            continue
        contents[name] = data
        sources[name] = one
        notes += [f"{one.path}: {note}" for note in one.notes]
    failed += _leaking(contents, sources, at_work, moving)
    if not contents:
        raise failed[0].error if failed else MestringError("there is no file to pseudonymise")
    if moving is not None:
        moving.check_codes(held)
        contents[CODINGS] = moving.table(at_work)
    contents[REPORT] = _report(at_work, contents).encode()
    for name in contents.keys() - sources.keys():
        refuse_leaks(name, contents[name], held, _staying(at_work), place=str(folder / name))
    check_folder(folder, _ours(folder, held, contents), force=force, mark=REPORT)
    write_key(held, key_file, passphrase)
    shown = at_work.shown
    write_file(table, decisions_csv(shown, given), force=True)
    from mestring_nlp.privacy.page import finds_page

    write_file(page, finds_page(shown, at_work.doubts, given).encode(), force=True)
    write_folder(folder, contents, force=force, known=_ours(folder, held, contents), mark=REPORT)
    replaced = Counter(one.find.kind for one in shown if one.placeholder)
    return Pseudonymised(
        (*(folder / name for name in contents), key_file, table, page),
        dict(replaced),
        tuple(shown),
        tuple(at_work.doubts),
        tuple(failed),
        tuple(notes),
    )


def check_places(folder: Path, key: Path, inputs: Iterable[Path]) -> None:
    """Raise where the key would lie inside the folder, or one would be written over an input.

    Links are followed, of folders that do not exist yet as far as they do.

    Raises
    ------
    MestringError
    """
    out, secret = Path(os.path.realpath(folder)), Path(os.path.realpath(key))
    if out == secret or out in secret.parents:
        raise MestringError(
            f"the key would lie inside {folder}, beside what it unlocks",
            place=str(key),
            hint=_ELSEWHERE,
        )
    if secret.is_dir():
        raise MestringError("this is a folder, and the key is a file", place=str(key), hint=_ELSEWHERE)
    for path in inputs:
        real = Path(os.path.realpath(path))
        if out == real or out in real.parents or (real.is_dir() and real in out.parents):
            raise MestringError(
                f"it and the input {path} lie one inside the other",
                place=str(folder),
                hint="Choose another place with --out.",
            )
        if secret == real:
            raise MestringError("it is one of the inputs", place=str(key), hint=_ELSEWHERE)


def beside(key: Path, ending: str) -> Path:
    """Return the file of an ending beside a key: ``nokkel.funn.csv`` beside ``nokkel.json``."""
    return key.with_name(f"{key.stem}.{ending}")


def _open(
    files: Sequence[Path], key: Key, informant: Labels, interviewer: Labels, progress: Progress
) -> tuple[list[_File], list[FailedInterview]]:
    opened: list[_File] = []
    failed: list[FailedInterview] = []
    names = dict(zip(files, transcript_names(files), strict=True))
    for path in progress(list(files), "Reading"):
        try:
            one = _opened(path, names[path], informant, interviewer)
            if key.document(digest_of(one.fields.text)) is not None:
                raise MestringError(
                    "it was pseudonymised with this key already",
                    place=str(path),
                    hint="Give the original, or `mestring restore` it first.",
                )
            if PLACEHOLDER.search(one.fields.text):
                one.notes.append(
                    "it holds placeholders such as [Person 1] already; they stay, and new ones get other numbers"
                )
            opened.append(one)
        except MestringError as error:
            failed.append(FailedInterview(names[path], error))
    return opened, failed


def _opened(path: Path, name: str, informant: Labels, interviewer: Labels) -> _File:
    suffix = path.suffix.casefold()
    data = read_bytes(path)
    notes: list[str] = []
    transcript = None
    problem: MestringError | None = None
    if suffix != PROJECT:
        try:
            transcript = read_transcript(path, name=name, informant=informant, interviewer=interviewer)
        except MestringError as error:
            problem = error
    if suffix in AS_TEXT or data.startswith((b"%PDF-", b"{\\rtf")):
        if transcript is None:
            transcript = read_transcript(path, name=name, all_informant=True)
        text = transcript.text
        fields = open_fields(text.encode(), ".txt", place=str(path))
        notes.append(f"its form ({suffix[1:].upper()}) cannot be kept: it is written as plain text")
        suffix = ".txt"
    else:
        fields = open_fields(data, suffix, place=str(path))
        notes += fields.notes
    if problem is not None:
        notes.append(f"who speaks could not be told ({problem.problem}); no label was replaced as one")
    return _File(path, name, suffix, fields, transcript, notes)


def _written(
    one: _File, at_work: Pseudonymiser, contents: Collection[str], moving: MovedCodings | None
) -> tuple[str, bytes]:
    """Return the name and content of a pseudonymised file; what was replaced goes into the key."""
    key, text = at_work.key, one.fields.text
    speakers = speakers_of(one.transcript) if one.transcript else []
    edits: list[Edit] = []
    for interview, start, end in one.fields.parts(one.name):
        own = speakers or _speakers_in(one, text[start:end])
        for first, last, new in at_work.edits(text[start:end], interview or one.name, own):
            edits.append(Edit(first + start, last + start, new))
    data = one.fields.written(edits, place=str(one.path))
    taken = [Path(name).stem for name in contents]
    name = hidden_name(one.name, key, taken)
    moved = Alignment.of(edits)
    back = [(edit.start, edit.end, edit.new) for edit in moved.inverse(text).edits]
    document = Document(name, one.path.name, digest_of(moved.applied(text)), back)
    if moving is not None and one.transcript is not None and moving.has(one.name):
        place = str(one.path)
        plain, hidden = canonical_alignment(
            one.fields, edits, one.transcript.text, one.suffix, place=place
        )
        inverse = plain.inverse(one.transcript.text)
        document.text_digest = digest_of(hidden)
        document.text_replaced = [(edit.start, edit.end, edit.new) for edit in inverse.edits]
        moving.move(one.transcript, plain, name)
    key.keep(document)
    return free_name(f"{name}{one.suffix}", contents), data


def _leaking(
    contents: dict[str, bytes],
    sources: Mapping[str, _File],
    at_work: Pseudonymiser,
    moving: MovedCodings | None,
) -> list[FailedInterview]:
    """Take out the files that would still hold what the key hides, and return them with what it is.

    Raises
    ------
    MestringError
        One has codings, which moved along with it already.
    """
    stays = _staying(at_work)
    failed: list[FailedInterview] = []
    for name, one in sources.items():
        try:
            refuse_leaks(name, contents[name], at_work.key, stays, place=str(one.path))
        except MestringError as error:
            if moving is not None and moving.has(one.name):
                raise
            failed.append(FailedInterview(one.name, error))
            del contents[name]
    return failed


def _staying(at_work: Pseudonymiser) -> set[str]:
    """Return the forms that stay somewhere."""
    return {one.find.text for one in at_work.shown if not one.placeholder}


def free_name(name: str, taken: Collection[str]) -> str:
    """Return a file's name, with a number where another has it already."""
    path = Path(name)
    names = (name if n == 1 else f"{path.stem}-{n}{path.suffix}" for n in count(1))
    used = {one.casefold() for one in taken} | {REPORT, CODINGS}
    return next(free for free in names if free.casefold() not in used)


def _speakers_in(one: _File, text: str) -> list[Speaking]:
    """Return who speaks in a text of a project."""
    if one.suffix != PROJECT:
        return []
    try:
        return speakers_of(read_transcript(text=text, name=one.name))
    except MestringError:
        return []


def _ours(folder: Path, key: Key, contents: Iterable[str]) -> set[str]:
    """Return the files that an earlier run with this key may have left in the folder."""
    stems = {document.name for document in key.documents}
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return {name for name in there if Path(name).stem in stems} | {*contents, REPORT, CODINGS}


def _report(at_work: Pseudonymiser, contents: Collection[str]) -> str:
    """Return what lies beside the interviews: what the data are, in Sikt's words."""
    counts = Counter(one.find.kind for one in at_work.shown if one.placeholder)
    kinds = ", ".join(f"{_KINDS[kind]} {counts[kind]}" for kind in _KINDS if counts[kind])
    return (
        "Disse intervjuene er avidentifisert (pseudonymisert) med mestring-nlp.\n\n"
        "De er ikke anonyme. Så lenge koblingsnøkkelen finnes, kan opplysningene føres tilbake til\n"
        "enkeltpersoner, og de er personopplysninger. Også uten nøkkelen kan indirekte identifiserende\n"
        "opplysninger stå igjen: arbeidsplass, yrke, hendelser, dialekt. Nøkkelen skal lagres for seg, atskilt\n"
        "fra intervjuene. Les gjennom intervjuene før de deles.\n\n"
        f"Filer: {len(contents)}. Erstattet: {kinds or 'ingenting'}.\n"
    )


_KINDS = {
    "person": "personer", "place": "steder", "unit": "enheter", "phone": "telefonnumre",
    "email": "e-postadresser", "id_number": "identifikasjonsnumre", "date": "datoer", "age": "aldre",
    "url": "nettadresser", "other": "annet",
}  # fmt: skip
