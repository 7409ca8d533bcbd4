"""Every measure against an independent implementation, and what must hold for any data."""

from __future__ import annotations

import math

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import cohen_kappa_score, precision_recall_fscore_support
from statsmodels.stats import inter_rater

import mestring_nlp as mn
from mestring_nlp import agreement
from mestring_nlp.agreement import resampling

LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60)
SETS = st.lists(
    st.tuples(*[st.frozensets(st.sampled_from("abc"), max_size=3)] * 2), min_size=2, max_size=30
)


def same(a: float, b: float) -> bool:
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, abs_tol=1e-9)


@given(LABELS)
def test_cohen_kappa_is_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    a, b = zip(*pairs, strict=True)
    ours = agreement.cohen_kappa(a, b)
    if len({*a, *b}) == 1:
        assert math.isnan(ours)
    else:
        assert same(ours, cohen_kappa_score(a, b))


@given(LABELS)
def test_two_coder_measures_are_symmetric_and_blind_to_names(pairs: list[tuple[int, int]]) -> None:
    a, b = zip(*pairs, strict=True)
    renamed = [[f"code {3 - label}" for label in side] for side in (a, b)]
    for measure in (
        agreement.percent_agreement,
        agreement.cohen_kappa,
        agreement.gwet_ac1,
        lambda x, y: agreement.brennan_prediger(x, y, 4),
    ):
        assert same(measure(a, b), measure(b, a))
        assert same(measure(a, b), measure(*renamed))
        assert math.isnan(measure(a, b)) or -1 <= measure(a, b) <= 1
    if len(set(a)) > 1:
        assert agreement.cohen_kappa(a, a) == agreement.gwet_ac1(a, a) == 1


def test_values_of_irrcac() -> None:
    # Computed with irrCAC 0.4 (CAC.gwet, .bp, .conger), which needs an older numpy than ours.
    a = "230312213011210000030230111303330121222032311300120310233310"
    b = "130312213310210000000333101331230220323031302030220310213310"
    assert agreement.gwet_ac1(a, b) == pytest.approx(0.53491, abs=1e-5)
    assert agreement.brennan_prediger(a, b, 4) == pytest.approx(0.53333, abs=1e-5)
    assert agreement.cohen_kappa(a, b) == pytest.approx(0.52932, abs=1e-5)


@given(
    st.lists(st.lists(st.sampled_from([0, 1, 2, None]), min_size=3, max_size=3), min_size=2, max_size=30)
)
def test_alpha_is_krippendorffs(units: list[list[int | None]]) -> None:
    values = [v for unit in units if sum(x is not None for x in unit) > 1 for v in unit if v is not None]
    assume(len(set(values)) > 1)
    table = np.array([[np.nan if v is None else v for v in unit] for unit in units]).T
    theirs = krippendorff.alpha(table, level_of_measurement="nominal")
    assert same(agreement.krippendorff_alpha(units), float(theirs))


@pytest.mark.parametrize("distance", ["jaccard", "masi"])
@given(pairs=SETS)
def test_alpha_over_sets_is_krippendorffs(
    distance: str, pairs: list[tuple[frozenset[str], frozenset[str]]]
) -> None:
    sets = sorted({s for pair in pairs for s in pair}, key=sorted)
    assume(len(sets) > 1)
    delta = agreement.DISTANCES[distance]

    def metric(v1: np.ndarray, v2: np.ndarray, **_: object) -> np.ndarray:
        return np.vectorize(lambda i, j: delta(sets[int(i)], sets[int(j)]))(v1, v2)

    table = np.array([[sets.index(s) for s in side] for side in zip(*pairs, strict=True)], dtype=float)
    theirs = krippendorff.alpha(table, level_of_measurement=metric)
    assert same(agreement.krippendorff_alpha(pairs, distance), float(theirs))


@given(SETS)
def test_distances_are_distances(pairs: list[tuple[frozenset[str], frozenset[str]]]) -> None:
    for delta in (agreement.jaccard_distance, agreement.masi_distance, agreement.nominal_distance):
        for a, b in pairs:
            assert delta(a, a) == 0 and 0 <= delta(a, b) == delta(b, a) <= 1
            assert agreement.masi_distance(a, b) >= agreement.jaccard_distance(a, b) - 1e-12


