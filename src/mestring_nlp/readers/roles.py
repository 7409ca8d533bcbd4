"""Who is who: speakers to the roles of interviewer and informant, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.speakers import Named, letters_of, role_word
from mestring_nlp.transcript import INFORMANT, INTERVIEWER

_LEAST_DIFFERENCE = 0.1
_FEW = 0.5
_MANY = 0.65
_TALKS_MORE = 2.0
_CLEARLY = 0.5
_SHARE = 0.05
_LONG = 3
_FEW_TURNS = 2
_ENOUGH = 0.25
_SHOWN = 20
_LONGEST_SHOWN = 60
_SHORT_TURN = 40
_UNPUNCTUATED = 0.03

_ASKS = re.compile(r"\?[\"'»”)\]]*$")
_QUESTION = re.compile(
    r"(?:(?:og|men|ja|nei|så|ok|okei|mm|mhm|eh|altså|nettopp|and|but|so|well|yes|och|men|hmm),?\s+)*"
    r"(?:hva|hvem|hvor|hvordan|hvorfor|hvilke[nt]?|når|kva|kven|kvar|korleis|kvifor|hvad|hvordan|hvorfor|"
    r"vad|vem|var|hur|varför|vilke[nt]|what|who|where|when|how|why|which|kan du|kunne du|vil du|har du|"
    r"er det|er du|tenker du|synes du|do you|did you|can you|could you|would you|are you|have you|is it|"
    r"kan ni|tycker du)\b",
    re.IGNORECASE,
)


@dataclass
class Roles:
    """Who is who in a transcript.

    Attributes
    ----------
    of : dict of str to str
        The role of each casefolded label.
    reasons : dict of str to str
        Why each has it.
    guessed : bool
        Whether only the talk told.
    doubts : list of str
        What a person should look at, as sentences.
    """

    of: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    guessed: bool = False
    doubts: list[str] = field(default_factory=list)

    def give(self, label: str, role: str, reason: str) -> None:
        """Assign a role to a label that has none."""
        if label not in self.of:
            self.of[label], self.reasons[label] = role, reason


@dataclass
class _Share:
    """How much one speaker says and asks."""

    name: str
    turns: int = 0
    words: int = 0
    questions: int = 0

    @property
    def asks(self) -> float:
        return self.questions / self.turns

    @property
    def length(self) -> float:
        return self.words / self.turns

    @property
    def reason(self) -> str:
        return f"asks in {self.questions} of {self.turns} turn{'s' * (self.turns != 1)}"


def roles_of(
    spoken: Sequence[tuple[str, str]],
    *,
    named: Named,
    place: str,
    legend: Mapping[str, str] | None = None,
    reasons: Mapping[str, str] | None = None,
) -> Roles:
    """Return the roles of speakers, by casefolded label.

    Names that the user gives settle them; then a legend or header; words such as ``Intervjuer``; letters
    by custom; and at last who asks: those who do are interviewers, and all others informants.

    Parameters
    ----------
    spoken : sequence of (str, str)
        Each turn's label and words.
    named : Named
        What the user says.
    place : str
        The file's name, for errors.
    legend, reasons : mapping of str to str, optional
        The roles that the transcript itself declares for casefolded labels, and where.

    Returns
    -------
    Roles

    Raises
    ------
    MestringError
        No speaker has a name that was given, nobody can be the informant, or it cannot be told who is.
    """
    shares = _shares(spoken)
    roles = Roles()
    _give_named(roles, shares, named, place)
    for label in shares:
        if legend and label in legend:
            roles.give(label, legend[label], (reasons or {}).get(label, "legend"))
    for label in shares:
        if role := role_word(shares[label].name):
            roles.give(label, role, f"label says {role}")
    if set(roles.reasons.values()) & {"--interviewer"} and not named.informants:
        for label in shares:
            roles.give(label, INFORMANT, "not among those named by --interviewer")
    _give_initials(roles, shares)
    unknown = [label for label in shares if label not in roles.of]
    if unknown and not _give_letters(roles, shares, unknown):
        _give_by_questions(roles, shares, unknown, place)
    if INFORMANT not in roles.of.values():
        raise MestringError(
            f"nobody among the speakers ({_listed(shares)}) can be the informant",
            place=place,
            hint="Name the informant with --informant LABEL, or add a legend line such as "
            f"`K: informant` at the top. {_table(shares)}",
        )
    return roles


def _shares(spoken: Sequence[tuple[str, str]]) -> dict[str, _Share]:
    """Return what each speaker says and asks, in the order of their first turns.

    Where a recogniser writes hardly any question mark, a turn that begins as questions do is one.
    """
    marks = sum("?" in text for _, text in spoken) > _UNPUNCTUATED * len(spoken)
    shares: dict[str, _Share] = {}
    for label, text in spoken:
        share = shares.setdefault(label.casefold(), _Share(label))
        words = len(text.split())
        share.turns += 1
        share.words += words
        text = text.strip()
        if marks:
            share.questions += bool(_ASKS.search(text[-20:]) or ("?" in text and words <= _SHORT_TURN))
        else:
            share.questions += _QUESTION.match(text[:200]) is not None
    return shares


def _give_named(roles: Roles, shares: Mapping[str, _Share], named: Named, place: str) -> None:
    """Give the roles that the user's names settle."""
    informants = {label.casefold() for label in named.informants}
    interviewers = {label.casefold() for label in named.interviewers}
    if named.labels and not named.labels & set(shares):
        first = (*named.informants, *named.interviewers)[0]
        raise MestringError(
            f"no speaker is called {first!r}",
            place=place,
            hint=f"The speakers are: {_listed(shares)}.",
        )
    for label in shares:
        if label in informants:
            roles.give(label, INFORMANT, "--informant")
        elif label in interviewers:
            roles.give(label, INTERVIEWER, "--interviewer")
    if not informants.isdisjoint(shares):
        for label in shares:
            roles.give(label, INTERVIEWER, "not among those named by --informant")


