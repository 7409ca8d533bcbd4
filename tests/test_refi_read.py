from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from refi_files import (
    PROJECT_XSD,
    SHAPES,
    TALK,
    WORDS,
    archive,
    codes,
    guid,
    project,
    read,
    selection,
    simple,
    source,
    users,
    utf16,
    words_of,
    xml_of,
)

import mestring_nlp as mn
from mestring_nlp.codings import read_codings
from mestring_nlp.files import write_folder
from mestring_nlp.readers.decoding import canonical
from mestring_nlp.refi import (
    import_project,
    read_project,
    uncoded_turns,
    without_speakers,
)
from mestring_nlp.refi.positions import Counting

# ------------------------------------------------------------------ shapes of programs


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_shape_gives_the_words_that_were_coded(shape: str) -> None:
    data = SHAPES[shape]()
    found = read(data)
    assert words_of(found) == WORDS
    assert [s.text for s in found.sources] == [canonical(TALK)]
    assert [s.name for s in found.sources] == ["Intervju 1"]
    assert [code.name for code in found.codebook] == ["Trygghet", "Læring", "Mestring"]
    assert [code.id for code in found.codebook] == ["trygghet", "laering", "mestring"]
    PROJECT_XSD.validate(io.BytesIO(xml_of(data)))  # the shape is one that the standard allows


def test_counting_is_found_out() -> None:
    assert {shape: read(make()).counting for shape, make in SHAPES.items()} == {
        "nvivo": Counting(utf16=True),
        "maxqda": Counting(),
        "atlas": Counting(crlf_as_one=True),
        "qualcoder": Counting(),
        "qualcoder for maxqda": Counting(crlf_as_one=True),
    }


def test_variables_come_from_cases_and_from_sources() -> None:
    files = import_project(read(SHAPES["nvivo"]()))
    assert (
        files["variables.csv"].decode() == "transcript,case,Enhet\nIntervju 1,Informant 1,NAV-kontor\n"
    )
    files = import_project(read(SHAPES["maxqda"]()))
    assert files["variables.csv"].decode() == "transcript,case,Enhet,År\nIntervju 1,,Kontaktsenter,7\n"
    assert "variables.csv" not in import_project(read(SHAPES["atlas"]()))


def test_cases_among_the_codes_are_no_codes() -> None:
    found = read(SHAPES["nvivo"]())
    assert "Informant 1" not in [code.name for code in found.codebook]
    (case,) = found.cases
    assert case.name == "Informant 1" and case.sources == ("Intervju 1",)


def test_what_is_not_read_is_told() -> None:
    (warning,) = read(SHAPES["atlas"]()).warnings
    assert "is a recording" in warning
    assert read(SHAPES["maxqda"]()).warnings == ()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_training_data_holds_the_same_words(shape: str, tmp_path: Path) -> None:
    found = read(SHAPES[shape]())
    write_folder(tmp_path / "data", import_project(found))
    data = mn.load_training_data(tmp_path / "data")
    assert {
        (c.coder, data.codebook[c.code].name, data.transcripts[c.transcript].text[c.start : c.end])
        for c in data.codings
    } == WORDS
    assert data.codings == found.codings
    assert data.codebook.codes == found.codebook.codes
    questions = {segment.text: segment.question for segment in data.segments("Ola")}
    assert questions["Jeg får det til."] == "Hva er bra her? 😀 Si det du vil. Og du?"


# ------------------------------------------------------------------ round trip

NAMES = ["Trygghet", "Å lære", "Trygghet", "2. ledd", "ærlig & <klar>", "É\u0301tt"]
CODERS = ["Kari Åsen", "ola", 'Per "PB"']
WORD = st.sampled_from(
    [
        "åpen",
        "a\u030apen",
        "trygg",
        "😀",
        "👍🏽",
        "kon\u00adtor",
        "til\u00a0stede",
        "lærer",
        "e\u0301n",
        "12",
        "Ja.",
    ]
)
TURN = st.tuples(st.sampled_from("IP"), st.lists(WORD, min_size=1, max_size=6))
CODING = st.tuples(
    st.integers(0, 99),
    st.integers(1, 4),
    st.integers(0, len(NAMES) - 1),
    st.sampled_from(CODERS),
    st.sampled_from(["", "Hvorfor?\nFordi «det».", "æ < ø & å", "=1+1"]),
)


