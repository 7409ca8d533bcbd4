"""What a few coded interviews of one's own are worth, with and without the bundled passages below them.

    python benchmarks/few_shot.py

Two halves of the tidy interviews in turn: from one half 1, 2, 4 interviews are "one's own", the other half is coded. The
base has learned from all that ships but the interviews: single statements, whose composers wrote none of the interviews.
One's own interviews correct it as `mestring train --base` does. Writes `benchmarks/results/few_shot.json`.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from measures import CONTEXTS, RESULTS, ROOT, cached_encoder, figures, predict, tidy

import mestring_nlp as mn
from mestring_nlp.training import fit

SIZES = (0, 1, 2, 4, 6)
SHOWN = ("kappa.top1", "top3", "ece.top1")


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    encoder = cached_encoder(data)
    data = tidy(data)
    segments = data.segments()
    interviews = sorted(data.transcripts)
    below = fit(data.statements, data.codebook, encoder, lone_questions=data.lone_questions)
    found: dict[str, dict[str, Any]] = {}
    for own, coded in ((interviews[::2], interviews[1::2]), (interviews[1::2], interviews[::2])):
        test = [segment for segment in segments if segment.transcript in coded]
        for size in SIZES:
            mine = [segment for segment in segments if segment.transcript in own[:size]]
            for base in (True, False) if size else (True,):
                model = below
                if size:
                    model = fit(mine, data.codebook, encoder, base=below if base else None)
                for context, one in predict(model, test).items():
                    row = found.setdefault("with base" if base else "without base", {})
                    row.setdefault(context, {}).setdefault(str(size), []).append(figures(one))
    result = {
        base: {
            context: {
                size: {key: float(np.mean([v[key] for v in values])) for key in SHOWN}
                for size, values in sizes.items()
            }
            for context, sizes in contexts.items()
        }
        for base, contexts in found.items()
    }
    (RESULTS / "few_shot.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    for base, contexts in result.items():
        for context in CONTEXTS:
            points = (
                f"{size}: {m['kappa.top1']:.2f}/{m['top3']:.2f}" for size, m in contexts[context].items()
            )
            print(f"{base:<14}{context:<18}", *points)


if __name__ == "__main__":
    main()
