"""A survey beside the codes: means by group for each statement, next to the share of talk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import t as student

from mestring_nlp.analysis.material import Material
from mestring_nlp.analysis.tables import Table, number, read_columns
from mestring_nlp.code_names import CodeNames
from mestring_nlp.codebook import Codebook
from mestring_nlp.errors import MestringError

if TYPE_CHECKING:
    from pandas import DataFrame

ALL = "alle"
"""The group of all answers."""

COLUMNS = (
    "statement", "code", "name", "group", "n", "mean", "sd", "low", "high", "least", "most",
    "coder", "cases", "talk_share",
)  # fmt: skip

_AGREE = ("helt uenig", "delvis uenig", "verken enig eller uenig", "delvis enig", "helt enig")
_AS_AGREE = {"litt uenig": 2, "hverken enig eller uenig": 3, "verken eller": 3, "litt enig": 4}
_NO_ANSWER = ("vet ikke", "veit ikkje", "ikke relevant", "ønsker ikke å svare", "ubesvart", "-")
_LABELLED = re.compile(r"(\d{1,2})\s*[-–:=.)(]\s*\D.*|\D.*\((\d{1,2})\)")
_LEAST, _MOST = 0, 10
_LEAST_SHARE = 0.8


@dataclass(frozen=True)
class Survey:
    """Answers to statements.

    Attributes
    ----------
    table : Table
    scales : dict of str to ndarray of shape (n,)
        The answers to each statement as numbers, ``nan`` where none was given.
    codes : dict of str to tuple of str
        Which codes each statement is about.
    group_column : str
        The column that divides the answers; empty where none does.
    notes : tuple of str
        What was left out, in Norwegian.
    """

    table: Table
    scales: dict[str, Any]
    codes: dict[str, tuple[str, ...]]
    group_column: str = ""
    notes: tuple[str, ...] = ()


def read_survey(
    file: str | Path,
    codebook: Codebook,
    *,
    codes: str | Path | None = None,
    group: str | None = None,
    variables: Sequence[str] = (),
) -> Survey:
    """Read the answers to a survey, and which statements are about which codes.

    Parameters
    ----------
    file : str or pathlib.Path
        CSV or XLSX with one row an answer and one column a statement. A column is a scale where its
        values are whole numbers from 0 to 10, also with a label such as "5 - Helt enig", or the five
        answers from "Helt uenig" to "Helt enig".
    codebook : Codebook
    codes : str or pathlib.Path, optional
        A table with two columns, statement and code: ids or names, several divided by ``;``.
    group : str, optional
        The column that divides the answers.
    variables : sequence of str
        Names of the interviews' variables: a column called the same divides where `group` is left out.

    Returns
    -------
    Survey
        Its notes name the columns that are no scale, and answers without a number.

    Raises
    ------
    MestringError
        No column is a scale, or the group's column, a statement or a code is unknown.
    """
    table = read_columns(Path(file))
    if group is not None and group not in table.columns:
        raise MestringError(
            f"there is no column {group!r}",
            place=table.place,
            hint=f"The columns are: {', '.join(table.columns)}.",
        )
    known = {name.casefold() for name in variables}
    by = group or next((name for name in table.columns if name.casefold() in known), "")
    scales, odd, notes = {}, [], []
    for name, cells in table.columns.items():
        if name == by:
            continue
        numbers, unread = _scale(cells)
        if numbers is None:
            odd.append(name)
            continue
        scales[name] = numbers
        if unread:
            notes.append(
                f"Spørreundersøkelsen, «{name}»: svar uten tall er holdt utenfor "
                f"({', '.join(f'{text} {count}' for text, count in unread.items())})."
            )
    if not scales:
        raise MestringError(
            "no column is a scale",
            place=table.place,
            hint="A scale has whole numbers from 0 to 10, or answers from Helt uenig to Helt enig.",
        )
    if odd:
        notes.append(f"Kolonner i spørreundersøkelsen som ikke er skalaer: {', '.join(odd)}.")
    if not by:
        notes.append(
            "Ingen kolonne i spørreundersøkelsen heter det samme som en variabel: svarene er ikke delt i "
            "grupper. Oppgi kolonnen med --survey-group."
        )
    given = _statement_codes(Path(codes), codebook, list(table.columns)) if codes is not None else {}
    if none := [name for name in scales if not given.get(name)]:
        notes.append(f"Påstander uten kode: {', '.join(none)}.")
    if lost := [name for name in given if name not in scales]:
        notes.append(f"Påstander med kode som ikke er skalaer, og er holdt utenfor: {', '.join(lost)}.")
    return Survey(table, scales, given, by, tuple(notes))


def survey_table(material: Material, survey: Survey, *, level: float = 0.95) -> DataFrame:
    """Compute the mean answer to each statement by group, beside the share of talk of its codes.

    Parameters
    ----------
    material : Material
    survey : Survey
    level : float, default 0.95

    Returns
    -------
    DataFrame
        One row for each statement, code, group of answers and coder. ``n`` answers with ``mean`` and
        ``sd``; ``low`` and ``high`` are Student's interval of the mean, ``nan`` for fewer than two
        answers; ``least`` and ``most`` the ends of the scale as used. ``talk_share`` is the mean share
        of talk with the code over the ``cases`` of the same group.
    """
    from pandas import DataFrame

    rows = []
    by = survey.table.columns.get(survey.group_column, [""] * len(survey.table))
    groups = [*sorted({value for value in by if value}), ALL]
    of_group = _cases(material, survey.group_column)
    for statement, answers in survey.scales.items():
        scale = answers[~np.isnan(answers)]
        for group in groups:
            chosen = np.array([group in (ALL, value) for value in by], dtype=bool)
            x = answers[chosen]
            x = x[~np.isnan(x)]
            low, high = mean_interval(x, level)
            figures = {
                "n": len(x),
                "mean": x.mean() if len(x) else np.nan,
                "sd": x.std(ddof=1) if len(x) > 1 else np.nan,
                "low": low,
                "high": high,
                "least": scale.min() if len(scale) else np.nan,
                "most": scale.max() if len(scale) else np.nan,
            }
            for code in survey.codes.get(statement) or ("",):
                beside = [
                    {"coder": talk.coder, "cases": len(inside), "talk_share": share}
                    for talk in material.coders
                    for inside in [[c for c in talk.cases if group == ALL or of_group.get(c) == group]]
                    for share in [
                        talk.share[[talk.cases.index(c) for c in inside], talk.codes.index(code)].mean()
                        if inside and code
                        else np.nan
                    ]
                ]
                rows += [
                    {
                        "statement": statement,
                        "code": code,
                        "name": material.names.get(code, ""),
                        "group": group,
                        **figures,
                        **one,
                    }
                    for one in beside
                ]
    return DataFrame(rows, columns=list(COLUMNS))


def mean_interval(x: Any, level: float = 0.95) -> tuple[float, float]:
    """Compute Student's interval of a mean.

    Parameters
    ----------
    x : ndarray of shape (n,)
    level : float, default 0.95

    Returns
    -------
    low, high : float
        ``nan`` with fewer than two values.

    References
    ----------
    Student (1908). The probable error of a mean. Biometrika 6, 1-25.

    Examples
    --------
    >>> [round(limit, 3) for limit in mean_interval(np.array([2.0, 3.0, 4.0]))]
    [0.516, 5.484]
    """
    n = len(x)
    if n < 2:
        return float("nan"), float("nan")
    half = student.ppf((1 + level) / 2, n - 1) * x.std(ddof=1) / np.sqrt(n)
    return float(x.mean() - half), float(x.mean() + half)


def _cases(material: Material, column: str) -> dict[str, str]:
    """Return each case's group by the variable that is called as the survey's column."""
    for name in material.variables.columns:
        if name.casefold() == column.casefold() != "":
            return dict(material.variables[name].items())
    return {}


def _scale(cells: Sequence[str]) -> tuple[Any, dict[str, int]]:
    """Return a column as numbers, and answers without one with their count; None where it is no scale."""
    numbers = np.array([_answer(cell) for cell in cells], dtype=np.float64)
    given = np.array([bool(cell) for cell in cells])
    unread: dict[str, int] = {}
    for cell, value in zip(cells, numbers, strict=True):
        if cell and np.isnan(value):
            unread[cell] = unread.get(cell, 0) + 1
    answered = numbers[~np.isnan(numbers)]
    known = sum(count for text, count in unread.items() if text.casefold() in _NO_ANSWER)
    if len(answered) < _LEAST_SHARE * (given.sum() - known) or not len(answered):
        return None, {}
    if (answered % 1).any() or answered.min() < _LEAST or answered.max() > _MOST:
        return None, {}
    return numbers, unread


def _answer(cell: str) -> float:
    folded = cell.casefold()
    if folded in _AGREE:
        return 1.0 + _AGREE.index(folded)
    if folded in _AS_AGREE:
        return float(_AS_AGREE[folded])
    if match := _LABELLED.fullmatch(cell):
        return float(match[1] or match[2])
    value = number(cell)
    return float("nan") if value is None else value


def _statement_codes(
    file: Path, codebook: Codebook, columns: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Read which codes each statement is about."""
    table = read_columns(file)
    if len(table.columns) < 2:
        raise MestringError(
            "the table has one column",
            place=table.place,
            hint="It needs two: the statement as it heads its column in the survey, and the code.",
        )
    names = list(table.columns)
    headed = {name.casefold(): name for name in names}
    of_code = next((headed[h] for h in ("code", "kode", "codes", "koder") if h in headed), names[1])
    of_statement = next(
        (headed[h] for h in ("statement", "påstand", "spørsmål") if h in headed),
        next(name for name in names if name != of_code),
    )
    book = CodeNames(codebook)
    meant = {" ".join(name.split()).casefold(): name for name in columns}
    found: dict[str, tuple[str, ...]] = {}
    for at, statement in enumerate(table.columns[of_statement]):
        place = f"{table.place}, row {at + 2}"
        name = meant.get(" ".join(statement.split()).casefold())
        if name is None:
            raise MestringError(
                f"no column of the survey is headed {statement!r}",
                place=place,
                hint="Write the statement as the survey's first row has it.",
            )
        codes = book.read(table.columns[of_code][at], place=place).codes
        for code in codes:
            codebook[code]  # raises for an unknown code
        found[name] = tuple(dict.fromkeys((*found.get(name, ()), *codes)))
    return found
