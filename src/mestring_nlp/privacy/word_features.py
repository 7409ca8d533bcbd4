"""What is known of each word of a text: its state in the encoder, the lists, its form, and the rules' finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from mestring_nlp.onnx_encoder import FloatArray, bundled_encoder
from mestring_nlp.privacy.identifiers import KINDS, REPLACED_FROM, Identifier
from mestring_nlp.privacy.lexicon import is_listed, is_word, lexicon
from mestring_nlp.privacy.tokens import Token, inside

_WINDOW = 120
"""Words that the encoder reads at a time; passages that the tagger learned from have 20 to 110."""
_LONGEST = 4_000
"""Characters of a window that the encoder is given: more are no words."""
_SCALE = 2.0
"""Weight of a flag against a number of the encoder's, which vary by about 1."""


def features_of(text: str, tokens: Sequence[Token], finds: Sequence[Identifier]) -> FloatArray:
    """Return what a tagger is told of each word: the word itself, the one before and the one after.

    Parameters
    ----------
    text : str
    tokens : sequence of Token
        Its words; see `mestring_nlp.privacy.tokens.tokens_of`.
    finds : sequence of Identifier
        What the rules found in it.

    Returns
    -------
    float32 array of shape (words, features)
    """
    states = _with_neighbours(_states(text, tokens))
    told = np.hstack([_flags(tokens), _ruled(tokens, finds)])
    return np.hstack([states, _SCALE * _with_neighbours(told)])


def _with_neighbours(rows: FloatArray) -> FloatArray:
    none = np.zeros_like(rows[:1])
    before, after = np.vstack([none, rows[:-1]]), np.vstack([rows[1:], none])
    return np.hstack([rows, before, after])


def _states(text: str, tokens: Sequence[Token]) -> FloatArray:
    """Return the mean state of each word's pieces; zeros for one that the encoder does not see."""
    encoder = bundled_encoder()
    states = np.zeros((len(tokens), encoder.description["dimension"]), dtype=np.float32)
    windows = list(_windows(text, tokens))
    starts = [tokens[first].start for first, _ in windows]
    ends = [*starts[1:], len(text)]
    texts = [text[start:end][:_LONGEST] for start, end in zip(starts, ends, strict=True)]
    for (first, last), start, (spans, pieces) in zip(
        windows, starts, encoder.states(texts), strict=True
    ):
        at = 0
        for number in range(first, last):
            token = tokens[number]
            while at < len(spans) and spans[at][1] + start <= token.start:
                at += 1
            end = at
            while end < len(spans) and spans[end][0] + start < token.end:
                end += 1
            inside = [i for i in range(at, end) if spans[i][1] > spans[i][0]]
            if inside:
                states[number] = pieces[inside].mean(axis=0)
            at = max(at, end - 1)
    return states


def _windows(text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield stretches of words that end, where they can, with a line or else a sentence."""
    first = 0
    while first < len(tokens):
        last = min(first + _WINDOW, len(tokens))
        if last < len(tokens):
            late = range(last, first + _WINDOW // 2, -1)
            lines = (at for at in late if "\n" in text[tokens[at - 1].end : tokens[at].start])
            last = next(lines, next((at for at in late if tokens[at].first), last))
        yield first, last
        first = last


def _flags(tokens: Sequence[Token]) -> FloatArray:
    """Return what the lists and the form of each word say, as zeros and ones."""
    lists = lexicon()
    rows = []
    for token in tokens:
        low = token.low
        row: list[bool] = []
        for form in (low, low[:-1] if low.endswith("s") and len(low) > 3 else low):
            given, surname = lists.given.get(form), lists.surnames.get(form)
            row += [given == grade for grade in range(3)]
            row += [surname == grade for grade in range(3)]
            row.append(form in lists.places)
        row += [is_word(low), is_listed(low)]
        row += [token.capital, token.first, token.cased, token.joined, token.capital and not token.first]
        row += [low.isdigit(), len(low) <= 2, len(low) <= 4, "-" in low]
        row += [token.text.isupper() and len(low) > 1, low.endswith("s")]
        rows.append(row)
    return np.array(rows, dtype=np.float32)


def _ruled(tokens: Sequence[Token], finds: Sequence[Identifier]) -> FloatArray:
    """Return how sure the rules are of each kind, finds and hints apart."""
    rows = np.zeros((len(tokens), 2 * len(KINDS)), dtype=np.float32)
    for one in finds:
        column = KINDS.index(one.kind) + len(KINDS) * (one.confidence < REPLACED_FROM)
        for number in inside(tokens, one.start, one.end):
            rows[number, column] = max(0.3, one.confidence)
    return rows
