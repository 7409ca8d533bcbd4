"""Labels, legends, headers, roles and times of transcripts as text: invented talks in many spellings."""

from __future__ import annotations

import pytest

import mestring_nlp as mn
from mestring_nlp.readers.lines import Line, lines_of
from mestring_nlp.readers.timestamps import timed

ASKS = ("Hvordan går det hos dere nå?", "Og hva gjør dere når det stopper opp?")
TELLS = ("Vi har fått flere folk på kveldsvakt.", "Da ringer vi hverandre, og så går det.")


def read(text: str, **options: object) -> mn.Transcript:
    return mn.read_transcript(text=text, **options)  # type: ignore[arg-type]


def roles(found: mn.Transcript) -> dict[str, str]:
    return {turn.speaker: turn.role for turn in found.turns}


def words(found: mn.Transcript) -> list[str]:
    return [" ".join(turn.text.split()) for turn in found.turns]


def doubts(found: mn.Transcript) -> str:
    return "\n".join(f"{note.kind}: {note.message}" for note in found.doubts)


def talk(first: str, second: str, join: str = " ") -> str:
    """A talk of four turns; `first` asks."""
    said = [(first, ASKS[0]), (second, TELLS[0]), (first, ASKS[1]), (second, TELLS[1])]
    return "\n".join(f"{label}{join}{text}" for label, text in said) + "\n"


ALL = [ASKS[0], TELLS[0], ASKS[1], TELLS[1]]

# ------------------------------------------------------------------ labels


@pytest.mark.parametrize(
    "name",
    [
        "Anna van der Berg", "Ludwig von Hügel", "Maria de la Cruz", "Tor O. Lie", "J. R. Dahl", "O'Neill", "D’Angelo Pio",
        "Åse-Marie Øy", "3K", "2M", "K12", "P07", "siri moe", "ole", "dg", "Siri Moe | NAV", "Siri Moe – NAV Innlandet",
        "Siri Moe - Bydel 4", "Siri Moe (Gjest)", "Moe, Siri (HR)", "siri.moe@example.org", "Siri/Tor", "Mor til Ida",
        "Dr. Moe", "Kvinne 45", "Fru Moe", "id4", "Speaker 2", "SPEAKER_02", "«Siri»", "Respondent nr. 4", "Sjukepleiar",
        "leder i Oslo", "Nguyễn Thị An", "An Nguyen", "Ивана", "李明", "#Siri", "- **Siri**", "**Siri**", "* Siri", "• Siri",
        "> Siri", "[Siri]", "_Siri_", "@Siri", "Ho Chi Lam",
    ],
)  # fmt: skip
def test_any_text_that_comes_again_before_a_colon_is_a_speaker(name: str) -> None:
    found = read(talk("Tor Lie:", f"{name}:"))
    assert words(found) == ALL
    assert len(found.speakers) == 2 and found.speakers[0].role == "interviewer"
    assert found.speakers[1].role == "informant"
    assert {note.kind for note in found.doubts} <= {"role"}  # two questions are thin evidence
    assert not set("*#[]<>@").intersection(found.speakers[1].label.replace("siri.moe@example.org", ""))


