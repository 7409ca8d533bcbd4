"""What is found: known answers for each kind, what is no identifier, and spans that hold their words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.no import fodselsnummer, kontonr, orgnr

import mestring_nlp as mn
from mestring_nlp.privacy.checksums import is_account, is_national_identity, is_organisation
from mestring_nlp.privacy.identifiers import KINDS


def found(text: str, kind: str = "") -> list[str]:
    return [
        one.text for one in mn.find_identifiers(text) if one.confidence >= 0.5 and kind in ("", one.kind)
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Så sa Dag til Liv at en dag i livet er lang.", ["Dag", "Liv"]),
        ("Jeg husker at Kari Nordmann ringte, og Karis mann svarte.", ["Kari Nordmann", "Kari"]),
        ("Det var Nils' bil, og Anders sin hytte.", ["Nils", "Anders"]),
        ("Æ snakka med han derre Kåre på IKT.", ["Kåre"]),
        ("Ho Máret Ánne og han Ailo Gaup kom først.", ["Máret Ánne", "Ailo Gaup"]),
        ("Hun heter Fadumo Warsame, og sønnen heter Zakaria.", ["Fadumo Warsame", "Zakaria"]),
        ("Hilsen K. Nordmann", ["K. Nordmann"]),
        ("Per-Arne og Anne-Lise var der.", ["Per-Arne", "Anne-Lise"]),
        ("vi ringte til torgeir bakke og han sa at randi var syk i dag", ["torgeir bakke", "randi"]),
        ("og så sa de at stein hadde ansvaret for det hele", ["stein"]),
        ("Bjørn sa nei, men Stein sa ja.", ["Bjørn", "Stein"]),
        ("Han ble kjent med Wojciechowska da.", ["Wojciechowska"]),
        ("De kalte meg Pjokken hele turen.", ["Pjokken"]),
        ("Vesle-Per var broren hans.", ["Vesle-Per"]),
        ("Gamle Ellingsen lærte meg å bøte garn.", ["Ellingsen"]),
        ("Eieren, Madeleine du Plessis, lo.", ["Madeleine du Plessis"]),
        ("det var geir inge straumsnes som tok saken den gangen", ["geir inge straumsnes"]),
    ],
)
def test_people(text: str, names: list[str]) -> None:
    assert found(text, "person") == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Hvordan er Tor?\nTor er streng. Tors måte er grei.", ["Tor", "Tor", "Tor"]),
        ("Det er Per som leder. Pers måte er grei.", ["Per", "Per"]),
        ("Det er Tor som leder. Tor's måte er grei.", ["Tor", "Tor"]),
        ("Jeg så Mai Berg. Bergs måte er fin. Hans hytte er liten.", ["Mai Berg", "Berg"]),
    ],
)
def test_a_known_name_is_found_in_the_genitive_at_the_head_of_a_sentence(
    text: str, names: list[str]
) -> None:
    assert found(text, "person") == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("<v Ola Nordmann>Dag etter dag går det.</v>", ["Ola Nordmann"]),
        ("<v Kari Hansen>Mm.</v>", ["Kari Hansen"]),
        ("<v Kari Hansen>- <i>Liv og røre, hvorfor?</i></v>", ["Kari Hansen"]),
        ("<v Ola Nordmann>Ja</v> <v Kari Hansen>Mm.</v>", ["Ola Nordmann", "Kari Hansen"]),
        ("<v Ola Nordmann>Jeg traff <i>Dag</i> i går.</v>", ["Ola Nordmann", "Dag"]),
        ("Jeg <00:00:01.000>så <00:00:02.000>Dag i går.", ["Dag"]),
        ("<v Ola Nordmann>Torunn sa til Liv at en dag er lang.</v>", ["Ola Nordmann", "Torunn", "Liv"]),
        ("<v Ola Nordmann>ja og da sa de at stein hadde ansvaret</v>", ["Ola Nordmann", "stein"]),
    ],
)
def test_the_first_word_of_a_cue_begins_a_sentence(text: str, names: list[str]) -> None:
    assert found(text, "person") == names


@pytest.mark.parametrize(
    ("text", "finds"),
    [
        ("Jeg snakker mye med Anders. Lars er mer for seg selv.", ["Anders", "Lars"]),
        ("Han het Espen. Espen Thanh Le.", ["Espen", "Espen Thanh Le"]),
        ("Sjefen min er Tor. Tors måte er grei.", ["Tor", "Tor"]),
        ("dette er stein. finn er her.", ["stein", "finn"]),
        ("Jeg bor på Hamar. Oslo er for stort.", ["Hamar", "Oslo"]),
        ("Jeg jobba på NAV Hamar. Lillehammer var neste.", ["NAV Hamar", "Lillehammer"]),
        ("Jeg traff Kari N. Hun er grei.", ["Kari N"]),
        ("Jeg traff Kari N. Moe og K. Hansen på St. Olavs.", ["Kari N. Moe", "K. Hansen", "St. Olavs"]),
    ],
)
def test_no_name_goes_on_over_the_end_of_a_sentence(text: str, finds: list[str]) -> None:
    assert found(text) == finds


@pytest.mark.parametrize(
    "text",
    [
        "En dag i livet er det vår, og bjørnen går over stein og berg.",
        "Vi bruker Teams, Outlook og Gosys i NAV, og så har vi HR og IKT.",
        "I mai og juni er det mye å gjøre, og på mandag har vi møte.",
        "det er stein på stein og odde tall og liv og død hele veien",
        "Da sa jeg at lederen må svare. Ask er et fint treslag.",
        "Etter paragraf 8-4 er det 1240 saker, 312 av dem fra 2018.",
        "Rom 214, sak 12/23, klokka 08.30, 18,6 millioner, versjon 2.10.",
        "Klokka er sju, vi er seks stykker, og det tok elleve år.",
        "Norge og Sverige er med i Norden. 17. mai er en fridag.",
        "Ja. Og så. Ja. Men det går bra.",
        "så sier vi at vi må signe avtalen før sommeren",
        "På Østlandet er det dyrt, og Helsedirektoratets råd er klare.",
        "Kommunen fikk ny ordning, og på Kontoret er alle enige.",
        "Sønnen min går i 7B på skolen, og jeg jobber på avdeling 4B på sykehuset.",
    ],
)
def test_what_is_no_identifier(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Jeg bor i Verdal og jobba i Porsanger.", "place", ["Verdal", "Porsanger"]),
        ("Adressen er Kirkegata 41, 2406 Elverum.", "place", ["Kirkegata 41, 2406 Elverum"]),
        ("hun bor i tverrgata 3 9900 kirkenes nå", "place", ["tverrgata 3 9900 kirkenes"]),
        ("Torunn fra Heimdal sa nei.", "place", ["Heimdal"]),
        ("Han jobber på NAV Lerkendal.", "unit", ["NAV Lerkendal"]),
        ("vi ringte til nav senja for å høre", "unit", ["nav senja"]),
        ("Barna går på Byåsen skole.", "unit", ["Byåsen skole"]),
        ("Hun ligger på St. Olavs.", "unit", ["St. Olavs"]),
        ("Vi kjøpte av Haugen & Sønn Rør i fjor.", "unit", ["Haugen & Sønn Rør"]),
        ("De rykket ut fra brannstasjonen på Kroken.", "unit", ["brannstasjonen på Kroken"]),
        ("Så gikk Kverndalen Sag konkurs.", "unit", ["Kverndalen Sag"]),
        ("Jeg er på Rema 1000 Mjøndalen.", "unit", ["Rema 1000 Mjøndalen"]),
        ("Leder i Kirkens Bymisjon i Drammen.", "unit", ["Kirkens Bymisjon i Drammen"]),
        ("Jeg skrev for Lofotposten i ni år.", "unit", ["Lofotposten"]),
        (
            "Jeg jobbet på avdeling 4B på Ullevål. Sønnen min går i 7B på Majorstuen skole i 7B, og trives.",
            "",
            ["Ullevål", "Majorstuen skole"],
        ),
        ("Vi i avdeling C3 hadde fem sykmeldte.", "unit", ["avdeling C3"]),
        ("Bilen sto på Hansens Bil og Karosseri.", "unit", ["Hansens Bil og Karosseri"]),
        ("Nå jobber han i Kruse Smith.", "unit", ["Kruse Smith"]),
        ("Hun solgte til Eurosko Namsos i fjor.", "unit", ["Eurosko Namsos"]),
        ("Jeg bodde i Rosenkrantz gate 4.", "place", ["Rosenkrantz gate 4"]),
        ("kusina mi jobber på scandic havet nå for tida", "unit", ["scandic havet"]),
        ("Vi kalte oss Nattugla.", "unit", ["Nattugla"]),
        ("Faren rodde på «Breidtind» i mange år.", "unit", ["Breidtind"]),
        ("vi kjøpte det hos stjørdal håndverksbakeri i går", "unit", ["stjørdal håndverksbakeri"]),
        ("De bodde i Bygdøy allé.", "place", ["Bygdøy allé"]),
        (
            "hun bor i storgata førtien b ni tusen og åtte tromsø",
            "place",
            ["storgata førtien b ni tusen og åtte tromsø"],
        ),
        ("Ho var sekstito år og frå Espe.", "place", ["Espe"]),
        ("Ring 93 41 60 27 eller 417 93 268.", "phone", ["93 41 60 27", "417 93 268"]),
        ("Nummeret er +47 902 15 683.", "phone", ["+47 902 15 683"]),
        (
            "ring nitti åtte, null seks, trettifire, sekstisju",
            "phone",
            ["nitti åtte, null seks, trettifire, sekstisju"],
        ),
        ("Skriv til kari.nordmann@nav.no.", "email", ["kari.nordmann@nav.no"]),
        (
            "send til kari punktum nordmann krøllalfa nav punktum no i dag",
            "email",
            ["kari punktum nordmann krøllalfa nav punktum no"],
        ),
        ("Det ligger på www.eksempel.no/kurs.", "url", ["www.eksempel.no/kurs"]),
        ("Nummeret er 020132 99997.", "id_number", ["020132 99997"]),
        ("org.nr. 974 760 673 sto der", "id_number", ["974 760 673"]),
        ("kontoen 8601.11.17947 er sperret", "id_number", ["8601.11.17947"]),
        ("Han er født 19.02.1958.", "date", ["19.02.1958"]),
        ("Det var den fjerde august nittenførtito.", "date", ["den fjerde august nittenførtito"]),
        ("Hun slutta 21. juni.", "date", ["21. juni"]),
        ("Hun er bare tjueseks.", "age", ["tjueseks"]),
        ("Han fylte 67 i går.", "age", ["67"]),
        ("Bilen var EL 73046.", "other", ["EL 73046"]),
        ("Brukernavnet er hesand04.", "other", ["hesand04"]),
    ],
)
def test_other_kinds(text: str, kind: str, words: list[str]) -> None:
    assert found(text, kind) == words


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("mora mi er åttitre og bor heime enda", ["åttitre"]),
        ("Pappa er 81, han har vært syk i tre år.", ["81"]),
        ("eg blei førti i fjor og søkte noko nytt", ["førti"]),
        ("Hun fyller 60 til høsten, men har jobbet her i 20 år.", ["60"]),
        ("Gutten min er åtte og et halvt, og lillesøster er fire.", ["åtte og et halvt", "fire"]),
        ("Vi ansatte en sekstiåring, og en som var 58 året før.", ["58", "sekstiåring"]),
        ("Hansen (58) sitter i styret.", ["58"]),
        ("han var fem og femti da han døde", ["fem og femti"]),
        ("Eldste brukaren min var hundre og eitt, ho.", ["hundre og eitt"]),
        ("Eg va fjorten år og to månader då eg kom.", ["fjorten år og to månader"]),
        ("Vi har en lærling på atten og hun på femtitre.", ["atten", "femtitre"]),
        ("dei to gutane på eitt og fire år", ["eitt", "fire år"]),
        ("Ho har ein på 8 månader heime.", ["8 månader"]),
        ("De minste, som bare var elleve måneder.", ["elleve måneder"]),
        ("Hvor gammel er du? – 47.", ["47"]),
        ("Han gikk av i en alder av 72.", ["72"]),
        ("Trettifem var jeg da jeg fikk barn.", ["Trettifem"]),
        ("E e søtti no så e ska slutte.", ["søtti"]),
        ("jeg var ti år i Nav og tjue år på sjøen før det", []),
        ("Bilen var 20 år gammel, og huset er hundre år gammelt.", []),
        ("Hun har tre års erfaring, og for ti år siden var vi åtte.", []),
        ("Jeg var tre i køen, og han var seks måneder i Spania.", []),
        ("Folk over seksti sliter, og i førtiåra var det verre.", []),
        ("Kontrakten på fem år går ut når de fyller 18.", []),
        ("Jeg ble fem minutter forsinka, og hun er femti prosent.", []),
    ],
)
def test_an_age_is_no_duration_and_no_count(text: str, ages: list[str]) -> None:
    assert sorted(found(text, "age")) == sorted(ages)


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Hun er født 3. mai -71 og han 14.2.2019.", ["3. mai -71", "14.2.2019"]),
        ("Møtet var den femtende i femte, klokka fire.", ["den femtende i femte"]),
        ("Fristen er 3/4, og jeg jobber 3/4 stilling.", ["3/4"]),
        ("Han begynte 2. september i fjor og slutta i mars.", ["2. september i fjor"]),
        ("f. 1964-03-02, gift", ["1964-03-02"]),
        ("ho er fødd tjueandre i tolvte sekstiåtte", ["tjueandre i tolvte sekstiåtte"]),
        ("avhørt tredje januar to tusen og tjue, og da", ["tredje januar to tusen og tjue"]),
        ("den siste februar i nittenåttiåtte var det", ["den siste februar i nittenåttiåtte"]),
        ("Det var nyttårsaften 2011.", ["nyttårsaften 2011"]),
        ("Det var sjuogtjuende oktober.", ["sjuogtjuende oktober"]),
        ("Vi feirer syttende mai og første mai, og jul i desember.", []),
        ("I mars var det tolv saker, og 12 i februar 2019.", []),
        ("Tredje runde i andre etasje, den første i tredje klasse.", []),
    ],
)
def test_a_date_is_a_day_of_its_own(text: str, dates: list[str]) -> None:
    assert found(text, "date") == dates


@pytest.mark.parametrize(
    ("before", "words", "after", "kind"),
    [
        ("skriv til ", "per dått olsen snabel-a gmail dått com", " nå", "email"),
        ("send til ", "booking krøllalfa fjellrosa punkt no", "", "email"),
        ("mail: ", "gurine[at]frivillig[dot]example[dot]no", "", "email"),
        ("E-posten er ", "ole.n at fjordfisk.no", ".", "email"),
        ("Skriv til ", "post@øyfisk.no", ".", "email"),
        ("den heter ", "w w w punkt gapahuk minus hjelpen punkt no", "", "url"),
        ("Den ligger på ", "bit.ly/takfall", ".", "url"),
        ("brukernavnet mitt er ", "solstråle", " og det er gammelt", "other"),
        ("bilen hadde skilt ", "e k ni fire tre to en", " og var hvit", "other"),
        ("Sjarken er registrert på ", "N-64-ØK", ".", "other"),
        ("Traktoren har skiltet ", "HS 6104", ".", "other"),
    ],
)
def test_addresses_and_plates_as_they_are_said(before: str, words: str, after: str, kind: str) -> None:
    assert found(before + words + after, kind) == [words]


@pytest.mark.parametrize(
    "text",
    [
        "Saksnummer 20193456, ordrenummer 45678912, budsjett 2015-2019.",
        "vi telte tjue tretti førti femti saker om dagen",
        "han sa at sidene er nede og at det går bra",
        "Brukernavnet er sperret, og passordet er feil.",
    ],
)
def test_what_is_no_number_no_address_and_no_user_name(text: str) -> None:
    assert found(text) == []


def test_a_rare_title_is_a_hint_for_a_person_to_judge() -> None:
    hints = [
        one
        for one in mn.find_identifiers("Hun var landets eneste døvblindetolk.")
        if one.confidence < 0.5
    ]
    assert [(one.kind, one.text) for one in hints] == [("other", "landets eneste døvblindetolk")]


@pytest.mark.parametrize(
    "number", ["02013299997", "30108299920", "30108299939", "02013299903", "02013299806"]
)
def test_numbers_from_2032_on(number: str) -> None:
    assert is_national_identity(number)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not is_national_identity(wrong)


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(digits: str, at: int, more: int) -> None:
    changed = digits[:at] + str((int(digits[at]) + more) % 10) + digits[at + 1 :]
    assert not (is_organisation(digits) and is_organisation(changed))
    assert not (is_account(f"12{digits}") and is_account(f"12{changed}"))


@given(st.text("0123456789", min_size=11, max_size=11))
def test_checksums_are_those_of_another_hand(digits: str) -> None:
    assert is_account(digits) == kontonr.is_valid(digits)
    assert is_organisation(digits[:9]) == orgnr.is_valid(digits[:9])
    if fodselsnummer.is_valid(digits):
        assert is_national_identity(digits)


def test_composed_and_loose_letters_are_found_alike() -> None:
    text = "Så ringte Pål Ødegård fra Ålesund til Kåre."
    loose = unicodedata.normalize("NFD", text)
    assert [unicodedata.normalize("NFC", one) for one in found(loose)] == found(text)


@given(st.text(st.sampled_from("KariNordmanDagLivåøæ .,:;!?\n\"«»'-0123456789@/[]()"), max_size=200))
def test_finds_are_in_order_apart_and_hold_their_words(text: str) -> None:
    last = 0
    for one in mn.find_identifiers(text):
        assert last <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.text
        assert one.kind in KINDS and 0 <= one.confidence <= 1
        last = one.end


@given(st.text(max_size=80))
def test_any_text_can_be_searched(text: str) -> None:
    for one in mn.find_identifiers(text):
        assert text[one.start : one.end] == one.text
