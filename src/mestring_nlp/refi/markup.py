"""The XML of REFI-QDA: parsed without entities, and written as text so that output is reproducible."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import refuse_entities
from mestring_nlp.text import legal

PROJECT_SPACE = "urn:QDA-XML:project:1.0"
CODEBOOK_SPACE = "urn:QDA-XML:codebook:1.0"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
DATE = "2000-01-01T00:00:00Z"
"""The default date of all that we write: some programs fail without dates, and the same content must
give the same bytes."""
EXPORT_AGAIN = "Export it again from the program that made it."

_OURS = uuid.UUID("6f1dd0b4-6a0b-5a53-9c64-3a1d1b7f0a5e")
_IN_ATTRIBUTE = {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}


def parse(xml: bytes, *, place: str) -> Any:
    """Parse XML that declares no entities, without fetching anything.

    Parameters
    ----------
    xml : bytes
    place : str
        File and member, for errors.

    Returns
    -------
    lxml.etree._Element
        The root.

    Raises
    ------
    MestringError
        Malformed XML, a DOCTYPE, or elements nested too deeply.
    """
    from lxml import etree

    refuse_entities(xml, place=place)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MestringError(
            f"the XML cannot be read ({error})", place=place, hint=EXPORT_AGAIN
        ) from error


def local(element: Any) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Any, *names: str) -> Iterator[Any]:
    """Yield an element's children that have one of these names."""
    return (child for child in element if local(child) in names)


def child(element: Any, name: str) -> Any | None:
    """Return an element's first child of a name."""
    return next(children(element, name), None)


def within(element: Any, group: str, *names: str) -> Iterator[Any]:
    """Yield the elements in an element's first child called `group`, such as the users in ``Users``.

    All of them, or those that have one of the names given.
    """
    found = child(element, group)
    if found is not None:
        yield from (below for below in found if not names or local(below) in names)


def text_of(element: Any | None) -> str:
    """Return an element's text; empty when there is no element."""
    return "" if element is None else "".join(element.itertext())


def guid_of(value: str | None) -> str:
    """Return a GUID in one form: lower case, without braces."""
    return (value or "").strip().strip("{}").casefold()


def target_of(element: Any, name: str) -> str:
    """Return the GUID that an element's first reference of a name points to; empty without one."""
    ref = child(element, name)
    return guid_of(None if ref is None else ref.get("targetGUID"))


def new_guid(*parts: object, taken: set[str] | None = None) -> str:
    """Return a GUID derived from some parts, or from them and a number where that one is taken.

    Parameters
    ----------
    *parts : object
        What the GUID identifies.
    taken : set of str, optional
        GUIDs in use, in the form of `guid_of`; the new one is added.
    """
    name = "\0".join(map(str, parts))
    made = str(uuid.uuid5(_OURS, name))
    number = 2
    while taken is not None and made in taken:
        made = str(uuid.uuid5(_OURS, f"{name}\0{number}"))
        number += 1
    if taken is not None:
        taken.add(made)
    return made


def element(name: str, attributes: dict[str, str], *content: str) -> str:
    """Return an element as text.

    Parameters
    ----------
    name : str
    attributes : dict of str to str
        Those without a value are left out.
    *content : str
        Elements as text, or text escaped with `escaped`.
    """
    given = "".join(f' {key}="{quoted(value)}"' for key, value in attributes.items() if value)
    inside = "".join(content)
    return f"<{name}{given}>{inside}</{name}>" if inside else f"<{name}{given}/>"


def escaped(text: str) -> str:
    """Return a text as XML."""
    return escape(legal(text), {"\r": "&#13;"})


def quoted(text: str) -> str:
    """Return a text as the value of an attribute."""
    return escape(legal(text), _IN_ATTRIBUTE)


def one_line(text: str | None) -> str:
    """Return a name without control characters, line breaks and doubled spaces."""
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text or "").strip()
