"""What an assistant's answers are worth is learned, and a useless one costs nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mestring_nlp.agreement import cohen_kappa
from mestring_nlp.assistant.answers import Answer
from mestring_nlp.assistant.fitting import fit, together
from mestring_nlp.assistant.sampling import sample, worth
from mestring_nlp.assistant.weighing import TERMS, Weighing, joined, parted
from mestring_nlp.evaluation import expected_calibration_error
from mestring_nlp.prediction import Prediction

CODES = tuple("abcdefghij")


class Data(NamedTuple):
    """Passages of interviews, a calibrated small model's predictions of them, and people's codes."""

    prediction: Prediction
    gold: np.ndarray
    main: np.ndarray
    groups: list[str]


def drawn(seed: int = 0, interviews: int = 12, each: int = 60) -> Data:
    """Gold is drawn from what the model says, so that the model is calibrated by construction."""
    rng = np.random.default_rng(seed)
    n = interviews * each
    share = rng.dirichlet(np.full(len(CODES) + 1, 0.18), size=n)
    main = np.array([rng.choice(len(CODES) + 1, p=row) for row in share])
    gold = np.zeros((n, len(CODES)), dtype=bool)
    coded = main < len(CODES)
    gold[np.flatnonzero(coded), main[coded]] = True
    groups = [f"intervju {k // each}" for k in range(n)]
    prediction = Prediction(
        CODES, joined(share, np.zeros((n, len(CODES)))), np.full(n, 0.4), np.full(n, 0.1)
    )
    return Data(prediction, gold, main, groups)


def simulated(main: np.ndarray, hit: float, seed: int = 0) -> list[Answer]:
    """Answers that are people's with some probability, and otherwise drawn from their codes at random."""
    rng = np.random.default_rng(seed)
    other = rng.permutation(main)
    first = np.where(rng.uniform(size=len(main)) < hit, main, other)
    second = rng.integers(len(CODES), size=len(main))
    answers = []
    for one, two in zip(first, second, strict=True):
        codes = (
            [CODES[j] for j in dict.fromkeys((one, two)) if j < len(CODES)] if one < len(CODES) else []
        )
        answers.append(Answer(tuple(codes), "Fordi.", "", float(rng.uniform()) if codes else -1.0))
    return answers


def kappa(prediction: Prediction, data: Data) -> float:
    names = (*CODES, "")
    return float(cohen_kappa([names[j] for j in data.main], prediction.top1))


def top1_error(prediction: Prediction, data: Data) -> float:
    right = prediction.probabilities.argmax(axis=1) == data.main
    return expected_calibration_error(prediction.probabilities.max(axis=1), right)


def learned(data: Data, answers: list[Answer], **given: object) -> tuple[Weighing, Prediction]:
    return fit(data.prediction, data.gold, answers, data.groups, assistant="x", prompt="1", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(4))
def test_a_random_assistant_costs_nothing(seed: int) -> None:
    data = drawn(seed)
    answers = simulated(data.main, 0.0, seed)
    weighing, both = learned(data, answers)
    assert weighing.kappa == pytest.approx(0, abs=0.06)
    assert kappa(both, data) >= kappa(data.prediction, data) - 0.005
    assert top1_error(both, data) <= top1_error(data.prediction, data) + 0.01
    # On interviews that nothing was learned from, too.
    new = drawn(seed + 100)
    applied, _ = weighing.apply(new.prediction, simulated(new.main, 0.0, seed + 100))
    assert kappa(applied, new) >= kappa(new.prediction, new) - 0.005


def test_most_random_assistants_weigh_exactly_nothing() -> None:
    drawn_at = [drawn(seed, interviews=6) for seed in range(6)]
    found = [learned(one, simulated(one.main, 0.0, k))[0] for k, one in enumerate(drawn_at)]
    assert sum(weighing.counts for weighing in found) <= 1


@pytest.mark.parametrize("seed", range(3))
def test_a_good_assistant_helps_and_is_believed_as_far_as_it_is_right(seed: int) -> None:
    data = drawn(seed)
    answers = simulated(data.main, 0.78, seed)
    weighing, both = learned(data, answers)
    assert weighing.kappa == pytest.approx(0.78, abs=0.06)
    assert kappa(both, data) > max(kappa(data.prediction, data), weighing.kappa) + 0.02
    new = drawn(seed + 100)
    applied, _ = weighing.apply(new.prediction, simulated(new.main, 0.78, seed + 100))
    for one, of in ((both, data), (applied, new)):
        assert top1_error(one, of) <= 0.05
        inside = one.prediction_set[np.arange(len(of.main)), of.main].mean()
        assert inside >= 0.88
    assert 0.4 < weighing.place < 0.6


