"""Findings on the composed interviews, each figure by a few lines of pandas; and on data that do not fit."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from openpyxl import Workbook
from refi_files import SHAPES

import mestring_nlp as mn
from mestring_nlp.analysis.core_categories import core_categories
from mestring_nlp.analysis.material import CodedTalk, Material
from mestring_nlp.analysis.survey import read_survey
from mestring_nlp.analysis.tables import Table, read_columns
from mestring_nlp.analysis.themes import draft_codes, themes
from mestring_nlp.analysis.variables import (
    CONSTANT,
    GROUPS,
    IDENTIFIER,
    SCALE,
    doubts,
    kind_of,
    variables_of,
)
from mestring_nlp.analysis.vectors import Vectors
from mestring_nlp.analysis.words import telling_words

SHIPPED = ROOT / "training_data"
NAMES = sorted(file.stem for file in (SHIPPED / "interviews").glob("*.txt"))[:12]


def unit_of(name: str) -> str:
    return "NAV-kontor" if "nav" in name else "Kontaktsenter"


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first twelve interviews, with their codings."""
    folder = tmp_path_factory.mktemp("data") / "tolv"
    for part in ("interviews", "codings"):
        (folder / part).mkdir(parents=True)
    shutil.copy(SHIPPED / "codebook.yaml", folder)
    for name in NAMES:
        shutil.copy(SHIPPED / "interviews" / f"{name}.txt", folder / "interviews")
    for file in (SHIPPED / "codings").glob("*.csv"):
        table = pd.read_csv(file, keep_default_na=False)
        table[table["transcript"].isin(NAMES)].to_csv(folder / "codings" / file.name, index=False)
    return folder


@pytest.fixture(scope="session")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("variables") / "informanter.csv"
    rows = ["Intervju;Enhetstype;Erfaring"]
    rows += [f"{name}.txt;{unit_of(name)};{at},5" for at, name in enumerate(NAMES)]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8-sig")
    return file


@pytest.fixture(scope="session")
def found(data: Path, variables: Path) -> mn.Findings:
    return mn.findings(data, variables=variables)


@pytest.fixture(scope="session")
def codings(data: Path) -> pd.DataFrame:
    """The adjudicated codings as they stand, with the words of each passage."""
    table = pd.read_csv(data / "codings" / "adjudicated.csv", keep_default_na=False)
    texts = {name: mn.read_transcript(data / "interviews" / f"{name}.txt").text for name in NAMES}
    table["text"] = [texts[r.transcript][r.start : r.end] for r in table.itertuples()]
    table["words"] = table["text"].str.count(r"\w+")
    return table


# ------------------------------------------------------------------ the twelve, by pandas


def test_code_by_case(found: mn.Findings, codings: pd.DataFrame) -> None:
    table = found.code_by_case.set_index(["case", "code"])
    coded = codings[codings["code"] != ""].groupby(["transcript", "code"])
    passages, words = coded.size(), coded["words"].sum()
    talk = codings.drop_duplicates(["transcript", "start"]).groupby("transcript")["words"].sum()
    assert len(table) == 12 * 10
    for key, row in table.iterrows():
        assert row["passages"] == passages.get(key, 0)
        assert row["words"] == words.get(key, 0)
        assert row["share"] == pytest.approx(words.get(key, 0) / talk[key[0]])
        assert row["row_share"] == pytest.approx(passages.get(key, 0) / passages[key[0]].sum())
        column = passages.xs(key[1], level="code").sum()
        assert row["column_share"] == pytest.approx(passages.get(key, 0) / column)
    assert table["total_share"].sum() == pytest.approx(1)
    assert table[["adjusted", "low", "high"]].isna().all(axis=None)  # people's counts are what they are


def test_code_by_variable(found: mn.Findings) -> None:
    shares = found.code_by_case.pivot(index="case", columns="code", values="share")
    units = pd.Series({name: unit_of(name) for name in NAMES})
    means = shares.groupby(units).mean()
    table = found.code_by_variable
    groups = table[table["variable"] == "Enhetstype"].set_index("code")
    assert set(groups["first"]) == {"Kontaktsenter"} and set(groups["n_first"]) == {6}
    for code, row in groups.iterrows():
        assert row["difference"] == pytest.approx(
            means.loc["Kontaktsenter", code] - means.loc["NAV-kontor", code]
        )
        a, b = (shares.loc[units == unit, code].to_numpy() for unit in ("Kontaktsenter", "NAV-kontor"))
        assert row["effect"] == pytest.approx(np.sign(a[:, None] - b).mean())
        assert row["low"] < row["difference"] < row["high"]
        assert row["p"] <= row["p_holm"] <= 1
    scale = table[table["variable"] == "Erfaring"].set_index("code")
    order = pd.Series(range(12), index=NAMES)
    for code, row in scale.iterrows():
        assert row["effect"] == pytest.approx(shares[code].corr(order, method="spearman"))


