"""A named-entity model that the user has installed, as an addition to the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from mestring_nlp.errors import MestringError
from mestring_nlp.privacy.identifiers import Identifier

_KINDS = {
    "PER": "person", "PERSON": "person", "LOC": "place", "GPE": "place", "GPE_LOC": "place", "ORG": "unit",
    "GPE_ORG": "unit",
}  # fmt: skip
_CONFIDENCE = 0.7
_LONGEST = 900_000


def load_ner(name: str) -> Callable[[str], Iterator[Identifier]]:
    """Return what finds people, places and organisations with an installed model.

    Parameters
    ----------
    name : str
        A spaCy pipeline such as ``"nb_core_news_lg"``, or the folder of a token classifier of transformers.

    Raises
    ------
    MestringError
        There is none of that name on this machine; nothing is fetched.
    """
    if (Path(name) / "config.json").is_file():
        return _transformers(name)
    if find_spec(name) is None and not Path(name).is_dir():
        raise MestringError(
            f"no model {name!r} is installed",
            hint="Give the name of an installed spaCy pipeline, or the folder of a model; or leave --ner out.",
        )
    import spacy

    try:
        pipeline = spacy.load(name)
    except (OSError, ValueError) as error:
        raise MestringError(f"the pipeline {name!r} cannot be loaded ({error})") from error

    def find(text: str) -> Iterator[Identifier]:
        for one in pipeline(text[:_LONGEST]).ents:
            if one.label_ in _KINDS:
                yield Identifier(
                    one.start_char, one.end_char, _KINDS[one.label_], one.text, _CONFIDENCE, "ner"
                )

    return find


def _transformers(folder: str) -> Callable[[str], Iterator[Identifier]]:
    from transformers import pipeline

    tagger = pipeline("token-classification", model=folder, aggregation_strategy="simple")

    def find(text: str) -> Iterator[Identifier]:
        start = 0
        for line in text.split("\n"):
            for one in tagger(line) if line.strip() else ():
                label = str(one["entity_group"]).upper().removeprefix("B-").removeprefix("I-")
                first, last = start + int(one["start"]), start + int(one["end"])
                if label in _KINDS:
                    yield Identifier(first, last, _KINDS[label], text[first:last], _CONFIDENCE, "ner")
            start += len(line) + 1

    return find