@given(arrays(np.int64, st.tuples(st.integers(2, 20), st.just(5)), elements=st.integers(0, 2)))
def test_fleiss_is_statsmodels(votes: np.ndarray) -> None:
    counts = np.array([np.bincount(row, minlength=3) for row in votes])
    ours = agreement.fleiss_kappa(counts)
    if len(np.unique(votes)) == 1:
        assert math.isnan(ours)
    else:
        assert same(ours, inter_rater.fleiss_kappa(counts))


@given(arrays(bool, st.tuples(st.integers(1, 40), st.just(2))))
def test_precision_and_recall_are_scikit_learns(table: np.ndarray) -> None:
    gold, found = table.T
    ours = agreement.precision_recall(gold, found)
    theirs = precision_recall_fscore_support(gold, found, average="binary", zero_division=0)
    assert same(ours.precision, theirs[0]) and same(ours.recall, theirs[1]) and same(ours.f1, theirs[2])
    assert ours.support == gold.sum()


@given(arrays(bool, st.tuples(st.integers(1, 40), st.just(2))))
def test_kappa_from_prevalence_and_bias(table: np.ndarray) -> None:
    """Byrt, Bishop and Carlin's equation: kappa follows from PABAK and the two indices."""
    a, b = table.T
    pi, bi = agreement.prevalence_index(a, b), agreement.bias_index(a, b)
    assume(abs(1 - pi**2 + bi**2) > 1e-9)
    expected = (agreement.pabak(a, b) - pi**2 + bi**2) / (1 - pi**2 + bi**2)
    assert same(agreement.cohen_kappa(a, b), expected)


@given(
    st.lists(
        st.tuples(st.sampled_from("xy_"), st.sampled_from("xy_"), st.integers(1, 9)),
        min_size=1,
        max_size=12,
    )
)
def test_unitizing_alpha_is_alpha_over_points(pieces: list[tuple[str, str, int]]) -> None:
    lines = ["".join(p[side] * p[2] for p in pieces) for side in (0, 1)]
    spans: list[list[tuple[int, int, str]]] = [[], []]
    at = 0
    for first, second, size in pieces:
        for side, label in enumerate((first, second)):
            if label != "_":
                spans[side].append((at, at + size, label))
        at += size
    assume(len(set("".join(lines))) > 1)
    table = [["xy_".index(label) for label in line] for line in lines]
    theirs = krippendorff.alpha(table, level_of_measurement="nominal")
    assert same(agreement.unitizing_alpha(spans[0], spans[1], at), float(theirs))


def test_unitizing_alpha_without_gaps_is_over_what_both_coded() -> None:
    a = [(0, 10, "x"), (10, 20, "y")]
    b = [(5, 10, "x"), (10, 15, "y")]
    assert agreement.unitizing_alpha(a, b, 100, gaps=False) == 1
    assert agreement.unitizing_alpha(a, b, 100) < 1


def test_unitizing_alpha_takes_lengths_not_points() -> None:
    spans = [(0, 10**9, "x"), (10**9, 2 * 10**9, "y")]
    assert agreement.unitizing_alpha(spans, spans, 3 * 10**9) == 1


def test_weights_are_units_repeated() -> None:
    units = [("x", "x"), ("x", "y"), ("y", "y")]
    repeated = [unit for unit, times in zip(units, (3, 2, 4), strict=True) for _ in range(times)]
    weighted = agreement.krippendorff_alpha(units, weights=(3, 2, 4))
    assert weighted == agreement.krippendorff_alpha(repeated)


@pytest.mark.parametrize(
    "spans", [[(0, 5, "x"), (4, 8, "y")], [(0, 11, "x")], [(5, 5, "x")], [(-1, 2, "x")]]
)
def test_unitizing_alpha_refuses_impossible_spans(spans: list[tuple[int, int, str]]) -> None:
    with pytest.raises(mn.MestringError, match="the span"):
        agreement.unitizing_alpha(spans, [], 10)


