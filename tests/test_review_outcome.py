"""What comes out of a review: two coders' differences settled, an audit trail, files that others read."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import EXAMPLE, Mestring
from test_review_store import say, talk

import mestring_nlp as mn
from mestring_nlp.codings import read_coded_file, read_codings
from mestring_nlp.errors import MestringError
from mestring_nlp.refi import read_project, write_project
from mestring_nlp.refi.reading import project_from
from mestring_nlp.review import Review, exports, negotiation
from mestring_nlp.review.trail import summary, trail, trail_csv
from mestring_nlp.training_data import ADJUDICATED

CODES = ["ledelse", "maalsettinger", "", "styrker", "mestring"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A review in which kari and ola decided on everything, and differ in the first interview."""
    place = tmp_path / "review"
    for coder in ("kari", "ola"):
        with Review.create(place, [talk("en"), talk("to")], coder=coder) as review:
            for name in review.store.names:
                for at, passage in enumerate(review.passages(name)):
                    if coder == "kari":
                        say(review, passage.id, ["ledelse"], 0.9)
                    code = CODES[at % len(CODES)]
                    if coder == "ola" and name == "en" and at < 2:
                        code = "kompetanse"
                    review.decide(passage.id, code or ())
    return place


def test_two_coders_negotiate_and_the_result_is_learned_from(
    folder: Path, mestring: Mestring, tmp_path: Path
) -> None:
    with Review.open(folder, coder="kari") as review:
        before = [c for c in review.codings if c.coder in ("kari", "ola")]
        comparison = negotiation.compared(review, "kari", "ola")
        found = negotiation.differences(review, "kari", "ola")
        assert [(d.a, d.b) for d in found] == [
            (("ledelse",), ("kompetanse",)),
            (("maalsettinger",), ("kompetanse",)),
        ]
        at = [(d.start, d.end) for d in found]
        for a, b, start, end in (
            ("kari", "ola", at[0][0], len(review.store.transcript("en").text)),
            ("kari", "lise", *at[0]),
            ("kari", "kari", *at[0]),
            ("kari", "ola", 10**30, 10**31),
        ):
            with pytest.raises(MestringError, match=r"no difference|no two coders"):
                negotiation.settle(review, a, b, "en", start, end, ["ledelse"], "x")
        with pytest.raises(MestringError, match="reason is missing"):
            negotiation.settle(review, "kari", "ola", "en", *at[0], ["ledelse"], " ")
        negotiation.settle(review, "kari", "ola", "en", *at[0], ["ledelse"], "Handler om rollen.")
        assert ADJUDICATED not in {row[4] for row in rows_of(folder) if row[0] == "en"}
        negotiation.settle(review, "kari", "ola", "en", *at[1], [], "For vagt.")
        settled = negotiation.differences(review, "kari", "ola")
        assert [d.decided.codes for d in settled if d.decided] == [("ledelse",), ()]
        assert [c for c in review.codings if c.coder in ("kari", "ola")] == before
        assert {event.by for event in review.events if event.coder == ADJUDICATED} == {"kari"}
    data = mn.load_training_data(folder)
    assert data.gold("en") == ADJUDICATED
    rows = {(s.transcript, s.start): s.codes for s in data.segments()}
    assert rows["en", found[0].start] == ("ledelse",) and rows["en", found[1].start] == ()
    assert len(rows) == comparison.units
    said = mestring("agreement", f"{folder}/codings.csv:kari", f"{folder}/codings.csv:ola").stdout
    assert "2 differences" in said
    mestring("import", folder / "codings.csv", "--out", tmp_path / "imported", "--coder", "kari")
    mestring("train", folder, "--out", tmp_path / "model")
    assert mn.load_model(tmp_path / "model").manifest.training["passages"] == comparison.units


def rows_of(folder: Path) -> list[list[str]]:
    return list(csv.reader((folder / "codings.csv").read_text("utf-8").splitlines()))[1:]


