"""Make quotations of what people coded: from tables, data folders, reviews and QDA projects."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from pathlib import Path

from mestring_nlp.code_names import CodeNames
from mestring_nlp.codebook import Codebook, load_codebook
from mestring_nlp.codings import read_coded_file
from mestring_nlp.errors import MestringError
from mestring_nlp.quotation import Quotation, clean_quotation
from mestring_nlp.readers import find_transcripts
from mestring_nlp.spans import Span
from mestring_nlp.talk_words import BACKCHANNELS
from mestring_nlp.training_data import ADJUDICATED, load_training_data, read_named
from mestring_nlp.transcript import INFORMANT, MACHINE, Coding, Segment, Transcript, Turn

_NUMBERED = re.compile(
    r"(?:intervju|informant|respondent|deltak(?:er|ar)|interview)[\s_.\-]*(?:nr\.?\s*)?0*(\d+)",
    re.IGNORECASE,
)
_LONGEST_SOURCE = 80
_WEIGHT = ("mark", "probe", "other", "question")
"""What is told of a place where several things were taken out, the last first."""


@dataclass(frozen=True)
class CodedPassages:
    """Transcripts and one coder's codings of them, under one codebook.

    Attributes
    ----------
    codebook : Codebook
    transcripts : dict of str to Transcript
    codings : tuple of Coding
    coder : str
        Empty where each interview has its own.
    notes : tuple of str
        What the user should know of how it was read.
    """

    codebook: Codebook
    transcripts: dict[str, Transcript]
    codings: tuple[Coding, ...]
    coder: str = ""
    notes: tuple[str, ...] = ()

    @cached_property
    def codes(self) -> dict[Span, tuple[str, ...]]:
        """The codes of each coded passage, each once."""
        given: defaultdict[Span, dict[str, None]] = defaultdict(dict)
        for coding in self.codings:
            if coding.code:
                given[coding.transcript, coding.start, coding.end][coding.code] = None
        return {span: tuple(codes) for span, codes in given.items()}

    @cached_property
    def passages(self) -> dict[str, tuple[Span, ...]]:
        """The passages of each code, each once, in the order in which they were coded."""
        of: defaultdict[str, dict[Span, None]] = defaultdict(dict)
        for coding in self.codings:
            if coding.code:
                of[coding.code][coding.transcript, coding.start, coding.end] = None
        return {code: tuple(spans) for code, spans in of.items()}


def quote(
    coded: CodedPassages | str | Path,
    *,
    coder: str | None = None,
    codes: Collection[str] | None = None,
    per_code: int | None = None,
    least_words: int = 1,
    most_words: int | None = None,
    transcripts: str | Path | None = None,
    sources: Mapping[str, str] | None = None,
) -> list[Quotation]:
    """Return quotations for print of what people coded.

    Parameters
    ----------
    coded : CodedPassages, str or pathlib.Path
        See `read_coded_passages`.
    coder : str, optional
        Whose codings, where several people coded.
    codes : collection of str, optional
        Ids or names of the codes; all if left out.
    per_code : int, optional
        At most so many of each code: in turn from each interview, those first that have most words among
        the code's indicators, then the longest.
    least_words : int, default 1
        Quotations with fewer words are left out.
    most_words : int, optional
        See `mestring_nlp.quotation.clean_quotation`; a code's indicators are what matters.
    transcripts : str or pathlib.Path, optional
        Folder of the transcripts; that of the codings if left out.
    sources : mapping of str to str, optional
        What a transcript's informant is called, by the transcript's name; see `source_of`.

    Returns
    -------
    list of Quotation
        By code in the codebook's order; a passage with several codes stands under each.

    Raises
    ------
    MestringError
        A code is unknown, a transcript is missing, or several people coded and none was named.
    """
    if not isinstance(coded, CodedPassages):
        coded = read_coded_passages(coded, coder=coder, transcripts=transcripts)
    elif coder is not None:
        kept = tuple(coding for coding in coded.codings if coding.coder == coder)
        coded = replace(coded, codings=kept, coder=coder)
    for name, least in (
        ("per_code", per_code),
        ("least_words", least_words),
        ("most_words", most_words),
    ):
        if least is not None and least < 1:
            raise MestringError(f"{name} is {least}, must be 1 or more")
    chosen = _chosen_codes(coded, codes)
    found: list[Quotation] = []
    for code in chosen:
        matters = _matters(coded.codebook, code)
        made = [
            _quotation(coded, span, code, most_words, matters, sources or {})
            for span in coded.passages.get(code, ())
        ]
        long_enough = [quotation for quotation in made if len(quotation.words) >= least_words]
        found += long_enough if per_code is None else _spread(long_enough, per_code, matters)
    return found


def read_coded_passages(
    path: str | Path,
    *,
    coder: str | None = None,
    transcripts: str | Path | None = None,
    codebook: Codebook | None = None,
) -> CodedPassages:
    """Read what one coder coded, and the transcripts.

    Parameters
    ----------
    path : str or pathlib.Path
        A folder of training data, the folder of a review, a table of codings, a workbook with people's
        codes, or a ``.qdpx``.
    coder : str, optional
        Whose; if left out, who alone coded, or ``adjudicated``. Models are taken only by name.
    transcripts : str or pathlib.Path, optional
        Folder of the transcripts; that of the file if left out.
    codebook : Codebook, optional
        In place of the data's own, or of the bundled one.

    Returns
    -------
    CodedPassages

    Raises
    ------
    MestringError
        Nothing was coded, a transcript is missing, a row does not fit its transcript, or several people
        coded and none was named.
    """
    place = Path(path)
    review = _review_transcripts(place) if place.is_dir() else None
    if place.is_dir() and review is None:
        data = load_training_data(place, codebook=codebook)
        of: defaultdict[str, list[Coding]] = defaultdict(list)
        for coding in data.codings:
            of[coding.transcript].append(coding)
        whose = {name: coder or _gold(name, made, data.machines, place) for name, made in of.items()}
        codings = tuple(coding for coding in data.codings if coding.coder == whose[coding.transcript])
        coded = CodedPassages(data.codebook, data.transcripts, codings, coder or "", data.notes)
        return _checked(coded, place, data.codings)
    file = place / "codings.csv" if review is not None else place
    found = read_coded_file(file)
    everybody = found.codings
    if coder is not None:
        found = found.by(coder)
    book = codebook or found.book or load_codebook()
    found = found.resolved(book)
    texts = review or {}
    if review is None and found.texts:
        texts = {name: _verbatim(name, text, str(file)) for name, text in found.texts.items()}
    elif review is None:
        folder = Path(transcripts) if transcripts is not None else file.parent
        texts = read_named(find_transcripts([folder]), found.transcripts)
    if missing := sorted(found.transcripts - texts.keys()):
        raise MestringError(
            f"codings name the transcript {missing[0]!r}, which is not there",
            place=str(file),
            hint="Give the folder of the transcripts with --transcripts.",
        )
    found.check(texts)
    who = coder or (_gold("", found.codings, found.machines, place) if found.rows else "")
    codings = tuple(coding for coding in found.codings if coding.coder == who)
    return _checked(CodedPassages(book, texts, codings, who, found.notes), place, everybody)


def _checked(coded: CodedPassages, place: Path, everybody: Iterable[Coding]) -> CodedPassages:
    """Return passages without those in which no informant speaks; raise where nothing else was coded."""
    made = [coding for coding in coded.codings if coding.code]
    if not made:
        coders = ", ".join(dict.fromkeys(coding.coder for coding in everybody))
        raise MestringError(
            f"nothing was coded{f' by {coded.coder!r}' if coded.coder else ''}",
            place=str(place),
            hint=f"Those who coded are: {coders}." if coders else "Give codings that hold a code.",
        )
    asked = {
        (c.transcript, c.start, c.end)
        for c in made
        if not _is_of_informant(coded.transcripts[c.transcript], c.start, c.end)
    }
    if not asked:
        return coded
    name, start, end = min(asked)
    said = f"of {len(asked)} coded passages no word is an informant's, first {name}, {start}–{end}"
    kept = tuple(c for c in coded.codings if (c.transcript, c.start, c.end) not in asked)
    if not any(coding.code for coding in kept):
        raise MestringError(
            said, place=str(place), hint="Code what informants say, or check the labels."
        )
    return replace(coded, codings=kept, notes=(*coded.notes, f"{said}; they are not quoted"))


def _is_of_informant(transcript: Transcript, start: int, end: int) -> bool:
    """Return whether an informant says any of a passage, or nobody is told in the whole transcript."""
    turns = [turn for turn in transcript.turns if turn.role == INFORMANT]
    return not turns or any(
        transcript.text[max(turn.start, start) : min(turn.end, end)].strip() for turn in turns
    )


def _gold(name: str, codings: Iterable[Coding], machines: Collection[str], place: Path) -> str:
    """Return who coded an interview, or all where none is named: ``adjudicated``, or the only person."""
    coders = dict.fromkeys(c.coder for c in codings)
    people = [c for c in coders if c not in machines and not c.startswith(MACHINE)]
    if ADJUDICATED in people:
        return ADJUDICATED
    if len(people) == 1:
        return people[0]
    raise MestringError(
        f"{len(people)} people coded ({', '.join(people)})" if people else "only models coded",
        place=f"{place}, {name}" if name else str(place),
        hint=f"Name one with --coder: {', '.join(coders)}.",
    )


def _review_transcripts(folder: Path) -> dict[str, Transcript] | None:
    """Return the transcripts of a review, or None if a folder holds none."""
    from mestring_nlp.review import database, opening
    from mestring_nlp.review.store import Store

    if not opening.is_review(folder):
        return None
    path = folder / database.DATABASE
    connection = database.connect(path)
    database.check_version(connection, path)
    store = Store(path, connection)
    try:
        return {name: store.transcript(name) for name in store.names}
    finally:
        store.close()


def _verbatim(name: str, text: str, place: str) -> Transcript:
    """Return a text of a project as a transcript; where nobody is told, all of it is the informant's."""
    from mestring_nlp.readers.assembler import transcript_from
    from mestring_nlp.readers.speakers import Named

    try:
        found = transcript_from(text, name=name, place=place, named=Named())
    except MestringError:
        found = Transcript(name, text, ())
    return found if found.text == text else Transcript(name, text, ())


