"""One interview as a page: the conversation, its passages coloured by suggested code."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

from mestring_nlp._version import __version__
from mestring_nlp.codebook import Codebook
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.transcript import INFORMANT, Transcript
from mestring_nlp.wording import weighed
from mestring_nlp.writers.pieces import pieces

if TYPE_CHECKING:
    from jinja2 import Environment

_SHOWN = 5
_QUOTED = 220


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
        The level at which the suggestions' prediction_set answers were made.

    Returns
    -------
    str
    """
    script = files("mestring_nlp.writers").joinpath("templates", "page.js").read_text("utf-8")
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
                (number, turn, turn.role == INFORMANT, [found[2:] for found in cut if found[2].strip()])
                for (number, turn), cut in groupby(pieces(transcript, suggestions), lambda it: it[:2])
            ],
            passages=len(suggestions),
            without=sum(not s.codes and not s.abstained for s in suggestions),
            abstained=sum(s.abstained for s in suggestions),
            version=__version__,
            level=round(100 * level),
            likeliest=_likeliest,
            shortened=_shortened,
            weighed=weighed,
            # The page's policy lets this script run and no other, whatever people said.
            script=script,
            script_hash=f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}",
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


def _likeliest(suggestion: Suggestion) -> tuple[tuple[str, int, bool], ...]:
    """The most probable answers, in per cent, and whether each is prediction_set; "" is no code."""
    every = [*suggestion.probabilities.items(), ("", suggestion.no_code)]
    ranked = sorted(every, key=lambda item: -item[1])[:_SHOWN]
    return tuple((code, round(100 * p), code in suggestion.prediction_set) for code, p in ranked)


def _shortened(text: str) -> str:
    """A quotation short enough to stand beside others."""
    return text if len(text) <= _QUOTED else text[:_QUOTED].rsplit(" ", 1)[0] + " …"
