"""Small model, assistant, both and people, measured on the same passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mestring_nlp.assistant.answers import Answer
from mestring_nlp.assistant.fitting import together
from mestring_nlp.assistant.weighing import Weighing
from mestring_nlp.evaluation import Beside, Evaluation, SideBySide, evaluate
from mestring_nlp.prediction import Prediction

if TYPE_CHECKING:
    from mestring_nlp.assistant.assistant import Assistant
    from mestring_nlp.assistant.learning import Asked
    from mestring_nlp.training_data import TrainingData

ALONE, TOGETHER, SMALL = "assistant", "both", "model"


def side_by_side(
    asked: Asked,
    data: TrainingData,
    assistant: Assistant,
    *,
    weighing: Weighing | None = None,
    repeats: int = 400,
) -> SideBySide:
    """Compare what the small model, the assistant and both say of the passages that it answered about.

    Parameters
    ----------
    asked : Asked
        Each passage as likely to be asked about as any other.
    data : TrainingData
        Whose other coders are set beside them.
    assistant : Assistant
    weighing : Weighing, optional
        What a saved model learned that the answers are worth. If left out, it is learned from the other
        interviews, for each interview in turn.
    repeats : int, default 400
        See `mestring_nlp.evaluation.evaluate`.

    Returns
    -------
    SideBySide
    """
    learned, _ = asked.weigh(assistant)
    small, level = asked.found.prediction, asked.found.level
    if weighing is not None:
        learned = replace(learned, weights=weighing.weights)
        both, _ = weighing.apply(small, asked.answers, level)
    else:
        both = together(small, asked.found.gold, asked.answers, asked.found.groups, level=level)
    rows = np.array([i for i, one in enumerate(asked.answers) if one.given], dtype=np.int64)
    rows_by_name: dict[str, Evaluation] = {}
    if len(rows):
        part = replace(
            asked.found,
            segments=tuple(asked.found.segments[i] for i in rows),
            prediction=asked.found.prediction[rows],
        )
        alone = _alone(part.prediction, [asked.answers[i] for i in rows])
        for name, prediction in ((SMALL, part.prediction), (ALONE, alone), (TOGETHER, both[rows])):
            found = replace(part, prediction=prediction)
            rows_by_name[name] = evaluate(found, data, repeats=repeats)
    return SideBySide(
        assistant.name,
        assistant.version,
        asked.of,
        len(asked.answers),
        len(rows),
        tuple(
            Beside(name, one.metrics, one.human.machine, calibrated=name != ALONE)
            for name, one in rows_by_name.items()
        ),
        next((one.human.people for one in rows_by_name.values()), float("nan")),
        learned.weights,
        learned.place,
        learned.place_error,
    )


def _alone(prediction: Prediction, answers: Sequence[Answer]) -> Prediction:
    """Return an assistant's first code as a prediction that is sure of it."""
    column = {code: j for j, code in enumerate((*prediction.classes, ""))}
    sure: npt.NDArray[np.float64] = np.zeros_like(prediction.probabilities)
    for row, answer in enumerate(answers):
        sure[row, column[answer.codes[0] if answer.codes else ""]] = 1.0
    n = len(answers)
    return replace(
        prediction, probabilities=sure, threshold=np.full(n, 0.5), conformal_threshold=np.full(n, 0.5)
    )
