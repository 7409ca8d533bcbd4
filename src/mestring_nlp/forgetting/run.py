"""Carry out what is planned, file by file, and prove it."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.files import UNFINISHED, write_file
from mestring_nlp.forgetting.grid import Seen
from mestring_nlp.forgetting.informant import Informant, without_suffix
from mestring_nlp.forgetting.keys import key_without
from mestring_nlp.forgetting.models import trained_without
from mestring_nlp.forgetting.plan import (
    DELETE,
    DROP,
    JOURNAL,
    KEY,
    PROJECT,
    PROOF,
    REMAKE,
    REVIEW,
    REWRITE,
    REWRITERS,
    TRAIN,
    Plan,
    Step,
    files_of,
)
from mestring_nlp.forgetting.reviews import compact_review, forget_in_review
from mestring_nlp.forgetting.traces import Traces
from mestring_nlp.own_files import GENERATOR
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.review.lock import FolderLock
from mestring_nlp.storage import sha256

UNREACHED = (
    "copies elsewhere: other folders and machines, memory sticks, e-mails, printed pages",
    "projects inside QDA programs such as NVivo, MAXQDA and ATLAS.ti, which keep their own copies",
    "backups, and what a synchronised folder (OneDrive, Teams, Dropbox) keeps of older versions",
    "the recording, where it is not in this folder, and the recorder",
    "the key of pseudonyms, where it lies elsewhere and was not given with --key",
    "what has been published, and what others were given",
    "what the definitions and rules of a codebook quote, where a model or a review keeps it",
    "figures computed before: they count the informant until they are computed again",
    "what a disk keeps of removed files until it is overwritten: encrypt it",
)
"""What no run can reach, as the user is told."""


@dataclass(frozen=True)
class Forgotten:
    """What came of forgetting an informant.

    Attributes
    ----------
    proof : pathlib.Path
    done : tuple of Step
    left : dict of pathlib.Path to str
        Files in which words of the informant are still found, with the reason.
    """

    proof: Path
    done: tuple[Step, ...]
    left: dict[Path, str] = field(default_factory=dict)


def forget(
    plan: Plan,
    *,
    whole_interview: bool = False,
    delete_others: bool = False,
    leave_others: bool = False,
    proof: Path | None = None,
    progress: Callable[[Step], None] = lambda step: None,
) -> Forgotten:
    """Remove what is planned. A run that is stopped is finished by the next.

    Every file is written whole beside itself and then renamed, or removed; the database of a review
    changes in one transaction. The transcripts go last.

    Parameters
    ----------
    plan : Plan
    whole_interview : bool, default False
        Whether an interview with several informants is removed with what the others said, and all
        different interviews of this name.
    delete_others : bool, default False
        Whether files that this library did not make are removed where they hold words of the informant.
    leave_others : bool, default False
        Whether they are left as they are; once the transcript is gone, no run can find them again.
    proof : pathlib.Path, optional
        Where the proof is written; in the project's folder if left out.
    progress : callable, optional
        Called with each step that was done.

    Returns
    -------
    Forgotten

    Raises
    ------
    MestringError
        The interview has several informants, several interviews have the name, other files hold words of
        the informant and it was not said what becomes of them, a review is open elsewhere, or a file
        cannot be written.
    """
    if plan.others and not whole_interview:
        raise MestringError(
            f"{len(plan.others)} informants speak in this interview ({', '.join(plan.others)})",
            place=plan.informant,
            hint="Take the turns of the one out by hand; or remove all of it with --whole-interview.",
        )
    if plan.apart and not whole_interview:
        raise MestringError(
            f"{len(plan.apart)} different interviews have this name ({', '.join(map(str, plan.apart))})",
            place=plan.informant,
            hint="Rename those of others; or, if all are theirs, remove them with --whole-interview.",
        )
    if plan.by_hand and not (delete_others or leave_others):
        path, why = next(iter(plan.by_hand.items()))
        raise MestringError(
            f"of {len(plan.by_hand)} files to decide on, this is the first: it {why}"
            if len(plan.by_hand) > 1
            else f"it {why}",
            place=str(path),
            hint="Take the words out and run this again; or remove such files with --delete-others; or "
            "leave them with --leave-others. Without the transcript they cannot be found again.",
        )
    steps = list(plan.steps)
    if delete_others:
        steps += [Step(path, DELETE, why) for path, why in plan.by_hand.items()]
    with ExitStack() as stack:
        for folder in plan.reviews:
            stack.callback(FolderLock(folder).release)
        journal = _Journal(plan)
        journal.begin(steps)
        done = []
        for step in steps:
            _DONE[step.act](plan, step)
            done.append(step)
            journal.note(step)
            progress(step)
        for folder in plan.reviews:
            compact_review(folder)
        left = _left(plan)
        path = journal.finish(left, proof)
    return Forgotten(path, tuple(done), left)


def _left(plan: Plan) -> dict[Path, str]:
    """Return the files in which the informant's words are still found."""
    found: dict[Path, str] = {}
    for file in files_of(plan.project):
        if file.name.startswith((JOURNAL, PROOF)) or ".git" in file.parts:
            continue
        try:
            if plan.who.traces.found_in_bytes(read_bytes(file)):
                found[file] = plan.by_hand.get(file, "words of theirs are still found in it")
        except MestringError as error:
            plan.unread.setdefault(file, error.problem)
    return found


