"""Find what is no content in transcribed talk: fillers, marks, false starts, repetitions.

Where a word may carry meaning it is kept: a quotation may be less smooth than it could be, and must not
say anything else than the speaker did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from mestring_nlp.talk_words import (
    AUXILIARIES,
    CARRIERS,
    COMPARED,
    DANGLING,
    DOUBLED,
    FILLER,
    FUNCTION,
    NUMBERS,
    OPENS_CLAUSE,
    PHRASES,
    PREPOSITIONS,
    SPEAKERS,
    SUBJECTS,
    mark_of,
)

_TOKEN = re.compile(
    r"(?P<bracket>\(\([^()\n]{0,80}\)\)|\([^()\n]{0,80}\)|\[[^\[\]\n]{0,80}\]|<[^<>\n]{1,40}>"
    r"|\*[^*\n]{1,40}\*|#\d[\d:.,\-]{2,14}#|//[^/\n]{1,30}//)"
    r"|(?P<word>[\w\u0300-\u036f]+(?:[-'’.:/@&+][\w\u0300-\u036f]+)*(?:[-–—](?![\w\u0300-\u036f]))?)"
    r"|(?P<pause>\.{2,}|…+)"
    r"|(?P<sign>[^\w\s])"
)
_SENTENCE_END = frozenset(".?!")
_QUOTES = frozenset("\"'«»“”„‘’")
_SHORT = frozenset(
    ("ca", "kl", "nr", "f.eks", "bl.a", "osv", "dvs", "m.m", "mm", "o.l", "jf", "evt", "tlf", "dr")
)
_CAPITALS = re.compile(r"[A-ZÆØÅ]+-")  # "NAV- kontoret" is no word that was broken off
_LONGEST_START = 5

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
    before = -1
    while before != (before := sum(bool(token.reason) for token in tokens)):
        _broken(tokens)
        _repetitions(tokens)
        _false_starts(tokens)
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


def live(tokens: list[Token]) -> list[Token]:
    """Return what is kept."""
    return [token for token in tokens if not token.reason]


def _neighbours(tokens: list[Token], first: int, last: int) -> tuple[Token | None, Token | None]:
    """Return what is kept before and after tokens."""
    before = next((t for t in reversed(tokens[:first]) if not t.reason), None)
    after = next((t for t in tokens[last + 1 :] if not t.reason), None)
    return before, after


def _phrases(tokens: list[Token]) -> None:
    """Take out phrases that carry no meaning where they stand."""
    index = 0
    while index < len(tokens):
        for phrase, kind in PHRASES.get(tokens[index].folded, ()):
            part = tokens[index : index + len(phrase)]
            if tuple(t.folded for t in part) == phrase and not any(t.reason for t in part):
                last = index + len(phrase) - 1
                if _is_empty(kind, tokens, index, last):
                    for token in part:
                        token.reason = "filler"
                index = last
                break
        index += 1


def _is_empty(kind: str, tokens: list[Token], first: int, last: int) -> bool:
    """Return whether a phrase carries no meaning between what stands around it."""
    before, after = _neighbours(tokens, first, last)
    opened = before is None or before.ends_sentence
    left = opened or (before is not None and before.text in (",", "–"))
    closed = after is None or after.ends_sentence
    right = closed or (after is not None and (after.text in (",", "–") or after.kind == "pause"))
    previous = before.folded if before is not None else ""
    following = after.folded if after is not None else ""
    signs = [t.text for t in tokens[:first] if t.text in "«»"]
    if kind in ("ikke sant", "tag") and signs.count("«") > signs.count("»"):
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
        before, _ = _neighbours(tokens, index, index)
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
        before, after = _neighbours(tokens, first, index)
        filler = any(t.reason == "filler" for t in tokens[first : index + 1])
        while after is not None and _is_spare(before, after, filler=filler):
            after.reason = "filler"
            index += 1
            before, after = _neighbours(tokens, first, index)
        if before is None or not filler:
            continue
        if before.text == "," and (after is None or after.ends_sentence):
            before.reason = "filler"
            if after is not None and after.text == "?":
                after.shown = "."  # it asked what was taken out: ", ikke sant?"
        elif before.text == "," and after is not None and after.text == ",":
            after.reason = "filler"
            _, then = _neighbours(tokens, first, tokens.index(after))
            word = next((t for t in reversed(tokens[: tokens.index(before)]) if not t.reason), None)
            within = word is not None and word.folded in FUNCTION
            goes_on = then is not None and then.folded not in OPENS_CLAUSE
            if then is not None and goes_on and (within or then.folded in PREPOSITIONS):
                before.reason = "filler"
        elif before.text == "," and after is not None and after.folded not in OPENS_CLAUSE:
            before.reason = (
                "filler" if tokens[first - 1] is before and _was_inserted(tokens, first) else ""
            )


def _is_spare(before: Token | None, after: Token, *, filler: bool) -> bool:
    """Whether a sign has nothing to end once the words before it are taken out."""
    opened = before is None or before.ends_sentence or before.text in "«“(–"
    return opened and filler and after.kind == "sign" and after.text in ",.?!;:–-"


def _was_inserted(tokens: list[Token], first: int) -> bool:
    """Whether a comma before a filler has no other use: only words with which no clause ends precede."""
    words = [t for t in tokens[: first - 1] if not t.reason]
    return bool(words) and words[-1].folded in DANGLING | SUBJECTS


def _broken(tokens: list[Token]) -> None:
    """Take out words that were broken off, and what leads to them where it is said again."""
    for index, token in enumerate(tokens):
        if token.reason or not token.broken or token.bare.isdigit():
            continue
        _, after = _neighbours(tokens, index, index)
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


def ends_sentence(tokens: list[Token], index: int) -> bool:
    """Return whether a token is the last of a sentence, and no full stop of an abbreviation."""
    token = tokens[index]
    if not token.ends_sentence and token.shown not in ("–", "…"):
        return False
    after = next((t for t in tokens[index + 1 :] if t.kind in ("word", "bracket")), None)
    if after is not None and after.kind == "word" and after.text[0].islower():
        return token.text in "?!"
    before = tokens[index - 1] if index else None
    number = before is not None and before.text.isdigit() and after is not None
    short = before is not None and before.folded in _SHORT
    return not (token.text == "." and after is not None and (short or number))
