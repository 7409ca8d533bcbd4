from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import estimator_checks

import mestring_nlp as mn

CODES = ["kompetanse", "ledelse", "maalsettinger"]


@pytest.fixture
def examples(coded: Path) -> mn.training_data.Examples:  # type: ignore[name-defined]
    return mn.load_training_data(coded).examples()


@pytest.fixture
def fitted(examples) -> mn.SegmentClassifier:  # type: ignore[no-untyped-def]
    classifier = mn.SegmentClassifier()
    return classifier.fit(examples.texts, examples.codes, examples.questions, examples.groups)


@pytest.mark.parametrize(
    "check",
    [
        "check_estimator_cloneable",
        "check_estimator_repr",
        "check_no_attributes_set_in_init",
        "check_get_params_invariance",
        "check_set_params",
        "check_parameters_default_constructible",
        "check_mixin_order",
        "check_valid_tag_types",
    ],
)
def test_scikit_learn_check(check: str) -> None:
    getattr(estimator_checks, check)("SegmentClassifier", mn.SegmentClassifier())


def test_learns_and_gives_probabilities(fitted: mn.SegmentClassifier) -> None:
    assert fitted.codes_ == tuple(CODES)
    texts = [
        "Vi har tall for svartid på målekortet.",
        "De har medlytt og kurs.",
        "Som leder er jeg tydelig.",
    ]
    probabilities = fitted.predict_proba(texts)
    assert probabilities.shape == (3, 3)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert [CODES[j] for j in probabilities.argmax(axis=1)] == ["maalsettinger", "kompetanse", "ledelse"]


def test_the_question_tells_what_a_short_answer_is_about(fitted: mn.SegmentClassifier) -> None:
    goals, learning = fitted.predict_proba(
        ["Ja, det har vi.", "Ja, det har vi."],
        ["Har dere mål og tall som dere følger?", "Er det opplæring og kurs hos dere?"],
    )
    assert goals[2] > learning[2] and learning[0] > goals[0]


def test_each_row_stands_alone(fitted: mn.SegmentClassifier, examples) -> None:  # type: ignore[no-untyped-def]
    together = fitted.predict_proba(examples.texts, examples.questions)
    alone = fitted.predict_proba(examples.texts[3:4], [examples.questions[3]])
    np.testing.assert_allclose(together[3], alone[0], atol=1e-12)
    backwards = fitted.predict_proba(examples.texts[::-1], examples.questions[::-1])
    np.testing.assert_allclose(together, backwards[::-1], atol=1e-12)


def test_fitting_twice_gives_the_same(fitted: mn.SegmentClassifier, examples) -> None:  # type: ignore[no-untyped-def]
    before = fitted.predict_proba(examples.texts)
    fitted.fit(examples.texts, examples.codes, examples.questions, examples.groups)
    np.testing.assert_array_equal(before, fitted.predict_proba(examples.texts))


def test_indicator_matrix_equals_code_sets(fitted: mn.SegmentClassifier, examples) -> None:  # type: ignore[no-untyped-def]
    matrix = np.array([[code in codes for code in CODES] for codes in examples.codes], dtype=int)
    other = mn.SegmentClassifier(CODES).fit(examples.texts, matrix, examples.questions, examples.groups)
    np.testing.assert_array_equal(
        other.predict_proba(examples.texts), fitted.predict_proba(examples.texts)
    )
    assert set(np.unique(other.predict(examples.texts))) <= {0, 1}


def test_survives_pickle_and_arrays(fitted: mn.SegmentClassifier, examples) -> None:  # type: ignore[no-untyped-def]
    expected = fitted.predict_proba(examples.texts, examples.questions)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict_proba(examples.texts, examples.questions), expected)
    loaded = clone(fitted).from_arrays(fitted.codes_, fitted.to_arrays())
    np.testing.assert_allclose(
        loaded.predict_proba(examples.texts, examples.questions), expected, atol=1e-5
    )


