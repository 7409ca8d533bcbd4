"""N-grams of texts as rows of numbers: what scikit-learn learned, applied without loading it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["characters", "words"]
Array = npt.NDArray[np.float64]

LENGTHS: dict[Kind, tuple[int, int]] = {"characters": (2, 5), "words": (1, 2)}
"""The shortest and the longest n-grams; of characters, within a word and the spaces around it."""

_ANALYZERS: dict[Kind, str] = {"characters": "char_wb", "words": "word"}
_WORD = re.compile(r"\b\w\w+\b")


@dataclass(frozen=True, eq=False)
class SparseRows:
    """A matrix that is mostly zeros, row by row.

    Attributes
    ----------
    data, indices : ndarray
        The numbers that are not zero, and their columns, ascending in each row.
    starts : ndarray of int, shape (n + 1,)
        Where in these each row begins, and the last one ends.
    width : int
        Number of columns.
    """

    data: Array
    indices: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    width: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return len(self), self.width

    def __getitem__(self, row: int) -> SparseRows:
        """Return one row, as a matrix of its own."""
        own = slice(self.starts[row], self.starts[row + 1])
        return SparseRows(
            self.data[own], self.indices[own], np.array([0, own.stop - own.start]), self.width
        )

    def __matmul__(self, dense: Array) -> Array:
        """Return the product with a dense matrix of shape (width, k), of shape (n, k)."""
        product = np.zeros((len(self), dense.shape[1]))
        for row, (start, stop) in enumerate(zip(self.starts[:-1], self.starts[1:], strict=True)):
            product[row] = self.data[start:stop] @ dense[self.indices[start:stop]]
        return product

    def to_scipy(self) -> Any:
        """Return the matrix as `scipy.sparse.csr_matrix`."""
        from scipy.sparse import csr_matrix

        return csr_matrix((self.data, self.indices, self.starts), shape=self.shape)


@dataclass(frozen=True)
class Ngrams:
    """Transforms texts into tf-idf of n-grams, as scikit-learn's `TfidfVectorizer` does.

    Term frequencies are sublinear, 1 + log(tf), and rows have length 1.

    Attributes
    ----------
    kind : {"characters", "words"}
        N-grams of 2 to 5 characters within words, or of 1 to 2 words of two letters or more.
    vocabulary : list of str
        The n-grams of the columns.
    idf : ndarray of shape (len(vocabulary),)
        Inverse document frequency of each.
    """

    kind: Kind
    vocabulary: list[str]
    idf: Array

    @classmethod
    def fit(cls, kind: Kind, texts: Sequence[str], most: int, min_df: int = 1) -> Ngrams:
        """Learn the n-grams of texts.

        Parameters
        ----------
        kind : {"characters", "words"}
        texts : sequence of str
        most : int
            How many to keep, the most frequent ones.
        min_df : int
            In how many texts one must stand.

        Raises
        ------
        ValueError
            There are none.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer

        learned = TfidfVectorizer(
            analyzer=_ANALYZERS[kind], ngram_range=LENGTHS[kind], max_features=most, min_df=min_df
        ).fit(texts)
        return cls(kind, learned.get_feature_names_out().tolist(), learned.idf_)

    @cached_property
    def columns(self) -> Mapping[str, int]:
        """The column of each n-gram."""
        return {ngram: column for column, ngram in enumerate(self.vocabulary)}

    @property
    def analyze(self) -> Callable[[str], list[str]]:
        """Return a text's n-grams, each as often as it stands there."""
        return _characters if self.kind == "characters" else _words

    def transform(self, texts: Sequence[str]) -> SparseRows:
        """Return tf-idf, a row a text."""
        data, indices, starts = [], [], [0]
        for text in texts:
            counts = Counter(
                column for ngram in self.analyze(text) if (column := self.columns.get(ngram)) is not None
            )
            own = np.array(sorted(counts), dtype=np.int64)
            row = (1 + np.log([counts[column] for column in own.tolist()])) * self.idf[own]
            data.append(row / (np.sqrt(row @ row) or 1.0))
            indices.append(own)
            starts.append(starts[-1] + len(own))
        return SparseRows(
            np.concatenate(data) if data else np.zeros(0),
            np.concatenate(indices) if indices else np.zeros(0, dtype=np.int64),
            np.array(starts, dtype=np.int64),
            len(self.vocabulary),
        )


def _words(text: str) -> list[str]:
    words = _WORD.findall(text.lower())
    return [*words, *(f"{one} {next_}" for one, next_ in pairwise(words))]


def _characters(text: str) -> list[str]:
    shortest, longest = LENGTHS["characters"]
    found = []
    for word in text.lower().split():
        padded = f" {word} "
        for length in range(shortest, longest + 1):
            found.append(padded[:length])
            found += [padded[i : i + length] for i in range(1, len(padded) - length + 1)]
            if len(padded) <= length:  # a short word is counted once, not once a length
                break
    return found
