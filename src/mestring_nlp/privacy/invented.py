"""Invented names that fit: a woman's for a woman's, a surname for a surname, the same one everywhere."""

from __future__ import annotations

from mestring_nlp.privacy.key import Entity, Key
from mestring_nlp.privacy.lexicon import genders, lexicon

_WOMEN = [
    "Agathe",
    "Alvilde",
    "Annbjørg",
    "Asta",
    "Bolette",
    "Borgny",
    "Cecilie",
    "Dagmar",
    "Dorthea",
    "Edith",
    "Elida",
    "Eldrid",
    "Fanny",
    "Fredrikke",
    "Gerda",
    "Gina",
    "Gudveig",
    "Hanne",
    "Henny",
    "Hjørdis",
    "Ingebjørg",
    "Jenny",
    "Jorid",
    "Karense",
    "Kirsten",
    "Klara",
    "Lovise",
    "Magda",
    "Margit",
    "Milda",
    "Nelly",
    "Oda",
    "Oddny",
    "Olaug",
    "Pauline",
    "Petrine",
    "Ragna",
    "Rebekka",
    "Rønnaug",
    "Serine",
    "Sigfrid",
    "Solfrid",
    "Stina",
    "Svanhild",
    "Tea",
    "Thyra",
    "Torbjørg",
    "Tyra",
    "Valborg",
    "Vigdis",
    "Wilma",
    "Ylva",
    "Åslaug",
]
_MEN = [
    "Abel",
    "Albert",
    "Alfred",
    "Ansgar",
    "Arvid",
    "Aslak",
    "Birger",
    "Brynjar",
    "Conrad",
    "Edmund",
    "Eilert",
    "Embrik",
    "Erling",
    "Fritjof",
    "Gjermund",
    "Gudmund",
    "Gustav",
    "Halvard",
    "Hartvig",
    "Herman",
    "Hjalmar",
    "Ivar",
    "Jakob",
    "Johannes",
    "Kolbjørn",
    "Laurits",
    "Leonard",
    "Ludvig",
    "Magnar",
    "Mikael",
    "Nikolai",
    "Olai",
    "Oskar",
    "Ottar",
    "Peder",
    "Reidar",
    "Roald",
    "Severin",
    "Sigvart",
    "Sivert",
    "Sverre",
    "Tarald",
    "Teodor",
    "Tobias",
    "Torger",
    "Trygve",
    "Valdemar",
    "Vemund",
    "Vilhelm",
    "Yngvar",
    "Øystein",
]
_SURNAMES = [
    "Aldal",
    "Bjerkvik",
    "Brattås",
    "Brennhaug",
    "Dalvang",
    "Eikrem",
    "Elvestrand",
    "Fagerlund",
    "Fjellvang",
    "Furuheim",
    "Granlund",
    "Grønvang",
    "Haugvik",
    "Heggdal",
    "Holmvang",
    "Kleppe",
    "Klungvik",
    "Kvernvik",
    "Lauvdal",
    "Lindvang",
    "Lyngvik",
    "Moldvang",
    "Myrdal",
    "Nordvang",
    "Oreheim",
    "Rognvik",
    "Rydningen",
    "Sandvang",
    "Seljeås",
    "Skarheim",
    "Skogvang",
    "Solvang",
    "Steinheim",
    "Stormo",
    "Sundheim",
    "Tangvik",
    "Torsheim",
    "Ulvang",
    "Vangsvik",
    "Vikheim",
    "Østvang",
    "Åmodt",
]


def invented_name(entity: Entity, form: str, key: Key) -> str:
    """Return the invented name that stands for one form of a person's, kept in the entity.

    Parameters
    ----------
    entity : Entity
        A person; the name is added to its `invented`.
    form : str
        Such as ``"Kari"`` or ``"kari nordmann"``.
    key : Key
        No name of anybody in it is taken.

    Returns
    -------
    str
        As many given names and surnames as the form has, in small letters where it is.
    """
    if form not in entity.invented:
        taken = {word.lower() for one in key.entities for name in one.forms for word in name.split()}
        taken |= {
            word.lower()
            for one in key.entities
            if one is not entity
            for name in one.invented.values()
            for word in name.split()
        }
        by_word: dict[str, str] = {}
        for name, made in entity.invented.items():
            by_word |= dict(zip(name.lower().split(), made.split(), strict=False))
        words = form.split()
        # One word stands in for two given names, so that the number of words stays.
        entity.invented[form] = " ".join(
            _word(word, at, len(words), by_word, taken) for at, word in enumerate(words)
        )
    return entity.invented[form]


def _word(word: str, at: int, count: int, by_word: dict[str, str], taken: set[str]) -> str:
    low = word.lower().rstrip(".")
    if low in by_word:
        made = by_word[low]
    else:
        given = low in lexicon().given or (at == 0 and count > 1) or low not in lexicon().surnames
        if (at == count - 1 and count > 1) or not given:
            names = _SURNAMES
        else:
            gender = genders().get(low.partition("-")[0])
            names = _MEN if gender == "m" else _WOMEN if gender == "f" else sorted(_WOMEN + _MEN)
        start = sum(map(ord, low)) % len(names)
        turned = names[start:] + names[:start]
        made = next((name for name in turned if name.lower() not in taken), f"{turned[0]}{len(taken)}")
    by_word[low] = made
    taken.add(made.lower())
    return made.lower() if word.islower() else made
