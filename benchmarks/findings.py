"""Processor time and memory of findings for more and more interviews, each in a process of its own.

    python benchmarks/findings.py

The composed interviews are laid out again and again under other names, with people's codings. Embeddings are measured by
themselves: each text is encoded once, and the copies have the same texts, so that the rest takes vectors at random. Writes
`benchmarks/results/findings.json`.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
from measures import RESULTS, ROOT

import mestring_nlp as mn
from mestring_nlp.analysis import output, page, reporting, workbook
from mestring_nlp.analysis.findings import Findings
from mestring_nlp.analysis.gathering import gather
from mestring_nlp.analysis.workbook import SHEETS

INTERVIEWS = (12, 100, 500)


class Random:
    """Vectors of the length of the bundled encoder's, drawn by the text's hash."""

    name = fingerprint = "random"

    def encode(self, texts: list[str]) -> np.ndarray:
        rng = np.random.default_rng(len(texts))
        found = rng.normal(size=(len(texts), 384)).astype(np.float32)
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def copied(data: mn.TrainingData, interviews: int) -> mn.TrainingData:
    """The data's interviews under as many names as asked for."""
    names = list(data.transcripts)
    transcripts, codings = {}, []
    own = {
        name: [c for c in data.codings if c.transcript == name and c.coder == "adjudicated"]
        for name in names
    }
    for number in range(interviews):
        old = names[number % len(names)]
        name = f"{number:03d} {'nav' if number % 2 else 'ks'}"
        transcripts[name] = replace(data.transcripts[old], name=name)
        codings += [replace(coding, transcript=name) for coding in own[old]]
    return replace(data, transcripts=transcripts, codings=tuple(codings))


def measured(interviews: int) -> dict[str, float]:
    """Seconds of each step, and the most memory."""
    from pandas import DataFrame

    steps: dict[str, float] = {}
    last = time.process_time()

    def step(name: str) -> None:
        nonlocal last
        now = time.process_time()
        steps[name] = round(now - last, 2)
        last = now

    data = copied(mn.load_training_data(ROOT / "training_data"), interviews)
    step("imports and data")
    material = gather(data)
    cases = list(material.cases)
    variables = DataFrame(
        {
            "enhet": [case.split()[1] for case in cases],
            "erfaring": [str(i % 20) for i in range(len(cases))],
        },
        index=cases,
    )
    found = Findings(replace(material, variables=variables))
    step("gather")
    if interviews == 12:
        found.vectors.of(material.coders[0].segments)
        step("embeddings")
    else:
        found.vectors._encoder = Random()
    for name in SHEETS:
        getattr(found, name)
        step(name)
    page.page(found)
    step("page")
    workbook.workbook(found)
    step("workbook")
    reporting.methods(found)
    for table in found.tables.values():
        output.csv_table(table)
    step("methods and tables")
    steps["all"] = round(time.process_time(), 2)
    steps["megabytes"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return steps


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(measured(int(sys.argv[1]))))
        return
    results = {}
    for interviews in INTERVIEWS:
        ran = subprocess.run(
            [sys.executable, __file__, str(interviews)], capture_output=True, text=True, check=True
        )
        results[f"{interviews} interviews"] = json.loads(ran.stdout)
    (RESULTS / "findings.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
