"""Labels at the beginnings of lines, in every shape that programs and people write them.

``Kari:``, ``**Kari:**``, ``- Kari:``, ``#Kari:``, ``[Kari]:``, and with times: ``[00:01:20] Kari:``,
``Kari (00:01:20):``, ``*1:20 = Kari:``, ``Kari:<tab>00:01:20<tab>``. Without a colon ``[Kari]``,
``**Kari**``, ``## Kari``, ``(Kari)``, ``Kari –``, ``Kari>`` and the like, and a role's word alone on a
line, are labels too, where all of a file is written so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from mestring_nlp.readers.clocks import CLOCK, seconds
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.speakers import (
    LONGEST_LABEL,
    NO_LABELS,
    alias_in,
    is_code,
    is_initials,
    is_known,
    is_word_in_capitals,
    looks_like_name,
    may_speak,
    role_word,
)
from mestring_nlp.transcript import Note

_BLANK = r"[ \t]"
_INSIDE = r"[^\W\d_][^:：\n\[\]{}<>*]{0,39}"
_LABEL = re.compile(
    rf"{_BLANK}*+(?:>{_BLANK}*+)*+(?:[-–—•*·▪‣]{_BLANK}+)?"
    rf"(?:[\[({{<#*]{{0,2}}(?P<time>{CLOCK})(?:{_BLANK}*(?:-->|[-–—]){_BLANK}*{CLOCK})?"
    rf"(?:[\])}}>#*]{{1,2}}{_BLANK}*|{_BLANK}+|(?=[^\W\d_]))(?:[-–—=|,]{_BLANK}*)?)?"
    rf"(?:(?P<number>\d{{1,5}})[.)]?{_BLANK}+(?=[*_\[#@«\"“]{{0,3}}[^\W\d_]))?"
    r"[*_\[#@]{0,3}(?P<label>\?{1,3}|[«\"“]?[^\W_]"
    rf"(?:[^:：\n=*\[\]{{}}<>#\t]{{0,{LONGEST_LABEL - 2}}}?[^\s:：=*\[\]{{}}<>#])??(?: #\d{{1,2}})?)"
    r"[*_\]]{0,3}"
    rf"(?:{_BLANK}*(?P<remark>\[{_INSIDE}\]|\{{{_INSIDE}\}}|<{_INSIDE}>|\*{_INSIDE}\*))?"
    rf"(?:{_BLANK}*[-–—,|@]?{_BLANK}*[\[(]?(?P<later>{CLOCK})"
    rf"(?:{_BLANK}*(?:-+>?|[–—]){_BLANK}*{CLOCK})?[\])]?)?"
    rf"{_BLANK}*[*_]{{0,3}}[:：]{{1,2}}[*_]{{0,3}}"
    rf"(?:{_BLANK}*[\[(](?P<after>{CLOCK})[\])]|\t(?P<tabbed>{CLOCK})(?=\t))?"
    rf"(?P<gap>{_BLANK}*)(?=\S|$)",
    re.MULTILINE,
)
_COLON, _NO_WORDS = re.compile(r":(?!\d)|："), re.compile(r"\d|//")
_BARE = re.compile(
    rf"{_BLANK}*+(?:\[(?P<square>[^\W_][^\[\]\n:]{{0,{LONGEST_LABEL - 1}}})\]"
    rf"|\*{{2,3}}(?P<bold>[^\W_][^*\n:]{{0,{LONGEST_LABEL - 1}}})\*{{2,3}}(?={_BLANK}*$)"
    rf"|__(?P<under>[^\W_][^*\n:]{{0,{LONGEST_LABEL - 1}}}?)__(?={_BLANK}*$)"
    rf"|[#]{{1,6}}{_BLANK}+(?P<heading>[^\W_][^*#\n:]{{0,{LONGEST_LABEL - 1}}}?)(?={_BLANK}*$)"
    rf"|\((?P<round>[^\W_][^()\n:]{{0,{LONGEST_LABEL - 1}}})\)(?={_BLANK}|$)"
    rf"|(?P<signed>[^\W_](?:[^\n:]{{0,{LONGEST_LABEL - 2}}}?[^\s:])??)"
    rf"{_BLANK}?(?P<sign>[>;|]|[-–—](?={_BLANK}))"
    rf"|(?P<alone>[^\W_][^\n:.?!]{{0,{LONGEST_LABEL - 1}}}?)(?={_BLANK}*$))"
    rf"{_BLANK}*",
    re.MULTILINE,
)
_DOTTED = re.compile(rf"{_BLANK}*+(?P<label>[A-ZÆØÅ]{{1,2}}\d?)\.{_BLANK}+(?=\S)")
_SOUND_WORDS = """
latter ler le lo lått pause pauser stille stillhet musikk uhørlig uhøyrleg uforståelig utydelig
kremt kremter sukk sukker hoste hoster avbrudd avbrutt overlapp overlappende snakker telefon nikker
smiler applaus crosstalk inaudible laughter laughs laughing laugh applause music silence
unintelligible foreign noise break skratt skrattar griner grin latterlig musik paus tystnad støy
gråter sic anonymisert navn sted bedrift slutt start intro outro
"""
_SOUNDS = frozenset(_SOUND_WORDS.split())


class Opening(NamedTuple):
    """A line that may open a turn.

    Attributes
    ----------
    label : str
        Who may speak.
    start, words : int
        Where the line begins, and the words behind the label.
    time : float or None
        Seconds from the start of the recording.
    place : str
        Where the line stands in the file.
    number : str
        A number before the label: the line's, or part of the label.
    colon : bool
        Whether a colon stands behind the label.
    """

    label: str
    start: int
    words: int
    time: float | None
    place: str = ""
    number: str = ""
    colon: bool = True


def opening_of(line: str) -> tuple[re.Match[str], str] | None:
    """Return the match of a label and a colon that begin a line, and the clock that it names, if any."""
    match = _LABEL.match(line) if _COLON.search(line) else None
    # "P:Ja" opens a turn; "kl. 17:30" and "side:3" do not, nor does "http://".
    if match is None or (
        not match["gap"] and "：" not in match.group() and _NO_WORDS.match(line, match.end())
    ):
        return None
    return match, match["time"] or match["later"] or match["after"] or match["tabbed"] or ""


def openings_of(parts: Sequence[tuple[str, float | None, str]]) -> list[Opening]:
    """Return the lines that begin with a label, from each line's text, time and place.

    A number before a label is a line's number where these numbers grow; else it is part of the label.
    """
    found: list[Opening] = []
    bare: dict[str, list[Opening]] = {}
    position = 0
    for text, time, place in parts:
        opening = opening_of(text)
        label = ""
        if opening:
            match, clock = opening
            started = seconds(clock) if time is None and clock else time
            label = " ".join(match["label"].split()).strip('«»"“”') or match["label"]
            if match["remark"]:
                label = f"{label} ({match['remark'][1:-1]})"  # however somebody brackets it
            at = position + match.end()
            found.append(Opening(label, position, at, started, place, match["number"] or ""))
        # `Kari – Da sa hun: nei` has its label before the dash.
        if not opening or " " in label:
            for shape, label, end in _bare(text):
                one = Opening(label, position, position + end, time, place, colon=False)
                bare.setdefault(shape, []).append(one)
        position += len(text)
    back = _back(bare, found)
    starts = {opening.start for opening in back}
    numbered = (opening for opening in _numbered(found) if opening.start not in starts)
    return sorted([*numbered, *back], key=lambda opening: opening.start)


def _bare(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield how a line may begin with a label without a colon: shape, label, where its words begin."""
    if dotted := _DOTTED.match(text):
        yield ".", dotted["label"], dotted.end()
    if match := _BARE.match(text):
        label = next(filter(None, match.groups())).strip()
        yield match["sign"] or match.lastgroup or "", label, match.end()


