"""Find what is no content in transcribed talk: fillers, marks, false starts, repetitions.

Where a word may carry meaning it is kept: a quotation may be less smooth than it could be, and must not
say anything else than the speaker did.
"""

from __future__ import annotations

from itertools import dropwhile

from mestring_nlp.repairs import mark_repairs
from mestring_nlp.talk_tokens import SILENT, Token, around, live
from mestring_nlp.talk_words import (
    ASKING,
    AUXILIARIES,
    CARRIERS,
    COMPARED,
    DANGLING,
    FILLER,
    FUNCTION,
    OPENS_CLAUSE,
    PHRASES,
    PREPOSITIONS,
    SUBJECTS,
    mark_of,
)

_QUOTES = frozenset("\"'«»“”„‘’")
_ASKED_BACK = ("ikke sant", "tag")
_JOINS = frozenset(("og", "men", "eller", "ja", "nei", "jo"))
_NEGATIONS = frozenset(("ikke", "ikkje", "itj", "itte"))
_PRONOUNS = SUBJECTS - {"e", "i", "en", "ein"}


def mark_disfluencies(tokens: list[Token]) -> None:
    """Assign a reason to every token of a passage that a quotation leaves out."""
    for token in tokens:
        if token.reason:
            continue
        if token.kind == "bracket":
            token.reason = mark_of(token.text)
        elif _is_filler(token, tokens):
            token.reason = "filler"
    _phrases(tokens)
    _pauses(tokens)
    _commas(tokens)
    mark_repairs(tokens)
    if not any(token.kind == "word" and not token.reason for token in tokens):
        for token in tokens:  # "Mm." may be the whole answer
            if token.reason in ("filler", "repetition"):
                token.reason = ""


def _is_filler(token: Token, tokens: list[Token]) -> bool:
    shouted = len(token.text) > 1 and token.text.isupper()  # EM, HM
    if token.kind != "word" or shouted or not FILLER.fullmatch(token.bare):
        return False
    return not (tokens[-1] is not token and _is_spoken_of(token, tokens))


def _is_spoken_of(token: Token, tokens: list[Token]) -> bool:
    """Whether a sound is quoted, or "mm" stands for "med mer" or "millimeter"."""
    index = next(i for i, other in enumerate(tokens) if other is token)
    before, after = tokens[index - 1].text if index else "", tokens[index + 1].text
    if before == ":" or (before in _QUOTES and after in _QUOTES):
        return True
    millimetres = before.isdigit() or (after == "." and before not in ("", ",", ".", "?"))
    return token.text == "mm" and millimetres


def _phrases(tokens: list[Token]) -> None:
    """Take out phrases that carry no meaning where they stand."""
    index = 0
    while index < len(tokens):
        kind, length = _phrase_at(tokens, index)
        part = tokens[index : index + length]
        if kind and not any(t.reason for t in part):
            if _is_empty(kind, tokens, index, index + length - 1):
                for token in part:
                    token.reason = "filler"
            index += length
        else:
            index += 1


def _phrase_at(tokens: list[Token], index: int) -> tuple[str, int]:
    """Return the kind of the phrase that begins at a token, and its length; "" and 0 where none does."""
    for phrase, kind in PHRASES.get(tokens[index].folded, ()):
        if tuple(t.folded for t in tokens[index : index + len(phrase)]) == phrase:
            return kind, len(phrase)
    return "", 0


def _is_empty(kind: str, tokens: list[Token], first: int, last: int) -> bool:
    """Return whether a phrase carries no meaning between what stands around it."""
    before, after = around(tokens, first, last)
    opened = before is None or before.ends_sentence
    left = opened or (before is not None and before.text in (",", "–"))
    closed = after is None or after.ends_sentence
    right = closed or (after is not None and (after.text in (",", "–") or after.kind == "pause"))
    previous = before.folded if before is not None else ""
    following = after.folded if after is not None else ""
    signs = [t.text for t in tokens[:first] if t.text in "«»"]
    if kind in _ASKED_BACK and signs.count("«") > signs.count("»"):
        return False  # asked of somebody else, in speech that is told
    if kind == "ikke sant":
        copulas = ("er", "var", "e", "æ", "va", "blir", "være", "vært")
        near = {t.folded for t in live(tokens[max(0, first - 4) : first])}
        runs_on = before is not None and before.kind == "word" and near.isdisjoint(copulas)
        return (left and right) or (runs_on and (after is None or following in OPENS_CLAUSE - {"at"}))
    if kind == "altså":
        if opened or (before is not None and before.kind == "pause"):
            return right or (following in SUBJECTS and following not in ("e", "i"))
        return (left and right) or closed
    if kind == "tag":
        return left and right and not (opened and closed)  # "Skjønner du?" may be asked in earnest
    if kind == "sånn":
        return left and right and not opened and (after is None or not _introduces(tokens, last))
    hedges = previous in CARRIERS and following not in COMPARED | OPENS_CLAUSE
    if kind == "liksom":
        return (left and right) or (closed and previous != "på") or (not right and hedges)
    return (left and right and not opened) or (not right and hedges)


