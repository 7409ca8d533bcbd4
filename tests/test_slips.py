"""What people mistype in transcripts: words without a label, labels that lack a sign or stand amid a line."""

from __future__ import annotations

import pytest
from test_labels import doubts, read, words

import mestring_nlp as mn

SAID = [
    "Hvordan går det?",
    "Vi måler hver dag.",
    "Hvorfor akkurat det?",
    "Fordi vi må.",
    "Og nå?",
    "Nei.",
]


def said_by(found: mn.Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, " ".join(turn.text.split())) for turn in found.turns]


def written(*lines: str, labels: tuple[str, str] = ("I", "R"), shape: str = "{0}: {1}") -> str:
    """Write six turns by turns, lines such as ``2=R; Vi måler`` in place of the numbered one."""
    found = [shape.format(labels[number % 2], text) for number, text in enumerate(SAID)]
    for line in lines:
        number, _, text = line.partition("=")
        found[int(number) - 1] = text
    return "\n".join(found) + "\n"


def told(labels: tuple[str, str] = ("I", "R")) -> list[tuple[str, str]]:
    return [(labels[number % 2], text) for number, text in enumerate(SAID)]


# ------------------------------------------------------------------ above the first label


@pytest.mark.parametrize(
    "above",
    [
        "Hva jobber du med?", "Vi begynner med litt bakgrunn. Fortell gjerne fritt.", "Ja, da er vi i gang.", "Da starter opptaket nå.",
        "Intervju 4\nHvordan har du det i dag?", "Velkommen til dette intervjuet", "Jeg heter Tor og jobber her", "Hvorfor begynte du her",
        "Takk for at du kom!", "Tell me about your work. Take your time.", "«Hva tenker du om det?»",
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["{0}: {1}", "{0}  0:0{2}\n{1}", "[00:00:0{2}] {0}\n{1}"])
def test_what_may_be_talk_is_no_title(above: str, shape: str) -> None:
    turns = [shape.format(("Tor", "Siri")[n % 2], text, n) for n, text in enumerate(SAID)]
    found = read(f"{above}\n" + "\n".join(turns) + "\n")
    assert words(found) == SAID
    (note,) = (note for note in found.doubts if note.kind == "before")
    assert note.text.split() == above.split() and "begin them with a label" in note.message
    assert note.place == ("line 2" if "\n" in above else "line 1")
    assert found.title in ("", "Intervju 4") and not any(x.kind == "title" for x in found.notes)


@pytest.mark.parametrize(
    "above",
    [
        "Intervju 4, Oslo 12. mars 2024", "Intervju med leder i NAV", "Hei.", "Del 1.", "Samtale om arbeid\n\nNAV Oslo, 2024",
        "Intervju nr. 4 ved kl. 10.30", "Fokusgruppe B – ansatte i førstelinjen", "Transkripsjon av intervju_04.mp3", "På jobb i NAV",
        "En samtale om mestring", "Om å lære av hverandre",
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["{0}: {1}", "{0}  0:0{2}\n{1}"])
def test_a_title_is_a_title(above: str, shape: str) -> None:
    turns = [shape.format(("Tor", "Siri")[n % 2], text, n) for n, text in enumerate(SAID)]
    found = read(f"{above}\n\n" + "\n".join(turns) + "\n")
    assert words(found) == SAID and not found.doubts
    assert " ".join(note.text for note in found.notes if note.kind == "title").split() == above.split()


def test_lines_above_what_whisper_prints_are_held_to_the_same_rule() -> None:
    lines = "\n".join(f"[00:0{n}.000 --> 00:0{n + 1}.000]  {text}" for n, text in enumerate(SAID))
    assert read(f"Intervju 4\n{lines}\n", all_informant=True).doubts == ()
    found = read(f"Hva jobber du med?\n{lines}\n", all_informant=True)
    assert [(note.kind, note.text) for note in found.doubts] == [("before", "Hva jobber du med?")]


# ------------------------------------------------------------------ two labels on a line

PAIRS = [
    ("I", "R"),
    ("Intervjuer", "Informant"),
    ("Tor", "Siri Moe"),
    ("P1", "P2"),
    ("TL", "SM"),
    ("SPEAKER_00", "SPEAKER_01"),
]


@pytest.mark.parametrize("labels", PAIRS)
@pytest.mark.parametrize("join", [" ", "  ", "\t", " / ", " – "])
def test_a_known_label_behind_a_sentence_opens_a_turn(labels: tuple[str, str], join: str) -> None:
    text = "\n".join(f"{labels[n % 2]}: {said}" for n, said in enumerate(SAID))
    for line in (1, 3, 5):
        lines = text.split("\n")
        lines[line - 1 : line + 1] = [join.join(lines[line - 1 : line + 1])]
        found = read("\n".join(lines), informant=labels[1])
        assert [(who, words.rstrip(" /–")) for who, words in said_by(found)] == told(labels)
        (doubt,) = found.doubts
        assert doubt.place == f"line {line}" and f"{labels[1]!r} stands within a line" in doubt.message


@pytest.mark.parametrize("labels", PAIRS[:3])
def test_labels_that_stand_within_lines_only(labels: tuple[str, str]) -> None:
    turns = [f"{labels[n % 2]}: {said}" for n, said in enumerate(SAID)]
    pairs = "\n".join(" ".join(turns[n : n + 2]) for n in (0, 2, 4))
    on_one_line = [" ".join(turns)] if labels[0] != "Tor" else []
    for text in (pairs, "Samtale om arbeid\n\n" + pairs, *on_one_line):
        found = read(text, informant=labels[1])
        assert said_by(found) == told(labels)
        assert f"{labels[1]!r} stands within a line" in doubts(found)
    assert "The same 2 more times, the last at line 3." in doubts(read(pairs, informant=labels[1]))


@pytest.mark.parametrize(
    "shape", ["**{0}:** {1}", "{0} [00:01:02]: {1}", "{0} (1:02): {1}", "{0} : {1}"]
)
def test_inner_labels_in_other_shapes(shape: str) -> None:
    lines = written(shape=shape).split("\n")
    found = read("\n".join([" ".join(lines[:2]), *lines[2:]]))
    assert said_by(found) == told() and "'R' stands within a line" in doubts(found)


@pytest.mark.parametrize(
    "said",
    [
        "Vi måler (I: mm) hver dag.", "Vi måler [I: ja] hver dag.", "Vi måler så I: hvorfor det?", "Det står «I: hva» der.",
        "Vi måler; og I: sier noe", "Vi måler. I: og så gikk vi.", "Vi måler. (I: Ja.) Hver dag.", "Vi måler. [I: Ja.] Hver dag.",
    ],
)  # fmt: skip
def test_a_known_label_amid_words_is_doubtful(said: str) -> None:
    found = read(written(f"2=R: {said}"))
    assert words(found)[1] == said and len(found.turns) == 6
    (doubt,) = found.doubts
    assert doubt.place == "line 2" and "'I' stands with a colon amid the words" in doubt.message


@pytest.mark.parametrize(
    "said",
    [
        "Han sa: nei", "Da sa Tor: kom hit.", "Jeg sa til Tor: nå holder det.", "Vi hadde to ting. Mål: at folk blir.", "Poenget er dette. Tips: hvil.",
        "Kl. 17:30 gikk vi. Så 18:00 igjen.", "Se http://nav.no. Det er bra.", "Det var slik. Kvalitet: at det er bra. Pris: at det går.",
        "Tor; han er sjefen.", "Ja, Tor. Det er han.", "Jeg spurte. Svaret: nei.",
    ],
)  # fmt: skip
def test_a_colon_within_talk_stays_talk(said: str) -> None:
    found = read(written(f"2=Siri: {said}", labels=("Tor", "Siri")))
    assert words(found)[1] == said and len(found.turns) == 6 and not found.doubts


def test_a_list_on_one_line_makes_no_speakers_beside_the_only_one() -> None:
    line = "Siri: Vi hadde mål. Kvalitet: at det er bra. Pris: at det går rundt.\n"
    found = read(line * 2)
    assert {turn.speaker for turn in found.turns} == {"Siri"}
    assert "'Siri' is the only speaker" in doubts(found)


# ------------------------------------------------------------------ slips in a known label


@pytest.mark.parametrize("labels", PAIRS)
def test_a_semicolon_is_read_as_a_colon(labels: tuple[str, str]) -> None:
    found = read(written(f"2={labels[1]}; {SAID[1]}", labels=labels), informant=labels[1])
    assert said_by(found) == told(labels)
    (doubt,) = found.doubts
    assert doubt.place == "line 2" and f"{labels[1]!r} with a semicolon" in doubt.message


@pytest.mark.parametrize(
    "slip",
    [
        "{}. Vi måler.", "{} Vi måler.", "{} - Vi måler.", "{} – Vi måler.", "({}) Vi måler.", "{}> Vi måler.", "[{}] Vi måler.", "{} | Vi måler.",
        "{}.", "  {} Vi måler.", "**{}** Vi måler.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("labels", PAIRS)
def test_a_known_label_without_its_colon_is_doubtful(labels: tuple[str, str], slip: str) -> None:
    line = slip.format(labels[1]).removesuffix(".") if slip == "{}." else slip.format(labels[1])
    found = read(written(f"2={line}", labels=labels), informant=labels[1])
    (doubt,) = found.doubts
    assert doubt.place == "line 2" and f"begins with {labels[1]!r} but without a colon" in doubt.message
    assert words(found)[0].endswith(line.strip().split()[-1])


@pytest.mark.parametrize(
    "said", ["I Hvorfor akkurat det?", "I, Hvorfor", "I. Hvorfor det?", "I - hvorfor?", "I Det er sant?"]
)
def test_the_letter_that_is_a_word_too(said: str) -> None:
    found = read(written(f"3={said}"))
    assert found.doubts and found.doubts[0].place == "line 3"


@pytest.mark.parametrize(
    "said",
    [
        "I Oslo er det sånn.", "I dag måler vi.", "Siri Moe er sjefen.", "Siri og jeg måler.", "Siri, kom hit.", "Tor – han er sjefen – måler.",
        "Tor sa det.", "(Siri ler)", "(ler) Ja.", "- en ting", "Intervjuet var langt.", "Infor måler.", "Rapporter. Vi måler.",
    ],
)  # fmt: skip
def test_words_that_begin_like_a_label_stay_words(said: str) -> None:
    for labels in (("Tor", "Siri"), ("I", "R"), ("Intervjuer", "Informant")):
        if said.startswith("Siri,") or labels[0] != "I":
            assert not read(written(f"2={labels[1]}: Vel.\n{said}", labels=labels)).doubts
    assert not read(written(f"2=R: Vel.\n{said}")).doubts


@pytest.mark.parametrize(
    "slip", ["Informnat", "Infromant", "Informan", "Informantt", "Imformant", "informnat", "Inforamnt"]
)
@pytest.mark.parametrize("times", [1, 2])
def test_a_role_word_with_a_wrong_letter_is_read(slip: str, times: int) -> None:
    text = written(labels=("Intervjuer", "Informant")) * 2
    found = read(text.replace("Informant:", f"{slip}:", times))
    assert said_by(found) == told(("Intervjuer", "Informant")) * 2
    (doubt,) = found.doubts
    assert doubt.place == "line 2" and f"{slip!r} is read as 'Informant'" in doubt.message


def test_a_name_with_another_letter_may_be_somebody_else() -> None:
    text = written(labels=("Tor", "Marianne")) * 3
    found = read(text.replace("Marianne:", "Mariane:", 2))
    assert "'Mariane' differs from 'Marianne' by a letter" in doubts(found)
    assert not read(written(labels=("Tor", "Karianne")) + written(labels=("Tor", "Marianne"))).doubts
    assert not read(written(labels=("Informant 1", "Informant 2")), interviewer="Informant 1").doubts


def test_a_question_without_a_label_between_two_turns_of_one_speaker() -> None:
    found = read(written("3=Hvorfor akkurat det?"))
    assert [note.place for note in found.doubts if note.kind != "role"] == ["line 3"]
    assert "A question without a label stands between two turns of 'R'" in doubts(found)
    assert "both without a label" in doubts(read(written("2=R: Vi måler.\nHvorfor?\nFordi vi må.")))
    assert not read(written("2=R: Vi måler.\nHva ellers kan vi gjøre?")).doubts


def test_slips_are_found_in_linear_time() -> None:
    line = "R: " + "I; R. " * 5_000 + "\n"
    found = read(written() + line + "R. Vi måler.\n" * 5_000 + "I: Hva? R: Ja. " * 5_000)
    assert len(found.doubts) < 12


# ------------------------------------------------------------------ a whole file without colons


@pytest.mark.parametrize(
    "shape", ["{0} – {1}", "{0} - {1}", "{0}- {1}", "{0} — {1}", "{0}> {1}", "{0} | {1}", "{0}; {1}", "({0}) {1}", "({0})\n{1}"]
)  # fmt: skip
@pytest.mark.parametrize("labels", [*PAIRS, ("Anne-Lise", "K. Berg")])
def test_other_signs_that_stand_throughout(shape: str, labels: tuple[str, str]) -> None:
    text = written(shape=shape, labels=labels)
    for above in ("", "Intervju 4\n\n"):
        found = read(above + text, informant=labels[1])
        assert said_by(found) == told(labels) and not found.doubts
    found = read(text + f"{labels[0]}: Noe mer?\n{labels[1]}: Nei.\n", informant=labels[1])
    assert len(found.turns) == 8


@pytest.mark.parametrize(
    "labels", [("INTERVJUER", "INFORMANT"), ("Intervjuer", "Informant 2"), ("MODERATOR", "DELTAKER 1")]
)
@pytest.mark.parametrize("shape", ["{0}\n{1}", "{0}\n{1}\n", "{0}\n\n{1}\n"])
def test_a_role_word_alone_on_its_line(labels: tuple[str, str], shape: str) -> None:
    found = read(written(shape=shape, labels=labels))
    assert said_by(found) == told(labels) and not found.doubts


@pytest.mark.parametrize(
    "shape", ["0:0{2} {0}\n{1}", "00:0{2} {0}\n{1}\n", "00:00:0{2} {0}\n\n{1}\n", "0:0{2} [{0}]\n{1}"]
)
def test_a_time_and_a_name_alone_on_a_line(shape: str) -> None:
    text = "\n".join(shape.format(("Kari", "Ola")[n % 2], said, n) for n, said in enumerate(SAID))
    found = read(text)
    assert said_by(found) == told(("Kari", "Ola")) and not found.doubts
    assert [turn.time for turn in found.turns] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "text",
    [
        "Hva er best?\n(A) Dette.\n(B) Det andre.\nOg her?\n(A) Dette.\n(B) Det andre.\n", "Kvalitet - at det er bra.\nOg mer.\n" * 3,
        "(ler) Ja.\n(pause) Nei.\n" * 3, "(Latter) Ja?\n(Pause) Nei.\n" * 3, "Ja - det er det?\nNei - ikke sant.\n" * 3,
        "LEDER\nHva er det?\n" * 3, "JA\nHva?\nNEI\nHvorfor?\n" * 3, "Mandag – vi måler?\nTirsdag – vi teller.\n" * 3,
        "08:00 Ja\n09:00 Nei\n10:00 Ja\n11:00 Nei\n", "A) Dette?\nB) Det andre.\n" * 3, "1 - Hva?\n2 - Det.\n" * 3,
    ],
)  # fmt: skip
def test_what_is_no_talk_is_refused_still(text: str) -> None:
    with pytest.raises(mn.MestringError, match="no speaker labels"):
        read(text)


# ------------------------------------------------------------------ lists and quotes that come again


def listed(first: str, second: str) -> str:
    """Two answers, each with a list or a quotation below it."""
    lines = (
        f"{first}: Vi måler det.\n{second}: Vi teller det.\n" if second else f"{first}: Kom hit nå.\n"
    )
    return (
        f"I: Hva gjør dere?\nR: Dette.\n{lines}I: Og ellers?\nR: Det samme.\n{lines}I: Takk?\nR: Ja.\n"
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [("Mandag", "Tirsdag"), ("Onsdag", "Fredag"), ("Fordel", "Ulempe"), ("Monday", "Friday"), ("Måndag", "Laurdag"), ("Kommentar", "")],
)  # fmt: skip
def test_words_that_name_no_person_stay_talk(first: str, second: str) -> None:
    found = read(listed(first, second))
    assert {turn.speaker for turn in found.turns} == {"I", "R"} and len(found.turns) == 6
    assert words(found)[1].split()[1] == f"{first}:"


@pytest.mark.parametrize(
    ("first", "second"), [("Sjefen", ""), ("Kvalitet", "Pris"), ("Meg", ""), ("Kollega", "Kunden")]
)
def test_a_label_that_only_ever_follows_one_speaker_is_doubtful(first: str, second: str) -> None:
    found = read(listed(first, second))
    for label in filter(None, (first, second)):
        assert f"{label!r}" in doubts(found)
    assert "Vi teller det." in " ".join(words(found)) or "Kom hit nå." in " ".join(words(found))


def test_who_talks_with_others_is_no_quotation() -> None:
    rounds = (
        "Tor: Hva er bra?\nSiri: Folkene.\nPer: Kaffen.\nTor: Og ellers?\nPer: Stillheten.\nSiri: Ja.\n"
    )
    for talk in (rounds, rounds * 3):
        assert not [note for note in read(talk).doubts if note.kind != "role"]
    order = "Tor: Hva er bra?\nSiri: Folkene.\nPer: Kaffen.\n"
    assert "'Per' is taken for a speaker, but only ever comes right behind 'Siri'" in doubts(
        read(order * 3)
    )
    assert not read(order * 3, informant=["Siri", "Per"]).doubts
    for name in ("Per Moe", "Informant 2", "P2", "R"):
        assert "taken for a speaker" not in doubts(read(order.replace("Per", name) * 3))


# ------------------------------------------------------------------ labels that were forgotten


@pytest.mark.parametrize(
    ("lines", "place", "message"),
    [
        (["2=Vi måler hver dag."], "line 2", "may be an answer"),
        (["2=\nVi måler hver dag. Det har vi gjort lenge, og det går fint."], "line 3", "may be an answer"),
        (["6=Nei, vi fikk med oss alt."], "line 6", "may be an answer"),
        (["3=Fortell om det."], "line 3", "A line without a label stands between two turns of 'R'"),
        (["3=Det nevnte du.\nMm."], "line 3", "A line without a label stands between two turns of 'R'"),
        (["5=Og nå?", "6=Nei."], "line 5", "both without a label"),
        (["2=I: Vi måler hver dag."], "line 2", "does somebody else answer?"),
        (["3=R: Hvorfor akkurat det?"], "line 4", "does somebody else answer?"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("labels", [("I", "R"), ("Kari", "Ola Moe")])
def test_what_may_be_said_by_another_is_told_with_its_line(
    lines: list[str], place: str, message: str, labels: tuple[str, str]
) -> None:
    lines = [line.replace("I: ", f"{labels[0]}: ").replace("R: ", f"{labels[1]}: ") for line in lines]
    message = message.replace("'R'", repr(labels[1]))
    found = read(written(*lines, labels=labels))
    assert [note.place for note in found.doubts if message in note.message] == [place]


@pytest.mark.parametrize(
    "line",
    [
        "1=I: Takk for at du kom.\n\nHvordan går det?", "1=I: Hvordan går det?\nTenk deg om.", "3=I: Hvorfor akkurat det?\nI: Hvorfor det?",
        "2=R: Vi måler. Hvorfor det?\nfordi vi må hver dag.", "2=R: Vi måler.\nOg så teller vi.", "2=R: Vi måler\nhver dag, og så\nteller vi.",
        "2=R: Vi måler.\nR: Og så teller vi.", "2=R: Vi måler\nHver dag.\nR: Og så teller vi.", "2=R: Vi måler.\nHva skal jeg si?\nDet er mye.",
        "2=R:\nVi måler.", "1=I:\nHvordan går det?",
    ],
)  # fmt: skip
def test_lines_that_go_on_are_no_doubt(line: str) -> None:
    assert not [note for note in read(written(line)).doubts if note.kind == "label"]


GROUP = "M: Hva synes dere?\n{0}K1: Enig.\n{1}K2: Ja, jeg også.\nM: Og hvorfor?\nK1: Fordi det går.\nM: Og du?\nK2: Fordi vi må.\n"


@pytest.mark.parametrize(
    "answer",
    [
        "Jeg synes det er bra.",
        "Det går fint, egentlig.",
        "Ja!",
        "\nFolk hjelper hverandre. Det er viktig.",
    ],
)
@pytest.mark.parametrize(
    "asked",
    ["Hva synes dere?", "Fortell om hverdagen deres.", "Hva tenker dere? Ta det som det kommer."],
)
def test_an_answer_without_a_label_before_somebody_else_speaks_is_told(asked: str, answer: str) -> None:
    found = read(GROUP.format(f"{answer}\n", "").replace("Hva synes dere?", asked))
    (note,) = (note for note in found.doubts if "may be an answer of somebody" in note.message)
    assert note.place == f"line {2 + answer.count(chr(10))}"


def test_a_question_without_a_label_between_two_who_answer_is_told() -> None:
    found = read(GROUP.format("", "Og hva med deg, Kim?\n"))
    assert [note.place for note in found.doubts if "who mostly answer" in note.message] == ["line 3"]
    for ordinary in (GROUP.format("Tenk gjerne høyt?\n", ""), GROUP.format("", "Det er sant.\n")):
        assert not [note for note in read(ordinary).doubts if "label" in note.message]


@pytest.mark.parametrize(
    "closing",
    [
        "Takk for praten.", "Da sier vi takk. Ha det bra!", "Tusen takk for at du stilte opp.", "Ja, da er vi ferdige.", "Da stopper jeg opptaket.",
        "Thank you so much for your time.", "OK, thanks!", "Tack för att du ville vara med.", "Tak for snakken.", "Lykke til videre.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_words_of_thanks_without_a_label_at_the_end_are_told(closing: str, between: str) -> None:
    found = read(f"{written().strip()}{between}{closing}\n")
    (note,) = (note for note in found.doubts if note.kind == "label")
    assert note.place == f"line {6 + len(between)}" and "The last lines have no label" in note.message
    assert words(found)[-1] == f"Nei. {closing}"
    by_who_asks = read(f"{written()}I: Da har jeg ikke flere spørsmål.\n{closing}\n")
    assert not [note for note in by_who_asks.doubts if "last lines" in note.message]


def test_where_answers_have_several_paragraphs_the_last_may_too() -> None:
    text = "".join(f"I: Hva nå?\nR: Vi måler.\nOg teller {n}.\n".replace("Og", "Vi") for n in range(4))
    assert not [note for note in read(text).doubts if note.kind == "label"]


def test_where_each_piece_has_a_label_two_in_a_row_are_ordinary() -> None:
    pieces = "I: Hva da?\nI: Fortell.\nR: Ja.\nR: Vi måler.\nR: Og teller.\nR: Hver dag.\n" * 3
    assert "does somebody else answer" not in doubts(read(pieces))


def test_a_caption_without_a_label_that_asks_is_told() -> None:
    said = [
        "Kari: Hva gjør du?",
        "Ola: Snekrer.",
        "Hvor lenge?",
        "Ola: Tjue år.",
        "Kari: Og?",
        "Ola: Ja.",
    ]
    cues = [f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{text}\n" for n, text in enumerate(said, start=1)]
    assert "A question without a label stands between two turns of 'Ola'" in doubts(
        read("\n".join(cues))
    )


# ------------------------------------------------------------------ marks within labels


@pytest.mark.parametrize("mark", ["?", " ?", "(?)", " (?)", "??", " (usikker)"])
def test_a_speaker_of_whom_the_transcriber_was_unsure_is_that_speaker_and_a_doubt(mark: str) -> None:
    found = read(written(f"4=Ola{mark}: Fordi vi må.", labels=("Kari", "Ola")))
    assert said_by(found) == told(("Kari", "Ola"))
    (note,) = (note for note in found.doubts if note.kind == "label")
    assert note.place == "line 4" and "unsure whether 'Ola'" in note.message


@pytest.mark.parametrize("label", ["K?", "??", "?"])
def test_a_speaker_whom_the_transcriber_did_not_know_is_an_informant_and_a_doubt(label: str) -> None:
    talk = "M: Hva nå?\nK1: Vi går.\nM: Og så?\nK2: Vi blir.\nM: Hvor?\n{}: Her. Hvor ellers?\nK1: Ja.\n"
    found = read(talk.format(label))
    turn = found.turns[5]
    assert (turn.role, turn.text, turn.speaker) == (
        "informant",
        "Her. Hvor ellers?",
        label.strip("?") + "?",
    )
    assert [note.place for note in found.doubts if "did not know who" in note.message] == ["line 6"]
    assert {turn.role for turn in found.turns if turn.speaker == "M"} == {"interviewer"}


def test_what_somebody_does_is_no_part_of_the_name() -> None:
    found = read(written("4=R (ler): Fordi vi må.", "5=I (nikker, smiler): Og nå?"))
    assert said_by(found) == told()
    assert not [note for note in found.doubts if note.kind == "label"]
    assert [note.text for note in found.notes if note.kind == "remark"] == ["(ler)", "(nikker, smiler)"]


WHISPERED = (
    "Intervjuer: Hvordan jobber dere med mål?\nInformant: Vi har målekort.\nIntervjuer: Så bra.\n"
    "{}: Ikke si det til noen.\nInformant: Men det er sant, vi har for mange mål.\n"
    "Intervjuer: Hvilke mål er viktigst?\nInformant: Svartid.\n"
)


@pytest.mark.parametrize(
    "label",
    [
        "Informant [hvisker]", "Informant[ler]", "Informant *ler*", "Informant {ler}", "Informant <ler>",
        "**Informant** [ler]", "Informant [hvisker] (00:01:02)", "[00:01:02] Informant [ler litt]",
    ],
)  # fmt: skip
def test_what_somebody_does_may_stand_in_any_brackets(label: str) -> None:
    found = read(WHISPERED.format(label))
    assert found.turns[3].role == "informant" and found.turns[3].text == "Ikke si det til noen."
    assert {turn.speaker for turn in found.turns} == {"Intervjuer", "Informant"}
    assert len([note for note in found.notes if note.kind == "remark"]) == 1
    assert not found.doubts


@pytest.mark.parametrize(
    "label",
    [
        "Informant, nølende",
        "Informant ler",
        "Informant [1]",
        "Informant etter en pause",
        "Informant – ler",
    ],
)
def test_a_known_label_with_more_before_its_colon_is_a_doubt(label: str) -> None:
    (note,) = read(WHISPERED.format(label)).doubts
    assert note.place == "line 4" and note.kind == "label"


@pytest.mark.parametrize(
    "words", ["Informant sa", "Informanten har et råd", "I dag er det slik", "Men en ting"]
)
def test_words_before_a_colon_are_no_label_with_more(words: str) -> None:
    assert not read(WHISPERED.format(words)).doubts
    assert not read(
        "P: Hva nå?\nI: Vi går.\nI tillegg er det slik: vi må.\nP: Og så?\nI: Vi går.\n"
    ).doubts


@pytest.mark.parametrize("label", ["Kari (informant)", "Kari (Oslo)", "Kari (leder)"])
def test_names_and_roles_in_parentheses_stay(label: str) -> None:
    found = read(written(labels=("Kari", label)))
    assert said_by(found) == told(("Kari", label))


# ------------------------------------------------------------------ short talk above the first label


@pytest.mark.parametrize(
    "above", ["Fortell litt", "Navn og alder", "Intervju 3\nBakgrunn og yrke", "Beskriv"]
)
def test_a_prompt_right_above_the_first_label_is_a_doubt(above: str) -> None:
    (note,) = (note for note in read(f"{above}\n{written()}").doubts if note.kind == "before")
    assert note.place == ("line 2" if "\n" in above else "line 1")


@pytest.mark.parametrize(
    "above", ["Intervju 3", "Bakgrunn\nIntervju 3", "Mestring på jobben", "Kari Nordmann"]
)
def test_a_title_is_none(above: str) -> None:
    assert not [note for note in read(f"{above}\n\n{written()}").doubts if note.kind != "role"]


def test_a_lone_fact_under_a_label_that_comes_back_is_a_doubt() -> None:
    labels = ("Intervjuer", "Informant")
    lone = read("Informant: Kari, 45 år\n\n" + written(labels=labels))
    assert [note.place for note in lone.doubts] == ["line 1"]
    for header in (
        "Informant: Kari, 45 år\nDato: 3. april\n\n",
        "Informant: Kari, 45 år\nIntervjuer: Per Moe\n\n",
    ):
        assert not read(header + written(labels=labels)).doubts
    assert not read("Informant: Ola, 45 år\n\n" + written(labels=("Kari", "Ola"))).doubts
