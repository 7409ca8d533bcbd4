"""Fonts of rich text: which letter a byte is depends on the font that it is set in."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from mestring_nlp.readers.symbols import is_symbol_font, letter_of

_CHARSETS = {
    77: "mac_roman", 78: "shift_jis", 79: "big5", 80: "euc_kr", 81: "mac_arabic", 83: "mac_greek",
    84: "mac_cyrillic", 85: "mac_turkish", 89: "mac_latin2", 128: "cp932", 129: "cp949", 130: "johab",
    134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256",
    186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_SYMBOLS = 2
WHOLE = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
"""Words that name the encoding of a whole document."""

_CODE_PAGES = {65001: "utf-8", 10000: "mac_roman", 0: "cp1252"}


@dataclass
class _Font:
    name: str = ""
    encoding: str = ""
    symbols: bool = False


class Fonts:
    """The table of fonts, and what bytes are in them.

    Attributes
    ----------
    encoding : str
        That of fonts which name none.
    """

    def __init__(self) -> None:
        self.encoding = "cp1252"
        self._fonts: dict[int, _Font] = {}
        self._described: _Font | None = None

    def describe(self, number: int) -> None:
        """Start the entry of a font."""
        self._described = self._fonts.setdefault(number, _Font())

    def take_name(self, data: bytes) -> None:
        """Add the name of the font that is described; a semicolon ends its entry."""
        name, ends, _ = data.partition(b";")
        font = self._described
        if font and not font.name:
            font.name = name.decode("cp1252", "replace").strip()
            font.symbols = font.symbols or is_symbol_font(font.name)
        if ends:
            self._described = None

    def take_charset(self, number: int | None) -> None:
        """Add the character set of the font that is described."""
        if (font := self._described) and number is not None:
            font.encoding = font.encoding or _CHARSETS.get(number, "")
            font.symbols = font.symbols or number == _SYMBOLS

    def take_code_page(self, number: int | None) -> None:
        """Add the code page of the font that is described."""
        if self._described:
            self._described.encoding = _code_page(number) or self._described.encoding

    def take_default(self, number: int | None) -> None:
        """Add the code page of the whole document."""
        self.encoding = _code_page(number) or self.encoding

    def decoded(self, data: bytes, number: int | None) -> str:
        """Return what bytes are in a font; those that have no letter become U+FFFD."""
        font = self._font(number)
        if font.symbols:
            # Spaces and line ends are no signs.
            return "".join(chr(b) if b <= 32 else letter_of(f"F0{b:02X}", font.name) for b in data)
        return data.decode(font.encoding or self.encoding, "replace")

    def character(self, code: int, number: int | None) -> str:
        """Return the character of a code, which in a font of symbols may be a private one."""
        return letter_of(f"{code:X}", self._font(number).name) if 0xF000 <= code <= 0xF0FF else chr(code)

    def _font(self, number: int | None) -> _Font:
        return self._fonts.get(-1 if number is None else number, _Font())


def _code_page(number: int | None) -> str:
    """Return the encoding that a code page has, or an empty text."""
    if number is None:
        return ""
    name = _CODE_PAGES.get(number, f"cp{number}")
    try:
        codecs.lookup(name)
    except LookupError:
        return ""
    return name
