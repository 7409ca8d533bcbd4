"""Rich text (.rtf), as f4 and older word processors save it.

The libraries at hand drop headers, notes, comments and text boxes, know no deletions, and fail on one
byte that has no letter. A reader that is to lose no word must see where groups begin, and what they are.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.asides import Asides
from mestring_nlp.readers.flow import Block, lines_of_blocks
from mestring_nlp.readers.lines import Line, without_controls
from mestring_nlp.readers.rich_text_fonts import WHOLE, Fonts
from mestring_nlp.readers.symbols import UNKNOWN

_BYTES = 20_000_000
_SIGN = b"{\\rtf"
_DEPTH = 10_000
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)
_MARKUP = re.compile(rb"\\(?:rtf1|pard|par|plain|fonttbl)\b")
_PAGE_FIELD = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b", re.IGNORECASE)
_BULLET = re.compile(rf"\s*[{UNKNOWN}•·▪●■□◻➢❑❖◆✓]\t\s*")
_SAVE_AS_DOCX = "Open it in the program that made it and save it as .docx."

_SIGNS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ",
    "qmspace": " ", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
}  # fmt: skip
_MARKS = {"~": "\u00a0", "_": "-", "{": "{", "}": "}", "\\": "\\", "\t": "\t"}
_KINDS = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "header"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "footer"),
    "footnote": "footnote",
    "annotation": "comment",
    "shptxt": "text box",
    "dptxbxtext": "text box",
    "pntext": "list number",
    "listtext": "list number",
    "fldinst": "field",
}
_DESTINATIONS = """
colortbl stylesheet info filetbl pict objdata objclass objname shprslt nonshppict nonesttables
ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn atnid atnauthor atntime atnref atndate atnparent atnicn
xe tc tcn rxe txe pn pntxta pntxtb sp sn sv template generator private buptim creatim revtim printim
"""
_SILENT = frozenset(_DESTINATIONS.split())


@dataclass(frozen=True)
class _Group:
    """What holds within a group: where its words go, its font, how many bytes stand for a character."""

    kind: str = ""
    silent: bool = False
    table: bool = False
    font: int | None = None
    skipped: int = 1
    deleted: bool = False


def is_rtf(data: bytes, suffix: str = "") -> bool:
    """Return whether a file is rich text, or by its suffix and its markup was meant to be."""
    return _bare(data).startswith(_SIGN) or (suffix == ".rtf" and bool(_MARKUP.search(data)))


def read_rtf(data: bytes, *, place: str) -> list[Line]:
    """Read rich text of at most 20 MB.

    Headers, footers, notes, comments, text boxes, tracked deletions and the numbers of lists are noted.
    A byte that has no letter in its font becomes U+FFFD.
    """
    data = _bare(data)
    if not data.startswith(_SIGN):
        raise MestringError(
            "this is no rich text file, or its beginning is missing", place=place, hint=_SAVE_AS_DOCX
        )
    if len(data) > _BYTES:
        raise MestringError(
            f"the file has {len(data) // 10**6} MB, more than {_BYTES // 10**6}",
            place=place,
            hint="Take out the pictures, or save it as .docx.",
        )
    reader = _Reader(data, place)
    reader.read()
    return [*reader.asides.lines, *lines_of_blocks(reader.blocks, place=place)]


def _bare(data: bytes) -> bytes:
    return data.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n\x00")


class _Reader:
    """Walks through rich text; `blocks` are its paragraphs and tables, `asides` what is no talk."""

    def __init__(self, data: bytes, place: str) -> None:
        self.blocks: list[Block] = []
        self.asides = Asides(place)
        self._data, self._place = data, place
        self._group, self._groups = _Group(), [_Group()]
        self._fonts = Fonts()
        self._default: int | None = None
        self._utf8 = _is_utf8(data)
        self._bytes = bytearray()
        self._to_skip = 0
        self._starred = False
        self._pieces: list[str] = []
        self._asides: list[list[str]] = []
        self._deleted: list[str] = []
        self._fields: list[str] = []
        self._cell: list[str] = []
        self._row: list[str] = []
        self._rows: list[list[str]] | None = None
        self._in_row = self._in_table = False
        self._words: dict[str, Callable[[int | None], None]] = {
            "par": self._end_paragraph, "sect": self._end_paragraph, "page": self._end_paragraph,
            "cell": self._end_cell, "row": self._end_row, "nestrow": self._end_paragraph,
            "trowd": self._begin_row, "pard": self._leave_table, "intbl": self._enter_table,
            "f": self._choose_font, "plain": self._choose_plainly, "deff": self._choose_default,
            "fcharset": self._fonts.take_charset, "cpg": self._fonts.take_code_page,
            "ansicpg": self._fonts.take_default,
            "uc": self._set_skipped, "u": self._add_unicode, "deleted": self._delete,
        }  # fmt: skip

    def read(self) -> None:
        """Read all groups; what stands behind the outermost is none of the document's, and noted."""
        at, depth = 0, 0
        while match := _TOKEN.match(self._data, at):
            at = match.end()
            word, number, code, mark, brace, text = match.groups()
            if code is not None:
                self._add_bytes(bytes([int(code, 16)]))
            elif text is not None:
                self._add_text(text)
            elif brace == b"{":
                self._open()
                depth += 1
            elif brace == b"}":
                self._close()
                depth -= 1
                if depth <= 0:
                    break
            elif word is not None:
                value = None if number is None else int(number)
                if word == b"bin":
                    at += max(value or 0, 0)
                else:
                    self._control(word.decode("ascii").lower(), value)
            elif mark is not None:
                self._symbol(mark.decode("latin-1"))
            if depth > _DEPTH:
                raise MestringError(
                    f"groups are nested to a depth of more than {_DEPTH:,}",
                    place=self._place,
                    hint=_SAVE_AS_DOCX,
                )
        while len(self._groups) > 1:
            self._close()
        if depth > 0:
            self.asides.cut()
        rest = without_controls(self._data[at:].decode("latin-1"))
        if re.search(r"[^\W\d_]", rest):
            self.asides.add("behind", rest, "the end")
        self._flush()
        self._note_deleted()
        self._leave_table(None)
        if self._pieces:
            self._end_paragraph(None)
        self._end_table()

    # -------------------------------------------------------------- groups

    def _open(self) -> None:
        self._flush()
        self._groups.append(self._group)
        self._to_skip, self._starred = 0, False

    def _close(self) -> None:
        self._flush()
        inner = self._group
        self._group = self._groups.pop() if len(self._groups) > 1 else self._groups[0]
        self._to_skip, self._starred = 0, False
        if inner.kind != self._group.kind:
            words = _whole("".join(self._asides.pop()))
            if inner.kind == "field":
                self._fields.append(words)
            else:
                self.asides.add(inner.kind, words, inner.kind if inner.kind in _OUTSIDE else "")
        if not self._group.deleted:
            self._note_deleted()

    def _control(self, word: str, value: int | None) -> None:
        self._flush()
        if self._to_skip:
            self._to_skip -= 1
            return
        starred, self._starred = self._starred, False
        if word in _KINDS:
            self._enter(_KINDS[word])
        elif word == "fonttbl":
            self._group = replace(self._group, silent=True, table=True)
        elif word == "fldrslt":
            field = self._fields.pop() if self._fields else ""
            if _PAGE_FIELD.match(field) and not self._group.kind:
                self._enter("page")
        elif word in _SILENT or (starred and word not in self._words):
            self._group = replace(self._group, silent=True, table=False)
        elif word in WHOLE:
            self._fonts.encoding = WHOLE[word]
        elif word in _SIGNS:
            self._add(_SIGNS[word])
        elif word == "nestcell":
            self._add("\t")
        elif word in self._words and (not self._group.silent or word in _IN_FONTS):
            self._words[word](value)

    def _enter(self, kind: str) -> None:
        """Begin a group whose words are none of the talk."""
        if self._group.silent and kind != "text box":
            return
        if self._group.kind == self._groups[-1].kind != kind:
            self._asides.append([])
        self._group = replace(self._group, kind=kind, silent=False)

    def _symbol(self, mark: str) -> None:
        self._flush()
        if self._to_skip:
            self._to_skip -= 1
        elif mark == "*":
            self._starred = True
        elif mark in "\r\n":
            self._end_paragraph(None)
        elif mark in _MARKS:
            self._add(_MARKS[mark])

    # -------------------------------------------------------------- words

    def _add_bytes(self, data: bytes) -> None:
        skipped = min(self._to_skip, len(data))
        self._to_skip -= skipped
        self._bytes += data[skipped:]

    def _add_text(self, data: bytes) -> None:
        """Add what is not escaped: ASCII, or what the program took for its encoding."""
        if data.isascii() or not self._utf8 or self._group.table:
            self._add_bytes(data)
            return
        self._flush()
        text = data.decode("utf-8", "replace")
        skipped = min(self._to_skip, len(text))
        self._to_skip -= skipped
        self._add(text[skipped:])

    def _flush(self) -> None:
        """Decode the bytes since the last control word, in the encoding of their font."""
        if not self._bytes:
            return
        data, self._bytes = bytes(self._bytes), bytearray()
        if self._group.table:
            self._fonts.take_name(data)
        else:
            self._add(self._fonts.decoded(data, self._group.font))

    def _add(self, text: str) -> None:
        if self._group.silent:
            return
        if self._group.kind:
            self._asides[-1].append(text)
        elif self._group.deleted:
            self._deleted.append(text)
        else:
            self._note_deleted()
            self._pieces.append(text)

    def _note_deleted(self) -> None:
        words, self._deleted = "".join(self._deleted), []
        self.asides.add("deleted", _whole(words))

    def _add_unicode(self, value: int | None) -> None:
        if value is not None:
            self._add(self._fonts.character(value % 0x10000, self._group.font))
            self._to_skip = self._group.skipped

    def _end_paragraph(self, _: int | None) -> None:
        if self._group.silent or self._group.kind or self._group.deleted:
            self._add("\n")
            return
        self._note_deleted()
        text = _BULLET.sub("", _whole("".join(self._pieces)), count=1).strip()
        self._pieces = []
        if self._in_row or self._in_table:
            self._cell.append(text)
        else:
            self._end_table()
            self._paragraph(text)

    def _paragraph(self, text: str) -> None:
        self.blocks.append(text)
        self.asides.count_paragraph()

    # -------------------------------------------------------------- tables

    def _begin_row(self, _: int | None) -> None:
        if not self._group.kind:
            # What stands before a row without an end of its own is a paragraph.
            if self._pieces and not (self._in_row or self._in_table):
                self._end_paragraph(None)
            self._in_row = True

    def _enter_table(self, _: int | None) -> None:
        self._in_table = self._in_table or not self._group.kind

    def _leave_table(self, _: int | None) -> None:
        if not self._group.kind:
            self._in_table = False

    def _end_cell(self, _: int | None) -> None:
        if not self._group.kind:
            self._in_row = True
            self._end_paragraph(None)
            self._row.append("\n".join(self._cell).strip())
            self._cell = []

    def _end_row(self, _: int | None) -> None:
        if self._group.kind:
            return
        self._in_row = False
        if self._row:
            self._rows = self._rows or []
            self._rows.append(self._row)
        self._row = []

    def _end_table(self) -> None:
        """Close the table, and keep what stands in no whole row of it."""
        if self._rows:
            self.blocks.append(self._rows)
        if self._row:
            self.blocks.append([self._row])
        self._rows, self._row = None, []
        left, self._cell = self._cell, []
        for text in left:
            self._paragraph(text)

    # -------------------------------------------------------------- fonts

    def _choose_font(self, value: int | None) -> None:
        if self._group.table:
            self._fonts.describe(value or 0)
        else:
            self._group = replace(self._group, font=value)

    def _choose_plainly(self, _: int | None) -> None:
        self._group = replace(self._group, font=self._default, deleted=False)

    def _choose_default(self, value: int | None) -> None:
        self._default = value
        self._group = replace(self._group, font=value)

    def _set_skipped(self, value: int | None) -> None:
        self._group = replace(self._group, skipped=1 if value is None else max(value, 0))

    def _delete(self, value: int | None) -> None:
        self._group = replace(self._group, deleted=value != 0)


_IN_FONTS = frozenset({"f", "fcharset", "cpg"})
_OUTSIDE = ("header", "footer")


def _is_utf8(data: bytes) -> bool:
    """Return whether bytes beyond ASCII, which rich text has none of, are UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _whole(text: str) -> str:
    """Join the halves of characters beyond the basic plane; half a character becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
