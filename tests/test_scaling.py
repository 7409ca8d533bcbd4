"""Nothing takes time by the square of its input. Work is counted, at n and at 4n, and not timed.

Where a regular expression does the work there is nothing to count. Such an input is of a size that would keep
the suite for minutes if the expression were tried from each place anew.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

import mestring_nlp as mn
from mestring_nlp import refi, writers
from mestring_nlp import spans as sides
from mestring_nlp.codings import CodedSpan, Codings, read_coded_file
from mestring_nlp.comparison import compare
from mestring_nlp.readers import transcript_from
from mestring_nlp.readers.decoding import canonical
from mestring_nlp.readers.formats import read_content
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.pdf import read_pdf
from mestring_nlp.readers.speakers import Named
from mestring_nlp.refi.codes import Entry, codes_of
from mestring_nlp.refi.naming import unique
from mestring_nlp.refi.positions import PositionMap
from mestring_nlp.refi.project import Project, Source
from mestring_nlp.segmentation import LONGEST, group, sentences
from mestring_nlp.suggestion import Suggestion
from mestring_nlp.training_data import TrainingData
from mestring_nlp.transcript import INFORMANT, INTERVIEWER, Coding, Segment, Transcript, Turn
from mestring_nlp.units import common_units

N = 400


def calls(work: Callable[[], object]) -> int:
    """How many functions are called, those written in C among them, and how many lines are run."""
    count = 0

    def step(*_: object) -> Callable[..., object]:
        nonlocal count
        count += 1
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def grows_evenly(make: Callable[[int], Callable[[], object]], n: int = N) -> None:
    """Hold that four times the input takes at most five times the steps, apart from a constant part."""
    none, once, fourfold = (calls(make(size)) for size in (1, n, 4 * n))
    assert once > none + n / 4, "the work does not depend on n, and the test tells nothing"
    assert fourfold - none <= 5 * (once - none), (none, once, fourfold)


def conversation(said: list[tuple[str, str]]) -> Transcript:
    turns, at = [], 0
    for role, words in said:
        turns.append(Turn(role[:2], role, at + 4, at + 4 + len(words), words))
        at += len(words) + 5
    text = "".join(f"{turn.speaker}: {turn.text}\n" for turn in turns)
    return Transcript("p", text, tuple(turns))


def suggested(transcript: Transcript, codes: tuple[str, ...]) -> list[Suggestion]:
    return [
        Suggestion(
            Segment("p", number, turn.speaker, turn.start, turn.end, turn.text, "Hva?"),
            codes[:1],
            dict.fromkeys(codes, 0.1),
            0.1,
            False,
            codes[:1],
        )
        for number, turn in enumerate(transcript.turns, start=1)
        if turn.role == INFORMANT
    ]


def read(text: str, suffix: str = ".txt") -> Transcript:
    content = read_content(text.encode(), suffix=suffix, place="p")
    return transcript_from(content, name="p", place="p", named=Named())


# ------------------------------------------------------------------- turns


@pytest.mark.parametrize(
    "roles",
    [
        lambda n: [INFORMANT] * n,
        lambda n: [INTERVIEWER] * n + [INFORMANT] * n,
        lambda n: [INTERVIEWER] * n + [INFORMANT, INTERVIEWER] * n,
        lambda n: [INTERVIEWER, INFORMANT] * n,
    ],
)
def test_the_question_of_every_turn_is_found_in_one_pass(roles: Callable[[int], list[str]]) -> None:
    def make(n: int) -> Callable[[], object]:
        turns = [Turn("x", role, 4 * i, 4 * i + 3, "ja.") for i, role in enumerate(roles(n))]
        transcript = Transcript("p", "ja. " * len(turns), tuple(turns))
        return lambda: [
            (transcript.question_for(index), transcript.turn_at(turn.start))
            for index, turn in enumerate(transcript.turns)
            if turn.role == INFORMANT
        ]

    grows_evenly(make)


def old_question(transcript: Transcript, index: int) -> list[str]:
    """The interviewers' turns that a turn answers, as `question_for` describes them."""
    asked: list[str] = []
    for turn in reversed(transcript.turns[:index]):
        if turn.role == INTERVIEWER:
            asked.insert(0, turn.text)
        elif sum(len(said.split()) for said in asked) >= 4:
            break
    return asked


