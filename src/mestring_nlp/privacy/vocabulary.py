"""Words around names, and capitalised words that are none: what the rules of context look for."""

from __future__ import annotations

import re


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


NO_NAMES = _set(
    """
    nav teams excel outlook word powerpoint gosys arena modia pesys infotrygd visma facebook messenger
    instagram snapchat tiktok twitter linkedin youtube google microsoft windows apple iphone ipad android
    zoom skype slack sharepoint onedrive office chatgpt copilot gpt ki ikt it hr hms lo nho ks ssb udi imdi
    sfo aks pp ppt bup dps aap afp nkvts barnevernet skatteetaten skattemyndighetene lånekassen husbanken
    datatilsynet arbeidstilsynet helsetilsynet statsforvalteren fylkesmannen direktoratet departementet
    stortinget regjeringen regjeringa storting høyesterett politiet sivilombudet riksrevisjonen norad
    kommunal trygderetten folketrygden folketrygdloven forvaltningsloven arbeidsmiljøloven
    norge noreg norgga sverige danmark finland island tyskland england storbritannia skottland irland wales
    frankrike spania portugal italia hellas polen litauen latvia estland ukraina russland hviterussland
    romania bulgaria ungarn tsjekkia slovakia østerrike sveits nederland belgia kroatia serbia bosnia kosovo
    albania makedonia slovenia montenegro tyrkia syria irak iran afghanistan pakistan india bangladesh
    lanka sri kina japan korea thailand vietnam filippinene indonesia malaysia somalia eritrea etiopia sudan
    kongo burundi rwanda uganda kenya tanzania nigeria ghana gambia marokko algerie tunisia libya egypt
    israel palestina gaza libanon jordan jemen saudi usa amerika canada mexico brasil chile argentina peru
    colombia cuba australia europa asia afrika norden skandinavia eu eøs nato fn who ilo
    jul jula julen påske påska påsken pinse pinsa advent nyttår romjul romjula kristi himmelfart gud herregud
    jesus allah bibelen koranen covid korona corona leder lederen sjefen direktør rektor lege
    mandag tirsdag onsdag torsdag fredag lørdag søndag måndag tysdag laurdag sundag
    januar februar mars april juli august september oktober november desember
    lean bankid vipps altinn helsenorge nettvett dips gerica profil cosdoc winmed agresso unit4 tqm
    yaris yarisen toyota volvo volkswagen audi tesla ford mercedes bmw opel mazda nissan skoda
    norsk nynorsk bokmål engelsk polsk arabisk samisk nordsamisk somali tigrinja ok okei pc tv cv dvs osv
    kap kapittel paragraf sak sakene sivilarbeider fafo sikt oslomet nrk vg tv2 netflix spotify
    fagforbundet sykepleierforbundet delta fellesorganisasjonen utdanningsforbundet parat akademikerne
    rema kiwi coop meny ikea elkjøp clas ohlson jernia europris biltema posten bring vy ruter
    informant informanten intervjuer intervjueren moderator person respondent deltaker speaker taler spørsmål
    svar p i m ii iii iv de dem deres dere du hun han vi jeg eg æ me oss deg meg seg
    amo navet styrk telenor aetat utekontakten nille sahara einstein supermann obs adressa adresseavisen aftenposten dagbladet vårt land klassekampen bergens tidende røde kirkens frelsesarmeen power bi yammer qlik tableau staten staden syden utlandet bygda ambulerende attføring arbeidsgiver arbeidslivssenter ungdomsgarantien kvalifiseringsprogrammet
    kvp ips sykmeldt nei ja altså scania volvo men og så her der hva hvem hvor kva kven kor hvordan hvorfor
    østlandet vestlandet sørlandet nord-norge midt-norge nordnorge hamsun ibsen einstein freud mozart beethoven shakespeare picasso
    kontoret kommunen staten fylket næringsliv duck paracet ibux marevan parkinson alzheimer freia samsung hurtigruten bachelor master
    dr corolla passat linux kongen putin trump helsedirektoratet
    tusen takk hilsen mvh hei hallo god kjære vennlig beste
    """
)  # fmt: skip
"""Capitalised words that name no person and no small place: programs, countries, feasts, offices."""

