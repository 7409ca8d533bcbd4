"""Cut a text into words, each with what its surroundings tell: beginning of a sentence, letter case."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*['’]?(?!\w)|[^\W\d_]+|\d+")
_LABEL = re.compile(r"(?m)^[ \t]*(?:\[?[\d:.,]+\]?[ \t]+)?([^\W\d_][^\n:]{0,40}):(?=\s|$)")
_VOICE = re.compile(r"v[.\s][^<>\n]*>")
_TAGS = re.compile(rf"(?m)(?:^|<{_VOICE.pattern})(?:[^\w<>\n]|<[^<>\n]*>)*")
"""What stands before the words of a cue: WebVTT says in a tag who speaks. A tag inside a sentence begins none."""
_ABBREVIATIONS = frozenset(
    [
        "f",
        "kl",
        "nr",
        "st",
        "dr",
        "hr",
        "fr",
        "ca",
        "mr",
        "mrs",
        "tlf",
        "mob",
        "bl",
        "ev",
        "evt",
        "jf",
        "pga",
        "nrk",
        "avd",
        "ang",
        "inkl",
        "red",
        "kap",
        "pkt",
        "fnr",
        "org",
        "adr",
    ]
)
_OPENING = "«\"'(–—-“”„‘*_[ \t"
_SHORTEST = 4
"""Words from which a line without a capital is taken for a recogniser's."""


def words_of(text: str) -> frozenset[str]:
    """Return the words of a list written as running text."""
    return frozenset(text.split())


@dataclass(slots=True)
class Token:
    """A word or number of a text.

    Attributes
    ----------
    start, end : int
        Its span.
    text, low : str
        As it stands, and in lower case.
    capital : bool
        Whether it begins with a capital.
    first : bool
        Whether it begins a sentence, a line or direct speech, where a capital tells nothing.
    cased : bool
        Whether its line uses capitals as written Norwegian does; a recogniser's output does not.
    joined : bool
        Whether nothing but a space parts it from the token before.
    """

    start: int
    end: int
    text: str
    low: str
    capital: bool
    first: bool
    cased: bool
    joined: bool


def tokens_of(text: str) -> list[Token]:
    """Return the words and numbers of a text, in order."""
    found: list[Token] = []
    line_start, cased = -1, True
    end_before = 0
    after_tags = {match.end() for match in _TAGS.finditer(text)} if "<" in text else frozenset()
    for match in _WORD.finditer(text):
        start, end = match.span()
        between = text[end_before:start]
        if line_start < 0 or "\n" in between or "\r" in between:
            line_start = start
            cased = _is_cased(text, start)
        word = match.group()
        found.append(
            Token(
                start,
                end,
                word,
                word.lower(),
                word[0].isupper(),
                start in after_tags or _begins(between, found),
                cased,
                bool(found) and between in (" ", "\xa0"),
            )
        )
        end_before = end
    return found


def inside(tokens: Sequence[Token], start: int, end: int) -> range:
    """Return the numbers of the words that share a character with a span."""
    first = bisect_right(tokens, start, key=lambda token: token.end)
    last = first
    while last < len(tokens) and tokens[last].start < end:
        last += 1
    return range(first, last)


def _is_cased(text: str, start: int) -> bool:
    """Return whether a line begins with a capital after its label, or has few words and no capital."""
    stop = min(
        (at for at in (text.find("\n", start), text.find("\r", start)) if at >= 0), default=len(text)
    )
    line = text[start:stop]
    if label := _LABEL.match(text, start, stop) or _VOICE.match(text, start, stop):
        line = text[label.end() : stop]
    letters = next((sign for sign in line if sign.isalpha()), "A")
    if letters.isupper():
        return True
    if line.count(" ") < _SHORTEST:
        return any(sign.isupper() for sign in line)
    # Running text that begins in the middle of a sentence: capitals follow full stops.
    ends = re.findall(r"[.!?…][»\"”]?\s+(?:[«\"“–-]\s*)?([^\W\d_])", line)
    return bool(ends) and sum(sign.isupper() for sign in ends) * 2 > len(ends)


def _begins(between: str, before: list[Token]) -> bool:
    """Return whether a word after these signs begins a sentence, a line or direct speech."""
    if not before or "\n" in between or "\r" in between:
        return True
    signs = between.rstrip(_OPENING)
    if not signs:
        return any(sign in between for sign in '«“„"') or " – " in between or " - " in between
    last = signs.strip().rstrip("»\"”'’)")[-1:]
    if last in "?!…:":
        return True
    if last == ".":
        word = before[-1]
        return not (word.low in _ABBREVIATIONS or (len(word.text) == 1 and word.capital))
    return False
