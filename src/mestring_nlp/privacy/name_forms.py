"""What a name looks like: its grade in the lists, its genitive, and words that are none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mestring_nlp.privacy.lexicon import is_word, lexicon
from mestring_nlp.privacy.number_words import number_of, ordinal_of
from mestring_nlp.privacy.tokens import Token
from mestring_nlp.privacy.vocabulary import (
    DETERMINERS,
    LOCATIVE,
    NO_NAMES,
    NO_PARTS,
    SURNAME_LIKE,
    TOGETHER,
)

_BYNAMES = frozenset(
    [
        "store",
        "lille",
        "litle",
        "vesle",
        "gamle",
        "lange",
        "svarte",
        "unge",
        "tjukke",
        "lang",
        "stor",
        "små",
    ]
)


def end_of_name(tokens: Sequence[Token], first: int, last: int) -> int:
    """Return where a name ends: before a genitive's *s* or apostrophe."""
    token = tokens[last - 1]
    head, _, tail = token.text.partition("-")
    if token.capital and tail[:1].islower():
        return token.start + len(head)
    if token.text[-1] in "'’":
        return token.end - 1
    apostrophe = re.search(r"['’]s$", token.text)
    if apostrophe:
        return token.start + apostrophe.start()
    if grade_of(token.low) is None and token.low.endswith("s") and grade_of(token.low[:-1]) is not None:
        return token.end - 1
    unknown = grade_of(token.low) is None and token.low.endswith("s") and len(token.low) > 4
    if unknown and SURNAME_LIKE.fullmatch(token.low[:-1]):
        return token.end - 1
    return token.end


def grade_of(low: str) -> int | None:
    """Return the grade of a name, taken as a double name by its parts."""
    low = low.rstrip("'’")
    found = lexicon().name_grade(low)
    if found is None and "-" in low:
        head, _, rest = low.partition("-")
        if head in _BYNAMES and lexicon().given.get(rest) is not None:
            return 0
        parts = [lexicon().name_grade(part) for part in low.split("-")]
        if parts[0] is not None and parts[-1] is not None:
            return 0
    return found


def stem_grade(low: str) -> int | None:
    """Return the grade of a name, or of what is left without a genitive's *s*."""
    low = re.sub(r"['’]s?$", "", low)
    found = grade_of(low)
    if found is None and low.endswith("s") and len(low) > 3:
        return grade_of(low[:-1])
    return found


def is_function(low: str) -> bool:
    """Return whether a word is a function word, which begins sentences and no names."""
    return (
        low in NO_PARTS
        or low in TOGETHER
        or low in LOCATIVE
        or (low in DETERMINERS and low not in ("vår",))
    )


def may_be_name(token: Token) -> bool:
    """Return whether a capitalised word can be part of a name."""
    if token.low in NO_NAMES or token.text.isdecimal():
        return False
    if len(token.low) > 4 and token.low.removesuffix("s") in NO_NAMES:
        return False
    if len(token.low) > 6 and token.low.removesuffix("en") in NO_NAMES:
        return False
    if number_of(token.low) is not None or ordinal_of(token.low) is not None:
        return False
    head, _, tail = token.text.rstrip("'’").partition("-")
    if tail[:1].islower() and grade_of(head.lower()) in (0, 1) and not is_word(head.lower()):
        return True
    if tail and (
        head.lower() in NO_NAMES or not tail[:1].isupper() or (head.isupper() and len(head) < 4)
    ):
        return False
    if len(token.text) == 1 or (
        token.text.isupper() and grade_of(token.low) is None and len(token.text) < 5
    ):
        return False
    return not (token.first and is_function(token.low) and token.low not in lexicon().given)
