"""An evaluation's figures: their names, and each with its interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mestring_nlp import agreement
from mestring_nlp.errors import MestringError

Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

OF_ALL = (
    "kappa", "kappa.top1", "alpha", "f1", "f1.micro", "top1", "top3", "ece", "ece.top1", "brier",
    "labels_per_passage", "hit_rate", "abstained", "no_code.auc", "prediction_set.level",
    "prediction_set.coverage", "prediction_set.size",
)  # fmt: skip
OF_A_CODE = ("kappa", "f1", "precision", "recall", "prediction_set.coverage")
OF_NO_CODE = "prediction_set.coverage.no_code"


def metric_names(codes: Sequence[str]) -> list[str]:
    """Return the names of an evaluation's figures: of all codes, and such as ``f1.styrker`` of one.

    Raises
    ------
    MestringError
        The figure of a code would have the name of another.
    """
    names = [*OF_ALL, *(f"{name}.{code}" for name in OF_A_CODE for code in codes), OF_NO_CODE]
    if twice := [name for name in names if names.count(name) > 1]:
        raise MestringError(
            f"two figures would be called {twice[0]!r}", hint="Give the code another id."
        )
    return names


@dataclass(frozen=True)
class Metric:
    """A figure with its 95 % interval, ``nan`` where undefined, and a caveat."""

    value: float
    low: float = float("nan")
    high: float = float("nan")
    note: str = ""


def metric(statistic: Callable[[Rows], float], groups: Sequence[str], repeats: int) -> Metric:
    """Return a statistic over all rows, with its interval."""
    value = float(statistic(np.arange(len(groups))))
    if not repeats:
        return Metric(value)
    return Metric(value, *agreement.bootstrap_interval(statistic, groups, repeats=repeats))


def pooled_kappa(a: Bools, b: Bools, groups: Sequence[str], repeats: int, note: str = "") -> Metric:
    """Return Cohen's kappa, of several codes pooled, with its interval."""
    value = agreement.cohen_kappa(a.ravel(), b.ravel())
    low, high = (
        agreement.kappa_interval(a, b, groups, repeats=repeats) if repeats else (math.nan, math.nan)
    )
    return Metric(value, low, high, note)
