"""What one cold `mestring suggest` costs: seconds of the processor, and memory at its peak.

    python benchmarks/cold_start.py
    python benchmarks/cold_start.py --before ../another-checkout

Each run is a process of its own, and the ways take turns: the command on the example, `import spacy`,
and `import sentence_transformers`, which a coder that runs on torch would begin with. Processor seconds
(user and system) are those of all threads; beside other work they waver less than the clock. Writes
`benchmarks/results/cold_start.json`; with `--before`, it also compares with another checkout, run by
run, and prints that alone.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "intervju_eksempel.txt"
RESULT = ROOT / "benchmarks" / "results" / "cold_start.json"

MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def cost(command: list[str], checkout: Path = ROOT) -> tuple[float, float]:
    """Seconds of the processor, and peak memory in MiB, of a command in a process of its own."""
    env = os.environ | {"PYTHONPATH": str(checkout / "src"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *command], check=True, stdout=subprocess.PIPE, text=True, env=env
    )
    seconds, memory = done.stdout.split()
    return float(seconds), int(memory) / 1024 / (1024 if sys.platform == "darwin" else 1)


def summary(runs: list[tuple[float, float]]) -> dict[str, float]:
    seconds, memory = zip(*runs, strict=True)
    return {
        "processor_seconds": round(statistics.median(seconds), 2),
        "least": round(min(seconds), 2),
        "most": round(max(seconds), 2),
        "peak_megabytes": round(statistics.median(memory)),
    }


def ratio(runs: list[tuple[float, float]], others: list[tuple[float, float]]) -> float:
    """Median over the rounds of one way's processor seconds by the other's."""
    return round(statistics.median(a / b for (a, _), (b, _) in zip(runs, others, strict=True)), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--before", type=Path, help="another checkout, to compare with")
    arguments = parser.parse_args()
    runs: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        suggest = ["-m", "mestring_nlp", "suggest", str(EXAMPLE), "--force", "--out", folder]
        ways = {
            "mestring suggest": (suggest, ROOT),
            "import spacy": (["-c", "import spacy"], ROOT),
            "import sentence_transformers": (["-c", "import sentence_transformers"], ROOT),
        }
        if arguments.before:
            ways = {"before": (suggest, arguments.before.resolve()), "now": (suggest, ROOT)}
        for round_ in range(arguments.repeats + 1):
            for name, (command, checkout) in ways.items():
                found = cost([sys.executable, *command], checkout)
                if round_:  # the first only warms the disk
                    runs.setdefault(name, []).append(found)
    result: dict[str, object] = {name: summary(found) for name, found in runs.items()}
    if arguments.before:
        result["now_by_before"] = ratio(runs["now"], runs["before"])
    else:
        result["suggest_by_import_sentence_transformers"] = ratio(
            runs["mestring suggest"], runs["import sentence_transformers"]
        )
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
