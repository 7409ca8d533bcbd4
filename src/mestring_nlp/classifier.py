"""From passages and questions to calibrated probabilities of codes.

Each view of a passage has a ridge regression on features that a person can name; one multinomial
logistic regression combines their scores with the probabilities of the passages next to it. Scores are
added up, so that a suggestion can be taken apart again into what each contributed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from mestring_nlp import inputs
from mestring_nlp.calibration import Calibration, LeftOut
from mestring_nlp.encoding import CachedEncoder, Encoder, Progress, load_encoder, no_progress
from mestring_nlp.errors import MestringError
from mestring_nlp.features import VIEWS, Features, check_views
from mestring_nlp.folds import FEWEST_SEQUENCES, fold, hands_of
from mestring_nlp.learning import Examples, Learner, left_out_of
from mestring_nlp.prediction import Prediction
from mestring_nlp.predictor import Predictor, decided, views_by_kind
from mestring_nlp.transcript import LoneQuestion

Array = npt.NDArray[np.float64]


class CrossPrediction(NamedTuple):
    """Passages left out, and what a model of all others predicts of them.

    Attributes
    ----------
    rows : ndarray of int
    prediction, without_questions : Prediction
        With the questions that they answer, and from the passages alone.
    """

    rows: npt.NDArray[np.int64]
    prediction: Prediction
    without_questions: Prediction


class SegmentClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Multi-label classifier of passages, with the question as context.

    Parameters
    ----------
    codes : sequence of str, optional
        The codes, in order; when left out, all that occur in `y`, sorted.
    encoder : str or Encoder, default "bundled"
        See `mestring_nlp.load_encoder`.
    alpha_embedding, alpha_ngrams : float
        Ridge penalties: of the views of embeddings and of the products of their numbers, and of the
        n-gram views.
    ngrams : int, default 40000
        How many n-grams each such view keeps, the most frequent ones.
    views : sequence of str, default all
        Which of `mestring_nlp.features.VIEWS` to learn from.
    folds : int, default 12
        Stretches of passages that are left out in turn to learn calibration and threshold, where all
        passages are of one group.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_codes,)
        The codes, in the order of columns.
    predictor_ : Predictor
        What was learned: features, views, calibration. It predicts without scikit-learn.
    strength_ : float
        How strongly a base was held on to, in multiples of the penalties; 0 without one.
    vectors_ : ndarray of shape (n, dimension), float16
        Centred embeddings of the training passages.
    """

    def __init__(
        self,
        codes: Sequence[str] | None = None,
        *,
        encoder: str | Encoder = "bundled",
        alpha_embedding: float = 0.3,
        alpha_ngrams: float = 1.0,
        ngrams: int = 40_000,
        views: Sequence[str] = tuple(VIEWS),
        folds: int = 12,
    ) -> None:
        self.codes = codes
        self.encoder = encoder
        self.alpha_embedding = alpha_embedding
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
        definitions: Mapping[str, Sequence[str]] | None = None,
        base: Predictor | None = None,
        progress: Progress = no_progress,
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
            interviews, the weight of neighbours is learned.
        lone_questions : sequence of LoneQuestion, optional
            Questions alone, with the codes that they invite: the views that read questions learn from
            them.
        definitions : mapping of str to sequence of str, optional
            What a codebook says of each code: first examples, worth most where few passages are coded.
        base : Predictor, optional
            One that knows the same codes: what is learned here is what the passages say beyond it.
            How strongly it is held on to is chosen by leaving out passages.
        progress : callable, optional
            Called with the views; see `mestring_nlp.encoding.Progress`.

        Returns
        -------
        SegmentClassifier
            Itself, fitted.

        Raises
        ------
        MestringError
            Lengths differ, a code is unknown, there are fewer than four passages or no code, or the base
            knows other codes.
        """
        given = self._examples(X, y, questions, groups, sequences, lone_questions, definitions)
        encoder = self._load()
        every = fold(given.segments, given.hands)
        learner = replace(self._learner(given, encoder, base), progress=progress)
        self.classes_ = np.array(given.codes)
        self._prior: Calibration | None = base.calibration if base else None
        # On the few passages that correct a base, several threads only wait for each other.
        with threadpool_limits(1 if base else None, user_api="blas"):
            self.strength_ = learner.strength(given, every, self._prior.stacks) if self._prior else 0.0
            views, tables = learner.learn(given, [every], self.strength_ or 1.0)
        texts = [segment.text for segment in given.segments]
        self.vectors_ = learner.features.embedding(texts).astype(np.float16)
        self._left_out = left_out_of(given, every, tables)
        features = replace(learner.features, encoder=encoder)
        calibration = self._calibrated(self._left_out, self.views)
        self.predictor_ = Predictor(given.codes, features, views, calibration)
        return self

    def cross_predict(
        self,
        X: Any,
        y: Any = None,
        *,
        questions: Sequence[str | None] | None = None,
        groups: Sequence[str] | None = None,
        sequences: Sequence[str] | None = None,
        lone_questions: Sequence[LoneQuestion] = (),
        definitions: Mapping[str, Sequence[str]] | None = None,
        left_out: Sequence[Collection[str]] = (),
        level: float = 0.9,
        progress: Progress = no_progress,
    ) -> list[CrossPrediction]:
        """Return what models predict of passages that they have not learned from.

        All models come from one factorisation of all passages, exactly; only the mean of the embeddings
        and the vocabularies, which know no codes, are those of all passages.

        Parameters
        ----------
        X, y, questions, groups, sequences, lone_questions, definitions
            As for `fit`.
        left_out : sequence of collections of str
            Groups to leave out together. Lone questions stay in.
        level : float, default 0.9
            See `classify`.
        progress : callable, optional
            Called with the views; see `mestring_nlp.encoding.Progress`.
        """
        given = self._examples(X, y, questions, groups, sequences, lone_questions, definitions)
        self.classes_ = np.array(given.codes)
        self._prior = None
        folds = [fold(given.segments, given.hands, hands) for hands in left_out]
        learner = replace(self._learner(given, self._load()), progress=progress)
        _, tables = learner.learn(given, folds)
        found = []
        for number, one in enumerate(folds):
            own = tables[3 * number : 3 * number + 3]
            learned = self._calibrated(left_out_of(given, one, own), self.views)
            scores = {view: table[one.test] for view, table in own[0].items()}
            rows = given.rows.take(one.test)
            bare = replace(rows, has_question=np.zeros_like(rows.has_question))
            said = [
                decided(given.codes, learned, learned.stacks.combine(scores, context)[0], context, level)
                for context in (rows, bare)
            ]
            found.append(CrossPrediction(one.test, *said))
        return found

    def _examples(
        self,
        X: Any,
        y: Any,
        questions: Sequence[str | None] | None,
        groups: Sequence[str] | None,
        sequences: Sequence[str] | None,
        lone_questions: Sequence[LoneQuestion],
        definitions: Mapping[str, Sequence[str]] | None,
    ) -> Examples:
        segments = inputs.segments(X, questions, sequences)
        lone = list(lone_questions)
        codes, targets, lone_targets = inputs.targets(y, segments, lone, self.codes)
        check_views(self.views, VIEWS)
        by_group = [segment.transcript for segment in segments]
        if groups is not None:
            by_group = inputs.column(groups, "groups", len(segments))
        hands = hands_of(segments, by_group, self.folds)
        defined = [(line, {code}) for code, lines in (definitions or {}).items() for line in lines]
        if strangers := set(definitions or {}).difference(codes):
            raise MestringError(f"{min(strangers)!r} is defined, but is none of the codes")
        return Examples(
            codes,
            segments,
            targets,
            lone,
            lone_targets,
            [line for line, _ in defined],
            inputs.indicator([said for _, said in defined], codes),
            hands,
        )

    def _learner(self, given: Examples, encoder: Encoder, base: Predictor | None = None) -> Learner:
        """Return what learns the views: with the features of the base, if there is one."""
        penalties = {name: float(getattr(self, VIEWS[name].penalty)) for name in self.views}
        cached = CachedEncoder(encoder)
        if base is None:
            beside = {field: given.beside(field)[0] for field in ("text", "joint", "question")}
            return Learner(penalties, Features.fit(cached, given.segments, beside, self.ngrams))
        if base.classes != given.codes:
            raise MestringError(
                f"the base's codes ({', '.join(base.classes)}) are not those of the passages "
                f"({', '.join(given.codes)})",
                hint="A codebook of its own needs a model of its own: leave the base out.",
            )
        return Learner(penalties, replace(base.features, encoder=cached), base.views)

    def _calibrated(self, given: LeftOut, views: Sequence[str]) -> Calibration:
        many = len(set(given.rows.sequences) - {""}) >= FEWEST_SEQUENCES
        if self._prior:
            many = self._prior.stacks.knows_neighbours
        return Calibration.fit(given, views_by_kind(views), in_sequence=many, prior=self._prior)

    def with_views(self, views: Sequence[str]) -> SegmentClassifier:
        """Return the classifier that would have been learned from fewer views.

        Parameters
        ----------
        views : sequence of str
            Some of `views`.

        Returns
        -------
        SegmentClassifier
            A new one.
        """
        learned = self.predictor_
        check_views(views, learned.views)
        other = copy(self)
        other.views = tuple(views)
        other.predictor_ = replace(
            learned,
            views={view: learned.views[view] for view in views},
            calibration=self._calibrated(self._left_out, views),
        )
        return other

    def _load(self) -> Encoder:
        return load_encoder(self.encoder) if isinstance(self.encoder, str) else self.encoder

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
        from sklearn.metrics import f1_score

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
        check_is_fitted(self, "predictor_")
        return self.predictor_.classify(inputs.segments(X, questions, sequences), level)
