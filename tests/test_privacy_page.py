"""The page of finds in a browser: keys decide, the downloaded table is what the next run follows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import Mestring

from mestring_nlp.privacy.decisions import read_decisions

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not there")

TEXT = 'P: Hva?\nI: Så sa Torunn at Siri på telefonen var «bedre» enn "Alexa", <b>sa</b> hun.\nP: Ja?\nI: Fjellpiken kom på fredag.\n'


def test_keys_decide_and_the_table_is_followed(tmp_path: Path, mestring: Mestring) -> None:
    from playwright.sync_api import sync_playwright

    (tmp_path / "a.txt").write_text(TEXT)
    mestring("pseudonymise", "a.txt", "--out", "ut", "--key", "nk/key.json")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text))
        page.goto((tmp_path / "nk" / "key.funn.html").as_uri())
        finds = page.locator(".find mark").all_inner_texts()
        for find in finds:
            page.keyboard.press("b" if find == "Siri" else "e")
        page.keyboard.press("n")
        page.keyboard.type("Fjellpiken")
        page.keyboard.press("Enter")
        page.locator("h1").click()
        with page.expect_download() as download:
            page.keyboard.press("s")
        download.value.save_as(tmp_path / "nk" / "key.funn.csv")
        assert page.locator(".find b").count() and not page.locator(".find .context b").count()
        browser.close()
    assert not problems
    decided = read_decisions(tmp_path / "nk" / "key.funn.csv")
    assert decided.forms["Siri"] == "keep" and decided.forms["Torunn"] == "replace"
    assert decided.additions == {"Fjellpiken": "person"}
    mestring("pseudonymise", "a.txt", "--out", "ut", "--key", "nk/key.json", "--force")
    hidden = (tmp_path / "ut" / "a.txt").read_text()
    assert "Siri" in hidden and "Torunn" not in hidden and "Fjellpiken" not in hidden
