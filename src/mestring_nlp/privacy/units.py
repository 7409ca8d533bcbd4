"""Workplaces that can be identified: NAV offices, schools, surgeries, homes, firms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mestring_nlp.privacy.firms import find_firms
from mestring_nlp.privacy.identifiers import Identifier
from mestring_nlp.privacy.lexicon import is_word, lexicon
from mestring_nlp.privacy.tokens import Token
from mestring_nlp.privacy.vocabulary import (
    ACTS,
    DETERMINERS,
    LOCATIVE,
    NO_NAMES,
    NO_PARTS,
    TOGETHER,
)

_KINDS = {
    "skole": r"(?:grunn|barne|ungdoms|folkehøg|kultur|videregående |vidaregåande |barne- og ungdoms)?(?:skole|skule)|vgs|videregående|vidaregåande|oppvekstsenter"
    r"|voksenopplæring|vaksenopplæring|læringssenter|skolekontor|skulekontor|opplæringssenter|universitet|høgskole|høyskole|høgskule|fagskole|sfo",
    "barnehage": r"(?:natur|familie|frilufts|gårds)?barnehage|barnehagar",
    "helse": r"sykehjem|sjukeheim|sykeheim|aldershjem|aldersheim|omsorgssenter|omsorgsenter|bo- og \w+|bo og \w+|bosenter|helsehus|helsesenter"
    r"|helsetun|legesenter|legekontor|legevakt|lækjarsenter|sykehus|sjukehus|hospital|helsestasjon|tannklinikk|tannlegesenter|fysioterapi"
    r"|bofellesskap|bufellesskap|bokollektiv|dagsenter|rehabiliteringssenter|behandlingssenter|dps|apotek|omsorgsbolig\w*|omsorgsboliger"
    r"|bo-?(?: og )?servicesenter|eldresenter|psykiatriske|klinikk|rehab|aktivitetssenter|avlastning|hospice|hjelpemiddelsentral",
    "tjeneste": r"hjemmetjeneste|heimeteneste|hjemmesykepleie|heimesjukepleie|hjemmebaserte tjenester|miljøtjeneste|barnevern(?:tjeneste)?"
    r"|barneverntenest|rustjeneste|fritidsklubb|bibliotek|kirke|kyrkje|menighet|moské|prestegjeld|tingrett|politistasjon|lensmannskontor"
    r"|brannstasjon|fengsel|mottak|asylmottak|krisesenter|frivilligsentral|bydel|servicetorg|kommunehus|rådhus|samfunnshus|idrettslag|musikkorps",
    "bedrift": r"hotell|hotel|vertshus|gjestehus|gjestgiveri|camping|bakeri|konditori|kafé|kafe|kro|pub|verft|skipsverft|mekaniske|skipsindustri"
    r"|trevare|trelast|kornsilo|sagbruk|møbler|møbelfabrikk|fabrikk|fabrikker|slakteri|meieri|bryggeri|fiskemottak|fiskeindustri|lakseslakteri"
    r"|havbruk|oppdrett|oppdrettsanlegg|bygg|byggservice|entreprenør|transport|elektro|elektriske|auto|bilservice|bilverksted|verksted|rør|rørleggerservice"
    r"|regnskap|eiendom|renhold|industri|industrier|maskin|mølle|gartneri|blomster|frisør|butikk|handel|samvirkelag|coop|landhandel|bowling|kjøpesenter"
    r"|treindustri|smelteverk|gruve|gruver|kraft|energi|kraftlag|sparebank|bank|forlag|avis|teater|museum|vekst|produkter|attføring|arbeidsmarkedsbedrift"
    r"|gjenbruk|[a-zæøå]{3,}(?:stasjon|senter|service|butikk|hus|verk|lag|bruk|fabrikk|anlegg|lager|terminal|depot|museum|mottak|klubb|forening|hall|handel|bad|teater|tjeneste|avdeling|bedrift|foretak|vask|skilt)|vaskeri|as|asa|ans|da|sa|ba|hf|kf|nuf|iks",
}  # fmt: skip
_NOUN = {kind: re.compile(rf"(?:{words})(?!\w)", re.IGNORECASE) for kind, words in _KINDS.items()}
_ANY = re.compile(
    "|".join(f"(?P<{kind}>(?:{words})(?!\\w))" for kind, words in _KINDS.items()), re.IGNORECASE
)
_LEGAL = frozenset(["as", "asa", "ans", "da", "sa", "ba", "hf", "kf", "nuf", "iks"])
_HEADS = re.compile(
    r"(?:hotell|hotel|gjestehuset|vertshuset|sykehuset|sjukehuset|stiftelsen|hjemmetjenesten|hjemmetenesta|heimetenesta"
    r"|hjemmesykepleien|barnevernet|bofellesskapet|skolen|skulen|barnehagen|sykehjemmet|sjukeheimen|legekontoret"
    r"|legesenteret|kafé|kafe|restaurant|firmaet|bedriften|bedrifta|selskapet|klubben|bydel|helsehuset|legevakta"
    r"|legevakten|kirka|moskeen|avdelinga|dagsenteret|omsorgssenteret|mottaket|verftet|butikken|folkehøgskolen)"
)
_IN = re.compile(
    r"(?:\w*vakta|\w*vakten|universitetet|høgskolen|høyskolen|høgskulen|legevakta|legevakten|legevakt|sykehuset|sjukehuset|hjemmetjenesten"
    r"|heimetenesta|politiet|tingretten|barnevernet|hjemmesykepleien|krisesenteret|asylmottaket|domstolen|fengselet)"
)
_SUFFIX = re.compile(
    r"(?:.{3,}(?:heimen|hjemmet|tunet|skolen|skulen|sykehuset|sjukehuset|senteret|barnehagen|kirka|kirken|hallen|stua"
    r"|skole|skule|sjukeheim|sykehjem|barnehage|hotell|verft|bakeri|bofellesskap)|.{3,}[td]un|.{3,}tun)"
)
_HOSPITALS = re.compile(
    r"(?<!\w)(?:St\.? ?Olavs?(?: hospital)?|Ahus|Rikshospitalet|Radiumhospitalet|Haukeland|Ullevål sykehus|Aker sykehus"
    r"|UNN|NTNU|UiO|UiB|UiT|UiS|UiA|OsloMet|Diakonhjemmet|Lovisenberg|Sunnaas|Modum Bad|Blå Kors \w+)(?!\w)"
)
_NAV = re.compile(r"(?<![\w-])(?:NAV|Nav|nav|Nav-|NAV-)(?= [^\W\d_])")
_NAV_NO = frozenset(
    [
        "og",
        "i",
        "på",
        "er",
        "har",
        "som",
        "her",
        "der",
        "men",
        "kontor",
        "kontoret",
        "leder",
        "lederen",
        "ansatte",
        "ansatt",
        "systemet",
        "direktoratet",
        "hjelpemiddelsentral",
        "kontaktsenter",
        "klageinstans",
        "kunne",
        "skal",
        "skulle",
        "må",
        "kan",
        "vil",
        "var",
        "ikke",
        "ikkje",
        "om",
        "så",
        "for",
        "til",
        "fra",
        "med",
        "å",
        "at",
        "når",
        "hadde",
        "brukere",
        "bruker",
        "veileder",
        "stat",
        "kommune",
        "lokal",
        "lokalt",
        "statlig",
        "sa",
        "sier",
        "reformen",
        "loven",
        "sine",
        "sin",
        "generelt",
        "eller",
        "ble",
        "blir",
        "selv",
        "sjøl",
    ]
)
_SIDE = frozenset(["sør", "nord", "øst", "vest", "sentrum", "indre", "ytre", "sentralt"])
_NAME_LIKE = re.compile(
    r".{3,}(?:tun|tunet|heim|heimen|haugen|haug|bakken|lia|åsen|dalen|dal|vik|vika|nes|neset|sund|gård|gården|lund|vang|vangen|moen|blikk|havn|borg)"
)
_ADJECTIVES = frozenset({"sørlandet", "norsk", "samisk", "nordisk", "kristi"})
_JOINING = frozenset({"og", "i", "&", "på"})
_NO_UNITS = frozenset(
    {"årsverk", "regelverk", "lovverk", "nettverk", "rammeverk", "håndverk", "avtaleverk"}
)
_FARTHEST = 4


def find_units(text: str, tokens: Sequence[Token], taken: set[int]) -> Iterator[Identifier]:
    """Yield units that can be identified by their name.

    Parameters
    ----------
    text : str
    tokens : sequence of Token
    taken : set of int
        The tokens of finds made before.
    """
    yield from find_firms(text, tokens, taken)
    at_start = {token.start: at for at, token in enumerate(tokens)}
    for match in _NAV.finditer(text):
        at = at_start.get(match.start())
        if at is not None and at + 1 < len(tokens):
            last = _nav(tokens, at + 1, text)
            if last > at + 1:
                yield _found(text, tokens[at].start, tokens[last - 1], 0.97, "NAV-kontor")
    for match in _HOSPITALS.finditer(text):
        yield Identifier(*match.span(), "unit", match.group(), 0.85, "sykehus")
    for match in _ANY.finditer(text):
        at = at_start.get(match.start())
        if at is not None and at not in taken and match.lastgroup:
            found = _named(text, tokens, at, match.end(), match.lastgroup, taken)
            if found:
                yield found
    for at in range(len(tokens)):
        if at in taken:
            continue
        found = _headed(text, tokens, at, taken) or _single(text, tokens, at)
        if found:
            yield found


def _nav(tokens: Sequence[Token], at: int, text: str) -> int:
    """Return the end of the name of a NAV office."""
    first = tokens[at]
    if not first.joined or first.low in _NAV_NO:
        return at
    places = lexicon().places
    if first.capital:
        end = at + 1
    elif not first.cased or not first.capital:
        two = " ".join(token.low for token in tokens[at : at + 2])
        if two in places:
            return at + 2
        if first.low not in places and is_word(first.low):
            return at
        if first.cased and first.low not in places:
            return at
        end = at + 1
    while end < len(tokens) and tokens[end].joined and end < at + _FARTHEST:
        if (tokens[end].capital and first.capital and not tokens[end].first) or tokens[end].low in _SIDE:
            end += 1
        elif (
            tokens[end].low in ("og", "i")
            and end + 1 < len(tokens)
            and tokens[end + 1].joined
            and (tokens[end + 1].capital if first.capital else tokens[end + 1].low in places)
            and (
                (tokens[end].low == "og" and lexicon().given.get(tokens[end + 1].low) is None)
                or tokens[end + 1].low in ("hedmark", "akershus", "viken")
            )
        ):
            end += 2
        else:
            break
    return end


def _named(
    text: str, tokens: Sequence[Token], at: int, end: int, kind: str, taken: set[int]
) -> Identifier | None:
    """Return a unit whose name stands before what it is: *Solbakken bofellesskap*."""
    if not at or not tokens[at].joined:
        return None
    last = at
    while last + 1 < len(tokens) and tokens[last + 1].start < end:
        last += 1
    if tokens[at].low in _NO_UNITS:
        return None
    legal = tokens[at].low in _LEGAL
    if legal and not tokens[at].text.isupper():
        return None
    first = at
    while first and tokens[first].joined and first > at - _FARTHEST and first - 1 not in taken:
        before = tokens[first - 1]
        if not _is_part(tokens, first - 1, cased=before.cased):
            joining = (
                before.low in ("og", "&", "i") and first > 1 and tokens[first - 1].joined and first < at
            )
            if not (
                joining and _is_part(tokens, first - 2, cased=before.cased) and tokens[first - 2].capital
            ):
                break
            first -= 1
        first -= 1
    while first < at and (tokens[first].low in ("og", "i") or (tokens[first].first and is_word(tokens[first].low) and (
        lexicon().places.get(tokens[first].low) is None) and first + 1 < at)):  # fmt: skip
        first += 1
    if first == at:
        return None
    name = tokens[first]
    if name.first and is_word(name.low) and lexicon().places.get(name.low) is None and not legal:
        return None
    while last + 1 < len(tokens) and tokens[last + 1].joined and (
        tokens[last + 1].low in _SIDE or tokens[last + 1].text in ("AS", "ASA", "SA", "ANS", "HF", "KF", "IKS")
        or (tokens[last + 1].low in ("skole", "skule") and tokens[last].low in ("videregående", "vidaregåande"))
    ):  # fmt: skip
        last += 1
    if last + 1 < len(tokens) and last + 1 not in taken and tokens[last + 1].joined and tokens[last + 1].capital and (
        tokens[last + 1].low in lexicon().places and tokens[last + 1].cased and lexicon().given.get(tokens[last + 1].low) is None
    ):  # fmt: skip
        last += 1
    return _found(text, name.start, tokens[last], 0.93, kind)


def _is_part(tokens: Sequence[Token], at: int, *, cased: bool) -> bool:
    """Return whether a word can be part of a unit's name."""
    token = tokens[at]
    if token.text.isdecimal() or (token.low in NO_NAMES and token.low not in _ADJECTIVES):
        return False
    if cased:
        return token.capital
    if token.low in NO_PARTS or token.low in DETERMINERS or token.low in LOCATIVE:
        return False
    if token.low in lexicon().places or not is_word(token.low):
        return True
    surname = lexicon().surnames.get(token.low) is not None and lexicon().given.get(token.low) is None
    if surname or _NAME_LIKE.fullmatch(token.low):
        return True
    definite = re.fullmatch(r".{3,}(?:en|et|a)", token.low) is not None
    return (
        definite
        and at > 0
        and tokens[at - 1].low in ("på", "ved", "fra", "til")
        and token.low not in ACTS
    )


