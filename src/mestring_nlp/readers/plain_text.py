"""Plain text with speaker labels: which lines open a turn, and who is who."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from mestring_nlp.errors import MestringError
from mestring_nlp.transcript import INFORMANT, INTERVIEWER, Transcript, Turn

_LABEL = re.compile(
    r"^[ \t]*(?:[\[(]?(?P<time>\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?[\])]?[ \t]+)?"
    r"[*\[]*(?P<label>[^\W\d_][^:\n=*\[\]]{0,39}?)[*\]]*[ \t]*:[*]*(?P<gap>[ \t]*)(?=\S|$)",
    re.MULTILINE,
)
_LEGEND = re.compile(r"^[ \t]*(?P<label>[^\W\d_][^:\n=]{0,39}?)[ \t]*[:=–-][ \t]*(?P<role>.+?)[ \t.]*$")
_NAME = re.compile(r"[^\W\d_]+(?:[-.' ][^\W\d_]+)*\.?(?:[ #-]?\d{1,3})?")

_ROLE_WORDS = {
    INTERVIEWER: (
        "intervjuer", "med-intervjuer", "medintervjuer", "intervjuar", "medintervjuar", "forsker",
        "moderator", "spørsmål", "interviewer", "co-interviewer", "int",
    ),
    INFORMANT: (
        "informant", "inf", "respondent", "deltaker", "deltakar", "intervjuobjekt", "leder",
        "avdelingsleder", "svar", "interviewee", "participant",
    ),
}  # fmt: skip
_LETTERS = {"i": INFORMANT, "p": INTERVIEWER, "m": INTERVIEWER}
_NO_LABELS = """
nb obs ps kl tlf tel pkt jf dvs merk eksempel sitat kilde dato sted varighet tema tid og men så da nei
ja altså jo for at det den de der her sånn når hvis fordi ikke eller
"""
_NEVER = frozenset(_NO_LABELS.split())


@dataclass(frozen=True)
class _Line:
    """A line that may open a turn: its label, where the words begin, its time."""

    label: str
    start: int
    words: int
    time: float | None


def read_plain_text(
    text: str,
    *,
    name: str,
    place: str,
    informant: str | None = None,
    all_informant: bool = False,
) -> Transcript:
    """Find turns and roles in canonical text; see `mestring_nlp.read_transcript`."""
    if all_informant:
        return _paragraphs(text, name=name)
    legend = _legend(text)
    lines = [line for line in _candidates(text) if line.start not in legend.starts]
    labels = _speakers(lines, legend.roles, informant)
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
    roles, guessed = _roles(
        [(line.label, text[start:end]) for line, start, end in spoken], legend.roles, informant, place
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


def _paragraphs(text: str, *, name: str) -> Transcript:
    turns = tuple(
        Turn("I", INFORMANT, match.start(), match.end(), match.group())
        for match in re.finditer(r"\S(?:.|\n(?![ \t]*\n))*(?<=\S)", text)
    )
    return Transcript(name=name, text=text, turns=turns)


def _seconds(time: str | None) -> float | None:
    if time is None:
        return None
    total = 0.0
    for part in time.split(":"):
        total = total * 60 + int(part)
    return total


def _candidates(text: str) -> list[_Line]:
    found = []
    for match in _LABEL.finditer(text):
        label = match["label"].strip()
        # "P:Ja" is a turn; "kl. 17:30" and "side:3" are not.
        if match["gap"] or match.end() == len(text) or not text[match.end()].isdigit():
            found.append(_Line(label, match.start(), match.end(), _seconds(match["time"])))
    return found


@dataclass(frozen=True)
class _Legend:
    roles: dict[str, str]
    starts: frozenset[int]


def _legend(text: str) -> _Legend:
    """Lines such as ``P: intervjuer`` above the first turn."""
    roles: dict[str, str] = {}
    starts: set[int] = set()
    position = 0
    for line in text.splitlines(keepends=True):
        match = _LEGEND.match(line.rstrip("\n"))
        role = _role_word(match["role"]) if match else None
        if match and role:
            roles[match["label"].strip().casefold()] = role
            starts.add(position)
        elif _LABEL.match(line) and _known(_LABEL.match(line)["label"].strip()):  # type: ignore[index]
            break
        position += len(line)
    return _Legend(roles, frozenset(starts))


def _role_word(word: str) -> str | None:
    """The role that a word names: ``Informant 3`` and ``med-intervjuer`` do, ``Kari`` does not."""
    bare = re.sub(r"[\s#.-]*(?:\d{1,3}|[A-Z])$", "", word.strip()).casefold()
    for role, words in _ROLE_WORDS.items():
        if bare in words:
            return role
    return None


def _known(label: str) -> bool:
    return _role_word(label) is not None or label.casefold() in _LETTERS


def _speakers(lines: list[_Line], legend: dict[str, str], informant: str | None) -> set[str]:
    """Which labels are speakers: known ones, and names that come back."""
    counts = Counter(line.label.casefold() for line in lines)
    declared = set(legend) | ({informant.casefold()} if informant else set())
    names = {
        line.label.casefold()
        for line in lines
        if _NAME.fullmatch(line.label)
        and len(line.label.split()) <= 4
        and all(part[0].isupper() or part[0].isdigit() for part in line.label.split())
        and line.label.casefold().rstrip(".") not in _NEVER
    }
    chosen = {line.label.casefold() for line in lines if _known(line.label)} | declared & set(counts)
    chosen |= {label for label in names if counts[label] > 1}
    if len(chosen) < 2:
        chosen |= names
    return chosen


def _roles(
    spoken: list[tuple[str, str]], legend: dict[str, str], informant: str | None, place: str
) -> tuple[dict[str, str], bool]:
    """Map each label to a role; the flag tells whether it had to be guessed."""
    labels = list(dict.fromkeys(label.casefold() for label, _ in spoken))
    if informant is not None:
        if informant.casefold() not in labels:
            shown = ", ".join(dict.fromkeys(label for label, _ in spoken))
            raise MestringError(
                f"no speaker is called {informant!r}", place=place, hint=f"The speakers are: {shown}."
            )
        return {x: INFORMANT if x == informant.casefold() else INTERVIEWER for x in labels}, False
    roles = {label: role for label in labels if (role := legend.get(label) or _role_word(label))}
    unknown = [label for label in labels if label not in roles]
    guessed = False
    if unknown and set(labels) <= set(_LETTERS):
        roles |= {label: _LETTERS[label] for label in unknown}
    elif unknown:
        if INFORMANT in roles.values() and INTERVIEWER not in roles.values():
            roles |= dict.fromkeys(unknown, INTERVIEWER)
        elif INTERVIEWER in roles.values() and INFORMANT not in roles.values():
            roles |= dict.fromkeys(unknown, INFORMANT)
        else:
            guessed = True
            asks = {label: _asking(spoken, label) for label in unknown}
            least = min(asks.values())
            roles |= {
                label: INFORMANT
                if INFORMANT not in roles.values() and asks[label] == least and asks[label] < 0.5
                else INTERVIEWER
                for label in unknown
            }
    if INFORMANT not in roles.values():
        shown = ", ".join(dict.fromkeys(label for label, _ in spoken))
        raise MestringError(
            f"nobody among the speakers ({shown}) can be the informant",
            place=place,
            hint="Name the informant with --informant LABEL, or add a legend line such as "
            "`K: informant` at the top.",
        )
    return roles, guessed


def _asking(spoken: list[tuple[str, str]], label: str) -> float:
    """Share of a speaker's turns that hold a question."""
    turns = [text for speaker, text in spoken if speaker.casefold() == label]
    return sum("?" in text for text in turns) / len(turns)
