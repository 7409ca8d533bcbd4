from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from conftest import Mestring

import mestring_nlp as mn
from mestring_nlp.evaluation import evaluate, expected_calibration_error, reliability
from mestring_nlp.gates import baseline_limits, gates, parse_limits
from mestring_nlp.human_comparison import HumanComparison
from mestring_nlp.metrics import Metric, metric_names
from mestring_nlp.prediction import Prediction
from mestring_nlp.transcript import Segment
from mestring_nlp.validation import OutOfSample, cross_validate, learning_curve, main_codes
from mestring_nlp.writers.evaluation import FORMATS

CODES = ("a", "b")


def predicted(
    gold: list[tuple[str, ...]], table: list[list[float]], threshold: float = 0.5, in_set: float = 0.2
) -> OutOfSample:
    n = len(gold)
    segments = tuple(
        Segment(f"i{k % 4}", k + 1, "I", 0, 7, f"tekst {k}", "", codes) for k, codes in enumerate(gold)
    )
    prediction = Prediction(CODES, np.array(table), np.full(n, threshold), np.full(n, in_set))
    return OutOfSample(segments, prediction)


PERFECT = predicted(
    [("a",), ("b",), (), ("a", "b")] * 3,
    [[0.9, 0.1, 0.0], [0.1, 0.9, 0.0], [0.1, 0.1, 0.9], [0.9, 0.8, 0.0]] * 3,
)


def test_perfect_agreement() -> None:
    found = evaluate(PERFECT)
    for name in (
        "kappa",
        "kappa.top1",
        "kappa.a",
        "alpha",
        "f1",
        "f1.micro",
        "f1.b",
        "top1",
        "top3",
    ):
        assert found.metrics[name].value == 1, name
    assert found.metrics["abstained"].value == 0
    assert found.metrics["no_code.auc"].value == found.metrics["prediction_set.coverage"].value == 1
    assert found.metrics["labels_per_passage"].value == pytest.approx(1)
    assert found.risk_coverage[-1] == (1, 0)
    assert "Only one person" in str(found.human)


def test_known_figures() -> None:
    found = evaluate(
        predicted(
            [("a",), ("a",), ("b",), ("b",)], [[0.9, 0, 0], [0, 0.9, 0], [0, 0.9, 0], [0.3, 0.4, 0.1]]
        )
    )
    # Suggested: a, b, b, nothing; the last abstains.
    assert found.metrics["recall.a"].value == 0.5 and found.metrics["precision.b"].value == 0.5
    assert found.metrics["f1.a"].value == pytest.approx(2 / 3)
    assert found.metrics["abstained"].value == 0.25
    assert found.metrics["top1"].value == 0.75
    # Prediction sets, from .2: a; b; b; a and b. The second passage's a lies outside.
    assert found.metrics["prediction_set.coverage"].value == 0.75
    assert found.metrics["prediction_set.coverage.a"].value == 0.5
    assert math.isnan(found.metrics["prediction_set.coverage.no_code"].value)
    assert found.metrics["prediction_set.size"].value == 1.25
    assert math.isnan(found.metrics["no_code.auc"].value)
    assert found.metrics["kappa.top1"].value == pytest.approx(0.5)
    assert found.metrics["hit_rate"].value == 0.5


def test_a_code_nobody_used_is_named_not_numbered() -> None:
    found = evaluate(predicted([("a",), ()] * 2, [[0.9, 0, 0], [0, 0, 0.9]] * 2))
    assert math.isnan(found.metrics["kappa.b"].value) and found.metrics["kappa.b"].note
    assert json.loads(FORMATS["json"](found, []))["metrics"]["kappa.b"]["value"] is None
    assert "undefined" in FORMATS["md"](found, [])


