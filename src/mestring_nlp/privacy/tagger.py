"""A small trained network that reads each word in its context, beside the rules.

It is given what the rules found, and so learns where they are right. Of people, places and units it adds what they
missed, widens what they cut short, and makes hints of what it does not believe; of ages, dates and other things, which
the rules know as well as it does, it adds hints. Trained by ``scripts/train_tagger.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from mestring_nlp import storage
from mestring_nlp.errors import MestringError
from mestring_nlp.onnx_encoder import FloatArray
from mestring_nlp.privacy.identifiers import KINDS, REPLACED_FROM, Identifier
from mestring_nlp.privacy.lexicon import is_word
from mestring_nlp.privacy.name_forms import end_of_name
from mestring_nlp.privacy.tokens import Token, inside, tokens_of
from mestring_nlp.privacy.vocabulary import LOCATIVE, NO_NAMES
from mestring_nlp.privacy.word_features import features_of
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.resources import bundled

NAMED = ("person", "place", "unit")
FROM = {"person": 0.2, "place": 0.25, "unit": 0.2, "age": 0.4, "date": 0.4, "other": 0.4}
"""Probability from which a word is taken for one of a kind: a name left standing costs more than a word too many."""
UNLIKELY = 0.05
"""Probability of being any identifier below which a name found by the rules becomes a hint."""
_INSTALL = "Install mestring-nlp again, or run `make models` in a checkout."
_SURE_KIND = 0.8
_HINT = 0.4
_BETWEEN = (" ", "-", ". ", " & ")
_YEARS = frozenset({"år", "åra", "årene", "gammel", "gamle", "gamal", "måneder", "månader", "uker"})
_AT_A_TIME = 6_000
"""Words whose features are held at a time: 5 kB each."""
_LARGEST = 10_000_000
_ARRAYS = ("hidden", "hidden_bias", "out", "out_bias")


@dataclass(frozen=True)
class Tagger:
    """One hidden layer of rectified units, and one distribution over no identifier and the kinds.

    Attributes
    ----------
    hidden, hidden_bias : float32 arrays of shape (features, units) and (units,)
    out, out_bias : float32 arrays of shape (units, 1 + kinds) and (1 + kinds,)
        The first column is of words that identify nobody; then `KINDS` in their order.
    """

    hidden: FloatArray
    hidden_bias: FloatArray
    out: FloatArray
    out_bias: FloatArray

    def probabilities(
        self, text: str, tokens: Sequence[Token], finds: Sequence[Identifier]
    ) -> FloatArray:
        """Return the probability of each kind for each word, of shape (words, 1 + kinds); rows sum to 1."""
        parts = []
        for first in range(0, len(tokens), _AT_A_TIME):
            block = tokens[first : first + _AT_A_TIME]
            after = tokens[first + _AT_A_TIME : first + _AT_A_TIME + 1]
            end = after[0].start if after else len(text)
            inner = [one for one in finds if one.end > block[0].start and one.start < end]
            parts.append(self.of(features_of(text[:end], block, inner)))
        return np.vstack(parts) if parts else np.zeros((0, 1 + len(KINDS)), dtype=np.float32)

    def of(self, features: FloatArray) -> FloatArray:
        """Return the probabilities of words with these features."""
        scores = np.maximum(features @ self.hidden + self.hidden_bias, 0) @ self.out + self.out_bias
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)

    def revise(
        self, text: str, tokens: Sequence[Token], finds: Sequence[Identifier]
    ) -> list[Identifier]:
        """Return the rules' finds as the network sees them, and what it found beside them.

        Parameters
        ----------
        text : str
        tokens : sequence of Token
            Its words.
        finds : sequence of Identifier
            What the rules found, hints included, without overlaps.

        Returns
        -------
        list of Identifier
            Without overlaps.
        """
        return revised(text, tokens, finds, self.probabilities(text, tokens, finds))


@cache
def tagger() -> Tagger:
    """Return the network that ships with the package; see `load`."""
    return load(bundled("models", "tagger", "network.npz"))


def load(file: Path) -> Tagger:
    """Read a network.

    Raises
    ------
    MestringError
        The file is missing, damaged, or of another form than this version's.
    """
    data = read_bytes(file, largest=_LARGEST, hint=_INSTALL)
    arrays = storage.unpack(data, place=str(file), hint=_INSTALL)
    try:
        found = Tagger(*(arrays[name].astype(np.float32) for name in _ARRAYS))
        probe = features_of("Kari", tokens_of("Kari"), [])
        if found.of(probe).shape != (1, 1 + len(KINDS)) or not np.isfinite(found.of(probe)).all():
            raise ValueError("it gives no probability for each kind")
    except (KeyError, ValueError) as error:
        raise MestringError(
            f"the network does not fit ({str(error)[:200]})", place=str(file), hint=_INSTALL
        ) from error
    return found


def revised(
    text: str, tokens: Sequence[Token], finds: Sequence[Identifier], probabilities: FloatArray
) -> list[Identifier]:
    """Return finds changed and added to by the probabilities of each word; see `Tagger.revise`."""
    judged = [
        _judged(one, probabilities[list(inside(tokens, one.start, one.end))]) for one in sorted(finds)
    ]
    people = (one.text.lower().split() for one in finds if one.kind == "person")
    known = {word for name in people for word in name}
    made: list[Identifier] = []
    at = 0
    for new in _spans(text, tokens, probabilities, known):
        while at < len(judged) and judged[at].end <= new.start:
            made.append(judged[at])
            at += 1
        last = at
        while last < len(judged) and judged[last].start < new.end:
            last += 1
        if not (made and new.start < made[-1].end):
            made += _settled(new, judged[at:last])
            at = last
    return [*made, *judged[at:]]


def _settled(new: Identifier, met: Sequence[Identifier]) -> Sequence[Identifier]:
    """Return what stands of a find of the network and the rules' finds that it meets."""
    sure = [one for one in met if one.confidence >= REPLACED_FROM]
    if not sure:
        return [new] if new.confidence >= REPLACED_FROM or not met else met
    if not _widens(new, sure):
        return met
    subkind = next((one.subkind for one in sure if one.kind == new.kind), "")
    confidence = max(new.confidence, *(one.confidence for one in sure))
    return [replace(new, confidence=confidence, subkind=subkind)]


