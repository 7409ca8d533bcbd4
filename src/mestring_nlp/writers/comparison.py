"""Agreement between two coders, as Markdown, CSV, JSON or a page."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from dataclasses import asdict

from mestring_nlp.comparison import Comparison, Row
from mestring_nlp.writers.plain import json_text

_COLUMNS = (
    "a",
    "b",
    "kappa",
    "low",
    "high",
    "agreement",
    "ac1",
    "pabak",
    "f1",
    "prevalence",
    "bias",
    "note",
)
_SHOWN = 30


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def _named(comparison: Comparison) -> list[tuple[str, Row]]:
    pooled = [
        ("all codes", comparison.pooled),
        ("all codes, where either coded", comparison.pooled_coded),
    ]
    return pooled + [(row.code, row) for row in comparison.rows]


def markdown(comparison: Comparison) -> str:
    """Give the comparison as Markdown, the passages to talk about last."""
    c = comparison
    what = "words" if c.unit == "word" else "passages"
    lines = [
        f"# Agreement: {c.a} and {c.b}",
        "",
        f"{c.units} common {what} in {c.interviews} interview(s); {c.coded} of them coded by either. "
        "Intervals: 95 %, by drawing whole interviews. F1 takes the first coder as gold.",
        "",
        f"| code | {c.a} | {c.b} | kappa | interval | agreement | AC1 | PABAK | F1 | prevalence | bias |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, r in _named(c):
        interval = f"{_number(r.low)} to {_number(r.high)}"
        numbers = (r.agreement, r.ac1, r.pabak, r.f1, r.prevalence, r.bias)
        figures = " | ".join(map(_number, numbers))
        lines.append(f"| {name} | {r.a} | {r.b} | {_number(r.kappa)} | {interval} | {figures} |")
    lines += [
        "",
        f"Krippendorff's alpha over sets of codes: {_number(c.alpha_masi)} (MASI), "
        f"{_number(c.alpha_jaccard)} (Jaccard). Over the text as a continuum: {_number(c.unitizing_alpha)}.",
    ]
    notes = [f"{row.code}: {row.note}." for row in c.rows if row.note] + list(c.caveats)
    lines += ["", *(f"- {note}" for note in notes)] if notes else []
    if c.confusion:
        lines += ["", "## What stood for what", "", f"| {c.a} | {c.b} | {what} |", "|---|---|---|"]
        lines += [
            f"| {one} | {other} | {count} |"
            for (one, other), count in list(c.confusion.items())[:_SHOWN]
        ]
    if c.differences:
        lines += ["", f"## {len(c.differences)} differences to talk about", ""]
        for unit in c.differences:
            codes = ["; ".join(sorted(side)) or "no code" for side in (unit.a, unit.b)]
            lines += [
                f"- **{unit.transcript}, {unit.start}–{unit.end}**: {codes[0]} against {codes[1]}",
                *([f"  > {' '.join(unit.text.split())}"] if unit.text else []),
            ]
    return "\n".join(lines) + "\n"


def csv_table(comparison: Comparison) -> str:
    """Give the table alone as CSV; an undefined figure is an empty cell."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["code", *_COLUMNS])
    for name, row in _named(comparison):
        values = [getattr(row, column) for column in _COLUMNS]
        writer.writerow([name, *("" if isinstance(v, float) and math.isnan(v) else v for v in values)])
    return buffer.getvalue()


def as_json(comparison: Comparison) -> str:
    """Give all of it as JSON; an undefined figure is null."""
    content = asdict(comparison)
    content["confusion"] = [[*pair, count] for pair, count in comparison.confusion.items()]
    return json_text(content)


def page(comparison: Comparison) -> str:
    """Give a self-contained page in Norwegian."""
    from mestring_nlp.writers.page import environment

    template = environment().get_template("comparison.html.j2")
    return template.render(c=comparison, rows=_named(comparison), number=_number, nan=math.isnan)


FORMATS: dict[str, Callable[[Comparison], str]] = {
    "md": markdown,
    "csv": csv_table,
    "json": as_json,
    "html": page,
}
