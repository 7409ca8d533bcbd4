"""Pseudonymise transcripts and texts in memory, and restore them with the key."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, TypeVar, overload

from mestring_nlp.errors import MestringError
from mestring_nlp.privacy.alignment import Alignment
from mestring_nlp.privacy.decisions import Decisions, read_decisions
from mestring_nlp.privacy.finding import find_identifiers
from mestring_nlp.privacy.key import Document, Key, digest_of, read_key, write_key
from mestring_nlp.privacy.lexicon import is_word, lexicon
from mestring_nlp.privacy.replacing import PLACEHOLDER, Pseudonymiser, Speaking, names_someone
from mestring_nlp.transcript import Transcript

One = TypeVar("One", str, Transcript)
_NAME_WORD = re.compile(r"[^\W\d_]+")


@overload
def pseudonymise(  # type: ignore[overload-overlap]
    transcripts: One,
    key: Key | str | Path,
    *,
    passphrase: str | None = None,
    decisions: Decisions | str | Path | None = None,
    style: str = "labels",
) -> One: ...
@overload
def pseudonymise(
    transcripts: Iterable[One],
    key: Key | str | Path,
    *,
    passphrase: str | None = None,
    decisions: Decisions | str | Path | None = None,
    style: str = "labels",
) -> list[One]: ...
def pseudonymise(
    transcripts: Any,
    key: Key | str | Path,
    *,
    passphrase: str | None = None,
    decisions: Decisions | str | Path | None = None,
    style: str = "labels",
) -> Any:
    """Replace what identifies people in transcripts, and keep in a key who is who.

    Parameters
    ----------
    transcripts : str, Transcript, or iterable of either
    key : Key, str or pathlib.Path
        A key grows; a file is read where it exists, and written. With it `restore` puts everything back:
        the result is pseudonymised (*avidentifisert*), not anonymous.
    passphrase : str, optional
        Protects the file of the key.
    decisions : Decisions, str or pathlib.Path, optional
        What people decided, or the table in which they did.
    style : {"labels", "names"}, default "labels"
        ``[Person 3]``, or invented names that fit.

    Returns
    -------
    str, Transcript or list
        As many as were given, of the same type. Spans of codings move with `Key.document`.

    Raises
    ------
    MestringError
        The key or the decisions cannot be read, or the style is unknown.

    Examples
    --------
    >>> from mestring_nlp.privacy.key import Key
    >>> key = Key()
    >>> hidden = pseudonymise("Så sa Dag til Liv at Dags dag var god.", key)
    >>> hidden
    'Så sa [Person 1] til [Person 2] at [Person 1]s dag var god.'
    >>> restore(hidden, key)
    'Så sa Dag til Liv at Dags dag var god.'
    """
    held = _held(key, passphrase, new=True)
    given = decisions if isinstance(decisions, Decisions) else None
    if decisions is not None and given is None:
        given = read_decisions(Path(decisions))  # type: ignore[arg-type]
    at_work = Pseudonymiser(held, given or Decisions(), style)
    single = isinstance(transcripts, str | Transcript)
    listed: list[str | Transcript] = [transcripts] if single else list(transcripts)
    made = [_one(one, at_work, number) for number, one in enumerate(listed, start=1)]
    if not isinstance(key, Key):
        write_key(held, Path(key), passphrase)
    return made[0] if single else made


@overload
def restore(  # type: ignore[overload-overlap]
    transcripts: One, key: Key | str | Path, *, passphrase: str | None = None
) -> One: ...
@overload
def restore(
    transcripts: Iterable[One], key: Key | str | Path, *, passphrase: str | None = None
) -> list[One]: ...
def restore(
    transcripts: Any,
    key: Key | str | Path,
    *,
    passphrase: str | None = None,
) -> Any:
    """Put back what `pseudonymise` replaced.

    Parameters
    ----------
    transcripts : str, Transcript, or iterable of either
        As `pseudonymise` returned them. In a text that was changed since, each placeholder becomes the
        fullest form that the key knows.
    key : Key, str or pathlib.Path
    passphrase : str, optional

    Returns
    -------
    str, Transcript or list

    Raises
    ------
    MestringError
        The key cannot be read, or it knows a placeholder of the text not at all.
    """
    held = _held(key, passphrase, new=False)
    single = isinstance(transcripts, str | Transcript)
    listed: list[str | Transcript] = [transcripts] if single else list(transcripts)
    names = [""] if single else [f"text {number}" for number in range(1, len(listed) + 1)]
    made = [_back(one, held, name) for one, name in zip(listed, names, strict=True)]
    return made[0] if single else made


def restored_text(text: str, key: Key, name: str = "", *, place: str = "") -> tuple[str, bool]:
    """Return a text with everything put back, and whether that is exact.

    It is where the text is just as it was written; otherwise the fullest form stands for each placeholder.

    Raises
    ------
    MestringError
        The text has placeholders that the key does not know: it belongs to another key.
    """
    digest = digest_of(text)
    document = key.document(digest, name)
    if document is not None:
        spans = document.text_replaced if digest == document.text_digest else document.replaced
        return replace_back(text, spans), True
    return _by_label(text, key, place=place), False


def replace_back(text: str, replaced: list[tuple[int, int, str]]) -> str:
    """Return a text with what stood in some spans of it."""
    pieces: list[str] = []
    last = 0
    for start, end, was in replaced:
        pieces += [text[last:start], was]
        last = end
    return "".join([*pieces, text[last:]])


def _by_label(text: str, key: Key, *, place: str) -> str:
    by_label = {entity.label: entity.forms[0] for entity in key.entities if entity.forms}
    unknown = {found.group() for found in PLACEHOLDER.finditer(text)} - {f"[{one}]" for one in by_label}
    if unknown:
        raise MestringError(
            f"the key does not know {min(unknown)}",
            place=place,
            hint="Give the key with which this text was pseudonymised.",
        )
    return PLACEHOLDER.sub(lambda found: by_label[found.group()[1:-1]], text)


def hidden_name(name: str, key: Key, taken: Iterable[str] = ()) -> str:
    """Return an interview's name, or ``intervju N`` where it tells who somebody is.

    Parameters
    ----------
    name : str
        A file's name without its suffix.
    key : Key
        Its forms are not to be found in the name.
    taken : iterable of str
        Names that are in use.
    """
    if not tells(name, key):
        return name
    in_use = {one.casefold() for one in taken}
    return next(f"intervju_{number}" for number in count(1) if f"intervju_{number}" not in in_use)


def tells(name: str, key: Key) -> bool:
    """Return whether a name of a file, or the like, tells who somebody is."""
    hidden = {
        word.casefold() for form in key.forms() for word in _NAME_WORD.findall(form) if len(word) > 2
    }
    words = [word.casefold() for word in _NAME_WORD.findall(name)]
    if any(word in hidden and not is_word(word) for word in words) or re.search(r"\d{8}", name):
        return True
    names = lexicon()
    if any(names.given.get(word) == 0 and not is_word(word) for word in words if len(word) > 2):
        return True
    spaced = re.sub(r"[_.]+", " ", name)
    return any(
        one.kind in ("person", "place", "unit", "id_number", "email", "phone") and one.confidence >= 0.8
        for one in find_identifiers(f"Om {spaced}")
    )


def _held(key: Key | str | Path, passphrase: str | None, *, new: bool) -> Key:
    if isinstance(key, Key):
        return key
    file = Path(key)
    return Key() if new and not file.exists() else read_key(file, passphrase)


def _one(one: str | Transcript, at_work: Pseudonymiser, number: int) -> str | Transcript:
    if isinstance(one, str):
        document = f"text {number}"
        edits = at_work.edits(one, document)
        moved = Alignment.of(edits)
        made = moved.applied(one)
        back = [(edit.start, edit.end, edit.new) for edit in moved.inverse(one).edits]
        at_work.key.keep(Document(_free(document, made, at_work.key), document, digest_of(made), back))
        return made
    if not isinstance(one, Transcript):
        raise MestringError(f"a {type(one).__name__} where a transcript or a text is expected")
    return hidden_transcript(one, at_work)


def _free(name: str, text: str, key: Key) -> str:
    """Return a name under which no other text is kept yet."""
    digest = digest_of(text)
    used = {document.name for document in key.documents if document.digest != digest}
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(free for free in names if free not in used)


def speakers_of(transcript: Transcript) -> list[Speaking]:
    """Return those of a transcript's speakers whose label is a name."""
    return [Speaking(who.label, who.role) for who in transcript.speakers if names_someone(who.label)]


