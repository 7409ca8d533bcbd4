from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import mestring_nlp as mn
from mestring_nlp.writers import csv_table, json_lines, page

COLUMNS = ["transcript", "turn", "speaker", "start", "end", "question", "text", "codes", "abstained"]


def test_csv_and_json_lines_hold_every_passage(
    suggestions: list[mn.Suggestion], model: mn.Model, example: mn.Transcript
) -> None:
    table = list(csv.DictReader(io.StringIO(csv_table(suggestions, model.codes).decode())))
    lines = [json.loads(line) for line in json_lines(suggestions).decode().splitlines()]
    assert list(table[0]) == list(lines[0]) == COLUMNS + [f"p_{code}" for code in model.codes]
    assert len(table) == len(lines) == len(suggestions)
    for row, line, s in zip(table, lines, suggestions, strict=True):
        assert example.text[int(row["start"]) : int(row["end"])] == row["text"] == line["text"]
        assert example.turns[int(row["turn"]) - 1].role == "informant"
        assert row["codes"] == ";".join(s.codes) == line["codes"]
        assert row["abstained"] in ("true", "false") and isinstance(line["abstained"], bool)
        assert [float(row[f"p_{code}"]) for code in model.codes] == [
            line[f"p_{code}"] for code in model.codes
        ]
        assert float(row["p_ledelse"]) == round(s.probabilities["ledelse"], 4)


def test_no_passages_still_give_a_header(model: mn.Model) -> None:
    assert csv_table([], model.codes).decode().startswith("transcript,turn,speaker")
    assert json_lines([]) == b""


def test_a_spreadsheet_finds_no_formula(suggestions: list[mn.Suggestion], model: mn.Model) -> None:
    s = suggestions[0]
    for text in ("=1+1", "-2", "+47", "@SUM(A1)"):
        bad = replace(s, segment=replace(s.segment, text=text))
        row = next(csv.DictReader(io.StringIO(csv_table([bad], model.codes).decode())))
        assert row["text"] == f"'{text}"
        assert json.loads(json_lines([bad]))["text"] == text


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
    suggestions: list[mn.Suggestion], model: mn.Model, example: mn.Transcript
) -> None:
    html = page(example, suggestions, model.codebook)
    parsed = _Text()
    parsed.feed(html)
    assert parsed.passages == [s.segment.text for s in suggestions]
    assert parsed.addresses == ["data:,"]
    assert not re.search(r"url\(|@import|https?://", html)
    assert '<html lang="nb">' in html
    for code in model.codebook:
        assert code.name in html and code.definition in html


def test_page_escapes_what_people_said(
    suggestions: list[mn.Suggestion], model: mn.Model, example: mn.Transcript
) -> None:
    title = "<script>alert('hei')</script> & \"Kari\""
    s = suggestions[0]
    said = replace(s, segment=replace(s.segment, text="<img src=x onerror=alert(1)>"))
    html = page(replace(example, title=title), [said], model.codebook)
    assert "<script>alert" not in html and "<img" not in html
    assert html.count("<script>") == 1
