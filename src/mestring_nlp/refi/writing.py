"""Suggestions as a new REFI-QDA project, in the form that most programs read without loss."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence

from mestring_nlp.codebook import Codebook
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.errors import MestringError
from mestring_nlp.refi.codes import code_element, code_guid, unique_names
from mestring_nlp.refi.machine import Machine
from mestring_nlp.refi.markup import DATE, HEAD, PROJECT_SPACE, element, new_guid, said
from mestring_nlp.transcript import Transcript
from mestring_nlp.wording import guarded_like_interviews, summary

_OLDEST = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


def write_project(
    interviews: Iterable[CodedInterview],
    codebook: Codebook,
    coder: str,
    *,
    name: str = "Kodeforslag",
    date: str = DATE,
) -> bytes:
    """Give interviews and suggestions as a REFI-QDA project (``.qdpx``).

    The machine is a user of its own. Each passage with suggested codes is a selection with codings;
    how probable they are, and why, stands in its description. A passage that the machine left to a
    person is a selection without codings. A note on each interview sums up.

    Parameters
    ----------
    interviews : iterable of CodedInterview
        No two interviews may have the same name.
    codebook : Codebook
        The one that the suggestions use.
    coder : str
        Who suggests, such as ``"mestring-nlp 0.1.0"``.
    name : str, default "Kodeforslag"
        The project's.
    date : str, optional
        What everything is dated, as ``2026-05-17T12:00:00Z``.

    Returns
    -------
    bytes
        The same for the same input. Positions are code points in texts with LF and without byte order
        mark; see `shifted_by_utf16`.

    Raises
    ------
    MestringError
        Two interviews have one name.
    """
    names = unique_names(codebook)
    codes = {code.id: code for code in codebook}
    refs = {code.id: code_guid(codebook.title, code) for code in codebook}
    user = new_guid("user", coder)
    machine = Machine(coder, user, codes, refs, {user, *refs.values()}, date)
    texts: dict[str, bytes] = {}
    sources, notes = [], []
    seen: set[str] = set()
    for interview in interviews:
        transcript, suggestions = interview.transcript, interview.suggestions
        if transcript.name in seen:
            raise MestringError(
                f"two interviews are called {transcript.name!r}", hint="Give one of them another name."
            )
        seen.add(transcript.name)
        guid = new_guid("source", transcript.name, transcript.hash, taken=machine.taken)
        note, ref = machine.note(guid, transcript.name, summary(interview), suggestions)
        texts[f"sources/{guid}.txt"] = transcript.text.encode()
        notes.append(note)
        sources.append(
            element(
                "TextSource",
                {
                    "guid": guid,
                    "name": transcript.name,
                    "plainTextPath": f"internal://{guid}.txt",
                    "creatingUser": user,
                    "creationDateTime": date,
                },
                *machine.selections(guid, suggestions, lambda start, end: (start, end)),
                ref,
            )
        )
    listed = [code_element(code, names, refs[code.id]) for code in codebook]
    made = {"creatingUserGUID": user, "creationDateTime": date}
    project = element(
        "Project",
        {"xmlns": PROJECT_SPACE, "name": name, "origin": coder, **made},
        *_block("Users", [machine.user()]),
        *_block("CodeBook", [element("Codes", {}, "\n", *(f"{code}\n" for code in listed))]),
        *_block("Sources", sources),
        *_block("Notes", notes),
        element("Description", {}, said(guarded_like_interviews("Prosjektet", coder))),
    )
    return _archive({"project.qde": f"{HEAD}{project}\n".encode(), **texts})


def shifted_by_utf16(transcripts: Iterable[Transcript]) -> list[str]:
    """Say which transcripts have characters that some QDA programs count as two.

    Parameters
    ----------
    transcripts : iterable of Transcript

    Returns
    -------
    list of str
        A line for each that has characters beyond U+FFFF, such as emoji: a program that counts UTF-16
        units shows what follows them that much too early.
    """
    said_ = []
    for transcript in transcripts:
        wide = [character for character in transcript.text if character > "\uffff"]
        if wide:
            said_.append(
                f"{transcript.name}: {len(wide)} characters such as {wide[0]} count as two in some QDA "
                "programs, NVivo among them, which then show the passages after them too early; take "
                "them out of the transcript if yours does"
            )
    return said_


def _block(name: str, items: Sequence[str]) -> list[str]:
    """An element with an item a line; none without items, since the schema allows no empty ones."""
    return [element(name, {}, "\n", *(f"{item}\n" for item in items)), "\n"] if items else []


def _archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in members.items():
            member = zipfile.ZipInfo(path, _OLDEST)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system, member.external_attr = 3, _READABLE
            archive.writestr(member, data)
    return buffer.getvalue()
