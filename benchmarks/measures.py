"""What the benchmarks share: the data with and without questions, and the figures that each reports."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import mestring_nlp as mn
from mestring_nlp.agreement import bootstrap_interval, cohen_kappa
from mestring_nlp.encoding import CachedEncoder, Encoder
from mestring_nlp.evaluation import evaluate
from mestring_nlp.human_comparison import FEWEST_TO_COMPARE
from mestring_nlp.validation import main_codes

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
STUDY = ROOT.parent / "shared" / "study"
QUOTATIONS = tuple(f"del_{n}" for n in (*range(10, 19), *range(29, 34)))
"""Parts of the statements composed as the quotations of a results chapter are."""

ANSWERS = tuple(f"del_{n}" for n in range(19, 29))
"""Parts of answers whose code the question tells, answers that leave the question's topic, and lures."""


def number(interview: str) -> int:
    """The number in an interview's name."""
    return int(interview.split("_")[1])


_INTERVIEWS = sorted(f.stem for f in (ROOT / "training_data" / "interviews").glob("*.txt"))
TIDY = tuple(name for name in _INTERVIEWS if number(name) < 13)
"""The first interviews, composed by writers who knew the codebook."""

HARD = tuple(name for name in _INTERVIEWS if 13 < number(name) < 34)
"""Interviews composed to be as hard as talk is: full of stories, past the question."""

UNAWARE = tuple(name for name in _INTERVIEWS if 34 <= number(name) < 55)
"""Interviews by writers who did not know the codebook, and had only the interview guide."""

OWN_BRIEF = tuple(name for name in _INTERVIEWS if number(name) >= 55)
"""The same, each with a workplace, a leader, a mood and an order of topics of its own."""

HELD_OUT = {
    "held-out interview 13": (13,),
    "held-out interviews 30 and 31, hard": (30, 31),
    "held-out interviews 47 and 48, writers unaware": (47, 48),
    "held-out interviews 49 to 54, the same by another brief": tuple(range(49, 55)),
}
"""Interviews that nothing learns from, by number."""

CONTEXTS = ("with_question", "without_question")
FIGURES = (
    "kappa.top1", "kappa", "f1", "top1", "top3", "ece.top1", "no_code.auc",
    "prediction_set.coverage", "prediction_set.size",
)  # fmt: skip
"""Of those that `mestring_nlp.evaluation` computes."""


def cached_encoder(data: mn.TrainingData) -> CachedEncoder:
    """The bundled encoder with the data's texts; the vectors are kept in `build/` for the next benchmark."""
    encoder = mn.load_encoder()
    known = data.texts()
    digest = hashlib.sha256("\0".join([encoder.fingerprint, *known]).encode()).hexdigest()
    file = ROOT / "build" / "vectors" / f"{digest}.npy"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(".part.npy")
        np.save(beside, encoder.encode(known))
        beside.rename(file)
    return CachedEncoder(encoder, dict(zip(known, np.load(file), strict=True)))


def tidy(data: mn.TrainingData) -> mn.TrainingData:
    """The data with the tidy interviews alone: what takes many models is measured on these."""
    return replace(
        data,
        transcripts={name: data.transcripts[name] for name in TIDY},
        codings=tuple(coding for coding in data.codings if coding.transcript in TIDY),
    )


def in_contexts(segments: Sequence[mn.Segment]) -> dict[str, list[mn.Segment]]:
    """Segments as they are, and without the questions that they answer."""
    return {
        "with_question": list(segments),
        "without_question": [replace(segment, question="") for segment in segments],
    }


def predict(
    model: mn.Model | mn.SegmentClassifier, segments: Sequence[mn.Segment]
) -> dict[str, mn.OutOfSample]:
    """What a model says of segments with gold codes, with and without the questions."""
    predictor = model.predictor if isinstance(model, mn.Model) else model.predictor_
    return {
        context: mn.OutOfSample(tuple(rows), predictor.classify(rows))
        for context, rows in in_contexts(segments).items()
    }


def cross_predicted(
    data: mn.TrainingData, folds: Sequence[Sequence[str]], encoder: Encoder
) -> list[dict[str, mn.OutOfSample]]:
    """Each fold of segments, coded by a model of all the others; from one factorisation.

    Folds may overlap: each is left out by itself.
    """
    rows = [*data.segments(), *data.statements]
    classifier = mn.SegmentClassifier(data.codebook.ids, encoder=encoder)
    found = classifier.cross_predict(
        rows, lone_questions=data.lone_questions, definitions=data.codebook.examples, left_out=folds
    )
    return [
        {
            context: mn.OutOfSample(tuple(rows[i] for i in part.rows), prediction)
            for context, prediction in zip(
                CONTEXTS, (part.prediction, part.without_questions), strict=True
            )
        }
        for part in found
    ]


def pooled(parts: Sequence[dict[str, mn.OutOfSample]]) -> dict[str, mn.OutOfSample]:
    """The predictions of several models on their test segments as one, in each context."""
    return {
        context: mn.OutOfSample(
            tuple(segment for part in parts for segment in part[context].segments),
            mn.Prediction.concatenate([part[context].prediction for part in parts]),
        )
        for context in CONTEXTS
    }


def figures(found: mn.OutOfSample) -> dict[str, Any]:
    """The main figures of an evaluation, without intervals."""
    report = evaluate(found, repeats=0)
    coded = [code for code, said in zip(found.classes, found.gold.T, strict=True) if said.any()]
    return {
        "passages": report.passages,
        **{name: report.metrics[name].value for name in FIGURES},
        "per_code_kappa": {code: report.metrics[f"kappa.{code}"].value for code in coded},
    }


def kappa_interval(found: mn.OutOfSample) -> tuple[list[float], str]:
    """The 95 % interval of the kappa of the most probable answer, by a bootstrap; and of what.

    Of interviews and parts; of passages, where there are fewer than six of them.
    """
    answers = [*found.classes, ""]
    given = [found.prediction.top1, main_codes(found.prediction.top1, found.segments)]
    top1, main = (np.array([answers.index(answer) for answer in column]) for column in given)
    several = len(set(found.groups)) >= FEWEST_TO_COMPARE
    drawn = found.groups if several else list(map(str, range(len(main))))
    interval = bootstrap_interval(lambda rows: cohen_kappa(main[rows], top1[rows]), drawn, repeats=400)
    return [float(end) for end in interval], "interviews or parts" if several else "passages"


def real_interview() -> tuple[list[mn.Segment], list[mn.Segment]]:
    """The real interview by turn, with the codes that must be found; and with those that may be."""
    turns = mn.segment(mn.read_transcript(STUDY / "intervju1.txt"), "turn")
    with (STUDY / "intervju1_codes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    must = [tuple(filter(None, row["codes"].split(";"))) for row in rows]
    may = [
        (*codes, *filter(None, row["also"].split(";"))) for codes, row in zip(must, rows, strict=True)
    ]
    given = [
        [replace(turn, codes=codes) for turn, codes in zip(turns, column, strict=True)]
        for column in (must, may)
    ]
    return given[0], given[1]
