"""ASR output as JSON: of Whisper, WhisperX, faster-whisper, whisper.cpp and pipelines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.columns import Timed, unit_of
from mestring_nlp.readers.labels import opening_of
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.speakers import settled

_LISTS = ("segments", "chunks", "transcription", "utterances", "speakers")
_HEAD = re.compile(
    r'\s*[\[{].{0,2000}?"(?:segments|chunks|transcription|utterances|start|timestamps?)"\s*:',
    re.DOTALL,
)
_SPEAKER = (
    "speaker", "speaker_label", "speaker_name", "speakerDisplayName",
    "speaker_id", "speakerId", "speakerTag",
)  # fmt: skip
_SAID = (
    "text", "transcript", "utterance", "sentence",
    "punctuated_word", "word", "display", "content", "value",
)  # fmt: skip
_TOLD = re.compile(r'"speaker\w{0,20}"\s*:')
_PUNCTUATION = re.compile(r" (?=[.,?!:;…]+(?: |$))")
_UNKNOWN = ("", "?", "unknown", "none", "null", "nan", "n/a")
_LONGEST = 1_000_000.0
_SENTENCE_END = re.compile(r"[.?!…][\"'»”)]*\s*$")
_HINT = "Give the JSON file as the speech recognition wrote it."
_LONGEST_NAME = 80


def is_asr_json(text: str) -> bool:
    """Return whether a text begins as ASR output does."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    return bool(_HEAD.match(text) or any(f'"{name}"' in text for name in _LISTS) or _TOLD.search(text))


def read_asr_json(text: str, *, place: str) -> list[Line]:
    """Read the segments of ASR output; those in which the speaker changes are cut there.

    The JSON is an object with ``segments``, ``chunks``, ``transcription``, ``utterances`` or, beside
    these, ``speakers``, or a list of segments. A segment has a ``text`` and its times as ``start`` and
    ``end`` (seconds; milliseconds where nobody could speak so slowly), ``timestamp`` (a pair of seconds)
    or ``offsets`` (``from`` and ``to``, milliseconds), and may have a ``speaker``, a name or a number,
    or ``words`` that have. A word without one joins its neighbours.

    Where there is no such list, the one is read, wherever it stands, whose items tell speakers and hold
    the most words, be it but one each. Where nothing tells speakers, labels in the words do.
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
    segments, rest = _segments(found)
    if not segments:
        names = ", ".join(_LISTS)
        raise MestringError(
            f"no list of segments ({names}) with anything in it", place=place, hint=_HINT
        )
    unit = _unit(segments)
    lines = [
        line
        for number, segment in enumerate(segments, start=1)
        for line in _lines(segment, f"segment {number}", place, unit)
    ]
    if unit < 1:
        message = "the times are read as milliseconds"
        lines.insert(0, Line("", "", place="segment 1", kind="time", message=message))
    called = _names(found)
    lines = [replace(line, speaker=called.get(line.speaker or "", line.speaker)) for line in lines]
    if not any(line.speaker for line in lines):
        opened = (opening_of(line.text) for line in lines)
        if len(settled(match["label"].strip() for match, _ in filter(None, opened))) > 1:
            return [replace(line, speaker=None, text=" ".join(line.text.split())) for line in lines]
    return _with_doubts([*lines, *_left(lines, rest)])


def _names(found: Any) -> dict[str, str]:
    """Return the names that a list of speakers gives for what segments call them."""
    listed = found.get("speakers") if isinstance(found, dict) else None
    return {
        _speaker({"speaker": given[key]}): given["name"]
        for given in (listed if isinstance(listed, list) else ())
        if isinstance(given, dict) and isinstance(given.get("name"), str) and _text(given) is None
        for key in ("spkid", "id", "speaker")
        if given.get(key) is not None and given["name"].strip()
    }


def _segments(found: Any) -> tuple[Sequence[Any], Sequence[Any]]:
    """Return the list of segments, and another one beside it that may hold more of the words.

    A list in which somebody speaks goes before one without speakers.
    """
    if isinstance(found, list):
        return found, ()
    if not isinstance(found, dict):
        return (), ()
    inside = found.get("results")
    holders = [found, inside] if isinstance(inside, dict) else [found]
    lists = [x[name] for x in holders for name in _LISTS if isinstance(x.get(name), list) and x[name]]
    lists = [x for x in lists if x is lists[0] or all(isinstance(y, dict) and _text(y) for y in x)]
    chosen = next((x for x in lists if any(_told(segment) for segment in x)), lists[0] if lists else ())
    return chosen or _elsewhere(found), next((x for x in lists if x is not chosen), ())


def _elsewhere(found: Any) -> Sequence[Any]:
    """Return the list with the most words of told speakers; of those alike, the one of fewest items."""
    best: Sequence[Any] = ()
    most = (0, 0)
    stack = [found]
    while stack:
        inside = stack.pop()
        stack += (
            inside.values() if isinstance(inside, dict) else inside if isinstance(inside, list) else ()
        )
        if isinstance(inside, list) and any(map(_told, inside)):
            said = [_text(item) if isinstance(item, dict) else None for item in inside]
            size = (sum(len(text.split()) for text in said if text), -len(inside))
            if None not in said and size > most:
                best, most = inside, size
    return [{"words": best}] if -most[1] * 2 > most[0] else best


def _told(segment: Any) -> bool:
    return isinstance(segment, dict) and any(
        map(_speaker, (segment, _likeliest(segment), *_words(segment)))
    )


def _text(segment: dict[str, Any]) -> str | None:
    """Return a segment's words, None where it has none."""
    if (said := _said(segment)) is not None:
        return said
    words = _words(segment)
    return _glued([_word(word) for word in words]) if words else None


