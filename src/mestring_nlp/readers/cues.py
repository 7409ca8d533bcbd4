"""The cues of WebVTT and SRT: their times, and the lines between these, none of them lost.

webvtt-py and pysubs2 are good libraries, and `tests/test_readers_subtitles.py` holds us against both,
each difference listed. They are not used here because both drop what has no place in a well-formed file,
and say nothing: webvtt-py a cue whose time is broken or has no thousandths, or whose number is missing,
and what stands behind an empty line; pysubs2 the voices, and ``<laughs>`` for a tag, while it takes
names of cues for words. Neither tells where in the file a cue stands, so that no doubt could be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.lines import Line

_CLOCK = r"\d{1,4}(?:[ \t]?:[ \t]?\d{1,3}){1,3}(?:[ \t]?[.,][ \t]?\d{1,9})?"
_TIMING = re.compile(
    rf"^[ \t\[(]*(?P<start>{_CLOCK})[ \t]*(?P<arrow>-+[ \t]?>|[–—]>?|→|=>)[ \t]*(?P<end>{_CLOCK})"
    r"[\])]?(?P<rest>(?:[ \t].*)?)$"
)
_TIME = re.compile(r"(?:(?:(\d{1,4}):)?([0-5]?\d)|(\d{1,4})):([0-5]?\d)(?:[.,](\d{1,9})|:(\d{3}))?")
_SETTINGS = re.compile(r"[ \t]*+(?:[A-Za-z]\w*:[^\s:][^\s]*(?:[ \t]+|$))*")
_HEAD = re.compile(r"WEBVTT(?=\s|$)[ \t-]*")
_BLOCK = re.compile(r"(?:NOTE|STYLE|REGION|WEBVTT)(?:[ \t]|$)")
_SPEAKER_IN_NAME = re.compile(r'\d+[ \t]+"(?P<speaker>[^"]{1,80})"(?:[ \t]+\(\d*\))?')
_WORDS = re.compile(r"(?=.*[^\W\d_])(?:\S*\s.*|\D*)")
_HINT = "Export the subtitles again, or mend the line by hand."
_LONGEST_NUMBER = 9
_NEAR = 10


@dataclass
class Cue:
    """What is shown at one time: its lines of text as they stand, tags and all.

    `speaker` is the one that the cue's name tells; `doubts` are sentences for the user.
    """

    start: float
    end: float | None
    place: str
    lines: list[str] = field(default_factory=list)
    speaker: str = ""
    doubts: list[str] = field(default_factory=list)


class _Timing(NamedTuple):
    at: int
    start: float
    end: float
    rest: str


def cues_of(text: str, *, place: str) -> tuple[list[Cue], list[Line]]:
    """Return the cues of a file in its order, and what stands between them, as lines to be noted.

    A file that begins with ``WEBVTT`` has blocks, notes and names above the times; in any other each
    line belongs to the times above it, but for the numbers of the cues. An empty line ends no cue: what
    follows it is kept, in WebVTT with a doubt.

    Raises
    ------
    MestringError
        A time is broken.
    """
    lines = text.split("\n")
    webvtt = _HEAD.match(text.lstrip().upper()) is not None
    timings = list(_timings(lines, place))
    if not timings:
        return [], []
    head, name = _without_name(lines[: timings[0].at], None, webvtt)
    number = _number(name)
    numbered = number is not None
    notes = _head(head, webvtt)
    names = [(name, timings[0].at)]
    cues = []
    for timing, until in zip(timings, [*(t.at for t in timings[1:]), len(lines)], strict=True):
        cue = Cue(timing.start, timing.end, f"line {timing.at + 1}")
        if timing.end < timing.start:
            cue.end = None
            cue.doubts.append("the cue ends before it begins; its end is left out")
        if match := _SPEAKER_IN_NAME.fullmatch(name.strip()):
            cue.speaker = match["speaker"].strip()
        body: Sequence[str] = lines[timing.at + 1 : until]
        name = ""
        if until < len(lines):
            body, name = _without_name(body, -1 if number is None else number, webvtt)
            names.append((name, until))
            last = next((line.strip() for line in reversed(body) if line.strip()), "")
            if numbered and not name and last.isdigit():
                cue.doubts.append(
                    f"{last!r} may be the number of the next cue, or an answer; it is kept"
                )
            number = number if _number(name) is None else _number(name)
        if timing.rest:
            body = [timing.rest, *body]
        _fill(cue, body, timing.at + 1 - bool(timing.rest), webvtt, notes)
        cues.append(cue)
    return cues, [*notes, *_odd_names(names, numbered)]


def _timings(lines: Sequence[str], place: str) -> Iterator[_Timing]:
    """Yield the lines that hold two times; an arrow between words is talk."""
    for at, line in enumerate(lines):
        match = _TIMING.match(line)
        settings = _SETTINGS.fullmatch(match["rest"]) is not None if match else False
        if match and (settings or match["arrow"] == "-->"):
            start, end = _seconds(match["start"]), _seconds(match["end"])
            if start is not None and end is not None:
                yield _Timing(at, start, end, "" if settings else match["rest"])
                continue
        if "-->" in line and re.match(r"[\W_]*\d", line):
            raise MestringError(
                f"{line.strip()[:60]!r} are no times", place=f"{place}, line {at + 1}", hint=_HINT
            )


def _seconds(clock: str) -> float | None:
    match = _TIME.fullmatch(re.sub(r"[ \t]", "", clock))
    if match is None:
        return None
    hours, minutes, more_minutes, whole, part, thousandths = match.groups()
    fraction = float(f"0.{part or thousandths or 0}")
    return round(int(hours or 0) * 3600 + int(minutes or more_minutes) * 60 + int(whole) + fraction, 6)


def _number(name: str) -> int | None:
    bare = name.strip()
    return int(bare) if bare.isdecimal() and len(bare) <= _LONGEST_NUMBER else None


def _without_name(body: Sequence[str], before: int | None, webvtt: bool) -> tuple[Sequence[str], str]:
    """Return what stands above times without the name of their cue, and the name.

    A name stands right above the times, and below an empty line: in WebVTT any line, in SRT a number.
    A number that goes on from the one `before` is a name without the empty line too. `before` is -1
    in a file without numbers, None where no cue stands before.
    """
    filled = next((i for i in range(len(body) - 1, -1, -1) if body[i].strip()), -1)
    if filled < 0 or len(body) - filled > 2:
        return body, ""
    name, alone = body[filled], filled == 0 or not body[filled - 1].strip()
    number = _number(name)
    follows = number is not None and before is not None and before < number <= before + _NEAR
    if filled < len(body) - 1:  # an empty line between the number and the times
        named = number is not None and alone and filled > 0 and (follows or before is None)
    elif before is None:
        named = number is not None or (webvtt and alone and not _HEAD.match(name))
    elif filled == 0:
        named = number == before + 1
    elif before == -1:
        named = webvtt and alone
    else:
        named = (alone and (webvtt or number is not None)) or follows
    return (body[:filled], name) if named else (body, "")


def _head(lines: Sequence[str], webvtt: bool) -> list[Line]:
    """Return what stands above the first cue, to be noted."""
    notes = []
    for at, block in _blocks(lines, 0):
        words = _HEAD.sub("", block[0], count=1) if webvtt and at == 0 else block[0]
        if found := "\n".join([words, *block[1:]]).strip():
            message = "" if webvtt else "this stands above the first times, and is taken for no talk"
            notes.append(Line("", found, None, None, f"line {at + 1}", "header", not webvtt, message))
    return notes


def _blocks(lines: Sequence[str], begin: int) -> Iterator[tuple[int, list[str]]]:
    """Yield each run of lines that no empty line divides, with the number of its first."""
    edges = [-1, *(i for i, line in enumerate(lines) if line == ""), len(lines)]
    for before, after in pairwise(edges):
        if any(line.strip() for line in lines[before + 1 : after]):
            yield begin + before + 1, list(lines[before + 1 : after])


def _fill(cue: Cue, body: Sequence[str], begin: int, webvtt: bool, notes: list[Line]) -> None:
    """Fill a cue with its lines; notes, styles and regions below it are noted."""
    if not webvtt:
        cue.lines = [line for line in body if line.strip()]
        return
    for at, block in _blocks(body, begin):
        if at > begin and _BLOCK.match(block[0]):
            notes.append(Line("", "\n".join(block).strip(), None, None, f"line {at + 1}", "header"))
            continue
        if cue.lines:
            cue.doubts.append(
                f"an empty line divides the caption; what follows at line {at + 1} is kept"
            )
        cue.lines += [line for line in block if line.strip()]


def _odd_names(names: Sequence[tuple[str, int]], numbered: bool) -> Iterator[Line]:
    """Yield the names of cues that may be words: in a file where few have one, or out of their order."""
    rare = 2 * sum(bool(name.strip()) for name, _ in names) <= len(names)
    highest = 0
    for name, at in names:
        bare, number = name.strip(), _number(name)
        back = numbered and number is not None and 1 < number <= highest
        if number is not None:
            highest = number if number < 2 else max(highest, number)
        worded = _WORDS.fullmatch(bare) is not None and not _SPEAKER_IN_NAME.fullmatch(bare)
        if bare and (worded or rare or back):
            message = "this stands where a cue's name or number does, and is taken for it"
            yield Line("", bare, None, None, f"line {at}", "header", rare or back, message)
