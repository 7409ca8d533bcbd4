"""Words of trades, institutions, chains and employers: what the rules for workplaces look for."""

from __future__ import annotations

import re


def _lines(words: str) -> frozenset[str]:
    return frozenset(" ".join(one.split()) for one in words.replace("\n", "|").split("|") if one.strip())


def _any(words: str) -> str:
    return "|".join(words.split())


TRADES = re.compile(
    "(?:"
    + _any(
        """
        sag bil bilskade karosseri rør rørleggeri vvs mur tre tak gulv glass sveis stål mek mekanikk dykk anlegg data
        media foto grafisk trykk trykkeri drift catering mat kjøtt vilt fisk sjømat laks fangst fiskeri fiskeriselskap havfiske
        grønt grøntsenter hagesenter planteskole taxi buss busstrafikk turbuss rederi shipping spedisjon logistikk betong grus maling
        malerservice kulde ventilasjon graving maskinservice prosjekt prosjektering arkitekter rådgivning consult konsult advokat
        advokater megling eiendomsmegling forsikring holding invest group gruppen solutions systemer teknikk teknologi
        ridesenter hestesenter stall fjellstue fjellstove turistsenter feriesenter skisenter alpinsenter motell resort spa salong hårsalong hud
        hudpleie velvære optiker optikk gull ur klær sport bokhandel bok libris møbelhus byggvare jernvare interiør dagligvare
        matsenter brygge brygger marina slipp skipsverksted patentslip notbøteri aqua akva settefisk smolt vind vindkraft vindpark
        lufthavn lufthamn flyplass avis blad tidende dagblad folkeblad radio studio scene kino teater teatergruppe
        il fk sk bk if tif oif ik ski fotball håndball idrettsforening turnforening turlag skilag skytterlag ungdomslag bondelag
        bygdekvinnelag sanitetsforening veteranforening pensjonistforening hjelpekorps skolekorps skolemusikk janitsjar mannskor blandakor
        kammerkor sangforening songlag historielag jegerforening motorklubb golfklubb svømmeklubb håndballklubb fotballklubb menighetsråd
        gymnas kulturskole musikkskole montessoriskole steinerskole friskole folkehøgskule studiesenter campus
        ambulansestasjon brannvesen brannvern redningskorps flyktningtjeneste flyktningetjeneste flyktningkontor bedriftshelsetjeneste
        frivillighetssentral kulturhus bygdehus grendehus misjonshus bedehus kapell domkirke soknekyrkje tinghus lagmannsrett
        bygdetun kystmuseum kunstforening galleri kunstmuseum sjøfartsmuseum kraftmuseum kraftverk kraftstasjon næringshage næringspark
        inkubator vekst asvo renovasjon gjenvinning miljøstasjon avfall barnehjem ungdomshjem rusinstitusjon klinikken lakseslakteri
        psykologsenter tannhelse tannlegene kiropraktikk naprapat jordmorsenter helseforetak kurbad rehabilitering
        yard spiseri skotøymagasin magasin manufaktur konfeksjon ambulanse brainnkorps skotøy garn ullvarefabrikk spinneri fritid ressursutvikling
        sko skobutikk urmaker gullsmed fotograf dekk installasjon legegruppe gravlund bataljon barnefond fond pizzakjøkken pizza kebab sushi grill gatekjøkken blikk rens
        låsservice varme kjøling elektriske installasjoner brukthandel bruktbutikk sveiseri mekaniske båt båtbyggeri snekkeri tømrerlag
        landbruk landbrukslag gard gardsmat gardsysteri ysteri andelslandbruk samdrift gartneri tomat pelsdyr fjørfe
        """
    )
    + r"|[a-zæøå]{3,}(?:bakeri|ysteri|bryggeri|slakteri|verksted|verkstad|hotell|avis|tidende|fabrikk|forening|lag|korps|klubb|skole|skule"
    r"|barnehage|sykehjem|sykehus|klinikk|apotek|museum|teater|tjeneste|teneste|senter|service|bank|bedrift|butikk|verft|verk|kraft|bibliotek))"
)
"""Capitalised words behind the name of a workplace."""

