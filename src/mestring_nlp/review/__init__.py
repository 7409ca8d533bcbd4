"""Review: people decide on suggestions, passage by passage, and every decision is kept.

`Review` is the library; `mestring_nlp.review.server` puts a page in front of it.
"""

from mestring_nlp.review.events import Decision, Event
from mestring_nlp.review.passages import KeptSuggestion, Passage
from mestring_nlp.review.review import Review

__all__ = ["Decision", "Event", "KeptSuggestion", "Passage", "Review"]
