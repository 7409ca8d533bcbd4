"""Subtitles as transcripts: WebVTT of Teams, noScribe and Autotekst, SRT of Whisper and others.

`mestring_nlp.readers.cues` finds the cues; here it is told who speaks in them, and what rolling captions
show again is said once.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.cues import Cue, cues_of
from mestring_nlp.readers.labels import doubts_of, may_stand_bare
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.noscribe import apart, has_overlaps
from mestring_nlp.readers.rolling import shown_before
from mestring_nlp.readers.speakers import is_known, looks_like_name, settled

_VOICE = re.compile(r"<[ \t]*v(?:\.[^ \t>]{0,200})?[ \t]++([^>]{0,200})>", re.IGNORECASE)
_TAG = re.compile(
    r"<[ \t]*/?[ \t]*(?:(?:[bciusv]|lang|rt|ruby|font|span|em|strong)(?:[ \t.=][^<>]*)?|\d[\d:., \t]*)>"
    r"|\{\\[^}]{0,200}\}",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<[ \t]*br[ \t]*/?[ \t]*>", re.IGNORECASE)
_NO_CHARACTER = re.compile(r"&(?=#\d{8})")
_BRACKETED = re.compile(r"^[ \t]*\[(?P<label>[^\]\n]{1,40})\][ \t]*(?P<colon>:?)[ \t]*")
_LABELLED = re.compile(
    r"^[ \t]*(?:[-–—][ \t]+|>>+[ \t]*)?(?P<label>[^\W_][^:\n]{0,39}?)[ \t]*:(?=[ \t]|$)[ \t]*"
)
_STAMP = re.compile(r"\[\d{1,2}:\d{2}:\d{2}\][ \t]*")
_NUMBERED_VOICE = re.compile(r"(?:S|SPEAKER|PERSON|TALER|VOICE)[ _-]?\d{1,3}", re.IGNORECASE)
_SOUND = re.compile(r"(?:[(\[*♪][^()\[\]]*[)\]*♪]\s*)+")
_NEW_FILE = 60.0
"""Seconds that times jump back where another recording begins."""

Said = list[tuple[str, str]]
"""What one cue says: speaker and words of each of its lines."""


def read_subtitles(text: str, *, place: str) -> list[Line]:
    """Read WebVTT or SRT: they differ in their heads and in the sign before milliseconds.

    Speakers come from voice tags (``<v Nordmann, Kari>``), else from ``[SPEAKER_00]:`` or ``Kari:``
    before the words, or from the cue's name. Formatting is left out; cues are put in the order of their
    times, unless these begin anew. Noted are the head, notes and styles, what captions that roll repeat
    ("repeated"), and sounds before anybody speaks. The text has LF line ends and no byte order mark.
    """
    cues, notes = cues_of(text, place=place)
    said, labels = _said(cues, overlapping=has_overlaps(text))
    if not any(said):
        raise MestringError("no cue has words", place=place, hint="Is this the right file?")
    notes += labels
    lines: list[Line] = []
    repeats, rolling = shown_before(cues, said)
    for cue, pairs, repeated in zip(cues, said, repeats, strict=True):
        shown, rest = _divided(pairs, repeated)
        if shown:
            again = "captions that roll show this again" if rolling < 3 else ""
            notes.append(Line("", shown, cue.start, cue.end, cue.place, "repeated", rolling < 3, again))
        found = [Line(who, words, cue.start, cue.end, cue.place) for who, words in _joined(rest)]
        if found and cue.doubts:
            found[0] = replace(found[0], doubtful=True, message="; ".join(cue.doubts))
        lines += found
    empty = [cue.place for cue, pairs in zip(cues, said, strict=True) if not pairs]
    if empty:
        message = f"{len(empty)} of {len(cues)} cues have no words"
        notes.append(Line("", "", None, None, empty[0], "empty", message=message))
    return [*notes, *_with_doubts(_in_order(lines))]


def _said(cues: Sequence[Cue], *, overlapping: bool) -> tuple[list[Said], list[Line]]:
    """Return who says what in each cue, by voices, labels or its name; and labels without words."""
    parts = [_VOICE.split("\n".join(cue.lines)) for cue in cues]
    unvoiced = [
        (line, cue.place)
        for cue, part in zip(cues, parts, strict=True)
        for line in _plain_lines(part[0])
    ]
    bracketed = _bracketed(line for line, _ in unvoiced)
    labels = [(label, place) for line, place in unvoiced for label, _ in _labels(line, bracketed)]
    speakers = settled(label for label, _ in labels)
    typed = _Typed(
        (_voice(name), _plain(words))
        for part in parts
        for name, words in zip(part[1::2], part[2::2], strict=True)
    )
    said = []
    waiting = ""
    notes = doubts_of(labels, speakers) if speakers else []
    for cue, (before, *voiced) in zip(cues, parts, strict=True):
        labelled, waiting, alone = _labelled(before, speakers, waiting, bracketed)
        pairs = [(who or cue.speaker, words) for who, words in labelled]
        alone += [waiting] if waiting and cue is cues[-1] else []
        message = "nothing stands behind this label"
        notes += [Line("", who, None, None, cue.place, "label", True, message) for who in alone]
        for name, words in zip(voiced[::2], voiced[1::2], strict=True):
            pairs += typed.said(_voice(name), words)
        if overlapping:
            pairs = [pair for who, words in _joined(pairs) for pair in apart(who, words)]
        said.append([(who, words) for who, words in pairs if words])
    return said, notes


class _Typed:
    """Names that somebody typed before the words, where the voice is a program's number.

    noScribe's editor changes names in the words alone, or gives the voice but the first part of them. A
    label is a name where it begins at least half the stretches of that voice.
    """

    def __init__(self, voiced: Iterator[tuple[str, str]]) -> None:
        begun, named = Counter[str](), Counter[str]()
        labels: dict[str, set[str]] = {}
        for voice, run in groupby(voiced, lambda pair: pair[0]):
            label, _ = next(_labels(next(run)[1]), ("", ""))
            begun[voice] += 1
            if label and looks_like_name(label) and _stands_for(voice, label):
                named[voice] += 1
                labels.setdefault(voice, set()).add(label.casefold())
        self._labels = {
            voice: found for voice, found in labels.items() if 2 * named[voice] >= begun[voice]
        }
        self._called: dict[str, str] = {}

    def said(self, voice: str, words: str) -> Said:
        """Return who says what in one voice's part of a cue."""
        lines = list(_plain_lines(words))
        label, rest = next(_labels(lines[0]), ("", lines[0])) if lines else ("", "")
        numbered = _NUMBERED_VOICE.fullmatch(label) is not None
        if label.casefold() == voice.casefold():
            self._called.pop(voice, None)
        elif label.casefold() in self._labels.get(voice, ()) or (
            numbered and _NUMBERED_VOICE.fullmatch(voice)
        ):
            self._called[voice] = label
        elif not numbered:
            rest = lines[0] if lines else ""
        who = self._called.get(voice, voice)
        # noScribe repeats the time, too, in the words.
        return [(who, " ".join(_STAMP.sub("", line).split())) for line in (rest, *lines[1:])]


