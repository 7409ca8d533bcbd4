from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from crepes import ConformalClassifier
from sklearn.base import clone
from sklearn.utils import estimator_checks

import mestring_nlp as mn
from mestring_nlp import inputs
from mestring_nlp.calibration import Calibration, _also
from mestring_nlp.conformal import KINDS, Conformal
from mestring_nlp.context import Rows as StackRows
from mestring_nlp.context import later_in_answer, relative_length
from mestring_nlp.features import Features
from mestring_nlp.learning import STRENGTHS
from mestring_nlp.predictor import Predictor
from mestring_nlp.stacking import Stack, Stacks, distribution

CODES = ["kompetanse", "ledelse", "maalsettinger"]
Rows = list[mn.Segment]


@pytest.fixture(scope="module")
def rows(coded_once: Path) -> Rows:
    return mn.load_training_data(coded_once).segments()


@pytest.fixture(scope="module")
def fitted(rows: Rows) -> mn.SegmentClassifier:
    return mn.SegmentClassifier().fit(rows)


def texts_of(rows: Rows) -> list[str]:
    return [row.text for row in rows]


def alone(rows: Rows) -> Rows:
    """The passages as if none were part of an interview."""
    return [replace(row, turn=0) for row in rows]


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
    assert fitted.classes_.tolist() == CODES
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
    questions = ["Har dere mål og tall som dere følger?", "Er det opplæring og kurs hos dere?"]
    goals, learning = fitted.predict_proba(["Ja, det har vi."] * 2, questions=questions)
    assert goals[2] > learning[2] and learning[0] > goals[0]


def test_texts_and_segments_are_the_same_rows(fitted: mn.SegmentClassifier, rows: Rows) -> None:
    columns = {
        "questions": [row.question for row in rows],
        "sequences": [row.transcript for row in rows],
    }
    expected = fitted.predict_proba(rows)
    np.testing.assert_array_equal(fitted.predict_proba(texts_of(rows), **columns), expected)
    codes, groups = [row.codes for row in rows], [row.transcript for row in rows]
    again = mn.SegmentClassifier().fit(texts_of(rows), codes, groups=groups, **columns)
    np.testing.assert_array_equal(again.predict_proba(rows), expected)


def test_each_row_stands_alone(fitted: mn.SegmentClassifier, rows: Rows) -> None:
    single = alone(rows)
    together = fitted.predict_proba(single)
    np.testing.assert_allclose(together[3], fitted.predict_proba(single[3:4])[0], atol=1e-12)
    np.testing.assert_allclose(together, fitted.predict_proba(single[::-1])[::-1], atol=1e-12)


def test_fitting_twice_gives_the_same(fitted: mn.SegmentClassifier, rows: Rows) -> None:
    before = fitted.predict_proba(rows)
    again = clone(fitted).fit(rows)
    np.testing.assert_array_equal(before, again.fit(rows).predict_proba(rows))


def test_indicator_matrix_equals_code_sets(fitted: mn.SegmentClassifier, rows: Rows) -> None:
    matrix = np.array([[code in (row.codes or ()) for code in CODES] for row in rows], dtype=int)
    other = mn.SegmentClassifier(CODES).fit(rows, matrix)
    np.testing.assert_array_equal(other.predict_proba(rows), fitted.predict_proba(rows))
    assert set(np.unique(other.predict(rows))) <= {0, 1}


def test_survives_pickle_and_arrays(fitted: mn.SegmentClassifier, rows: Rows) -> None:
    expected = fitted.predict_proba(rows)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict_proba(rows), expected)
    learned = fitted.predictor_
    loaded = Predictor.from_arrays(learned.features.encoder, CODES, learned.to_arrays())
    np.testing.assert_allclose(loaded.classify(rows).probabilities[:, :-1], expected, atol=1e-5)


def test_inputs_are_left_alone(rows: Rows) -> None:
    texts, codes = texts_of(rows), [list(row.codes or ()) for row in rows]
    mn.SegmentClassifier().fit(texts, codes)
    assert texts == texts_of(rows) and codes == [list(row.codes or ()) for row in rows]


