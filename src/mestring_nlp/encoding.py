"""Texts to vectors: the bundled encoder, or any sentence-transformers model by name.

The bundled encoder runs on onnxruntime alone, so that a suggestion needs no torch.
"""

from __future__ import annotations

import hashlib
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from mestring_nlp.errors import MestringError
from mestring_nlp.onnx_encoder import (
    BUNDLED,
    DESCRIPTION,
    FloatArray,
    OnnxEncoder,
    bundled_encoder,
    reason_of,
)
from mestring_nlp.prompts import prompt_for

if TYPE_CHECKING:
    from huggingface_hub import ModelInfo
    from sentence_transformers import SentenceTransformer

_log = logging.getLogger("mestring_nlp")

_BATCH = 64

Progress = Callable[[Sequence[Any], str], Iterable[Any]]
"""A progress callback: is given the steps of long work and a word for them, and yields the steps."""


def no_progress(steps: Sequence[Any], what: str) -> Iterable[Any]:
    """Return the steps as they are, without a progress bar."""
    return steps


class Encoder(Protocol):
    """What every encoder offers."""

    @property
    def name(self) -> str:
        """The name that loads this encoder again."""

    @property
    def fingerprint(self) -> str:
        """A digest that changes when the vectors would."""

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Return each text's vector: float32 of shape (n, dimension), each of length 1."""


class CachedEncoder:
    """An encoder that keeps its vectors, so that each text is encoded once.

    Parameters
    ----------
    encoder : Encoder
    known : mapping of str to ndarray, optional
        Vectors that are there already.
    progress : callable, optional
        Called with the batches; see `Progress`.
    """

    def __init__(
        self,
        encoder: Encoder,
        known: Mapping[str, FloatArray] | None = None,
        progress: Progress = no_progress,
    ) -> None:
        self.encoder, self.progress = encoder, progress
        self.name, self.fingerprint = encoder.name, encoder.fingerprint
        self.known: dict[str, FloatArray] = dict(known or {})

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Encode texts that are not in the cache, and return all vectors."""
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        batches = [new[start : start + _BATCH] for start in range(0, len(new), _BATCH)]
        for batch in self.progress(batches, "Encoding") if batches else ():
            self.known.update(zip(batch, self.encoder.encode(batch), strict=True))
        if not texts:
            return self.encoder.encode([])
        return np.stack([self.known[text] for text in texts])


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by hub name or path.

    Parameters
    ----------
    name : str
        A folder, or the name of a model on the hub.
    fetch : bool, default True
        Whether a hub model that is not on this machine is fetched; nothing else reaches the hub.
    """

    def __init__(self, name: str, *, fetch: bool = True) -> None:
        self.name, self.fetch = name, fetch

    @cached_property
    def _model(self) -> SentenceTransformer:
        try:
            return self._load()
        except Exception as error:  # half a dozen libraries read a model's files
            raise MestringError(
                f"the encoder {self.name!r} cannot be loaded ({reason_of(error)})",
                hint="Give `bundled`, a folder with a sentence-transformers model, or the name of "
                "a hub model while connected.",
            ) from error

    def _load(self) -> SentenceTransformer:
        local = Path(self.name).exists()
        if not (local or self.fetch or _is_cached(self.name)):
            raise OSError("it is not on this machine, and nobody asked to fetch it")
        from huggingface_hub import HfApi
        from sentence_transformers import SentenceTransformer

        known = partial(
            SentenceTransformer,
            self.name,
            device="cpu",
            trust_remote_code=False,
            # Some are stored in 16 bits, in which most laptops' processors are slower, and round
            # otherwise than the next: the fingerprint would differ between machines.
            model_kwargs={"dtype": "float32"},
        )
        try:
            with _offline():
                return known(local_files_only=True)
        except OSError:
            if local or not self.fetch:
                raise
            # Loading asks again and again where there is no such model, or no network: one
            # question tells within seconds.
            try:
                info = HfApi().model_info(self.name, timeout=10, files_metadata=True)
            except Exception as error:  # the client's errors come from several libraries
                raise OSError(str(error)) from error
        _log.warning("fetching the encoder %s from the hub, %s, once", self.name, _size(info))
        return known()

    def __getstate__(self) -> dict[str, Any]:
        """Return what is needed to load again in another process."""
        return {"name": self.name, "fetch": self.fetch}

    @cached_property
    def prompt(self) -> str:
        """What the model gets before each text; see `mestring_nlp.prompts`."""
        model = self._model
        return prompt_for(self.name, model.prompts, model.default_prompt_name)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the name, the prompt, and the vectors of two probes, to three decimals."""
        probes = self.encode(["Hva legger du i å mestre jobben?", "17 medarbeidere"])
        given = f"{self.name}\0{self.prompt}\0".encode()
        return hashlib.sha256(given + np.round(probes, 3).tobytes()).hexdigest()

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Encode texts after the model's prompt, equal ones once.

        A terminal sees a progress bar where there are many; `CachedEncoder` gives few at a time, and
        has a bar of its own.
        """
        if not texts:
            return self.encode([""])[:0]
        unique = list(dict.fromkeys(texts))
        vectors = self._model.encode(
            unique,
            prompt=self.prompt,  # even when empty: otherwise the model takes its default
            normalize_embeddings=True,
            show_progress_bar=len(unique) > _BATCH and sys.stderr.isatty(),
            convert_to_numpy=True,
        )
        place = {text: index for index, text in enumerate(unique)}
        return np.asarray(vectors, dtype=np.float32)[[place[text] for text in texts]]


