"""Reports of tables and text: Markdown for files and pipes, drawn tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from mestring_nlp.agreement import FEW_EXAMPLES
from mestring_nlp.text import printable

if TYPE_CHECKING:
    from rich.console import Console

_LONGEST_WORD = 14

MARK = "†"
MARKED = f"{MARK} rests on fewer than {FEW_EXAMPLES} examples"


@dataclass(frozen=True)
class Heading:
    """A line above what follows; level 1 is the report's title."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Table:
    """Columns with a name each, and rows of as many cells.

    Attributes
    ----------
    columns : tuple of str
    rows : tuple of tuple of str
    text_columns : int
        How many columns, from the left, hold text; the others hold figures.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text_columns: int = 1


@dataclass(frozen=True)
class Item:
    """A point of a list, and what is quoted below it."""

    text: str
    quote: str = ""


Block = Heading | Table | Item | str
"""A string is a paragraph."""


def marked(figure: str, few: bool) -> str:
    """Return a figure with the mark of one that rests on few examples; explain it with `MARKED`."""
    return figure + MARK if few else figure


def markdown(report: Sequence[Block]) -> str:
    """Return a report as Markdown.

    Examples
    --------
    >>> print(markdown(["Two coders.", Table(("code", "kappa"), (("mestring", "0.61"),))]), end="")
    Two coders.
    <BLANKLINE>
    | code | kappa |
    |---|---:|
    | mestring | 0.61 |
    """
    parts = [_as_markdown(block) for block in report]
    gaps = ["\n" if isinstance(a, Item) and isinstance(b, Item) else "\n\n" for a, b in pairwise(report)]
    return "".join(part + gap for part, gap in zip(parts, [*gaps, "\n"], strict=True))


def _as_markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {_line(text)}"
        case Item(text, quote):
            return f"- {_line(text)}" + (f"\n  > {_line(quote)}" if quote else "")
        case Table(columns, rows, texts):
            rule = "---|" * texts + "---:|" * (len(columns) - texts)
            return "\n".join([_row(columns), f"|{rule}", *map(_row, rows)])
    return block


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_line(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _line(text: str) -> str:
    return " ".join(text.split())


def draw(report: Sequence[Block], console: Console) -> None:
    """Draw a report on a terminal, its tables no wider than that is."""
    from rich.padding import Padding
    from rich.text import Text

    for number, block in enumerate(report):
        match block:
            case Table():
                console.print()
                _draw_table(block, console)
            case Heading(text):
                console.print(Text(("\n" if number else "") + printable(text), style="bold"))
            case Item(text, quote):
                console.print(Text(f"- {printable(_line(text))}"))
                if quote:
                    console.print(Padding(Text(printable(_line(quote)), style="dim"), (0, 0, 0, 4)))
            case _:
                console.print(Text(printable(block)))


def _draw_table(table: Table, console: Console) -> None:
    from rich import box
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn = Drawn(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    for index, name in enumerate(table.columns):
        if index < table.text_columns:
            drawn.add_column(Text(printable(name)), overflow="fold")
            continue
        # A figure stands on one line; what lies above it may take several, and text gives way to both.
        words = [word[:_LONGEST_WORD] for word in printable(name).split()]
        width = max(len(text) for text in (*words, *(row[index] for row in table.rows)))
        drawn.add_column(Text(printable(name)), justify="right", overflow="fold", width=width)
    for row in table.rows:
        drawn.add_row(*(Text(printable(cell)) for cell in row))
    console.print(drawn)
    console.print()
