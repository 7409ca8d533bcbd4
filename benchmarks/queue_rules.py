"""Rules for what to code next, held against a random order on the training parts alone.

    python benchmarks/queue_rules.py

Each half of the tidy interviews is parted three times into two interviews to measure on and four to decide on. The
first passages are drawn at random; then each rule chooses the next, and the model learns from all that is decided. The
figure is the mean of Cohen's kappa after each step beyond the first. Writes `benchmarks/results/queue_rules.json`: by
rule the mean, and the mean difference from random with its standard error over the six partitions.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from measures import RESULTS, ROOT, cached_encoder, tidy
from one_sided import kappa

import mestring_nlp as mn
from mestring_nlp.review.passages import uncertainty
from mestring_nlp.review.queue import Candidate, spread
from mestring_nlp.training import fit

STEP, STEPS = 40, 4
NEAREST, LIKENESS = 10, 0.7
Floats = npt.NDArray[np.float64]


class Left(NamedTuple):
    """What is not decided: shares of the answers, unit vectors, interviews; and the vectors of what is."""

    shares: Floats
    top: Sequence[str]
    vectors: Floats
    interviews: Sequence[int]
    known: Floats
    answers: Counter[str]

    @property
    def margin(self) -> Floats:
        """One less the lead of the first answer over the second."""
        ordered = np.sort(self.shares, axis=1)
        return 1 - (ordered[:, -1] - ordered[:, -2])

    @property
    def density(self) -> Floats:
        """The likeness to the ten nearest that are undecided, from 0 to 1."""
        near = np.sort(self.vectors @ self.vectors.T, axis=1)[:, -NEAREST - 1 : -1].mean(axis=1)
        return (near - near.min()) / (np.ptp(near) or 1)


def spreading(left: Left, worth: Floats) -> list[int]:
    """Order by worth, spread over codes and interviews as the queue does."""
    rows = zip(left.interviews, left.top, worth, strict=True)
    return [c.passage for c in spread([Candidate(i, *row) for i, row in enumerate(rows)])]


def unlike(left: Left, worth: Floats, known: Floats | None = None) -> list[int]:
    """Choose one at a time: worth less the likeness to what was chosen before, or is decided."""
    likeness = (left.vectors @ known.T).max(axis=1) if known is not None else np.zeros(len(worth))
    chosen: list[int] = []
    for _ in range(STEP):
        value = worth - LIKENESS * likeness
        value[chosen] = -np.inf
        chosen.append(int(np.argmax(value)))
        likeness = np.maximum(likeness, left.vectors @ left.vectors[chosen[-1]])
    return chosen


def balanced(left: Left) -> list[int]:
    """The least certain first, answers that were given often behind."""
    often = np.array([left.answers[answer] for answer in left.top])
    return np.argsort(-(left.margin - 0.05 * often), kind="stable").tolist()


RULES: dict[str, Callable[[Left], list[int]]] = {
    "random": lambda left: list(range(len(left.top))),
    "entropy, spread (the queue)": lambda left: spreading(
        left, np.array([uncertainty(list(row)) for row in left.shares])
    ),
    "margin, spread": lambda left: spreading(left, left.margin),
    "margin x density, spread": lambda left: spreading(left, left.margin * (0.5 + left.density)),
    "margin, unlike each other": lambda left: unlike(left, left.margin),
    "margin + density, unlike what is decided": lambda left: unlike(
        left, left.margin + 0.5 * left.density, left.known
    ),
    "margin, rare answers": balanced,
}


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    encoder = cached_encoder(data)
    data = tidy(data)
    segments = data.segments()
    names = sorted(data.transcripts)
    found: dict[str, list[float]] = {rule: [] for rule in RULES}
    for half in (0, 1):
        for part in range(3):
            mine, measured = names[half::2], names[half::2][part::3]
            pool = [s for s in segments if s.transcript in mine and s.transcript not in measured]
            test = [s for s in segments if s.transcript in measured]
            vectors = encoder.encode([s.text for s in pool]).astype(float)
            vectors -= vectors.mean(axis=0)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            drawn = np.random.default_rng(part).permutation(len(pool)).tolist()
            first = fit([pool[i] for i in sorted(drawn[:STEP])], data.codebook, encoder)
            for rule, order in RULES.items():
                chosen, model, figures = drawn[:STEP], first, []
                for _ in range(STEPS - 1):
                    left = [i for i in drawn if i not in set(chosen)]
                    said = model.predict([pool[i] for i in left])
                    given = Counter(pool[i].codes[0] if pool[i].codes else "" for i in chosen)
                    shares = said.probabilities / said.probabilities.sum(axis=1, keepdims=True)
                    places = [mine.index(pool[i].transcript) for i in left]
                    state = Left(shares, said.top1, vectors[left], places, vectors[chosen], given)
                    chosen = chosen + [left[i] for i in order(state)[:STEP]]
                    model = fit([pool[i] for i in sorted(chosen)], data.codebook, encoder)
                    figures.append(kappa(model, test))
                found[rule].append(float(np.mean(figures)))
    result = {}
    for rule, values in found.items():
        gain = np.subtract(values, found["random"])
        error = gain.std(ddof=1) / len(gain) ** 0.5
        result[rule] = {
            name: round(float(v), 3)
            for name, v in (("kappa", np.mean(values)), ("gain", gain.mean()), ("error", error))
        }
    (RESULTS / "queue_rules.json").write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