def test_cooccurrence(found: mn.Findings, codings: pd.DataFrame) -> None:
    coded = codings[codings["code"] != ""]
    pairs = coded.merge(coded, on=["transcript", "start"])
    observed = pairs.groupby(["code_x", "code_y"]).size()
    size = codings.drop_duplicates(["transcript", "start"]).groupby("transcript").size()
    count = coded.groupby(["transcript", "code"]).size().unstack(fill_value=0)
    table = found.cooccurrence[found.cooccurrence["relation"] == "passage"]
    assert len(table) == 45
    for row in table.itertuples():
        both = observed.get((row.first, row.second), 0)
        assert row.observed == both
        assert row.expected == pytest.approx((count[row.first] * count[row.second] / size).sum())
        either = count[row.first].sum() + count[row.second].sum() - both
        assert row.jaccard == pytest.approx(both / either)


def test_codes_in_a_turn_and_near(found: mn.Findings, codings: pd.DataFrame) -> None:
    transcripts = found.material.transcripts
    coded = codings.copy()
    coded["turn"] = [transcripts[r.transcript].turn_at(r.start) for r in coded.itertuples()]
    turns = coded[coded["code"] != ""].groupby(["transcript", "turn"])["code"].agg(set)
    order = coded.drop_duplicates(["transcript", "start"]).sort_values(["transcript", "start"])
    place = {(r.transcript, r.start): at for at, r in enumerate(order.itertuples())}
    table = found.cooccurrence.set_index(["relation", "first", "second"])
    for a, b in (("mestringstro", "styrker"), ("ledelse", "dialogen")):
        assert table.loc[("turn", a, b), "observed"] == sum({a, b} <= codes for codes in turns)
        rows = {
            code: [
                (r.transcript, place[r.transcript, r.start])
                for r in coded[coded["code"] == code].itertuples()
            ]
            for code in (a, b)
        }
        near = sum(x[0] == y[0] and 0 < abs(x[1] - y[1]) <= 3 for x in rows[a] for y in rows[b])
        assert table.loc[("near", a, b), "observed"] == near


def test_saturation_of_a_fixed_codebook_is_reached_in_the_base(found: mn.Findings) -> None:
    assert found.saturation["reached"].all() and not found.saturation["new_codes"].any()
    assert found.saturation.iloc[0][["base_codes", "run_first", "run_last"]].tolist() == [10, 5, 6]
    assert any("de 10 kodene" in note and "Rekkefølgen er filenes" in note for note in found.notes)


def test_along_the_interview_and_who_speaks(found: mn.Findings, codings: pd.DataFrame) -> None:
    coded = codings[codings["code"] != ""]
    words = found.along_the_interview.groupby("code")["words"].sum()
    assert words.to_dict() == coded.groupby("code")["words"].sum().to_dict()
    assert found.speakers.groupby("transcript")["share"].sum().to_numpy() == pytest.approx(np.ones(12))
    for name, rows in found.speakers.groupby("transcript"):
        turns = found.material.transcripts[str(name)].turns
        assert rows["words"].sum() == sum(len(re.findall(r"\w+", turn.text)) for turn in turns)


def test_questions_that_led_to_codes(found: mn.Findings, codings: pd.DataFrame) -> None:
    with_question = found.questions.groupby("code")["passages"].sum()
    whole = codings[codings["code"] != ""].groupby("code").size()
    assert (with_question <= whole).all() and with_question.sum() > 0.95 * whole.sum()
    goals = found.questions[found.questions["code"] == "maalsettinger"]
    assert "tall" in goals.iloc[0]["telling"].split(", ")