HEADS = re.compile(
    "(?:"
    + _any(
        """
        hotel hotell radio klinikk institutt læringsverkstedet redningsselskapet matboden stiftelsen restaurant kafé kafe café
        pensjonat gjestehus gjestegård gård galleri teater studio salong frisør apotek senter skipsverftet verkstedet barnehagen
        skolen sykehjemmet bofellesskapet camping marina rederiet firma firmaet kro kroa klubben bedriften advokatfirmaet
        advokatkontoret forlaget avisa avisen banken musikkorpset koret idrettslaget fotballklubben turlaget pizzeria bistro
        vaskeriet bakeriet konditoriet blomsterbutikken trykkeriet museet kunsthall kunsthallen kulturhuset samfunnshuset
        omsorgssenteret helsehuset legesenteret tannlegesenteret botilbudet dagsenteret aktivitetssenteret folkehøgskolen
        meieriet slakteriet mottaket sagbruket gartneriet butikken nærbutikken elvebåten byggmester byggmesteren murmester malermester rørlegger snekker entreprenør brødrene omsorgsbase base distriktet hurtigruta skoleskipet seminarhotellet
        """
    )
    + ")"
)
"""Words that, with a capital, stand before the name of a workplace."""

INSTITUTIONS = re.compile(
    r"(?:brannstasjon|politistasjon|politikammer|politihus|lensmannskontor|ambulansestasjon|bibliotek|folkebibliotek|sykehus|sjukehus"
    r"|lokalsykehus|sentralsykehus|fengsel|museum|flyktningtjenest|flyktningetjenest|flyktningkontor|barnevernkontor|barnevernstjenest"
    r"|barneverntjenest|asylmottak|krisesent|montessoriskol|steinerskol|folkehøgskol|folkehøgskul|voksenopplæring|helsestasjon"
    r"|tannklinikk|landhandel|frivilligsentral|tingrett|kulturskol|hurtigbåtterminal|lakseslakteri|smelteverk|aluminiumsverk|ungdomsklinikk"
    r"|legekontor|sykehjem|sjukeheim|aldershjem|gamlehjem|internat|fødestu|sjukestu|sykestu|akuttmottak|barnehjem|ungdomshjem|[a-zæøå]+post|[a-zæøå]+poliklinikk|[a-zæøå]+klinikk"
    r"|medisinsk avdeling|dagkirurg|intensiv|mottakssent|skolehjem|fyrstasjon|losstasjon|redningssentral|havnekontor|dagsent|dagkirurgisk|kraftstasjon|renseanlegg|steinbrudd"
    r"|redningsskøyt|radiostasjon|trafikkstasjon|tollstasjon|kystradio|rusklinikk|distriktspsykiatriske sent)(?:en|a|et|met|eret|eren|ret|men)"
)
"""Institutions that a place has one of: with it, their name."""

CENTRAL = re.compile(
    r".{3,}(?:(?:iet|fiskerne|base|basen|kirurgen)|museet|stasjonen|skolen|skulen|verket|senteret|huset|hjemmet|heimen|klinikken|sykehuset|barnehagen|teatret|kontoret|hotellet|fabrikken|butikken|boden|kroa|tjenesten)"
)

PARTED = re.compile(
    r"(?:avdeling|avdelinga|avdelingen|seksjon|team|teamet|gruppe|post|sengepost|skift|enhet|distrikt|sone|bo)"
)

SINGLES = re.compile(
    r".{3,}(?:posten|-tidende|tidende|dagblad|folkeblad|-posten|-avisa|bataljonen|brigaden|senteret|huset|basen|banken|museet|teatret|teateret"
    r"|klinikken|fabrikken|verket|kirken|kyrkja|kapellet|hotellet|gymnaset|stiftelsen|barnehage|barnehagen|skolen|skulen|skule|lufthavn|legesenter"
    r"|bygg|elektro|transport|maskin|mek|auto|fisk|laks|sjømat|plast|stål|betong|data|consult|gruppen|regnskap|vekst|trafikk|bibliotek|tunet|heimen"
    r"|hallen|badet|boden|kroa|kroen|garden|stova|varden|loftet|bakeriet|ysteriet|bryggeriet|verftet|slipen|puben|baren|kafeen|kameratene|-gutta|guttene|koret|musikken|yard|kraft|energi|sparebank|forlag|apotek|rederi)"
)
SINGLES_NAMED = re.compile(
    r".{3,}(?:ly|gløtt|glytt|hvile|kvile|blikk|gruppa|nett|base|tech|soft|pro|plan|fabrikker|produkter|industrier|lab|kraftlag|line|bruket|mølla|stua)"
)
NO_SINGLES = re.compile(
    r"(?:kommunehuset|rådhuset|legesenteret|kjøpesenteret|sykehuset|jobbsenteret|kontaktsenteret|kundesenteret|næringslivet|rammeverket"
    r"|regelverket|lovverket|nettverket|sekretariatet|.*(?:banken av|arbeidsbanken)|verdensbanken|.*direktoratet|.*departementet|.*tilsynet"
    r"|hvite huset|slottet|nationaltheatret|grunnskolen|ungdomsskolen|barneskolen|videregåendeskolen|søndagsskolen|posten)"
)

