"""Who is who: speakers to the roles of interviewer and informant, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.asking import Share, listed, shares_of, table
from mestring_nlp.readers.speakers import Named, letters_of, role_word
from mestring_nlp.transcript import INFORMANT, INTERVIEWER

_LEADS = 0.3
"""The score from which on somebody leads the talk at all."""

_AS_MUCH, _NEAR = 0.55, (0.4, 0.75)
"""Of the top score: what a second interviewer reaches, and between which bounds it may be either."""

_CLEARLY = 0.3
"""By how much the interviewers' scores lie above the informants' where there is no doubt."""

_CONTRADICTED = 0.25
"""By how much an informant's score lies above the interviewers' where letters mean something else."""

_QUESTIONS = 3
"""Fewer are thin evidence, and make nobody a second interviewer."""

_ASKS_BACK = 0.2
"""The share of turns that ask from which on an informant is doubtful."""

_HALF = 0.5
_BRIEF, _ANSWERS = 0.5, 0.25
"""Who is briefer than this, or opens the talk, and answers questions in a smaller share of turns than
this, may be an interviewer who mostly listens."""

_TALKS = 0.3
"""The brevity below which one of several interviewers may be an informant who asks the others."""

_FAR_MORE = 1.5
"""How many times as long as another's turns are those of who tells, whatever letters mean by custom."""

_MOSTLY = 0.8
"""The share of turns that ask from which on a second interviewer is beyond doubt."""

_LONG = 3
_FEW_TURNS = 2


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
    shares = shares_of(spoken)
    roles = Roles()
    _take_named(roles, shares, named, place)
    settled = set(roles.of)
    for label in shares:
        if legend and label in legend:
            roles.give(label, legend[label], (reasons or {}).get(label, "legend"))
    for label in shares:
        if role := role_word(shares[label].name):
            roles.give(label, role, f"label says {role}")
    if not named.informants and {label.casefold() for label in named.interviewers} & set(shares):
        for label in shares:
            roles.give(label, INFORMANT, "not among those named by --interviewer")
    _take_initials(roles, shares)
    unknown = [label for label in shares if label not in roles.of]
    if unknown and not _take_letters(roles, shares, unknown):
        _take_scores(roles, shares, unknown, place)
    told = not (roles.guessed or roles.doubts or settled)
    if told and _contradicted(roles.of, shares, _QUESTIONS) >= _CLEARLY:
        roles.doubts.append(_doubt(roles, shares, why="who asks the most is taken for an informant"))
    if INFORMANT not in roles.of.values():
        raise MestringError(
            f"nobody among the speakers ({listed(shares.values())}) can be the informant",
            place=place,
            hint="Name the informant with --informant LABEL, or add a legend line such as "
            f"`K: informant` at the top. {table(shares.values())}",
        )
    return roles


def _take_named(roles: Roles, shares: Mapping[str, Share], named: Named, place: str) -> None:
    """Assign the roles that the user's names settle."""
    informants = {label.casefold() for label in named.informants}
    interviewers = {label.casefold() for label in named.interviewers}
    if named.labels and not named.labels & set(shares):
        first = (*named.informants, *named.interviewers)[0]
        raise MestringError(
            f"no speaker is called {first!r}",
            place=place,
            hint=f"The speakers are: {listed(shares.values())}.",
        )
    for label in shares:
        if label in informants:
            roles.give(label, INFORMANT, "--informant")
        elif label in interviewers:
            roles.give(label, INTERVIEWER, "--interviewer")
    if not informants.isdisjoint(shares):
        for label in shares:
            roles.give(label, INTERVIEWER, "not among those named by --informant")


def _take_initials(roles: Roles, shares: Mapping[str, Share]) -> None:
    """Assign to ``R`` the role of ``Researcher``, where no label of the other role begins with it."""
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


def _take_letters(roles: Roles, shares: Mapping[str, Share], unknown: Sequence[str]) -> bool:
    """Assign to single letters the roles of custom; return whether all have one and the talk agrees.

    `I` asks and `P` answers where the letters mean interviewer and participant.
    """
    letters = letters_of(shares)
    meant = {**letters, **roles.of}
    if not set(unknown) <= set(letters) or not set(shares) <= set(meant):
        return False
    if len(shares) > 1 and len(set(meant.values())) < 2:
        return False
    wrong = _contradicted(meant, shares)
    if wrong >= _CONTRADICTED:
        return False
    told = _told_by_length(meant, shares)
    if told and not roles.of:
        for label in unknown:
            role = INFORMANT if label == told else INTERVIEWER
            roles.give(label, role, f"{shares[label].length:.0f} words a turn")
    for label in unknown:
        roles.give(label, letters[label], f"the letter {shares[label].name} by custom")
    if told:
        why = "who says the most answers, but the letters mean something else by custom"
        roles.doubts.append(_doubt(roles, shares, why=why))
    elif wrong > 0 or not _borne_out(meant, shares):
        why = "the letters mean so by custom, the talk does not"
        roles.doubts.append(_doubt(roles, shares, why=why))
    return True


def _borne_out(of: Mapping[str, str], shares: Mapping[str, Share]) -> bool:
    """Return whether the interviewers lead clearly, or at all with turns shorter than the others'."""
    asking, telling = _sides(of, shares)
    if not asking or not telling:
        return True
    lead = max(share.score for share in asking) - max(share.score for share in telling)
    return lead >= _CLEARLY or (lead > 0 and _length(asking) < _length(telling))


def _told_by_length(of: Mapping[str, str], shares: Mapping[str, Share]) -> str:
    """Return the interviewer of two who says far more in a turn, and hardly leads; or nothing."""
    asking, telling = _sides(of, shares)
    if len(asking) != 1 or len(telling) != 1 or _borne_out(of, shares):
        return ""
    return asking[0].name.casefold() if asking[0].length >= _FAR_MORE * telling[0].length else ""