def test_the_framework_matrix_quotes_what_was_said(found: mn.Findings) -> None:
    table = found.framework_matrix.set_index("case")
    assert list(table.columns) == ["coder", *found.material.codebook.ids]
    for case, code in ((NAMES[0], "ledelse"), (NAMES[7], "styrker")):
        cell = table.loc[case, code]
        assert 1 <= cell.count("«") <= 2
        said = " ".join(
            s.text
            for s in found.material.coders[0].segments
            if s.transcript == case and code in (s.codes or ())
        )
        quoted = re.sub(r"\[?\.\.\.\]?", " ", re.findall("«(.*?)»", cell, re.DOTALL)[0])
        assert {word.casefold() for word in re.findall(r"\w+", quoted)} <= {
            word.casefold() for word in re.findall(r"\w+", said)
        }


# ------------------------------------------------------------------ core categories and themes, by hand


class Given:
    """An encoder whose vectors are given, so that distances are known."""

    name = fingerprint = "given"

    def __init__(self, vectors: dict[str, tuple[float, float]]) -> None:
        self.vectors = vectors

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.array([self.vectors[text] for text in texts], dtype=np.float32).reshape(-1, 2)


def material_of(rows: list[tuple[str, int, str, tuple[str, ...]]], **more: object) -> Material:
    """Passages as (interview, turn, text, codes), of the codes a and b."""
    codes = tuple(mn.Code(code, code.upper(), "d") for code in ("a", "b"))
    segments = [
        mn.Segment(name, turn, "I", 10 * at, 10 * at + 9, text, "", given)
        for at, (name, turn, text, given) in enumerate(rows)
    ]
    names = {name: name for name, *_ in rows}
    transcripts = {name: mn.Transcript(name, "", ()) for name in names}
    spans = tuple((s.transcript, s.start, s.end, code) for s in segments for code in s.codes or ())
    talk = CodedTalk("kari", ("a", "b"), tuple(segments), names, spans)
    table = pd.DataFrame(index=list(names), data=more)
    return Material(mn.Codebook("bok", "1", codes), transcripts, (talk,), names, table)


def test_core_categories_by_hand() -> None:
    m = material_of(
        [
            ("en", 1, "nord", ("a",)),
            ("en", 1, "sør", ("b",)),
            ("to", 1, "øst", ("a",)),
            ("to", 3, "nord", ("b",)),
            ("tre", 1, "sør", ("a",)),
            ("tre", 3, "vest", ()),
        ]
    )
    around = {"nord": (0.0, 1.0), "sør": (0.0, -1.0), "øst": (1.0, 0.0), "vest": (-1.0, 0.0)}
    table = core_categories(m, Vectors(m, Given(around))).set_index("code")
    # One turn has both, six turns less that one have either.
    assert table.loc["a", "centrality"] == pytest.approx(1 / 4)
    assert table.loc["a", "frequency"] == pytest.approx((0.5 + 0.5 + 0.5) / 3)
    assert table.loc["a", "evenness"] == pytest.approx(1)
    assert table.loc["b", "evenness"] == pytest.approx(np.log(2) / np.log(3))
    # The mean is the origin: north-east, north-south, east-south are 1, 2 and 1 apart.
    assert table.loc["a", "variation"] == pytest.approx((1 + 2 + 1) / 3)
    assert table.loc["b", "variation"] == pytest.approx(2)
    assert table.loc["a", "cases"] == 3 and (table["implication"] == "").all()
    assert table.loc["b", "variation_rank"] == 1 and table.loc["a", "frequency_rank"] == 1


def test_themes_find_the_groups_that_are_there() -> None:
    around: dict[str, tuple[float, float]] = {}
    rows = []
    for at in range(60):
        subject, place = [("kaffe", (1.0, 0.1)), ("parkering", (-1.0, 0.1)), ("julebord", (0.0, -1.0))][
            at % 3
        ]
        text = f"her snakker vi stadig om {subject} og {subject} i avsnitt nummer {at}"
        around[text] = (place[0] + at / 1e4, place[1])
        rows.append((f"intervju {at % 4}", at, text, ()))
    around["ledelse og mål for alle sammen her i dag"] = (0.0, 0.0)
    m = material_of([*rows, ("intervju 0", 99, "ledelse og mål for alle sammen her i dag", ("a",))])
    table = themes(m, Vectors(m, Given(around)))
    assert len(table) == 3 and table["agreement_of_seeds"].iloc[0] == pytest.approx(1)
    assert table["stability"].to_numpy() == pytest.approx(np.ones(3))
    assert sorted(words.split(", ")[0] for words in table["words"]) == ["julebord", "kaffe", "parkering"]
    assert table["passages"].tolist() == [20, 20, 20] and set(table["cases"]) == {4}
    assert table["talk_share"].sum() == pytest.approx(1 - 9 / m.coders[0].words.sum())
    drafts = draft_codes(table)
    book = f"title: t\nversion: '1'\ncodes:\n{drafts}"
    assert [code.id for code in mn.codebook.parse_codebook(book)] == ["tema_1", "tema_2", "tema_3"]


