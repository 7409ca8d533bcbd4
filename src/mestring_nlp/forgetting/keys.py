"""Take an informant out of the key that ties pseudonyms to persons."""

from __future__ import annotations

from pathlib import PurePath

from mestring_nlp.errors import MestringError
from mestring_nlp.forgetting.informant import Informant
from mestring_nlp.privacy.key import Key, key_bytes


def key_without(data: bytes, who: Informant) -> bytes | None:
    """Return a key file without an informant's interviews; None where it holds none or cannot be read.

    What other interviews name too stays, for they are restored with it. A key that a passphrase protects
    cannot be looked into, and is listed for the user.
    """
    try:
        key = Key.from_json(data.decode(), place="the key")
    except (MestringError, UnicodeDecodeError):
        return None
    gone = {
        document.called
        for document in key.documents
        if who.is_called(document.called) or who.is_called(PurePath(document.name).stem)
    }
    return key_bytes(key.without(gone)) if gone else None
