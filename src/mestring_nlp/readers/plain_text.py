"""Plain text with speaker labels: which lines open a turn."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.speakers import Named, role_word, roles_of, settled
from mestring_nlp.readers.timestamps import seconds
from mestring_nlp.transcript import INFORMANT, Transcript, Turn

_LABEL = re.compile(
    r"^[ \t]*(?:[\[(]?(?P<time>\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?)[\])]?[ \t]+)?"
    r"[*\[]*(?P<label>[^\W\d_][^:\n=*\[\]]{0,39}?)[*\]]*[ \t]*:[*]*(?P<gap>[ \t]*)(?=\S|$)",
    re.MULTILINE,
)
_LEGEND = re.compile(r"^[ \t]*(?P<label>[^\W\d_][^:\n=]{0,39}?)[ \t]*[:=–-][ \t]*(?P<role>.+)$")


@dataclass(frozen=True)
class _Line:
    """A line that may open a turn: its label, where the words begin, its time."""

    label: str
    start: int
    words: int
    time: float | None


def read_plain_text(text: str, *, name: str, place: str, named: Named) -> Transcript:
    """Find turns and roles in canonical text; see `mestring_nlp.read_transcript`."""
    if named.all_informant:
        return _paragraphs(text, name=name, place=place)
    lines = _candidates(text)
    legend = _legend(text, settled((line.label for line in lines), named.labels))
    lines = [line for line in lines if line.start not in legend.starts]
    labels = settled((line.label for line in lines), legend.roles.keys() | named.labels)
    lines = [line for line in lines if line.label.casefold() in labels]
    if not lines:
        raise MestringError(
            "no speaker labels",
            place=place,
            hint="Begin each turn on a line of its own with who speaks, such as `I: ` for the "
            "informant and `P: ` for the interviewer; or give --all-informant if every word is "
            "the informant's.",
        )
    spoken: list[tuple[_Line, int, int]] = []
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        end = following.start if following else len(text)
        raw = text[line.words : end]
        start = line.words + len(raw) - len(raw.lstrip())
        end = line.words + len(raw.rstrip())
        if start < end:
            spoken.append((line, start, end))
    if not spoken:
        raise _nobody(place)
    roles, guessed = roles_of(
        [(line.label, text[start:end]) for line, start, end in spoken],
        named=named,
        place=place,
        legend=legend.roles,
    )
    first = min(lines[0].start, *legend.starts) if legend.starts else lines[0].start
    return Transcript(
        name=name,
        text=text,
        title=" ".join(text[:first].split()),
        roles_guessed=guessed,
        turns=tuple(
            Turn(line.label, roles[line.label.casefold()], start, end, text[start:end], line.time)
            for line, start, end in spoken
        ),
    )


def _nobody(place: str) -> MestringError:
    return MestringError("nobody says anything", place=place, hint="Is this the right file?")


def _paragraphs(text: str, *, name: str, place: str) -> Transcript:
    found = (
        (match.start(), match.group().rstrip())
        for match in re.finditer(r"\S[^\n]*(?:\n(?![ \t]*\n)[^\n]*)*", text)
    )
    turns = tuple(Turn("I", INFORMANT, at, at + len(words), words) for at, words in found)
    if not turns:
        raise _nobody(place)
    return Transcript(name=name, text=text, turns=turns)


def _candidates(text: str) -> list[_Line]:
    found = []
    for match in _LABEL.finditer(text):
        label = match["label"].strip()
        # "P:Ja" is a turn; "kl. 17:30" and "side:3" are not.
        if match["gap"] or match.end() == len(text) or not text[match.end()].isdigit():
            time = seconds(match["time"]) if match["time"] else None
            found.append(_Line(label, match.start(), match.end(), time))
    return found


@dataclass(frozen=True)
class _Legend:
    roles: dict[str, str]
    starts: frozenset[int]


def _legend(text: str, speakers: set[str]) -> _Legend:
    """Lines such as ``P: intervjuer`` above the first turn; an answer may be ``Ola: Leder.`` too."""
    roles: dict[str, str] = {}
    starts: set[int] = set()
    position = 0
    for line in text.splitlines(keepends=True):
        match = _LEGEND.match(line.rstrip("\n"))
        role = role_word(match["role"].rstrip(" \t.")) if match else None
        if match and role:
            roles[match["label"].strip().casefold()] = role
            starts.add(position)
        elif (turn := _LABEL.match(line)) and turn["label"].strip().casefold() in speakers:
            break
        position += len(line)
    return _Legend(roles, frozenset(starts))
