"""An assistant: a model at an address, asked about passages one by one, each answer kept at once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mestring_nlp.assistant.address import local_address
from mestring_nlp.assistant.answers import LASTING, Answer, AnswerFile, read_answer
from mestring_nlp.assistant.client import TOO_MUCH, Client
from mestring_nlp.assistant.cutting import Lengths
from mestring_nlp.assistant.nearest import CodedPassages
from mestring_nlp.assistant.prompt import Prompt, Question
from mestring_nlp.codebook import Codebook
from mestring_nlp.encoding import Progress, no_progress
from mestring_nlp.errors import MestringError, RunEnded
from mestring_nlp.text import counted
from mestring_nlp.transcript import Segment

MOST_JOBS = 64
MOST_FAILED = 8
"""Passages in a row at which the server fails, before the run ends."""
_LONGEST_NAME = 200
ROOM = (
    "Load the model with room for 8,192 tokens: `OLLAMA_CONTEXT_LENGTH=8192 ollama serve`, or "
    "`llama-server -c 8192`; see docs/assistant.md."
)
_CHARACTERS = 3.2  # of Norwegian text in a token of today's vocabularies, about


@dataclass(frozen=True)
class Ask:
    """One thing to ask about: a passage, what stands around it, and coded passages that are alike."""

    segment: Segment
    question: Question


@dataclass
class Assistant:
    """A language model that is asked for codes.

    Attributes
    ----------
    client : Client
    prompt : Prompt
    kept : AnswerFile
    jobs : int
        Questions at a time.
    seed : int
        See `Prompt.question`.
    progress : callable
        Called with the questions; see `mestring_nlp.encoding.Progress`.
    say : callable
        Called with what the user should know beforehand, a sentence at a time.
    """

    client: Client
    prompt: Prompt = field(default_factory=Prompt.load)
    kept: AnswerFile = field(default_factory=lambda: AnswerFile(None))
    jobs: int = 1
    seed: int = 0
    progress: Progress = no_progress
    say: Callable[[str], None] = field(default=lambda _: None, repr=False)
    _checked: bool = field(default=False, repr=False)
    _unanswered: Counter[str] = field(default_factory=Counter, repr=False)
    _lengths: Lengths = field(default_factory=Lengths, repr=False)

    @classmethod
    def at(
        cls,
        url: str,
        model: str,
        *,
        anywhere: bool = False,
        answers: Path | None = None,
        again: bool = False,
        prompt: str | Path | None = None,
        timeout: float = 120.0,
        jobs: int = 1,
        **given: Any,
    ) -> Assistant:
        """Return the assistant at an address; nothing is sent yet.

        Parameters
        ----------
        url : str
            Such as ``"http://127.0.0.1:11434/v1"``: of this machine, whatever its name resolves to.
        model : str
            The model's name, as the server calls it.
        anywhere : bool, default False
            Whether the address may be another machine's: then passages leave this one.
        answers : pathlib.Path, optional
            The file in which answers are kept.
        again : bool, default False
            Whether what is kept is asked again.
        prompt : str or pathlib.Path, optional
            See `Prompt.load`.
        timeout : float, default 120
            Seconds that one question may take.
        jobs : int, default 1
            Questions at a time.

        Raises
        ------
        MestringError
            The address, the name, the prompt or a number cannot be used.
        """
        name = model.strip()
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise MestringError(
                f"the assistant's model is called {model[:80]!r}",
                hint="Name it as the server does: --assistant-model.",
            )
        if not 0 < timeout <= 86_400:
            raise MestringError(f"the timeout is {timeout:g} seconds", hint="Such as 120.")
        if not 1 <= jobs <= MOST_JOBS:
            raise MestringError(f"{jobs} jobs", hint=f"From 1 to {MOST_JOBS}.")
        client = Client(local_address(url, anywhere=anywhere), name, timeout)
        return cls(client, Prompt.load(prompt), AnswerFile(answers, again=again), jobs, **given)

    @property
    def name(self) -> str:
        """The model's name."""
        return self.client.model

    @property
    def version(self) -> str:
        """The prompt's version."""
        return self.prompt.version

    @property
    def unanswered(self) -> Counter[str]:
        """How many passages got no answer, by why."""
        return self._unanswered

    def check(self) -> None:
        """Raise unless the server is there and has the model; see `Client.check`."""
        if not self._checked:
            self.client.check()
            self._checked = True

    def questions(
        self,
        segments: Sequence[Segment],
        codebook: Codebook,
        coded: CodedPassages,
        vectors: np.ndarray[Any, Any],
        within: Sequence[Segment] | None = None,
    ) -> list[Ask]:
        """Return what is asked about segments.

        Parameters
        ----------
        segments : sequence of Segment
        codebook : Codebook
        coded : CodedPassages
            Where examples are taken from; never from the passage's own interview.
        vectors : ndarray of shape (n, dimension)
            The segments' embeddings.
        within : sequence of Segment, optional
            All segments of their interviews, for the passages around; the segments themselves if left
            out.
        """
        around = _around(segments if within is None else within)
        asks = []
        for segment, vector in zip(segments, vectors, strict=True):
            before, after = around.get((segment.transcript, segment.start, segment.end), ("", ""))
            question = self.prompt.question(
                segment,
                codebook,
                before=before,
                after=after,
                nearest=coded.nearest(vector, segment),
                seed=self.seed,
            )
            asks.append(Ask(segment, question))
        return asks

    def cost(self, asks: Sequence[Ask]) -> str:
        """Return how much is asked, as a sentence."""
        new = [ask for ask in asks if self._kept(ask) is None]
        if not new:
            return f"{self.name}: all {counted(len(asks), 'answer')} kept from before"
        characters = sum(len(one["content"]) for ask in new for one in ask.question.messages)
        tokens = max(1, round(characters / _CHARACTERS / 1000))
        kept = counted(len(asks) - len(new), "answer")
        return (
            f"{self.name} is asked about {counted(len(new), 'passage')}, "
            f"about {tokens:,},000 tokens to read"
            + (f"; {kept} kept from before" if len(new) < len(asks) else "")
        )

    def ask(self, asks: Sequence[Ask], codebook: Codebook, what: str = "Asking") -> list[Answer]:
        """Return an answer for each question; those kept from before are not asked for again.

        Parameters
        ----------
        asks : sequence of Ask
        codebook : Codebook
        what : str
            What is done, for the progress.

        Raises
        ------
        MestringError
            The server is gone, or was never there: what was answered until then is kept. A single
            passage that gets no answer is none.
        """
        missing = [ask for ask in asks if self._kept(ask) is None]
        # Questions that begin alike follow each other: many servers keep what they have read.
        missing.sort(key=lambda ask: ask.question.codes)
        new = {ask.question.key(self.name): ask for ask in missing}
        if new:
            self.check()
            begun = time.monotonic()
            answered = self._answered(new, codebook, what)
            failed = 0
            for number, (key, (answer, tokens)) in enumerate(answered, start=1):
                self._keep(key, answer, tokens)
                self._check_length(key, new[key].question, tokens)
                failed = failed + 1 if answer.problem and answer.problem not in LASTING else 0
                if failed == MOST_FAILED:
                    raise RunEnded(
                        f"the server failed at {failed} passages in a row ({answer.problem})",
                        place=self.client.address.url,
                        hint=ROOM
                        if answer.problem == TOO_MUCH
                        else "Look at what it prints; a slow one may need --assistant-timeout. The next "
                        "run goes on where this one ended.",
                    )
                if number == min(5, len(new)) < len(new):
                    left = (time.monotonic() - begun) / number * (len(new) - number)
                    self.say(f"{counted(len(new) - number, 'passage')} left, about {duration(left)}")
        answers = [self._kept(ask) or Answer(problem="no reply") for ask in asks]
        self._unanswered.update(answer.problem for answer in answers if answer.problem)
        return [self._known(answer, codebook) for answer in answers]

    def _kept(self, ask: Ask) -> Answer | None:
        return self.kept.get(ask.question.key(self.name))

    def _keep(self, key: str, answer: Answer, tokens: int) -> None:
        if not tokens or tokens != self._lengths.tokens:
            self.kept.put(key, answer, model=self.name, prompt=self.version)

    def _check_length(self, key: str, question: Question, tokens: int) -> None:
        """Raise if the server leaves out part of each question: what it answered so is taken back."""
        length = sum(len(one["content"]) for one in question.messages)
        if cut := self._lengths.add(key, length, tokens):
            self.kept.withdraw(cut, model=self.name, prompt=self.version)
            raise RunEnded(
                f"the server cuts the questions: it read {tokens:,} tokens of each of {len(cut)} that "
                "are of different length",
                place=self.client.address.url,
                hint=f"{ROOM} The next run asks these again.",
            )

    def _known(self, answer: Answer, codebook: Codebook) -> Answer:
        """Return a kept answer, if its codes are the codebook's: a file may have been changed."""
        return answer if set(answer.codes) <= set(codebook.ids) else Answer(problem="unknown code")

    def _answered(
        self, new: dict[str, Ask], codebook: Codebook, what: str
    ) -> Iterator[tuple[str, tuple[Answer, int]]]:
        """Yield answers as they come, and how many tokens of the question were read.

        As many questions are under way as there are jobs.
        """

        def one(ask: Ask) -> tuple[Answer, int]:
            reply = self.client.ask(ask.question.messages, ask.question.schema)
            if reply.problem:
                return Answer(problem=reply.problem, seconds=reply.seconds), reply.tokens
            read = read_answer(reply.text, ask.question.codes, codebook, reply.seconds)
            return read, reply.tokens

        def found() -> Iterator[tuple[str, tuple[Answer, int]]]:
            waiting = iter(new.items())
            with ThreadPoolExecutor(self.jobs) as pool:
                running: dict[Future[tuple[Answer, int]], str] = {}
                try:
                    while True:
                        for key, ask in waiting:
                            running[pool.submit(one, ask)] = key
                            if len(running) >= self.jobs:
                                break
                        if not running:
                            return
                        for future in wait(running, return_when=FIRST_COMPLETED).done:
                            yield running.pop(future), future.result()
                except BaseException:
                    # What is under way is awaited and kept, so that nothing that was answered is lost.
                    for future, key in running.items():
                        if future.exception() is None:
                            self._keep(key, *future.result())
                    raise

        steps = iter(self.progress(range(len(new)), what))
        answered = found()
        try:
            yield from (item for _, item in zip(steps, answered, strict=False))
        finally:
            for source in (answered, steps):
                if close := getattr(source, "close", None):
                    close()


