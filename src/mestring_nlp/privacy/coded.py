"""Codings that move along with texts whose names are replaced, and back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from mestring_nlp.coded_file import CodedFile, codings_csv
from mestring_nlp.codings import read_coded_file
from mestring_nlp.errors import MestringError
from mestring_nlp.privacy.alignment import Alignment, Edit
from mestring_nlp.privacy.key import Document, Key, digest_of
from mestring_nlp.privacy.replacing import Pseudonymiser
from mestring_nlp.readers import read_transcript
from mestring_nlp.spans import check_span
from mestring_nlp.transcript import Coding, Transcript


@dataclass
class MovedCodings:
    """A table of codings, and those of its rows that have moved so far.

    Attributes
    ----------
    file : CodedFile
    moved : list of Coding
    """

    file: CodedFile
    moved: list[Coding] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Return whether an interview of that name was coded."""
        return name in self.file.transcripts

    def move(self, transcript: Transcript, moved: Alignment, name: str) -> None:
        """Move the codings of an interview to its pseudonymised text.

        Raises
        ------
        MestringError
            A row does not fit the interview.
        """
        for row in self.file.rows:
            if row.span.transcript == transcript.name:
                check_span(row.span, transcript.text, place=row.place)
        self._move(transcript.name, moved, name)

    def move_back(self, document: Document, path: Path) -> None:
        """Move the codings of a pseudonymised file back to its original's text.

        Raises
        ------
        MestringError
            The file's text is not the one that was pseudonymised with codings.
        """
        text = read_transcript(path).text
        spans = document.text_replaced if document.text_digest == digest_of(text) else None
        if spans is None and document.digest == digest_of(text):
            spans = document.replaced
        if spans is None:
            raise MestringError(
                "its codings cannot be moved back: the file was pseudonymised without codings, or has changed",
                place=str(path),
                hint="Pseudonymise it again with --codings.",
            )
        back = Alignment.of(Edit(*one) for one in spans)
        self._move(path.stem, back, Path(document.original_name).stem)

    def _move(self, old: str, moved: Alignment, new: str) -> None:
        for coding in self.file.codings:
            if coding.transcript == old:
                start, end = moved.span(coding.start, coding.end)
                self.moved.append(replace(coding, transcript=new, start=start, end=end))

    def check_codes(self, key: Key) -> None:
        """Raise where a code is called as somebody that the key hides."""
        forms = {form.casefold() for one in key.entities if one.kind == "person" for form in one.forms}
        for code in sorted({code for row in self.file.rows for code in row.span.codes}):
            if code.casefold() in forms:
                raise MestringError(
                    f"the code {code!r} is also a name that is replaced",
                    place=self.file.place,
                    hint="Rename the code, or decide to keep the name in the table of finds.",
                )

    def table(self, at_work: Pseudonymiser) -> bytes:
        """Return the moved codings as a table: notes pseudonymised, coders whose names are hidden numbered."""
        key = at_work.key
        hidden = {form.casefold() for one in key.entities if one.kind == "person" for form in one.forms}
        rows = []
        for coding in self.moved:
            coder = coding.coder
            if coder.casefold() in hidden:
                label = next((l for l, name in key.coders.items() if name == coder), "")  # noqa: E741
                label = label or f"koder {len(key.coders) + 1}"
                key.coders[label] = coder
                coder = label
            note = Alignment.of(at_work.edits(coding.note, coding.transcript)).applied(coding.note)
            rows.append(replace(coding, coder=coder, note=note))
        return codings_csv(rows)

    def table_back(self, key: Key) -> bytes:
        """Return the codings that moved back as a table, coders under their names."""
        return codings_csv(
            replace(coding, coder=key.coders.get(coding.coder, coding.coder)) for coding in self.moved
        )


def read_to_move(file: Path) -> MovedCodings:
    """Read a table of codings whose positions are to move.

    Raises
    ------
    MestringError
        It is no table of codings.
    """
    return MovedCodings(read_coded_file(file).resolved(None))
