"""Find all that a project's folder holds of an informant, and what is to be done with each file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.files import UNFINISHED
from mestring_nlp.forgetting.grid import Seen
from mestring_nlp.forgetting.informant import Informant, without_suffix
from mestring_nlp.forgetting.keys import key_without
from mestring_nlp.forgetting.models import (
    CLEAN,
    LEARNED,
    KeptModel,
    bundled_fingerprint,
    is_model,
    learned_from,
    read_model,
)
from mestring_nlp.forgetting.projects import without_source
from mestring_nlp.forgetting.sources import KeptText, listed, refuse_bare, texts_of_project
from mestring_nlp.forgetting.tables import (
    NothingLeftError,
    without_lines,
    without_rows,
    without_sheets,
)
from mestring_nlp.forgetting.traces import LARGEST, Traces, closed, normal, texts_in, words_of
from mestring_nlp.own_files import is_own
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.review.database import DATABASE

REMAKE, REWRITE, TRAIN, DROP, PROJECT, REVIEW, KEY, DELETE = (
    *("remake", "rewrite", "train", "drop", "project", "review", "key", "delete"),
)
ORDER = (REMAKE, REWRITE, TRAIN, DROP, PROJECT, REVIEW, KEY, DELETE)
"""What is done, in this order: the transcripts go last, since a run that was stopped is gone on with
from their words."""

JOURNAL, PROOF = ".mestring-forget-", "mestring-forget-proof-"
"""How the files begin that a run writes about itself."""

REWRITERS: dict[str, Callable[[bytes, Informant, Seen], bytes]] = {
    ".csv": without_rows,
    ".tsv": without_rows,
    ".jsonl": without_lines,
    ".xlsx": without_sheets,
    ".qdpx": without_source,
}
_SKIPPED = (".git", ".hg", ".svn")
_SIDE = (f"{DATABASE}-wal", f"{DATABASE}-shm", "review.lock")
_COPIED = 0.3
"""Share of an informant's runs of words in a text that makes it a copy of theirs, not another's talk."""
_LONGER = 1.5
"""How much longer than the transcript a copy may be; beyond, others speak in it too."""


@dataclass(frozen=True)
class Step:
    """What is done with a file or a folder.

    Attributes
    ----------
    path : pathlib.Path
    act : str
        One of `ORDER`.
    why : str
        What it holds of the informant, as a phrase.
    """

    path: Path
    act: str
    why: str


@dataclass
class Plan:
    """All that is done to forget an informant, and what is left to a person.

    Attributes
    ----------
    informant : str
    project : pathlib.Path
    who : Informant
    steps : list of Step
        In the order in which they are carried out.
    by_hand : dict of pathlib.Path to str
        Files with words of the informant that this library did not make, with the reason why they are
        left.
    mentions : dict of pathlib.Path to str
        Files in which something stays that names the informant or may be theirs; of tables, with what.
    unread : dict of pathlib.Path to str
        What could not be looked into, with the reason.
    others : tuple of str
        Labels of further informants in the same interview.
    reviews : list of pathlib.Path
        Every review of the project.
    models, known : dict of KeptModel
        Every model that can be read, by folder and by fingerprint.
    bundled : str
        The fingerprint of the bundled model.
    apart : tuple of pathlib.Path
        Where different interviews of this name lie, which may be different people's.
    unheard : bool
        Whether no transcript tells what the informant said, so that only their name can be looked for.
    """

    informant: str
    project: Path
    who: Informant
    steps: list[Step] = field(default_factory=list)
    by_hand: dict[Path, str] = field(default_factory=dict)
    mentions: dict[Path, str] = field(default_factory=dict)
    unread: dict[Path, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    reviews: list[Path] = field(default_factory=list)
    models: dict[Path, KeptModel] = field(default_factory=dict)
    known: dict[str, KeptModel] = field(default_factory=dict)
    bundled: str = ""
    apart: tuple[Path, ...] = ()
    unheard: bool = False

    def add(self, path: Path, act: str, why: str) -> None:
        """Add a step."""
        self.steps.append(Step(path, act, why))


def plan_forgetting(informant: str, project: str | Path, *, key: Path | None = None) -> Plan:
    """Return what a project's folder holds of an informant; nothing is changed.

    Parameters
    ----------
    informant : str
        The name of the transcript, as codings name it; case, signs and leading zeros do not matter.
    project : str or pathlib.Path
    key : pathlib.Path, optional
        The key of pseudonyms, which lies elsewhere.

    Returns
    -------
    Plan

    Raises
    ------
    MestringError
        There is no such folder, or nothing in it is the informant's.
    """
    root = Path(project)
    if not root.is_dir():
        raise MestringError("no such folder", place=str(root), hint="Give the project's with --project.")
    informant = without_suffix(informant)
    if not normal(informant):
        raise MestringError(f"{informant!r} is no name", hint="Give the transcript's name.")
    kept, unread = texts_of_project(root)
    name = normal(informant)
    names = {text.name for text in kept}
    refuse_bare(informant, root, names)
    own = [text for text in kept if normal(text.name) == name]
    # A copy under another name must not make the words common to two informants.
    sketch = Traces(turn for text in own for turn in text.said)
    copies = [text for text in kept if text not in own and sketch.share_in(text.text) >= _COPIED]
    others = (text.text for text in kept if text not in own and text not in copies)
    traces = Traces((turn for text in own for turn in text.said), others)
    plan = Plan(informant, root, Informant(informant, traces, names), unread=dict(unread))
    plan.unheard = not traces
    speakers = dict.fromkeys(label for text in own for label in text.informants)
    plan.others = tuple(speakers) if len(speakers) > 1 else ()
    plan.apart = _apart(own)
    longest = _LONGER * max((len(words_of(text.text)) for text in own), default=0)
    wholly = {text.path for text in copies if len(words_of(text.text)) <= longest}
    _look(plan, wholly)
    if key is not None:
        _look_into_key(plan, key)
    if not plan.steps and not plan.by_hand:
        raise MestringError(
            f"nothing of {informant!r} is in the folder",
            place=str(root),
            hint=f"{listed(names)}{_named_in(plan)}",
        )
    plan.steps.sort(key=lambda step: (ORDER.index(step.act), str(step.path)))
    return plan


def _named_in(plan: Plan) -> str:
    if not plan.mentions:
        return ""
    told = "; ".join(f"{path} ({why})" if why else str(path) for path, why in plan.mentions.items())
    return f" The name stands in what may be others': look yourself at {told}."


def _apart(own: Sequence[KeptText]) -> tuple[Path, ...]:
    """Return the files of different interviews that are called the same, none where they are one."""
    found: list[tuple[KeptText, Traces]] = []
    for text in own:
        traces = Traces(text.said)
        alike = (
            max(traces.share_in(other.text), told.share_in(text.text)) >= _COPIED
            for other, told in found
        )
        if traces.share_in("\n".join(text.said)) and not any(alike):
            found.append((text, traces))
    return tuple(text.path for text, _ in found) if len(found) > 1 else ()


def _look(plan: Plan, copies: set[Path]) -> None:
    """Add what is done with every file of the project."""
    folders, files = _walk(plan)
    plan.reviews = [folder for folder in folders if (folder / DATABASE).is_file()]
    _look_into_models(plan, [folder for folder in folders if is_model(folder)])
    for folder in plan.reviews:
        data = b"".join(
            _read(plan, file) or b""
            for file in (folder / DATABASE, folder / f"{DATABASE}-wal")
            if file.is_file()
        )
        if _holds(plan, data):
            plan.add(folder / DATABASE, REVIEW, "their transcript and decisions on it")
    for file in files:
        if file.name.startswith(UNFINISHED):
            plan.add(file, DELETE, "left by a run that was stopped")
        elif not file.name.startswith((JOURNAL, PROOF)):
            _look_into(plan, file, copy=file in copies)


def _walk(plan: Plan) -> tuple[list[Path], list[Path]]:
    """Return the folders and files of a project; models and databases are units of their own."""
    folders: list[Path] = []
    files: list[Path] = []
    for path, inner, names in os.walk(plan.project):
        folder = Path(path)
        for name in sorted(inner):
            if name in _SKIPPED:
                plan.unread[folder / name] = (
                    "the history of versions; remove what is theirs from it by its own means"
                )
            elif (folder / name).is_symlink():
                plan.unread[folder / name] = "a link to a folder elsewhere"
            elif name.startswith(UNFINISHED):
                files.append(folder / name)
        inner[:] = sorted(
            name
            for name in inner
            if name not in _SKIPPED
            and not name.startswith(UNFINISHED)
            and not (folder / name).is_symlink()
        )
        folders.append(folder)
        if is_model(folder):
            continue
        for name in sorted(names):
            file = folder / name
            if file.is_symlink():
                plan.unread[file] = "a link to a file elsewhere"
            elif file.is_file() and not name.startswith(DATABASE) and name not in _SIDE:
                files.append(file)
            elif not file.is_file():
                plan.unread[file] = "no regular file"
    return folders, files


def _read(plan: Plan, file: Path) -> bytes | None:
    try:
        return read_bytes(file, largest=LARGEST)
    except MestringError as error:
        plan.unread[file] = error.problem
        return None


def _holds(plan: Plan, data: bytes) -> bool:
    """Return whether a file has words of the informant, or names them."""
    return any(plan.who.is_mentioned(text) or plan.who.says(text) for text in texts_in(data))


def _look_into(plan: Plan, file: Path, *, copy: bool) -> None:
    """Add what is done with a file."""
    who, suffix = plan.who, file.suffix.casefold()
    if normal(file.stem) == who.name:
        plan.add(file, DELETE, "theirs, by its name")
        return
    data = _read(plan, file)
    if data is None:
        return
    # "2.forslag.docx" is theirs, "2. Metode.docx" may be a chapter of the researcher's.
    begins = normal(file.name.split(".")[0]) == who.name
    if begins and is_own(data, suffix):
        plan.add(file, DELETE, "theirs, by its name")
        return
    if why := closed(data, suffix):
        plan.unread[file] = why
    if copy:
        plan.add(file, DELETE, "their transcript under another name")
        return
    said = who.traces.found_in_bytes(data)
    if suffix in REWRITERS:
        _look_into_table(plan, file, data, said=said)
        return
    named = any(map(who.is_mentioned, texts_in(data)))
    if (said or named) and is_own(data, suffix):
        plan.add(file, REMAKE, "made of several interviews; make it again")
    elif suffix == ".json" and key_without(data, who) is not None:
        plan.add(file, KEY, "their entries")
    elif said:
        plan.by_hand[file] = "holds words of theirs, and was not made by mestring"
    elif named or begins:
        plan.mentions[file] = ""


def _look_into_table(plan: Plan, file: Path, data: bytes, *, said: bool) -> None:
    """Add what is done with a table, a workbook or a project."""
    suffix, who = file.suffix.casefold(), plan.who
    if suffix in (".xlsx", ".qdpx") and not (said or any(map(who.may_be_in, texts_in(data)))):
        return
    seen = Seen()
    try:
        rewritten = REWRITERS[suffix](data, who, seen)
    except NothingLeftError:
        plan.add(file, DELETE, "nothing but theirs")
        return
    except MestringError as error:
        if said:
            plan.by_hand[file] = f"holds words of theirs, and {error.problem}"
        elif any(map(who.is_mentioned, texts_in(data))):
            plan.mentions[file] = error.problem
        return
    if seen.named:
        plan.mentions[file] = seen.left
    if who.traces.found_in_bytes(rewritten):
        plan.by_hand[file] = "holds words of theirs where they cannot be taken out safely"
    elif rewritten != data:
        plan.add(file, PROJECT if suffix == ".qdpx" else REWRITE, seen.removed)


def _look_into_key(plan: Plan, key: Path) -> None:
    if key.resolve() in {step.path.resolve() for step in plan.steps}:
        return
    data = read_bytes(key)
    if key_without(data, plan.who) is not None:
        plan.add(key, KEY, "their entries")
    else:
        plan.unread[key] = "no entry of theirs was found in the key; if it is encrypted, look yourself"


def _look_into_models(plan: Plan, folders: list[Path]) -> None:
    """Add which models are trained again, and which are removed."""
    found: list[KeptModel] = []
    for folder in folders:
        try:
            found.append(read_model(folder))
        except MestringError as error:
            if any(
                _holds(plan, _read(plan, file) or b"")
                for file in sorted(folder.iterdir())
                if file.is_file()
            ):
                plan.add(
                    folder,
                    DROP,
                    f"it holds words of theirs, and cannot be trained again ({error.problem})",
                )
            else:
                plan.unread[folder] = f"a model that cannot be read ({error.problem})"
    if not found:
        return
    plan.bundled = bundled_fingerprint()
    plan.models = {model.folder: model for model in found}
    # Of two that learned the same, the one that kept its passages tells what both learned.
    found.sort(key=lambda model: model.segments is not None)
    plan.known = {model.manifest.fingerprint: model for model in found}
    for model in found:
        state = learned_from(model, plan.who, plan.known, plan.bundled)
        if state == LEARNED:
            plan.add(model.folder, TRAIN, "it learned from their passages")
        elif state != CLEAN:
            why = "nobody can tell whether it learned from them: its passages, or its base, are not here"
            plan.add(model.folder, DROP, why)


def files_of(path: Path) -> Iterator[Path]:
    """Yield a file, or the files below a folder."""
    if path.is_dir() and not path.is_symlink():
        yield from (file for file in sorted(path.rglob("*")) if file.is_file())
    elif path.is_file():
        yield path
