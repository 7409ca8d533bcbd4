"""What `training_data/` promises: whole, coded twice, in our own words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from conftest import ROOT, STUDY

import mestring_nlp as mn

DATA = ROOT / "training_data"


@pytest.fixture(scope="module")
def data() -> mn.TrainingData:
    return mn.load_training_data(DATA)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


QUOTATIONS = {f"del_{n}" for n in (*range(10, 19), *range(29, 34))}
ANSWERS = {f"del_{n}" for n in range(19, 29)}


def number(name: str) -> int:
    """An interview's number; 0 of a part of the statements."""
    kind, number = name.split("_")[:2]
    return int(number) if kind == "intervju" else 0


def is_talk(name: str) -> bool:
    """Whether it is an interview composed to be as hard as talk is, or written without the codebook."""
    return number(name) > 13


def is_unaware(name: str) -> bool:
    """Whether its writer did not know the codebook."""
    return number(name) > 33


def test_interviews_are_whole(data: mn.TrainingData) -> None:
    for name, transcript in data.transcripts.items():
        answers = [turn for turn in transcript.turns if turn.role == "informant"]
        units = [span for span in data.units("adjudicated") if span[0] == name]
        assert len(answers) >= 40, name
        fewest = 50 if is_unaware(name) else 65 if is_talk(name) else 90
        assert len(units) >= fewest, name


def coded_by_two(data: mn.TrainingData) -> bool:
    """Whether two coded every passage: composer and another, or two others."""
    composer, second, third, fourth, final = (
        data.units(c) for c in ("composer", "second", "third", "fourth", "adjudicated")
    )
    aware = {span for span in final if not is_unaware(span[0])}
    return (
        set(composer) == set(second) == aware
        and set(third) == set(fourth)
        and set(composer) | set(third) == set(final)
    )


def test_every_interview_is_coded_by_two(data: mn.TrainingData) -> None:
    assert coded_by_two(data)
    assert {name for name, _, _ in data.units("adjudicated")} == set(data.transcripts)


def unexplained(data: mn.TrainingData) -> list[tuple[str, int, int]]:
    """Passages where what two coders agreed on does not stand, or a difference has no reason."""
    # Short answers were coded again by two others, whose codings stand; they alone coded what was
    # written by those who did not know the codebook.
    one, other = (
        data.units(a) | data.units(b) for a, b in (("composer", "third"), ("second", "fourth"))
    )
    final = data.units("adjudicated")
    spans = [(c, (c.transcript, c.start, c.end)) for c in data.codings if c.coder == "adjudicated"]
    return [
        span
        for coding, span in spans
        if bool(coding.note) != (not set(one[span]) == set(other[span]) == set(final[span]))
    ]


def test_differences_are_resolved_with_a_reason(data: mn.TrainingData) -> None:
    assert unexplained(data) == []


def test_every_short_answer_is_coded_by_its_rule(data: mn.TrainingData) -> None:
    by_rule = {
        (name, start, end)
        for name, start, end in data.units("adjudicated")
        if is_unaware(name) or len(data.transcripts[name].text[start:end].split()) <= 25
    }
    assert set(data.units("third")) == set(data.units("fourth")) == by_rule


def test_spans_do_not_overlap_and_lie_in_one_answer(data: mn.TrainingData) -> None:
    last: tuple[str, int] = ("", 0)
    for name, start, end in data.units("adjudicated"):
        transcript = data.transcripts[name]
        assert name != last[0] or start >= last[1]
        turn = transcript.turns[transcript.turn_at(start)]
        assert turn.role == "informant" and end <= turn.end
        assert transcript.text[start:end].strip() == transcript.text[start:end] != ""
        last = (name, end)


def test_the_shipped_model_learned_from_these_data(data: mn.TrainingData, model: mn.Model) -> None:
    assert model.manifest.data_hash == data.hash
    assert model.manifest.codebook_hash == data.codebook.hash


def test_every_code_is_there_and_no_code_too(data: mn.TrainingData) -> None:
    rows = [*data.segments(), *data.statements, *data.lone_questions]
    counts = Counter(code for row in rows for code in row.codes or [""])
    assert all(counts[code] >= 250 for code in (*data.codebook.ids, ""))