def test_what_both_say_now_is_what_they_agree_on(folder: Path) -> None:
    def agreed() -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        for row in rows_of(folder):
            if row[0] == "en" and row[4] == ADJUDICATED:
                found.setdefault(int(row[1]), set()).add(row[3])
        return found

    with Review.open(folder, coder="kari") as review:
        for one in negotiation.differences(review, "kari", "ola"):
            negotiation.settle(
                review, "kari", "ola", "en", one.start, one.end, ["styrker"], "Vi snakket."
            )
        passages = review.passages("en")
        assert agreed()[passages[0].start] == {"styrker"} and len(agreed()) == len(passages)
        assert {
            c.code
            for c in review.codings
            if c.coder == ADJUDICATED and c.start == passages[0].start and c.transcript == "en"
        } == {"styrker"}
        review.decide(passages[3].id, "ledelse")
        assert agreed() == {}  # they differ now, and that is not settled
    with Review.open(folder, coder="ola") as review:
        review.decide(passages[3].id, "ledelse")
        assert agreed()[passages[3].start] == {"ledelse"}
        exports.qdpx(review)
        assert not negotiation.differences(review, "kari", ADJUDICATED)[2:]


def test_the_machine_can_be_compared_with(folder: Path) -> None:
    with Review.open(folder, coder="kari") as review:
        machine = negotiation.coders_to_compare(review)[-1]
        assert machine.startswith("mestring-nlp")
        comparison = negotiation.compared(review, "kari", machine)
        assert comparison.units == len(review.passages("en")) + len(review.passages("to"))


def test_the_trail_tells_who_decided_what_against_which_suggestion(folder: Path) -> None:
    with Review.open(folder, coder="kari") as review:
        review.undo()
        entries = list(trail(review.store))
        assert [e.verdict for e in entries[:3]] == ["accepted", "changed", "rejected"]
        assert entries[-1].act == "undo" and entries[-1].verdict == ""
        assert entries[0].model == "mestring-nlp x" and entries[0].probability == 0.9
        rows = list(csv.DictReader(io.StringIO(trail_csv(review.store).decode())))
        assert len(rows) == len(review.events) and rows[0]["coder"] == "kari"
        counts = {line[0]: line[-1] for line in summary(review.store)}
        assert counts["kari"].total() == counts["ola"].total() - 1


def test_what_was_decided_blind_neither_accepts_nor_rejects(folder: Path) -> None:
    with Review.open(folder, coder="lise") as review:
        review.hide(True)
        first, second = review.passages("en")[:2]
        review.decide(first.id, "ledelse")
        review.decide(second.id, "styrker")
        review.decide(second.id, "ledelse")  # its suggestion is shown by now
        assert [e.verdict for e in trail(review.store)][-3:] == ["blind", "blind", "accepted"]
        counts = {line[0]: line[-1] for line in summary(review.store)}
        assert counts["lise"] == {"blind": 1, "accepted": 1}


@pytest.mark.parametrize("name", ['Hva er "mestring"?', "..a", " med luft ", "con"])
def test_interviews_that_are_called_as_no_file_may_go_into_a_project(tmp_path: Path, name: str) -> None:
    with Review.create(tmp_path / "r", [talk(name), talk("to")], coder="kari") as review:
        for passage in review.passages(name):
            say(review, passage.id, ["ledelse"], 0.9)
            review.accept(passage.id)
        review.memo(f"interview:{name}", "Husk dette.")
        project = project_from(exports.qdpx(review), place="review.qdpx")
        assert len([c for c in project.codings if c.coder == "kari"]) == len(review.codings)
        assert "Husk dette." in {memo.text for memo in project.memos}


def test_the_workbook_holds_the_decisions_and_is_read_back(folder: Path, tmp_path: Path) -> None:
    with Review.open(folder, coder="kari") as review:
        (tmp_path / "kari.xlsx").write_bytes(exports.xlsx(review))
        theirs = {
            (p.transcript, p.start, p.end, frozenset(p.decision.codes))
            for name in review.store.names
            for p in review.passages(name)
        }
    found = read_codings(tmp_path / "kari.xlsx")
    assert {(s.transcript, s.start, s.end, s.codes) for s in found.spans} == theirs


