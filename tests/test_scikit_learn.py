"""The classifier among scikit-learn's tools: model selection, pandas, metadata routing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sklearn
from scipy.sparse import csr_matrix
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)

import mestring_nlp as mn

CODES = ["kompetanse", "ledelse", "maalsettinger"]
FOLDS = KFold(2, shuffle=True, random_state=0)


@pytest.fixture
def table(coded: Path) -> pd.DataFrame:
    rows = mn.load_training_data(coded).segments()
    return pd.DataFrame(
        {
            "text": [row.text for row in rows],
            "question": [row.question for row in rows],
            "sequence": [row.transcript for row in rows],
            "codes": [row.codes for row in rows],
        }
    )


@pytest.fixture
def matrix(table: pd.DataFrame) -> np.ndarray:
    return np.array([[code in codes for code in CODES] for codes in table["codes"]], dtype=int)


@pytest.fixture
def routing() -> Iterator[None]:
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def classifier() -> mn.SegmentClassifier:
    return mn.SegmentClassifier(CODES, ngrams=2000, folds=3)


def test_cross_val_score_by_micro_f1(table: pd.DataFrame, matrix: np.ndarray) -> None:
    texts = table["text"].tolist()
    found = cross_val_score(classifier(), texts, matrix, cv=FOLDS, scoring="f1_micro")
    np.testing.assert_array_equal(found, cross_val_score(classifier(), texts, matrix, cv=FOLDS))
    assert (found > 0.2).all()


def test_cross_val_predict_of_probabilities(table: pd.DataFrame, matrix: np.ndarray) -> None:
    texts = table["text"].tolist()
    found = cross_val_predict(classifier(), texts, matrix, cv=FOLDS, method="predict_proba")
    assert found.shape == (16, 3)
    assert found[matrix > 0].mean() > found[matrix == 0].mean()


@pytest.mark.parametrize("as_matrix", [True, False])
def test_grid_search(table: pd.DataFrame, matrix: np.ndarray, as_matrix: bool) -> None:
    search = GridSearchCV(classifier(), {"alpha_ngrams": (0.5, 2.0)}, cv=FOLDS)
    search.fit(table["text"].tolist(), matrix if as_matrix else table["codes"].tolist())
    assert search.best_score_ > 0.3 and search.predict(["Vi har tall og mål."]).shape == (1, 3)


def test_pandas_series_and_table(table: pd.DataFrame, matrix: np.ndarray) -> None:
    columns = {"questions": table["question"], "sequences": table["sequence"]}
    by_series = classifier().fit(table["text"], table["codes"], **columns)
    by_table = classifier().fit(table, matrix)
    named = mn.SegmentClassifier(ngrams=2000, folds=3).fit(table, pd.DataFrame(matrix, columns=CODES))
    expected = by_series.predict_proba(table["text"], **columns)
    np.testing.assert_array_equal(by_table.predict_proba(table), expected)
    np.testing.assert_array_equal(named.predict_proba(table), expected)
    assert named.classes_.tolist() == CODES
    assert by_table.score(table, matrix) == by_table.score(table, table["codes"]) > 0.9
    turned = pd.DataFrame(matrix[:, ::-1], columns=CODES[::-1])
    for other in (turned, pd.DataFrame(matrix), csr_matrix(matrix)):
        fitted = classifier().fit(table, other)
        np.testing.assert_array_equal(fitted.predict_proba(table), expected)
        assert fitted.score(table, other) == by_table.score(table, matrix)
    assert np.isfinite([by_table.score(table[k : k + 1], matrix[k : k + 1]) for k in range(16)]).all()
    without = table.assign(question=[None, float("nan"), *table["question"][2:]])
    assert np.isfinite(by_table.predict_proba(without)).all()
    with pytest.raises(mn.MestringError, match="no column 'text'"):
        classifier().fit(table[["question"]], matrix)


@pytest.mark.usefixtures("routing")
def test_questions_are_routed(table: pd.DataFrame, matrix: np.ndarray) -> None:
    texts, questions = ["Ja, det har vi."] * 16, table["question"].to_numpy()
    asking = classifier().set_fit_request(questions=True, groups=True).set_score_request(questions=True)
    given = {"params": {"questions": questions}, "cv": FOLDS}
    found = cross_validate(asking, texts, matrix, **given)["test_score"]
    deaf = classifier().set_fit_request(questions=False).set_score_request(questions=False)
    assert found.mean() > cross_validate(deaf, texts, matrix, cv=FOLDS)["test_score"].mean()
    search = GridSearchCV(asking, {"alpha_ngrams": (1.0, 3.0)}, cv=GroupKFold(2))
    search.fit(texts, matrix, questions=questions, groups=table["sequence"].to_numpy())
    assert search.best_score_ > 0
