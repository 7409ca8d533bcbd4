"""Suggest codes on a Dask cluster of two workers; pickle the results and how often each loaded a model.

    python tests/dask_cluster.py FOLDER OUT

In a process of its own: the other tests may not reach even this machine's own sockets.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import joblib
from distributed import Client, LocalCluster

import mestring_nlp as mn
from mestring_nlp import workers


def count_loads() -> None:
    """Count how often this process loads a model."""
    load = workers.load_model
    workers.loads = 0  # type: ignore[attr-defined]

    def counting(folder: str | Path | None = None) -> mn.Model:
        workers.loads += 1  # type: ignore[attr-defined]
        return load(folder)

    workers.load_model = counting


def loads() -> int:
    return workers.loads  # type: ignore[attr-defined,no-any-return]


def main(folder: Path, out: Path) -> None:
    quiet = {"host": "127.0.0.1", "dashboard_address": None}
    with LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as cluster, Client(cluster) as client:
        client.run(count_loads)
        with joblib.parallel_config("dask"):
            found = list(mn.suggest_all(folder))
        counts = client.run(loads)
    out.write_bytes(pickle.dumps((found, list(counts.values()))))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
