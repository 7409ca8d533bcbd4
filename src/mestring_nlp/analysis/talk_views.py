"""The page's tables of the talk itself: saturation, themes, and what comes when in the interview."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mestring_nlp.analysis import charts
from mestring_nlp.analysis.figures import figure, interval, number, percent
from mestring_nlp.analysis.shown import Cell, Shown, View, cell, sorted_by
from mestring_nlp.analysis.themes import PLACES


class TalkViews(View):
    """Saturation, talk without a code, and what comes when, from whom and after which question."""

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
                    cell(r.new_codes, number),
                    cell(r.new_share, percent),
                    Cell("ja" if r.reached else "nei", int(r.reached)),
                    cell(r.random_mean, percent),
                    Cell(interval(100 * r.random_low, 100 * r.random_high, 0), sorted_by(r.random_low)),
                    cell(r.random_reached, percent),
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
                    *("5. til 95. prosentil (%)", "Grensen nådd i så mange rekkefølger"),
                ),
                made,
                (drawn,),
                f"Basen er de {base['base_size']} første intervjuene, med {base['base_codes']} koder. Et løp er "
                f"{base['run_length']} intervjuer. Grensen er {percent(self.found.threshold)} nye koder. "
                "Linje: rekkefølgen filene har; felt: tilfeldige rekkefølger.",
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
                        f"l:{who}:{','.join(str(at[p]) for p in str(r.places).split(PLACES))}",
                    ),
                    Cell(r.words, r.words),
                    cell(r.passages, number),
                    cell(r.cases, number),
                    cell(r.talk_share, lambda v: percent(v, 1)),
                    cell(r.stability),
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
                    "Intervjuer" if self.unit == "Intervju" else self.unit,
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
                cells = [Cell(self.codes[code].name, self.codes[code].name, self.all_of(coder, code))]
                for r in line.itertuples():
                    share = 0.0 if math.isnan(r.share) else r.share
                    ask = f"t:{who}:{at}:{r.tenth - 1}" if r.words else ""
                    cells.append(
                        Cell(
                            percent(r.share),
                            sorted_by(r.share),
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
                cell(r.turns, number),
                cell(r.words, number),
                cell(r.share, percent),
            ]
            for r in self.found.speakers.itertuples()
        ]
        yield Shown("Hvem snakker", ("Taler", "Rolle", "Turer", "Ord", "Andel av ordene"), made)

    def questions(self, most: int = 5) -> Iterator[Shown]:
        """Yield the questions that led to each code, one table a coder."""
        for coder, rows in self.found.questions.groupby("coder", sort=False):
            who = self.who[coder]
            answers: dict[tuple[str, str, str], list[str]] = {}
            for at, s in enumerate(self.found.material.coders[who].segments):
                for code in s.codes or ():
                    answers.setdefault((s.transcript, s.question, code), []).append(str(at))
            made = [
                [
                    Cell(
                        r.name,
                        self.code_at[r.code],
                        f"q:{who}:{self.code_at[r.code]}:{','.join(answers[r.transcript, r.question, r.code])}",
                    ),
                    Cell(r.telling, r.telling),
                    Cell(r.question, r.question),
                    Cell(r.case, r.case),
                    cell(r.passages, number),
                ]
                for _, group in rows.groupby("code", sort=False)
                for r in group.head(most).itertuples()
            ]
            yield Shown(
                f"Spørsmål som ledet til koder{self.by(coder)}",
                ("Kode", "Ord i spørsmålene", "Spørsmål", self.unit, "Avsnitt"),
                made,
                text=f"De {most} spørsmålene med flest avsnitt for hver kode; resten står i arbeidsboken.",
                kind="questions",
            )