WORKING = _lines(
    "jobba|jobbet|jobber|jobbar|jobbe|arbeidet|arbeider|arbeidde|arbeida|arbeide|begynte|begynt|ansatt|tilsett|lærling|lærlingtid|vikar|praksis"
    "|vikariat|slutta|sluttet|stilling|jobb|natt|nattevakt|vakt|ekstrahjelp|ekstravakter|sommerjobb|kjørt|kjøre|turnus|fagbrev|permittert"
    "|sjef|leder|kunde|bestilte|bestilt|leverte|kjøpte|handla|handlet|oppdrag|innleid|kontrakt|fast"
)

BRANCHES = _lines(
    """
    rema|rema 1000|rema tusen|kiwi|coop|coop prix|coop extra|coop mega|coop marked|coop obs|obs|obs bygg|meny|spar|eurospar|joker|bunnpris|extra
    prix|matkroken|nærbutikken|europris|biltema|byggmakker|byggmax|maxbo|montér|xl-bygg|xl bygg|felleskjøpet|circle k|esso|shell|yx|best
    narvesen|vinmonopolet|elkjøp|power|clas ohlson|ikea|jysk|skeidar|bohus|plantasjen|mester grønn|apotek 1|vitusapotek|boots apotek|boots
    radisson blu|radisson|scandic|thon hotel|thon hotell|quality hotel|comfort hotel|clarion hotel|clarion|best western|first hotel|rica
    røde kors|røde kors hjelpekorps|norsk folkehjelp|kirkens bymisjon|frelsesarmeen|frelsesarméen|blå kors|redningsselskapet|redd barna|mental helse|lhl|hørselshemmedes landsforbund
    bymisjonen|kirkens sos|fontenehuset|frivilligsentralen|mestringsenheten|sanitetsforeningen|fagskolen|høgskolen|høyskolen|universitetet
    securitas|iss|nokas|avarn|mowi|salmar|lerøy|cermaq|nova sea|felleskjøpet agri|tine|nortura|norsk gjenvinning|franzefoss|posten|bring|postnord
    mestergruppen|mesterhus|veidekke|skanska|peab|backe|bravida|caverion|assemblin|gk|oneco|statnett|statkraft|nordea|dnb|sparebank 1|eika
    fretex|husfliden|visma|gjensidige|folkets hus|hydro|elkem|norsk hydro|sørlandet sykehus|helse|nordlandssykehuset|finnmarkssykehuset|plan og bygg|teknisk etat|røde kors ungdom|sanitetskvinnene|turistforeningen|ambulansen|taxi|amfi|storsenteret|politihuset|legevakten|legevakta|brannvesenet|hjemmetjenesten|barnevernet|vekst|asvo|jobbhuset|aktiv|aktiv fritid|eiendomsmegler 1|dekkmann|vianor|mekonomen|bertel o. steen|møller bil|burger king|jafs|big bite|elixia|sats
    boreal|tide|tide buss|nettbuss|torghatten|unibuss|nobina|espira|fus|kanvas|norlandia|attendo|stendi|aleris|volvat|unicare|humana|aberia
    adecco|manpower|jobzone|randstad|personalhuset|hennig-olsen|orkla|nille|sport 1|g-sport|intersport|xxl|mcdonald's|burger king|peppes pizza|egon|dolly dimple's
    bama|asko|toma|4service|sodexo|compass|eurest|sats|fresh fitness|evo|familiesport|heimevernet
    """
)
"""Chains and societies: with a place, the name of a branch."""

