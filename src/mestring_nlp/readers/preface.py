"""What stands above the talk: a title, or talk whose speaker is not told."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mestring_nlp.readers.asking import asks
from mestring_nlp.readers.lines import Line

_TITLE_WORDS = 40
_HEADING_WORDS = 15
_SHORT = 3
_ENDS = re.compile(r"[?!][\"'»”)\]*_]*$|[.…][\"'»”)\]*_]*$|(?<=[^\W\d_]{4})[.?!…]\s+[\"'«“]?[^\W\d_]")
_TALK_WORDS = """
jeg eg æ vi me han hun ho de dere dykk hva kva hvordan korleis hvorfor kvifor hvem kven hvilken hvilke
ja nei jo mm mhm hei hallo velkommen takk altså fortell
i'm we he she they you what how why who yes no hi hello welcome thanks well
jag hon vad hur varför vem nej tack hvad
"""
_PROMPT_WORDS = "navn namn name alder age yrke stilling bakgrunn ålder bakgrund baggrund"
_PROMPTS = frozenset(_PROMPT_WORDS.split())
_TALK = frozenset(_TALK_WORDS.split())


def preface(lines: Sequence[Line]) -> list[Line]:
    """Return what stands above the first speaker, marked as title, or as words that need a look.

    A title is short, and no sentence. All else may be talk, such as a first question without a label:
    it is one doubtful line, at the place of the first such words.
    """
    filled = [line for line in lines if line.text.strip()]
    count = sum(len(line.text.split()) for line in filled)
    talk = [line for line in filled if _like_talk(line.text)]
    if filled and not talk and _like_a_prompt(filled[-1].text):
        talk = filled[-1:]
    if count <= _TITLE_WORDS and not talk:
        return [Line("", " ".join(line.text.split()), place=line.place, kind="title") for line in filled]
    words = "\n".join(" ".join(line.text.split()) for line in filled)
    message = (
        f"{count:,} words stand before the first speaker's label, and are in no turn. If they are talk, "
        "begin them with a label."
    )
    place = filled[0].place if len(talk) != 1 else talk[0].place
    return [Line("", words, place=place, kind="before", doubtful=True, message=message)]


def heading(lines: Sequence[Line]) -> str:
    """Return the title among lines above the talk: all of them, or a first one that looks like it."""
    words = [" ".join(line.text.split()) for line in lines if line.text.strip()]
    if words and all(line.kind == "title" for line in preface(lines)):
        return " ".join(words)
    return words[0] if len(words) > 1 and not _like_talk(words[0]) else ""


def _like_a_prompt(text: str) -> bool:
    """Return whether a line asks in a word or two, such as ``Fortell litt`` or ``Navn og alder``."""
    words = text.casefold().split()
    return len(words) <= _HEADING_WORDS and (asks(text) or words[0].strip(".,–—-") in _PROMPTS)


def _like_talk(text: str) -> bool:
    """Return whether a line may be said: it is long, ends as sentences do, or begins as talk does."""
    words = text.split()
    if len(words) > _HEADING_WORDS or text.rstrip().endswith("?"):
        return True
    return len(words) >= _SHORT and (
        _ENDS.search(text.strip()) is not None or words[0].strip(".,!–—-").casefold() in _TALK
    )
