"""Cut turns into segments: into sentences with spaCy's tokens, and these into meaning units.

Transcribed speech has long chained sentences, so a meaning unit is one to a few of them. Every way to
group a turn's sentences has a cost; the cheapest is found as a shortest path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from mestring_nlp.deferred_torch import defer_torch, restore_torch
from mestring_nlp.errors import MestringError
from mestring_nlp.transcript import INFORMANT, Segment, Transcript

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

UNITS = ("turn", "passage", "sentence")
LONGEST = 120
"""The most words that a passage or sentence may have."""

_TARGET = 45
_SPREAD = 0.6
_SHIFT = 0.5
_RUN_ON = 30
_Span = tuple[int, int]

_END = frozenset([".", "?", "!", "…", "..."])
_CLOSING = frozenset("»”\"')]")
_OPENING = frozenset("«“\"'([–-")
_SHIFTS = re.compile(
    r"(?:(?:ja|nei|men|og),? )*(?:(?:og )?så har vi|og så (?:er|har) det|også har vi|når det gjelder|"
    r"i tillegg|ellers|en annen ting|det andre|for det (?:andre|tredje)|samtidig|så tenker jeg|"
    r"og så tenker jeg|og så tror jeg|men så|på den andre siden|når vi snakker om|apropos)\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"(?:for(?:di)?|altså|sånn at|så da|og da|da|det vil si|f\.eks\.|for eksempel|nettopp|ikke sant)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_NO_WORD = re.compile(r"(?<!\S)\S{200,}")
_CLAUSE = re.compile(r"[,;–]\s+(?=(?:og|men|så|for|fordi|sånn|altså|og så|eller|at)\b)|[;–]\s+", re.I)


def segment(transcript: Transcript, unit: str = "passage", *, pipeline: str = "nb") -> list[Segment]:
    """Cut the informant's turns into segments.

    Parameters
    ----------
    transcript : Transcript
    unit : {"turn", "passage", "sentence"}, default "passage"
        Whole turns; meaning units of one to a few sentences and at most about 120 words; or
        sentences.
    pipeline : str, default "nb"
        ``"nb"`` or ``"nn"`` for rules on spaCy's tokens; the name of an installed spaCy
        pipeline, such as ``nb_core_news_md``, for its sentences.

    Returns
    -------
    list of Segment
        In the transcript's order; every word of the informant lies in exactly one.

    Raises
    ------
    MestringError
        `transcript` is something else, the unit is unknown, or the pipeline is not installed.
    """
    check_options(unit, pipeline)
    if not isinstance(transcript, Transcript):
        raise MestringError(
            f"segments are cut from a transcript, not from {type(transcript).__name__}",
            hint="Read one with read_transcript(path) or read_transcript(text=...).",
        )
    segments = []
    for index, turn in enumerate(transcript.turns):
        if turn.role != INFORMANT:
            continue
        if unit == "turn":
            spans: list[_Span] = [(0, len(turn.text))]
        else:
            spans = sentences(turn.text, pipeline=pipeline)
            if unit == "passage":
                spans = group(turn.text, spans)
        question = transcript.question_for(index)
        segments += [
            Segment(
                transcript.name,
                index + 1,
                turn.speaker,
                turn.start + start,
                turn.start + end,
                turn.text[start:end],
                question,
            )
            for start, end in spans
        ]
    return segments


def check_options(unit: str, pipeline: str = "nb") -> None:
    """Raise unless `segment` accepts these options."""
    if unit not in UNITS:
        raise MestringError(f"unknown unit {unit!r}", hint=f"Known: {', '.join(UNITS)}.")
    if unit != "turn":
        _pipeline(pipeline)


def sentences(text: str, *, pipeline: str = "nb") -> list[_Span]:
    """Cut a text into sentences, and sentences of more than 120 words at clauses.

    A text without punctuation, such as ASR output, is cut at its lines instead.

    Parameters
    ----------
    text : str
    pipeline : str, default "nb"
        See `segment`.

    Returns
    -------
    list of (int, int)
        Half-open spans without surrounding white space, in order.
    """
    if _unpunctuated(text):
        starts = [0, *(match.end() for match in re.finditer(r"\n+", text))]
    else:
        # The tokenizer's time grows with the square of the longest run of characters without a space.
        spaced = _NO_WORD.sub(lambda run: " " * len(run[0]), text)
        starts = _starts(_pipeline(pipeline)(spaced), pipeline)
    spans: list[_Span] = []
    for start, end in pairwise([*starts, len(text)]):
        stripped = _strip(text, start, end)
        if stripped[0] < stripped[1]:
            spans += _split_long(text, *stripped)
    return spans


def _unpunctuated(text: str) -> bool:
    """Return whether a text has several lines, and hardly any punctuation that ends a sentence."""
    ends = sum(text.count(mark) for mark in ".?!…")
    return "\n" in text and len(_WORD.findall(text)) > _RUN_ON * (ends + 1)


@cache
def _pipeline(name: str) -> Language:
    if name in ("nb", "nn"):
        defer_torch()
        import spacy

        blank = spacy.blank(name)
        blank.max_length = 100_000_000
        return blank
    restore_torch()  # a trained pipeline may stand on it
    import spacy

    try:
        return spacy.load(name, exclude=["ner"])
    except (OSError, ImportError) as error:
        raise MestringError(
            f"the spaCy pipeline {name!r} is not installed",
            hint="Install it first, or leave --pipeline out to use the built-in rules.",
        ) from error


def _starts(doc: Doc, pipeline: str) -> list[int]:
    """Return where sentences begin, as positions in the text; the first is 0."""
    if pipeline not in ("nb", "nn"):
        return sorted({0, *(sentence.start_char for sentence in doc.sents)})
    starts = [0]
    words = [token for token in doc if not token.is_space]
    ended = False
    for before, token in pairwise(words):
        if before.text in _END or (before.text[-1:] in ".…" and _closes(before.text)):
            ended = True
        elif before.text not in _CLOSING:
            ended = False
        opens = token.text[0].isupper() or token.text[0].isdigit() or token.text in _OPENING
        certain = before.text in ("?", "!")
        if ended and token.text not in _END | _CLOSING and (opens or certain):
            starts.append(token.idx)
            ended = False
    return starts


def _closes(token: str) -> bool:
    """Return whether a token that includes its full stop may end a sentence: "osv." may, "kl." not."""
    return token.endswith(("...", "…")) or token.casefold() in {"osv.", "o.l.", "m.m.", "etc."}


def _strip(text: str, start: int, end: int) -> _Span:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def _words(text: str, start: int, end: int) -> int:
    """Return how many words a span has, counted to one beyond `LONGEST`."""
    return sum(1 for _ in islice(_WORD.finditer(text, start, end), LONGEST + 1))


def _split_long(text: str, start: int, end: int) -> Iterator[_Span]:
    """Split a sentence of more than 120 words at the clause, or else the word, nearest its middle."""
    if _words(text, start, end) <= LONGEST:
        yield start, end
        return
    middle = (start + end) / 2
    inside = (start + (end - start) // 5, end - (end - start) // 5)
    cuts = [match.end() for match in _CLAUSE.finditer(text, *inside)]
    cuts = cuts or [match.end() for match in _SPACE.finditer(text, start, end)]
    cuts = cuts or [match.start() for match in _WORD.finditer(text, start + 1, end)]
    cut = min(cuts, key=lambda position: abs(position - middle))
    for part in ((start, cut), (cut, end)):
        yield from _split_long(text, *_strip(text, *part))


def group(text: str, spans: list[_Span]) -> list[_Span]:
    """Group consecutive sentences into meaning units.

    A unit costs the squared distance of its length from about 45 words, in units of 60 % of that. Every
    join inside it costs more, the more it looks like a change of topic: words that open a new topic, few
    shared content words, or an empty line, which marks a pause.

    Parameters
    ----------
    text : str
        The turn's text.
    spans : list of (int, int)
        Its sentences.

    Returns
    -------
    list of (int, int)
        Each from the start of its first sentence to the end of its last; none has more than 120 words.
    """
    lengths = [_words(text, start, end) for start, end in spans]
    joins = [
        0.0,
        *(
            _shift(text[a:b], text[c:d]) + (2 * _SHIFT if "\n\n" in text[b:c] else 0.0)
            for (a, b), (c, d) in pairwise(spans)
        ),
    ]
    best = [0.0]
    back: list[int] = []
    for end in range(1, len(spans) + 1):
        costs: list[tuple[float, int]] = []
        words, shifts = 0, 0.0
        for start in range(end - 1, -1, -1):
            words += lengths[start]
            # A sentence without a word, such as "(?)", counts as one word.
            if max(words, end - start) > LONGEST and start < end - 1:
                break
            distance = (words - _TARGET) / (_TARGET * _SPREAD)
            # A turn of one short sentence has nothing to be joined with, and costs nothing.
            cost = distance**2 if words > _TARGET or len(spans) > 1 else 0.0
            costs.append((best[start] + cost + shifts, start))
            shifts += joins[start]
        cheapest, origin = min(costs)
        best.append(cheapest)
        back.append(origin)
    units: list[_Span] = []
    end = len(spans)
    while end:
        start = back[end - 1]
        units.append((spans[start][0], spans[end - 1][1]))
        end = start
    return units[::-1]


def _shift(left: str, right: str) -> float:
    """Return how much the boundary between two sentences looks like a change of topic, 0 to 1.5."""
    if _CONTINUES.match(right):
        return 0.0
    a, b = _content(left), _content(right)
    cohesion = len(a & b) / (min(len(a), len(b)) or 1)
    return _SHIFT * (1 - cohesion) + (2 * _SHIFT if _SHIFTS.match(right) else 0.0)


def _content(sentence: str) -> set[str]:
    """Return rough stems: the first six letters of the words that have at least five."""
    return {word[:6] for word in _WORD.findall(sentence.casefold()) if len(word) > 4}
