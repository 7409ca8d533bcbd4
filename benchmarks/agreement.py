"""Agreement of the machine with people: each interview coded by a model that has not seen it.

    python benchmarks/agreement.py

One interview of `training_data/` is left out at a time (the statements stay in), then one part of the
statements at a time (the interviews stay in). The shipped model codes `training_data/held_out/`, which nothing
learns from. Where `../shared/study` lies beside the checkout, a model of all training data also codes the real
interview there, by turn; nothing is trained or tuned on it. Writes `benchmarks/results/agreement.json`.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from measures import CONTEXTS, RESULTS, ROOT, STUDY, code, fit, measures, real_interview
from rich.console import Console
from rich.table import Table

import mestring_nlp as mn
from mestring_nlp.encoding import Encoder, RememberingEncoder


def leave_one_out(data: mn.TrainingData, groups: list[str], encoder: Encoder) -> dict[str, Any]:
    """Code each group of passages with a model of all the others."""
    examples = data.examples()
    codes = data.codebook.ids
    found = {context: np.zeros((len(examples), len(codes) + 1)) for context in CONTEXTS}
    threshold = np.zeros(len(examples))
    for group in groups:
        classifier = fit(examples.where([g != group for g in examples.groups]), data.codebook, encoder)
        test = np.array([g == group for g in examples.groups])
        for context, table in code(classifier, examples.where(list(test))).items():
            found[context][test] = table
        threshold[test] = classifier.threshold_
    rows = np.flatnonzero([g in groups for g in examples.groups])
    gold = [set(examples.codes[i]) for i in rows]
    return {
        context: measures(table[rows], gold, codes, threshold[rows]) for context, table in found.items()
    } | {"groups": len(groups)}


def held_out() -> dict[str, Any]:
    """Code the interviews that nothing learns from, with the shipped model."""
    model = mn.load_model()
    examples = mn.load_training_data(ROOT / "training_data" / "held_out").examples()
    gold, bar = [set(codes) for codes in examples.codes], model.classifier.threshold_
    return {
        context: measures(table, gold, model.codes, bar)
        for context, table in code(model.classifier, examples).items()
    } | {"groups": len(set(examples.groups))}


def real(data: mn.TrainingData, encoder: Encoder) -> dict[str, Any]:
    """Code the real interview's informant turns, the model having seen none of it."""
    classifier = fit(data.examples(), data.codebook, encoder)
    turns, may = real_interview()
    result = {}
    for context, table in code(classifier, turns).items():
        codes, threshold = data.codebook.ids, classifier.threshold_
        result[context] = measures(table, [set(c) for c in turns.codes], codes, threshold) | {
            "top1_counting_also": measures(table, may, codes, threshold)["top1"]
        }
    return result


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    encoder = RememberingEncoder(mn.load_encoder())
    parts = sorted({statement.part for statement in data.statements if statement.text})
    results = {"left_out_interviews": leave_one_out(data, sorted(data.transcripts), encoder)}
    if parts:
        results["left_out_parts"] = leave_one_out(data, parts, encoder)
    results["held_out_interviews"] = held_out()
    if STUDY.is_dir():
        results["real_interview_by_turn"] = real(data, encoder)
    (RESULTS / "agreement.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    table = Table(
        "Data", "Context", "n", "kappa", "kappa (sets)", "macro F1", "top 1", "top 3", box=None
    )
    for part, values in results.items():
        for context in CONTEXTS:
            m = values[context]
            figures = [f"{m[k]:.3f}" for k in ("kappa", "kappa_sets", "macro_f1", "top1", "top3")]
            table.add_row(part, context, str(m["passages"]), *figures)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
