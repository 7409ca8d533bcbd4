"""The words of an informant, and how they are found again in whatever form a file holds them."""

from __future__ import annotations

import email
import html
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator

from mestring_nlp.quotation import clean_quotation

SHORTEST = 5
"""Words of the shortest sentence that is looked for."""

_LONG = 8
LARGEST = 200_000_000
"""Bytes of the largest file that is looked into."""

_DEEPEST = 3
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"[.?!…:\n]+")
_BREAK = re.compile(r"</(?:w:p|text:p|p|div|li|td|th|h\d)>|<(?:w:br|w:tab|br)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\[nrt\"/\\]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])[-\u2010]\r?\n[ \t]*(?=[^\W\d_])")
_MAIL = re.compile(rb"^content-transfer-encoding:", re.IGNORECASE | re.MULTILINE)
_ZIP, _ARRAY = b"PK\x03\x04", b"\x93NUMPY"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RECORDINGS = frozenset(
    (
        ".mp3", ".m4a", ".wav", ".wma", ".aac", ".ogg", ".opus", ".flac", ".amr", ".dss", ".ds2",
        ".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".3gp", ".jpg", ".jpeg", ".png", ".heic",
        ".tif", ".tiff",
    )
)  # fmt: skip
_SEALED = frozenset(
    (
        ".nvp", ".nvpx", ".mx18", ".mx20", ".mx22", ".mx24", ".mex24", ".atlproj", ".atlproj23",
        ".pages", ".one", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tgz", ".gpg", ".age", ".pst",
    )
)  # fmt: skip
_HEAD = 128
_MAIL_HEAD = 100_000
_PRINTED = re.compile(rb"[\x09\x0a\x0d\x20-\x7e\x80-\xff]{10,}")


def normal(name: str) -> tuple[str, ...]:
    """Return a name as names are compared: letters and numbers alone, without case or leading zeros.

    Examples
    --------
    >>> normal("Informant_03") == normal("informant 3")
    True
    """
    parts = re.findall(r"\d+|[^\W\d_]+", unicodedata.normalize("NFC", name).casefold())
    return tuple(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)


def words_of(text: str) -> list[str]:
    """Return the words of a text, in lower case, without the soft hyphens in them."""
    return _WORD.findall(_UNSEEN.sub("", unicodedata.normalize("NFC", text)).casefold())


class Traces:
    """What tells an informant's words from everybody else's.

    These are whole sentences of five to seven words, and every run of eight words, as they were said and
    as a quotation has them, without those that another text of the project has too.

    Parameters
    ----------
    own : iterable of str
        What the informant said, turn by turn.
    others : iterable of str
        All other transcripts of the project.
    """

    def __init__(self, own: Iterable[str] = (), others: Iterable[str] = ()) -> None:
        self._runs: dict[int, set[tuple[str, ...]]] = {n: set() for n in range(SHORTEST, _LONG + 1)}
        for text in own:
            for form in dict.fromkeys((text, clean_quotation(text).text)):
                self._learn(form)
        for text in others:
            words = words_of(text)
            for length, runs in self._runs.items():
                if runs:
                    runs.difference_update(_runs_of(words, length))
        self._first = {run[0] for runs in self._runs.values() for run in runs}

    def _learn(self, text: str) -> None:
        self._runs[_LONG].update(_runs_of(words_of(text), _LONG))
        for sentence in _SENTENCE.split(text):
            words = words_of(sentence)
            if SHORTEST <= len(words) < _LONG:
                self._runs[len(words)].add(tuple(words))

    def __bool__(self) -> bool:
        return any(self._runs.values())

    def __len__(self) -> int:
        return sum(map(len, self._runs.values()))

    def share_in(self, text: str) -> float:
        """Return which share of the runs of eight words a text has; of none, 0."""
        own = self._runs[_LONG]
        return len(own.intersection(_runs_of(words_of(text), _LONG))) / len(own) if own else 0.0

    def found_in(self, text: str) -> bool:
        """Return whether a text has a sentence of the informant's."""
        words = words_of(text)
        return any(
            tuple(words[at : at + length]) in runs
            for at, word in enumerate(words)
            if word in self._first
            for length, runs in self._runs.items()
        )

    def found_in_bytes(self, data: bytes) -> bool:
        """Return whether a file has one, packed or in markup as it may be."""
        return any(self.found_in(text) for text in texts_in(data))