def _stands_for(voice: str, label: str) -> bool:
    """Return whether a voice may be a number for, or a part of, the name that a label is."""
    if label.casefold() == voice.casefold():
        return False
    first = label.split()[0].casefold()
    return _NUMBERED_VOICE.fullmatch(voice) is not None or (
        " " in label and first in (voice.casefold(), voice.split("_")[0].casefold())
    )


def _voice(name: str) -> str:
    # noScribe marks the voice of one who speaks amid another's words: `<v //S00>`.
    return " ".join(_unescaped(name).split()).strip("/ ")


def _bracketed(lines: Iterable[str]) -> set[str]:
    """Return what stands in brackets without a colon and may be speakers: two or more that come back.

    Where these have first and last names, what has them, too, is one: `[Siri Lie]`, unlike `[Hund]`.
    """
    found = (match["label"].strip() for line in lines if (match := _BRACKETED.match(line)))
    counts = Counter(label for label in found if may_stand_bare(label, "square"))
    back = {label for label, count in counts.items() if count > 1}
    full = {label for label in counts if " " in label} if any(" " in label for label in back) else set()
    return back | full if len(back) > 1 else set()


def _labelled(
    payload: str, speakers: set[str], waiting: str, bracketed: Collection[str]
) -> tuple[Said, str, list[str]]:
    """Return who says each line, the label that waits for words, and those that got none.

    A line without a label goes on with the one before in its cue, or with the one that was `waiting`.
    """
    found: Said = []
    alone: list[str] = []
    speaker = waiting
    for line in _plain_lines(payload):
        label, rest = next(_labels(line, bracketed), ("", line))
        if label.casefold() in speakers:
            alone += [waiting] if waiting else []
            speaker = waiting = label
            line = rest
        if words := " ".join(line.split()):
            found.append((speaker, words))
            waiting = ""
    return found, waiting, alone


