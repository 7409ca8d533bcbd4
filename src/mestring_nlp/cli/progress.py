"""A progress bar for whoever watches; nothing where output is piped."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def watched(steps: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
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
