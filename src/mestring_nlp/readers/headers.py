"""What stands above the talk: legends that tell who is who, and facts such as date and place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mestring_nlp.readers.labels import Opening, opening_of
from mestring_nlp.readers.speakers import looks_like_name, role_of_many, role_word
from mestring_nlp.transcript import INFORMANT, INTERVIEWER

_FACT_WORDS = """
dato date datum dag day varighet duration lengde length längd varaktighed tid time klokkeslett
tidspunkt sted stad place location plats lokasjon prosjekt project projekt studie study intervju
interview intervjunummer intervjunr nr nummer number tema topic emne ämne opptak recording lydopptak
inspelning optagelse lydfil lydfilnavn fil file filnavn filename audio video media transkribert
transcribed transkriberet transkriberad transkripsjon transcription transkribering transcriber
transcript til present tilstede deltok kode code id kjønn gender køn kön sex alder age ålder yrke
occupation stilling position bedrift company firma avdeling department organisasjon organisation
organization virksomhet kommune språk language sprog kilde source versjon version kommentar merknad
merknader note notes notat url link tittel title rubrik format plattform platform referanse
reference ref bakgrunn background attendees utdanning education erfaring
referent sekretær oppdragsgiver sektor bransje rolle role
arbeidsplass workplace arbeidssted telefon e-post email epost dokument document
"""
FACTS = frozenset(_FACT_WORDS.split())
"""Words that begin a fact such as ``Dato: 12. mars``."""
_DECLARES = re.compile(
    r"^(?:legende?|tegnforklaring|forklaring|forkortelser|forkortingar|koder|key|abbreviations|"
    r"deltakere|deltagere|deltagare|participants|roller|roles|speakers|talere)\s*[:–-]\s*(?=\S+\s*[=:(–→-])",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"\s*[;,|]\s*|\s{3,}|\t+|\.\s+(?=[^\s=:]{1,20}\s*[=:])"
    r"|\s+(?:og|and|och|&)\s+(?=\S+(?: \S+)?\s*(?:[=:(]|->|→|er |är |is ))"
)
_EQUALS = re.compile(
    r"^(?P<a>[^=:]{1,60}?)\s*(?:=+>?|->|→|:|\t+|\s[–—-]\s?|[–—]|\s(?:er|är|is)\s)\s*(?P<b>.{1,80})$"
)
_BRACKETS = re.compile(r"^(?P<a>[^()]{1,60}?)\s*\((?P<b>[^()]{1,60})\)$")
_CALLED = re.compile(r"^[^()]{1,60}?\s*\((?P<a>[^()]{1,20})\)\s*[,:–—-]\s*(?P<b>[^()]{1,60})$")
_EACH_BRACKET = re.compile(r"[^\W_][^()]{0,50}?\s*\([^()]{1,40}\)")
_REPLY_WORDS = """
hei ja nei jo takk ok okei okay mhm mm velkommen hallo fint bra greit nettopp enig hello hi hej yes
no thanks thank welcome sure right tak tack nej flott supert morn god
"""
_REPLIES = frozenset(_REPLY_WORDS.split())
_PEOPLE = re.compile(
    r"\b(?:kvinne|mann|kvinna|kvinde|mand|man|woman|male|female|år|years?|yrs|alder|født|gutt|jente)\b",
    re.I,
)
_NUMBERED = re.compile(r"(?:nr\.?|no\.?|#|id)?\s*[\w-]*\d[\w-]*", re.I)
_LISTED = re.compile(r"\s*(?:[,;/&+]|\bog\b|\band\b|\boch\b)\s*", re.I)
_MOST_LINES = 80
_LONGEST_FRONT = 400
_LONGEST_FACT = 14
_LONGEST_TITLE = 300
_ABBREVIATION = 3
_TITLES = ("intervju", "interview", "samtale", "transkripsjon", "transcript", "fokusgruppe")
_WHO_ASKS = (
    r"intervju(?:er|eren|ar|are)\b|interviewer\b|moderator\b"
    r"|(?:intervju(?:et|a|ad)|interview(?:et|ed)|conducted|utført|gjennomført) (?:av|af|by)\b"
)
_WHO_ANSWERS = (
    r"informant(?:en)?\b|respondent\b|interviewee\b"
    r"|(?:intervju(?:et)?|interview|samtale?|conversation) (?:med|with)\b"
)
_NAME = r"[^\W\d_a-zæøåäö][\w.'’-]*(?: [^\W\d_a-zæøåäö][\w.'’-]*)*"
_IN_TITLES = tuple(
    (role, re.compile(shape))
    for role, cue in ((INTERVIEWER, _WHO_ASKS), (INFORMANT, _WHO_ANSWERS))
    for shape in (
        rf"(?i:\b(?:{cue})) ?[:=–-]? ?(?P<names>{_NAME}(?: (?:og|and|och|&) {_NAME})*)",
        rf"(?P<names>{_NAME}) ?\((?i:{cue})\)",
    )
)


class Above(NamedTuple):
    """A line above the talk: where it begins, what it was taken for, its words and place, any doubt."""

    start: int
    kind: str
    text: str
    place: str
    doubtful: bool = False


@dataclass
class Header:
    """What the lines above the first turn tell.

    Attributes
    ----------
    roles, reasons : dict of str to str
        Of casefolded labels: the role, and where it is said.
    lines : list of Above
        The lines taken, in order.
    """

    roles: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    lines: list[Above] = field(default_factory=list)

    @property
    def starts(self) -> frozenset[int]:
        """Return where the lines taken begin."""
        return frozenset(line.start for line in self.lines)


def front_matter(parts: Sequence[tuple[str, float | None, str]]) -> frozenset[int]:
    """Return where the lines of a block between two lines ``---`` at the top begin, if there is one."""
    position = 0
    starts: list[int] = []
    for text, _, _ in parts[:_LONGEST_FRONT]:
        line = text.strip()
        if starts or line:
            if not starts and line != "---":
                break
            starts.append(position)
            if len(starts) > 1 and line == "---":
                return frozenset(starts)
        position += len(text)
    return frozenset()


def header_of(
    parts: Sequence[tuple[str, float | None, str]],
    openings: Sequence[Opening],
    speakers: set[str],
    front: frozenset[int] = frozenset(),
) -> Header:
    """Return what stands above the first turn: legends and facts, each a line.

    `speakers` are the casefolded labels that would be speakers if there were no header. A line such as
    ``P: intervjuer`` is a legend, and ``Informant: 07, kvinne`` a fact; but an answer may be ``Ola:
    Leder.`` too, once a turn has come. `front` are the lines of a block of metadata; see `front_matter`.
    """
    header = Header()
    titles: list[tuple[str, str, str]] = []
    at_line = {opening.start: opening for opening in openings}
    counts: dict[str, int] = {}
    for opening in openings:
        key = opening.label.casefold()
        counts[key] = counts.get(key, 0) + 1
    labels = {key: key for key in counts}
    position = seen = 0
    for number, (text, _, place) in enumerate(parts):
        start, line = position, text.strip()
        position += len(text)
        seen += bool(line)
        if not line:
            continue
        opened = at_line.get(start)
        here = opened.label.casefold() if opened else ""
        if here not in speakers:
            titles += [(key, role, place) for key, role in _told_in(line, speakers)]
        if start in front:
            header.lines.append(Above(start, "header", line, place))
            seen = 0
            continue
        if seen > _MOST_LINES:
            break
        if seen == 1 and here and here.split()[0] in _TITLES:
            continue
        elsewhere = {key for key, count in counts.items() if count > (key == here)}
        titled = line.lstrip("#*_ ").casefold().split()[:1]
        declared = [] if titled and titled[0] in _TITLES else _declared(line, elsewhere)
        if declared:
            for label, role in declared:
                for key in {label.casefold(), *_meant(label, labels)}:
                    header.roles[key] = role
                    header.reasons[key] = f"legend, {place}" if place else "legend"
            header.lines.append(Above(start, "legend", line, place))
            continue
        if opened is None:
            continue
        value = " ".join(text[opened.words - start :].split())
        if not value and here not in speakers:
            continue
        if not opened.colon or not _is_fact(
            opened, value, counts, speakers, header, parts[number + 1 :]
        ):
            break
        _take_fact(header, opened, value, labels, place, start, line)
    _take_titles(header, titles, speakers)
    _doubt_lone_fact(header, {start: counts[one.label.casefold()] for start, one in at_line.items()})
    return header


def _doubt_lone_fact(header: Header, counts: dict[int, int]) -> None:
    """Mark the only line of a header as doubtful where its label comes back: it may be a turn."""
    if len(header.lines) == 1 and header.lines[0].kind == "header":
        line = header.lines[0]
        header.lines[0] = line._replace(doubtful=line.doubtful or counts.get(line.start, 0) > 1)


def _told_in(line: str, speakers: Collection[str]) -> list[tuple[str, str]]:
    """Return the speakers and roles that a title tells: ``Intervju med Siri, intervjuer: Tor Lie``.

    A single letter is more often `I` for informant than `I` for Ivar.
    """
    return [
        (meant[0], role)
        for role, pattern in _IN_TITLES
        for found in pattern.finditer(line[:_LONGEST_TITLE])
        for name in _LISTED.split(found["names"])
        if len(meant := _meant(name, speakers)) == 1 and len(meant[0]) > 1
    ]


def _take_titles(header: Header, titles: Sequence[tuple[str, str, str]], speakers: set[str]) -> None:
    """Put into the header what titles tell, unless they contradict themselves or give all one role."""
    sides: dict[str, set[str]] = {}
    for key, role, _ in titles:
        sides.setdefault(key, set()).add(role)
    told = {key: role for key, (role, *more) in sides.items() if not more and key not in header.roles}
    if (
        len({*told.values(), *header.roles.values()}) < 2
        and not speakers - told.keys() - header.roles.keys()
    ):
        return
    for key, role, place in titles:
        if key in told:
            header.roles[key] = role
            header.reasons[key] = f"title, {place}" if place else "title"


def _declared(line: str, labels: Collection[str]) -> list[tuple[str, str]]:
    """Return the labels and roles of a line that declares nothing else; ``X = informant; I = ...``.

    `labels` are those that stand on other lines; one of them, or an abbreviation, must be declared.
    """
    line = _DECLARES.sub("", line).strip().strip("*_").strip()
    if line.startswith("(") and line.endswith(")"):
        line = line[1:-1]
    brackets = _EACH_BRACKET.findall(line) if _only_brackets(line) else []
    for pieces in (line.split(";") if ";" in line else [], _PARTS.split(line), brackets, [line]):
        found = [_pair(piece.strip(" \t.,;*_"), labels) for piece in pieces if piece.strip(" \t.,;*_")]
        pairs = [pair for pair in found if pair]
        short = all(len(label) <= _ABBREVIATION for label, _ in pairs)
        if pairs and len(pairs) == len(found) and (short or any(_meant(x, labels) for x, _ in pairs)):
            return [(one, role) for label, role in pairs for one in _each(label, labels)]
    return []


def _each(label: str, labels: Collection[str]) -> list[str]:
    """Return the labels that ``X, Y and Z`` names, or the one that it is."""
    several = [one for one in _LISTED.split(label) if one.strip()]
    return several if len(several) > 1 and all(_meant(one, labels) for one in several) else [label]


def _only_brackets(line: str) -> bool:
    return not re.sub(r"[\s,;.|/]|\b(?:og|and|och)\b", "", _EACH_BRACKET.sub("", line))


def _pair(piece: str, labels: Collection[str]) -> tuple[str, str] | None:
    """Return the label and role in ``X = informant``, ``Informant (X)`` or ``Informant = X``."""
    for pattern in (_EQUALS, _BRACKETS, _CALLED):
        match = pattern.match(piece)
        if match is None:
            continue
        left, right = match["a"].strip(" *_[]"), match["b"].strip(" *_[]")
        is_right = _role_phrase(right)
        is_left = role_word(left) or role_of_many(left)
        meant = all(one.casefold() in labels for one in _LISTED.split(right))
        if is_right and not (is_left and meant):
            return left, is_right
        if is_left and meant:
            return right, is_left
    first, _, name = piece.partition(" ")
    if first.casefold() in labels and name.isalpha() and (role := role_word(name)):
        return first, role
    role = role_word(first)
    return (name, role) if role and "(" not in name and _meant(name, labels) else None


def _role_phrase(text: str) -> str | None:
    """Return the role that a few words name, such as ``intervjuer`` or ``informant, kvinne``."""
    if role := role_word(text) or role_of_many(text):
        return role
    named, _, last = text.rpartition(",")
    if named and looks_like_name(named) and (role := role_word(last.strip(" ()."))):
        return role
    words = re.split(r"[\s,(/]+", text.strip(" ()."))
    behind = [word for word in words[1:] if word]
    short = len(behind) <= 8 and not re.search(r"[.?!]\s|[?!]$", text)
    if words and short and (len(behind) == 0 or re.match(r"[^\s,(]+\s*[,(/]", text) or len(behind) <= 2):
        return role_word(words[0])
    return None


def _meant(named: str, labels: Iterable[str]) -> list[str]:
    """Return which labels a name in the header stands for: itself, its initials, or one of its names."""
    name = named.strip().strip("\"'«».").casefold()
    known = set(labels)
    if name in known:
        return [name]
    inside = re.findall(r"\(([^()]+)\)", name)
    whole = re.sub(r"\([^()]*\)", "", name).replace(",", " ").split()
    wanted = {x.strip() for x in inside} | set(whole) | {"".join(word[0] for word in whole)}
    wanted |= {" ".join(whole)}
    return [label for label in known if label.strip(".") in wanted and label not in ("og", "and")]


def _is_fact(
    opening: Opening,
    value: str,
    counts: dict[str, int],
    speakers: set[str],
    header: Header,
    below: Sequence[tuple[str, float | None, str]],
) -> bool:
    """Return whether a line above the talk gives a fact, and is no turn."""
    label = opening.label.casefold()
    first = label.split()[0].strip(".#()")
    words = value.split()
    role = role_word(opening.label) or role_of_many(opening.label)
    fact = first in FACTS and not (label in speakers and counts[label] > 2)
    if fact and len(words) <= 4 * _LONGEST_FACT:
        return True
    if not words or len(words) > _LONGEST_FACT or value.endswith(("?", "!")):
        return False
    if role is None:
        return label not in speakers and (bool(header.lines) or not value.endswith("."))
    if words[0].strip(".,!").casefold() in _REPLIES:
        return False
    named = [key for one in _LISTED.split(value) for key in _meant(one, counts) if key != label]
    if role_of_many(opening.label) or (named and any(counts[key] > 1 for key in named)):
        return True
    others = sum(1 for key in speakers if key != label and counts[key] > 1)
    if not _identifies(value, header):
        return False
    if counts[label] == 1:
        return others > 1 or bool(header.lines)
    return bool(header.lines) or _blank_or_fact(below)


def _identifies(value: str, header: Header) -> bool:
    """Return whether words tell who somebody is: a number, a name, an age."""
    if re.search(r"[?!]|(?<!\b[A-ZÆØÅ])[.]\s+[A-ZÆØÅ]|[^\W\d_]{3,}\.$", value):
        return False
    first = _LISTED.split(value)[0].strip()
    if _NUMBERED.fullmatch(first) or _PEOPLE.search(value):
        return True
    if looks_like_name(re.sub(r"\s*\([^()]*\)", "", first)):
        return True
    return bool(header.lines) and first[:1].islower() and len(value.split()) <= 6


def _blank_or_fact(below: Sequence[tuple[str, float | None, str]]) -> bool:
    """Return whether an empty line follows, or a line that gives a fact: a date, a number, an age."""
    for text, _, _ in below[:6]:
        if not text.strip():
            return True
        opened = opening_of(text)
        if opened is None or len(text.split()) > _LONGEST_FACT or text.rstrip().endswith(("?", "!")):
            return False
        label, value = opened[0]["label"], text[opened[0].end() :].strip()
        if label.casefold().split()[0] in FACTS:
            return True
        if (role_word(label) or role_of_many(label)) and _NUMBERED.fullmatch(
            _LISTED.split(value)[0].strip()
        ):
            return True
        if role_word(label) and _PEOPLE.search(value) and not value.endswith("."):
            return True
    return False


def _take_fact(
    header: Header,
    opening: Opening,
    value: str,
    labels: dict[str, str],
    place: str,
    start: int,
    line: str,
) -> None:
    """Put a fact into the header, with the roles that it gives to labels."""
    role = role_word(opening.label) or role_of_many(opening.label)
    certain = role is not None or opening.label.casefold().split()[0].strip(".#()") in FACTS
    header.lines.append(Above(start, "header", line, place, not certain))
    if role is None:
        return
    for one in _LISTED.split(value):
        for key in _meant(one, labels):
            if key != opening.label.casefold() and key not in header.roles:
                header.roles[key] = role
                header.reasons[key] = f"header, {place}" if place else "header"