def test_the_word_document_has_decisions_and_memos_as_comments(folder: Path) -> None:
    import docx

    with Review.open(folder, coder="kari") as review:
        first = review.passages("en")[0]
        review.memo(f"passage:{first.id}", "Spør igjen.")
        document = docx.Document(io.BytesIO(exports.word(review, "en")))
        texts = [comment.text for comment in document.comments]
        assert f"{review.codebook['ledelse'].name}\nSpør igjen." in texts
        assert {comment.author for comment in document.comments} == {"kari"}


def test_the_project_has_people_and_machine_as_coders(folder: Path, tmp_path: Path) -> None:
    with Review.open(folder, coder="kari") as review:
        first, *_, last = review.passages("en")
        review.memo(f"passage:{first.id}", "Spør igjen æøå.")
        review.memo("interview:en", "Kaffe & kake")
        review.memo("code:ledelse", "Grensen <mot> støtte")
        review.decide(last.id, unsure=True)
        data = exports.qdpx(review)
        project = project_from(data, place="review.qdpx")
        assert project.users[:2] == ("kari", "ola") and project.users[2].startswith("mestring-nlp")
        for coder in ("kari", "ola"):
            theirs = {
                (c.transcript, c.start, c.end, c.code)
                for c in review.codings
                if c.coder == coder and c.code
            }
            assert {
                (c.transcript, c.start, c.end, c.code) for c in project.codings if c.coder == coder
            } == theirs
    (tmp_path / "review.qdpx").write_bytes(data)
    with Review.create(tmp_path / "again", [talk("en"), talk("to")], coder="lise") as again:
        assert again.read_codings(read_coded_file(tmp_path / "review.qdpx")) == ["kari", "ola"]
        there = again.passages("en", "kari")[0]
        assert (there.memo, there.decision.codes) == ("Spør igjen æøå.", ("ledelse",))
        assert not again.store.memos("ola")
    xml = zipfile.ZipFile(io.BytesIO(data)).read("project.qde").decode()
    assert "Spør igjen æøå." in xml and "Kaffe &amp; kake" in xml and "Grensen &lt;mot&gt; støtte" in xml
    assert "100 %" not in xml.partition("mestring-nlp")[0]


def test_a_project_goes_in_and_comes_out_with_the_decisions(
    tmp_path: Path, interview: mn.CodedInterview, model: mn.Model
) -> None:
    from mestring_nlp.batch import find_interviews

    file = tmp_path / "prosjekt.qdpx"
    file.write_bytes(write_project([interview], model.codebook, "lise"))
    batch = find_interviews(file)
    assert batch.project is not None
    transcripts = [read() for read in batch.readers.values()]
    with Review.create(
        tmp_path / "review", transcripts, coder="kari", project=batch.project.data
    ) as review:
        name = review.store.names[0]
        review.decide(review.passages(name)[0].id, "styrker")
        (tmp_path / "ut.qdpx").write_bytes(exports.qdpx(review))
    before, after = read_project(file), read_project(tmp_path / "ut.qdpx")
    assert after.users == ("lise", "kari")
    assert [c for c in after.codings if c.coder == "lise"] == list(before.codings)
    assert [c.code for c in after.codings if c.coder == "kari"] == ["styrker"]


