"""An informant who withdraws leaves no sentence in the project, whatever held it, and wherever a run was stopped."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import refi_files
from conftest import Mestring

import mestring_nlp as mn
from mestring_nlp.forgetting import Plan, forget, plan_forgetting
from mestring_nlp.forgetting.plan import ORDER, PROOF
from mestring_nlp.forgetting.projects import without_source
from mestring_nlp.forgetting.tables import Informant, without_lines, without_rows, without_sheets
from mestring_nlp.forgetting.traces import Traces, closed, normal
from mestring_nlp.privacy.key import Document, Entity, Key, key_bytes, read_key
from mestring_nlp.review import Review
from mestring_nlp.writers.quotations import FORMATS

TALKS = {
    "informant_1": (
        "Intervju 1, kontaktsenter\n"
        "P: Hva er god ledelse?\n"
        "I: Jeg går runden klokka åtte, før telefonene åpner. Da hører jeg på stemmen om noen har det tungt.\n"
        "P: Hvordan lærer de nye?\n"
        "I: De sitter ved siden av Turid den første uka. Det er veldig viktig for oss.\n"
    ),
    "informant_2": (
        "Intervju 2, NAV-kontor\n"
        "P: Hva er god ledelse?\n"
        "I: For meg er det å tåle at noen gjør det annerledes enn jeg ville gjort. Eh, jeg jeg måtte lære det "
        "da jeg fikk en ansatt som bygde båter i helgene. Nei.\n"
        "P: Hvordan lærer de nye?\n"
        "I: Vi lar dem lese gamle vedtak og finne feilene selv. Det er veldig viktig for oss.\n"
        "P: Når dere målene?\n"
        "I: Svartida er grei, men på dokumentasjon henger vi etter, og tavla på kjøkkenet viser det til alle.\n"
    ),
    "informant_3": (
        "Intervju 3, NAV-kontor\n"
        "P: Hva er god ledelse?\n"
        "I: Å være tydelig når det blåser, og holde kjeft når det går bra. Resten klarer de som regel selv.\n"
        "P: Når dere målene?\n"
        "I: Ja, stort sett, men i mai gikk det trått fordi halve laget var i permisjon.\n"
    ),
}
CODES = ("ledelse", "kompetanse", "maalsettinger")
GONE = "informant_2"
SHARED = "Det er veldig viktig for oss."
READ: dict[Any, Any] = {}
"""The contents of the tree that was looked into last."""


def sentences(name: str) -> list[str]:
    """An informant's sentences of five words or more."""
    said = " ".join(
        turn.text for turn in mn.read_transcript(text=TALKS[name]).turns if turn.role == "informant"
    )
    return [s for s in re.split(r"(?<=[.?!]) ", said) if len(s.split()) >= 5]


def contents(file: Path) -> Iterator[bytes]:
    """A file's bytes, those of its members, and those of its texts without markup."""
    todo = [file.read_bytes()]
    while todo:
        data = todo.pop()
        yield data
        if data.lstrip()[:1] == b"<":
            bare = re.sub(rb"<[^>]*>", b"", data).decode("utf-8", "replace")
            yield html.unescape(bare).encode()
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                todo += [archive.read(name) for name in archive.namelist()]


