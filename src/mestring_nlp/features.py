"""What the views look at: embeddings and n-grams of passages and of the questions they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

from mestring_nlp.encoding import Encoder

Array = npt.NDArray[np.float64]

PASSAGE_VIEWS = ("meaning", "spelling", "words")
QUESTION_VIEWS = ("question_meaning", "question_spelling")
VIEWS = PASSAGE_VIEWS + QUESTION_VIEWS
NGRAM_VIEWS = ("spelling", "words", "question_spelling")

_MANY = 200


@dataclass(frozen=True)
class Features:
    """Turns passages and questions into one matrix a view.

    Attributes
    ----------
    encoder : Encoder
    mean : ndarray of shape (dimension,)
        Mean of the embeddings learned from; subtracted from each.
    scale : float
        Centred embeddings are divided by it: their length is then 1 on average, so that one
        penalty suits any encoder.
    vectorizers : dict of str to TfidfVectorizer
        One for each of `NGRAM_VIEWS`.
    """

    encoder: Encoder
    mean: Array
    scale: float
    vectorizers: dict[str, TfidfVectorizer]

    @classmethod
    def learn(
        cls, encoder: Encoder, texts: Sequence[str], asked: Sequence[str], ngrams: int
    ) -> Features:
        """Learn the mean embedding, and which n-grams there are.

        Parameters
        ----------
        encoder : Encoder
        texts, asked : sequence of str
            Passages, and questions; none is empty.
        ngrams : int
            How many n-grams each view keeps, the most frequent ones.
        """
        vectors = encoder.encode([*texts, *asked])
        mean = vectors.mean(axis=0).astype(np.float64)
        scale = float(np.sqrt(((vectors - mean) ** 2).sum(axis=1).mean())) or 1.0
        seldom = 2 if len(texts) >= _MANY else 1
        vectorizers = {
            "spelling": _vectorizer("spelling", ngrams).fit(texts),
            "words": _vectorizer("words", ngrams, min_df=seldom).fit(texts),
            "question_spelling": _vectorizer("question_spelling", ngrams).fit(asked or texts),
        }
        return cls(encoder, mean, scale, vectorizers)

    def of(self, texts: Sequence[str], asked: Sequence[str]) -> dict[str, Any]:
        """Give each view's matrix, a row a passage; an empty question has no n-grams."""
        return {
            "meaning": self._embed(texts),
            "spelling": self.vectorizers["spelling"].transform(texts),
            "words": self.vectorizers["words"].transform(texts),
            "question_meaning": self._embed(asked),
            "question_spelling": self.vectorizers["question_spelling"].transform(asked),
        }

    def _embed(self, texts: Sequence[str]) -> Array:
        return np.asarray((self.encoder.encode(texts).astype(np.float64) - self.mean) / self.scale)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Give what was learned as arrays, for saving."""
        arrays: dict[str, npt.NDArray[Any]] = {"mean": self.mean, "scale": np.array(self.scale)}
        for view, vectorizer in self.vectorizers.items():
            arrays[f"{view}/vocabulary"] = vectorizer.get_feature_names_out().astype(np.str_)
            arrays[f"{view}/idf"] = vectorizer.idf_.astype(np.float32)
        return arrays

    @classmethod
    def from_arrays(
        cls, encoder: Encoder, arrays: Mapping[str, npt.NDArray[Any]], ngrams: int
    ) -> Features:
        """Take up what `to_arrays` gave."""
        vectorizers = {}
        for view in NGRAM_VIEWS:
            vocabulary = arrays[f"{view}/vocabulary"].tolist()
            vectorizers[view] = _vectorizer(view, ngrams, vocabulary=vocabulary)
            vectorizers[view].idf_ = arrays[f"{view}/idf"].astype(np.float64)
        return cls(encoder, arrays["mean"], float(arrays["scale"]), vectorizers)


def _vectorizer(view: str, ngrams: int, **fitted: Any) -> TfidfVectorizer:
    analyzer, lengths = ("word", (1, 2)) if view == "words" else ("char_wb", (2, 5))
    return TfidfVectorizer(
        analyzer=analyzer, ngram_range=lengths, sublinear_tf=True, max_features=ngrams, **fitted
    )
