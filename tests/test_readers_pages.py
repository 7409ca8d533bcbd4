"""Numbers of pages and lines, headers and footers go where they are that, and numbers that are said stay."""

from __future__ import annotations

from itertools import pairwise

import pytest
from test_readers_documents import pdf, pdf_of, rtf, word, writer

import mestring_nlp as mn
from mestring_nlp.readers.lines import Line, lines_of
from mestring_nlp.readers.pages import text_and_furniture
from mestring_nlp.readers.pdf import read_pdf

ANSWERS = [
    "Intervjuer: På en skala fra 1 til 10, hvor godt får dere det til?",
    "Informant:",
    "8",
    "Intervjuer: Og i fjor?",
    "Informant: Da var det nærmere",
    "5",
    "fordi vi var så få.",
    "Intervjuer: Når begynte du?",
    "Informant:",
    "2019",
]


def talk(lines: list[Line]) -> list[str]:
    return [line.text for line in lines if not line.kind and line.text]


def noted(lines: list[Line]) -> list[tuple[str, str]]:
    return [(line.kind, line.text) for line in lines if line.kind]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("\n".join(ANSWERS).encode(), "x.txt"),
        ("\n\n".join(ANSWERS).encode(), "x.md"),
        (word(*ANSWERS), "x.docx"),
        (writer(*ANSWERS), "x.odt"),
        (rtf(*ANSWERS), "x.rtf"),
        (pdf(ANSWERS), "x.pdf"),
        (pdf(ANSWERS[:3], ANSWERS[3:6], ANSWERS[6:]), "x.pdf"),
    ],
)
def test_answers_that_are_numbers_stay(data: bytes, name: str) -> None:
    found = mn.read_transcript(data, name=name)
    answers = [" ".join(turn.text.split()) for turn in found.turns if turn.role == "informant"]
    assert answers == ["8", "Da var det nærmere 5 fordi vi var så få.", "2019"]
    assert not found.doubts


LINES = [f"{'PI'[n % 2]}: Dette er replikk nummer {n} i samtalen{'?.'[n % 2]}" for n in range(30)]


@pytest.mark.parametrize(
    ("text", "kept", "pages"),
    [
        ("I: Ja.\nSide 3 av 12\nP: Nei.", "I: Ja.|P: Nei.", ["Side 3 av 12"]),
        ("I: Ja.\nSide 3\nP: Nei.\nside 4\nI: Ja.", "I: Ja.|P: Nei.|I: Ja.", ["Side 3", "side 4"]),
        ("I: Ja.\n- 1 -\nP: Nei.\n- 2 -\nI: Ja.", "I: Ja.|P: Nei.|I: Ja.", ["- 1 -", "- 2 -"]),
        ("I: Ja.\n1/3\nP: Nei.\n2/3\nI: Ja.\n3/3", "I: Ja.|P: Nei.|I: Ja.", ["1/3", "2/3", "3/3"]),
        ("I: Det står på\nside 3\nder.", "I: Det står på|side 3|der.", []),
        ("P: Av ti?\nI:\n8/10\nP: Og du?\nI:\n9/10", "P: Av ti?|I:|8/10|P: Og du?|I:|9/10", []),
        ("P: Hva?\nI:\n- 5 -\nP: Ja.", "P: Hva?|I:|- 5 -|P: Ja.", []),
        ("I: Ja.\n1\n\fP: Nei.\n2\n\fI: Ja.\n3\n", "I: Ja.|P: Nei.|I: Ja.", ["1", "2", "3"]),
        ("I: Ja.\n\n12\n\f\nP: Nei.\n\n13\n\f", "I: Ja.|P: Nei.", ["12", "13"]),
        ("P: Hvor mange?\nI:\n8\n\fP: Og så?\nI: Nei.", "P: Hvor mange?|I:|8|P: Og så?|I: Nei.", []),
    ],
)  # fmt: skip
def test_page_numbers_in_plain_text(text: str, kept: str, pages: list[str]) -> None:
    found, furniture = text_and_furniture(lines_of(text, place="x"))
    assert [line.text for line in found if line.text] == kept.split("|")
    assert noted(furniture) == [("page", number) for number in pages]


def test_numbers_that_count_on_through_a_text_are_kept_and_doubtful() -> None:
    text = "\n".join([*LINES[:10], "1", *LINES[10:20], "2", *LINES[20:], "3"])
    found = mn.read_transcript(text=text)
    assert [turn.text.split("\n")[1:] for turn in found.turns if "\n" in turn.text] == [
        ["1"],
        ["2"],
        ["3"],
    ]
    (doubt,) = found.doubts
    assert doubt.place == "line 11" and "may be page numbers" in doubt.message


