"""From passages and questions to calibrated probabilities of codes.

Several views look at a passage, each a ridge regression on features that a person can name; one
logistic regression weighs what they say. Everything is linear, so that a suggestion can be
taken apart again into what the passage and what the question contributed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold
from sklearn.utils.validation import check_is_fitted

from mestring_nlp.encoding import Encoder, load_encoder
from mestring_nlp.errors import MestringError

Array = npt.NDArray[np.float64]
Labels = Collection[str]

PASSAGE_VIEWS = ("meaning", "spelling", "words")
QUESTION_VIEWS = ("question_meaning", "question_spelling")
VIEWS = PASSAGE_VIEWS + QUESTION_VIEWS
NGRAM_VIEWS = ("spelling", "words", "question_spelling")


@dataclass
class _Ridge:
    """Ridge regression of many targets at once, with an intercept."""

    coefficients: Array
    intercept: Array

    def scores(self, features: Any) -> Array:
        return np.asarray(features @ self.coefficients) + self.intercept


def _ridge(features: Any, gram: Array | None, targets: Array, alpha: float) -> _Ridge:
    """Fit in the dual form where a gram matrix is given, which suits more features than rows."""
    mean = targets.mean(axis=0)
    centred = targets - mean
    if gram is None:
        system = features.T @ features + alpha * np.eye(features.shape[1])
        return _Ridge(linalg.solve(system, features.T @ centred, assume_a="pos"), mean)
    dual = linalg.solve(gram + alpha * np.eye(len(gram)), centred, assume_a="pos")
    return _Ridge(np.asarray(features.T @ dual), mean)


@dataclass(frozen=True)
class Decomposition:
    """Probabilities of passages, and what they are made of.

    Attributes
    ----------
    probabilities : ndarray of shape (n, n_codes + 1)
        The last column is "no code".
    contributions : dict of str to ndarray of shape (n, n_codes + 1)
        What each view adds to the log-odds, against a passage of which it knows nothing.
    weights : dict of str to ndarray of shape (n,)
        The weight that each view's score carries.
    features : dict of str to matrix
        What each view looked at; "meaning" is the centred embedding.
    """

    probabilities: Array
    contributions: dict[str, Array]
    weights: dict[str, Array]
    features: dict[str, Any]


class SegmentClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Multi-label classifier of passages, with the question as context.

    Parameters
    ----------
    codes : sequence of str, optional
        The codes, in order; when left out, all that occur in `y`, sorted.
    encoder : str or Encoder, default "bundled"
        See `mestring_nlp.encoding.load_encoder`.
    alpha_meaning, alpha_ngrams : float
        Ridge penalties of the embedding views and of the n-gram views.
    ngrams : int, default 40000
        How many n-grams each such view keeps, the most frequent ones: 2 to 5 characters
        ("spelling", of passages and of questions), and 1 to 2 words.
    views : sequence of str, default `VIEWS`
        The views to learn from; fewer of them show what each is worth.
    folds : int, default 5
        Folds, by group, from which calibration and threshold are learned.

    Attributes
    ----------
    codes_ : tuple of str
    threshold_ : float
        Probability from which a code is suggested; the best micro F1 on left-out folds.
    stack_ : dict of str to ndarray
        For ``"asked"`` and ``"unasked"``: the weight of each view, then an intercept a code and
        one for no code.
    conformal_ : ndarray
        Sorted probabilities that people's codes (and "no code") got while their passages were
        left out; see `floor`.
    vectors_ : ndarray of shape (n, dimension), float16
        Centred embeddings of the passages learned from; after `fit` only.
    """

    def __init__(
        self,
        codes: Sequence[str] | None = None,
        *,
        encoder: str | Encoder = "bundled",
        alpha_meaning: float = 30.0,
        alpha_ngrams: float = 1.0,
        ngrams: int = 40_000,
        views: Sequence[str] = VIEWS,
        folds: int = 5,
    ) -> None:
        self.codes = codes
        self.encoder = encoder
        self.alpha_meaning = alpha_meaning
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
        calibrate_on: Sequence[bool] | None = None,
    ) -> SegmentClassifier:
        """Learn from coded passages.

        Parameters
        ----------
        X : sequence of str
            The passages.
        y : sequence of collections of str, or array of shape (n, n_codes)
            Each passage's codes, an empty collection for none; or a 0/1 indicator matrix,
            with `codes` given.
        questions : sequence of str, optional
            The question that each passage answers; empty or None where there is none.
        groups : sequence of str, optional
            The interview of each passage. Calibration is learned on left-out groups; without
            them, on consecutive blocks.
        calibrate_on : sequence of bool, optional
            The passages most like those to be coded, from which calibration is learned; all of
            them when left out.

        Returns
        -------
        SegmentClassifier
            Itself, fitted.

        Raises
        ------
        MestringError
            Lengths differ, a code is unknown, or there are fewer than four passages or no code.
        """
        texts = _texts(X)
        asked = _questions(questions, len(texts))
        self.codes_, targets = self._targets(y, len(texts))
        if groups is not None and len(groups) != len(texts):
            raise MestringError(f"{len(texts)} passages but {len(groups)} groups")
        if not self.views or set(self.views) - set(VIEWS):
            raise MestringError(f"unknown views {self.views}", hint=f"Known: {', '.join(VIEWS)}.")
        alike = np.ones(len(texts), bool) if calibrate_on is None else np.asarray(calibrate_on, bool)
        self._encoder_ = self._load()
        self._learn_features(texts, asked)
        features = self._features(texts, asked)
        self.vectors_ = features["meaning"].astype(np.float16)
        has_question = np.array([bool(question) for question in asked])

        grams = {view: _gram(features[view]) for view in self.views}

        def fitted(view: str, rows: Any) -> _Ridge:
            rows = rows[has_question[rows]] if view in QUESTION_VIEWS else rows
            if len(rows) < 2:
                width = features[view].shape[1]
                return _Ridge(np.zeros((width, targets.shape[1])), targets.mean(axis=0))
            gram = grams[view]
            inner = None if gram is None else gram[np.ix_(rows, rows)]
            return _ridge(features[view][rows], inner, targets[rows], self._alpha(view))

        left_out = {view: np.zeros_like(targets) for view in self.views}
        for train, test in self._splits(len(texts), groups):
            for view in self.views:
                left_out[view][test] = fitted(view, train).scores(features[view][test])
        self.views_ = {view: fitted(view, np.arange(len(texts))) for view in self.views}
        scores = {view: table[alike] for view, table in left_out.items()}
        self._calibrate(scores, targets[alike], has_question[alike])
        return self

    def _targets(self, y: Any, n: int) -> tuple[tuple[str, ...], Array]:
        """Indicator columns of the codes, and last that of "no code"."""
        if len(y) != n:
            raise MestringError(f"{n} passages but {len(y)} sets of codes")
        if n < 4:
            raise MestringError(f"{n} coded passages are too few to learn from, at least 4 are needed")
        if isinstance(y, np.ndarray) and y.ndim == 2:
            if self.codes is None or y.shape[1] != len(self.codes):
                given = None if self.codes is None else len(self.codes)
                raise MestringError(
                    f"an indicator matrix of {y.shape[1]} columns needs as many codes, not {given}",
                    hint="Give SegmentClassifier(codes=...).",
                )
            sets: list[set[str]] = [{self.codes[int(j)] for j in np.flatnonzero(row)} for row in y]
        else:
            sets = [{labels} if isinstance(labels, str) else set(labels) for labels in y]
        used = set().union(*sets)
        codes = tuple(self.codes) if self.codes is not None else tuple(sorted(used))
        if used - set(codes):
            raise MestringError(
                f"unknown code {min(used - set(codes))!r}", hint=f"The codes are: {', '.join(codes)}."
            )
        if not used:
            raise MestringError("no passage carries a code, so there is nothing to learn")
        columns = [[float(code in labels) for code in codes] + [float(not labels)] for labels in sets]
        return codes, np.array(columns)

    def _load(self) -> Encoder:
        return load_encoder(self.encoder) if isinstance(self.encoder, str) else self.encoder

    def _alpha(self, view: str) -> float:
        return self.alpha_ngrams if view in NGRAM_VIEWS else self.alpha_meaning

    def _learn_features(self, texts: list[str], asked: list[str]) -> None:
        vectors = self._encoder_.encode([*texts, *filter(None, asked)])
        self.mean_ = vectors.mean(axis=0).astype(np.float64)
        # Centred embeddings have length 1 on average, so that one penalty suits any encoder.
        self.scale_ = float(np.sqrt(((vectors - self.mean_) ** 2).sum(axis=1).mean())) or 1.0
        self.vectorizers_ = {
            "spelling": self._vectorizer("spelling").fit(texts),
            "words": self._vectorizer("words", min_df=2 if len(texts) >= 200 else 1).fit(texts),
            "question_spelling": self._vectorizer("question_spelling").fit(
                [*filter(None, asked)] or texts
            ),
        }

    def _vectorizer(self, view: str, **fitted: Any) -> TfidfVectorizer:
        analyzer, lengths = ("word", (1, 2)) if view == "words" else ("char_wb", (2, 5))
        return TfidfVectorizer(
            analyzer=analyzer, ngram_range=lengths, sublinear_tf=True, max_features=self.ngrams, **fitted
        )

    def _embed(self, texts: Sequence[str]) -> Array:
        vectors = self._encoder_.encode(texts).astype(np.float64)
        return np.asarray((vectors - self.mean_) / self.scale_)

    def _features(self, texts: list[str], asked: list[str]) -> dict[str, Any]:
        return {
            "meaning": self._embed(texts),
            "spelling": self.vectorizers_["spelling"].transform(texts),
            "words": self.vectorizers_["words"].transform(texts),
            "question_meaning": self._embed(asked),
            "question_spelling": self.vectorizers_["question_spelling"].transform(asked),
        }

    def _splits(self, n: int, groups: Sequence[str] | None) -> Iterable[tuple[Any, Any]]:
        if groups is not None and len(set(groups)) >= 2:
            folds = GroupKFold(min(self.folds, len(set(groups))))
            return list(folds.split(np.zeros(n), groups=np.asarray(groups)))
        return list(KFold(min(self.folds, n)).split(np.zeros(n)))

    def _calibrate(self, scores: dict[str, Array], targets: Array, has_question: Any) -> None:
        self.stack_: dict[str, Array] = {}
        probabilities = np.zeros_like(targets)
        for name, views, rows in (
            ("unasked", self._used(PASSAGE_VIEWS), np.ones(len(targets), dtype=bool)),
            ("asked", self._used(VIEWS), has_question),
        ):
            if not rows.any():
                rows = ~rows
            inputs = _stacked({view: scores[view][rows] for view in views}, views)
            outcome = targets[rows].ravel()
            logistic = LogisticRegression(C=10.0, fit_intercept=False, max_iter=2000)
            self.stack_[name] = logistic.fit(inputs, outcome).coef_[0]
            probabilities[rows] = logistic.predict_proba(inputs)[:, 1].reshape(-1, targets.shape[1])
        self.threshold_ = _best_threshold(probabilities[:, :-1], targets[:, :-1])
        self.conformal_ = np.sort(probabilities[targets > 0])

    def _used(self, views: Sequence[str]) -> list[str]:
        """Those of `views` that are learned from; where none is, all that are."""
        return [view for view in views if view in self.views] or list(self.views)

    # -- predicting ---------------------------------------------------------------------------

    def predict_proba(self, X: Sequence[str], questions: Sequence[str | None] | None = None) -> Array:
        """Give the calibrated probability of every code.

        Parameters
        ----------
        X : sequence of str
            Passages.
        questions : sequence of str, optional
            The question that each answers; empty or None where there is none.

        Returns
        -------
        ndarray of shape (n, len(codes_))
            In [0, 1]; rows need not sum to 1, since a passage may carry several codes or none.
        """
        return self.predict_with_none(X, questions)[:, :-1]

    def predict_with_none(
        self, X: Sequence[str], questions: Sequence[str | None] | None = None
    ) -> Array:
        """Give `predict_proba` with one more column, last: the probability of no code."""
        return self.decompose(X, questions).probabilities

    def decompose(
        self, X: Sequence[str], questions: Sequence[str | None] | None = None
    ) -> Decomposition:
        """Give `predict_with_none` and what each view contributed to it."""
        check_is_fitted(self, "views_")
        texts = _texts(X)
        asked = _questions(questions, len(texts))
        width = len(self.codes_) + 1
        features = self._features(texts, asked) if texts else {}
        weights = {view: np.zeros(len(texts)) for view in self.views}
        scores = {
            view: self.views_[view].scores(features[view]) if texts else np.zeros((0, width))
            for view in self.views
        }
        logits = np.zeros((len(texts), width))
        has_question = np.array([bool(question) for question in asked], dtype=bool)
        for name, views, rows in (
            ("unasked", self._used(PASSAGE_VIEWS), np.flatnonzero(~has_question)),
            ("asked", self._used(VIEWS), np.flatnonzero(has_question)),
        ):
            stack = self.stack_[name]
            logits[rows] += stack[len(views) :]
            for view, weight in zip(views, stack, strict=False):
                weights[view][rows] = weight
                logits[rows] += weight * scores[view][rows]
        contributions = {
            view: weights[view][:, None] * (scores[view] - self.views_[view].intercept)
            for view in self.views
        }
        return Decomposition(1 / (1 + np.exp(-logits)), contributions, weights, features)

    def floor(self, level: float) -> float:
        """Give the probability that an answer needs to lie in the set promised at `level`.

        Of the codes that people gave, and of "no code", at least a share of `level` had this
        probability or more when their passages were left out (split conformal prediction).

        Parameters
        ----------
        level : float
            Between 0 and 1, such as 0.9.

        Returns
        -------
        float
            In [0, 1].

        References
        ----------
        M. Sadinle, J. Lei, L. Wasserman (2019). Least ambiguous set-valued classifiers with bounded
        error levels. Journal of the American Statistical Association 114(525), 223-234.
        """
        if not 0 < level < 1:
            raise MestringError(f"level is {level}, must lie between 0 and 1", hint="Such as 0.9.")
        rank = int((len(self.conformal_) + 1) * (1 - level))
        return float(self.conformal_[rank - 1]) if rank else 0.0

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
            "mean": self.mean_,
            "scale": np.array(self.scale_),
            "threshold": np.array(self.threshold_),
            "conformal": self.conformal_.astype(np.float32),
        }
        for name, vectorizer in self.vectorizers_.items():
            arrays[f"{name}/vocabulary"] = vectorizer.get_feature_names_out().astype(np.str_)
            arrays[f"{name}/idf"] = vectorizer.idf_.astype(np.float32)
        for view, ridge in self.views_.items():
            arrays[f"{view}/coefficients"] = ridge.coefficients.astype(np.float32)
            arrays[f"{view}/intercept"] = ridge.intercept
        return arrays | {f"stack/{name}": weights for name, weights in self.stack_.items()}

    def from_arrays(
        self, codes: Sequence[str], arrays: Mapping[str, npt.NDArray[Any]]
    ) -> SegmentClassifier:
        """Take up a state that `to_arrays` gave.

        Raises
        ------
        MestringError
            An array is missing or has the wrong shape.
        """
        self.codes_ = tuple(codes)
        width = len(self.codes_) + 1
        try:
            self.mean_ = arrays["mean"]
            self.scale_ = float(arrays["scale"])
            self.threshold_ = float(arrays["threshold"])
            self.conformal_ = arrays["conformal"].astype(np.float64)
            self.vectorizers_ = {}
            for name in NGRAM_VIEWS:
                vocabulary = [str(ngram) for ngram in arrays[f"{name}/vocabulary"]]
                self.vectorizers_[name] = self._vectorizer(name, vocabulary=vocabulary)
                self.vectorizers_[name].idf_ = arrays[f"{name}/idf"].astype(np.float64)
            self.views_ = {
                view: _Ridge(
                    arrays[f"{view}/coefficients"].astype(np.float64), arrays[f"{view}/intercept"]
                )
                for view in self.views
            }
            self.stack_ = {name: arrays[f"stack/{name}"] for name in ("asked", "unasked")}
        except (KeyError, TypeError, ValueError) as error:
            raise MestringError(f"the model's arrays are incomplete ({error})") from error
        for view, ridge in self.views_.items():
            if ridge.coefficients.shape[1:] != (width,) or ridge.intercept.shape != (width,):
                raise MestringError(
                    f"the view {view!r} has shape {ridge.coefficients.shape}, "
                    f"but there are {width - 1} codes"
                )
        self._encoder_ = self._load()
        return self


