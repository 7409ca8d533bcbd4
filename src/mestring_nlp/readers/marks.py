"""Marks within labels: doubt about who spoke (``K2?:``, ``??:``), and what somebody did meanwhile."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from mestring_nlp.readers.labels import Opening
from mestring_nlp.readers.speakers import looks_like_name, role_of_many, role_word
from mestring_nlp.readers.unlabelled import noted
from mestring_nlp.transcript import Note

_UNSURE = re.compile(
    r"(?P<stem>[^?()]*?)\s*(?:\?{1,3}|(?P<round>\(\s*\?{1,3}\s*\)|\((?:usikker|usikkert|uncertain|unsure)\)))"
)
_REMARK = re.compile(r"(?P<stem>[^()]*[^()\s])\s*(?P<remark>\([^\W\d_][^()]*\))")
_NUMBERED = re.compile(r"([^\W\d_]{1,12})[ .-]?\d{1,3}")

_MAYBE = "The transcriber was unsure whether {0!r} says this; it is taken for words of {0!r}."
_NOBODY = (
    "The transcriber did not know who {0!r} is, and it is taken for one more informant. "
    "If it is a known speaker, write that label."
)


def without_marks(openings: Sequence[Opening]) -> tuple[list[Opening], set[str], list[Note]]:
    """Return openings without marks in their labels, labels of unknown speakers, and notes.

    ``K2?`` is `K2` and ``Anne (nikker)`` is `Anne` where these are labels, too. ``K?`` beside `K1` and
    ``??`` are speakers whom nobody knows, casefolded among those returned.

    Parameters
    ----------
    openings : sequence of Opening
        All lines that may open a turn.

    Returns
    -------
    (list of Opening, set of str, list of Note)
    """
    counts = Counter(opening.label.casefold() for opening in openings)
    spelled = {opening.label.casefold(): opening.label for opening in reversed(openings)}
    stems = {match[1].casefold() for label in counts if (match := _NUMBERED.fullmatch(label))}
    result: list[Opening] = []
    notes: list[Note] = []
    unknown: set[str] = set()
    places: dict[tuple[str, str], list[str]] = {}
    for opening in openings:
        label = opening.label
        if match := _UNSURE.fullmatch(label):
            stem = match["stem"]
            known = spelled.get(
                stem.casefold(), stem if match["round"] and looks_like_name(stem) else ""
            )
            if known:
                places.setdefault((_MAYBE, known), []).append(opening.place)
                opening = opening._replace(label=known)
            elif not stem or stem.casefold() in stems or role_word(stem):
                opening = opening._replace(label=f"{stem}?")
                unknown.add(opening.label.casefold())
                places.setdefault((_NOBODY, opening.label), []).append(opening.place)
        elif (match := _REMARK.fullmatch(label)) and _is_remark(match["remark"][1:-1], counts):
            stem = match["stem"].casefold()
            if counts[label.casefold()] <= counts[stem]:
                opening = opening._replace(label=spelled[stem])
                notes.append(Note("remark", opening.place, match["remark"]))
        result.append(opening)
    doubts = (noted(message.format(label), where) for (message, label), where in places.items())
    return result, unknown, [*notes, *doubts]


def _is_remark(words: str, labels: Iterable[str]) -> bool:
    """Return whether words in parentheses within a label tell what somebody does, and no role."""
    return (
        words[0].islower()
        and words.casefold() not in labels
        and role_word(words) is None
        and role_of_many(words) is None
    )
