from __future__ import annotations

import io
import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

import mestring_nlp as mn
from mestring_nlp.storage import sha256
from mestring_nlp.training import rehearsed, with_encoder


def change(folder: Path, **values: object) -> None:
    file = folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | values), encoding="utf-8")


def test_bundled_model_suggests(
    model: mn.Model, example: mn.Transcript, suggestions: list[mn.Suggestion], codebook: mn.Codebook
) -> None:
    assert model.codes == codebook.ids
    assert [s.segment for s in suggestions] == mn.segment(example)
    for s in suggestions:
        assert tuple(s.probabilities) == model.codes
        assert all(0 <= p <= 1 for p in s.probabilities.values())
        assert example.text[s.segment.start : s.segment.end] == s.segment.text
    first = [suggestions[0].segment.text], [suggestions[0].segment.question]
    assert model.predict_proba(*first).shape == (1, 10)


@pytest.mark.parametrize("data", ["example", "held out"])
def test_predict_and_suggest_say_the_same(model: mn.Model, example: mn.Transcript, data: str) -> None:
    if data == "example":
        segments = mn.segment(example)
    else:
        held_out = mn.load_training_data(ROOT / "training_data" / "held_out").segments()
        segments = [s for s in held_out if s.transcript.startswith("intervju_13_")]
        assert len(segments) == 87
    suggestions = model.suggest_segments(segments)
    found = model.predict(segments)
    assert found.labels == [s.codes for s in suggestions]
    assert found.abstained.tolist() == [s.abstained for s in suggestions]
    assert found.set_labels == [s.prediction_set for s in suggestions]
    table = model.predictor.classify(segments).codes.astype(int)
    assert [{model.codes[j] for j in np.flatnonzero(row)} for row in table] == [
        set(s.codes) for s in suggestions
    ]


def test_what_is_no_transcript_is_refused_with_the_next_step(model: mn.Model) -> None:
    for value in ("I: Vi har mål.", b"x", None, ["x"]):
        with pytest.raises(mn.MestringError, match=r"read_transcript\(text=\.\.\.\)"):
            model.suggest(value)  # type: ignore[arg-type]
    with pytest.raises(mn.MestringError, match="list of texts or segments, not str"):
        model.predict("Vi har mål.")


def test_no_repr_prints_an_interview(
    model: mn.Model, example: mn.Transcript, suggestions: list[mn.Suggestion]
) -> None:
    words = set(example.turns[1].text.split(". ")) | {example.turns[0].text}
    data = mn.load_training_data(ROOT / "training_data")
    shown = [model, example, example.turns, suggestions, model.segments, data]
    said = "".join(map(repr, shown))
    assert not any(sentence in said for sentence in words)
    assert not any(segment.text in said for segment in data.segments()[:50])
    assert model.name in repr(model) and example.name in repr(example)


def test_save_and_load_give_the_same(saved: Path, trained: mn.Model) -> None:
    texts = ["Vi har målekort og tall.", "De har kurs og medlytt."]
    loaded = mn.load_model(saved)
    np.testing.assert_allclose(loaded.predict_proba(texts), trained.predict_proba(texts), atol=1e-5)
    assert loaded.codebook == trained.codebook
    assert loaded.name == trained.name
    assert loaded.segments == [replace(segment, speaker="") for segment in trained.segments or ()]


def test_two_models_are_two_coders(saved: Path, coded: Path) -> None:
    codings = coded / "codings.csv"
    codings.write_text(codings.read_text("utf-8").replace("ledelse", "mestring", 1), "utf-8")
    names = {mn.load_model(saved).name, mn.train(coded).name, mn.load_model().name}
    assert len(names) == 3 and all(name.startswith(f"mestring-nlp {mn.__version__} (") for name in names)


def test_training_is_reproducible(saved: Path, coded: Path, tmp_path: Path) -> None:
    mn.train(mn.load_training_data(coded)).save(tmp_path / "again")
    for file in saved.iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


