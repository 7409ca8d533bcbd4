"""Word documents (.docx): the body's text in order, as it would read with all changes accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import Archive, Event, Part
from mestring_nlp.readers.asides import Asides
from mestring_nlp.readers.flow import Mark, blocks_of, lines_of_blocks
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.symbols import letter_of

_HOW = frozenset(
    {"pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sectPr", "instrText", "delInstrText"}
)
_KINDS = {
    "del": "deleted", "moveFrom": "deleted",  # tracked changes
    "drawing": "text box", "pict": "text box", "object": "text box",
    "Choice": "choice",  # a text box and other things of newer programs; the Fallback is for older ones
    "rt": "small print",  # above words
}  # fmt: skip
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_STARTS = {"tbl": Mark.TABLE, "tr": Mark.ROW, "tc": Mark.CELL}
_ENDS = {"tbl": Mark.TABLE_END, "tc": Mark.CELL_END}
_PAGE_FIELD = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b", re.IGNORECASE)
_BESIDE = {
    "header": ("hdr", "header"),
    "footer": ("ftr", "footer"),
    "footnotes": ("footnote", "footnote"),
    "endnotes": ("endnote", "endnote"),
    "comments": ("comment", "comment"),
    "diagramData": ("dataModel", "diagram"),
}
"""What the parts beside the body are called: their relation's type, element and kind of note."""


def read_docx(archive: Archive, part: Part, *, place: str) -> list[Line]:
    """Read a Word document whose main part `Archive.main_part` found.

    Tracked insertions are read. Tracked deletions, comments, headers, footers, notes and text boxes are
    noted; a part beside the body that is broken is noted too, and costs nothing else.
    """
    asides = Asides(place)
    tokens = asides.following(_tokens(part.events, asides))
    blocks = blocks_of(tokens, place=place)
    embedded = any(line.kind == "unread" for line in asides.lines)
    if embedded and not any(blocks):
        raise MestringError(
            "the document's words are embedded in another format (altChunk), which is not read",
            place=place,
            hint="Open it in Word and save it again.",
        )
    talk = lines_of_blocks(blocks, place=place)
    _read_beside(archive, part.name, asides)
    return [*asides.lines, *talk]


def _tokens(events: Iterable[Event], asides: Asides) -> Iterator[str | Mark]:
    path: list[str] = []
    left_out = 0
    body = words = runs_on = False
    kind = ""
    aside: list[str] = []
    choice = ""
    fields = _Fields()
    for event, name, given in events:
        if event == "text":
            if words and left_out:
                aside.append(name)
            elif words and fields.are_page:
                asides.add("page", name)
            elif words:
                yield name
            elif path[-1] == "instrText" and body:
                fields.instruction(name)
        elif event == "start":
            path.append(name)
            body = path == ["document", "body"] if len(path) == 2 else body
            words = body and name in ("t", "delText")
            if left_out:
                # A tracked change deletes the paragraph's end: the next one continues it.
                if name in ("del", "moveFrom") and path[left_out - 2 : -1] == ["p", "pPr", "rPr"]:
                    runs_on = True
                aside += [_SIGNS.get(name, "")]
            elif body and (name in _HOW or name in _KINDS):
                left_out, kind, aside = len(path), _KINDS.get(name, ""), []
            elif body and name == "Fallback":
                choice = ""
            elif body and name in _SIGNS:
                yield _SIGNS[name]
            elif body and name in _STARTS:
                yield _STARTS[name]
            elif body and name == "sym":
                yield letter_of(_value(given, "char"), _value(given, "font"))
            elif body and name in ("altChunk", "subDoc"):
                asides.embed()
            elif body and name in ("fldChar", "fldSimple"):
                fields.mark(_value(given, "fldCharType"), _value(given, "instr"))
        else:
            words = False
            if left_out:
                aside += ["\n"] if name == "p" else []
                if left_out == len(path):
                    left_out = 0
                    if kind == "choice":
                        choice = "".join(aside)
                    elif kind:
                        asides.add(kind, "".join(aside))
            elif body and name == "p":
                if not runs_on:
                    yield Mark.PARAGRAPH_END
                runs_on = False
            elif body and name in _ENDS:
                yield _ENDS[name]
            elif body and name == "fldSimple":
                fields.mark("end")
            elif body and name == "AlternateContent":
                asides.add("text box", choice)
                choice = ""
            path.pop()


class _Fields:
    """The fields that are open: instructions, and whether one of them gives a page's number."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self.are_page = False

    def mark(self, kind: str, instruction: str = "") -> None:
        """Open or close a field, or start its result."""
        if kind == "begin" or instruction:
            self._open.append(instruction)
        elif kind == "end" and self._open:
            self._open.pop()
        self.are_page = any(map(_PAGE_FIELD.match, self._open))

    def instruction(self, words: str) -> None:
        """Add to the innermost field's instruction."""
        if self._open:
            self._open[-1] += words
            self.are_page = any(map(_PAGE_FIELD.match, self._open))


def _value(given: dict[str, str], name: str) -> str:
    """Return an attribute by its name without prefix."""
    return next((value for key, value in given.items() if key.rpartition(":")[2] == name), "")


def _read_beside(archive: Archive, main: str, asides: Asides) -> None:
    """Note the words of headers, footers, notes and comments."""
    try:
        related = archive.relations(main).values()
    except MestringError as error:
        asides.unread("its list of parts", error)
        return
    counts: dict[str, int] = {}
    for relation in dict.fromkeys(related):
        if relation.kind not in _BESIDE or not archive.has(relation.part):
            continue
        element, kind = _BESIDE[relation.kind]
        try:
            for words in _beside(archive.events(relation.part), element):
                counts[kind] = counts.get(kind, 0) + bool(words.strip())
                asides.add(kind, words, f"{kind} {counts[kind]}")
        except MestringError as error:
            asides.unread(relation.part, error)


def _beside(events: Iterable[Event], element: str) -> Iterator[str]:
    """Yield the words in each element of a name."""
    pieces: list[str] = []
    words = False
    for event, name, _ in events:
        if event == "text":
            pieces += [name] if words else []
        elif event == "start":
            words = name in ("t", "delText")
            pieces += [_SIGNS.get(name, "")]
        else:
            words = False
            pieces += ["\n"] if name == "p" else []
            if name == element:
                yield "".join(pieces)
                pieces = []
