"""From the lines of a file to a transcript: who speaks, in which role, and where in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import NamedTuple

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.decoding import canonical
from mestring_nlp.readers.lines import Line, NoSpeakersError, lines_of, refuse_long, without_controls
from mestring_nlp.readers.noscribe import lines_apart
from mestring_nlp.readers.speakers import Named, role_word, roles_of, settled
from mestring_nlp.readers.timestamps import seconds
from mestring_nlp.transcript import INFORMANT, INTERVIEWER, Note, Transcript, Turn

PAUSE = 1.5
"""Seconds of silence that end a stretch of talk which has no punctuation."""

_WORDS_A_SENTENCE = 60
_SENTENCE_END = re.compile(r"[.?!…](?=\s|$)")
_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n(?![ \t]*\n)[^\n]*)*")
_LABEL = re.compile(
    r"^[ \t]*(?:[\[(]?(?P<time>\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?)[\])]?[ \t]+)?"
    r"[*\[]*(?P<label>[^\W\d_][^:\n=*\[\]]{0,39}?)[*\]]*[ \t]*:[*]*(?P<gap>[ \t]*)(?=\S|$)",
    re.MULTILINE,
)
_LEGEND = re.compile(r"^[ \t]*(?P<label>[^\W\d_][^:\n=]{0,39}?)[ \t]*[:=–-][ \t]*(?P<role>.+)$")


class _Spoken(NamedTuple):
    """What one speaker says until another begins: a span of the text."""

    speaker: str
    start: int
    end: int
    time: float | None


@dataclass(frozen=True)
class _Talk:
    """A canonical text, and what is said in it; `legend` holds the roles that the text declares."""

    text: str
    spoken: list[_Spoken]
    title: str = ""
    legend: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


class _Opening(NamedTuple):
    """A line that may open a turn: its label, where it and its words begin, its time."""

    label: str
    start: int
    words: int
    time: float | None


def transcript_from(content: str | Sequence[Line], *, name: str, place: str, named: Named) -> Transcript:
    """Return the transcript that lines hold, or a text as it stands.

    Lines that tell their speakers become turns of the form ``Speaker: words``, one a line; see
    `_told`. Other lines keep their text, in which labels open turns; see `_labelled`.

    Raises
    ------
    MestringError
        Nobody says anything, no speaker is told, it cannot be told who is the informant, or the text
        is too long.
    """
    given = lines_of(content, place=place) if isinstance(content, str) else content
    lines = [line for line in given if not line.kind]
    notes = [
        Note(
            line.kind or "doubt", line.place, line.text if line.kind else "", line.message, line.doubtful
        )
        for line in given
        if line.kind or line.doubtful
    ]
    told = bool(lines) and lines[0].speaker is not None
    talk = (_told if told else _labelled)(lines, named, place)
    if not talk.spoken:
        raise MestringError("nobody says anything", place=place, hint="Is this the right file?")
    said = [(turn.speaker, talk.text[turn.start : turn.end]) for turn in talk.spoken]
    roles: dict[str, str] = {}
    guessed = False
    if not named.all_informant:
        known = [(speaker, words) for speaker, words in said if speaker]
        roles, guessed = roles_of(known, named=named, place=place, legend=talk.legend)
    unknown_role = INFORMANT if named.all_informant else INTERVIEWER
    return Transcript(
        name=name,
        text=talk.text,
        title=talk.title,
        roles_guessed=guessed,
        notes=(*notes, *talk.notes),
        turns=tuple(
            Turn(
                turn.speaker or _unnamed(named),
                roles.get(turn.speaker.casefold(), unknown_role),
                turn.start,
                turn.end,
                words,
                turn.time,
            )
            for turn, (_, words) in zip(talk.spoken, said, strict=True)
        ),
    )


def _unnamed(named: Named) -> str:
    """Return the label of a speaker whom the file does not name."""
    return "I" if named.all_informant else "Ukjent"


# ------------------------------------------------------------------ labels within the text


def _labelled(lines: Sequence[Line], named: Named, place: str) -> _Talk:
    """Return the talk of lines that keep their text.

    A known label, or a name that comes back, opens a turn; a line without one continues the turn
    above. Lines such as ``P: intervjuer`` above the talk are its legend, and what stands above both its
    title.
    """
    if not named.all_informant:
        lines = lines_apart(lines)
    parts = _canonical(lines, place)
    text = "".join(part for part, _ in parts)
    if named.all_informant:
        found = ((match.start(), match.group().rstrip()) for match in _PARAGRAPH.finditer(text))
        return _Talk(text, [_Spoken("", at, at + len(words), None) for at, words in found])
    openings = list(_openings(parts))
    legend, legend_at = _legend(text, settled((line.label for line in openings), named.labels))
    openings = [line for line in openings if line.start not in legend_at]
    labels = settled((line.label for line in openings), legend.keys() | named.labels)
    openings = [line for line in openings if line.label.casefold() in labels]
    if not openings:
        raise NoSpeakersError(
            "no speaker labels",
            place=place,
            hint="Begin each turn on a line of its own with who speaks, such as `I: ` for the "
            "informant and `P: ` for the interviewer; or give --all-informant if every word is "
            "the informant's.",
        )
    spoken = []
    for line, until in zip(openings, [*(line.start for line in openings[1:]), len(text)], strict=True):
        raw = text[line.words : until]
        start = line.words + len(raw) - len(raw.lstrip())
        end = line.words + len(raw.rstrip())
        if start < end:
            spoken.append(_Spoken(line.label, start, end, line.time))
    first = min(openings[0].start, *legend_at) if legend_at else openings[0].start
    return _Talk(text, spoken, " ".join(text[:first].split()), legend)


def _canonical(lines: Sequence[Line], place: str) -> list[tuple[str, float | None]]:
    """Return the canonical text line by line, line ends included, each with its line's time."""
    whole = "\n".join(line.text for line in lines)
    refuse_long(len(whole), place=place)
    plain = canonical(without_controls(whole)) == whole
    last = len(lines) - 1
    parts: list[tuple[str, float | None]] = []
    for number, line in enumerate(lines):
        text = line.text if number == last else f"{line.text}\n"
        # A line that is a page's number is no longer there; one may hold another sign of a line's end.
        pieces = [text] if plain else canonical(without_controls(text)).splitlines(keepends=True)
        parts += [(piece, None if more else line.start) for more, piece in enumerate(pieces)]
    return parts