def test_nothing_in_nothing_out(fitted: mn.SegmentClassifier) -> None:
    assert fitted.predict_proba([]).shape == (0, 3)
    assert fitted.predict([]).shape == (0, 3)
    assert fitted.classify([]).labels == []


@pytest.mark.parametrize(
    ("X", "y", "given", "says"),
    [
        (["a"] * 5, [["x"]] * 4, {}, "5 passages but 4 sets of codes"),
        (["a"] * 3, [["x"]] * 3, {}, "at least 4"),
        (["a"] * 4, [[]] * 4, {}, "no passage carries a code"),
        (["a"] * 4, ["", "", "", ""], {}, "no passage carries a code"),
        (["a"] * 4, [["x"]] * 4, {"questions": ["q"] * 3}, "4 passages but 3 questions"),
        (["a"] * 4, [["x"]] * 4, {"questions": "qqqq"}, "4 passages but 0 questions"),
        (["a"] * 4, [["x"]] * 4, {"groups": ["g"]}, "4 passages but 1 groups"),
        (["a"] * 4, [["x"]] * 4, {"sequences": ["g"]}, "4 passages but 1 sequences"),
        ("aaaa", [["x"]] * 4, {}, "list of texts"),
        (["a", "b", 3, "c"], [["x"]] * 4, {}, "passage 2 is int"),
        (["a"] * 4, np.zeros((4, 2)), {}, "indicator matrix of 2 columns"),
        (["a"] * 4, [[1]] * 4, {}, "the code 1 is int"),
        (["a"] * 4, [[0, 1]] * 4, {}, "the code 0 is int.*as an array"),
        (["a"] * 4, [0, 1, 0, 1], {}, "the codes of passage 0 are 0"),
        (["a"] * 4, [["x"], None, ["x"], []], {}, "the codes of passage 1 are None"),
        (["a"] * 4, [["x"]] * 4, {"questions": [1, 2, 3, 4]}, "the question 1 is int"),
        (["a"] * 4, [["x"]] * 4, {"sequences": [1, 1, 2, 2]}, "the sequence 1 is int"),
        ({"text": ["a"] * 4}, [["x"]] * 4, {}, "not dict"),
        (None, [["x"]] * 4, {}, "not NoneType"),
        ([""] * 4, [["x"]] * 4, {}, "all passages are empty"),
        (["a", "b", "c", " "], [["x"]] * 4, {}, "no words to learn from"),
        (["a"] * 4, None, {}, "nobody coded"),
    ],
)
def test_wrong_input(X: object, y: object, given: dict[str, object], says: str) -> None:
    with pytest.raises(mn.MestringError, match=says):
        mn.SegmentClassifier().fit(X, y, **given)


def test_an_indicator_matrix_holds_nothing_but_0_and_1() -> None:
    with pytest.raises(mn.MestringError, match="0 and 1 only"):
        mn.SegmentClassifier(["x", "z"]).fit(["a"] * 4, np.full((4, 2), 0.5))


@pytest.mark.parametrize("codes", [["x", "x"], ["", "x"], "xx"])
def test_codes_are_texts_that_differ(codes: list[str]) -> None:
    with pytest.raises(mn.MestringError, match="empty or given twice"):
        mn.SegmentClassifier(codes).fit(["a"] * 4, [["x"]] * 4)


def test_unknown_code() -> None:
    with pytest.raises(mn.MestringError, match=r"'y'.*x, z"):
        mn.SegmentClassifier(["x", "z"]).fit(["a", "b", "c", "d"], [["x"], ["y"], ["x"], []])


def test_an_empty_label_is_no_code(rows: Rows) -> None:
    labels = [next(iter(row.codes or ()), "") for row in rows]
    assert "" in labels
    assert mn.SegmentClassifier().fit(texts_of(rows), labels).classes_.tolist() == CODES
    lone = [mn.LoneQuestion("Hva er en leder?", ("", "ledelse"))]
    sets = [(label, "") for label in labels]
    taught = mn.SegmentClassifier().fit(texts_of(rows), sets, lone_questions=lone)
    assert taught.classes_.tolist() == CODES


