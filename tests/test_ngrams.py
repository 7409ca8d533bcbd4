"""N-grams are those of scikit-learn, text for text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from mestring_nlp.ngrams import LENGTHS, Kind, Ngrams

ANALYZERS = {"characters": "char_wb", "words": "word"}
TEXTS = [
    "Vi har målekort, ja. Vi har det.",
    "Å få det til – «å mestre»!",
    "e-post, 2 ganger: ÅRSTALL_3 æ ø",
]
TALK = st.text(st.sampled_from("aeå ÆöİßḀ.,-–_'0 9\n\t\u00a0\u0301x"), max_size=40)


@pytest.mark.parametrize("kind", LENGTHS)
@settings(deadline=None)
@given(st.lists(TALK, max_size=4))
def test_tf_idf_is_scikit_learns(kind: Kind, others: list[str]) -> None:
    theirs = TfidfVectorizer(
        analyzer=ANALYZERS[kind], ngram_range=LENGTHS[kind], sublinear_tf=True, max_features=60
    ).fit([*TEXTS, *others])
    ours = Ngrams.fit(kind, [*TEXTS, *others], most=60)
    assert ours.vocabulary == theirs.get_feature_names_out().tolist()
    found = ours.transform([*others, *TEXTS, ""])
    expected = theirs.transform([*others, *TEXTS, ""])
    np.testing.assert_allclose(found.to_scipy().toarray(), expected.toarray(), atol=1e-12)
    for text in [*others, *TEXTS]:
        assert sorted(ours.analyze(text)) == sorted(theirs.build_analyzer()(text))


def test_products_and_rows_are_those_of_the_whole_matrix() -> None:
    found = Ngrams.fit("words", TEXTS, most=20).transform([TEXTS[1], "", TEXTS[0]])
    whole: csr_matrix = found.to_scipy()
    dense = np.arange(2.0 * found.width).reshape(found.width, 2)
    np.testing.assert_allclose(found @ dense, whole @ dense)
    assert found.shape == whole.shape
    np.testing.assert_array_equal(found[2].to_scipy().toarray(), whole[2].toarray())
    assert not len(found[1].data)
