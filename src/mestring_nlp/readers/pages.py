"""Page furniture: numbers and lines that come back at the tops and bottoms of pages.

A number alone on a line may be an answer. It is a page's number only at the edge of a page, where it
counts on from page to page, or where the words beside it say so.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.speakers import is_known

_SAID = re.compile(
    r"\W*(?:side|sida|page|s\.)\s*(\d{1,4})(?:\s*(?:av|of|/)\s*(\d{1,4}))?\W*", re.IGNORECASE
)
_BETWEEN = re.compile(r"\s*[-–—]\s*(\d{1,4})\s*[-–—]\s*")
_OF = re.compile(r"\s*(\d{1,4})\s*(?:av|of|/)\s*(\d{1,4})\s*", re.IGNORECASE)
_BARE = re.compile(r"\W*(\d{1,4})\W*")
LABEL = re.compile(r"\W{0,3}(?:\d[\d:.,-]{0,15}\W{1,3})?([^\W\d_](?:[^:]{0,38}[^:\s])?)\s*:(?!\d)")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")

_EDGE = 2
_SHARE = 0.4
_RUN = 3


class _Number(NamedTuple):
    """A line that may be a page's number: the number, how many pages it says there are, how it looks."""

    number: int
    of: int
    form: str


def talk_and_furniture(pages: Sequence[Sequence[Line]]) -> tuple[list[Line], list[Line]]:
    """Divide pages into lines of talk, and page numbers, headers and footers.

    What comes back at the edges of pages, digits aside, is a header or footer, unless it also stands
    within pages, or its times differ, as those of speakers do.
    """
    edges = [_edges(page) for page in pages]
    numbers = _numbers_at(pages, edges)
    inner = {
        _form(line.text)
        for page, at in zip(pages, edges, strict=True)
        for i, line in enumerate(page)
        if i not in at
    }
    back = Counter(
        form for page, at in zip(pages, edges, strict=True) for form in {_form(page[i].text) for i in at}
    )
    # What a speaker says is no header, though it is "Mhm." at the top of every page.
    forms = {_form(line.text): label_of(line.text) for page in pages for line in page}
    labels = Counter(forms.values())
    needed = max(2, math.ceil(_SHARE * len(pages)))
    talk: list[Line] = []
    furniture: list[Line] = []
    for page, at, taken in zip(pages, edges, numbers, strict=True):
        for i, line in enumerate(page):
            form, label = _form(line.text), label_of(line.text)
            speaks = label and (labels[label] > 1 or is_known(label) or _only_label(line.text))
            answers = i and _only_label(page[i - 1].text)
            if i in taken:
                furniture.append(taken[i])
            elif (
                i in at
                and back[form] >= needed
                and form not in inner
                and any(map(str.isalpha, form))
                and not (speaks or answers)
            ):
                spoken = line.text.rstrip().endswith((".", "?", "!"))
                said = f"comes back at the edges of {back[form]} pages, and was taken for a header"
                furniture.append(
                    replace(line, kind="header", doubtful=spoken, message=said if spoken else "")
                )
            else:
                talk.append(line)
    return talk, furniture


