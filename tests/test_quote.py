"""``mestring quote``: Word, Markdown and the page hold the same quotations, and nothing is overwritten."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from conftest import Mestring
from lxml import html

import mestring_nlp as mn
from mestring_nlp.own_files import is_own
from mestring_nlp.review import Review
from mestring_nlp.text import legal
from mestring_nlp.writers.quotations import markdown, page, pieces, word

HOSTILE = "Vi <script>alert(1)</script> har **kurs** [se](http://x) & «mer», eh, og _mer_ # ja."


def quotation(text: str = HOSTILE) -> mn.Quotation:
    from dataclasses import replace

    return replace(mn.clean_quotation(text), source="Informant 1 & co", codes=("ledelse",))


def test_each_format_has_the_quotations(coded: Path, mestring: Mestring) -> None:
    said = mestring("quote", coded, "--out", "ut", "--code", "ledelse", "--code", "Kompetanse").stdout
    assert "8 quotations of 2 codes" in said
    out = coded.parent / "ut"
    document = docx.Document(str(out / "sitater.docx"))
    quoted = [p.text for p in document.paragraphs if p.style.name == "Quote"][::2]
    text = html.fromstring((out / "sitater.html").read_bytes())
    assert [b.text_content() for b in text.findall(".//blockquote")] == quoted
    lines = (out / "sitater.md").read_text("utf-8")
    assert all(f"> {q}" in lines for q in quoted) and len(quoted) == 8
    assert "Å lede er å legge til rette og å være tydelig." in quoted
    assert [h.text_content() for h in text.findall(".//section/h2")] == [
        "Ledelse og lederskap",
        "Kompetanse",
    ]
    for file in out.iterdir():
        assert is_own(file.read_bytes(), file.suffix)


def test_nothing_is_overwritten(coded: Path, mestring: Mestring) -> None:
    mestring("quote", coded, "--out", "ut", "--format", "md")
    assert "exists already" in mestring("quote", coded, "--out", "ut", "--format", "md", status=1).stderr
    mestring("quote", coded, "--out", "ut", "--format", "md", "--force", "--per-code", "1")
    assert (coded.parent / "ut" / "sitater.md").read_text("utf-8").count("\n> – ") == 3
    assert "unknown format" in mestring("quote", coded, "--format", "pdf", status=1).stderr
    assert (
        "no quotation" in mestring("quote", coded, "--out", "x", "--least-words", "99", status=1).stderr
    )


def test_sources_can_be_named(coded: Path, mestring: Mestring) -> None:
    table = coded.parent / "kilder.csv"
    table.write_text('transcript,source\nen,"Leder, stort kontor"\n', "utf-8")
    assert not mestring("quote", coded, "--out", "ut", "--format", "md", "--sources", table).stderr
    lines = (coded.parent / "ut" / "sitater.md").read_text("utf-8")
    assert "> – Leder, stort kontor" in lines and "> – to" in lines
    table.write_text("transcript,source\nenn,Leder\n", "utf-8")
    told = mestring("quote", coded, "--out", "ut2", "--format", "md", "--sources", table).stderr
    assert "names 'enn', which is no transcript of these codings" in told


def test_a_review_and_a_project_are_quoted(coded: Path, mestring: Mestring, model: mn.Model) -> None:
    transcript = mn.read_transcript(coded / "en.txt")
    with Review.create(coded.parent / "review", [transcript], coder="kari") as review:
        review.suggest(model)
        for passage in review.passages("en"):
            review.decide(passage.id, ["styrker"])
        from mestring_nlp.review.exports import qdpx

        (coded.parent / "p.qdpx").write_bytes(qdpx(review))
    mestring("quote", "review", "--out", "a", "--format", "md")
    mestring("quote", "p.qdpx", "--coder", "kari", "--out", "b", "--format", "md")
    one, two = ((coded.parent / d / "sitater.md").read_text("utf-8") for d in "ab")
    assert one.count("\n> – ") == two.count("\n> – ") == 8
    assert "For meg er ledelse å legge til rette for de andre." in one
    assert "For meg er ledelse å legge til rette for de andre." in two


def test_hostile_words_stay_words(codebook: mn.Codebook) -> None:
    one = quotation()
    tree = html.fromstring(page([one], codebook))
    assert not tree.findall(".//script")
    assert tree.find(".//blockquote").text_content() == one.text
    made = docx.Document(io.BytesIO(word([one], codebook)))
    assert one.text in [p.text for p in made.paragraphs]
    lines = markdown([one], codebook)
    assert "<script" not in lines.replace("\\<script", "") and "](http" not in lines


def test_pages_show_each_passage_whole(codebook: mn.Codebook) -> None:
    one = quotation("Eh, vi har- vi hadde (ler)\nmange kurs.")
    assert "".join(p.text for p in pieces(one)) == "Eh, vi har- vi hadde (ler) mange kurs."
    struck = html.fromstring(page([one], codebook)).findall(".//del")
    assert [(d.text, d.get("title")) for d in struck] == [
        ("Eh,", "fyllord"), ("vi har-", "påbegynt setning"), ("(ler)", "merknad i utskriften"),
    ]  # fmt: skip


def test_a_word_document_takes_any_character(codebook: mn.Codebook) -> None:
    one = quotation("Vi \x00 har \ud800 kurs \U0001f600 her.")
    made = docx.Document(io.BytesIO(word([one], codebook)))
    assert legal(one.text) in [p.text for p in made.paragraphs]


@pytest.mark.parametrize(
    ("title", "name", "source"),
    [
        ("Intervju 3, NAV-kontor", "a", "Informant 3, NAV-kontor"),
        ("Intervju 7 – leder, NAV-kontor", "a", "Informant 7, leder, NAV-kontor"),
        ("Intervju 8, Kontaktsenter (på Teams)", "a", "Informant 8, Kontaktsenter"),
        ("", "intervju_03", "Informant 3"),
        ("Leder ved et kontor", "a", "Leder ved et kontor"),
        ("", "kari", "kari"),
    ],
)
def test_sources(title: str, name: str, source: str) -> None:
    from mestring_nlp.quoting import source_of

    assert source_of(mn.Transcript(name, "", (), title)) == source
