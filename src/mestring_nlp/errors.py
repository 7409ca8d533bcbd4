"""The error that users see: it names the place, the problem and the next step."""

from __future__ import annotations

from mestring_nlp.text import printable


class MestringError(ValueError):
    """An input, a model or an option that cannot be used.

    Parameters
    ----------
    problem : str
        What is wrong, with the offending value.
    place : str, optional
        File, line, row or turn where it is wrong.
    hint : str, optional
        What the user can do about it.
    """

    def __init__(self, problem: str, *, place: str = "", hint: str = "") -> None:
        self.problem, self.place, self.hint = problem, place, hint
        message = f"{place}: {problem}" if place else problem
        super().__init__(printable(f"{message}. {hint}" if hint else message))


class RunEnded(MestringError):  # noqa: N818  (as the error that it is one of)
    """An error after which the whole run ends, not one interview alone; what was done is kept."""
