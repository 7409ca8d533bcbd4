"""Write suggestions as the codings of one more coder: selections, and a note for each interview."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mestring_nlp.codebook import Code
from mestring_nlp.refi.markup import element, escaped, new_guid, one_line
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.wording import answers, remark

Span = Callable[[int, int], tuple[int, int]]
"""Converts a span of the canonical text to one as the project counts."""

_SHOWN = 60


@dataclass(frozen=True)
class Machine:
    """The coder that suggests, and what its codings are written with.

    Attributes
    ----------
    name, guid : str
        The coder.
    codes : mapping of str to Code
        By id.
    refs : mapping of str to str
        The codes' GUIDs in the project, by id.
    taken : set of str
        GUIDs in use.
    date : str
    prefix : str
        The namespace prefix of element names, with its colon.
    """

    name: str
    guid: str
    codes: Mapping[str, Code]
    refs: Mapping[str, str]
    taken: set[str]
    date: str
    prefix: str = ""

    def user(self) -> str:
        """Return the coder as XML."""
        return self._element("User", {"guid": self.guid, "name": self.name})

    def selections(self, source: str, suggestions: Sequence[Suggestion], span: Span) -> Iterator[str]:
        """Yield a selection for each passage with a suggested code or an abstention, as XML.

        After an abstention it has no coding; its description names the codes that are possible.
        """
        for suggestion in suggestions:
            if not self._marks(suggestion):
                continue
            start, end = span(suggestion.segment.start, suggestion.segment.end)
            guid = self._guid("selection", source, start, end)
            place = {"startPosition": str(start), "endPosition": str(end)}
            yield self._selection("PlainTextSelection", guid, place, suggestion)

    def transcript_selections(
        self,
        source: str,
        suggestions: Sequence[Suggestion],
        span: Span,
        times: Sequence[tuple[int, float]],
    ) -> tuple[list[str], list[str]]:
        """Return the points and the selections for a recording's transcript, as XML.

        Parameters
        ----------
        source, suggestions, span
            As for `selections`.
        times : sequence of (int, float)
            Positions with their seconds, in order; a point between two gets a time between theirs, as
            some programs refuse one without.
        """
        points: dict[int, str] = {}
        made = []
        for suggestion in suggestions:
            if not self._marks(suggestion):
                continue
            ends = span(suggestion.segment.start, suggestion.segment.end)
            for position in ends:
                points.setdefault(position, self._guid("point", source, position))
            place = dict(
                zip(("fromSyncPoint", "toSyncPoint"), map(points.__getitem__, ends), strict=True)
            )
            guid = self._guid("selection", source, *ends)
            made.append(self._selection("TranscriptSelection", guid, place, suggestion))
        listed = []
        for position, guid in sorted(points.items()):
            at = {"guid": guid, "timeStamp": _time_between(position, times), "position": str(position)}
            listed.append(self._element("SyncPoint", at))
        return listed, made

    def _selection(self, name: str, guid: str, place: dict[str, str], suggestion: Suggestion) -> str:
        said = self._says(suggestion)
        codings = [
            self._element(
                "Coding",
                {"guid": self._guid("coding", guid, code), **self._made()},
                self._element("CodeRef", {"targetGUID": self.refs[code]}),
            )
            for code in suggestion.codes
        ]
        return self._element(
            name,
            {"guid": guid, "name": _shown(suggestion.segment.text), **place, **self._made()},
            *([self._element("Description", {}, escaped(said))] if said else []),
            *codings,
        )

    def _marks(self, suggestion: Suggestion) -> bool:
        """Return whether a passage gets a selection."""
        return bool(suggestion.codes) or suggestion.abstained

    def _says(self, suggestion: Suggestion) -> str:
        """Return the description of a passage's selection."""
        return remark(suggestion, self.codes)

    def note(
        self, source: str, title: str, about: str, suggestions: Sequence[Suggestion]
    ) -> tuple[str, str]:
        """Return a note on an interview, and a reference to it, both as XML.

        It lists the abstentions too, since a program may ignore a selection without a code.
        """
        unsure = [
            f"«{_shown(s.segment.text)}» – {answers(s, self.codes)}" for s in suggestions if s.abstained
        ]
        guid = self._guid("note", source)
        text = "\n".join([about, *unsure])
        note = self._element(
            "Note",
            {"guid": guid, "name": f"Kodeforslag fra {self.name}: {title}", **self._made()},
            self._element("PlainTextContent", {}, escaped(text)),
        )
        return note, self._element("NoteRef", {"targetGUID": guid})

    def code_note(self, code: str) -> tuple[str, str]:
        """Return a note on a code by its id, and a reference to it, both as XML; here there is none."""
        return "", ""

    def _made(self) -> dict[str, str]:
        return {"creatingUser": self.guid, "creationDateTime": self.date}

    def _guid(self, *parts: object) -> str:
        return new_guid(self.guid, *parts, taken=self.taken)

    def _element(self, name: str, attributes: dict[str, str], *content: str) -> str:
        return element(f"{self.prefix}{name}", attributes, *content)


def _shown(text: str) -> str:
    """Return the first words of a passage."""
    line = one_line(text)
    return line if len(line) <= _SHOWN else line[:_SHOWN].rsplit(" ", 1)[0] + " …"


def _time_between(position: int, times: Sequence[tuple[int, float]]) -> str:
    """Return the milliseconds of a position between two that have times; empty beyond them."""
    at = bisect_right(times, position, key=lambda point: point[0])
    if not at:
        return ""
    place, seconds = times[at - 1]
    if place < position:
        if at == len(times):
            return ""
        share = (position - place) / (times[at][0] - place)
        seconds += share * (times[at][1] - seconds)
    return str(round(1000 * seconds))
