"""From finds to replacements: what is replaced in a text, and by what."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mestring_nlp.errors import MestringError
from mestring_nlp.privacy.alignment import Alignment, Edit
from mestring_nlp.privacy.decisions import Decisions
from mestring_nlp.privacy.finding import find_identifiers
from mestring_nlp.privacy.identifiers import REPLACED_FROM, Identifier
from mestring_nlp.privacy.invented import invented_name
from mestring_nlp.privacy.key import Entity, Key
from mestring_nlp.privacy.lexicon import COMMON_WORD, is_word, lexicon
from mestring_nlp.privacy.register import Doubt, Register
from mestring_nlp.privacy.vocabulary import NO_NAMES

STYLES = ("labels", "names")
"""How people are replaced: ``[Person 3]``, or an invented name."""

PLACEHOLDER = re.compile(
    r"\[(?:Person \d+(?: eller \d+)*|Informant \d+|Intervjuer(?: \d+)?|kommune|fylke|by|tettsted|sted|gård|gate|adresse"
    r"|NAV-kontor|skole|barnehage|helseinstitusjon|sykehus|tjeneste|virksomhet|enhet|telefonnummer|e-postadresse"
    r"|fødselsnummer|kontonummer|organisasjonsnummer|identifikasjonsnummer|dato|fødselsdato|alder|nettadresse"
    r"|brukernavn|bilnummer|kjennetegn)(?: \d+)?\]"
)
"""What a pseudonymised text has in place of identifiers."""

_GENERIC = re.compile(
    r"(?:informant|intervjuer|interviewer|intervjuar|respondent|deltaker|deltakar|person|speaker|spk|taler|moderator|ukjent"
    r"|unknown|kandidat|leder|bruker|ansatt|forsker)?[ _-]*\d*|[a-zæøå]{1,2}\d{0,2}|(?:speaker|taler)[_ ]?[a-z0-9]+",
    re.IGNORECASE,
)
_SURE = 0.85
_NUMBER = re.compile(r"(?<!\d)0*(\d{1,3})(?!\d)")


@dataclass(frozen=True)
class Shown:
    """A find as people see it: where, what stands there instead, and what was decided.

    Attributes
    ----------
    document : str
    find : Identifier
    before, after : str
        The words around it.
    placeholder : str
        What replaces it; empty where it stays.
    decision : str
        ``"keep"``, ``"replace"`` or ``"add"`` of a person; empty where nobody decided.
    doubt : str
    """

    document: str
    find: Identifier
    before: str = field(repr=False)
    after: str = field(repr=False)
    placeholder: str = ""
    decision: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class Speaking:
    """One who speaks under a name.

    Attributes
    ----------
    label : str
        The name as the transcript has it.
    role : str
    """

    label: str
    role: str


@dataclass
class Pseudonymiser:
    """Replaces identifiers in one text after another, consistently.

    Attributes
    ----------
    key : Key
        Grows with each text.
    decisions : Decisions
    style : {"labels", "names"}
    """

    key: Key
    decisions: Decisions = field(default_factory=Decisions)
    style: str = "labels"
    ner: Callable[[str], Iterable[Identifier]] | None = None
    shown: list[Shown] = field(default_factory=list)
    register: Register = field(init=False)
    _known: dict[str, Identifier] = field(default_factory=dict, repr=False)
    _found: dict[str, list[Identifier]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise MestringError(f"unknown style {self.style!r}", hint=f"Known: {', '.join(STYLES)}.")
        self.register = Register(self.key, same_as=dict(self.decisions.same_as))
        for entity in self.key.entities:
            for form in entity.forms:
                self._learn(Identifier(0, len(form), entity.kind, form, 1.0))

    @property
    def doubts(self) -> list[Doubt]:
        """What is in doubt about who is who."""
        return self.register.doubts

    def edits(self, text: str, document: str, speakers: Sequence[Speaking] = ()) -> tuple[Edit, ...]:
        """Return what is replaced in a text.

        Parameters
        ----------
        text : str
        document : str
            The interview's name.
        speakers : sequence of Speaking
            Who speaks in it under a name.
        """
        self.register.reserved |= {found.strip("[]") for found in PLACEHOLDER.findall(text)}
        self.register.reserved |= {match.group().strip("[]") for match in PLACEHOLDER.finditer(text)}
        entities = self.meet(speakers, document)
        labelled = dict(_label_spans(text, [one.label for one in speakers]))
        self.learn(text)
        finds = self._decided(self._all(text), text, document, labelled)
        wanted = [one for one, decision in finds if _replaced(one, decision)]
        labels = self.register.enter(
            [one for one in wanted if (one.start, one.end) not in labelled], document
        )
        edits: list[Edit] = []
        for one, decision in finds:
            span = (one.start, one.end)
            new = ""
            if span in labelled:
                new = entities[labelled[span]].label
                edits.append(Edit(*span, new))
            elif _replaced(one, decision):
                new = self._new(one, labels[one])
                edits.append(self._fitting(text, one, new))
            self._show(text, document, one, new, decision)
        return Alignment.of(edits).edits

    def meet(self, speakers: Sequence[Speaking], document: str) -> dict[str, Entity]:
        """Return the entities of those who speak in an interview; best of all before any is replaced."""
        informants = sum(one.role == "informant" for one in speakers)
        number = _number_of(document) if informants == 1 else 0
        return {
            one.label: self.register.speaker(one.label, one.role, number, document) for one in speakers
        }

    def learn(self, text: str) -> None:
        """Find what a text holds, so that the same names are found in every other text too."""
        if text in self._found:
            return
        finds = [piece for one in find_identifiers(text) for piece in _by_line(one)]
        if self.ner is not None:
            finds = sorted([*finds, *(one for one in self.ner(text) if not _overlaps(one, finds))])
        self._found[text] = finds
        for one in finds:
            if one.confidence >= _SURE and self.decisions.forms.get(one.text) != "keep":
                self._learn(one)

    def _learn(self, one: Identifier) -> None:
        words = one.text.split()
        plain = one.kind in ("person", "place", "unit") and len(words) == 1
        low = one.text.casefold()
        if (
            len(low) < 3
            or one.kind in ("age", "date")
            or (plain and (is_word(low) or _is_ambiguous(low)))
        ):
            return
        self._known.setdefault(one.text, one)

    def _all(self, text: str) -> list[Identifier]:
        """Return the finds of a text, and further places where something known stands."""
        finds = list(self._found[text])
        covered = _Covered(finds)
        for words in sorted(self._known, key=len, reverse=True):
            at = text.find(words)
            while at >= 0:
                end = at + len(words)
                whole = not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum())
                genitive = text[end : end + 1] == "s" and not text[end + 1 : end + 2].isalnum()
                alone = whole or (genitive and not text[at - 1 : at].isalnum())
                if alone and not covered.touches(at, end):
                    like = self._known[words]
                    finds.append(Identifier(at, end, like.kind, text[at:end], 0.8, like.subkind))
                    covered = _Covered(finds)
                at = text.find(words, end)
        return sorted(finds)

    def _new(self, one: Identifier, label: str) -> str:
        if self.style == "names" and one.kind == "person":
            entity = next(e for e in self.key.entities if e.label == label)
            if not entity.role and " eller " not in label:
                return invented_name(entity, one.text, self.key)
        return f"[{label}]"

    def _fitting(self, text: str, one: Identifier, new: str) -> Edit:
        """Return an edit that keeps the genitive: *Nils'* becomes *Oskars*."""
        if (
            not new.startswith("[")
            and text[one.end : one.end + 1] in ("'", "’")
            and new[-1] not in "sxz"
        ):
            quoted = text[one.start - 1 : one.start] == text[one.end]
            if one.text[-1] in "sxz" and not quoted:
                return Edit(one.start, one.end + 1, f"{new}s")
        return Edit(one.start, one.end, new)

    def _decided(
        self,
        finds: Iterable[Identifier],
        text: str,
        document: str,
        labelled: dict[tuple[int, int], str],
    ) -> list[tuple[Identifier, str]]:
        """Return finds with what people decided, and what people added."""
        forced = [
            Identifier(start, end, "person", text[start:end], 1.0, "speaker") for start, end in labelled
        ]
        forced += [
            Identifier(start, end, kind, text[start:end], 1.0, "added")
            for start, end, kind in self.decisions.added(text)
        ]
        kept: list[tuple[Identifier, str]] = []
        last = 0
        for one in sorted([*_first(forced), *(f for f in finds if not _overlaps(f, forced))]):
            if one.start < last:
                continue
            if one.subkind == "speaker":
                decision = ""
            elif one.subkind == "added":
                decision = "add"
            else:
                decision = self.decisions.of(document, one, text)
            kept.append((one, decision))
            last = one.end
        return kept

    def _show(self, text: str, document: str, one: Identifier, new: str, decision: str) -> None:
        doubt = next(
            (d.message for d in self.doubts if d.document == document and d.form == one.text), ""
        )
        before, after = text[max(0, one.start - 60) : one.start], text[one.end : one.end + 60]
        self.shown.append(Shown(document, one, before, after, new, decision, doubt))