def test_questions_are_what_was_said_since_the_informant_last_spoke() -> None:
    rng = random.Random(3)
    for _ in range(200):
        said = [
            (rng.choice([INFORMANT, INTERVIEWER]), rng.choice(["Ja.", "Hva gjør dere da?", "Mhm. Så?"]))
            for _ in range(rng.randint(1, 12))
        ]
        transcript = conversation(said)
        for index in range(len(said) + 1):
            assert transcript.question_for(index) == " ".join(old_question(transcript, index))


def test_a_question_without_end_is_not_repeated_whole_for_every_answer() -> None:
    transcript = conversation([(INTERVIEWER, "hva " * 10_000), *[(INFORMANT, "Ja.")] * 3])
    questions = {segment.question for segment in mn.segment(transcript, "turn")}
    assert len(questions) == 1
    assert len(questions.pop()) <= 5_000
    short = conversation([(INTERVIEWER, "hva " * 400), (INFORMANT, "Ja.")])
    assert short.question_for(1) == ("hva " * 400).strip()


def test_no_turn_holds_what_lies_between_turns(example: mn.Transcript) -> None:
    for index, turn in enumerate(example.turns):
        assert [example.turn_at(turn.start), example.turn_at(turn.end - 1)] == [index, index]
        assert example.turn_at(turn.end) == -1
    assert example.turn_at(0) == -1


# ------------------------------------------------------------------- segmentation


