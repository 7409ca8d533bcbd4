"""A passage of talk as words, brackets, pauses and signs, each with why it is left out, if it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from mestring_nlp.talk_words import mark_of

_TOKEN = re.compile(
    r"(?P<bracket>\(\([^()\n]{0,80}\)\)|\([^()\n]{0,80}\)|\[[^\[\]\n]{0,80}\]|<[^<>\n]{1,40}>"
    r"|\*[^*\n]{1,40}\*|#\d[\d:.,\-]{2,14}#|//[^/\n]{1,30}//)"
    r"|(?P<word>[\w\u0300-\u036f]+(?:[-'’.:/@&+][\w\u0300-\u036f]+)*(?:[-–—](?![\w\u0300-\u036f]))?)"
    r"|(?P<pause>\.{2,}|…+)"
    r"|(?P<sign>[^\w\s])"
)
_SENTENCE_END = frozenset(".?!")
_SHORT = frozenset(
    ("ca", "kl", "nr", "f.eks", "bl.a", "osv", "dvs", "m.m", "mm", "o.l", "jf", "evt", "tlf", "dr")
)

CLOSERS = frozenset('»”")]}')
"""What closes speech that is told, or a bracket."""

SILENT = frozenset({"filler", "mark", "pause", "probe", "repetition", "stutter"})
"""What is taken out without a sign in the text: nothing that was said is lost by it."""


@dataclass
class Token:
    """A word, a bracket, a pause or a sign of a passage, and why it is left out, if it is.

    Attributes
    ----------
    start, end : int
        Span in the passage.
    text : str
    kind : {"word", "bracket", "pause", "sign"}
    reason : str
        Empty for what is kept.
    shown : str
        What stands in the quotation in its place, where it is a sign.
    """

    start: int
    end: int
    text: str
    kind: str
    reason: str = ""
    shown: str = ""

    def __post_init__(self) -> None:
        self.shown = self.text
        self.folded = self.text.casefold()

    @property
    def bare(self) -> str:
        """The word in lower case, without the hyphen of one that was broken off."""
        return self.folded.rstrip("-–—")

    @property
    def broken(self) -> bool:
        """Whether a word was broken off, as in "vi har- vi hadde"."""
        return self.kind == "word" and self.text[-1] in "-–—"

    @property
    def ends_sentence(self) -> bool:
        """Whether it is a full stop, a question mark or an exclamation mark."""
        return self.kind == "sign" and self.text in _SENTENCE_END


def tokens_of(text: str) -> list[Token]:
    """Return the words and signs of a passage; brackets that are no marks come in parts."""
    found: list[Token] = []
    position = 0
    while match := _TOKEN.search(text, position):
        kind, said = str(match.lastgroup), match.group()
        position = match.end()
        if kind == "bracket" and not mark_of(said):
            if said.startswith("[") and not said.startswith("[["):
                kind = "word"  # a placeholder such as [Person 3]
            else:
                kind, said = "sign", said[0]
                position = match.start() + 1
        found.append(Token(match.start(), match.start() + len(said), said, kind))
    return found


def live(tokens: list[Token]) -> list[Token]:
    """Return what is kept."""
    return [token for token in tokens if not token.reason]


def around(tokens: list[Token], first: int, last: int) -> tuple[Token | None, Token | None]:
    """Return what is kept before and after tokens."""
    before = next((t for t in reversed(tokens[:first]) if not t.reason), None)
    after = next((t for t in tokens[last + 1 :] if not t.reason), None)
    return before, after


def ends_sentence(tokens: list[Token], index: int) -> bool:
    """Return whether a token is the last of a sentence, and no full stop of an abbreviation."""
    token = tokens[index]
    if not token.ends_sentence and token.shown not in ("–", "…"):
        return False
    rest = tokens[index + 1 :]
    after = next((t for t in rest if t.kind in ("word", "bracket")), None)
    if after is not None and after.kind == "word" and after.text[0].islower():
        signs = takewhile(lambda t: t is not after, rest)
        closes = any(sign.text in CLOSERS for sign in signs)  # "«Gi opp!» sa hun" goes on
        return token.text in "?!" and not closes
    before = tokens[index - 1] if index else None
    number = before is not None and before.text.isdigit() and after is not None
    short = before is not None and before.folded in _SHORT
    return not (token.text == "." and after is not None and (short or number))
