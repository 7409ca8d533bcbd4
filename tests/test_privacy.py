"""Names out and back: exact restoring, who is who, the key, files of all forms, and what is refused."""

from __future__ import annotations

import io
import json
import re
import stat
import zipfile
from pathlib import Path

import docx
import pytest
from conftest import Mestring
from hypothesis import given
from hypothesis import strategies as st
from refi_files import archive, codes, guid, project, read, selection, source, users, words_of

import mestring_nlp as mn
from mestring_nlp.privacy.alignment import Alignment, Edit
from mestring_nlp.privacy.files import pseudonymise_files
from mestring_nlp.privacy.key import Key, read_key, write_key
from mestring_nlp.privacy.pseudonymising import tells
from mestring_nlp.privacy.restoring import restore_files

INTERVIEW = """\
Silje: Hva er bra her, Ola?
Ola Hansen: Folk tør å spørre Silje og Per på NAV Lerkendal. Ring meg på 93 41 60 27.
Silje: Hvorfor det? Bor du i Verdal?
Ola Hansen: Fordi Dag er snill, og Dags kone Torunn Berg er fra Heimdal.
"""
PIECES = st.sampled_from(
    ["Kari Nordmann", "Kari", "Karis", "Nils'", "Dag", "en dag", "Liv", "i Verdal", "NAV Tempe", "93 41 60 27", "kari@nav.no",
     "[Person 1]", "[kommune]", "[", "]", " sa ", " og ", ". ", "\n", "\r\n", "æøå", "e\u0301", "😀", "er 67.", "Så ", "Ola Hansen: "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["labels", "names"]))
def test_restoring_gives_back_what_was_there(text: str, style: str) -> None:
    key = Key()
    assert mn.restore(mn.pseudonymise(text, key, style=style), key) == text


@given(st.text(max_size=60))
def test_restoring_gives_back_any_text(text: str) -> None:
    key = Key()
    assert mn.restore(mn.pseudonymise(text, key), key) == text


@given(st.lists(st.lists(PIECES, max_size=8).map("".join), min_size=2, max_size=4))
def test_restoring_gives_back_several_texts(texts: list[str]) -> None:
    key = Key()
    hidden = mn.pseudonymise(texts, key)
    again = Key.from_json(key.to_json(), place="nøkkel")
    assert mn.restore(hidden, again) == texts


def test_a_transcript_comes_back_as_it_was() -> None:
    before = mn.read_transcript(text=INTERVIEW, name="kari_nordmann_03")
    key = Key()
    hidden = mn.pseudonymise(before, key)
    assert hidden.text.splitlines()[1] == (
        "Informant 3: Folk tør å spørre [Intervjuer] og [Person 2] på [NAV-kontor]. Ring meg på [telefonnummer]."
    )
    assert hidden.name == "intervju_1"
    assert [turn.speaker for turn in hidden.turns] == ["Intervjuer", "Informant 3"] * 2
    assert all(hidden.text[turn.start : turn.end] == turn.text for turn in hidden.turns)
    assert mn.restore(hidden, key) == before


@given(st.data())
def test_codings_keep_their_words(data: st.DataObject) -> None:
    text = "Kari Nordmann og Ola bor i Verdal, sa Torunn til Dag."
    key = Key()
    hidden = mn.pseudonymise(text, key)
    back = key.documents[0].back()
    there = back.inverse(hidden)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    moved = there.span(start, end)
    assert text[start:end] in text[slice(*back.span(*moved))]
    touched = any(e.start < end and e.end > start for e in there.edits)
    assert touched or hidden[slice(*moved)] == text[start:end]
    cut = any(e.start < at < e.end for e in there.edits for at in (start, end))
    assert cut or back.span(*moved) == (start, end)


def test_the_same_person_gets_the_same_placeholder() -> None:
    hidden = mn.pseudonymise("Kari kom. Kari Tvedten ringte. Tvedtens bil og Karis hus. Ola kom.", Key())
    assert (
        hidden
        == "[Person 1] kom. [Person 1] ringte. [Person 1]s bil og [Person 1]s hus. [Person 2] kom."
    )