def _sides(of: Mapping[str, str], shares: Mapping[str, Share]) -> tuple[list[Share], list[Share]]:
    """Return the interviewers' shares, and the informants'."""
    asking = [share for label, share in shares.items() if of[label] == INTERVIEWER]
    return asking, [share for label, share in shares.items() if of[label] != INTERVIEWER]


def _length(shares: Sequence[Share]) -> float:
    """Return the mean number of words in the turns of several speakers."""
    return sum(share.words for share in shares) / sum(share.turns for share in shares)


def _contradicted(of: Mapping[str, str], shares: Mapping[str, Share], least: int = 1) -> float:
    """Return by how much an informant with `least` questions leads more than all interviewers, or 0."""
    leading = [share.score for label, share in shares.items() if of[label] == INTERVIEWER]
    others = [
        share.score
        for label, share in shares.items()
        if of[label] == INFORMANT and share.questions >= least
    ]
    return max(0.0, max(others) - max(leading)) if leading and others else 0.0


def _take_scores(roles: Roles, shares: Mapping[str, Share], unknown: Sequence[str], place: str) -> None:
    """Assign the role of interviewer to those who lead the talk by asking, and to the rest informant."""
    known = {label for label, role in roles.of.items() if role == INTERVIEWER}
    answers = [shares[label].score for label, role in roles.of.items() if role == INFORMANT]
    top = max((shares[label] for label in known or unknown), key=lambda share: share.score)
    roles.guessed = not roles.of
    if len(shares) == 1:
        role = INTERVIEWER if top.asks >= _HALF else INFORMANT
        roles.give(unknown[0], role, f"the only speaker; {top.reason}")
        if top.asks >= _ASKS_BACK:
            roles.doubts.append(_doubt(roles, shares, [top]))
        return
    judged = {label: _judged(shares[label], top, bool(known), bool(answers)) for label in unknown}
    if known and len(shares) - len(known) == 1:
        judged = dict.fromkeys(judged, (INFORMANT, False))
    for label, (role, _) in judged.items():
        roles.give(label, role, shares[label].reason)
    telling = [shares[label].score for label in shares if roles.of[label] == INFORMANT]
    leads = top.score >= min(_LEADS, max(answers, default=_LEADS))
    apart = telling and min(telling) < _AS_MUCH * top.score and max(telling) < _NEAR[1] * top.score
    if not known and not (leads and apart):
        raise MestringError(
            f"it cannot be told whether {_or(shares, unknown)} is the informant",
            place=place,
            hint="Name who answers with --informant LABEL, or who asks with --interviewer LABEL. "
            + table(shares.values()),
        )
    leading = [share for label, share in shares.items() if roles.of[label] == INTERVIEWER]
    doubtful = [
        shares[label]
        for label, (role, doubt) in judged.items()
        if len(shares) > 2  # of two, one answers: there the distance counts
        and (doubt or (role == INTERVIEWER and len(leading) > 1 and shares[label].brevity < _TALKS))
    ]
    asked = sum(share.questions for share in leading)
    told = [shares[label] for label, role in roles.of.items() if role == INFORMANT]
    back = any(share.questions > 1 and share.asks >= _ASKS_BACK for share in told)
    clearly = 2 * _CLEARLY if back and not top.brevity else _CLEARLY  # who leads says the most, too
    if len(unknown) > 1 and not known and (asked < _QUESTIONS or top.score - max(telling) < clearly):
        doubtful = [shares[label] for label in unknown]
    if doubtful:
        roles.doubts.append(_doubt(roles, shares, doubtful))


def _judged(share: Share, top: Share, known: bool, answered: bool) -> tuple[str, bool]:
    """Return a speaker's role beside the one who leads, `top`, and whether that is in doubt.

    Who asks but once or twice is an informant, rather coded and told than dropped; unless labels tell
    who answers (`answered`) and not who asks (`known`).
    """
    if share is top:
        return INTERVIEWER, False
    part = share.score / top.score if top.score else 1
    few = share.questions < _QUESTIONS
    if part >= _AS_MUCH and share.score >= _LEADS and (not few or (answered and not known)):
        return INTERVIEWER, few or (share.asks < _MOSTLY and (known or part < _NEAR[1]))
    answers = known or share.answering > _ANSWERS * share.turns
    listens = not answers and (share.opens or share.brevity > _BRIEF)
    asks_back = share.asks >= _ASKS_BACK or (share.questions > 0 and part > _NEAR[0])
    return INFORMANT, listens or asks_back


def _or(shares: Mapping[str, Share], unknown: Sequence[str]) -> str:
    """Return the two among the unknown who lead the most, in the order of the talk."""
    two = sorted(unknown, key=lambda label: -shares[label].score)[:2]
    return " or ".join(shares[label].name for label in unknown if label in two)


def _doubt(
    roles: Roles, shares: Mapping[str, Share], doubtful: Sequence[Share] = (), why: str = ""
) -> str:
    """Return the sentences that say who was taken for what, why that may be wrong, and what to do."""
    sides = {
        role: listed(share for label, share in shares.items() if roles.of[label] == role)
        for role in (INFORMANT, INTERVIEWER)
    }
    why = why or f"this rests on who asks, and is not clear for {listed(doubtful)}"
    return (
        f"took {sides[INFORMANT]} for the informant and {sides[INTERVIEWER] or 'nobody'} for the "
        f"interviewer: {why}. If that is wrong, name the speakers with --informant and --interviewer. "
        + table(shares.values())
    )
