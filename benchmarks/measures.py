"""What the benchmarks share: how a model is fitted, and one table of measures."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from mestring_nlp.judging import likeliest, main_codes
from sklearn.metrics import f1_score

import mestring_nlp as mn
from mestring_nlp.agreement import cohen_kappa
from mestring_nlp.classifier import SegmentClassifier
from mestring_nlp.encoding import Encoder, RememberingEncoder
from mestring_nlp.model import fit as fit_model
from mestring_nlp.suggestion import decide, plausible
from mestring_nlp.training_data import Examples

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
STUDY = ROOT.parent / "shared" / "study"
QUOTATIONS = tuple(f"del_{n}" for n in range(10, 19))
"""Parts of the statements composed as the quotations of a results chapter are."""

CONTEXTS = ("with_question", "passage_only")
Array = npt.NDArray[np.float64]


def encoder_of(data: mn.TrainingData) -> RememberingEncoder:
    """The bundled encoder, knowing the data's texts; the vectors are kept in `build/` for the next benchmark."""
    encoder, examples = mn.load_encoder(), data.examples()
    texts = sorted({*examples.texts, *examples.questions} - {""})
    digest = hashlib.sha256("\0".join([encoder.fingerprint, *texts]).encode()).hexdigest()
    file = ROOT / "build" / "vectors" / f"{digest}.npy"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(".part.npy")
        np.save(beside, encoder.encode(texts))
        beside.rename(file)
    return RememberingEncoder(encoder, dict(zip(texts, np.load(file), strict=True)))


def fit(examples: Examples, book: mn.Codebook, encoder: Encoder) -> SegmentClassifier:
    """A classifier as `mestring train` makes it."""
    return fit_model(examples, book, encoder).classifier


LEVEL = 0.9
"""How often the promised sets shall hold what people said."""


def floors(classifier: SegmentClassifier, examples: Examples) -> dict[str, Array]:
    """From which probability an answer is in the promised set, with and without the question."""
    return {
        "with_question": classifier.floor(LEVEL, examples.questions),
        "passage_only": classifier.floor(LEVEL, [""] * len(examples)),
    }


def code(classifier: SegmentClassifier, examples: Examples) -> dict[str, Array]:
    """Probabilities (last column: no code) with and without the question; interviews as they run."""
    texts, runs = examples.texts, examples.runs
    return {
        "with_question": classifier.predict_with_none(texts, examples.questions, runs),
        "passage_only": classifier.predict_with_none(texts, None, runs),
    }


def measures(
    with_none: Array, gold: Sequence[set[str]], codes: Sequence[str], threshold: float | Array
) -> dict[str, Any]:
    """Agreement of probabilities (last column: no code) with sets of codes."""
    answers = likeliest(with_none, codes)
    main = main_codes(answers, [[c for c in codes if c in found] for found in gold])
    truth = np.array([[code in found for code in codes] for found in gold])
    suggested = np.zeros_like(truth)
    for row, chosen in zip(
        suggested, decide(with_none[:, :-1], with_none[:, -1], threshold)[0], strict=True
    ):
        row[chosen] = True
    ranked = np.argsort(-with_none[:, :-1], axis=1, kind="stable")
    hits = np.take_along_axis(truth, ranked, axis=1)[truth.any(axis=1)]
    return {
        "passages": len(gold),
        "kappa": cohen_kappa(main, answers),
        "kappa_sets": cohen_kappa(truth.ravel(), suggested.ravel()),
        "macro_f1": float(f1_score(truth, suggested, average="macro", zero_division=0)),
        "top1": float(hits[:, 0].mean()),
        "top3": float(hits[:, :3].any(axis=1).mean()),
        "per_code_kappa": {
            code: cohen_kappa(truth[:, j], suggested[:, j])
            for j, code in enumerate(codes)
            if truth[:, j].any()
        },
    }


def promised(
    with_none: Array, gold: Sequence[set[str]], codes: Sequence[str], floor: Array
) -> dict[str, float]:
    """How often the promised sets hold what people said (a code, or none), and how large they are."""
    said = np.array([[code in found for code in codes] + [not found] for found in gold])
    inside = plausible(with_none, floor)
    return {"coverage": float(inside[said].mean()), "size": float(inside.sum(axis=1).mean())}


def real_interview() -> tuple[Examples, list[set[str]]]:
    """The real interview by turn: codes that must be found, and those that may be."""
    turns = mn.segment(mn.read_transcript(STUDY / "intervju1.txt"), "turn")
    with (STUDY / "intervju1_codes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    must = [tuple(filter(None, row["codes"].split(";"))) for row in rows]
    may = [
        {*found, *filter(None, row["also"].split(";"))} for found, row in zip(must, rows, strict=True)
    ]
    columns = (tuple(t.text for t in turns), tuple(t.question for t in turns), tuple(must))
    return Examples(*columns, ("real",) * len(turns), (False,) * len(turns)), may
