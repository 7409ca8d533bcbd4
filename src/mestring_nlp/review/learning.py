"""Learn from the decisions of a review, and suggest for what is undecided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from mestring_nlp.encoding import CachedEncoder, Progress, no_progress
from mestring_nlp.errors import MestringError
from mestring_nlp.review.codings_file import codings_of
from mestring_nlp.review.passages import Passage, suggestion_row
from mestring_nlp.text import counted
from mestring_nlp.training_data import TrainingData
from mestring_nlp.transcript import Coding

if TYPE_CHECKING:
    from mestring_nlp.codebook import Codebook
    from mestring_nlp.model import Model
    from mestring_nlp.review.review import Review

MODEL = "model"
"""The folder, within a review's, of the model that learned from it."""


class Learned(NamedTuple):
    """What came of learning: the model, of how many decisions, and which suggestions changed."""

    model: Model
    decisions: int
    changed: int


def keeping(model: Model) -> Model:
    """Return the same model with an encoder that keeps its vectors, so that learning again is quick."""
    cached = CachedEncoder(model.encoder)
    learned = model.predictor
    predictor = replace(learned, features=replace(learned.features, encoder=cached))
    return replace(model, encoder=cached, predictor=predictor)


def suggest_missing(review: Review, model: Model, progress: Progress | None = None) -> int:
    """Suggest codes for the passages of all coders that have no suggestion yet; see `Review.suggest`."""
    steps, count = progress or no_progress, 0
    rows = review.store.rows(
        "SELECT DISTINCT number FROM passages p WHERE NOT EXISTS "
        "(SELECT 1 FROM suggestions s WHERE s.passage = p.id) ORDER BY number"
    )
    for (number,) in steps([tuple(row) for row in rows], "Coding"):
        name = review.store.names[number]
        count += _suggest(review, model, name, lambda passage: passage.suggestion is None)
    return count


def training_data(review: Review) -> TrainingData:
    """Return the coder's decisions as data to learn from; what has a code that is gone is left out."""
    found = codings_of(review.store, review.coder)
    spans = {
        (c.transcript, c.start, c.end) for c in found if c.code and c.code not in review.codebook.ids
    }
    kept: tuple[Coding, ...] = tuple(c for c in found if (c.transcript, c.start, c.end) not in spans)
    names = dict.fromkeys(coding.transcript for coding in kept)
    return TrainingData(review.codebook, {n: review.store.transcript(n) for n in names}, kept)


def lacks(base: Model | None, codebook: Codebook, decided: int) -> int:
    """Return how many decisions are needed before anything is learned; 0 if there are as many."""
    from mestring_nlp.model import FEWEST_PASSAGES

    needed = 1 if base is None or base.codes == codebook.ids else FEWEST_PASSAGES
    return needed if decided < needed else 0


def learn(review: Review, base: Model | None, *, train: Callable[..., Model] | None = None) -> Learned:
    """Train on the coder's decisions, save the model, and suggest anew; see `Review.learn`."""
    from mestring_nlp import training

    with review.lock:
        data = training_data(review)
    count = len({(c.transcript, c.start, c.end) for c in data.codings})
    if lacking := lacks(base, data.codebook, count):
        raise MestringError(
            f"{counted(count, 'passage')} decided, and {lacking} needed",
            hint="Decide on more passages; codes that the model does not know take most.",
        )
    if base is not None and base.codes != data.codebook.ids:
        base = None  # its codes are others: all is learned from the decisions
    model = (train or training.train)(data, base=base, coder=review.coder)
    if (again := getattr(base, "after", None)) is not None:
        model = again(model)  # with the assistant that stands beside the base
    model.save(review.folder / MODEL, force=True)
    for name in review.store.names:
        _suggest(review, model, name, lambda passage: not passage.decided)
    with review.lock:
        (changed,) = review.store.rows(
            "SELECT count(*) FROM suggestions WHERE changed = 1 AND model = ?", [model.name]
        )
    return Learned(model, count, int(changed[0]))


def _suggest(review: Review, model: Model, name: str, wanted: Callable[[Passage], bool]) -> int:
    """Suggest codes for some passages of an interview; the model sees them among the others."""
    with review.lock:
        passages = review.passages(name)
    if not any(map(wanted, passages)):
        return 0
    transcript = review.store.transcript(name)
    found = model.suggest_segments([passage.segment(transcript) for passage in passages])
    with review.lock:
        # Somebody may have decided meanwhile: what is decided keeps the suggestion that was seen.
        now = {passage.id for passage in review.passages(name) if wanted(passage)}
        rows = [
            suggestion_row(passage.id, suggestion, model.name)
            for passage, suggestion in zip(passages, found, strict=True)
            if passage.id in now
        ]
        time = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        manifest = model.manifest
        with review.store.transaction():
            review.store.write(
                "INSERT OR IGNORE INTO models VALUES (?, ?, ?, ?)",
                [(model.name, manifest.library, manifest.data_hash, time)],
            )
            review.store.put_suggestions(rows)
    return len(rows)
