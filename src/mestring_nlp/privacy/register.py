"""Who is who: the same person gets the same placeholder, and doubt about that is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mestring_nlp.privacy.identifiers import Identifier
from mestring_nlp.privacy.key import Entity, Key

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_PLACE_LABELS = {
    "kommune": "kommune", "fylke": "fylke", "by": "by", "tettsted": "tettsted", "sted": "sted", "gård": "gård",
    "gate": "gate", "adresse": "adresse",
}  # fmt: skip
_UNIT_LABELS = {
    "NAV-kontor": "NAV-kontor", "skole": "skole", "barnehage": "barnehage", "helse": "helseinstitusjon",
    "sykehus": "sykehus", "tjeneste": "tjeneste", "bedrift": "virksomhet", "enhet": "enhet",
}  # fmt: skip
_LABELS = {
    "place": "sted", "unit": "enhet", "phone": "telefonnummer", "email": "e-postadresse",
    "id_number": "identifikasjonsnummer", "date": "dato", "age": "alder", "url": "nettadresse",
    "other": "kjennetegn",
}  # fmt: skip
_SHORTEST_NICKNAME = 3


@dataclass(frozen=True)
class Doubt:
    """Something that a person should decide about who is who.

    Attributes
    ----------
    document : str
    form : str
        The words in doubt.
    message : str
        What is in doubt and what was done.
    """

    document: str
    form: str = field(repr=False)
    message: str = field(repr=False)


@dataclass
class Register:
    """Gives each find its entity, within a key.

    Attributes
    ----------
    key : Key
    doubts : list of Doubt
    same_as : dict of str to str
        Labels that people decided on, by the casefolded form.
    """

    key: Key
    doubts: list[Doubt] = field(default_factory=list)
    same_as: dict[str, str] = field(default_factory=dict)
    reserved: set[str] = field(default_factory=set)

    def enter(self, finds: Sequence[Identifier], document: str) -> dict[Identifier, str]:
        """Return the label of each find of one document; new entities go into the key.

        Full names are entered before parts of names, so that *Kari* joins *Kari Nordmann* wherever she is
        first mentioned.
        """
        labels: dict[Identifier, str] = {}
        people = [one for one in finds if one.kind == "person"]
        by_length = sorted(people, key=lambda one: (-len(_parts(one.text)), one.start))
        for one in by_length:
            labels[one] = self._person(one.text, document)
        for one in finds:
            if one.kind != "person":
                labels[one] = self._thing(one, document)
        return labels

    def speaker(self, label: str, role: str, number: int, document: str) -> Entity:
        """Return the entity of one who speaks under a name; it is made if there is none."""
        word = "Informant" if role == "informant" else "Intervjuer"
        found = [e for e in self.key.entities if e.role == role and _same(label, e.forms)]
        full = len(_parts(label)) > 1
        found = [e for e in found if document in e.documents] or [
            e for e in found if full or role == "interviewer"
        ]
        others = [e for e in self._people() if full and e.role != role and _same(label, e.forms)]
        found = found or [e for e in others if not e.role]
        entity = found[0] if found else self._new(word, "person", label, number=number)
        for other in others:
            if other.role:
                message = (
                    f"{label} er {other.label} i {', '.join(other.documents)} og {entity.label} her"
                )
                self._doubt(document, label, message)
        entity.role = entity.role or role
        self._note(entity, label, document)
        return entity

    def _person(self, form: str, document: str) -> str:
        decided = self.same_as.get(form.casefold())
        if decided:
            return self._decided(decided, form, document)
        known = self._people()
        parts = _parts(form)
        exact = [e for e in known if _same(form, e.forms)]
        here = [e for e in known if document in e.documents]
        if len(parts) > 1:
            found = [e for e in exact if len(_parts(e.forms[0])) > 1] or [
                e for e in here if _same(form, e.forms)
            ]
            found = found or [e for e in here if _fits(parts, _parts(e.forms[0]))]
        else:
            found = [e for e in here if _fits(parts, _parts(e.forms[0]))]
            found = found or [e for e in here if _same(form, e.forms)]
        if not found and len(parts) == 1:
            found = [e for e in here if _nickname(parts[0], _parts(e.forms[0]))]
            if len(found) == 1:
                self._doubt(
                    document, form, f"{form} ble tatt for {found[0].forms[0]} ({found[0].label})"
                )
        if all(e.role for e in found) and len({_parts(e.forms[0]) for e in found}) == 1:
            # One who asks in one interview and answers in another has a label for each.
            found = [*(e for e in found if e in here), *found][:1]
        if len(found) > 1:
            label = _either([e.label for e in found])
            self._doubt(document, form, f"{form} kan være flere: {', '.join(e.forms[0] for e in found)}")
            for entity in self.key.entities:
                if entity.label == label:
                    self._note(entity, form, document)
                    return label
            entity = Entity(label, "person", [form], [document])
            self.key.entities.append(entity)
            return label
        entity = found[0] if found else self._new("Person", "person", form)
        elsewhere = [
            e for e in exact if e is not entity and document not in e.documents and len(parts) == 1
        ]
        if not found and elsewhere:
            self._doubt(
                document,
                form,
                f"{form} finnes også i {', '.join(elsewhere[0].documents)} som {elsewhere[0].label}; "
                "regnet som en annen person",
            )
        self._note(entity, form, document)
        return entity.label

    def _people(self) -> list[Entity]:
        """Return the people of the key, without those of whom it is in doubt who they are."""
        return [e for e in self.key.entities if e.kind == "person" and " eller " not in e.label]

    def _thing(self, one: Identifier, document: str) -> str:
        decided = self.same_as.get(one.text.casefold())
        if decided:
            return self._decided(decided, one.text, document)
        folded = _folded(one.text)
        for entity in self.key.entities:
            if entity.kind == one.kind and any(_folded(form) == folded for form in entity.forms):
                self._note(entity, one.text, document)
                return entity.label
        entity = self._new(_label_of(one), one.kind, one.text)
        self._note(entity, one.text, document)
        return entity.label

    def _decided(self, label: str, form: str, document: str) -> str:
        entity = next((e for e in self.key.entities if e.label == label), None)
        if entity is None:
            entity = Entity(label, "person")
            self.key.entities.append(entity)
        self._note(entity, form, document)
        return entity.label

    def _new(self, word: str, kind: str, form: str, *, number: int = 0) -> Entity:
        taken = {e.label for e in self.key.entities} | self.reserved
        bare = kind != "person" or word == "Intervjuer"
        label = word if bare else f"{word} {number or 1}"
        count = 1
        while label in taken:
            count += 1
            label = f"{word} {count}"
        entity = Entity(label, kind, [form])
        self.key.entities.append(entity)
        return entity

    def _note(self, entity: Entity, form: str, document: str) -> None:
        if form not in entity.forms:
            entity.forms.append(form)
            if entity.kind == "person":
                entity.forms.sort(key=lambda one: -len(_parts(one)))
        if document not in entity.documents:
            entity.documents.append(document)

    def _doubt(self, document: str, form: str, message: str) -> None:
        doubt = Doubt(document, form, message)
        if doubt not in self.doubts:
            self.doubts.append(doubt)


def _label_of(one: Identifier) -> str:
    if one.kind == "place":
        return _PLACE_LABELS.get(one.subkind, "sted")
    if one.kind == "unit":
        return _UNIT_LABELS.get(one.subkind, "enhet")
    special = {
        "fødselsnummer": "fødselsnummer", "kontonummer": "kontonummer", "fødselsdato": "fødselsdato",
        "organisasjonsnummer": "organisasjonsnummer", "bil": "bilnummer", "brukernavn": "brukernavn",
    }  # fmt: skip
    return special.get(one.subkind, _LABELS[one.kind])


def _either(labels: Sequence[str]) -> str:
    """Return a label that shows the doubt: *Person 2 eller 3*."""
    if all(label.startswith("Person ") for label in labels):
        return "Person " + " eller ".join(label.removeprefix("Person ") for label in labels)
    return " eller ".join(labels)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _parts(name: str) -> tuple[str, ...]:
    """Return the words of a name, casefolded; an initial is one letter."""
    return tuple(word.casefold() for word in _WORD.findall(name))


def _same(form: str, forms: Iterable[str]) -> bool:
    folded = _parts(form)
    return any(_parts(one) == folded for one in forms)


def _fits(parts: Sequence[str], full: Sequence[str]) -> bool:
    """Return whether a name can be another, fuller or shorter one: its words in order, initials too."""
    short, long = (parts, full) if len(parts) <= len(full) else (full, parts)
    if not short:
        return False
    at = 0
    for word in short:
        while at < len(long) and not _matches(word, long[at]):
            at += 1
        if at == len(long):
            return False
        at += 1
    # Two full names are one only if they end alike: "Kari Anne Moe" and "Kari Moe".
    return (
        len(short) == 1
        or _matches(short[-1], long[-1])
        or (_matches(short[0], long[0]) and len(short[-1]) == 1)
    )


def _matches(one: str, other: str) -> bool:
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    return one == other


def _nickname(short: str, full: Sequence[str]) -> bool:
    return len(short) >= _SHORTEST_NICKNAME and any(
        word.startswith(short) and len(word) > len(short) for word in full[:1]
    )
