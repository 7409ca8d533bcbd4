"""Words that say nothing of a passage's subject: those that spaCy lists, and those of talk."""

from __future__ import annotations

from functools import cache

_OF_TALK = """
altså akkurat alle allikevel alltid andre annet annen at bare begge både da de deg dei deira den denne
der dere deres det dette di din ditt dine disse dykk då eg egentlig eigentleg ein eit eitt eller
ellers en enda et ett faktisk fordi forresten for frå føler gjerne gjør gjøre godt gå går ha hadde
har hatt heile hele heller hennes her hos hva hvem hver hverandre hvert hvilke hvilken hvis hvor hvordan
hvorfor i iallfall igjen ikke ikkje ingen inn inne ja jeg jo kan kanskje klart kom komme kommer
korleis kvar kva kven kvifor kvart lage lager liksom litt lite mange masse med meg meget meir mer
mest men mener mhm mi min mine mitt mye mykje må måte måtte nei nettopp ned noe noen noka noko nokon
nokre nok nå når og også om opp oss over pleier på rett samme sant seg selv selve si sia siden sier
sin sine sist sitt sjelden sjøl skal skulle slags slik slike snakker som stort så sånn sånne sånt ta
tar tenker ting til tilbake tror ut uten var vel veldig vert vet veit vi vil ville være vært vår
våre vårt åssen
"""


@cache
def stop_words() -> frozenset[str]:
    """Return the words, in lower case."""
    from spacy.lang.nb.stop_words import STOP_WORDS

    return frozenset(_OF_TALK.split()) | frozenset(STOP_WORDS)
