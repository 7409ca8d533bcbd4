"""A review's folder: what is decided follows from the events, and outlives a process that is killed."""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mestring_nlp as mn
from mestring_nlp.errors import MestringError
from mestring_nlp.review import Decision, Review
from mestring_nlp.review.events import replay
from mestring_nlp.review.partition import within_turns

TALK = (
    "P: Hva er ledelse for deg?\n"
    "I: For meg er ledelse å legge til rette. Jeg vil at de skal være trygge, og jeg sier det ofte. "
    "Når de er trygge, tør de å prøve noe nytt, og da lærer de, selv om det går galt av og til. "
    "Det andre er at vi har målekort, og dem går vi gjennom hver fredag i teamet. Da ser alle hvordan "
    "det går, og vi snakker om hva vi kan gjøre annerledes neste uke, i fellesskap og uten pekefinger. "
    "I tillegg har jeg samtaler med hver enkelt, en gang i måneden, om hva de vil lære og bli bedre på.\n"
    "P: Når dere målene?\n"
    "I: Ja, vi når målene, særlig på svartid. Så har vi kurs og fagmøte for alle nye her 😀 hos oss.\n"
)


def talk(name: str = "en") -> mn.Transcript:
    return mn.read_transcript(text=TALK, name=name)


def new(folder: Path, *names: str, coder: str = "kari") -> Review:
    return Review.create(folder, [talk(name) for name in names or ("en",)], coder=coder)


def say(
    review: Review, passage: int, codes: list[str], p: float = 0.9, model: str = "mestring-nlp x"
) -> None:
    """Put a suggestion of codes, or of none, as a model would."""
    from mestring_nlp.review.passages import suggestion_row

    probabilities = {code: p if code in codes else 0.01 for code in review.codebook.ids}
    found = mn.Suggestion(
        review.passage(passage).segment(review.store.transcript(review.passage(passage).transcript)),
        tuple(codes),
        probabilities,
        0.01 if codes else p,
        p < 0.4,
    )
    with review.store.transaction():
        review.store.put_suggestions([suggestion_row(passage, found, model)])


@pytest.fixture
def review(tmp_path: Path):  # type: ignore[no-untyped-def]
    with new(tmp_path / "review") as made:
        yield made


def state(review: Review) -> list[tuple[int, int, Decision, str]]:
    return [
        (p.start, p.end, p.decision, p.memo)
        for name in review.store.names
        for p in review.passages(name)
    ]


def test_what_was_decided_is_there_again(tmp_path: Path) -> None:
    with new(tmp_path / "review") as review:
        one, two, three, *_ = review.passages("en")
        review.decide(one.id, ["styrker", "ledelse"])
        review.decide(two.id)
        review.decide(three.id, unsure=True)
        review.memo(f"passage:{one.id}", "Husk æøå.")
        review.memo("code:ledelse", "Grensen mot støtte.")
        before = state(review)
    with Review.open(tmp_path / "review") as review:
        assert review.coder == "kari"
        assert state(review) == before
        assert before[0][2].codes == ("ledelse", "styrker")  # in codebook order
        assert review.memos["code:ledelse"] == "Grensen mot støtte."
        assert [event.act for event in review.events] == ["code", "code", "code", "memo", "memo"]


def test_codings_csv_is_read_as_all_others_are(tmp_path: Path) -> None:
    with new(tmp_path / "review") as review:
        one, two, three, *_ = review.passages("en")
        review.decide(one.id, ["ledelse", "styrker"], note="to ting; sagt klart")
        review.decide(two.id)
        review.decide(three.id, unsure=True)
        data = mn.load_training_data(tmp_path / "review")
        assert {(c.start, c.end, c.code, c.coder) for c in data.codings} == {
            (one.start, one.end, "ledelse", "kari"),
            (one.start, one.end, "styrker", "kari"),
            (two.start, two.end, "", "kari"),
        }
        assert list(data.codings) == review.codings
        assert data.segments("kari")[0].question == "Hva er ledelse for deg?"


