"""Times in transcripts: on a line with the speaker, on lines of their own, or as marks in the text.

Three families of conventions are known:

- A line of its own with who speaks and when, above the words: Microsoft Teams and Word, Otter, Happy
  Scribe, QualCoder and others; or a line each for both. It tells the speaker and the time of the lines
  below.
- A line with a time alone: Google Meet every five minutes, or above each turn. It is no talk.
- Marks such as ``#00:01:20-5#`` (f4, f5) or ``[00:01:20]`` (noScribe) in a paragraph that begins
  with a label. They are taken out of the words, and the turn's mark is put before its label.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mestring_nlp.readers.clocks import CLOCK, SAID, seconds
from mestring_nlp.readers.heads import SERVICE, lines_below_heads
from mestring_nlp.readers.labels import doubts_of, opening_of
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.preface import preface
from mestring_nlp.readers.speakers import looks_like_name, settled

_BLANK = r"[^\S\n]"
_FRACTION = r"(?:[-.,]\d{1,3}|:\d{3})?"
_MARK = re.compile(
    # Spaces are taken from the first of them on, or a long row of them would be tried from each.
    rf"(?:(?<=\S){_BLANK}+)?"
    rf"(?:#(\d{{1,2}}:\d{{2}}:\d{{2}}{_FRACTION})#|\[(\d{{1,2}}:\d{{2}}:\d{{2}}{_FRACTION})\]"
    rf"|\{{(\d{{1,2}}:\d{{2}}:\d{{2}}{_FRACTION})\}})"
    rf"{_BLANK}*"
)
_MARKS = re.compile(f"(?:{_MARK.pattern})+")
_INNER = re.compile(
    rf"(?:(?<=\S){_BLANK}+)?(?P<mark>(?P<open>[\[({{#<])\d{{1,3}}:\d{{2}}(?P<long>:\d{{2}}(?:[.,]\d{{1,3}})?)?"
    rf"(?:{_BLANK}?[-–—]{_BLANK}?\d{{1,3}}:\d{{2}}(?::\d{{2}})?)?[\])}}#>]"
    rf"|(?<!\S)\d{{1,2}}:\d{{2}}:\d{{2}}(?:[.,]\d{{1,3}})?(?=[\s.,;?!]|$))"
)
_TIME_OF_DAY = re.compile(
    r"\b(?:kl\.?|klokk?a|klokken|klockan|ca\.?|rundt|til|fra|frå|før|etter|at|around|about|from|to|until|by|o'clock)$",
    re.IGNORECASE,
)
_CLOCKED = re.compile(r"\d:\d\d")
_FEWEST_GROWING = 3
_FIRST = re.compile(rf"{_BLANK}*+(?P<mark>\d{{1,3}}:\d{{2}}){_BLANK}+(?=\S)")
_NEAR = 12
_FRONT = 200
_LABEL = re.compile(r"[^\W\d_][^:\n#\[\]]{0,39}:(?!\d)")
_ONLY_TIME = re.compile(
    rf"{_BLANK}*+[\[({{<#*]{{0,2}}(?P<start>{CLOCK}|{SAID})(?:{_BLANK}*(?:-+>?|[–—]){_BLANK}*{CLOCK})?(?:{CLOCK})?"
    rf"[\])}}>#*]{{0,2}}{_BLANK}*",
    re.IGNORECASE,
)
_SECONDS = r"\d{1,6}\.\d{1,3}s?"
_CONSOLE = re.compile(
    rf"{_BLANK}*+[\[(](?P<start>{CLOCK}|{_SECONDS}){_BLANK}*(?:-+>|[–—-]){_BLANK}*(?P<end>{CLOCK}|{_SECONDS})[\])]"
    rf":?{_BLANK}*(?P<text>.*)",
    re.DOTALL,
)
_TIMED = re.compile(
    rf"{_BLANK}*+[\[(]?(?P<start>\d{{1,3}}:\d{{2}}(?::\d{{2}})?(?:[.,]\d{{1,3}})?)(?P<end>)"
    rf"(?:[\])]|(?=\s)){_BLANK}*(?:[-–—|]{_BLANK}+)?(?P<text>\S.*)",
    re.DOTALL,
)
_FEWEST_TIMED = 5
_MOST = 0.6
_VOICE = re.compile(r"[\[(](?P<label>[^\]\[()\n:]{1,40})[\])]:?[ \t]*(?=\S)")


def timed(lines: Sequence[Line]) -> list[Line]:
    """Return lines with their times, whichever convention a transcript follows.

    Marks of time are moved before the labels (``[00:01:20.5] I: ...``, a line that bears this time) or
    taken out of the words; a time alone on its line, and what a program says of the recording, are
    marked as such. Lines without marks come back as they are.
    """
    talk = [line for line in lines if not line.kind]
    if found := _console(talk) or lines_below_heads(talk):
        return [*(line for line in lines if line.kind), *found]
    if not any(map(_CLOCKED.search, (line.text for line in talk))):
        return _without_times(lines)
    opened = (opening_of(_MARKS.sub(" ", line.text[:_FRONT])) for line in talk)
    labels = [match["label"].strip() for match, _ in filter(None, opened)]
    speakers = settled(labels) or {label.casefold() for label in labels if looks_like_name(label)}
    return _without_inner(_marks_first(_without_times(lines), speakers), speakers)


def _console(lines: Sequence[Line]) -> list[Line]:
    """Return what Whisper prints, ``[00:00.000 --> 00:03.000]  words`` a line; nothing for other lines.

    So are lines ``00:00:03 words`` and ``[0:03] words``, where nearly all are such and tell no speaker.
    """
    filled = [line for line in lines if line.text.strip()]
    matches = [_CONSOLE.fullmatch(line.text) for line in filled]
    if bare := sum(map(bool, matches)) < max(2, 0.8 * len(filled)):
        matches = [_TIMED.fullmatch(line.text) for line in filled]
        starts = [seconds(match["start"]) for match in matches if match]
        if len(starts) < max(_FEWEST_TIMED, 0.8 * len(filled)) or starts != sorted(starts):
            return []
    texts = [
        match["text"].strip() if match else line.text
        for match, line in zip(matches, filled, strict=True)
    ]
    labels: list[tuple[str, str]] = []
    bracketed = False
    for text, line in zip(texts, filled, strict=True):
        voice, opened = _VOICE.match(text), opening_of(text)
        if voice and looks_like_name(voice["label"]):
            labels.append((voice["label"].strip(), line.place))
            bracketed = True
        elif opened:
            labels.append((opened[0]["label"].strip(), line.place))
    speakers = settled(label for label, _ in labels)
    if bare and speakers and not bracketed:
        return []
    first = next((number for number, match in enumerate(matches) if match), 0)
    found = preface(filled[:first]) + (doubts_of(labels, speakers) if speakers else [])
    for text, match, line in list(zip(texts, matches, filled, strict=True))[first:]:
        if match is None:
            found.append(Line("", text, place=line.place))
            continue
        speaker = ""
        voice, opened = _VOICE.match(text), opening_of(text)
        head = voice or (opened[0] if opened else None)
        if head and head["label"].strip().casefold() in speakers:
            speaker, text = head["label"].strip(), text[head.end() :]
        start, end = seconds(match["start"]), seconds(match["end"]) if match["end"] else None
        if text.strip():
            found.append(Line(speaker, text.strip(), start, end, line.place))
    return found


def _without_times(lines: Sequence[Line]) -> list[Line]:
    """Mark times alone on their lines, and what a program says of the recording, as no talk.

    A time may be an answer too: it is one where a label stands alone above it, unless that label and the
    next have times above them; where times do not go on in order; or where a time such as ``17:30`` does
    not stand above most turns, and not between empty lines above some. Where there are no labels, five
    that go on in order are times.
    """
    times: dict[int, float] = {}
    last, above = -1.0, ""
    just = headed_above = False
    for number, line in enumerate(lines):
        if line.kind or not line.text.strip():
            continue
        match = _ONLY_TIME.fullmatch(line.text)
        answer = match and _label_alone(above) and not (headed_above and _heads_a_turn(lines, number))
        headed_above = just
        if just := bool(match and (clock := seconds(match["start"])) >= last and not answer):
            times[number] = last = clock
        above = line.text
    certain = [n for n in times if re.search(r":\d\d:|[^\W\d_]|[.,]\d|[\[(#]", lines[n].text)]
    heading = [n for n in times if _heads_a_turn(lines, n)]
    turns = sum(1 for line in lines if not line.kind and opening_of(line.text))
    apart = all(_stands_apart(lines, n) for n in heading)
    headed = len(heading) > 1 and (apart or len(heading) >= _MOST * turns)
    keep = set(certain) | (set(heading) if headed else set())
    if not turns and len(times) >= _FEWEST_TIMED:
        keep = set(times)
    if len(keep) < 2 and not (keep and set(heading) & keep):
        keep = set()
    found: list[Line] = []
    if doubtful := next((lines[n] for n in times if n not in keep), None):
        message = (
            f"{doubtful.text.strip()!r} alone on its line is kept, but may be a time of the recording"
        )
        found.append(Line("", "", place=doubtful.place, kind="time", doubtful=True, message=message))
    coming: float | None = None
    for number, line in enumerate(lines):
        if number in keep:
            if "#" in line.text:  # f4's: a turn before or behind it has this time
                found.append(line)
                continue
            found.append(replace(line, text=line.text.strip(), kind="time"))
            coming = times[number]
        elif not line.kind and SERVICE.fullmatch(line.text) and line.text.strip():
            found.append(replace(line, text=line.text.strip(), kind="service"))
        elif coming is not None and line.text.strip() and not line.kind:
            found.append(
                replace(line, start=coming) if opening_of(line.text) and line.start is None else line
            )
            coming = None
        else:
            found.append(line)
    return found


def _opened(text: str, speakers: set[str]) -> tuple[re.Match[str], str] | None:
    """Return the label that opens a line, if a speaker's: ``[00:01] Da sa hun: nei`` has none."""
    opened = opening_of(text)
    return opened if opened and opened[0]["label"].strip().casefold() in speakers else None