def names_someone(label: str) -> bool:
    """Return whether a speaker's label is a name, and no *I*, *P* or *Informant 3*.

    Examples
    --------
    >>> [names_someone(label) for label in ("Kari", "Nordmann, Kari", "I", "Informant 3", "SPEAKER_01")]
    [True, True, False, False, False]
    """
    if _GENERIC.fullmatch(label.strip()) or not any(sign.isalpha() for sign in label):
        return False
    words = [word.strip(".,()").lower() for word in label.split()]
    if any(lexicon().name_grade(word) is not None for word in words):
        return True
    return not all(word in NO_NAMES or is_word(word) or not word.isalpha() for word in words)


def _by_line(one: Identifier) -> Iterator[Identifier]:
    """Yield a find line by line: an address over two lines may stand in two paragraphs."""
    for match in re.finditer(r"[^\s,](?:[^\r\n]*[^\s,;])?", one.text):
        start, end = one.start + match.start(), one.start + match.end()
        yield Identifier(start, end, one.kind, match.group(), one.confidence, one.subkind)


class _Covered:
    """The spans of finds, sorted, to ask whether another touches one."""

    def __init__(self, finds: Iterable[Identifier]) -> None:
        self._spans = sorted((one.start, one.end) for one in finds)

    def touches(self, start: int, end: int) -> bool:
        at = bisect_left(self._spans, (end, 0)) - 1
        return at >= 0 and self._spans[at][1] > start