@pytest.mark.parametrize(
    ("shape", "seconds"),
    [
        ("[{t}] {n}:", 62), ("[{t}] - {n}:", 62), ("{n} ({t}):", 62), ("{n} [{t}]:", 62), ("{n} {t}:", 62), ("{n} – {t}:", 62),
        ("{n}, {t}:", 62), ("{n}:\t{t}\t", 62), ("{n}: [{t}]", 62), ("{n}: ({t})", 62), ("#{t}:000# {n}:", 62), ("{{{t}}} {n}:", 62),
        ("({t}) {n}:", 62), ("*{t} = {n}:", 62), ("{t} {n}:", 62), ("{t} - {n}:", 62), ("**{n}** ({t}):", 62), ("**{n} ({t}):**", 62),
        ("- [{t}] **{n}:**", 62), ("<{t}> {n}:", 62), ("#{t}-0# {n}:", 62), ("{n} {{{t}}}:", 62), ("[{t} - 00:09:09] {n}:", 62),
        ("[{t} --> 00:09:09] {n}:", 62), ("{t} | {n}:", 62),
    ],
)  # fmt: skip
@pytest.mark.parametrize("newline", [" ", "\n"])
def test_times_beside_a_label(shape: str, seconds: int, newline: str) -> None:
    names = ("Tor Lie", "Siri")
    found = read(talk(*(shape.format(t="00:01:02", n=name) for name in names), newline))
    assert words(found) == ALL
    assert roles(found) == {"Tor Lie": "interviewer", "Siri": "informant"}
    assert {turn.time for turn in found.turns} == {seconds}


@pytest.mark.parametrize(
    "head",
    [
        "[{t}] - {n}", "[{t}] {n}", "[00.01.02] [{n}]", "({t}) {n}", "{t} - {n}", "{t} | {n}", "{t} {n}", "{n} [{t}]", "{n} ({t})",
        "{n} - {t}", "{n}, {t}", "{n} {t}", "{n}   1:02", "{n}\n{t}", "{n}\n[{t}]", "{n}\n1:02", "{t}\n{n}", "{n}\n1 minute 2 seconds",
        "{n} 1 minute 2 seconds", "{n}\n1 minutt 2 sekunder", "{n}\n1 minute 2 seconds1:02\n{n} 1 minute 2 seconds", "**{n}** [{t}]",
    ],
)  # fmt: skip
def test_heads_without_a_colon(head: str) -> None:
    talks = "\n\n".join(
        f"{head.format(t='00:01:02', n=name)}\n{said}"
        for name, said in zip(["Tor Lie", "Siri Moe"] * 2, ALL, strict=True)
    )
    found = read(talks)
    assert words(found) == ALL
    assert roles(found) == {"Tor Lie": "interviewer", "Siri Moe": "informant"}
    assert {turn.time for turn in found.turns} == {62}


@pytest.mark.parametrize(
    "head", ["[{n}]\n", "[{n}] ", "**{n}**\n", "## {n}\n", "### {n}\n\n", "__{n}__\n"]
)
@pytest.mark.parametrize("names", [("Tor", "Siri"), ("id1", "id2"), ("SPEAKER_00", "SPEAKER_01")])
def test_labels_without_a_colon(head: str, names: tuple[str, str]) -> None:
    said = zip([*names, *names], ALL, strict=True)
    found = read("\n".join(f"{head.format(n=name)}{text}\n" for name, text in said))
    assert words(found) == ALL
    assert roles(found) == {names[0]: "interviewer", names[1]: "informant"}


@pytest.mark.parametrize("shape", ["{i} {n}:", "{i}. {n}:", "{i:03} {n}:", "{i}) {n}:"])
def test_numbered_lines(shape: str) -> None:
    said = enumerate(zip(["Tor", "Siri"] * 2, ALL, strict=True), start=1)
    found = read("\n".join(f"{shape.format(i=number, n=name)} {text}" for number, (name, text) in said))
    assert roles(found) == {"Tor": "interviewer", "Siri": "informant"} and words(found) == ALL


def test_a_number_that_is_part_of_the_label_stays() -> None:
    found = read(talk("1 mann:", "2 mann:"))
    assert roles(found) == {"1 mann": "interviewer", "2 mann": "informant"}


# ------------------------------------------------------------------ what is no label


