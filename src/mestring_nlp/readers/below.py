"""What stands below a turn's words, and nobody says: headings, notices, notes written afterwards."""

from __future__ import annotations

import re
from typing import NamedTuple

from mestring_nlp.readers.headers import FACTS
from mestring_nlp.readers.speakers import STARTERS

_RECORDING_WORDS = """
opptak opptaket lydopptak lydopptaket lydfil lydfilen lyd lyden fil filen intervju intervjuet samtale
samtalen transkripsjon transkripsjonen møte møtet gruppeintervju fokusgruppe fokusgruppen
optagelse optagelsen interviewet mødet lydoptagelse inspelning inspelningen intervjun mötet ljudfil
recording interview meeting conversation transcript transcription audio tape file session
"""
_END_WORDS = """
slutt slutten slutter sluttet sluttede slut slutar slutade ende end ends ended ending stopp stopper
stoppes stoppet stopped stops stoppas stoppades avsluttes avsluttet avslutta avsluttas avslutas
avslutades afsluttes afsluttet avbrytes avbrutt ferdig færdig over finished finishes concluded concludes
starter startes startet start starts started resumes resumed fortsetter fortsætter fortsätter gjenopptas
"""
_LINK_WORDS = """
er ble blei blir bliver blev var på av for fra til of the is was has at kl klokken etter after efter her
here nå now igjen again og and slås turned off here minutter min sekunder minutes
"""
_RECORDINGS, _ENDS = frozenset(_RECORDING_WORDS.split()), frozenset(_END_WORDS.split())
_LINKS = frozenset(_LINK_WORDS.split()) | _RECORDINGS | _ENDS
_CLOSED = frozenset({"slutt", "slut", "end", "the end", "ende", "stopp"})
_MOST_WORDS = 10

_RULE = re.compile(r"\W{3,}")
_SECTION = re.compile(
    r"(?:#{1,6}[ \t]+\S.*|[*_]{0,3}(?=[A-ZÄ])(?i:del|tema|hovedtema|bolk|seksjon|avsnitt|emne|ämne|"
    r"kapitt?el|part|section|topic|theme|chapter|block)"
    r"[ \t]+(?:\d{1,2}|[IVX]{1,4}|[A-H])(?:[ \t]*[.:)–—-].*)?)"
)
_NOTES = re.compile(
    r"(?:\w*notat(?:et|er|ene)?|(?:\w*noter|\w*anteckningar)|refleksjon(?:er|sord)?|reflektioner|"
    r"(?:interviewer'?s? |researcher'?s? |post-interview |field ?)?notes?|field ?notes|"
    r"reflections?|observa(?:sjoner|tioner|tions?)|memo)\b(?P<more>[^:\n]{0,50})(?P<colon>:?)(?P<rest>.*)",
    re.IGNORECASE,
)
_FACT = re.compile(r"[*_]{0,3}(?P<word>[^\W\d_]+)[^:.?!\n]{0,30}:[*_]{0,3}[ \t]*\S.{0,120}")
_HEADED = re.compile(r"[*_]{2,3}[^*_]+[*_]{2,3}|\d{1,2}(?:\.\d{1,2})*[.)]?[ \t]+[^\W\d_].*")
_ENDED = re.compile(r"[.?!…][\"'»”)\]*_]*$")
_OPEN = re.compile(r"[.?!…:,;–—-][\"'»”)\]*_]*$")
_SHORT, _SHORTEST_CAPITALS = 6, 4

_AMID = (
    "A heading or a note of the transcriber may stand here, amid a turn, and is taken for words of it. "
    "If somebody else speaks from there, begin a line with a label."
)
_LIKELY = "This line may be a heading; it is taken for words of the turn above. If so, begin it with #."
_AFTERWARDS = "{} words from here to the end are taken for notes, and are in no turn."
_FOOT = "This stands at the end as facts do, and is in no turn."


class Below(NamedTuple):
    """What stands below a turn's words: where its line begins, what it was taken for, and any doubt.

    `text` holds its words; it is empty where the words stay in the turn.
    """

    at: int
    kind: str
    text: str
    message: str = ""