def _headed(text: str, tokens: Sequence[Token], at: int, taken: set[int]) -> Identifier | None:
    """Return a unit whose name stands behind what it is: *hotell Havblikk*, *legevakta i Verdal*."""
    token = tokens[at]
    if at + 1 >= len(tokens) or not tokens[at + 1].joined:
        return None
    after = tokens[at + 1]
    if (
        _IN.fullmatch(token.low)
        and after.low in ("i", "på")
        and at + 2 < len(tokens)
        and at + 2 not in taken
    ):
        name = tokens[at + 2]
        place = lexicon().places.get(name.low)
        if name.joined and (
            name.capital and name.low not in NO_NAMES if token.cased else place and place[1] == 0
        ):
            return _found(text, token.start, name, 0.8, "helse" if "leg" in token.low else "tjeneste")
    if not _HEADS.fullmatch(token.low) or at + 1 in taken:
        return None
    if token.cased:
        if not after.capital or after.first or after.low in NO_NAMES:
            return None
        if not token.capital and lexicon().given.get(after.low) == 0:
            return None
    elif token.low in ("hotell", "hotel", "kafé", "kafe", "restaurant", "gjestehus"):
        if after.low in DETERMINERS | NO_PARTS | TOGETHER | LOCATIVE | ACTS or len(after.low) < 4:
            return None
    elif (
        after.low in DETERMINERS | NO_PARTS
        or (is_word(after.low) and after.low not in lexicon().places)
        or lexicon().given.get(after.low) == 0
        or after.low in LOCATIVE
    ):
        return None
    last = at + 1
    while last + 1 < len(tokens) and tokens[last + 1].joined and last - at < _FARTHEST and (
        tokens[last + 1].low in _SIDE or (token.cased and tokens[last + 1].capital and last + 1 not in taken)
    ):  # fmt: skip
        last += 1
    return _found(
        text, token.start, tokens[last], 0.85, "bedrift" if "hotel" in token.low else "tjeneste"
    )


