"""Notice a server that leaves out part of what it is asked, and answers all the same."""

from __future__ import annotations

from dataclasses import dataclass, field

FEWEST = 3
"""Questions of different length of which as many tokens were read, before that is no chance."""
_SHARE = 0.1
_DIFFERENT = 1.01
_LEAST = 256  # tokens: what is below was counted by no server that reads
_MOST = 5.0  # characters of Norwegian text in a token: 2.3 with SmolLM2's vocabulary, 3.2 with Gemma 3's


@dataclass
class Lengths:
    """How long questions are, and how much of each the server says it has read.

    A server whose model has too little room may drop the beginning of a question, here the codebook, and
    answer to the rest: Ollama does, with room for 4,096 tokens unless it is told otherwise. What is read
    whole varies with its length; what is cut is always the same number of tokens. Some servers may count
    only what they had not read before: that is little, but varies too.

    Attributes
    ----------
    tokens : int
        How much of each question was read, where they are cut; 0 as long as none is known to be.
    """

    tokens: int = 0
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False)
    _row: int = field(default=0, repr=False)
    _last: int = field(default=0, repr=False)

    def add(self, key: str, characters: int, tokens: int) -> list[str]:
        """Add a question, in the order of the answers; return those that were cut, once that is plain.

        It is plain where they follow each other, or are a tenth of all and were read too little of.

        Parameters
        ----------
        key : str
        characters : int
            Its length.
        tokens : int
            How much of it was read, as the server says; 0 where it does not say.
        """
        self._seen[key] = characters, tokens
        self._row = self._row + 1 if tokens == self._last else 1
        self._last = tokens
        same = {one: length for one, (length, read) in self._seen.items() if read == tokens}
        differ = max(same.values()) > _DIFFERENT * min(same.values())
        if tokens < _LEAST or len(same) < FEWEST or not differ:
            return []
        too_little = characters > _MOST * tokens and len(same) >= _SHARE * len(self._seen)
        if self._row < FEWEST and not too_little:
            return []
        self.tokens = tokens
        return list(same)
