"""Words of spoken Norwegian that quotations are cleaned by: bokmål, nynorsk, dialects, recognisers.

They decide what may be left out of a quotation, so that each list is short on purpose: what is on none
is kept.
"""

from __future__ import annotations

import re


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FILLER = re.compile(
    r"e+h+m*|ø+h+m*|æ+h+m*|ø{2,}m*|e{3,}m*|h+m{1,}|m+h+m+|m{2,}|u+h+m*|"
    r"ha(?:ha)+|he(?:he)+|hi(?:hi)+|eh-eh|øh-øh|mm-mm|m-hm|mm-hm"
)
"""Sounds of hesitation, assent and laughter, casefolded; "åh", "hæ", "tja" and "uff" say something."""

_PHRASES = {
    "liksom": "liksom lissom liksåm lissåm likksom",
    "sånn": "sånn",
    "altså": "altså altso alså asså assa altsa",
    "ikke sant": "ikke_sant ikkje_sant ikke_sann itj_sant ikkj_sant itte_sant ikkje_sann",
    "på en måte": "på_en_måte på_ein_måte på_ei_måte på_n_måte på_en_måde på_e_måte",
    "tag": "vet_du veit_du veit_du_hva vet_du_hva skjønner_du skjønar_du du_vet du_veit du_skjønner "
    "du_skjønar hva_skal_jeg_si hva_skal_en_si ka_ska_æ_si ka_ska_eg_sei kva_skal_eg_seie",
}