def told(word: str) -> str:
    """What is left of words in canonical text, page numbers apart: no turn is a number alone."""
    return canonical(f". {word}")[2:]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(TURN, min_size=2, max_size=6),
    st.lists(CODING, max_size=8),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "NVivo 12", "ATLAS.ti 22"]),
    st.booleans(),
)
def test_import_gives_what_was_exported(
    tmp_path_factory: pytest.TempPathFactory,
    turns: list[tuple[str, list[str]]],
    coded: list[tuple[int, int, int, str, str]],
    line_end: str,
    origin: str,
    bom: bool,
) -> None:
    """Texts, spans, codes, coders and notes survive, however the program counts."""
    text, words = "", []
    for speaker, said in turns:
        text += f"{speaker}: "
        for word in said:
            words.append((len(text), len(text) + len(word)))
            text += f"{word} "
        text += line_end

    def place(position: int) -> int:
        before = text[:position]
        if origin.startswith("ATLAS"):
            before = before.replace("\r\n", "\n")
        return utf16(before) if origin.startswith("NVivo") else len(before)

    selections, expected = "", []
    for number, (first, length, code, coder, note) in enumerate(coded):
        span = words[first % len(words)][0], words[min(first % len(words) + length, len(words)) - 1][1]
        selections += selection(
            place(span[0]),
            place(span[1]),
            (f"kode {code}", coder),
            note=note,
            key=f"valg {number}",
        )
        expected.append((told(text[slice(*span)]), code, coder, note))
    tree = [
        f"<Code guid='{guid(f'kode {i}')}' name='{escape(n)}' isCodable='true'"
        for i, n in enumerate(NAMES)
    ]
    book = (
        f"<CodeBook><Codes>{tree[0]}>{tree[1]}>{tree[2]}/></Code></Code>{tree[3]}>{tree[4]}/></Code>{tree[5]}/>"
        "</Codes></CodeBook>"
    )
    xml = project(
        users(*CODERS) + book + f"<Sources>{source('Intervju/1', selections)}</Sources>", origin=origin
    )
    data = archive(
        xml, {f"sources/{guid('Intervju/1')}.txt": (b"\xef\xbb\xbf" if bom else b"") + text.encode()}
    )

    found = read(data)
    (there,) = found.sources
    assert there.text == canonical(text) and there.title == "Intervju/1"
    assert [code.name for code in found.codebook] == NAMES
    assert len(set(found.codebook.ids)) == len(NAMES)
    assert found.codebook.ids[0] == "trygghet" and found.codebook.ids[2] == "trygghet_aa_laere_trygghet"
    ids = found.codebook.ids
    made = [(there.text[c.start : c.end], ids.index(c.code), c.coder, c.note) for c in found.codings]
    assert set(made) == set(expected) and len(set(found.codings)) == len(found.codings)

    folder = tmp_path_factory.mktemp("ut") / "data"
    write_folder(folder, import_project(found))
    loaded = mn.load_training_data(folder)
    assert [(c.transcript, c.start, c.end, c.code, c.coder) for c in loaded.codings] == [
        (c.transcript, c.start, c.end, c.code, c.coder) for c in found.codings
    ]
    assert [t.text for t in loaded.transcripts.values()] in ([], [there.text])
    assert loaded.codebook.codes == found.codebook.codes
    assert [c.note.removeprefix("'") for c in loaded.codings] == [c.note for c in found.codings]


# ------------------------------------------------------------------ leniency


@pytest.mark.parametrize(
    ("member", "folder", "path"),
    [
        ("project.qde", "sources", "internal://{}.txt"),
        ("Prøve.qde", "Sources", "internal://{}.TXT"),
        ("project.qde", "SOURCES", "internal:///{}.txt"),
        ("project.qde", "sources", "internal://{{{}}}.txt"),
        ("mappe/project.qde", "mappe/sources", "internal://sources/{}.txt"),
    ],
)
def test_places_of_files(member: str, folder: str, path: str) -> None:
    name = guid("en").lower()
    inside = source("en", selection(3, 5, ("Ro", "Kari")), plainTextPath=path.format(name))
    data = archive(
        project(users("Kari") + codes("Ro") + f"<Sources>{inside}</Sources>"),
        {f"{folder}/{name.upper()}.txt": b"I: Ja."},
        member,
    )
    assert words_of(read(data)) == {("Kari", "Ro", "Ja")}


