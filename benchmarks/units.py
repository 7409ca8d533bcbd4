"""Where passages are cut, against where people cut: meaning units beside sentences and whole turns.

    python benchmarks/units.py

Boundaries inside the informants' turns of the tidy interviews, against the boundaries of the adjudicated codings: precision,
recall and F1; and Pk, the chance that two sentences, half a mean passage apart, are wrongly said to lie in the same
passage or in different ones (Beeferman, Berger and Lafferty 1999; 0 is best). Composed passages are of even length,
which favours any rule that aims at a length: read the figures as an upper bound. Writes `benchmarks/results/units.json`.
"""

from __future__ import annotations

import json

import numpy as np
from measures import RESULTS, ROOT, tidy

import mestring_nlp as mn
from mestring_nlp.segmentation import UNITS, sentences
from mestring_nlp.transcript import INFORMANT, Transcript

Spans = list[tuple[int, int]]


def inner(transcript: Transcript, spans: Spans) -> set[int]:
    """Starts of the spans that do not start their turn."""
    turns = {turn.start for turn in transcript.turns}
    firsts = {
        min((s for s, _ in spans if transcript.turn_at(s) == i), default=-1)
        for i in range(len(transcript.turns))
    }
    return {start for start, _ in spans} - firsts - turns


def pk(boundaries: set[int], gold: set[int], starts: list[int]) -> float:
    """Pk over sentences, given by where they start."""
    mean = len(starts) / (1 + sum(start in gold for start in starts))
    k = max(2, round(mean / 2))
    said, true = (np.cumsum([start in found for start in starts]) for found in (boundaries, gold))
    pairs = [(i, i + k) for i in range(len(starts) - k)]
    return float(np.mean([(said[i] == said[j]) != (true[i] == true[j]) for i, j in pairs]))


def main() -> None:
    data = tidy(mn.load_training_data(ROOT / "training_data"))
    spans_of = data.units("adjudicated")
    result = {}
    for unit in UNITS:
        hits = wrong = missed = 0
        errors = []
        for name, transcript in data.transcripts.items():
            gold_spans = [(start, end) for (where, start, end) in spans_of if where == name]
            said_spans = [(s.start, s.end) for s in mn.segment(transcript, unit)]
            gold, said = inner(transcript, gold_spans), inner(transcript, said_spans)
            hits += len(gold & said)
            wrong += len(said - gold)
            missed += len(gold - said)
            turns = [turn for turn in transcript.turns if turn.role == INFORMANT]
            starts = [turn.start + start for turn in turns for start, _ in sentences(turn.text)]
            turn_starts = {turn.start for turn in turns}
            errors.append(pk(said | turn_starts, gold | turn_starts, starts))
        precision = hits / (hits + wrong) if hits + wrong else 0.0
        recall = hits / (hits + missed)
        result[unit] = {
            "boundaries": hits + wrong,
            "gold_boundaries": hits + missed,
            "precision": precision,
            "recall": recall,
            "f1": 2 * precision * recall / (precision + recall) if hits else 0.0,
            "pk": float(np.mean(errors)),
        }
        print(unit, {key: round(value, 3) for key, value in result[unit].items()})
    (RESULTS / "units.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
