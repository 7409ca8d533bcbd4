"""Rich text: every word in its place, whatever the program wrote around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from striprtf.striprtf import rtf_to_text
from test_readers_documents import rtf

import mestring_nlp as mn
from mestring_nlp.readers.formats import read_content
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.rich_text import read_rtf


def shown(data: bytes) -> str:
    return "\n".join(line.text for line in read_rtf(data, place="x.rtf") if not line.kind)


def noted(data: bytes) -> list[tuple[str, str, str]]:
    return [(line.kind, line.place, line.text) for line in read_rtf(data, place="x.rtf") if line.kind]


def document(body: bytes, fonts: bytes = b"") -> bytes:
    return (
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}"
        + fonts
        + b"}"
        + body
        + b"}"
    )


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (rb"{\header\pard Prosjekt \'e5\par}", "header", "Prosjekt å"),
        (rb"{\footerf Side {\field{\*\fldinst{ PAGE }}{\fldrslt 3}}\par}", "footer", "Side 3"),
        (rb"{\footnote{\super\chftn} Ler h\'f8yt.}", "footnote", "Ler høyt."),
        (rb"{\*\annotation{\*\atndate 1}Viktig\par og sant}", "comment", "Viktig\nog sant"),
        (rb"{\deleted str\'f8ket}", "deleted", "strøket"),
        (rb"\deleted str\'f8ket\deleted0 ", "deleted", "strøket"),
        (rb"{\listtext\pard\plain 1.\tab}", "list number", "1."),
        (rb"{\pntext\f0 1.\tab}", "list number", "1."),
        (rb"{\*\shpinst\shpleft0{\sp{\sn a}{\sv b}}{\shptxt\pard i boks\par}}", "text box", "i boks"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_talk_is_noted(body: bytes, kind: str, words: str) -> None:
    data = document(rb"P: Hva?\par I: ja" + body + rb" da\par")
    assert [(k, w) for k, _, w in noted(data)] == [(kind, words)]
    assert shown(data) == "P: Hva?\nI: ja da"
    assert noted(data)[0][1] == (kind if kind in ("header", "footer") else "paragraph 2")


def test_page_fields_are_noted_and_other_fields_are_words() -> None:
    field = rb"{\field{\*\fldinst{ %s }}{\fldrslt %s}}"
    data = document(
        rb"I: p\'e5 side "
        + field % (rb"PAGE \* MERGEFORMAT", b"4")
        + b" ja "
        + field % (b"HYPERLINK x", b"lenka")
    )
    assert noted(data) == [("page", "paragraph 1", "4")] and shown(data) == "I: på side  ja lenka"


@pytest.mark.parametrize(
    ("fonts", "body", "expected"),
    [
        # bullets in symbol fonts, whatever their charset says
        (rb"{\f3\fnil\fcharset128 OpenSymbol;}", rb"{\f3 \'96\tab}I: ja", "I: ja"),
        (rb"{\f3\fnil\fcharset2 Wingdings;}", rb"{\f3\'a7\tab}I: ja", "I: ja"),
        (rb"{\f3\fnil\fcharset2 Symbol;}", rb"{\f3\'b7\tab}I: ja {\f3 a}", "I: ja α"),
        (rb"{\f3\fnil\fcharset2 Wingdings;}", rb"I: ja {\f3 J}", "I: ja ☺"),
        (rb"{\f3\fnil Wingdings;}", rb"I: ja {\f3\u-4022 ?}", "I: ja ☺"),
        # languages by the charset of the font
        (rb"{\f3\fnil\fcharset204 Arial;}", rb"I: {\f3\'ef\'f0\'e8} ja", "I: при ja"),
        (rb"{\f3\fnil\fcharset128 MS Mincho;}", rb"I: {\f3\'82\'b1\'83e} ja", "I: こテ ja"),
        (rb"{\f3\fnil\fcharset128 MS Mincho;}", rb"I: {\f3\'96} ja", "I: \ufffd ja"),
        (rb"{\f3\fnil\fcharset134 SimSun;}", rb"I: {\f3\'c4\'e3\'ba\'c3}", "I: 你好"),
        (rb"{\f3\fnil\fcharset238 Arial;}", rb"I: {\f3 za\'bf\'f3\'b3\'e6}", "I: zażółć"),
        (rb"{\f3\fnil\fcharset77 Geneva;}", rb"I: {\f3 p\'8c}", "I: på"),
        (rb"\f3\fcharset204 Arial;", rb"I: {\f3\'ef} \'e5", "I: п å"),
        (rb"", rb"\pc I: p\'86", "I: på"),
        (rb"", rb"\mac I: p\'8c", "I: på"),
        (rb"", "I: på \u4f60".encode(), "I: på 你"),
        (rb"", rb"I: \'e5" + "på".encode() + rb"\'e5", "I: åpåå"),
    ],
)  # fmt: skip
def test_letters_come_from_their_fonts(fonts: bytes, body: bytes, expected: str) -> None:
    assert shown(document(body, fonts)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb"\uc I: ja", "I: ja"),
        (rb"\uc2 I: \u229\'e5\'e5ja\uc0\u230 x", "I: åjaæx"),
        (rb"I: \u229?{\u230?}\u ja", "I: åæja"),
        (rb"I: \u-10179?\u-8636? ja", "I: \U0001f644 ja"),
        (rb"I: \u55357? ja", "I: \ufffd ja"),
        (rb"I: a{\pict\bin5 }}{{{ffd8}b", "I: ab"),
        (rb"I: a{\pict\bin ffd8}b", "I: ab"),
        (rb"I: a{\*\ukjent b}c{\ukjent d}", "I: acd"),
        (b"I: a\\\nb", "I: a\nb"),
        (rb"I: a\~b\_c\-d\{\}\\", "I: a\u00a0b-cd{}\\"),
        (rb"I: \lquote a\rquote \endash  b\emdash\tab c", "I: ‘a’– b—\tc"),
        (rb"I: a\plain b{\b c}d", "I: abcd"),
        (rb"{{{I: a}}", "I: a"),
    ],
)
def test_control_words(body: bytes, expected: str) -> None:
    assert shown(document(body)) == expected


def test_tables_lose_no_cell() -> None:
    row = rb"\trowd\cellx1\cellx2 %s\cell %s\cell\row"
    data = document(rb"Om\par" + row % (b"Dato", b"12") + row % (b"Sted", b"Os") + rb"\pard I: ja\par")
    assert shown(data) == "Om\nDato\t12\nSted\tOs\nI: ja"
    assert shown(document(rb"\trowd a\cell b\par I: c")) == "a\nb\nI: c"
    nested = rb"\trowd\intbl a\nestcell b\nestcell{\*\nesttableprops\trowd\nestrow}{\nonesttables x\par}\cell\row"
    assert shown(document(nested)).split() == ["a", "b"]


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n ", b"\x00"])
def test_what_stands_before_the_first_brace_costs_nothing(before: bytes) -> None:
    found = mn.read_transcript(before + rtf("P: Hva?", "I: Det."), name="x.rtf")
    assert [turn.text for turn in found.turns] == ["Hva?", "Det."]


def test_a_file_that_is_no_rich_text() -> None:
    assert mn.read_transcript(b"P: Hva?\nI: Det.", name="x.rtf").turns[1].text == "Det."
    assert mn.read_transcript(rtf("P: Hva?", "I: Det."), name="x.txt").turns[1].text == "Det."
    for data in (rtf("P: Hva?", "I: Det.")[7:], b"\\ansi\\pard P: Hva?\\par I: Det.\\par"):
        with pytest.raises(mn.MestringError, match="beginning is missing"):
            read_content(data, suffix=".rtf", place="x.rtf")


letters = st.text(st.sampled_from("abcæøå ÅŋΩ你🙂{}\\–«»12.,"), min_size=1, max_size=20)


@given(st.lists(letters, min_size=1, max_size=6))
def test_striprtf_reads_the_same(paragraphs: list[str]) -> None:
    lines = ["I: ja", *paragraphs]
    data = rtf(*(line.replace("\\", "/").replace("{", "(").replace("}", ")") for line in lines))
    other = rtf_to_text(data.decode("ascii")).encode("utf-16", "surrogatepass").decode("utf-16")
    assert shown(data).split() == other.split()


pieces = st.lists(
    st.sampled_from(
        [rb"I: ja", rb"\par ", b"{", b"}", rb"\cell ", rb"\row ", rb"\trowd ", rb"\intbl ", rb"\pard ", rb"\footnote ",
         rb"\*", rb"\f1 ", rb"\'e5", rb"\u229?", rb"\deleted ", b"ord ", rb"\fonttbl ", rb"\bin3 ", rb"\uc9 ", rb"\header "]
    ),
    max_size=30,
).map(b"".join)  # fmt: skip


@given(pieces)
def test_any_groups_are_read_or_refused(body: bytes) -> None:
    try:
        lines = read_rtf(b"{\\rtf1 " + body, place="x")
    except mn.MestringError:
        return
    assert all(isinstance(line, Line) for line in lines)


words = st.sampled_from(["en", "to", "tre", "fire"])


@given(
    st.lists(
        st.tuples(st.sampled_from(["par", "cell", "footnote", "header", "deleted", "b"]), words),
        max_size=12,
    )
)
def test_every_word_is_talk_or_noted(parts: list[tuple[str, str]]) -> None:
    marks = {"par": "%s\\par ", "cell": "\\trowd %s\\cell\\row\\pard "}
    body = "".join(marks.get(mark, f"{{\\{mark} %s}} ") % word for mark, word in parts)
    lines = read_rtf(document(b"I: null\\par " + body.encode()), place="x")
    found = " ".join(f"{line.speaker or ''} {line.text}" for line in lines).split()
    assert sorted(found) == sorted(["I:", "null", *(word for _, word in parts)])
