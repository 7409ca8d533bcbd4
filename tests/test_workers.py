"""Many interviews in worker processes: the same results, the model loaded once, and no worker left."""

from __future__ import annotations

import os
import pickle
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import joblib
import pytest
from conftest import EXAMPLE, ROOT

import mestring_nlp as mn
from mestring_nlp import workers
from mestring_nlp.workers import SharedModel, parallel_map

SLEEP = """
import time, joblib
from mestring_nlp.workers import parallel_map
with joblib.parallel_config(n_jobs=2):
    for done, _ in enumerate(parallel_map(time.sleep, [(0.5,)] * 4 + [(60,)] * 2)):
        print(done, flush=True)
"""

# With psutil, loky starts a worker anew that has grown by 300 MB, as one does that loads a second model.
pytestmark = pytest.mark.filterwarnings("ignore:A worker stopped while some jobs")


def write_interviews(folder: Path, number: int) -> None:
    """Write interviews of one question and one answer, of the example's turns."""
    lines = EXAMPLE.read_text("utf-8").splitlines()[3:]
    asked, answered = ([line for line in lines if line.startswith(label)] for label in ("P:", "I:"))
    folder.mkdir()
    for i in range(number):
        said = f"{asked[i % len(asked)]}\n{answered[i % len(answered)][:160]}\n"
        (folder / f"nr{i:02}.txt").write_text(f"P: intervjuer\nI: informant\n{said}", "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four interviews, the last of them broken."""
    folder = tmp_path / "inn"
    write_interviews(folder, 3)
    (folder / "nr03.txt").write_bytes(b"\x00\x01\x02\x03")
    return folder


def test_workers_suggest_what_one_process_does(folder: Path) -> None:
    alone = list(mn.suggest_all(folder))
    with joblib.parallel_config(n_jobs=2):
        together = list(mn.suggest_all(folder))
    for *coded, failed in (alone, together):
        assert [interview.name for interview in coded] == ["nr00", "nr01", "nr02"]
        assert coded == alone[:3]
        assert isinstance(failed, mn.FailedInterview) and "nr03.txt" in str(failed.error)


def _process_and_model(shared: SharedModel) -> tuple[int, int]:
    return os.getpid(), id(shared.model)


@pytest.mark.parametrize("given", ["folder", "object"])
def test_a_worker_loads_the_model_once(given: str, model: mn.Model) -> None:
    shared = SharedModel.of(None if given == "folder" else model)
    with joblib.parallel_config(n_jobs=2):
        found = list(parallel_map(_process_and_model, [(shared,)] * 12))
    by_process = dict(found)
    assert set(found) == set(by_process.items()) and os.getpid() not in by_process


def test_what_is_sent_with_an_interview(
    model: mn.Model, interview: mn.CodedInterview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_loaded", {})
    assert len(pickle.dumps(SharedModel.of(None))) < 10_000
    data = pickle.dumps(SharedModel.of(model))
    assert len(data) > 10_000_000
    first, second = pickle.loads(data), pickle.loads(data)
    assert first.model is second.model is not model
    assert first.model.suggest(interview.transcript) == interview.suggestions
    other = pickle.loads(pickle.dumps(SharedModel.of(replace(model, vectors=None))))
    assert other.model.vectors is None and first.model.vectors is not None


def test_a_model_that_was_changed_since_is_refused(coded: Path, tmp_path: Path) -> None:
    data = mn.load_training_data(coded)
    mn.train(data).save(tmp_path / "modell")
    received = pickle.loads(pickle.dumps(SharedModel.of(tmp_path / "modell")))
    (coded / "codings.csv").write_text((coded / "codings.csv").read_text("utf-8").rpartition("to,")[0])
    mn.train(mn.load_training_data(coded)).save(tmp_path / "modell", force=True)
    with pytest.raises(mn.MestringError, match="not the one that the run began with"):
        _ = received.model


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_their_run(number: signal.Signals) -> None:
    """In a session of its own, so that Ctrl-C reaches the workers too, as in a terminal."""
    run = subprocess.Popen(
        [sys.executable, "-c", SLEEP], stdout=-1, stderr=-1, text=True, start_new_session=True
    )
    assert run.stdout is not None and [run.stdout.readline() for _ in range(4)][3] == "3\n"
    os.killpg(run.pid, number) if number == signal.SIGINT else run.send_signal(number)
    _, said = run.communicate()
    assert ("KeyboardInterrupt" in said) == (number == signal.SIGINT), said
    assert "_process_worker" not in said, "a worker was interrupted too"
    end = time.monotonic() + 30
    while (left := _left_by(run.pid)) and time.monotonic() < end:
        time.sleep(0.1)
    assert not left


def _left_by(run: int) -> list[str]:
    """The processes of a run's session that live, and its names in shared memory."""
    names = (path.name for path in Path("/dev/shm").glob("*"))
    left = [name for name in names if str(run) in re.split(r"[-_]", name)[:4]]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            stat = (process / "stat").read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat[3]) == run and stat[0] != "Z":
            left.append(process.name)
    return left


def test_a_dask_cluster(tmp_path: Path) -> None:
    """Sixty interviews: each worker loads the model once, and suggests what this process does."""
    pytest.importorskip("distributed")
    folder, out = tmp_path / "inn", tmp_path / "ut"
    write_interviews(folder, 60)
    command = [sys.executable, ROOT / "tests" / "dask_cluster.py", folder, out]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    found, loads = pickle.loads(out.read_bytes())
    assert len(found) == 60 and found == list(mn.suggest_all(folder))
    assert loads == [1, 1]
