"""Why a suggestion came about: the classifier is linear, so that its reasons are its arithmetic."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.classifier import Decomposition, SegmentClassifier
from mestring_nlp.codebook import Code, Codebook
from mestring_nlp.encoding import Encoder
from mestring_nlp.features import PASSAGE_VIEWS, QUESTION_VIEWS
from mestring_nlp.stacking import NEIGHBOURS
from mestring_nlp.suggestion import Neighbour, Reason
from mestring_nlp.training_data import Examples

_WORD = re.compile(r"\w\w+")
_NEAREST = 3
_WORDS = 5


class Explainer:
    """Gives the reasons for a classifier's answers.

    Parameters
    ----------
    classifier : SegmentClassifier
        Fitted.
    codebook : Codebook
    encoder : Encoder
    passages : Examples, optional
        What the classifier learned from.
    vectors : ndarray of shape (len(passages), dimension), optional
        Their centred embeddings.
    """

    def __init__(
        self,
        classifier: SegmentClassifier,
        codebook: Codebook,
        encoder: Encoder,
        passages: Examples | None = None,
        vectors: npt.NDArray[np.float16] | None = None,
    ) -> None:
        self.classifier, self.codebook, self.encoder = classifier, codebook, encoder
        self.passages, self.vectors = None, None
        if passages is not None and vectors is not None:
            self.passages = passages.passages
            self.vectors = _unit(vectors[[bool(text) for text in passages.texts]].astype(np.float32))

    @cached_property
    def _lines(self) -> dict[str, tuple[list[str], npt.NDArray[Any]]]:
        """Each code's lines in the codebook, and their centred vectors."""
        lines = {code.id: _lines_of(code) for code in self.codebook}
        every = [line for found in lines.values() for line in found]
        vectors = dict(
            zip(every, _unit(self.encoder.encode(every) - self.classifier.features_.mean), strict=True)
        )
        return {code: (found, np.stack([vectors[x] for x in found])) for code, found in lines.items()}

    @cached_property
    def _ngrams(self) -> dict[str, dict[str, int]]:
        return {
            view: {ngram: j for j, ngram in enumerate(vectorizer.get_feature_names_out())}
            for view, vectorizer in self.classifier.features_.vectorizers.items()
        }

    def reasons(self, texts: Sequence[str], found: Decomposition) -> list[Reason]:
        """Give one reason a passage, for its most probable answer.

        Parameters
        ----------
        texts : sequence of str
            The passages.
        found : Decomposition
            What `SegmentClassifier.decompose` gave for them.
        """
        if not texts:
            return []
        answers = [*self.classifier.codes_, ""]
        best = found.probabilities.argmax(axis=1)
        vectors = _unit(found.features["meaning"])
        nearest = self._nearest(vectors)
        reasons = []
        for i, text in enumerate(texts):
            j = int(best[i])
            passage = _sum(found, PASSAGE_VIEWS, i, j)
            question = _sum(found, QUESTION_VIEWS, i, j)
            around = _sum(found, NEIGHBOURS, i, j)
            words = tuple(self._telling(self.words(text, j, i, found)))
            line = self._line(answers[j], vectors[i])
            reasons.append(Reason(answers[j], passage, question, around, words, line, nearest[i]))
        return reasons

    def words(self, text: str, answer: int, row: int, found: Decomposition) -> dict[str, float]:
        """Give what each word of a passage adds to the log-odds of an answer.

        Every n-gram's contribution is shared out to the words that it lies in, so that the words'
        sum is exactly what the views "spelling" and "words" contribute.

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
        for view in ("words", "spelling"):
            if view not in views:
                continue
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
            if view == "words":
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
        if self.passages is None or self.vectors is None:
            return [()] * len(vectors)
        likeness = vectors.astype(np.float32) @ self.vectors.T
        p = self.passages
        return [
            tuple(
                Neighbour(p.texts[k], p.codes[k], p.groups[k], float(row[k]))
                for k in np.argsort(-row, kind="stable")[:_NEAREST]
            )
            for row in likeness
        ]


def _sum(found: Decomposition, views: Sequence[str], row: int, answer: int) -> float:
    return float(sum(found.contributions[v][row, answer] for v in views if v in found.contributions))


def _lines_of(code: Code) -> list[str]:
    return [code.definition, *code.includes]


def _unit(vectors: npt.NDArray[Any]) -> npt.NDArray[Any]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(length == 0, 1, length))
