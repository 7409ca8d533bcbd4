"""One interview as a page: the conversation, its passages coloured by suggested code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from mestring_nlp._version import __version__
from mestring_nlp.codebook import Codebook
from mestring_nlp.suggestion import Reason, Suggestion
from mestring_nlp.transcript import INFORMANT, Transcript, Turn

if TYPE_CHECKING:
    from jinja2 import Environment

_SHOWN = 5
_QUOTED = 220


@dataclass(frozen=True)
class _Piece:
    """A stretch of a turn: a passage with its suggestion, or what lies between passages."""

    text: str
    suggestion: Suggestion | None = None
    likeliest: tuple[tuple[str, int, bool], ...] = ()


def page(
    transcript: Transcript,
    suggestions: Sequence[Suggestion],
    codebook: Codebook,
    level: float = 0.9,
) -> str:
    """Give one self-contained HTML page, in Norwegian, that loads nothing from elsewhere.

    Parameters
    ----------
    transcript : Transcript
    suggestions : sequence of Suggestion
        Of this transcript, in its order.
    codebook : Codebook
        The one that the suggestions use.
    level : float, default 0.9
        The level at which the suggestions' plausible answers were made.

    Returns
    -------
    str
    """
    counts = Counter(code for suggestion in suggestions for code in suggestion.codes)
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            transcript=transcript,
            codebook=codebook,
            codes={code.id: code for code in codebook},
            counts=counts,
            turns=[
                (number, turn, turn.role == INFORMANT, _pieces(transcript, turn, number, suggestions))
                for number, turn in enumerate(transcript.turns, start=1)
            ],
            passages=len(suggestions),
            without=sum(not s.codes and not s.abstained for s in suggestions),
            abstained=sum(s.abstained for s in suggestions),
            version=__version__,
            level=round(100 * level),
            shortened=_shortened,
            weighed=weighed,
        )
    )


@cache
def environment() -> Environment:
    """Give the templates, in which every text is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("mestring_nlp.writers"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _pieces(
    transcript: Transcript, turn: Turn, number: int, suggestions: Sequence[Suggestion]
) -> list[_Piece]:
    pieces: list[_Piece] = []
    position = turn.start
    for suggestion in suggestions:
        segment = suggestion.segment
        if segment.turn != number:
            continue
        if transcript.text[position : segment.start].strip():
            pieces.append(_Piece(transcript.text[position : segment.start]))
        pieces.append(_Piece(segment.text, suggestion, _likeliest(suggestion)))
        position = segment.end
    if position < turn.end and transcript.text[position : turn.end].strip():
        pieces.append(_Piece(transcript.text[position : turn.end]))
    return pieces


def _likeliest(suggestion: Suggestion) -> tuple[tuple[str, int, bool], ...]:
    """The most probable answers, in per cent, and whether each is plausible; "" is no code."""
    every = [*suggestion.probabilities.items(), ("", suggestion.no_code)]
    ranked = sorted(every, key=lambda item: -item[1])[:_SHOWN]
    return tuple((code, round(100 * p), code in suggestion.plausible) for code, p in ranked)


def weighed(reason: Reason) -> str:
    """Say in Norwegian how much passage, question and the passages around weighed.

    Examples
    --------
    >>> weighed(Reason("mestring", 3.0, 1.0, -0.2, (), "", ()))
    'Avsnittet veide 75 %, spørsmålet 25 %. Avsnittene rundt talte mot.'
    """
    parts = {
        "avsnittet": reason.passage,
        "spørsmålet": reason.question,
        "avsnittene rundt": reason.neighbours,
    }
    shares = {name: value for name, value in parts.items() if value > 0}
    total = sum(shares.values())
    if not total:
        return "Lite talte for; dette er bare det minst usannsynlige."
    shown = {name: round(100 * value / total) for name, value in shares.items()}
    sentence = ", ".join(
        f"{name}{' veide' if first else ''} {percent} %"
        for first, (name, percent) in zip((True, False, False), shown.items(), strict=False)
    )
    against = " og ".join(name for name, value in parts.items() if value < 0)
    sentence = f"{sentence[0].upper()}{sentence[1:]}."
    return f"{sentence} {against[0].upper()}{against[1:]} talte mot." if against else sentence


def _shortened(text: str) -> str:
    """A quotation short enough to stand beside others."""
    return text if len(text) <= _QUOTED else text[:_QUOTED].rsplit(" ", 1)[0] + " …"
