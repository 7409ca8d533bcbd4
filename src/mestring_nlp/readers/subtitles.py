"""Subtitles as transcripts: WebVTT of Teams, noScribe and Autotekst, SRT of Whisper and others."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.speakers import is_known, looks_like_name, settled

_TIMING = re.compile(r"^[ \t]*(?P<start>[\d:.,]+)[ \t]*-->[ \t]*(?P<end>[\d:.,]+)(?:[ \t].*)?$")
_TIME = re.compile(r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})")
_VOICE = re.compile(r"<v(?:\.[^ \t>]{0,200})?[ \t]++([^>]{0,200})>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|</?\d[\d:.]*>|\{\\[^}]{0,200}\}")
_NO_CHARACTER = re.compile(r"&(?=#\d{8})")
_BRACKETED = re.compile(r"^[ \t]*\[(?P<label>[^\]\n]{1,40})\][ \t]*(?P<colon>:?)[ \t]*")
_LABELLED = re.compile(r"^[ \t]*(?P<label>[^\W\d_][^:\n]{0,39}?)[ \t]*:(?=[ \t]|$)[ \t]*")
_STAMP = re.compile(r"\[\d{1,2}:\d{2}:\d{2}\][ \t]*")
_HINT = "Export the subtitles again, or mend the line by hand."


def read_subtitles(text: str, *, place: str) -> list[Line]:
    """Read WebVTT or SRT: they differ in their heads and in the sign before milliseconds.

    Speakers come from voice tags (``<v Nordmann, Kari>``), else from ``[SPEAKER_00]:`` or ``Kari:``
    before the words. Notes, styles and formatting are left out; captions that repeat the line before
    them are joined; cues are put in the order of their times. A cue that ends before it begins is an
    error. The text has LF line ends and no byte order mark.
    """
    blocks = list(_blocks(text, place))
    unvoiced = (line for cue in blocks for line in _VOICE.split(cue.text)[0].split("\n"))
    speakers = settled(label for line in unvoiced for label, _ in _labels(_untagged(line)))
    cues = [
        replace(cue, speaker=speaker, text=words)
        for cue in blocks
        for speaker, words in _spoken(cue.text, speakers)
    ]
    if not cues:
        raise MestringError("no cue has words", place=place, hint="Is this the right file?")
    cues.sort(key=lambda cue: cue.start or 0.0)
    return _without_rolling(cues)


def _blocks(text: str, place: str) -> Iterator[Line]:
    """Yield each cue, its text the payload; what has no times (the head, notes, styles) is none.

    The libraries at hand drop a cue with a broken time, a payload with an arrow, or the voice tags
    without a word; talk must not be lost so.
    """
    lines = text.split("\n")
    times = [number for number, line in enumerate(lines) if "-->" in line]
    for number, following in zip_longest(times, times[1:]):
        line, at = lines[number].strip(), f"line {number + 1}"
        match = _TIMING.match(line)
        start, end = (_seconds(match[side]) if match else None for side in ("start", "end"))
        if start is None or end is None:
            raise MestringError(f"{line[:60]!r} are no times", place=f"{place}, {at}", hint=_HINT)
        if end < start:
            raise MestringError(
                f"the cue ends before it begins: {line!r}", place=f"{place}, {at}", hint=_HINT
            )
        payload = lines[number + 1 : following]
        blank = next((i for i, part in enumerate(payload) if not part.strip()), len(payload))
        # A file without empty lines: the line before the next times is that cue's number.
        if blank == len(payload) and following and payload and payload[-1].strip().isdigit():
            payload.pop()
        yield Line("", "\n".join(payload[:blank]), start, end, at)


def _seconds(time: str) -> float | None:
    match = _TIME.fullmatch(time)
    if match is None:
        return None
    hours, minutes, whole, part = match.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(whole) + int(part.ljust(3, "0")) / 1000


def _spoken(payload: str, speakers: set[str]) -> Iterator[tuple[str, str]]:
    """Yield speaker and words of each voice: by tags, or by a label that begins a line."""
    before, *voiced = _VOICE.split(payload)
    if _plain(before):
        yield from _labelled(before, speakers)
    for name, words in zip(voiced[::2], voiced[1::2], strict=True):
        speaker, said = _unescaped(name).strip(), _plain(words)
        label, rest = next(_labels(said), ("", said))
        # noScribe repeats the speaker, and the time, in the words.
        said = _STAMP.sub("", rest if label.casefold() == speaker.casefold() else said).strip()
        if said:
            yield speaker, said


def _labelled(payload: str, speakers: set[str]) -> Iterator[tuple[str, str]]:
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in payload.split("\n"):
        plain = _untagged(line)
        label, rest = next(_labels(plain), ("", plain))
        if label.casefold() in speakers:
            found.append((label, [rest]))
        else:
            found[-1][1].append(plain)
    for speaker, said in found:
        if words := " ".join(" ".join(said).split()):
            yield speaker, words


def _labels(line: str) -> Iterator[tuple[str, str]]:
    """Yield the label that may begin a line, and the words behind it."""
    match = _BRACKETED.match(line)
    # Without a colon `[SPEAKER_00]` is a speaker; `[Musikk]` is what was heard.
    if match and not (match["colon"] or is_known(match["label"]) or re.search(r"\d", match["label"])):
        return
    match = match or _LABELLED.match(line)
    if match and looks_like_name(match["label"]):
        yield match["label"].strip(), line[match.end() :]


def _plain(payload: str) -> str:
    return " ".join(_untagged(payload).split())


def _untagged(payload: str) -> str:
    return _unescaped(_TAG.sub("", payload))


def _unescaped(text: str) -> str:
    # The standard library fails on a number of thousands of digits; no character's has eight.
    return html.unescape(_NO_CHARACTER.sub("&amp;", text))


def _without_rolling(cues: list[Line]) -> list[Line]:
    """Leave out of each cue what it repeats of the one before, as rolling captions do."""
    kept: list[Line] = []
    shown = ""
    for cue in cues:
        rolls = kept and kept[-1].speaker == cue.speaker and len(shown.split()) > 2
        shown = cue.text.removeprefix(f"{shown} ") if rolls else cue.text
        kept.append(replace(cue, text=shown))
    return kept
