"""The statistics of findings: known answers, other libraries as oracles, and what must hold of any data."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from mestring_nlp.analysis.adjusted_counts import (
    ADJUSTED,
    PROBABLE,
    Errors,
    Rates,
    Scores,
    adjusted,
    count_interval,
)
from mestring_nlp.analysis.along import tenths
from mestring_nlp.analysis.cooccurrence import exact_p
from mestring_nlp.analysis.resampling import (
    cliffs_delta,
    compare_groups,
    holm,
    interval,
    rank_correlation,
)
from mestring_nlp.analysis.saturation import new_shares
from mestring_nlp.analysis.survey import mean_interval
from mestring_nlp.analysis.tables import number

FIGURES = st.floats(0, 1, allow_nan=False, width=32)


def one_test(x: np.ndarray, y: np.ndarray, alternative: str) -> float:
    def difference(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
        return a.mean(axis=axis) - b.mean(axis=axis)

    found = scipy.stats.permutation_test(
        (x, y), difference, vectorized=True, n_resamples=np.inf, alternative=alternative
    )
    return float(found.pvalue)


def test_groups_are_compared_as_scipy_does_and_the_interval_inverts_the_test() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(1, 1, 6), rng.normal(0, 1, 6)
    found = compare_groups(np.concatenate([a, b])[:, None], np.arange(12) < 6)
    assert found.exact
    assert found.difference[0] == pytest.approx(a.mean() - b.mean())
    assert found.p[0] == pytest.approx(one_test(a, b, "two-sided"))
    for limit, inward, alternative in ((found.low[0], 1e-6, "greater"), (found.high[0], -1e-6, "less")):
        assert one_test(a - (limit - inward), b, alternative) <= 0.025
        assert one_test(a - (limit + inward), b, alternative) > 0.025


@pytest.mark.parametrize("seed", range(6))
def test_p_and_interval_say_the_same_of_groups_of_unequal_size(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.exponential(1, 3) + 0.4 * seed, rng.exponential(1, 9)
    found = compare_groups(np.concatenate([a, b])[:, None], np.arange(12) < 3)
    assert found.p[0] == pytest.approx(one_test(a, b, "two-sided"))
    assert (found.p[0] <= 0.05) == (not found.low[0] <= 0 <= found.high[0])


def test_drawn_permutations_come_near_all_of_them() -> None:
    rng = np.random.default_rng(2)
    X = np.concatenate([rng.normal(0.5, 1, 10), rng.normal(0, 1, 10)])[:, None]
    first = np.arange(20) < 10
    found = compare_groups(X, first)
    exact = one_test(X[:10, 0], X[10:, 0], "two-sided")
    assert not found.exact and found.p[0] == pytest.approx(exact, abs=0.02)
    student = scipy.stats.ttest_ind(X[:10, 0], X[10:, 0]).confidence_interval()
    assert (found.low[0], found.high[0]) == pytest.approx(tuple(student), abs=0.15)


def test_six_interviews_exclude_nothing() -> None:
    found = compare_groups(np.array([[1.0], [2], [3], [7], [8], [9]]), np.arange(6) < 3)
    assert found.p[0] == pytest.approx(2 / 20)  # the most extreme of twenty ways, and its mirror
    assert np.isnan(found.low[0]) and np.isnan(found.high[0])


@given(st.lists(FIGURES, min_size=5, max_size=9), st.integers(2, 3))
def test_groups_turned_around_give_the_same_with_the_other_sign(values: list[float], size: int) -> None:
    X, first = np.array(values)[:, None], np.arange(len(values)) < size
    one, other = compare_groups(X, first), compare_groups(X, ~first)
    assert one.difference == pytest.approx(-other.difference)
    assert one.p == pytest.approx(other.p)
    assert 0 < one.p[0] <= 1
    assert one.low == pytest.approx(-other.high, nan_ok=True)


@given(st.lists(FIGURES, min_size=1, max_size=8), st.lists(FIGURES, min_size=1, max_size=8))
def test_cliffs_delta_is_twice_the_common_language_effect_less_one(
    a: list[float], b: list[float]
) -> None:
    u = scipy.stats.mannwhitneyu(a, b).statistic
    assert cliffs_delta(a, b) == pytest.approx(2 * u / (len(a) * len(b)) - 1)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_that_of_statsmodels(p: list[float]) -> None:
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])


def test_holm_leaves_out_tests_that_were_not_made() -> None:
    assert holm([0.01, np.nan, 0.04]) == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert np.isnan(holm([np.nan])).all()


def test_rank_correlation_is_spearmans() -> None:
    rng = np.random.default_rng(0)
    X, scale = rng.random((12, 2)), rng.integers(1, 6, 12).astype(float)
    X[:, 1] = 0.5
    found = rank_correlation(X, scale)
    known = scipy.stats.spearmanr(X[:, 0], scale)
    assert found.difference[0] == pytest.approx(known.statistic)
    assert found.p[0] == pytest.approx(known.pvalue, abs=0.03)
    assert found.low[0] < found.difference[0] < found.high[0]
    assert np.isnan(found.difference[1]) and np.isnan(found.p[1])


def test_the_bootstrap_is_that_of_scipy() -> None:
    x = np.random.default_rng(3).exponential(1, 25)
    low, high = interval(lambda w: (w @ x)[:, None] / w.sum(axis=1, keepdims=True), 25, repeats=9_999)
    known = scipy.stats.bootstrap((x,), np.mean, method="BCa").confidence_interval
    assert (low[0], high[0]) == pytest.approx((known.low, known.high), abs=0.05)


@pytest.mark.parametrize("n", [1, 2])
def test_two_interviews_give_no_interval(n: int) -> None:
    low, high = interval(lambda w: w.sum(axis=1, keepdims=True), n)
    assert np.isnan(low[0]) and np.isnan(high[0])


def test_codes_together_in_several_cases_by_trying_everything() -> None:
    a, b, size = np.array([2, 1]), np.array([1, 2]), np.array([3, 4])
    chances: dict[int, float] = {}
    # In each case the one code's units are fixed, and the other's laid at random.
    tables = [scipy.stats.hypergeom(n, x, y) for n, x, y in zip(size, a, b, strict=True)]
    for one, two in product(range(3), repeat=2):
        p = float(tables[0].pmf(one) * tables[1].pmf(two))
        chances[one + two] = chances.get(one + two, 0) + p
    for observed in range(3):
        tails = [
            sum(p for n, p in chances.items() if test(n))
            for test in (lambda n, o=observed: n >= o, lambda n, o=observed: n <= o)
        ]
        assert exact_p(observed, a, b, size) == pytest.approx(min(1, 2 * min(tails)))


def test_where_chance_leaves_one_outcome_there_is_no_test() -> None:
    assert np.isnan(exact_p(2, np.array([2]), np.array([3]), np.array([3])))


def test_saturation_by_hand() -> None:
    # New codes by interview: 4, 2, 1, 1, 1, 0, 1, 0; eight in the base of four.
    new = [4, 2, 1, 1, 1, 0, 1, 0]
    occurs = np.zeros((8, sum(new)), dtype=bool)
    for interview, first in enumerate(np.cumsum([0, *new[:-1]])):
        occurs[interview:, first : first + new[interview]] = True
    shares, base = new_shares(occurs, [np.arange(8)], 4, 2)
    assert base.tolist() == [8]
    assert shares.tolist() == [[1 / 8, 1 / 8, 1 / 8]]
    shares, _ = new_shares(occurs, [np.arange(8)], 4, 1)
    assert shares.tolist() == [[1 / 8, 0, 1 / 8, 0]]


def test_saturation_as_the_article_reports_it() -> None:
    # Guest, Namey and Chen (2020): a base of four with 37 themes, runs with 11 % and then 3 % (1 / 37) new; reached at 5 %
    # with 6+2 interviews for runs of two, with 7+3 for runs of three.
    new = [20, 9, 5, 3, 0, 3, 1, 0, 1, 0]
    occurs = np.repeat(np.eye(10, dtype=bool), new, axis=1)
    shares, base = new_shares(occurs, [np.arange(10)], 4, 2)
    assert base.tolist() == [37]
    assert (100 * shares[0]).round().tolist()[1:3] == [11, 3]
    assert 4 + int(np.argmax(shares[0] <= 0.05)) == 6
    shares, _ = new_shares(occurs, [np.arange(10)], 4, 3)
    assert 4 + int(np.argmax(shares[0] <= 0.05)) == 7


@given(st.integers(0, 2**32 - 1))
def test_all_codes_are_found_whatever_the_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    occurs = rng.random((7, 9)) < 0.4
    orders = [rng.permutation(7) for _ in range(5)]
    shares, base = new_shares(occurs, orders, 3, 1)
    found = base * (1 + np.nan_to_num(shares).sum(axis=1))
    assert found[base > 0] == pytest.approx(int(occurs.any(axis=0).sum()))


def test_means_have_students_interval() -> None:
    x = np.array([1.0, 2, 4, 5, 5])
    known = scipy.stats.ttest_1samp(x, 0).confidence_interval()
    assert mean_interval(x) == pytest.approx(tuple(known))
    assert np.isnan(mean_interval(x[:1])[0])


@given(st.floats(0.05, 0.95), st.floats(0.3, 1), st.floats(0, 0.2))
def test_adjusting_undoes_known_errors(share: float, found: float, false: float) -> None:
    counted = share * found + (1 - share) * false
    rates = Rates(np.array([found]), np.array([false]))
    assert adjusted(np.array([counted]), rates)[0] == pytest.approx(share)


def test_scores_that_do_not_tell_give_no_count() -> None:
    assert np.isnan(adjusted(np.array([0.4]), Rates(np.array([0.4]), np.array([0.4])))[0])


def errors(interviews: int, found: float, false: float, seed: int = 0) -> Errors:
    """Interviews of two hundred passages whose share of a code varies, and a machine with these rates."""
    rng = np.random.default_rng(seed)
    gold, decided, groups = [], [], []
    for number_ in range(interviews):
        truth = rng.random(200) < rng.uniform(0.1, 0.6)
        gold.append(truth)
        decided.append(rng.random(200) < np.where(truth, found, false))
        groups += [str(number_)] * 200
    y, d = np.concatenate(gold)[:, None], np.concatenate(decided)[:, None].astype(float)
    # Probabilities that are wrong: calibrated to another share of the code.
    return Errors(Scores(d, 0.5 * d + 0.25), y, groups)


def test_a_machine_that_misses_a_third_is_adjusted_by_its_rates() -> None:
    measured = errors(12, 0.66, 0.05)
    assert measured.best() != PROBABLE  # the two others are one where probabilities are two
    assert measured.rates().found[0] == pytest.approx(0.66, abs=0.05)
    raw = np.abs(measured.true - measured.decided).mean()
    assert np.abs(measured.residuals(ADJUSTED)).mean() < raw / 2


def test_the_rates_leave_an_interview_out() -> None:
    measured = errors(3, 0.8, 0.1)
    others = errors(3, 0.8, 0.1)
    others._sums[1] *= 100  # what is left out has no say
    assert measured.rates("decided", 1) == others.rates("decided", 1)


def test_the_interval_holds_what_is_true_nineteen_times_in_twenty() -> None:
    measured, others = errors(12, 0.7, 0.05, seed=1), errors(200, 0.7, 0.05, seed=2)
    residuals, inside = measured.residuals(ADJUSTED), []
    for at in range(200):
        share = others.decided[at] / 200
        low, high = count_interval(
            200 * adjusted(share, measured.rates()), 200, residuals, measured.sizes
        )
        inside.append(low[0] <= others.true[at, 0] <= high[0])
    assert 0.88 <= np.mean(inside) <= 1


def test_two_coded_interviews_give_no_interval() -> None:
    measured = errors(2, 0.7, 0.05)
    assert measured.best() == PROBABLE
    low, _ = count_interval(np.array([3.0]), 10, measured.residuals(PROBABLE), measured.sizes)
    assert np.isnan(low[0])


def test_tenths_follow_the_words() -> None:
    found = tenths(np.array([50.0, 50, 10, 90]), ["a", "a", "b", "b"])
    assert found.tolist() == [2, 7, 0, 5]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,5", 3.5),
        ("1 200", 1200),
        ("-2", -2),
        ("8.5", 8.5),
        ("8 år", None),
        ("1.2.3", None),
        ("", None),
    ],
)
def test_numbers_have_a_comma_or_a_point(text: str, value: float | None) -> None:
    assert number(text) == value