def _chosen_codes(coded: CodedPassages, codes: Collection[str] | None) -> list[str]:
    """Return the ids of codes that were used and are asked for, in the codebook's order."""
    used = coded.passages
    order = [*(code for code in coded.codebook.ids if code in used), *used]
    if codes is None:
        return list(dict.fromkeys(order))
    names = CodeNames(coded.codebook)
    asked = [names.find(code, place="--code") or code for code in codes]
    for code, given in zip(asked, codes, strict=True):
        if code not in used and code not in coded.codebook.ids:
            raise MestringError(
                f"unknown code {given!r}", hint=f"The codes are: {', '.join(dict.fromkeys(order))}."
            )
    return [code for code in dict.fromkeys(order) if code in asked]


def _matters(codebook: Codebook, code: str) -> tuple[str, ...]:
    """Return the beginnings of words that a code is about."""
    if code not in codebook.ids:
        return ()
    words = (word for line in codebook[code].indicators for word in re.findall(r"\w{4,}", line))
    return tuple(dict.fromkeys(word.casefold() for word in words))


def _quotation(
    coded: CodedPassages,
    span: Span,
    code: str,
    most_words: int | None,
    matters: Collection[str],
    sources: Mapping[str, str],
) -> Quotation:
    name, start, end = span
    transcript = coded.transcripts[name]
    speaker, asides = _said_by(transcript, start, end)
    text = transcript.text[start:end]
    made = clean_quotation(text, most_words=most_words, matters=matters, asides=asides)
    turn = transcript.turn_at(start)
    question = transcript.question_for(turn) if turn >= 0 else ""
    segment = Segment(name, turn + 1, speaker, start, end, text, question, coded.codes[span])
    source = sources.get(name) or source_of(transcript, speaker)
    return replace(made, source=source, codes=(code,), segment=segment)