def _words(segment: dict[str, Any]) -> list[dict[str, Any]]:
    words = segment.get("words", segment.get("elements"))
    if not isinstance(words, list) or not all(isinstance(word, dict) for word in words):
        return []
    return words if all(_said(word) is not None for word in words) else []


def _said(item: dict[str, Any]) -> str | None:
    """Return the text of a segment or word, or of the likeliest of several."""
    for name in _SAID:
        if isinstance(item.get(name), str) or (name == "text" and name in item and item[name] is None):
            return str(item[name] or "")
    likeliest = _likeliest(item)
    return _said(likeliest) if likeliest else None


def _likeliest(item: dict[str, Any]) -> dict[str, Any]:
    several = item.get("alternatives", item.get("nBest"))
    first = several[0] if isinstance(several, list) and several else None
    # Nothing lies deeper in one than these.
    return (
        {name: given for name, given in first.items() if name in _SAID + _SPEAKER}
        if isinstance(first, dict)
        else {}
    )


def _word(word: dict[str, Any]) -> str:
    return _said(word) or ""


def _glued(words: Sequence[str]) -> str:
    """Join words; those of some programs carry their own spaces: `` e`` and ``-post`` are one."""
    if any(word.startswith(" ") for word in words):
        return "".join(words)
    return _PUNCTUATION.sub("", " ".join(word.strip() for word in words))


def _lines(segment: Any, at: str, place: str, unit: float) -> Iterator[Line]:
    place = f"{place}, {at}"
    text = _text(segment) if isinstance(segment, dict) else None
    if text is None:
        raise MestringError("the segment has no text", place=place, hint=_HINT)
    start, end = _times(segment, place, unit)
    words = _words(segment)
    times = [_times(word, place, unit) for word in words]
    speakers = [_speaker(word) or _speaker(_likeliest(word)) for word in words]
    speakers = _joined(speakers, [_word(word) for word in words])
    if len(set(speakers)) < 2:
        speaker = (speakers[0] if speakers else "") or _speaker(segment)
        yield Line(speaker, text, start, end, at)
        return
    cuts = _cuts(text, [_word(word) for word in words])
    message = "" if cuts else "the words of this segment differ from its text; the words are read"
    if not cuts:
        yield Line("", text, start, end, at, "text", True, message)
    number = 0
    for speaker, run in groupby(speakers):
        first, number = number, number + len(list(run))
        said = _glued([_word(word) for word in words[first:number]])
        if cuts:
            said = text[cuts[first] if first else 0 : cuts[number] if number < len(cuts) else len(text)]
        # Numbers and the like are words without times.
        begins = next((begin for begin, _ in times[first:number] if begin is not None), None)
        ends = next((stop for _, stop in reversed(times[first:number]) if stop is not None), None)
        yield Line(speaker, said.strip(), begins, ends, at)


