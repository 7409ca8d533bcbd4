"""A review: a folder in which people decide on passages, and every decision is kept as an event."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from mestring_nlp.code_names import check_code
from mestring_nlp.errors import MestringError
from mestring_nlp.review import opening, partition
from mestring_nlp.review.codings_file import codings_of
from mestring_nlp.review.events import (
    CODES,
    NO_CODE,
    UNDECIDED,
    UNDO,
    UNSURE,
    Change,
    Decision,
    Event,
)
from mestring_nlp.review.folder import ReviewFolder
from mestring_nlp.review.passages import Passage
from mestring_nlp.review.queue import CONFIDENT, MOST, Candidate, spread
from mestring_nlp.review.store import FILTERS, filter_of
from mestring_nlp.transcript import Coding

if TYPE_CHECKING:
    from mestring_nlp.coded_file import CodedFile
    from mestring_nlp.encoding import Progress
    from mestring_nlp.model import Model
    from mestring_nlp.review.learning import Learned


class Review(ReviewFolder):
    """A review that is open; use `Review.open` or `Review.create`, and `close` at the end.

    Parameters
    ----------
    folder, store, lock, coder, notes
        See `Review.open`, which gives them.

    Examples
    --------
    Decide on the passages from which a model would learn most:

    >>> with Review.open("my_review") as review:  # doctest: +SKIP
    ...     for passage in review.queue(10):
    ...         print(passage.text, passage.suggestion.codes)
    ...         review.decide(passage.id, input("Codes? ").split())
    """

    def passages(self, name: str, coder: str | None = None) -> list[Passage]:
        """Return the passages of an interview, as the coder sees them."""
        where, number = "p.number = :number", self.store.names.index(name)
        return self.store.passages(coder or self.coder, where, {"number": number})

    def passage(self, passage: int, coder: str | None = None) -> Passage:
        """Return one passage by its number.

        Raises
        ------
        MestringError
            The coder has no such passage, or no longer.
        """
        there = 0 < passage < 2**63  # more, no database can hold
        found = self.store.passages(coder or self.coder, "p.id = :id", {"id": passage}) if there else []
        if not found:
            raise MestringError(
                f"there is no passage {passage!s:.40}, or no longer", hint="Look at the interview again."
            )
        return found[0]

    def step(self, passage: int, by: int = 1, only: str = "all") -> Passage | None:
        """Return the next passage that a filter shows, or the one before.

        Parameters
        ----------
        passage : int
        by : {1, -1}
        only : str
            One of `FILTERS`, or ``code:ID``.

        Returns
        -------
        Passage or None
            None at the end, or at the beginning.
        """
        at = self.passage(passage)
        number = self.store.names.index(at.transcript)
        where, values = filter_of(only, self.blind)
        sign, order = (">", "") if by > 0 else ("<", " DESC")
        found = self.store.passages(
            self.coder,
            f"(p.number, p.start) {sign} (:number, :start) AND {where}",
            {**values, "number": number, "start": at.start},
            order=f"p.number{order}, p.start{order}",
            limit=1,
        )
        return found[0] if found else None

    def first(self, only: str = "all", name: str = "") -> Passage | None:
        """Return the first passage that a filter shows, in one interview or in all."""
        where, values = filter_of(only, self.blind)
        if name:
            where, values["number"] = f"{where} AND p.number = :number", self.store.names.index(name)
        found = self.store.passages(self.coder, where, values, limit=1)
        return found[0] if found else None

    def queue(self, limit: int = 100, without: Collection[int] = ()) -> list[Passage]:
        """Return what to code next: uncertain passages, spread over codes and interviews.

        Among them are passages that the coder decided otherwise than the model is confident of; blind
        coding leaves these out.

        Parameters
        ----------
        limit : int, default 100
        without : collection of int, optional
            Passages to leave out, such as those that were seen.

        Returns
        -------
        list of Passage
        """
        rows = self.store.worth(self.coder, 0.0 if self.blind else CONFIDENT, MOST + len(without))
        candidates = [
            Candidate(row[0], row[1], row[2], row[3], bool(row[4]))
            for row in rows
            if row[0] not in without
        ]
        return [self.passage(candidate.passage) for candidate in spread(candidates)[:limit]]

    def progress(self, name: str) -> dict[str, int]:
        """Return how many passages of an interview have each status."""
        number = self.store.names.index(name)
        key = (self.coder, number)
        if key not in self._progress:
            self._progress[key] = self.store.progress(self.coder, number)
        return self._progress[key]

    @property
    def undecided(self) -> int:
        """How many passages the coder has left."""
        return sum(self.progress(name).get(UNDECIDED, 0) for name in self.store.names)

    @property
    def hidden(self) -> int:
        """How many passages a blind coder has left, until which others' codings stay hidden; else 0."""
        return self.undecided if self.blind else 0

    def decide(
        self,
        passage: int,
        codes: str | Iterable[str] = (),
        *,
        unsure: bool = False,
        note: str = "",
        act: str = "code",
    ) -> Passage:
        """Decide on a passage: codes, no code, or that the coder is unsure.

        Parameters
        ----------
        passage : int
        codes : str or iterable of str, optional
            Ids of codes; none for "no code fits".
        unsure : bool, default False
            Whether it is left open as doubtful; then without codes.
        note : str, optional
            The reason.
        act : str, default "code"
            How it came about, for the trail.

        Returns
        -------
        Passage
            As it is now.

        Raises
        ------
        MestringError
            A code or the passage is unknown, or the decision cannot be written.
        """
        given = [codes] if isinstance(codes, str) else list(codes)
        status = UNSURE if unsure else CODES if given else NO_CODE
        return self._set(passage, Decision(status, tuple(given), note), act)

    def clear(self, passage: int) -> Passage:
        """Return a passage to being undecided."""
        return self._set(passage, Decision(), "clear")

    def accept(self, passage: int) -> Passage:
        """Decide as the model suggests.

        Raises
        ------
        MestringError
            It suggested nothing, or suggestions are hidden.
        """
        answer = self._suggested(self.passage(passage))
        return self._set(passage, answer, "accept")

    def acceptable(self, probability: float) -> list[Passage]:
        """Return the undecided passages whose suggestion is at least so probable.

        Suggestions of codes that the codebook no longer has are left out.
        """
        if not 0 < probability <= 1:
            raise MestringError(f"{probability} is no probability", hint="Give one above 0, up to 1.")
        if self.blind:
            raise MestringError(
                "suggestions are hidden", hint="Close the review, and open it with --no-blind."
            )
        where = f"{FILTERS['undecided']} AND s.decision <> 'abstained' AND s.confidence >= :least"
        found = self.store.passages(self.coder, where, {"least": probability})
        known = set(self.codebook.ids)
        return [p for p in found if p.suggestion is not None and known.issuperset(p.suggestion.codes)]

    def accept_above(self, probability: float) -> int:
        """Decide as suggested wherever that is at least so probable, as one step; return how many."""
        with self.lock:
            found = self.acceptable(probability)
            changes = [
                Change.decision(p.id, p.decision, self._suggested(p), self._snapshot(p)) for p in found
            ]
            self.commit(changes, "accept_above", note=f"p >= {probability:g}")
            return len(found)

    def undo(self, coder: str = "") -> list[Event]:
        """Restore what was before the latest step of who decides; events stay, and others undo it.

        Parameters
        ----------
        coder : str, optional
            ``"adjudicated"`` to undo what was settled last; the latest step of any kind if left out.

        Returns
        -------
        list of Event
            Those that were undone; empty where there is nothing to undo.
        """
        with self.lock:
            step = self.store.undoable(self.coder, coder)
            if step is None:
                return []
            undone = self.store.events("step = ?", [step])
            back = [event.reversed() for event in reversed(undone)]
            self.commit(back, UNDO, coder=undone[0].coder, undoes=step)
            return undone

    def memo(self, target: str, text: str) -> None:
        """Write a memo on a passage, a code or an interview.

        Parameters
        ----------
        target : str
            ``"passage:7"``, ``"code:ledelse"`` or ``"interview:en"``.
        text : str
            Empty to take the memo away.
        """
        kind, _, name = target.partition(":")
        with self.lock:
            if kind == "passage" and name.isdecimal() and len(name) < 20:
                self.passage(int(name))
            elif not (kind == "code" and name in {*self.codebook.ids, *self.gone}) and not (
                kind == "interview" and name in self.store.names
            ):
                raise MestringError(
                    f"there is nothing called {target!r}",
                    hint="A memo is on a passage, a code or an interview.",
                )
            before = self.store.memo(self.coder, target)
            if before != text:
                self.commit([Change(None, before, text, target)], "memo")

    def merge(self, passage: int) -> Passage:
        """Merge a passage with the next of its turn, and return the new one; see `partition.merged`."""
        with self.lock:
            one = self.passage(passage)
            number = self.store.names.index(one.transcript)
            after = self.store.passages(
                self.coder,
                "p.number = :number AND p.start > :start",
                {"number": number, "start": one.start},
                limit=1,
            )
            if not after:
                raise MestringError("there is no passage after it", place=one.transcript)
            piece = partition.merged(one, after[0])
            (made,) = self.replace([one, after[0]], [piece], "merge")
            return self.passage(made)

    def split(self, passage: int, position: int) -> Passage:
        """Cut a passage in two at a position of the transcript, and return the first part."""
        with self.lock:
            one = self.passage(passage)
            made = self.replace([one], partition.cut(one, position), "split")
            return self.passage(made[0])

    def mark(self, name: str, start: int, end: int) -> Passage:
        """Cut any span of one turn out of the passages that it touches, and return it as one."""
        with self.lock:
            touched = self.store.touching(self.coder, name, start, end)
            transcript = self.store.transcript(name)
            piece, left = partition.cut_out(transcript, touched, start, end)
            same = next((p for p in touched if (p.start, p.end) == (piece.start, piece.end)), None)
            if same is not None:
                return same
            made = self.replace(touched, [piece, *left], "mark", name=name)
            return self.passage(made[0])

    @property
    def codings(self) -> list[Coding]:
        """What people decided, as codings; passages that they are unsure of are left out."""
        with self.lock:
            return codings_of(self.store, standing=self.standing)

    @property
    def events(self) -> list[Event]:
        """Everything that was done, in order of time."""
        with self.lock:
            return self.store.events()

    @property
    def memos(self) -> dict[str, str]:
        """The coder's memos, by what they are on."""
        return self.store.memos(self.coder)

    def read_codings(self, file: CodedFile) -> list[str]:
        """Add what coders coded elsewhere, each under its own name; return of whom any was added.

        What a coder has decided here stays; the review's `notes` tell where the file says otherwise.
        """
        from mestring_nlp.review.importing import read_codings

        with self.lock:
            return read_codings(self, file)

    def read_project(self, file: CodedFile) -> None:
        """Add what people coded and noted in the project that the review begins from, if they did."""
        if file.rows or file.left or file.memos:
            self.read_codings(file)
        with self.store.transaction():
            self.store.set(opening.BEGUN, str(self.store.last_event()))

    @property
    def lacks_suggestions(self) -> bool:
        """Whether any passage that every coder has is without a suggestion."""
        where = "p.base = 1 AND NOT EXISTS (SELECT 1 FROM suggestions s WHERE s.passage = p.id)"
        return bool(self.store.rows(f"SELECT 1 FROM passages p WHERE {where} LIMIT 1"))

    def suggest(self, model: Model, progress: Progress | None = None) -> int:
        """Suggest codes for the passages that have no suggestion yet, and return how many."""
        from mestring_nlp.review.learning import suggest_missing

        return suggest_missing(self, model, progress)

    def learn(self, base: Model | None = None, *, train: Callable[..., Model] | None = None) -> Learned:
        """Train on the coder's decisions, and suggest anew for what is undecided.

        Parameters
        ----------
        base : Model, optional
            That the decisions correct; see `mestring_nlp.training.train`.
        train : callable, optional
            In place of that function.

        Returns
        -------
        Learned
            The model, and how many suggestions changed. Decisions never do.
        """
        from mestring_nlp.review.learning import learn

        return learn(self, base, train=train)

    def _suggested(self, passage: Passage) -> Decision:
        if self.blind and not passage.decided:
            raise MestringError("suggestions are hidden", hint="Decide first: the review is blind.")
        answer = passage.suggestion.answer if passage.suggestion else None
        if answer is None:
            raise MestringError("the model suggests nothing here", hint="Choose a code, none or unsure.")
        return self._ordered(answer)

    def _snapshot(self, passage: Passage) -> str:
        if passage.suggestion is None:
            return ""
        said = passage.suggestion.snapshot()
        return said[:-1] + ', "hidden": true}' if self.blind and not passage.decided else said

    def _ordered(self, decision: Decision) -> Decision:
        """Return a decision with its codes in codebook order, those that are gone last."""
        order = [*self.codebook.ids, *self.gone]
        for code in decision.codes:
            check_code(code, order, place="review")
        codes = tuple(code for code in order if code in decision.codes)
        return Decision(decision.status, codes, decision.note)

    def _set(self, passage: int, decision: Decision, act: str) -> Passage:
        with self.lock:
            before = self.passage(passage)
            new = self._ordered(decision)
            if new != before.decision:
                change = Change.decision(passage, before.decision, new, self._snapshot(before))
                self.commit([change], act, note=decision.note)
            return self.passage(passage)