HE_SHE = _set("han hun ho hon hu hainn n henne henner ham")
NAMING = _set(
    "heter het hette heite heiter heitte hete heit heitt hetet kalles kalte kaller kalla kalt døpt navnet namnet kallenavn kallenavnet tilnavn"
    " navn namn"
)
TITLES = _set(
    """
    fru frøken frk herr hr dr doktor lege legen overlege professor prest presten rektor rektoren lærer læreren
    sjef sjefen leder lederen avdelingsleder teamleder enhetsleder mellomleder fagleder daglig verneombud
    tillitsvalgt kollega kollegaen kollegaer veileder veilederen saksbehandler saksbehandleren saksbehandlar
    direktør direktøren ordfører ordføreren advokat politimann lensmann lensmannen sykepleier sykepleieren
    vaktmester vaktmesteren formann formannen konsulent sekretær assistent bruker brukeren informant
    mor mora moren far faren pappa mamma søster søstera søsteren bror broren brora sønn sønnen dotter dottera
    datter dattera datteren bestemor bestemora bestefar besta onkel tante tanta fetter fettern kusine kusina
    kona kone konen mann mannen mann' samboer samboeren kjæreste kjæresten svoger svigermor svigerinne
    svigerfar venninne venninna venninnen kompis kompisen kamerat kameraten venn vennen nabo naboen
    guten gutten jenta unge ungen barnebarn niese nevø tvillingene brødrene søstrene eks eksen
    gamle gamle lille lillle vesle store snille flinke søte unge nye
    """
)  # fmt: skip
BEFORE_PEOPLE = _set(
    "til te tel med mæ hos hjå fra frå spurte spurde ringte ringer traff møtte kjente kjenner hilste spør takka spørre ringe treffe møte"
)
NEVER_ALONE = _set(
    "dina mina andre finn are inge inga vera tia tom tone helle ina rose line tine live lea elle bo jo"
)
TOGETHER = _set(
    """
    til te te'n tel med mæ me fra frå av for hos hjå på om og å eller etter mot enn når så hvis viss at som sa
    sier seier spør spørre treffe møte spurte spurde ringer ringte ringe møter møtte møte treffer traff kjenner kjente hils hilste
    takk takket takker spurt både samt men da då før gjennom uten utan blant mellom bak foran ved siden hei
    kjære hilsen husker hugser hugsar så ser møtt fikk får ga gav sende sendte ba bad hadde har ansatte
    ansatt lærte hentet henta inkludert eneste bare berre også òg særlig spesielt unntatt pluss
    """
)  # fmt: skip
ACTS = _set(
    """
    sa sier seier spurte spør spurde ringte ringer svarte svarer mente meiner mener tenkte tenker trodde tror
    trur trudde jobber jobba jobbet arbeider arbeidet arbeidde begynte begynner slutta sluttet slutter kom kjem
    kommer gikk går gjekk tok tar tek fikk får fekk var va er e æ ble blei vart blir hadde har hev skulle skal
    ville vil kunne kan måtte må bor bodde bur budde satt sitter sit sat sto står stod lo ler gråt gret smilte
    hjalp hjelper hjelp leste skrev skriver skreiv skriv lærte lærer sendte sender venta ventet venter holdt
    holder likte liker hater elsker kjørte kjører køyrde døde fødte giftet gifta flytta flyttet flytter reiste
    reiser dro drar åpnet lukka låste fortalte forteller fortel visste vet veit gjorde gjør gjer ga gir gav
    brukte bruker ledet leder leda styrte overtok sluttet lagde laget laga fant finner ropte roper skjønte
    skjønner forsto forstår glemte glemmer husket husker pleide pleier orka orket hører hørte så ser passet
    klarte klarer nekta nektet nekter påsto lovte lova vant tapte foreslo oppdaga oppdaget tar tulla
    """
)  # fmt: skip
VERBS_OF_PEOPLE = ACTS - _set(
    "var va er e æ ble blei vart blir hadde har skulle skal kom gikk går tar tok så ser leder lærer bruker kan må vil får fikk sto står stod hjelp sat satt sitter e"
)
LOCATIVE = _set(
    """
    i på fra frå ifra ifrå ved utenfor utanfor rundt nær oppi nedi nedpå oppå uti utpå inni innafor innom inne
    oppe nede ute borte nord sør øst vest mellom gjennom forbi omkring
    """
)  # fmt: skip
TOWARDS = _set("til te tel mot over av for enn")
MOVING = _set(
    """
    flytta flyttet flytter flytte reiste reiser reise dro drar dra kjørte kjører køyrde køyre fløy kom kommer
    kommet kjem gikk pendla pendlet pendler pendle kjøre tur turen ferie hjem heim tilbake attende bil buss
    tog toget bussen ferga veien vegen båt helt heile heilt fra frå ned opp bort inn ut over
    """
)  # fmt: skip
TOWNS = _set(
    """
    oslo bergen trondheim stavanger tromsø bodø drammen kristiansand fredrikstad sarpsborg sandnes ålesund skien
    porsgrunn larvik tønsberg arendal haugesund hamar gjøvik lillehammer halden harstad molde kristiansund steinkjer
    namsos levanger narvik alta hammerfest kirkenes elverum kongsberg horten sandefjord lillestrøm førde florø mandal
    grimstad stjørdal verdal røros voss kongsvinger hønefoss notodden egersund flekkefjord moss mosjøen
    """
)  # fmt: skip
"""Towns so well known that their name means them, though some bear it."""
STATES = _set(
    "på syk sjuk ferdig ny her der sint glad flink med hjemme heime borte lei redd trøtt alene også først sist innom"
    " uenig enig klar snill gravid bortreist"
)
AREAS = _set("hele heile heila halve opp ned bort inn ut heim rundt utover innover oppover nedover")
CHAINS = _set(
    "extra spar rema kiwi coop meny joker bunnpris obs felleskjøpet prix matkroken nærbutikken kundesvar circle esso shell narvesen europris"
)
CONJUNCTIONS = _set("og at så men for da når hvis altså fordi mens viss om enn ja nei jo før hvor der")
INFINITIVE = _set("å må skal kan vil bør måtte skulle kunne ville burde vi de dere jeg eg æ ikke alle")
SELDOM_WORDS = _set(
    """
    ola per tor tore are arve tom stig tone siv gro helga anna tine line frank even endre kaia malene mina dina ina
    inga inge lea una vera mette rikke bo kalle luka rene roman sander max mark tim ben harry kurt jarl gard bent
    brage brede varg falk hauk ravn heine mons pelle sten ebbe aud ane ana hilda helle jette unn sanne siren stella
    klara berta luna mille nova selje ester kristen isa elle andre finn jo tia rana kåre terje rune
    """
)  # fmt: skip
"""Names that are words too, but seldom words that begin a sentence before a verb."""
PARTICLES = _set("von van de af al el bin ibn da der den dos del la le af ten du di")
DETERMINERS = _set(
    """
    en ei et ein eit den det denne dette disse de hver kvar hvert kvart neste forrige førre hele heile samme
    same noen noko nokon noe ingen alle all mange mye mykje flere fleire en annen annet min mi mitt mine din
    di ditt dine sin si sitt sine vår vårt våre hans hennes deres i om per pr to tre fire fem seks sju åtte ni
    ti god godt godt første andre siste et par
    """
)  # fmt: skip
NO_PARTS = _set(
    """
    er e i som og å ho do le by se si min an bare etter over under til te for fra med at da når om så men har
    hadde var ble kom på av en et den det de vi du jeg han hun ikke der her nå no to tre ni seks ti alle andre
    mye mer mest vil kan skal må blir gå få ta ha være sin sine mot ut inn opp ned ja nei jo eller enn
    """
)  # fmt: skip