@pytest.mark.parametrize(
    "said",
    [
        "og så sa hun: ja, det går fint", "Og da tenkte jeg: nå holder det", "Merk: dette gjaldt bare vinteren", "NB: vi var fem",
        "kl. 17:30 var alle der", "Klokka 08: da begynte vi", "Mål: at folk blir", "Mål: å bli flere", "Tiltak: kurs", "http://eksempel.no er siden",
        "Hun sa: kom inn", "Han spurte: er du klar", "for eksempel: en dag i mai", "Da var det slik: ingen kom", "Vi gjorde to ting: kurs og møter",
        "Ikke sant: det går", "Det viktigste: at noen ser deg", "f.eks.: en kollega", "Poenget: si ifra tidlig", "side:3 står det",
        "I said: come in", "The point is: nobody came", "But then: silence", "(ler) ja: det er sant", "12:30 hadde vi lunsj", "1: først det ene",
        "- for det første: tid", "Konklusjon: det virker", "dvs: nei",
    ],
)  # fmt: skip
@pytest.mark.parametrize("times", [1, 2])
def test_a_colon_in_talk_makes_no_speaker(said: str, times: int) -> None:
    turns = talk("Intervjuer:", "Siri:").strip().split("\n")
    for number in (1, 3)[:times]:
        turns[number] += f"\n{said}\nog så videre."
    for text in ("\n".join(turns), "\n".join(turns).replace("Intervjuer", "Tor")):
        found = read(text)
        assert len(found.speakers) == 2, roles(found)
        assert said.split()[-1] in found.turns[1].text


def test_a_name_that_stands_once_is_reported_not_dropped() -> None:
    found = read(talk("Tor:", "Siri:") + "Per: Det er jeg enig i.\n" + talk("Tor:", "Siri:"))
    assert "label: 'Per' stands before a colon once" in doubts(found)
    assert found.doubts[0].place == "line 5"
    assert "Det er jeg enig i." in " ".join(words(found))
    again = read(
        talk("Tor:", "Siri:") + "Per: Det er jeg enig i.\n" + talk("Tor:", "Siri:"),
        informant=["Per", "Siri"],
    )
    assert roles(again)["Per"] == "informant"


def test_a_code_of_a_series_needs_no_second_turn() -> None:
    found = read("M: Hva synes dere?\nP1: Bra.\nP2: Fint.\nM: Og du?\nP1: Ja.\nP3: Enig.\nP2: Jo.\n")
    assert roles(found) == {"M": "interviewer", "P1": "informant", "P2": "informant", "P3": "informant"}
    assert "'P3' is taken for a speaker, but says something only once" in doubts(found)


@pytest.mark.parametrize(
    "text",
    [
        "Jeg går tur.\n\nPoenget: si ifra\n\nDet har jeg lært.\n",
        "Først var det rolig.\nTips: hvil.\nDet gikk bra.\nRåd: vær snill.\nOg så videre.\nSlutt.\n",
        "Svar ble gitt i går.\nLang tekst her.\nSvar: ja\n",
        "Bare en tekst.\n",
        "og så sa hun: ja\nog så sa hun: nei\n",
    ],
)
def test_a_word_with_a_colon_alone_makes_no_speaker(text: str) -> None:
    with pytest.raises(mn.MestringError, match="no speaker labels"):
        read(text)


def test_one_speaker_alone_is_doubtful() -> None:
    found = read("Siri: Vi begynte tidlig.\nOg så videre.\nSiri: Så ble det kveld.\n")
    assert "'Siri' is the only speaker" in doubts(found)


@pytest.mark.parametrize("name", ["Alle", "Ukjent", "Siri og Per", "Stemme B", "Mann"])
def test_a_third_voice_is_a_speaker_of_its_own(name: str) -> None:
    found = read(talk("Tor:", "Siri:") + talk("Tor:", f"{name}:"))
    assert roles(found) == {"Tor": "interviewer", "Siri": "informant", name: "informant"}


def test_words_in_a_list_that_comes_again_are_reported() -> None:
    points = "Kvalitet: at det er bra.\nØkonomi: at det går rundt.\n"
    found = read(
        f"Tor: Hva er målene?\nSiri: To ting.\n{points}Tor: Og i fjor?\nSiri: Det samme.\n{points}Tor: Takk.\n"
    )
    assert len(found.speakers) == 2 and "'Kvalitet' stands before a colon 2 times" in doubts(found)


