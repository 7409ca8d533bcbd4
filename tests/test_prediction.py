from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mestring_nlp.prediction import Prediction

PROBABILITIES = arrays(np.float64, st.tuples(st.integers(1, 6), st.just(4)), elements=st.floats(0, 1))
CLASSES = ("a", "b", "c")


def predicted(table: np.ndarray, threshold: float = 0.5, in_set: float = 0.2) -> Prediction:
    n = len(table)
    return Prediction(CLASSES, table, np.full(n, threshold), np.full(n, in_set))


@given(PROBABILITIES, st.floats(0.05, 0.95))
def test_every_segment_is_coded_or_has_no_code_or_is_left_to_a_person(
    table: np.ndarray, threshold: float
) -> None:
    found = predicted(table, threshold)
    coded = found.codes.any(axis=1)
    np.testing.assert_array_equal(coded.astype(int) + found.no_code + found.abstained, 1)
    for row, labels in zip(table, found.labels, strict=True):
        values = [row[CLASSES.index(code)] for code in labels]
        assert values == sorted(values, reverse=True)
        assert all(value >= threshold and value >= row[-1] for value in values)


@given(PROBABILITIES, st.floats(0.05, 0.9))
def test_a_higher_threshold_never_adds_a_code(table: np.ndarray, threshold: float) -> None:
    low, high = predicted(table, threshold), predicted(table, threshold + 0.05)
    assert (low.codes | ~high.codes).all()


@given(PROBABILITIES, st.floats(0, 1), st.floats(0, 1))
def test_a_prediction_set_is_never_empty_and_grows_as_its_threshold_falls(
    table: np.ndarray, a: float, b: float
) -> None:
    high = predicted(table, in_set=max(a, b)).prediction_set
    low = predicted(table, in_set=min(a, b)).prediction_set
    assert high.any(axis=1).all()
    assert (low | ~high).all()
    assert high[np.arange(len(table)), table.argmax(axis=1)].all()


@given(PROBABILITIES)
def test_parts_put_together_are_the_whole(table: np.ndarray) -> None:
    whole = predicted(table)
    again = Prediction.concatenate([whole[:1], whole[1:]])
    np.testing.assert_array_equal(again.probabilities, table)
    assert again.labels == whole.labels and again.set_labels == whole.set_labels
    assert [one.labels[0] for one in whole] == whole.labels
    assert whole.top1 == [(*CLASSES, "")[j] for j in table.argmax(axis=1)]
