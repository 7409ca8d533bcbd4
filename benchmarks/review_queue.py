"""Agreement on interviews left out after so many decisions, in the order of the review's queue and at random.

    python benchmarks/review_queue.py

Half of the tidy interviews are decided on, as the adjudicated codings say, and the other half is left out; then
the other way round. The first passages are drawn at random; after each step the model learns from all that is decided and
the next are taken from the queue, or drawn at random. Writes `benchmarks/results/review_queue.json`.
"""

from __future__ import annotations

import json
from collections import defaultdict

import numpy as np
from measures import RESULTS, ROOT, cached_encoder, tidy

import mestring_nlp as mn
from mestring_nlp.agreement import cohen_kappa
from mestring_nlp.encoding import Encoder
from mestring_nlp.review.passages import uncertainty
from mestring_nlp.review.queue import Candidate, spread
from mestring_nlp.training import fit

STEP, STEPS, SEEDS = 40, 8, 3


def kappa(model: mn.Model, test: list[mn.Segment]) -> float:
    """Cohen's kappa of the most probable answer and the first code, or none."""
    answers = model.predict(test).top1
    return float(cohen_kappa([row.codes[0] if row.codes else "" for row in test], answers))


def queued(model: mn.Model, pool: list[mn.Segment], left: list[int]) -> list[int]:
    """The passages that are left, as the queue orders them."""
    found = model.predict([pool[i] for i in left])
    names = sorted({row.transcript for row in pool})
    candidates = [
        Candidate(i, names.index(pool[i].transcript), top, uncertainty(list(map(float, p))))
        for i, top, p in zip(left, found.top1, found.probabilities, strict=True)
    ]
    return [candidate.passage for candidate in spread(candidates)]


def grown(
    pool: list[mn.Segment],
    test: list[mn.Segment],
    book: mn.Codebook,
    encoder: Encoder,
    seed: int,
    *,
    order: str,
) -> list[float]:
    """Kappa after each step."""
    drawn = np.random.default_rng(seed).permutation(len(pool)).tolist()
    chosen, figures = drawn[:STEP], []
    for _ in range(STEPS):
        model = fit([pool[i] for i in sorted(chosen)], book, encoder)
        figures.append(kappa(model, test))
        left = [i for i in drawn if i not in set(chosen)]
        chosen += (queued(model, pool, left) if order == "queue" else left)[:STEP]
    return figures


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    encoder = cached_encoder(data)
    data = tidy(data)
    segments = data.segments()
    names = sorted(data.transcripts)
    found: dict[str, list[list[float]]] = defaultdict(list)
    for half in (0, 1):
        pool = [row for row in segments if row.transcript in names[half::2]]
        test = [row for row in segments if row.transcript not in names[half::2]]
        for seed in range(SEEDS):
            for order in ("queue", "random"):
                found[order].append(grown(pool, test, data.codebook, encoder, seed, order=order))
    decisions = [STEP * (step + 1) for step in range(STEPS)]
    result = {
        "decisions": decisions,
        **{order: [round(float(k), 3) for k in np.mean(rows, axis=0)] for order, rows in found.items()},
        "runs": len(found["queue"]),
    }
    (RESULTS / "review_queue.json").write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
