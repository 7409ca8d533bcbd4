"""Fuzz the readers: any bytes give a transcript or a MestringError, in little time and memory.

    pip install -e '.[fuzz]'
    nice -n 19 python scripts/fuzz_readers.py all --seconds 600 --out build/fuzz

Each target begins with a small corpus that the real libraries make, and keeps what reaches new code. A
finding is an exception that is no MestringError, a transcript whose spans do not fit its text, an input
that takes more than ten seconds, or one that takes more than 1 GB. Findings lie in OUT/TARGET/findings,
once for each place where they arise; the record of a run is OUT/record.jsonl.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import pkgutil
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from hashlib import sha256
from pathlib import Path

from fuzz_seeds import ARCHIVES, SEEDS, WORDS, packed, unpacked

SECONDS = 10
MEGABYTES = 1024
LARGEST = 1 << 16
LIBRARIES = {".docx": ["docx"], ".xlsx": ["openpyxl"], ".pdf": ["pypdf"]}
"""Whose new code counts, besides our own: of those in Python, what the reader stands on."""

ODD = [
    b"", b"0", b"-1", b"1e999", b"99999999999", b"A1:XFD1048576", b"true", b"&#x1F642;", b"&amp;", b"/",
    b"0:03", b"Kari", b"Taler", b"P: ja", b"../../x", b"rId1", b" " * 300,
]  # fmt: skip
"""What stands in XML where it should not."""


# ------------------------------------------------------------------ one input


def check(data: bytes, suffix: str) -> None:
    """Read bytes as `read_transcript` reads a file, and look at what comes of it."""
    from mestring_nlp.errors import MestringError
    from mestring_nlp.readers import transcript_from
    from mestring_nlp.readers.decoding import canonical
    from mestring_nlp.readers.formats import read_content
    from mestring_nlp.readers.speakers import Named

    place = f"fuzz{suffix}"
    if suffix in (".qdpx", ".qdc"):
        with contextlib.suppress(MestringError):
            _check_exchange(data, suffix, place)
        return
    for named in (Named(), Named(all_informant=True)):
        try:
            content = read_content(data, suffix=suffix, place=place)
            assert all(line.place for line in content), "a line has no place"
            talk = [line for line in content if not line.kind]
            assert len({line.speaker is None for line in talk}) <= 1, "some lines have speakers"
            transcript = transcript_from(content, name="fuzz", place=place, named=named)
        except MestringError as error:
            assert error.place.startswith(place), error.place
            continue
        assert transcript.turns and transcript.hash
        assert canonical(transcript.text) == transcript.text, "the text is not canonical"
        end = 0
        for turn in transcript.turns:
            assert end <= turn.start < turn.end, "turns are empty or overlap"
            assert transcript.text[turn.start : turn.end] == turn.text, "a span is not its words"
            assert turn.time is None or turn.time >= 0
            end = turn.end


def _check_exchange(data: bytes, suffix: str, place: str) -> None:
    """Read bytes as a project or a codebook of a QDA program."""
    from mestring_nlp.refi import codebook_as, import_project, read_codebook
    from mestring_nlp.refi.reading import project_from

    if suffix == ".qdc":
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / place).write_bytes(data)
            book = read_codebook(Path(folder) / place)
        for form in (".yaml", ".qdc", ".csv"):
            assert codebook_as(book, form)
        return
    project = project_from(data, place=place)
    texts = {source.name: source.text for source in project.sources}
    for coding in project.codings:
        assert 0 <= coding.start < coding.end <= len(texts[coding.transcript]), "a coding lies outside"
        assert coding.code in project.codebook.ids
    import_project(project, uncoded=True)


def mutate_archive(data: bytes, largest: int, seed: int) -> bytes:
    """Change a member's XML, the archive's table of members, or the raw bytes."""
    import atheris

    rng = random.Random(seed)
    try:
        members = unpacked(data)
    except Exception:
        return bytes(atheris.Mutate(data, largest))
    if not members or rng.random() < 0.15:
        return bytes(atheris.Mutate(data, largest))
    body = [
        n
        for n in members
        if re.search(r"(?:(?:document|content|sheet\d+|sharedStrings)\.xml|\.qde)$", n)
    ]
    name = rng.choice(body if body and rng.random() < 0.7 else list(members))
    part = members[name]
    way = rng.random()
    if way < 0.4:
        members[name] = bytes(atheris.Mutate(part, len(part) + 400))
    elif way < 0.93:
        members[name] = _mutate_xml(part, rng)
    elif way < 0.97:
        del members[name]
    else:
        members[rng.choice(["content.xml", "word/document.xml", "xl/workbook.xml", "a/../b"])] = part
    changed = packed(members, rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    if len(changed) > largest:
        changed = packed(members, zipfile.ZIP_DEFLATED)
    return changed if len(changed) <= largest else bytes(atheris.Mutate(data, largest))


def _mutate_xml(part: bytes, rng: random.Random) -> bytes:
    """Change XML so that it mostly stays well-formed: a value, a whole element, its depth, its name."""
    values = [m.span() for m in re.finditer(rb'(?<=")[^"<>]*(?=")|(?<=>)[^<>]+(?=<)', part)]
    elements = [m.span() for m in re.finditer(rb"<([\w:]+)[^<>]*(?:/>|>[^<>]*</\1>)", part)]
    tags = re.findall(rb"<([\w:]+)", part)
    if not (values and elements):
        return part
    start, end = rng.choice(elements)
    element, tag = part[start:end], rng.choice(tags)
    way = rng.randrange(5)
    if way == 0:
        start, end = rng.choice(values)
        return part[:start] + rng.choice([*ODD, *(part[a:b] for a, b in values[:40])]) + part[end:]
    if way == 1:
        return part[:start] + part[end:]
    if way == 2:
        at = rng.choice(elements)[0]
        return part[:at] + element * rng.choice([1, 1, 2, 50]) + part[at:]
    if way == 3:
        depth = rng.choice([1, 1, 3, 200])
        return part[:start] + b"<%s>" % tag * depth + element + b"</%s>" % tag * depth + part[end:]
    return part[:start] + re.sub(rb"(?<=^<)[\w:]+|(?<=</)[\w:]+(?=>$)", tag, element) + part[end:]


# ------------------------------------------------------------------ runs


def fuzz(suffix: str, folder: Path, seconds: int) -> None:
    """Run one target in this process until time is up or libFuzzer stops it."""
    import atheris

    # Found without being imported, since what is imported later, or before, is not instrumented.
    folders = importlib.util.find_spec("mestring_nlp").submodule_search_locations
    room = "refi" if suffix in (".qdpx", ".qdc") else "readers"
    names = [m.name for m in pkgutil.iter_modules([f"{folder}/{room}" for folder in folders or ()])]
    with atheris.instrument_imports(include=[f"mestring_nlp.{room}", *LIBRARIES.get(suffix, ())]):
        for name in (*(f"mestring_nlp.{room}.{name}" for name in names), *LIBRARIES.get(suffix, ())):
            importlib.import_module(name)

    runs = (folder / "runs").open("r+b" if (folder / "runs").exists() else "w+b", buffering=0)
    done = int(runs.read() or b"0")
    seen: set[str] = set()

    def one(data: bytes) -> None:
        nonlocal done
        done += 1
        runs.seek(0)
        runs.write(b"%d" % done)
        try:
            check(data, suffix)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} {Path(last.filename).name}:{last.lineno}"
            if where not in seen:
                seen.add(where)
                keep(data, folder, where, traceback.format_exc())

    options = [
        f"-timeout={SECONDS}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-max_total_time={seconds}",
        f"-max_len={LARGEST}",
        f"-artifact_prefix={folder / 'findings'}/",
    ]
    if suffix in WORDS:
        words = folder / "words.txt"
        lines = [
            word.replace('\\"', '"').replace("\\", "\\\\").replace('"', '\\"') for word in WORDS[suffix]
        ]
        words.write_text("".join(f'"{line}"\n' for line in lines), encoding="ascii")
        options.append(f"-dict={words}")
    mutator = {"custom_mutator": mutate_archive} if suffix in ARCHIVES else {}
    atheris.Setup([sys.argv[0], str(folder / "corpus"), *options], one, **mutator)
    atheris.Fuzz()


def keep(data: bytes, folder: Path, where: str, trace: str) -> None:
    name = sha256(where.encode()).hexdigest()[:12]
    (folder / "findings" / name).write_bytes(data)
    (folder / "findings" / f"{name}.txt").write_text(f"{where}\n{trace}", encoding="utf-8")
    print(f"finding {name}: {where}", file=sys.stderr)


def supervise(suffix: str, out: Path, seconds: int) -> None:
    """Start a target anew whenever an input has ended it, until its time is used up."""
    folder = out / suffix[1:]
    for name in ("corpus", "findings"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for data in SEEDS[suffix]():
        (folder / "corpus" / sha256(data).hexdigest()[:12]).write_bytes(data)
    (folder / "runs").unlink(missing_ok=True)
    begun, used = time.monotonic(), _cpu_of_children()
    while (left := int(seconds - (time.monotonic() - begun))) > 0:
        options = ["--out", str(out), "--seconds", str(left), "--here"]
        command = [sys.executable, __file__, suffix[1:], *options]
        with (folder / "log.txt").open("ab") as log:
            ended = subprocess.run(command, stdout=log, stderr=log, check=False)
        if ended.returncode == 0:
            break
    found = sorted(file.name for file in (folder / "findings").iterdir() if file.suffix != ".txt")
    record = {
        "target": suffix[1:], "seconds": round(time.monotonic() - begun),
        "cpu_seconds": round(_cpu_of_children() - used),
        "executions": int((folder / "runs").read_text() or 0), "findings": found,
    }  # fmt: skip
    with (out / "record.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
    print(json.dumps(record))


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("targets", nargs="+", choices=["all", *(suffix[1:] for suffix in SEEDS)])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--check", type=Path, help="read this file alone, and show what comes of it")
    given = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        sys.exit("This needs atheris: pip install atheris")
    for suffix in SEEDS if "all" in given.targets else [f".{name}" for name in given.targets]:
        if given.check:
            check(given.check.read_bytes(), suffix)
        elif given.here:
            fuzz(suffix, given.out / suffix[1:], given.seconds)
        else:
            supervise(suffix, given.out, given.seconds)


if __name__ == "__main__":
    main()
