"""The page's tables of groups: contrasts, the survey, and how sure a machine's figures are."""

from __future__ import annotations

from collections.abc import Iterator

from mestring_nlp.analysis import charts
from mestring_nlp.analysis.charts import Bar
from mestring_nlp.analysis.figures import UNKNOWN, figure, interval, number, percent, probability
from mestring_nlp.analysis.shown import Cell, Shown, View, cell, sorted_by
from mestring_nlp.analysis.survey import group_of_cases
from mestring_nlp.analysis.variables import SCALE

_MOST_BARS = 40


class GroupViews(View):
    """Groups of cases, the survey beside them, and a machine's adjusted figures."""

    def contrasts(self) -> Iterator[Shown]:
        """Yield each variable's contrasts, with their drawing."""
        table = self.found.code_by_variable
        values = self.found.material.variables
        for (coder, variable, first, second), rows in table.groupby(
            ["coder", "variable", "first", "second"], sort=False
        ):
            who = self.who[coder]
            of = {
                group: ",".join(str(self.case_at[c]) for c, v in values[variable].items() if v == group)
                for group in (first, second)
            }
            scale = rows.iloc[0]["kind"] == SCALE
            made = []
            for row in rows.itertuples():
                at = self.code_at[row.code]
                note = row.note or ""
                if scale:
                    cells = [
                        Cell(row.name, row.name, self.all_of(coder, row.code)),
                        cell(row.mean_first, percent),
                        cell(row.effect),
                    ]
                else:
                    cells = [
                        Cell(row.name, row.name, self.all_of(coder, row.code)),
                        cell(row.mean_first, lambda v: percent(v, 1), f"g:{who}:{at}:{of[first]}"),
                        cell(row.mean_second, lambda v: percent(v, 1), f"g:{who}:{at}:{of[second]}"),
                        cell(100 * row.difference, lambda v: figure(v, 1)),
                    ]
                factor = 1 if scale else 100
                limits = interval(factor * row.low, factor * row.high, 2 if scale else 1)
                cells.append(Cell(note or limits, sorted_by(row.low)))
                if not scale:
                    cells.append(cell(row.effect))
                cells += [cell(row.p, probability), cell(row.p_holm, probability)]
                made.append(cells)
            bars = [
                Bar(row.name, row.difference, row.low, row.high, self.codes[row.code].colour)
                for row in rows.itertuples()
            ]
            n = rows.iloc[0]
            machine = self.found.material.coders[who].is_machine
            doubt = " Slik maskinen teller: forskjellen kan være maskinens egen." if machine else ""
            if scale:
                yield Shown(
                    f"{variable}{self.by(coder)}",
                    ("Kode", "Andel av talen", "Rangkorrelasjon", "95 % intervall", "p", "p (Holm)"),
                    made,
                    (charts.intervals(bars, f"Rangkorrelasjon med {variable}", zero=True),),
                    f"Spearmans rho mellom {variable} og andelen av talen, over {n['n_first']} intervjuer.{doubt}",
                )
                continue
            yield Shown(
                f"{variable}: {first} mot {second}{self.by(coder)}",
                (
                    "Kode",
                    f"{first} (n = {n['n_first']})",
                    f"{second} (n = {n['n_second']})",
                    "Forskjell, prosentpoeng",
                    "95 % intervall",
                    "Cliffs delta",
                    "p",
                    "p (Holm)",
                ),
                made,
                (
                    charts.intervals(
                        bars,
                        f"Forskjell i andel av talen, {first} minus {second}, prosentpoeng",
                        unit=charts.POINTS,
                        zero=True,
                    ),
                ),
                "Tabellen: gjennomsnittlig andel av talen per intervju. Figuren: forskjellen i prosentpoeng, med "
                f"95 % intervall. Til høyre for null: mer hos {first}.{doubt}",
            )

    def survey(self) -> Iterator[Shown]:
        """Yield the survey beside the codes."""
        table = self.found.survey
        if not len(table) or self.found.answers is None:
            return
        of_group = group_of_cases(self.found.material, self.found.answers)
        for coder, rows in table.groupby("coder", sort=False):
            who = self.who[coder]
            made, bars = [], []
            for r in rows.itertuples():
                code = self.code_at.get(r.code, -1)
                inside = ",".join(
                    str(self.case_at[c]) for c, group in of_group.items() if group == r.group
                )
                ask = f"g:{who}:{code}:{inside}" if inside else f"c:{who}:-1:{code}"
                made.append(
                    [
                        Cell(r.statement, r.statement),
                        Cell(r.group, r.group),
                        cell(r.n, number),
                        cell(r.mean),
                        Cell(interval(r.low, r.high), sorted_by(r.low)),
                        Cell(f"{figure(r.least, 0)}–{figure(r.most, 0)}", sorted_by(r.most)),
                        Cell(r.name or UNKNOWN, r.name),
                        cell(r.talk_share, lambda v: percent(v, 1), ask if r.talk_share > 0 else ""),
                    ]
                )
            for r in rows.drop_duplicates(["statement", "group"]).itertuples():
                bars.append(Bar(_labelled(r.statement, r.group), r.mean, r.low, r.high))
            yield Shown(
                f"Påstander og koder{self.by(coder)}",
                (
                    *("Påstand", "Gruppe", "Svar", "Gjennomsnitt", "95 % intervall", "Brukt skala"),
                    *("Kode", "Andel av talen"),
                ),
                made,
                (charts.intervals(bars[:_MOST_BARS], "Gjennomsnitt med intervall"),),
                "Andelen av talen er gjennomsnittet over intervjuene i samme gruppe."
                + (f" Figuren viser de {_MOST_BARS} første linjene." if len(bars) > _MOST_BARS else ""),
            )

    def adjusted(self) -> Iterator[Shown]:
        """Yield a machine's counts, adjusted, for all cases together."""
        for coder, rows in self.found.adjusted_counts.groupby("coder", sort=False):
            every = rows[rows["case"] == "alle"]
            if every["adjusted"].isna().all():
                continue
            made = [
                [
                    Cell(r.name, r.name, self.all_of(coder, r.code)),
                    cell(r.counted, number),
                    cell(r.adjusted, lambda v: figure(v, 1)),
                    Cell(r.note or interval(r.low, r.high, 0), sorted_by(r.low)),
                    cell(r.found_rate, percent),
                    cell(r.false_rate, lambda v: percent(v, 1)),
                ]
                for r in every.itertuples()
            ]
            bars = [
                Bar(r.name, r.adjusted, r.low, r.high, self.codes[r.code].colour, r.counted)
                for r in every.itertuples()
            ]
            yield Shown(
                f"Maskinens tall, justert: {coder}",
                ("Kode", "Talt", "Justert", "95 % intervall", "Finner av koden", "Gir koden feil"),
                made,
                (charts.intervals(bars, "Antall avsnitt, justert for maskinens feil"),),
                "Punkt: justert. Ring: slik maskinen teller. Tallene for hvert intervju står i arbeidsboken.",
            )

    def adjusted_contrasts(self) -> Iterator[Shown]:
        """Yield contrasts of a machine's codes, adjusted for its errors."""
        table = self.found.adjusted_by_variable
        for (coder, variable, first, second), rows in table.groupby(
            ["coder", "variable", "first", "second"], sort=False
        ):
            made = [
                [
                    Cell(row.name, row.name),
                    cell(100 * (row.counted_first - row.counted_second), lambda v: figure(v, 1)),
                    cell(100 * row.difference, lambda v: figure(v, 1)),
                    Cell(row.note or interval(100 * row.low, 100 * row.high, 1), sorted_by(row.low)),
                    Cell("i hver gruppe" if row.errors == "group" else "i alt", row.errors),
                ]
                for row in rows.itertuples()
            ]
            bars = [
                Bar(
                    r.name,
                    r.difference,
                    r.low,
                    r.high,
                    self.codes[r.code].colour,
                    r.counted_first - r.counted_second,
                )
                for r in rows.itertuples()
            ]
            yield Shown(
                f"{variable}: {first} mot {second}, justert for maskinens feil",
                (
                    "Kode",
                    "Forskjell talt, prosentpoeng",
                    "Forskjell justert, prosentpoeng",
                    "95 % intervall",
                    "Feil målt",
                ),
                made,
                (
                    charts.intervals(
                        bars,
                        "Forskjell i andel av avsnittene, prosentpoeng",
                        unit=charts.POINTS,
                        zero=True,
                    ),
                ),
                f"Andel av avsnittene per gruppe, kodet av {coder}. Punkt: justert. Ring: slik maskinen teller. Intervallet er fra bootstrap over intervjuer, og for smalt når de er så få.",
            )


def _labelled(statement: str, group: str) -> str:
    """Return a statement and its group, the statement cut where there is no room for both."""
    return f"{charts.cut(statement, charts.MOST_LETTERS - len(group) - 2)}, {group}"
