"""Draw what `agreement.py` and `coders.py` measured: kappa by code, confusion, reliability, abstention.

    python benchmarks/agreement.py
    python benchmarks/coders.py
    python benchmarks/plots.py

Reads `metrics.json`, `agreement.json` and `coders.json` of `benchmarks/results`; writes `docs/images/{codes,confusion,certainty}.png`.
"""

from __future__ import annotations

import json
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from measures import RESULTS, ROOT

import mestring_nlp as mn

IMAGES = ROOT / "docs" / "images"
MACHINE, PEOPLE = "#CC3311", "#4477AA"


def by_code(machines: dict[str, Any], coders: dict[str, Any], book: mn.Codebook) -> None:
    """Kappa of two coders, and of machine and adjudicated codes, for each code of the same interviews."""
    figure, axes = plt.subplots(figsize=(7.5, 4.4), layout="constrained")
    for k, code in enumerate(reversed(list(book))):
        people, machine = coders["per_code"][code.id], machines[code.id]
        rows = (
            (people["kappa"], *people["interval"], PEOPLE, 0.15, "two coders"),
            (
                machine["kappa"],
                machine["low"],
                machine["high"],
                MACHINE,
                -0.15,
                "machine and adjudicated codes",
            ),
        )
        for value, low, high, colour, shift, label in rows:
            axes.errorbar(
                value,
                k + shift,
                xerr=[[value - low], [high - value]],
                fmt="o",
                ms=5,
                color=colour,
                capsize=3,
                label=label if k == 0 else None,
            )
    axes.set_yticks(range(len(book)), [code.name for code in reversed(list(book))])
    axes.set_xlim(right=1)
    axes.set_xlabel("Cohen's kappa, 95 % interval over interviews")
    axes.grid(axis="x", alpha=0.3)
    figure.legend(frameon=False, fontsize=8, loc="outside upper center", ncols=2)
    figure.savefig(IMAGES / "codes.png", dpi=150)


def confusion(pairs: list[list[Any]], book: mn.Codebook) -> None:
    """People's code against the top-1 prediction."""
    answers = [*book.ids, ""]
    names = [*(code.name for code in book), "no code"]
    table = np.zeros((len(answers), len(answers)), dtype=int)
    for gold, found, count in pairs:
        table[answers.index(gold), answers.index(found)] = count
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(7.5, 6.4), layout="constrained")
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for i, j in zip(*np.nonzero(table), strict=True):
        shade = "white" if share[i, j] > 0.5 else "#1c2430"
        axes.text(j, i, str(table[i, j]), ha="center", va="center", fontsize=8, color=shade)
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set_xlabel("top-1 prediction")
    axes.set_ylabel("adjudicated code")
    figure.savefig(IMAGES / "confusion.png", dpi=150)


def certainty(found: dict[str, Any]) -> None:
    """Left: reliability diagram. Right: risk-coverage curve."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3.6), layout="constrained")
    mean, share, count = np.array(found["reliability"]).T
    left.plot([0, 1], [0, 1], color="#8a94a3", lw=1)
    left.scatter(mean, share, s=8 * np.sqrt(count), color=MACHINE)
    left.set_xlabel("probability given to a code")
    left.set_ylabel("share with the code")
    coverage, risk = np.array(found["risk_coverage"]).T
    right.plot(coverage, risk, marker="o", ms=4, color=MACHINE)
    right.set_ylim(bottom=0)
    right.set_xlabel("coverage: the most certain passages")
    right.set_ylabel("risk: top-1 prediction is wrong")
    for axes in (left, right):
        axes.grid(alpha=0.3)
    figure.savefig(IMAGES / "certainty.png", dpi=150)


def main() -> None:
    matplotlib.use("Agg")
    found = json.loads((RESULTS / "metrics.json").read_text("utf-8"))
    coders = json.loads((RESULTS / "coders.json").read_text("utf-8"))
    book = mn.load_training_data(ROOT / "training_data").codebook
    agreement = json.loads((RESULTS / "agreement.json").read_text("utf-8"))
    by_code(agreement["per_code_of_tidy_and_hard"], coders, book)
    confusion(found["confusion"], book)
    certainty(found)


if __name__ == "__main__":
    main()