def test_another_codebook_takes_its_place(coded: Path, tmp_path: Path) -> None:
    book = mn.load_codebook()
    small = mn.Codebook("Liten", "1", tuple(book[c] for c in ("kompetanse", "maalsettinger", "ledelse")))
    mn.train(mn.load_training_data(coded, codebook=_without_exclusions(small))).save(tmp_path / "m")
    assert mn.load_model(tmp_path / "m").codes == ("kompetanse", "maalsettinger", "ledelse")


def _without_exclusions(book: mn.Codebook) -> mn.Codebook:
    from dataclasses import replace

    return replace(book, codes=tuple(replace(code, excludes=()) for code in book))


def test_without_passages_no_other_encoder(trained: mn.Model, tmp_path: Path) -> None:
    trained.save(tmp_path / "m", passages=False)
    loaded = mn.load_model(tmp_path / "m")
    assert loaded.segments is None
    with pytest.raises(mn.MestringError, match="without its passages"):
        with_encoder(loaded, "bundled")


def test_existing_model_is_not_overwritten(saved: Path, trained: mn.Model) -> None:
    before = {file.name: file.read_bytes() for file in saved.iterdir()}
    with pytest.raises(mn.MestringError, match="not overwritten"):
        trained.save(saved)
    assert {file.name: file.read_bytes() for file in saved.iterdir()} == before
    trained.save(saved, force=True)
    mn.load_model(saved)


def test_force_replaces_only_models(trained: mn.Model, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notater.txt").write_text("viktig", encoding="utf-8")
    with pytest.raises(mn.MestringError, match="which would be lost"):
        trained.save(tmp_path / "mine", force=True)
    assert (tmp_path / "mine" / "notater.txt").read_text("utf-8") == "viktig"


def test_force_keeps_what_was_laid_beside_a_model(saved: Path, trained: mn.Model) -> None:
    (saved / "notater").mkdir()
    (saved / "notater" / "mine.txt").write_text("viktig", encoding="utf-8")
    with pytest.raises(mn.MestringError, match=r"notater/mine\.txt"):
        trained.save(saved, force=True)
    assert (saved / "notater" / "mine.txt").read_text("utf-8") == "viktig"
    mn.load_model(saved)
    assert [path.name for path in saved.parent.iterdir() if path.name.startswith(".")] == []


def test_force_without_passages_leaves_none_behind(saved: Path, trained: mn.Model) -> None:
    trained.save(saved, passages=False, force=True)
    assert mn.load_model(saved).segments is None
    assert not (saved / "passages.jsonl").exists()


def test_no_model(tmp_path: Path) -> None:
    with pytest.raises(mn.MestringError, match="no model here"):
        mn.load_model(tmp_path)


@pytest.mark.parametrize("name", ["arrays.npz", "codebook.yaml", "passages.jsonl"])
def test_changed_file_is_noticed(saved: Path, name: str) -> None:
    data = bytearray((saved / name).read_bytes())
    data[len(data) // 2] ^= 1
    (saved / name).write_bytes(data)
    with pytest.raises(mn.MestringError, match="damaged or was changed"):
        mn.load_model(saved)
    (saved / name).unlink()
    with pytest.raises(mn.MestringError, match="cannot be read"):
        mn.load_model(saved)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"format": 99}, "format 99"),
        ({"format": 4}, "format 4, this version reads 8.*mestring train DATA --out"),
        ({"surprise": 1}, "damaged"),
        ({"encoder": {"name": "bundled", "fingerprint": "0" * 64}}, "has changed since"),
        ({"encoder": {"name": "noens/koder", "fingerprint": "0"}}, "nobody asked to fetch it"),
        ({"encoder": "bundled"}, "damaged"),
        ({"files": ["arrays.npz", "codebook.yaml"]}, "damaged"),
        ({"training": {"parameters": {"folds": "x"}}}, "damaged"),
        ({"codebook_hash": "0"}, "not the one the model was trained with"),
        ({"files": {"arrays.npz": "0", "../../etc/passwd": "0", "codebook.yaml": "0"}}, "no model has"),
    ],
)
def test_foreign_manifest(saved: Path, values: dict[str, object], says: str) -> None:
    change(saved, **values)
    with pytest.raises(mn.MestringError, match=says):
        mn.load_model(saved)


