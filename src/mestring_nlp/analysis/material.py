"""What findings are made from: interviews, what each coder coded in them, and what is known of the cases."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mestring_nlp.codebook import Codebook
from mestring_nlp.spans import Span
from mestring_nlp.transcript import INFORMANT, Segment, Transcript

if TYPE_CHECKING:
    from pandas import DataFrame

    from mestring_nlp.prediction import Prediction
    from mestring_nlp.validation import OutOfSample

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

FEW = 20
"""Interviews below which figures are leads to follow, and prove little."""

_WORD = re.compile(r"\w+")


def words_in(text: str) -> int:
    """Return how many words a text has: stretches of letters and digits.

    Examples
    --------
    >>> words_in("Ja, det gjør vi ...")
    4
    """
    return len(_WORD.findall(text))


def rows_of(numbers: Ints, count: int) -> list[Ints]:
    """Return for each number from 0 to `count` - 1 the rows that have it, in order."""
    order = np.argsort(numbers, kind="stable")
    return np.split(order, np.searchsorted(numbers[order], np.arange(1, count)))


@dataclass(frozen=True)
class CodedTalk:
    """What one coder, a person or a model, said of the talk.

    Attributes
    ----------
    coder : str
    codes : tuple of str
        Ids, in the codebook's order.
    segments : tuple of Segment
        The passages that the coder judged, in order, with their codes; they do not overlap.
    case_of : mapping of str to str
        The case of each transcript.
    spans : tuple of (str, int, int, str)
        What was coded as it was marked: transcript, start, end and code. They may overlap.
    unsure : frozenset of (str, int, int)
        Passages that a model left to a person.
    prediction : Prediction or None
        Of a model, a row for each segment.
    """

    coder: str
    codes: tuple[str, ...]
    segments: tuple[Segment, ...] = field(repr=False)
    case_of: Mapping[str, str] = field(repr=False)
    spans: tuple[tuple[str, int, int, str], ...] = field(default=(), repr=False)
    unsure: frozenset[Span] = frozenset()
    prediction: Prediction | None = field(default=None, repr=False)

    @property
    def is_machine(self) -> bool:
        """Whether a model coded."""
        return self.prediction is not None

    @cached_property
    def cases(self) -> tuple[str, ...]:
        """The cases of which something was judged, in order."""
        return tuple(dict.fromkeys(self.case_of[segment.transcript] for segment in self.segments))

    @cached_property
    def case_index(self) -> Ints:
        """The number of each segment's case: int of shape (n,)."""
        number = {case: at for at, case in enumerate(self.cases)}
        return np.array([number[self.case_of[s.transcript]] for s in self.segments], dtype=np.int64)

    @cached_property
    def has(self) -> Bools:
        """Which codes each segment has: bool of shape (n, codes)."""
        rows = [[code in (s.codes or ()) for code in self.codes] for s in self.segments]
        return np.array(rows, dtype=bool).reshape(len(self.segments), len(self.codes))

    @cached_property
    def words(self) -> Floats:
        """The words of each segment, of shape (n,)."""
        return np.array([words_in(segment.text) for segment in self.segments], dtype=np.float64)

    @cached_property
    def is_unsure(self) -> Bools:
        """Which segments were left to a person: bool of shape (n,)."""
        return np.array([(s.transcript, s.start, s.end) in self.unsure for s in self.segments], bool)

    def by_case(self, values: npt.ArrayLike) -> Floats:
        """Return the sums over each case's segments: of shape (cases, ...)."""
        given = np.asarray(values, dtype=np.float64)
        total = np.zeros((len(self.cases), *given.shape[1:]))
        np.add.at(total, self.case_index, given)
        return total

    @cached_property
    def case_words(self) -> Floats:
        """The words with each code, of shape (cases, codes)."""
        return self.by_case(self.has * self.words[:, None])

    @cached_property
    def talk(self) -> Floats:
        """The words judged in each case, of shape (cases,)."""
        return self.by_case(self.words)

    @cached_property
    def share(self) -> Floats:
        """The share of the talk that has each code, in [0, 1], of shape (cases, codes)."""
        return self.case_words / np.maximum(self.talk, 1)[:, None]

    @cached_property
    def case_passages(self) -> Floats:
        """How many passages were given each code, as they were marked, of shape (cases, codes)."""
        case = {name: at for at, name in enumerate(self.cases)}
        code = {name: at for at, name in enumerate(self.codes)}
        counts = np.zeros((len(self.cases), len(self.codes)))
        for transcript, _, _, given in self.spans:
            counts[case[self.case_of[transcript]], code[given]] += 1
        return counts


@dataclass(frozen=True)
class Material:
    """All that findings are made from.

    Attributes
    ----------
    codebook : Codebook
    transcripts : dict of str to Transcript
        By name, in order.
    coders : tuple of CodedTalk
        Those side by side, people first.
    case_of : dict of str to str
        The case of each transcript; its own name where nothing else is told.
    variables : DataFrame
        Of cases: one row a case, one column a variable, texts; empty where a value is missing.
    notes : tuple of str
        What the reader of the findings must know, a sentence each, in Norwegian.
    measured : OutOfSample or None
        People's passages coded by models that had not seen them: the machine's measured error.
    model : dict of str to str
        What a model is, for reporting; empty without one.
    data_hash : str
        SHA-256 of texts and codings.
    review : tuple
        Of a review, what became of suggestions; see `mestring_nlp.review.trail.summary`.
    everyone : tuple of str
        All who coded, whether their codings are used or not.
    """

    codebook: Codebook
    transcripts: dict[str, Transcript] = field(repr=False)
    coders: tuple[CodedTalk, ...]
    case_of: dict[str, str] = field(repr=False)
    variables: DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()
    measured: OutOfSample | None = field(default=None, repr=False)
    model: Mapping[str, Any] = field(default_factory=dict)
    data_hash: str = ""
    review: tuple[Any, ...] = ()
    everyone: tuple[str, ...] = ()

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases, in order."""
        return tuple(dict.fromkeys(self.case_of[name] for name in self.transcripts))

    @property
    def names(self) -> dict[str, str]:
        """The codes' names by id."""
        return {code.id: code.name for code in self.codebook}

    def informants_words(self, transcripts: Sequence[str]) -> int:
        """Return how many words the informants of some transcripts said."""
        return sum(
            words_in(turn.text)
            for name in transcripts
            for turn in self.transcripts[name].turns
            if turn.role == INFORMANT
        )