def _openings(parts: Sequence[tuple[str, float | None]]) -> Iterator[_Opening]:
    """Yield the lines of a canonical text that begin with a label and a colon."""
    position = 0
    for text, time in parts:
        match = _LABEL.match(text)
        # "P:Ja" opens a turn; "kl. 17:30" and "side:3" do not.
        if match and (match["gap"] or not text[match.end() : match.end() + 1].isdigit()):
            if time is None and match["time"]:
                time = seconds(match["time"])
            yield _Opening(match["label"].strip(), position, position + match.end(), time)
        position += len(text)


def _legend(text: str, speakers: set[str]) -> tuple[dict[str, str], set[int]]:
    """Return the roles that lines above the first turn declare, and where these lines begin.

    Such a line is ``P: intervjuer``; but an answer may be ``Ola: Leder.`` too.
    """
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
    return roles, starts


# ------------------------------------------------------------------ speakers that the format tells


def _told(lines: Sequence[Line], named: Named, place: str) -> _Talk:
    """Return the talk of lines whose speakers are told, a line ``Speaker: words`` for each turn.

    Consecutive lines of one speaker become one turn, which bears the time of its first. A line without a
    speaker goes on with the speaker before. Talk without punctuation keeps its lines, and gets an empty
    line where a pause of `PAUSE` seconds lies, so that it can be cut there.
    """
    refuse_long(sum(len(line.text) for line in lines), place=place)
    turns = _joined(lines)
    if turns and not named.all_informant and not any(turn[0].speaker for turn in turns):
        raise NoSpeakersError(
            "no cue tells who speaks",
            place=place,
            hint="Whisper alone does not tell voices apart. Export the transcript with speakers, as "
            "noScribe, WhisperX (--diarize), Teams and Word's Transcribe write them, or begin the words "
            "with who speaks, such as `Kari: `; or give --all-informant if every word is the "
            "informant's.",
        )
    laid = iter(_layout([line for turn in turns for line in turn]))
    texts: list[str] = []
    spoken = []
    length = 0
    for turn in turns:
        speaker = turn[0].speaker or ""
        label = speaker or _unnamed(named)
        words = _with_numbers_in_lines("".join(islice(laid, len(turn))).strip())
        texts.append(f"{label}: {words}\n")
        start = length + len(label) + 2
        spoken.append(_Spoken(speaker, start, start + len(words), turn[0].start))
        length += len(texts[-1])
    return _Talk("".join(texts), spoken)


def _joined(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines that have words, in canonical form, grouped by who speaks."""
    turns: list[list[Line]] = []
    for line in lines:
        text, speaker = _clean(line.text), _clean((line.speaker or "").replace(":", " "))
        if not text:
            continue
        before = turns[-1][0].speaker or "" if turns else ""
        speaker = speaker or before
        if not turns or before.casefold() != speaker.casefold():
            turns.append([])
        turns[-1].append(Line(speaker, text, line.start, line.end, line.place))
    return turns


def _clean(text: str) -> str:
    """Return a text as one canonical line; a number alone stays, since no page is meant."""
    words = " ".join(without_controls(text).split())
    return " ".join(canonical(f": {words}")[2:].split())


def _layout(lines: Sequence[Line]) -> list[str]:
    """Return each line's words with the white space that follows them."""
    words = sum(len(line.text.split()) for line in lines)
    ends = sum(len(_SENTENCE_END.findall(line.text)) for line in lines)
    if words <= _WORDS_A_SENTENCE * (ends + 1):
        return [f"{line.text} " for line in lines]
    gaps = ["\n\n" if _silence(line, after) >= PAUSE else "\n" for line, after in pairwise(lines)]
    return [f"{line.text}{gap}" for line, gap in zip(lines, [*gaps, "\n"], strict=True)]


def _silence(line: Line, after: Line) -> float:
    """Return the seconds between two lines, 0 where they are not known."""
    return 0.0 if line.end is None or after.start is None else after.start - line.end


def _with_numbers_in_lines(words: str) -> str:
    """Join a line that reads as a page's number, and would be taken out, to the one before."""
    lines: list[list[str]] = []
    for line in words.split("\n"):
        lines.append([line])
        while len(lines) > 1 and _is_number(lines[-1]):
            number = lines.pop()
            while len(lines) > 1 and lines[-1] == [""]:
                lines.pop()
            lines[-1] += number
    return "\n".join(map(" ".join, lines))


def _is_number(parts: Sequence[str]) -> bool:
    """Return whether a line reads as a page's number; no such line has more than four parts."""
    return len(parts) <= 4 and not canonical(f"{' '.join(parts)}\n")
