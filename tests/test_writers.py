from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import mestring_nlp as mn
from mestring_nlp.codings import read_codings
from mestring_nlp.writers import codings_table, csv_table, json_lines, page

COLUMNS = [
    "transcript",
    "turn",
    "speaker",
    "start",
    "end",
    "question",
    "text",
    "decision",
    "codes",
    "prediction_set",
]


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_csv_and_json_lines_hold_every_passage(interview: mn.CodedInterview, model: mn.Model) -> None:
    table = read_csv(csv_table([interview], model.codes))
    lines = [json.loads(line) for line in json_lines([interview]).decode().splitlines()]
    columns = COLUMNS + [f"p_{code}" for code in (*model.codes, "no_code")]
    assert list(table[0]) == list(lines[0]) == columns
    example = interview.transcript
    for row, line, s in zip(table, lines, interview.suggestions, strict=True):
        assert example.text[int(row["start"]) : int(row["end"])] == row["text"] == line["text"]
        assert example.turns[int(row["turn"]) - 1].role == "informant"
        assert row["codes"].split(";") == (line["codes"] or [""]) == (list(s.codes) or [""])
        assert row["prediction_set"].split(";") == line["prediction_set"]
        assert line["prediction_set"] == [code or "no_code" for code in s.prediction_set]
        assert row["decision"] == line["decision"]
        assert [float(row[f"p_{code}"]) for code in model.codes] == [
            line[f"p_{code}"] for code in model.codes
        ]
        assert float(row["p_ledelse"]) == round(s.probabilities["ledelse"], 4)


def test_no_code_is_told_from_abstention(interview: mn.CodedInterview, model: mn.Model) -> None:
    s = interview.suggestions[0]
    ways = [
        replace(s, codes=("styrker",), abstained=False),
        replace(s, codes=(), abstained=False),
        replace(s, codes=(), abstained=True),
    ]
    said = replace(interview, suggestions=ways)
    for rows in (
        read_csv(csv_table([said], model.codes)),
        map(json.loads, json_lines([said]).splitlines()),
    ):
        assert [row["decision"] for row in rows] == ["codes", "no_code", "abstained"]


def test_no_interviews_still_give_a_header(model: mn.Model) -> None:
    assert csv_table([], model.codes).decode().startswith("transcript,turn,speaker")
    assert codings_table([], "m") == b"transcript,start,end,code,coder,note,decision\n"
    assert json_lines([]) == b""


def test_a_spreadsheet_finds_no_formula(interview: mn.CodedInterview, model: mn.Model) -> None:
    s = interview.suggestions[0]
    for text in ("=1+1", "-2", "+47", "@SUM(A1)", "＝1", " =1", "\u200b＋1", "\ufe0f=1", "\t5"):
        said = replace(interview, suggestions=[replace(s, segment=replace(s.segment, text=text))])
        (row,) = read_csv(csv_table([said], model.codes))
        assert row["text"] == f"'{text}"
        assert json.loads(json_lines([said]))["text"] == text


class _Text(HTMLParser):
    """The words of each passage, and every address that a page would load."""

    def __init__(self) -> None:
        super().__init__()
        self.passages: list[str] = []
        self.addresses: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "srcset", "action")]
        if tag == "div" and "passage" in (values.get("class") or "").split():
            self.passages.append("")
        self.inside = tag == "p" and bool(self.passages) and not self.passages[-1]

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "p"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.passages[-1] += data


def test_page_shows_every_passage_and_loads_nothing(
    interview: mn.CodedInterview, model: mn.Model
) -> None:
    html = page(interview, model.codebook)
    parsed = _Text()
    parsed.feed(html)
    assert parsed.passages == [s.segment.text for s in interview.suggestions]
    assert [address for address in parsed.addresses if address[0] != "#"] == ["data:,"]
    assert not re.search(r"url\(|@import|https?://", html)
    assert '<html lang="nb">' in html
    for code in model.codebook:
        assert code.name in html and code.definition in html
    assert model.codebook.rules and all(rule in html for rule in model.codebook.rules)
    bare = page(interview, replace(model.codebook, rules=()))
    assert "Regler for kodingen" in html and "Regler for kodingen" not in bare
    odd = page(interview, replace(model.codebook, rules=("<b>Ja</b> & nei",)))
    assert "<li>&lt;b&gt;Ja&lt;/b&gt; &amp; nei</li>" in odd


def test_page_escapes_what_people_said(interview: mn.CodedInterview, model: mn.Model) -> None:
    title = "<script>alert('hei')</script> & \"Kari\""
    s = interview.suggestions[0]
    said = replace(s, segment=replace(s.segment, text="<img src=x onerror=alert(1)>"))
    titled = replace(interview.transcript, title=title)
    html = page(mn.CodedInterview(titled, [said]), model.codebook)
    assert "<script>alert" not in html and "<img" not in html
    assert html.count("<script>") == 1


def test_codings_join_neighbours_and_leave_out_what_the_machine_left_to_people(
    interview: mn.CodedInterview, tmp_path: Path
) -> None:
    first = interview.suggestions[0]

    def said(start: int, end: int, turn: int, *codes: str, abstained: bool = False) -> mn.Suggestion:
        segment = replace(first.segment, start=start, end=end, turn=turn)
        return replace(first, segment=segment, codes=codes, abstained=abstained)

    given = [
        said(0, 9, 2, "styrker"),
        said(10, 19, 2, "styrker"),
        said(20, 29, 2, "styrker", "ledelse"),
        said(30, 39, 4, "styrker", "ledelse"),
        said(40, 49, 4),
        said(50, 59, 4, abstained=True),
        said(60, 69, 4),
    ]
    file = tmp_path / "codings.csv"
    file.write_bytes(codings_table([replace(interview, suggestions=given)], "maskin 1"))
    read = read_codings(file)
    assert read.coder == "maskin 1"
    assert [(s.start, s.end, set(s.codes)) for s in read.spans] == [
        (0, 19, {"styrker"}),
        (20, 29, {"styrker", "ledelse"}),
        (30, 39, {"styrker", "ledelse"}),
        (40, 49, set()),
        (60, 69, set()),
    ]


def test_the_page_gives_reasons(interview: mn.CodedInterview, model: mn.Model) -> None:
    html = page(interview, model.codebook, level=0.8)
    assert "i 80 av 100 tilfeller" in html
    assert html.count("Hvorfor ") == len(interview.suggestions)
    assert "Ord som talte for" in html and "Kodede avsnitt som ligner" in html


def test_the_page_tells_that_roles_were_guessed(interview: mn.CodedInterview, model: mn.Model) -> None:
    guessed = replace(interview, transcript=replace(interview.transcript, roles_guessed=True))
    assert "er gjettet" in page(guessed, model.codebook)
    assert "er gjettet" not in page(interview, model.codebook)
