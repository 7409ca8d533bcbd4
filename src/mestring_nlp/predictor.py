"""What a classifier has learned, applied: from segments to calibrated probabilities and decisions.

Numbers and n-grams alone: suggesting loads neither scikit-learn nor SciPy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mestring_nlp import regression
from mestring_nlp.calibration import Calibration
from mestring_nlp.conformal import check_level
from mestring_nlp.context import Rows
from mestring_nlp.encoding import Encoder
from mestring_nlp.features import VIEWS, VIEWS_BY_KIND, Features
from mestring_nlp.layout import check_classifier
from mestring_nlp.prediction import Decomposition, Prediction
from mestring_nlp.regression import Linear, Quadratic
from mestring_nlp.stacking import distribution
from mestring_nlp.transcript import Segment

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Predictor:
    """The fitted state of a `mestring_nlp.SegmentClassifier`.

    Attributes
    ----------
    classes : tuple of str
        The codes, in the order of columns.
    features : Features
    views : dict of str to Linear or Quadratic
        What each view has learned; see `mestring_nlp.regression`.
    calibration : Calibration
        How the views are combined and what is decided, learned from passages left out.
    """

    classes: tuple[str, ...]
    features: Features
    views: dict[str, Linear | Quadratic]
    calibration: Calibration

    def classify(self, segments: Sequence[Segment], level: float = 0.9) -> Prediction:
        """Return probabilities and decisions: codes, no code, abstention, prediction sets.

        Parameters
        ----------
        segments : sequence of Segment
        level : float, default 0.9
            Share of human codes that the prediction sets shall hold.
        """
        return self.decompose(segments, level).prediction

    def decompose(self, segments: Sequence[Segment], level: float = 0.9) -> Decomposition:
        """Return what `classify` returns, and what each view contributed to it."""
        check_level(level)
        rows = Rows.of(segments)
        features = self.features.transform(segments) if segments else {}
        scores = {
            name: view.scores(features[name]) - view.intercept
            if segments
            else np.zeros((0, len(self.classes) + 1))
            for name, view in self.views.items()
        }
        logits, scores, weights = self.calibration.stacks.combine(scores, rows)
        contributions = {name: weights[name][:, None] * score for name, score in scores.items()}
        prediction = decided(self.classes, self.calibration, logits, rows, level)
        return Decomposition(prediction, contributions, weights, features)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the state as arrays of numbers and strings, for saving."""
        arrays: dict[str, npt.NDArray[Any]] = {
            **self.features.to_arrays(),
            **self.calibration.to_arrays(),
        }
        for view, learned in self.views.items():
            arrays |= {f"{view}/{name}": array for name, array in learned.to_arrays().items()}
        return arrays

    @classmethod
    def from_arrays(
        cls,
        encoder: Encoder,
        codes: Sequence[str],
        arrays: Mapping[str, npt.NDArray[Any]],
        *,
        most_ngrams: int = 1_000_000,
        place: str = "",
    ) -> Predictor:
        """Restore what `to_arrays` returned, of one that has learned from all views.

        Parameters
        ----------
        encoder : Encoder
        codes : sequence of str
        arrays : mapping of str to ndarray
        most_ngrams : int
            How many n-grams a view may keep.
        place : str, optional
            The file that they come from, for errors.

        Raises
        ------
        MestringError
            An array is missing or is not as `mestring_nlp.layout` says.
        """
        by_kind = views_by_kind(VIEWS)
        check_classifier(
            arrays,
            codes=len(codes),
            dimension=encoder.encode([]).shape[1],
            ngrams=most_ngrams,
            views=by_kind,
            place=place,
        )
        return cls(
            tuple(codes),
            Features.from_arrays(encoder, arrays),
            {
                name: regression.from_arrays(arrays, f"{name}/", quadratic=view.degree == 2)
                for name, view in VIEWS.items()
            },
            Calibration.from_arrays(arrays, by_kind),
        )


def decided(
    classes: tuple[str, ...], calibration: Calibration, logits: Array, rows: Rows, level: float
) -> Prediction:
    """Return the prediction that follows from the views' logits.

    Parameters
    ----------
    classes : tuple of str
    calibration : Calibration
    logits : ndarray of shape (n, n_codes + 1)
    rows : Rows
    level : float
        Share of human codes that the prediction sets shall hold.
    """
    return Prediction(
        classes,
        calibration.probabilities(distribution(logits)),
        np.full(len(rows), calibration.threshold),
        calibration.conformal.threshold(level, rows.has_question),
    )


def views_by_kind(views: Collection[str]) -> dict[str, list[str]]:
    """Return the views of a passage without a question, and with one; where none would be, all."""
    return {
        kind: [view for view in chosen if view in views] or list(views)
        for kind, chosen in VIEWS_BY_KIND.items()
    }
