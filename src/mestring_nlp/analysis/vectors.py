"""The meaning of passages as vectors, centred and of length one, each text encoded once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from mestring_nlp.analysis.material import Floats, Material
from mestring_nlp.encoding import CachedEncoder, Encoder, Progress, load_encoder, no_progress
from mestring_nlp.transcript import Segment


class Vectors:
    """Encodes passages when they are first asked for.

    Parameters
    ----------
    material : Material
        The mean of all its passages is taken off, which makes similarities comparable.
    encoder : Encoder, optional
        The bundled one if left out.
    progress : callable, optional
    """

    def __init__(
        self, material: Material, encoder: Encoder | None = None, progress: Progress = no_progress
    ) -> None:
        self._texts = [s.text for talk in material.coders for s in talk.segments]
        self._encoder, self._progress = encoder, progress

    @cached_property
    def _cached(self) -> CachedEncoder:
        cached = CachedEncoder(self._encoder or load_encoder(), progress=self._progress)
        cached.encode(list(dict.fromkeys(self._texts)))
        return cached

    @cached_property
    def _mean(self) -> Floats:
        return np.asarray(self._cached.encode(self._texts).mean(axis=0), dtype=np.float64)

    def of(self, segments: Sequence[Segment]) -> Floats:
        """Return the vectors of passages, of shape (n, dimension), each of length one."""
        centred = self._cached.encode([s.text for s in segments]) - self._mean
        return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12))
