"""The codebook: what each code means, where it ends, and how to recognise it.

A codebook is a YAML file that a researcher can edit. Reading one checks every field and
names the line that is wrong.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from mestring_nlp.errors import MestringError
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.resources import bundled
from mestring_nlp.text import legal

KINDS = ("concept", "factor")
_ID = re.compile(r"[a-z][a-z0-9_]*")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_PLAIN = ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "merge", "value")
_TAGS = {f"tag:yaml.org,2002:{name}" for name in _PLAIN}

LARGEST = 500_000
"""Bytes that a codebook has at most."""

_SEE = "See how training_data/codebook.yaml is written."


@dataclass(frozen=True)
class Border:
    """What does not belong to a code, and the code that it belongs to instead."""

    text: str
    code: str = ""


@dataclass(frozen=True)
class Code:
    """One code of a codebook.

    Attributes
    ----------
    id : str
        Stable identifier: lower-case ASCII letters, digits and underscores.
    name, name_en : str
        Name in the codebook's language, and in English.
    kind : {"concept", "factor"}
        A base concept, or a factor.
    colour : str
        ``#rrggbb``.
    definition : str
        What the code is.
    includes : tuple of str
        What belongs.
    excludes : tuple of Border
        What does not belong, and where it goes.
    indicators, sources : tuple of str
        Words that often go with the code; the literature that it rests on.
    """

    id: str
    name: str
    definition: str
    name_en: str = ""
    kind: str = "factor"
    colour: str = "#888888"
    includes: tuple[str, ...] = ()
    excludes: tuple[Border, ...] = ()
    indicators: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Codebook:
    """An ordered list of codes, with a title and a version.

    Indexing by id gives a code; iterating gives the codes in order.
    """

    title: str
    version: str
    codes: tuple[Code, ...]
    language: str = "nb"
    history: tuple[str, ...] = field(default=(), compare=False)

    @property
    def ids(self) -> tuple[str, ...]:
        """The codes' ids, in order."""
        return tuple(code.id for code in self.codes)

    @property
    def hash(self) -> str:
        """SHA-256 over all that coding rests on, as hexadecimal; the history is left out."""
        content = asdict(self)
        del content["history"]
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def to_yaml(self) -> str:
        """Give the codebook as the text of a file that `load_codebook` reads."""
        content = asdict(self)
        content["codes"] = [
            {key: _plain(value) for key, value in code.items() if value} for code in content["codes"]
        ]
        content["history"] = list(self.history)
        return str(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100))

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, code_id: str) -> Code:
        for code in self.codes:
            if code.id == code_id:
                return code
        raise MestringError(
            f"no code {code_id!r} in the codebook {self.title!r}",
            hint=f"Its codes are: {', '.join(self.ids)}.",
        )


def _plain(value: Any) -> Any:
    """A tuple as a list, for YAML; a border without its empty code."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return {k: v for k, v in value.items() if v} if isinstance(value, dict) else value


def load_codebook(path: str | Path | None = None) -> Codebook:
    """Read and check a codebook.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        A YAML file; the bundled codebook of *mestring* when left out.

    Returns
    -------
    Codebook

    Raises
    ------
    MestringError
        The file cannot be read, or a field is missing, unknown or wrong; the message names
        the line.
    """
    file = Path(path) if path is not None else bundled("training_data", "codebook.yaml")
    data = read_bytes(file, largest=LARGEST, hint="Give the path of a YAML file.")
    return parse_codebook(data, place=str(file))


def parse_codebook(text: str | bytes, *, place: str = "codebook") -> Codebook:
    """Check a codebook given as YAML text, or as the bytes of a file; see `load_codebook`."""
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
            problem = "lists and fields lie in each other too deeply"
        raise MestringError(
            str(problem),
            place=f"{place}{line}",
            hint="Check the indentation, and put quotes around text that holds a colon.",
        ) from error
    if root is None:
        raise MestringError("the codebook is empty", place=place, hint=_SEE)
    return _Checker(place).codebook(root)


class _Checker:
    """Turns YAML nodes into a codebook; nodes know their lines, plain values do not."""

    def __init__(self, place: str) -> None:
        self.place, self.characters = place, 0

    def fail(self, node: yaml.Node, problem: str, hint: str) -> MestringError:
        return MestringError(problem, place=f"{self.place}, line {node.start_mark.line + 1}", hint=hint)

    def codebook(self, node: yaml.Node) -> Codebook:
        fields = self.mapping(
            node,
            required={"title", "version", "codes"},
            optional={"language", "history"},
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
        self.borders_exist(listed, set(codes))
        return Codebook(
            title=self.text(fields["title"], "title"),
            version=self.text(fields["version"], "version"),
            language=self.text(fields["language"], "language") if "language" in fields else "nb",
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
        if not _ID.fullmatch(values["id"]):
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
                f"{values['colour']!r} is no colour",
                'Write it as "#4477AA", in quotes.',
            )
        return Code(
            **values,
            includes=self.texts(fields.get("includes"), "includes"),
            excludes=tuple(self.border(item) for item in self.items(fields.get("excludes"))),
            indicators=self.texts(fields.get("indicators"), "indicators"),
            sources=self.texts(fields.get("sources"), "sources"),
        )

    def border(self, node: yaml.Node) -> Border:
        if isinstance(node, yaml.ScalarNode):
            return Border(self.text(node, "excludes"))
        fields = self.mapping(node, required={"text"}, optional={"code"}, what="a border")
        code = self.text(fields["code"], "code") if "code" in fields else ""
        return Border(self.text(fields["text"], "text"), code)

    def borders_exist(self, codes: list[yaml.Node], ids: set[str]) -> None:
        for item in codes:
            excludes = {key.value: value for key, value in item.value}.get("excludes")
            for border in self.items(excludes):
                named = self.border(border).code
                if named and named not in ids:
                    raise self.fail(
                        border,
                        f"the border points to {named!r}, which is no code",
                        f"The codes are: {', '.join(sorted(ids))}.",
                    )

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
                raise self.fail(key, f"the field {key.value!r} stands twice", "Take one out.")
            if key.value not in required | optional:
                known = ", ".join(sorted(required | optional))
                raise self.fail(key, f"unknown field {key.value[:60]!r} in {what}", f"Known: {known}.")
            fields[key.value] = value
        for missing in sorted(required - set(fields)):
            raise self.fail(node, f"{what} lacks the field {missing!r}", "Write it.")
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
            raise self.fail(node, f"{name} holds a character that no text may hold", "Take it out.")
        self.characters += len(node.value)
        if self.characters > 2 * LARGEST:  # a border is looked at twice
            raise self.fail(node, "the aliases stand for too much text", "Write the texts out.")
        return " ".join(node.value.split())