def run(folder: Path, *arguments: object, until: str = "token=") -> subprocess.Popen[str]:
    pytest.importorskip("uvicorn", reason="the extra `review` is not installed")
    process = subprocess.Popen(
        [sys.executable, "-m", "mestring_nlp", "review", *map(str, arguments), "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if until in line:
            break
    return process


@pytest.mark.skipif(os.name == "nt", reason="ends with a signal")
def test_the_command_begins_ends_and_goes_on(tmp_path: Path, mestring: Mestring) -> None:
    process = run(tmp_path, EXAMPLE, "--out", "min", "--coder", "kari")
    try:
        refused = mestring("review", tmp_path / "min", "--no-browser", status=1)
        assert "open in another process" in refused.stderr
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0 and "The review has ended" in out
    finally:
        process.kill()
        process.communicate()
    with Review.open(tmp_path / "min") as review:
        assert review.coder == "kari"
        assert all(p.suggestion for p in review.passages(EXAMPLE.stem))
        assert (tmp_path / "min" / "codings.csv").read_text("utf-8").startswith("transcript,")


def test_a_review_without_its_database_is_said(mestring: Mestring, folder: Path) -> None:
    pytest.importorskip("uvicorn", reason="the extra `review` is not installed")
    (folder / "review.sqlite").unlink()
    for arguments in ([folder], [EXAMPLE, "--out", folder], [folder, "--out", folder]):
        said = mestring("review", *arguments, "--no-browser", status=1).stderr
        assert "is missing" in said and "--codings" in said
    assert not (folder / "review.sqlite").exists()


def test_wrong_inputs_name_the_next_step(mestring: Mestring, tmp_path: Path) -> None:
    pytest.importorskip("uvicorn", reason="the extra `review` is not installed")
    assert "Check the path" in mestring("review", "finnes_ikke.txt", status=1).stderr
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    assert "holds no review" in mestring("review", EXAMPLE, "--out", "full", status=1).stderr
    said = mestring("review", EXAMPLE, "--out", "ny", "--coder", "mestring-nlp 0.1.0", status=1)
    assert "a model's name" in said.stderr


def test_a_file_that_changed_is_refused(mestring: Mestring, tmp_path: Path) -> None:
    pytest.importorskip("uvicorn", reason="the extra `review` is not installed")
    file = tmp_path / "intervju.txt"
    file.write_bytes(EXAMPLE.read_bytes())
    transcript = mn.read_transcript(file)
    Review.create(tmp_path / "min", [transcript], coder="kari", files={transcript.name: file}).close()
    file.write_text(file.read_text("utf-8").replace("telefonen", "telefon", 1), "utf-8")
    said = mestring("review", "min", "--no-browser", status=1).stderr
    assert "intervju.txt, line" in said and "has changed since it was coded" in said
    for arguments in (["min"], [file, "--out", "min"]):
        mestring("review", *arguments, "--coder", "ola", "--no-browser", status=1)
    with Review.open(tmp_path / "min") as review:
        assert review.coder == "kari"


def test_the_missing_extra_is_named(mestring: Mestring, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        name for name in sys.modules if name.startswith(("mestring_nlp.review.server", "uvicorn"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    said = mestring("review", EXAMPLE, "--out", "ny", status=1).stderr
    assert "pip install '.[review]'" in said


def test_codes_of_a_project_are_ours_where_they_bear_our_names(
    tmp_path: Path, interview: mn.CodedInterview, model: mn.Model
) -> None:
    from dataclasses import replace

    from mestring_nlp.review.opening import with_codes

    theirs = replace(
        model.codebook,
        codes=tuple(
            replace(
                code,
                id=f"x_{code.id}",
                excludes=(),
                name="Noe eget" if code.id == "styrker" else code.name,
            )
            for code in model.codebook
        ),
    )
    coded = mn.CodedInterview(
        interview.transcript,
        [
            replace(
                s,
                codes=tuple(f"x_{c}" for c in s.codes),
                probabilities={f"x_{c}": p for c, p in s.probabilities.items()},
                prediction_set=(),
                reason=None,
            )
            for s in interview.suggestions
            if s.codes
        ],
    )
    file = tmp_path / "prosjekt.qdpx"
    file.write_bytes(write_project([coded], theirs, "lise"))
    project = read_project(file)
    book = with_codes(model.codebook, project.codebook, {c.code for c in project.codings})
    names = [code.name for code in book]
    assert len(names) == len(set(names)) and set(names[len(model.codebook) :]) <= {"Noe eget"}
    transcript = project.sources[0].as_coded[0]
    with Review.create(tmp_path / "review", [transcript], coder="kari", codebook=book) as review:
        review.read_codings(read_coded_file(file))
        given = {c.code for c in review.codings if c.coder == "lise"}
        assert "ledelse" in given and given <= set(book.ids)


def adjudicated_rows(folder: Path) -> dict[str, set[str]]:
    """The codes of the third coder, by interview."""
    found: dict[str, set[str]] = {}
    for row in rows_of(folder):
        if row[4] == ADJUDICATED:
            found.setdefault(row[0], set()).add(row[3])
    return found


def test_what_was_settled_is_undone_by_who_settled_it(folder: Path) -> None:
    with Review.open(folder, coder="kari") as review:
        one, two = negotiation.differences(review, "kari", "ola")
        before = rows_of(folder)
        for d in (one, two):
            negotiation.settle(review, "kari", "ola", "en", d.start, d.end, ["styrker"], "Fordi.")
        assert "styrker" in adjudicated_rows(folder)["en"] and "to" in adjudicated_rows(folder)
        mine = review.passages("en")[0].decision
        assert [event.act for event in review.undo()] == ["negotiate"]
        assert "en" not in adjudicated_rows(folder)  # one is open again
        assert len(review.undo(ADJUDICATED)) == 2  # the decision, and between whom
        assert rows_of(folder) == before
        assert review.undo(ADJUDICATED) == []
        assert review.passages("en")[0].decision == mine
        negotiation.settle(review, "kari", "ola", "en", one.start, one.end, ["styrker"], "Fordi.")
    with Review.open(folder, coder="ola") as review:
        assert review.undo(ADJUDICATED) == []  # another settled it
        negotiation.settle(review, "kari", "ola", "en", one.start, one.end, [], "Ikke likevel.")
    with Review.open(folder, coder="kari") as review:
        assert review.undo(ADJUDICATED) == []  # ola changed it since
        (now, _) = negotiation.differences(review, "kari", "ola")
        assert now.decided is not None and now.decided.codes == ()


def test_an_interview_is_settled_between_two_until_they_withdraw(folder: Path) -> None:
    with Review.open(folder, coder="lise") as review:
        for passage in review.passages("en"):
            review.decide(passage.id, "myndiggjoering")
        at = negotiation.differences(review, "kari", "ola")[0]
        negotiation.settle(review, "kari", "ola", "en", at.start, at.end, ["ledelse"], "Fordi.")
        assert negotiation.settled_between(review, "en") == ("kari", "ola")
        other = negotiation.differences(review, "kari", "lise")[0]
        place = ("en", other.start, other.end)
        with pytest.raises(negotiation.NoDifferenceError, match="settled between 'kari' and 'ola'"):
            negotiation.settle(review, "lise", "kari", *place, ["ledelse"], "x")
        assert negotiation.theirs(review, "lise", "kari") == {"to"}
        negotiation.withdraw(review, "ola", "kari", "en", at.start, at.end)
        assert negotiation.settled_between(review, "en") == ()
        negotiation.settle(review, "lise", "kari", *place, ["ledelse"], "x")
        assert negotiation.settled_between(review, "en") == ("lise", "kari")


def test_memos_come_back_from_a_project(folder: Path, tmp_path: Path) -> None:
    with Review.open(folder, coder="kari") as review:
        first, second, *_, last = review.passages("en")
        told = {
            "interview:en": "Kaffe & kake",
            "code:ledelse": "Grensen <mot> støtte\nog en linje til",
            f"passage:{first.id}": "Spør igjen æøå.",
            f"passage:{last.id}": "Ikke kodet ennå.",
        }
        for target, text in told.items():
            review.memo(target, text)
        review.clear(last.id)
        review.decide(second.id, unsure=True)
        review.memo(f"passage:{second.id}", "Hva mener hun?")
        review.coder = "ola"
        review.memo("code:ledelse", "Olas egen.")
        review.coder = "kari"
        (tmp_path / "ut.qdpx").write_bytes(exports.qdpx(review))
    with Review.create(tmp_path / "again", [talk("en"), talk("to")], coder="kari") as again:
        again.read_codings(read_coded_file(tmp_path / "ut.qdpx"))
        assert again.memos["interview:en"] == "Kaffe & kake"
        assert again.memos["code:ledelse"] == told["code:ledelse"]
        assert again.store.memos("ola") == {"code:ledelse": "Olas egen."}
        one, two, *_, end = again.passages("en")
        assert (one.memo, one.decision.codes) == ("Spør igjen æøå.", ("ledelse",))
        assert (two.memo, two.decision.status) == ("Hva mener hun?", "unsure")
        assert (end.memo, end.decided) == ("Ikke kodet ennå.", False)
        events = len(again.events)
        assert again.read_codings(read_coded_file(tmp_path / "ut.qdpx")) == []
        assert len(again.events) == events


def test_memos_of_a_project_come_in_and_go_out_once(
    tmp_path: Path, interview: mn.CodedInterview, model: mn.Model
) -> None:
    from functools import partial

    about = partial(exports.Person, notes={interview.name: "Fra lise."}, code_notes={"ledelse": "Vid."})
    file = tmp_path / "prosjekt.qdpx"
    file.write_bytes(write_project([interview], model.codebook, "lise", make=about))
    project = read_project(file)
    assert {(m.coder, m.text, m.transcript, m.code) for m in project.memos if not m.end} == {
        ("lise", "Fra lise.", interview.name, ""),
        ("lise", "Vid.", "", "ledelse"),
    }
    transcript = project.sources[0].as_coded[0]
    with Review.create(tmp_path / "review", [transcript], coder="kari", project=project.data) as review:
        review.read_project(read_coded_file(file))
        assert review.store.memo("lise", f"interview:{transcript.name}") == "Fra lise."
        review.memo("code:ledelse", "Fra kari.")
        review.decide(review.passages(transcript.name)[0].id, "styrker")
        after = project_from(exports.qdpx(review), place="ut.qdpx")
    assert after.users == ("lise", "kari")  # lise did nothing here: she is in the project already
    assert {m.text for m in after.memos if m.code == "ledelse"} == {"Vid.", "Fra kari."}


def test_codings_of_a_coder_come_in_again_and_what_is_decided_stays(
    folder: Path, tmp_path: Path
) -> None:
    with Review.open(folder, coder="ola") as review:
        one, _two, _three, *rest = review.passages("en")
        (tmp_path / "ola.csv").write_bytes((folder / "codings.csv").read_bytes())
        for passage in rest:
            review.clear(passage.id)
        review.decide(one.id, "styrker")
        before = len(review.events)
        assert review.read_codings(read_coded_file(tmp_path / "ola.csv")) == ["ola"]
        said = " ".join(review.notes)
        assert "1 coding by 'ola' differ there" in said and f"en {one.start}-{one.end}" in said
        now = review.passages("en")
        assert now[0].decision.codes == ("styrker",)  # as it is here
        assert [p.decision.codes for p in now[3:]] == [
            (code,) if code else () for code in [CODES[at % 5] for at in range(3, len(now))]
        ]
        assert all(event.act == "import" for event in review.events[before:])
        assert len(review.events) == before + len(rest)
        review.undo()  # what was read in stays
        assert all(p.decided for p in review.passages("en")[3:])


def test_texts_that_changed_are_refused_by_train_and_agreement(
    folder: Path, mestring: Mestring, tmp_path: Path
) -> None:
    table = folder / "codings.csv"
    asked = ("agreement", f"{table}:kari", f"{table}:ola")
    mestring(*asked)
    copy = folder / "verbatim" / "en.txt"
    text = copy.read_text("utf-8")
    copy.write_bytes(text.replace("\n", "\r\n").encode())  # line ends are no other text
    mn.load_training_data(folder)
    copy.write_text(text.replace("svartid", "svartif"), "utf-8")
    for command in (asked, ("train", folder, "--coder", "kari", "--out", tmp_path / "model")):
        said = mestring(*command, status=1).stderr
        assert "en.txt: the text has changed since it was coded" in said
    assert "line 4" in mestring("review", folder, "--no-browser", status=1).stderr
    copy.write_text(text, "utf-8")
    mestring(*asked)
