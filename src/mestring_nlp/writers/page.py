"""Write an interview as a page: the conversation, its passages coloured by suggested code."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import count, groupby
from typing import TYPE_CHECKING

from mestring_nlp._version import __version__
from mestring_nlp.codebook import Codebook
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.own_files import GENERATOR
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.transcript import INFORMANT
from mestring_nlp.wording import percent, second_opinion, summary, weighed
from mestring_nlp.writers.strip import HEIGHT, NONE, UNSURE, answers, strip

if TYPE_CHECKING:
    from jinja2 import Environment

_SHOWN = 5
_QUOTED = 220


def page(interview: CodedInterview, codebook: Codebook, level: float = 0.9, index: str = "") -> str:
    """Return one self-contained HTML page, in Norwegian, that loads nothing from elsewhere.

    Parameters
    ----------
    interview : CodedInterview
    codebook : Codebook
        The one that the suggestions use.
    level : float, default 0.9
        The level of the suggestions' prediction sets.
    index : str, optional
        The file beside it that lists all interviews, to which it then links; see `index_page`.

    Returns
    -------
    str
    """
    counts = interview.counts
    numbers = count(1)
    return rendered(
        "page",
        transcript=interview.transcript,
        codebook=codebook,
        codes={code.id: code for code in codebook},
        counts={**counts.codes, UNSURE: counts.abstained, NONE: counts.without_code},
        turns=[
            (
                number,
                turn,
                turn.role == INFORMANT,
                # Passages are numbered as the index numbers them, in whose links the numbers stand.
                [
                    (next(numbers) if piece.suggestion else 0, piece.text, piece.suggestion)
                    for piece in cut
                    if piece.suggestion or piece.text.strip()
                ],
            )
            for (number, turn), cut in groupby(interview.pieces(), lambda piece: piece[:2])
        ],
        summary=summary(interview).splitlines(),
        strip=strip(interview, codebook),
        index=index,
        level=round(100 * level),
        answers=answers,
        top_answers=_top_answers,
        likely=_likely,
        shortened=_shortened,
        weighed=weighed,
        second_opinion=lambda reason: second_opinion(reason, {code.id: code.name for code in codebook}),
    )


def rendered(name: str, **values: object) -> str:
    """Return a page from its template and its script, which stand under one name.

    The page's policy lets only this script run, whatever markup an interview contains.
    """
    script = files("mestring_nlp.writers").joinpath("templates", f"{name}.js").read_text("utf-8")
    return (
        environment()
        .get_template(f"{name}.html.j2")
        .render(
            script=script,
            script_hash=f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}",
            version=__version__,
            **values,
        )
    )


def templates(package: str) -> Environment:
    """Return the environment of a package's templates, in which every text is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["generator"] = GENERATOR
    return made


@cache
def environment() -> Environment:
    """Return the environment of the pages' templates."""
    made = templates("mestring_nlp.writers")
    made.globals |= {"UNSURE": UNSURE, "NONE": NONE, "strip_height": HEIGHT}
    # Data of a script keeps its order, and its letters, which take six bytes each as escapes.
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return made


def _percent(suggestion: Suggestion) -> dict[str, int]:
    """Return the probability of every answer in per cent; "" is no code."""
    every = {**suggestion.probabilities, "": suggestion.no_code}
    return {code: percent(p) for code, p in every.items()}


def _top_answers(suggestion: Suggestion) -> tuple[tuple[str, int, bool], ...]:
    """Return the most probable answers, in per cent, and whether the prediction set has them.

    The code "" stands for no code.
    """
    every = {**suggestion.probabilities, "": suggestion.no_code}
    ranked = sorted(every, key=lambda code: -every[code])[:_SHOWN]
    shown = _percent(suggestion)
    return tuple((code, shown[code], code in suggestion.prediction_set) for code in ranked)


def _likely(suggestion: Suggestion) -> tuple[tuple[str, int], ...]:
    """Return the answers to show beside a passage, in per cent.

    These are the codes suggested, or no code, or after an abstention the prediction set.
    """
    percent = _percent(suggestion)
    shown = suggestion.prediction_set if suggestion.abstained else suggestion.codes or ("",)
    return tuple((code, percent[code]) for code in shown)


def _shortened(text: str) -> str:
    """Return a quotation cut at a word, short enough to list."""
    return text if len(text) <= _QUOTED else text[:_QUOTED].rsplit(" ", 1)[0] + " …"
