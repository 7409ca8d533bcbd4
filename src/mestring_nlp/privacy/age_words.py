"""Words that tell an age from other numbers, and how much of a text one age takes up."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mestring_nlp.privacy.number_words import number_of
from mestring_nlp.privacy.tokens import Token, words_of
from mestring_nlp.privacy.vocabulary import ACTS, HE_SHE, TITLES

OLDEST = 112
BE = words_of(
    "er e æ va var vare være vera vore vørre ble blei vart blir bli blitt vorte vorti blitte bir"
)
FULL = words_of("fylte fyllte fyller fylle fylt fylla fyl fyllt fylde")
PASSED = words_of(
    "runder rundet runda rundar rundt passerte passert passerer passerar bikka bikket bikker"
)
BECOME = words_of("ble blei vart blir bli blitt vorte vorti")
I_WORDS = words_of("jeg eg æ e' i ej je jæ jei")
PRONOUNS = HE_SHE | I_WORDS | words_of("vi me de dei du dere dokker man en ein det den")
CHILDREN = words_of(
    "barna barn ungene ungane guttene gutane gutta jentene jentene tvillingene tvillingane døtrene sønnene"
    " barnebarna brødrene søstrene begge"
)
PERSONS = (
    TITLES - words_of("gamle lille lillle vesle store snille flinke søte unge nye")
    | CHILDREN
    | words_of(
        """
        mannfolk respondent respondenten intervjuobjekt intervjuobjektet kvinne kvinnen kvinna kvinnfolk dame dama damen jente gutt gut guten kar karen fyr fyren type
        pike pika piken barnet barn baby babyen babyan ungdom ungdommen ungdomen tenåring tenåringen person
        personen menneske mennesket elev eleven student studenten lærling lærlingen vikar vikaren kunde kunden
        pasient pasienten klient klienten beboer beboeren deltaker deltakeren deltakaren søker søkeren søkjaren
        ansatt tilsett vokter vakta sjåfør sjåføren kokk kokken flyktning flyktningen innvandrer jobbsøker
        jobbsøkeren medarbeider medarbeideren arbeider arbeideren bas basen formann storebror lillebror
        veslebror storesøster lillesøster veslesøster stefar stemor stesønn stedatter fosterbarn fostersønn
        fosterdatter svigersønn svigerdatter svigerfaren svigermora svigermoren oldemor oldefar olemor farmor
        mormor farfar morfar farmora mormora gudmor gudfar gammer'n kjerringa kjerring gubben gubbe kallen
        eldste eldstemann eldstejenta yngste yngstemann yngstejenta minste minsten minstemann mellomste
        mellomstemann minstejenta mamman pappan mammaen pappaen mor'n far'n kollega ektemann ektemannen
        ektefelle ektefellen søskenbarn enke enken enka pensjonist pensjonisten sjuk veninne bonde bonden
        snekker rørlegger elektriker hushjelp tante onkelen trener treneren søsken dotra dottra sonen son
        slusken rakkeren stakkar stakkaren tøs taus krabat plugg pjokk pjokken poden veslejenta veslegutten
        lillejenta lillegutten lærer læreren lærarinne barnehagebarn kandidat kandidaten bror tremenning
        mannj kjærring onge ongen veslebroren lillebroren storebroren barnebarnet oldebarn oldebarnet
        """
    )
)
"""Nouns for one person, or for children told of one by one."""

PERSON_ENDS = (
    "bror", "broren", "søster", "søsteren", "søstera", "sønnen", "sønn", "dattera", "datteren", "datter",
    "dottera", "dotter", "mannen", "jenta", "gutten", "guten", "dama", "damen", "barnet", "leder", "lederen",
    "leiar", "leiaren", "læreren", "pleieren", "kona", "kvinna", "kvinnen", "mora", "faren", "kollegaen",
    "sjefen", "eleven", "kompisen", "venninna", "venninnen", "naboen", "veilederen", "behandleren",
)  # fmt: skip
SOFT = words_of(
    """
    bare berre bærre nesten snart knapt omtrent rundt cirka ca nettopp akkurat nå no vel sikkert da då jo først
    kanskje over godt altså allerede allereie alt fremdeles ennå enda ikke ikkje bare vel liksom egentlig
    eigentleg selv sjøl faktisk nylig nyleg bortimot nærmere noe sånn slik en ein ei blitt vorte akkurat sånn
    visst trolig mer meir enn mindre eldre fulle hele heile begge godt opp mot vært eller trur tror eh ehm øh den gangen gongen der
    """
) | HE_SHE | words_of("jeg eg æ ej")  # fmt: skip
FOLLOWING = words_of(
    """
        og å men midt da då når for så som nå no i den det hu han hun ho ved dette til neste på denne forrige førre
        allerede allereie akkurat rett like mens medan fordi eller ikke ikkje med uten utan hun jeg eg æ ej vi
        der her også òg au sjøl selv enda ennå faktisk jo vel altså liksom sant tenk kanskje nesten om før etter
        siden sidan hvis viss at bare berre mye ganske snart fra frå ute hjemme heime igjen fremdeles framleis
        fortsatt hvor kor eh ehm øh ja nei vet veit tror trur samme same hadde måtte derre herre de dei hans året
        hennes hennar mora faren uansett endelig endeleg både fast ellers elles sist ferdig frisk singel enslig
        gift skilt ufør blind gravid ung pluss minus kor hos kom oppi sammen saman saman unna bor bur a sa
        """
) | (ACTS - words_of("e æ leder lærer tips"))
"""Words that may stand after an age said without *år*; a noun there tells a count."""

NO_COUNT_BEFORE = words_of(
    "klokka klokken klokkå kl nummer nr ved rundt før etter til i fra frå mellom uke veke side rom kapittel punkt"
    " paragraf på kvart halv over trinn klasse versjon fase"
)
THINGS = (
    "avtale", "avtala", "avtalen", "kontrakt", "kontrakten", "periode", "perioden", "dom", "dommen", "plan",
    "planen", "straff", "straffen", "ramme", "frist", "fristen", "pause", "pausen", "karantene", "permisjon",
    "permisjonen", "prosess", "prosessen", "jobb", "jobben", "stilling", "stillingen", "engasjement",
    "utdanning", "utdanningen", "prosjekt", "prosjektet", "kurs", "kurset", "vikariat", "vikariatet", "tid",
    "tiden", "tida", "erfaring", "gjeld", "lån", "lånet", "fartstid", "ansiennitet", "fravær", "studie",
    "studium", "løp", "løpet", "opplegg", "strekk", "grense", "grensa", "grensen", "garanti", "bil", "bilen",
    "hus", "huset", "sak", "saken", "saka", "system", "systemet", "båt", "båten", "maskin", "maskinen",
    "dokument", "rapport", "lov", "loven", "lova", "regel", "bygg", "bygget", "program", "programmet",
    "bedrift", "bedrifta", "bedriften", "firma", "firmaet", "tall", "tallene", "pc", "pcen", "data", "utstyr",
    "utstyret", "ordning", "ordningen", "ordninga", "skole", "skolen", "rutine", "rutinen", "brev", "brevet",
    "vedtak", "vedtaket", "avdeling", "avdelinga", "avdelingen", "kontor", "kontoret", "buss", "bussen",
    "traktor", "traktoren", "hund", "hunden", "katt", "katten", "hest", "hesten", "ku", "kua", "byggene",
    "ferja", "ferga", "heis", "heisen", "stol", "stolen", "komfyr", "vare", "gang", "historie", "historien",
    "historia", "gården", "garden", "hytta", "leilighet", "leiligheten", "saker", "sakene", "hus", "avtaler",
    "reform", "reformen", "skriv", "whisky", "vin", "ost", "bok", "boka", "boken", "innlegg", "innlegget",
)  # fmt: skip
"""Ends of words for what is old, or lasts, and is no person."""

GROUPS = words_of(
    "de dei dem alle folk mange noen nokon nokre personer ungdom ungdommer brukere brukarar du man dere dokker"
    " ungdommene ungdommane brukerne brukarane kundene menn kvinner elevene elevane en ein"
)
YEARS = words_of("år år' års åra aar")
SMALL_UNITS = words_of("måneder månader måned månad mnd månter månar uker veker uke veke dager dagar")
OLD = words_of("gammel gamal gammal gamle gammalt gamalt gammelt gammæl gamæl gammel' gammar")
AFTER_YEARS = words_of(
    "yngre eldre siden sidan etter senere seinere tidligere før sia til igjen att frem fram foran unna mellom"
    " imellom med uten utan hos ved hjemme heime borte ute der her syk sjuk sykmeldt sjukmeld ledig"
    " arbeidsledig på som erfaring lang lange fengsel permisjon"
)
"""Words after *år* that make it a time that passes."""

_DATED = re.compile(
    r" i (?:dag|går|fjor|år|sommer|sommar|vinter|høst|haust|vår|(?:19|20)\d\d|forgårs|morgen|morgon|januar"
    r"|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember|april|påska|jula|nitten|det)",
    re.IGNORECASE,
)
_IN = re.compile(r" i (?!\.)\w")
_HALF = re.compile(
    r" og (?:et|ett|en|ein|eit|eitt|it|n|a) hal[vt]+(?:år|t)?(?:\s(?:år|måned\w*|månad\w*))?(?!\w)",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"[,.]\d(?=\s?(?:år|måned|månad))|\s?½|\s1/2")
_HUNDREDS = frozenset({"hundre", "hundrede"})


def lasts(after: str) -> bool:
    """Return whether what follows *år* tells where it was spent: *ti år i Nav*, but not *ti år i mai*."""
    return _IN.match(after) is not None and _DATED.match(after) is None


def said_at(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """Return the number that begins with a token, and the token after it; None where none begins.

    Reads *tjueseks*, *tjue seks*, *seks og tjue*, *hundre og to* and digits, up to `OLDEST`.
    """
    token = tokens[at]
    if token.text.isdecimal():
        return (int(token.text), at + 1) if len(token.text) <= 3 and int(token.text) <= OLDEST else None
    value = number_of(token.low)
    after = _joined(tokens, at + 1)
    if value is None:
        if token.low in _HUNDREDS:
            far = at + 1 + (after == "og")
            more = number_of(_joined(tokens, far))
            if more and more + 100 <= OLDEST:
                return 100 + more, far + 1
            return (100, at + 1) if more is None else None
        return None
    second = number_of(after)
    if value >= 20 and value % 10 == 0 and second and second < 10:
        return value + second, at + 2
    tens = number_of(_joined(tokens, at + 2)) if after == "og" else None
    if value < 10 and tens and tens >= 20 and tens % 10 == 0:
        return value + tens, at + 3
    return value, at + 1


def half_after(text: str, end: int) -> int:
    """Return where *og et halvt (år)*, *,5* or *½* after a number ends; `end` itself where none stands."""
    match = _HALF.match(text, end) or _DECIMAL.match(text, end)
    return match.end() if match else end


def is_thing(low: str) -> bool:
    """Return whether a word names something that lasts or ages and is no person."""
    return low not in PERSONS and low.endswith(THINGS)


def is_person_noun(low: str) -> bool:
    """Return whether a word names one person, or children told of one by one."""
    return low in PERSONS or low.endswith(PERSON_ENDS)


def _joined(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].low if at < len(tokens) and tokens[at].joined else ""