@pytest.mark.parametrize("sign", ["(", ")", "a.", "#-", "?", '"', "<", "«", "1", "a/", "😀", "'a"])
def test_no_long_row_of_signs_reaches_the_tokenizer(sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from mestring_nlp import segmentation

    given: list[str] = []
    pipeline = segmentation._pipeline("nb")
    monkeypatch.setattr(
        segmentation, "_pipeline", lambda _: lambda text: given.append(text) or pipeline(text)
    )
    row = (sign * 20_000)[:20_000]
    text = f"Det var det. {row} Og så gikk vi. Ja."
    spans = sentences(text)
    assert max(map(len, given[0].split())) < 200
    assert len(given[0]) == len(text)
    assert "".join(text[a:b] for a, b in spans).replace(" ", "") == text.replace(" ", "")
    assert text[slice(*spans[-1])] == "Ja."


def test_a_long_word_is_tokenized_as_ever() -> None:
    address = "https://www.eksempel.no/" + "a/b." * 40
    text = f"Se {address}Ja. Det er der."
    assert [text[a:b] for a, b in sentences(text)] == [f"Se {address}Ja.", "Det er der."]


@pytest.mark.parametrize("words", ["ord ", "ord, og ", "a-", "ord\t"])
def test_talk_without_sentences_is_halved_and_not_searched_from_the_start(words: str) -> None:
    def make(n: int) -> Callable[[], object]:
        return lambda: sentences((words * 30 * n).strip())

    make(1)()
    grows_evenly(make, n=120)


def test_talk_without_sentences_is_read_in_little_more_than_a_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from mestring_nlp import segmentation

    class Counted:
        def __init__(self, pattern: object) -> None:
            self.pattern, self.read = pattern, 0

        def finditer(self, text: str, start: int, end: int) -> object:
            self.read += end - start
            return self.pattern.finditer(text, start, end)  # type: ignore[attr-defined]

        def findall(self, text: str) -> object:
            return self.pattern.findall(text)  # type: ignore[attr-defined]

    counted = [Counted(segmentation._SPACE), Counted(segmentation._CLAUSE)]
    monkeypatch.setattr(segmentation, "_SPACE", counted[0])
    monkeypatch.setattr(segmentation, "_CLAUSE", counted[1])
    text = ("ord " * 60_000).strip()
    spans = sentences(text)
    assert max(len(text[a:b].split()) for a, b in spans) <= LONGEST
    levels = 10  # a halving for each doubling of 120 words
    assert max(each.read for each in counted) <= levels * len(text)


def test_sentences_without_a_word_end_a_unit_as_words_do() -> None:
    text = "(?) " * N * 4

    def make(n: int) -> Callable[[], object]:
        return lambda: group(text, [(4 * i, 4 * i + 3) for i in range(n)])

    grows_evenly(make)
    units = group(text, [(4 * i, 4 * i + 3) for i in range(N)])
    assert all(b - a <= 4 * LONGEST for a, b in units)
    assert [a for a, _ in units[1:]] == [b + 1 for _, b in units[:-1]]


# ------------------------------------------------------------------- readers

LONG = 300_000
"""Tried from each place anew, this many characters would take minutes."""


@pytest.mark.parametrize(
    "blank", [" ", "\t", "\u00a0", ".", " .", "#-", "(", "[", "*", "1", "0:0", "\n "]
)
@pytest.mark.parametrize(
    "layout", ["{}\nI: Hva?\nP: Ja.\n", "P: a{}b\nI: Hva?\nP: Ja.\n", "I: Hva?\nP: Ja {} nei.\n"]
)
def test_rows_of_one_sign_in_a_text(blank: str, layout: str) -> None:
    row = (blank * LONG)[:LONG]
    transcript = read(layout.format(row))
    assert [turn.speaker for turn in transcript.turns][-2:] == ["I", "P"]
    assert "Hva?" in {turn.text for turn in transcript.turns}


@pytest.mark.parametrize("sign", ["<v a ", "<v.a", "<v ", "{\\", "&#", "<a", "[", "<v\t\t"])
def test_rows_of_broken_tags_in_subtitles(sign: str) -> None:
    row = (sign * LONG)[:LONG]
    cues = (
        "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Kari>Hva?</v>\n\n00:01.000 --> 00:02.000\n<v Ola>Ja {}\n"
    )
    assert [turn.speaker for turn in read(cues.format(row), ".vtt").turns][:2] == ["Kari", "Ola"]


def test_a_reference_to_no_character_stays_as_it_is() -> None:
    number = "1" * 5_000  # more digits than Python reads as a number
    cues = f"WEBVTT\n\n00:00.000 --> 00:01.000\n<v Kari>Hva &#{number}; &amp; &#229;?\n\n00:01.000 --> 00:02.000\n<v Ola>Ja."
    assert read(cues, ".vtt").turns[0].text == f"Hva &#{number}; & å?"


@pytest.mark.parametrize(
    "label", ["a" + " " * LONG + "b", "a" + "." * LONG + "b", "a" + " (" * LONG, "-" * LONG]
)
def test_labels_of_any_length(label: str) -> None:
    from mestring_nlp.readers.speakers import looks_like_name, role_word

    assert role_word(label) is None
    assert not looks_like_name(label)


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Kari   (intervjuer)", INTERVIEWER),
        ("Informant # 12", INFORMANT),
        ("Intervjuer..2", INTERVIEWER),
        ("Informant A", INFORMANT),
        ("Informant 1234", "informant"),
    ],
)
def test_roles_are_known_by_their_words(label: str, role: str | None) -> None:
    from mestring_nlp.readers.speakers import role_word

    assert role_word(label) == role