def test_much_talk_before_the_first_label_is_reported_and_no_title() -> None:
    before = "Dette er en samtale om arbeid og folk.\n" * 30
    found = read(f"Intervju 4\n{before}\n{talk('Tor:', 'Siri:')}")
    assert found.title == "Intervju 4"
    (note,) = (note for note in found.doubts if note.kind != "role")
    assert note.kind == "before" and "242 words" in note.message and note.place == "line 1"
    assert note.text.split() == ["Intervju", "4", *before.split()]
    short = read(f"Intervju 4\nOslo\n\n{talk('Tor:', 'Siri:')}", informant="Siri")
    assert not short.doubts


# ------------------------------------------------------------------ legends and headers


@pytest.mark.parametrize(
    "legend",
    [
        "A = Intervjuer; B = Informant", "A = intervjuer, B = informant", "A: intervjuer\nB: informant", "A – intervjuer\nB – informant",
        "(A = Intervjuer, B = Informant)", "Intervjuer (A) Informant (B)", "Intervjuer (A), informant (B)", "Intervjuer = A\nInformant = B",
        "Intervjuer: A\nInformant: B", "A (intervjuer) B (informant)", "A (intervjuer), B (informant)", "Forkortelser: A = intervjuer, B = informant",
        "A = Interviewer | B = Interviewee", "A = interviewer\nB = respondent", "A = intervjuare, B = deltagare", "A = interviewer, B = deltager",
        "**A** = intervjuer\n**B** = informant", "A: Intervjuer, UiO\nB: Informant, kvinne", "A = intervjuer og B = informant",
        "A = researcher; B = participant", "A -> intervjuer\nB -> informant", "A er intervjuer og B er informant",
        "A = Tor Lie, intervjuer\nB = Siri Moe, informant", "A: Tor Lie (intervjuer)\nB: Siri Moe (informant)",
        "A=moderator;B=deltaker", "Intervjuer (A) og informant (B)", "A: intervjuer.\nB: informant.",
    ],
)  # fmt: skip
def test_legends(legend: str) -> None:
    # The one who asks is the informant here, so that the legend alone can tell.
    found = read(f"Intervju 4\n{legend}\n\n{talk('B:', 'A:')}")
    assert roles(found) == {"B": "informant", "A": "interviewer"}
    assert words(found) == ALL
    assert not found.roles_guessed and not found.doubts
    assert found.role_reasons["b"].startswith(("legend", "header"))
    noted = " ".join(note.text for note in found.notes if note.kind in ("legend", "header"))
    assert noted.split() == legend.split()
    assert found.title == "Intervju 4"


