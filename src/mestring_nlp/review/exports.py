"""What leaves a review: tables, a workbook, Word documents and QDA projects, by the writers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mestring_nlp import writers
from mestring_nlp.codebook import Code, Codebook
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.refi import add_suggestions, write_project
from mestring_nlp.refi.machine import Machine
from mestring_nlp.refi.markup import element, escaped, one_line
from mestring_nlp.refi.reading import project_from
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.review.codings_file import CODINGS
from mestring_nlp.review.events import CODES, NO_CODE, UNSURE
from mestring_nlp.review.opening import BEGUN, PROJECT
from mestring_nlp.review.passages import Passage
from mestring_nlp.review.trail import trail_csv
from mestring_nlp.spans import Span
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.training_data import ADJUDICATED
from mestring_nlp.wording import DOUBTFUL, named

if TYPE_CHECKING:
    from mestring_nlp.review.review import Review

_GUARD = "Inneholder intervjuet og er en personopplysning: lagre det like trygt som intervjuet."


def whole_codebook(review: Review) -> Codebook:
    """Return the codebook, with the codes that are gone behind the others."""
    gone = [Code(code, name, name, colour="#777777") for code, name in review.gone.items()]
    return replace(review.codebook, codes=(*review.codebook.codes, *gone))


def decided(review: Review, name: str, coder: str) -> CodedInterview:
    """Return an interview with what a coder decided, in the form in which suggestions are written.

    Probabilities are those of the machine; what is undecided has no code and no abstention.
    """
    transcript = review.store.transcript(name)
    made = []
    stands = review.standing(name) if coder == ADJUDICATED else None
    for passage in review.passages(name, coder) if stands is None else stands:
        said = passage.suggestion
        made.append(
            Suggestion(
                passage.segment(transcript),
                passage.decision.codes,
                dict(said.probabilities) if said else {},
                said.no_code if said else 0.0,
                passage.decision.status == UNSURE,
            )
        )
    return CodedInterview(transcript, made)


def suggested(review: Review, name: str) -> CodedInterview:
    """Return an interview with the suggestions for the passages of the review's coder."""
    transcript = review.store.transcript(name)
    return CodedInterview(
        transcript, [_suggestion(passage, review) for passage in review.passages(name)]
    )


def _suggestion(passage: Passage, review: Review) -> Suggestion:
    said = passage.suggestion
    segment = passage.segment(review.store.transcript(passage.transcript))
    if said is None or (review.blind and not passage.decided):
        return Suggestion(segment, (), {}, 0.0, True)
    return Suggestion(
        segment,
        said.codes,
        dict(said.probabilities),
        said.no_code,
        said.decision == "abstained",
        said.prediction_set,
        said.reason,
    )


def model_name(review: Review) -> str:
    """Return the name of the model that suggested last; empty where none did."""
    found = review.store.rows("SELECT model FROM suggestions ORDER BY rowid DESC LIMIT 1")
    return str(found[0][0]) if found else ""


def xlsx(review: Review) -> bytes:
    """Return a workbook of the suggestions, with the coder's decisions in the column ``Din kode``."""
    book = whole_codebook(review)
    own: dict[Span, str] = {}
    for name in review.store.names:
        for passage in review.passages(name):
            if passage.decision.status in (CODES, NO_CODE):
                codes = passage.decision.codes or ("",)
                value = "; ".join(named(code, book) for code in codes)
                own[name, passage.start, passage.end] = value
    interviews = [suggested(review, name) for name in review.store.names]
    return writers.workbook(interviews, book, model_name(review) or review.coder, own=own)


def word(review: Review, name: str) -> bytes:
    """Return an interview as a Word document, the coder's decisions and memos as comments."""
    book = whole_codebook(review)
    memos = {(p.start, p.end): p.memo for p in review.passages(name) if p.memo}

    def says(suggestion: Suggestion) -> str:
        segment = suggestion.segment
        codes = ", ".join(named(code, book) for code in suggestion.codes)
        memo = memos.get((segment.start, segment.end), "")
        return "\n".join(filter(None, [codes or (DOUBTFUL if suggestion.abstained else ""), memo]))

    memo = review.store.memo(review.coder, f"interview:{name}")
    about = "\n".join(filter(None, [f"Kodet av {review.coder}.", memo]))
    return writers.word_document(
        decided(review, name, review.coder), book, review.coder, says=says, about=about, footer=_GUARD
    )


