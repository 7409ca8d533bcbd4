"""JSON of speech recognition: every string is a text, and the words of a segment are one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from mestring_nlp.errors import MestringError
from mestring_nlp.privacy.alignment import Alignment, Edit
from mestring_nlp.privacy.documents.fields import Edits, Fielded
from mestring_nlp.readers.decoding import decode

_WORD_KEYS = ("word", "text", "token")
_DEEPEST = 100
_Place = tuple[Any, Any]  # a list or an object, and where in it the string is


def open_json(data: bytes, *, place: str) -> Fielded:
    """Return a JSON file; lists of token numbers, which spell the words too, are emptied.

    Raises
    ------
    MestringError
        It is no JSON.
    """
    text = decode(data, place=place)
    try:
        value = json.loads(text)
        texts = list(_texts(value, 0))
    except (ValueError, RecursionError) as error:
        raise MestringError(
            f"this is no JSON ({error})", place=place, hint="Export the transcript again."
        ) from error
    indent = 2 if "\n" in text.strip() else None
    notes = ("token numbers were taken out, as they spell the words",) if _has_tokens(value) else ()

    def write(edits: Sequence[Edits]) -> bytes:
        made = json.loads(text)
        for holders, given in zip(list(_texts(made, 0)), edits, strict=True):
            _apply(holders, given)
        _empty_tokens(made)
        return (json.dumps(made, ensure_ascii=False, indent=indent) + "\n").encode()

    joined = tuple("".join(holder[at] for holder, at in holders) for holders in texts)
    return Fielded(joined, write, notes)


def _texts(value: Any, depth: int) -> Iterator[list[_Place]]:
    """Yield texts, each as the places whose strings make it up."""
    if depth > _DEEPEST:
        raise ValueError("it is nested too deeply")
    if isinstance(value, list):
        if words := _words(value):
            yield words
            rest = [{k: v for k, v in one.items() if k not in _WORD_KEYS} for one in value]
            for kept, one in zip(rest, value, strict=True):
                for name in kept:
                    yield from _member(one, name, depth)
            return
        for at in range(len(value)):
            yield from _member(value, at, depth)
    elif isinstance(value, dict):
        for name in value:
            yield from _member(value, name, depth)


def _member(holder: Any, at: Any, depth: int) -> Iterator[list[_Place]]:
    if isinstance(holder[at], str):
        yield [(holder, at)]
    else:
        yield from _texts(holder[at], depth + 1)


def _words(value: list[Any]) -> list[_Place]:
    """Return the places of the words of a list of timed words, which together are a text."""
    if len(value) < 2 or not all(isinstance(one, dict) for one in value):
        return []
    for name in _WORD_KEYS:
        if all(isinstance(one.get(name), str) and _is_one_word(one[name]) for one in value):
            if not any(one[name].startswith(" ") for one in value[1:]):
                return []
            return [(one, name) for one in value]
    return []


def _is_one_word(words: str) -> bool:
    return " " not in re.sub(r"\[[^\]]*\]", "", words).strip()


def _apply(holders: list[_Place], edits: Edits) -> None:
    if len(holders) == 1:
        holder, at = holders[0]
        holder[at] = Alignment.of(edits).applied(holder[at])
        return
    start = 0
    for holder, at in holders:
        words = holder[at]
        own = [clipped for edit in edits if (clipped := clip(edit, start, start + len(words)))]
        holder[at] = Alignment.of(own).applied(words)
        start += len(words)


def clip(edit: Edit, start: int, end: int) -> Edit | None:
    """Return an edit's part within a piece of the text; what is new stands where the edit begins."""
    first, last = max(edit.start, start), min(edit.end, end)
    if first >= last:
        return None
    return Edit(first - start, last - start, edit.new if first == edit.start else "")


def _has_tokens(value: Any) -> bool:
    if isinstance(value, dict):
        return _is_tokens(value.get("tokens")) or any(map(_has_tokens, value.values()))
    return isinstance(value, list) and any(map(_has_tokens, value))


def _empty_tokens(value: Any) -> None:
    if isinstance(value, dict):
        if _is_tokens(value.get("tokens")):
            value["tokens"] = []
        for one in value.values():
            _empty_tokens(one)
    elif isinstance(value, list):
        for one in value:
            _empty_tokens(one)


def _is_tokens(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, int) for one in value)
