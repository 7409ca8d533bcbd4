"""Agreement of the machine with people: each interview coded by a model that has not seen it.

    python benchmarks/agreement.py

One interview of `training_data/` is left out at a time (the statements stay in), then one part in six of the
statements at a time (the interviews stay in; a part is one composer's). The shipped model codes `training_data/held_out/`, which nothing
learns from. Where `../shared/study` lies beside the checkout, a model of all training data also codes the real
interview there, by turn; nothing is trained or tuned on it. Writes `benchmarks/results/agreement.json`, and of the interviews
what `mestring evaluate training_data` reports, `metrics.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from measures import (
    CONTEXTS,
    LEVEL,
    QUOTATIONS,
    RESULTS,
    ROOT,
    STUDY,
    Array,
    code,
    encoder_of,
    fit,
    floors,
    measures,
    promised,
    real_interview,
)
from mestring_nlp.judging import Judged
from rich.console import Console
from rich.table import Table

import mestring_nlp as mn
from mestring_nlp.classifier import SegmentClassifier
from mestring_nlp.encoding import Encoder
from mestring_nlp.evaluation import evaluate
from mestring_nlp.training_data import Examples
from mestring_nlp.writers.evaluation import FORMATS

FOLDS_OF_PARTS = 6


@dataclass
class LeftOut:
    """Passages coded by models that have not seen their interview or part."""

    examples: Examples
    codes: tuple[str, ...]
    found: dict[str, Array]
    threshold: Array
    floor: dict[str, Array]

    def measured(self, groups: Sequence[str]) -> dict[str, Any]:
        """Agreement on the passages of some interviews or parts."""
        rows = np.array([g in groups for g in self.examples.groups])
        gold = [set(codes) for codes in self.examples.where(list(rows)).codes]
        return {
            context: measures(table[rows], gold, self.codes, self.threshold[rows])
            | {"promised": promised(table[rows], gold, self.codes, self.floor[context][rows])}
            for context, table in self.found.items()
        } | {"groups": len(groups)}


def leave_out(data: mn.TrainingData, folds: Sequence[Sequence[str]], encoder: Encoder) -> LeftOut:
    """Code each fold of passages with a model of all the others."""
    examples, codes = data.examples(), data.codebook.ids
    found = {context: np.zeros((len(examples), len(codes) + 1)) for context in CONTEXTS}
    threshold = np.zeros(len(examples))
    floor = {context: np.zeros(len(examples)) for context in CONTEXTS}
    for fold in folds:
        test = np.array([g in fold for g in examples.groups])
        classifier = fit(examples.where(list(~test)), data.codebook, encoder)
        inside = examples.where(list(test))
        for context, table in code(classifier, inside).items():
            found[context][test] = table
        for context, values in floors(classifier, inside).items():
            floor[context][test] = values
        threshold[test] = classifier.threshold_
    return LeftOut(examples, codes, found, threshold, floor)


def as_evaluated(left_out: LeftOut, data: mn.TrainingData) -> str:
    """What `mestring evaluate` reports of the interviews, as JSON."""
    rows = [g in data.transcripts for g in left_out.examples.groups]
    judged = Judged(
        left_out.codes,
        left_out.examples.where(rows),
        left_out.found["with_question"][rows],
        left_out.threshold[rows],
        left_out.floor["with_question"][rows],
        LEVEL,
    )
    return FORMATS["json"](evaluate(judged, data), [])


def unseen(classifier: SegmentClassifier, examples: Examples) -> LeftOut:
    """Code passages of which the classifier has seen none."""
    threshold = np.full(len(examples), classifier.threshold_)
    tables, floor = code(classifier, examples), floors(classifier, examples)
    return LeftOut(examples, classifier.codes_, tables, threshold, floor)


def held_out() -> dict[str, Any]:
    """Code the interviews that nothing learns from, with the shipped model."""
    examples = mn.load_training_data(ROOT / "training_data" / "held_out").examples()
    return unseen(mn.load_model().classifier, examples).measured(sorted(set(examples.groups)))


def real(data: mn.TrainingData, encoder: Encoder) -> dict[str, Any]:
    """Code the real interview's informant turns, the model having seen none of it."""
    turns, may = real_interview()
    coded = unseen(fit(data.examples(), data.codebook, encoder), turns)
    found = coded.measured(turns.groups[:1])
    for context, table in coded.found.items():
        either = measures(table, may, coded.codes, coded.threshold)
        found[context]["top1_counting_also"] = either["top1"]
    return found


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    encoder = encoder_of(data)
    parts = sorted({statement.part for statement in data.statements if statement.text})
    names = sorted(data.transcripts)
    left_out = leave_out(data, [[name] for name in names], encoder)
    results = {"left_out_interviews": left_out.measured(names)}
    (RESULTS / "metrics.json").write_text(as_evaluated(left_out, data), encoding="utf-8")
    left_out = leave_out(data, [parts[k::FOLDS_OF_PARTS] for k in range(FOLDS_OF_PARTS)], encoder)
    results["left_out_parts"] = left_out.measured([p for p in parts if p not in QUOTATIONS])
    results["left_out_quotations"] = left_out.measured([p for p in parts if p in QUOTATIONS])
    results["held_out_interviews"] = held_out()
    if STUDY.is_dir():
        results["real_interview_by_turn"] = real(data, encoder)
    (RESULTS / "agreement.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    table = Table(
        "Data", "Context", "n", "kappa", "kappa (sets)", "macro F1", "top 1", "top 3", "in set", box=None
    )
    for part, values in results.items():
        for context in CONTEXTS:
            m = values[context]
            figures = [f"{m[k]:.3f}" for k in ("kappa", "kappa_sets", "macro_f1", "top1", "top3")]
            figures.append(f"{m['promised']['coverage']:.3f}")
            table.add_row(part, context, str(m["passages"]), *figures)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
