"""Write suggestions as a new REFI-QDA project, in the form that most programs read without loss."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence

from mestring_nlp.codebook import Codebook
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.errors import MestringError
from mestring_nlp.refi.codes import code_element, code_guid, unique_names
from mestring_nlp.refi.machine import Machine
from mestring_nlp.refi.markup import DATE, HEAD, PROJECT_SPACE, element, escaped, new_guid
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
    make: Callable[..., Machine] = Machine,
    about: str = "",
) -> bytes:
    """Return interviews and suggestions as a REFI-QDA project (``.qdpx``).

    The machine is a user of its own. Each passage with suggested codes is a selection with codings,
    whose description has their probabilities and the reasons. An abstention is a selection without
    codings. Each interview has a note with a summary.

    Parameters
    ----------
    interviews : iterable of CodedInterview
        No two interviews may have the same name.
    codebook : Codebook
        The one that the suggestions use.
    coder : str
        The coder's name, such as ``"mestring-nlp 0.1.0"``.
    name : str, default "Kodeforslag"
        The project's name.
    date : str, optional
        The date of all parts, as ``2026-05-17T12:00:00Z``.
    make : callable, optional
        What writes the codings; a kind of `Machine`.
    about : str, optional
        The project's description, in place of that of a machine's suggestions.

    Returns
    -------
    bytes
        The same for the same input. Positions count code points in texts with LF and without a byte
        order mark; see `shifted_by_utf16`.

    Raises
    ------
    MestringError
        Two interviews have the same name.
    """
    names = unique_names(codebook)
    codes = {code.id: code for code in codebook}
    refs = {code.id: code_guid(codebook.title, code) for code in codebook}
    user = new_guid("user", coder)
    machine = make(coder, user, codes, refs, {user, *refs.values()}, date)
    texts: dict[str, bytes] = {}
    sources: list[str] = []
    notes: list[str] = []
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
        notes += filter(None, [note])
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
    listed = []
    for code in codebook:
        note, ref = machine.code_note(code.id)
        notes += filter(None, [note])
        listed.append(code_element(code, names, refs[code.id], notes=ref))
    made = {"creatingUserGUID": user, "creationDateTime": date}
    project = element(
        "Project",
        {"xmlns": PROJECT_SPACE, "name": name, "origin": coder, **made},
        *_block("Users", [machine.user()]),
        *_block("CodeBook", [element("Codes", {}, "\n", *(f"{code}\n" for code in listed))]),
        *_block("Sources", sources),
        *_block("Notes", notes),
        element("Description", {}, escaped(about or guarded_like_interviews("Prosjektet", coder))),
    )
    return _archive({"project.qde": f"{HEAD}{project}\n".encode(), **texts})


def shifted_by_utf16(transcripts: Iterable[Transcript]) -> list[str]:
    """Return warnings about transcripts with characters that some QDA programs count as two.

    Parameters
    ----------
    transcripts : iterable of Transcript

    Returns
    -------
    list of str
        A line for each that has characters beyond U+FFFF, such as emoji: a program that counts UTF-16
        units shows what follows them that much too early.
    """
    warnings = []
    for transcript in transcripts:
        wide = [character for character in transcript.text if character > "\uffff"]
        if wide:
            warnings.append(
                f"{transcript.name}: {len(wide)} characters such as {wide[0]} count as two in some QDA "
                "programs, NVivo among them, which then show the passages after them too early; take "
                "them out of the transcript if yours does"
            )
    return warnings


def _block(name: str, items: Sequence[str]) -> list[str]:
    """Return an element with one item a line, or none without items: the schema forbids empty ones."""
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
