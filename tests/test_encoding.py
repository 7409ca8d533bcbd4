from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

import mestring_nlp as mn
from mestring_nlp.encoding import OnnxEncoder

TEXTS = [
    "Døra til kontoret mitt er åpen, og folk stikker hodet inn når de lurer på noe.",
    "Vi måler svartid og antall samtaler hver uke.",
    "Æ e ikkje heilt sikker på korsn dem gjør det.",
    "🙂",
    "",
    "ord " * 2000,
]


@pytest.fixture(scope="module")
def encoder() -> mn.encoding.Encoder:  # type: ignore[name-defined]
    return mn.load_encoder()


def test_vectors_have_length_one(encoder: OnnxEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 384) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, 384)


def test_a_vector_does_not_depend_on_its_company(encoder: OnnxEncoder) -> None:
    together = encoder.encode([*TEXTS, TEXTS[0]])
    np.testing.assert_array_equal(together[0], encoder.encode(TEXTS[:1])[0])
    np.testing.assert_array_equal(together[0], together[-1])


def test_likeness_follows_meaning(encoder: OnnxEncoder) -> None:
    door, talk, goals = encoder.encode(
        [
            "Døra mi står alltid åpen for dem som jobber her.",
            "De ansatte kan komme inn til meg når de vil.",
            "Svartiden var for høy i forrige kvartal.",
        ]
    )
    assert door @ talk > door @ goals


def test_travels_to_another_process(encoder: OnnxEncoder) -> None:
    encoder.encode(TEXTS[:1])
    again = pickle.loads(pickle.dumps(encoder))
    assert again.fingerprint == encoder.fingerprint
    np.testing.assert_array_equal(again.encode(TEXTS[:1]), encoder.encode(TEXTS[:1]))


@pytest.mark.filterwarnings("ignore")
def test_loads_in_sentence_transformers(encoder: OnnxEncoder) -> None:
    from sentence_transformers import SentenceTransformer

    folder = str(ROOT / "models" / "encoder")
    loaded = SentenceTransformer(folder, trust_remote_code=True, device="cpu")
    assert loaded.get_embedding_dimension() == 384
    for text in TEXTS[:3]:
        np.testing.assert_allclose(loaded.encode([text])[0], encoder.encode([text])[0], atol=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_any_sentence_transformers_model_serves(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import BoW

    words = ["ledelse", "målekort", "tall", "kurs", "fagmøte"]
    SentenceTransformer(modules=[BoW(vocab=words)], device="cpu").save(str(tmp_path / "bow"))
    encoder = mn.load_encoder(tmp_path / "bow")
    vectors = encoder.encode(["ledelse", "tall tall", "ledelse"])
    assert vectors.shape == (3, len(words))
    np.testing.assert_array_equal(vectors[0], vectors[2])
    assert vectors[0] @ vectors[1] == 0


def test_missing_parts_and_unknown_names(tmp_path: Path) -> None:
    (tmp_path / "encoder.json").write_text(json.dumps({"dimension": 3}), encoding="utf-8")
    with pytest.raises(mn.MestringError, match=r"lacks model.onnx"):
        _ = mn.load_encoder(tmp_path).fingerprint
    with pytest.raises(mn.MestringError, match="'no-such/model' cannot be loaded"):
        mn.load_encoder("no-such/model").encode(["a"])
