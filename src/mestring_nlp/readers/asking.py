"""Who asks: which turns ask, in five languages and without question marks, and who leads the talk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_OF_ASKING, _OF_LEADING, _OF_BREVITY, _OF_OPENING = 0.5, 0.25, 0.15, 0.1
"""What each part counts in `Share.score`; together 1."""

_SHORT_TURN = 40
_LAST_SENTENCES = 3
_TAIL = 600
_END = 120
_SHOWN = 20
_LONGEST_SHOWN = 60

_FILLER_WORDS = """
og men ja nei ok okei okay mm mhm hm hmm eh øh altså nettopp akkurat fint flott bra takk skjønner and but
well yes yeah right great thanks och jag förstår kul jo jaha nej tak godt spennende interessant just sure
"""
_ADVERB_WORDS = "så da nå då nu so now then først til slutt finally"
_TELL_WORDS = """
fortell fortel fortæl berätta beskriv forklar förklara utdyp utdjup utveckla uddyb nevn nämn nævn
describe explain elaborate imagine
"""
_NARRATE = (
    "fortelle|forteller|fortelje|fortel|fortæl(?:le|ler)?|berätta(?:r)?|beskriver?|forklarer?|förklarar?|utdyper?|"
    "utdjupe|uddyber?|utvecklar?|tell|describe|explain|talk|walk"
)
_TELLING = f"(?:{_NARRATE}|si|seie|sige|säga|gi|give|ge|say)"
_YOU_WORDS = "du dere dykk ni you"
_YOU = "(?:du|dere|dykk|ni|you|(?-i:I))"
_YOU_WITHIN = (
    " I",
    *(f" {shape(you)}" for you in _YOU_WORDS.split() for shape in (str, str.title, str.upper)),
)
_SUBJECT = (
    "(?:jeg|eg|jag|du|han|hun|ho|hon|vi|de|dei|dere|det|den|man|en|ein|folk|som|at|att|og|ni|you|we|they|it|"
    "he|she|that|this|there|people|(?-i:I))"
)
_WH = (
    "(?:hva|hvem|hvor|hvordan|hvorfor|hvilke[nt]?|kva|kven|kor|korleis|kvifor|hvad|hvornår|vad|vem|hur|varför|"
    "vilke[nt]|vilka|what|who|where|how|why|which)"
)
_HOW_MUCH = (
    "(?:mye|mykje|mange|lenge|langt|ofte|stor[te]?|viktig|godt|meget|længe|mycket|många|länge|ofta|much|many|"
    "long|often|far)"
)
# *Når jeg kom* and *var glad* answer; *når kom du* and *var jobbar du* ask: the verb comes first.
_WHEN = (
    rf"(?:når|kvar|var)\s+\w+\s+{_SUBJECT}|when\s+(?:did|do|does|was|were|is|are|will|have|had|would)"
)
_VERB = (
    "(?:kan|kunne|kunde|vil|ville|vill|skal|skulle|ska|har|hadde|hade|havde|er|är|var|må|får|fikk|fick|ser|"
    "tror|trur|gjør|gjer|veit|synes|synest|syns|finnes|finst|finns|blir|blei|ble|"
    r"(?!eller|etter|under|over|heller)\w{2,12}(?:er|ar|te|de))"
)
_INVERTED = (
    rf"(?!(?:vet|veit|skjønner|ser|hører|hørte|sier)\b){_VERB}\s+{_YOU}"
    r"|(?:er|var|är|har|blir|finnes|finst|finns|kan|vil|skal)\s+(?:det|den|de)"
    r"|(?:do|does|did|can|could|would|will|are|were|have|has|is|was|should)\s+(?:you|it|there|that|this|they|your|we)"
)
_TELL = (
    rf"(?:{'|'.join(_TELL_WORDS.split())}"
    r"|s(?:i|ei|ig|äg)\s+(?:gjerne|litt|lidt|lite|noe|noko|noget|något|mer|meir|mere)"
    r"|(?:gi|gje|giv|ge)\s+(?:meg|oss|mig|os|et|eit|ett|noen|nokre)|(?:tell|give|walk|talk)\s+(?:me|us|about)"
    r"|talk\s+(?:a\s+)?(?:bit|little)|say\s+(?:a\s+)?(?:bit|little|something|more)|go\s+on"
    r"|(?:jeg|eg|jag)\s+(?:lurer|lurar|undrar|undrer)|i\s+wonder|i(?:'d|’d|\s+would)\s+like\s+(?:you\s+)?to"
    rf"|please\s+{_TELLING})"
)
_ASKING = re.compile(
    rf"(?:(?:{'|'.join(_FILLER_WORDS.split())}),?\s+)*"
    rf"(?:(?:(?:{'|'.join(_ADVERB_WORDS.split())}),?\s+)*"
    rf"(?:{_WH}(?!\s+(?:{_HOW_MUCH}\s+)?{_SUBJECT}\s+\w)(?!(?<=which)\s+(?:is|was|means))|{_WHEN}|{_TELL})|{_INVERTED})\b",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    rf"\b(?:{_WH}\s+(?:{_HOW_MUCH}\s+)?\w+\s+{_YOU}"
    # *Det kan du si* agrees.
    r"|(?<!det )(?<!da )(?<!så )(?:kan|kunne|kunde|vil|ville|vill|can|could|would)\s+"
    rf"{_YOU}\s+(?:\w+\s+){{0,2}}{_TELLING}"
    rf"|(?:jeg|eg|jag|gjerne|gerne|gärna)\s+att?\s+{_YOU}\s+(?:\w+\s+)?(?:{_NARRATE}))\b",
    re.IGNORECASE,
)
_MARK = re.compile(r"\?[)\]]*$")
_ALL_QUOTED = re.compile(r"^[\"'«»“„].*[\"'»”“]$", re.DOTALL)
# *Ikke sant?* asks nothing, nor does who looks for a word.
_TAG = re.compile(
    r"(?:^|[,–-] )(?:(?:ikke|ikkje|inte) )?(?:sant|ikke|right|eller(?: hva| hur)?|you know|"
    r"v(?:et|eit) du|skjønner du)\?$",
    re.IGNORECASE,
)
_TO_ONESELF = re.compile(
    r"\b(?:hva|kva|hvad|vad|hvordan|korleis|hur|what|how) (?:skal|kan|ska|can|should|do) "
    r"(?:jeg|eg|jag|I) (?:si|seie|sige|säga|forklare|förklara|say|put|explain)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.?!…])\s+|\n\s*\n")


@dataclass
class Share:
    """How much one speaker says and asks, and how far the talk follows.

    Attributes
    ----------
    name : str
        The label.
    turns, words, questions : int
        How many; a question is a turn that asks.
    answers : int
        Turns of others that follow on these questions, until the asker speaks again or another asks.
    answering : int
        Turns that come right after a question of somebody else.
    brevity : float
        From 0 for the speaker with the longest turns towards 1 for very short ones.
    opens : bool
        Whether the first turn is this speaker's.
    score : float
        From 0 to 1, how much the speaker leads the talk as interviewers do; see `shares_of`.
    """

    name: str
    turns: int = 0
    words: int = 0
    questions: int = 0
    answers: int = 0
    answering: int = 0
    brevity: float = 0.0
    opens: bool = False
    score: float = 0.0

    @property
    def asks(self) -> float:
        """The share of turns that ask."""
        return self.questions / self.turns

    @property
    def length(self) -> float:
        """The mean number of words in a turn."""
        return self.words / self.turns

    @property
    def reason(self) -> str:
        """The figure that tells the role, in words."""
        return f"asks in {self.questions} of {self.turns} turn{'s' * (self.turns != 1)}"


def shares_of(spoken: Sequence[tuple[str, str]]) -> dict[str, Share]:
    """Return what each speaker says and asks by casefolded label, in the order of their first turns.

    The score is half the share of turns that ask, a quarter the share of all answers that follow on
    these questions, and for the rest short turns and the first word. One turn is added, and one answer
    for each speaker, so that a single question weighs little.

    Examples
    --------
    >>> talk = [("A", "Hva gjør du?"), ("B", "Jeg leser nå."), ("A", "Fortell."), ("B", "Nei.")]
    >>> found = shares_of(talk)
    >>> [(share.name, share.questions, round(share.score, 2)) for share in found.values()]
    [('A', 2, 0.56), ('B', 0, 0.0)]
    """
    shares: dict[str, Share] = {}
    asker = before = ""
    for label, text in spoken:
        key = label.casefold()
        share = shares.setdefault(key, Share(label, opens=not shares))
        share.turns += 1
        share.words += len(text.split())
        share.answering += before not in ("", key)
        before = ""
        if asks(text):
            share.questions += 1
            asker = before = key
        elif asker == key:
            asker = ""
        elif asker:
            shares[asker].answers += 1
    answers = sum(share.answers for share in shares.values()) + len(shares)
    longest = max((share.length for share in shares.values()), default=0) or 1
    for share in shares.values():
        share.brevity = 1 - share.length / longest
        share.score = (
            _OF_ASKING * share.questions / (share.turns + 1)
            + _OF_LEADING * share.answers / answers
            + _OF_BREVITY * share.brevity
            + _OF_OPENING * share.opens
        )
    return shares


def asks(text: str) -> bool:
    """Return whether a turn asks: a question, with its mark or without, or a call to tell.

    Of a long turn the last sentences count: an answer may quote questions, and an introduction ends with
    one.

    Examples
    --------
    >>> [asks(text) for text in ("Og ellers?", "Fortell litt om det.", "hvordan gjør dere det")]
    [True, True, True]
    >>> [asks(text) for text in ("Det går bra, ikke sant?", "Når jeg kom dit.", "Jeg sa: «Hva nå?»")]
    [False, False, False]
    """
    text = text.strip()
    if _ALL_QUOTED.match(text):
        text = text[1:-1]
    sentences = [" ".join(one.split()) for one in _SENTENCE.split(text[-_TAIL:])]
    if len(text.split(maxsplit=_SHORT_TURN)) > _SHORT_TURN:
        sentences = sentences[-_LAST_SENTENCES:]
    if len(text) > _TAIL and len(sentences) == 1:
        sentences.append(text[:_TAIL])
    return any(map(_asks, sentences))


def _asks(sentence: str) -> bool:
    end = sentence[-_END:]
    asking = _MARK.search(end) or _ASKING.match(sentence.lstrip("-–—… "))
    if not asking and any(you in end for you in _YOU_WITHIN):
        asking = _WITHIN.search(end)
    return bool(asking) and not (_TAG.search(end) or _TO_ONESELF.search(sentence))


def listed(shares: Iterable[Share]) -> str:
    """Return the labels of speakers, the first of many."""
    return _first_of([share.name[:_LONGEST_SHOWN] for share in shares], ", ")


def table(shares: Iterable[Share]) -> str:
    """Return the speakers as a sentence, each with its turns, words, and share of turns that ask."""
    rows = [
        f"{share.name[:_LONGEST_SHOWN]} ({share.turns} turn{'s' * (share.turns != 1)}, {share.words:,} "
        f"word{'s' * (share.words != 1)}, {share.asks:.0%} questions)"
        for share in shares
    ]
    return f"The speakers are: {_first_of(rows, '; ')}."


def _first_of(shown: Sequence[str], join: str) -> str:
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return join.join(shown[:_SHOWN]) + more
