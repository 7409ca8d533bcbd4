"""Locate the files that ship with the package, in an installed wheel or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def bundled(*parts: str) -> Path:
    """Return the path of a file or folder that ships with the package.

    They are in ``mestring_nlp/bundled`` in a wheel, and at the top of a checkout.

    Parameters
    ----------
    *parts : str
        Path below the top, such as ``"models", "encoder"``.

    Returns
    -------
    pathlib.Path
        Need not exist.
    """
    inside = _PACKAGE / "bundled"
    return (inside if inside.is_dir() else _CHECKOUT).joinpath(*parts)
