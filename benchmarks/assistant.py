"""What an assistant of a given worth adds, simulated: answers drawn from people's codes with a given confusion.

    python benchmarks/assistant.py

Each interview of `training_data/` is coded by a model of the others. A simulated assistant answers about each
passage with people's code with some probability, and else with one drawn from all of people's codes, so that its
kappa is as asked for; its second and third codes are drawn at random. It is asked about a sample of the passages,
the weight of its answers is learned from it, and, for each interview, from the sample of the others alone; then all
passages are coded by both. No language model is run. Writes `benchmarks/results/assistant.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from measures import RESULTS, ROOT, cached_encoder, cross_predicted, figures, pooled
from rich.console import Console
from rich.table import Table

import mestring_nlp as mn
from mestring_nlp.assistant.answers import Answer
from mestring_nlp.assistant.fitting import fit
from mestring_nlp.assistant.sampling import sample, worth

KAPPAS = (0.0, 0.4, 0.6, 0.8)
SIZES = (100, 300)
SEEDS = 3
FIGURES = ("kappa.top1", "kappa", "top1", "ece.top1", "prediction_set.coverage", "prediction_set.size")


def simulated(found: mn.OutOfSample, kappa: float, seed: int) -> list[Answer]:
    """Answers of an assistant that agrees with people at about a kappa."""
    rng = np.random.default_rng(seed)
    codes = found.classes
    main = [segment.codes[0] if segment.codes else "" for segment in found.segments]
    other = [main[i] for i in rng.permutation(len(main))]
    answers = []
    for right, wrong in zip(main, other, strict=True):
        first = right if rng.uniform() < kappa else wrong
        more = rng.choice(len(codes), size=int(rng.integers(0, 3)), replace=False)
        ranked = dict.fromkeys([first, *(codes[j] for j in more)]) if first else {}
        answers.append(Answer(tuple(ranked), "", "", float(rng.uniform()) if ranked else -1.0))
    return answers


def together(
    found: mn.OutOfSample, answers: Sequence[Answer], size: int, seed: int
) -> tuple[mn.OutOfSample, float, int]:
    """What both say of each interview, its weight learned from the others' sample; kappa, and how many weigh."""
    groups = np.array(found.groups)
    rows, weights = sample(worth(found.prediction), size, seed)
    parts: list[tuple[npt.NDArray[np.int64], mn.Prediction]] = []
    weighed, kappas = 0, []
    for name in dict.fromkeys(found.groups):
        kept = groups[rows] != name
        learned, _ = fit(
            found.prediction[rows[kept]],
            found.gold[rows[kept]],
            [answers[i] for i in rows[kept]],
            groups[rows[kept]].tolist(),
            assistant="simulated",
            prompt="",
            weights=weights[kept],
        )
        test = np.flatnonzero(groups == name)
        both, _ = learned.apply(found.prediction[test], [answers[i] for i in test], found.level)
        parts.append((test, both))
        weighed += learned.counts
        kappas.append(learned.kappa)
    order = np.argsort(np.concatenate([test for test, _ in parts]))
    prediction = mn.Prediction.concatenate([both for _, both in parts])[order]
    return replace(found, prediction=prediction), float(np.mean(kappas)), weighed


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    names = sorted(data.transcripts)
    left_out = cross_predicted(data, [[name] for name in names], cached_encoder(data))
    found = pooled(left_out)["with_question"]
    base = figures(found)
    results: dict[str, Any] = {
        "passages": base["passages"],
        "alone": {name: base[name] for name in FIGURES},
    }
    table = Table("kappa", "asked", "weighed", *FIGURES, box=None)
    table.add_row("none", "", "", *(f"{base[name]:.3f}" for name in FIGURES))
    rows = []
    for kappa in KAPPAS:
        for size in SIZES:
            runs = []
            for seed in range(SEEDS):
                both, reached, weighed = together(found, simulated(found, kappa, seed), size, seed)
                runs.append(
                    {"reached": reached, "weighed": weighed / len(names)}
                    | {k: figures(both)[k] for k in FIGURES}
                )
            mean = {name: float(np.mean([run[name] for run in runs])) for name in runs[0]}
            least = min(run["kappa.top1"] for run in runs)
            rows.append(
                {
                    "kappa": kappa,
                    "asked": size or base["passages"],
                    "seeds": SEEDS,
                    **mean,
                    "least_kappa.top1": least,
                }
            )
            table.add_row(
                f"{mean['reached']:.2f}",
                str(size or "all"),
                f"{mean['weighed']:.2f}",
                *(f"{mean[k]:.3f}" for k in FIGURES),
            )
    results["with_an_assistant"] = rows
    (RESULTS / "assistant.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
