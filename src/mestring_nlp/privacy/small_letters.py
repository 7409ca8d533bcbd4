"""Names in lines without capitals, as recognisers of speech write them."""

from __future__ import annotations

from collections.abc import Sequence

from mestring_nlp.privacy.lexicon import COMMON_WORD, genders, is_listed, is_word, lexicon
from mestring_nlp.privacy.name_forms import grade_of, is_function, stem_grade
from mestring_nlp.privacy.tokens import Token
from mestring_nlp.privacy.vocabulary import (
    ACTS,
    BEFORE_PEOPLE,
    CONJUNCTIONS,
    DETERMINERS,
    HE_SHE,
    INFINITIVE,
    NAMING,
    NEVER_ALONE,
    NO_NAMES,
    NO_PARTS,
    SELDOM_WORDS,
    SURNAME_LIKE,
    TITLES,
    TOGETHER,
    VERBS_OF_PEOPLE,
)

_DEMONSTRATIVES = frozenset({"der", "derre", "herre", "derran", "herran", "derra"})
_BE = frozenset({"var", "er", "va", "e", "ble", "blei", "vart", "blir"})
_AFTER_NAMES = frozenset({"på", "i", "fra", "som", "og", "de", "dei", "han", "hun", "ho"})
_MOSTLY_WORDS = frozenset(
    {"vår", "kaia", "elle", "elles", "hans", "are", "malene", "sine", "bo", "jo", "mor"}
)
_LONGEST = 5
_POSSESSIVE = frozenset(["min", "mi", "mitt", "sin", "sitt", "si", "vår", "din", "vårt"])


def lower_name(
    text: str, tokens: Sequence[Token], at: int, taken: set[int]
) -> tuple[int, int, float] | None:
    """Return the name that begins with a word of a line without capitals."""
    token = tokens[at]
    grade = stem_grade(token.low)
    before = tokens[at - 1].low if at else ""
    male = at + 1 < len(tokens) and genders().get(tokens[at + 1].low) == "m"
    hans = token.low == "hans" and male and lexicon().given.get(tokens[at + 1].low) == 0
    if (
        len(token.low) < 2
        or token.low in NO_NAMES
        or (is_function(token.low) and token.low not in ("dag", "per") and not hans)
    ):
        return None
    if hans and tokens[at + 1].joined:
        return at, _extend(tokens, at + 2, taken, sure=True), 0.75
    if grade is None:
        far = tokens[at - 2].low if at > 1 and token.joined else ""
        pointed = before in _DEMONSTRATIVES and far in HE_SHE
        named = (
            pointed
            or before in NAMING
            or (before in TITLES & frozenset(["fru", "frøken", "herr", "doktor"]))
        )
        if named and not is_word(token.low) and token.joined and token.low not in DETERMINERS:
            return at, _extend(tokens, at + 1, taken, sure=True), 0.8
        after = tokens[at + 1].low if at + 1 < len(tokens) else ""
        strange = len(token.low) > 4 and not is_listed(token.low) and token.low[-1] not in "aetrd"
        if before in HE_SHE and strange and (after in ("på", "i", "fra", "som", "og") or after in ACTS):
            return at, _extend(tokens, at + 1, taken, sure=True), 0.7
        double = "-" in token.low and grade_of(token.low) is not None
        return (at, _extend(tokens, at + 1, taken, sure=True), 0.9) if double else None
    if before in INFINITIVE and is_word(token.low):
        return None
    given = _given(token.low)
    last = _extend(tokens, at + 1, taken, sure=grade == 0 or given is not None)
    more = last > at + 1
    following = tokens[last].low if last < len(tokens) else ""
    whole = before in _BE | {"det"} and (following == "som" or following in ACTS)
    if more and given is not None and whole and tokens[last - 1].low in lexicon().surnames:
        return at, last, 0.75
    if more and given is not None:
        strongest = min(g for g in (stem_grade(tokens[i].low) for i in range(at, last)) if g is not None)
        determined = before in DETERMINERS and grade == COMMON_WORD
        if (
            not determined
            and (strongest == 0 or grade == 1)
            and not (grade == COMMON_WORD and _is_noun_use(tokens, at))
        ):
            return at, last, 0.93
    if grade == 0:
        if given is None and before in DETERMINERS:
            return None
        return at, last, 0.92 if given is not None else 0.85
    if before in DETERMINERS and before not in HE_SHE:
        return None
    if grade == 1:
        if not is_word(token.low) and given is not None:
            return at, last, 0.8
        if lower_cue(text, tokens, at, last) >= 1:
            return at, last, 0.75
        return None
    seldom = token.low in SELDOM_WORDS - NEVER_ALONE and before in BEFORE_PEOPLE
    mostly = given is None or token.low in _MOSTLY_WORDS
    needed = 0.8 if seldom else 2 if mostly else 1.5
    return (at, last, 0.7) if lower_cue(text, tokens, at, last) >= needed else None


