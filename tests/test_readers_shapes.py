"""Whole files in shapes that programs and people write, and what a person reads in them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import mestring_nlp as mn

TALK = [
    ("Ola Hansen", "Hvordan vet dere at dere lykkes?", 3),
    ("Kari Nordmann", "Vi ser på målekortet hver uke.", 9),
    ("Ola Hansen", "Og hva gjør dere når det går galt?", 41),
    ("Kari Nordmann", "Da snakker vi sammen.", 48),
    ("Ola Hansen", "Hvem er med?", 62),
    ("Kari Nordmann", "Alle.", 71),
]
ONCE = [*TALK[:4], ("Siri Lie", "Og så skriver vi det ned.", 55), *TALK[4:]]


def read(tmp_path: Path, content: str | bytes, name: str = "x.txt") -> mn.Transcript:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return mn.read_transcript(file)


def said(transcript: mn.Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, " ".join(turn.text.split())) for turn in transcript.turns]


def roles(transcript: mn.Transcript) -> dict[str, str]:
    return {speaker.label: speaker.role[:3] for speaker in transcript.speakers}


def filled(shape: str, talk: list[tuple[str, str, int]] = TALK) -> str:
    """The talk in a shape that names `who`, `at` (m:ss), `long` (hh:mm:ss), `end` and `words`."""

    def clock(at: int) -> str:
        return f"{at // 60}:{at % 60:02d}"

    return "".join(
        shape.format(
            who=who, at=clock(at), long=f"00:0{clock(at)}", end=clock(at + 2), words=words, n=number
        )
        for number, (who, words, at) in enumerate(talk, start=1)
    )


# ------------------------------------------------------------------ labels, with times and without


@pytest.mark.parametrize(
    "shape",
    [
        "[{who}] 10:0{at}\n{words}\n\n",
        "{who} {at}\n{words}\n\n",
        "@{at} - {who}\n{words}\n\n",
        "{at} - {end} {who}\n{words}\n\n",
        "{who} [{long} - {end}]: {words}\n",
        "{who} (0:0{at} - 0:0{end}): {words}\n",
        "{who}: {at} {words}\n",
        "{who}:: {words}\n",
        "[{n}.00s -> {n}.90s] {who}: {words}\n",
        "## {who} ({at})\n\n{words}\n\n",
    ],
)
def test_heads_and_labels_with_times(tmp_path: Path, shape: str) -> None:
    assert said(read(tmp_path, filled(shape))) == [(who, words) for who, words, _ in TALK]


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ("{who}: {words}\n", "x.txt"),
        ("[0{at} --> 0{end}]  {who}: {words}\n", "x.txt"),
        ("{n}\n{long},000 --> {long},900\n{who}: {words}\n\n", "x.srt"),
        ("{n}\n{long},000 --> {long},900\n[{who}] {words}\n\n", "x.srt"),
    ],
)
def test_who_speaks_once_speaks_and_is_told_of(tmp_path: Path, shape: str, name: str) -> None:
    """First and last name, as the others have them: `Siri Lie`; `Siri` alone stays a doubt."""
    found = read(tmp_path, filled(shape, ONCE), name)
    assert said(found) == [(who, words) for who, words, _ in ONCE]
    assert any("'Siri Lie' is taken for a speaker" in note.message for note in found.doubts)
    first = [(who.replace(" Lie", ""), words, at) for who, words, at in ONCE]
    if not shape.startswith("{n}\n{long},000 --> {long},900\n["):
        found = read(tmp_path, filled(shape, first), name)
        assert "Siri" not in roles(found)
        assert any("'Siri' stands before a colon once" in note.message for note in found.doubts)


def test_noscribes_page_with_a_name_typed_once(tmp_path: Path) -> None:
    page = filled('<p><a name="ts_{n}000_{n}900_{who}">{who}: {words}</a></p>\n', ONCE)
    assert said(read(tmp_path, f"<html>{page}</html>", "x.html")) == [
        (who, words) for who, words, _ in ONCE
    ]


@pytest.mark.parametrize(
    ("asks", "answers"),
    [("P", ("I 1", "I 2")), ("Interviewer", ("Participant #1", "Participant #2"))],
)
def test_labels_with_numbers_apart(tmp_path: Path, asks: str, answers: tuple[str, str]) -> None:
    first, second = answers
    text = (
        f"{first}: Det er å få til noe.\n{asks}: Hva sier du?\n{second}: Å lære, tror jeg.\n"
        f"{asks}: Hvordan merker dere det?\n{first}: På lyden.\n{asks}: Alltid?\n{second}: Nei.\n"
    )
    assert roles(read(tmp_path, text)) == {first: "inf", asks: "int", second: "inf"}


# ------------------------------------------------------------------ legends and headers

WITH_LETTERS = "I: Hva er vanskelig?\nX: Vi har liten tid.\nI: Hvordan da?\nX: Vi er for få.\nI: Og så?\nX: Vi hjelper hverandre.\n"


@pytest.mark.parametrize(
    "legend",
    [
        "Deltakere:\nI: Ola Hansen, intervjuer\nX: Kari Nordmann, leder",
        "Deltakere:\nOla Hansen (I), intervjuer\nKari Nordmann (X), leder",
        "Interviewer: I. Respondent: X.",
        "Fil: opptak.m4a\nI: intervjuer. X: informant.",
        "Tegnforklaring:\nI = intervjuer\nX = informant\n(...) = pause",
        "Koder:\nI\tIntervjuer\nX\tInformant",
        "I intervjuer\nX informant",
        "Legende: I → intervjuer, X → informant",
        "I=intervjuer; X=informant, kvinne",
        "Interviewer: I, Participants: X",
    ],
)
def test_legends(tmp_path: Path, legend: str) -> None:
    found = read(tmp_path, f"{legend}\n\n{WITH_LETTERS}")
    assert roles(found) == {"I": "int", "X": "inf"}
    assert len(found.turns) == 6
    assert "legend" in {note.kind for note in found.notes}


def test_a_header_with_an_initial_is_no_talk(tmp_path: Path) -> None:
    found = read(tmp_path, f"Date: 3/12/2024\nInterviewer: J. Smith\nInterviewee: #7\n\n{WITH_LETTERS}")
    assert set(roles(found)) == {"I", "X"}


# ------------------------------------------------------------------ numbers and times


def test_a_time_behind_a_tab_is_an_answer(tmp_path: Path) -> None:
    text = "Ola:\tNår begynner dere?\nKari:\t08:30\nOla:\tOg når slutter dere?\nKari:\t16:00\nOla:\tHver dag?\nKari:\tJa.\n"
    assert [words for _, words in said(read(tmp_path, text))][1::2] == ["08:30", "16:00", "Ja."]


def test_times_between_empty_lines_are_no_talk(tmp_path: Path) -> None:
    text = (
        "Ola: Hvor mange?\nKari: Åtte.\n\n5:00\n\nOla: Når begynner dere?\nKari: Klokka\n8:00\nom morgenen."
        "\n\n10:00\n\nOla: Og slutter?\nKari: Seint.\n"
    )
    found = read(tmp_path, text)
    assert [words for _, words in said(found)][1::2] == ["Åtte.", "Klokka 8:00 om morgenen.", "Seint."]
    assert any("'8:00' alone on its line is kept" in note.message for note in found.doubts)


def test_a_time_below_an_empty_label_that_has_one(tmp_path: Path) -> None:
    text = filled("0{at}\n{who}: {words}\n\n", [*TALK[:4], ("Ola Hansen", "", 55), *TALK[4:]])
    assert said(read(tmp_path, text)) == [(who, words) for who, words, _ in TALK]


@pytest.mark.parametrize(
    "shape",
    [
        "[{at}] {words}\n",
        "({at}) {words}\n\n",
        "0{at}\t{words}\n",
        "{long} - {words}\n",
        "[{n}.00s -> {n}.90s]  {words}\n",
        "{at}\n{words}\n",
    ],
)
def test_times_in_the_talk_of_one_voice_are_no_words(tmp_path: Path, shape: str) -> None:
    file = tmp_path / "x.txt"
    file.write_text(filled(shape), encoding="utf-8")
    found = mn.read_transcript(file, all_informant=True)
    told = " ".join(" ".join(turn.text.split()) for turn in found.turns)
    assert told == " ".join(words for _, words, _ in TALK)


def test_a_page_number_that_is_kept_is_told_of(tmp_path: Path) -> None:
    text = filled("{who}: {words}\n\n").replace("sammen.\n\n", "sammen.\n\n- 2 -\n\n")
    assert any("'- 2 -' may be a page number" in note.message for note in read(tmp_path, text).doubts)


# ------------------------------------------------------------------ recognisers


def words_of(talk: list[tuple[str, str, int]] = TALK) -> list[tuple[str, str, int]]:
    return [(who, word, at) for who, words, at in talk for word in words.split()]


def deepgram() -> Any:
    words = [
        {
            "word": word.strip(".?").lower(),
            "punctuated_word": word,
            "start": at,
            "end": at + 0.2,
            "speaker": who,
        }
        for who, word, at in words_of()
    ]
    whole = " ".join(word["punctuated_word"] for word in words)
    return {"results": {"channels": [{"alternatives": [{"transcript": whole, "words": words}]}]}}


def elevenlabs() -> Any:
    pairs = [(who, part) for who, word, _ in words_of() for part in (word, " ")]
    return {
        "text": "",
        "words": [{"text": part, "type": "word", "speaker_id": who} for who, part in pairs],
    }


def speechmatics() -> Any:
    parts = [
        (who, part)
        for who, word, _ in words_of()
        for part in (word.rstrip(".?"), word[len(word.rstrip(".?")) :])
        if part
    ]
    return {"results": [{"alternatives": [{"content": part, "speaker": who}]} for who, part in parts]}


def rev() -> Any:
    return {
        "monologues": [
            {"speaker": who, "elements": [{"type": "text", "value": words}]} for who, words, _ in TALK
        ]
    }


def amberscript() -> Any:
    ids = {"Ola Hansen": "spk1", "Kari Nordmann": "spk2"}
    return {
        "segments": [
            {"speaker": ids[who], "words": [{"text": word} for word in words.split()]}
            for who, words, _ in TALK
        ],
        "speakers": [{"spkid": key, "name": who} for who, key in ids.items()],
    }


def teams() -> Any:
    return {
        "entries": [
            {"text": words, "speakerDisplayName": who, "speakerId": "x"} for who, words, _ in TALK
        ]
    }


def labelled() -> Any:
    return {
        "segments": [{"start": at, "end": at + 2, "text": f" {who}: {words}"} for who, words, at in TALK]
    }


@pytest.mark.parametrize(
    "make",
    [deepgram, elevenlabs, speechmatics, rev, amberscript, teams, labelled],
    ids=lambda make: make.__name__,
)
def test_json_of_recognisers(tmp_path: Path, make: Any) -> None:
    found = read(tmp_path, json.dumps(make()), "x.json")
    assert said(found) == [(who, words) for who, words, _ in TALK]


# ------------------------------------------------------------------ what is not read


def test_documents_that_are_cut_off_are_told_of(tmp_path: Path) -> None:
    body = filled("{who}: {words}\\par\n").encode("ascii", "replace")
    whole = b"{\\rtf1\\ansi " + body + b"}"
    kinds = [
        {note.kind for note in read(tmp_path, data, "x.rtf").doubts}
        for data in (whole, whole[:-1], whole + b"\x00\r\n", whole + b" Kari: Mer.}")
    ]
    assert ["unread" in kinds[0], "unread" in kinds[1]] == [False, True]
    assert ["behind" in found for found in kinds] == [False, False, False, True]
    page = filled('<p><a name="ts_{n}000_{n}900_{who}">{who}: {words}</a></p>\n')
    for end, cut in (("</html>\n", False), ("", True)):
        doubts = read(tmp_path, f"<html>{page}{end}", "x.html").doubts
        assert any("not complete" in note.message for note in doubts) is cut


def test_other_sheets_are_told_of(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for title, rows in {"En": TALK, "To": [("Per", "Nei.", 1), ("Liv", "Jo.", 2)]}.items():
        sheet = book.create_sheet(title)
        sheet.append(["Taler", "Tekst"])
        for who, words, _ in rows:
            sheet.append([who, words])
    buffer = io.BytesIO()
    book.save(buffer)
    found = read(tmp_path, buffer.getvalue(), "x.xlsx")
    assert said(found) == [(who, words) for who, words, _ in TALK]
    (note,) = (note for note in found.doubts if note.kind == "sheet")
    assert (note.place, note.text) == ("sheet 'To'", "Taler\tTekst\nPer\tNei.\nLiv\tJo.")