def _without_inner(lines: Sequence[Line], speakers: set[str]) -> list[Line]:
    """Take times out of the words of turns, and note them: ``[12:03]``, ``(0:12:03)``, ``00:12:03``.

    In brackets without seconds, or bare, they may be times of day that somebody told: they are out where
    they grow throughout the text from its beginning, or are three or more, and else kept as a doubt. So
    are times right behind most labels, ``Kari: 0:03 Ja.``, and with which most lines begin.
    """
    found: dict[str, list[tuple[int, re.Match[str]]]] = {}
    first: list[tuple[int, re.Match[str]]] = []
    for number, line in enumerate(lines):
        if line.kind or not _CLOCKED.search(line.text) or _ONLY_TIME.fullmatch(line.text):
            continue
        opened = _opened(line.text, speakers)
        begin = opened[0].end() if opened else 0
        if opened and (match := _FIRST.match(line.text, begin)):
            first.append((number, match))
        for match in _INNER.finditer(line.text, begin) if _CLOCKED.search(line.text, begin) else ():
            if _TIME_OF_DAY.search(line.text, max(0, match.start() - _NEAR), match.start()):
                continue
            found.setdefault(_shape(match), []).append((number, match))
    talk = [line.text for line in lines if line.text and not line.kind]
    if not any(map(opening_of, talk)):
        return list(lines)
    notes: list[Line] = []
    taken: dict[int, list[re.Match[str]]] = {}
    if len(first) >= _FEWEST_GROWING and len(first) >= _MOST * sum(map(bool, map(opening_of, talk))):
        found["first"] = first
    sure = {"": True}
    begins, grows = _at_lines(lines, speakers)
    if begins:
        found["lines"], sure["lines"] = begins, grows
    for shape, some in found.items():
        clocks = [seconds(_bare_clock(match)) for _, match in some]
        early = some[0][1]["mark"].lstrip("([").startswith("0") or len(some) >= _FEWEST_GROWING
        marks = [match["mark"] for _, match in some]
        place = lines[some[0][0]].place
        if sure.get(shape, early and clocks == sorted(clocks)):
            for number, match in some:
                taken.setdefault(number, []).append(match)
            notes.append(Line("", " ".join(marks), place=place, kind="time"))
        else:
            message = f"{marks[0]!r} within the words is kept, but may be a time of the recording"
            notes.append(Line("", "", place=place, kind="time", doubtful=True, message=message))
    return [
        *notes,
        *(_taken_out(line, taken.get(number, ()), speakers) for number, line in enumerate(lines)),
    ]


