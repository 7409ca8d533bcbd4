"""Addresses on the net as people say them: *krøllalfa*, *punktum no*, *w w w*, *understrek*."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mestring_nlp.privacy.identifiers import Identifier
from mestring_nlp.privacy.lexicon import is_word, lexicon
from mestring_nlp.privacy.name_forms import is_function
from mestring_nlp.privacy.number_words import number_of
from mestring_nlp.privacy.tokens import Token, words_of

_AT = words_of(
    "krøllalfa krøllalfaen krøllalfategn krøllalfategnet krøllealfa krøllafa krølalfa krøllalpha alfakrøll alfakrøllen"
    " alfa-krøll krøll-alfa krøllal alfakrøl snabela snabel-a kanelbolle grisehale krøllalfa-tegn apestrek apekatt-a"
)
_AT_PAIRS = frozenset(
    {("krøll", "alfa"), ("alfa", "krøll"), ("snabel", "a"), ("krølle", "alfa"), ("kråll", "alfa")}
)
_WEAK_AT = frozenset({"at", "ætt", "æt", "att"})
_DOT = frozenset(
    {"punktum", "prikk", "dott", "dot", "dått", "dåt", "pungtum", "punkt", "pungt", "punktom", "prikken"}
)
_SIGNS = words_of(
    "bindestrek understrek strek skråstrek skråstrekk underskår underscore undersstrek slash slæsj minus pluss"
    " tankestrek bindestreken understreken bindestreik"
)
_SLASHES = frozenset({"skråstrek", "skråstrekk", "slash", "slæsj"})
_TOP = words_of("no com org net eu se dk info example en uk io kåm komm")
_PROVIDERS = words_of("gmail hotmail outlook yahoo online live icloud jahoo msn broadpark getmail")
_W = frozenset(["ve", "w", "dobbeltve", "v", "dobbelt-ve", "dobbeltve-dobbeltve"])
_CUES = words_of(
    "på er e heter heiter heite hete var va til adressen adressa adresse epost epostadressen mailadressen mail mailen"
    " epostadressa lenka lenken nettsida nettsiden inn blir ble het eposten"
)
_MAIL_TOLD = re.compile(r"mail|e-?post|adress", re.IGNORECASE)
_LONGEST = 9
_FARTHEST_CUE = 3


def find_spoken_addresses(text: str, tokens: Sequence[Token]) -> Iterator[Identifier]:
    """Yield e-mail addresses, addresses of pages and user names that are said sign by sign."""
    at = 0
    while at < len(tokens):
        width = _at_sign(text, tokens, at)
        if width:
            first, last = _local(tokens, at), _domain(tokens, at + width)
            if first < at and last > at + width:
                yield _span(text, tokens, first, last, "email", 0.97)
                at = last
                continue
            if (
                last > at + width
                and at + width < len(tokens)
                and width < 3
                and tokens[at].low not in _WEAK_AT
            ):
                yield _span(text, tokens, at, last, "other", 0.8)
                at = last
                continue
        elif tokens[at].low in _DOT and at and _joined(tokens, at + 1) and tokens[at].joined:
            first = _widened(tokens, _back(tokens, at - 1))
            last = _chain(tokens, at - 1)
            if _has_top(tokens, at - 1, last) or (last > at + 1 and tokens[last - 1].low in _TOP):
                yield _span(text, tokens, first, last, "url", 0.95)
                at = last
                continue
        at += 1


def _at_sign(text: str, tokens: Sequence[Token], at: int) -> int:
    """Return how many tokens say the sign @ from a token on; 0 where none does."""
    low = tokens[at].low
    if low in _AT:
        return 1
    if (low, _joined(tokens, at + 1)) in _AT_PAIRS:
        return 2
    if low in _WEAK_AT and at and tokens[at].joined:
        near = text[max(0, tokens[at].start - 80) : tokens[at].start + 60]
        before = tokens[at - 1].low
        end = _chain(tokens, at + 1)
        told = _MAIL_TOLD.search(near) is not None or _joined(tokens, at + 1) in _PROVIDERS
        named = (
            not is_word(before)
            or lexicon().name_grade(before) is not None
            or number_of(before) is not None
        )
        cued = at > 1 and tokens[at - 2].low in _CUES
        if told and (named or cued) and not is_function(before) and _has_top(tokens, at + 1, end):
            return 1
    return 0


def _has_top(tokens: Sequence[Token], first: int, last: int) -> bool:
    return any(
        tokens[i].low in _DOT and tokens[i + 1].low in _TOP
        for i in range(first, min(last, len(tokens)) - 1)
    )


def _domain(tokens: Sequence[Token], at: int) -> int:
    """Return the end of what follows the sign @: up to the last *punktum no*, or one word with its signs."""
    if not _joined(tokens, at):
        return at
    if tokens[at].low in _PROVIDERS and _joined(tokens, at + 1) in _TOP:
        return at + 2
    for dot in range(at + 1, min(at + _LONGEST, len(tokens) - 1)):
        if not tokens[dot].joined:
            break
        if tokens[dot].low in _DOT and _joined(tokens, dot + 1):
            return _chain(tokens, dot - 1)
    return _chain(tokens, at)


def _chain(tokens: Sequence[Token], at: int) -> int:
    """Return the end of ``word (sign word)*`` from a token."""
    if at >= len(tokens):
        return at
    end = at + 1
    while end + 1 < len(tokens) and tokens[end].low in _DOT | _SIGNS and tokens[end + 1].joined:
        end += 2
        while _joined(tokens, end) and len(tokens[end].low) == 1 and len(tokens[end - 1].low) == 1:
            end += 1
        if tokens[end - 1].low in _TOP and not (
            end < len(tokens) and tokens[end].low in _SLASHES | _DOT
        ):
            break
    return end


def _back(tokens: Sequence[Token], at: int) -> int:
    """Return the beginning of ``(word sign)* word`` up to a token, with letters said one by one."""
    while True:
        if (
            at >= 2
            and tokens[at].joined
            and tokens[at - 1].low in _DOT | _SIGNS
            and tokens[at - 1].joined
        ):
            at -= 2
        elif (at and tokens[at].joined and tokens[at].low in _W and tokens[at - 1].low in _W) or (
            at and tokens[at].joined and _is_letter(tokens, at) and len(tokens[at - 1].low) == 1
        ):
            at -= 1
        else:
            return at


def _is_letter(tokens: Sequence[Token], at: int) -> bool:
    return len(tokens[at].low) == 1 and tokens[at].low.isalpha()


def _widened(tokens: Sequence[Token], at: int) -> int:
    """Return where an address of several words begins: after *på*, *heter* and their like close before."""
    for back in range(at, max(0, at - _FARTHEST_CUE - 1), -1):
        if not tokens[back].joined or (back < at and is_function(tokens[back].low)):
            return at
        if tokens[back - 1].low in _CUES:
            return back
    return at


def _local(tokens: Sequence[Token], sign: int) -> int:
    """Return where what stands before the sign @ begins: joined words, letters, digits and names."""
    if not sign or not tokens[sign].joined:
        return sign
    at = _back(tokens, sign - 1)
    if at == sign - 1 and (tokens[at].low in _CUES or tokens[at].low in ("som", "heter", "med", "min")):
        return sign
    names = lexicon()
    while at and tokens[at].joined:
        low = tokens[at - 1].low
        letter = len(low) == 1 and (low not in "iåæ" or (at > 1 and len(tokens[at - 2].low) == 1))
        spelled = letter or number_of(low) is not None or low.isdecimal()
        known = is_word(low) and names.name_grade(low) in (None, 2)
        if not (spelled or not known) or low in _DOT | _SIGNS | _CUES:
            break
        at = _back(tokens, at - 1)
    return _widened(tokens, at)


def _joined(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].low if at < len(tokens) and tokens[at].joined else ""


def _span(
    text: str, tokens: Sequence[Token], first: int, last: int, kind: str, confidence: float
) -> Identifier:
    start, end = tokens[first].start, tokens[last - 1].end
    return Identifier(
        start, end, kind, text[start:end], confidence, "brukernavn" if kind == "other" else ""
    )