def test_too_little_talk_without_a_code_gives_no_theme() -> None:
    m = material_of([("en", 1, "et langt nok avsnitt om noe som ingen har kodet", ())])
    assert not len(themes(m, Vectors(m, Given({}))))


def test_telling_words_are_frequent_here_and_rare_elsewhere() -> None:
    words = telling_words([["kurs kurs møte"], ["tall tall møte"]], 1)
    assert words == [["kurs"], ["tall"]]
    assert telling_words([["og det"], ["er på"]]) == [[], []]


# ------------------------------------------------------------------ variables


def test_kinds_of_variables() -> None:
    assert kind_of(pd.Series(["kvinne", "mann", "kvinne", ""])) == GROUPS
    assert kind_of(pd.Series(["1", "2", "2", "1"])) == GROUPS
    assert kind_of(pd.Series(["8,5", "3", "12", ""])) == SCALE
    assert kind_of(pd.Series(["samme", "samme", ""])) == CONSTANT
    assert kind_of(pd.Series(["Oslo", "Bodø", "Hamar", "Narvik"])) == IDENTIFIER
    assert kind_of(pd.Series(["8,5", "3", "Vet ikke", "12"])) == SCALE


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([f"R{i % 8}" for i in range(40)], "den har 8 ulike verdier"),
        (["8", "3", "ca. 5", "12"], "«ca. 5» er ikke tall"),
        (["Oslo", "Bodø", "Hamar"], "hvert intervju har sin egen verdi"),
        (["8", "3", "ukjent", "12", "7"], "utenfor sammenligningen: c2"),
        (["1", "2", "3", "1"], "bare tall (1, 2, 3) og er lest som en skala"),
        (["NAV", "nav", "KS", "KS", "NAV", "nav"], "«NAV» og «nav» er lest som ulike grupper"),
    ],
)
def test_how_a_variable_was_taken_is_said(values: list[str], said: str) -> None:
    named = pd.Series(values, index=[f"c{at}" for at in range(len(values))])
    assert said in " ".join(doubts("x", named))


def test_a_coder_whose_interviews_are_of_one_group_is_said(coded: Path) -> None:
    lines = (coded / "codings.csv").read_text("utf-8").splitlines()
    half = [line.replace("kari", "ola") for line in lines[1:] if line.startswith("en,")]
    (coded / "codings.csv").write_text("\n".join([*lines, *half]) + "\n", "utf-8")
    (coded / "variables.csv").write_text("navn;enhet\nen;NAV\nto;KS\n", "utf-8")
    found = mn.findings(coded, coder=["kari", "ola"])
    assert set(found.code_by_variable["coder"]) == {"kari"}
    assert any("«enhet» er ikke sammenlignet slik for ola" in note for note in found.notes)


def test_unknown_cases_and_cases_without_variables_are_said() -> None:
    table = Table("v.csv", {"navn": ["en", "ti", "en"], "enhet": ["NAV", "KS", "KS"]})
    found = variables_of(table, ["en", "to"])
    assert found.table.to_dict("index") == {"en": {"enhet": "NAV"}, "to": {"enhet": ""}}
    said = " ".join(found.notes)
    assert "ukjente intervjuer" in said and "ti" in said
    assert "Uten rad i variabeltabellen" in said and "flere ulike rader for en" in said


def test_a_table_that_names_no_interview_is_refused() -> None:
    with pytest.raises(mn.MestringError, match="no column holds the names of the interviews"):
        variables_of(Table("v.csv", {"navn": ["Kari"]}), ["en"])