def test_accepting_and_bulk_accepting(review: Review) -> None:
    one, two, three, *_ = review.passages("en")
    say(review, one.id, ["ledelse"], 0.95)
    say(review, two.id, [], 0.9)
    say(review, three.id, ["styrker"], 0.3)
    assert review.accept(one.id).decision.codes == ("ledelse",)
    assert [p.id for p in review.acceptable(0.85)] == [two.id]
    assert review.accept_above(0.85) == 1
    assert review.passage(two.id).decision.status == "no_code"
    with pytest.raises(MestringError, match="suggests nothing"):
        review.accept(three.id)
    review.undo()
    assert not review.passage(two.id).decided
    assert review.passage(one.id).decided
    assert '"p": 0.95' in review.events[0].suggested


def test_a_folder_without_its_database_is_no_new_review(tmp_path: Path) -> None:
    folder = tmp_path / "review"
    with new(folder) as review:
        review.decide(review.passages("en")[0].id, "ledelse")
    (folder / "review.sqlite").unlink()
    for lock in (True, False):
        if not lock:
            (folder / "review.lock").unlink()
        for begin in (lambda: new(folder), lambda: Review.open(folder)):
            with pytest.raises(MestringError, match=r"review.sqlite, is missing.*--codings"):
                begin()
    assert not (folder / "review.sqlite").exists()
    (folder / "review.sqlite").write_bytes(b"")
    for begin in (lambda: new(folder), lambda: Review.open(folder)):
        with pytest.raises(MestringError, match=r"empty or damaged.*codings\.csv"):
            begin()


def test_what_is_refused_leaves_the_coder(tmp_path: Path) -> None:
    new(tmp_path / "review").close()
    changed = mn.read_transcript(text=TALK.replace("målekort", "kort"), name="en")
    with pytest.raises(MestringError, match="has changed"):
        Review.create(tmp_path / "review", [changed], coder="ola")
    with Review.open(tmp_path / "review") as review:
        assert review.coder == "kari"


def test_what_was_unsure_is_unsure_again(tmp_path: Path) -> None:
    from mestring_nlp.codings import read_coded_file

    with new(tmp_path / "review") as review:
        one, two, three, *_ = review.passages("en")
        review.decide(one.id, "ledelse")
        review.decide(two.id, unsure=True)
        review.decide(three.id)
        before = state(review)
    with new(tmp_path / "again", coder="lise") as again:
        again.read_codings(read_coded_file(tmp_path / "review" / "codings.csv"))
        assert "1 passage left unsure by 'kari'" in again.notes[-1]
        again.coder = "kari"
        assert state(again) == before


def test_bulk_accepting_leaves_out_codes_that_are_gone(tmp_path: Path) -> None:
    with new(tmp_path / "review") as review:
        one, two, *_ = review.passages("en")
        say(review, one.id, ["ledelse"], 0.9)
        say(review, two.id, ["styrker"], 0.9)
        book = replace(
            review.codebook,
            codes=tuple(replace(code, excludes=()) for code in review.codebook if code.id != "styrker"),
        )
        (review.folder / "codebook.yaml").write_text(book.to_yaml(), "utf-8")
    with Review.open(tmp_path / "review") as review:
        assert [p.id for p in review.acceptable(0.5)] == [one.id]
        assert review.accept_above(0.5) == 1


def test_bulk_accepting_is_one_step(review: Review) -> None:
    ids = [passage.id for passage in review.passages("en")]
    for passage in ids:
        say(review, passage, ["ledelse"])
    assert review.accept_above(0.5) == len(ids)
    assert sorted(event.passage or 0 for event in review.undo()) == ids
    assert not any(passage.decided for passage in review.passages("en"))
    assert review.undo() == []


def test_blind_hides_until_decided(review: Review) -> None:
    one, _two, *_ = review.passages("en")
    say(review, one.id, ["ledelse"])
    review.blind = True
    with pytest.raises(MestringError, match="hidden"):
        review.accept(one.id)
    with pytest.raises(MestringError, match="hidden"):
        review.acceptable(0.5)
    review.decide(one.id, "styrker")
    assert '"hidden": true' in review.events[-1].suggested
    assert one.id not in [passage.id for passage in review.queue()]


