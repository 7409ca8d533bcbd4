"""An evaluation as Markdown, JSON, JUnit XML or a page."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from xml.etree import ElementTree

from mestring_nlp.codebook import NO_CODE
from mestring_nlp.evaluation import Evaluation, SideBySide
from mestring_nlp.gates import LOWER_IS_BETTER, Gate
from mestring_nlp.human_comparison import FEWEST_TO_COMPARE, MACHINE
from mestring_nlp.metrics import Metric
from mestring_nlp.text import counted
from mestring_nlp.wording import comma, named
from mestring_nlp.writers.plain import json_text
from mestring_nlp.writers.tables import MARKED, Block, Heading, Item, Table, markdown, marked

_MEANING = {
    "kappa": (
        "Cohen's kappa of suggested against gold codes, pooled",
        "Cohens kappa mellom foreslåtte koder og fasit, alle koder samlet",
    ),
    "kappa.top1": (
        "Cohen's kappa of the most probable answer; of several gold codes, the one that it gave counts",
        "Cohens kappa for det mest sannsynlige svaret; av flere koder i fasiten teller den som ble gitt",
    ),
    "alpha": (
        "Krippendorff's alpha over sets of codes (MASI)",
        "Krippendorffs alfa over sett av koder (MASI)",
    ),
    "f1": ("F1, mean over codes", "F1, gjennomsnitt over kodene"),
    "f1.micro": ("F1, all decisions together", "F1, alle avgjørelser under ett"),
    "top1": (
        "most probable code is a gold code",
        "den mest sannsynlige koden står i fasiten",
    ),
    "top3": (
        "a gold code among the three most probable",
        "en kode fra fasiten er blant de tre mest sannsynlige",
    ),
    "ece": (
        "expected calibration error (lower is better)",
        "forventet kalibreringsfeil (lavere er bedre)",
    ),
    "ece.top1": (
        "expected calibration error of the top-1 prediction (lower is better)",
        "forventet kalibreringsfeil for det mest sannsynlige svaret (lavere er bedre)",
    ),
    "brier": ("Brier score (lower is better)", "Brier-skår (lavere er bedre)"),
    "labels_per_passage": (
        "suggested codes a passage, where not abstained",
        "foreslåtte koder per avsnitt, der maskinen ikke er usikker",
    ),
    "hit_rate": (
        "a gold code among the suggested",
        "en kode fra fasiten er blant de foreslåtte",
    ),
    "abstained": ("passages left to a person", "avsnitt overlatt til et menneske"),
    "no_code.auc": (
        "how well passages without a code are told apart (area under the ROC curve)",
        "hvor godt avsnitt uten kode skilles ut (areal under ROC-kurven)",
    ),
    "prediction_set.level": (
        "coverage asked of the prediction sets",
        "hvor stor andel av kodene i fasiten som skal stå i prediksjonssettene",
    ),
    "prediction_set.coverage": (
        "empirical coverage: gold codes that lie in the prediction sets",
        "hvor stor andel som gjør det (empirisk dekning)",
    ),
    "prediction_set.size": ("answers a prediction set", "svar per prediksjonssett"),
}
"""What each figure is, in English and in Norwegian."""


_BY_MACHINE, _PEOPLE, _CODE = "#CC6677", "#228833", "#4477AA"
_OF_A_CODE = ("f1", "precision", "recall")


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"


def _interval(metric: Metric) -> str:
    return "" if math.isnan(metric.low) else f"{metric.low:.3f} to {metric.high:.3f}"


def report(evaluation: Evaluation, gates: Sequence[Gate]) -> list[Block]:
    """Return the evaluation as a report, gates first.

    Parameters
    ----------
    evaluation : Evaluation
    gates : sequence of Gate

    Returns
    -------
    list of Block
        `mestring_nlp.writers.tables` makes it Markdown, or draws it on a terminal.
    """
    e = evaluation
    how = f"coded by the model {e.model}" if e.model else "each coded by a model of the others"
    few = 1 < e.interviews < FEWEST_TO_COMPARE
    narrow = " With so few interviews they are too narrow." if few else ""
    blocks: list[Block] = [
        Heading("Agreement of the machine with people", level=1),
        f"{e.passages} passages of {counted(e.interviews, 'interview')}, {how}. Intervals: 95 %, by a "
        f"cluster bootstrap over interviews.{narrow}",
        str(e.human),
    ]
    if gates:
        blocks.append(Heading("Gates"))
        blocks += [Item(f"{'holds' if gate.holds else 'FALLS'}: {gate}") for gate in gates]
    rows = [(name, meaning, e.metrics[name]) for name, (meaning, _) in _MEANING.items()]
    blocks.append(
        Table(
            ("figure", "what it is", "value", "95 % interval"),
            tuple((name, meaning, _number(m.value), _interval(m)) for name, meaning, m in rows),
            text_columns=2,
        )
    )
    rare = [code for code in e.codes if e.metrics[f"recall.{code}"].note]
    of_codes = []
    for code in e.codes:
        kappa = e.metrics[f"kappa.{code}"]
        figures = (marked(_number(e.metrics[f"{x}.{code}"].value), code in rare) for x in _OF_A_CODE)
        of_codes.append((code, marked(_number(kappa.value), code in rare), _interval(kappa), *figures))
    columns = ("code", "kappa", "95 % interval", "F1", "precision", "recall")
    blocks.append(Table(columns, tuple(of_codes)))
    blocks += [f"{MARKED}."] if rare else []
    noted = [(code, e.metrics[f"kappa.{code}"].note) for code in e.codes]
    blocks += [Item(f"{code}: kappa is {note}.") for code, note in noted if "undefined" in note]
    if e.pairs:
        pairs = [
            (p.a, p.b, str(p.passages), _number(p.kappa.value), _interval(p.kappa)) for p in e.pairs
        ]
        of_pairs = ("coder", "coder", "passages", "kappa", "95 % interval")
        blocks.append(Table(of_pairs, tuple(pairs), text_columns=2))
    curve = tuple((f"{coverage:.0%}", f"{risk:.3f}") for coverage, risk in e.risk_coverage)
    blocks.append(
        Table(("coverage: the most certain passages", "risk: wrong top-1 prediction"), curve, 0)
    )
    if e.learning:
        points = tuple((str(n), *map(_number, kappas)) for n, *kappas in e.learning)
        blocks.append(Table(("coded interviews", "kappa.top1", "least", "most"), points, 0))
    return [*blocks, *(_side_by_side(e.beside) if e.beside else [])]


_BESIDE = ("kappa.top1", "kappa", "f1", "top1", "ece.top1", "prediction_set.coverage")
_CALIBRATION = ("ece.top1", "prediction_set.coverage")
_CALLED = {
    "model": ("the model alone", "maskinen alene"),
    "assistant": ("the assistant alone", "språkmodellen alene"),
    "both": ("both", "begge sammen"),
}
"""Those measured side by side, in English and in Norwegian."""


def beside_rows(beside: SideBySide, language: int = 0) -> list[tuple[str, ...]]:
    """Return the table of those measured side by side, people last."""
    rows = [
        (
            _CALLED[row.name][language],
            *(
                _number(
                    row.metrics[name].value if row.calibrated or name not in _CALIBRATION else math.nan
                )
                for name in _BESIDE
            ),
            _number(row.with_people),
        )
        for row in beside.rows
    ]
    if not math.isnan(beside.people):
        people = ("people with each other", "mennesker seg imellom")[language]
        rows.append((people, *("–" for _ in _BESIDE), _number(beside.people)))
    return rows


def _side_by_side(beside: SideBySide) -> list[Block]:
    none = beside.asked - beside.answered
    blocks: list[Block] = [
        Heading(f"Beside {beside.assistant}"),
        f"Asked about {counted(beside.asked, 'passage')} of {beside.passages:,}, drawn evenly, with the "
        f"prompt {beside.prompt}; {none} without an answer are left out of all rows. Examples shown to "
        "it are of other interviews; its weight in “both” is learned from other interviews than the one "
        "it is measured on, or, where there are fewer than three, from other parts of them.",
        Table(("coder", *_BESIDE, "with people"), tuple(beside_rows(beside)), 1),
    ]
    if not any(beside.weights.values()):
        blocks.append("Its answers weigh nothing: left-out codes become no more probable with them.")
    else:
        weights = ", ".join(f"{name} {value:.2f}" for name, value in beside.weights.items())
        blocks.append(f"Its answers weigh, in log-odds: {weights}.")
    if not math.isnan(beside.place):
        blocks.append(
            f"Its first codes stood at {beside.place:.2f} of the list shown (0 first, 1 last; .50 "
            f"without a leaning, standard error {beside.place_error:.2f})."
        )
    return blocks


def as_json(evaluation: Evaluation, gates: Sequence[Gate]) -> str:
    """Return all of it as JSON; an undefined figure is null. `--baseline` reads this."""
    content = asdict(replace(evaluation, codebook=None))
    if book := evaluation.codebook:
        content["codebook"] = {"title": book.title, "version": book.version, "hash": book.hash}
    content["confusion"] = [[*pair, count] for pair, count in evaluation.confusion.items()]
    content["gates"] = [asdict(gate) | {"holds": gate.holds} for gate in gates]
    return json_text(content)


def junit(evaluation: Evaluation, gates: Sequence[Gate]) -> str:
    """Return the gates as JUnit XML, a test case each, so that any CI shows them."""
    fallen = sum(not gate.holds for gate in gates)
    suite = ElementTree.Element(
        "testsuite", name="mestring evaluate", tests=str(len(gates)), failures=str(fallen)
    )
    for gate in gates:
        case = ElementTree.SubElement(suite, "testcase", classname="mestring.gates", name=gate.metric)
        if not gate.holds:
            failure = ElementTree.SubElement(case, "failure", message=str(gate))
            failure.text = str(evaluation.human)
    output = ElementTree.SubElement(suite, "system-out")
    output.text = "\n".join(f"{name} {_number(m.value)}" for name, m in evaluation.metrics.items())
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def page(evaluation: Evaluation, gates: Sequence[Gate]) -> str:
    """Return a self-contained page in Norwegian, with the plots as drawings in it."""
    from mestring_nlp.writers.page import environment

    def called(coder: str) -> str:
        return "maskinen" if coder == MACHINE else coder

    pairs = [
        (
            f"{called(pair.a)} – {called(pair.b)}",
            pair.kappa,
            _BY_MACHINE if pair.b == MACHINE else _PEOPLE,
        )
        for pair in evaluation.pairs
    ]
    book = evaluation.codebook

    def name(code: str) -> str:
        return named(code, book) if book else code or NO_CODE

    codes = [(name(code), evaluation.metrics[f"kappa.{code}"], _CODE) for code in evaluation.codes]
    rows = pairs + codes
    least = min((v for _, m, _ in rows for v in (m.value, m.low) if not math.isnan(v)), default=0.0)
    bottom = min(0.0, math.floor(5 * least) / 5)
    totals: Counter[str] = Counter()
    for (gold, _), count in evaluation.confusion.items():
        totals[gold] += count
    return (
        environment()
        .get_template("evaluation.html.j2")
        .render(
            rows=rows,
            ticks=[round(bottom + k / 5, 1) for k in range(round(5 * (1 - bottom)) + 1)],
            x=lambda value: round(200 + 460 * (value - bottom) / (1 - bottom), 1),
            notes=_note,
            fewest=FEWEST_TO_COMPARE,
            totals=totals,
            e=evaluation,
            beside=beside_rows(evaluation.beside, 1) if evaluation.beside else [],
            gates=gates,
            lower=LOWER_IS_BETTER,
            meaning=_MEANING,
            named=name,
            number=lambda value: comma(_number(value)).replace("-", "−"),
            interval=lambda metric: comma(_interval(metric)).replace("to", "til").replace("-", "−"),
            nan=math.isnan,
        )
    )


def _note(note: str) -> str:
    """A metric's caveat in Norwegian."""
    if note.startswith("only"):
        return f"bare {note.split()[1]} eksempler".replace("bare 1 eksempler", "bare 1 eksempel")
    return "ingen eksempler" if note == "no example" else "ingen brukte koden"


FORMATS: dict[str, Callable[[Evaluation, Sequence[Gate]], str]] = {
    "md": lambda evaluation, gates: markdown(report(evaluation, gates)),
    "json": as_json,
    "junit": junit,
    "html": page,
}
FILES = {"md": "evaluation.md", "json": "metrics.json", "junit": "junit.xml", "html": "evaluation.html"}
