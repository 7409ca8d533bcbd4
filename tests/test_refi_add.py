from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrefiqda.refiproject import RefiProject
from refi_files import (
    PROJECT_XSD,
    SHAPES,
    WORDS,
    archive,
    codes,
    guid,
    members,
    project,
    read,
    selection,
    simple,
    source,
    users,
    words_of,
    xml_of,
)

import mestring_nlp as mn
from mestring_nlp.codebook import Code
from mestring_nlp.refi import Project, add_suggestions
from mestring_nlp.refi.adding import _additions
from mestring_nlp.refi.markup import DATE
from mestring_nlp.transcript import Segment

CODER = "mestring-nlp 9.9"
BOOK = mn.Codebook(
    "Trivsel",
    "1",
    (
        Code("trygghet", "TRYGGHET", "Å være trygg."),
        Code("laering", "LÆRING", "Å lære."),
        Code("ny", "Ny & <kode>", "Noe nytt."),
    ),
)


def suggested(
    found: Project, *marked: tuple[str, tuple[str, ...]], number: int = 0
) -> list[mn.CodedInterview]:
    """Suggestions for words of one of a project's texts."""
    there = found.sources[number]
    made = []
    for words, given_ in marked:
        start = there.text.index(words)
        segment = Segment(there.name, 2, "I", start, start + len(words), words, "Hva?")
        made.append(mn.Suggestion(segment, given_, dict.fromkeys(BOOK.ids, 0.4), 0.2, not given_))
    return [mn.CodedInterview(mn.Transcript(there.name, there.text, ()), made)]


MARKED = (
    ("og vi lærer av hverandre", ("trygghet", "ny")),
    ("Det kjennes godt", ("laering",)),
    ("Jeg får det til.", ()),
)


def undone(found: Project, given_: list[mn.CodedInterview], changed: bytes) -> bytes:
    """The XML with every piece that was added taken out again."""
    edits = _additions(xml_of(found.data), found, given_, BOOK, CODER, DATE).edits()
    original, pieces, place, last = xml_of(found.data), b"", 0, 0
    for edit in edits:
        kept = edit.start - last
        pieces += changed[place : place + kept]
        place += kept
        assert changed[place : place + len(edit.data)] == edit.data
        # Nothing is replaced but the end of an element that was empty.
        assert original[edit.start : edit.end].decode(errors="ignore").replace("\0", "") in ("", "/>")
        pieces += original[edit.start : edit.end]
        place += len(edit.data)
        last = edit.end
    return pieces + changed[place:]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_suggestions_stand_beside_what_people_coded(shape: str) -> None:
    found = read(SHAPES[shape]())
    given_ = suggested(found, *MARKED)
    data = add_suggestions(found, given_, BOOK, CODER)
    after = read(data)
    added = {
        (CODER, "Trygghet", "og vi lærer av hverandre"),
        (CODER, "Ny & <kode>", "og vi lærer av hverandre"),
        (CODER, "Læring", "Det kjennes godt"),
    }
    assert words_of(after) == WORDS | added
    assert [(s.guid, s.name, s.text, s.values) for s in after.sources] == [
        (s.guid, s.name, s.text, s.values) for s in found.sources
    ]
    assert after.counting == found.counting and after.cases == found.cases
    assert after.users == (*found.users, CODER) and after.warnings == found.warnings
    PROJECT_XSD.validate(io.BytesIO(xml_of(data)))
    assert add_suggestions(found, given_, BOOK, CODER) == data


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_everything_else_is_as_it_was_byte_by_byte(shape: str) -> None:
    found = read(SHAPES[shape]())
    given_ = suggested(found, *MARKED)
    data = add_suggestions(found, given_, BOOK, CODER)
    assert undone(found, given_, xml_of(data)) == xml_of(found.data)
    before, after = members(found.data), members(data)
    assert list(before) == list(after)
    assert all(after[name] == before[name] for name in before if not name.endswith(".qde"))


def test_positions_are_as_the_project_counts_them() -> None:
    """Two emoji of four units and two line ends lie before the last passage."""
    places = {}
    for shape in ("nvivo", "maxqda", "atlas"):
        found = read(SHAPES[shape]())
        xml = xml_of(
            add_suggestions(found, suggested(found, ("godt å mestre", ("ny",))), BOOK, CODER)
        ).decode()
        (place,) = re.findall(r'name="godt å mestre" startPosition="(\d+)" endPosition="(\d+)"', xml)
        places[shape] = tuple(map(int, place))
        assert places[shape][1] - places[shape][0] == len("godt å mestre")
    lf = places["maxqda"]
    assert places["atlas"] == lf
    # CR LF counts as two, three times; one emoji, and one with a tone of skin, as twice as many.
    assert places["nvivo"] == (lf[0] + 3 + 3, lf[1] + 3 + 3)


