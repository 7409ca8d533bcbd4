from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import EXAMPLE

HEAVY = (
    *("torch", "spacy", "sklearn", "onnxruntime", "transformers", "sentence_transformers", "numpy"),
    *("sqlite3", "starlette", "uvicorn", "httpx"),
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


FRAMEWORKS = (
    *("torch", "tensorflow", "mxnet", "cupy", "transformers", "sentence_transformers"),
    *("sklearn", "scipy", "pandas"),
)

SUGGEST = f"""
import sys
from mestring_nlp.__main__ import main
sys.argv = ["mestring", "suggest", {str(EXAMPLE)!r}, "--out", "-"]
try:
    main()
except SystemExit as end:
    assert not end.code
print("LOADED", [name for name in {FRAMEWORKS} if name in sys.modules])
"""

CUT = """
import mestring_nlp as mn
transcript = mn.read_transcript(text="P: Hva da?\\nI: Vi har kurs. Vi har fadder.")
assert len(mn.segment(transcript, "sentence")) == 2
"""

WRAPS = """
import thinc.compat, thinc.util, torch
from thinc.api import PyTorchWrapper
assert thinc.compat.torch is thinc.util.torch is torch and thinc.util.has_torch
wrapped = PyTorchWrapper(torch.nn.Linear(2, 3))
assert wrapped.predict(thinc.api.get_current_ops().alloc2f(1, 2)).shape == (1, 3)
"""

PIPELINE = """
import sys
from spacy.language import Language
@Language.factory("linear")
def linear(nlp, name):
    from thinc.api import PyTorchWrapper
    from torch import nn
    PyTorchWrapper(nn.Linear(2, 3))
    return lambda doc: doc
import spacy
nlp = spacy.blank("nb")
nlp.add_pipe("sentencizer")
nlp.add_pipe("linear")
nlp.to_disk(sys.argv[1])
assert len(mn.segment(transcript, "sentence", pipeline=sys.argv[1])) == 2
"""


def in_its_own_process(code: str, *arguments: object) -> str:
    command = [sys.executable, "-W", "ignore", "-c", code, *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_suggesting_loads_nothing_that_only_learning_needs() -> None:
    assert in_its_own_process(SUGGEST).endswith("LOADED []\n")


def test_spacy_gets_its_torch_when_somebody_imports_it() -> None:
    asks = "import importlib.util, sys; assert importlib.util.find_spec('torch') and 'torch' not in sys.modules"
    in_its_own_process(f"{CUT}\n{asks}\n{WRAPS}")


def test_sentence_transformers_loads_after_suggesting() -> None:
    torch = (
        "import torch; assert float(torch.ones(2).sum()) == 2 and torch.__spec__.loader.name == 'torch'"
    )
    in_its_own_process(f"{CUT}\nimport sentence_transformers\n{torch}\n{WRAPS}")


@pytest.mark.parametrize("first", ["import torch", "import spacy"])
def test_what_was_imported_first_stays_so(first: str) -> None:
    same = "import sys; assert not any('mestring' in repr(finder) for finder in sys.meta_path)"
    in_its_own_process(f"{first}\n{CUT}\n{same}\n{WRAPS}")


@pytest.mark.parametrize("before", [CUT, CUT.splitlines()[1] + "\n" + CUT.splitlines()[2]])
def test_a_pipeline_that_stands_on_torch(before: str, tmp_path: Path) -> None:
    in_its_own_process(f"{before}\n{PIPELINE}\n{WRAPS}", tmp_path / "pipeline")


def test_without_torch_spacy_does_without() -> None:
    hidden = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            raise ModuleNotFoundError("no torch", name=name)
sys.meta_path.insert(0, Hide())
"""
    tried = """
try:
    import torch
except ModuleNotFoundError:
    print("none")
from mestring_nlp.deferred_torch import restore_torch
restore_torch()
import thinc.util
assert not thinc.util.has_torch
"""
    assert in_its_own_process(f"{hidden}\n{CUT}\n{tried}") == "none\n"


def test_threads_that_want_torch_at_once() -> None:
    threads = """
import threading
from mestring_nlp.deferred_torch import restore_torch
def both():
    restore_torch()
    import torch
    torch.ones(1)
running = [threading.Thread(target=both, daemon=True) for _ in range(4)]
for thread in running: thread.start()
import torch
for thread in running:
    thread.join(60)
    assert not thread.is_alive()
"""
    in_its_own_process(f"{CUT}\n{threads}\n{WRAPS}")


def test_every_public_name_loads() -> None:
    import mestring_nlp as mn

    for name in mn.__all__:
        assert getattr(mn, name) is not None
    with pytest.raises(AttributeError, match="no_such"):
        _ = mn.no_such
