"""Reporting: what the data can fill of COREQ, and what part a machine had, as Markdown in Norwegian."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mestring_nlp import agreement
from mestring_nlp._version import __version__
from mestring_nlp.analysis.along import speakers
from mestring_nlp.analysis.figures import figure, interval, number, percent
from mestring_nlp.analysis.material import CodedTalk, Material
from mestring_nlp.analysis.variables import CONSTANT, IDENTIFIER, SCALE, kind_of
from mestring_nlp.coded_file import Codings
from mestring_nlp.comparison import compare
from mestring_nlp.errors import MestringError
from mestring_nlp.spans import CodedSpan
from mestring_nlp.transcript import INFORMANT
from mestring_nlp.units import common_units

if TYPE_CHECKING:
    from mestring_nlp.analysis.findings import Findings

TITLE = "Metode og rapportering"

_OURS = (
    ("1–8", "Forskerne og forholdet til deltakerne"),
    ("9", "Metodologisk ståsted"),
    ("10–11", "Utvalg og rekruttering"),
    ("13", "Frafall"),
    ("14–15", "Sted, og hvem som var til stede"),
    ("17–18", "Intervjuguide, og om noen ble intervjuet flere ganger"),
    ("19–20", "Opptak og feltnotater"),
    ("23", "Om deltakerne fikk lese transkripsjonene"),
    ("28", "Om deltakerne har vurdert funnene"),
    ("30–32", "Sammenheng mellom data og funn, og hvor tydelige temaene er"),
)


class Agreed(NamedTuple):
    """How well two coders agree, all codes pooled, over what both judged."""

    a: str
    b: str
    kappa: float
    low: float
    high: float
    units: int
    interviews: int
    problem: str = ""


def agreements(material: Material) -> list[Agreed]:
    """Compute the agreement of each two coders of the material, and of a machine with people.

    Of a machine that people's codings measured, the passages are those that it had not seen.
    """
    people = [talk for talk in material.coders if not talk.is_machine]
    found = [_agreed(a, b) for a, b in combinations(people, 2)]
    machine = next((talk.coder for talk in material.coders if talk.is_machine), "")
    if material.measured is not None:
        m = material.measured
        low, high = agreement.kappa_interval(m.gold, m.prediction.codes, m.groups)
        kappa = agreement.cohen_kappa(m.gold.ravel(), m.prediction.codes.ravel())
        found.append(Agreed("mennesker", machine, kappa, low, high, len(m.segments), len(set(m.groups))))
    return found


def _agreed(a: CodedTalk, b: CodedTalk) -> Agreed:
    sides = [
        Codings(
            talk.coder,
            tuple(
                CodedSpan(s.transcript, s.start, s.end, frozenset(s.codes or ()), s.text)
                for s in talk.segments
            ),
        )
        for talk in (a, b)
    ]
    nothing = float("nan")
    try:
        found = compare(common_units(*sides), *sides)
    except MestringError as error:
        return Agreed(a.coder, b.coder, nothing, nothing, nothing, 0, 0, error.problem)
    pooled = found.pooled
    return Agreed(a.coder, b.coder, pooled.kappa, pooled.low, pooled.high, found.units, found.interviews)


def methods(found: Findings) -> str:
    """Return an account of methods to write on: COREQ's items as far as the data fill them.

    References
    ----------
    A. Tong, P. Sainsbury, J. Craig (2007). Consolidated criteria for reporting qualitative research
    (COREQ). International Journal for Quality in Health Care 19, 349-357.
    """
    m = found.material
    parts = [
        f"# {TITLE}",
        f"Laget av mestring-nlp {__version__} ut fra dataene. Tallene i parentes er punktene i COREQ "
        "(Tong, Sainsbury og Craig 2007). Les gjennom, rett, og skriv resten selv. Navn på intervjuer og "
        "kodere står slik de står i filene: bytt dem ut før teksten publiseres.",
        "## Det dataene forteller",
        *(f"- **{title}** ({item}): {text}" for item, title, text in _filled(found)),
        "## Hvordan tallene er regnet ut",
        *(f"- {line}" for line in _methods(found)),
        "## Maskinens del av arbeidet",
        *(f"- {line}" for line in _machine(m)),
        "## Forbehold",
        *(f"- {note}" for note in found.notes),
        "## Det dere må fylle ut",
        *(f"- **{title}** ({item}): …" for item, title in _OURS),
    ]
    text = ""
    for part in parts:
        text += part + ("\n" if part.startswith("- ") else "\n\n")
    return text.replace("\n## ", "\n\n## ").replace("\n\n\n", "\n\n").rstrip() + "\n"


def _filled(found: Findings) -> list[tuple[str, str, str]]:
    m = found.material
    words = speakers(m)
    informants = words.loc[words["role"] == INFORMANT, "words"].sum()
    whole = words["words"].sum()
    by_case = words.groupby("case")["words"].sum()
    coders = [talk for talk in m.coders if not talk.is_machine]
    book = m.codebook
    sources = sum(bool(code.sources) for code in book)
    reached = found.saturation[found.saturation["reached"]]
    rows = [
        (
            "12",
            "Deltakere",
            f"{len(m.cases)} kasus i {_interviews(len(m.transcripts))}.",
        ),
        ("16", "Beskrivelse av utvalget", _sample(m)),
        (
            "21",
            "Omfang",
            f"{number(whole)} ord, fra {number(by_case.min())} til {number(by_case.max())} per kasus; "
            f"informantene sa {percent(informants / whole if whole else 0)} av ordene.",
        ),
        ("22", "Metning", _saturated(reached, found)),
        (
            "24",
            "Kodere",
            f"Kodingene i materialet er fra {', '.join(m.everyone)}. "
            f"Tallene bygger på {', '.join(talk.coder for talk in m.coders)}."
            if coders
            else "Ingen mennesker har kodet; alle koder er maskinens.",
        ),
        (
            "25",
            "Kodetreet",
            f"{book.title}, versjon {book.version}: {len(book)} koder "
            f"({', '.join(code.name for code in book)}). Kodeboken har fingeravtrykket {book.hash[:12]}.",
        ),
        (
            "26",
            "Hvor temaene kommer fra",
            f"{sources} av {len(book)} koder oppgir litteraturen de bygger på. Skriv om kodeboken lå fast før "
            f"kodingen eller ble til underveis. {_suggested_themes(found)}",
        ),
        ("27", "Programvare", f"mestring-nlp {__version__}, på egen maskin, uten at noe er sendt ut."),
        (
            "29",
            "Sitater",
            "Rammematrisen har sitater fra hvert kasus, renset for gjentakelser og fyllord, med turnummer.",
        ),
        ("–", "Samsvar mellom kodere", _agreement(m)),
    ]
    if m.data_hash:
        rows.append(("–", "Dataene", f"Tekster og kodinger har fingeravtrykket {m.data_hash[:12]}."))
    return rows


def _interviews(count: int) -> str:
    return f"{count} intervju{'er' if count != 1 else ''}"


def _suggested_themes(found: Findings) -> str:
    said = [
        f"{len(rows)} temaer i talen som {coder} ikke har kodet"
        for coder, rows in found.themes.groupby("coder", sort=False)
    ]
    return f"Maskinen foreslår {' og '.join(said)}." if said else "Maskinen har ikke foreslått temaer."


def _sample(m: Material) -> str:
    said = []
    for name in m.variables.columns:
        values = m.variables[name]
        kind = kind_of(values)
        given = values[values != ""]
        if kind == IDENTIFIER or not len(given):
            continue
        if kind == SCALE:
            from mestring_nlp.analysis.tables import number as parsed

            read = [parsed(value) for value in given]
            numbers = np.array([value for value in read if value is not None], dtype=np.float64)
            said.append(
                f"{name}: gjennomsnitt {figure(numbers.mean(), 1)}, fra {figure(numbers.min(), 1)} til "
                f"{figure(numbers.max(), 1)} (n = {len(numbers)})"
            )
        else:
            counts = ", ".join(f"{value} (n = {count})" for value, count in given.value_counts().items())
            said.append(f"{name}: {counts}" + (" (samme for alle)" if kind == CONSTANT else ""))
    return "; ".join(said) + "." if said else "Ingen variabler er oppgitt (--variables)."


def _saturated(reached: object, found: Findings) -> str:
    table = found.saturation
    if not len(table):
        return "Ikke regnet ut: for få intervjuer."
    parts = []
    for coder, rows in table.groupby("coder", sort=False):
        first = rows[rows["reached"]].head(1)
        base = rows.iloc[0]
        if not len(first):
            parts.append(f"{coder}: grensen på {percent(found.threshold)} nye koder er ikke nådd")
            continue
        run = first.iloc[0]
        parts.append(
            f"{coder}: {percent(found.threshold)}-grensen er nådd ved {run['run_first'] - 1}+"
            f"{base['run_length']} intervjuer (base {base['base_size']}, løp {base['run_length']}); i tilfeldig "
            f"rekkefølge ved samme løp i {percent(run['random_reached'])} av rekkefølgene"
        )
    return "; ".join(parts) + " (Guest, Namey og Chen 2020)."


def _agreement(m: Material) -> str:
    said = [
        f"{found.a} og {found.b}: kan ikke regnes ut ({found.problem})"
        if found.problem
        else f"{found.a} og {found.b}: Cohens kappa {figure(found.kappa)} ({interval(found.low, found.high)}), "
        f"{number(found.units)} avsnitt i {_interviews(found.interviews)}"
        for found in agreements(m)
    ]
    if said:
        return "; ".join(said) + "."
    others = len(m.everyone) > 1
    return "Ikke regnet ut: bare én koder er tatt med. " + (
        "Oppgi flere med --coder, eller bruk mestring agreement." if others else "Ingen andre har kodet."
    )


def _methods(found: Findings) -> list[str]:
    return [
        "Andel av talen: ordene i avsnitt med koden, delt på ordene koderen har vurdert i intervjuet. Et "
        "avsnitt kan ha flere koder, så andelene kan bli mer enn 100 % til sammen.",
        "Grupper: differansen mellom gjennomsnitt over intervjuer, permutasjonstest med intervjuet som "
        "enhet (Fisher 1935; p er to ganger den minste halen), intervall ved å snu samme test, Cliffs delta (Cliff 1993), "
        "p korrigert etter Holm (1979) for kodene ved hver variabel. Skalaer: Spearmans rangkorrelasjon, p ved "
        "permutasjon, intervall ved bootstrap over intervjuer.",
        "Koder sammen: observert mot forventet innen hvert kasus, eksakt betinget test (Mantel og Haenszel "
        f"1959, Birch 1964), c-koeffisient (Jaccard 1901). Testen regner avsnittene i et intervju som "
        f"uavhengige. Nær er høyst {found.near} avsnitt unna.",
        "Kjernekategorier (Strauss 1987): sentralitet er vektet grad i nettverket av koder i samme tur, "
        "jevnhet er Shannons entropi over kasus (Pielou 1966), variasjon er gjennomsnittlig cosinusavstand "
        "mellom avsnitt fra ulike kasus. Intervaller: BCa bootstrap over kasus (Efron 1987).",
        "Temaer uten kode: k-means på setningsvektorer, antall etter silhuett (Rousseeuw 1987) blant dem ulike startpunkter er enige om (justert Rand, Hubert og Arabie 1985), ord etter "
        "klassevis TF-IDF (Grootendorst 2022), stabilitet over startpunkter (Hennig 2007).",
        "Maskinens tall: den av tre estimatorer som bommer minst på intervjuer som mennesker har kodet, holdt "
        "utenfor ett om gangen (sannsynlighetsgjennomsnitt, med eller uten skalering, Bella m.fl. 2010; adjusted "
        "classify and count, Forman 2008); intervallet bygger på hvor mye den bommer. Forskjeller mellom grupper: "
        "prediction-powered inference (Angelopoulos m.fl. 2023).",
        "Alle intervaller er på 95 %.",
    ]


def _machine(m: Material) -> list[str]:
    if not m.model and not m.review:
        return [
            "Ingen modell har kodet. Maskinen har talt, regnet, valgt sitater etter lengde og gruppert tale "
            "uten kode."
        ]
    lines = []
    if m.model:
        lines += [
            f"Modell: {m.model['name']}, laget med mestring-nlp {m.model['library']}, innkoder "
            f"{m.model['encoder']}.",
            f"Lært av {m.model['passages']} avsnitt fra {m.model['groups']} kilder; dataene har "
            f"fingeravtrykket {m.model['data_hash'][:12] or 'ukjent'}, kodeboken {m.model['codebook_hash'][:12]}.",
        ]
        measured = [found for found in agreements(m) if found.a == "mennesker"]
        lines += [
            f"Samsvar med mennesker, på avsnitt modellen ikke hadde sett: Cohens kappa {figure(one.kappa)} "
            f"({interval(one.low, one.high)}), {number(one.units)} avsnitt i {_interviews(one.interviews)}."
            for one in measured
        ] or ["Samsvar med mennesker: ikke målt på dette materialet."]
    for coder, model, library, data_hash, verdicts in m.review:
        whole = sum(verdicts.values())
        shares = ", ".join(
            f"{label} {verdicts[key]} ({percent(verdicts[key] / whole)})"
            for key, label in (
                ("accepted", "godtatt"),
                ("changed", "endret"),
                ("rejected", "avvist"),
                ("own", "kodet uten forslag"),
            )
            if verdicts[key]
        )
        said = f"{model or 'ingen modell'} ({library}, {data_hash[:12]})" if model else "uten modell"
        lines.append(f"Gjennomgang ved {coder}, {said}: {shares}.")
    return lines