def _texts(values: Sequence[str]) -> list[str]:
    if isinstance(values, str):
        raise MestringError("passages must be a list of texts, not one text")
    texts = list(values)
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise MestringError(f"passage {index} is {type(text).__name__}, not a text")
    return [str(text) for text in texts]


def _questions(questions: Sequence[str | None] | None, n: int) -> list[str]:
    if questions is None:
        return [""] * n
    if isinstance(questions, str) or len(questions) != n:
        raise MestringError(f"{n} passages but {len(questions)} questions")
    return [question or "" for question in questions]


def _gram(features: Any) -> Array | None:
    """Inner products of rows where features are many, as n-grams are; None where they are few."""
    if not sparse.issparse(features):
        return None
    # n-grams that stand in many rows are multiplied as a dense block: three times as fast.
    often = features.getnnz(axis=0) > features.shape[0] / 16
    dense = features[:, often].toarray()
    seldom = features[:, ~often]
    return np.asarray(dense @ dense.T + (seldom @ seldom.T).toarray(), dtype=np.float64)


def _stacked(scores: Mapping[str, Array], views: Sequence[str]) -> Array:
    """Rows: every passage by every code; columns: the views' scores, then a one-hot of the code."""
    n, width = scores[views[0]].shape
    columns = [scores[view].reshape(-1, 1) for view in views]
    return np.hstack([*columns, np.tile(np.eye(width), (n, 1))])


def _best_threshold(probabilities: Array, targets: Array) -> float:
    """The threshold, in steps of .01 from .05 to .9, of the highest micro F1."""
    steps = np.round(np.arange(0.05, 0.91, 0.01), 2)
    chosen = probabilities[None] >= steps[:, None, None]
    hits = (chosen & (targets > 0)[None]).sum(axis=(1, 2))
    f1 = 2 * hits / (chosen.sum(axis=(1, 2)) + targets.sum())
    return float(steps[int(np.argmax(f1))])
