"""Rows of codings from a table, or from the sheets of a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from mestring_nlp.code_names import folded, plain
from mestring_nlp.codebook import Codebook, codebook_of_rows
from mestring_nlp.coded_file import CodedFile, CodedRow
from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import SIGNS, open_archive
from mestring_nlp.readers.columns import HEADING_ROWS, Cell
from mestring_nlp.readers.decoding import composed
from mestring_nlp.readers.tables import MISSING, given, heading, headings, read_table
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.spans import CodedSpan, Span
from mestring_nlp.suggestion import DECISIONS
from mestring_nlp.text import legal
from mestring_nlp.transcript import MACHINE

OWN = "din kode"
"""The heading of the column that a workbook of suggestions has for a person's codes."""

LEFT = "usikker – vurder selv"
"""What such a workbook shows for a passage that is left to a person."""

CODEBOOK_KEY = "mestring-nlp"
"""The heading of the hidden column of a workbook that holds its codebook, a code a row, as JSON."""

CUT = " … (kuttet her)"
"""The end of a text that a cell could not hold."""

_SPAN = ("transcript", "start", "end")
_CODES = (OWN, "codes", "code")
_TEXT = ("text", "tekst")
_MOST_COLUMNS = 16_384
_LONGEST_POSITION = 12
_POSITION = re.compile(r"(\d+)(?:[.,]0{1,2})?")
_POWER = re.compile(r"(\d)(?:\.(\d{1,11}))?[eE]\+?(\d{1,2})")
_YES, _NO = ("true", "sann", "1", "1.0"), ("false", "usann", "0", "0.0", "")
"""As we write them, and as a Norwegian spreadsheet does when it saves the table."""


def read_coded_table(path: Path) -> CodedFile:
    """Read a table of codings or of suggestions, or a workbook; see `mestring_nlp.codings`."""
    data = read_bytes(path)
    if data.startswith(SIGNS) or path.suffix.casefold() in (".xlsx", ".xlsm"):
        rows, codebook = _of_workbook(data, str(path))
    else:
        rows, codebook = read_table(path, _SPAN), None
        if rows and not {*_CODES} & rows[0][1].keys():
            raise _without_codes(f"{path}, row 1")
    names_coders = any("coder" in cells for _, cells in rows)
    # A table of suggestions bears no name, but every probability of the model.
    made = not names_coders and bool(rows) and bool({"p_no_code", "p_none"} & rows[0][1].keys())
    read, left = [], dict[str, list[Span]]()
    for place, cells in rows:
        row = _row(place, cells, path)
        if row is None:
            continue
        if _is_left(cells, place) and (not row.cell or row.cell in MISSING):
            span = (row.span.transcript, row.span.start, row.span.end)
            left.setdefault(row.coder, []).append(span)
            continue
        read.append(row)
    coders = {row.coder for row in read} | left.keys()
    return CodedFile(
        str(path),
        tuple(read),
        left,
        codebook,
        notes=(*_notes(rows, len(read), path), *_contradictions(read)),
        names_coders=names_coders,
        machines=frozenset(coder for coder in coders if made or coder.startswith(MACHINE)),
    )


def has_codes_of_people(path: Path) -> bool:
    """Return whether a workbook has a filled cell in the column for a person's codes."""
    data = read_bytes(path)
    if not data.startswith(SIGNS):
        return False
    try:
        sheets = list(_sheets(data, str(path)))
    except MestringError:
        return False
    return any(cells.get(OWN) for _, rows in sheets for _, cells in rows)


def _notes(rows: list[tuple[str, dict[str, str]]], read: int, path: Path) -> Iterator[str]:
    """Yield what the user should know of a workbook's rows."""
    own = sum(OWN in cells for _, cells in rows)
    if own:
        yield f"{path}: {read} of {own} rows have a person's code; the others count as not read"


def _contradictions(rows: Iterable[CodedRow]) -> Iterator[str]:
    """Yield where one coder gives a span a code, and says of it that no code fits."""
    given: dict[tuple[str, Span], list[CodedRow]] = {}
    for row in rows:
        span = (row.span.transcript, row.span.start, row.span.end)
        given.setdefault((row.coder, span), []).append(row)
    for (coder, (name, start, end)), some in given.items():
        without = next((row for row in some if not row.cell), None)
        if without and any(row.cell for row in some):
            yield (
                f"{without.place}: {coder} says that no code fits {name} {start}-{end}, and gives it "
                "a code in another row; the code counts"
            )


def _row(place: str, cells: Mapping[str, str], path: Path) -> CodedRow | None:
    """Return a row; None where it has room for a person's codes and none is there."""
    column = next(name for name in _CODES if name in cells) if {*_CODES} & cells.keys() else ""
    if not column:
        raise _without_codes(place)
    codes = cells[column]
    if column == OWN and (not codes or codes in MISSING):
        return None
    if column == OWN and folded(codes) == LEFT:
        raise MestringError(
            f"{codes!r} is no code",
            place=place,
            hint="Choose a code, or Ingen kode; leave the cell empty where you did not decide.",
        )
    coder = composed(plain(cells.get("coder", legal(path.stem))))
    if not coder:
        raise MestringError(
            "the coder has no name",
            place=place,
            hint="Fill in the column, or delete it: then the file's name is the coder's.",
        )
    if "coder" in cells and coder in MISSING:
        raise MestringError(
            f"the coder is {coder!r}, as R and pandas write a cell without a value",
            place=place,
            hint="Fill in the column, or delete it. If these are initials, write a longer name.",
        )
    name = composed(plain(cells["transcript"]))
    if not name or name in MISSING:
        raise MestringError(
            f"the transcript is {name!r}" if name else "the transcript has no name",
            place=place,
            hint="Write the name of the transcript's file, without its suffix.",
        )
    start, end = (_position(cells, column, place) for column in ("start", "end"))
    if start >= end:
        raise MestringError(f"the span {start}-{end} does not end after its start", place=place)
    text = plain(next((given(cells, column) for column in _TEXT if column in cells), ""))
    if text.endswith(CUT):
        text = ""
    span = CodedSpan(name, start, end, frozenset(), text)
    return CodedRow(place, coder, span, plain(given(cells, "note")), codes)


