"""From passages and questions to calibrated probabilities of codes.

Each view of a passage has a ridge regression on features that a person can name; one logistic
regression combines their scores with the probabilities of the passages next to it. Scores are added
up, so that a suggestion can be taken apart again into what each contributed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import f1_score
from sklearn.utils.validation import check_is_fitted

from mestring_nlp import inputs, ridge
from mestring_nlp.conformal import KINDS, Conformal
from mestring_nlp.encoding import CachedEncoder, Encoder, load_encoder
from mestring_nlp.features import TEXT_VIEWS, VIEWS, Features, check_views
from mestring_nlp.folds import OutOfSampleScores, calibration_folds
from mestring_nlp.layout import check_classifier
from mestring_nlp.prediction import Decomposition, Prediction
from mestring_nlp.stacking import Stacks, best_threshold
from mestring_nlp.transcript import LoneQuestion

Array = npt.NDArray[np.float64]


class SegmentClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Multi-label classifier of passages, with the question as context.

    Parameters
    ----------
    codes : sequence of str, optional
        The codes, in order; when left out, all that occur in `y`, sorted.
    encoder : str or Encoder, default "bundled"
        See `mestring_nlp.load_encoder`.
    alpha_embedding, alpha_question, alpha_ngrams : float
        Ridge penalties: of the passage's embedding and the products of its numbers, of the
        question's embedding, and of the n-gram views.
    ngrams : int, default 40000
        How many n-grams each such view keeps, the most frequent ones.
    views : sequence of str, default all
        Which of `mestring_nlp.features.VIEWS` to learn from.
    folds : int, default 12
        Folds, by group, from which calibration and threshold are learned.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_codes,)
        The codes, in the order of columns.
    threshold_ : float
        Probability from which a code is suggested; the best micro F1 out of sample.
    stacks_ : Stacks
        How the views are combined; see `mestring_nlp.stacking`.
    views_ : dict of str to Linear or Quadratic
        What each view has learned; see `mestring_nlp.ridge`.
    conformal_ : Conformal
        From which prediction sets are made; out of sample, all interviews at once where the passages
        outside interviews suffice.
    vectors_ : ndarray of shape (n, dimension), float16
        Centred embeddings of the training passages; after `fit` only.
    """

    def __init__(
        self,
        codes: Sequence[str] | None = None,
        *,
        encoder: str | Encoder = "bundled",
        alpha_embedding: float = 0.3,
        alpha_question: float = 3.0,
        alpha_ngrams: float = 1.0,
        ngrams: int = 40_000,
        views: Sequence[str] = tuple(VIEWS),
        folds: int = 12,
    ) -> None:
        self.codes = codes
        self.encoder = encoder
        self.alpha_embedding = alpha_embedding
        self.alpha_question = alpha_question
        self.alpha_ngrams = alpha_ngrams
        self.ngrams = ngrams
        self.views = views
        self.folds = folds

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.classifier_tags.multi_label = True
        return tags

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        questions: Sequence[str | None] | None = None,
        groups: Sequence[str] | None = None,
        sequences: Sequence[str] | None = None,
        lone_questions: Sequence[LoneQuestion] = (),
    ) -> SegmentClassifier:
        """Learn from coded passages.

        Parameters
        ----------
        X : sequence of Segment or of str, or DataFrame
            The passages; a DataFrame has the columns ``text`` and, optionally, ``question`` and
            ``sequence``.
        y : sequence of collections of str, or array of shape (n, n_codes), optional
            Each passage's codes, an empty collection (or ``""``) for none; or a 0/1 indicator
            matrix, with `codes` given; or a DataFrame of them, its columns taken by name. When left
            out, the codes that the segments carry.
        questions : sequence of str, optional
            The question that each passage answers; empty or None where there is none. Segments
            have their own.
        groups : sequence of str, optional
            What is left out together when calibration is learned; when left out, the segments'
            transcripts or sequences, or, of texts alone, consecutive blocks.
        sequences : sequence of str, optional
            The interview that each passage is part of, those of one in the order of the talk; empty
            for a passage that stands alone. Segments have theirs, and their order. Where there are three
            interviews, the weight of neighbours, and calibration, are learned from their passages:
            single ones are easier than talk as it runs. Without them, from all passages.
        lone_questions : sequence of LoneQuestion, optional
            Questions alone, with the codes that they invite: the views of questions learn from them.

        Returns
        -------
        SegmentClassifier
            Itself, fitted.

        Raises
        ------
        MestringError
            Lengths differ, a code is unknown, or there are fewer than four passages or no code.
        """
        rows = inputs.segments(X, questions, sequences)
        n, lone = len(rows), list(lone_questions)
        codes, targets, lone_targets = inputs.targets(y, rows, lone, self.codes)
        check_views(self.views, VIEWS)
        by_group = [row.transcript for row in rows]
        if groups is not None:
            by_group = inputs.column(groups, "groups", n)
        encoder = self._load()
        has_question = np.array([bool(row.question) for row in rows])
        asked = [*(row.question for row in rows if row.question), *(q.text for q in lone)]
        learned = Features.fit(
            CachedEncoder(encoder), [row.text for row in rows if row.text], asked, self.ngrams
        )
        calibrating, names, partitions = calibration_folds(rows, by_group, self.folds)
        out_of_sample: list[dict[str, Array]] = [{} for _ in partitions]
        self.views_ = {}
        for name in self.views:
            view = VIEWS[name]
            taught = has_question if view.field == "question" and asked else np.ones(n, dtype=bool)
            extra = [q.text for q in lone] if view.field == "question" else []
            place = np.cumsum(taught) - 1
            texts = [getattr(row, view.field) for row, used in zip(rows, taught, strict=True) if used]
            features = learned.view(name, [*texts, *extra])
            if name == "embedding":
                self.vectors_ = features.astype(np.float16)
            self.views_[name], found = ridge.fit(
                features,
                np.vstack([targets[taught], lone_targets[: len(extra)]]),
                getattr(self, view.penalty),
                quadratic=view.degree == 2,
                partitions=[
                    [own for block in blocks if len(own := place[block[taught[block]]])]
                    for blocks in partitions
                ],
            )
            for tables, scores in zip(out_of_sample, found, strict=True):
                table = np.tile(targets.mean(axis=0), (n, 1))
                table[taught] = scores[: taught.sum()]
                tables[name] = table[calibrating]
        self.classes_ = np.array(codes)
        self.features_ = replace(learned, encoder=encoder)
        self._out_of_sample = OutOfSampleScores(
            out_of_sample[0],
            out_of_sample[-1],
            targets[calibrating],
            has_question[calibrating],
            names,
            [rows[i].start for i in calibrating],
        )
        return self._calibrate()

    def with_views(self, views: Sequence[str]) -> SegmentClassifier:
        """Return the classifier that would have been learned from fewer views.

        Parameters
        ----------
        views : sequence of str
            Some of `views`.

        Returns
        -------
        SegmentClassifier
            A new one; this one must come from `fit`, not from saved arrays.
        """
        check_views(views, self.views_)
        other = copy(self)
        other.views = tuple(views)
        other.views_ = {view: self.views_[view] for view in views}
        return other._calibrate()

    def _calibrate(self) -> SegmentClassifier:
        scores, apart, targets, has_question, sequences, starts = self._out_of_sample
        views = self._views_by_kind()
        self.stacks_, found = Stacks.fit(scores, targets, has_question, sequences, views, starts)
        self.threshold_ = best_threshold(found, targets)
        nobody = np.zeros_like(has_question)
        reached = {}
        for kind, asked in zip(KINDS, (nobody, has_question), strict=True):
            rows = asked if asked.any() else ~nobody
            logits = self.stacks_.combine(apart, asked, sequences or [""] * len(targets), starts)[0]
            reached[kind] = np.sort(expit(logits)[rows][targets[rows] > 0])
        self.conformal_ = Conformal(reached)
        return self

    def _load(self) -> Encoder:
        return load_encoder(self.encoder) if isinstance(self.encoder, str) else self.encoder

    def _views_by_kind(self) -> dict[str, list[str]]:
        """Return the views of a passage without a question, and with one; where none would be, all."""
        return {
            kind: [view for view in views if view in self.views] or list(self.views)
            for kind, views in zip(KINDS, (TEXT_VIEWS, VIEWS), strict=True)
        }

    def predict(
        self,
        X: Any,
        *,
        questions: Sequence[str | None] | None = None,
        sequences: Sequence[str] | None = None,
    ) -> npt.NDArray[np.int64]:
        """Return the 0/1 indicator matrix of suggested codes, of shape (n, n_codes).

        The parameters are those of `classify`.
        """
        return self.classify(X, questions=questions, sequences=sequences).codes.astype(np.int64)

    def predict_proba(
        self,
        X: Any,
        *,
        questions: Sequence[str | None] | None = None,
        sequences: Sequence[str] | None = None,
    ) -> Array:
        """Return the calibrated probability of every code, of shape (n, n_codes).

        Rows need not sum to 1: a passage may carry several codes or none. The parameters are those of
        `classify`.
        """
        return self.classify(X, questions=questions, sequences=sequences).probabilities[:, :-1]

    def score(
        self,
        X: Any,
        y: Any = None,
        *,
        questions: Sequence[str | None] | None = None,
        sequences: Sequence[str] | None = None,
    ) -> float:
        """Return the micro F1 of the suggested codes.

        Parameters
        ----------
        X, y
            As for `fit`.
        questions, sequences : sequence of str, optional
            See `classify`.

        Returns
        -------
        float
            In [0, 1].
        """
        rows = inputs.segments(X, questions, sequences)
        gold = inputs.indicator(*inputs.code_sets(y, rows, self.classes_.tolist())[::-1])[:, :-1]
        return float(f1_score(gold, self.predict(rows), average="micro", zero_division=0))

    def classify(
        self,
        X: Any,
        *,
        questions: Sequence[str | None] | None = None,
        sequences: Sequence[str] | None = None,
        level: float = 0.9,
    ) -> Prediction:
        """Return probabilities and decisions: codes, no code, abstention, prediction sets.

        Parameters
        ----------
        X : sequence of Segment or of str, or DataFrame
            As for `fit`.
        questions : sequence of str, optional
            The question that each passage answers; empty or None where there is none. Segments
            have their own.
        sequences : sequence of str, optional
            The interview that each is part of, those of one in the order of the talk; empty for a
            passage that stands alone. Segments have theirs, and their order; texts stand alone.
        level : float, default 0.9
            Share of human codes that the prediction sets shall hold.

        Returns
        -------
        Prediction
        """
        return self.decompose(X, questions=questions, sequences=sequences, level=level).prediction

    def decompose(
        self,
        X: Any,
        *,
        questions: Sequence[str | None] | None = None,
        sequences: Sequence[str] | None = None,
        level: float = 0.9,
    ) -> Decomposition:
        """Return what `classify` returns, and what each view contributed to it."""
        check_is_fitted(self, "views_")
        rows = inputs.segments(X, questions, sequences)
        n, codes = len(rows), tuple(self.classes_.tolist())
        has_question = np.array([bool(row.question) for row in rows], dtype=bool)
        in_set = self.conformal_.threshold(level, has_question)
        features = self.features_.transform(rows) if rows else {}
        scores = {
            view: self.views_[view].scores(features[view]) if rows else np.zeros((0, len(codes) + 1))
            for view in self.views
        }
        logits, scores, weights = self.stacks_.combine(
            scores, has_question, [row.sequence for row in rows], [row.start for row in rows]
        )
        contributions = {
            name: weights[name][:, None]
            * (score - (self.views_[name].intercept if name in self.views_ else 0.0))
            for name, score in scores.items()
        }
        prediction = Prediction(codes, expit(logits), np.full(n, self.threshold_), in_set)
        return Decomposition(prediction, contributions, weights, features)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the fitted state as arrays of numbers and strings, for saving."""
        check_is_fitted(self, "views_")
        arrays: dict[str, npt.NDArray[Any]] = {
            **self.features_.to_arrays(),
            "threshold": np.array(self.threshold_),
            **self.conformal_.to_arrays(),
            **self.stacks_.to_arrays(),
        }
        for view, learned in self.views_.items():
            arrays |= {f"{view}/{name}": array for name, array in learned.to_arrays().items()}
        return arrays

    def from_arrays(
        self, codes: Sequence[str], arrays: Mapping[str, npt.NDArray[Any]], *, place: str = ""
    ) -> SegmentClassifier:
        """Restore a state that `to_arrays` returned.

        Parameters
        ----------
        codes : sequence of str
        arrays : mapping of str to ndarray
        place : str, optional
            The file that they come from, for errors.

        Raises
        ------
        MestringError
            An array is missing or is not as `mestring_nlp.layout` says.
        """
        encoder, by_kind = self._load(), self._views_by_kind()
        check_classifier(
            arrays,
            codes=len(codes),
            dimension=encoder.encode([]).shape[1],
            ngrams=self.ngrams,
            views=by_kind,
            place=place,
        )
        self.classes_ = np.array(codes)
        self.features_ = Features.from_arrays(encoder, arrays, self.ngrams)
        self.threshold_ = float(arrays["threshold"])
        self.conformal_ = Conformal.from_arrays(arrays)
        self.views_ = {
            view: ridge.from_arrays(arrays, f"{view}/", quadratic=VIEWS[view].degree == 2)
            for view in self.views
        }
        self.stacks_ = Stacks.from_arrays(arrays, by_kind)
        return self
