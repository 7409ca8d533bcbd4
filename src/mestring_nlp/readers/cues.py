"""From cues, as recordings, recognisers and tables give them, to a transcript's text and turns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.decoding import canonical
from mestring_nlp.readers.speakers import Named, roles_of
from mestring_nlp.transcript import INFORMANT, INTERVIEWER, Transcript, Turn

PAUSE = 1.5
"""Seconds of silence that end a stretch of talk which has no punctuation."""

LONGEST = 5_000_000
"""Characters that a transcript has at most: some hundred hours of talk."""

_WORDS_A_SENTENCE = 60
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_HALF = re.compile("[\ud800-\udfff]")
_SENTENCE_END = re.compile(r"[.?!…](?=\s|$)")


@dataclass(frozen=True)
class Cue:
    """A stretch of talk with its speaker and time, as a file gives it.

    Attributes
    ----------
    speaker : str
        The label or name as it stands in the file; empty when the file does not tell.
    text : str
        The words, tags and markup taken out.
    start, end : float or None
        Seconds from the start of the recording, where the file tells.
    """

    speaker: str
    text: str
    start: float | None = None
    end: float | None = None


def transcript_of_cues(
    cues: Iterable[Cue], *, name: str, place: str, named: Named, title: str = ""
) -> Transcript:
    """Join cues to turns, a line ``Speaker: words`` each, and find who is who.

    Consecutive cues of one speaker become one turn, which bears the time of its first. A cue without a
    speaker goes on with the speaker before. Talk without punctuation keeps a line for each cue, and
    an empty line where a pause of `PAUSE` seconds lies, so that it can be cut there.

    Parameters
    ----------
    cues : iterable of Cue
        In the order of the talk.
    name, title : str
    place : str
        The file, for errors.
    named : Named

    Returns
    -------
    Transcript

    Raises
    ------
    MestringError
        No cue has words, none has a speaker, or it cannot be told who is the informant.
    """
    turns = _joined(cues)
    if not turns:
        raise MestringError("nobody says anything", place=place, hint="Is this the right file?")
    if named.all_informant:
        labels = {turn[0].speaker.casefold(): INFORMANT for turn in turns}
        guessed = False
    else:
        if not any(turn[0].speaker for turn in turns):
            raise MestringError(
                "no cue tells who speaks",
                place=place,
                hint="Export the transcript with speakers; or give --all-informant if every word is "
                "the informant's.",
            )
        spoken = [(t[0].speaker, " ".join(c.text for c in t)) for t in turns if t[0].speaker]
        labels, guessed = roles_of(spoken, named=named, place=place)
    lines = iter(_layout([cue for turn in turns for cue in turn]))
    laid: list[str] = []
    placed = []
    length = 0
    for turn in turns:
        speaker = turn[0].speaker
        label = speaker or ("I" if named.all_informant else "Ukjent")
        start = length + len(label) + 2
        words = _with_numbers_in_lines("".join(islice(lines, len(turn))).strip())
        laid.append(f"{label}: {words}\n")
        length += len(laid[-1])
        role = labels.get(speaker.casefold(), INTERVIEWER)
        placed.append(Turn(label, role, start, start + len(words), words, turn[0].start))
    return Transcript(name, "".join(laid), tuple(placed), title, guessed)


def refuse_long(length: int, *, place: str) -> None:
    """Raise if a transcript has more characters than `LONGEST`."""
    if length > LONGEST:
        raise MestringError(
            f"{length:,} characters are more than one transcript may have ({LONGEST:,})",
            place=place,
            hint="Give each interview a file of its own.",
        )


def without_controls(text: str) -> str:
    """Take out control characters; half a character, as where JSON cuts an emoji, becomes U+FFFD.

    A text file that holds control characters is refused, but PDF, rich text, HTML and JSON may name
    them amid good words, and neither XML nor a terminal should meet them later.
    """
    return _HALF.sub("\ufffd", _CONTROL.sub("", text))


def _joined(cues: Iterable[Cue]) -> list[list[Cue]]:
    """Cues with words, grouped by who speaks."""
    turns: list[list[Cue]] = []
    for cue in cues:
        text, speaker = _clean(cue.text), _clean(cue.speaker.replace(":", " "))
        if not text:
            continue
        known = speaker or (turns[-1][0].speaker if turns else "")
        cleaned = Cue(known, text, cue.start, cue.end)
        if turns and turns[-1][0].speaker.casefold() == known.casefold():
            turns[-1].append(cleaned)
        else:
            turns.append([cleaned])
    return turns


def _clean(text: str) -> str:
    """One canonical line; a number alone stays, since no page is meant."""
    words = " ".join(without_controls(text).split())
    return " ".join(canonical(f": {words}")[2:].split())


def _layout(cues: Sequence[Cue]) -> list[str]:
    """Each cue's words with the white space that follows them."""
    words = sum(len(cue.text.split()) for cue in cues)
    ends = sum(len(_SENTENCE_END.findall(cue.text)) for cue in cues)
    if words <= _WORDS_A_SENTENCE * (ends + 1):
        return [f"{cue.text} " for cue in cues]
    laid = []
    for cue, following in zip(cues, [*cues[1:], None], strict=True):
        silence = (
            following.start - cue.end
            if following and following.start is not None and cue.end is not None
            else 0.0
        )
        gap = "\n\n" if silence >= PAUSE else "\n"
        laid.append(f"{cue.text}{gap}")
    return laid


def _with_numbers_in_lines(words: str) -> str:
    """Join a line that reads as a page's number, and would be taken out, to the one before."""
    lines: list[list[str]] = []
    for line in words.split("\n"):
        lines.append([line])
        while len(lines) > 1 and _is_number(lines[-1]):
            number = lines.pop()
            while len(lines) > 1 and lines[-1] == [""]:
                lines.pop()
            lines[-1] += number
    return "\n".join(map(" ".join, lines))


def _is_number(parts: Sequence[str]) -> bool:
    """Whether a line reads as a page's number; no such line has more than four parts."""
    return len(parts) <= 4 and not canonical(f"{' '.join(parts)}\n")
