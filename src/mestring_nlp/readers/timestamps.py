"""Times in transcripts: on a line with the speaker, or as marks in the text.

Two families of conventions are brought to forms that are read further:

- A line of its own with who speaks and when, above the words: Microsoft Teams and Word. They
  become cues.
- Marks such as ``#00:01:20-5#`` (f4, f5) or ``[00:01:20]`` (noScribe) in a paragraph that begins
  with a label. They are taken out of the words, and the turn's time is put before its label.
"""

from __future__ import annotations

import re

from mestring_nlp.readers.cues import Cue

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


def talk_of_lines(text: str) -> str | list[Cue]:
    """Read the times of a transcript, whichever convention it follows.

    Parameters
    ----------
    text : str
        A paragraph a line.

    Returns
    -------
    str or list of Cue
        Cues where times stand on lines of their own with the speaker; else the text, marks of
        time moved before the labels (``[00:01:20.5] I: ...``) or taken out of the words. A text
        without marks comes back as it is.
    """
    return cues_of_lines(text) or _marks_first(text)


def cues_of_lines(text: str) -> list[Cue] | None:
    """Give the cues of a transcript as Teams and Word write it to a document.

    Parameters
    ----------
    text : str
        A paragraph or soft line a line.

    Returns
    -------
    list of Cue or None
        None when the text does not follow one of these conventions. What stands above the first
        speaker (title, date, duration, file name) and lines about the transcription being started
        or stopped are left out.
    """
    for pattern in _HEADS:
        heads = list(re.finditer(pattern, text, re.MULTILINE))
        if len(heads) < 2 or len(text[: heads[0].start()].strip().splitlines()) > _PREFACE_LINES:
            continue
        if 2 * sum(_like_a_name(head["speaker"]) for head in heads) < len(heads):
            continue
        ends = [head.start() for head in heads[1:]] + [len(text)]
        cues = [
            Cue(
                " ".join(head["speaker"].split()),
                words,
                seconds(head["start"]),
                seconds(head["end"]) if head["end"] else None,
            )
            for head, end in zip(heads, ends, strict=True)
            if (words := _SERVICE.sub("", text[head.end() : end]).strip())
        ]
        if 2 * len(cues) >= len(heads):
            return cues
    return None


def span(text: str) -> tuple[float | None, float | None] | None:
    """Give start and end, in seconds, of ``0:01:20`` or ``0:01:20.5 - 0:01:25``; else None."""
    match = _SPAN.fullmatch(text)
    if not match:
        return None
    return seconds(match[1]), seconds(match[2]) if match[2] else None


def seconds(clock: str) -> float:
    """Give the seconds of ``m:ss`` or ``h:mm:ss``, a fraction behind point, comma or hyphen."""
    whole, *fraction = re.split(r"[-.,]", clock)
    total = 0.0
    for part in whole.split(":"):
        total = total * 60 + int(part)
    return total + float(f"0.{fraction[0]}") if fraction else total


def _like_a_name(speaker: str) -> bool:
    """Whether every longer word is a name's, a number's or an address's, and no sentence ends."""
    words = speaker.split()
    return (
        bool(words)
        and len(words) <= 8
        and words[-1][-1] not in ".?!:;,"
        and not words[0][0].islower()
        and all(len(word) <= 3 or not word[0].islower() or "@" in word for word in words)
    )


def _marks_first(text: str) -> str:
    """Put the time of each labelled line before its label, and take other marks out."""
    lines = []
    ended = ""
    for line in text.split("\n"):
        first = last = None
        for last in _MARK.finditer(line):
            first = first or last
        if not first or not last:
            lines.append(line)
            ended = "" if line.strip() else ended
            continue
        words = _MARKS.sub(" ", line).strip()
        label = _LABEL.match(words)
        before = line[: first.start()].strip()
        # `Kari [00:01:20]: ...` has its mark before the colon, `Kari: [00:01:20] ...` behind it.
        at_front = not before or (
            label is not None and before.rstrip(": ") == label.group().rstrip(": ")
        )
        start = _clock(first) if at_front else ended
        ended = "" if line[last.end() :].strip() else _clock(last)
        if words:
            lines.append(f"[{start}] {words}" if label and start else words)
    return "\n".join(lines)


def _clock(mark: re.Match[str]) -> str:
    return re.sub("[-,]", ".", mark[1] or mark[2])