STREET = re.compile(
    r"(?:veien|vegen|vei|veg|gata|gaten|gatan|gate|allé|alléen|alleen|stien|stubben|svingen|torget|plassen"
    r"|bakken|kleiva|kleiven|brygga|bryggen|kaia|kaien|løkka|faret|lia|åsen|tunet|tråkket|tråkka|smauet|smuget"
    r"|geilen|ringen|kroken|jordet|marka|haugen|høgda|høyda|grenda|gjerdet|tomta|myra|enga|berget|terrasse)"
)
SURE_STREET = re.compile(r".{2,}(?:veien|vegen|gata|gaten|gatan|alléen|stubben|smauet|torget|gate)")
COMMON_STREETS = _set(
    "bilveien gangveien skoleveien jobbveien livsveien omveien hovedveien motorveien hjemveien riksveien"
    " skogsveien grusveien fylkesveien europaveien utveien innveien heimvegen hovudvegen skulevegen gågata"
    " gågaten sidegata sidegaten hovedgata tverrgaten underveis underveien arbeidsveien ringveien torget"
)
PLACE_LIKE = re.compile(
    r".{2,}(?:dalen|dal|vik|vika|viken|sjøen|berget|nes|neset|heim|stad|stadir|øy|øya|øyane|fjord|fjorden|sund"
    r"|sundet|vågen|våg|vatn|vatnet|mo|moen|åsen|ås|rud|lia|hamn|havn|strand|foss|fossen|land|bygda|bygd|sand"
    r"|bukt|botn|vær|gard|gården|skog|skogen|voll|vollen|eid|eidet|bukta|holmen|marka|fjell|fjellet|hei|heia|elv|elva|grend|grenda|borg|myr|myra|myren)"
)
FARM = _set(
    "øvre nedre nordre søndre søre store lille litle vestre østre midtre ytre indre austre nørdre gamle nye"
)
SURNAME_LIKE = re.compile(
    r".{3,}(?:sen|ssen|stad|vik|berg|rud|dal|heim|nes|ness|eng|øy|øien|land|haug|haugen|bakken|bakk|sæter|seter"
    r"|sund|gård|gaard|vold|strøm|hagen|skog|fjell|moen|bø|vatn|holm|lund|stuen|vær|eide|tveit|set|sett|mark"
    r"|ski|skyy|wicz|vić|vic|enko|chuk|čius|kiene|khan|oğlu|oglu|poulos|ian|yan|zade|zai|zadeh|pour|singh|lingam)"
)
