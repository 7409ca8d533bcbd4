"""Which passages are left out together."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mestring_nlp.folds import fold, hands_of
from mestring_nlp.transcript import Segment


def passages(interviews: Sequence[str], statements: int = 0) -> list[Segment]:
    """Two passages of each interview, and statements of a collection."""
    talk = [Segment(name, turn, "I", 0, 3, "Ja.", "Hva da?") for name in interviews for turn in (1, 2)]
    return [*talk, *[Segment.alone("Ja.")] * statements]


def test_prediction_sets_are_learned_with_a_quarter_of_the_interviews_left_out_at_a_time() -> None:
    segments = passages("abcdefgh", statements=2)
    hands = [*[name for name in "abcdefgh" for _ in range(2)], "sagt", "sagt"]
    found = fold(segments, hands, ["h"])

    def names(rows: np.ndarray) -> str:
        return " ".join(dict.fromkeys(hands[row] for row in rows))

    assert [names(block.scored) for block in found.within] == [*"abcdefg", "sagt"]
    assert [names(block.scored) for block in found.apart] == ["sagt", "a b", "c d", "e f", "g"]
    assert names(found.test) == "h"


@given(st.integers(1, 9), st.integers(0, 3), st.data())
def test_each_passage_that_is_not_tested_on_is_scored_once_by_what_saw_neither(
    interviews: int, statements: int, data: st.DataObject
) -> None:
    segments = passages([f"intervju{number}" for number in range(interviews)], statements)
    hands = hands_of(segments, [segment.sequence or "sagt" for segment in segments], 5)
    left_out = data.draw(st.lists(st.sampled_from(hands), unique=True, max_size=2))
    found = fold(segments, hands, left_out)
    for blocks in (found.within, found.apart):
        scored = np.concatenate([np.array([], dtype=int), *[block.scored for block in blocks]])
        assert sorted([*scored, *found.test]) == list(range(len(segments)))
        for block in blocks:
            assert {*block.scored, *found.test} == {*block.left_out}
