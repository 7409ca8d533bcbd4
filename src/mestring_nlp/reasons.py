"""Reasons for a suggestion: the terms that add up to its logits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.codebook import Codebook
from mestring_nlp.features import NGRAM_VIEWS, VIEWS, unit_rows
from mestring_nlp.prediction import Decomposition
from mestring_nlp.predictor import Predictor
from mestring_nlp.stacking import NEIGHBOURS
from mestring_nlp.stop_words import stop_words
from mestring_nlp.suggestion import ASSISTANT, Neighbour, Reason
from mestring_nlp.transcript import Segment

Array = npt.NDArray[np.float64]

_WORD = re.compile(r"\w\w+")
_NEAREST = 3
_AT_ONCE = 512
"""Rows whose vectors are in memory as float32, with those that they are held against."""
_WORDS = 5


class Explainer:
    """Finds the reasons for predictions.

    Parameters
    ----------
    predictor : Predictor
    codebook : Codebook
    lines : ndarray of shape (n, dimension)
        Centred embeddings of the codebook's lines, in order.
    segments : sequence of Segment
        What it learned from; empty where that is not known.
    vectors : ndarray of shape (len(segments), dimension), optional
        Their centred embeddings.
    """

    def __init__(
        self,
        predictor: Predictor,
        codebook: Codebook,
        lines: npt.NDArray[np.float16],
        segments: Sequence[Segment] = (),
        vectors: npt.NDArray[np.float16] | None = None,
    ) -> None:
        self.predictor = predictor
        of_lines = iter(unit_rows(lines.astype(np.float32)))
        self._lines = {
            code: (said, np.stack([next(of_lines) for _ in said]))
            for code, said in codebook.lines.items()
        }
        self.segments = segments if vectors is not None else ()
        self.vectors = vectors

    def reasons(self, segments: Sequence[Segment], found: Decomposition) -> list[Reason]:
        """Return a reason for each segment's most probable answer.

        Parameters
        ----------
        segments : sequence of Segment
        found : Decomposition
            What `Predictor.decompose` returned for them.
        """
        if not segments:
            return []
        vectors = unit_rows(found.features["embedding"])
        nearest = self._nearest(vectors)
        reasons = []
        for i, (segment, answer) in enumerate(zip(segments, found.prediction.top1, strict=True)):
            said, asked = self.words(segment, i, found)
            odds = _Odds(found.prediction.probabilities[i])
            reasons.append(
                Reason(
                    answer,
                    odds.of(_sum(found, ("embedding",), i) + sum(said.values())),
                    odds.of(sum(asked.values())),
                    odds.of(_sum(found, NEIGHBOURS, i)),
                    tuple(_telling({word: odds.of(value) for word, value in said.items()})),
                    self._line(answer, vectors[i]),
                    nearest[i],
                    odds.of(_sum(found, ("joint_embedding",), i)),
                    assistant_weight=odds.of(_sum(found, (ASSISTANT,), i)),
                )
            )
        return reasons

    def words(
        self, segment: Segment, row: int, found: Decomposition
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        """Compute what each word adds to the logits of all answers.

        Every n-gram's contribution is shared out to the words that it lies in, so that the words'
        sum is exactly what the n-gram views contribute.

        Parameters
        ----------
        segment : Segment
        row : int
            Its row in `found`.
        found : Decomposition

        Returns
        -------
        said, asked : dict of str to ndarray of shape (n_codes + 1,)
            Of the words of the passage, and of those of the question.
        """
        said: dict[str, Array] = {}
        asked: dict[str, Array] = {}
        views, ngrams_of = self.predictor.views, self.predictor.features.ngrams
        for name in [name for name in NGRAM_VIEWS if name in views and found.weights[name][row]]:
            view, features = VIEWS[name], found.features[name][row]
            shares = features.data[:, None] * views[name].coefficients[features.indices]
            share = dict(zip(features.indices, shares * found.weights[name][row], strict=True))
            index, analyze = ngrams_of[name].columns, ngrams_of[name].analyze
            if view.kind == "words":
                total = said if view.field == "text" else asked
                for ngram in Counter(analyze(view.read(segment))):
                    parts = ngram.split(" ")
                    for word in parts if index.get(ngram) in share else ():
                        _add(total, word, share[index[ngram]] / len(parts))
                continue
            texts = [(segment.text, said)]
            texts += [(segment.question, asked)] if view.field == "joint" else []
            tokens = [Counter(text.lower().split()) for text, _ in texts]
            ngrams = {token: Counter(analyze(token)) for token in sum(tokens, Counter())}
            times: Counter[str] = Counter()
            for counts in tokens:
                for token, count in counts.items():
                    for ngram, inside in ngrams[token].items():
                        times[ngram] += inside * count
            for counts, (_, total) in zip(tokens, texts, strict=True):
                for token, count in counts.items():
                    word = next(iter(_WORD.findall(token)), token)
                    for ngram, inside in ngrams[token].items():
                        if index.get(ngram) in share:
                            _add(total, word, share[index[ngram]] * (inside * count / times[ngram]))
        return said, asked

    def _line(self, code: str, vector: npt.NDArray[Any]) -> str:
        if not code:
            return ""
        lines, vectors = self._lines[code]
        return lines[int((vectors @ vector).argmax())]

    def _nearest(self, vectors: npt.NDArray[Any]) -> list[tuple[Neighbour, ...]]:
        if self.vectors is None:
            return [()] * len(vectors)
        found: list[tuple[Neighbour, ...]] = []
        for some in _parts(vectors.astype(np.float32)):
            known = (unit_rows(part.astype(np.float32)) for part in _parts(self.vectors))
            similarity = np.hstack([some @ part.T for part in known])
            for row in similarity:
                nearest = np.argsort(-row, kind="stable")[:_NEAREST]
                found.append(tuple(self._neighbour(k, row[k]) for k in nearest.tolist()))
        return found

    def _neighbour(self, row: int, similarity: float) -> Neighbour:
        near = self.segments[row]
        return Neighbour(near.text, near.codes or (), near.sequence, float(similarity))


class _Odds:
    """How a change of all answers' logits moves the log-odds of the most probable one."""

    def __init__(self, probabilities: Array) -> None:
        self.answer = int(probabilities.argmax())
        others = np.delete(probabilities, self.answer)
        self.against = -others / (others.sum() or 1.0)

    def of(self, logits: Any) -> float:
        """Return the change for a row of logits; 0 for none."""
        if np.ndim(logits) == 0:
            return 0.0
        return float(logits[self.answer] + self.against @ np.delete(logits, self.answer))


def _parts(vectors: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    for start in range(0, len(vectors), _AT_ONCE):
        yield vectors[start : start + _AT_ONCE]


def _sum(found: Decomposition, views: Sequence[str], row: int) -> Any:
    return sum(found.contributions[view][row] for view in views if view in found.contributions)


def _add(total: dict[str, Array], word: str, value: Array) -> None:
    total[word] = total[word] + value if word in total else value


def _telling(words: dict[str, float]) -> list[tuple[str, float]]:
    """Return the words without which the answer would lose most, those of no subject left out."""
    chosen = [
        (word, value)
        for word, value in words.items()
        if value > 0 and word not in stop_words() and _WORD.fullmatch(word)
    ]
    return sorted(chosen, key=lambda item: -item[1])[:_WORDS]
