"""Which codes occur together: in a passage, in a turn, or near each other; observed against expected."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import gammaln

from mestring_nlp.analysis.material import Bools, CodedTalk, Floats, Ints, Material, rows_of
from mestring_nlp.analysis.resampling import holm

if TYPE_CHECKING:
    from pandas import DataFrame

RELATIONS = ("passage", "turn", "near")
NEAR = 3
"""How many passages apart is near, unless another number is asked for."""

_MOSTLY_ONE = 0.8

COLUMNS = (
    "coder", "relation", "first", "second", "first_name", "second_name", "n_first", "n_second",
    "units", "observed", "expected", "ratio", "jaccard", "p", "p_holm",
)  # fmt: skip


class Units(NamedTuple):
    """Stretches of talk within which codes can occur together.

    Attributes
    ----------
    has : ndarray of bool, shape (n, codes)
    case : ndarray of int, shape (n,)
        The number of each one's case.
    """

    has: Bools
    case: Ints


def cooccurrence(material: Material, near: int = NEAR) -> DataFrame:
    """Count how often two codes occur together, and how often they would by chance.

    Parameters
    ----------
    material : Material
    near : int, default 3
        How many passages apart two passages of a case may be to be near.

    Returns
    -------
    DataFrame
        One row for each coder, relation and pair of codes. In a ``passage`` or a ``turn``, ``observed``
        are those with both codes, ``expected`` how many there would be if, within each case, one code
        were laid at random over the others; ``jaccard`` is both / either (the c-coefficient of
        ATLAS.ti), ``p`` two-sided from the exact distribution with each case's counts held fixed, and
        ``p_holm`` corrected by Holm over all pairs.
        ``near``: pairs of different passages at most `near` apart; expected if the case's passages
        stood in random order; without ``p``, as neighbouring pairs are not independent. ``ratio`` is
        observed / expected.

    References
    ----------
    Expectation and test: N. Mantel, W. Haenszel (1959). JNCI 22, 719-748, and M. W. Birch (1964). The
    detection of partial association. JRSS B 26, 313-324. The c-coefficient: P. Jaccard (1901).
    """
    from pandas import DataFrame

    rows: list[dict[str, Any]] = []
    for talk in material.coders:
        for relation in RELATIONS:
            units = turns(talk) if relation == "turn" else Units(talk.has, talk.case_index)
            pairs = list(combinations(range(len(talk.codes)), 2))
            found = _near(talk, near) if relation == "near" else _together(units, pairs)
            counts = units.has.sum(axis=0)
            corrected = holm([p for _, _, p in found])
            for (a, b), (observed, expected, p), p_holm in zip(pairs, found, corrected, strict=True):
                either = counts[a] + counts[b] - observed
                rows.append(
                    {
                        "coder": talk.coder,
                        "relation": relation,
                        "first": talk.codes[a],
                        "second": talk.codes[b],
                        "first_name": material.names[talk.codes[a]],
                        "second_name": material.names[talk.codes[b]],
                        "n_first": int(counts[a]),
                        "n_second": int(counts[b]),
                        "units": len(units.has),
                        "observed": int(observed),
                        "expected": expected,
                        "ratio": observed / expected if expected else float("nan"),
                        "jaccard": observed / either if relation != "near" and either else float("nan"),
                        "p": p,
                        "p_holm": p_holm,
                    }
                )
    return DataFrame(rows, columns=list(COLUMNS))


def turns(talk: CodedTalk) -> Units:
    """Return a coder's turns, with the codes of all their passages."""
    numbers: dict[tuple[str, int], int] = {}
    of = np.array(
        [numbers.setdefault((s.transcript, s.turn), len(numbers)) for s in talk.segments], dtype=np.int64
    )
    has = np.zeros((len(numbers), len(talk.codes)), dtype=bool)
    np.logical_or.at(has, of, talk.has)
    case = np.zeros(len(numbers), dtype=np.int64)
    case[of] = talk.case_index
    return Units(has, case)