def test_interviews_of_one_case_count_as_one() -> None:
    table = Table("v.csv", {"transcript": ["en", "to"], "case": ["Kari", "Kari"], "år": ["3", "4"]})
    found = variables_of(table, ["en", "to"])
    assert found.case_of == {"en": "Kari", "to": "Kari"}
    assert found.table.loc["Kari", "år"] == "" and "ulike verdier av «år»" in found.notes[0]


def test_a_quotation_names_its_interview_where_the_case_has_several(coded: Path) -> None:
    (coded / "variables.csv").write_text("navn;case\nen;Kari\nto;Kari\n", "utf-8")
    cells = " ".join(mn.findings(coded, coder="kari").framework_matrix.iloc[0, 2:])
    assert re.search(r"\(en, tur\xa0\d+\)", cells) and re.search(r"\(to, tur\xa0\d+\)", cells)


def test_groups_of_one_and_unused_codes_are_said() -> None:
    rows = [(name, 1, "her er noen ord", ("a",)) for name in ("en", "to", "tre")]
    m = material_of(rows, enhet=["x", "x", "y"])
    found = mn.Findings(m)
    table = found.code_by_variable.set_index("code")
    assert table.loc["a", "note"].startswith("ett intervju i y")
    assert np.isnan(table.loc["a", "p"]) and np.isnan(table.loc["a", "effect"])
    said = " ".join(found.notes)
    assert "gruppen «y» har ett intervju" in said and "ikke har brukt: B" in said


def test_a_workbook_is_read_like_a_table(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["Intervju", "År", "År"], ["en", 8.5, None], ["to", 3, "x"]):
        book.active.append(row)
    book.save(tmp_path / "v.xlsx")
    assert read_columns(tmp_path / "v.xlsx").columns == {
        "Intervju": ["en", "to"],
        "År": ["8.5", "3"],
        "År (2)": ["", "x"],
    }


# ------------------------------------------------------------------ the survey


def survey(tmp_path: Path, text: str) -> Path:
    (tmp_path / "svar.csv").write_text(text, encoding="utf-8-sig")
    return tmp_path / "svar.csv"


def test_a_survey_beside_the_codes(found: mn.Findings, tmp_path: Path) -> None:
    answers = survey(
        tmp_path,
        "ID;Enhetstype;Jeg får brukt mine styrker;Lederen har tid;Kommentar\n"
        "101;NAV-kontor;4;5 - Helt enig;Bra\n102;NAV-kontor;5;Vet ikke;\n"
        "103;Kontaktsenter;2;1 - Helt uenig;Travelt her\n104;Kontaktsenter;3;2 - Litt uenig;\n",
    )
    codes = tmp_path / "koder.csv"
    codes.write_text("påstand,kode\nJeg får brukt mine styrker,Styrker\n", "utf-8")
    read = read_survey(answers, found.material.codebook, codes=codes, variables=["Enhetstype"])
    assert list(read.scales) == ["Jeg får brukt mine styrker", "Lederen har tid"]
    said = " ".join(read.notes)
    assert "ikke er skalaer: ID, Kommentar" in said and "Vet ikke 1" in said
    assert "Påstander uten kode: Lederen har tid" in said
    table = mn.Findings(found.material, survey=read).survey.set_index(["statement", "group"])
    row = table.loc[("Jeg får brukt mine styrker", "NAV-kontor")]
    assert (row["n"], row["mean"], row["cases"]) == (2, 4.5, 6)
    shares = found.code_by_case[found.code_by_case["code"] == "styrker"]
    own = shares[shares["case"].str.contains("nav")]["share"].mean()
    assert row["talk_share"] == pytest.approx(own)
    assert table.loc[("Lederen har tid", "alle svar"), "n"] == 3


