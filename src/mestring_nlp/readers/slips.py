"""Slips of those who type labels: two on a line, one without its colon, one with letters in disorder.

Only a label that is known from elsewhere in the file is looked for. Where it can be read in one way
alone, it opens a turn; all that is found is a doubt, one for each label and slip, at the first place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from mestring_nlp.readers.clocks import CLOCK
from mestring_nlp.readers.labels import Opening
from mestring_nlp.readers.speakers import (
    LONGEST_LABEL,
    MOST_WORDS,
    SAYING,
    STARTERS,
    is_known,
    looks_like_name,
    may_speak,
)
from mestring_nlp.readers.unlabelled import noted, unlabelled
from mestring_nlp.transcript import Note

_SIGN = re.compile(rf"(?:[ \t]?[\[(]{CLOCK}[\])])?[ \t]?[:：;][*_]{{0,3}}(?=\s|[^\W\d_]|$)[ \t]*")
_WORD = re.compile(r"(?<![^\s*_\[(«\"“/|])[^\s*_\[(«\"“/|]")
_ENDED = re.compile(r"(?:[.?!…][\"'»”)\]*_]*|[\]|/]|(?:^|\s)[-–—]|\t|\s{2})\s*[*_]*$")
_LEADING = " \t>*_[<("
_TRAILING = ")]>.,–—-|*_"
_HEAD = re.compile(r"([^:：.?!;\n]{3,80})[:：](?=\s|$)")
_SIGNS = ",–—-/([{<*|"
_SHORTEST = 6
_MOST_TARGETS = 200
_RARE = 3


class _Slip(NamedTuple):
    """A known label at an odd place: where it begins, where its words do, and what to tell of it."""

    label: str
    start: int
    words: int
    message: str
    opens: bool = False


_CUT = "{0!r} stands within a line, where a sentence has ended, and opens a turn there."
_AMID = (
    "{0!r} stands with a colon amid the words of a turn, and is taken for words. "
    "If somebody else speaks from there, begin a line with it."
)
_SEMICOLON = "{0!r} with a semicolon is read as a label."
_BARE = (
    "A line begins with {0!r} but without a colon, and is taken for words of the turn above. "
    "If it is the speaker, write `{0}:`."
)
_MORE = (
    "A line begins with {0!r} and something more before its colon, and is taken for words of the turn "
    "above. If it is the speaker, write `{0}:`, or what the speaker does in parentheses: `{0} (ler):`."
)
_TELL_WORDS = "til te fra frå av med hos ved for om to from by with at till från"
_TELL = SAYING | frozenset(_TELL_WORDS.split())


def slips_of(
    parts: Sequence[tuple[str, float | None, str]],
    openings: Sequence[Opening],
    inner: Collection[str] = (),
    left_out: Collection[int] = (),
) -> tuple[list[Opening], list[Note]]:
    """Return turns' openings that slips hide, and notes on all slips.

    Parameters
    ----------
    parts : sequence of (str, float or None, str)
        Each line's text, time and place.
    openings : sequence of Opening
        The turns that are known, in order.
    inner : collection of str
        Labels that stand within lines only; see `inner_labels`.
    left_out : collection of int
        Where lines begin that are in no turn.

    Returns
    -------
    (list of Opening, list of Note)
    """
    spelled = {label: label for opening in openings for label in (opening.label.upper(), opening.label)}
    spelled |= {label: label for label in inner}
    at_line = {opening.start: opening for opening in openings}
    found: list[Opening] = []
    places: dict[tuple[str, str], list[str]] = {}
    lines: list[tuple[str | None, str, str]] = []
    position = 0
    for line, _, place in parts:
        opening = at_line.get(position)
        if (opening or lines) and position not in left_out:
            words = opening.words - position if opening else None
            lines.append((opening.label if opening else "", line[words or 0 :], place))
            for slip in _slips(line, spelled, words):
                places.setdefault((slip.message, slip.label), []).append(place)
                lines.append(
                    (slip.label, line[slip.words :], place) if slip.opens else (None, "", place)
                )
                if slip.opens:
                    start, words = position + slip.start, position + slip.words
                    found.append(Opening(slip.label, start, words, None, place))
        position += len(line)
    notes = [noted(message.format(label), where) for (message, label), where in places.items()]
    return found, [*notes, *unlabelled(lines)]


def _slips(line: str, spelled: dict[str, str], words: int | None) -> Iterator[_Slip]:
    """Yield known labels in a line; its words begin at `words` where a label opens it already."""
    begin = words or 0
    first = line[begin:].lstrip(' \t*_«"“')[:1]
    unopened = words is None
    signs = _SIGN.finditer(line, begin) if any(sign in line[begin:] for sign in ":：;") else ()
    for sign in signs:
        end = sign.start()
        start = _label_before(line, begin, end, spelled)
        if start is None:
            continue
        label = spelled[line[start:end].rstrip("*_] \t")]
        before = line[max(begin, start - _RARE * 20) : start]
        at_front, ended = not before.strip(_LEADING[:-1]), _ENDED.search(before) is not None
        lower = line[sign.end() : sign.end() + 1].islower() and not first.islower()
        colon = ";" not in sign.group()
        unopened = unopened and not at_front
        if colon and (at_front or ended) and not lower:
            yield _Slip(label, start - len(before) + len(before.rstrip("*_")), sign.end(), _CUT, True)
        elif at_front and not colon and words is None:
            yield _Slip(label, start, sign.end(), _SEMICOLON, True)
        elif ended or (colon and not _is_told_of(before)):
            yield _Slip(label, start, sign.end(), _AMID)
    if unopened and (label := _with_more(line, spelled)):
        yield _Slip(label, 0, 0, _MORE)
    elif unopened and (label := _bare(line, spelled)):
        yield _Slip(label, 0, 0, _BARE)


def _label_before(line: str, begin: int, end: int, spelled: dict[str, str]) -> int | None:
    """Return where the longest known label begins that ends at `end`, or None."""
    start = max(begin, end - LONGEST_LABEL - 3)
    stop = start + len(line[start:end].rstrip("*_] \t"))
    starts = [match.start() for match in _WORD.finditer(line, start, stop)][-MOST_WORDS:]
    return next((at for at in starts if line[at:stop] in spelled), None)


def _is_told_of(before: str) -> bool:
    """Return whether words before a label tell that somebody said, or was told, what follows."""
    words = before.split()
    return bool(words) and words[-1].casefold() in _TELL


def _with_more(line: str, spelled: dict[str, str]) -> str:
    """Return the known label with which a line begins, with a little more before a colon; or nothing."""
    head = _HEAD.match(line.lstrip(_LEADING))
    if head is None or looks_like_name(head[1]):  # a name is a doubt anyway
        return ""
    words = head[1].split()
    for count in range(min(MOST_WORDS, len(words) - 1), 0, -1):
        raw, rest = " ".join(words[:count]), words[count:]
        label = spelled.get(raw.rstrip(_TRAILING))
        if label is None:
            continue
        signed = raw[-1] in _SIGNS or rest[0][0] in _SIGNS
        told = SAYING & {word.casefold() for word in rest}
        word = len(label) == 1 or label.casefold() in STARTERS
        return label if len(rest) <= _RARE and not told and (signed or not word) else ""
    return ""


def _bare(line: str, spelled: dict[str, str]) -> str:
    """Return the known label with which a line begins, without a colon; empty where it is a word."""
    words = line[: 2 * LONGEST_LABEL].lstrip(_LEADING).split(None, MOST_WORDS + 2)
    for count in range(min(MOST_WORDS, len(words)), 0, -1):
        raw = " ".join(words[:count])
        label = spelled.get(raw.rstrip(_TRAILING))
        if label is None:
            continue
        rest = words[count:]
        apart = bool(rest) and not rest[0].strip(_TRAILING)
        signed = apart or raw != raw.rstrip(_TRAILING)
        if not (rest := rest[apart:]):
            return "" if signed else label
        word = label.casefold() in STARTERS
        terse = not word and (len(label) == 1 or label.isupper() or any(map(str.isdigit, label)))
        upper = rest[0].lstrip('«"“(')[:1].isupper()
        # `Kari, kom hit` and `Kari Moe` are words, `R, Vi måler` and `Kari Hvorfor` hardly.
        if raw.endswith(","):
            return label if upper and (terse or len(label) == 1) else ""
        likely = terse or (upper and (signed or rest[0].strip(".,!?").casefold() in STARTERS))
        return label if likely and (signed or upper) else ""
    return ""


def inner_labels(
    parts: Sequence[tuple[str, float | None, str]], openings: Sequence[Opening]
) -> list[str]:
    """Return labels that stand within lines only, where a single speaker's stand at the beginnings.

    Such a label comes where a sentence has ended, and the two take turns: ``I: Hva? R: Ja.`` on a line.
    """
    at_line = {opening.start: opening for opening in openings}
    only = openings[0].label
    order: list[str] = []
    position = 0
    for line, _, _ in parts:
        opening = at_line.get(position)
        begin = 0
        if opening:
            order.append(only)
            begin = opening.words - position
        if order:
            for sign in _SIGN.finditer(line, begin):
                start = max(begin, sign.start() - LONGEST_LABEL)
                words = list(_WORD.finditer(line, start, sign.start()))[-_RARE:]
                at = next((w.start() for w in words if _ENDED.search(line[start : w.start()])), None)
                if at is not None:
                    order.append(line[at : sign.start()].rstrip("*_] \t"))
        position += len(line)
    counts = Counter(order)
    taking_turns = Counter(
        label
        for number, label in enumerate(order)
        if number and order[number - 1] == only and order[number + 1 : number + 2] in ([], [only])
    )
    return [
        label
        for label, count in counts.items()
        if label != only
        and may_speak(label)
        and (is_known(label) or looks_like_name(label))
        and (is_known(label) or count > 1)
        and taking_turns[label] == count
    ]


# ------------------------------------------------------------------ letters in disorder


def mended(openings: Sequence[Opening]) -> tuple[list[Opening], list[Note]]:
    """Return openings, ``Informnat`` as ``Informant`` where that is a label too, and notes on such.

    Only a word that names a role is so sure; `Karl` beside `Kari` may be somebody else.
    """
    counts = Counter(opening.label for opening in openings)
    frequent = [label for label, _ in counts.most_common(_MOST_TARGETS) if len(label) >= _SHORTEST]
    near: dict[str, str] = {}
    for target in sorted(frequent, key=is_known, reverse=True):
        for key in _keys(target):
            near.setdefault(key, target)
    meant: dict[str, str] = {}
    for label in counts if near else ():
        if len(label) < _SHORTEST - 1 or is_known(label) or not may_speak(label):
            continue
        likely = {near[key] for key in _keys(label) if key in near} - {label}
        same = (target for target in likely if _digits(target) == _digits(label))
        if target := max(same, key=is_known, default=""):
            meant[label] = target
    places: dict[str, list[str]] = {}
    result = []
    for opening in openings:
        label = meant.get(opening.label, "")
        if label and is_known(label):
            message = f"{opening.label!r} is read as {label!r}."
            opening = opening._replace(label=label)
        elif label and counts[opening.label] > 1 and _RARE * counts[opening.label] <= counts[label]:
            message = f"{opening.label!r} differs from {label!r} by a letter: are they one speaker?"
        else:
            message = ""
        if message:
            places.setdefault(message, []).append(opening.place)
        result.append(opening)
    return result, [noted(message, where) for message, where in places.items()]


def _keys(label: str) -> set[str]:
    """Return a label, and it without each of its letters: labels that differ by one share such a key."""
    key = label.casefold()
    return {key, *(key[:n] + key[n + 1 :] for n in range(len(key)))}


def _digits(label: str) -> list[str]:
    return re.findall(r"\d+", label)
