"""What an assistant is asked about a passage: one template, with a version, that can be replaced."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mestring_nlp.codebook import Code, Codebook
from mestring_nlp.errors import MestringError
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.transcript import Segment

if TYPE_CHECKING:
    from jinja2 import Template

MOST_CODES = 3
"""Codes that an assistant may rank."""
REASON, CODES = "begrunnelse", "koder"
"""The keys of its answer."""
LONGEST_REASON = 400
"""Characters of its sentence. A small model may never end one, and the codes come after it."""

ORDERS = 6
"""Orders in which codes are shown. Few, so that a server that keeps what it has read reads the codebook
once for many passages; and each with its reverse, so that every code stands in the middle on average."""

LARGEST = 100_000
_MOST_OF_A_PASSAGE, _MOST_BESIDE = 6_000, 700
_BLOCKS = ("system", "user")


@dataclass(frozen=True)
class Question:
    """A question to an assistant.

    Attributes
    ----------
    messages : tuple of dict
        With ``role`` and ``content``.
    codes : tuple of str
        The codes' ids in the order in which they were shown.
    """

    messages: tuple[dict[str, str], ...]
    codes: tuple[str, ...]

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of an answer."""
        codes = {"type": "array", "items": {"type": "string", "enum": list(self.codes)}}
        return {
            "type": "object",
            "properties": {
                REASON: {"type": "string", "maxLength": LONGEST_REASON},
                CODES: {**codes, "maxItems": MOST_CODES},
            },
            "required": [REASON, CODES],
            "additionalProperties": False,
        }

    def key(self, model: str) -> str:
        """Return what tells this question to a model from any other: SHA-256, as hexadecimal."""
        asked = json.dumps([model, self.messages, self.codes], ensure_ascii=False)
        return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Prompt:
    """The template of questions.

    Attributes
    ----------
    source : str
        Jinja, with the blocks ``system`` and ``user`` and a ``version``; it can compute nothing but
        text.
    place : str
        Its file, for errors.
    """

    source: str
    place: str = ""

    @classmethod
    def load(cls, path: str | Path | None = None) -> Prompt:
        """Read a template: the package's own if left out.

        Raises
        ------
        MestringError
            The file cannot be read, or is no such template.
        """
        if path is None:
            own = files("mestring_nlp.assistant").joinpath("templates", "prompt.j2")
            return cls(own.read_text("utf-8"))
        data = read_bytes(Path(path), largest=LARGEST, hint="Give a copy of the package's prompt.j2.")
        try:
            made = cls(data.decode("utf-8-sig"), str(path))
        except UnicodeDecodeError as error:
            raise MestringError(
                f"byte {error.start} is not UTF-8", place=str(path), hint="Save the file as UTF-8."
            ) from error
        if missing := [name for name in _BLOCKS if name not in made._template.blocks]:
            raise MestringError(
                f"the prompt lacks the block {missing[0]!r}",
                place=str(path),
                hint="Begin with a copy of ours.",
            )
        return made

    @cached_property
    def version(self) -> str:
        """What the template calls itself, and seven digits of its text's SHA-256."""
        said = getattr(self._template.make_module({"codes": [], "nearest": []}), "version", "")
        return f"{said}-{hashlib.sha256(self.source.encode()).hexdigest()[:7]}"

    @cached_property
    def _template(self) -> Template:
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        try:
            return environment.from_string(self.source)
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            place = f"{self.place}, line {line}" if line else self.place
            raise MestringError(
                f"the prompt is no template ({error})", place=place, hint="Begin with a copy of ours."
            ) from error

    def question(
        self,
        segment: Segment,
        codebook: Codebook,
        *,
        before: str = "",
        after: str = "",
        nearest: Sequence[Segment] = (),
        seed: int = 0,
    ) -> Question:
        """Return the question about a passage.

        Parameters
        ----------
        segment : Segment
        codebook : Codebook
        before, after : str
            The passages around it.
        nearest : sequence of Segment
            Coded passages that are alike, as examples.
        seed : int
            Decides, with the passage, the order in which the codes are shown: which code stands first
            has nothing to do with the passage, so that a leaning to the first can be seen.
        """
        from jinja2 import TemplateError

        codes = [_escaped(asdict(code)) for code in _ordered(codebook, segment, seed)]
        values: dict[str, Any] = {
            "rules": codebook.rules,
            "passage": _cut(segment.text, _MOST_OF_A_PASSAGE),
            "question": _cut(segment.question, _MOST_BESIDE),
            "before": _cut(before, _MOST_BESIDE),
            "after": _cut(after, _MOST_BESIDE),
            "nearest": [
                {
                    "text": _cut(one.text, _MOST_BESIDE),
                    "question": _cut(one.question, _MOST_BESIDE),
                    "codes": one.codes,
                }
                for one in nearest
            ],
        }
        values = {"codes": codes, **_escaped(values)}
        template = self._template
        try:
            said = [
                "".join(template.blocks[name](template.new_context(values))).strip() for name in _BLOCKS
            ]
        except TemplateError as error:
            raise MestringError(
                f"the prompt cannot be filled in ({error})",
                place=self.place,
                hint="Begin with a copy of ours.",
            ) from error
        messages = tuple(
            {"role": role, "content": text} for role, text in zip(_BLOCKS, said, strict=True)
        )
        return Question(messages, tuple(code["id"] for code in codes))


def _ordered(codebook: Codebook, segment: Segment, seed: int) -> list[Code]:
    """Return the codes in one of `ORDERS` orders; each second is the one before it backwards."""
    place = f"{segment.transcript}|{segment.start}|{segment.text}"
    number = hashlib.sha256(place.encode("utf-8", "surrogatepass")).digest()[0] % ORDERS
    codes = list(codebook)
    random.Random(f"{seed}|{number // 2}").shuffle(codes)
    return codes[::-1] if number % 2 else codes


def _escaped(value: Any) -> Any:
    """Return a value whose texts hold no ``<`` or ``>``, so that none can end the mark it stands in."""
    if isinstance(value, str):
        return value.replace("<", "&lt;").replace(">", "&gt;")
    if isinstance(value, dict):
        return {key: _escaped(inner) for key, inner in value.items()}
    return [_escaped(inner) for inner in value] if isinstance(value, list | tuple) else value


def _cut(text: str, most: int) -> str:
    """Return a text cut at a word."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"