@pytest.mark.parametrize(
    ("answers", "numbers"),
    [
        (["Helt uenig", "Litt enig", "Verken eller"], [1, 4, 3]),
        (["Svært enig", "Uenig", "Ubesvart"], [5, 2, None]),
        (["I liten grad", "I svært stor grad", "i noen grad"], [2, 5, 3]),
        (["Helt uenig", "2", "4", "Helt enig"], [1, 2, 4, 5]),
        (["Helt uenig", "6", "4", "Helt enig"], None),  # of seven, so that "Helt enig" is not 5
        (["Litt enig", "Delvis enig", "Helt enig"], None),  # two words of one rank: another set
        (["3", "99", "4", "2", "3", "5"], [3, None, 4, 2, 3, 5]),
        (["1", "2", "3", "4"], None),  # counts the rows
        (["7", "10", "0"], [7, 10, 0]),
    ],
)
def test_answers_as_numbers(
    answers: list[str], numbers: list[int | None] | None, tmp_path: Path, codebook: mn.Codebook
) -> None:
    lines = [f"{answer};{2 + at % 2}" for at, answer in enumerate(answers)]
    read = read_survey(survey(tmp_path, "\n".join(["p;annet", *lines]) + "\n"), codebook)
    if numbers is None:
        assert "p" not in read.scales and "ikke er skalaer: p" in " ".join(read.notes)
        return
    assert [None if np.isnan(n) else n for n in read.scales["p"]] == numbers
    assert ("Svar i ord er lest som tall" in " ".join(read.notes)) == (not answers[-1].isdigit())


def test_groups_of_the_survey_are_those_of_the_interviews_however_they_are_spelt(
    found: mn.Findings, tmp_path: Path
) -> None:
    answers = survey(tmp_path, "enhetstype;p\nNav-Kontor;4\nNAV-KONTOR;5\nFylket;2\n;3\n")
    codes = tmp_path / "koder.csv"
    codes.write_text("påstand,kode\np,styrker\n", "utf-8")
    read = read_survey(answers, found.material.codebook, codes=codes, variables=["Enhetstype"])
    both = mn.Findings(found.material, survey=read)
    table = both.survey.set_index("group")
    assert list(table.index) == ["Fylket", "NAV-kontor", "alle svar"]
    assert (table.loc["NAV-kontor", "n"], table.loc["NAV-kontor", "cases"]) == (2, 6)
    said = " ".join(both.notes)
    assert "Grupper som har svart, men ikke er intervjuet: Fylket." in said
    assert "Grupper som er intervjuet, men ikke har svart: Kontaktsenter." in said
    assert "bare teller blant alle: 1" in said


def test_a_survey_without_a_scale_is_refused(tmp_path: Path, codebook: mn.Codebook) -> None:
    with pytest.raises(mn.MestringError, match="no column is a scale"):
        read_survey(survey(tmp_path, "navn;alder\nKari;44\n"), codebook)
    with pytest.raises(mn.MestringError, match="there is no column 'enhet'"):
        read_survey(survey(tmp_path, "a;b\n1;2\n"), codebook, group="enhet")


def test_statements_and_codes_must_exist(tmp_path: Path, codebook: mn.Codebook) -> None:
    answers = survey(tmp_path, "en;to\n1;2\n2;3\n")
    codes = tmp_path / "k.csv"
    for text, problem in (
        ("p;k\nti;styrker\n", "no column of the survey is headed 'ti'"),
        ("p;k\nen;tull\n", "tull"),
    ):
        codes.write_text(text, "utf-8")
        with pytest.raises(mn.MestringError, match=problem):
            read_survey(answers, codebook, codes=codes)


# ------------------------------------------------------------------ other data


@pytest.mark.parametrize("program", ["nvivo", "maxqda", "atlas", "qualcoder"])
def test_a_project_brings_its_cases_and_variables(program: str, tmp_path: Path) -> None:
    file = tmp_path / "p.qdpx"
    file.write_bytes(SHAPES[program]())
    with pytest.raises(mn.MestringError, match=r"2 coders coded it \(Kari, Ola\)"):
        mn.findings(file)
    found = mn.findings(file, coder=["Kari", "Ola"])
    counts = found.code_by_case.set_index(["coder", "code"])["passages"].to_dict()
    assert counts["Kari", "trygghet"] == counts["Ola", "mestring"] == 1 and counts["Ola", "laering"] == 0
    # What was left uncoded of the informant's turns was read: eight words and ten.
    assert set(found.code_by_case["talk"]) == {18}
    if program == "nvivo":
        assert found.material.variables.to_dict("index") == {"Informant 1": {"Enhet": "NAV-kontor"}}
    if program == "maxqda":
        assert found.material.variables.to_dict("index") == {
            "Intervju 1": {"Enhet": "Kontaktsenter", "År": "7"}
        }
    assert any("Ett intervju" in note for note in found.notes)


