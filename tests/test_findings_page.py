"""What `mestring findings` writes: page, workbook, tables and account of methods; and the page in a browser."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pandas as pd
import pytest
from conftest import Mestring
from lxml import html
from openpyxl import load_workbook

import mestring_nlp as mn
from mestring_nlp.analysis.output import DRAFTS, FILES, MATRIX, METHODS, PAGE, WORKBOOK
from mestring_nlp.own_files import is_own
from mestring_nlp.readers import look_for_transcripts

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & \"'`${x}"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight interviews with words of their own, two groups, a second coder, and markup in what is said."""
    folder = tmp_path_factory.mktemp("funn") / "kodet"
    folder.mkdir()
    rows, variables = ["transcript,start,end,code,coder"], ["transcript;Enhet"]
    said = {
        "ledelse": "Som leder legger jeg til rette for de andre",
        "maalsettinger": "Vi har målekort og tall for svartid",
        "kompetanse": "De har fagmøte, kurs og medlytt",
        "": "Her var det noe helt annet vi snakket om, kaffe og været og sånt",
    }
    for number in range(8):
        name, text = f"intervju {number}", ""
        for at, (code, words) in enumerate(list(said.items()) * 2):
            answer = f"{words} {HOSTILE if at == number else ''} gang {at} hos {number}".replace(
                "\n", " "
            )
            text += f"P: Hva tenker du om sak {at}?\nI: "
            if (at + number) % 5:
                span = f"{name},{len(text)},{len(text) + len(answer)}"
                rows.append(f"{span},{code},kari")
                rows.append(f"{span},{code if at % 4 else 'styrker'},ola")
            text += f"{answer}\n"
        (folder / f"{name}.txt").write_text(text, "utf-8")
        variables.append(f"{name};{'NAV' if number % 2 else 'KS'}")
    (folder / "codings.csv").write_text("\n".join(rows) + "\n", "utf-8")
    (folder / "variables.csv").write_text("\n".join(variables) + "\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def found(data: Path) -> mn.Findings:
    return mn.findings(data, coder=["kari", "ola"])


@pytest.fixture(scope="module")
def out(found: mn.Findings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ut") / "funn"
    found.write(folder)
    return folder


def test_the_command_writes_all_and_says_what_must_be_known(
    data: Path, mestring: Mestring, tmp_path: Path
) -> None:
    ran = mestring("findings", data, "--coder", "kari", "--out", "funn")
    assert "8 cases, coded by kari." in ran.stdout and "guard it" in ran.stdout
    assert "8 intervjuer beviser lite" in ran.stderr
    assert {file.name for file in (tmp_path / "funn").iterdir()} <= set(FILES)
    ran = mestring("findings", data, "--coder", "kari", "--out", "funn", status=1)
    assert "not overwritten" in ran.stderr
    mestring("findings", data, "--coder", "kari", "--out", "funn", "--force")
    (tmp_path / "funn" / "notat.txt").write_text("mitt", "utf-8")
    ran = mestring("findings", data, "--coder", "kari", "--out", "funn", "--force", status=1)
    assert "'notat.txt', which would be lost" in ran.stderr


def test_a_coder_who_is_not_there(data: Path, mestring: Mestring) -> None:
    assert "no coded passages by 'per'" in mestring("findings", data, "--coder", "per", status=1).stderr


def test_files_are_the_users_alone_and_recognised(out: Path) -> None:
    for file in out.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file
        if file.suffix != ".yaml":
            assert is_own(file.read_bytes(), file.suffix), file
    with pytest.raises(mn.MestringError, match="holds no transcript"):
        look_for_transcripts([out])


def test_tables_come_back_as_they_are(found: mn.Findings, out: Path) -> None:
    for name, table in found.tables.items():
        if not len(table):
            assert not (out / f"{name}.csv").exists()
            continue
        read = pd.read_csv(out / f"{name}.csv")
        assert list(read.columns) == list(table.columns) and len(read) == len(table)
    read = pd.read_csv(out / "code_by_case.csv")
    assert read["share"].to_numpy() == pytest.approx(found.code_by_case["share"].to_numpy(), abs=1e-6)


def test_the_workbook_has_a_sheet_a_table_and_no_formula(found: mn.Findings, out: Path) -> None:
    book = load_workbook(io.BytesIO((out / WORKBOOK).read_bytes()))
    assert book.sheetnames[:3] == ["Les dette først", "Kode og intervju", "Kode og variabel"]
    assert "personopplysning" in book.worksheets[0]["A1"].value
    sheet = book["Kode og intervju"]
    assert sheet.max_row == len(found.code_by_case) + 1 and sheet["F1"].value == "Ord"
    assert not any(cell.data_type == "f" for one in book for row in one.rows for cell in row)
    assert (out / WORKBOOK).read_bytes() == (
        found.write(out, force=True) and (out / WORKBOOK).read_bytes()
    )


def test_the_account_of_methods(out: Path) -> None:
    text = (out / METHODS).read_text("utf-8")
    for words in (
        "**Deltakere** (12): 8 kasus",
        "Enhet: KS (n = 4), NAV (n = 4)",
        "Kodingene i materialet er fra kari, ola",
        "kari og ola: Cohens kappa",
        "Ingen modell har kodet",
        "Tong, Sainsbury og Craig 2007",
        "**Frafall** (13): …",
        "Skriv om kodeboken lå fast før kodingen",
    ):
        assert words in text, words
    for number in range(1, 33):  # each item of COREQ once
        spans = re.findall(r"\((\d+)(?:–(\d+))?\)", text)
        assert sum(int(a) <= number <= int(b or a) for a, b in spans) == 1, number


def test_every_cell_opens_as_many_passages_as_it_counts(found: mn.Findings, out: Path) -> None:
    tree = html.fromstring((out / PAGE).read_text("utf-8"))
    data = json.loads(tree.xpath("string(//script[@id='data'])"))
    table = found.code_by_case.set_index(["coder", "case", "code"])["passages"]
    seen = 0
    for button in tree.xpath("//table[contains(@class, 'matrix')]//td/button"):
        kind, who, case, code = button.get("data-ask").split(":")
        passages = [p for p in data["who"][int(who)] if p[0] == int(case) and int(code) in p[3]]
        book = found.material.codebook.ids
        key = (data["coders"][int(who)], data["cases"][int(case)], book[int(code)])
        assert len(passages) == table[key] == int(button.text_content())
        seen += 1
    assert kind == "c" and seen == (table > 0).sum()


def test_the_framework_matrix_is_a_word_document(found: mn.Findings, out: Path) -> None:
    document = docx.Document(io.BytesIO((out / MATRIX).read_bytes()))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    matrix = found.framework_matrix
    said = {text for code in found.material.codebook.ids for text in matrix[code]}
    assert said <= cells | {""} and set(matrix["case"]) <= cells
    assert document.sections[0].page_width > document.sections[0].page_height
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in document.tables)


def test_the_framework_matrix_opens_all_passages(found: mn.Findings, out: Path) -> None:
    tree = html.fromstring((out / PAGE).read_text("utf-8"))
    data = json.loads(tree.xpath("string(//script[@id='data'])"))
    buttons = tree.xpath("//table[contains(@class, 'framework')]//td/button")
    assert len(buttons) == (found.code_by_case["passages"] > 0).sum()
    for button in buttons:
        _, who, case, code = map(int, button.get("data-ask").replace("c", "0").split(":"))
        count = sum(p[0] == case and code in p[3] for p in data["who"][who])
        assert button.text_content() == ("Les avsnittet" if count == 1 else f"Les alle {count}")


def test_questions_open_the_passages_that_they_led_to(found: mn.Findings, out: Path) -> None:
    tree = html.fromstring((out / PAGE).read_text("utf-8"))
    data = json.loads(tree.xpath("string(//script[@id='data'])"))
    rows = tree.xpath("//table[contains(@class, 'questions')]//tbody/tr")
    assert rows
    for row in rows:
        _, who, code, listed = row.xpath("string(th/button/@data-ask)").split(":")
        passages = [data["who"][int(who)][int(at)] for at in listed.split(",")]
        assert len(passages) == int(row.xpath("string(td[last()])"))
        assert all(int(code) in passage[3] for passage in passages)


def test_no_cell_opens_nothing(out: Path) -> None:
    tree = html.fromstring((out / PAGE).read_text("utf-8"))
    data = json.loads(tree.xpath("string(//script[@id='data'])"))
    for ask in {ask for ask in tree.xpath("//button/@data-ask") if ask.startswith("c:")}:
        who, case, code = map(int, ask.split(":")[1:])
        inside = [p for p in data["who"][who] if case in (-1, p[0])]
        assert any(code in p[3] if code >= 0 else p[3] for p in inside), ask


def test_all_codes_together_count_words_once(found: mn.Findings, out: Path) -> None:
    tree = html.fromstring((out / PAGE).read_text("utf-8"))
    talk = found.material.coders[0]
    coded = [s for s in talk.segments if s.codes and talk.case_of[s.transcript] == talk.cases[0]]
    values = tree.xpath(
        "string((//table[contains(@class, 'matrix')])[1]//tr[1]/td[last()]/@data-values)"
    )
    words = sum(len(re.findall(r"\w+", s.text)) for s in coded)
    assert values.split("|")[:2] == [str(len(coded)), str(words)] and "100" in values.split("|")[3]


def test_the_sheets_are_in_norwegian(out: Path) -> None:
    book = load_workbook(io.BytesIO((out / WORKBOOK).read_bytes()))
    values = {str(cell.value) for sheet in book for row in sheet.rows for cell in row}
    assert {"grupper", "Cliffs delta", "samme tur", "intervjuer"} <= values
    assert not values & {"groups", "Cliff's delta", "turn", "passage", "interviewer", "true", "nan"}


def test_markup_in_an_interview_is_text(out: Path) -> None:
    page = (out / PAGE).read_text("utf-8")
    assert "<img src=x" not in page and "<script>alert" not in page
    tree = html.fromstring(page)
    assert len(tree.xpath("//script")) == 2
    texts = json.loads(tree.xpath("string(//script[@id='data'])"))["texts"]
    assert any(HOSTILE in text for text in texts)
    assert not re.search(r"""(?:src|href)=["'](?!#|data:)""", page)


def test_drawings_say_what_they_show(out: Path) -> None:
    tree = html.fromstring((out / PAGE).read_text("utf-8"))
    drawings = tree.xpath("//main//svg")
    assert len(drawings) >= 5
    for drawing in drawings:
        assert drawing.get("role") == "img" and len(drawing.get("aria-label")) > 20


def test_drafts_are_codes(found: mn.Findings, out: Path) -> None:
    if not len(found.themes):
        assert not (out / DRAFTS).exists()
        return
    book = f"title: t\nversion: '1'\ncodes:\n{(out / DRAFTS).read_text('utf-8')}"
    assert len(mn.codebook.parse_codebook(book)) == len(found.themes)


# ------------------------------------------------------------------ in a browser

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@needs_browser
def test_cells_open_their_passages_and_tables_sort(chromium: Any, out: Path, found: mn.Findings) -> None:
    page = chromium.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text))
    page.goto((out / PAGE).as_uri())
    asks = page.eval_on_selector_all(
        "button.open", "all => all.map(b => [b.dataset.ask, b.textContent])"
    )
    kinds = {ask.split(":")[0] for ask, _ in asks}
    for folded in page.locator("details:not([open]) > summary").all()[::-1]:
        folded.click()
    assert {"c", "g", "p", "t"} <= kinds
    for kind in sorted(kinds):
        page.locator(f"button.open[data-ask^='{kind}:']").first.click()
        assert page.locator("#passages").is_visible() and page.locator("#list li").count() > 0
        page.keyboard.press("Escape")
        assert not page.locator("#passages").is_visible()
    pairs = found.cooccurrence[
        (found.cooccurrence["relation"] == "turn") & (found.cooccurrence["observed"] > 0)
    ]
    assert not len(pairs) or page.locator("button.open[data-ask*=':turn:']").count() == len(pairs)
    matrix = page.locator("table.matrix").first
    column = [int(text) for text in matrix.locator("tbody td:nth-child(2)").all_text_contents()]
    matrix.locator("thead th:nth-child(2) button").click()
    after = [int(text) for text in matrix.locator("tbody td:nth-child(2)").all_text_contents()]
    assert after == sorted(column, reverse=True)
    assert matrix.locator("thead th:nth-child(2)").get_attribute("aria-sort") == "descending"
    page.select_option("#measure", "2")
    assert "%" in matrix.locator("tbody td:nth-child(2)").first.text_content()
    assert problems == []
    page.close()


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chromium: Any, out: Path, scheme: str) -> None:
    axe = pytest.importorskip("axe_core_python", reason="axe-core-python is not installed")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text("utf-8")
    page = chromium.new_page(color_scheme=scheme, viewport={"width": 1200, "height": 900})
    page.goto((out / PAGE).as_uri())
    page.evaluate(script)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    rules = page.evaluate("tags => axe.run({ runOnly: tags })", tags)["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in rules] == []
    page.locator("button.open").first.click()
    rules = page.evaluate("tags => axe.run('#passages', { runOnly: tags })", tags)["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in rules] == []
    page.close()


@needs_browser
def test_a_narrow_screen_and_paper_cut_nothing_off(chromium: Any, out: Path) -> None:
    page = chromium.new_page(viewport={"width": 400, "height": 800})
    page.goto((out / PAGE).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.emulate_media(media="print")
    assert not page.locator("nav.card").is_visible() and page.locator("table.matrix").first.is_visible()
    page.close()