def test_calibration_of_known_bins() -> None:
    p = np.array([[0.15], [0.15], [0.95], [0.95]])
    x = np.array([[False], [True], [True], [True]])
    assert reliability(p, x) == ((pytest.approx(0.15), 0.5, 2), (pytest.approx(0.95), 1.0, 2))
    assert expected_calibration_error(p, x) == pytest.approx((0.35 + 0.05) / 2)


def test_main_code_is_the_top1_prediction_where_that_is_right() -> None:
    segments = [Segment.alone("x", codes=codes) for codes in (("a", "b"), ("b",), (), ())]
    assert main_codes(["b", "a", "", "a"], segments) == ["b", "b", "", ""]


def compared(machine: float, people: float, low: float, high: float, n: int = 6) -> str:
    return str(HumanComparison(n, machine, people, Metric(machine - people, low, high)))


def test_what_the_interval_allows_is_said() -> None:
    assert "agrees less" in compared(0.5, 0.7, -0.3, -0.1)
    assert "agrees more" in compared(0.8, 0.7, 0.02, 0.2)
    open_ = compared(0.65, 0.7, -0.15, 0.05)
    assert "No difference is shown" in open_ and "0.15 below people, or 0.05 above" in open_
    assert "1 interview: too few" in compared(0.65, 0.7, math.nan, math.nan, 1)
    assert "nothing follows" in compared(0.5, 0.7, -0.3, -0.1, 5)
    assert "0.15 below people, or 0.00 above" in compared(0.65, 0.7, -0.15, 0.0)
    assert "0.00 below people" in compared(0.75, 0.7, 0.0, 0.1)
    assert "Only one person" in compared(math.nan, math.nan, math.nan, math.nan)


def test_precision_is_undefined_where_nothing_was_suggested() -> None:
    found = evaluate(
        predicted([("a",), ("b",), ()], [[0.9, 0.1, 0.0], [0.9, 0.1, 0.0], [0.1, 0.1, 0.9]])
    )
    assert math.isnan(found.metrics["precision.b"].value) and found.metrics["recall.b"].value == 0
    assert found.metrics["precision.a"].value == 0.5


def test_a_comparison_on_few_of_the_passages_says_so() -> None:
    all_of_them = HumanComparison(6, 0.5, 0.7, Metric(-0.2, -0.3, -0.1), 2, 60, 100)
    few = replace(all_of_them, passages=40)
    assert "of the others" not in str(all_of_them)
    assert str(few).startswith(str(all_of_them))
    assert str(few).endswith(
        "Only 40 of the 100 passages were coded by all 2 people; of the others this says nothing."
    )


def coded_by(coders: dict[str, set[int]], found: OutOfSample) -> mn.TrainingData:
    """Data in which each coder gave the gold codes to the passages with these numbers."""
    codings = [
        mn.Coding(s.transcript, s.start, s.end, code, coder)
        for coder, numbers in coders.items()
        for k, s in enumerate(found.segments)
        if k in numbers
        for code in s.codes or ("",)
    ]
    book = mn.Codebook("t", "1", tuple(mn.Code(code, code, code) for code in CODES))
    texts = {s.transcript: mn.Transcript(s.transcript, "x" * 200, ()) for s in found.segments}
    return mn.TrainingData(book, texts, tuple(codings))


def test_models_are_no_people_and_coders_without_common_passages_are_said_to_be() -> None:
    found = replace(
        PERFECT,
        segments=tuple(replace(s, start=10 * k, end=10 * k + 9) for k, s in enumerate(PERFECT.segments)),
    )
    every = set(range(12))
    data = coded_by({"kari": every, "mestring-nlp 1.0 (abc)": every, "adjudicated": every}, found)
    report = evaluate(found, data, repeats=20)
    assert [(pair.a, pair.b) for pair in report.pairs] == [("kari", "machine")]
    assert "Only one person" in str(report.human)
    apart = evaluate(found, coded_by({"kari": {0, 1, 2}, "ola": {3, 4, 5}}, found), repeats=20)
    assert "No passage was coded by all 2 people" in str(apart.human)
    assert "Ingen avsnitt er kodet av alle 2" in FORMATS["html"](apart, [])
    with pytest.raises(mn.MestringError, match="a coder is called 'machine'"):
        evaluate(found, coded_by({"machine": every}, found), repeats=0)


