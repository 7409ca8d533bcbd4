from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mestring_nlp as mn
from mestring_nlp.segmentation import LONGEST, group, sentences
from mestring_nlp.transcript import INFORMANT, Transcript, Turn

WORDS = [
    "ja",
    "Vi",
    "har",
    "en",
    "prat",
    "kl.",
    "f.eks.",
    "10.",
    "osv.",
    "og",
    "så",
    "Men",
    "«nei»",
    "(latter)",
    "…",
    "🙂",
    "hva?",
    "Da.",
    "–",
]
SPEECH = st.lists(st.sampled_from(WORDS), min_size=1, max_size=300).map(" ".join)


def one_turn(text: str) -> Transcript:
    return Transcript("x", text, (Turn("I", INFORMANT, 0, len(text), text),))


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@given(SPEECH)
def test_units_hold_every_word_once_and_none_is_too_long(text: str) -> None:
    for unit in mn.segmentation.UNITS:  # type: ignore[attr-defined]
        segments = mn.segment(one_turn(text), unit)
        assert "".join("".join(s.text.split()) for s in segments) == "".join(text.split())
        for left, right in itertools.pairwise(segments):
            assert left.end <= right.start
        for s in segments:
            assert text[s.start : s.end] == s.text == s.text.strip()
            assert unit == "turn" or len(re.findall(r"\w+", s.text)) <= LONGEST


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Det går bra. Vi har det fint.", 2),
        ("Vi møtes kl. 10. mars et sted.", 1),
        ("Det er f.eks. Kari som gjør det.", 1),
        ("Vi har kurs osv. Det går bra.", 2),
        ("Hva gjør jeg? jeg ringer.", 2),
        ("Jeg vet ikke ... men det går.", 1),
        ("Han sa «nei.» Så gikk han.", 2),
        ("Ja … Nei.", 2),
    ],
)
def test_sentences(text: str, expected: int) -> None:
    assert len(cut(text)) == expected


def test_a_new_topic_begins_a_passage() -> None:
    people = "Jeg går runden hver morgen og hilser på alle, og så setter jeg meg ned og prater med dem som vil prate litt. "
    money = "Når det gjelder målekortet, så har vi tall for svartid og for antall samtaler, og de tallene viser jeg fram på fredager."
    text = people + money
    assert [text[a:b] for a, b in group(text, sentences(text))] == [people.strip(), money]


def test_short_sentences_stay_together() -> None:
    text = "Ja. Det gjør jeg. Hver dag, egentlig."
    assert len(mn.segment(one_turn(text))) == 1


def test_segments_know_turn_speaker_and_question(example: mn.Transcript) -> None:
    segments = mn.segment(example)
    assert {s.speaker for s in segments} == {"I"}
    for s in segments:
        turn = example.turns[s.turn - 1]
        assert turn.start <= s.start < s.end <= turn.end
        assert s.question == example.question_for(s.turn - 1) != ""


def test_unknown_unit_and_pipeline(example: mn.Transcript) -> None:
    with pytest.raises(mn.MestringError, match=r"'word'.*turn, passage, sentence"):
        mn.segment(example, "word")
    with pytest.raises(mn.MestringError, match="nb_core_news_xx"):
        mn.segment(example, pipeline="nb_core_news_xx")


def test_named_pipeline_gives_its_sentences(tmp_path: Path) -> None:
    import spacy

    pipeline = spacy.blank("nb")
    pipeline.add_pipe("sentencizer", config={"punct_chars": [","]})
    pipeline.to_disk(tmp_path / "min")
    text = "Ja, det går bra. Vi har det fint"
    assert [text[a:b] for a, b in sentences(text, pipeline=str(tmp_path / "min"))] == [
        "Ja,",
        "det går bra. Vi har det fint",
    ]
