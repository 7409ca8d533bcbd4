"""A whole review in a real Chromium, by keyboard alone: what is decided is what was pressed."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import EXAMPLE

from mestring_nlp.review import Review

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytest.importorskip("starlette", reason="the extra `review` is not installed")
pytest.importorskip("uvicorn", reason="the extra `review` is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Served:
    """A review that is served by a process of its own."""

    def __init__(self, folder: Path, *arguments: object) -> None:
        self.folder = folder
        command = ["review", EXAMPLE, "--out", folder, "--coder", "kari", "--no-browser", *arguments]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mestring_nlp", *map(str, command)],
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.said = ""
        self.address = self.next_address()

    def next_address(self) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if found := re.search(r"http://\S+token=\S+", line):
                return found.group()
        raise AssertionError(f"the server did not start: {self.said}")

    def end(self) -> str:
        self.process.send_signal(signal.SIGINT)
        assert self.process.stdout is not None
        self.said += self.process.stdout.read()
        self.process.stdout.close()
        assert self.process.wait(30) == 0, self.said
        return self.said

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review with its suggestions, made once, of which each test has a copy."""
    folder = tmp_path_factory.mktemp("begun") / "review"
    Served(folder).end()
    return folder


@pytest.fixture
def served(begun: Path, tmp_path: Path) -> Iterator[Served]:
    made = Served(shutil.copytree(begun, tmp_path / "review"))
    yield made
    made.kill()


@pytest.fixture
def page(served: Served, chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="nb-NO")
    made = context.new_page()
    made.problems = []
    made.on("pageerror", lambda error: made.problems.append(str(error)))
    made.on(
        "console",
        lambda message: made.problems.append(message.text) if message.type == "error" else None,
    )
    made.requested = []
    made.on("request", lambda request: made.requested.append(request.url))
    made.goto(served.address)
    made.wait_for_selector("#focus")
    yield made
    context.close()


def focus(page: Any) -> int:
    return int(page.get_attribute("#state", "data-passage"))


def press(page: Any, *keys: str) -> None:
    """Press keys, each when the answer to the one before has come."""
    for key in keys:
        page.keyboard.press(key)
        page.evaluate("() => line")


def test_a_whole_interview_by_keyboard_alone(served: Served, page: Any) -> None:
    expected: dict[int, tuple[str, ...] | str | None] = {}
    count = int(re.search(r"av (\d+)", page.inner_text(".head")).group(1))  # type: ignore[union-attr]
    ids = page.evaluate(
        "() => [...document.querySelectorAll('#work [data-id]')].map(e => +e.dataset.id)"
    )
    plan = ["Enter", "2", "1 3", "n", "u", "0", "5 5"]
    for number in range(count):
        here, keys = focus(page), plan[number % len(plan)].split()
        if keys == ["Enter"]:
            expected[here] = "accepted"
        elif keys == ["n"]:
            expected[here] = ()
        elif keys == ["u"]:
            expected[here] = None
        elif keys == ["5", "5"]:
            expected[here] = "undecided"
        else:
            given = [page.get_attribute(f"#focus [data-key='{key}']", "data-code") for key in keys]
            expected[here] = tuple(given)
        press(page, *keys)
        if keys == ["Enter"] and focus(page) == here and number < count - 1:  # the machine abstained
            press(page, "u")
            expected[here] = None
        if expected[here] == "undecided" or len(keys) > 1 or keys[0].isdigit():
            press(page, "j")
    assert ids == sorted(ids) and len(expected) == count
    assert page.problems == []
    assert all(url.startswith(served.address.split("/?")[0]) for url in page.requested)
    said = served.end()
    assert "The review has ended" in said
    with Review.open(served.folder) as review:
        for passage in review.passages(EXAMPLE.stem):
            wanted = expected[passage.id]
            if wanted == "accepted":
                assert passage.suggestion is not None and passage.suggestion.answer is not None
                assert set(passage.decision.codes) == set(passage.suggestion.codes) and passage.decided
            elif wanted == "undecided":
                assert not passage.decided
            else:
                status = "unsure" if wanted is None else "codes" if wanted else "no_code"
                assert (passage.decision.status, passage.decision.codes) == (status, wanted or ())


