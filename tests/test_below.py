"""What stands amid and below the talk, and nobody says: headings, notices, notes; and times in the words."""

from __future__ import annotations

import pytest
from test_labels import doubts, read, words
from test_slips import SAID, told, written

import mestring_nlp as mn


def said_by(found: mn.Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, " ".join(turn.text.split())) for turn in found.turns]


def below(number: int, text: str) -> str:
    """Six turns, with a text below one of them."""
    who = ("I", "R")[(number - 1) % 2]
    return written(f"{number}={who}: {SAID[number - 1]}\n{text}")


SHAPES = ["{0}: {1}", "{0}  0:0{2}\n{1}\n", "[00:00:0{2}] {0}\n{1}\n"]


@pytest.mark.parametrize(
    "heading",
    [
        "Del 2: Ledelse", "DEL 2", "Tema 2 – Ledelse", "Bolk 3. Samarbeid og læring", "## Arbeidsmiljø", "Part II: Leadership", "Section 4",
        "**Tema 3: Læring**", "Emne 2: Læring", "Kapittel 2 - Veien videre", "Topic 3",
    ],
)  # fmt: skip
@pytest.mark.parametrize("between", ["{}", "\n{}\n", "---\n{}\n---"])
def test_a_heading_is_no_talk(heading: str, between: str) -> None:
    found = read(below(2, between.format(heading)))
    assert said_by(found) == told() and not [note for note in found.doubts if note.kind != "role"]
    assert [(note.kind, note.text) for note in found.notes if note.text] == [("heading", heading)]


@pytest.mark.parametrize("shape", SHAPES)
def test_headings_and_notices_in_other_layouts(shape: str) -> None:
    turns = [shape.format(("Tor", "Siri")[n % 2], text, n) for n, text in enumerate(SAID)]
    turns[1] += "\nDel 2: Ledelse\n"
    found = read("\n".join(turns) + "\n(Opptaket avsluttes)\n")
    assert words(found) == SAID
    assert [note.text for note in found.notes if note.kind == "heading"] == ["Del 2: Ledelse"]
    assert [note.text for note in found.notes if note.kind == "service"] == ["(Opptaket avsluttes)"]


@pytest.mark.parametrize(
    "heading", ["LEDELSE", "2. Ledelse", "**Ledelse**", "\nLedelse og samarbeid\n", "\nVeien videre\n", "2.1 Om å lære"]
)  # fmt: skip
def test_what_may_be_a_heading_is_told_and_kept(heading: str) -> None:
    found = read(below(2, heading))
    (note,) = (note for note in found.doubts if note.kind != "role")
    assert "may be a heading" in note.message and note.place == f"line {3 + heading.startswith(chr(10))}"
    assert words(found)[1] == " ".join(f"{SAID[1]} {heading}".split())


@pytest.mark.parametrize("heading", ["Del 2: Ledelse", "## Arbeidsmiljø"])
def test_a_heading_amid_a_turn_is_told_and_kept(heading: str) -> None:
    found = read(below(2, f"{heading}\nOg så teller vi."))
    assert "A heading or a note of the transcriber may stand here" in doubts(found)
    assert words(found)[1] == f"{SAID[1]} {heading} Og så teller vi."


@pytest.mark.parametrize(
    "line", ["Og så teller vi.", "del 2 av planen", "NAV", "\nJeg vet ikke", "Ja", "2", "Del 2 gikk bra.", "Del to: ledelse.", "- ledelse"]
)  # fmt: skip
def test_what_is_said_below_the_label_stays(line: str) -> None:
    found = read(below(2, line))
    assert words(found)[1] == " ".join(f"{SAID[1]} {line}".split())
    assert not [note for note in found.doubts if note.kind != "role"]


@pytest.mark.parametrize(
    "notice",
    [
        "Slutt på opptak", "[Opptak slutt]", "END OF RECORDING", "(Intervjuet avsluttes)", "[Opptaket stoppes 00:43:12]", "Opptaket er slutt.",
        "End of interview", "Interview ends", "--- Slutt på intervjuet ---", "Recording stopped", "Slut på optagelsen", "Inspelningen avslutas",
        "Intervjuet avsluttet kl. 14:30", "SLUTT", "[END]", "Møtet er over", "The interview ends here.", "*Transkripsjon slutt*",
    ],
)  # fmt: skip
def test_a_notice_at_the_end_is_no_talk(notice: str) -> None:
    found = read(f"{written()}\n{notice}\n")
    assert said_by(found) == told() and not [note for note in found.doubts if note.kind != "role"]
    assert [(note.kind, note.text) for note in found.notes if note.text] == [("service", notice)]


