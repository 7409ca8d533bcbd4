"""Agreement between two coders, as Markdown, CSV, JSON or a page."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from dataclasses import asdict

from mestring_nlp.comparison import FEWEST_INTERVIEWS, Comparison, Row
from mestring_nlp.text import cell, counted
from mestring_nlp.wording import NO_CODE, comma, named
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
    "rho",
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
        f"{c.units} common {what} in {counted(c.interviews, 'interview')}; {c.coded} of them coded by either. "
        "Intervals: 95 %, by a cluster bootstrap over interviews. F1 takes the first coder as gold. Rho is Shaffer's: below .05, "
        "kappa may be taken to be .65 or more in the whole data.",
        "",
        f"| code | {c.a} | {c.b} | kappa | interval | agreement | AC1 | PABAK | F1 | prevalence | bias | rho |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, r in _named(c):
        interval = f"{_number(r.low)} to {_number(r.high)}"
        numbers = (r.agreement, r.ac1, r.pabak, r.f1, r.prevalence, r.bias, r.rho)
        figures = " | ".join(map(_number, numbers))
        lines.append(f"| {name} | {r.a} | {r.b} | {_number(r.kappa)} | {interval} | {figures} |")
    lines += [
        "",
        f"Krippendorff's alpha over sets of codes: {_number(c.alpha_masi)} (MASI), "
        f"{_number(c.alpha_jaccard)} (Jaccard). Over the text as a continuum: {_number(c.unitizing_alpha)}.",
    ]
    notes = [f"{row.code}: {row.note}." for row in c.rows if row.note] + caveats(c)
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


def caveats(comparison: Comparison) -> list[str]:
    """Say what the figures leave out, or rest on too little."""
    c = comparison
    few = [
        f"Only {counted(c.interviews, 'interview')}: intervals by drawing interviews say little or nothing."
    ]
    return [
        *(few if c.interviews < FEWEST_INTERVIEWS else ()),
        *(
            f"{count} of {coder}'s spans overlap; they were cut at each border, and a piece has the codes "
            "of all spans over it."
            for coder, count in c.overlapped
        ),
        *(f"{coder} alone coded {', '.join(names)}: left out." for coder, names in c.alone),
    ]


def csv_table(comparison: Comparison) -> str:
    """Give the table alone as CSV; an undefined figure is an empty cell."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["code", *_COLUMNS])
    for name, row in _named(comparison):
        values = [getattr(row, column) for column in _COLUMNS]
        writer.writerow(
            [cell(name), *("" if isinstance(v, float) and math.isnan(v) else v for v in values)]
        )
    return buffer.getvalue()


def as_json(comparison: Comparison) -> str:
    """Give all of it as JSON; an undefined figure is null."""
    content = asdict(comparison)
    content["confusion"] = [[*pair, count] for pair, count in comparison.confusion.items()]
    return json_text(content)


def page(comparison: Comparison) -> str:
    """Give a self-contained page in Norwegian; codes of the bundled codebook bear their names."""
    from mestring_nlp.writers.page import environment

    template = environment().get_template("comparison.html.j2")
    return template.render(
        c=comparison,
        rows=_named(comparison),
        named=named,
        listed=lambda codes: "; ".join(map(named, sorted(codes))) or NO_CODE.lower(),
        few=comparison.interviews < FEWEST_INTERVIEWS,
        number=lambda value: comma(_number(value)),
        nan=math.isnan,
    )


FORMATS: dict[str, Callable[[Comparison], str]] = {
    "md": markdown,
    "csv": csv_table,
    "json": as_json,
    "html": page,
}
