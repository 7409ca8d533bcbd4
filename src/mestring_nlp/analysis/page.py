"""The page of findings: one self-contained HTML file, in Norwegian, whose cells open their passages."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from mestring_nlp._version import __version__
from mestring_nlp.analysis.along import tenths
from mestring_nlp.analysis.code_views import CodeViews
from mestring_nlp.analysis.group_views import GroupViews
from mestring_nlp.analysis.material import FEW
from mestring_nlp.analysis.talk_views import TalkViews
from mestring_nlp.writers.page import templates

if TYPE_CHECKING:
    from jinja2 import Environment

    from mestring_nlp.analysis.findings import Findings


def page(found: Findings) -> str:
    """Return the page.

    Parameters
    ----------
    found : Findings

    Returns
    -------
    str
        HTML that loads nothing from elsewhere and runs its own script alone, whatever markup an
        interview contains.
    """
    script = files(__package__).joinpath("templates", "findings.js").read_text("utf-8")
    m = found.material
    return (
        _environment()
        .get_template("findings.html.j2")
        .render(
            script=script,
            script_hash=f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}",
            version=__version__,
            found=found,
            material=m,
            codes=CodeViews(found),
            groups=GroupViews(found),
            talk=TalkViews(found),
            few=FEW,
            passages=sum(len(talk.segments) for talk in m.coders[:1]),
            words=int(m.coders[0].words.sum()) if m.coders else 0,
            data=_data(found),
        )
    )


def _data(found: Findings) -> dict[str, Any]:
    """Return what the page's script needs to open passages."""
    m = found.material
    texts: dict[str, int] = {}
    case_at = {case: at for at, case in enumerate(m.cases)}
    names = list(m.transcripts)
    document = {name: at for at, name in enumerate(names)}
    at = {code: number for number, code in enumerate(m.codebook.ids)}
    who = []
    for talk in m.coders:
        tenth = tenths(talk.words, [s.transcript for s in talk.segments])
        who.append(
            [
                [
                    case_at[m.case_of[s.transcript]],
                    document[s.transcript],
                    s.turn,
                    [at[code] for code in s.codes or ()],
                    texts.setdefault(s.text, len(texts)),
                    int(tenth[i]),
                ]
                for i, s in enumerate(talk.segments)
            ]
        )
    return {
        "codes": [[code.name, code.colour] for code in m.codebook],
        "cases": list(m.cases),
        "documents": names,
        "coders": [talk.coder for talk in m.coders],
        "who": who,
        "texts": list(texts),
        "near": found.near,
    }


@cache
def _environment() -> Environment:
    from jinja2 import ChoiceLoader, PackageLoader

    made = templates("mestring_nlp.analysis")
    packages = ("mestring_nlp.analysis", "mestring_nlp.writers")
    made.loader = ChoiceLoader([PackageLoader(package) for package in packages])
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return made
