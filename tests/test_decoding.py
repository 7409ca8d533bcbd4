"""Encodings: the right letters, or a refusal that says what is wrong where."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mestring_nlp as mn
from mestring_nlp.readers.decoding import canonical, decode_with_name
from mestring_nlp.readers.sources import name_of
from mestring_nlp.refi.positions import Trace

NORWEGIAN = (
    "P: Hvordan går det på jobben nå, Åse?\nI: Jo, «rått» – vi øver … Å være sammen er gøy. Én gang ble det "
    "fælt.\nP: Ørnulf på Årnes?\nI: Ja, ÆRLIG TALT, på hytta."
)
TALK = {
    "nb": NORWEGIAN,
    "one letter": "Ola: Ser du på?\nKari: ja",
    "capitals": "P: HVA GJØR DU PÅ ÅSEN? «NÅ»\nI: «Å»",
    "drawn out": "I: Nåååå, æææ, jaøø.\nP: Øøø?",
    "en": "A: I don’t know – it’s “fine”…\nB: Café, naïve.",
    "sv": "A: Hur mår du på jobbet? Över är bäst.\nB: Jättebra, älskling.",
    "de": "A: Größe über alles, schön.\nB: Straße, Äpfel und Öl.",
    "fr": "A: Où êtes-vous allé, garçon ? À Noël, ça va.\nB: Déjà là.",
    "es": "A: ¿Cómo está el niño?\nB: ¡Mañana será aún más fácil!",
    "fi": "A: Miten töissä menee, äiti?\nB: Hyvin, työ on kivaa. Öljyä.",
}
NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp850": "DOS (code page 850)"}


@pytest.mark.parametrize("encoding", NAMES)
@pytest.mark.parametrize("language", TALK)
def test_encodings_of_one_byte_are_told_from_the_letters(encoding: str, language: str) -> None:
    data = TALK[language].encode(encoding, "ignore")
    found = decode_with_name(data, place="x.txt")
    assert found.text == data.decode(encoding)
    assert found.encoding == (NAMES[encoding] if not data.isascii() else "UTF-8")
    assert not found.doubt or encoding != "cp1252"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("utf-16-be", "UTF-16"), ("utf-32", "UTF-32")],
)  # fmt: skip
def test_unicode_has_a_name_too(encoding: str, name: str) -> None:
    assert decode_with_name(NORWEGIAN.encode(encoding), place="x")[1:] == (name, "")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("A: Здравствуйте, как дела?\nB: Хорошо, работаем вместе.", "cp1251"),
        ("A: Здравствуйте, как дела?\nB: Хорошо, работаем вместе.", "koi8-r"),
        ("A: Здравствуйте, как дела?\nB: Хорошо, работаем вместе.", "cp866"),
        ("A: 你好,你今天怎么样?\nB: 我很好,我们一起工作。", "gb2312"),
        ("P: Hva betyr 你好?\nI: Det er hei, på kinesisk.", "gb18030"),
        ("A: 你好,今天怎麼樣?\nB: 我們一起工作。", "big5"),
        ("A: こんにちは、元気ですか。\nB: はい、仕事はとても楽しいです。カタカナ", "cp932"),
        ("A: こんにちは、元気ですか。\nB: はい、仕事はとても楽しいです。", "euc-jp"),
        ("A: 안녕하세요 어떻게 지내세요?\nB: 잘 지내요 감사합니다", "cp949"),
        ("A: Cześć, jak się masz? Żółta łódź.\nB: Dziękuję, świetnie się pracuje.", "cp1250"),
        ("A: Příliš žluťoučký kůň úpěl ďábelské ódy.\nB: Děkuji, dobře.", "cp1250"),
        ("A: Hogy vagy, öreg? Erős fűrész.\nB: Köszönöm, jól, nő a munka.", "cp1250"),
        ("A: Nasılsın, çalışmak güzel mi?\nB: Teşekkürler, iyiyim ve ağaç.", "cp1254"),
        ("A: Καλημέρα, τι κάνεις;\nB: Καλά, ευχαριστώ.", "cp1253"),
        ("A: مرحبا كيف حالك\nB: بخير شكرا", "cp1256"),
        ("A: שלום מה שלומך\nB: טוב תודה", "cp1255"),
        ("A: สวัสดีครับ\nB: สบายดี", "cp874"),
    ],
)
def test_other_encodings_are_refused(text: str, encoding: str) -> None:
    with pytest.raises(mn.MestringError, match=r"x\.txt, line 1: byte \d+ .*save it as UTF-8"):
        decode_with_name(text.encode(encoding, "ignore"), place="x.txt")


def test_letters_that_may_be_others_are_doubtful() -> None:
    found = decode_with_name(
        "A: Já, það er þess vegna sem við förum út á völlinn.".encode("cp1252"), place="x"
    )
    assert found.text.startswith("A: Já, það") and "það" in found.doubt
    assert "p\ufffd" in decode_with_name("P: p\ufffd jobb".encode(), place="x").doubt
    assert "pŒ" in decode_with_name("P: pŒ m¿tet".encode(), place="x").doubt
    one = decode_with_name("Ola: Ser du på?\nKari: ja".encode("mac_roman"), place="x")
    assert "Mac Roman" in one.doubt and "på?" in one.doubt


UTF8 = NORWEGIAN.encode()
AT = UTF8.index("gøy".encode())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (UTF8[:AT] + b"\x96" + UTF8[AT + 1 :], rf"line 2: byte {AT} \(0x96, .*\?øy"),
        (UTF8[: AT + 2], rf"line 2: byte {AT + 1} \(0xC3, .*begins a letter"),
        (b"P: Hva?\rI: Det g\xc3", r"line 2: byte 16 .*begins a letter"),
        (b"\xef\xbb\xbf" + UTF8[: AT + 2], rf"line 2: byte {AT + 4} "),
        (UTF8.replace("å".encode(), b"\xe5", 2), r"line 1: byte 12 \(0xE5"),
        ("P: pÃ¥ jobb".encode(), "encoded twice"),
        ("A: donâ€™t".encode(), "encoded twice"),
        ("P: p√• jobb".encode(), "encoded twice"),
    ],
)
def test_damaged_letters_are_named_with_their_place(data: bytes, says: str) -> None:
    with pytest.raises(mn.MestringError, match=says) as caught:
        decode_with_name(data, place="x.txt")
    assert caught.value.hint


@given(st.text(st.sampled_from("abc æøåÆØÅé–’«»\n.,?"), max_size=60), st.sampled_from(list(NAMES)))
def test_norwegian_letters_are_never_others(text: str, encoding: str) -> None:
    data = f"P: På en måte, så det er bra når vi får være i lag og øve på ting.\n{text}".encode(
        encoding, "ignore"
    )
    try:
        found = decode_with_name(data, place="x").text
    except mn.MestringError:
        return
    assert found == data.decode(encoding)


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_our_error(data: bytes) -> None:
    try:
        assert decode_with_name(data, place="x").encoding
    except mn.MestringError as error:
        assert error.place.startswith("x")


def test_ligatures_become_letters_and_keep_their_place() -> None:
    raw = "I: Vi ﬁnner ﬂere ﬃ\u0301, ﬆ."
    found = Trace.of(raw)
    assert found.text == canonical(raw) == "I: Vi finner flere ffí, st."
    at = found.text.index("nner")
    assert raw[found.starts[at - 2] : found.ends[at - 1]] == "ﬁ"
    assert mn.read_transcript(text=f"P: Hva?\n{raw}").turns[1].text == "Vi finner flere ffí, st."


def test_numbers_stay_in_the_canonical_text() -> None:
    text = "P: Hvor godt?\nI:\n8\nP: Når?\nI: Det var i\n2019\nog i\nside 3\n"
    assert canonical(text) == Trace.of(text).text == text


def test_names_of_files_are_composed(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        file = tmp_path / form / unicodedata.normalize(form, "på jobb.txt")
        file.parent.mkdir()
        file.write_text("P: Hva?\nI: Det.\n", encoding="utf-8")
        assert name_of(file) == mn.read_transcript(file).name == "på jobb"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_path_may_be_spelled_otherwise_than_on_the_disk(tmp_path: Path, form: str) -> None:
    other = {"NFC": "NFD", "NFD": "NFC"}[form]
    there = tmp_path / unicodedata.normalize(form, "må") / unicodedata.normalize(other, "på jobb.txt")
    there.parent.mkdir()
    there.write_text("P: Hva?\nI: Det.\n", encoding="utf-8")
    given = Path(unicodedata.normalize(other, str(there)))
    assert mn.read_transcript(given).name == "på jobb"
    assert mn.find_transcripts([given]) == mn.find_transcripts([given.parent]) == [there]
    with pytest.raises(mn.MestringError, match="cannot be read"):
        mn.read_transcript(tmp_path / "må" / "nei å.txt")


def test_names_in_codings_meet_those_of_files(tmp_path: Path) -> None:
    for form, other in (("NFC", "NFD"), ("NFD", "NFC")):
        data = tmp_path / form
        (data / "transcripts").mkdir(parents=True)
        file = data / "transcripts" / unicodedata.normalize(form, "på jobb.txt")
        file.write_text("P: Hva?\nI: Vi setter mål hver uke.\n", encoding="utf-8")
        (data / "codebook.yaml").write_text(
            "title: Bok\nversion: '1'\ncodes:\n- id: maal\n  name: Målsetting\n  definition: x\n",
            encoding="utf-8",
        )
        row = unicodedata.normalize(other, "på jobb,11,34,Målsetting,Kåre")
        (data / "codings.csv").write_text(f"transcript,start,end,code,coder\n{row}\n", encoding="utf-8")
        (coding,) = mn.load_training_data(data).codings
        assert (coding.transcript, coding.code, coding.coder) == ("på jobb", "maal", "Kåre")
