"""Agreement between the two coders of the composed interviews, with intervals.

    python benchmarks/coders.py

Over the passages of the interviews that composer and second coder coded, and by kind; intervals by a cluster bootstrap over
interviews. Passages of a line were coded again by two others, by the rule for short answers, and so were the interviews whose
writers did not know the codebook. Of the statements, the shares whose two codings were
equal. Writes `benchmarks/results/coders.json`.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from measures import ANSWERS, HARD, OWN_BRIEF, QUOTATIONS, ROOT, UNAWARE

import mestring_nlp as mn
from mestring_nlp.agreement import bootstrap_interval, cohen_kappa, krippendorff_alpha, percent_agreement
from mestring_nlp.readers.tables import read_table

SHORT = 25
"""Words of a passage of a line, at most."""

RESULT = ROOT / "benchmarks" / "results" / "coders.json"


def same_codes() -> dict[str, float]:
    """Shares to which composer and second coder gave the same codes, of each kind of statement."""
    same: dict[str, list[bool]] = {}
    for file in sorted((ROOT / "training_data" / "statements").glob("*.csv")):
        for _, row in read_table(file, ("part", "text", "composer", "second")):
            a, b = row["composer"].split(";"), row["second"].split(";")
            if row["text"]:
                kind = "answers" if row["part"] in ANSWERS else "statements"
                kind = "quotations" if row["part"] in QUOTATIONS else kind
                same.setdefault(kind, []).append(set(a) == set(b))
                if kind == "quotations":  # only there the main code stands first
                    same.setdefault("quotations_main", []).append(a[0] == b[0])
            else:
                same.setdefault("questions", []).append(b[0] in a)
    return {kind: sum(found) / len(found) for kind, found in same.items()}


def judged_by(data: mn.TrainingData, first: str, second: str) -> tuple[list[Any], Any, Any, list[Any]]:
    """The passages that both coded; what each gave, passage by code; and as pairs of sets."""
    one, other = data.units(first), data.units(second)
    spans = sorted(set(one) & set(other))
    a, b = (
        np.array([[code in coded[span] for code in data.codebook.ids] for span in spans])
        for coded in (one, other)
    )
    return spans, a, b, [(frozenset(one[span]), frozenset(other[span])) for span in spans]


def agreed(a: Any, b: Any, sets: list[Any]) -> dict[str, Any]:
    """How well two coders agree on passages, all codes pooled."""
    return {
        "passages": len(sets),
        "kappa": cohen_kappa(a.ravel(), b.ravel()),
        "same_codes": percent_agreement(*zip(*sets, strict=True)),
    }


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    spans, a, b, sets = judged_by(data, "composer", "second")
    interviews = [span[0] for span in spans]
    codes = data.codebook.ids

    def kappa(columns: slice, rows: Any) -> float:
        return cohen_kappa(a[rows, columns].ravel(), b[rows, columns].ravel())

    every = np.arange(len(spans))
    measured = {"": slice(None)} | {code: slice(j, j + 1) for j, code in enumerate(codes)}
    kappas = {
        code: {
            "kappa": kappa(columns, every),
            "interval": bootstrap_interval(lambda rows, c=columns: kappa(c, rows), interviews),
            "composer": int(a[:, columns].sum()),
            "second": int(b[:, columns].sum()),
        }
        for code, columns in measured.items()
    }
    hard = np.array([name in HARD for name in interviews])
    words = np.array([len(data.transcripts[n].text[start:end].split()) for n, start, end in spans])
    kinds = {
        "tidy": ~hard,
        "hard": hard,
        f"hard, up to {SHORT} words": hard & (words <= SHORT),
        "hard, longer": hard & (words > SHORT),
    }
    by_kind = {
        kind: agreed(a[own], b[own], [sets[i] for i in np.flatnonzero(own)])
        for kind, own in kinds.items()
    }
    places, a_later, b_later, later = judged_by(data, "third", "fourth")
    unaware = np.array([name in UNAWARE for name, _, _ in places])
    own_brief = np.array([name in OWN_BRIEF for name, _, _ in places])
    for kind, own in (
        (f"tidy and hard, up to {SHORT} words, coded again", ~unaware & ~own_brief),
        ("interviews 34 to 46, by writers unaware of the codebook", unaware),
        ("interviews 55 to 92, the same, each by a brief of its own", own_brief),
    ):
        by_kind[kind] = agreed(a_later[own], b_later[own], [later[i] for i in np.flatnonzero(own)])
    result = {
        "passages": len(spans),
        "by_kind": by_kind,
        "single": same_codes(),
        "interviews": len(set(interviews)),
        "same_codes": percent_agreement(*zip(*sets, strict=True)),
        "alpha_masi": krippendorff_alpha(sets, "masi"),
        "alpha_masi_interval": bootstrap_interval(
            lambda rows: krippendorff_alpha([sets[i] for i in rows], "masi"), interviews, repeats=200
        ),
        "pooled": kappas.pop(""),
        "per_code": kappas,
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    print(f"Wrote {RESULT}")


if __name__ == "__main__":
    main()