def test_headers_in_a_text_with_form_feeds() -> None:
    pages = [["Prosjekt Mestring", *LINES[n : n + 10], str(n // 10 + 4)] for n in (0, 10, 20)]
    found, furniture = text_and_furniture(lines_of("\n\f".join(map("\n".join, pages)), place="x"))
    assert [line.text for line in found if line.text] == LINES
    assert noted(furniture) == [
        pair for n in "456" for pair in (("header", "Prosjekt Mestring"), ("page", n))
    ]


def test_pdf_notes_what_stands_at_the_edges() -> None:
    pages = [["Mestring", *LINES[n : n + 10], f"- {n // 10 + 1} -  Fortrolig"] for n in (0, 10, 20)]
    lines = read_pdf(pdf(*pages), place="x")
    assert talk(lines) == LINES
    assert noted(lines) == [
        ("header", words) for page in pages for words in (page[0], page[-1].replace("  ", " "))
    ]
    assert [line.place for line in lines][:3] == ["page 1", "page 1", "page 2"]


def test_pdf_page_numbers_that_only_one_page_has() -> None:
    lines = read_pdf(pdf([*LINES[:8], "1"]), place="x")
    assert noted(lines) == [("page", "1")] and lines[0].doubtful
    assert talk(read_pdf(pdf([*LINES[:8], "17"]), place="x"))[-1].endswith("17")
    assert talk(read_pdf(pdf(["P: Hvor mange?", "I:", "1"]), place="x"))[-1] == "1"


def test_pdf_words_that_are_said_at_the_edges_of_pages_stay() -> None:
    pages = [[f"Informant {n}:", "Ja.", *LINES[:6], "Ja.", *LINES[6:9], "Mhm."] for n in range(4)]
    lines = read_pdf(pdf(*pages), place="x")
    assert " ".join(talk(lines)).count("Ja.") == 8
    assert all(line.doubtful for line in lines if line.text == "Mhm.")


@pytest.mark.parametrize("gap", [" ", "  ", "     "])
def test_pdf_of_otter_has_heads_at_the_tops_of_pages(gap: str) -> None:
    pages = [
        ["Intervju 4", "4. mars 2024 12:58", f"Anne Hansen{gap}0:03", "Hvordan går det?", f"Ola Berg{gap}0:31", "Jo."],
        [f"Anne Hansen{gap}1:10", "Og så?", f"Ola Berg{gap}1:15", "8", "Ja, 8."],
        [f"Anne Hansen{gap}2:10", "Sikkert?", f"Ola Berg{gap}1:02:15", "Nei."],
    ]  # fmt: skip
    lines = read_pdf(
        pdf(*([*page, f"- {n} -   Skrevet av et program"] for n, page in enumerate(pages))), place="x"
    )
    assert [(line.speaker, line.text, line.start) for line in lines if not line.kind] == [
        ("Anne Hansen", "Hvordan går det?", 3), ("Ola Berg", "Jo.", 31),
        ("Anne Hansen", "Og så?", 70), ("Ola Berg", "8\nJa, 8.", 75),
        ("Anne Hansen", "Sikkert?", 130), ("Ola Berg", "Nei.", 3735),
    ]  # fmt: skip


def test_pdf_times_that_are_said_are_no_heads() -> None:
    lines = ["P: Når kom du?", "I: Jeg kom", "Mandag 17:30", "og gikk", "Tirsdag 9:15", "P: Ja."]
    assert talk(read_pdf(pdf(lines), place="x")) == lines


WRITTEN = [
    "P: Hvordan går det med dere på jobben om dagen, når alt er som det skal?",
    "I: Jo, det går ganske bra, vi er 12 stykker nå, og det er nok til at",
    "vi klarer oss selv om noen er borte.",
    "P: Og hva gjør dere når det",
    "8",
    "3 av dere er borte, eller",
    "I: Da spør vi hverandre, og så tar vi det som haster først, og resten",
    "får vente til dagen etter.",
    "P: Ja vel.",
]


@pytest.mark.parametrize("x", [40, 550])
@pytest.mark.parametrize("order", ["before", "behind", "first", "last"])
@pytest.mark.parametrize("begin", [1, 10, 100])
def test_line_numbers_are_no_talk_wherever_they_are_drawn(x: int, order: str, begin: int) -> None:
    def page(lines: list[str], begin: int) -> list[tuple[int, int, str]]:
        words = [(72, 780 - 16 * n, line) for n, line in enumerate(lines)]
        numbers = [(x, y, str(begin + n)) for n, (_, y, _) in enumerate(words)]
        pairs = list(zip(numbers, words, strict=True))
        return {
            "before": [thing for pair in pairs for thing in pair],
            "behind": [thing for number, line in pairs for thing in (line, number)],
            "first": numbers + words,
            "last": words + numbers,
        }[order]

    data = pdf_of(page(WRITTEN, begin), page(LINES[:9], begin + 9), page(LINES[9:11], begin + 18))
    plain = pdf(WRITTEN, LINES[:9], LINES[9:11])
    lines = read_pdf(data, place="x")
    assert talk(lines) == talk(read_pdf(plain, place="x"))
    numbers = [n for line in lines if line.kind == "line number" for n in map(int, line.text.split())]
    assert numbers == list(range(begin, begin + 20))


@pytest.mark.parametrize("order", ["first", "last"])
def test_every_fifth_line_may_be_numbered(order: str) -> None:
    words = [(72, 780 - 16 * n, line) for n, line in enumerate(LINES)]
    numbers = [(40, 780 - 16 * n, str(n + 1)) for n in range(30) if (n + 1) % 5 == 0]
    lines = read_pdf(pdf_of(numbers + words if order == "first" else words + numbers), place="x")
    assert talk(lines) == LINES
    assert noted(lines) == [("line number", "5 10 15 20 25 30")]


def test_numbers_that_are_said_are_no_line_numbers() -> None:
    said = [
        line for n in range(1, 7) for line in (f"P: Hvor mange i gruppe {n}, tror du?", "I:", f"{n}")
    ]
    lines = read_pdf(pdf([*said, "P: Takk."]), place="x")
    assert [(a, b) for a, b in pairwise(talk(lines)) if a == "I:"] == [
        ("I:", str(n)) for n in range(1, 7)
    ]
