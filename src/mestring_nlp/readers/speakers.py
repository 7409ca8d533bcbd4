"""Who is who: speaker labels to the roles of interviewer and informant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mestring_nlp.errors import MestringError
from mestring_nlp.transcript import INFORMANT, INTERVIEWER

_ROLE_WORDS = {
    INTERVIEWER: (
        "intervjuer", "med-intervjuer", "medintervjuer", "intervjuar", "medintervjuar", "forsker",
        "forskar", "moderator", "spørsmål", "spm", "interviewer", "co-interviewer", "researcher", "int",
    ),
    INFORMANT: (
        "informant", "inf", "respondent", "deltaker", "deltakar", "intervjuobjekt", "leder",
        "avdelingsleder", "svar", "interviewee", "participant",
    ),
}  # fmt: skip
LETTERS = {"i": INFORMANT, "p": INTERVIEWER, "m": INTERVIEWER}
"""What single letters mean where no legend says otherwise."""

_NAME = re.compile(r"[^\W\d_]+(?:[-.' ][^\W\d_]+)*\.?(?:[ #-]?\d{1,3})?")
_AFTER_NAME = re.compile(r"(?<! )[ ]*\([^()]*\)$")
_NUMBER = re.compile(r"(?<![\s#.-])[\s#.-]*(?:\d{1,3}|[A-Z])$")

_LEAST_DIFFERENCE = 0.1
_CLEARLY = 0.5
_TALKS_MORE = 2
_SHOWN = 20
_LONGEST_SHOWN = 60

_NO_LABELS = """
nb obs ps kl tlf tel pkt jf dvs merk eksempel sitat kilde dato sted varighet tema tid og men så da nei
ja altså jo for at det den de der her sånn når hvis fordi ikke eller
"""
_NEVER = frozenset(_NO_LABELS.split())


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
        for role, words in _ROLE_WORDS.items():
            if bare in words:
                return role
    return None


def is_known(label: str) -> bool:
    """Return whether a label says by itself who speaks."""
    return role_word(label) is not None or label.casefold() in LETTERS


def looks_like_name(label: str) -> bool:
    """Return whether a label may be a speaker: ``Kari Nordmann``, ``Nordmann, Kari (NAV)``, ``S00``."""
    bare = _AFTER_NAME.sub("", label.strip()).replace(",", "")
    parts = bare.replace("_", " ").split()
    return (
        0 < len(parts) <= 5
        and _NAME.fullmatch(" ".join(parts)) is not None
        and all(part[0].isupper() or part[0].isdigit() for part in parts)
    )


def roles_of(
    spoken: Sequence[tuple[str, str]], *, named: Named, place: str, legend: dict[str, str] | None = None
) -> tuple[dict[str, str], bool]:
    """Map speakers, casefolded, to roles; and tell whether these rest on questions and shares of talk.

    `spoken` is each turn's label and words; `legend` the roles of casefolded labels, as the transcript
    itself declares them.

    Raises
    ------
    MestringError
        No speaker has a name that was given, nobody can be the informant, or it cannot be told who is.
    """
    labels = list(dict.fromkeys(label.casefold() for label, _ in spoken))
    shown = _listed(list(dict.fromkeys(label for label, _ in spoken)))
    roles = _given(labels, named, shown, place)
    for label in labels:
        role = (legend or {}).get(label) or role_word(label)
        if role and label not in roles:
            roles[label] = role
    unknown = [label for label in labels if label not in roles]
    guessed = False
    letters = set(labels) <= set(LETTERS)
    if unknown and letters and not (unknown == labels and _contradicted(_asked(spoken))):
        roles |= {label: LETTERS[label] for label in unknown}
    elif unknown and INFORMANT in roles.values():
        roles |= dict.fromkeys(unknown, INTERVIEWER)
    elif unknown and INTERVIEWER in roles.values():
        roles |= dict.fromkeys(unknown, INFORMANT)
    elif unknown:
        guessed = True
        roles = _guess(spoken, unknown, place)
    if INFORMANT not in roles.values():
        raise MestringError(
            f"nobody among the speakers ({shown}) can be the informant",
            place=place,
            hint="Name the informant with --informant LABEL, or add a legend line such as "
            "`K: informant` at the top.",
        )
    return roles, guessed


def settled(labels: Iterable[str], declared: Iterable[str] = ()) -> set[str]:
    """Return which labels, casefolded, are speakers: known or declared ones, and names that come back.

    Anything may stand before a colon. A name that stands there once is a speaker only where fewer than
    two are found otherwise. `labels` are what stands before the colons, as often as it does; `declared`
    are those, casefolded, that a legend or the user names.
    """
    found = Counter(labels)
    counts = Counter[str]()
    for label, count in found.items():
        counts[label.casefold()] += count
    names = {
        label.casefold()
        for label in found
        if looks_like_name(label) and label.casefold().rstrip(".") not in _NEVER
    }
    chosen = {label.casefold() for label in found if is_known(label)} | set(declared) & set(counts)
    chosen |= {label for label in names if counts[label] > 1}
    return chosen if len(chosen) > 1 else chosen | names


def _listed(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
    return ", ".join(label[:_LONGEST_SHOWN] for label in labels[:_SHOWN]) + more


def _given(labels: Sequence[str], named: Named, shown: str, place: str) -> dict[str, str]:
    """Return the roles that the user's names settle."""
    informants = {label.casefold() for label in named.informants}
    interviewers = {label.casefold() for label in named.interviewers}
    if named.labels and not named.labels & set(labels):
        first = (*named.informants, *named.interviewers)[0]
        raise MestringError(
            f"no speaker is called {first!r}", place=place, hint=f"The speakers are: {shown}."
        )
    if informants & set(labels):
        return {x: INFORMANT if x in informants else INTERVIEWER for x in labels}
    return {x: INTERVIEWER for x in labels if x in interviewers}


def _asked(spoken: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Compute the share of each label's turns that end as a question."""
    turns, questions = Counter[str](), Counter[str]()
    for label, text in spoken:
        turns[label.casefold()] += 1
        questions[label.casefold()] += text.rstrip().endswith("?")
    return {label: questions[label] / turns[label] for label in turns}


def _contradicted(asked: dict[str, float]) -> bool:
    """Return whether `I` asks and `P` answers: to some the letters mean interviewer and participant."""
    sides = {role: [asked[x] for x in asked if LETTERS[x] == role] for role in (INFORMANT, INTERVIEWER)}
    return all(sides.values()) and min(sides[INFORMANT]) - max(sides[INTERVIEWER]) >= _CLEARLY


def _guess(spoken: Sequence[tuple[str, str]], labels: Sequence[str], place: str) -> dict[str, str]:
    """Take the one who asks least, or else talks most, for the informant; raise if that is unclear."""
    asks, words = _asked(spoken), Counter[str]()
    for speaker, text in spoken:
        words[speaker.casefold()] += len(text.split())
    first, *others = sorted(labels, key=lambda label: (asks[label], -words[label]))
    for other in others:
        if asks[other] - asks[first] < _LEAST_DIFFERENCE and words[first] < _TALKS_MORE * words[other]:
            names = {label.casefold(): label for label, _ in reversed(spoken)}
            raise MestringError(
                f"it cannot be told whether {names[first]} or {names[other]} is the informant",
                place=place,
                hint="Name who answers with --informant LABEL, or who asks with --interviewer LABEL.",
            )
    alone_and_asking = not others and asks[first] >= 0.5
    return {x: INFORMANT if x == first and not alone_and_asking else INTERVIEWER for x in labels}
