from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrefiqda.refiproject import RefiProject
from qdapy import read_qdpx
from refi_files import BOOK, check_valid, members, read, xml_of

import mestring_nlp as mn
from mestring_nlp.codings import read_codings
from mestring_nlp.readers import transcript_from
from mestring_nlp.readers.speakers import Named
from mestring_nlp.refi import shifted_by_utf16, write_project
from mestring_nlp.suggestion import Reason
from mestring_nlp.transcript import Segment
from mestring_nlp.wording import remark

CODER = "mestring-nlp 9.9 & sønn"
TEXT = "P: Hva er bra?\nI: Folk tør å spørre 😀. Vi lærer av dem. Tja. Jeg liker kaffe.\n"


def transcript(text: str = TEXT, name: str = "åse") -> mn.Transcript:
    return transcript_from(text, name=name, place=name, named=Named())


def suggested(
    t: mn.Transcript, words: str, *codes: str, abstained: bool = False, **more: Any
) -> mn.Suggestion:
    start = t.text.index(words)
    segment = Segment(t.name, t.turn_at(start) + 1, "I", start, start + len(words), words, "Hva?")
    p = {code.id: (0.9 if code.id in codes else 0.05) for code in BOOK}
    return mn.Suggestion(segment, codes, p, 0.3, abstained, **more)


def case(name: str = "åse") -> mn.CodedInterview:
    """A passage with a code and a reason, one with two, one left to people, one without a code."""
    t = transcript(name=name)
    why = Reason("trygghet", 1.0, 0.5, 0.1, (("tør", 0.9), ("spørre", 0.4)), "Å tørre", ())
    given_ = [
        suggested(t, "Folk tør å spørre 😀.", "trygghet", reason=why),
        suggested(t, "Vi lærer av dem.", "laering", "trygghet"),
        suggested(t, "Tja.", abstained=True, prediction_set=("", "trygghet")),
        suggested(t, "Jeg liker kaffe."),
    ]
    return mn.CodedInterview(t, given_)


def test_what_is_written_is_read_again() -> None:
    given_ = [case(), case("øyvind")]
    data = write_project(given_, BOOK, CODER, name="Mitt <prosjekt>")
    check_valid(data)
    assert data == write_project(given_, BOOK, CODER, name="Mitt <prosjekt>")
    found = read(data)
    assert (found.name, found.users, found.warnings) == ("Mitt <prosjekt>", (CODER,), ())
    assert [(s.name, s.text) for s in found.sources] == [("åse", TEXT), ("øyvind", TEXT)]
    assert found.codebook.codes == BOOK.codes
    codes = {code.id: code for code in BOOK}
    assert [(c.transcript, c.start, c.end, c.code, c.coder, c.note) for c in found.codings] == [
        (i.name, s.segment.start, s.segment.end, code, CODER, remark(s, codes))
        for i in given_
        for s in i.suggestions
        for code in s.codes
    ]


def test_the_reason_stands_with_the_passage() -> None:
    notes = {c.code: c.note for c in read(write_project([case()], BOOK, CODER)).codings[:1]}
    assert notes["trygghet"].split("\n") == [
        "Trygghet 90 %",
        "Hvorfor Trygghet? Ord som talte for: tør, spørre.",
        "Nærmest i kodeboken: Å tørre",
    ]


def test_what_is_left_to_people_is_not_lost() -> None:
    xml = xml_of(write_project([case()], BOOK, CODER)).decode()
    assert xml.count("<PlainTextSelection") == 3 and xml.count("<Coding ") == 3
    unsure = "Usikker: Ingen kode 30 %, Trygghet 5 %. Vurder selv."
    assert f"<Description>{unsure}</Description></PlainTextSelection>" in xml
    assert f"«Tja.» – {unsure}</PlainTextContent>" in xml
    assert "4 avsnitt: 2 med kode, 1 uten kode, 1 der maskinen er usikker" in xml
    assert "personopplysning" in xml


WORDS = st.lists(
    st.sampled_from(["åpen", "trygg", "😀", "é", "&", "<b>", "]]>", "Ja."]), min_size=1, max_size=9
)


