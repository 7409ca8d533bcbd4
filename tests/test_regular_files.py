"""Files that are not files, or have no end: refused before they are read, and never waited for."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import mestring_nlp as mn
from mestring_nlp.regular_files import read_bytes

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")


def refused(file: Path, says: str, **options: int) -> None:
    with pytest.raises(mn.MestringError) as caught:
        read_bytes(file, **options)
    assert caught.value.place == str(file) and caught.value.hint and says in str(caught.value)


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as open_one:
        open_one.bind(str(tmp_path / "s"))
        refused(tmp_path / "s", "cannot be read")
    refused(tmp_path / "pipe", "a device or a pipe")
    refused(Path("/dev/zero"), "a device or a pipe")
    refused(tmp_path, "a folder")
    refused(tmp_path / "none", "No such file")
    refused(tmp_path / "a\0b", "null")
    refused(tmp_path / ("a" * 5000), "too long")


def test_a_link_is_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"ja")
    for name, target in (("good", "file"), ("zero", "/dev/zero"), ("round", "round")):
        (tmp_path / name).symlink_to(target)
    assert read_bytes(tmp_path / "good") == b"ja"
    refused(tmp_path / "zero", "a device or a pipe")
    refused(tmp_path / "round", "symbolic links")


def test_as_large_as_may_be_and_one_more(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"ja!")
    assert read_bytes(file, largest=3) == b"ja!"
    refused(file, "the file has 3 bytes, more than are read of such a file (2)", largest=2)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="there is no /proc")
def test_a_file_that_states_no_size() -> None:
    assert b"python" in read_bytes(Path("/proc/self/maps"))
    refused(Path("/proc/self/maps"), "11 bytes", largest=10)


def test_a_folder_with_a_pipe_is_searched_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("P: Hva?\nI: Det.\n")
    for name in ("b.txt", "c.csv", "d.xlsx", "e.json"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "f.csv").symlink_to("/dev/zero")
    code = f"import mestring_nlp as mn, pathlib as p; print(mn.find_transcripts([p.Path({str(tmp_path)!r})]))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert found.stdout.strip() == f"[{tmp_path / 'a.txt'!r}]"
