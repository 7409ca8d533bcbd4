"""Models that are broken, enormous or made to do harm: each is an error that names the file and what is wrong."""

from __future__ import annotations

import io
import json
import os
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mestring_nlp as mn
from mestring_nlp import layout, storage
from mestring_nlp.features import VIEWS_BY_KIND
from mestring_nlp.storage import sha256

_SAVED: dict[str, bytes] = {}
DEEP = 100_000


@pytest.fixture(scope="module", autouse=True)
def _read_once(saved_once: Path) -> None:
    _SAVED.update({file.name: file.read_bytes() for file in saved_once.iterdir()})


def refused(folder: Path, name: str) -> str:
    with pytest.raises(mn.MestringError) as caught:
        mn.load_model(folder)
    assert caught.value.place.startswith(str(folder / name)) and caught.value.hint
    assert len(str(caught.value)) < 1000
    return str(caught.value)


def replaced(folder: Path, name: str, data: bytes) -> None:
    """Write a file of a model, and its hash into the manifest."""
    (folder / name).write_bytes(data)
    manifest = json.loads(_SAVED["manifest.json"])
    manifest["files"][name] = sha256(data)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def arrays() -> dict[str, Any]:
    return dict(storage.unpack(_SAVED["arrays.npz"], place=""))


def packed(changed: dict[str, Any]) -> bytes:
    return storage.pack(
        {
            name: array.astype(np.str_)
            if isinstance(array, np.ndarray) and array.dtype == object
            else array
            for name, array in changed.items()
        }
    )


# ------------------------------------------------------------------ arrays


def test_the_layout_is_what_is_saved(saved: Path) -> None:
    # In two interviews there is nothing to learn of neighbours.
    assert set(arrays()) == set(layout.CLASSIFIER) - layout.OPTIONAL
    shipped = np.load(Path(mn.__file__).parents[2] / "models" / "classifier" / "arrays.npz")
    assert set(shipped.files) == set(layout.CLASSIFIER)


NUMBERS = [name for name, expected in layout.CLASSIFIER.items() if expected.dtype[0] == "f"]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
def test_numbers_that_are_none(saved: Path, value: float) -> None:
    views = VIEWS_BY_KIND
    good = arrays()
    for name in set(NUMBERS) - layout.OPTIONAL:
        changed = good | {name: good[name].copy()}
        changed[name].flat[-1] = value
        with pytest.raises(
            mn.MestringError, match=rf"a\.npz: the array '{name}' holds {re.escape(f'{value:g}')}, must"
        ):
            layout.check_classifier(
                changed, codes=10, dimension=384, ngrams=40_000, views=views, place="a.npz"
            )


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("threshold", lambda a: np.array(0.0), "holds 0, must hold numbers between 0.001 and 0.999"),
        ("threshold", lambda a: np.array(1.0), "holds 1, "),
        ("threshold", lambda a: np.array([0.3]), r"shape \(1,\), must have \(\)"),
        ("threshold", lambda a: np.array(1), "holds int64, must hold float64"),
        ("scale", lambda a: np.array(0.0), "holds 0, "),
        ("scale", lambda a: np.array(-1.0), "holds -1, "),
        ("mean", lambda a: a[:-1], r"shape \(383,\), must have \(384,\)"),
        ("mean", lambda a: a.astype(np.complex128), "holds complex128"),
        ("rates", lambda a: np.append(a, 0.1), "shape"),
        ("rates", lambda a: a - 2, "must hold numbers between 0 and 1"),
        ("stack/with_question", lambda a: a[1:], "shape"),
        ("conformal/with_question_hands", lambda a: a - 2, "must hold numbers between 0 and"),
        ("also", lambda a: a[:1], "shape"),
        ("conformal/without_question", lambda a: a + 1, "must hold numbers between 0 and 1"),
        (
            "conformal/without_question",
            lambda a: a.astype(np.float64),
            "holds float64, must hold float32",
        ),
        ("embedding/products", lambda a: a[:, 1:], "shape"),
        ("embedding/constant", lambda a: a[0], "shape"),
        ("word_ngrams/coefficients", lambda a: a.T.copy(), "shape"),
        ("word_ngrams/coefficients", lambda a: a[1:], "shape"),
        ("word_ngrams/intercept", lambda a: a[None], "shape"),
        (
            "character_ngrams/idf",
            lambda a: a[1:],
            "'character_ngrams/(idf|vocabulary|coefficients)' has shape",
        ),
        ("character_ngrams/idf", lambda a: -a, "'character_ngrams/idf' holds -"),
        ("word_ngrams/vocabulary", lambda a: np.append(a[:-1], a[0]), "has an n-gram twice"),
        ("word_ngrams/vocabulary", lambda a: a[1:], "shape"),
        ("word_ngrams/vocabulary", lambda a: np.arange(5.0), "stored as float64"),
        ("word_ngrams/vocabulary", lambda a: np.array([255], np.uint8), "decode byte 0xff"),
        ("surprise", lambda a: np.zeros(1), "'surprise' is none that a model has"),
        (
            "stack/with_question_in_sequence",
            lambda a: np.zeros(3),
            "'stack/without_question_in_sequence' is missing",
        ),
        ("rates", None, "'rates' is missing"),
    ],
)
def test_arrays_of_no_model(
    saved: Path, name: str, change: Callable[[Any], Any] | None, says: str
) -> None:
    changed = arrays()
    old = changed.pop(name, None)
    if change is not None:
        changed[name] = change(old)
    replaced(saved, "arrays.npz", packed(changed))
    message = refused(saved, "arrays.npz")
    assert re.search(says, message), message


