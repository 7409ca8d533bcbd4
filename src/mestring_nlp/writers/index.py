"""Write the index of a folder of interviews: links, counts by code and interview, and a search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from mestring_nlp.codebook import NO_CODE, Codebook
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.writers.page import rendered
from mestring_nlp.writers.strip import NONE, UNSURE, Strip, answers, strip


@dataclass(frozen=True)
class ListedInterview:
    """What the index keeps of an interview, which is much less than its suggestions.

    Attributes
    ----------
    name, title : str
    address : str
        Of its page, relative to the index and quoted.
    strip : Strip
    passages : tuple of (str, str)
        The text of each, and its answers with spaces between, as `answers` gives them.
    """

    name: str
    title: str
    address: str
    strip: Strip
    passages: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def counts(self) -> Counter[str]:
        """How many passages have each answer."""
        return Counter(answer for _, said in self.passages for answer in said.split())


def listed(interview: CodedInterview, codebook: Codebook, file: str) -> ListedInterview:
    """Return what the index keeps of an interview whose page is the file beside it."""
    return ListedInterview(
        interview.name,
        interview.transcript.title,
        # A colon would make a scheme of what stands before it, so that it is quoted too.
        quote(file, safe=""),
        strip(interview, codebook),
        tuple((s.segment.text, " ".join(answers(s))) for s in interview.suggestions),
    )


def index_page(interviews: Sequence[ListedInterview], codebook: Codebook) -> str:
    """Return one self-contained HTML page, in Norwegian, that links to the interviews' pages.

    Parameters
    ----------
    interviews : sequence of ListedInterview
    codebook : Codebook
        The one that the suggestions use.

    Returns
    -------
    str
    """
    shown = {code.id: (code.name, code.colour) for code in codebook}
    shown |= {UNSURE: ("Usikker", ""), NONE: (NO_CODE, "")}
    every: Counter[str] = sum((interview.counts for interview in interviews), Counter())
    return rendered(
        "index",
        interviews=interviews,
        codes={code.id: code for code in codebook},
        answers=shown,
        every=every,
        passages=sum(len(interview.passages) for interview in interviews),
        data={
            "answers": shown,
            "interviews": [
                {"name": one.name, "address": one.address, "passages": one.passages}
                for one in interviews
            ],
        },
    )
