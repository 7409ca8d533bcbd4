"""The command line as a user runs it: every command in a process of its own, the network cut; the rest in this one."""

from __future__ import annotations

import csv
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import EXAMPLE, ROOT, Mestring

import mestring_nlp as mn

GUARD = """\
import socket
def refuse(self, address):
    if self.family != socket.AF_UNIX:
        raise SystemExit(f"reached for {address}")
socket.socket.connect = refuse
"""
SHORT = "P: Hva måler dere?\nI: Vi har målekort og tall.\nP: Hva er ledelse?\nI: Det er å se folk.\n"

Process = Callable[..., subprocess.CompletedProcess[str]]


def _namespace() -> list[str]:
    """A network namespace of its own, where the system allows one."""
    command = ["unshare", "--map-root-user", "--net"]
    if (
        shutil.which("unshare")
        and subprocess.run([*command, "true"], capture_output=True).returncode == 0
    ):
        return command
    return []


@pytest.fixture
def process(tmp_path: Path) -> Process:
    """Run a command in a process of its own, as a user does; `prefix` is what the shell runs before."""
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    path = os.pathsep.join(filter(None, (str(tmp_path / "guard"), os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": path, "COLUMNS": "120"}
    for ours in ("HF_HUB_OFFLINE", "OPENBLAS_NUM_THREADS"):
        environment.pop(ours, None)

    def run(*arguments: object, status: int = 0, prefix: str = "") -> subprocess.CompletedProcess[str]:
        command = [*_namespace(), sys.executable, "-m", "mestring_nlp", *map(str, arguments)]
        if prefix:
            command = ["bash", "-c", f'{prefix}; exec "$@"', "bash", *command]
        result = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path, env=environment
        )
        assert result.returncode == status, result.stdout + result.stderr
        assert "Traceback" not in result.stderr
        return result

    return run


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """An interview of two answers, where it does not matter what is said."""
    file = tmp_path / "kort.txt"
    file.write_text(SHORT, encoding="utf-8")
    return file


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# ------------------------------------------------------------------ each command in a process of its own


def test_suggest_writes_table_lines_and_page(process: Process, tmp_path: Path) -> None:
    result = process("suggest", EXAMPLE, "--out", "ut")
    assert files(tmp_path / "ut") == ["intervju_eksempel.html", "suggestions.csv", "suggestions.jsonl"]
    with (tmp_path / "ut" / "suggestions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["transcript"] for row in rows} == {"intervju_eksempel"}
    assert f"{len(rows)}" in result.stdout and "suggestions.csv" in result.stdout
    assert result.stderr == ""


def test_train_in_a_process(process: Process, coded: Path, mestring: Mestring) -> None:
    result = process("train", coded, "--out", "modell")
    assert "16 passages of 2 sources" in result.stdout
    assert (
        result.stderr.startswith("Note: the model has learned from 16 passages")
        and "--base" in result.stderr
    )
    mestring("suggest", EXAMPLE, "--model", "modell", "--out", "ut", "--format", "csv")
    assert "not overwritten" in mestring("train", coded, "--out", "modell", status=1).stderr


def test_evaluate_in_a_process(process: Process, trained: mn.Model, coded: Path, tmp_path: Path) -> None:
    """The status tells whether all is well, a gate fell, or nothing could be measured."""
    trained.save(tmp_path / "bare", passages=False)
    evaluate = ("evaluate", coded, "--model", "bare", "--format", "json", "--fail-under")
    assert json.loads(process(*evaluate, "kappa=-1").stdout)["metrics"]
    assert "gate falls: kappa is" in process(*evaluate, "kappa=1.01", status=1).stderr
    assert "no metric" in process(*evaluate, "kapa=1", status=2).stderr


def test_findings_in_a_process(process: Process, coded: Path, tmp_path: Path) -> None:
    result = process("findings", coded, "--out", "funn")
    assert result.stdout.startswith("2 cases, coded by kari.\n") and "beviser lite" in result.stderr
    assert {"index.html", "findings.xlsx", "methods.md", "code_by_case.csv"} <= {
        *files(tmp_path / "funn")
    }


def test_codebook_agreement_and_import_in_a_process(process: Process, coded: Path) -> None:
    codings = coded / "codings.csv"
    assert "Opplevelse av å lykkes" in process("codebook").stdout
    assert "1.00" in process("agreement", codings, codings).stdout
    assert "10 codes" in process("codebook", "--out", "bok.qdc").stdout
    assert "bok.yaml" in process("import", "bok.qdc", "--out", "bok.yaml").stdout
    result = process("import", "nei.qdpx", "--out", "ut", status=1)
    assert result.stderr.startswith("mestring: ") and result.stdout == ""


# ------------------------------------------------------------------ suggest


def test_out_dash_streams_json_lines_alone(mestring: Mestring) -> None:
    result = mestring("suggest", EXAMPLE, "--out", "-", "--unit", "turn")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == 15
    assert all(line["text"] for line in lines)


def test_results_are_not_overwritten(mestring: Mestring, short: Path, tmp_path: Path) -> None:
    mestring("suggest", short, "--out", "ut", "--format", "csv")
    (tmp_path / "ut" / "suggestions.csv").write_text("mine", encoding="utf-8")
    result = mestring("suggest", short, "--out", "ut", "--format", "html,csv", status=1)
    assert "--force" in result.stderr
    assert (tmp_path / "ut" / "suggestions.csv").read_text("utf-8") == "mine"
    assert files(tmp_path / "ut") == ["suggestions.csv"]
    mestring("suggest", short, "--out", "ut", "--format", "csv", "--force")
    assert (tmp_path / "ut" / "suggestions.csv").read_text("utf-8") != "mine"


def test_a_broken_file_costs_only_itself(mestring: Mestring, tmp_path: Path) -> None:
    """One after another; how it is with several at a time is part of the test of surroundings."""
    folder = tmp_path / "inn"
    folder.mkdir()
    for number in range(4):
        (folder / f"nr{number}.txt").write_text(
            "P: Hva måler dere?\nI: Vi har målekort og tall.\n", "utf-8"
        )
    (folder / "nr4.txt").write_bytes(b"\x00\x01\x02\x03")
    result = mestring("suggest", folder, "--out", "ut", status=1)
    assert "nr4.txt" in result.stdout and "1 of 5 interviews failed; 4 done." in result.stdout
    with (tmp_path / "ut" / "suggestions.csv").open(encoding="utf-8") as file:
        assert [row["transcript"] for row in csv.DictReader(file)] == ["nr0", "nr1", "nr2", "nr3"]
    assert files(tmp_path / "ut")[:5] == ["index.html", *(f"nr{number}.html" for number in range(4))]


def test_same_name_in_two_folders(mestring: Mestring, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "en.txt").write_text(f"P: Hva?\nI: {name} sa det.\n", "utf-8")
    mestring("suggest", "a", "b", "--out", "ut", "--format", "html")
    assert files(tmp_path / "ut") == ["a-en.html", "b-en.html", "index.html"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nei.txt"], "no such file"),
        (["tom"], "holds no transcript"),
        ([EXAMPLE, "--format", "pdf"], "unknown format 'pdf'"),
        ([EXAMPLE, "--unit", "ord"], "unknown unit 'ord'"),
        ([EXAMPLE, "--model", "tom"], "no model here"),
        ([EXAMPLE, "--pipeline", "xx_yy"], "'xx_yy' is not installed"),
        ([EXAMPLE, "--level", "1.5"], "level is 1.5"),
    ],
)
def test_wrong_argument(mestring: Mestring, tmp_path: Path, arguments: list[object], says: str) -> None:
    (tmp_path / "tom").mkdir()
    result = mestring("suggest", *arguments, "--out", "ut", status=1)
    assert says in result.stderr
    assert files(tmp_path / "ut") == []


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"Bare tekst uten noen som snakker", "--all-informant"),
        (b"P: Hva?\nM: Hvor?\n", "--informant"),
    ],
)
def test_one_bad_file(mestring: Mestring, tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "feil.txt").write_bytes(data)
    result = mestring("suggest", "feil.txt", "--out", "ut", status=1)
    assert "feil.txt" in result.stdout and says in result.stdout
    assert files(tmp_path / "ut") == []