def test_the_largest_numbers_give_probabilities(saved: Path) -> None:
    """Whatever passes the layout, computing with it stays in bounds."""
    changed = arrays()
    for name in NUMBERS:
        if name in changed and name != "threshold":
            expected, signs = layout.CLASSIFIER[name], np.arange(changed[name].size) % 2 == 0
            ends = np.where(signs, expected.most, expected.least).reshape(changed[name].shape)
            changed[name] = ends.astype(changed[name].dtype)
    changed["scale"] = np.array(layout.CLASSIFIER["scale"].least)
    replaced(saved, "arrays.npz", packed(changed))
    found = mn.load_model(saved).predict_proba(["Vi har målekort og tall.", ""], ["Hva måler dere?", ""])
    assert np.isfinite(found).all() and (found >= 0).all() and (found <= 1).all()


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a[:-1],
        lambda a: a[:, 1:],
        lambda a: a.astype(np.float64),
        lambda a: np.where(np.arange(a.size).reshape(a.shape) == 5, np.nan, a).astype(np.float16),
    ],
)
def test_vectors_of_other_passages(saved: Path, change: Callable[[Any], Any]) -> None:
    good = storage.unpack(_SAVED["vectors.npz"], place="")
    for name in ("vectors", "lines"):
        replaced(saved, "vectors.npz", storage.pack(good | {name: change(good[name])}))
        assert f"the array '{name}'" in refused(saved, "vectors.npz")


def archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, data in members:
            file.writestr(name, data)
    return buffer.getvalue()


def npy(descr: str = "'<f8'", shape: str = "(1,)", data: bytes = b"\0" * 8) -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x02\x00" + len(header).to_bytes(4, "little") + header + data


def encrypted() -> bytes:
    data = bytearray(archive(("mean.npy", npy())))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


ARCHIVES = {
    "empty": b"",
    "no archive": b"PK\x03\x04" + b"\0" * 100,
    "huge shape": archive(("mean.npy", npy(shape="(1000000000000,)"))),
    "negative shape": archive(("mean.npy", npy(shape="(-1,)"))),
    "deep descr": archive(("mean.npy", npy(descr="(" * DEEP + ")" * DEEP))),
    "deep shape": archive(("mean.npy", npy(shape="(" * 4000 + ")" * 4000))),
    "minus signs": archive(("mean.npy", npy(shape="(" + "-" * 4000 + "1,)"))),
    "code for a header": archive(("mean.npy", npy(shape="(__import__('os').getpid(),)"))),
    "object": archive(("mean.npy", npy(descr="'|O'"))),
    "no npy": archive(("mean.npy", b"hei")),
    "encrypted": encrypted(),
    "lzma": archive(("mean.npy", npy()), method=zipfile.ZIP_LZMA),
    "a path": archive(("../../mean.npy", npy())),
    "a folder": archive(("mean/", b"")),
    "cut short": archive(("mean.npy", npy(data=b"")), ("scale.npy", npy())),
}


@pytest.mark.parametrize("kind", ARCHIVES)
@pytest.mark.parametrize("name", ["arrays.npz", "vectors.npz"])
def test_archives_that_are_none(saved: Path, name: str, kind: str) -> None:
    replaced(saved, name, ARCHIVES[kind])
    refused(saved, name)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name(saved: Path) -> None:
    replaced(saved, "arrays.npz", archive(("mean.npy", npy()), ("mean.npy", npy())))
    assert "two arrays are called 'mean'" in refused(saved, "arrays.npz")