def test_braces_and_case_of_guids_missing_dates_and_a_text_in_the_xml() -> None:
    body = (
        f"<Users><User guid='{{{guid('Kari').lower()}}}' name='Kari'/></Users>"
        f"<CodeBook><Codes><Code guid='{{{guid('Ro')}}}' name='Ro' isCodable='true'/></Codes></CodeBook>"
        f"<Sources><TextSource guid='{guid('en')}' name='en'><PlainTextContent>I: Ja &amp; nei.</PlainTextContent>"
        f"{selection(3, 12, ('Ro', 'Kari')).replace(guid('Ro'), guid('Ro').lower())}</TextSource></Sources><Sets/>"
    )
    found = read(archive(project(body)))
    assert words_of(found) == {("Kari", "Ro", "Ja & nei.")} and found.warnings == ()


def test_utf_16_and_a_prefix() -> None:
    xml = xml_of(simple(TALK, selection(3, 6, ("Læring", "Ola")))).decode()
    xml = (
        xml.replace("<", "<q:")
        .replace("<q:/", "</q:")
        .replace("<q:?", "<?")
        .replace("xmlns=", "xmlns:q=")
    )
    data = archive(
        xml.replace("utf-8", "utf-16").encode("utf-16"), {f"sources/{guid('en')}.txt": TALK.encode()}
    )
    assert words_of(read(data)) == {("Ola", "Læring", "Hva")}


def test_headings_are_no_codes_unless_someone_coded_with_them() -> None:
    book = "<CodeBook><Codes>{}</Codes></CodeBook>".format(
        "".join(f"<Code guid='{guid(n)}' name='{n}' isCodable='false'/>" for n in ("Tom", "Brukt"))
    )
    inside = source("en", selection(3, 5, ("Brukt", "Kari")))
    found = read(
        archive(
            project(users("Kari") + book + f"<Sources>{inside}</Sources>"),
            {f"sources/{guid('en')}.txt": b"I: Ja."},
        )
    )
    assert found.codebook.ids == ("brukt",)


def test_names_of_files_and_coders_are_unlike_and_harmless() -> None:
    titles = ["../../etc/passwd", "CON", "=cmd()", "Åse.docx", "ÅSE.docx", "Åse.docx", ".", "a" * 300]
    inside = "".join(
        source(title, guid=guid(i), plainTextPath="").replace("></TextSource>", "><PlainTextContent>I: Ja.</PlainTextContent></TextSource>")
        for i, title in enumerate(titles)
    )  # fmt: skip
    twins = f"<Users><User guid='{guid('a')}' name='Kari'/><User guid='{guid('b')}' name='kari'/><User guid='{guid('c')}'/></Users>"
    found = read(archive(project(twins + codes("Ro") + f"<Sources>{inside}</Sources>")))
    names = [s.name for s in found.sources]
    assert names[:7] == [
        "etc-passwd",
        "_CON",
        "cmd()",
        "Åse.docx",
        "ÅSE.docx (2)",
        "Åse.docx (3)",
        "Intervju",
    ]
    assert len(names[7]) == 120
    assert found.users == ("Kari", "kari (2)", guid("c").lower())
    files = import_project(found)
    assert all(".." not in Path(name).parts and not name.startswith("/") for name in files)


def test_who_coded() -> None:
    """The coding says, or the passage around it; or nobody does, or someone whom the project does not know."""
    by = f" creatingUser='{guid('Ola')}'"
    inside = (
        selection(3, 5, ("Trygghet", "Kari")),
        selection(3, 5, ("Læring", "?"), key="b").replace(f" creatingUser='{guid('?')}'", "").replace("endPos", f"{by[1:]} endPos", 1),
        selection(6, 9, ("Læring", "?"), key="c").replace(f" creatingUser='{guid('?')}'", ""),
        selection(6, 9, ("Trygghet", "fremmed"), key="d"),
    )  # fmt: skip
    found = read(simple("I: Ja nei da", *inside))
    assert [c.coder for c in found.codings] == ["Kari", "Ola", "ukjent", guid("fremmed").lower()]
    assert len(found.warnings) == 1 and "user" in found.warnings[0]


