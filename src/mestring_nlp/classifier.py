"""From passages and questions to calibrated probabilities of codes.

Several views look at a passage, each a ridge regression on features that a person can name; one
logistic regression weighs what they say, and what is said of the passages next to it. The scores are
added up, so that a suggestion can be taken apart again into what each contributed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GroupKFold, KFold
from sklearn.utils.validation import check_is_fitted

from mestring_nlp import inputs, ridge
from mestring_nlp.encoding import Encoder, RememberingEncoder, load_encoder
from mestring_nlp.errors import MestringError
from mestring_nlp.features import NGRAM_VIEWS, PASSAGE_VIEWS, QUESTION_VIEWS, VIEWS, Features
from mestring_nlp.layout import check_classifier
from mestring_nlp.stacking import Stacks, best_threshold, probability

Array = npt.NDArray[np.float64]
Labels = Collection[str]

QUADRATIC_VIEWS = ("meaning",)

FEWEST_RUNS = 3
"""Interviews from which what neighbours say, and calibration, are learned."""


@dataclass(frozen=True)
class Decomposition:
    """Probabilities of passages, and what they are made of.

    Attributes
    ----------
    probabilities : ndarray of shape (n, n_codes + 1)
        The last column is "no code".
    contributions : dict of str to ndarray of shape (n, n_codes + 1)
        What each view, and the passages before and after, add to the log-odds, against a passage
        of which nothing is known.
    weights : dict of str to ndarray of shape (n,)
        The weight that each view's score carries.
    features : dict of str to matrix
        What each view looked at; "meaning" is the centred embedding.
    """

    probabilities: Array
    contributions: dict[str, Array]
    weights: dict[str, Array]
    features: dict[str, Any]


class _LeftOut(NamedTuple):
    """What was said of the passages from which calibration is learned, while they were left out.

    `scores` is by models of all other interviews; `apart` by a model that had seen no interview, where
    there are enough single passages to learn from, else the same.
    """

    scores: dict[str, Array]
    apart: dict[str, Array]
    targets: Array
    has_question: npt.NDArray[np.bool_]
    runs: list[str] | None


class SegmentClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Multi-label classifier of passages, with the question as context.

    Parameters
    ----------
    codes : sequence of str, optional
        The codes, in order; when left out, all that occur in `y`, sorted.
    encoder : str or Encoder, default "bundled"
        See `mestring_nlp.encoding.load_encoder`.
    alpha_meaning, alpha_question, alpha_ngrams : float
        Ridge penalties: of the passage's embedding and the products of its numbers, of the
        question's embedding, and of the n-gram views.
    ngrams : int, default 40000
        How many n-grams each such view keeps, the most frequent ones: 2 to 5 characters
        ("spelling", of passages and of questions), and 1 to 2 words.
    views : sequence of str, default `VIEWS`
        The views to learn from; fewer of them show what each is worth.
    folds : int, default 12
        Folds, by group, from which calibration and threshold are learned.

    Attributes
    ----------
    codes_ : tuple of str
    threshold_ : float
        Probability from which a code is suggested; the best micro F1 on left-out folds.
    stacks_ : Stacks
        How the views are weighed; see `mestring_nlp.stacking`.
    views_ : dict of str to Linear or Quadratic
        What each view has learned; see `mestring_nlp.ridge`.
    conformal_ : dict of str to ndarray
        For passages with a question (``"asked"``) and without (``"unasked"``), the sorted
        probabilities that people's codes (and "no code") got while their passages were left out, all
        interviews at once where the rest suffices; see `floor`.
    vectors_ : ndarray of shape (n, dimension), float16
        Centred embeddings of the passages learned from; after `fit` only.
    """

    def __init__(
        self,
        codes: Sequence[str] | None = None,
        *,
        encoder: str | Encoder = "bundled",
        alpha_meaning: float = 0.3,
        alpha_question: float = 3.0,
        alpha_ngrams: float = 1.0,
        ngrams: int = 40_000,
        views: Sequence[str] = VIEWS,
        folds: int = 12,
    ) -> None:
        self.codes = codes
        self.encoder = encoder
        self.alpha_meaning = alpha_meaning
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

    # -- fitting ------------------------------------------------------------------------------

    def fit(
        self,
        X: Sequence[str],
        y: Any,
        questions: Sequence[str | None] | None = None,
        groups: Sequence[str] | None = None,
        runs: Sequence[str] | None = None,
    ) -> SegmentClassifier:
        """Learn from coded passages.

        Parameters
        ----------
        X : sequence of str
            The passages. An empty one stands for a question alone, with the codes that it
            invites: it teaches what questions are about, and no more.
        y : sequence of collections of str, or array of shape (n, n_codes)
            Each passage's codes, an empty collection for none; or a 0/1 indicator matrix,
            with `codes` given.
        questions : sequence of str, optional
            The question that each passage answers; empty or None where there is none.
        groups : sequence of str, optional
            The interview of each passage. Calibration is learned on left-out groups; without
            them, on consecutive blocks.
        runs : sequence of str, optional
            The interview that each passage is part of, those of one in the order of the talk; empty
            for a passage that stands alone. Where there are three interviews, what neighbours say,
            and calibration, are learned from their passages: single ones are easier than talk as it
            runs. Without them, from all passages.

        Returns
        -------
        SegmentClassifier
            Itself, fitted.

        Raises
        ------
        MestringError
            Lengths differ, a code is unknown, or there are fewer than four passages or no code.
        """
        texts = inputs.texts(X)
        asked = inputs.questions(questions, len(texts))
        self.codes_, targets = inputs.targets(y, self.codes, len(texts))
        for name, given in (("groups", groups), ("runs", runs)):
            if given is not None and len(given) != len(texts):
                raise MestringError(f"{len(texts)} passages but {len(given)} {name}")
        if not self.views or set(self.views) - set(VIEWS):
            raise MestringError(f"unknown views {self.views}", hint=f"Known: {', '.join(VIEWS)}.")
        has_passage = np.array([bool(text) for text in texts])
        has_question = np.array([bool(question) for question in asked])
        encoder = self._load()
        learned = Features.learn(
            RememberingEncoder(encoder), [*filter(None, texts)], [*filter(None, asked)], self.ngrams
        )
        features = learned.of(texts, asked)
        self.features_ = replace(learned, encoder=encoder)
        self.vectors_ = features["meaning"].astype(np.float16)
        named = list(runs) if runs is not None else [""] * len(texts)
        enough = len(set(named) - {""}) >= FEWEST_RUNS
        among = has_passage & np.array([bool(x) for x in named]) if enough else has_passage
        alike = np.flatnonzero(among)
        blocks = self._blocks(alike, named if enough else groups)
        partitions = [blocks, [alike]] if enough and has_passage.sum() >= 2 * len(alike) else [blocks]
        left_out: list[dict[str, Array]] = [{} for _ in partitions]
        self.views_ = {}
        for view in self.views:
            teaches = has_question if view in QUESTION_VIEWS else has_passage
            rows = np.flatnonzero(teaches) if teaches.any() else np.arange(len(texts))
            place = np.full(len(texts), -1)
            place[rows] = np.arange(len(rows))
            inside = [
                [own for block in partition if len(own := place[block][place[block] >= 0])]
                for partition in partitions
            ]
            self.views_[view], found = ridge.fit(
                features[view][rows],
                targets[rows],
                self._alpha(view),
                quadratic=view in QUADRATIC_VIEWS,
                partitions=inside,
            )
            for tables, scores in zip(left_out, found, strict=True):
                table = np.tile(targets.mean(axis=0), (len(texts), 1))
                table[rows] = scores
                tables[view] = table[alike]
        self._left_out = _LeftOut(
            left_out[0],
            left_out[-1],
            targets[alike],
            has_question[alike],
            [named[i] for i in alike] if enough else None,
        )
        return self._calibrate()

    def with_views(self, views: Sequence[str]) -> SegmentClassifier:
        """Give the classifier that would have been learned from fewer views.

        Parameters
        ----------
        views : sequence of str
            Some of `views`.

        Returns
        -------
        SegmentClassifier
            A new one; this one must come from `fit`, not from saved arrays.
        """
        other = copy(self)
        other.views = tuple(views)
        return other._calibrate()

    def _calibrate(self) -> SegmentClassifier:
        scores, apart, targets, has_question, runs = self._left_out
        self.stacks_, found = Stacks.fit(scores, targets, has_question, runs, self._weighed())
        self.threshold_ = best_threshold(found[:, :-1], targets[:, :-1])
        nobody = np.zeros_like(has_question)
        self.conformal_ = {}
        for kind, asked in (("unasked", nobody), ("asked", has_question)):
            rows = asked if asked.any() else ~nobody
            said = probability(self.stacks_.weigh(apart, asked, runs)[0])[rows]
            self.conformal_[kind] = np.sort(said[targets[rows] > 0])
        return self

    def _load(self) -> Encoder:
        return load_encoder(self.encoder) if isinstance(self.encoder, str) else self.encoder

    def _alpha(self, view: str) -> float:
        if view in NGRAM_VIEWS:
            return self.alpha_ngrams
        return self.alpha_meaning if view == "meaning" else self.alpha_question

    def _blocks(
        self, rows: npt.NDArray[np.int64], groups: Sequence[str] | None
    ) -> list[npt.NDArray[np.int64]]:
        """Rows to be left out together: whole groups where there are two, else stretches."""
        own = None if groups is None else np.asarray(groups)[rows]
        if own is not None and len(set(own)) >= 2:
            folds = GroupKFold(min(self.folds, len(set(own)))).split(rows, groups=own)
        else:
            folds = KFold(min(self.folds, len(rows))).split(rows)
        return [rows[test] for _, test in folds]

    def _weighed(self) -> dict[str, list[str]]:
        """The views used for a passage with a question, and without; where none would be, all."""
        return {
            kind: [view for view in views if view in self.views] or list(self.views)
            for kind, views in (("unasked", PASSAGE_VIEWS), ("asked", VIEWS))
        }

    # -- predicting ---------------------------------------------------------------------------

    def predict_proba(
        self,
        X: Sequence[str],
        questions: Sequence[str | None] | None = None,
        runs: Sequence[str] | None = None,
    ) -> Array:
        """Give the calibrated probability of every code.

        Parameters
        ----------
        X : sequence of str
            Passages.
        questions : sequence of str, optional
            The question that each answers; empty or None where there is none.
        runs : sequence of str, optional
            The interview that each is part of, those of one in the order of the talk; empty for a
            passage that stands alone. Without them every passage stands alone.

        Returns
        -------
        ndarray of shape (n, len(codes_))
            In [0, 1]; rows need not sum to 1, since a passage may carry several codes or none.
        """
        return self.predict_with_none(X, questions, runs)[:, :-1]

    def predict_with_none(
        self,
        X: Sequence[str],
        questions: Sequence[str | None] | None = None,
        runs: Sequence[str] | None = None,
    ) -> Array:
        """Give `predict_proba` with one more column, last: the probability of no code."""
        return self.decompose(X, questions, runs).probabilities

    def decompose(
        self,
        X: Sequence[str],
        questions: Sequence[str | None] | None = None,
        runs: Sequence[str] | None = None,
    ) -> Decomposition:
        """Give `predict_with_none` and what each view contributed to it."""
        check_is_fitted(self, "views_")
        texts = inputs.texts(X)
        asked = inputs.questions(questions, len(texts))
        if runs is not None and len(runs) != len(texts):
            raise MestringError(f"{len(texts)} passages but {len(runs)} runs")
        width = len(self.codes_) + 1
        features = self.features_.of(texts, asked) if texts else {}
        scores = {
            view: self.views_[view].scores(features[view]) if texts else np.zeros((0, width))
            for view in self.views
        }
        has_question = np.array([bool(question) for question in asked], dtype=bool)
        logits, scores, weights = self.stacks_.weigh(scores, has_question, runs)
        known_of_nothing = {view: self.views_[view].intercept for view in self.views}
        contributions = {
            view: weights[view][:, None] * (scores[view] - known_of_nothing.get(view, 0.0))
            for view in scores
        }
        return Decomposition(probability(logits), contributions, weights, features)

    def floor(self, level: float, questions: Sequence[str | None]) -> Array:
        """Give the probability that an answer needs to lie in the set promised at `level`.

        Of the codes that people gave, and of "no code", at least a share of `level` had this
        probability or more when their passages were left out (split conformal prediction, by kind of
        passage). Where there are as many single passages as interviews have, all interviews were left
        out at once: the promise shall hold for interviews that are unlike those learned from.

        Parameters
        ----------
        level : float
            Between 0 and 1, such as 0.9.
        questions : sequence of str
            The question that each passage answers; empty or None where there is none.

        Returns
        -------
        ndarray of shape (n,)
            In [0, 1].

        References
        ----------
        M. Sadinle, J. Lei, L. Wasserman (2019). Least ambiguous set-valued classifiers with bounded
        error levels. Journal of the American Statistical Association 114(525), 223-234.
        """
        if not 0 < level < 1:
            raise MestringError(f"level is {level}, must lie between 0 and 1", hint="Such as 0.9.")
        floors = {}
        for kind, found in self.conformal_.items():
            rank = int((len(found) + 1) * (1 - level))
            floors[kind] = float(found[rank - 1]) if rank else 0.0
        return np.array([floors["asked" if question else "unasked"] for question in questions])

    def predict(
        self, X: Sequence[str], questions: Sequence[str | None] | None = None
    ) -> npt.NDArray[np.int64]:
        """Give the 0/1 indicator matrix of codes whose probability reaches `threshold_`."""
        return (self.predict_proba(X, questions) >= self.threshold_).astype(np.int64)

    # -- as data ------------------------------------------------------------------------------

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Give the fitted state as arrays of numbers and strings, for saving."""
        check_is_fitted(self, "views_")
        arrays: dict[str, npt.NDArray[Any]] = {
            **self.features_.to_arrays(),
            "threshold": np.array(self.threshold_),
            **{f"conformal/{kind}": found.astype(np.float32) for kind, found in self.conformal_.items()},
            **self.stacks_.to_arrays(),
        }
        for view, learned in self.views_.items():
            arrays |= {f"{view}/{name}": array for name, array in learned.to_arrays().items()}
        return arrays

    def from_arrays(
        self, codes: Sequence[str], arrays: Mapping[str, npt.NDArray[Any]], *, place: str = ""
    ) -> SegmentClassifier:
        """Take up a state that `to_arrays` gave.

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
        encoder, weighed = self._load(), self._weighed()
        check_classifier(
            arrays,
            codes=len(codes),
            dimension=encoder.encode([]).shape[1],
            ngrams=self.ngrams,
            weighed=weighed,
            place=place,
        )
        self.codes_ = tuple(codes)
        self.features_ = Features.from_arrays(encoder, arrays, self.ngrams)
        self.threshold_ = float(arrays["threshold"])
        kinds = ("asked", "unasked")
        self.conformal_ = {kind: arrays[f"conformal/{kind}"].astype(np.float64) for kind in kinds}
        self.views_ = {view: _view(view, arrays) for view in self.views}
        self.stacks_ = Stacks.from_arrays(arrays, weighed)
        return self


def _view(view: str, arrays: Mapping[str, npt.NDArray[Any]]) -> ridge.Linear | ridge.Quadratic:
    """A view's regression from its arrays."""
    of_view = f"{view}/"
    own = {name.removeprefix(of_view): a for name, a in arrays.items() if name.startswith(of_view)}
    kind = ridge.Quadratic if view in QUADRATIC_VIEWS else ridge.Linear
    return kind.from_arrays(own)
