"""Fuzz saved models and codebooks: whatever the bytes, a model or a MestringError, soon and small.

    nice -n 19 python scripts/fuzz_models.py --seconds 600 --seed 1 --out build/fuzz_models

Each input is a tiny model with one thing in it changed, the hashes in its manifest made right again, so
that the change is read; or a codebook. A finding is an exception that is no MestringError, one that does
not name the file, a probability outside [0, 1], a warning, an input that takes more than ten seconds, or
one that takes more than 1 GB. Findings lie in OUT, once for each place where they arise.
"""

from __future__ import annotations

import argparse
import functools
import io
import json
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

import mestring_nlp as mn
from mestring_nlp import model as model_module
from mestring_nlp.codebook import parse_codebook
from mestring_nlp.storage import sha256
from mestring_nlp.training import fit
from mestring_nlp.transcript import Segment

SECONDS = 10
MEGABYTES = 1024
ODD = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    1.5,
    -0.0,
    1e300,
    10**30,
    "",
    "x",
    "\0",
    "bundled",
    "a" * 5000,
    [],
    {},
    [[]],
    {"a": 1},
    ["x"],
    float("nan"),
    float("inf"),
    "../x",
    "/dev/zero",
    "nan",
    "\ud800",
]
NUMBERS = [np.nan, np.inf, -np.inf, 0, -1, 1, 1e308, -1e308, 1e-308, 3e38, 1e9, -1e9, 65504]
YAML = [
    "&a ",
    "*a",
    "!!python/name:os.system ",
    "!!binary ",
    "? ",
    "- ",
    "[",
    "{",
    "<<: ",
    "|\n",
    "'",
    '"',
    "\t",
    "\0",
    "# ",
    "%YAML 9",
    "---\n",
    "...\n",
    "\\U00110000",
    '"\\ud800"',
    ": ",
    "~",
    "null",
    "2026-01-01",
    "\ufeff",
    "\u2028",
    "!",
    "!<",
    "&",
    "*",
    ">",
    "@",
    "`",
    "title: x\n",
    "codes: []\n",
    "[" * 500,
    "- " * 500,
    "1e9:" * 20,
    "\U0001f642",
]


def tiny() -> dict[str, bytes]:
    """A model of two codes, as the files of its folder."""
    codebook = parse_codebook(
        "title: Liten\nversion: 1\ncodes:\n  - &x {id: a, name: A, definition: En.}\n"
        "  - id: b\n    name: B\n    definition: To.\n    excludes: [{text: En., code: a}, Tre.]\n"
    )
    texts = [f"{word} {k} her" for k in range(3) for word in ("mål", "kurs", "kaffe", "leder")]
    codes = tuple([("a",), ("b",), (), ("a", "b")] * 3)
    segments = [
        Segment(f"g{k // 4}", k + 1, "I", 0, len(text), text, "Hva?" if k % 2 else "", codes[k])
        for k, text in enumerate(texts)
    ]
    model = fit(segments, codebook)
    with tempfile.TemporaryDirectory() as beside:
        folder = Path(beside) / "model"
        model.save(folder)
        return {file.name: file.read_bytes() for file in folder.iterdir()}


# ------------------------------------------------------------------ changes


def changed_bytes(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.choice([1, 1, 2, 5])):
        at, much = rng.randrange(len(data) + 1), rng.choice([1, 1, 2, 4, 30])
        new = rng.choice(
            [b"", rng.randbytes(much), data[at : at + much] * 2, b"\xff" * much, b"\0" * much]
        )
        data = data[:at] + new + data[at + rng.choice([0, much]) :]
    return data if rng.random() < 0.9 else data[: rng.randrange(len(data) + 1)]


