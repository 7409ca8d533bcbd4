"""Times in transcripts: on a line with the speaker, or as marks in the text.

Two families of conventions are known:

- A line of its own with who speaks and when, above the words: Microsoft Teams and Word. It tells
  the speaker and the time of the lines below.
- Marks such as ``#00:01:20-5#`` (f4, f5) or ``[00:01:20]`` (noScribe) in a paragraph that begins
  with a label. They are taken out of the words, and the turn's mark is put before its label.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from mestring_nlp.readers.lines import Line

_CLOCK = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3}|-\d(?![\d:]))?"
_SPAN = re.compile(rf"\W*({_CLOCK})(?:\s*(?:-+>?|–|—|til|to)\s*({_CLOCK}))?\W*")

_BLANK = r"[^\S\n]"
_LOOSE = r"\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3}"
_HEADS = (
    # Teams: `Kari Nordmann   0:03`, at times with the words right behind the time
    rf"^{_BLANK}*(?P<speaker>[^\s:#\[](?:[^\n:#\[]{{0,78}}?\S)?)(?:{_BLANK}{{2,}}|\t)"
    r"(?P<start>\d{1,2}:\d{2}(?::\d{2})?)(?P<end>)(?:[^\S\n]*$|(?=[^\W\d_]))",
    # Teams until 2023: `0:0:3.450 --> 0:0:5.120`, then a line `Kari Nordmann`
    rf"^{_BLANK}*(?P<start>{_LOOSE}) --> (?P<end>{_LOOSE}){_BLANK}*\n(?P<speaker>[^\n]{{1,80}})$",
    # Word's Transcribe: `00:00:03 Speaker 1`
    rf"^{_BLANK}*(?P<start>\d{{2}}:\d{{2}}:\d{{2}})(?P<end>){_BLANK}+(?P<speaker>[^\W\d_][^:\n]{{0,60}})$",
)
_SERVICE = re.compile(
    r"^.{1,80} (?:startet|stoppet|starta|stoppa|started|stopped) "
    rf"(?:transkripsjon(?:en)?|transkribering(?:en)?|transcription)\.?{_BLANK}*$",
    re.MULTILINE | re.IGNORECASE,
)
_PREFACE_LINES = 15

_MARK = re.compile(
    # Spaces are taken from the first of them on, or a long row of them would be tried from each.
    rf"(?:(?<=\S){_BLANK}+)?"
    r"(?:#(\d{1,2}:\d{2}:\d{2}(?:[-.,]\d{1,3})?)#|\[(\d{1,2}:\d{2}:\d{2}(?:[-.,]\d{1,3})?)\])"
    rf"{_BLANK}*"
)
_MARKS = re.compile(f"(?:{_MARK.pattern})+")
_LABEL = re.compile(r"[^\W\d_][^:\n#\[\]]{0,39}:(?!\d)")


def timed(lines: Sequence[Line]) -> list[Line]:
    """Return lines with their times, whichever convention a transcript follows.

    Marks of time are moved before the labels (``[00:01:20.5] I: ...``, a line that bears this time) or
    taken out of the words. Lines without marks come back as they are.
    """
    return lines_below_heads(lines) or _marks_first(lines)


def lines_below_heads(lines: Sequence[Line]) -> list[Line]:
    """Return what stands below each head in a transcript of Teams or Word; nothing in any other.

    What stands above the first head (title, date, duration, file name) is left out; so are lines about
    the transcription being started or stopped.
    """
    text = "\n".join(line.text for line in lines)
    for pattern in _HEADS:
        heads = list(re.finditer(pattern, text, re.MULTILINE))
        if len(heads) < 2 or len(text[: heads[0].start()].strip().splitlines()) > _PREFACE_LINES:
            continue
        if 2 * sum(_like_a_name(head["speaker"]) for head in heads) < len(heads):
            continue
        begins = list(accumulate((len(line.text) + 1 for line in lines), initial=0))
        ends = [head.start() for head in heads[1:]] + [len(text)]
        found = [
            Line(
                " ".join(head["speaker"].split()),
                words,
                seconds(head["start"]),
                seconds(head["end"]) if head["end"] else None,
                lines[bisect_right(begins, head.start()) - 1].place,
            )
            for head, end in zip(heads, ends, strict=True)
            if (words := _SERVICE.sub("", text[head.end() : end]).strip())
        ]
        if 2 * len(found) >= len(heads):
            return found
    return []


def span(text: str) -> tuple[float | None, float | None] | None:
    """Return start and end, in seconds, of ``0:01:20`` or ``0:01:20.5 - 0:01:25``; else None."""
    match = _SPAN.fullmatch(text)
    if not match:
        return None
    return seconds(match[1]), seconds(match[2]) if match[2] else None


def seconds(clock: str) -> float:
    """Return the seconds of ``m:ss`` or ``h:mm:ss``, a fraction behind point, comma or hyphen."""
    whole, *fraction = re.split(r"[-.,]", clock)
    total = 0.0
    for part in whole.split(":"):
        total = total * 60 + int(part)
    return total + float(f"0.{fraction[0]}") if fraction else total


def _like_a_name(speaker: str) -> bool:
    """Return whether every longer word is a name's, a number's or an address's, and no sentence ends."""
    words = speaker.split()
    return (
        bool(words)
        and len(words) <= 8
        and words[-1][-1] not in ".?!:;,"
        and not words[0][0].islower()
        and all(len(word) <= 3 or not word[0].islower() or "@" in word for word in words)
    )


def _marks_first(lines: Sequence[Line]) -> list[Line]:
    """Put the time of each labelled line before its label, and take other marks out."""
    found = []
    ended = ""
    for line in lines:
        first = last = None
        for last in _MARK.finditer(line.text):
            first = first or last
        if not first or not last:
            found.append(line)
            ended = "" if line.text.strip() else ended
            continue
        words = _MARKS.sub(" ", line.text).strip()
        label = _LABEL.match(words)
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
            found.append(Line(None, words, place=line.place))
    return found


def _clock(mark: re.Match[str]) -> str:
    """Return the clock in a mark, its fraction behind a point."""
    return re.sub("[-,]", ".", mark[1] or mark[2])