def _numbered(found: Sequence[Opening]) -> list[Opening]:
    """Put numbers back before their labels, unless they number the lines."""
    numbers = [int(opening.number) for opening in found if opening.number]
    if len(numbers) > 1 and all(a < b for a, b in pairwise(numbers)):
        return list(found)
    return [
        opening._replace(label=f"{opening.number} {opening.label}") if opening.number else opening
        for opening in found
    ]


def _back(bare: Mapping[str, Sequence[Opening]], found: Sequence[Opening]) -> list[Opening]:
    """Return labels without a colon, of the shape that most have, if two or more of them come back."""
    shapes = ([x for x in some if may_stand_bare(x.label, shape)] for shape, some in bare.items())
    named = max(shapes, key=len, default=[])
    counts = Counter(opening.label.casefold() for opening in named)
    back = {label for label, count in counts.items() if count > 1}
    # `(A)` and `(B)` are answers to choose from.
    if len(back) < 2 or {"a", "b"} <= back or len(named) <= len(found):
        return []
    return named


def may_stand_bare(label: str, shape: str) -> bool:
    """Return whether a label may stand without a colon in a shape, and is no sound."""
    if _SOUNDS & set(label.casefold().split()) or not may_speak(label):
        return False
    coded = is_code(label) and any(map(str.isdigit, label))
    if shape == "alone":
        return (coded or role_word(label) is not None) and label[0].isupper()
    return coded or is_known(label) or looks_like_name(label)


