"""Call a function in worker processes, each of which loads the model once."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from mestring_nlp.errors import MestringError
from mestring_nlp.model import Model, load_model
from mestring_nlp.storage import Manifest

T = TypeVar("T")

_loading = threading.Lock()
_loaded: dict[str, Model] = {}
"""The model of this worker process, by its key; never more than one."""


@dataclass(frozen=True)
class SharedModel:
    """A model that is sent to worker processes with each task, and loaded there once.

    Attributes
    ----------
    model : Model
    saved : callable or None
        Loads the model again from its folder: then only the folder's path is sent. Without it, the
        model is sent itself, 30 MB or more with each task.
    """

    model: Model
    saved: Callable[[], Model] | None = None

    @classmethod
    def of(cls, model: Model | str | Path | None) -> SharedModel:
        """Return a model, a folder's or the bundled one, ready to be shared.

        A model given as an object may differ from the folder that it came from, and is sent itself.
        """
        if isinstance(model, Model):
            return cls(model)
        found = load_model(model)
        folder = None if model is None else Path(model).absolute()
        return cls(found, partial(_load_unchanged, folder, found.manifest))

    @cached_property
    def _sent(self) -> tuple[str, Callable[[], Model]]:
        if self.saved is not None:
            return f"{self.model.manifest}", self.saved
        data = pickle.dumps(self.model)
        return sha256(data).hexdigest(), partial(pickle.loads, data)

    def __reduce__(self) -> tuple[type[_Received], tuple[str, Callable[[], Model]]]:
        return _Received, self._sent


@dataclass(frozen=True)
class _Received:
    """A `SharedModel` as a worker gets it."""

    key: str
    load: Callable[[], Model]

    @property
    def model(self) -> Model:
        with _loading:
            if self.key not in _loaded:
                _loaded.clear()
                _loaded[self.key] = self.load()
            return _loaded[self.key]


def _load_unchanged(folder: Path | None, manifest: Manifest) -> Model:
    """Load a model, and raise if it is not the one that the main process has."""
    model = load_model(folder)
    if model.manifest != manifest:
        raise MestringError(
            "the model is not the one that the run began with",
            place=str(folder or "the bundled model"),
            hint="Use one version of mestring-nlp on all machines, and train into a new folder.",
        )
    return model


def parallel_map(function: Callable[..., T], calls: Iterable[tuple[Any, ...]]) -> Iterator[T]:
    """Call a function for each tuple of arguments, one after another unless joblib is told otherwise.

    Inside ``joblib.parallel_config`` the calls are spread over its backend: processes of this
    machine, Dask, Ray.

    Returns
    -------
    iterator
        What the function returned, in the order of the calls; each as soon as it is there, if the
        backend can.
    """
    from joblib import Parallel, delayed

    # Interviews must not go into files of shared memory, which a killed run would leave.
    try:
        parallel = Parallel(return_as="generator", max_nbytes=None)
    except ValueError:  # of backends that return all results at the end, such as Ray's
        parallel = Parallel(max_nbytes=None)
    run = os.getpid()
    return _results(parallel, (delayed(_call)(run, function, arguments) for arguments in calls))


def _results(parallel: Callable[[Iterable[Any]], Iterable[T]], work: Iterable[Any]) -> Iterator[T]:
    with _interrupts_held():
        results = parallel(work)
    yield from results


def _call(run: int, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    if os.getppid() == run:
        _end_with(run)
    return function(*arguments)


@cache
def _end_with(run: int) -> None:
    """End this worker when its run's process is gone: joblib's would wait for it for ever."""

    def wait() -> None:
        while os.getppid() == run:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Block SIGINT while workers start: they inherit that, and leave Ctrl-C to this process."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
