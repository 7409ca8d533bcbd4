from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mestring_nlp.suggestion import decide, plausible

PROBABILITIES = arrays(np.float64, st.tuples(st.integers(1, 6), st.just(4)), elements=st.floats(0, 1))


@given(PROBABILITIES, st.floats(0.05, 0.95))
def test_decision(table: np.ndarray, threshold: float) -> None:
    probabilities, none = table[:, :-1], table[:, -1]
    codes, abstained = decide(probabilities, none, threshold)
    for i, chosen in enumerate(codes):
        values = [probabilities[i, j] for j in chosen]
        assert values == sorted(values, reverse=True)
        assert all(value >= threshold and value >= none[i] for value in values)
        assert abstained[i] == (not chosen and none[i] < threshold)


@given(PROBABILITIES, st.floats(0.05, 0.9))
def test_a_higher_bar_never_adds_a_code(table: np.ndarray, threshold: float) -> None:
    low, _ = decide(table[:, :-1], table[:, -1], threshold)
    high, _ = decide(table[:, :-1], table[:, -1], threshold + 0.05)
    assert all(set(b) <= set(a) for a, b in zip(low, high, strict=True))


@given(PROBABILITIES, st.floats(0, 1), st.floats(0, 1))
def test_a_promised_set_is_never_empty_and_grows_as_the_floor_falls(
    table: np.ndarray, a: float, b: float
) -> None:
    high, low = plausible(table, max(a, b)), plausible(table, min(a, b))
    assert high.any(axis=1).all()
    assert (low | ~high).all()
    assert high[np.arange(len(table)), table.argmax(axis=1)].all()