def _at_lines(lines: Sequence[Line], speakers: set[str]) -> tuple[list[tuple[int, re.Match[str]]], bool]:
    """Return the times with which lines without a label begin, and whether they are the recording's.

    They are where most lines begin with one, and they grow. Otherwise they are doubtful at most: none is
    returned where they are few, and no label has a time before it.
    """
    found: list[tuple[int, re.Match[str]]] = []
    clocks: list[float] = []
    filled = 0
    for number, line in enumerate(lines):
        if line.kind or not line.text.strip() or _ONLY_TIME.fullmatch(line.text):
            continue
        filled += 1
        if match := _FIRST.match(line.text):
            clocks.append(seconds(match["mark"]))
            if _opened(line.text, speakers) is None:
                found.append((number, match))
    grow = clocks == sorted(clocks) and len(clocks) >= _FEWEST_GROWING
    few = len(clocks) == len(found) and not grow
    return ([] if few else found), grow and len(clocks) >= _MOST * filled


def _shape(match: re.Match[str]) -> str:
    """Return how a mark is written; empty where it is certainly no time of day."""
    opened = match["open"] or "bare"
    return "" if opened in "{#<" or (opened != "bare" and match["long"]) else opened


def _bare_clock(match: re.Match[str]) -> str:
    return re.split(r"[^\d:.,]", match["mark"].strip("[](){}<>#"))[0]


