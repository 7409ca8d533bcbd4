"""Framework matrix: cases as rows, codes as columns, in each cell what the case said, ready for Word."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mestring_nlp.analysis.material import CodedTalk, Material
from mestring_nlp.quotation import clean_quotation
from mestring_nlp.transcript import Segment

if TYPE_CHECKING:
    from pandas import DataFrame

QUOTATIONS = 2
"""How many quotations a cell has, unless another number is asked for."""

_SHORTEST, _LONGEST = 6, 45


def framework_matrix(material: Material, quotations: int = QUOTATIONS) -> DataFrame:
    """Show short quotations of each case by code.

    Parameters
    ----------
    material : Material
    quotations : int, default 2
        The most in a cell.

    Returns
    -------
    DataFrame
        One row for each coder and case; beside ``coder`` and ``case`` a column for each code's id. A
        cell holds quotations, cleaned and cut, a line each, with the number of the turn they are from, and
        the transcript where the case has several; it is empty where the code does not occur. Chosen are the passages nearest the middle length of
        the code's passages, those with this code alone first: typical ones, not the best.

    References
    ----------
    J. Ritchie, L. Spencer (1994). Qualitative data analysis for applied policy research. In Bryman and
    Burgess (eds.), Analyzing qualitative data.
    """
    from pandas import DataFrame

    rows = []
    transcripts = Counter(material.case_of[name] for name in material.transcripts)
    several = {case: count > 1 for case, count in transcripts.items()}
    for talk in material.coders:
        cells: dict[str, dict[str, str]] = {case: dict.fromkeys(talk.codes, "") for case in talk.cases}
        for case, code, chosen in _chosen(talk, quotations):
            cells[case][code] = "\n".join(
                f"«{quoted(talk.segments[i].text)}» ({_source(talk.segments[i], several[case])})"
                for i in chosen
            )
        rows += [{"coder": talk.coder, "case": case, **found} for case, found in cells.items()]
    return DataFrame(rows)


def _source(segment: Segment, several: bool) -> str:
    turn = f"tur\u00a0{segment.turn}"
    return f"{segment.transcript}, {turn}" if several else turn


def _chosen(talk: CodedTalk, quotations: int) -> list[tuple[str, str, list[int]]]:
    """Return which segments are quoted of each case and code."""
    of: dict[tuple[str, str], list[int]] = {}
    for i, segment in enumerate(talk.segments):
        for code in segment.codes or ():
            of.setdefault((talk.case_of[segment.transcript], code), []).append(i)
    found = []
    for (case, code), rows in of.items():
        lengths = sorted(talk.words[i] for i in rows)
        middle = max(lengths[len(lengths) // 2], _SHORTEST)
        best = sorted(
            rows, key=lambda i: (len(talk.segments[i].codes or ()), abs(talk.words[i] - middle), i)
        )
        found.append((case, code, sorted(best[:quotations])))
    return found


def quoted(text: str, most_words: int = _LONGEST) -> str:
    """Return a passage as a quotation, cleaned, and cut to some words; see `clean_quotation`."""
    return clean_quotation(text, most_words=most_words).text or text.strip()