def test_no_passage_twice_and_none_nearly(data: mn.TrainingData) -> None:
    rows = (*data.segments(), *data.statements)
    long = [(row, runs(row.text, 3)) for row in rows if len(words(row.text)) >= 8]
    where: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, (_, found) in enumerate(long):
        for run in found:
            where[run].append(index)
    for index, (row, found) in enumerate(long):
        shared = Counter(other for run in found for other in where[run] if other > index)
        for other, count in shared.items():
            near, known = long[other]
            share = count / min(len(found), len(known))
            # Short answers in whole talk may share an everyday phrase with others.
            talk = is_talk(row.transcript) or is_talk(near.transcript)
            assert share <= 0.4 or (talk and count < 8), (row.text, near.text)


def test_text_is_canonical() -> None:
    for file in DATA.rglob("*"):
        if file.suffix in (".txt", ".csv", ".yaml", ".md"):
            text = file.read_bytes().decode("utf-8")
            assert text == unicodedata.normalize("NFC", text) and "\r" not in text, file


@pytest.mark.skipif(not STUDY.is_dir(), reason="the study is not at hand")
@pytest.mark.parametrize(
    "file", [f for f in sorted(DATA.rglob("*")) if f.suffix in (".txt", ".csv")], ids=lambda f: f.name
)
def test_nothing_is_copied_from_the_study(file: Path) -> None:
    study = runs((STUDY / "intervju1.txt").read_text("utf-8"), 8)
    assert not study & runs(file.read_text("utf-8"), 8)


def test_statements_are_spread(data: mn.TrainingData) -> None:
    from mestring_nlp.readers.tables import read_table

    rows = [
        row for file in sorted((DATA / "statements").glob("*.csv")) for _, row in read_table(file, ())
    ]
    assert len({row["id"] for row in rows}) == len(rows)
    assert len(rows) == len(data.statements) + len(data.lone_questions)
    themes: dict[str, set[str]] = defaultdict(set)
    borders: Counter[str] = Counter()
    quoted = [row for row in rows if row["part"] in QUOTATIONS]
    lone = [row for row in rows if not row["text"]]
    answers = [row for row in rows if row["part"] in ANSWERS]
    assert len(quoted) >= 1000 and len(lone) >= 400
    kinds = Counter(row["directness"] for row in answers)
    assert set(kinds) == {"question", "leaves", "lure"} and all(row["question"] for row in answers)
    assert min(kinds["question"], kinds["leaves"]) >= 560 and kinds["lure"] >= 190
    assert all(len(words(row["text"])) <= 30 for row in answers if row["directness"] == "question")
    assert not any(row["codes"] for row in answers if row["directness"] == "lure")
    assert all(row["question"] for row in lone)
    longest = {"quotation": 200, "statement": 120}
    for row in rows:
        kind = "quotation" if row["part"] in QUOTATIONS else "statement"
        assert len(words(row["text"])) <= longest[kind], row["id"]
        assert row["question"] or len(words(row["text"])) >= 8, row["id"]
        assert (
            row["note"]
            or row["codes"] == row["composer"]
            or set(row["codes"].split(";")) == set(row["composer"].split(";"))
        ), row["id"]
        if kind == "quotation" or not row["text"] or row in answers:
            continue
        if row["theme"].startswith("b"):
            borders[row["theme"]] += 1
        else:
            themes[row["composer"].split(";")[0]].add(row["theme"])
    assert all(len(themes[code]) >= 25 for code in (*data.codebook.ids, ""))
    assert len(borders) == 16 and min(borders.values()) >= 25
    statements = [row for row in rows if row not in (*quoted, *lone, *answers)]
    asked = sum(bool(row["question"]) for row in statements) / len(statements)
    assert 0.5 < asked < 0.75
    assert len({row["workplace"] for row in statements}) == 7
    assert len({row["directness"] for row in statements}) == 6


def test_nothing_learns_from_the_held_out_interview(data: mn.TrainingData, model: mn.Model) -> None:
    held_out = mn.load_training_data(DATA / "held_out")
    assert not set(held_out.transcripts) & set(data.transcripts)
    assert set(held_out.coders) == {"composer", "second", "third", "fourth", "adjudicated"}
    assert coded_by_two(held_out)
    assert unexplained(held_out) == []
    assert model.segments is not None
    learned = {run for segment in model.segments for run in runs(segment.text, 8)}
    for text in [segment.text for segment in held_out.segments()]:
        assert len(runs(text, 8) & learned) <= 0.1 * max(10, len(runs(text, 8)))