def test_codes_are_found_by_name_then_by_id_and_headings_are_no_codes() -> None:
    book = (
        "<CodeBook><Codes>"
        f"<Code guid='{guid('a')}' name='Noe annet' isCodable='true'><Description>x\nId: trygghet</Description></Code>"
        f"<Code guid='{{{guid('b').lower()}}}' name='la\u030aRING' isCodable='true'/>"
        f"<Code guid='{guid('c')}' name='Ny &amp; &lt;kode&gt;' isCodable='false'/>"
        "</Codes></CodeBook>"
    )
    body = users("Kari") + book + f"<Sources>{source('en')}</Sources>"
    found = read(archive(project(body), {f"sources/{guid('en')}.txt": b"I: Ja, vi vil."}))
    ours = replace(BOOK, codes=(BOOK.codes[0], replace(BOOK.codes[1], name="Låring"), BOOK.codes[2]))
    data = add_suggestions(found, suggested(found, ("Ja", ("trygghet", "laering", "ny"))), ours, CODER)
    xml = xml_of(data).decode()
    assert f'<CodeRef targetGUID="{guid("a")}"/>' in xml
    assert f'<CodeRef targetGUID="{{{guid("b").lower()}}}"/>' in xml  # as the project writes it
    assert [code.name for code in read(data).codebook] == [
        "Noe annet",
        "la\u030aRING",
        "Ny & <kode> (2)",
    ]
    assert xml.count("<Code ") == 4


def test_twice_gives_two_coders_and_no_guid_twice() -> None:
    found = read(SHAPES["nvivo"]())
    once = add_suggestions(found, suggested(found, *MARKED), BOOK, CODER)
    again = read(once)
    twice = add_suggestions(again, suggested(again, *MARKED), BOOK, CODER)
    assert read(twice).users == ("Kari", "Ola", CODER, f"{CODER} (2)")
    assert read(twice).codebook == again.codebook
    guids = re.findall(r"""\bguid=["']([^"']+)""", xml_of(twice).decode())
    # NVivo lists a case among the codes, under one GUID; nothing else may come twice.
    assert len(guids) - len({g.casefold() for g in guids}) == 1
    by = {
        name: {(c.start, c.end, c.code) for c in read(twice).codings if c.coder == name}
        for name in read(twice).users
    }
    assert by[CODER] == by[f"{CODER} (2)"]


EMPTY = [
    "{users}{codes}<Sources>{source}</Sources>",
    "<Sources>{source}</Sources>",
    "<Users/><CodeBook/><Sources>{source}</Sources><Notes/>",
    "<Users /><CodeBook><Codes /></CodeBook><Sources>{source}</Sources><Notes></Notes><Sets/>",
    "<Users></Users><CodeBook></CodeBook><Variables/><Cases/><Sources>{source}</Sources><Links/>",
    "<!-- <Users> --><?vår merknad?>{users}<Ukjent><Users/></Ukjent>{codes}<Sources><!-- </Sources> -->{source}</Sources>",
]
BARE = [
    f"<TextSource guid='{guid('en')}' name='en' plainTextPath='internal://{guid('en')}.txt'/>",
    f"<TextSource guid='{guid('en')}' name='en' plainTextPath='internal://{guid('en')}.txt'\n  ></TextSource>",
    f"<TextSource guid='{guid('en')}' name='a/>'><PlainTextContent>I: Ja, 😀 vi &amp; de vil.</PlainTextContent></TextSource>",
    f"<TextSource guid='{guid('en')}' name='en' plainTextPath='internal://{guid('en')}.txt'><Description/>"
    f"{selection(3, 5, note='x')}<Coding guid='{guid('hel')}'><CodeRef targetGUID='{guid('Trygghet')}'/></Coding>"
    f"<VariableValue><VariableRef targetGUID='{guid('v')}'/></VariableValue></TextSource>",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
@pytest.mark.parametrize("text", BARE, ids=range(len(BARE)))
@pytest.mark.parametrize("shape", EMPTY, ids=range(len(EMPTY)))
def test_places_are_found_or_made_in_the_order_of_the_schema(
    shape: str, text: str, encoding: str
) -> None:
    if "hel" in text and "{codes}" not in shape:
        text = re.sub(r"<Coding .*?</Coding>", "", text) if shape else text
    text = (
        re.sub(rf"<Coding guid='{guid('hel')}'.*?</Coding>", "", text)
        if "{codes}" not in shape
        else text
    )
    xml = project(shape.format(users=users("Kåre"), codes=codes("Trygghet"), source=text))
    xml = xml.replace("utf-8", encoding.removesuffix("-sig"))
    data = archive(
        xml.encode(encoding, "xmlcharrefreplace"),
        {f"sources/{guid('en')}.txt": "I: Ja, 😀 vi & de vil.".encode()},
    )
    found = read(data)
    given_ = suggested(found, ("vi & de", ("trygghet", "ny")), ("Ja", ()))
    made = add_suggestions(found, given_, BOOK, CODER)
    assert undone(found, given_, xml_of(made)) == xml_of(data)
    after = read(made)
    ours = {(coder, words) for coder, _, words in words_of(after)}
    assert ours == {(CODER, "vi & de")} and after.users[-1] == CODER
    if "Ukjent" not in shape and "<Variables/>" not in shape and "<Sets/>" not in shape:
        PROJECT_XSD.validate(io.BytesIO(xml_of(made)))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(["åpen", "a\u030apen", "😀", "til\u00a0stede", "kon\u00adtor"]), st.booleans()), min_size=1, max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "NVivo", "ATLAS.ti"]),
    st.booleans(),
)  # fmt: skip
def test_any_words_are_hit_in_any_convention(
    said: list[tuple[str, bool]], end: str, origin: str, bom: bool
) -> None:
    text = f"P: Hva?{end}I: " + end.join(word for word, _ in said)
    xml = project(users("Kari") + codes("Ro") + f"<Sources>{source('en')}</Sources>", origin=origin)
    data = archive(xml, {f"sources/{guid('en')}.txt": (b"\xef\xbb\xbf" if bom else b"") + text.encode()})
    found = read(data)
    lines = found.sources[0].text.split("\n")
    position, made, expected = len(lines[0]) + 1 + 3, [], []
    for line, (_, wanted) in zip([lines[1][3:], *lines[2:]], said, strict=True):
        if wanted:
            segment = Segment("en", 2, "I", position, position + len(line), line, "Hva?")
            made.append(mn.Suggestion(segment, ("ny",), {"ny": 0.9}, 0.1, False))
            expected.append((position, position + len(line)))
        position += len(line) + 1
    after = read(
        add_suggestions(found, [mn.CodedInterview(mn.Transcript("en", text, ()), made)], BOOK, CODER)
    )
    assert [(c.start, c.end) for c in after.codings] == expected
    assert after.sources[0].text == found.sources[0].text