def test_no_right_to_write_and_full_disk(mestring: Mestring, short: Path, tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("en fil", "utf-8")
    result = mestring("suggest", short, "--out", "fil/ut", status=1)
    assert "cannot be written" in result.stdout
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        result = mestring("suggest", short, "--out", "ut", status=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "cannot be written" in result.stdout
    assert files(tmp_path / "ut") == []


def test_codings_and_level(mestring: Mestring, tmp_path: Path) -> None:
    mestring("suggest", EXAMPLE, "--out", "loose", "--format", "csv,codings", "--level", "0.5")
    mestring("suggest", EXAMPLE, "--out", "strict", "--format", "csv", "--level", "0.99")
    assert files(tmp_path / "loose") == ["codings.csv", "suggestions.csv"]

    def sizes(name: str) -> list[int]:
        text = (tmp_path / name / "suggestions.csv").read_text("utf-8")
        return [len(row["prediction_set"].split(";")) for row in csv.DictReader(text.splitlines())]

    assert all(a <= b for a, b in zip(sizes("loose"), sizes("strict"), strict=True))
    assert sum(sizes("loose")) < sum(sizes("strict"))
    out = mestring(
        "agreement", "loose/codings.csv", "loose/codings.csv", "--transcripts", EXAMPLE.parent
    ).stdout
    assert "1.00" in out


def test_another_encoder_is_learned_again(
    mestring: Mestring, process: Process, saved: Path, short: Path
) -> None:
    another = (
        "suggest",
        short,
        "--model",
        saved,
        "--out",
        "ut",
        "--format",
        "csv",
        "--force",
        "--encoder",
    )
    mestring(*another, ROOT / "models" / "encoder")
    # In a process without the variable that keeps the hub offline: the name is one that would be fetched.
    result = process(*another, "finnes/ikke", status=1)
    assert "'finnes/ikke' cannot be loaded" in result.stderr


def test_codebook_is_checked(mestring: Mestring, tmp_path: Path) -> None:
    assert "10 codes" in mestring("codebook", "--check").stdout
    assert mestring("codebook").stdout.count("Regel: ") == 5
    (tmp_path / "min.yaml").write_text("title: x\nversion: '1'\ncodes:\n  - id: A\n", "utf-8")
    assert "min.yaml, line 4" in mestring("codebook", "--check", "min.yaml", status=1).stderr


TO_INDEX = b'<nav class="screen"><a href="index.html">Alle intervjuene</a></nav>'
"""What the page of an interview has only beside others."""


def test_the_same_bytes_whatever_the_surroundings(
    mestring: Mestring, process: Process, tmp_path: Path
) -> None:
    """With one thread or two, with or without a terminal, alone or with others, one of them broken."""
    (tmp_path / "inn").mkdir()
    for interview in sorted((ROOT / "training_data" / "interviews").glob("*.txt"))[:2]:
        turns = interview.read_text("utf-8").splitlines(keepends=True)[:40]
        (tmp_path / "inn" / interview.name).write_text("".join(turns), "utf-8")
    (tmp_path / "inn" / "ødelagt.txt").write_bytes(b"\x00\x01\x02\x03")
    every = ("--format", "csv,jsonl,html,docx,xlsx,codings,qdpx")
    one = mestring("suggest", "inn", "--out", "en", *every, status=1)
    assert "1 of 3 interviews failed; 2 done." in one.stdout
    threads = "OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2"  # one in this process; see conftest.py
    surroundings = f"export PYTHONHASHSEED=2 TZ=Asia/Tokyo LC_ALL=C {threads}; exec <&- >&- 2>&-"
    process("suggest", "inn", "--out", "to", *every, prefix=surroundings, status=1)
    mestring("suggest", "inn/intervju_02_kontaktsenter.txt", "--out", "alene", *every)
    assert len(files(tmp_path / "en")) == 10
    for name in files(tmp_path / "en"):
        assert (tmp_path / "en" / name).read_bytes() == (tmp_path / "to" / name).read_bytes()
    for name in ("intervju_02_kontaktsenter.html", "intervju_02_kontaktsenter.docx"):
        beside = (tmp_path / "en" / name).read_bytes().replace(TO_INDEX, b"")
        assert beside == (tmp_path / "alene" / name).read_bytes()


@pytest.mark.parametrize(
    ("number", "moments"), [(signal.SIGINT, (0.2, 1, 5)), (signal.SIGTERM, (0.4, 2.5, 5))]
)
def test_stopped_at_any_moment_it_says_one_line(
    tmp_path: Path, number: signal.Signals, moments: tuple[float, ...]
) -> None:
    for interview in sorted((ROOT / "training_data" / "interviews").glob("*.txt"))[:12]:
        shutil.copy(interview, tmp_path)
    for moment in moments:
        command = [sys.executable, "-m", "mestring_nlp", "suggest", ".", "--format", "csv,html,xlsx"]
        run = subprocess.Popen(
            [*command, "--out", f"ut{moment}"],
            cwd=tmp_path, stdout=-1, stderr=-1, text=True,
        )  # fmt: skip
        time.sleep(moment)
        run.send_signal(number)
        _, said = run.communicate()
        assert run.returncode == 128 + number
        assert said.splitlines() == ["mestring: stopped" + ("" if number == 2 else " by SIGTERM")]
        assert not any(name.startswith(".") for name in files(tmp_path / f"ut{moment}"))


FULL = "mestring: standard output cannot be written (No space left on device)\n"


@pytest.mark.parametrize("argument", ["codebook", "--help"])
def test_output_that_cannot_be_written(process: Process, argument: str) -> None:
    assert process(argument, status=1, prefix="exec >/dev/full").stderr == FULL
    assert process(argument, status=1, prefix="exec > >(true)").stderr == ""
    process(argument, prefix="exec >&- 2>&- <&-")
    process(argument, status=1, prefix="exec >/dev/full 2>&1")


def test_lines_that_cannot_be_written(process: Process, short: Path) -> None:
    suggest = ("suggest", short, "--out", "-")
    assert process(*suggest, status=1, prefix="exec >/dev/full").stderr == FULL
    assert process(*suggest, status=1, prefix="exec > >(true)").stderr == ""


def test_an_empty_argument_is_a_variable_that_was_not_set(mestring: Mestring) -> None:
    assert "an argument is empty" in mestring("suggest", "", status=2).stderr


def test_a_terminal_without_norwegian_letters(process: Process) -> None:
    ascii_only = "export LC_ALL=C PYTHONIOENCODING=ascii"
    assert "Målsettinger" in process("codebook", prefix=ascii_only).stdout


def test_names_of_files_do_not_steer_the_terminal(mestring: Mestring, tmp_path: Path) -> None:
    said = "P: Hva er ledelse?\nI: Det er å se folk.\n".encode()
    for name, data in (
        (b"a\x1b[2J", b""),
        (b"b\nc", said),
        (b"d\xff", said),
        ("e\u202e".encode(), said),
    ):
        Path(os.fsdecode(bytes(tmp_path) + b"/" + name + b".txt")).write_bytes(data)
    every = "csv,jsonl,html,docx,xlsx,codings,qdpx"
    shown = mestring("suggest", ".", "--out", "ut", "--format", every, status=1).stdout
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", shown)
    for escaped in (r"a\x1b[2J.txt: the file is empty", r"b\nc", "d\ufffd", r"e\u202e"):
        assert escaped in shown
    assert "1 of 4 interviews failed; 3 done." in shown


def test_what_is_ignored_stays_ignored(short: Path, tmp_path: Path) -> None:
    """As under nohup: the run goes on when its terminal is closed."""
    command = ["nohup", sys.executable, "-m", "mestring_nlp", "suggest", str(short), "--out", "ut"]
    quiet = subprocess.DEVNULL
    run = subprocess.Popen(command, cwd=tmp_path, stdin=quiet, stdout=quiet, stderr=quiet)
    time.sleep(2)
    run.send_signal(signal.SIGHUP)
    assert run.wait() == 0


# ------------------------------------------------------------------ what is the user's


def test_nothing_of_the_users_is_replaced(mestring: Mestring, coded: Path, tmp_path: Path) -> None:
    (tmp_path / "min").mkdir()
    (tmp_path / "min" / "codebook.yaml").write_text("# mine\n", "utf-8")
    (tmp_path / "lenke").symlink_to(tmp_path / "ny", target_is_directory=True)
    os.mkfifo(tmp_path / "rør")
    codings = coded / "codings.csv"
    (coded / "en.html").write_text("mine", "utf-8")
    before = {path: path.read_bytes() for path in [*coded.iterdir(), tmp_path / "min" / "codebook.yaml"]}
    kept = "is one of the inputs or inside one"
    assert (
        kept
        in mestring("suggest", coded, "--out", coded, "--force", "--format", "html", status=1).stderr
    )
    people = mestring(
        "suggest", EXAMPLE, "--out", coded, "--force", "--format", "codings", status=1
    ).stderr
    assert "holds codings by people" in people
    agreement = ("agreement", codings, codings, "--force", "--out")
    assert kept in mestring(*agreement, codings, status=1).stderr
    assert "not a regular file" in mestring(*agreement, "rør", status=1).stderr
    assert "lacks manifest.json" in mestring("train", coded, "--force", "--out", "min", status=1).stderr
    mestring("train", coded, "--out", "lenke")
    mestring("train", coded, "--out", "lenke", "--force")
    assert (tmp_path / "lenke").is_symlink() and "manifest.json" in files(tmp_path / "ny")
    assert {path: path.read_bytes() for path in before} == before
    assert (tmp_path / "rør").is_fifo()


def test_a_name_too_long_to_write_costs_only_itself(mestring: Mestring, tmp_path: Path) -> None:
    (tmp_path / "inn").mkdir()
    for name in ("a", "b" * 251, "c"):
        (tmp_path / "inn" / f"{name}.txt").write_text(SHORT, "utf-8")
    shown = mestring("suggest", "inn", "--out", "ut", status=1).stdout
    assert "1 of 3 interviews failed; 2 done." in shown and "Wrote ut/suggestions.csv" in shown
    written = ["a.html", "c.html", "index.html", "suggestions.csv", "suggestions.jsonl"]
    assert files(tmp_path / "ut") == written


def test_version_and_help(mestring: Mestring) -> None:
    assert mestring("--version").stdout.startswith("mestring-nlp ")
    for command in ("suggest", "train", "codebook"):
        assert command in mestring("--help").stdout
        assert "Usage" in mestring(command, "--help").stdout


def test_the_guess_of_who_answers_is_shown_until_it_is_given(mestring: Mestring, tmp_path: Path) -> None:
    cue = "{}\n00:00:0{}.000 --> 00:00:0{}.900\n<v {}>{}</v>\n\n"
    said = [
        ("Nordmann, Kari", "Hva er ledelse for deg?"),
        ("Åse", "Det er å se folk."),
        ("Nordmann, Kari", "Og så?"),
        ("Åse", "Å være der."),
    ]
    vtt = "WEBVTT\n\n" + "".join(cue.format(n, n, n, *turn) for n, turn in enumerate(said))
    (tmp_path / "møte.vtt").write_text(vtt, encoding="utf-8")
    shown = mestring("suggest", "møte.vtt", "--out", "gjettet").stdout
    assert "møte: took Åse for the informant" in shown and "--informant" in shown
    assert "took" not in mestring("suggest", "møte.vtt", "--out", "sagt", "--informant", "åse").stdout
    assert (tmp_path / "gjettet" / "suggestions.csv").read_bytes() == (
        tmp_path / "sagt" / "suggestions.csv"
    ).read_bytes()


def test_columns_are_named(mestring: Mestring, tmp_path: Path) -> None:
    (tmp_path / "mappe").mkdir()
    table = "Hvem sa det;Sitat\nP;Hva er ledelse for deg?\nI;Det er å se folk.\n"
    (tmp_path / "mappe" / "a.csv").write_text(table, encoding="utf-8")
    named = ("--column", "speaker=hvem sa det", "--column", "text = Sitat")
    (line,) = mestring("suggest", "mappe", "--out", "-", *named).stdout.splitlines()
    assert json.loads(line)["text"] == "Det er å se folk."
    assert "no transcript" in mestring("suggest", "mappe", "--out", "-", status=1).stderr
    assert "tale= names no column" in mestring("suggest", "mappe", "--column", "tale", status=1).stderr
