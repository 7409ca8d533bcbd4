"""Labels at the beginnings of lines, in every shape that programs and people write them.

``Kari:``, ``**Kari:**``, ``- Kari:``, ``#Kari:``, ``[Kari]:``, and with times: ``[00:01:20] Kari:``,
``Kari (00:01:20):``, ``*1:20 = Kari:``, ``Kari:<tab>00:01:20<tab>``. Without a colon ``[Kari]``,
``**Kari**`` and ``## Kari`` are labels too, where such come back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from mestring_nlp.readers.clocks import CLOCK, seconds
from mestring_nlp.readers.speakers import (
    LONGEST_LABEL,
    alias_in,
    is_code,
    is_known,
    looks_like_name,
    may_speak,
)
from mestring_nlp.transcript import Note

_BLANK = r"[ \t]"
_LABEL = re.compile(
    rf"{_BLANK}*+(?:>{_BLANK}*+)*+(?:[-–—•*·▪‣]{_BLANK}+)?"
    rf"(?:[\[({{<#*]{{0,2}}(?P<time>{CLOCK})(?:{_BLANK}*(?:-->|[-–—]){_BLANK}*{CLOCK})?"
    rf"(?:[\])}}>#*]{{1,2}}{_BLANK}*|{_BLANK}+)(?:[-–—=|,]{_BLANK}*)?)?"
    rf"(?:(?P<number>\d{{1,5}})[.)]?{_BLANK}+(?=[*_\[#@«\"“]{{0,3}}[^\W\d_]))?"
    r"[*_\[#@]{0,3}(?P<label>[«\"“]?[^\W_]"
    rf"(?:[^:：\n=*\[\]{{}}<>#\t]{{0,{LONGEST_LABEL - 2}}}?[^\s:：=*\[\]{{}}<>#])??)[*_\]]{{0,3}}"
    rf"(?:{_BLANK}*[-–—,|@]?{_BLANK}*[\[(]?(?P<later>{CLOCK})[\])]?)?"
    rf"{_BLANK}*[*_]{{0,3}}[:：][*_]{{0,3}}"
    rf"(?:{_BLANK}*[\[(](?P<after>{CLOCK})[\])]|\t(?P<tabbed>{CLOCK})(?=[\t\n]|\Z))?"
    rf"(?P<gap>{_BLANK}*)(?=\S|$)",
    re.MULTILINE,
)
_BARE = re.compile(
    rf"{_BLANK}*+(?:\[(?P<square>[^\W_][^\[\]\n:]{{0,{LONGEST_LABEL - 1}}})\]"
    rf"|\*{{2,3}}(?P<bold>[^\W_][^*\n:]{{0,{LONGEST_LABEL - 1}}})\*{{2,3}}(?={_BLANK}*$)"
    rf"|__(?P<under>[^\W_][^*\n:]{{0,{LONGEST_LABEL - 1}}}?)__(?={_BLANK}*$)"
    rf"|[#]{{1,6}}{_BLANK}+(?P<heading>[^\W_][^*#\n:]{{0,{LONGEST_LABEL - 1}}}?)(?={_BLANK}*$))"
    rf"{_BLANK}*",
    re.MULTILINE,
)
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
    match = _LABEL.match(line)
    # "P:Ja" opens a turn; "kl. 17:30" and "side:3" do not, nor does "http://".
    if match is None or (not match["gap"] and re.match(r"\d|//", line[match.end() :])):
        return None
    return match, match["time"] or match["later"] or match["after"] or match["tabbed"] or ""


def openings_of(parts: Sequence[tuple[str, float | None, str]]) -> list[Opening]:
    """Return the lines that begin with a label, from each line's text, time and place.

    A number before a label is a line's number where these numbers grow; else it is part of the label.
    """
    found: list[Opening] = []
    bare: list[Opening] = []
    position = 0
    for text, time, place in parts:
        if opening := opening_of(text):
            match, clock = opening
            if time is None and clock:
                time = seconds(clock)
            label = " ".join(match["label"].split()).strip('«»"“”') or match["label"]
            at = position + match.end()
            found.append(Opening(label, position, at, time, place, match["number"] or ""))
        elif match_bare := _BARE.match(text):
            label = next(filter(None, match_bare.groups())).strip()
            bare.append(Opening(label, position, position + match_bare.end(), time, place, colon=False))
        position += len(text)
    return sorted([*_numbered(found), *_back(bare, found)], key=lambda opening: opening.start)


def _numbered(found: Sequence[Opening]) -> list[Opening]:
    """Put numbers back before their labels, unless they number the lines."""
    numbers = [int(opening.number) for opening in found if opening.number]
    if len(numbers) > 1 and all(a < b for a, b in pairwise(numbers)):
        return list(found)
    return [
        opening._replace(label=f"{opening.number} {opening.label}") if opening.number else opening
        for opening in found
    ]


def _back(bare: Sequence[Opening], found: Sequence[Opening]) -> list[Opening]:
    """Return labels without a colon, if two or more that are no sounds come back."""
    named = [
        opening
        for opening in bare
        if not _SOUNDS & set(opening.label.casefold().split())
        and (
            looks_like_name(opening.label)
            or is_known(opening.label)
            or (is_code(opening.label) and any(map(str.isdigit, opening.label)))
        )
    ]
    counts = Counter(opening.label.casefold() for opening in named)
    back = {label for label, count in counts.items() if count > 1}
    if len(back) < 2 or len(named) <= len(found):
        return []
    return named


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
    notes = []
    seen: set[str] = set()
    for opening in openings:
        label = opening.label.casefold()
        if label in seen or alias_in(label) in speakers:
            continue
        seen.add(label)
        message = ""
        if label in speakers and label not in declared and counts[label] == 1 and most > 1:
            message = f"{opening.label!r} is taken for a speaker, but says something only once."
        elif (
            label in speakers
            and label not in declared
            and counts[label] == 2
            and most > 3 * counts[label]
            and not is_known(opening.label)
            and not any(map(str.isdigit, label))
        ):
            message = f"{opening.label!r} is taken for a speaker, but says something only twice."
        elif label not in speakers and may_speak(opening.label) and looks_like_name(opening.label):
            often = "once" if counts[label] == 1 else f"{counts[label]} times"
            message = (
                f"{opening.label!r} stands before a colon {often}, and is taken for words of the turn "
                "above. If it is a speaker, name it with --informant or --interviewer."
            )
        elif label not in speakers and counts[label] > 1 and may_speak(opening.label):
            message = (
                f"{opening.label!r} stands before a colon {counts[label]} times, and is taken for words "
                "of the turns above. If it is a speaker, name it with --informant or --interviewer."
            )
        if message:
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
