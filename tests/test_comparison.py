from __future__ import annotations

import csv
import io
import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

import mestring_nlp as mn
from mestring_nlp import agreement
from mestring_nlp.cli import app
from mestring_nlp.cli.agreement import CountedUnit, Format
from mestring_nlp.cli.agreement import agreement as command
from mestring_nlp.codings import CodedSpan, Codings, read_codings
from mestring_nlp.comparison import codebook_of, compare
from mestring_nlp.units import UNITS, common_units
from mestring_nlp.writers.comparison import FORMATS, caveats, report
from mestring_nlp.writers.tables import MARK, draw

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


def own_codebook(*codes: tuple[str, str]) -> mn.Codebook:
    return mn.Codebook("Eget", "1", tuple(mn.Code(code, name, "Det.") for code, name in codes))


def test_reports_have_the_names_and_order_of_their_codebook() -> None:
    found = compare(common_units(KARI, OLA), KARI, OLA)
    assert [row.code for row in found.rows] == ["maalsettinger", "dialogen"]
    html = FORMATS["html"](found)
    assert "Målsettinger" in html and "maalsettinger" not in html
    book = own_codebook(("dialogen", "Prat | praten"), ("maalsettinger", "Mål"))
    a, b = replace(KARI, codebook=book), OLA
    found = compare(common_units(a, b), a, b)
    assert [row.code for row in found.rows] == ["dialogen", "maalsettinger"]
    assert "| Prat \\| praten | 1 | 1 |" in FORMATS["md"](found)
    assert "Mål</td>" in FORMATS["html"](found) and "Målsettinger" not in FORMATS["html"](found)
    content = json.loads(FORMATS["json"](found))
    assert content["codebook"]["title"] == "Eget" and content["rows"][1]["name"] == "Mål"


def test_a_code_outside_the_codebook_is_shown_as_it_is_and_said() -> None:
    a, b = (replace(side, codebook=own_codebook(("dialogen", "Prat"))) for side in (KARI, OLA))
    found = compare(common_units(a, b), a, b)
    assert [row.code for row in found.rows] == ["dialogen", "maalsettinger"]
    assert "Not in the codebook 'Eget': maalsettinger." in FORMATS["md"](found)
    assert "Ikke i kodeboken «Eget»: maalsettinger." in FORMATS["html"](found)


def test_two_codebooks_are_one_the_first_leading() -> None:
    first, second = own_codebook(("b", "B")), own_codebook(("a", "A"), ("b", "Noe annet"))
    both = codebook_of(replace(KARI, codebook=first), replace(OLA, codebook=second))
    assert [(code.id, code.name) for code in both] == [("b", "B"), ("a", "A")]
    assert codebook_of(KARI, replace(OLA, codebook=second)) == second
    assert codebook_of(KARI, OLA) == mn.load_codebook()


@pytest.mark.parametrize(
    ("places", "names"),
    [
        (("a.csv", "b.csv"), ("kari (a.csv)", "kari (b.csv)")),
        (("x/k.csv", "y/k.csv"), ("kari (x/k.csv)", "kari (y/k.csv)")),
        (("k.csv", "x/k.csv"), ("kari (k.csv)", "kari (x/k.csv)")),
        (("k.csv", "k.csv"), ("kari (1)", "kari (2)")),
        (("", ""), ("kari (1)", "kari (2)")),
    ],
)
def test_coders_of_one_name_are_told_apart(places: tuple[str, str], names: tuple[str, str]) -> None:
    a, b = (replace(KARI, place=place) for place in places)
    found = compare(common_units(a, b), a, b)
    assert (found.a, found.b) == names
    assert f"# Agreement: {names[0]} and {names[1]}" in FORMATS["md"](found)
    assert compare(common_units(KARI, OLA), replace(KARI, place="k"), OLA).a == "kari"


