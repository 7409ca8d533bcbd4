"""The codebook: what each code means, what it excludes, and how to recognise it.

A codebook is a YAML file that a researcher can edit. Reading one checks every field, and an error names
the line.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from mestring_nlp.errors import MestringError
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.resources import bundled
from mestring_nlp.text import legal

KINDS = ("concept", "factor")
CODE_ID = re.compile(r"[a-z][a-z0-9_]*")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_PLAIN = ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value")
_TAGS = {f"tag:yaml.org,2002:{name}" for name in _PLAIN}

NO_CODE = "Ingen kode"
"""What pages call the answer that no code fits."""

LARGEST = 500_000
"""The most bytes that a codebook may have."""

OF_OTHERS = (".qdc", ".csv")
"""The suffixes of other programs' codebooks, which `mestring_nlp.refi.read_codebook` reads."""

_SEE = "See how training_data/codebook.yaml is written."


@dataclass(frozen=True)
class Exclusion:
    """Content that a code excludes, and the code that it belongs to instead, if any."""

    text: str
    code: str = ""


@dataclass(frozen=True)
class Code:
    """One code of a codebook.

    Attributes
    ----------
    id : str
        Stable identifier: lower-case ASCII letters, digits and underscores, beginning with a letter.
    name, name_en : str
        Name in the codebook's language, and in English.
    kind : {"concept", "factor"}
        A base concept, or a factor.
    colour : str
        ``#rrggbb``.
    definition : str
    includes : tuple of str
        Content that belongs to the code.
    excludes : tuple of Exclusion
        Content that does not, and the code that it belongs to instead.
    indicators, sources : tuple of str
        Words that often occur with the code; the literature that it is based on.
    """

    id: str
    name: str
    definition: str
    name_en: str = ""
    kind: str = "factor"
    colour: str = "#888888"
    includes: tuple[str, ...] = ()
    excludes: tuple[Exclusion, ...] = ()
    indicators: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Codebook:
    """An ordered list of codes, with a title and a version.

    Iteration yields the codes in order. ``codebook[id]`` is the code with an id, or a `MestringError`
    that lists the ids.

    Attributes
    ----------
    title, version : str
    codes : tuple of Code
    language : str
        Language of names and definitions, such as ``"nb"``.
    history : tuple of str
        Changes from version to version.
    rules : tuple of str
        What holds whatever the code, such as how to code a short answer, and when no code fits.
    """

    title: str
    version: str
    codes: tuple[Code, ...]
    language: str = "nb"
    history: tuple[str, ...] = field(default=(), compare=False)
    rules: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The codes' ids, in order."""
        return tuple(code.id for code in self.codes)

    @property
    def lines(self) -> dict[str, tuple[str, ...]]:
        """What the codebook says of each code, a line each: its definition, and what belongs to it."""
        return {code.id: (code.definition, *code.includes) for code in self.codes}

    @property
    def examples(self) -> dict[str, tuple[str, ...]]:
        """The lines of each code and its indicators, which a model learns from before any passage."""
        return {
            code.id: tuple(filter(None, (*self.lines[code.id], ", ".join(code.indicators))))
            for code in self.codes
        }

    @property
    def head(self) -> dict[str, Any]:
        """What a file says before the codes: title, version, language, and any rules."""
        head: dict[str, Any] = {"title": self.title, "version": self.version, "language": self.language}
        return head | ({"rules": list(self.rules)} if self.rules else {})

    @cached_property
    def _by_id(self) -> dict[str, Code]:
        return {code.id: code for code in self.codes}

    @property
    def hash(self) -> str:
        """SHA-256 of everything but the history, as hexadecimal."""
        content = asdict(self)
        del content["history"]
        if not self.rules:  # as before there were any
            del content["rules"]
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def to_yaml(self) -> str:
        """Return the codebook as the text of a file that `load_codebook` reads."""
        content = {**self.head, "codes": _fields(self), "history": list(self.history)}
        return str(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100))

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, code_id: str) -> Code:
        if code_id not in self._by_id:
            raise MestringError(
                f"no code {code_id!r} in the codebook {self.title!r}",
                hint=f"Its codes are: {', '.join(self.ids)}.",
            )
        return self._by_id[code_id]

    def __contains__(self, code: object) -> bool:
        """Return whether an id, or a code itself, is in the codebook."""
        return code in self.codes or code in self.ids