def _said_by(transcript: Transcript, start: int, end: int) -> tuple[str, dict[tuple[int, int], str]]:
    """Return who says most of a passage, and what of it others say, by span of the passage."""
    turns = [turn for turn in transcript.turns if turn.start < end and start < turn.end]
    length: dict[str, int] = {}
    for turn in turns:
        if turn.role == INFORMANT:
            said = min(end, turn.end) - max(start, turn.start)
            length[turn.speaker] = length.get(turn.speaker, 0) + said
    if not length:
        return "", {}
    speaker = max(length, key=lambda label: length[label])
    asides: dict[tuple[int, int], str] = {}
    position, reasons = start, ["mark"]  # at least a label stands between two turns
    for turn in turns:
        if turn.role == INFORMANT and turn.speaker == speaker:
            if position < turn.start:
                asides[position - start, turn.start - start] = max(reasons, key=_WEIGHT.index)
            position, reasons = turn.end, ["mark"]
        else:
            reasons.append(_reason(turn))
    if position < end:
        asides[position - start, end - start] = max(reasons, key=_WEIGHT.index)
    return speaker, asides


def _reason(turn: Turn) -> str:
    if BACKCHANNELS.fullmatch(turn.text):
        return "probe"
    return "other" if turn.role == INFORMANT else "question"


