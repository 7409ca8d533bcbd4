"""Where the files that ship with the package lie: inside a wheel, or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def bundled(*parts: str) -> Path:
    """Path of a file or folder that ships with the package.

    A wheel carries them in ``mestring_nlp/bundled``; a checkout has them at its top.

    Parameters
    ----------
    *parts : str
        Path below the top, such as ``"models", "encoder"``.

    Returns
    -------
    pathlib.Path
        The path, which need not exist.
    """
    inside = _PACKAGE / "bundled"
    return (inside if inside.is_dir() else _CHECKOUT).joinpath(*parts)