def test_across_interviews_the_full_name_says_who_it_is() -> None:
    key = Key()
    one, two = mn.pseudonymise(["Kari Nordmann kom, og Per.", "Vi møtte Kari Nordmann og Per der."], key)
    assert one == "[Person 1] kom, og [Person 2]."
    assert two == "Vi møtte [Person 1] og [Person 3] der."


def test_two_with_one_name_are_asked_about() -> None:
    hidden = mn.pseudonymise("Kari Moe og Kari Dahl kom. Så gikk Kari.", Key())
    assert hidden == "[Person 1] og [Person 2] kom. Så gikk [Person 1 eller 2]."


def test_invented_names_fit_and_stay() -> None:
    key = Key()
    hidden = mn.pseudonymise(
        "Kari Nordmann sa at Karis mann Ola ringte til Nils' mor.", key, style="names"
    )
    first, surname = hidden.split()[:2]
    assert hidden.startswith(f"{first} {surname} sa at {first}s mann ")
    assert not {"Kari", "Nordmann", "Ola", "Nils"} & set(re.findall(r"\w+", hidden))


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    write_key(Key(), file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_passphrase_protects_the_key(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    hidden = mn.pseudonymise("Vi møtte Torunn Berg.", file, passphrase="hemmelig")
    assert "Torunn" not in file.read_text()
    assert mn.restore(hidden, file, passphrase="hemmelig") == "Vi møtte Torunn Berg."
    for wrong, message in ((None, "protected by a passphrase"), ("feil", "the passphrase is wrong")):
        with pytest.raises(mn.MestringError, match=message):
            mn.restore(hidden, file, passphrase=wrong)
    given = json.loads(file.read_text())
    for name, value in (
        ("data", given["data"][:-8] + "AAAAAAA="),
        ("n", 2),
        ("n", 2**30),
        ("salt", "?"),
    ):
        file.write_text(json.dumps(given | {name: value}))
        with pytest.raises(mn.MestringError, match="damaged"):
            read_key(file, "hemmelig")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"format": "mestring-nlp key", "version": 9}', "\x00",
                                     '{"format": "mestring-nlp key", "version": 1, "entities": [{"label": 3}], "documents": [], "coders": {}}'])  # fmt: skip
