"""Lines that tell who speaks and when, above the words: Teams, Word, Otter, Happy Scribe and others."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import accumulate, islice

from mestring_nlp.readers.below import below
from mestring_nlp.readers.clocks import CLOCK, SAID, seconds
from mestring_nlp.readers.labels import opening_of
from mestring_nlp.readers.lines import Line, lines_of
from mestring_nlp.readers.preface import preface
from mestring_nlp.readers.speakers import is_code, is_known, looks_like_name, may_speak, settled

_BLANK = r"[^\S\n]"
_LOOSE = r"\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3}"
_OPEN, _SHUT = r"[\[({<#*_`]{1,3}", r"[\])}>#*_`]{1,3}"
_PERSON = r"(?P<speaker>[^\s:#\[\](){}<>*=-](?:[^\n:#\[\]{}<>*=]{0,78}?[^\s:#\[\]{}<>*=,|–—-])?)"
_ALONE = (
    rf"(?:{_OPEN}{_BLANK}*)?(?P<start>{CLOCK}|{SAID})(?:{CLOCK}|{_BLANK}*(?:-+>?|[–—]){_BLANK}*(?P<end>{CLOCK}))?"
    rf"(?:{_BLANK}*{_SHUT})?{_BLANK}*"
)
_HEADS = (
    # Teams: `Kari Nordmann   0:03`, at times with the words right behind the time
    rf"^{_BLANK}*+(?P<speaker>[^\s:#\[](?:[^\n:#\[]{{0,78}}?\S)?)(?:{_BLANK}{{2,}}|\t)"
    r"(?P<start>\d{1,2}:\d{2}(?::\d{2})?)(?P<end>)(?:[^\S\n]*$|(?=[^\W\d_]))",
    # Teams until 2023: `0:0:3.450 --> 0:0:5.120`, then a line `Kari Nordmann`
    rf"^{_BLANK}*+(?P<start>{_LOOSE}) --> (?P<end>{_LOOSE}){_BLANK}*\n(?P<speaker>[^\n]{{1,80}})$",
    # Word's Transcribe: `00:00:03 Speaker 1`
    rf"^{_BLANK}*+(?P<start>\d{{2}}:\d{{2}}:\d{{2}})(?P<end>){_BLANK}+(?P<speaker>[^\W\d_][^:\n]{{0,60}})$",
    # Teams, copied from its page: `Kari Nordmann`, `0 minutes 3 seconds0:03`, then both on a line
    rf"(?:^{_BLANK}*(?P<initials>[^\W\d_]{{1,3}}){_BLANK}*\n(?:{_BLANK}*\n)+)?"
    rf"(?:^[^\n:]{{1,80}}\n{_BLANK}*{SAID}(?:{CLOCK})?{_BLANK}*\n)?"
    rf"^{_BLANK}*+{_PERSON}{_BLANK}+(?P<start>{SAID})(?P<end>){_BLANK}*$",
    # `[00:00:03] - Kari`, `[00.00.03] [Kari]`, `(0:03) Kari`
    rf"^{_BLANK}*+{_OPEN}(?P<start>{CLOCK}){_BLANK}*(?:(?:-+>?|[–—]){_BLANK}*(?P<end>{CLOCK}))?{_SHUT}"
    rf"{_BLANK}*[-–—|,]?{_BLANK}*[\[(*]{{0,2}}{_PERSON}[\])*]{{0,2}}{_BLANK}*$",
    # `00:00:03 - Kari`, `00:03 | Kari`, `00:03 [Kari]`, `00:03 Kari`, `0:03 - 0:08 Kari`, `@0:03 - Kari`
    rf"^{_BLANK}*+@?(?P<start>{CLOCK})(?:{_BLANK}*(?:-+>?|[–—]){_BLANK}*(?P<end>{CLOCK}))?"
    rf"(?:{_BLANK}*[-–—|,]{_BLANK}*|{_BLANK}+)[\[(*]{{0,2}}"
    rf"{_PERSON}[\])*]{{0,2}}{_BLANK}*$",
    # `Kari [00:00:03]`, `Kari (0:03)`, `**Kari** - 00:00:03`
    rf"^{_BLANK}*+(?:#{{1,6}} )?[*\[]{{0,2}}{_PERSON}[*\]]{{0,2}}{_BLANK}*"
    rf"(?:[-–—|,@]{_BLANK}*{_OPEN}|[-–—|,@]{_BLANK}*|{_OPEN})"
    rf"(?P<start>{CLOCK})(?P<end>)(?:{_BLANK}*(?:-+>?|[–—]){_BLANK}*{CLOCK})?(?:{_SHUT})?{_BLANK}*$",
    # `Kari 00:00:03`, `Kari 0:03`, `[Kari] 10:00:03`
    rf"^{_BLANK}*+[*\[]{{0,2}}{_PERSON}[*\]]{{0,2}}{_BLANK}+(?P<start>\d{{1,3}}:\d{{2}}(?::\d{{2}})?(?:[.,]\d{{1,3}})?)(?P<end>){_BLANK}*$",
    # a line with the speaker, then one with the time; or the other way round
    rf"^{_BLANK}*+[*\[]{{0,2}}{_PERSON}[*\]]{{0,2}}{_BLANK}*\n(?:{_BLANK}*\n)?{_BLANK}*{_ALONE}$",
    rf"^{_BLANK}*+{_ALONE}\n(?:{_BLANK}*\n)?{_BLANK}*[*\[]{{0,2}}{_PERSON}[*\]]{{0,2}}{_BLANK}*$",
)
_OLD_HEADS = 3
"""The first of these may hold speakers of any look, as long as half of them look like names."""

_PATTERNS = tuple(re.compile(pattern, re.MULTILINE) for pattern in _HEADS)
_MAYBE_TIME = re.compile(r"\d[:.]\d|\d [hHmMtT]")
_ANY_TIME = re.compile(rf"{CLOCK}|{_LOOSE}|{SAID}")
SERVICE = re.compile(
    rf"^{_BLANK}*+(?:.{{1,80}} (?:startet|stoppet|starta|stoppa|started|stopped) "
    rf"(?:transkripsjon(?:en)?|transkribering(?:en)?|transcription)\.?"
    r"|(?:(?:the )?(?:meeting|transcription|recording)"
    r"|møtet|transkripsjonen|transkriberingen|opptaket|mødet|mötet)"
    r" (?:was |ble |blei )?(?:ended|avsluttet|avslutta|sluttet|sluttede|avslutades|slutade) "
    r"(?:after|etter|efter) [\d:]{4,9}.{0,4}"
    r"|this editable transcript was computer generated.{0,200}"
    r"|(?:transcribed by|transkribert av|transkriberet af|transkriberad av) https?://\S{1,80}"
    rf"){_BLANK}*$",
    re.MULTILINE | re.IGNORECASE,
)
_NUMBERED = re.compile(rf"^{_BLANK}*+\d+{_BLANK}*\n{_BLANK}*[\d:.,]+{_BLANK}*-->", re.MULTILINE)
_PREFACE_LINES = 15


def lines_below_heads(lines: Sequence[Line]) -> list[Line]:
    """Return what stands below each head in a transcript of Teams or Word; nothing in any other.

    What stands above the first head (title, date, duration, file name) is marked as title; so are lines
    about the transcription being started or stopped.
    """
    text = "\n".join(line.text for line in lines if not line.kind)
    if not _MAYBE_TIME.search(text) or len(list(islice(_ANY_TIME.finditer(text), 2))) < 2:
        return []
    used = [line for line in lines if not line.kind]
    begins = list(accumulate((len(line.text) + 1 for line in used), initial=0))
    labelled = cache(partial(_labelled_lines, used))
    for number, pattern in enumerate(_PATTERNS):
        heads = _heads(pattern, text, None if number < _OLD_HEADS else labelled)
        if len(heads) < 2 or len(text[: heads[0].start()].strip().splitlines()) > _PREFACE_LINES:
            continue
        ends = [head.start() for head in heads[1:]] + [len(text)]
        below_them = (text[head.end() : end] for head, end in zip(heads, ends, strict=True))
        if 2 * sum(not words.isspace() and words != "" for words in below_them) < len(heads):
            continue
        found: list[Line] = []
        for head, end in zip(heads, ends, strict=True):
            place = used[bisect_right(begins, head.start()) - 1].place
            words, services = _without_services(text[head.end() : end], place)
            length, unsaid = below(words, last=end == len(text))
            words = words[:length].rstrip()
            if initials := head.groupdict().get("initials"):
                services.insert(0, Line("", initials, place=place, kind="service"))
            if words:
                found.append(
                    Line(
                        " ".join(head["speaker"].split()),
                        words,
                        seconds(head["start"]),
                        seconds(head["end"]) if head["end"] else None,
                        place,
                    )
                )
            found += services
            found += (
                Line("", one.text, None, None, place, one.kind, bool(one.message), one.message)
                for one in unsaid
            )
        said = sum(not line.kind for line in found)
        if 2 * said >= len(heads) and said:
            return [*_above(used[: bisect_right(begins, heads[0].start()) - 1]), *found]
    return []


def old_teams(text: str, *, place: str) -> list[Line]:
    """Return the lines of the text that Teams gave until 2023; nothing for any other.

    It looks like subtitles without numbers, where the first line below each pair of times is a name.
    Such names are few, and come back.
    """
    if "-->" not in text or _NUMBERED.search(text[:2_000]) or text.startswith("WEBVTT"):
        return []
    heads = _PATTERNS[1].findall(text)
    counts = Counter(speaker.strip().casefold() for _, _, speaker in heads)
    names = [speaker.strip() for _, _, speaker in heads]
    if len(heads) < 2 or len(heads) != text.count("-->"):
        return []
    if not all(map(looks_like_name, names)) or (len(heads) > 3 and 2 * len(counts) > len(heads)):
        return []
    return lines_below_heads(lines_of(text, place=place))


def _labelled_lines(lines: Sequence[Line]) -> int:
    """Return how many lines begin with the label of a speaker and a colon."""
    matches = (opening_of(line.text) for line in lines)
    labels = [opened[0]["label"].strip() for opened in matches if opened]
    known = settled(labels)
    return sum(label.casefold() in known for label in labels)


def _heads(
    pattern: re.Pattern[str], text: str, labelled: Callable[[], int] | None
) -> list[re.Match[str]]:
    """Return where a pattern finds a speaker and a time; nothing where most are no names.

    Where `labelled` is given, which counts the lines with a label, the names must come back and be more.
    """
    heads = list(pattern.finditer(text))
    names = [" ".join(head["speaker"].split()) for head in heads]
    likely = {name for name in set(names) if like_a_name(name)}
    if 2 * sum(name in likely for name in names) < len(heads):
        return []
    if labelled is None:
        return heads
    counts = Counter(name.casefold() for name in names)
    people = {
        name
        for name in set(names)
        if may_speak(name)
        and (is_known(name) or looks_like_name(name) or counts[name.casefold()] > 1 or is_code(name))
    }
    sure = [head for head, name in zip(heads, names, strict=True) if name in people]
    back = sum(counts[name.casefold()] > 1 for name in names if name in people)
    if 2 * back < len(sure) and len(sure) > 2:
        return []
    return sure if len(sure) > labelled() else []


def _without_services(text: str, place: str) -> tuple[str, list[Line]]:
    """Return a text without lines that a program writes of the recording, and these."""
    services = [
        Line("", match.group().strip(), place=place, kind="service") for match in SERVICE.finditer(text)
    ]
    return SERVICE.sub("", text).strip(), services


def _above(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield what stands above the first head, and then what a program writes of the recording there."""
    pieces = [(line, *_without_services(line.text, line.place)) for line in lines]
    yield from preface([replace(line, text=words) for line, words, _ in pieces])
    for _, _, services in pieces:
        yield from services


def like_a_name(speaker: str) -> bool:
    """Return whether every longer word is a name's, a number's or an address's, and no sentence ends."""
    words = speaker.split()
    return (
        bool(words)
        and len(words) <= 8
        and words[-1][-1] not in ".?!:;,"
        and not words[0][0].islower()
        and all(len(word) <= 3 or not word[0].islower() or "@" in word for word in words)
    )
