"""Rows of a table as lines of talk: who speaks in those that name nobody, and which are headings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mestring_nlp.readers.below import is_heading
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.unlabelled import ends_with_question


class TalkRow(NamedTuple):
    """What one row tells: its place, speaker and words, either of which may be empty, and its times."""

    place: str
    speaker: str
    words: str
    start: float | None = None
    end: float | None = None


def lines_of_rows(rows: Iterable[TalkRow]) -> list[Line]:
    """Return the lines of rows, and a doubt where some name nobody: they go to the speaker above.

    A name without words is a speaker's who stands beside words elsewhere, or nobody is named beside any;
    else it is a heading.
    """
    rows = [row._replace(speaker=" ".join(row.speaker.split()).rstrip(": ")) for row in rows]
    speaking = {row.speaker.casefold() for row in rows if row.words} - {""}
    lines: list[Line] = []
    blank: list[int] = []
    speaker = ""
    for row in rows:
        if row.speaker and not row.words and speaking and row.speaker.casefold() not in speaking:
            message = "nothing stands beside this in the column of words; it is taken for a heading"
            message *= not is_heading(row.speaker)
            lines.append(Line("", row.speaker, None, None, row.place, "heading", bool(message), message))
            continue
        speaker = row.speaker or speaker
        if row.words:
            if speaker and not row.speaker:
                blank.append(len(lines))
            lines.append(Line(speaker, row.words, row.start, row.end, row.place))
    return [*lines, *_doubt(lines, blank)]


def _doubt(lines: Sequence[Line], blank: Sequence[int]) -> list[Line]:
    """Return the doubt on rows, `blank` among the lines, in which nobody is named as speaker.

    It stands at the first that may answer a question, where there is one.
    """
    if not blank:
        return []
    said = [number for number in range(blank[-1] + 1) if not lines[number].kind]
    asking = {number for number in said if ends_with_question(lines[number].text)}
    before = dict(zip(said[1:], said, strict=False))
    answers = [at for at in blank if before.get(at) in asking and at not in asking]
    more = f", and {len(blank) - 1:,} more," * (len(blank) > 1)
    message = (
        f"this row{more} tells no speaker; its words are taken for those of the row above"
        + ", which asks: they may be an answer" * bool(answers)
    )
    place = lines[(answers or blank)[0]].place
    return [Line("", "", place=place, kind="label", doubtful=True, message=message)]
