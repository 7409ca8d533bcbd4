"""A survey beside the codes: means by group for each statement, next to the share of talk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import t as student

from mestring_nlp.analysis.material import Material
from mestring_nlp.analysis.tables import NO_ANSWER, Table, number, read_columns
from mestring_nlp.code_names import CodeNames
from mestring_nlp.codebook import Codebook
from mestring_nlp.errors import MestringError

if TYPE_CHECKING:
    from pandas import DataFrame

ALL = "alle svar"
"""The group of all answers."""

COLUMNS = (
    "statement", "code", "name", "group", "n", "mean", "sd", "low", "high", "least", "most",
    "coder", "cases", "talk_share",
)  # fmt: skip

_NEITHER = "verken enig eller uenig|hverken enig eller uenig|verken eller|hverken eller|nøytral"
_WORDS = (
    ("helt uenig", "delvis uenig|litt uenig", _NEITHER, "delvis enig|litt enig", "helt enig"),
    (
        "helt uenig|svært uenig",
        "uenig|ganske uenig",
        _NEITHER,
        "enig|ganske enig",
        "helt enig|svært enig",
    ),
    ("i svært liten grad", "i liten grad", "i noen grad", "i stor grad", "i svært stor grad"),
    (
        *(
            "svært misfornøyd",
            "misfornøyd|ganske misfornøyd",
            "verken fornøyd eller misfornøyd|verken eller",
        ),
        *("fornøyd|ganske fornøyd", "svært fornøyd"),
    ),
    ("aldri", "sjelden", "av og til|noen ganger", "ofte", "alltid|svært ofte"),
)
"""Answers in words, from 1 to 5; those of a column belong to one row here."""

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
        values are whole numbers from 0 to 10, also with a label such as "5 - Helt enig", or five usual
        answers in words, such as those from "Helt uenig" to "Helt enig". Numbers that count the rows are
        no scale.
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
        Its notes name the columns that are no scale, words taken for numbers, and answers without one.

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
    worded: dict[tuple[str, ...], list[str]] = {}
    for name, cells in table.columns.items():
        if name == by:
            continue
        numbers, unread, words = _scale(cells)
        if numbers is None:
            odd.append(name)
            continue
        scales[name] = numbers
        if words:
            worded.setdefault(words, []).append(name)
        if unread:
            notes.append(
                f"Spørreundersøkelsen, «{name}»: svar uten tall er holdt utenfor "
                f"({', '.join(f'{text} {count}' for text, count in unread.items())})."
            )
    if not scales:
        raise MestringError(
            "no column is a scale",
            place=table.place,
            hint="A scale has whole numbers from 0 to 10, or answers such as those from Helt uenig to Helt enig.",
        )
    notes += [
        f"Svar i ord er lest som tall ({', '.join(words)}): {', '.join(columns)}."
        for words, columns in worded.items()
    ]
    if odd:
        notes.append(f"Kolonner i spørreundersøkelsen som ikke er skalaer: {', '.join(odd)}.")
    if not by:
        notes.append(
            "Ingen kolonne i spørreundersøkelsen heter det samme som en variabel: svarene er ikke delt i "
            "grupper. Oppgi kolonnen med --survey-group."
        )
    elif without := sum(not value for value in table.columns[by]):
        notes.append(f"Svar uten gruppe («{by}»), som bare teller blant alle: {without}.")
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
    of_group = group_of_cases(material, survey)
    by = _groups(survey, of_group.values())
    groups = [*sorted({value for value in by if value}), ALL]
    for statement, answers in survey.scales.items():
        scale = answers[~np.isnan(answers)]
        for group in groups:
            x = answers[[group in (ALL, value) for value in by]]
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


def notes(material: Material, survey: Survey) -> list[str]:
    """Return what the reader must know of the survey's groups beside the interviews', in Norwegian."""
    if not survey.group_column:
        return []
    of_group = group_of_cases(material, survey)
    if not of_group:
        return [
            f"«{survey.group_column}» i spørreundersøkelsen er ingen variabel ved intervjuene: andelen av talen står "
            "bare for alle under ett."
        ]
    by = set(_groups(survey, of_group.values())) - {""}
    said = []
    if unheard := sorted(by - set(of_group.values())):
        said.append(f"Grupper som har svart, men ikke er intervjuet: {', '.join(unheard)}.")
    if unasked := sorted(set(of_group.values()) - by - {""}):
        said.append(f"Grupper som er intervjuet, men ikke har svart: {', '.join(unasked)}.")
    return said


def group_of_cases(material: Material, survey: Survey) -> dict[str, str]:
    """Return each case's group by the variable that is called as the survey's column."""
    column = survey.group_column.casefold()
    for name in material.variables.columns:
        if name.casefold() == column != "":
            return dict(material.variables[name].items())
    return {}


def _groups(survey: Survey, known: Iterable[str]) -> list[str]:
    """Return each answer's group, spelt as the interviews' variable spells it."""
    spelt = {value.casefold(): value for value in known}
    given = survey.table.columns.get(survey.group_column, [""] * len(survey.table))
    return [spelt.setdefault(value.casefold(), value) for value in given]


def _scale(cells: Sequence[str]) -> tuple[Any, dict[str, int], tuple[str, ...]]:
    """Return a column as numbers, answers without one with their count, and the words that were read.

    The numbers are None where the column is no scale.
    """
    nothing: tuple[None, dict[str, int], tuple[str, ...]] = None, {}, ()
    words = _in_words({cell.casefold() for cell in cells})
    numbers = np.array([words.get(cell.casefold(), _answer(cell)) for cell in cells], dtype=np.float64)
    unread = Counter(
        cell for cell, value in zip(cells, numbers, strict=True) if cell and np.isnan(value)
    )
    answered = numbers[~np.isnan(numbers)]
    known = sum(count for text, count in unread.items() if text.casefold() in NO_ANSWER)
    if len(answered) < _LEAST_SHARE * (sum(map(bool, cells)) - known) or not len(answered):
        return nothing
    if (answered % 1).any() or answered.min() < _LEAST or answered.max() > _MOST:
        return nothing
    if words and any(not 1 < _answer(cell) < 5 for cell in cells if number(cell) is not None):
        return nothing  # "Helt enig" stands for the last number of the scale, which need not be 5
    if len(numbers) > 2 and (np.diff(numbers) == 1).all():
        return nothing
    return (
        numbers,
        dict(unread),
        tuple(
            f"{word} = {rank:.0f}" for rank, word in sorted((rank, word) for word, rank in words.items())
        ),
    )


def _in_words(cells: Set[str]) -> dict[str, float]:
    """Return the numbers of the answers in words among a column's cells, by the set that has most of them."""
    sets = [
        {word: rank for rank, words in enumerate(known, start=1) for word in words.split("|")}
        for known in _WORDS
    ]
    best = max(sets, key=lambda known: len(cells & set(known)))
    found = {word: float(rank) for word, rank in best.items() if word in cells}
    return found if len(set(found.values())) == len(found) else {}


def _answer(cell: str) -> float:
    if cell.casefold() in NO_ANSWER:
        return float("nan")
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
