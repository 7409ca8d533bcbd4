"""Agreement between two coders: a report of tables, CSV, JSON or a page."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import asdict

from mestring_nlp.agreement import FEW_EXAMPLES
from mestring_nlp.codebook import NO_CODE
from mestring_nlp.comparison import FEWEST_INTERVIEWS, Comparison, Row
from mestring_nlp.text import counted, csv_bytes
from mestring_nlp.wording import comma, named
from mestring_nlp.writers import tables
from mestring_nlp.writers.plain import json_text
from mestring_nlp.writers.tables import Block, Heading, Item, Table, marked

_COLUMNS = (
    *("a", "b", "kappa", "low", "high", "agreement", "ac1", "pabak", "f1", "prevalence", "bias", "rho"),
    "note",
)
_SHOWN = 30


def report(comparison: Comparison) -> list[Block]:
    """Return the comparison as a report, the passages to talk about last.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    list of Block
        `mestring_nlp.writers.tables` makes it Markdown, or draws it on a terminal.
    """
    c = comparison
    rows = _labelled(c)
    what = "words" if c.unit == "word" else "passages"
    agreed, others = [], []
    for label, r in rows:
        interval = "–" if math.isnan(r.low) else f"{_number(r.low)} to {_number(r.high)}"
        kappa, f1 = (marked(_number(figure), r.few) for figure in (r.kappa, r.f1))
        agreed.append((label, str(r.a), str(r.b), kappa, interval, _number(r.rho)))
        chance = map(_number, (r.agreement, r.ac1, r.pabak))
        others.append((label, *chance, f1, _number(r.prevalence), _number(r.bias)))
    mark = f"{tables.MARKED} by one of the coders. " if any(r.few for _, r in rows) else ""
    blocks: list[Block] = [
        Heading(f"Agreement: {c.a} and {c.b}", level=1),
        f"{c.units} common {what} in {counted(c.interviews, 'interview')}; {c.coded} of them coded by "
        "either.",
        Table(("code", c.a, c.b, "kappa", "95 % interval", "rho"), tuple(agreed)),
        f"{mark}Kappa is Cohen's, with its interval from a cluster bootstrap over interviews. Rho is "
        "Shaffer's: below .05, kappa may be taken to be .65 or more in the whole data, if these passages "
        "are a random sample of it. Passages of whole interviews are not: then rely on the interval.",
        Table(("code", "agreement", "AC1", "PABAK", "F1", "prevalence", "bias"), tuple(others)),
        "F1 takes the first coder as gold. Krippendorff's alpha over sets of codes: "
        f"{_number(c.alpha_masi)} (MASI), {_number(c.alpha_jaccard)} (Jaccard). Over the text as a "
        f"continuum: {_number(c.unitizing_alpha)}.",
        *(Item(f"{label}: {r.note}.") for label, r in rows if math.isnan(r.kappa)),
        *map(Item, caveats(c)),
    ]
    if c.confusion:
        most = list(c.confusion.items())[:_SHOWN]
        stood = tuple((*(_listed([code], c) for code in pair), str(count)) for pair, count in most)
        blocks += [Heading("What stood for what"), Table((c.a, c.b, what), stood, text_columns=2)]
    if c.differences:
        blocks.append(Heading(f"{len(c.differences)} differences to talk about"))
    for unit in c.differences:
        place = f"{unit.transcript}, {unit.start}–{unit.end}"
        blocks.append(Item(f"{place}: {_listed(unit.a, c)} against {_listed(unit.b, c)}", unit.text))
    return blocks


def caveats(comparison: Comparison) -> list[str]:
    """Return what the figures leave out, or rest on too little, a sentence each."""
    c = comparison
    unknown = _unknown(c)
    return [
        *(
            [f"Only {counted(c.interviews, 'interview')}: the intervals say little or nothing."]
            if c.interviews < FEWEST_INTERVIEWS
            else []
        ),
        *(
            [
                f"Not in the codebook {c.codebook.title!r}: {', '.join(unknown)}. Name the coders' own "
                "codebook with --codebook."
            ]
            if unknown
            else []
        ),
        *(
            f"{count} of {coder}'s spans overlap; they were cut at each boundary, and a piece has the "
            "codes of all spans over it."
            for coder, count in c.overlapped
        ),
        *(
            f"{coder} left {counted(count, 'passage')} to a person: not compared."
            for coder, count in c.abstained
        ),
        *(
            f"{coder} has no row for {count} of the passages that the other judged: taken as not read, "
            "and not compared. If they were read and no code fits, give them rows with an empty code."
            for coder, count in c.unread
        ),
        *(f"{coder} alone coded {', '.join(names)}: left out." for coder, names in c.alone),
    ]


def _unknown(comparison: Comparison) -> list[str]:
    """Return the codes that the codebook does not have."""
    return [row.code for row in comparison.rows if row.code not in comparison.codebook.ids]


def csv_table(comparison: Comparison) -> str:
    """Return the figures alone as CSV; an undefined figure is an empty cell."""
    rows = []
    for label, row in _labelled(comparison):
        values = [getattr(row, column) for column in _COLUMNS]
        figures = ["" if isinstance(v, float) and math.isnan(v) else v for v in values]
        rows.append([row.code or label, label, *figures])
    return csv_bytes([["code", "name", *_COLUMNS], *rows]).decode()


def as_json(comparison: Comparison) -> str:
    """Return all of it as JSON; an undefined figure is null, and "" no code."""
    book = comparison.codebook
    content = asdict(comparison) | {
        "codebook": {"title": book.title, "version": book.version, "hash": book.hash},
        "confusion": [[*pair, count] for pair, count in comparison.confusion.items()],
    }
    for row, made in zip(comparison.rows, content["rows"], strict=True):
        made |= {"name": named(row.code, book), "note": row.note}
    return json_text(content)


def page(comparison: Comparison) -> str:
    """Return a self-contained page in Norwegian, with kappa and its intervals drawn."""
    from mestring_nlp.writers.page import environment

    rows = _labelled(comparison)
    drawn = [x for _, r in rows for x in (r.kappa, r.low) if not math.isnan(x)]
    # Kappa may lie below 0: the axis then begins at -0.5 or -1.
    lowest = min(0.0, math.floor(2 * min(drawn, default=0.0)) / 2)

    def along(value: float) -> float:
        return round(100 * (value - lowest) / (1 - lowest), 2)

    def shown(figure: str) -> str:
        return comma(figure).replace("-", "−")

    return (
        environment()
        .get_template("comparison.html.j2")
        .render(
            c=comparison,
            rows=rows,
            named=lambda code: named(code, comparison.codebook),
            listed=lambda codes: _listed(codes, comparison, NO_CODE.lower()),
            few=comparison.interviews < FEWEST_INTERVIEWS,
            number=lambda value: shown(_number(value)),
            axis=along,
            ticks=[(shown(f"{x:g}"), along(x)) for x in sorted({lowest, 0.0, 1.0})],
            marked=marked,
            mark=tables.MARK if any(r.few for _, r in rows) else "",
            few_examples=FEW_EXAMPLES,
            unknown=_unknown(comparison),
            nan=math.isnan,
        )
    )


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{round(value, 2) + 0.0:.2f}"  # + 0.0: no "-0.00"


def _labelled(comparison: Comparison) -> list[tuple[str, Row]]:
    """Return the rows with what they are called, the pooled ones first."""
    return [
        ("all codes", comparison.pooled),
        ("all codes, where either coded", comparison.pooled_coded),
        *((named(row.code, comparison.codebook), row) for row in comparison.rows),
    ]


def _listed(codes: Collection[str], comparison: Comparison, none: str = "no code") -> str:
    """Return the names of codes in the codebook's order; "" is no code."""
    order = [row.code for row in comparison.rows]
    return "; ".join(named(code, comparison.codebook) for code in order if code in codes) or none


FORMATS: dict[str, Callable[[Comparison], str]] = {
    "md": lambda comparison: tables.markdown(report(comparison)),
    "csv": csv_table,
    "json": as_json,
    "html": page,
}