def _is_left(cells: Mapping[str, str], place: str) -> bool:
    """Return whether a row says that it was left to a person; earlier versions wrote `abstained`."""
    decision, value = given(cells, "decision"), given(cells, "abstained").casefold()
    if decision not in (*DECISIONS, ""):
        known = f"It is one of {', '.join(DECISIONS)}, or empty."
        raise MestringError(f"decision is {decision[:40]!r}", place=place, hint=known)
    if value not in _YES + _NO:
        raise MestringError(f"abstained is {value[:40]!r}, neither true nor false", place=place)
    return decision == "abstained" or value in _YES


def _position(cells: Mapping[str, str], column: str, place: str) -> int:
    """Return a position, also where a program wrote it as 27.0 or 1e+05."""
    value = cells[column]
    if len(value) <= _LONGEST_POSITION:
        if match := _POSITION.fullmatch(value):
            return int(match[1])
        if (match := _POWER.fullmatch(value)) and len(match[2] or "") <= int(match[3]) < 10:
            return int(match[1] + (match[2] or "").ljust(int(match[3]), "0"))
    raise MestringError(
        f"{column} is {value[:40]!r}, not a position",
        place=place,
        hint="A position is a whole number: how many characters of the text come before it.",
    )


def _without_codes(place: str) -> MestringError:
    return MestringError(
        "the column 'code' is missing",
        place=place,
        hint="Give codings (transcript,start,end,code,coder), a table of suggestions, or a workbook of "
        "suggestions with its column 'Din kode'.",
    )


def _of_workbook(data: bytes, place: str) -> tuple[list[tuple[str, dict[str, str]]], Codebook | None]:
    """Return the rows of all sheets that have positions and codes, and the codebook in the workbook."""
    found: list[tuple[str, dict[str, str]]] = []
    codebook: Codebook | None = None
    has_positions = False
    for names, rows in _sheets(data, place):
        if CODEBOOK_KEY in names:
            codebook = _codebook(names, rows) or codebook
        elif {*_SPAN} <= {*names} and {*_CODES} & {*names}:
            has_positions = True
            found += rows
        elif lost := [at for at, cells in rows if cells.get(OWN)]:
            raise MestringError(
                f"{len(lost)} rows have a code under 'Din kode', and no positions",
                place=lost[0],
                hint="The hidden columns transcript, start and end tell where a row stands: take them "
                "from the workbook as `mestring suggest --format xlsx` made it.",
            )
    if not has_positions:
        raise MestringError(
            "no sheet has the columns transcript, start, end and code",
            place=place,
            hint="Give a table of codings, or a workbook as `mestring suggest --format xlsx` makes it.",
        )
    return found, codebook


def _sheets(data: bytes, place: str) -> Iterator[tuple[list[str], list[tuple[str, dict[str, str]]]]]:
    """Yield the headings and rows of each sheet of a workbook that has to do with codings."""
    from mestring_nlp.readers.workbook import sheets_of

    archive = open_archive(data, place=place)
    part = archive.main_part()
    if part is None or part.root != "workbook":
        raise MestringError(
            "this is no workbook", place=place, hint="Give a table (.csv or .xlsx) or a .qdpx."
        )
    for sheet in sheets_of(archive, part, place=place, most_columns=_MOST_COLUMNS):
        for at, cells in islice(sheet, HEADING_ROWS):
            shown = [heading(str(cell)) for cell in cells]
            if {OWN, CODEBOOK_KEY} & {*shown} or ({*_SPAN} <= {*shown} and {*_CODES} & {*shown}):
                if CODEBOOK_KEY in shown:  # and beside it the codebook's title, as it stands
                    shown = [str(cell) for cell in cells]
                names = shown if CODEBOOK_KEY in shown else headings(shown, (), place=at)
                yield names, [(where, _shown(names, row)) for where, row in sheet]
                break


def _shown(names: Iterable[str], cells: Iterable[Cell]) -> dict[str, str]:
    """Return a row's cells by heading; raise where one that is needed has no value."""
    shown = dict.fromkeys(filter(None, names), "")
    for name, cell in zip(names, cells, strict=False):
        if isinstance(cell, MestringError):
            if name in (*_SPAN, *_CODES, "coder"):
                raise cell
            continue
        if name:
            shown[name] = str(cell).strip()
    return shown


def _codebook(names: list[str], rows: list[tuple[str, dict[str, str]]]) -> Codebook | None:
    """Return the codebook that a workbook holds in hidden columns, with the names in its first one.

    Raises
    ------
    MestringError
        Someone has changed the hidden columns.
    """
    head = "".join(names[names.index(CODEBOOK_KEY) + 1 :][:1])
    kept = [(cells[names[0]], cells[CODEBOOK_KEY]) for _, cells in rows if cells[CODEBOOK_KEY]]
    return codebook_of_rows(head, kept, place=rows[0][0]) if head and kept else None
