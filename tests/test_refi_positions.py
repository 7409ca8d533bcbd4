from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mestring_nlp.readers.decoding import canonical
from mestring_nlp.refi.positions import STANDARD, Counting, PositionMap, Trace, counting_of

ODD = st.text(
    st.sampled_from(
        "aåÅæø é1 \u0301\u0308\u030a\u0327\u00ad\u200b\ufeff\u00a0\r\n\t\u2028😀👍🏽가\u1100\u1161\u11a8\u09c7\u09beb5."
    ),
    max_size=40,
)
COUNTINGS = st.builds(Counting, st.booleans(), st.booleans(), st.booleans())


def counted(raw: str, place: int, counting: Counting) -> int:
    """A program's count of what lies before a place, by another way than the library's."""
    before = raw[:place]
    units = len(before.encode("utf-16-le")) // 2 if counting.utf16 else len(before)
    if counting.crlf_as_one:
        units -= before.count("\r\n") + (before.endswith("\r") and raw[place : place + 1] == "\n")
    return units - (raw.startswith("\ufeff") and place > 0 and not counting.bom)


@given(st.one_of(ODD, st.text(max_size=40)))
def test_a_trace_ends_at_the_canonical_text(raw: str) -> None:
    found = Trace.of(raw)
    assert found.text == canonical(raw)
    assert len(found.text) == len(found.starts) == len(found.ends)
    assert all(0 <= a < b <= len(raw) for a, b in zip(found.starts, found.ends, strict=True))
    assert list(found.starts) == sorted(found.starts) and list(found.ends) == sorted(found.ends)


def _kept(raw: str) -> str:
    return re.sub("[\u00ad\u200b\ufeff]", "", raw).replace("\u00a0", " ")


@given(ODD)
def test_what_a_character_comes_from_becomes_it(raw: str) -> None:
    found = Trace.of(raw)
    for character, start, end in zip(found.text, found.starts, found.ends, strict=True):
        if raw[start:end].strip("0123456789 \r\n"):
            assert character in unicodedata.normalize("NFC", _kept(raw[start:end])) + "\n"


@given(ODD, COUNTINGS)
def test_places_are_as_the_program_counts(raw: str, counting: Counting) -> None:
    places = counting.places(raw)
    assert len(places) == len(raw) + 1
    for place in range(len(raw) + 1):
        inside_line_end = counting.crlf_as_one and raw[place - 1 : place + 1] == "\r\n" and place
        if not inside_line_end:
            assert places[place] == counted(raw, place, counting)


@given(ODD, COUNTINGS, st.data())
def test_spans_go_there_and_back(raw: str, counting: Counting, data: st.DataObject) -> None:
    positions = PositionMap(raw, counting)
    length = len(positions.text)
    if not length:
        return
    start = data.draw(st.integers(0, length - 1))
    end = data.draw(st.integers(start + 1, length))
    there = positions.from_text(start, end)
    assert 0 <= there[0] <= there[1] <= positions.length
    back = positions.to_text(*there)
    # Letters that NFC made of several keep together, so that a span can only grow to hold them whole.
    assert back[0] <= start and back[1] >= end
    assert positions.from_text(*back) == there
    trace = positions.trace
    if len(set(trace.starts)) == length:
        assert back == (start, end)


def test_composed_letters_soft_hyphens_and_numbers() -> None:
    raw = "I: A\u030arene pa\u030a kon\u00adtoret.\r\n12\r\nDa la\u0308rte jeg."
    positions = PositionMap(raw)
    assert positions.text == "I: Årene på kontoret.\n12\nDa lärte jeg."
    for words in ("A\u030arene", "kon\u00adtoret", "la\u0308rte jeg"):
        start = raw.index(words)
        a, b = positions.to_text(start, start + len(words))
        assert positions.text[a:b] == canonical(words)
        assert positions.from_text(a, b) == (start, start + len(words))
    hyphen = raw.index("\u00ad")
    assert len(set(positions.to_text(hyphen, hyphen + 1))) == 1
    number = raw.index("12")
    a, b = positions.to_text(number, number + 2)
    assert positions.text[a:b] == "12"


TEXT = "\ufeffI: Ja. 😀 Vi får det til 👍🏽 sammen.\r\nP: Åssen da?\r\nI: Med øvelse, og å våge."
PHRASES = ("Vi får det til", "sammen", "Åssen da?", "Med øvelse", "å våge", "og å våge.")


@pytest.mark.parametrize(
    "counting",
    [Counting(a, b, c) for a in (False, True) for b in (False, True) for c in (False, True)],
    ids=str,
)
def test_counting_is_inferred_from_word_boundaries(counting: Counting) -> None:
    spans = []
    for phrase in PHRASES:
        start = TEXT.index(phrase)
        spans.append(tuple(counted(TEXT, p, counting) for p in (start, start + len(phrase))))
    found, inside, boundaries = counting_of([(TEXT, spans)])
    assert found == counting
    assert (inside, boundaries) == (0, 12)


def test_without_evidence_the_program_decides() -> None:
    assert counting_of([])[0] == STANDARD
    assert counting_of([], origin="NVivo 12")[0] == Counting(utf16=True)
    assert counting_of([("P: Ja\r\nI: Nei", [(0, 1)])], origin="ATLAS.ti")[0] == Counting(
        crlf_as_one=True
    )
    assert "UTF-16" in str(Counting(utf16=True)) and "code points" in str(STANDARD)