@settings(max_examples=50)
@given(st.lists(WORDS, min_size=1, max_size=3), st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4), st.lists(st.sampled_from(BOOK.ids), max_size=3, unique=True)), max_size=5))  # fmt: skip
def test_any_spans_survive(turns: list[list[str]], marked: list[tuple[int, int, list[str]]]) -> None:
    t = transcript("".join(f"P: Hva?\nI: {' '.join(words)}\n" for words in turns))
    answers = [turn for turn in t.turns if turn.role == "informant"]
    given_ = []
    for number, (first, length, codes) in enumerate(marked):
        turn = answers[number % len(answers)]
        words = turn.text.split(" ")
        first %= len(words)
        start = turn.start + len(" ".join(words[:first])) + (first > 0)
        text = " ".join(words[first : first + length])
        segment = Segment(t.name, t.turns.index(turn) + 1, "I", start, start + len(text), text, "Hva?")
        if segment not in [s.segment for s in given_]:
            given_.append(
                mn.Suggestion(segment, tuple(codes), dict.fromkeys(BOOK.ids, 0.5), 0.1, not codes)
            )
    data = write_project([mn.CodedInterview(t, given_)], BOOK, CODER)
    check_valid(data)
    found = read(data)
    assert found.sources[0].text == t.text
    assert [(c.start, c.end, c.code) for c in found.codings] == [
        (s.segment.start, s.segment.end, code) for s in given_ for code in s.codes
    ]


# ------------------------------------------------------------------ other readers


def test_pyrefiqda_agrees(tmp_path: Path) -> None:
    interview = case()
    t, suggestions = interview.transcript, interview.suggestions
    (tmp_path / "p.qdpx").write_bytes(write_project([interview], BOOK, CODER))
    theirs = RefiProject.load(tmp_path / "p.qdpx", extract_dir=str(tmp_path / "ut"))
    (source,) = theirs.sources.text_source
    text = RefiProject.resolve_source_path(source.plain_text_path, tmp_path / "ut").read_text("utf-8")
    names = {code.guid: code.name for code in theirs.code_book.codes.code}
    users = {user.guid: user.name for user in theirs.users.user}
    assert text == t.text and list(names.values()) == [code.name for code in BOOK]
    assert [
        (text[s.start_position : s.end_position], names[c.code_ref.target_guid], users[c.creating_user])
        for s in source.plain_text_selection
        for c in s.coding
    ] == [(s.segment.text, BOOK[code].name, CODER) for s in suggestions for code in s.codes]


def test_qdapy_agrees(tmp_path: Path) -> None:
    interview = case()
    (tmp_path / "p.qdpx").write_bytes(write_project([interview], BOOK, CODER))
    theirs = read_qdpx(tmp_path / "p.qdpx", warn=False)
    assert list(theirs.codebook["name"]) == [code.name for code in BOOK]
    rows = theirs.fragments[["text", "code", "codedBy", "positionStart", "positionEnd"]].itertuples(
        index=False
    )
    assert [tuple(row) for row in rows] == [
        (s.segment.text, BOOK[code].name, CODER, s.segment.start, s.segment.end) for s in interview.suggestions for code in s.codes
    ]  # fmt: skip
    assert list(theirs.uncoded["text"]) == ["Tja."]
    assert (theirs.fragments["codedAt"] != "").all()


def test_a_project_of_the_shipped_model(interview: mn.CodedInterview, codebook: mn.Codebook, model: mn.Model, tmp_path: Path) -> None:  # fmt: skip
    data = write_project([interview], codebook, model.name)
    check_valid(data)
    (tmp_path / "p.qdpx").write_bytes(data)
    found = read_codings(tmp_path / "p.qdpx")
    assert found.coder == model.name
    assert {(s.start, s.end): s.codes for s in found.spans} == {
        (s.segment.start, s.segment.end): frozenset(s.codes) for s in interview.suggestions if s.codes
    }


# ------------------------------------------------------------------ the rest


def test_emoji_are_told_of() -> None:
    (line,) = shifted_by_utf16([transcript(), transcript("P: Hva?\nI: Ja.\n", "en")])
    assert line.startswith("åse: 1 characters such as 😀")


def test_two_interviews_of_one_name() -> None:
    with pytest.raises(mn.MestringError, match="'åse'"):
        write_project([case(), case()], BOOK, CODER)


def test_no_interviews_and_letters_that_xml_forbids() -> None:
    check_valid(write_project([], BOOK, CODER))
    data = write_project([], BOOK, "kode\x0br\ufffe")
    check_valid(data)
    assert read(data).users == ("kode\ufffdr\ufffd",)


def test_dates() -> None:
    xml = xml_of(write_project([case()], BOOK, CODER, date="2026-05-17T12:00:00Z")).decode()
    dated = ("<Project ", "<TextSource ", "<PlainTextSelection ", "<Coding ", "<Note ")
    assert xml.count('="2026-05-17T12:00:00Z"') == sum(xml.count(name) for name in dated)
    assert (
        io.BytesIO(members(write_project([case()], BOOK, CODER))["project.qde"])
        .read()
        .count(b"2000-01-01")
        > 5
    )