def counts_together(units: Units, cases: int) -> Floats:
    """Return how often each two codes occur together in each case: of shape (cases, codes, codes)."""
    k = units.has.shape[1]
    total = np.zeros((cases, k, k))
    for case, rows in enumerate(rows_of(units.case, cases)):
        has = units.has[rows].astype(np.float64)
        total[case] = has.T @ has
    return total


def _together(units: Units, pairs: list[tuple[int, int]]) -> list[tuple[float, float, float]]:
    """Return observed, expected and p of each pair."""
    cases = int(units.case.max()) + 1 if len(units.case) else 0
    size = np.bincount(units.case, minlength=cases)
    together = counts_together(units, cases)
    alone = together.diagonal(axis1=1, axis2=2)
    found = []
    for a, b in pairs:
        observed = together[:, a, b].sum()
        expected = (alone[:, a] * alone[:, b] / np.maximum(size, 1)).sum()
        p = exact_p(int(observed), alone[:, a].astype(int), alone[:, b].astype(int), size)
        found.append((observed, float(expected), p))
    return found


def exact_p(observed: int, a: Ints, b: Ints, size: Ints) -> float:
    """Compute how probable so many or so few common units are by chance, with each case's counts fixed.

    Parameters
    ----------
    observed : int
        Units with both codes, over all cases.
    a, b, size : ndarray of int, shape (cases,)
        Units of each case with the one code, with the other, and all.

    Returns
    -------
    float
        Twice the smaller tail, at most 1; ``nan`` where chance leaves only one outcome.

    Examples
    --------
    One case is Fisher's exact test: 3 of 4 cups that were said to have the milk first had it.

    >>> round(exact_p(3, np.array([4]), np.array([4]), np.array([8])), 4)
    0.4857
    """
    low = np.maximum(0, a + b - size)
    high = np.minimum(a, b)
    total = np.ones(1)
    for i in np.flatnonzero(high > low):
        x = np.arange(low[i], high[i] + 1)
        log = _choose(a[i], x) + _choose(size[i] - a[i], b[i] - x) - _choose(size[i], b[i])
        total = np.convolve(total, np.exp(log))
    if len(total) == 1:
        return float("nan")
    at = observed - int(low.sum())
    return float(min(1.0, 2 * min(total[at:].sum(), total[: at + 1].sum())))


def _choose(n: Any, k: Any) -> Any:
    """Return the logarithm of the binomial coefficient."""
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


def _near(talk: CodedTalk, near: int) -> list[tuple[float, float, float]]:
    """Return observed and expected pairs of different passages that stand near each other."""
    k = len(talk.codes)
    observed, expected = np.zeros((k, k)), np.zeros((k, k))
    numbers: dict[str, int] = {}
    of = np.array([numbers.setdefault(s.transcript, len(numbers)) for s in talk.segments], np.int64)
    for rows in rows_of(of, len(numbers)):
        has = talk.has[rows].astype(np.float64)
        n = len(has)
        distances = range(1, min(near, n - 1) + 1)
        for distance in distances:
            beside = has[:-distance].T @ has[distance:]
            observed += beside + beside.T
        if n > 1:
            chance = 2 * sum(n - distance for distance in distances) / (n * (n - 1))
            count = has.sum(axis=0)
            expected += chance * (np.outer(count, count) - has.T @ has)
    return [
        (float(observed[a, b]), float(expected[a, b]), float("nan"))
        for a, b in combinations(range(k), 2)
    ]


def notes(material: Material) -> list[str]:
    """Return what the reader must know of codes together, in Norwegian."""
    said = []
    for talk in material.coders:
        several = talk.has.sum(axis=1)
        coded = several[several > 0]
        if len(coded) and (coded == 1).mean() >= _MOSTLY_ONE:
            said.append(
                f"{round(100 * (coded == 1).mean())} % av de kodede avsnittene til {talk.coder} har én kode. Da "
                "møtes koder i samme avsnitt nesten alltid sjeldnere enn ventet, og det sier mest om hvordan "
                "det er kodet: se heller på turene."
            )
    return said
