"""Take an informant out of the key that ties pseudonyms to persons."""

from __future__ import annotations

import json
from typing import Any

from mestring_nlp.forgetting.tables import Informant


def key_without(data: bytes, who: Informant) -> bytes | None:
    """Return a key file without an informant's entries, or None where it holds none or cannot be read.

    Every object or list item goes that bears the informant's name as a key or as a value. A key that is
    encrypted cannot be looked into, and is listed for the user.
    """
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return None
    kept = _without(content, who)
    if kept == content:
        return None
    return (json.dumps(kept, ensure_ascii=False, indent=2) + "\n").encode()


def _names(value: Any, who: Informant) -> bool:
    """Return whether an item is an entry of the informant's."""
    if isinstance(value, dict):
        return any(who.is_called(item) for item in value.values())
    return who.is_called(value)


def _without(value: Any, who: Informant) -> Any:
    if isinstance(value, dict):
        return {
            key: _without(item, who)
            for key, item in value.items()
            if not who.is_called(key) and not _names(item, who)
        }
    if isinstance(value, list):
        return [_without(item, who) for item in value if not _names(item, who)]
    return value