@dataclass(frozen=True)
class Person(Machine):
    """A person as a coder of a QDA project: codings with memos, and notes.

    Attributes
    ----------
    memos : mapping of (str, int, int) to str
        By transcript, start and end.
    notes : mapping of str to str
        On interviews, by name.
    code_notes : mapping of str to str
        On codes, by id.
    """

    memos: Mapping[Span, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    code_notes: Mapping[str, str] = field(default_factory=dict)

    def _marks(self, suggestion: Suggestion) -> bool:
        return super()._marks(suggestion) or bool(self._memo(suggestion))

    def _says(self, suggestion: Suggestion) -> str:
        lines = [DOUBTFUL if suggestion.abstained else "", self._memo(suggestion)]
        return "\n".join(filter(None, lines))

    def _memo(self, suggestion: Suggestion) -> str:
        segment = suggestion.segment
        return self.memos.get((segment.transcript, segment.start, segment.end), "")

    def note(
        self, source: str, title: str, about: str, suggestions: Sequence[Suggestion]
    ) -> tuple[str, str]:
        """Return a note on an interview, and a reference to it, as XML; empty where there is none."""
        name = suggestions[0].segment.transcript if suggestions else title
        return self._note(self.notes.get(name, ""), title, "note", source)

    def code_note(self, code: str) -> tuple[str, str]:
        """Return a note on a code, and a reference to it, as XML; empty where there is none."""
        return self._note(self.code_notes.get(code, ""), self.codes[code].name, "code note", code)

    def _note(self, text: str, what: str, *parts: str) -> tuple[str, str]:
        if not text:
            return "", ""
        guid = self._guid(*parts)
        content = element(f"{self.prefix}PlainTextContent", {}, escaped(text))
        name = f"Notat fra {self.name}: {what}"
        note = self._element("Note", {"guid": guid, "name": name, **self._made()}, content)
        return note, self._element("NoteRef", {"targetGUID": guid})


def qdpx(review: Review) -> bytes:
    """Return a REFI-QDA project with each person and the machine as coders, memos as notes.

    It is a copy of the project that the review began from, if it did; whoever did nothing since is in it
    already.
    """
    book, data = whole_codebook(review), b""
    begun = 0
    if (review.folder / PROJECT).is_file():
        data = read_bytes(review.folder / PROJECT)
        begun = int(review.store.get(BEGUN, "0"))
    rows = review.store.rows("SELECT coder FROM events GROUP BY coder HAVING max(id) > ?", [begun])
    active = {row[0] for row in rows} or {review.coder}
    for coder in sorted(active, key=[*review.store.coders, *sorted(active)].index):
        interviews = [decided(review, name, coder) for name in review.store.names]
        make = partial(Person, **_memos(review, coder))
        data = _with(data, interviews, book, coder, make)
    if name := model_name(review):
        interviews = [suggested(review, one) for one in review.store.names]
        data = _with(data, interviews, book, name, Machine)
    return data


def _with(
    data: bytes,
    interviews: list[CodedInterview],
    book: Codebook,
    coder: str,
    make: Callable[..., Machine],
) -> bytes:
    if not data:
        return write_project(interviews, book, coder, name="Gjennomgang", make=make, about=_GUARD)
    project = project_from(data, place="review.qdpx")
    names = [interview.name for interview in interviews]
    # Read back, a name is one that every system allows for a file; its title is as we wrote it.
    ours = {one_line(name): name for name in names}
    sources = [
        s if s.name in names else replace(s, name=ours.get(s.title, s.name)) for s in project.sources
    ]
    project = replace(project, sources=tuple(sources))
    return add_suggestions(project, interviews, book, coder, make=make)


def _memos(review: Review, coder: str) -> dict[str, Any]:
    """Return a coder's memos as `Person` takes them."""
    found = review.store.memos(coder)
    passages: dict[Span, str] = {}
    for name in review.store.names:
        for passage in review.passages(name, coder):
            if text := "\n".join(filter(None, [passage.decision.note, passage.memo])):
                passages[name, passage.start, passage.end] = text

    def on(kind: str) -> dict[str, str]:
        named = ((target.split(":", 1), text) for target, text in found.items())
        return {name: text for (what, name), text in named if what == kind}

    return {"memos": passages, "notes": on("interview"), "code_notes": on("code")}


def codings(review: Review) -> bytes:
    """Return ``codings.csv`` as it is now."""
    review.flush()
    return read_bytes(review.folder / CODINGS)


EXPORTS: dict[str, tuple[Callable[[Review], bytes], str]] = {
    "codings.csv": (codings, "text/csv; charset=utf-8"),
    "trail.csv": (lambda review: trail_csv(review.store), "text/csv; charset=utf-8"),
    "review.xlsx": (xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "review.qdpx": (qdpx, "application/zip"),
}
"""What can be exported of all interviews, by the file's name."""

OTHERS = frozenset(EXPORTS) - {"review.xlsx"}
"""Those that hold what others decided too."""