def _is_ambiguous(low: str) -> bool:
    return lexicon().name_grade(low) == COMMON_WORD


def _replaced(one: Identifier, decision: str) -> bool:
    return decision in ("replace", "add") or (decision != "keep" and one.confidence >= REPLACED_FROM)


def _number_of(name: str) -> int:
    """Return the number in an interview's name, where there is just one; else 0."""
    numbers = _NUMBER.findall(name)
    return int(numbers[0]) if len(numbers) == 1 else 0


def _label_spans(text: str, labels: Collection[str]) -> Iterable[tuple[tuple[int, int], str]]:
    """Yield where labels stand as labels: before a colon, a tab or a time, in ``<v ...>``, alone on a line."""
    for label in sorted(labels, key=len, reverse=True):
        words = r"[ \t\xa0]+".join(map(re.escape, label.split()))
        pattern = re.compile(
            rf"(?m)(?:^[ \t]*(?:\[?\(?[\d:.,]+(?:\s?-->?\s?[\d:.,]+)?\]?\)?[ \t]+)?\[?|<v(?:\.[^\s>]+)*[ \t]+|[;\t,]\"?)({words})"
            rf"(?=\]?[ \t]*(?::|\t|;|,|>|\"|\(?\d+:\d\d|\r?$))"
        )
        for match in pattern.finditer(text):
            yield match.span(1), label


def _overlaps(one: Identifier, others: Iterable[Identifier]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in others)


def _first(finds: Sequence[Identifier]) -> list[Identifier]:
    """Return finds without those that overlap an earlier one of the list."""
    kept: list[Identifier] = []
    for one in finds:
        if not _overlaps(one, kept):
            kept.append(one)
    return kept
