"""Subtitles against two libraries that read them, and what these files do to a reader that drops no word."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pysubs2
import pytest
import webvtt
from conftest import spoken
from hypothesis import given
from hypothesis import strategies as st

import mestring_nlp as mn
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.subtitles import read_subtitles

Shown = list[tuple[float, float | None, str]]
"""Start, end and words of each cue."""


def vtt(*cues: str, head: str = "WEBVTT") -> str:
    """Cues of three seconds each, one behind the other."""
    return f"{head}\n\n" + "".join(f"{_times(n, '.')}\n{cue}\n\n" for n, cue in enumerate(cues))


def srt(*cues: str) -> str:
    return "".join(f"{n + 1}\n{_times(n, ',')}\n{cue}\n\n" for n, cue in enumerate(cues))


def _times(number: int, sign: str) -> str:
    return f"00:{number:02}:00{sign}000 --> 00:{number:02}:03{sign}000"


def ours(text: str) -> Shown:
    """Each cue as it stands: captions that roll said again, those without words left out."""
    repeats = read_subtitles(text, place="x")
    lines = [x for x in repeats if x.kind in ("", "repeated")]
    found: dict[str, Line] = {}
    for line in lines:
        before = found.get(line.place)
        words = f"{before.text} {line.text}" if before else line.text
        found[line.place] = Line("", words, line.start, line.end, line.place)
    return sorted(((x.start or 0, x.end, x.text) for x in found.values()), key=lambda shown: shown[0])


def by_webvtt(text: str) -> Shown:
    captions = webvtt.from_buffer(
        io.StringIO(text), format="vtt" if text.startswith("WEBVTT") else "srt"
    )
    found = [(_seconds(c.start), _seconds(c.end), " ".join(c.text.split())) for c in captions]
    return [shown for shown in found if shown[2]]


def _seconds(clock: str) -> float:
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def by_pysubs2(text: str) -> Shown:
    events = pysubs2.SSAFile.from_string(text, format_="vtt" if text.startswith("WEBVTT") else "srt")
    found = [(x.start / 1000, x.end / 1000, " ".join(x.plaintext.split())) for x in events]
    return [shown for shown in found if shown[2]]


ROLLING = """\
WEBVTT
Kind: captions

00:00:00.240 --> 00:00:02.470 align:start position:0%
 
jeg<00:00:00.640><c> begynte</c><00:00:01.120><c> i</c><00:00:01.360><c> fjor</c>

00:00:02.470 --> 00:00:02.480 align:start position:0%
jeg begynte i fjor
 

00:00:02.480 --> 00:00:05.110 align:start position:0%
jeg begynte i fjor
og<00:00:02.800><c> lærte</c><00:00:03.200><c> fort</c>

00:00:05.110 --> 00:00:05.120 align:start position:0%
og lærte fort
 

00:00:05.120 --> 00:00:07.000 align:start position:0%
og lærte fort
ja

00:00:07.000 --> 00:00:07.010 align:start position:0%
ja
 