def test_a_passage_that_is_alike_is_quoted_in_whole_words(review: Review) -> None:
    from mestring_nlp.review.passages import kept_suggestion, suggestion_row
    from mestring_nlp.suggestion import Neighbour, Reason

    first = review.passages("en")[0]
    near = Neighbour("Avsnittet " * 50, ("ledelse",), "en", 0.9)
    said = mn.Suggestion(
        first.segment(talk()),
        (),
        {},
        0.9,
        False,
        reason=Reason("ledelse", 0.0, 0.0, 0.0, (), "", (near,)),
    )
    row = suggestion_row(first.id, said, "mestring-nlp x") | {"changed": 0}
    (quoted,) = kept_suggestion(row).reason.nearest  # type: ignore[union-attr]
    assert quoted.text.endswith("Avsnittet …") and len(quoted.text) <= 220


def test_who_codes_blind_is_remembered(tmp_path: Path) -> None:
    with new(tmp_path / "review", coder="ola") as review:
        review.hide(True)
    with Review.open(tmp_path / "review", coder="kari") as review:
        assert not review.blind
    with Review.open(tmp_path / "review", coder="ola") as review:
        assert review.blind
        review.hide(False)
    with Review.open(tmp_path / "review", coder="ola") as review:
        assert not review.blind


def test_two_coders_do_not_touch_each_other(tmp_path: Path) -> None:
    folder = tmp_path / "review"
    with new(folder, coder="kari") as review:
        first = review.passages("en")
        review.merge(first[0].id)
        review.decide(first[-1].id, "ledelse")
    with Review.open(folder, coder="ola") as review:
        assert [p.id for p in review.passages("en")] == [p.id for p in first]
        assert not any(p.decided for p in review.passages("en"))
        assert review.undo() == []
        review.decide(first[0].id, "styrker")
        assert {coding.coder for coding in review.codings} == {"kari", "ola"}


def test_merging_cutting_and_marking_keep_every_word(review: Review) -> None:
    one, two, *_ = review.passages("en")
    review.decide(one.id, "ledelse")
    review.memo(f"passage:{one.id}", "Om rollen.")
    review.memo(f"passage:{two.id}", "Om trygghet.")
    whole = review.merge(one.id)
    assert whole.memo == "Om rollen.\nOm trygghet."
    assert (whole.start, whole.end) == (one.start, two.end)
    assert whole.decision.codes == ("ledelse",)
    first = review.split(whole.id, whole.start + 12)
    assert (first.text, first.decision.codes) == ("For meg er", ("ledelse",))
    assert first.memo == whole.memo and list(review.memos) == [f"passage:{first.id}"]
    place = TALK.index("trygge")
    marked = review.mark("en", place, place + len("trygge"))
    assert marked.text == "trygge"
    spans = [(p.start, p.end) for p in review.passages("en")]
    assert spans == sorted(spans) and all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    for _ in range(3):
        review.undo()
    assert review.passage(two.id).memo == "Om trygghet."
    while review.undo():
        pass
    assert [p.id for p in review.passages("en")] == [p.id for p in review.store.passages("ola")]


def test_what_cannot_be_merged_cut_or_marked(review: Review) -> None:
    passages = review.passages("en")
    last_of_turn = next(a for a, b in itertools.pairwise(passages) if a.turn != b.turn)
    with pytest.raises(MestringError, match="two turns"):
        review.merge(last_of_turn.id)
    with pytest.raises(MestringError, match="no passage after"):
        review.merge(passages[-1].id)
    with pytest.raises(MestringError, match="does not lie within"):
        review.split(passages[0].id, passages[0].end)
    with pytest.raises(MestringError, match="not within one turn"):
        review.mark("en", passages[0].start, passages[-1].end)
    with pytest.raises(MestringError, match="unknown code 'tull'"):
        review.decide(passages[0].id, "tull")
    with pytest.raises(MestringError, match="no passage 999"):
        review.decide(999)
    assert review.events == []


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["code", "none", "unsure", "clear", "merge", "split", "mark", "memo", "undo", "other"]
        ),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
    ),
    max_size=25,
)