class _Line(NamedTuple):
    at: int
    words: str
    after_blank: bool


def below(text: str, *, last: bool, spaced: bool = True) -> tuple[int, list[Below]]:
    """Return where the words of a turn end, and what stands below them, or amid them in doubt.

    Parameters
    ----------
    text : str
        What stands from behind a label to the next; the line of the label is always said.
    last : bool
        Whether no turn follows.
    spaced : bool
        Whether empty lines divide the file, so that one stands above a heading.

    Returns
    -------
    (int, list of Below)
    """
    if "\n" not in text.strip():
        return len(text), []
    lines = _filled(text)
    found: list[Below] = []
    notes = next((n for n, line in enumerate(lines) if n and last and _is_notes(line)), None)
    if notes is not None:
        words = text[lines[notes].at :].strip()
        found.append(Below(lines[notes].at, "notes", words, _AFTERWARDS.format(len(words.split()))))
        lines = lines[:notes]
    while len(lines) > 1 and (kind := _kind(lines[-1].words, last=last)):
        line = lines.pop()
        if kind != "rule":
            found.append(Below(line.at, kind, line.words, _FOOT if kind == "header" else ""))
    for line in lines[1:]:
        if _SECTION.fullmatch(line.words) or (last and _is_notes(line)):
            found.append(Below(line.at, "label", "", _AMID))
    if len(lines) > 1 and not last and _likely(lines[-2].words, lines[-1], spaced):
        found.append(Below(lines[-1].at, "label", "", _LIKELY))
    end = text.find("\n", lines[-1].at)
    return len(text) if end < 0 else end, found


def _filled(text: str) -> list[_Line]:
    """Return the lines of a text that are not blank."""
    lines: list[_Line] = []
    at, blank = 0, False
    for line in text.split("\n"):
        if words := line.strip():
            lines.append(_Line(at, words, blank))
        blank = not words
        at += len(line) + 1
    return lines


def is_heading(line: str) -> bool:
    """Return whether a line is a section's heading, such as ``Del 2: Ledelse``."""
    return len(line.split()) <= _MOST_WORDS and line[-1:] not in "?!" and bool(_SECTION.fullmatch(line))


def _kind(line: str, *, last: bool) -> str:
    """Return what a line at the end of a turn is, if it is surely not said; else an empty text."""
    if len(line) > 150:
        return ""
    if _RULE.fullmatch(line):
        return "rule"
    if is_heading(line):
        return "heading"
    words = re.findall(r"[^\W\d_]+", line.casefold())
    found = set(words)
    if len(words) <= _MOST_WORDS and found & _RECORDINGS and found & _ENDS and found <= _LINKS:
        return "service"
    if last and " ".join(words) in _CLOSED:
        return "service"
    fact = _FACT.fullmatch(line)
    return "header" if last and fact and fact["word"].casefold() in FACTS else ""


def _is_notes(line: _Line) -> bool:
    """Return whether a line heads what somebody wrote down about the interview."""
    match = _NOTES.fullmatch(line.words.strip("#*_[]( )"))
    if match is None or not line.words.lstrip("#*_[( ")[:1].isupper() or len(match["more"].split()) > 5:
        return False
    if match["colon"]:
        return line.after_blank or not match["rest"]
    return line.after_blank and not _OPEN.search(line.words)


def _likely(before: str, line: _Line, spaced: bool) -> bool:
    """Return whether a line at the end of a turn may be a heading: short, and no sentence."""
    words = line.words.strip("*_").split()
    if not words or len(words) > _SHORT or _OPEN.search(line.words) or not _ENDED.search(before):
        return False
    capitals = line.words.isupper() and sum(map(str.isalpha, line.words)) >= _SHORTEST_CAPITALS
    if capitals and any(map(str.isdigit, line.words)) and not _HEADED.fullmatch(line.words):
        return False  # `SPEAKER_01` rather
    if capitals or _HEADED.fullmatch(line.words):
        return True
    apart = line.after_blank or (not spaced and len(words) > 1)
    return apart and words[0][0].isupper() and words[0].casefold() not in STARTERS