def many(name: str, codes: str) -> Codings:
    """A coder of passages in three interviews, a letter each for the code."""
    third = len(codes) // 3
    return Codings(
        name,
        tuple(
            CodedSpan(f"t{i // third}", 10 * i, 10 * i + 9, frozenset(code.strip()))
            for i, code in enumerate(codes)
        ),
    )


def test_figures_on_few_examples_are_marked_once_explained() -> None:
    a, b = many("a", "x" * 12 + "y" * 9 + " " * 12), many("b", "x" * 11 + "y" * 10 + " " * 12)
    found = compare(common_units(a, b), a, b)
    assert [(row.code, row.few) for row in found.rows] == [("x", False), ("y", True)]
    assert not found.pooled.few
    text = FORMATS["md"](found)
    assert text.count(f"{MARK} rests on fewer than 10 examples by one of the coders.") == 1
    assert text.count(MARK) == 3 and f"| y | 9 | 10 | 0.93{MARK} |" in text
    assert FORMATS["html"](found).count(MARK) == 3
    assert "fewer than 10 examples by one coder" in FORMATS["csv"](found)
    enough = compare(common_units(a, a), a, replace(a, coder="b"))
    assert MARK not in FORMATS["md"](replace(enough, rows=enough.rows[:1]))


def test_words_of_one_passage_are_not_many_examples() -> None:
    found = compare(common_units(KARI, OLA, unit="word"), KARI, OLA, unit="word")
    assert found.rows[1].a == 6 and found.rows[1].few


def test_the_axis_reaches_a_negative_kappa() -> None:
    a, b = many("a", "xxyyyy   xxyyyy   xxyyyy   "), many("b", "  yyyyxx   yyyyxx   yyyyxx ")
    found = compare(common_units(a, b), a, b)
    assert found.rows[0].kappa < 0 < found.rows[1].kappa
    html = FORMATS["html"](found)
    places = [float(x) for x in re.findall(r"left: (?:calc\()?([-\d.]+)%", html)]
    widths = [float(x) for x in re.findall(r"width: ([-\d.]+)%", html)]
    assert places and widths and all(0 <= x <= 100 for x in places + widths)
    assert re.search(r'<span style="left: 0.0%">−0,\d+</span><span style="left: \d', html)
    positive = FORMATS["html"](compare(common_units(KARI, OLA), KARI, OLA))
    assert '<div class="axis"><span style="left: 0.0%">0</span>' in positive


def test_abstentions_are_told_of() -> None:
    machine = replace(OLA, coder="modell", left=tuple(("a", n, n + 1) for n in range(3)))
    found = compare(common_units(KARI, machine), KARI, machine)
    assert found.abstained == (("modell", 3),)
    assert "modell left 3 passages to a person: not compared." in FORMATS["md"](found)
    assert "modell overlot 3 avsnitt til et menneske" in FORMATS["html"](found)


def test_what_has_no_row_or_was_left_is_not_compared() -> None:
    """Not as "no code": neither in the units nor in the continuum."""
    some = replace(OLA, spans=OLA.spans[:1])
    found = compare(common_units(KARI, some), KARI, some)
    assert (found.units, found.unread, found.abstained) == (1, (("ola", 2),), ())
    assert found.pooled.agreement == 1 and not found.confusion
    assert "ola has no row for 2 of the passages that the other judged" in FORMATS["md"](found)
    assert "ola har ingen rad for 2 av avsnittene" in FORMATS["html"](found)
    left = replace(some, coder="modell", left=(("en", 25, 57),), complete=True)
    found = compare(common_units(KARI, left), KARI, left)
    assert (found.units, found.unread, found.abstained) == (1, (), (("modell", 1),))
    whole = replace(some, complete=True)
    found = compare(common_units(KARI, whole), KARI, whole)
    assert found.units == 3 and found.confusion == {("maalsettinger", ""): 1}