@pytest.mark.parametrize(
    "heading",
    [
        "Notater etter intervjuet:", "Notat:", "Feltnotat", "Refleksjoner etter intervjuet", "Field notes:", "Interviewer's notes:", "Observasjoner:",
        "Reflections", "**Refleksjonsnotat**", "## Notater", "Anteckningar efter intervjun:", "Post-interview notes",
    ],
)  # fmt: skip
def test_notes_below_the_talk_are_in_no_turn_and_told(heading: str) -> None:
    notes = f"{heading}\nInformanten virket sliten. Det regnet.\n\nStemning: god."
    found = read(f"{written()}\n{notes}\n")
    assert said_by(found) == told()
    (note,) = (note for note in found.doubts if note.kind != "role")
    assert (note.kind, note.place, note.text) == ("notes", "line 8", notes)


def test_facts_at_the_end_are_in_no_turn_and_told() -> None:
    found = read(f"{written()}\nTranskribert av: Kari Nordmann\nVarighet: 43 min\n")
    assert said_by(found) == told()
    assert [note.text for note in found.doubts if note.kind == "header"] == [
        "Transkribert av: Kari Nordmann",
        "Varighet: 43 min",
    ]


def test_a_label_s_own_line_is_always_said() -> None:
    for line in ("R: Slutt på opptak", "R:\nDel 2: Ledelse", "R: Del 2: Ledelse", "R: Notater:"):
        assert words(read(written(f"6={line}")))[5] == line.removeprefix("R:").strip()


def test_a_text_with_codings_keeps_its_every_character(tmp_path: object) -> None:
    text = below(2, "Del 2: Ledelse")
    assert read(text).text == text


# ------------------------------------------------------------------ times within the words


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Vi måler [00:12:03] hver dag.", "Vi måler hver dag."),
        ("Vi måler [00:12] hver dag. Og [00:14] så.", "Vi måler hver dag. Og så."),
        ("Vi måler (00:12) hver dag. Og (00:14) så.", "Vi måler hver dag. Og så."),
        ("Vi (12:03) måler. Vi (12:30) teller. Vi (14:01) går.", "Vi måler. Vi teller. Vi går."),
        ("Vi måler 00:12:03 hver dag.", "Vi måler hver dag."),
        ("Vi måler (0:12:03) hver dag (1:02:00)", "Vi måler hver dag"),
        ("(00:01) Vi måler hver dag.", "Vi måler hver dag."),
        ("Vi måler. #00:12:03-4#\nOg teller. #00:12:09-1#", "Vi måler. Og teller."),
        ("Vi måler <00:12> hver dag.", "Vi måler hver dag."),
        ("Vi måler. {00:12}", "Vi måler."),
    ],
)  # fmt: skip
def test_times_of_the_recording_are_taken_out_of_the_words(said: str, left: str) -> None:
    found = read(written(f"2=R: {said}"))
    assert words(found)[1] == left and not [note for note in found.doubts if note.kind != "role"]


@pytest.mark.parametrize(
    "said",
    [
        "Vi møtes (12:30) hver dag.", "Vi møtes [12:30] og så [10:30].", "Klokka 14:30:00 gikk vi 12:10:00.", "Vi møtes 12:03:10 hver dag.",
    ],
)  # fmt: skip
def test_what_may_be_a_time_of_day_is_kept_and_told(said: str) -> None:
    found = read(written(f"2=R: {said}"))
    assert words(found)[1] == said
    (note,) = (note for note in found.doubts if note.kind == "time")
    assert note.place == "line 2" and "may be a time of the recording" in note.message


@pytest.mark.parametrize(
    "said", ["Vi møtes 12:30.", "Vi møtes kl. [12:30].", "Det er (fra 12:30).", "Vi [uhørlig 00:12:03] måler.", "Forholdet er 1:10:00-1."]
)  # fmt: skip
def test_other_times_stay_without_a_word(said: str) -> None:
    found = read(written(f"2=R: {said}"))
    assert words(found)[1] == said and not [note for note in found.doubts if note.kind != "role"]


def test_a_time_right_behind_a_label_is_the_turn_s() -> None:
    found = read(written("1=I: 00:00:03 Hvordan går det?", "2=R: 00:00:09 Vi måler hver dag."))
    assert said_by(found) == told() and [turn.time for turn in found.turns[:2]] == [3, 9]


OTRANSCRIBE = (
    "0:00 I: Kan du si litt om jobben din?\n0:04 R: Ja, jeg leder tjue folk.\n0:10 Det er i to avdelinger.\n"
    "0:15 I: Hva er vanskelig?\n0:18 R: Tid, alltid tid.\n0:21\tOg penger.\n0:25 I: Hvordan løser du det?\n"
    "0:30 R: Jeg ber om mer.\n 0:34 Og får nei.\n"
)


