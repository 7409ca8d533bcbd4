"""Draw the codes along an interview: one column a passage, in order, its codes stacked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mestring_nlp.codebook import NO_CODE, Codebook
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.wording import named

UNSURE, NONE = "?", "-"
"""What filters call the answers that are no codes; no code can have such an id."""

HEIGHT = 12
"""Of a column; one, two, three and four codes divide it evenly."""

_SIGNS = {UNSURE: (4, 4), NONE: (11, 1)}
"""Top and height of the answers without a colour, which are told apart by their shape."""


@dataclass(frozen=True)
class Strip:
    """The codes along an interview, as a drawing and in words.

    Attributes
    ----------
    width : int
        Passages; each is one unit wide.
    paths : dict of str to str
        The path of SVG that draws each answer, in the order of the codebook.
    words : str
        The same for those who do not see it.
    """

    width: int
    paths: dict[str, str]
    words: str


def answers(suggestion: Suggestion) -> tuple[str, ...]:
    """Return a suggestion's codes, or the sign of the answer that is no code."""
    return suggestion.codes or (UNSURE if suggestion.abstained else NONE,)


def strip(interview: CodedInterview, codebook: Codebook) -> Strip:
    """Return the codes along an interview.

    Parameters
    ----------
    interview : CodedInterview
    codebook : Codebook

    Returns
    -------
    Strip
    """
    said = [answers(suggestion) for suggestion in interview.suggestions]
    drawn: defaultdict[str, list[str]] = defaultdict(list)
    for x, stack in enumerate(said):
        height = HEIGHT / len(stack)
        for level, answer in enumerate(stack):
            top, tall = _SIGNS.get(answer, (level * height, height))
            drawn[answer].append(f"M{x} {top:g}h1v{tall:g}h-1z")
    order = [*codebook.ids, UNSURE, NONE]
    paths = {answer: "".join(drawn[answer]) for answer in order if answer in drawn}
    return Strip(len(said), paths, _words(interview, said, codebook))


def _words(interview: CodedInterview, said: Sequence[Sequence[str]], codebook: Codebook) -> str:
    """Return how often each code was suggested, and which most in each third."""
    if not said:
        return "Intervjuet har ingen avsnitt."
    counts = interview.counts
    every = [f"{code.name} {counts.codes[code.id]}" for code in codebook if counts.codes[code.id]]
    every += [f"{NO_CODE.lower()} {counts.without_code}"] * bool(counts.without_code)
    every += [f"usikker {counts.abstained}"] * bool(counts.abstained)
    words = f"Kodene gjennom intervjuet, i {counts.passages} avsnitt: {', '.join(every)}."
    third = len(said) // 3
    if not third:
        return words
    parts = (said[:third], said[third:-third], said[-third:])
    most = [_most(part, codebook) for part in parts]
    return f"{words} Mest først: {most[0]}; i midten: {most[1]}; til slutt: {most[2]}."


def _most(said: Sequence[Sequence[str]], codebook: Codebook) -> str:
    """Return the name of the code that passages have most often, the first of equals."""
    codes = Counter(answer for stack in said for answer in stack if answer in codebook.ids)
    return named(codes.most_common(1)[0][0], codebook) if codes else NO_CODE.lower()