def test_numbers_that_stand_alone_are_kept_in_one_pass() -> None:
    def make(n: int) -> Callable[[], object]:
        cues = [Line("I", "Hva?"), *[Line("P", "og så " * 40)] * (2 * n), *[Line("P", "7")] * n]
        return lambda: transcript_from(cues, name="p", place="p", named=Named())

    grows_evenly(make, n=100)
    cues = [
        Line("I", "Hva?"),
        Line("P", "og så " * 100),
        *[Line("P", x) for x in ("side", "3", "4", "ja", "5")],
    ]
    said = transcript_from(cues, name="p", place="p", named=Named()).turns[1].text
    assert said.split() == ["og", "så"] * 100 + ["side", "3", "4", "ja", "5"]
    assert canonical(f"P: {said}") == f"P: {said}"


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0323", "😀", "\u05b0\u0591"])
def test_piled_marks_are_left_in_their_order(marks: str) -> None:
    pile = marks * (LONG // len(marks))
    text = f"Ja e\u0301{pile}a\u030a nei e\u0301"
    plain = canonical(text)
    assert plain.startswith("Ja ")
    assert plain.endswith("å nei é")
    assert len(plain) >= len(pile)
    assert canonical(plain) == plain
    assert PositionMap(text).text == plain


def test_marks_that_a_letter_may_have_are_put_in_order() -> None:
    assert canonical("e" + "\u0301\u0323" * 10) == canonical("e" + "\u0323" * 10 + "\u0301" * 10)
    assert canonical("e\u0323\u0301") == "\u1eb9\u0301"


def test_a_page_that_stands_a_thousand_times_in_a_pdf_is_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from mestring_nlp.readers import pdf

    read_pages: list[object] = []
    real = pdf._text
    monkeypatch.setattr(
        pdf, "_text", lambda page, **given: read_pages.append(page) or real(page, **given)
    )
    lines = [b"Side", b"Intervju", b"I: Hva gjorde dere?", b"P: Vi gikk hjem.", b"Side", b"Intervju"]
    shown = b"BT /F 10 Tf 14 TL 50 700 Td " + b"".join(b"(%s) Tj T* " % line for line in lines) + b"ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1000/Kids[" + b"3 0 R " * 1000 + b"]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF" % len(data)
    data += b"xref\n0 6\n0000000000 65535 f \n" + table + trailer
    lines = read_pdf(data, place="p")
    assert len(read_pages) == 1
    assert sum(line.text.count("Vi gikk hjem.") for line in lines) == 1000


# ------------------------------------------------------------------- writers


@pytest.mark.parametrize("form", ["docx", "xlsx", "html", "csv", "codings", "qdpx"])
def test_writing_grows_with_the_passages(form: str, codebook: mn.Codebook) -> None:
    def make(n: int) -> Callable[[], object]:
        transcript = conversation([(INTERVIEWER, "Hva?"), (INFORMANT, "Vi har mål.")] * n)
        interview = mn.CodedInterview(transcript, suggested(transcript, codebook.ids))
        ways: dict[str, Callable[[], object]] = {
            "docx": lambda: writers.word_document(interview, codebook, "m"),
            "xlsx": lambda: writers.workbook([interview], codebook, "m"),
            "html": lambda: writers.page(interview, codebook),
            "csv": lambda: writers.csv_table([interview], codebook.ids),
            "codings": lambda: writers.codings_table([interview], "m"),
            "qdpx": lambda: refi.write_project([interview], codebook, "m"),
        }
        return ways[form]

    make(1)()
    grows_evenly(make, n=60)


def test_a_document_asks_for_no_search_among_its_comments_and_paragraphs(
    codebook: mn.Codebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    from docx.oxml.comments import CT_Comments
    from docx.oxml.document import CT_Body

    seen: list[int] = []
    number = CT_Comments._next_available_comment_id
    monkeypatch.setattr(
        CT_Comments, "_next_available_comment_id", lambda self: seen.append(len(self)) or number(self)
    )
    find = CT_Body.insert_element_before
    searched: list[int] = []
    monkeypatch.setattr(
        CT_Body,
        "insert_element_before",
        lambda self, *given: searched.append(len(self)) or find(self, *given),
    )
    transcript = conversation([(INTERVIEWER, "Hva?"), (INFORMANT, "Vi har mål.")] * 50)
    interview = mn.CodedInterview(transcript, suggested(transcript, codebook.ids))
    writers.word_document(interview, codebook, "m")
    assert len(seen) == 51
    assert max(seen) == 0
    assert max(searched) <= 2


def test_sheets_of_one_name_are_numbered_without_a_search() -> None:
    from mestring_nlp.writers.workbook import _sheet_name

    def make(n: int) -> Callable[[], object]:
        taken: set[str] = set()
        numbers: dict[str, int] = {}
        return lambda: [_sheet_name("intervju", taken, numbers) for _ in range(n)]

    grows_evenly(make)
    taken, numbers = {"oversikt"}, dict[str, int]()
    names = ["Kari", "kari", "Kari (2)", "Kari", "Oversikt"]
    given = [_sheet_name(name, taken, numbers) for name in names]
    assert given == ["Kari", "kari (2)", "Kari (2) (2)", "Kari (3)", "Oversikt (2)"]


# ------------------------------------------------------------------- projects and codings


def test_equal_names_are_numbered_without_a_search() -> None:
    grows_evenly(lambda n: lambda: unique(["Kari", "kari"] * n))
    grows_evenly(lambda n: lambda: unique(["a"] * n + [f"a ({i})" for i in range(n)]))
    assert unique(["a", "a (2)", "A", "a", "a (2)"]) == ["a", "a (2)", "A (3)", "a (4)", "a (2) (2)"]


def test_codes_of_one_name_get_ids_without_a_search() -> None:
    grows_evenly(lambda n: lambda: codes_of([Entry("mål")] * n))
    made = codes_of(
        [Entry("mål"), Entry("mål", "Om.\nId: maal_2"), Entry("Mål"), Entry("a"), Entry("mål")]
    )
    assert [code.id for code in made] == ["maal", "maal_2", "maal_3", "a", "maal_4"]


def test_a_description_of_many_lines_is_joined_once() -> None:
    lines = "b\n" * LONG
    code = codes_of([Entry("mål", f"Om mål.\nHører til:\n- a\n{lines}- c\nd\n")])[0]
    assert code.includes == ("a" + " b" * LONG, "c d")


def test_uncoded_turns_are_found_without_comparing_each_with_all(codebook: mn.Codebook) -> None:
    def make(n: int) -> Callable[[], object]:
        text = "I: Vi har mål.\nP: Hva er det?\n" * n
        source = Source("g", "p", "p", PositionMap(text))
        codings = tuple(Coding("p", 30 * i + 3, 30 * i + 14, "styrker", "k") for i in range(0, n, 2))
        project = Project("p", "", "p", (source,), codebook, codings, {})
        return lambda: refi.uncoded_turns(project)

    grows_evenly(make, n=100)


def test_uncoded_turns_are_those_that_no_coding_touches(codebook: mn.Codebook) -> None:
    rng = random.Random(5)
    text = "".join(f"{'IP'[i % 2]}: {'ja ' * rng.randint(1, 5)}\n" for i in range(20))
    source = Source("g", "p", "p", PositionMap(text))
    turns = [turn for turn in read(text).turns if turn.role == INFORMANT]
    for _ in range(100):
        places = [sorted(rng.sample(range(len(text)), 2)) for _ in range(rng.randint(1, 6))]
        codings = tuple(Coding("p", a, b, "styrker", rng.choice("kl")) for a, b in places)
        found = refi.uncoded_turns(Project("p", "", "p", (source,), codebook, codings, {}))
        for coder in {coding.coder for coding in codings}:
            spans = [(c.start, c.end) for c in codings if c.coder == coder]
            assert [(c.start, c.end) for c in found if c.coder == coder] == [
                (turn.start, turn.end)
                for turn in turns
                if not any(a < turn.end and turn.start < b for a, b in spans)
            ]


def pieces_by_force(codes: dict[sides.Span, set[str]]) -> dict[sides.Span, frozenset[str]]:
    """`cut_overlaps` as it is described: each stretch between borders, with the codes of all over it."""
    found = {}
    for name in sorted({span[0] for span in codes}):
        mine = {span[1:]: given for span, given in codes.items() if span[0] == name}
        for start, end in pairwise(sorted({border for span in mine for border in span})):
            over = [given for (a, b), given in mine.items() if a <= start and end <= b]
            if over:
                found[name, start, end] = frozenset().union(*over)
    return found


def test_spans_are_cut_at_all_borders_in_one_pass() -> None:
    for spans in (
        lambda n: [(10 * i, 10 * i + 15) for i in range(n)],
        lambda n: [(i, 4 * n - i) for i in range(n)],
        lambda n: [(0, i + 1) for i in range(n)],
    ):
        grows_evenly(
            lambda n, spans=spans: lambda: sides.cut_overlaps({("p", a, b): {"x"} for a, b in spans(n)})
        )
    rng = random.Random(7)
    for _ in range(300):
        codes = {}
        for _ in range(rng.randint(0, 8)):
            start = rng.randint(0, 12)
            codes[rng.choice("pq"), start, start + rng.randint(0, 6)] = set(
                rng.sample("xyz", rng.randint(0, 2))
            )
        cut = sides.cut_overlaps(codes)
        assert cut == pieces_by_force(codes)
        assert list(cut) == sorted(cut)


def test_pieces_find_their_words_in_the_spans_around_them() -> None:
    text = "abcdefghij" * 2
    texts = {("p", a, b): text[a:b] for a, b in [(0, 9), (4, 7), (4, 20), (12, 14)]}
    texts["p", 14, 16] = "no such length"
    pieces = sides.cut_overlaps({span: {"x"} for span in texts})
    words = dict(zip(pieces, sides.words_of(pieces, texts), strict=True))
    expected = {piece: text[piece[1] : piece[2]] for piece in pieces}
    assert words == expected | {("p", 14, 16): "no such length"}
    grows_evenly(
        lambda n: (
            lambda: list(
                sides.words_of(
                    [("p", i, i + 1) for i in range(n)], {("p", 0, n): "x" * n, ("p", n, n + 1): "x"}
                )
            )
        )
    )


def test_a_project_s_spans_over_one_another_are_not_copied(
    codebook: mn.Codebook, tmp_path: Path
) -> None:
    transcript = conversation([(INTERVIEWER, "Hva?"), (INFORMANT, "Vi har mål. " * 500)])
    turn = transcript.turns[1]
    given = [
        replace(
            one, segment=replace(one.segment, end=turn.end - i, text=turn.text[: len(turn.text) - i])
        )
        for i in range(300)
        for one in suggested(transcript, codebook.ids)
    ]
    file = tmp_path / "p.qdpx"
    file.write_bytes(refi.write_project([mn.CodedInterview(transcript, given)], codebook, "m"))
    found = read_coded_file(file)
    assert all(not row.span.text for row in found.rows)
    assert len(found.of().spans) == 300
    assert "".join(span.text for span in found.of().spans) == turn.text


def coded(coder: str, spans: list[tuple[str, int, int]]) -> Codings:
    return Codings(coder, tuple(CodedSpan(*span, frozenset({"x"})) for span in spans))


def test_common_units_are_found_without_comparing_each_span_with_all() -> None:
    def of_one(n: int) -> Callable[[], object]:
        a = coded("a", [("p", 10 * i, 10 * i + 9) for i in range(n)])
        b = coded("b", [("p", 10 * i + 3, 10 * i + 10) for i in range(n)])
        return lambda: common_units(a, b)

    def of_many(n: int) -> Callable[[], object]:
        a, b = (coded(x, [(f"p{i}", 0, 9) for i in range(n)]) for x in "ab")
        return lambda: common_units(a, b)

    grows_evenly(of_one)
    grows_evenly(of_many)


def test_a_comparison_of_many_transcripts_looks_at_each_span_once() -> None:
    def make(n: int) -> Callable[[], object]:
        a, b = (coded(x, [(f"p{i}", 0, 9) for i in range(n)]) for x in "ab")
        units = common_units(a, b)
        return lambda: compare(units, a, b)

    grows_evenly(make, n=40)


def test_examples_of_many_transcripts_are_laid_out_in_one_pass(codebook: mn.Codebook) -> None:
    def make(n: int) -> Callable[[], object]:
        names = [f"p{i}" for i in range(n)]
        transcripts = {
            name: conversation([(INTERVIEWER, "Hva?"), (INFORMANT, "Mål.")]) for name in names
        }
        codings = tuple(Coding(name, 13, 17, codebook.ids[0], "k") for name in names)
        data = TrainingData(codebook, transcripts, codings)
        return lambda: data.segments()

    grows_evenly(make, n=100)
