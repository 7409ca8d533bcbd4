from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import ROOT, STRACE, needs_strace

import mestring_nlp as mn
from mestring_nlp.onnx_encoder import OnnxEncoder
from mestring_nlp.prompts import TASK, prompt_for

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


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\0b", "x" * 5000, "x/" * 2500, "\ttab"])
def test_names_that_name_nothing(name: str) -> None:
    with pytest.raises(mn.MestringError) as caught:
        mn.load_encoder(name)
    assert caught.value.hint and len(str(caught.value)) < 500


def test_an_encoder_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "fil").write_bytes(b"")
    with pytest.raises(mn.MestringError, match="Not a directory"):
        mn.load_encoder(tmp_path / "fil")
    (tmp_path / "tom").mkdir()
    with pytest.raises(mn.MestringError, match="cannot be loaded"):
        mn.load_encoder(tmp_path / "tom").encode(["a"])
    if os.geteuid():
        (tmp_path / "tom").chmod(0)
        with pytest.raises(mn.MestringError, match="Permission denied"):
            mn.load_encoder(tmp_path / "tom")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("encoder.json", "model.onnx", "tokenizer.json"):
        (tmp_path / name).symlink_to(ROOT / "models" / "encoder" / name)
    return tmp_path


def damaged(folder: Path, name: str, data: bytes) -> str:
    (folder / name).unlink(missing_ok=True)
    (folder / name).write_bytes(data)
    with pytest.raises(mn.MestringError) as caught:
        mn.load_encoder(folder).encode(["Hei."])
    assert caught.value.place == str(folder / name) and caught.value.hint
    return str(caught.value)


DESCRIBED = {"dimension": 384, "max_length": 512, "prefix": "query: ", "pad_id": 1}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "damaged"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "must be an object"),
        ("3", "must be an object"),
        ('"dimension"', "must be an object"),
        ("{}", "lacks 'dimension'"),
        (json.dumps(DESCRIBED | {"max_length": "x"}), "max_length is 'x', must be a whole number"),
        (json.dumps(DESCRIBED | {"max_length": -1}), "max_length is -1"),
        (json.dumps(DESCRIBED | {"max_length": True}), "max_length is true"),
        (json.dumps(DESCRIBED | {"pad_id": 10**30}), "pad_id is 1000"),
        (json.dumps(DESCRIBED | {"prefix": None}), "prefix is null"),
        (json.dumps(DESCRIBED | {"dimension": float("nan")}), "NaN is no number"),
        (json.dumps({k: v for k, v in DESCRIBED.items() if k != "prefix"}), "lacks 'prefix'"),
    ],
)
def test_descriptions_that_are_none(folder: Path, text: str, says: str) -> None:
    assert says in damaged(folder, "encoder.json", text.encode())


def test_a_description_of_another_graph(folder: Path) -> None:
    (folder / "encoder.json").unlink()
    (folder / "encoder.json").write_text(json.dumps(DESCRIBED | {"dimension": 3}), encoding="utf-8")
    with pytest.raises(mn.MestringError, match=r"model.onnx: .*\(1, 384\).*must give \(1, 3\)"):
        mn.load_encoder(folder).encode(["Hei."])


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"{}", b"[" * 100_000, b'{"model": {"type": "x"}}'])
@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_parts_that_are_damaged(folder: Path, name: str, data: bytes) -> None:
    assert "damaged" in damaged(folder, name, data)


