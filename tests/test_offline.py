"""Nothing is sent and nothing is written elsewhere: what the system is asked for, as strace sees it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from assistant_server import Server, said
from conftest import EXAMPLE, STRACE, needs_strace

SECONDS = 60
"""For so long a process is watched: onnxruntime's telemetry first called home after 18 seconds."""

RUN = f"""
import json, sys, time
from mestring_nlp.__main__ import main

begun = time.monotonic()
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["mestring", *arguments]
    try:
        main()
    except SystemExit as end:
        assert not end.code, arguments
time.sleep(max(0, begun + {SECONDS} - time.monotonic()))
"""

CALLS = (
    "connect,sendto,sendmsg,sendmmsg,"
    "open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat"
)
_SENDS = re.compile(r"^\d+ +(?:connect|send\w+)\(.*AF_INET")
_OPENS_TO_READ = re.compile(r"^\d+ +open(?!.*(?:O_WRONLY|O_RDWR|O_CREAT))")
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"([^"]*)"')
_HARMLESS = re.compile(r"/dev/(?:null|tty|shm/sem\..*|shm/joblib_memmapping_folder_\w+)")
"""A semaphore holds no more than a number; and nothing may lie in joblib's folder."""

WORKERS = """
import sys, joblib, mestring_nlp as mn
with joblib.parallel_config(n_jobs=2):
    mn.write_suggestions(sys.argv[1], "fire", model="modell")
"""

pytestmark = needs_strace


class Watch:
    """Runs commands in a folder of their own, and lists what they reached for."""

    def __init__(self, root: Path) -> None:
        self.root, self.work = root, root / "work"
        for name in ("home", "tmp", "work"):
            (root / name).mkdir()

    def __call__(self, *command: object) -> list[str]:
        log = self.root / "calls"
        only = ("-e", f"trace={CALLS}", "-e", "signal=none")
        result = subprocess.run(
            [*STRACE, "-y", "-qq", *only, "-o", str(log), sys.executable, *map(str, command)],
            cwd=self.work,
            env={key: value for key, value in os.environ.items() if not key.startswith(("HF_", "ORT_"))}
            | {"HOME": str(self.root / "home"), "TMPDIR": str(self.root / "tmp")}
            | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        with log.open(encoding="utf-8", errors="replace") as calls:
            return [call for call in calls if _SENDS.search(call) or self._writes_elsewhere(call)]

    def _writes_elsewhere(self, call: str) -> bool:
        paths = [] if _OPENS_TO_READ.search(call) else _PATH.findall(call)
        return any(
            not (self.work / folder / path).resolve().is_relative_to(self.work.resolve())
            and not _HARMLESS.fullmatch(path)
            for folder, path in paths
        )


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(tmp_path)


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket().connect_ex(('127.0.0.1', 9))",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 53))",
        "import socket; socket.getaddrinfo('mestring.invalid', 443)",
        "import pathlib; (pathlib.Path.home() / 'x').write_text('x')",
        "import os; os.open('x', os.O_CREAT | os.O_RDWR, dir_fd=os.open('..', os.O_RDONLY))",
        "import tempfile; tempfile.mkdtemp()",
        "import os; open('x', 'w').close(); os.rename('x', '../x')",
    ],
)
def test_the_watch_sees_what_it_should(watch: Watch, code: str) -> None:
    assert watch("-c", f"try:\n {code}\nexcept OSError: pass")
    assert not watch("-c", "open('y', 'w').close(); open('/etc/hostname').close()")


def test_nothing_leaves_and_nothing_is_written_elsewhere(watch: Watch, four: Path) -> None:
    """All that a user does, in one process, which then waits: what is sent late is seen too."""
    data = four.rename(watch.work / "data")
    kari, ola = (f"{data}/codings.csv:{coder}" for coder in ("kari", "ola"))
    every = "csv,jsonl,html,docx,xlsx,codings,qdpx"
    commands = [
        ["train", data, "--out", "modell"],
        ["evaluate", data, "--format", "md,html,json,junit", "--out", "rapport"],
        ["agreement", kari, ola, "--transcripts", data, "--format", "html", "--out", "s.html"],
        ["suggest", data / "en.txt", EXAMPLE, "--model", "modell", "--out", "to"],
        ["suggest", data, EXAMPLE, "--out", "ut", "--format", every],
        ["findings", data, "--coder", "kari", "--coder", "ola", "--model", "modell", "--out", "funn"],
    ]
    assert not watch("-c", RUN, json.dumps(commands, default=str))
    assert not watch("-c", WORKERS, data)


def test_an_assistant_is_asked_on_this_machine_alone(watch: Watch, four: Path) -> None:
    """Every connection is to a loopback address, and there is no question to a name server."""
    data = four.rename(watch.work / "data")
    with Server(lambda body: said("ledelse")) as server:
        asked = ["--assistant", server.url, "--assistant-model", "liten"]
        commands = [
            ["train", data, "--out", "modell", "--coder", "kari", "--assistant-sample", "8", *asked],
            ["suggest", data / "en.txt", "--model", "modell", "--out", "ut", *asked],
        ]
        calls = watch("-c", RUN.replace(f"+ {SECONDS} -", "+ 0 -"), json.dumps(commands, default=str))
    assert len(server.asked) >= 16
    assert calls and all(re.search(r"connect\(.*AF_INET.*127\.0\.0\.1", call) for call in calls), calls


def test_onnxruntime_that_was_there_first_is_told_and_so_is_the_user() -> None:
    code = "import onnxruntime, mestring_nlp"
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    command = [sys.executable, "-W", "error", "-c"]
    late = subprocess.run([*command, code], capture_output=True, text=True, env=environment)
    assert "Import mestring_nlp first" in late.stderr
    early = subprocess.run(
        [*command, "import mestring_nlp, onnxruntime, os; print(os.environ['ORT_DISABLE_TELEMETRY'])"],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert (early.stdout, early.stderr) == ("1\n", "")
