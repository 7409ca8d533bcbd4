"""Write a workbook: a sheet for each interview, with a column for the researcher's own code."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import count
from typing import Any

from mestring_nlp.codebook import NO_CODE, Codebook, rows_of
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.coded_tables import CODEBOOK_KEY, CUT
from mestring_nlp.own_files import MARK
from mestring_nlp.spans import Span
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.text import cell as guarded
from mestring_nlp.text import legal
from mestring_nlp.transcript import INFORMANT
from mestring_nlp.wording import GUESSED, UNTESTED, second_opinion
from mestring_nlp.writers.office import SOFT, tint, undated

Heading = tuple[str, int, str]
"""A column's name, its width in characters, and the colour of its heading."""

_OVERVIEW, _CODEBOOK = "Oversikt", "Kodebok"
_RESERVED = ("oversikt", "kodebok", "history")  # the last is Excel's own
_UNSURE = "Usikker – vurder selv"
_OWN = "Din kode"
_SPAN = ("transcript", "start", "end")
"""Hidden columns, so that what a person writes beside a passage can be read as codings."""

_NOTES = (
    "Forslagene er laget av en maskin som har lært av kodede avsnitt. Du avgjør.",
    "Skriv kodene dine i kolonnen Din kode, og lagre: mestring agreement, train og import leser dem. "
    "Arbeidsboken inneholder intervjuene og er en personopplysning: lagre den like trygt som "
    "intervjuene.",
)

_GREY, _PALE = "#8A94A3", "#DFE3E8"
_FULL = 0.5
"""Share of a code's colour at certainty: black words stay readable on half of any colour."""

_LONGEST_NAME = 31
_LONGEST_TEXT = 32_767
_DAY = 86_400


def workbook(
    interviews: Iterable[CodedInterview],
    codebook: Codebook,
    coder: str,
    *,
    own: Mapping[Span, str] | None = None,
) -> bytes:
    """Return the suggestions for all interviews as one XLSX file, in Norwegian.

    The sheet ``Oversikt`` has the counts. The sheet of an interview has all its turns, one row for
    each passage, with the probabilities in the codes' colours and a column ``Din kode`` that offers
    the codebook's names. The sheet ``Kodebok`` defines the codes. Hidden columns hold what
    `mestring_nlp.codings` needs to read the workbook: the place of each row in the transcript, and the
    codebook. No text is taken for a formula.

    Parameters
    ----------
    interviews : iterable of CodedInterview
    codebook : Codebook
        The one that the suggestions use.
    coder : str
        Who the suggestions are by, such as ``"mestring-nlp 0.1.0"``.
    own : mapping of (str, int, int) to str, optional
        What a person has decided already, by transcript, start and end, for the column ``Din kode``.

    Returns
    -------
    bytes
        The same for the same input.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = legal(coder)
    book.properties.keywords = MARK
    overview = book.active
    overview.title = _OVERVIEW
    taken = set(_RESERVED)
    numbers: dict[str, int] = {}
    listed = []
    for interview in interviews:
        sheet = book.create_sheet(_sheet_name(interview.name, taken, numbers))
        _interview_sheet(sheet, interview, codebook, own or {})
        listed.append((sheet.title, interview))
    _overview_sheet(overview, listed, codebook, coder)
    _codebook_sheet(book.create_sheet(_CODEBOOK), codebook)
    return undated(saved(book))


def saved(book: Any) -> bytes:
    """Return a workbook's file; openpyxl itself would write each sheet to the temporary folder."""
    from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter

    class InMemory(ExcelWriter):  # type: ignore[misc]
        def write_worksheet(self, sheet: Any) -> None:
            sheet._drawing = SpreadsheetDrawing()
            writer = WorksheetWriter(sheet, io.BytesIO())
            writer.write()
            sheet._rels = writer._rels
            self._archive.writestr(sheet.path[1:], writer.read())
            self.manifest.append(sheet)

    buffer = io.BytesIO()
    InMemory(book, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED)).save()
    return buffer.getvalue()


