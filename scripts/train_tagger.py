"""Train the tagger of identifiers on passages with marked identifiers.

    python scripts/train_tagger.py training_data/identifiers models/tagger
    python scripts/train_tagger.py training_data/identifiers --left-out

Each passage with capitals is learned from twice: as it stands, and as a speech recogniser would write
it, in small letters without punctuation. With ``--left-out`` nothing is written: a third of the writers
at a time is left out, and recall and precision on their passages are printed, of the rules alone and
with the tagger.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mestring_nlp import storage
from mestring_nlp.onnx_encoder import FloatArray, bundled_encoder
from mestring_nlp.privacy.finding import by_rules
from mestring_nlp.privacy.identifiers import KINDS, Identifier
from mestring_nlp.privacy.tagger import Tagger, revised
from mestring_nlp.privacy.tokens import Token, inside, tokens_of
from mestring_nlp.privacy.word_features import features_of

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
from identifiers import measure, print_figures, summary

UNITS, COMPONENTS, EPOCHS, BATCH = 128, 256, 6, 256
FOLDS = 3
Passage = dict[str, Any]


def read(folder: Path) -> list[Passage]:
    """Return the passages of a folder."""
    return [
        json.loads(line)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]


def in_small_letters(passage: Passage) -> Passage:
    """Return a passage as a recogniser writes it; its marks move along."""
    text, made, place = passage["text"], "", []
    for sign in text:
        place.append(len(made))
        if sign.isalnum() or sign in "-'":
            made += sign.lower()
        elif made and not made.endswith(" "):
            made += " "
    place.append(len(made))
    marks = [
        {**one, "start": place[one["start"]], "end": place[one["end"]]} for one in passage["identifiers"]
    ]
    return {**passage, "text": made, "identifiers": marks, "kind_of_text": "recogniser"}


class Words:
    """The words of passages, with what a tagger is told of each and what each is."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.passages = passages
        self.tokens: list[list[Token]] = []
        self.finds: list[list[Identifier]] = []
        features: list[FloatArray] = []
        kinds: list[int] = []
        self.starts = [0]
        for done, passage in enumerate(passages):
            if done % 200 == 0:
                print(f"{done} of {len(passages)} passages", file=sys.stderr)
            text = passage["text"]
            tokens = tokens_of(text)
            finds = by_rules(text, tokens)
            features.append(features_of(text, tokens, finds).astype(np.float16))
            of_words = [0] * len(tokens)
            for mark in passage["identifiers"]:
                for number in inside(tokens, mark["start"], mark["end"]):
                    of_words[number] = 1 + KINDS.index(mark["kind"])
            kinds += of_words
            self.tokens.append(tokens)
            self.finds.append(finds)
            self.starts.append(len(kinds))
        self.features = np.vstack(features)
        self.kinds = np.array(kinds)
        self.writers = np.repeat(
            [passage["id"].partition("-")[0] for passage in passages], np.diff(self.starts)
        )


def fit(features: FloatArray, kinds: np.ndarray[Any, Any]) -> Tagger:
    """Return a network trained on words.

    The encoder's numbers are standardised and turned to their first principal components; both are
    folded into the first layer's weights in the end.
    """
    features = features.astype(np.float32)
    width = 3 * bundled_encoder().description["dimension"]
    states = features[:, :width]
    middle, spread = states.mean(axis=0), states.std(axis=0) + 1e-6
    states = (states - middle) / spread
    sizes, axes = np.linalg.eigh(np.cov(states[::3].T))
    turn = axes[:, -COMPONENTS:] / np.sqrt(sizes[-COMPONENTS:].mean())
    rows = torch.from_numpy(np.hstack([states @ turn, features[:, width:]]).astype(np.float32))
    network = _train(rows, torch.from_numpy(kinds))
    first, last = network[1], network[4]
    weights = first.weight.detach().numpy().T
    hidden = np.zeros((features.shape[1], UNITS), dtype=np.float32)
    hidden[:width] = (turn @ weights[:COMPONENTS]) / spread[:, None]
    hidden[width:] = weights[COMPONENTS:]
    bias = first.bias.detach().numpy() - middle @ hidden[:width]
    return Tagger(hidden, bias, last.weight.detach().numpy().T, last.bias.detach().numpy())


def _train(rows: torch.Tensor, kinds: torch.Tensor) -> torch.nn.Sequential:
    torch.manual_seed(0)
    torch.use_deterministic_algorithms(True)
    network = torch.nn.Sequential(
        torch.nn.Dropout(0.15),
        torch.nn.Linear(rows.shape[1], UNITS),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.3),
        torch.nn.Linear(UNITS, 1 + len(KINDS)),
    )
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-3)
    steps = EPOCHS * (len(rows) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    for epoch in range(EPOCHS):
        order = np.random.default_rng(epoch).permutation(len(rows))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            loss = torch.nn.functional.cross_entropy(
                network(rows[batch]), kinds[batch], label_smoothing=0.02
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return network.eval()


def left_out(words: Words) -> Iterable[tuple[Passage, list[Identifier], list[Identifier]]]:
    """Yield passages that no rule was made by, each with the rules' finds and the tagger's.

    The tagger learned from other writers.
    """
    writers = sorted({str(name) for name in words.writers})
    for fold in range(FOLDS):
        out = writers[fold::FOLDS]
        learned = ~np.isin(words.writers, out)
        network = fit(words.features[learned], words.kinds[learned])
        for number, passage in enumerate(words.passages):
            if (
                passage["id"].partition("-")[0] not in out
                or passage.get("copy")
                or passage["id"][0] == "b"
            ):
                continue
            rows = words.features[words.starts[number] : words.starts[number + 1]].astype(np.float32)
            tokens, finds = words.tokens[number], words.finds[number]
            yield passage, finds, revised(passage["text"], tokens, finds, network.of(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with passages")
    parser.add_argument("out", type=Path, nargs="?", help="folder to write, such as models/tagger")
    parser.add_argument("--left-out", action="store_true", help="measure in place of writing")
    given = parser.parse_args()
    if given.out is None and not given.left_out:
        parser.error("name a folder to write, or give --left-out")
    passages = read(given.data)
    copies = [
        {**in_small_letters(one), "copy": True}
        for one in passages
        if one["kind_of_text"] != "recogniser"
    ]
    words = Words([*passages, *copies])
    if given.left_out:
        found = list(left_out(words))
        asked = [passage for passage, _, _ in found]
        by_rules_alone = {passage["text"]: finds for passage, finds, _ in found}
        with_tagger = {passage["text"]: finds for passage, _, finds in found}
        for name, finds in (("Rules alone", by_rules_alone), ("With the tagger", with_tagger)):
            print(f"\n{name}, {len(found)} passages whose writer was left out")
            print_figures(summary(measure(asked, finds.__getitem__)))
        return
    network = fit(words.features, words.kinds)
    arrays = {name: value.astype(np.float16) for name, value in vars(network).items()}
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "network.npz").write_bytes(storage.pack(arrays))


if __name__ == "__main__":
    main()
