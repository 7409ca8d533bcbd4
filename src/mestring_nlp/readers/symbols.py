"""Letters drawn from symbol fonts, as Word inserts them: what they are in Unicode."""

from __future__ import annotations

import re

_UPPER = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"
_LOWER = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"
_SYMBOL = {
    **{0x41 + at: letter for at, letter in enumerate(_UPPER)},
    **{0x61 + at: letter for at, letter in enumerate(_LOWER)},
    0xA3: "≤", 0xA5: "∞", 0xAB: "↔", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓", 0xB0: "°", 0xB1: "±",
    0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBA: "≡", 0xBB: "≈", 0xBC: "…", 0xD7: "·",
}  # fmt: skip
_WINGDINGS = {
    0x4A: "☺", 0x4B: "😐", 0x4C: "☹", 0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x75: "◆", 0x76: "❖",
    0x77: "◆", 0x9F: "•", 0xA7: "▪", 0xA8: "◻", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓",
    0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_HEX = re.compile(r"[0-9A-Fa-f]{1,6}")

UNKNOWN = "\ufffd"
"""What stands for a sign that has no letter."""


def letter_of(code: str, font: str) -> str:
    """Return the letter of a hexadecimal code in a font; `UNKNOWN` where it is not known.

    Codes from F000 to F0FF stand for those from 00 to FF of a symbol font.

    Examples
    --------
    >>> letter_of("F0E0", "Wingdings"), letter_of("F061", "Symbol"), letter_of("00E5", "Arial")
    ('→', 'α', 'å')
    """
    if not _HEX.fullmatch(code):
        return UNKNOWN
    number = int(code, 16)
    within = number - 0xF000 if 0xF000 <= number <= 0xF0FF else number
    table = _table(font)
    if table is not None and within <= 0xFF:
        return table.get(within) or (chr(within) if table is _SYMBOL and within < 0x40 else UNKNOWN)
    if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF or 0xE000 <= number <= 0xF8FF or number < 0x20:
        return UNKNOWN
    return chr(number)


def is_symbol_font(font: str) -> bool:
    """Return whether a font holds signs in place of letters."""
    return bool(re.search("symbol|wingding|webding|dingbat", font, re.IGNORECASE))


def _table(font: str) -> dict[int, str] | None:
    name = font.casefold()
    if name == "symbol":
        return _SYMBOL
    if name == "wingdings":
        return _WINGDINGS
    return {} if is_symbol_font(font) else None
