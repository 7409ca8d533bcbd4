"""Read and write codebooks of other programs: REFI-QDA (``.qdc``), and Taguette's CSV."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mestring_nlp._version import __version__
from mestring_nlp.codebook import OF_OTHERS, Codebook
from mestring_nlp.errors import MestringError
from mestring_nlp.json_values import check_kind, parse_json
from mestring_nlp.readers import read_bytes
from mestring_nlp.readers.tables import read_table
from mestring_nlp.refi.codes import (
    Entry,
    code_element,
    code_guid,
    codes_of,
    description,
    entries,
    unique_names,
)
from mestring_nlp.refi.markup import CODEBOOK_SPACE, HEAD, child, element, local, one_line, parse
from mestring_nlp.text import cell, csv_bytes, legal

_NAMES = ("tag", "name", "path")
_PROGRAM = "mestring-nlp"
_COMMENT = re.compile(rb"<!-- mestring-nlp (\{[^<>]{1,3000000}\}) -->")
_KEPT: dict[Any, Any] = {"title": str, "version": str, "language": str, "rules": [str], "history": [str]}


def read_codebook(file: str | Path) -> Codebook:
    """Read a codebook of another program.

    Parameters
    ----------
    file : str or pathlib.Path
        A REFI-QDA codebook (``.qdc``); or CSV with the columns ``name`` (or ``tag``, or ``path``),
        ``description`` and optionally ``parent``, as Taguette exports and imports it.

    Returns
    -------
    Codebook
        Codes without a description get their name as definition. Headings, which only hold other
        codes, are left out. The title is the file's name and the version 1, as neither format has them;
        in a ``.qdc`` of ours a comment keeps them, the rules and the history.

    Raises
    ------
    MestringError
        The file cannot be read, or holds no code.
    """
    path = Path(file)
    suffix = path.suffix.casefold()
    if suffix not in OF_OTHERS:
        raise MestringError(
            f"{suffix or 'no suffix'} is not a codebook format of another program",
            place=str(path),
            hint="Give a .qdc or a .csv.",
        )
    listed = _from_xml(path) if suffix == ".qdc" else _from_table(path)
    codes = codes_of([entry for entry in listed if entry.codable])
    if not codes:
        raise MestringError("the codebook has no codes", place=str(path), hint="Export it again.")
    book = Codebook(title=path.stem, version="1", codes=codes)
    return replace(book, **_kept(read_bytes(path))) if suffix == ".qdc" else book


def _kept(xml: bytes) -> dict[str, Any]:
    """Return the title, version, language, rules and history that `codebook_as` kept in a comment."""
    found = _COMMENT.search(xml.replace(b"\0", b""))
    try:
        kept = parse_json(found[1].decode("ascii")) if found else {}
        kept = {"rules": [], **kept} if isinstance(kept, dict) else kept
        check_kind(kept, _KEPT)
    except ValueError:
        return {}
    texts = {name: " ".join(legal(kept[name]).split()) for name in ("title", "version", "language")}
    if not all(texts.values()):
        return {}
    listed = {
        name: tuple(filter(None, (" ".join(legal(line).split()) for line in kept[name])))
        for name in ("rules", "history")
    }
    return {**texts, **listed}


def codebook_as(book: Codebook, suffix: str) -> bytes:
    """Return a codebook in the format that a suffix names.

    Parameters
    ----------
    book : Codebook
    suffix : str
        ``.yaml`` or ``.yml``; ``.qdc`` for REFI-QDA; ``.csv`` for Taguette.

    Returns
    -------
    bytes
        In ``.qdc`` and ``.csv``, a name that occurs twice gets the code's id too, since programs merge
        codes with the same name.

    Raises
    ------
    MestringError
        Another suffix.
    """
    forms = {".yaml": _as_yaml, ".yml": _as_yaml, ".qdc": _as_xml, ".csv": _as_table}
    if suffix not in forms:
        raise MestringError(
            f"a codebook is not written as {suffix or 'a file without suffix'!r}",
            hint=f"Known: {', '.join(forms)}.",
        )
    return forms[suffix](book)


def _as_yaml(book: Codebook) -> bytes:
    return book.to_yaml().encode()


def _as_xml(book: Codebook) -> bytes:
    names = unique_names(book)
    codes = [code_element(code, names, code_guid(book.title, code)) + "\n" for code in book]
    root = {"xmlns": CODEBOOK_SPACE, "origin": f"mestring-nlp {__version__}"}
    # In ASCII, and without what would end the comment, or what looks like a tag.
    comment = json.dumps({**book.head, "history": book.history})
    for sign in "-<>":
        comment = comment.replace(sign, f"\\u{ord(sign):04x}")
    about = f"<!-- {_PROGRAM} {comment} -->\n"
    return (HEAD + about + element("CodeBook", root, element("Codes", {}, "\n", *codes)) + "\n").encode()


def _as_table(book: Codebook) -> bytes:
    names = unique_names(book)
    rows = ((names[code.id], description(code, names)) for code in book)
    return csv_bytes([("name", "description"), *rows])


def _from_xml(path: Path) -> list[Entry]:
    root = parse(read_bytes(path), place=str(path))
    book = child(root, "CodeBook") if local(root) == "Project" else root
    if book is None or local(book) != "CodeBook":
        raise MestringError(
            f"the root is <{local(root)}>, where a codebook has <CodeBook>",
            place=str(path),
            hint="Export the codebook as REFI-QDA (.qdc).",
        )
    return entries(child(book, "Codes"), place=str(path))


def _from_table(path: Path) -> list[Entry]:
    rows = [
        (place, {key.casefold().strip(): x for key, x in row.items()})
        for place, row in read_table(path, ())
    ]
    if not rows:
        raise MestringError("the codebook has no codes", place=str(path), hint="Export it again.")
    columns = [name for name in _NAMES if name in rows[0][1]]
    if len(columns) != 1:
        raise MestringError(
            f"{len(columns)} of the columns {', '.join(_NAMES)} are there, where one is needed",
            place=f"{path}, row 1",
            hint="The first row must name the columns name,description.",
        )
    listed = []
    parents: dict[str, tuple[str, ...]] = {}
    for place, row in rows:
        name = one_line(_open(row[columns[0]]))
        if not name:
            raise MestringError("the code has no name", place=place)
        above = one_line(_open(row.get("parent", "")))
        parents[name] = (*parents.get(above, ()), above) if above else ()
        listed.append(Entry(name, _open(row.get("description", "")), parents=parents[name]))
    _refuse_twice(listed, path)
    return listed


def _refuse_twice(listed: Sequence[Entry], path: Path) -> None:
    seen = set()
    for number, entry in enumerate(listed, start=2):
        if (entry.parents, entry.name) in seen:
            raise MestringError(f"the code {entry.name!r} occurs twice", place=f"{path}, row {number}")
        seen.add((entry.parents, entry.name))


def _open(value: str) -> str:
    """Return a cell without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return value[1:] if value.startswith("'") and cell(value[1:]) == value else value
