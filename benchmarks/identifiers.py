"""Recall and precision of `find_identifiers`, by kind, on passages with marked identifiers.

    python benchmarks/identifiers.py [FILE.jsonl ...] [--rules] [--show] [--json OUT]

Without a file, the passages that nothing learned from are measured.

The rule: a marked identifier is **found** when one find of its kind, of a confidence of 0.5 or more, covers every letter and digit of it.
A find is **right** when it shares a character with a marked identifier of its kind. `hidden` counts marked identifiers whose every letter
and digit lies in finds of whatever kind: what would not be readable in the pseudonymised text. `exact` asks for the same span and kind.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mestring_nlp.privacy.finding import by_rules, find_identifiers
from mestring_nlp.privacy.identifiers import KINDS, REPLACED_FROM, Identifier
from mestring_nlp.privacy.tokens import tokens_of

HERE = Path(__file__).parent
LOCKED = [HERE / "data" / "identifiers" / name for name in ("locked.jsonl", "locked_2.jsonl")]


@dataclass
class Tally:
    """Counts of one kind, or of all."""

    marked: int = 0
    found: int = 0
    hidden: int = 0
    exact: int = 0
    finds: int = 0
    right: int = 0

    def figures(self) -> dict[str, float | int | None]:
        def share(part: int, whole: int) -> float | None:
            return round(part / whole, 4) if whole else None

        return {
            "marked": self.marked,
            "recall": share(self.found, self.marked),
            "hidden": share(self.hidden, self.marked),
            "exact": share(self.exact, self.marked),
            "finds": self.finds,
            "precision": share(self.right, self.finds),
        }


@dataclass
class Result:
    kinds: dict[str, Tally] = field(default_factory=lambda: {kind: Tally() for kind in KINDS})
    recogniser_people: Tally = field(default_factory=Tally)
    misled: int = 0
    negatives: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    words: int = 0


def rules_alone(text: str) -> list[Identifier]:
    """Return what is found without the tagger."""
    return by_rules(text, tokens_of(text))


def covers(finds: Iterable[Identifier], marked: dict[str, Any], text: str) -> bool:
    """Return whether finds together cover every letter and digit of a marked identifier."""
    covered = {at for one in finds for at in range(one.start, one.end)}
    return all(at in covered or not text[at].isalnum() for at in range(marked["start"], marked["end"]))


def measure(
    passages: Iterable[dict[str, Any]], find: Callable[[str], list[Identifier]] = find_identifiers
) -> Result:
    """Return the counts over passages."""
    result = Result()
    for passage in passages:
        text = passage["text"]
        started = time.process_time()
        every = find(text)
        result.seconds += time.process_time() - started
        result.words += len(text.split())
        finds = [one for one in every if one.confidence >= REPLACED_FROM]
        if passage.get("negative"):
            result.negatives += 1
            result.misled += bool(finds)
        for marked in passage["identifiers"]:
            kind = marked["kind"]
            alike = [one for one in finds if one.kind == kind]
            found = any(covers([one], marked, text) for one in alike)
            hidden = covers(finds, marked, text)
            exact = any((one.start, one.end) == (marked["start"], marked["end"]) for one in alike)
            tallies = [result.kinds[kind]]
            if kind == "person" and passage.get("kind_of_text") == "recogniser":
                tallies.append(result.recogniser_people)
            for tally in tallies:
                tally.marked += 1
                tally.found += found
                tally.hidden += hidden
                tally.exact += exact
            if not found:
                what = "as another kind" if hidden else "not"
                result.errors.append(f"{passage['id']}: {kind} {marked['text']!r} was {what} found")
        for one in finds:
            tally = result.kinds[one.kind]
            tally.finds += 1
            right = any(
                m["kind"] == one.kind and m["start"] < one.end and one.start < m["end"]
                for m in passage["identifiers"]
            )
            tally.right += right
            if not right:
                result.errors.append(f"{passage['id']}: {one.kind} {one.text!r} is none")
    return result


def summary(result: Result) -> dict[str, Any]:
    """Return all figures as JSON takes them."""
    total = Tally()
    for tally in result.kinds.values():
        for name in vars(total):
            setattr(total, name, getattr(total, name) + getattr(tally, name))
    people = result.recogniser_people.figures()
    return {
        "kinds": {kind: tally.figures() for kind, tally in result.kinds.items()},
        "all": total.figures(),
        "recogniser_people": {name: people[name] for name in ("marked", "recall", "hidden", "exact")},
        "negatives": {"passages": result.negatives, "with_a_find": result.misled},
        "words_per_second": round(result.words / result.seconds) if result.seconds else None,
    }


def print_figures(figures: dict[str, Any]) -> None:
    """Print the figures of each kind as a table."""
    columns = ("marked", "recall", "hidden", "exact", "finds", "precision")
    print(f"{'':18}" + "".join(f"{name:>10}" for name in columns))
    rows = {**figures["kinds"], "all": figures["all"], "recogniser people": figures["recogniser_people"]}
    for name, row in rows.items():
        print(
            f"{name:18}"
            + "".join(
                f"{row.get(column) if row.get(column) is not None else '-':>10}" for column in columns
            )
        )
    negatives = figures["negatives"]
    print(
        f"{negatives['with_a_find']} of {negatives['passages']} passages without identifiers have a find."
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path, default=LOCKED)
    parser.add_argument(
        "--show", action="store_true", help="print what was missed and what was found in vain"
    )
    parser.add_argument("--rules", action="store_true", help="the rules alone, without the tagger")
    parser.add_argument("--json", type=Path, help="write the figures there")
    given = parser.parse_args()
    find_identifiers("Kari")  # the lists are read once
    passages = [
        json.loads(line)
        for file in given.files
        for line in file.read_text("utf-8").splitlines()
        if line.strip()
    ]
    result = measure(passages, rules_alone if given.rules else find_identifiers)
    figures = summary(result)
    print_figures(figures)
    print(f"{figures['words_per_second']:,} words a second of one processor.")
    kinds = Counter(passage.get("kind_of_text", "") for passage in passages)
    print(", ".join(f"{kind} {number}" for kind, number in kinds.most_common()))
    if given.show:
        print("\n".join(result.errors))
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
