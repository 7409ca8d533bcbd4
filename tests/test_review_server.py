"""The page of a review: it answers its own browser alone, and what it shows stays small."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the extra `review` is not installed")
pytest.importorskip("uvicorn", reason="the extra `review` is not installed")
pytest.importorskip("httpx", reason="httpx is not installed")

from starlette.testclient import TestClient
from test_review_store import say, talk

import mestring_nlp as mn
from mestring_nlp.errors import MestringError
from mestring_nlp.review import Review
from mestring_nlp.review.guard import FIELD, Keys
from mestring_nlp.review.server import Site, listening
from mestring_nlp.review.store import KeptFile
from mestring_nlp.review.views import Page, bulk_mark
from mestring_nlp.review.words import _WORDS, LANGUAGES, Words
from mestring_nlp.training import SeenError

PORT = 8123
OWN = f"http://127.0.0.1:{PORT}"


@pytest.fixture
def review(tmp_path: Path) -> Iterator[Review]:
    with Review.create(tmp_path / "review", [talk("en"), talk("to")], coder="kari") as made:
        for passage in made.passages("en"):
            say(made, passage.id, ["ledelse"], 0.9)
        yield made


@pytest.fixture
def site(review: Review) -> Site:
    return Site(review, Keys(PORT), Words())


@pytest.fixture
def stranger(site: Site) -> Iterator[TestClient]:
    with TestClient(site.application(), base_url=OWN, follow_redirects=False) as client:
        yield client


@pytest.fixture
def browser(site: Site, stranger: TestClient) -> TestClient:
    answer = stranger.get(site.keys.address)
    assert answer.status_code == 303
    return stranger


def post(client: TestClient, site: Site, path: str = "/act", **values: object):  # type: ignore[no-untyped-def]
    headers = {"origin": OWN, FIELD: site.keys.form}
    return client.post(path, json={"only": "all", **values}, headers=headers)


def shown_mark(review: Review, passage: int) -> str:
    found = review.passage(passage).suggestion
    return found.mark if found else ""


def test_the_rules_of_coding_are_beside_the_codes(browser: TestClient, review: Review) -> None:
    html = browser.get("/review").text
    assert review.codebook.rules and all(f"<li>{rule}</li>" in html for rule in review.codebook.rules)


def test_only_the_suggestion_that_was_shown_is_accepted(
    browser: TestClient, site: Site, review: Review
) -> None:
    first = review.passages("en")[0].id
    mark = shown_mark(review, first)
    assert f'data-shown="{mark}"' in browser.get("/review").text
    say(review, first, ["styrker"], 0.9)
    for values in ({"shown": mark}, {}):
        answer = post(browser, site, act="accept", passage=first, **values)
        assert "Forslaget er endret, se på nytt" in answer.text
        assert f'data-shown="{shown_mark(review, first)}"' in answer.text
    assert review.events == []


def test_every_open_page_is_told(site: Site, browser: TestClient) -> None:
    site._tell("Lærte")
    for _ in range(2):  # each of two pages that have seen none
        told = browser.get("/poll?told=0").json()
        assert (told["notice"], told["notices"]) == ("Lærte", 1)
    assert browser.get("/poll?told=1").json()["notice"] == ""


def test_the_address_works_once_and_leaves_a_strict_cookie(site: Site, stranger: TestClient) -> None:
    address = site.keys.address
    answer = stranger.get(address)
    cookie = answer.headers["set-cookie"]
    assert (
        "HttpOnly" in cookie
        and "SameSite=Strict" in cookie
        and "token" not in answer.headers["location"]
    )
    stranger.cookies.clear()
    assert stranger.get(address).status_code == 403
    assert site.keys.address != address  # a new one, for another browser


def test_without_cookie_nothing_is_shown(site: Site, stranger: TestClient) -> None:
    for path in (
        "/",
        "/review",
        "/poll",
        "/static/review.js",
        "/static/common.js",
        "/codes.css",
        "/export/codings.csv",
        "/x",
    ):
        answer = stranger.get(path)
        assert answer.status_code == 403 and "ledelse" not in answer.text, path
    assert post(stranger, site, act="next", passage=1).status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", f"127.0.0.1:{PORT + 1}", "", "127.0.0.1.evil:8123"]
)
def test_another_host_is_refused(browser: TestClient, host: str) -> None:
    assert browser.get("/review", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": OWN},
        {"origin": OWN, FIELD: "wrong"},
        {"origin": "http://evil.example", FIELD: "own"},
        {"origin": "null", FIELD: "own"},
        {FIELD: "own"},
        {"origin": OWN, FIELD: "own", "sec-fetch-site": "cross-site"},
    ],
)
def test_changes_from_elsewhere_are_refused(
    browser: TestClient, site: Site, review: Review, headers: dict[str, str]
) -> None:
    given = {name: site.keys.form if value == "own" else value for name, value in headers.items()}
    body = {"act": "none", "passage": 1, "only": "all"}
    assert browser.post("/act", json=body, headers=given).status_code == 403
    assert browser.get("/review", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert (
        browser.put("/act", json=body, headers={"origin": OWN, FIELD: site.keys.form}).status_code == 403
    )
    assert review.events == []


def test_every_answer_is_kept_to_the_page(browser: TestClient) -> None:
    for path in ("/review", "/static/review.css", "/agreement", "/trail", "/nothing"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
    page = browser.get("/review").text
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page)
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=", page)


def test_markup_in_an_interview_stays_text(tmp_path: Path) -> None:
    text = "P: Hva <b>da</b>?\nI: Vi <script>alert(1)</script> sier \"hei\" & 'ha det' <img src=x onerror=alert(1)>.\n"
    with Review.create(
        tmp_path / "review", [mn.read_transcript(text=text, name="<i>&\"'")], coder="<kari>"
    ) as review:
        site = Site(review, Keys(PORT), Words())
        client = TestClient(site.application(), base_url=OWN)
        page = client.get(site.keys.address).text
        assert (
            "<script>alert" not in page
            and "<img" not in page
            and "<kari>" not in page
            and "<i>" not in page
        )
        review.memo("passage:1", "<u>x</u>")
        assert "<u>" not in client.get("/review").text
        assert "<u>" not in client.get("/trail").text


def test_acts_decide_and_move_on(browser: TestClient, site: Site, review: Review) -> None:
    first, second, *_ = review.passages("en")
    answer = post(browser, site, act="accept", passage=first.id, shown=shown_mark(review, first.id))
    assert answer.status_code == 200 and f'data-passage="{second.id}"' in answer.text
    assert review.passage(first.id).decision.codes == ("ledelse",)
    post(browser, site, act="code", passage=second.id, code="styrker")
    post(browser, site, act="code", passage=second.id, code="mestring")
    assert review.passage(second.id).decision.codes == ("mestring", "styrker")
    post(browser, site, act="code", passage=second.id, code="styrker")
    post(browser, site, act="code", passage=second.id, code="mestring")
    assert not review.passage(second.id).decided
    assert "ledelse" in (review.folder / "codings.csv").read_text("utf-8")
    answer = post(browser, site, act="filter", passage=second.id, only="code:ledelse")
    assert f'data-passage="{first.id}"' in answer.text


def test_what_an_act_lacks_is_said(browser: TestClient, site: Site) -> None:
    for values in (
        {"act": "tull", "passage": 1},
        {"act": "none", "passage": "x"},
        {"act": "none", "passage": 10**9},
        {"act": "none", "passage": 10**30},
        {"act": "split", "passage": 10**18, "position": 10**30},
        {"act": "memo", "passage": 1, "target": f"passage:{10**30}", "text": "x"},
        {"act": "code", "passage": 1, "code": "tull"},
        {"act": "code", "passage": 1, "code": 7},
        {"act": "memo", "passage": 1, "target": "code:tull", "text": "x"},
        {"act": "interview", "passage": 1, "name": "../etc"},
        {"act": "next", "passage": 1, "only": "'; DROP TABLE events"},
    ):
        answer = post(browser, site, **values)
        assert answer.status_code == 400 and answer.json()["problem"], values
    headers = {"origin": OWN, FIELD: site.keys.form}
    assert browser.post("/act", content=b"[]", headers=headers).status_code == 400
    assert browser.post("/act", content=b"\xff", headers=headers).status_code == 400
    assert browser.post("/act", content=b"x" * 1_000_001, headers=headers).status_code == 403
    assert browser.get("/export/..%2f..%2fetc").status_code in (400, 404)
    assert browser.get("/static/..%2fserver.py").status_code == 404


def test_a_second_browser_sees_what_the_first_decided(
    site: Site, browser: TestClient, review: Review
) -> None:
    with TestClient(site.application(), base_url=OWN) as other:
        shown = other.get(site.keys.address).text
        before = other.get("/poll").json()["event"]
        assert f'data-event="{before}"' in shown
        post(browser, site, act="unsure", passage=review.passages("en")[0].id)
        assert other.get("/poll").json()["event"] > before
        assert "Usikker</span>" in other.get("/review").text


def test_blind_pages_do_not_tell(site: Site, browser: TestClient, review: Review) -> None:
    review.blind = True
    shown = browser.get("/review").text
    assert "90 %" not in shown and "proposed" not in shown and 'id="bulk"' not in shown
    first = review.passages("en")[0].id
    assert 'act="accept"' not in shown
    assert "skjult" in post(browser, site, act="accept", passage=first).text
    assert browser.get("/bulk?p=0.5").status_code == 400
    post(browser, site, act="none", passage=first)
    assert "90 %" in post(browser, site, act="show", passage=first).text


def test_filters_do_not_tell_a_blind_coder(site: Site, browser: TestClient, review: Review) -> None:
    """What is suggested, or left open by the machine, is not what a filter goes by until it is decided."""
    first, second = (passage.id for passage in review.passages("en")[:2])
    say(review, second, ["ledelse"], 0.1)  # an abstention
    for blind, shown in ((False, True), (True, False)):
        review.hide(blind)
        for only in ("code:ledelse", "unsure"):
            answer = post(browser, site, act="filter", passage=0, only=only).text
            assert ('id="focus"' in answer) is shown, (blind, only)
    review.decide(first, "ledelse")
    assert 'id="focus"' in post(browser, site, act="filter", passage=0, only="code:ledelse").text


def test_the_queue_is_gone_through_once(site: Site, browser: TestClient, review: Review) -> None:
    """What is passed, or stands against a confident model, does not come again before the rest has."""
    for passage in review.passages("to"):
        say(review, passage.id, ["styrker"], 0.5)
    contradicted = review.passages("en")[0].id
    review.decide(contradicted, "kompetanse")

    def at(**values: object) -> int:
        answer = post(browser, site, only="queue", **values).text
        return int(re.search(r'data-passage="(\d+)"', answer).group(1))  # type: ignore[union-attr]

    seen = [at(act="filter", passage=0)]
    everything = {p.id for name in review.store.names for p in review.passages(name)}
    while len(seen) < len(everything):
        seen.append(at(act="none" if len(seen) % 2 else "accept", passage=seen[-1], shown=""))
        if seen[-1] == seen[-2]:  # not accepted, as it was not this suggestion that was shown
            seen[-1] = at(act="next", passage=seen[-2])
    assert set(seen) == everything and contradicted in seen
    assert at(act="previous", passage=seen[-1]) == seen[-2]
    assert at(act="next", passage=seen[-2]) == seen[-1]
    end = post(browser, site, only="queue", act="next", passage=seen[-1]).text
    assert f'data-passage="{seen[-1]}"' in end and "tasten g går til dem" in end
    assert at(act="queue", passage=seen[-1]) != seen[-1]  # from the front again


def test_ends_are_told(site: Site, browser: TestClient, review: Review) -> None:
    first, *_, last = review.passages("en")
    told = post(browser, site, act="none", passage=last.id).text
    assert "Forrige: Ingen kode. Nytt intervju: to" in told
    assert "Ingen avsnitt før dette" in post(browser, site, act="previous", passage=first.id).text
    *most, final = review.passages("to")
    count = len(review.passages("en")) + len(most) - 1
    told = post(browser, site, act="none", passage=final.id).text
    assert f"{count} avsnitt er ikke avgjort" in told
    for passage in [*review.passages("en"), *most]:
        review.decide(passage.id)
    assert "Alle avsnittene er avgjort" in post(browser, site, act="next", passage=final.id).text


def test_a_memo_is_kept_where_no_passage_is_shown(
    site: Site, browser: TestClient, review: Review
) -> None:
    empty = {"only": "memo", "passage": 0}
    answer = post(browser, site, act="memo", target="code:ledelse", text="Vid.", **empty)
    assert answer.status_code == 200 and "Ingen avsnitt her" in answer.text
    assert review.memos == {"code:ledelse": "Vid."}


def test_an_address_of_a_passage_that_is_gone_is_answered(browser: TestClient, review: Review) -> None:
    first = review.passages("en")[1].id
    made = review.merge(first).id
    assert f'data-passage="{made}"' in browser.get(f"/review?passage={first}").text
    assert browser.get("/review?passage=99999999999999999").status_code == 200


def test_a_long_question_is_cut_at_a_word_and_marked(tmp_path: Path) -> None:
    text = f"P: {'Langt spørsmål. ' * 200}\nI: Svar, som er langt nok til å stå for seg selv her.\n"
    with Review.create(
        tmp_path / "r", [mn.read_transcript(text=text, name="en", informant=["I"])], coder="kari"
    ) as made:
        shown = Page(made, Words(), made.passages("en")[0]).turns[0].pieces[0]
    assert shown.cut and shown.text.startswith(("Langt", "spørsmål"))
    assert text[shown.start :].startswith(shown.text)


def test_searching_and_bulk(site: Site, browser: TestClient, review: Review) -> None:
    found = browser.get("/search", params={"q": "MÅLEKORT"}).text
    assert found.count("<mark>målekort</mark>") == 2 and "2 treff" in found
    count = len(review.passages("en"))
    assert f"Godta {count} forslag" in browser.get("/bulk?p=0,5").text
    mark = bulk_mark(review.acceptable(0.5))
    assert f'data-shown="{mark}"' in browser.get("/bulk?p=0.5").text
    refused = post(browser, site, act="accept_above", passage=1, probability=0.5, shown="x")
    assert "endret" in refused.text and not review.events
    answer = post(browser, site, act="accept_above", passage=1, probability=0.5, shown=mark)
    assert f"{count} forslag godtatt" in answer.text
    assert sum(p.decided for p in review.passages("en")) == count
    post(browser, site, act="undo", passage=1)
    assert not any(p.decided for p in review.passages("en"))
    assert browser.get("/bulk?p=x").status_code == 400


def test_everything_can_be_taken_out(site: Site, browser: TestClient, review: Review) -> None:
    first = review.passages("en")[0].id
    post(browser, site, act="accept", passage=first, shown=shown_mark(review, first))
    post(browser, site, act="memo", passage=first, target="code:ledelse", text="Grensen.")
    assert browser.get("/memo?target=code:ledelse").json()["text"] == "Grensen."
    for name, begins in (
        ("codings.csv", b"transcript,"),
        ("trail.csv", b"event,"),
        ("review.xlsx", b"PK"),
        ("review.qdpx", b"PK"),
        ("en.docx", b"PK"),
    ):
        answer = browser.get(f"/export/{name}")
        assert (
            answer.content.startswith(begins) and "attachment" in answer.headers["content-disposition"]
        )
    assert browser.get("/export/fr.docx").status_code == 400


def test_what_a_difference_lacks_is_said(site: Site, browser: TestClient, review: Review) -> None:
    whole = {
        "a": "kari",
        "b": "ola",
        "transcript": "en",
        "start": 30,
        "end": 40,
        "codes": ["ledelse"],
        "none": False,
        "reason": "x",
    }
    for values, told in (({"codes": []}, "Velg en kode"), ({"none": True}, "ikke begge")):
        assert told in post(browser, site, "/settle", **{**whole, **values}).json()["problem"]
    assert browser.get(f"/review?passage={10**30}").status_code == 200
    for wrong in (
        {},
        {"start": 10**30, "end": 10**31},
        {"codes": ["tull"]},
        {"codes": 7},
        {"reason": ""},
        {"start": "30"},
        {"transcript": "fr"},
    ):
        assert post(browser, site, "/settle", **{**whole, **wrong}).status_code == 400
    assert review.events == []


def test_the_page_of_agreement_says_what_it_rests_on(
    site: Site, browser: TestClient, review: Review
) -> None:
    one, two, *_ = review.passages("en")
    review.decide(one.id, "ledelse")
    review.decide(two.id, "styrker")
    review.coder = "ola"
    review.decide(one.id, "mestring")
    review.decide(two.id, "styrker")
    shown = browser.get("/agreement?a=kari&b=ola").text
    assert "1 forskjell</h2>" in shown and "Ingen kode</label>" in shown
    assert "2 avsnitt fra 1 intervju" in shown and "så få intervjuer" in shown
    assert "Det gjenstår: en (1 forskjell)" in shown
    place = {"transcript": "en", "start": one.start, "end": one.end}
    answer = post(
        browser, site, "/settle", a="kari", b="ola", **place, codes=[], none=True, reason="Vagt."
    )
    assert answer.json() == {"saved": True, "open": ""}
    assert "adjudicated,Vagt.,no_code" in (review.folder / "codings.csv").read_text("utf-8")


def test_both_languages_have_all_words() -> None:
    for key, phrases in _WORDS.items():
        assert len(phrases) == len(LANGUAGES) and all(phrases), key
        assert len({frozenset(re.findall(r"{\w+}", phrase)) for phrase in phrases}) == 1, key


def test_a_port_in_use_is_said() -> None:
    first = listening()
    try:
        with pytest.raises(MestringError, match=r"port \d+ cannot be used .*--port"):
            listening(first.getsockname()[1])
    finally:
        first.close()


def test_learning_runs_beside_the_page(
    review: Review, trained: mn.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mestring_nlp.training.train", lambda data, *, base, coder: trained)
    site = Site(review, Keys(PORT), Words(), base=lambda: trained)
    client = TestClient(site.application(), base_url=OWN)
    client.get(site.keys.address)
    post(client, site, act="none", passage=review.passages("en")[0].id)
    assert post(client, site, "/learn").json()["learning"]
    notice, until = "", time.monotonic() + 60
    while not notice and time.monotonic() < until:
        notice = client.get("/poll").json()["notice"]
        time.sleep(0.05)
    assert notice.startswith("Maskinen har lært av 1 avgjørelse. Nye forslag: ")


def test_a_model_that_learned_from_these_passages_is_told(
    review: Review, trained: mn.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(data: object, *, base: object, coder: str) -> mn.Model:
        raise SeenError("the base has learned from 1 of these 1 passages already")

    monkeypatch.setattr("mestring_nlp.training.train", refuse)
    site = Site(review, Keys(PORT), Words(), base=lambda: trained)
    review.decide(review.passages("en")[0].id)
    site._learning.acquire()
    site._learn_now(asked=True)
    assert site._notice.startswith("Maskinen lærte ikke: den har lært av noen av disse avsnittene før")


def test_it_learns_by_itself_when_an_interview_is_done(
    review: Review, trained: mn.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mestring_nlp.training.train", lambda data, *, base, coder: trained)
    site = Site(review, Keys(PORT), Words(), base=lambda: trained)
    client = TestClient(site.application(), base_url=OWN)
    client.get(site.keys.address)

    def told() -> str:
        until, notice = time.monotonic() + 60, ""
        while not notice and time.monotonic() < until:
            answer = client.get(f"/poll?told={seen}").json()
            notice = answer["notice"]
            time.sleep(0.05)
        return str(notice)

    def finish(name: str) -> None:
        *others, last = review.passages(name)
        for passage in others:
            post(client, site, act="none", passage=passage.id)
        assert client.get(f"/poll?told={seen}").json() | {"event": 0, "ended": False} == {
            "event": 0,
            "learning": False,
            "notice": "",
            "notices": seen,
            "ended": False,
        }
        post(client, site, act="unsure", passage=last.id)

    seen = 0
    assert 'id="learn-alone" checked' in client.get("/review").text
    finish("en")
    assert told().startswith("Maskinen har lært av")
    assert all(p.decided for p in review.passages("en")) and not review.passages("to")[0].decided
    seen = 1
    assert post(client, site, "/learn", alone=False).json() == {"learning": False, "alone": False}
    finish("to")
    time.sleep(0.3)
    assert not site._learning.locked() and site._notices == 1
    assert 'id="learn-alone" checked' not in client.get("/review").text


def test_blind_coders_see_what_others_decided_when_they_are_done(
    site: Site, browser: TestClient, review: Review
) -> None:
    review.coder = "ola"
    for passage in review.passages("en"):
        review.decide(passage.id, "kompetanse", note="Olas grunn.")
    review.coder, review.blind = "kari", True
    for path in ("/agreement", "/trail"):
        shown = browser.get(path).text
        assert "Du koder blindt" in shown and "ola" not in shown and "Olas grunn" not in shown
    for name in ("codings.csv", "trail.csv", "review.qdpx"):
        assert browser.get(f"/export/{name}").status_code == 400
    assert b"Kompetanse" not in browser.get("/export/en.docx").content
    place = {"transcript": "en", "start": 30, "end": 40}
    refused = post(
        browser, site, "/settle", a="kari", b="ola", **place, codes=["ledelse"], reason="x", none=False
    )
    assert "Du koder blindt" in refused.json()["problem"]
    for name in review.store.names:
        for passage in review.passages(name):
            review.decide(passage.id)
    assert "forskjeller, de største først" in browser.get("/agreement?a=kari&b=ola").text
    assert browser.get("/export/review.qdpx").status_code == 200


def test_the_trail_is_told_in_the_language_of_the_page(review: Review) -> None:
    first, _second, *_ = review.passages("en")
    review.accept(first.id)
    review.merge(first.id)
    review.memo("code:ledelse", "Vid.")
    review.undo()
    for language, told, not_told in (
        ("nb", ("godtok", "slo sammen", "angret", "Ikke avgjort", "Kode: Ledelse", "godtatt"), "undo"),
        ("en", ("accepted", "merged", "undid", "Undecided", "Code: "), "godtok"),
    ):
        site = Site(review, Keys(PORT), Words(language))
        client = TestClient(site.application(), base_url=OWN)
        client.get(site.keys.address)
        shown = client.get("/trail").text
        assert all(word in shown for word in told) and not_told not in shown, shown


def test_a_full_disk_is_said_in_the_language_of_the_page(
    site: Site, browser: TestClient, review: Review
) -> None:
    (pages,) = review.store.rows("PRAGMA page_count")
    review.store.rows(f"PRAGMA max_page_count = {pages[0]}")
    for number in range(200):
        text = f"{number} " * 2000
        answer = post(browser, site, act="memo", passage=1, target="interview:en", text=text)
        if answer.status_code != 200:
            break
    assert "Det ble ikke lagret" in answer.json()["problem"]


def test_fifty_thousand_passages_show_a_window(tmp_path: Path) -> None:
    """The answer to a key holds some dozens of passages, however many there are."""
    sentence = "Jeg sier det samme om igjen, og så går vi videre med det vi har. "
    text = "P: Hva da?\nI: " + sentence * 500 + "\n"
    transcript = mn.read_transcript(text=text, name="mal")
    with Review.create(tmp_path / "review", [], coder="kari") as review:
        spans = [
            (2, m.start(), m.end()) for m in re.finditer(re.escape(sentence.strip()), transcript.text)
        ]
        with review.store.transaction():
            for number in range(100):
                review.store.add_transcript(replace(transcript, name=f"intervju{number}"), KeptFile())
                review.store.add_passages(f"intervju{number}", spans, base=True)
            review.store.write(
                "INSERT INTO suggestions SELECT id, 'mestring-nlp x', 'codes', '[\"ledelse\"]', "
                "'{\"ledelse\": 0.9}', 0.1, '[\"ledelse\"]', '', 0.9, 0.3, 'ledelse', 0 FROM passages",
                [()],
            )
        assert review.store.rows("SELECT count(*) FROM passages")[0][0] == 50_000
        site = Site(review, Keys(PORT), Words())
        client = TestClient(site.application(), base_url=OWN)
        client.get(site.keys.address)
        for passage in range(25_001, 25_021):
            answer = post(client, site, act="accept", passage=passage, shown=shown_mark(review, passage))
            assert answer.text.count('class="words"') <= 40
            assert len(answer.content) < 200_000
        asked: list[str] = []
        review.store._db.set_trace_callback(asked.append)
        post(client, site, act="next", passage=25_030)
        review.store._db.set_trace_callback(None)
        assert len(asked) < 140  # one each for the interviews' progress, and some for the window