def test_a_coder_who_coded_half_is_said(coded: Path) -> None:
    lines = (coded / "codings.csv").read_text("utf-8").splitlines()
    half = [line.replace("kari", "ola") for line in lines[1:5]]
    (coded / "codings.csv").write_text("\n".join([*lines, *half]) + "\n", "utf-8")
    found = mn.findings(coded, coder=["kari", "ola"])
    assert set(found.code_by_case.groupby("coder")["case"].nunique().items()) == {
        ("kari", 2),
        ("ola", 1),
    }
    said = " ".join(found.notes)
    assert "ola har ikke kodet to" in said and re.search(r"ola har kodet \d\d % av ordene .* i en", said)


def test_overlapping_passages_are_counted_as_marked_and_their_words_once(coded: Path) -> None:
    before = mn.findings(coded).code_by_case.set_index(["case", "code"])
    lines = (coded / "codings.csv").read_text("utf-8").splitlines()
    name, start, _, code, coder = lines[1].split(",")
    (coded / "codings.csv").write_text(
        "\n".join([*lines, f"{name},{start},{int(start) + 10},{code},{coder}"]) + "\n", "utf-8"
    )
    found = mn.findings(coded)
    after = found.code_by_case.set_index(["case", "code"])
    assert after.loc[(name, code), "passages"] == before.loc[(name, code), "passages"] + 1
    assert after.loc[(name, code), "words"] == before.loc[(name, code), "words"]
    assert any("overlapper" in note for note in found.notes)


def test_bare_interviews_need_a_model(tmp_path: Path, trained: mn.Model) -> None:
    (tmp_path / "nytt.txt").write_text(
        "P: Hva da?\nI: Vi har kurs og opplæring for alle nye.\n", "utf-8"
    )
    with pytest.raises(mn.MestringError, match="nobody coded"):
        mn.findings(tmp_path)
    found = mn.findings(tmp_path, model=trained)
    assert found.code_by_case["low"].isna().all()
    assert set(found.adjusted_counts["note"]) == {"maskinens feil er ikke målt"}
    assert any("Maskinens feil er ikke målt" in note for note in found.notes)


def test_a_model_that_knows_the_interviews_codes_none_that_it_has_seen(four: Path) -> None:
    model = mn.train(four)
    found = mn.findings(four, model=model, coder="adjudicated")
    people, machine = found.material.coders
    assert people.coder == "adjudicated" and machine.is_machine
    assert [s.start for s in people.segments] == [s.start for s in machine.segments]
    assert any("trent på de andre intervjuene" in note for note in found.notes)
    blind = mn.cross_validate(mn.load_training_data(four), coder="adjudicated").prediction.codes.sum()
    every = found.adjusted_counts[found.adjusted_counts["case"] == "alle"]
    assert every["counted"].sum() == blind
    assert any("Andre tabeller er slik maskinen teller" in note for note in found.notes)
    # Few passages of a code, by people: no figure, and the reason.
    assert every["adjusted"].isna().sum() == sum("færre enn" in note for note in every["note"])


def test_a_code_that_people_hardly_gave_has_no_adjusted_difference(four: Path) -> None:
    (four / "variables.csv").write_text("navn;enhet\nen;NAV\nto;KS\ntre;NAV\nfire;KS\n", "utf-8")
    found = mn.findings(four, model=mn.train(four), coder="adjudicated")
    table = found.adjusted_by_variable
    rare = found.adjusted_counts[found.adjusted_counts["note"].str.contains("avsnitt med koden")]["code"]
    unknown = table[table["code"].isin(set(rare))]
    assert len(unknown) and set(unknown["note"]) == {"færre enn 10 avsnitt med koden hos mennesker"}
    assert unknown[["adjusted_first", "difference", "low", "high"]].isna().all(axis=None)


def test_a_review_tells_what_became_of_suggestions(
    tmp_path: Path, trained: mn.Model, coded_once: Path
) -> None:
    with mn.Review.create(
        tmp_path / "r", [mn.read_transcript(coded_once / "en.txt")], coder="kari"
    ) as review:
        review.suggest(mn.load_model())
        passages = review.passages("en")
        review.decide(passages[0].id, "ledelse")
        for passage in passages[1:4]:
            review.decide(passage.id, "kompetanse")
    found = mn.findings(tmp_path / "r")
    from mestring_nlp.analysis.reporting import methods

    text = methods(found)
    assert re.search(r"Gjennomgang ved kari, mestring-nlp .*(godtatt|endret|avvist)", text)
