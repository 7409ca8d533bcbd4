"""The machine's agreement with people, beside people's agreement with each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from mestring_nlp import agreement
from mestring_nlp.errors import MestringError
from mestring_nlp.metrics import Metric, metric, pooled_kappa
from mestring_nlp.text import counted
from mestring_nlp.training_data import ADJUDICATED, TrainingData
from mestring_nlp.validation import OutOfSample

Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Tables = dict[str, tuple[Bools, list[str]]]
MACHINE = "machine"
"""The machine's name among the coders."""
FEWEST_TO_COMPARE = 6
"""Interviews; chance puts fewer all on one side more often than one time in twenty: 2 (1/2)^n."""


@dataclass(frozen=True)
class Pair:
    """Two coders on the same passages: pooled kappa over all codes, with its interval."""

    a: str
    b: str
    passages: int
    kappa: Metric


@dataclass(frozen=True)
class HumanComparison:
    """The machine's agreement with people, against people's agreement with each other.

    Attributes
    ----------
    interviews : int
    machine : float
        Mean kappa of the machine with each person; ``nan`` where nobody else coded the passages.
    people : float
        Mean kappa between every two people; ``nan`` where only one person coded.
    difference : Metric
        `machine` less `people`, paired: each bootstrap sample of interviews gives both.
    coders : int
        People who coded the data; only passages that all of them coded are compared.
    passages, among : int
        Those, and all that the machine coded.
    """

    interviews: int
    machine: float
    people: float
    difference: Metric
    coders: int = 1
    passages: int = 0
    among: int = 0

    def __str__(self) -> str:
        if math.isnan(self.people):
            why = "Only one person coded these interviews"
            if self.coders > 1:
                why = f"No passage was coded by all {self.coders} people, or none with any code"
            return f"{why}: there is no human agreement to compare with."
        if 2 * self.passages < self.among:
            return f"{self._compared} {self._left_open}"
        return self._compared

    @property
    def _left_open(self) -> str:
        return (
            f"Only {self.passages} of the {counted(self.among, 'passage')} were coded by all "
            f"{self.coders} people; of the others this says nothing."
        )

    @property
    def _compared(self) -> str:
        d = self.difference
        said = (
            f"Machine and people agree at a mean kappa of {self.machine:.2f}, people with each other "
            f"at {self.people:.2f}: a difference of {d.value:+.2f}"
        )
        among = counted(self.interviews, "interview")
        if math.isnan(d.low):
            return f"{said}. {among}: too few for an interval, so nothing follows from it."
        said += f" (95 % interval {d.low:+.2f} to {d.high:+.2f}, over {among}). "
        if self.interviews < FEWEST_TO_COMPARE:
            return f"{said}Over so few the interval is too narrow, so nothing follows from it."
        if d.high < 0:
            return f"{said}The machine agrees less with people than they do with each other."
        if d.low > 0:
            return f"{said}The machine agrees more with people than they do with each other."
        return (
            f"{said}No difference is shown; the interval allows the machine to be "
            f"{abs(d.low):.2f} below people, or {d.high:.2f} above."
        )


def compared(
    found: OutOfSample, data: TrainingData | None, *, repeats: int
) -> tuple[tuple[Pair, ...], HumanComparison]:
    """Compute how well every two people agree, and the machine with each; and the one beside the other.

    Parameters
    ----------
    found : OutOfSample
    data : TrainingData or None
        Whose coders are set beside the machine.
    repeats : int
        Bootstrap samples of each interval.

    Raises
    ------
    MestringError
        A coder has the machine's name.
    """
    people = [] if data is None else _people_of(data)
    tables = {} if data is None else _common_tables(found, data, people)
    groups = next(iter(tables.values()))[1] if tables else []

    def kappa(a: str, b: str, rows: Rows) -> float:
        return agreement.cohen_kappa(tables[a][0][rows].ravel(), tables[b][0][rows].ravel())

    pairs = list(combinations(tables, 2))
    agreements = tuple(
        Pair(a, b, len(groups), pooled_kappa(tables[a][0], tables[b][0], groups, repeats))
        for a, b in pairs
    )

    def mean(machine: bool, rows: Rows) -> float:
        values = [kappa(a, b, rows) for a, b in pairs if (b == MACHINE) == machine]
        return float(np.mean(values)) if values else math.nan

    every = np.arange(len(groups))
    machine, between = mean(True, every), mean(False, every)
    difference = Metric(machine - between)
    if not math.isnan(between):
        difference = metric(lambda rows: mean(True, rows) - mean(False, rows), groups, repeats)
    return agreements, HumanComparison(
        len(set(groups)), machine, between, difference, len(people), len(groups), len(found.segments)
    )


def _people_of(data: TrainingData) -> list[str]:
    """The people who coded: no model, nor what people agreed on afterwards."""
    people = [coder for coder in data.people if coder != ADJUDICATED]
    if MACHINE in people:
        raise MestringError(f"a coder is called {MACHINE!r}, as the machine is", hint="Name them anew.")
    return people


def _common_tables(found: OutOfSample, data: TrainingData, people: Sequence[str]) -> Tables:
    """Each coder's codes of the passages that all coded, the machine last, and their interviews."""
    units = {coder: data.units(coder) for coder in people}
    spans = [(s.transcript, s.start, s.end) for s in found.segments]
    common = [i for i, span in enumerate(spans) if all(span in units[coder] for coder in people)]
    if not people or not common:
        return {}
    groups = [spans[i][0] for i in common]
    tables = {
        coder: np.array([[code in units[coder][spans[i]] for code in found.classes] for i in common])
        for coder in people
    }
    tables[MACHINE] = found.prediction.codes[common]
    return {coder: (table, groups) for coder, table in tables.items()}
