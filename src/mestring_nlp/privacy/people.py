"""Names of people: by lists, capitals, and the words around them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from mestring_nlp.privacy.identifiers import Identifier
from mestring_nlp.privacy.lexicon import COMMON_WORD, is_listed, is_word, lexicon
from mestring_nlp.privacy.name_forms import end_of_name, grade_of, is_function, may_be_name, stem_grade
from mestring_nlp.privacy.small_letters import lower_cue, lower_name
from mestring_nlp.privacy.tokens import Token
from mestring_nlp.privacy.vocabulary import (
    ACTS,
    DETERMINERS,
    HE_SHE,
    NAMING,
    NO_NAMES,
    PARTICLES,
    SELDOM_WORDS,
    STATES,
    TITLES,
    TOGETHER,
    VERBS_OF_PEOPLE,
)

_NAME = r"[A-ZÆØÅ][a-zæøåéäöü]+(?:-[A-ZÆØÅ][a-zæøåé]+)?"
_INITIAL = r"(?:[A-ZÆØÅ]|Sv|Aa|Th|Kr|Chr|Kj)\."
_INITIALS = (
    re.compile(rf"(?<![\w.]){_NAME}(?:[- ]{_NAME})?(?: {_INITIAL})(?: {_NAME})?(?!\w)"),
    re.compile(rf"(?<![\w.])(?:{_INITIAL}[ \xa0]?){{1,3}}{_NAME}(?: {_NAME})?"),
    re.compile(rf"(?<![\w.])(?:{_INITIAL} ?){{2,3}}(?!\w)"),
    re.compile(r"(?:(?<=[.!?][ \n])|(?m:^))[A-ZÆØÅ]{2,3}[ \t]*\Z|(?<=[mM]vh[ \n])[A-ZÆØÅ]{2,3}$"),
)
_NO_INITIALS = re.compile(
    r"(?:A\.S\.|D\.D\.|P\.S\.|O\.S\.V\.|[A-ZÆØÅ]\. (?:Januar|Mai|Klasse))|.*\b(?:Punkt|Vedlegg|Sak|Alternativ|Gruppe|Del|Rom|Plan) "
)
_HE = frozenset(
    ["han", "hun", "ho", "hon", "hu", "hans", "hennes", "hennar", "ham", "henne", "henner", "hennar"]
)
_DEMONSTRATIVES = frozenset({"der", "derre", "herre", "derran", "herran", "derra"})
_LONGEST = 5
_NYNORSK = re.compile(r"(?:en|ar|ane|ene|a|et|e|ast|t|leg|skap|ing|inga|dom|erne|er)$")
_BEFORE_NAMES = frozenset(
    ["tante", "onkel", "fru", "frøken", "herr", "doktor", "presten", "besta", "bestemor", "bestefar"]
)
_UNLIKE_WORDS = re.compile(
    r"(?:ina|ita|ika|isha|ira|ana|tzen|sson|escu|ko|ski|ova|eh|im|am|sen|rud|stad|vik|nes|heim|dal)$"
)
_CALLING = frozenset(["kalte", "kalla", "kalt", "kaller", "kallar", "kalles", "kallast"])
_NEAR = 14
_GENITIVE = re.compile(r"(?:['’]?s|['’])$")
_POSSESSIVE = frozenset(["min", "mi", "mitt", "sin", "sitt", "si", "vår", "din", "vårt"])


def find_people(
    text: str, tokens: Sequence[Token], taken: set[int], known: Collection[str] = ()
) -> Iterator[Identifier]:
    """Yield names of people.

    Parameters
    ----------
    text : str
    tokens : sequence of Token
    taken : set of int
        The tokens of finds made before.
    known : collection of str
        Names found in the same text, in small letters: less is asked of the words around them.
    """
    if known:
        yield from _again(text, tokens, taken, known)
        return
    at = 0
    while at < len(tokens):
        if at in taken or tokens[at].text.isdecimal():
            at += 1
            continue
        chunk = (_cased if tokens[at].cased else lower_name)(text, tokens, at, taken)
        if chunk:
            first, last, confidence = chunk
            end = end_of_name(tokens, first, last)
            start = tokens[first].start
            yield Identifier(start, end, "person", text[start:end], confidence)
            at = last
        else:
            at += 1


def _again(
    text: str, tokens: Sequence[Token], taken: set[int], known: Collection[str]
) -> Iterator[Identifier]:
    """Yield further places where a name that the text holds stands, or the beginning of one."""
    nicknames = {name[:length] for name in known for length in range(3, len(name) - 1)}
    for at, token in enumerate(tokens):
        if at in taken or (token.cased and not token.capital):
            continue
        low = token.low if token.low in known else _GENITIVE.sub("", token.low)
        if low in known:
            before = tokens[at - 1].low if at else ""
            needed = 0.6 if not token.cased else 0.5
            cue = _evidence(text, tokens, at) if token.cased else lower_cue(text, tokens, at, at + 1)
            # "Tor" may be the word at the head of a sentence; "Tors" is there only where somebody is called Tor.
            sure = token.cased and (low != token.low or not is_word(low) or not token.first)
            if (
                (cue < needed and not sure)
                or (not token.cased and before in DETERMINERS)
                or is_function(token.low)
            ):
                continue
            yield Identifier(
                token.start,
                token.start + len(low),
                "person",
                text[token.start : token.start + len(low)],
                0.7,
            )
        elif (
            token.cased
            and token.low in nicknames
            and not is_word(token.low)
            and token.low not in NO_NAMES
        ):
            yield Identifier(token.start, token.end, "person", token.text, 0.65, "kallenavn")


def find_initials(text: str, tokens: Sequence[Token], taken: set[int]) -> Iterator[Identifier]:
    """Yield names with initials, and initials alone; mark their tokens as taken."""
    starts = {token.start: at for at, token in enumerate(tokens)}
    for pattern in _INITIALS:
        for match in pattern.finditer(text):
            words = match.group().rstrip()
            at = starts.get(match.start())
            if at is None or at in taken or _NO_INITIALS.match(words):
                continue
            head = re.match(r"[A-ZÆØÅ][a-zæøåé]+(?= |-)", words)
            if head and stem_grade(head.group().lower()) is None:
                continue
            end = match.start() + len(words)
            last = at
            while last + 1 < len(tokens) and tokens[last + 1].start < end:
                last += 1
            if last > at and _begins_sentence(tokens[last].low):
                # "Kari N. Hun er": the full stop ends the sentence too, and stays.
                last -= 1
                end = tokens[last].end
                words = text[match.start() : end]
            if words.split(".")[0].lower() in NO_NAMES | {"st", "kl", "nr", "dr", "hr", "fr"}:
                continue
            taken.update(range(at, last + 1))
            yield Identifier(match.start(), end, "person", words, 0.9, "initialer")


def _begins_sentence(low: str) -> bool:
    """Return whether a word after an initial is no name, and so begins the next sentence."""
    return len(low) > 1 and is_function(low) and stem_grade(low) is None


def _cased(
    text: str, tokens: Sequence[Token], at: int, taken: set[int]
) -> tuple[int, int, float] | None:
    """Return the name that begins with a capitalised word, and how sure it is one."""
    token = tokens[at]
    if not token.capital:
        return _uncapitalised(tokens, at)
    if token.low in _BEFORE_NAMES and lexicon().given.get(token.low) is None:
        return None
    if not may_be_name(token):
        return None
    last = at + 1
    while last < len(tokens) and last < at + _LONGEST and last not in taken and tokens[last].joined:
        following = tokens[last]
        if following.capital and may_be_name(following) and not following.first:
            last += 1
        elif (
            following.low in PARTICLES
            and not following.capital
            and last + 1 < len(tokens)
            and last + 1 not in taken
            and tokens[last + 1].joined
            and tokens[last + 1].capital
            and following.low not in ("da", "der", "den", "la")
        ):
            last += 2
        else:
            break
        if re.search(r"['’]s?$", tokens[last - 1].text):
            break
    grades = [stem_grade(tokens[i].low) for i in range(at, last)]
    if token.first and (grades[0] is None or grades[0] == COMMON_WORD) and last > at + 1:
        only_surname = lexicon().given.get(tokens[at + 1].low) is None and grades[1] is not None
        dropped = (
            is_word(token.low) if grades[0] is None else is_function(token.low) and not only_surname
        )
        if dropped or (grades[0] is None and is_word(token.low)):
            return None  # "Etter Kari": the name begins with the next word
    if last > at + 1:
        known = [grade for grade in grades if grade is not None]
        if any(grade is not None for grade in grades):
            return at, last, 0.97 if len(known) > 1 else 0.9
        if token.first and is_word(token.low):
            return None
        return at, last, 0.7
    return _one_cased(text, tokens, at, grades[0])


def _one_cased(
    text: str, tokens: Sequence[Token], at: int, grade: int | None
) -> tuple[int, int, float] | None:
    token = tokens[at]
    before = tokens[at - 1].low if at else ""
    if not token.first:
        if grade is not None:
            if (
                token.low in ("mai", "juni")
                and at
                and (
                    before in ("i", "til", "fra", "før", "etter", "siste", "ut")
                    or tokens[at - 1].text.isdecimal()
                )
            ):
                return None
            return at, at + 1, 0.95 if grade < COMMON_WORD else 0.88
        if token.text.isupper():
            return None
        if is_word(token.low) and before not in HE_SHE | NAMING:
            if before in ("jeg", "eg", "æ") and token.joined and tokens[at - 1].first is False:
                return at, at + 1, 0.6  # "traff jeg Hamse"
            made_up = not is_listed(token.low) and before not in ("i", "på", "ved", "den", "det")
            made_up = made_up and _UNLIKE_WORDS.search(token.low) is not None
            return (at, at + 1, 0.65) if made_up or _nicknamed(text, tokens, at) else None
        if _cue(tokens, at):
            return at, at + 1, 0.75
        return at, at + 1, 0.55
    if is_function(token.low):
        return None
    if grade is None:
        named = at and before in HE_SHE | NAMING and tokens[at].joined
        label = text[token.end : token.end + 1] == ":" and not is_word(token.low)
        if named or label:
            return at, at + 1, 0.6
        if (
            len(token.low) > 3
            and not is_word(token.low)
            and not token.text.isupper()
            and _evidence(text, tokens, at) >= (0.6 if not _NYNORSK.search(token.low) else 1.5)
        ):
            return at, at + 1, 0.6
        return None
    if grade == 0:
        return at, at + 1, 0.9
    if text[token.end : token.end + 1] == ":" and "\n" not in text[
        tokens[at - 1].end if at else 0 : token.start
    ].strip(" \t"):
        return at, at + 1, 0.85
    if grade == 1 and not is_word(token.low):
        return at, at + 1, 0.85
    needed = 0.6 if token.low in SELDOM_WORDS else 1.0 if grade == 1 else 1.5
    if _evidence(text, tokens, at) >= needed:
        return at, at + 1, 0.8 if grade == 1 else 0.7
    return None


def _nicknamed(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Return whether a common word is what somebody is called: *dei kalla meg Pjokken*, *«Takk, Bamsen»*."""
    near = [one.low for one in tokens[max(0, at - 4) : at]]
    called = any(word in _CALLING for word in near[-2:]) and near[-1] not in (
        "i",
        "på",
        "for",
        "fra",
        "oss",
    )
    said = near[-1:] == ["bare"] and bool({"sier", "sa", "seier"} & set(near))
    aside = (
        text[tokens[at].end :]
        .lstrip(" ,")
        .startswith(("som vi sa", "kalte vi", "kaller vi", "kalla vi", "som vi kal"))
    )
    hailed = re.match(r"[!?.]?»", text[tokens[at].end :]) is not None and (
        text[tokens[at - 1].end : tokens[at].start] == ", "
    )
    return called or said or aside or hailed


