"""Locate the elements of an XML document in its bytes, so that it can be added to.

All else stays as it was, byte by byte: comments, unknown elements, the order of attributes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from mestring_nlp.refi.markup import guid_of, one_line

_DEPTH = 4
_DECLARED = re.compile(rb"""^<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


@dataclass(slots=True)
class Node:
    """An element, and its place in the bytes.

    Attributes
    ----------
    name : str
        Without prefix.
    guid : str
    start, inside : int
        Where the element begins, and where its content does.
    inside_end, end : int
        Where the content and the element end. The content of an element such as ``<Users/>`` is at its
        end.
    empty : bool
        Whether it is such a self-closing element.
    children : list of Node
    """

    name: str
    guid: str
    start: int
    inside: int = -1
    inside_end: int = -1
    end: int = -1
    empty: bool = False
    children: list[Node] = field(default_factory=list)

    def child(self, name: str) -> Node | None:
        """Return the first child of a name."""
        return next((child for child in self.children if child.name == name), None)

    def after(self, *names: str) -> int:
        """Return the position after the last child of these names, or else where the content begins."""
        ends = [child.end for child in self.children if child.name in names]
        return max(ends, default=self.inside)


@dataclass(frozen=True)
class Outline:
    """The elements of a document, to a depth of four below the root.

    Attributes
    ----------
    root : Node
    prefix : str
        The namespace prefix of the root, with its colon; empty without one.
    encoding : str
    guids : set of str
        The GUIDs of elements at any depth, in the form of `guid_of`.
    code_names : tuple of str
    """

    root: Node
    prefix: str
    encoding: str
    guids: set[str]
    code_names: tuple[str, ...]

    @classmethod
    def of(cls, xml: bytes) -> Outline:
        """Return the outline of well-formed XML."""
        encoding = _encoding(xml)
        self_closing = "/>".encode(encoding)
        parser = expat.ParserCreate()
        open_nodes: list[Node | None] = []
        waiting: list[tuple[Node, str]] = []
        roots: list[Node] = []
        prefixes: list[str] = []
        guids: set[str] = set()
        code_names: list[str] = []

        def here() -> int:
            """Return the position of this event, which is also where the event before it ended."""
            place = parser.CurrentByteIndex
            for node, attribute in waiting:
                setattr(node, attribute, place)
            waiting.clear()
            return place

        def begin(name: str, attributes: dict[str, str]) -> None:
            place = here()
            prefix, _, bare = name.rpartition(":")
            guid = guid_of(attributes.get("guid"))
            if guid:
                guids.add(guid)
            if bare == "Code":
                code_names.append(one_line(attributes.get("name")))
            if len(open_nodes) > _DEPTH:
                open_nodes.append(None)
                return
            node = Node(bare, guid, place)
            waiting.append((node, "inside"))
            if open_nodes and open_nodes[-1] is not None:
                open_nodes[-1].children.append(node)
            elif not open_nodes:
                roots.append(node)
                prefixes.append(f"{prefix}:" if prefix else "")
            open_nodes.append(node)

        def finish(_: str) -> None:
            node = open_nodes.pop()
            fresh = bool(waiting) and waiting[-1] == (node, "inside")
            place = here()
            if node is None:
                return
            node.inside_end = place
            if fresh and xml[place - len(self_closing) : place] == self_closing:
                node.empty = True
                node.end = place
            else:
                waiting.append((node, "end"))

        parser.StartElementHandler = begin
        parser.EndElementHandler = finish
        parser.DefaultHandler = lambda _: here() if waiting else None
        parser.Parse(xml, True)
        for node, attribute in waiting:
            setattr(node, attribute, len(xml))
        return cls(roots[0], prefixes[0], encoding, guids, tuple(code_names))


@dataclass(frozen=True)
class Edit:
    """Bytes that replace a span, which is empty, or the ``/>`` of a self-closing element."""

    start: int
    end: int
    data: bytes


class Additions:
    """Collects additions to a document, and applies them.

    Parameters
    ----------
    xml : bytes
    outline : Outline
    """

    def __init__(self, xml: bytes, outline: Outline) -> None:
        self.xml, self.outline = xml, outline
        self._at: dict[int, list[str]] = {}
        self._opened: dict[int, tuple[Node, list[str]]] = {}

    def insert(self, into: Node, place: int, markup: str) -> None:
        """Insert markup into an element's content at a place, after what was inserted there before."""
        if into.empty:
            self._opened.setdefault(into.start, (into, []))[1].append(markup)
        else:
            self._at.setdefault(place, []).append(markup)

    def edits(self) -> list[Edit]:
        """Return the changes, in order."""
        found = [Edit(place, place, self._bytes("".join(added))) for place, added in self._at.items()]
        close = len("/>".encode(self.outline.encoding))
        for node, added in self._opened.values():
            name = f"{self.outline.prefix}{node.name}"
            opened = self._bytes(f">{''.join(added)}</{name}>")
            found.append(Edit(node.end - close, node.end, opened))
        return sorted(found, key=lambda edit: edit.start)

    def applied(self) -> bytes:
        """Return the document with the additions."""
        return b"".join(_pieces(self.xml, self.edits()))

    def _bytes(self, markup: str) -> bytes:
        return markup.encode(self.outline.encoding, "xmlcharrefreplace")


def _pieces(xml: bytes, edits: Sequence[Edit]) -> Iterator[bytes]:
    last = 0
    for edit in edits:
        yield xml[last : edit.start]
        yield edit.data
        last = edit.end
    yield xml[last:]


def _encoding(xml: bytes) -> str:
    """Return the encoding that a document's first bytes declare."""
    for start, encoding in (
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"<\x00", "utf-16-le"),
        (b"\x00<", "utf-16-be"),
    ):
        if xml.startswith(start):
            return encoding
    declared = _DECLARED.match(xml.removeprefix(codecs.BOM_UTF8))
    return declared[1].decode() if declared else "utf-8"
