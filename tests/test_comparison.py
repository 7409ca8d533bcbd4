from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

import mestring_nlp as mn
from mestring_nlp import agreement
from mestring_nlp.codings import CodedSpan, Codings, read_codings
from mestring_nlp.comparison import compare
from mestring_nlp.units import common_units
from mestring_nlp.writers.comparison import FORMATS, caveats

TEXT = "Vi tar en prat hver uke. Målekortet henger der. Ja, takk."


def coder(name: str, *spans: tuple[int, int, str], transcript: str = "en", text: bool = True) -> Codings:
    return Codings(
        name,
        tuple(
            CodedSpan(transcript, a, b, frozenset(codes.split()), TEXT[a:b] if text else "")
            for a, b, codes in spans
        ),
    )


KARI = coder("kari", (0, 24, "dialogen"), (25, 47, "maalsettinger"), (48, 57, ""))
OLA = coder("ola", (0, 24, "dialogen"), (25, 57, "maalsettinger"))


def test_borders_of_either_coder_cut() -> None:
    units = common_units(KARI, OLA)
    assert [(u.start, u.end) for u in units] == [(0, 24), (25, 47), (48, 57)]
    assert [(set(u.a), set(u.b)) for u in units] == [
        ({"dialogen"}, {"dialogen"}),
        ({"maalsettinger"}, {"maalsettinger"}),
        (set(), {"maalsettinger"}),
    ]
    assert [u.text for u in units] == [TEXT[0:24], TEXT[25:47], TEXT[48:57]]


def test_words_weigh_as_many_as_they_are() -> None:
    assert [u.weight for u in common_units(KARI, OLA, unit="word")] == [6, 3, 2]
    bare = [coder("kari", (0, 24, "dialogen"), text=False), coder("ola", (0, 24, "styrker"), text=False)]
    with pytest.raises(mn.MestringError, match="--transcripts"):
        common_units(*bare, unit="word")


def test_known_figures() -> None:
    c = compare(common_units(KARI, OLA), KARI, OLA)
    assert (c.units, c.coded, c.interviews) == (3, 3, 1)
    goals = next(row for row in c.rows if row.code == "maalsettinger")
    assert (goals.a, goals.b) == (1, 2)
    assert goals.kappa == pytest.approx(0.4) and goals.agreement == pytest.approx(2 / 3)
    assert c.pooled.kappa == pytest.approx((5 / 6 - 0.5) / 0.5)
    assert c.confusion == {("", "maalsettinger"): 1}
    assert [unit.start for unit in c.differences] == [48]
    assert goals.rho == agreement.shaffer_rho(goals.kappa, 3, 0.5) and math.isnan(c.pooled.rho)
    assert "1 interview" in caveats(c)[0]


def test_uncoded_text_does_not_drown_kappa() -> None:
    spans = [(i * 10, i * 10 + 9) for i in range(40)]
    a = Codings(
        "a",
        tuple(CodedSpan("x", s, e, frozenset(["k"] if i < 4 else [])) for i, (s, e) in enumerate(spans)),
    )
    b = Codings(
        "b",
        tuple(
            CodedSpan("x", s, e, frozenset(["k"] if 2 <= i < 6 else []))
            for i, (s, e) in enumerate(spans)
        ),
    )
    c = compare(common_units(a, b), a, b)
    assert c.pooled.agreement == pytest.approx(0.9)
    assert c.pooled_coded.agreement == pytest.approx(2 / 6)
    assert c.pooled_coded.kappa < 0 < c.pooled.kappa


def test_a_coder_agrees_with_herself() -> None:
    c = compare(common_units(KARI, KARI), KARI, KARI)
    assert c.pooled.kappa == c.alpha_masi == c.unitizing_alpha == 1
    assert not c.differences and not c.confusion


def test_every_format_holds_the_figures() -> None:
    c = compare(common_units(KARI, OLA), KARI, OLA)
    assert "| Målsettinger | 1 | 2 | 0.40† | – |" in FORMATS["md"](c)
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(FORMATS["csv"](c)))}
    assert float(rows["maalsettinger"]["kappa"]) == pytest.approx(0.4)
    assert rows["maalsettinger"]["low"] == ""
    assert json.loads(FORMATS["json"](c))["rows"][0]["kappa"] == pytest.approx(0.4)
    assert "0,40" in FORMATS["html"](c) and "://" not in FORMATS["html"](c)


HEAD = "transcript,start,end,code,coder\n"


def test_overlaps_are_named_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text(HEAD + "en,0,9,x,k\nen,4,9,y,k\n", "utf-8")
    (tmp_path / "o.csv").write_text(HEAD + "en,0,4,x,o\nen,4,9,x,o\n", "utf-8")
    kari, ola = read_codings(tmp_path / "k.csv"), read_codings(tmp_path / "o.csv")
    found = compare(common_units(kari, ola), kari, ola)
    assert found.overlapped == (("k", 2),)
    assert any("2 of k's spans overlap" in caveat for caveat in caveats(found))


def test_what_only_one_coder_read_is_left_out_and_said() -> None:
    more = replace(KARI, spans=(*KARI.spans, CodedSpan("to", 0, 9, frozenset(["dialogen"]))))
    found = compare(common_units(more, OLA), more, OLA)
    assert found.units == 3 and found.alone == (("kari", ("to",)),)
    assert "kari alone coded to: left out." in FORMATS["md"](found)
    assert "Bare kari har kodet to" in FORMATS["html"](found)


def test_pages_name_the_codes() -> None:
    html = FORMATS["html"](compare(common_units(KARI, OLA), KARI, OLA))
    assert "Målsettinger" in html and "maalsettinger" not in html


def test_coders_that_cannot_be_compared(example: mn.Transcript) -> None:
    with pytest.raises(mn.MestringError, match="no transcript in common"):
        common_units(KARI, coder("ola", (0, 24, "dialogen"), transcript="to"))
    other = Codings("ola", (CodedSpan("en", 0, 24, frozenset(["dialogen"]), "Noe helt annet"),))
    with pytest.raises(mn.MestringError, match="different texts at 0-24"):
        common_units(KARI, other)
    silent = coder("ola", (0, 24, ""), (25, 47, ""))
    with pytest.raises(mn.MestringError, match="'ola' gave no code"):
        compare(common_units(KARI, silent), KARI, silent)
    far = Codings("ola", (CodedSpan("en", 0, 10**6, frozenset(["x"])),))
    with pytest.raises(mn.MestringError, match="lies outside en"):
        common_units(coder("kari", (0, 24, "x"), text=False), far, transcripts={"en": example})
    with pytest.raises(mn.MestringError, match="unknown unit"):
        common_units(KARI, OLA, unit="letter")
