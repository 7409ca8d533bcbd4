"""One process against two, and one thread against two, on few and many interviews.

    python benchmarks/workers.py

Each way runs `suggest_all` in a process of its own, from Python's start to the last interview, and the
ways take turns. Writes `benchmarks/results/workers.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

import joblib

import mestring_nlp as mn

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "workers.json"
KINDS = {
    "long": sorted((ROOT / "training_data" / "interviews").glob("*.txt")),
    "short": [ROOT / "examples" / "intervju_eksempel.txt"],
}
WAYS = {
    "1 process, 1 thread": (1, 1),
    "1 process, 2 threads": (1, 2),
    "2 processes, 1 thread each": (2, 1),
}
RUN = """\
import sys, joblib, mestring_nlp as mn
with joblib.parallel_config(n_jobs=int(sys.argv[2])):
    print(sum(interview.counts.passages for interview in mn.suggest_all(sys.argv[1])))
"""


def timed(folder: Path, jobs: int, threads: int) -> tuple[float, float, int]:
    """Wall and processor seconds of one run, and its passages."""
    # joblib gives a worker its share of the cores; a process by itself is told here.
    environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", RUN, folder, str(jobs)], stdout=subprocess.PIPE, env=environment
    ) as run:
        assert run.stdout is not None
        passages = int(run.stdout.read())
        _, status, used = os.wait4(run.pid, 0)  # with the workers that it waited for
        run.returncode = os.waitstatus_to_exitcode(status)
    assert run.returncode == 0
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime, passages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 4, 8, 16])
    parser.add_argument("--kinds", nargs="+", default=list(KINDS))
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    rows, load = [], os.getloadavg()[0]
    for kind in given.kinds:
        for size in given.sizes:
            with tempfile.TemporaryDirectory() as folder:
                for number, file in enumerate(islice(cycle(KINDS[kind]), size)):
                    shutil.copy(file, Path(folder) / f"nr{number:02}.txt")
                runs = [
                    (way, *timed(Path(folder), *settings))
                    for _ in range(given.repeat)
                    for way, settings in WAYS.items()
                ]
            for way in WAYS:
                wall, processor, passages = zip(*(run[1:] for run in runs if run[0] == way), strict=True)
                rows.append(
                    {
                        "interviews": size,
                        "kind": kind,
                        "passages": passages[0],
                        "way": way,
                        "seconds": round(statistics.median(wall), 2),
                        "seconds_range": [round(min(wall), 2), round(max(wall), 2)],
                        "processor_seconds": round(statistics.median(processor), 2),
                    }
                )
                print(f"{kind:6} {size:3} {way:27} {rows[-1]['seconds']:7.2f} s, range "
                      f"{rows[-1]['seconds_range']}, processor {rows[-1]['processor_seconds']:6.2f} s", flush=True)  # fmt: skip
    report = {
        "library": mn.__version__,
        "joblib": joblib.__version__,
        "cores": os.cpu_count(),
        "load": round(load, 2),  # of the machine, before
        "runs": rows,
    }
    given.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
