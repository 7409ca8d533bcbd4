"""Make a quotation for print of a passage of talk: words are taken out, none is added or changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, product

from mestring_nlp.disfluencies import mark_disfluencies
from mestring_nlp.errors import MestringError
from mestring_nlp.talk_tokens import CLOSERS, SILENT, Token, ends_sentence, tokens_of
from mestring_nlp.transcript import Segment

CUT = "[...]"
"""Stands where sentences, a question or what could not be heard were cut."""

BROKEN = "..."
"""Stands where words within a sentence were cut."""

_MARKS = (BROKEN, CUT)
_CLOSING = frozenset(",.?!:;)]}»”")
_OPENING = frozenset("«“([{")
_PAIRS = {"«": "»", "“": "”", "„": "“", '"': '"', "(": ")", "[": "]", "{": "}"}
_CONTENT = 4
_WORD = re.compile(r"\w")


@dataclass(frozen=True)
class Removed:
    """Words that were taken out of a passage, and why.

    Attributes
    ----------
    start, end : int
        Span in the passage, `Quotation.original`.
    text : str
        The passage's text at that span.
    reason : {"filler", "mark", "pause", "probe", "question", "other", "unheard", "repetition", \
"stutter", "false start", "length", "cut"}
        A sound or phrase without meaning; a transcriber's remark; a pause; what the interviewer put in,
        or asked; what another informant said; what nobody could hear; words said twice at once; the
        beginning of a word that is said again; a beginning that is begun again; sentences beyond the
        length asked for; cut already before.
    """

    start: int
    end: int
    text: str = field(repr=False)
    reason: str


@dataclass(frozen=True)
class Quotation:
    """A passage as it can be printed.

    Attributes
    ----------
    text : str
        The words that are kept, in their order, with ``...`` and ``[...]`` where words were cut. Its
        first letter, and the first of a sentence whose beginning was taken out, is a capital where the
        passage's was.
    original : str
        The passage.
    removed : tuple of Removed
        In order, not overlapping.
    source : str
        Who said it, such as ``"Informant 3, NAV-kontor"``.
    codes : tuple of str
    segment : Segment or None
        The passage in its transcript, where it is of one.
    """

    text: str = field(repr=False)
    original: str = field(repr=False)
    removed: tuple[Removed, ...] = field(default=(), repr=False)
    source: str = ""
    codes: tuple[str, ...] = ()
    segment: Segment | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words that are kept, without the marks of what was cut."""
        return tuple(word for word in self.text.split() if word not in _MARKS and _WORD.search(word))


def clean_quotation(
    text: str,
    *,
    most_words: int | None = None,
    matters: Collection[str] = (),
    asides: Mapping[tuple[int, int], str] | None = None,
) -> Quotation:
    """Return a passage of talk without what is no content.

    Taken out without a mark are sounds of hesitation and phrases that carry no meaning where they stand,
    transcribers' marks, pauses, the listener's "mm", and words said twice at once. ``...`` marks a
    beginning that the speaker gave up; ``[...]`` what could not be heard, a question, and whole
    sentences. In doubt words stay. Dialect is kept.

    Parameters
    ----------
    text : str
    most_words : int, optional
        Longer ones are cut at the boundaries of sentences, around what matters; a sentence that is
        itself longer, at those of clauses, or of words if it has none.
    matters : collection of str
        Beginnings of words that the quotation is about, such as a code's indicators.
    asides : mapping of (int, int) to str, optional
        Spans of the passage that are not the speaker's, such as an interviewer's turns, and the reason
        for leaving each out; see `Removed`.

    Returns
    -------
    Quotation

    Raises
    ------
    MestringError
        `most_words` is less than 1.

    Examples
    --------
    >>> clean_quotation("Eh, det det er liksom (ler) fint her, ikke sant?").text
    'Det er fint her.'
    >>> clean_quotation("Vi har- vi hadde kurs. Mange kom.", most_words=4).text
    '... vi hadde kurs. [...]'
    """
    if most_words is not None and most_words < 1:
        raise MestringError(f"a quotation of {most_words} words is none", hint="Give 1 or more.")
    tokens = tokens_of(text)
    _set_aside(tokens, asides or {})
    mark_disfluencies(tokens)
    if most_words is not None:
        _shorten(tokens, most_words, tuple(word.casefold() for word in matters))
    return Quotation(_composed(tokens, text), text, _removed(tokens, text))


def _set_aside(tokens: list[Token], asides: Mapping[tuple[int, int], str]) -> None:
    """Set aside what is not the speaker's, with the reason."""
    for (start, end), reason in asides.items():
        for token in tokens:
            if start <= token.start < end:
                token.reason = reason


def _removed(tokens: list[Token], text: str) -> tuple[Removed, ...]:
    """Return what has a reason, neighbours of one reason together."""
    found: list[Removed] = []
    joined = False
    for token in tokens:
        if token.reason:
            if joined and found[-1].reason == token.reason:
                last = found.pop()
                found.append(Removed(last.start, token.end, text[last.start : token.end], token.reason))
            else:
                found.append(Removed(token.start, token.end, token.text, token.reason))
        joined = bool(token.reason)
    return tuple(found)


