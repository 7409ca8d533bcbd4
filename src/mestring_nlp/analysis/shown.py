"""What the page shows: cells that open their passages, tables with their drawings, and what views share."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from mestring_nlp.analysis.figures import figure

if TYPE_CHECKING:
    from mestring_nlp.analysis.findings import Findings


class Cell(NamedTuple):
    """A cell: what it shows, what it is sorted by, and which passages it opens.

    ``ask`` is read by the page's script; see ``findings.js``. The whole text is a button that opens them,
    or a button called ``button`` after it. ``shade`` is the colour's share, in [0, 1].
    """

    text: str
    sort: float | str = ""
    ask: str = ""
    colour: str = ""
    shade: float = 0.0
    values: str = ""
    numbers: str = ""
    button: str = ""


@dataclass(frozen=True)
class Shown:
    """A table of the page, with its drawing and what stands above it.

    Attributes
    ----------
    title : str
        The caption.
    columns : tuple of str
    rows : list of list of Cell
        The first cell of a row is its heading.
    charts : tuple of Markup
    text : str
        What the figures are, in a sentence or two.
    kind : str
        A class of its style.
    """

    title: str
    columns: tuple[str, ...]
    rows: list[list[Cell]] = field(repr=False)
    charts: tuple[Markup, ...] = ()
    text: str = ""
    kind: str = ""


def sorted_by(value: float) -> float | str:
    """Return what a figure is sorted by; nothing where it is unknown."""
    return "" if math.isnan(value) else round(float(value), 6)


def cell(value: float, show: Any = figure, ask: str = "") -> Cell:
    """Return the cell of a figure."""
    return Cell(show(value), sorted_by(value), ask)


class View:
    """What the tables of findings on the page share: numbers of codes, cases and coders for the page's script.

    Parameters
    ----------
    found : Findings
    """

    def __init__(self, found: Findings) -> None:
        self.found = found
        m = found.material
        self.codes = {code.id: code for code in m.codebook}
        self.code_at = {code: at for at, code in enumerate(m.codebook.ids)}
        self.who = {talk.coder: at for at, talk in enumerate(m.coders)}
        self.case_at = {case: at for at, case in enumerate(m.cases)}
        self.several = len(m.coders) > 1
        self.unit = "Intervju" if len(m.cases) == len(m.transcripts) else "Kasus"

    def all_of(self, coder: str, code: str) -> str:
        """Return what opens all of a coder's passages with a code; nothing where there are none."""
        talk = self.found.material.coders[self.who[coder]]
        used = talk.has[:, talk.codes.index(code)].any()
        return f"c:{self.who[coder]}:-1:{self.code_at[code]}" if used else ""

    def by(self, coder: str) -> str:
        """Return how a table names its coder, where there are several."""
        return f", kodet av {coder}" if self.several else ""
