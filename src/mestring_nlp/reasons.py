"""Reasons for a suggestion: the terms of the linear classifier that add up to its log-odds."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.preprocessing import normalize

from mestring_nlp.classifier import SegmentClassifier
from mestring_nlp.codebook import Code, Codebook
from mestring_nlp.encoding import Encoder
from mestring_nlp.features import QUESTION_VIEWS, TEXT_VIEWS, VIEWS
from mestring_nlp.prediction import Decomposition
from mestring_nlp.stacking import NEIGHBOURS
from mestring_nlp.suggestion import Neighbour, Reason
from mestring_nlp.transcript import Segment

_WORD = re.compile(r"\w\w+")
_WORD_VIEWS = tuple(name for name in TEXT_VIEWS if VIEWS[name].kind != "embedding")
_NEAREST = 3
_WORDS = 5


class Explainer:
    """Finds the reasons for a classifier's predictions.

    Parameters
    ----------
    classifier : SegmentClassifier
        Fitted.
    codebook : Codebook
    encoder : Encoder
    segments : sequence of Segment
        What the classifier learned from; empty where that is not known.
    vectors : ndarray of shape (len(segments), dimension), optional
        Their centred embeddings.
    """

    def __init__(
        self,
        classifier: SegmentClassifier,
        codebook: Codebook,
        encoder: Encoder,
        segments: Sequence[Segment] = (),
        vectors: npt.NDArray[np.float16] | None = None,
    ) -> None:
        self.classifier, self.codebook, self.encoder = classifier, codebook, encoder
        self.segments = segments if vectors is not None else ()
        self.vectors = normalize(vectors.astype(np.float32)) if vectors is not None else None

    @cached_property
    def _lines(self) -> dict[str, tuple[list[str], npt.NDArray[Any]]]:
        """Each code's lines in the codebook, and their centred vectors of length 1."""
        lines = {code.id: _lines_of(code) for code in self.codebook}
        every = [line for found in lines.values() for line in found]
        vectors = dict(
            zip(
                every,
                normalize(self.encoder.encode(every) - self.classifier.features_.mean),
                strict=True,
            )
        )
        return {code: (found, np.stack([vectors[x] for x in found])) for code, found in lines.items()}

    @cached_property
    def _ngrams(self) -> dict[str, dict[str, int]]:
        return {
            view: {ngram: j for j, ngram in enumerate(vectorizer.get_feature_names_out())}
            for view, vectorizer in self.classifier.features_.vectorizers.items()
        }

    def reasons(self, segments: Sequence[Segment], found: Decomposition) -> list[Reason]:
        """Return a reason for each segment's most probable answer.

        Parameters
        ----------
        segments : sequence of Segment
        found : Decomposition
            What `SegmentClassifier.decompose` returned for them.
        """
        if not segments:
            return []
        vectors = normalize(found.features["embedding"])
        nearest = self._nearest(vectors)
        reasons = []
        for i, (segment, answer) in enumerate(zip(segments, found.prediction.top1, strict=True)):
            j = int(found.prediction.ranking[i, 0])
            reasons.append(
                Reason(
                    answer,
                    _sum(found, TEXT_VIEWS, i, j),
                    _sum(found, QUESTION_VIEWS, i, j),
                    _sum(found, NEIGHBOURS, i, j),
                    tuple(self._telling(self.words(segment.text, j, i, found))),
                    self._line(answer, vectors[i]),
                    nearest[i],
                )
            )
        return reasons

    def words(self, text: str, answer: int, row: int, found: Decomposition) -> dict[str, float]:
        """Compute what each word of a passage adds to the log-odds of an answer.

        Every n-gram's contribution is shared out to the words that it lies in, so that the words'
        sum is exactly what the n-gram views of the passage contribute.

        Parameters
        ----------
        text : str
            The passage.
        answer : int
            Column of the code, or of no code.
        row : int
            The passage's row in `found`.
        found : Decomposition
        """
        total: dict[str, float] = defaultdict(float)
        views = self.classifier.views_
        for view in [name for name in _WORD_VIEWS if name in views]:
            features = found.features[view][row]
            share = dict(
                zip(
                    features.indices,
                    features.data
                    * views[view].coefficients[features.indices, answer]
                    * found.weights[view][row],
                    strict=True,
                )
            )
            index = self._ngrams[view]
            analyze = self.classifier.features_.vectorizers[view].build_analyzer()
            if VIEWS[view].kind == "words":
                for ngram, count in Counter(analyze(text)).items():
                    parts = ngram.split(" ")
                    for word in parts if count else ():
                        total[word] += share.get(index.get(ngram, -1), 0.0) / len(parts)
                continue
            tokens = Counter(text.lower().split())
            ngrams = {token: Counter(analyze(token)) for token in tokens}
            times: Counter[str] = Counter()
            for token, count in tokens.items():
                for ngram, inside in ngrams[token].items():
                    times[ngram] += inside * count
            for token, count in tokens.items():
                word = next(iter(_WORD.findall(token)), token)
                for ngram, inside in ngrams[token].items():
                    whole = share.get(index.get(ngram, -1), 0.0)
                    total[word] += whole * inside * count / times[ngram]
        return {word: float(value) for word, value in total.items()}

    @staticmethod
    def _telling(words: dict[str, float]) -> list[tuple[str, float]]:
        """The words that speak most for the answer, those that say nothing by themselves left out."""
        from spacy.lang.nb.stop_words import STOP_WORDS

        chosen = [
            (word, value)
            for word, value in words.items()
            if value > 0 and word not in STOP_WORDS and _WORD.fullmatch(word)
        ]
        return sorted(chosen, key=lambda item: -item[1])[:_WORDS]

    def _line(self, code: str, vector: npt.NDArray[Any]) -> str:
        if not code:
            return ""
        lines, vectors = self._lines[code]
        return lines[int((vectors @ vector).argmax())]

    def _nearest(self, vectors: npt.NDArray[Any]) -> list[tuple[Neighbour, ...]]:
        if self.vectors is None:
            return [()] * len(vectors)
        similarity = vectors.astype(np.float32) @ self.vectors.T
        return [
            tuple(
                Neighbour(near.text, near.codes or (), near.transcript, float(row[k]))
                for k in np.argsort(-row, kind="stable")[:_NEAREST]
                for near in (self.segments[k],)
            )
            for row in similarity
        ]


def _sum(found: Decomposition, views: Sequence[str], row: int, answer: int) -> float:
    return float(sum(found.contributions[v][row, answer] for v in views if v in found.contributions))


def _lines_of(code: Code) -> list[str]:
    return [code.definition, *code.includes]