def source_of(transcript: Transcript, speaker: str = "") -> str:
    """Return what an informant is called in print, from the transcript's title, or its name.

    Parameters
    ----------
    transcript : Transcript
    speaker : str, optional
        The informant's label; it is told where there are several.

    Returns
    -------
    str

    Examples
    --------
    >>> source_of(Transcript("intervju_03", "", (), "Intervju 3, NAV-kontor"))
    'Informant 3, NAV-kontor'
    """
    title = " ".join(transcript.title.split())
    number = next(
        filter(None, (_NUMBERED.search(place) for place in (title, speaker, transcript.name))), None
    )
    informants = {t.speaker for t in transcript.turns if t.role == INFORMANT}
    several = f" ({speaker})" if len(informants) > 1 and speaker else ""
    if number is None:
        return f"{(title or transcript.name)[:_LONGEST_SOURCE]}{several}"
    rest = title[number.end() :] if number.string == title else ""
    rest = re.sub(r"\([^()]*\)", "", rest).strip(" ,.:;–-")
    return f"Informant {number[1]}{f', {rest}' if rest else ''}"[:_LONGEST_SOURCE] + several


def _spread(found: Sequence[Quotation], most: int, matters: tuple[str, ...]) -> list[Quotation]:
    """Return so many quotations, from as many interviews as there are, in the order they were in."""
    by_interview: dict[str, list[int]] = {}
    for index, quotation in enumerate(found):
        name = quotation.segment.transcript if quotation.segment else ""
        by_interview.setdefault(name, []).append(index)

    def weight(index: int) -> tuple[int, int]:
        words = [word.casefold().strip("«»,.?!") for word in found[index].words]
        return -sum(word.startswith(matters) for word in words) if matters else 0, -len(words)

    ranked = [sorted(indices, key=weight) for indices in by_interview.values()]
    rounds = ([i for i in row if i is not None] for row in zip_longest(*ranked))
    chosen = [index for row in rounds for index in sorted(row, key=weight)][:most]
    return [found[index] for index in sorted(chosen)]
