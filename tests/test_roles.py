"""Who asks and who answers, in invented talks of many shapes: right, doubtful or refused, never silently wrong."""

from __future__ import annotations

import pytest

import mestring_nlp as mn
from mestring_nlp.readers.asking import asks

TELLS = (
    "Jeg begynner tidlig og går en runde før de andre kommer.",
    "Det var et møte i mars der vi fordelte oppgavene på nytt.",
    "Alle skrev ned det de likte best, og så byttet vi.",
    "Noen ville ha kveldsvakter, og andre ville ikke ha dem.",
)
QUESTIONS = (
    "Hva gjør du?", "Hvorfor det?", "Hvordan går det?", "Er det noe mer?", "Trives du?", "Hvem gjør det?",
)  # fmt: skip


def turns(*said: str) -> str:
    return "\n".join(said) + "\n"


def asked(asker: str, teller: str, questions: tuple[str, ...], answers: tuple[str, ...] = TELLS) -> str:
    """An interview in which each question is answered."""
    return turns(*(f"{asker}: {q}\n{teller}: {a}" for q, a in zip(questions, answers, strict=True)))


def interviewers(found: mn.Transcript) -> set[str]:
    return {speaker.label for speaker in found.speakers if speaker.role == "interviewer"}


def role_doubts(found: mn.Transcript) -> str:
    return "\n".join(note.message for note in found.doubts if note.kind == "role")


@pytest.mark.parametrize(
    "text",
    [
        "Fortell om dagen din.", "Beskriv en vanlig dag", "Forklar hva du mener.", "Si litt mer om det.", "Hvordan jobber dere.",
        "Tell me about it.", "Describe a typical day", "Could you say more about that", "Walk me through it.", "do you like it",
        "ja hvordan opplever du det", "og hva tenker du om det", "når begynte du", "er det noe mer", "jobber du der fortsatt",
        "ja det er viktig men hvordan gjør dere det i praksis", "Først vil jeg at du kan fortelle om bakgrunnen din",
        "Fortel om deg sjølv.", "Kva gjer de då.", "Korleis var det.", "Kan du utdjupe det", "Kor lenge har du vore her",
        "Hvad laver I så", "Fortæl lidt om dagen.", "Har I prøvet det", "Berätta lite om det.", "Hur upplever du det",
        "Var jobbar du", "så hur gör ni då", "Fint. Da går vi videre. " + "Vi har snakket lenge om dette. " * 9 + "Hva nå?",
    ],
)  # fmt: skip
def test_asking_needs_no_question_mark(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Når jeg kom dit var det stille.", "Når det gjelder lønn, er vi enige.", "Hva det betyr vet jeg ikke", "Nå kan du se det.",
        "hvor mye det koster vet jeg ikke", "Så er det sånn at vi jobber mye.", "Da har du kontroll.", "Det er bra, ikke sant?",
        "Var glad för det", "Kvar dag går vi ut", "Hva skal jeg si? Det går bra.", "Vet du hva, det er vanskelig.", "It works, right?",
        "What I think is that it works", "When we came home it was dark", "Which is why we left.", "Som du sier er det viktig.",
        "du må jo bare prøve du kan ikke si nei", "Jeg sa: «Hva gjør vi nå?»", "Etter du kom ble det bedre", "eller du kan la det være",
        "det kan du si", "My boss would tell me to stop.", "it is odd when you talk to them",
    ],
)  # fmt: skip
def test_answers_that_begin_like_questions_ask_nothing(text: str) -> None:
    assert not asks(text)


