"""Along the interview: which code comes when, who speaks how much, and which questions led to codes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from mestring_nlp.analysis.material import Material, words_in
from mestring_nlp.analysis.words import telling_words
from mestring_nlp.transcript import INFORMANT

if TYPE_CHECKING:
    from pandas import DataFrame

TENTHS = 10


def along_the_interview(material: Material) -> DataFrame:
    """Compute how much of each tenth of the interviews has each code.

    Parameters
    ----------
    material : Material

    Returns
    -------
    DataFrame
        One row for each coder, code and tenth, 1 to 10. A passage lies in the tenth in which its middle
        word is, counted over the words that the coder judged of its interview. ``share`` is the part
        of the tenth's words that has the code, over all interviews together.
    """
    from pandas import DataFrame

    rows: list[dict[str, Any]] = []
    for talk in material.coders:
        tenth = tenths(talk.words, [s.transcript for s in talk.segments])
        words = np.zeros((TENTHS, len(talk.codes)))
        whole = np.bincount(tenth, weights=talk.words, minlength=TENTHS)
        np.add.at(words, tenth, talk.has * talk.words[:, None])
        for at, code in enumerate(talk.codes):
            rows += [
                {
                    "coder": talk.coder,
                    "code": code,
                    "name": material.names[code],
                    "tenth": number + 1,
                    "words": int(words[number, at]),
                    "share": words[number, at] / whole[number] if whole[number] else np.nan,
                }
                for number in range(TENTHS)
            ]
    return DataFrame(rows)


def tenths(words: Any, transcripts: list[str]) -> Any:
    """Return the tenth of its interview, 0 to 9, in which each passage's middle word is."""
    total: Counter[str] = Counter()
    before = np.zeros(len(words))
    for i, (name, count) in enumerate(zip(transcripts, words, strict=True)):
        before[i] = total[name]
        total[name] += int(count)
    whole = np.array([max(total[name], 1) for name in transcripts], dtype=np.float64)
    middle = (before + words / 2) / whole
    return np.minimum((TENTHS * middle).astype(int), TENTHS - 1)


def speakers(material: Material) -> DataFrame:
    """Count turns and words of each speaker.

    Parameters
    ----------
    material : Material

    Returns
    -------
    DataFrame
        One row for each transcript and speaker; ``share`` is of the transcript's words, in [0, 1].
    """
    from pandas import DataFrame

    rows = []
    for name, transcript in material.transcripts.items():
        words: Counter[tuple[str, str]] = Counter()
        turns: Counter[tuple[str, str]] = Counter()
        for turn in transcript.turns:
            words[turn.speaker, turn.role] += words_in(turn.text)
            turns[turn.speaker, turn.role] += 1
        whole = max(words.total(), 1)
        rows += [
            {
                "case": material.case_of[name],
                "transcript": name,
                "speaker": speaker,
                "role": role,
                "turns": turns[speaker, role],
                "words": count,
                "share": count / whole,
            }
            for (speaker, role), count in words.items()
        ]
    return DataFrame(rows)


def questions(material: Material) -> DataFrame:
    """List the questions whose answers have each code, those with most passages first.

    Parameters
    ----------
    material : Material

    Returns
    -------
    DataFrame
        One row for each coder, code, transcript and question, with the ``passages`` and ``words`` that
        have the code in the answer. ``telling`` are the words that tell the code's questions from those
        of other codes; it is the same for all of a code's rows.
    """
    from pandas import DataFrame

    rows: list[dict[str, Any]] = []
    for talk in material.coders:
        led: list[dict[tuple[str, str], list[float]]] = [{} for _ in talk.codes]
        for i, segment in enumerate(talk.segments):
            if not segment.question:
                continue
            for at in np.flatnonzero(talk.has[i]):
                led[at].setdefault((segment.transcript, segment.question), []).append(talk.words[i])
        telling = telling_words([[question for _, question in found] for found in led], 6)
        for code, found, words in zip(talk.codes, led, telling, strict=True):
            ordered = sorted(found.items(), key=lambda item: (-len(item[1]), -sum(item[1])))
            rows += [
                {
                    "coder": talk.coder,
                    "code": code,
                    "name": material.names[code],
                    "telling": ", ".join(words),
                    "case": material.case_of[transcript],
                    "transcript": transcript,
                    "question": question,
                    "passages": len(counts),
                    "words": int(sum(counts)),
                }
                for (transcript, question), counts in ordered
            ]
    columns = ["coder", "code", "name", "telling", "case", "transcript", "question", "passages", "words"]
    return DataFrame(rows, columns=columns)


def informant_share(material: Material) -> float:
    """Return the share of all words that informants said."""
    table = speakers(material)
    whole = table["words"].sum()
    return float(table.loc[table["role"] == INFORMANT, "words"].sum() / whole) if whole else float("nan")