def _composed(tokens: list[Token], text: str) -> str:
    """Return the words and signs that are kept, and the marks of what was cut."""
    parts: list[str] = []
    pending = ""
    lifts = False  # whether the word that began the sentence was taken out without a mark
    starts = True
    for index, token in enumerate(tokens):
        if token.reason:
            if token.reason not in SILENT and (
                token.kind in ("word", "bracket") or token.reason == "question"
            ):
                pending = CUT if CUT in (pending, _mark(token.reason)) else BROKEN
            if token.kind == "word" and token.reason in SILENT:
                lifts = lifts or (starts and token.text[0].isupper())
            elif token.kind == "word" or ends_sentence(tokens, index):
                starts, lifts = ends_sentence(tokens, index), False
            continue
        if pending:
            if not parts or parts[-1] not in (CUT, pending):
                parts += [" ", pending] if parts else [pending]
            parts += [" "] if token.text not in _CLOSING else []
            pending = ""
        elif parts and _spaced(tokens, index, text, parts[-1]):
            parts.append(" ")
        said = token.shown
        if token.kind == "word":
            if lifts and starts and said[0].islower():
                said = said[0].upper() + said[1:]
            starts = lifts = False
        parts.append(said)
        if ends_sentence(tokens, index):
            starts, lifts = True, False
    if pending and parts and parts[-1] != pending:
        parts += [" ", pending]
    return "".join(parts).strip()


def _mark(reason: str) -> str:
    return BROKEN if reason == "false start" else CUT


def _spaced(tokens: list[Token], index: int, text: str, before: str) -> bool:
    """Return whether white space stands before a token that is kept."""
    token = tokens[index]
    apart = token.start > 0 and text[token.start - 1].isspace()
    if token.kind == "sign" and token.shown == "–":
        return True
    if token.text in _CLOSING:
        return apart and not tokens[index - 1].reason
    if before in _OPENING:
        return False
    return apart or bool(index and tokens[index - 1].reason)


def _shorten(tokens: list[Token], most: int, matters: tuple[str, ...]) -> None:
    """Cut to at most so many words, whole sentences around what matters, else whole clauses."""
    kept = [index for index, token in enumerate(tokens) if not token.reason and token.kind == "word"]
    if len(kept) <= most:
        return
    depths = _depths(tokens)
    first, last, pieces = 1, 0, []
    # Better a few words around speech that is told than a sentence of it as if it were the speaker's.
    for whole, ends in product((True, False), (_ends_sentence, _ends_clause, _ends_word)):
        if first > last:
            pieces = _pieces(tokens, depths, ends, whole=whole)
            first, last = _best(tokens, pieces, most, matters, depths)
    start, end = pieces[first][0], pieces[last][1]
    for index, token in enumerate(tokens):
        if not start <= index <= end and not token.reason:
            token.reason = "length"
    if end + 1 < len(tokens) and tokens[end].text in (",", ";"):
        tokens[end].reason = "length"


def _depths(tokens: list[Token]) -> list[int]:
    """Return how many pairs of quotation marks and brackets are open behind each token."""
    change = [0] * len(tokens)
    opened: dict[str, list[int]] = {}
    for index, token in enumerate(tokens):
        if token.reason or token.kind != "sign":
            continue
        if opened.get(token.text):
            change[opened[token.text].pop()] += 1
            change[index] -= 1
        elif token.text in _PAIRS:
            opened.setdefault(_PAIRS[token.text], []).append(index)
    return list(accumulate(change))


def _ends_sentence(tokens: list[Token], index: int) -> bool:
    """Return whether a sentence ends at a token, which is the last of the marks that close behind it."""
    if any(token.text in CLOSERS for token in tokens[index + 1 : index + 2]):
        return False
    while index and tokens[index].text in CLOSERS:
        index -= 1
    return ends_sentence(tokens, index)


def _ends_clause(tokens: list[Token], index: int) -> bool:
    return tokens[index].text in (",", ";") and not tokens[index].reason


def _ends_word(tokens: list[Token], index: int) -> bool:
    return 0 <= index < len(tokens)


def _pieces(
    tokens: list[Token], depths: list[int], ends: Callable[[list[Token], int], bool], *, whole: bool
) -> list[tuple[int, int]]:
    """Return the first and last token of each piece of a passage.

    None ends where a pair is open if what a pair holds is to stay `whole`; else pieces end at its signs.
    """
    found: list[tuple[int, int]] = []
    padded = [0, *depths, 0]
    start = 0
    for index, depth in enumerate(depths):
        apart = not whole and len({*padded[index : index + 3]}) > 1
        if apart or index + 1 == len(tokens) or (ends(tokens, index) and not (whole and depth)):
            found.append((start, index))
            start = index + 1
    return found


def _best(
    tokens: list[Token],
    pieces: list[tuple[int, int]],
    most: int,
    matters: tuple[str, ...],
    depths: list[int],
) -> tuple[int, int]:
    """Return the first and last of neighbouring pieces that say most of what matters, and fit.

    Without anything that matters, the longest words tell. What is opened within them is closed within
    them. (1, 0) where not even one piece fits.
    """
    words = [
        [t.folded for t in tokens[a : b + 1] if t.kind == "word" and not t.reason] for a, b in pieces
    ]
    hits = [sum(word.startswith(matters) for word in said) if matters else 0 for said in words]
    content = [sum(len(word) > _CONTENT for word in said) for said in words]
    lows = [min(depths[a : b + 1]) for a, b in pieces]
    best, chosen = (-1, -1), (1, 0)
    for first, (start, _) in enumerate(pieces):
        length = found = weight = 0
        outside = depths[start - 1] if start else 0
        for last in range(first, len(pieces)):
            length += len(words[last])
            if length > most or lows[last] < outside:
                break
            found, weight = found + hits[last], weight + content[last]
            closed = depths[pieces[last][1]] == outside
            if length and closed and (found, weight) > best:
                best, chosen = (found, weight), (first, last)
    return chosen