def _by_first_word(kinds: dict[str, str]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for kind, forms in kinds.items():
        for form in forms.split():
            phrase = tuple(form.split("_"))
            found.setdefault(phrase[0], []).append((phrase, kind))
    return found


PHRASES = _by_first_word(_PHRASES)
"""What often carries no meaning, as words, and which rule decides; by the first word."""

SUBJECTS = _set(
    "jeg eg æ æg e i je jæ vi me mi du han hun ho hu hainn de dei dæm dem dom di dere dokker dokk dykk "
    "man en ein det de' d' den"
)
SPEAKERS = _set("jeg eg æ æg vi me mi")
"""Subjects that cannot be followed by another subject at the beginning of a clause."""

NUMBERS = _set(
    "en ein én ett eit to tre fire fem seks sju syv åtte ni ti elleve tolv tretten fjorten femten "
    "seksten sytten atten nitten tjue tyve tretti tredve førti femti seksti sytti åtti nitti hundre "
    "tusen"
)
"""Of two with a hyphen between, as in "tre- fire", none is given up."""

_AUXILIARIES = (
    "har hadde ha er var va e æ vært vore skal skulle sku ska vil ville kan kunne kun må måtte bør "
    "burde får fikk fekk blir ble blei vart bli tør"
)
_PREPOSITIONS = "i på til for med av fra frå om hos ved under over etter mot mellom gjennom uten utan te"
_ARTICLES = "en ein ei et eit en min din sin vår vårt våre en deres mitt mine disse denne dette"
_CONJUNCTIONS = "og å at som men eller fordi hvis viss dersom når så da då enn om før mens medan"
PREPOSITIONS = _set(_PREPOSITIONS)
AUXILIARIES = _set(_AUXILIARIES)
DANGLING = _set(f"{_AUXILIARIES} {_PREPOSITIONS} {_ARTICLES} {_CONJUNCTIONS}")
"""Words with which no clause of any length is complete, or seldom."""

ASKING = _set(
    "hva kva ka hvem kven kem hvor kor hvordan korleis koffer hvorfor kvifor hvilken hvilke hvilket "
    "korfor kordan korsen"
)
"""Words that begin questions."""

FUNCTION = (
    SUBJECTS
    | DANGLING
    | ASKING
    | _set(
        "meg deg seg oss ham henne dem dykk meg der her jo bare berre også sånn liksom altså itj ikkje "
        "ikke nok vel noe noko noen nokon"
    )
)
"""Words whose immediate repetition is a slip, not emphasis."""

DOUBLED = _set(
    "så ja nei jo nå no her der du dere dokker nok vel bare berre for får e ikke ikkje ikkj itj itte "
    "den de dei"
)
"""Function words that people double on purpose, or that are two words of one form: left alone.

"E e" is "jeg er" in many dialects, of two negations the second may deny the first, and "de de lovte oss"
are those whom they promised."""

OPENS_CLAUSE = (SUBJECTS - {"en", "ein", "den", "i", "e"}) | _set(
    "og men så for fordi når hvis viss dersom at som da då eller mens medan hvor der nå no ja nei jo"
)
"""Words before which a comma stays when what stood between is taken out."""

COMPARED = _set(
    "alle andre de dei den det dem dom en ein ei et eit å om når da då i på for med hos hun han ho oss "
    "meg deg seg dere vår vårt våre min mitt mine"
)
"""Words before which "liksom" may mean "like", and "på en måte" may be "in a way that"."""

CARRIERS = _set(f"{_AUXILIARIES} jeg eg æ vi me jo og men så at da då det sånn")
"""Words after which "liksom" and "på en måte" without commas are a hedge."""

_SOUNDS = re.compile(
    r"ler|lo|latter\w*|humr\w*|fnis\w*|flir\w*|smil\w*|sukk\w*|pust\w*|pause\w*|stillhet|stille|taus\w*|"
    r"tenk(?:er|jer)|nøl\w*|kremt\w*|host\w*|nys\w*|gråt\w*|snufs\w*|gjesp\w*|mumle\w*|mumling|"
    r"hvisk\w*|kviskr\w*|avbryt\w*|avbrudd|avbrutt|overlapp\w*|nikk\w*|rister|peker|banke\w*|ringer|støy|"
    r"bakgrunnsstøy|ironisk|sarkastisk|oppgitt|engasjert|trykk|ettertrykk|laugh\w*|sigh\w*|cough\w*|"
    r"silence|crosstalk|musikk|applaus|klapper|drikker|brister|skjelver",
    re.IGNORECASE,
)
_UNHEARD = re.compile(
    r"uhørb\w*|uhøyr\w*|utydel\w*|uklar\w*|uforståe\w*|inaudible|unclear|unintelligible|uhørlig\w*|xx+",
    re.IGNORECASE,
)
_AROUND = _set(
    "litt høylytt kort lang lengre lenge høyt lavt svakt godt begge alle informanten informant "
    "intervjuer intervjueren hun han hu ho ikke hørbart hørbar tale ord telefon telefonen på hodet "
    "i munnen "
    "hverandre samtidig snakker og av en ei et sek sekunder sekund sekundar s nervøst igjen seg "
    "opptak opptaket del setning stemmen"
)
_DOTS = re.compile(r"[\s.…,\-–—?]*|\d{1,2}(?:[.,]\d+)?(?:\s*(?:s|sek|sek\.|sekunder|sec))?")
_CLOCK = re.compile(r"[\s#]*\d{1,2}:\d{2}(?::\d{2})?(?:[.,\-]\d+)?[\s#]*")
_BACKCHANNEL = (
    r"(?:m+|m+h+m+|h+m+|ja+|jaha|jada|nei|jo|akkurat|ok|okay|okei|nettopp|nettop|riktig|aha|javel|"
    r"ja\s+vel|stemmer|ja\s+ikke\s+sant|ikke\s+sant|skjønner|å\s+ja|åja|flott|fint)"
)
BACKCHANNELS = re.compile(rf"\W*{_BACKCHANNEL}(?:\W+{_BACKCHANNEL})*\W*", re.IGNORECASE)
"""What a listener says without asking anything."""

_ASKS = re.compile(r"\s*(?:I|P|Int|Intervjuer(?:en)?|Interviewer|Forsker(?:en)?)\s*[:\-]", re.IGNORECASE)


def mark_of(bracketed: str) -> str:
    """Return what a bracket in a transcript is: its reason for leaving a quotation, or "".

    Parameters
    ----------
    bracketed : str
        With its brackets.

    Returns
    -------
    {"mark", "unheard", "pause", "probe", "question", "cut", ""}
        Empty for what a speaker may have said, and for placeholders such as ``[Person 3]``.

    Examples
    --------
    >>> mark_of("(ler litt)"), mark_of("[uhørbart]"), mark_of("(..)"), mark_of("(det var i mai)")
    ('mark', 'unheard', 'pause', '')
    """
    inside = bracketed.strip("()[]{}<>*/ \t")
    if bracketed.startswith("[") and not bracketed.startswith("[[") and inside in ("...", "…"):
        return "cut"
    if inside and not inside.strip("? "):
        return "unheard"
    if _DOTS.fullmatch(inside):
        return "pause"
    if _CLOCK.fullmatch(inside):
        return "mark"
    if asked := _ASKS.match(inside):
        return "probe" if BACKCHANNELS.fullmatch(inside[asked.end() :]) else "question"
    if BACKCHANNELS.fullmatch(inside):
        return "probe"
    words = re.findall(r"[^\W\d_]+", inside)
    unheard = [word for word in words if _UNHEARD.fullmatch(word)]
    sounds = [word for word in words if _SOUNDS.fullmatch(word)]
    others = [
        word
        for word in words
        if word.casefold() not in _AROUND and word not in unheard and word not in sounds
    ]
    if others:
        return ""
    if unheard or {"ikke", "hørbart"} <= {word.casefold() for word in words}:
        return "unheard"
    return "mark" if sounds else ""
