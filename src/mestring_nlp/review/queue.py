"""What to code next: where a decision is likely to teach most, spread over codes and interviews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

CONFIDENT = 0.8
"""From this probability on, a model that contradicts a person is worth a second look."""

MOST = 2_000
"""Of so many passages, the most uncertain, the order is made."""

_SPREAD = 0.1
"""What a passage loses for each one of the same code, or of the same interview, that comes before it."""


@dataclass(frozen=True)
class Candidate:
    """A passage that may be coded next.

    Attributes
    ----------
    passage : int
    interview : int
    code : str
        The most probable answer.
    worth : float
        In [0, 1]: how uncertain the model is; of a passage that a person coded, how sure it is of
        something else.
    doubtful : bool
        Whether a person decided otherwise than the model is confident of.
    """

    passage: int
    interview: int
    code: str
    worth: float
    doubtful: bool = False


def spread(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Sort candidates by worth, so that no code and no interview takes up the front.

    Parameters
    ----------
    candidates : sequence of Candidate

    Returns
    -------
    list of Candidate
        Each loses a tenth of the scale for each better one with its code, and each with its interview.

    Examples
    --------
    >>> a, b, c = Candidate(1, 0, "a", 0.9), Candidate(2, 0, "a", 0.85), Candidate(3, 1, "b", 0.8)
    >>> [candidate.passage for candidate in spread([a, b, c])]
    [1, 3, 2]
    """
    codes: Counter[str] = Counter()
    interviews: Counter[int] = Counter()
    priced: list[tuple[float, int, Candidate]] = []
    for at, candidate in enumerate(sorted(candidates, key=lambda c: (-c.worth, c.passage))):
        before = codes[candidate.code] + interviews[candidate.interview]
        priced.append((candidate.worth - _SPREAD * before, at, candidate))
        codes[candidate.code] += 1
        interviews[candidate.interview] += 1
    return [candidate for _, _, candidate in sorted(priced, key=lambda item: (-item[0], item[1]))]