FIRMS = _lines(
    """
    kruse smith|af gruppen|veidekke|skanska|peab|bravida|caverion|assemblin|securitas|nokas|avarn|mowi|salmar|lerøy|cermaq|nova sea|boreal
    boreal buss|tide buss|nobina|unibuss|torghatten|norlandia|attendo|stendi|aleris|volvat|unicare|humana|aberia|espira|adecco|manpower|jobzone
    randstad|kværner|aker solutions|equinor|norsk hydro|elkem|norcem|borregaard|ulstein|vard|kleven|nordlaks|nortura|franzefoss|mack|ringnes
    hansa borg|hennig-olsen|freia|orkla|stabburet|jøtul|stressless|ekornes|raufoss ammunisjon|nammo|kongsberg gruppen|glamox|helly hansen
    sunnaas|blakstad sykehus|blakstad|dikemark|gaustad|sandviken sykehus|bredtveit|ullersmo|ila fengsel|haraldsplass|betanien|feiringklinikken
    bjerknessenteret|sintef|nilu|nofima|havforskningsinstituttet|nibio|norce|oslo universitetssykehus|ullevål universitetssykehus|radisson blu
    ahus|fretex|celsa|vestbase|polarbase|havila|color line|widerøe|norwegian|braathens|avinor|bane nor|mantena|thon|scandic|ramboll|norconsult|sweco|multiconsult|cowi
    hotel continental|grand hotel|plaza|hotell bristol|modum bad|hauglandssenteret|viken senter|borgestadklinikken|riisby
    vestbase|horisont energi|yara|ineos|wacker|eramet|boliden|alcoa|fesil|finnfjord|rana gruber|sydvaranger|titania|moelven|bergene holm
    """
)
"""Employers whose name alone means them."""

PHRASES = (
    re.compile(
        r"(?<!\w)(?:heimetenesta|hjemmetjenesten|hjemmesykepleien|hjemmehjelpen) (?:[A-ZÆØÅ]\w+ )+(?:sone|distrikt)(?!\w)"
    ),
    re.compile(
        r"(?<!\w)[A-ZÆØÅ]\w+ (?:sykehus|sjukehus|sykehjem|helsehus), [a-zæøå]+ (?:avdeling|sengepost|poliklinikk)(?!\w)"
    ),
    re.compile(
        r"(?<!\w)(?:Institutt|Senter|Fakultet|Fakultetet|Avdeling|Seksjon|Kontor|Klinikk|Museet|Foreningen) for [a-zæøå]+(?: (?:og )?[a-zæøå]+){0,3}?"
        r"(?=,? (?:ved|i|på|er|og (?:var|er|har|så|jeg)|har|som|var|men|da|campus)\b|[,.;:!?»]|$)(?:, campus [A-ZÆØÅ]\w+)?"
    ),
    re.compile(
        r"(?<!\w)(?:advokatkontoret|advokatfirmaet|brødrene) [a-zæøå]{4,}(?: og [a-zæøå]{4,})?(?!\w)"
    ),
    re.compile(r"(?<!\w)[A-ZÆØÅ]\w*(?:distrikt|bataljon|skvadron|kompani|divisjon)(?:et|en)? \d+(?!\w)"),
    re.compile(
        r"(?<!\w)(?i:[a-zæøå]+(?:tilsynet|forbundet|etaten|vesenet|verket|foreningen) (?:avd\.|avdeling|region|distrikt|lokallag) (?:\d+ )?)"
        r"[A-ZÆØÅa-zæøå]{4,}(?!\w)"
    ),
    re.compile(
        r"(?<!\w)(?:M[/.]?[SFVK]|m[/.]?[sfk]|MT|mt) [«\"]?(?:[A-ZÆØÅ][\w-]+(?: [A-ZÆØÅ][\w-]+)*|(?<=[a-z] )[a-zæøå]{4,})"
    ),
    re.compile(
        r"(?<!\w)(?:(?:medisinsk|kirurgisk|psykiatrisk|ortopedisk) )?(?:senge|barsel|lunge|hjerte)?post [a-d] (?:i|på|ved) [a-zæøå]{4,}(?!\w)"
    ),
)
"""Names of units that are phrases: institutes, districts with a number, local branches, ships."""

AFLOAT = _lines(
    "båt|båten|skip|skipet|skøyta|skøyte|ferga|ferja|rodde|seilte|segla|mannskap|mannskapet|fiske|sildafiske|torskefiske|ombord|skipper|tråler|tråleren"
    "|linebåt|kystvakt|fiskarlag|fiskerlag|fiskar|fisker|losbåt|hurtigbåt|ringnot|hyre|kai|kaia|fangst|rekefelt"
)
