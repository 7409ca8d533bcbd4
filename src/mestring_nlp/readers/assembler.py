"""From the lines of a file to a transcript: who speaks, in which role, and where in the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from operator import attrgetter
from typing import NamedTuple

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.below import Below, below
from mestring_nlp.readers.decoding import canonical
from mestring_nlp.readers.headers import Header, front_matter, header_of
from mestring_nlp.readers.labels import Opening, label_doubts, openings_of
from mestring_nlp.readers.lines import Line, NoSpeakersError, lines_of, refuse_long, without_controls
from mestring_nlp.readers.marks import without_marks
from mestring_nlp.readers.noscribe import lines_apart
from mestring_nlp.readers.preface import heading, preface
from mestring_nlp.readers.roles import Roles, roles_of
from mestring_nlp.readers.slips import inner_labels, mended, slips_of
from mestring_nlp.readers.speakers import Named, alias_in, is_known, settled
from mestring_nlp.readers.unlabelled import noted, unlabelled
from mestring_nlp.transcript import INFORMANT, INTERVIEWER, Note, Transcript, Turn

PAUSE = 1.5
"""Seconds of silence that end a stretch of talk which has no punctuation."""

_WORDS_A_SENTENCE = 60
_SENTENCE_END = re.compile(r"[.?!…](?=\s|$)")
_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n(?![ \t]*\n)[^\n]*)*")
_SPEAKS_OF_ROLES = re.compile(
    r"\b(?:intervjuer(?:en)?|interviewer|intervjuare|moderator|informant(?:en)?|respondent|interviewee|participant)\b",
    re.IGNORECASE,
)


_start = attrgetter("start")


class _Spoken(NamedTuple):
    """What one speaker says until another begins: a span of the text."""

    speaker: str
    start: int
    end: int
    time: float | None


@dataclass(frozen=True)
class _Talk:
    """A canonical text, and what is said in it.

    `header` holds the roles that the text declares, `unknown` the labels of speakers whom nobody knows.
    """

    text: str
    spoken: list[_Spoken]
    title: str = ""
    header: Header = field(default_factory=Header)
    notes: list[Note] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)


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
    notes = [_note_of(line) for line in given if line.kind or line.doubtful]
    told = bool(lines) and lines[0].speaker is not None
    talk = (_told if told else _labelled)(lines, named, place)
    if not talk.spoken:
        raise MestringError("nobody says anything", place=place, hint="Is this the right file?")
    said = [(turn.speaker, talk.text[turn.start : turn.end]) for turn in talk.spoken]
    roles = Roles()
    if named.all_informant:
        for speaker, _ in said:
            roles.give((speaker or _unnamed(named)).casefold(), INFORMANT, "--all-informant")
    else:
        known = [
            (speaker, words)
            for speaker, words in said
            if speaker and speaker.casefold() not in talk.unknown
        ]
        header = talk.header
        roles = roles_of(known, named=named, place=place, legend=header.roles, reasons=header.reasons)
        for label in talk.unknown:
            roles.give(label, INFORMANT, "an unknown speaker")
    notes += talk.notes
    notes = _unread_legends(notes) if roles.guessed else notes
    notes += [Note("role", message=doubt, doubtful=True) for doubt in roles.doubts]
    return Transcript(
        name=name,
        text=talk.text,
        title=talk.title,
        roles_guessed=roles.guessed,
        role_reasons=roles.reasons,
        notes=tuple(notes),
        turns=tuple(
            Turn(
                turn.speaker or _unnamed(named),
                roles.of.get((turn.speaker or _unnamed(named)).casefold(), INTERVIEWER),
                turn.start,
                turn.end,
                words,
                turn.time,
            )
            for turn, (_, words) in zip(talk.spoken, said, strict=True)
        ),
    )


def _note_of(line: Line) -> Note:
    """Return the note on a line that a reader has marked."""
    kind, text = line.kind or "doubt", line.text if line.kind else ""
    return Note(kind, line.place, text, line.message, line.doubtful)


def _unread_legends(notes: Sequence[Note]) -> list[Note]:
    """Return the notes; where nothing told who is who, a title that speaks of roles is doubtful."""
    message = "Does this line tell who is who? It was not understood, and who asks decided."
    return [
        replace(note, message=message, doubtful=True)
        if note.kind == "title" and _SPEAKS_OF_ROLES.search(note.text)
        else note
        for note in notes
    ]


def _unnamed(named: Named) -> str:
    """Return the label of a speaker whom the file does not name."""
    return "I" if named.all_informant else "Ukjent"


# ------------------------------------------------------------------ labels within the text


def _labelled(lines: Sequence[Line], named: Named, place: str) -> _Talk:
    """Return the talk of lines that keep their text.

    A known label, or one that comes back, opens a turn; a line without one continues the turn above.
    Lines such as ``P: intervjuer`` or ``Dato: 12. mars`` above the talk are its header; a few words
    above both are its title. More than that is left out, and noted as doubtful.
    """
    if not named.all_informant:
        lines = lines_apart(lines)
    parts = _canonical(lines, place)
    text = "".join(part for part, _, _ in parts)
    if named.all_informant:
        found = ((match.start(), match.group().rstrip()) for match in _PARAGRAPH.finditer(text))
        return _Talk(text, [_Spoken("", at, at + len(words), None) for at, words in found])
    front = front_matter(parts)
    marked = [line for line in openings_of(parts) if line.start not in front]
    candidates, unknown, notes = without_marks(marked)
    candidates, mistyped = mended(candidates)
    notes += mistyped
    lower = _lower(text, candidates)
    labels = settled((line.label for line in candidates), named.labels | unknown, lower=lower)
    header = header_of(parts, candidates, labels, front)
    under = [line for line in candidates if line.start not in header.starts]
    declared = header.roles.keys() | named.labels | unknown
    labels = settled((line.label for line in under), declared, lower=lower)
    openings = _one_label_each([line for line in under if line.label.casefold() in labels])
    if not openings or not _is_talk(text, openings):
        raise NoSpeakersError(
            "no speaker labels",
            place=place,
            hint="Begin each turn on a line of its own with who speaks, such as `I: ` for the "
            "informant and `P: ` for the interviewer; or give --all-informant if every word is "
            "the informant's.",
        )
    inner = inner_labels(parts, openings) if len({line.label for line in openings}) == 1 else []
    ends, left_out, unsaid = _unsaid(parts, text, openings)
    hidden, slips = slips_of(parts, openings, inner, left_out)
    openings = sorted([*openings, *hidden], key=_start)
    spoken = []
    stop = 0
    for line, until in zip(openings, [*(line.start for line in openings[1:]), len(text)], strict=True):
        stop = ends.get(line.start, stop)
        raw = text[line.words : min(until, stop)]
        start = line.words + len(raw) - len(raw.lstrip())
        end = line.words + len(raw.rstrip())
        if start < end:
            spoken.append(_Spoken(line.label, start, end, line.time))
    title, above = _above(parts, header, openings[0].start)
    first = openings[0].start
    among = [line for line in under if line.start >= first and line.start not in left_out]
    among = sorted([*hidden, *among], key=_start)
    labels |= {line.label.casefold() for line in hidden}
    notes += [*above, *label_doubts(among, labels, declared), *unsaid, *slips]
    return _Talk(text, spoken, title, header, notes, unknown - named.labels)


def _unsaid(
    parts: Sequence[tuple[str, float | None, str]], text: str, openings: Sequence[Opening]
) -> tuple[dict[int, int], set[int], list[Note]]:
    """Return where the words of each turn end, by its start; the lines below them; and notes on these.

    Doubts of one kind about lines that stay are one, at the first place.
    """
    ends: dict[int, int] = {}
    unsaid: dict[int, Below] = {}
    spaced, labels = "\n\n" in text, {line.label.casefold() for line in openings}
    for line, until in zip(openings, [*(line.start for line in openings[1:]), len(text)], strict=True):
        length, found = below(text[line.words : until], last=until == len(text), spaced=spaced)
        ends[line.start] = line.words + length
        unsaid |= {line.words + one.at: one for one in found}
    left_out: set[int] = set()
    notes: list[Note] = []
    places: dict[str, list[str]] = {}
    position, end = 0, len(text)
    for line_text, _, place in parts if unsaid else ():
        end = ends.get(position, end)
        if position > end:
            left_out.add(position)
        one = unsaid.get(position)
        if one and one.text:
            notes.append(Note(one.kind, place, one.text, one.message, bool(one.message)))
        elif one and line_text.strip(" \n*_").casefold() not in labels:
            places.setdefault(one.message, []).append(place)
        position += len(line_text)
    return ends, left_out, [*notes, *(noted(message, where) for message, where in places.items())]


def _one_label_each(openings: Sequence[Opening]) -> list[Opening]:
    """Return turns' openings, ``Kari Berg (KB)`` as ``KB`` where that is a label too."""
    labels = {line.label.casefold(): line.label for line in reversed(openings)}
    return [
        line._replace(label=labels.get(alias_in(line.label), line.label)) if "(" in line.label else line
        for line in openings
    ]


