"""Agreement of the machine with people: each interview coded by a model that has not seen it.

    python benchmarks/agreement.py

On `training_data/` one interview is left out at a time. Where `../shared/study` lies beside the
checkout, a model of all training data also codes the real interview there, by turn; nothing is trained
or tuned on it. Writes `benchmarks/results/agreement.json`.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table
from sklearn.metrics import cohen_kappa_score, f1_score

import mestring_nlp as mn
from mestring_nlp.classifier import SegmentClassifier
from mestring_nlp.encoding import Encoder
from mestring_nlp.suggestion import decide
from mestring_nlp.training_data import Examples

ROOT = Path(__file__).resolve().parent.parent
STUDY = ROOT.parent / "shared" / "study"
RESULT = ROOT / "benchmarks" / "results" / "agreement.json"
Array = npt.NDArray[np.float64]


class Remembering:
    """An encoder that encodes each text once in a run."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.known: dict[str, npt.NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        self.known.update(zip(new, self.encoder.encode(new), strict=True))
        return np.stack([self.known[text] for text in texts])


def measures(
    with_none: Array, gold: Sequence[set[str]], codes: Sequence[str], threshold: float | Array
) -> dict[str, Any]:
    """Agreement of probabilities (last column: no code) with sets of codes."""
    answers = [*codes, ""]
    likeliest = [answers[j] for j in with_none.argmax(axis=1)]
    # A passage with two codes agrees with either of them.
    main = [
        guess if guess in (found or {""}) else next((c for c in codes if c in found), "")
        for guess, found in zip(likeliest, gold, strict=True)
    ]
    truth = np.array([[code in found for code in codes] for found in gold])
    thresholds = np.broadcast_to(threshold, len(gold))
    suggested = np.zeros_like(truth)
    for i in range(len(gold)):
        chosen, _ = decide(with_none[i : i + 1, :-1], with_none[i : i + 1, -1], float(thresholds[i]))
        suggested[i, chosen[0]] = True
    coded = truth.any(axis=1)
    ranked = np.argsort(-with_none[:, :-1], axis=1, kind="stable")
    hits = np.take_along_axis(truth, ranked, axis=1)[coded]
    return {
        "passages": len(gold),
        "kappa": cohen_kappa_score(main, likeliest),
        "kappa_sets": cohen_kappa_score(truth.ravel(), suggested.ravel()),
        "macro_f1": f1_score(truth, suggested, average="macro", zero_division=0),
        "top1": float(hits[:, 0].mean()),
        "top3": float(hits[:, :3].any(axis=1).mean()),
        "per_code_kappa": {
            code: cohen_kappa_score(truth[:, j], suggested[:, j])
            for j, code in enumerate(codes)
            if truth[:, j].any()
        },
    }


def fit(examples: Examples, book: mn.Codebook, encoder: Encoder) -> SegmentClassifier:
    return SegmentClassifier(book.ids, codebook=book, encoder=encoder).fit(
        examples.texts, examples.codes, examples.questions, examples.groups
    )


def leave_one_interview_out(data: mn.TrainingData, encoder: Encoder) -> dict[str, Any]:
    """Code every interview with a model of the others (and of the statements)."""
    examples = data.examples()
    interviews = sorted(data.transcripts)
    rows = [i for i, group in enumerate(examples.groups) if group in data.transcripts]
    width = len(data.codebook) + 1
    found = {
        "with_question": np.zeros((len(examples), width)),
        "passage_only": np.zeros((len(examples), width)),
    }
    threshold = np.zeros(len(examples))
    for interview in interviews:
        classifier = fit(
            examples.where([g != interview for g in examples.groups]), data.codebook, encoder
        )
        test = [i for i in rows if examples.groups[i] == interview]
        texts = [examples.texts[i] for i in test]
        found["with_question"][test] = classifier.predict_with_none(
            texts, [examples.questions[i] for i in test]
        )
        found["passage_only"][test] = classifier.predict_with_none(texts)
        threshold[test] = classifier.threshold_
    gold = [set(examples.codes[i]) for i in rows]
    return {
        name: measures(table[rows], gold, data.codebook.ids, threshold[rows])
        for name, table in found.items()
    } | {"interviews": len(interviews)}


def real_interview(data: mn.TrainingData, encoder: Encoder) -> dict[str, Any]:
    """Code the real interview's informant turns, the model having seen none of it."""
    classifier = fit(data.examples(), data.codebook, encoder)
    turns = mn.segment(mn.read_transcript(STUDY / "intervju1.txt"), "turn")
    with (STUDY / "intervju1_codes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    must = [set(filter(None, row["codes"].split(";"))) for row in rows]
    may = [
        found | set(filter(None, row["also"].split(";"))) for found, row in zip(must, rows, strict=True)
    ]
    texts, questions = [t.text for t in turns], [t.question for t in turns]
    result: dict[str, Any] = {}
    for name, asked in (("with_question", questions), ("passage_only", None)):
        table = classifier.predict_with_none(texts, asked)
        codes = data.codebook.ids
        counting = measures(table, may, codes, classifier.threshold_)
        result[name] = measures(table, must, codes, classifier.threshold_) | {
            "top1_counting_also": counting["top1"],
        }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT / "training_data")
    parser.add_argument("--out", type=Path, default=RESULT)
    arguments = parser.parse_args()
    data = mn.load_training_data(arguments.data)
    encoder = Remembering(mn.load_encoder())
    results: dict[str, Any] = {"left_out_interviews": leave_one_interview_out(data, encoder)}
    if STUDY.is_dir():
        results["real_interview_by_turn"] = real_interview(data, encoder)
    arguments.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    table = Table(
        "Data", "Context", "n", "kappa", "kappa (sets)", "macro F1", "top 1", "top 3", box=None
    )
    for part, values in results.items():
        for context in ("with_question", "passage_only"):
            m = values[context]
            figures = [f"{m[k]:.3f}" for k in ("kappa", "kappa_sets", "macro_f1", "top1", "top3")]
            table.add_row(part, context, str(m["passages"]), *figures)
    Console().print(table)
    print(f"Wrote {arguments.out}")


if __name__ == "__main__":
    main()
