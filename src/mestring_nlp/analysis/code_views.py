"""The page's tables of codes: in each case, together, quoted, and as core categories."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from markupsafe import Markup

from mestring_nlp.analysis import charts
from mestring_nlp.analysis.charts import Edge
from mestring_nlp.analysis.core_categories import CRITERIA
from mestring_nlp.analysis.figures import UNKNOWN, figure, number, percent, probability
from mestring_nlp.analysis.material import CodedTalk, Floats
from mestring_nlp.analysis.shown import Cell, Shown, View, cell, sorted_by

RELATIONS = {"passage": "i samme avsnitt", "turn": "i samme tur", "near": "nær hverandre"}
_MOST_EDGES = 30
_SHOWN_AS: dict[str, Callable[[float], str]] = {
    **dict.fromkeys(CRITERIA, partial(figure, digits=3)),
    "frequency": partial(percent, digits=1),
}


class CodeViews(View):
    """Codes by case, together, in the framework matrix and as core categories."""

    def matrices(self) -> Iterator[Shown]:
        """Yield the matrix of cases and codes, one a coder."""
        table = self.found.code_by_case
        measures = ("passages", "words", "share", "row_share", "column_share", "total_share")
        for coder, rows in table.groupby("coder", sort=False):
            who = self.who[coder]
            most = [max(rows[name].max(), 1e-9) for name in measures]
            made: list[list[Cell]] = []
            totals = _all_codes(self.found.material.coders[who])
            for (case, line), every in zip(rows.groupby("case", sort=False), totals, strict=True):
                at = self.case_at[case]
                cells = [Cell(case, case, f"c:{who}:{at}:-1")]
                for row in line.itertuples():
                    values = [getattr(row, name) for name in measures]
                    shown = _shown(values)
                    shades = [
                        0.0 if math.isnan(v) else v / top for v, top in zip(values, most, strict=True)
                    ]
                    known = not math.isnan(row.low)
                    extra = f" ({number(row.low)}–{number(row.high)})" if known else ""
                    cells.append(
                        Cell(
                            shown[0],
                            values[0],
                            f"c:{who}:{at}:{self.code_at[row.code]}" if values[0] else "",
                            self.codes[row.code].colour,
                            shades[0],
                            "|".join([shown[0] + extra, *shown[1:]]),
                            "|".join(f"{shade:.3f}" for shade in shades),
                        )
                    )
                shown = _shown(every)
                order = "|".join(f"{v:.6f}" for v in every / np.maximum(totals.max(axis=0), 1e-9))
                cells.append(Cell(shown[0], int(every[0]), values="|".join(shown), numbers=order))
                made.append(cells)
            names = [self.codes[code].name for code in self.found.material.coders[who].codes]
            yield Shown(
                f"Koder i hvert intervju{self.by(coder)}",
                (self.unit, *names, "Alle"),
                made,
                kind="matrix",
            )

    def together(self) -> Iterator[Shown]:
        """Yield pairs of codes, one table a relation, with the network."""
        table = self.found.cooccurrence
        m = self.found.material
        for (coder, relation), rows in table.groupby(["coder", "relation"], sort=False):
            who = self.who[coder]
            seen = rows[rows["observed"] > 0].sort_values("observed", ascending=False, kind="stable")
            made = [
                [
                    Cell(
                        f"{r.first_name} og {r.second_name}",
                        r.first_name,
                        f"p:{who}:{relation}:{self.code_at[r.first]}:{self.code_at[r.second]}",
                    ),
                    cell(r.observed, number),
                    cell(r.expected, lambda v: figure(v, 1)),
                    cell(r.ratio),
                    *(
                        []
                        if relation == "near"
                        else [cell(r.jaccard), cell(r.p, probability), cell(r.p_holm, probability)]
                    ),
                ]
                for r in seen.itertuples()
            ]
            drawn: tuple[Markup, ...] = ()
            if relation != "near":
                talk = m.coders[who]
                edges = [
                    Edge(self.code_at[r.first], self.code_at[r.second], r.jaccard, r.ratio > 1)
                    for r in seen.sort_values("jaccard", ascending=False).head(_MOST_EDGES).itertuples()
                ]
                drawn = (
                    charts.network(
                        [code.name for code in m.codebook],
                        [code.colour for code in m.codebook],
                        list(talk.case_passages.sum(axis=0)),
                        edges,
                        f"Koder {RELATIONS[relation]}, c-koeffisient",
                    ),
                )
            last = () if relation == "near" else ("c-koeffisient", "p", "p (Holm)")
            near = f" (høyst {self.found.near} avsnitt unna)" if relation == "near" else ""
            yield Shown(
                f"Koder {RELATIONS[relation]}{near}{self.by(coder)}",
                ("Koder", "Observert", "Forventet", "Observert / forventet", *last),
                made,
                drawn,
                f"{number(rows.iloc[0]['units'])} "
                + {"passage": "avsnitt", "turn": "turer", "near": "avsnitt"}[relation]
                + " i alt. Par som aldri opptrer sammen, er utelatt her, men står i arbeidsboken.",
            )

    def framework(self) -> Iterator[Shown]:
        """Yield the framework matrix, one a coder."""
        table = self.found.framework_matrix
        for coder, rows in table.groupby("coder", sort=False):
            who = self.who[coder]
            talk = self.found.material.coders[who]
            codes = talk.codes
            counts = talk.by_case(talk.has).astype(int)
            made = []
            for at, row in enumerate(rows.to_dict("records")):
                case = self.case_at[row["case"]]
                cells = [Cell(row["case"], row["case"], f"c:{who}:{case}:-1")]
                for code, count in zip(codes, counts[at], strict=True):
                    ask = f"c:{who}:{case}:{self.code_at[code]}" if count else ""
                    label = "Les avsnittet" if count == 1 else f"Les alle {count}"
                    cells.append(Cell(row[code], row[code], ask, button=label))
                made.append(cells)
            yield Shown(
                f"Rammematrise{self.by(coder)}",
                (self.unit, *(self.codes[code].name for code in codes)),
                made,
                kind="framework",
            )

    def core(self) -> Iterator[Shown]:
        """Yield core categories, one table a coder."""
        table = self.found.core_categories
        for coder, rows in table.groupby("coder", sort=False):
            made = []
            for r in rows.to_dict("records"):
                cells = [
                    Cell(r["name"], r["name"], self.all_of(coder, r["code"])),
                    cell(r["mean_rank"], lambda v: figure(v, 1)),
                ]
                for name in CRITERIA:
                    show = _SHOWN_AS[name]
                    low, high = show(r[f"{name}_low"]), show(r[f"{name}_high"])
                    limits = low.removesuffix("\u00a0%") + f"–{high}"
                    known = not math.isnan(r[f"{name}_low"])
                    text = f"{show(r[name])}\n{limits}" if known else show(r[name])
                    cells.append(
                        Cell(
                            f"{text}\nnr. {figure(r[f'{name}_rank'], 1).removesuffix(',0')}",
                            sorted_by(r[name]),
                        )
                    )
                cells.append(
                    Cell(
                        f"{r['subthemes']}: {r['subtheme_words']}" if r["subthemes"] else UNKNOWN,
                        r["subthemes"],
                    )
                )
                made.append(cells)
            yield Shown(
                f"Kjernekategorier{self.by(coder)}",
                (
                    *("Kode", "Snittplass", "Sentralitet", "Hyppighet", "Jevnhet", "Variasjon"),
                    *("Undertemaer", "Betydning for teori"),
                ),
                made,
                kind="core",
            )


def _all_codes(talk: CodedTalk) -> Floats:
    """Return the measures of the matrix for all codes together, of shape (cases, measures).

    Words with several codes count once.
    """
    passages = talk.case_passages.sum(axis=1)
    words = talk.by_case(talk.has.any(axis=1) * talk.words)
    part = passages / max(passages.sum(), 1)
    return np.column_stack([passages, words, words / np.maximum(talk.talk, 1), passages > 0, part, part])


def _shown(measures: Sequence[float] | Floats) -> list[str]:
    """Return the measures of a cell as the matrix shows them: two counts, then shares."""
    return [*map(number, measures[:2]), *map(percent, measures[2:])]