def _interview_sheet(
    sheet: Any, interview: CodedInterview, codebook: Codebook, decided: Mapping[Span, str]
) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    timed = any(turn.time is not None for turn in interview.transcript.turns)
    headings: list[Heading] = [("Tur", 6, _PALE), ("Taler", 16, _PALE)]
    headings += [("Tid", 9, _PALE)] if timed else []
    asked = any(one.reason is not None and one.reason.assistant for one in interview.suggestions)
    headings += [("Tekst", 80, _PALE), ("Forslag", 26, _PALE)]
    headings += [("Språkmodellen", 40, _PALE)] if asked else []
    headings += [(_OWN, 26, _PALE)]
    own = len(headings)
    headings += [(code.name, 14, code.colour) for code in codebook] + [(NO_CODE, 14, _GREY)]
    hidden = len(headings) + 1
    headings += [(name, 9, _PALE) for name in _SPAN]
    heading_row(sheet, 1, headings)
    for column in range(hidden, hidden + len(_SPAN)):
        sheet.column_dimensions[get_column_letter(column)].hidden = True
    names = {code.id: code.name for code in codebook}
    row, turns, end = 1, 0, 0
    for number, turn, text, suggestion in interview.pieces():
        if number != turns:
            turns, end = number, turn.start
        start = suggestion.segment.start if suggestion else end
        end = start + len(text)
        if not text.strip():
            continue
        row += 1
        first = start + len(text) - len(text.lstrip())
        place = (interview.name, first, first + len(text.strip()))
        for column, value in enumerate(place, start=hidden):
            put(sheet, row, column, value)
        font = _font(soft=turn.role != INFORMANT)
        said: list[Any] = [number, turn.speaker]
        said += [None if turn.time is None else turn.time / _DAY] if timed else []
        said += [text.strip(), _answer(suggestion, names) if suggestion else None]
        said += [_opinion(suggestion, names)] if asked else []
        for column, value in enumerate(said, start=1):
            cell = put(sheet, row, column, value)
            cell.font = font
        if timed:
            sheet.cell(row, 3).number_format = "[h]:mm:ss"
        if suggestion is None:
            continue
        if given := decided.get((interview.name, start, end)):
            put(sheet, row, own, given)
        shown = [(suggestion.probabilities.get(code.id), code.colour) for code in codebook]
        for column, (p, colour) in enumerate([*shown, (suggestion.no_code, _GREY)], start=own + 1):
            if p is not None:
                cell = put(sheet, row, column, round(p, 4))
                cell.number_format = "0 %"
                cell.fill = _paint(tint(colour, _FULL * round(p, 2)))
    last = max(row, 2)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{last}"
    letter = get_column_letter(own)
    sheet.add_data_validation(
        DataValidation(
            type="list",
            formula1=f"{_CODEBOOK}!$A$2:$A${len(codebook) + 2}",
            sqref=f"{letter}2:{letter}{last}",
            allow_blank=True,
            showErrorMessage=True,
            errorStyle="warning",  # so that two codes can be typed
            errorTitle="Står ikke i kodeboken",
            error="Velg et navn fra listen. Skal avsnittet ha flere koder, skill dem med semikolon.",
        )
    )


def _overview_sheet(
    sheet: Any,
    listed: Sequence[tuple[str, CodedInterview]],
    codebook: Codebook,
    coder: str,
) -> None:
    from openpyxl.worksheet.hyperlink import Hyperlink

    made = f"Kodeforslag fra {coder}, etter kodeboken {codebook.title}, versjon {codebook.version}."
    for row, line in enumerate((made, *_NOTES), start=1):
        put(sheet, row, 1, line, wrap=False)
    columns: list[Heading] = [("Intervju", 34, _PALE), ("Avsnitt", 10, _PALE), ("Med kode", 10, _PALE)]
    columns += [("Uten kode", 10, _PALE), ("Usikker", 10, _PALE)]
    columns += [(code.name, 14, code.colour) for code in codebook] + [("Merknad", 60, _PALE)]
    heading_row(sheet, len(_NOTES) + 3, columns)
    for row, (title, interview) in enumerate(listed, start=len(_NOTES) + 4):
        counts = interview.counts
        figures = [counts.passages, counts.coded, counts.without_code, counts.abstained]
        figures += [counts.codes[code.id] for code in codebook]
        said = [GUESSED] if interview.transcript.roles_guessed else []
        said += [UNTESTED] if any(one.untested for one in interview.suggestions) else []
        note = " ".join(said) or None
        for column, value in enumerate([interview.name, *figures, note], start=1):
            put(sheet, row, column, value)
        target = title.replace("'", "''")
        sheet.cell(row, 1).hyperlink = Hyperlink(ref=f"A{row}", location=f"'{target}'!A1")
        sheet.cell(row, 1).font = _font(link=True)