def test_keys_pressed_faster_than_answers_mean_one_passage_each(served: Served, page: Any) -> None:
    for _ in range(10):
        page.keyboard.press("n")
    page.evaluate("() => line")
    served.end()
    with Review.open(served.folder) as review:
        assert [p.decision.status for p in review.passages(EXAMPLE.stem)[:10]] == ["no_code"] * 10
        assert len(review.events) == 10


def test_memos_cuts_merges_marks_search_and_undo_by_key(served: Served, page: Any) -> None:
    press(page, "j")
    press(page, "m")
    page.wait_for_selector("#memo[open]")
    page.keyboard.type("Se på dette 😀 n u 1")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#memo:not([open])", state="attached")
    assert "Se på dette 😀 n u 1" in page.inner_text("#focus .memo")
    text = page.inner_text("#focus .words")
    press(page, "s", "ArrowRight", "ArrowLeft", "ArrowLeft")
    assert page.is_visible(".splitting")
    press(page, "Enter")
    first = page.inner_text("#focus .words")
    assert text.startswith(first) and 0 < len(first) < len(text)
    press(page, "+")
    assert page.inner_text("#focus .words") == text
    press(page, "z", "z")
    assert page.inner_text("#focus .words") == text and "Se på dette" in page.inner_text("#focus")
    page.evaluate(
        """() => { const node = document.querySelector('#focus .words').firstChild;
        const range = document.createRange(); range.setStart(node, 0); range.setEnd(node, 12);
        getSelection().removeAllRanges(); getSelection().addRange(range); }"""
    )
    press(page, "3")
    assert page.inner_text("#focus .words") == text[:12].strip()
    code = page.get_attribute("#focus [aria-pressed='true'][data-code]", "data-code")
    assert code == page.get_attribute("#focus [data-key='3']", "data-code")
    press(page, "/")
    page.keyboard.type("GIKK GREIT")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found[open] [data-go]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found:not([open])", state="attached")
    page.evaluate("() => line")
    assert "gikk greit" in page.inner_text("#focus .words")
    assert page.problems == []


def test_a_page_left_open_says_so_and_keeps_what_is_typed(served: Served, page: Any) -> None:
    press(page, "m")
    page.wait_for_selector("#memo[open]")
    page.keyboard.type("Dette må ikke bli borte.")
    served.end()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#banner:not([hidden])")
    assert "svarer ikke lenger" in page.inner_text("#banner") or "avsluttet" in page.inner_text(
        "#banner"
    )
    assert page.input_value("#memo-text") == "Dette må ikke bli borte."


def test_a_second_browser_sees_the_first(served: Served, page: Any, chromium: Any) -> None:
    context = chromium.new_context()
    other = context.new_page()
    other.goto(served.next_address())
    other.wait_for_selector("#focus")
    press(page, "n")
    other.wait_for_selector("#focus.no_code", timeout=8000)
    context.close()


def test_the_button_ends_it(served: Served, page: Any) -> None:
    page.click("#end")
    page.wait_for_selector("#banner.calm")
    assert served.process.wait(30) == 0


def test_it_is_usable_by_all(served: Served, page: Any) -> None:
    """No rule of axe-core for WCAG 2.2 AA is broken, light and dark, and nothing is cut off at 400 pixels."""
    axe = pytest.importorskip("axe_core_python", reason="axe-core-python is not installed")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text("utf-8")
    press(page, "n", "1", "j", "u", "k")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    for scheme, width in (("light", 400), ("light", 1280), ("dark", 400), ("dark", 1280)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        for path in ("/review", "/agreement", "/agreement?a=kari&b=kari", "/trail"):
            page.goto(served.address.split("/?")[0] + path)
            page.evaluate(script)
            found = page.evaluate("tags => axe.run({ runOnly: tags })", tags)
            broken = [
                (rule["id"], node["html"][:120])
                for rule in found["violations"]
                for node in rule["nodes"]
            ]
            assert broken == [], (path, scheme, width)
            assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), (
                path,
                width,
            )