@pytest.mark.parametrize(
    ("header", "labels", "expected"),
    [
        ("Informant: 07, kvinne\nIntervjuer: TL\nDato: 3. mai", ("I", "P"), ("interviewer", "informant")),
        ("Informant: 12\nDato: 3. mai\nVarighet: 40 min", ("I", "P"), ("interviewer", "informant")),
        ("Leder: Siri Moe\nSted: Oslo", ("Tor", "Siri"), ("interviewer", "informant")),
        ("Moderator: TL\nDeltakere: Siri og Per", ("TL", "Siri"), ("interviewer", "informant")),
        ("Intervjuer: Tor Lie\nInformant: Siri Moe", ("TL", "SM"), ("interviewer", "informant")),
        ("Intervjuer: Tor Lie\nInformant: Siri Moe", ("Tor", "Siri"), ("interviewer", "informant")),
        ("Interviewer: Tor Lie (TL)\nParticipant: 4, female, 34 years\nDate: 2024-05-03", ("TL", "P4"), ("interviewer", "informant")),
        ("Intervjuer: Tor\nInformant: kvinne, 45 år", ("Intervjuer", "Informant"), ("interviewer", "informant")),
        ("Informant: nr. 4\nYrke: sykepleier\nKjønn: kvinne", ("Intervjuer", "Informant"), ("interviewer", "informant")),
        ("Datum: 3 maj\nPlats: Lund\nIntervjuare: TL", ("TL", "IP"), ("interviewer", "informant")),
        ("Dato: 3. maj\nSted: Aarhus\nInterviewer: TL\nDeltager: SM", ("TL", "SM"), ("interviewer", "informant")),
        ("Deltakere: Siri (S), Per (P)\nIntervjuer: Tor (T)", ("T", "S"), ("interviewer", "informant")),
        ("Tid: 10:00–11:00\nOpptak: fil_04.mp3\nTranskribert av: TL", ("Tor", "Siri"), ("interviewer", "informant")),
        ("---\ntitle: Samtale\nurl: x\ndate: 2024\n---", ("Tor", "Siri"), ("interviewer", "informant")),
    ],
)  # fmt: skip
def test_headers_are_no_talk(header: str, labels: tuple[str, str], expected: tuple[str, str]) -> None:
    for between in ("\n\n", "\n"):
        found = read(f"{header}{between}{talk(*(f'{label}:' for label in labels))}")
        assert words(found) == ALL
        assert tuple(roles(found)[label] for label in labels) == expected
        noted = " ".join(note.text for note in found.notes)
        assert noted.split() == header.split()


@pytest.mark.parametrize(
    "first",
    [
        "Intervjuer: Hei.\nInformant: Hei.\n\n", "Intervjuer: Velkommen\nInformant: Takk\n", "Intervjuer: Er du klar?\nInformant: Ja\n",
        "Intervjuer: Da begynner vi.\nInformant: Fint.\n\n",
    ],
)  # fmt: skip
def test_a_short_first_turn_is_talk(first: str) -> None:
    found = read(first + talk("Intervjuer:", "Informant:"))
    assert len(found.turns) == 6 and words(found)[2:] == ALL


def test_role_words_once_give_their_initials_the_roles() -> None:
    for asks, tells in (("Researcher", "Interviewee"), ("Forsker", "Deltaker"), ("Moderator", "Svar")):
        a, b = asks[0], tells[0]
        found = read(
            f"{asks}: Du er her.\n{tells}: Ja.\n{a}: Fortell.\n{b}: Det regnet.\n{a}: Takk.\n{b}: Ja.\n"
        )
        assert {turn.role for turn in found.turns[::2]} == {"interviewer"}
        assert {turn.role for turn in found.turns[1::2]} == {"informant"}
        assert found.role_reasons[a.casefold()] == f"initial of {asks}"


def test_a_full_name_with_the_label_that_follows_is_one_speaker() -> None:
    text = talk("Tor Lie (TL):", "Siri Moe (SM):").split("\n")
    found = read("\n".join([*text[:2], *talk("TL:", "SM:").split("\n")]))
    assert roles(found) == {"TL": "interviewer", "SM": "informant"} and not found.doubts


# ------------------------------------------------------------------ roles


@pytest.mark.parametrize(
    ("asks", "tells"),
    [
        ("Intervjuer", "Informant"), ("Intervjuar", "Deltakar"), ("Interviewer", "Interviewee"), ("Researcher", "Participant 4"),
        ("Moderator", "Respondent"), ("Forsker", "Leder"), ("Intervjuare", "Deltagare"), ("Fråga", "Svar"), ("Interviewer", "Deltager"),
        ("Forskare", "IP"), ("INT", "RESP"), ("Facilitator", "Participant"), ("Intervjuer Tor", "Informant Siri"),
        ("Spørsmål", "Svar"), ("Spørgsmål", "Svar"), ("Question", "Respondent 2"),
    ],
)  # fmt: skip
def test_words_that_name_roles_in_four_languages(asks: str, tells: str) -> None:
    found = read(talk(f"{tells}:", f"{asks}:"))  # who asks is called informant: the word decides
    assert roles(found) == {tells: "informant", asks: "interviewer"}
    assert roles(read(talk("Q:", "A:"))) == {"Q": "interviewer", "A": "informant"}


