"""Write an interview as a page: the conversation, its passages coloured by suggested code."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

from mestring_nlp._version import __version__
from mestring_nlp.codebook import Codebook
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.own_files import GENERATOR
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.transcript import INFORMANT
from mestring_nlp.wording import summary, weighed

if TYPE_CHECKING:
    from jinja2 import Environment

_SHOWN = 5
_QUOTED = 220


def page(interview: CodedInterview, codebook: Codebook, level: float = 0.9) -> str:
    """Return one self-contained HTML page, in Norwegian, that loads nothing from elsewhere.

    Parameters
    ----------
    interview : CodedInterview
    codebook : Codebook
        The one that the suggestions use.
    level : float, default 0.9
        The level of the suggestions' prediction sets.

    Returns
    -------
    str
    """
    script = files("mestring_nlp.writers").joinpath("templates", "page.js").read_text("utf-8")
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            transcript=interview.transcript,
            codebook=codebook,
            codes={code.id: code for code in codebook},
            counts=interview.counts.codes,
            turns=[
                (number, turn, turn.role == INFORMANT, [piece for piece in cut if piece.text.strip()])
                for (number, turn), cut in groupby(interview.pieces(), lambda piece: piece[:2])
            ],
            summary=summary(interview).splitlines(),
            version=__version__,
            level=round(100 * level),
            top_answers=_top_answers,
            shortened=_shortened,
            weighed=weighed,
            # The page's policy lets only this script run, whatever markup the interview contains.
            script=script,
            script_hash=f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}",
        )
    )


@cache
def environment() -> Environment:
    """Return the environment of the templates, in which every text is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("mestring_nlp.writers"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["generator"] = GENERATOR
    return made


def _top_answers(suggestion: Suggestion) -> tuple[tuple[str, int, bool], ...]:
    """Return the most probable answers, in per cent, and whether the prediction set has them.

    The code "" stands for no code.
    """
    every = [*suggestion.probabilities.items(), ("", suggestion.no_code)]
    ranked = sorted(every, key=lambda item: -item[1])[:_SHOWN]
    return tuple((code, round(100 * p), code in suggestion.prediction_set) for code, p in ranked)


def _shortened(text: str) -> str:
    """Return a quotation cut at a word, short enough to list."""
    return text if len(text) <= _QUOTED else text[:_QUOTED].rsplit(" ", 1)[0] + " …"