def _labels(line: str, bracketed: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield the label that may begin a line, and the words behind it."""
    match = _BRACKETED.match(line)
    # Without a colon `[SPEAKER_00]` is a speaker; `[Musikk]` is what was heard.
    if match and not (
        match["colon"]
        or is_known(match["label"])
        or re.search(r"\d", match["label"])
        or match["label"].strip() in bracketed
    ):
        return
    if match := match or _LABELLED.match(line):
        yield match["label"].strip(), line[match.end() :]


def _joined(pairs: Said) -> Iterator[tuple[str, str]]:
    """Yield what each speaker says in a row, as one."""
    for who, run in groupby(pairs, lambda pair: pair[0]):
        if words := " ".join(words for _, words in run if words):
            yield who, words


def _divided(pairs: Said, count: int) -> tuple[str, Said]:
    """Return the first words of a cue, and what is left without them."""
    shown: list[str] = []
    rest: Said = []
    for who, line in pairs:
        words = line.split()
        taken = min(count - len(shown), len(words))
        shown += words[:taken]
        if words[taken:]:
            rest.append((who, " ".join(words[taken:])))
    return " ".join(shown), rest


def _in_order(lines: list[Line]) -> list[Line]:
    """Return lines in the order of their times; in the file's, where the times begin anew."""
    starts = [line.start or 0.0 for line in lines]
    for number, (before, start, after) in enumerate(
        zip(starts, starts[1:], starts[2:], strict=False), 1
    ):
        if start < _NEW_FILE <= before - start and after < before:
            message = "the times begin anew here; the cues stay in the order of the file"
            anew = replace(lines[number], doubtful=True, message=message)
            return [*lines[:number], anew, *lines[number + 1 :]]
    return sorted(lines, key=lambda line: line.start or 0.0)


def _with_doubts(lines: list[Line]) -> list[Line]:
    """Return lines in which the few that tell no speaker are doubtful, and sounds before talk noted."""
    told = sum(bool(line.speaker) for line in lines)
    if not told:
        return lines
    few = 10 * (len(lines) - told) < len(lines)
    found: list[Line] = []
    begun = False
    for line in lines:
        begun = begun or bool(line.speaker)
        if not line.speaker and _SOUND.fullmatch(line.text):
            found.append(line if begun else replace(line, kind="sound"))
        elif not line.speaker and (few or not begun) and not line.doubtful:
            whose = "the one before" if begun else "nobody"
            message = f"the cue does not tell who speaks; it is taken for the words of {whose}"
            found.append(replace(line, doubtful=True, message=message))
        else:
            found.append(line)
    return found


def _plain_lines(payload: str) -> Iterator[str]:
    return (line for line in _untagged(_BREAK.sub("\n", payload)).split("\n") if line.strip())


def _plain(payload: str) -> str:
    return " ".join(_untagged(payload).split())


def _untagged(payload: str) -> str:
    return _unescaped(_TAG.sub("", payload))


def _unescaped(text: str) -> str:
    # The standard library fails on a number of thousands of digits; no character's has eight.
    return html.unescape(_NO_CHARACTER.sub("&amp;", text))