def test_no_key(content: str, tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text(content)
    with pytest.raises(mn.MestringError, match=r"key\.json"):
        read_key(file)


def test_another_key_does_not_fit() -> None:
    hidden = mn.pseudonymise("Vi møtte Kari Moe, Ola Dahl og Per Lie.", Key())
    other = Key()
    mn.pseudonymise("Vi møtte Siri Moe.", other)
    with pytest.raises(mn.MestringError, match=r"the key does not know \[Person"):
        mn.restore(hidden, other)


def test_a_changed_text_gets_the_fullest_names() -> None:
    key = Key()
    hidden = mn.pseudonymise("Kari Nordmann kom. Kari gikk.", key)
    assert mn.restore(f"{hidden} Nytt.", key) == "Kari Nordmann kom. Kari Nordmann gikk. Nytt."


def test_edits_do_not_overlap() -> None:
    with pytest.raises(ValueError, match="overlaps"):
        Alignment.of([Edit(0, 4, "x"), Edit(3, 5, "y")])


def lay(folder: Path) -> Path:
    """Lay out interviews in several formats, with names in all places where they can hide."""
    folder.mkdir()
    (folder / "Kari_Nordmann_03.txt").write_text(INTERVIEW)
    (folder / "a.vtt").write_text(
        "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Nordmann, Kari>Hei Torunn Berg, er du på Byåsen skole?</v>\n\n"
        "00:00:05.000 --> 00:00:08.000\n<v Torunn Berg>Ja, med Ali Hassan.</v>\n"
    )
    (folder / "b.srt").write_text(
        "1\n00:00:01,000 --> 00:00:04,000\n[Kari]: Hei Mahmoud.\n\n2\n00:00:05,000 --> 00:00:08,000\n[Mahmoud]: Ja, hvem spør?\n"
    )
    words = [
        {"word": word, "start": n, "end": n + 1}
        for n, word in enumerate([" Så", " ringte", " Torunn", " Berg", "."])
    ]
    segment = {
        "start": 0,
        "end": 5,
        "text": " Så ringte Torunn Berg.",
        "tokens": [50364, 407, 12],
        "words": words,
        "speaker": "A",
    }
    (folder / "c.json").write_text(
        json.dumps(
            {"segments": [segment, segment | {"text": " Hva sa du?", "words": [], "speaker": "B"}]}
        )
    )
    document = docx.Document()
    document.core_properties.author, document.core_properties.title = "Kari Nordmann", "Torunn Berg"
    document.add_paragraph("P: Hva er bra her?")
    paragraph = document.add_paragraph("I: Det var ")
    paragraph.add_run("Toru").bold = True
    paragraph.add_run("nn Berg som ringte fra Verdal.")
    document.add_comment(paragraph.runs[0], text="Spør Mahmoud", author="Kari Nordmann", initials="KN")
    document.add_table(1, 1).cell(0, 0).text = "P: Ja, Ali Hassan?"
    document.sections[0].header.paragraphs[0].text = "Intervju med Torunn Berg"
    document.save(folder / "d.docx")
    return folder


def every_word(folder: Path) -> str:
    """All that lies in a folder: names and contents of files, and of the members of archives."""
    pieces = []
    for path in folder.rglob("*"):
        data = path.read_bytes()
        pieces += [path.name, data.decode("utf-8", "replace")]
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as opened:
                for name in opened.namelist():
                    text = opened.read(name).decode("utf-8", "replace")
                    pieces += [name, text, re.sub("<[^>]*>", "", text)]
    return "\n".join(pieces)


HIDDEN = [
    "Kari",
    "Nordmann",
    "Torunn",
    "Berg",
    "Ali",
    "Hassan",
    "Mahmoud",
    "Silje",
    "Hansen",
    "Lerkendal",
    "Verdal",
    "Heimdal",
    "Byåsen",
]


@pytest.mark.parametrize("style", ["labels", "names"])
def test_nothing_of_the_key_is_in_the_folder(style: str, tmp_path: Path) -> None:
    interviews = lay(tmp_path / "inn")
    done = pseudonymise_files(interviews, tmp_path / "ut", tmp_path / "nøkkel" / "key.json", style=style)
    assert not done.failed and len(list((tmp_path / "ut").iterdir())) == 6
    there = every_word(tmp_path / "ut")
    for word in HIDDEN:
        assert not re.search(rf"(?<!\w){word}(?!\w)", there), word
    assert "93 41 60 27" not in there and "50364" not in there
    assert "avidentifisert" in there and "ikke anonyme" in there


def test_files_come_back(tmp_path: Path) -> None:
    interviews = lay(tmp_path / "inn")
    key = tmp_path / "key.json"
    pseudonymise_files(interviews, tmp_path / "ut", key)
    written, failed, notes = restore_files(tmp_path / "ut", tmp_path / "igjen", key)
    assert not failed and not notes and len(written) == 5
    for name in ("Kari_Nordmann_03.txt", "a.vtt", "b.srt"):
        assert (tmp_path / "igjen" / name).read_bytes() == (interviews / name).read_bytes()
    assert (
        json.loads((tmp_path / "igjen" / "c.json").read_text())["segments"][0]["text"]
        == " Så ringte Torunn Berg."
    )
    before, after = (
        mn.read_transcript(folder / "d.docx") for folder in (interviews, tmp_path / "igjen")
    )
    assert before.text == after.text
    runs = docx.Document(tmp_path / "ut" / "d.docx").paragraphs[1].runs
    assert [run.bold for run in runs] == [None, None, True, None]


def test_codings_move_with_files_and_back(tmp_path: Path, mestring: Mestring) -> None:
    interviews = lay(tmp_path / "inn")
    coded = ["transcript,start,end,code,coder,note"]
    passages = {
        "a": "Ja, med Ali Hassan.",
        "d": "som ringte fra Verdal",
        "Kari_Nordmann_03": "Folk tør å spørre Silje og Per",
    }
    for name, words in passages.items():
        file = next(path for path in interviews.iterdir() if path.stem == name)
        text = mn.read_transcript(file).text
        coded.append(
            f"{name},{text.index(words)},{text.index(words) + len(words)},ledelse,Silje,sagt av Torunn Berg"
        )
    table = tmp_path / "koder.csv"
    table.write_text("\n".join(coded) + "\n")
    mestring("pseudonymise", interviews, "--out", "ut", "--key", "nk/key.json", "--codings", table)
    moved = mn_codings(tmp_path / "ut" / "codings.csv")
    said = {
        mn.read_transcript(next((tmp_path / "ut").glob(f"{row['transcript']}.*"))).text[
            int(row["start"]) : int(row["end"])
        ]
        for row in moved
    }
    assert len(said) == 3 and "som ringte fra [kommune]" in said
    assert all(
        row["coder"] == "koder 1" and row["code"] == "ledelse" and "Torunn" not in row["note"]
        for row in moved
    )
    mestring("restore", "ut", "--out", "igjen", "--key", "nk/key.json", "--codings", "ut/codings.csv")
    back = mn_codings(tmp_path / "igjen" / "codings.csv")
    spans = {(row["transcript"], row["start"], row["end"], row["coder"]) for row in back}
    assert spans == {(line.split(",")[0], *line.split(",")[1:3], "Silje") for line in coded[1:]}


def mn_codings(file: Path) -> list[dict[str, str]]:
    import csv

    return list(csv.DictReader(io.StringIO(file.read_text())))


def test_a_project_keeps_its_codings_words(tmp_path: Path) -> None:
    text = "P: Hvem ringte?\r\nI: Torunn Berg 😀 fra Verdal ringte, og Karis mann.\r\n"
    said, other = "fra Verdal ringte", "Karis mann"
    inside = [
        selection(
            text.index(words),
            text.index(words) + len(words),
            ("Trygghet", "Silje Moe"),
            note=f"om Torunn Berg {n}",
        )
        for n, words in enumerate((said, other))
    ]
    body = (
        users("Silje Moe")
        + codes("Trygghet")
        + f"<Sources>{source('Intervju med Torunn Berg', *inside, richTextPath='internal://x.docx')}</Sources>"
    )
    data = archive(
        project(body),
        {f"sources/{guid('Intervju med Torunn Berg')}.txt": text.encode(), "sources/x.docx": b"Torunn"},
    )
    file = tmp_path / "p.qdpx"
    file.write_bytes(data)
    pseudonymise_files(file, tmp_path / "ut", tmp_path / "key.json")
    hidden = (tmp_path / "ut" / "p.qdpx").read_bytes()
    check = read(hidden)
    assert {words for _, _, words in words_of(check)} == {"fra [kommune] ringte", "[Person 2]s mann"}
    assert check.users == ("Koder 1",)
    there = every_word(tmp_path / "ut")
    assert not re.search(r"(?<!\w)(Torunn|Berg|Silje|Moe|Verdal|Karis?)(?!\w)", there)
    assert not any(name.endswith(".docx") for name in zipfile.ZipFile(io.BytesIO(hidden)).namelist())
    restore_files(tmp_path / "ut", tmp_path / "igjen", tmp_path / "key.json")
    back = read((tmp_path / "igjen" / "p.qdpx").read_bytes())
    assert {words for _, _, words in words_of(back)} == {said, other}


@pytest.mark.parametrize("through_a_link", [False, True])
def test_the_key_is_refused_beside_what_it_unlocks(
    through_a_link: bool, tmp_path: Path, mestring: Mestring
) -> None:
    lay(tmp_path / "inn")
    if through_a_link:
        (tmp_path / "ut").mkdir()
        (tmp_path / "lenke").symlink_to(tmp_path / "ut")
    key = "lenke/key.json" if through_a_link else "ut/under/key.json"
    ran = mestring("pseudonymise", "inn", "--out", "ut", "--key", key, status=1)
    assert "the key would lie inside" in ran.stderr
    assert not list((tmp_path / "ut").glob("*")) if through_a_link else not (tmp_path / "ut").exists()


def test_what_exists_is_not_replaced(tmp_path: Path, mestring: Mestring) -> None:
    lay(tmp_path / "inn")
    (tmp_path / "ut").mkdir()
    (tmp_path / "ut" / "mitt.txt").write_text("mitt")
    assert (
        "exists already"
        in mestring("pseudonymise", "inn", "--out", "ut", "--key", "key.json", status=1).stderr
    )
    assert (
        "mitt.txt"
        in mestring(
            "pseudonymise", "inn", "--out", "ut", "--key", "key.json", "--force", status=1
        ).stderr
    )
    assert [path.name for path in (tmp_path / "ut").iterdir()] == ["mitt.txt"] and not (
        tmp_path / "key.json"
    ).exists()


def test_what_is_pseudonymised_already_is_told(tmp_path: Path, mestring: Mestring) -> None:
    lay(tmp_path / "inn")
    mestring("pseudonymise", "inn", "--out", "ut", "--key", "key.json")
    ran = mestring("pseudonymise", "ut/a.vtt", "--out", "ut2", "--key", "key.json", status=1)
    assert "pseudonymised with this key already" in ran.stderr
    ran = mestring("pseudonymise", "ut/a.vtt", "--out", "ut3", "--key", "annen.json")
    assert "holds placeholders such as [Person 1] already" in ran.stdout
    assert (tmp_path / "ut3" / "a.vtt").read_text() == (tmp_path / "ut" / "a.vtt").read_text()


def test_a_code_that_is_a_name_is_asked_about(tmp_path: Path, mestring: Mestring) -> None:
    (tmp_path / "a.txt").write_text(INTERVIEW)
    (tmp_path / "k.csv").write_text("transcript,start,end,code,coder\na,7,27,Torunn Berg,x\n")
    ran = mestring(
        "pseudonymise", "a.txt", "--out", "ut", "--key", "key.json", "--codings", "k.csv", status=1
    )
    assert "the code 'Torunn Berg' is also a name" in ran.stderr and not (tmp_path / "ut").exists()


def test_a_second_run_follows_what_people_decided(tmp_path: Path, mestring: Mestring) -> None:
    text = "P: Hva?\nI: Så sa Torunn at Siri på telefonen er landets eneste taleassistent, og at Fjellpiken kommer.\n"
    (tmp_path / "a.txt").write_text(text)
    mestring("pseudonymise", "a.txt", "--out", "ut", "--key", "nk/key.json")
    table = tmp_path / "nk" / "key.funn.csv"
    rows = table.read_text("utf-8-sig").splitlines()
    at = {name: number for number, name in enumerate(rows[0].split(","))}
    import csv

    given = list(csv.reader(rows))
    for row in given[1:]:
        row[at["decision"]] = {"Siri": "behold", "landets eneste taleassistent": "replace"}.get(
            row[at["text"]], ""
        )
    added = [""] * len(given[0])
    added[at["text"]], added[at["kind"]], added[at["decision"]] = "telefonen", "other", "legg til"
    with table.open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows([*given, added])
    mestring("pseudonymise", "a.txt", "--out", "ut", "--key", "nk/key.json", "--force")
    hidden = (tmp_path / "ut" / "a.txt").read_text()
    assert (
        "at Siri på [kjennetegn" in hidden and "taleassistent" not in hidden and "Torunn" not in hidden
    )
    kept = table.read_text("utf-8-sig")
    assert ",keep," in kept and ",add," in kept
    mestring("pseudonymise", "a.txt", "--out", "ut", "--key", "nk/key.json", "--force")
    assert (tmp_path / "ut" / "a.txt").read_text() == hidden


def test_a_wrong_decision_names_its_row(tmp_path: Path, mestring: Mestring) -> None:
    (tmp_path / "a.txt").write_text(INTERVIEW)
    (tmp_path / "f.csv").write_text("text,kind,decision\nKari,person,kanskje\n")
    ran = mestring(
        "pseudonymise", "a.txt", "--out", "ut", "--key", "k.json", "--decisions", "f.csv", status=1
    )
    assert "row 2: the decision is 'kanskje'" in ran.stderr


def test_one_bad_file_costs_only_itself(tmp_path: Path, mestring: Mestring) -> None:
    lay(tmp_path / "inn")
    (tmp_path / "inn" / "e.docx").write_bytes(b"PK\x03\x04 broken")
    ran = mestring("pseudonymise", "inn", "--out", "ut", "--key", "key.json", status=1)
    assert "e.docx" in ran.stderr and len(list((tmp_path / "ut").iterdir())) == 6


def test_one_who_asks_in_one_interview_answers_as_informant_in_another(
    tmp_path: Path, mestring: Mestring
) -> None:
    a = "Ola Berg: Hva er mestring?\nKari Li: Å få til ting.\n" * 3
    b = "Lise Moe: Hva er mestring?\nOla Berg: Å få til ting, sa jeg, Ola Berg.\n" * 3
    (tmp_path / "inn").mkdir()
    for name, text in (("a", a), ("b", b), ("c", "P: Hva?\nI: Jeg kjenner Ola Berg.\n")):
        (tmp_path / "inn" / f"{name}.txt").write_text(text)
    done = pseudonymise_files(tmp_path / "inn", tmp_path / "ut", tmp_path / "key.json")
    hidden = {name: (tmp_path / "ut" / f"{name}.txt").read_text() for name in "abc"}
    assert hidden["a"].startswith("Intervjuer: Hva er mestring?\nInformant 1: Å")
    assert hidden["b"].startswith("Intervjuer 2: Hva er mestring?\nInformant 2: Å")
    assert "sa jeg, [Informant 2]." in hidden["b"] and "kjenner [Intervjuer]." in hidden["c"]
    assert any(one.document == "b" and one.form == "Ola Berg" for one in done.doubts)
    mestring("suggest", "ut/b.txt", "--out", "forslag")
    restore_files(tmp_path / "ut", tmp_path / "igjen", tmp_path / "key.json")
    assert (tmp_path / "igjen" / "b.txt").read_text() == b
    key = Key()
    spoken = [mn.read_transcript(tmp_path / "inn" / f"{name}.txt") for name in "ab"]
    assert mn.restore(mn.pseudonymise(spoken, key), key) == spoken


def test_a_sheet_named_as_a_speaker_costs_only_its_file(tmp_path: Path, mestring: Mestring) -> None:
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    book.active.title = "Kari Hansen"
    for row in (["Hvem", "Tekst"], ["P", "Hva er bra?"], ["Kari Hansen", "Å spørre, og å få svar."]):
        book.active.append(row)
    lay(tmp_path / "inn")
    there = len(list((tmp_path / "inn").iterdir()))
    book.save(tmp_path / "inn" / "ark.xlsx")
    ran = mestring("pseudonymise", "inn", "--out", "ut", "--key", "key.json", status=1)
    assert "inn/ark.xlsx" in ran.stderr and "Rename the sheet" in ran.stderr
    written = list((tmp_path / "ut").iterdir())
    assert len(written) == there + 1 and (tmp_path / "key.funn.csv").is_file()
    assert not any(one.suffix == ".xlsx" for one in written)
    ran = mestring("pseudonymise", "inn/ark.xlsx", "--out", "ut2", "--key", "k2.json", status=1)
    assert "inn/ark.xlsx" in ran.stderr and not (tmp_path / "ut2").exists()


@pytest.mark.parametrize(
    ("name", "is_told"),
    [
        ("intervju_03", False),
        ("Kari_Nordmann", True),
        ("nav_verdal_leder", True),
        ("kontor b", False),
        ("2024-05-01 runde 2", False),
    ],
)
def test_names_of_files(name: str, is_told: bool) -> None:
    assert tells(name, Key()) is is_told


def test_an_address_over_two_paragraphs(tmp_path: Path) -> None:
    document = docx.Document()
    for words in ("P: Hvor bor du?", "I: Storgata 5,", "7020 Trondheim, og ring 93 41 60 27."):
        document.add_paragraph(words)
    document.save(tmp_path / "a.docx")
    pseudonymise_files(tmp_path / "a.docx", tmp_path / "ut", tmp_path / "key.json")
    hidden = [one.text for one in docx.Document(tmp_path / "ut" / "a.docx").paragraphs]
    assert hidden[1:] == ["I: [adresse],", "[adresse 2], og ring [telefonnummer]."]


def test_spreadsheets_and_opendocument(tmp_path: Path) -> None:
    from odf.opendocument import OpenDocumentText
    from odf.text import P, Span
    from openpyxl import Workbook
    from openpyxl.comments import Comment

    book = Workbook()
    book.properties.creator = "Kari Nordmann"
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Hvem", "Tekst"],
        ["P", "Hva er bra her, Torunn?"],
        ["I", "Å spørre Ali Hassan fra Verdal."],
        ["I", 93416027],
    ):
        sheet.append(row)
    sheet["A2"].comment = Comment("Ring Torunn Berg", "Kari Nordmann")
    (tmp_path / "inn").mkdir()
    book.save(tmp_path / "inn" / "a.xlsx")
    text = OpenDocumentText()
    for first, bold, rest in (
        ("P: Hva er bra, ", "Toru", "nn?"),
        ("I: Å spørre Ali", " Hassan", " fra Verdal."),
    ):
        paragraph = P(text=first)
        paragraph.addElement(Span(text=bold))
        paragraph.addText(rest)
        text.text.addElement(paragraph)
    text.save(tmp_path / "inn" / "b.odt")
    pseudonymise_files(tmp_path / "inn", tmp_path / "ut", tmp_path / "key.json")
    there = every_word(tmp_path / "ut")
    assert not re.search(r"Torunn|Nordmann|Hassan|Verdal|93416027", there)
    hidden = mn.read_transcript(tmp_path / "ut" / "b.odt").text
    assert "Hva er bra, [Person 3]?" in hidden and "fra [kommune]." in hidden
    restore_files(tmp_path / "ut", tmp_path / "igjen", tmp_path / "key.json")
    for name in ("a.xlsx", "b.odt"):
        before, after = (
            mn.read_transcript(folder / name) for folder in (tmp_path / "inn", tmp_path / "igjen")
        )
        assert before.text == after.text


