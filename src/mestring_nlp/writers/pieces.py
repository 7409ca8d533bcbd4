"""An interview cut into its passages and what lies between them, for whoever shows all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from mestring_nlp.suggestion import Suggestion
from mestring_nlp.transcript import Transcript, Turn


def pieces(
    transcript: Transcript, suggestions: Sequence[Suggestion]
) -> Iterator[tuple[int, Turn, str, Suggestion | None]]:
    """Cut every turn into its passages and what lies between them.

    Parameters
    ----------
    transcript : Transcript
    suggestions : sequence of Suggestion
        Of this transcript, in its order.

    Yields
    ------
    number : int
        The turn's, from 1.
    turn : Turn
    text : str
        The pieces of a turn make up its text.
    suggestion : Suggestion or None
        For a passage.
    """
    of_turn = defaultdict(list)
    for suggestion in suggestions:
        of_turn[suggestion.segment.turn].append(suggestion)
    for number, turn in enumerate(transcript.turns, start=1):
        position = turn.start
        for suggestion in of_turn[number]:
            segment = suggestion.segment
            if position < segment.start:
                yield number, turn, transcript.text[position : segment.start], None
            yield number, turn, segment.text, suggestion
            position = segment.end
        if position < turn.end:
            yield number, turn, transcript.text[position : turn.end], None