def test_what_is_measured_is_learned_from_other_interviews_alone() -> None:
    data = drawn(5, interviews=4)
    answers = simulated(data.main, 0.78, 5)
    both = together(data.prediction, data.gold, answers, data.groups)
    assert kappa(both, data) > kappa(data.prediction, data) + 0.02
    # Other codes of one interview change nothing of what is said about it.
    first = np.array([group == data.groups[0] for group in data.groups])
    gold = data.gold.copy()
    gold[first] = np.roll(gold[first], 1, axis=1)
    changed = together(data.prediction, gold, answers, data.groups)
    assert (changed.probabilities[first] == both.probabilities[first]).all()
    assert (changed.threshold[first] == both.threshold[first]).all()
    assert (changed.probabilities[~first] != both.probabilities[~first]).any()


def test_few_answers_and_a_single_interview_are_enough_to_gain_and_too_few_are_none() -> None:
    data = drawn(1, interviews=1, each=120)
    weighing, both = learned(data, simulated(data.main, 0.78, 1))
    assert weighing.counts and kappa(both, data) > kappa(data.prediction, data)
    few = drawn(1, interviews=3, each=10)
    weighing, both = learned(few, simulated(few.main, 0.78, 1))
    assert not weighing.counts and both is few.prediction


def test_a_sample_of_the_most_telling_passages_is_enough() -> None:
    data = drawn(2, each=200)
    rows, weights = sample(worth(data.prediction), 200)
    part = Data(data.prediction[rows], data.gold[rows], data.main[rows], [data.groups[i] for i in rows])
    answers = simulated(data.main, 0.78, 2)
    weighing, _ = learned(part, [answers[i] for i in rows], weights=weights)
    every, _ = learned(data, answers)
    assert weighing.kappa == pytest.approx(every.kappa, abs=0.1)
    new = drawn(102)
    applied, _ = weighing.apply(new.prediction, simulated(new.main, 0.78, 102))
    assert kappa(applied, new) > kappa(new.prediction, new) + 0.1
    assert top1_error(applied, new) <= 0.05


def test_what_got_no_answer_stays_exactly() -> None:
    data = drawn(3)
    answers = simulated(data.main, 0.78, 3)
    silent = [Answer(problem="slow") if k % 3 else answer for k, answer in enumerate(answers)]
    weighing, both = learned(data, silent)
    rows = [k for k in range(len(silent)) if k % 3]
    applied, shift = weighing.apply(data.prediction, silent)
    assert weighing.counts and weighing.answered == len(silent) - len(rows)
    for found in (both, applied):
        assert (found.probabilities[rows] == data.prediction.probabilities[rows]).all()
        assert (found.threshold[rows] == data.prediction.threshold[rows]).all()
        assert (found.conformal_threshold[rows] == data.prediction.conformal_threshold[rows]).all()
    assert not shift[rows].any()


def _table(share: np.ndarray, beside: np.ndarray) -> np.ndarray:
    return joined((share + 1e-6) / (share + 1e-6).sum(axis=1, keepdims=True), beside)


probabilities = st.builds(
    _table,
    arrays(np.float64, (3, 6), elements=st.floats(0, 1)),
    arrays(np.float64, (3, 5), elements=st.floats(0, 1)),
)


@given(
    probabilities, st.lists(st.floats(0, 8), min_size=5, max_size=5), st.floats(-0.9, 1), st.randoms()
)
def test_probabilities_stay_one_distribution(
    table: np.ndarray, weights: list[float], own: float, random: object
) -> None:
    codes = tuple("abcde")
    n = len(table)
    base = Prediction(codes, table, np.full(n, 0.4), np.full(n, 0.1))
    assert np.allclose(joined(*parted(table)), table, atol=1e-6)
    answers = [Answer(tuple(random.sample(codes, random.randint(0, 3)))) for _ in range(n)]  # type: ignore[attr-defined]
    weighing = Weighing("x", "1", dict(zip(TERMS, [*weights, own], strict=True)))
    found, _ = weighing.apply(base, answers)
    p = found.probabilities
    assert np.isfinite(p).all() and (p >= 0).all() and (p <= 1).all()
    assert (p[:, :-1] + p[:, -1:] <= 1 + 1e-9).all()
    assert found.prediction_set.any(axis=1).all()


@given(
    arrays(np.float64, st.integers(1, 60), elements=st.floats(0.01, 100)),
    st.integers(1, 70),
    st.integers(0, 5),
)
def test_a_sample_has_its_size_and_weights_that_add_up(worths: np.ndarray, size: int, seed: int) -> None:
    rows, weights = sample(worths, size, seed)
    assert len(rows) == min(size, len(worths)) == len(set(rows.tolist()))
    assert (weights >= 1 - 1e-9).all()


def test_a_sample_stands_for_all() -> None:
    worths = np.random.default_rng(0).uniform(0.25, 1.25, 400)
    totals = [sample(worths, 60, seed)[1].sum() for seed in range(300)]
    assert np.mean(totals) == pytest.approx(400, rel=0.02)