def changed_value(value: Any, rng: random.Random) -> Any:
    """Change one thing in a JSON value, wherever it lies."""
    if isinstance(value, dict | list) and value and rng.random() < 0.85:
        keys = list(value) if isinstance(value, dict) else range(len(value))
        key, value = rng.choice(list(keys)), value.copy()
        way = rng.random()
        if way < 0.1:
            del value[key]
        elif way < 0.2 and isinstance(value, dict):
            value[rng.choice(["x", "", "\0", *value])] = rng.choice(ODD)
        elif way < 0.2:
            value.insert(key, rng.choice([*ODD, value[key]]))
        else:
            value[key] = changed_value(value[key], rng)
        return value
    if isinstance(value, int | float) and rng.random() < 0.3:
        return rng.choice([value + 1, -value, value * 10**6, float(value)])
    return rng.choice(ODD)


def changed_text(text: str, rng: random.Random, words: list[str]) -> str:
    for _ in range(rng.choice([1, 1, 2, 4])):
        at, much = rng.randrange(len(text) + 1), rng.choice([0, 1, 3, 20])
        new = rng.choice([*words, text[at : at + 30], text[at:] * 2])
        text = text[:at] + new + text[at + much :]
    return text


def changed_json(text: str, rng: random.Random) -> str:
    if rng.random() < 0.7:
        return json.dumps(changed_value(json.loads(text), rng))
    return changed_text(
        text,
        rng,
        [
            "NaN",
            "-Infinity",
            "1e999",
            "9" * 5000,
            "[" * 9000,
            '{"a":' * 9000,
            "\\ud800",
            '"format": 5,',
            "true",
            "null",
            ",",
            "{",
            "]",
        ],
    )


def changed_arrays(data: bytes, rng: random.Random) -> bytes:
    """Change numbers, shapes and types of an .npz; its header or its directory; or a byte of it."""
    if rng.random() < 0.15:
        return changed_bytes(data, rng)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(list(members))
    array = np.load(io.BytesIO(members[name]))
    way = rng.random()
    if way < 0.5:
        array = array.copy()
        places = [rng.randrange(max(array.size, 1)) for _ in range(rng.choice([1, 3]))]
        if rng.random() < 0.2:
            places = list(range(array.size))
        with np.errstate(all="ignore"):
            for place in places if array.size else []:
                array.flat[place] = np.float64(rng.choice(NUMBERS)).astype(array.dtype)
    elif way < 0.7:
        array = rng.choice(
            [
                array[..., None],
                array.T,
                array.ravel(),
                array[:0] if array.ndim else array[None],
                np.concatenate([array.ravel()] * 2),
                array.ravel()[1:],
            ]
        )
    elif way < 0.8:
        kinds = ["f2", "f4", "f8", "c16", "i8", "u1", "U3", "?", "M8[s]", ">f8", "f16"]
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            array = array.astype(rng.choice(kinds))
    elif way < 0.85:
        del members[name]
        name = rng.choice(["x.npy", "../mean.npy", "stack/with_question_in_sequence.npy", *members])
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    members[name] = buffer.getvalue() if way < 0.9 else changed_bytes(members.get(name, b""), rng)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return out.getvalue()


def changed(files: dict[str, bytes], rng: random.Random) -> tuple[str, dict[str, bytes]]:
    """Change one file of a model, and make the hashes right."""
    files = dict(files)
    name = rng.choice(
        ["manifest.json", "arrays.npz", "arrays.npz", "codebook.yaml", "passages.jsonl", "vectors.npz"]
    )
    data = files[name]
    if rng.random() < 0.1:
        files[name] = changed_bytes(data, rng)
    elif name.endswith(".npz"):
        files[name] = changed_arrays(data, rng)
    elif name == "codebook.yaml":
        files[name] = changed_text(data.decode(), rng, YAML).encode("utf-8", "surrogatepass")
    elif name == "passages.jsonl":
        lines = data.decode().split("\n")
        at = rng.randrange(len(lines) - 1)
        lines[at] = changed_json(lines[at], rng)
        files[name] = "\n".join(lines).encode("utf-8", "surrogatepass")
    else:
        files[name] = changed_json(data.decode(), rng).encode("utf-8", "surrogatepass")
    if name != "manifest.json":
        manifest = json.loads(files["manifest.json"])
        manifest["files"][name] = sha256(files[name])
        if name == "codebook.yaml":
            try:
                codebook = parse_codebook(files[name])
            except mn.MestringError:
                pass
            else:
                manifest |= {"codebook_hash": codebook.hash, "codes": list(codebook.ids)}
        files["manifest.json"] = json.dumps(manifest).encode()
    return name, files


