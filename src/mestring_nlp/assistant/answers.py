"""What an assistant answered: read with suspicion, and kept, so that nothing is asked twice."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from mestring_nlp.assistant.client import TOO_MUCH
from mestring_nlp.assistant.prompt import CODES, LONGEST_REASON, MOST_CODES, REASON
from mestring_nlp.codebook import Codebook
from mestring_nlp.errors import MestringError
from mestring_nlp.files import refuse_existing
from mestring_nlp.json_values import Number, check_kind, parse_json
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.text import legal

FILE = "assistant_answers.jsonl"
"""Where a folder of results keeps answers."""

LONGEST_REPLY = 8_000
NO_ANSWERS = (
    "slow", "refused", TOO_MUCH, "too long", "no reply", "no JSON", "unknown code", "another language",
)  # fmt: skip
"""Why there is no answer."""
LASTING = ("too long", "no JSON", "unknown code", "another language")
"""Of these, what the model said itself: it is kept, and not asked again."""

_THOUGHTS = re.compile(r"\A.*</think(?:ing)?>", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")
_NORWEGIAN = """
og er det som om på ikke til av en et med at den de der dei handler hvordan hva seg sin sitt beskriver
avsnittet informanten sier ingen fordi når jeg vi har passer ikkje eit ein la to no
"""
_OTHERS = """
the is of and this that with about passage because in it not are describes informant speaker code
die das und ist nicht eine le les est une des il el los y es una
"""
_OWN_WORDS, _FOREIGN_WORDS = frozenset(_NORWEGIAN.split()), frozenset(_OTHERS.split())


@dataclass(frozen=True)
class Answer:
    """What an assistant says of a passage.

    Attributes
    ----------
    codes : tuple of str
        The codes that fit, the best first; none where no code does.
    reason : str
        A sentence of its own.
    problem : str
        Why there is no answer, one of `NO_ANSWERS`; empty for an answer.
    place : float
        Where its first code stood among the codes shown: 0 for the first, 1 for the last; -1 without
        one.
    seconds : float
        How long it took.
    """

    codes: tuple[str, ...] = ()
    reason: str = field(default="", repr=False)
    problem: str = ""
    place: float = -1.0
    seconds: float = 0.0

    @property
    def given(self) -> bool:
        """Whether it is an answer."""
        return not self.problem


def read_answer(text: str, shown: Sequence[str], codebook: Codebook, seconds: float = 0.0) -> Answer:
    """Read what a model wrote; whatever is not an answer is none.

    Parameters
    ----------
    text : str
    shown : sequence of str
        The codes' ids, in the order in which they were shown.
    codebook : Codebook
    seconds : float

    Returns
    -------
    Answer
    """

    def none(problem: str) -> Answer:
        return Answer(problem=problem, seconds=seconds)

    said = _THOUGHTS.sub("", text)
    if len(said) > LONGEST_REPLY:
        return none("too long")
    found = _object(said)
    if found is None:
        return none("no JSON")
    codes, reason = found.get(CODES), found.get(REASON, "")
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        return none("no JSON")
    if not isinstance(reason, str):
        return none("no JSON")
    called = {code.name.casefold(): code.id for code in codebook} | {code: code for code in codebook.ids}
    ids = [called.get(code.strip(), called.get(code.strip().casefold(), "")) for code in codes]
    if not all(ids) or len(codes) > len(codebook):
        return none("unknown code")
    reason = " ".join(legal(reason).split())
    if not _is_sentence(reason):  # the codes are measured; nothing is gained by showing a row of digits
        reason = ""
    if codebook.language in ("nb", "nn", "no") and not _may_be_norwegian(reason):
        return none("another language")
    if len(reason) > LONGEST_REASON:
        reason = reason[:LONGEST_REASON].rsplit(" ", 1)[0] + " …"
    ranked = tuple(dict.fromkeys(ids))[:MOST_CODES]
    place = shown.index(ranked[0]) / max(1, len(shown) - 1) if ranked else -1.0
    return Answer(ranked, reason, "", round(place, 4), seconds)


def _object(text: str) -> dict[str, Any] | None:
    """Return the JSON object in a text, be it fenced or between words; None for anything else."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return None
    try:
        found = parse_json(text[start : end + 1])
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _is_sentence(text: str) -> bool:
    """Return whether a text is words for the most part."""
    return 2 * sum(len(word) for word in _WORD.findall(text)) >= len(text.replace(" ", ""))


