"""ASR output as JSON: of Whisper, WhisperX, faster-whisper, whisper.cpp and pipelines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.lines import Line

_LISTS = ("segments", "chunks", "transcription")
_HEAD = re.compile(
    r'\s*[\[{].{0,2000}?"(?:segments|chunks|transcription|start|timestamps?)"\s*:', re.DOTALL
)
_LONGEST = 1_000_000.0
_HINT = "Give the JSON file as the speech recognition wrote it."


def is_asr_json(text: str) -> bool:
    """Return whether a text begins as ASR output does."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    return _HEAD.match(text) is not None or any(f'"{name}"' in text for name in _LISTS)


def read_asr_json(text: str, *, place: str) -> list[Line]:
    """Read the segments of ASR output; those in which the speaker changes are cut there.

    The JSON is an object with ``segments``, ``chunks`` or ``transcription``, or a list of segments. A
    segment has a ``text`` and its times as ``start`` and ``end`` (seconds), ``timestamp`` (a pair of
    seconds) or ``offsets`` (``from`` and ``to``, milliseconds), and may have a ``speaker``, or ``words``
    that have.
    """
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise MestringError(
            f"the JSON is broken ({error.msg})", place=f"{place}, line {error.lineno}", hint=_HINT
        ) from error
    except (RecursionError, ValueError) as error:
        raise MestringError(
            "the JSON is nested too deeply or has impossible numbers", place=place, hint=_HINT
        ) from error
    if isinstance(found, dict):
        found = next((found[name] for name in _LISTS if isinstance(found.get(name), list)), None)
    if not isinstance(found, list) or not found:
        raise MestringError(
            f"no list of segments ({', '.join(_LISTS)}) with anything in it", place=place, hint=_HINT
        )
    return [
        line
        for number, segment in enumerate(found, start=1)
        for line in _lines(segment, f"segment {number}", place)
    ]


def _lines(segment: Any, at: str, place: str) -> Iterator[Line]:
    place = f"{place}, {at}"
    if not isinstance(segment, dict) or not isinstance(segment.get("text"), str):
        raise MestringError("the segment has no text", place=place, hint=_HINT)
    start, end = _times(segment, place)
    speaker = _speaker(segment)
    words = segment.get("words")
    if isinstance(words, list) and all(
        isinstance(w, dict) and isinstance(w.get("word"), str) for w in words
    ):
        spoken = {_speaker(w) or speaker for w in words}
        if len(spoken) > 1:
            for label, run in groupby(words, lambda w: _speaker(w) or speaker):
                said = list(run)
                # Numbers and the like are words without times.
                times = [_times(w, place) for w in said]
                first = next((begins for begins, _ in times if begins is not None), None)
                last = next((ends for _, ends in reversed(times) if ends is not None), None)
                yield Line(label, " ".join(w["word"].strip() for w in said), first, last, at)
            return
        speaker = spoken.pop() if spoken else speaker
    yield Line(speaker, segment["text"], start, end, at)


def _speaker(item: dict[str, Any]) -> str:
    return item["speaker"] if isinstance(item.get("speaker"), str) else ""


def _times(item: dict[str, Any], place: str) -> tuple[float | None, float | None]:
    """Return start and end in seconds, where they are given."""
    pair, offsets = item.get("timestamp"), item.get("offsets")
    if isinstance(pair, list) and len(pair) == 2:
        start, end = pair
    elif isinstance(offsets, dict):
        start, end = (_thousandth(offsets.get(side)) for side in ("from", "to"))
    else:
        start, end = item.get("start"), item.get("end")
    for time in (start, end):
        if time is not None and (
            isinstance(time, bool)
            or not isinstance(time, int | float)
            or not 0 <= time <= _LONGEST  # nor is what is no number, or infinite
        ):
            raise MestringError(f"{str(time)[:40]!r} is no time in seconds", place=place, hint=_HINT)
    if start is not None and end is not None and end < start:
        end = None  # Whisper's pipelines do so where one window of sound meets the next
    return start, end


def _thousandth(time: Any) -> Any:
    return time / 1000 if isinstance(time, int | float) and abs(time) < 1e12 else time