def test_what_has_no_form_becomes_text(tmp_path: Path) -> None:
    (tmp_path / "a.rtf").write_bytes(rb"{\rtf1\ansi P: Hva?\par I: Torunn Berg sa det.\par}")
    done = pseudonymise_files(tmp_path / "a.rtf", tmp_path / "ut", tmp_path / "key.json")
    assert (tmp_path / "ut" / "a.txt").read_text() == "P: Hva?\nI: [Person 1] sa det."
    assert any("cannot be kept" in note for note in done.notes)


def test_an_installed_model_finds_more(tmp_path: Path) -> None:
    import spacy

    pipeline = spacy.blank("nb")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "PER", "pattern": "fjellreven"}])  # type: ignore[attr-defined]
    pipeline.to_disk(tmp_path / "modell")
    (tmp_path / "a.txt").write_text("P: Hva?\nI: Det var fjellreven som kom.\n")
    pseudonymise_files(
        tmp_path / "a.txt", tmp_path / "ut", tmp_path / "key.json", ner=str(tmp_path / "modell")
    )
    assert "[Person 1] som kom" in (tmp_path / "ut" / "a.txt").read_text()
    with pytest.raises(mn.MestringError, match="no model 'nb_none' is installed"):
        pseudonymise_files(tmp_path / "a.txt", tmp_path / "ut2", tmp_path / "k.json", ner="nb_none")


def test_suggesting_warns_of_names(tmp_path: Path, mestring: Mestring) -> None:
    (tmp_path / "a.txt").write_text(INTERVIEW)
    ran = mestring("suggest", "a.txt", "--out", "forslag")
    assert (
        "a may not be pseudonymised yet (" in ran.stdout and "mestring pseudonymise a.txt" in ran.stdout
    )
    mestring("pseudonymise", "a.txt", "--out", "ut", "--key", "nk/key.json")
    assert "pseudonymise" not in mestring("suggest", "ut/a.txt", "--out", "forslag2").stdout


def test_texts_that_became_alike_are_not_mixed_up() -> None:
    key = Key()
    texts = ["Så kom Kari Nordmann.", "Så kom KARI NORDMANN."]
    hidden = mn.pseudonymise(texts, key)
    assert mn.restore(hidden, key) == texts
    if hidden[0] == hidden[1]:
        with pytest.raises(mn.MestringError, match="2 texts of the key look like this one"):
            mn.restore(hidden[0], key)
