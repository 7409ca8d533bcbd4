"""Drawings of findings: SVG with a text alternative, in the colours of the page around it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from mestring_nlp.analysis.figures import figure, percent

MOST_LETTERS = 46
"""Longer labels are cut."""

POINTS = "points"
"""The unit of differences of shares, shown in percentage points."""

_LETTER, _LABEL, _WIDTH, _ROW = 7.2, 190, 420, 24
_WHOLE = 20
"""From this range on, an axis shows whole numbers."""


class Bar(NamedTuple):
    """A row of a drawing of intervals; a limit that is ``nan`` is not drawn."""

    label: str
    value: float
    low: float
    high: float
    colour: str = ""
    other: float = float("nan")
    """A second value, drawn as a ring."""


def intervals(bars: Sequence[Bar], title: str, *, unit: str = "", zero: bool = False) -> Markup:
    """Draw values with their intervals, one a row.

    Parameters
    ----------
    bars : sequence of Bar
    title : str
        What is drawn, for those who do not see it; the values follow it.
    unit : {"", "%", POINTS}
        Whether values are shares, shown in per cent, or differences of them.
    zero : bool
        Whether 0 is on the axis, with a line.
    """
    shown = [x for bar in bars for x in (bar.value, bar.low, bar.high, bar.other) if not math.isnan(x)]
    if not shown:
        return Markup()
    low, high = min(shown), max(shown)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    low, high = low - room * (low != 0 or not zero or min(shown) < 0), high + room

    def x(value: float) -> float:
        return round(left + (_WIDTH - 20) * (value - low) / (high - low) + 10, 1)

    def text(value: float) -> str:
        if unit == POINTS:
            return figure(100 * value, 1)
        return percent(value, 1) if unit == "%" else figure(value, digits)

    labels = [cut(bar.label, MOST_LETTERS) for bar in bars]
    left = max(_LABEL, _LETTER * max(map(len, labels)) + 8)
    digits = 0 if high - low > _WHOLE else 2
    height = _ROW * len(bars) + 34
    parts = [_opening(round(left + _WIDTH + 20), height, f"{title}. {_said(bars, text)}")]
    if zero:
        parts.append(
            Markup('<line class="zero" x1="{0}" x2="{0}" y1="4" y2="{1}"/>').format(x(0), height - 28)
        )
    for row, bar in enumerate(bars):
        y = _ROW * row + 16
        parts.append(
            Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(
                round(left - 4), y + 4, labels[row]
            )
        )
        style = Markup(' style="--code: {}"').format(bar.colour) if bar.colour else ""
        if not math.isnan(bar.low) and not math.isnan(bar.high):
            parts.append(
                Markup('<line class="span" x1="{}" x2="{}" y1="{}" y2="{}"{}/>').format(
                    x(bar.low), x(bar.high), y, y, style
                )
            )
        if not math.isnan(bar.other):
            parts.append(
                Markup('<circle class="ring" cx="{}" cy="{}" r="4.5"/>').format(x(bar.other), y)
            )
        if not math.isnan(bar.value):
            parts.append(
                Markup('<circle class="dot" cx="{}" cy="{}" r="4.5"{}/>').format(x(bar.value), y, style)
            )
    for value in _ticks(low, high):
        parts.append(
            Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                x(value), height - 8, text(value)
            )
        )
    return Markup("").join([*parts, Markup("</svg>")])


class Edge(NamedTuple):
    """Two codes, by number, and how strongly they are linked, in [0, 1]."""

    first: int
    second: int
    strength: float
    above: bool


def network(
    names: Sequence[str],
    colours: Sequence[str],
    sizes: Sequence[float],
    edges: Sequence[Edge],
    title: str,
) -> Markup:
    """Draw codes in a circle, in the codebook's order, with lines between those that occur together.

    A full line stands for more than expected, a dashed one for no more.
    """
    n, width, height = len(names), 760, 460
    most = max([*sizes, 1])
    strongest = max([edge.strength for edge in edges], default=0) or 1
    at = [
        (
            width / 2 + 165 * math.sin(2 * math.pi * i / n),
            height / 2 - 165 * math.cos(2 * math.pi * i / n),
        )
        for i in range(n)
    ]
    linked = sorted(edges, key=lambda edge: -edge.strength)
    listed = "; ".join(
        f"{names[e.first]} og {names[e.second]} {figure(e.strength)}" for e in linked[:10]
    )
    parts = [_opening(width, height, f"{title}. Sterkest: {listed or 'ingen'}")]
    for edge in reversed(linked):
        (x1, y1), (x2, y2) = at[edge.first], at[edge.second]
        parts.append(
            Markup(
                '<line class="edge{}" x1="{:.0f}" y1="{:.0f}" x2="{:.0f}" y2="{:.0f}" stroke-width="{:.1f}"/>'
            ).format(
                "" if edge.above else " below",
                x1,
                y1,
                x2,
                y2,
                1 + (9 if edge.above else 2) * edge.strength / strongest,
            )
        )
    for i, name in enumerate(names):
        x, y = at[i]
        side = math.sin(2 * math.pi * i / n)
        anchor = "middle" if abs(side) < 0.2 else "start" if side > 0 else "end"
        radius = 5 + 13 * math.sqrt(sizes[i] / most)
        away = (radius + 6) * (0 if anchor == "middle" else math.copysign(1, side))
        drop = 4 if anchor != "middle" else (-radius - 7 if y < height / 2 else radius + 16)
        parts.append(
            Markup('<circle class="dot" cx="{:.0f}" cy="{:.0f}" r="{:.1f}" style="--code: {}"/>').format(
                x, y, radius, colours[i]
            )
        )
        parts.append(
            Markup('<text x="{:.0f}" y="{:.0f}" text-anchor="{}">{}</text>').format(
                x + away, y + drop, anchor, cut(name)
            )
        )
    return Markup("").join([*parts, Markup("</svg>")])


def runs(
    labels: Sequence[str], own: Sequence[float], low: Sequence[float], high: Sequence[float],
    threshold: float, title: str,
) -> Markup:  # fmt: skip
    """Draw the share of new codes in each run of interviews, and the band of random orders."""
    width, height, left, top = 610, 200, 60, 12
    known = [value for value in (*own, *high) if not math.isnan(value)]
    most = max([*known, 2 * threshold, 0.1])
    step = (width - left - 60) / max(len(labels) - 1, 1)

    def place(i: int, value: float) -> str:
        return f"{left + 15 + step * i:.1f},{top + (height - 50) * (1 - value / most):.1f}"

    said = "; ".join(f"{label} {percent(value)}" for label, value in zip(labels, own, strict=True))
    band = [place(i, v) for i, v in enumerate(high) if not math.isnan(v)]
    band += [place(i, v) for i, v in reversed(list(enumerate(low))) if not math.isnan(v)]
    line = [place(i, v) for i, v in enumerate(own) if not math.isnan(v)]
    y = place(0, threshold).split(",")[1]
    parts = [
        _opening(width, height, f"{title}. {said}"),
        Markup('<polygon class="band" points="{}"/>').format(" ".join(band)),
        Markup('<line class="limit" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(left, width - 10, y, y),
        Markup('<polyline class="line" points="{}"/>').format(" ".join(line)),
    ]
    for point in line:
        x, at = point.split(",")
        parts.append(Markup('<circle class="dot" cx="{}" cy="{}" r="4"/>').format(x, at))
    for value in (0.0, threshold, most):
        parts.append(
            Markup('<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>').format(
                left - 6, float(place(0, value).split(",")[1]) + 4, percent(value)
            )
        )
    every = max(1, math.ceil(len(labels) / 10))
    for i, label in enumerate(labels):
        if i % every == 0:
            parts.append(
                Markup('<text class="tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                    left + 15 + step * i, height - 10, label
                )
            )
    return Markup("").join([*parts, Markup("</svg>")])


def _opening(width: float, height: float, words: str) -> Markup:
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        width, height, words
    )


def _said(bars: Sequence[Bar], text: Callable[[float], str]) -> str:
    shown = []
    for bar in bars:
        if math.isnan(bar.value):
            continue
        limits = "" if math.isnan(bar.low) else f", {text(bar.low)} til {text(bar.high)}"
        shown.append(f"{bar.label} {text(bar.value)}{limits}")
    return "; ".join(shown)


def _ticks(low: float, high: float) -> list[float]:
    """Return three to six round numbers within an axis."""
    step = 10 ** math.floor(math.log10(high - low))
    for part in (0.2, 0.5, 1, 2):
        if (high - low) / (step * part) <= 6:
            step *= part
            break
    first = math.ceil(low / step)
    return [round(i * step, 10) for i in range(first, math.floor(high / step) + 1)]


def cut(label: str, most: int = 28) -> str:
    """Return a label with no more than some letters.

    Examples
    --------
    >>> cut("Jeg får brukt styrkene mine", 12)
    'Jeg får bru…'
    """
    return label if len(label) <= most else label[: most - 1] + "…"