def test_two_figures_never_share_a_name() -> None:
    for code in ("micro", "top1", "no_code"):
        with pytest.raises(mn.MestringError, match=f"two figures would be called '.*{code}'"):
            evaluate(replace(PERFECT, prediction=replace(PERFECT.prediction, classes=("a", code))))


def test_figures_of_few_examples_say_so() -> None:
    found = evaluate(predicted([("a",), ("b",)] * 9 + [("a",)], [[0.9, 0.1, 0]] * 19))
    assert found.metrics["recall.a"].note == "" and found.metrics["recall.b"].note == "only 9 examples"
    assert "| b | 0.000† |" in FORMATS["md"](found, []) and "fewer than 10" in FORMATS["md"](found, [])
    assert "bare 9 eksempler" in FORMATS["html"](found, [])


def test_gates_hold_and_fall_just_beside_the_figure(tmp_path: Path) -> None:
    found = evaluate(PERFECT)
    ece = found.metrics["ece"].value
    limits = parse_limits(
        ["kappa=0.999", "kappa=1.001", f"ece={ece + 1e-6}", f"ece={ece - 1e-6}"], CODES
    )
    below, above, fine, too_strict = gates(limits, found.metrics)
    assert below.holds and not above.holds and fine.holds and not too_strict.holds
    assert "kappa is 1.0000, must be at least 1.0010" in str(above)
    (tmp_path / "metrics.json").write_text(FORMATS["json"](found, []), "utf-8")
    limits = baseline_limits(tmp_path / "metrics.json", 0.0)
    assert limits and all(gate.holds for gate in gates(limits, found.metrics))


def test_every_figure_can_be_a_gate() -> None:
    assert set(evaluate(PERFECT).metrics) == set(metric_names(CODES))


@pytest.mark.parametrize(
    ("value", "says"),
    [("kapa=1", "'kapa'.*kappa"), ("kappa=høy", "is no gate"), ("kappa", "is no gate"),
     ("kappa=nan", "is no gate")],
)  # fmt: skip
def test_limits_that_are_none(value: str, says: str) -> None:
    with pytest.raises(mn.MestringError, match=says):
        parse_limits([value], CODES)


def test_a_baseline_of_an_older_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text('{"metrics": {"kappa.likeliest": {"value": 0.7}}}', "utf-8")
    with pytest.raises(mn.MestringError, match=r"kappa\.likeliest is now kappa\.top1"):
        baseline_limits(tmp_path / "m.json", 0.0)


@pytest.mark.parametrize(
    "content",
    [
        "{}", "[]", "{", '{"metrics": []}', '{"metrics": {"kappa": 1}}', "[" * 100_000,
        *(f'{{"metrics": {{"kappa": {{"value": {value}}}}}}}'
          for value in ("NaN", "1e999", "true", '"nan"', "[]", "9" * 400, "9" * 5000)),
    ],
)  # fmt: skip
def test_baseline_that_is_no_report(tmp_path: Path, content: str) -> None:
    (tmp_path / "metrics.json").write_text(content, "utf-8")
    with pytest.raises(mn.MestringError, match="no report"):
        baseline_limits(tmp_path / "metrics.json", 0.0)


def test_baseline_that_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "latin").write_bytes(b"\xff")
    for name in ("zero", "latin", "none", ""):
        with pytest.raises(mn.MestringError) as caught:
            baseline_limits(tmp_path / name, 0.0)
        assert caught.value.place == str(tmp_path / name) and caught.value.hint


def test_junit_tells_which_gate_fell() -> None:
    found = evaluate(PERFECT)
    held = gates(parse_limits(["kappa=0.5", "f1=1.1"], CODES), found.metrics)
    root = ElementTree.fromstring(FORMATS["junit"](found, held))
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    assert [case.get("name") for case in root if case.find("failure") is not None] == ["f1"]