def _uncapitalised(tokens: Sequence[Token], at: int) -> tuple[int, int, float] | None:
    """Return a name without its capital in a text that has capitals: a slip of the pen."""
    token = tokens[at]
    if lexicon().given.get(token.low) == 0 and not is_word(token.low) and len(token.low) > 3:
        last = at + 1
        while (
            last < len(tokens)
            and tokens[last].joined
            and grade_of(tokens[last].low) == 0
            and last < at + 3
            and not is_word(tokens[last].low)
        ):
            last += 1
        return at, last, 0.6
    return None


def _cue(tokens: Sequence[Token], at: int) -> bool:
    """Return whether the words beside one tell that it names a person."""
    before = tokens[at - 1].low if at else ""
    after = tokens[at + 1].low if at + 1 < len(tokens) else ""
    return (
        before in HE_SHE
        or before in NAMING
        or before in TITLES
        or before in TOGETHER
        or after in VERBS_OF_PEOPLE
    )


def _evidence(text: str, tokens: Sequence[Token], at: int) -> float:
    """Return how much speaks for a person at the beginning of a sentence."""
    token = tokens[at]
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    score = 0.0
    if after is not None:
        between = text[token.end : after.start]
        if between == " " and after.low in VERBS_OF_PEOPLE:
            score += 1.5
        elif between == " " and after.low in ACTS:
            score += 0.6
        if between == " " and after.low in ("og", "å") and at + 2 < len(tokens):
            other = tokens[at + 2]
            score += (
                1.5
                if (other.capital and stem_grade(other.low) is not None)
                or other.low in ("jeg", "eg", "æ")
                else 0
            )
        if (
            between == " "
            and after.low in ("på", "i", "fra")
            and at + 2 < len(tokens)
            and tokens[at + 2].text[:1].isupper()
        ):
            score += 0.8
        if between.strip() == "," and after.low in (
            "han",
            "hun",
            "ho",
            "hon",
            "sjefen",
            "som",
            "du",
            "kan",
            "kom",
            "da",
        ):
            score += 1.5
        if between.strip() in (",", "!", "?") and after.low in ("sa", "sier", "spurte", "ropte"):
            score += 1.5
        beyond = tokens[at + 2].low if at + 2 < len(tokens) else ""
        if between == " " and after.low in ("er", "var", "e", "va", "ble", "blei") and beyond in STATES:
            score += 1.0
        aside = ("derimot", "altså", "forresten", "sjefen", "kona", "mannen")
        if between.strip() == "," and after.low in aside:
            score += 1.5
        if between[:1] in "?!" and "«" in text[max(0, token.start - 2) : token.start]:
            score += 1.5
    stop = min(len(tokens), at + 1 + _NEAR)
    around = {tokens[i].low for i in range(at + 1, stop)}
    if around & _HE:
        score += 1.0
    if any(
        tokens[i].capital and not tokens[i].first and tokens[i].low == token.low
        for i in range(len(tokens))
        if i != at
    ):
        score += 1.0
    return score
