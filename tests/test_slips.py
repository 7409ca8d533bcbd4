"""What people mistype in transcripts: words without a label, labels that lack a sign or stand amid a line."""

from __future__ import annotations

import pytest
from test_labels import read, words

import mestring_nlp as mn

SAID = [
    "Hvordan går det?",
    "Vi måler hver dag.",
    "Hvorfor akkurat det?",
    "Fordi vi må.",
    "Og nå?",
    "Nei.",
]


def said_by(found: mn.Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, " ".join(turn.text.split())) for turn in found.turns]


def written(*lines: str, labels: tuple[str, str] = ("I", "R"), shape: str = "{0}: {1}") -> str:
    """Write six turns by turns, lines such as ``2=R; Vi måler`` in place of the numbered one."""
    found = [shape.format(labels[number % 2], text) for number, text in enumerate(SAID)]
    for line in lines:
        number, _, text = line.partition("=")
        found[int(number) - 1] = text
    return "\n".join(found) + "\n"


def told(labels: tuple[str, str] = ("I", "R")) -> list[tuple[str, str]]:
    return [(labels[number % 2], text) for number, text in enumerate(SAID)]


# ------------------------------------------------------------------ above the first label


@pytest.mark.parametrize(
    "above",
    [
        "Hva jobber du med?", "Vi begynner med litt bakgrunn. Fortell gjerne fritt.", "Ja, da er vi i gang.", "Da starter opptaket nå.",
        "Intervju 4\nHvordan har du det i dag?", "Velkommen til dette intervjuet", "Jeg heter Tor og jobber her", "Hvorfor begynte du her",
        "Takk for at du kom!", "Tell me about your work. Take your time.", "«Hva tenker du om det?»",
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["{0}: {1}", "{0}  0:0{2}\n{1}", "[00:00:0{2}] {0}\n{1}"])
def test_what_may_be_talk_is_no_title(above: str, shape: str) -> None:
    turns = [shape.format(("Tor", "Siri")[n % 2], text, n) for n, text in enumerate(SAID)]
    found = read(f"{above}\n" + "\n".join(turns) + "\n")
    assert words(found) == SAID
    (note,) = (note for note in found.doubts if note.kind == "before")
    assert note.text.split() == above.split() and "begin them with a label" in note.message
    assert note.place == ("line 2" if "\n" in above else "line 1")
    assert found.title in ("", "Intervju 4") and not any(x.kind == "title" for x in found.notes)


@pytest.mark.parametrize(
    "above",
    [
        "Intervju 4, Oslo 12. mars 2024", "Intervju med leder i NAV", "Hei.", "Del 1.", "Samtale om arbeid\n\nNAV Oslo, 2024",
        "Intervju nr. 4 ved kl. 10.30", "Fokusgruppe B – ansatte i førstelinjen", "Transkripsjon av intervju_04.mp3", "På jobb i NAV",
        "En samtale om mestring", "Om å lære av hverandre",
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["{0}: {1}", "{0}  0:0{2}\n{1}"])
def test_a_title_is_a_title(above: str, shape: str) -> None:
    turns = [shape.format(("Tor", "Siri")[n % 2], text, n) for n, text in enumerate(SAID)]
    found = read(f"{above}\n\n" + "\n".join(turns) + "\n")
    assert words(found) == SAID and not found.doubts
    assert " ".join(note.text for note in found.notes if note.kind == "title").split() == above.split()


def test_lines_above_what_whisper_prints_are_held_to_the_same_rule() -> None:
    lines = "\n".join(f"[00:0{n}.000 --> 00:0{n + 1}.000]  {text}" for n, text in enumerate(SAID))
    assert read(f"Intervju 4\n{lines}\n", all_informant=True).doubts == ()
    found = read(f"Hva jobber du med?\n{lines}\n", all_informant=True)
    assert [(note.kind, note.text) for note in found.doubts] == [("before", "Hva jobber du med?")]
