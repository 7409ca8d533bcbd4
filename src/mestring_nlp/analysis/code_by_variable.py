"""Code by variable: are some codes more frequent in one group of informants than in another?"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from mestring_nlp.analysis import resampling
from mestring_nlp.analysis.material import Bools, CodedTalk, Material
from mestring_nlp.analysis.tables import number
from mestring_nlp.analysis.variables import GROUPS, SCALE, doubts, kind_of

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = (
    "coder", "variable", "kind", "code", "name", "first", "second", "n_first", "n_second",
    "mean_first", "mean_second", "passages_first", "passages_second", "difference", "low", "high",
    "effect", "effect_name", "p", "p_holm", "note",
)  # fmt: skip


def code_by_variable(material: Material, *, seed: int = 0) -> DataFrame:
    """Compare groups of cases in the share of their talk that has each code.

    Parameters
    ----------
    material : Material
    seed : int, default 0

    Returns
    -------
    DataFrame
        One row for each coder, variable, pair of groups and code. ``mean_*`` are means over cases of the
        share of talk, ``passages_*`` of passages; ``difference`` is first less second, with the interval
        that a permutation test over cases does not reject (`resampling.compare_groups`); ``effect`` is
        Cliff's delta. Of a variable that is a scale, such as years, there is one row a code:
        ``difference`` and ``effect`` are Spearman's correlation. A group of one has no effect. ``p_holm`` is corrected by Holm over
        all tests of the variable. ``note`` says what cannot be told, such as of a group of one.
    """
    from pandas import DataFrame

    rows: list[dict[str, Any]] = []
    for talk in material.coders:
        known = material.variables.reindex(list(talk.cases)).fillna("")
        for variable in known.columns:
            values = known[variable].to_numpy(dtype=object)
            kind = kind_of(known[variable])
            if kind not in (GROUPS, SCALE):
                continue
            made = _scale(talk, values, seed) if kind == SCALE else _groups(talk, values, seed)
            corrected = resampling.holm([row["p"] for row in made])
            for row, p in zip(made, corrected, strict=True):
                rows.append(
                    {
                        "coder": talk.coder,
                        "variable": variable,
                        "kind": kind,
                        "name": material.names[row["code"]],
                        **row,
                        "p_holm": p,
                    }
                )
    return DataFrame(rows, columns=list(COLUMNS))


def notes(material: Material) -> list[str]:
    """Return what the reader must know of the variables, a sentence each, in Norwegian."""
    said = []
    for variable in material.variables.columns:
        values = material.variables[variable]
        said += doubts(variable, values)
        if kind_of(values) not in (GROUPS, SCALE):
            continue
        for talk in material.coders:
            if kind_of(values.reindex(list(talk.cases)).fillna("")) != kind_of(values):
                said.append(
                    f"«{variable}» er ikke sammenlignet slik for {talk.coder}: de kodede intervjuene er for få, "
                    "eller har for like verdier."
                )
    return said


def _groups(talk: CodedTalk, values: Any, seed: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for first, second in combinations(sorted({value for value in values if value}), 2):
        inside = [values == first, values == second]
        rows += _contrast(talk, (first, second), inside[0], inside[1], seed)
    return rows


def _contrast(
    talk: CodedTalk, groups: tuple[str, str], first: Bools, second: Bools, seed: int
) -> list[dict[str, Any]]:
    both = first | second
    X = talk.share[both]
    sizes = int(first.sum()), int(second.sum())
    alone = [group for group, size in zip(groups, sizes, strict=True) if size == 1]
    found = None if alone else resampling.compare_groups(X, first[both], seed=seed)
    nothing = float("nan")
    rows = []
    for at, code in enumerate(talk.codes):
        a, b = talk.share[first, at], talk.share[second, at]
        note = ""
        if alone:
            note = f"ett intervju i {' og '.join(alone)}: ingen test"
        elif not X[:, at].any():
            note = "koden er ikke brukt"
        elif found is not None and np.isnan(found.low[at]):
            note = "for få intervjuer til et intervall"
        tested = found is not None and X[:, at].any()
        rows.append(
            {
                "code": code,
                "first": groups[0],
                "second": groups[1],
                "n_first": sizes[0],
                "n_second": sizes[1],
                "mean_first": a.mean(),
                "mean_second": b.mean(),
                "passages_first": talk.case_passages[first, at].mean(),
                "passages_second": talk.case_passages[second, at].mean(),
                "difference": a.mean() - b.mean(),
                "low": found.low[at] if tested and found else nothing,
                "high": found.high[at] if tested and found else nothing,
                "effect": nothing if alone else resampling.cliffs_delta(a, b),
                "effect_name": "Cliff's delta",
                "p": found.p[at] if tested and found else nothing,
                "note": note,
            }
        )
    return rows


def _scale(talk: CodedTalk, values: Any, seed: int) -> list[dict[str, Any]]:
    numbers = [number(value) for value in values]
    known = np.array([value is not None for value in numbers], dtype=bool)
    n = int(known.sum())
    scale = np.array([value for value in numbers if value is not None], dtype=np.float64)
    enough = n >= 4
    found = resampling.rank_correlation(talk.share[known], scale, seed=seed) if enough else None
    nothing = float("nan")
    rows = []
    for at, code in enumerate(talk.codes):
        unused = not talk.share[known, at].any()
        rows.append(
            {
                "code": code,
                "first": "",
                "second": "",
                "n_first": n,
                "n_second": 0,
                "mean_first": talk.share[known, at].mean() if n else nothing,
                "mean_second": nothing,
                "passages_first": talk.case_passages[known, at].mean() if n else nothing,
                "passages_second": nothing,
                "difference": found.difference[at] if found else nothing,
                "low": found.low[at] if found else nothing,
                "high": found.high[at] if found else nothing,
                "effect": found.difference[at] if found else nothing,
                "effect_name": "Spearman's rho",
                "p": found.p[at] if found else nothing,
                "note": "koden er ikke brukt" if unused else "" if enough else "for få intervjuer",
            }
        )
    return rows
