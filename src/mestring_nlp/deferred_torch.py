"""Keep torch out of spaCy's import until somebody wants it.

thinc, on which spaCy stands, imports torch wherever it is installed: a second or more, and 180 MB, for
what the rules that cut Norwegian into sentences never touch. So thinc alone is told that torch is not
there. Everybody else gets it as ever; and as soon as somebody does, or names a spaCy pipeline of their
own, thinc gets it too, as if spaCy had been imported after torch. One call wants torch imported before
it: on a Mac, ``spacy.prefer_gpu()`` asks thinc for torch's GPU.

cupy is left alone: nobody imports it later by name, so that ``spacy.prefer_gpu()`` would find no GPU
without saying why. tensorflow and mxnet thinc imports only when it is told to.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import FrameType, ModuleType
from typing import Any

TORCH, ASKS = "torch", "thinc.compat"
"""thinc asks for torch in this one module, and keeps the answer there."""

_lock = threading.Lock()


def defer_torch() -> None:
    """Switch torch off for thinc from now on; to be called before spaCy is imported.

    Does nothing where torch or thinc is loaded already, and where it was called before.
    """
    with _lock:
        if not _deferred() and TORCH not in sys.modules and ASKS not in sys.modules:
            sys.meta_path.insert(0, _Deferral())


def restore_torch() -> None:
    """Load for thinc the torch that `defer_torch` kept from it, if it is installed."""
    with _lock:
        deferred = _deferred()
        for deferral in deferred:
            sys.meta_path.remove(deferral)
    # Without the lock: another thread that is importing torch comes here before it is done.
    if deferred and ASKS in sys.modules:
        _ask_again()


def _deferred() -> list[_Deferral]:
    return [finder for finder in sys.meta_path if isinstance(finder, _Deferral)]


class _Deferral(MetaPathFinder):
    """Stands before Python's own finders of modules until torch has been imported."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find no torch for thinc; for others find it, and let thinc know once it is loaded."""
        if fullname != TORCH:
            return None
        if _importer() == ASKS:
            raise ModuleNotFoundError("torch is kept out of spaCy's import", name=TORCH)
        others = (finder for finder in sys.meta_path if finder is not self)
        found = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            _call_after(spec.loader, restore_torch)
        return spec


def _importer() -> str:
    """The name of the module whose import statement is being carried out."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name != __name__ and not name.startswith("importlib"):
            return name
        frame = frame.f_back
    return ""


def _call_after(loader: Any, then: Callable[[], None]) -> None:
    """Make a loader call a function once, after it has run its module's code."""
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        del loader.exec_module  # of the instance; its class has its own
        execute(module)
        then()

    loader.exec_module = exec_module


def _ask_again() -> None:
    """Run thinc's question anew, and hand the answer to all of thinc's modules that hold the old one."""
    spec = find_spec(ASKS)
    if spec is None or spec.loader is None:
        return
    again = module_from_spec(spec)
    spec.loader.exec_module(again)
    answers = {
        name: value
        for name, value in vars(again).items()
        if name == "has_gpu" or name.startswith((TORCH, f"has_{TORCH}"))
    }
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "thinc":
            held = vars(module)
            held.update({key: value for key, value in answers.items() if key in held})
