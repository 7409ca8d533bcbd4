"""What the classifier sees: embeddings and n-grams of passages and of the questions they answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from mestring_nlp.conformal import KINDS
from mestring_nlp.encoding import Encoder
from mestring_nlp.errors import MestringError
from mestring_nlp.ngrams import Ngrams, SparseRows
from mestring_nlp.transcript import Segment

Array = npt.NDArray[np.float64]


class View(NamedTuple):
    """One way to look at a segment, with a ridge regression of its own.

    Attributes
    ----------
    field : {"text", "question", "joint"}
        Which of the segment's texts; "joint" is question and passage read as one, and the passage alone
        where there is no question.
    kind : {"embedding", "characters", "words"}
        Centred embedding; or tf-idf of 2 to 5 characters within words, or of 1 to 2 words.
    penalty : str
        The classifier's parameter that penalises it.
    degree : int
        2 where products of two features are features too.
    """

    field: Literal["text", "question", "joint"]
    kind: Literal["embedding", "characters", "words"]
    penalty: str
    degree: int = 1

    def read(self, segment: Segment) -> str:
        """Return what the view sees of a segment."""
        return str(getattr(segment, self.field))


VIEWS: dict[str, View] = {
    "embedding": View("text", "embedding", "alpha_embedding", degree=2),
    "character_ngrams": View("text", "characters", "alpha_ngrams"),
    "word_ngrams": View("text", "words", "alpha_ngrams"),
    "joint_embedding": View("joint", "embedding", "alpha_embedding", degree=2),
    "joint_character_ngrams": View("joint", "characters", "alpha_ngrams"),
    "question_word_ngrams": View("question", "words", "alpha_ngrams"),
}
TEXT_VIEWS, JOINT_VIEWS, QUESTION_VIEWS = (
    tuple(name for name, view in VIEWS.items() if view.field == field)
    for field in ("text", "joint", "question")
)
NGRAM_VIEWS = tuple(name for name, view in VIEWS.items() if view.kind != "embedding")
VIEWS_BY_KIND = {
    KINDS[0]: TEXT_VIEWS,
    KINDS[1]: tuple(name for name in VIEWS if name != "character_ngrams"),
}
"""The views of a passage without a question, and with one: its characters are then read jointly."""

_MANY = 200


def check_views(views: Collection[str], known: Collection[str]) -> None:
    """Raise unless there are views, and all are known.

    Raises
    ------
    MestringError
    """
    unknown = [views] if isinstance(views, str) else [view for view in views if view not in known]
    if unknown or not views:
        raise MestringError(f"unknown views {unknown or ()}", hint=f"Known: {', '.join(known)}.")


@dataclass(frozen=True)
class Features:
    """Transforms segments into one matrix a view.

    Attributes
    ----------
    encoder : Encoder
    mean : ndarray of shape (dimension,)
        Mean of the training embeddings; subtracted from each.
    scale : float
        Centred embeddings are divided by it: their length is then 1 on average, so that one
        penalty suits any encoder.
    ngrams : dict of str to Ngrams
        One for each of `NGRAM_VIEWS`.
    """

    encoder: Encoder
    mean: Array
    scale: float
    ngrams: dict[str, Ngrams]

    @classmethod
    def fit(
        cls,
        encoder: Encoder,
        segments: Sequence[Segment],
        beside: Mapping[str, Sequence[str]],
        ngrams: int,
    ) -> Features:
        """Learn the mean embedding and the vocabularies.

        Parameters
        ----------
        encoder : Encoder
        segments : sequence of Segment
        beside : mapping of str to sequence of str
            Other texts to learn from, by the field whose views read them; see `View`.
        ngrams : int
            How many n-grams each view keeps, the most frequent ones.

        Raises
        ------
        MestringError
            There are no words.
        """
        said = [segment for segment in segments if segment.text]
        if not said:
            raise MestringError("all passages are empty, so there is nothing to learn")
        corpora: dict[str, list[str]] = {}
        for view in VIEWS.values():
            if view.field not in corpora:
                texts = [text for segment in said if (text := view.read(segment))]
                corpora[view.field] = [*texts, *beside.get(view.field, ())]
        vectors = encoder.encode([*corpora["text"], *corpora["joint"]])
        mean = vectors.mean(axis=0).astype(np.float64)
        scale = float(np.sqrt(((vectors - mean) ** 2).sum(axis=1).mean())) or 1.0
        learned = {}
        for name in NGRAM_VIEWS:
            view = VIEWS[name]
            rare = (view.field, view.kind) == ("text", "words") and len(said) >= _MANY
            corpus = corpora[view.field] or corpora["text"]
            try:
                learned[name] = Ngrams.fit(_ngrams_of(view), corpus, ngrams, min_df=2 if rare else 1)
            except ValueError as error:  # an empty vocabulary
                raise MestringError(
                    "the passages have no words to learn from",
                    hint="A word has two letters or more"
                    + (", and stands in two passages or more." if rare else "."),
                ) from error
        return cls(encoder, mean, scale, learned)

    def transform(self, segments: Sequence[Segment]) -> dict[str, Array | SparseRows]:
        """Return each view's matrix, a row a segment; an empty question has no n-grams."""
        return {name: self.view(name, [view.read(s) for s in segments]) for name, view in VIEWS.items()}

    def view(self, name: str, texts: Sequence[str]) -> Array | SparseRows:
        """Return one view's matrix, dense or sparse, a row a text."""
        if name in self.ngrams:
            return self.ngrams[name].transform(texts)
        return self.embedding(texts)

    def embedding(self, texts: Sequence[str]) -> Array:
        """Return centred embeddings, of shape (n, dimension)."""
        return np.asarray((self.encoder.encode(texts).astype(np.float64) - self.mean) / self.scale)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the fitted state as arrays, for saving."""
        arrays: dict[str, npt.NDArray[Any]] = {"mean": self.mean, "scale": np.array(self.scale)}
        for name, ngrams in self.ngrams.items():
            arrays[f"{name}/vocabulary"] = np.array(ngrams.vocabulary, dtype=np.str_)
            arrays[f"{name}/idf"] = ngrams.idf.astype(np.float32)
        return arrays

    @classmethod
    def from_arrays(cls, encoder: Encoder, arrays: Mapping[str, npt.NDArray[Any]]) -> Features:
        """Restore what `to_arrays` returned."""
        ngrams = {
            name: Ngrams(
                _ngrams_of(VIEWS[name]),
                arrays[f"{name}/vocabulary"].tolist(),
                arrays[f"{name}/idf"].astype(np.float64),
            )
            for name in NGRAM_VIEWS
        }
        return cls(encoder, arrays["mean"], float(arrays["scale"]), ngrams)


def unit_rows(vectors: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return rows of length 1, of the same type; a row of zeros stays so.

    Examples
    --------
    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1), dtype=vectors.dtype)


def _ngrams_of(view: View) -> Literal["characters", "words"]:
    return "words" if view.kind == "words" else "characters"