def _size(info: ModelInfo) -> str:
    """Tell how much is fetched of a hub model: its weights in one form, of those that it comes in."""
    sizes: dict[str, int] = {}
    for file in info.siblings or ():
        folder, _, name = file.rfilename.rpartition("/")
        if not folder.startswith(("onnx", "openvino")):
            kind = name.rpartition(".")[2]
            sizes[kind] = sizes.get(kind, 0) + (file.size or 0)
    weights = sizes.get("safetensors") or sizes.get("bin")
    return f"about {weights / 1e9:.1f} GB" if weights else "of a size that the hub does not tell"


def _is_cached(name: str) -> bool:
    """Whether something of a hub model lies in the hub's folder on this machine."""
    from huggingface_hub import constants

    names = (name, f"sentence-transformers/{name}")
    return any(
        (Path(constants.HF_HUB_CACHE) / f"models--{given.replace('/', '--')}").is_dir()
        for given in names
    )


@contextmanager
def _offline() -> Iterator[None]:
    """Keep huggingface_hub from connecting: to look for a model in the cache alone is no promise.

    Before each request it asks this switch, which it sets from HF_HUB_OFFLINE when it is imported.
    """
    from huggingface_hub import constants

    before, constants.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE, True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def load_encoder(
    name: str | Path | None = None, *, threads: int | None = None, fetch: bool = True
) -> Encoder:
    """Return an encoder by name; its weights load on first use.

    Parameters
    ----------
    name : str or pathlib.Path, optional
        ``"bundled"`` (the default), a folder, or the name of a model on the hub.
    threads : int, optional
        Texts that the bundled encoder takes at the same time; all cores when left out.
    fetch : bool, default True
        Whether a hub model that is not on this machine is fetched.

    Returns
    -------
    Encoder

    Raises
    ------
    MestringError
        No name, a file, or a folder that is closed to us.
    """
    given = BUNDLED if name is None else str(name)
    if given == BUNDLED:
        return bundled_encoder(threads)
    hint = "Give `bundled`, a folder with an encoder, or the name of a model on the hub."
    if not given.strip() or any(character < " " for character in given):
        raise MestringError(f"{given[:60]!r} is no name of an encoder", hint=hint)
    folder = Path(given)
    try:
        inside = {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        inside = set()
    except OSError as error:
        raise MestringError(
            f"the encoder cannot be read ({error.strerror})", place=given[:200], hint=hint
        ) from error
    if DESCRIPTION in inside:
        return OnnxEncoder(folder, threads=threads)
    return SentenceTransformerEncoder(given, fetch=fetch)