def act(review: Review, name: str, a: int, b: int) -> None:
    passages = review.passages("en")
    chosen = passages[a % len(passages)]
    try:
        match name:
            case "code":
                review.decide(chosen.id, [review.codebook.ids[b % 9]])
            case "none":
                review.decide(chosen.id)
            case "unsure":
                review.decide(chosen.id, unsure=True)
            case "clear":
                review.clear(chosen.id)
            case "merge":
                review.merge(chosen.id)
            case "split":
                review.split(chosen.id, chosen.start + b % max(1, len(chosen.text)))
            case "mark":
                begin = a % len(TALK)
                review.mark("en", begin, begin + 1 + b % 30)
            case "memo":
                review.memo(f"passage:{chosen.id}", f"notat {b}")
            case "undo":
                review.undo()
            case "other":
                review.coder = "ola" if review.coder == "kari" else "kari"
    except MestringError:
        pass


@given(acts=ACTS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_events_replay_to_the_state_and_all_can_be_undone(
    acts: list[tuple[str, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("events")
    with new(folder / "review") as review:
        review.at_once = False
        begun = state(review)
        for name, a, b in acts:
            act(review, name, a, b)
        said = replay(review.events)
        for (coder, passage), decision in said.decisions.items():
            assert review.store.decision(coder, passage) == decision
        for (coder, target), text in said.memos.items():
            assert review.store.memo(coder, target) == text
        rows = review.store.rows("SELECT coder, passage FROM decisions")
        assert {tuple(row) for row in rows} == said.decisions.keys()
        for coder in ("kari", "ola"):
            review.coder = coder
            passages = review.passages("en")
            assert all(x.end <= y.start for x, y in itertools.pairwise(passages))
            words = re.findall(r"\w", "".join(p.text for p in passages if p.turn in (2, 4)))
            assert words == re.findall(
                r"\w", "".join(t.text for t in talk().turns if t.role == "informant")
            )
            while review.undo():
                pass
            assert state(review) == begun
    shutil.rmtree(folder)


def test_a_second_process_is_refused(review: Review) -> None:
    with pytest.raises(MestringError, match="open in another process"):
        Review.open(review.folder)


def test_a_text_that_changed_is_refused_with_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "review"
    new(folder).close()
    other = mn.read_transcript(text=TALK.replace("målekort", "tall"), name="en")
    with pytest.raises(MestringError, match=r"en, line 2 of its text: the text has changed"):
        Review.create(folder, [other], coder="kari")
    copy = folder / "verbatim" / "en.txt"
    copy.write_text(TALK.replace("svartid", "tid"), "utf-8")
    with pytest.raises(MestringError, match=r"en\.txt, line 4 of its text"):
        Review.open(folder)
    copy.unlink()
    Review.open(folder).close()
    assert copy.read_text("utf-8") == talk().text


def test_a_code_that_is_gone_is_kept_and_said(tmp_path: Path) -> None:
    folder = tmp_path / "review"
    with new(folder) as review:
        one, _two, *_ = review.passages("en")
        review.decide(one.id, ["ledelse", "styrker"])
        book = review.codebook
    fewer = tuple(code for code in book if code.id != "styrker")
    smaller = replace(
        book,
        codes=tuple(
            replace(c, excludes=tuple(e for e in c.excludes if e.code != "styrker")) for c in fewer
        ),
    )
    (folder / "codebook.yaml").write_text(smaller.to_yaml(), "utf-8")
    with Review.open(folder) as review:
        assert review.gone == {"styrker": book["styrker"].name}
        assert "no longer has 'styrker'" in review.notes[0]
        assert review.passage(one.id).decision.codes == ("ledelse", "styrker")
    with Review.open(folder) as review:
        assert review.gone and review.notes
        review.decide(one.id, ["ledelse"])


@pytest.mark.parametrize("coder", ["", "mestring-nlp 0.1.0 (abc)", "x" * 90, "a\x1bb"])
def test_names_that_no_coder_has(tmp_path: Path, coder: str) -> None:
    with pytest.raises(MestringError, match="name"):
        new(tmp_path / "review", coder=coder)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(MestringError, match="holds no review"):
        new(tmp_path)
    with pytest.raises(MestringError, match="no folder of a review"):
        Review.open(tmp_path)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "review"
    new(folder).close()
    folder.chmod(0o500)
    try:
        with pytest.raises(MestringError, match="cannot be written"):
            Review.open(folder)
    finally:
        folder.chmod(0o700)


def test_a_full_disk_keeps_what_was_decided(review: Review) -> None:
    one, two, *_ = review.passages("en")
    review.decide(one.id, "ledelse")
    (pages,) = review.store.rows("PRAGMA page_count")
    review.store.rows(f"PRAGMA max_page_count = {pages[0]}")
    with pytest.raises(MestringError, match="Free space on the disk"):
        for number in range(10_000):
            review.memo("interview:en", f"{number} " * 500)
    review.store.rows("PRAGMA max_page_count = 100000")
    assert review.passage(one.id).decision.codes == ("ledelse",)
    review.decide(two.id, "styrker")


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_database_gives_what_can_be_read(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "review"
    with new(folder, *(f"intervju{number}" for number in range(40))) as review:
        review.at_once = False
        for name in review.store.names:
            for passage in review.passages(name):
                review.decide(passage.id, "ledelse", note="fordi " * 20)
        count = len(review.events)
    path = folder / "review.sqlite"
    db = sqlite3.connect(path)
    (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'events'").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.close()
    data = bytearray(path.read_bytes())
    chosen = random.Random(seed).sample(range(pages * 2 // 3, pages), 2)
    for page in chosen:
        if page + 1 != root:
            data[page * size : (page + 1) * size] = b"\xff" * size
    path.write_bytes(data)
    with Review.open(folder) as review:
        assert "was damaged" in review.notes[0]
        assert list(folder.glob("review.sqlite.damaged-*"))
        kept = len(review.events)
        assert 0 < kept <= count
        said = replay(review.events)
        assert all(review.store.decision(*key) == decision for key, decision in said.decisions.items())
        review.decide(review.passages("intervju0")[0].id)
    with Review.open(folder) as review:
        assert review.notes == []


def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "review"
    new(folder).close()
    (folder / "review.sqlite").write_bytes(b"\x00\xff" * 5000)
    before = (folder / "review.sqlite").read_bytes()
    with pytest.raises(MestringError, match="damaged, and its transcripts cannot be read"):
        Review.open(folder)
    assert (folder / "review.sqlite").read_bytes() == before


def test_another_version_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "review"
    new(folder).close()
    db = sqlite3.connect(folder / "review.sqlite")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(MestringError, match="layout 99"):
        Review.open(folder)


KILLED = """
import sys
from mestring_nlp.review import Review
review = Review.open(sys.argv[1])
passages = review.passages("en")
for number in range(10**9):
    passage = passages[number % len(passages)]
    code = review.codebook.ids[number // len(passages) % 9]
    review.decide(passage.id, code)
    print(passage.id, code, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills with a signal")
def test_kill_9_at_random_moments_loses_nothing(tmp_path: Path) -> None:
    """`MESTRING_KILLS=100` for a hundred."""
    folder = tmp_path / "review"
    new(folder).close()
    chance = random.Random(7)
    for _ in range(int(os.environ.get("MESTRING_KILLS", "12"))):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        said = [process.stdout.readline()]
        time.sleep(chance.random() * 0.2)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
        process.stdout.close()
        process.wait()
        said += [line + "\n" for line in rest.split("\n")[:-1]]
        with Review.open(folder) as review:
            assert review.notes == []
            last = dict(line.split() for line in said)
            # What was said to be decided is; at most the decision being made is there beyond it.
            wrong = [p for p, code in last.items() if review.passage(int(p)).decision.codes != (code,)]
            assert len(wrong) <= 1
            if wrong:
                assert review.events[-1].passage == int(wrong[0])
            assert mn.load_training_data(folder).codings == tuple(review.codings)


def test_spans_over_turns_are_cut_where_these_end() -> None:
    transcript = talk()
    pieces = within_turns(transcript, 0, len(transcript.text))
    assert [transcript.text[a:b] for a, b in pieces] == [
        turn.text for turn in transcript.turns if turn.role == "informant"
    ]


def test_codings_made_elsewhere_come_in_under_their_names(coded: Path, tmp_path: Path) -> None:
    from mestring_nlp.codings import read_coded_file

    transcripts = [mn.read_transcript(coded / f"{name}.txt") for name in ("en", "to")]
    with Review.create(tmp_path / "review", transcripts, coder="ola") as review:
        assert review.read_codings(read_coded_file(coded / "codings.csv")) == ["kari"]
        theirs = {(c.transcript, c.start, c.end, c.code) for c in mn.load_training_data(coded).codings}
        assert {(c.transcript, c.start, c.end, c.code) for c in review.codings} == theirs
        assert review.read_codings(read_coded_file(coded / "codings.csv")) == []
        assert not any(p.decided for p in review.passages("en"))
    with Review.open(tmp_path / "review") as review:
        assert review.coder == "ola"


def test_the_queue_spreads_over_codes_and_interviews(tmp_path: Path) -> None:
    with new(tmp_path / "review", "en", "to", "tre") as review:
        for name in review.store.names:
            for at, passage in enumerate(review.passages(name)):
                say(
                    review,
                    passage.id,
                    ["ledelse" if at % 2 else "styrker"],
                    0.5 if name == "en" else 0.9,
                )
        first = review.queue(4)
        assert first[0].transcript == "en"
        sure = review.passages("to")[0]
        review.decide(sure.id, "mestring")
        assert sure.id in [
            passage.id for passage in review.queue()
        ]  # the model contradicts with confidence
        with pytest.raises(MestringError, match="unknown filter"):
            review.first("tull")
        assert review.first("disagreement").id == sure.id  # type: ignore[union-attr]
        assert review.first("code:mestring").id == sure.id  # type: ignore[union-attr]


def test_learning_changes_what_is_undecided_and_nothing_else(
    coded: Path, trained: mn.Model, tmp_path: Path
) -> None:
    book = mn.load_codebook()
    transcripts = [mn.read_transcript(coded / f"{name}.txt") for name in ("en", "to")]
    with Review.create(tmp_path / "review", transcripts, coder="ola", codebook=book) as review:
        for passage in review.passages("en"):
            say(review, passage.id, ["mestring"])
            review.decide(passage.id, "ledelse")
        for passage in review.passages("to"):
            say(review, passage.id, ["mestring"])
        before = state(review)[: len(review.passages("en"))]
        asked = []

        def train(data: mn.TrainingData, *, base: mn.Model | None, coder: str) -> mn.Model:
            asked.append((base, coder, len(data.segments(coder))))
            return trained

        learned = review.learn(None, train=train)
        assert asked == [(None, "ola", len(review.passages("en")))]
        assert (
            learned.changed
            == sum(p.suggestion.changed for p in review.passages("to") if p.suggestion)
            > 0
        )
        assert state(review)[: len(before)] == before
        assert all(p.suggestion.model == "mestring-nlp x" for p in review.passages("en") if p.suggestion)
        assert review.first("changed") is not None
        assert mn.load_model(tmp_path / "review" / "model").name == trained.name


def test_codes_that_the_model_lacks_are_learned_from_a_hundred_decisions(
    trained: mn.Model, tmp_path: Path
) -> None:
    codes = tuple(replace(code, excludes=()) for code in mn.load_codebook() if code.id != "styrker")
    book = replace(mn.load_codebook(), codes=codes)
    names = [f"intervju{number}" for number in range(25)]
    made = Review.create(tmp_path / "r", map(talk, names), coder="kari", codebook=book)
    with made as review:
        review.at_once = False
        asked: list[mn.Model | None] = []

        def train(data: mn.TrainingData, *, base: mn.Model | None, coder: str) -> mn.Model:
            asked.append(base)
            return trained

        passages = [passage for name in names for passage in review.passages(name)]
        assert len(passages) >= 100
        with pytest.raises(MestringError, match="0 passages decided, and 100 needed"):
            review.learn(trained, train=train)
        for passage in passages[:100]:
            review.decide(passage.id, "ledelse")
        review.learn(trained, train=train)
        assert asked == [None]
