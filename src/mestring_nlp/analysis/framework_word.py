"""The framework matrix as a Word document: on its side, a few codes a table, headings on each page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mestring_nlp.text import legal
from mestring_nlp.writers.office import bytes_of, sign

if TYPE_CHECKING:
    from docx.document import Document

    from mestring_nlp.analysis.findings import Findings

TITLE = "Rammematrise"

_CODES = 4
"""So many columns of quotations can be read on the width of a page."""

_ABOUT = (
    "Korte sitater, renset for gjentakelser og fyllord, med turnummer. De er valgt etter lengde, ikke innhold: les "
    "avsnittene før du siterer."
)
_GUARD = "Inneholder det informantene har sagt: lagres like trygt som intervjuene."


def framework_document(found: Findings) -> bytes:
    """Return the framework matrix as DOCX, cases as rows, four codes a table.

    Parameters
    ----------
    found : Findings

    Returns
    -------
    bytes
        The same for the same findings; the document bears no date.
    """
    import docx

    document = docx.Document()
    sign(document, TITLE, _GUARD)
    _set_up(document)
    document.add_heading(TITLE, 0)
    document.add_paragraph(_ABOUT)
    names = found.material.names
    matrix = found.framework_matrix
    for talk in found.material.coders:
        rows = matrix[matrix["coder"] == talk.coder]
        for first in range(0, len(talk.codes), _CODES):
            codes = talk.codes[first : first + _CODES]
            said = ", ".join(names[code] for code in codes)
            document.add_heading(legal(f"{said} (kodet av {talk.coder})"), 1)
            cells = rows[["case", *codes]].itertuples(index=False)
            _add_table(document, [["", *(names[code] for code in codes)], *cells])
    return bytes_of(document)


def _set_up(document: Document) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(1.5)


def _add_table(document: Document, rows: list[Any]) -> None:
    """Add a table whose first row is repeated on each page."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt
    from docx.table import _Cell

    table = document.add_table(len(rows), len(rows[0]), "Table Grid")
    for number, (row, values) in enumerate(zip(table._tbl.tr_lst, rows, strict=True)):
        properties = row.get_or_add_trPr()
        if number:
            properties.append(OxmlElement("w:cantSplit"))
        else:
            properties.append(OxmlElement("w:tblHeader"))
        for at, (place, value) in enumerate(zip(row.tc_lst, values, strict=True)):
            paragraph = _Cell(place, table).paragraphs[0]
            for line, text in enumerate(str(value).split("\n")):
                run = paragraph.add_run(legal(text))
                run.font.size, run.font.bold = Pt(8.5), (not number or not at) or None
                if line < str(value).count("\n"):
                    run.add_break()