def _give_initials(roles: Roles, shares: Mapping[str, _Share]) -> None:
    """Give ``R`` the role of ``Researcher``, where only one label of a role begins with this letter."""
    whole = {
        label: role
        for label, role in roles.of.items()
        if len(label) > _LONG
        and label.isalpha()
        and shares[label].turns <= _FEW_TURNS
        and role_word(shares[label].name)
    }
    if len(set(whole.values())) < 2:
        return
    for label in (label for label in shares if len(label) == 1):
        meant = [word for word in whole if word[0] == label]
        sides = {whole[word] for word in meant}
        if len(sides) == 1:
            roles.give(label, sides.pop(), f"initial of {shares[meant[0]].name}")


def _give_letters(roles: Roles, shares: Mapping[str, _Share], unknown: Sequence[str]) -> bool:
    """Give single letters the roles of custom; return whether all have one and the talk agrees.

    `I` asks and `P` answers where the letters mean interviewer and participant.
    """
    letters = letters_of(shares)
    if not set(unknown) <= set(letters) or not set(shares) <= set(letters) | set(roles.of):
        return False
    sides = {
        role: [share.asks for label, share in shares.items() if (roles.of | letters).get(label) == role]
        for role in (INFORMANT, INTERVIEWER)
    }
    if len(shares) > 1 and not all(sides.values()):
        return False
    if len(shares) > 1:
        wrong = min(sides[INFORMANT]) - max(sides[INTERVIEWER])
        if wrong >= _CLEARLY:
            return False
        if wrong >= 2 * _LEAST_DIFFERENCE:
            roles.doubts.append(
                "By custom I is the informant, but here I asks more than the others: if I is the "
                "interviewer, say so with --interviewer I."
            )
    for label in unknown:
        roles.give(label, letters[label], f"the letter {shares[label].name} by custom")
    return True


