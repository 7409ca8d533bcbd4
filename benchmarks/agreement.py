"""Agreement of the machine with people: each interview coded by a model that has not seen it.

    python benchmarks/agreement.py

One interview of `training_data/` is left out at a time (the statements stay in), one part in six of the statements
(the interviews stay in; a part is one composer's), and all interviews or parts of a kind but the tidy interviews and
the plain statements. The shipped model codes `training_data/held_out/`, which nothing learns from, and, where
`../shared/study` lies beside the checkout, the real interview there, by turn; nothing is trained or tuned on it.
Writes `benchmarks/results/agreement.json`, and of the interviews what `mestring evaluate training_data` reports,
`metrics.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from measures import (
    ANSWERS,
    CONTEXTS,
    FIGURES,
    HARD,
    HELD_OUT,
    OWN_BRIEF,
    QUOTATIONS,
    RESULTS,
    ROOT,
    STUDY,
    TIDY,
    UNAWARE,
    cached_encoder,
    cross_predicted,
    figures,
    kappa_interval,
    number,
    pooled,
    predict,
    real_interview,
)
from rich.console import Console
from rich.table import Table

import mestring_nlp as mn
from mestring_nlp.evaluation import evaluate
from mestring_nlp.writers.evaluation import FORMATS

FOLDS_OF_PARTS = 6
Found = dict[str, mn.OutOfSample]


def measured(found: Found, groups: Sequence[str]) -> dict[str, Any]:
    """The figures on some interviews or parts."""
    results: dict[str, Any] = {"groups": len(groups)}
    for context, one in found.items():
        own = one.of(groups)
        interval, drawn = kappa_interval(own)
        results[context] = figures(own) | {"kappa.top1_interval": interval, "drawn": drawn}
    return results


def by_code(found: mn.OutOfSample) -> dict[str, dict[str, float]]:
    """Kappa of each code, with its interval."""
    metrics = evaluate(found).metrics
    of = {code: metrics[f"kappa.{code}"] for code in found.classes}
    return {code: {"kappa": m.value, "low": m.low, "high": m.high} for code, m in of.items()}


def held_out(model: mn.Model) -> dict[str, Any]:
    """The interviews that nothing learns from."""
    segments = mn.load_training_data(ROOT / "training_data" / "held_out").segments()
    found = predict(model, segments)
    names = sorted({s.transcript for s in segments})
    kinds = {
        kind: measured(found, [name for name in names if number(name) in numbers])
        for kind, numbers in HELD_OUT.items()
    }
    return measured(found, names) | {"by_kind": kinds}


def real(model: mn.Model) -> dict[str, Any]:
    """The real interview's informant turns; the model has seen none of it."""
    must, may = real_interview()
    found = measured(predict(model, must), [must[0].transcript])
    for context, one in predict(model, may).items():
        found[context]["top1_counting_also"] = figures(one)["top1"]
    return found


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    encoder = cached_encoder(data)
    parts = sorted({statement.transcript for statement in data.statements})
    names = sorted(data.transcripts)
    kinds = {
        "interviews": TIDY,
        "hard": HARD,
        "unaware": UNAWARE,
        "own_brief": OWN_BRIEF,
        "parts": [part for part in parts if part not in (*QUOTATIONS, *ANSWERS)],
        "quotations": QUOTATIONS,
        "answers": ANSWERS,
    }
    singly = [*([name] for name in names), *(parts[k::FOLDS_OF_PARTS] for k in range(FOLDS_OF_PARTS))]
    at_once = [kind for kind in kinds if kind not in ("interviews", "parts")]
    every = cross_predicted(data, [*singly, *(kinds[kind] for kind in at_once)], encoder)
    left_out = pooled(every[: len(singly)])
    results = {f"left_out_{kind}": measured(left_out, groups) for kind, groups in kinds.items()}
    for kind, found in zip(at_once, every[len(singly) :], strict=True):
        results[f"all_{kind}_left_out"] = measured(found, kinds[kind])
    report = evaluate(left_out["with_question"].of(names), data)
    (RESULTS / "metrics.json").write_text(FORMATS["json"](report, []), encoding="utf-8")
    # Those interviews that composer and second coder have coded; see coders.py.
    twice = [*kinds["interviews"], *kinds["hard"]]
    results["per_code_of_tidy_and_hard"] = by_code(left_out["with_question"].of(twice))
    model = mn.load_model()
    results["held_out_interviews"] = held_out(model)
    if STUDY.is_dir():
        results["real_interview_by_turn"] = real(model)
    (RESULTS / "agreement.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    table = Table("Data", "Context", "n", *FIGURES, box=None)
    for part, values in results.items():
        for context in filter(values.__contains__, CONTEXTS):
            m = values[context]
            table.add_row(part, context, str(m["passages"]), *(f"{m[name]:.3f}" for name in FIGURES))
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
