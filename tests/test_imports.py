from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    *("torch", "spacy", "sklearn", "onnxruntime", "transformers", "sentence_transformers", "numpy"),
    *("sqlite3", "starlette", "uvicorn"),
)


@pytest.mark.parametrize(
    "code",
    [
        "import mestring_nlp",
        "import mestring_nlp; mestring_nlp.load_codebook()",
        "import sys; sys.argv = ['mestring', '--help']\n"
        "try:\n import mestring_nlp.__main__; mestring_nlp.__main__.main()\nexcept SystemExit: pass",
    ],
)
def test_stays_light(code: str) -> None:
    look = f"{code}\nimport sys; print('LOADED', [m for m in {HEAVY} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert result.stdout.rstrip().endswith("LOADED []")


def test_suggesting_needs_no_torch() -> None:
    code = (
        "import mestring_nlp as mn, sys\n"
        "mn.load_model().predict_proba(['Vi har målekort.'])\n"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_every_public_name_loads() -> None:
    import mestring_nlp as mn

    for name in mn.__all__:
        assert getattr(mn, name) is not None
    with pytest.raises(AttributeError, match="no_such"):
        _ = mn.no_such
