"""The key: who stands behind each placeholder, kept apart from the pseudonymised interviews."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.files import write_file
from mestring_nlp.privacy.alignment import Alignment, Edit
from mestring_nlp.regular_files import read_bytes

FORMAT = "mestring-nlp key"
_VERSION = 1
_SCRYPT = {"n": 2**15, "r": 8, "p": 1}
_MOST_MEMORY = 2**18
_LARGEST = 100_000_000
_NO_KEY = "Give the key that `mestring pseudonymise` wrote."


@dataclass
class Entity:
    """One person, place, unit or number behind a placeholder.

    Attributes
    ----------
    label : str
        What stands in brackets, such as ``"Person 3"``.
    kind : str
        See `mestring_nlp.privacy.identifiers.KINDS`.
    forms : list of str
        How it was written, the fullest form first.
    documents : list of str
        The interviews in which it occurs.
    invented : dict of str to str
        Invented names by the form that they stand for, where names were asked for.
    role : str
        ``"informant"`` or ``"interviewer"`` for one who speaks.
    """

    label: str
    kind: str
    forms: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    invented: dict[str, str] = field(default_factory=dict)
    role: str = ""


@dataclass
class Document:
    """What was replaced in one text.

    Attributes
    ----------
    name : str
        The pseudonymised interview's name.
    original_name : str
    digest : str
        SHA-256 of the pseudonymised text.
    replaced : list of (int, int, str)
        Spans of the pseudonymised text, and what stood there.
    text_digest : str
        SHA-256 of the canonical text, in which codings count; empty where there are no turns.
    text_replaced : list of (int, int, str)
        The same in the canonical text.
    speakers : dict of str to str
        Labels of speakers as they were, by the label that stands for them.
    title : str
        The interview's title as it was.
    """

    name: str
    original_name: str
    digest: str
    replaced: list[tuple[int, int, str]]
    text_digest: str = ""
    text_replaced: list[tuple[int, int, str]] = field(default_factory=list)
    speakers: dict[str, str] = field(default_factory=dict)
    title: str = ""

    @property
    def called(self) -> str:
        """The interview's name as it was, without a file's suffix."""
        return PurePath(self.original_name).stem

    def back(self) -> Alignment:
        """Return the alignment from the pseudonymised text to what it was."""
        return Alignment.of(Edit(*one) for one in self.replaced)


@dataclass
class Key:
    """Everything that leads from placeholders back to people.

    Attributes
    ----------
    entities : list of Entity
    documents : list of Document
    coders : dict of str to str
        The labels that stand for coders whose names were replaced too.
    """

    entities: list[Entity] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    coders: dict[str, str] = field(default_factory=dict)

    def document(self, digest: str, name: str = "") -> Document | None:
        """Return the document whose text has a digest; of several, that of a name.

        Raises
        ------
        MestringError
            Several texts became the same one, and no name tells which is meant.
        """
        found = [one for one in self.documents if digest in (one.digest, one.text_digest)]
        found = [one for one in found if one.name == name] or found
        if len({tuple(one.replaced) for one in found}) > 1:
            raise MestringError(
                f"{len(found)} texts of the key look like this one",
                hint="Restore them together, in the order in which they were pseudonymised, or as files.",
            )
        return found[-1] if found else None

    def keep(self, document: Document) -> None:
        """Keep a document, in place of one of the same name and text."""
        same = (document.name, document.digest)
        self.documents = [one for one in self.documents if (one.name, one.digest) != same]
        self.documents.append(document)

    def without(self, gone: Collection[str]) -> Key:
        """Return the key without some interviews, and without what is named in no other.

        Parameters
        ----------
        gone : collection of str
            Names of interviews, as they were called.
        """
        entities = [
            replace(entity, documents=left)
            for entity in self.entities
            if (left := [name for name in entity.documents if name not in gone]) or not entity.documents
        ]
        documents = [document for document in self.documents if document.called not in gone]
        return Key(entities, documents, dict(self.coders))

    def forms(self) -> Iterator[str]:
        """Yield every form of everything that the key hides."""
        for entity in self.entities:
            yield from entity.forms

    def to_json(self) -> str:
        """Return the key as JSON."""
        return json.dumps(
            {"format": FORMAT, "version": _VERSION, **asdict(self)}, ensure_ascii=False, indent=1
        )

    @classmethod
    def from_json(cls, text: str, *, place: str) -> Key:
        """Read a key from JSON.

        Raises
        ------
        MestringError
            It is no key, or damaged.
        """
        try:
            given = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise MestringError("this is no key: it is no JSON", place=place, hint=_NO_KEY) from error
        if not isinstance(given, dict) or given.get("format") != FORMAT:
            raise MestringError("this is no key", place=place, hint=_NO_KEY)
        if given.get("version") != _VERSION:
            raise MestringError(
                f"the key is of version {given.get('version')!r}, and version {_VERSION} is read here",
                place=place,
                hint="Use the version of mestring-nlp that wrote it.",
            )
        try:
            return cls(
                [Entity(**_checked(one, Entity)) for one in given["entities"]],
                [_document(one) for one in given["documents"]],
                {str(label): str(name) for label, name in given["coders"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise MestringError(
                f"the key is damaged ({type(error).__name__}: {error})",
                place=place,
                hint="Take it from a backup.",
            ) from error


def _checked(given: dict[str, Any], kind: type) -> dict[str, Any]:
    lists = {"forms", "documents"}
    for name, value in given.items():
        right = (
            isinstance(value, list) and all(isinstance(one, str) for one in value)
            if name in lists
            else isinstance(value, dict)
            if name == "invented"
            else isinstance(value, str)
        )
        if not right:
            raise ValueError(f"{name} of a {kind.__name__.lower()}")
    return given


def _document(given: dict[str, Any]) -> Document:
    spans = {
        name: [(int(start), int(end), str(was)) for start, end, was in given.get(name, [])]
        for name in ("replaced", "text_replaced")
    }
    document = Document(**{**given, **spans})
    document.back()
    return document


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text, as hexadecimal."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_key(file: Path, passphrase: str | None = None) -> Key:
    """Read a key, decrypted where a passphrase protects it.

    Parameters
    ----------
    file : pathlib.Path
    passphrase : str, optional

    Returns
    -------
    Key

    Raises
    ------
    MestringError
        It cannot be read, is no key or damaged, or the passphrase is missing or wrong.
    """
    data = read_bytes(file, largest=_LARGEST, hint=_NO_KEY)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise MestringError("this is no key", place=str(file), hint=_NO_KEY) from error
    envelope = _envelope(text)
    if envelope is None:
        return Key.from_json(text, place=str(file))
    if passphrase is None:
        raise MestringError(
            "the key is protected by a passphrase", place=str(file), hint="Give --passphrase."
        )
    return Key.from_json(_decrypted(envelope, passphrase, str(file)), place=str(file))


def is_encrypted(file: Path) -> bool:
    """Return whether a file is a key that a passphrase protects."""
    try:
        return _envelope(read_bytes(file, largest=_LARGEST).decode()) is not None
    except (MestringError, UnicodeDecodeError):
        return False


def key_bytes(key: Key, passphrase: str | None = None) -> bytes:
    """Return the content of a key's file, encrypted where a passphrase is given.

    scrypt makes a key of the passphrase, and AES-GCM encrypts and authenticates with it.
    """
    text = key.to_json()
    if passphrase is None:
        return f"{text}\n".encode()
    import secrets

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    head = {"format": FORMAT, "encrypted": "scrypt+AES-256-GCM", **_SCRYPT}
    sealed = _cipher(passphrase, salt, _SCRYPT).encrypt(nonce, text.encode(), _canonical(head))
    return (
        json.dumps(
            head | {"salt": _coded(salt), "nonce": _coded(nonce), "data": _coded(sealed)}, indent=1
        )
        + "\n"
    ).encode()


def write_key(key: Key, file: Path, passphrase: str | None = None) -> None:
    """Write a key so that only its owner may read it; an earlier state of the same key is replaced."""
    write_file(file, key_bytes(key, passphrase), force=True)


def _envelope(text: str) -> dict[str, Any] | None:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) and "encrypted" in given else None


def _decrypted(envelope: dict[str, Any], passphrase: str, place: str) -> str:
    try:
        salt, nonce, sealed = (
            b64decode(envelope[name], validate=True) for name in ("salt", "nonce", "data")
        )
        costs = {name: int(envelope[name]) for name in _SCRYPT}
        if not (1 < costs["n"] <= _MOST_MEMORY and 0 < costs["r"] <= 16 and 0 < costs["p"] <= 4):
            raise ValueError("costs")
        head = {name: envelope[name] for name in ("format", "encrypted", *_SCRYPT)}
        cipher = _cipher(passphrase, salt, costs)
    except (KeyError, TypeError, ValueError) as error:
        raise MestringError("the key is damaged", place=place, hint="Take it from a backup.") from error
    from cryptography.exceptions import InvalidTag

    try:
        return str(cipher.decrypt(nonce, sealed, _canonical(head)).decode())
    except (InvalidTag, ValueError) as error:
        raise MestringError(
            "the passphrase is wrong, or the key is damaged",
            place=place,
            hint="Try the passphrase again, or take the key from a backup.",
        ) from error


def _cipher(passphrase: str, salt: bytes, costs: dict[str, int]) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
    except ImportError as error:
        raise MestringError(
            "a passphrase needs the package cryptography",
            hint="Install it in the folder of mestring-nlp: pip install '.[privacy]'",
        ) from error
    secret = Scrypt(salt=salt, length=32, **costs).derive(passphrase.encode())
    return AESGCM(secret)


def _canonical(head: dict[str, Any]) -> bytes:
    return json.dumps(head, sort_keys=True).encode()


def _coded(data: bytes) -> str:
    return b64encode(data).decode()