def test_the_archive_keeps_its_marks() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.comment = "min øvelse".encode()
        for name, content in (
            ("project.qde", xml_of(simple())),
            (f"sources/{guid('en')}.txt", b"I: Ja."),
            ("sources/", b""),
            ("lyd.mp3", b"\0\1"),
        ):
            member = zipfile.ZipInfo(name, (2021, 3, 4, 5, 6, 8))
            member.compress_type = zipfile.ZIP_STORED if name == "lyd.mp3" else zipfile.ZIP_DEFLATED
            member.external_attr, member.create_system, member.comment = 0o600 << 16, 0, b"merk"
            member.extra = b"UT\x05\x00\x01\x00\x00\x00\x00"
            file.writestr(member, content)
    old = buffer.getvalue().replace(
        b"lyd.mp3", b"l\x86d.mp3"
    )  # å in code page 437, without the mark for UTF-8
    new = add_suggestions(read(old), [], BOOK, CODER)
    assert b"l\x86d.mp3" in new
    with zipfile.ZipFile(io.BytesIO(old)) as before, zipfile.ZipFile(io.BytesIO(new)) as after:
        assert after.testzip() is None and after.comment == before.comment
        for a, b in zip(before.infolist(), after.infolist(), strict=True):
            for field in (
                "filename",
                "date_time",
                "compress_type",
                "comment",
                "extra",
                "create_system",
                "external_attr",
            ):
                assert getattr(a, field) == getattr(b, field), field
            assert a.filename == "project.qde" or before.read(a) == after.read(b)


def test_pyrefiqda_reads_the_result(tmp_path: Path) -> None:
    found = read(SHAPES["maxqda"]())
    (tmp_path / "p.qdpx").write_bytes(add_suggestions(found, suggested(found, *MARKED), BOOK, CODER))
    theirs = RefiProject.load(tmp_path / "p.qdpx", extract_dir=str(tmp_path / "ut"))
    (there,) = theirs.sources.text_source
    text = RefiProject.resolve_source_path(there.plain_text_path, tmp_path / "ut").read_text("utf-8")
    names = {code.guid: code.name for code in theirs.code_book.codes.code}
    coders = {user.guid: user.name for user in theirs.users.user}
    assert {
        (coders[c.creating_user], names[c.code_ref.target_guid], text[s.start_position : s.end_position])
        for s in there.plain_text_selection
        for c in s.coding
    } == words_of(read((tmp_path / "p.qdpx").read_bytes()))


def test_an_unknown_text() -> None:
    found = read(simple())
    with pytest.raises(mn.MestringError, match=r"no text called 'x'.*en"):
        add_suggestions(found, [mn.CodedInterview(mn.Transcript("x", "", ()), [])], BOOK, CODER)


def test_suggestions_for_another_text() -> None:
    found = read(simple())
    (own,) = suggested(found, ("trygge", ("ny",)))
    for start, end in ((0, 6), (30, 36), (500, 506)):
        moved = replace(
            own.suggestions[0], segment=replace(own.suggestions[0].segment, start=start, end=end)
        )
        with pytest.raises(mn.MestringError, match=rf"en: the text at {start}-{end} is .*'trygge'"):
            add_suggestions(found, [replace(own, suggestions=[moved])], BOOK, CODER)


def test_the_project_itself_is_not_changed() -> None:
    found = read(SHAPES["atlas"]())
    kept = replace(found)
    add_suggestions(found, suggested(found, *MARKED), BOOK, CODER)
    assert found == kept and found.data == SHAPES["atlas"]()
