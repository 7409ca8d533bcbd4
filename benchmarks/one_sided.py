"""What becomes of a model that is corrected by few passages of one code or two, as of who goes through a code at a time.

    python benchmarks/one_sided.py

The base learns from every other of the tidy interviews. It is corrected by passages of one of the others, and
measured on the rest of these: Cohen's kappa of the most probable answer, with what the base knew learned again (see
`mestring_nlp.training.rehearsed`), and without. Writes `benchmarks/results/one_sided.json`.
"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
from measures import RESULTS, ROOT, cached_encoder, tidy

import mestring_nlp as mn
from mestring_nlp.agreement import cohen_kappa
from mestring_nlp.training import fit

PICKED = 20
ONE, TWO = ("ledelse",), ("ledelse", "styrker")


def kappa(model: mn.Model, test: list[mn.Segment]) -> float:
    """Cohen's kappa of the most probable answer and the first code, or none."""
    gold = [row.codes[0] if row.codes else "" for row in test]
    return float(cohen_kappa(gold, model.predict(test).top1))


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    encoder = cached_encoder(data)
    data = tidy(data)
    segments = data.segments()
    names = sorted(data.transcripts)
    base = fit([s for s in segments if s.transcript in names[0::2]], data.codebook, encoder)
    forgetful = replace(base, segments=None, vectors=None)
    found: dict[str, dict[str, list[float]]] = {}
    for name in names[1::2][:3]:
        pool = [s for s in segments if s.transcript in names[1::2]]
        pool.sort(key=lambda s: s.transcript != name)  # that interview first
        for what, mine in {
            "the first passages": pool[:PICKED],
            "one code": [s for s in pool if s.codes and set(s.codes) <= set(ONE)][:PICKED],
            "two codes": [s for s in pool if s.codes and set(s.codes) <= set(TWO)][:PICKED],
        }.items():
            test = [s for s in pool if s not in mine and s.transcript != name]
            row = found.setdefault(what, {"base": [], "without": [], "with": []})
            row["base"].append(kappa(base, test))
            row["without"].append(kappa(fit(mine, data.codebook, encoder, base=forgetful), test))
            row["with"].append(kappa(fit(mine, data.codebook, encoder, base=base), test))
    result = {w: {k: round(float(np.mean(v)), 3) for k, v in row.items()} for w, row in found.items()}
    (RESULTS / "one_sided.json").write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
