"""Subtitles, ASR output and pages of talk: WebVTT, SRT, JSON, noScribe's pages. Shapes: data/recordings.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import spoken
from hypothesis import given
from hypothesis import strategies as st

import mestring_nlp as mn
from mestring_nlp.readers.asr import is_asr_json, read_asr_json
from mestring_nlp.readers.formats import read_content
from mestring_nlp.readers.lines import Line
from mestring_nlp.readers.noscribe import is_page_of_talk, read_page_of_talk
from mestring_nlp.readers.subtitles import read_subtitles

# ------------------------------------------------------------------ WebVTT

TEAMS = """\
WEBVTT

0a1b2c3d-1111-2222-3333-444455556666/12-0
00:00:03.450 --> 00:00:05.120
<v Nordmann, Kari>Hva er mestring
for deg?</v>

0a1b2c3d-1111-2222-3333-444455556666/15-1
00:00:05.500 --> 00:00:09.870
<v Bråten, Åse (Gjest)>Det er å få det til,
og vite hvorfor.</v>

0a1b2c3d-1111-2222-3333-444455556666/15-2
00:00:09.900 --> 00:00:11.000
<v Bråten, Åse (Gjest)>Vi begynte 17:30 &amp; var ferdige.</v>
"""


def talk(text: str) -> list[Line]:
    return spoken(read_subtitles(text, place="x"))


def noted(text: str) -> list[tuple[str, str, bool]]:
    lines = read_subtitles(text, place="x")
    return [(line.kind, line.text, line.doubtful) for line in lines if line.kind or line.doubtful]


def test_teams_voices_over_several_lines_become_turns(tmp_path: Path) -> None:
    file = tmp_path / "møte.vtt"
    file.write_text(TEAMS, encoding="utf-8")
    transcript = mn.read_transcript(file)
    assert [(t.speaker, t.role, t.time, t.text) for t in transcript.turns] == [
        ("Nordmann, Kari", "interviewer", 3.45, "Hva er mestring for deg?"),
        (
            "Bråten, Åse (Gjest)",
            "informant",
            5.5,
            "Det er å få det til, og vite hvorfor. Vi begynte 17:30 & var ferdige.",
        ),
    ]
    assert transcript.roles_guessed


@pytest.mark.parametrize(
    "number",
    [
        "",
        "7",
        "0a1b2c3d-1111-2222-3333-444455556666-0",
        "0a1b2c3d-1111/23-0",
        "Kari: innledning",
        "- 3 -",
    ],
)
def test_cue_ids_of_every_shape_are_passed_over(number: str) -> None:
    head = f"{number}\n" if number else ""
    text = f"WEBVTT\n\n{head}00:01.000 --> 00:02.000\n<v A>Hva?\n\n{head}00:03.000 --> 00:04.000\n<v B>Det.\n"
    assert talk(text) == [Line("A", "Hva?", 1, 2), Line("B", "Det.", 3, 4)]


def test_head_notes_styles_regions_and_settings_are_no_talk() -> None:
    text = (
        "WEBVTT - Åpent møte\nKind: captions\nLanguage: nb\n\nNOTE\nKari: et notat\nover to linjer\n\nSTYLE\n::cue(v) {\n color: red }\n\n"
        "REGION\nid:a\n\n00:01.000 --> 00:02.000 align:start position:0%\n<v.loud Kari><c.yellow>Hva</c> <00:01.500>er <i>det</i>?</v>\n\n"
        "NOTE enda et\n\n01:00:03.000 --> 01:00:04.000\n<v Ola>Det.\n"
    )
    assert talk(text) == [
        Line("Kari", "Hva er det?", 1, 2),
        Line("Ola", "Det.", 3603, 3604),
    ]


def test_cues_out_of_order_are_put_in_order() -> None:
    text = "WEBVTT\n\n00:05.000 --> 00:06.000\n<v B>Det.\n\n00:01.000 --> 00:02.000\n<v A>Hva?\n"
    assert [cue.speaker for cue in talk(text)] == ["A", "B"]


def test_several_voices_in_one_cue() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>Hva?</v>\n<v B>Det.</v>\n"
    assert talk(text) == [Line("A", "Hva?", 1, 2), Line("B", "Det.", 1, 2)]


def test_without_voices_nobody_is_invented(tmp_path: Path) -> None:
    file = tmp_path / "a.vtt"
    file.write_text(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nja det var det jeg sa\n\n"
        "00:02.000 --> 00:03.000\nog da kom hun klokka 17:30\n",
        encoding="utf-8",
    )
    with pytest.raises(mn.MestringError, match=r"no cue tells who speaks.*--all-informant"):
        mn.read_transcript(file)
    (turn,) = mn.read_transcript(file, all_informant=True).turns
    assert turn.text == "ja det var det jeg sa og da kom hun klokka 17:30"


def test_noscribe_vtt_repeats_the_speaker_in_the_words() -> None:
    text = (
        "WEBVTT samtale\n\nNOTE\nTranscribed with noScribe\n\nNOTE media: C:\\lyd\\samtale.m4a\n\n"
        "1\n00:00:00.120 --> 00:00:04.000\n<v S00>S00: [00:00:00] Hva er (..) mestring?\n\n"
        "2\n00:00:04.000 --> 00:00:07.000\n<v S01>S01: Jo &lt;ler&gt;\n\n3\n00:00:07.000 --> 00:00:09.000\n<v S01>det er å få det til.\n"
    )
    assert talk(text) == [
        Line("S00", "Hva er (..) mestring?", 0.12, 4),
        Line("S01", "Jo <ler>", 4, 7),
        Line("S01", "det er å få det til.", 7, 9),
    ]


@pytest.mark.parametrize(
    ("first", "second", "speakers"),
    [
        ("[SPEAKER_00]: Hva?", "[SPEAKER_01]: Det.", ["SPEAKER_00", "SPEAKER_01"]),
        ("[SPEAKER_00] Hva?", "[SPEAKER_01] Det.", ["SPEAKER_00", "SPEAKER_01"]),
        ("Kari: Hva?", "Ola: Det.", ["Kari", "Ola"]),
        ("Intervjuer: Hva?", "Saken: den er klar.", ["Intervjuer", "Saken"]),
        ("[Musikk]", "[Musikk] ja", ["", ""]),
        ("vi møttes 17:30", "kl: 12", ["", ""]),
    ],
)
def test_labels_in_the_words(first: str, second: str, speakers: list[str]) -> None:
    text = f"1\n00:00:01,000 --> 00:00:02,000\n{first}\n\n2\n00:00:03,000 --> 00:00:04,000\n{second}\n"
    assert [cue.speaker for cue in talk(text)] == speakers


def test_a_word_before_a_colon_is_no_speaker_among_speakers() -> None:
    lines = ["Kari: Hva?", "Ola: Jo.", "Kari: Og så?", "Ola: Det viktigste.", "Poenget: at de tør."]
    text = "".join(f"00:0{n}.000 --> 00:0{n}.900\n{line}\n\n" for n, line in enumerate(lines))
    last = talk(f"WEBVTT\n\n{text}")[-1]
    assert (last.speaker, last.text) == ("", "Poenget: at de tør.")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("WEBVTT\n", "no cue has words"),
        ("WEBVTT\n\nbare ord\n", "no cue has words"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<v A></v>\n", "no cue has words"),
        ("WEBVTT\n\n00:01.000 --> snart\nHva?\n", r"line 3: .*no times"),
        ("WEBVTT\n\n00:71.000 --> 00:72.000\nHva?\n", r"line 3: .*no times"),
    ],
)
def test_broken_subtitles(text: str, says: str) -> None:
    with pytest.raises(mn.MestringError, match=says):
        read_subtitles(text, place="x.vtt")


# ------------------------------------------------------------------ SRT


def test_srt_without_empty_lines_and_with_windows_line_ends() -> None:
    text = "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Kari:</i> Hva?\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\n{\\an8}Ola: Det\r\nvar 12\r\n"
    assert read_content(text.encode(), suffix=".txt", place="x") == [
        Line("Kari", "Hva?", 1, 2.5),
        Line("Ola", "Det var 12", 3, 4),
    ]


def test_captions_that_roll_are_not_said_twice() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nvi gikk en tur\n\n2\n00:00:02,000 --> 00:00:03,000\n"
        "vi gikk en tur\nut i skogen\n\n3\n00:00:03,000 --> 00:00:04,000\nja ja\n"
    )
    assert " ".join(cue.text for cue in talk(text)) == "vi gikk en tur ut i skogen ja ja"


# ------------------------------------------------------------------ JSON

WHISPER = {
    "id": 0,
    "seek": 0,
    "start": 0.0,
    "end": 2.5,
    "text": " Hva er det?",
    "tokens": [1, 2],
    "temperature": 0.0,
}


def read_json(content: Any) -> list[Line]:
    text = json.dumps(content)
    assert is_asr_json(text)
    return read_asr_json(text, place="x.json")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": " Hva er det?", "segments": [WHISPER], "language": "no"}, [Line("", " Hva er det?", 0, 2.5)]),
        ([WHISPER | {"speaker": "A"}], [Line("A", " Hva er det?", 0, 2.5)]),
        ({"chunks": [{"timestamp": [0.0, 2.5], "text": " hva"}, {"timestamp": [2.5, None], "text": " det"}]}, [Line("", " hva", 0, 2.5), Line("", " det", 2.5)]),
        ({"chunks": [{"timestamp": [29.98, 0.0], "text": "snudd"}]}, [Line("", "snudd", 29.98)]),
        ({"systeminfo": "x", "transcription": [{"timestamps": {"from": "00:00:01,500"}, "offsets": {"from": 1500, "to": 2500}, "text": "Hva?"}]}, [Line("", "Hva?", 1.5, 2.5)]),
        ({"segments": [{"text": "Hva?"}]}, [Line("", "Hva?")]),
    ],
)  # fmt: skip
def test_asr_output(content: Any, expected: list[Line]) -> None:
    assert read_json(content) == expected


def test_whisperx_cuts_a_segment_where_the_speaker_changes() -> None:
    words = [
        {"word": "Hva", "start": 0.1, "end": 0.3, "speaker": "SPEAKER_00"},
        {"word": "da?", "start": 0.3, "end": 0.6, "speaker": "SPEAKER_00"},
        {"word": "12", "speaker": "SPEAKER_01"},  # numbers are aligned to no time
        {"word": "stykker.", "start": 1.4, "end": 1.9, "speaker": "SPEAKER_01"},
    ]
    segment = {
        "start": 0.1,
        "end": 1.9,
        "text": " Hva da? 12 stykker.",
        "speaker": "SPEAKER_00",
        "words": words,
    }
    assert read_json({"segments": [segment], "word_segments": words}) == [
        Line("SPEAKER_00", "Hva da?", 0.1, 0.6),
        Line("SPEAKER_01", "12 stykker.", 1.4, 1.9),
    ]
    for word in words:
        word["speaker"] = "SPEAKER_01"
    assert read_json({"segments": [segment]}) == [Line("SPEAKER_01", " Hva da? 12 stykker.", 0.1, 1.9)]


def test_lower_case_recognition_becomes_turns_with_passages(tmp_path: Path) -> None:
    said = [
        ("SPEAKER_00", "hva betyr det å mestre jobben for deg da", 0.0, 4.0),
        (
            "SPEAKER_01",
            "det er at jeg ser at de eldre har det bra når jeg går hjem om kvelden",
            4.5,
            9.0,
        ),
        (
            "SPEAKER_01",
            "og at jeg har fått gjort det jeg skulle den dagen uten å springe hele tida for da blir jeg bare sliten og sur",
            9.2,
            14.0,
        ),
        (
            "SPEAKER_01",
            "sjefen min er viktig for det hun spør hvordan det går og hører på svaret",
            17.0,
            22.0,
        ),
    ]
    segments = [dict(zip(("speaker", "text", "start", "end"), row, strict=True)) for row in said]
    file = tmp_path / "opptak.json"
    file.write_text(json.dumps({"segments": segments}), encoding="utf-8")
    transcript = mn.read_transcript(file, informant="speaker_01")
    assert [(t.role, t.time) for t in transcript.turns] == [("interviewer", 0), ("informant", 4.5)]
    # Three seconds of silence divide the answer.
    assert [p.text.split()[0] for p in mn.segment(transcript)] == ["det", "sjefen"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"segments": [}', r"x, line 1: the JSON is broken"),
        ('{"segments": []}', "no list of segments"),
        ('{"navn": "Kari"}', "no list of segments"),
        ('{"segments": [{"start": 1}]}', "segment 1: the segment has no text"),
        ('{"segments": [{"text": "a"}, {"text": "b", "start": "x"}]}', "segment 2: 'x' is no time"),
        ('{"segments": [{"text": "a", "start": NaN}]}', "'nan' is no time"),
        ('{"segments": [{"text": "a", "end": 1e999}]}', "'inf' is no time"),
        ('{"segments": [{"text": "a", "start": -1}]}', "'-1' is no time"),
        ('{"segments": [{"text": "a", "start": true}]}', "'True' is no time"),
        ('{"segments": ' + "[" * 100_000, "nested too deeply"),
        ('{"segments": [{"text": "a", "start": ' + "9" * 5_000 + "}]}", "impossible numbers"),
    ],
)  # fmt: skip
def test_broken_json(text: str, says: str) -> None:
    with pytest.raises(mn.MestringError, match=says):
        read_asr_json(text, place="x")


@pytest.mark.parametrize("digits", [30, 400, 4300, 5000])
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(
    "given",
    [
        '"start": #', '"end": #', '"timestamp": [#, 1]', '"timestamp": [0, #]', '"offsets": {"from": #}',
        '"offsets": {"to": #}',
        '"words": [{"word": "a", "speaker": "I"}, {"word": "b", "speaker": "P", "start": #}]',
    ],
)  # fmt: skip
def test_enormous_numbers_in_json(digits: int, sign: str, given: str) -> None:
    text = f'{{"segments": [{{"text": "a", {given.replace("#", sign + "9" * digits)}}}]}}'
    says = "impossible numbers" if digits > 4300 else f"segment 1: '{sign}999.* is no time"
    with pytest.raises(mn.MestringError, match=says):
        read_asr_json(text, place="x.json")


def test_half_an_emoji_in_json(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('{"segments": [{"text": "Ja \\ud83d nei\\u0000 \\ud83d\\ude42", "speaker": "I"}]}')
    (turn,) = mn.read_transcript(file).turns
    assert turn.text == "Ja \ufffd nei 🙂"


# ------------------------------------------------------------------ noScribe

PAGE = """\
<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0//EN" "http://www.w3.org/TR/REC-html40/strict.dtd">
<html><head><meta charset="UTF-8"/><title>Kari: tittel</title><style>p, li { white-space: pre-wrap; }</style></head>
<body><p style="font-weight:600">samtale.m4a</p>
<p>Transcribed with noScribe<br/>Audio source: C:/lyd/samtale.m4a</p>
<p><a name="ts_120_4000_S00">S00: [00:00:00] Hva er (..) </a><a name="ts_4000_5000_S00">mestring?</a></p>
<p><a name="ts_5000_9000_S01">S01: Jo &ndash; &aring; f&aring; <b>det</b> til.</a><a name="ts_9000_9500_//S00"> //S00: mhm//</a></p>
<p><a name="ts_9500_12000_S00">S00: Klokka 17:30?</a></p>
</body></html>
"""


def test_noscribe_pages(tmp_path: Path) -> None:
    assert is_page_of_talk(PAGE)
    lines = read_page_of_talk(PAGE, place="x")
    assert (lines[0].kind, lines[0].text) == ("header", "samtale.m4a")
    assert spoken(lines) == [
        Line("S00", "Hva er (..) mestring?", 0.12, 5),
        Line("S01", "Jo – å få det til.", 5),
        Line("S00", "mhm", None, 9.5),
        Line("S00", "Klokka 17:30?", 9.5, 12),
    ]
    file = tmp_path / "samtale.html"
    file.write_text(PAGE, encoding="utf-8")
    assert mn.find_transcripts([tmp_path]) == [file]
    assert [t.speaker for t in mn.read_transcript(file).turns] == ["S00", "S01", "S00"]


@pytest.mark.parametrize("page", ["<p>Ingen taler</p>", "<html></html>", "<", "<p>17:30 <b>ja</b></p>"])
def test_pages_without_speakers(page: str) -> None:
    assert not is_page_of_talk(page)
    with pytest.raises(mn.MestringError, match="no paragraph begins with a speaker"):
        read_page_of_talk(page, place="x.html")


# ------------------------------------------------------------------ anything at all

SIGNS = [
    "WEBVTT\n", "\n", "00:01.000 --> 00:02.000\n", "-->", "<v A>", "</v>", "A: ", "[B]: ", "<p>", '<a name="ts_1_2_S">',
    "<![", "<!--", "&#x1;", '{"segments":[', '{"text":"a","start":1}', ",", "]}", "ja ", "12\n", "\\ud800",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(SIGNS), max_size=12).map("".join),
    st.sampled_from([".vtt", ".srt", ".json", ".html"]),
)
def test_anything_gives_cues_or_our_error(text: str, suffix: str) -> None:
    try:
        found = read_content(text.encode(), suffix=suffix, place="fil")
    except mn.MestringError as error:
        assert error.place.startswith("fil")
        return
    assert all(isinstance(cue, Line) for cue in found)


# ------------------------------------------------------------------ recognisers: who says which word

A, B = "SPEAKER_00", "SPEAKER_01"


def segment(text: str, *words: tuple[str, str | int | None], **more: Any) -> dict[str, Any]:
    """A segment whose words are said by those named, without times."""
    found = [
        {"word": word, **({} if speaker is None else {"speaker": speaker})} for word, speaker in words
    ]
    return {"text": text, **({"words": found} if found else {}), **more}


def heard(content: Any) -> list[tuple[str | None, str]]:
    return [(line.speaker, line.text) for line in spoken(read_json(content))]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # A word without a speaker has its neighbours'; the first of a sentence that of the next.
        (segment("Hvor mye? Vi er 25 her.", ("Hvor", A), ("mye?", A), ("Vi", B), ("er", B), ("25", None), ("her.", B), speaker=A), [(A, "Hvor mye?"), (B, "Vi er 25 her.")]),
        (segment("Hvor mye? 25 her.", ("Hvor", A), ("mye?", A), ("25", None), ("her.", B), speaker=A), [(A, "Hvor mye?"), (B, "25 her.")]),
        (segment("Er det 12? Ja.", ("Er", A), ("det", A), ("12?", None), ("Ja.", B), speaker=B), [(A, "Er det 12?"), (B, "Ja.")]),
        (segment("5 år. Ja.", ("5", None), ("år.", A), ("Ja.", B)), [(A, "5 år."), (B, "Ja.")]),
        (segment("Hvem? Jeg 2", ("Hvem?", A), ("Jeg", B), ("2", None)), [(A, "Hvem?"), (B, "Jeg 2")]),
        (segment("bare her", ("bare", None), ("her", None), speaker=A), [(A, "bare her")]),
        # Words that carry their own spaces.
        (segment(" Send en e-post. Ja.", (" Send", A), (" en", A), (" e", A), ("-post.", A), (" Ja.", B)), [(A, "Send en e-post."), (B, "Ja.")]),
        (segment(" e-post? e-post.", (" e", A), ("-post?", A), (" e", B), ("-post.", B)), [(A, "e-post?"), (B, "e-post.")]),
        ({"words": [{"word": " Send"}, {"word": " e"}, {"word": "-post."}], "speaker": A}, [(A, " Send e-post.")]),
        # Languages without spaces.
        (segment("你好吗我很好", ("你好", A), ("吗", A), ("我", B), ("很好", B)), [(A, "你好吗"), (B, "我很好")]),
        # Speakers that are numbers, or objects.
        ({"text": "Ja", "speaker": 0}, [("0", "Ja")]),
        ({"text": "Ja", "speaker": 1.0}, [("1", "Ja")]),
        ({"text": "Ja", "speaker_id": 2}, [("2", "Ja")]),
        ({"text": "Ja", "speaker": {"id": 3, "name": "Eli"}}, [("Eli", "Ja")]),
        ({"text": "Ja", "speaker": True}, [("", "Ja")]),
        ({"text": "Ja", "speaker": "?"}, [("", "Ja")]),
        (segment("Hva? Det.", ("Hva?", 0), ("Det.", 1)), [("0", "Hva?"), ("1", "Det.")]),
    ],
)  # fmt: skip
def test_words_and_their_speakers(given: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert heard({"segments": [given]}) == expected


def test_words_that_differ_from_the_text_are_read_and_the_text_noted() -> None:
    given = segment("Hvor mange? Tjuefem.", ("Hvor", A), ("mange?", A), ("25.", B))
    lines = read_json({"segments": [given]})
    assert [(x.kind, x.text, x.doubtful) for x in lines] == [
        ("text", "Hvor mange? Tjuefem.", True), ("", "Hvor mange?", False), ("", "25.", False),
    ]  # fmt: skip


def test_a_segment_without_a_speaker_among_others_is_doubtful() -> None:
    said = [
        {"text": "Hva?", "speaker": A},
        {"text": "Hm."},
        {"text": " "},
        {"text": "Det.", "speaker": B},
    ]
    assert [line.doubtful for line in read_json({"segments": said})] == [False, True, False, False]
    assert not any(
        line.doubtful for line in read_json({"segments": [{"text": "Hva?"}, {"text": "Det."}]})
    )


CHUNKS = [{"text": " Hva?", "timestamp": [0.0, 1.0]}, {"text": " Det er.", "timestamp": [1.0, 2.0]}, {"text": " Ja.", "timestamp": [2.0, 3.0]}]  # fmt: skip


@pytest.mark.parametrize(
    ("speakers", "expected", "doubts"),
    [
        ([x | {"speaker": who} for x, who in zip(CHUNKS, "ABA", strict=True)], [("A", " Hva?"), ("B", " Det er."), ("A", " Ja.")], 0),
        ([x | {"speaker": who} for x, who in zip(CHUNKS, "AB", strict=False)], [("A", " Hva?"), ("B", " Det er."), ("", "Ja.")], 1),
        ([CHUNKS[0] | {"speaker": "A"}, CHUNKS[2] | {"speaker": "B"}], [("A", " Hva?"), ("B", " Ja.")], 1),
        ([], [("", " Hva?"), ("", " Det er."), ("", " Ja.")], 0),
        (["A", "B"], [("", " Hva?"), ("", " Det er."), ("", " Ja.")], 0),
        ([{"id": "A"}, {"id": "B"}], [("", " Hva?"), ("", " Det er."), ("", " Ja.")], 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
def test_speakers_beside_chunks(
    speakers: Any, expected: list[tuple[str, str]], doubts: int, first: bool
) -> None:
    pairs = [("speakers", speakers), ("chunks", CHUNKS)]
    content = dict(pairs if first else pairs[::-1]) | {"text": " Hva? Det er. Ja."}
    assert heard(content) == expected
    lines = read_json(content)
    assert sum(line.doubtful for line in lines) == doubts
    left = " ".join(line.text for line in lines).split()
    assert set(left) >= {"Hva?", "Det", "er.", "Ja."}


@pytest.mark.parametrize(
    ("content", "times"),
    [
        ([{"text": "Hvordan har du det?", "start": 0, "end": 2100}, {"text": "Bare bra, takk.", "start": 2100, "end": 4000}], [0, 2.1]),
        ([{"text": "Hvordan har du det?", "start": 0, "end": 2}, {"text": "Bare bra, takk.", "start": 2, "end": 4}], [0, 2]),
        ([{"text": "Hvordan har du det?", "start": 1200, "end": 1202}, {"text": "Bare bra, takk.", "start": 1400, "end": 1402}], [1200, 1400]),
        ({"transcription": [{"text": "Hei", "offsets": {"from": 1500, "to": 2500}}]}, [1.5]),
    ],
)  # fmt: skip
def test_milliseconds_in_json(content: Any, times: list[float]) -> None:
    assert [line.start for line in spoken(read_json(content))] == times


# ------------------------------------------------------------------ noScribe: talk amid another's


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S00: Hva?\n\nS01: Det er.\n\n//S00: Ja.//\n\nS01: Og så.", [("S00", "Hva?"), ("S01", "Det er."), ("S00", "Ja."), ("S01", "Og så.")]),
        ("S00: [00:00:01] Hva?\n\nS01: [00:00:03] Det er. //S00: Ja. // Og så. //S00: Mhm.//\n\nS00: [00:00:09] Fint.", [("S00", "Hva?"), ("S01", "Det er."), ("S00", "Ja."), ("S01", "Og så."), ("S00", "Mhm."), ("S00", "Fint.")]),
        ("Berit: Hva? //Jon: Hm?//\n\nJon: Det er. // Berit: Ja //og så.", [("Berit", "Hva?"), ("Jon", "Hm?"), ("Jon", "Det er."), ("Berit", "Ja"), ("Jon", "og så.")]),
        ("P: Se http://a.no: ja?\nI: Nei // tror jeg.", [("P", "Se http://a.no: ja?"), ("I", "Nei // tror jeg.")]),
    ],
)  # fmt: skip
def test_talk_amid_anothers_is_its_speakers(
    tmp_path: Path, text: str, expected: list[tuple[str, str]]
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    turns = mn.read_transcript(file, informant=expected[1][0]).turns
    assert [(turn.speaker, turn.text) for turn in turns] == expected


def test_a_page_with_a_typed_name_and_talk_amid_anothers() -> None:
    page = (
        '<p>samtale.m4a</p><p><a name="ts_0_900_">(1 seconds pause) </a></p>'
        '<p><a name="ts_1000_2000_S00">Berit: [00:00:01] Hva?</a></p>'
        '<p><a name="ts_2000_3000_S01">Jon: Det</a><a name="ts_3000_3200_//S00"> //Berit: Ja.</a><a name="ts_3200_4000_S01">// er fint.</a></p>'
        '<p><a name="ts_4000_5000_S01">Og så</a></p><p><a name="ts_5000_6000_S00">Berit: Takk.</a></p><p>Jon: Bare bra.</p>'
    )
    lines = read_page_of_talk(page, place="x")
    assert [line.text for line in lines if line.kind == "header"] == [
        "samtale.m4a",
        "(1 seconds pause)",
    ]
    assert [(line.speaker, line.text) for line in spoken(lines)] == [
        ("Berit", "Hva?"), ("Jon", "Det"), ("Berit", "Ja."), ("Jon", "er fint."),
        ("Jon", "Og så"), ("Berit", "Takk."), ("Jon", "Bare bra."),
    ]  # fmt: skip
