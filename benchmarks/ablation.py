"""What each view is worth: alone, and left out.

    python benchmarks/ablation.py

Three folds of the tidy interviews are left out in turn; the statements stay in. A view alone, or left out, keeps the neighbours.
Kappa of the top-1 prediction. Writes `benchmarks/results/ablation.json`.
"""

from __future__ import annotations

import json
from dataclasses import replace

from measures import RESULTS, ROOT, cached_encoder, figures, pooled, predict, tidy

import mestring_nlp as mn
from mestring_nlp.features import JOINT_VIEWS, QUESTION_VIEWS, TEXT_VIEWS, VIEWS

FOLDS = 3
ALONE = "without neighbours"
SHOWN = ("kappa.top1", "top1", "top3")


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    encoder = cached_encoder(data)
    data = tidy(data)
    interviews = sorted(data.transcripts)
    variants = {"all": tuple(VIEWS), "question alone": QUESTION_VIEWS}
    variants |= {f"{view} alone": (view,) for view in (*TEXT_VIEWS, *JOINT_VIEWS)}
    variants |= {f"without {view}": tuple(v for v in VIEWS if v != view) for view in VIEWS}
    variants[ALONE] = tuple(VIEWS)
    parts: dict[str, list[dict[str, mn.OutOfSample]]] = {name: [] for name in variants}
    folds = [interviews[k::FOLDS] for k in range(FOLDS)]
    coded = [*data.segments(), *data.statements]
    for fold in folds:
        model = mn.SegmentClassifier(data.codebook.ids, encoder=encoder).fit(
            [row for row in coded if row.transcript not in fold],
            lone_questions=data.lone_questions,
            definitions=data.codebook.examples,
        )
        test = [row for row in coded if row.transcript in fold]
        for name, views in variants.items():
            rows = [replace(row, turn=0) for row in test] if name == ALONE else test
            parts[name].append(predict(model.with_views(views), rows))
    result = {}
    for name, found in parts.items():
        result[name] = {
            context: {key: figures(one)[key] for key in SHOWN} for context, one in pooled(found).items()
        }
        shown = (f"{c}: {m['kappa.top1']:.3f}/{m['top3']:.3f}" for c, m in result[name].items())
        print(f"{name:<36}", *shown)
    (RESULTS / "ablation.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