def test_all_who_answer_are_informants() -> None:
    found = read(
        "Tor: Hva er bra her?\nSiri: Folkene. Vi har kjent hverandre lenge.\nPer: Kaffen.\nTor: Og ellers?\n"
        "Per: Jeg liker at det er stille om morgenen.\nTor: Noe mer?\nSiri: Nei.\nAnne: Ikke fra meg.\nAnne: Jo, litt.\n"
    )
    assert roles(found) == {
        "Tor": "interviewer",
        "Siri": "informant",
        "Per": "informant",
        "Anne": "informant",
    }
    assert found.role_reasons["tor"] == "asks in 3 of 3 turns" and found.roles_guessed


HEARD = (
    "{0}: Da er vi i gang med opptaket.\n{1}: Ja, og jeg er klar for det.\n{0}: Og arbeidet.\n"
    "{1}: Jeg arbeider på et lager.\n{0}: Mhm.\n{1}: Hva mer vil du vite?\n"
)


@pytest.mark.parametrize(
    "title",
    [
        "Intervju med Siri Moe, intervjuer: Tor Lie", "Intervju med Siri Moe, intervjuer Tor Lie", "Intervju med Siri Moe (intervjuer Tor Lie)",
        "# Intervju med Siri Moe, intervjuet av Tor Lie", "Interview with Siri Moe, conducted by Tor Lie, May 2024", "Tor Lie (moderator) møter Siri",
        "Interview med Siri Moe. Interviewer: Tor Lie.", "Prosjekt 4 – informant Siri Moe – intervjuer Tor Lie", "Siri Moe intervjuas, intervjuare: Tor Lie",
        "Transkripsjon 4\nIntervjuet av: Tor Lie", "Interviewer: Tor Lie", "---\ntitle: Intervju med Siri Moe, intervjuer Tor Lie\n---",
    ],
)  # fmt: skip
def test_titles_that_name_who_interviews(title: str) -> None:
    # The talk alone would not tell.
    for labels in (("Tor", "Siri"), ("TL", "SM"), ("Tor Lie", "Siri Moe")):
        for between in ("\n\n", "\n"):
            found = read(f"{title}{between}{HEARD.format(*labels)}")
            assert roles(found) == dict(zip(labels, ("interviewer", "informant"), strict=True))
            assert len(found.turns) == 6 and "role: " not in doubts(found)
            noted = " ".join(note.text for note in found.notes)
            assert sorted(noted.split()) == sorted(title.split())


@pytest.mark.parametrize(
    "title",
    ["Intervju med Siri og Tor", "Samtale mellom Siri og Tor", "Intervju med Siri, informant: Tor"],
)  # fmt: skip
def test_titles_that_tell_nothing_leave_it_to_the_talk(title: str) -> None:
    with pytest.raises(mn.MestringError, match="cannot be told"):
        read(f"{title}\n\n{HEARD.format('Tor', 'Siri')}")
    assert roles(read(f"Intervju med Ivar\n\n{talk('I:', 'P:')}"))["I"] == "interviewer"


def test_a_second_informant_beside_a_known_one_is_no_interviewer() -> None:
    long = "Jeg har vært her i mange år, og det har vært både godt og vanskelig å stå i."
    found = read(
        "Tor: Hvordan var det?\n"
        + f"Informant: {long}\nSiri: {long}\nTor: Og nå?\nSiri: {long}\nInformant: {long}\n"
    )
    assert roles(found) == {"Tor": "interviewer", "Informant": "informant", "Siri": "informant"}


def test_questions_count_more_than_words() -> None:
    long = "Da er vi i gang, og jeg vil gjerne si litt om prosjektet før vi går videre med resten av samtalen."
    found = read(
        f"Tor: {long} Er det greit?\nSiri: Ja.\nTor: {long} Hva tenker du?\nSiri: Det går bra.\n"
    )
    assert roles(found) == {"Tor": "interviewer", "Siri": "informant"}