def _is_talk(text: str, openings: Sequence[Opening]) -> bool:
    """Return whether labels make a talk: one comes back, or most lines have one, or the first."""
    counts = Counter(line.label.casefold() for line in openings)
    if max(counts.values()) > 1:
        return True
    known = sum(is_known(line.label) for line in openings)
    if len(openings) == 1:
        return known > 0 and not text[: openings[0].start].strip()
    return known > 0 or 2 * len(openings) >= sum(bool(line.strip()) for line in text.split("\n"))


def _lower(text: str, candidates: Sequence[Opening]) -> dict[str, int]:
    """Count how often lower case follows each label, in a text where capitals mostly do."""
    firsts = [
        (line.label.casefold(), text[line.words : line.words + 40].lstrip()[:1]) for line in candidates
    ]
    if 2 * sum(first.isupper() for _, first in firsts) <= len(firsts):
        return {}
    return Counter(label for label, first in firsts if first.islower())


def _above(
    parts: Sequence[tuple[str, float | None, str]], header: Header, first: int
) -> tuple[str, list[Note]]:
    """Return the title, and notes on all that stands above the first turn."""
    taken = {line.start: line for line in header.lines}
    notes: list[Note] = []
    others: list[Line] = []
    above_legend: int | None = None
    position = 0
    for text, _, place in parts:
        if position >= first:
            break
        line = taken.get(position)
        if line:
            message = "These words stand above the talk, and are in no turn." if line.doubtful else ""
            notes.append(Note(line.kind, place, line.text, message, line.doubtful))
            if line.kind == "legend" and above_legend is None:
                above_legend = len(others)
        else:
            others.append(Line(None, text, place=place))
        position += len(text)
    notes += map(_note_of, preface(others))
    return heading(others[:above_legend]), notes


def _canonical(lines: Sequence[Line], place: str) -> list[tuple[str, float | None, str]]:
    """Return the canonical text line by line, with line ends, and each line's time and place."""
    whole = "\n".join(line.text for line in lines)
    refuse_long(len(whole), place=place)
    plain = canonical(without_controls(whole)) == whole
    last = len(lines) - 1
    parts: list[tuple[str, float | None, str]] = []
    for number, line in enumerate(lines):
        text = line.text if number == last else f"{line.text}\n"
        # One line may hold another sign of a line's end.
        pieces = [text] if plain else canonical(without_controls(text)).splitlines(keepends=True)
        parts += [(piece, None if more else line.start, line.place) for more, piece in enumerate(pieces)]
    return parts


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
        words = "".join(islice(laid, len(turn))).strip()
        texts.append(f"{label}: {words}\n")
        start = length + len(label) + 2
        spoken.append(_Spoken(speaker, start, start + len(words), turn[0].start))
        length += len(texts[-1])
    said = ((line.speaker or "", line.text, line.place) for line in lines)
    return _Talk("".join(texts), spoken, notes=unlabelled(said, cues=True))


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
    """Return a text as one canonical line."""
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