def _introduces(tokens: list[Token], last: int) -> bool:
    """Whether "at" or "som" follows behind a comma, as in "sånn, at"."""
    following = [t.folded for t in live(tokens[last + 1 :])[:2]]
    return following[:1] == [","] and following[1:] in (["at"], ["som"])


def _pauses(tokens: list[Token]) -> None:
    """Take out pauses; a sentence that breaks off in one gets a dash, so that dots always mean a cut."""
    for index, token in enumerate(tokens):
        if token.kind != "pause":
            continue
        before, _ = around(tokens, index, index)
        after = next((t for t in tokens[index + 1 :] if not t.reason and t.kind != "pause"), None)
        if before is None or before.ends_sentence or (after is not None and not after.text[0].isupper()):
            token.reason = "pause"
        else:
            token.kind, token.shown = "sign", "–"


def _commas(tokens: list[Token]) -> None:
    """Take out signs that belonged to what was taken out."""
    for index, token in enumerate(tokens):
        run_ends = token.reason and (index + 1 == len(tokens) or not tokens[index + 1].reason)
        if not run_ends or token.reason not in SILENT:
            continue
        first = index
        while first and tokens[first - 1].reason:
            first -= 1
        before, after = around(tokens, first, index)
        filler = any(t.reason == "filler" for t in tokens[first : index + 1])
        while after is not None and _is_spare(before, after, filler=filler):
            after.reason = "filler"
            index += 1
            before, after = around(tokens, first, index)
        if before is None or not filler:
            continue
        if before.text == "," and (after is None or after.ends_sentence):
            before.reason = "filler"
            if after is not None and after.text == "?" and _asked_back(tokens, first, index):
                after.shown = "."  # it asked what was taken out: ", ikke sant?"
        elif before.text == "," and after is not None and after.text == ",":
            after.reason = "filler"
            _, then = around(tokens, first, tokens.index(after))
            word = next((t for t in reversed(tokens[: tokens.index(before)]) if not t.reason), None)
            within = word is not None and word.folded in FUNCTION
            goes_on = then is not None and then.folded not in OPENS_CLAUSE
            if then is not None and goes_on and (within or then.folded in PREPOSITIONS):
                before.reason = "filler"
        elif before.text == "," and after is not None and after.folded not in OPENS_CLAUSE:
            before.reason = (
                "filler" if tokens[first - 1] is before and _was_inserted(tokens, first) else ""
            )


def _asked_back(tokens: list[Token], first: int, last: int) -> bool:
    """Whether only what was taken out made a question of the sentence that it ended."""
    tags = (_phrase_at(tokens, index)[0] in _ASKED_BACK for index in range(first, last + 1))
    if not any(tags):
        return False
    opens = (i for i in range(first, 0, -1) if tokens[i - 1].ends_sentence or tokens[i - 1].text == ":")
    said = [t.folded for t in live(tokens[next(opens, 0) : first]) if t.kind == "word"]
    return not _begins_as_question(said)


def _begins_as_question(words: list[str]) -> bool:
    """Whether a sentence begins with a word that asks, or with a verb before its subject.

    A word that is on no list counts as a verb: in doubt the question mark stays.
    """
    opened = [*dropwhile(lambda word: word in _JOINS, words), "", ""]
    first, rest = opened[0], opened[1:]
    if first in ASKING:
        return rest[0] not in SUBJECTS | {"som"}
    verb = first in AUXILIARIES or first not in FUNCTION | OPENS_CLAUSE
    return verb and next(dropwhile(lambda word: word in _NEGATIONS, rest)) in _PRONOUNS


def _is_spare(before: Token | None, after: Token, *, filler: bool) -> bool:
    """Whether a sign has nothing to end once the words before it are taken out."""
    opened = before is None or before.ends_sentence or before.text in "«“(–"
    return opened and filler and after.kind == "sign" and after.text in ",.?!;:–-"


def _was_inserted(tokens: list[Token], first: int) -> bool:
    """Whether a comma before a filler has no other use: only words with which no clause ends precede."""
    words = [t for t in tokens[: first - 1] if not t.reason]
    return bool(words) and words[-1].folded in DANGLING | SUBJECTS
