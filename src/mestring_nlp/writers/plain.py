"""Write reports as JSON."""

from __future__ import annotations

import json
import math


def json_text(content: object) -> str:
    """Return indented JSON; an undefined figure (``nan``) is null, a set is a sorted list."""
    return json.dumps(_plain(content), ensure_ascii=False, indent=2) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
