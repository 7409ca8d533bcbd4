"""Quotations: what is taken out of talk, what stays, and that no word is added or changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

import mestring_nlp as mn
from mestring_nlp.disfluencies import mark_disfluencies
from mestring_nlp.quotation import BROKEN, CUT, Quotation, clean_quotation
from mestring_nlp.quoting import read_coded_passages
from mestring_nlp.talk_tokens import tokens_of
from mestring_nlp.talk_words import mark_of

SPOKEN = {
    # sounds
    "Eh, vi har øh mange kurs.": "Vi har mange kurs.",
    "vi har jo da ehm fadder og sånn": "vi har jo da fadder og sånn",
    "Det er, hm, vanskelig å si.": "Det er vanskelig å si.",
    "Hun er leder, eh, den eneste vi har.": "Hun er leder, den eneste vi har.",
    "Mm.": "Mm.",
    "Jeg sa: Mm. Og så gikk jeg.": "Jeg sa: Mm. Og så gikk jeg.",
    "Skjønner du? Nei, det gjør du ikke.": "Skjønner du? Nei, det gjør du ikke.",
    "Jeg sier «mm» når folk snakker.": "Jeg sier «mm» når folk snakker.",
    "Vi fikk vite at ... eh ... vi skulle flytte.": "Vi fikk vite at vi skulle flytte.",
    "EM i fotball stoppet alt, eh, hele uka.": "EM i fotball stoppet alt, hele uka.",
    # phrases that carry no meaning, and the same where they carry one
    "Vi er liksom ferdige, liksom, og så kommer det nye.": "Vi er ferdige, og så kommer det nye.",
    "Han hjalp meg liksom alle de andre.": "Han hjalp meg liksom alle de andre.",
    "De gjorde det på liksom.": "De gjorde det på liksom.",
    "Sånn gjør vi det.": "Sånn gjør vi det.",
    "Altså, vi må ha flere folk.": "Vi må ha flere folk.",
    "Altså er det slik at vi må.": "Altså er det slik at vi må.",
    "Lederne, altså vi som har ansvaret, må si fra.": "Lederne, altså vi som har ansvaret, må si fra.",
    "Det er tungt, altså.": "Det er tungt.",
    "Vi er på en måte alene om det.": "Vi er alene om det.",
    "De gjør det på en måte som virker.": "De gjør det på en måte som virker.",
    "Vi må jo snakke sammen, ikke sant?": "Vi må jo snakke sammen.",
    "Det er ikke sant at vi er late.": "Det er ikke sant at vi er late.",
    "Dei må jo lære det, ikkje sant, og det tek tid.": "Dei må jo lære det, og det tek tid.",
    "Han sa: «Du ser det, ikke sant?» Og det gjorde jeg.": "Han sa: «Du ser det, ikke sant?» Og det gjorde jeg.",
    "Ikke bare liksom se dem.": "Ikke bare liksom se dem.",
    "Du blir sliten, skjønner du, av sånt.": "Du blir sliten av sånt.",
    # a question stays one, whatever was taken out of it
    "Er det bra, liksom? Nei.": "Er det bra? Nei.",
    "Hvorfor må vi måle alt, liksom?": "Hvorfor må vi måle alt?",
    "Hvem skal gjøre det, altså? Jeg vet ikke.": "Hvem skal gjøre det? Jeg vet ikke.",
    "Skal jeg gjøre det, eh? Nei.": "Skal jeg gjøre det? Nei.",
    "Men hva skulle jeg gjøre, ikke sant? Jeg var alene.": "Men hva skulle jeg gjøre? Jeg var alene.",
    "Går det bra, vet du? Nei.": "Går det bra? Nei.",
    "Ka ska æ gjør, ikkje sant?": "Ka ska æ gjør?",
    "Jeg tenkte: Er ikke det rart, ikke sant?": "Jeg tenkte: Er ikke det rart?",
    "Hva jeg gjør, vet du, skjønner du? Ja.": "Hva jeg gjør. Ja.",
    "Var det bra? Det er tungt, eh, ikke sant? Ja.": "Var det bra? Det er tungt. Ja.",
    "Så må vi vente, ikke sant?": "Så må vi vente.",
    # marks
    "Vi lo (ler) hele dagen [latter] sammen.": "Vi lo hele dagen sammen.",
    "Vi (..) venter (3 sek) på [00:12:03] svar.": "Vi venter på svar.",
    "Vi søkte om (uhørbart) og fikk det.": "Vi søkte om [...] og fikk det.",
    "Vi startet (det var i mai) med [Person 3] i laget.": "Vi startet (det var i mai) med [Person 3] i laget.",
    "Jeg sa ja (I: mm) og gikk.": "Jeg sa ja og gikk.",
    "Jeg sa ja (I: Hvorfor det?) fordi jeg ville.": "Jeg sa ja [...] fordi jeg ville.",
    # false starts
    "Jeg vi jeg tror det går.": "... jeg tror det går.",
    "Vi har- vi hadde kurs.": "... vi hadde kurs.",
    "Vi skulle – vi begynte med kurs i mai.": "... vi begynte med kurs i mai.",
    "Vi hadde et, vi hadde tre kurs.": "... vi hadde tre kurs.",
    "Jeg vil, jeg vil ikke, jeg kan ikke være med.": "Jeg vil ikke, jeg kan ikke være med.",
    "sam- samarbeidet går bra": "samarbeidet går bra",
    "Vi har språk- og kulturkurs.": "Vi har språk- og kulturkurs.",
    "Æ veit itj æ, æ trur det.": "Æ veit itj æ, æ trur det.",
    "NAV- kontoret tok over.": "NAV- kontoret tok over.",
    "Vi har et B- lag også.": "Vi har et B- lag også.",
    "Vi var tre- fire stykker.": "Vi var tre- fire stykker.",
    "Det er barne- ungdoms- og familievernet.": "Det er barne- ungdoms- og familievernet.",
    "Vi må, vi skal, vi vil.": "Vi må, vi skal, vi vil.",
    # repetitions
    "Det det er bra her.": "Det er bra her.",
    "Du skjønner ikke ikke sant?": "Du skjønner ikke ikke sant?",
    "Det er ikke ikke viktig.": "Det er ikke ikke viktig.",
    "E veit ikkje, e e så trøtt.": "E veit ikkje, e e så trøtt.",
    "Da sa han han ikke ville.": "Da sa han han ikke ville.",
    "Nå har jeg jeg måtte slutte.": "Nå har jeg måtte slutte.",
    "Om vi vil vil vi klare det.": "Om vi vil vil vi klare det.",
    "Den den angår, vet det.": "Den den angår, vet det.",
    "Da tenkte jeg jeg måtte slutte.": "Da tenkte jeg jeg måtte slutte.",
    "Det er en, eh, en god ordning.": "Det er en god ordning.",
    "Vi har vi har fått flere.": "Vi har fått flere.",
    "Det er veldig, veldig viktig.": "Det er veldig, veldig viktig.",
    "Det er viktig viktig.": "Det er viktig viktig.",
    "Det blir mer og mer og mer.": "Det blir mer og mer og mer.",
    "Ja, ja, ja, vi kommer.": "Ja, ja, ja, vi kommer.",
    "Det går bra, det går bra.": "Det går bra, det går bra.",
    "Det det handler om, er tillit.": "Det det handler om, er tillit.",
    "Det vi er i i dag, er krevende.": "Det vi er i i dag, er krevende.",
    "Så så jeg at hun smilte.": "Så så jeg at hun smilte.",
    # pauses
    "Vi ... prøvde det.": "Vi prøvde det.",
    "Hvis vi bare hadde... Nei, det går ikke.": "Hvis vi bare hadde – Nei, det går ikke.",
    # dialect and nynorsk stay
    "Æ e liksom ikkje redd for å spørr, altså.": "Æ e ikkje redd for å spørr.",
    "Me har eit, eh, eit program som verkar.": "Me har eit program som verkar.",
    # recogniser output, without signs and capitals
    "eh vi har jo da øh sånn sånn fadder og det det fungerer": "vi har jo da sånn fadder og det fungerer",
    "": "",
}


@pytest.mark.parametrize("said", SPOKEN, ids=lambda said: said[:40])
def test_known_answers(said: str) -> None:
    assert clean_quotation(said).text == SPOKEN[said]


def words(text: str) -> list[str]:
    bare = text.replace(CUT, " ").replace(BROKEN, " ")
    return re.findall(r"\w+", bare)


def assert_nothing_added(quotation: Quotation) -> None:
    """The quotation's words are a subsequence of the passage's; but for a capital they are the same."""
    there = iter(words(quotation.original))
    for word in words(quotation.text):
        assert any(word in (other, other[:1].upper() + other[1:]) for other in there), word


def assert_accounts(quotation: Quotation) -> None:
    """What was taken out, and nothing else, is missing."""
    text, position, kept = quotation.original, 0, []
    for removed in quotation.removed:
        assert position <= removed.start < removed.end
        assert text[removed.start : removed.end] == removed.text
        kept.append(text[position : removed.start])
        position = removed.end
    kept.append(text[position:])
    assert [w.casefold() for w in words("".join(k + " " for k in kept))] == [
        w.casefold() for w in words(quotation.text)
    ]


WORDS = (
    "vi jeg det har hadde er ikke liksom altså sånn eh øh mm og så at på en måte ikke sant kurs veldig "
    "vi- sam- samarbeid æ Vi Det NAV , . ? ... – (ler) (uhørbart) [Person 2] [...] (det «nei» 10. «"
)
TALK = st.lists(st.sampled_from(WORDS.split()), max_size=25).map(" ".join)


@given(TALK | st.text(max_size=80))
def test_no_word_is_added_or_changed(text: str) -> None:
    quotation = clean_quotation(text)
    assert_nothing_added(quotation)


@given(TALK)
def test_what_was_taken_out_is_told(text: str) -> None:
    assert_accounts(clean_quotation(text))


@given(TALK, st.integers(1, 12))
def test_a_quotation_is_as_short_as_was_asked(text: str, most: int) -> None:
    quotation = clean_quotation(text, most_words=most)
    assert_nothing_added(quotation)
    kept = [token for token in tokens_of(quotation.text) if token.kind == "word"]
    assert len(kept) <= most


PIECES = st.lists(
    st.sampled_from(
        [word for word in WORDS.split() if not set(word) & set("«»()[]")]
        + ["gi opp!", "? Nei", "(ler)", "(uhørbart)", "[Person 2]", "[...]"]
    ),
    max_size=6,
).map(" ".join)
TOLD = st.recursive(
    PIECES,
    lambda inner: st.lists(
        st.tuples(PIECES, st.sampled_from(("«{}»", "({})", "{}")), inner).map(
            lambda part: f"{part[0]} {part[1].format(part[2])}"
        ),
        max_size=4,
    ).map(" ".join),
    max_leaves=6,
)


def is_balanced(text: str) -> bool:
    """Whether all that is opened is closed; a square bracket is a mark of what was cut."""
    opened = []
    for sign in text:
        if sign in "«(":
            opened.append("»" if sign == "«" else ")")
        elif sign in "»)" and (not opened or opened.pop() != sign):
            return False
    return not opened


@given(TOLD, st.none() | st.integers(1, 12))
def test_what_is_opened_in_a_quotation_is_closed_in_it(text: str, most: int | None) -> None:
    assert is_balanced(text)
    assert is_balanced(clean_quotation(text, most_words=most).text)


@given(TALK)
def test_a_clean_quotation_has_nothing_more_to_take_out(text: str) -> None:
    tokens = tokens_of(text)
    mark_disfluencies(tokens)
    once = [token.text for token in tokens if not token.reason]
    assert all(
        not mark_of(said) or mark_of(said) == "" for said in once if said[0] in "([" and len(said) > 1
    )


def test_the_training_data_is_quoted_without_a_word_added() -> None:
    found = mn.quote(ROOT / "training_data")
    assert len(found) > 100
    for quotation in found:
        assert_nothing_added(quotation)
        assert_accounts(quotation)


LONG = (
    "Vi begynte i mai. Da kom målekortet, og tallene hang på veggen. Folk lo av det. "
    "Etterpå ble det kaffe og en prat om helga."
)


def test_what_matters_is_kept() -> None:
    assert clean_quotation(LONG, most_words=9, matters=["måle", "tall"]).text == (
        "[...] Da kom målekortet, og tallene hang på veggen. [...]"
    )
    assert clean_quotation(LONG, most_words=14, matters=["helg"]).text == (
        "[...] Folk lo av det. Etterpå ble det kaffe og en prat om helga."
    )
    assert clean_quotation(LONG, most_words=100).text == LONG


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    said = "Vi har kurs for alle de nye, og så har vi fadder det første halve året, men det holder ikke."
    assert (
        clean_quotation(said, most_words=10).text
        == "[...] og så har vi fadder det første halve året [...]"
    )


def test_no_cut_parts_quotation_marks_or_brackets() -> None:
    said = "Det var sjefen som sa «ikke gi opp!» til meg den gangen. Jeg ble der."
    found = {most: clean_quotation(said, most_words=most).text for most in (4, 9, 12)}
    assert found[4] == found[9] == "[...] Jeg ble der."
    assert found[12] == "Det var sjefen som sa «ikke gi opp!» til meg den gangen. [...]"
    said = "Vi har målekort (er det bra?) i alle teamene våre i hele landet. Ja."
    assert clean_quotation(said, most_words=8).text == "[...] Ja."
    said = "Han sa «Kom!» Og så gikk jeg hjem igjen."
    assert clean_quotation(said, most_words=3).text == "Han sa «Kom!» [...]"
    assert clean_quotation(said, most_words=6).text == "[...] Og så gikk jeg hjem igjen."


def test_long_speech_that_is_told_is_cut_at_its_sentences() -> None:
    said = "«Vi begynte i mai. Da kom målekortet, og tallene hang på veggen.»"
    assert clean_quotation(said, most_words=4).text == "Vi begynte i mai. [...]"
    assert (
        clean_quotation(said, most_words=9).text == "[...] Da kom målekortet, og tallene hang på veggen."
    )


def test_abbreviations_end_no_sentence() -> None:
    said = "Vi møtes kl. 10. Da går vi til f.eks. NAV. Det er bra."
    assert clean_quotation(said, most_words=10, matters=["nav"]).text.startswith(
        "Vi møtes kl. 10. Da går vi til"
    )


@pytest.mark.parametrize(
    ("bracket", "reason"),
    [
        ("(ler)", "mark"), ("[latter]", "mark"), ("(begge ler)", "mark"), ("((sukker))", "mark"),
        ("(kort pause)", "mark"), ("(..)", "pause"), ("(2.0)", "pause"), ("(uhørbart ord)", "unheard"), ("(?)", "unheard"),
        ("[...]", "cut"), ("(Intervjuer: ja)", "probe"), ("(mm)", "probe"), ("#00:01:02-3#", "mark"),
        ("[Person 3]", ""), ("[kommune]", ""), ("(de ler av oss)", ""), ("(2019)", ""), ("(NAV)", ""),
    ],
)  # fmt: skip
def test_brackets(bracket: str, reason: str) -> None:
    assert mark_of(bracket) == reason


@pytest.fixture
def interview(tmp_path: Path) -> Path:
    """A coded folder in which one passage goes over the interviewer's turns."""
    text = (
        "Intervju 3, NAV-kontor\nP: intervjuer\nI: informant\n"
        "P: Hva er mestring?\nI: Eh, det det er å få det til.\nP: Mm.\nI: Og sånn gjør vi det.\n"
        "P: Hva med de nye?\nI: De lærer fort.\n"
    )
    (tmp_path / "intervju_3.txt").write_text(text, "utf-8")
    read = mn.read_transcript(tmp_path / "intervju_3.txt").text
    start, end = read.index("Eh,"), read.index("De lærer fort.") + len("De lærer fort.")
    rows = [
        "transcript,start,end,code,coder",
        f"intervju_3,{start},{end},mestring,kari",
        f"intervju_3,{start},{read.index('til.') + 4},kompetanse,ola",
    ]
    (tmp_path / "codings.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return tmp_path


def test_what_the_interviewer_says_is_left_out(interview: Path) -> None:
    (quotation,) = mn.quote(interview, coder="kari")
    assert quotation.text == "Det er å få det til. Og sånn gjør vi det. [...] De lærer fort."
    assert [r.reason for r in quotation.removed] == ["filler", "repetition", "probe", "question"]
    assert quotation.source == "Informant 3, NAV-kontor"
    assert quotation.segment is not None and quotation.segment.question == "Hva er mestring?"


def test_a_coded_question_is_no_quotation_of_the_informants(interview: Path) -> None:
    read = mn.read_transcript(interview / "intervju_3.txt").text
    start = read.index("P: Hva med")
    with (interview / "codings.csv").open("a", encoding="utf-8") as file:
        file.write(f"intervju_3,{start},{read.index('I: De lærer')},mestring,kari\n")
    coded = read_coded_passages(interview, coder="kari")
    assert len(mn.quote(coded)) == 1
    assert any("of 1 coded passages no word is an informant's" in note for note in coded.notes)
    table = interview / "codings.csv"
    table.write_text(f"transcript,start,end,code,coder\nintervju_3,{start},{start + 8},mestring,kari\n")
    with pytest.raises(mn.MestringError, match="no word is an informant's, first intervju_3"):
        mn.quote(table)


def test_who_coded_is_told_where_another_was_asked_for(interview: Path) -> None:
    for place in (interview, interview / "codings.csv"):
        with pytest.raises(mn.MestringError, match=r"nothing was coded by 'kåri'.*are: kari, ola"):
            mn.quote(place, coder="kåri")


def test_quotations_of_a_code_stand_in_the_order_of_coding(interview: Path) -> None:
    table = interview / "codings.csv"
    spans = [line.split(",")[:3] for line in table.read_text("utf-8").splitlines()[1:]]
    one, other = [",".join(span) for span in dict.fromkeys(map(tuple, spans))][:2]
    rows = [f"{one},styrker,ola", f"{other},kompetanse,ola", f"{one},kompetanse,ola"]
    table.write_text("\n".join(["transcript,start,end,code,coder", *rows]) + "\n", "utf-8")
    found = mn.quote(table, codes=["kompetanse"])
    place = [f"{q.segment.transcript},{q.segment.start},{q.segment.end}" for q in found if q.segment]
    assert place == [other, one]


def test_the_coder_must_be_named_where_several_coded(interview: Path) -> None:
    with pytest.raises(mn.MestringError, match=r"2 people coded.*--coder: kari, ola"):
        mn.quote(interview / "codings.csv")
    assert [q.codes for q in mn.quote(interview / "codings.csv", coder="ola")] == [("kompetanse",)]
    with pytest.raises(mn.MestringError, match="unknown code 'x'"):
        mn.quote(interview, coder="ola", codes=["x"])
    with pytest.raises(mn.MestringError, match="nothing was coded by 'per'"):
        mn.quote(interview, coder="per")


def test_quotations_come_from_as_many_informants_as_there_are() -> None:
    found = mn.quote(ROOT / "training_data", per_code=3, least_words=10, most_words=50)
    for code in {q.codes for q in found}:
        of = [q for q in found if q.codes == code]
        assert len(of) == 3 == len({q.source for q in of})
        assert all(10 <= len(q.words) <= 50 for q in of)