def test_differences_are_decided_on_the_page(served: Served, page: Any) -> None:
    press(page, "9")
    page.goto(served.address.split("/?")[0] + "/agreement")
    form = page.locator(".difference").first
    form.locator("input[type=checkbox]").nth(2).check()
    form.locator("input[name=reason]").fill("Handler om målene.")
    form.locator("button:not([type])").click()
    page.wait_for_selector(".difference legend:has-text('✓')")
    assert page.problems == []
    served.end()
    with Review.open(served.folder) as review:
        (decided, _pair) = [event for event in review.events if event.act == "negotiate"]
        assert decided.note == "Handler om målene." and decided.coder == "adjudicated"
        assert review.codebook.ids[2] in decided.after


def test_what_was_settled_is_undone_by_key(served: Served, page: Any) -> None:
    press(page, "9")
    page.goto(served.address.split("/?")[0] + "/agreement")
    page.locator("[data-take]").nth(1).click()
    page.keyboard.type("Som maskinen.")
    page.keyboard.press("Enter")
    page.wait_for_selector(".difference legend:has-text('✓')")
    page.locator(".difference input[type=checkbox]").first.focus()
    with page.expect_navigation():
        page.keyboard.press("z")
    assert page.inner_text(".difference legend") == "Ikke avgjort"
    page.locator("[data-take]").first.click()
    page.keyboard.type("Som kari.")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-withdraw]:not([hidden])")
    page.click("[data-withdraw]")
    page.wait_for_selector(".difference legend:has-text('Ikke avgjort')")
    assert page.problems == []
    page.goto(served.address.split("/?")[0] + "/review")
    press(page, "z")  # what was opened again is undone here too
    assert page.inner_text("#status") == "Angret i forhandlingen"
    served.end()
    with Review.open(served.folder) as review:
        acts = [event.act for event in review.events if event.target == "decision"]
        assert acts == ["code", "negotiate", "undo", "negotiate", "negotiate", "undo"]


def test_shortcuts_can_be_switched_off_and_on(page: Any) -> None:
    page.click("#keys")
    press(page, "n", "u", "1")
    assert page.get_attribute("#state", "data-event") == "0"
    page.click("#keys")
    press(page, "n")  # with the focus still on the box
    assert page.get_attribute("#state", "data-event") == "1"


def test_a_code_goes_to_what_is_selected(page: Any) -> None:
    """Also where the selection ends beyond the words, as after a triple click."""
    other = page.get_attribute(".passage:not(.focus)", "data-id")
    page.evaluate(
        """() => { const other = document.querySelector('.passage:not(.focus)');
        const range = document.createRange(); range.setStart(other.querySelector('.words').firstChild, 0);
        range.setEnd(other.querySelector('.go'), 0);
        getSelection().removeAllRanges(); getSelection().addRange(range); }"""
    )
    assert page.is_visible("#mark")
    press(page, "2")
    assert page.get_attribute("#state", "data-passage") == other
    assert page.locator("#focus [aria-pressed='true'][data-key='2']").count() == 1


def test_a_page_finds_its_way_back(page: Any) -> None:
    page.select_option("#only", "undecided")
    press(page, "j", "j")
    here = focus(page)
    page.reload()
    assert (focus(page), page.input_value("#only")) == (here, "undecided")
    page.click("text=Revisjonsspor")
    page.click("header a")
    page.wait_for_selector("#focus")
    assert (focus(page), page.input_value("#only")) == (here, "undecided")
    press(page, "/")
    page.keyboard.type("leder")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found[open]")
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement.id === 'focus'")
    assert page.problems == []


def test_what_fails_is_told_and_passes(page: Any) -> None:
    page.route("**/export/**", lambda route: route.fulfill(status=400, json={"problem": "Ikke nå."}))
    page.click("a[href='/export/codings.csv']")
    page.wait_for_selector("#status:has-text('Ikke nå.')")
    page.unroute("**/export/**")
    with page.expect_download() as downloaded:
        page.click("a[href='/export/codings.csv']")
    assert downloaded.value.suggested_filename == "codings.csv"
    page.route("**/act", lambda route: route.abort())
    press(page, "n")
    assert "svarer ikke lenger" in page.inner_text("#banner")
    page.unroute("**/act")
    page.wait_for_selector("#banner", state="hidden")  # it answers again
    press(page, "n")
    assert page.get_attribute("#state", "data-event") == "1"
