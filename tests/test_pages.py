"""The pages of interviews and their index: structure, links, counts, hostile words; and in a browser, if one is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import EXAMPLE, Mestring
from lxml import html

import mestring_nlp as mn
from mestring_nlp.output import Plan
from mestring_nlp.own_files import is_own
from mestring_nlp.writers import index_page, listed, page

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & \"'`${x}\u2028]]>"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture
def three(interview: mn.CodedInterview) -> mn.CodedInterview:
    """An interview of three passages: two codes, no code, left to a person."""
    one, two, three = interview.suggestions[1:4]
    return replace(
        interview,
        suggestions=[
            replace(one, codes=("styrker", "ledelse"), abstained=False),
            replace(two, codes=(), abstained=False),
            replace(three, codes=(), abstained=True, prediction_set=("mestring", "")),
        ],
    )


def renamed(interview: mn.CodedInterview, name: str, title: str = "") -> mn.CodedInterview:
    return replace(interview, transcript=replace(interview.transcript, name=name, title=title))


def texts(tree: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in tree.xpath(path)]


# ------------------------------------------------------------------ the page of an interview


def test_each_passage_has_its_answers_and_unfolds_its_reasons(
    three: mn.CodedInterview, model: mn.Model
) -> None:
    tree = html.fromstring(page(three, model.codebook))
    passages = tree.xpath("//div[contains(@class, 'passage')]")
    assert [(p.get("id"), p.get("data-answers")) for p in passages] == [
        ("p1", "styrker ledelse"),
        ("p2", "-"),
        ("p3", "?"),
    ]
    per = [texts(p, ".//summary/span[contains(@class, 'label')]") for p in passages]
    percent = [round(100 * s.probabilities["mestring"]) for s in three.suggestions]
    assert [re.sub(r" \d+ %$", "", label) for label in per[0]] == ["Styrker", "Ledelse og lederskap"]
    assert per[1] == [f"Ingen kode {round(100 * three.suggestions[1].no_code)} %"]
    assert per[2][:2] == ["Usikker – vurder selv", f"Mestring {percent[2]} %"]
    for p in passages:
        assert len(p.xpath("./details/div[@class='reasons']//tr")) == 5
        assert p.xpath("./details[not(@open)]") and "Hvorfor" in p.text_content()
    assert not tree.xpath(
        "//*[@tabindex >= 0]"
    )  # only what is a control by nature, so that what is hidden is none


def test_filters_have_every_answer_with_its_count(three: mn.CodedInterview, model: mn.Model) -> None:
    tree = html.fromstring(page(three, model.codebook))
    boxes = {box.get("value"): texts(box, "..")[0] for box in tree.xpath("//aside//li/label/input")}
    assert list(boxes) == [*model.codes, "?", "-"]
    assert boxes["styrker"] == "Styrker 1" and boxes["mestring"] == "Mestring 0"
    assert boxes["?"] == "Usikker 1" and boxes["-"] == "Ingen kode 1"
    # Without a script there are no controls that do nothing.
    assert all(
        control.xpath("ancestor-or-self::*[@hidden]") for control in tree.xpath("//input | //button")
    )


def test_the_strip_is_told_in_words(three: mn.CodedInterview, model: mn.Model) -> None:
    (svg,) = html.fromstring(page(three, model.codebook)).xpath("//svg")
    assert svg.get("role") == "img" and svg.get("viewbox") == "0 0 3 12"
    assert svg.get("aria-label") == (
        "Kodene gjennom intervjuet, i 3 avsnitt: Ledelse og lederskap 1, Styrker 1, ingen kode 1, usikker 1. "
        "Mest først: Styrker; i midten: ingen kode; til slutt: ingen kode."
    )
    assert {path.get("data-answer"): path.get("d") for path in svg.xpath("./path")} == {
        "ledelse": "M0 6h1v6h-1z",
        "styrker": "M0 0h1v6h-1z",
        "?": "M2 4h1v4h-1z",
        "-": "M1 11h1v1h-1z",
    }
    none = html.fromstring(page(replace(three, suggestions=[]), model.codebook))
    assert none.xpath("//svg/@aria-label") == ["Intervjuet har ingen avsnitt."]


def test_the_pages_run_their_own_script_and_load_nothing(
    three: mn.CodedInterview, model: mn.Model
) -> None:
    hostile = renamed(three, f"a{HOSTILE}", HOSTILE)
    first = hostile.suggestions[0]
    said = replace(first, segment=replace(first.segment, text=HOSTILE))
    hostile = replace(hostile, suggestions=[said, *hostile.suggestions[1:]])
    index = index_page([listed(hostile, model.codebook, f"a{HOSTILE}.html")], model.codebook)
    for text in (page(hostile, model.codebook, index="index.html"), index):
        tree = html.fromstring(text)
        assert not tree.xpath("//img | //*[@onerror] | //*[@src]")
        assert len(tree.xpath("//script[not(@type='application/json')]")) == 1
        policy = tree.xpath("//meta[@http-equiv]/@content")[0]
        assert re.fullmatch(
            r"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-[\w+/=]{44}'; img-src data:; "
            "base-uri 'none'; form-action 'none'",
            policy,
        )
        assert HOSTILE.split("\u2028")[0] in " ".join(tree.text_content().split("\u2028"))
        assert is_own(text.encode(), ".html")


# ------------------------------------------------------------------ the index


def test_the_index_links_and_counts(
    three: mn.CodedInterview, interview: mn.CodedInterview, model: mn.Model
) -> None:
    names = ["en", "javascript:alert(1)", "50 % æ#ø?.x"]
    interviews = [
        renamed(three, names[0]),
        renamed(interview, names[1]),
        renamed(three, names[2], "Tittel"),
    ]
    tree = html.fromstring(
        index_page(
            [listed(one, model.codebook, f"{one.name}.html") for one in interviews], model.codebook
        )
    )
    links = tree.xpath("//tbody//a/@href")
    assert [unquote(link) for link in links] == [f"{name}.html" for name in names]
    assert not any(set(link) & set(":#?/ ") for link in links)
    heads = texts(tree, "//thead//th")
    assert heads == [
        "Intervju",
        "Avsnitt",
        *(code.name for code in model.codebook),
        "Usikker",
        "Ingen kode",
    ]
    every: Counter[str] = Counter()
    for one, row in zip(interviews, tree.xpath("//tbody/tr"), strict=True):
        counts = one.counts
        numbers = [counts.codes[code] for code in model.codes] + [counts.abstained, counts.without_code]
        assert texts(row, "./td") == [str(n) for n in (counts.passages, *numbers)]
        every.update(dict(zip(heads[1:], (counts.passages, *numbers), strict=True)))
        assert row.xpath(".//svg/@aria-label")[0].startswith("Kodene gjennom intervjuet")
    assert texts(tree, "//tfoot//td") == [str(every[head]) for head in heads[1:]]


def test_the_index_searches_what_the_pages_show(three: mn.CodedInterview, model: mn.Model) -> None:
    tree = html.fromstring(index_page([listed(three, model.codebook, "x.html")], model.codebook))
    (one,) = json.loads(tree.xpath("//script[@id='data']")[0].text)["interviews"]
    shown = html.fromstring(page(three, model.codebook))
    for number, (text, said) in enumerate(one["passages"], start=1):
        passage = shown.get_element_by_id(f"p{number}")
        assert passage.xpath("./p")[0].text == text and passage.get("data-answers") == said


def test_an_index_is_written_for_several_interviews(mestring: Mestring, tmp_path: Path) -> None:
    (tmp_path / "inn").mkdir()
    for name in ("index", "Index-2", "to"):
        (tmp_path / "inn" / f"{name}.txt").write_text(
            "P: Hva måler dere?\nI: Vi har målekort og tall.\n", "utf-8"
        )
    (tmp_path / "inn" / "tom.txt").write_bytes(b"")
    shown = mestring("suggest", "inn", "--out", "ut", "--format", "html", status=1).stdout
    assert "Open ut/index-3.html: all interviews" in shown
    index = html.fromstring((tmp_path / "ut" / "index-3.html").read_bytes())
    links = index.xpath("//tbody//a/@href")
    assert len(links) == 3 and all((tmp_path / "ut" / link).is_file() for link in links)
    assert (tmp_path / "ut" / "index-3.html").stat().st_mode & 0o077 == 0
    for link in links:
        back = html.fromstring((tmp_path / "ut" / link).read_bytes()).xpath("//nav/a/@href")
        assert back == ["index-3.html"]


def test_an_index_of_the_users_own_stays(mestring: Mestring, tmp_path: Path) -> None:
    for name in ("en", "to"):
        (tmp_path / f"{name}.txt").write_text("P: Hva?\nI: Vi har målekort og tall.\n", "utf-8")
    (tmp_path / "ut").mkdir()
    own = tmp_path / "ut" / "index.html"
    own.write_text("mine", "utf-8")
    both = ("suggest", "en.txt", "to.txt", "--out", "ut", "--format")
    assert "index.html: it exists already" in mestring(*both, "html", status=1).stderr
    assert [file.name for file in (tmp_path / "ut").iterdir()] == ["index.html"]
    assert "Open" not in mestring(*both, "csv").stdout and own.read_text("utf-8") == "mine"
    assert "Open" not in mestring("suggest", "en.txt", "--out", "ut", "--format", "html").stdout
    assert own.read_text("utf-8") == "mine"
    mestring(*both, "html", "--force")
    assert is_own(own.read_bytes(), ".html")


def test_where_the_index_lies() -> None:
    plan = Plan.of("ut", "csv,html")
    assert plan.index(["a"]) is None and Plan.of("ut", "csv").index(["a", "b"]) is None
    assert plan.index(["a", "b"]) == Path("ut/index.html")
    assert plan.index(["INDEX", "b"]) == Path("ut/index-2.html")


# ------------------------------------------------------------------ in a browser

HARNESS = """<!doctype html><iframe src="{page}" width="1200" height="800"></iframe><pre id="said"></pre><script>
addEventListener("load", () => {{
  const view = frames[0], page = view.document, said = [];
  const $ = (selector, within = page) => [...within.querySelectorAll(selector)];
  const seen = selector => $(selector).filter(e => e.checkVisibility());
  const say = (...words) => said.push(words.join(" "));
  const key = key => page.dispatchEvent(new view.KeyboardEvent("keydown", {{ key, bubbles: true }}));
  try {{ {script} }} catch (error) {{ say(error); }}
  document.querySelector("#said").textContent = said.join("\\n");
}});
</script>"""


def browse(folder: Path, name: str, script: str) -> list[str]:
    """What a script says that runs beside a page and can reach into it."""
    if CHROMIUM is None:
        pytest.skip("no chromium or google-chrome is there")
    harness = folder / "harness.htm"
    harness.write_text(HARNESS.format(page=name, script=script), "utf-8")
    ran = subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
            f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=5000", "--dump-dom", harness.as_uri(),
        ],
        capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    return html.fromstring(ran.stdout).xpath("//pre")[0].text_content().splitlines()


def test_a_browser_filters_and_unfolds(
    three: mn.CodedInterview, model: mn.Model, tmp_path: Path
) -> None:
    (tmp_path / "x.html").write_text(page(three, model.codebook), "utf-8")
    said = browse(
        tmp_path,
        "x.html",
        """
        const ids = () => seen(".passage").map(p => p.id).join(" ");
        const tick = value => $(`input[value="${value}"]`)[0].click();
        say(ids(), "|", $("#shown")[0].textContent);
        tick("ledelse"); say(ids(), "|", $("#shown")[0].textContent, "|", $(".strip .off").length);
        tick("?"); say(ids()); tick("ledelse"); say(ids(), "|", seen("summary").filter(s => s.closest(".passage")).length);
        key("j"); say(page.activeElement.closest(".passage").id);
        key("Escape"); say(ids());
        key("j"); key("k"); key("k"); say(page.activeElement.closest(".passage").id);
        $("#keys")[0].click(); key("j"); say(page.activeElement.closest(".passage").id);
        $("#why")[0].click(); say($(".passage details[open]").length);
        say(page.documentElement.scrollWidth <= 1200);
        """,
    )
    assert said == [
        "p1 p2 p3 | ",
        "p1 | Viser 1 av 3 avsnitt. | 3",
        "p1 p3",
        "p3 | 1",
        "p3",
        "p1 p2 p3",
        "p1",
        "p1",
        "3",
        "true",
    ]


def test_a_browser_searches_the_index(three: mn.CodedInterview, model: mn.Model, tmp_path: Path) -> None:
    first = three.suggestions[0]
    said = replace(first, segment=replace(first.segment, text=f"Målekort (a+)+$ {HOSTILE}"))
    other = renamed(replace(three, suggestions=[said]), "b#")
    entries = [listed(one, model.codebook, f"{one.name}.html") for one in (three, other)]
    (tmp_path / "index.html").write_text(index_page(entries, model.codebook), "utf-8")
    shown = browse(
        tmp_path,
        "index.html",
        """
        const find = (id, value) => {
          const field = $(id)[0]; field.value = value; field.dispatchEvent(new view.Event("input"));
          say($("#found")[0].textContent, $("#results li").length);
        };
        say(seen("form").length, $("#found")[0].textContent);
        find("#words", "MÅLEKORT a+)+$"); say($("mark").map(m => m.textContent).join(" "), "|", $("#results a")[0].getAttribute("href"));
        say($("#results img, #results script").length, $("#results p")[0].textContent.includes("<img src=x"));
        find("#words", "finnesikke"); find("#words", ""); find("#answer", "?"); find("#answer", "styrker"); find("#interview", "1");
        """,
    )
    assert shown == [
        "1 ",
        "1 avsnitt i 1 intervju. 1",
        "Målekort a+)+$ | b%23.html#p1",
        "0 true",
        "0 avsnitt i 0 intervjuer. 0",
        " 0",
        "1 avsnitt i 1 intervju. 1",
        "2 avsnitt i 2 intervjuer. 2",
        "1 avsnitt i 1 intervju. 1",
    ]


def test_one_interview_has_no_index(mestring: Mestring, tmp_path: Path) -> None:
    mestring("suggest", EXAMPLE, "--out", "ut", "--format", "html")
    assert [file.name for file in (tmp_path / "ut").iterdir()] == ["intervju_eksempel.html"]
    assert not html.fromstring((tmp_path / "ut" / "intervju_eksempel.html").read_bytes()).xpath("//nav")