def test_intervals_over_few_interviews_are_said_to_be_too_narrow() -> None:
    few, one = evaluate(PERFECT), evaluate(PERFECT.of({"i0"}))
    assert "too narrow" in FORMATS["md"](few, []) and "for smale" in FORMATS["html"](few, [])
    assert "too narrow" not in FORMATS["md"](one, []) and "for smale" not in FORMATS["html"](one, [])


def test_page_loads_nothing() -> None:
    html = FORMATS["html"](evaluate(PERFECT), [])
    assert "://" not in html and html.count("<svg") == 3


def test_a_learning_curve_passes_over_interviews_without_codes(four: Path) -> None:
    file = four / "codings.csv"
    lines = file.read_text("utf-8").splitlines()
    for k, line in enumerate(lines):
        if line.startswith("en,"):
            name, start, end, _, coder = line.split(",")
            lines[k] = ",".join((name, start, end, "", coder))
    file.write_text("\n".join(lines) + "\n", "utf-8")
    points = learning_curve(mn.load_training_data(four), coder="adjudicated")
    assert [n for n, *_ in points] == [1, 2, 3]
    assert all(least <= mean <= most for _, mean, least, most in points)


def test_cross_validation_needs_three_interviews(coded: Path) -> None:
    with pytest.raises(mn.MestringError, match="too few to leave one out"):
        cross_validate(mn.load_training_data(coded))


def test_command_reports_people_and_gates(mestring: Mestring, four: Path, tmp_path: Path) -> None:
    out = tmp_path / "ut"
    every = ("--format", "md,json,junit,html", "--out", out)
    result = mestring("evaluate", four, *every, "--fail-under", "kappa=1.01", status=1)
    assert "gate falls: kappa is" in result.stderr
    report = json.loads((out / "metrics.json").read_text("utf-8"))
    assert report["interviews"] == 4
    assert [(p["a"], p["b"]) for p in report["pairs"]] == [
        ("kari", "ola"),
        ("kari", "machine"),
        ("ola", "machine"),
    ]
    assert report["pairs"][0]["kappa"]["value"] == 1
    kappa = report["metrics"]["kappa"]["value"]
    mestring("evaluate", four, "--fail-under", f"kappa={kappa + 1e-6:.8f}", status=1)
    held = ("--fail-under", f"kappa={kappa - 1e-6:.8f}", "--baseline", out / "metrics.json")
    again = mestring("evaluate", four, *held, "--learning-curve")
    assert "| 1 |" in again.stdout and "| 3 |" in again.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nei"], "no such folder"),
        (["DATA", "--split", "passage"], "refused"),
        (["DATA", "--format", "pdf"], "unknown format"),
        (["DATA", "--format", "md,json"], "--out"),
        (["DATA", "--fail-under", "kapa=1"], "no metric"),
        (["DATA", "--fail-under", "kappa.likeliest=1"], "now kappa.top1"),
        (["DATA", "--model", "nei", "--cross-validate"], "exclude each other"),
        (["DATA", "--model", "nei"], "no model here"),
        (["DATA", "--nonsense"], "No such option"),
    ],
)
def test_wrong_use_has_status_two(
    mestring: Mestring, four: Path, arguments: list[str], says: str
) -> None:
    given = [four if value == "DATA" else value for value in arguments]
    assert says in mestring("evaluate", *given, status=2).stderr


def test_a_model_is_not_tested_on_what_it_knows(
    mestring: Mestring, trained: mn.Model, saved: Path, four: Path, tmp_path: Path
) -> None:
    assert "learned from" in mestring("evaluate", four, "--model", saved, status=2).stderr
    trained.save(tmp_path / "bare", passages=False)
    mestring("evaluate", four, "--model", tmp_path / "bare")