def hidden_transcript(one: Transcript, at_work: Pseudonymiser) -> Transcript:
    """Return a transcript with identifiers replaced; what was replaced goes into the key."""
    key = at_work.key
    speakers = speakers_of(one)
    moved = Alignment.of(at_work.edits(one.text, one.name, speakers))
    labels = {who.label.casefold(): _label_of(who, one.name, key) for who in speakers}
    text = moved.applied(one.text)
    turns = []
    for turn in one.turns:
        start, end = moved.span(turn.start, turn.end)
        label = labels.get(turn.speaker.casefold(), turn.speaker)
        turns.append(replace(turn, speaker=label, start=start, end=end, text=text[start:end]))
    title = Alignment.of(at_work.edits(one.title, one.name)).applied(one.title) if one.title else ""
    name = hidden_name(one.name, key, (document.name for document in key.documents))
    back = [(edit.start, edit.end, edit.new) for edit in moved.inverse(one.text).edits]
    originals = {turn.speaker: was.speaker for turn, was in zip(turns, one.turns, strict=True)}
    key.keep(Document(name, one.name, digest_of(text), back, speakers=originals, title=one.title))
    reasons = {labels.get(label, label).casefold(): why for label, why in one.role_reasons.items()}
    return replace(
        one, name=name, text=text, turns=tuple(turns), title=title, role_reasons=reasons, notes=()
    )


def _label_of(who: Speaking, document: str, key: Key) -> str:
    return next(
        entity.label
        for entity in key.entities
        if entity.role == who.role and document in entity.documents and who.label in entity.forms
    )


def _back(one: str | Transcript, key: Key, name: str) -> str | Transcript:
    if isinstance(one, str):
        return restored_text(one, key, name)[0]
    document = key.document(digest_of(one.text), one.name)
    if document is None:
        raise MestringError(
            "the transcript is not as it was pseudonymised, or with another key",
            place=one.name,
            hint="Restore its text alone, or give the right key.",
        )
    moved = document.back()
    text = moved.applied(one.text)
    turns = []
    for turn in one.turns:
        start, end = moved.span(turn.start, turn.end)
        label = document.speakers.get(turn.speaker, turn.speaker)
        turns.append(replace(turn, speaker=label, start=start, end=end, text=text[start:end]))
    return replace(one, name=document.original_name, text=text, turns=tuple(turns), title=document.title)
