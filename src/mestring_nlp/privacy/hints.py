"""Hints of what may identify by telling: a rare title, a story. For a person to judge."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mestring_nlp.privacy.identifiers import Identifier

_ONLY = r"(?:landets|fylkets|heradets|heradet sin|nordens|nordnorges|bygda si|kommunens|kystens|dalens|dalføret sin|norgga|kommunens|bygdas|bygdens|byens|distriktets|Norges|norges|regionens|verdens|øyas|bygdas)"
_RARE = re.compile(
    rf"{_ONLY} (?:eneste|første|einaste|fyrste|yngste|eldste|største)(?: [a-zæøå-]+){{1,4}}"
    r"|(?:den|det) (?:eneste|einaste|første) (?:kvinnelige|mannlige|samiske|utenlandske|døve|blinde)(?: [a-zæøå-]+){1,2}"
    r"|(?:den|det) siste [a-zæøå]{4,}(?:eren|oren|isten|mannen)(?= (?:på|i) )|(?:regjerende|regjerande) [a-zæøå ]{4,30}(?: i [a-zæøå]+)?"
    r"|(?:landslags|olympisk |verdensmester|europamester|norgesmester)[a-zæøå]*(?: i [a-zæøå]+)?(?: for [A-Za-zæøåÆØÅ]+)?"
    r"|(?:den|det) (?:eneste|einaste|siste) [a-zæøå]+(?: [a-zæøå]+)? (?:på|i) [A-ZÆØÅ][a-zæøå]+"
    r"|(?:regjerende|regjerande|tidligere|forhenværende) (?:nor(?:ges|egs)|verdens|verds|europa|nm|vm)[a-zæøå-]*meister(?: i [a-zæøå]+)?"
    r"|(?:noregsmeister|statsstipendiat|riksspillemann|landslagstrener)[a-zæøå]*(?: i [a-zæøå]+)?(?: for [A-Za-zæøåÆØÅ]+)?"
    r"|(?:stortingsrepresentant|sametingsrepresentant|fylkesordfører|biskop|domprost|sogneprest|generalsekretær|statssekretær)[a-zæøå]*",
)
_TOLD = re.compile(
    r"(?:eneste|einaste) (?:som|i (?:hele |heile )?(?:bygda|kommunen|landet|byen|fylket|avdelinga|avdelingen|Norge))"
    r"|sto(?:d)? i (?:avisa|avisen|lokalavisa)|var på tv|kjent fra|kjend frå|var i nyhetene"
)
_STOP = re.compile(r"\s(?:og|så|som|men|da|når|at|for å|den gangen|her|der|i dag|på)\b.*$")


def find_hints(text: str) -> Iterator[Identifier]:
    """Yield hints, with a confidence below that from which finds are replaced."""
    for match in _RARE.finditer(text):
        words = match.group() if match.group().startswith("landslags") else _STOP.sub("", match.group())
        yield Identifier(
            match.start(), match.start() + len(words), "other", words, 0.4, "særlig kjennetegn"
        )
    for match in _TOLD.finditer(text):
        yield Identifier(*match.span(), "other", match.group(), 0.25, "kan fortelle hvem")
