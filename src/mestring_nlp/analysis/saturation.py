"""Saturation: do later interviews still bring something new?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mestring_nlp.analysis.material import Bools, Floats, Ints, Material
from mestring_nlp.errors import MestringError

if TYPE_CHECKING:
    from pandas import DataFrame

BASE, RUN, THRESHOLD = 4, 2, 0.05
"""Interviews in the base, interviews in a run, and how little new is little enough."""

ORDERS = 1_000

COLUMNS = (
    "coder", "base_size", "run_length", "base_codes", "run_first", "run_last", "new_codes",
    "new_share", "reached", "random_mean", "random_low", "random_high", "random_reached",
)  # fmt: skip


def saturation(
    material: Material,
    base_size: int = BASE,
    run_length: int = RUN,
    threshold: float = THRESHOLD,
    *,
    seed: int = 0,
) -> DataFrame:
    """Compute how much each run of interviews adds to the base, in their order and in random orders.

    Parameters
    ----------
    material : Material
    base_size : int, default 4
        Interviews whose codes are the base.
    run_length : int, default 2
        Interviews of a run; runs overlap, each begins one interview later.
    threshold : float, default 0.05
        Saturation is reached with the first run whose share of new codes is no larger.
    seed : int, default 0

    Returns
    -------
    DataFrame
        One row for each coder and run. ``new_codes`` are those that occur in the run and in no
        interview before it; ``new_share`` is their number divided by ``base_codes``. ``random_*`` are
        the mean, the 5th and the 95th percentile of that share over 1,000 random orders, and
        ``random_reached`` the share of orders in which this run, or one before it, reaches the
        threshold. No row where there are fewer interviews than base and run together.

    Raises
    ------
    MestringError
        A size or the threshold is impossible.

    References
    ----------
    G. Guest, E. Namey, M. Chen (2020). A simple method to assess and report thematic saturation in
    qualitative research. PLoS ONE 15(5), e0232076.
    """
    from pandas import DataFrame

    if base_size < 1 or run_length < 1 or not 0 <= threshold < 1:
        raise MestringError(
            f"a base of {base_size}, runs of {run_length} and a threshold of {threshold} are impossible",
            hint="Base and run are at least 1, the threshold at least 0 and below 1.",
        )
    rows: list[dict[str, Any]] = []
    for talk in material.coders:
        occurs = talk.case_passages > 0
        n = len(talk.cases)
        if n < base_size + run_length:
            continue
        own, size = new_shares(occurs, [np.arange(n)], base_size, run_length)
        rng = np.random.default_rng(seed)
        orders = [rng.permutation(n) for _ in range(ORDERS)]
        drawn, _ = new_shares(occurs, orders, base_size, run_length)
        reached = np.maximum.accumulate(own[0] <= threshold)
        drawn_reached = np.maximum.accumulate(drawn <= threshold, axis=1).mean(axis=0)
        for run in range(own.shape[1]):
            first = base_size + run
            spread = drawn[:, run][~np.isnan(drawn[:, run])]
            low, high = np.quantile(spread, [0.05, 0.95]) if len(spread) else (np.nan, np.nan)
            rows.append(
                {
                    "coder": talk.coder,
                    "base_size": base_size,
                    "run_length": run_length,
                    "base_codes": int(size[0]),
                    "run_first": first + 1,
                    "run_last": first + run_length,
                    "new_codes": round(own[0, run] * size[0]) if size[0] else 0,
                    "new_share": own[0, run],
                    "reached": bool(reached[run]),
                    "random_mean": spread.mean() if len(spread) else np.nan,
                    "random_low": low,
                    "random_high": high,
                    "random_reached": drawn_reached[run],
                }
            )
    return DataFrame(rows, columns=list(COLUMNS))


def new_shares(
    occurs: Bools, orders: Sequence[Ints], base_size: int = BASE, run_length: int = RUN
) -> tuple[Floats, Ints]:
    """Compute the share of new codes in each run, for orders of the interviews.

    Parameters
    ----------
    occurs : ndarray of bool, shape (interviews, codes)
    orders : sequence of ndarray of int, shape (interviews,)
    base_size, run_length : int

    Returns
    -------
    shares : ndarray of shape (orders, runs)
        New codes / codes in the base; ``nan`` where the base has none.
    base : ndarray of int, shape (orders,)
        Codes in the base.

    Examples
    --------
    Three codes in a base of two interviews; the third brings one more, the fourth nothing:

    >>> occurs = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1], [1, 1, 0, 1]], dtype=bool)
    >>> new_shares(occurs, [np.arange(4)], base_size=2, run_length=1)[0].round(2).tolist()
    [[0.33, 0.0]]
    """
    n = len(occurs)
    never = n
    stacked = occurs[np.array(orders)]
    first = np.where(stacked.any(axis=1), stacked.argmax(axis=1), never)
    base = (first < base_size).sum(axis=1)
    begins = range(base_size, n - run_length + 1)
    new = np.array([((first >= at) & (first < at + run_length)).sum(axis=1) for at in begins]).T
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(base[:, None] > 0, new / base[:, None], np.nan), base


def notes(material: Material, base_size: int = BASE, run_length: int = RUN) -> list[str]:
    """Return what the reader must know of saturation, in Norwegian."""
    few = [talk for talk in material.coders if len(talk.cases) < base_size + run_length]
    said = [
        f"Metning for {talk.coder} kan ikke regnes ut: den trenger minst {base_size + run_length} intervjuer, og "
        f"her er {len(talk.cases)}."
        for talk in few
    ]
    if len(few) < len(material.coders):
        said.append(
            f"Metning regnes av hvilke av de {len(material.codebook)} kodene intervjuene har. Lå kodeboken fast på "
            "forhånd, nås den nesten alltid i basen, og det sier lite om det er mer å høre: se også temaene som "
            "kodeboken ikke fanger. Rekkefølgen er filenes. Ble intervjuene gjort i en annen, gjelder bare de "
            "tilfeldige rekkefølgene."
        )
    return said
