"""Figures as Norwegian pages show them: decimal comma, thin spaces, and a dash for what is unknown."""

from __future__ import annotations

import math

from mestring_nlp.wording import comma

UNKNOWN = "–"


def number(value: float) -> str:
    r"""Return a whole number.

    Examples
    --------
    >>> number(12345).replace("\u00a0", " "), number(float("nan"))
    ('12 345', '–')
    """
    return UNKNOWN if math.isnan(value) else f"{round(value):,}".replace(",", "\u00a0").replace("-", "−")


def figure(value: float, digits: int = 2) -> str:
    """Return a number with so many decimals.

    Examples
    --------
    >>> figure(-0.456), figure(0.5, 1)
    ('−0,46', '0,5')
    """
    return (
        UNKNOWN
        if math.isnan(value)
        else comma(f"{round(value, digits) + 0.0:.{digits}f}").replace("-", "−")
    )


def percent(share: float, digits: int = 0) -> str:
    r"""Return a share in per cent.

    Examples
    --------
    >>> percent(0.125, 1).replace("\u00a0", " ")
    '12,5 %'
    """
    return UNKNOWN if math.isnan(share) else f"{figure(100 * share, digits)}\u00a0%"


def interval(low: float, high: float, digits: int = 2) -> str:
    """Return the limits of an interval.

    Examples
    --------
    >>> interval(0.1, 0.25)
    '0,10 til 0,25'
    """
    if math.isnan(low) or math.isnan(high):
        return "uten intervall"
    return f"{figure(low, digits)} til {figure(high, digits)}"


def probability(p: float) -> str:
    r"""Return a p-value.

    Examples
    --------
    >>> probability(0.0004).replace("\u00a0", " "), probability(0.034)
    ('< 0,001', '0,034')
    """
    if math.isnan(p):
        return UNKNOWN
    return "<\u00a00,001" if p < 0.001 else figure(p, 3)
