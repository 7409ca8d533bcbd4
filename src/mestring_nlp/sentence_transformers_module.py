"""The bundled encoder as a module of sentence-transformers.

``models/encoder/modules.json`` names it, so that the folder loads there as any other model does.
Since version 6, sentence-transformers asks for consent to classes from outside its own package::

    SentenceTransformer("models/encoder", trust_remote_code=True)
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers.base.modules import InputModule

from mestring_nlp.onnx_encoder import OnnxEncoder


class OnnxTransformer(InputModule):
    """Texts to sentence embeddings of length 1, through `OnnxEncoder`.

    Parameters
    ----------
    encoder : OnnxEncoder
    """

    def __init__(self, encoder: OnnxEncoder) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.encoder = encoder

    @property
    def max_seq_length(self) -> int:
        """Tokens that a text may have; the rest is cut."""
        return int(self.encoder.description["max_length"])

    def get_embedding_dimension(self) -> int:
        """Return the length of a vector."""
        return int(self.encoder.description["dimension"])

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """Return the token ids of texts, padded, and their mask."""
        ids, mask = self.encoder.tokenize([(prompt or "") + str(text) for text in inputs])
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add ``sentence_embedding`` to the features."""
        vectors = self.encoder.run(features["input_ids"].numpy(), features["attention_mask"].numpy())
        return {**features, "sentence_embedding": torch.from_numpy(vectors)}

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Copy the encoder's files."""
        for file in ("model.onnx", "tokenizer.json", "encoder.json"):
            shutil.copyfile(self.encoder.folder / file, Path(output_path) / file)

    @classmethod
    def load(  # type: ignore[override]
        cls, model_name_or_path: str, subfolder: str = "", **_: Any
    ) -> OnnxTransformer:
        """Load from a folder."""
        return cls(OnnxEncoder(Path(model_name_or_path) / subfolder))