def _codebook_sheet(sheet: Any, codebook: Codebook) -> None:
    names = {code.id: code.name for code in codebook}
    columns = [("Kode", 28), ("Definisjon", 60), ("Hører til", 60), ("Hører ikke til", 60)]
    head, *kept = rows_of(codebook)
    if len(head.encode("utf-16-le")) > 2 * _LONGEST_TEXT:  # a head cut in two could not be read
        head = rows_of(replace(codebook, rules=()))[0]
    columns += [(CODEBOOK_KEY, 9), (head, 9)]
    heading_row(sheet, 1, [(name, width, _PALE) for name, width in columns])
    sheet.column_dimensions["E"].hidden = sheet.column_dimensions["F"].hidden = True
    for row, code in enumerate(codebook, start=2):
        put(sheet, row, 5, kept[row - 2])
        elsewhere = (f"{b.text} → {names[b.code]}" if b.code else b.text for b in code.excludes)
        entry = (code.name, code.definition, "\n".join(code.includes), "\n".join(elsewhere))
        for column, value in enumerate(entry, start=1):
            put(sheet, row, column, value)
        sheet.cell(row, 1).fill = _paint(tint(code.colour, _FULL))
    put(sheet, len(codebook) + 2, 1, NO_CODE)
    put(sheet, len(codebook) + 2, 2, "Avsnittet handler ikke om noen av kodene.")
    for row, rule in enumerate(codebook.rules, start=len(codebook) + 4):
        put(sheet, row, 1, "Regel")
        put(sheet, row, 2, rule)


def _answer(suggestion: Suggestion, names: dict[str, str]) -> str:
    if suggestion.abstained:
        return _UNSURE
    return "; ".join(names[code] for code in suggestion.codes) or NO_CODE


def _opinion(suggestion: Suggestion | None, names: dict[str, str]) -> str | None:
    """Return what a language model that was asked too said of a passage."""
    if suggestion is None or suggestion.reason is None or not suggestion.reason.assistant:
        return None
    return second_opinion(suggestion.reason, names)


def heading_row(sheet: Any, row: int, headings: Sequence[Heading]) -> None:
    """Write a row of headings and freeze it."""
    from openpyxl.utils import get_column_letter

    for column, (name, width, colour) in enumerate(headings, start=1):
        cell = put(sheet, row, column, name)
        cell.font = _font(bold=True)
        cell.fill = _paint(tint(colour, _FULL))
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"A{row + 1}"


def put(sheet: Any, row: int, column: int, value: Any, *, wrap: bool = True) -> Any:
    """Write a cell; a text is never a formula."""
    cell = sheet.cell(row, column)
    cell.alignment = _at_top(wrap=wrap)
    if isinstance(value, str):
        text = legal(value)
        if _shortened(text, _LONGEST_TEXT) != text:
            text = _shortened(text, _LONGEST_TEXT - len(CUT)) + CUT
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = guarded(text) != text
    else:
        cell.value = value
    return cell


def _shortened(text: str, length: int) -> str:
    """Return a text cut to a length in 16-bit units, as Excel counts."""
    return text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", "ignore")


def _sheet_name(name: str, taken: set[str], numbers: dict[str, int]) -> str:
    """Return a name that Excel allows and no other sheet has; `numbers` has the last of each name."""
    base = re.sub(r"[\[\]:*?/\\\s]+", " ", legal(name)).strip("' ") or "Intervju"
    first = _shortened(base, _LONGEST_NAME).rstrip("' ").casefold()
    for number in count(numbers.get(first, 0) + 1):
        tail = f" ({number})" if number > 1 else ""
        title = _shortened(base, _LONGEST_NAME - len(tail)).rstrip("' ") + tail
        if title.casefold() not in taken:
            break
    taken.add(title.casefold())
    numbers[first] = number
    return title


@cache
def _paint(colour: str) -> Any:
    from openpyxl.styles import PatternFill

    return PatternFill("solid", fgColor=colour)


@cache
def _font(*, bold: bool = False, soft: bool = False, link: bool = False) -> Any:
    from openpyxl.styles import Font

    return Font(bold=bold, color=SOFT if soft else None, underline="single" if link else None)


@cache
def _at_top(*, wrap: bool) -> Any:
    from openpyxl.styles import Alignment

    return Alignment(vertical="top", wrap_text=wrap)
