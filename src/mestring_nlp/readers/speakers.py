"""Who may be a speaker: words that name a role, texts that look like names, labels that come back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mestring_nlp.transcript import INFORMANT, INTERVIEWER

_ROLE_WORDS = {
    INTERVIEWER: """
        intervjuer intervjueren intervjuar intervjuaren intervjuare interviewer interviewern int intv
        med-intervjuer medintervjuer medintervjuar co-interviewer medinterviewer forsker forskeren
        forskar forskaren forskare researcher moderator moderatoren ordstyrer ordstyrar fasilitator
        facilitator spørsmål spørgsmål fråga spm question
    """,
    INFORMANT: """
        informant informanten inf respondent respondenten resp deltaker deltakeren deltakar deltakaren
        deltager deltageren deltagare intervjuobjekt intervjuperson interviewperson ip leder lederen
        leiar avdelingsleder avdelingsleiar svar interviewee participant interviewede intervjuade
    """,
}
_ROLES = {word: role for role, words in _ROLE_WORDS.items() for word in words.split()}
_PLURALS = {
    INTERVIEWER: """
        intervjuere intervjuerne intervjuarar intervjuare interviewere interviewers moderatorer
        moderators forskere forskarar forskare researchers
    """,
    INFORMANT: """
        informanter informantar informants respondenter respondentar respondents deltakere deltakarar
        deltagere deltagare deltakerne participants interviewees intervjuobjekter intervjupersoner
        interviewpersoner ledere
    """,
}
_MANY = {word: role for role, words in _PLURALS.items() for word in words.split()}

LETTERS = {"i": INFORMANT, "p": INTERVIEWER, "m": INTERVIEWER}
"""What single letters mean where no legend says otherwise."""

_PAIR = {"q": INTERVIEWER, "a": INFORMANT}
"""What the letters of question and answer mean, where both are there."""

_PARTICLE_WORDS = """
van von der den de af av du da di la le las los del della dos das do el al bin ben ibn ter ten te of
zu zur zum e y og and & und
"""
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_NAME = re.compile(r"[^\W_]+(?:[-.'’‘ ]{1,2}[^\W\d_]+)*\.?(?:[ #.-]{0,2}\d{1,4})?")
_AFTER_NAME = re.compile(r"(?<! )[ ]*\([^()]*\)$")
_BELONGS = re.compile(r"\s+[|/@–—-]+\s+\S.*$|\s*\|\s*\S.*$")
_ADDRESS = re.compile(r"[\w.+-]{1,40}@[\w-]{1,40}(?:\.[\w-]{1,40})*")
_NUMBER = re.compile(r"(?<![\s#.-])(?:[\s#.-]*\d{1,3}|[\s#.-]+[A-Z])$")
_CODE = re.compile(r"[^\W\d_]{0,12}[ _#.-]?\d{1,4}|\d{1,3}[ .-]?[^\W\d_]{1,3}|[^\W\d_]{1,3}\.?")
_NUMBERED_LETTER = re.compile(r"[A-ZÆØÅ][ .-]?\d{1,2}")
_SENTENCE = re.compile(r"[?!;…]|[^\W\d_]{4,}\.\s|\.\.")
LONGEST_LABEL = 60
_LONGEST_NAME = 200
MOST_WORDS = 7
_OFTEN = 2

_NO_LABELS = """
nb obs ps kl feks bla osv ca klokken klokka tlf tel telefon pkt jf dvs merk note eksempel
eksempelvis example sitat
kilde kilder dato date datum sted place tid time tema varighet duration
mål målet målene tiltak poenget poeng problemet problem resultat resultatet løsning løsningen
konklusjon konklusjonen fordeler fordelen ulemper ulempen oppsummering spørsmålet svaret viktig
break pause reklame intro outro transcript transkripsjon kapittel chapter
mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tysdag laurdag sundag tisdag lördag söndag
monday tuesday wednesday thursday friday saturday sunday fordel ulempe kommentar
konsekvens konsekvensen årsak årsaken grunn grunnen fasit bakgrunn metode tips punkt steg
http https del bolk part section topic
"""
_SENTENCE_WORDS = """
og men så da nei ja altså jo for at det den de der her sånn når hvis fordi ikke eller som jeg eg æ du
han hun ho vi dere dykk me man en ei et min mitt mine vår vårt deres sin i på til fra med om av etter før
ved hos både enten først siden bare kun også noe noen ingen hva hvem hvor hvordan hvorfor hvilken
kva kven kvar korleis kvifor dette disse et ett ene andre tredje
and but so then no yes well because that this it he she we they you my our your in on at from with about
if when what who where how why the a an to of like
men så jag han hon vi de det och att jeg hun og ikke er har hade var blir ble
"""
_SAYING_WORDS = """
sa sier seier spurte spør tenkte tenker svarte svarer skrev skriver sagde siger sade säger said says
asked thought replied wrote sagt tenkt spurt er var ble betyr mener synes
"""
SAYING = frozenset(_SAYING_WORDS.split())
_NAME_WORDS = """
an ho vi du me so han de her men to dere ene om
"""
_NAMES_TOO = frozenset(_NAME_WORDS.split())
"""Words that begin sentences, and names: `An Nguyen`, `Ho Chi`."""

NO_LABELS = frozenset(_NO_LABELS.split())
STARTERS = frozenset(_SENTENCE_WORDS.split())


@dataclass(frozen=True)
class Named:
    """What the user says of the speakers.

    Attributes
    ----------
    informants, interviewers : tuple of str
        Labels; those that a file does not have are passed over if it has another.
    all_informant : bool
        Whether every word is the informant's.
    """

    informants: tuple[str, ...] = ()
    interviewers: tuple[str, ...] = ()
    all_informant: bool = False

    @classmethod
    def of(
        cls,
        informant: str | Sequence[str] | None,
        interviewer: str | Sequence[str] | None,
        all_informant: bool = False,
    ) -> Named:
        """Return what one label, several, or none of each, says."""
        informants, interviewers = (
            (given,) if isinstance(given, str) else tuple(given or ())
            for given in (informant, interviewer)
        )
        return cls(informants, interviewers, all_informant)

    @property
    def labels(self) -> frozenset[str]:
        """Return all labels named, casefolded."""
        return frozenset(label.casefold() for label in (*self.informants, *self.interviewers))


def role_word(word: str) -> str | None:
    """Return the role that a word names: ``Informant 3`` and ``Kari (intervjuer)`` name one."""
    behind = _AFTER_NAME.search(word.strip())
    for part in (word.strip()[: behind.start()], behind.group().strip(" ()")) if behind else (word,):
        bare = _NUMBER.sub("", part.strip()).rstrip(".").casefold()
        if role := _ROLES.get(bare):
            return role
        first, *rest = part.split() or [""]
        named = rest and len(rest) <= 3 and all(x[0].isupper() or x[0].isdigit() for x in rest)
        if named and (role := _ROLES.get(first.rstrip(".").casefold())):
            return role
    return None


def role_of_many(word: str) -> str | None:
    """Return the role that a word in the plural names, such as ``Deltakere``."""
    return _MANY.get(word.strip().casefold())


def is_known(label: str) -> bool:
    """Return whether a label says by itself who speaks."""
    return role_word(label) is not None or label.casefold() in LETTERS


def letters_of(labels: Iterable[str]) -> dict[str, str]:
    """Return what single letters among casefolded labels mean by custom."""
    found = set(labels)
    pair = _PAIR if _PAIR.keys() <= found else {}
    return {label: role for label, role in {**LETTERS, **pair}.items() if label in found}


def looks_like_name(label: str) -> bool:
    """Return whether a label may be a speaker: ``Kari Nordmann``, ``Nordmann, Kari (NAV)``, ``S00``."""
    if len(label) > _LONGEST_NAME:
        return False
    bare = _BELONGS.sub("", _AFTER_NAME.sub("", label.strip())).replace(",", "").strip("\"'«»“”")
    if _ADDRESS.fullmatch(bare):
        return True
    parts = bare.replace("_", " ").split()
    return (
        0 < len(parts) <= 6
        and _NAME.fullmatch(" ".join(parts)) is not None
        and any(map(str.isalpha, bare))
        and not parts[0].islower()
        and all(
            part[0].isupper() or part[0].isdigit() or part in _PARTICLES or part[:2] in ("d'", "d’")
            for part in parts
        )
    )


def is_code(label: str) -> bool:
    """Return whether a label is letters with a number, or initials: ``P3``, ``3K``, ``dg``."""
    return _CODE.fullmatch(label.strip()) is not None and not label.strip().isdigit()


def is_initials(label: str) -> bool:
    """Return whether a label is two or three capitals that name no role: ``KB``, ``EN``, ``NB``."""
    return 2 <= len(label) <= 3 and label.isalpha() and label.isupper() and role_word(label) is None


def is_word_in_capitals(label: str) -> bool:
    """Return whether initials are a word, too, that stands before colons: ``ON``, ``NB``, ``EN``."""
    return is_initials(label) and label.casefold() in STARTERS | NO_LABELS


def may_speak(label: str) -> bool:
    """Return whether what stands before a colon may be a speaker, and is no piece of a sentence."""
    words = label.casefold().split()
    return is_initials(label) or (
        0 < len(label) <= LONGEST_LABEL
        and 0 < len(words) <= MOST_WORDS
        and not {words[0].rstrip(".,"), words[0].replace(".", "")} & NO_LABELS
        and (
            words[0] not in STARTERS
            or len(label) == 1
            or _NUMBERED_LETTER.fullmatch(label)
            or (words[0] in _NAMES_TOO and len(words) > 1 and looks_like_name(label))
        )
        and not (len(words) > 1 and not looks_like_name(label) and SAYING & set(words))
        and not _SENTENCE.search(label)
        and any(map(str.isalnum, label))
    )


def settled(
    labels: Iterable[str], declared: Iterable[str] = (), *, lower: Mapping[str, int] | None = None
) -> set[str]:
    """Return which labels, casefolded, are speakers: known or declared ones, and those that come back.

    Anything may stand before a colon. What stands there once is a speaker only where fewer than two are
    found otherwise, and only if it looks like a name.

    Parameters
    ----------
    labels : iterable of str
        What stands before the colons, in the order of the text, as often as it does.
    declared : iterable of str
        Those, casefolded, that a legend or the user names.
    lower : mapping of str to int, optional
        How many words behind each casefolded label begin in lower case, in a text that has capitals.

    Returns
    -------
    set of str
    """
    order = []
    found: dict[str, str] = {}
    for label in labels:
        order.append(label.casefold())
        found[label] = order[-1]
    counts = Counter(order)
    certain = {key for label, key in found.items() if is_known(label)} | set(declared) & set(counts)
    possible = {key: label for label, key in found.items() if may_speak(label)}
    names = {key for key, label in possible.items() if looks_like_name(label)}
    back = {key for key in possible if counts[key] > 1} - certain
    words = {key for key in back if is_word_in_capitals(possible[key])}
    order = [key for key in order if key in certain or key in back]
    back -= words - _initials_among(order, possible, words)
    names -= {key for key, label in possible.items() if is_word_in_capitals(label)} - back
    needed = _needed([key for key in order if key in certain or key in back])
    chosen = certain | {
        key
        for key in back
        if 2 * needed[key] >= counts[key]
        or is_code(possible[key])
        or (key in names and 2 * (lower or {}).get(key, 0) <= counts[key])
    }
    if len(chosen) > 1 or any(counts[key] > _OFTEN for key in chosen):
        named = _as_full(chosen, {key: possible[key] for key in names})
        return chosen | _series(chosen, possible) | _aliases(chosen, possible) | named
    chosen |= names
    alone = len(chosen) == 1 and not chosen & certain
    return set() if alone and counts[next(iter(chosen))] == 1 else chosen


def _initials_among(order: Sequence[str], possible: Mapping[str, str], words: set[str]) -> set[str]:
    """Return which words in capitals are speakers: most labels are initials, or they take turns.

    `NB` within the talk of others stands between two who take turns anyway.
    """
    initials = [key for key in order if key in possible and is_initials(possible[key])]
    others = sum(role_word(key) is None for key in order)
    if 2 * len(initials) >= others and set(initials) - words:
        return words
    amid = Counter(
        key
        for before, key, after in zip(order, order[1:], order[2:], strict=False)
        if before == after != key
    )
    return {key for key in words if 2 * amid[key] >= order.count(key)}


def _needed(order: Sequence[str]) -> Counter[str]:
    """Count how often each label stands where its neighbours are one and the same, or at an end.

    Without it these would have no one between them: who speaks takes turns. A word within the talk
    stands between two who take turns anyway.
    """
    before: list[str | None] = []
    last: str | None = None
    for number, key in enumerate(order):
        if number and order[number - 1] != key:
            last = order[number - 1]
        before.append(last)
    needed = Counter[str]()
    after: str | None = None
    for number in range(len(order) - 1, -1, -1):
        key = order[number]
        if number + 1 < len(order) and order[number + 1] != key:
            after = order[number + 1]
        at_end = before[number] is None or after is None
        needed[key] += (at_end and not key.isdigit()) or before[number] == after
    return needed


def _series(chosen: set[str], possible: Mapping[str, str]) -> set[str]:
    """Return labels that differ from a speaker's by their number alone, such as ``P3`` beside ``P1``."""
    stems = {re.sub(r"\d+", "#", key) for key in chosen if re.search(r"\d", key)}
    return {key for key in possible if re.search(r"\d", key) and re.sub(r"\d+", "#", key) in stems}


def _as_full(chosen: set[str], named: Mapping[str, str]) -> set[str]:
    """Return first and last names, where a speaker is called by both, too: ``Siri Lie``."""
    full = {key for key, label in named.items() if " " in label and label.split()[-1][0].isupper()}
    return full if full & chosen else set()


def _aliases(chosen: set[str], possible: Mapping[str, str]) -> set[str]:
    """Return labels such as ``Kari Berg (KB)``, where ``KB`` is a speaker's label too."""
    return {key for key in possible if alias_in(key) in chosen}


def alias_in(label: str) -> str:
    """Return what stands in parentheses at a label's end, casefolded; empty where nothing does."""
    match = _AFTER_NAME.search(label)
    return match.group().strip(" ()").casefold() if match else ""