def _taken_out(line: Line, marks: Sequence[re.Match[str]], speakers: set[str]) -> Line:
    """Return a line without some of its times; one right behind its label is the turn's."""
    if not marks:
        return line
    opened = _opened(line.text, speakers)
    start = line.start
    if opened and not opened[1] and start is None and marks[0].start() <= opened[0].end():
        start = seconds(_bare_clock(marks[0]))
    text, at = "", 0
    for mark in sorted(marks, key=re.Match.start):
        text, at = text + line.text[at : mark.start()], mark.end()
    return replace(line, text=(text + line.text[at:]).rstrip(), start=start)


def _label_alone(text: str) -> bool:
    """Return whether a line is a label without words, so that what follows is said by it."""
    opened = opening_of(text.rstrip())
    return opened is not None and not text.rstrip()[opened[0].end() :].strip()


def _heads_a_turn(lines: Sequence[Line], number: int) -> bool:
    """Return whether a label stands on the next line with words."""
    after = next((line.text for line in lines[number + 1 : number + 4] if line.text.strip()), "")
    return opening_of(after) is not None


def _stands_apart(lines: Sequence[Line], number: int) -> bool:
    """Return whether the lines above and below are empty, or there are none."""
    return not any(
        line.text.strip()
        for line in (*lines[max(0, number - 1) : number], *lines[number + 1 : number + 2])
    )


def _marks_first(lines: Sequence[Line], speakers: set[str]) -> list[Line]:
    """Put the time of each labelled line before its label, and take other marks out."""
    found = []
    ended = ""
    for line in lines:
        if line.kind:
            found.append(line)
            continue
        first = last = None
        for last in _MARK.finditer(line.text):
            first = first or last
        if not first or not last:
            found.append(line)
            ended = "" if line.text.strip() else ended
            continue
        words = _MARKS.sub(" ", line.text).strip()
        label = _LABEL.match(words)
        if label and label.group()[:-1].strip().casefold() not in speakers:
            label = None
        opened = _opened(line.text, speakers) if label is None else None
        if opened and opened[1] and opened[0].end() >= first.end():
            # The label is found with its time as they stand; marks behind it are taken out.
            at = opened[0].end()
            found.append(replace(line, text=line.text[:at] + _MARKS.sub(" ", line.text[at:]).strip()))
            ended = ""
            continue
        before = line.text[: first.start()].strip()
        # `Kari [00:01:20]: ...` has its mark before the colon, `Kari: [00:01:20] ...` behind it.
        at_front = not before or (
            label is not None and before.rstrip(": ") == label.group().rstrip(": ")
        )
        start = _clock(first) if at_front else ended
        ended = "" if line.text[last.end() :].strip() else _clock(last)
        if words and label and start:
            found.append(Line(None, f"[{start}] {words}", seconds(start), place=line.place))
        elif words:
            found.append(Line(None, words, line.start, place=line.place))
    return found


def _clock(mark: re.Match[str]) -> str:
    """Return the clock in a mark, its fraction behind a point."""
    clock = re.sub("[-,]", ".", mark[1] or mark[2] or mark[3])
    return re.sub(r"^(\d+:\d+:\d+):", r"\1.", clock)
