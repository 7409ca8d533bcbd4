"""Kill commands at random moments: what they replace must be old or new, whole, and nothing beside it.

    nice -n 19 python scripts/kill_runs.py --runs 200 --out build/kills

Each run of `suggest` (a table, a page, codings), of `suggest --format qdpx` and of `train`, all with
``--force`` over an earlier result, gets SIGKILL after a random time, and the files are looked at; a last
run tidies up. The record is OUT/record.json.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MESTRING = [sys.executable, "-m", "mestring_nlp"]


def state(folder: Path) -> dict[str, str]:
    """Digest every file below a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def prepared(work: Path) -> dict[str, list[list[str]]]:
    """Lay data into a folder; give for each command the runs that make old and new."""
    interviews = sorted((ROOT / "training_data" / "interviews").glob("*.txt"))[:2]
    (work / "inn").mkdir(parents=True)
    for interview in interviews:
        shutil.copy(interview, work / "inn")
    (work / "data" / "codings").mkdir(parents=True)
    table = (ROOT / "training_data" / "codings" / "adjudicated.csv").read_text("utf-8").splitlines(True)
    rows = [row for row in table if row.startswith(("transcript,", *(file.stem for file in interviews)))]
    (work / "data" / "codings" / "adjudicated.csv").write_text("".join(rows), "utf-8")
    for interview in interviews:
        shutil.copy(interview, work / "data")
    suggest = ["suggest", "inn", "--force", "--out"]
    return {
        "suggest": [
            [*suggest, "ut", "--format", "csv,html,codings", "--level", level]
            for level in ("0.9", "0.5")
        ],
        "qdpx": [[*suggest, "ut/p.qdpx", "--unit", unit] for unit in ("turn", "sentence")],
        "train": [
            ["train", "data", "--force", "--out", "ut/modell", *more] for more in ([], ["--no-passages"])
        ],
    }


def main() -> None:
    """Run, kill, look; print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("commands", nargs="*", help="suggest, qdpx, train; all if left out")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--out", type=Path, default=Path("build/kills"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    work = options.out.resolve() / "work"
    shutil.rmtree(work, ignore_errors=True)
    record = {}
    for name, (first, second) in prepared(work).items():
        if options.commands and name not in options.commands:
            continue
        shutil.rmtree(work / "ut", ignore_errors=True)
        whole = []
        for command in (first, second):
            begin = time.monotonic()
            subprocess.run([*MESTRING, *command], cwd=work, check=True, capture_output=True)
            seconds = time.monotonic() - begin
            whole.append(state(work / "ut"))
        killed, left, broken = 0, 0, []
        for number in range(options.runs):
            command = (first, second)[number % 2]
            run = subprocess.Popen([*MESTRING, *command], cwd=work, stdout=-1, stderr=-1)
            # Half of the moments lie in the last fifth, where the files are written.
            until = chance.uniform(0.8, 1.1) if number % 4 < 2 else chance.uniform(0, 1)
            try:
                run.communicate(timeout=until * seconds)
            except subprocess.TimeoutExpired:
                run.kill()
                run.communicate()
                killed += 1
            found = state(work / "ut")
            beside = [file for file in found if ".mestring-" in file]
            left += bool(beside)
            kept = {file: digest for file, digest in found.items() if file not in beside}
            # A folder is old or new as a whole; files each for itself.
            wholes = name == "train" and kept not in whole
            if wholes or any(
                digest not in (w.get(file) for w in whole) for file, digest in kept.items()
            ):
                broken.append(number)
            if set(kept) != set(whole[0]) and name != "train":
                broken.append(number)
        subprocess.run([*MESTRING, *second], cwd=work, check=True, capture_output=True)
        after = state(work / "ut")
        record[name] = {
            "runs": options.runs,
            "killed": killed,
            "left something beside until the next run": left,
            "neither old nor new": broken,
            "the next run tidied up": after == whole[1],
        }
        print(name, json.dumps(record[name]), flush=True)
    (options.out / "record.json").write_text(json.dumps(record, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