ASR = (
    "ja kan du fortelle litt om hva du gjør",
    "okei og hvordan opplever du det",
    "mm",
    "og er det noe mer",
)
ASR_TELLS = (
    "ja jeg jobber på nav og når jeg begynte var vi ti",
    "travelt da",
    "når telefonen ringer tar vi den",
    "nei",
)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        (asked("A", "B", ("Fortell om dagen din.", "Beskriv et møte.", "Si litt mer om det.", "Hvordan ble det.")), "A"),
        (asked("Speaker 1", "Speaker 2", ("Tell me about it.", "Describe a day.", "Could you say more.", "Why is that.")), "Speaker 1"),
        (asked("A", "B", ("Fortæl om dagen.", "Hvad laver I.", "Hvordan oplever du det.", "Har I prøvet andet.")), "A"),
        (asked("A", "B", ("Berätta om det.", "Hur upplever du det.", "Vad gör ni då.", "Kan du ge ett exempel.")), "A"),
        (asked("A", "B", ("Fortel om det.", "Kva er best.", "Korleis tek de imot nye.", "Kvifor gjer de det.")), "A"),
        (asked("SPEAKER_00", "SPEAKER_01", ASR, ASR_TELLS), "SPEAKER_00"),
        (asked("I", "P", ("Fortell om dagen din.", "Beskriv et møte.", "Si litt mer om det.", "Hva gjør du da.")), "I"),
        (asked("Kari", "Ola", tuple(TELLS[1] * 3 + q for q in QUESTIONS[:4])), "Kari"),
        (asked("Kari", "Ola", QUESTIONS[:4], tuple(f"{x} Ikke sant?" for x in TELLS)), "Kari"),
        (asked("I1", "R", ("Fortell om det.", "Forklar det.", "Hvordan ble det.", "Beskriv det."))
         + asked("I2", "R", ("Si litt mer.", "Beskriv det.", "Hva lærte du.", "Hvorfor det.")), "I1, I2"),
        (asked("M", "K1", QUESTIONS[:4]) + asked("M", "K2", QUESTIONS[:4]), "M"),
    ],
)  # fmt: skip
def test_clear_talks_are_read_without_doubt(text: str, who: str) -> None:
    found = mn.read_transcript(text=text)
    assert interviewers(found) == set(who.split(", "))
    assert found.roles_guessed and not role_doubts(found)


GROUP = (
    "Moe: Velkommen. Hva er erfaringene deres med hjemmekontor?",
    "Ali: Jeg har hjemmekontor to dager i uka, og det fungerer godt.", "Bea: Jeg har det aldri, for jeg må møte folk.",
    "Carl: Hva slags folk møter du, da?", "Bea: Brukere, stort sett, og de vil ikke møte på skjerm.",
    "Moe: Hvordan er det for dere andre?", "Dina: Det er blandet. Jeg savner kollegaene mine når jeg er hjemme.",
    "Carl: Får du gjort mer?", "Ali: Ja, mye mer, for ingen avbryter meg.", "Moe: Hva sier lederne om det?",
    "Dina: De sier at vi skal være på jobb tre dager.", "Moe: Fint. Er det noe vi har glemt?", "Ali: Nei.",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "who", "named"),
    [
        (turns("M: Hva betyr arbeidstid for dere?", "K1: Mye, jeg har små barn.", "K2: For meg at jeg kan planlegge.",
               "M: Hvordan planlegges turnusen?", "K2: Vi får den seks uker før.", "K1: Hva gjør dere hvis noen blir syke?",
               "K2: Da ringer de meg på fridagen min.", "M: Er det noe dere vil endre?", "K1: Ja."), "M", "K1"),
        (turns(*GROUP), "Moe", "Carl"),
        (asked("Tor", "Siri", QUESTIONS[:4]) + turns("Eva: Og lønna?", f"Siri: {TELLS[0]}", "Eva: Takk.", "Siri: Selv takk."), "Tor", "Eva"),
        (turns("Ola: Hei, hører du meg?", "Kari: Ja.", "Ola: Skal jeg dele skjerm?", "Kari: Nei. Kan du fortelle hva du gjør?",
               f"Ola: {TELLS[0]}", "Kari: Hvordan går det?", f"Ola: {TELLS[1]}", "Kari: Hva er vanskelig?", f"Ola: {TELLS[2]}", "Kari: Hva nå?", "Ola: Mer folk."), "Kari", "Ola"),
        (asked("Tor", "Siri", QUESTIONS[:2], TELLS[:2]), "Tor", "Siri"),
        (asked("Tor", "Siri", QUESTIONS[:4]) + turns("Eva: Mhm.", f"Siri: {TELLS[0]}", "Eva: Ja.", f"Siri: {TELLS[1]}"), "Tor", "Eva"),
    ],
)  # fmt: skip
def test_thin_evidence_is_doubtful_and_shows_the_speakers(text: str, who: str, named: str) -> None:
    found = mn.read_transcript(text=text)
    assert interviewers(found) == {who}
    (doubt,) = role_doubts(found).split("\n")
    assert named in doubt.partition("not clear for ")[2].partition(". If")[0].split(", ")
    assert "--informant and --interviewer. The speakers are: " in doubt
    assert not mn.read_transcript(text=text, interviewer=who).doubts