def closed(data: bytes, suffix: str) -> str:
    """Return why a file's words cannot be seen: it is a recording, locked or compressed; "" if they can.

    Parameters
    ----------
    data : bytes
    suffix : str
        In lower case, such as ``".zip"``.
    """
    if suffix in _RECORDINGS:
        return "a recording or a picture; look yourself whether it is theirs"
    if suffix in _SEALED:
        return "a format that cannot be looked into"
    if data.startswith(_OLD_OFFICE) and "EncryptedPackage".encode("utf-16-le") in data:
        return "locked by a password"
    if data.startswith(_ZIP):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if any(member.flag_bits & 1 for member in archive.infolist()):
                    return "locked by a password"
        except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, EOFError):
            return "a damaged archive"
    return ""


def _runs_of(words: list[str], length: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[offset:] for offset in range(length)), strict=False)


def texts_in(data: bytes, *, depth: int = 0) -> Iterator[str]:
    """Yield what a file may say, in each way in which it can be read: members, markup, escapes.

    Parameters
    ----------
    data : bytes
    depth : int
        How many archives it lies in.
    """
    if data.startswith(_ZIP) and depth < _DEEPEST:
        members = list(_members(data, depth))
        yield from members
        if members:
            return
    if data.startswith(b"%PDF"):
        yield from _printed(data)
        return
    if data.startswith(b"{\\rtf"):
        yield from _rich(data)
    if depth < _DEEPEST and _MAIL.search(data[:_MAIL_HEAD]):
        for part in email.message_from_bytes(data).walk():
            sent = part.get_payload(decode=True)
            yield from texts_in(sent, depth=_DEEPEST) if isinstance(sent, bytes) else ()
    if data.startswith(_ARRAY) and b"u1'" not in data[:_HEAD]:
        return  # numbers; what a model has of words, it has as bytes
    for text in _decoded(data):
        yield text
        if _BROKEN_WORD.search(text):
            yield _BROKEN_WORD.sub("", text)
        if "<" in text:
            broken = _BREAK.sub(" ", text)
            yield html.unescape(_TAG.sub("", broken))
            yield html.unescape(_TAG.sub(" ", broken))
        if "\\" in text:
            yield _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else " ", text)


def _members(data: bytes, depth: int) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            left = LARGEST
            for member in archive.infolist():
                yield member.filename
                left -= member.file_size
                if left >= 0 and not member.flag_bits & 1:
                    yield from texts_in(archive.read(member), depth=depth + 1)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError, EOFError):
        return  # what is damaged is read as bytes


def _printed(data: bytes) -> Iterator[str]:
    from mestring_nlp.errors import MestringError
    from mestring_nlp.readers import read_transcript

    try:
        yield read_transcript(data, name="a.pdf", all_informant=True).text
    except MestringError:
        return


def _rich(data: bytes) -> Iterator[str]:
    from mestring_nlp.errors import MestringError
    from mestring_nlp.readers.rich_text import read_rtf

    try:
        yield "\n".join(line.text for line in read_rtf(data, place=""))
    except MestringError:
        return


def _decoded(data: bytes) -> Iterator[str]:
    """Yield the text of bytes in the encodings that they may be in."""
    nulls = data[:10_000].count(b"\x00")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or nulls * 4 > len(data[:10_000]):
        yield data.decode("utf-16-le", "ignore")
        yield data.decode("utf-16-be", "ignore")
    if nulls:  # a database, a recording, an array: what in it may be talk
        data = b"\n".join(_PRINTED.findall(data))
    try:
        yield data.decode("utf-8")
    except UnicodeDecodeError:
        yield data.decode("cp1252", "replace")
        yield data.decode("utf-8", "ignore")