def test_archives_cut_off_anywhere(saved: Path) -> None:
    data = _SAVED["arrays.npz"]
    for end in range(0, len(data), len(data) // 400):
        with pytest.raises(mn.MestringError, match=r"a.npz: the arrays cannot be read"):
            storage.unpack(data[:end], place="a.npz")


def unpacked_in_little_memory(data: bytes, says: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(mn.MestringError, match=says):
            storage.unpack(data, place="a.npz")
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_an_archive_that_fills_the_memory() -> None:
    zeros = npy(shape="(1000000,)", data=b"\0" * 8_000_000)
    data = archive(*((f"{k}.npy", zeros) for k in range(65)))
    unpacked_in_little_memory(data, "unpack to more than 500,000,000 bytes")


def test_more_arrays_than_any_model_has() -> None:
    data = archive(*((f"{k}.npy", b"") for k in range(2000)), method=zipfile.ZIP_STORED)
    unpacked_in_little_memory(data, "more than 1000")


def test_more_ngrams_than_any_model_has() -> None:
    vocabulary = np.full(2_000_000, ord("\n"), dtype=np.uint8)
    unpacked_in_little_memory(
        storage.pack({"word_ngrams/vocabulary": vocabulary}), "more than 1,000,000 n-grams"
    )


def test_a_member_that_holds_more_than_it_states() -> None:
    data = bytearray(archive(("mean.npy", npy(shape="(9,)", data=b"\0" * 50_000_000))))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (100).to_bytes(4, "little")
    unpacked_in_little_memory(bytes(data), "cannot be read")


# ------------------------------------------------------------------ the manifest


def described(**values: object) -> str:
    return json.dumps(json.loads(_SAVED["manifest.json"]) | values)


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000, "noens/koder", "../../x", "/dev/null"])
def test_encoders_that_are_none(saved: Path, name: str) -> None:
    encoder = {"name": name, "fingerprint": "0"}
    (saved / "manifest.json").write_text(described(encoder=encoder), encoding="utf-8")
    with pytest.raises(mn.MestringError, match="encoder") as caught:
        mn.load_model(saved)
    assert caught.value.place and caught.value.hint and len(str(caught.value)) < 1000


PARAMETERS = {
    "alpha_embedding": 0.3,
    "alpha_ngrams": 1.0,
    "ngrams": 9,
    "folds": 12,
}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "damaged"),
        ("[" * DEEP, "nested too deeply"),
        ('{"a":' * DEEP, "nested too deeply"),
        ("[]", "must be an object"),
        ("null", "must be an object"),
        ('{"format": NaN}', "NaN is no number"),
        ('{"format": -Infinity}', "-Infinity is no number"),
        ('{"format": 1e999}', "1e999"),
        ('{"format": ' + "9" * 5000 + "}", "damaged"),
        ('{"format": ' + "9" * 4000 + "}", "has format 999"),
        ('{"format": 8, "format": 8}', "'format' occurs twice"),
        ('{"library": "\\ud800"}', "damaged"),
        ('{"format": 8}', "lacks"),
        ("{" + "".join(f'"{k}": 0, ' for k in range(80_000)) + '"x": 0, "x": 0}', "'x' occurs twice"),
    ],
)
def test_manifest_that_is_none(saved: Path, text: str, says: str) -> None:
    (saved / "manifest.json").write_text(text, encoding="utf-8")
    assert says in refused(saved, "manifest.json")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"format": True}, "has format true"),
        ({"format": "6"}, "has format '6'"),
        ({"format": [6]}, "has format a list"),
        ({"library": 1}, "library is 1, must be text"),
        ({"library": None}, "library is null"),
        ({"codes": "ledelse"}, "codes is 'ledelse', must be a list"),
        ({"codes": [1]}, "an item of codes is 1"),
        ({"codes": {"a": "b"}}, "codes is an object"),
        ({"encoder": {"name": 1, "fingerprint": "0"}}, "encoder.name is 1"),
        ({"encoder": {"name": "bundled"}}, "encoder lacks 'fingerprint'"),
        ({"codebook_hash": 0}, "codebook_hash"),
        ({"data_hash": []}, "data_hash is a list"),
        ({"training": []}, "training is a list"),
        ({"files": {"arrays.npz": 1, "codebook.yaml": "0"}}, "files.arrays.npz is 1"),
        ({"files": {"arrays.npz": "0"}}, "lacks one"),
        ({"surprise": 1}, "has the unknown key 'surprise'"),
    ],
)
def test_manifest_with_values_of_other_kinds(saved: Path, values: dict[str, object], says: str) -> None:
    (saved / "manifest.json").write_text(described(**values), encoding="utf-8")
    assert says in refused(saved, "manifest.json")


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("value", [-1, 0, True, "1", None, [], 1e300, 10**400])
def test_parameters_out_of_range(saved: Path, name: str, value: object) -> None:
    training = json.loads(_SAVED["manifest.json"])["training"]
    changed = training | {"parameters": PARAMETERS | {name: value}}
    (saved / "manifest.json").write_text(described(training=changed), encoding="utf-8")
    assert f"training.parameters.{name} is" in refused(saved, "manifest.json")


