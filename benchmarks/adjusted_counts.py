"""How far off a machine's counts of codes are, as it counts and adjusted, on interviews left out.

    python benchmarks/adjusted_counts.py

Each tidy interview is coded by a model of the others (`cross_validate`). Of sets of one to six interviews left out,
the true count of each code is then estimated: as the machine counts, by each estimator, and by the one that is least wrong on
the other interviews alone, each of these left out in turn: nothing is chosen on what is reported. Writes
`benchmarks/results/adjusted_counts.json`.
"""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
from measures import RESULTS, ROOT, tidy

import mestring_nlp as mn
from mestring_nlp.analysis.adjusted_counts import ESTIMATORS, Errors, Scores, count_interval, scores_of

SIZES, SETS = (1, 2, 3, 6), 60


def main() -> None:
    found = mn.cross_validate(tidy(mn.load_training_data(ROOT / "training_data")))
    scores, groups = scores_of(found.prediction), np.array(found.groups)
    names = list(dict.fromkeys(found.groups))
    rng = np.random.default_rng(0)
    results: dict[str, object] = {}
    for size in SIZES:
        sets = list(combinations(names, size))
        chosen = [sets[i] for i in rng.permutation(len(sets))[:SETS]]
        off: dict[str, list[float]] = {}
        inside, picked = [], []
        for left_out in chosen:
            test = np.isin(groups, left_out)
            errors = Errors(
                Scores(*(part[~test] for part in scores)), found.gold[~test], list(groups[~test])
            )
            true, n = found.gold[test].sum(axis=0), int(test.sum())
            shares = [part[test].mean(axis=0) for part in scores]
            best = errors.best()
            picked.append(best)
            for name in ESTIMATORS:
                off.setdefault(name, []).append(
                    float(np.abs(n * errors.estimate(name, *shares) - true).mean())
                )
            estimate = n * errors.estimate(best, *shares)
            off.setdefault("as counted", []).append(float(np.abs(n * shares[0] - true).mean()))
            off.setdefault("chosen on the others", []).append(float(np.abs(estimate - true).mean()))
            low, high = count_interval(estimate, n, errors.residuals(best), errors.sizes)
            inside.append(float(((low <= true) & (true <= high)).mean()))
        results[f"{size} left out"] = {
            "mean absolute error": {name: round(float(np.mean(v)), 3) for name, v in off.items()},
            "coverage of the 95 % interval": round(float(np.mean(inside)), 3),
            "chosen": {name: picked.count(name) for name in ESTIMATORS},
            "sets": len(chosen),
        }
    (RESULTS / "adjusted_counts.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