# ------------------------------------------------------------------ one input


def check(folder: Path, segments: list[mn.Segment]) -> bool:
    """Load a model and use it; give whether it was one."""
    try:
        model = mn.load_model(folder)
    except mn.MestringError as error:
        named = error.place.startswith(str(folder)) or "encoder" in error.problem
        assert named and error.place and error.hint, f"no file is named: {error}"
        assert len(str(error)) < 2000, "the message is too long"
        return False
    found = model.suggest_segments(segments)
    numbers = [p for s in found for p in (*s.probabilities.values(), s.no_code)]
    assert all(0 <= p <= 1 for p in numbers), "no probabilities"
    reasons = [x for s in found if s.reason for x in (s.reason.passage, s.reason.question)]
    assert np.isfinite(reasons).all() and len(reasons) == 2 * len(segments), "no reasons"
    return True


def check_codebook(text: str) -> bool:
    try:
        codebook = parse_codebook(text, place="fuzz.yaml")
    except mn.MestringError as error:
        assert error.place.startswith("fuzz.yaml") and error.hint, f"no file is named: {error}"
        assert len(str(error)) < 3000, "the message is too long"
        return False
    again = parse_codebook(codebook.to_yaml())
    assert again.hash == codebook.hash, "it is another when it is written and read again"
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("build/fuzz_models"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    model_module.load_encoder = functools.cache(model_module.load_encoder)  # its files stay as they are
    files = tiny()
    folder = given.out / "model"
    folder.mkdir(exist_ok=True)
    for file, data in files.items():
        (folder / file).write_bytes(data)
    (given.out / "to.txt").write_text(
        "P: Hva er mål?\nI: Mål 1 her, og kurs.\nI: Kaffe!\n", encoding="utf-8"
    )
    segments = mn.segment(mn.read_transcript(given.out / "to.txt"))
    assert check(folder, segments)
    warnings.simplefilter("error")
    limit = MEGABYTES * 1024 * 1024 + int(Path("/proc/self/statm").read_text().split()[0]) * 4096
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    begun = time.monotonic()
    runs, good, seed, seen, slowest = {"model": 0, "codebook": 0}, 0, given.seed * 10**9, set[str](), 0.0
    while time.monotonic() - begun < given.seconds:
        seed += 1
        rng = random.Random(seed)
        what = "codebook" if rng.random() < 0.3 else "model"
        runs[what] += 1
        if what == "codebook":
            inputs = {"codebook.yaml": changed_text(files["codebook.yaml"].decode(), rng, YAML)}
        else:
            name, made = changed(files, rng)
            inputs = {name: made[name]}
            for file, data in made.items():
                (folder / file).write_bytes(data)
        started = time.monotonic()
        try:
            good += (
                check(folder, segments) if what == "model" else check_codebook(inputs["codebook.yaml"])
            )
            slowest = max(slowest, time.monotonic() - started)
            assert time.monotonic() - started < SECONDS, "it takes too long"
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} {Path(last.filename).name}:{last.lineno}"
            if where not in seen:
                seen.add(where)
                print(f"finding {where}: seed {seed}: {str(error)[:200]}", file=sys.stderr, flush=True)
                (given.out / f"{len(seen)}.txt").write_text(
                    f"{where}\nseed {seed}\n{traceback.format_exc()}"
                )
                for file, data in inputs.items():
                    content = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
                    (given.out / f"{len(seen)}_{file}").write_bytes(content)
    record = {
        "seconds": round(time.monotonic() - begun),
        "executions": runs,
        "loaded": good,
        "slowest": round(slowest, 2),
        "findings": sorted(seen),
    }
    print(json.dumps(record))


if __name__ == "__main__":
    main()
