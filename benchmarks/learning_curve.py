"""Agreement against the number of training passages, with and without the question.

    python benchmarks/learning_curve.py

On tidy interviews left out (two folds of interviews), on parts of the statements left out (two folds of parts), and on the
real interview by turn where that is at hand. Training passages are drawn at random from all that is not left out.
Writes `benchmarks/results/learning_curve.json` and `docs/images/learning_curve.png`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from joblib import Parallel, delayed
from measures import (
    CONTEXTS,
    RESULTS,
    ROOT,
    STUDY,
    cached_encoder,
    figures,
    predict,
    real_interview,
    tidy,
)

import mestring_nlp as mn
from mestring_nlp.encoding import Encoder
from mestring_nlp.training import fit

SIZES = (100, 400, 1600, 3200)
FOLDS = 2


Rows = list[mn.Segment | mn.LoneQuestion]


def at_size(
    train: Rows, test: list[mn.Segment], size: int, book: mn.Codebook, encoder: Encoder, seed: int
) -> dict[str, Any]:
    """Train on so many passages and lone questions, drawn at random, and measure on the test passages."""
    drawn = sorted(np.random.default_rng(seed).permutation(len(train))[:size].tolist())
    segments = [row for i in drawn if isinstance(row := train[i], mn.Segment)]
    questions = [row for i in drawn if isinstance(row := train[i], mn.LoneQuestion)]
    model = fit(segments, book, encoder, lone_questions=questions)
    return {c: figures(one)["kappa.top1"] for c, one in predict(model, test).items()}


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    encoder = cached_encoder(data)
    data = tidy(data)
    segments = [*data.segments(), *data.statements]
    everything: Rows = [*segments, *data.lone_questions]
    parts = sorted({statement.transcript for statement in data.statements})

    def fold(left_out: Sequence[str]) -> tuple[Rows, list[mn.Segment]]:
        train: Rows = [row for row in segments if row.transcript not in left_out]
        train += [question for question in data.lone_questions if question.collection not in left_out]
        return train, [row for row in segments if row.transcript in left_out]

    tasks = {}
    for name, groups in (("left_out_interviews", sorted(data.transcripts)), ("left_out_parts", parts)):
        for k in range(FOLDS if groups else 0):
            tasks[name, k] = fold(groups[k::FOLDS])
    if STUDY.is_dir():
        turns, _ = real_interview()
        encoder.encode([text for turn in turns for text in (turn.text, turn.question)])
        for k in range(FOLDS):
            tasks["real_interview_by_turn", k] = (everything, turns)
    jobs = [(key, min(size, len(tasks[key][0]))) for key in tasks for size in (*SIZES, len(everything))]
    jobs = sorted(set(jobs), key=lambda job: -job[1])
    found = Parallel(n_jobs=-1)(
        delayed(at_size)(*tasks[key], size, data.codebook, encoder, key[1]) for key, size in jobs
    )
    result: dict[str, Any] = {}
    for (key, size), kappas in zip(jobs, found, strict=True):
        nearest = size if size in SIZES else "all"
        for context in CONTEXTS:
            curve = result.setdefault(key[0], {}).setdefault(context, {})
            curve.setdefault(str(nearest), []).append({"passages": size, "kappa": kappas[context]})
    for contexts in result.values():
        for context, curve in contexts.items():
            contexts[context] = sorted(
                (
                    {
                        "passages": round(float(np.mean([p["passages"] for p in points]))),
                        "kappa": float(np.mean([p["kappa"] for p in points])),
                        "least": min(p["kappa"] for p in points),
                        "most": max(p["kappa"] for p in points),
                    }
                    for points in curve.values()
                ),
                key=lambda point: point["passages"],
            )
    (RESULTS / "learning_curve.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    for name, contexts in result.items():
        for context, points in contexts.items():
            print(f"{name:<24}{context:<15}", *(f"{p['passages']}:{p['kappa']:.3f}" for p in points))
    plot(result)


def plot(result: dict[str, Any]) -> None:
    """One line for each data set and context."""
    matplotlib.use("Agg")
    colours = {
        "left_out_interviews": "#4477AA",
        "left_out_parts": "#228833",
        "real_interview_by_turn": "#EE6677",
    }
    figure, axes = plt.subplots(figsize=(7.5, 4.5), layout="constrained")
    for name, contexts in result.items():
        for context, style in zip(CONTEXTS, ("-", "--"), strict=True):
            points = contexts[context]
            sizes = [p["passages"] for p in points]
            label = f"{name.replace('_', ' ')}, {context.replace('_', ' ')}"
            axes.plot(
                sizes,
                [p["kappa"] for p in points],
                style,
                marker="o",
                ms=4,
                color=colours[name],
                label=label,
            )
    axes.set_xscale("log")
    axes.set_xticks([*SIZES], [str(size) for size in SIZES])
    axes.minorticks_off()
    axes.set_xlabel("training passages")
    axes.set_ylabel("Cohen's kappa")
    axes.set_ylim(0, 1)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, frameon=False, loc="lower right")
    figure.savefig(ROOT / "docs" / "images" / "learning_curve.png", dpi=150)


if __name__ == "__main__":
    main()
