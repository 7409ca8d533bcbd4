"""Core categories: what Strauss asks of them, as figures with intervals and ranks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from mestring_nlp.analysis.cooccurrence import counts_together, turns
from mestring_nlp.analysis.material import CodedTalk, Floats, Material
from mestring_nlp.analysis.resampling import interval
from mestring_nlp.analysis.vectors import Vectors
from mestring_nlp.analysis.words import telling_words

if TYPE_CHECKING:
    from pandas import DataFrame

CRITERIA = ("centrality", "frequency", "evenness", "variation")
"""Central, frequent, in all interviews, and with much variation."""

_MOST_SUBTHEMES = 5
_FEWEST_OF_A_SUBTHEME = 4
_SEPARATE = 0.05


def core_categories(material: Material, vectors: Vectors, *, seed: int = 0) -> DataFrame:
    """Measure each code by the criteria for a core category that figures can tell of.

    Parameters
    ----------
    material : Material
    vectors : Vectors
    seed : int, default 0
        Of the bootstrap, and of the sub-themes.

    Returns
    -------
    DataFrame
        One row for each coder and code, best mean rank first. ``centrality`` is the code's weighted
        degree in the network of codes: the sum over the others of their c-coefficient in turns.
        ``frequency`` is the mean over cases of its share of talk; ``cases`` in how many it occurs.
        ``evenness`` is Shannon's entropy of these shares over cases, divided by its maximum, in [0, 1].
        ``variation`` is the mean cosine distance between passages of different cases. Each has ``_low``,
        ``_high`` (BCa over cases, 95 %) and ``_rank``. ``subthemes`` counts the groups that its passages
        fall into by the silhouette, ``subtheme_words`` names them. ``implication`` is empty: what a
        category means for theory is the researcher's to say.

    References
    ----------
    A. L. Strauss (1987). Qualitative analysis for social scientists, p. 36. Weighted degree: A. Barrat et
    al. (2004). The architecture of complex weighted networks. PNAS 101, 3747-3752. Evenness: E. C.
    Pielou (1966). The measurement of diversity. J. Theor. Biol. 13, 131-144. Silhouette: P. J. Rousseeuw
    (1987). J. Comput. Appl. Math. 20, 53-65.
    """
    from pandas import DataFrame, concat

    tables = []
    for talk in material.coders:
        embedded = vectors.of(talk.segments)
        measures: dict[str, Callable[[Floats], Floats]] = {
            "centrality": _Centrality(talk),
            "frequency": _Frequency(talk),
            "evenness": _Evenness(talk),
            "variation": _Variation(talk, embedded),
        }
        table: dict[str, Any] = {
            "coder": talk.coder,
            "code": list(talk.codes),
            "name": [material.names[code] for code in talk.codes],
            "cases": (talk.case_words > 0).sum(axis=0),
        }
        n = len(talk.cases)
        for name, measure in measures.items():
            low, high = interval(measure, n, seed=seed)
            table |= {name: measure(np.ones((1, n)))[0], f"{name}_low": low, f"{name}_high": high}
        found = DataFrame(table)
        for name in CRITERIA:
            found[f"{name}_rank"] = found[name].rank(ascending=False, na_option="bottom")
        found["mean_rank"] = found[[f"{name}_rank" for name in CRITERIA]].mean(axis=1)
        themes = [_subthemes(talk, embedded, at, seed) for at in range(len(talk.codes))]
        found["subthemes"] = [len(words) for words in themes]
        found["subtheme_words"] = ["; ".join(", ".join(some) for some in words) for words in themes]
        found["implication"] = ""
        tables.append(found.sort_values("mean_rank", kind="stable"))
    return concat(tables, ignore_index=True)


class _Centrality:
    """The sum of a code's c-coefficients with all others, in turns."""

    def __init__(self, talk: CodedTalk) -> None:
        self._together = counts_together(turns(talk), len(talk.cases))

    def __call__(self, weights: Floats) -> Floats:
        both = np.tensordot(weights, self._together, axes=1)
        alone = both.diagonal(axis1=1, axis2=2)
        either = alone[:, :, None] + alone[:, None, :] - both
        linked = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
        return np.asarray(linked.sum(axis=2) - linked.diagonal(axis1=1, axis2=2))


class _Frequency:
    """The mean share of talk."""

    def __init__(self, talk: CodedTalk) -> None:
        self._share = talk.share

    def __call__(self, weights: Floats) -> Floats:
        return np.asarray(weights @ self._share / weights.sum(axis=1, keepdims=True))


class _Evenness:
    """Shannon's entropy of a code's shares of talk over cases, as part of its maximum."""

    def __init__(self, talk: CodedTalk) -> None:
        self._share = talk.share

    def __call__(self, weights: Floats) -> Floats:
        total = weights @ self._share
        logs = np.log(np.where(self._share > 0, self._share, 1.0))
        # -sum w p log p, with p = share / total.
        summed = weights @ (self._share * logs)
        most = np.log(np.maximum(weights.sum(axis=1, keepdims=True), 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            entropy = np.log(total) - summed / total
            return np.asarray(np.where((total > 0) & (most > 0), entropy / most, np.nan))


class _Variation:
    """The mean cosine distance between a code's passages of different cases."""

    def __init__(self, talk: CodedTalk, embedded: Floats) -> None:
        # Of each code: the cases' sums of vectors, as their products, and their numbers of passages.
        self._products, self._counts = [], []
        for at in range(len(talk.codes)):
            rows = np.flatnonzero(talk.has[:, at])
            sums = np.zeros((len(talk.cases), embedded.shape[1]))
            np.add.at(sums, talk.case_index[rows], embedded[rows])
            self._products.append(sums @ sums.T)
            self._counts.append(
                np.bincount(talk.case_index[rows], minlength=len(talk.cases)).astype(float)
            )

    def __call__(self, weights: Floats) -> Floats:
        found = np.full((len(weights), len(self._counts)), np.nan)
        for at, (products, count) in enumerate(zip(self._products, self._counts, strict=True)):
            # A case that is drawn twice is not compared with itself.
            squared = weights**2
            alike = ((weights @ products) * weights).sum(axis=1) - squared @ products.diagonal()
            pairs = (weights @ count) ** 2 - squared @ count**2
            with np.errstate(divide="ignore", invalid="ignore"):
                found[:, at] = np.where(pairs > 0, 1 - alike / pairs, np.nan)
        return found


def _subthemes(talk: CodedTalk, embedded: Floats, code: int, seed: int) -> list[list[str]]:
    """Return the telling words of the groups that a code's passages fall into, if they do."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    rows = np.flatnonzero(talk.has[:, code])
    most = min(_MOST_SUBTHEMES, len(rows) // _FEWEST_OF_A_SUBTHEME)
    best, labels = _SEPARATE, np.zeros(len(rows), dtype=int)
    for k in range(2, most + 1):
        found = KMeans(k, n_init=1, random_state=seed).fit_predict(embedded[rows])
        if len(set(found)) < 2:
            continue
        score = silhouette_score(
            embedded[rows], found, sample_size=min(len(rows), 1_000), random_state=seed
        )
        if score > best:
            best, labels = score, found
    if not len(rows):
        return []
    texts = [[talk.segments[i].text for i in rows[labels == k]] for k in range(labels.max() + 1)]
    if len(texts) == 1:
        others = [s.text for s, has in zip(talk.segments, talk.has[:, code], strict=True) if not has]
        return telling_words([texts[0], others], 6)[:1]
    return telling_words(texts, 4)
