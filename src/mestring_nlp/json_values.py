"""Parse and check JSON from untrusted files: no duplicate keys, each value of its kind and range."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any, NamedTuple, NoReturn


class Number(NamedTuple):
    """A number in a range; a whole one if `kind` is `int`."""

    kind: type[int] | type[float]
    least: float
    most: float

    def __str__(self) -> str:
        return f"a {'whole ' * (self.kind is int)}number from {self.least:g} to {self.most:g}"


Kind = type[str] | type[bool] | Number | list[Any] | dict[Any, Any]
"""What a value must be: `str`, `bool`, a `Number`, or a list or an object of kinds.

``[kind]`` is a list of any length; ``{"key": kind}`` an object with these keys, and others too if `...`
is among them; ``{str: kind}`` an object with any keys.
"""


def parse_json(text: str) -> Any:
    """Return the value of a JSON text.

    Raises
    ------
    ValueError
        Not JSON, or JSON that parsers read differently: a duplicate key, NaN, an infinite number, a lone
        surrogate, or nesting that is too deep.
    """
    try:
        value = _DECODER.decode(text)
        if "\\u" in text:  # the only way to write a lone surrogate
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {shown(twice)} occurs twice")
    return values


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _no_number(shown(text))


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number, parse_float=_finite)


def check_kind(value: Any, kind: Kind, where: str = "it") -> None:
    """Raise unless a value from `parse_json` is of a kind.

    Raises
    ------
    ValueError
        The message names the key.
    """
    if isinstance(kind, dict):
        if not isinstance(value, dict):
            raise ValueError(f"{where} is {shown(value)}, must be an object")
        named = kind
        if value.keys() != kind.keys():
            kinds: dict[Any, Any] = dict.fromkeys(value, kind[str]) if str in kind else kind
            named = {key: inner for key, inner in kinds.items() if key is not ...}
            unknown = set() if ... in kind else value.keys() - named.keys()
            if wrong := named.keys() - value.keys() or unknown:
                how = "has the unknown key" if wrong is unknown else "lacks"
                names = ", ".join(sorted(named))
                raise ValueError(f"{where} {how} {shown(min(wrong))}; its keys are {names}")
        for key, inner in named.items():
            check_kind(value[key], inner, key if where == "it" else f"{where}.{key}")
    elif isinstance(kind, list):
        if not isinstance(value, list):
            raise ValueError(f"{where} is {shown(value)}, must be a list")
        for item in value:
            check_kind(item, kind[0], f"an item of {where}")
    elif isinstance(kind, Number):
        right = isinstance(value, int if kind.kind is int else (int, float))
        # In Python, True is an int.
        if not right or isinstance(value, bool) or not kind.least <= value <= kind.most:
            raise ValueError(f"{where} is {shown(value)}, must be {kind}")
    elif type(value) is not kind:
        raise ValueError(
            f"{where} is {shown(value)}, must be {'text' if kind is str else 'true or false'}"
        )


def shown(value: Any) -> str:
    """Return a value in the form in which an error message shows it."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else repr(value[:60])
    return text if len(text) < 80 else f"{text[:60]}..."
