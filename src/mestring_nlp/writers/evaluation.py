"""An evaluation as Markdown, JSON, JUnit XML or a page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from xml.etree import ElementTree

from mestring_nlp.evaluation import Evaluation, Gate, Metric
from mestring_nlp.writers.plain import json_text

_MEANING = {
    "kappa": "Cohen's kappa of suggested against gold codes, pooled",
    "kappa.likeliest": "Cohen's kappa of the most probable answer",
    "alpha": "Krippendorff's alpha over sets of codes (MASI)",
    "f1": "F1, mean over codes",
    "f1.micro": "F1, all decisions together",
    "top1": "most probable code is a gold code",
    "top3": "a gold code among the three most probable",
    "ece": "expected calibration error (lower is better)",
    "brier": "Brier score (lower is better)",
    "set_size": "codes a passage, where not abstained",
    "set_coverage": "a gold code among the suggested",
    "abstained": "passages left to a person",
    "none.auc": "how well passages without a code are told apart (area under the ROC curve)",
    "promise.level": "level asked of the promised sets",
    "promise.coverage": "people's codes that lie in the promised sets",
    "promise.size": "answers a promised set",
}


def _number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3f}"


def _interval(metric: Metric) -> str:
    return "" if math.isnan(metric.low) else f"{metric.low:.3f} to {metric.high:.3f}"


def markdown(evaluation: Evaluation, gates: Sequence[Gate]) -> str:
    """Give the evaluation as Markdown, gates first."""
    e = evaluation
    lines = ["# Agreement of the machine with people", ""]
    lines += [
        f"{e.passages} passages of {e.interviews} interviews, {e.how}. Intervals: 95 %, by drawing "
        "whole interviews.",
        "",
        e.verdict,
        "",
    ]
    if gates:
        lines += ["## Gates", ""]
        lines += [f"- {'holds' if gate.holds else '**FALLS**'}: {gate}" for gate in gates] + [""]
    lines += ["| figure | value | interval | |", "|---|---|---|---|"]
    for name, meaning in _MEANING.items():
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
            failure.text = evaluation.verdict
    output = ElementTree.SubElement(suite, "system-out")
    output.text = "\n".join(f"{name} {_number(m.value)}" for name, m in evaluation.metrics.items())
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def page(evaluation: Evaluation, gates: Sequence[Gate]) -> str:
    """Give a self-contained page with the plots as drawings in it."""
    from mestring_nlp.writers.page import environment

    template = environment().get_template("evaluation.html.j2")

    def rows() -> list[tuple[str, Metric, str]]:
        pairs = [
            (f"{pair.a} – {pair.b}", pair.kappa, "#CC6677" if pair.b == "machine" else "#228833")
            for pair in evaluation.pairs
        ]
        return pairs + [
            (code, evaluation.metrics[f"kappa.{code}"], "#4477AA") for code in evaluation.codes
        ]

    return template.render(
        rows=rows,
        e=evaluation,
        gates=gates,
        meaning=_MEANING,
        number=_number,
        interval=_interval,
        nan=math.isnan,
    )


FORMATS: dict[str, Callable[[Evaluation, Sequence[Gate]], str]] = {
    "md": markdown,
    "json": as_json,
    "junit": junit,
    "html": page,
}
FILES = {"md": "evaluation.md", "json": "metrics.json", "junit": "junit.xml", "html": "evaluation.html"}