def _judged(one: Identifier, probabilities: FloatArray) -> Identifier:
    """Return a name found by the rules as a hint where it is unlikely, and of the kind that is surely it."""
    if one.kind not in NAMED or one.confidence < REPLACED_FROM or not len(probabilities):
        return one
    if probabilities[:, 1:].sum(axis=1).max() < UNLIKELY:
        return replace(one, confidence=_HINT)
    mean = probabilities.mean(axis=0)
    kind = max(NAMED, key=lambda name: float(mean[1 + KINDS.index(name)]))
    if kind != one.kind and mean[1 + KINDS.index(kind)] >= _SURE_KIND:
        return replace(one, kind=kind, subkind="")
    return one


def _widens(new: Identifier, met: Sequence[Identifier]) -> bool:
    """Return whether a find takes in whole names that the rules found in part."""
    return (
        new.kind in NAMED
        and all(one.kind in NAMED for one in met)
        and new.start <= min(one.start for one in met)
        and new.end >= max(one.end for one in met)
        and (len(met) > 1 or (new.start, new.end) != (met[0].start, met[0].end))
    )


def _spans(
    text: str, tokens: Sequence[Token], probabilities: FloatArray, known: Collection[str]
) -> Iterator[Identifier]:
    """Yield runs of words of one kind."""
    best = probabilities[:, 1:].argmax(axis=1)
    first = 0
    while first < len(tokens):
        kind = KINDS[best[first]]
        last = first
        while (
            last < len(tokens)
            and KINDS[best[last]] == kind
            and probabilities[last, 1 + best[last]] >= FROM.get(kind, 2)
            and (last == first or _goes_on(text, tokens, first, last))
        ):
            last += 1
        while kind in NAMED and first < last and _begins_none(text, tokens[first]):
            first += 1
        if last > first and not _is_none(tokens[first:last], kind):
            mean = float(probabilities[first:last, 1 + best[first]].mean())
            above = (mean - FROM[kind]) / (1 - FROM[kind])
            start, end = tokens[first].start, _end(tokens, first, last, kind, known)
            confidence = (
                min(REPLACED_FROM + (1 - REPLACED_FROM) * above, 0.99) if kind in NAMED else _HINT
            )
            yield Identifier(start, end, kind, text[start:end], confidence)
        first = max(last, first + 1)


def _begins_none(text: str, token: Token) -> bool:
    """Return whether no name begins with a word: *på*, or the letter of *7B*."""
    letter = len(token.text) == 1 and token.start > 0 and text[token.start - 1].isdigit()
    return letter or (token.low in LOCATIVE and not token.capital)


def _goes_on(text: str, tokens: Sequence[Token], first: int, last: int) -> bool:
    """Return whether a name that began with one word takes in another: no sentence may end between them.

    After an initial or an abbreviation none begins; a number that a name begins with is an ordinal (*3. Tasta*).
    """
    between = text[tokens[last - 1].end : tokens[last].start]
    ordinal = last == first + 1 and tokens[first].text.isdecimal()
    return between in _BETWEEN and not (between == ". " and tokens[last].first and not ordinal)


def _is_none(words: Sequence[Token], kind: str) -> bool:
    """Return whether words alone tell that they are none of a kind: *NAV* or *67* names nobody, *år* is no age."""
    if kind in NAMED:
        return all(word.low in NO_NAMES or word.low.isdecimal() for word in words)
    return kind == "age" and all(word.low in _YEARS for word in words)


def _end(tokens: Sequence[Token], first: int, last: int, kind: str, known: Collection[str]) -> int:
    """Return where an identifier ends: before a genitive's *s*, and before the word that a name is joined to."""
    token = tokens[last - 1]
    if kind not in NAMED:
        return token.end
    head, dash, tail = token.text.rpartition("-")
    if dash and len(tail) > 2 and tail.islower() and is_word(tail) and not is_word(head.lower()):
        return token.start + len(head)
    if token.low.endswith("s") and token.low[:-1] in known:
        return token.end - 1
    return end_of_name(tokens, first, last)
