"""Find identifiers in a text: the rules of each kind, one after the other, then the tagger; without overlaps."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mestring_nlp.privacy.addresses import find_addresses
from mestring_nlp.privacy.ages import find_ages
from mestring_nlp.privacy.hints import find_hints
from mestring_nlp.privacy.identifiers import Identifier
from mestring_nlp.privacy.lexicon import lexicon
from mestring_nlp.privacy.patterns import find_patterns
from mestring_nlp.privacy.people import find_initials, find_people
from mestring_nlp.privacy.places import find_places
from mestring_nlp.privacy.spoken import find_spoken
from mestring_nlp.privacy.tagger import tagger
from mestring_nlp.privacy.tokens import Token, inside, tokens_of
from mestring_nlp.privacy.units import find_units
from mestring_nlp.privacy.workplaces import find_workplaces

_SURE = 0.7
_SURE_PLACE = 0.9


def find_identifiers(text: str) -> list[Identifier]:
    """Return what may identify somebody in a Norwegian text.

    Parameters
    ----------
    text : str
        Bokmål, nynorsk or dialect, with or without capitals; composed letters or not.

    Returns
    -------
    list of Identifier
        In order, not overlapping. Those of a confidence below 0.5 are hints for a person to judge.

    Examples
    --------
    >>> [(found.kind, found.text) for found in find_identifiers("Så sa Dag til Liv at det var en fin dag.")]
    [('person', 'Dag'), ('person', 'Liv')]
    """
    composed = unicodedata.normalize("NFC", text)
    if composed == text:
        return sorted(_find(text))
    composed, places = _composed(text)
    return sorted(
        replace(
            one,
            start=places[one.start],
            end=places[one.end],
            text=text[places[one.start] : places[one.end]],
        )
        for one in _find(composed)
    )


def _find(text: str) -> list[Identifier]:
    tokens = tokens_of(text)
    kept = _Kept(tokens)
    kept.add(tagger().revise(text, tokens, by_rules(text, tokens)))
    _add_known(kept, text, tokens)
    return _agreed(kept.found)


def by_rules(text: str, tokens: Sequence[Token]) -> list[Identifier]:
    """Return what the rules find in a text in composed letters, hints included, without overlaps."""
    kept = _Kept(tokens)
    kept.add(find_patterns(text))
    kept.add(find_spoken(text, tokens))
    units = [*find_units(text, tokens, kept.taken), *find_workplaces(text, tokens, kept.taken)]
    kept.add(sorted(units, key=lambda one: one.start - one.end))
    kept.add(find_addresses(text, tokens))
    kept.add(find_ages(text, tokens))
    kept.add(find_initials(text, tokens, set(kept.taken)))
    kept.add(find_places(text, tokens, kept.taken))
    kept.add(find_people(text, tokens, set(kept.taken)))
    _add_known(kept, text, tokens)
    kept.add(find_hints(text))
    return _agreed(kept.found)


def _add_known(kept: _Kept, text: str, tokens: Sequence[Token]) -> None:
    """Find again, where less tells it, each name that is surely a person's elsewhere in the text."""
    known = {one.text.lower() for one in kept.found if one.kind == "person" and one.confidence >= _SURE}
    known = {word for name in known for word in name.split() if len(word) > 2}
    if known:
        kept.add(find_people(text, tokens, set(kept.taken), known))


def _agreed(finds: Sequence[Identifier]) -> list[Identifier]:
    """Return finds in which a name that is surely a place in this text is one everywhere in it.

    A preposition tells a place (*bor i Bø*); alone at the head of a sentence the same word could be a surname.
    """
    places = {one.text: one for one in finds if one.kind == "place" and one.confidence >= _SURE_PLACE}
    given = lexicon().given
    return [
        replace(one, kind="place", subkind=places[one.text].subkind)
        if one.kind == "person" and one.text in places and one.text.lower() not in given
        else one
        for one in finds
    ]


class _Kept:
    """Finds that do not overlap: what came first stays."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._covered: set[int] = set()
        self.found: list[Identifier] = []
        self.taken: set[int] = set()

    def add(self, finds: Iterable[Identifier]) -> None:
        for one in list(finds):
            span = range(one.start, one.end)
            if not self._covered.isdisjoint(span):
                continue
            self._covered.update(span)
            self.found.append(one)
            self.taken.update(inside(self._tokens, one.start, one.end))


def _composed(text: str) -> tuple[str, list[int]]:
    """Return a text in composed letters, and where each of its positions lies in the text given."""
    pieces: list[str] = []
    places: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and (
            unicodedata.combining(text[end]) or _composes(text[start:end], text[end])
        ):
            end += 1
        piece = unicodedata.normalize("NFC", text[start:end])
        pieces.append(piece)
        places += [start] * len(piece)
        start = end
    return "".join(pieces), [*places, len(text)]


def _composes(before: str, after: str) -> bool:
    """Return whether a character joins what stands before it, as Hangul's parts do."""
    if after.isascii():
        return False
    joined = unicodedata.normalize("NFC", before + after)
    return joined != unicodedata.normalize("NFC", before) + unicodedata.normalize("NFC", after)