def test_the_continuum_is_what_both_judged() -> None:
    a = coder("a", (0, 10, "x"), (10, 20, ""), (20, 30, "x"), text=False)
    b = coder("b", (0, 10, "x"), (20, 30, ""), text=False)
    same = coder("b", (0, 10, "x"), (10, 20, ""), text=False)
    cut = coder("a", (0, 10, "x"), (10, 20, "x"), text=False)
    one, other = (compare(common_units(*pair), *pair) for pair in ((a, b), (cut, same)))
    assert one.unitizing_alpha == pytest.approx(other.unitizing_alpha)


def test_the_report_fits_a_terminal() -> None:
    name = "mestring-nlp 0.1.0 (3f2a91c)"
    a, b = replace(KARI, coder=name), replace(OLA, coder="en-koder-med-et-svært-langt-navn\x1b[2J")
    for unit in ("passage", "word"):
        found = compare(common_units(a, b, unit=unit), a, b, unit=unit)
        out = io.StringIO()
        draw(report(found), Console(file=out, width=80, force_terminal=True, color_system=None))
        lines = out.getvalue().split("\n")
        assert (
            max(map(len, lines)) <= 80 and "\x1b[2J" not in out.getvalue() and "…" not in out.getvalue()
        )
        figures = next(line for line in lines if line.startswith("Målsettinger"))
        assert f"0.40{MARK}" in figures if unit == "passage" else True


def files(folder: Path) -> list[str]:
    for name, last in (("kari", "48,57,,kari"), ("ola", "48,57,maalsettinger,ola")):
        rows = f"en,0,24,dialogen,{name}\nen,25,47,maalsettinger,{name}\nen,{last}\n"
        (folder / f"{name}.csv").write_text("transcript,start,end,code,coder\n" + rows, "utf-8")
    return [str(folder / "kari.csv"), str(folder / "ola.csv")]


def run(*arguments: object, status: int = 0) -> str:
    result = CliRunner().invoke(app, ["agreement", *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result.output if status != 1 else str(result.exception)


def test_the_command_writes_markdown_where_piped_and_what_is_asked_for(tmp_path: Path) -> None:
    given = files(tmp_path)
    piped = run(*given)
    assert piped.startswith("# Agreement: kari and ola\n") and piped == run(*given, "--format", "md")
    for form in FORMATS:
        run(*given, "--out", tmp_path / f"a.{form}")
        asked = run(*given, "--format", form)
        assert (tmp_path / f"a.{form}").read_text("utf-8") == asked
    run(*given, "--out", tmp_path / "uten_endelse")
    assert (tmp_path / "uten_endelse").read_text("utf-8") == piped


def test_the_command_draws_tables_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    command(*files(tmp_path))
    out = capsys.readouterr().out
    assert "───" in out and "|---" not in out and "Målsettinger" in out


def test_the_choices_of_the_command_are_those_of_the_library(tmp_path: Path) -> None:
    assert [*Format] == [*FORMATS] and [*CountedUnit] == [*UNITS]
    assert "'pdf' is not one" in run(*files(tmp_path), "--format", "pdf", status=2)
    assert "Example: mestring agreement" in run("--help")


def test_the_command_takes_a_codebook_and_transcripts(tmp_path: Path) -> None:
    given = files(tmp_path)
    book = own_codebook(("maalsettinger", "Mål"), ("dialogen", "Prat"))
    (tmp_path / "bok.yaml").write_text(book.to_yaml(), "utf-8")
    (tmp_path / "verbatim").mkdir()
    (tmp_path / "verbatim" / "en.txt").write_text(TEXT, "utf-8")
    out = run(*given, "--codebook", tmp_path / "bok.yaml", "--transcripts", tmp_path / "verbatim")
    assert "| Prat | 1 | 1 |" in out and "  > Ja, takk" in out
    (tmp_path / "verbatim" / "en.txt").write_text(TEXT[:40], "utf-8")
    says = run(*given, "--transcripts", tmp_path / "verbatim", status=1)
    assert "kari.csv, row 3: the span 25-47 lies outside en, which has 40 characters" in says
    (tmp_path / "en.md").write_text(TEXT, "utf-8")
    assert "are both called 'en'" in run(*given, "--transcripts", tmp_path, status=1)


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
