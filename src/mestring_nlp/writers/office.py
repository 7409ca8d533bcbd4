"""Helpers for workbooks and Word documents: colours, and bytes without a date."""

from __future__ import annotations

import io
import re
import zipfile

SOFT = "5D6878"
"""The colour of what interviewers say."""

_DATES = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")


def tint(colour: str, share: float) -> str:
    """Return a colour mixed with white.

    Parameters
    ----------
    colour : str
        ``#rrggbb``.
    share : float
        The colour's share, in [0, 1].

    Returns
    -------
    str
        ``RRGGBB``.
    """
    channels = bytes.fromhex(colour.removeprefix("#"))
    return bytes(round(255 - (255 - channel) * share) for channel in channels).hex().upper()


def undated(office: bytes) -> bytes:
    """Return an Office file without its time of writing, so that the same content is the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office)) as dated, zipfile.ZipFile(buffer, "w") as archive:
        for name in dated.namelist():
            content = dated.read(name)
            if name == "docProps/core.xml":
                content = _DATES.sub(b"", content)
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