def _fields(book: Codebook) -> list[dict[str, Any]]:
    """Return each code's fields that are not empty, for YAML."""
    return [{key: _plain(value) for key, value in asdict(code).items() if value} for code in book]


def _plain(value: Any) -> Any:
    """Return a tuple as a list, for YAML, and an exclusion without an empty code."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return {k: v for k, v in value.items() if v} if isinstance(value, dict) else value


def rows_of(book: Codebook) -> list[str]:
    """Return a codebook as lines of YAML, the title first, then a code each; see `codebook_of_rows`."""
    return [_line(row) for row in (book.head, *_fields(book))]


def codebook_of_rows(head: str, rows: Sequence[tuple[str, str]], *, place: str) -> Codebook:
    """Return the codebook that lines of YAML hold; see `rows_of`.

    Parameters
    ----------
    head : str
        The first line.
    rows : sequence of (str, str)
        The name of each code, where it is not to be the line's, and the line.
    place : str
        Where they stand, for errors.
    """
    codes = ",\n".join(line.strip() for _, line in rows)
    book = parse_codebook(f"{head.strip().removesuffix('}')}, codes: [\n{codes}]}}", place=place)
    named = (replace(code, name=name or code.name) for code, (name, _) in zip(book, rows, strict=True))
    return replace(book, codes=tuple(named))


def _line(fields: dict[str, Any]) -> str:
    return yaml.safe_dump(
        fields, allow_unicode=True, sort_keys=False, default_flow_style=True, width=math.inf
    ).strip()


def load_codebook(path: str | Path | None = None) -> Codebook:
    """Read and check a codebook.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        A YAML file. Default is the bundled codebook of *mestring*.

    Returns
    -------
    Codebook

    Raises
    ------
    MestringError
        The file cannot be read, or is another program's; or a field is missing, unknown or wrong, and
        the message names the line.
    """
    file = Path(path) if path is not None else bundled("training_data", "codebook.yaml")
    if file.suffix.casefold() in OF_OTHERS:
        raise MestringError(
            "another program's codebook, where YAML is read",
            place=str(file),
            hint=f"Convert it with `mestring codebook {file.name} --out codebook.yaml`.",
        )
    data = read_bytes(file, largest=LARGEST, hint="Give the path of a YAML file.")
    return parse_codebook(data, place=str(file))


def parse_codebook(text: str | bytes, *, place: str = "codebook") -> Codebook:
    """Read and check a codebook given as YAML text, or as the bytes of a file; see `load_codebook`."""
    try:
        text = text if isinstance(text, str) else text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MestringError(
            f"byte {error.start} is not UTF-8", place=place, hint="Save the file as UTF-8."
        ) from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "not YAML"
        if isinstance(error, RecursionError):
            problem = "lists and fields are nested too deeply"
        raise MestringError(
            str(problem),
            place=f"{place}{line}",
            hint="Check the indentation, and put quotes around text that holds a colon.",
        ) from error
    if root is None:
        raise MestringError("the codebook is empty", place=place, hint=_SEE)
    return _Checker(place).codebook(root)


class _Checker:
    """Converts YAML nodes, which know their lines, to a codebook."""

    def __init__(self, place: str) -> None:
        self.place, self.characters = place, 0
        self.targets: list[tuple[yaml.Node, str]] = []

    def fail(self, node: yaml.Node, problem: str, hint: str) -> MestringError:
        return MestringError(problem, place=f"{self.place}, line {node.start_mark.line + 1}", hint=hint)

    def codebook(self, node: yaml.Node) -> Codebook:
        fields = self.mapping(
            node,
            required={"title", "version", "codes"},
            optional={"language", "rules", "history"},
            what="a codebook",
        )
        listed = self.items(fields["codes"])
        if not listed:
            raise self.fail(fields["codes"], "codes must be a list of at least one code", _SEE)
        codes: dict[str, Code] = {}
        for item in listed:
            code = self.code(item)
            if code.id in codes:
                raise self.fail(item, f"the id {code.id!r} is used twice", "Give each code its own.")
            codes[code.id] = code
        for exclusion, target in self.targets:
            if target not in codes:
                raise self.fail(
                    exclusion,
                    f"the exclusion points to {target!r}, which is no code",
                    f"The codes are: {', '.join(sorted(codes))}.",
                )
        return Codebook(
            title=self.text(fields["title"], "title"),
            version=self.text(fields["version"], "version"),
            language=self.text(fields["language"], "language") if "language" in fields else "nb",
            rules=self.texts(fields.get("rules"), "rules"),
            history=self.texts(fields.get("history"), "history"),
            codes=tuple(codes.values()),
        )

    def code(self, node: yaml.Node) -> Code:
        fields = self.mapping(
            node,
            required={"id", "name", "definition"},
            optional={"name_en", "kind", "colour", "includes", "excludes", "indicators", "sources"},
            what="a code",
        )
        values: dict[str, Any] = {
            key: self.text(fields[key], key)
            for key in ("id", "name", "definition", "name_en", "kind", "colour")
            if key in fields
        }
        if not CODE_ID.fullmatch(values["id"]):
            raise self.fail(
                fields["id"],
                f"{values['id']!r} cannot be an id",
                "Use lower-case letters a to z, digits and _, beginning with a letter.",
            )
        if values.get("kind", "factor") not in KINDS:
            raise self.fail(
                fields["kind"], f"unknown kind {values['kind']!r}", f"Known: {', '.join(KINDS)}."
            )
        if not _COLOUR.fullmatch(values.get("colour", "#888888")):
            raise self.fail(
                fields["colour"],
                f"{values['colour']!r} is not a colour",
                'Write it as "#4477AA", in quotes.',
            )
        return Code(
            **values,
            includes=self.texts(fields.get("includes"), "includes"),
            excludes=tuple(self.exclusion(item) for item in self.items(fields.get("excludes"))),
            indicators=self.texts(fields.get("indicators"), "indicators"),
            sources=self.texts(fields.get("sources"), "sources"),
        )

    def exclusion(self, node: yaml.Node) -> Exclusion:
        if isinstance(node, yaml.ScalarNode):
            return Exclusion(self.text(node, "excludes"))
        fields = self.mapping(node, required={"text"}, optional={"code"}, what="an exclusion")
        code = ""
        if "code" in fields:
            code = self.text(fields["code"], "code")
            self.targets.append((node, code))
        return Exclusion(self.text(fields["text"], "text"), code)

    def mapping(
        self, node: yaml.Node, *, required: set[str], optional: set[str], what: str
    ) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode) or node.tag not in _TAGS:
            raise self.fail(node, f"{what} must be a list of fields such as `name: ...`", _SEE)
        fields: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.fail(key, f"{what} has a list where the name of a field belongs", _SEE)
            if key.value in fields:
                raise self.fail(key, f"the field {key.value!r} occurs twice", "Remove one.")
            if key.value not in required | optional:
                known = ", ".join(sorted(required | optional))
                raise self.fail(key, f"unknown field {key.value[:60]!r} in {what}", f"Known: {known}.")
            fields[key.value] = value
        for missing in sorted(required - set(fields)):
            raise self.fail(node, f"{what} lacks the field {missing!r}", "Add it.")
        return fields

    def items(self, node: yaml.Node | None) -> list[yaml.Node]:
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode) or node.tag not in _TAGS:
            raise self.fail(node, "expected a list", "Begin each item with `- `.")
        return list(node.value)

    def texts(self, node: yaml.Node | None, name: str) -> tuple[str, ...]:
        return tuple(self.text(item, name) for item in self.items(node))

    def text(self, node: yaml.Node, name: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or node.tag not in _TAGS or not node.value.strip():
            raise self.fail(node, f"{name} must be a text", "Put quotes around text that holds a colon.")
        if legal(node.value) != node.value:
            raise self.fail(node, f"{name} holds a character that no text may hold", "Remove it.")
        self.characters += len(node.value)
        if self.characters > 2 * LARGEST:  # more than a file has without aliases
            raise self.fail(node, "the aliases stand for too much text", "Write the texts out.")
        return " ".join(node.value.split())
