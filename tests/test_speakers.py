"""Who is who: by name, by legend, by who asks; and cues joined to turns."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mestring_nlp as mn
from mestring_nlp.readers import transcript_from
from mestring_nlp.readers.assembler import PAUSE
from mestring_nlp.readers.decoding import canonical
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.roles import Roles, roles_of
from mestring_nlp.readers.speakers import Named, looks_like_name, role_word, settled

TALK = [
    ("Kari", "Hva er ledelse for deg?"),
    ("Ola", "Det er å se folk, og så er det å sette en retning, synes jeg. Ikke sant?"),
    ("Kari", "Og hvordan gjør du det?"),
    ("Ola", "Jeg går rundt om morgenen."),
]


def roles(talk: list[tuple[str, str]], **named: tuple[str, ...]) -> dict[str, str]:
    return roles_of(talk, named=Named(**named), place="f").of


def told(found: Roles) -> tuple[dict[str, str], bool]:
    return found.of, found.guessed


def test_who_asks_is_the_interviewer_and_it_is_said_that_this_is_a_guess() -> None:
    assert told(roles_of(TALK, named=Named(), place="f")) == (
        {"kari": "interviewer", "ola": "informant"},
        True,
    )


@pytest.mark.parametrize(
    ("named", "informants"),
    [
        ({"informants": ("Kari",)}, {"kari"}),
        ({"interviewers": ("kari",)}, {"ola", "per"}),
        ({"informants": ("Ola", "Per")}, {"ola", "per"}),
        ({"interviewers": ("Kari", "Per")}, {"ola"}),
        ({"informants": ("Eva", "Ola")}, {"ola"}),
    ],
)
def test_names_settle_it(named: dict[str, tuple[str, ...]], informants: set[str]) -> None:
    found = roles([*TALK, ("Per", "Ja, det er riktig.")], **named)
    assert {label for label, role in found.items() if role == "informant"} == informants


def test_letters_mean_what_the_talk_says_they_mean() -> None:
    usual = [("P", "Hva er det?"), ("I", "Det er å se folk."), ("P", "Og så?"), ("I", "Ikke noe mer.")]
    assert told(roles_of(usual, named=Named(), place="f")) == (
        {"p": "interviewer", "i": "informant"},
        False,
    )
    swapped = [({"P": "I", "I": "P"}[label], words) for label, words in usual]
    assert told(roles_of(swapped, named=Named(), place="f")) == (
        {"i": "interviewer", "p": "informant"},
        True,
    )
    # A legend, or the user, is stronger than that; and one question does not turn the letters round.
    legend = {"p": "interviewer", "i": "informant"}
    assert told(roles_of(swapped, named=Named(), place="f", legend=legend)) == (legend, False)
    assert told(roles_of(swapped, named=Named(("I",)), place="f")) == (legend, False)
    assert not roles_of([*usual, ("P", "Ja."), ("I", "Sa du noe?")], named=Named(), place="f").guessed


def test_a_name_that_nobody_has_is_an_error() -> None:
    with pytest.raises(mn.MestringError, match=r"no speaker is called 'Eva'.*Kari, Ola"):
        roles(TALK, informants=("Eva",))


def test_who_talks_alike_must_be_named() -> None:
    talk = [("Kari", "Jeg var der i går og så på det."), ("Ola", "Jeg var der i dag og så på det.")] * 3
    with pytest.raises(mn.MestringError, match=r"whether Kari or Ola is the informant.*--informant"):
        roles(talk)
    more = [("Kari", "hva tenker du da"), ("Ola", "jeg tenker at " + "det er mye " * 9)] * 3
    assert roles(more) == {"kari": "interviewer", "ola": "informant"}


@pytest.mark.parametrize(
    "name", ["Kari Nordmann", "Nordmann, Kari (NAV)", "S00", "SPEAKER_01", "Åse-Marie"]
)
def test_names_look_like_names(name: str) -> None:
    assert looks_like_name(name)


@pytest.mark.parametrize("name", ["kl", "Vi begynte klokka", "", "17", "Ja, men altså"])
def test_other_words_do_not(name: str) -> None:
    assert not looks_like_name(name)


@pytest.mark.parametrize(
    ("label", "role"),
    [
        ("Intervjuer", "interviewer"), ("Intervjuer 2", "interviewer"), ("INT.", "interviewer"), ("Spm", "interviewer"),
        ("Kari Nordmann (intervjuer)", "interviewer"), ("Ola (Informant 3)", "informant"), ("Inf. 2", "informant"),
        ("Intervjuer (Kari)", "interviewer"), ("informant A", "informant"), ("Kari", None), ("Ola (Gjest)", None), ("", None),
    ],
)  # fmt: skip
def test_words_that_name_a_role(label: str, role: str | None) -> None:
    assert role_word(label) == role


@pytest.mark.parametrize(
    ("labels", "declared", "speakers"),
    [
        (["Kari", "Ola", "Kari", "Ola", "Poenget"], [], {"kari", "ola"}),
        (["Kari", "Ola"], [], {"kari", "ola"}),
        (["P", "I", "Poenget"], [], {"p", "i"}),
        (["P", "Kari"], [], {"p", "kari"}),
        (["Kari", "KARI", "Ola", "ola", "NB", "NB"], [], {"kari", "ola"}),
        (["Kari", "Kari", "Ola", "Ola", "b2"], ["b2"], {"kari", "ola", "b2"}),
        (["men så sa hun", "Sitat"], [], set()),
    ],
)
def test_speakers_come_back(labels: list[str], declared: list[str], speakers: set[str]) -> None:
    assert settled(labels, declared) == speakers


def test_an_answer_that_is_a_role_is_no_legend(tmp_path: Path) -> None:
    text = "Kari: Hva er du?\nOla: Leder.\nKari: Og hun?\nOla: Informant.\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    found = mn.read_transcript(tmp_path / "a.txt")
    assert [t.text for t in found.turns] == ["Hva er du?", "Leder.", "Og hun?", "Informant."]
    assert found.roles_guessed


def transcript(cues: list[Line], **named: bool) -> mn.Transcript:
    return transcript_from(cues, name="en", place="en.vtt", named=Named(**named))


def test_cues_of_one_speaker_become_a_turn_with_its_time() -> None:
    found = transcript([
        Line("Nordmann, Kari", "Hva er", 1.0, 2.0),
        Line("Nordmann, Kari", "ledelse?", 2.0, 3.0),
        Line("Ola", "Det er å  se\nfolk.", 4.5, 6.0),
        Line("", "Og å høre på dem.", 6.0, 7.0),
        Line("Nordmann, Kari", "Ja?", 8.0, 9.0),
        Line("Ola", "", 9.0, 9.5),
        Line("Ola", "12", 9.5, 10.0),
    ])  # fmt: skip
    assert [(t.speaker, t.text, t.time) for t in found.turns] == [
        ("Nordmann, Kari", "Hva er ledelse?", 1.0),
        ("Ola", "Det er å se folk. Og å høre på dem.", 4.5),
        ("Nordmann, Kari", "Ja?", 8.0),
        ("Ola", "12", 9.5),
    ]
    assert [t.role for t in found.turns] == ["interviewer", "informant"] * 2


def test_talk_without_punctuation_is_cut_at_cues_and_pauses() -> None:
    said = [
        "vi begynte med å snakke om hvordan vi egentlig ville ha det på avdelingen",
        "og så kom det fram at ganske mange savnet noen å spørre om de vanskelige sakene",
        "så da satte vi opp en fast time hver onsdag der alle kan komme med sitt",
        "det har blitt et sted der folk faktisk tør å si at de ikke vet",
        "tallene henger ute i gangen og dem ser vi på hver eneste morgen",
        "men de sier jo ingenting om kvaliteten på det vi leverer til folk",
    ]
    cues = [Line("P", "hva gjorde dere", 0, 1)]
    for number, words in enumerate(said):
        start = 10.0 * number + (PAUSE if number >= 4 else 0.0)
        cues.append(Line("I", words, start, 10.0 * number + 10.0 + (PAUSE if number >= 4 else 0.0)))
    found = transcript(cues)
    assert found.turns[1].text.count("\n\n") == 1
    passages = mn.segment(found)
    assert [p.text.split()[0] for p in passages] == ["vi", "tallene"]
    assert [s.text for s in mn.segment(found, "sentence")] == said


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ("ja", ["12"], ""),
        ("ja", ["12", "13"], ""),
        ("han sa", ["side", "12"], "og ja"),
        ("ja", ["- 12", "-"], "nei"),
    ],
)
def test_a_number_that_is_said_is_no_page(before: str, said: list[str], after: str) -> None:
    # Fuzzing found that a turn without punctuation which ended in "12" lost it when its text was read again.
    texts = ["uten tegn " * 40, before, *said, *([after] if after else [])]
    for pause in (0.0, 2.0):
        cues = [Line("I", words, n * 3.0, n * 3.0 + 3 - pause) for n, words in enumerate(texts)]
        found = transcript([*cues, Line("P", "hva", 99, 100)])
        assert found.text == canonical(found.text)
        assert found.turns[0].text.split() == " ".join(texts).split()


def test_cues_without_speakers_need_all_informant() -> None:
    cues = [Line("", "Jeg heter Ola.", 0, 1), Line("", "Og jeg er leder.", 1, 2)]
    with pytest.raises(mn.MestringError, match=r"no cue tells who speaks.*--all-informant"):
        transcript(cues)
    (turn,) = transcript(cues, all_informant=True).turns
    assert turn.role == "informant" and turn.text == "Jeg heter Ola. Og jeg er leder."
    with pytest.raises(mn.MestringError, match="nobody says anything"):
        transcript([Line("Ola", " \n", 0, 1)])


words = st.text(st.sampled_from("aæøå AÅ?.!12:\u0301🙂"), min_size=1, max_size=30)
words |= st.sampled_from(["12", "side 3", "side", "- 4", "-", "1/2", "uten tegn " * 40])


@given(st.lists(st.tuples(st.sampled_from(["Kari", "Ola", ""]), words), min_size=1, max_size=12))
def test_spans_are_the_words_and_the_text_is_canonical(said: list[tuple[str, str]]) -> None:
    cues = [Line(speaker, text) for speaker, text in said]
    try:
        found = transcript(cues, all_informant=True)
    except mn.MestringError:
        assert not any(text.strip() for _, text in said)
        return
    assert found.text == canonical(found.text)
    for turn in found.turns:
        assert found.text[turn.start : turn.end] == turn.text
    given_words = canonical(": " + " ".join(text for _, text in said))[2:].split()
    assert " ".join(t.text for t in found.turns).split() == given_words


def test_who_is_named_as_interviewer_leaves_everybody_else_as_informants() -> None:
    said = ["Berit: Fortell.", "Jon: Vi jobber. Hva mener du?", "Berit: Ja.", "Jon: Skal vi gå?"]
    talk = "\n".join([*said, "Anne: Nei?", "Berit: Jo.", "Anne: Da så."])
    found = mn.read_transcript(text=talk, interviewer="Berit")
    assert [(s.label, s.role) for s in found.speakers] == [
        ("Berit", "interviewer"), ("Jon", "informant"), ("Anne", "informant"),
    ]  # fmt: skip
    declared = mn.read_transcript(text="\n".join(said).replace("Berit", "Intervjuer"))
    assert [s.role for s in declared.speakers] == ["interviewer", "informant"]


@pytest.mark.parametrize(
    ("labels", "speakers"),
    [
        (["KB", "ON"] * 3, {"kb", "on"}),
        (["KB", "ON", "KB", "TH"] * 2, {"kb", "on", "th"}),
        (["KL", "NB", "KL", "TH"] * 2, {"kl", "nb", "th"}),
        (["TO", "ME"] * 3, {"to", "me"}),
        (["Intervjuer", "EN"] * 3, {"intervjuer", "en"}),
        (["Kari", "Ola", "NB", "Kari", "Ola", "NB"], {"kari", "ola"}),
        (["I", "R", "PS", "I", "R", "Nb", "I", "R", "PS"], {"i", "r"}),
        (["KB", "Og", "TH", "Og"] * 2, {"kb", "th"}),
    ],
)
def test_initials_that_are_words_are_speakers_among_initials_or_taking_turns(
    labels: list[str], speakers: set[str]
) -> None:
    assert settled(labels) == speakers


def test_capitals_that_come_back_and_stay_words_are_a_doubt() -> None:
    text = "I: Hva?\nR: Ja.\nNB: støy\nI: Og så?\nR: Nei.\nNB: støy\nI: Hva da?\nR: Alt.\n"
    found = mn.read_transcript(text=text)
    assert any("'NB'" in note.message and note.place == "line 3" for note in found.doubts)
    once = text.replace("NB: støy\n", "", 1)
    assert not any("'NB'" in note.message for note in mn.read_transcript(text=once).doubts)


@pytest.mark.parametrize("other", ["P", "M"])
def test_custom_does_not_stand_against_who_tells(other: str) -> None:
    tells = "Det var en lang dag, og jeg kom ikke hjem før klokka var elleve om kvelden."
    talk = [("I", "Da kan vi begynne."), (other, tells), ("I", "Mhm."), (other, tells)]
    found = roles_of(talk, named=Named(), place="f")
    assert found.of == {"i": "interviewer", other.casefold(): "informant"}
    assert found.doubts and "by custom" in found.doubts[0]
    even = [(label, "da er vi i gang her nå") for label, _ in talk]
    assert roles_of(even, named=Named(), place="f").doubts
    clear = [
        (other, "Hva gjorde du da du kom hjem i går?"),
        ("I", "Sov."),
        (other, "Og så?"),
        ("I", "Spiste."),
    ]
    found = roles_of(clear * 2, named=Named(), place="f")
    assert found.of == {"i": "informant", other.casefold(): "interviewer"} and not found.doubts


def test_a_word_for_a_note_that_takes_turns_is_a_speaker_and_a_doubt() -> None:
    text = "Intervjuer: Hva?\nPS: Ja.\nIntervjuer: Og så?\nPS: Nei.\nIntervjuer: Hva da?\nPS: Alt.\n"
    found = mn.read_transcript(text=text)
    assert [turn.speaker for turn in found.turns[:2]] == ["Intervjuer", "PS"]
    assert [note.place for note in found.doubts if "initials of one" in note.message] == ["line 2"]
    among = mn.read_transcript(text=text.replace("Intervjuer", "KB"))
    assert len(among.turns) == 6 and not any("initials of one" in note.message for note in among.doubts)