def _may_be_norwegian(text: str) -> bool:
    """Return whether a sentence may be Norwegian: in its letters, and of no more foreign words."""
    words = [word.casefold() for word in _WORD.findall(text)]
    letters = "".join(words)
    if sum(letter > "\u024f" for letter in letters) > 0.2 * len(letters):
        return False
    own, foreign = (sum(word in known for word in words) for known in (_OWN_WORDS, _FOREIGN_WORDS))
    return foreign <= own or foreign < 2


_KEPT: Any = {
    "key": str, "model": str, "prompt": str, "codes": [str], "reason": str, "problem": str,
    "place": Number(float, -1, 1), "seconds": Number(float, 0, 1e7),
}  # fmt: skip
_LARGEST_FILE = 500_000_000


class AnswerFile:
    """A file of answers, a line each, to which lines are added whole as answers come.

    The sentences may quote interviews: only the user may read it. A line that a killed run left half is
    no line; a later one of the same key counts.

    Parameters
    ----------
    path : pathlib.Path or None
        None keeps answers for the time being only.
    again : bool, default False
        Whether kept answers are left alone and asked for again.
    """

    def __init__(self, path: Path | None, *, again: bool = False) -> None:
        self.path = path
        self._answers: dict[str, Answer] = {}
        self._lock = Lock()
        self._torn = False
        if path is not None and os.path.lexists(path):
            refuse_existing([path], force=True)  # a folder, a device or the like
            self._read(path, again=again)

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: str) -> Answer | None:
        """Return the answer to a question, if it is kept."""
        return self._answers.get(key)

    def put(self, key: str, answer: Answer, *, model: str, prompt: str) -> None:
        """Add an answer; what failed for the server's sake is kept for this run alone.

        Raises
        ------
        MestringError
            The file cannot be written.
        """
        with self._lock:
            self._answers[key] = answer
            if not answer.problem or answer.problem in LASTING:
                self._add(key, answer, model, prompt)

    def withdraw(self, keys: Sequence[str], *, model: str, prompt: str) -> None:
        """Remove answers that the server gave without having read the question: it is asked again.

        Raises
        ------
        MestringError
            The file cannot be written.
        """
        with self._lock:
            for key in keys:
                if self._answers.pop(key, None) is not None:
                    self._add(key, Answer(problem=TOO_MUCH), model, prompt)

    def _add(self, key: str, answer: Answer, model: str, prompt: str) -> None:
        if self.path is not None:
            row = {"key": key, "model": model, "prompt": prompt, **asdict(answer)}
            line = json.dumps(row, ensure_ascii=False) + "\n"
            try:
                self._append(f"\n{line}" if self._torn else line)
            except OSError as error:
                raise MestringError(
                    f"the answers cannot be kept ({error.strerror})",
                    place=str(self.path),
                    hint="Check free space and permissions; what was kept is there still.",
                ) from error
            self._torn = False

    def _append(self, line: str) -> None:
        assert self.path is not None
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = (
            os.O_WRONLY
            | os.O_APPEND
            | os.O_CREAT
            | getattr(os, "O_NOFOLLOW", 0)
            | getattr(os, "O_BINARY", 0)
        )
        descriptor = os.open(self.path, flags, 0o600)
        try:
            data = line.encode("utf-8", "replace")
            if os.write(descriptor, data) < len(data):
                self._torn = True
                raise OSError(28, "the disk is full")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _read(self, path: Path, *, again: bool) -> None:
        data = read_bytes(path, largest=_LARGEST_FILE, hint="Give another --out.")
        self._torn = bool(data) and not data.endswith(b"\n")
        for line in () if again else data.splitlines():
            try:
                row = parse_json(line.decode("utf-8"))
                check_kind(row, _KEPT)
            except ValueError:
                continue
            given = {name: row[name] for name in ("reason", "problem", "place", "seconds")}
            self._answers[row["key"]] = Answer(tuple(row["codes"]), **given)
            if row["problem"] and row["problem"] not in LASTING:
                del self._answers[row["key"]]  # withdrawn
