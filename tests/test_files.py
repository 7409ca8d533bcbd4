"""Writing under signals: a process killed at any call leaves old or new, and the next run cleans up."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import STRACE, needs_strace

from mestring_nlp.errors import MestringError
from mestring_nlp.files import check_folder, recover, refuse_existing, write_file, write_folder

OLD, NEW = {"a": b"old", "b": b"old"}, {"a": b"new", "c": b"new"}
WRITE = {
    "file": "from mestring_nlp.files import *; write_file(Path('x'), b'new', force=True)",
    "folder": "from mestring_nlp.files import *; "
    "write_folder(Path('x'), {'a': b'new', 'c': b'new'}, force=True, known='b')",
}
NO_EXCHANGE = ("-e", "inject=renameat2:error=EINVAL")
"""As on a system that cannot exchange two folders in one step."""


def content(path: Path) -> bytes | dict[str, bytes]:
    if path.is_file():
        return path.read_bytes()
    return {file.name: file.read_bytes() for file in path.iterdir()}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def prepare(kind: str, path: Path) -> tuple[object, object]:
    """Write the old content; return it and the new."""
    if kind == "file":
        write_file(path, b"old")
        return b"old", b"new"
    write_folder(path, OLD)
    return OLD, NEW


@needs_strace
@pytest.mark.parametrize(
    ("kind", "system"),
    [("file", ()), ("folder", ()), ("folder", NO_EXCHANGE)],
    ids=["file", "swap", "two"],
)
def test_killed_at_every_call(tmp_path: Path, kind: str, system: tuple[str, ...]) -> None:
    outcomes = []
    for call in ("fsync", "rename", "renameat2", "mkdir", "unlink,unlinkat", "flock", "chmod"):
        if system and call == "renameat2":
            continue
        for number in range(1, 30):
            work = tmp_path / f"{call}{number}"
            work.mkdir()
            old, new = prepare(kind, work / "x")
            kill = ("-e", f"inject={call}:signal=SIGKILL:when={number}")
            command = [*STRACE, "-qq", *system, *kill, "-o", os.devnull]
            killed = subprocess.run(
                [*command, sys.executable, "-B", "-c", WRITE[kind]], cwd=work, capture_output=True
            )
            if killed.returncode == 0:
                assert content(work / "x") == new
                break
            assert killed.returncode in (-9, 137), killed.stderr.decode()
            if kind == "file":
                refuse_existing([work / "x"], force=True)
            else:
                check_folder(work / "x", "abc", force=True)
            assert content(work / "x") in (old, new)
            assert names(work) == ["x"]
            outcomes.append(content(work / "x") == new)
        else:
            raise AssertionError(f"{call} does not end")
    assert set(outcomes) == {True, False}


def test_the_next_run_logs_what_it_removes_and_leaves_what_is_being_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    left = tmp_path / ".mestring-unfinished-0123456789abcdef"
    left.mkdir()
    (left / "half").write_bytes(b"")
    (tmp_path / ".mestring-notes").write_text("the user's own", "utf-8")
    code = (
        "import sys; from mestring_nlp.files import _beside, _created\n"
        "with _beside(__import__('pathlib').Path('x'), private=True) as beside, _created(beside):\n"
        " print(beside.name, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, stdin=-1, stdout=-1, text=True
    ) as writing:
        assert writing.stdout is not None
        busy = writing.stdout.readline().strip()
        write_file(tmp_path / "y", b"y")
        assert names(tmp_path) == sorted([busy, ".mestring-notes", "y"])
        writing.communicate("")
    assert writing.returncode == 0
    assert [record.getMessage() for record in caplog.records] == [
        f"{left}: removed; a run that was killed left it unfinished"
    ]
    assert names(tmp_path) == [".mestring-notes", "y"]


def test_the_next_run_restores_what_was_being_replaced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".mestring-unfinished-old-modell").mkdir()
    (tmp_path / ".mestring-unfinished-old-modell" / "a").write_bytes(b"old")
    recover(tmp_path / "modell")
    assert content(tmp_path / "modell") == {"a": b"old"}
    assert "restored" in caplog.text
    recover(tmp_path / "modell")
    assert names(tmp_path) == ["modell"]


class _Stopped(dict[str, bytes]):
    """Contents during which the user presses Ctrl-C."""

    def items(self):  # type: ignore[no-untyped-def]
        yield "a", b"new"
        raise KeyboardInterrupt


def test_an_interrupt_leaves_nothing_beside(tmp_path: Path) -> None:
    write_folder(tmp_path / "x", OLD)
    with pytest.raises(KeyboardInterrupt):
        write_folder(tmp_path / "x", _Stopped(a=b"", b=b""), force=True)
    assert content(tmp_path / "x") == OLD and names(tmp_path) == ["x"]


def test_nobody_else_reads_interviews(tmp_path: Path) -> None:
    before = os.umask(0o002)
    try:
        write_file(tmp_path / "ny" / "side.html", b"")
        write_file(tmp_path / "ny" / "tall.json", b"", private=False)
        write_file(tmp_path / "ny" / "side.html", b"1", force=True)
        write_folder(tmp_path / "modell", {"passages": b""})
        os.umask(0o277)
        write_file(tmp_path / "streng", b"")
    finally:
        os.umask(before)
    modes = {
        p.relative_to(tmp_path).as_posix(): stat.S_IMODE(p.stat().st_mode) for p in tmp_path.rglob("*")
    }
    assert modes == {
        "ny": 0o700,
        "ny/side.html": 0o600,
        "ny/tall.json": 0o664,
        "modell": 0o700,
        "modell/passages": 0o600,
        "streng": 0o400,
    }


def test_an_error_says_what_is_so(tmp_path: Path) -> None:
    (tmp_path / "fil").write_bytes(b"")
    with pytest.raises(MestringError, match=r"cannot be written .*What was there is unchanged"):
        write_file(tmp_path / "fil" / "under", b"")
    with pytest.raises(MestringError, match="not overwritten"):
        write_file(tmp_path / "fil", b"")


def test_a_folder_with_other_files_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "x" / "tom").mkdir(parents=True)
    for known, force, says in (
        ("", False, "not overwritten"),
        ("", True, "'tom', which would be lost"),
        (["tom"], True, "lacks merke"),
    ):
        with pytest.raises(MestringError, match=says):
            check_folder(tmp_path / "x", known, force=force, mark="merke")
    check_folder(tmp_path / "x", ["tom"], force=True)


def test_a_folder_that_is_not_replaced_is_not_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "x", OLD)
    monkeypatch.setattr(Path, "rglob", lambda *_: pytest.fail("searched"))
    with pytest.raises(MestringError, match="not overwritten"):
        check_folder(tmp_path / "x", OLD, force=False)


def test_a_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "x").mkdir()
    monkeypatch.setattr(Path, "iterdir", denied)
    with pytest.raises(MestringError, match=r"x: the folder cannot be read \(Permission denied\)"):
        check_folder(tmp_path / "x", (), force=True)