00:00:07.010 --> 00:00:09.000 align:start position:0%
ja
ja
"""  # noqa: W293

ALIKE = [
    vtt("Hva gjør du?", "Jeg lærer bort.\nHver dag.", "og <i>sånn</i>"),
    vtt("Hei\n \nigjen", head="WEBVTT - Åpent møte\nLanguage: nb"),
    "WEBVTT\n\nNOTE\nikke talt\n\nSTYLE\n::cue { color: red }\n\n" + vtt("Hei")[8:],
    "WEBVTT\n\nsvar-1\n00:01.000 --> 00:02.000 align:start\nHei\n\nsvar-2\n00:02.000 --> 00:03.000\nJa\n",
    srt("Hva gjør du?", "<b>Jeg</b> lærer bort.\nHver dag.", "Ja"),
    srt("Og så?\n\nDet gikk bra.", "Ja."),
    srt("I 2019.", "Ja").replace("\n\n2\n", "\n2\n"),
]

DIFFERENCES = [
    # what, the text, ours, which library differs
    ("inline times with a space are times", vtt("a < 00:00:01.000>b</ c> c"), ["a b c"], "pysubs2"),
    ("inline times are no words", vtt("ja<00:00:01.000><c> da</c>"), ["ja da"], "pysubs2"),
    ("an empty line behind the times ends no cue", vtt("\nHei"), ["Hei"], "webvtt"),
    ("an empty line in a cue ends it not", vtt("Hei\n\nigjen", "Ja"), ["Hei igjen", "Ja"], "webvtt"),
    ("notes are no words of the cue before", vtt("Hei\n\nNOTE et notat", "Ja"), ["Hei", "Ja"], "pysubs2"),
    ("nor are names of cues", "WEBVTT\n\na-1\n00:01.000 --> 00:02.000\nHei\n\na-2\n00:02.000 --> 00:03.000\nJa\n", ["Hei", "Ja"], "pysubs2"),
    ("what is no tag is words", vtt("Ja <uhørbart> nei"), ["Ja <uhørbart> nei"], "webvtt pysubs2"),
    ("two voices in one cue", vtt("<v A>Hva?</v>\n<v B>Det.</v>"), ["Hva? Det."], ""),
    ("times without thousandths are times", srt("Hei", "Ja").replace(",000", ""), ["Hei", "Ja"], "webvtt pysubs2"),
    ("a number that is an answer stays", srt("Hvor mange?", "8", "Ja"), ["Hvor mange?", "8", "Ja"], ""),
    ("so does one at the end of a cue", srt("Hvor mange?\n8", "Ja").replace("\n2\n", "\n"), ["Hvor mange? 8", "Ja"], "webvtt pysubs2"),
    ("a cue that ends before it begins has no end", srt("Hei").replace("00:03", "00:00", 1).replace("00:00:00,000 -->", "00:00:02,000 -->"), ["Hei"], "webvtt pysubs2"),
    ("an arrow between words is talk", srt("fra A --> B", "Ja"), ["fra A --> B", "Ja"], ""),
    ("signs that are spelt out", vtt("&lt;ler&gt; ja"), ["<ler> ja"], "webvtt pysubs2"),
    ("rolling captions, each as it stands", ROLLING, ["jeg begynte i fjor", "jeg begynte i fjor", "jeg begynte i fjor og lærte fort", "og lærte fort", "og lærte fort ja", "ja", "ja ja"], "pysubs2"),
    ("cues are put in order", vtt("Hei", "Ja").replace("00:00:0", "00:05:0"), ["Ja", "Hei"], "webvtt pysubs2"),
    ("spaces within times", srt("Hei").replace("00:00:0", "00: 00: 0"), ["Hei"], "webvtt pysubs2"),
]  # fmt: skip


@pytest.mark.parametrize("text", ALIKE)
def test_as_both_libraries_read_it(text: str) -> None:
    assert ours(text) == by_webvtt(text)
    names = ("svar", "NOTE")  # pysubs2 takes both for words: see the differences
    if not any(name in text for name in names):
        assert ours(text) == by_pysubs2(text)


@pytest.mark.parametrize(
    ("why", "text", "words", "differ"), DIFFERENCES, ids=[x[0] for x in DIFFERENCES]
)
def test_where_libraries_differ(why: str, text: str, words: list[str], differ: str) -> None:
    assert [shown[2] for shown in ours(text)] == words
    for library, read in (("webvtt", by_webvtt), ("pysubs2", by_pysubs2)):
        assert (read(text) == ours(text)) == (library not in differ), (why, library, read(text))


# ------------------------------------------------------------------ no word is lost


def noted(text: str) -> list[tuple[str, str, bool]]:
    lines = read_subtitles(text, place="x")
    return [(line.kind, line.text, line.doubtful) for line in lines if line.kind or line.doubtful]


def said(text: str) -> list[tuple[str | None, str]]:
    return [(line.speaker, line.text) for line in spoken(read_subtitles(text, place="x"))]


WORDS = [
    "ja",
    "8",
    "2019",
    "det",
    "<ler>",
    "-->",
    "NOTE",
    "12:30",
    "[Musikk]",
    "WEBVTT",
    "//",
    "og så",
]


LINES = st.builds(
    lambda label, words: " ".join([*label, *words]),
    st.sampled_from([(), (), ("Kari:",), ("Ola:",), ("<v Åse>",)]),
    st.lists(st.sampled_from(WORDS), max_size=3),
)


@given(
    st.lists(st.lists(LINES, max_size=4).map("\n".join), min_size=1, max_size=8),
    st.sampled_from(["", "WEBVTT\n\n"]),
    st.booleans(),
    st.booleans(),
)
def test_each_word_is_said_or_noted(payloads: list[str], head: str, named: bool, divided: bool) -> None:
    text = head
    for number, payload in enumerate(payloads):
        text += f"{number + 1}\n" if named else ""
        text += f"{_times(number, ',')}\n{payload}\n" + "\n" * divided
    try:
        lines = read_subtitles(text, place="x")
    except mn.MestringError as error:
        assert error.problem == "no cue has words" or "are no times" in error.problem
        return
    found = Counter(" ".join(line.text for line in lines).replace("<v Åse>", " ").split())
    given_words = Counter(" ".join(payloads).replace("<v Åse>", " ").split())
    labels = {"Kari:", "Ola:", "//", "WEBVTT"}
    numbers = Counter(str(number + 1) for number in range(len(payloads)) if named)
    assert not (given_words - found).keys() - labels, text
    assert not (found - given_words - numbers).keys() - {"Kari", "Ola"}, text


def test_what_is_no_talk_is_noted() -> None:
    text = (
        "WEBVTT - Åpent møte\nKind: captions\n\nNOTE\nlaget av oss\n\nSTYLE\n::cue { color: red }\n\n"
        "00:01.000 --> 00:02.000\n<v Kari>Hva?\n\nNOTE her ble det pause\n\n00:03.000 --> 00:04.000\n<v Kari></v>\n\n"
        "00:04.000 --> 00:05.000\n<v Ola>Det.\n"
    )
    assert [(kind, words) for kind, words, _ in noted(text)] == [
        ("header", "Åpent møte\nKind: captions"),
        ("header", "NOTE\nlaget av oss"),
        ("header", "STYLE\n::cue { color: red }"),
        ("header", "NOTE her ble det pause"),
        ("empty", ""),
    ]
    assert said(text) == [("Kari", "Hva?"), ("Ola", "Det.")]
    assert not any(doubtful for _, _, doubtful in noted(text))


def test_rolling_captions_say_each_line_once() -> None:
    assert [words for _, words in said(ROLLING)] == ["jeg begynte i fjor", "og lærte fort", "ja", "ja"]
    assert {kind for kind, _, _ in noted(ROLLING)} == {"header", "repeated"}
    # As yt-dlp makes SRT of them, and captions in which one line grows.
    rolling = srt("vi gikk", "vi gikk\nut i skogen", "ut i skogen\nog hjem", "og hjem\nigjen").replace(
        ":03,000", ":59,900"
    )
    assert [words for _, words in said(rolling)] == ["vi gikk", "ut i skogen", "og hjem", "igjen"]
    growing = srt("vi", "vi gikk", "vi gikk ut", "vi gikk ut i skogen").replace(":03,000", ":59,900")
    assert [words for _, words in said(growing)] == ["vi", "gikk", "ut", "i skogen"]


@pytest.mark.parametrize(
    "cues",
    [
        ("Ja.", "Ja.", "Ja.", "Ja."),
        ("Jeg vet ikke", "Jeg vet ikke\nhva jeg skal si", *(f"Så sa jeg {n}" for n in range(8))),
        ("Takk for at du så på.",) * 6,
        ("Ja.", "Ja.\nDet er sant.", "Nei."),
    ],
)
def test_what_somebody_says_twice_is_said_twice(cues: tuple[str, ...]) -> None:
    text = srt(*cues).replace(":03,000", ":59,900")
    assert " ".join(words for _, words in said(text)) == " ".join(" ".join(cues).split())


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ("00:00:01 --> 00:00:04", 1, 4), ("0:1 --> 0:4", 1, 4), ("00:01.5 --> 00:04.25", 1.5, 4.25), ("75:00.000 --> 76:00.000", 4500, 4560),
        ("00:00:01:500 --> 00:00:04:000", 1.5, 4), ("00:00:01,500 -> 00:00:04,000", 1.5, 4), ("00: 00: 01, 500 -> 00: 00: 04, 000", 1.5, 4),
        ("00:00:01.500  -->  00:00:04.000  X1:100 X2:200", 1.5, 4), ("100:00:01.000 --> 100:00:02.000", 360001, 360002),
        ("00:00:05,000 --> 00:00:02,000", 5, None), ("[00:01.000 --> 00:04.000]  ", 1, 4),
    ],
)  # fmt: skip
@pytest.mark.parametrize("head", ["WEBVTT\n\n", "1\n", ""])
def test_times_of_every_shape(head: str, times: str, start: float, end: float | None) -> None:
    (line,) = spoken(read_subtitles(f"{head}{times}\nHei\n", place="x"))
    assert (line.start, line.end, line.text) == (start, end, "Hei")
    assert line.doubtful == (end is None)


def test_words_on_the_line_of_the_times_are_kept() -> None:
    text = "".join(
        f"[00:0{n}.000 --> 00:0{n + 1}.000]  {words}\n" for n, words in enumerate(("Hva?", "Jo."))
    )
    assert [words for _, words in said(f"WEBVTT\n\n{text}")] == ["Hva?", "Jo."]


@pytest.mark.parametrize(
    ("text", "words", "doubts"),
    [
        # An answer that is a number, and the numbers of cues.
        ("1|{}|Hvor mange?||2|{}|8||3|{}|Ja", ["Hvor mange?", "8", "Ja"], 0),
        ("1|{}|Hvor mange?|2|{}|8|3|{}|Ja", ["Hvor mange?", "8", "Ja"], 0),
        ("{}|Hvor mange?||{}|8||{}|Ja", ["Hvor mange?", "8", "Ja"], 0),
        ("41|{}|Hvor mange?||55|{}|2019||56|{}|Ja", ["Hvor mange?", "2019", "Ja"], 0),
        ("1|{}|Hvor mange?|2019||2|{}|Nei||3||{}|Ja", ["Hvor mange? 2019", "Nei", "Ja"], 0),
        ("1|{}|Hvor mange?|2019|{}|Nei||3|{}|Ja", ["Hvor mange? 2019", "Nei", "Ja"], 1),
        ("7|{}|Hvor mange?||5|{}|Nei||9|{}|Ja", ["Hvor mange?", "Nei", "Ja"], 1),
        # Empty lines.
        ("1|{}||Hvor|||mange?||2|{}|||3|{}|Ja", ["Hvor mange?", "Ja"], 0),
        ("WEBVTT||{}||Hvor mange?||{}|Nei||{}|||Ja", ["Hvor mange?", "Nei", "Ja"], 0),
        ("WEBVTT||{}|Hvor||mange?||{}|Nei||{}|Ja||Jo", ["Hvor mange?", "Nei", "Ja Jo"], 2),
        ("WEBVTT||{}| |Hvor mange?||{}|Nei| ||{}|Ja", ["Hvor mange?", "Nei", "Ja"], 0),
        # A line right above the times where cues have no names else.
        ("WEBVTT||{}|Hvor mange?||Tror jeg|{}|Nei||{}|Ja", ["Hvor mange?", "Nei", "Ja"], 1),
        ("Et intervju||1|{}|Hvor mange?||2|{}|Nei||3|{}|Ja", ["Hvor mange?", "Nei", "Ja"], 1),
    ],
)  # fmt: skip
def test_lines_between_times(text: str, words: list[str], doubts: int) -> None:
    text = text.format(*(_times(number, ".") for number in range(3))).replace("|", "\n")
    assert [words for _, words in said(text)] == words
    assert sum(doubtful for _, _, doubtful in noted(text)) == doubts


def test_times_that_begin_anew_keep_the_order_of_the_file() -> None:
    first = vtt("<v A>En", "<v B>To", "<v A>Tre")
    text = first + first.replace("En", "Fire").replace("To", "Fem").replace("Tre", "Seks")
    assert [words for _, words in said(text)] == ["En", "To", "Tre", "Fire", "Fem", "Seks"]
    assert [doubtful for _, _, doubtful in noted(text)].count(True) == 1


def test_tags_that_are_none_are_words() -> None:
    text = vtt(
        "<v Kari>Ja <uhørbart> <font color='red'>nei</font></v>",
        "<v Ola><c.yellow>det</ c> < /i>{\\an8}er <br>slik",
    )
    assert said(text) == [("Kari", "Ja <uhørbart> nei"), ("Ola", "det er slik")]


# ------------------------------------------------------------------ who speaks


@pytest.mark.parametrize(
    ("cues", "expected"),
    [
        # noScribe: somebody speaks amid another's words.
        (["<v S01>Det er fint. //S00: Ja. // Og så", "<v S00>Hva?"], [("S01", "Det er fint."), ("S00", "Ja."), ("S01", "Og så"), ("S00", "Hva?")]),
        (["<v S01>S01: [00:00:12] Det er", "<v //S02> //S02: Mhm.", "<v S01>// fint."], [("S01", "Det er"), ("S02", "Mhm."), ("S01", "fint.")]),
        (["<v S01>Se https://a.no/x: fint"], [("S01", "Se https://a.no/x: fint")]),
        # noScribe: a name typed for the number.
        (["<v S00>Berit: Hva?", "<v S01>Jan Erik: Det", "<v S01>er fint.", "<v S00>Berit: Ja."], [("Berit", "Hva?"), ("Jan Erik", "Det"), ("Jan Erik", "er fint."), ("Berit", "Ja.")]),
        (["<v Jan>Jan Erik: [00:00:01] Hva?", "<v Jan>Og så?"], [("Jan Erik", "Hva?"), ("Jan Erik", "Og så?")]),
        (["<v Åse_Moen>Åse Moen: Hva?", "<v Åse_Moen>Og så?"], [("Åse Moen", "Hva?"), ("Åse Moen", "Og så?")]),
        (["<v Berit>S00: Hva?", "<v Jan>S01: Det."], [("Berit", "Hva?"), ("Jan", "Det.")]),
        (["<v S00>S00: Hva?", "<v S01>S01: Det.", "<v S01>S00: Så?", "<v S01>Og da?", "<v S01>S01: Ja."], [("S00", "Hva?"), ("S01", "Det."), ("S00", "Så?"), ("S00", "Og da?"), ("S01", "Ja.")]),
        # What stands before a colon in the words of a voice that has a name is words.
        (["<v Moen, Åse>Poenget: at de tør.", "<v Dal, Per>Ja."], [("Moen, Åse", "Poenget: at de tør."), ("Dal, Per", "Ja.")]),
        (["<v S01>Ja.", "<v S00>Hva?", "<v S01>Jo.", "<v S00>Så?", "<v S01>Poenget: at de tør."], [("S01", "Ja."), ("S00", "Hva?"), ("S01", "Jo."), ("S00", "Så?"), ("S01", "Poenget: at de tør.")]),
        # Labels.
        (["- Kari: Hva?\n- Ola: Det.", "Kari: Ja."], [("Kari", "Hva?"), ("Ola", "Det."), ("Kari", "Ja.")]),
        ([">> Kari: Hva?", ">> Ola: Det.", "Kari: Ja."], [("Kari", "Hva?"), ("Ola", "Det."), ("Kari", "Ja.")]),
        (["< v Kari>Hva?</ v>", "<V.loud Ola >Det."], [("Kari", "Hva?"), ("Ola", "Det.")]),
    ],
)  # fmt: skip
def test_speakers(cues: list[str], expected: list[tuple[str, str]]) -> None:
    assert said(vtt(*cues)) == expected


def test_a_name_in_the_name_of_the_cue() -> None:
    text = 'WEBVTT\n\n1 "Berit Moe" (1234)\n00:01.000 --> 00:02.000\nHva?\n\n2 "Jan Vik" (99)\n00:02.000 --> 00:03.000\nDet.\n'
    assert said(text) == [("Berit Moe", "Hva?"), ("Jan Vik", "Det.")]
    assert noted(text) == []


def test_the_few_cues_without_a_speaker_are_doubtful() -> None:
    cues = [f"<v {'AB'[n % 2]}>Setning {n}." for n in range(20)]
    assert noted(vtt(*cues)) == []
    assert noted(vtt(*cues, "Hvem sa det?")) == [("", "Hvem sa det?", True)]
    assert noted(vtt("(12 seconds pause)", *cues)) == [("sound", "(12 seconds pause)", False)]
    assert noted(vtt("Hei på deg", *cues)) == [("", "Hei på deg", True)]


def test_doubts_and_notes_reach_the_transcript(tmp_path: Path) -> None:
    file = tmp_path / "a.vtt"
    file.write_text(
        "WEBVTT\n\n00:12:10.000 --> 00:12:16.000\n<v P>Hva?\n\n00:12:17.141 --> 00:12:15.168\n<v I>At det går bra.\n",
        encoding="utf-8",
    )
    transcript = mn.read_transcript(file)
    assert [turn.text for turn in transcript.turns] == ["Hva?", "At det går bra."]
    (doubt,) = transcript.doubts
    assert (doubt.place, doubt.text) == ("line 6", "") and "ends before it begins" in doubt.message


def test_a_label_on_a_line_of_its_own_is_that_of_the_words_below() -> None:
    text = srt("Kari:", "Hva?", "Ola:\nDet.", "Kari:", "Ola: Ja.")
    assert said(text) == [("Kari", "Hva?"), ("Ola", "Det."), ("Ola", "Ja.")]
    assert ("label", "Kari", True) in noted(text)


def test_captions_of_youtube_have_a_comma_between_their_times() -> None:
    text = "0:00:01.000,0:00:03.500\nKari: Hva er bra?\n\n0:00:04.000,0:00:06.000\nOla: 1,5 timer.\n"
    found = mn.read_transcript(text=text)
    assert [(turn.speaker, turn.time, turn.text) for turn in found.turns] == [
        ("Kari", 1.0, "Hva er bra?"),
        ("Ola", 4.0, "1,5 timer."),
    ]