def test_questions_are_known_without_marks() -> None:
    found = read("tor: hvordan går det\nsiri: det går bra\ntor: og hva gjør dere\nsiri: vi hviler\n")
    assert roles(found) == {"tor": "interviewer", "siri": "informant"}


def test_when_unsure_the_error_shows_the_speakers() -> None:
    text = "Tor: Det var fint der.\nSiri: Ja, det var fint.\nTor: Og varmt.\nSiri: Veldig varmt.\n"
    with pytest.raises(mn.MestringError) as caught:
        read(text)
    message = str(caught.value)
    assert "Tor (2 turns, 6 words, 0% questions); Siri (2 turns, 6 words, 0% questions)" in message
    assert "--informant" in message and "--interviewer" in message
    assert roles(read(text, informant="Siri")) == {"Tor": "interviewer", "Siri": "informant"}
    assert read(text, informant="Siri").role_reasons["siri"] == "--informant"


def test_letters_beside_words_do_not_make_everybody_an_informant() -> None:
    for asks, tells in (("I", "IP"), ("I", "Informant"), ("I", "IP1"), ("Intervjuer", "P")):
        found = read(talk(f"{asks}:", f"{tells}:"))
        assert roles(found) == {asks: "interviewer", tells: "informant"}


def test_a_line_that_may_be_a_legend_is_doubtful_where_the_roles_are_a_guess() -> None:
    found = read("Tor (som er intervjuer her) møter Siri\n\n" + talk("Siri:", "Tor:"))
    assert "title: Does this line tell who is who?" in doubts(found)


def test_letters_mean_what_the_talk_says() -> None:
    found = read(talk("I:", "P:"))
    assert roles(found) == {"I": "interviewer", "P": "informant"} and found.roles_guessed
    found = read(talk("P:", "I:"))
    assert roles(found) == {"P": "interviewer", "I": "informant"} and not found.roles_guessed


# ------------------------------------------------------------------ times


@pytest.mark.parametrize(
    "time", ["00:05:00", "0:05:00", "[00:05:00]", "(00:05:00)", "00:05:00.250", "5 minutes 0 seconds"]
)
def test_a_time_alone_on_its_line_is_no_talk(time: str) -> None:
    lines = talk("Tor:", "Siri:").strip().split("\n")
    found = read("\n".join(["00:00:00", "", *lines[:2], "", time, "", *lines[2:]]))
    assert words(found) == ALL
    assert [note.text for note in found.notes if note.kind == "time"] == ["00:00:00", time]
    assert [round(turn.time or 0) for turn in found.turns] == [0, 0, 300, 0]


def test_times_within_talk_stay() -> None:
    text = "Tor: Når begynner dere?\nSiri: Det er fast.\n08:00\nTor: Og slutter?\nSiri: Som regel\n16:00\nTor: Takk.\n"
    assert words(read(text))[1::2] == ["Det er fast. 08:00", "Som regel 16:00"]


def test_short_times_above_each_turn_are_times() -> None:
    lines = talk("Tor:", "Siri:").strip().split("\n")
    found = read("\n".join(f"0:{7 * n:02}\n{line}" for n, line in enumerate(lines)))
    assert words(found) == ALL and [turn.time for turn in found.turns] == [0, 7, 14, 21]


@pytest.mark.parametrize("answer", ["17:30", "08:15:00"])
def test_a_time_that_is_the_answer_stays(answer: str) -> None:
    text = f"Intervjuer:\nNår begynte du?\n\nInformant:\n{answer}\n\nIntervjuer:\nOg hva skjedde?\n\nInformant:\nVi gikk.\n"
    assert words(read(text))[1] == answer


