"""Transcripts as pages, as noScribe saves them: a paragraph a turn, times in its anchors."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.cues import Cue
from mestring_nlp.readers.speakers import looks_like_name

_ANCHOR = re.compile(r"ts_(\d{1,12})_(\d{1,12})(?:_(.*))?", re.DOTALL)
_STAMP = re.compile(r"[ \t]*\[\d{1,2}:\d{2}:\d{2}(?:\.\d+)?\]")
_LABEL = re.compile(r"^\s*(?:[/]{2})?(?P<label>[^\W\d_][^:\n]{0,39}?)\s*:(?=\s|$)")


def is_page_of_talk(text: str) -> bool:
    """Whether a text is HTML in which noScribe's anchors stand."""
    return text.lstrip()[:1] == "<" and re.search(r"""<a\s+name=["']ts_\d""", text) is not None


def read_page_of_talk(text: str, *, place: str) -> list[Cue]:
    """Read noScribe's HTML.

    Parameters
    ----------
    text : str
        HTML whose paragraphs begin with ``S00:`` or a name, with anchors ``ts_<start>_<end>_<speaker>``
        in milliseconds around what was said.
    place : str
        The file's name, for errors.

    Returns
    -------
    list of Cue
        A cue a paragraph; marks of pauses, such as ``(..)``, stay in the text.

    Raises
    ------
    MestringError
        No paragraph begins with a speaker.
    """
    parser = _Paragraphs()
    parser.feed(text)
    parser.close()
    cues = [cue for cue in parser.cues() if cue.text]
    if not any(cue.speaker for cue in cues):
        raise MestringError(
            "no paragraph begins with a speaker's label, as in noScribe's pages",
            place=place,
            hint="Save the transcript as .docx, .txt or .vtt instead.",
        )
    first = next(i for i, cue in enumerate(cues) if cue.speaker)
    return cues[first:]


class _Paragraphs(HTMLParser):
    """Collects each paragraph's words, and the first and last time in its anchors."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[tuple[list[str], list[tuple[int, int]]]] = [([], [])]
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script", "head", "title"):
            self._hidden += 1
        elif tag in ("p", "div", "h1", "h2", "h3", "li"):
            self._found.append(([], []))
        elif tag == "br":
            self._found[-1][0].append(" ")
        elif tag == "a" and (match := _ANCHOR.fullmatch(dict(attrs).get("name") or "")):
            self._found[-1][1].append((int(match[1]), int(match[2])))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script", "head", "title"):
            self._hidden = max(0, self._hidden - 1)
        elif tag in ("p", "div"):
            self._found.append(([], []))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._found[-1][0].append(data)

    def cues(self) -> list[Cue]:
        """Give a cue a paragraph."""
        made = []
        for parts, times in self._found:
            words = _STAMP.sub("", " ".join("".join(parts).split()))
            match = _LABEL.match(words)
            known = match is not None and looks_like_name(match["label"])
            speaker = match["label"].strip() if match and known else ""
            made.append(
                Cue(
                    speaker,
                    (words[match.end() :] if match and known else words).strip(),
                    times[0][0] / 1000 if times else None,
                    times[-1][1] / 1000 if times else None,
                )
            )
        return made