@pytest.mark.parametrize(
    "text",
    [
        turns("Kari: Nå arbeidsmiljøet.", f"Ola: {TELLS[0]}", "Kari: Lønna.", "Ola: Den er grei. Får dere høre det fra flere?",
              "Kari: Ja, noen.", "Ola: Er det hemmelig?"),
        turns("Kari: Hva er en vanlig dag?", "Ola: Hva tenker du på?", "Kari: Jobben. Hva gjør du der?", "Ola: Mener du nå?",
              "Kari: Ja. Hva gjør du?", "Ola: Jeg skriver. Hvorfor spør du?"),
        turns("A: Vi må endre planen.", "B: Den virker hos oss.", "C: Hos oss og.", "A: Ikke hos oss.", "B: Rart."),
        turns("M: Fortell om arbeidstiden.", "K1: Hva mener du med det?", "M: Hvordan den er lagt opp.", "K2: Den er for lang.",
              "K1: Den er grei. Hva synes du?", "K2: Jeg synes den er lang.", "M: Hva kunne vært bedre?", "K2: Kortere vakter."),
        asked("Kari", "Ola", TELLS),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused_with_the_table(text: str) -> None:
    with pytest.raises(
        mn.MestringError, match=r"cannot be told whether .* is the informant.*The speakers are: "
    ):
        mn.read_transcript(text=text)


def test_who_talks_at_length_and_asks_the_others_is_no_second_interviewer_without_doubt() -> None:
    long = " ".join(TELLS)
    said = [
        f"Tor: {q}\nSiri: {long}\nPer: {long} {b}\nSiri: {long}"
        for q, b in zip(QUESTIONS[:4], QUESTIONS[2:], strict=True)
    ]
    found = mn.read_transcript(text=turns(*said))
    assert "Per" in role_doubts(found).partition("not clear for ")[2].partition(".")[0]


def test_a_host_who_opens_and_answers_nothing_is_no_informant_without_doubt() -> None:
    said = (f"Bo: {q}\nAnn: {x}" for q, x in zip(QUESTIONS[:4], TELLS, strict=True))
    talk = turns(
        "Vert: Velkommen. I dag snakker vi om skolen og dem som er der.",
        "Ann: Takk.",
        *said,
        "Vert: Takk for i dag.",
    )
    assert "Vert" in role_doubts(mn.read_transcript(text=talk)).partition("not clear for ")[2]


def test_a_lone_speaker_who_asks_is_doubtful() -> None:
    said = turns(*(f"Kari: {x}" for x in (*TELLS, "Hva gjør du?")))
    assert not role_doubts(mn.read_transcript(text=said.replace("Hva gjør du?", "Ja.")))
    assert "not clear for Kari" in role_doubts(mn.read_transcript(text=said))


def test_a_legend_that_the_talk_contradicts_is_doubtful() -> None:
    text = asked("A", "B", QUESTIONS[:4])
    found = mn.read_transcript(text=f"A = informant, B = intervjuer\n\n{text}")
    assert interviewers(found) == {"B"} and "who asks the most is taken for an informant" in role_doubts(
        found
    )
    assert not mn.read_transcript(text=f"A = intervjuer, B = informant\n\n{text}").doubts
    assert not mn.read_transcript(text=text, informant="A").doubts