def test_prediction_sets_hold_in_as_large_a_share_of_hands_as_the_level(
    fitted: mn.SegmentClassifier,
) -> None:
    kinds = np.array([False, True])
    conformal = fitted.predictor_.calibration.conformal
    for level in (0.5, 0.8):
        for threshold, kind in zip(conformal.threshold(level, kinds), KINDS, strict=True):
            kept = [(hand >= threshold).mean() >= level for hand in conformal.scores[kind]]
            assert np.mean(kept) >= level
    assert (conformal.threshold(0.5, kinds) >= conformal.threshold(0.8, kinds)).all()
    assert conformal.threshold(0.9999, kinds[:1]) == [0]
    with pytest.raises(mn.MestringError, match="between 0 and 1"):
        fitted.classify([], level=1.5)


def test_the_hardest_of_few_hands_decides_and_of_many_nine_in_ten() -> None:
    easy, hard, few = np.linspace(0.5, 1, 40), np.linspace(0.2, 1, 40), np.array([0.01])
    one = np.array([True])
    for hands, expected in (((easy, hard, few), 0.2 + 3 * 0.8 / 39), ((few,), 0.0)):
        conformal = Conformal(dict.fromkeys(KINDS, hands))
        assert conformal.threshold(0.9, one) == pytest.approx(expected)
    nine = np.linspace(0.1, 0.9, 9)  # the least of nine holds nine in ten of what comes
    assert Conformal(dict.fromkeys(KINDS, (nine,))).threshold(0.9, one) == pytest.approx(0.1)
    many = tuple(np.linspace(least, 1, 40) for least in np.arange(20) / 25)
    for hands, decides in ((many[:8], many[0]), (many, many[1])):
        assert Conformal(dict.fromkeys(KINDS, hands)).threshold(0.9, one) == decides[3]


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
def test_sets_are_those_that_enough_hands_give_by_split_conformal_prediction(level: float) -> None:
    """Held against crepes, at levels that no number of scores meets exactly: there it takes one answer more."""
    rng = np.random.default_rng(4)
    hands = tuple(np.sort(rng.beta(a, 1, size)) for a, size in ((3, 40), (1, 26), (2, 60)))
    new = rng.random((50, 4))
    votes = np.zeros(new.shape, dtype=int)
    for hand in hands:
        found = ConformalClassifier().fit(1 - hand)
        votes += found.predict_set(1 - new, confidence=level, smoothing=False) > 0
    threshold = Conformal(dict.fromkeys(KINDS, hands)).threshold(level, np.array([True]))
    enough = max(1, int((len(hands) + 1) * (1 - level)))
    np.testing.assert_array_equal(new >= threshold, votes >= enough)


def test_probabilities_of_codes_and_of_none_are_one_distribution(
    fitted: mn.SegmentClassifier, rows: Rows
) -> None:
    """No code beside none: the two never exceed 1 together, and the main answers sum to 1."""
    for found in (fitted.classify(rows), fitted.classify(["Ja.", "", "Vi har mål og kurs."])):
        p = found.probabilities
        assert ((p >= 0) & (p <= 1)).all()
        assert (p[:, :-1] + p[:, -1:] <= 1 + 1e-12).all()
        assert (p.sum(axis=1) >= 1 - 1e-12).all()
        for row in range(len(found)):
            assert found.prediction_set[row].sum() >= 1 + found.abstained[row]


def test_the_question_weighs_more_the_shorter_the_answer() -> None:
    """Weights depend on length: learned where short answers have their code in the question alone."""
    rng = np.random.default_rng(1)
    n, lengths = 600, rng.choice([-2.0, 0.5], 600)
    codes = rng.integers(0, 3, n)
    targets = np.eye(3)[codes]
    told = np.where(lengths[:, None] < 0, rng.random((n, 3)), targets + rng.random((n, 3)))
    asked = np.where(lengths[:, None] < 0, targets + rng.random((n, 3)), rng.random((n, 3)))
    context = np.column_stack([np.ones(n), lengths, np.zeros(n)])
    stack = Stack.fit({"p": told, "q": asked}, ["p", "q"], targets, context, np.ones(n))
    (passage, question) = stack.weights_at(np.array([[1, -2.0, 0], [1, 0.5, 0]]))
    assert question[0] > 4 * abs(passage[0]) and passage[1] > 4 * abs(question[1])


