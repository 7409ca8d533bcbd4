"""What a page of a review shows: a window of the interview around one passage, never all of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from mestring_nlp.codebook import Code
from mestring_nlp.review.events import CODES, NO_CODE, UNDECIDED, UNSURE
from mestring_nlp.review.passages import Passage
from mestring_nlp.review.review import Review
from mestring_nlp.review.words import Words
from mestring_nlp.transcript import INFORMANT, MACHINE, Turn
from mestring_nlp.wording import percent
from mestring_nlp.writers.page import templates

if TYPE_CHECKING:
    from jinja2 import Environment

_BEFORE, _AFTER = 10, 20
_LONGEST_TURN = 1_500
_SHOWN, _ALWAYS = 5, 2
_QUOTED = 300
_FOUND = 50
_LETTERS = "abcdefhilopqrtwxy"
"""Keys of codes beyond the tenth; the others have a meaning of their own."""


@dataclass(frozen=True)
class Piece:
    """A part of a turn: a passage, or text that is in none, which may be cut at its front."""

    text: str
    start: int
    passage: Passage | None = None
    cut: bool = False


@dataclass(frozen=True)
class ShownTurn:
    """A turn, or the part of it that lies in the window."""

    number: int
    turn: Turn
    informant: bool
    pieces: list[Piece]


@dataclass(frozen=True)
class Progress:
    """How far an interview is decided."""

    name: str
    decided: int
    of: int
    first: int | None = None


@dataclass
class Page:
    """What is shown to one coder.

    Attributes
    ----------
    review : Review
    words : Words
    focus : Passage or None
        The passage in focus; None where the filter shows none.
    only : str
        The filter; see `Review.step`, or ``"queue"``.
    said : str
        What was just done.
    """

    review: Review
    words: Words
    focus: Passage | None
    only: str = "all"
    said: str = ""
    codes: dict[str, Code] = field(init=False)

    def __post_init__(self) -> None:
        self.codes = {code.id: code for code in self.review.codebook}

    @property
    def event(self) -> int:
        """The latest event that the page knows."""
        return self.review.store.last_event()

    @property
    def keys(self) -> dict[str, str]:
        """The key of each code, in codebook order: 1 to 9, 0, then letters."""
        return dict(zip(self.codes, [*"1234567890", *_LETTERS], strict=False))

    def name(self, code: str) -> str:
        """Return a code's name; ``""`` is no code."""
        if not code:
            return self.words("no_code")
        if code not in self.codes:
            return self.words("code_gone", name=self.review.gone.get(code, code))
        found = self.codes[code]
        return (self.words.language == "en" and found.name_en) or found.name

    def coder(self, name: str) -> str:
        """Return what a coder is called: a model is the machine."""
        return self.words("machine") if name.startswith(MACHINE) else name

    def names(self, codes: tuple[str, ...]) -> str:
        """Return the names of codes; of none, that there is none."""
        return ", ".join(self.name(code) for code in codes) or self.words("no_code")

    def shows_suggestion(self, passage: Passage) -> bool:
        """Return whether a passage's suggestion may be seen."""
        return passage.suggestion is not None and (passage.decided or not self.review.blind)

    def state(self, passage: Passage) -> str:
        """Return what a passage is, in words, as its label says."""
        status = passage.decision.status
        if status == UNSURE:
            return self.words("unsure")
        if status in (CODES, NO_CODE):
            return self.names(passage.decision.codes)
        said = passage.suggestion
        if said is None or not self.shows_suggestion(passage):
            return self.words("undecided")
        if said.decision == "abstained":
            return f"{self.words('undecided')}. {self.words('machine_unsure')}"
        named = self.names(said.codes)
        return f"{self.words('undecided')}. {self.words('suggested')}: {named}"

    def look(self, passage: Passage) -> str:
        """Return the classes of a passage: its colour and how it is drawn."""
        status, said = passage.decision.status, passage.suggestion
        codes, drawn = passage.decision.codes, [status]
        if status == UNDECIDED and said is not None and self.shows_suggestion(passage):
            codes = said.codes
            drawn.append("abstained" if said.decision == "abstained" else "proposed")
        if codes:
            drawn.append(f"c-{codes[0]}" if codes[0] in self.codes else "c-gone")
        return " ".join(drawn)

    def answers(self, passage: Passage) -> list[tuple[str, int, bool]]:
        """Return the most probable answers, in per cent, and whether the prediction set has them.

        Beyond the second only those that have a per cent are told.
        """
        said = passage.suggestion
        if said is None or not self.shows_suggestion(passage):
            return []
        told = [(code, percent(p), code in said.prediction_set) for code, p in said.top[:_SHOWN]]
        return [answer for at, answer in enumerate(told) if at < _ALWAYS or answer[1]]

    def question(self, passage: Passage) -> str:
        """Return the question that a passage answers, cut at the front if it is long."""
        transcript = self.review.store.transcript(passage.transcript)
        asked = transcript.question_for(passage.turn - 1)
        return asked if len(asked) <= _QUOTED else "… " + asked[-_QUOTED:].partition(" ")[2]

    @property
    def place(self) -> tuple[int, int]:
        """Which passage of its interview is in focus, from 1, and of how many."""
        if self.focus is None:
            return 0, 0
        number = self.review.store.names.index(self.focus.transcript)
        before = self.review.store.count_before(self.review.coder, number, self.focus.start)
        return before + 1, sum(self.review.progress(self.focus.transcript).values())

    @property
    def where(self) -> str:
        """How far the interview in focus is decided, in words."""
        if self.focus is None:
            return ""
        counts = self.review.progress(self.focus.transcript)
        of = sum(counts.values())
        done = of - counts.get(UNDECIDED, 0)
        return f"· {done}/{of} {self.words('decided')}"

    @property
    def interviews(self) -> list[Progress]:
        """The interviews, with how far each is decided."""
        found = []
        for name in self.review.store.names:
            counts = self.review.progress(name)
            of = sum(counts.values())
            found.append(Progress(name, of - counts.get(UNDECIDED, 0), of))
        return found

    @property
    def filters(self) -> list[tuple[str, str]]:
        """The filters to choose from, each with its name."""
        hidden = {"disagreement", "changed"} if self.review.blind else set()
        plain = ("all", "undecided", "queue", "unsure", "disagreement", "changed", "memo")
        named = [(key, self.words(f"filter_{key}")) for key in plain if key not in hidden]
        codes = [*self.codes, *self.review.gone]
        return named + [(f"code:{c}", self.words("filter_code", name=self.name(c))) for c in codes]

    @property
    def turns(self) -> list[ShownTurn]:
        """The turns around the passage in focus, cut into passages and what is in none."""
        if self.focus is None:
            return []
        near = self.review.store.near(self.review.coder, self.focus, _BEFORE, _AFTER)
        transcript = self.review.store.transcript(self.focus.transcript)
        first, last = transcript.turn_at(near[0].start), transcript.turn_at(near[-1].start)
        if first > 0 and transcript.turns[first - 1].role != INFORMANT:
            first -= 1  # the question belongs to its answer
        begin, end = near[0].start, near[-1].end
        shown = []
        for index in range(first, last + 1):
            turn = transcript.turns[index]
            inside = [passage for passage in near if passage.turn == index + 1]
            position = max(turn.start, begin) if inside else turn.start
            stop = min(turn.end, end) if inside else turn.end
            pieces: list[Piece] = []
            for passage in inside:
                if transcript.text[position : passage.start].strip():
                    pieces.append(Piece(transcript.text[position : passage.start], position))
                pieces.append(Piece(passage.text, passage.start, passage))
                position = passage.end
            if transcript.text[position:stop].strip():
                cut = position
                if not inside and stop - position > _LONGEST_TURN:  # at a word
                    cut = transcript.text.find(" ", stop - _LONGEST_TURN, stop) + 1 or position
                pieces.append(Piece(transcript.text[cut:stop], cut, cut=cut > position))
            shown.append(ShownTurn(index + 1, turn, turn.role == INFORMANT, pieces))
        return shown

    def passage_at(self, name: str, position: int) -> int:
        """Return the number of the coder's passage at a position of an interview; 0 if there is none."""
        found = self.review.store.at(self.review.coder, self.review.store.names.index(name), position)
        return found.id if found else 0

    def search(self, wanted: str) -> list[tuple[Passage, str, str, str]]:
        """Return passages that hold some words, each with what stands before, the words, and after."""
        found: list[tuple[Passage, str, str, str]] = []
        folded = wanted.lower()
        for number, name in enumerate(self.review.store.names):
            text = self.review.store.transcript(name).text
            # Where lower case is longer, places would be wrong.
            low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
            at = low.find(folded)
            while at >= 0 and len(found) < _FOUND:
                passage = self.review.store.at(self.review.coder, number, at)
                if passage is not None:
                    end = at + len(folded)
                    found.append(
                        (passage, text[max(0, at - 60) : at], text[at:end], text[end : end + 60])
                    )
                    at = low.find(folded, max(end, passage.end))
                else:
                    at = low.find(folded, at + len(folded))
        return found

    def bulk(self, found: list[Passage]) -> list[tuple[str, int]]:
        """Return how often each answer of some passages would be accepted, the most frequent first."""
        counts = Counter(
            self.names(passage.suggestion.codes) for passage in found if passage.suggestion is not None
        )
        return counts.most_common()


def bulk_mark(passages: list[Passage]) -> str:
    """Return what tells these passages, with what is suggested for each, from any others."""
    listed = "".join(f"{p.id}:{p.suggestion.mark};" for p in passages if p.suggestion is not None)
    return hashlib.sha256(listed.encode()).hexdigest()[:16]


@cache
def environment() -> Environment:
    """Return the environment of the page's templates."""
    made = templates("mestring_nlp.review")
    made.globals["percent"] = percent
    return made


def render(template: str, **values: Any) -> str:
    """Render a template by name."""
    return environment().get_template(f"{template}.html.j2").render(**values)


def colours(review: Review) -> str:
    """Return a style sheet with the codes' colours, as the pages' policy allows none within them."""
    rules = [f".c-{code.id}{{--code:{code.colour}}}" for code in review.codebook]
    return "\n".join([*rules, ".c-gone{--code:#777777}"]) + "\n"
