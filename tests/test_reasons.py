from __future__ import annotations

import numpy as np
import pytest

import mestring_nlp as mn
from mestring_nlp.features import NGRAM_VIEWS
from mestring_nlp.reasons import Explainer
from mestring_nlp.stop_words import stop_words


def test_every_suggestion_has_its_reason(suggestions: list[mn.Suggestion], model: mn.Model) -> None:
    assert model.segments is not None
    texts = {segment.text for segment in model.segments}
    for s in suggestions:
        reason = s.reason
        assert reason is not None
        probabilities = {**s.probabilities, "": s.no_code}
        assert probabilities[reason.code] == max(probabilities.values())
        assert reason.code in s.prediction_set
        if reason.code:
            code = model.codebook[reason.code]
            assert reason.line in (code.definition, *code.includes)
        values = [value for _, value in reason.words]
        assert values == sorted(values, reverse=True) and all(value > 0 for value in values)
        assert not stop_words().intersection(word for word, _ in reason.words)
        assert all(word in s.segment.text.lower() for word, _ in reason.words)
        similarity = [near.similarity for near in reason.nearest]
        assert len(similarity) == 3 and similarity == sorted(similarity, reverse=True)
        assert texts.issuperset(near.text for near in reason.nearest)


@pytest.mark.parametrize("question", ["Hvilke mål har dere?", ""])
def test_words_share_out_exactly_what_their_views_contribute(model: mn.Model, question: str) -> None:
    text = "Vi har målekort, og målekortet ser jeg på hver måned; målekort sier ikke alt om folk."
    segment = mn.Segment.alone(text, question)
    found = model.predictor.decompose([segment])
    explainer = Explainer(model.predictor, model.codebook, model.lines)
    said, asked = explainer.words(segment, 0, found)
    views = sum(found.contributions[view][0] for view in NGRAM_VIEWS)
    np.testing.assert_allclose(sum([*said.values(), *asked.values()]), views, atol=1e-9)
    assert bool(asked) == bool(question) and "målekort" in said
    (reason,) = explainer.reasons([segment], found)
    assert reason.code == "maalsettinger" and reason.words[0][0].startswith("målekort")
    assert reason.nearest == ()


def test_a_passage_learned_from_is_its_own_nearest(model: mn.Model) -> None:
    assert model.segments is not None and model.vectors is not None
    near = model.segments[100]
    explainer = Explainer(model.predictor, model.codebook, model.lines, model.segments, model.vectors)
    (reason,) = explainer.reasons([near], model.predictor.decompose([near]))
    assert reason.nearest[0].text == near.text and reason.nearest[0].similarity > 0.99


def test_nothing_to_explain(model: mn.Model) -> None:
    assert model.suggest_segments([]) == []