def _rewrite(plan: Plan, step: Step) -> None:
    data = REWRITERS[step.path.suffix.casefold()](read_bytes(step.path), plan.who, Seen())
    write_file(step.path, data, force=True)


def _rewrite_key(plan: Plan, step: Step) -> None:
    data = key_without(read_bytes(step.path), plan.who)
    if data is not None:
        write_file(step.path, data, force=True)


def _train(plan: Plan, step: Step) -> None:
    model = plan.models[step.path]
    try:
        made = trained_without(model, plan.who, plan.known, plan.bundled)
    except MestringError:
        _remove(plan, step)
        return
    made.save(step.path, passages=model.segments is not None, force=True)


def _review(plan: Plan, step: Step) -> None:
    forget_in_review(step.path.parent, plan.who)


def _remove(plan: Plan, step: Step) -> None:
    """Remove a file, or a folder that first gets a name by which the next run knows what to finish."""
    try:
        if step.path.is_dir() and not step.path.is_symlink():
            gone = step.path
            if not gone.name.startswith(UNFINISHED):
                gone = gone.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
                os.replace(step.path, gone)
            shutil.rmtree(gone)
        else:
            step.path.unlink(missing_ok=True)
    except OSError as error:
        raise MestringError(
            f"it cannot be removed ({error.strerror})",
            place=str(step.path),
            hint="Check permissions, and close the program that has it open; then run this again.",
        ) from error


_DONE: dict[str, Callable[[Plan, Step], None]] = {
    REMAKE: _remove,
    REWRITE: _rewrite,
    TRAIN: _train,
    DROP: _remove,
    PROJECT: _rewrite,
    REVIEW: _review,
    KEY: _rewrite_key,
    DELETE: _remove,
}


class _Journal:
    """What a run has done so far, kept in the project, so that the next run's proof tells all of it."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._slug = _slug(plan.informant)
        self._path = plan.project / f"{JOURNAL}{self._slug}.json"
        self._content: dict[str, Any] = {
            "made_by": GENERATOR,
            "informant": plan.informant,
            "begun": _now(),
            "files": {},
        }
        if self._path.is_file():
            self._content = json.loads(read_bytes(self._path))

    def begin(self, steps: Iterable[Step]) -> None:
        """Write down every file that will change, as it is."""
        files = self._content["files"]
        for step in steps:
            for file in files_of(step.path):
                known = files.setdefault(self._named(file), {"act": step.act, "before": _hash(file)})
                known["act"] = step.act
        self._write()

    def note(self, step: Step) -> None:
        """Write down that a step was done."""
        for name, known in self._content["files"].items():
            file = self._plan.project / name
            if file == step.path or step.path in file.parents:
                known["after"] = _hash(file)
        for file in files_of(step.path):
            known = self._content["files"].setdefault(
                self._named(file), {"act": step.act, "before": None}
            )
            known["after"] = _hash(file)
        self._write()

    def finish(self, left: dict[Path, str], proof: Path | None) -> Path:
        """Write the proof, remove the journal, and return where the proof is."""
        finished = _now()
        if (written := _proof_of(self._content, self._plan.project)) is not None:
            self._path.unlink(missing_ok=True)
            return written
        files = {
            name: {**known, "after": _hash(self._plan.project / name)}
            for name, known in sorted(self._content["files"].items())
        }
        content = {
            **self._content,
            "finished": finished,
            "complete": not left,
            "files": files,
            "words_left_in": {self._named(path): why for path, why in left.items()},
            "named_in": [self._named(path) for path in self._plan.mentions if path.exists()],
            "not_looked_into": {self._named(path): why for path, why in self._plan.unread.items()},
            "to_be_made_again": [name for name, known in files.items() if known["act"] == REMAKE],
            "not_reached": list(UNREACHED),
        }
        stamp = re.sub(r"\D", "", finished)[:14]
        path = proof or self._plan.project / f"{PROOF}{self._slug}-{stamp}.json"
        text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        write_file(path, text.encode(), force=proof is None)
        self._path.unlink(missing_ok=True)
        return path

    def _named(self, file: Path) -> str:
        try:
            return file.relative_to(self._plan.project).as_posix()
        except ValueError:
            return str(file.resolve())

    def _write(self) -> None:
        text = json.dumps(self._content, ensure_ascii=False, indent=2) + "\n"
        write_file(self._path, text.encode(), force=True)


def _hash(file: Path) -> str | None:
    """Return a file's SHA-256, None where there is none."""
    try:
        return sha256(file.read_bytes()) if file.is_file() else None
    except OSError:
        return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _slug(informant: str) -> str:
    return re.sub(r"[^\w-]+", "_", informant)[:60]


def finish_stopped(informant: str, project: Path) -> Path | None:
    """Write the proof of a run that was stopped after its last step, and return where it is.

    None where there was no such run.
    """
    informant = without_suffix(informant)
    if not (project / f"{JOURNAL}{_slug(informant)}.json").is_file():
        return None
    return _Journal(Plan(informant, project, Informant(informant, Traces()))).finish({}, None)


def _proof_of(journal: dict[str, Any], project: Path) -> Path | None:
    """Return the proof that a run wrote before it was stopped, if it did."""
    for path in project.glob(f"{PROOF}*.json"):
        try:
            told = json.loads(read_bytes(path))
        except ValueError:
            continue
        if all(told.get(key) == journal[key] for key in ("informant", "begun")):
            return path
    return None
