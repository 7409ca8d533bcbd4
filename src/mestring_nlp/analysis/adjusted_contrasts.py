"""Contrasts of a machine's codes between groups, adjusted for its errors in each group.

Error rates that are the same everywhere only shrink a difference. What makes one that is not there are
errors that differ between the groups, so that the rates are measured in each, where people coded enough.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from mestring_nlp.analysis.adjusted_counts import (
    FEWEST,
    Confusion,
    Rates,
    adjusted,
    confusion_of,
    scores_of,
)
from mestring_nlp.analysis.material import Bools, CodedTalk, Floats, Material
from mestring_nlp.analysis.variables import GROUPS, kind_of

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = (
    "coder", "variable", "code", "name", "first", "second", "counted_first", "counted_second",
    "adjusted_first", "adjusted_second", "difference", "low", "high", "rates", "note",
)  # fmt: skip

_REPEATS = 1_000
_FEWEST_CASES = 3


def adjusted_by_variable(material: Material, *, level: float = 0.95, seed: int = 0) -> DataFrame:
    """Contrast groups of cases in the share of their passages with each code, adjusted for errors.

    Parameters
    ----------
    material : Material
    level : float, default 0.95
    seed : int, default 0

    Returns
    -------
    DataFrame
        For each machine one row a variable, pair of groups and code. ``counted_*`` are the shares of
        passages that the machine gave the code, ``adjusted_*`` the estimates; ``difference`` is that of
        the latter, with a percentile bootstrap over cases, in which interviews that people coded are
        drawn together with what is learned from them of the machine's errors. ``rates`` says whether
        these are each group's own ("group") or of all ("pooled").
    """
    from pandas import DataFrame

    rows: list[dict[str, Any]] = []
    if material.measured is None:
        return DataFrame(rows, columns=list(COLUMNS))
    confusion = confusion_of(material.measured)
    for talk in material.coders:
        if talk.prediction is None:
            continue
        known = material.variables.reindex(list(talk.cases)).fillna("")
        for variable in known.columns:
            values = known[variable].to_numpy(dtype=object)
            if kind_of(known[variable]) != GROUPS:
                continue
            for pair in combinations(sorted({value for value in values if value}), 2):
                inside = (values == pair[0], values == pair[1])
                for row in _contrast(talk, confusion, material, inside, level, seed):
                    of = {"coder": talk.coder, "variable": variable}
                    rows.append({**of, "first": pair[0], "second": pair[1], **row})
    return DataFrame(rows, columns=list(COLUMNS))


def _contrast(
    talk: CodedTalk,
    confusion: Confusion,
    material: Material,
    inside: tuple[Bools, Bools],
    level: float,
    seed: int,
) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    n = len(talk.cases)
    given, sizes = talk.by_case(scores_of(talk.prediction)), talk.by_case(np.ones(len(talk.segments)))
    place = {case: at for at, case in enumerate(talk.cases)}
    measured = [place.get(material.case_of.get(name, ""), -1) for name in confusion.names]
    own = _own_rates(confusion, measured, inside)
    weights = np.vstack([np.ones(n), np.zeros((_REPEATS, n))])
    for group in inside:
        members = np.flatnonzero(group)
        weights[1:, members] = rng.multinomial(
            len(members), np.full(len(members), 1 / len(members)), size=_REPEATS
        )
    drawn_apart = rng.multinomial(
        len(measured), np.full(len(measured), 1 / len(measured)), size=_REPEATS
    )
    of_measured = np.vstack([np.ones(len(measured)), drawn_apart])
    for at, case in enumerate(measured):
        if case >= 0 and (inside[0] | inside[1])[case]:
            of_measured[:, at] = weights[:, case]
    pooled = confusion.rates(of_measured)
    estimates, counted = [], []
    for group in inside:
        share = (weights * group) @ given / np.maximum((weights * group) @ sizes, 1)[:, None]
        here = [case >= 0 and bool(group[case]) for case in measured]
        alone = confusion.rates(of_measured * np.array(here))
        mixed = Rates(*(np.where(own, a, p) for a, p in zip(alone, pooled, strict=True)))
        estimates.append(adjusted(share, mixed))
        counted.append(share[0])
    difference = estimates[0] - estimates[1]
    few = min(int(group.sum()) for group in inside) < _FEWEST_CASES
    rows = []
    for at, code in enumerate(talk.codes):
        enough = confusion.with_code[at] >= FEWEST
        low, high = _percentiles(difference[1:, at], level) if enough and not few else (np.nan, np.nan)
        rows.append(
            {
                "code": code,
                "name": material.names[code],
                "counted_first": counted[0][at],
                "counted_second": counted[1][at],
                "adjusted_first": estimates[0][0, at] if enough else np.nan,
                "adjusted_second": estimates[1][0, at] if enough else np.nan,
                "difference": difference[0, at] if enough else np.nan,
                "low": low,
                "high": high,
                "rates": "group" if own[at] else "pooled",
                "note": f"færre enn {FEWEST} avsnitt med koden hos mennesker"
                if not enough
                else f"færre enn {_FEWEST_CASES} intervjuer i en gruppe: ikke noe intervall"
                if few
                else "",
            }
        )
    return rows


def _own_rates(confusion: Confusion, measured: list[int], inside: tuple[Bools, Bools]) -> Bools:
    """Return for which codes people coded enough in each group to measure the errors there."""
    enough = np.ones(len(confusion.with_code), dtype=bool)
    for group in inside:
        rows = [at for at, case in enumerate(measured) if case >= 0 and group[case]]
        there = confusion.sums[rows, 0].sum(axis=0)
        enough &= (there >= FEWEST) & (len(rows) >= _FEWEST_CASES)
    return enough


def _percentiles(drawn: Floats, level: float) -> tuple[float, float]:
    known = drawn[~np.isnan(drawn)]
    if len(known) < len(drawn) / 2:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
