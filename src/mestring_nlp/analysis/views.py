"""What the page shows of each table: headings, cells that open their passages, and drawings."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from mestring_nlp.analysis import charts
from mestring_nlp.analysis.charts import Bar, Edge
from mestring_nlp.analysis.core_categories import CRITERIA
from mestring_nlp.analysis.figures import UNKNOWN, figure, interval, number, percent, probability
from mestring_nlp.analysis.variables import SCALE

if TYPE_CHECKING:
    from mestring_nlp.analysis.findings import Findings

RELATIONS = {"passage": "i samme avsnitt", "turn": "i samme tur", "near": "nær hverandre"}
_MOST_EDGES = 30
_SHOWN_AS: dict[str, Callable[[float], str]] = {
    **dict.fromkeys(CRITERIA, partial(figure, digits=3)),
    "frequency": partial(percent, digits=1),
}


class Cell(NamedTuple):
    """A cell: what it shows, what it is sorted by, and which passages it opens.

    ``ask`` is read by the page's script; see ``findings.js``. ``shade`` is the colour's share, in [0, 1].
    """

    text: str
    sort: float | str = ""
    ask: str = ""
    colour: str = ""
    shade: float = 0.0
    values: str = ""
    numbers: str = ""


@dataclass(frozen=True)
class Shown:
    """A table of the page, with its drawing and what stands above it.

    Attributes
    ----------
    title : str
        The caption.
    columns : tuple of str
    rows : list of list of Cell
        The first cell of a row is its heading.
    charts : tuple of Markup
    text : str
        What the figures are, in a sentence or two.
    kind : str
        A class of its style.
    """

    title: str
    columns: tuple[str, ...]
    rows: list[list[Cell]] = field(repr=False)
    charts: tuple[Markup, ...] = ()
    text: str = ""
    kind: str = ""


def _sorted_by(value: float) -> float | str:
    return "" if math.isnan(value) else round(float(value), 6)


def _cell(value: float, show: Any = figure, ask: str = "") -> Cell:
    return Cell(show(value), _sorted_by(value), ask)


class Views:
    """The tables of findings as the page shows them.

    Parameters
    ----------
    found : Findings
    """

    def __init__(self, found: Findings) -> None:
        self.found = found
        m = found.material
        self.codes = {code.id: code for code in m.codebook}
        self.code_at = {code: at for at, code in enumerate(m.codebook.ids)}
        self.who = {talk.coder: at for at, talk in enumerate(m.coders)}
        self.case_at = {case: at for at, case in enumerate(m.cases)}
        self.several = len(m.coders) > 1

    def by(self, coder: str) -> str:
        """Return how a table names its coder, where there are several."""
        return f", kodet av {coder}" if self.several else ""

    def matrices(self) -> Iterator[Shown]:
        """Yield the matrix of cases and codes, one a coder."""
        table = self.found.code_by_case
        measures = ("passages", "words", "share", "row_share", "column_share", "total_share")
        for coder, rows in table.groupby("coder", sort=False):
            who = self.who[coder]
            most = [max(rows[name].max(), 1e-9) for name in measures]
            made: list[list[Cell]] = []
            for case, line in rows.groupby("case", sort=False):
                at = self.case_at[case]
                cells = [Cell(case, case, f"c:{who}:{at}:-1")]
                for row in line.itertuples():
                    values = [getattr(row, name) for name in measures]
                    shown = [number(values[0]), number(values[1]), *(percent(v) for v in values[2:])]
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
                cells.append(Cell(number(line["passages"].sum()), int(line["passages"].sum())))
                made.append(cells)
            names = [self.codes[code].name for code in self.found.material.coders[who].codes]
            yield Shown(
                f"Koder i hvert intervju{self.by(coder)}",
                ("Intervju", *names, "Alle"),
                made,
                kind="matrix",
            )

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
                        Cell(row.name, row.name, f"c:{who}:-1:{at}"),
                        _cell(row.mean_first, percent),
                        _cell(row.effect),
                    ]
                else:
                    cells = [
                        Cell(row.name, row.name, f"c:{who}:-1:{at}"),
                        _cell(row.mean_first, lambda v: percent(v, 1), f"g:{who}:{at}:{of[first]}"),
                        _cell(row.mean_second, lambda v: percent(v, 1), f"g:{who}:{at}:{of[second]}"),
                        _cell(100 * row.difference, lambda v: figure(v, 1)),
                    ]
                factor = 1 if scale else 100
                limits = interval(factor * row.low, factor * row.high, 2 if scale else 1)
                cells.append(Cell(note or limits, _sorted_by(row.low)))
                if not scale:
                    cells.append(_cell(row.effect))
                cells += [_cell(row.p, probability), _cell(row.p_holm, probability)]
                made.append(cells)
            bars = [
                Bar(row.name, row.difference, row.low, row.high, self.codes[row.code].colour)
                for row in rows.itertuples()
            ]
            n = rows.iloc[0]
            if scale:
                yield Shown(
                    f"{variable}{self.by(coder)}",
                    ("Kode", "Andel av talen", "Rangkorrelasjon", "95 % intervall", "p", "p (Holm)"),
                    made,
                    (charts.intervals(bars, f"Rangkorrelasjon med {variable}", zero=True),),
                    f"Spearmans rho mellom {variable} og andelen av talen, over {n['n_first']} intervjuer.",
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
                        bars, f"Forskjell i andel av talen, {first} minus {second}", unit="%", zero=True
                    ),
                ),
                f"Gjennomsnittlig andel av talen per intervju. Til høyre for null: mer hos {first}.",
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
                    _cell(row.counted_first - row.counted_second, lambda v: percent(v, 1)),
                    _cell(row.difference, lambda v: percent(v, 1)),
                    Cell(row.note or interval(100 * row.low, 100 * row.high, 1), _sorted_by(row.low)),
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
                    "Forskjell talt",
                    "Forskjell justert",
                    "95 % intervall, prosentpoeng",
                    "Feil målt",
                ),
                made,
                (charts.intervals(bars, "Forskjell i andel av avsnittene", unit="%", zero=True),),
                f"Andel av avsnittene per gruppe, kodet av {coder}. Punkt: justert. Ring: slik maskinen teller. Intervallet er fra bootstrap over intervjuer, og for smalt når de er så få.",
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
                    _cell(r.observed, number),
                    _cell(r.expected, lambda v: figure(v, 1)),
                    _cell(r.ratio),
                    *(
                        []
                        if relation == "near"
                        else [_cell(r.jaccard), _cell(r.p, probability), _cell(r.p_holm, probability)]
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
            codes = self.found.material.coders[self.who[coder]].codes
            made = [
                [Cell(row["case"], row["case"]), *(Cell(row[code], row[code]) for code in codes)]
                for _, row in rows.iterrows()
            ]
            yield Shown(
                f"Rammematrise{self.by(coder)}",
                ("Intervju", *(self.codes[code].name for code in codes)),
                made,
                kind="framework",
            )

    def core(self) -> Iterator[Shown]:
        """Yield core categories, one table a coder."""
        table = self.found.core_categories
        for coder, rows in table.groupby("coder", sort=False):
            who = self.who[coder]
            made = []
            for r in rows.to_dict("records"):
                cells = [
                    Cell(r["name"], r["name"], f"c:{who}:-1:{self.code_at[r['code']]}"),
                    _cell(r["mean_rank"], lambda v: figure(v, 1)),
                ]
                for name in CRITERIA:
                    show = _SHOWN_AS[name]
                    limits = f"{show(r[f'{name}_low'])} til {show(r[f'{name}_high'])}"
                    known = not math.isnan(r[f"{name}_low"])
                    text = f"{show(r[name])}\n{limits}" if known else show(r[name])
                    cells.append(
                        Cell(
                            f"{text}\nnr. {figure(r[f'{name}_rank'], 1).removesuffix(',0')}",
                            _sorted_by(r[name]),
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

    def saturated(self) -> Iterator[Shown]:
        """Yield saturation, one table a coder."""
        for coder, rows in self.found.saturation.groupby("coder", sort=False):
            labels = [
                f"{r.run_first}–{r.run_last}" if r.run_first < r.run_last else f"{r.run_first}"
                for r in rows.itertuples()
            ]
            made = [
                [
                    Cell(label, r.run_first),
                    _cell(r.new_codes, number),
                    _cell(r.new_share, percent),
                    Cell("ja" if r.reached else "nei", int(r.reached)),
                    _cell(r.random_mean, percent),
                    Cell(interval(100 * r.random_low, 100 * r.random_high, 0), _sorted_by(r.random_low)),
                    _cell(r.random_reached, percent),
                ]
                for label, r in zip(labels, rows.itertuples(), strict=True)
            ]
            base = rows.iloc[0]
            drawn = charts.runs(
                labels, list(rows["new_share"]), list(rows["random_low"]), list(rows["random_high"]),
                self.found.threshold, "Andel nye koder i hvert løp",
            )  # fmt: skip
            yield Shown(
                f"Metning{self.by(coder)}",
                (
                    *(
                        "Intervju nr.",
                        "Nye koder",
                        "Andel av basen",
                        "Grensen nådd",
                        "Tilfeldig rekkefølge",
                    ),
                    *("5–95 prosentil (%)", "Grensen nådd i så mange rekkefølger"),
                ),
                made,
                (drawn,),
                f"Basen er de {base['base_size']} første intervjuene, med {base['base_codes']} koder. Et løp er "
                f"{base['run_length']} intervjuer. Grensen er {percent(self.found.threshold)} nye koder. "
                "Linje: rekkefølgen i materialet; felt: tilfeldige rekkefølger.",
            )

    def survey(self) -> Iterator[Shown]:
        """Yield the survey beside the codes."""
        table = self.found.survey
        if not len(table):
            return
        for coder, rows in table.groupby("coder", sort=False):
            who = self.who[coder]
            made, bars = [], []
            for r in rows.itertuples():
                ask = f"c:{who}:-1:{self.code_at[r.code]}" if r.code else ""
                made.append(
                    [
                        Cell(r.statement, r.statement),
                        Cell(r.group, r.group),
                        _cell(r.n, number),
                        _cell(r.mean),
                        Cell(interval(r.low, r.high), _sorted_by(r.low)),
                        Cell(f"{figure(r.least, 0)}–{figure(r.most, 0)}", _sorted_by(r.most)),
                        Cell(r.name or UNKNOWN, r.name, ask),
                        _cell(r.talk_share, lambda v: percent(v, 1)),
                    ]
                )
            for r in rows.drop_duplicates(["statement", "group"]).itertuples():
                bars.append(Bar(f"{r.statement}, {r.group}", r.mean, r.low, r.high))
            yield Shown(
                f"Påstander og koder{self.by(coder)}",
                (
                    *("Påstand", "Gruppe", "Svar", "Gjennomsnitt", "95 % intervall", "Brukt skala"),
                    *("Kode", "Andel av talen"),
                ),
                made,
                (charts.intervals(bars[:40], "Gjennomsnitt med intervall"),),
                "Andelen av talen er gjennomsnittet over intervjuene i samme gruppe.",
            )

    def themes(self) -> Iterator[Shown]:
        """Yield themes of talk without a code, one table a coder."""
        m = self.found.material
        for coder, rows in self.found.themes.groupby("coder", sort=False):
            who = self.who[coder]
            at = {f"{s.transcript}:{s.start}-{s.end}": i for i, s in enumerate(m.coders[who].segments)}
            made = [
                [
                    Cell(
                        f"Tema {r.theme}",
                        r.theme,
                        f"l:{who}:{','.join(str(at[p]) for p in _places(r.places, at))}",
                    ),
                    Cell(r.words, r.words),
                    _cell(r.passages, number),
                    _cell(r.cases, number),
                    _cell(r.talk_share, lambda v: percent(v, 1)),
                    _cell(r.stability),
                    Cell(r.nearest, r.nearest),
                ]
                for r in rows.itertuples()
            ]
            yield Shown(
                f"Temaer i tale uten kode{self.by(coder)}",
                (
                    "Tema",
                    "Ord",
                    "Avsnitt",
                    "Intervjuer",
                    "Andel av all tale",
                    "Stabilitet",
                    "Avsnitt midt i temaet",
                ),
                made,
                text=f"Justert Rand-indeks mellom ulike startpunkter: {figure(rows.iloc[0]['agreement_of_seeds'])}. "
                "Stabilitet under 0,6 betyr at temaet ikke er til å stole på.",
                kind="themes",
            )

    def along(self) -> Iterator[Shown]:
        """Yield which code comes when, one table a coder."""
        for coder, rows in self.found.along_the_interview.groupby("coder", sort=False):
            who = self.who[coder]
            most = max(rows["share"].max(), 1e-9)
            made = []
            for code, line in rows.groupby("code", sort=False):
                at = self.code_at[code]
                cells = [Cell(self.codes[code].name, self.codes[code].name, f"c:{who}:-1:{at}")]
                for r in line.itertuples():
                    share = 0.0 if math.isnan(r.share) else r.share
                    ask = f"t:{who}:{at}:{r.tenth - 1}" if r.words else ""
                    cells.append(
                        Cell(
                            percent(r.share),
                            _sorted_by(r.share),
                            ask,
                            self.codes[code].colour,
                            share / most,
                        )
                    )
                made.append(cells)
            yield Shown(
                f"Koder gjennom intervjuet{self.by(coder)}",
                ("Kode", *(f"{10 * i}–{10 * i + 10} %" for i in range(10))),
                made,
                text="Hvor stor del av hver tidel av intervjuene som har koden, alle intervjuer under ett.",
                kind="along",
            )

    def speakers(self) -> Iterator[Shown]:
        """Yield how much each speaker says."""
        made = [
            [
                Cell(f"{r.transcript}: {r.speaker}", r.transcript),
                Cell("informant" if r.role == "informant" else "intervjuer", r.role),
                _cell(r.turns, number),
                _cell(r.words, number),
                _cell(r.share, percent),
            ]
            for r in self.found.speakers.itertuples()
        ]
        yield Shown("Hvem snakker", ("Taler", "Rolle", "Turer", "Ord", "Andel av ordene"), made)

    def questions(self, most: int = 5) -> Iterator[Shown]:
        """Yield the questions that led to each code, one table a coder."""
        for coder, rows in self.found.questions.groupby("coder", sort=False):
            made = [
                [
                    Cell(
                        r.name,
                        self.code_at[r.code],
                        f"c:{self.who[coder]}:{self.case_at[r.case]}:{self.code_at[r.code]}",
                    ),
                    Cell(r.telling, r.telling),
                    Cell(r.question, r.question),
                    Cell(r.case, r.case),
                    _cell(r.passages, number),
                ]
                for _, group in rows.groupby("code", sort=False)
                for r in group.head(most).itertuples()
            ]
            yield Shown(
                f"Spørsmål som ledet til koder{self.by(coder)}",
                ("Kode", "Ord i spørsmålene", "Spørsmål", "Intervju", "Avsnitt"),
                made,
                text=f"De {most} spørsmålene med flest avsnitt for hver kode; resten står i arbeidsboken.",
                kind="questions",
            )

    def adjusted(self) -> Iterator[Shown]:
        """Yield a machine's counts, adjusted, for all cases together."""
        for coder, rows in self.found.adjusted_counts.groupby("coder", sort=False):
            every = rows[rows["case"] == "alle"]
            if every["adjusted"].isna().all():
                continue
            made = [
                [
                    Cell(r.name, r.name, f"c:{self.who[coder]}:-1:{self.code_at[r.code]}"),
                    _cell(r.counted, number),
                    _cell(r.adjusted, lambda v: figure(v, 1)),
                    Cell(r.note or interval(r.low, r.high, 0), _sorted_by(r.low)),
                    _cell(r.found_rate, percent),
                    _cell(r.false_rate, lambda v: percent(v, 1)),
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


def _places(listed: str, known: Any) -> Sequence[str]:
    """Return a theme's places; names of transcripts may hold spaces."""
    if all(place in known for place in listed.split(" ")):
        return listed.split(" ")
    return [place for place in known if f" {place} " in f" {listed} "]