def _is_noun_use(tokens: Sequence[Token], at: int) -> bool:
    before = tokens[at - 1].low if at else ""
    return before in DETERMINERS


def _given(low: str) -> int | None:
    stems = (low, low.removesuffix("s")) if len(low) > 3 else (low,)
    found = next((lexicon().given[stem] for stem in stems if stem in lexicon().given), None)
    return 0 if found is None and "-" in low and grade_of(low) == 0 else found


def _extend(tokens: Sequence[Token], last: int, taken: set[int], *, sure: bool) -> int:
    """Return the end of a name in a line without capitals."""
    start = last
    while (
        last < len(tokens) and last < start + _LONGEST - 1 and tokens[last].joined and last not in taken
    ):
        low = tokens[last].low
        if (
            low in NO_PARTS
            or low in TOGETHER
            or low in ACTS
            or low in NO_NAMES
            or low in DETERMINERS
            or tokens[last].text.isdecimal()
        ):
            break
        grade = stem_grade(low)
        word = is_word(low)
        like = (
            SURNAME_LIKE.fullmatch(low) is not None
            or SURNAME_LIKE.fullmatch(low.removesuffix("s")) is not None
        )
        if (
            grade is not None
            and (
                (grade < COMMON_WORD and not word)
                or grade == 0
                or _is_surname(low)
                or (grade == COMMON_WORD and low in lexicon().given)
            )
        ) or (sure and not word and (like or last > start or (len(low) > 4 and grade is not None))):
            last += 1
        else:
            break
    return last


def _is_surname(low: str) -> bool:
    return lexicon().surnames.get(low) is not None


def lower_cue(text: str, tokens: Sequence[Token], at: int, last: int) -> float:
    """Return how much the words around a word say that it is a name, in a line without capitals."""
    before = tokens[at - 1].low if at and tokens[at].joined else ""
    after = tokens[last].low if last < len(tokens) and tokens[last].joined else ""
    score = 0.0
    far = tokens[at - 2].low if at > 1 and tokens[at - 1].joined else ""
    if (
        (
            before in NAMING
            or (
                far in NAMING
                and before in ("jo", "faktisk", "altså", "nå", "no", "da", "egentlig", "bare")
            )
        )
        or before in ("fru", "frøken", "herr", "doktor", "dr")
        or (before in _DEMONSTRATIVES and far in HE_SHE | {"en", "ei"})
    ):
        score += 2
    elif before in HE_SHE:
        told = after in ACTS or after in _AFTER_NAMES
        score += 2 if told else 1.2
    elif before in TITLES:
        score += 1.2
    elif before in TOGETHER:
        score += 0.8
    if after in VERBS_OF_PEOPLE:
        score += 1.2
    elif after in ACTS:
        score += 1.3 if before in CONJUNCTIONS or not before else 0.7
    elif after == "som" and (before in _BE | CONJUNCTIONS or (before == "det" and far in _BE)):
        score += 1.5 + (last + 1 < len(tokens) and tokens[last + 1].low in ACTS)
    elif after in HE_SHE and last + 1 < len(tokens) and tokens[last + 1].low in ACTS:
        score += 2.0 if not before or before in CONJUNCTIONS else 1.2
    if before in VERBS_OF_PEOPLE and after in ("at", "nei", "ja", "om"):
        score += 1.5
    if after in ("ikke", "ikkje", "aldri", "også") and before in CONJUNCTIONS:
        score += 1.5
    if before in ("og", "å") and at > 2 and tokens[at - 3].low in ("og", "å"):
        score += 1.2 * (stem_grade(tokens[at - 2].low) is not None)
    if after in ("og", "å") and last + 1 < len(tokens):
        other = stem_grade(tokens[last + 1].low)
        if (
            other == 0
            or (other == 1 and not is_word(tokens[last + 1].low))
            or (last + 2 < len(tokens) and other is not None and stem_grade(tokens[last + 2].low) == 0)
        ):
            score += 1.2
    if before in ("og", "å") and at > 1:
        other = stem_grade(tokens[at - 2].low)
        if other == 0 or (other == 1 and not is_word(tokens[at - 2].low)):
            score += 1.2
    if after in ("på", "i", "fra") and before in TOGETHER | HE_SHE:
        score += 0.5
    beyond = tokens[last + 1].low if last + 1 < len(tokens) else ""
    if after in ("og", "å") and beyond in ("meg", "mæ", "jeg", "eg", "æ"):
        score += 1.2
    if after in HE_SHE or (after in _POSSESSIVE and last + 1 < len(tokens)):
        score += 0.6
    return score