def said_of(counts: Counter[str]) -> str:
    """Return how many passages got no answer and why, as a sentence; empty where all did."""
    if not counts:
        return ""
    why = ", ".join(f"{number} {problem}" for problem, number in counts.most_common())
    none = f"{counted(sum(counts.values()), 'passage')} got no answer from the assistant ({why})"
    again = "" if set(counts) <= set(LASTING) else " Where the server failed, the next run asks again."
    room = f" {ROOM}" if TOO_MUCH in counts else ""
    return f"{none}, and stand as without it.{again}{room}"


def duration(seconds: float) -> str:
    """Return a time as people say it.

    Examples
    --------
    >>> duration(45), duration(400), duration(8000)
    ('45 s', '7 min', '2 h 13 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _around(segments: Sequence[Segment]) -> dict[tuple[str, int, int], tuple[str, str]]:
    """Return what stands before and after each segment of an interview."""
    by_name: dict[str, list[Segment]] = {}
    for segment in segments:
        if segment.sequence:
            by_name.setdefault(segment.sequence, []).append(segment)
    found = {}
    for of_one in by_name.values():
        ordered = sorted(of_one, key=lambda segment: (segment.start, segment.end))
        texts = ["", *(segment.text for segment in ordered), ""]
        for number, segment in enumerate(ordered):
            place = (segment.transcript, segment.start, segment.end)
            found[place] = (texts[number], texts[number + 2])
    return found
