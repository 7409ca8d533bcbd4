"""Code by case: how often each code occurs in each interview (the code matrix of QDA programs)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mestring_nlp.analysis.material import Floats, Material

if TYPE_CHECKING:
    from pandas import DataFrame


def code_by_case(material: Material) -> DataFrame:
    """Count passages and words of each code in each case.

    Parameters
    ----------
    material : Material

    Returns
    -------
    DataFrame
        One row for each coder, case and code. ``passages`` are counted as they were marked; ``words``
        once, also where passages overlap; ``talk`` are the words that the coder judged; ``share`` is
        words / talk, in [0, 1]: shares of several codes may add up to more than one. ``row_share``,
        ``column_share`` and ``total_share`` are the passages' share of the case's, of the code's and of
        all; ``nan`` where there are none. Cases that a coder did not read have no row.
    """
    from pandas import DataFrame, concat

    names = material.names
    tables = []
    for talk in material.coders:
        passages, words = talk.case_passages, talk.case_words
        n, k = passages.shape
        shares = (
            _shares(passages, passages.sum(axis=1, keepdims=True)),
            _shares(passages, passages.sum(axis=0, keepdims=True)),
            _shares(passages, passages.sum(keepdims=True)),
        )
        tables.append(
            DataFrame(
                {
                    "coder": talk.coder,
                    "case": np.repeat(np.array(talk.cases, dtype=object), k),
                    "code": list(talk.codes) * n,
                    "name": [names[code] for code in talk.codes] * n,
                    "passages": passages.ravel().astype(int),
                    "words": words.ravel().astype(int),
                    "talk": np.repeat(talk.talk, k).astype(int),
                    "share": talk.share.ravel(),
                    **{
                        f"{base}_share": found.ravel()
                        for base, found in zip(("row", "column", "total"), shares, strict=True)
                    },
                }
            )
        )
    return concat(tables, ignore_index=True)


def _shares(counts: Floats, whole: Floats) -> Floats:
    whole = np.broadcast_to(whole, counts.shape)
    nothing = np.full(counts.shape, np.nan)
    return np.asarray(np.divide(counts, whole, out=nothing, where=whole > 0))
