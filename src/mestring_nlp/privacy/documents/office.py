"""Word, OpenDocument and Excel files: paragraphs are replaced in place, and metadata is cleaned."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.privacy.alignment import Alignment
from mestring_nlp.privacy.documents.fields import Edits, Fielded
from mestring_nlp.privacy.documents.json_file import clip
from mestring_nlp.readers.archives import open_archive, refuse_entities

_PARAGRAPHS = {
    "docx": re.compile(r"word/(?:document\d*|header\d*|footer\d*|footnotes|endnotes|comments|glossary/document)\.xml$"),
    "odt": re.compile(r"(?:content|styles)\.xml$"),
    "xlsx": re.compile(r"xl/(?:sharedStrings|comments\d*|comments/\w+|worksheets/\w+|threadedComments/\w+|drawings/\w+)\.xml$"),
}  # fmt: skip
_PROPERTIES = re.compile(r"(?:docProps/(?:core|app|custom)|meta)\.xml$")
_PEOPLE = re.compile(r"(?:word/people|xl/persons/\w+)\.xml$")
_DROPPED = re.compile(
    r"(?:docProps/thumbnail\.\w+|Thumbnails/.*|(?:word|xl)/embeddings/.*|(?:word|xl)/printerSettings/.*)$"
)
_CUSTOM = re.compile(r"customXml/item\d+\.xml$")
_PICTURE = re.compile(r"(?:word|xl)/media/|Pictures/")
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "line-break": "\n", "s": " "}
_UNWANTED = frozenset(
    [
        "creator",
        "lastModifiedBy",
        "title",
        "subject",
        "description",
        "keywords",
        "category",
        "Manager",
        "Company",
        "HyperlinkBase",
        "initial-creator",
        "printed-by",
        "keyword",
        "user-defined",
        "Template",
        "contentStatus",
        "lpwstr",
        "lpstr",
        "template",
    ]
)
_AUTHOR = frozenset(["author", "initials", "userId", "providerId", "displayName"])
_WHEN = frozenset({"date", "dateUtc"})
_ALT = frozenset({"descr", "title"})
_Slot = tuple[Any, str]


def open_office(data: bytes, *, place: str) -> Fielded:
    """Return a DOCX, ODT or XLSX file by its paragraphs.

    Authors, dates of comments and changes, properties, links and what is embedded are taken out when it is
    written; pictures stay, and a note says so.

    Raises
    ------
    MestringError
        The archive is broken or of another kind, or its XML is malformed.
    """
    open_archive(data, place=place, pictures=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
        order = [info for info in archive.infolist() if not info.is_dir()]
    kind = next((k for k, n in (("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml"), ("odt", "content.xml"))
                 if n in members), "")  # fmt: skip
    if not kind:
        raise MestringError(
            "an archive that is neither a DOCX, an ODT nor an XLSX file",
            place=place,
            hint="Unpack it, and give the transcripts in it.",
        )
    _, first = _parts(members, kind, place)
    notes = tuple(_notes(members))

    def write(edits: Sequence[Edits]) -> bytes:
        trees, paragraphs = _parts(members, kind, place)
        for slots, given in zip(paragraphs, edits, strict=True):
            _apply(slots, given)
        made = dict(members)
        authors: dict[str, str] = {}
        for name in members:
            tree = trees.get(name)
            if tree is None and _to_clean(name):
                tree = _parsed(members[name], place=f"{place}, {name}")
            if tree is not None:
                _clean(tree, name, authors)
                made[name] = _bytes(tree)
            elif _CUSTOM.match(name):
                made[name] = b'<?xml version="1.0" encoding="UTF-8"?>\n<empty/>'
        return _zipped(order, {n: d for n, d in made.items() if not _DROPPED.match(n)})

    texts = tuple("".join(_text(slot) for slot in slots) for slots in first)
    return Fielded(texts, write, notes)


def _parts(members: dict[str, bytes], kind: str, place: str) -> tuple[dict[str, Any], list[list[_Slot]]]:
    """Return the parts that hold paragraphs, parsed anew, and the slots of these paragraphs."""
    trees: dict[str, Any] = {}
    paragraphs: list[list[_Slot]] = []
    for name in members:
        if _PARAGRAPHS[kind].match(name):
            trees[name] = _parsed(members[name], place=f"{place}, {name}")
            paragraphs += _paragraphs(trees[name], kind)
    return trees, paragraphs


def _to_clean(name: str) -> bool:
    return bool(
        _PROPERTIES.match(name)
        or _PEOPLE.match(name)
        or name.endswith(".rels")
        or name
        in (
            "word/settings.xml",
            "settings.xml",
            "xl/workbook.xml",
            "META-INF/manifest.xml",
            "[Content_Types].xml",
        )
    )


def _notes(members: dict[str, bytes]) -> Iterator[str]:
    pictures = sum(bool(_PICTURE.match(name)) for name in members)
    if pictures:
        yield f"{pictures} pictures were kept as they are: look at them"
    if any(_DROPPED.match(name) and "embeddings" in name for name in members):
        yield "embedded files were taken out"


def _parsed(xml: bytes, *, place: str) -> Any:
    from lxml import etree

    refuse_entities(xml, place=place)
    try:
        return etree.fromstring(
            xml, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        )
    except etree.XMLSyntaxError as error:
        raise MestringError(f"the XML is malformed ({error})", place=place) from error


def _bytes(tree: Any) -> bytes:
    from lxml import etree

    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _paragraphs(tree: Any, kind: str) -> Iterator[list[_Slot]]:
    """Yield the slots of text of each paragraph; those of a paragraph within another are its own."""
    heads = {"docx": ("p",), "odt": ("p", "h"), "xlsx": ("si", "is", "text", "v", "p")}[kind]
    for element in tree.iter():
        if _local(element) in heads and (slots := list(_slots(element, kind, heads))):
            yield slots


def _slots(paragraph: Any, kind: str, heads: tuple[str, ...]) -> Iterator[_Slot]:
    if kind == "odt":
        yield from _flowing(paragraph, heads)
        return
    if _local(paragraph) == "v":
        if paragraph.getparent().get("t") != "s" and paragraph.text:
            yield paragraph, "text"
        return
    for element in paragraph.iter():
        if element is not paragraph and _inside(element, paragraph, heads):
            continue
        name = _local(element)
        if name in ("t", "delText", "instrText", "delInstrText") or (
            name == "text" and kind == "xlsx" and not len(element)
        ):
            yield element, "text"
        elif name in _SIGNS and element is not paragraph and kind == "docx" and name != "s":
            yield element, "sign"


def _inside(element: Any, paragraph: Any, heads: tuple[str, ...]) -> bool:
    """Return whether an element belongs to a paragraph that is nested in another."""
    around = element if _local(element) in heads else element.getparent()
    while around is not None and around is not paragraph:
        if _local(around) in heads:
            return True
        around = around.getparent()
    return False


def _flowing(element: Any, heads: tuple[str, ...]) -> Iterator[_Slot]:
    """Yield the slots of mixed content, in order."""
    yield element, "text"
    for below in element:
        name = _local(below)
        if name in heads or name in ("annotation", "note", "frame", "tracked-changes"):
            pass
        elif name in ("tab", "line-break", "s"):
            yield below, "sign"
        elif name:
            yield from _flowing(below, heads)
        yield below, "tail"


def _text(slot: _Slot) -> str:
    element, where = slot
    if where == "sign":
        return _SIGNS[_local(element)]
    return str(getattr(element, where) or "")


def _apply(slots: list[_Slot], edits: Edits) -> None:
    """Replace spans of a paragraph: what is new stands in the slot where the span begins."""
    if not edits:
        return
    start = 0
    for element, where in slots:
        words = _text((element, where))
        own = [clipped for edit in edits if (clipped := clip(edit, start, start + len(words)))]
        start += len(words)
        if not own or where == "sign":
            continue
        setattr(element, where, Alignment.of(own).applied(words))
        if _local(element) == "v" and element.getparent().get("t") in (None, "n"):
            element.getparent().set("t", "str")
        elif where == "text" and _local(element) in ("t", "delText"):
            element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _clean(tree: Any, name: str, authors: dict[str, str]) -> None:
    """Take out of a part who wrote it, when, and what it links to."""
    if _PROPERTIES.match(name):
        for element in tree.iter():
            if _local(element) in _UNWANTED:
                element.text = None
                for attribute in list(element.attrib):
                    if attribute.rpartition("}")[2] in ("href", "title"):
                        del element.attrib[attribute]
        return
    if _PEOPLE.match(name):
        for below in list(tree):
            tree.remove(below)
        return
    _clean_package(tree, name)
    for element in tree.iter():
        if not _local(element):
            continue
        for attribute in list(element.attrib):
            local = attribute.rpartition("}")[2]
            if local in _AUTHOR:
                element.set(attribute, _author(element.get(attribute), authors, local))
            elif (
                local in _WHEN
                and attribute.startswith("{")
                and _local(element)
                in ("ins", "del", "comment", "moveFrom", "moveTo", "rPrChange", "pPrChange")
            ):
                del element.attrib[attribute]
            elif local in _ALT and _local(element) in ("docPr", "cNvPr"):
                element.set(attribute, "")
        if (
            _local(element) in ("creator", "author", "sender-initials", "creator-initials")
            and element.text
        ):
            element.text = _author(element.text, authors, "author")


def _clean_package(tree: Any, name: str) -> None:
    if name.endswith(".rels"):
        for below in list(tree):
            target = str(below.get("Target"))
            if below.get("TargetMode") == "External":
                below.set("Target", "about:blank")
            elif "thumbnail" in target or "embeddings/" in target or "printerSettings" in target:
                tree.remove(below)
    elif name == "META-INF/manifest.xml":
        for below in list(tree):
            if any(str(value).startswith("Thumbnails/") for value in below.attrib.values()):
                tree.remove(below)
    elif name == "settings.xml":
        for element in tree.iter():
            if any(str(v).startswith("Printer") for v in element.attrib.values()):
                element.text = None
    elif name == "word/settings.xml":
        for element in list(tree):
            if _local(element) in (
                "docVars",
                "attachedTemplate",
                "mailMerge",
                "documentProtection",
                "writeProtection",
            ):
                tree.remove(element)


def _author(who: str | None, authors: dict[str, str], local: str) -> str:
    if not who:
        return ""
    number = authors.setdefault(f"{local}:{who}", str(sum(k.startswith(local) for k in authors) + 1))
    return f"F{number}" if local == "initials" else f"Forfatter {number}"


def _zipped(order: Sequence[zipfile.ZipInfo], members: dict[str, bytes]) -> bytes:
    """Return an archive of members without dates, comments and the system that made it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in order:
            if info.filename in members:
                plain = zipfile.ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
                plain.compress_type = (
                    zipfile.ZIP_STORED if info.filename == "mimetype" else zipfile.ZIP_DEFLATED
                )
                archive.writestr(plain, members[info.filename])
    return buffer.getvalue()
