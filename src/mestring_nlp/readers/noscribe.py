"""What noScribe saves: pages with a paragraph a turn and times in its anchors; talk amid another's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mestring_nlp.errors import MestringError
from mestring_nlp.readers.lines import Line, without_controls
from mestring_nlp.readers.speakers import looks_like_name, settled

_ANCHOR = re.compile(r"ts_(\d{1,12})_(\d{1,12})(?:_(.*))?", re.DOTALL)
_STAMP = re.compile(r"[ \t]*\[\d{1,2}:\d{2}:\d{2}(?:\.\d+)?\]")
_LONGEST_HEAD = 100
_HIDDEN = ("style", "script", "head", "title")
_PARAGRAPHS = ("p", "div", "h1", "h2", "h3", "li", "tr")
_LABEL = re.compile(r"^\s*(?P<label>[^\W\d_][^:\n]{0,39}?)\s*:(?=\s|$)")
_AMID = re.compile(r"(?<![:/])//[ \t]*(?P<label>[^\W\d_][^:/\n]{0,39}?)[ \t]*:(?=[ \t]|$)[ \t]*")
_AMID_END = re.compile(r"(?<![:/])//(?!/)")
_OPENING = re.compile(
    r"[ \t]*(?:[\[(#]\d[\d:.,-]*[\])#][ \t]*)?(?P<label>[^\W\d_][^:\n/]{0,39}?)[ \t]*:(?=[ \t]|$)"
)


def is_page_of_talk(text: str) -> bool:
    """Return whether a text is HTML in which noScribe's anchors stand."""
    return text.lstrip()[:1] == "<" and re.search(r"""<a\s+name=["']ts_\d""", text) is not None


def has_overlaps(text: str) -> bool:
    """Return whether somebody speaks amid another's words, as in ``//S00: Ja.//``."""
    return _AMID.search(text) is not None


def apart(speaker: str, words: str) -> Iterator[tuple[str, str]]:
    """Yield speaker and words, what others say amid them (``//S00: Ja.//``) being theirs.

    The mark that ends it may stand at the beginning of the next words.
    """
    amid = [match for match in _AMID.finditer(words) if looks_like_name(match["label"])]
    edges = [*(match.start() for match in amid), len(words)]
    found = [(speaker, re.sub(r"^\s*//", "", words[: edges[0]]))]
    for match, end in zip(amid, edges[1:], strict=True):
        said, *rest = _AMID_END.split(words[match.end() : end], maxsplit=1)
        found += [(match["label"], said), *((speaker, others) for others in rest)]
    for who, said in found:
        if bare := said.strip():
            yield who, bare


def lines_apart(lines: Sequence[Line]) -> list[Line]:
    """Return lines with labels in their text, what others say amid them being lines of their own."""
    if not any(_AMID.search(line.text) for line in lines):
        return list(lines)
    matches = [_OPENING.match(line.text) for line in lines]
    labels = settled(match["label"] for match in matches if match and looks_like_name(match["label"]))
    found = []
    speaker = ""
    for line, match in zip(lines, matches, strict=True):
        if match and match["label"].casefold() in labels:
            speaker = match["label"]
        if not _AMID.search(line.text):
            found.append(line)
            continue
        for number, (who, said) in enumerate(apart(speaker, line.text)):
            own = who == speaker and (number == 0 or not speaker)
            found.append(replace(line, text=said if own else f"{who}: {said}"))
    return found


