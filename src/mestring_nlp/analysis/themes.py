"""What the codebook misses: talk without a code, or left to a person, grouped into themes."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import yaml

from mestring_nlp.analysis.framework import quoted
from mestring_nlp.analysis.material import CodedTalk, Floats, Ints, Material
from mestring_nlp.analysis.vectors import Vectors
from mestring_nlp.analysis.words import telling_words

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = (
    "coder", "theme", "words", "passages", "cases", "talk_share", "stability", "agreement_of_seeds",
    "nearest", "places",
)  # fmt: skip

FEWEST_WORDS = 8
"""Shorter passages, such as "Ja, det gjør vi", are not grouped."""

PLACES = "\n"
"""Between the places of a theme's passages: names of transcripts may hold all else."""

_FEWEST = 20
_SEEDS = 6
_STABLE = 0.7
_MOST = 12
_SHOWN = 3
_LONGEST = 60


class Grouping(NamedTuple):
    """A coder's talk without a code in groups.

    Attributes
    ----------
    rows : ndarray of int
        The segments that were grouped.
    labels : ndarray of int
        The group of each.
    stability : ndarray of float
        Of each group, in [0, 1]: see `themes`.
    agreement : float
        Mean adjusted Rand index between seeds.
    """

    rows: Ints
    labels: Ints
    stability: Floats
    agreement: float


def themes(material: Material, vectors: Vectors, *, seed: int = 0) -> DataFrame:
    """Group talk without a code, or left to a person, into themes.

    Parameters
    ----------
    material : Material
    vectors : Vectors
    seed : int, default 0

    Returns
    -------
    DataFrame
        One row for each coder and theme, the largest first. ``words`` are those that tell the theme from
        the other themes and from coded talk; ``talk_share`` is the share of all talk of the coder that
        it covers; ``nearest`` are the passages nearest its middle, one a line, ``places`` all of its
        passages as transcript:start-end, one a line. The number of themes, up to twelve, is that
        with the best silhouette among those on which six seeds agree with a mean adjusted Rand index of
        .7 (``agreement_of_seeds``), or else that on which they agree most. ``stability`` is the mean, over five other seeds, of the
        Jaccard index with the most similar group; below .6 the theme should not be trusted. No row with
        fewer than twenty such passages.

    References
    ----------
    k-means on embeddings: S. Lloyd (1982). Stability of a group: C. Hennig (2007). Cluster-wise
    assessment of cluster stability. Comput. Stat. Data Anal. 52, 258-271. Adjusted Rand index: L. Hubert,
    P. Arabie (1985). Comparing partitions. J. Classification 2, 193-218. Silhouette: P. J. Rousseeuw
    (1987). J. Comput. Appl. Math. 20, 53-65.
    """
    from pandas import DataFrame

    rows: list[dict[str, Any]] = []
    for talk in material.coders:
        found = grouped(talk, vectors, seed)
        if found is None:
            continue
        embedded = vectors.of([talk.segments[i] for i in found.rows])
        coded = [s.text for s in talk.segments if s.codes]
        groups = [found.rows[found.labels == k] for k in range(found.labels.max() + 1)]
        texts = [[talk.segments[i].text for i in group] for group in groups]
        words = telling_words([*texts, coded])
        made = []
        for k, group in enumerate(groups):
            inside = embedded[found.labels == k]
            order = np.argsort(-(inside @ inside.mean(axis=0)), kind="stable")[:_SHOWN]
            near = [quoted(talk.segments[group[i]].text, _LONGEST) for i in order]
            made.append(
                {
                    "coder": talk.coder,
                    "words": ", ".join(words[k]),
                    "passages": len(group),
                    "cases": len({talk.case_index[i] for i in group}),
                    "talk_share": talk.words[group].sum() / talk.words.sum(),
                    "stability": found.stability[k],
                    "agreement_of_seeds": found.agreement,
                    "nearest": "\n".join(near),
                    "places": PLACES.join(
                        f"{s.transcript}:{s.start}-{s.end}" for s in (talk.segments[i] for i in group)
                    ),
                }
            )
        made.sort(key=lambda row: -row["talk_share"])
        rows += [{**row, "theme": number} for number, row in enumerate(made, start=1)]
    return DataFrame(rows, columns=list(COLUMNS))