def test_notes_come_from_the_coding_and_the_passage() -> None:
    note = f"<NoteRef targetGUID='{guid('notat')}'/>"
    inside = selection(3, 5, ("Trygghet", "Kari"), note="Om stedet").replace(
        "</Coding>", f"{note}</Coding>"
    )
    body = users("Kari") + codes("Trygghet") + f"<Sources>{source('en', inside)}</Sources>"
    body += f"<Notes><Note guid='{guid('notat')}'><PlainTextContent>Om koden</PlainTextContent></Note></Notes>"
    found = read(archive(project(body), {f"sources/{guid('en')}.txt": b"I: Ja."}))
    assert [c.note for c in found.codings] == ["Om koden\nOm stedet"]


def test_sources_without_text_are_told_of_and_kept() -> None:
    coding = f"<Coding guid='{guid('k')}'><CodeRef targetGUID='{guid('Trygghet')}'/></Coding>"
    others = (
        f"<PDFSource guid='{guid('p')}' name='Brev'><PDFSelection guid='{guid('s')}' page='1' firstX='0' firstY='0' secondX='1' secondY='1'>{coding}</PDFSelection></PDFSource>"
        f"<TextSource guid='{guid('d')}' name='Dok' richTextPath='internal://x.docx'/>"
        f"<TextSource guid='{guid('u')}' name='Ute' plainTextPath='relative:///../../hemmelig.txt'/>"
        f"<TextSource guid='{guid('t')}' name='Tom'><PlainTextContent> </PlainTextContent></TextSource>"
    )
    whole = coding.replace(guid("k"), guid("hel"))
    body = users("Kari") + codes("Trygghet") + f"<Sources>{others}{source('en', whole)}</Sources>"
    found = read(archive(project(body), {f"sources/{guid('en')}.txt": b"I: Ja."}))
    assert [s.title for s in found.sources] == ["en"] and found.codings == ()
    told = "\n".join(found.warnings)
    for says in (
        "Brev is a PDF",
        "1 codings",
        "Dok: the text is there as a document alone",
        "Ute: the text lies outside",
        "Tom: the text is empty",
        "en: 1 codings of the whole text",
    ):
        assert says in told


def test_empty_passages_and_doubled_codings() -> None:
    text = "I: kon\u00adtor"
    inside = [
        selection(6, 7, ("Trygghet", "Kari")),
        selection(3, 3, ("Trygghet", "Kari"), key="b"),
        selection(3, 10, ("Læring", "Ola"), key="c"),
        selection(3, 10, ("Læring", "Ola"), key="d"),
    ]
    found = read(simple(text, *inside))
    assert words_of(found) == {("Ola", "Læring", "kontor")} and len(found.codings) == 1
    assert any("2 coded passages hold no text" in warning for warning in found.warnings)


def test_misplaced_passages_are_told_of() -> None:
    inside = [selection(i, i + 3, ("Trygghet", "Kari"), key=i) for i in (5, 12, 20)]
    (warning,) = read(simple("I: Beklageligvisogsåheltutrolig langeord", *inside)).warnings
    assert "lie within a word" in warning
    assert read(simple("P: Ja\r\nI: Nei")).warnings[0].startswith("no coded passage shows")


# ------------------------------------------------------------------ as training data, as a coder


def test_texts_without_speakers_are_the_informants(tmp_path: Path) -> None:
    text = "Vi lærer av hverandre.\n\nOg vi er trygge. #00:01:20-5#\nWEBVTT"
    start = text.index("vi er trygge")
    found = read(simple(text, selection(start, start + 12, ("Trygghet", "Kari"))))
    assert without_speakers(found) == ["en"] and without_speakers(read(SHAPES["maxqda"]())) == []
    write_folder(tmp_path / "data", import_project(found))
    data = mn.load_training_data(tmp_path / "data")
    assert data.transcripts["en"].text == text
    assert [segment.text for segment in data.segments()] == ["vi er trygge"]
    assert {turn.role for turn in data.transcripts["en"].turns} == {"informant"}


