"""Limits that figures of an evaluation must keep, so that a CI job fails when one does not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.json_values import Number, check_kind, parse_json
from mestring_nlp.metrics import Metric, metric_names
from mestring_nlp.regular_files import read_bytes

Limits = list[tuple[str, float]]
"""Names of figures, each with its limit."""

_LARGEST = 100_000_000
_FIGURE = Number(float, -1e9, 1e9)

LOWER_IS_BETTER = ("ece", "ece.top1", "brier", "abstained", "labels_per_passage", "prediction_set.size")

_RENAMED = {"kappa.likeliest": "kappa.top1"}


@dataclass(frozen=True)
class Gate:
    """A minimum, or a maximum where lower is better, for a figure."""

    metric: str
    limit: float
    value: float

    @property
    def holds(self) -> bool:
        """Whether the figure is on the right side; one that is undefined is not."""
        if self.metric in LOWER_IS_BETTER:
            return self.value <= self.limit
        return self.value >= self.limit

    def __str__(self) -> str:
        sign = "at most" if self.metric in LOWER_IS_BETTER else "at least"
        return f"{self.metric} is {self.value:.4f}, must be {sign} {self.limit:.4f}"


def parse_limits(values: Sequence[str], codes: Sequence[str]) -> Limits:
    """Read limits such as ``kappa=0.60``.

    Parameters
    ----------
    values : sequence of str
    codes : sequence of str
        The codes of which figures can be asked.

    Raises
    ------
    MestringError
        Not ``metric=number``, or no such metric.
    """
    limits, known = [], metric_names(codes)
    for value in values:
        name, _, number = value.partition("=")
        if name not in known:
            raise MestringError(
                f"no metric is called {name!r}",
                hint=f"It is now {_RENAMED[name]}."
                if name in _RENAMED
                else f"Known: {', '.join(known)}.",
            )
        try:
            limit = float(number)
        except ValueError:
            limit = math.nan
        if not math.isfinite(limit):
            raise MestringError(f"{value!r} is no gate", hint="Write it as kappa=0.60.")
        limits.append((name, limit))
    return limits


def baseline_limits(file: str | Path, tolerance: float) -> Limits:
    """Read a limit for each main figure in an earlier report's JSON, less a tolerance.

    Raises
    ------
    MestringError
        The file cannot be read or is no report, or the tolerance is negative or infinite.
    """
    if not 0 <= tolerance < math.inf:
        raise MestringError(f"tolerance is {tolerance}, must be 0 or more", hint="Such as 0.02.")
    hint = "Give the metrics.json of an earlier run with --format json."
    data = read_bytes(Path(file), largest=_LARGEST, hint=hint)
    try:
        metrics: Mapping[str, Any] = parse_json(data.decode("utf-8"))["metrics"]
        values = {name: m["value"] for name, m in metrics.items() if m["value"] is not None}
        check_kind(values, {str: _FIGURE})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise MestringError(
            "this is no report of mestring evaluate", place=str(file), hint=hint
        ) from error
    if old := [name for name in _RENAMED if name in values]:
        raise MestringError(
            f"the report of an older version: {old[0]} is now {_RENAMED[old[0]]}",
            place=str(file),
            hint="Make it again with mestring evaluate --format json.",
        )
    return [
        (name, values[name] + (tolerance if name in LOWER_IS_BETTER else -tolerance))
        for name in ("kappa", "kappa.top1", "alpha", "f1", "top1", "top3", "ece", "brier")
        if name in values
    ]


def gates(limits: Limits, metrics: Mapping[str, Metric]) -> list[Gate]:
    """Return a gate for each limit, with the evaluation's figure."""
    return [Gate(name, limit, metrics[name].value) for name, limit in limits]
