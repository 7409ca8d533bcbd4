"""Style of the composed talk, by part, beside the real interview where that is at hand.

    python benchmarks/realism.py

Words a sentence; distinct words in 2,000 (mean over stretches of 2,000 words); share of the fifty function
words listed here; words a passage. Writes `benchmarks/results/realism.json`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from statistics import mean, median

from rich.console import Console
from rich.table import Table

import mestring_nlp as mn
from mestring_nlp.segmentation import sentences

ROOT = Path(__file__).resolve().parent.parent
STUDY = ROOT.parent / "shared" / "study"
RESULT = ROOT / "benchmarks" / "results" / "realism.json"

# The fifty commonest in spoken bokmål, each with its nynorsk and northern spellings.
_SPELLINGS = """
det er/e og jeg/eg/æ at i som på de/dei/dem en/ein ei å så har for ikke/ikkje til av med vi/me da/då men
være/vere/vær kan/kainn om jo den man/en noe/noko/nokka litt også/òg vil/vel der hva/kva/ka sånn/sånt bare/berre
får når eller må/måtte veldig/veldi hvis/viss skal/ska deg meg/mæ seg/sæ du/di min/mi mitt/mine ja/nei et/eit var/va
"""
FUNCTION_WORDS = _SPELLINGS.split()
FUNCTION = {form for word in FUNCTION_WORDS for form in word.split("/")}


def style(passages: list[str]) -> dict[str, float]:
    """Style figures of one part."""
    tokens = re.findall(r"\w+", " ".join(passages).casefold())
    cut = [passage[a:b] for passage in passages for a, b in sentences(passage)]
    windows = [tokens[i : i + 2000] for i in range(0, len(tokens) - 1999, 2000)]
    return {
        "passages": len(passages),
        "words": len(tokens),
        "words_a_sentence": len(tokens) / len(cut),
        "distinct_in_2000": mean(len(set(w)) for w in windows) if windows else float("nan"),
        "function_words": sum(token in FUNCTION for token in tokens) / len(tokens),
        "words_a_passage": median(len(re.findall(r"\w+", passage)) for passage in passages),
    }


def main() -> None:
    data = mn.load_training_data(ROOT / "training_data")
    parts: dict[str, list[str]] = {}
    for segment in (*data.segments(), *data.statements):
        parts.setdefault(segment.transcript, []).append(segment.text)
    result = {part: style(passages) for part, passages in parts.items()}
    if STUDY.is_dir():
        real = mn.read_transcript(STUDY / "intervju1.txt")
        result["real interview"] = style([segment.text for segment in mn.segment(real)])
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    table = Table(
        "Part", "passages", "words", "words/sentence", "distinct/2000", "function words", box=None
    )
    for part, m in result.items():
        figures = [
            f"{m['words_a_sentence']:.1f}",
            f"{m['distinct_in_2000']:.0f}",
            f"{m['function_words']:.3f}",
        ]
        table.add_row(part, str(m["passages"]), str(m["words"]), *figures)
    Console().print(table)
    print(f"Wrote {RESULT}")


if __name__ == "__main__":
    main()
