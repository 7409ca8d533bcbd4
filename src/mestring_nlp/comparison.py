"""Two coders compared: the table of agreement, the confusion, and what to talk about."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate, chain, compress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mestring_nlp import agreement
from mestring_nlp.codebook import Code, Codebook, load_codebook
from mestring_nlp.coded_file import Codings
from mestring_nlp.errors import MestringError
from mestring_nlp.units import Unit, Unjudged, indicator, unjudged

Bools = npt.NDArray[np.bool_]

FEWEST_INTERVIEWS = 3
"""A bootstrap over fewer interviews says little about others."""


@dataclass(frozen=True)
class Row:
    """Agreement on one code, or on all together.

    Attributes
    ----------
    code : str
        Empty for all codes, pooled.
    a, b : int
        How often each coder gave it.
    kappa, low, high : float
        Cohen's kappa with its interval; ``nan`` where undefined.
    agreement, ac1, pabak, f1 : float
        Percent agreement, Gwet's AC1, PABAK, and F1 with the first coder as gold.
    prevalence, bias : float
        See `mestring_nlp.agreement`.
    rho : float
        Shaffer's rho: the chance of such a kappa in a sample though that of the whole data is below
        .65. For one code and passages; else ``nan``, as words are not drawn one by one.
    few : bool
        Whether a coder gave the code to fewer than ten stretches of text.
    """

    code: str
    a: int
    b: int
    kappa: float
    low: float
    high: float
    agreement: float
    ac1: float
    pabak: float
    f1: float
    prevalence: float
    bias: float
    rho: float
    few: bool

    @property
    def note(self) -> str:
        """Why a figure is missing, or must be read with care."""
        if math.isnan(self.kappa):
            return "kappa undefined: both coders coded everything alike"
        return f"fewer than {agreement.FEW_EXAMPLES} examples by one coder" if self.few else ""


@dataclass(frozen=True)
class Comparison:
    """Two coders over common units.

    Attributes
    ----------
    codebook : Codebook
        Names and order of the codes; see `codebook_of`.
    a, b : str
        The coders' names; see `distinct_names`.
    unit : {"passage", "word"}
    units, coded : int
        How many units either judged, and how many either gave a code.
    interviews : int
    pooled, pooled_coded : Row
        All codes together, over all units, and over those that either coded.
    rows : tuple of Row
        One a code, over all units.
    alpha_masi, alpha_jaccard : float
        Krippendorff's alpha over sets of codes.
    unitizing_alpha : float
        Agreement on where codes begin and end, over the continuum that either judged; the mean of
        the codes' alphas, weighted by how much text carries them.
    confusion : dict of (str, str) to int
        How often the first coder's code stood where the second gave another, "" for no code; the
        most frequent first.
    differences : tuple of Unit
        Units with different codes, worst first.
    overlapped : tuple of (str, int)
        How many spans of a coder overlapped, where any did; they were cut at each border, and a
        piece has the codes of all spans over it.
    abstained : tuple of (str, int)
        How many passages a coder, a machine, left to a person; they are not compared.
    unread : tuple of (str, int)
        How many stretches a coder did not read that the other judged; they are not compared.
    alone : tuple of (str, tuple of str)
        Transcripts that a coder coded and the other did not; they are left out.
    """

    codebook: Codebook
    a: str
    b: str
    unit: str
    units: int
    coded: int
    interviews: int
    pooled: Row
    pooled_coded: Row
    rows: tuple[Row, ...]
    alpha_masi: float
    alpha_jaccard: float
    unitizing_alpha: float
    confusion: dict[tuple[str, str], int]
    differences: tuple[Unit, ...]
    overlapped: tuple[tuple[str, int], ...]
    abstained: tuple[tuple[str, int], ...]
    unread: tuple[tuple[str, int], ...]
    alone: tuple[tuple[str, tuple[str, ...]], ...]


def codebook_of(*coders: Codings) -> Codebook:
    """Return the codebook that coders' files came with, or else the bundled one.

    Where several came with one, the first gives the order, and the codes that it lacks follow.
    """
    books = [c.codebook for c in coders if c.codebook] or [load_codebook()]
    codes: dict[str, Code] = {}
    for code in chain.from_iterable(books):
        codes.setdefault(code.id, code)
    return replace(books[0], codes=tuple(codes.values()))


def distinct_names(a: Codings, b: Codings) -> tuple[str, str]:
    """Return two coders' names; where they bear one, with as much of their files as tells them apart.

    Examples
    --------
    >>> distinct_names(Codings("kari", (), place="uke1/k.csv"), Codings("kari", (), place="uke2/k.csv"))
    ('kari (uke1/k.csv)', 'kari (uke2/k.csv)')
    """
    if a.coder != b.coder:
        return a.coder, b.coder
    parts = [Path(coder.place).parts for coder in (a, b)]
    for length in range(1, max(map(len, parts)) + 1):
        one, other = ("/".join(path[-length:]) for path in parts)
        if one != other:
            return f"{a.coder} ({one})", f"{b.coder} ({other})"
    return f"{a.coder} (1)", f"{b.coder} (2)"


def compare(units: Sequence[Unit], a: Codings, b: Codings, *, unit: str = "passage") -> Comparison:
    """Compare two coders over common units.

    Parameters
    ----------
    units : sequence of Unit
        From `mestring_nlp.units.common_units`.
    a, b : Codings
        Whom they come from.
    unit : str
        What the units are, for the report.

    Returns
    -------
    Comparison
        Codes in the order of the codebook, others after them.

    Raises
    ------
    MestringError
        No units, or a coder gave no code at all.
    """
    if not units:
        raise MestringError(
            "no units, so there is no agreement to measure",
            hint="Both coders must have judged the same text; what has no row counts as not read.",
        )
    names = distinct_names(a, b)
    codebook = codebook_of(a, b)
    used = {code for item in units for code in item.a | item.b}
    codes = [*(code for code in codebook.ids if code in used), *sorted(used - {*codebook.ids})]
    for side, name in zip("ab", names, strict=True):
        if not any(getattr(item, side) for item in units):
            raise MestringError(
                f"{name!r} gave no code to any of the {len(units)} common units",
                hint="Agreement needs codes by both.",
            )
    first, second = indicator(units, codes)
    weights = [item.weight for item in units]
    groups = [item.transcript for item in units for _ in range(item.weight)]
    either = np.asarray(first.any(axis=1) | second.any(axis=1))
    given = [Counter(code for item in units for code in getattr(item, side)) for side in "ab"]
    few = {code: min(side[code] for side in given) < agreement.FEW_EXAMPLES for code in codes}
    few[""] = min(side.total() for side in given) < agreement.FEW_EXAMPLES

    def row(code: str, x: Bools, y: Bools, interviews: Sequence[str]) -> Row:
        return _row(code, x, y, interviews, few=few[code], sampled=bool(code) and unit == "passage")

    sets = [(item.a, item.b) for item in units]
    confusion: Counter[tuple[str, str]] = Counter()
    for item in units:
        for code in item.a - item.b or ({""} if item.b - item.a else ()):
            for other in item.b - item.a or {""}:
                confusion[code, other] += item.weight
    differing = sorted(
        (item for item in units if item.a != item.b),
        key=lambda item: (-agreement.masi_distance(item.a, item.b), item.transcript, item.start),
    )
    sides = list(zip(names, (a, b), (b, a), strict=True))
    outside = unjudged(a, b)
    unread = Counter(stretch.coder for stretch in outside if not stretch.abstained)
    return Comparison(
        codebook,
        *names,
        unit,
        len(groups),
        int(either.sum()),
        len(set(groups)),
        row("", first, second, groups),
        row("", first[either], second[either], list(compress(groups, either))),
        tuple(row(code, first[:, [j]], second[:, [j]], groups) for j, code in enumerate(codes)),
        agreement.krippendorff_alpha(sets, "masi", weights=weights),
        agreement.krippendorff_alpha(sets, "jaccard", weights=weights),
        _unitizing(a, b, codes, outside),
        dict(confusion.most_common()),
        tuple(differing),
        tuple((name, coder.overlapped) for name, coder, _ in sides if coder.overlapped),
        tuple((name, coder.abstained) for name, coder, _ in sides if coder.abstained),
        tuple((names["ab".index(side)], count) for side, count in sorted(unread.items())),
        tuple(
            (name, tuple(sorted(only)))
            for name, coder, other in sides
            if (only := coder.by_transcript.keys() - other.by_transcript.keys())
        ),
    )


def _row(code: str, a: Bools, b: Bools, interviews: Sequence[str], *, few: bool, sampled: bool) -> Row:
    x, y = a.ravel(), b.ravel()
    value = agreement.cohen_kappa(x, y)
    low, high = agreement.kappa_interval(a, b, interviews)
    base_rate = float(x.mean() + y.mean()) / 2
    sampled = sampled and 0 < base_rate < 1 and len(x) > 1
    return Row(
        code,
        int(x.sum()),
        int(y.sum()),
        value,
        low,
        high,
        agreement.percent_agreement(x, y),
        agreement.gwet_ac1(x, y),
        agreement.pabak(x, y),
        agreement.precision_recall(x, y).f1,
        agreement.prevalence_index(x, y),
        agreement.bias_index(x, y),
        agreement.shaffer_rho(value, len(x), base_rate) if sampled else math.nan,
        few,
    )


def _unitizing(a: Codings, b: Codings, codes: Sequence[str], outside: Sequence[Unjudged]) -> float:
    """Compute the mean over codes and transcripts of the unitizing alpha, weighted by length coded.

    What one coder did not judge is taken out of the continuum.
    """
    total, weight = 0.0, 0.0
    taken_out: dict[str, list[tuple[int, int]]] = {}
    for stretch in outside:
        taken_out.setdefault(stretch.transcript, []).append((stretch.start, stretch.end))
    for name in a.by_transcript.keys() & b.by_transcript.keys():
        sides = [coder.by_transcript[name] for coder in (a, b)]
        out = taken_out.get(name, [])
        within = partial(_without, [start for start, _ in out], out, _lengths(out))
        start = within(min(s.start for side in sides for s in side))
        end = within(max(s.end for side in sides for s in side))
        for code in codes:
            spans = [
                [
                    (within(s.start) - start, within(s.end) - start, code)
                    for s in side
                    if code in s.codes and within(s.start) < within(s.end)
                ]
                for side in sides
            ]
            length = sum(stop - begin for side in spans for begin, stop, _ in side)
            if not length:
                continue
            value = agreement.unitizing_alpha(spans[0], spans[1], end - start)
            if not math.isnan(value):
                total, weight = total + length * value, weight + length
    return total / weight if weight else float("nan")


def _lengths(stretches: Sequence[tuple[int, int]]) -> list[int]:
    """Return how much of the text the stretches before each take up."""
    return list(accumulate((end - start for start, end in stretches), initial=0))


def _without(
    starts: Sequence[int], stretches: Sequence[tuple[int, int]], before: Sequence[int], position: int
) -> int:
    """Return a position in the text without some stretches, which are in order."""
    at = bisect_right(starts, position)
    inside = max(0, stretches[at - 1][1] - position) if at else 0
    return position - before[at] + inside
