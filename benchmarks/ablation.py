"""What each view is worth: alone, and left out.

    python benchmarks/ablation.py

Three folds of interviews are left out in turn; the statements stay in. A view alone, or left out, keeps what neighbours say. Kappa of the most probable answer. Writes
`benchmarks/results/ablation.json`.
"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
from measures import RESULTS, ROOT, Array, code, encoder_of, measures

import mestring_nlp as mn
from mestring_nlp.classifier import SegmentClassifier
from mestring_nlp.features import QUESTION_VIEWS, VIEWS

FOLDS = 3
ALONE = "without neighbours"


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    examples, codes = data.examples(), data.codebook.ids
    encoder = encoder_of(data)
    interviews = sorted(data.transcripts)
    variants = {"all": VIEWS, "question alone": QUESTION_VIEWS}
    variants |= {f"{view} alone": (view,) for view in VIEWS if view not in QUESTION_VIEWS}
    variants |= {f"without {view}": tuple(v for v in VIEWS if v != view) for view in VIEWS}
    variants[ALONE] = VIEWS
    tables: dict[str, dict[str, list[Array]]] = {name: {} for name in variants}
    gold: list[set[str]] = []
    for k in range(FOLDS):
        left_out = interviews[k::FOLDS]
        inside = [g in left_out for g in examples.groups]
        train, test = examples.where([not x for x in inside]), examples.where(inside)
        classifier = SegmentClassifier(codes, encoder=encoder).fit(
            train.texts, train.codes, train.questions, train.groups, train.runs
        )
        gold += [set(found) for found in test.codes]
        for name, views in variants.items():
            coded = replace(test, single=(True,) * len(test)) if name == ALONE else test
            for context, table in code(classifier.with_views(views), coded).items():
                tables[name].setdefault(context, []).append(table)
    result = {}
    for name, contexts in tables.items():
        result[name] = {
            context: {
                key: value
                for key, value in measures(np.vstack(found), gold, codes, 0.5).items()
                if key in ("kappa", "top1", "top3")
            }
            for context, found in contexts.items()
        }
        print(
            f"{name:<28}", *(f"{c}: {m['kappa']:.3f}/{m['top3']:.3f}" for c, m in result[name].items())
        )
    (RESULTS / "ablation.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
