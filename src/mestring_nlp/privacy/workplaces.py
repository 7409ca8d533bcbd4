"""Workplaces that units.py does not know by form: branches, institutions in a place, firms by trade, known firms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mestring_nlp.privacy.identifiers import Identifier
from mestring_nlp.privacy.lexicon import is_listed, is_word, lexicon
from mestring_nlp.privacy.odd_units import Span, odd_unit, placed_unit, working_unit
from mestring_nlp.privacy.tokens import Token
from mestring_nlp.privacy.trades import (
    BRANCHES,
    CENTRAL,
    FIRMS,
    HEADS,
    INSTITUTIONS,
    NO_SINGLES,
    PARTED,
    PHRASES,
    SINGLES,
    SINGLES_NAMED,
    TRADES,
)
from mestring_nlp.privacy.unit_names import SIDES, is_part, loose_end, name_end
from mestring_nlp.privacy.vocabulary import NO_NAMES

_FARTHEST = 4
_LONG_TRADE = 6
_FARM = frozenset(["østre", "vestre", "nordre", "søndre", "øvre", "nedre", "austre", "indre", "ytre"])
_OPENERS = frozenset(name.split()[0] for name in BRANCHES | FIRMS)
_IN_SMALL = re.compile(rf"{INSTITUTIONS.pattern}|{PARTED.pattern}")
_AT = frozenset(["i", "på", "ved"])
_WHERE = frozenset(
    [
        "på",
        "i",
        "ved",
        "fra",
        "frå",
        "hos",
        "for",
        "til",
        "te",
        "av",
        "med",
        "mot",
        "både",
        "og",
        "utenfor",
        "utanfor",
        "innom",
    ]
)


def find_workplaces(text: str, tokens: Sequence[Token], taken: set[int]) -> Iterator[Identifier]:
    """Yield units by words of trades, branches and institutions before and behind their names.

    Parameters
    ----------
    text : str
    tokens : sequence of Token
    taken : set of int
        The tokens of finds made before.
    """
    for pattern in PHRASES:
        for match in pattern.finditer(text):
            yield Identifier(*match.span(), "unit", match.group(), 0.85, "enhet")
    at = 0
    while at < len(tokens):
        found = None if at in taken else _at(text, tokens, at, taken)
        if found:
            first, last, confidence, subkind = found
            start, end = tokens[first].start, tokens[last].end
            if tokens[last].low.endswith("s") and first == last and _single_form(tokens[last].low[:-1]):
                end -= 1
            yield Identifier(start, end, "unit", text[start:end], confidence, subkind)
            at = last
        at += 1


def _at(text: str, tokens: Sequence[Token], at: int, taken: set[int]) -> Span | None:
    if (
        not tokens[at].capital
        and tokens[at].low not in _OPENERS
        and not _IN_SMALL.fullmatch(tokens[at].low)
    ):
        return _trade(tokens, at, taken)
    return (
        _branch(tokens, at, taken)
        or _institution(tokens, at, taken)
        or _part(text, tokens, at)
        or _headed(tokens, at, taken)
        or _trade(tokens, at, taken)
        or _known(tokens, at, taken)
        or _single(tokens, at)
        or working_unit(tokens, at, taken)
        or placed_unit(tokens, at, taken)
        or odd_unit(text, tokens, at)
    )


def _branch(tokens: Sequence[Token], at: int, taken: set[int]) -> Span | None:
    """Return a branch of a chain or a society: *Rema 1000 Mjøndalen*, *Kirkens Bymisjon i Drammen*."""
    for length in (4, 3, 2, 1):
        part = tokens[at : at + length]
        if len(part) < length or any(not one.joined for one in part[1:]):
            continue
        if " ".join(one.low for one in part) not in BRANCHES:
            continue
        if part[0].cased and not part[0].capital:
            return None
        after = at + length
        preposition = after < len(tokens) and tokens[after].joined and tokens[after].low in _AT
        last = name_end(tokens, after + preposition, taken, cased=part[0].cased)
        if (
            not last
            and not preposition
            and not part[0].cased
            and not any(is_listed(one.low) for one in part)
        ):
            last = loose_end(tokens, after)
        if last and not (preposition and length == 1):
            return at, last, 0.9, "bedrift"
        before = tokens[at - 1] if at and tokens[at].joined else None
        if (
            before is not None
            and length > 1
            and at - 1 not in taken
            and is_part(before, cased=part[0].cased)
            and (not before.first or not is_word(before.low) or before.low in lexicon().places)
        ):
            return at - 1, after - 1, 0.9, "organisasjon"
        return None
    return None


def _institution(tokens: Sequence[Token], at: int, taken: set[int]) -> Span | None:
    """Return an institution told by its place: *brannstasjonen på Kroken*, *Ysteriet på Sandane*."""
    token = tokens[at]
    if at + 2 >= len(tokens) or not (tokens[at + 1].joined and tokens[at + 1].low in _AT):
        return None
    named = token.cased and token.capital and not token.first and CENTRAL.fullmatch(token.low)
    if not (INSTITUTIONS.fullmatch(token.low) or named):
        return None
    last = name_end(tokens, at + 2, taken, cased=token.cased)
    if not last or tokens[last].low in NO_NAMES or lexicon().given.get(tokens[at + 2].low) == 0:
        return None
    return at, last, 0.85, "institusjon"


def _part(text: str, tokens: Sequence[Token], at: int) -> Span | None:
    """Return a numbered or named part of a workplace: *avdeling C3*, *Team Øst*, *Avdeling Lunden*."""
    token = tokens[at]
    if not PARTED.fullmatch(token.low) or at + 1 >= len(tokens) or not tokens[at + 1].joined:
        return None
    after = tokens[at + 1]
    numbered = (
        len(after.text) <= 2
        and after.capital
        and after.text.isalpha()
        and text[after.end : after.end + 1].isdigit()
    )
    if numbered and at + 2 < len(tokens):
        return at, at + 2, 0.8, "avdeling"
    if not token.cased and token.low == "team" and not is_listed(after.low) and len(after.low) > 4:
        return at, at + 1, 0.7, "avdeling"
    if not token.cased or not after.capital or after.low in NO_NAMES or after.low in lexicon().places:
        return None
    if after.low in SIDES or (token.capital and not token.first):
        return at, at + 1, 0.85, "avdeling"
    return (at + 1, at + 1, 0.7, "avdeling") if lexicon().given.get(after.low) is None and (
        token.low != "team" and after.text[1:].islower()) else None  # fmt: skip


def _headed(tokens: Sequence[Token], at: int, taken: set[int]) -> Span | None:
    """Return a unit whose trade stands before its name: *Hotel Ullensvang*, *Radio Nordkapp*."""
    token = tokens[at]
    if not HEADS.fullmatch(token.low) or not token.cased or not token.capital:
        return None
    last = name_end(tokens, at + 1, taken, cased=True)
    if not last:
        return None
    return at, last, 0.85, "bedrift"


def _trade(tokens: Sequence[Token], at: int, taken: set[int]) -> Span | None:
    """Return a unit whose trade stands behind its name: *Kverndalen Sag*, *Hansens Bil og Karosseri*."""
    token = tokens[at]
    if not token.joined or not at or not TRADES.fullmatch(token.low):
        return None
    if not (token.cased and token.capital):
        return _plain_trade(tokens, at, taken)
    first = at
    while first and tokens[first].joined and first > at - _FARTHEST and first - 1 not in taken:
        before = tokens[first - 1]
        if is_part(before, cased=True) or (
            before.capital and before.low in ("nordisk", "norsk", "sør", "nord")
        ):
            first -= 1
        elif (
            before.low in ("og", "&")
            and first > 1
            and tokens[first - 1].joined
            and tokens[first - 2].capital
        ):
            first -= 2
        else:
            break
    while first < at and (tokens[first].first and is_word(tokens[first].low)
                          and tokens[first].low not in lexicon().places and first + 1 < at):  # fmt: skip
        first += 1
    if first == at or (tokens[first].first and is_word(tokens[first].low) and (
        tokens[first].low not in lexicon().places) and lexicon().name_grade(tokens[first].low) is None):  # fmt: skip
        return None
    last = at
    while last + 1 < len(tokens) and tokens[last + 1].joined and last + 1 not in taken:
        if tokens[last + 1].text in ("AS", "ASA", "SA", "ANS", "DA") or (
            tokens[last + 1].capital and TRADES.fullmatch(tokens[last + 1].low)
        ):
            last += 1
        elif tokens[last + 1].low in ("og", "&") and last + 2 < len(tokens) and tokens[last + 2].capital and (
            is_word(tokens[last + 2].low) and lexicon().name_grade(tokens[last + 2].low) is None
        ):  # fmt: skip
            last += 2
        else:
            break
    return first, last, 0.85, "bedrift"


def _plain_trade(tokens: Sequence[Token], at: int, taken: set[int]) -> Span | None:
    """Return a unit whose trade stands in small letters behind a name: *Fana gymnas*, *stjørdal håndverksbakeri*."""
    token, before = tokens[at], tokens[at - 1]
    low = before.low
    known = not token.cased and low in lexicon().places and lexicon().places[low][1] == 0
    several = (
        not token.cased
        and at + 2 < len(tokens)
        and tokens[at + 1].low == "og"
        and TRADES.fullmatch(tokens[at + 2].low) is not None
        and (low in lexicon().places or lexicon().surnames.get(low) is not None)
    )
    if several:
        return at - 1, at + 2, 0.8, "bedrift"
    if (
        (len(token.low) < _LONG_TRADE and not known)
        or at - 1 in taken
        or not is_part(before, cased=token.cased)
    ):
        return None
    if lexicon().given.get(low) in (0, 2) or low.endswith("ske") or (
        low not in lexicon().places
        and (before.first or not token.cased)
        and (is_listed(low) or is_word(low) or len(low) < 5)
        and low not in _FARM
    ):  # fmt: skip
        return None
    last = at
    if last + 1 < len(tokens) and tokens[last + 1].joined and tokens[last + 1].low in ("as", "sa", "kf"):
        last += 1
    elif (
        last + 2 < len(tokens)
        and tokens[last + 1].low == "og"
        and TRADES.fullmatch(tokens[last + 2].low)
    ):
        last += 2
    return at - 1, last, 0.85, "bedrift"


def _known(tokens: Sequence[Token], at: int, taken: set[int]) -> Span | None:
    """Return an employer so known that its name alone means it: *Kruse Smith*, *Sunnaas*."""
    for length in (3, 2, 1):
        part = tokens[at : at + length]
        if len(part) < length or any(not one.joined for one in part[1:]):
            continue
        if " ".join(one.low for one in part) not in FIRMS:
            continue
        if part[0].cased and not part[0].capital:
            return None
        alone = at + length >= len(tokens) or not (
            tokens[at + length].joined and tokens[at + length].capital and not tokens[at + length].first
        )
        named = at and tokens[at].joined and tokens[at - 1].capital and not tokens[at - 1].first
        if length == 1 and named and lexicon().given.get(tokens[at - 1].low) is not None:
            return None
        if length == 1 and not part[0].cased and (
            is_word(part[0].low) or not at or tokens[at - 1].low not in _WHERE
        ):  # fmt: skip
            return None
        last = at + length - 1
        if not alone and tokens[last + 1].low in lexicon().places and last + 1 not in taken:
            last += 1
        return at, last, 0.8, "bedrift"
    return None


def _single_form(low: str) -> bool:
    return SINGLES.fullmatch(low) is not None


def _single(tokens: Sequence[Token], at: int) -> Span | None:
    """Return a unit that is one word: *Lofotposten*, *Bakkehuset*, *Porsangerbataljonen*."""
    token = tokens[at]
    low = token.low if _single_form(token.low) else token.low.removesuffix("s")
    if not token.capital or not token.cased or low in NO_NAMES or NO_SINGLES.fullmatch(low):
        return None
    if not _single_form(low) and not (
        SINGLES_NAMED.fullmatch(low) and at and tokens[at - 1].low in _WHERE
    ):
        return None
    if low in lexicon().places or lexicon().name_grade(low) is not None:
        return None
    if token.joined and at and tokens[at - 1].capital and not tokens[at - 1].first:
        return None
    if token.first:
        after = [one.low for one in tokens[at + 1 : at + 3]]
        told = after[:1] in (["er"], ["var"], ["e"]) and after[1:] in (["et"], ["en"], ["ein"], ["eit"])
        if is_listed(low) or (is_word(low) and not told):
            return None
    return at, at, 0.8, "enhet"
