"""The workbook of findings: a sheet a table, with Norwegian headings, and what must be known first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mestring_nlp._version import __version__
from mestring_nlp.analysis.adjusted_counts import ADJUSTED, PROBABLE, SCALED
from mestring_nlp.own_files import MARK
from mestring_nlp.writers.office import undated
from mestring_nlp.writers.workbook import heading_row, put, saved

if TYPE_CHECKING:
    from pandas import DataFrame

    from mestring_nlp.analysis.findings import Findings

SHEETS: dict[str, str] = {
    "code_by_case": "Kode og intervju",
    "code_by_variable": "Kode og variabel",
    "cooccurrence": "Koder sammen",
    "framework_matrix": "Rammematrise",
    "core_categories": "Kjernekategorier",
    "saturation": "Metning",
    "survey": "Spørreundersøkelse",
    "themes": "Temaer uten kode",
    "along_the_interview": "Gjennom intervjuet",
    "speakers": "Hvem snakker",
    "questions": "Spørsmål",
    "adjusted_counts": "Justerte tall",
    "adjusted_by_variable": "Justerte forskjeller",
}
"""The tables, by the names of `Findings`' attributes, with the titles of their sheets."""

HEADINGS = {
    "coder": "Kodet av", "case": "Kasus", "code": "Kode-id", "name": "Kode", "passages": "Avsnitt",
    "words": "Ord", "talk": "Ord vurdert", "share": "Andel av talen", "row_share": "Andel av raden",
    "column_share": "Andel av kolonnen", "total_share": "Andel av alle", "adjusted": "Justert",
    "low": "Nedre grense", "high": "Øvre grense", "variable": "Variabel", "kind": "Type",
    "first": "Første", "second": "Andre", "n_first": "n første", "n_second": "n andre",
    "mean_first": "Andel av talen, første", "mean_second": "Andel av talen, andre",
    "passages_first": "Avsnitt per kasus, første", "passages_second": "Avsnitt per kasus, andre",
    "difference": "Forskjell", "effect": "Effektstørrelse", "effect_name": "Mål", "p": "p",
    "p_holm": "p (Holm)", "note": "Merknad", "relation": "Forhold", "first_name": "Første kode",
    "second_name": "Andre kode", "units": "Enheter", "observed": "Observert", "expected": "Forventet",
    "ratio": "Observert / forventet", "jaccard": "c-koeffisient", "cases": "Antall kasus",
    "centrality": "Sentralitet", "frequency": "Hyppighet", "evenness": "Jevnhet",
    "variation": "Variasjon", "mean_rank": "Snittplass", "subthemes": "Undertemaer",
    "subtheme_words": "Ord i undertemaene", "implication": "Betydning for teori (din vurdering)",
    "base_size": "Base", "run_length": "Løp", "base_codes": "Koder i basen", "run_first": "Fra intervju",
    "run_last": "Til intervju", "new_codes": "Nye koder", "new_share": "Andel nye",
    "reached": "Grensen nådd", "random_mean": "Tilfeldig rekkefølge, snitt",
    "random_low": "5. prosentil", "random_high": "95. prosentil",
    "random_reached": "Grensen nådd, andel av rekkefølgene", "statement": "Påstand", "group": "Gruppe",
    "n": "Svar", "mean": "Gjennomsnitt", "sd": "Standardavvik", "least": "Minste svar",
    "most": "Største svar", "talk_share": "Andel av talen", "theme": "Tema", "stability": "Stabilitet",
    "agreement_of_seeds": "Justert Rand", "nearest": "Avsnitt midt i temaet", "places": "Steder",
    "tenth": "Tidel", "transcript": "Intervju", "speaker": "Taler", "role": "Rolle", "turns": "Turer",
    "telling": "Ord i spørsmålene", "question": "Spørsmål", "counted": "Talt",
    "found_rate": "Finner av koden", "false_rate": "Gir koden feil", "measured_on": "Målt på, intervjuer",
    "counted_first": "Talt andel, første", "counted_second": "Talt andel, andre",
    "adjusted_first": "Justert andel, første", "adjusted_second": "Justert andel, andre",
    "errors": "Feil målt", "estimator": "Estimator",
}  # fmt: skip

VALUES = {
    "kind": {"groups": "grupper", "scale": "skala"},
    "effect_name": {"Cliff's delta": "Cliffs delta", "Spearman's rho": "Spearmans rho"},
    "relation": {"passage": "samme avsnitt", "turn": "samme tur", "near": "nær hverandre"},
    "role": {"informant": "informant", "interviewer": "intervjuer"},
    "errors": {"group": "i hver gruppe", "pooled": "i alt"},
    "estimator": {
        PROBABLE: "sannsynlighetsgjennomsnitt",
        ADJUSTED: "adjusted count",
        SCALED: "skalert sannsynlighetsgjennomsnitt",
    },
}
"""Words of the tables that the sheets, which researchers read, have in Norwegian."""

_PALE = "#DFE3E8"
_WIDE = ("question", "nearest", "subtheme_words", "statement", "words", "note", "implication", "telling")
_PARTS = {"low": "nedre", "high": "øvre", "rank": "plass"}
_GUARD = (
    "Arbeidsboken inneholder det informantene har sagt, og er en personopplysning: lagre den like trygt som "
    "intervjuene."
)


def workbook(found: Findings) -> bytes:
    """Return the tables of findings as one XLSX file; the same for the same findings.

    Parameters
    ----------
    found : Findings

    Returns
    -------
    bytes
    """
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = f"mestring-nlp {__version__}"
    book.properties.keywords = MARK
    first = book.active
    first.title = "Les dette først"
    first.column_dimensions["A"].width = 120
    for row, line in enumerate((_GUARD, *found.notes), start=1):
        put(first, row, 1, line)
    for name, table in found.tables.items():
        if len(table):
            _sheet(book.create_sheet(SHEETS[name]), table, found.material.names)
    return undated(saved(book))


def _sheet(sheet: Any, table: DataFrame, names: dict[str, str]) -> None:
    from openpyxl.utils import get_column_letter

    columns = list(table.columns)
    headings = [
        (
            HEADINGS.get(column) or names.get(column) or _of_part(column),
            45 if column in _WIDE or column in names else 18,
            _PALE,
        )
        for column in columns
    ]
    heading_row(sheet, 1, headings)
    for row, values in enumerate(table.itertuples(index=False), start=2):
        for at, (column, value) in enumerate(zip(columns, values, strict=True), start=1):
            cell = put(sheet, row, at, VALUES.get(column, {}).get(value) or _plain(value))
            if column.endswith("share") or column in ("frequency", "found_rate", "false_rate"):
                cell.number_format = "0.0 %"
            elif isinstance(value, float):
                cell.number_format = "0.000"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(table) + 1}"


def _of_part(column: str) -> str:
    """Return the heading of a criterion's limit or rank, such as ``centrality_low``."""
    base, _, part = column.rpartition("_")
    return f"{HEADINGS.get(base, base)}, {_PARTS.get(part, part)}"


def _plain(value: Any) -> Any:
    """Return a value as a cell can hold it; what is unknown is an empty cell."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "ja" if value else "nei"
    return None if isinstance(value, float) and math.isnan(value) else value