def read_page_of_talk(text: str, *, place: str) -> list[Line]:
    """Read noScribe's HTML: a line for each paragraph, and for what others say amid it.

    Paragraphs begin with ``S00:`` or a name; anchors ``ts_<start>_<end>_<speaker>``, in milliseconds,
    stand around what was said. Marks of pauses, such as ``(..)``, stay in the text. What stands above
    the first speaker is noted as header.
    """
    lines = _paragraphs(text)
    first = next((number for number, line in enumerate(lines) if line.speaker), None)
    if first is None:
        raise MestringError(
            "no paragraph begins with a speaker's label, as in noScribe's pages",
            place=place,
            hint="Save the transcript as .docx, .txt or .vtt instead.",
        )
    head = [replace(line, speaker="", kind="header") for line in lines[:first]]
    if "<html" in text.casefold() and "</html" not in text.casefold():
        message = "the page is not complete; perhaps it was cut off"
        head.append(Line("", "", place="the end", kind="unread", doubtful=True, message=message))
    words = sum(len(line.text.split()) for line in head)
    if words > _LONGEST_HEAD:
        message = f"{words} words stand above the first speaker, and are taken for no talk"
        head[0] = replace(head[0], doubtful=True, message=message)
    return head + [part for line in lines[first:] for part in _line_apart(line)]


def _line_apart(line: Line) -> Iterator[Line]:
    """Yield a paragraph's line, and what others say amid it; the times are those of the whole."""
    parts = list(apart(line.speaker or "", line.text))
    for number, (who, said) in enumerate(parts, start=1):
        start, end = line.start if number == 1 else None, line.end if number == len(parts) else None
        yield replace(line, speaker=who, text=said, start=start, end=end)


def _paragraphs(text: str) -> list[Line]:
    """Return each paragraph with words, its speaker if it begins with one."""
    from lxml import etree

    # libxml2 takes any page in one pass; the standard library's parser fails on `<![x` and takes time
    # that grows with the square of a broken page's length.
    parser = etree.HTMLParser(target=_Paragraphs(), encoding="utf-8", no_network=True)
    parser.feed(without_controls(text).encode())
    found = [(_STAMP.sub("", words), times) for words, times in parser.close() if words]
    matches = [_LABEL.match(words) for words, _ in found]
    labels = [match["label"].strip() if match else "" for match in matches]
    labels = [label if looks_like_name(label) else "" for label in labels]
    voices = [times[0][2] if times else "" for _, times in found]
    begun, named = Counter(voices), Counter(zip(voices, labels, strict=True))
    # The name that somebody typed for a voice begins most of its paragraphs, be it but one.
    typed = {
        label.casefold()
        for (voice, label), count in named.items()
        if voice and label and 2 * count >= begun[voice]
    }
    speakers = settled(filter(None, labels)) | typed
    lines = []
    called: dict[str, str] = {}
    heads = zip(found, matches, voices, labels, strict=True)
    for number, ((words, times), match, voice, speaker) in enumerate(heads, start=1):
        if match is None or speaker.casefold() not in speakers:
            # Its anchor tells who speaks: by the number for which somebody may have typed a name.
            speaker, said = called.get(voice, voice), words
        else:
            said = words[match.end() :]
            called[voice] = speaker
        start, end = (times[0][0] / 1000, times[-1][1] / 1000) if times else (None, None)
        lines.append(Line(speaker, said.strip(), start, end, f"paragraph {number}"))
    return [line for line in lines if line.text]


_Time = tuple[int, int, str]
"""Start, end and speaker in an anchor."""


class _Paragraphs:
    """Collects each paragraph's words, and the times in its anchors: the parser's target."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._times: list[_Time] = []
        self._found: list[tuple[str, list[_Time]]] = []
        self._hidden = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Handle an element's beginning."""
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _PARAGRAPHS:
            self._end_paragraph()
        elif tag == "br":
            self._words.append(" ")
        elif tag == "a" and (match := _ANCHOR.fullmatch(attributes.get("name", ""))):
            self._times.append((int(match[1]), int(match[2]), (match[3] or "").strip("/ ")))

    def end(self, tag: str) -> None:
        """Handle an element's end."""
        if tag in _HIDDEN:
            self._hidden -= 1
        elif tag in _PARAGRAPHS:
            self._end_paragraph()

    def data(self, words: str) -> None:
        """Handle text."""
        if not self._hidden:
            self._words.append(words)

    def close(self) -> list[tuple[str, list[_Time]]]:
        """Return the words and times of each paragraph."""
        self._end_paragraph()
        return self._found

    def _end_paragraph(self) -> None:
        self._found.append((" ".join("".join(self._words).split()), self._times))
        self._words, self._times = [], []