def _single(text: str, tokens: Sequence[Token], at: int) -> Identifier | None:
    """Return a unit that is one word: *Myrdalsheimen*, *Eidetun*."""
    token = tokens[at]
    low = (
        token.low.removesuffix("s")
        if token.low.endswith("ets") or token.low.endswith("ens")
        else token.low
    )
    if not _SUFFIX.fullmatch(low) or low in NO_NAMES or low in lexicon().places:
        return None
    where = at and tokens[at - 1].low in (
        "på",
        "ved",
        "fra",
        "frå",
        "til",
        "te",
        "i",
        "for",
        "med",
        "av",
        "hos",
    )
    if token.cased:
        named = token.capital and not token.first and lexicon().given.get(low) is None
        surname = lexicon().surnames.get(low) is not None
        if (
            not named
            or (surname and not where)
            or (at and token.joined and tokens[at - 1].capital and not where)
        ):
            return None
        return _found(text, token.start, token, 0.85, "enhet", len(low))
    if where and not is_word(low) and lexicon().name_grade(low) is None:
        return _found(text, token.start, token, 0.8, "enhet", len(low))
    return None


def _found(
    text: str, start: int, last: Token, confidence: float, subkind: str, length: int = 0
) -> Identifier:
    end = start + length if length else last.end
    return Identifier(start, end, "unit", text[start:end], confidence, subkind)
