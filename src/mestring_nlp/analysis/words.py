"""The words that tell groups of passages apart: TF-IDF of classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mestring_nlp.stop_words import stop_words


def telling_words(groups: Sequence[Sequence[str]], most: int = 8) -> list[list[str]]:
    """Return the words that are frequent in each group of texts and rare in the others.

    Parameters
    ----------
    groups : sequence of sequence of str
        The texts of each group.
    most : int, default 8

    Returns
    -------
    list of list of str
        In small letters, the most telling first; a group without a word that counts has none.

    References
    ----------
    M. Grootendorst (2022). BERTopic: neural topic modeling with a class-based TF-IDF procedure.
    arXiv:2203.05794, equation 1.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    joined = [" ".join(texts) for texts in groups]
    counter = CountVectorizer(stop_words=sorted(stop_words()), token_pattern=r"(?u)\b[^\W\d_]{3,}\b")
    try:
        counts = counter.fit_transform(joined).toarray().astype(float)
    except ValueError:  # nothing but stop words
        return [[] for _ in groups]
    lengths = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    weights = counts / lengths * np.log(1 + lengths.mean() / counts.sum(axis=0))
    names = counter.get_feature_names_out()
    return [
        [str(names[j]) for j in np.argsort(-row, kind="stable")[:most] if row[j] > 0] for row in weights
    ]