def test_parts_that_are_cut_off(folder: Path) -> None:
    for name in ("model.onnx", "tokenizer.json"):
        data = (ROOT / "models" / "encoder" / name).read_bytes()
        assert "damaged" in damaged(folder, name, data[: len(data) // 2])
        (folder / name).write_bytes(data)


def test_parts_that_are_no_files(folder: Path) -> None:
    for name in ("encoder.json", "tokenizer.json", "model.onnx"):
        (folder / name).rename(folder / "beside")
        (folder / name).symlink_to("/dev/zero")
        with pytest.raises(mn.MestringError):
            _ = mn.load_encoder(folder).fingerprint
        (folder / name).unlink()
        (folder / "beside").rename(folder / name)


def bert(folder: Path) -> Path:
    """A sentence-transformers model as they come from the hub, with numbers by chance."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "ledelse", "og", "tall"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8}
    BertModel(BertConfig(vocab_size=len(words), **sizes)).save_pretrained(folder / "bert")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"))
    SentenceTransformer(modules=[transformer, Pooling(8)], device="cpu").save(str(folder / "modell"))
    return folder / "modell"


INSTRUCT = f"Instruct: {TASK}\nQuery:"


@pytest.mark.parametrize(
    ("name", "prompts", "default", "prompt"),
    [
        ("intfloat/multilingual-e5-small", {}, None, "query: "),
        ("intfloat/multilingual-e5-small", {"query": "", "document": ""}, None, "query: "),
        ("mine/mitt-e5", {"query": "spør: ", "document": "svar: "}, None, "spør: "),
        ("/home/kari/Multilingual-E5-base/", {}, None, "query: "),
        ("kari/re5ultater", {}, None, ""),
        ("intfloat/multilingual-e5-large-instruct", {}, None, f"{INSTRUCT} "),
        ("google/embeddinggemma-300m", {}, None, "task: classification | query: "),
        ("google/embeddinggemma-300m", {"Classification": "c: ", "query": "q: "}, None, "c: "),
        ("Qwen/Qwen3-Embedding-0.6B", {"query": "Instruct: search the web\nQuery:"}, None, INSTRUCT),
        ("BAAI/bge-m3", {}, None, ""),
        ("NbAiLab/nb-sbert-base", {"query": None, "document": ""}, None, ""),
        ("some/model", {"clustering": "k: "}, None, ""),
        ("some/model", {"clustering": "k: "}, "clustering", "k: "),
    ],
)
def test_prompts(name: str, prompts: dict[str, str | None], default: str | None, prompt: str) -> None:
    assert prompt_for(name, prompts, default) == prompt


@pytest.mark.filterwarnings("ignore")
def test_a_model_gets_its_prompt(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    texts = ["ledelse", "tall og tall"]
    plain = bert(tmp_path)
    e5 = Path(shutil.copytree(plain, tmp_path / "mitt-e5"))
    configured = Path(shutil.copytree(plain, tmp_path / "egen"))
    config = configured / "config_sentence_transformers.json"

    def configure(**prompts: str) -> mn.encoding.Encoder:  # type: ignore[name-defined]
        values = json.loads(config.read_text("utf-8")) | {
            "prompts": prompts,
            "default_prompt_name": "query",
        }
        config.write_text(json.dumps(values), "utf-8")
        return mn.load_encoder(configured)

    def vectors(prefix: str) -> object:
        model = SentenceTransformer(str(plain), device="cpu")
        return model.encode([prefix + text for text in texts], prompt="", normalize_embeddings=True)

    def same(encoder: mn.encoding.Encoder, prefix: str) -> bool:  # type: ignore[name-defined]
        return np.allclose(encoder.encode(texts), vectors(prefix), atol=1e-6)

    assert same(mn.load_encoder(plain), "") and not same(mn.load_encoder(plain), "query: ")
    assert same(mn.load_encoder(e5), "query: ")
    searches = configure(query="og ", document="tall ")
    assert same(searches, "og ")
    before = searches.fingerprint
    sorts = configure(query="og ", classification="ledelse og ")
    assert same(sorts, "ledelse og ") and sorts.fingerprint != before
    # Unknown words all have one vector: the vectors are the same, the prompt is not.
    assert configure(query="abc ").fingerprint != configure(query="bcd ").fingerprint


@pytest.mark.filterwarnings("ignore")
def test_a_model_stored_in_16_bits_runs_in_32(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(bert(tmp_path)), device="cpu").half().save(str(tmp_path / "halv"))
    encoder = mn.load_encoder(tmp_path / "halv")
    assert {parameter.dtype.itemsize for parameter in encoder._model.parameters()} == {4}
    assert encoder.encode(["ledelse"]).dtype == np.float32


class Fetched:
    """In place of a model that lies on the hub alone, and knows what it was asked."""

    prompts: dict[str, str] = {}  # noqa: RUF012
    default_prompt_name = None
    asked: dict[str, object]

    def __init__(self, name: str, local_files_only: bool = False, **_: object) -> None:
        if local_files_only:
            raise OSError("not here")

    def encode(self, texts: list[str], **asked: object) -> object:
        Fetched.asked = asked
        return np.ones((len(texts), 2), dtype=np.float32)


@pytest.mark.parametrize(
    ("files", "size"),
    [
        (
            {"model.safetensors": 1_120_000_000, "onnx/model.onnx": 9e9, "config.json": 690},
            "about 1.1 GB",
        ),
        ({"pytorch_model.bin": 2_270_000_000, "onnx/model.onnx_data": 2_266_000_000}, "about 2.3 GB"),
        (
            {"a-1.safetensors": 2e9, "2_Dense/a-2.safetensors": 1e9, "pytorch_model.bin": 3e9},
            "about 3.0 GB",
        ),
        ({"model.safetensors": None}, "of a size that the hub does not tell"),
    ],
)
def test_it_is_said_what_is_fetched(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    files: dict[str, int | None],
    size: str,
) -> None:
    import huggingface_hub
    import sentence_transformers

    siblings = [SimpleNamespace(rfilename=name, size=size) for name, size in files.items()]
    told = SimpleNamespace(siblings=siblings)
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda *_, **__: told)
    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", Fetched)
    mn.load_encoder("BAAI/bge-m3").encode(["a"])
    assert caplog.messages == [f"fetching the encoder BAAI/bge-m3 from the hub, {size}, once"]
    with pytest.raises(mn.MestringError, match="nobody asked to fetch it"):
        mn.load_encoder("BAAI/bge-m3", fetch=False).encode(["a"])
    assert len(caplog.messages) == 1


@pytest.mark.parametrize(
    ("terminal", "texts", "bar"), [(True, 100, True), (True, 9, False), (False, 100, False)]
)
def test_a_terminal_sees_progress(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, texts: int, bar: bool
) -> None:
    encoder = mn.load_encoder("some/model")
    monkeypatch.setitem(vars(encoder), "_model", Fetched("some/model"))
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(isatty=lambda: terminal))
    encoder.encode([f"{number}" for number in range(texts)])
    assert Fetched.asked["show_progress_bar"] is bar


FIRST = """
print(mn.load_encoder().encode(["ledelse og tall"]).shape)
print(mn.load_model().predict_proba(["ledelse og tall"]).shape)
"""
LAST = """
try:
    mn.load_model({hub!r})
except mn.MestringError as error:
    print(error)
print(mn.load_encoder({local!r}).encode(["ledelse og tall"]).shape)
"""


@pytest.mark.filterwarnings("ignore")
@needs_strace
def test_nothing_connects(tmp_path: Path) -> None:
    local = bert(tmp_path)
    shutil.copytree(ROOT / "models" / "classifier", tmp_path / "hub")
    file = tmp_path / "hub" / "manifest.json"
    encoder = {"name": "intfloat/multilingual-e5-small", "fingerprint": "0"}
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"encoder": encoder}), "utf-8")
    env = {
        key: value for key, value in os.environ.items() if not key.startswith(("HF_", "TRANSFORMERS"))
    }
    # What onnxruntime sends of itself is another matter than what loading fetches.
    env |= {"HF_HOME": str(tmp_path / "hf"), "PYTHONWARNINGS": "ignore"}
    last = LAST.format(hub=str(tmp_path / "hub"), local=str(local))
    for code in (FIRST + last, f"import huggingface_hub\n{last}"):
        command = [*STRACE, "-e", "trace=network", "-o", str(tmp_path / "trace"), sys.executable]
        code = f"import mestring_nlp as mn\n{code}"
        done = subprocess.run(
            [*command, "-c", code], capture_output=True, text=True, env=env, check=False
        )
        assert done.returncode == 0 and "nobody asked to fetch it" in done.stdout, done.stderr
        assert done.stdout.endswith("(1, 8)\n")
        trace = (tmp_path / "trace").read_text("utf-8", "replace")
        assert "exited with" in trace
        assert re.findall(r".*(?:AF_INET|htons\(53\)).*", trace) == []
