"""Find and read the files in a project's archive."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.archives import Archive
from mestring_nlp.readers.decoding import composed, decode
from mestring_nlp.readers.lines import LONGEST
from mestring_nlp.refi.markup import EXPORT_AGAIN
from mestring_nlp.refi.positions import BOM

_SCHEME = re.compile(r"\s*([a-z]{2,}):/*", re.IGNORECASE)
_OUTSIDE = re.compile(r"\s*(?:(?:relative|absolute|file|https?):|[a-z]:|[/\\])", re.IGNORECASE)
_OF_MACOS = re.compile(r"(?:^|/)(?:__macosx/|\._|\.ds_store$)")
_MOST_ALIKE = 100
_BLANK = b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Members:
    """The members of a project's archive, by the names that the project uses for them.

    Programs differ in how a path begins (``internal://``, ``internal:/``, ``relative:///``, nothing), in
    the case of ``sources/``, in braces around GUIDs and in slashes. What macOS adds to an archive is no
    part of the project.

    Parameters
    ----------
    archive : Archive
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._by_path: dict[str, str] = {}
        self._by_name: dict[str, dict[str, str]] = {}
        self._texts: dict[str, str] = {}
        self._named: set[str] = set()
        for member in archive.names:
            for path in dict.fromkeys((_plain(member), _plain(_as_utf8(member)))):
                if path and not path.endswith("/") and not _OF_MACOS.search(path):
                    self._by_path.setdefault(path, member)
                    self._by_name.setdefault(path.rpartition("/")[2], {})[path] = member

    def project_xml(self) -> str:
        """Return the name of the member that describes the project.

        Raises
        ------
        MestringError
            There is none, or several.
        """
        found = [m for path, m in self._by_path.items() if path.endswith(".qde") and "/" not in path]
        found = found or [m for path, m in self._by_path.items() if path.endswith(".qde")]
        found = list(dict.fromkeys(found))
        if len(found) > 1:
            found = [m for m in found if _plain(m) == "project.qde"] or found
        if len(found) != 1:
            several = f"{len(found)} .qde files ({', '.join(found[:3])})" if found else "no .qde file"
            raise MestringError(
                f"the archive has {several}, where a REFI-QDA project has one",
                place=self.archive.place,
                hint=EXPORT_AGAIN,
            )
        return found[0]

    def reserve(self, root: Any) -> None:
        """List the members that a project names in full: none is taken for another of that name."""
        for item in root.iter():
            for name in ("plainTextPath", "richTextPath"):
                if (path := item.get(name)) and (member := self._named_in_full(path)) is not None:
                    self._named.add(member)

    def find(self, path: str) -> str | None:
        """Return the member that a path names, if any; elsewhere only if nothing else names it."""
        for form, ending in _forms(path):
            for inside in (f"sources/{form}{ending}", f"{form}{ending}"):
                if inside in self._by_path:
                    return self._by_path[inside]
            alike = self._by_name.get(f"{form.rpartition('/')[2]}{ending}", {})
            if len(alike) > _MOST_ALIKE:
                continue
            below = {m for p, m in alike.items() if p.endswith(f"/{form}{ending}")}
            # What a path elsewhere in the project names in full is another's text.
            for found in (below, set(alike.values()) - self._named):
                if len(found) == 1:
                    return found.pop()
        return None

    def _named_in_full(self, path: str) -> str | None:
        inside = (f"{folder}{form}{end}" for form, end in _forms(path) for folder in ("sources/", ""))
        return next((self._by_path[name] for name in inside if name in self._by_path), None)

    def text(self, path: str, *, what: str) -> str:
        """Return the text that a path names, its byte order mark as U+FEFF.

        Parameters
        ----------
        path : str
        what : str
            What the text belongs to, for errors.

        Raises
        ------
        MestringError
            The archive lacks the file, or it is not text, or longer than any transcript may be.
        """
        member = self.find(path)
        if member is None:
            raise MestringError(
                f"the archive lacks {path!r}, the text of {what}",
                place=self.archive.place,
                hint=EXPORT_AGAIN,
            )
        if member not in self._texts:
            self._texts[member] = self._decoded(member)
        return self._texts[member]

    def _decoded(self, member: str) -> str:
        data = self.archive.read(member, largest=4 * LONGEST)
        if not data.strip(_BLANK):
            return ""
        text = decode(data, place=f"{self.archive.place}, {member}")
        return BOM + text if data.startswith(_BOMS) else text


def is_outside(path: str) -> bool:
    """Return whether a path names a file beside the project or on somebody's disk."""
    return _OUTSIDE.match(path) is not None


def _forms(path: str) -> Iterator[tuple[str, str]]:
    """Yield the forms in which a path may name a member, each with an ending."""
    named = _SCHEME.sub("", path.strip(), count=1)
    for form in dict.fromkeys((_plain(named), _plain(unquote(named)))):
        if form:
            yield from ((form, ""), (form, ".txt"))


def _plain(path: str) -> str:
    """Return a path in the form in which paths are compared."""
    bare = composed(path).replace("\\", "/").replace("{", "").replace("}", "").casefold()
    return bare.removeprefix("./").lstrip("/")


def _as_utf8(member: str) -> str:
    """Return a member's name where a program wrote UTF-8 without saying so."""
    try:
        return member.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member
