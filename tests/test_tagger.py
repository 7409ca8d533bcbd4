"""The network beside the rules: what it adds to them, and that it loses nothing of theirs."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

import mestring_nlp as mn
from mestring_nlp import storage
from mestring_nlp.errors import MestringError
from mestring_nlp.privacy import tagger as tagging
from mestring_nlp.privacy.finding import by_rules
from mestring_nlp.privacy.identifiers import KINDS, REPLACED_FROM, Identifier
from mestring_nlp.privacy.tagger import NAMED, Tagger, load, revised, tagger
from mestring_nlp.privacy.tokens import inside, tokens_of
from mestring_nlp.privacy.word_features import _windows, features_of

sys.path.insert(0, str(ROOT / "benchmarks"))
from identifiers import measure, summary

PASSAGES = ROOT / "training_data" / "identifiers"
LOCKED = ROOT / "benchmarks" / "data" / "identifiers"


def passages(folder: Path) -> list[dict[str, object]]:
    files = sorted(folder.glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def probabilities(*words: str) -> np.ndarray:
    """One row a word: ``"person.9"`` is a person with .9; ``""`` is nothing at all."""
    rows = np.zeros((len(words), 1 + len(KINDS)), dtype=np.float32)
    for row, word in zip(rows, words, strict=True):
        kind, _, share = word.partition(".")
        if kind:
            row[1 + KINDS.index(kind)] = float(f"0.{share}")
        row[0] = 1 - row.sum()
    return rows


def found(text: str, *words: str, rules: list[Identifier] | None = None) -> list[tuple[str, str]]:
    finds = revised(text, tokens_of(text), rules or [], probabilities(*words))
    return [(one.kind, one.text) for one in finds if one.confidence >= REPLACED_FROM]


def test_it_adds_what_the_rules_missed_and_ends_it_before_the_genitive() -> None:
    words = ("", "person.9", "person.6", "", "", "unit.8", "unit.3")
    text = "Så Mona Bergs gruppe på Solsida skole"
    assert found(text, *words) == [("person", "Mona Berg"), ("unit", "Solsida skole")]


def test_a_name_ends_before_the_word_that_it_is_joined_to() -> None:
    assert found("Hele tobias-saken lå der", "", "person.9", "", "") == [("person", "tobias")]


def test_two_people_are_two() -> None:
    assert found("Siv, Per", "person.9", "person.9") == [("person", "Siv"), ("person", "Per")]


def test_no_name_begins_with_the_letter_of_a_number_or_with_a_preposition() -> None:
    words = ("", "", "unit.9", "unit.9", "unit.9")
    assert found("I 7B på Solsida", *words) == [("unit", "Solsida")]
    assert found("I 7B på På Hjørnet", *words, "unit.9") == [("unit", "På Hjørnet")]


def test_an_ordinal_belongs_to_its_name_and_a_number_before_a_full_stop_ends_one() -> None:
    assert found("I 3. Tasta", "", "unit.9", "unit.9") == [("unit", "3. Tasta")]
    words = ("unit.9", "unit.9", "unit.9")
    assert found("Solsida 9. Tasta", *words) == [("unit", "Solsida 9"), ("unit", "Tasta")]


def test_it_widens_what_the_rules_cut_short_and_keeps_what_they_know_of_it() -> None:
    rule = Identifier(3, 8, "unit", "Villa", 0.8, "barnehage")
    (one,) = revised("På Villa Solstua", tokens_of("På Villa Solstua"), [rule], probabilities("", "unit.9", "unit.9"))  # fmt: skip
    assert (one.text, one.subkind) == ("Villa Solstua", "barnehage")
    assert one.confidence >= rule.confidence


def test_a_name_that_it_does_not_believe_becomes_a_hint() -> None:
    rule = Identifier(0, 4, "person", "Even", 0.6)
    (one,) = revised("Even om", tokens_of("Even om"), [rule], probabilities("", ""))
    assert one.confidence < REPLACED_FROM


def test_a_place_that_is_surely_a_workplace_is_one() -> None:
    rule = Identifier(0, 4, "place", "Moen", 0.8, "sted")
    (one,) = revised("Moen", tokens_of("Moen"), [rule], probabilities("unit.9"))
    assert (one.kind, one.subkind) == ("unit", "")


def test_what_everybody_has_names_nobody() -> None:
    assert found("Hos NAV er", "", "unit.9", "") == []
    assert found("er 67 sa", "", "person.9", "") == []


def test_ages_and_dates_of_its_own_are_hints() -> None:
    (one,) = revised("er tolv nå", tokens_of("er tolv nå"), [], probabilities("", "age.9", ""))
    assert one.kind == "age"
    assert one.confidence < REPLACED_FROM


@given(st.data())
def test_finds_never_overlap_and_numbers_of_the_rules_stay(data: st.DataObject) -> None:
    text = "Kari og Ola ringte 93 41 60 27 fra NAV Verdal den 3. mai. Så kom Dag-saken opp igjen i Bø."
    tokens = tokens_of(text)
    rules = by_rules(text, tokens)
    shares = st.lists(st.floats(0, 1), min_size=1 + len(KINDS), max_size=1 + len(KINDS))
    rows = np.array([data.draw(shares) for _ in tokens]) + 1e-6
    finds = revised(text, tokens, rules, rows / rows.sum(axis=1, keepdims=True))
    assert all(one.end <= other.start for one, other in itertools.pairwise(finds))
    assert all(text[one.start : one.end] == one.text for one in finds)
    assert {one for one in rules if one.kind not in NAMED and one.confidence >= REPLACED_FROM} <= set(
        finds
    )


@given(st.text(alphabet="ab. \n", max_size=3_000))
def test_each_word_is_read_in_one_window(text: str) -> None:
    tokens = tokens_of(text)
    windows = list(_windows(text, tokens))
    assert [number for first, last in windows for number in range(first, last)] == list(
        range(len(tokens))
    )


@given(st.text(alphabet="aA. ", max_size=60), st.integers(0, 60), st.integers(1, 60))
def test_inside_are_the_words_that_share_a_character(text: str, start: int, length: int) -> None:
    tokens = tokens_of(text)
    expected = [i for i, one in enumerate(tokens) if one.start < start + length and start < one.end]
    assert list(inside(tokens, start, start + length)) == expected


def test_a_word_is_told_of_its_neighbours_alone() -> None:
    text = "Vi så Kari der"
    tokens = tokens_of(text)
    rows = features_of(text, tokens, [])
    width = rows.shape[1]
    assert rows.shape == (4, width)
    assert np.isfinite(rows).all()
    states = rows[:, :384]
    np.testing.assert_array_equal(rows[1:, 384:768], states[:-1])
    np.testing.assert_array_equal(rows[:-1, 768:1152], states[1:])
    assert not rows[0, 384:768].any()
    assert not rows[-1, 768:1152].any()


def test_rows_of_probabilities_sum_to_one_and_blocks_change_nothing_far_from_their_edges(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "\n".join(
        ["Vi ringte Kari Nordmann på NAV Verdal, og det gikk fint for oss alle sammen den dagen."] * 30
    )
    tokens = tokens_of(text)
    whole = tagger().probabilities(text, tokens, [])
    np.testing.assert_allclose(whole.sum(axis=1), 1, atol=1e-5)
    monkeypatch.setattr(tagging, "_AT_A_TIME", 119)
    parts = tagger().probabilities(text, tokens, [])
    assert parts.shape == whole.shape
    names = [i for i, token in enumerate(tokens) if token.text in ("Kari", "Nordmann")]
    assert (parts[names].argmax(axis=1) == 1 + KINDS.index("person")).all()


def test_a_text_without_words_has_nothing() -> None:
    assert mn.find_identifiers("") == mn.find_identifiers(" … \n") == []


@pytest.mark.parametrize("change", ["cut", "missing", "shape", "number", "gone"])
def test_a_network_that_does_not_fit_is_told(tmp_path: Path, change: str) -> None:
    file = tmp_path / "network.npz"
    arrays = dict(vars(tagger()))
    if change == "missing":
        del arrays["out"]
    elif change == "shape":
        arrays["hidden"] = arrays["hidden"][:-1]
    elif change == "number":
        arrays["out_bias"] = arrays["out_bias"] + np.nan
    data = storage.pack(arrays)
    if change != "gone":
        file.write_bytes(data[:-40] if change == "cut" else data)
    with pytest.raises(MestringError, match="network"):
        load(file)


def test_a_network_comes_back_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "network.npz"
    file.write_bytes(storage.pack(dict(vars(tagger()))))
    for name, array in vars(load(file)).items():
        np.testing.assert_array_equal(array, getattr(tagger(), name))


def test_one_word_by_hand() -> None:
    hidden = np.array([[1, -1], [0, 2]], dtype=np.float32)
    out = np.zeros((2, 1 + len(KINDS)), dtype=np.float32)
    out[0, 1] = np.log(3)
    small = Tagger(hidden, np.zeros(2, np.float32), out, np.zeros(1 + len(KINDS), np.float32))
    # The first unit gives 1, so that odds are 3 for the first kind and 1 for nothing and each other kind.
    np.testing.assert_allclose(
        small.of(np.array([[1, 0]], np.float32))[0, 1], 3 / (3 + len(KINDS)), rtol=1e-6
    )


def test_marks_fit_their_passages_and_none_learned_from_is_measured() -> None:
    learned, locked = passages(PASSAGES), passages(LOCKED)
    for passage in [*learned, *locked]:
        text = passage["text"]
        for mark in passage["identifiers"]:
            assert text[mark["start"] : mark["end"]] == mark["text"], passage["id"]
            assert mark["kind"] in KINDS
    assert not {one["text"] for one in learned} & {one["text"] for one in locked}
    assert not {one["id"].partition("-")[0] for one in learned} & {
        one["id"].partition("-")[0] for one in locked
    }


def test_names_of_other_hands_are_found() -> None:
    """A floor under what was measured on passages that nothing learned from: .98, and .95 in small letters."""
    figures = summary(measure(passages(LOCKED)[200:]))
    people = figures["kinds"]["person"]
    assert people["recall"] >= 0.965
    assert people["precision"] >= 0.95
    assert figures["recogniser_people"]["recall"] >= 0.92
    assert all(figures["kinds"][kind]["recall"] == 1 for kind in ("phone", "email", "id_number"))


def test_a_damaged_network_is_installed_again_not_trained(tmp_path: Path) -> None:
    file = tmp_path / "network.npz"
    file.write_bytes((ROOT / "models" / "tagger" / "network.npz").read_bytes()[:1000])
    with pytest.raises(MestringError, match="cannot be read") as caught:
        load(file)
    assert caught.value.place == str(file) and "nstall" in (caught.value.hint or "")