def uncoded(talk: CodedTalk) -> Ints:
    """Return the segments that are grouped: without a code, and long enough to be about something."""
    return np.flatnonzero(~talk.has.any(axis=1) & (talk.words >= FEWEST_WORDS))


def grouped(talk: CodedTalk, vectors: Vectors, seed: int = 0) -> Grouping | None:
    """Return a coder's talk without a code in groups; None where there is too little of it."""
    rows = uncoded(talk)
    if len(rows) < _FEWEST:
        return None
    embedded = vectors.of([talk.segments[i] for i in rows])
    tried = {k: _tried(embedded, k, seed) for k in range(2, min(_MOST, len(rows) // 10) + 1)}
    stable = [k for k, (_, agreement) in tried.items() if agreement >= _STABLE]
    k = (
        max(stable, key=lambda k: _separate(embedded, tried[k][0][0], seed))
        if stable
        else max(tried, key=lambda k: tried[k][1])
    )
    (chosen, *others), agreement = tried[k]
    stability = [np.mean([_likest(chosen == one, other) for other in others]) for one in range(k)]
    return Grouping(rows, chosen, np.array(stability), agreement)


def _separate(embedded: Floats, labels: Ints, seed: int) -> float:
    """Return how well groups are separate: the mean silhouette."""
    from sklearn.metrics import silhouette_score

    sample = min(len(embedded), 2_000)
    return float(silhouette_score(embedded, labels, sample_size=sample, random_state=seed))


def _tried(embedded: Floats, k: int, seed: int) -> tuple[list[Ints], float]:
    """Return groupings from several seeds, and the mean adjusted Rand index of their pairs."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    found = [
        KMeans(k, n_init=3, random_state=seed + more).fit_predict(embedded) for more in range(_SEEDS)
    ]
    return found, float(np.mean([adjusted_rand_score(a, b) for a, b in combinations(found, 2)]))


def _likest(group: Any, labels: Ints) -> float:
    """Return the Jaccard index of a group with the most similar group of another grouping."""
    both = Counter(labels[group].tolist())
    size = Counter(labels.tolist())
    return float(max(n / (group.sum() + size[label] - n) for label, n in both.items()))


def draft_codes(table: DataFrame) -> str:
    """Return themes as draft codes, in the form of a codebook's codes, for people to edit.

    Parameters
    ----------
    table : DataFrame
        From `themes`.

    Returns
    -------
    str
        YAML: a list that can be pasted under ``codes:``.
    """
    drafts = []
    for number, row in enumerate(table.itertuples(), start=1):
        words = [word for word in str(row.words).split(", ") if word]
        drafts.append(
            {
                "id": f"tema_{number}",
                "name": f"Tema {number}: {', '.join(words[:3]) or 'uten ord'}",
                "definition": "UTKAST fra maskinen: skriv en definisjon, eller slett koden. "
                f"{row.passages} avsnitt i {row.cases} intervjuer.",
                "indicators": words,
            }
        )
    listed = yaml.safe_dump(drafts, allow_unicode=True, sort_keys=False, width=100) if drafts else ""
    return f"# Utkast til koder for tale uten kode. Rediger før bruk; lim inn under «codes:».\n{listed}"


def notes(material: Material) -> list[str]:
    """Return what the reader must know of talk without a code, in Norwegian."""
    said = []
    for talk in material.coders:
        without = ~talk.has.any(axis=1)
        rows = uncoded(talk)
        share = round(100 * talk.words[without].sum() / max(talk.words.sum(), 1))
        if len(rows) < _FEWEST:
            said.append(
                f"{talk.coder}: {len(rows)} avsnitt uten kode er lange nok til å grupperes, og det er for "
                f"få til å lete etter temaer (minst {_FEWEST})."
            )
        else:
            said.append(
                f"{talk.coder}: {share} % av talen har ingen kode; {len(rows)} avsnitt på minst "
                f"{FEWEST_WORDS} ord er gruppert."
            )
    return said
