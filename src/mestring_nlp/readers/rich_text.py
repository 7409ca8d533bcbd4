"""Rich text (.rtf), as f4 and older word processors save it."""

from __future__ import annotations

import re

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.flow import Block, lines_of_blocks
from mestring_nlp.readers.lines import Line

_BYTES = 20_000_000
_FONT_ENTRY = 1_000
_ROW, _ROW_END, _CELL_END = "\ue000", "\ue001", "\ue002"  # of Unicode's private area
_SAVE_AS_DOCX = "Open it in the program that made it and save it as .docx."


def read_rtf(data: bytes, *, place: str) -> list[Line]:
    """Read rich text of at most 20 MB.

    Headers, footers, notes, comments, tracked deletions, pictures and field codes are left out.
    """
    from striprtf.striprtf import rtf_to_text

    if not data.lstrip().startswith(b"{\\rtf"):
        raise MestringError("this is no rich text file", place=place, hint="Check the suffix.")
    if len(data) > _BYTES:
        raise MestringError(
            f"the file has {len(data) // 10**6} MB, more than {_BYTES // 10**6}",
            place=place,
            hint="Take out the pictures, or save it as .docx.",
        )
    source = _marked(_tamed(_decoded(data), place=place))
    try:
        # Characters outside the basic plane come as two halves.
        text = str(rtf_to_text(source)).encode("utf-16", "surrogatepass").decode("utf-16")
    except Exception as error:  # striprtf raises whatever a broken control word makes it raise
        raise MestringError(
            f"this cannot be read as rich text ({error})", place=place, hint=_SAVE_AS_DOCX
        ) from error
    return lines_of_blocks(_blocks(text), place=place)


def _blocks(text: str) -> list[Block]:
    """Return paragraphs and tables, from text in which rows and cells are marked."""
    blocks: list[Block] = []
    table: list[list[str]] | None = None
    *rows, rest = text.strip().split(_ROW_END)
    for row in rows:
        before, begins, inside = row.partition(_ROW)
        before, inside = (before, inside) if begins else ("", row)
        # Word states a row's layout before it and once more behind its cells.
        *cells, behind = inside.replace(_ROW, "").split(_CELL_END)
        before = before if cells else before + behind
        if before.strip():
            blocks += _lines(before)
            table = None
        if cells and table is None:
            table = []
            blocks.append(table)
        if cells and table is not None:
            table.append([cell.strip() for cell in cells])
    blocks += _lines(rest)
    return blocks


def _lines(text: str) -> list[str]:
    plain = re.sub(f"[{_ROW}{_CELL_END}]", " ", text)
    return [line.strip() for line in plain.strip().split("\n")]


def _decoded(data: bytes) -> str:
    """Decode rich text: ASCII with escapes; what is beyond ASCII is one code page or the other."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _marked(source: str) -> str:
    """Put signs of ours where rows and cells end: striprtf makes them `|` and line breaks."""
    source = re.sub(f"[{_ROW}{_ROW_END}{_CELL_END}]", "", source)
    for word, sign in (("trowd", _ROW), ("(?:nest)?row", _ROW_END), ("(?:nest)?cell", _CELL_END)):
        source = re.sub(rf"(?<!\\)\\{word}(?![a-zA-Z]) ?", sign, source)
    return source


def _tamed(source: str, *, place: str) -> str:
    """Reduce rich text to what striprtf reads correctly, in time proportional to its length."""
    from striprtf.striprtf import font_table_group

    # striprtf knows no tracked deletions; `\*` makes it pass over the rest of their group.
    if "\\deleted0" not in source:
        source = re.sub(r"\\deleted(?![a-z\d])", r"\\*\\deleted", source)
    # A line break after a control word means nothing in rich text, but keeps striprtf from looking
    # for a link's address, which we do not want in the words anyway.
    source = source.replace("\\fldinst", "\\fldinst\n")
    fonts = font_table_group(source)
    entries = fonts.split(";")
    if any(len(entry) > _FONT_ENTRY for entry in entries) or "\\fcharset" in entries[-1]:
        raise MestringError("the table of fonts is broken", place=place, hint=_SAVE_AS_DOCX)
    return source.replace(fonts, ";\n".join(entries), 1) if fonts else source
