"""Tell in a moment whether interviews look as if nobody had pseudonymised them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from mestring_nlp.privacy.lexicon import COMMON_WORD, lexicon
from mestring_nlp.privacy.patterns import find_patterns
from mestring_nlp.text import counted
from mestring_nlp.transcript import Transcript

_CAPITAL = re.compile(r"(?<=[a-zæøå,;] )[A-ZÆØÅ][a-zæøåéáü]+(?:-[A-ZÆØÅ][a-zæøåé]+)?")
_DIRECT = frozenset({"phone", "email", "id_number"})
_FEWEST = 2
_NAMES = {
    "person": "personal name", "place": "place name", "phone": "phone number", "email": "e-mail address",
    "id_number": "identity number",
}  # fmt: skip


def identifiers_at_a_glance(transcript: Transcript) -> Counter[str]:
    """Count what looks like an identifier by form and lists alone, without the rules of context.

    Parameters
    ----------
    transcript : Transcript

    Returns
    -------
    Counter
        Of ``person``, ``place``, ``phone``, ``email`` and ``id_number``; empty where the transcript looks
        pseudonymised: no numbers or addresses, and fewer than two names of people.
    """
    found: Counter[str] = Counter()
    known = lexicon()
    labels = {turn.speaker.split()[0].lower() for turn in transcript.turns if turn.speaker.split()}
    found["person"] += sum(
        known.given.get(label, COMMON_WORD) < COMMON_WORD for label in labels if len(label) > 2
    )
    for match in _CAPITAL.finditer(transcript.text):
        low = match.group().lower()
        stem = low.removesuffix("s")
        grade = known.given.get(low, known.given.get(stem))
        if grade == 0:
            found["person"] += 1
        elif known.places.get(low, ("", COMMON_WORD))[1] == 0:
            found["place"] += 1
    for one in find_patterns(transcript.text):
        if one.kind in _DIRECT:
            found[one.kind] += 1
    named = found["person"] >= _FEWEST or any(found[kind] for kind in _DIRECT)
    return +found if named else Counter()


def warning(transcripts: Iterable[tuple[str, Counter[str]]], paths: Iterable[object]) -> str:
    """Return one line about interviews that look unpseudonymised, with what to do; empty where none does.

    Parameters
    ----------
    transcripts : iterable of (str, Counter)
        Names, and what `identifiers_at_a_glance` found.
    paths : iterable
        What the user gave, for the command.
    """
    found = [(name, counts) for name, counts in transcripts if counts]
    if not found:
        return ""
    every: Counter[str] = Counter()
    for _, counts in found:
        every += counts
    kinds = ", ".join(_counted(every[kind], what) for kind, what in _NAMES.items() if every[kind])
    which = found[0][0] if len(found) == 1 else counted(len(found), "interview")
    given = " ".join(map(str, paths))
    return (
        f"{which} may not be pseudonymised yet ({kinds}): "
        f"mestring pseudonymise {given} --out hidden --key ../key.json"
    )


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}es" if what.endswith("ss") and number != 1 else counted(number, what)