def test_times_with_which_most_lines_begin_are_taken_out_without_a_label_too() -> None:
    found = read(OTRANSCRIBE)
    assert words(found)[1::2] == [
        "Ja, jeg leder tjue folk. Det er i to avdelinger.", "Tid, alltid tid. Og penger.", "Jeg ber om mer. Og får nei.",
    ]  # fmt: skip
    assert [turn.time for turn in found.turns] == [0, 4, 15, 18, 25, 30] and not found.doubts
    assert [note.text for note in found.notes if note.kind == "time"] == ["0:10 0:21 0:34"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0:10 Det er i to avdelinger.", "Vi møtes\n17:30 hver dag."),  # they do not grow
        ("0:21\tOg penger.", "Og\npenger\nog\nfolk\nog\nrom\nog\nutstyr\nog\nro."),  # few lines have one
    ],
)
def test_times_at_the_beginnings_of_other_lines_are_kept_and_told(old: str, new: str) -> None:
    found = read(OTRANSCRIBE.replace(old, new))
    assert words(found)[-1].endswith("0:34 Og får nei.")
    assert [note.kind for note in found.doubts] == ["time"]


def test_a_time_of_day_at_the_beginning_of_a_line_stays_without_a_word() -> None:
    found = read(written("2=R: Vi møtes\n12:30 hver dag."))
    assert words(found)[1] == "Vi møtes 12:30 hver dag."
    assert not [note for note in found.doubts if note.kind != "role"]


def test_times_behind_labels_and_within_words_are_taken_out_together() -> None:
    turns = [f"{label}: 0:0{n} Ja (0:0{n}) takk." for n, label in enumerate("IRIRIR", start=1)]
    assert words(read("\n".join(turns), informant="R")) == ["Ja takk."] * 6


# ------------------------------------------------------------------ shapes of other programs

PROGRAMS = {
    "MAXQDA": "00:00:0{2}.5{0}: {1}\n",
    "InqScribe": "[00:00:0{2}.00] {0}: {1}\n",
    "DaVinci Resolve": "[00:00:0{2}:13 - 00:00:0{2}:19]\n{0}\n {1}\n",
    "aTrain": "{0}\n[00:00:0{2}] {1}\n",
    "legal": "{0}. {1}\n",
    "code alone": "{0}\n{1}\n",
}


@pytest.mark.parametrize(
    ("program", "labels"),
    [
        ("MAXQDA", ("Tor", "Siri")), ("InqScribe", ("Tor", "Siri")), ("DaVinci Resolve", ("Tor", "Siri")), ("aTrain", ("SPEAKER_00", "SPEAKER_01")),
        ("legal", ("Q", "A")), ("legal", ("KM", "I2")), ("code alone", ("SPEAKER_00", "SPEAKER_01")), ("code alone", ("P1", "P2")),
    ],
)  # fmt: skip
def test_exports_of_programs(program: str, labels: tuple[str, str]) -> None:
    said = [*SAID[:3], "Fordi vi må. Da sa sjefen: vi klarer det.", *SAID[4:]]
    turns = [PROGRAMS[program].format(labels[n % 2], text, n) for n, text in enumerate(said)]
    found = read("".join(turns), informant=labels[1])
    assert [turn.speaker for turn in found.turns] == [labels[n % 2] for n in range(6)]
    assert words(found) == said


def test_a_time_before_words_that_end_with_a_colon_is_taken_out() -> None:
    found = read(written("2=R: Vi måler.\n[00:03:10] Da ringte jeg sjefen, og hun sa: «Vi klarer det.»"))
    assert words(found)[1] == "Vi måler. Da ringte jeg sjefen, og hun sa: «Vi klarer det.»"


def test_a_table_between_tabs_without_headings() -> None:
    rows = [
        f"{('Tor', 'Siri')[n % 2]}\t\t00:00:0{n}.000\t{n}.0\t00:00:0{n + 1}.000\t{n + 1}.0\t{text}"
        for n, text in enumerate(SAID)
    ]
    found = read("\n".join(rows))
    assert said_by(found) == told(("Tor", "Siri")) and [turn.time for turn in found.turns] == [*range(6)]
    assert found.format.startswith("table between tabs") or "tabs" in found.format
    listed = read("\n".join(f"{who}:\t{text}\t" for who, text in told(("Tor", "Siri"))))
    assert said_by(listed) == told(("Tor", "Siri"))


def test_lines_that_are_all_numbered() -> None:
    wrapped = "\n".join(
        f"I: Hvordan går det med\n   dere {n}?\nR: Det går\n   helt fint {n}." for n in range(4)
    )
    found = read("\n".join(f"{n:3} {line}" for n, line in enumerate(wrapped.split("\n"), start=1)))
    assert words(found)[:2] == ["Hvordan går det med dere 0?", "Det går helt fint 0."]
    assert [note.kind for note in found.notes if note.text] == ["line number"]
    listed = "R: Dette:\n1. Kaffe\n2. Te\n3. Vann\n4. Saft\n5. Melk"
    assert "5. Melk" in words(read(written(f"2={listed}")))[1]


def test_brackets_without_a_colon_in_captions() -> None:
    cues = "\n".join(
        f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n[{who}] {text}\n"
        for n, (who, text) in enumerate(told(), start=1)
    )
    assert said_by(read(cues)) == told()
    sounds = cues.replace("[I] Hvordan", "[Musikk] [I] Hvordan").replace("[R] Nei.", "[R] [latter] Nei.")
    assert "Musikk" not in {turn.speaker for turn in read(sounds).turns}