@pytest.mark.parametrize(
    "closing",
    [
        "Meeting ended after 00:10:12 👋", "Transcription ended after 00:10:12", "Møtet ble avsluttet etter 00:10:12",
        "This editable transcript was computer generated and might contain errors. People can also change the text after it was created.",
        "Transcribed by https://otter.ai",
    ],
)  # fmt: skip
def test_what_a_program_says_of_the_recording_is_no_talk(closing: str) -> None:
    found = read(talk("Tor:", "Siri:") + closing + "\n")
    assert words(found) == ALL
    assert [note.text for note in found.notes if note.kind == "service"] == [closing]


@pytest.mark.parametrize(
    "arrow", ["[{a} --> {b}]  ", "[{a} -> {b}] ", "[00:{a} --> 00:{b}]   ", "({a} - {b}) "]
)
def test_times_that_whisper_prints(arrow: str) -> None:
    said = ["Hvordan går det?", "Det går bra.", "Hva gjør dere?", "Vi hviler."]
    lines = [arrow.format(a=f"0{n}:00.000", b=f"0{n}:03.500") + text for n, text in enumerate(said)]
    found = read("\n".join(lines), all_informant=True)
    assert " ".join(" ".join(words(found)).split()) == " ".join(said)
    assert found.turns[0].time == 0
    with pytest.raises(mn.MestringError, match="no cue tells who speaks"):
        read("\n".join(lines))
    for label in ("[SPEAKER_0{}] ", "SPEAKER_0{}: ", "[SPEAKER_0{}]: "):
        named = [
            arrow.format(a=f"0{n}:00.000", b=f"0{n}:03.500") + label.format(n % 2) + text
            for n, text in enumerate(said)
        ]
        found = read("\n".join(named))
        assert roles(found) == {"SPEAKER_00": "interviewer", "SPEAKER_01": "informant"}
        assert [turn.time for turn in found.turns] == [0, 60, 120, 180] and words(found) == said


@pytest.mark.parametrize(
    "clock",
    [
        "00:00:{:02}.000 --> 00:00:{:02}.900",
        "0:0:{}.0 --> 0:0:{}.9",
        "00:00:{:02}.120 --> 00:00:{:02}.9",
    ],
)
def test_text_that_teams_gave_until_2023(clock: str) -> None:
    lines = []
    for number, (name, text) in enumerate(zip(["Tor Lie", "Moe, Siri (HR)"] * 2, ALL, strict=True)):
        lines += [clock.format(9 * number, 9 * number), name, text, ""]
    found = read("\n".join(lines))
    assert words(found) == ALL
    assert roles(found) == {"Tor Lie": "interviewer", "Moe, Siri (HR)": "informant"}


def test_what_is_noted_already_stays_noted() -> None:
    noted = Line(None, "Prosjekt 4", place="page 1", kind="header")
    for text in ("Tor Lie   0:03\nHva?\nSiri Moe   0:05\nDet.", "Tor: Hva?\nSiri: Det."):
        found = timed([noted, *lines_of(text, place="x")])
        assert noted in found and len(found) > 2


def test_subtitles_are_not_taken_for_it() -> None:
    lines = [
        "1",
        "00:00:01,000 --> 00:00:02,000",
        "Ja",
        "og nei",
        "",
        "2",
        "00:00:03,000 --> 00:00:04,000",
        "Ja",
        "og jo",
        "",
    ]
    found = read("\n".join(lines), all_informant=True)
    assert " ".join(words(found)) == "Ja og nei Ja og jo"


def test_a_participant_who_asks_back_is_coded_and_told() -> None:
    talk = (
        "Facilitator: What matters to you?\nP1: Time.\nP2: Money, I guess. Why do you ask?\n"
        "Facilitator: Tell me more.\nP1: We never have time.\nP2: Right."
    )
    found = mn.read_transcript(text=talk)
    assert {s.label: s.role for s in found.speakers} == {
        "Facilitator": "interviewer", "P1": "informant", "P2": "informant",
    }  # fmt: skip
    assert any("P2" in note.message for note in found.doubts)