def test_inputs_are_left_alone(examples) -> None:  # type: ignore[no-untyped-def]
    texts, codes = list(examples.texts), [list(c) for c in examples.codes]
    mn.SegmentClassifier().fit(texts, codes)
    assert texts == list(examples.texts) and codes == [list(c) for c in examples.codes]


def test_nothing_in_nothing_out(fitted: mn.SegmentClassifier) -> None:
    assert fitted.predict_proba([]).shape == (0, 3)
    assert fitted.predict([]).shape == (0, 3)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((["a"] * 5, [["x"]] * 4), "5 passages but 4 sets of codes"),
        ((["a"] * 3, [["x"]] * 3), "at least 4"),
        ((["a"] * 4, [[]] * 4), "no passage carries a code"),
        ((["a"] * 4, [["x"]] * 4, ["q"] * 3), "4 passages but 3 questions"),
        ((["a"] * 4, [["x"]] * 4, None, ["g"]), "4 passages but 1 groups"),
        ((["a"] * 4, [["x"]] * 4, None, None, ["g"]), "4 passages but 1 runs"),
        (("aaaa", [["x"]] * 4), "list of texts"),
        ((["a", "b", 3, "c"], [["x"]] * 4), "passage 2 is int"),
        ((["a"] * 4, np.zeros((4, 2))), "indicator matrix of 2 columns"),
    ],
)
def test_wrong_input(arguments: tuple, says: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(mn.MestringError, match=says):
        mn.SegmentClassifier().fit(*arguments)


def test_unknown_code() -> None:
    with pytest.raises(mn.MestringError, match=r"'y'.*x, z"):
        mn.SegmentClassifier(["x", "z"]).fit(["a", "b", "c", "d"], [["x"], ["y"], ["x"], []])


def test_the_floor_keeps_its_promise_on_what_it_was_learned_from(fitted: mn.SegmentClassifier) -> None:
    for level in (0.5, 0.8, 0.9):
        for floor, kind in zip(
            fitted.floor(level, ["Har dere mål?", ""]), ("asked", "unasked"), strict=True
        ):
            assert (fitted.conformal_[kind] >= floor).mean() >= level
    assert (fitted.floor(0.5, ["", "?"]) >= fitted.floor(0.9, ["", "?"])).all()
    assert fitted.floor(0.9999, [None]) == [0]
    with pytest.raises(mn.MestringError, match="between 0 and 1"):
        fitted.floor(1.5, [])


def test_promises_are_learned_from_interviews_left_out_together_where_the_rest_suffices(
    examples,  # type: ignore[no-untyped-def]
) -> None:
    """The same probabilities, by the same weights, with or without single passages that suffice."""
    n = len(examples)
    runs = [f"{g}{k // 4 % 2}" for g, k in zip(examples.groups, range(n), strict=True)]
    columns = (examples.texts, examples.codes, examples.questions)
    alone = mn.SegmentClassifier().fit(*columns, runs, runs)
    again = [f"{text} Slik er det hos oss." for text in examples.texts]
    twice = mn.SegmentClassifier().fit(
        [*examples.texts, *again],
        [*examples.codes, *examples.codes],
        [*examples.questions, *examples.questions],
        [*runs, *(["other"] * n)],
        [*runs, *([""] * n)],
    )
    for classifier, apart in ((alone, False), (twice, True)):
        left_out = classifier._left_out
        assert any((left_out.scores[v] != left_out.apart[v]).any() for v in left_out.scores) == apart
        targets = left_out.targets > 0
        assert len(classifier.conformal_["unasked"]) == targets.sum()
        assert len(classifier.conformal_["asked"]) == targets[left_out.has_question].sum()


@pytest.fixture
def chained(examples) -> mn.SegmentClassifier:  # type: ignore[no-untyped-def]
    """Learned from four interviews, so that neighbours tell something."""
    runs = [f"{g}{k // 4 % 2}" for g, k in zip(examples.groups, range(len(examples)), strict=True)]
    classifier = mn.SegmentClassifier()
    return classifier.fit(examples.texts, examples.codes, examples.questions, runs, runs)


def test_contributions_add_up_to_the_log_odds(chained: mn.SegmentClassifier) -> None:
    texts, questions = ["Vi har målekort.", "De har medlytt.", "Ja."], ["Har dere mål?", "", ""]
    for runs, kinds in (
        (None, ["asked", "unasked", "unasked"]),
        (["a", "a", ""], ["asked_in_run", "unasked_in_run", "unasked"]),
    ):
        found = chained.decompose(texts, questions, runs)
        for row, kind in enumerate(kinds):
            stack = chained.stacks_.by_kind[kind]
            known_of_nothing = stack.intercepts + sum(
                weight * (chained.views_[view].intercept if view in chained.views_ else 0.0)
                for view, weight in zip(stack.views, stack.weights, strict=True)
            )
            logits = known_of_nothing + sum(table[row] for table in found.contributions.values())
            np.testing.assert_allclose(1 / (1 + np.exp(-logits)), found.probabilities[row], atol=1e-12)
        assert not found.contributions["question_meaning"][1].any()


def test_neighbours_count_only_within_an_interview(chained: mn.SegmentClassifier) -> None:
    texts = ["De sitter medlytt og går på kurs hos oss.", "Ja, det gjør de.", "Vi har kurs."]
    alone = chained.predict_proba(texts)
    together = chained.predict_proba(texts, runs=["a", "a", "a"])
    apart = chained.predict_proba(texts, runs=["a", "b", "c"])
    assert abs(together[1] - apart[1]).max() > 1e-3
    np.testing.assert_array_equal(chained.predict_proba(texts, runs=["", "", ""]), alone)
    moved = chained.predict_proba(["Nei.", *texts], runs=["z", "a", "a", "a"])
    np.testing.assert_allclose(moved[1:], together, atol=1e-12)


def test_calibration_is_learned_from_interviews_where_there_are_three(examples) -> None:  # type: ignore[no-untyped-def]
    fit = (examples.texts, examples.codes, examples.questions, examples.groups)
    whole = mn.SegmentClassifier().fit(*fit)
    two = mn.SegmentClassifier().fit(*fit, examples.groups)
    assert "asked_in_run" not in two.stacks_.by_kind
    for kind, found in two.conformal_.items():
        np.testing.assert_array_equal(found, whole.conformal_[kind])
    runs = [("a", "b", "c", "")[k % 4] for k in range(len(examples))]
    some = mn.SegmentClassifier().fit(*fit, runs)
    assert len(some.conformal_["unasked"]) < len(whole.conformal_["unasked"])


def test_a_lone_question_teaches_what_is_asked_and_nothing_else(examples) -> None:  # type: ignore[no-untyped-def]
    texts, codes = [*examples.texts, "", ""], [*examples.codes, ("kompetanse",), ("ledelse",)]
    questions = [*examples.questions, "Hvordan er fadderordningen?", "Hva gjør en sjef?"]
    groups = [*examples.groups, "q", "q"]
    taught = mn.SegmentClassifier().fit(texts, codes, questions, groups)
    plain = mn.SegmentClassifier().fit(
        examples.texts, examples.codes, examples.questions, examples.groups
    )
    assert len(taught.conformal_["unasked"]) == len(plain.conformal_["unasked"])
    assert (
        taught.features_.vectorizers["words"].vocabulary_
        == plain.features_.vectorizers["words"].vocabulary_
    )
    asked = (["Ja, det har vi."], ["Er det en fadderordning?"])
    assert taught.predict_proba(*asked)[0, 0] > plain.predict_proba(*asked)[0, 0]


def test_fewer_views(examples) -> None:  # type: ignore[no-untyped-def]
    one = mn.SegmentClassifier(views=("question_spelling",))
    one.fit(examples.texts, examples.codes, examples.questions, examples.groups)
    assert set(one.views_) == {"question_spelling"}
    with pytest.raises(mn.MestringError, match="unknown views"):
        mn.SegmentClassifier(views=("smell",)).fit(["a"] * 4, [["x"]] * 4)


def test_must_be_fitted() -> None:
    from sklearn.exceptions import NotFittedError

    with pytest.raises(NotFittedError):
        mn.SegmentClassifier().predict_proba(["a"])
