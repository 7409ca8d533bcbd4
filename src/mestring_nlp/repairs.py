"""Self-repairs: words broken off, beginnings that are begun again, and what is said twice at once.

Where a word may carry meaning it is kept; see `mestring_nlp.disfluencies`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mestring_nlp.talk_tokens import SILENT, Token, around, live
from mestring_nlp.talk_words import (
    AUXILIARIES,
    DANGLING,
    DOUBLED,
    FUNCTION,
    NUMBERS,
    OPENS_CLAUSE,
    PREPOSITIONS,
    SPEAKERS,
    SUBJECTS,
)

_CAPITALS = re.compile(r"[A-ZÆØÅ]+-")  # "NAV- kontoret" is no word that was broken off
_LONGEST_START = 5


def mark_repairs(tokens: list[Token]) -> None:
    """Assign a reason to what a speaker took back or said again, until nothing more is found."""
    before = -1
    while before != (before := sum(bool(token.reason) for token in tokens)):
        _broken(tokens)
        _repetitions(tokens)
        _false_starts(tokens)


def _broken(tokens: list[Token]) -> None:
    """Take out words that were broken off, and what leads to them where it is said again."""
    for index, token in enumerate(tokens):
        if token.reason or not token.broken or token.bare.isdigit():
            continue
        _, after = around(tokens, index, index)
        if after is None or after.kind != "word":
            continue
        if token.text[-1] == "-" and _is_part_of_compound(tokens, index):
            continue
        clause = _clause_before(tokens, index)
        again = [i for i, earlier in enumerate(clause) if earlier.bare == after.bare]
        if token.bare == after.bare or after.folded.startswith(token.bare):
            token.reason = "stutter"
        elif again and len(clause) - again[-1] <= _LONGEST_START:
            for dropped in (*clause[again[-1] :], token):
                dropped.reason = "false start"
        elif token.text[-1] == "-" and token.bare not in FUNCTION:
            token.reason = "false start"
        elif (
            0 < len(clause) < _LONGEST_START
            and {t.bare for t in (*clause, token)} <= FUNCTION
            and {after.folded, clause[0].folded} <= SUBJECTS
        ):
            for dropped in (*clause, token):
                dropped.reason = "false start"


def _is_part_of_compound(tokens: list[Token], index: int) -> bool:
    """Whether a hyphen ends no word: "barne- ungdoms- og kulturvernet", "tre- fire", "NAV- kontoret"."""
    token, *rest = live(tokens[index:])
    after = next(t for t in rest if not t.broken or t is rest[-1])
    if after.folded in ("og", "eller", "men", "samt", "til"):
        return True
    begun = rest[0].folded.startswith(token.bare)
    return not begun and (
        _CAPITALS.fullmatch(token.text) is not None or {token.bare, rest[0].bare} <= NUMBERS
    )


def _clause_before(tokens: list[Token], index: int) -> list[Token]:
    """Return the kept words before a token, back to the last sign."""
    words: list[Token] = []
    for token in reversed(tokens[:index]):
        if token.reason:
            continue
        if token.kind != "word":
            break
        words.insert(0, token)
    return words


def _runs(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield the kept tokens of each sentence."""
    run: list[Token] = []
    for token in tokens:
        if token.reason and token.reason not in SILENT | {"false start"}:
            yield run
            run = []
        elif not token.reason:
            run.append(token)
            if token.ends_sentence:
                yield run
                run = []
    yield run


def _false_starts(tokens: list[Token]) -> None:
    """Take out beginnings that are begun again: "jeg vi jeg tror", "vi hadde et – vi hadde tre"."""
    for run in _runs(tokens):
        for at in range(len(run)):
            if dropped := _restarted(run, at, opens=_opens(run, at)):
                for token in dropped:
                    token.reason = "false start"
                return


def _opens(run: list[Token], at: int) -> bool:
    """Return whether a clause may begin at a place: after a sign, or a conjunction."""
    return at == 0 or run[at - 1].kind != "word" or run[at - 1].folded in ("og", "men", "at", "for")


def _restarted(run: list[Token], at: int, *, opens: bool) -> list[Token]:
    """Return the beginning at a place that is begun again, none if it is not."""
    words = [t.folded for t in run[at : at + 3] if t.kind == "word"]
    a, b, c = (*words, "", "", "")[:3]
    plain = SUBJECTS - {"e", "i", "en", "ein", "det", "den"}
    if len(words) == 3 and a == c != b and {a, b} <= plain:
        return run[at : at + 2]
    if opens and {a, b} <= SPEAKERS and a != b and c and c not in SUBJECTS:
        return run[at : at + 1]
    if opens and len(words) == 3 and a == c and a in SPEAKERS and b in AUXILIARIES:
        goes_on = len(run) > at + 3 and run[at + 3].kind == "word"
        return run[at : at + 2] if goes_on and run[at + 3].folded in AUXILIARIES else []
    return _restarted_behind_sign(run, at) if opens else []