def test_manifest_that_is_no_json(saved: Path) -> None:
    (saved / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(mn.MestringError, match="damaged"):
        mn.load_model(saved)


class _Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("raise SystemExit('code ran')",))


def test_loading_never_runs_code(saved: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, mean=np.array([_Trap()], dtype=object))
    (saved / "arrays.npz").write_bytes(buffer.getvalue())
    files = json.loads((saved / "manifest.json").read_text("utf-8"))["files"]
    change(saved, files=files | {"arrays.npz": sha256(buffer.getvalue())})
    with pytest.raises(mn.MestringError, match="cannot be read"):
        mn.load_model(saved)


def test_arrays_of_another_model(saved: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, mean=np.zeros(3))
    (saved / "arrays.npz").write_bytes(buffer.getvalue())
    files = json.loads((saved / "manifest.json").read_text("utf-8"))["files"]
    change(saved, files=files | {"arrays.npz": sha256(buffer.getvalue())})
    with pytest.raises(mn.MestringError, match="incomplete"):
        mn.load_model(saved)


@pytest.mark.parametrize("line", [b"{", b"\xff", b"[]", b'{"text": 1}', b'"text"'])
def test_passages_that_are_none(saved: Path, line: bytes) -> None:
    file = saved / "passages.jsonl"
    file.write_bytes(file.read_bytes() + line + b"\n")
    files = json.loads((saved / "manifest.json").read_text("utf-8"))["files"]
    change(saved, files=files | {file.name: sha256(file.read_bytes())})
    number = len(file.read_bytes().splitlines())
    with pytest.raises(mn.MestringError, match=f"passages.jsonl: line {number} is no passage"):
        mn.load_model(saved)


def test_model_moves_with_its_folder(saved: Path, tmp_path: Path) -> None:
    shutil.copytree(saved, tmp_path / "andre steder" / "modell")
    mn.load_model(tmp_path / "andre steder" / "modell")


def test_a_base_is_corrected_by_ones_own(model: mn.Model, coded: Path, tmp_path: Path) -> None:
    data, base = mn.load_training_data(coded), model
    with pytest.raises(mn.MestringError, match="not the data's"):
        mn.train(data, base=replace(base, codebook=_smaller(base.codebook)))
    both = mn.train(data, base=base)
    own = data.segments()
    assert both.segments == [*own, *base.segments]
    assert both.lone_questions == base.lone_questions
    assert both.manifest.data_hash not in (data.hash, base.manifest.data_hash)
    assert both.manifest.training["base"] == base.manifest.fingerprint
    assert both.shortage.startswith("been corrected by 16 passages only")
    gold = [(i, j) for i, s in enumerate(own) for j, code in enumerate(base.codes) if code in s.codes]
    sure, before = (np.mean([m.predict_proba(own)[place] for place in gold]) for m in (both, base))
    assert sure > before
    with pytest.raises(mn.MestringError, match=r"learned from \d+ of these \d+ passages already"):
        mn.train(data, base=both)
    both.save(tmp_path / "model", passages=False)
    again = mn.load_model(tmp_path / "model")
    for texts in (["Vi har mål."], [s.text for s in own]):
        expected = both.predict_proba(texts)
        np.testing.assert_allclose(again.predict_proba(texts), expected, atol=1e-5)


def test_what_corrections_lack_is_learned_again(model: mn.Model) -> None:
    own = [s for s in model.segments or [] if s.codes == ("ledelse",)][:20]
    again = rehearsed(own, model)
    counts = Counter(answer for s in [*own, *again] for answer in s.codes or ("",))
    assert set(counts) == {*model.codes, ""} and min(counts.values()) >= 5
    assert len(again) < 100 and again == rehearsed(own, model)
    assert rehearsed([*own, *again], model) == []
    assert rehearsed(own, replace(model, segments=None, vectors=None)) == []


def test_too_little_to_learn_from_is_said(model: mn.Model, trained: mn.Model) -> None:
    assert not model.shortage
    assert "16 passages" in trained.shortage and "--base bundled" in trained.shortage


def _smaller(codebook: mn.Codebook) -> mn.Codebook:
    return replace(codebook, codes=codebook.codes[:-1])