@given(arrays(bool, st.tuples(st.integers(1, 40), st.just(2))))
def test_kappa_of_tables_is_cohens(table: np.ndarray) -> None:
    a, b = table.T
    counts = [[(a & b).sum(), (a & ~b).sum(), (~a & b).sum(), (~a & ~b).sum()]]
    assert same(float(agreement.kappa_of_tables(counts)[0]), agreement.cohen_kappa(a, b))


@settings(max_examples=20)
@given(arrays(bool, st.tuples(st.just(2), st.integers(1, 30), st.integers(1, 3))), st.integers(1, 5))
def test_interval_of_kappa_is_the_interval_of_any_statistic(codes: np.ndarray, interviews: int) -> None:
    a, b = codes
    groups = [index % interviews for index in range(len(a))]
    slow = agreement.bootstrap_interval(
        lambda rows: agreement.cohen_kappa(a[rows].ravel(), b[rows].ravel()), groups, repeats=100
    )
    fast = agreement.kappa_interval(a, b, groups, repeats=100)
    assert all(same(one, other) for one, other in zip(slow, fast, strict=True))


def test_interval_holds_whole_interviews() -> None:
    groups = ["a"] * 50 + ["b"] * 50 + ["c"] * 50
    values = np.repeat([0.2, 0.5, 0.8], 50)
    low, high = agreement.bootstrap_interval(lambda rows: float(values[rows].mean()), groups)
    # Three interviews give ten different draws at most; passages drawn alone would give .46 to .54.
    assert low == pytest.approx(0.2, abs=0.1) and high == pytest.approx(0.8, abs=0.1)
    assert agreement.bootstrap_interval(lambda rows: float(values[rows].mean()), groups) == (low, high)
    for groups in (["a"] * 9, []):
        one = agreement.bootstrap_interval(lambda rows: 1.0, groups)
        assert math.isnan(one[0]) and math.isnan(one[1])


def test_rho_falls_with_kappa_and_with_units() -> None:
    assert agreement.shaffer_rho(0.95, 80, 0.2) < 0.05
    assert agreement.shaffer_rho(0.5, 80, 0.2) > 0.3
    assert agreement.shaffer_rho(0.75, 400, 0.2) < agreement.shaffer_rho(0.75, 40, 0.2)
    with pytest.raises(mn.MestringError, match="base rate"):
        agreement.shaffer_rho(0.9, 80, 0.0)
    assert math.isnan(agreement.shaffer_rho(math.nan, 80, 0.2))


@given(st.floats(0.01, 0.99), st.integers(0, 2**32 - 1))
def test_rho_simulates_code_sets_of_the_kappa_asked_for(base_rate: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    kappa = rng.uniform(0.4, 0.65, 50)
    shares = resampling._code_sets(rng, base_rate, kappa)
    assert shares.min() >= 0
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    np.testing.assert_allclose(shares[:, :2].sum(axis=1), base_rate)
    np.testing.assert_allclose(agreement.kappa_of_tables(shares), kappa, atol=1e-9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: agreement.cohen_kappa([], []),
        lambda: agreement.cohen_kappa(["a"], ["a", "b"]),
        lambda: agreement.pabak(["a", "b", "c"], ["a", "b", "b"]),
        lambda: agreement.brennan_prediger(["a", "a"], ["a", "a"], 1),
        lambda: agreement.kappa_interval(np.array([True]), np.array([True, False]), ["x"]),
        lambda: agreement.fleiss_kappa([[2, 1], [1, 1]]),
        lambda: agreement.fleiss_kappa([]),
        lambda: agreement.krippendorff_alpha([["a", None]]),
        lambda: agreement.krippendorff_alpha([["a", "b"]], "ordinal"),
        lambda: agreement.bias_index(np.array([True]), np.array([True, False])),
        lambda: agreement.unitizing_alpha([], [], 0),
    ],
)
def test_what_cannot_be_measured_is_an_error(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(mn.MestringError):
        call()