def text_and_furniture(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Divide a plain text's lines likewise: pages end at form feeds.

    In a text without form feeds, page numbers are lines such as ``Side 3 av 12``; a number between
    hyphens, or after *side* alone, counts only where others count on from it, and else stays, with a
    doubt between empty lines. Numbers alone stay, with a doubt where they count on throughout the text.
    """
    pages: list[list[Line]] = [[]]
    for line in lines:
        start, *more = line.text.split("\f")
        pages[-1].append(replace(line, text=start) if more else line)
        pages += [[replace(line, text=text)] for text in more]
    talk, furniture = talk_and_furniture(pages) if len(pages) > 1 else (list(lines), [])
    found = [(i, number) for i, line in enumerate(talk) if (number := _number(line.text))]
    taken = {i for i, number in found if number.form == "said" and number.of}
    for form, least in (("said", 2), ("between", 2), ("of", _RUN)):
        alike = [(i, number) for i, number in found if number.form == form]
        numbers = [number for _, number in alike]
        if len(alike) < least or not _count_on(numbers):
            continue
        if form != "of" or (numbers[0].number <= 2 and numbers[-1].number >= numbers[-1].of - 1):
            taken |= {i for i, _ in alike}
    furniture += [replace(talk[i], kind="page") for i in sorted(taken)]
    bare = [(talk[i], number) for i, number in found if number.form == "bare"]
    if len(bare) >= _RUN and _count_on([number for _, number in bare]):
        (first, _), *_, (last, _) = bare
        furniture.append(
            _kept(
                first,
                f"the numbers alone on lines, {first.text.strip()} here to {last.text.strip()} "
                f"in {last.place}, may be page numbers; they are kept as talk",
            )
        )
    alone = [
        talk[i]
        for i, number in found
        if number.form in ("said", "between")
        and i not in taken
        and not any(line.text.strip() for line in (*talk[max(0, i - 1) : i], *talk[i + 1 : i + 2]))
    ]
    if alone:
        said = f"{alone[0].text.strip()!r} may be a page number; it is kept as talk"
        furniture.append(_kept(alone[0], said))
    return [line for i, line in enumerate(talk) if i not in taken], furniture


def _kept(line: Line, message: str) -> Line:
    return Line(None, "", place=line.place, kind="doubt", doubtful=True, message=message)


def label_of(line: str) -> str:
    """Return the label with which a line begins, casefolded, or an empty text."""
    match = LABEL.match(line)
    return match[1].casefold() if match and len(match[1].split()) <= 4 else ""


def _edges(page: Sequence[Line]) -> set[int]:
    filled = [number for number, line in enumerate(page) if line.text.strip()]
    return {*filled[:_EDGE], *filled[-_EDGE:]}


def _form(line: str) -> str:
    """Return what of a line comes back on other pages: digits may differ, but not those of a time."""
    pieces = _CLOCK.split(" ".join(line.split()))
    clocks = [*_CLOCK.findall(line), ""]
    plain = (re.sub(r"\d+", "#", piece) + clock for piece, clock in zip(pieces, clocks, strict=True))
    return "".join(plain).casefold()


def _only_label(line: str) -> bool:
    return LABEL.fullmatch(line.strip()) is not None


def _number(line: str) -> _Number | None:
    """Return the page number that a line may be."""
    for form, pattern in (("said", _SAID), ("between", _BETWEEN), ("of", _OF), ("bare", _BARE)):
        if match := pattern.fullmatch(line):
            of = match[2] if pattern.groups > 1 else None
            return _Number(int(match[1]), int(of or 0), form)
    return None


def _count_on(numbers: Sequence[_Number]) -> bool:
    return all(b.number == a.number + 1 and b.of == a.of for a, b in pairwise(numbers))


def _numbers_at(pages: Sequence[Sequence[Line]], edges: Sequence[set[int]]) -> list[dict[int, Line]]:
    """Return for each page which of its lines are page numbers, as they are noted."""
    found = [
        {i: number for i in at if (number := _number(page[i].text))}
        for page, at in zip(pages, edges, strict=True)
    ]
    # How far the numbers on a page are ahead of the pages counted here: on most pages as far.
    ahead = Counter(
        offset
        for at, numbers in enumerate(found, start=1)
        for offset in {number.number - at for number in numbers.values()}
    )
    taken: list[dict[int, Line]] = []
    for at, (page, numbers) in enumerate(zip(pages, found, strict=True), start=1):
        taken.append({})
        for i, number in numbers.items():
            if number.form == "said" or ahead[number.number - at] > 1:
                taken[-1][i] = replace(page[i], kind="page")
            elif number.number == at and _outermost(page, i):
                said = f"{page[i].text.strip()!r} at the edge of the page was taken for its number"
                taken[-1][i] = replace(page[i], kind="page", doubtful=True, message=said)
    return taken


def _outermost(page: Sequence[Line], at: int) -> bool:
    """Return whether a line is the first or last of its page, and no answer to the line before."""
    above = [line for line in page[:at] if line.text.strip()]
    below = any(line.text.strip() for line in page[at + 1 :])
    return not above or not (below or _only_label(above[-1].text))
