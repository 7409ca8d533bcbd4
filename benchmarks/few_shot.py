"""What a few coded interviews of one's own are worth, with and without the bundled passages below them.

    python benchmarks/few_shot.py

Two halves of the interviews in turn: from one half 1, 2, 4 interviews are "one's own", the other half is coded. The
base is what ships, less all interviews: the single statements, whose composers wrote none of the interviews. Writes
`benchmarks/results/few_shot.json`.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from measures import CONTEXTS, RESULTS, ROOT, code, encoder_of, fit, measures

import mestring_nlp as mn

SIZES = (0, 1, 2, 4, 6)


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    examples, book = data.examples(), data.codebook
    encoder = encoder_of(data)
    interviews = sorted(data.transcripts)
    found: dict[str, dict[str, Any]] = {}
    for own, coded in ((interviews[::2], interviews[1::2]), (interviews[1::2], interviews[::2])):
        test = examples.where([g in coded for g in examples.groups])
        gold = [set(codes) for codes in test.codes]
        for size in SIZES:
            for base in (True, False):
                if size == 0 and not base:
                    continue
                groups = zip(examples.groups, examples.single, strict=True)
                train = examples.where([(base and single) or g in own[:size] for g, single in groups])
                classifier = fit(train, book, encoder)
                for context, table in code(classifier, test).items():
                    values = measures(table, gold, book.ids, classifier.threshold_)
                    row = found.setdefault("with base" if base else "without base", {})
                    row.setdefault(context, {}).setdefault(str(size), []).append(values)
    result = {
        base: {
            context: {
                size: {key: float(np.mean([v[key] for v in values])) for key in ("kappa", "top3")}
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
                f"{size}: {m['kappa']:.2f}/{m['top3']:.2f}" for size, m in contexts[context].items()
            )
            print(f"{base:<14}{context:<15}", *points)


if __name__ == "__main__":
    main()