def _restarted_behind_sign(run: list[Token], at: int) -> list[Token]:
    """Return a beginning that breaks off at a comma or dash, and is begun again behind it."""
    if run[at].kind != "word":
        return []
    for end in range(at + 2, min(len(run) - 3, at + _LONGEST_START) + 1):
        if run[end].kind == "word":
            continue
        begun, again = run[at:end], run[end + 1]
        breaks = run[end].text in (",", "–", "-", "—") and begun[-1].folded in DANGLING - {"e", "æ"}
        same = [a.folded == b.folded for a, b in zip(begun, run[end + 1 :], strict=False)]
        known = all(token.folded in FUNCTION for token in begun) or all(same[:2])
        further = end + 1 + len(begun)  # "vi må, vi skal, vi vil" is a list
        goes_on = further < len(run) and all(t.kind == "word" for t in run[end + 2 : further + 1])
        if breaks and known and goes_on and same[0] and again.folded in FUNCTION:
            return run[at : end + 1]
        return []
    return []


def _repetitions(tokens: list[Token]) -> None:
    """Take out what is said twice at once, without a word between."""
    for run in _runs(tokens):
        for length in (4, 3, 2, 1):
            for at in range(len(run)):
                if second := _repeated(run, at, length):
                    for token in second:
                        token.reason = "repetition"
                    return


def _repeated(run: list[Token], at: int, length: int) -> list[Token]:
    """Return the second saying of so many words, with the sign before it; none if it is meant."""
    first = run[at : at + length]
    gap = at + length
    signed = gap < len(run) and run[gap].text in (",", "–", "-", "—")
    second = run[gap + signed : gap + signed + length]
    said = [token.folded for token in first]
    same = len(second) == length and said == [token.folded for token in second]
    if not same or any(token.kind != "word" for token in first):
        return []
    after = run[gap + signed + length : gap + signed + length + 1]
    goes_on = bool(after) and after[0].kind == "word"
    if length == 1:
        meant = _may_be_meant(run, at, said[0], after[0].folded if after else "")
        # "Jeg vet ikke, jeg, jeg tror": the first one ends what was said before.
        meant = meant or (signed and said[0] in SUBJECTS and not _opens(run, at))
        return [] if meant or not goes_on else run[gap : gap + signed + 1]
    listed = goes_on and after[0].folded == said[0]  # mer og mer og mer
    tells = FUNCTION.intersection(said) - {"og", "eller", "for"}
    if not goes_on or listed or not tells or set(said) <= DOUBLED:
        return []
    return run[gap : gap + signed + length]


def _may_be_meant(run: list[Token], at: int, word: str, after: str) -> bool:
    """Return whether a word that stands twice may be said twice on purpose, or be two words."""
    if word not in FUNCTION or word in DOUBLED:
        return True
    earlier = [token.folded for token in run[:at] if token.kind == "word"]
    inverted = word in SUBJECTS - PREPOSITIONS and not _opens(run, at)
    if inverted and run[at - 1].folded not in OPENS_CLAUSE | AUXILIARIES:
        return True  # "da sa han han ikke ville"
    if word in AUXILIARIES and after in SUBJECTS - PREPOSITIONS:
        return True  # "om vi vil vil vi"
    relative = any(
        a in ("det", "den", "de", "dei", "som", "der", "hva") and b in SUBJECTS
        for a, b in pairwise(earlier)
    )
    if word in PREPOSITIONS | AUXILIARIES and (
        relative or "som" in earlier or earlier[-2:] == ["det", "det"]
    ):
        return True  # "det vi er i i dag", "det som er er"
    if word in ("det", "den", "de", "dei"):
        # "det det handler om er", "hjelpe de de møter"
        object_of = bool(earlier) and earlier[-1] not in OPENS_CLAUSE
        return object_of or after.startswith(("handl", "drei", "gjeld", "gjelder")) or _is_cleft(run, at)
    return False


def _is_cleft(run: list[Token], at: int) -> bool:
    """Whether a verb follows on a preposition: "det det er snakk om er", "det det går i er"."""
    words = [token.folded for token in run[at + 2 :] if token.kind == "word"]
    return any(
        a in PREPOSITIONS and b in ("er", "e", "var", "va", "æ", "blir") for a, b in pairwise(words)
    ) or words[:2] == ["er", "er"]
