"""Which encoding of one byte a letter a text has: the one in which its letters stand as letters do.

A text in the wrong encoding has capitals amid lower case, and signs and boxes amid letters: å in Mac
Roman is Œ in Windows-1252. Each character beyond ASCII is judged by what stands beside it.
"""

from __future__ import annotations

import re
from itertools import islice

from mestring_nlp.text import counted

NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
    "mac_roman": "Mac Roman",
    "cp850": "DOS (code page 850)",
}
"""Names of encodings, by what Python calls them."""

_ONE_BYTE = ("cp1252", "mac_roman", "cp850")
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_BEYOND = re.compile(r"[^\x00-\x7f]")
_RUN = re.compile(r"[^\W\d_\x00-\x7f]{3,}")

_NORDIC = frozenset("æøåÆØÅ")
_USUAL = frozenset("äöüéèêëàáâóòôíúïîùûñçßÄÖÜÉÈÊËÀÁÂÓÔÍÎÚÑÇŠšŽžœŒ")
_HUNGARIAN, _NOT_HUNGARIAN = frozenset("õû"), frozenset("æøåäãâêîçÆØÅÄ")
_SELDOM = frozenset("ïîûùñŠšŽžœŒ‚„")
_ALONE = frozenset("æøåàéäöíóÆØÅ")
_NO_LETTERS = frozenset("ªºƒˆ˜")
_QUOTES = frozenset("“”‘’«»„‚‹›")
_DASHES = frozenset("–—…")
_LOOSE = frozenset("\u00a0•·°´€£§©®™¿¡±×†‰²³")
_FRACTIONS = frozenset("½¼¾")

_JUDGED = 20_000
_MOST_BAD = 0.1
_LEAST_MEAN = 0.25
_FEW = 3
_LOST = "\ufffd"
_OF_OTHERS = frozenset("Œ¿¾†‡›Ž¢")
_MISREAD = re.compile(r"[a-zæøå][Œ¿¾†‡›Ž¢][a-zæøå]|[a-zæøå]Œ(?![^\W\d_])")


def twice_encoded() -> set[str]:
    """Return what common letters become when their UTF-8 is read in another encoding."""
    found = set()
    for letter in "åøæÅØÆäöüéèêëàáâóòôíñçÄÖÜÉßšž–—’‘“”…«»\u00a0":
        for encoding in (*_ONE_BYTE, "latin-1"):
            try:
                found.add(letter.encode().decode(encoding))
            except UnicodeDecodeError:
                continue
    return found


def mostly_utf8(data: bytes) -> bool:
    """Return whether bytes that are no UTF-8 are so but for a few, or but for a last letter cut off."""
    rest = _SEQUENCE.sub(b"", data)
    broken = len(_HIGH.findall(rest))
    sequences = (len(data) - len(rest)) // 2
    return sequences > broken or (broken == 1 and data[-1:] == b"\xc3")


def guess(data: bytes) -> str | None:
    """Return in which encoding of one byte a letter some bytes make words, or None."""
    if mostly_utf8(data):
        return None
    best, most = None, _LEAST_MEAN
    for encoding in _ONE_BYTE:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        letters = set(text)
        if letters & _HUNGARIAN and not letters & _NOT_HUNGARIAN:
            continue
        judged = _judged(text)
        mean, bad = sum(judged) / len(judged), sum(mark < 0 for mark in judged)
        if mean > most and bad <= max(_MOST_BAD * len(judged), len(judged) > _FEW):
            best, most = encoding, mean
    return best


def doubt_about(text: str, encoding: str) -> str:
    """Return a sentence about letters of a decoded text that may be wrong, or an empty text."""
    letters = {letter for letter in set(text) if not letter.isascii()}
    if _LOST in letters:
        return (
            f"{counted(text.count(_LOST), 'letter')} lost before this file was saved, "
            f"the first in {_around(text, text.index(_LOST))!r}"
        )
    misread = _MISREAD.search(text) if letters & _OF_OTHERS else None
    if misread:
        return f"{_around(text, misread.start() + 1)!r} looks as if its letters were misread before"
    if encoding not in _ONE_BYTE:
        return ""
    unusual = {letter for letter in letters - _NORDIC - _USUAL if letter.isalpha()}
    if unusual:
        return (
            f"the file does not tell its encoding and was read as {NAMES[encoding]}: "
            f"see whether {_around(text, min(map(text.index, unusual)))!r} is right"
        )
    if encoding != "cp1252" and sum(map(text.count, letters)) < _FEW:
        first = min(map(text.index, letters))
        return (
            f"the file was read as {NAMES[encoding]}, which only {''.join(sorted(letters))} tells: "
            f"see whether {_around(text, first)!r} is right"
        )
    return ""


def _around(text: str, at: int) -> str:
    """Return the word at a position, at most 20 characters on each side."""
    before = text[max(0, at - 20) : at].split(" ")[-1].split("\n")[-1]
    return before + re.split(r"\s", text[at : at + 20])[0]


def _judged(text: str) -> list[float]:
    """Return for each character beyond ASCII how well it stands where it does: from -2 to 2."""
    foreign: set[int] = set()
    for run in _RUN.finditer(text):
        letters = set(run.group())
        if len(letters) > 1 and not letters <= _NORDIC:
            foreign.update(range(run.start(), run.end()))
    judged = []
    for match in islice(_BEYOND.finditer(text), _JUDGED):
        at = match.start()
        before, after = text[at - 1 : at] or " ", text[at + 1 : at + 2] or " "
        judged.append(-2.0 if at in foreign else _stands(match.group(), before, after))
    return judged


def _stands(character: str, before: str, after: str) -> float:
    """Return how well a character stands between two others."""
    if character.isalpha() and character not in _NO_LETTERS:
        return _letter(character, before, after)
    beside = before.isalpha() + after.isalpha()
    if any(x.isalpha() and not x.isascii() and x not in _NORDIC | _USUAL for x in (before, after)):
        return -2.0
    if character in _QUOTES:
        if beside == 2 and character != "’":
            return -2.0
        return 0.5 if character in _SELDOM else 1.0
    if character in _DASHES:
        return 1.0 if beside < 2 else 0.0
    if character in _FRACTIONS:
        return -2.0 if beside else 0.5
    if character in _LOOSE:
        return 0.5 if character in "\u00a0´" or not before.isalpha() else -2.0
    return -2.0


def _letter(letter: str, before: str, after: str) -> float:
    if letter.isupper() and before.islower():
        return -2.0
    # Icelandic words seldom have þ elsewhere than first, and never begin with ð.
    if (letter == "þ" and before.isalpha()) or (letter == "ð" and not before.isalpha()):
        return -2.0
    if not (before.isalpha() or after.isalpha()) and letter not in _ALONE:
        return 0.0
    if letter in _NORDIC:
        return 2.0
    return 0.5 if letter in _SELDOM else 1.0 if letter in _USUAL else 0.0
