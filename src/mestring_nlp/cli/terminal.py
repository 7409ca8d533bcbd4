"""What a person sees: progress bars and reports; nothing but the report where output is piped."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from mestring_nlp.text import printable

if TYPE_CHECKING:
    from mestring_nlp.writers.tables import Block

T = TypeVar("T")


def progress_bar(steps: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
    """Yield the steps of long work, with a bar on standard error when a person watches.

    Parameters
    ----------
    steps : iterable
    what : str
        What is done, in a word.
    total : int, optional
        How many steps there are, where they have no length.
    """
    if not sys.stderr.isatty():
        return steps
    from rich.console import Console
    from rich.progress import track

    return track(steps, what, total=total, console=Console(stderr=True), transient=True)


def say(line: str, *, err: bool = False) -> None:
    """Write a line to standard output, or to standard error."""
    print(printable(line), file=sys.stderr if err else sys.stdout)


def show(report: str) -> None:
    """Write a report to standard output; a terminal gets its control characters escaped."""
    if sys.stdout.isatty():
        report = "".join(f"{printable(line)}\n" for line in report.split("\n")[:-1])
    sys.stdout.write(report)


def present(report: Sequence[Block]) -> None:
    """Draw a report's tables on a terminal; write it as Markdown where standard output is piped."""
    from mestring_nlp.writers.tables import draw, markdown

    if not sys.stdout.isatty():
        sys.stdout.write(markdown(report))
        return
    from rich.console import Console

    draw(report, Console())
