"""Contrasts of a machine's codes between groups, adjusted for its errors in each group.

Errors that are the same everywhere shift both groups alike. What makes a difference that is not there are
errors that differ between the groups, so that they are measured in each, where people coded enough.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from mestring_nlp.analysis.adjusted_counts import (
    FEWEST,
    FEWEST_INTERVIEWS,
    TOO_RARE,
    Errors,
    errors_of,
    scores_of,
)
from mestring_nlp.analysis.material import Bools, CodedTalk, Floats, Material
from mestring_nlp.analysis.variables import GROUPS, kind_of

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = (
    "coder", "variable", "code", "name", "first", "second", "counted_first", "counted_second",
    "adjusted_first", "adjusted_second", "difference", "low", "high", "errors", "note",
)  # fmt: skip

_REPEATS = 2_000


def adjusted_by_variable(material: Material, *, level: float = 0.95, seed: int = 0) -> DataFrame:
    """Compare groups of cases in the share of their passages with each code, adjusted for errors.

    Parameters
    ----------
    material : Material
    level : float, default 0.95
    seed : int, default 0

    Returns
    -------
    DataFrame
        For each machine one row a variable, pair of groups and code. ``counted_*`` are the shares of
        passages that the machine gave the code. ``adjusted_*`` are the mean probabilities plus the mean
        of (people's code less probability) over passages that people coded, of the same group where at
        least three of its interviews were coded (``errors`` is "group"), else of all ("pooled").
        ``difference`` is that of the adjusted shares, with a percentile bootstrap over interviews in
        which those that people coded are drawn together with what is learned from them. Nothing is
        adjusted of a code that people gave fewer than ten passages; ``note`` says so.

    References
    ----------
    A. N. Angelopoulos et al. (2023). Prediction-powered inference. Science 382, 669-674; in survey
    sampling, the difference estimator.
    """
    from pandas import DataFrame

    rows: list[dict[str, Any]] = []
    if material.measured is None:
        return DataFrame(rows, columns=list(COLUMNS))
    errors = errors_of(material.measured)
    for talk in material.coders:
        if not talk.is_machine:
            continue
        known = material.variables.reindex(list(talk.cases)).fillna("")
        for variable in known.columns:
            values = known[variable].to_numpy(dtype=object)
            if kind_of(known[variable]) != GROUPS:
                continue
            for pair in combinations(sorted({value for value in values if value}), 2):
                inside = (values == pair[0], values == pair[1])
                for row in _contrast(talk, errors, material, inside, level, seed):
                    of = {"coder": talk.coder, "variable": variable}
                    rows.append({**of, "first": pair[0], "second": pair[1], **row})
    return DataFrame(rows, columns=list(COLUMNS))


def _contrast(
    talk: CodedTalk,
    errors: Errors,
    material: Material,
    inside: tuple[Bools, Bools],
    level: float,
    seed: int,
) -> list[dict[str, Any]]:
    assert talk.prediction is not None
    rng = np.random.default_rng(seed)
    decided, probable = (talk.by_case(part) for part in scores_of(talk.prediction))
    sizes = talk.by_case(np.ones(len(talk.segments)))
    place = {case: at for at, case in enumerate(talk.cases)}
    of = [place.get(material.case_of.get(name, ""), -1) for name in errors.names]
    here = [np.array([case >= 0 and bool(group[case]) for case in of], dtype=bool) for group in inside]
    pooled = min(int(group.sum()) for group in here) < FEWEST_INTERVIEWS
    weights = np.ones((_REPEATS + 1, len(talk.cases)))
    for group in inside:
        weights[1:, group] = _drawn(rng, int(group.sum()))
    of_measured = np.vstack([np.ones(len(of)), _drawn(rng, len(of))])
    for at, case in enumerate(of):
        if case >= 0 and (inside[0] | inside[1])[case]:
            of_measured[:, at] = weights[:, case]
    off = errors.true - errors.probable
    counted, shares = [], []
    for group, measured in zip(inside, here, strict=True):
        own = weights * group
        whole = np.maximum(own @ sizes, 1)[:, None]
        used = of_measured if pooled else of_measured * measured
        correction = used @ off / np.maximum(used @ errors.sizes, 1)[:, None]
        shares.append(np.clip(own @ probable / whole + correction, 0, 1))
        counted.append((own[0] @ decided) / whole[0])
    difference = shares[0] - shares[1]
    few = min(int(group.sum()) for group in inside) < FEWEST_INTERVIEWS or len(of) < FEWEST_INTERVIEWS
    tails = [(1 - level) / 2, (1 + level) / 2]
    limits = np.full((2, len(talk.codes)), np.nan) if few else np.quantile(difference[1:], tails, axis=0)
    rare = errors.with_code < FEWEST
    limits[:, rare] = difference[:, rare] = np.nan
    for share in shares:
        share[:, rare] = np.nan
    note = f"færre enn {FEWEST_INTERVIEWS} intervjuer i en gruppe: ikke noe intervall" if few else ""
    return [
        {
            "code": code,
            "name": material.names[code],
            "counted_first": counted[0][at],
            "counted_second": counted[1][at],
            "adjusted_first": shares[0][0, at],
            "adjusted_second": shares[1][0, at],
            "difference": difference[0, at],
            "low": limits[0, at],
            "high": limits[1, at],
            "errors": "pooled" if pooled else "group",
            "note": TOO_RARE if rare[at] else note,
        }
        for at, code in enumerate(talk.codes)
    ]


def _drawn(rng: np.random.Generator, n: int) -> Floats:
    """Return how often each of n interviews is drawn, a row a draw."""
    return rng.multinomial(n, np.full(n, 1 / n), size=_REPEATS).astype(np.float64)
