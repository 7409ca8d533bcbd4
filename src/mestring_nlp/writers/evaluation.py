"""An evaluation as Markdown, JSON, JUnit XML or a page."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from xml.etree import ElementTree

from mestring_nlp.evaluation import MACHINE, Evaluation, Metric
from mestring_nlp.gates import LOWER_IS_BETTER, Gate
from mestring_nlp.text import counted
from mestring_nlp.wording import comma, named
from mestring_nlp.writers.plain import json_text

_MEANING = {
    "kappa": (
        "Cohen's kappa of suggested against gold codes, pooled",
        "Cohens kappa mellom foreslåtte koder og fasit, alle koder samlet",
    ),
    "kappa.likeliest": (
        "Cohen's kappa of the most probable answer",
        "Cohens kappa for det mest sannsynlige svaret",
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
    "brier": ("Brier score (lower is better)", "Brier-skår (lavere er bedre)"),
    "set_size": (
        "codes a passage, where not abstained",
        "koder per avsnitt, der maskinen ikke er usikker",
    ),
    "set_coverage": (
        "a gold code among the suggested",
        "en kode fra fasiten er blant de foreslåtte",
    ),
    "abstained": ("passages left to a person", "avsnitt overlatt til et menneske"),
    "none.auc": (
        "how well passages without a code are told apart (area under the ROC curve)",
        "hvor godt avsnitt uten kode skilles ut (areal under ROC-kurven)",
    ),
    "promise.level": (
        "level asked of the promised sets",
        "hvor ofte settene er lovet å inneholde koden",
    ),
    "promise.coverage": (
        "people's codes that lie in the promised sets",
        "hvor ofte de gjør det",
    ),
    "promise.size": ("answers a promised set", "svar per sett"),
}
"""What each figure is, in English and in Norwegian."""


_BY_MACHINE, _PEOPLE, _CODE = "#CC6677", "#228833", "#4477AA"


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"


def _interval(metric: Metric) -> str:
    return "" if math.isnan(metric.low) else f"{metric.low:.3f} to {metric.high:.3f}"


def markdown(evaluation: Evaluation, gates: Sequence[Gate]) -> str:
    """Give the evaluation as Markdown, gates first."""
    e = evaluation
    lines = ["# Agreement of the machine with people", ""]
    how = f"coded by the model {e.model}" if e.model else "each coded by a model of the others"
    lines += [
        f"{e.passages} passages of {counted(e.interviews, 'interview')}, {how}. Intervals: 95 %, by "
        "drawing whole interviews.",
        "",
        str(e.verdict),
        "",
    ]
    if gates:
        lines += ["## Gates", ""]
        lines += [f"- {'holds' if gate.holds else '**FALLS**'}: {gate}" for gate in gates] + [""]
    lines += ["| figure | value | interval | |", "|---|---|---|---|"]
    for name, (meaning, _) in _MEANING.items():
        m = e.metrics[name]
        lines.append(f"| {name} | {_number(m.value)} | {_interval(m)} | {meaning} |")
    lines += [
        "",
        "| code | kappa | interval | F1 | precision | recall | |",
        "|---|---|---|---|---|---|---|",
    ]
    for code in e.codes:
        kappa = e.metrics[f"kappa.{code}"]
        rest = " | ".join(_number(e.metrics[f"{m}.{code}"].value) for m in ("f1", "precision", "recall"))
        lines.append(f"| {code} | {_number(kappa.value)} | {_interval(kappa)} | {rest} | {kappa.note} |")
    if e.pairs:
        lines += ["", "| coder | coder | passages | kappa | interval |", "|---|---|---|---|---|"]
        for pair in e.pairs:
            k = pair.kappa
            lines.append(
                f"| {pair.a} | {pair.b} | {pair.passages} | {_number(k.value)} | {_interval(k)} |"
            )
    lines += ["", "| most certain share of passages | right |", "|---|---|"]
    lines += [f"| {share:.0%} | {right:.3f} |" for share, right in e.accuracy_by_coverage]
    if e.learning:
        lines += [
            "",
            "| coded interviews learned from | kappa.likeliest | least | most |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {n} | {_number(mean)} | {_number(low)} | {_number(high)} |"
            for n, mean, low, high in e.learning
        ]
    return "\n".join(lines) + "\n"


def as_json(evaluation: Evaluation, gates: Sequence[Gate]) -> str:
    """Give all of it as JSON; an undefined figure is null. `--baseline` reads this."""
    content = asdict(evaluation)
    content["confusion"] = [[*pair, count] for pair, count in evaluation.confusion.items()]
    content["verdict"]["within"] = evaluation.verdict.within
    content["gates"] = [asdict(gate) | {"holds": gate.holds} for gate in gates]
    return json_text(content)


def junit(evaluation: Evaluation, gates: Sequence[Gate]) -> str:
    """Give the gates as JUnit XML, a test case each, so that any CI shows them."""
    fallen = sum(not gate.holds for gate in gates)
    suite = ElementTree.Element(
        "testsuite", name="mestring evaluate", tests=str(len(gates)), failures=str(fallen)
    )
    for gate in gates:
        case = ElementTree.SubElement(suite, "testcase", classname="mestring.gates", name=gate.metric)
        if not gate.holds:
            failure = ElementTree.SubElement(case, "failure", message=str(gate))
            failure.text = str(evaluation.verdict)
    output = ElementTree.SubElement(suite, "system-out")
    output.text = "\n".join(f"{name} {_number(m.value)}" for name, m in evaluation.metrics.items())
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def page(evaluation: Evaluation, gates: Sequence[Gate]) -> str:
    """Give a self-contained page in Norwegian, with the plots as drawings in it."""
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
    codes = [(named(code), evaluation.metrics[f"kappa.{code}"], _CODE) for code in evaluation.codes]
    totals: Counter[str] = Counter()
    for (gold, _), count in evaluation.confusion.items():
        totals[gold] += count
    return (
        environment()
        .get_template("evaluation.html.j2")
        .render(
            rows=pairs + codes,
            totals=totals,
            e=evaluation,
            gates=gates,
            lower=LOWER_IS_BETTER,
            meaning=_MEANING,
            named=named,
            number=lambda value: comma(_number(value)),
            interval=lambda metric: comma(_interval(metric)).replace("to", "til"),
            nan=math.isnan,
        )
    )


FORMATS: dict[str, Callable[[Evaluation, Sequence[Gate]], str]] = {
    "md": markdown,
    "json": as_json,
    "junit": junit,
    "html": page,
}
FILES = {"md": "evaluation.md", "json": "metrics.json", "junit": "junit.xml", "html": "evaluation.html"}