def _joined(speakers: list[str], words: Sequence[str]) -> list[str]:
    """Return speakers in which a word that tells none has that of the word before.

    The first of a sentence, and of all, has that of the next word that tells one.
    """
    found = list(speakers)
    after = ""
    for number in range(len(found) - 1, -1, -1):
        begins = number == 0 or _SENTENCE_END.search(words[number - 1]) is not None
        after = speakers[number] or after
        if begins:
            found[number] = speakers[number] or after
    for number in range(1, len(found)):
        found[number] = found[number] or found[number - 1]
    return found


def _cuts(text: str, words: Sequence[str]) -> list[int]:
    """Return where in a text its words begin; none where these do not make up the text."""
    cuts = []
    position = 0
    for word in words:
        bare = word.strip()
        at = text.find(bare, position)
        if at < 0 or text[position:at].strip():
            return []
        cuts.append(at)
        position = at + len(bare)
    return cuts if not text[position:].strip() else []


def _left(lines: Sequence[Line], rest: Sequence[Any]) -> list[Line]:
    """Return what a second list of segments has more than the one that was read.

    Programs that sort chunks by speakers may leave out what is said after the last of these.
    """
    texts = [_text(segment) or "" for segment in rest if isinstance(segment, dict)]
    said = [word for line in lines if not line.kind for word in line.text.split()]
    there = [word for text in texts for word in text.split()]
    if not there or len(said) >= len(there):
        return []
    message = "only the list without speakers has these words"
    if there[: len(said)] == said:
        return [Line("", " ".join(there[len(said) :]), doubtful=True, message=message, place="the end")]
    message = (
        f"of two lists the one with speakers is read; it has {len(said)} words, the other {len(there)}"
    )
    words = "\n".join(texts)
    return [Line("", words, place="the other list", kind="text", doubtful=True, message=message)]


def _with_doubts(lines: Sequence[Line]) -> list[Line]:
    """Return lines in which one that tells no speaker, where others do, is doubtful."""
    if not any(line.speaker for line in lines if not line.kind):
        return list(lines)
    message = "the segment does not tell who speaks; it is taken for the words of the one before"
    return [
        line
        if line.kind or line.speaker or line.doubtful or not line.text.strip()
        else replace(line, doubtful=True, message=message)
        for line in lines
    ]


def _speaker(item: dict[str, Any]) -> str:
    """Return who speaks: a name, a number, or an object that has one."""
    for name in _SPEAKER:
        given = item.get(name)
        if isinstance(given, dict):
            given = next((given[x] for x in ("name", "label", "id") if given.get(x) is not None), None)
        if isinstance(given, float) and given.is_integer():
            given = int(given)
        if isinstance(given, str | int) and not isinstance(given, bool):
            found = " ".join(str(given).split()) if abs(_size(given)) < _LONGEST_NAME else ""
            if found.casefold() not in _UNKNOWN:
                return found
    return ""


def _size(given: str | int) -> int:
    """Return about how many characters a speaker's name or number has."""
    return len(given) if isinstance(given, str) else given.bit_length() // 3


def _unit(segments: Sequence[Any]) -> float:
    """Return what a number stands for in the times called start and end, in seconds."""
    rows: list[Timed] = []
    for segment in segments:
        sides = [segment.get("start"), segment.get("end")] if isinstance(segment, dict) else []
        if any(type(side) is not int for side in sides if side is not None):
            return 1
        if sides and sides[0] is not None:
            rows.append((sides[0], sides[1], len((_text(segment) or "").split())))
    return unit_of(rows)


def _times(item: dict[str, Any], place: str, unit: float = 1) -> tuple[float | None, float | None]:
    """Return start and end in seconds, where they are given."""
    pair, offsets = item.get("timestamp"), item.get("offsets")
    if isinstance(pair, list) and len(pair) == 2:
        start, end = pair
    elif isinstance(offsets, dict):
        start, end = (_thousandth(offsets.get(side)) for side in ("from", "to"))
    else:
        start, end = item.get("start"), item.get("end")
        if unit < 1:
            start, end = _thousandth(start), _thousandth(end)
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