def holding(root: Path, sentence: str) -> list[str]:
    """The files in which a sentence is found."""
    stamp = tuple((str(f), f.stat().st_mtime_ns) for f in sorted(root.rglob("*")) if f.is_file())
    if READ.get("stamp") != stamp:
        READ.clear()
        READ["stamp"] = stamp
        READ.update({Path(f): b"\n\0".join(contents(Path(f))) for f, _ in stamp})
    forms = {
        sentence.encode(),
        json.dumps(sentence)[1:-1].encode(),
        mn.clean_quotation(sentence).text.encode(),
    }
    return [
        file.relative_to(root).as_posix()
        for file in sorted(root.rglob("*"))
        if file.is_file() and any(form in READ[file] for form in forms)
    ]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory, model: mn.Model) -> Path:
    """A project in which everything that the library makes has been made, of three interviews."""
    root = tmp_path_factory.mktemp("forget") / "prosjekt"
    talks, coded = root / "intervjuer", root / "kodet"
    for folder in (talks, coded):
        folder.mkdir(parents=True)
        for name, text in TALKS.items():
            (folder / f"{name}.txt").write_text(text, "utf-8")
    transcripts = {name: mn.read_transcript(coded / f"{name}.txt") for name in TALKS}
    rows: list[tuple[object, ...]] = [("transcript", "start", "end", "code", "coder", "note")]
    for name, transcript in transcripts.items():
        for number, turn in enumerate(t for t in transcript.turns if t.role == "informant"):
            rows.append((name, turn.start, turn.end, CODES[number], "kari", "så sant, så sant"))
    rows.append(("informant_1", rows[1][1], rows[1][2], "mestring", "kari", f"jf. {sentences(GONE)[0]}"))
    with (coded / "codings.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    mn.write_suggestions([talks], root / "forslag", "csv,jsonl,html,docx,xlsx,codings,qdpx", model)
    with Review.create(root / "gjennomgang", transcripts.values(), coder="kari") as review:
        review.suggest(model)
        for name in TALKS:
            for passage in review.passages(name):
                review.decide(passage.id, ["ledelse"])
        first = review.passages("informant_1")[0]
        review.memo(f"passage:{first.id}", f"Annerledes enn hos den andre: {sentences(GONE)[-1]}")
        review.memo(f"passage:{review.passages(GONE)[0].id}", "Om båtene.")
    quotations = mn.quote(coded)
    (root / "sitater").mkdir()
    for made, write in FORMATS.values():
        (root / "sitater" / made).write_bytes(write(quotations, model.codebook))
    key = Key(
        [
            Entity("Informant 2", "person", ["Navn Navnesen"], ["informant_2"], role="informant"),
            Entity("Person 1", "person", ["Per Persen"], ["informant_2"]),
            Entity("Person 2", "person", ["Pål Pålsen"], ["informant_2", "informant_3"]),
        ],
        [Document("Informant 2", "informant_2.txt", "a" * 64, [(0, 11, "Navn Navnesen")])],
    )
    (root / "key.json").write_bytes(key_bytes(key))
    (root / "logg.txt").write_text("Informant 2 ble intervjuet i mai.\n", "utf-8")
    return root


@pytest.fixture(scope="module")
def learned(once: Path) -> mn.Model:
    return mn.train(once / "kodet")


@pytest.fixture
def with_models(project: Path, learned: mn.Model) -> Path:
    """The project with a model that learned from all three, saved with its passages and without."""
    learned.save(project / "modell")
    learned.save(project / "modell_uten", passages=False)
    return project


@pytest.fixture
def project(once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(once, tmp_path / "prosjekt"))


def tree(root: Path) -> dict[str, bytes]:
    return {
        f.relative_to(root).as_posix(): f.read_bytes() for f in sorted(root.rglob("*")) if f.is_file()
    }


def assert_gone(root: Path) -> None:
    """No sentence is left but what another informant said too, and theirs are all there."""
    for sentence in sentences(GONE):
        if sentence != SHARED:
            assert holding(root, sentence) == [], sentence
    for name in ("informant_1", "informant_3"):
        for sentence in sentences(name):
            kept = holding(root, sentence)
            assert {
                f"intervjuer/{name}.txt",
                "gjennomgang/review.sqlite",
                "forslag/suggestions.csv",
            } <= {*kept}
            assert {"forslag/suggestions.xlsx", "forslag/suggestions.qdpx"} <= {*kept}


def test_every_sentence_was_there(with_models: Path) -> None:
    """What the other tests find gone, they would find."""
    project = with_models
    found = {file for sentence in sentences(GONE) for file in holding(project, sentence)}
    assert {
        "intervjuer/informant_2.txt", "kodet/codings.csv", "gjennomgang/review.sqlite", "modell/passages.jsonl",
        "forslag/suggestions.xlsx", "forslag/suggestions.qdpx", "forslag/informant_2.docx", "sitater/sitater.docx",
        "forslag/index.html", "sitater/sitater.md",
    } <= found  # fmt: skip


def test_a_dry_run_lists_all_and_changes_nothing(with_models: Path, mestring: Mestring) -> None:
    project = with_models
    before = tree(project)
    said = mestring("forget", "Informant 2", "--project", project).stdout
    assert tree(project) == before
    for sentence in sentences(GONE):
        for file in holding(project, sentence):
            name = "modell" if file.startswith("modell/") else file.replace("/verbatim", "")
            assert name.rpartition("/")[2] in said or sentence == SHARED, file
    assert "--yes" in said and "NVivo" in said and "backups" in said
    assert sentences(GONE)[0][:30] not in said


def test_no_sentence_is_left_anywhere(with_models: Path, mestring: Mestring) -> None:
    project = with_models
    said = mestring("forget", "informant 2", "--project", project, "--yes").stdout
    assert "No sentence of theirs" in said
    assert_gone(project)
    with (project / "kodet" / "codings.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["transcript"] for row in rows} == {"informant_1", "informant_3"}
    assert rows[0]["note"] == "så sant, så sant"
    assert next(row for row in rows if row["code"] == "mestring")["note"] == ""
    model = mn.load_model(project / "modell")
    assert {s.transcript for s in model.segments or ()} == {"informant_1", "informant_3"}
    assert mn.load_model(project / "modell_uten").name == model.name
    left = read_key(project / "key.json")
    assert [(entity.label, entity.documents) for entity in left.entities] == [
        ("Person 2", ["informant_3"])
    ]
    assert not left.documents


def test_the_review_goes_on_without_them(project: Path) -> None:
    with Review.open(project / "gjennomgang") as review:
        kept = {name: [p.decision.codes for p in review.passages(name)] for name in review.store.names}
    forget(plan_forgetting(GONE, project))
    with Review.open(project / "gjennomgang") as review:
        assert review.store.names == ["informant_1", "informant_3"]
        for name in review.store.names:
            assert [p.decision.codes for p in review.passages(name)] == kept[name]
        events = review.store.events()
        review.store.rebuild()
        assert {e.coder for e in events} == {"kari"}
        memo = review.passages("informant_1")[0].memo
        assert memo == ""
    table = (project / "gjennomgang" / "codings.csv").read_text("utf-8")
    assert GONE not in table and "informant_3" in table
    with sqlite3.connect(project / "gjennomgang" / "review.sqlite") as database:
        assert database.execute("PRAGMA freelist_count").fetchone() == (0,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_workbook_and_the_project_can_still_be_read(project: Path) -> None:
    forget(plan_forgetting(GONE, project))
    book = openpyxl.load_workbook(project / "forslag" / "suggestions.xlsx")
    assert "informant_2" not in book.sheetnames and "informant_3" in book.sheetnames
    from mestring_nlp.refi import read_project

    read = read_project(project / "forslag" / "suggestions.qdpx")
    assert [source.name for source in read.sources] == ["informant_1", "informant_3"]
    assert {coding.transcript for coding in read.codings} <= {"informant_1", "informant_3"}


def test_the_proof_tells_files_and_hashes_and_nothing_said(project: Path) -> None:
    from hashlib import sha256

    before = tree(project)
    done = forget(plan_forgetting("Informant 2", project))
    text = done.proof.read_text("utf-8")
    proof = json.loads(text)
    assert (
        proof["complete"] and proof["informant"] == "Informant 2" and proof["finished"] >= proof["begun"]
    )
    after = tree(project)
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed - set(proof["files"]) <= {
        "gjennomgang/review.sqlite-wal",
        "gjennomgang/review.sqlite-shm",
    }
    for name, told in proof["files"].items():
        if told["before"]:
            assert told["before"] == sha256(before[name]).hexdigest()
        assert told["after"] == (sha256(after[name]).hexdigest() if name in after else None)
    assert "sitater/sitater.docx" in proof["to_be_made_again"]
    assert not any(sentence[:20] in text for sentence in sentences(GONE))
    assert "Navnesen" not in text
    assert not list(project.glob(".mestring-forget-*"))


class StoppedError(BaseException):
    """The process is ended here."""


def test_stopped_anywhere_it_is_finished_by_the_next_run(
    once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each step, and before each renaming or removal, the run is ended as if killed."""
    calls = {"left": 0}
    replace, unlink = os.replace, Path.unlink

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*given: Any, **named: Any) -> Any:
            calls["left"] -= 1
            if calls["left"] == 0:
                raise StoppedError
            return work(*given, **named)

        return wrapped

    for stop in range(1, 200, 11):
        root = Path(shutil.copytree(once, tmp_path / f"p{stop}"))
        calls["left"] = stop
        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", counted(replace))
            patch.setattr(Path, "unlink", counted(unlink))
            try:
                forget(plan_forgetting(GONE, root))
            except StoppedError:
                finished = False
            else:
                finished = True
        if not finished:
            for file in root.rglob("*.csv"):
                list(csv.reader(file.read_text("utf-8").splitlines()))  # nothing is half written
            again(root)
        assert_gone(root)
        proofs = list(root.glob(f"{PROOF}*"))
        assert len(proofs) == 1
        assert json.loads(proofs[0].read_text("utf-8"))["files"]["intervjuer/informant_2.txt"]["before"]
        shutil.rmtree(root)
        if finished:
            break
    else:
        pytest.fail("the run never came to its end")


def again(root: Path) -> None:
    """Run as the command does."""
    from mestring_nlp.forgetting.run import finish_stopped

    try:
        plan = plan_forgetting(GONE, root)
    except mn.MestringError:
        assert finish_stopped(GONE, root)
    else:
        forget(plan)


def test_a_manuscript_is_left_to_its_author(project: Path, mestring: Mestring) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("En leder sa det slik: ")
    for part in re.split(r"(?<= )", sentences(GONE)[0]):
        paragraph.add_run(part)  # as Word divides what was edited
    document.save(str(project / "artikkel.docx"))
    before = tree(project)
    ran = mestring("forget", GONE, "--project", project, "--yes", status=1)
    assert "artikkel.docx" in ran.stderr and "--leave-others" in ran.stderr
    assert tree(project) == before
    kept = Path(shutil.copytree(project, project.parent / "annet"))
    ran = mestring("forget", GONE, "--project", kept, "--yes", "--leave-others", status=1)
    assert (kept / "artikkel.docx").read_bytes() == before["artikkel.docx"]
    proof = json.loads(next(kept.glob(f"{PROOF}*")).read_text("utf-8"))
    assert not proof["complete"] and list(proof["words_left_in"]) == ["artikkel.docx"]
    mestring("forget", GONE, "--project", project, "--yes", "--delete-others")
    assert not (project / "artikkel.docx").exists()
    assert_gone(project)


def test_a_copy_under_another_name_is_theirs(project: Path) -> None:
    shutil.copy(project / "intervjuer" / f"{GONE}.txt", project / "Navn Navnesen.txt")
    done = forget(plan_forgetting(GONE, project))
    assert not (project / "Navn Navnesen.txt").exists() and not done.left
    assert_gone(project)


def test_several_informants_in_one_interview_are_asked_about(project: Path, mestring: Mestring) -> None:
    talk = "P: intervjuer\nA: informant\nB: informant\nP: Hva nå?\nA: Vi må ha flere folk på laget.\nB: Og bedre kaffe på kjøkkenet."
    (project / "gruppe.txt").write_text(talk, "utf-8")
    before = tree(project)
    ran = mestring("forget", "gruppe", "--project", project, "--yes", status=1)
    assert "--whole-interview" in ran.stderr and tree(project) == before
    mestring("forget", "gruppe", "--project", project, "--yes", "--whole-interview")
    assert not (project / "gruppe.txt").exists()


def test_an_unknown_informant_is_told_of_those_that_there_are(project: Path, mestring: Mestring) -> None:
    before = tree(project)
    ran = mestring("forget", "informant_9", "--project", project, "--yes", status=1)
    assert "informant_1, informant_2, informant_3" in ran.stderr and tree(project) == before
    assert "no such folder" in mestring("forget", GONE, "--project", project / "x", status=1).stderr


def test_an_open_review_is_not_touched(project: Path, mestring: Mestring) -> None:
    with Review.open(project / "gjennomgang"):
        before = {k: v for k, v in tree(project).items() if not k.startswith("gjennomgang/review")}
        ran = mestring("forget", GONE, "--project", project, "--yes", status=1)
        assert "open in another process" in ran.stderr
    after = tree(project)
    assert all(after[name] == data for name, data in before.items())


def test_a_model_on_a_base_is_trained_again_on_a_base_without_them(
    project: Path, learned: mn.Model
) -> None:
    learned.save(project / "modell")
    base = learned
    extra = project / "mer"
    extra.mkdir()
    text = "P: Hva er ledelse?\nI: " + "\nP: Ja.\nI: ".join(
        ["Jeg leder ved å spørre dem først.", "Vi har tre tall som vi følger.", "De lærer av hverandre i pausen.",
         "Kaffen er det jeg som koker her."]
    )  # fmt: skip
    (extra / "informant_4.txt").write_text(text, "utf-8")
    transcript = mn.read_transcript(extra / "informant_4.txt")
    rows: list[tuple[object, ...]] = [("transcript", "start", "end", "code", "coder")]
    codes = ("ledelse", "maalsettinger", "kompetanse", "")
    turns = [t for t in transcript.turns if t.role == "informant"]
    rows += [("informant_4", t.start, t.end, code, "kari") for t, code in zip(turns, codes, strict=True)]
    with (extra / "codings.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    mn.train(extra, base=base).save(project / "modell_to")
    forget(plan_forgetting(GONE, project))
    made = mn.load_model(project / "modell_to")
    assert {s.transcript for s in made.segments or ()} == {"informant_1", "informant_3", "informant_4"}
    assert made.manifest.training["base"] == mn.load_model(project / "modell").manifest.fingerprint


def test_a_model_of_which_nobody_can_tell_is_removed(
    project: Path, learned: mn.Model, mestring: Mestring
) -> None:
    learned.save(project / "modell_uten", passages=False)
    assert "nobody can tell" in mestring("forget", GONE, "--project", project).stdout
    forget(plan_forgetting(GONE, project))
    assert not (project / "modell_uten").exists()


def test_rows_that_stay_are_the_same_bytes() -> None:
    table = 'sep=;\r\ntranscript;note\r\n"a";"x;y"\r\nInformant_02;"to\r\nlinjer"\r\nb;\xe5\r\n'.encode(
        "cp1252"
    )
    kept = 'sep=;\r\ntranscript;note\r\n"a";"x;y"\r\nb;\xe5\r\n'.encode("cp1252")
    assert without_rows(table, Informant("informant 2", Traces())) == kept


def test_names_are_compared_without_zeros_and_signs() -> None:
    assert normal("Informant_03") == normal("informant 3") != normal("informant 30")
    who = Informant("informant 3", Traces())
    assert who.is_mentioned("se Informant 03, side 2") and not who.is_mentioned("informant 31")
    assert not Informant("I", Traces()).is_mentioned("I dag")


def test_the_transcripts_go_last(project: Path) -> None:
    plan: Plan = plan_forgetting(GONE, project)
    ranks = [ORDER.index(step.act) for step in plan.steps]
    assert ranks == sorted(ranks) and plan.steps[-1].act == "delete"


# ------------------------------------------------------------------ folders as researchers have them


def folder_of(root: Path, **files: bytes | str) -> Path:
    """A folder with the three talks, and what else a researcher keeps beside them."""
    root.mkdir(exist_ok=True)
    for name, text in TALKS.items():
        (root / f"{name}.txt").write_text(text, "utf-8")
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (root / name.replace("__", ".", 1)).write_bytes(data)
    return root


def test_a_chapter_that_begins_like_the_name_is_the_researchers(tmp_path: Path) -> None:
    root = folder_of(tmp_path / "p")
    shutil.move(root / "informant_2.txt", root / "2.txt")
    (root / "2. Metode.md").write_text("Dette kapitlet har jeg skrevet selv.\n", "utf-8")
    plan = plan_forgetting("2", root)
    assert [step.path.name for step in plan.steps] == ["2.txt"]
    assert [path.name for path in plan.mentions] == ["2. Metode.md"]


@pytest.mark.parametrize("name", ["Informant 2", "INFORMANT-02", "informant2", "informant_2.txt"])
def test_an_informant_is_found_however_the_name_is_written(tmp_path: Path, name: str) -> None:
    plan = plan_forgetting(name, folder_of(tmp_path / "p"))
    assert [step.path.name for step in plan.steps] == ["informant_2.txt"]


@pytest.mark.parametrize("name", ["2", "kari", "informant", "informant_22"])
def test_a_wrong_name_removes_nothing(tmp_path: Path, name: str) -> None:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["informant_2", "kari"])
    book.save(buffer)
    codings = "transcript,start,end,code,coder\ninformant_2,0,5,ledelse,kari\n"
    sources = refi_files.source(
        "Informant 2", "<PlainTextContent>Noe.</PlainTextContent>", plainTextPath=""
    )
    qda = refi_files.project(refi_files.users("kari") + f"<Sources>{sources}</Sources>")
    root = folder_of(tmp_path / "p", codings__csv=codings, qda__qdpx=refi_files.archive(qda))
    (root / "liste.xlsx").write_bytes(buffer.getvalue())
    if name == "kari":
        (root / "liste.xlsx").unlink()  # without a heading, nobody can tell whose row it is
    with pytest.raises(mn.MestringError, match="Its transcripts are: "):
        plan_forgetting(name, root)


MATRIX = [
    ["kode", "informant_1", "informant_2", "informant_3"],
    ["ledelse", "går runden", "tåler ulikhet", "er tydelig"],
    ["læring", "ved siden av", "gamle vedtak", ""],
]
KEPT = [[cell if i != 2 else "" for i, cell in enumerate(row)] for row in MATRIX]
SECOND = Informant("informant_2", Traces(), TALKS)


def test_in_a_matrix_the_column_is_theirs_and_the_heading_stays() -> None:
    text = "".join(";".join(row) + "\r\n" for row in MATRIX)
    kept = without_rows(text.encode("utf-8-sig"), SECOND).decode("utf-8-sig")
    assert [line.split(";") for line in kept.splitlines()] == KEPT
    book = openpyxl.Workbook()
    book.active.append(["Oversikt"])
    for row in MATRIX:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    made = openpyxl.load_workbook(io.BytesIO(without_sheets(buffer.getvalue(), SECOND)))
    rows = [[value or "" for value in row] for row in made.active.iter_rows(values_only=True)]
    assert rows == [["Oversikt", "", "", ""], *KEPT]
    other = Informant("informant_9", Traces(), TALKS)
    assert without_sheets(buffer.getvalue(), other) == buffer.getvalue()


def test_the_column_of_transcripts_says_whose_a_row_is() -> None:
    rows = "transcript,coder\ninformant_1,informant_2\ninformant_2,kari\n"
    assert without_rows(rows.encode(), SECOND) == b"transcript,coder\ninformant_1,informant_2\n"


def test_texts_of_one_name_in_two_folders_of_a_project_are_told_apart() -> None:
    listed = "".join(
        refi_files.source(name, plainTextPath=f"internal://{name}/text%20a.txt") for name in TALKS
    )
    texts = {f"sources/{name}/text a.txt": text.encode() for name, text in TALKS.items()}
    data = refi_files.archive(refi_files.project(f"<Sources>{listed}</Sources>"), texts)
    kept = refi_files.read(without_source(data, SECOND))
    assert {source.title: source.text for source in kept.sources} == {
        name: text for name, text in TALKS.items() if name != "informant_2"
    }
    assert "sources/informant_2/text a.txt" not in refi_files.members(without_source(data, SECOND))
    assert without_source(data, Informant("informant_9", Traces())) == data


@pytest.mark.parametrize(
    "data",
    [
        rb"{\rtf1\ansi\ansicpg1252 For meg er det \'e5 t\'e5le at {\b noen} gj\'f8r det annerledes.\par}",
        b"Subject: x\nContent-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8"
        b"\n\nFor meg er det =C3=A5 t=C3=A5le at no=\nen gj=C3=B8r det annerledes.\n",
        "For meg er det å tå\u00adle at noen gjør det anner\u00adledes.".encode(),
        "For meg er det å tåle at noen gjør det anner-\nledes.".encode(),
    ],
    ids=["rtf", "mail", "soft hyphens", "hyphens at line ends"],
)
def test_words_are_found_in_other_writing(data: bytes) -> None:
    traces = Traces(["For meg er det å tåle at noen gjør det annerledes."])
    assert traces.found_in_bytes(data)
    assert not traces.found_in_bytes(data.replace(b"noen", b"alle").replace(b"no=\nen", b"alle"))


def test_what_cannot_be_looked_into_is_told(tmp_path: Path) -> None:
    locked = bytearray(refi_files.archive("x"))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    files = {
        "kopi__zip": bytes(locked),
        "opptak__m4a": b"\x00",
        "studie__nvp": b"\x00",
        "lukket__docx": old,
    }
    plan = plan_forgetting("informant_2", folder_of(tmp_path / "p", **files))
    assert {path.name for path in plan.unread} == {name.replace("__", ".") for name in files}
    assert closed(refi_files.archive("x"), ".zip") == ""


def test_without_a_transcript_it_is_not_claimed_that_no_sentence_is_left(
    tmp_path: Path, mestring: Mestring
) -> None:
    root = tmp_path / "p"
    root.mkdir()
    rows = "transcript,start,end,code,coder\ninformant_1,0,5,ledelse,kari\n"
    (root / "codings.csv").write_text(f"{rows}informant_2,0,5,ledelse,kari\n", "utf-8")
    done = mestring("forget", "informant_2", "--project", str(root), "--yes")
    assert "no transcript of informant_2 can be read here" in done.stdout
    assert "What they said was not known" in done.stdout and "No sentence" not in done.stdout
    assert (root / "codings.csv").read_text("utf-8") == rows


def test_different_interviews_of_one_name_are_asked_about(tmp_path: Path, mestring: Mestring) -> None:
    for name, text in TALKS.items():
        (tmp_path / "p" / name).mkdir(parents=True)
        (tmp_path / "p" / name / "intervju.txt").write_text(text, "utf-8")
    before = tree(tmp_path / "p")
    asked = mestring("forget", "intervju", "--project", str(tmp_path / "p"), "--yes", status=1)
    assert "3 different interviews have this name" in asked.stderr and "Rename" in asked.stderr
    assert tree(tmp_path / "p") == before
    (tmp_path / "q").mkdir()
    for suffix in ("txt", "md"):  # one interview in two formats
        (tmp_path / "q" / f"informant_2.{suffix}").write_text(TALKS[GONE], "utf-8")
    assert plan_forgetting(GONE, tmp_path / "q").apart == ()


# ------------------------------------------------------------------ whose a row is


NAMED = {
    "Kari": "P: Hva nå?\nI: Jeg rydder alltid i båthuset før sommeren kommer til oss her nord.\n",
    "Per": "P: Hva nå?\nI: For meg er det korpset og dugnadene der som holder uka sammen.\n",
    "Mari": "P: Hva nå?\nI: Vi flyttet hit da fabrikken stengte, og siden har jeg kjørt buss.\n",
}
KARI = Informant("Kari", Traces(), NAMED)
PLAN = "informant;intervjuer;alder\nPer;Kari;50\nMari;Kari;40\nKari;Ola;30\n"


def named_folder(root: Path, **files: str | bytes) -> Path:
    """A folder with three talks called by first names, and tables beside them."""
    root.mkdir()
    for name, text in NAMED.items():
        (root / f"{name}.txt").write_text(text, "utf-8")
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (root / name.replace("__", ".", 1)).write_bytes(data)
    return root


def workbook(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(buffer)
    return buffer.getvalue()


def filled(data: bytes) -> dict[str, list[list[Any]]]:
    """The rows of a workbook's sheets that hold anything."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True) if any(row)]
        for sheet in book
    }


@pytest.mark.parametrize("name", ["3", "44", "B", "b", "03", "3.txt"])
def test_a_number_or_a_letter_that_no_transcript_bears_is_refused(
    tmp_path: Path, mestring: Mestring, name: str
) -> None:
    rows = "Intervju;Kjønn;Erfaring;Gruppe\ninformant_1;kvinne;44;A\ninformant_2;mann;3;B\ninformant_3;kvinne;5;A\n"
    root = folder_of(tmp_path / "p", informanter__csv=rows)
    before = tree(root)
    ran = mestring("forget", name, "--project", root, "--yes", status=1)
    assert "whole name of the transcript" in ran.stderr and "informant_3" in ran.stderr
    assert tree(root) == before


def test_a_row_of_somebody_else_that_names_them_stays_and_is_told(
    tmp_path: Path, mestring: Mestring
) -> None:
    root = named_folder(tmp_path / "p", plan__csv=PLAN)
    said = mestring("forget", "kari", "--project", root).stdout
    assert "plan.csv (1 row: Kari; Ola; 30)" in said
    assert "plan.csv (2 places: Per; Kari; 50 | Mari; Kari; 40)" in said
    done = mestring("forget", "kari", "--project", root, "--yes").stdout
    assert "look yourself" in done.split("The proof is")[1]
    assert (root / "plan.csv").read_text("utf-8") == PLAN.replace("Kari;Ola;30\n", "")
    proof = next(root.glob(f"{PROOF}*")).read_text("utf-8")
    assert json.loads(proof)["named_in"] == ["plan.csv"] and "Mari" not in proof
    assert "look yourself at" in mestring("forget", "kari", "--project", root, status=1).stderr


@pytest.mark.parametrize("cell", ["Kari", "Kari.txt", "kari", " Kari ", "KARI.docx"])
@pytest.mark.parametrize("heading", ["Intervju", "informant", "Kasus", "Deltaker", "fil", "navn", "ID"])
def test_the_column_that_names_the_interviews_is_known_by_its_heading_or_its_names(
    heading: str, cell: str
) -> None:
    head, others = f"{heading};Kontakt", "Per;Kari\nMari.txt;Kari\n"
    assert without_rows(f"{head}\n{others}{cell};Ola\n".encode(), KARI) == f"{head}\n{others}".encode()


def test_a_name_is_known_in_either_spelling_of_its_letters() -> None:
    who = Informant("Pål", Traces(), ["Kari", "Pål"])
    rows = "informant;alder\nKari;40\n"
    assert without_rows(f"{rows}Pa\u030al;50\n".encode(), who) == rows.encode()


@pytest.mark.parametrize(
    "table",
    [
        "navn;kontakt\nOdd;Kari\nLiv;Mari\n",  # recruits of those who were interviewed
        "informant;kontakt\nKari;Ola\nOdd;Per\nLiv;Mari\n",  # heading and names say different things
        "kontakt;leder\nKari;Per\nPer;Kari\n",
        "taler;tekst\nKari;Hva nå?\nPer;Ja.\nKari;Og så?\n",  # turns of another's interview
        "taler;tekst;\nKari;Hva nå?;\nInformant;Ja.;00:01\nKari;Og så?;\n",
        "Per;Kari;50\nOdd;Kari;40\n",
    ],
)
def test_where_nobody_can_tell_whose_a_row_is_it_is_only_listed(tmp_path: Path, table: str) -> None:
    assert without_rows(table.encode(), KARI) == table.encode()
    plan = plan_forgetting("Kari", named_folder(tmp_path / "p", liste__csv=table))
    assert [step.path.name for step in plan.steps] == ["Kari.txt"]
    assert "Kari" in plan.mentions[tmp_path / "p" / "liste.csv"]


def test_a_list_without_headings_is_told_from_a_matrix() -> None:
    assert without_rows(b"Per;Kari;50\nMari;Kari;40\nKari;Ola;30\n", KARI) == (
        b"Per;Kari;50\nMari;Kari;40\n"
    )


def test_headings_may_stand_below_titles_and_groups() -> None:
    above = "Utvalget;;\nOm deltakeren;;Om intervjuet\n"
    rows = f"{above}Alder;Informant;Intervjuer\n50;Per;Kari\n"
    assert without_rows(f"{rows}30;Kari;Ola\n".encode(), KARI) == rows.encode()
    matrix = [";Gruppe A;;", "kode;Per;Kari;Mari", "mestring;ja;nei;ja"]
    made = without_rows("\n".join(matrix).encode(), KARI).decode().splitlines()
    assert made == [";Gruppe A;;", "kode;Per;;Mari", "mestring;ja;;ja"]


def test_rows_below_theirs_that_name_nobody_are_listed(tmp_path: Path) -> None:
    table = "informant;kode\nKari;mestring\n;ledelse\nPer;mestring\n;humor\n"
    root = named_folder(tmp_path / "p", koder__csv=table)
    plan = plan_forgetting("Kari", root)
    assert plan.mentions == {root / "koder.csv": "1 place: ledelse"}
    assert without_rows(table.encode(), KARI) == table.replace("Kari;mestring\n", "").encode()


def test_a_number_is_theirs_only_below_a_heading_that_says_so(tmp_path: Path) -> None:
    who = Informant("2", Traces(), ["1", "2", "3"])
    table = "Informant;Erfaring\n1;2\n2;5\n3;2\n"
    assert without_rows(table.encode(), who) == table.replace("2;5\n", "").encode()
    for other in ("nr;svar\n1;2\n2;1\n3;2\n", "spm;1;2;3\nmestring;4;5;4\n"):
        assert without_rows(other.encode(), who) == other.encode()
    made = without_sheets(workbook(("Utvalg", [["Informant", "Alder"], [1, 2], [2, 44], [3.0, 2]])), who)
    assert filled(made) == {"Utvalg": [["Informant", "Alder"], [1, 2], [3, 2]]}


def test_sheets_and_their_rows_are_theirs_by_the_same_rule(tmp_path: Path) -> None:
    plan = [row.split(";") for row in PLAN.splitlines()]
    mine = [["informant", "alder"], ["Per", "50"], ["Mari", "40"]]
    data = workbook(("Plan", plan), ("Kari", mine), ("kari.txt", [["Hun ler"]]))
    root = named_folder(tmp_path / "p", plan__xlsx=data)
    planned = plan_forgetting("Kari", root)
    assert next(step.why for step in planned.steps if step.path.name == "plan.xlsx") == (
        "1 row: Kari; Ola; 30, 1 sheet: kari.txt"
    )
    told = planned.mentions[root / "plan.xlsx"]
    assert "Per; Kari; 50" in told and "the sheet Kari" in told
    forget(planned)
    assert filled((root / "plan.xlsx").read_bytes()) == {"Plan": plan[:-1], "Kari": mine}


def test_a_short_name_is_looked_for_in_workbooks_too(tmp_path: Path) -> None:
    plan = [row.split(";") for row in PLAN.splitlines()]
    root = named_folder(tmp_path / "p", plan__xlsx=workbook(("Plan", plan)))
    forget(plan_forgetting("Per", root))
    assert filled((root / "plan.xlsx").read_bytes()) == {"Plan": [plan[0], *plan[2:]]}


def test_lines_of_json_are_theirs_by_the_key_that_names_the_interview(tmp_path: Path) -> None:
    rows = [
        {"informant": "Per", "intervjuer": "Kari"},
        {"informant": "Kari.txt", "intervjuer": "Ola"},
        {"informant": "Mari", "om": {"intervjuer": "Kari"}},
        {"informant": "Mari", "intervjuer": "Ola"},
        "Kari",
    ]
    lines = [json.dumps(row) + "\n" for row in rows]
    root = named_folder(tmp_path / "p", plan__jsonl="".join(lines))
    plan = plan_forgetting("Kari", root)
    assert plan.mentions[root / "plan.jsonl"].startswith("3 places: Per; Kari | Mari; ")
    assert without_lines("".join(lines).encode(), KARI) == "".join([lines[0], *lines[2:]]).encode()


def test_of_codings_only_the_column_of_transcripts_counts(tmp_path: Path) -> None:
    rows = "transcript,start,end,code,coder\nPer,0,5,mestring,Kari\nKari,0,5,mestring,Per\nKari,6,9,mestring,Kari\n"
    root = named_folder(tmp_path / "p", codings__csv=rows)
    plan = plan_forgetting("Kari", root)
    assert next(step.why for step in plan.steps) == "2 rows: Kari; 0; 5 | Kari; 6; 9"
    assert plan.mentions == {root / "codings.csv": "1 place: Per; 0; 5"}
    forget(plan)
    assert (root / "codings.csv").read_text("utf-8") == "".join(rows.splitlines(keepends=True)[:2])


def test_a_table_that_cannot_be_read_and_names_them_is_told(tmp_path: Path) -> None:
    root = named_folder(tmp_path / "p", logg__jsonl='{"informant": "Kari"\n')
    assert "no JSON" in plan_forgetting("Kari", root).mentions[root / "logg.jsonl"]


def test_the_rows_shown_hold_no_word_of_theirs(tmp_path: Path, mestring: Mestring) -> None:
    said = "Jeg rydder alltid i båthuset før sommeren kommer til oss her nord."
    root = named_folder(
        tmp_path / "p", sitater__csv=f"sitat;informant\n{said};Kari\nNei.;Per\nJa.;Mari\n"
    )
    shown = mestring("forget", "Kari", "--project", root).stdout
    assert "sitater.csv (1 row: Kari)" in shown and "båthuset" not in shown