def label_doubts(
    openings: Sequence[Opening], speakers: set[str], declared: Collection[str]
) -> list[Note]:
    """Return notes on labels that may be speakers, and are not, or the other way round.

    Parameters
    ----------
    openings : sequence of Opening
        All below the header.
    speakers : set of str
        The casefolded labels taken for speakers.
    declared : collection of str
        Those that a legend or the user names.

    Returns
    -------
    list of Note
    """
    counts = Counter(opening.label.casefold() for opening in openings)
    most = max((counts[label] for label in speakers), default=0)
    hosts = _hosts([opening for opening in openings if opening.label.casefold() in speakers])
    spelled = [opening.label for opening in openings if opening.label.casefold() in speakers]
    initials = any(is_initials(label) for label in spelled)
    alone = not any(is_initials(label) and label.casefold() not in NO_LABELS for label in spelled)
    notes = []
    seen: set[str] = set()
    for opening in openings:
        label, count = opening.label.casefold(), counts[opening.label.casefold()]
        if label in seen or alias_in(label) in speakers:
            continue
        seen.add(label)
        message = ""
        known = label in declared or is_known(opening.label) or any(map(str.isdigit, label))
        if label not in speakers:
            likely = initials or not is_word_in_capitals(opening.label)
            if may_speak(opening.label) and (count > 1 or (likely and looks_like_name(opening.label))):
                often, turns = ("once", "turn") if count == 1 else (f"{count} times", "turns")
                message = (
                    f"{opening.label!r} stands before a colon {often}, and is taken for words of the "
                    f"{turns} above."
                )
        elif label not in declared and alone and label in NO_LABELS:
            message = f"{opening.label!r} is taken for a speaker: are these the initials of one?"
        elif label not in declared and count == 1 and most > 1:
            message = f"{opening.label!r} is taken for a speaker, but says something only once."
        elif not known and count == 2 and most > 3 * count:
            message = f"{opening.label!r} is taken for a speaker, but says something only twice."
        elif not known and label in hosts and len(label) > 1 and " " not in label:
            message = (
                f"{opening.label!r} is taken for a speaker, but only ever comes right behind "
                f"{hosts[label]!r}: it may be words of that turn."
            )
        if message:
            unsure = label not in speakers or label in hosts
            message += " If it is a speaker, name it with --informant or --interviewer." * unsure
            notes.append(Note("label", opening.place, message=message, doubtful=True))
    if len(speakers) == 1 and most > 1:
        only = next(opening for opening in openings if opening.label.casefold() in speakers)
        notes.append(
            Note(
                "label",
                only.place,
                message=f"{only.label!r} is the only speaker: does it say everything below its labels?",
                doubtful=True,
            )
        )
    return notes


def doubts_of(labels: Iterable[tuple[str, str]], speakers: set[str]) -> list[Line]:
    """Return the doubts about labels and their places, where times tell turns apart."""
    found = [Opening(label, at, at, None, place) for at, (label, place) in enumerate(labels)]
    return [
        Line("", "", place=note.place, kind=note.kind, doubtful=True, message=note.message)
        for note in label_doubts(found, speakers, ())
    ]


def _hosts(turns: Sequence[Opening]) -> dict[str, str]:
    """Return the labels that only ever follow one other, which never follows them, and that other.

    So do the points of a list, or who is quoted, within an answer. The first two speakers are no such.
    """
    before: dict[str, set[str]] = {}
    spelled: dict[str, str] = {}
    last = ""
    for turn in turns:
        label = turn.label.casefold()
        if label != last:
            before.setdefault(label, set()).add(last)
        spelled.setdefault(label, turn.label)
        last = label
    first = set(list(spelled)[:2])
    found = {}
    for label in before.keys() - first:
        host, *more = before[label]
        if not more and label not in before[host]:
            found[label] = spelled[host]
    return found