@pytest.mark.parametrize(("name", "value"), [("folds", 1), ("folds", 2.5), ("ngrams", 1.0)])
def test_parameters_are_whole_numbers(saved: Path, name: str, value: object) -> None:
    test_parameters_out_of_range(saved, name, value)


def test_fewer_ngrams_than_the_arrays_have(saved: Path) -> None:
    training = json.loads(_SAVED["manifest.json"])["training"]
    changed = training | {"parameters": PARAMETERS | {"ngrams": 3}}
    (saved / "manifest.json").write_text(described(training=changed), encoding="utf-8")
    assert "must have 1 to 3" in refused(saved, "arrays.npz")


def test_manifest_that_is_too_large(saved: Path) -> None:
    (saved / "manifest.json").write_bytes(b" " * 50_000_000)
    assert "more than are read" in refused(saved, "manifest.json")


# ------------------------------------------------------------------ the other files


def row(**values: object) -> bytes:
    given = {
        "transcript": "en",
        "turn": 1,
        "start": 0,
        "end": 4,
        "question": "",
        "text": "Hei.",
        "codes": [],
    }
    return json.dumps(given | values).encode()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"[" * DEEP, "nested too deeply"),
        (b'{"text":' * DEEP, "nested too deeply"),
        (row(codes=["ukjent"]), "'ukjent' is no code of the codebook"),
        (row(codes="ledelse"), "codes is 'ledelse', must be a list"),
        (row(codes=[["ledelse"]]), "an item of codes is a list"),
        (row(codes={"ledelse": 1}), "codes is an object"),
        (row(turn=True), "turn is true, must be"),
        (row(turn=-1), "turn is -1"),
        (row(text=None), "text is null"),
        (row(question=1.5), "question is 1.5"),
        (row(transcript=[]), "transcript is a list"),
        (row(text="\ud800"), "surrogates not allowed"),
        (row(mer=1), "has the unknown key 'mer'"),
        (b'{"text": NaN}', "NaN is no number"),
        (row()[:-1] + b', "text": "to"}', "'text' occurs twice"),
        (row().decode().encode("utf-16"), "is no passage"),
    ],
)
def test_lines_that_are_no_passage(saved: Path, line: bytes, says: str) -> None:
    data = _SAVED["passages.jsonl"]
    replaced(saved, "passages.jsonl", data + line + b"\n")
    number = data.count(b"\n") + 1
    assert says in refused(saved, f"passages.jsonl: line {number}".split(":")[0])


def test_a_codebook_that_is_none(saved: Path) -> None:
    for data in (b"\xff", b"", b"[" * DEEP, b"title: a\n" * 60_000):
        replaced(saved, "codebook.yaml", data)
        refused(saved, "codebook.yaml")


def test_a_codebook_of_another_model(saved: Path) -> None:
    replaced(saved, "codebook.yaml", _SAVED["codebook.yaml"].replace(b"title: ", b"title: Ikke "))
    assert "not the one the model was trained with" in refused(saved, "")


KEPT = tuple(name for name in storage.FILES if name != storage.ASSISTANT)
"""What the model here is saved with: it has learned of no assistant."""
FILES = ("manifest.json", *KEPT)


@pytest.mark.parametrize("name", FILES)
def test_only_regular_files_are_read(saved: Path, name: str) -> None:
    file = saved / name
    file.unlink()
    file.mkdir()
    assert "is a folder" in refused(saved, name)
    file.rmdir()
    os.mkfifo(file)
    assert "a pipe" in refused(saved, name)
    file.unlink()
    file.symlink_to("/dev/zero")
    assert "a device" in refused(saved, name)
    file.unlink()
    file.symlink_to(file)
    assert "cannot be read" in refused(saved, name)
    file.unlink()
    (saved / "elsewhere").write_bytes(_SAVED[name])
    file.symlink_to(saved / "elsewhere")
    mn.load_model(saved)


@pytest.mark.parametrize("name", KEPT)
def test_files_without_end(saved: Path, name: str) -> None:
    with (saved / name).open("wb") as file:
        file.truncate(600_000_000)  # a hole, which takes no room
    assert "more than are read" in refused(saved, name)


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 5000, "/dev/null", "/dev/null/modell"])
def test_paths_without_a_model(path: str) -> None:
    with pytest.raises(mn.MestringError):
        mn.load_model(path)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"assistant": 1}', b'{"weights": {"first": NaN}}'],
)
def test_what_an_assistant_is_worth_is_checked(saved: Path, data: bytes) -> None:
    replaced(saved, storage.ASSISTANT, data)
    assert "does not say what an assistant is worth" in refused(saved, storage.ASSISTANT)