def test_the_question_weighs_less_later_in_an_answer() -> None:
    """Learned where what begins an answer has its code in the question, and what comes later has not."""
    rng = np.random.default_rng(1)
    segments = [
        mn.Segment("a", 1 + row // 2, "I", row, row + 1, "ord " * 30, "Hva?") for row in range(3000)
    ]
    rows = StackRows.of(segments)
    later = rows.context[:, 2].astype(bool)
    assert later.tolist() == [False, True] * 1500
    targets = np.eye(3)[rng.integers(0, 3, 3000)]
    told = np.where(later[:, None], targets + rng.random((3000, 3)), rng.random((3000, 3)))
    asked = np.where(later[:, None], rng.random((3000, 3)), targets + rng.random((3000, 3)))
    stack = Stack.fit({"p": told, "q": asked}, ["p", "q"], targets, rows.context, np.ones(3000))
    (passage, question) = stack.weights_at(rows.context[:2])
    assert question[0] > 4 * abs(passage[0]) and passage[1] > 4 * abs(question[1])


def test_what_comes_later_in_an_answer_is_seen_in_any_order() -> None:
    segments = [
        mn.Segment("a", turn, "I", start, start + 2, "Ja") for turn, start in ((2, 30), (1, 5), (1, 0))
    ]
    assert later_in_answer(segments).tolist() == [False, True, False]
    # Rows of one sequence without positions, and passages that stand alone, begin their answers.
    rows = inputs.segments(["Ja.", "Nei.", "Jo."], sequences=["a", "a", ""])
    assert not later_in_answer(rows).any()


def test_a_code_beside_the_main_one_is_as_frequent_as_in_the_data() -> None:
    rng = np.random.default_rng(2)
    q = rng.dirichlet([0.3, 0.3, 0.3, 0.3], 4000)
    targets = np.zeros_like(q)
    main = np.array([rng.choice(4, p=row) for row in q])
    targets[np.arange(len(q)), main] = 1
    second = (rng.random((len(q), 3)) < 0.3 * q[:, :3] ** 0.3) & (main < 3)[:, None]
    targets[:, :3] = np.maximum(targets[:, :3], second)
    also = _also(q, targets, np.ones(len(q)))
    stacks = Stacks({}, np.full(4, 0.25))
    found = Calibration(stacks, also, 0.5, Conformal({})).probabilities(q)
    for low in np.arange(0, 1, 0.2):
        within = (found[:, :3] >= low) & (found[:, :3] < low + 0.2)
        assert targets[:, :3][within].mean() == pytest.approx(found[:, :3][within].mean(), abs=0.04)


def in_four_interviews(rows: Rows) -> Rows:
    """The two interviews, each cut in two."""
    return [
        replace(row, transcript=f"{row.transcript}{k // 4 % 2}", question=row.question)
        for k, row in enumerate(rows)
    ]


def test_coverage_is_learned_from_a_quarter_of_the_interviews_left_out_at_a_time(rows: Rows) -> None:
    """Of four interviews that is each by itself; of eight not."""
    eight = [
        replace(row, transcript=f"{row.transcript}{k % 2}", question=row.question)
        for k, row in enumerate(in_four_interviews(rows))
    ]
    for given, together in ((in_four_interviews(rows), False), (eight, True)):
        classifier = mn.SegmentClassifier().fit(given)
        found = classifier._left_out
        assert any((found.scores[v] != found.apart[v]).any() for v in found.scores) == together
        targets, sizes = found.targets > 0, classifier.predictor_.calibration.conformal.scores
        assert sum(map(len, sizes[KINDS[0]])) == targets.sum()
        assert sum(map(len, sizes[KINDS[1]])) == targets[found.rows.has_question].sum()


@pytest.fixture(scope="module")
def chained(rows: Rows) -> mn.SegmentClassifier:
    """Learned from four interviews, so that neighbours have a weight."""
    return mn.SegmentClassifier().fit(in_four_interviews(rows))


def test_contributions_add_up_to_the_logits(chained: mn.SegmentClassifier) -> None:
    texts, questions = ["Vi har målekort.", "De har medlytt.", "Ja."], ["Har dere mål?", "", ""]
    without, with_ = KINDS
    learned = chained.predictor_.calibration
    for sequences, kinds in (
        (None, [with_, without, without]),
        (["a", "a", ""], [f"{with_}_in_sequence", f"{without}_in_sequence", without]),
    ):
        found = chained.predictor_.decompose(inputs.segments(texts, questions, sequences))
        for row, kind in enumerate(kinds):
            length = relative_length(texts[row : row + 1])
            context = np.column_stack([[1.0], length, [0.0]])
            known_of_nothing = learned.stacks.by_kind[kind].intercepts_at(context)[0]
            logits = known_of_nothing + sum(table[row] for table in found.contributions.values())
            expected = learned.probabilities(distribution(logits[None]))[0]
            np.testing.assert_allclose(expected, found.prediction.probabilities[row], atol=1e-12)
        assert not found.contributions["question_word_ngrams"][1].any()


def test_neighbours_count_only_within_an_interview(chained: mn.SegmentClassifier) -> None:
    texts = ["De sitter medlytt og går på kurs hos oss.", "Ja, det gjør de.", "Vi har kurs."]
    single = chained.predict_proba(texts)
    together = chained.predict_proba(texts, sequences=["a", "a", "a"])
    apart = chained.predict_proba(texts, sequences=["a", "b", "c"])
    assert abs(together[1] - apart[1]).max() > 1e-3
    np.testing.assert_array_equal(chained.predict_proba(texts, sequences=["", "", ""]), single)
    moved = chained.predict_proba(["Nei.", *texts], sequences=["z", "a", "a", "a"])
    np.testing.assert_allclose(moved[1:], together, atol=1e-12)


def test_the_order_of_rows_does_not_matter(chained: mn.SegmentClassifier, rows: Rows) -> None:
    """Neighbours are neighbours in the talk: of segments by their place in it, of texts as given."""
    four = in_four_interviews(rows)
    expected = chained.predict_proba(four)
    np.testing.assert_allclose(chained.predict_proba(four[::-1])[::-1], expected, atol=1e-12)
    mixed = [*range(0, 16, 2), *range(1, 16, 2)]
    shuffled = chained.predict_proba([four[k] for k in mixed])
    np.testing.assert_allclose(shuffled, expected[mixed], atol=1e-12)
    in_turn = sorted(range(16), key=lambda k: k % 4)
    found = chained.predict_proba(
        [four[k].text for k in in_turn],
        questions=[four[k].question for k in in_turn],
        sequences=[four[k].transcript for k in in_turn],
    )
    np.testing.assert_allclose(found, expected[in_turn], atol=1e-12)


def test_groups_that_are_given_are_left_out_together(rows: Rows) -> None:
    """Two interviews with one person, say: their passages are scored by a model of neither."""
    four = in_four_interviews(rows)
    whole, people = mn.SegmentClassifier().fit(four), [row.transcript[:2] for row in four]
    by_person = mn.SegmentClassifier().fit(four, groups=people)
    scores = (classifier._left_out.scores["embedding"] for classifier in (whole, by_person))
    assert abs(np.subtract(*scores)).max() > 1e-3
    one_group = mn.SegmentClassifier().fit(four, groups=["x"] * 16)
    np.testing.assert_array_equal(one_group.predict_proba(four), whole.predict_proba(four))


def test_neighbours_are_learned_from_three_interviews(rows: Rows, chained: mn.SegmentClassifier) -> None:
    two = mn.SegmentClassifier().fit(rows)
    assert set(two.predictor_.calibration.stacks.by_kind) == set(KINDS)
    assert chained.predictor_.calibration.stacks.knows_neighbours


class SharingFeatures(mn.SegmentClassifier):
    """A classifier whose mean and vocabularies are those of another."""

    shared: Features

    def _learner(self, given, encoder, base=None):  # type: ignore[no-untyped-def]
        return replace(super()._learner(given, encoder, base), features=self.shared)


def test_left_out_in_one_go_is_learning_without_them(rows: Rows) -> None:
    """From one factorisation: as by a model of the others, but for means and vocabularies."""
    four = in_four_interviews(rows)
    names = sorted({row.transcript for row in four})
    whole = mn.SegmentClassifier().fit(four)
    found = mn.SegmentClassifier().cross_predict(four, left_out=[[name] for name in names])
    for name, part in zip(names, found, strict=True):
        assert [four[i].transcript for i in part.rows] == [name] * len(part.rows)
        others = [row for row in four if row.transcript != name]
        again = SharingFeatures(CODES)
        again.shared = whole.predictor_.features
        again.fit(others)
        tested = [four[i] for i in part.rows]
        for prediction, segments in (
            (part.prediction, tested),
            (part.without_questions, [replace(row, question="") for row in tested]),
        ):
            expected = again.classify(segments).probabilities
            np.testing.assert_allclose(prediction.probabilities, expected, atol=0.05)


def test_a_base_is_corrected_not_forgotten(fitted: mn.SegmentClassifier, rows: Rows) -> None:
    """What the passages say beyond it is learned; of all else it keeps its opinion."""
    strange = [
        "Brukerne ringer om blåbær.",
        "Det er blåbær hver dag.",
        "Blåbær, blåbær.",
        "Vi plukker blåbær.",
    ]
    codes = [["ledelse"]] * 4
    taught = mn.SegmentClassifier(CODES).fit(strange, codes, base=fitted.predictor_)
    j = CODES.index("ledelse")
    berries = ["Enda mer blåbær."]
    assert taught.predict_proba(berries)[0, j] > fitted.predict_proba(berries)[0, j]
    known = texts_of(rows)
    before, after = (c.classify(known).top1 for c in (fitted, taught))
    assert np.mean([a == b for a, b in zip(before, after, strict=True)]) > 0.8
    assert taught.strength_ in STRENGTHS and fitted.strength_ == 0
    hands = taught.predictor_.calibration.conformal.scores[KINDS[0]]
    assert len(hands) > len(fitted.predictor_.calibration.conformal.scores[KINDS[0]])
    with pytest.raises(mn.MestringError, match="base's codes"):
        mn.SegmentClassifier(["x"]).fit(strange, [["x"]] * 4, base=fitted.predictor_)


def test_a_lone_question_teaches_the_views_of_questions_and_nothing_else(rows: Rows) -> None:
    lone = [
        mn.LoneQuestion("Hvordan er fadderordningen?", ("kompetanse",)),
        mn.LoneQuestion("Hva gjør en sjef?", ("ledelse",)),
    ]
    taught = mn.SegmentClassifier().fit(rows, lone_questions=lone)
    plain = mn.SegmentClassifier().fit(rows)
    assert len(taught.vectors_) == len(rows)
    sizes = [
        [[len(hand) for hand in c.predictor_.calibration.conformal.scores[kind]] for kind in KINDS]
        for c in (taught, plain)
    ]
    assert sizes[0] == sizes[1]
    vocabularies = [c.predictor_.features.ngrams["word_ngrams"].vocabulary for c in (taught, plain)]
    assert vocabularies[0] == vocabularies[1]
    asked = ["Ja, det har vi."], ["Er det en fadderordning?"]
    t, p = (c.predict_proba(asked[0], questions=asked[1])[0, 0] for c in (taught, plain))
    assert t > p


def test_fewer_views(rows: Rows) -> None:
    one = mn.SegmentClassifier(views=("question_word_ngrams",)).fit(rows)
    assert set(one.predictor_.views) == {"question_word_ngrams"}
    for views in (("smell",), ()):
        with pytest.raises(mn.MestringError, match="unknown views"):
            mn.SegmentClassifier(views=views).fit(["a"] * 4, [["x"]] * 4)


def test_fewer_views_of_a_fitted_one(fitted: mn.SegmentClassifier, rows: Rows) -> None:
    views = ("embedding", "joint_embedding")
    fewer = fitted.with_views(views)
    own = mn.SegmentClassifier(views=views).fit(rows)
    np.testing.assert_allclose(fewer.predict_proba(rows), own.predict_proba(rows), atol=1e-12)
    assert fewer.predictor_.to_arrays().keys() == own.predictor_.to_arrays().keys()
    with pytest.raises(mn.MestringError, match="unknown views"):
        fewer.with_views(("word_ngrams",))


def test_must_be_fitted() -> None:
    from sklearn.exceptions import NotFittedError

    with pytest.raises(NotFittedError):
        mn.SegmentClassifier().predict_proba(["a"])