def _give_by_questions(
    roles: Roles, shares: Mapping[str, _Share], unknown: Sequence[str], place: str
) -> None:
    """Give those who ask the role of interviewer, and those who answer that of informant."""
    known = [shares[label] for label, role in roles.of.items() if role == INTERVIEWER]
    answers = [shares[label] for label, role in roles.of.items() if role == INFORMANT]
    roles.guessed = not roles.of
    if not roles.of and len(unknown) == 1:
        (only,) = unknown
        role = INTERVIEWER if shares[only].asks >= _CLEARLY else INFORMANT
        roles.give(only, role, f"the only speaker; {shares[only].reason}")
        return
    if known and not answers and len(unknown) == 1:
        (only,) = unknown
        roles.give(only, INFORMANT, f"the only one besides who asks; {shares[only].reason}")
        return
    everybody = sum(share.words for share in shares.values())
    most = max((shares[label] for label in unknown), key=lambda share: (share.asks, -share.words))
    top = max([most, *known], key=lambda share: share.asks) if known or not answers else most
    if not known and not answers and top.asks <= 0:
        raise _unclear(most, most, shares, unknown, place)
    longest = max(share.length for share in shares.values())
    for label in unknown:
        share = shares[label]
        judged, doubtful = _judged(share, top, known, answers, longest)
        role = judged or INFORMANT
        if judged is None:
            if share.turns >= 3 or share.words > _SHARE * everybody or len(shares) == 2:
                raise _unclear(share, top, shares, unknown, place)
            doubtful = True
        roles.give(label, role, share.reason)
        if doubtful:
            roles.doubts.append(
                f"{share.name} is taken for {'an informant' if role == INFORMANT else 'an interviewer'} "
                f"({share.reason}, {share.words} words): if that is wrong, name the speakers with "
                "--informant and --interviewer."
            )
    if INFORMANT not in roles.of.values():
        raise _unclear(most, most, shares, unknown, place)


def _judged(
    share: _Share, top: _Share, known: Sequence[_Share], answers: Sequence[_Share], longest: float
) -> tuple[str | None, bool]:
    """Return the role that questions give a speaker, or None; and whether that is in doubt.

    `top` is who asks most; `known` are the interviewers that are known otherwise, `answers` the
    informants; `longest` is the mean length of turns of who talks longest.
    """
    less = top.asks - share.asks
    if answers and not known:
        # Labels such as `Informant` leave the interviewers: who asks more than these, or says little.
        most = max(x.asks for x in answers)
        if share.asks >= most + _LEAST_DIFFERENCE or share.length < 0.5 * min(x.length for x in answers):
            return INTERVIEWER, share.asks <= most and share.turns > 1
    if known and share.asks <= 0:
        return INFORMANT, False
    if share is top and not known:
        if top.asks <= 0:
            return None, True
        return INTERVIEWER, False
    if top.asks > 0 and share.asks <= _FEW * top.asks and less >= _LEAST_DIFFERENCE:
        return INFORMANT, share.asks > 0.15 and share.length < top.length
    longer = share.length >= _TALKS_MORE * top.length
    if less >= _LEAST_DIFFERENCE and longer:
        return INFORMANT, False
    if top.asks > 0 and share.asks >= _MANY * top.asks and not longer and _asks_much(share):
        # Where it is known who asks, a participant may ask back: rather coded and told than dropped.
        few = bool(known) and share.questions < 3
        return (INFORMANT, True) if few else (INTERVIEWER, bool(known))
    if share is not top and longest >= _TALKS_MORE * share.length and share.length <= 1.5 * top.length:
        return INTERVIEWER, True
    return None, True


def _asks_much(share: _Share) -> bool:
    return share.asks >= _ENOUGH


def _unclear(
    share: _Share, top: _Share, shares: Mapping[str, _Share], unknown: Sequence[str], place: str
) -> MestringError:
    """Return the error that says who may be the informant, with the table of speakers."""
    other = top
    if share is top:
        rest = [shares[label] for label in unknown if shares[label] is not share]
        other = max(rest, key=lambda x: (x.asks, -x.words), default=share)
    names = [x.name for x in shares.values() if x in (share, other)]
    return MestringError(
        f"it cannot be told whether {' or '.join(dict.fromkeys(names))} is the informant",
        place=place,
        hint="Name who answers with --informant LABEL, or who asks with --interviewer LABEL. "
        + _table(shares),
    )


def _listed(shares: Mapping[str, _Share]) -> str:
    labels = [share.name for share in shares.values()]
    more = f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
    return ", ".join(label[:_LONGEST_SHOWN] for label in labels[:_SHOWN]) + more


def _table(shares: Mapping[str, _Share]) -> str:
    """Return the speakers, each with its turns, words, and share of turns that ask."""
    rows = [
        f"{share.name[:_LONGEST_SHOWN]} ({share.turns} turn{'s' * (share.turns != 1)}, {share.words:,} "
        f"word{'s' * (share.words != 1)}, {share.asks:.0%} questions)"
        for share in list(shares.values())[:_SHOWN]
    ]
    more = f" and {len(shares) - _SHOWN} more" if len(shares) > _SHOWN else ""
    return f"The speakers are: {'; '.join(rows)}{more}."
