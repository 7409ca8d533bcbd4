"""Coded passages that are like another: examples for an assistant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.features import unit_rows
from mestring_nlp.transcript import Segment

NEAREST, MOST_OF_A_CODE = 6, 3
"""How many are taken, and of one code at most."""


@dataclass(frozen=True)
class CodedPassages:
    """Passages that people coded, with their embeddings.

    Attributes
    ----------
    segments : sequence of Segment
    vectors : ndarray of shape (n, dimension)
        Centred embeddings of length 1.
    own : int
        The first so many are the researcher's own: they come before others, which a model shipped with.
    """

    segments: Sequence[Segment] = ()
    vectors: npt.NDArray[np.float32] | None = None
    own: int = 0

    @classmethod
    def of(cls, segments: Sequence[Segment] | None, vectors: Any, own: int = 0) -> CodedPassages:
        """Return the passages, of which there are none where their embeddings are unknown."""
        if not segments or vectors is None or len(vectors) != len(segments):
            return cls()
        return cls(segments, unit_rows(np.asarray(vectors, dtype=np.float32)), own)

    def nearest(self, vector: npt.NDArray[Any], segment: Segment) -> list[Segment]:
        """Return the nearest passages, the researcher's own first, each code a few times at most.

        None is of the segment's own interview, nor has its very words: an answer that stands in the
        question says nothing of what the assistant is worth.

        Parameters
        ----------
        vector : ndarray of shape (dimension,)
        segment : Segment
        """
        if self.vectors is None:
            return []
        likeness = self.vectors @ unit_rows(np.asarray(vector[None], dtype=np.float32))[0]
        order = np.argsort(-likeness, kind="stable")
        ranked = [*(k for k in order if k < self.own), *(k for k in order if k >= self.own)]
        taken: list[Segment] = []
        count: Counter[str] = Counter()
        for k in ranked:
            found = self.segments[k]
            main = (found.codes or ("",))[0]
            foreign = found.transcript != segment.transcript or not segment.transcript
            if foreign and found.text != segment.text and count[main] < MOST_OF_A_CODE:
                taken.append(found)
                count[main] += 1
            if len(taken) == NEAREST:
                break
        return taken