@pytest.mark.parametrize(
    "text",
    [
        "WEBVTT\n\n00:01.000 --> 00:02.000\nI: Ja, trygge.\n",
        '{"segments": []} I: Ja, trygge.',
        "speaker\ttext\nI\tJa, trygge.\nP\tNei\n",
    ],
)
def test_texts_that_look_like_another_format_are_taken_as_they_stand(text: str, tmp_path: Path) -> None:
    start = text.index("trygge")
    found = read(simple(text, selection(start, start + 6, ("Trygghet", "Kari"))))
    write_folder(tmp_path / "data", import_project(found))
    (segment,) = mn.load_training_data(tmp_path / "data").segments()
    assert segment.text == "trygge"


def test_turns_that_a_coder_passed_over_can_count_as_without_code(tmp_path: Path) -> None:
    text = "P: Hva?\nI: Vi er trygge.\nP: Og du?\nI: Kaffe, takk.\nP: Ja?\nI: Vi lærer."
    spans = {("trygge", "Trygghet", "Kari"), ("lærer", "Læring", "Kari"), ("lærer", "Læring", "Ola")}
    inside = [
        selection(text.index(w), text.index(w) + len(w), (code, coder), key=f"{w}{coder}")
        for w, code, coder in sorted(spans)
    ]
    found = read(simple(text, *inside))
    passed = [(c.coder, text[c.start : c.end], c.code) for c in uncoded_turns(found)]
    assert sorted(passed) == [
        ("Kari", "Kaffe, takk.", ""),
        ("Ola", "Kaffe, takk.", ""),
        ("Ola", "Vi er trygge.", ""),
    ]
    write_folder(tmp_path / "data", import_project(found, uncoded=True))
    segments = mn.load_training_data(tmp_path / "data").segments("Kari")
    assert {segment.text: segment.codes for segment in segments} == {
        "trygge": ("trygghet",), "lærer": ("laering",), "Kaffe, takk.": (),
    }  # fmt: skip
    assert uncoded_turns(read(simple(text))) == []


def test_codings_for_agreement(tmp_path: Path) -> None:
    file = tmp_path / "p.qdpx"
    file.write_bytes(SHAPES["nvivo"]())
    with pytest.raises(
        mn.MestringError, match=r"2 coders coded \(Ola, Kari\)|2 coders coded \(Kari, Ola\)"
    ):
        read_codings(file)
    kari = read_codings(file, "Kari")
    assert {(s.text, *s.codes) for s in kari.spans} == {
        (w, read(file.read_bytes()).codebook.ids[["Trygghet", "Læring", "Mestring"].index(c)])
        for k, c, w in WORDS
        if k == "Kari"
    }
    assert kari.texts == {"Intervju 1": canonical(TALK)}


def test_read_project_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "mitt.qdpx"
    file.write_bytes(simple())
    found = read_project(file)
    assert found.place == str(file) and found.name == "Prøve"
    with pytest.raises(mn.MestringError, match=r"ikke\.qdpx"):
        read_project(tmp_path / "ikke.qdpx")


def test_import_needs_texts_and_codes() -> None:
    with pytest.raises(mn.MestringError, match="no text"):
        import_project(read(archive(project(codes("Ro")))))
    with pytest.raises(mn.MestringError, match="no codes"):
        import_project(
            read(
                archive(
                    project(f"<Sources>{source('en')}</Sources>"),
                    {f"sources/{guid('en')}.txt": b"I: Ja."},
                )
            )
        )


def test_csv_of_codings_is_no_formula() -> None:
    inside = selection(3, 5, ("Trygghet", "Kari"), note="=HYPERLINK(1)")
    rows = list(
        csv.DictReader(
            io.StringIO(import_project(read(simple("I: Ja.", inside)))["codings.csv"].decode())
        )
    )
    assert rows[0]["note"] == "'=HYPERLINK(1)" and rows[0]["start"] == "3"
